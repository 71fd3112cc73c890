/* Inside the learned normal: what its files do for each other. */
#ifndef WARD_DETECT_BASELINE_PRIV_H
#define WARD_DETECT_BASELINE_PRIV_H

#include "detect/baseline/state.h"

/* table.c: what is remembered, and what is given up. */
struct ward_id ward_bl_key_id(const struct ward_bl_profile *p, struct ward_str key);
/* Of the detection that the key is new. */
struct ward_id ward_bl_new_id(const struct ward_bl_key *k);
struct ward_id ward_bl_entry_id(const struct ward_bl_key *k, size_t dim, struct ward_str text);
struct ward_bl_key *ward_bl_key_find(const struct ward_baseline *b, struct ward_id id);
/* A new key without events; others are given up at a limit. */
WARD_MUST_CHECK enum ward_err ward_bl_key_new(struct ward_baseline *b, struct ward_id id,
	uint32_t profile, struct ward_str text, struct ward_bl_key **ret);
void ward_bl_key_free(struct ward_baseline *b, struct ward_bl_key *k);
/* Forgets the keys for which `gone` is true. */
size_t ward_bl_keys_drop(
	struct ward_baseline *b, bool (*gone)(void *ctx, const struct ward_bl_key *k), void *ctx);
/* Copies texts where there are none; LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_bl_approval_set(struct ward_baseline *b,
	struct ward_bl_approval *a, struct ward_str who, struct ward_str why, ward_ns at);
void ward_bl_approval_fini(struct ward_baseline *b, struct ward_bl_approval *a);
struct ward_bl_entry *ward_bl_entry_find(const struct ward_baseline *b, struct ward_id id);
/* A new entry without events; *ret NULL when the dimension is full of what can't be given up. */
WARD_MUST_CHECK enum ward_err ward_bl_entry_new(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_str text, struct ward_bl_entry **ret);
/* Counts n sights of an entry between two times; keeps the sums of its dimension and group. */
WARD_MUST_CHECK enum ward_err ward_bl_entry_see(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_bl_entry *en, uint64_t n, ward_ns first, ward_ns last);
/* An odd entry is usual from now on. */
WARD_MUST_CHECK enum ward_err ward_bl_entry_accept(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_bl_entry *en, enum ward_bl_state state);
WARD_MUST_CHECK enum ward_err ward_bl_number_see(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_bl_entry *en, int64_t milli, uint64_t n);
/* Adds to a bucket of an entry, and to its group's. */
WARD_MUST_CHECK enum ward_err ward_bl_bucket_add(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_bl_entry *en, int32_t bucket, uint64_t n);
/* Old numbers count half, once there are `most`, so that slow change is followed. */
WARD_MUST_CHECK enum ward_err ward_bl_age(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_bl_entry *en, uint64_t most);
/* Where it was last is this, at that time. */
WARD_MUST_CHECK enum ward_err ward_bl_stand(
	struct ward_baseline *b, struct ward_bl_dim_state *d, struct ward_str where, ward_ns at);
/* Within the bytes again, by giving up keys. */
WARD_MUST_CHECK enum ward_err ward_bl_trim(struct ward_baseline *b);
/* Sorted by profile, then text; in place. */
void ward_bl_sort_keys(struct ward_baseline *b);
/* The entries of a dimension, sorted by text, in an array of the arena; NULL: no memory or none. */
struct ward_bl_entry **ward_bl_sorted(
	struct ward_arena *a, const struct ward_bl_dim_state *d, bool by_count);

/* peers.c: keys of a kind. */
void ward_bl_leave(struct ward_baseline *b, struct ward_bl_key *k);
/* The key is of this group from now on. */
WARD_MUST_CHECK enum ward_err ward_bl_join(
	struct ward_baseline *b, struct ward_bl_key *k, struct ward_str group);
/* A member has a usual value more, or less. Without a group: nothing. */
WARD_MUST_CHECK enum ward_err ward_bl_gain(
	struct ward_baseline *b, struct ward_bl_key *k, size_t dim, const struct ward_bl_entry *en);
void ward_bl_lose(
	struct ward_baseline *b, struct ward_bl_key *k, size_t dim, const struct ward_bl_entry *en);
/* Does the sum of a group's numbers hold those of this entry? */
bool ward_bl_counts(const struct ward_bl_profile *p, size_t dim, const struct ward_bl_entry *en);
/* Finds the key's group by the event in hand or by its home, at every doubling of its events. */
WARD_MUST_CHECK enum ward_err ward_bl_regroup(struct ward_baseline *b, struct ward_bl_key *k);
/* How many of its peers there are, and how many of them have a value that it has not. */
size_t ward_bl_peers(const struct ward_bl_key *k);
uint64_t ward_bl_peers_have(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim,
	struct ward_str text);
/* May its peers judge a value that it and they never had? */
bool ward_bl_peers_closed(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim);
/* The most events in an hour that is not odd for its peers, in thousandths; INT64_MAX: not known.
 */
int64_t ward_bl_peers_most(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim);
/* "; 2 of the 57 like it (surgeons) have"; no figures of fewer than five persons. */
void ward_bl_put_peers(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim,
	struct ward_str text, struct ward_wr *w);

