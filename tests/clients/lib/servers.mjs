// The two servers of a lane: the strict fake upstream, and co2 in front of it
// with the example configuration.  Both on ports of their own, both ended
// with the process, however it ends.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { script } from './play.mjs';

export const root = path.resolve(import.meta.dirname, '../../..');
const build = path.resolve(root, process.env.BUILD ?? 'build');
const running = new Set();

// How long to wait for what must come, on a busy machine.
export const PATIENCE_MS = 30000;

process.on('exit', () => {
	for (const child of running)
		child.kill('SIGKILL');
});

// Try until it gives something true; what it gave last.
export async function until(ms, ask)
{
	const end = Date.now() + ms;
	for (;;) {
		const got = await ask();
		if (got || Date.now() > end)
			return got;
		await sleep(15);
	}
}

function start(program, args, out, err, env)
{
	const child = spawn(program, args, { env,
		stdio: ['ignore', fs.openSync(out, 'w'), fs.openSync(err, 'w')] });
	running.add(child);
	child.ended = new Promise(done => child.on('exit', (code, signal) => {
		running.delete(child);
		done(signal ?? code);
	}));
	return child;
}

async function stop(child)
{
	child.kill('SIGTERM');
	const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
	const status = await child.ended;
	clearTimeout(late);
	return status;
}

// A file that only grows, read from where it was last read.
class Tail {
	constructor(name)
	{
		this.name = name;
		this.at = 0;
		this.lines = [];
	}

	read()
	{
		const size = fs.existsSync(this.name) ?
		    fs.statSync(this.name).size : 0;
		if (size > this.at) {
			const fd = fs.openSync(this.name);
			const bytes = Buffer.alloc(size - this.at);
			fs.readSync(fd, bytes, 0, bytes.length, this.at);
			fs.closeSync(fd);
			const end = bytes.lastIndexOf(10) + 1;
			this.at += end;
			this.lines.push(...bytes.toString('utf8', 0, end)
			    .split('\n').slice(0, -1));
		}
		return this.lines;
	}

	clear()
	{
		this.read();
		this.lines = [];
	}
}

export class Lane {
	// mode: o2c or c2o; api: what the upstream speaks; dir: for files
	constructor(mode, api, dir)
	{
		Object.assign(this, { mode, api, dir });
		fs.mkdirSync(dir, { recursive: true });
		this.script = path.join(dir, 'script.json');
		this.journal = new Tail(path.join(dir, 'journal'));
		this.log = new Tail(path.join(dir, 'co2.err'));
	}

	file(name)
	{
		return path.join(this.dir, name);
	}

	async open(settings = {})
	{
		this.play([]);
		// The chat API is also that of many compatible servers: the
		// one whose models show what they think.
		const profile = this.api === 'chat-completions' ?
		    'compat' : 'openai';
		this.fake = start(path.join(build, 'fake-upstream'), ['--port', '0',
			'--ready', this.file('port'), '--log', this.file('journal'),
			'--script', this.script, '--profile', profile],
		    this.file('fake.out'), this.file('fake.err'), {});
		const port = await until(PATIENCE_MS, () =>
			fs.existsSync(this.file('port')) &&
			fs.readFileSync(this.file('port'), 'utf8').trim());
		if (!port)
			throw new Error('the fake upstream did not start');
		fs.writeFileSync(this.file('co2.json'),
		    JSON.stringify(this.config(port, profile, settings), null, 2),
		    { mode: 0o600 });
		this.co2 = start(path.join(build, 'co2'), ['start', '--config',
			this.file('co2.json'), '--port', '0'],
		    this.file('co2.out'), this.file('co2.err'), {});
		const said = await until(PATIENCE_MS, () => {
			const text = fs.readFileSync(this.file('co2.out'), 'utf8');
			return /^Client base URL: /m.test(text) && text;
		});
		if (!said)
			throw new Error('co2 did not start: ' +
			    fs.readFileSync(this.file('co2.err'), 'utf8'));
		this.url = /started on (\S+)/.exec(said)[1];
		this.port = new URL(this.url).port;
		this.base = /Client base URL: (.*)/.exec(said)[1];
		return this;
	}

	// The example as it stands, but for the address of the upstream and
	// the waits, which are scaled down.
	config(port, profile, settings)
	{
		const c = JSON.parse(fs.readFileSync(
		    path.join(root, 'co2.config.example.json')));
		const url = `http://127.0.0.1:${port}`;
		c.server.mode = this.mode;
		c.server.pingSeconds = 1;
		c.providers.openai = { apiKey: 'sk-test-invented', profile,
			baseUrl: url + '/v1' };
		c.providers.anthropic = { apiKey: 'sk-test-invented',
			baseUrl: url };
		if (this.mode === 'c2o')
			c.routing.openAIUpstreamApi = this.api;
		Object.assign(c.server, settings.server);
		return c;
	}

	// What the upstream plays from now on, and a fresh look at the logs.
	play(turns, aside)
	{
		const text = JSON.stringify(Array.isArray(turns) ?
		    script(this.api, turns, aside) : turns.rules);
		fs.writeFileSync(this.script + '.new', text);
		fs.renameSync(this.script + '.new', this.script);
		this.journal.clear();
		this.log.clear();
	}

	// What has happened since.
	seen()
	{
		const events = this.journal.read().map(line => JSON.parse(line));
		const log = this.log.read();
		return { events, log,
			requests: events.filter(e => e.event === 'request'),
			refused: events.filter(e => e.event === 'refused'),
			left: events.filter(e => e.event === 'closed' &&
			    e.by === 'peer' && e.mid_reply),
			finished: log.filter(l => /\] finished /.test(l)) };
	}

	// Every request that reached the upstream has its line in co2's log.
	async settle()
	{
		await until(PATIENCE_MS, () => {
			const { requests, finished, log } = this.seen();
			const again = log.filter(l =>
				/sent it again|trying again/.test(l)).length;
			const ended = finished.filter(l =>
				/upstream_model=/.test(l)).length;
			return ended + again >= requests.filter(r =>
				r.method === 'POST').length;
		});
		return this.seen();
	}

	memory()
	{
		const text = fs.readFileSync(`/proc/${this.co2.pid}/status`,
		    'utf8');
		return Number(/^VmRSS:\s+(\d+)/m.exec(text)[1]);
	}

	async close()
	{
		const status = this.co2 && await stop(this.co2);
		if (this.fake)
			await stop(this.fake);
		return status;
	}
}
