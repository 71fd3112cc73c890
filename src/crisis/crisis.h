/* The crisis cell as its decisions say it: the level of alert, who leads, what was decided and why,
 * tasks, who was called and comes, and what was learnt.
 *
 * A fold of the store's rows of kind decision, in their order; each is one change or none. A crisis
 * begins with an activation while there is none, and ends by standing down; what was decided before
 * the first activation belongs to it. What is kept is bounded; what goes is counted. Rows hold what
 * people wrote, and are not trusted. Single-threaded; no clock, no file. */
#ifndef WARD_CRISIS_CRISIS_H
#define WARD_CRISIS_CRISIS_H

#include "base/counter.h"
#include "conf/conf.h"
#include "desk/decision.h"

enum {
	WARD_CRISIS_LEVELS = 3,
	WARD_CRISIS_ITEMS = 1024,  /* of one crisis, and as many findings of reviews */
	WARD_CRISIS_ANSWERS = 512, /* to one recall */
	WARD_CRISIS_PAST = 32,     /* crises that are over */
	WARD_CRISIS_MINUTES = 24 * 60,
	WARD_CRISIS_TEXTS = 64, /* alternatives, or roles that are called */
};

/* What became of a task: X(NAME, "name") */
#define WARD_CRISIS_STATE_LIST(X) \
	X(OPEN, "open")           \
	X(DONE, "done")           \
	X(CANNOT, "cannot")       \
	X(DROPPED, "dropped")
enum ward_crisis_state {
#define X(NAME, name) WARD_CRISIS_##NAME,
	WARD_CRISIS_STATE_LIST(X)
#undef X
		WARD_CRISIS_STATE_N,
};
/* "open". Lives forever. */
const char *ward_crisis_state_name(enum ward_crisis_state s);

/* What somebody who was called said; the last word of each person counts. */
struct ward_crisis_answer {
	struct ward_id id;
	ward_ns at;
	struct ward_str person, role; /* of whom it is said */
	struct ward_str text;
	bool comes;
	uint32_t minutes; /* until they are there, from `at` on */
};

/* One decision of the cell, with what became of it. Texts are its own. */
struct ward_crisis_item {
	enum ward_decision_kind kind; /* ACTIVATE, STAND_DOWN, RESOLVE, TASK, RECALL, REVIEW */
	struct ward_id id, incident;  /* incident: zeros where it is about none */
	ward_ns at;
	struct ward_str person, role, text;
	unsigned level;          /* ACTIVATE: from 1; else 0 */
	struct ward_str owner;   /* TASK, REVIEW: a role or a person; may be empty */
	struct ward_str why;     /* RESOLVE */
	struct ward_str place;   /* RECALL: where they are to come to */
	struct ward_str finding; /* REVIEW: "keep" or "change" */
	struct ward_str list[WARD_CRISIS_TEXTS]; /* RESOLVE: alternatives; RECALL: roles */
	size_t n_list;
	ward_ns due; /* TASK, REVIEW: WARD_NS_NEVER where nobody said */
	/* what became of it */
	enum ward_crisis_state state; /* TASK */
	ward_ns ended;
	struct ward_str ended_person, ended_role, ended_text;
	struct ward_crisis_answer *answer; /* RECALL */
	size_t n_answer, cap_answer;
	/* Internal: its texts as they were read. */
	struct ward_str block, ended_block;
};

/* One that is over. */
struct ward_crisis_past {
	struct ward_id id; /* of its activation */
	ward_ns from, to;
	unsigned highest;
	size_t n_task, n_decision;
};

struct ward_crisis {
	const struct ward_mem *mem;
	struct ward_counters *counters; /* may be NULL */
	unsigned level;                 /* 0: no crisis is on */
	unsigned highest;
	struct ward_id id; /* of the activation with which the last crisis began; zeros: none */
	ward_ns from, since, to; /* its begin; since when it is at this level; its end, or NEVER */
	char lead[WARD_DECISION_SUBJECT + 1]; /* the role that activated it */
	struct ward_crisis_item **item;       /* of the last crisis, in their order */
	size_t n_item, cap_item;
	struct ward_crisis_item **review; /* what was learnt, of all crises */
	size_t n_review, cap_review;
	struct ward_crisis_past past[WARD_CRISIS_PAST];
	size_t n_past;
	uint64_t forgotten; /* items that had to go */
	size_t n_before;    /* items of a crisis that is over; Internal */
};

void ward_crisis_init(
	struct ward_crisis *c, const struct ward_mem *mem, struct ward_counters *counters);
void ward_crisis_fini(struct ward_crisis *c);

/* Is it a kind that the cell decides by? */
bool ward_crisis_kind(enum ward_decision_kind k);
/* A row of a decision, read. Of other kinds nothing is taken. What says nothing that can be is
 * counted (crisis.void) and leaves all as it was, as does NOMEM. O(items). */
WARD_MUST_CHECK enum ward_err ward_crisis_take(struct ward_crisis *c, const struct ward_conf *row);

/* Forgets findings of reviews that are older. Were there any? O(reviews). */
bool ward_crisis_expire(struct ward_crisis *c, ward_ns before);

/* The task of that id, or the recall; NULL: there is none. */
const struct ward_crisis_item *ward_crisis_find(const struct ward_crisis *c, struct ward_id id);
/* Was it to be done by then, and is not? */
bool ward_crisis_is_late(const struct ward_crisis_item *i, ward_ns now);

/* Which ids the hospital has. */
struct ward_crisis_ids {
	bool (*has)(void *ctx, struct ward_str id); /* a role or a person? */
	void *ctx;
};
/* NULL, or why a decision can't be as it is: of those of the cell its text, and its args, which are
 * in the form of desk/args.h. Lives forever. What it reads is in the arena, which may be out of
 * memory: then that is why. */
const char *ward_crisis_wrong(const struct ward_decision *d, const struct ward_crisis_ids *ids,
	const struct ward_limits *lim, struct ward_arena *a);

#endif
