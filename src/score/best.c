/* Which answer matters most: both ends of what it may be, on the same incidents. */
#include "model/hours.h"
#include "score/trial.h"

#include <stdlib.h>

/* Incidents begin on a Monday at nine (1970-01-05), and a day is looked at. */
#define BEGIN (4 * 24 * SCORE_HOUR + 9 * SCORE_HOUR)
#define AHEAD (24 * SCORE_HOUR)

/* The threats that incidents are made of: on what (a class; NULL: whatever feeds, cools, supplies
 * or hosts something), and how many are tried. */
static const struct kind {
	const char *threat, *class;
	size_t most;
} kinds[] = {
	{"outage", NULL, WARD_SCORE_TRIED},
	{"malware.ransomware", "device.computer.server", 128},
	{"bms.command", "device.building", 128},
	{"fire.fire", "room.technical", 128},
};

const char *ward_score_ask_name(enum ward_score_ask a)
{
	static const char *const name[] = {
#define X(NAME, name) name,
		WARD_SCORE_ASKS(X)
#undef X
	};

	WARD_ASSERT((unsigned)a < WARD_SCORE_ASK_N);
	return name[a];
}

/* One incident, with one change or none; fills `hit`. *ret_all, unless NULL, lives until the next.
 */
static enum ward_err run(struct score_trial *t, struct ward_score_incident what,
	const struct ward_score_answer *a, int side, struct ward_impacts *ret_all)
{
	struct ward_seed_threat seed = {what.node, what.threat, BEGIN, SCORE_MICRO, SCORE_MICRO};
	struct ward_change c[WARD_ARRAY_LEN(t->base) + 1];
	size_t n = 0;
	struct ward_impacts all;

	for (size_t i = 0; i < t->n_base; i++)
		if (!a || a->ask != WARD_SCORE_ASK_RELATION || t->base[i].asset != a->other ||
			t->base[i].other != a->node || t->base[i].rel != a->rel)
			c[n++] = t->base[i];
	if (a && a->ask == WARD_SCORE_ASK_LASTS)
		c[n++] = (struct ward_change){.kind = WARD_CHANGE_BUFFER,
			.asset = a->node,
			.buffer = a->buffer,
			.at = side ? a->high : a->low};
	else if (a && a->ask == WARD_SCORE_ASK_TAKEOVER)
		c[n++] = (struct ward_change){.kind = WARD_CHANGE_FAILED_OVER, .asset = a->node};
	else if (a && a->ask == WARD_SCORE_ASK_PROTECTED)
		c[n++] = (struct ward_change){.kind = WARD_CHANGE_PROTECTED,
			.asset = a->node,
			.threat = a->threat,
			.lo_micro = side ? SCORE_MICRO : 0,
			.hi_micro = side ? SCORE_MICRO : 0};
	enum ward_err err = ward_engine_what_if(t->e, &seed, 1, c, n, &all);

	t->s->n_run++;
	t->n_hit = 0;
	for (size_t i = 0; i < all.n && !err && t->n_hit < SCORE_HITS; i++) {
		const struct ward_impact *it = &all.item[i];
		const struct ward_node *node = ward_model_node(t->m, it->asset);

		if (node->kind == WARD_NODE_SERVICE && node->criticality >= SCORE_CRITICAL &&
			it->need == WARD_NEED_AVAILABILITY && it->expected < BEGIN + AHEAD)
			t->hit[t->n_hit++] = (struct score_hit){
				it->asset, (it->lo_micro + it->hi_micro) / 2, it->expected};
	}
	if (!err && ret_all)
		*ret_all = all;
	return err;
}

/* Of from..to the hours of an office count fully, others a tenth: Monday to Tuesday, 8 to 18. */
static ward_ns office(ward_ns from, ward_ns to)
{
	ward_ns open = 0;

	for (int day = 0; day < 2; day++) {
		ward_ns a = BEGIN + (day * 24 - 1) * SCORE_HOUR, b = a + 10 * SCORE_HOUR;

		a = a > from ? a : from;
		b = b < to ? b : to;
		open += b > a ? b - a : 0;
	}
	return open + (to - from - open) / 10;
}

/* What one service loses, if the answer is that end. */
static int64_t service_lost(const struct score_trial *t, const struct score_hit *h,
	const struct ward_score_answer *a, int side, ward_ns end)
{
	__extension__ typedef unsigned __int128 wide;
	bool about = a && a->node == h->node;
	int64_t weight = about && a->ask == WARD_SCORE_ASK_WEIGHT
				 ? side ? a->high : a->low
				 : ward_model_node(t->m, h->node)->weight_micro;
	ward_ns from = h->expected;

	if (a && a->ask == WARD_SCORE_ASK_TOLERANCE) {
		if (!about)
			return 0;
		from += side ? a->high : a->low;
	}
	if (from >= end)
		return 0;
	ward_ns busy = !about || a->ask != WARD_SCORE_ASK_HOURS
			       ? ward_model_busy(t->m, h->node, from, end)
		       : side ? end - from
			      : office(from, end);
	wide care = (wide)(uint64_t)weight * (uint64_t)h->mid_micro / SCORE_MICRO;

	care = care * (uint64_t)(busy / WARD_NS_PER_S) / 60;
	return care > INT64_MAX / 4096 ? INT64_MAX / 4096 : (int64_t)care;
}

