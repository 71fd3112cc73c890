/* A pilot's files: what is read, what is refused and where, and what is reckoned of it. */
#include "pilot/reckon.h"
#include "pilot/tell.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct ward_limits lim;
static struct ward_diag diag;
static struct ward_pilot p;

static int setup(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	ward_pilot_init(&p, ward_mem_heap());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ward_pilot_fini(&p);
	ward_diag_fini(&diag);
	return 0;
}

static void read_table(enum ward_pilot_table_id id, const char *text)
{
	const struct ward_conf_beside in = {
		ward_str_z(ward_pilot_schema(id)->file), ward_str_bytes(ward_str_z(text))};

	assert_int_equal(
		ward_pilot_table_read(&p.arena, &lim, id, in, &diag, &p.table[id]), WARD_OK);
}

static bool says(uint32_t line, const char *what)
{
	for (size_t i = 0; i < diag.n; i++)
		if (diag.item[i].line == line &&
			ward_str_find(diag.item[i].what, ward_str_z(what)) != SIZE_MAX)
			return diag.item[i].mend.len != 0;
	return false;
}

static void near(double got, double want)
{
	if (!(fabs(got - want) < 1e-9))
		fail_msg("%.6f instead of %.6f", got, want);
}

/* As a spreadsheet of a country with decimal commas saves it, columns in its own order. */
static void test_spreadsheet(void **state)
{
	(void)state;
	read_table(WARD_PILOT_UPKEEP, "\xef\xbb\xbf# hours\r\nhours;on;week\r\n3,5;rules;2026-09-"
				      "14\r\n0,25;other;2026-09-20\r\n1;rules;2026-09-21\r\n");
	assert_int_equal(diag.n, 0);
	assert_int_equal(p.table[WARD_PILOT_UPKEEP].n, 3);
	struct ward_pilot_report r;

	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(r.upkeep.week.n, 2); /* Monday to Sunday is one week */
	near(r.upkeep.all, 4.75);
	near(r.upkeep.week.q3, 3.75 * 0.75 + 1 * 0.25);
	assert_int_equal(r.upkeep.held, WARD_PILOT_OPEN);
}

static void test_refused(void **state)
{
	(void)state;
	read_table(WARD_PILOT_PAIRS, "pair,with,day,watch,understood,acted\n"
				     "a,word,2026-10-01,w1,4:30,5:00\n"
				     "a,ward,2026-02-30,w1,4:70,5\n"
				     ",today,2026-10-02,w2,never,1:04:30\n");
	assert_true(says(2, "'with' is 'word'"));
	assert_true(says(3, "'day' is '2026-02-30'"));
	assert_true(says(3, "'understood' is '4:70'"));
	assert_true(says(3, "'acted' is '5'"));
	assert_true(says(4, "'pair' is empty"));
	assert_int_equal(diag.n_error, 5);
	assert_int_equal(
		p.table[WARD_PILOT_PAIRS].row[2].cell[WARD_PAIRS_UNDERSTOOD].n, WARD_NS_NEVER);
	assert_int_equal(
		p.table[WARD_PILOT_PAIRS].row[2].cell[WARD_PAIRS_ACTED].n, 3870 * WARD_NS_PER_S);
	read_table(WARD_PILOT_UPKEEP, "week,on,hors\n2026-09-14,rules,3\n");
	assert_true(says(1, "the column 'hours' is missing"));
	assert_true(says(1, "there is no column 'hors'"));
	read_table(WARD_PILOT_SUS,
		"person,day,with,s1,s2,s3,s4,s5,s6,s7,s8,s9,s10\n1,2026-09-14,ward,1,2,3,4,5,6,1,1,"
		"1,1\n");
	assert_true(says(2, "'s6' is '6'"));
}

