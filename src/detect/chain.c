/* Correlations over correlations: a window of the lower one is an entry of the higher one, at the
 * time at which its condition was met. */
#include "detect/corr.h"

enum { VALUE_BYTES = 4096, EVIDENCE_MAX = 64, TEXT_BYTES = 1 << 20 };

void ward_axis_of(struct ward_detector *det, const struct ward_value *v, struct ward_axis *ret)
{
	size_t n = v && v->kind == WARD_VALUE_LIST ? v->n : v ? 1 : 0;
	const struct ward_value *item = v && v->kind == WARD_VALUE_LIST ? v->item : v;

	ret->n = 0;
	for (size_t i = 0; i < n && ret->n < WARD_AXIS_VALUES; i++) {
		struct ward_str s = ward_match_scalar(det, &item[i]);

		if (s.p)
			ret->value[ret->n++] = s;
	}
}

/* ---- values as bytes: per field their number, and each with its length ---- */

static void pack(struct ward_wr *w, const struct ward_axis *a)
{
	uint8_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n = (uint8_t)(n + (a->value[i].len <= VALUE_BYTES));
	ward_wr_u8(w, n);
	for (size_t i = 0; i < a->n; i++)
		if (a->value[i].len <= VALUE_BYTES)
			ward_wr_lv(w, ward_str_bytes(a->value[i]));
}

static void unpack(struct ward_rd *r, struct ward_axis *ret)
{
	size_t n = ward_rd_u8(r);

	ret->n = 0;
	for (size_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct ward_str s = ward_slice_text(ward_rd_lv(r, VALUE_BYTES));

		if (!ward_rd_bad(r) && ret->n < WARD_AXIS_VALUES)
			ret->value[ret->n++] = s;
	}
}

enum ward_err ward_chain_keep(
	struct ward_detector *det, const struct ward_corr *c, uint32_t map, struct ward_wr *w)
{
	for (size_t i = 0; i < c->n_carry; i++) {
		struct ward_axis a;
		uint32_t field = 0;

		ward_axis_of(det, ward_match_value(det, c->carry[i], map, &field), &a);
		pack(w, &a);
	}
	return det->err;
}

/* ---- what a window has of a field ---- */

static void add_value(struct ward_axis *a, struct ward_str s)
{
	size_t at = 0;

	while (at < a->n && ward_str_cmp(a->value[at], s) < 0)
		at++;
	if ((at < a->n && ward_str_eq(a->value[at], s)) || at == WARD_AXIS_VALUES)
		return;
	/* Sorted, and when there are too many the last go: whatever the order they came in. */
	a->n -= a->n == WARD_AXIS_VALUES;
	memmove(&a->value[at + 1], &a->value[at], (a->n - at) * sizeof(*a->value));
	a->value[at] = s;
	a->n++;
}

static void carried(const struct ward_entry *e, size_t which, struct ward_axis *ret)
{
	struct ward_axis a = {.n = 0};
	size_t before = (size_t)e->subject_len + e->actor_len;
	struct ward_rd r = ward_rd_from(e->text ? e->text + before : "", e->carry_len);

	for (size_t i = 0; i <= which; i++)
		unpack(&r, &a);
	for (size_t i = 0; i < a.n; i++)
		add_value(ret, a.value[i]);
}

static void field_of(const struct ward_corr *c, const struct ward_group_state *g,
	struct ward_window w, uint32_t slot, struct ward_axis *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < c->group.n; i++) {
		if (c->group.slot[i] != slot)
			continue;
		add_value(ret, g->value[i]);
		return;
	}
	for (size_t k = 0; k < c->n_carry; k++)
		for (size_t i = w.from; i < w.to && c->carry[k] == slot; i++)
			carried(&g->entry[i], k, ret);
}

/* ---- telling ---- */

static void told_fini(struct ward_detector *det, struct ward_told *t)
{
	ward_mem_free(
		det->mem, t->e.text, (size_t)t->e.subject_len + t->e.actor_len + t->e.carry_len);
	ward_mem_free(det->mem, t->e.ids, t->e.n_id * sizeof(*t->e.ids));
	ward_wr_fini(&t->axes);
}

