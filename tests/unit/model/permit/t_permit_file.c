#include "../lab.h"
#include "model/permit/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define HEAD "id,place,asset,from,until,who,badge,effects,why,ended\n"
#define GOOD "w-1,f,,2026-03-19T09:00:00+01:00,2026-03-19T11:00:00+01:00,\"Firm, Ltd\",,bms.*,x,\n"

struct fix {
	struct lab lab;
	struct ward_permit_in in;
	struct ward_permits *s;
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	x->in = (struct ward_permit_in){x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};
	assert_int_equal(ward_permits_new(x->lab.m, &x->lab.lim, ward_mem_heap(), &x->s), WARD_OK);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_permits_free(x->s);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static enum ward_err parse(struct fix *x, const char *text)
{
	return ward_permits_parse(
		&x->in, WARD_STR("permits.csv"), ward_str_bytes(ward_str_z(text)), x->s);
}

static void good(void **state)
{
	struct fix *x = *state;

	assert_int_equal(parse(x, "# of us\n" HEAD GOOD), WARD_OK);
	assert_int_equal(x->lab.d.n, 0);
	const struct ward_permit *p = ward_permits_find(x->s, WARD_STR("w-1"));

	assert_non_null(p);
	assert_true(ward_str_eqz(p->who, "Firm, Ltd"));
	assert_int_equal(p->n_place, 1);
	assert_int_equal(p->n_threat, 2); /* command and discovery */
	assert_int_equal(p->until - p->from, 2 * 3600 * WARD_NS_PER_S);
	assert_int_equal(p->ended, WARD_NS_NEVER);
	assert_int_equal(p->line, 3);
	assert_int_equal(parse(x, ""), WARD_OK);
	assert_int_equal(parse(x, " \n"), WARD_OK);
}

/* Each with the words that its finding must have; the good row beside it is taken. */
static void mistakes(void **state)
{
	static const struct {
		const char *row, *what;
		enum ward_diag_level level;
	} bad[] = {
		{",f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,", "'id' is missing",
			WARD_DIAG_ERROR},
		{"W 2,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"'id' has the bad value", WARD_DIAG_ERROR},
		{"w-1,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"is that of line 2", WARD_DIAG_ERROR},
		{"w-2,hal,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"names 'hal', which the hospital does not have", WARD_DIAG_ERROR},
		{"w-2,ahu-1,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"'ahu-1' is no place", WARD_DIAG_ERROR},
		{"w-2,,hall,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"'hall' is no asset", WARD_DIAG_ERROR},
		{"w-2,,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"the permit has no place", WARD_DIAG_ERROR},
		{"w-2,s,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"is all of the site", WARD_DIAG_ERROR},
		{"w-2,b,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"is for a whole building", WARD_DIAG_WARNING},
		{"w-2,f,,2026-03-19T09:00:00,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"'from' has the bad value", WARD_DIAG_ERROR},
		{"w-2,f,,,2026-03-19T11:00:00Z,Firm,,bms.*,,", "'from' is missing",
			WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T12:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.*,,",
			"ends before it begins", WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-04-20T11:00:00Z,Firm,,bms.*,,",
			"more than 31 days", WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-03-20T11:00:00Z,Firm,,bms.*,,",
			"longer than a day", WARD_DIAG_WARNING},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,,,bms.*,,", "'who' is missing",
			WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,4711,bms.*,,",
			"'badge' holds no token", WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,bms.comand,,",
			"names 'bms.comand', which is no threat", WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,*,,",
			"names '*', which is no threat", WARD_DIAG_ERROR},
		{"w-2,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,Firm,,,,",
			"'effects' is missing", WARD_DIAG_ERROR},
		{"w-2,f", "cells where the header has", WARD_DIAG_ERROR},
	};

	(void)teardown(state);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct fix *x;
		char text[1024];
		bool found = false, error = bad[i].level == WARD_DIAG_ERROR;

		(void)setup(state);
		x = *state;
		(void)snprintf(text, sizeof(text), HEAD GOOD "%s\n", bad[i].row);
		assert_int_equal(parse(x, text), error ? WARD_ERR_CONFIG : WARD_OK);
		for (size_t k = 0; k < x->lab.d.n; k++)
			found |= x->lab.d.item[k].level == bad[i].level &&
				 x->lab.d.item[k].line == 3 && x->lab.d.item[k].mend.len &&
				 ward_str_find(x->lab.d.item[k].what, ward_str_z(bad[i].what)) !=
					 SIZE_MAX;
		if (!found)
			fail_msg("no finding '%s'", bad[i].what);
		/* a row of the wrong width ends the table */
		bool table = !ward_str_starts(ward_str_z(bad[i].what), WARD_STR("cells"));

		assert_int_equal(ward_permits_n(x->s), table ? (error ? 1 : 2) : 0);
		(void)teardown(state);
	}
	(void)setup(state);
}

static void too_wide(void **state)
{
	static const char threats[] =
		"threats:\n"
		"  - {code: a.a, name: A, domain: both, need: safety, idmef: A.B, first_step: "
		"{role: "
		"engineer, text: T}}\n"
		"  - {code: b.a, name: A, domain: both, need: safety, idmef: A.B, first_step: "
		"{role: "
		"engineer, text: T}}\n"
		"  - {code: c.a, name: A, domain: both, need: safety, idmef: A.B, first_step: "
		"{role: "
		"engineer, text: T}}\n"
		"  - {code: access.a, name: A, domain: both, need: safety, idmef: A.B, first_step: "
		"{role: engineer, text: T}}\n"
		"  - {code: outage, name: A, domain: both, need: safety, idmef: A.B, first_step: "
		"{role: engineer, text: T}}\n"
		"  - {code: bms.command, name: A, domain: both, need: safety, idmef: A.B, "
		"first_step: "
		"{role: engineer, text: T}}\n";
	struct fix *x = *state;

	ward_permits_free(x->s);
	x->s = NULL;
	lab_free(&x->lab);
	ward_diag_init(&x->lab.d, ward_mem_heap());
	assert_int_equal(lab_load_content(&x->lab, NULL, threats), WARD_OK);
	x->in = (struct ward_permit_in){x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};
	assert_int_equal(ward_permits_new(x->lab.m, &x->lab.lim, ward_mem_heap(), &x->s), WARD_OK);
	size_t n = x->lab.d.n;

	assert_int_equal(parse(x, HEAD "w,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,F,,"
				       "a.a b.a c.a outage,,\n"),
		WARD_ERR_CONFIG);
	assert_true(ward_str_find(x->lab.d.item[n].what, WARD_STR("too wide")) != SIZE_MAX);
	assert_int_equal(parse(x, HEAD "w,f,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,F,,"
				       "access.a,,\n"),
		WARD_OK); /* a warning: whoever comes is expected */
	assert_true(
		ward_str_find(x->lab.d.item[n + 1].what, WARD_STR("names no badge")) != SIZE_MAX);
}

static void strange_column(void **state)
{
	struct fix *x = *state;

	assert_int_equal(parse(x, "id,plase,from,until,who,effects\n"), WARD_ERR_CONFIG);
	assert_true(ward_str_eqz(x->lab.d.item[0].mend, "write 'place' if that was meant"));
}

static struct ward_permit_row row(const char *id, const char *who)
{
	struct ward_permit_row r = {.cell = {{NULL, 0}}};

	r.cell[WARD_PERMIT_COL_ID] = ward_str_z(id);
	r.cell[WARD_PERMIT_COL_PLACE] = WARD_STR("f");
	r.cell[WARD_PERMIT_COL_FROM] = WARD_STR("2026-03-19T09:00:00Z");
	r.cell[WARD_PERMIT_COL_UNTIL] = WARD_STR("2026-03-19T11:00:00Z");
	r.cell[WARD_PERMIT_COL_WHO] = ward_str_z(who);
	r.cell[WARD_PERMIT_COL_EFFECTS] = WARD_STR("bms.*");
	return r;
}

static void set_rows(void **state)
{
	struct fix *x = *state;
	struct ward_permit_row r = row("w-9", "He said \"x, y\""), got;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_wr w2 = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	/* into nothing: with a header */
	assert_int_equal(
		ward_permit_row_set(&x->in, WARD_STR("f"), ward_str_bytes(WARD_STR("")), &r, &w),
		WARD_OK);
	assert_int_equal(
		ward_permits_parse(&x->in, WARD_STR("f"), ward_wr_slice(&w), x->s), WARD_OK);
	assert_true(
		ward_permit_row_find(&x->lab.lim, &a, ward_wr_slice(&w), WARD_STR("w-9"), &got));
	assert_true(ward_str_eq(got.cell[WARD_PERMIT_COL_WHO], r.cell[WARD_PERMIT_COL_WHO]));
	/* one more, then the first changed: the other lines stay byte for byte */
	const char *text = "# mine\nid,who,place,from,until,effects,ended\n"
			   "w-1,\"two\nlines\",f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,bms.*,\n"
			   "w-2,B,f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,bms.*,";

	r = row("w-1", "New");
	r.cell[WARD_PERMIT_COL_ENDED] = WARD_STR("2026-03-19T10:00:00Z");
	ward_wr_reset(&w);
	assert_int_equal(ward_permit_row_set(
				 &x->in, WARD_STR("f"), ward_str_bytes(ward_str_z(text)), &r, &w),
		WARD_OK);
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"# mine\nid,who,place,from,until,effects,ended\n"
		"w-1,New,f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,bms.*,2026-03-19T10:00:00Z\n"
		"w-2,B,f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,bms.*,"));
	r = row("w-3", "C"); /* behind a line without an end */
	assert_int_equal(
		ward_permit_row_set(&x->in, WARD_STR("f"), ward_wr_slice(&w), &r, &w2), WARD_OK);
	assert_true(ward_str_ends(ward_wr_text(&w2),
		WARD_STR("bms.*,\nw-3,C,f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,bms.*,\n")));
	r.cell[WARD_PERMIT_COL_BADGE] = WARD_STR("p-x"); /* no such column there */
	assert_int_equal(ward_permit_row_set(&x->in, WARD_STR("f"), ward_wr_slice(&w), &r, &w2),
		WARD_ERR_CONFIG);
	ward_wr_fini(&w);
	ward_wr_fini(&w2);
	ward_arena_fini(&a);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(good), T(mistakes), T(too_wide), T(strange_column), T(set_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
