/* What is the same wherever a file descriptor is written to. */
#ifndef WARD_BASE_FD_H
#define WARD_BASE_FD_H

#include "base/slice.h"

/* Writes all of it, whatever interrupts. False: errno says why, some of it may be written. */
WARD_MUST_CHECK bool ward_fd_write(int fd, struct ward_slice s);

#endif
