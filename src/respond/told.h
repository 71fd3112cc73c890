/* What a person reads of a message that `respond` wrote (docs/webhooks.md: "ward.message/1" and
 * "ward.test/1"), for the ways that lead to people. */
#ifndef WARD_RESPOND_TOLD_H
#define WARD_RESPOND_TOLD_H

#include "base/limit.h"
#include "base/mem.h"

/* In the arena, or borrowed of the body. */
struct ward_told {
	struct ward_str
		subject; /* level, what, and where if it tells of one incident; no end of line */
	struct ward_str text;  /* its first line names the marking, if it has one */
	struct ward_str brief; /* one line, for ways with little room */
};
/* MALFORMED: it holds no text for people. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_told_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str body, struct ward_told *ret);
/* As many of its first lines as have room. */
struct ward_str ward_told_within(struct ward_str text, size_t max);

#endif
