/* Files of a directory: all of content, by name; one of a hospital, which need not be there. */
#ifndef WARD_CONF_DIR_H
#define WARD_CONF_DIR_H

#include "conf/conf.h"

/* The *.yml files of a directory of content, hidden ones left out, one after the other by name. */
struct ward_conf_dir {
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena *arena; /* of the files' bytes */
	/* path is borrowed for the call, bytes live as long as the arena. */
	void (*file)(void *ctx, struct ward_str path, struct ward_slice bytes);
	void *ctx;
};

/* What can't be read is a finding; that the directory is not there only if it is required. NOMEM;
 * else OK. */
WARD_MUST_CHECK enum ward_err ward_conf_dir(
	const struct ward_conf_dir *d, const char *dir, bool required);

/* A file, read whole; no bytes where there is none. */
struct ward_conf_beside {
	struct ward_str path; /* empty: there is none */
	struct ward_slice bytes;
};
/* Reads DIR/NAME into the arena. That it is not there is no error; else as ward_conf_read, and
 * LIMIT for a path that is too long. */
WARD_MUST_CHECK enum ward_err ward_conf_beside(struct ward_arena *a, const struct ward_limits *lim,
	const char *dir, const char *name, struct ward_diag *diag, struct ward_conf_beside *ret);

#endif
