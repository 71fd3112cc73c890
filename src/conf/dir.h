/* The *.yml files of a directory of content, hidden ones left out, one after the other by name. */
#ifndef WARD_CONF_DIR_H
#define WARD_CONF_DIR_H

#include "conf/conf.h"

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

#endif
