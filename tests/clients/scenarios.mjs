// The scenarios, as data: what the upstream plays, and what must be seen.
// They are the same for every client; what a client does in its own way
// stands in its file under programs/.
//
//	name	how it is called in the output
//	asks	of the client: tools, image, schema, maxTokens, think, long
//	plays	turns for play.mjs, given the client's own calls
//	status	ok (also for a cut text), error, aborted; what the client says
//	text	what it prints: a string that must be in it, or JSON
//	error	part of the message it shows
//	calls	how many calls it made
//	requests how many requests the upstream gets
//	back	what must be in the last of them
//	warn	what co2's log must warn of; nothing else but what the
//		client's own file lists
//	stream	only where the client streams
import { mark } from './lib/play.mjs';
import { png64 } from './lib/tools.mjs';

const hello = 'Hello there, dear 🌍 — said the upstream.';
const done = 'All steps are done.';
const long = Array.from({ length: 4000 }, (_, n) =>
	`line ${n} of a long answer, with some words in it\n`).join('');
const value = { city: 'Sarajevo', degrees: 21 };

const say = (...say) => ({ say });
const text = text => ({ text });
const think = text => ({ think: text });
// Errors have the status that the two upstreams have for it.
const refuse = (o2c, c2o, message, more) => ({ mode }) =>
	({ status: mode === 'o2c' ? o2c : c2o, message, ...more });
const soon = { 'retry-after': '1' };
const refusal = /the upstream refused the request/;
const failed = /ended the reply with an error (code|type)=/;
const broken = /ended the reply with an error reason=/;

export const scenarios = [
	{
		name: 'text',
		plays: () => [say(text(hello))],
		text: hello,
	},
	{
		name: 'a call and back',
		asks: { tools: true },
		plays: c => [say(text('I look. '), c.lookup(mark(1))),
			say(text(done))],
		text: done, calls: 1, back: [`result of ${mark(1)}`],
	},
	{
		name: 'two parallel calls and back',
		asks: { tools: true },
		plays: c => [say(c.lookup(`${mark(1)}-a`),
			c.lookup(`${mark(1)}-b`)), say(text(done))],
		text: done, calls: 2,
		back: [`result of ${mark(1)}-a`, `result of ${mark(1)}-b`],
	},
	{
		name: 'five rounds of tools, thinking in between',
		asks: { tools: true, think: true },
		plays: c => [1, 2, 3, 4, 5].map(k => say(think(`thought ${k}`),
			text(`Now ${k}. `), c.lookup(mark(k))))
		    .concat(say(think('enough'), text(done))),
		text: done, calls: 5,
		back: [1, 2, 3, 4, 5].map(k => `result of ${mark(k)}`),
		thinking: 5,
	},
	{
		name: 'an image in the prompt',
		asks: { image: true },
		plays: () => [say(text(hello))],
		text: hello, back: [png64],
	},
	{
		name: 'an image in a tool result',
		asks: { tools: true },
		plays: c => [say(c.picture(mark(1))), say(text(done))],
		text: done, calls: 1, back: [png64],
	},
	{
		name: 'structured output',
		asks: { schema: true },
		plays: () => [say(text(JSON.stringify(value)))],
		text: JSON.stringify(value), back: ['"degrees"'],
	},
	{
		name: 'a long answer, 200 KB',
		plays: () => [say(text(long))],
		text: long.trimEnd(),
	},
	{
		name: 'a long request, 3 MB',
		asks: { long: 3000000 },
		plays: () => [say(text(hello))],
		text: hello, bytes: 3000000,
	},
	{
		name: 'silence before and within the reply',
		plays: () => [say({ pause: 1400 },
			{ text: hello, mid: { pause: 1400 } })],
		text: hello,
	},
	{
		name: 'max_tokens reached',
		asks: { maxTokens: 1024 },
		plays: () => [{ ...say(text('This text has been cut')),
			stop: 'length' }],
		text: 'This text has been cut', stop: 'length',
	},
	{
		name: 'a refusal',
		plays: () => [{ ...say(text('I cannot help with that.')),
			stop: 'refusal' }],
		text: 'I cannot help with that.', stop: 'refusal',
	},
	{
		name: 'upstream 400',
		plays: () => [refuse(400, 400,
			'the upstream dislikes this prompt')],
		status: 'error', error: 'the upstream dislikes this prompt',
		warn: [refusal],
	},
	{
		name: 'upstream 401',
		plays: () => [refuse(401, 401, 'this key is not known')],
		status: 'error', error: 'this key is not known',
		warn: [refusal],
	},
	{
		name: 'upstream 429 with retry-after, then an answer',
		plays: () => [refuse(429, 429, 'slowly, please',
			{ headers: soon, times: 1 }), say(text(hello))],
		text: hello, requests: 2, warn: [refusal],
	},
	{
		name: 'upstream overloaded, then an answer',
		plays: () => [refuse(529, 503, 'too much to do',
			{ times: 1 }), say(text(hello))],
		text: hello, requests: 2, warn: [refusal],
	},
	{
		name: 'an error in mid-stream', stream: true,
		plays: () => [say({ text: 'So far so good',
			mid: { fail: 'suddenly too busy' } })],
		status: 'error', error: 'suddenly too busy',
		warn: [failed],
	},
	{
		name: 'a cut stream', stream: true,
		plays: () => [say({ text: 'So far so good', mid: { cut: true } })],
		status: 'error', error: 'upstream',
		warn: [broken],
	},
	{
		name: 'the user interrupts',
		asks: { interrupt: true },
		plays: () => [say({ text: 'So far so good',
			mid: { stall: true } })],
		status: 'aborted',
	},
];

// The turns of a scenario for a client on its lane.
export function turns_of(scenario, client, lane)
{
	const calls = Object.fromEntries(Object.entries(client.calls).map(
	    ([name, call]) => [name, mark => call(mark, lane)]));
	return scenario.plays(calls).map(turn =>
		typeof turn === 'function' ? turn(lane) : turn);
}
