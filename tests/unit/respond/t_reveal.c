/* Who answers for the law is told at once that one person alone was told a name, and again, with
 * who comes after, when nobody reviewed it in three working days. */
#include "lab_incident.h"
#include "respond/priv.h"

#define OF "10000000-0000-8000-8000-000000000001"
#define ASKED "c0000000-0000-8000-8000-000000000001"

enum { OFFICER, DEPUTY, STAFF, N };

static struct ward_law law;
static struct ward_arena arena;

static ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static int load_law(void **state)
{
	struct ward_limits lim;
	struct ward_diag d;
	char dir[4096];

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	ward_diag_init(&d, ward_mem_heap());
	(void)snprintf(dir, sizeof(dir), "%s/content/law", getenv("WARD_SOURCE_ROOT"));
	enum ward_err err =
		ward_law_load(dir, "/nonexistent", WARD_STR("IT"), &arena, &lim, &d, &law);

	ward_diag_fini(&d);
	return (int)err;
}

static int free_law(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	return 0;
}

static struct lab *fresh(size_t kill_at)
{
	static const struct ward_str role[N] = {{"data-protection-officer", 23},
		{"crisis-manager", 14}, {"staff-representative", 20}};
	struct lab *l = lab_new(N);

	for (size_t k = 0; k < N; k++) {
		l->listener[k].id = role[k];
		l->listener[k].role = &role[k];
		l->listener[k].n_role = 1;
	}
	l->law = &law;
	l->kill_at = kill_at;
	lab_life(l);
	return l;
}

static void say(struct lab *l, const char *id, const char *what, const char *args)
{
	char json[1024];
	uint8_t time[40];
	struct ward_wr w = ward_wr_fixed(time, sizeof(time));

	ward_time_write(&w, l->now);
	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"%s\",\"time\":\"%.*s\","
		"\"what\":\"%s\",\"subject\":\"" OF "\",\"person\":\"l-conti\",\"role\":\"guard\","
		"\"text\":\"somebody lies there\",\"args\":%s,\"taken\":true}",
		id, WARD_STR_ARG(ward_wr_text(&w)), what, args);
	lab_add(l, NULL, ward_str_z(json));
	lab_settle(l);
}

static size_t told(const struct lab *l, size_t k, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == k && strstr(l->got[i].body, what) != NULL;
	return n;
}

static void until(struct lab *l, const char *time)
{
	l->now = at(time);
	lab_settle(l);
}

static const char once[] = "One person alone was told a name", late[] = "Nobody has reviewed",
		  done[] = "Reviewed,";

/* Thursday before Easter in Italy: Monday is a holiday, so Wednesday is the third working day. */
static void course(size_t kill_at)
{
	struct lab *l = fresh(kill_at);

	l->now = at("2026-04-02T10:00:00Z");
	say(l, "b0000000-0000-8000-8000-000000000009", "reveal", "{\"token\":\"p-x\"}");
	assert_int_equal(told(l, OFFICER, once), 0); /* two asked */
	say(l, ASKED, "reveal", "{\"token\":\"p-x\",\"emergency\":\"yes\"}");
	assert_int_equal(told(l, OFFICER, once), 1);
	assert_int_equal(told(l, OFFICER, "somebody lies there"), 1);
	assert_int_equal(told(l, OFFICER, "l-conti"), 0); /* who it was stands in the console */
	assert_int_equal(told(l, DEPUTY, once), 0);
	until(l, "2026-04-08T09:59:00Z");
	assert_int_equal(told(l, OFFICER, late), 0);
	until(l, "2026-04-08T10:00:02Z");
	lab_life(l);
	until(l, "2026-04-08T11:00:00Z");
	assert_int_equal(told(l, OFFICER, late), 1);
	assert_int_equal(told(l, DEPUTY, late), 1);
	say(l, "d0000000-0000-8000-8000-000000000001", "reveal-review",
		"{\"of\":\"" ASKED "\",\"right\":\"yes\"}");
	until(l, "2026-04-08T12:00:00Z");
	assert_true(told(l, OFFICER, done) > 0);
	assert_int_equal(told(l, DEPUTY, done), 1);
	until(l, "2026-05-08T12:00:00Z");
	assert_int_equal(told(l, OFFICER, late), 1);
	lab_free(l);
}

