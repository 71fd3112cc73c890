/* Beds: what the directory says, what was counted, and who came and went since. */
#include "care/fold.h"

/* Came less went, after `after` and until the moment in question. */
static int64_t moved(const struct fold *f, uint32_t node, ward_ns after, size_t *ret_n)
{
	int64_t sum = 0;

	*ret_n = 0;
	for (size_t i = 0; i < f->ask->n_move; i++) {
		const struct ward_care_move *m = &f->ask->move[i];

		if (m->node != node || m->time <= after || m->time > f->ask->at)
			continue;
		sum += m->delta;
		++*ret_n;
	}
	return sum;
}

static int64_t not_below_0(int64_t n)
{
	return n > 0 ? n : 0;
}

static struct ward_care_value plain(const struct fold *f, const struct ward_care_ward *w,
	enum ward_bed_type of, enum ward_care_field field, int64_t computed)
{
	const struct ward_care_entry *e = ward_care_entered_beds(f, w->node, of, field, f->ask->at);
	struct ward_care_value v = ward_care_reconcile(computed, e, field, INT64_MIN);

	if (e && v.why != WARD_CARE_WHY_SAME)
		v.why = computed == WARD_CARE_NONE ? WARD_CARE_WHY_ENTERED : WARD_CARE_WHY_COUNTED;
	return v;
}

/* Goes on from an entry with who came (sign 1) or what they took (sign -1). */
static void count_on(const struct fold *f, uint32_t node, int sign, struct ward_care_value *v)
{
	size_t n;
	int64_t sum = v->entry ? moved(f, node, v->entry->made, &n) : 0;

	if (!v->entry || !n)
		return;
	v->computed = not_below_0(v->entered + sign * sum);
	v->is = v->computed;
	v->why = WARD_CARE_WHY_COUNTED_ON;
}

static void row(const struct fold *f, struct ward_care_ward *w, bool own, enum ward_bed_type type)
{
	const struct ward_node *s = ward_model_node(f->ask->m, w->node);
	enum ward_bed_type of = own ? WARD_BED_N : type;
	struct ward_care_beds *b = &w->bed[w->n_bed++];
	int64_t staffed = own && s->beds ? (int64_t)s->beds : WARD_CARE_NONE;
	int64_t occupied = WARD_CARE_NONE, available = WARD_CARE_NONE;
	size_t n;

	*b = (struct ward_care_beds){.type = type};
	b->staffed = plain(f, w, of, WARD_CARE_STAFFED, staffed);
	if (staffed != WARD_CARE_NONE && s->counts_patients)
		occupied = not_below_0((int64_t)(s->patients < s->beds ? s->patients : s->beds) +
				       moved(f, w->node, INT64_MIN, &n));
	b->occupied = plain(f, w, of, WARD_CARE_OCCUPIED, occupied);
	if (own)
		count_on(f, w->node, 1, &b->occupied);
	if (b->staffed.is != WARD_CARE_NONE && b->occupied.is != WARD_CARE_NONE)
		available = not_below_0(b->staffed.is - b->occupied.is);
	b->available = plain(f, w, of, WARD_CARE_AVAILABLE, available);
	if (own)
		count_on(f, w->node, -1, &b->available);
	if (w->state.is >= WARD_CARE_STATE_EVACUATING && b->available.is != 0) {
		b->available.computed = b->available.is = 0;
		b->available.why =
			b->available.entry ? WARD_CARE_WHY_CLOSED : WARD_CARE_WHY_COMPUTED;
	}
	b->more_24h = plain(f, w, of, WARD_CARE_MORE_24H, WARD_CARE_NONE);
	b->more_72h = plain(f, w, of, WARD_CARE_MORE_72H, WARD_CARE_NONE);
}

void ward_care_beds(const struct fold *f, struct ward_care_ward *w)
{
	enum ward_bed_type own = ward_care_bed_type(f->ask->m, w->node);
	bool has[WARD_BED_N] = {false}, of_own = ward_model_node(f->ask->m, w->node)->beds > 0;
	size_t n;
	const struct ward_care_entry *const *of = ward_care_entries_of(f, w->node, &n);

	for (size_t i = 0; i < n; i++) {
		const struct ward_care_entry *e = of[i];
		bool counts = false;

		for (unsigned k = WARD_CARE_STAFFED; k <= WARD_CARE_MORE_72H; k++)
			counts |= e->value[k] != WARD_CARE_NONE;
		if (!counts || e->made > f->ask->at || e->until < f->ask->at)
			continue;
		if (e->bed == WARD_BED_N)
			of_own = true;
		else
			has[e->bed] = true;
	}
	if (of_own)
		row(f, w, true, own);
	for (unsigned t = 0; t < WARD_BED_N && w->n_bed < WARD_CARE_BED_ROWS; t++)
		if (has[t])
			row(f, w, false, (enum ward_bed_type)t);
}
