// What the upstream says, written once and rendered for each of the three
// APIs as rules of the fake upstream (tests/upstream/script.h).
//
// A turn is { say: [...], stop, status, error, ... }:
//
//	say	a list of { think }, { text }, { call, input }, { pause: ms }.
//		Each may have, for its middle, a mid: { pause: ms },
//		{ stall: true }, { cut: true } or { fail: text }.  A reply in
//		one piece waits as long, or is an error.
//	stop	'length' or 'refusal'; the end of the turn by default
//	status	an error: no say, but { status, message, headers }
//	times	only the first so many times; then the next turn is played
//
// Texts are cut into pieces, so that every stream has several deltas.

const PIECES = 7;

let made = 0;

export function serial()
{
	return String(++made).padStart(6, '0');
}

function pieces(text)
{
	const size = Math.max(5, Math.ceil(text.length / PIECES));
	const step = Math.min(size, 4000);
	const list = [];
	for (let at = 0; at < text.length;) {
		let end = at + step;
		// Never between the halves of a surrogate pair.
		if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800)
			end++;
		list.push(text.slice(at, end));
		at = end;
	}
	return list;
}

function seal(id, n)
{
	return Buffer.from(`seal ${id} ${n} `.repeat(4)).toString('base64');
}

function step(part)
{
	if ('pause' in part)
		return { sleep_ms: part.pause };
	return part.stall ? { stall: true } : { close: true };
}

// The events of a part with what happens in its middle.  Returns whether
// that was the end.
function* around(events, { mid }, fail)
{
	const list = [...events];
	const half = list.length / 2;

	yield* mid ? list.slice(0, half) : list;
	if (!mid)
		return false;
	yield 'fail' in mid ? fail(mid.fail) : step(mid);
	if (!('pause' in mid))
		return true;
	yield* list.slice(half);
	return false;
}

// All waiting of a turn, and how it fails, for a reply in one piece.
const waiting = turn => turn.say.reduce((ms, part) => ms + (part.pause ?? 0) +
	(part.mid?.stall ? 600000 : part.mid?.pause ?? 0), 0);
const failing = turn => turn.say.find(p => p.mid?.cut || p.mid?.fail);

// ---- Claude

const claude_stops = { length: 'max_tokens', refusal: 'refusal' };
const claude_errors = { 400: 'invalid_request_error',
	401: 'authentication_error', 429: 'rate_limit_error',
	500: 'api_error', 529: 'overloaded_error' };

const messages = {
	path: '/v1/messages',

	block(part, id, n)
	{
		if ('think' in part)
			return { type: 'thinking', thinking: part.think,
				signature: seal(id, n) };
		if ('call' in part)
			return { type: 'tool_use', id: `toolu_${id}_${n}`,
				name: part.call, input: part.input };
		return { type: 'text', text: part.text, citations: null };
	},

	stop(turn)
	{
		return claude_stops[turn.stop] ??
		    (turn.say.some(p => 'call' in p) ? 'tool_use' : 'end_turn');
	},

	usage: () => ({ input_tokens: 1000, cache_creation_input_tokens: 0,
		cache_read_input_tokens: 0, output_tokens: 50 }),

	whole(turn, id)
	{
		return { id: `msg_${id}`, type: 'message', role: 'assistant',
			model: 'claude-opus-4-6',
			content: turn.say.filter(p => !('pause' in p))
			    .map((p, n) => this.block(p, id, n)),
			stop_reason: this.stop(turn), stop_sequence: null,
			usage: this.usage() };
	},

	*events(turn, id)
	{
		const head = this.whole({ say: [] }, id);
		yield { type: 'message_start',
			message: { ...head, stop_reason: null } };
		yield { type: 'ping' };
		let n = 0;
		for (const part of turn.say) {
			if ('pause' in part)
				yield step(part);
			else if (yield* around(this.block_events(part, id, n++),
			    part, this.fail))
				return;
		}
		yield { type: 'message_delta', delta: {
			stop_reason: this.stop(turn), stop_sequence: null },
			usage: this.usage() };
		yield { type: 'message_stop' };
	},

	fail: message => ({ type: 'error',
		error: { type: 'overloaded_error', message } }),

	*block_events(part, id, index)
	{
		const delta = delta =>
			({ type: 'content_block_delta', index, delta });
		const block = this.block(part, id, index);
		const empty = { ...block };
		for (const key of ['text', 'thinking', 'signature'])
			if (key in empty)
				empty[key] = '';
		if ('input' in empty)
			empty.input = {};
		yield { type: 'content_block_start', index, content_block: empty };
		for (const text of pieces(part.think ?? part.text ?? ''))
			yield delta('think' in part ?
			    { type: 'thinking_delta', thinking: text } :
			    { type: 'text_delta', text });
		if ('think' in part)
			yield delta({ type: 'signature_delta',
				signature: block.signature });
		for (const json of 'call' in part ?
		    pieces(JSON.stringify(part.input)) : [])
			yield delta({ type: 'input_json_delta',
				partial_json: json });
		yield { type: 'content_block_stop', index };
	},

	error: turn => ({ type: 'error', error: {
		type: claude_errors[turn.status], message: turn.message },
		request_id: 'req_invented' }),
};

