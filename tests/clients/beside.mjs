// Sessions side by side through one co2: each gets its own answers.
import fs from 'node:fs';
import path from 'node:path';
import { mark, rules } from './lib/play.mjs';
import anthropic_sdk from './programs/anthropic-sdk.mjs';
import claude_code from './programs/claude-code.mjs';
import codex from './programs/codex.mjs';
import openai from './programs/openai.mjs';

const ROUNDS = 3;

const answer = who => `All is done for ${who}.`;

// One session's part of the script.
function part(api, client, who, dir)
{
	const list = [];
	for (let k = 0; k <= ROUNDS; k++)
		list.push(...rules(api, { say: k === ROUNDS ?
			[{ text: answer(who) }] :
			[{ think: `thought of ${who}` },
				client.calls.lookup(`${who} ${mark(k + 1)}`,
				    { dir })] },
		    { contains: k > 0 ? [who, mark(k)] : [who],
			lacks: mark(k + 1) }));
	return list;
}

async function beside(clients, lane, installed, check)
{
	const sessions = [], script = [];
	for (const [client, face] of clients)
		for (const n of [1, 2, 3, 4]) {
			const who = `${client.name}-number-${n}`
			    .replace(/[^a-z0-9-]/g, '');
			const dir = path.join(lane.dir, who);
			fs.mkdirSync(dir);
			sessions.push({ who, client, run: await client.open({
				...installed, url: lane.url, dir, lane }), face });
			script.push(...part(lane.api, client, who, dir));
		}
	lane.play({ rules: script });
	const signal = new AbortController().signal;
	const seen = await Promise.all(sessions.map(({ who, run, face }) =>
		run({ prompt: `You are with ${who}.`, tools: true, think: true,
			signal }, face).catch(error =>
			({ text: '', calls: [], error: error.message }))));
	const got = await lane.settle();
	sessions.forEach(({ who }, n) => check(who, [
		...seen[n].text.includes(answer(who)) ? [] :
		    [`text: ${JSON.stringify(seen[n]).slice(0, 600)}`],
		...seen[n].calls.length === ROUNDS ? [] :
		    [`calls: ${seen[n].calls}`]]));
	check('no request was refused, and none was missing', [
		...got.refused.map(r => `${r.status} ${r.why}`),
		...got.requests.length === sessions.length * (ROUNDS + 1) ? [] :
		    [`${got.requests.length} requests`],
		...got.log.filter(l => l.startsWith('error:'))]);
}

const of = (mode, api, ...clients) => ({
	name: `side by side, ${mode} over ${api}`, mode, api, heavy: 1,
	run: (...rest) => beside(clients, ...rest),
});

export default [
	of('c2o', 'responses', [claude_code, ''], [anthropic_sdk, 'streamed']),
	of('c2o', 'chat-completions', [claude_code, ''],
	    [anthropic_sdk, 'whole']),
	of('o2c', 'messages', [codex, 'own provider'],
	    [openai, 'responses streamed']),
];
