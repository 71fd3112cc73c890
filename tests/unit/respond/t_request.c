/* What a playbook asks of a role, told to those who have it: rows of a real run of violence.json,
 * driven here, and recipients that write down what they get. */
#include "lab_incident.h"
#include "respond/playbook/drive.h"
#include "respond/priv.h"

#define T(name) cmocka_unit_test(name)

enum { SOC, GUARD, SECOND, MANAGER };

struct fix {
	struct lab *l;
	struct ward_playbook *book;
	struct ward_playbooks all;
	struct ward_drive *d;
	unsigned n_decision;
};

static void load_book(struct fix *x, const char *file)
{
	const struct ward_playbook_world world = {.others = &x->all};
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_diag d;
	char path[4096];

	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/%s", root, file);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(
		ward_playbook_file(path, &x->l->lim, ward_mem_heap(), &d, &x->book), WARD_OK);
	x->all = (struct ward_playbooks){.item = &x->book, .n = 1};
	assert_int_equal(ward_playbook_check(x->book, &world, &d), WARD_OK);
	ward_diag_fini(&d);
	const struct ward_drive_opts o = {
		.all = &x->all, .n_now = 1, .lim = &x->l->lim, .mem = ward_mem_heap()};

	assert_int_equal(ward_drive_new(&o, &x->d), WARD_OK);
}

static void fresh_of(struct fix *x, size_t kill_at, const char *file, const struct ward_str *guard)
{
	static const char *const id[] = {"soc", "guard", "second", "manager"};
	static const struct ward_str manager[] = {{"nurse-in-charge", 15}, {"crisis-manager", 14}};

	memset(x, 0, sizeof(*x));
	x->l = lab_new(4);
	for (size_t k = 0; k < 4; k++)
		x->l->listener[k].id = ward_str_z(id[k]);
	for (size_t k = GUARD; k <= SECOND; k++) {
		x->l->listener[k].role = guard;
		x->l->listener[k].n_role = 1;
	}
	x->l->listener[MANAGER].role = manager;
	x->l->listener[MANAGER].n_role = 2;
	x->l->kill_at = kill_at;
	lab_life(x->l);
	load_book(x, file);
}

static void fresh(struct fix *x, size_t kill_at)
{
	static const struct ward_str guard = {"security-guard", 14};

	fresh_of(x, kill_at, "content/playbooks/violence.json", &guard);
}

static void done(struct fix *x)
{
	ward_drive_free(x->d);
	ward_playbook_free(x->book);
	lab_free(x->l);
}

/* What the process `playbook` keeps. */
static void keep(struct fix *x, const struct ward_drive_row *row)
{
	lab_add(x->l, NULL, row->json);
	assert_int_equal(ward_drive_take(x->d, row), WARD_OK);
}

static void go_on(struct fix *x)
{
	struct ward_drive_row row;

	while (ward_drive_next(x->d, x->l->now, &row))
		keep(x, &row);
	lab_settle(x->l);
}

static void decide(struct fix *x, enum ward_decision_kind kind, const char *subject,
	const char *role, const char *args)
{
	const struct ward_decision of = {.kind = kind,
		.id = {{(uint8_t)++x->n_decision, 7}},
		.at = x->l->now,
		.person = WARD_STR("p-17"),
		.role = ward_str_z(role),
		.subject = ward_str_z(subject),
		.args = ward_str_z(args)};
	struct ward_drive_row row;
	struct ward_decided said;

	if (!ward_drive_decide(x->d, &of, x->l->now, &row, &said))
		fail_msg("%.*s", WARD_STR_ARG(said.why));
	keep(x, &row);
	go_on(x);
}

static void start(struct fix *x)
{
	char id[128];

	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(x->book->id));
	decide(x, WARD_DECISION_START, id, "crisis-manager",
		"{\"__place__\":\"Ward \\u001b[2J3\"}");
}

