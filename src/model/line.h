/* Lines of a table that people write into a hospital's directory and that Ward adds to: works
 * permits, points, availability. Cells by the names of their columns, findings with line and mend,
 * and one more line as text (RFC 4180).
 *
 * Faces what whoever may write there has written; the table was read by ward_conf_csv. */
#ifndef WARD_MODEL_LINE_H
#define WARD_MODEL_LINE_H

#include "conf/conf.h"

/* The table, and one line of it in hand. */
struct ward_csv_line {
	struct ward_diag *diag;
	const struct ward_csv *t;
	const char *const *column; /* [n]: the names that there are */
	size_t n;
	size_t *at; /* [n]: which column of the table each is, or SIZE_MAX */
	const struct ward_csv_row *row;
};

/* An error of the line in hand: "what is wrong\nthe mend". */
#define WARD_CSV_LINE_BAD(l, ...) \
	ward_diag_addf((l)->diag, WARD_DIAG_ERROR, (l)->t->file, (l)->row->line, __VA_ARGS__)

/* Fills at. False: the table has a column of another name (told; see: "docs/permits.md"). */
bool ward_csv_line_columns(struct ward_csv_line *l, const char *see);
/* Without blanks at its ends; empty when there is no such column. */
struct ward_str ward_csv_line_cell(const struct ward_csv_line *l, size_t c);
/* An error when it is required and empty, or longer than max. */
struct ward_str ward_csv_line_text(
	const struct ward_csv_line *l, size_t c, bool required, size_t max);
/* RFC 3339 with a zone: without one nobody knows which nine o'clock is meant. WARD_NS_NEVER when it
 * is empty, or wrong (told). */
ward_ns ward_csv_line_time(const struct ward_csv_line *l, size_t c, bool required, size_t max);

/* Nothing but blanks and line ends. */
bool ward_csv_line_blank(struct ward_slice text);
/* The first lines of a table: a comment, and the names of all columns. */
void ward_csv_line_head(
	struct ward_wr *w, const char *comment, const char *const *column, size_t n);
/* False: the table lacks the column of a cell that is not empty (told). */
bool ward_csv_line_fits(struct ward_diag *diag, const struct ward_csv *t, const char *const *column,
	size_t n, const struct ward_str *cell);
/* The cells in the order of the table's columns (t NULL: in their own), quoted where they must be,
 * and a line end. */
void ward_csv_line_put(struct ward_wr *w, const struct ward_csv *t, const char *const *column,
	size_t n, const struct ward_str *cell);

#endif
