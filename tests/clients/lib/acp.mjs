// The Agent Client Protocol, as an editor speaks it with an agent: JSON-RPC,
// a line a message, over the agent's standard input and output.
export class Agent {
	constructor(talk)
	{
		this.talk = talk;
		this.asked = new Map();
		this.sessions = new Map();
		this.number = 0;
		this.read();
	}

	async read()
	{
		for (;;) {
			const line = await this.talk.line(l => l.startsWith('{'));
			if (line === undefined)
				break;
			this.take(JSON.parse(line));
		}
		for (const { fail } of this.asked.values())
			fail(new Error('the agent ended'));
	}

	take({ id, method, params, result, error })
	{
		if (method === 'session/update')
			this.sessions.get(params.sessionId)?.(params.update);
		else if (method === 'session/request_permission')
			this.send({ id, result: { outcome: { outcome: 'selected',
				optionId: params.options.find(o =>
					/^allow/.test(o.kind)).optionId } } });
		else if (method !== undefined && id !== undefined)
			this.send({ id, error: { code: -32601, message: 'no' } });
		else if (method === undefined)
			this.settle(id, result, error);
	}

	settle(id, result, error)
	{
		const { done, fail } = this.asked.get(id);
		this.asked.delete(id);
		if (error)
			fail(new Error(error.data?.details ?? error.message));
		else
			done(result);
	}

	send(message)
	{
		this.talk.write(JSON.stringify({ jsonrpc: '2.0', ...message }) +
		    '\n');
	}

	ask(method, params)
	{
		const id = ++this.number;
		return new Promise((done, fail) => {
			this.asked.set(id, { done, fail });
			this.send({ id, method, params });
		});
	}

	start()
	{
		return this.ask('initialize', { protocolVersion: 1,
			clientCapabilities: {} });
	}

	// A new conversation and one prompt in it: { text, calls, stop }.
	async converse(cwd, prompt, signal)
	{
		const { sessionId } = await this.ask('session/new',
		    { cwd, mcpServers: [] });
		const seen = { text: '', calls: [] };
		this.sessions.set(sessionId, update => {
			if (update.sessionUpdate === 'agent_message_chunk')
				seen.text += update.content.text ?? '';
			if (update.sessionUpdate === 'tool_call')
				seen.calls.push(update.title);
		});
		signal.addEventListener('abort', () => this.send({
			method: 'session/cancel', params: { sessionId } }));
		const { stopReason } = await this.ask('session/prompt',
		    { sessionId, prompt });
		signal.throwIfAborted();
		return { ...seen, stop: stopReason };
	}
}
