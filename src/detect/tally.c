/* Correlations: what of a window counted: of each rule how many matches and which events, and the
 * measure beside what the condition asks for. */
#include "detect/corr.h"

#include <inttypes.h>

static struct ward_part part_of(const struct ward_rule *r, const struct ward_id *event)
{
	return (struct ward_part){.rule = r->key,
		.title = r->title,
		.author = r->author,
		.license = r->license,
		.event = event};
}

static void add_entry(
	struct ward_part *p, struct ward_id event[WARD_TALLY_EVENTS], const struct ward_entry *e)
{
	const struct ward_id *id = e->n_id ? e->ids : &e->id;
	size_t n = e->n_id ? e->n_id : 1;

	p->n += ward_entry_n(e);
	for (size_t i = 0; i < n && p->n_event < WARD_TALLY_EVENTS; i++)
		event[p->n_event++] = id[i];
	if (!p->because.len)
		p->because = (struct ward_str){e->why, e->why_len};
}

/* Those with matches; what must not come stands there with none. */
static size_t keep_some(const struct ward_corr *c, struct ward_tally *t)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_member; i++)
		if (t->part[i].n || i >= ward_corr_n_wanted(c))
			t->part[n++] = t->part[i];
	return n;
}

static size_t n_rules(const struct ward_corr *c, const struct ward_tally *t)
{
	size_t n = 0;

	for (size_t i = 0; i < ward_corr_n_wanted(c); i++)
		n += t->part[i].n > 0;
	return n;
}

/* Thousandths as a decimal without trailing zeros. */
static void put_milli(struct ward_wr *w, int64_t milli)
{
	uint64_t u = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli, rest = u % 1000;

	ward_wr_printf(w, "%s%" PRIu64, milli < 0 ? "-" : "", u / 1000);
	if (rest)
		ward_wr_printf(w,
			rest % 100 == 0  ? ".%01" PRIu64
			: rest % 10 == 0 ? ".%02" PRIu64
					 : ".%03" PRIu64,
			rest % 100 == 0  ? rest / 100
			: rest % 10 == 0 ? rest / 10
					 : rest);
}

static enum ward_err put_value(struct ward_detector *det, const struct ward_corr *c,
	const struct ward_group_state *g, struct ward_window w, struct ward_tally *t)
{
	struct ward_wr value = ward_wr_fixed(t->value, sizeof(t->value));
	int64_t milli = 0;
	enum ward_err err = WARD_OK;

	if (c->type == WARD_CORR_COUNT)
		ward_wr_u64(&value, ward_window_weight(g, w));
	else if (c->type == WARD_CORR_VALUE)
		ward_wr_u64(&value, ward_window_size(c, g->entry, w));
	else if (c->type == WARD_CORR_TEMPORAL || c->type == WARD_CORR_ORDERED)
		ward_wr_u64(&value, n_rules(c, t));
	else
		err = ward_metric_milli(det->mem, c, g->entry, w, &milli);
	if (!err && c->type >= WARD_CORR_SUM)
		put_milli(&value, milli);
	t->measure = (struct ward_measure){.what = c->what,
		.value = ward_wr_text(&value),
		.asked = c->asked,
		.within = c->timespan};
	return err;
}

enum ward_err ward_corr_tally(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, const bool *left_out, struct ward_tally *ret)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;

	for (size_t i = 0; i < c->n_member; i++)
		ret->part[i] = part_of(det->rs->rule[c->member[i]], ret->event[i]);
	for (size_t i = w.from; i < w.to; i++) {
		const struct ward_entry *e = &g->entry[i];

		if (!left_out[i - w.from])
			add_entry(&ret->part[e->rule], ret->event[e->rule], e);
	}
	enum ward_err err = put_value(det, c, g, w, ret);

	ret->n_part = keep_some(c, ret);
	return err;
}