static void test_course(void **state)
{
	(void)state;
	course(0);
}

/* Killed at any step, nobody is told twice and nobody is left out. */
static void test_killed(void **state)
{
	(void)state;
	for (size_t k = 1; k <= 20; k++)
		course(k);
}

/* Reviewed in time: nobody is asked again. */
static void test_in_time(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	l->now = at("2026-04-02T10:00:00Z");
	say(l, ASKED, "reveal", "{\"token\":\"p-x\",\"emergency\":\"yes\"}");
	l->now = at("2026-04-02T11:00:00Z");
	say(l, "d0000000-0000-8000-8000-000000000001", "reveal-review", "{}");
	until(l, "2026-04-20T10:00:00Z");
	assert_int_equal(told(l, OFFICER, late) + told(l, DEPUTY, late), 0);
	assert_int_equal(told(l, OFFICER, done), 1);
	lab_free(l);
}

/* Where Ward reaches nobody who answers for it, that is counted. */
static void test_nobody(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	l->listener[OFFICER].n_role = l->listener[DEPUTY].n_role = 0;
	lab_life(l);
	l->now = at("2026-04-02T10:00:00Z");
	say(l, ASKED, "reveal", "{\"token\":\"p-x\",\"emergency\":\"yes\"}");
	assert_true(ward_counter_get(&l->counters, "respond.reveals_for_nobody") > 0);
	lab_free(l);
}

static void say_taken(struct lab *l, const char *id, const char *what, const char *subject,
	const char *args, bool taken)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"%s\",\"time\":\"2026-04-02T10:00:00Z\",\"what\":"
		"\"%s\",\"subject\":\"%s\",\"person\":\"l-conti\",\"role\":\"unknown\",\"text\":"
		"\"entry cameras\",\"args\":%s,\"taken\":%s}",
		id, what, subject, args, taken ? "true" : "false");
	lab_add(l, NULL, ward_str_z(json));
	lab_settle(l);
}

static void say_of(
	struct lab *l, const char *id, const char *what, const char *subject, const char *args)
{
	say_taken(l, id, what, subject, args, true);
}

static void say_of_dpia(struct lab *l, const char *id, const char *what, const char *args)
{
	say_of(l, id, what, "dpia", args);
}

#define SIXTY "0000000000000000000000000000000000000000000000000000000000000"
#define FIRST "{\"digest\":\"" SIXTY "00a\"}"
#define SECOND "{\"digest\":\"" SIXTY "00b\"}"

/* What the impact assessment rests on is other: the officer is told, once, until it is assessed. */
static void reopens(size_t kill_at)
{
	static const char again[] = "The impact assessment is open again";
	struct lab *l = fresh(kill_at);

	l->now = at("2026-04-02T10:00:00Z");
	say_of_dpia(l, "b0000000-0000-8000-8000-000000000001", "processing", "{\"say\":\"stop\"}");
	assert_int_equal(told(l, OFFICER, again), 0);
	say_of_dpia(l, ASKED, "processing", "{\"say\":\"reopened\"}");
	assert_int_equal(told(l, OFFICER, again), 1);
	assert_int_equal(told(l, OFFICER, "entry cameras"), 1);
	assert_int_equal(told(l, DEPUTY, again), 0);
	lab_life(l);
	until(l, "2026-04-12T10:00:00Z");
	assert_int_equal(told(l, OFFICER, again), 1);
	/* something else moved: what was asked before is over, without a word */
	say_of_dpia(
		l, "b0000000-0000-8000-8000-000000000002", "processing", "{\"say\":\"reopened\"}");
	until(l, "2026-04-12T10:10:00Z");
	assert_int_equal(told(l, OFFICER, again), 2);
	assert_int_equal(told(l, OFFICER, "Assessed,"), 0);
	/* neither what is no digest, nor what was not taken */
	say_of_dpia(l, "d0000000-0000-8000-8000-000000000001", "assess", "{\"digest\":\"x\"}");
	say_taken(l, "d0000000-0000-8000-8000-000000000002", "assess", "dpia", FIRST, false);
	until(l, "2026-04-12T10:20:00Z");
	assert_int_equal(told(l, OFFICER, "Assessed,"), 0);
	say_taken(l, "d0000000-0000-8000-8000-000000000003", "assess", "dpia", FIRST, true);
	until(l, "2026-04-12T11:00:00Z");
	assert_int_equal(told(l, OFFICER, "Assessed,"), 1);
	/* open again, since it was changed back to what was assessed then */
	say_of_dpia(
		l, "b0000000-0000-8000-8000-000000000003", "processing", "{\"say\":\"reopened\"}");
	lab_life(l);
	say_taken(l, "d0000000-0000-8000-8000-000000000004", "assess", "dpia", FIRST, true);
	until(l, "2026-04-12T12:00:00Z");
	assert_int_equal(told(l, OFFICER, again), 3);
	assert_int_equal(told(l, OFFICER, "Assessed,"), 2);
	/* nothing is open: a word more ends nothing more */
	say_taken(l, "d0000000-0000-8000-8000-000000000005", "assess", "dpia", SECOND, true);
	until(l, "2026-04-12T13:00:00Z");
	assert_int_equal(told(l, OFFICER, "Assessed,"), 2);
	lab_free(l);
}

