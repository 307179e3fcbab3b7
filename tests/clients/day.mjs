// A day in a session: thirty turns with a tool call each, in one
// conversation.  The prompts stay cached, and co2 does not grow.
import { rules } from './lib/play.mjs';
import { shares } from './lib/cache.mjs';
import claude_code from './programs/claude-code.mjs';
import codex from './programs/codex.mjs';

const TURNS = 30, EARLY = 3, WARM = 10;
// The requests of a conversation grow, and malloc keeps what the largest of
// them took: up to a megabyte in each of its arenas (README.md has figures).
const GROWTH_KB = 1024;
const sanitized = Boolean(process.env.SAN);

const two = k => String(k).padStart(2, '0');
const asked = k => `question-${two(k)}`;
const called = k => `day-${two(k)}`;

function day_script(api, client, lane)
{
	const list = [];
	for (let k = 1; k <= TURNS; k++) {
		list.push(...rules(api, { say: [{ think: `thought ${k}` },
			{ text: `I look for ${k}. ` },
			client.calls.lookup(called(k), lane)] },
		    { contains: asked(k), lacks: called(k) }));
		list.push(...rules(api, { say: [
			{ text: `The answer to question ${two(k)}.` }] },
		    { contains: called(k), lacks: asked(k + 1) }));
	}
	return list;
}

async function day(client, lane, installed, check, skip)
{
	const session = await client.session({ ...installed, url: lane.url,
		dir: lane.dir });
	const wrong = [], memory = [];
	let early;

	lane.play({ rules: day_script(lane.api, client, lane) });
	for (let k = 1; k <= TURNS; k++) {
		const seen = await session.ask(`This is ${asked(k)}.`);
		if (!seen.text.includes(`The answer to question ${two(k)}.`))
			wrong.push(`turn ${k}: ` +
			    JSON.stringify(seen).slice(0, 500));
		if (k === EARLY)
			early = lane.seen().requests.length;
		memory[k] = lane.memory();
	}
	await session.close();
	const got = await lane.settle();
	check('every turn has its answer', wrong);
	check('two requests a turn, none refused', [
		...got.refused.map(r => `${r.status} ${r.why}`),
		...got.requests.length === 2 * TURNS ? [] :
		    [`${got.requests.length} requests`]]);
	const { least, whole } = shares(lane.api,
	    got.requests.map(r => r.body), early);
	check(`90 % of the prompts are cached after turn ${EARLY}: ` +
	    `${whole.toFixed(1)} %`, whole >= 90 ? [] :
	    [`${whole} %, least ${least} %`]);
	const title = `co2 does not grow from turn ${WARM} to ${TURNS}`;
	const growth = memory[TURNS] - memory[WARM];
	if (sanitized)
		skip(title, 'sanitizers keep what was freed');
	else
		check(`${title}: ${growth} KB`, growth <= GROWTH_KB ? [] :
		    [memory.slice(1).join(' ')]);
}

const of = (client, api) => ({
	name: `a day with ${client.name}${
		client.mode === 'c2o' ? ` over ${api}` : ''}`,
	mode: client.mode, api, heavy: 1,
	run: (...rest) => day(client, ...rest),
});

export default [of(claude_code, 'responses'),
	of(claude_code, 'chat-completions'), of(codex, 'messages')];
