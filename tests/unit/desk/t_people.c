/* Who decides: what of people.yml is right, and each mistake in its line with its mend. */
#include "../model/lab.h"
#include "desk/people.h"
#include "desk/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fix {
	struct lab lab;
	struct ward_people p;
};

#define ROLES "roles:\n  - {id: guard, name: Guard}\n  - {id: director, name: Director}\n"

static enum ward_err load(struct fix *x, const char *text)
{
	memset(x, 0, sizeof(*x));
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ROLES), WARD_OK);
	const struct ward_people_in in = {x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};

	return ward_people_read(
		&in, WARD_STR("people.yml"), ward_str_bytes(ward_str_z(text)), &x->p);
}

static void done(struct fix *x)
{
	ward_people_free(&x->p);
	lab_free(&x->lab);
}

static void what_is_right(void **state)
{
	struct fix x;
	uid_t uid = 1;

	(void)state;
	assert_int_equal(load(&x, "people:\n"
				  "  - {id: anna, user: root, roles: [director, guard, guard], "
				  "language: it, places: [z-in], console: [guard, administrator], "
				  "totp_file: t, pager: '2200'}\n"
				  "  - {id: b-2, name: Bo, roles: guard, mail: b@h.example}\n"),
		WARD_OK);
	assert_int_equal(x.p.n, 2);
	assert_true(ward_str_eqz(x.p.p[0].name, "anna"));
	assert_int_equal(x.p.p[0].n_role, 2);
	assert_int_equal(x.p.p[0].role[0], lab_node(&x.lab, "director"));
	assert_int_equal(x.p.p[0].n_place, 1);
	assert_int_equal(x.p.p[0].profiles, WARD_PROFILE_BIT(WARD_PROFILE_GUARD) |
						    WARD_PROFILE_BIT(WARD_PROFILE_ADMINISTRATOR));
	assert_int_equal(x.p.p[1].profiles, 0);
	assert_true(ward_str_eqz(x.p.p[0].way[WARD_PERSON_PAGER], "2200"));
	assert_true(ward_person_uid(&x.p.p[0], &uid));
	assert_int_equal(uid, 0);
	assert_false(ward_person_uid(&x.p.p[1], &uid));
	assert_true(ward_str_eqz(x.p.p[1].way[WARD_PERSON_MAIL], "b@h.example"));
	done(&x);
}

static void mistakes(void **state)
{
	static const struct {
		const char *text, *what;
	} all[] = {{"people: {}\n", "no list of people"}, {"people: [x]\n", "no person"},
		{"people:\n- {roles: guard}\n", "'id' is missing"},
		{"people:\n- {id: A, roles: guard}\n", "'A' is no id"},
		{"people:\n- {id: policy, roles: guard}\n", "roles that nobody plays"},
		{"people:\n- {id: a}\n", "has no role"},
		{"people:\n- {id: a, roles: gard}\n", "write 'guard'"},
		{"people:\n- {id: a, roles: z-in}\n", "no role of the hospital"},
		{"people:\n- {id: a, roles: guard, places: guard}\n", "no place"},
		{"people:\n- {id: a, roles: guard, places: []}\n", "'places' is empty"},
		{"people:\n- {id: a, roles: guard, console: []}\n", "'console' is empty"},
		{"people:\n- {id: a, roles: guard}\n- {id: a, roles: guard}\n", "in line 2"},
		{"people:\n- {id: a, user: u, roles: guard}\n- {id: b, user: u, roles: guard}\n",
			"is 'a' already, in line 2"},
		{"people:\n- {id: a, roles: guard, language: english}\n", "no code of a language"},
		{"people:\n- {id: a, roles: guard, name: \"a\\nb\"}\n", "control character"},
		{"people:\n- {id: a, roles: guard, console: gaurd}\n", "write 'guard'"},
		{"people:\n- {id: a, roles: guard, email: x}\n", "email"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		struct fix x;

		assert_int_equal(load(&x, all[i].text), WARD_ERR_CONFIG);
		ward_diag_write_text(&x.lab.d, &w);
		ward_wr_u8(&w, 0);
		if (!strstr((const char *)w.p, all[i].what) ||
			!strstr((const char *)w.p, "people.yml:"))
			fail_msg("'%s' is not said of\n%s%s", all[i].what, all[i].text,
				(const char *)w.p);
		ward_wr_fini(&w);
		done(&x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right), cmocka_unit_test(mistakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
