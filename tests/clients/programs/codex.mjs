// Codex, as codex exec: with a provider of its own in the configuration, and
// with the built-in one.
import fs from 'node:fs';
import path from 'node:path';
import { json_lines, make_home, picture_of, run_program } from
	'../lib/program.mjs';
import { pasted } from '../lib/readme.mjs';
import { schema } from '../lib/tools.mjs';

// For the tests' sake.
const limits = 'request_max_retries = 2\nstream_max_retries = 1\n';
const built_in = base => `model = "gpt-5.4"
openai_base_url = "${base}"
`;

// The most characters that it takes as a prompt.
const LONGEST = 1048576;

function read(ran)
{
	const events = json_lines(ran.out);
	const items = events.filter(e => e.type === 'item.completed')
	    .map(e => e.item);
	const failed = events.findLast(e => e.type === 'turn.failed');
	const seen = { exit: ran.exit, said: ran.out.slice(-2000) + ran.err,
		text: items.filter(i => i.type === 'agent_message')
		    .map(i => i.text).join(''),
		calls: items.filter(i => i.type === 'command_execution' ||
		    /view_image|tool_call/.test(i.type)).map(i => i.type) };
	if (ran.exit === 0 && !failed)
		return seen;
	return { ...seen, status: 'error',
		error: { message: failed?.error.message ?? ran.err } };
}

export default {
	name: 'codex',
	packages: ['@openai/codex'],
	mode: 'o2c',
	faces: ['own provider', 'built-in provider'],
	heavy: 2,
	calls: {
		lookup: mark => ({ call: 'exec_command',
			input: { cmd: `echo result of ${mark}` } }),
		picture: (mark, lane) => ({ call: 'view_image',
			input: { path: picture_of(lane.dir, mark) } }),
	},
	stops: null,
	// The two send nearly the same.
	only: { 'built-in provider': ['text', 'two parallel calls and back',
		'five rounds of tools, thinking in between',
		'an image in the prompt', 'upstream 401', 'a cut stream',
		'the user interrupts'] },
	// A picture that it was asked to view goes without a word.
	differs: {
		'an image in a tool result': { calls: 0 },
		'a long request, 3 MB': { requests: 3 },
		'max_tokens reached': { status: 'error',
			error: 'reason: max_output_tokens' },
		'upstream 401': { face: { own: { requests: 2 },
			'built-in': { requests: 6 } } },
		'an error in mid-stream': { error: 'at capacity' },
		'a cut stream': { face: { own: { requests: 2 },
			'built-in': { requests: 6 } } },
	},
	losses: [/code=detail_dropped at=input/],

	async open({ bin, url, dir })
	{
		const { home, work, env } = make_home(dir);
		const file = path.join(home, 'answer.json');
		const homes = {};
		Object.assign(env, { OPENAI_API_KEY: 'any', CODEX_API_KEY: 'any' });
		const config = { 'own provider': pasted('Codex', url) + limits,
			'built-in provider': built_in(`${url}/v1`) };
		for (const [face, text] of Object.entries(config)) {
			homes[face] = path.join(home, face);
			fs.mkdirSync(homes[face]);
			fs.writeFileSync(path.join(homes[face], 'config.toml'),
			    text);
		}
		fs.writeFileSync(file, JSON.stringify(schema));
		const one = (task, face) => {
			const args = ['exec', '--skip-git-repo-check', '--json',
				'--dangerously-bypass-approvals-and-sandbox'];
			if (task.schema)
				args.push('--output-schema', file);
			if (task.image)
				args.push('-i', 'red.png', '--');
			if (task.again)
				args.push('resume', '--last');
			return run_program(bin('codex'), [...args, '-'], {
				env: { ...env, CODEX_HOME: homes[face] },
				cwd: work, input: task.prompt, signal: task.signal,
			}).then(read);
		};
		// A prompt that is too long for it goes in as several turns.
		return async (task, face) => {
			let seen;
			for (let at = 0; at < task.prompt.length; at += LONGEST)
				seen = await one({ ...task,
					again: task.again || at > 0,
					prompt: task.prompt.slice(at, at + LONGEST),
				}, face);
			return seen;
		};
	},

	// One conversation: each turn goes on with the last one.
	async session(place)
	{
		const run = await this.open(place);
		let again = false;
		return { close() {}, async ask(prompt) {
			const seen = await run({ prompt, again }, 'own provider');
			again = true;
			return seen;
		} };
	},
};
