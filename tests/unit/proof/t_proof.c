/* Rows become numbers of months. */
#include "fix.h"

#include "proof/say.h"

static uint64_t n(enum ward_fact f)
{
	return fix.f.value[f].n;
}

static void test_nothing(void **state)
{
	(void)state;
	gather("2026-11-28T12:00:00Z");
	assert_int_equal(fix.f.since, WARD_NS_NEVER);
	assert_false(fix.f.value[WARD_FACT_INCIDENTS].known); /* not known is not 0 */
	assert_false(ward_proof_has(&fix.f, WARD_FACT_INCIDENTS));
	assert_false(fix.f.value[WARD_FACT_PEOPLE].known);
	assert_true(fix.f.value[WARD_FACT_ASSETS].known);
	assert_int_equal(n(WARD_FACT_ASSETS), fix.f.value[WARD_FACT_PLACED].of);
	assert_true(n(WARD_FACT_PLACED) > 500);
	assert_int_equal(n(WARD_FACT_NETWORKS), 5);
}

static void test_incident(void **state)
{
	(void)state;
	incident(ONE, 1, "2026-11-10T10:02:00Z", "2026-11-10T10:00:00Z", "medium", "suspected");
	incident(ONE, 2, "2026-11-10T10:05:00Z", "2026-11-10T10:00:00Z", "high", "suspected");
	incident(ONE, 3, "2026-11-10T10:06:00Z", "2026-11-10T10:00:00Z", "critical", "suspected");
	row("2026-11-10T10:12:00Z", "{\"kind\":\"decision\",\"what\":\"confirm\",\"subject\":\"" ONE
				    "\",\"role\":\"crisis-manager\",\"taken\":true}");
	row("2026-11-10T10:40:00Z", "{\"kind\":\"decision\",\"what\":\"contain\",\"subject\":\"" ONE
				    "\",\"role\":\"crisis-manager\",\"taken\":true}");
	incident(ONE, 4, "2026-11-10T12:00:00Z", "2026-11-10T10:00:00Z", "critical", "closed");
	incident(TWO, 1, "2026-10-31T22:59:00Z", "2026-10-31T22:50:00Z", "low", "suspected");
	incident(TWO, 2, "2026-11-02T10:00:00Z", "2026-10-31T22:50:00Z", "low", "dismissed");
	gather("2026-11-28T12:00:00Z");
	assert_int_equal(n(WARD_FACT_INCIDENTS), 2);
	assert_int_equal(fix.f.value[WARD_FACT_INCIDENTS].now, 1);
	assert_int_equal(fix.f.value[WARD_FACT_INCIDENTS].then, 1); /* 23:59 in Rome */
	assert_int_equal(n(WARD_FACT_GRAVE), 1);                    /* once */
	assert_int_equal(n(WARD_FACT_OVER), 1);
	assert_int_equal(n(WARD_FACT_DISMISSED), 1);
	assert_int_equal(fix.f.value[WARD_FACT_DETECT].mean, 120 * WARD_NS_PER_S);
	assert_int_equal(n(WARD_FACT_DECIDE), 1); /* the first word counts */
	assert_int_equal(fix.f.value[WARD_FACT_DECIDE].mean, 600 * WARD_NS_PER_S);
	assert_int_equal(fix.f.value[WARD_FACT_END].mean, 7200 * WARD_NS_PER_S);
	assert_int_equal(fix.f.open, 0);
	assert_int_equal(fix.f.began[11], 1);
	assert_int_equal(fix.f.began[10], 1);
}

static void harm(const char *id, const char *of, const char *time, const char *expected,
	const char *likelihood, bool withdrawn)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"%s\",\"revision\":%d,\"incident\":\"%s\"%s", id,
		withdrawn ? 2 : 1, of, withdrawn ? ",\"withdrawn\":true}" : "");
	if (!withdrawn)
		(void)snprintf(json + strlen(json), sizeof(json) - strlen(json),
			",\"asset\":\"theatres\",\"asset_name\":\"Theatres\",\"threat\":\"outage\","
			"\"threat_name\":\"Does not work\",\"service\":true,\"need\":"
			"\"availability\",\"likelihood\":%s,\"earliest\":\"%s\",\"expected\":"
			"\"%s\",\"priority\":1,\"chain\":[]}",
			likelihood, expected, expected);
	row(time, json);
}

