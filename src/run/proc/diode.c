/* The process of one sensor behind a line that goes one way: datagrams on a UDP socket that the
 * supervisor opened, put together, opened with the key that both sides have, and recorded.
 *
 * It answers nobody. What is lost on the line is told by an event `ward.loss` of the source: how
 * many events, and between which times it was blind. What was heard last is in a file that the
 * supervisor opened, so that nothing before it is taken by the next life. */
#include "base/rd.h"
#include "base/wr.h"
#include "event/plan.h"
#include "run/feeder.h"
#include "run/proc/patterns.h"
#include "sense/log/log.h"
#include "ship/diode.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	POLL_MS = 1000,
	BURST = 256,
	SECRET_MAX = 1024,
	SECRET_MIN = 32,
	LAST = WARD_DIODE_SESSION + 8,
	MEMORY = 64 << 20
};

static const ward_ns silent_after = 30 * WARD_NS_PER_S;

struct diode {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_log_patterns *patterns;
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	struct ward_diode_in *in;
	struct ward_diode_counts told; /* as counters */
	const char *source;
	bool has_plan; /* its private addresses are of a plan of its own */
	struct ward_plan_prefix plan;
	int socket, last;     /* last: the file */
	bool silent;          /* said so */
	bool unsynced;        /* last was written since it was made durable … */
	ward_ns born, synced; /* monotonic; … at that time */
};

/* ---- events ---- */

static void take_line(struct diode *d, struct ward_str line)
{
	struct ward_input_problem problem = {.counter = NULL};
	struct ward_event e;

	ward_arena_reset(&d->arena);
	enum ward_err err = ward_log_sensor_record(d->log, line, 0, &d->arena, &e, &problem);

	if (!err && d->has_plan)
		err = ward_plan_event(&d->plan, &d->names, &e);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&d->p, "out of memory", err);
	if (problem.counter)
		ward_count_name(&d->p.counters, problem.counter, 1);
	ward_count_name(&d->p.counters, err ? "diode.refused" : "diode.taken", 1);
	if (!err)
		ward_feeder_event(d->feeder, &e);
}

static void take_lines(void *ctx, struct ward_str lines)
{
	struct diode *d = ctx;

	d->opts.seen = d->opts.reference = ward_clock_now(d->p.clock);
	while (lines.len)
		take_line(d, ward_str_cut(&lines, '\n'));
	ward_feeder_flush(d->feeder);
}

/* An event of its own, in the source's name: something may have happened that nobody saw. */
static void tell_gap(void *ctx, const struct ward_diode_gap *g)
{
	struct diode *d = ctx;
	ward_ns now = ward_clock_now(d->p.clock), blind = g->since ? g->until - g->since : 0;
	const char *reason =
		g->began_anew ? "a one-way line is heard anew: what was sent before is not known"
			      : "more was lost on a one-way line than can be made up for";
	struct ward_event e;

	WARD_LOG(&d->p.log, WARN, "diode.lost", WARD_KV_Z("source", d->source),
		WARD_KV_U("events", g->lines),
		WARD_KV_U("blind_s", blind > 0 ? (uint64_t)(blind / WARD_NS_PER_S) : 0));
	ward_arena_reset(&d->arena);
	ward_event_init(&e, &d->arena);
	e.source = ward_name(&d->names, ward_str_z(d->source));
	e.class = ward_name(&d->names, WARD_STR("ward.loss"));
	e.time = g->until;
	e.seen = now;
	e.id = ward_id_v7(d->p.clock);
	if (ward_event_set(&e, WARD_FIELD_LOST, ward_value_int((int64_t)g->lines)) != WARD_OK ||
		ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(reason))) !=
			WARD_OK ||
		(blind > 0 && ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(blind)) !=
				      WARD_OK))
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	ward_feeder_event(d->feeder, &e);
	ward_feeder_flush(d->feeder);
}

/* ---- what was heard last: the session, and be64 the next group ---- */

static void read_last(struct diode *d, struct ward_diode_last *ret)
{
	uint8_t bytes[LAST];
	ssize_t n = pread(d->last, bytes, sizeof(bytes), 0);
	struct ward_rd r = ward_rd_from(bytes, sizeof(bytes));

	*ret = (struct ward_diode_last){.next = 0};
	if (n < 0)
		ward_process_die(&d->p, "what was heard last can't be read", WARD_ERR_IO);
	if (n != (ssize_t)sizeof(bytes)) /* nothing was, ever */
		return;
	struct ward_slice session = ward_rd_bytes(&r, sizeof(ret->session));

	memcpy(ret->session, session.p, session.len);
	ret->next = ward_rd_be64(&r);
}

static void keep_last(void *ctx, const struct ward_diode_last *at)
{
	struct diode *d = ctx;
	uint8_t bytes[LAST];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_bytes(&w, at->session, sizeof(at->session));
	ward_wr_be64(&w, at->next);
	if (pwrite(d->last, bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes)) {
		d->unsynced = true;
		return;
	}
	/* it goes on: what is lost is that a recording is known as one after a restart */
	ward_count_name(&d->p.counters, "diode.not_kept", 1);
}

/* Once a second: after a power cut a recording of so long may pass for new, no longer. */
static void sync_last(struct diode *d, bool at_end)
{
	ward_ns now = ward_clock_mono(d->p.clock);

	if (!d->unsynced || (!at_end && now - d->synced < WARD_NS_PER_S))
		return;
	if (fdatasync(d->last) != 0)
		ward_count_name(&d->p.counters, "diode.not_kept", 1);
	d->unsynced = false;
	d->synced = now;
}

