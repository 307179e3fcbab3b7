// opencode, as opencode run.
import fs from 'node:fs';
import path from 'node:path';
import { json_lines, make_home, picture_of, run_program, talk_to } from
	'../lib/program.mjs';
import { pasted } from '../lib/readme.mjs';
import { png_url } from '../lib/tools.mjs';

function read(ran)
{
	const events = json_lines(ran.out);
	const failed = events.findLast(e => e.type === 'error');
	return { ...read_parts(events.filter(e => e.part).map(e => e.part),
		failed?.error ?? (ran.exit !== 0 && `ended by ${ran.exit}`)),
		exit: ran.exit, said: ran.out.slice(-2500) + ran.err.slice(-2500) };
}

function read_parts(parts, error)
{
	const seen = { calls: parts.filter(p => p.type === 'tool')
	    .map(p => p.tool), text: parts.filter(p => p.type === 'text' &&
	    !p.synthetic).map(p => p.text).join('') };
	return error ? { ...seen, status: 'error', error: { message:
		error.data?.message ?? JSON.stringify(error) } } : seen;
}

// A conversation with a running opencode, over its own HTTP interface.
async function converse(base, task)
{
	const post = async (path, body) => (await fetch(base + path, {
		method: 'POST', body: JSON.stringify(body),
		headers: { 'content-type': 'application/json' } })).json();
	const { id } = await post('/session', {});
	const parts = [{ type: 'text', text: task.prompt }];
	const stop = () => post(`/session/${id}/abort`, {});

	if (task.image)
		parts.push({ type: 'file', mime: 'image/png',
			filename: 'red.png', url: png_url });
	task.signal.addEventListener('abort', stop);
	const reply = await post(`/session/${id}/message`, { parts,
		model: { providerID: 'co2', modelID: 'gpt-5.4' } });
	const all = await (await fetch(`${base}/session/${id}/message`)).json();
	const mine = all.filter(m => m.info.role === 'assistant');
	return read_parts(mine.flatMap(m => m.parts), reply.info?.error ??
	    (reply.info ? undefined : reply));
}

// It tries a broken stream again five times, each time later.
const goes_on = mid => ({
	plays: () => [{ say: [{ text: 'So far', mid }], times: 1 },
		{ say: [{ text: 'Hello again.' }] }],
	status: 'ok', error: undefined, text: 'Hello again.',
});

export default {
	name: 'opencode',
	packages: ['opencode-ai'],
	mode: 'o2c',
	faces: ['opencode run', 'opencode serve'],
	heavy: 3,
	calls: {
		lookup: mark => ({ call: 'bash', input: {
			command: `echo result of ${mark}`, description: 'look' } }),
		picture: (mark, lane) => ({ call: 'read', input: {
			filePath: picture_of(lane.dir, mark) } }),
	},
	stops: null,
	exits: { aborted: 'SIGINT' },
	// A request for a title runs beside the first turn; it has no tools.
	aside: [{ when: { lacks: '"tools"' }, turn: { say: [
		{ text: 'A title' }] } }],
	is_aside: body => !body.tools,

	async open({ bin, url, dir })
	{
		const { work, env } = make_home(dir);
		const where = path.join(env.XDG_CONFIG_HOME, 'opencode');
		fs.mkdirSync(where, { recursive: true });
		fs.writeFileSync(path.join(where, 'opencode.json'), JSON.stringify({
			...JSON.parse(pasted('opencode', url)), permission: 'allow',
			autoupdate: false, share: 'disabled' }));
		Object.assign(env, { OPENCODE_DISABLE_MODELS_FETCH: '1',
			OPENCODE_DISABLE_AUTOUPDATE: '1',
			OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
			OPENCODE_DISABLE_LSP_DOWNLOAD: '1' });
		const server = talk_to(bin('opencode'), ['serve', '--port', '0'],
		    { env, cwd: work });
		const said = await server.line(l => /listening on/.test(l));
		const base = /http:\S+/.exec(said)[0];
		const args = ['run', '-m', 'co2/gpt-5.4', '--format', 'json'];
		const run = (task, face) => face === 'opencode serve' ?
		    converse(base, task) :
		    run_program(bin('opencode'), task.image ?
			[...args, '-f', 'red.png', '--'] : args, { env, cwd: work,
			input: task.prompt, signal: task.signal }).then(read);
		run.close = () => server.end();
		return run;
	},

	// A start of the program takes long: one by itself, with most of what
	// a user meets, and the rest with one that is running.
	only: { 'opencode run': ['text', 'two parallel calls and back',
		'an image in the prompt', 'upstream 400', 'the user interrupts'] },

	differs: {
		'an error in mid-stream': goes_on({ fail: 'busy' }),
		'a cut stream': goes_on({ cut: true }),
		'a refusal': { status: 'error', error: 'content filter' },
	},

	except: {
		'structured output': 'it has no option for that',
	},
};
