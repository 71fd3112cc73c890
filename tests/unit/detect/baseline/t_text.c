#include "lab.h"

static struct bl_lab l;

static void some(double hour, int from)
{
	for (int i = from; i < from + 60; i++) {
		char rest[128];

		(void)snprintf(rest, sizeof(rest),
			",\"kind\":\"a\\\"o\",\"no\":%d,\"value\":%d.5,\"size\":%d", i % 3,
			i * 7 % 11, i);
		bl_write(&l, hour + i * 0.2, rest);
	}
}

/* What was saved loads to what saves the same. */
static void assert_round_trip(enum ward_bl_mode mode)
{
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       two = ward_wr_grow(ward_mem_heap(), 1 << 24);

	(void)bl_saved(&l, &one);
	bl_mode(&l, mode);
	assert_int_equal(ward_baseline_load(l.b, ward_wr_slice(&one), NULL), WARD_OK);
	(void)bl_saved(&l, &two);
	if (!ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)))
		fail_msg("%.*s\n%.*s", (int)one.len, one.p, (int)two.len, two.p);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

static void t_round_trip(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	some(0, 0);
	assert_round_trip(WARD_BL_LEARN);
	assert_round_trip(WARD_BL_JUDGE);
	bl_write(&l, 20, ",\"kind\":\"x\",\"no\":3,\"value\":1");
	bl_write(&l, 12, ",\"kind\":\"a\\\"o\",\"no\":1,\"value\":1000");
	bl_class(&l, "t.write", 12, "{\"src\":\"n\",\"dst\":\"b\",\"ok\":true,\"kind\":\"x\"}");
	assert_int_equal(l.n_said, 4);
	assert_round_trip(WARD_BL_JUDGE);
	/* What was told is not told again. */
	bl_write(&l, 12, ",\"kind\":\"x\",\"no\":3,\"value\":1");
	assert_int_equal(l.n_said, 0);
	bl_close(&l);
}

/* Judged on from a checkpoint: the same as without a pause. */
static void t_resume(void **state)
{
	struct ward_wr whole = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       parts = ward_wr_grow(ward_mem_heap(), 1 << 24);

	(void)state;
	for (int pause = 0; pause < 2; pause++) {
		bl_open(&l, WARD_BL_LIVE);
		for (int i = 0; i < 40; i++) {
			some(i * 12, i);
			if (pause)
				assert_round_trip(WARD_BL_LIVE);
		}
		bl_write(&l, 500, ",\"kind\":\"x\",\"no\":3,\"value\":1");
		(void)bl_saved(&l, pause ? &parts : &whole);
		bl_close(&l);
	}
	assert_true(ward_str_eq(ward_wr_text(&whole), ward_wr_text(&parts)));
	ward_wr_fini(&whole);
	ward_wr_fini(&parts);
}

/* Learned in parts and added up is learned at once, but for rates, which need the order of time. */
static void t_sum(void **state)
{
	struct ward_wr a = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       b = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       both = ward_wr_grow(ward_mem_heap(), 1 << 24);
	static const char profile[] =
		"baselines:\n  - {id: s, title: S, class: t.write, key: src, learn: [{id: o, kind: "
		"set, "
		"of: [kind, no], says: w}, {id: v, kind: range, of: value, says: v}, "
		"{id: h, kind: hours, says: h}]}\n";

	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	ward_baseline_free(l.b);
	ward_bl_profiles_free(l.ps);
	l.b = NULL;
	assert_int_equal(ward_bl_profiles_parse(S("s.yml"), ward_str_bytes(ward_str_z(profile)),
				 NULL, &l.names, &l.lim, &l.diag, &l.ps),
		WARD_OK);
	bl_mode(&l, WARD_BL_LEARN);
	some(0, 0);
	(void)bl_saved(&l, &a);
	bl_mode(&l, WARD_BL_LEARN);
	some(200, 30);
	(void)bl_saved(&l, &b);
	bl_mode(&l, WARD_BL_LEARN);
	some(0, 0);
	some(200, 30);
	(void)bl_saved(&l, &both);
	for (int turn = 0; turn < 2; turn++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

		bl_mode(&l, WARD_BL_LEARN);
		assert_int_equal(
			ward_baseline_load(l.b, ward_wr_slice(turn ? &a : &b), NULL), WARD_OK);
		assert_int_equal(
			ward_baseline_load(l.b, ward_wr_slice(turn ? &b : &a), NULL), WARD_OK);
		assert_true(ward_str_eq(bl_saved(&l, &w), ward_wr_text(&both)));
		ward_wr_fini(&w);
	}
	ward_wr_fini(&a);
	ward_wr_fini(&b);
	ward_wr_fini(&both);
	bl_close(&l);
}

