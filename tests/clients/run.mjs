// Real client programs through co2: make check-clients [T=name] [V=1]
//
// Prints TAP; the last line is "N passed, N failed".  README.md in this
// directory says how it is built and how to add a client.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { install } from './lib/install.mjs';
import { by_face, judge } from './lib/judge.mjs';
import { never_pasted } from './lib/readme.mjs';
import { Lane } from './lib/servers.mjs';
import { check, diag, end, skip } from './lib/tap.mjs';
import { scenarios } from './scenarios.mjs';
import beside from './beside.mjs';
import day from './day.mjs';
import probes from './probes.mjs';

const wanted = process.env.T ?? '';
const only = process.env.S ?? '';
const loud = process.env.V ?? '';
const jobs = Number(process.env.JOBS ?? os.availableParallelism());

const upstreams = { o2c: ['messages'], c2o: ['responses', 'chat-completions'] };

// What the user has set is nobody's business here, and there is no other
// host than this one.
function isolate(dir)
{
	const keep = /^(PATH|LANG|LC_.*|TERM|USER|LOGNAME|SHELL)$/;
	for (const name of Object.keys(process.env))
		if (!keep.test(name))
			delete process.env[name];
	Object.assign(process.env, { HOME: dir, TMPDIR: dir,
		XDG_CONFIG_HOME: `${dir}/.config`, XDG_CACHE_HOME: `${dir}/.cache`,
		XDG_DATA_HOME: `${dir}/.data`, XDG_STATE_HOME: `${dir}/.state`,
		NO_COLOR: '1', DO_NOT_TRACK: '1' });
}

async function close(lane, name)
{
	const status = await lane.close();
	check(`${name}: co2 ends with status 0`, status === 0 ? [] :
	    [status, ...lane.seen().log.slice(-50)]);
}

async function run_lane(client, api, shared)
{
	const over = client.mode === 'c2o' ? ` over ${api}` : '';
	const name = `${client.name}${over}`;
	const dir = path.join(shared.dir, `${client.name}-${api}`
	    .replace(/[^a-z0-9-]/g, '_'));
	const lane = new Lane(client.mode, api, dir);
	const lost = new Set();
	let run;

	try {
		await lane.open(client.settings);
		run = await client.open({ ...shared.installed, url: lane.url,
			lane, dir });
		for (const face of client.faces)
			await run_face(client, lane, run, face,
			    face ? `${name}, ${face}` : name, lost);
		if (client.losses && !only)
			check(`${name}: every loss that it causes was logged`,
			    client.losses.filter(k => !lost.has(k)));
	} catch (error) {
		check(name, [error.stack]);
	}
	await run?.close?.();
	await close(lane, name);
}

async function run_face(client, lane, run, face, name, lost)
{
	const some = client.only?.[face];

	if (some && !only)
		diag(`${name}, of all scenarios: ${some.join('; ')}`);
	for (const scenario of scenarios) {
		const title = `${name}: ${scenario.name}`;
		const why = by_face(client.except, scenario, face) ??
		    (scenario.stream && face.includes('whole') ?
			'it does not stream' : undefined);
		if (!scenario.name.includes(only) ||
		    some?.includes(scenario.name) === false)
			continue;
		if (why) {
			skip(title, why);
			continue;
		}
		const { wrong, seen, got, ms } =
		    await judge(scenario, client, lane, run, face);
		check(title, wrong);
		client.losses?.filter(k => got.log.some(line => k.test(line)))
		    .forEach(k => lost.add(k));
		if (loud || wrong.length > 0)
			diag(`${ms} ms, ${JSON.stringify(seen).slice(0, 600)}`);
		if (loud > 1 || wrong.length > 0)
			got.log.slice(-12).forEach(diag);
	}
}

// A lane for something that is no scenario.
async function run_extra(extra, installed, dir)
{
	const lane = new Lane(extra.mode, extra.api, path.join(dir,
	    extra.name.replace(/[^a-z0-9-]/g, '_')));
	try {
		await lane.open();
		await extra.run(lane, installed,
		    (name, wrong) => check(`${extra.name}: ${name}`, wrong),
		    (name, why) => skip(`${extra.name}: ${name}`, why));
	} catch (error) {
		check(extra.name, [error.stack, ...lane.seen().log.slice(-12)]);
	}
	await close(lane, extra.name);
}

async function programs()
{
	const dir = path.join(import.meta.dirname, 'programs');
	const list = [];
	for (const name of fs.readdirSync(dir).sort())
		list.push((await import(path.join(dir, name))).default);
	return list;
}

async function main()
{
	const began = Date.now();
	const installed = await install();
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'co2-clients.'));
	const shared = { dir, installed };
	const queue = [];

	process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(signal, () => process.exit(1));
	for (const client of await programs()) {
		diag(client.packages.map(p => `${p} ${installed.version(p)}`)
		    .join(', '));
		for (const api of upstreams[client.mode])
			if (`${client.name} ${api}`.includes(wanted))
				queue.push({ heavy: client.heavy, run: () =>
					run_lane(client, api, shared) });
	}
	for (const extra of [...day, ...beside, ...probes])
		if (extra.name.includes(wanted) && !only)
			queue.push({ heavy: extra.heavy,
				run: () => run_extra(extra, installed, dir) });
	isolate(dir);
	// Programs need a processor each; the others mostly wait.
	const work = async list => {
		for (let next; (next = list.shift()) !== undefined;)
			await next.run();
	};
	// The longest first.
	const heavy = queue.filter(q => q.heavy)
	    .sort((a, b) => b.heavy - a.heavy);
	const light = queue.filter(q => !q.heavy);
	await Promise.all(Array.from({ length: jobs },
	    () => [work(heavy), work(light)]).flat());
	if (!wanted)
		check('every client was run with its lines of README',
		    never_pasted());
	diag(`${Math.round((Date.now() - began) / 1000)} s`);
	return end();
}

main().then(status => process.exit(status));
