/*
 * What is known about models by their names: the table of o2c S.1 for
 * Claude, and the families of OpenAI.
 */
#ifndef TESTS_STRICT_MODEL_H
#define TESTS_STRICT_MODEL_H

#include <stdbool.h>

enum {	/* thinking.type */
	TH_ADAPTIVE = 1,
	TH_ENABLED = 2,
	TH_DISABLED = 4,
	TH_BETWEEN = 8,
};

enum {	/* effort levels */
	EF_LOW = 1,
	EF_XHIGH = 2,
	EF_MAX = 4,
	EF_ALL = 7,		/* EF_LOW stands for low, medium and high */
};

enum forced { FORCED_NO, FORCED_YES, FORCED_NO_THINKING };

struct strict_model {
	const char	*prefix;	/* "" for any other name */
	int		 context;	/* in 1000 tokens */
	int		 max_out;
	unsigned	 thinking;	/* TH_... that are accepted */
	bool		 default_on;	/* thinks when not told */
	bool		 off_up_to_high; /* disabled only up to effort high */
	bool		 sampling;	/* takes temperature and so on */
	enum forced	 forced;	/* forced tool_choice */
	bool		 system_role;	/* role system inside messages */
	unsigned	 effort;	/* EF_..., 0: none */
	bool		 prefill;
};

/* Never NULL: the last row is for names nobody knows. */
const struct strict_model *strict_model_of(const char *id);

/* The ids of all rows but the last; NULL at the end. */
const struct strict_model *strict_model_row(unsigned i);

/* Whether an OpenAI name belongs to a reasoning model. */
bool	strict_reasoning_model(const char *id);

/* Models that never take sampling parameters: o-series and plain gpt-5. */
bool	strict_old_reasoning_model(const char *id);

/* Models of ^gpt-5\.[1-9] and ^gpt-[6-9]: effort none, phase. */
bool	strict_new_model(const char *id);

/* The effort words an OpenAI model takes, ending with NULL. */
const char *const *strict_efforts(const char *id);

/* Whether no model of this name exists. */
bool	strict_no_such_model(const char *id);

#endif
