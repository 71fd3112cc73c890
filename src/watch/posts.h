/* The posts of a hospital, each of which somebody mans: HOSPITAL/posts.yml (docs/watch.md),
 * checked.
 *
 * Read by `ward check`, by `api` before its cage, and by commands. Faces what whoever may write
 * there has written. */
#ifndef WARD_SHIFT_POSTS_H
#define WARD_SHIFT_POSTS_H

#include "conf/conf.h"
#include "model/model.h"

#define WARD_POSTS_FILE "posts.yml"

enum {
	WARD_POSTS_MAX = 64,
	WARD_POST_ID = 32,    /* bytes, at most */
	WARD_POST_TEXT = 128, /* of its name */
	WARD_POST_ROLES = 16,
	WARD_POST_PLACES = 64,
};

/* Texts live as long as the list. */
struct ward_post {
	struct ward_str id, name;
	uint32_t role[WARD_POST_ROLES]; /* nodes: who has one of them may man it */
	size_t n_role;
	uint32_t place[WARD_POST_PLACES]; /* nodes: what it watches; none: everywhere */
	size_t n_place;
	uint32_t line;
};

struct ward_posts {
	struct ward_arena arena;
	struct ward_post *at; /* in the order of the file */
	size_t n;
};

struct ward_posts_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Reads the text of a file. CONFIG: with findings; *ret then holds those that are right. NOMEM.
 * Free either way. */
WARD_MUST_CHECK enum ward_err ward_posts_read(const struct ward_posts_in *in, struct ward_str file,
	struct ward_slice text, struct ward_posts *ret);
/* The same of the hospital directory; without the file there are none. IO as well. */
WARD_MUST_CHECK enum ward_err ward_posts_load(
	const struct ward_posts_in *in, const char *dir, struct ward_posts *ret);
void ward_posts_free(struct ward_posts *p);

/* NULL: there is none. */
const struct ward_post *ward_post_find(const struct ward_posts *p, struct ward_str id);
/* May who has this role man it? */
bool ward_post_has_role(
	const struct ward_post *p, const struct ward_model *m, struct ward_str role);

#endif