/* ---- the socket ---- */

static void hear(struct diode *d)
{
	static uint8_t buf[WARD_DIODE_DATAGRAM + 1]; /* one more: what is longer is seen to be */

	for (int i = 0; i < BURST && !ward_process_stopping(); i++) {
		ssize_t n = recv(d->socket, buf, sizeof(buf), MSG_DONTWAIT);

		if (n < 0)
			return;
		ward_diode_take(d->in, ward_slice_of(buf, (size_t)n));
	}
}

/* What it counts, as counters of the process; and silence, once. */
static void count(struct diode *d)
{
	struct ward_diode_counts n, *was = &d->told;
	ward_ns now = ward_clock_mono(d->p.clock);

	ward_diode_counted(d->in, &n);
	const struct {
		const char *name;
		uint64_t n, was;
	} all[] = {{"diode.datagrams", n.datagrams, was->datagrams},
		{"diode.not_sealed_by_us", n.sealed_otherwise, was->sealed_otherwise},
		{"diode.old", n.old, was->old}, {"diode.twice", n.twice, was->twice},
		{"diode.wrong_time", n.wrong_time, was->wrong_time},
		{"diode.malformed", n.malformed, was->malformed},
		{"diode.groups", n.groups, was->groups},
		{"diode.made_up_for", n.made_up_for, was->made_up_for},
		{"diode.lost_groups", n.lost_groups, was->lost_groups},
		{"diode.lost_events", n.lost_lines, was->lost_lines}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].n > all[i].was)
			ward_count_name(&d->p.counters, all[i].name, all[i].n - all[i].was);
	if (n.wrong_time && !was->wrong_time)
		WARD_LOG(&d->p.log, ERROR, "diode.wrong_time", WARD_KV_Z("source", d->source),
			WARD_KV_Z("mend", "the clocks of both sides are a day or more apart: "
					  "set the sensor's"));
	d->told = n;
	bool silent = now - (n.heard ? n.heard : d->born) > silent_after;

	if (silent != d->silent)
		WARD_LOG(&d->p.log, WARN, silent ? "diode.silent" : "diode.heard",
			WARD_KV_Z("source", d->source));
	d->silent = silent;
}

static void run(struct diode *d)
{
	while (!ward_process_stopping()) {
		struct pollfd p = {.fd = d->socket, .events = POLLIN};

		if (poll(&p, 1, POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&d->p, "poll", WARD_ERR_IO);
		if (p.revents)
			hear(d);
		sync_last(d, false);
		count(d);
		ward_process_count(&d->p);
	}
}

/* ---- its start ---- */

static void open_line(struct diode *d)
{
	struct ward_diode_in_opts o = {.clock = d->p.clock,
		.lines = take_lines,
		.gap = tell_gap,
		.keep = keep_last,
		.ctx = d};
	char secret[SECRET_MAX];

	ward_process_secret(&d->p, "password_file", secret, sizeof(secret));
	if (strlen(secret) < SECRET_MIN)
		ward_process_die(&d->p,
			"the secret of a one-way line is shorter than 32 characters: "
			"openssl rand -hex 32 makes one",
			WARD_ERR_CONFIG);
	ward_diode_key(ward_str_z(secret), o.key);
	ward_wipe(secret, sizeof(secret));
	read_last(d, &o.last);
	if (ward_diode_in_new(&o, &d->in) != WARD_OK)
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	ward_wipe(o.key, sizeof(o.key));
}

int main(int argc, char **argv)
{
	struct diode *d = calloc(1, sizeof(*d));

	if (!d)
		return WARD_PROCESS_DIED;
	ward_process_begin(&d->p, "diode", argc, argv);
	ward_process_limits(&d->p, &d->lim);
	ward_arena_init(&d->arena, ward_mem_heap(), (size_t)MEMORY);
	if (sodium_init() < 0 || ward_names_init(&d->names, ward_mem_heap(), &d->lim) != WARD_OK ||
		ward_feeder_new(&d->p, &d->names, &d->feeder) != WARD_OK)
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	d->source = ward_process_setting(&d->p, "source");
	d->socket = ward_process_need_fd(&d->p, "socket");
	d->last = ward_process_need_fd(&d->p, "last");
	const char *plan = ward_process_setting(&d->p, "plan");

	d->has_plan = plan != NULL;
	if (!d->source || (plan && !ward_plan_prefix_parse(ward_str_z(plan), &d->plan)))
		ward_process_die(&d->p, "source or plan", WARD_ERR_CONFIG);
	d->patterns = process_patterns(&d->p, &d->names, &d->lim);
	d->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &d->lim,
		.names = &d->names,
		.counters = &d->p.counters,
		.patterns = d->patterns,
		.source = ward_str_z(d->source)};
	if (ward_log_sensor_new(&d->opts, WARD_LOG_SENSED, &d->log) != WARD_OK)
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	open_line(d);
	d->born = ward_clock_mono(d->p.clock);
	ward_process_cage(&d->p, WARD_CAGE_PLAIN, NULL);
	run(d);
	ward_feeder_flush(d->feeder);
	sync_last(d, true);
	ward_diode_in_free(d->in);
	ward_log_sensor_free(d->log);
	ward_log_patterns_free(d->patterns);
	return ward_process_end(&d->p);
}