// ---- OpenAI, both APIs

const openai_errors = { 400: ['invalid_request_error', null],
	401: ['invalid_request_error', 'invalid_api_key'],
	429: ['requests', 'rate_limit_exceeded'],
	500: ['server_error', null], 503: ['server_error', null] };

function openai_error(turn)
{
	const [type, code] = openai_errors[turn.status];
	return { error: { message: turn.message, type, param: null, code } };
}

const responses = {
	path: '/v1/responses',
	error: openai_error,

	item(part, id, n, done = true)
	{
		const status = done ? 'completed' : 'in_progress';
		if ('think' in part)
			return { id: `rs_${id}_${n}`, type: 'reasoning',
				summary: done ? [{ type: 'summary_text',
					text: part.think }] : [],
				encrypted_content: done ? seal(id, n) : '' };
		if ('call' in part)
			return { id: `fc_${id}_${n}`, type: 'function_call', status,
				call_id: `call_${id}_${n}`, name: part.call,
				arguments: done ? JSON.stringify(part.input) : '' };
		return { id: `msg_${id}_${n}`, type: 'message', status,
			role: 'assistant', content: done ? [this.part(part)] : [] };
	},

	part(part)
	{
		return 'refusal' in part ?
		    { type: 'refusal', refusal: part.refusal } :
		    { type: 'output_text', annotations: [], logprobs: [],
			text: part.text };
	},

	parts(turn)
	{
		return turn.say.map(p => turn.stop === 'refusal' && 'text' in p ?
		    { refusal: p.text } : p);
	},

	response(id, status, output)
	{
		return { id: `resp_${id}`, object: 'response',
			created_at: 1795616656, status, error: null,
			incomplete_details:
			    status === 'incomplete' ?
			    { reason: 'max_output_tokens' } : null,
			model: 'gpt-5.4', output, parallel_tool_calls: true,
			tool_choice: 'auto', tools: [], metadata: {},
			usage: status === 'in_progress' ? null : {
				input_tokens: 1000,
				input_tokens_details: { cached_tokens: 0 },
				output_tokens: 50,
				output_tokens_details: { reasoning_tokens: 0 },
				total_tokens: 1050 } };
	},

	ending: turn => turn.stop === 'length' ? 'incomplete' : 'completed',

	whole(turn, id)
	{
		const items = this.parts(turn).filter(p => !('pause' in p))
		    .map((p, n) => this.item(p, id, n));
		return this.response(id, this.ending(turn), items);
	},

	*events(turn, id)
	{
		let number = 0;
		for (const event of this.plain(turn, id))
			yield event.type === undefined ? event :
			    { ...event, sequence_number: number++ };
	},

	*plain(turn, id)
	{
		const output = [];
		yield { type: 'response.created',
			response: this.response(id, 'in_progress', []) };
		yield { type: 'response.in_progress',
			response: this.response(id, 'in_progress', []) };
		for (const part of this.parts(turn)) {
			if ('pause' in part) {
				yield step(part);
				continue;
			}
			const index = output.length;
			if (yield* around(this.item_events(part, id, index), part,
			    message => this.failure(id, output, message)))
				return;
			output.push(this.item(part, id, index));
		}
		const ending = this.ending(turn);
		yield { type: `response.${ending}`,
			response: this.response(id, ending, output) };
	},

	failure(id, output, message)
	{
		return { type: 'response.failed', response: {
			...this.response(id, 'failed', output),
			error: { code: 'server_error', message } } };
	},

	*item_events(part, id, index)
	{
		const whole = this.item(part, id, index);
		const at = { item_id: whole.id, output_index: index };
		yield { type: 'response.output_item.added', output_index: index,
			item: this.item(part, id, index, false) };
		if ('think' in part)
			yield* this.summary(part.think,
			    { ...at, summary_index: 0 });
		else if ('call' in part)
			yield* this.arguments(whole.arguments, at);
		else
			yield* this.content(part, { ...at, content_index: 0 });
		yield { type: 'response.output_item.done', output_index: index,
			item: whole };
	},

	*summary(text, at)
	{
		const name = 'response.reasoning_summary_';
		const part = text => ({ type: 'summary_text', text });
		yield { type: name + 'part.added', ...at, part: part('') };
		for (const delta of pieces(text))
			yield { type: name + 'text.delta', ...at, delta };
		yield { type: name + 'text.done', ...at, text };
		yield { type: name + 'part.done', ...at, part: part(text) };
	},

	*arguments(text, at)
	{
		const name = 'response.function_call_arguments.';
		for (const delta of pieces(text))
			yield { type: name + 'delta', ...at, delta };
		yield { type: name + 'done', ...at, arguments: text };
	},

	*content(part, at)
	{
		const key = 'refusal' in part ? 'refusal' : 'text';
		const name = key === 'text' ? 'response.output_text' :
		    'response.refusal';
		const more = key === 'text' ? { logprobs: [] } : {};
		yield { type: 'response.content_part.added', ...at,
			part: this.part({ [key]: '' }) };
		for (const delta of pieces(part[key]))
			yield { type: `${name}.delta`, ...at, delta, ...more };
		yield { type: `${name}.done`, ...at, [key]: part[key], ...more };
		yield { type: 'response.content_part.done', ...at,
			part: this.part(part) };
	},
};

