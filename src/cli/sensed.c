#include "cli/sensed.h"

#include "search/search.h"

#include <stdio.h>

static enum ward_err on_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	const struct ward_cli_sensed *x = *(const struct ward_cli_sensed **)ctx;

	(void)ret_enough;
	return x->event(x->ctx, e->id, ward_name_text(x->names, e->source), e->time);
}

enum ward_err ward_cli_sensed(const struct ward_cli_sensed *x)
{
	struct ward_search_stats stats;
	struct ward_io_dir journal;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%.4000s/journal", x->state);
	enum ward_err err = ward_io_dir_open(&journal, path, false, false);

	if (err)
		return err;
	const struct ward_search_opts o = {.journal = &journal.io,
		.mem = ward_mem_heap(),
		.lim = x->lim,
		.names = x->names,
		.from = x->from,
		.to = WARD_NS_NEVER,
		.event = on_event,
		.ctx = &x};

	err = ward_search_run(&o, &stats);
	ward_io_dir_close(&journal);
	return err;
}
