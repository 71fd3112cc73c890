#include "world.h"

static enum ward_err effect(void *ctx, const struct ward_ability *y, struct ward_act_thing on,
	struct ward_act_effect *ret)
{
	struct world *w = ctx;

	return ward_act_forecast(&w->f, y, on, w->now, ret);
}

static bool answers(void *ctx, uint32_t role)
{
	return ward_care_answers(((struct world *)ctx)->works, role);
}

static void nonce(void *ctx, uint8_t ret[16])
{
	(void)ctx;
	memset(ret, 7, 16);
}

/* A new life over the same rows. */
void life(struct world *w)
{
	const struct ward_act_opts o = {.mem = ward_mem_heap(),
		.lim = &w->t.lim,
		.counters = &w->counters,
		.m = w->t.m,
		.table = &w->table,
		.person = w->person,
		.n_person = PERSONS,
		.exercise = w->exercise,
		.policy = w->policy,
		.n_policy = w->n_policy,
		.effect = effect,
		.answers = answers,
		.nonce = nonce,
		.ctx = w};

	ward_act_free(w->a);
	assert_int_equal(ward_act_new(&o, &w->a), WARD_OK);
	for (size_t i = 0; i < w->n_row; i++)
		assert_int_equal(ward_act_take(w->a, &w->row[i].row), WARD_OK);
}

void keep(struct world *w, const struct ward_act_row *row)
{
	char *json = malloc(row->json.len);

	assert_true(w->n_row < ROWS && json);
	memcpy(json, row->json.p, row->json.len);
	w->row[w->n_row].json = json;
	w->row[w->n_row].row = *row;
	w->row[w->n_row].row.json.p = json;
	assert_int_equal(ward_act_take(w->a, &w->row[w->n_row++].row), WARD_OK);
}

void person(struct world *w, size_t i, const char *id, const char *role)
{
	struct ward_act_person *p = &w->person[i];

	p->id = ward_str_z(id);
	p->role[p->n_role++] = turin_node(&w->t, role);
	p->len_secret = WARD_TOTP_SECRET;
	memset(p->secret, (int)i + 1, sizeof(p->secret));
}

