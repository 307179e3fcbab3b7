/*
 * Replies of a chat upstream, streamed or whole (c2o-chat sections 2 and 3).
 * A whole message is read as one delta; what differs is that it says "this is
 * all" at every place.
 */
#include "dialect/chat_calls_read.h"
#include "dialect/chat_delta_read.h"
#include "dialect/chat_reasoning_read.h"
#include "dialect/chat_think_read.h"
#include "dialect/openai_error_read.h"
#include "dialect/parts.h"

struct reading {
	struct reader *r;
	long lanes;		/* the number of the next one */
	/* The open block; calls are sent whole and never stay open. */
	bool open;
	enum block_kind block;
	long lane;
	struct buf text;	/* of the open text block, for citations */

	struct span field;	/* where the open reasoning stood, if said */
	json_t *details;	/* of the open reasoning, or NULL */
	struct think think;
	struct chat_calls calls;

	bool visible;		/* text or refusal was sent */
	struct buf refusal;	/* the words of all refusals */
	bool refused;
	bool finished;		/* a finish reason was seen */
};

static void
free_reading(void *arg)
{
	struct reading *s = arg;

	buf_free(&s->text);
	buf_free(&s->refusal);
	json_decref(s->details);
	think_free(&s->think);
}

void
chat_open_reader(struct reader *r)
{
	struct reading *s = pool_new(r->pool, struct reading);

	s->r = r;
	buf_init(&s->text, 0);
	buf_init(&s->refusal, 0);
	think_init(&s->think);
	if (r->to->official)
		think_off(&s->think);
	chat_calls_init(&s->calls, r);
	pool_defer(r->pool, free_reading, s);
	r->state = s;
}

/* --- blocks --------------------------------------------------------- */

/* What it takes to give reasoning back. */
static void
seal(struct reading *s)
{
	const struct seal is = { .kind = SEAL_CHAT, .field = s->field,
	    .details = s->details };

	flow_seal(s->r->flow, s->lane, &is);
	json_decref(s->details);
	s->details = NULL;
	s->field = SPAN_NONE;
}

static void
close_block(struct reading *s)
{
	if (!s->open)
		return;
	if (s->block == BLOCK_THINKING)
		seal(s);
	flow_close(s->r->flow, s->lane);
	s->open = false;
	buf_reset(&s->text);
}

static void
enter(struct reading *s, enum block_kind block)
{
	if (s->open && s->block == block)
		return;
	close_block(s);
	s->open = true;
	s->block = block;
	s->lane = s->lanes++;
	flow_open(s->r->flow, s->lane, block);
}

static void
write_text(struct reading *s, enum block_kind block, struct span text)
{
	if (text.n == 0)
		return;
	enter(s, block);
	flow_delta(s->r->flow, s->lane, text);
	if (block == BLOCK_THINKING)
		return;
	s->visible = true;
	buf_put(block == BLOCK_REFUSAL ? &s->refusal : &s->text, text);
}

static void
write_refusal(struct reading *s, struct span words)
{
	if (words.p == NULL)
		return;
	s->refused = s->refused || words.n > 0;
	write_text(s, BLOCK_REFUSAL, words);
}

/* --- a message or delta --------------------------------------------- */

static void
reason(struct reading *s, struct span field, struct span text)
{
	think_off(&s->think);
	enter(s, BLOCK_THINKING);
	if (field.p != NULL)
		s->field = field;
	write_text(s, BLOCK_THINKING, text);
}

static void
take_reasoning(struct reading *s, const json_t *message, bool whole)
{
	const json_t *details = jget_array(message, "reasoning_details");
	struct pool *scratch = pool_open();
	struct chat_reasoning is = chat_reasoning_of(scratch, message);

	if (is.text.n > 0 || json_array_size(details) > 0)
		reason(s, is.field, is.text);
	if (json_array_size(details) > 0) {
		if (s->details == NULL)
			s->details = json_array();
		chat_details_add(s->details, details, whole);
	}
	pool_close(scratch);
}

/* From the <think> filter. */
static void
take_thought_or_text(void *arg, bool thinking, struct span text)
{
	write_text(arg, thinking ? BLOCK_THINKING : BLOCK_TEXT, text);
}

static void
take_text(struct reading *s, struct span text)
{
	if (text.n > 0)
		think_feed(&s->think, text, take_thought_or_text, s);
}

/* Parts of a whole message are blocks of their own. */
static void
take_parts(struct reading *s, const json_t *parts, bool whole)
{
	size_t i;
	json_t *part;

	json_array_foreach(parts, i, part) {
		if (whole && i > 0)
			close_block(s);
		if (json_is_string(part))
			take_text(s, jspan(part));
		else if (jget_is(part, "type", "refusal"))
			write_refusal(s, jget_span(part, "refusal"));
		else
			take_text(s, jget_span(part, "text"));
	}
}