/* Two incidents that hit one service at once cost it its minutes once. */
static void test_harm(void **state)
{
	(void)state;
	incident(ONE, 1, "2026-11-10T10:00:00Z", "2026-11-10T10:00:00Z", "high", "suspected");
	incident(TWO, 1, "2026-11-10T10:00:00Z", "2026-11-10T10:00:00Z", "high", "suspected");
	harm("0190a1b2-0000-7000-8000-00000000000a", ONE, "2026-11-10T10:01:00Z",
		"2026-11-10T11:00:00Z", "[0.9,1]", false);
	harm("0190a1b2-0000-7000-8000-00000000000b", TWO, "2026-11-10T10:01:00Z",
		"2026-11-10T11:30:00Z", "[0.9,1]", false);
	harm("0190a1b2-0000-7000-8000-00000000000c", TWO, "2026-11-10T10:01:00Z",
		"2026-11-10T09:00:00Z", "[0,0.01]", false); /* unlikely */
	gather("2026-11-10T12:00:00Z");
	assert_int_equal(n(WARD_FACT_HARM_LIKELY), 60);
	assert_int_equal(n(WARD_FACT_HARM), 60);
	harm("0190a1b2-0000-7000-8000-00000000000a", ONE, "2026-11-10T11:10:00Z", "", "", true);
	incident(TWO, 2, "2026-11-10T11:40:00Z", "2026-11-10T10:00:00Z", "high", "recovered");
	gather("2026-11-28T12:00:00Z");
	assert_int_equal(n(WARD_FACT_HARM), 10 + 10);
	assert_int_equal(fix.f.harm[11], 20);
	assert_int_equal(fix.f.open, 1);
}

static void test_rows(void **state)
{
	static const struct {
		const char *json;
		enum ward_fact fact;
	} all[] = {{"{\"kind\":\"delivery\",\"state\":\"sent\"}", WARD_FACT_MESSAGES},
		{"{\"kind\":\"delivery\",\"state\":\"given_up\"}", WARD_FACT_LOST},
		{"{\"kind\":\"delivery\",\"state\":\"queued\",\"body\":"
		 "\"{\\\"schema\\\":\\\"ward.test/1\\\"}\"}",
			WARD_FACT_TESTS},
		{"{\"kind\":\"acknowledgement\",\"covers\":[]}", WARD_FACT_TAKEN},
		{"{\"kind\":\"run\",\"cause\":\"begin\"}", WARD_FACT_RUNS},
		{"{\"kind\":\"run\",\"cause\":\"answer\"}", WARD_FACT_STEPS},
		{"{\"kind\":\"action\",\"event\":\"propose\"}", WARD_FACT_ACTIONS},
		{"{\"kind\":\"account\",\"what\":\"signed-in\"}", WARD_FACT_SIGNINS},
		{"{\"kind\":\"account\",\"what\":\"failed\"}", WARD_FACT_FAILED},
		{"{\"kind\":\"account\",\"what\":\"security-key-set\"}", WARD_FACT_SECOND},
		{"{\"kind\":\"head\",\"what\":\"head\"}", WARD_FACT_HEADS},
		{"{\"kind\":\"head\",\"what\":\"break\"}", WARD_FACT_BREAKS},
		{"{\"kind\":\"photo\",\"act\":\"read\"}", WARD_FACT_LOOKS},
		{"{\"kind\":\"photo\",\"act\":\"erased\"}", WARD_FACT_ERASED},
		{"{\"kind\":\"decision\",\"what\":\"activate\",\"taken\":true}", WARD_FACT_CRISIS},
		{"{\"kind\":\"decision\",\"what\":\"review\",\"taken\":true}", WARD_FACT_REVIEWS},
		{"{\"kind\":\"decision\",\"what\":\"panic\",\"taken\":true}", WARD_FACT_REPORTS},
		{"{\"kind\":\"decision\",\"what\":\"hand-over\",\"taken\":true}",
			WARD_FACT_HANDOVERS},
		{"{\"kind\":\"decision\",\"what\":\"permit\",\"taken\":true}", WARD_FACT_WORKS},
		{"{\"kind\":\"decision\",\"what\":\"tune\",\"taken\":true}", WARD_FACT_TUNED},
		{"{\"kind\":\"decision\",\"what\":\"configure\",\"taken\":true}",
			WARD_FACT_CHANGES},
		{"{\"kind\":\"decision\",\"what\":\"reveal\",\"taken\":true}", WARD_FACT_REVEALS},
		{"{\"kind\":\"decision\",\"what\":\"reveal-review\",\"taken\":true}",
			WARD_FACT_REVIEWED}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		row("2026-11-10T10:00:00Z", all[i].json);
	/* what was not taken was not done; what nobody knows is nothing */
	row("2026-11-10T10:00:00Z",
		"{\"kind\":\"decision\",\"what\":\"activate\",\"taken\":false}");
	row("2026-11-10T10:00:00Z", "{\"kind\":\"weather\"}");
	gather("2026-11-28T12:00:00Z");
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (n(all[i].fact) != 1)
			fail_msg("%s: %d", ward_fact_name(all[i].fact), (int)n(all[i].fact));
}

/* Of people with accounts, who are few, no figure is told, neither as text nor to a program; of
 * more of them it is. */
static void test_few(void **state)
{
	static const enum ward_fact of[] = {WARD_FACT_PEOPLE, WARD_FACT_FACTORS, WARD_FACT_SIGNINS,
		WARD_FACT_FAILED, WARD_FACT_SECOND};
	struct ward_proof_ask ask = {
		.proof = fix.p, .now = at("2026-11-28T12:00:00Z"), .month = 12 * 2026 + 10};

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		row("2026-11-10T10:00:00Z",
			i % 2 ? "{\"kind\":\"account\",\"what\":\"failed\"}"
			      : "{\"kind\":\"account\",\"what\":\"signed-in\"}");
	row("2026-11-10T10:00:00Z", "{\"kind\":\"account\",\"what\":\"security-key-set\"}");
	for (size_t people = 0; people < 8; people++) {
		ask.setup.people_known = people > 0;
		ask.setup.n_person = people;
		ask.setup.n_factor = people ? people - 1 : 0;
		assert_int_equal(ward_proof_gather(&ask, &fix.f), WARD_OK);
		for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
			const struct ward_proof_value *v = &fix.f.value[of[i]];
			bool few =
				people ? people < 5 || (of[i] == WARD_FACT_FACTORS && people == 5)
				       : v->known && of[i] == WARD_FACT_SECOND;
			struct ward_wr w = ward_wr_grow(ward_mem_heap(), 256);

			assert_int_equal(v->few, few && v->n);
			proof_number(&w, NULL, of[i], v, false);
			assert_int_equal(
				ward_str_eqz(ward_wr_text(&w), "fewer than five"), few && v->n);
			ward_wr_fini(&w);
		}
		assert_true(ward_proof_has(&fix.f, WARD_FACT_SECOND)); /* it is there */
	}
}

