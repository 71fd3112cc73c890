/* What a broker is to publish: data for others, a siren that is on or off. */
#include "lab_incident.h"

#include "respond/publish.h"

static void put(struct lab *l, unsigned id, unsigned revision, const char *level, const char *state)
{
	const struct lab_incident in = {id, revision, 30, 1, level, state, "cyber", NULL};

	lab_incident(l, &in);
	l->now += 10 * WARD_NS_PER_S;
	lab_settle(l);
}

static struct lab *lab_with(enum ward_topics topics, bool exercise)
{
	struct lab *l = lab_new(1);

	l->listener[0].topics = topics;
	l->listener[0].topic = WARD_STR("plant/siren");
	l->exercise = exercise;
	lab_life(l);
	return l;
}

/* Message i as it is published. */
static struct ward_publication *read(struct lab *l, size_t i, struct ward_arena *a, size_t *n)
{
	struct ward_publication *all;

	assert_true(i < l->n_got);
	ward_arena_init(a, ward_mem_heap(), 8 << 20);
	assert_int_equal(
		ward_publications_read(ward_str_z(l->got[i].body), &l->lim, a, &all, n), WARD_OK);
	return all;
}

static const struct ward_publication *find(
	const struct ward_publication *all, size_t n, const char *topic)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(all[i].topic, topic))
			return &all[i];
	fail_msg("nothing is published to %s", topic);
	return NULL;
}

static bool says(const struct ward_publication *p, const char *what)
{
	return ward_str_find(p->payload, ward_str_z(what)) != SIZE_MAX;
}

static void acknowledge(struct lab *l, unsigned id)
{
	struct ward_decision d = {.id = {{9, (uint8_t)id}},
		.kind = WARD_DECISION_ACKNOWLEDGE,
		.at = l->now,
		.role = WARD_STR("security-officer")};
	struct ward_delivery row;
	char subject[64];
	const char *why;

	(void)snprintf(subject, sizeof(subject), "%08x-0000-8000-8000-000000000000", id);
	d.subject = ward_str_z(subject);
	assert_int_equal(ward_respond_acknowledge(l->r, &d, SIZE_MAX, &row, &why), WARD_OK);
	lab_add(l, &row, row.json);
	lab_settle(l);
}

#define I1 "00000001-0000-8000-8000-000000000000"

static void test_data(void **state)
{
	struct lab *l = lab_with(WARD_TOPICS_DATA, false);
	const struct ward_publication *p;
	struct ward_arena a;
	size_t n;

	(void)state;
	put(l, 1, 1, "high", "suspected");
	struct ward_publication *all = read(l, 0, &a, &n);

	assert_int_equal(n, 3);
	p = find(all, n, "ward/turin/incident/" I1);
	assert_true(p->retain && !p->heard && !p->expires_s);
	assert_true(says(p, "{\"schema\":\"ward.incident/1\",\"id\":\""));
	assert_true(says(p, "\"exercise\":false"));
	assert_true(says(p,
		"\"tlp\":\"TLP:AMBER+STRICT\",\"incident\":{\"id\":\"" I1 "\",\"revision\":1,"
		"\"change\":\"opened\",\"state\":\"suspected\",\"level\":\"high\""));
	p = find(all, n, "ward/turin/impact/" I1);
	assert_true(says(p, "\"incident\":\"" I1 "\",\"care_total\":0,\"care\":[]"));
	p = find(all, n, "ward/turin/response/" I1);
	assert_true(says(p, "\"schema\":\"ward.response/1\""));
	assert_false(says(p, "\"taken\""));
	ward_arena_fini(&a);

	acknowledge(l, 1);
	all = read(l, 1, &a, &n);
	assert_true(says(
		find(all, n, "ward/turin/response/" I1), "\"taken\":{\"state\":\"acknowledged\""));
	ward_arena_fini(&a);
	/* what is over the broker forgets in time */
	put(l, 1, 2, "high", "dismissed");
	all = read(l, 2, &a, &n);
	p = find(all, n, "ward/turin/incident/" I1);
	assert_true(p->retain && p->expires_s == 7 * 86400);
	assert_true(says(p, "\"state\":\"dismissed\""));
	ward_arena_fini(&a);
	lab_free(l);
}

