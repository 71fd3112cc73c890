/* Availability as a standard's message: when it is told, what it says, and that a life that ends
 * anywhere changes no byte of it. */
#include "care/have.h"
#include "lab_incident.h"
#include "respond/publish.h"

#define MINUTE (60 * WARD_NS_PER_S)

struct shop {
	struct lab *l;
	struct ward_model *m;
	struct ward_arena a;
};

/* Read once for all. */
static struct ward_model *loaded;

static struct ward_model *turin(void)
{
	char dir[512], content[512];
	struct ward_limits lim;
	struct ward_diag diag;

	if (loaded)
		return loaded;
	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(content, sizeof(content), "%s/content", getenv("WARD_SOURCE_ROOT"));
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(
		ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &loaded), WARD_OK);
	ward_diag_fini(&diag);
	return loaded;
}

static int forget(void **state)
{
	(void)state;
	ward_model_free(loaded);
	return 0;
}

static struct shop shop_new(enum ward_standard sends, enum ward_topics topics)
{
	struct shop s = {.l = lab_new(1), .m = turin()};

	ward_arena_init(&s.a, ward_mem_heap(), 1 << 24);
	s.l->model = s.m;
	s.l->listener[0].sends = sends;
	s.l->listener[0].topics = topics;
	s.l->listener[0].sender = WARD_STR("ward@turin.example");
	s.l->listener[0].every = 15 * MINUTE;
	s.l->listener[0].at_most_each = 5 * MINUTE;
	lab_life(s.l);
	return s;
}

static void shop_free(struct shop *s)
{
	lab_free(s->l);
	ward_arena_fini(&s->a);
}

static void pass(struct lab *l, int minutes)
{
	for (int i = 0; i < minutes * 2; i++) {
		l->now += 30 * WARD_NS_PER_S;
		lab_settle(l);
	}
}

static void put_incident(struct lab *l, unsigned revision, const char *state)
{
	const struct lab_incident in = {1, revision, 30, 1, "high", state, "cyber", NULL};

	lab_incident(l, &in);
}

static void put_impact(struct lab *l, unsigned revision, const char *lo)
{
	char json[512];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"00000001-2222-8000-8000-000000000000\","
		"\"revision\":%u,\"incident\":\"00000001-0000-8000-8000-000000000000\","
		"\"asset\":\"theatres\",\"asset_name\":\"Operating theatres\",\"threat\":"
		"\"outage\",\"threat_name\":\"Outage\",\"service\":true,\"need\":\"availability\","
		"\"likelihood\":[%s,0.96],\"priority\":1,\"earliest\":\"2026-03-12T02:30:00Z\","
		"\"expected\":\"2026-03-12T02:35:00Z\",\"chain\":[]}",
		revision, lo);

	lab_add(l, NULL, (struct ward_str){json, (size_t)n});
}

/* The document in message i, read as another hospital reads it. */
static struct ward_have read_have(struct shop *s, struct ward_str text)
{
	size_t from = ward_str_find(text, WARD_STR("<HospitalStatus")),
	       to = ward_str_find(text, WARD_STR("</HospitalStatus>"));
	struct ward_diag diag;
	struct ward_have have;

	assert_true(from != SIZE_MAX && to != SIZE_MAX);
	ward_diag_init(&diag, ward_mem_heap());
	text = ward_str_sub(text, from, to - from + strlen("</HospitalStatus>"));
	enum ward_err err =
		ward_have_read(ward_str_bytes(text), WARD_STR("got"), &s->a, &diag, &have);

	if (err)
		fail_msg("%.*s", WARD_STR_ARG(diag.item[0].what));
	ward_diag_fini(&diag);
	return have;
}

static void assert_facility(struct shop *s, size_t i, const char *status)
{
	assert_true(i < s->l->n_got);
	struct ward_have have = read_have(s, ward_str_z(s->l->got[i].body));

	assert_int_equal(have.n, 1);
	assert_true(ward_str_eqz(have.hospital[0].facility, status));
	ward_have_fini(&have);
}

