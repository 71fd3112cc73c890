/* The insides of a merge; only the files of this room include it. */
#ifndef WARD_MODEL_IMPORT_MERGE_INT_H
#define WARD_MODEL_IMPORT_MERGE_INT_H

#include "model/basis.h"
#include "model/import/merge.h"

/* Where a node's row stands. */
struct ward_row_at {
	size_t file;
	const struct ward_conf *yaml; /* or */
	const struct ward_csv *csv;
	size_t row;
};

enum { WARD_MERGE_KEY_BYTES = 700 };

/* A reference that means nothing that is there, or one of several of that name. */
struct ward_merge_cell {
	uint32_t cand;
	enum ward_cell cell;
	bool several;
};

struct ward_merge {
	struct ward_merge_in in;
	struct ward_arena arena;
	struct ward_row_at *row;  /* [nodes of the model] */
	struct ward_intern names; /* kind and name, lower case */
	uint32_t *first, *next;   /* [names], [nodes]: those of one name */
	struct ward_intern refs;  /* what this source called nodes */
	uint32_t *ref_node;
	uint32_t *match;         /* [candidates]: node, or WARD_NONE */
	uint32_t *taken_by;      /* [nodes]: candidate, or WARD_NONE */
	struct ward_str *id;     /* [candidates]: empty when it is held back */
	bool *placed;            /* [candidates]: something contains it */
	bool *held;              /* [candidates]: has an id, but only if it is accepted */
	struct ward_intern ids;  /* given to new ones */
	struct ward_intern rels; /* seen */
	struct ward_intern keys; /* of new ones */
	struct ward_import_item *item;
	size_t n_item, cap_item, n_same;
	uint32_t *lost; /* relations of which an end is nowhere, or held back */
	size_t n_lost, cap_lost;
	struct ward_merge_cell *nowhere;
	size_t n_nowhere, cap_nowhere;
	size_t n_self, n_second; /* left out: of a thing to itself; a second place of a thing */
	size_t n_waiting;        /* relations with an end that is held back */
	struct ward_import_file *file;
	size_t n_file;
	char slug[64]; /* the source's name in those of its files */
	enum ward_err err;
};

/* rows.c: the directory's rows, and the bytes of one cell. */
WARD_MUST_CHECK enum ward_err ward_merge_rows(struct ward_merge *m);
/* The text of a cell as it stands; empty when absent. */
struct ward_str ward_merge_cell(struct ward_merge *m, uint32_t node, enum ward_cell cell);
/* Where a cell's text stands in its file; false when it can't be edited alone. */
bool ward_merge_span(const struct ward_merge *m, uint32_t node, enum ward_cell cell,
	struct ward_str old, size_t *ret_file, size_t *ret_start, size_t *ret_end);

struct ward_str ward_merge_keep(struct ward_merge *m, struct ward_str s);
/* A sentence of the code as the reader is told it, with {a} … {c} filled by slot[0] … [2]. */
struct ward_str ward_merge_say(
	struct ward_merge *m, const char *english, const struct ward_str slot[3]);

/* differ.c: what a candidate says otherwise than its row. */
void ward_merge_differ(struct ward_merge *m, uint32_t cand);
struct ward_import_item *ward_merge_item(struct ward_merge *m, enum ward_import_what what,
	uint32_t cand, uint32_t node, struct ward_str id);
/* refer.c: kind and name in lower case. */
struct ward_str ward_merge_name_key(
	enum ward_node_kind kind, struct ward_str name, char buf[WARD_MERGE_KEY_BYTES]);
/* Makes a node be found by its name, and by what this source called it. */
void ward_merge_index(struct ward_merge *m, uint32_t i);
/* The first node of that name, the others behind it in `next`; or WARD_NONE. */
uint32_t ward_merge_named(
	const struct ward_merge *m, enum ward_node_kind kind, struct ward_str name);
/* References by a name that only one has become its id; others that lead nowhere are kept. */
void ward_merge_resolve(struct ward_merge *m);
/* The id that a reference of a candidate leads to; empty when nowhere. */
struct ward_str ward_merge_refers(const struct ward_merge *m, struct ward_str ref);

#endif
