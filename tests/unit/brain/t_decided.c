/* Whatever a person decides is on record: each kind that there is leads to one row, which becomes a
 * leaf of the ledger, whether it is taken or not. */
#include "lab.h"

#include "desk/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* All members that the kind can have, as JSON. */
static const char *args_of(enum ward_decision_kind k, char ret[4096])
{
	struct ward_wr w = ward_wr_fixed(ret, 4095);
	const struct ward_args_member *m;

	for (size_t i = 0; (m = ward_args_member(k, i)); i++)
		ward_wr_printf(
			&w, "%s\"%s\":%s", i ? "," : "{", m->key, m->list ? "[\"x\"]" : "\"x\"");
	if (w.len)
		ward_wr_z(&w, "}");
	assert_false(ward_wr_bad(&w));
	ret[w.len] = 0;
	return ret;
}

static const char *subject_of(enum ward_decision_kind k)
{
	static const char id[] = "00000000-0000-8000-8000-00000000ffff";

	switch (ward_decision_about(k)) {
	case WARD_ABOUT_PLACE:
		return "a2-icu-3";
	case WARD_ABOUT_CRISIS:
		return WARD_CRISIS_SUBJECT;
	case WARD_ABOUT_INCIDENT:
	case WARD_ABOUT_DECISION:
	case WARD_ABOUT_OTHER:
	default:
		return id;
	}
}

static void each_kind_is_a_row(void **state)
{
	struct lab *l = *state;
	struct rows r;
	size_t n_said = 0, n_told = 0;

	rows_init(&r);
	struct ward_brain *b = lab_brain(l, &r);

	for (int k = 0; k < WARD_DECISION_N; k++) {
		enum ward_decision_kind kind = (enum ward_decision_kind)k;
		enum ward_decision_to to = ward_decision_to(kind);
		char args[4096], what[128];
		const struct ward_decision d = {.kind = kind,
			.id = ward_event_id(WARD_STR("test"), 1, (uint64_t)k, 0),
			.at = 1774000000 * WARD_NS_PER_S,
			.person = WARD_STR("me"),
			.role = WARD_STR("crisis-manager"),
			.subject = ward_str_z(subject_of(kind)),
			.text = WARD_STR("why"),
			.args = ward_str_z(args_of(kind, args))};

		/* those who act keep rows of their own: of a message, a run, an action, a clip */
		if (to != WARD_DECISION_BRAIN && to != WARD_DECISION_CONFIG)
			continue;
		const struct record rec = lab_decision(l, &d);
		size_t before = r.n;

		lab_feed(l, b, &rec);
		(void)snprintf(what, sizeof(what), "\"what\":\"%s\"", ward_decision_name(kind));
		for (size_t i = before; i < r.n; i++)
			n_told += r.row[i].kind == WARD_OUTPUT_DECISION &&
				  ward_id_eq(r.row[i].id, d.id) &&
				  ward_str_find(r.row[i].json, ward_str_z(what)) != SIZE_MAX;
		if (n_told != ++n_said)
			fail_msg("%s is on no record", ward_decision_name(kind));
	}
	assert_true(n_said > 40);
	ward_brain_free(b);
	rows_fini(&r);
}

static int begin(void **state)
{
	*state = lab_new();
	return *state ? 0 : -1;
}

static int end(void **state)
{
	lab_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind_is_a_row)};

	return cmocka_run_group_tests(tests, begin, end);
}