static void test_reopened(void **state)
{
	(void)state;
	for (size_t k = 0; k <= 8; k++)
		reopens(k);
}

/* More is watched of people: officer and staff's representative are told, once each, and nobody
 * is told of an end; what widens it again is told again. */
static void widens(size_t kill_at)
{
	static const char more[] = "Ward watches more of people than before";
	struct lab *l = fresh(kill_at);

	l->now = at("2026-04-02T10:00:00Z");
	say_of(l, ASKED, "processing", "scope", "{\"say\":\"widened\"}");
	assert_int_equal(told(l, OFFICER, more), 1);
	assert_int_equal(told(l, STAFF, more), 1);
	assert_int_equal(told(l, STAFF, "entry cameras"), 1);
	assert_int_equal(told(l, DEPUTY, more), 0);
	lab_life(l);
	say_of(l, ASKED, "processing", "scope", "{\"say\":\"widened\"}");
	until(l, "2026-04-12T10:00:00Z");
	assert_int_equal(told(l, STAFF, more), 1);
	say_of(l, "b0000000-0000-8000-8000-000000000002", "processing", "scope",
		"{\"say\":\"widened\"}");
	until(l, "2026-04-13T10:00:00Z");
	assert_int_equal(told(l, OFFICER, more), 2);
	assert_int_equal(told(l, STAFF, more), 2);
	assert_int_equal(told(l, STAFF, "Known,"), 0);
	lab_free(l);
}

static void test_widened(void **state)
{
	(void)state;
	for (size_t k = 0; k <= 8; k++)
		widens(k);
}

/* 60, 30 and 7 days before an agreement ends, and then, those two are told; nobody of one that was
 * renewed. */
static void ends(size_t kill_at)
{
	static const char soon[] = "An agreement ends", over[] = "An agreement has ended";
	struct ward_respond_agreement a[] = {
		{WARD_STR("or-2026"), WARD_STR("Works council"), at("2026-06-30T00:00:00Z"), false},
		{WARD_STR("far"), WARD_STR("Works council"), at("2027-06-30T00:00:00Z"), false}};
	struct lab *l = fresh(kill_at);

	l->agreement = a;
	l->n_agreement = WARD_ARRAY_LEN(a);
	l->now = at("2026-04-30T23:00:00Z");
	lab_life(l);
	until(l, "2026-04-30T23:30:00Z");
	assert_int_equal(told(l, OFFICER, soon), 0);
	until(l, "2026-05-01T01:00:00Z");
	assert_int_equal(told(l, OFFICER, soon), 1);
	assert_int_equal(told(l, STAFF, "or-2026 (Works council)"), 1);
	assert_int_equal(told(l, DEPUTY, soon), 0);
	lab_life(l);
	until(l, "2026-05-31T01:00:00Z");
	assert_int_equal(told(l, STAFF, soon), 2);
	until(l, "2026-06-23T01:00:00Z");
	assert_int_equal(told(l, STAFF, soon), 3);
	if (kill_at % 2) {
		until(l, "2026-06-30T01:00:00Z");
		assert_int_equal(told(l, OFFICER, over), 1);
		assert_int_equal(told(l, STAFF, over), 1);
	} else { /* renewed: Ward begins anew with it */
		a[0].until = at("2027-03-31T00:00:00Z");
		lab_life(l);
		until(l, "2026-07-01T01:00:00Z");
		assert_int_equal(told(l, STAFF, over), 0);
	}
	assert_int_equal(told(l, STAFF, "Known,"), 0);
	lab_free(l);
}