/* The request that is open; of what role. */
static const char *open_request(struct fix *x, char id[WARD_ID_TEXT], char role[64])
{
	struct ward_run_request q;
	struct ward_drive_run r;

	ward_drive_at(x->d, 0, &r);
	assert_true(r.run && ward_run_open(r.run, 0, &q));
	ward_id_text(q.id, id);
	(void)snprintf(role, 64, "%.*s", WARD_STR_ARG(q.role.len ? q.role : q.name));
	return id;
}

static size_t n_to(const struct lab *l, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == k;
	return n;
}

static size_t last_to(const struct lab *l, size_t k)
{
	for (size_t i = l->n_got; i-- > 0;)
		if (l->got[i].listener == k)
			return i;
	return SIZE_MAX;
}

static void test_asked(void **state)
{
	char id[WARD_ID_TEXT], role[64];
	struct fix x;

	(void)state;
	fresh(&x, 0);
	start(&x);
	assert_int_equal(x.l->n_got, 2); /* both guards; nobody else has the role */
	assert_int_equal(n_to(x.l, GUARD), 1);
	assert_int_equal(n_to(x.l, SECOND), 1);
	assert_says(x.l, 0, "Send two guards to Ward");
	assert_false(lab_says(x.l, 0, "\\u001b")); /* what a person wrote hides nothing */
	assert_says(x.l, 0, "To be answered (__weapon__)");
	assert_says(x.l, 0, open_request(&x, id, role));
	assert_says(x.l, 0, "\"state\":\"asked\",\"role\":\"security-guard\"");
	assert_says(x.l, 0, "\"subject\":\"To do before 03:");
	x.l->now += 60 * WARD_NS_PER_S;
	decide(&x, WARD_DECISION_DONE, id, role, "{\"__weapon__\":\"false\"}");
	/* who was told is told that it is done; of what comes next whoever has that role */
	assert_int_equal(n_to(x.l, GUARD), 2);
	assert_says(x.l, last_to(x.l, GUARD), "Done, ");
	assert_false(lab_says(x.l, last_to(x.l, GUARD), "To be answered"));
	assert_int_equal(n_to(x.l, SOC), 0);
	assert_int_equal(ward_counter_get(&x.l->counters, "respond.unreadable"), 0);
	done(&x);
}

static void test_withdrawn(void **state)
{
	struct ward_drive_run r;
	char id[WARD_ID_TEXT];
	struct fix x;

	(void)state;
	fresh(&x, 0);
	x.l->off_duty = 1u << SECOND;
	start(&x);
	assert_int_equal(n_to(x.l, SECOND), 0);
	ward_drive_at(x.d, 0, &r);
	ward_id_text(r.id, id);
	decide(&x, WARD_DECISION_CANCEL, id, "crisis-manager", "");
	assert_int_equal(n_to(x.l, GUARD), 2);
	assert_says(x.l, last_to(x.l, GUARD), "No longer to be done, ");
	x.l->off_duty = 0; /* who comes to work later is not asked for what is over */
	x.l->now += 600 * WARD_NS_PER_S;
	lab_settle(x.l);
	assert_int_equal(n_to(x.l, SECOND), 0);
	done(&x);
}

/* A message that nobody got asked nobody. */
static void test_lost(void **state)
{
	struct fix x;

	(void)state;
	fresh(&x, 0);
	x.l->bad = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 410};
	x.l->bad_of = 1u << GUARD;
	start(&x);
	assert_int_equal(n_to(x.l, GUARD), 1);
	x.l->bad_of = 0;
	x.l->now += 1200 * WARD_NS_PER_S;
	lab_settle(x.l); /* nothing of the run went on meanwhile: it is still asked */
	assert_int_equal(n_to(x.l, GUARD), 2);
	assert_says(x.l, last_to(x.l, GUARD), "Send two guards");
	done(&x);
}

