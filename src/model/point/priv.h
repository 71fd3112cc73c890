/* Inside model/point: what its files share. */
#ifndef WARD_MODEL_POINT_PRIV_H
#define WARD_MODEL_POINT_PRIV_H

#include "model/point/point.h"

enum { WARD_POINT_KINDS_MAX = 256, WARD_POINT_CLASSES_MAX = 256 };

/* What an entry of points.yml says, as a row would; cells that it leaves out are empty. */
struct ward_point_kind {
	struct ward_str name, class, low_state, high_state;
	struct ward_str cell[WARD_POINT_COL_N];
	struct ward_str file;
	uint32_t line;
	bool bad; /* it has a finding: no row may be of it */
};

struct ward_points {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_bms_point *point;
	size_t n;
	struct ward_intern id, address; /* of the good rows; their ids are indexes by `at` */
	struct ward_intern any;         /* addresses without their source */
	struct ward_intern source;      /* ids of the hospital's sources */
	uint32_t *id_at, *address_at;   /* n each */
	uint32_t *any_at;               /* WARD_NONE: of several */
	struct ward_point_kind *kind;
	size_t n_kind;
	struct ward_str *command, *session;
	size_t n_command, n_session;
	ward_ns hold;
};

/* One row or kind in hand. */
struct ward_point_row {
	const struct ward_point_in *in;
	struct ward_points *into; /* its kinds, its arena */
	struct ward_str file;
	uint32_t line;
	size_t *near_budget;
	struct ward_str *told;                  /* the source that was last told as missing */
	struct ward_str cell[WARD_POINT_COL_N]; /* trimmed; with what its kind says */
	const struct ward_point_kind *kind;     /* or NULL */
};

/* A finding of level error at the row; "what\nmend". */
#define WARD_POINT_BAD(r, ...) \
	ward_diag_addf((r)->in->diag, WARD_DIAG_ERROR, (r)->file, (r)->line, __VA_ARGS__)

/* relation.c: a decimal number as in JSON that is finite. */
bool ward_point_number(struct ward_str s, double *ret);
/* Reads the cell `relation`, whose clauses are parted by ';'. The other points are not
 * looked up yet: `when` is the place of their ids in *ret_names. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_point_relations(
	const struct ward_point_row *r, struct ward_bms_point *p, struct ward_str **ret_names);
/* Warns of what joins two points ("peer", "relation") and asks for values that are no older than
 * `longest`, when Ward itself reads one of them more seldom. */
void ward_point_check_fresh(const struct ward_point_row *r, const struct ward_bms_point *p,
	const struct ward_bms_point *other, ward_ns longest, const char *what);
/* read.c: what the cells say, into p; `peer` and relations are not looked up. Findings; NOMEM. */
void ward_point_read(const struct ward_point_row *r, struct ward_bms_point *p);
enum { WARD_POINT_ADDRESS_BYTES = 2 * WARD_POINT_TEXT_MAX + 8 };
/* find.c: source and address as one text in buf. Empty: longer than any point's. */
struct ward_str ward_point_address_key(
	struct ward_str source, struct ward_str address, char buf[WARD_POINT_ADDRESS_BYTES]);
/* Are sources of this kind asked by Ward, so that what they tell has the point's id? */
bool ward_point_is_polled(struct ward_str kind);
/* kinds.c: the kinds of a text of points.yml, into p->kind. Findings. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_point_kinds(const struct ward_point_in *in, struct ward_str file,
	struct ward_slice text, struct ward_points *p);

#endif
