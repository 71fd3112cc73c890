/* Private to this room: the lexical half of the JSON reader. Offsets never pass text.len. */
#ifndef WARD_EVENT_JSON_LEX_H
#define WARD_EVENT_JSON_LEX_H

#include "event/json.h"

/* The number at the start of s: its length, or 0 when there is none. NUM borrows s. */
size_t ward_json_lex_number(struct ward_str s, struct ward_value *ret);

/* The string whose opening quote is at *off. On success *off is behind the closing quote and *ret
 * is the text: borrowed when it has no escapes, else in the arena. Otherwise *off is where the
 * fault is and the result says which. halves (may be NULL): halves of surrogate pairs are no fault,
 * but U+FFFD, and counted. */
enum ward_json_reject ward_json_lex_string(struct ward_str text, size_t *off,
	struct ward_arena *arena, struct ward_str *ret, uint64_t *halves);

/* Finds where strings begin and end in the text: r->quotes. False: out of memory. */
WARD_MUST_CHECK bool ward_json_quotes(struct ward_json_reader *r, struct ward_str text);

static inline size_t ward_json_lex_blank(struct ward_str s, size_t off)
{
	while (off < s.len &&
		(s.p[off] == ' ' || s.p[off] == '\n' || s.p[off] == '\r' || s.p[off] == '\t'))
		off++;
	return off;
}

#endif
