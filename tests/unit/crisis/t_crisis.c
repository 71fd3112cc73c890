/* The crisis cell out of rows of decisions. */
#include "crisis/crisis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ARENA = 64 << 20 };

struct cell {
	struct ward_crisis c;
	struct ward_counters counters;
	struct ward_arena a;
	struct ward_limits lim;
	unsigned n; /* rows */
};

static int begin(void **state)
{
	static struct cell s;

	s = (struct cell){.n = 0};
	ward_limits_default(&s.lim);
	ward_counters_init(&s.counters);
	ward_arena_init(&s.a, ward_mem_heap(), ARENA);
	ward_crisis_init(&s.c, ward_mem_heap(), &s.counters);
	*state = &s;
	return 0;
}

static int end(void **state)
{
	struct cell *s = *state;

	ward_crisis_fini(&s->c);
	ward_arena_fini(&s->a);
	return 0;
}

static struct ward_id id_of(unsigned n)
{
	char text[WARD_ID_TEXT];
	struct ward_id id;

	(void)snprintf(text, sizeof(text), "00000000-0000-8000-8000-%012u", n);
	assert_true(ward_id_parse(ward_str_z(text), &id));
	return id;
}

static enum ward_err take(struct cell *s, const char *json)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&s->a, &s->lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &c),
		WARD_OK);
	ward_diag_fini(&d);
	return ward_crisis_take(&s->c, c);
}

/* A decision of minute n, by that role, whose id has the number that it gives back. */
static unsigned say(
	struct cell *s, const char *role, const char *what, const char *subject, const char *more)
{
	char json[2048];
	unsigned n = ++s->n;

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"00000000-0000-8000-8000-%012u\",\"revision\":1,"
		"\"time\":\"2026-03-12T03:%02u:00Z\",\"what\":\"%s\",\"subject\":\"%s\","
		"\"person\":\"p-%s\",\"role\":\"%s\",\"text\":\"t%u\"%s}",
		n, n % 60, what, subject, role, role, n, more);
	assert_int_equal(take(s, json), WARD_OK);
	return n;
}

static uint64_t voids(struct cell *s)
{
	return ward_counter_get(&s->counters, "crisis.void");
}

static const char *subject(unsigned n)
{
	static char text[WARD_ID_TEXT];

	ward_id_text(id_of(n), text);
	return text;
}

#define LEVEL(n) ",\"args\":{\"level\":\"" n "\"}"

static void rises_and_stands_down(void **state)
{
	struct cell *s = *state;
	struct ward_crisis *c = &s->c;

	assert_int_equal(c->level, 0);
	(void)say(s, "crisis-manager", "activate", "crisis", LEVEL("2"));
	assert_int_equal(c->level, 2);
	assert_true(c->from == c->since && c->to == WARD_NS_NEVER);
	assert_string_equal(c->lead, "crisis-manager");
	(void)say(s, "medical-director", "activate", "crisis", LEVEL("2")); /* it is */
	assert_int_equal(voids(s), 1);
	(void)say(s, "medical-director", "activate", "crisis", LEVEL("3"));
	assert_int_equal(c->level, 3);
	assert_true(c->since > c->from);
	assert_string_equal(c->lead, "medical-director");
	(void)say(s, "medical-director", "stand-down", "crisis", "");
	assert_int_equal(c->level, 0);
	assert_int_equal(c->highest, 3);
	assert_true(c->to == c->since);
	(void)say(s, "medical-director", "stand-down", "crisis", ""); /* there is none */
	assert_int_equal(voids(s), 2);
	assert_int_equal(c->n_item, 3);
}

