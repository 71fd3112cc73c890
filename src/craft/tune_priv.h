/* Inside tune*.c: what is kept of events, and what they have in common. */
#ifndef WARD_CRAFT_TUNE_PRIV_H
#define WARD_CRAFT_TUNE_PRIV_H

#include "craft/tune.h"

#include "event/json.h"

enum {
	WARD_TUNE_VALUES = 8, /* in a list */
	WARD_TUNE_ITEMS = 5,  /* of a filter */
};

struct ward_tune_hit {
	struct ward_event e;
	uint64_t tag;
	bool dismissed;
};

enum ward_tune_form { WARD_TUNE_EQUALS, WARD_TUNE_STARTS, WARD_TUNE_ENDS };

/* One `field: values` that all dismissed events meet. */
struct ward_tune_item {
	uint32_t field;
	enum ward_tune_form form;
	struct ward_str value[WARD_TUNE_VALUES];
	size_t n;
	int role, rank; /* which question it answers, and how well; lower is better */
	size_t n_other; /* other hits that meet it */
};

struct ward_craft_tune {
	const struct ward_craft *c;
	size_t rule;
	struct ward_detector *det;
	struct ward_json_reader reader;
	struct ward_arena line, events; /* of one line; copies */
	struct ward_id *id;             /* dismissed, sorted when the first event comes */
	size_t n_id, cap_id;
	bool sorted;
	struct ward_tune_hit *hit;
	size_t n_hit, cap_hit, n_dismissed;
	struct ward_tune_hit *other; /* not matched */
	size_t n_other, cap_other;
	uint32_t looked[64]; /* names of fields that the rule looks at */
	size_t n_looked;
};

/* tune_find.c: the items that narrow it best to the dismissed hits, at most WARD_TUNE_ITEMS; 0:
 * they have nothing telling in common. The text is the hits'. *ret_hidden: how many other hits meet
 * all of them. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_tune_find(const struct ward_craft_tune *t,
	struct ward_tune_item *ret, size_t *ret_n, size_t *ret_hidden);

#endif
