/* Who is on call: HOSPITAL/oncall.csv (docs/telling.md), checked.
 *
 * A line says that a person has a role each week at these hours, or between two times; the latter
 * go before the former. Hours are those of the hospital's wall clock. Faces what whoever may write
 * there has written. */
#ifndef WARD_RESPOND_ONCALL_H
#define WARD_RESPOND_ONCALL_H

#include "base/week.h"
#include "conf/conf.h"
#include "model/model.h"

#define WARD_ONCALL_FILE "oncall.csv"

enum {
	WARD_ONCALL_MAX = 1024, /* lines */
	WARD_ONCALL_TEXT = 64,  /* bytes of a role or a person */
	WARD_ONCALL_AT_ONCE = 8 /* persons of one role */
};

/* Texts live in the arena. */
struct ward_oncall_line {
	struct ward_str role;
	struct ward_str person;      /* empty: nobody, and that is meant so */
	struct ward_week_turn hours; /* no days: between two times */
	ward_ns from, until;
	uint32_t line;
};
struct ward_oncall {
	struct ward_str file;
	struct ward_oncall_line *line;
	size_t n;
};

struct ward_oncall_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_arena *arena;
	struct ward_diag *diag;
};

/* CONFIG: with findings; *ret then holds the lines that are right. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_oncall_read(const struct ward_oncall_in *in,
	struct ward_str file, struct ward_slice text, struct ward_oncall *ret);
/* The same of the hospital directory; without the file nobody is ever on call. IO as well. */
WARD_MUST_CHECK enum ward_err ward_oncall_load(
	const struct ward_oncall_in *in, const char *dir, struct ward_oncall *ret);

/* Who has the role at that moment, in the order of the file: at most n are written; gives how many
 * there are. *ret_known: some line says who, or that it is nobody. O(lines). */
size_t ward_oncall_at(const struct ward_oncall *o, const struct ward_model *m, struct ward_str role,
	ward_ns t, struct ward_str *ret, size_t n, bool *ret_known);
/* The first time from `from` on of which no line says who has the role, and its end, at most
 * `until`. False: there is none. O(minutes * lines). */
bool ward_oncall_gap(const struct ward_oncall *o, const struct ward_model *m, struct ward_str role,
	ward_ns from, ward_ns until, ward_ns *ret_from, ward_ns *ret_until);
/* A warning for each role that nobody has at some time of the next two weeks. */
void ward_oncall_look_ahead(const struct ward_oncall *o, const struct ward_model *m, ward_ns now,
	struct ward_diag *diag);

#endif
