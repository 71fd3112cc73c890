/* Who is on call: each minute, who of the recipients is on duty; each hour, whether for each role
 * of oncall.csv somebody is on call in the next 24 hours, of which what it finds stands in
 * ward.log, once for each gap, and again after a day. A file that can't be read is told once until
 * it can. Single-threaded; never blocks but for reading the file. */
#ifndef WARD_RUN_ONCALL_WATCH_H
#define WARD_RUN_ONCALL_WATCH_H

#include "base/id.h"
#include "base/log.h"
#include "respond/duty.h"

enum { WARD_ONCALL_TOLD = 64 };

struct ward_oncall_watch {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const char *dir;
	const struct ward_clock *clock;
	struct ward_log *log;
	/* told of who is on duty, as ward_duty gives it, each minute; NULL: nobody wants to know */
	void (*on_duty)(void *ctx, uint32_t recipients);
	void *ctx;
	const struct ward_recipients *recipients;
	/* told of the lines that are right, each minute; NULL: nobody wants to know */
	void (*on_roster)(void *of_roster, const struct ward_oncall *o);
	void *of_roster;
	ward_ns read, looked; /* monotonic; 0: never */
	bool bad;             /* the file was, when last looked at */
	struct ward_oncall_said {
		struct ward_id what; /* role and end of a gap */
		ward_ns at;
	} told[WARD_ONCALL_TOLD]; /* a ring */
	size_t n_told;
};

/* Borrows all. */
void ward_oncall_watch_init(struct ward_oncall_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, const struct ward_clock *clock,
	struct ward_log *log);
/* Cheap when it is not time. */
void ward_oncall_watch_look(struct ward_oncall_watch *w);

#endif
