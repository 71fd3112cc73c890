/* Private to the server of HTTPS: connections, and what is on its way in each. httpd.c takes
 * requests and turns the loop, httpd_answer.c answers them, at once or by a stream. */
#ifndef WARD_RUN_HTTPD_PRIV_H
#define WARD_RUN_HTTPD_PRIV_H

#include "base/wr.h"
#include "run/httpd.h"

#include <microhttpd.h>

enum {
	SPARE = 64, /* connections that were ended and are not yet gone */
	METHOD_MAX = 16,
};

enum state {
	WAITS,    /* for a request; the first includes the handshake */
	COMES,    /* its head was read */
	ASKED,    /* it is whole, and the caller's */
	ANSWERED, /* what was answered goes out */
	STREAMS,
};

struct ward_httpd_stream {
	struct conn *of;
	struct ward_wr out;
	size_t sent;
	void *ctx;
	ward_ns said, taken; /* monotonic: the last word; when nothing waited last */
	bool suspended, finish, broken, raw;
};

struct conn {
	struct ward_httpd_ask ask; /* first: whoever has it has this */
	struct ward_httpd *h;
	struct MHD_Connection *c;
	struct ward_seat seat;
	enum state state;
	bool first, ended, suspended, in_callback, too_long;
	char method[METHOD_MAX], target[WARD_HTTPD_TARGET_MAX + 1], path[WARD_HTTPD_TARGET_MAX];
	struct ward_wr body;
	struct ward_httpd_stream stream;
};

struct ward_httpd {
	struct ward_httpd_opts o;
	struct MHD_Daemon *d;
	int poll_fd, watch_fd; /* what MHD waits for; streams whose reader hangs up */
	struct conn *conn[WARD_HTTPD_CONNECTIONS + SPARE];
	size_t n_stream;
	bool resumed;                  /* one that goes on, of which the library wakes nobody up */
	uint8_t peer[WARD_SEATS_PEER]; /* of the connection that is being made */
};

ward_ns httpd_mono(const struct ward_httpd *h);
void httpd_count(struct ward_httpd *h, const char *name);
int httpd_socket(struct conn *k);
/* Goes on with one that the library was told to let be. */
void httpd_resume(struct conn *k);
/* The library notices an end of its socket, and cleans up. One that waits for an answer stays. */
void httpd_hang_up(struct conn *k);

#endif
