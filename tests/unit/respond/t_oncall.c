#include "../model/lab.h"
#include "respond/duty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

struct fix {
	struct lab lab;
	struct ward_arena arena;
	struct ward_oncall o;
};

static enum ward_err load(struct fix *x, const char *text)
{
	memset(x, 0, sizeof(*x));
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml",
				 "roles:\n- {id: guard, name: Guard}\n"),
		WARD_OK);
	ward_arena_init(&x->arena, ward_mem_heap(), 8 << 20);
	const struct ward_oncall_in in = {x->lab.m, &x->lab.lim, &x->arena, &x->lab.d};

	return ward_oncall_read(
		&in, WARD_STR("oncall.csv"), ward_str_bytes(ward_str_z(text)), &x->o);
}

static void done(struct fix *x)
{
	ward_arena_fini(&x->arena);
	lab_free(&x->lab);
}

static ward_ns at(const char *s)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(s), &t), WARD_OK);
	return t;
}

/* "a b": who it is; "?": nobody says. */
static void expect(const struct fix *x, const char *time, const char *who)
{
	struct ward_str p[WARD_ONCALL_AT_ONCE];
	char text[256] = "";
	bool known;
	size_t n = ward_oncall_at(
		&x->o, x->lab.m, WARD_STR("guard"), at(time), p, WARD_ARRAY_LEN(p), &known);

	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s",
			i ? " " : "", WARD_STR_ARG(p[i]));
	assert_string_equal(known ? text : "?", who);
}

/* The lab's hospital is in UTC; 2026-03-09 is a Monday. */
static void test_who(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "role,person,days,from,until\n"
				  "guard,anna,mon-fri,08:00,20:00\n"
				  "guard,ben,mon-fri,20:00,08:00\n"
				  "guard,carla,sat sun,08:00,08:00\n"
				  "guard,dora,,2026-03-11T10:00:00Z,2026-03-11T12:00:00Z\n"
				  "guard,emil,,2026-03-11T11:00:00Z,2026-03-11T12:00:00Z\n"
				  "guard,,,2026-03-12T10:00:00Z,2026-03-12T11:00:00Z\n"
				  "cook,fred,mon-sun,00:00,24:00\n"),
		WARD_OK);
	expect(&x, "2026-03-09T07:59:59Z", "carla"); /* since Sunday's morning */
	expect(&x, "2026-03-09T08:00:00Z", "anna");
	expect(&x, "2026-03-09T20:00:00Z", "ben");
	expect(&x, "2026-03-10T07:59:00Z", "ben");
	expect(&x, "2026-03-14T07:00:00Z", "ben"); /* Friday's night ends on Saturday */
	expect(&x, "2026-03-14T08:00:00Z", "carla");
	expect(&x, "2026-03-11T10:30:00Z", "dora"); /* instead of whoever it is each week */
	expect(&x, "2026-03-11T11:30:00Z", "dora emil");
	expect(&x, "2026-03-11T12:00:00Z", "anna");
	expect(&x, "2026-03-12T10:30:00Z", ""); /* nobody, and that is meant */
	ward_ns from, until;

	assert_false(ward_oncall_gap(&x.o, x.lab.m, WARD_STR("guard"), at("2026-03-09T00:00:00Z"),
		at("2026-03-23T00:00:00Z"), &from, &until));
	done(&x);
}

static void test_gap(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "role,person,days,from,until\n"
				  "guard,anna,mon-sat,00:00,24:00\n"
				  "guard,ben,sun,00:00,12:30\n"
				  "cook,fred,mon-sun,00:00,24:00\n"),
		WARD_OK);
	ward_oncall_look_ahead(&x.o, x.lab.m, at("2026-03-10T09:00:30Z"), &x.lab.d);
	assert_int_equal(x.lab.d.n_error, 0);
	const struct ward_diag_item *last = &x.lab.d.item[x.lab.d.n - 1];

	assert_int_equal(last->line, 2);
	assert_true(ward_str_find(last->what,
			    WARD_STR("nobody is on call for 'guard' from 2026-03-15T12:30:00Z to "
				     "2026-03-16T00:00:00Z")) != SIZE_MAX);
	for (size_t i = 0; i < x.lab.d.n; i++)
		assert_int_equal(ward_str_find(x.lab.d.item[i].what, WARD_STR("'cook'")), SIZE_MAX);
	done(&x);
}

