/* Posts: what of posts.yml is right, and each mistake in its line with its mend. */
#include "../model/lab.h"
#include "watch/posts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROLES "roles:\n  - {id: guard, name: Guard}\n  - {id: director, name: Director}\n"

struct fix {
	struct lab lab;
	struct ward_watchposts p;
};

static enum ward_err load(struct fix *x, const char *text)
{
	memset(x, 0, sizeof(*x));
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ROLES), WARD_OK);
	const struct ward_watchpost_in in = {x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};

	return ward_watchpost_read(
		&in, WARD_STR("posts.yml"), ward_str_bytes(ward_str_z(text)), &x->p);
}

static void done(struct fix *x)
{
	ward_watchpost_free(&x->p);
	lab_free(&x->lab);
}

static void what_is_right(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(load(&x, "posts:\n"
				  "  - {id: gate, name: Gate, roles: guard, places: [z-in]}\n"
				  "  - {id: desk, name: Desk, roles: [guard, director]}\n"),
		WARD_OK);
	assert_int_equal(x.p.n, 2);
	assert_int_equal(x.p.at[0].n_place, 1);
	const struct ward_watchpost *p = ward_watchpost_find(&x.p, WARD_STR("desk"));

	assert_non_null(p);
	assert_true(ward_watchpost_has_role(p, x.lab.m, WARD_STR("director")));
	assert_false(ward_watchpost_has_role(&x.p.at[0], x.lab.m, WARD_STR("director")));
	assert_null(ward_watchpost_find(&x.p, WARD_STR("none")));
	done(&x);
}

static void each_mistake(void **state)
{
	static const struct {
		const char *text, *what, *mend;
	} all[] = {
		{"posts: 1\n", "the file holds no list of posts", "begin with `posts:`"},
		{"posts:\n  - 1\n", "this is no post", "write `- id"},
		{"posts:\n  - {id: a, name: x, roles: guard}\nhand_over: 2h\n",
			"'hand_over' is out of range", "write 1s to 1h"},
		{"posts:\n  - {id: A b, name: x, roles: guard}\n", "'A b' is no id", "lower-case"},
		{"posts:\n  - {id: load, name: x, roles: guard}\n", "'load' is the address",
			"give it another id"},
		{"posts:\n  - {id: a, name: x}\n", "nobody mans 'a'", "add `roles: [ROLE]`"},
		{"posts:\n  - {id: a, name: x, roles: gard}\n", "'gard' is no role", "'guard'"},
		{"posts:\n  - {id: a, name: x, roles: guard, places: [moon]}\n",
			"'moon' is no place", "write the id of a site"},
		{"posts:\n  - {id: a, name: x, roles: [[guard]]}\n", "holds something",
			"write roles: [one, another]"},
		{"posts:\n  - {id: a, name: x, roles: guard}\n"
		 "  - {id: a, name: y, roles: guard}\n",
			"'a' is there already, in line 2", "another id"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct fix x;
		bool found = false;

		assert_int_equal(load(&x, all[i].text), WARD_ERR_CONFIG);
		for (size_t k = 0; k < x.lab.d.n; k++)
			found = found || (ward_str_find(x.lab.d.item[k].what,
						  ward_str_z(all[i].what)) != SIZE_MAX &&
						 ward_str_find(x.lab.d.item[k].mend,
							 ward_str_z(all[i].mend)) != SIZE_MAX);
		if (!found)
			fail_msg("%s: not told: %s", all[i].text, all[i].what);
		done(&x);
	}
}

static void of_a_directory(void **state)
{
	struct fix x;
	struct ward_watchposts p;
	char path[4096];

	(void)state;
	assert_int_equal(load(&x, "posts:\n  - {id: a, name: A, roles: guard}\n"), WARD_OK);
	const struct ward_watchpost_in in = {x.lab.m, &x.lab.lim, ward_mem_heap(), &x.lab.d};

	(void)snprintf(path, sizeof(path), "%s/content", getenv("WARD_SOURCE_ROOT"));
	assert_int_equal(ward_watchpost_load(&in, path, &p), WARD_OK); /* without the file */
	assert_int_equal(p.n, 0);
	ward_watchpost_free(&p);
	done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right),
		cmocka_unit_test(each_mistake),
		cmocka_unit_test(of_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
