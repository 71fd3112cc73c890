/* Actions on the pilot hospital, by its real forecast: who may do what, that nothing is done
 * without them, and what is left when the process is killed between any two rows. */
#include "lab.h"
#include "respond/act/fire.h"

enum { ROWS = 64 };
enum { NOBODY, ANNA, BRUNO, CARLA, DARIO, PERSONS };

struct world {
	struct turin t;
	struct ward_actuators table;
	struct ward_rules *rules;
	struct ward_works *works;
	struct ward_arena arena;
	struct ward_act_forecast f;
	struct ward_act_person person[PERSONS];
	struct ward_counters counters;
	struct ward_act *a;
	struct {
		struct ward_act_row row;
		char *json;
	} row[ROWS];
	size_t n_row;
	ward_ns now;
	uint8_t ids;
	struct ward_decided said;
	struct ward_id action;
	char shown[65];
};

static enum ward_err effect(
	void *ctx, const struct ward_ability *y, uint32_t node, struct ward_act_effect *ret)
{
	struct world *w = ctx;

	return ward_act_forecast(&w->f, y, node, w->now, ret);
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
static void life(struct world *w)
{
	const struct ward_act_opts o = {.mem = ward_mem_heap(),
		.lim = &w->t.lim,
		.counters = &w->counters,
		.m = w->t.m,
		.table = &w->table,
		.person = w->person,
		.n_person = PERSONS,
		.effect = effect,
		.answers = answers,
		.nonce = nonce,
		.ctx = w};

	ward_act_free(w->a);
	assert_int_equal(ward_act_new(&o, &w->a), WARD_OK);
	for (size_t i = 0; i < w->n_row; i++)
		assert_int_equal(ward_act_take(w->a, &w->row[i].row), WARD_OK);
}

static void keep(struct world *w, const struct ward_act_row *row)
{
	char *json = malloc(row->json.len);

	assert_true(w->n_row < ROWS && json);
	memcpy(json, row->json.p, row->json.len);
	w->row[w->n_row].json = json;
	w->row[w->n_row].row = *row;
	w->row[w->n_row].row.json.p = json;
	assert_int_equal(ward_act_take(w->a, &w->row[w->n_row++].row), WARD_OK);
}

static void person(struct world *w, size_t i, const char *id, const char *role)
{
	struct ward_act_person *p = &w->person[i];

	p->id = ward_str_z(id);
	p->role[p->n_role++] = turin_node(&w->t, role);
	p->len_secret = WARD_TOTP_SECRET;
	memset(p->secret, (int)i + 1, sizeof(p->secret));
}

static int setup(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct world *w = calloc(1, sizeof(*w));
	char path[512];

	assert_non_null(w);
	turin_load(&w->t);
	if (turin_systems(&w->t, LAB_SYSTEMS LAB_RADIUS, &w->table) != WARD_OK)
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

static int teardown(void **state)
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
static enum ward_err decide(struct world *w, struct ward_decision d, bool by_person)
{
	struct ward_act_row row;

	d.id.b[0] = ++w->ids;
	if (ward_act_decide(w->a, &d, by_person, w->now, &row, &w->said))
		keep(w, &row);
	return w->said.err;
}

static enum ward_err propose(struct world *w, const char *thing, const char *args)
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
static struct ward_decision coded(
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

static enum ward_err by(struct world *w, enum ward_decision_kind kind, size_t who, const char *role)
{
	return decide(w, coded(w, kind, who, role), true);
}

static enum ward_act_state at(const struct world *w)
{
	enum ward_act_state s = WARD_ACT_STATE_N;

	assert_true(ward_act_state(w->a, w->action, &s));
	return s;
}

/* All that follows by itself. */
static void go(struct world *w)
{
	struct ward_act_row row;

	while (ward_act_next(w->a, w->now, &row))
		keep(w, &row);
}

static struct ward_id request(struct world *w)
{
	struct ward_id id;
	struct ward_str body;

	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	return id;
}

static bool asks(struct world *w)
{
	struct ward_id id;
	struct ward_str body;

	return ward_act_request(w->a, 0, w->now, &id, &body);
}

static bool answer(struct world *w, struct ward_id id, enum ward_sent what)
{
	const struct ward_outcome o = {.what = what};
	struct ward_act_row row;

	if (!ward_act_said(w->a, 0, id, &o, w->now, &row))
		return false;
	keep(w, &row);
	return true;
}

#define IT "it-on-call"

static void t_one_person(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_ERR_STATE);
	go(w);
	assert_int_equal(at(w), WARD_ACT_PROPOSED); /* by itself nothing is ever begun */
	assert_false(asks(w));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_DONE);
	w->now += 20 * 60 * WARD_NS_PER_S;
	assert_int_equal(by(w, WARD_DECISION_RENEW, ANNA, IT), WARD_OK);
	w->now += 20 * 60 * WARD_NS_PER_S;
	go(w);
	assert_int_equal(at(w), WARD_ACT_DONE);
	w->now += 11 * 60 * WARD_NS_PER_S; /* nobody renews it */
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
}

/* What touches care: two people, one who answers for patients, and the ward's word. */
static void t_care(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "net-medical", "{\"ability\":\"sw/medical\"}"), WARD_OK);
	assert_int_not_equal(ward_str_find(w->said.json, WARD_STR("\"clinical\":true")), SIZE_MAX);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_AGREED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, DARIO, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_ASKED);
	assert_int_equal(by(w, WARD_DECISION_NO_PATIENT, ANNA, IT), WARD_ERR_DENIED);
	assert_int_equal(by(w, WARD_DECISION_NO_PATIENT, CARLA, "medical-director"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
}

static void t_ward_is_silent(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "net-medical", "{\"ability\":\"sw/medical\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, CARLA, "medical-director"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	w->now += 301 * WARD_NS_PER_S;
	assert_int_equal(
		by(w, WARD_DECISION_NO_PATIENT, CARLA, "medical-director"), WARD_ERR_STATE);
	go(w);
	assert_int_equal(at(w), WARD_ACT_EXPIRED);
	assert_false(asks(w));
}

/* Whoever sends what to `act`, but for a person's own code, nothing begins. */
static void t_no_bypass(void **state)
{
	struct world *w = *state;
	char id[WARD_ID_TEXT], args[128];
	struct ward_decision d = {.person = WARD_STR("anna"), .role = WARD_STR(IT)};

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	ward_id_text(w->action, id);
	(void)snprintf(args, sizeof(args), "{\"shown\":\"%s\"}", w->shown);
	d.subject = ward_str_z(id);
	d.args = ward_str_z(args);
	for (int k = 0; k < WARD_DECISION_N; k++)
		for (int proof = 0; proof < 2; proof++) {
			d.kind = (enum ward_decision_kind)k;
			d.proof = proof ? WARD_STR("000000") : WARD_STR("");
			if (k == WARD_DECISION_REFUSE)
				continue;
			assert_int_not_equal(decide(w, d, false), WARD_OK);
			assert_int_not_equal(decide(w, d, true), WARD_OK);
			go(w);
			assert_int_equal(at(w), WARD_ACT_PROPOSED);
			assert_false(asks(w));
		}
	/* five wrong codes: then not even the right one, also in a new life */
	d.kind = WARD_DECISION_APPROVE;
	d.proof = WARD_STR("000000");
	for (int i = 0; i < 6; i++)
		(void)decide(w, d, true);
	life(w);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_LIMIT);
	w->now += 301 * WARD_NS_PER_S;
	w->shown[0] = w->shown[0] == 'a' ? 'b' : 'a'; /* shown something else */
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_STATE);
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
}

