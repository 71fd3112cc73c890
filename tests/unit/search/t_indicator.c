#include "lab.h"

#include "search/indicator.h"

static const char list[] = "# from a partner\r\n"
			   "10.1.2.3, C2 of a stranger\r\n"
			   "\n"
			   "192.0.2.0/24\tbad hosts\n"
			   "10.0.0.0/8\n"
			   "00-1B-21-0A-0B-0C\n"
			   "Evil[.]Example phishing\n"
			   "hxxps://bad.example:8443/path?x=1\n"
			   "44D88612FEA8A8F36DE82E1278ABB02F\n"
			   "nonsense\n"
			   "1.2.3\n"
			   "a..b\n"
			   "\xff\xfe\n"
			   "2001:db8::/70";

static void reads_and_finds(void **state)
{
	static const struct {
		const char *value;
		size_t n;
	} row[] = {
		{"10.1.2.3", 2},
		{"10.9.9.9", 1},
		{"11.9.9.9", 0},
		{"to 192.0.2.77:80", 1},
		{"001b.210a.0b0c", 1},
		{"mail.evil.example", 1},
		{"evil.example.", 1},
		{"notevil.example", 0},
		{"https://www.bad.example/x", 1},
		{"a@bad.example", 1},
		{"MD5=44d88612fea8a8f36de82e1278abb02f", 1},
		{"2001:db8::1", 1},
		{"2001:db8:1::1", 0},
	};
	struct ward_indicators *in = NULL;
	struct ward_diag diag;
	struct lab l;
	uint32_t hit[8];

	(void)state;
	lab_init(&l);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(
		ward_indicators_read(WARD_STR("list"), ward_slice_of(list, sizeof(list) - 1),
			ward_mem_heap(), &diag, &in),
		WARD_OK);
	assert_int_equal(diag.n_error, 4);
	assert_int_equal(diag.item[0].line, 10);
	assert_int_equal(ward_indicators_n(in), 8);
	assert_true(ward_str_eqz(ward_indicators_at(in, 0)->what, "C2 of a stranger"));
	assert_true(ward_str_eqz(ward_indicators_at(in, 4)->what, "phishing"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		lab_event(&l, "net.flow", "message", ward_value_str(ward_str_z(row[i].value)));
		size_t n = ward_indicators_match(in, &l.e, &l.names, hit, WARD_ARRAY_LEN(hit));

		if (n != row[i].n)
			fail_msg("%s: %zu", row[i].value, n);
		assert_true(!n || ward_indicators_may(in, &l.ix));
	}
	assert_int_equal(ward_indicators_at(in, 0)->n_hit, 1);
	assert_int_equal(ward_indicators_at(in, 0)->first, 7);
	ward_indicators_free(in);
	ward_diag_fini(&diag);
	lab_fini(&l);
}

static void no_memory(void **state)
{
	bool done = false;

	(void)state;
	for (uint64_t n = 1; !done; n++) {
		struct ward_mem_failing f;
		struct ward_indicators *in = NULL;
		struct ward_diag diag;

		ward_mem_failing_init(&f, n);
		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err = ward_indicators_read(WARD_STR("list"),
			ward_slice_of(list, sizeof(list) - 1), &f.mem, &diag, &in);

		done = err == WARD_OK;
		assert_true(done || err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT);
		ward_indicators_free(in);
		ward_diag_fini(&diag);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_finds),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
