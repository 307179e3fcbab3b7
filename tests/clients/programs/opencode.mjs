// opencode, as opencode run.
import fs from 'node:fs';
import path from 'node:path';
import { json_lines, make_home, picture_of, run_program } from
	'../lib/program.mjs';

const config = base => ({
	model: 'co2/gpt-5.4',
	provider: { co2: {
		npm: '@ai-sdk/openai-compatible', name: 'co2',
		options: { baseURL: base, apiKey: 'any' },
		models: { 'gpt-5.4': { name: 'gpt-5.4', tool_call: true,
			attachment: true,
			modalities: { input: ['text', 'image'], output: ['text'] } } },
	} },
});

function read(ran)
{
	const events = json_lines(ran.out);
	const parts = events.filter(e => e.part).map(e => e.part);
	const failed = events.findLast(e => e.type === 'error');
	const seen = { exit: ran.exit,
		text: parts.filter(p => p.type === 'text').map(p => p.text).join(''),
		calls: parts.filter(p => p.type === 'tool').map(p => p.tool),
		said: ran.out.slice(-2500) + ran.err.slice(-2500) };
	if (ran.exit === 0 && !failed)
		return seen;
	return { ...seen, status: 'error', error: { message:
		failed?.error.data?.message ?? JSON.stringify(failed) ?? ran.err } };
}

export default {
	name: 'opencode',
	packages: ['opencode-ai'],
	mode: 'o2c',
	faces: [''],
	heavy: true,
	calls: {
		lookup: mark => ({ call: 'bash', input: {
			command: `echo result of ${mark}`, description: 'look' } }),
		picture: (mark, lane) => ({ call: 'read', input: {
			filePath: picture_of(lane.dir, mark) } }),
	},
	stops: null,
	// A request for a title runs beside the first turn; it has no tools.
	aside: [{ when: { lacks: '"tools"' }, turn: { say: [
		{ text: 'A title' }] } }],
	is_aside: body => !body.tools,
	paste: JSON.stringify(config('http://127.0.0.1:8000/v1'), null, 2),

	async open({ bin, url, dir })
	{
		const { work, env } = make_home(dir);
		const where = path.join(env.XDG_CONFIG_HOME, 'opencode');
		fs.mkdirSync(where, { recursive: true });
		fs.writeFileSync(path.join(where, 'opencode.json'), JSON.stringify({
			...config(`${url}/v1`), permission: 'allow',
			autoupdate: false, share: 'disabled' }));
		Object.assign(env, { OPENCODE_DISABLE_MODELS_FETCH: '1',
			OPENCODE_DISABLE_AUTOUPDATE: '1',
			OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
			OPENCODE_DISABLE_LSP_DOWNLOAD: '1' });
		return task => {
			const args = ['run', '-m', 'co2/gpt-5.4', '--format', 'json'];
			if (task.image)
				args.push('-f', 'red.png', '--');
			return run_program(bin('opencode'), args, { env, cwd: work,
				input: task.prompt, signal: task.signal }).then(read);
		};
	},

	except: {
		'structured output': 'it has no option for that',
	},
};
