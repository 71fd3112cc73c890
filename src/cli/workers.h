/* One command in several processes: forked workers that share standard output, whose results are
 * summed. SIGINT and SIGTERM ask all of them to stop; each finds the time by itself. */
#ifndef WARD_CLI_WORKERS_H
#define WARD_CLI_WORKERS_H

#include "base/counter.h"
#include "cli/cli.h"

enum { WARD_WORKERS_MAX = 16 }; /* of one source */

/* What a worker leaves behind. */
struct ward_work {
	bool live;    /* its source was an interface */
	bool counted; /* it came as far as having counters */
	uint64_t sent_packets;
	struct ward_counters counters; /* names are the same in each process: they were forked */
};

/* Standard output of several: a file lock that is held while whole lines are written. */
struct ward_workers_out {
	int lock; /* -1: there is nobody else */
};

/* From here on SIGINT and SIGTERM set a flag. */
void ward_workers_catch(void);
/* True once one came. */
bool ward_workers_stopping(void);

/* Work in this or a forked process: number `slot` of all. Gives an exit code. */
typedef int (*ward_work_fn)(
	void *ctx, unsigned slot, const struct ward_workers_out *out, struct ward_work *ret);
/* Forks n and waits for them; *ret is their sum, the exit code the highest. ctx is copied by fork.
 * n is at most WARD_WORKERS_MAX times 8. */
int ward_workers_run(
	const struct ward_cmd *cmd, unsigned n, ward_work_fn fn, void *ctx, struct ward_work *ret);
/* All of w as whole lines to standard output, and flush; false as ward_cli_put. */
bool ward_workers_put(const struct ward_workers_out *out, struct ward_wr *w);

#endif
