// Claude Code, as claude -p.
import { json_lines, make_home, picture_of, run_program, talk_to } from
	'../lib/program.mjs';
import { pasted, shell } from '../lib/readme.mjs';
import { png64, schema } from '../lib/tools.mjs';

const settings = ['-p', '--output-format', 'stream-json', '--verbose',
	'--allowedTools', 'Bash,Read'];

// What the log says when it sends a broken stream again, as a whole request.
const again = /the upstream refused the request status=500/;

// A picture goes in as a message, as an editor would send it.
const image_message = prompt => JSON.stringify({ type: 'user', message: {
	role: 'user', content: [
		{ type: 'image', source: { type: 'base64', media_type: 'image/png',
			data: png64 } },
		{ type: 'text', text: prompt },
	] } }) + '\n';

function read(ran)
{
	const events = json_lines(ran.out);
	// Interrupted, it may end without a word.
	const result = events.findLast(e => e.type === 'result') ??
	    { is_error: true };
	const blocks = events.filter(e => e.type === 'assistant')
	    .flatMap(e => e.message.content);
	const text = result.structured_output ?
	    JSON.stringify(result.structured_output) : result.result ?? '';
	const seen = { text, stop: result.stop_reason, exit: ran.exit,
		calls: blocks.filter(b => b.type === 'tool_use')
		    .map(b => b.name).filter(name => name !== 'StructuredOutput'),
		said: ran.exit === 0 ? '' : ran.out.slice(-3000) + ran.err };
	if (ran.exit === 0 && !result.is_error)
		return seen;
	return { ...seen, status: 'error', error: { message: text } };
}

function home_of(url, dir)
{
	const home = make_home(dir);
	const { env, command } = shell(pasted('Claude Code', url));
	Object.assign(home.env, env, {
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
		CLAUDE_CODE_MAX_RETRIES: '1' });
	return { ...home, command };
}

export default {
	name: 'claude-code',
	packages: ['@anthropic-ai/claude-code'],
	mode: 'c2o',
	faces: [''],
	heavy: 2,
	calls: {
		lookup: mark => ({ call: 'Bash', input: {
			command: `echo result of ${mark}`, description: 'look' } }),
		picture: (mark, lane) => ({ call: 'Read', input: {
			file_path: picture_of(lane.dir, mark) } }),
	},
	stops: null,
	exits: { aborted: 0 },
	// It asks again where others do not, and words refusals by itself.
	differs: {
		'structured output': { plays: () => [{ say: [
			{ call: 'StructuredOutput',
				input: { city: 'Sarajevo', degrees: 21 } }] }] },
		'max_tokens reached': { status: 'error', text: '', requests: 4,
			error: 'exceeded the 128000 output token maximum' },
		'a refusal': { status: 'error', text: '', requests: 2,
			error: 'safeguards flagged this message' },
		'upstream 400': { requests: 6 },
		'upstream 401': { requests: 2 },
		'an error in mid-stream': { requests: 2, warn: [
			/ended the reply with an error (code|type)=/, again] },
		'a cut stream': { requests: 2, error: 'upstream broke off', warn: [
			/ended the reply with an error reason=/, again] },
	},
	losses: [/Skipped configured inbound fields .*context_management/],

	async open({ bin, url, dir })
	{
		const { work, env, command } = home_of(url, dir);
		return task => {
			const args = [...settings];
			// The window that its models have else would be full.
			if (task.long)
				args.push('--model', 'claude-opus-4-6[1m]');
			if (task.image)
				args.push('--input-format', 'stream-json');
			if (task.schema)
				args.push('--json-schema', JSON.stringify(schema));
			const input = task.image ? image_message(task.prompt) :
			    task.prompt;
			return run_program(bin(command), args, { env, cwd: work,
				input, signal: task.signal }).then(read);
		};
	},

	// One conversation, in one process.
	async session({ bin, url, dir })
	{
		const { work, env, command } = home_of(url, dir);
		const talk = talk_to(bin(command), [...settings,
			'--input-format', 'stream-json'], { env, cwd: work });
		return { close: () => talk.close(), async ask(prompt) {
			talk.write(JSON.stringify({ type: 'user', message: {
				role: 'user', content: prompt } }) + '\n');
			const line = await talk.line(l =>
				/"type":"result"/.test(l));
			return { text: line ? JSON.parse(line).result ?? '' : '' };
		} };
	},
};