/* Each of many is published, and nothing waits for a reader. */
static void test_all(void **state)
{
	struct lab *l = lab_with(WARD_TOPICS_DATA, true);
	struct ward_arena a;
	size_t n, n_incident = 0;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		const struct lab_incident in = {
			i + 1, 1, 30, 1, "medium", "suspected", "cyber", NULL};

		lab_incident(l, &in);
	}
	lab_settle(l);
	for (size_t i = 0; i < l->n_got; i++) {
		const struct ward_publication *all = read(l, i, &a, &n);

		for (size_t k = 0; k < n; k++) {
			assert_true(
				ward_str_starts(all[k].topic, WARD_STR("ward/turin/exercise/")));
			n_incident += ward_str_starts(
				all[k].topic, WARD_STR("ward/turin/exercise/incident/"));
		}
		ward_arena_fini(&a);
	}
	assert_int_equal(n_incident, 300);
	lab_free(l);
}

/* A real course of things: what becomes of services, and nothing that may not be told. */
static struct lab *play(const char *to, const char *tlp)
{
	struct lab *l = lab_new(1);
	char path[512], *line = NULL;
	size_t cap = 0;
	ssize_t n;

	l->listener[0].topics = WARD_TOPICS_DATA;
	l->listener[0].share =
		(struct ward_share_ask){.recipient = ward_str_z(to), .tlp = ward_str_z(tlp)};
	lab_life(l);
	(void)snprintf(path, sizeof(path), "%s/tests/unit/story/data/cooling.jsonl",
		getenv("WARD_SOURCE_ROOT"));
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while ((n = getline(&line, &cap, f)) > 0)
		lab_add(l, NULL, ward_str_trim((struct ward_str){line, (size_t)n}));
	free(line);
	(void)fclose(f);
	lab_settle(l);
	return l;
}

static void test_real(void **state)
{
	struct lab *l = play("", "");
	const struct ward_publication *p;
	struct ward_arena a;
	size_t n;

	(void)state;
	struct ward_publication *all = read(l, 0, &a, &n);

	p = find(all, n, "ward/turin/availability/theatres");
	assert_true(p->retain && !p->expires_s);
	assert_true(says(p, "\"service\":\"theatres\",\"name\":\"Operating theatres\","
			    "\"threatened\":true,\"incidents\":1,\"likelihood\":["));
	/* what was feared once and is not any more */
	p = find(all, n, "ward/turin/availability/imaging");
	assert_true(p->retain && p->expires_s && says(p, "\"threatened\":false"));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_false(ward_str_eq(all[i].topic, all[k].topic));
	ward_arena_fini(&a);
	lab_free(l);

	l = play("public", "");
	all = read(l, 0, &a, &n);
	for (size_t i = 0; i < n; i++) {
		assert_false(ward_str_starts(all[i].topic, WARD_STR("ward/turin/availability")));
		assert_false(ward_str_starts(all[i].topic, WARD_STR("ward/turin/impact")));
		assert_false(says(&all[i], "Operating theatres"));
		assert_false(says(&all[i], "first_step"));
	}
	ward_arena_fini(&a);
	lab_free(l);
}

static void is_now(struct lab *l, size_t message, const char *payload)
{
	struct ward_arena a;
	size_t n;

	assert_int_equal(l->n_got, message + 1);
	const struct ward_publication *all = read(l, message, &a, &n);

	assert_int_equal(n, 1);
	assert_true(all->retain && all->heard && !all->expires_s);
	assert_true(ward_str_eqz(
		all->topic, l->exercise ? "ward/turin/exercise/plant/siren" : "plant/siren"));
	assert_true(ward_str_eqz(all->payload, payload));
	ward_arena_fini(&a);
}