/* A code is good for one thing. */
static void t_code_once(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	assert_int_equal(propose(w, "ahu-03", "{\"ability\":\"sw/port\"}"), WARD_OK);
	w->now -= 30 * WARD_NS_PER_S; /* `by` goes on to the same step */
	life(w);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_ERR_DENIED);
}

static void t_fire(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	ward_act_fire(w->a, true); /* what is locked is released */
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_ERR_STATE);
	ward_act_fire(w->a, false);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	ward_act_fire(w->a, true);
	go(w);
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);
	assert_false(asks(w));
}

/* Begun, and then there is a fire: not asked for again, and taken back as soon as nobody is at it,
 * also where it may not be asked for twice and a new life knows nothing of it. */
static void t_fire_overtakes(void **state)
{
	struct world *w = *state;

	for (int killed = 0; killed < 2; killed++) {
		ward_act_fire(w->a, false);
		assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
		assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
		go(w);
		request(w);
		ward_act_fire(w->a, true);
		go(w);
		assert_int_equal(at(w), WARD_ACT_DOING);
		if (killed)
			life(w);
		else
			ward_act_lost(w->a, 0);
		ward_act_fire(w->a, true);
		assert_false(asks(w));
		go(w);
		assert_int_equal(at(w), WARD_ACT_UNDOING);
		assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
		assert_int_equal(at(w), WARD_ACT_UNDONE);
	}
}