static void test_checked(void **state)
{
	(void)state;
	read_table(WARD_PILOT_PAIRS, "pair,with,day,watch,understood,acted\n"
				     "a,ward,2026-10-01,w1,4:30,5:00\n"
				     "a,today,2026-10-02,w1,4:30,5:00\n"
				     "a,today,2026-10-03,w1,4:30,5:00\n"
				     "b,ward,2026-10-01,w1,4:30,2:00\n");
	read_table(WARD_PILOT_TLX,
		"person,day,with,mental,physical,temporal,performance,effort,frustration,w_mental,"
		"w_physical,w_temporal,w_performance,w_effort,w_frustration\n"
		"1,2026-09-14,ward,10,20,30,40,50,60,5,4,3,2,1,1\n");
	read_table(WARD_PILOT_GRADED, "day,case,told_by,grade_a,grade_b\n"
				      "2026-09-14,c1,ward,real,nothing\n");
	read_table(WARD_PILOT_INTERRUPTIONS,
		"day,role,with,hours,messages\n2026-09-14,guard,ward,12,3\n");
	read_table(WARD_PILOT_COMPLAINTS, "received,answered\n2026-09-14,2026-09-13\n");
	assert_int_equal(diag.n, 0);
	ward_pilot_check(&p, &diag);
	assert_true(says(4, "'a' is in the table twice"));
	assert_true(says(3, "one watch played 'a' both ways"));
	assert_true(says(5, "'b' was played one way only"));
	assert_true(says(5, "the right act came before"));
	assert_true(says(2, "do not add up to 15"));
	assert_true(says(2, "the two grades of 'c1' differ"));
	assert_true(says(2, "pilot.yml has no role 'guard'"));
	assert_true(says(2, "'answered' is before the complaint came"));
}

/* A person counts once, by the median of their forms; who answered for both is a pair. */
static void test_forms(void **state)
{
	struct ward_pilot_report r;

	(void)state;
	read_table(WARD_PILOT_SUS, "person,day,with,s1,s2,s3,s4,s5,s6,s7,s8,s9,s10\n"
				   "1,2026-09-14,ward,5,1,5,1,5,1,5,1,5,1\n"
				   "1,2026-09-15,ward,3,3,3,3,3,3,3,3,3,3\n"
				   "1,2026-09-15,today,1,5,1,5,1,5,1,5,1,5\n"
				   "2,2026-09-14,ward,4,2,4,2,4,2,4,2,4,3\n");
	read_table(WARD_PILOT_TLX,
		"person,day,with,mental,physical,temporal,performance,effort,frustration,w_mental,"
		"w_physical,w_temporal,w_performance,w_effort,w_frustration\n"
		"1,2026-09-14,ward,10,20,30,40,50,60,5,4,3,2,1,0\n"
		"2,2026-09-14,ward,10,20,30,40,50,60,,,,,,\n"
		"3,2026-09-14,today,10,20,30,40,50,60,,,,,,\n"
		"3,2026-09-15,today,10,20,30,40,50,60,,,,,,\n"
		"3,2026-09-16,today,10,20,30,40,50,60,,,,,,\n"
		"4,2026-09-16,today,50,20,30,40,50,60,,,,,,\n");
	assert_int_equal(diag.n, 0);
	near(ward_pilot_sus(&p.table[WARD_PILOT_SUS].row[0]), 100);
	near(ward_pilot_sus(&p.table[WARD_PILOT_SUS].row[2]), 0);
	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(r.sus.n_form[WARD_PILOT_WARD], 3);
	assert_int_equal(r.sus.with[WARD_PILOT_WARD].n, 2);
	near(r.sus.with[WARD_PILOT_WARD].median, (75 + 72.5) / 2);
	assert_int_equal(r.sus.pairs.diff.n, 1);
	near(r.sus.pairs.diff.median, 75);
	near(r.tlx.with[WARD_PILOT_WARD].median, 35);
	near(r.tlx_scale[WARD_PILOT_TODAY][0], 30); /* of two persons, one with three sheets */
	assert_int_equal(r.weighted.with[WARD_PILOT_WARD].n, 1);
	near(r.weighted.with[WARD_PILOT_WARD].median,
		(5 * 10 + 4 * 20 + 3 * 30 + 2 * 40 + 50) / 15.0);
}

/* Never is longer than any time; a pair in which neither came has no difference: no evidence that
 * Ward is quicker, however many others say so. */
