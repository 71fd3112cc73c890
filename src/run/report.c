#include "run/report.h"

#include "event/classes.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENT_BYTES_MAX = 4096 };

void ward_reporter_init(
	struct ward_reporter *r, const struct ward_clock *clock, struct ward_log *log)
{
	r->journal = -1;
	r->clock = clock;
	r->log = log;
	ward_limits_default(&r->lim);
	ward_arena_init(&r->arena, ward_mem_heap(), 1 << 18);
	r->ready = ward_names_init(&r->names, ward_mem_heap(), &r->lim) == WARD_OK;
}

void ward_reporter_fini(struct ward_reporter *r)
{
	if (r->journal >= 0)
		(void)close(r->journal);
	r->journal = -1;
	if (r->ready)
		ward_names_fini(&r->names);
	ward_arena_fini(&r->arena);
}

/* "exited with 70" or "was ended by signal 9". */
static void say_status(int status, char *buf, size_t len)
{
	if (WIFSIGNALED(status))
		(void)snprintf(buf, len, "was ended by signal %d", WTERMSIG(status));
	else
		(void)snprintf(buf, len, "exited with %d", WEXITSTATUS(status));
}

static bool set_text(
	struct ward_reporter *r, struct ward_event *e, const char *field, const char *text)
{
	return ward_event_set(e, ward_name(&r->names, ward_str_z(field)),
		       ward_value_str(ward_str_z(text))) == WARD_OK;
}

static bool build(struct ward_reporter *r, const struct ward_exit_report *x, const char *how)
{
	static uint8_t record[EVENT_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(record, sizeof(record));
	struct ward_event e;
	ward_ns now = ward_clock_now(r->clock);

	ward_arena_reset(&r->arena);
	ward_event_init(&e, &r->arena);
	e.source = ward_name(&r->names, WARD_STR("supervisor"));
	e.class = ward_name(&r->names, ward_str_z(ward_class_info(WARD_CLASS_WARD_PROCESS)->name));
	e.time = e.seen = now;
	e.id = ward_event_id(WARD_STR("supervisor"), (uint64_t)now, x->n_restart, 0);
	if (!set_text(r, &e, "process", x->name) || !set_text(r, &e, "status", how) ||
		ward_event_set(&e, ward_name(&r->names, WARD_STR("restarts")),
			ward_value_int((int64_t)x->n_restart)) != WARD_OK)
		return false;
	ward_event_encode(&e, &r->names, &w);
	ward_batch_begin(&r->batch);
	return !ward_wr_bad(&w) &&
	       ward_batch_add(&r->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&w));
}

static void say_room(struct ward_msg *m)
{
	uint8_t room = ward_rd_u8(&m->body);

	if (ward_rd_bad(&m->body) || room > 1)
		return;
	fputs(room ? "ward: there is room again: what is heard is kept\n"
		   : "ward: NO ROOM: what is heard is NOT kept nor judged; free some of the disk\n",
		stderr);
}

/* Takes off the journal's answers, so that they never fill its queue. */
static void drain(struct ward_reporter *r)
{
	struct ward_msg m;

	while (ward_msg_recv(r->journal, r->buf, &m) == WARD_OK) {
		if (m.type == WARD_MSG_ROOM)
			say_room(&m);
		else if (m.type == WARD_MSG_APPENDED && (m.id & WARD_REPORT_PERMIT))
			r->refused |= ward_rd_u8(&m.body) != WARD_OK;
	}
}

void ward_report_heard(void *ctx)
{
	struct ward_reporter *r = ctx;

	if (fcntl(r->journal, F_SETFL, O_NONBLOCK) == 0)
		drain(r);
}

void ward_report_reload(void *ctx, bool taken)
{
	(void)ctx;
	fputs(taken ? "ward: the rules were read anew (what of them was not taken is said above); "
		      "which windows begin anew is in the log (brain.window_dropped)\n"
		    : "ward: the new rules are NOT used, the old ones go on; mend what is said "
		      "above "
		      "and send SIGHUP again\n",
		stderr);
}

void ward_report_exit(void *ctx, const struct ward_exit_report *x)
{
	struct ward_reporter *r = ctx;
	char how[64];
	enum ward_err err = WARD_ERR_CLOSED;

	if (x->done) {
		if (r->done)
			fprintf(stderr, "ward: %s; %s%s%sCtrl-C ends the watch\n", r->done,
				r->go_on && r->go_on[0] ? "go on in the console, " : "",
				r->go_on && r->go_on[0] ? r->go_on : "",
				r->go_on && r->go_on[0] ? " - " : "");
		return;
	}
	say_status(x->status, how, sizeof(how));
	/* one that keeps ending, such as a client of a broker that is down, is not told each time
	 */
	if ((x->n_restart & (x->n_restart - 1)) == 0)
		fprintf(stderr, "ward: process '%s' %s and is started again%s\n", x->name, how,
			x->pause ? " after a pause (the log says why)" : "");
	if (r->journal >= 0 && r->ready && fcntl(r->journal, F_SETFL, O_NONBLOCK) == 0) {
		drain(r);
		err = !build(r, x, how) ? WARD_ERR_NOMEM
					: ward_msg_send(r->journal, WARD_MSG_APPEND,
						  r->n_told++ & ~WARD_REPORT_PERMIT,
						  ward_batch_body(&r->batch));
	}
	if (err)
		WARD_LOG(r->log, WARN, "supervisor.untold", WARD_KV_Z("process", x->name),
			WARD_KV_E(err));
}
