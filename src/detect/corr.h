/* Inside the room: what the parts of correlation tell each other. Single-threaded; groups and
 * entries belong to the detector. */
#ifndef WARD_DETECT_CORR_H
#define WARD_DETECT_CORR_H

#include "detect/origin.h"
#include "detect/window.h"

/* The values of one group-by or counted field: the members of a list each make a group. */
enum { WARD_AXIS_VALUES = 16, WARD_AXES = 16 };
struct ward_axis {
	struct ward_str value[WARD_AXIS_VALUES];
	size_t n;
};

/* A window of a correlation, for one that stands above it. */
struct ward_told {
	uint32_t rule, member; /* the one above, and what the window is to it */
	bool gone;             /* what was told before, of this id and time, is no more */
	struct ward_entry e;   /* text and ids on the heap */
	struct ward_wr axes;   /* the values of its fields, packed */
};

/* Time before which no event can make another window. */
ward_ns ward_corr_horizon(const struct ward_detector *det, const struct ward_corr *c);
/* Is a window that begins at start beyond change? */
bool ward_corr_over(const struct ward_corr *c, ward_ns start, ward_ns horizon);
/* How many values name a group: group-by, and the centre of `ward.near`. */
static inline size_t ward_corr_n_value(const struct ward_corr *c)
{
	return c->group.n + (c->near_hops > 0);
}

/* group.c */
/* The group of these values, made when it is not there; with a full table the oldest
 * sixty-fourth is closed and given up first. */
WARD_MUST_CHECK enum ward_err ward_group_for(struct ward_detector *det, uint32_t rule,
	const struct ward_str *value, size_t n, const struct ward_outlet *out,
	struct ward_group_state **ret);
/* What it is found by in this process: keyed, so that nobody can make two alike; n <= WARD_AXES
 * + 1. Values of fields compare without case, as Sigma compares text.
 */
struct ward_id ward_group_place(
	const struct ward_detector *det, uint32_t rule, const struct ward_str *value, size_t n);
/* A keyed hash of the text without case, however long it is. */
struct ward_id ward_group_folded(const uint8_t key[16], struct ward_str s);
/* The same as a place for good: what detections are named after. Some ten times as dear. */
struct ward_id ward_corr_key(const struct ward_rule *r, const struct ward_group_state *g);
void ward_group_remove(struct ward_detector *det, struct ward_group_state *g);

/* corr.c: closes what begins first in the group: a window, or an entry that will never be in one.
 * force: even if it could still change. True while there is more. */
bool ward_corr_close_one(struct ward_detector *det, struct ward_group_state *g, ward_ns horizon,
	bool force, const struct ward_outlet *out, enum ward_err *err);
/* corr.c: an entry into the groups of every combination of the axes' values; e->rule is the
 * member. */
WARD_MUST_CHECK enum ward_err ward_corr_spread(struct ward_detector *det, uint32_t rule,
	const struct ward_axis *axis, struct ward_entry *e, const struct ward_outlet *out);
/* corr.c: takes an entry away again. */
WARD_MUST_CHECK enum ward_err ward_corr_remove(struct ward_detector *det, uint32_t rule,
	struct ward_id id, ward_ns time, const struct ward_outlet *out);

/* corr_said.c: does the entry, which just came, make no window, or only add to one by less than
 * what makes a revision? No window before it can have become another by that. */
bool ward_corr_is_said(
	const struct ward_corr *c, struct ward_group_state *g, const struct ward_entry *e);

/* entries.c */
/* The first entry that is not before the time. */
size_t ward_corr_first_from(const struct ward_group_state *g, ward_ns time);
/* How many entries a group has room for. */
size_t ward_corr_room(const struct ward_detector *det, const struct ward_corr *c);
void ward_entry_fini(struct ward_detector *det, struct ward_entry *e);
/* The same of an entry that was put into the group. */
void ward_entry_leave(struct ward_detector *det, struct ward_group_state *g, struct ward_entry *e);

