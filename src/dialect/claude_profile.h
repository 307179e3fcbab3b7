/*
 * What a Claude model takes and refuses (o2c section S.1): a compiled table,
 * laid over it what the upstream's list of models says, and over that what
 * its refusals taught.
 */
#ifndef CO2_CLAUDE_PROFILE_H
#define CO2_CLAUDE_PROFILE_H

#include "model/model.h"

/* thinking.type, as bits. */
enum claude_type {
	TYPE_ADAPTIVE = 1 << 0,
	TYPE_ENABLED = 1 << 1,
	TYPE_DISABLED = 1 << 2,
	TYPE_BETWEEN = 1 << 3,
};

/* What a model does when "thinking" is left out. */
enum claude_omitted { OMITTED_OFF, OMITTED_ON, OMITTED_UNKNOWN };

/* tool_choice "any" and "tool". */
enum claude_forced { FORCED_NO, FORCED_YES, FORCED_UNTHINKING };

struct claude_profile {
	const char *id;		/* "" for any other name */
	long max_output;
	unsigned types;		/* bits of enum claude_type */
	enum claude_omitted omitted;
	bool sampling;		/* temperature and so on, thinking off */
	enum claude_forced forced;
	bool system_role;	/* role system inside messages */
	unsigned efforts;	/* bits by enum effort */
	bool schemas;		/* structured outputs and strict tools */
	bool binding;		/* thinking.block_binding */
	bool interleaved;	/* its beta, for budget thinking with tools */
	long cache_min;		/* tokens that are worth a cache entry */
};

/*
 * The profile of the model that a request goes to. A model that the table
 * has no row of its own for is asked about (to->ask, kept in to->facts).
 */
struct claude_profile claude_profile_of(struct pool *pool, struct target *to);
/* The thinking.type that keeps the model from thinking; 0: leave it out. */
unsigned claude_off_switch(const struct claude_profile *p);
/* Is there a way to keep it from thinking at all? */
bool claude_can_be_off(const struct claude_profile *p);

/* "adaptive" and so on; NULL for anything but one bit. */
const char *claude_type_word(unsigned type);

/* The ids that the table knows, for a list of models; NULL at its end. */
const char *claude_profile_id(size_t i);
/* The id with every dot between two digits as a hyphen. */
struct span claude_hyphenated(struct pool *pool, struct span id);

/*
 * What refusals teach (messages_repair.c): the bits of learned->refused. The
 * four from LESSON_NOT on are the thinking types that a model turned out not
 * to take, those from LESSON_TAKES on the ones that it does.
 */
enum claude_lesson {
	LESSON_FORCED = 1 << 0,		/* forced tool choice */
	LESSON_FORCED_UNTHINKING = 1 << 1,
	LESSON_SAMPLING = 1 << 2,
	LESSON_SYSTEM_ROLE = 1 << 3,
	LESSON_BINDING = 1 << 4,
	LESSON_INTERLEAVED = 1 << 5,
	LESSON_EFFORT = 1 << 6,		/* output_config.effort */
	LESSON_NOT = 1 << 8,
	LESSON_TAKES = 1 << 12,
};

#endif
