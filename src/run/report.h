/* What the supervisor itself has to report: that a process ended, as an event on the journal and as
 * one line on standard error for whoever sits before it; and, there only, that the journal has no
 * room. */
#ifndef WARD_RUN_REPORT_H
#define WARD_RUN_REPORT_H

#include "event/event.h"
#include "run/ipc.h"
#include "run/supervise.h"
#include "run/wire.h"

/* In the message id of an APPEND that tells what people wrote (run/permits.h, run/entries.h). Each
 * has a number of its own: the journal takes what bears the id of one that waits for the same
 * again. */
#define WARD_REPORT_PERMIT 0x80000000u

struct ward_reporter {
	int journal; /* link, -1 for none; closed by fini */
	const struct ward_clock *clock;
	struct ward_log *log;
	const char *done;  /* said when a process that runs once is done; NULL: nothing is */
	const char *go_on; /* an address, said with it; NULL or empty: there is none */
	bool ready;        /* names could be made */
	bool refused;      /* the journal refused such a one; whoever told it looks here */
	uint32_t n_told;   /* APPENDs */
	struct ward_names names;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_batch batch;
	uint8_t buf[WARD_MSG_MAX];
};

void ward_reporter_init(
	struct ward_reporter *r, const struct ward_clock *clock, struct ward_log *log);
void ward_reporter_fini(struct ward_reporter *r);
/* For ward_supervisor_reloads: tells it on standard error. */
void ward_report_reload(void *ctx, bool taken);
/* A ward_exit_fn; ctx is a struct ward_reporter. Never blocks: when the journal's queue is full the
 * event is lost, and the log says so. */
void ward_report_exit(void *ctx, const struct ward_exit_report *e);

/* Takes what the journal said off its link, and says on standard error that it began to refuse
 * records, or takes them again. ctx is a struct ward_reporter; never blocks. */
void ward_report_heard(void *ctx);

#endif
