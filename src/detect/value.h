/* Inside the room: what stands behind the bars of `field|modifier|…`, and what that makes of a
 * value. Sigma 2.1, appendix on modifiers. */
#ifndef WARD_DETECT_VALUE_H
#define WARD_DETECT_VALUE_H

#include "detect/load.h"

enum ward_mod {
	/* text into other texts, in the order written */
	WARD_MOD_WINDASH,
	WARD_MOD_EXPAND,
	WARD_MOD_WIDE, /* and utf16le */
	WARD_MOD_UTF16,
	WARD_MOD_UTF16BE,
	WARD_MOD_BASE64,
	WARD_MOD_BASE64OFFSET,
	/* where the value stands in the field */
	WARD_MOD_CONTAINS,
	WARD_MOD_STARTS,
	WARD_MOD_ENDS,
	/* what the value is, if not text */
	WARD_MOD_RE,
	WARD_MOD_CIDR,
	WARD_MOD_EXISTS,
	WARD_MOD_FIELDREF,
	WARD_MOD_LT,
	WARD_MOD_LTE,
	WARD_MOD_GT,
	WARD_MOD_GTE,
	WARD_MOD_MINUTE,
	WARD_MOD_HOUR,
	WARD_MOD_DAY,
	WARD_MOD_WEEK,
	WARD_MOD_MONTH,
	WARD_MOD_YEAR,
	/* how it is compared */
	WARD_MOD_RE_I,
	WARD_MOD_RE_M,
	WARD_MOD_RE_S,
	WARD_MOD_CASED,
	WARD_MOD_ALL,
	WARD_MOD_NEQ,
	WARD_MOD_N,
};

#define WARD_MOD_BIT(m) (1u << (m))
#define WARD_MOD_ENCODE                                                          \
	(WARD_MOD_BIT(WARD_MOD_WIDE) | WARD_MOD_BIT(WARD_MOD_UTF16) |            \
		WARD_MOD_BIT(WARD_MOD_UTF16BE) | WARD_MOD_BIT(WARD_MOD_BASE64) | \
		WARD_MOD_BIT(WARD_MOD_BASE64OFFSET))
#define WARD_MOD_STEPS \
	(WARD_MOD_BIT(WARD_MOD_WINDASH) | WARD_MOD_BIT(WARD_MOD_EXPAND) | WARD_MOD_ENCODE)
#define WARD_MOD_WRAPS                                                     \
	(WARD_MOD_BIT(WARD_MOD_CONTAINS) | WARD_MOD_BIT(WARD_MOD_STARTS) | \
		WARD_MOD_BIT(WARD_MOD_ENDS))
#define WARD_MOD_COMPARES                                                                     \
	(WARD_MOD_BIT(WARD_MOD_LT) | WARD_MOD_BIT(WARD_MOD_LTE) | WARD_MOD_BIT(WARD_MOD_GT) | \
		WARD_MOD_BIT(WARD_MOD_GTE))
#define WARD_MOD_TIMES                                                     \
	(WARD_MOD_BIT(WARD_MOD_MINUTE) | WARD_MOD_BIT(WARD_MOD_HOUR) |     \
		WARD_MOD_BIT(WARD_MOD_DAY) | WARD_MOD_BIT(WARD_MOD_WEEK) | \
		WARD_MOD_BIT(WARD_MOD_MONTH) | WARD_MOD_BIT(WARD_MOD_YEAR))

struct ward_mods {
	unsigned set;          /* WARD_MOD_BIT of each */
	enum ward_mod step[8]; /* of WARD_MOD_STEPS, in order */
	size_t n_step;
};

struct ward_mod_error {
	const char *reason; /* for the counts; lives forever, as all but the word */
	enum {
		WARD_MOD_VALUE,
		WARD_MOD_UNKNOWN,
		WARD_MOD_TWICE,
		WARD_MOD_BEHIND,
		WARD_MOD_ALONE
	} kind;
	const char *what; /* of a value; NULL: it has no value list for the word */
	struct ward_str word;
	const char *behind;
	const char *mend;
};

static inline bool ward_mods_has(const struct ward_mods *m, enum ward_mod mod)
{
	return (m->set & WARD_MOD_BIT(mod)) != 0;
}

/* Reads "a|b|c" behind the field's name (rest.p == NULL: none). false: *ret_error says why this
 * combination means nothing. */
bool ward_mods_parse(struct ward_str rest, struct ward_mods *ret, struct ward_mod_error *ret_error);

/* Texts of one value, in Sigma's notation (escapes, wildcards); in the ruleset's arena. */
struct ward_texts {
	struct ward_str *s;
	size_t n;
};

/* Applies the steps to one text. MALFORMED, NOT_FOUND (no such value list) and LIMIT with
 * *ret_error; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mods_apply(struct ward_ruleset *rs, const struct ward_mods *m,
	struct ward_str text, struct ward_texts *ret, struct ward_mod_error *ret_error);

#endif
