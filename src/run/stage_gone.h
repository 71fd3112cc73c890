/* What stood on a play's stage and ended: places among the scenario's stands, one behind the other
 * in a file in memory, added by the process `stage` alone and read by `play`, which tells who
 * leads. This machine's order. */
#ifndef WARD_RUN_STAGE_GONE_H
#define WARD_RUN_STAGE_GONE_H

#include "run/process.h"

#include <unistd.h>

/* The i-th, from 0. False: there is none yet. */
static inline bool ward_stage_gone_read(int fd, size_t i, uint32_t *ret_stand)
{
	return fd != WARD_FD_NONE &&
	       pread(fd, ret_stand, sizeof(*ret_stand), (off_t)(i * sizeof(*ret_stand))) ==
		       (ssize_t)sizeof(*ret_stand);
}

/* Adds one at the end; half of one is of a life that was killed, and is written over. False: it
 * can't be written. */
static inline bool ward_stage_gone_add(int fd, uint32_t stand)
{
	off_t end = fd == WARD_FD_NONE ? 0 : lseek(fd, 0, SEEK_END);

	return fd == WARD_FD_NONE ||
	       (end >= 0 && pwrite(fd, &stand, sizeof(stand),
				    end / (off_t)sizeof(stand) * (off_t)sizeof(stand)) ==
				    (ssize_t)sizeof(stand));
}

#endif
