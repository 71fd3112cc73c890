/* The sheet of a hand-over: what whoever comes must know, as lines of text that do not change any
 * more once it was handed over.
 *
 * A line is the name of its part and its cells, "|" between them; cells are cut, and hold neither
 * "|" nor what JSON would escape. Its hash is over all lines but those that count on while it is
 * looked at, so what was accepted is what was shown. In a decision's args it is a list of lines for
 * each part. Pure. Faces args that browsers and people send. */
#ifndef WARD_SHIFT_SHEET_H
#define WARD_SHIFT_SHEET_H

#include "base/json.h"
#include "base/mem.h"
#include "conf/conf.h"

/* X(NAME, "name", lines at most): incidents: id, level, state, role that took it, what, on what;
 * open: id, kind, time, text; broken: thing, since, what; works: id, from, until, who, why;
 * muted: id, rule, on what, until, role, why; held: id of one of these (empty: of all that stand),
 * how many signs it held back in this watch, since when that is; more: part, how many there was no
 * room for. */
#define WARD_SHEET_LIST(X)            \
	X(INCIDENTS, "incidents", 16) \
	X(OPEN, "open", 10)           \
	X(BROKEN, "broken", 8)        \
	X(WORKS, "works", 6)          \
	X(MUTED, "muted", 6)          \
	X(HELD, "held", 7)            \
	X(MORE, "more", 4)

enum ward_sheet_part {
#define X(NAME, name, most) WARD_SHEET_##NAME,
	WARD_SHEET_LIST(X)
#undef X
		WARD_SHEET_N,
};
enum {
	WARD_SHEET_CELLS = 6,
	WARD_SHEET_CELL = 72, /* bytes */
	WARD_SHEET_BYTES = 7168,
	WARD_SHEET_HASH = 65, /* with its NUL */
};
/* "incidents". Lives forever. */
const char *ward_sheet_part_name(enum ward_sheet_part p);

/* A sheet that is being written. Parts in their order; what there is no room for is counted, and
 * said by ward_sheet_end. */
struct ward_sheet {
	struct ward_wr text;
	size_t n[WARD_SHEET_N], kept[WARD_SHEET_N]; /* lines that there are; and that it has */
};
void ward_sheet_begin(struct ward_sheet *s, const struct ward_mem *mem);
void ward_sheet_line(
	struct ward_sheet *s, enum ward_sheet_part p, const struct ward_str *cell, size_t n);
/* Its text; bad: there was no memory. */
struct ward_str ward_sheet_end(struct ward_sheet *s);
void ward_sheet_fini(struct ward_sheet *s);

/* Without lines of held: a sign that is held back meanwhile makes no other sheet of it. */
void ward_sheet_hash(struct ward_str text, char ret[WARD_SHEET_HASH]);
/* The next line; false: there is none, or what is there is no line of a sheet. */
bool ward_sheet_next(struct ward_str *rest, enum ward_sheet_part *ret_part,
	struct ward_str cell[WARD_SHEET_CELLS], size_t *ret_n);
/* Its lines as members of the object in hand. */
void ward_sheet_put_args(struct ward_str text, struct ward_json *j);
/* Its text out of args in that form; args may be NULL. */
void ward_sheet_of_args(const struct ward_conf *args, struct ward_wr *ret);

#endif
