#include "cli/hunt.h"
#include "cli/lang.h"

#include <errno.h>

enum { FLUSH_BYTES = 32768, AT_ONCE = 100 };

static const ward_ns progress_every = WARD_NS_PER_S / 4;

static void clear_progress(struct ward_hunt *h)
{
	if (h->progress && h->shown)
		fputs("\r\033[K", stderr);
}

void ward_hunt_flush(struct ward_hunt *h)
{
	if (!h->out.len && !ward_wr_bad(&h->out))
		return;
	clear_progress(h);
	if (!ward_cli_put(&h->out, stdout))
		h->failed = true;
}

void ward_hunt_hit(struct ward_hunt *h, bool *ret_enough)
{
	h->n_hit++;
	if (h->n_hit <= AT_ONCE || h->out.len >= FLUSH_BYTES)
		ward_hunt_flush(h);
	*ret_enough = h->failed || (h->limit && h->n_hit == h->limit);
}

void ward_hunt_findings(struct ward_hunt *h)
{
	const struct ward_cli_lang speak = {NULL, h->content,
		h->model ? ward_model_hospital(h->model)->language : WARD_STR("")};

	ward_cli_findings_in(h->cmd, &h->diag, NULL, &speak);
}

/* "37 %  1200000 events, 310000 a second, 12 found": on a terminal, a few times a second. */
static void on_progress(void *ctx, const struct ward_search_stats *s)
{
	struct ward_hunt *h = ctx;
	ward_ns now = ward_clock_mono(ward_clock_system());

	if (now - h->shown < progress_every)
		return;
	ward_hunt_flush(h);
	uint64_t ms = (uint64_t)((now - h->begun) / (WARD_NS_PER_S / 1000)) + 1;

	if (h->progress)
		fprintf(stderr, "\r\033[K%3llu %%  %llu events, %llu a second, %llu found",
			(unsigned long long)(s->look.bytes
						     ? s->look.bytes_done * 100 / s->look.bytes
						     : 100),
			(unsigned long long)s->n_record,
			(unsigned long long)(s->n_record * 1000 / ms),
			(unsigned long long)h->n_hit);
	h->shown = now;
}

int ward_hunt_pass(struct ward_hunt *h)
{
	h->begun = ward_clock_mono(ward_clock_system());
	h->opts.progress = on_progress;
	enum ward_err err = ward_search_run(&h->opts, &h->stats);

	ward_hunt_flush(h);
	clear_progress(h);
	if (err && !h->failed)
		return ward_cli_fail(h->cmd, "the journal: %s",
			err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
	return h->failed ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}

static void put_event(struct ward_hunt *h, const struct ward_event *e)
{
	if (!h->json) {
		ward_line_write(&h->line, e, &h->out);
		return;
	}
	ward_event_write_json(e, &h->names, &h->out);
	ward_wr_ch(&h->out, '\n');
}

static bool query_may(void *ctx, const struct ward_index *ix)
{
	struct ward_hunt *h = ctx;

	return ward_query_may(&h->query, ix);
}

static bool query_stands(void *ctx, struct ward_slice record)
{
	return ward_query_stands(&((const struct ward_hunt *)ctx)->query, record);
}

/* Places the event first when the query asks for places, else only what is shown. */
static enum ward_err query_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct ward_hunt *h = ctx;
	enum ward_err err = WARD_OK;

	if (h->query.places)
		err = ward_enrich_event(&h->enrich, e);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (!ward_query_match(&h->query, e))
		return WARD_OK;
	if (!h->query.places && ward_enrich_event(&h->enrich, e) == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	put_event(h, e);
	ward_hunt_hit(h, ret_enough);
	return WARD_OK;
}

static bool may_say(void *ctx, struct ward_str folded)
{
	return ward_enrich_may_say(((const struct ward_hunt *)ctx)->model, folded);
}

int ward_hunt_query(struct ward_hunt *h)
{
	ward_query_settle(&h->query, may_say, h);
	h->opts.may = query_may;
	h->opts.stands = query_stands;
	h->opts.event = query_event;
	h->opts.ctx = h;
	return ward_hunt_pass(h);
}