/* On with the first of its level, off when the last is taken or over, and nothing else is said. */
static void test_siren(void **state)
{
	struct lab *l = lab_with(WARD_TOPICS_SIREN, false);

	(void)state;
	l->listener[0].level = 3;
	lab_life(l);
	put(l, 1, 1, "medium", "suspected");
	assert_int_equal(l->n_got, 0);
	put(l, 1, 2, "high", "suspected");
	is_now(l, 0, "on");
	put(l, 2, 1, "critical", "suspected");
	is_now(l, 1, "on");
	acknowledge(l, 1);
	is_now(l, 2, "on");
	put(l, 2, 2, "critical", "dismissed");
	is_now(l, 3, "off");
	/* more serious than it was taken: to be heard anew */
	put(l, 1, 3, "critical", "suspected");
	is_now(l, 4, "on");
	/* lower than its level: it is silent */
	put(l, 1, 4, "low", "suspected");
	is_now(l, 5, "off");
	lab_free(l);
}

/* What a lost message said may be there all the same: it is set right. */
static void test_siren_lost(void **state)
{
	struct lab *l = lab_with(WARD_TOPICS_SIREN, true);

	(void)state;
	put(l, 1, 1, "high", "suspected");
	is_now(l, 0, "on");
	l->answer.what = WARD_SENT_REFUSED;
	acknowledge(l, 1);
	is_now(l, 1, "off");
	l->answer.what = WARD_SENT_DELIVERED;
	l->now += 3600 * WARD_NS_PER_S;
	lab_settle(l);
	is_now(l, 2, "off");
	lab_free(l);

	/* nobody heard that it is on, and it need not be on any more: what waits is not sent again
	 */
	l = lab_with(WARD_TOPICS_SIREN, false);
	l->answer.what = WARD_SENT_FAILED;
	put(l, 1, 1, "high", "suspected");
	put(l, 2, 1, "high", "suspected"); /* on as before */
	is_now(l, 0, "on");
	acknowledge(l, 1);
	assert_int_equal(l->n_got, 1);
	assert_int_equal(lab_rows(l, "\"state\":\"superseded\""), 0);
	l->answer.what = WARD_SENT_DELIVERED;
	acknowledge(l, 2);
	is_now(l, 1, "off");
	assert_int_equal(lab_rows(l, "\"state\":\"superseded\""), 1);
	l->now += 3600 * WARD_NS_PER_S;
	lab_settle(l);
	is_now(l, 1, "off");
	lab_free(l);
}

/* The same as data: that it is over is told of what may have been told. */
static void test_data_lost(void **state)
{
	struct lab *l = lab_with(WARD_TOPICS_DATA, false);
	struct ward_arena a;
	size_t n;

	(void)state;
	l->answer.what = WARD_SENT_REFUSED;
	put(l, 1, 1, "high", "suspected");
	assert_int_equal(l->n_got, 1);
	l->answer.what = WARD_SENT_DELIVERED;
	put(l, 1, 2, "low", "dismissed");
	l->now += 3600 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	const struct ward_publication *all = read(l, 1, &a, &n);

	assert_true(says(find(all, n, "ward/turin/incident/" I1), "\"state\":\"dismissed\""));
	ward_arena_fini(&a);
	l->now += 3600 * WARD_NS_PER_S;
	lab_settle(l);
	assert_int_equal(l->n_got, 2);
	lab_free(l);
}

/* A siren behind a ladder: it sounds when nobody acknowledged. */
static void test_siren_ladder(void **state)
{
	struct lab *l = lab_new(2);

	(void)state;
	l->listener[0].acknowledge = 300 * WARD_NS_PER_S;
	l->listener[1].after = 1;
	l->listener[1].level = 4;
	l->listener[1].topics = WARD_TOPICS_SIREN;
	l->listener[1].topic = WARD_STR("plant/siren");
	lab_life(l);
	put(l, 1, 1, "high", "suspected");
	assert_int_equal(l->n_got, 1);
	l->now += 301 * WARD_NS_PER_S;
	lab_settle(l);
	is_now(l, 1, "on");
	acknowledge(l, 1);
	assert_int_equal(l->n_got, 4); /* the guard is told that the call is withdrawn */
	assert_says(l, 3, "\"payload\":\"off\"");
	lab_free(l);
}

