/* How a ward came to be as it is: its state at each moment at which that could have changed. */
#include "care/fold.h"

#include <stdlib.h>

enum { MOMENTS = 256, WORK = 1 << 22 };

struct moments {
	ward_ns *at;
	size_t n, cap;
	ward_ns until;
};

static void moment(struct moments *m, ward_ns t)
{
	if (t <= m->until && m->n < m->cap)
		m->at[m->n++] = t;
}

static int ns_cmp(const void *va, const void *vb)
{
	const ward_ns *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

static void of_impacts(const struct fold *f, uint32_t node, struct moments *m)
{
	size_t n;
	const struct thing *x = ward_care_on(&f->seen, node, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < x[i].n; k++) {
			const struct rev *rev = &x[i].rev[k];

			if (rev->known == INT64_MIN)
				moment(m, rev->r->earliest);
			else
				moment(m, rev->known);
			if (!rev->r->withdrawn && rev->r->expected > rev->known)
				moment(m, rev->r->expected);
		}
	for (size_t i = 0; i < f->seen.n_incident; i++) /* they end */
		for (size_t k = 1; n && k < f->seen.incident[i].n; k++)
			moment(m, f->seen.incident[i].rev[k].known);
}

static size_t room(const struct fold *f, uint32_t node)
{
	size_t n, cap = 0;
	const struct thing *x = ward_care_on(&f->seen, node, &n);

	for (size_t i = 0; i < n; i++)
		cap += 2 * x[i].n;
	for (size_t i = 0; n && i < f->seen.n_incident; i++)
		cap += f->seen.incident[i].n;
	(void)ward_care_entries_of(f, node, &n);
	return cap + 2 * n;
}

static void change(struct ward_care_ward *w, ward_ns t, const struct ward_care_value *v)
{
	if (w->n_change && (int64_t)w->change[w->n_change - 1].state == v->is)
		return;
	if (!w->n_change && v->is == WARD_CARE_STATE_OPEN)
		return; /* as it always was */
	if (w->n_change == WARD_CARE_CHANGES) {
		memmove(w->change, w->change + 1, (WARD_CARE_CHANGES - 1) * sizeof(*w->change));
		w->n_change--;
		w->changes_cut = true;
	}
	w->change[w->n_change++] =
		(struct ward_care_change){t, (enum ward_care_state)v->is, v->why};
}

enum ward_err ward_care_history(const struct fold *f, struct ward_care_ward *w)
{
	struct moments m = {.cap = room(f, w->node), .until = f->ask->at};
	size_t per, first = 0, n_entry;
	const struct ward_care_entry *const *entry = ward_care_entries_of(f, w->node, &n_entry);

	(void)ward_care_on(&f->seen, w->node, &per);
	per = WORK / (per + n_entry + 1);
	m.at = ward_arena_array(f->a, m.cap, sizeof(*m.at));
	w->change = ward_arena_array(f->a, WARD_CARE_CHANGES, sizeof(*w->change));
	if (!m.at || !w->change)
		return WARD_ERR_NOMEM;
	of_impacts(f, w->node, &m);
	for (size_t i = 0; i < n_entry; i++) {
		if (entry[i]->value[WARD_CARE_STATE] == WARD_CARE_NONE)
			continue;
		moment(&m, entry[i]->made);
		moment(&m, entry[i]->until + 1);
	}
	if (m.n)
		qsort(m.at, m.n, sizeof(*m.at), ns_cmp);
	size_t n = 0;

	for (size_t i = 0; i < m.n; i++)
		if (!n || m.at[i] != m.at[n - 1])
			m.at[n++] = m.at[i];
	if (per > MOMENTS)
		per = MOMENTS;
	if (n > per) {
		first = n - per;
		w->changes_cut = true;
	}
	for (size_t i = first; i < n; i++) {
		struct ward_care_value v = ward_care_state_at(f, w->node, m.at[i]);

		change(w, m.at[i], &v);
	}
	return WARD_OK;
}
