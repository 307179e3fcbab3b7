// ai with @ai-sdk/anthropic: streamed and whole.
import { use_ai } from '../lib/ai.mjs';
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@ai-sdk/anthropic',
	packages: ['@ai-sdk/anthropic', 'ai'],
	mode: 'c2o',
	faces: ['streamed', 'whole'],
	calls,
	stops: { refusal: 'content-filter' },

	async open({ load, url })
	{
		const ai = await load('ai');
		const { createAnthropic } = await load('@ai-sdk/anthropic');
		const anthropic = evaluate(pasted('`@ai-sdk/anthropic`', url),
		    { createAnthropic });
		const options = { providerOptions: { anthropic: {
			thinking: { type: 'adaptive' } } } };
		return (task, face) => use_ai(ai, anthropic('claude-opus-4-6'),
		    task.think ? { ...task, options } : task,
		    face === 'streamed');
	},
};
