/* A Sigma filter that hides what somebody dismissed, from what these events have in common.
 *
 * Three steps: which events were dismissed (detections as `ward detect` prints them), all events
 * that they came from, a proposal. The proposal is as narrow as the events allow (who, where and
 * what), and there is none when nothing shows that the rule would still find something. Keeps
 * copies of the rule's hits and of some other events of its logsource, bounded; single-threaded. */
#ifndef WARD_CRAFT_TUNE_H
#define WARD_CRAFT_TUNE_H

#include "craft/craft.h"

struct ward_craft_tune;

enum ward_craft_verdict {
	WARD_CRAFT_PROPOSED,
	WARD_CRAFT_NO_EVIDENCE, /* no event is one that was dismissed and that the rule matches */
	WARD_CRAFT_ALONE,       /* no other event of its logsource to tell them from */
	WARD_CRAFT_NOTHING,     /* they have no telling value in common */
	WARD_CRAFT_EVERYTHING,  /* whatever they share, all of the rule's other hits have too */
};
/* In words, with the mend; lives forever. */
const char *ward_craft_verdict_text(enum ward_craft_verdict v);

/* For rule i of c->rs, which must not be a correlation or a filter (UNSUPPORTED). Borrows c and
 * what it points to. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_craft_tune_new(
	const struct ward_craft *c, size_t i, struct ward_craft_tune **ret);
void ward_craft_tune_free(struct ward_craft_tune *t);

/* One JSON line: a detection of the rule, or of a correlation that joins it; *ret_taken says
 * whether it was one. MALFORMED when it is no JSON, LIMIT beyond 100,000 events, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_craft_tune_dismissed(
	struct ward_craft_tune *t, struct ward_str line, bool *ret_taken);
/* Every event that may matter, after all dismissed ones. tag: what the caller calls it (a line).
 * LIMIT when the hits are too many, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_craft_tune_event(
	struct ward_craft_tune *t, const struct ward_event *e, uint64_t tag);
/* PROPOSED: the filter's YAML is in w. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_craft_tune_propose(
	struct ward_craft_tune *t, struct ward_wr *w, enum ward_craft_verdict *ret);

/* Hits of the rule: dismissed ones, and others. */
struct ward_craft_hits {
	size_t n_dismissed, n_other;
	size_t n_dismissed_left, n_other_hidden; /* under the filter */
};
typedef void (*ward_craft_hidden_fn)(void *ctx, uint64_t tag, const struct ward_event *e);
/* Runs the hits again through rs, the same rules with the filter; fn gets each hit that the filter
 * hides and that nobody dismissed. NOT_FOUND when rs has no such rule, NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_craft_tune_verify(struct ward_craft_tune *t,
	const struct ward_ruleset *rs, ward_craft_hidden_fn fn, void *ctx,
	struct ward_craft_hits *ret);

#endif
