/* What is said of one thing, for a page: its keys alone, values, hours of the week, and whether it
 * is learned. */
#include "lab.h"

#include "conf/conf.h"

static struct bl_lab l;

static struct ward_str shout(void *ctx, struct ward_str english)
{
	(void)ctx;
	return ward_str_eqz(english, "writes at") ? S("SCRIVE ALLE") : english;
}

static struct ward_str about(const char *thing, double hour, size_t bytes, struct ward_wr *w)
{
	struct ward_json j;
	const struct ward_bl_about ask = {.thing = ward_str_z(thing),
		.now = bl_monday + (ward_ns)(hour * 3600e9),
		.rows = 2,
		.bytes = bytes,
		.say = shout};

	ward_wr_reset(w);
	j = ward_json_on(w);
	ward_json_obj(&j);
	ward_baseline_about(l.b, &ask, &j);
	ward_json_obj_end(&j);
	assert_false(ward_wr_bad(w));
	return ward_wr_text(w);
}

static bool has(struct ward_str text, const char *part)
{
	return ward_str_find(text, ward_str_z(part)) != SIZE_MAX;
}

/* Three objects on Monday at eight, each week thrice more often than the next. */
static void write_weeks(unsigned n)
{
	for (unsigned week = 0; week < n; week++)
		for (unsigned i = 0; i < 13; i++) {
			char rest[64];

			(void)snprintf(rest, sizeof(rest), ",\"kind\":\"x\",\"no\":%d,\"value\":%u",
				i < 9    ? 1
				: i < 12 ? 2
					 : 3,
				i);
			bl_write(&l, week * 168 + 8 + i * 0.01, rest);
		}
}

static void tells_what_is_usual(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_str text;
	const struct ward_conf *c = NULL, *v;
	struct ward_arena a;

	(void)state;
	bl_open(&l, WARD_BL_LIVE);
	write_weeks(4);
	text = about("a", 4 * 168, 1 << 20, &w);
	assert_true(
		has(text, "\"profile\":\"w\",\"title\":\"Writes\",\"of\":[\"b\"],\"events\":52"));
	assert_true(has(text, "\"learned\":true"));
	assert_false(has(text, "\"until\""));
	assert_true(has(text, "{\"value\":[\"x\",\"1\"],\"count\":36"));
	assert_false(
		has(text, "\"value\":[\"x\",\"3\"],\"count\"")); /* two rows, and how many more */
	assert_true(has(text, "\"says\":\"SCRIVE ALLE\""));
	ward_arena_init(&a, ward_mem_heap(), 1 << 22);
	assert_int_equal(
		ward_conf_json(&a, &l.lim, S("x"), 1, ward_str_bytes(text), &l.diag, &c), WARD_OK);
	for (v = ward_conf_get(ward_conf_get(c, "usual")->child, "does")->child; v; v = v->next) {
		const struct ward_conf *week = ward_conf_get(v, "week");
		bool hours = ward_str_eqz(ward_conf_get(v, "id")->text, "hours"),
		     rate = ward_str_eqz(ward_conf_get(v, "id")->text, "rate");

		assert_int_equal(week != NULL, hours || rate);
		if (!week)
			continue;
		assert_int_equal(week->n_child, 168);
		size_t h = 0;

		for (const struct ward_conf *x = week->child; x; x = x->next, h++) {
			bool at = rate ? h == 8 : h < 120 && h % 24 == 8;

			assert_int_equal(!ward_str_eqz(x->text, "0"), at);
		}
	}
	ward_arena_fini(&a);
	assert_true(ward_str_eqz(about("b", 4 * 168, 1 << 20, &w), "{\"usual\":[],\"more\":0}"));
	assert_true(ward_str_eqz(about("a", 4 * 168, 1, &w), "{\"usual\":[],\"more\":1}"));
	bl_close(&l);
	ward_wr_fini(&w);
}

static void says_that_it_still_learns(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	bl_open(&l, WARD_BL_LIVE);
	write_weeks(1);
	struct ward_str text = about("a", 100, 1 << 20, &w);

	assert_true(has(text, "\"learned\":false,\"until\":\"2026-01-19T08:00:00Z\""));
	bl_close(&l);
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(tells_what_is_usual), T(says_that_it_still_learns)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
