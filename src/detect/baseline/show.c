/* What is known, for people. */
#include "detect/baseline/priv.h"

static void put_approval(struct ward_wr *w, const struct ward_bl_approval *a)
{
	if (a->who_len)
		ward_wr_printf(w, " by %.*s: %.*s", (int)a->who_len, a->who, (int)a->why_len,
			a->why ? a->why : "");
}

static void put_entry(struct ward_wr *w, const struct ward_bl_entry *en)
{
	struct ward_str text = {en->text, en->len};

	ward_wr_printf(w, "      %8llu  ", (unsigned long long)en->count);
	ward_bl_put_parts(w, text.len ? text : WARD_STR("-"));
	if (en->hist.n) {
		int64_t median = ward_hist_quantile(&en->hist, 0, 500);

		ward_wr_z(w, "  ");
		ward_bl_put_milli(w, en->min);
		ward_wr_z(w, " to ");
		ward_bl_put_milli(w, en->max);
		ward_wr_z(w, ", median about ");
		ward_bl_put_milli(w, median < en->min   ? en->min
				     : median > en->max ? en->max
							: median);
	}
	if (en->state != WARD_BL_USUAL) {
		ward_wr_printf(w, "  [%s", ward_bl_state_name(en->state));
		put_approval(w, &en->by);
		ward_wr_ch(w, ']');
	}
	ward_wr_ch(w, '\n');
}

static void put_dim(struct ward_baseline *b, struct ward_wr *w, const struct ward_bl_key *k,
	size_t dim, size_t rows)
{
	const struct ward_bl_dim *d = &b->profiles->p[k->profile].dim[dim];
	const struct ward_bl_dim_state *s = &k->dim[dim];

	if (!s->n)
		return;
	ward_arena_reset(&b->arena);
	struct ward_bl_entry **en = ward_bl_sorted(&b->arena, s, true);

	if (!en) {
		w->bad = true;
		return;
	}
	ward_wr_z(w, "    ");
	ward_wr_str(w, d->says);
	if (s->evicted)
		ward_wr_z(w, " (too many to know: not judged)");
	else if (d->kind == WARD_BL_WALK || d->kind == WARD_BL_TRAVEL)
		ward_wr_z(w, ", faster than anybody is");
	else if (d->kind == WARD_BL_SET && !ward_bl_closed(s))
		ward_wr_z(w, " (new ones keep coming: not judged)");
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < s->n && i < rows; i++)
		put_entry(w, en[i]);
	if (s->n > rows)
		ward_wr_printf(w, "                and %zu more\n", s->n - rows);
}

/* Which kind it is of, and of how many; of persons no number below five. */
static void put_group(struct ward_baseline *b, struct ward_wr *w, const struct ward_bl_key *k)
{
	const struct ward_bl_group *g = k->group;

	if (!g)
		return;
	ward_wr_z(w, ", one of ");
	if (b->profiles->p[k->profile].persons)
		ward_people_put(w, g->n_key);
	else
		ward_wr_u64(w, g->n_key);
	ward_wr_z(w, " like it (");
	ward_bl_put_parts(w, (struct ward_str){g->text, g->len});
	ward_wr_ch(w, ')');
}

static void put_key(
	struct ward_baseline *b, struct ward_wr *w, const struct ward_bl_key *k, size_t rows)
{
	ward_ns span;

	ward_wr_z(w, "  ");
	ward_bl_put_parts(w, (struct ward_str){k->text, k->len});
	if (k->count)
		ward_wr_printf(w, "  %llu", (unsigned long long)k->count);
	if (k->first <= k->last && ward_sub(k->last, k->first, &span)) {
		ward_wr_z(w, " in ");
		ward_bl_put_span(w, span);
		ward_wr_z(w, ", until ");
		ward_time_write(w, k->last - k->last % WARD_NS_PER_S);
	}
	put_group(b, w, k);
	if (k->state != WARD_BL_USUAL) {
		ward_wr_printf(w, "  [%s", k->state == WARD_BL_ODD ? "new" : "approved");
		put_approval(w, &k->by);
		ward_wr_ch(w, ']');
	}
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < b->profiles->p[k->profile].n_dim; i++)
		put_dim(b, w, k, i, rows);
}

void ward_baseline_show(
	struct ward_baseline *b, struct ward_str profile, size_t rows, struct ward_wr *w)
{
	uint32_t last = WARD_NONE;

	ward_bl_sort_keys(b);
	for (size_t i = 0; i < b->n_key; i++) {
		const struct ward_bl_key *k = b->key[i];
		const struct ward_bl_profile *p = &b->profiles->p[k->profile];

		if (profile.len && !ward_str_eq(p->id, profile))
			continue;
		if (k->profile != last) {
			if (last != WARD_NONE)
				ward_wr_ch(w, '\n');
			ward_wr_str(w, p->title);
			ward_wr_printf(w, " (%.*s)\n", WARD_STR_ARG(p->id));
			last = k->profile;
		}
		put_key(b, w, k, rows);
	}
}
