/* What a decision of the cell must say. */
#include "crisis/crisis.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool has(void *ctx, struct ward_str id)
{
	(void)ctx;
	return ward_str_eqz(id, "nurse") || ward_str_eqz(id, "m-gallo");
}

static const struct {
	enum ward_decision_kind kind;
	const char *text, *args, *wrong; /* wrong: a part of why; NULL: it is right */
} all[] = {
	{WARD_DECISION_ACTIVATE, "why", "{\"level\":\"3\"}", NULL},
	{WARD_DECISION_ACTIVATE, "why", "{\"level\":\"0\"}", "1, 2 or 3"},
	{WARD_DECISION_ACTIVATE, "why", "{\"level\":\"4\"}", "1, 2 or 3"},
	{WARD_DECISION_ACTIVATE, " ", "{\"level\":\"3\"}", "why"},
	{WARD_DECISION_ACTIVATE, "why", "", "1, 2 or 3"},
	{WARD_DECISION_STAND_DOWN, "over", "", NULL}, {WARD_DECISION_STAND_DOWN, "", "", "over"},
	{WARD_DECISION_RESOLVE, "what", "{\"why\":\"so\",\"alternatives\":[\"b\"]}", NULL},
	{WARD_DECISION_RESOLVE, "what", "{\"why\":\"\"}", "why"},
	{WARD_DECISION_TASK, "what", "{\"owner\":\"nurse\"}", NULL},
	{WARD_DECISION_TASK, "what", "{\"owner\":\"m-gallo\",\"due\":\"2026-03-12T03:41:00Z\"}",
		NULL},
	{WARD_DECISION_TASK, "what", "{\"owner\":\"wizard\"}", "no role or person"},
	{WARD_DECISION_TASK, "what", "{\"owner\":\"nurse\",\"due\":\"soon\"}", "until when"},
	{WARD_DECISION_TASK, "what", "", "who"}, {WARD_DECISION_TASK_DONE, "", "", NULL},
	{WARD_DECISION_TASK_DONE, "", "{\"outcome\":\"cannot\"}", NULL},
	{WARD_DECISION_TASK_DONE, "", "{\"outcome\":\"open\"}", "done, cannot or dropped"},
	{WARD_DECISION_RECALL, "what for", "{\"roles\":[\"nurse\"]}", NULL},
	{WARD_DECISION_RECALL, "what for", "{\"roles\":[\"nurse\",\"x\"]}", "no role"},
	{WARD_DECISION_RECALL, "what for", "", "which roles"},
	{WARD_DECISION_RECALL_ANSWER, "", "{\"comes\":\"yes\",\"minutes\":\"1440\"}", NULL},
	{WARD_DECISION_RECALL_ANSWER, "", "{\"comes\":\"yes\",\"minutes\":\"1441\"}", "minutes"},
	{WARD_DECISION_RECALL_ANSWER, "", "{\"comes\":\"perhaps\"}", "yes or no"},
	{WARD_DECISION_RECALL_ANSWER, "", "{\"comes\":\"no\",\"person\":\"x\"}", "nobody"},
	{WARD_DECISION_REVIEW, "learnt", "{\"finding\":\"keep\"}", NULL},
	{WARD_DECISION_REVIEW, "learnt", "{\"finding\":\"change\",\"owner\":\"nurse\"}", NULL},
	{WARD_DECISION_REVIEW, "learnt", "{\"finding\":\"so so\"}", "keep"},
	{WARD_DECISION_REVIEW, "learnt", "{\"finding\":\"keep\",\"owner\":\"x\"}", "no role"},
	{WARD_DECISION_REVIEW, "learnt", "{\"finding\":", "can't be read"},
	{WARD_DECISION_CLOSE, "", "", NULL}, /* none of the cell's */
};

static void says_what_is_wrong(void **state)
{
	const struct ward_crisis_ids ids = {has, NULL};
	struct ward_limits lim;
	struct ward_arena a;

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		const struct ward_decision d = {.kind = all[i].kind,
			.text = ward_str_z(all[i].text),
			.args = ward_str_z(all[i].args)};
		const char *why = ward_crisis_wrong(&d, &ids, &lim, &a);

		if (!all[i].wrong && why)
			fail_msg("row %zu: %s", i, why);
		if (all[i].wrong && (!why || !strstr(why, all[i].wrong)))
			fail_msg("row %zu: %s", i, why ? why : "right");
	}
	ward_arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_is_wrong)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
