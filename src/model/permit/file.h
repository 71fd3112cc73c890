/* The file of works permits: HOSPITAL/permits.csv (docs/permits.md), one line each.
 *
 * Written by people, by hand or by `ward permit`; every row is checked, and one that is wrong is a
 * finding with line and mend and no permit. Faces what whoever may write there has written. */
#ifndef WARD_MODEL_PERMIT_FILE_H
#define WARD_MODEL_PERMIT_FILE_H

#include "conf/conf.h"
#include "model/permit/permit.h"

#define WARD_PERMIT_FILE "permits.csv"

enum ward_permit_column {
	WARD_PERMIT_COL_ID,
	WARD_PERMIT_COL_PLACE,
	WARD_PERMIT_COL_ASSET,
	WARD_PERMIT_COL_FROM,
	WARD_PERMIT_COL_UNTIL,
	WARD_PERMIT_COL_WHO,
	WARD_PERMIT_COL_BADGE,
	WARD_PERMIT_COL_EFFECTS,
	WARD_PERMIT_COL_WHY,
	WARD_PERMIT_COL_MADE,
	WARD_PERMIT_COL_BY,
	WARD_PERMIT_COL_ENDED,
	WARD_PERMIT_COL_ENDED_BY,
	WARD_PERMIT_COL_N,
};
/* "id", "place" … Lives forever. */
const char *ward_permit_column_name(enum ward_permit_column c);

struct ward_permit_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Puts the good rows of a table into the set. CONFIG when a finding of level error was added; a
 * text that is no table gives none. LIMIT (with a finding), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_permits_parse(const struct ward_permit_in *in,
	struct ward_str file, struct ward_slice text, struct ward_permits *into);
/* The permits of a hospital directory, in a new set; without the file an empty one. CONFIG: with
 * findings, and *ret holds the good rows. IO, NOMEM: nothing is given. */
WARD_MUST_CHECK enum ward_err ward_permits_load(
	const struct ward_permit_in *in, const char *dir, struct ward_permits **ret);

/* One row as text; an empty cell is absent. */
struct ward_permit_row {
	struct ward_str cell[WARD_PERMIT_COL_N];
};
/* Reads the row of an id from the text of a file; false when it has none, or is no table. What it
 * gives lives in the arena or is borrowed from text. */
bool ward_permit_row_find(const struct ward_limits *lim, struct ward_arena *a,
	struct ward_slice text, struct ward_str id, struct ward_permit_row *ret);
/* Writes the text with this row: in place of the one with its id, else at the end. The other lines
 * stay as they are; an empty text gets a header first. The row is not checked: parse what comes
 * out. CONFIG: the text is no table, or lacks a column for a cell (with a finding). NOMEM. */
WARD_MUST_CHECK enum ward_err ward_permit_row_set(const struct ward_permit_in *in,
	struct ward_str file, struct ward_slice text, const struct ward_permit_row *row,
	struct ward_wr *out);

/* Works of which a person says at the desk that they set off alarms. */
struct ward_permit_wish {
	struct ward_str id;    /* of the permit */
	struct ward_str thing; /* the place, or the thing, where they are */
	struct ward_str by;    /* which role says so */
	struct ward_str why;
	struct ward_str args; /* a JSON object: who, until, effects; from, else it begins at `at` */
	ward_ns at;
};
/* wish.c: checks it as a line of the file, and puts the permit into the set. CONFIG: *ret_why, in
 * the arena, says what is wrong and the mend, as the file's finding would. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_permit_wish_take(const struct ward_permit_in *in,
	const struct ward_permit_wish *w, struct ward_arena *a, struct ward_permits *into,
	const char **ret_why);

#endif
