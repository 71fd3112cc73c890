/* What a poller says, as text that a test can look into; and what every poller is given. */
#ifndef WARD_TESTS_LAB_HEARD_H
#define WARD_TESTS_LAB_HEARD_H

#include "sense/building/poll_tell.h"

enum { LAB_HEARD_TEXT = 1 << 20 };

struct lab_heard {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_poll_plan plan;
	struct ward_poll_now now;  /* a clock that stands where it is set */
	char text[LAB_HEARD_TEXT]; /* "class field=value…;" of each event */
	size_t len, n_event;
	bool quiet; /* events are counted only */
};

/* An empty plan, and a clock that was set somewhere. Asserts that there is memory. */
void lab_heard_init(struct lab_heard *h);
void lab_heard_fini(struct lab_heard *h);
/* As a sink's: ctx is the lab_heard. */
enum ward_err lab_heard_put(void *ctx, const struct ward_event *e);
void lab_heard_point(struct lab_heard *h, const char *id, const char *address, double scale);
/* How often `what` stands in the text. */
size_t lab_heard_count(const struct lab_heard *h, const char *what);
void lab_heard_forget(struct lab_heard *h);
/* Time goes on to what is due, but always on: a tick has done what was due. */
void lab_heard_wait(struct lab_heard *h, ward_ns due);

#endif
