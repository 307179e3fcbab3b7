// What README.md, in "Use it with", tells a user to paste is what the tests
// run, with the address of their own co2.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './servers.mjs';

const ADDRESS = 'http://127.0.0.1:8000';

// The indented blocks, each with the line that stands before it.
function blocks()
{
	const text = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
	const section = /^## Use it with$(.*?)^## /ms.exec(text)[1];
	return [...section.matchAll(/^(\S.*):\n\n((?: {4}.*\n)+)/gm)]
	    .map(([, head, lines]) => ({ head,
		lines: lines.replaceAll(/^ {4}/gm, '') }));
}

const used = new Set();

// The lines for a client, by a word of what stands before them.
export function pasted(word, url)
{
	const found = blocks().filter(({ head }) => head.includes(word));
	if (found.length !== 1)
		throw new Error(`README has ${found.length} blocks for ${word}`);
	used.add(found[0].head);
	return found[0].lines.replaceAll(ADDRESS, url);
}

export const never_pasted = () => blocks().map(({ head }) => head)
    .filter(head => !used.has(head));

// Lines of JavaScript, with what they import: the value of the last one.
export const evaluate = (lines, imported) =>
	new Function(...Object.keys(imported), '$lines', 'return eval($lines)')(
	    ...Object.values(imported), lines);

// Lines for a shell, the last of them a command: { env, command, options }.
export function shell(lines)
{
	const list = lines.trimEnd().split('\n');
	const env = list.slice(0, -1).flatMap(line =>
		line.split(' ').slice(1).map(pair => pair.split('=')));
	const [command, ...options] = list.at(-1).split(' ');
	return { env: Object.fromEntries(env), command, options };
}
