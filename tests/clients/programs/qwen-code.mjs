// Qwen Code, as qwen with a prompt.
import fs from 'node:fs';
import path from 'node:path';
import { json_lines, make_home, picture_of, run_program } from
	'../lib/program.mjs';
import { pasted, shell } from '../lib/readme.mjs';

function read(ran)
{
	const events = json_lines(ran.out);
	const result = events.findLast(e => e.type === 'result') ?? {};
	const blocks = events.filter(e => e.type === 'assistant')
	    .flatMap(e => e.message.content);
	const seen = { text: result.result ?? '', exit: ran.exit,
		calls: blocks.filter(b => b.type === 'tool_use').map(b => b.name),
		said: ran.out.slice(-2500) + ran.err.slice(-2500) };
	if (ran.exit === 0 && !result.is_error)
		return seen;
	return { ...seen, status: 'error', error: {
		message: result.error?.message ?? ran.err } };
}

export default {
	name: 'qwen-code',
	packages: ['@qwen-code/qwen-code'],
	mode: 'o2c',
	faces: [''],
	heavy: 3,
	calls: {
		lookup: mark => ({ call: 'run_shell_command', input: {
			command: `echo result of ${mark}`,
			is_background: false } }),
		picture: (mark, lane) => ({ call: 'read_file', input: {
			file_path: picture_of(lane.dir, mark) } }),
	},
	stops: null,
	exits: { aborted: 'SIGINT' },

	async open({ bin, url, dir })
	{
		const { home, work, env } = make_home(dir);
		const { env: set, command, options } =
		    shell(pasted('Qwen Code', url));
		Object.assign(env, set);
		// Without it there is a second conversation behind each answer,
		// about what to remember, and a smaller window than the model's.
		fs.mkdirSync(path.join(home, '.qwen'));
		fs.writeFileSync(path.join(home, '.qwen', 'settings.json'),
		    JSON.stringify({
			memory: { enableManagedAutoMemory: false,
				enableManagedAutoDream: false },
			model: { generationConfig: {
				contextWindowSize: 1000000 } } }));
		return task => run_program(bin(command), [...options, '-y',
			'--output-format', 'stream-json'], { env, cwd: work,
			input: (task.image ? '@red.png ' : '') + task.prompt,
			signal: task.signal }).then(read);
	},

	// It makes another picture of a picture, and tries three times more.
	differs: {
		'an image in the prompt': { back: ['"type":"image"'] },
		'max_tokens reached': { requests: 4 },
		'an error in mid-stream': { requests: 4 },
		'a cut stream': { requests: 4 },
		'an image in a tool result': { back: ['"type":"image"'] },
	},

	except: {
		'structured output': 'it has no option for that',
	},
};
