// TAP, one line a check; what was wrong follows it.
let count = 0, failed = 0, skipped = 0;

const say = text => process.stdout.write(text + '\n');

export const diag = text => String(text).split('\n').forEach(line =>
	say('# ' + line.slice(0, 2000)));

// wrong: a list of complaints, none of them: it passed.
export function check(name, wrong)
{
	const bad = wrong.length > 0;
	failed += bad;
	say(`${bad ? 'not ok' : 'ok'} ${++count} - ${name}`);
	wrong.forEach(diag);
}

export function skip(name, why)
{
	skipped++;
	say(`ok ${++count} - ${name} # SKIP ${why}`);
}

export function end()
{
	say(`1..${count}`);
	if (skipped > 0)
		diag(`${skipped} not possible, each with its reason above`);
	say(`${count - failed - skipped} passed, ${failed} failed`);
	return failed > 0 || count === 0 ? 1 : 0;
}
