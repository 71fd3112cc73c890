/* Which answer matters most: both ends of what it may be, on the same incidents. */
#include "model/basis.h"
#include "model/hours.h"
#include "score/areas.h"

#include <stdlib.h>

enum { CRITICAL = 4, MICRO = 1000000 };
#define MINUTE (60 * WARD_NS_PER_S)
#define HOUR (60 * MINUTE)
/* Incidents begin on a Monday at nine (1970-01-05), and a day is looked at. */
#define BEGIN (4 * 24 * HOUR + 9 * HOUR)
#define AHEAD (24 * HOUR)

/* Which things usually have which buffer, and between what it may lie. */
static const struct usual {
	const char *class, *kind;
	ward_ns low, high;
} usual[] = {
	{"device.building.ups", "ups", 5 * MINUTE, HOUR},
	{"device.building.generator", "fuel", 4 * HOUR, 96 * HOUR},
	{"supply.gas", "tank", 4 * HOUR, 96 * HOUR},
	{"supply.cooling", "thermal", 5 * MINUTE, HOUR},
	{"software.ehr", "paper", 30 * MINUTE, 8 * HOUR},
	{"room.theatre", "thermal", 10 * MINUTE, HOUR},
	{"room.icu", "thermal", 10 * MINUTE, 2 * HOUR},
	{"room.technical.server", "thermal", 5 * MINUTE, 45 * MINUTE},
};

struct trial {
	const struct ward_model *m; /* as it is written */
	struct ward_engine *e;
	struct ward_score *s;
	uint32_t outage;
	struct {
		uint32_t node;
		int64_t lost_micro;
	} tried[WARD_SCORE_TRIED];
	size_t n_tried;
};

static const struct usual *usual_of(const struct ward_model *m, uint32_t i)
{
	const struct ward_ontology *o = ward_model_ontology(m);

	for (size_t k = 0; k < WARD_ARRAY_LEN(usual); k++) {
		uint32_t c = ward_ontology_find(o, ward_str_z(usual[k].class));

		if (c != WARD_NONE && ward_model_is(m, i, c))
			return &usual[k];
	}
	return NULL;
}

static bool says(const struct ward_model *m, uint32_t i, const char *kind)
{
	size_t n;
	const struct ward_buffer *b = ward_model_buffers(m, i, &n);

	for (size_t k = 0; k < n; k++)
		if (ward_str_eqz(b[k].kind, kind))
			return true;
	return false;
}

static bool is_assumed(const struct ward_model *m, uint32_t i)
{
	size_t n;
	const struct ward_basis *b = ward_model_basis(m, i, &n);
	bool assumed = false;

	for (size_t k = 0; k < n; k++) {
		if (ward_str_eqz(b[k].key, "buffers"))
			return b[k].assumed;
		assumed = assumed || (!b[k].key.len && b[k].assumed);
	}
	return assumed;
}

void ward_score_trial(const struct ward_model *m, struct ward_wr *w)
{
	ward_wr_z(w, "buffers:\n");
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		const struct usual *u = usual_of(m, i);

		if (u && !says(m, i, u->kind))
			ward_wr_printf(w, "  - {on: %.*s, kind: %s, lasts: 0s}\n",
				WARD_STR_ARG(ward_model_node(m, i)->id), u->kind);
	}
}

/* Care units that critical services are expected to lose within a day. */
static int64_t lost(const struct trial *t, const struct ward_impacts *all)
{
	__extension__ typedef unsigned __int128 wide;
	wide sum = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		const struct ward_node *n = ward_model_node(t->m, it->asset);

		if (n->kind != WARD_NODE_SERVICE || n->criticality < CRITICAL ||
			it->need != WARD_NEED_AVAILABILITY || it->expected >= BEGIN + AHEAD)
			continue;
		wide care = (wide)(uint64_t)n->weight_micro *
			    (uint64_t)((it->lo_micro + it->hi_micro) / 2) / MICRO;

		sum += care *
		       (uint64_t)(ward_model_busy(t->m, it->asset, it->expected, BEGIN + AHEAD) /
				  WARD_NS_PER_S) /
		       60;
	}
	return sum > INT64_MAX / 1024 ? INT64_MAX / 1024 : (int64_t)sum;
}

/* An outage of that node, with one change or none. */
static enum ward_err run(
	struct trial *t, uint32_t node, const struct ward_change *c, int64_t *ret_lost)
{
	struct ward_seed_threat seed = {node, t->outage, BEGIN, MICRO, MICRO};
	struct ward_impacts all;
	enum ward_err err = ward_engine_what_if(t->e, &seed, 1, c, c ? 1 : 0, &all);

