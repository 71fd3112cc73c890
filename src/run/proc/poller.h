/* What the processes that ask controllers have in common: one source, its points, the way to the
 * journal. */
#ifndef WARD_RUN_PROC_POLLER_H
#define WARD_RUN_PROC_POLLER_H

#include "run/feeder.h"
#include "sense/building/poll_tell.h"

struct poller {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_poll_plan plan;
	struct ward_str source;
	ward_ns every; /* between two readings of a point */
};

/* Arguments, limits, links, and the points of "fd.plan". Ends the process when they are wrong. */
void poller_begin(struct poller *s, const char *name, int argc, char **argv);
/* As the sink of ward_poll_tell: ctx is the poller. */
enum ward_err poller_put(void *ctx, const struct ward_event *e);
struct ward_poll_now poller_now(const struct poller *s);
const char *poller_must(struct poller *s, const char *key);
/* A setting of 1 to max; `otherwise` without it. */
uint64_t poller_number(struct poller *s, const char *key, uint64_t max, uint64_t otherwise);
/* Ends the process: point i of the plan can't be asked for. */
WARD_NORETURN void poller_bad_point(struct poller *s, size_t i, const char *why);
/* How long a poll may wait, for what is due at that monotonic time. */
int poller_wait_ms(const struct poller *s, ward_ns due);

#endif
