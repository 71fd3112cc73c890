/* Holds of a journal that was cut: what its records say of them behind a number is remembered, what
 * they ended is not, and a file that somebody changed stays as it is. */
#include "../journal/simdisk.h"
#include "run/again.h"

#include "desk/args.h"
#include "run/proc/journal_says.h"
#include "run/retention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { ARENA = 1 << 20, EVENT = 8192 };

static const ward_ns now = 1773907200ll * 1000000000;

struct world {
	struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_limits lim;
};

static struct ward_id nth(uint64_t i)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "hold");
	ward_idgen_u64(&g, i);
	return ward_idgen_final(&g);
}

static void setup_names(struct world *w)
{
	ward_limits_default(&w->lim);
	ward_arena_init(&w->arena, ward_mem_heap(), ARENA);
	assert_int_equal(ward_names_init(&w->names, ward_mem_heap(), &w->lim), WARD_OK);
}

/* What desk appends, or somebody else who may not. */
static void decide(struct world *w, const struct ward_decision *of, uint32_t source)
{
	struct ward_decision d = *of;
	struct ward_journal_options o;
	struct ward_journal *j;
	uint8_t bytes[EVENT];
	struct ward_wr out = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_event e;
	const char *why;
	uint64_t seq;

	ward_arena_reset(&w->arena);
	ward_event_init(&e, &w->arena);
	e.source = ward_name(&w->names, WARD_STR("desk"));
	assert_int_equal(ward_args_read(&d, &w->lim, &w->arena, &d.args, &why), WARD_OK);
	assert_int_equal(ward_decision_to_event(&d, WARD_REPORT_FIRE, &w->names, &e), WARD_OK);
	ward_event_encode(&e, &w->names, &out);
	assert_false(ward_wr_bad(&out));
	ward_journal_options_default(&o, &w->lim);
	o.segment_bytes = 1 << 16;
	o.seed = 1;
	assert_int_equal(
		ward_journal_open(&o, &w->disk.io, &w->clock.clock, ward_mem_heap(), &j), WARD_OK);
	const struct ward_record r = {.lane = WARD_LANE_CONTROL,
		.type = WARD_RECORD_EVENT,
		.source = source,
		.data = ward_wr_slice(&out)};

	assert_int_equal(ward_journal_append(j, &r, 1, &seq), WARD_OK);
	assert_int_equal(ward_journal_commit(j), WARD_OK);
	ward_journal_close(j);
}

static void hold(struct world *w, uint64_t i, uint32_t source)
{
	const struct ward_decision d = {.kind = WARD_DECISION_HOLD,
		.id = nth(i),
		.at = now,
		.person = WARD_STR("a"),
		.role = WARD_STR("b"),
		.subject = WARD_STR("hospital"),
		.text = WARD_STR("why"),
		.args = WARD_STR("{\"scope\":\"all\",\"until\":\"2027-03-01T00:00:00Z\"}")};

	decide(w, &d, source);
}

static void release(struct world *w, uint64_t i)
{
	char id[WARD_ID_TEXT];
	struct ward_decision d = {.kind = WARD_DECISION_RELEASE_HOLD,
		.id = nth(100 + i),
		.at = now,
		.person = WARD_STR("a"),
		.role = WARD_STR("b"),
		.text = WARD_STR("why")};

	ward_id_text(nth(i), id);
	d.subject = ward_str_z(id);
	decide(w, &d, JOURNAL_DESK);
}

static bool lasts(struct world *w, uint64_t i)
{
	static struct ward_holds holds;
	struct sim_file *f = sim_find(&w->disk, WARD_RETENTION_FILE);
	bool is = false;

	holds = (struct ward_holds){.n = 0};
	assert_non_null(f);
	const struct ward_str all = {(const char *)f->cache, f->len};

	assert_true(ward_retention_whole(all));
	(void)ward_retention_read(all, &holds);
	for (size_t k = 0; k < holds.n; k++)
		is |= ward_id_eq(holds.h[k].id, nth(i));
	return is;
}

static void t_again(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct sim_file *f;
	bool whole = false;

	(void)state;
	sim_init(&w->disk, 3);
	ward_clock_fake_init(&w->clock, now);
	setup_names(w);
	hold(w, 1, JOURNAL_DESK);
	hold(w, 2, JOURNAL_DESK);
	assert_int_equal(ward_holds_again(&w->disk.io, 0, &whole), WARD_OK);
	assert_true(whole);
	assert_true(lasts(w, 1) && lasts(w, 2));
	hold(w, 3, JOURNAL_DESK);
	release(w, 1);
	hold(w, 4, 2); /* of a sensor: it may not */
	assert_int_equal(ward_holds_again(&w->disk.io, 2, &whole), WARD_OK);
	assert_true(whole);
	assert_true(!lasts(w, 1) && lasts(w, 2) && lasts(w, 3) && !lasts(w, 4));
	/* gone through again it is the same */
	assert_int_equal(ward_holds_again(&w->disk.io, 0, &whole), WARD_OK);
	assert_true(whole);
	assert_true(!lasts(w, 1) && lasts(w, 2) && lasts(w, 3) && !lasts(w, 4));
	/* changed by a byte it stays so */
	f = sim_find(&w->disk, WARD_RETENTION_FILE);
	f->cache[8] ^= 1;
	hold(w, 5, JOURNAL_DESK);
	assert_int_equal(ward_holds_again(&w->disk.io, 0, &whole), WARD_OK);
	assert_false(whole); /* and it is said */
	f = sim_find(&w->disk, WARD_RETENTION_FILE);
	assert_false(ward_retention_whole((struct ward_str){(const char *)f->cache, f->len}));
	assert_int_equal(w->disk.n_open, 0);
	ward_names_fini(&w->names);
	ward_arena_fini(&w->arena);
	sim_fini(&w->disk);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_again)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
