/* What an incident costs, told as records that are revised only when they change. */
#include "brain/priv.h"
#include "impact/write.h"

#include <stdlib.h>

/* A threat explains another detection when it leads there in at most so many rule steps. */
enum { CAUSE_STEPS_MAX = 3 };

/* The ends of a service's likelihood: bounds draw apart along chains, the more where many need one
 * thing. Small diagrams say it exactly; else worlds are sampled, the same each time, and the fewer
 * the more was reached, so that no incident holds the others up. */
enum { NARROW_NODES = 1 << 12, NARROW_WORLDS = 2048, NARROW_AMONG = 4096 };

/* A service that falls with at least that is possible to, with at most that unlikely
 * (story/likely.h). */
enum { POSSIBLE_MICRO = 100000 };

/* A change of an impact by less is no news: it is told when the incident is settled. */
enum { NEWS_SERVICE_MICRO = 10000, NEWS_MICRO = 50000, NEWS_PART = 20 };
#define NEWS_NS (30 * WARD_NS_PER_S)

struct cause_key {
	uint32_t a, ta, b, tb;
};

static void cause_put(struct ward_brain *b, struct cause_key key, uint32_t steps)
{
	void *val;

	if (b->cause.n >= b->cause.max)
		ward_tab_fini(&b->cause); /* a cache: begins anew */
	if (ward_tab_put(&b->cause, &key, &val, NULL) == WARD_OK)
		memcpy(val, &steps, sizeof(steps));
	else
		b->err = WARD_ERR_NOMEM;
}

/* All that threat ta on node a leads to within the allowed steps. */
static void cause_explore(struct ward_brain *b, uint32_t a, uint32_t ta)
{
	struct ward_seed_threat seed = {a, ta, 0, 1000000, 1000000};
	struct ward_impacts all;
	enum ward_err err = ward_engine_run(b->engine, WARD_IMPACT_FULL, &seed, 1, &all);

	if (err == WARD_ERR_LIMIT)
		ward_count_name(b->c.counters, "brain.cause_limit", 1);
	else if (err)
		b->err = err;
	for (size_t i = 0; !err && i < all.n; i++)
		if (all.item[i].hops && all.item[i].hops <= CAUSE_STEPS_MAX)
			cause_put(b,
				(struct cause_key){a, ta, all.item[i].asset, all.item[i].threat},
				all.item[i].hops);
	cause_put(b, (struct cause_key){a, ta, WARD_NONE, WARD_NONE}, 1); /* explored */
}

uint32_t ward_brain_cause(void *ctx, uint32_t a, uint32_t ta, uint32_t b, uint32_t tb)
{
	struct ward_brain *brain = ctx;
	struct cause_key key = {a, ta, b, tb}, done = {a, ta, WARD_NONE, WARD_NONE};
	uint32_t steps;
	void *val;

	if (!ward_tab_find(&brain->cause, &done))
		cause_explore(brain, a, ta);
	val = ward_tab_find(&brain->cause, &key);
	if (!val)
		return 0;
	memcpy(&steps, val, sizeof(steps));
	return steps;
}

static struct ward_id impact_id(
	const struct ward_brain *b, const struct ward_incident *in, uint32_t asset, uint32_t threat)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.impact.1");
	ward_idgen_id(&g, in->id);
	ward_idgen_str(&g, ward_model_node(b->c.model, asset)->id);
	ward_idgen_str(&g, ward_threats_at(ward_model_threats(b->c.model), threat)->code);
	return ward_idgen_final(&g);
}

static void begin_record(struct ward_brain *b, struct ward_json *j, struct ward_id id,
	uint32_t revision, struct ward_id incident)
{
	char text[WARD_ID_TEXT];

	ward_wr_reset(&b->json);
	*j = ward_json_on(&b->json);
	ward_json_obj(j);
	ward_json_key(j, "kind");
	ward_json_z(j, "impact");
	ward_id_text(id, text);
	ward_json_key(j, "id");
	ward_json_z(j, text);
	ward_json_key(j, "revision");
	ward_json_u64(j, revision);
	ward_id_text(incident, text);
	ward_json_key(j, "incident");
	ward_json_z(j, text);
}