	t->s->n_run++;
	if (!err)
		*ret_lost = lost(t, &all);
	return err;
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

static void place_incident(struct trial *t, uint32_t node, int64_t micro, int64_t *worst)
{
	struct ward_score *s = t->s;
	size_t at = s->n_incident < WARD_SCORE_INCIDENTS ? s->n_incident++ : WARD_SCORE_INCIDENTS;

	while (at && worst[at - 1] < micro) {
		if (at < WARD_SCORE_INCIDENTS) {
			worst[at] = worst[at - 1];
			s->incident[at] = s->incident[at - 1];
		}
		at--;
	}
	if (at < WARD_SCORE_INCIDENTS) {
		worst[at] = micro;
		s->incident[at] = node;
	}
}

/* The outages of one thing that cost most, among the first of those that others hang on. */
static enum ward_err find_incidents(struct trial *t)
{
	int64_t worst[WARD_SCORE_INCIDENTS] = {0};
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < ward_model_n(t->m) && !err; i++) {
		int64_t micro = 0;

		if (ward_model_node(t->m, i)->kind != WARD_NODE_ASSET || !supplies(t->m, i))
			continue;
		if (t->n_tried == WARD_SCORE_TRIED)
			break;
		err = run(t, i, NULL, &micro);
		t->tried[t->n_tried].node = i;
		t->tried[t->n_tried++].lost_micro = micro;
		if (!err && micro > 0)
			place_incident(t, i, micro, worst);
	}
	return err;
}

static int64_t apart(const struct ward_score_answer *a)
{
	int64_t d = a->lost_micro[0] - a->lost_micro[1];

	return d < 0 ? -d : d;
}

/* Both ends of the answer, on all incidents. */
static enum ward_err measure(struct trial *t, struct ward_score_answer a)
{
	struct ward_change c = {.asset = a.node,
		.kind = a.ask == WARD_SCORE_LASTS ? WARD_CHANGE_BUFFER : WARD_CHANGE_FAILED_OVER,
		.buffer = a.buffer};
	struct ward_score *s = t->s;
	int64_t most = 0;

	for (size_t i = 0; i < s->n_incident; i++) {
		int64_t got[2] = {0, 0}, d;

		for (int side = 0; side < 2; side++) {
			bool as_it_is = a.ask == WARD_SCORE_TAKEOVER && side == 0;

			c.at = side ? a.high : a.low;
			enum ward_err err =
				run(t, s->incident[i], as_it_is ? NULL : &c, &got[side]);

			if (err)
				return err;
			a.lost_micro[side] += got[side];
		}
		d = got[0] > got[1] ? got[0] - got[1] : got[1] - got[0];
		if (d > most) {
			most = d;
			a.incident = s->incident[i];
		}
	}
	if (most > 0)
		s->answer[s->n_answer++] = a;
	s->n_asked++;
	return WARD_OK;
}

static enum ward_err ask_buffers(struct trial *t)
{
	size_t n = 0;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < ward_model_n(t->m) && !err; i++) {
		const struct usual *u = usual_of(t->m, i);
		bool known = u && says(t->m, i, u->kind);

		if (!u || (known && !is_assumed(t->m, i)))
			continue;
		t->s->n_could++;
		if (n++ < WARD_SCORE_ASKED)
			err = measure(t, (struct ward_score_answer){.ask = WARD_SCORE_LASTS,
						 .node = i,
						 .buffer = ward_str_z(u->kind),
						 .low = u->low,
						 .high = u->high,
						 .known = known});
	}
	return err;
}

/* Of what costs by its outage. */
static enum ward_err ask_takeovers(struct trial *t)
{
	size_t n = 0;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < t->n_tried && !err; i++) {
		if (t->tried[i].lost_micro <= 0)
			continue;
		t->s->n_could++;
		if (n++ < WARD_SCORE_ASKED)
			err = measure(t, (struct ward_score_answer){.ask = WARD_SCORE_TAKEOVER,
						 .node = t->tried[i].node,
						 .buffer = {"", 0}});
	}
	return err;
}

static int answer_cmp(const void *va, const void *vb)
{
	const struct ward_score_answer *a = va, *b = vb;
	int64_t da = apart(a), db = apart(b);

	if (da != db)
		return da > db ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (int)a->ask - (int)b->ask;
}

enum ward_err ward_score_make(const struct ward_model *m, const struct ward_model *trial,
	struct ward_engine *e, struct ward_score *ret)
{
	struct trial t = {.n_tried = 0};

	*ret = (struct ward_score){.n_run = 0};
	t.m = m;
	t.e = e;
	t.s = ret;
	t.outage = ward_threats_find(ward_model_threats(trial), WARD_STR("outage"));
	score_areas(m, ret);
	enum ward_err err = find_incidents(&t);

	if (!err)
		err = ask_buffers(&t);
	if (!err)
		err = ask_takeovers(&t);
	if (!err && ret->n_answer > 1)
		qsort(ret->answer, ret->n_answer, sizeof(*ret->answer), answer_cmp);
	return err;
}
