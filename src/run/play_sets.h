/* What happens to played controllers themselves, by a hand or of themselves: entries one behind the
 * other in a file in memory, added by the process `play` alone and read by those of the
 * controllers, each by its own number, before they answer. This machine's order. */
#ifndef WARD_RUN_PLAY_SETS_H
#define WARD_RUN_PLAY_SETS_H

#include "base/clock.h"
#include "run/process.h"

#include <unistd.h>

struct ward_play_set {
	ward_ns at;          /* of the play */
	uint32_t controller; /* of the scenario, from 0 */
	uint32_t value;      /* of the controller */
	double to;           /* in its unit */
};

/* The i-th, from 0. False: there is none yet. */
static inline bool ward_play_set_read(int fd, size_t i, struct ward_play_set *ret)
{
	return fd != WARD_FD_NONE &&
	       pread(fd, ret, sizeof(*ret), (off_t)(i * sizeof(*ret))) == (ssize_t)sizeof(*ret);
}

/* Adds one at the end. False: it can't be written. */
static inline bool ward_play_set_add(int fd, const struct ward_play_set *s)
{
	off_t end = fd == WARD_FD_NONE ? 0 : lseek(fd, 0, SEEK_END);

	/* half of one is of a life that was killed: it is written over */
	return fd == WARD_FD_NONE ||
	       (end >= 0 &&
		       pwrite(fd, s, sizeof(*s), end / (off_t)sizeof(*s) * (off_t)sizeof(*s)) ==
			       (ssize_t)sizeof(*s));
}

#endif