static void
take_citations(struct reading *s, const json_t *annotations)
{
	size_t i;
	json_t *one;

	json_array_foreach(annotations, i, one) {
		struct cite cite;

		if (openai_read_cite(one, &cite) && s->open &&
		    s->block == BLOCK_TEXT)
			openai_push_cite(s->r, s->lane, &cite,
			    buf_span(&s->text));
		else
			request_lost(s->r->req, "citation_dropped", NULL);
	}
}

/* Speech cannot be given to the client; its transcript can. */
static void
take_audio(struct reading *s, const json_t *audio)
{
	struct span words = jget_span(audio, "transcript");

	if (audio == NULL)
		return;
	request_lost(s->r->req, "item_skipped", "audio");
	take_text(s, words);
}

static void
take_message(struct reading *s, const json_t *message, bool whole)
{
	const json_t *content = jget(message, "content");

	take_reasoning(s, message, whole);
	if (json_is_array(content))
		take_parts(s, content, whole);
	else
		take_text(s, jspan(content));
	take_citations(s, jget_array(message, "annotations"));
	write_refusal(s, jget_span(message, "refusal"));
	take_audio(s, jget_object(message, "audio"));
	chat_calls_take(&s->calls, jget_array(message, "tool_calls"), whole);
	chat_calls_take_function(&s->calls, jget(message, "function_call"));
}

/* --- why it stopped ------------------------------------------------- */

static const struct {
	const char *word;
	enum stop stop;
} stops[] = {
	{ "length",			STOP_LENGTH },
	{ "max_tokens",			STOP_LENGTH },
	{ "content_filter",		STOP_REFUSAL },
	{ "tool_calls",			STOP_CALL },
	{ "function_call",		STOP_CALL },
	{ "model_context_window_exceeded", STOP_CONTEXT },
	{ "context_length_exceeded",	STOP_CONTEXT },
};

/* "stop", "eos", and whatever else a server may say. */
static enum stop
stop_of(struct span reason)
{
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (span_is(reason, stops[i].word))
			return stops[i].stop;
	return STOP_END;
}

/* Everything is said; usage may follow. */
static void
finish(struct reading *s, enum stop stop)
{
	struct flow *f = s->r->flow;

	think_end(&s->think, take_thought_or_text, s);
	close_block(s);
	chat_calls_send(&s->calls, &s->lanes, stop == STOP_LENGTH);
	if (s->refused && stop != STOP_LENGTH)
		flow_refusal(f, buf_span(&s->refusal), SPAN_NONE);
	else
		flow_stop(f, stop);
	s->finished = true;
}

/* --- failures ------------------------------------------------------- */

/* A finish reason that is an error; false when it is none. */
static bool
is_failure(const json_t *choice, struct fault *why)
{
	const json_t *error = openai_error_in(choice);

	if (jget_is(choice, "finish_reason", "error")) {
		openai_fault(why, error, openai_own_status(error, 500));
		if (error == NULL)
			fault_copy(why->message, sizeof(why->message),
			    SPAN("upstream ended with finish_reason error"));
		return true;
	}
	if (!jget_is(choice, "finish_reason", "insufficient_system_resource"))
		return false;
	openai_fault(why, NULL, 529);
	fault_copy(why->message, sizeof(why->message), SPAN("upstream ran out "
		 "of resources (insufficient_system_resource)"));
	return true;
}

/* --- usage ---------------------------------------------------------- */

/* The first of several places that a number stands. */
static long
first_said(long a, long b, long c)
{
	return a >= 0 ? a : b >= 0 ? b : c;
}

static void
take_usage(struct reading *s, const json_t *root, const json_t *choice)
{
	const json_t *u = jget_object(root, "usage"), *in;
	struct span tier = openai_tier(jget_span(root, "service_tier"));
	struct usage usage;

	if (u == NULL)
		u = jget_object(jget(root, "x_groq"), "usage");
	if (u == NULL)
		u = jget_object(choice, "usage");
	if (u == NULL && tier.p == NULL)
		return;
	usage_clear(&usage);
	in = jget(u, "prompt_tokens_details");
	usage.input = jget_long(u, "prompt_tokens", -1);
	usage.cached = first_said(jget_long(in, "cached_tokens", -1),
	    jget_long(u, "prompt_cache_hit_tokens", -1),
	    jget_long(u, "cached_tokens", -1));
	usage.written = jget_long(in, "cache_write_tokens", -1);
	usage.output = jget_long(u, "completion_tokens", -1);
	usage.reasoning = jget_long(jget(u, "completion_tokens_details"),
	    "reasoning_tokens", -1);
	/* Some count reasoning apart from the completion. */
	if (usage.output >= 0 && usage.output < usage.reasoning)
		usage.output += usage.reasoning;
	if (tier.p != NULL)
		usage.tier = tier;
	flow_usage(s->r->flow, &usage);
}

/* --- chunks --------------------------------------------------------- */

/* The choice that is read: number 0. */
static const json_t *
choice_in(const json_t *root)
{
	const json_t *choices = jget_array(root, "choices");
	size_t i;
	json_t *one;

	json_array_foreach(choices, i, one)
		if (json_is_object(one) && jget_long(one, "index", 0) == 0)
			return one;
	return NULL;
}