static void test_mistakes(void **state)
{
#define HEAD "role,person,days,from,until\n"
	static const char *const bad[][2] = {{HEAD ",a,mon,08:00,09:00\n", "'role' is missing"},
		{HEAD "g,a,monday,08:00,09:00\n", "no days of the week"},
		{HEAD "g,a,mon-x,08:00,09:00\n", "no days of the week"},
		{HEAD "g,a,mon,8,09:00\n", "times of the day"},
		{HEAD "g,a,mon,24:00,09:00\n", "times of the day"},
		{HEAD "g,a,mon,08:00,24:30\n", "times of the day"},
		{HEAD "g,a,,2026-03-11T10:00:00,2026-03-11T11:00:00Z\n", "from"},
		{HEAD "g,a,,2026-03-11T10:00:00Z,\n", "'until' is missing"},
		{HEAD "g,a,,2026-03-11T10:00:00Z,2026-03-11T10:00:00Z\n", "ends before it begins"},
		{"role,who,days,from,until\n", "no column 'who'"}};
	struct fix x;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		bool found = false;

		assert_int_equal(load(&x, bad[i][0]), WARD_ERR_CONFIG);
		for (size_t k = 0; k < x.lab.d.n; k++)
			found = found || (x.lab.d.item[k].mend.len &&
						 ward_str_find(x.lab.d.item[k].what,
							 ward_str_z(bad[i][1])) != SIZE_MAX);
		if (!found)
			fail_msg("not found: %s", bad[i][1]);
		assert_int_equal(x.o.n, 0);
		done(&x);
	}
	assert_int_equal(load(&x, ""), WARD_OK);
	done(&x);
}

/* Who is told: the guard who is on call, and the desk that always is; all guards when nobody on
 * call is a recipient, and none when nobody is meant to be. */
static void test_duty(void **state)
{
	static const struct {
		const char *time;
		uint32_t duty;
		bool alone;
	} at_time[] = {
		{"2026-03-09T09:00:00Z", 0x5, false}, /* anna */
		{"2026-03-09T21:00:00Z", 0x6, false}, /* ben */
		{"2026-03-14T09:00:00Z", 0x7, true},  /* carla, who is no recipient */
		{"2026-03-12T10:30:00Z", 0x4, false}, /* nobody, and that is meant */
		{"2026-03-15T09:00:00Z", 0x7, true},  /* no line says */
	};
	struct ward_recipients r = {.n = 3};
	struct fix x;
	uint32_t alone;

	(void)state;
	assert_int_equal(load(&x, "role,person,days,from,until\n"
				  "guard,anna,mon-fri,08:00,20:00\n"
				  "guard,ben,mon-fri,20:00,08:00\n"
				  "guard,carla,sat,08:00,20:00\n"
				  "guard,,,2026-03-12T10:00:00Z,2026-03-12T11:00:00Z\n"),
		WARD_OK);
	uint32_t guard = ward_model_find(x.lab.m, WARD_STR("guard"));

	assert_true(guard != WARD_NONE);
	r.r[0] = (struct ward_recipient){.person = WARD_STR("anna"), .role = {guard}, .n_role = 1};
	r.r[1] = (struct ward_recipient){.person = WARD_STR("ben"), .role = {guard}, .n_role = 1};
	for (size_t i = 0; i < WARD_ARRAY_LEN(at_time); i++) {
		assert_int_equal(
			ward_duty(&r, &x.o, x.lab.m, at(at_time[i].time), &alone), at_time[i].duty);
		assert_int_equal(alone != WARD_NONE, at_time[i].alone);
	}
	/* a mailbox that all guards read: nobody else need be told when nobody is on call */
	r.r[2] = (struct ward_recipient){.role = {guard}, .n_role = 1};
	assert_int_equal(ward_duty(&r, &x.o, x.lab.m, at("2026-03-15T09:00:00Z"), &alone), 0x4);
	assert_int_equal(alone, WARD_NONE);
	done(&x);
}

/* Told while on call, and never is: by no line, in another role, or by a line that is over. */
static void test_never(void **state)
{
	struct ward_recipients r = {.n = 5};
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "role,person,days,from,until\n"
				  "guard,anna,mon-fri,08:00,20:00\n"
				  "guard,ben,,2026-03-12T10:00:00Z,2026-03-12T11:00:00Z\n"
				  "guard,carla,,2027-03-12T10:00:00Z,2027-03-12T11:00:00Z\n"),
		WARD_OK);
	uint32_t guard = ward_model_find(x.lab.m, WARD_STR("guard"));
	const char *const who[] = {"anna", "ben", "carla", "dora", ""};

	for (size_t i = 0; i < r.n; i++)
		r.r[i] = (struct ward_recipient){.id = WARD_STR("r"),
			.person = ward_str_z(who[i]),
			.role = {guard},
			.n_role = 1,
			.line = (uint32_t)i + 1};
	ward_duty_never(&r, &x.o, x.lab.m, at("2026-03-13T00:00:00Z"), WARD_STR("recipients.yml"),
		&x.lab.d);
	assert_int_equal(x.lab.d.n, 2);
	assert_int_equal(x.lab.d.n_error, 0);
	assert_int_equal(x.lab.d.item[0].line, 2);
	assert_int_equal(x.lab.d.item[1].line, 4);
	assert_int_not_equal(
		ward_str_find(x.lab.d.item[1].mend, WARD_STR("`guard,dora,")), SIZE_MAX);
	r.n = 1;
	r.r[0].role[0] = 0; /* another role than his */
	ward_duty_never(&r, &x.o, x.lab.m, at("2026-03-13T00:00:00Z"), WARD_STR("recipients.yml"),
		&x.lab.d);
	assert_int_equal(x.lab.d.n, 3);
	done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_duty), T(test_never), T(test_who), T(test_gap), T(test_mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