/* What was decided before it belongs to it; the next one begins with what came since. */
static void begins_anew(void **state)
{
	struct cell *s = *state;
	struct ward_crisis *c = &s->c;
	unsigned first, late;

	(void)say(s, "cm", "task", "crisis", ",\"args\":{\"owner\":\"it\"}");
	first = say(s, "cm", "activate", "crisis", LEVEL("1"));
	(void)say(s, "cm", "resolve", "crisis",
		",\"args\":{\"why\":\"w\",\"alternatives\":[\"a\",\"b\"]}");
	(void)say(s, "cm", "stand-down", "crisis", "");
	(void)say(s, "cm", "review", "crisis", ",\"args\":{\"finding\":\"change\"}");
	late = say(s, "cm", "task", "crisis", ",\"args\":{\"owner\":\"it\"}");
	assert_int_equal(c->n_item, 5);
	assert_int_equal(c->item[2]->n_list, 2);
	assert_true(ward_str_eqz(c->item[2]->list[1], "b"));
	(void)say(s, "cm", "activate", "crisis", LEVEL("3"));
	assert_int_equal(c->n_past, 1);
	assert_true(ward_id_eq(c->past[0].id, id_of(first)));
	assert_int_equal(c->past[0].highest, 1);
	assert_int_equal(c->past[0].n_task, 1);
	assert_int_equal(c->past[0].n_decision, 1);
	assert_int_equal(c->n_item, 2);
	assert_non_null(ward_crisis_find(c, id_of(late)));
	assert_int_equal(c->highest, 3);
	assert_int_equal(c->n_review, 1); /* what was learnt stays */
	assert_true(ward_str_eqz(c->review[0]->finding, "change"));
}

/* Its owner ends a task, whoever gave it, and who leads; nobody else. */
static void ends_tasks(void **state)
{
	struct cell *s = *state;
	struct ward_crisis *c = &s->c;
	unsigned t = say(s, "cm", "task", "crisis",
		",\"args\":{\"owner\":\"it\",\"due\":\"2026-03-12T03:30:00Z\"}");
	const struct ward_crisis_item *i = ward_crisis_find(c, id_of(t));

	assert_non_null(i);
	assert_false(ward_crisis_is_late(i, i->due));
	assert_true(ward_crisis_is_late(i, i->due + 1));
	(void)say(s, "guard", "task-done", subject(t), "");
	assert_int_equal(i->state, WARD_CRISIS_OPEN);
	(void)say(s, "it", "task-done", subject(t), ",\"args\":{\"outcome\":\"maybe\"}");
	assert_int_equal(i->state, WARD_CRISIS_OPEN);
	(void)say(s, "it", "task-done", subject(t), ",\"args\":{\"outcome\":\"cannot\"}");
	assert_int_equal(i->state, WARD_CRISIS_CANNOT);
	assert_false(ward_crisis_is_late(i, i->due + 1));
	(void)say(s, "cm", "task-done", subject(t), "");
	assert_int_equal(i->state, WARD_CRISIS_DONE);
	assert_true(ward_str_eqz(i->ended_role, "cm"));
	(void)say(s, "it", "task-done", subject(t), ""); /* it was */
	(void)say(s, "it", "task-done", subject(77), "");
	assert_int_equal(voids(s), 4);
	t = say(s, "cm", "task", "crisis", ",\"args\":{\"owner\":\"p-nurse\"}");
	(void)say(s, "nurse", "task-done", subject(t), ",\"args\":{\"outcome\":\"done\"}");
	assert_int_equal(ward_crisis_find(c, id_of(t))->state, WARD_CRISIS_DONE);
}

static void hears_who_comes(void **state)
{
	struct cell *s = *state;
	unsigned t = say(s, "cm", "recall", "crisis",
		",\"args\":{\"roles\":[\"nurse\",\"it\"],\"place\":\"Room 1\"}");
	const struct ward_crisis_item *i = ward_crisis_find(&s->c, id_of(t));

	assert_int_equal(i->n_list, 2);
	assert_true(ward_str_eqz(i->place, "Room 1"));
	(void)say(s, "nurse", "recall-answer", subject(t),
		",\"args\":{\"comes\":\"yes\",\"minutes\":\"40\"}");
	(void)say(s, "operator", "recall-answer", subject(t),
		",\"args\":{\"comes\":\"no\",\"person\":\"p-it\"}");
	(void)say(s, "nurse", "recall-answer", subject(t),
		",\"args\":{\"comes\":\"yes\",\"minutes\":\"25\"}"); /* the last word counts */
	(void)say(s, "nurse", "recall-answer", subject(t),
		",\"args\":{\"comes\":\"yes\",\"minutes\":\"9999\"}");
	assert_int_equal(i->n_answer, 2);
	assert_int_equal(i->answer[0].minutes, 25);
	assert_true(i->answer[0].comes && !i->answer[1].comes);
	assert_true(ward_str_eqz(i->answer[1].person, "p-it"));
	assert_int_equal(voids(s), 1);
}

