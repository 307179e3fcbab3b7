// LangChain's chat models: streamed and whole.
import { png_url, schema, tool_by, tools } from './tools.mjs';

export async function use_langchain(make, task, stream)
{
	let model = make(task);
	const messages = [{ role: 'user', content: task.image ?
		[{ type: 'text', text: task.prompt },
			{ type: 'image_url', image_url: { url: png_url } }] :
		task.prompt }];
	const seen = { calls: [] };
	const { signal } = task;

	if (task.schema) {
		const found = await model.withStructuredOutput(schema,
		    { name: 'answer' }).invoke(messages, { signal });
		return { ...seen, text: JSON.stringify(found) };
	}
	if (task.tools)
		model = model.bindTools(tools.map(({ name, description,
			parameters }) => ({ type: 'function',
			function: { name, description, parameters } })));
	for (;;) {
		const reply = stream ?
		    await gather(await model.stream(messages, { signal })) :
		    await model.invoke(messages, { signal });
		const { tool_calls = [], response_metadata: more } = reply;
		messages.push(reply);
		if (tool_calls.length === 0)
			return { ...seen, stop: more.stop_reason ??
				reply.additional_kwargs.stop_reason ??
				more.finish_reason ??
				more.incomplete_details?.reason,
				text: reply.text ||
				    reply.additional_kwargs.refusal };
		for (const call of tool_calls) {
			const output = tool_by(call.name).run(call.args);
			seen.calls.push(call.name);
			messages.push({ role: 'tool', tool_call_id: call.id,
				content: output.png64 ? [{ type: 'image_url',
					image_url: { url: png_url } }] : output });
		}
	}
}

// A class whose objects get these options as well.
export const with_more = (Model, more) => function (options) {
	return new Model({ ...options, ...more });
};

async function gather(chunks)
{
	let all;
	for await (const chunk of chunks)
		all = all === undefined ? chunk : all.concat(chunk);
	return all;
}
