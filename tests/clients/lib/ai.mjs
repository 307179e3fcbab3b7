// The "ai" package with one of its providers: streamed and whole.
import { png, png64, schema, tools } from './tools.mjs';

// What ai makes of a tool: its image becomes a content part.
const tool_of = ({ description, parameters, run }, { jsonSchema, tool }) =>
	tool({ description, inputSchema: jsonSchema(parameters),
		execute: input => run(input),
		toModelOutput: ({ output }) => output.png64 ?
		    { type: 'content', value: [{ type: 'file',
			data: { type: 'data', data: png64 },
			mediaType: 'image/png' }] } :
		    { type: 'text', value: output } });

export async function use_ai(ai, model, task, stream)
{
	const content = [{ type: 'text', text: task.prompt }];
	if (task.image)
		content.push({ type: 'file', data: png, mediaType: 'image/png' });
	const options = { model, messages: [{ role: 'user', content }],
		abortSignal: task.signal, stopWhen: ai.isStepCount(10),
		...task.options };
	if (task.tools)
		options.tools = Object.fromEntries(tools.map(t =>
			[t.name, tool_of(t, ai)]));
	if (task.schema)
		options.output = ai.Output.object({
			schema: ai.jsonSchema(schema) });
	if (task.maxTokens)
		options.maxOutputTokens = task.maxTokens;
	if (!stream)
		return summary(await ai.generateText(options));
	const reply = ai.streamText({ ...options, onError: () => {} });
	for await (const part of reply.fullStream) {
		if (part.type === 'error')
			throw part.error instanceof Error ? part.error :
			    new Error(JSON.stringify(part.error));
		if (part.type === 'abort')
			throw new Error('aborted');
	}
	return summary(reply);
}

async function summary(reply)
{
	const steps = await reply.steps;
	return { text: await reply.text, stop: await reply.finishReason,
		calls: steps.flatMap(s => s.toolCalls.map(c => c.toolName)) };
}
