/* Questions, and what their answers are tried on. Internal to the room. */
#ifndef WARD_SCORE_TRIAL_H
#define WARD_SCORE_TRIAL_H

#include "score/areas.h"

enum {
	SCORE_CRITICAL = 4,
	SCORE_MICRO = 1000000,
	SCORE_HITS = 1024, /* services that one incident is counted on */
	SCORE_RELATIONS = 3,
};
#define SCORE_MINUTE (60 * WARD_NS_PER_S)
#define SCORE_HOUR (60 * SCORE_MINUTE)

/* A critical service that an incident reaches. */
struct score_hit {
	uint32_t node;
	int64_t mid_micro;
	ward_ns expected;
};

struct score_trial {
	const struct ward_model *m, *trial; /* as it is written; with the file more */
	struct ward_engine *e;
	struct ward_score *s;
	/* Outages that were tried, for those that something may take over from. */
	struct {
		uint32_t node;
		int64_t lost_micro;
	} tried[WARD_SCORE_TRIED];
	size_t n_tried;
	/* What the file more adds and the directory has not: undone in every run but those that ask
	 * for it. */
	struct ward_change base[SCORE_RELATIONS * WARD_SCORE_ASKED + 1];
	size_t n_base;
	/* Questions of all kinds, in the order of the kinds. */
	struct ward_score_answer ask[WARD_SCORE_ASK_N * WARD_SCORE_ASKED];
	size_t n_ask, n_kind[WARD_SCORE_ASK_N];
	struct score_hit hit[SCORE_HITS]; /* of the last run */
	size_t n_hit;
};

/* Fills base. */
void score_undo_trial(struct score_trial *t);
/* All questions but PROTECTED, which come from what incidents reach; needs `tried` and the
 * incidents. */
void score_ask_all(struct score_trial *t);
/* What the incident put on things that ought to be protected and aren't. */
void score_ask_protected(struct score_trial *t, const struct ward_impacts *all);

/* The questions about people and ways, after the others: most first. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err score_people(
	const struct ward_score_world *world, struct ward_score *s);
/* Their texts, the ones with lines of their own, and their array for a page. */
void score_people_text(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);
void score_person_json(const struct ward_score_person *p, const struct ward_model *m,
	struct ward_lang *lang, struct ward_json *j);

#endif
