/* Sigma string values: literal text with the wildcards * (any run) and ? (one character).
 *
 * Escapes by the specification ("Escape Character"): \* \? \\ are plain, a backslash before any
 * other character is a backslash. Patterns see untrusted text and match in O(text x pattern)
 * at worst, without backtracking over earlier wildcards. */
#ifndef WARD_DETECT_PATTERN_H
#define WARD_DETECT_PATTERN_H

#include "base/mem.h"

/* One run without '*'. one[] lists the offsets in text where a '?' stands before the byte. */
struct ward_segment {
	struct ward_str text; /* without the wildcards */
	uint32_t *one;        /* n_one ascending offsets into text, may repeat */
	uint32_t n_one;
};

struct ward_pattern {
	struct ward_segment *seg;
	uint32_t n_seg;
	bool open_start, open_end; /* a '*' at that end */
	bool folded;               /* text was case-folded: match folded values only */
};

enum ward_pattern_wrap { /* what a modifier adds */
	WARD_PATTERN_EXACT = 0,
	WARD_PATTERN_STARTS = 1, /* '*' at the end */
	WARD_PATTERN_ENDS = 2,   /* '*' at the start */
	WARD_PATTERN_CONTAINS = 3,
};

/* One step of a value's text: a byte as it is (in *ret_byte), or a wildcard. */
enum ward_pattern_token { WARD_PATTERN_BYTE, WARD_PATTERN_ONE, WARD_PATTERN_ANY };
/* *off < s.len; moves it behind the token. */
enum ward_pattern_token ward_pattern_next(struct ward_str s, size_t *off, char *ret_byte);

/* Compiles s into the arena. fold: for case-insensitive matching. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_pattern_compile(struct ward_arena *a, struct ward_str s,
	enum ward_pattern_wrap wrap, bool fold, struct ward_pattern *ret);
/* Does the whole of s match? s must be folded when p->folded (ward_fold). */
bool ward_pattern_match(const struct ward_pattern *p, struct ward_str s);
/* Has it no wildcard at all? */
bool ward_pattern_plain(const struct ward_pattern *p);

#endif
