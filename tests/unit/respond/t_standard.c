/* Incidents as standards' messages: what leads to one, which names which, and that a life that ends
 * anywhere changes no byte of them. */
#include "lab_incident.h"

struct shop {
	struct lab *l;
	struct ward_model *m;
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

static struct shop shop_new(enum ward_standard sends)
{
	struct shop s = {.l = lab_new(1), .m = turin()};

	s.l->model = s.m;
	s.l->listener[0].sends = sends;
	s.l->listener[0].sender = WARD_STR("ward@turin.example");
	lab_life(s.l);
	return s;
}

static void shop_free(struct shop *s)
{
	lab_free(s->l);
}

static void put(struct lab *l, unsigned id, unsigned revision, const char *level, const char *state)
{
	const struct lab_incident in = {id, revision, 30, 1, level, state, "cyber", NULL};

	lab_incident(l, &in);
	l->now += 10 * WARD_NS_PER_S;
	lab_settle(l);
}

#define I1 "00000001-0000-8000-8000-000000000000"

static void put_impact(struct lab *l, unsigned revision, const char *lo)
{
	char json[512];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"00000001-2222-8000-8000-000000000000\","
		"\"revision\":%u,\"incident\":\"" I1
		"\",\"asset\":\"icu\",\"asset_name\":\"Intensive care\",\"threat\":\"outage\","
		"\"threat_name\":\"Outage\",\"service\":true,\"likelihood\":[%s,0.96],"
		"\"priority\":1,\"earliest\":\"2026-03-12T02:40:00Z\","
		"\"expected\":\"2026-03-12T03:40:00Z\",\"chain\":[]}",
		revision, lo);

	lab_add(l, NULL, (struct ward_str){json, (size_t)n});
	l->now += 10 * WARD_NS_PER_S;
	lab_settle(l);
}

/* What stands between these in message i; in ret. */
static const char *between(
	const struct lab *l, size_t i, const char *from, const char *to, char ret[400])
{
	const char *a = i < l->n_got ? strstr(l->got[i].body, from) : NULL;
	const char *b = a ? strstr(a + strlen(from), to) : NULL;

	if (!b)
		fail_msg("message %zu has no %s: %s", i, from,
			i < l->n_got ? l->got[i].body : "there is none");
	(void)snprintf(ret, 400, "%.*s", (int)(b - a - (ptrdiff_t)strlen(from)), a + strlen(from));
	return ret;
}

/* Message i names the one before it. */
static void assert_follows(const struct lab *l, size_t i)
{
	char id[400], sent[400], refs[400], want[900];

	(void)snprintf(want, sizeof(want), "ward@turin.example,%s,%s",
		between(l, i - 1, "<identifier>", "<", id), between(l, i - 1, "<sent>", "<", sent));
	assert_string_equal(between(l, i, "<references>", "<", refs), want);
	assert_true(strcmp(between(l, i, "<sent>", "<", refs), sent) > 0);
	assert_string_not_equal(between(l, i, "<identifier>", "<", refs), id);
}

static void night(struct lab *l)
{
	put(l, 1, 1, "high", "suspected");
	put(l, 1, 2, "critical", "suspected");
	put(l, 1, 3, "critical", "suspected"); /* nothing that anybody is told of */
	put_impact(l, 1, "0.2");
	put_impact(l, 2, "0.95"); /* the incident is as it was: a message of its own all the same */
	put(l, 1, 4, "critical", "dismissed");
}

static void test_cap(void **state)
{
	static const char *const type[] = {"Alert", "Update", "Update", "Update", "Cancel"};
	struct shop s = shop_new(WARD_STANDARD_CAP);
	char got[400];

	(void)state;
	night(s.l);
	assert_int_equal(s.l->n_got, WARD_ARRAY_LEN(type));
	for (size_t i = 0; i < WARD_ARRAY_LEN(type); i++) {
		assert_string_equal(between(s.l, i, "<msgType>", "<", got), type[i]);
		assert_says(s.l, i, "<status>Exercise</status>"); /* the pilot is made up */
		assert_says(s.l, i, "<incidents>" I1 "</incidents>");
		if (i)
			assert_follows(s.l, i);
	}
	assert_null(strstr(s.l->got[0].body, "<references>"));
	assert_int_equal(lab_rows(s.l, "\"edition\":"), 5);
	shop_free(&s);
}

