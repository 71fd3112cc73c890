/* The pilots' scenarios as they are led: each branch can be taken and is whole, decided at the last
 * moment and with all others, unless one of them left out what it goes before, and each inject can
 * be brought in; whoever decides nothing gets the story as it stands.
 */
#include "exercise/course.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ALL = INT32_MAX, NONE = ALL - 1 };

static const struct ward_scenario *s;

static void take(struct ward_course *c, struct ward_course_entry e)
{
	const char *why = "";

	if (ward_course_take(c, &e, &why) != WARD_OK)
		fail_msg("%.*s: %s", WARD_STR_ARG(s->file), why);
}

static void decide(struct ward_course *c, uint32_t branch)
{
	const struct ward_branch *b = &s->lead.branch[branch];

	if (ward_course_decided(c, b->decided, b->of) == WARD_NS_NEVER)
		take(c, (struct ward_course_entry){
				.what = WARD_COURSE_DECIDE, .decided = b->decided, .of = b->of});
}

/* Did a branch that was decided earlier leave out the step that this one goes before? */
static bool moot(const struct ward_course *c, uint32_t branch)
{
	const struct ward_branch *b = &s->lead.branch[branch];
	bool is = false;

	for (uint32_t i = 0; i < s->lead.n_branch; i++) {
		const struct ward_branch *x = &s->lead.branch[i];
		bool earlier = x->before < b->before || (x->before == b->before && i < branch);

		for (size_t k = 0; earlier && k < x->n_without; k++)
			is |= ward_course_way(c, i) == WARD_COURSE_TAKEN &&
			      x->without[k] == b->before;
	}
	return is;
}

/* The course in which that branch's decision was made when it comes (or all before anything does),
 * and each inject was brought in. */
static void play(uint32_t decided, bool injects)
{
	const struct ward_lead *l = &s->lead;
	struct ward_course *c;
	struct ward_course_entry e;

	assert_int_equal(ward_course_new(ward_mem_heap(), s, &c), WARD_OK);
	for (uint32_t i = 0; i < l->n_branch; i++)
		if (decided == ALL)
			decide(c, i);
	for (uint32_t i = 0; injects && i < l->n_inject; i++)
		take(c, (struct ward_course_entry){.what = WARD_COURSE_INJECT, .index = i});
	while (ward_course_next(c, &e)) {
		if (e.what == WARD_COURSE_BRANCH && e.index == decided) {
			decide(c, decided);
			assert_true(ward_course_next(c, &e));
		}
		take(c, e);
	}
	bool *left = calloc(l->n_step, sizeof(*left));

	assert_non_null(left);
	for (uint32_t i = 0; i < l->n_branch; i++) {
		const struct ward_branch *b = &l->branch[i];
		bool taken = ward_course_way(c, i) == WARD_COURSE_TAKEN;

		if (decided == ALL)
			assert_int_equal(taken, !moot(c, i));
		if (decided == i)
			assert_true(taken);
		if (decided == NONE)
			assert_false(taken);
		for (size_t k = 0; taken && k < b->steps.n; k++)
			assert_int_equal(
				ward_course_fate(c, b->steps.first + k), WARD_COURSE_PLAYED);
		for (size_t k = 0; taken && k < b->n_without; k++)
			left[b->without[k]] = true;
	}
	for (size_t i = 0; i < s->n_step; i++)
		assert_int_equal(
			ward_course_fate(c, i), left[i] ? WARD_COURSE_LEFT : WARD_COURSE_PLAYED);
	for (size_t i = 0; injects && i < l->n_inject; i++)
		for (size_t k = 0; k < l->inject[i].steps.n; k++)
			assert_int_equal(ward_course_fate(c, l->inject[i].steps.first + k),
				WARD_COURSE_PLAYED);
	free(left);
	ward_course_free(c);
}

/* How many of them can be led. */
static size_t play_all(const char *pilot)
{
	char dir[512], path[1024];
	const char *root = getenv("WARD_SOURCE_ROOT");
	const struct ward_mem *mem = ward_mem_heap();
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_model *m = NULL;
	const struct dirent *file;
	size_t n = 0;

	assert_non_null(root);
	ward_limits_default(&lim);
	ward_diag_init(&d, mem);
	(void)snprintf(dir, sizeof(dir), "%.300s/pilots/%s", root, pilot);
	(void)snprintf(path, sizeof(path), "%.300s/content", root);
	assert_int_equal(ward_model_load(dir, path, &lim, mem, &d, &m), WARD_OK);
	(void)snprintf(dir, sizeof(dir), "%.300s/pilots/%s/scenarios", root, pilot);
	DIR *list = opendir(dir);

	assert_non_null(list);
	while ((file = readdir(list)) != NULL) {
		const struct ward_scenario_in in = {m, &lim, mem, &d, NULL};
		struct ward_scenario *got = NULL;

		if (file->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, file->d_name);
		assert_int_equal(ward_scenario_load(path, &in, &got), WARD_OK);
		s = got;
		for (uint32_t i = 0; i < s->lead.n_branch; i++)
			play(i, false);
		play(ALL, true);
		play(NONE, true);
		n += s->lead.n_branch > 0;
		ward_scenario_free(got);
	}
	(void)closedir(list);
	ward_model_free(m);
	ward_diag_fini(&d);
	return n;
}

static void test_each_branch_is_whole(void **state)
{
	(void)state;
	assert_true(play_all("turin") >= 8);
	assert_true(play_all("marseille") >= 10);
	assert_true(play_all("amsterdam") >= 13);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(test_each_branch_is_whole)};

	return cmocka_run_group_tests(all, NULL, NULL);
}