/* Of more than there is room for, what is no open task goes first, and is counted. */
static void forgets(void **state)
{
	struct cell *s = *state;
	unsigned t = say(s, "cm", "task", "crisis", ",\"args\":{\"owner\":\"it\"}");

	for (size_t i = 0; i < WARD_CRISIS_ITEMS + 5; i++)
		(void)say(s, "cm", "resolve", "crisis", ",\"args\":{\"why\":\"w\"}");
	assert_int_equal(s->c.n_item, WARD_CRISIS_ITEMS);
	assert_int_equal(s->c.forgotten, 6);
	assert_non_null(ward_crisis_find(&s->c, id_of(t)));
}

/* Rows are not trusted: what says nothing is counted, and changes nothing. */
static void doubts(void **state)
{
	static const char *const bad[] = {"{\"what\":\"activate\"}",
		"{\"what\":\"activate\",\"id\":\"00000000-0000-8000-8000-000000000001\",\"time\":"
		"\"2026-03-12T03:00:00Z\",\"args\":7}",
		"{\"what\":\"task-done\",\"id\":\"00000000-0000-8000-8000-000000000001\",\"time\":"
		"\"2026-03-12T03:00:00Z\",\"subject\":{}}",
		"{\"what\":\"recall\",\"id\":\"x\"}", "{\"what\":\"close\"}", "[]", "7"};
	struct cell *s = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(take(s, bad[i]), WARD_OK);
	assert_int_equal(voids(s), 4);
	assert_int_equal(s->c.n_item, 0);
	(void)say(s, "cm", "recall", "crisis", ",\"args\":{\"roles\":\"all\"}");
	assert_int_equal(s->c.item[0]->n_list, 0);
}

/* A failing allocation anywhere loses the row, nothing else. */
static void runs_out_of_memory(void **state)
{
	struct cell *s = *state;

	for (uint64_t at = 1; at < 12; at++) {
		struct ward_mem_failing f;
		struct ward_crisis c;

		ward_mem_failing_init(&f, at);
		ward_crisis_init(&c, &f.mem, NULL);
		s->c = c;
		s->n = 0;
		static const char *const row[] = {
			"{\"what\":\"activate\",\"id\":\"00000000-0000-8000-8000-000000000001\","
			"\"time\":\"2026-03-12T03:00:00Z\",\"role\":\"a\",\"person\":\"b\","
			"\"args\":{\"level\":\"1\"}}",
			"{\"what\":\"recall\",\"id\":\"00000000-0000-8000-8000-000000000002\","
			"\"time\":\"2026-03-12T03:00:00Z\",\"role\":\"a\",\"person\":\"b\","
			"\"args\":{\"roles\":[\"x\"]}}",
			"{\"what\":\"recall-answer\",\"id\":\"00000000-0000-8000-8000-"
			"000000000003\",\"subject\":\"00000000-0000-8000-8000-000000000002\","
			"\"time\":\"2026-03-12T03:00:00Z\",\"role\":\"a\",\"person\":\"b\","
			"\"args\":{\"comes\":\"yes\"}}"};
		for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
			enum ward_err err = take(s, row[i]);

			assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		}
		ward_crisis_fini(&s->c);
	}
	ward_crisis_init(&s->c, ward_mem_heap(), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rises_and_stands_down, begin, end),
		cmocka_unit_test_setup_teardown(begins_anew, begin, end),
		cmocka_unit_test_setup_teardown(ends_tasks, begin, end),
		cmocka_unit_test_setup_teardown(hears_who_comes, begin, end),
		cmocka_unit_test_setup_teardown(forgets, begin, end),
		cmocka_unit_test_setup_teardown(doubts, begin, end),
		cmocka_unit_test_setup_teardown(runs_out_of_memory, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
