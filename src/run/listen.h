/* Sockets that the supervisor opens for its sensors, from the `where` of a source. */
#ifndef WARD_RUN_LISTEN_H
#define WARD_RUN_LISTEN_H

#include "base/err.h"
#include "base/slice.h"

enum { WARD_LISTEN_WHY = 320 };

/* A bound UDP socket, or a listening TCP one (stream), on "ADDR:PORT"; an IPv6 address may stand in
 * brackets. Numeric addresses only: no name is looked up. Close-on-exec. CONFIG: not such a text;
 * IO, DENIED: ret_why (WARD_LISTEN_WHY bytes) says it in words. */
WARD_MUST_CHECK enum ward_err ward_listen(
	struct ward_str at, bool stream, char *ret_why, int *ret_fd);

#endif
