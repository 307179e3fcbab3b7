// Qwen Code, as qwen with a prompt, and as an editor's agent.
import { Agent } from '../lib/acp.mjs';
import { json_lines, make_home, picture_of, run_program, talk_to } from
	'../lib/program.mjs';
import { png64 } from '../lib/tools.mjs';

const memory = 'managed memory extraction subagent';

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
	faces: ['with a prompt', 'as an agent'],
	heavy: 3,
	calls: {
		lookup: mark => ({ call: 'run_shell_command', input: {
			command: `echo result of ${mark}`, is_background: false } }),
		picture: (mark, lane) => ({ call: 'read_file', input: {
			file_path: picture_of(lane.dir, mark) } }),
	},
	stops: null,
	// After an answer it has a second conversation, about what to remember.
	aside: [{ when: { contains: memory }, turn: { say: [
		{ text: 'Nothing to remember.' }] } }],
	is_aside: body => JSON.stringify(body.system).includes(memory),
	paste: `export OPENAI_BASE_URL=http://127.0.0.1:8000/v1
export OPENAI_API_KEY=any OPENAI_MODEL=gpt-5.4
qwen --auth-type openai`,

	async open({ bin, url, dir })
	{
		const { work, env } = make_home(dir);
		Object.assign(env, { OPENAI_BASE_URL: `${url}/v1`,
			OPENAI_API_KEY: 'any', OPENAI_MODEL: 'gpt-5.4' });
		const args = ['--auth-type', 'openai', '-y'];
		const talk = talk_to(bin('qwen'), [...args, '--acp'],
		    { env, cwd: work });
		const agent = new Agent(talk);
		await agent.start();
		const prompt = task => [{ type: 'text', text: task.prompt },
			...task.image ? [{ type: 'image', data: png64,
				mimeType: 'image/png' }] : []];
		const run = (task, face) => face === 'as an agent' ?
		    agent.converse(work, prompt(task), task.signal) :
		    run_program(bin('qwen'), [...args, '--output-format',
			'stream-json'], { env, cwd: work, signal: task.signal,
			input: (task.image ? '@red.png ' : '') + task.prompt,
		    }).then(read);
		run.close = () => talk.end();
		return run;
	},

	// A start of the program takes long: one by itself, with most of what
	// a user meets, and the rest with one that is running.
	only: { 'with a prompt': ['text', 'two parallel calls and back',
		'an image in the prompt', 'upstream 400', 'the user interrupts'] },

	// It makes another picture of a picture.
	differs: {
		'an image in the prompt': { back: ['"type":"image"'] },
		'a long answer, 200 KB': { requests: 2 },
		'an image in a tool result': { back: ['"type":"image"'] },
	},

	except: {
		'structured output': 'it has no option for that',
	},
};