/* held.c: events in the order of their time. */
WARD_MUST_CHECK enum ward_err ward_bl_held_init(struct ward_baseline *b);
void ward_bl_held_fini(struct ward_baseline *b);
/* Keeps a copy of the event in hand; *ret false: it is too late or too large to wait. */
WARD_MUST_CHECK enum ward_err ward_bl_hold(struct ward_baseline *b, bool *ret);
/* One that was saved; MALFORMED when it is none. */
WARD_MUST_CHECK enum ward_err ward_bl_hold_bytes(
	struct ward_baseline *b, ward_ns time, struct ward_slice bytes);
/* Gives those that nothing can come before any more to the ordered profiles. */
WARD_MUST_CHECK enum ward_err ward_bl_release(struct ward_baseline *b, ward_ns until);
/* The event in hand to the profiles of a mask. */
WARD_MUST_CHECK enum ward_err ward_bl_look(struct ward_baseline *b, uint64_t mask);
WARD_MUST_CHECK enum ward_err ward_bl_mask(struct ward_baseline *b, uint32_t class, uint64_t *ret);

/* What is said of a deviation. */
struct ward_bl_words {
	struct ward_str reason;
	struct ward_str measured, usual; /* beside each other; empty: the reason says it */
};

/* way.c: from one place to another. */
/* What the key is to the event in hand. */
struct ward_bl_look {
	struct ward_bl_key *key;
	const struct ward_bl_profile *p;
	bool learning; /* everything is usual */
	bool judged;   /* enough is known */
	bool frozen;   /* nothing is learned */
};
WARD_MUST_CHECK enum ward_err ward_bl_way(
	struct ward_baseline *b, const struct ward_bl_look *l, size_t dim);
/* Told once per text; after that it is counted. milli: the number, if the dimension has one. */
WARD_MUST_CHECK enum ward_err ward_bl_deviate(struct ward_baseline *b, const struct ward_bl_look *l,
	size_t dim, struct ward_str text, const int64_t *milli, const struct ward_bl_words *words);
/* by, then how far beyond: each doubling is a deviation of its own. */
struct ward_str ward_bl_beyond(struct ward_str by, const char *side, int64_t v, struct ward_wr *w);
/* rate.c: one event more in its hour. */
WARD_MUST_CHECK enum ward_err ward_bl_rate_see(
	struct ward_baseline *b, const struct ward_bl_look *l, size_t dim);

/* value.c: of an event to texts and numbers. */
/* Joined parts, item i of lists; false when a part has no value. text holds WARD_BL_TEXT_MAX. */
bool ward_bl_text(const struct ward_event *e, const struct ward_bl_parts *p, size_t i, char *text,
	struct ward_str *ret);
/* How many items the lists among the parts have; 1 without lists. */
size_t ward_bl_items(const struct ward_event *e, const struct ward_bl_parts *p);
/* In thousandths; false when it is no number or does not fit. */
bool ward_bl_milli(struct ward_str s, int64_t *ret);
bool ward_bl_number(
	const struct ward_event *e, const struct ward_bl_part *p, size_t i, int64_t *ret);
bool ward_bl_takes(const struct ward_bl_profile *p, const struct ward_event *e);

/* judge.c */
/* Is a value that was never seen news for this dimension? Not while it keeps growing: by Good and
 * Turing the chance that the next one is new is that of the values seen once. */
bool ward_bl_closed(const struct ward_bl_dim_state *d);
struct ward_bl_bounds {
	int64_t low, high;       /* what was usual, without the rare top */
	int64_t lowest, highest; /* beyond these is a deviation */
};
/* The bounds that learning ended with, once. */
void ward_bl_anchor(struct ward_bl_entry *en, int64_t low, int64_t high);
struct ward_bl_bounds ward_bl_bounds(const struct ward_bl_dim *d, const struct ward_bl_entry *en);
struct ward_bl_usual {
	int64_t usual; /* thousandths: the median of this hour of the week, shrunk */
	int64_t limit; /* more is a deviation */
};
struct ward_bl_usual ward_bl_rate(
	const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim, ward_ns hour);
/* "Tue 03" */
struct ward_str ward_bl_hour_text(ward_ns t, char ret[16]);
/* "workday 03" */
struct ward_str ward_bl_day_text(ward_ns t, int shift, char ret[16]);

/* tell.c: a deviation as a detection. */
struct ward_bl_told {
	const struct ward_bl_key *key;
	size_t dim;            /* WARD_BL_DIMS_MAX: the key itself is new */
	struct ward_id id;     /* names it for ever */
	struct ward_str value; /* parts */
	const struct ward_bl_words *words;
	bool common; /* a third of its peers have it: told as information only */
};
void ward_bl_tell(struct ward_baseline *b, const struct ward_bl_told *t);
void ward_bl_put_parts(struct ward_wr *w, struct ward_str text);
void ward_bl_put_milli(struct ward_wr *w, int64_t milli);
void ward_bl_put_span(struct ward_wr *w, ward_ns span);

const char *ward_bl_kind_name(enum ward_bl_kind k);
const char *ward_bl_state_name(enum ward_bl_state s);

#endif
