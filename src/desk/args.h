/* What a decision for the brain says besides subject and text: its args, checked and in one form.
 *
 * They are a flat JSON object of texts and lists of texts; which members a kind has, and which of
 * them it can't do without, is one table (args.c). What is on record is that form, written anew:
 * nothing of how somebody wrote it gets through. Faces what browsers and people send. */
#ifndef WARD_DESK_ARGS_H
#define WARD_DESK_ARGS_H

#include "base/limit.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "desk/decision.h"

enum {
	WARD_ARGS_TEXT = 512, /* bytes of one text */
	WARD_ARGS_LIST = 64,  /* texts of one list */
	WARD_ARGS_BYTES = 8192,
};

/* A member of a kind's args. */
struct ward_args_member {
	enum ward_decision_kind kind;
	const char *key;
	bool list, needed; /* several texts; the kind can't do without it */
};
/* The i-th of a kind's, in the order of their form; NULL: there are no more. */
const struct ward_args_member *ward_args_member(enum ward_decision_kind k, size_t i);

/* *ret: the args in that form, in the arena; empty: it has none. MALFORMED with a sentence of what
 * is wrong, which lives forever: no JSON object, a member that the kind has not, lacks, or that is
 * no text. LIMIT with one: too long. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_args_read(const struct ward_decision *d,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_str *ret,
	const char **ret_why);
/* A text of args in that form, in the arena; empty: it is not there, or there is no memory. */
struct ward_str ward_args_text(
	struct ward_str args, const char *key, const struct ward_limits *lim, struct ward_arena *a);
/* The first text of a list of args in that form, and by `next` the others; NULL: as above. */
const struct ward_conf *ward_args_list(
	struct ward_str args, const char *key, const struct ward_limits *lim, struct ward_arena *a);

#endif
