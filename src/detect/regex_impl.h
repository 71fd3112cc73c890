/* Shared by regex.c (parser) and regex_match.c: the program. */
#ifndef WARD_DETECT_REGEX_IMPL_H
#define WARD_DETECT_REGEX_IMPL_H

#include "detect/regex.h"

enum ward_regex_op {
	WARD_REGEX_OP_CHAR,    /* x: the code point */
	WARD_REGEX_OP_CHAR_I,  /* x: the folded code point */
	WARD_REGEX_OP_ANY,     /* any but line feed */
	WARD_REGEX_OP_ANY_NL,  /* any */
	WARD_REGEX_OP_CLASS,   /* x: index of the class */
	WARD_REGEX_OP_CLASS_I, /* the same, either case */
	WARD_REGEX_OP_SPLIT,   /* goes on at +1 and at x */
	WARD_REGEX_OP_JUMP,    /* goes on at x */
	WARD_REGEX_OP_TEXT_START,
	WARD_REGEX_OP_TEXT_END,  /* the very end */
	WARD_REGEX_OP_LAST_LINE, /* the end, or before a line feed that ends the text */
	WARD_REGEX_OP_LINE_START,
	WARD_REGEX_OP_LINE_END,
	WARD_REGEX_OP_WORD_EDGE,
	WARD_REGEX_OP_NO_EDGE,
	WARD_REGEX_OP_MATCH,
};

struct ward_regex_inst {
	uint32_t op;
	int32_t x; /* SPLIT, JUMP: relative to this instruction, so that fragments can be moved */
};

struct ward_regex_range {
	uint32_t lo, hi;
};

struct ward_regex_class {
	uint64_t ascii[2];              /* bit per code point below 128, negation applied */
	struct ward_regex_range *range; /* as written */
	uint32_t n_range;
	bool negated;
};

struct ward_regex {
	struct ward_regex_inst *inst;
	size_t n_inst;
	struct ward_regex_class *class;
	size_t n_class;
	size_t run; /* as many of what inst[0] takes in a row are a match, and nothing else is; 0:
		       it is not so */
	bool any_first; /* a match may begin anywhere */
	/* Bit k of a byte: it may stand k bytes behind where a match begins, or the match is
	 * shorter. All bits of those that are not ASCII. */
	uint8_t begin[256];
};

enum { WARD_REGEX_BEGIN = 3, WARD_REGEX_OTHER = 0x80 }; /* places that begin[] knows; not ASCII */

/* regex_first.c: sets any_first, begin and run. */
WARD_MUST_CHECK enum ward_err ward_regex_find_first(struct ward_regex *re, struct ward_arena *a);

#endif
