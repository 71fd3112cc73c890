#include "cli/events.h"

#include "sense/log/log.h"
#include "sense/net/replay.h"

#include <errno.h>

enum {
	ARENA_MAX = 64 << 20, /* one event */
	PROBLEMS_SHOWN = 8,   /* of each input */
};

static const struct ward_input_driver *const drivers[] = {
	WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};

void ward_cli_problem(void *ctx, const struct ward_input_problem *p)
{
	struct ward_cli_problems *s = ctx;

	if (p->dropped ? s->n_dropped++ >= PROBLEMS_SHOWN && !p->whole : !p->whole)
		return;
	if (p->whole) {
		(void)ward_cli_fail(s->cmd, "%s: %s", s->file, p->what);
		return;
	}
	if (p->line)
		(void)ward_cli_fail(s->cmd, "%s:%llu: %s (byte %llu)", s->file,
			(unsigned long long)p->line, p->what, (unsigned long long)p->off);
	else
		(void)ward_cli_fail(
			s->cmd, "%s: %s (byte %llu)", s->file, p->what, (unsigned long long)p->off);
}

void ward_cli_problems_end(const struct ward_cli_problems *s)
{
	if (s->n_dropped > PROBLEMS_SHOWN)
		(void)ward_cli_fail(s->cmd,
			"%s: %llu records in all gave no event; 'ward sense log --json' shows each",
			s->file, (unsigned long long)s->n_dropped);
}

int ward_cli_events(const struct ward_cmd *cmd, const struct ward_input_opts *opts,
	const char *path, ward_cli_event_fn fn, void *ctx, uint64_t *ret_rejected)
{
	struct ward_cli_problems problems = {.cmd = cmd, .file = path};
	struct ward_input_opts own = *opts;
	struct ward_input in;
	struct ward_arena arena;
	struct ward_event e;
	enum ward_err err;

	own.problem = ward_cli_problem;
	own.ctx = &problems;
	err = ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &own);

	if (err == WARD_ERR_UNSUPPORTED)
		return ward_cli_fail(cmd, "'%s' %s", path,
			ward_input_refusal(ward_slice_of(in.bytes.head, in.bytes.n_head)));
	if (err)
		return ward_cli_fail(cmd, "cannot read '%s': %s", path,
			err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
	if (!in.bytes.n_head)
		(void)ward_cli_fail(cmd, "%s: empty: there is nothing in it",
			strcmp(path, "-") == 0 ? "standard input" : path);
	ward_arena_init(&arena, opts->mem, ARENA_MAX);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK)
		if ((err = fn(ctx, &e)) != WARD_OK)
			break;
	ward_arena_fini(&arena);
	ward_input_close(&in);
	ward_cli_problems_end(&problems);
	*ret_rejected += problems.n_dropped;
	return err == WARD_ERR_CLOSED ? WARD_EXIT_DONE
				      : ward_cli_fail(cmd, "'%s': %s", path, ward_err_text(err));
}
