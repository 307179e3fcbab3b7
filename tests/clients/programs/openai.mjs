// openai, the SDK: both APIs, streamed and whole.
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls, png_url, schema, tool_by, tools } from '../lib/tools.mjs';

const model = 'gpt-5.4';

function use(name, json)
{
	return tool_by(name).run(JSON.parse(json));
}

async function chat(client, task, stream)
{
	const body = { model, messages: [{ role: 'user', content: task.image ?
		[{ type: 'text', text: task.prompt },
			{ type: 'image_url', image_url: { url: png_url } }] :
		task.prompt }] };
	const seen = { calls: [] };

	if (task.tools)
		body.tools = tools.map(({ name, description, parameters }) =>
			({ type: 'function', function: { name, description,
				parameters } }));
	if (task.schema)
		body.response_format = { type: 'json_schema',
			json_schema: { name: 'answer', strict: true, schema } };
	if (task.maxTokens)
		body.max_completion_tokens = task.maxTokens;
	for (;;) {
		const { signal } = task;
		const reply = stream ?
		    await client.chat.completions.stream(body, { signal })
			.finalChatCompletion() :
		    await client.chat.completions.create(body, { signal });
		const { message, finish_reason } = reply.choices[0];
		body.messages.push(message);
		for (const call of message.tool_calls ?? []) {
			seen.calls.push(call.function.name);
			body.messages.push({ role: 'tool', tool_call_id: call.id,
				content: use(call.function.name,
				    call.function.arguments) });
		}
		if (finish_reason !== 'tool_calls')
			return { ...seen, text: message.content ?? message.refusal,
				stop: message.refusal ? 'refusal' : finish_reason };
	}
}

async function responses(client, task, stream)
{
	const body = { model, store: false,
		include: ['reasoning.encrypted_content'],
		input: [{ role: 'user', content: task.image ?
			[{ type: 'input_text', text: task.prompt },
				{ type: 'input_image', detail: 'auto',
					image_url: png_url }] : task.prompt }] };
	const seen = { calls: [] };

	if (task.tools)
		body.tools = tools.map(({ name, description, parameters }) =>
			({ type: 'function', name, description, parameters,
				strict: true }));
	if (task.schema)
		body.text = { format: { type: 'json_schema', name: 'answer',
			strict: true, schema } };
	if (task.maxTokens)
		body.max_output_tokens = task.maxTokens;
	for (;;) {
		const { signal } = task;
		const reply = stream ?
		    await client.responses.stream(body, { signal })
			.finalResponse() :
		    await client.responses.create(body, { signal });
		if (reply.status === 'failed')
			throw new Error(reply.error.message);
		const made = reply.output.filter(i => i.type === 'function_call');
		body.input.push(...reply.output);
		for (const call of made) {
			const output = use(call.name, call.arguments);
			seen.calls.push(call.name);
			body.input.push({ type: 'function_call_output',
				call_id: call.call_id, output: output.png64 ?
				    [{ type: 'input_image', detail: 'auto',
					image_url: png_url }] : output });
		}
		if (made.length > 0)
			continue;
		const parts = reply.output.flatMap(i => i.content ?? []);
		const refusal = parts.find(p => p.type === 'refusal');
		return { ...seen,
			text: reply.output_text + (refusal?.refusal ?? ''),
			stop: refusal ? 'refusal' :
			    reply.incomplete_details ? 'length' : 'stop' };
	}
}

export default {
	name: 'openai',
	packages: ['openai'],
	mode: 'o2c',
	faces: ['chat streamed', 'chat whole', 'responses streamed',
		'responses whole'],
	calls,

	async open({ load, url })
	{
		const { default: OpenAI } = await load('openai');
		const client = evaluate(pasted('`openai`', url), { OpenAI });
		return (task, face) => (face.startsWith('chat') ? chat : responses)(
		    client, task, face.endsWith('streamed'));
	},

	except: {
		'an image in a tool result': {
			face: { chat: 'this API has none' } },
	},
};
