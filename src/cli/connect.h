/* Connections that a command makes by itself. */
#ifndef WARD_CLI_CONNECT_H
#define WARD_CLI_CONNECT_H

#include "base/err.h"
#include "base/slice.h"

/* "HOST:PORT"; an IPv6 address stands in brackets. MALFORMED: it is none. IO: errno says why. The
 * TCP socket is the caller's. */
WARD_MUST_CHECK enum ward_err ward_cli_connect(struct ward_str at, int *ret_fd);
/* The same for UDP: a socket that hears nobody else. */
WARD_MUST_CHECK enum ward_err ward_cli_connect_udp(struct ward_str at, int *ret_fd);

#endif
