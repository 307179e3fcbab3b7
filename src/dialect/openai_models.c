/*
 * Small replies of both OpenAI APIs: models and token counts.
 */
#include "dialect/parts.h"

#include "wire/jw.h"

static void
put_model(struct jw *w, const struct model_entry *m)
{
	jw_obj(w, NULL);
	jw_str(w, "id", m->id);
	jw_str(w, "object", SPAN("model"));
	jw_int(w, "created", m->created);
	jw_str(w, "owned_by", SPAN("anthropic"));
	jw_str(w, "shutdown_date", m->retires);
	jw_end(w);
}

void
openai_write_models(struct buf *out, const struct model_entry *list,
    size_t count)
{
	struct jw w;

	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "object", SPAN("list"));
	jw_arr(&w, "data");
	for (size_t i = 0; i < count; i++)
		put_model(&w, &list[i]);
	jw_end(&w);
	jw_end(&w);
}

void
openai_write_model(struct buf *out, const struct model_entry *one)
{
	struct jw w;

	jw_init(&w, out);
	put_model(&w, one);
}

void
openai_write_count(struct buf *out, long tokens)
{
	struct jw w;

	jw_init(&w, out);
	jw_obj(&w, NULL);
	jw_str(&w, "object", SPAN("response.input_tokens"));
	jw_int(&w, "input_tokens", tokens);
	jw_end(&w);
}