static uint64_t content_of(const struct ward_brain *b)
{
	/* equality only, inside this process and its checkpoints: a fixed key will do */
	return ward_siphash((struct ward_seed){1, 2}, b->json.p, b->json.len);
}

/* What its record says besides times, likelihoods and the chain that led there. Inside one model
 * and rule set, whose indices it uses. */
static uint64_t shape_of(const struct ward_impact *it)
{
	int64_t row[] = {it->rule, it->group, it->need, it->loop, it->further, it->loss_micro};

	return ward_siphash((struct ward_seed){1, 2}, row, sizeof(row));
}

static bool far(int64_t a, int64_t b, int64_t least)
{
	int64_t apart;

	return !ward_sub(a, b, &apart) || apart >= least || apart <= -least;
}

/* Is that worth a new revision at once? What is told to come in hours may move by minutes. */
static bool is_news(const struct said *s, const struct ward_impact *it, ward_ns since,
	uint64_t shape, bool service)
{
	int64_t sure = service ? NEWS_SERVICE_MICRO : NEWS_MICRO;
	ward_ns away = 0, least = NEWS_NS;

	if (ward_sub(s->expected, since, &away) && away / NEWS_PART > least)
		least = away / NEWS_PART;
	return !s->revision || s->withdrawn || s->shape != shape ||
	       far(s->lo_micro, it->lo_micro, sure) || far(s->hi_micro, it->hi_micro, sure) ||
	       far(s->earliest, it->earliest, least) || far(s->expected, it->expected, least);
}

/* *ret_withheld: it changed, but not by so much that anybody must know now. */
static enum ward_err tell_impact(struct ward_brain *b, const struct ward_incident *in,
	const struct ward_impacts *all, size_t i, bool *ret_withheld)
{
	const struct ward_impact *it = &all->item[i];
	struct ward_id id = impact_id(b, in, it->asset, it->threat);
	bool service = ward_model_node(b->c.model, it->asset)->kind == WARD_NODE_SERVICE, now;
	uint64_t content, shape = shape_of(it);
	struct ward_json j;
	struct said *said;
	void *val;
	enum ward_err err = ward_tab_put(&b->said, &id, &val, NULL);

	if (err == WARD_ERR_LIMIT)
		ward_count_name(b->c.counters, "brain.said_limit", 1);
	if (err)
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	said = val;
	said->incident = in->id;
	said->round = b->round;
	now = in->settle || is_news(said, it, in->first, shape, service);
	if (!now && *ret_withheld)
		return WARD_OK; /* it would not be told, and that something waits is known */
	begin_record(b, &j, id, 0, in->id);
	ward_impact_write_members(&j, all, i, b->c.propagation, b->c.model);
	ward_json_obj_end(&j);
	content = content_of(b);
	if (said->revision && !said->withdrawn && said->content == content)
		return WARD_OK;
	if (!now) {
		*ret_withheld = true;
		return WARD_OK;
	}
	*said = (struct said){in->id, said->revision + 1, b->round, false, it->further, content,
		shape, it->lo_micro, it->hi_micro, it->earliest, it->expected};
	begin_record(b, &j, id, said->revision, in->id);
	ward_impact_write_members(&j, all, i, b->c.propagation, b->c.model);
	ward_json_obj_end(&j);
	WARD_ASSERT(ward_wr_bad(&b->json) || b->json.len <= WARD_IMPACT_BYTES_MAX);
	ward_brain_put(b, WARD_OUTPUT_IMPACT, id, said->revision, b->now);
	return b->err;
}

