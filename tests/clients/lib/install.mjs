// The clients are installed once, outside the tree, in a directory named
// after the lock file.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { diag } from './tap.mjs';

const here = path.resolve(import.meta.dirname, '..');
const files = ['package.json', 'package-lock.json', '.npmrc'];

// Imports a package from where it is installed.
const loader = 'export default name => import(name);\n';

export async function install()
{
	const lock = fs.readFileSync(path.join(here, 'package-lock.json'));
	const hash = createHash('sha256').update(lock).digest('hex').slice(0, 16);
	const cache = process.env.XDG_CACHE_HOME ||
	    path.join(os.homedir(), '.cache');
	const dir = path.join(cache, 'co2', 'clients', hash);

	if (!fs.existsSync(dir)) {
		const fresh = `${dir}.${process.pid}`;
		diag(`installing the clients in ${dir}`);
		fs.mkdirSync(fresh, { recursive: true });
		for (const name of files)
			fs.copyFileSync(path.join(here, name),
			    path.join(fresh, name));
		fs.writeFileSync(path.join(fresh, 'load.mjs'), loader);
		const npm = spawnSync('npm', ['ci', '--no-progress'], { cwd: fresh,
			stdio: ['ignore', 2, 2], timeout: 900000 });
		if (npm.status !== 0) {
			fs.rmSync(fresh, { recursive: true, force: true });
			throw new Error('npm ci failed');
		}
		// Another run may have been faster.
		try {
			fs.renameSync(fresh, dir);
		} catch {
			fs.rmSync(fresh, { recursive: true, force: true });
		}
	}
	const { default: load } =
	    await import(pathToFileURL(path.join(dir, 'load.mjs')));
	return { dir, load,
		bin: name => path.join(dir, 'node_modules', '.bin', name),
		version: name => JSON.parse(fs.readFileSync(path.join(dir,
		    'node_modules', name, 'package.json'))).version };
}
