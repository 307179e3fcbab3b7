// The tools that the SDK clients offer, and what they give.
import zlib from 'node:zlib';

const crc = bytes => {
	let c = ~0;
	for (const b of bytes) {
		c ^= b;
		for (let k = 0; k < 8; k++)
			c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
	}
	return ~c >>> 0;
};

function chunk(type, data)
{
	const body = Buffer.concat([Buffer.from(type), data]);
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length);
	body.copy(out, 4);
	out.writeUInt32BE(crc(body), body.length + 4);
	return out;
}

// A picture that is one all red square; big enough for every client.
function red_square(size)
{
	const head = Buffer.alloc(13);
	head.writeUInt32BE(size, 0);
	head.writeUInt32BE(size, 4);
	head.set([8, 2, 0, 0, 0], 8);
	const row = Buffer.concat([Buffer.of(0),
		Buffer.alloc(size * 3, Buffer.of(255, 0, 0))]);
	const rows = Buffer.concat(Array(size).fill(row));
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0))]);
}

export const png = red_square(32);
export const png64 = png.toString('base64');
export const png_url = 'data:image/png;base64,' + png64;

const parameters = {
	type: 'object',
	properties: { step: { type: 'string', description: 'which one' } },
	required: ['step'],
	additionalProperties: false,
};

export const tools = [
	{ name: 'lookup', description: 'Look a step up.', parameters,
		run: ({ step }) => `result of ${step}` },
	{ name: 'picture', description: 'Show a step.', parameters,
		run: () => ({ png64 }) },
];

export const tool_by = name => tools.find(t => t.name === name);

// What the upstream calls, for clients with the tools above.
export const calls = {
	lookup: mark => ({ call: 'lookup', input: { step: mark } }),
	picture: mark => ({ call: 'picture', input: { step: mark } }),
};

export const schema = {
	type: 'object',
	properties: {
		city: { type: 'string' },
		degrees: { type: 'integer' },
	},
	required: ['city', 'degrees'],
	additionalProperties: false,
};
