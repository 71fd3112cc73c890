/* A hospital's answer: read whole, or refused whole. */
#include "said.h"

static void reads_it(void **state)
{
	struct said *s = *state;
	struct ward_site x;

	assert_int_equal(said_read(s, s->answer, &x), WARD_OK);
	assert_true(ward_str_eqz(x.hospital, "turin") && x.exercise && x.gives == 15);
	assert_true(x.n_incident == 1 && x.n_open == 1 && x.n_impact == 1 && x.have.n == 1);
	assert_true(x.incident[0].n_sign == 12 && x.incident[0].level == 3);
	assert_true(ward_str_eqz(x.incident[0].service[0], "service.care.surgery"));
	assert_true(x.have.hospital[0].bed[WARD_BED_ADULT_ICU].said);
	ward_site_fini(&x);
}

static void refuses_what_is_cut(void **state)
{
	struct said *s = *state;
	struct ward_site x;

	for (size_t n = 0; n + 2 < s->answer.len; n += n < 64 ? 1 : 97) {
		assert_int_equal(said_read(s, ward_str_sub(s->answer, 0, n), &x), WARD_ERR_CONFIG);
		ward_site_fini(&x);
	}
	assert_true(s->d.n_error > 0);
}

static void refuses_what_is_impossible(void **state)
{
	static const char *const change[][2] = {{"ward.site/1", "ward.site/2"},
		{"\"level\":\"high\"", "\"level\":\"worst\""},
		{"\"likely\":\"possible\"", "\"likely\":\"perhaps\""},
		{"\"rule\":\"", "\"rule\":\"a b"}, {"\"count\":4", "\"count\":\"4\""},
		{"\"count\":4", "\"count\":-4"}, {"\"from\":[]", "\"from\":{}"},
		{"\"from\":[]", "\"from\":[1]"}, {"\"name\":\"Ospedale", "\"name\":\"\\u001b[2J"},
		{"\"name\":\"Ospedale", "\"name\":\"a\\nb"},
		{"\"exercise\":true", "\"exercise\":1"},
		{"\"incidents_open\":1", "\"incidents_open\":null"},
		{"\"at\":\"2026-03-12T02:11:00Z\"", "\"at\":\"yesterday\""},
		{"\"id\":\"ea854bd8", "\"id\":\"xa854bd8"}, {"HospitalStatus", "HospitalState"},
		{"\"hospital\":\"turin\"", "\"hospital\":\"../turin\""},
		{"\"signs\":[", "\"signs\":[{},{},{},{},{},{},{},{},"}};
	struct said *s = *state;
	struct ward_site x;

	for (size_t i = 0; i < WARD_ARRAY_LEN(change); i++) {
		size_t before = s->d.n_error;

		assert_int_equal(
			said_read(s, said_with(s, s->answer, change[i][0], change[i][1]), &x),
			WARD_ERR_CONFIG);
		assert_true(s->d.n_error > before);
		ward_site_fini(&x);
	}
}

/* What a hospital did not agree to give is not looked at, whatever stands there. */
static void heeds_what_is_given(void **state)
{
	struct said *s = *state;
	struct ward_site x;
	struct ward_str little = said_with(s, s->answer,
		"\"gives\":[\"availability\",\"incidents\",\"impacts\",\"names\"]",
		"\"gives\":[\"availability\"]");

	assert_int_equal(said_read(s, little, &x), WARD_OK);
	assert_true(x.gives == WARD_SITE_AVAILABILITY && !x.n_incident && !x.n_impact);
	ward_site_fini(&x);
}

static void keeps_it(void **state)
{
	struct said *s = *state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_site x;
	ward_ns heard = 0;

	ward_site_keep(&w, 1773281460 * WARD_NS_PER_S, ward_str_bytes(s->answer));
	assert_int_equal(ward_site_read_kept(ward_wr_slice(&w), WARD_STR("f"), &s->lim, &s->a,
				 &s->d, &heard, &x),
		WARD_OK);
	assert_true(heard == 1773281460 * WARD_NS_PER_S && x.n_incident == 1);
	ward_site_fini(&x);
	ward_wr_fini(&w);
}

/* What may be said may be kept: the longest answer is read again, a longer one is none. */
static void longest(void **state)
{
	struct said *s = *state;
	struct ward_str whole = s->answer;
	char *padded = malloc(WARD_SITE_BYTES + 1);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_SITE_KEPT);
	struct ward_slice answer = {(uint8_t *)padded, WARD_SITE_BYTES};
	ward_ns heard;
	struct ward_site x;

	assert_non_null(padded);
	memset(padded, ' ', WARD_SITE_BYTES + 1);
	memcpy(padded, whole.p, whole.len);
	assert_int_equal(ward_site_read(answer, WARD_STR("f"), &s->lim, &s->a, &s->d, &x), WARD_OK);
	ward_site_fini(&x);
	ward_site_keep(&w, 1773281460 * WARD_NS_PER_S, answer);
	assert_int_equal(ward_site_read_kept(ward_wr_slice(&w), WARD_STR("f"), &s->lim, &s->a,
				 &s->d, &heard, &x),
		WARD_OK);
	ward_site_fini(&x);
	answer.len++;
	assert_int_equal(
		ward_site_read(answer, WARD_STR("f"), &s->lim, &s->a, &s->d, &x), WARD_ERR_CONFIG);
	ward_wr_fini(&w);
	free(padded);
}

/* Memory that ends anywhere is said, and nothing is left. */
static void without_memory(void **state)
{
	struct said *s = *state;

	for (size_t max = 0; max < 600000; max += 9973) {
		struct ward_arena small;
		struct ward_site x;

		ward_arena_init(&small, ward_mem_heap(), max);
		enum ward_err err = ward_site_read(
			ward_str_bytes(s->answer), WARD_STR("f"), &s->lim, &small, &s->d, &x);

		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM || err == WARD_ERR_CONFIG);
		ward_site_fini(&x);
		ward_arena_fini(&small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_it, said_begin, said_end),
		cmocka_unit_test_setup_teardown(refuses_what_is_cut, said_begin, said_end),
		cmocka_unit_test_setup_teardown(refuses_what_is_impossible, said_begin, said_end),
		cmocka_unit_test_setup_teardown(heeds_what_is_given, said_begin, said_end),
		cmocka_unit_test_setup_teardown(keeps_it, said_begin, said_end),
		cmocka_unit_test_setup_teardown(longest, said_begin, said_end),
		cmocka_unit_test_setup_teardown(without_memory, said_begin, said_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
