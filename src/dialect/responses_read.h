/*
 * Private to the files that read a Responses request.
 */
#ifndef CO2_RESPONSES_READ_H
#define CO2_RESPONSES_READ_H

#include "dialect/openai_client.h"
#include "dialect/responses_store.h"

/* The keys that one tool_search_output brought, for its text. */
struct loaded {
	struct loaded *next;
	struct tool_key key;
};

/* Tools that came inside the input; they go behind the request's own. */
struct extra_tools {
	struct extra_tools *next;
	struct place tools;
	struct block *listing;	/* the text that lists them; NULL: none */
	struct loaded *loaded, **loaded_end;
};

/* A configuration_update item. */
struct update {
	struct update *next;
	struct place item;
};

struct reading {
	struct request *req;
	struct fault *why;
	struct place root;
	struct stored *chain;	/* what previous_response_id stands for */

	/* The turn that takes the next item of its role; NULL: none. */
	struct turn *open;
	struct block **end;	/* where its next block goes */
	size_t index;		/* of the item, over all that is read */
	json_t *list;		/* where the item stands: list[at] */
	size_t at;
	json_t *dropped_calls;	/* a set: call ids of dropped items */

	struct extra_tools *extras, **extras_end;
	struct update *updates, **updates_end;
};

/* responses_items_read.c: the items of an array. */
int responses_read_items(struct reading *r, const struct place *list);

/* responses_tools_read.c */
int responses_read_tools(struct reading *r);
/* What came with the input, once all items are read. */
int responses_read_extra_tools(struct reading *r);
int responses_read_choice(struct reading *r);

#endif
