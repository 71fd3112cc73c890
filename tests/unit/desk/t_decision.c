/* What a person decided, between processes: every kind comes back as it was, and nothing that is
 * cut short, longer or no text is taken. */
#include "desk/decision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ward_decision some(enum ward_decision_kind k)
{
	return (struct ward_decision){.kind = k,
		.id = {{1, 2, 3}},
		.at = 1700000000 * WARD_NS_PER_S,
		.person = WARD_STR("guard-7"),
		.role = WARD_STR("security-officer"),
		.subject = WARD_STR("5f0c"),
		.text = WARD_STR("Il y a de la fumée\nau sous-sol"),
		.args = WARD_STR("{\"x\":1}"),
		.proof = WARD_STR("123456"),
		.places = WARD_STR("ward-a ward-b")};
}

static void every_kind_comes_back(void **state)
{
	(void)state;
	for (unsigned k = 0; k < WARD_DECISION_N; k++) {
		uint8_t buf[1024];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		struct ward_decision d = some((enum ward_decision_kind)k), got;

		ward_decision_put(&w, &d);
		assert_false(ward_wr_bad(&w));
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

		assert_int_equal(ward_decision_get(&r, &got), WARD_OK);
		assert_int_equal(got.kind, k);
		assert_true(ward_id_eq(got.id, d.id));
		assert_true(got.at == d.at);
		assert_true(ward_str_eq(got.person, d.person) && ward_str_eq(got.role, d.role) &&
			    ward_str_eq(got.subject, d.subject) && ward_str_eq(got.text, d.text) &&
			    ward_str_eq(got.args, d.args) && ward_str_eq(got.proof, d.proof) &&
			    ward_str_eq(got.places, d.places));
		assert_int_equal(
			ward_decision_parse(ward_str_z(ward_decision_name(got.kind))), (int)k);
		for (size_t n = 0; n < w.len; n++) {
			struct ward_rd cut = ward_rd_slice((struct ward_slice){buf, n});

			assert_int_equal(ward_decision_get(&cut, &got), WARD_ERR_MALFORMED);
		}
		ward_wr_u8(&w, 0);
		struct ward_rd more = ward_rd_slice(ward_wr_slice(&w));

		assert_int_equal(ward_decision_get(&more, &got), WARD_ERR_MALFORMED);
	}
}

static void assert_refused(const struct ward_decision *d)
{
	static uint8_t buf[WARD_DECISION_ARGS];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_decision got;

	ward_decision_put(&w, d);
	assert_false(ward_wr_bad(&w));
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_decision_get(&r, &got), WARD_ERR_MALFORMED);
}

static void what_is_no_text_is_refused(void **state)
{
	static char lots[WARD_DECISION_TEXT + 1];
	struct ward_decision d = some(WARD_DECISION_REPORT);

	(void)state;
	d.text = WARD_STR("a\x1B[2J");
	assert_refused(&d);
	d = some(WARD_DECISION_REPORT);
	d.subject = WARD_STR("a\nb");
	assert_refused(&d);
	d = some(WARD_DECISION_REPORT);
	d.text = WARD_STR("\xC3\x28");
	assert_refused(&d);
	memset(lots, 'a', sizeof(lots));
	d.text = (struct ward_str){lots, sizeof(lots)};
	assert_refused(&d);
	d = some(WARD_DECISION_REPORT);
	d.person = WARD_STR("");
	assert_refused(&d);
	d = some(WARD_DECISION_REPORT);
	d.role = WARD_STR("");
	assert_refused(&d);
}

static void an_answer_comes_back(void **state)
{
	uint8_t buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_decided d = {WARD_ERR_DENIED, WARD_STR("a second person has to agree"),
				    WARD_STR("{}")},
			    got;

	(void)state;
	ward_decided_put(&w, &d);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_decided_get(&r, &got), WARD_OK);
	assert_int_equal(got.err, WARD_ERR_DENIED);
	assert_true(ward_str_eq(got.why, d.why) && ward_str_eq(got.json, d.json));
	buf[0] = WARD_ERR_N;
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_decided_get(&r, &got), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(an_answer_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
