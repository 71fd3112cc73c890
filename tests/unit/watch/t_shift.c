/* The watch: a key and a promise, a hand-over that is accepted by name, and what is refused. */
#include "../model/lab.h"
#include "watch/shift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROLES "roles:\n  - {id: guard, name: Guard}\n  - {id: director, name: Director}\n"
#define ID(n) "00000000-0000-8000-8000-00000000000" #n

struct fix {
	struct lab lab;
	struct ward_watchposts p;
	struct ward_counters counters;
	struct ward_shift *w;
	bool moved;
};

static void begin(struct fix *x)
{
	memset(x, 0, sizeof(*x));
	ward_counters_init(&x->counters);
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ROLES), WARD_OK);
	const struct ward_watchpost_in in = {x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};

	assert_int_equal(
		ward_watchpost_read(&in, WARD_STR("posts.yml"),
			ward_str_bytes(ward_str_z("posts:\n"
						  "  - {id: gate, name: Gate, roles: guard}\n")),
			&x->p),
		WARD_OK);
	const struct ward_shift_opts o = {ward_mem_heap(), x->lab.m, &x->p, &x->counters};

	assert_int_equal(ward_shift_new(&o, &x->w), WARD_OK);
}

static void end(struct fix *x)
{
	ward_shift_free(x->w);
	ward_watchpost_free(&x->p);
	lab_free(&x->lab);
}

static void take(struct fix *x, const char *id, const char *what, const char *subject,
	const char *person, const char *more)
{
	const struct ward_conf *c = NULL;
	struct ward_arena a;
	struct ward_diag d;
	char json[2048];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"%s\",\"time\":\"2026-03-12T03:10:00Z\",\"what\":"
		"\"%s\",\"subject\":\"%s\",\"person\":\"%s\",%s}",
		id, what, subject, person, more);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&a, &x->lab.lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &c),
		WARD_OK);
	assert_int_equal(ward_shift_take(x->w, c, &x->moved), WARD_OK);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
}

#define GUARD "\"role\":\"guard\",\"text\":\"\",\"args\":{\"name\":\"Anna\"}"

static void is_handed_over(void **state)
{
	struct ward_str text = WARD_STR("broken|cam|t|Camera offline\n");
	const struct ward_shift_post *p;
	char hash[WARD_SHEET_HASH], args[512];
	struct fix x;

	(void)state;
	begin(&x);
	p = ward_shift_at(x.w, 0);
	assert_false(ward_shift_absent(x.w, WARD_STR("guard"))); /* nobody uses it */
	take(&x, ID(1), "take-over", "gate", "anna", GUARD);
	assert_true(x.moved && p->began && p->ever);
	assert_true(ward_str_eqz(p->began->name, "Anna"));
	take(&x, ID(2), "log", "gate", "anna",
		"\"role\":\"guard\",\"text\":\"key 12 to a plumber\",\"args\":{\"kind\":\"key\"}");
	assert_false(x.moved);
	take(&x, ID(2), "log", "gate", "anna", /* told again */
		"\"role\":\"guard\",\"text\":\"key 12 to a plumber\",\"args\":{\"kind\":\"key\"}");
	assert_int_equal(p->n, 2);
	assert_true(p->entry[1]->open);
	ward_sheet_hash(text, hash);
	(void)snprintf(args, sizeof(args),
		"\"role\":\"guard\",\"text\":\"quiet\",\"args\":{\"name\":\"Anna\",\"sheet\":"
		"\"%s\",\"broken\":[\"cam|t|Camera offline\"]}",
		hash);
	take(&x, ID(3), "hand-over", "gate", "anna", args);
	assert_true(x.moved && !p->began && p->waiting && p->waiting->intact);
	assert_true(ward_str_eq(p->waiting->sheet, text));
	assert_true(ward_shift_absent(x.w, WARD_STR("guard")));
	assert_false(ward_shift_absent(x.w, WARD_STR("director")));
	take(&x, ID(4), "take-over", ID(3), "bo",
		"\"role\":\"guard\",\"text\":\"\",\"args\":{\"name\":\"Bo\"}");
	assert_true(p->began && !p->waiting);
	assert_false(ward_shift_absent(x.w, WARD_STR("guard")));
	const struct ward_shift_post *of = NULL;
	struct ward_id id;

	assert_true(ward_id_parse(WARD_STR(ID(3)), &id));
	const struct ward_shift_entry *e = ward_shift_find(x.w, id, &of);

	assert_non_null(e);
	assert_ptr_equal(of, p);
	assert_true(!e->open && ward_str_eqz(e->done_name, "Bo"));
	take(&x, ID(5), "log-done", ID(2), "bo", GUARD);
	assert_false(p->entry[1]->open);
	assert_int_equal(p->n, 4); /* what is done is no entry of its own */
	end(&x);
}