/* At once, then each quarter of an hour; of a change after five minutes at the soonest. */
static void test_when(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

	(void)state;
	lab_settle(s.l);
	assert_int_equal(s.l->n_got, 1);
	assert_facility(&s, 0, "Normal");
	pass(s.l, 14);
	assert_int_equal(s.l->n_got, 1);
	pass(s.l, 1);
	assert_int_equal(s.l->n_got, 2);
	put_incident(s.l, 1, "suspected");
	put_impact(s.l, 1, "0.9");
	pass(s.l, 4);
	assert_int_equal(s.l->n_got, 2);
	pass(s.l, 1);
	assert_int_equal(s.l->n_got, 3);
	assert_facility(&s, 2, "Compromised");
	/* a flapping forecast: each five minutes how it is then, and no more */
	for (unsigned i = 0; i < 20; i++) {
		put_impact(s.l, 2 + i, i % 2 ? "0.9" : "0.2");
		pass(s.l, 1);
	}
	assert_in_range(s.l->n_got, 3 + 3, 3 + 4);
	/* what is over is told, and what is dismissed takes nothing */
	put_incident(s.l, 2, "dismissed");
	pass(s.l, 6);
	assert_facility(&s, s.l->n_got - 1, "Normal");
	shop_free(&s);
}

/* A clock that was set back holds up nothing, by however little. */
static void test_set_back(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

	(void)state;
	lab_settle(s.l);
	assert_int_equal(s.l->n_got, 1);
	s.l->now -= 10 * MINUTE;
	lab_settle(s.l);
	assert_int_equal(s.l->n_got, 2);
	pass(s.l, 14);
	assert_int_equal(s.l->n_got, 2);
	pass(s.l, 1);
	assert_int_equal(s.l->n_got, 3);
	shop_free(&s);
}

/* What people enter is told, without who entered it; time alone ends it. */
static void test_entered(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);
	struct ward_care_entry e = {.where = ward_model_find(s.m, WARD_STR("theatres")),
		.bed = WARD_BED_N,
		.made = s.l->now + 5 * MINUTE,
		.until = s.l->now + 22 * MINUTE,
		.by = WARD_STR("uid:1207"),
		.why = WARD_STR("secret")};

	(void)state;
	for (size_t f = 0; f < WARD_CARE_FIELD_N; f++)
		e.value[f] = WARD_CARE_NONE;
	e.value[WARD_CARE_STATE] = WARD_CARE_STATE_CLOSED;
	lab_settle(s.l);
	s.l->entry = &e;
	s.l->n_entry = 1;
	ward_respond_entries(s.l->r, &e, 1);
	pass(s.l, 6);
	assert_int_equal(s.l->n_got, 2);
	assert_facility(&s, 1, "Compromised");
	assert_null(strstr(s.l->got[1].body, "uid:1207"));
	assert_null(strstr(s.l->got[1].body, "secret"));
	pass(s.l, 20);
	assert_facility(&s, s.l->n_got - 1, "Normal");
	shop_free(&s);
}

/* Before anybody said what was entered nobody is told that all is open. */
static void test_unknown(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);
	struct ward_delivery d;
	struct ward_respond *r;
	const struct ward_respond_opts o = {.mem = ward_mem_heap(),
		.lim = &s.l->lim,
		.hospital = WARD_STR("turin"),
		.sharing = &s.l->sharing.table,
		.model = s.m,
		.listener = s.l->listener,
		.n_listener = 1,
		.at = lab_at};

	(void)state;
	assert_int_equal(ward_respond_new(&o, &r), WARD_OK);
	assert_false(ward_respond_next(r, s.l->now, &d));
	ward_respond_entries(r, NULL, 0);
	assert_true(ward_respond_next(r, s.l->now, &d));
	ward_respond_free(r);
	shop_free(&s);
}

static void night(struct lab *l)
{
	lab_settle(l);
	put_incident(l, 1, "suspected");
	put_impact(l, 1, "0.9");
	pass(l, 6);
	put_incident(l, 2, "closed");
	pass(l, 20);
}

/* Wherever it is killed, the recipient has the same messages in the same order, byte for byte. */
static void test_killed(void **state)
{
	struct shop whole = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

	(void)state;
	night(whole.l);
	assert_true(whole.l->n_got >= 4);
	size_t n_step = whole.l->step;

	for (size_t kill = 1; kill <= 2 * n_step; kill += kill % n_step < 12 ? 1 : 11) {
		struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

		s.l->remembers = kill > n_step; /* or reads all rows */
		s.l->kill_at = (kill - 1) % n_step + 1;
		night(s.l);
		assert_int_equal(s.l->n_got, whole.l->n_got);
		for (size_t i = 0; i < s.l->n_got; i++)
			assert_string_equal(s.l->got[i].body, whole.l->got[i].body);
		shop_free(&s);
	}
	shop_free(&whole);
}