int setup(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct world *w = calloc(1, sizeof(*w));
	char path[512];

	assert_non_null(w);
	turin_load(&w->t);
	if (turin_systems(&w->t, LAB_SYSTEMS LAB_RADIUS LAB_SNMP, &w->table) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(w->t.d.item[0].what));
	(void)snprintf(path, sizeof(path), "%s/content/propagation", root);
	assert_int_equal(
		ward_rules_load(path, w->t.m, &w->t.lim, ward_mem_heap(), &w->t.d, &w->rules),
		WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/content/recovery", root);
	assert_int_equal(
		ward_works_load(path, NULL, w->t.m, &w->t.lim, ward_mem_heap(), &w->t.d, &w->works),
		WARD_OK);
	ward_arena_init(&w->arena, ward_mem_heap(), (size_t)64 << 20);
	w->f = (struct ward_act_forecast){.m = w->t.m,
		.outage = ward_threats_find(ward_model_threats(w->t.m), WARD_STR("outage")),
		.to = ward_wr_grow(ward_mem_heap(), WARD_ACT_EFFECT)};
	assert_int_equal(
		ward_engine_new(w->t.m, w->rules, &w->t.lim, ward_mem_heap(), &w->f.e), WARD_OK);
	assert_int_equal(ward_care_find(w->t.m, &w->arena, &w->f.care), WARD_OK);
	person(w, ANNA, "anna", "it-on-call");
	person(w, BRUNO, "bruno", "security-guard");
	person(w, CARLA, "carla", "medical-director");
	person(w, DARIO, "dario", "it-on-call");
	w->person[NOBODY].id = WARD_STR("nobody");
	ward_counters_init(&w->counters);
	w->now = (ward_ns)1773283200 * WARD_NS_PER_S;
	life(w);
	*state = w;
	return 0;
}

int teardown(void **state)
{
	struct world *w = *state;

	ward_act_free(w->a);
	for (size_t i = 0; i < w->n_row; i++)
		free(w->row[i].json);
	ward_wr_fini(&w->f.to);
	ward_engine_free(w->f.e);
	ward_arena_fini(&w->arena);
	ward_works_free(w->works);
	ward_rules_free(w->rules);
	ward_actuators_free(&w->table);
	turin_free(&w->t);
	free(w);
	return 0;
}

/* Decided and kept; the error that was answered. */
enum ward_err decide(struct world *w, struct ward_decision d, bool by_person)
{
	struct ward_act_row row;

	d.id.b[0] = ++w->ids;
	if (ward_act_decide(w->a, &d, by_person, w->now, &row, &w->said))
		keep(w, &row);
	return w->said.err;
}

enum ward_err propose(struct world *w, const char *thing, const char *args)
{
	struct ward_decision d = {.kind = WARD_DECISION_PROPOSE,
		.person = WARD_STR("anna"),
		.role = WARD_STR("it-on-call"),
		.subject = ward_str_z(thing),
		.args = ward_str_z(args)};
	enum ward_err err = decide(w, d, true);
	struct ward_str json = w->said.json;
	size_t at = ward_str_find(json, WARD_STR("\"shown\":\""));

	if (err)
		return err;
	assert_int_not_equal(at, SIZE_MAX);
	(void)snprintf(w->shown, sizeof(w->shown), "%.64s", json.p + at + 9);
	w->action = w->row[w->n_row - 1].row.id;
	return WARD_OK;
}

/* By a person with the next code. */
struct ward_decision coded(
	struct world *w, enum ward_decision_kind kind, size_t who, const char *role)
{
	static char id[WARD_ID_TEXT], args[128], code[8];
	uint32_t n;
	const struct ward_act_person *p = &w->person[who];

	w->now += 30 * WARD_NS_PER_S;
	assert_int_equal(ward_totp(ward_slice_of(p->secret, p->len_secret),
				 (uint64_t)(w->now / WARD_NS_PER_S) / 30, &n),
		WARD_OK);
	(void)snprintf(code, sizeof(code), "%06u", (unsigned)(n % 1000000));
	(void)snprintf(args, sizeof(args), "{\"shown\":\"%s\"}", w->shown);
	ward_id_text(w->action, id);
	return (struct ward_decision){.kind = kind,
		.person = p->id,
		.role = ward_str_z(role),
		.subject = ward_str_z(id),
		.args = ward_str_z(args),
		.proof = ward_str_z(code)};
}

enum ward_err by(struct world *w, enum ward_decision_kind kind, size_t who, const char *role)
{
	return decide(w, coded(w, kind, who, role), true);
}

enum ward_act_state at(const struct world *w)
{
	enum ward_act_state s = WARD_ACT_STATE_N;

	assert_true(ward_act_state(w->a, w->action, &s));
	return s;
}

/* All that follows by itself. */
void go(struct world *w)
{
	struct ward_act_row row;

	while (ward_act_next(w->a, w->now, &row))
		keep(w, &row);
}

struct ward_id request(struct world *w)
{
	struct ward_id id;
	struct ward_str body;

	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	return id;
}

bool asks(struct world *w)
{
	struct ward_id id;
	struct ward_str body;

	return ward_act_request(w->a, 0, w->now, &id, &body);
}

bool answer(struct world *w, struct ward_id id, enum ward_sent what)
{
	const struct ward_outcome o = {.what = what};
	struct ward_act_row row;

	if (!ward_act_said(w->a, 0, id, &o, w->now, &row))
		return false;
	keep(w, &row);
	return true;
}

void use(struct world *w, const char *systems)
{
	ward_actuators_free(&w->table);
	if (turin_systems(&w->t, systems, &w->table) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(w->t.d.item[0].what));
	life(w);
}

bool says(struct ward_str json, const char *what)
{
	return ward_str_find(json, ward_str_z(what)) != SIZE_MAX;
}