struct flames {
	struct world *w;
	struct ward_act_fires fires;
	struct ward_record_reader *reader;
	struct ward_arena scratch;
};

/* The row of an incident, and what follows of it. */
static void row(struct flames *f, char id, const char *state, const char *threat, const char *more)
{
	char json[1024];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"0000000%c-0000-8000-8000-000000000000\","
		"\"revision\":1,\"state\":\"%s\",\"domain\":\"physical\",\"level\":\"high\","
		"\"first\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:00:00Z\","
		"\"headline\":{\"threat\":\"t\",\"on\":\"Room\"},\"members\":[],"
		"\"threats\":[{\"asset\":\"au-server\",\"threat\":\"%s\"}]%s}",
		id, state, threat, more);

	assert_true(n > 0 && (size_t)n < sizeof(json));
	assert_true(ward_act_fires_take(
		&f->fires, f->reader, &f->scratch, (struct ward_str){json, (size_t)n}));
	ward_act_fire(f->w->a, ward_act_burns(&f->fires));
	go(f->w);
}

static enum ward_act_state state_of(const struct world *w, struct ward_id id)
{
	enum ward_act_state s = WARD_ACT_STATE_N;

	assert_true(ward_act_state(w->a, id, &s));
	return s;
}

/* By rows of incidents a pending lock is suspended and a locked door released; what else is done
 * stays as it is, and what else happens changes nothing. */
static void t_fire_rows(void **state)
{
	struct world *w = *state;
	struct flames f = {.w = w};
	struct ward_id port, bms;

	assert_int_equal(ward_record_reader_new(ward_mem_heap(), &w->t.lim, &f.reader), WARD_OK);
	ward_arena_init(&f.scratch, ward_mem_heap(), 1 << 20);
	assert_int_equal(propose(w, "net-bms", "{\"ability\":\"sw/bms\"}"), WARD_OK);
	bms = w->action; /* stays proposed */
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	port = w->action;
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);

	row(&f, '1', "suspected", "physical.intrusion", "");
	row(&f, '2', "suspected", "physical.intrusion",
		",\"x\":\"\\\"threat\\\":\\\"fire.fire\\\"\"");
	row(&f, '3', "closed", "fire.fire", "");
	row(&f, '4', "dismissed", "fire.smoke", "");
	assert_false(ward_act_fires_take(&f.fires, f.reader, &f.scratch,
		WARD_STR("{\"kind\":\"incident\",\"threat\":\"fire.fire\"}")));
	assert_false(ward_act_burns(&f.fires));
	assert_int_equal(at(w), WARD_ACT_PROPOSED);
	row(&f, '5', "suspected", "fire.smoke", "");
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_ERR_STATE);
	row(&f, '5', "recovered", "fire.smoke", ""); /* ended */
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	row(&f, '6', "confirmed", "fire.fire", "");
	assert_int_equal(at(w), WARD_ACT_UNDOING);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
	assert_int_equal(state_of(w, port), WARD_ACT_DONE);
	assert_int_equal(state_of(w, bms), WARD_ACT_PROPOSED);
	/* other threats crowd it out of the list, and another incident takes it up: it burns on */
	row(&f, '6', "contained", "physical.intrusion", "");
	row(&f, '7', "suspected", "physical.intrusion",
		",\"supersedes\":[\"00000006-0000-8000-8000-000000000000\"]");
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_ERR_STATE);
	row(&f, '7', "closed", "physical.intrusion",
		",\"supersedes\":[\"00000006-0000-8000-8000-000000000000\"]");
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	/* more at once than there is room for: none is forgotten */
	for (size_t i = 0; i < WARD_ACT_FIRES; i++)
		f.fires.id[f.fires.n++].b[15] = (uint8_t)(i + 1);
	row(&f, '1', "suspected", "fire.fire", "");
	f.fires.n = 0;
	assert_true(ward_act_burns(&f.fires));
	ward_record_reader_free(f.reader);
	ward_arena_fini(&f.scratch);
}

