/* In which order things are brought back after all that is open. `reckon` computes it; here is what
 * it is asked, once for each of the incidents' revisions, and its last plan, which is shown until
 * there is a newer one. It is asked no sooner than after twenty times what the last one took, so
 * that it takes a twentieth of the time of `reckon` at most. */
#include "api/priv.h"

enum { PAUSE = 20, ARENA = 128 << 20 }; /* ARENA: of one record, as a tree */

/* ---- the question ---- */

static struct ward_id revisions(struct api_incident *const *in, size_t n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward back");
	for (size_t i = 0; i < n; i++) {
		ward_idgen_id(&g, in[i]->id);
		ward_idgen_u64(&g, in[i]->last->revision);
	}
	return ward_idgen_final(&g);
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

/* What there is no room for is counted. */
static void add_seed(struct ward_api *a, const struct ward_conf *t, struct ward_wr *seeds)
{
	const struct ward_conf *likely = ward_conf_get(t, "likelihood");
	struct ward_reckon_seed s = {.asset = ward_conf_word(t, "asset"),
		.threat = ward_conf_word(t, "threat"),
		.lo_micro = micro(likely, 0),
		.hi_micro = micro(likely, 1)};
	size_t before = seeds->len;

	if (ward_time_parse(ward_conf_word(t, "since"), &s.since) != WARD_OK ||
		s.asset.len > WARD_RECKON_ID || s.threat.len > WARD_RECKON_ID)
		return;
	ward_reckon_seed_put(seeds, &s);
	if (!ward_wr_bad(seeds))
		return;
	seeds->bad = false;
	seeds->len = before;
	if (a->o.counters)
		ward_count_name(a->o.counters, "api.seeds_cut", 1);
}

static void add_record(struct ward_api *a, struct ward_str json, struct ward_wr *seeds)
{
	const struct ward_conf *c, *list;
	struct ward_arena tree;

	ward_arena_init(&tree, a->o.mem, ARENA);
	enum ward_err err = api_row_read(a, &tree, json, &c);

	list = err ? NULL : ward_conf_get(c, "threats");
	for (const struct ward_conf *t = list ? list->child : NULL; t; t = t->next)
		add_seed(a, t, seeds);
	ward_arena_fini(&tree);
}

static void ask(struct api_request *r, struct api_incident *const *in, size_t n)
{
	struct ward_api *a = r->a;
	uint8_t *bytes = ward_arena_alloc(&a->scratch, WARD_RECKON_SEEDS);
	struct ward_wr seeds = ward_wr_fixed(bytes, bytes ? WARD_RECKON_SEEDS : 0);
	struct ward_wr w = ward_wr_fixed(a->question, sizeof(a->question));
	struct ward_reckon_ask is = {
		.what = WARD_RECKON_BACK, .now = r->ask->now, .begun = r->ask->now};

	if (!bytes)
		return;
	for (size_t i = 0; i < n; i++) {
		add_record(a, in[i]->named->json, &seeds);
		is.begun = in[i]->first < is.begun ? in[i]->first : is.begun;
	}
	is.seeds = ward_wr_slice(&seeds);
	ward_reckon_put(&w, &is);
	WARD_ASSERT(!ward_wr_bad(&w)); /* nothing of it is longer than its bound */
	r->aside = ward_wr_text(&w);
}

enum api_back_is api_back(struct api_request *r, struct api_incident *const *in, size_t n)
{
	struct api_back *b = &r->a->back;
	struct ward_id now = revisions(in, n);
	ward_ns since = r->ask->now - b->asked_at;

	if (!n)
		return API_BACK_NONE;
	if (b->n_said && ward_id_eq(now, b->of))
		return b->known ? API_BACK_CURRENT : API_BACK_FAILED;
	if (!b->waits && (since < 0 || since / PAUSE >= b->took)) {
		ask(r, in, n);
		b->waits = r->aside.len > 0;
		b->asked = now;
		b->asked_at = r->ask->now;
	}
	return b->known ? API_BACK_OLDER : API_BACK_COMPUTING;
}

/* ---- the answer ---- */

static ward_ns time_of(const struct ward_conf *c, const char *key)
{
	ward_ns t = WARD_NS_NEVER;

	return ward_time_parse(ward_conf_word(c, key), &t) == WARD_OK ? t : WARD_NS_NEVER;
}

static uint64_t number_of(const struct ward_conf *c, const char *key)
{
	uint64_t v = 0;

	return ward_str_u64(ward_conf_word(c, key), &v) ? v : 0;
}

static bool read_work(struct ward_api *a, const struct ward_conf *c, struct api_back_work *to)
{
	const struct ward_conf *gives = ward_conf_get(c, "gives");
	struct ward_arena *arena = &a->back.arena;

	*to = (struct api_back_work){.node = ward_model_find(a->o.model, ward_conf_word(c, "on")),
		.text = ward_arena_str(arena, ward_conf_word(c, "text")),
		.team = ward_arena_str(arena, ward_conf_word(c, "team")),
		.number = number_of(c, "number"),
		.begin = time_of(c, "begin"),
		.end = time_of(c, "end"),
		.medical = ward_str_eqz(ward_conf_word(c, "medical"), "true"),
		.gives = ward_arena_array(arena, gives ? gives->n_child : 0, sizeof(uint32_t))};
	if (!to->text.p || !to->team.p || !to->gives)
		return false;
	for (const struct ward_conf *g = gives ? gives->child : NULL; g; g = g->next) {
		uint32_t node = ward_model_find(a->o.model, g->text);

		if (node != WARD_NONE)
			to->gives[to->n_gives++] = node;
	}
	return true;
}

static enum ward_err read_plan(struct ward_api *a, const struct ward_conf *c)
{
	const struct ward_conf *works = ward_conf_get(c, "works"),
			       *services = ward_conf_get(c, "services");
	struct api_back *b = &a->back;
	struct ward_arena *arena = &b->arena;

	b->work = ward_arena_array(arena, works ? works->n_child : 0, sizeof(*b->work));
	b->service = ward_arena_array(arena, services ? services->n_child : 0, sizeof(*b->service));
	if (!b->work || !b->service)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *x = works ? works->child : NULL; x; x = x->next) {
		if (!read_work(a, x, &b->work[b->n_work]))
			return WARD_ERR_NOMEM;
		b->n_work += b->work[b->n_work].node != WARD_NONE;
	}
	for (const struct ward_conf *x = services ? services->child : NULL; x; x = x->next) {
		struct api_back_service *s = &b->service[b->n_service];

		*s = (struct api_back_service){
			ward_model_find(a->o.model, ward_conf_word(x, "service")),
			time_of(x, "down"), time_of(x, "back"),
			(ward_ns)(number_of(x, "bears_seconds") % UINT32_MAX) * WARD_NS_PER_S};
		b->n_service += s->node != WARD_NONE;
	}
	b->works_total = number_of(c, "works_total");
	b->known = true;
	return WARD_OK;
}