/* bundle.c: makes room in a full group, if it can. NOMEM: there may be less of it. */
WARD_MUST_CHECK enum ward_err ward_corr_bundle(
	struct ward_detector *det, struct ward_group_state *g);

/* say.c */
struct ward_id ward_corr_window_id(
	const struct ward_detector *det, const struct ward_group_state *g, struct ward_id first);
/* What the newest entry of the window knows of the world; what it does not, an older one may. */
void ward_corr_about(
	const struct ward_group_state *g, struct ward_window w, struct ward_detection *d);
/* partial: the window was judged before it was over. */
WARD_MUST_CHECK enum ward_err ward_corr_say(struct ward_detector *det,
	const struct ward_group_state *g, struct ward_window w, struct ward_shown *s, bool partial,
	const struct ward_outlet *out);
void ward_corr_withdraw(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_shown *s, const struct ward_outlet *out);
/* All event ids of the window's entries, sorted and once each; out has room for
 * ward_corr_n_id(g, w). */
size_t ward_corr_evidence(const struct ward_group_state *g, struct ward_window w,
	const bool *left_out, struct ward_id *out);
size_t ward_corr_n_id(const struct ward_group_state *g, struct ward_window w);

/* tally.c: what of a window counted, for the explanation; points into itself, the group and the
 * rules. left_out as of ward_metric_holds. NOMEM. */
enum { WARD_TALLY_EVENTS = 8 };
struct ward_tally {
	struct ward_measure measure;
	struct ward_part part[WARD_CORR_MEMBERS_MAX];
	struct ward_id event[WARD_CORR_MEMBERS_MAX][WARD_TALLY_EVENTS];
	size_t n_part;
	char value[32];
};
WARD_MUST_CHECK enum ward_err ward_corr_tally(struct ward_detector *det,
	const struct ward_group_state *g, struct ward_window w, const bool *left_out,
	struct ward_tally *ret);

/* chain.c: correlations over correlations. What they are told waits until no group is in hand. */
/* The window as it stands, to all above it, if that is news. */
WARD_MUST_CHECK enum ward_err ward_chain_tell(struct ward_detector *det,
	const struct ward_group_state *g, struct ward_window w, struct ward_shown *s);
/* It is no more. */
WARD_MUST_CHECK enum ward_err ward_chain_untell(
	struct ward_detector *det, const struct ward_group_state *g, struct ward_shown *s);
/* Gives out what waits. */
WARD_MUST_CHECK enum ward_err ward_chain_drain(
	struct ward_detector *det, const struct ward_outlet *out);
void ward_chain_fini(struct ward_detector *det);
/* The values that the correlation's entries keep, of the current event; behind subject and actor
 * in the entry's text. */
WARD_MUST_CHECK enum ward_err ward_chain_keep(
	struct ward_detector *det, const struct ward_corr *c, uint32_t map, struct ward_wr *w);
/* Of one field of the current event. */
void ward_axis_of(struct ward_detector *det, const struct ward_value *v, struct ward_axis *ret);

/* neigh.c: nodes within the correlation's hops of the place or the room of the asset, itself
 * first; 0: no place is known. */
enum { WARD_NEAR_MAX = 64 };
size_t ward_corr_near(const struct ward_detector *det, const struct ward_corr *c,
	const struct ward_entry *e, uint32_t ret[WARD_NEAR_MAX]);

/* metric.c: does what is in the window meet the condition? Where bundles reach beyond its end it is
 * judged by the part that is known. left_out[w.to - w.from] (may be NULL) is set for entries that
 * do not count as evidence. NOMEM. */
struct ward_verdict {
	bool holds, partial;
};
WARD_MUST_CHECK enum ward_err ward_metric_holds(const struct ward_mem *mem,
	const struct ward_corr *c, const struct ward_entry *entry, struct ward_window w,
	bool *left_out, struct ward_verdict *ret);
/* A window's sum, average, percentile or highest share in percent, in thousandths. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_metric_milli(const struct ward_mem *mem,
	const struct ward_corr *c, const struct ward_entry *entry, struct ward_window w,
	int64_t *ret);

#endif
