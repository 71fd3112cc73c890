/* The posts of a hospital, each of which somebody mans: HOSPITAL/posts.yml (docs/watch.md),
 * checked.
 *
 * Read by `ward check`, by `api` before its cage, and by commands. Faces what whoever may write
 * there has written. */
#ifndef WARD_SHIFT_POSTS_H
#define WARD_SHIFT_POSTS_H

#include "conf/conf.h"
#include "model/model.h"

#define WARD_WATCHPOST_FILE "posts.yml"

enum {
	WARD_WATCHPOST_MAX = 64,
	WARD_WATCHPOST_ID = 32,    /* bytes, at most */
	WARD_WATCHPOST_TEXT = 128, /* of its name */
	WARD_WATCHPOST_ROLES = 16,
	WARD_WATCHPOST_PLACES = 64,
};

/* Texts live as long as the list. */
struct ward_watchpost {
	struct ward_str id, name;
	uint32_t role[WARD_WATCHPOST_ROLES]; /* nodes: who has one of them may man it */
	size_t n_role;
	uint32_t place[WARD_WATCHPOST_PLACES]; /* nodes: what it watches; none: everywhere */
	size_t n_place;
	uint32_t line;
};

struct ward_watchposts {
	struct ward_arena arena;
	struct ward_watchpost *at; /* in the order of the file */
	size_t n;
	ward_ns hand_over; /* for longer nobody may be there before who took an incident is gone */
};

struct ward_watchpost_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Reads the text of a file. CONFIG: with findings; *ret then holds those that are right. NOMEM.
 * Free either way. */
WARD_MUST_CHECK enum ward_err ward_watchpost_read(const struct ward_watchpost_in *in,
	struct ward_str file, struct ward_slice text, struct ward_watchposts *ret);
/* The same of the hospital directory; without the file there are none. IO as well. */
WARD_MUST_CHECK enum ward_err ward_watchpost_load(
	const struct ward_watchpost_in *in, const char *dir, struct ward_watchposts *ret);
void ward_watchpost_free(struct ward_watchposts *p);

/* NULL: there is none. */
const struct ward_watchpost *ward_watchpost_find(
	const struct ward_watchposts *p, struct ward_str id);
/* May who has this role man it? */
bool ward_watchpost_has_role(
	const struct ward_watchpost *p, const struct ward_model *m, struct ward_str role);

#endif