static void evening(struct fix *x)
{
	char id[WARD_ID_TEXT], role[64];

	start(x);
	for (int i = 0; i < 3; i++) {
		x->l->now += 61 * WARD_NS_PER_S;
		(void)open_request(x, id, role);
		decide(x, i == 1 ? WARD_DECISION_FAILED : WARD_DECISION_DONE, id, role,
			i ? "" : "{\"__weapon__\":\"true\"}");
	}
}

static void test_killed(void **state)
{
	struct fix whole;
	size_t n_step;

	(void)state;
	fresh(&whole, 0);
	evening(&whole);
	n_step = whole.l->step;
	for (size_t at = 2; at < 2 * (n_step + 1); at++) {
		struct fix x;

		fresh(&x, at / 2);
		x.l->remembers = at % 2;
		evening(&x);
		assert_int_equal(x.l->n_got, whole.l->n_got);
		assert_int_equal(x.l->n_row, whole.l->n_row);
		for (size_t i = 0; i < x.l->n_got; i++)
			assert_string_equal(x.l->got[i].body, whole.l->got[i].body);
		done(&x);
	}
	assert_true(n_step > 30);
	done(&whole);
}

#define ACTION "{\"kind\":\"action\",\"id\":\"5f0c7d7e-0000-8000-8000-000000000009\",\"state\":"

static void give(struct fix *x, const char *json)
{
	lab_add(x->l, NULL, ward_str_z(json));
	lab_settle(x->l);
}

/* An action waits for an approval: who may give it is told, and what became of it. */
static void test_approval(void **state)
{
	static const struct {
		const char *state, *says;
	} ends[] = {{"ready", "Approved: take Workstation 1 off its networks"},
		{"refused", "Refused: take"}, {"expired", "No longer to be approved: take"}};
	struct fix x;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(ends); i++) {
		char json[256];

		fresh(&x, 0);
		give(&x, ACTION "\"proposed\",\"event\":\"propose\",\"does\":\"isolate\","
				"\"request\":{\"name\":\"Workstation 1\"},"
				"\"roles\":[\"security-guard\",\"crisis-manager\"],"
				"\"expires\":\"2026-03-12T03:10:00Z\"}");
		assert_int_equal(x.l->n_got, 3);
		assert_int_equal(n_to(x.l, SOC), 0);
		assert_says(x.l, last_to(x.l, MANAGER),
			"To approve or refuse before 04:10: take Workstation 1 off its networks");
		assert_says(x.l, last_to(x.l, MANAGER),
			"\"action\":\"5f0c7d7e-0000-8000-8000-000000000009\"");
		give(&x, ACTION "\"agreed\"}"); /* by one of two: it still waits */
		assert_int_equal(x.l->n_got, 3);
		(void)snprintf(json, sizeof(json), ACTION "\"%s\"}", ends[i].state);
		give(&x, json);
		assert_int_equal(x.l->n_got, 6);
		assert_says(x.l, last_to(x.l, GUARD), ends[i].says);
		give(&x, ACTION "\"done\"}");
		assert_int_equal(x.l->n_got, 6);
		done(&x);
	}
}

/* Nobody knows whether it was done: who may approve it is told to look, and that somebody did. */
static void test_doubt(void **state)
{
	struct fix x;

	(void)state;
	fresh(&x, 0);
	give(&x, ACTION "\"doing\",\"event\":\"begin\"}");
	assert_int_equal(x.l->n_got, 0);
	give(&x, ACTION
		"\"in-doubt\",\"event\":\"doubt\",\"does\":\"isolate\",\"thing\":\"ws-1\","
		"\"name\":\"Workstation 1\",\"roles\":[\"security-guard\",\"crisis-manager\"]}");
	assert_true(n_to(x.l, GUARD) == 1 && n_to(x.l, MANAGER) == 1 && n_to(x.l, SOC) == 0);
	assert_says(x.l, last_to(x.l, GUARD),
		"Nobody knows whether this was done, look: take Workstation 1 off its networks");
	assert_says(
		x.l, last_to(x.l, GUARD), "\"action\":\"5f0c7d7e-0000-8000-8000-000000000009\"");
	give(&x, ACTION "\"refused\",\"event\":\"refuse\"}");
	assert_says(x.l, last_to(x.l, MANAGER), "Somebody has looked: take Workstation 1");
	assert_true(n_to(x.l, GUARD) == 2 && n_to(x.l, MANAGER) == 2);
	/* once more, and taken back */
	give(&x, ACTION "\"in-doubt\",\"event\":\"doubt\",\"does\":\"isolate\",\"thing\":\"ws-1\","
			"\"name\":\"Workstation 1\",\"roles\":[\"security-guard\"]}");
	assert_int_equal(n_to(x.l, GUARD), 3);
	give(&x, ACTION "\"undoing\",\"event\":\"undo\"}");
	assert_says(x.l, last_to(x.l, GUARD), "No longer in doubt: take Workstation 1");
	done(&x);
}