static bool superseded(const struct ward_incident *in, struct ward_id id)
{
	for (size_t i = 0; i < in->n_superseded; i++)
		if (ward_id_eq(in->superseded[i], id))
			return true;
	return false;
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

/* What was said before and is true no more: of this incident, or of one that became part of it.
 * Not whole: what only further acts bring is not known now, and stays. */
static enum ward_err take_back(struct ward_brain *b, const struct ward_incident *in, bool whole)
{
	struct ward_id *id = ward_arena_array(&b->scratch, b->said.n, sizeof(*id));
	size_t n = 0, at = 0;
	const void *key;
	void *val;

	if (!id)
		return WARD_ERR_NOMEM;
	while (ward_tab_next(&b->said, &at, &key, &val)) {
		const struct said *s = val;

		if (s->round != b->round && !s->withdrawn && (whole || !s->further) &&
			(ward_id_eq(s->incident, in->id) || superseded(in, s->incident)))
			memcpy(&id[n++], key, sizeof(*id));
	}
	if (n)
		qsort(id, n, sizeof(*id), id_cmp);
	for (size_t i = 0; i < n; i++) {
		struct said *s = ward_tab_find(&b->said, &id[i]);
		struct ward_json j;

		s->revision++; /* the entry stays: should it come back, the count goes on */
		begin_record(b, &j, id[i], s->revision, s->incident);
		ward_json_key(&j, "withdrawn");
		ward_json_bool(&j, true);
		ward_json_obj_end(&j);
		s->withdrawn = true;
		ward_brain_put(b, WARD_OUTPUT_IMPACT, id[i], s->revision, b->now);
	}
	return b->err;
}

/* One number for an (asset, threat), to find it by. */
static uint64_t pair_of(const struct ward_impact *it)
{
	return (uint64_t)it->asset << 32 | it->threat;
}

/* An impact as things stand. */
struct standing {
	uint64_t pair;
	size_t at; /* in the forecast */
};

static int standing_cmp(const void *va, const void *vb)
{
	const struct standing *a = va, *b = vb;

	return (a->pair > b->pair) - (a->pair < b->pair);
}

static enum ward_err narrow(struct ward_brain *b, const struct ward_impacts *all)
{
	size_t among = all->n > NARROW_AMONG ? all->n : NARROW_AMONG;
	size_t worlds =
		(size_t)(NARROW_WORLDS - 1) * NARROW_AMONG / among + 1; /* by 64, rounded up */
	struct ward_narrow how = {.nodes = NARROW_NODES, .worlds = (uint32_t)worlds, .seed = 1};

	return ward_engine_narrow_services(b->engine, &how, all);
}

/* The forecast of things as they stand, kept while the engine goes on to another. */
static enum ward_err keep(struct ward_brain *b, const struct ward_impacts *all,
	struct ward_impacts *ret, struct standing **ret_by)
{
	struct ward_impact *item = ward_arena_array(&b->scratch, all->n, sizeof(*item));
	struct standing *by = ward_arena_array(&b->scratch, all->n, sizeof(*by));

	if (!item || !by)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < all->n; i++) {
		by[i] = (struct standing){pair_of(&all->item[i]), i};
		item[i] = all->item[i];
	}
	if (all->n)
		qsort(by, all->n, sizeof(*by), standing_cmp);
	*ret = (struct ward_impacts){.item = item, .n = all->n};
	*ret_by = by;
	return WARD_OK;
}

/* Is it told as what may follow? What only then is reached, and a service that is unlikely to fall
 * as things stand and possible then: in place of what stands, which is marked. */
static bool is_further(const struct ward_brain *b, struct ward_impact *it, struct ward_impacts *now,
	const struct standing *by)
{
	struct standing key = {.pair = pair_of(it)};
	const struct standing *s =
		now->n ? bsearch(&key, by, now->n, sizeof(key), standing_cmp) : NULL;
	struct ward_impact *stands = s ? &now->item[s->at] : NULL;
	bool service = ward_model_node(b->c.model, it->asset)->kind == WARD_NODE_SERVICE;

	if (stands &&
		(!service || stands->hi_micro > POSSIBLE_MICRO || it->lo_micro < POSSIBLE_MICRO))
		return false;
	if (service) /* of care nothing more is sure */
		it->lo_micro = stands ? stands->lo_micro : 0;
	if (stands)
		stands->further = true;
	return true;
}

