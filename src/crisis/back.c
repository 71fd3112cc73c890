#include "crisis/back.h"

enum { ARENA = 128 << 20, LIKELY_MICRO = 500000 }; /* ARENA: of one record, as a tree */

void ward_back_init(struct ward_back *b, const struct ward_back_opts *o)
{
	*b = (struct ward_back){.o = *o};
}

void ward_back_fini(struct ward_back *b)
{
	if (b->known)
		ward_recover_fini(&b->plan);
	*b = (struct ward_back){.o = b->o};
}

/* "likelihood": [lo, hi], as the brain writes it. */
static int64_t micro(const struct ward_conf *list, size_t i)
{
	const struct ward_conf *x = list ? list->child : NULL;
	int64_t v = 0;

	for (; x && i; i--)
		x = x->next;
	return x && x->kind == WARD_CONF_SCALAR && ward_degree_parse(x->text, &v) ? v : 0;
}

static void add(struct ward_back *b, const struct ward_conf *t, struct ward_seed_threat *seed)
{
	const struct ward_conf *likely = ward_conf_get(t, "likelihood");
	struct ward_seed_threat s = {ward_model_find(b->o.m, ward_conf_word(t, "asset")),
		ward_threats_find(ward_model_threats(b->o.m), ward_conf_word(t, "threat")), 0,
		micro(likely, 0), micro(likely, 1)};

	if (s.asset == WARD_NONE || s.threat == WARD_NONE || s.lo_micro > s.hi_micro ||
		ward_time_parse(ward_conf_word(t, "since"), &s.since) != WARD_OK)
		return;
	for (size_t i = 0; i < b->n_seed; i++)
		if (seed[i].asset == s.asset && seed[i].threat == s.threat)
			return;
	if (b->n_seed == WARD_BACK_SEEDS)
		b->n_seed_cut++;
	else
		seed[b->n_seed++] = s;
}

static enum ward_err read_seeds(struct ward_back *b, struct ward_str json, struct ward_arena *a,
	struct ward_seed_threat *seed)
{
	const struct ward_conf *c = NULL, *list;
	struct ward_diag diag;

	ward_diag_init(&diag, b->o.mem);
	enum ward_err err =
		ward_conf_json(a, b->o.lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, &c);

	ward_diag_fini(&diag);
	list = err ? NULL : ward_conf_get(c, "threats");
	for (const struct ward_conf *t = list ? list->child : NULL; t; t = t->next)
		add(b, t, seed);
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static struct ward_id revisions(const struct ward_back_incident *in, size_t n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward back");
	for (size_t i = 0; i < n; i++) {
		ward_idgen_id(&g, in[i].id);
		ward_idgen_u64(&g, in[i].revision);
	}
	return ward_idgen_final(&g);
}

static enum ward_err compute(struct ward_back *b, const struct ward_back_incident *in, size_t n,
	struct ward_arena *a, ward_ns now)
{
	const struct ward_recover_world w = {b->o.m, b->o.rules, b->o.works, b->o.engine};
	struct ward_seed_threat seed[WARD_BACK_SEEDS];
	ward_ns first = now;
	enum ward_err err = WARD_OK;

	b->n_seed = b->n_seed_cut = 0;
	for (size_t i = 0; i < n && !err; i++) {
		ward_arena_reset(a);
		err = read_seeds(b, in[i].json, a, seed);
		first = in[i].first < first ? in[i].first : first;
	}
	if (err || !b->n_seed)
		return err;
	const struct ward_recover_ask ask = {.seed = seed,
		.n_seed = b->n_seed,
		.at = first,
		.now = now,
		.stopped = WARD_NS_NEVER,
		.likely_micro = LIKELY_MICRO};
	struct ward_recover plan;

	err = ward_recover_find(&w, &ask, b->o.mem, &plan);
	b->limit = err == WARD_ERR_LIMIT;
	b->known = !err;
	if (err)
		ward_recover_fini(&plan);
	else
		b->plan = plan;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

enum ward_err ward_back_find(
	struct ward_back *b, const struct ward_back_incident *in, size_t n, ward_ns now)
{
	struct ward_id of = revisions(in, n);
	ward_ns mono = ward_clock_mono(b->o.clock);
	struct ward_arena a;

	if (ward_id_eq(of, b->of) || (b->mono && mono - b->mono < WARD_BACK_PAUSE * b->took))
		return WARD_OK;
	ward_back_fini(b);
	ward_arena_init(&a, b->o.mem, ARENA);
	enum ward_err err = compute(b, in, n, &a, now);

	ward_arena_fini(&a);
	b->at = now;
	b->mono = ward_clock_mono(b->o.clock);
	b->took = b->mono - mono;
	if (!err)
		b->of = of;
	return err;
}