/* What no system may do is asked of a role, with all that it is. */
static void test_by_hand(void **state)
{
	static const struct ward_str it = {"it-on-call", 10};
	char id[128];
	struct fix x;

	(void)state;
	fresh_of(&x, 0, "tests/unit/respond/playbook/calls.json", &it);
	(void)snprintf(id, sizeof(id), "%.*s", WARD_STR_ARG(x.book->id));
	decide(&x, WARD_DECISION_START, id, "crisis-manager", "{\"__asset__\":\"PC 7\"}");
	assert_int_equal(n_to(x.l, GUARD), 1);
	assert_says(x.l, 0,
		"No system of actuators.yml may do this: do it by hand (http-api, Switch API): "
		"POST "
		"/v1/quarantine/PC 7 HTTP/1.1");
	assert_says(x.l, 0, "{\\\"device\\\": \\\"PC 7\\\"}");
	assert_int_equal(ward_counter_get(&x.l->counters, "respond.unreadable"), 0);
	done(&x);
}

#define DECISION(what, id, subject, role, more)                                             \
	"{\"kind\":\"decision\",\"id\":\"c0000000-0000-8000-8000-00000000000" id            \
	"\",\"time\":\"2026-03-12T03:00:00Z\",\"what\":\"" what "\",\"subject\":\"" subject \
	"\",\"person\":\"g-f\",\"role\":\"" role "\",\"text\":\"look at plant room A\"" more "}"

/* A task of the crisis cell is told to who has it, and its end, which nobody else says. */
static void test_task(void **state)
{
	struct fix x;

	(void)state;
	fresh(&x, 0);
	give(&x, DECISION("task", "1", "crisis", "crisis-manager",
			 ",\"args\":{\"owner\":\"security-guard\",\"due\":\"2026-03-12T03:10:"
			 "00Z\"}"));
	assert_int_equal(x.l->n_got, 2);
	assert_int_equal(n_to(x.l, MANAGER), 0);
	assert_says(x.l, last_to(x.l, GUARD),
		"The crisis cell asks before 04:10, security-guard: look at plant room A");
	assert_says(x.l, last_to(x.l, GUARD), "\"task\":\"c0000000-0000-8000-8000-000000000001\"");
	give(&x, DECISION("task-done", "2", "c0000000-0000-8000-8000-000000000001", "pharmacist",
			 ""));
	assert_int_equal(x.l->n_got, 2);
	give(&x, DECISION("task-done", "3", "c0000000-0000-8000-8000-000000000001",
			 "security-guard", ",\"args\":{\"outcome\":\"cannot\"}"));
	assert_int_equal(x.l->n_got, 4);
	assert_says(x.l, last_to(x.l, SECOND), "It can't be done, security-guard: look at");
	give(&x, DECISION("task", "4", "crisis", "crisis-manager",
			 ",\"args\":{\"owner\":\"nurse-in-charge\"}"));
	assert_says(x.l, last_to(x.l, MANAGER), "The crisis cell asks, nurse-in-charge: look");
	/* whoever leads may end it, and the next life knows who does */
	give(&x, DECISION("activate", "5", "crisis", "pharmacist", ",\"args\":{\"level\":\"2\"}"));
	lab_life(x.l);
	give(&x, DECISION("task-done", "6", "c0000000-0000-8000-8000-000000000004", "pharmacist",
			 ",\"args\":{\"outcome\":\"dropped\"}"));
	assert_says(x.l, last_to(x.l, MANAGER), "No longer to be done, nurse-in-charge: look");
	done(&x);
}