/* A night: heard by nobody at first, taken, more serious, over. */
static void night(struct lab *l)
{
	l->listener[0].topics = WARD_TOPICS_SIREN;
	l->listener[0].topic = WARD_STR("plant/siren");
	l->listener[1].topics = WARD_TOPICS_DATA;
	l->bad.what = WARD_SENT_FAILED;
	l->bad_of = 1;
	lab_life(l);
	put(l, 1, 1, "high", "suspected");
	put(l, 2, 1, "medium", "suspected");
	l->bad_of = 0;
	l->now += 60 * WARD_NS_PER_S;
	lab_settle(l);
	put(l, 2, 2, "critical", "suspected");
	l->bad_of = 3;
	put(l, 1, 2, "high", "dismissed");
	put(l, 2, 3, "critical", "dismissed");
	l->bad_of = 0;
	for (int i = 0; i < 3; i++) {
		l->now += 600 * WARD_NS_PER_S;
		lab_settle(l);
	}
}

/* Killed after each step, whatever a life knows it has from the rows, or saved. */
static void test_killed(void **state)
{
	struct lab *whole = lab_new(2);
	size_t n_step;

	(void)state;
	night(whole);
	n_step = whole->step;
	assert_true(n_step > 20 && whole->n_got >= 6);
	size_t last = whole->n_got - 1;

	while (whole->got[last].listener)
		last--;
	assert_says(whole, last, "\"topic\":\"plant/siren\",\"payload\":\"off\"");
	for (size_t at = 1; at <= n_step; at++) {
		struct lab *l = lab_new(2);

		l->kill_at = at;
		l->remembers = at % 2;
		night(l);
		assert_int_equal(l->n_got, whole->n_got);
		for (size_t i = 0; i < l->n_got; i++) {
			assert_true(ward_id_eq(l->got[i].id, whole->got[i].id));
			assert_string_equal(l->got[i].body, whole->got[i].body);
		}
		lab_free(l);
	}
	lab_free(whole);
}

/* Tests and heartbeats have topics of their own: nothing sounds. */
static void test_quiet(void **state)
{
	static const enum ward_topics kinds[] = {WARD_TOPICS_DATA, WARD_TOPICS_SIREN};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++) {
		struct lab *l = lab_with(kinds[i], false);
		struct ward_publication *all;
		struct ward_str body;
		struct ward_arena a;
		struct ward_id id;
		size_t n;

		l->listener[0].test = 1;
		l->listener[0].heartbeat = 60 * WARD_NS_PER_S;
		lab_life(l);
		assert_int_equal(
			ward_time_parse(WARD_STR("2026-03-16T02:40:00Z"), &l->now), WARD_OK);
		lab_settle(l);
		all = read(l, 0, &a, &n);
		assert_int_equal(n, 1);
		assert_true(ward_str_eqz(all->topic, "ward/turin/test/soc"));
		assert_true(!all->retain && !all->heard && says(all, "\"schema\":\"ward.test/1\""));
		ward_arena_fini(&a);
		assert_true(ward_respond_beat(l->r, 0, l->now, &id, &body));
		ward_arena_init(&a, ward_mem_heap(), 8 << 20);
		assert_int_equal(ward_publications_read(body, &l->lim, &a, &all, &n), WARD_OK);
		assert_true(ward_str_eqz(all->topic, "ward/turin/heartbeat/soc"));
		assert_true(says(all, "\"schema\":\"ward.heartbeat/1\""));
		ward_arena_fini(&a);
		lab_free(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_data), cmocka_unit_test(test_all),
		cmocka_unit_test(test_real), cmocka_unit_test(test_siren),
		cmocka_unit_test(test_siren_lost), cmocka_unit_test(test_data_lost),
		cmocka_unit_test(test_siren_ladder), cmocka_unit_test(test_killed),
		cmocka_unit_test(test_quiet)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
