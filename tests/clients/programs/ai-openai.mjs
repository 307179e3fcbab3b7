// ai with @ai-sdk/openai: both APIs, streamed and whole.
import { use_ai } from '../lib/ai.mjs';
import { calls } from '../lib/tools.mjs';

export default {
	name: '@ai-sdk/openai',
	packages: ['@ai-sdk/openai', 'ai'],
	mode: 'o2c',
	faces: ['chat streamed', 'chat whole', 'responses streamed',
		'responses whole'],
	calls,
	stops: { refusal: 'content-filter' },
	paste: `createOpenAI({ baseURL: 'http://127.0.0.1:8000/v1', apiKey: 'any' })`,

	async open({ load, url })
	{
		const ai = await load('ai');
		const { createOpenAI } = await load('@ai-sdk/openai');
		const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' });
		return (task, face) => use_ai(ai, face.startsWith('chat') ?
		    openai.chat('gpt-5.4') : openai.responses('gpt-5.4'), task,
		    face.endsWith('streamed'));
	},

	except: {
		'an image in a tool result': {
			face: { chat: 'this API has none' } },
	},
};
