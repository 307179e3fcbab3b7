/*
 * How much work a body makes: twice as many of anything may cost a little
 * more than twice as much, never four times.
 *
 * Work is counted, not timed: this program is linked with a copy of co2's code
 * in which every basic block calls __sanitizer_cov_trace_pc(), and with the
 * memory functions of the C library wrapped.
 */
#include <stdlib.h>

#include "../lib/middle.h"
#include "../lib/tap.h"
#include "base/xalloc.h"
#include "gateway/log.h"
#include "shapes.h"

/*
 * Of each thing this many, then twice as many. What grows as n log n comes to
 * a factor of 2.2.
 */
enum { MANY = 1000 };
static const double factor_max = 2.4;

/* --- counting ------------------------------------------------------- */

/* One memory function touches that many bytes at the price of a block. */
enum { BYTES_A_BLOCK = 16 };

static unsigned long long work;

void __sanitizer_cov_trace_pc(void);
void *__real_memcpy(void *to, const void *from, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__real_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);
void *__real_memset(void *to, int c, size_t n);
void *__wrap_memset(void *to, int c, size_t n);
int __real_memcmp(const void *a, const void *b, size_t n);
int __wrap_memcmp(const void *a, const void *b, size_t n);
void *__real_memchr(const void *s, int c, size_t n);
void *__wrap_memchr(const void *s, int c, size_t n);
size_t __real_strlen(const char *s);
size_t __wrap_strlen(const char *s);

void
__sanitizer_cov_trace_pc(void)
{
	work++;
}

void *
__wrap_memcpy(void *to, const void *from, size_t n)
{
	work += n / BYTES_A_BLOCK;
	return __real_memcpy(to, from, n);
}

void *
__wrap_memmove(void *to, const void *from, size_t n)
{
	work += n / BYTES_A_BLOCK;
	return __real_memmove(to, from, n);
}

void *
__wrap_memset(void *to, int c, size_t n)
{
	work += n / BYTES_A_BLOCK;
	return __real_memset(to, c, n);
}

int
__wrap_memcmp(const void *a, const void *b, size_t n)
{
	work += n / BYTES_A_BLOCK;
	return __real_memcmp(a, b, n);
}

void *
__wrap_memchr(const void *s, int c, size_t n)
{
	const char *at = __real_memchr(s, c, n);

	work += (at == NULL ? n : (size_t)(at - (const char *)s)) / BYTES_A_BLOCK;
	return (void *)at;
}

size_t
__wrap_strlen(const char *s)
{
	size_t n = __real_strlen(s);

	work += n / BYTES_A_BLOCK;
	return n;
}

/* --- requests ------------------------------------------------------- */

/* A way through the gateway. */
struct way {
	const char *name;
	const char *config;
	enum api from, to;
	struct middle middle;
};