/* A month that is long gone takes the place of none that is newer. */
static void test_months(void **state)
{
	ward_month m;

	(void)state;
	row("2026-11-10T10:00:00Z", "{\"kind\":\"account\",\"what\":\"signed-in\"}");
	row("2025-09-10T10:00:00Z", "{\"kind\":\"account\",\"what\":\"signed-in\"}");
	row("2025-12-10T10:00:00Z", "{\"kind\":\"account\",\"what\":\"signed-in\"}");
	gather("2026-11-28T12:00:00Z");
	assert_int_equal(n(WARD_FACT_SIGNINS), 2);
	assert_int_equal(fix.f.since, at("2025-09-10T10:00:00Z"));
	assert_true(ward_month_parse(WARD_STR("2026-03"), &m));
	assert_int_equal(m, 12 * 2026 + 2);
	assert_int_equal(ward_month_begin(m), at("2026-02-28T23:00:00Z"));
	assert_int_equal(ward_month_of(at("2026-03-31T22:30:00Z")), m + 1);
	assert_false(ward_month_parse(WARD_STR("2026-13"), &m));
	assert_false(ward_month_parse(WARD_STR("2026-1"), &m));
	assert_false(ward_month_parse(WARD_STR("2026-00"), &m));
	assert_false(ward_month_parse(WARD_STR("march 26"), &m));
}

static void law(const char *time, const char *args)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"time\":\"%s\",\"what\":\"law\",\"subject\":\"" ONE
		"\",\"person\":\"e-romano\",\"role\":\"data-protection-officer\",\"text\":\"why\","
		"\"args\":%s,\"taken\":true}",
		time, args);
	row(time, json);
}

static void test_law(void **state)
{
	(void)state;
	incident(ONE, 1, "2026-11-10T10:00:00Z", "2026-11-10T10:00:00Z", "high", "suspected");
	law("2026-11-10T11:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}");
	law("2026-11-10T11:00:00Z", "{\"say\":\"aware\",\"time\":\"2026-11-10T11:00:00Z\"}");
	gather("2026-11-10T12:00:00Z");
	assert_true(fix.f.due > 0);
	uint64_t late = fix.f.late;

	gather("2026-11-28T12:00:00Z");
	assert_true(fix.f.late > late); /* nobody sent the early warning */
	assert_int_equal(n(WARD_FACT_NOTICES), 0);
	incident(ONE, 2, "2026-11-28T13:00:00Z", "2026-11-10T10:00:00Z", "high", "dismissed");
	gather("2026-11-28T14:00:00Z");
	assert_int_equal(fix.f.late, 0);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned f = 0; f < WARD_FACT_N; f++)
		assert_int_equal(ward_fact_parse(ward_str_z(ward_fact_name((enum ward_fact)f))), f);
	assert_int_equal(ward_fact_parse(WARD_STR("weather")), WARD_FACT_N);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_nothing), T(test_incident), T(test_harm),
		T(test_rows), T(test_few), T(test_months), T(test_law), T(test_names)};

	return cmocka_run_group_tests(tests, begin, end);
}
