/* Many literals at once: which of a set stand in a text, at its start, at its end, anywhere, or are
 * the whole of it. Case is ignored as fold.h says.
 *
 * A literal that may stand anywhere is looked for by one of its runs of four bytes (a run of one
 * to three when it has no more): a bit per hash of such runs, as small as the first cache, says
 * that most places of the text begin none of them. The others are looked up by the hash of as many
 * bytes as they have, from each end. No set-up per text, no state: O(text x literals that share
 * their run) at worst, O(text) on all text that was not written against the set. The set is
 * read-only once made and may serve many threads; texts are untrusted. */
#ifndef WARD_DETECT_LITERALS_H
#define WARD_DETECT_LITERALS_H

#include "base/hash.h"

enum ward_literal_place {
	WARD_LITERAL_ANYWHERE,
	WARD_LITERAL_WHOLE,
	WARD_LITERAL_START,
	WARD_LITERAL_END,
	WARD_LITERAL_PLACE_N,
};

struct ward_literal {
	struct ward_str text; /* folded, not empty; lives as long as the set */
	enum ward_literal_place place;
};

struct ward_literals;

/* The numbers of what was found: each once, in no particular order. Room for all of the set. */
struct ward_literal_hits {
	uint32_t *hit;
	size_t n;
	uint64_t *seen; /* a bit per literal; all clear between calls */
	uint64_t steps; /* bytes and literals looked at so far: what a call costs */
};

/* Makes a set of n literals in the arena; borrows literal. long_texts: most texts will have more
 * than a few hundred bytes. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_literals_new(struct ward_arena *a,
	const struct ward_literal *literal, size_t n, bool long_texts,
	const struct ward_literals **ret);

/* Adds the numbers (positions in `literal`) of those that s holds. s is folded, or plain ASCII. */
void ward_literals_find(
	const struct ward_literals *set, struct ward_str s, struct ward_literal_hits *hits);
/* Does s hold any of them? For a set of at most WARD_LITERALS_ANY_MAX. */
enum { WARD_LITERALS_ANY_MAX = 64 };
bool ward_literals_any(const struct ward_literals *set, struct ward_str s);
/* Forgets what was found. */
void ward_literal_hits_clear(struct ward_literal_hits *hits);

#endif