/* What follows of what is known if nobody does anything further, in *now; in *all what may follow
 * if whoever did this goes on, where `further`. What is marked in *now is told by *all. Not whole:
 * that reaches too much, and stays as it was told. */
static enum ward_err forecast(struct ward_brain *b, const struct ward_seed_threat *seed, size_t n,
	struct ward_impacts *now, struct ward_impacts *all, bool *ret_whole)
{
	enum ward_err err = ward_engine_run(b->engine, WARD_IMPACT_STANDS, seed, n, all);
	struct standing *by = NULL;

	if (!err)
		err = narrow(b, all);
	if (!err)
		err = keep(b, all, now, &by);
	if (!err)
		err = ward_engine_run(b->engine, WARD_IMPACT_FULL, seed, n, all);
	*ret_whole = !err;
	if (err == WARD_ERR_LIMIT && by) {
		ward_count_name(b->c.counters, "brain.impact_limit", 1);
		all->n = 0;
		return WARD_OK;
	}
	for (size_t i = 0; !err && i < all->n; i++)
		all->item[i].further = is_further(b, &all->item[i], now, by);
	return err;
}

enum ward_err ward_brain_impacts(struct ward_brain *b, const struct ward_incident *in)
{
	struct ward_seed_threat *seed;
	struct ward_impacts now = {.n = 0}, all = {.n = 0};
	size_t n = ward_incident_is_over(in->state) ? 0 : in->n_threat, n_seed = 0;
	enum ward_err err = WARD_OK;
	bool withheld = false, whole = true;

	ward_arena_reset(&b->scratch);
	seed = ward_arena_array(&b->scratch, n, sizeof(*seed));
	if (!seed)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		n_seed += ward_brain_seed(b, in, i, &seed[n_seed]);
	b->round++;
	if (n_seed)
		err = forecast(b, seed, n_seed, &now, &all, &whole);
	if (err == WARD_ERR_LIMIT) {
		ward_count_name(b->c.counters, "brain.impact_limit", 1);
		return WARD_OK; /* what was said stays said */
	}
	for (size_t i = 0; !err && i < now.n; i++)
		if (!now.item[i].further)
			err = tell_impact(b, in, &now, i, &withheld);
	for (size_t i = 0; !err && i < all.n; i++)
		if (all.item[i].further)
			err = tell_impact(b, in, &all, i, &withheld);
	if (withheld)
		ward_fuser_withhold(b->fuser);
	return err ? err : take_back(b, in, whole);
}

enum ward_err ward_brain_forget(struct ward_brain *b)
{
	size_t n_gone = b->gone.len / sizeof(struct ward_id), n = 0, at = 0;
	struct ward_id *gone, *id;
	const void *key;
	void *val;

	ward_arena_reset(&b->scratch);
	gone = ward_arena_array(&b->scratch, n_gone, sizeof(*gone));
	id = ward_arena_array(&b->scratch, b->said.n, sizeof(*id));
	if (!gone || !id)
		return WARD_ERR_NOMEM;
	memcpy(gone, b->gone.p, n_gone * sizeof(*gone));
	qsort(gone, n_gone, sizeof(*gone), id_cmp);
	while (ward_tab_next(&b->said, &at, &key, &val))
		if (bsearch(&((const struct said *)val)->incident, gone, n_gone, sizeof(*gone),
			    id_cmp))
			memcpy(&id[n++], key, sizeof(*id));
	for (size_t i = 0; i < n; i++)
		(void)ward_tab_del(&b->said, &id[i]);
	return WARD_OK;
}
