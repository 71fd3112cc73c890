/* What a version of the hospital's directory watches of people, and what the impact assessment
 * rests on; and what another version has beside it. Of files that cannot be read nothing is said:
 * Ward does not run with them. Faces files of administrators. Pure. Single-threaded. */
#ifndef WARD_PROCESSING_SCOPE_H
#define WARD_PROCESSING_SCOPE_H

#include "base/hash.h"
#include "base/id.h"
#include "base/limit.h"
#include "base/wr.h"

enum { WARD_SCOPE_THINGS = 1 << 20 }; /* of one version: beyond what its files may hold */

/* One thing: its name, "source cam", "data pd:Picture", "entry cameras", and for what the
 * assessment rests on what all that it says comes to. */
struct ward_scope_thing {
	struct ward_str name; /* in the arena */
	struct ward_id is;
};
struct ward_scope_list {
	struct ward_scope_thing *thing;
	size_t n, cap;
	struct ward_tab by; /* hash of the name → its place here */
};
struct ward_scope {
	const struct ward_limits *lim;
	struct ward_arena *arena;
	struct ward_scope_list watched, rest;
	enum ward_err err; /* the first: nothing may be said then */
};

/* Borrows both for its life. */
void ward_scope_init(struct ward_scope *s, const struct ward_limits *lim, struct ward_arena *arena);
void ward_scope_fini(struct ward_scope *s);
/* One file of the version; path: as the hospital's directory has it. What is none that says of
 * people what is done with them is passed over. */
bool ward_scope_reads(struct ward_str path);
void ward_scope_file(struct ward_scope *s, struct ward_str path, struct ward_slice text);
/* What `is` watches that `was` did not: "source cam, role guard"; of what the assessment rests on,
 * what is other, new or gone: "entry cameras, agreement staff". At most max bytes are written, and
 * then "…". */
void ward_scope_wider(
	const struct ward_scope *was, const struct ward_scope *is, size_t max, struct ward_wr *w);
void ward_scope_moved(
	const struct ward_scope *was, const struct ward_scope *is, size_t max, struct ward_wr *w);

#endif
