#include "sense/file/report.h"
#include "sense/file/tell.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

struct lab {
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_inspect_report r;
	struct ward_wr w;
	struct ward_inspect_weights weights;
};

static int up(void **state)
{
	static struct lab l;

	ward_limits_default(&l.lim);
	ward_arena_init(&l.arena, ward_mem_heap(), 1 << 20);
	ward_report_init(&l.r, &l.arena);
	l.w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	l.weights = (struct ward_inspect_weights){.from = {0, 1, 40, 80}};
	l.weights.of[WARD_SUSPECT_MACROS] = 10;
	l.weights.of[WARD_SUSPECT_BOMB] = 60;
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_report_fini(&l->r);
	ward_wr_fini(&l->w);
	ward_arena_fini(&l->arena);
	return 0;
}

static void part(struct lab *l, uint32_t parent, bool allowed)
{
	const struct ward_inspect_part p = {.parent = parent,
		.kind = WARD_KIND_ZIP,
		.size = 7,
		.allowed = allowed,
		.name = WARD_STR("a\xff.zip"),
		.type = WARD_STR("")};

	ward_report_put_part(&l->w, &p);
}

static void reason(
	struct lab *l, uint32_t at, enum ward_suspect what, unsigned weight, const char *a)
{
	const struct ward_inspect_reason r = {
		.part = at, .what = what, .weight = weight, .a = ward_str_z(a), .b = WARD_STR("")};

	ward_report_put_reason(&l->w, &r);
}

static void whole(struct lab *l, enum ward_err want)
{
	size_t used;

	assert_int_equal(ward_report_read(&l->r, &l->lim, ward_wr_slice(&l->w), &used), want);
	if (!want)
		assert_int_equal(used, l->w.len);
}

/* A reason counts once, a rule once by its name, and nothing within what is known to be good. */
static void sum(void **state)
{
	struct lab *l = *state;

	part(l, 0, false);
	part(l, 0, false);
	part(l, 0, true);
	part(l, 2, false);
	reason(l, 0, WARD_SUSPECT_MACROS, 0, "");
	reason(l, 1, WARD_SUSPECT_MACROS, 0, "");
	reason(l, 1, WARD_SUSPECT_RULE, 20, "x");
	reason(l, 0, WARD_SUSPECT_RULE, 20, "x");
	reason(l, 0, WARD_SUSPECT_RULE, 15, "y");
	reason(l, 3, WARD_SUSPECT_BOMB, 0, "");
	ward_report_put_end(&l->w);
	whole(l, WARD_OK);
	assert_true(l->r.whole);
	ward_report_judge(&l->r, &l->weights);
	assert_int_equal(l->r.score, 10 + 20 + 15);
	assert_int_equal(l->r.verdict, WARD_INSPECTED_SUSPICIOUS);
	assert_int_equal(l->r.reason[1].weight, 0);
	assert_int_equal(l->r.part[3].depth, 2);
	assert_true(ward_utf8_valid(ward_str_bytes(l->r.part[0].name), NULL));
}

/* What a known good content was made of is not good by that. */
static void beside(void **state)
{
	struct lab *l = *state;
	const struct ward_inspect_part came = {.kind = WARD_KIND_PE,
		.size = 9,
		.beside = true,
		.name = WARD_STR("a.exe"),
		.type = WARD_STR("")};

	part(l, 0, true);
	ward_report_put_part(&l->w, &came);
	part(l, 1, false);
	part(l, 0, false);
	for (uint32_t i = 0; i < 4; i++)
		reason(l, i, i == 2 ? WARD_SUSPECT_RULE : WARD_SUSPECT_MACROS, 20, "x");
	whole(l, WARD_OK);
	ward_report_judge(&l->r, &l->weights);
	assert_true(l->r.part[0].allowed && !l->r.part[1].allowed && !l->r.part[2].allowed);
	assert_true(l->r.part[3].allowed && l->r.part[1].beside && !l->r.part[2].beside);
	assert_int_equal(l->r.score, 10 + 20);
	assert_ptr_equal(ward_report_came(&l->r), &l->r.part[0]);
	ward_report_put_coded(&l->w, 9);
	ward_report_fini(&l->r);
	whole(l, WARD_OK);
	assert_ptr_equal(ward_report_came(&l->r), &l->r.part[1]);
}

static void tested(struct lab *l, bool want)
{
	ward_report_put_end(&l->w);
	whole(l, WARD_OK);
	ward_report_judge(&l->r, &l->weights);
	assert_int_equal(l->r.test, want);
	ward_report_fini(&l->r);
	ward_wr_reset(&l->w);
}

/* The test of antivirus programs, alone or in something, is one; not what else would be suspicious,
 * nor what an antivirus may have found behind it. */
