// What share of a conversation's prompts an upstream would have had in its
// cache, by the rules of the two providers, counted in bytes.
import { createHash } from 'node:crypto';

// A prompt as the provider sees it: a list of parts, in order; some of them
// end a prefix that the client wants to be kept (Claude).
function claude_parts(body)
{
	const parts = [{ text: JSON.stringify([body.model, body.thinking,
		body.output_config, body.tool_choice]) }];
	const add = (block, role) => {
		const { cache_control, ...rest } = block;
		parts.push({ text: role + JSON.stringify(rest),
			kept: cache_control !== undefined });
	};
	(body.tools ?? []).forEach(t => add(t, 'tool'));
	(typeof body.system === 'string' ? [{ text: body.system }] :
	    body.system ?? []).forEach(b => add(b, 'system'));
	for (const m of body.messages)
		(typeof m.content === 'string' ? [{ text: m.content }] :
		    m.content).forEach(b => add(b, m.role));
	return parts;
}

const LOOKBACK = 20;	/* parts before a mark that Claude tries */

class Claude {
	kept = new Set();

	// The bytes of a prompt: { all, cached }.
	count(body)
	{
		const parts = claude_parts(body);
		const hash = createHash('sha256');
		const prefixes = parts.map(({ text, kept }) => {
			hash.update(text);
			return { kept, bytes: Buffer.byteLength(text),
				digest: hash.copy().digest('hex') };
		});
		let cached = 0, sum = 0, all = 0;
		prefixes.forEach((p, n) => {
			sum += p.bytes;
			const tried = prefixes.slice(n, n + LOOKBACK)
			    .some(later => later.kept);
			if (tried && this.kept.has(p.digest))
				cached = sum;
			all = sum;
		});
		prefixes.filter(p => p.kept).forEach(p => this.kept.add(p.digest));
		return { all, cached };
	}
}

const STEP = 512;	/* bytes of 128 tokens */
const LEAST = 4096;	/* and of 1024 */

class OpenAI {
	seen = [];

	count({ stream, stream_options, ...body })
	{
		const { tools, instructions, input, messages } = body;
		const text = JSON.stringify([body.model, tools, instructions]) +
		    JSON.stringify(input ?? messages).slice(0, -1);
		const key = body.prompt_cache_key;
		let cached = 0;
		for (const old of this.seen.filter(o => o.key === key)) {
			let n = 0;
			while (n < old.text.length && old.text[n] === text[n])
				n++;
			cached = Math.max(cached, n - n % STEP);
		}
		this.seen = [...this.seen.slice(-3), { key, text }];
		return { all: text.length, cached: cached < LEAST ? 0 : cached };
	}
}

// The least and the whole share of these requests, in percent.
export function shares(api, bodies, from)
{
	const cache = api === 'messages' ? new Claude() : new OpenAI();
	const counts = bodies.map(body => cache.count(body)).slice(from);
	const sum = key => counts.reduce((n, c) => n + c[key], 0);
	return {
		least: Math.min(...counts.map(c => 100 * c.cached / c.all)),
		whole: 100 * sum('cached') / sum('all'),
	};
}
