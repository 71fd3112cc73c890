#include "door_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static enum ward_err parse(const char *text, struct ward_diag *d, struct ward_door_rules **ret)
{
	struct ward_limits lim;

	ward_limits_default(&lim);
	return ward_door_rules_parse(WARD_STR("doors.yml"), ward_str_bytes(ward_str_z(text)), NULL,
		&lim, ward_mem_heap(), d, ret);
}

static void t_longest(void **state)
{
	struct ward_diag d;
	struct ward_door_rules *r = NULL;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(parse("hold: 20s\n"
			       "doors:\n"
			       "  - {class: door, held: 90s}\n"
			       "  - {class: door.fire, held: 0s, exits: free}\n"
			       "  - {class: door.fire.lobby, enter: 20s, exits: told}\n",
				 &d, &r),
		WARD_OK);
	assert_int_equal(r->hold, 20 * WARD_NS_PER_S);
	assert_int_equal(
		ward_door_rules_of(r, WARD_STR("door.controlled"))->held, 90 * WARD_NS_PER_S);
	assert_int_equal(
		ward_door_rules_of(r, WARD_STR("door.fireplace"))->held, 90 * WARD_NS_PER_S);
	assert_int_equal(ward_door_rules_of(r, WARD_STR("door.fire"))->held, 0);
	assert_int_equal(ward_door_rules_of(r, WARD_STR("door.fire"))->exits, WARD_DOOR_EXITS_FREE);
	/* What an entry does not say is as of all doors. */
	const struct ward_door_class *lobby =
		ward_door_rules_of(r, WARD_STR("door.fire.lobby.north"));

	assert_int_equal(lobby->enter, 20 * WARD_NS_PER_S);
	assert_int_equal(lobby->held, 90 * WARD_NS_PER_S);
	assert_int_equal(lobby->exits, WARD_DOOR_EXITS_TOLD);
	ward_door_rules_free(r);
	ward_diag_fini(&d);
}

static void t_refused(void **state)
{
	static const struct {
		const char *text, *what;
		uint32_t line;
	} row[] = {
		{"[]\n", "there is no list of doors", 1},
		{"doors: []\n", "nothing is said of `door`, all doors", 1},
		{"doors:\n  - {class: door.fire}\n",
			"'door' must come first: it holds for all others", 2},
		{"doors:\n  - {class: door}\n  - {class: room}\n", "this is no class of doors", 3},
		{"doors:\n  - {class: door}\n  - {class: door}\n",
			"'door' must come first, and once", 3},
		{"doors:\n  - {class: door}\n  - {class: door.a}\n  - {class: door.a}\n",
			"this class is there twice", 4},
		{"doors:\n  - {class: door, held: 25h}\n", "'held' is too long", 2},
		{"doors:\n  - {class: door, enter: 0s}\n", "'enter' and 'recover' take time", 2},
		{"doors:\n  - {class: door, exits: often}\n", "there are no such exits", 2},
		{"hold: 1s\nskew: 5s\ndoors: [{class: door}]\n",
			"events wait for less than clocks differ", 1},
		{"doors:\n  - door\n", "this is no door", 2},
		{"---\ndoors: [{class: door}]\n---\ndoors: [{class: door}]\n",
			"this is not one document", 1},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_diag d;
		struct ward_door_rules *r = NULL;
		bool found = false;

		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(parse(row[i].text, &d, &r), WARD_ERR_CONFIG);
		for (size_t k = 0; k < d.n; k++)
			found |= ward_str_eqz(d.item[k].what, row[i].what) &&
				 d.item[k].mend.len > 0 && d.item[k].line == row[i].line;
		if (!found)
			fail_msg("%s: %.*s, line %u", row[i].what, WARD_STR_ARG(d.item[0].what),
				d.item[0].line);
		ward_diag_fini(&d);
	}
}

/* A misspelt key is never passed over; the shipped file has no findings; without one nothing is
 * inferred. */
static void t_files(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_door_rules *r = NULL;
	char path[4096];

	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(parse("doors: [{class: door, hold: 5s}]\n", &d, &r), WARD_ERR_CONFIG);
	ward_diag_fini(&d);
	ward_diag_init(&d, ward_mem_heap());
	assert_non_null(root);
	(void)snprintf(path, sizeof(path), "%s/content/doors.yml", root);
	assert_int_equal(ward_door_rules_load(path, NULL, &lim, ward_mem_heap(), &d, &r), WARD_OK);
	assert_non_null(r);
	assert_int_equal(d.n, 0);
	ward_door_rules_free(r);
	(void)snprintf(path, sizeof(path), "%s/content/no-doors.yml", root);
	assert_int_equal(ward_door_rules_load(path, NULL, &lim, ward_mem_heap(), &d, &r), WARD_OK);
	assert_null(r);
	ward_diag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_longest),
		cmocka_unit_test(t_refused),
		cmocka_unit_test(t_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