/* Killed once it was begun: asked for again by the same key, or never. */
static void t_killed(void **state)
{
	struct world *w = *state;
	struct ward_id first;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	first = request(w);
	life(w);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	assert_true(ward_id_eq(first, request(w)));
	assert_false(answer(w, first, WARD_SENT_FAILED)); /* again, later */
	assert_false(asks(w));
	w->now += 3 * WARD_NS_PER_S;
	/* that it would not now says nothing of what an attempt before did */
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
	/* the first attempt, of this life: it was not done */
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(at(w), WARD_ACT_FAILED);

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	life(w);
	assert_false(asks(w)); /* not even before it is told */
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_false(asks(w));
	assert_int_equal(by(w, WARD_DECISION_UNDO, BRUNO, "security-guard"), WARD_OK);
	go(w);
	request(w);
	ward_act_lost(w->a, 0); /* whoever asks was killed */
	assert_false(asks(w));
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_int_equal(by(w, WARD_DECISION_REFUSE, BRUNO, "security-guard"), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_REFUSED);
}

/* A fire while a lock is being done, before it was sent, after it, and when nobody knows. */
static void t_fire_meanwhile(void **state)
{
	struct world *w = *state;
	struct ward_id id;

	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING);
	ward_act_fire(w->a, true);
	assert_false(asks(w)); /* no lock is sent any more */
	go(w);
	assert_int_equal(at(w), WARD_ACT_SUSPENDED);
	ward_act_fire(w->a, false);
	assert_int_equal(propose(w, "door-au-server", "{\"does\":\"lock\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, BRUNO, "security-guard"), WARD_OK);
	go(w);
	id = request(w);
	ward_act_fire(w->a, true);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOING); /* its answer is waited for */
	assert_true(answer(w, id, WARD_SENT_FAILED));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT); /* not at once again */
	w->now += 61 * WARD_NS_PER_S;
	go(w);
	assert_int_equal(at(w), WARD_ACT_UNDOING); /* whatever it is, it is opened */
	assert_true(answer(w, request(w), WARD_SENT_REFUSED));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	w->now += 61 * WARD_NS_PER_S;
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	assert_int_equal(at(w), WARD_ACT_UNDONE);
}

/* Ward was off over the weekend; a system that never answers. */
static void t_too_late(void **state)
{
	struct world *w = *state;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	w->now += 11 * 60 * WARD_NS_PER_S;
	life(w);
	assert_false(asks(w));
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
}

/* Its ability is taken out of actuators.yml while it stands. */
static void t_gone(void **state)
{
	struct world *w = *state;
	size_t n = w->table.n_ability;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	go(w);
	assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
	w->table.n_ability = 0;
	life(w);
	go(w);
	assert_int_equal(at(w), WARD_ACT_DOUBT);
	assert_int_equal(by(w, WARD_DECISION_REFUSE, ANNA, IT), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_REFUSED);
	w->table.n_ability = n;
}

/* What is never taken back is over once it is done, and can be done again. */
static void t_tell(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"tell\"}"), WARD_OK);
		assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
		go(w);
		assert_true(answer(w, request(w), WARD_SENT_DELIVERED));
		assert_int_equal(at(w), WARD_ACT_FINISHED);
		assert_true(ward_act_over(at(w)));
	}
}

/* Who did not hear the answer asks again, and is told the same; nothing is done twice, and a code
 * that was good is not a wrong one. */
static void t_said_again(void **state)
{
	struct world *w = *state;
	struct ward_act_row row;
	struct ward_decision d;

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	d = coded(w, WARD_DECISION_APPROVE, ANNA, IT);
	d.id.b[0] = ++w->ids;
	assert_true(ward_act_decide(w->a, &d, true, w->now, &row, &w->said));
	keep(w, &row);
	for (int i = 0; i < 2; i++) {
		go(w);
		assert_false(ward_act_decide(w->a, &d, true, w->now, &row, &w->said));
		assert_int_equal(w->said.err, WARD_OK);
		life(w);
	}
	d = coded(w, WARD_DECISION_UNDO, ANNA, IT);
	d.id.b[0] = ++w->ids;
	d.proof = WARD_STR("000000");
	(void)ward_act_decide(w->a, &d, true, w->now, &row, &w->said);
	keep(w, &row);
	assert_false(ward_act_decide(w->a, &d, true, w->now, &row, &w->said));
	assert_int_equal(w->said.err, WARD_ERR_DENIED);
}

/* Rows twice, torn and of nothing: counted and left. */
static void use(struct world *w, const char *systems)
{
	ward_actuators_free(&w->table);
	if (turin_systems(&w->t, systems, &w->table) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(w->t.d.item[0].what));
	life(w);
}

