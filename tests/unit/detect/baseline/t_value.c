#include "lab.h"

#include "detect/baseline/priv.h"

static struct bl_lab l;

static void t_milli(void **state)
{
	static const struct {
		const char *text;
		int64_t milli;
	} good[] = {{"0", 0}, {"1", 1000}, {"-1.5", -1500}, {"0.001", 1}, {"21.4567", 21456},
		{"-0.2", -200}, {"9223372036854775.807", INT64_MAX}};
	static const char *const bad[] = {"", "-", ".", ".5", "1.", "1e3", "0x1", "1.2.3", "a",
		"9223372036854775.808", "99999999999999999999"};
	int64_t v = 7;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_true(ward_bl_milli(ward_str_z(good[i].text), &v));
		assert_int_equal(v, good[i].milli);
	}
	v = 7;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_bl_milli(ward_str_z(bad[i]), &v));
	assert_int_equal(v, 7);
}

static struct ward_str text_of(const char *json, size_t item, char *buf)
{
	struct ward_bl_parts p = {.n = 2};
	struct ward_event e;
	struct ward_str s = {NULL, 0};

	p.part[0] = (struct ward_bl_part){
		.alt = {ward_name(&l.names, S("a")), ward_name(&l.names, S("b"))}, .n_alt = 2};
	p.part[1] = (struct ward_bl_part){
		.alt = {ward_name(&l.names, S("c"))}, .n_alt = 1, .counted = true};
	bl_read(&l, json, &e);
	return ward_bl_text(&e, &p, item, buf, &s) ? s : (struct ward_str){NULL, 0};
}

static void t_text(void **state)
{
	char buf[WARD_BL_TEXT_MAX];

	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	assert_true(ward_str_eqz(text_of("{\"b\":\"x\",\"c\":5}", 0, buf), "x\x1f"
									   "5"));
	assert_true(ward_str_eqz(text_of("{\"a\":true,\"b\":\"x\",\"c\":5}", 2, buf), "true\x1f"
										      "7"));
	assert_true(ward_str_eqz(text_of("{\"a\":null,\"b\":1.5,\"c\":\"\"}", 0, buf), "1.5\x1f"));
	assert_true(ward_str_eqz(text_of("{\"a\":[1,2],\"c\":3}", 1, buf), "2\x1f"
									   "4"));
	assert_null(text_of("{\"a\":[1,2],\"c\":3}", 2, buf).p);
	assert_null(text_of("{\"c\":3}", 0, buf).p);
	/* What parts are joined by can't be in them. */
	assert_true(ward_str_eqz(text_of("{\"a\":\"p\\u001fq\\u001e\",\"c\":1}", 0, buf), "p q \x1f"
											  "1"));
	char json[4096];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));

	ward_wr_z(&w, "{\"c\":1,\"a\":\"");
	for (int i = 0; i < 900; i++)
		ward_wr_z(&w, "é");
	ward_wr_bytes(&w, "\"}", 3);
	struct ward_str cut = text_of(json, 0, buf);

	assert_in_range(cut.len, 100, WARD_BL_TEXT_MAX);
	assert_true(ward_utf8_valid(ward_str_bytes(cut), NULL));
	bl_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_milli), T(t_text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
