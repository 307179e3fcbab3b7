// What clients ask beside the conversation.
import http from 'node:http';
import { script } from './lib/play.mjs';
import { tool_by } from './lib/tools.mjs';

// { status, body } of a request without any library in between.
function ask(url, path, options = {})
{
	return new Promise((done, fail) => {
		const request = http.request(url + path, { agent: false,
			...options }, reply => {
			const list = [];
			reply.on('data', data => list.push(data));
			reply.on('end', () => done({ status: reply.statusCode,
				headers: reply.headers,
				body: Buffer.concat(list).toString() }));
		});
		request.on('upgrade', () => fail(new Error('it was upgraded')));
		request.on('error', fail);
		request.end();
	});
}

const is = (got, want) => got === want ? [] : [`got ${got}, wanted ${want}`];

async function heads(lane, check)
{
	for (const path of ['/', '/api/hello']) {
		const { status } = await ask(lane.url, path, { method: 'HEAD' });
		check(`HEAD ${path}`, is(status, 200));
	}
	const { status, body } = await ask(lane.url, '/v1/models?limit=1000', {
		headers: { 'x-api-key': 'any',
			'anthropic-version': '2023-06-01' } });
	const list = JSON.parse(body);
	check('GET /v1/models?limit=1000', [...is(status, 200),
		...is(list.data.every(m => m.type === 'model'), true),
		...is(list.has_more, false)]);
}

async function anthropic(lane, { load }, check)
{
	const { default: Anthropic } = await load('@anthropic-ai/sdk');
	const client = new Anthropic({ baseURL: lane.url, apiKey: 'any' });

	await heads(lane, check);
	const models = [];
	for await (const model of client.models.list({ limit: 1000 }))
		models.push(model.id);
	check('the SDK lists models', is(models.includes('claude-opus-4-6'), true));
	const counts = [];
	for (let n = 1; n <= 25; n++)
		counts.push((await client.messages.countTokens({
			model: 'claude-opus-4-6', messages: [{ role: 'user',
				content: 'word '.repeat(n * 40) }],
		})).input_tokens);
	check('count_tokens, 25 times in a row', counts.every((n, k) =>
		n > (counts[k - 1] ?? 0)) ? [] : [counts.join(' ')]);
	await runner(lane, client, check);
}

// It wants to keep the conversation on the server.
async function runner(lane, client, check)
{
	const { name, description, parameters, run } = tool_by('lookup');
	lane.play({ rules: script(lane.api, [
		{ say: [{ call: 'lookup', input: { step: 'step-01' } }] },
		{ say: [{ call: 'lookup', input: { step: 'step-02' } }] },
		{ say: [{ text: 'All is done.' }] }]) });
	const message = await client.beta.messages.toolRunner({
		model: 'claude-opus-4-6', max_tokens: 1000,
		messages: [{ role: 'user', content: 'Please look.' }],
		tools: [{ name, description, input_schema: parameters, run,
			parse: input => input }],
	});
	const got = await lane.settle();
	check('the tool runner goes on without a thread', [
		...is(message.content[0].text, 'All is done.'),
		...is(got.requests.length, 3), ...is(got.refused.length, 0),
		...is(JSON.stringify(got.requests.at(-1).body)
		    .includes('result of step-02'), true)]);
	check('and the log says that a thread was refused', is(got.log.some(l =>
		/refused the request.*thread_unsupported/.test(l)), true));
}

async function openai(lane, { load }, check)
{
	const { default: OpenAI } = await load('openai');
	const client = new OpenAI({ baseURL: `${lane.url}/v1`, apiKey: 'any' });
	const upgrade = await ask(lane.url, '/v1/responses', { headers: {
		connection: 'Upgrade', upgrade: 'websocket',
		'sec-websocket-version': '13',
		'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
		authorization: 'Bearer any' } });
	const models = [];

	const { log } = lane.seen();
	check('a WebSocket is refused with 426, without a warning', [
		...is(upgrade.status, 426),
		...is(log.some(l => /^info: .*status=426/.test(l)), true),
		...log.filter(l => /^(warn|error):/.test(l))]);
	for await (const model of client.models.list())
		models.push(model.id);
	check('the SDK lists models', is(models.includes('gpt-5.4'), true));
	const { status } = await ask(lane.url, '/v1/models?limit=1000');
	check('GET /v1/models?limit=1000', is(status, 200));
	check('HEAD /', is((await ask(lane.url, '/',
	    { method: 'HEAD' })).status, 200));
	await compact(lane, client, check);
}

async function compact(lane, client, check)
{
	lane.play({ rules: script(lane.api, [{ say: [
		{ text: 'They agreed on a plan.' }] }]) });
	const input = [
		{ role: 'user', content: 'What do we do?' },
		{ role: 'assistant', content: 'We make a plan.' },
		{ role: 'user', content: 'Fine.' }];
	const short = await client.responses.compact({ model: 'gpt-5.4', input });
	const got = await lane.settle();
	check('/v1/responses/compact gives a shorter history', [
		...is(short.object, 'response.compaction'),
		...is(short.output.some(i => i.type === 'compaction'), true),
		...is(got.refused.length, 0)]);
	lane.play({ rules: script(lane.api, [{ say: [{ text: 'Go on.' }] }]) });
	const next = await client.responses.create({ model: 'gpt-5.4',
		input: [...short.output, { role: 'user', content: 'And now?' }] });
	const sent = JSON.stringify(lane.seen().requests.at(-1).body);
	check('which goes on from there', [...is(next.output_text, 'Go on.'),
		...is(sent.includes('They agreed on a plan.'), true)]);
}

export default [
	{ name: 'probes of Claude clients', mode: 'c2o', api: 'responses',
		run: anthropic },
	{ name: 'probes of OpenAI clients', mode: 'o2c', api: 'messages',
		run: openai },
];