static void test_ends(void **state)
{
	(void)state;
	for (size_t k = 0; k <= 8; k++)
		ends(k);
}

/* Of a contract with a processor the officer is told, and not the staff's representative. */
static void test_contract_ends(void **state)
{
	static const char soon[] = "An agreement ends";
	struct ward_respond_agreement a[] = {
		{WARD_STR("lab-1"), WARD_STR("Lab S.p.A."), at("2026-06-30T00:00:00Z"), true}};
	struct lab *l = fresh(0);

	(void)state;
	l->agreement = a;
	l->n_agreement = WARD_ARRAY_LEN(a);
	l->now = at("2026-04-30T23:00:00Z");
	lab_life(l);
	until(l, "2026-05-01T01:00:00Z");
	assert_int_equal(told(l, OFFICER, "lab-1 (Lab S.p.A.)"), 1);
	assert_int_equal(told(l, STAFF, soon), 0);
	lab_free(l);
}

/* 30, 7 days and one before a legal hold ends, and then, the officer is told; of one that was
 * released nothing more. */
static void held(size_t kill_at)
{
	static const char soon[] = "A legal hold ends", over[] = "A legal hold has ended";
	struct ward_respond_hold h[] = {{"c0000000-0000-8000-8000-000000000001", "source cam-door",
						at("2026-06-30T00:00:00Z")},
		{"c0000000-0000-8000-8000-000000000002", "all", at("2027-06-30T00:00:00Z")}};
	struct lab *l = fresh(kill_at);

	l->hold = h;
	l->n_hold = WARD_ARRAY_LEN(h);
	l->remembers = kill_at / 2 % 2;
	l->now = at("2026-05-30T23:00:00Z");
	lab_life(l);
	until(l, "2026-05-30T23:30:00Z");
	assert_int_equal(told(l, OFFICER, soon), 0);
	until(l, "2026-05-31T01:00:00Z");
	assert_int_equal(told(l, OFFICER, soon), 1);
	assert_int_equal(
		told(l, OFFICER, "c0000000-0000-8000-8000-000000000001, source cam-door"), 1);
	assert_int_equal(told(l, STAFF, soon), 0);
	/* a new life that remembers, and knows not yet what is held: nothing is over, nor told
	 * twice */
	l->n_hold = l->remembers ? WARD_RESPOND_HOLDS_UNKNOWN : l->n_hold;
	lab_life(l);
	until(l, "2026-06-01T01:00:00Z");
	l->n_hold = WARD_ARRAY_LEN(h);
	until(l, "2026-06-02T01:00:00Z");
	assert_int_equal(told(l, OFFICER, soon), 1);
	until(l, "2026-06-23T01:00:00Z");
	assert_int_equal(told(l, OFFICER, soon), 2);
	if (kill_at % 2) {
		l->n_hold = 0; /* released */
		until(l, "2026-06-30T01:00:00Z");
		assert_int_equal(told(l, OFFICER, soon), 2);
		assert_int_equal(told(l, OFFICER, over), 0);
	} else {
		until(l, "2026-06-29T01:00:00Z");
		assert_int_equal(told(l, OFFICER, soon), 3);
		until(l, "2026-06-30T01:00:00Z");
		assert_int_equal(told(l, OFFICER, over), 1);
	}
	assert_int_equal(told(l, OFFICER, "Known,"), 0);
	lab_free(l);
}

static void test_held(void **state)
{
	(void)state;
	for (size_t k = 0; k <= 8; k++)
		held(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_course),
		cmocka_unit_test(test_killed), cmocka_unit_test(test_reopened),
		cmocka_unit_test(test_widened), cmocka_unit_test(test_ends),
		cmocka_unit_test(test_contract_ends), cmocka_unit_test(test_held),
		cmocka_unit_test(test_in_time), cmocka_unit_test(test_nobody)};

	return cmocka_run_group_tests(tests, load_law, free_law);
}
