/* Private to the process of one source of warnings: the connection to the address that it fetches
 * them from, over TLS, whose sockets a child makes (dial.h). */
#ifndef WARD_RUN_PROC_FEED_WEB_H
#define WARD_RUN_PROC_FEED_WEB_H

#include "run/process.h"
#include "sense/cap/fetch.h"

struct feed_web_opts {
	struct ward_process *p; /* borrowed */
	struct ward_fetch_sink sink;
	/* The address gave nothing good for three intervals, and why; or does again (reason NULL),
	 * after that time. */
	void (*silent)(void *ctx, const char *reason, ward_ns length);
	void *ctx;
};

struct feed_web;

/* Before the cage: reads the settings url, every and certificate, what TLS needs, and starts the
 * child. Ends the process when that can't be. */
struct feed_web *feed_web_new(const struct feed_web_opts *o);
void feed_web_free(struct feed_web *w);
/* One turn: waits for at most half a second. */
void feed_web_turn(struct feed_web *w);

#endif
