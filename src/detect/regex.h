/* Regular expressions that can't be made slow: a small automaton, no backtracking.
 *
 * The Sigma flavour (specification, appendix on modifiers) and what community rules use beyond it:
 * literals, `.`, classes with ranges and negation, ( ) and (?: ), |, * + ? {m} {m,} {m,n} (also
 * lazy, which changes nothing about whether there is a match), ^ $ \A \z \Z \b \B,
 * \d \w \s and their capitals (ASCII), \t \n \r \f \v \a \e \0 \xHH \x{H…}, a backslash before
 * punctuation, and (?i) (?m) (?s), for the rest of the group or as (?i: ). Anything else is an
 * error with its offset: look-around, back-references, possessive quantifiers, \p, named groups.
 *
 * Text is read as code points of UTF-8. Matching is a set simulation (Thompson 1968): time
 * O(text x program), memory O(program), whatever the pattern. Patterns and text are untrusted. */
#ifndef WARD_DETECT_REGEX_H
#define WARD_DETECT_REGEX_H

#include "base/mem.h"

enum {
	WARD_REGEX_PROGRAM_MAX = 20000, /* instructions of one expression; detect.regex is less */
	WARD_REGEX_REPEAT_MAX = 1000,   /* {m,n} */
	WARD_REGEX_DEPTH_MAX = 64,      /* nested groups */
};

enum ward_regex_flags {
	WARD_REGEX_I = 1, /* letters of both cases */
	WARD_REGEX_M = 2, /* ^ and $ at each line */
	WARD_REGEX_S = 4, /* . is a line feed too */
};

struct ward_regex;

struct ward_regex_error {
	size_t off;       /* where in the pattern */
	const char *what; /* lives forever */
};

/* Compiles into the arena, which holds the program alone. MALFORMED, UNSUPPORTED, LIMIT (then
 * *ret_error says where), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_regex_compile(struct ward_arena *a, struct ward_str pattern,
	unsigned flags, const struct ward_regex **ret, struct ward_regex_error *ret_error);
/* regex_need.c: texts of which at least one stands in every text that matches, both folded: at most
 * max, none when there are no such; in the arena. Fewer and longer ones are preferred. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_regex_need(const struct ward_regex *re, struct ward_arena *a,
	struct ward_str *ret, size_t max, size_t *ret_n);
/* Instructions: what ward_regex_match needs as scratch. */
size_t ward_regex_size(const struct ward_regex *re);

/* Working memory for matching expressions of up to `cap` instructions. */
struct ward_regex_scratch {
	uint32_t *mem; /* 6 * cap */
	size_t cap;
	const struct ward_mem *m;
	uint64_t steps; /* instructions tried so far: what matching costs */
};
/* Borrows mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_regex_scratch_init(
	struct ward_regex_scratch *s, const struct ward_mem *mem, size_t cap);
void ward_regex_scratch_fini(struct ward_regex_scratch *s);

/* Is there a match anywhere in text? s->cap >= ward_regex_size(re). */
bool ward_regex_match(
	const struct ward_regex *re, struct ward_regex_scratch *s, struct ward_str text);

#endif
