// @langchain/openai: both APIs, streamed and whole.
import { use_langchain, with_more } from '../lib/langchain.mjs';
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@langchain/openai',
	packages: ['@langchain/openai'],
	mode: 'o2c',
	faces: ['chat streamed', 'chat whole', 'responses streamed',
		'responses whole'],
	calls,

	async open({ load, url })
	{
		const { ChatOpenAI } = await load('@langchain/openai');
		const lines = pasted('`@langchain/openai`', url);
		const make = face => ({ maxTokens }) => evaluate(lines, {
			ChatOpenAI: with_more(ChatOpenAI, { maxTokens,
				useResponsesApi: face.startsWith('responses') }) });
		return (task, face) => use_langchain(make(face), task,
		    face.endsWith('streamed'));
	},

	// Of a response that failed in mid-stream it returns what it has,
	// and says nothing.
	differs: {
		'max_tokens reached': { face: { responses: {
			stop: 'max_output_tokens' } } },
		'a refusal': { face: { chat: { stop: 'content_filter' },
			responses: { stop: undefined } } },
		'an error in mid-stream': { face: { responses: {
			status: 'ok', error: undefined, text: 'So fa' } } },
		'a cut stream': { face: { responses: {
			status: 'ok', error: undefined, text: 'So fa' } } },
	},

	except: {
		'an image in a tool result': {
			face: { chat: 'this API has none' } },
	},
};
