/* Part of the process `desk`: who is told whom a pseudonym stands for, and whether a badge was
 * reported lost.
 *
 * Each is a decision that is on record before `pseudonym`, which alone has the keys, is asked. A
 * name needs two people who ask for the same one of the same incident within half an hour, each
 * with a reason; in an emergency one: while the incident is open and high and the pseudonym stands
 * in it, as the store's rows say, whatever `api` says of it. Somebody else, the data protection
 * officer, reviews that. Who asked is kept in memory, bounded: when the process ends, both ask
 * anew; who was told alone is read from the store's rows. That there be a new key is asked for
 * likewise, once the decision is on record. */
#ifndef WARD_RUN_PROC_DESK_REVEAL_H
#define WARD_RUN_PROC_DESK_REVEAL_H

#include "desk/decision.h"
#include "run/proc/desk_open.h"
#include "run/proc/desk_review.h"
#include "run/process.h"

enum { DESK_REVEALS = 64, DESK_REVEALS_COUNTS = 5 };

/* What a decision asks, until it is on record. */
struct desk_wish {
	enum ward_decision_kind kind; /* REVEAL, ASK_BADGE or ROTATE_KEYS */
	bool is;
	bool emergency;
	char token[DESK_TOKEN + 1];
	struct ward_id of; /* the incident */
	char person[WARD_DECISION_SUBJECT + 1];
};

struct desk_reveals {
	struct ward_ask *ask;   /* NULL: there is nobody to ask */
	struct ward_ask *store; /* NULL: nobody says which incidents are open */
	struct desk_open open;
	uint64_t after; /* rows of incidents that were read */
	struct desk_reviews *reviews;
	struct ward_arena scratch;
	bool behind; /* there are rows that were not read yet */
	struct ward_counters *counters;
	uint64_t told[DESK_REVEALS_COUNTS]; /* of what was left out */
	const struct ward_limits *lim;
	struct {
		struct desk_wish wish;
		ward_ns at;
	} asked[DESK_REVEALS]; /* a ring */
	uint64_t n;
};

void desk_reveals_open(
	struct desk_reveals *r, struct ward_process *p, const struct ward_limits *lim);
/* Reads what was decided since, or as much of it as others can wait for. False: there is more, or
 * nobody says it now. */
bool desk_reveals_look(struct desk_reveals *r);
/* Before it is recorded. *ret->is: it is one of these. DENIED, NOT_FOUND, MALFORMED, STATE, AGAIN
 * with why it can't be. */
WARD_MUST_CHECK enum ward_err desk_reveals_check(struct desk_reveals *r,
	const struct ward_decision *d, const struct ward_limits *lim, struct desk_wish *ret,
	const char **ret_why);
/* It is on record: what who asked is told, in `said`, which ret borrows. */
struct desk_said {
	char *p;
	size_t cap;
};
void desk_reveals_answer(struct desk_reveals *r, const struct desk_wish *w, struct ward_id decision,
	ward_ns now, struct desk_said said, struct ward_decided *ret);

#endif
