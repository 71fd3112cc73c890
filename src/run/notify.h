/* What the service manager wants to hear of `ward run`: sd_notify(3)'s protocol, which is one
 * datagram for each word. Without a service manager nothing is done. */
#ifndef WARD_RUN_NOTIFY_H
#define WARD_RUN_NOTIFY_H

#include "base/clock.h"

struct ward_notify {
	int fd;        /* -1: nobody wants to hear */
	ward_ns every; /* how often it wants a sign of life; 0: never */
	ward_ns next;  /* when the next is due, monotonic */
};

/* Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, and takes them out of the environment, so
 * that no child speaks in our name. A socket that cannot be reached is as none. */
void ward_notify_open(struct ward_notify *n);
void ward_notify_close(struct ward_notify *n);
/* Says one state, as "READY=1". Lost when the manager does not listen; it is asked for nothing. */
void ward_notify_say(const struct ward_notify *n, const char *state);
/* A sign of life when one is due at `now` (monotonic). */
void ward_notify_alive(struct ward_notify *n, ward_ns now);
/* Milliseconds to sleep at most until the next: `most` (-1: for ever), or sooner. */
int ward_notify_sleep_ms(const struct ward_notify *n, ward_ns now, int most);

#endif
