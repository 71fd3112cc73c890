/* Beds: what the directory says, what was counted, and who came and went since. */
#include "care/fold.h"

/* Who came and went after `after` and until the moment in question. */
static struct ward_care_moved moved(const struct fold *f, uint32_t node, ward_ns after)
{
	struct ward_care_moved m = {.since = WARD_NS_NEVER, .last = WARD_NS_NEVER};
	size_t lo = 0, hi = f->n_move;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->move[mid].node < node)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < f->n_move && f->move[lo].node == node; lo++) {
		const struct ward_care_move *x = &f->move[lo];

		if (x->time <= after || x->time > f->ask->at)
			continue;
		m.came += x->delta > 0 ? x->delta : 0;
		m.went -= x->delta < 0 ? x->delta : 0;
		m.last = x->time;
	}
	return m;
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
	struct ward_care_moved m;

	if (!v->entry)
		return;
	m = moved(f, node, v->entry->made);
	if (m.last == WARD_NS_NEVER)
		return;
	v->computed = not_below_0(v->entered + sign * (m.came - m.went));
	v->is = v->computed;
	v->why = WARD_CARE_WHY_COUNTED_ON;
}

/* What of the moves counts: since the later of the counts that they are added to. */
static void since(const struct fold *f, uint32_t node, struct ward_care_beds *b)
{
	const struct ward_care_entry *at = b->occupied.entry, *free = b->available.entry;

	if (!at || (free && free->made > at->made))
		at = free;
	if (!at)
		return;
	b->moved = moved(f, node, at->made);
	b->moved.since = at->made;
}

static void row(const struct fold *f, struct ward_care_ward *w, bool own, enum ward_bed_type type)
{
	const struct ward_node *s = ward_model_node(f->ask->m, w->node);
	enum ward_bed_type of = own ? WARD_BED_N : type;
	struct ward_care_beds *b = &w->bed[w->n_bed++];
	int64_t staffed = own && s->beds ? (int64_t)s->beds : WARD_CARE_NONE;
	int64_t occupied = WARD_CARE_NONE, available = WARD_CARE_NONE;
	struct ward_care_moved all = {.since = WARD_NS_NEVER, .last = WARD_NS_NEVER};

	if (own)
		all = moved(f, w->node, INT64_MIN);
	*b = (struct ward_care_beds){.type = type, .moved = all};
	b->staffed = plain(f, w, of, WARD_CARE_STAFFED, staffed);
	if (staffed != WARD_CARE_NONE && s->counts_patients)
		occupied = not_below_0((int64_t)(s->patients < s->beds ? s->patients : s->beds) +
				       all.came - all.went);
	b->occupied = plain(f, w, of, WARD_CARE_OCCUPIED, occupied);
	if (own)
		count_on(f, w->node, 1, &b->occupied);
	if (b->staffed.is != WARD_CARE_NONE && b->occupied.is != WARD_CARE_NONE)
		available = not_below_0(b->staffed.is - b->occupied.is);
	b->available = plain(f, w, of, WARD_CARE_AVAILABLE, available);
	if (own) {
		count_on(f, w->node, -1, &b->available);
		since(f, w->node, b);
	}
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
