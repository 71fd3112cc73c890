/* What holds for the doors of a class: content/doors.yml, as data.
 *
 * Faces files written by people; read-only after loading. docs/doors.md has the syntax. */
#ifndef WARD_MODEL_DOOR_RULES_H
#define WARD_MODEL_DOOR_RULES_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/limit.h"
#include "base/mem.h"

struct ward_ontology;

enum { WARD_DOOR_CLASSES_MAX = 64 };

/* Who goes out tells so: by a button, a motion detector, a badge. */
enum ward_door_exits {
	WARD_DOOR_EXITS_AUTO, /* once one was told */
	WARD_DOOR_EXITS_TOLD,
	WARD_DOOR_EXITS_FREE, /* never: an opening has no need of a reason */
};

struct ward_door_class {
	struct ward_str class; /* of the ontology; what is below it, too */
	ward_ns enter;         /* so long after it was allowed it may be opened */
	ward_ns held;          /* so long it may be open; 0: as long as it likes */
	ward_ns recover;       /* so long after the last word of interference it is in doubt */
	enum ward_door_exits exits;
};

struct ward_door_rules {
	struct ward_arena arena;
	const struct ward_mem *mem;
	ward_ns hold; /* events wait so long for those before them */
	ward_ns skew; /* a reader's clock may be so far behind a contact's */
	struct ward_door_class class[WARD_DOOR_CLASSES_MAX]; /* [0] is `door`: all doors */
	size_t n_class;
};

/* Reads path; without that file *ret is NULL, and nothing is inferred. classes may be NULL: then it
 * is not asked whether there are such. CONFIG when there was an error-level finding, IO, NOMEM:
 * nothing is given. Free with ward_door_rules_free, which takes NULL. */
WARD_MUST_CHECK enum ward_err ward_door_rules_load(const char *path,
	const struct ward_ontology *classes, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_door_rules **ret);
/* The same of one text; file names it in findings. */
WARD_MUST_CHECK enum ward_err ward_door_rules_parse(struct ward_str file, struct ward_slice text,
	const struct ward_ontology *classes, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_door_rules **ret);
void ward_door_rules_free(struct ward_door_rules *rules);
/* The entry of a class of the ontology: the longest that it is, or is below. */
const struct ward_door_class *ward_door_rules_of(
	const struct ward_door_rules *rules, struct ward_str class);

#endif
