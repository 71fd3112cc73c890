/* A small supervisor for tests of live processes: real programs from libexec, real links, real
 * SIGKILL. The folder of the programs is in the environment as WARD_LIBEXEC. */
#ifndef WARD_TESTS_RUN_LIVE_H
#define WARD_TESTS_RUN_LIVE_H

#include "base/attr.h"

#include <sys/types.h>

enum { LIVE_PROCESSES = 4, LIVE_ARGS = 96, LIVE_FDS = 8 };

struct live_process {
	const char *name;
	const char *arg[LIVE_ARGS]; /* besides descriptors and supervisor; NULL ends them */
	struct {
		const char *name;
		int fd;
	} fd[LIVE_FDS]; /* a NULL name ends them */
	pid_t pid;      /* 0: not running */
};

/* A linked pair as the supervisor makes them. Fails the test when there is none. */
void live_pair(int ret[2]);
void live_start(struct live_process *p);
/* Sends sig, waits for the end, gives the status of waitpid(2). */
int live_end(struct live_process *p, int sig);
/* True when it still runs; a process that ended by itself fails the test. */
void live_check(struct live_process *p);
/* A folder of its own under /tmp, and its end with all that is in it. */
void live_folder(char *ret, size_t cap);
void live_remove(const char *folder);

#endif
