/* Candidates against the directory: who is who, what is new, what differs, what is gone.
 *
 * Whom a candidate is: by what the same source called it before, by an id that it was given, by its
 * keys (address, hardware address, host, serial, BACnet instance …), then by name and place
 * together. A name alone never decides. Single-threaded; borrows all that it is given. */
#ifndef WARD_MODEL_IMPORT_MERGE_H
#define WARD_MODEL_IMPORT_MERGE_H

#include "model/import/import.h"

enum ward_import_what {
	WARD_IMPORT_ADDED,
	WARD_IMPORT_CHANGED,
	WARD_IMPORT_CONFLICT, /* two who may be meant, or a word against a word */
	WARD_IMPORT_HELD,     /* not without what it needs, or somebody's word for it */
	WARD_IMPORT_GONE,     /* the source spoke of it before */
	WARD_IMPORT_WHAT_N,
};
/* "added" … Lives forever. */
const char *ward_import_what_name(enum ward_import_what w);

struct ward_import_item {
	enum ward_import_what what;
	uint32_t cand;       /* candidate, or WARD_NONE */
	uint32_t rel;        /* relation of the candidates, or WARD_NONE */
	uint32_t node;       /* in the directory, or WARD_NONE */
	struct ward_str id;  /* of the node that it is, or would be; of a relation: "a powers b" */
	enum ward_cell cell; /* of one cell; WARD_CELL_N: of the whole */
	struct ward_str old, new; /* of one cell */
	struct ward_str why;      /* conflict, held: a sentence */
	bool may;                 /* can be approved */
	bool approved;
	bool by_hand; /* approved, but its row can't be edited safely */
};

/* "REF=ID": the candidate is that node. */
struct ward_import_same {
	struct ward_str ref, id;
};

struct ward_merge_in {
	const struct ward_model *model;
	const struct ward_model_file *file; /* of the directory, as the model was loaded from */
	size_t n_file;
	const struct ward_candidates *c;
	struct ward_str source; /* "brick:soda.ttl" */
	ward_ns now;            /* what is written when the source states no time */
	struct ward_str into;   /* a site, building or floor for what states no place; or empty */
	const struct ward_import_same *same;
	size_t n_same;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
	/* A text of the code in the reader's language; NULL: as it is. What it gives lives as long
	 * as the merge. */
	struct ward_str (*say)(void *ctx, const char *english);
	void *say_ctx;
};

struct ward_merge;

/* CONFIG with findings when the directory can't be read as rows, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_merge_new(
	const struct ward_merge_in *in, struct ward_merge **ret);
void ward_merge_free(struct ward_merge *m);

/* Ordered: nodes by kind, then by the candidates' order; relations; what is gone. */
struct ward_import_item *ward_merge_items(struct ward_merge *m, size_t *ret_n);
/* What names it among the items: its id, of a cell "ID CELL". */
void ward_import_key(const struct ward_import_item *it, struct ward_wr *w);
/* How many candidates are in the directory and say the same as it. */
size_t ward_merge_n_same(const struct ward_merge *m);

/* A file as it becomes. */
struct ward_import_file {
	struct ward_str name;
	struct ward_slice bytes;
};
/* What the approved items make of the directory: only files that change, in byte order of their
 * names. Lives as long as the merge. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_merge_plan(
	struct ward_merge *m, const struct ward_import_file **ret, size_t *ret_n);

/* For people, and as one JSON object per line. */
void ward_merge_write_text(const struct ward_merge *m, struct ward_wr *w);
void ward_merge_write_json(const struct ward_merge *m, struct ward_wr *w);

#endif