/* When what failed is back: it is said, or the day is over. */
static ward_ns ends(const struct score_trial *t, struct ward_score_incident what,
	const struct ward_score_answer *a, int side)
{
	ward_ns back = ward_model_node(t->m, what.node)->recovery;

	if (!ward_str_eqz(ward_threats_at(ward_model_threats(t->m), what.threat)->code, "outage"))
		return BEGIN + AHEAD;
	if (a && a->ask == WARD_SCORE_ASK_RECOVERY && a->node == what.node)
		back = side ? a->high : a->low;
	return BEGIN + (back && back < AHEAD ? back : AHEAD);
}

struct sum {
	int64_t lost_micro;
	uint32_t fallen; /* services likelier lost than not; TOLERANCE: for longer than can be borne
			  */
};

static struct sum lost(const struct score_trial *t, struct ward_score_incident what,
	const struct ward_score_answer *a, int side)
{
	ward_ns end = ends(t, what, a, side);
	struct sum sum = {0, 0};

	for (size_t i = 0; i < t->n_hit; i++) {
		int64_t micro = service_lost(t, &t->hit[i], a, side, end);

		sum.lost_micro = sum.lost_micro > INT64_MAX / 4096 - micro ? INT64_MAX / 4096
									   : sum.lost_micro + micro;
		sum.fallen += t->hit[i].mid_micro >= SCORE_MICRO / 2 &&
			      (a && a->ask == WARD_SCORE_ASK_TOLERANCE ? micro > 0
								       : t->hit[i].expected < end);
	}
	return sum;
}

static bool supplies(const struct ward_model *m, uint32_t i)
{
	size_t n;
	const struct ward_rel *r = ward_model_out(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (r[k].type == WARD_REL_POWERS || r[k].type == WARD_REL_COOLS ||
			r[k].type == WARD_REL_SUPPLIES || r[k].type == WARD_REL_HOSTS)
			return true;
	return false;
}

/* Whether the incident is of that kind. */
static bool fits(const struct ward_model *m, const struct kind *k, uint32_t i)
{
	uint32_t class = k->class ? ward_ontology_find(ward_model_ontology(m), ward_str_z(k->class))
				  : WARD_NONE;

	if (k->class)
		return class != WARD_NONE && ward_model_is(m, i, class);
	return ward_model_node(m, i)->kind == WARD_NODE_ASSET && supplies(m, i);
}

struct worst {
	struct ward_score_incident what[WARD_SCORE_INCIDENTS];
	int64_t lost_micro[WARD_SCORE_INCIDENTS];
	size_t n, most;
};

/* Keeps the dearest, of equals the first. */
static void place(struct worst *w, struct ward_score_incident what, int64_t micro)
{
	size_t at = w->n < w->most ? w->n++ : w->most;

	for (; at && w->lost_micro[at - 1] < micro; at--)
		if (at < w->most) {
			w->lost_micro[at] = w->lost_micro[at - 1];
			w->what[at] = w->what[at - 1];
		}
	if (at < w->most) {
		w->lost_micro[at] = micro;
		w->what[at] = what;
	}
}

static enum ward_err find_of(struct score_trial *t, const struct kind *k, struct worst *all)
{
	struct worst w = {.most = WARD_SCORE_OF_THREAT};
	uint32_t threat = ward_threats_find(ward_model_threats(t->m), ward_str_z(k->threat));
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(t->m) && !err && threat != WARD_NONE; i++) {
		struct ward_score_incident what = {i, threat};

		if (!fits(t->m, k, i))
			continue;
		if (n++ == k->most)
			break;
		err = run(t, what, NULL, 0, NULL);
		if (err)
			break;
		int64_t micro = lost(t, what, NULL, 0).lost_micro;

		if (!k->class) {
			t->tried[t->n_tried].node = i;
			t->tried[t->n_tried++].lost_micro = micro;
		}
		if (micro > 0)
			place(&w, what, micro);
	}
	for (size_t i = 0; i < w.n && !err; i++)
		place(all, w.what[i], w.lost_micro[i]);
	return err;
}

/* The incidents that cost most, of each threat among the first things that it fits. */
static enum ward_err find_incidents(struct score_trial *t)
{
	struct worst all = {.most = WARD_SCORE_INCIDENTS};
	enum ward_err err = WARD_OK;