static void
take_choice(struct reading *s, const json_t *choice)
{
	const json_t *message = jget_object(choice, "message");
	const json_t *delta = jget_object(choice, "delta");
	struct span reason = jget_span(choice, "finish_reason");

	take_message(s, delta != NULL ? delta : message, delta == NULL);
	if (reason.p != NULL)
		finish(s, stop_of(reason));
}

static void
take_chunk(struct reading *s, struct span name, const json_t *root)
{
	const json_t *error = openai_error_in(root);
	const json_t *choice = choice_in(root);
	struct fault why;

	if (error == NULL && span_is(name, "error"))
		error = root;
	if (error != NULL) {
		openai_fault(&why, error, openai_own_status(error, 500));
		flow_fault(s->r->flow, &why);
		return;
	}
	if (choice != NULL && !s->finished && is_failure(choice, &why)) {
		flow_fault(s->r->flow, &why);
		return;
	}
	/* Preambles and heartbeats may lack the id. */
	if (choice != NULL && !flow_begun(s->r->flow))
		flow_begin(s->r->flow, jget_span(root, "id"),
		    jget_span(root, "model"));
	take_usage(s, root, choice);
	if (choice != NULL && !s->finished)
		take_choice(s, choice);
}

/* What most chunks by far are, without a tree. */
static bool
read_delta(struct reading *s, struct span name, struct span data)
{
	struct flow *f = s->r->flow;
	struct chat_delta d;
	struct usage usage;

	if (s->finished || span_is(name, "error") ||
	    !chat_delta_read(&d, data) ||
	    (d.argues && !chat_calls_add(&s->calls, d.index, d.arguments)))
		return false;
	if (!flow_begun(f))
		flow_begin(f, d.id, d.model);
	usage_clear(&usage);
	usage.tier = openai_tier(d.tier);
	if (usage.tier.p != NULL)
		flow_usage(f, &usage);
	if (d.thought.n > 0)
		reason(s, span_of(d.field), d.thought);
	take_text(s, d.text);
	s->r->scanned++;
	return true;
}

/* "[DONE]". Servers that give no reason are believed if they gave content. */
static void
done(struct reading *s)
{
	if (!s->finished && (s->visible || chat_calls_some(&s->calls) ||
	    s->think.held.n > 0)) {
		request_lost(s->r->req, "stop_reason_changed", NULL);
		finish(s, STOP_END);
	}
	flow_end(s->r->flow);
}

void
chat_read_event(struct reader *r, struct span name, struct span data)
{
	struct pool *scratch;
	json_t *root;

	if (flow_done(r->flow) || span_blank(data))
		return;
	if (span_is(span_trim(data), "[DONE]")) {
		done(r->state);
		return;
	}
	if (read_delta(r->state, name, data))
		return;
	scratch = pool_open();
	root = openai_event(r, scratch, data);
	if (root != NULL)
		take_chunk(r->state, name, root);
	pool_close(scratch);
}

void
chat_read_end(struct reader *r)
{
	flow_end(r->flow);
}

/* --- whole replies -------------------------------------------------- */

/* The choice of a whole reply; NULL and *why when it is no reply. */
static const json_t *
check_reply(const json_t *root, struct fault *why)
{
	const json_t *choices = jget_array(root, "choices");
	const json_t *choice = choice_in(root);
	const json_t *error = openai_error_in(root);

	if (choice == NULL && json_is_object(json_array_get(choices, 0)))
		choice = json_array_get(choices, 0);
	if (error != NULL && (choice == NULL ||
	    jget_is(choice, "finish_reason", "error"))) {
		openai_fault(why, error, openai_own_status(error, 500));
		return NULL;
	}
	if (choice == NULL) {
		fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream answered with something that is no reply");
		return NULL;
	}
	return is_failure(choice, why) ? NULL : choice;
}

static void
read_whole(struct reading *s, const json_t *root, const json_t *choice)
{
	struct flow *f = s->r->flow;

	if (json_array_size(jget(root, "choices")) > 1)
		request_lost(s->r->req, "item_skipped", "choices");
	flow_begin(f, jget_span(root, "id"), jget_span(root, "model"));
	take_usage(s, root, choice);
	take_message(s, jget(choice, "message"), true);
	finish(s, stop_of(jget_span(choice, "finish_reason")));
	flow_end(f);
}

int
chat_read_reply(struct reader *r, struct span body, struct fault *why)
{
	struct pool *scratch = pool_open();
	struct json_trouble trouble;
	json_t *root = jread(scratch, body, 0, NULL, &trouble);
	const json_t *choice = NULL;

	if (!json_is_object(root) && !json_is_array(root))
		fault_set(why, FAULT_BAD_GATEWAY, "",
		    "upstream answered with something that is no JSON object");
	else
		choice = check_reply(root, why);
	if (choice != NULL)
		read_whole(r->state, root, choice);
	pool_close(scratch);
	return choice != NULL ? 0 : -1;
}
