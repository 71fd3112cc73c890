/* badges.csv: what of it is right, each mistake in its line with its mend, and who is on duty. */
#include "desk/badges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ward_limits lim;
static struct ward_arena arena;
static struct ward_diag diag;

static enum ward_err read_text(const char *text, struct ward_badges *ret)
{
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_badges_in in = {&lim, &arena, &diag};

	return ward_badges_read(&in, WARD_STR("badges.csv"), ward_str_bytes(ward_str_z(text)), ret);
}

static void done(void)
{
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
}

static void what_is_right(void **state)
{
	struct ward_badges b;

	(void)state;
	assert_int_equal(read_text("badge,who,state\n0041,Marco,lost\n", &b), WARD_OK);
	assert_int_equal(b.n, 1);
	assert_true(b.badge[0].lost && b.badge[0].hours.days == 0);
	done();
	assert_int_equal(read_text("badge,who,state,days,from,until\n"
				   "0041,Marco,held,mon-fri,07:00,15:30\n"
				   "0041,Marco,held,sat,22:00,06:00\n",
				 &b),
		WARD_OK);
	assert_int_equal(b.n, 2);
	assert_int_equal(b.badge[0].hours.days, 0x1f);
	assert_int_equal(b.badge[1].hours.minutes, 8 * 60);
	done();
}

static void is_wrong(const char *text, uint32_t line, const char *what)
{
	struct ward_badges b;

	assert_int_equal(read_text(text, &b), WARD_ERR_CONFIG);
	assert_int_equal(diag.item[0].line, line);
	if (ward_str_find(diag.item[0].what, ward_str_z(what)) == SIZE_MAX)
		fail_msg("'%.*s' and not '%s'", WARD_STR_ARG(diag.item[0].what), what);
	assert_true(diag.item[0].mend.len > 0);
	done();
}

static void mistakes_have_a_line(void **state)
{
	(void)state;
	is_wrong("badge,who,state\n1,A,held\n2,B,stolen\n", 3, "held or lost");
	is_wrong("badge,who,state\n,A,held\n", 2, "badge");
	is_wrong("badge,who,state,days,from,until\n1,A,held,everyday,07:00,15:00\n", 2, "days");
	is_wrong("badge,who,state,days,from,until\n1,A,held,mon,7,15:00\n", 2, "times of the day");
	is_wrong("badge,owner\n1,A\n", 1, "owner");
}

static bool has(const struct ward_badge *b, uint32_t day, uint32_t hour)
{
	uint8_t text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_badge_hours_put(&w, b);
	return ward_badge_hours_have(ward_wr_text(&w), (day * 24 + hour) * 60);
}

static void hours_go_over_midnight(void **state)
{
	const struct ward_badge b = {.hours = {1u << 6, 22 * 60, 8 * 60}};

	(void)state;
	assert_true(has(&b, 6, 23) && has(&b, 0, 5)); /* Sunday night into Monday */
	assert_false(has(&b, 6, 21) || has(&b, 0, 6) || has(&b, 5, 23));
	assert_false(ward_badge_hours_have(WARD_STR(""), 0));
	assert_false(ward_badge_hours_have(WARD_STR("127 1440 5"), 0));
	assert_false(ward_badge_hours_have(WARD_STR("127 x"), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_right),
		cmocka_unit_test(mistakes_have_a_line), cmocka_unit_test(hours_go_over_midnight)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