static void test_pairs(void **state)
{
	char text[2048];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	struct ward_pilot_report r;

	(void)state;
	ward_wr_z(&w, "pair,with,day,watch,understood,acted\n");
	for (unsigned i = 0; i < 6; i++)
		ward_wr_printf(&w,
			"p%u,ward,2026-10-0%u,w1,%u:00,9:00\np%u,today,2026-10-0%u,w2,%s,never\n",
			i, i + 1, i + 1, i, 9 - i, i == 5 ? "never" : "20:00");
	ward_wr_z(&w, "x,ward,2026-10-01,w1,never,never\nx,today,2026-10-02,w2,never,never\n");
	text[w.len] = 0;
	read_table(WARD_PILOT_PAIRS, text);
	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(r.n_pair, 7);
	assert_int_equal(r.ward_first, 5);
	assert_int_equal(r.understood.n_never, 1);
	assert_int_equal(r.understood.pairs.n_less, 6);
	assert_int_equal(r.understood.pairs.n_same, 1);
	assert_int_equal(r.understood.pairs.diff.n, 7);
	near(r.understood.pairs.sign, 2 / 64.0);
	assert_false(r.understood.pairs.ranked);
	assert_int_equal(r.understood.held, WARD_PILOT_OPEN);
	assert_true(isinf(r.acted.pairs.diff.median) && r.acted.pairs.diff.median < 0);
}

static const char aims[] =
	"pilot: x\nhospital: y\nphases: {live: {from: 2026-09-14, to: 2026-09-20}}\nroles: [{id: "
	"guard, name: Guard, most: 6}]\nstop: {written: 2026-09-13, by: z, criteria: [{id: a, "
	"text: "
	"b}]}\n";

/* One mistyped day is warned of, and takes nothing else out of what is reckoned. */
static void test_mistyped(void **state)
{
	struct ward_pilot_report r;

	(void)state;
	assert_int_equal(ward_pilot_read(&p, &lim, WARD_STR("pilot.yml"),
				 ward_str_bytes(ward_str_z(aims)), &diag),
		WARD_OK);
	read_table(WARD_PILOT_INTERRUPTIONS, "day,role,with,hours,messages\n"
					     "2026-09-18,guard,ward,12,13\n"
					     "2026-09-17,guard,ward,12,1\n"
					     "2024-09-14,guard,ward,12,1\n"
					     "2026-09-16,guard,ward,12,14\n"
					     "2026-09-14,guard,ward,12,13\n"
					     "2026-09-15,guard,ward,6,0\n"
					     "2026-09-15,guard,ward,6,13\n"
					     "2200-12-31,guard,ward,12,1\n");
	read_table(WARD_PILOT_STOPS, "day,criterion,decided,why\n2062-09-14,a,go-on,w\n");
	read_table(WARD_PILOT_UPKEEP,
		"week,on,hours\n2026-09-20,rules,1\n2026-08-20,rules,1\n2026-09-21,rules,1\n");
	assert_int_equal(diag.n, 0);
	ward_pilot_check(&p, &diag);
	assert_int_equal(diag.n_error, 0);
	assert_int_equal(diag.n, 4);
	assert_true(says(4, "the day is not in the phase"));
	assert_true(says(9, "the day is not in the phase"));
	assert_true(says(2, "is before the first phase or after the last"));
	assert_true(says(3, "is before the first phase or after the last"));
	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(r.interrupted[0].runs, 1);
	int64_t from;

	assert_true(ward_pilot_day(WARD_STR("2026-09-14"), &from));
	assert_int_equal(r.interrupted[0].run_from, from);
}

/* A week in which nothing was done is a week; a shift of no hours is none. */
static void test_idle_week(void **state)
{
	struct ward_pilot_report r;

	(void)state;
	read_table(WARD_PILOT_UPKEEP,
		"week,on,hours\n2026-09-14,rules,0\n2026-09-21,rules,4\n2026-09-28,other,0.0\n");
	assert_int_equal(diag.n, 0);
	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(r.upkeep.week.n, 3);
	near(r.upkeep.week.median, 0);
	read_table(WARD_PILOT_INTERRUPTIONS, "day,role,with,hours,messages\n"
					     "2026-09-14,guard,ward,0,1\n");
	assert_true(says(2, "'hours' is '0'"));
	read_table(WARD_PILOT_UPKEEP, "week,on,hours\n2026-09-14,rules,1001\n");
	assert_int_equal(diag.n_error, 2);
}