void ward_chain_fini(struct ward_detector *det)
{
	for (size_t i = 0; i < det->n_told; i++)
		told_fini(det, &det->told[i]);
	ward_mem_free(det->mem, det->told, det->cap_told * sizeof(*det->told));
	det->told = NULL;
	det->n_told = det->cap_told = 0;
}

static enum ward_err wait_for(struct ward_detector *det, const struct ward_told *t)
{
	/* As many as there are windows that may change at once. */
	enum ward_err err = ward_mem_more(det->mem, &det->told, det->n_told, &det->cap_told,
		sizeof(*t), ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS) * 16);

	if (!err)
		det->told[det->n_told++] = *t;
	return err;
}

/* The part of the window that met the condition: what comes later changes nothing of it. */
static struct ward_window met(
	const struct ward_corr *c, const struct ward_group_state *g, struct ward_window w)
{
	return (struct ward_window){w.from, ward_window_complete(c, g->entry, w) + 1};
}

/* The entry for those above: text and ids are new on the heap. */
static enum ward_err entry_of(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, struct ward_entry *ret)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_detection d = {.n_evidence = 0};
	size_t n = ward_corr_n_id(g, w);
	struct ward_id *ids = ward_mem_alloc(det->mem, n * sizeof(*ids));
	struct ward_wr text = ward_wr_grow(det->mem, TEXT_BYTES);
	struct ward_entry e = {.time = g->entry[w.to - 1].time,
		.id = ward_corr_window_id(det, g, g->entry[w.from].id)};

	ward_corr_about(g, w, &d);
	ward_wr_str(&text, d.subject);
	ward_wr_str(&text, d.actor);
	for (size_t k = 0; k < c->n_carry; k++) {
		struct ward_axis a;

		field_of(c, g, w, c->carry[k], &a);
		pack(&text, &a);
	}
	e.asset = d.asset;
	e.place = d.place;
	e.subject_len = (uint16_t)d.subject.len;
	e.actor_len = (uint16_t)d.actor.len;
	e.first = g->entry[w.from].first;
	for (size_t i = w.from; i < w.to; i++)
		e.first = g->entry[i].first < e.first ? g->entry[i].first : e.first;
	if (ids) {
		size_t n_id = ward_corr_evidence(g, w, NULL, ids);

		e.n_id = (uint16_t)(n_id < EVIDENCE_MAX ? n_id : EVIDENCE_MAX);
		e.ids = ward_mem_alloc(det->mem, e.n_id * sizeof(*ids));
	}
	if (!ward_wr_bad(&text) && text.len)
		e.text = ward_mem_alloc(det->mem, text.len);
	if (e.ids)
		memcpy(e.ids, ids, e.n_id * sizeof(*ids));
	if (e.text)
		memcpy(e.text, text.p, text.len);
	bool ok = e.ids && !ward_wr_bad(&text) && (e.text || !text.len);

	e.carry_len = (uint32_t)(text.len - d.subject.len - d.actor.len);
	ward_mem_free(det->mem, ids, n * sizeof(*ids));
	ward_wr_fini(&text);
	if (!ok) {
		struct ward_told none = {.e = e};

		none.axes = ward_wr_grow(det->mem, 1);
		told_fini(det, &none);
		return WARD_ERR_NOMEM;
	}
	*ret = e;
	return WARD_OK;
}

static size_t place_in(const struct ward_corr *above, uint32_t rule)
{
	size_t k = 0;

	while (above->member[k] != rule)
		k++;
	return k;
}