static void t_approve(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_id none = {{1}};

	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	some(0, 0);
	bl_judge(&l);
	bl_write(&l, 5, ",\"kind\":\"x\",\"no\":3");
	bl_class(&l, "t.write", 5, "{\"src\":\"n\",\"dst\":\"b\",\"ok\":true,\"kind\":\"x\"}");
	assert_int_equal(l.n_said, 2);
	assert_int_equal(ward_baseline_approve(l.b, none, S("me"), S("so"), 0), WARD_ERR_NOT_FOUND);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ward_baseline_approve(l.b, l.said[i].id, S("R. Rossi"),
					 S("new valve"), bl_monday),
			WARD_OK);
		assert_int_equal(ward_baseline_approve(l.b, l.said[i].id, S("x"), S("y"), 0),
			WARD_ERR_NOT_FOUND);
	}
	assert_round_trip(WARD_BL_JUDGE);
	bl_write(&l, 5, ",\"kind\":\"x\",\"no\":3");
	assert_int_equal(l.n_said, 0);
	assert_true(ward_str_find(bl_saved(&l, &w),
			    S("\"by\":\"R. Rossi\",\"why\":\"new valve\"")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_baseline_show(l.b, S("w"), 1, &w);
	assert_true(ward_str_find(ward_wr_text(&w), S("Writes (w)\n  a b  60 in")) == 0);
	assert_true(ward_str_find(ward_wr_text(&w), S("and 3 more")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w), S("n b  [approved by R. Rossi: new valve]")) !=
		    SIZE_MAX);
	assert_int_equal(ward_baseline_forget(l.b, S("w"), S("a c")), 0);
	assert_int_equal(ward_baseline_forget(l.b, S("w"), S("a b")), 1);
	assert_int_equal(ward_baseline_forget(l.b, S("w"), S("")), 1);
	ward_wr_fini(&w);
	bl_close(&l);
}

static enum ward_err load(const char *text, uint64_t *line)
{
	bl_mode(&l, WARD_BL_JUDGE);
	return ward_baseline_load(l.b, ward_str_bytes(ward_str_z(text)), line);
}

static void t_bad(void **state)
{
#define HEAD "{\"kind\":\"baseline\",\"version\":1}\n"
	static const char *const bad[] = {"", "x", "{}", "{\"kind\":\"baseline.key\"}", HEAD HEAD,
		HEAD "{\"kind\":\"nothing\"}",
		HEAD "{\"kind\":\"baseline.profile\",\"profile\":\"w\"}",
		"{\"kind\":\"baseline\",\"version\":-1}"};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	uint64_t line = 0;

	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	some(0, 0);
	struct ward_str good = ward_arena_str(&l.diag.arena, bl_saved(&l, &w));

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(load(bad[i], &line), WARD_ERR_MALFORMED);
	assert_int_equal(load("{\"kind\":\"baseline\",\"version\":3}", &line), WARD_ERR_VERSION);
	assert_int_equal(load("{\"kind\":\"baseline\",\"version\":0}", &line), WARD_ERR_VERSION);
	assert_int_equal(load("{\"kind\":\"baseline\",\"version\":1}", &line), WARD_OK);
	assert_int_equal(load(HEAD "\n\n{\"kind\":\"x\"}\n", &line), WARD_ERR_MALFORMED);
	assert_int_equal(line, 4);
	/* A line that lost its end is refused, wherever that is. */
	for (size_t i = 1; i < good.len; i += 7) {
		struct ward_str part = ward_str_sub(good, 0, i);

		bl_mode(&l, WARD_BL_JUDGE);
		enum ward_err err = ward_baseline_load(l.b, ward_str_bytes(part), NULL);

		assert_int_equal(err,
			part.p[i - 1] == '\n' || part.p[i - 1] == '}' ? err : WARD_ERR_MALFORMED);
	}
	/* A profile that means something else now. */
	char *print = strstr((char *)(uintptr_t)good.p, "\"print\":\"");

	print[9] = print[9] == '0' ? '1' : '0';
	bl_mode(&l, WARD_BL_JUDGE);
	assert_int_equal(ward_baseline_load(l.b, ward_str_bytes(good), NULL), WARD_OK);
	assert_true(ward_baseline_stats(l.b).n_dropped > 2);
	assert_int_equal(ward_baseline_stats(l.b).n_off, 0);
	ward_wr_reset(&w);
	ward_baseline_show(l.b, S(""), 1, &w);
	assert_int_equal(w.len, 0);
	ward_wr_fini(&w);
	bl_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(t_round_trip), T(t_resume), T(t_sum), T(t_approve), T(t_bad)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
