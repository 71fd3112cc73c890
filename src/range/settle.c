/* Who works, by what each node needs. */
#include "range/body.h"

bool range_holds(const struct range_time *t, const struct range_gate *g)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < g->n && n < g->need; k++)
		n += t->s[t->r->member[g->first + k]].works;
	return n >= g->need;
}

bool range_is_of(const struct range_node *n, const char *const *class, size_t n_class)
{
	bool is = false;

	for (size_t i = 0; i < n_class; i++)
		is |= ward_str_starts(n->class, ward_str_z(class[i]));
	return is;
}

/* Where the limit ends nothing by itself. Nobody works among servers and switchgear: what stands
 * there goes off in its time. A blood bank's goods are in refrigerators of their own, whose
 * makers name the climate class that IEC 62552 has for those of households: 32 °C and more (N, ST,
 * T). Patients stay in their beds: most of what they are treated with bears 40 °C (IEC
 * 60601-1:1988, 10.2.1; since 2005 its maker says), an incubator 30 °C (IEC 60601-2-19), and nobody
 * carries a child out of it for a warm room. For how long a ward does without its air, its
 * `requires` says. */
static bool bears_heat(const struct range_node *n)
{
	static const char *const class[] = {
		"room.technical", "room.bloodbank", "room.icu", "room.ward"};

	return n->kind == RANGE_ROOM && range_is_of(n, class, WARD_ARRAY_LEN(class));
}

/* Without cold a room is only warm: what that does, its store says, and where the hospital states
 * none, people go on. */
bool range_fed(const struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;
	bool room = r->node[i].kind == RANGE_ROOM;

	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next) {
		const struct range_gate *gate = &r->gate[g];

		if (gate->by == RANGE_PLACE
				? !range_somewhere(t, gate)
				: !(room && gate->by == RANGE_COLD) && !range_holds(t, gate))
			return false;
	}
	return true;
}

/* A room that is warm enough may be dark. Water that nothing moves stays as cold as it is in its
 * pipes, and cools nothing: what it holds of warmth counts while its pumps run. */
bool range_flows(const struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;

	if (r->node[i].kind == RANGE_ROOM)
		return range_fed(t, i);
	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		if (r->gate[g].by == RANGE_SUPPLY && !range_holds(t, &r->gate[g]))
			return false;
	return true;
}

/* A service opens again some time after it has all. */
static bool is_open(struct range_time *t, uint32_t i, bool fed)
{
	struct range_state *s = &t->s[i];

	if (!fed)
		s->whole = WARD_NS_NEVER;
	else if (s->whole == WARD_NS_NEVER)
		s->whole = t->now;
	return fed && (s->whole == 0 || t->now - s->whole >= t->r->node[i].recovery);
}

static bool should_work(struct range_time *t, uint32_t i)
{
	const struct range_node *n = &t->r->node[i];
	const struct range_state *s = &t->s[i];
	bool fed = range_fed(t, i);

	switch (n->store) {
	case RANGE_WARMTH: /* how warm it is says it, of cold: that comes by degrees */
		return !s->stopped && (s->left < 1 || bears_heat(n)) && range_flows(t, i);
	case RANGE_PAPER:
		return (fed && !s->stopped) || s->left > 0;
	case RANGE_BATTERY:
	case RANGE_FUEL:
	case RANGE_TANK:
		return !s->stopped && !s->tripped && (fed || s->left > 0);
	case RANGE_PATIENCE:
		return fed || s->left > 0;
	case RANGE_NONE:
		break;
	}
	fed &= !s->stopped && !s->tripped;
	return n->kind == RANGE_SERVICE ? is_open(t, i, fed) : fed;
}

/* Does nothing else feed something that it feeds? */
static bool carries(const struct range_time *t, uint32_t i)
{
	const struct ward_range *r = t->r;

	for (size_t x = 0; x < t->n_fuelled; x++) {
		const struct range_gate *g = &r->gate[t->fuelled[x]];
		uint32_t others = 0;
		bool is = false;

		for (uint32_t k = 0; k < g->n; k++) {
			uint32_t by = r->member[g->first + k];

			is |= by == i;
			others += by != i && t->s[by].works && r->node[by].store != RANGE_FUEL;
		}
		if (is && !others)
			return true;
	}
	return false;
}

static void find_fuelled(struct range_time *t)
{
	const struct ward_range *r = t->r;

	for (uint32_t g = 0; g < r->n_gate; g++) {
		bool any = false;

		for (uint32_t k = 0; r->gate[g].by == RANGE_POWER && k < r->gate[g].n; k++)
			any |= r->node[r->member[r->gate[g].first + k]].store == RANGE_FUEL;
		if (any)
			t->fuelled[t->n_fuelled++] = g;
	}
}

