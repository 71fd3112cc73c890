#include "unit.h"

#include "base/json.h"

static char buf[512];

static struct ward_wr fresh(void)
{
	return ward_wr_fixed(buf, sizeof(buf));
}

static void nesting(void **state)
{
	struct ward_wr w = fresh();
	struct ward_json j = ward_json_on(&w);

	(void)state;
	ward_json_obj(&j);
	ward_json_key(&j, "a");
	ward_json_arr(&j);
	ward_json_u64(&j, 1);
	ward_json_obj(&j);
	ward_json_obj_end(&j);
	ward_json_arr(&j);
	ward_json_arr_end(&j);
	ward_json_i64(&j, -2);
	ward_json_arr_end(&j);
	ward_json_key_str(&j, WARD_STR("b\""));
	ward_json_bool(&j, true);
	ward_json_key(&j, "c");
	ward_json_null(&j);
	ward_json_key(&j, "d");
	ward_json_time(&j, 1);
	ward_json_key(&j, "e");
	ward_json_raw(&j, WARD_STR("[0]"));
	ward_json_key(&j, "f");
	ward_json_bool(&j, false);
	ward_json_obj_end(&j);
	assert_text(ward_wr_text(&w), "{\"a\":[1,{},[],-2],\"b\\\"\":true,\"c\":null,"
				      "\"d\":\"1970-01-01T00:00:00.000000001Z\",\"e\":[0],\"f\":"
				      "false}");
	assert_int_equal(j.depth, 0);
}

static void members(void **state)
{
	struct ward_wr w = fresh();
	struct ward_json j = ward_json_on(&w);
	struct ward_id id = {{1, [15] = 255}};

	(void)state;
	ward_json_obj(&j);
	ward_json_put_str(&j, "a", WARD_STR("\"x"));
	ward_json_put_z(&j, "b", "y");
	ward_json_put_u64(&j, "c", UINT64_MAX);
	ward_json_put_i64(&j, "d", INT64_MIN);
	ward_json_put_bool(&j, "e", true);
	ward_json_put_micro(&j, "f", 250000);
	ward_json_put_time(&j, "g", 0);
	ward_json_put_id(&j, "h", id);
	ward_json_obj_end(&j);
	assert_text(ward_wr_text(&w),
		"{\"a\":\"\\\"x\",\"b\":\"y\",\"c\":18446744073709551615,"
		"\"d\":-9223372036854775808,\"e\":true,\"f\":0.25,"
		"\"g\":\"1970-01-01T00:00:00Z\",\"h\":\"01000000-0000-0000-0000-0000000000ff\"}");
}

static void text(const char *in, size_t len, const char *want)
{
	struct ward_wr w = fresh();
	struct ward_json j = ward_json_on(&w);

	ward_json_str(&j, (struct ward_str){in, len});
	assert_text(ward_wr_text(&w), want);
}

static void escapes(void **state)
{
	(void)state;
	text(NULL, 0, "\"\"");
	text("a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"");
	text("\n\r\t\b\0\x1f\x7f", 7, "\"\\n\\r\\t\\u0008\\u0000\\u001f\\u007f\"");
	text("\xc3\xa9\xf0\x9f\x8f\xa5", 6, "\"\xc3\xa9\xf0\x9f\x8f\xa5\"");
}

/* Each bad byte becomes U+FFFD; what follows it is kept. */
static void repairs(void **state)
{
	(void)state;
	text("a\xff"
	     "b",
		3,
		"\"a\xef\xbf\xbd"
		"b\"");
	text("\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	text("\xc3\"", 2, "\"\xef\xbf\xbd\\\"\"");
}

static void micro(void **state)
{
	static const struct {
		int64_t v;
		const char *want;
	} rows[] = {{0, "0"}, {1000000, "1"}, {250000, "0.25"}, {1, "0.000001"}, {-1500000, "-1.5"},
		{-1, "-0.000001"}, {999999, "0.999999"}, {INT64_MAX, "9223372036854.775807"},
		{INT64_MIN, "-9223372036854.775808"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_wr w = fresh();
		struct ward_json j = ward_json_on(&w);

		ward_json_micro(&j, rows[i].v);
		assert_text(ward_wr_text(&w), rows[i].want);
	}
}

/* The deepest nesting that the writer promises. */
static void deep(void **state)
{
	struct ward_wr w = fresh();
	struct ward_json j = ward_json_on(&w);

	(void)state;
	for (int i = 0; i < 63; i++)
		ward_json_arr(&j);
	ward_json_u64(&j, 1);
	ward_json_u64(&j, 2);
	for (int i = 0; i < 63; i++)
		ward_json_arr_end(&j);
	assert_int_equal(w.len, 63 + 3 + 63);
	assert_memory_equal(buf + 62, "[1,2]", 5);
}

static void no_room(void **state)
{
	struct ward_wr w = ward_wr_fixed(buf, 5);
	struct ward_json j = ward_json_on(&w);

	(void)state;
	ward_json_obj(&j);
	ward_json_key(&j, "key");
	ward_json_u64(&j, 1);
	ward_json_obj_end(&j);
	assert_true(ward_wr_bad(&w));
	assert_true(w.len <= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(nesting), T(members), T(escapes), T(repairs), T(micro), T(deep), T(no_room)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
