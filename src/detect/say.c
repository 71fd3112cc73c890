/* Correlations: what is said of a window. */
#include "detect/corr.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct ward_id ward_corr_window_id(
	const struct ward_detector *det, const struct ward_group_state *g, struct ward_id first)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	struct ward_idgen gen;

	ward_idgen_init(&gen, "detection.correlation");
	ward_idgen_id(&gen, ward_corr_key(r, g));
	ward_idgen_id(&gen, first);
	return ward_idgen_final(&gen);
}

static int id_order(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

size_t ward_corr_n_id(const struct ward_group_state *g, struct ward_window w)
{
	size_t n = 0;

	for (size_t i = w.from; i < w.to; i++)
		n += g->entry[i].n_id ? g->entry[i].n_id : 1;
	return n;
}

/* Without repeats: one event may match several members. */
size_t ward_corr_evidence(const struct ward_group_state *g, struct ward_window w,
	const bool *left_out, struct ward_id *out)
{
	size_t n = 0, k = 0;

	for (size_t i = w.from; i < w.to; i++) {
		const struct ward_entry *e = &g->entry[i];

		if (left_out && left_out[i - w.from])
			continue;
		memcpy(out + n, e->n_id ? e->ids : &e->id, (e->n_id ? e->n_id : 1) * sizeof(*out));
		n += e->n_id ? e->n_id : 1;
	}
	qsort(out, n, sizeof(*out), id_order);
	for (size_t i = 0; i < n; i++)
		if (k == 0 || !ward_id_eq(out[k - 1], out[i]))
			out[k++] = out[i];
	return k;
}

void ward_corr_about(
	const struct ward_group_state *g, struct ward_window w, struct ward_detection *d)
{
	d->asset = d->place = WARD_NONE;
	d->subject = d->actor = (struct ward_str){"", 0};
	for (size_t i = w.to; i-- > w.from;) {
		const struct ward_entry *e = &g->entry[i];

		if (d->asset == WARD_NONE)
			d->asset = e->asset;
		if (d->place == WARD_NONE)
			d->place = e->place;
		if (!d->subject.len)
			d->subject = (struct ward_str){e->text ? e->text : "", e->subject_len};
		if (!d->actor.len && e->actor_len)
			d->actor = (struct ward_str){e->text + e->subject_len, e->actor_len};
	}
}

/* Threat and level: the correlation's own, else those of its members. */
static void rule_of(const struct ward_detector *det, const struct ward_rule *r,
	const struct ward_entry *last, struct ward_detection *d)
{
	const struct ward_rule *m = det->rs->rule[r->corr->member[last->rule]];

	d->rule = r->key;
	d->title = r->title;
	d->author = r->author;
	d->license = r->license;
	d->tag = r->tag;
	d->n_tag = r->n_tag;
	d->level = r->level;
	d->stage = ward_rule_stage(det->rs, r);
	d->threat = r->meaning.threat;
	d->threat_code = r->threat_code;
	if (d->threat == WARD_NONE) {
		d->threat = m->meaning.threat;
		d->threat_code = m->threat_code;
	}
	for (size_t i = 0; i < ward_corr_n_wanted(r->corr) && !r->level_given; i++) {
		const struct ward_rule *k = det->rs->rule[r->corr->member[i]];

		if (i == 0 || k->level > d->level)
			d->level = k->level;
	}
}

/* The group's values, and the rhythm of even events. */
struct shown_match {
	struct ward_match item[WARD_AXES + 3];
	size_t n;
	char interval[24], jitter[24];
};

static void match_of(const struct ward_corr *c, const struct ward_group_state *g,
	const struct ward_window *w, struct shown_match *m)
{
	ward_ns mean;
	uint64_t uneven;

	m->n = 0;
	for (size_t i = 0; i < c->group.n; i++)
		m->item[m->n++] =
			(struct ward_match){.field = c->group.name[i], .value = g->value[i]};
	if (c->near_hops)
		m->item[m->n++] = (struct ward_match){
			.field = WARD_STR("ward.near"), .value = g->value[c->group.n]};
	if (!w || !c->jitter || !ward_window_beat(c, &g->entry[w->from], &mean, &uneven))
		return;
	(void)snprintf(m->interval, sizeof(m->interval), "%" PRId64, mean / WARD_NS_PER_MS);
	(void)snprintf(m->jitter, sizeof(m->jitter), "%" PRIu64, uneven);
	m->item[m->n++] = (struct ward_match){
		.field = WARD_STR("ward.interval_ms"), .value = ward_str_z(m->interval)};
	m->item[m->n++] = (struct ward_match){
		.field = WARD_STR("ward.jitter_permille"), .value = ward_str_z(m->jitter)};
}

static void put(struct ward_detector *det, const struct ward_rule *r, struct ward_detection *d,
	struct shown_match *m, const struct ward_outlet *out)
{
	if (r->silent || r->stage == WARD_STAGE_OFF)
		return;
	d->match = m->item;
	d->n_match = m->n;
	det->stats.n_detection++;
	out->sink(out->ctx, d);
}

/* Events of the window whose ids were not kept. */
static size_t n_beyond(const struct ward_group_state *g, struct ward_window w, const bool *left_out)
{
	size_t n = 0;

	for (size_t i = w.from; g->bundled && i < w.to; i++)
		if (!left_out[i - w.from])
			n += (size_t)ward_entry_n(&g->entry[i]) - 1;
	return n;
}

enum ward_err ward_corr_say(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, struct ward_shown *s, bool partial, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	size_t n = ward_corr_n_id(g, w), n_entry = w.to - w.from;
	struct ward_id *evidence = ward_mem_alloc(det->mem, n * sizeof(*evidence));
	bool *left_out = ward_mem_alloc(det->mem, n_entry);
	struct ward_verdict v = {true, false};
	struct ward_detection d = {.id = ward_corr_window_id(det, g, g->entry[w.from].id)};
	struct shown_match m;
	struct ward_tally t;
	enum ward_err err = evidence && left_out ? WARD_OK : WARD_ERR_NOMEM;

	if (!err && (ward_corr_tumbles(r->corr) || g->bundled))
		err = ward_metric_holds(det->mem, r->corr, g->entry, w, left_out, &v);
	if (!err)
		err = ward_corr_tally(det, g, w, left_out, &t);
	if (!err) {
		d.measure = t.measure;
		d.part = t.part;
		d.n_part = t.n_part;
		rule_of(det, r, &g->entry[w.to - 1], &d);
		ward_corr_about(g, w, &d);
		match_of(r->corr, g, &w, &m);
		d.revision = ++s->revision;
		d.first = g->entry[w.from].first;
		for (size_t i = w.from; i < w.to; i++)
			d.first = g->entry[i].first < d.first ? g->entry[i].first : d.first;
		d.last = g->entry[w.to - 1].time;
		for (size_t i = w.from; g->bundled && i < w.to; i++)
			d.last = ward_entry_until(&g->entry[i]) > d.last
					 ? ward_entry_until(&g->entry[i])
					 : d.last;
		d.evidence = evidence;
		d.n_evidence = ward_corr_evidence(g, w, left_out, evidence);
		d.n_evidence_all = d.n_evidence + n_beyond(g, w, left_out);
		d.partial = s->partial = partial || v.partial;
		s->n = s->now = ward_window_weight(g, w);
		s->withdrawn = s->stale = false;
		put(det, r, &d, &m, out);
	}
	ward_mem_free(det->mem, evidence, n * sizeof(*evidence));
	ward_mem_free(det->mem, left_out, n_entry);
	return err;
}

void ward_corr_withdraw(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_shown *s, const struct ward_outlet *out)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	struct ward_entry none = {.rule = 0};
	struct ward_detection d = {.id = ward_corr_window_id(det, g, s->first), .withdrawn = true};
	struct shown_match m;

	rule_of(det, r, &none, &d);
	match_of(r->corr, g, NULL, &m);
	d.revision = ++s->revision;
	d.asset = d.place = WARD_NONE;
	d.subject = d.actor = (struct ward_str){"", 0};
	d.first = d.last = s->start;
	s->withdrawn = true;
	put(det, r, &d, &m, out);
}