	for (size_t k = 0; k < WARD_ARRAY_LEN(kinds) && !err; k++)
		err = find_of(t, &kinds[k], &all);
	t->s->n_incident = all.n;
	memcpy(t->s->incident, all.what, all.n * sizeof(*all.what));
	return err;
}

static int64_t apart(const int64_t *lost_micro)
{
	int64_t d = lost_micro[0] - lost_micro[1];

	return d < 0 ? -d : d;
}

static bool by_engine(const struct ward_score_answer *a)
{
	return a->ask == WARD_SCORE_ASK_LASTS || a->ask == WARD_SCORE_ASK_TAKEOVER ||
	       a->ask == WARD_SCORE_ASK_PROTECTED || a->ask == WARD_SCORE_ASK_RELATION;
}

/* One end of the answer is that things are as the directory says. */
static bool as_it_is(const struct ward_score_answer *a)
{
	return a->ask == WARD_SCORE_ASK_TAKEOVER || a->ask == WARD_SCORE_ASK_RELATION ||
	       (a->ask == WARD_SCORE_ASK_PROTECTED && !a->known);
}

/* Both ends of one answer on one incident. `hit` is of the incident as it is if the answer needs no
 * engine. */
static enum ward_err measure(struct score_trial *t, struct ward_score_answer *a,
	struct ward_score_incident what, const struct sum *base, int64_t *most)
{
	struct sum got[2];

	for (int side = 0; side < 2; side++) {
		enum ward_err err = WARD_OK;

		if (side == 0 && as_it_is(a)) {
			got[0] = *base;
			continue;
		}
		if (by_engine(a))
			err = run(t, what, a, side, NULL);
		if (err)
			return err;
		got[side] = lost(t, what, a, side);
	}
	const int64_t both[2] = {got[0].lost_micro, got[1].lost_micro};

	a->lost_micro[0] += both[0];
	a->lost_micro[1] += both[1];
	a->changed += got[0].fallen > got[1].fallen ? got[0].fallen - got[1].fallen
						    : got[1].fallen - got[0].fallen;
	if (apart(both) > *most) {
		*most = apart(both);
		a->incident = what;
	}
	return WARD_OK;
}

/* Answers that need no engine come first on each incident, while what it reaches is at hand. */
static enum ward_err measure_all(struct score_trial *t)
{
	int64_t most[WARD_ARRAY_LEN(t->ask)] = {0};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < t->s->n_incident && !err; i++) {
		err = run(t, t->s->incident[i], NULL, 0, NULL);
		const struct sum base = lost(t, t->s->incident[i], NULL, 0);

		for (int engine = 0; engine < 2 && !err; engine++)
			for (size_t k = 0; k < t->n_ask && !err; k++)
				if (by_engine(&t->ask[k]) == (engine == 1))
					err = measure(
						t, &t->ask[k], t->s->incident[i], &base, &most[k]);
	}
	t->s->n_asked = t->n_ask;
	for (size_t k = 0; k < t->n_ask && !err; k++)
		if (most[k] > 0)
			t->s->answer[t->s->n_answer++] = t->ask[k];
	return err;
}

/* PROTECTED: what the incidents reach. */
static enum ward_err ask_protected(struct score_trial *t)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < t->s->n_incident && !err; i++) {
		struct ward_impacts all;

		err = run(t, t->s->incident[i], NULL, 0, &all);
		if (!err)
			score_ask_protected(t, &all);
	}
	return err;
}

static int answer_cmp(const void *va, const void *vb)
{
	const struct ward_score_answer *a = va, *b = vb;
	int64_t da = apart(a->lost_micro), db = apart(b->lost_micro);

	if (da != db)
		return da > db ? -1 : 1;
	if (a->changed != b->changed)
		return a->changed > b->changed ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->ask != b->ask)
		return (int)a->ask - (int)b->ask;
	return a->threat < b->threat ? -1 : a->threat > b->threat;
}

enum ward_err ward_score_make(const struct ward_score_world *world, struct ward_score *ret)
{
	const struct ward_model *m = world->m;
	struct score_trial t = {.m = m, .trial = world->trial, .e = world->e, .s = ret};

	*ret = (struct ward_score){.n_run = 0};
	score_areas(m, world->now, ret);
	score_undo_trial(&t);
	enum ward_err err = find_incidents(&t);

	if (!err)
		score_ask_all(&t);
	if (!err)
		err = ask_protected(&t);
	if (!err)
		err = measure_all(&t);
	if (!err && ret->n_answer > 1)
		qsort(ret->answer, ret->n_answer, sizeof(*ret->answer), answer_cmp);
	return err ? err : score_people(world, ret);
}
