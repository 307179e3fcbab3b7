// ai with @ai-sdk/openai: both APIs, streamed and whole.
import { use_ai } from '../lib/ai.mjs';
import { evaluate, pasted } from '../lib/readme.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@ai-sdk/openai',
	packages: ['@ai-sdk/openai', 'ai'],
	mode: 'o2c',
	faces: ['chat streamed', 'chat whole', 'responses streamed',
		'responses whole'],
	calls,
	stops: { refusal: 'content-filter' },

	async open({ load, url })
	{
		const ai = await load('ai');
		const { createOpenAI } = await load('@ai-sdk/openai');
		const openai = evaluate(pasted('`@ai-sdk/openai`', url),
		    { createOpenAI });
		const models = { chat: openai.chat('gpt-5.4'),
			responses: openai.responses('gpt-5.4') };
		return (task, face) => use_ai(ai, models[face.split(' ')[0]],
		    task, face.endsWith('streamed'));
	},

	except: {
		'an image in a tool result': {
			face: { chat: 'this API has none' } },
	},
};
