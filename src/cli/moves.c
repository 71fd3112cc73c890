#include "cli/moves.h"

#include "cli/stored.h"
#include "search/search.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 1 << 24 };

struct moves {
	const struct ward_cli_moves *x;
	struct ward_names names;
	uint32_t class;
	uint64_t hash;
	struct ward_wr line;
};

#define CLASS WARD_STR("net.hl7.message")

static bool may(void *ctx, const struct ward_index *ix)
{
	return ward_index_may_hold(ix, ((const struct moves *)ctx)->hash);
}

static enum ward_err on_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct moves *m = ctx;

	(void)ret_enough;
	if (e->class != m->class)
		return WARD_OK;
	ward_wr_reset(&m->line);
	ward_event_write_json(e, &m->names, &m->line);
	if (ward_wr_bad(&m->line))
		return WARD_ERR_NOMEM;
	return m->x->line(m->x->ctx, ward_wr_text(&m->line));
}

/* An index of segments spares reading those without HL7; where it can't be used all are read. */
static enum ward_err search(struct moves *m, const struct ward_io *journal, const char *state)
{
	struct ward_search_stats stats;
	struct ward_io_dir index;
	char path[PATH_MAX + 16];
	struct ward_search_opts o = {.journal = journal,
		.who = (uint32_t)getpid(),
		.mem = ward_mem_heap(),
		.lim = m->x->lim,
		.names = &m->names,
		.from = INT64_MIN,
		.to = m->x->to,
		.may = may,
		.event = on_event,
		.ctx = m};

	(void)snprintf(path, sizeof(path), "%s/search", state);
	bool open = ward_io_dir_open(&index, path, true, false) == WARD_OK;

	if (open)
		o.index = &index.io;
	enum ward_err err = ward_search_run(&o, &stats);

	if (open)
		ward_io_dir_close(&index);
	return err;
}

static int read_journal(struct moves *m, const char *state)
{
	const struct ward_cli_moves *x = m->x;
	struct ward_io_dir journal;
	char path[PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/journal", state);
	enum ward_err err = ward_io_dir_open(&journal, path, false, false);

	if (err == WARD_ERR_NOT_FOUND)
		return WARD_EXIT_DONE;
	if (!err) {
		err = search(m, &journal.io, state);
		ward_io_dir_close(&journal);
	}
	if (err == WARD_ERR_DENIED) {
		fprintf(stderr,
			"ward %s: beds are as entered, or as the directory says: who came and went "
			"since stands in '%s', which the user of 'ward run' may read\n",
			x->cmd->name, path);
		return WARD_EXIT_DONE;
	}
	return err ? ward_cli_fail(x->cmd, "'%s': %s", path, ward_err_text(err)) : WARD_EXIT_DONE;
}

int ward_cli_moves(const struct ward_cli_moves *x)
{
	struct moves m = {.x = x,
		.hash = ward_term_hash(WARD_TERM_CLASS, ward_str_bytes(CLASS)),
		.line = ward_wr_grow(ward_mem_heap(), LINE_BYTES)};
	char state[PATH_MAX];
	int code = ward_cli_state(x->cmd, x->state, x->hospital, state);

	if (code)
		return code;
	if (ward_names_init(&m.names, ward_mem_heap(), x->lim) != WARD_OK)
		return ward_cli_fail(x->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	m.class = ward_name(&m.names, CLASS);
	code = read_journal(&m, state);
	ward_names_fini(&m.names);
	ward_wr_fini(&m.line);
	return code;
}