/* Who is called in is told also off duty, until the crisis is over. */
static void test_recall(void **state)
{
	struct fix x;

	(void)state;
	fresh(&x, 0);
	ward_respond_duty(x.l->r, 1u << GUARD);
	give(&x, DECISION("recall", "1", "crisis", "crisis-manager",
			 ",\"args\":{\"roles\":[\"security-guard\",\"crisis-manager\"],"
			 "\"place\":\"gate 2\"}"));
	assert_int_equal(x.l->n_got, 3);
	assert_int_equal(n_to(x.l, SOC), 0);
	assert_says(x.l, last_to(x.l, SECOND),
		"The crisis cell calls you in, security-guard: look at plant room A (gate 2)");
	assert_says(x.l, last_to(x.l, SECOND), "whether you come, and when; call ");
	give(&x, DECISION("stand-down", "2", "crisis", "crisis-manager", ""));
	assert_int_equal(x.l->n_got, 6);
	assert_says(x.l, last_to(x.l, MANAGER), "The crisis cell calls nobody in any more");
	give(&x, DECISION("recall", "3", "crisis", "crisis-manager", ",\"args\":{\"roles\":7}"));
	assert_int_equal(x.l->n_got, 6);
	done(&x);
}

/* Tasks that nobody ever ends take no room from what protects. */
static void test_full(void **state)
{
	struct fix x;

	(void)state;
	fresh(&x, 0);
	for (unsigned i = 0; i <= REQUESTS_MAX; i++) {
		char json[512];

		(void)snprintf(json, sizeof(json),
			"{\"kind\":\"decision\",\"id\":\"c0000000-0000-8000-8000-%012u\","
			"\"what\":\"task\",\"subject\":\"crisis\",\"role\":\"crisis-manager\","
			"\"text\":\"look\",\"args\":{\"owner\":\"pharmacist\"}}",
			i);
		assert_int_equal(ward_respond_decision(x.l->r, ward_str_z(json)), WARD_OK);
	}
	assert_int_equal(ward_counter_get(&x.l->counters, "respond.requests_forgotten"), 1);
	give(&x, ACTION "\"proposed\",\"event\":\"propose\",\"does\":\"isolate\","
			"\"request\":{\"name\":\"Workstation 1\"},\"roles\":[\"security-guard\"],"
			"\"expires\":\"2026-03-12T03:10:00Z\"}");
	assert_says(x.l, last_to(x.l, GUARD), "To approve or refuse before 04:10: take");
	assert_int_equal(ward_counter_get(&x.l->counters, "respond.request_limit"), 0);
	done(&x);
}

/* Rows that are no run's, or lack what is asked. */
static void test_unreadable(void **state)
{
	static const char *const bad[] = {"", "[]", "{\"kind\":\"run\"",
		/* nothing is said */
		("{\"kind\":\"run\",\"asks\":\"5f0c7d7e-0000-8000-8000-000000000000\","
		 "\"asks_says\":{}}")};
	struct fix x;

	(void)state;
	fresh(&x, 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_respond_run(x.l->r, ward_str_z(bad[i])), WARD_OK);
	assert_int_equal(ward_counter_get(&x.l->counters, "respond.unreadable"), 4);
	lab_settle(x.l);
	assert_int_equal(x.l->n_got, 0);
	done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_asked), T(test_withdrawn), T(test_lost),
		T(test_killed), T(test_approval), T(test_doubt), T(test_by_hand), T(test_task),
		T(test_recall), T(test_full), T(test_unreadable)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
