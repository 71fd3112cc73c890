#include "driven.h"

/* Who is bound to other places begins, answers and ends nothing of it, whoever hands it on. */
static void who_is_bound_elsewhere_decides_nothing(void **state)
{
	struct bench *b = *state;
	struct ward_decided said;
	struct ward_drive_row row;
	struct ward_drive_run r;
	struct ward_run_request q;
	char id[WARD_ID_TEXT];

	load_turin(b);
	ward_drive_free(b->d);
	b->d = fresh(b);
	struct ward_decision of = decision(b, WARD_DECISION_START, "");

	of.subject = called(b, "bms-takeover.json")->id;
	of.args = WARD_STR("{\"incident\":\"5f0c7d7e-0000-8000-8000-000000000000\"}");
	of.places = WARD_STR("building-b");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_DENIED);
	assert_int_equal(ward_drive_n(b->d), 0);
	/* one of which nothing is known is not theirs, either */
	of.args = WARD_STR("{\"incident\":\"5f0c7d7e-0000-8000-8000-000000000009\"}");
	assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
	assert_int_equal(said.err, WARD_ERR_DENIED);
	of.args = WARD_STR("{\"incident\":\"5f0c7d7e-0000-8000-8000-000000000000\"}");
	of.places = WARD_STR("building-b building-a");
	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
	keep(b, &row);
	while (ward_drive_next(b->d, noon, &row))
		keep(b, &row);
	ward_drive_at(b->d, 0, &r);
	assert_true(ward_run_open(r.run, 0, &q));
	for (int k = 0; k < 3; k++) {
		static const enum ward_decision_kind kind[] = {
			WARD_DECISION_DONE, WARD_DECISION_FAILED, WARD_DECISION_CANCEL};

		ward_id_text(k < 2 ? q.id : r.id, id);
		of = decision(b, kind[k], id);
		of.role = q.role;
		of.places = WARD_STR("b0");
		assert_false(ward_drive_decide(b->d, &of, noon, &row, &said));
		assert_int_equal(said.err, WARD_ERR_DENIED);
	}
	of.places = WARD_STR("au");
	assert_true(ward_drive_decide(b->d, &of, noon, &row, &said));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
		who_is_bound_elsewhere_decides_nothing, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