/* What waits for its next attempt while something else is so is not sent any more; who refuses is
 * asked slowly. */
static void test_lost(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

	(void)state;
	s.l->answer = (struct ward_outcome){.what = WARD_SENT_FAILED, .status = 503};
	lab_settle(s.l);
	put_incident(s.l, 1, "suspected");
	put_impact(s.l, 1, "0.9");
	pass(s.l, 8);
	assert_int_equal(lab_rows(s.l, "\"superseded\""), 1);
	s.l->answer = (struct ward_outcome){.what = WARD_SENT_DELIVERED};
	pass(s.l, 5);
	assert_int_equal(lab_rows(s.l, "\"sent\""), 1);
	assert_facility(&s, s.l->n_got - 1, "Compromised");
	size_t got = s.l->n_got;

	s.l->answer = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 400};
	pass(s.l, 60);
	assert_in_range(s.l->n_got - got, 2, 4);
	shop_free(&s);
}

/* FHIR, and a broker's topic; each says that it is an exercise. */
static void test_forms(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_SANER, WARD_TOPICS_NONE);
	struct ward_publication *p;
	size_t n;

	(void)state;
	s.l->exercise = true;
	lab_life(s.l);
	lab_settle(s.l);
	assert_says(s.l, 0, "{\"resourceType\":\"Bundle\"");
	assert_says(s.l, 0, "\"MeasureReport\"");
	assert_says(s.l, 0, "HTEST");
	pass(s.l, 14); /* the same again is no news */
	assert_int_equal(s.l->n_got, 1);
	shop_free(&s);

	s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_DATA);
	s.l->exercise = true;
	lab_life(s.l);
	lab_settle(s.l);
	assert_int_equal(s.l->n_got, 1);
	assert_int_equal(
		ward_publications_read(ward_str_z(s.l->got[0].body), &s.l->lim, &s.a, &p, &n),
		WARD_OK);
	assert_int_equal(n, 1);
	assert_true(ward_str_eqz(p->topic, "ward/turin/exercise/status/have"));
	assert_true(p->retain);
	assert_int_equal(p->expires_s, 3 * 15 * 60);
	assert_true(
		ward_str_find(p->payload, WARD_STR("<distributionStatus>Exercise<")) != SIZE_MAX);
	struct ward_have have = read_have(&s, p->payload);

	assert_true(have.hospital[0].exercise);
	ward_have_fini(&have);
	shop_free(&s);
}

static void put_census(struct lab *l, unsigned n, unsigned came)
{
	char json[512];
	int len = snprintf(json, sizeof(json),
		"{\"kind\":\"census\",\"id\":\"%08u-3333-8000-8000-000000000000\",\"revision\":1,"
		"\"first\":\"2026-03-12T02:30:00Z\",\"last\":\"2026-03-12T02:30:00Z\","
		"\"asset\":\"surgery-ward\",\"came\":%u,\"went\":0}",
		n, came);

	lab_add(l, NULL, (struct ward_str){json, (size_t)len});
}

static int64_t free_beds(struct shop *s, size_t i)
{
	struct ward_have have = read_have(s, ward_str_z(s->l->got[i].body));
	int64_t free = have.hospital[0].bed[WARD_BED_MEDICAL].available;

	ward_have_fini(&have);
	return free;
}

/* Patients who came by HL7 ADT are a change, and told as one. */
static void test_counted(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

	(void)state;
	pass(s.l, 1);
	assert_int_equal(s.l->n_got, 1);
	int64_t before = free_beds(&s, 0);

	assert_true(before > 2);
	put_census(s.l, 1, 2);
	pass(s.l, 6);
	assert_int_equal(s.l->n_got, 2);
	assert_int_equal(free_beds(&s, 1), before - 2);
	shop_free(&s);
}

/* Whom the table does not let know of care is not told. */
static void test_shared(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_HAVE, WARD_TOPICS_NONE);

	(void)state;
	s.l->listener[0].share.recipient = WARD_STR("public");
	lab_life(s.l);
	pass(s.l, 2);
	assert_int_equal(s.l->n_got, 0);
	shop_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_when),
		cmocka_unit_test(test_set_back), cmocka_unit_test(test_entered),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_killed),
		cmocka_unit_test(test_lost), cmocka_unit_test(test_forms),
		cmocka_unit_test(test_shared), cmocka_unit_test(test_counted)};

	return cmocka_run_group_tests(tests, NULL, forget);
}
