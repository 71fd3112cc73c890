#include "run/watchdog.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

enum { PARTS = 8 }; /* of the time: a sign of progress is taken for as old as the last of them */

static struct ward_log *log_to;
static ward_ns allowed;
static volatile sig_atomic_t n_part;

/* The log's line is put together without memory from the heap. */
static void on_part(int sig)
{
	(void)sig;
	if (++n_part <= PARTS)
		return;
	if (log_to)
		WARD_LOG(log_to, ERROR, "process.hung",
			WARD_KV_I("worked_ms", allowed / WARD_NS_PER_MS));
	abort();
}

enum ward_err ward_watchdog_start(struct ward_log *log, ward_ns after)
{
	/* calls that wait go on */
	struct sigaction act = {.sa_handler = on_part, .sa_flags = SA_RESTART};
	suseconds_t us = (suseconds_t)(after / PARTS / 1000 % 1000000);
	struct timeval part = {(time_t)(after / PARTS / WARD_NS_PER_S), us};
	struct itimerval every = {part, part};

	WARD_ASSERT(after / PARTS >= WARD_NS_PER_MS);
	log_to = log;
	allowed = after;
	n_part = 0;
	return sigaction(SIGPROF, &act, NULL) == 0 && setitimer(ITIMER_PROF, &every, NULL) == 0
		       ? WARD_OK
		       : WARD_ERR_IO;
}

void ward_watchdog_progress(void)
{
	n_part = 0;
}
