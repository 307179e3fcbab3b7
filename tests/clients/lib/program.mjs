// A client that is a program: in a home of its own, with no way to any other
// host, and gone with all its children at the end.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { mark } from './play.mjs';
import { png } from './tools.mjs';

const groups = new Set();

function tell_group(pid, signal)
{
	try {
		process.kill(-pid, signal);
	} catch {
		// It is gone.
	}
}

function end_group(pid)
{
	tell_group(pid, 'SIGKILL');
	groups.delete(pid);
}

process.on('exit', () => groups.forEach(end_group));

// Where the picture of a step lies.
export const picture_of = (dir, mark) =>
	path.join(dir, 'home', 'album', `${mark}.png`);

// A home and, below it, a directory to work in with a picture, and another
// with the pictures of steps: the names of the files in the first one are
// often told to the model.
export function make_home(dir)
{
	const home = path.join(dir, 'home');
	const work = path.join(home, 'work');
	fs.mkdirSync(work, { recursive: true });
	fs.mkdirSync(path.join(home, 'album'));
	fs.writeFileSync(path.join(work, 'red.png'), png);
	fs.writeFileSync(picture_of(dir, mark(1)), png);
	return { home, work, env: {
		PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'dumb',
		SHELL: '/bin/sh', USER: 'tester', HOME: home, TMPDIR: home,
		XDG_CONFIG_HOME: `${home}/.config`,
		XDG_CACHE_HOME: `${home}/.cache`,
		XDG_DATA_HOME: `${home}/.data`,
		XDG_STATE_HOME: `${home}/.state`,
		DO_NOT_TRACK: '1', NO_COLOR: '1',
		// Nobody listens there: whoever tries it learns so at once.
		HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9',
		http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9',
		NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost',
	} };
}

// Runs it to its end: { exit, out, err }.  exit is a number or, if it was
// ended by one, a signal.  An aborted signal is the user's Ctrl-C.
export function run_program(file, args, { env, cwd, input = '', signal })
{
	const child = spawn(file, args, { env, cwd, detached: true });
	const out = [], err = [];
	// As a terminal does it.
	const interrupt = () => tell_group(child.pid, 'SIGINT');

	groups.add(child.pid);
	child.stdout.on('data', data => out.push(data));
	child.stderr.on('data', data => err.push(data));
	child.stdin.on('error', () => {});
	child.stdin.end(input);
	signal?.addEventListener('abort', interrupt);
	return new Promise((done, fail) => {
		child.on('error', fail);
		child.on('exit', () => end_group(child.pid));
		child.on('close', (code, by) => {
			signal?.removeEventListener('abort', interrupt);
			done({ exit: by ?? code,
				out: Buffer.concat(out).toString(),
				err: Buffer.concat(err).toString() });
		});
	});
}

// A program to talk with, line by line.
export function talk_to(file, args, { env, cwd })
{
	const child = spawn(file, args, { env, cwd, detached: true,
		stdio: ['pipe', 'pipe', 'ignore'] });
	const lines = readline.createInterface({ input: child.stdout })
	    [Symbol.asyncIterator]();
	const ended = new Promise(done => child.on('exit', done));

	groups.add(child.pid);
	child.stdin.on('error', () => {});
	return {
		write: text => child.stdin.write(text),
		// The next line that is wanted, undefined at the end.
		async line(wanted)
		{
			for (;;) {
				const { value, done } = await lines.next();
				if (done || wanted(value))
					return value;
			}
		},
		end: () => end_group(child.pid),
		async close()
		{
			child.stdin.end();
			const late = setTimeout(() => end_group(child.pid), 30000);
			const status = await ended;
			clearTimeout(late);
			end_group(child.pid);
			return status;
		},
	};
}

// One JSON object a line; other lines are left out.
export const json_lines = text => text.split('\n').flatMap(line => {
	try {
		return line.startsWith('{') ? [JSON.parse(line)] : [];
	} catch {
		return [];
	}
});
