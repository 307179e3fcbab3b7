// @openai/agents: both APIs, streamed and whole.
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls, png64, png_url, schema, tools } from '../lib/tools.mjs';

const picture = { type: 'image',
	image: { data: png64, mediaType: 'image/png' } };

function agent_of(agents, task, seen)
{
	return new agents.Agent({
		name: 'tester', model: 'gpt-5.4',
		modelSettings: task.maxTokens ? { maxTokens: task.maxTokens } : {},
		outputType: task.schema ? { type: 'json_schema', name: 'answer',
			strict: true, schema } : undefined,
		tools: task.tools ? tools.map(t => agents.tool({
			...t, strict: true,
			execute: input => {
				const output = t.run(input);
				seen.calls.push(t.name);
				return output.png64 ? picture : output;
			} })) : [],
	});
}

async function use(agents, task, stream)
{
	const seen = { calls: [] };
	const input = [{ role: 'user', content: task.image ?
		[{ type: 'input_text', text: task.prompt },
			{ type: 'input_image', image: png_url }] : task.prompt }];
	const { signal } = task;
	const result = await agents.run(
	    agent_of(agents, task, seen), input, { stream, signal });
	if (stream) {
		for await (const _ of result)
			;
		await result.completed;
	}
	signal.throwIfAborted();
	const said = result.finalOutput;
	return { ...seen, text: typeof said === 'string' ? said :
		JSON.stringify(said) };
}

export default {
	name: '@openai/agents',
	packages: ['@openai/agents', 'openai'],
	mode: 'o2c',
	faces: ['chat streamed', 'chat whole', 'responses streamed',
		'responses whole'],
	calls,
	stops: null,

	async open({ load, url })
	{
		const agents = await load('@openai/agents');
		const { default: OpenAI } = await load('openai');
		evaluate(pasted('`@openai/agents`', url), { OpenAI, ...agents });
		return (task, face) => {
			agents.setOpenAIAPI(face.startsWith('chat') ?
			    'chat_completions' : 'responses');
			return use(agents, task, face.endsWith('streamed'));
		};
	},

	// It does not tell why a response ended badly.
	differs: {
		'max_tokens reached': { face: { responses: { status: 'error',
			text: '', error: 'response.incomplete' } } },
		'an error in mid-stream': { face: { responses: {
			error: 'response.failed' } } },
		'a cut stream': { face: { responses: {
			error: 'response.failed' } } },
	},

	except: {
		'an image in a tool result': {
			face: { chat: 'this API has none' } },
	},
};