/* Wherever it is killed, the recipient has the same five messages, byte for byte. */
static void test_killed(void **state)
{
	struct shop whole = shop_new(WARD_STANDARD_CAP);
	size_t n_step = 0;

	(void)state;
	night(whole.l);
	n_step = whole.l->step;
	assert_true(n_step > 20);
	for (size_t kill = 1; kill <= 2 * n_step; kill++) {
		struct shop s = shop_new(WARD_STANDARD_CAP);

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

/* What was refused nobody has: the next message names nothing. */
static void test_refused(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_CAP);

	(void)state;
	s.l->answer = (struct ward_outcome){.what = WARD_SENT_REFUSED, .status = 400};
	put(s.l, 1, 1, "high", "suspected");
	assert_int_equal(s.l->n_got, 1);
	s.l->answer = (struct ward_outcome){.what = WARD_SENT_DELIVERED};
	s.l->now += 3600 * WARD_NS_PER_S;
	put(s.l, 1, 2, "high", "suspected");
	assert_int_equal(s.l->n_got, 2);
	assert_says(s.l, 1, "<msgType>Alert<");
	assert_null(strstr(s.l->got[1].body, "<references>"));
	shop_free(&s);
}

/* One document for each incident and change, in each standard; many at once are told one by one. */
static void test_each(void **state)
{
	static const struct {
		enum ward_standard is;
		const char *opened, *dismissed;
	} of[] = {{WARD_STANDARD_IDMEF, "\"Version\":\"2.D.V08\"", "\"PredID\":["},
		{WARD_STANDARD_DE, "<distributionType>Report<", "<distributionReference>urn:uuid:"},
		{WARD_STANDARD_STIX, "{\"type\":\"bundle\"", "\"revoked\":true"},
		{WARD_STANDARD_MISP, "\"analysis\":\"1\"", "\"analysis\":\"2\""},
		{WARD_STANDARD_OCSF, "\"class_uid\":2005", "\"class_uid\":2005"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct shop s = shop_new(of[i].is);

		for (unsigned id = 1; id <= 9; id++) {
			const struct lab_incident in = {
				id, 1, 30, 1, "high", "suspected", "cyber", NULL};

			lab_incident(s.l, &in);
		}
		lab_settle(s.l);
		assert_int_equal(s.l->n_got, 9);
		put(s.l, 1, 2, "high", "dismissed");
		assert_int_equal(s.l->n_got, 10);
		assert_says(s.l, 0, of[i].opened);
		assert_says(s.l, 9, of[i].dismissed);
		if (of[i].is == WARD_STANDARD_IDMEF) /* one message a request */
			assert_int_equal(strchr(s.l->got[0].body, '\n') - s.l->got[0].body + 1,
				strlen(s.l->got[0].body));
		shop_free(&s);
	}
}

/* An incident of more signs than a message holds is told with those that fit, and says so. */
static void test_long(void **state)
{
	struct shop s = shop_new(WARD_STANDARD_STIX);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ward_wr_z(&w,
		"{\"kind\":\"incident\",\"id\":\"" I1 "\",\"revision\":1,\"state\":\"suspected\","
		"\"domain\":\"cyber\",\"level\":\"high\",\"first\":\"2026-03-12T02:30:00Z\","
		"\"last\":\"2026-03-12T02:30:00Z\",\"headline\":{\"threat\":\"t\",\"on\":"
		"\"Room\"},\"members\":[");
	for (unsigned i = 0; i < 250; i++)
		ward_wr_printf(&w,
			"%s{\"detection\":\"%08x-1111-8000-8000-000000000000\",\"title\":\"A door "
			"that is "
			"\\\"%0300u\\\"\",\"level\":\"%s\",\"time\":\"2026-03-12T02:30:00Z\","
			"\"last\":\"2026-03-12T02:30:00Z\",\"count\":1,\"on\":\"Room\",\"on_kind\":"
			"\"room\",\"subject\":\"r-1\",\"where\":\"Basement\",\"joined_by\":"
			"\"first\","
			"\"with\":\"\",\"with_time\":\"\",\"hops\":0}",
			i ? "," : "", i, i, i == 200 ? "high" : "low");
	ward_wr_z(&w, "]}");
	lab_add(s.l, NULL, ward_wr_text(&w));
	ward_wr_fini(&w);
	lab_settle(s.l);
	assert_int_equal(s.l->n_got, 1);
	assert_says(s.l, 0, "0200"); /* the most serious of them */
	shop_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cap),
		cmocka_unit_test(test_killed), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_each), cmocka_unit_test(test_long)};

	return cmocka_run_group_tests(tests, NULL, forget);
}
