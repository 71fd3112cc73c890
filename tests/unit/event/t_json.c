#include "ev.h"

/* Text in, fields of the event out. */
static const struct {
	const char *in, *out;
} good[] = {
	{"{}", "{}"},
	{" { \"a\" : 1 }\r\n", "{\"a\":1}"},
	{"{\"a\":{\"b\":{\"c\":\"x\"}},\"d\":true}", "{\"a.b.c\":\"x\",\"d\":true}"},
	{"{\"a\":[1,2,[3,[]]],\"b\":[]}", "{\"a\":[1,2,3],\"b\":[]}"},
	{"{\"a\":[{\"x\":1,\"y\":2},{\"x\":3}],\"z\":null}",
		"{\"a.x\":[1,3],\"a.y\":[2],\"z\":null}"},
	{"{\"a\":[1,{\"b\":[2,3]},4]}", "{\"a\":[1,4],\"a.b\":[2,3]}"},
	{"{\"\":{\"\":1},\"a\":{}}", "{\".\":1}"},
	{"{\"n\":[0,-0,-1,9223372036854775807,9223372036854775808,-9223372036854775808,1.0,1e5]}",
		"{\"n\":[0,-0,-1,9223372036854775807,9223372036854775808,-9223372036854775808,1.0,"
		"1e5]}"},
	{"{\"\\u0061\\n\":\"\\ud83d\\ude00\\u00e9\\u20ac\\/\\b\\f\"}",
		"{\"a\\n\":\"\xf0\x9f\x98\x80\xc3\xa9\xe2\x82\xac/\\u0008\\u000c\"}"},
	{"{\"long string of plain bytes\":\"and one that is longer than sixteen \\\" and on\"}",
		"{\"long string of plain bytes\":\"and one that is longer than sixteen \\\" and "
		"on\"}"},
};

static void test_good(void **state)
{
	struct ev t;
	struct ward_event e;

	(void)state;
	ev_init(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_int_equal(ev_read(&t, ward_str_z(good[i].in), &e), WARD_OK);
		struct ward_str s = ev_json(&t, &e);
		size_t at = ward_str_find(s, WARD_STR("\"fields\":")) + 9;

		s = ward_str_sub(s, at, s.len - at - 1);
		if (!ward_str_eqz(s, good[i].out))
			fail_msg("%s gave %.*s", good[i].in, WARD_STR_ARG(s));
	}
	ev_fini(&t);
}

static const struct {
	const char *in;
	enum ward_json_reject why;
	size_t off;
} bad[] = {
	{"", WARD_JSON_END, 0},
	{"  ", WARD_JSON_END, 2},
	{"[]", WARD_JSON_SHAPE, 0},
	{"{\"a\":1}x", WARD_JSON_TRAILING, 7},
	{"{\"a\" 1}", WARD_JSON_CHAR, 5},
	{"{\"a\":1,}", WARD_JSON_CHAR, 7},
	{"{,}", WARD_JSON_CHAR, 1},
	{"{\"a\":[1,]}", WARD_JSON_CHAR, 8},
	{"{\"a\":[1}", WARD_JSON_CHAR, 7},
	{"{\"a\":tru}", WARD_JSON_LITERAL, 5},
	{"{\"a\":01}", WARD_JSON_NUMBER, 5},
	{"{\"a\":-}", WARD_JSON_NUMBER, 5},
	{"{\"a\":1.}", WARD_JSON_NUMBER, 5},
	{"{\"a\":1e}", WARD_JSON_NUMBER, 5},
	{"{\"a\":\"\n\"}", WARD_JSON_CONTROL, 6},
	{"{\"a\":\"\\x\"}", WARD_JSON_ESCAPE, 6},
	{"{\"a\":\"\\u12g4\"}", WARD_JSON_ESCAPE, 6},
	{"{\"a\":\"\\ud800\"}", WARD_JSON_SURROGATE, 6},
	{"{\"a\":\"\\udc00\"}", WARD_JSON_SURROGATE, 6},
	{"{\"a\":\"\\ud800\\u0041\"}", WARD_JSON_SURROGATE, 6},
	{"{\"a\":\"x\xff\"}", WARD_JSON_UTF8, 7},
	{"{\"a\":1,\"a\":2}", WARD_JSON_DUPLICATE, 7},
	{"{\"a\":1,\"\\u0061\":2}", WARD_JSON_DUPLICATE, 7},
	{"{\"a\":{},\"a\":{}}", WARD_JSON_DUPLICATE, 8},
	{"{\"a\":{\"b\":1},\"a.b\":2}", WARD_JSON_DUPLICATE, 20},
	{"{\"a\":[{\"b\":1,\"b\":2}]}", WARD_JSON_DUPLICATE, 13},
	{"{\"kind\":\"event\",\"x\":1}", WARD_JSON_ENVELOPE, 16},
	{"{\"kind\":\"event\",\"time\":1}", WARD_JSON_ENVELOPE, 23},
	{"{\"kind\":\"event\"}", WARD_JSON_ENVELOPE, 16},
	{"{\"kind\":\"event\",\"fields\":[]}", WARD_JSON_ENVELOPE, 25},
	{"{\"kind\":\"event\",\"id\":\"x\"}", WARD_JSON_ENVELOPE, 21},
};

static void test_bad(void **state)
{
	struct ev t;
	struct ward_event e;

	(void)state;
	ev_init(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_not_equal(ev_read(&t, ward_str_z(bad[i].in), &e), WARD_OK);
		if (t.reader.reject != bad[i].why || t.reader.reject_off != bad[i].off)
			fail_msg("%s: %s at %zu", bad[i].in, ward_json_reject_text(t.reader.reject),
				t.reader.reject_off);
	}
	ev_fini(&t);
}

/* The envelope's names may be fields' names, too, and are no less the envelope's for having been
 * read as such. */
static void test_envelope_names(void **state)
{
	static const char line[] =
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-000000000001\","
		"\"time\":\"2026-01-15T00:00:00Z\",\"seen\":\"2026-01-15T00:00:00Z\","
		"\"source\":\"s\",\"class\":\"c\",\"fields\":{\"kind\":\"k\",\"id\":7,\"time\":1,"
		"\"seen\":2,\"source\":\"x\",\"class\":\"y\",\"fields\":\"z\"}}";
	struct ev t;
	struct ward_event e;

	(void)state;
	ev_init(&t);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(ev_read(&t, ward_str_z(line), &e), WARD_OK);
		assert_true(ward_str_eqz(ev_json(&t, &e), line));
	}
	ev_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_envelope_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
