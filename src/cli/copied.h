/* A copy of the database of a state folder, of a Ward that runs or that is stopped. */
#ifndef WARD_CLI_COPIED_H
#define WARD_CLI_COPIED_H

#include "backup/head.h"
#include "base/wr.h"
#include "cli/cli.h"

#include <limits.h>

struct ward_cli_copied {
	const struct ward_cmd *cmd;
	char state[PATH_MAX];
	bool runs;                    /* Ward runs, or is about to: its lock is not taken */
	int lock, store;              /* -1: none; store: the copy, to be read from its beginning */
	struct ward_backup_head head; /* rows, root, position of it */
};

/* Of state: by the store's door where Ward runs, else by its file, while nobody else may start it.
 * RUN after a message; close it in any case. */
int ward_cli_copied_open(struct ward_cli_copied *m);
/* In its place, for an increment: no copy, but the leaves above number `after` and which rows are
 * erased, as backup/more.h says; both on the heap. head as of a copy. */
struct ward_cli_added {
	struct ward_wr rows, gone;
};
int ward_cli_added_open(struct ward_cli_copied *m, uint64_t after, struct ward_cli_added *ret);
void ward_cli_added_close(struct ward_cli_added *a);
/* Only its first part: *ret: Ward is stopped, and we have its lock. */
int ward_cli_copied_lock(struct ward_cli_copied *m, bool *ret);
/* What of the database is needed is at hand: Ward may start, and all else is copied beside it as if
 * it had run. */
void ward_cli_copied_unlock(struct ward_cli_copied *m);
void ward_cli_copied_close(struct ward_cli_copied *m);

#endif
