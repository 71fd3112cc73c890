/* Internal to the room. */
#ifndef WARD_LAW_DRAFT_PRIV_H
#define WARD_LAW_DRAFT_PRIV_H

#include "law/draft/draft.h"

/* Local: for an authority as ISO 8601 has it, with its distance from UTC; in a letter as people
 * write it. Nothing of NEVER. */
void draft_time(const struct ward_draft_ask *q, struct ward_wr *w, ward_ns t);
/* tell.c: what the record says; nothing is written if it says nothing. */
void draft_record(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w);

/* What the record lists, each once, in its order; in the report's arena. */
struct draft_list {
	struct ward_str *item;
	size_t n;
};
/* code: ids and codes in place of words, where there are some. False: out of memory. */
bool draft_list(
	const struct ward_draft_ask *q, enum ward_law_tell t, bool code, struct draft_list *ret);

/* The word on a field that stands over all else; NULL: none. */
const struct ward_law_said *draft_own(
	const struct ward_draft_ask *q, const struct ward_law_field *f);
/* Of what was sent for a rule of the form its last; NULL: nobody said so. */
const struct ward_law_said *draft_sent(
	const struct ward_draft_ask *q, const struct ward_law_field *f);
/* What the hospital says of itself. */
struct ward_str draft_hospital(const struct ward_draft_ask *q, struct ward_str key);
/* gist.c: the digest of what counts in a field. NOMEM. */
WARD_MUST_CHECK enum ward_err draft_gist(const struct ward_draft_ask *q,
	const struct ward_law_field *f, char ret[WARD_DRAFT_GIST + 1]);
/* Whether a field is as it was when `sum` was kept of it. UNKNOWN: an earlier version of Ward kept
 * it, by words that may have become others. NOMEM. */
enum draft_same { DRAFT_UNKNOWN, DRAFT_SAME, DRAFT_OTHER };
WARD_MUST_CHECK enum ward_err draft_same(const struct ward_draft_ask *q,
	const struct ward_law_field *f, struct ward_str sum, enum draft_same *ret);
/* The first digits of a text's SHA-256. */
void draft_hex(struct ward_str s, char *ret, size_t digits);

#endif
