/* The part of `ward region take` that reads what hospitals said: a process of its own, of the user
 * whose the state is, in a cage in which it can open the state's words for reading and nothing
 * else. It writes a line of what is seen at several to standard output, and notices into the pipes
 * of the processes that bring them to the hospitals. */
#ifndef WARD_CLI_REGION_TELL_H
#define WARD_CLI_REGION_TELL_H

#include "cli/region.h"

#include <signal.h>
#include <sys/types.h>

struct ward_cli_region_tell {
	struct ward_cli_region *x;             /* loaded; borrowed, as all that follows */
	const volatile sig_atomic_t *stopping; /* it ends then */
	uid_t uid;                             /* whose the state is; 0: who runs it */
	gid_t gid;
	int notices[WARD_REGION_SITES];            /* not blocking; -1: that hospital takes none */
	struct ward_lang *lang[WARD_REGION_SITES]; /* of its notices; NULL: English */
	int again; /* a byte for each hospital (which) that is to be told all anew; its other end is
		      held by who began this */
};

/* In a child that was forked for it: looks every two seconds, until it is to stop. Its exit code is
 * that of the command. */
WARD_NORETURN void ward_cli_region_tell(const struct ward_cli_region_tell *t);

#endif