/* It takes the place of the last one, which is gone also if it can't be read. */
static enum ward_err read_all(struct ward_api *a, struct ward_str json)
{
	const struct ward_conf *c = NULL;
	struct ward_arena tree;
	struct ward_diag diag;

	ward_arena_init(&tree, a->o.mem, ARENA);
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err = ward_conf_json(
		&tree, a->o.lim, WARD_STR("plan"), 1, ward_str_bytes(json), &diag, &c);

	if (!err)
		err = read_plan(a, c);
	ward_diag_fini(&diag);
	ward_arena_fini(&tree);
	return err;
}

enum ward_err api_back_take(
	struct ward_api *a, const struct ward_reckon_ask *ask, const struct ward_reckoned *d)
{
	struct api_back *b = &a->back;
	enum ward_err err = WARD_OK;

	b->waits = false;
	if (d->err == WARD_ERR_NOMEM)
		return WARD_OK; /* the last one is as good as it was */
	struct api_back is = {.arena = b->arena,
		.of = b->asked,
		.at = ask->now,
		.asked_at = b->asked_at,
		.took = d->took < 0 ? 0 : d->took,
		.n_said = b->n_said + 1};

	ward_arena_reset(&is.arena);
	*b = is;
	if (d->err)
		b->why = ward_arena_str(&b->arena, d->text);
	else
		err = read_all(a, d->text);
	if (err) {
		if (a->o.counters)
			ward_count_name(a->o.counters, "api.plans_unread", 1);
		is.arena = b->arena;
		is.of = (struct ward_id){{0}};
		*b = is;
	}
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}
