#include "cli/follow.h"

#include "cli/commands.h"
#include "run/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 24 };

static volatile sig_atomic_t stopping;

static void on_stop(int signal)
{
	(void)signal;
	stopping = 1;
}

/* One record as a line of JSON; false when nobody reads any more. */
static bool print_record(struct ward_log_sensor *log, struct ward_input_opts *o,
	const struct ward_follow_record *r, struct ward_arena *arena, struct ward_skew *skew)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_input_problem problem;
	struct ward_event e;
	ward_ns median;
	bool ok = true;

	ward_arena_reset(arena);
	o->seen = o->reference = ward_clock_now(ward_clock_system());
	o->epoch = r->epoch;
	enum ward_err err = ward_log_sensor_record(log, r->text, r->off, arena, &e, &problem);

	if (err && err != WARD_ERR_NOMEM) {
		ward_arena_reset(arena);
		err = ward_log_sensor_text(log, r->text, r->off, arena, &e);
	}
	if (err == WARD_OK) {
		if (r->live && e.time != e.seen)
			(void)ward_skew_take(skew, e.seen, e.time, INT64_MAX, &median);
		ward_event_write_json(&e, o->names, &w);
		ward_wr_ch(&w, '\n');
		ok = ward_cli_put(&w, stdout);
	}
	if (problem.counter)
		ward_input_problem(o, &problem);
	ward_wr_fini(&w);
	return ok;
}

static enum ward_err follow(struct ward_follow *f, struct ward_log_sensor *log,
	struct ward_input_opts *o, struct ward_skew *skew)
{
	struct pollfd p = {.fd = ward_follow_fd(f), .events = POLLIN};
	struct ward_follow_record r;
	struct ward_arena arena;
	enum ward_err err = WARD_ERR_AGAIN;

	ward_arena_init(&arena, ward_mem_heap(), OUT_MAX);
	while (!stopping && err == WARD_ERR_AGAIN) {
		bool idle = poll(&p, 1, 1000) == 0;

		ward_follow_look(f);
		while ((err = ward_follow_next(f, idle, &r)) == WARD_OK)
			if (!print_record(log, o, &r, &arena, skew))
				break;
		if (err == WARD_ERR_AGAIN && ward_follow_commit(f, idle) != WARD_OK)
			err = WARD_ERR_IO;
	}
	if (err == WARD_ERR_AGAIN && ward_follow_commit(f, true) != WARD_OK)
		err = WARD_ERR_IO;
	ward_arena_fini(&arena);
	return err == WARD_ERR_AGAIN ? WARD_OK : err;
}

static void until_signalled(void)
{
	struct sigaction stop = {.sa_handler = on_stop}; /* no SA_RESTART: poll returns */

	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGTERM, &stop, NULL);
}

int ward_cli_follow(const struct ward_cmd *cmd, const char *path, const char *state,
	enum ward_log_format format, struct ward_input_opts *opts, struct ward_skew *skew)
{
	struct ward_positions *positions = ward_mem_alloc(ward_mem_heap(), sizeof(*positions));
	struct ward_log_sensor *log = NULL;
	struct ward_follow *f = NULL;
	struct ward_follow_opts o = {.mem = opts->mem,
		.lim = opts->lim,
		.clock = ward_clock_system(),
		.counters = opts->counters,
		.positions = positions,
		.source = "cli",
		.multiline = opts->multiline,
		.json = format == WARD_LOG_JSON};
	int fd = state ? open(state, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1, rc = WARD_EXIT_RUN;
	enum ward_err err = positions ? WARD_OK : WARD_ERR_NOMEM;

	until_signalled();
	if (state && fd < 0)
		(void)ward_cli_fail(cmd, "cannot open '%s': %s", state, strerror(errno));
	else if (err || (err = ward_positions_open(positions, fd)) != WARD_OK)
		(void)ward_cli_fail(cmd, "'%s': %s", state ? state : "-", ward_err_text(err));
	else if ((err = ward_follow_new(ward_str_z(path), &o, &f)) != WARD_OK)
		(void)ward_cli_fail(cmd, "cannot follow '%s': %s", path,
			err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
	else if ((err = ward_log_sensor_new(opts, format, &log)) != WARD_OK ||
		 (err = follow(f, log, opts, skew)) != WARD_OK)
		(void)ward_cli_fail(cmd, "'%s': %s", path, ward_err_text(err));
	else
		rc = WARD_EXIT_DONE;
	ward_log_sensor_free(log);
	ward_follow_free(f);
	if (fd >= 0)
		(void)close(fd);
	ward_mem_free(ward_mem_heap(), positions, sizeof(*positions));
	return rc;
}