/* Who needs whom, the other way round: so that only those are asked whom a change concerns. */
static void turn_round(struct range_time *t)
{
	const struct ward_range *r = t->r;

	for (int fill = 0; fill < 2; fill++) {
		for (uint32_t i = 0; i < r->n_node; i++)
			for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
				for (uint32_t k = 0; k < r->gate[g].n; k++) {
					uint32_t by = r->member[r->gate[g].first + k];

					t->cools[by] |= r->gate[g].by == RANGE_COLD;
					if (fill)
						t->after[--t->after_at[by]] = i;
					else
						t->after_at[by]++;
				}
		for (size_t i = 0; i < r->n_node && !fill; i++)
			t->after_at[i + 1] += t->after_at[i];
	}
}

enum ward_err range_prepare(struct range_time *t, struct ward_arena *a)
{
	const ward_ns step = RANGE_STEP_S * WARD_NS_PER_S;
	size_t n = t->r->n_node;

	t->act = ward_arena_array(a, t->in->n_act, sizeof(*t->act));
	t->work = ward_arena_array(a, t->in->n_work, sizeof(*t->work));
	t->s = ward_arena_array(a, n, sizeof(*t->s));
	t->at = ward_arena_array(a, n, sizeof(*t->at));
	t->flow = ward_arena_array(a, n, sizeof(*t->flow));
	t->flow_of = ward_arena_array(a, n, sizeof(*t->flow_of));
	t->moving = ward_arena_array(a, n, sizeof(*t->moving));
	t->after = ward_arena_array(a, t->r->n_member, sizeof(*t->after));
	t->after_at = ward_arena_array(a, n + 1, sizeof(*t->after_at));
	t->due = ward_arena_array(a, n / 64 + 1, sizeof(*t->due));
	t->cools = ward_arena_array(a, n, sizeof(*t->cools));
	t->fuelled = ward_arena_array(a, t->r->n_gate, sizeof(*t->fuelled));
	if (!t->act || !t->work || !t->s || !t->at || !t->flow || !t->flow_of || !t->moving ||
		!t->after || !t->after_at || !t->due || !t->cools || !t->fuelled)
		return WARD_ERR_NOMEM;
	turn_round(t);
	find_fuelled(t);
	if (t->in->until / step >= RANGE_PAST_MAX)
		return WARD_OK;
	t->n_step = (size_t)(t->in->until / step + 1);
	for (size_t i = 0; i < n; i++)
		t->n_past += t->cools[i] && t->r->node[i].store == RANGE_WARMTH &&
			     t->n_past < RANGE_PASTS_MAX;
	t->past = ward_arena_array(a, t->n_past * (t->n_step + 1), sizeof(*t->past));
	return t->past ? WARD_OK : WARD_ERR_NOMEM;
}

void range_ask(struct range_time *t, uint32_t node)
{
	t->due[node / 64] |= (uint64_t)1 << node % 64;
	t->changed = true;
}

void range_ask_all(struct range_time *t)
{
	for (uint32_t i = 0; i < t->r->n_node; i++)
		range_ask(t, i);
}

/* Asks it; who needs it is due where its answer is another one. */
static bool ask(struct range_time *t, uint32_t i)
{
	bool works = should_work(t, i);

	if (works == t->s[i].works)
		return false;
	t->s[i].works = works;
	for (uint32_t k = t->after_at[i]; k < t->after_at[i + 1]; k++)
		range_ask(t, t->after[k]);
	return true;
}

/* Once through all nodes, in their order: who is due by one before it is asked in the same turn. */
static bool ask_due(struct range_time *t)
{
	bool moved = false;

	for (uint32_t w = 0; w <= t->r->n_node / 64; w++)
		for (uint64_t from = ~(uint64_t)0; t->due[w] & from;) {
			uint32_t bit = (uint32_t)__builtin_ctzll(t->due[w] & from);

			from = bit == 63 ? 0 : ~(uint64_t)0 << (bit + 1);
			t->due[w] &= ~((uint64_t)1 << bit);
			moved |= ask(t, w * 64 + bit);
		}
	return moved;
}

void range_settle(struct range_time *t)
{
	bool moved = true, any = false;

	for (size_t turn = 0; moved && turn < t->r->n_node; turn++) {
		moved = ask_due(t);
		any |= moved;
	}
	for (size_t k = 0; (any || !t->now) && k < t->n_flow; k++) {
		uint32_t i = t->flow[k].node;

		t->s[i].burning =
			t->r->node[i].store == RANGE_FUEL && t->s[i].works && carries(t, i);
	}
	t->stale |= any || !t->now;
	t->changed = false;
}
