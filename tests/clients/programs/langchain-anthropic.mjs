// @langchain/anthropic: streamed and whole.
import { use_langchain, with_more } from '../lib/langchain.mjs';
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@langchain/anthropic',
	packages: ['@langchain/anthropic'],
	mode: 'c2o',
	faces: ['streamed', 'whole'],
	calls,
	stops: { length: 'max_tokens', refusal: 'refusal' },

	// It gets a value by forcing a call.
	differs: {
		'structured output': { plays: () => [{ say: [{ call: 'answer',
			input: { city: 'Sarajevo', degrees: 21 } }] }] },
	},

	async open({ load, url })
	{
		const { ChatAnthropic } = await load('@langchain/anthropic');
		const lines = pasted('`@langchain/anthropic`', url);
		const make = ({ maxTokens, think }) => evaluate(lines, {
			ChatAnthropic: with_more(ChatAnthropic, {
				...maxTokens && { maxTokens },
				...think && { thinking: { type: 'adaptive' } },
			}) });
		return (task, face) => use_langchain(make, task,
		    face === 'streamed');
	},
};
