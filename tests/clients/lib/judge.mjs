// Runs a scenario with a client and says what was wrong.
import { setTimeout as sleep } from 'node:timers/promises';
import { turns_of } from '../scenarios.mjs';
import { PATIENCE_MS, until } from './servers.mjs';

// For one scenario with one client, on a busy machine.
const LIMIT_MS = 240000;

const prompt_of = ({ long }) => 'Please do what was agreed.' +
	(long ? ' This is only a filler.'.repeat(long / 23 + 1) : '');

// What a client's file says of a scenario: of all faces, or of those whose
// name contains a word.
export function by_face(table, scenario, face)
{
	const said = table?.[scenario.name];
	if (!said?.face)
		return said;
	return Object.entries(said.face).find(([part]) =>
		face.includes(part))?.[1];
}

// The prompt is on its way to the upstream and the first words may be back.
async function interrupt(lane, client, controller)
{
	await until(LIMIT_MS, () =>
		main_requests(client, lane.seen()).length > 0);
	await sleep(400);
	controller.abort();
}

// What the client says, errors included: { text, calls, status, error }.
async function use(run, task, face)
{
	const late = sleep(LIMIT_MS, { status: 'late', text: '', calls: [] },
	    { ref: false });
	const given = run(task, face).then(
	    seen => ({ status: 'ok', calls: [], ...seen }),
	    error => ({ status: 'error', calls: [], text: '', error: {
		status: error.status ?? error.statusCode ??
		    error.lastError?.statusCode,
		message: String(error.message) } }));
	const seen = await Promise.race([given, late]);
	if (task.signal.aborted && seen.status === 'error')
		seen.status = 'aborted';
	return seen;
}

const clip = value => {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return text === undefined || text.length < 600 ? text :
	    `${text.slice(0, 300)} ... ${text.slice(-200)}`;
};

function* wrong_result(s, client, seen)
{
	const status = s.status ?? 'ok';
	const stop = client.stops?.[s.stop] ?? s.stop;

	if (seen.status !== status)
		yield `status ${seen.status}, wanted ${status}`;
	if (s.text && !seen.text?.includes(s.text))
		yield `text: ${clip(seen.text)}\nwanted: ${clip(s.text)}`;
	if (status === 'ok' && seen.calls.length !== (s.calls ?? 0))
		yield `calls ${clip(seen.calls)}, wanted ${s.calls ?? 0}`;
	if (s.error && !seen.error?.message?.includes(s.error))
		yield `error: ${clip(seen.error)}\nwanted: ${s.error}`;
	const exit = client.exits?.[status] ?? (status === 'ok' ? 0 : 1);
	if (seen.exit !== undefined && seen.exit !== exit)
		yield `it ended with ${seen.exit}, wanted ${exit}`;
	if (stop && client.stops !== null && seen.stop !== stop)
		yield `stopped by ${seen.stop}, wanted ${stop}`;
}

// Side requests, such as those for a title, are not what the scenario is about.
const main_requests = (client, got) => got.requests.filter(r =>
	r.method === 'POST' && !client.is_aside?.(r.body));

// Thinking that the client was given, and gave back, arrives: sealed where
// the API has seals, else as text.
function* wrong_thinking(s, api, last, seals)
{
	if (api !== 'chat-completions' && Math.max(...seals) < s.thinking)
		yield `${Math.max(...seals)} seals came back, wanted ${s.thinking}`;
	if (api === 'chat-completions' && !last.includes(`thought ${s.thinking}`))
		yield `no thinking came back: ${clip(last)}`;
}

function* wrong_upstream(s, client, got, { turns, face, api })
{
	const list = main_requests(client, got);
	const want = s.requests ?? turns.length;
	const last = JSON.stringify(list.at(-1)?.body) ?? '';
	const seals = got.events.filter(e => e.event === 'accepted')
	    .map(e => e.seals);

	for (const r of got.refused)
		yield `the upstream had to refuse: ${r.status} ${r.why} ${r.param}`;
	if (list.length !== want)
		yield `the upstream got ${list.length} requests, wanted ${want}`;
	for (const text of s.back ?? [])
		if (!last.includes(text) &&
		    !last.includes(JSON.stringify(text).slice(1, -1)))
			yield `not in the last request: ${clip(text)}\n` +
			    clip(last);
	if (s.bytes && !(list.at(-1)?.bytes >= s.bytes))
		yield `a request of ${list.at(-1)?.bytes} bytes only`;
	if (s.status === 'aborted' && got.left.length === 0)
		yield 'the upstream was not cancelled';
	if (s.thinking && !client.forgets?.test(face))
		yield* wrong_thinking(s, api, last, seals);
}

function* wrong_log(s, client, got)
{
	const warns = got.log.filter(l => l.startsWith('warn:'));
	const known = [...s.warn ?? [], ...client.losses ?? []];

	for (const line of got.log.filter(l => l.startsWith('error:')))
		yield `co2's log: ${line}`;
	for (const line of warns)
		if (!known.some(k => k.test(line)))
			yield `co2's log, unexpected: ${line}`;
	for (const k of s.warn ?? [])
		if (!warns.some(line => k.test(line)))
			yield `co2's log has nothing like ${k}`;
}

export async function judge(scenario, client, lane, run, face)
{
	const controller = new AbortController();
	const s = { ...scenario, ...by_face(client.differs, scenario, face) };
	const turns = turns_of(s, client, lane);
	const task = { ...s.asks, prompt: prompt_of(s.asks ?? {}),
		scenario: s, signal: controller.signal };

	lane.play(turns, client.aside);
	if (s.asks?.interrupt)
		interrupt(lane, client, controller);
	const began = Date.now();
	const seen = await use(run, task, face);
	if (s.status === 'aborted')
		await until(PATIENCE_MS, () => lane.seen().left.length > 0);
	const got = await lane.settle();
	const wrong = [...wrong_result(s, client, seen),
		...wrong_upstream(s, client, got, { turns, face, api: lane.api }),
		...wrong_log(s, client, got)];
	if (wrong.length > 0 && seen.said)
		wrong.push(`it said: ${clip(seen.said)}`);
	return { wrong, seen, got, ms: Date.now() - began };
}
