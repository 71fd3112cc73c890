/* The list of what is in which formats (base/formats.h) is of what is really written: who changes a
 * form, or adds a kind, says so there, and so thinks of the machine of a former version beside. */
#include "base/formats.h"
#include "comply/evidence.h"
#include "comply/notary.h"
#include "event/event.h"
#include "journal/journal.h"
#include "respond/playbook/run.h"
#include "simdisk.h"
#include "standby/frame.h"
#include "store/migrate.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static uint32_t listed(enum ward_form f)
{
	return ward_form_in(f, ward_formats_most());
}

static void no_form_is_taken_back(void **state)
{
	(void)state;
	for (unsigned f = 0; f < WARD_FORM_N; f++) {
		assert_int_not_equal(ward_form_in((enum ward_form)f, WARD_FORMATS_LEAST), 0);
		for (uint32_t n = WARD_FORMATS_LEAST; n < ward_formats_most(); n++)
			assert_true(ward_form_in((enum ward_form)f, n) <=
				    ward_form_in((enum ward_form)f, n + 1));
	}
}

/* A record of the last type, and the position of who read it. */
static void of_the_journal(void **state)
{
	static struct sim_disk disk;
	struct ward_clock_fake clock;
	struct ward_limits limits;
	struct ward_journal_options o;
	struct ward_journal *j;
	struct ward_record r = {.lane = WARD_LANE_EVIDENCE,
		.type = WARD_RECORD_EVENT,
		.source = 3,
		.data = ward_slice_of("x", 1)};
	uint64_t seq;

	(void)state;
	sim_init(&disk, 1);
	ward_clock_fake_init(&clock, WARD_NS_PER_S);
	ward_limits_default(&limits);
	ward_journal_options_default(&o, &limits);
	assert_int_equal(
		ward_journal_open(&o, &disk.io, &clock.clock, ward_mem_heap(), &j), WARD_OK);
	assert_int_equal(ward_journal_append(j, &r, 1, &seq), WARD_OK);
	assert_int_equal(ward_journal_commit(j), WARD_OK);
	assert_int_equal(ward_journal_ack(j, WARD_STR("brain"), seq), WARD_OK);
	ward_journal_close(j);
	const struct sim_file *segment = sim_find(&disk, "evidence-00000000.seg"),
			      *readers = sim_find(&disk, "readers");

	assert_non_null(segment);
	assert_non_null(readers);
	assert_memory_equal(segment->cache, "WARDJSEG", 8);
	assert_int_equal(segment->cache[8], listed(WARD_FORM_SEGMENT));
	assert_memory_equal(readers->cache, "WARDREAD", 8);
	assert_int_equal(readers->cache[8], listed(WARD_FORM_READERS));
	assert_int_equal(WARD_RECORD_ERASED, listed(WARD_FORM_RECORD_TYPE));
	sim_fini(&disk);
}

static void of_an_event(void **state)
{
	struct ward_limits limits;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_event e;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	(void)state;
	ward_limits_default(&limits);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &limits), WARD_OK);
	ward_event_init(&e, &arena);
	e.source = ward_name(&names, WARD_STR("desk"));
	e.class = ward_name(&names, WARD_STR("ward.decision"));
	ward_event_encode(&e, &names, &w);
	assert_int_equal(w.p[0], listed(WARD_FORM_EVENT));
	ward_wr_fini(&w);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
}