static bool says(struct ward_str json, const char *what)
{
	return ward_str_find(json, ward_str_z(what)) != SIZE_MAX;
}

/* Who approves sees the very command, and what will take it back; a command about a thing that the
 * file names not any more is never made. */
static void t_commands(void **state)
{
	struct world *w = *state;
	struct ward_id id;
	struct ward_str body;

	use(w, LAB_SSH("ws-a0-office-1"));
	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_true(says(w->row[0].row.json,
		"\"run\":\"nft add element inet ward off { 10.20.0.72 }\","
		"\"back\":\"free ws-a0-office-1\",\"look\":\"look 10.20.0.72\""));
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, "it-on-call"), WARD_OK);
	go(w);
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"run\":\"nft add element inet ward off { 10.20.0.72 }\","));
	assert_true(answer(w, id, WARD_SENT_DELIVERED));
	assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, "it-on-call"), WARD_OK);
	go(w);
	assert_true(ward_act_request(w->a, 0, w->now, &id, &body));
	assert_true(says(body, "\"run\":\"free ws-a0-office-1\",\"look\""));
	use(w, LAB_SSH("ahu-03"));
	go(w);
	assert_false(asks(w));
	assert_int_equal(at(w), WARD_ACT_DOUBT);
}

/* What is shown is asked for, and nothing else; a playbook's command chooses it, and is not sent.
 */
static void t_shown(void **state)
{
	static const struct {
		const char *systems, *args, *sent, *back;
		size_t system;
	} all[] = {LAB_SHOWN};
	struct world *w = *state;
	const struct ward_outcome o = {.what = WARD_SENT_DELIVERED};
	struct ward_act_row row;
	struct ward_id id;
	struct ward_str body;

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		use(w, all[i].systems);
		assert_int_equal(propose(w, "ws-a0-office-1", all[i].args), WARD_OK);
		assert_true(says(w->said.json, all[i].sent));
		assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
		go(w);
		assert_false(ward_act_request(w->a, !all[i].system, w->now, &id, &body));
		assert_true(ward_act_request(w->a, all[i].system, w->now, &id, &body));
		assert_true(says(body, all[i].sent));
		assert_true(ward_act_said(w->a, all[i].system, id, &o, w->now, &row));
		keep(w, &row);
		assert_int_equal(by(w, WARD_DECISION_UNDO, ANNA, IT), WARD_OK);
		go(w);
		assert_true(ward_act_request(w->a, all[i].system, w->now, &id, &body));
		assert_true(says(body, all[i].back));
	}
}

static void t_rows(void **state)
{
	struct world *w = *state;
	struct ward_act_row bad = {.revision = 9};

	assert_int_equal(propose(w, "ws-a0-office-1", "{\"does\":\"isolate\"}"), WARD_OK);
	assert_int_equal(by(w, WARD_DECISION_APPROVE, ANNA, IT), WARD_OK);
	struct ward_act_row last = w->row[w->n_row - 1].row;

	for (size_t i = 0; i < w->n_row; i++)
		assert_int_equal(ward_act_take(w->a, &w->row[i].row), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_READY);
	bad.id = w->action;
	for (size_t i = 0; i < last.json.len; i++) {
		bad.json = ward_str_sub(last.json, 0, i);
		assert_int_equal(ward_act_take(w->a, &bad), WARD_OK);
	}
	bad.json = last.json; /* approved what is approved */
	assert_int_equal(ward_act_take(w->a, &bad), WARD_OK);
	assert_int_equal(at(w), WARD_ACT_READY);
}

/* Every step that the table has leads on, and each state has a way out or is over. */
static void t_table(void **state)
{
	(void)state;
	for (int s = 0; s < WARD_ACT_STATE_N; s++) {
		size_t out = 0;

		for (int e = 0; e < WARD_ACT_EVENT_N; e++) {
			enum ward_act_state to;

			out += ward_act_step((enum ward_act_state)s, (enum ward_act_event)e, &to) ==
			       WARD_OK;
		}
		assert_int_equal(out == 0, ward_act_over((enum ward_act_state)s));
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_one_person), T(t_care), T(t_ward_is_silent),
		T(t_no_bypass), T(t_code_once), T(t_fire), T(t_fire_overtakes), T(t_fire_rows),
		T(t_killed), T(t_fire_meanwhile), T(t_too_late), T(t_gone), T(t_tell),
		T(t_said_again), T(t_commands), T(t_shown), T(t_rows), cmocka_unit_test(t_table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