static void test_file(void **state)
{
	struct lab *l = *state;

	l->weights.of[WARD_SUSPECT_ANTIVIRUS] = 100;
	part(l, 0, false);
	tested(l, false); /* nothing weighs */
	part(l, 0, false);
	part(l, 0, false);
	reason(l, 0, WARD_SUSPECT_RULE, 100, "eicar");
	reason(l, 1, WARD_SUSPECT_RULE, 100, "eicar");
	reason(l, 1, WARD_SUSPECT_MACROS, 0, "");
	reason(l, 0, WARD_SUSPECT_ANTIVIRUS, 0, "Win.Test.EICAR_HDB-1");
	tested(l, true);
	part(l, 0, false);
	part(l, 0, false);
	part(l, 0, false); /* beside it, of which nobody says anything */
	reason(l, 1, WARD_SUSPECT_RULE, 100, "eicar");
	tested(l, true);
	part(l, 0, false);
	part(l, 0, false);
	part(l, 0, false);
	reason(l, 1, WARD_SUSPECT_RULE, 100, "eicar");
	reason(l, 0, WARD_SUSPECT_ANTIVIRUS, 0, "Eicar-Signature");
	tested(l, false);
	part(l, 0, false);
	reason(l, 0, WARD_SUSPECT_RULE, 100, "eicar");
	reason(l, 0, WARD_SUSPECT_ANTIVIRUS, 0, "Win.Trojan.Agent-1");
	tested(l, false);
	part(l, 0, false);
	reason(l, 0, WARD_SUSPECT_RULE, 100, "eicar");
	reason(l, 0, WARD_SUSPECT_BOMB, 0, "250");
	tested(l, false);
	part(l, 0, true); /* known to be good: it weighs nothing */
	reason(l, 0, WARD_SUSPECT_RULE, 100, "eicar");
	tested(l, false);
}

/* A cell that is killed has said whole records before. */
static void prefixes(void **state)
{
	struct lab *l = *state;
	size_t used, n;

	part(l, 0, false);
	n = l->w.len;
	reason(l, 0, WARD_SUSPECT_BOMB, 0, "250");
	ward_report_put_clam(&l->w, WARD_CLAM_CLEAN);
	ward_report_put_end(&l->w);
	for (size_t i = 0; i < l->w.len; i++) {
		ward_report_fini(&l->r);
		assert_int_equal(
			ward_report_read(&l->r, &l->lim, ward_slice_of(l->w.p, i), &used), WARD_OK);
		assert_int_equal(l->r.n_part, i >= n);
		assert_true(used <= i);
		assert_false(l->r.whole);
	}
}

static void lies(void **state)
{
	struct lab *l = *state;
	static const uint8_t odd[][2] = {{'X', 0}, {'C', WARD_CLAM_N}};

	reason(l, 0, WARD_SUSPECT_BOMB, 0, ""); /* of no part */
	whole(l, WARD_ERR_MALFORMED);
	ward_wr_reset(&l->w);
	part(l, 1, false); /* in itself, behind itself */
	whole(l, WARD_ERR_MALFORMED);
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++) {
		ward_wr_reset(&l->w);
		ward_wr_bytes(&l->w, odd[i], 2);
		whole(l, WARD_ERR_MALFORMED);
	}
	ward_wr_reset(&l->w);
	ward_report_put_end(&l->w);
	ward_report_put_end(&l->w); /* nothing follows the end */
	whole(l, WARD_ERR_MALFORMED);
}

static void too_many(void **state)
{
	struct lab *l = *state;

	assert_int_equal(ward_limits_set(&l->lim, WARD_STR("file.parts"), 16), WARD_OK);
	for (unsigned i = 0; i < 17; i++)
		part(l, 0, false);
	whole(l, WARD_ERR_LIMIT);
}

static void silent(void **state)
{
	struct lab *l = *state;
	struct ward_json j;

	assert_int_equal(ward_report_root(&l->r, &l->lim, WARD_STR("x"), 9), WARD_OK);
	assert_int_equal(ward_report_add(&l->r, WARD_SUSPECT_CELL_DIED, WARD_STR("SEGV")), WARD_OK);
	l->weights.of[WARD_SUSPECT_CELL_DIED] = 50;
	ward_report_judge(&l->r, &l->weights);
	assert_int_equal(l->r.verdict, WARD_INSPECTED_SUSPICIOUS);
	j = ward_json_on(&l->w);
	ward_inspect_json(&j, WARD_STR("x"), &l->r, NULL);
	assert_true(ward_str_find(ward_wr_text(&l->w), WARD_STR("was killed: SEGV")) != SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(sum), T(beside), T(test_file), T(prefixes), T(lies), T(too_many), T(silent)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
