#include "cli/hunt.h"
#include "conf/conf.h"
#include "indicator/indicator.h"
#include "story/text.h"

enum { OUT_BYTES_MAX = 1 << 28, INDICATORS_SHOWN = 64, TEXT_COLUMNS = 80 };

static bool list_may(void *ctx, const struct ward_index *ix)
{
	struct ward_hunt *h = ctx;

	return ward_indicators_may(h->list, ix);
}

static void put_indicator(
	struct ward_hunt *h, const struct ward_indicator *it, const struct ward_event *e)
{
	struct ward_json j = ward_json_on(&h->out);

	if (!h->json) {
		(void)ward_text_line(&h->out, it->text, TEXT_COLUMNS);
		ward_wr_z(&h->out, "  ");
		ward_line_write(&h->line, e, &h->out);
		return;
	}
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "indicator");
	ward_json_key(&j, "indicator");
	ward_json_str(&j, it->text);
	ward_json_key(&j, "what");
	ward_json_str(&j, it->what);
	ward_json_key(&j, "line");
	ward_json_u64(&j, it->line);
	ward_json_key(&j, "event");
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);

	ward_event_write_json(e, &h->names, &text);
	ward_json_raw(&j, ward_wr_text(&text));
	ward_wr_fini(&text);
	ward_json_obj_end(&j);
	ward_wr_ch(&h->out, '\n');
}

static enum ward_err list_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct ward_hunt *h = ctx;
	uint32_t hit[INDICATORS_SHOWN];
	size_t n = ward_indicators_match(h->list, e, &h->names, hit, INDICATORS_SHOWN);

	if (n && ward_enrich_event(&h->enrich, e) == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n && !*ret_enough; i++) {
		if (!h->summary)
			put_indicator(h, ward_indicators_at(h->list, hit[i]), e);
		ward_hunt_hit(h, ret_enough);
	}
	return WARD_OK;
}

static void text_summary(struct ward_hunt *h, const struct ward_indicator *it)
{
	ward_wr_printf(&h->out, "%8llu  ", (unsigned long long)it->n_hit);
	ward_line_time(it->first, &h->out);
	ward_wr_z(&h->out, "  ");
	ward_line_time(it->last, &h->out);
	ward_wr_z(&h->out, "  ");
	(void)ward_text_line(&h->out, it->text, TEXT_COLUMNS);
	ward_wr_z(&h->out, it->what.len ? "  " : "");
	(void)ward_text_line(&h->out, it->what, TEXT_COLUMNS);
	ward_wr_ch(&h->out, '\n');
}

static void json_summary(struct ward_hunt *h, const struct ward_indicator *it)
{
	struct ward_json j = ward_json_on(&h->out);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "indicator_summary");
	ward_json_key(&j, "indicator");
	ward_json_str(&j, it->text);
	ward_json_key(&j, "what");
	ward_json_str(&j, it->what);
	ward_json_key(&j, "events");
	ward_json_u64(&j, it->n_hit);
	ward_json_key(&j, "first");
	ward_json_time(&j, it->first);
	ward_json_key(&j, "last");
	ward_json_time(&j, it->last);
	ward_json_obj_end(&j);
	ward_wr_ch(&h->out, '\n');
}

static void summary(struct ward_hunt *h)
{
	if (!h->json)
		ward_wr_z(
			&h->out, "  events  first                last                 indicator\n");
	for (size_t i = 0; i < ward_indicators_n(h->list); i++) {
		const struct ward_indicator *it = ward_indicators_at(h->list, i);

		if (it->n_hit && h->json)
			json_summary(h, it);
		else if (it->n_hit)
			text_summary(h, it);
	}
	ward_hunt_flush(h);
}

int ward_hunt_indicators(struct ward_hunt *h)
{
	struct ward_arena arena;
	struct ward_slice text;
	int code = WARD_EXIT_DONE;

	ward_arena_init(&arena, ward_mem_heap(), OUT_BYTES_MAX);
	enum ward_err err = ward_conf_read(&arena, &h->lim, h->indicators, &h->diag, &text);

	struct ward_wr lines = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);

	if (!err && ward_indicator_is_document(text)) {
		err = ward_indicator_lines(ward_str_z(h->indicators), text, &h->lim,
			ward_mem_heap(), &h->diag, &lines);
		text = ward_wr_slice(&lines);
	}
	if (!err)
		err = ward_indicators_read(
			ward_str_z(h->indicators), text, ward_mem_heap(), &h->diag, &h->list);
	ward_wr_fini(&lines);
	ward_arena_fini(&arena);
	ward_hunt_findings(h);
	if (err)
		return ward_cli_fail(
			h->cmd, "cannot use '%s': %s", h->indicators, ward_err_text(err));
	if (!ward_indicators_n(h->list))
		code = ward_cli_fail(h->cmd, "no indicator in '%s'", h->indicators);
	h->opts.may = list_may;
	h->opts.event = list_event;
	h->opts.ctx = h;
	if (!code)
		code = ward_hunt_pass(h);
	if (!code && (h->summary || h->n_hit))
		summary(h);
	ward_indicators_free(h->list);
	h->list = NULL;
	return code;
}