static enum ward_err tell_one(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, uint32_t above, struct ward_idgen *sum)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr, *a = det->rs->rule[above]->corr;
	struct ward_told t = {.rule = above, .member = (uint32_t)place_in(a, g->rule)};

	t.axes = ward_wr_grow(det->mem, TEXT_BYTES);
	enum ward_err err = entry_of(det, g, w, &t.e);

	for (size_t i = 0; i < a->group.n + a->counted.n && !err; i++) {
		struct ward_axis v;

		field_of(c, g, w, ward_corr_field(a, i, t.member), &v);
		pack(&t.axes, &v);
	}
	if (!err && ward_wr_bad(&t.axes))
		err = WARD_ERR_NOMEM;
	if (!err && sum) {
		ward_idgen_u64(sum, (uint64_t)t.e.time);
		ward_idgen_str(sum, ward_wr_text(&t.axes));
		ward_idgen_str(
			sum, (struct ward_str){t.e.text,
				     (size_t)t.e.subject_len + t.e.actor_len + t.e.carry_len});
		for (size_t i = 0; i < t.e.n_id; i++)
			ward_idgen_id(sum, t.e.ids[i]);
	} else if (!err) {
		err = wait_for(det, &t);
		if (!err)
			return err;
	}
	told_fini(det, &t);
	return err;
}

/* What those above would be told, as one number that is never 0. */
static enum ward_err sum_of(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, uint64_t *ret)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	struct ward_idgen gen;
	enum ward_err err = WARD_OK;

	ward_idgen_init(&gen, "detection.told");
	for (size_t i = 0; i < r->n_parent && !err; i++)
		if (!det->rs->rule[r->parent[i]]->refused)
			err = tell_one(det, g, w, r->parent[i], &gen);
	struct ward_id id = ward_idgen_final(&gen);

	memcpy(ret, id.b + sizeof(id.b) - sizeof(*ret), sizeof(*ret));
	*ret |= 1;
	return err;
}

enum ward_err ward_chain_tell(struct ward_detector *det, const struct ward_group_state *g,
	struct ward_window w, struct ward_shown *s)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	uint64_t sum = 0;

	if (r->n_parent == 0)
		return WARD_OK;
	w = met(r->corr, g, w);
	enum ward_err err = sum_of(det, g, w, &sum);

	if (err || sum == s->told)
		return err;
	if (s->told)
		err = ward_chain_untell(det, g, s);
	for (size_t i = 0; i < r->n_parent && !err; i++)
		if (!det->rs->rule[r->parent[i]]->refused)
			err = tell_one(det, g, w, r->parent[i], NULL);
	s->told = sum;
	s->told_time = g->entry[w.to - 1].time;
	return err;
}

enum ward_err ward_chain_untell(
	struct ward_detector *det, const struct ward_group_state *g, struct ward_shown *s)
{
	const struct ward_rule *r = det->rs->rule[g->rule];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->n_parent && s->told && !err; i++) {
		struct ward_told t = {.rule = r->parent[i],
			.gone = true,
			.e = {.time = s->told_time, .id = ward_corr_window_id(det, g, s->first)}};

		t.axes = ward_wr_grow(det->mem, 1);
		if (!det->rs->rule[r->parent[i]]->refused)
			err = wait_for(det, &t);
	}
	s->told = 0;
	return err;
}

static enum ward_err give(
	struct ward_detector *det, struct ward_told *t, const struct ward_outlet *out)
{
	const struct ward_corr *c = det->rs->rule[t->rule]->corr;
	struct ward_axis axis[WARD_AXES];
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&t->axes));

	if (t->gone)
		return ward_corr_remove(det, t->rule, t->e.id, t->e.time, out);
	/* Never too late: those above close their windows after those below, and later by what
	 * these may need (ward_corr.delay). */
	t->e.rule = t->member;
	for (size_t i = 0; i < c->group.n + c->counted.n; i++)
		unpack(&r, &axis[i]);
	return ward_corr_spread(det, t->rule, axis, &t->e, out);
}

enum ward_err ward_chain_drain(struct ward_detector *det, const struct ward_outlet *out)
{
	enum ward_err err = WARD_OK;

	/* Giving adds more at the end, for those yet higher. */
	for (size_t i = 0; i < det->n_told && !err; i++) {
		struct ward_told t = det->told[i];

		det->told[i] = (struct ward_told){.axes = ward_wr_grow(det->mem, 1)};
		err = give(det, &t, out);
		told_fini(det, &t);
	}
	for (size_t i = 0; i < det->n_told; i++)
		told_fini(det, &det->told[i]);
	det->n_told = 0;
	return err;
}
