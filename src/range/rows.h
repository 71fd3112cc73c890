/* Private to this room: rows of the hospital's lists, whether a table or YAML has them. */
#ifndef WARD_RANGE_ROWS_H
#define WARD_RANGE_ROWS_H

#include "conf/conf.h"
#include "range/range.h"

struct range_row {
	const struct ward_conf *map; /* or NULL: */
	const struct ward_csv *table;
	size_t i;
};

/* A file that may have rows. */
struct range_file {
	struct ward_str name;
	const struct ward_conf *docs; /* of YAML; NULL: a table */
	struct ward_csv table;
};

struct range_files {
	struct range_file *file;
	size_t n, cap;
};

/* Reads each NAME.yml and NAME.csv of the directory, in byte order of their names. Findings of what
 * is no list of the model are not said: other rooms read those. CONFIG, IO, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err range_files_read(struct range_files *f, const char *dir,
	struct ward_arena *a, const struct ward_limits *lim, struct ward_diag *diag);

/* The hospital of files that were read, which are borrowed for the call: as ward_range_load. */
WARD_MUST_CHECK enum ward_err range_make(const struct range_files *f, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_range **ret);

/* Calls on each row of the list, in order; the first error ends it. */
WARD_MUST_CHECK enum ward_err range_rows(const struct range_files *f, const char *list,
	enum ward_err (*on)(void *ctx, const struct range_row *row), void *ctx);

/* The text under a key, or of a column; empty: none. */
struct ward_str range_cell(const struct range_row *row, const char *key);
/* Of a YAML row: the value under a key; NULL: none, or a table. */
const struct ward_conf *range_tree(const struct range_row *row, const char *key);
/* Where the row stands. */
struct ward_str range_row_file(const struct range_row *row);
uint32_t range_row_line(const struct range_row *row);

#endif
