/* The watch of each post, out of the rows of decisions: who mans it since when, its log, what is
 * still out or promised, and hand-overs with their sheet.
 *
 * A post is manned from when somebody takes it over until they hand it over. A hand-over is open
 * until one of its roles accepts it; until then nobody mans the post. What a role may not do, or
 * what names what is not there, is no part of it (watch.void). Bounded: of each post the last
 * entries, those that are open last to go. Pure, single-threaded. Faces rows that hold what people
 * wrote. */
#ifndef WARD_SHIFT_WATCH_H
#define WARD_SHIFT_WATCH_H

#include "base/counter.h"
#include "base/id.h"
#include "desk/decision.h"
#include "watch/posts.h"
#include "watch/sheet.h"

enum { WARD_SHIFT_ENTRIES = 256 }; /* of each post */

/* X(NAME, "name", stays open until it is done). The last two are decisions of their own. */
#define WARD_SHIFT_LIST(X)              \
	X(KEY, "key", true)             \
	X(VISITOR, "visitor", true)     \
	X(ROUND, "round", false)        \
	X(FAULT, "fault", true)         \
	X(PROMISE, "promise", true)     \
	X(OTHER, "other", false)        \
	X(HAND_OVER, "hand-over", true) \
	X(TAKE_OVER, "take-over", false)

enum ward_shift_what {
#define X(NAME, name, open) WARD_SHIFT_##NAME,
	WARD_SHIFT_LIST(X)
#undef X
		WARD_SHIFT_N,
};
/* "key". Lives forever. */
const char *ward_shift_name(enum ward_shift_what k);

struct ward_shift_entry {
	struct ward_id id;
	enum ward_shift_what what;
	ward_ns at, due, done; /* NEVER */
	bool open;             /* a key is out, a promise is not kept, nobody took it over */
	bool intact;           /* of a hand-over: the sheet has the hash that was handed over */
	char hash[WARD_SHEET_HASH];
	/* its own, in `own`; names are empty where the console did not say them */
	struct ward_str person, name, role, text, sheet;
	struct ward_str done_by, done_name;
	struct ward_str own, own_done;
};

struct ward_shift_post {
	const struct ward_watchpost *is;
	const struct ward_shift_entry *began;   /* of who mans it; NULL: nobody does */
	const struct ward_shift_entry *waiting; /* a hand-over that nobody has accepted; or NULL */
	struct ward_shift_entry **entry;        /* in their order */
	size_t n, cap;
	uint64_t forgotten; /* entries */
	bool ever;          /* somebody manned it */
};

struct ward_shift;
struct ward_shift_opts {
	const struct ward_mem *mem; /* pointers are borrowed for its life */
	const struct ward_model *model;
	const struct ward_watchposts *posts;
	struct ward_counters *counters; /* watch.void, watch.forgotten; or NULL */
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_shift_new(
	const struct ward_shift_opts *o, struct ward_shift **ret);
void ward_shift_free(struct ward_shift *w);

/* A row of kind decision, read; others are passed over. *ret_moved (may be NULL): who mans a post
 * has changed. NOMEM: the row is lost. */
WARD_MUST_CHECK enum ward_err ward_shift_take(
	struct ward_shift *w, const struct ward_conf *row, bool *ret_moved);

size_t ward_shift_n(const struct ward_shift *w);
const struct ward_shift_post *ward_shift_at(const struct ward_shift *w, size_t i);
/* NULL: there is none. */
const struct ward_shift_post *ward_shift_post(const struct ward_shift *w, struct ward_str id);
/* The entry of this id, and whose it is; NULL. */
const struct ward_shift_entry *ward_shift_find(
	const struct ward_shift *w, struct ward_id id, const struct ward_shift_post **ret);

/* Why it can't be decided as things are, a sentence that lives forever; NULL: it can. The same is
 * asked of each row. kind: of a log's args. */
const char *ward_shift_refuses(
	const struct ward_shift *w, const struct ward_decision *d, struct ward_str kind);

/* Forgets what is older, but who mans a post and what waits. Was there any? O(entries). */
bool ward_shift_expire(struct ward_shift *w, ward_ns before);

/* Has this role posts, of which one was manned before and none is now? Then what it took has no
 * owner who is there. */
bool ward_shift_absent(const struct ward_shift *w, struct ward_str role);

#endif
