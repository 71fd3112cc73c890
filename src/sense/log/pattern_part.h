/* Private to the patterns: how a set is held. Everything but the trees lies in the set's arena. */
#ifndef WARD_SENSE_LOG_PATTERN_PART_H
#define WARD_SENSE_LOG_PATTERN_PART_H

#include "conf/conf.h"
#include "sense/log/pair.h"
#include "sense/log/pattern.h"
#include "sense/log/pattern_type.h"

/* Where a value goes. WARD_NONE: nowhere. */
struct ward_log_target {
	uint32_t field;
	uint32_t host; /* HOST: the field of what is a name and no address */
	enum ward_log_type type;
};

/* A piece of a shape: the literal, then what follows it. */
struct ward_log_piece {
	struct ward_str before;
	struct ward_log_target to;
};

struct ward_log_pattern;

struct ward_log_shape {
	struct ward_log_pattern *pattern;
	struct ward_log_piece *piece;
	size_t n_piece;
	struct ward_str tail; /* the literal behind the last piece */
	uint32_t next;        /* shape that is tried after this one, or WARD_NONE */
	uint32_t layer;       /* of which load: the later come first */
};

struct ward_log_set {
	uint32_t field;
	struct ward_value v;
};

struct ward_log_when {
	uint32_t field;
	bool any; /* '*' */
	struct ward_str *value;
	size_t n_value;
};

struct ward_log_case {
	struct ward_log_when *when;
	size_t n_when;
	uint32_t class; /* WARD_NONE: the pattern's */
	struct ward_log_set *set;
	size_t n_set;
};

/* One of their words in ours. "4..6" stands for the numbers whose whole part is between them. */
struct ward_log_word {
	struct ward_str from; /* '*' stands for all others */
	bool range;
	int64_t low, high;
	struct ward_value to;
};

struct ward_log_values {
	uint32_t field;
	struct ward_log_word *word;
	size_t n;
};

/* A field whose value another one gets, too, before words are made ours. */
struct ward_log_also {
	uint32_t from;
	struct ward_log_target to;
};

/* One document: what its patterns have in common. */
struct ward_log_source {
	struct ward_str name, file;
	struct ward_str *app; /* in lower case; a '*' at the end stands for any rest */
	size_t n_app;
	struct ward_intern key; /* of the pairs: target[id] */
	uint64_t hint[4]; /* bits of ward_log_key_hint: keys without theirs are none of them */
	struct ward_log_target *target;
	uint32_t *target_name; /* n_target: the key as a field's name, for JSON */
	size_t n_target;
	struct ward_log_also *also;
	size_t n_also;
	uint32_t *time; /* of JSON: the first of these fields that has one is the record's */
	size_t n_time;
	struct ward_log_values *values;
	size_t n_values;
};

struct ward_log_pattern {
	struct ward_log_source *source;
	struct ward_str name; /* source.id */
	struct ward_str file;
	uint32_t line;
	uint32_t class;
	struct ward_str starts;         /* the line must begin so; nothing is taken */
	struct ward_log_target *column; /* of CSV */
	size_t n_column;
	char separator;
	struct ward_log_set *set;
	size_t n_set;
	struct ward_log_case *cases;
	size_t n_case;
	uint32_t *member; /* JSON: the members that must be there */
	size_t n_member;
	struct ward_log_pattern *next; /* JSON: with the same first member */
	const struct ward_conf *tests; /* NULL once they were run */
	struct ward_log_pattern *next_tested;
};

/* A node of a tree of bytes. */
struct ward_log_node {
	uint32_t child, next; /* WARD_NONE: none */
	uint32_t shape;       /* the first of those whose literal ends here */
	uint32_t group;       /* APP tree: whose name ends here */
	uint32_t wild;        /* APP tree: who takes any rest */
	char c;
};

enum { WARD_LOG_LOOSE = 64, WARD_LOG_PREFIX = 96, WARD_LOG_FIELDS = 64, WARD_LOG_PIECES = 48 };