static void of_the_database(void **state)
{
	char dir[] = "/tmp/ward-formats-XXXXXX", path[64];
	struct ward_store_options o = {
		.path = path, .clock = ward_clock_system(), .mem = ward_mem_heap()};
	struct ward_store_row row = {.revision = 1, .json = WARD_STR("{}")};
	struct ward_store *s;
	uint8_t head[64];
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/ward.db", dir);
	assert_int_equal(ward_store_open(&o, &s), WARD_OK);
	assert_int_equal(ward_store_begin(s), WARD_OK);
	for (unsigned k = 1; k <= WARD_ROW_KIND_LAST; k++) {
		row.kind = (enum ward_row_kind)k;
		assert_int_equal(ward_store_put(s, &row), WARD_OK);
	}
	row.kind = (enum ward_row_kind)(WARD_ROW_KIND_LAST + 1);
	assert_int_equal(ward_store_put(s, &row), WARD_ERR_MALFORMED);
	assert_int_equal(ward_store_commit(s, 1), WARD_OK);
	ward_store_close(s);
	assert_int_equal(WARD_ROW_KIND_LAST, listed(WARD_FORM_ROW_KIND));

	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fread(head, 1, sizeof(head), f), sizeof(head));
	(void)fclose(f);
	(void)ward_store_migrations(&n);
	assert_int_equal(head[63], n); /* its user_version */
	assert_int_equal(n, listed(WARD_FORM_DATABASE));
	(void)unlink(path);
	(void)rmdir(dir);
}

static void of_runs(void **state)
{
	uint8_t saved[64] = {'W', 'R', 'U', 'N', (uint8_t)listed(WARD_FORM_RUN)};
	struct ward_slice s = ward_slice_of(saved, sizeof(saved));
	struct ward_run *r;

	(void)state;
	assert_int_equal(ward_run_load(s, NULL, ward_mem_heap(), &r), WARD_ERR_MALFORMED);
	saved[4]++;
	assert_int_equal(ward_run_load(s, NULL, ward_mem_heap(), &r), WARD_ERR_VERSION);
}

static void of_what_is_sealed_and_signed(void **state)
{
	uint8_t seed[WARD_NOTARY_SEED] = {1}, key[WARD_EVIDENCE_PUBLIC],
		secret[WARD_EVIDENCE_SECRET], sealed[WARD_EVIDENCE_SEALED];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_evidence e = {.camera = WARD_STR("c")};
	struct ward_notary n;

	(void)state;
	ward_notary_new(seed, &n);
	ward_notary_save(&n, listed(WARD_FORM_NOTARY), &w);
	assert_int_equal(ward_notary_load(ward_wr_slice(&w), &n), WARD_OK);
	ward_wr_reset(&w);
	ward_notary_save(&n, listed(WARD_FORM_NOTARY) + 1, &w);
	assert_int_equal(ward_notary_load(ward_wr_slice(&w), &n), WARD_ERR_VERSION);
	ward_wr_reset(&w);
	ward_evidence_keys(key, secret);
	assert_int_equal(
		ward_evidence_write(&e, key, ward_slice_of("clip", 4), &w, sealed), WARD_OK);
	assert_memory_equal(w.p, "WARDCLIP", 8);
	assert_int_equal(w.p[8], listed(WARD_FORM_CLIP));
	ward_wr_fini(&w);
}

static void of_what_two_machines_say(void **state)
{
	uint8_t buf[1024];

	(void)state;
	for (unsigned t = WARD_STANDBY_HELLO; t < WARD_STANDBY_TYPES; t++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		bool greets = t == WARD_STANDBY_HELLO || t == WARD_STANDBY_WELCOME ||
			      t == WARD_STANDBY_BEAT;

		ward_standby_put(&w, &(struct ward_standby_frame){.type = (enum ward_standby_type)t,
					     .epoch = 1,
					     .node = WARD_STR("a"),
					     .formats = 1,
					     .most = 1});
		assert_false(ward_wr_bad(&w));
		assert_int_equal(buf[4], listed(greets ? WARD_FORM_GREETING : WARD_FORM_FRAME));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_form_is_taken_back),
		cmocka_unit_test(of_the_journal),
		cmocka_unit_test(of_an_event),
		cmocka_unit_test(of_the_database),
		cmocka_unit_test(of_runs),
		cmocka_unit_test(of_what_is_sealed_and_signed),
		cmocka_unit_test(of_what_two_machines_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
