// ai with @ai-sdk/anthropic: streamed and whole.
import { use_ai } from '../lib/ai.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@ai-sdk/anthropic',
	packages: ['@ai-sdk/anthropic', 'ai'],
	mode: 'c2o',
	faces: ['streamed', 'whole'],
	calls,
	stops: { refusal: 'content-filter' },
	paste: `createAnthropic({ baseURL: 'http://127.0.0.1:8000/v1', apiKey: 'any' })`,

	async open({ load, url })
	{
		const ai = await load('ai');
		const { createAnthropic } = await load('@ai-sdk/anthropic');
		const anthropic = createAnthropic({ baseURL: `${url}/v1`,
			apiKey: 'any' });
		const options = { providerOptions: { anthropic: {
			thinking: { type: 'adaptive' } } } };
		return (task, face) => use_ai(ai, anthropic('claude-opus-4-6'),
		    task.think ? { ...task, options } : task,
		    face === 'streamed');
	},
};
