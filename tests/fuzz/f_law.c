/* Rules of the law and rows of decisions from outside: before a line "---" a file of rules, behind
 * it rows, a line each. Whatever they say, clocks hold together. */
#include "fuzz.h"

#include "law/law.h"

enum { ARENA = 1 << 24, ROWS = 256 };

static void judge(const struct ward_law *l, const struct ward_law_case *c, ward_ns now)
{
	static struct ward_law_clock k[WARD_LAW_RULES];
	const struct ward_law_record r = {
		.event = now / 2, .detected = now / 2 + 1, .seen = {true, false, true, false}};
	size_t n = ward_law_clocks(l, c, &r, now, k);

	WARD_ASSERT(n <= l->n_rule && c->n <= WARD_LAW_WORDS);
	for (size_t i = 0; i < n; i++) {
		WARD_ASSERT((unsigned)k[i].state < WARD_LAW_STATE_N && k[i].used <= 1000);
		WARD_ASSERT(k[i].due == WARD_NS_NEVER || k[i].from != WARD_NS_NEVER);
		WARD_ASSERT(k[i].state != WARD_LAW_LATE || k[i].due < now);
		WARD_ASSERT(k[i].next < n);
	}
	for (size_t i = 0; i < l->n_fact; i++) {
		const struct ward_law_weighed w = ward_law_weigh(l, i, c, &r);

		WARD_ASSERT(!w.said || w.said->is == WARD_LAW_UNKNOWN || w.said->is == w.is);
		WARD_ASSERT(!w.by || w.measured);
	}
}

static void rows(struct ward_arena *a, const struct ward_limits *lim, const struct ward_law *l,
	struct ward_str rest)
{
	const ward_ns now = 1780000000 * WARD_NS_PER_S;
	struct ward_law_case c;

	ward_law_case_init(&c, ward_mem_heap());
	for (size_t i = 0; rest.len && i < ROWS; i++) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		const struct ward_conf *row = NULL;
		struct ward_diag d;

		ward_diag_init(&d, ward_mem_heap());
		if (ward_conf_json(a, lim, WARD_STR("row"), 1, ward_str_bytes(line), &d, &row) ==
			WARD_OK) {
			const struct ward_decision x = {.kind = WARD_DECISION_LAW,
				.text = WARD_STR("why"),
				.args = line}; /* its own members are args as good as any */

			(void)ward_law_wrong(&x, l, now, lim, a);
			WARD_ASSERT(ward_law_take(&c, l, row) != WARD_ERR_NOMEM);
		}
		ward_diag_fini(&d);
		judge(l, &c, now);
	}
	ward_law_case_fini(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_str text = {(const char *)data, size};
	size_t at = ward_str_find(text, WARD_STR("\n---\n"));
	static struct ward_law law;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_law_file f = {WARD_STR("law.yml"),
		ward_str_bytes(ward_str_sub(text, 0, at == SIZE_MAX ? size : at + 1))};

	if (ward_law_read(&f, 1, &a, &lim, &d, &law) == WARD_OK && at != SIZE_MAX)
		rows(&a, &lim, &law, ward_str_sub(text, at + 5, size));
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return 0;
}
