/* The learned normal: what each thing usually does, and what is not that.
 *
 * Profiles (content/baselines, docs/baselines.md) say which events to look at, whose they are (the
 * key) and what to learn of them (dimensions): which values, how large, how many in an hour, at
 * which hours. Plain statistics that a person can read, edit and approve: counts, first and last
 * sight, least, greatest, a histogram. A deviation is a detection that says in words how far from
 * usual it is. Memory is bounded by baseline.* of base/limit.h. Events are trusted to be well
 * formed, not to be true. Single-threaded; reads no clock. */
#ifndef WARD_DETECT_BASELINE_BASELINE_H
#define WARD_DETECT_BASELINE_BASELINE_H

#include "base/json.h"
#include "detect/detect.h"
#include "model/model.h"

enum { WARD_BL_HOLD_S = 60 }; /* how long events of ordered profiles wait */

struct ward_bl_profiles;

/* All *.yml of a directory, in byte order of their names. threats may be NULL (then no codes are
 * checked); with a model, pass its own, so that threats of detections are its indices. Borrows
 * names, lim, mem. CONFIG when a finding was added, IO, NOMEM; *ret is then not given. */
WARD_MUST_CHECK enum ward_err ward_bl_profiles_load(const char *dir,
	const struct ward_threats *threats, struct ward_names *names, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_bl_profiles **ret);
/* The same from one text. */
WARD_MUST_CHECK enum ward_err ward_bl_profiles_parse(struct ward_str file, struct ward_slice text,
	const struct ward_threats *threats, struct ward_names *names, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_bl_profiles **ret);
void ward_bl_profiles_free(struct ward_bl_profiles *p);
size_t ward_bl_profiles_n(const struct ward_bl_profiles *p);

enum ward_bl_mode {
	WARD_BL_LIVE,  /* each key learns for its profile's time, then it is judged */
	WARD_BL_LEARN, /* everything is usual */
	WARD_BL_JUDGE, /* what is known is all that is usual; nothing is learned */
};

struct ward_bl_config {
	enum ward_bl_mode mode;
	uint64_t min_events;            /* 0: as the profiles say */
	const struct ward_model *model; /* may be NULL; names assets and places of detections, and
					   knows the ways between them */
	bool persons; /* there is an agreement with the staff: profiles of persons are on */
};

struct ward_bl_stats {
	uint64_t n_event;         /* that a profile took */
	uint64_t n_unkeyed;       /* without a value for the key */
	uint64_t n_late;          /* of an hour that was counted already: not counted in rates */
	uint64_t n_evicted_key;   /* given up at a limit */
	uint64_t n_evicted_value; /* the same; the set is then open and not judged */
	uint64_t n_detection;
	uint64_t n_repeated; /* deviations that were told before */
	uint64_t n_drifted;  /* deviations that became usual with time */
	uint64_t n_hurried;  /* judged before their turn: too many waited */
	uint64_t n_shared;   /* at two places at once, as always: used by several */
	uint64_t n_withheld; /* events that a profile of persons would have taken: no agreement */
	uint64_t n_dropped;  /* saved lines of profiles that are no more, or are others now */
	uint64_t n_off;      /* saved lines with something learned of persons: no agreement */
};

struct ward_baseline;

/* Borrows profiles and cfg's model, and what the profiles borrow. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_baseline_new(const struct ward_bl_profiles *p,
	const struct ward_bl_config *cfg, const struct ward_mem *mem, struct ward_baseline **ret);
void ward_baseline_free(struct ward_baseline *b);
struct ward_bl_stats ward_baseline_stats(const struct ward_baseline *b);

/* Takes in one event at `time` (its own, or the one that it is trusted to have). Detections are
 * valid during the call of sink. O(1), but for the giving up at limits (O(1) amortised). NOMEM
 * leaves a valid state that lacks a part of this event. */
WARD_MUST_CHECK enum ward_err ward_baseline_event(struct ward_baseline *b,
	const struct ward_event *e, ward_ns time, ward_detect_sink sink, void *ctx);

/* It is at least `now`: events of ordered profiles (they wait a minute) that nothing can come
 * before any more are judged; WARD_NS_NEVER: all. NOMEM as above. */
WARD_MUST_CHECK enum ward_err ward_baseline_tick(
	struct ward_baseline *b, ward_ns now, ward_detect_sink sink, void *ctx);

/* All that is known as JSON lines (README.md), sorted: the same knowledge is the same text;
 * profiles that are off have no lines. Can fail only by w's limit or memory (then w is bad). */
void ward_baseline_save(struct ward_baseline *b, struct ward_wr *w);
/* Adds what a text says to what is known. VERSION, MALFORMED (*ret_line, which may be NULL, is the
 * line, from 1), LIMIT, NOMEM: then it may only be freed. Untrusted text. */
WARD_MUST_CHECK enum ward_err ward_baseline_load(
	struct ward_baseline *b, struct ward_slice text, uint64_t *ret_line);

/* The deviation that gave this detection is usual from now on, because `who` says so at `time` for
 * the reason `why`. NOT_FOUND, NOMEM. O(known). */
WARD_MUST_CHECK enum ward_err ward_baseline_approve(struct ward_baseline *b, struct ward_id id,
	struct ward_str who, struct ward_str why, ward_ns time);
/* Forgets a profile's keys, or the one whose parts, joined by blanks, are `key` (empty: all). How
 * many went. O(known). */
size_t ward_baseline_forget(struct ward_baseline *b, struct ward_str profile, struct ward_str key);

/* What is known as tables for people; `profile` empty: of all profiles. At most `rows` values per
 * dimension of a key; how many more there are is said. */
void ward_baseline_show(
	struct ward_baseline *b, struct ward_str profile, size_t rows, struct ward_wr *w);

/* What is usual of one thing. */
struct ward_bl_about {
	struct ward_str thing; /* what stands first in a key: an asset, an address */
	ward_ns now;           /* of what is known: is it learned by then? */
	size_t rows;           /* of a dimension, at most; how many more there are is said */
	size_t bytes;          /* where what is written is longer, further keys are counted only */
	/* Words of profiles in the reader's language; NULL: as they are written. */
	struct ward_str (*say)(void *ctx, struct ward_str english);
	void *ctx;
};
/* {"usual": […], "more": N}: an object for each key of a profile that begins with the thing, by
 * profile, then key. Nothing of persons. O(known). */
void ward_baseline_about(
	struct ward_baseline *b, const struct ward_bl_about *ask, struct ward_json *j);

#endif
