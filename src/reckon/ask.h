/* What is asked about things that have not happened, and the answer: between `api`, which asks for
 * whoever may see it, and `reckon`, which computes. Both sides read what the other wrote as outside
 * bytes. */
#ifndef WARD_RECKON_ASK_H
#define WARD_RECKON_ASK_H

#include "base/clock.h"
#include "base/err.h"
#include "base/rd.h"
#include "base/wr.h"

/* X(NAME, "name") */
#define WARD_RECKON_LIST(X)                                                \
	X(PATHS, "paths")     /* how a service could be attacked */        \
	X(WHAT_IF, "what-if") /* with measures taken, or things failing */ \
	X(SCORE, "score")     /* what the directory leaves out */          \
	X(RISK, "risk")       /* of one device */                          \
	X(HOSTS, "hosts")     /* that were seen and are in no directory */ \
	X(HOST, "host")       /* what was seen of one device */            \
	X(NORMAL, "normal")   /* what is usual of it */                    \
	X(RISKS, "risks")     /* of all devices, the highest first */      \
	X(RULE, "rule")       /* one rule in words, and its tests */       \
	X(RULES, "rules")     /* whose tests hold */                       \
	X(BACK, "back")       /* in which order things are brought back */

enum ward_reckon_what {
#define X(NAME, name) WARD_RECKON_##NAME,
	WARD_RECKON_LIST(X)
#undef X
		WARD_RECKON_N,
};

enum {
	WARD_RECKON_ID = 256,            /* bytes of an id, or of a language's code */
	WARD_RECKON_IDS = 2048,          /* of a list of them */
	WARD_RECKON_MOST = 64,           /* entries of one */
	WARD_RECKON_SEEDS = 48 << 10,    /* of seeds */
	WARD_RECKON_QUESTION = 56 << 10, /* bytes of a whole question */
	WARD_RECKON_ANSWER = 152 << 10   /* and of an answer: it fits one message */
};
#define WARD_RECKON_WHATEVER UINT64_MAX /* a budget: whatever it takes */

struct ward_reckon_ask {
	enum ward_reckon_what what;
	struct ward_str subject; /* a service, a device, a rule; empty: the most critical service */
	uint64_t budget;         /* euros */
	/* HOSTS, HOST, NORMAL: of what was seen; RULE, RULES: of their files. Another minute it
	 * may be something else. */
	uint64_t minute;
	uint64_t skip, limit;   /* RISKS: so many of those that are looked for, from there on */
	uint64_t least;         /* RISKS: of so much at least, of 100 */
	struct ward_str search; /* RISKS: has that in its name, id, maker or product */
	struct ward_str class, place; /* RISKS: is of this class, in this room or on this floor */
	struct ward_str measures;     /* taken: "badge-and-pin@door-4,…" */
	struct ward_str fails;        /* things that do not work: "chiller-1,…" */
	struct ward_str lang;         /* "it"; else English */
	ward_ns now, begun; /* BACK: no work begins before now; begun: when it all did. SCORE: facts
			     * are as old as they are now */
	struct ward_slice seeds; /* BACK: as ward_reckon_seed_put writes them */
};
void ward_reckon_put(struct ward_wr *w, const struct ward_reckon_ask *ask);
/* Borrows from r. MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_reckon_get(struct ward_rd *r, struct ward_reckon_ask *ret);

/* A threat that came to a thing, by their ids. */
struct ward_reckon_seed {
	struct ward_str asset, threat;
	ward_ns since;
	int64_t lo_micro, hi_micro; /* how likely */
};
void ward_reckon_seed_put(struct ward_wr *w, const struct ward_reckon_seed *seed);
/* The next of a question's; borrows from r. MALFORMED; do not ask where nothing is left. */
WARD_MUST_CHECK enum ward_err ward_reckon_seed_get(struct ward_rd *r, struct ward_reckon_seed *ret);

/* JSON; with an error, why and the mend: NOT_FOUND, LIMIT, NOMEM. */
struct ward_reckoned {
	enum ward_err err;
	struct ward_str text;
	ward_ns took; /* to compute, as who has a clock says */
};
void ward_reckoned_put(struct ward_wr *w, const struct ward_reckoned *d);
/* Borrows from r. MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_reckoned_get(struct ward_rd *r, struct ward_reckoned *ret);

#endif
