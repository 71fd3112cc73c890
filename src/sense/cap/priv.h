/* Inside sense/cap: one document on its way to events. */
#ifndef WARD_SENSE_CAP_PRIV_H
#define WARD_SENSE_CAP_PRIV_H

#include "sense/cap/cap.h"
#include "sense/cap/de.h"

/* What an element may say, and how often it stands. */
struct ward_cap_rule {
	const char *name;
	unsigned min, max; /* max 0: any number */
	const char *words; /* parted by blanks; NULL: any text */
};

struct ward_cap_point {
	int64_t lat, lon; /* millionths of a degree */
};

struct ward_cap_turn {
	const struct ward_cap_opts *o;
	const struct ward_xmldoc *x;
	struct ward_arena *arena;
	ward_ns now, sent;
	const struct ward_de *in; /* the distribution that has the alert; NULL: it stands alone */
	bool elsewhere;           /* the distribution is for other places than the hospital's */
	const char *why;
	uint32_t line;
	uint32_t n_told;
};

/* False, with why and line. */
bool ward_cap_wrong(struct ward_cap_turn *t, uint32_t e, const char *why);
/* Are the children of parent, of name space ns, as the rules say? */
bool ward_cap_follows(struct ward_cap_turn *t, uint32_t parent, const char *ns,
	const struct ward_cap_rule *rules, size_t n);
/* 3.3.2 of CAP, as in DE: a time with its zone; nothing where the element is missing. */
bool ward_cap_time(struct ward_cap_turn *t, uint32_t parent, const char *name, ward_ns *ret);
/* Polygons and circles beneath e: *ret is set when the hospital is in one. False: malformed. */
bool ward_cap_shapes(struct ward_cap_turn *t, uint32_t e, bool *ret);
/* Is "NAME:VALUE" among the hospital's codes? */
bool ward_cap_code(const struct ward_cap_turn *t, struct ward_str name, struct ward_str value);

/* A distribution by the rules of its standard; not what it carries. */
bool ward_de_check(struct ward_cap_turn *t, struct ward_de *ret);

#endif
