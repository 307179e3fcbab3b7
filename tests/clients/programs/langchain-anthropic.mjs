// @langchain/anthropic: streamed and whole.
import { use_langchain } from '../lib/langchain.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@langchain/anthropic',
	packages: ['@langchain/anthropic'],
	mode: 'c2o',
	faces: ['streamed', 'whole'],
	calls,
	stops: { length: 'max_tokens', refusal: 'refusal' },
	paste: `new ChatAnthropic({ model: 'claude-opus-4-6', apiKey: 'any',
    anthropicApiUrl: 'http://127.0.0.1:8000' })`,

	// It gets a value by forcing a call.
	differs: {
		'structured output': { plays: () => [{ say: [{ call: 'answer',
			input: { city: 'Sarajevo', degrees: 21 } }] }] },
	},

	async open({ load, url })
	{
		const { ChatAnthropic } = await load('@langchain/anthropic');
		return (task, face) => use_langchain(({ maxTokens, think }) =>
			new ChatAnthropic({ model: 'claude-opus-4-6', apiKey: 'any',
				anthropicApiUrl: url, ...(maxTokens && { maxTokens }),
				...(think && { thinking: { type: 'adaptive' } }) }),
		    task, face === 'streamed');
	},
};