/* The shapes for one program, or for lines of any. */
struct ward_log_group {
	uint32_t root;                  /* of the tree of beginnings */
	uint32_t first[256];            /* its children by their byte, or WARD_NONE */
	uint32_t loose[WARD_LOG_LOOSE]; /* shapes that begin with a value */
	size_t n_loose;
};

struct ward_log_patterns {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_arena arena;
	struct ward_log_node *node;
	size_t n_node, cap_node;
	struct ward_log_group *group; /* group[0]: lines of any program */
	size_t n_group, cap_group;
	struct ward_log_shape *shape;
	size_t n_shape, cap_shape;
	struct ward_log_pattern **json; /* by the id of the first member's name */
	size_t n_json;
	uint32_t apps; /* root of the tree of programs */
	struct ward_log_source **source;
	size_t n_source, cap_source;
	size_t n_pattern, n_test;
	struct ward_log_pattern *tested; /* whose tests wait, newest first */
	uint32_t layer;
};

/* A shape's text into pieces; findings go to diag with the place of c. False with a finding. */
bool ward_log_shape_read(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_diag *diag, struct ward_log_shape *ret);
/* "field" or "field:type" of a pair or column; type TEXT when it says none. */
bool ward_log_target_read(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_str text, struct ward_diag *diag, struct ward_log_target *ret);
/* The name's id after the rules for names of fields; WARD_NONE with a finding. */
uint32_t ward_log_field_read(struct ward_log_patterns *p, const struct ward_conf *c,
	struct ward_str name, struct ward_diag *diag);

/* A cheap number of a key, 0..255. */
static inline unsigned ward_log_key_hint(struct ward_str key)
{
	return key.len ? ((uint8_t)key.p[0] * 7u + (uint8_t)key.p[key.len - 1] * 31u +
				 (unsigned)key.len * 17u) &
				 255u
		       : 0;
}

/* What was found in a line. */
struct ward_log_found {
	struct ward_log_set item[WARD_LOG_FIELDS];
	size_t n;
	ward_ns time;
};

/* What the text begins with, taken once for all shapes that ask for it: only types that do not
 * depend on what follows. */
struct ward_log_first {
	struct {
		bool known, there;
		struct ward_str rest;
		struct ward_value v;
	} type[WARD_LOG_TYPE_N];
};

/* True when the whole text has the shape. first may be NULL, else it is this text's. */
bool ward_log_shape_match(const struct ward_log_shape *s, struct ward_str text,
	struct ward_log_first *first, struct ward_arena *arena, struct ward_log_found *ret);
/* Keeps the value under its name unless that has one; values beyond the room are left out. */
void ward_log_found_add(struct ward_log_found *f, uint32_t field, struct ward_value v);

/* The trees of an empty set. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_dispatch_init(struct ward_log_patterns *p);
/* Puts a shape where it will be found, for each program of its source. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_dispatch_add(
	struct ward_log_patterns *p, const struct ward_log_shape *s);
/* The shape that fits, or NULL; fills *ret. */
const struct ward_log_shape *ward_log_dispatch_find(const struct ward_log_patterns *p,
	struct ward_str app, struct ward_str text, struct ward_arena *arena,
	struct ward_log_found *ret);

/* The first pattern whose members the record has, or NULL. */
const struct ward_log_pattern *ward_log_json_find(
	const struct ward_log_patterns *p, const struct ward_event *e);
WARD_MUST_CHECK enum ward_err ward_log_json_add(
	struct ward_log_patterns *p, struct ward_log_pattern *pat);

/* A plain true, false or integer as such, all else as text; null as NULL. */
struct ward_value ward_log_conf_value(const struct ward_conf *c);

/* Runs the tests of the patterns that came since the last time; findings where one fails. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_tests_run(
	struct ward_log_patterns *p, struct ward_diag *diag);

#endif
