/* Private to regex.c (the parser) and regex_program.c (what it writes). */
#ifndef WARD_DETECT_REGEX_PARSER_H
#define WARD_DETECT_REGEX_PARSER_H

#include "detect/regex_impl.h"

/* A fragment is a run of instructions entered at its first and left behind its last; jumps are
 * relative, so fragments are joined, moved and copied as they are. */
struct ward_regex_group {
	size_t start;       /* first instruction of the group */
	size_t alternative; /* first instruction of the alternative being read */
	size_t jumps;       /* the newest JUMP to the group's end + 1, linked by x; 0 is none */
	unsigned flags;     /* to restore behind the group */
};

struct ward_regex_parser {
	struct ward_arena *arena;
	struct ward_str s;
	size_t off;
	unsigned flags;
	struct ward_regex_inst *inst;
	size_t n_inst, cap_inst;
	struct ward_regex_class *class;
	size_t n_class, cap_class;
	struct ward_regex_range *range; /* of the class being read */
	size_t n_range;
	struct ward_regex_group group[WARD_REGEX_DEPTH_MAX];
	size_t depth;
	size_t atom; /* start of what a quantifier applies to; SIZE_MAX: nothing */
	enum ward_err err;
	struct ward_regex_error error;
};

/* The first failure counts. */
void ward_regex_fail(struct ward_regex_parser *p, enum ward_err err, const char *what);
/* Puts one instruction at the end. */
void ward_regex_emit(struct ward_regex_parser *p, enum ward_regex_op op, int32_t x);
/* Puts one instruction before the fragment at `at`. */
void ward_regex_insert(struct ward_regex_parser *p, size_t at, enum ward_regex_op op, int32_t x);
/* How far it is to jump. */
int32_t ward_regex_distance(size_t from, size_t to);
/* Replaces the last atom by min to max copies of it; max == UINT32_MAX is without end. */
void ward_regex_repeat(struct ward_regex_parser *p, uint32_t min, uint32_t max);

#endif