static struct way ways[] = {
	{ .config = middle_o2c, .from = API_CHAT, .to = API_MESSAGES },
	{ .config = middle_o2c, .from = API_RESPONSES, .to = API_MESSAGES },
	{ .config = middle_responses, .from = API_MESSAGES,
	    .to = API_RESPONSES },
	{ .config = middle_chat_other, .from = API_MESSAGES,
	    .to = API_CHAT },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static unsigned long long
work_of_request(struct way *w, const char *shape, size_t n)
{
	struct buf body, warnings;
	struct bridge b;
	unsigned long long count;

	buf_init(&body, 0);
	buf_init(&warnings, 0);
	shape_put(&body, shape, n);
	work = 0;
	if (middle_open(&w->middle, &b, w->from, buf_span(&body),
	    TASK_ANSWER) <
	    0)
		bridge_put_error(&b);
	bridge_put_warnings(&b, &warnings);
	bridge_log_losses(&b);
	bridge_close(&b);
	count = work;
	buf_free(&body);
	buf_free(&warnings);
	return count;
}

static void
judge(unsigned long long once, unsigned long long twice, const char *name,
    const char *to)
{
	ok((double)twice < (double)once * factor_max, "%s, to %s", name, to);
	diag("%llu, %llu: %.2f", once, twice, (double)twice / (double)once);
}

static void
requests(void)
{
	for (const struct request_shape *s = request_shapes; s->name != NULL;
	     s++)
		for (size_t i = 0; i < WAYS; i++)
			if (ways[i].from == s->from)
				judge(work_of_request(&ways[i], s->text, MANY),
				    work_of_request(&ways[i], s->text,
				    2 * MANY), s->name,
				    dialect_of(ways[i].to)->name);
}

/* --- replies -------------------------------------------------------- */

static const char *const questions[API_COUNT][2] = {
	[API_MESSAGES] = {
		"{'model':'m','max_tokens':9,'stream':true,'messages':[{"
			   "'role':'user','content':'Hi'}],'stop_sequences':['END'],"
			   "'thinking':{'type':'enabled','budget_tokens':2000},'tools':"
			   "[{'name':'t','input_schema':{'type':'object'}}]}",
		"{'model':'m','max_tokens':9,'messages':[{'role':'user',"
	    "'content':'Hi'}],'tools':[{'name':'t','input_schema':"
	    "{'type':'object'}}]}" },
	[API_CHAT] = {
		"{'model':'claude-opus-4-6','stream':true,'messages':[{'role':'user',"
		       "'content':'Hi'}],'stop':['END'],'tools':[{'type':'function',"
		       "'function':{'name':'t'}}]}",
		"{'model':'claude-opus-4-6','messages':[{'role':'user','content':'Hi'"
	    "}],'tools':[{'type':'function','function':{'name':'t'}}]}" },
	[API_RESPONSES] = {
		"{'model':'claude-opus-4-6','stream':true,'input':'Hi','reasoning':{"
			    "'summary':'auto'},'include':['web_search_call.action.sources'"
			    "],'tools':[{'type':'function','name':'t'},{'type':"
			    "'web_search'}]}",
		"{'model':'claude-opus-4-6','input':'Hi','tools':[{'type':'function',"
	    "'name':'t'}]}" },
};

/* In pieces of so many bytes. */
static void
feed(struct bridge *b, struct span bytes, size_t piece)
{
	for (; bytes.n > 0; bytes = span_from(bytes, piece))
		if (bridge_feed(b, span_head(bytes, piece)) != 0)
			return;
}

static unsigned long long
work_of_reply(struct way *w, const char *question,
    const struct reply_shape *s, size_t n, size_t piece)
{
	struct buf body, bytes;
	struct bridge b;
	unsigned long long count;

	buf_init(&body, 0);
	buf_init(&bytes, 0);
	shape_put(&body, question, 0);
	shape_put(&bytes, s->text, n);
	if (middle_open(&w->middle, &b, w->from, buf_span(&body),
	    TASK_ANSWER) != 0) {
		diag("refused: %s", b.why.message);
		abort();
	}
	work = 0;
	bridge_begin(&b, s->events ? SPAN("text/event-stream") :
	    SPAN("application/json"));
	feed(&b, buf_span(&bytes), piece);
	bridge_end(&b, NULL);
	bridge_log_losses(&b);
	bridge_close(&b);
	count = work;
	buf_free(&body);
	buf_free(&bytes);
	return count;
}

static void
replies(void)
{
	static const size_t pieces[] = { 7, 16384 };

	for (const struct reply_shape *s = reply_shapes; s->name != NULL; s++)
		for (size_t i = 0; i < 4 * WAYS; i++) {
			struct way *w = &ways[i / 4];
			const char *question = questions[w->from][i / 2 % 2];
			size_t piece = pieces[i % 2];

			if (w->to == s->upstream)
				judge(work_of_reply(w, question, s, MANY,
				    piece), work_of_reply(w, question, s,
				    2 * MANY, piece), s->name,
				    dialect_of(w->from)->name);
		}
}

int
main(void)
{
	log_setup(LOG_ERROR, false);
	for (size_t i = 0; i < WAYS; i++)
		middle_init(&ways[i].middle, ways[i].config);
	requests();
	replies();
	for (size_t i = 0; i < WAYS; i++)
		middle_free(&ways[i].middle);
	return done_testing();
}
