/* Rows of the crisis cell from outside, a line each; of those with args also whether they are as a
 * decision is to be. Whatever they say, what is kept is within bounds, and holds together. */
#include "fuzz.h"

#include "crisis/crisis.h"

enum { ARENA = 1 << 22, ROWS = 4096 };

static bool has(void *ctx, struct ward_str id)
{
	(void)ctx;
	return id.len && id.p[0] != 'x';
}

static void judge(const struct ward_crisis *c)
{
	WARD_ASSERT(c->level <= WARD_CRISIS_LEVELS && c->highest <= WARD_CRISIS_LEVELS);
	WARD_ASSERT(!c->level || (c->to == WARD_NS_NEVER && c->lead[WARD_DECISION_SUBJECT] == 0));
	WARD_ASSERT(c->n_item <= WARD_CRISIS_ITEMS && c->n_review <= WARD_CRISIS_ITEMS);
	for (size_t i = 0; i < c->n_item; i++) {
		WARD_ASSERT(c->item[i]->n_answer <= WARD_CRISIS_ANSWERS);
		WARD_ASSERT(c->item[i]->n_list <= WARD_CRISIS_TEXTS);
		WARD_ASSERT((unsigned)c->item[i]->state < WARD_CRISIS_STATE_N);
	}
}

static void one(struct ward_crisis *c, struct ward_arena *a, struct ward_str line)
{
	const struct ward_crisis_ids ids = {has, NULL};
	const struct ward_conf *row = NULL;
	struct ward_limits lim;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_conf_json(a, &lim, WARD_STR("row"), 1, ward_str_bytes(line), &d, &row) ==
		WARD_OK) {
		struct ward_decision x = {.kind = ward_decision_parse(ward_conf_word(row, "what")),
			.text = ward_conf_word(row, "text"),
			.args = line}; /* its own members are args as good as any */

		WARD_ASSERT(ward_crisis_take(c, row) == WARD_OK);
		(void)ward_crisis_wrong(&x, &ids, &lim, a);
	}
	ward_diag_fini(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_str rest = {(const char *)data, size};
	struct ward_crisis c;
	struct ward_arena a;

	ward_crisis_init(&c, ward_mem_heap(), NULL);
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	for (size_t i = 0; rest.len && i < ROWS; i++) {
		ward_arena_reset(&a);
		one(&c, &a, ward_str_cut(&rest, '\n'));
		judge(&c);
	}
	ward_crisis_fini(&c);
	ward_arena_fini(&a);
	return 0;
}
