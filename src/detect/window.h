/* Inside the room: which windows a group's entries make. A pure function of the set of entries,
 * so that the order of their arrival does not matter. */
#ifndef WARD_DETECT_WINDOW_H
#define WARD_DETECT_WINDOW_H

#include "detect/engine.h"

struct ward_window {
	size_t from, to; /* entries [from, to) */
};

/* The first window that begins at or after entry `from`, and not later than `last`: the smallest i
 * such that the entries within the timespan of entry i meet the condition's lower bound; it takes
 * all entries within that timespan. false when there is none. O(entries) up to the window's end, or
 * to a timespan behind `last`. */
bool ward_window_next(const struct ward_corr *c, const struct ward_group_state *g, size_t from,
	ward_ns last, struct ward_window *ret);
/* The first n entries are about to go: what counts for nothing after one of them (`not_after`)
 * begins no window later either. */
void ward_window_settle(const struct ward_corr *c, struct ward_group_state *g, size_t n);
/* The entries within the timespan of entry i, whatever the condition. */
struct ward_window ward_window_at(
	const struct ward_corr *c, const struct ward_entry *entry, size_t n, size_t i);
/* May a window begin with this entry? */
bool ward_window_begins(const struct ward_corr *c, const struct ward_entry *e);
/* Does each of what is counted come from an entry of its own, so that c->min of them are needed? */
bool ward_window_by_entry(const struct ward_corr *c);
/* The entry that met the condition of a window; when the condition is judged at the end, the last.
 * It does not depend on what comes behind it. */
size_t ward_window_complete(
	const struct ward_corr *c, const struct ward_entry *entry, struct ward_window w);
/* How many events stand in it. */
size_t ward_window_weight(const struct ward_group_state *g, struct ward_window w);
/* metric.c: does a sum of thousandths meet the condition? */
bool ward_metric_sum(const struct ward_corr *c, long double milli);
/* What a condition counts in a window: the entries, the rules, or the distinct values. */
size_t ward_window_size(
	const struct ward_corr *c, const struct ward_entry *entry, struct ward_window w);
/* Do the c->min entries from e on follow each other evenly: no interval farther from their mean
 * than c->jitter, and a second or more each? *ret_mean, *ret_jitter (per mille): how. */
bool ward_window_beat(const struct ward_corr *c, const struct ward_entry *e, ward_ns *ret_mean,
	uint64_t *ret_jitter);
/* Order of entries: time, member, id. Members before ids, so that temporal_ordered takes events of
 * one instant in the order of its rules. */
int ward_entry_cmp(const struct ward_entry *a, const struct ward_entry *b);

#endif