/* What waits for its answer is not late yet; with one that was late it can be told. */
static void test_complaints(void **state)
{
	static const struct {
		const char *rows;
		enum ward_pilot_held held;
	} row[] = {{"", WARD_PILOT_HELD}, {"2026-09-14,2026-09-19\n", WARD_PILOT_HELD},
		{"2026-09-14,2026-09-19\n2026-09-15,\n", WARD_PILOT_OPEN},
		{"2026-09-14,2026-09-20\n2026-09-15,\n", WARD_PILOT_MISSED}};

	(void)state;
	assert_int_equal(ward_pilot_read(&p, &lim, WARD_STR("pilot.yml"),
				 ward_str_bytes(ward_str_z(aims)), &diag),
		WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_pilot_report r;
		char text[256];

		(void)snprintf(text, sizeof(text), "received,answered\n%s", row[i].rows);
		read_table(WARD_PILOT_COMPLAINTS, text);
		assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
		if (r.complaints.held != row[i].held)
			fail_msg("%zu: %d", i, (int)r.complaints.held);
	}
}

/* Programs can tell Ward's best case from its worst. */
static void test_never_named(void **state)
{
	char text[16384];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_pilot_report r;

	(void)state;
	read_table(WARD_PILOT_PAIRS, "pair,with,day,watch,understood,acted\n"
				     "a,ward,2026-10-01,w1,4:30,never\n"
				     "a,today,2026-10-02,w2,never,4:30\n");
	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	ward_pilot_json(&r, &w);
	assert_false(ward_wr_bad(&w));
	struct ward_str rest = ward_wr_text(&w);
	size_t acted = ward_str_find(rest, WARD_STR("\"acted\":"));
	struct ward_str first = ward_str_sub(rest, 0, acted);

	assert_true(acted != SIZE_MAX);
	rest = ward_str_sub(rest, acted, SIZE_MAX);
	assert_true(ward_str_find(first, WARD_STR("\"today\":{\"n\":1,\"median\":\"never\"")) !=
		    SIZE_MAX);
	assert_true(
		ward_str_find(first, WARD_STR("{\"n\":1,\"median\":\"never_today\"")) != SIZE_MAX);
	assert_true(
		ward_str_find(rest, WARD_STR("{\"n\":1,\"median\":\"never_ward\"")) != SIZE_MAX);
}

static void test_daily(void **state)
{
	struct ward_pilot_report r;

	(void)state;
	assert_int_equal(
		ward_pilot_read(&p, &lim, WARD_STR("pilot.yml"),
			ward_str_bytes(WARD_STR(
				"pilot: x\nhospital: y\nphases: {shadow: {from: 2026-09-14, to: "
				"2026-09-20}}\nroles: [{id: guard, name: Guard, most: 6}]\nstop: "
				"{written: 2026-09-14, by: z, criteria: [{id: a, text: b}]}\n")),
			&diag),
		WARD_OK);
	read_table(WARD_PILOT_INTERRUPTIONS, "day,role,with,hours,messages\n"
					     "2026-09-14,guard,ward,12,13\n"
					     "2026-09-15,guard,ward,12,13\n"
					     "2026-09-16,guard,ward,12,14\n"
					     "2026-09-18,guard,ward,8,4\n");
	read_table(WARD_PILOT_CARE, "pair,with,service,said,hit\n"
				    "a,ward,icu,yes,yes\na,ward,er,yes,no\na,ward,or,no,yes\n");
	assert_int_equal(diag.n, 0);
	assert_int_equal(ward_pilot_reckon(&p, ward_mem_heap(), &r), WARD_OK);
	assert_int_equal(r.n_interrupted, 1);
	assert_int_equal(r.interrupted[0].over, 3);
	assert_int_equal(r.interrupted[0].runs, 1);
	near(r.interrupted[0].rate.rate, 44 / (44 / 12.0));
	assert_int_equal(r.interrupted[0].held, WARD_PILOT_MISSED);
	near(r.care[WARD_PILOT_WARD].f, 0.5);
	assert_int_equal(r.care[WARD_PILOT_WARD].held, WARD_PILOT_MISSED);
	assert_false(r.stop_before); /* written on the day on which it began */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_spreadsheet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pairs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mistyped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idle_week, setup, teardown),
		cmocka_unit_test_setup_teardown(test_complaints, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_named, setup, teardown),
		cmocka_unit_test_setup_teardown(test_daily, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