const chat = {
	path: '/v1/chat/completions',
	error: openai_error,

	finish(turn)
	{
		if (turn.stop === 'length')
			return 'length';
		return turn.say.some(p => 'call' in p) ? 'tool_calls' : 'stop';
	},

	usage: { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 },

	call: (part, id, n, args) => ({ id: `call_${id}_${n}`, type: 'function',
		function: { name: part.call, arguments: args } }),

	whole(turn, id)
	{
		const all = key => turn.say.reduce((sum, p) =>
			sum + (p[key] ?? ''), '');
		const message = { role: 'assistant', content: all('text') || null,
			refusal: null };
		if (turn.stop === 'refusal')
			[message.content, message.refusal] =
			    [null, message.content];
		if (all('think') !== '')
			message.reasoning_content = all('think');
		const calls = turn.say.filter(p => 'call' in p).map((p, n) =>
			this.call(p, id, n, JSON.stringify(p.input)));
		if (calls.length > 0)
			message.tool_calls = calls;
		return { id: `chatcmpl-${id}`, object: 'chat.completion',
			created: 1795616656, model: 'gpt-5.4', usage: this.usage,
			choices: [{ index: 0, message, logprobs: null,
				finish_reason: this.finish(turn) }] };
	},

	fail: message => ({ data: { error: { message, type: 'server_error',
		code: null } } }),

	*call_deltas(part, id, n, delta)
	{
		yield delta({ tool_calls: [{ index: n,
			...this.call(part, id, n, '') }] });
		for (const text of pieces(JSON.stringify(part.input)))
			yield delta({ tool_calls: [{ index: n,
				function: { arguments: text } }] });
	},

	*text_deltas(part, turn, delta)
	{
		const key = 'think' in part ? 'reasoning_content' :
		    turn.stop === 'refusal' ? 'refusal' : 'content';
		for (const text of pieces(part.think ?? part.text))
			yield delta({ [key]: text });
	},

	*events(turn, id)
	{
		const chunk = (choices, more) => ({ data: { id: `chatcmpl-${id}`,
			object: 'chat.completion.chunk', created: 1795616656,
			model: 'gpt-5.4', choices, ...more } });
		const delta = (delta, finish_reason = null) =>
			chunk([{ index: 0, delta, logprobs: null, finish_reason }]);
		let calls = 0;

		yield delta({ role: 'assistant', content: '' });
		for (const part of turn.say) {
			if ('pause' in part)
				yield step(part);
			else if ('call' in part)
				yield* this.call_deltas(part, id, calls++, delta);
			else if (yield* around(this.text_deltas(part, turn, delta),
			    part, this.fail))
				return;
		}
		yield delta({}, this.finish(turn));
		yield chunk([], { usage: this.usage });
		yield { data: '[DONE]' };
	},
};

export const apis = { messages, responses, 'chat-completions': chat };

function whole(api, turn, id)
{
	const broken = failing(turn)?.mid;
	if (!broken)
		return { body: api.whole(turn, id) };
	return { status: 500, body: api.error({ status: 500,
		message: broken.fail ?? 'upstream broke off' }) };
}

// The rules that play a turn on the requests that `when` describes, whether
// they are to be streamed or not.
export function rules(api, turn, when)
{
	const { path } = apis[api];
	const id = serial();

	if (turn.times)
		when = { ...when, times: turn.times };
	if (turn.status)
		return [{ path, when, status: turn.status,
			headers: turn.headers ?? {}, body: apis[api].error(turn) }];
	return [
		{ path, when: { ...when, stream: true },
			sse: [...apis[api].events(turn, id)] },
		{ path, when: { ...when, stream: false }, delay_ms: waiting(turn),
			...whole(apis[api], turn, id) },
	];
}

// Turn by turn: the request that asks for turn k has been through k - 1
// calls, and each call carries the mark of its turn in its arguments.
export const mark = k => `step-${String(k).padStart(2, '0')}`;

export function script(api, turns, aside = [])
{
	const list = aside.flatMap(({ when, turn }) => rules(api, turn, when));
	let rounds = 0;

	for (const turn of turns) {
		const when = { lacks: mark(rounds + 1) };
		if (rounds > 0)
			when.contains = mark(rounds);
		list.push(...rules(api, turn, when));
		if (turn.say?.some(p => 'call' in p))
			rounds++;
	}
	return list;
}