static void refuses(void **state)
{
	static const struct {
		enum ward_decision_kind kind;
		const char *subject, *person, *role, *text, *args, *why;
	} all[] = {
		{WARD_DECISION_LOG, "moon", "anna", "guard", "x", "key", "no such post"},
		{WARD_DECISION_LOG, "gate", "anna", "director", "x", "key", "does not man"},
		{WARD_DECISION_LOG, "gate", "anna", "guard", "x", "hand-over", "its kind is"},
		{WARD_DECISION_LOG, "gate", "anna", "guard", "", "key", "a few words"},
		{WARD_DECISION_LOG, ID(1), "anna", "guard", "x", "key", "at which post"},
		{WARD_DECISION_LOG_DONE, ID(9), "anna", "guard", "", "", "no such entry"},
		{WARD_DECISION_LOG_DONE, ID(1), "anna", "guard", "", "", "which entry"},
		{WARD_DECISION_HAND_OVER, "gate", "bo", "guard", "", "", "somebody else mans"},
		{WARD_DECISION_TAKE_OVER, "gate", "anna", "guard", "", "", "already"},
		{WARD_DECISION_TAKE_OVER, ID(1), "bo", "guard", "", "", "was accepted"},
		{WARD_DECISION_NOTE, "gate", "bo", "guard", "", "", "nothing of the watch"},
	};
	struct fix x;

	(void)state;
	begin(&x);
	take(&x, ID(1), "take-over", "gate", "anna", GUARD);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		const struct ward_decision d = {.kind = all[i].kind,
			.subject = ward_str_z(all[i].subject),
			.person = ward_str_z(all[i].person),
			.role = ward_str_z(all[i].role),
			.text = ward_str_z(all[i].text)};
		const char *why = ward_shift_refuses(x.w, &d, ward_str_z(all[i].args));

		if (!why || !strstr(why, all[i].why))
			fail_msg("%zu: %s", i, why ? why : "taken");
	}
	take(&x, ID(2), "hand-over", "gate", "bo", GUARD); /* as a row: void, and counted */
	assert_false(x.moved);
	assert_int_equal(ward_shift_at(x.w, 0)->n, 1);
	take(&x, ID(3), "hand-over", "gate", "anna",
		"\"role\":\"guard\",\"text\":\"\",\"args\":{\"sheet\":\"0\"}");
	assert_false(ward_shift_at(x.w, 0)->waiting->intact); /* not what its hash is of */
	end(&x);
}

static void forgets_what_is_done(void **state)
{
	struct fix x;
	char id[64];

	(void)state;
	begin(&x);
	take(&x, ID(1), "take-over", "gate", "anna", GUARD);
	take(&x, ID(2), "log", "gate", "anna",
		"\"role\":\"guard\",\"text\":\"k\",\"args\":{\"kind\":\"key\"}");
	for (unsigned i = 0; i < WARD_SHIFT_ENTRIES + 10; i++) {
		(void)snprintf(id, sizeof(id), "00000000-0000-8000-8000-0000000010%02x", i % 256);
		id[24 + i / 256] = 'f';
		take(&x, id, "log", "gate", "anna",
			"\"role\":\"guard\",\"text\":\"r\",\"args\":{\"kind\":\"round\"}");
	}
	const struct ward_shift_post *p = ward_shift_at(x.w, 0);

	assert_int_equal(p->n, WARD_SHIFT_ENTRIES);
	assert_int_equal(p->forgotten, 12);
	assert_ptr_equal(p->entry[0], p->began);
	assert_true(p->entry[1]->open); /* the key */
	end(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_handed_over),
		cmocka_unit_test(refuses),
		cmocka_unit_test(forgets_what_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
