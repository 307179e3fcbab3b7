// @anthropic-ai/sdk: streamed and whole.
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls, png64, schema, tool_by, tools } from '../lib/tools.mjs';

const image = { type: 'image', source: { type: 'base64',
	media_type: 'image/png', data: png64 } };

async function converse(client, task, stream)
{
	const body = { model: 'claude-opus-4-6',
		max_tokens: task.maxTokens ?? 16000,
		messages: [{ role: 'user', content: task.image ?
			[image, { type: 'text', text: task.prompt }] :
			task.prompt }] };
	const seen = { calls: [] };

	if (task.tools)
		body.tools = tools.map(({ name, description, parameters }) =>
			({ name, description, input_schema: parameters }));
	if (task.think)
		body.thinking = { type: 'adaptive' };
	if (task.schema)
		body.output_config = { format: { type: 'json_schema', schema } };
	for (;;) {
		const { signal } = task;
		const reply = stream ?
		    await client.messages.stream(body, { signal }).finalMessage() :
		    await client.messages.create(body, { signal });
		const made = reply.content.filter(b => b.type === 'tool_use');
		body.messages.push({ role: 'assistant', content: reply.content });
		if (made.length === 0)
			return { ...seen, stop: reply.stop_reason,
				text: reply.content.map(b => b.text ?? '')
				    .join('') };
		body.messages.push({ role: 'user', content: made.map(call => {
			const output = tool_by(call.name).run(call.input);
			seen.calls.push(call.name);
			return { type: 'tool_result', tool_use_id: call.id,
				content: output.png64 ? [image] : output };
		}) });
	}
}

export default {
	name: '@anthropic-ai/sdk',
	packages: ['@anthropic-ai/sdk'],
	mode: 'c2o',
	faces: ['streamed', 'whole'],
	calls,
	stops: { length: 'max_tokens', refusal: 'refusal' },

	async open({ load, url })
	{
		const { default: Anthropic } = await load('@anthropic-ai/sdk');
		const client = evaluate(pasted('`@anthropic-ai/sdk`', url),
		    { Anthropic });
		return (task, face) => converse(client, task, face === 'streamed');
	},
};
