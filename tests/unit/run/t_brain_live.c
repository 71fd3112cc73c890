/* The brain's real process between the real journal and the real store: a record at which life
 * after life has ended is left out, and the next one is thought about. */
#include "live.h"

#include "event/event.h"
#include "journal/journal.h"
#include "run/process.h"
#include "run/rows.h"
#include "run/wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct lab {
	char folder[64], journal_dir[96], store_dir[96], hospital[512], content[512];
	struct live_process journal, store, brain;
	int net[2], read[2], commit[2], tell[2];
	int place;
	struct ward_ask ask_net, ask_tell;
	struct ward_batch batch;
	struct ward_names names;
	struct ward_limits lim;
	struct ward_arena arena;
	char seen[1 << 16]; /* titles of detections, in order */
	size_t n_seen;
	uint64_t after;
};

static struct lab lab;

static struct ward_ask ask_on(int fd)
{
	return (struct ward_ask){.fd = fd,
		.next_id = 1,
		.again = 500 * WARD_NS_PER_MS,
		.give_up = 60 * WARD_NS_PER_S,
		.clock = ward_clock_system()};
}

static void link_to(struct live_process *p, size_t i, const char *name, int fd)
{
	p->fd[i].name = name;
	p->fd[i].fd = fd;
}

static int start(void **state)
{
	struct lab *l = &lab;
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->journal_dir, sizeof(l->journal_dir), "dir=%.60s/journal", l->folder);
	(void)snprintf(l->store_dir, sizeof(l->store_dir), "dir=%.60s/store", l->folder);
	(void)snprintf(l->hospital, sizeof(l->hospital), "hospital=%.400s/pilots/turin", root);
	(void)snprintf(l->content, sizeof(l->content), "content=%.400s/content", root);
	live_pair(l->net);
	live_pair(l->read);
	live_pair(l->commit);
	live_pair(l->tell);
	l->place = memfd_create("place", 0);
	assert_true(l->place >= 0);
	l->journal = (struct live_process){.name = "journal", .arg = {l->journal_dir}};
	link_to(&l->journal, 0, "net", l->net[1]);
	link_to(&l->journal, 1, "brain", l->read[1]);
	l->store = (struct live_process){.name = "store", .arg = {l->store_dir}};
	link_to(&l->store, 0, "brain", l->commit[1]);
	link_to(&l->store, 1, "tell", l->tell[1]);
	l->brain = (struct live_process){.name = "brain", .arg = {l->hospital, l->content}};
	link_to(&l->brain, 0, "journal", l->read[0]);
	link_to(&l->brain, 1, "store", l->commit[0]);
	link_to(&l->brain, 2, "place", l->place);
	l->ask_net = ask_on(l->net[0]);
	l->ask_tell = ask_on(l->tell[0]);
	ward_limits_default(&l->lim);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	live_start(&l->journal);
	live_start(&l->store);
	*state = l;
	return 0;
}

static int stop(void **state)
{
	struct lab *l = *state;

	(void)live_end(&l->brain, SIGTERM);
	(void)live_end(&l->store, SIGTERM);
	(void)live_end(&l->journal, SIGTERM);
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
	live_remove(l->folder);
	return 0;
}

/* A forced door, onto the journal. */
static void force(struct lab *l, const char *door)
{
	uint8_t record[4096];
	struct ward_wr w = ward_wr_fixed(record, sizeof(record));
	struct ward_event e;
	struct ward_msg m;

	ward_arena_reset(&l->arena);
	ward_event_init(&e, &l->arena);
	e.source = ward_name(&l->names, WARD_STR("doors"));
	e.class = ward_name(&l->names, WARD_STR("door.forced"));
	e.time = e.seen = ward_clock_now(ward_clock_system());
	e.id = ward_event_id(ward_str_z(door), 1, 1, 0);
	assert_int_equal(
		ward_event_set(&e, WARD_FIELD_DOOR, ward_value_str(ward_str_z(door))), WARD_OK);
	ward_event_encode(&e, &l->names, &w);
	ward_batch_begin(&l->batch);
	assert_true(ward_batch_add(
		&l->batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, ward_wr_slice(&w)));
	assert_int_equal(ward_ask(&l->ask_net, WARD_MSG_APPEND, ward_batch_body(&l->batch),
				 WARD_MSG_APPENDED, &m),
		WARD_OK);
	assert_int_equal(ward_rd_u8(&m.body), WARD_OK);
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct lab *l = ctx;

	l->after = row->row;
	if (row->kind != WARD_ROW_DETECTION || l->n_seen + row->json.len + 1 > sizeof(l->seen))
		return;
	memcpy(l->seen + l->n_seen, row->json.p, row->json.len);
	l->n_seen += row->json.len;
	l->seen[l->n_seen] = 0;
}

static bool detected(struct lab *l, const char *asset)
{
	for (int i = 0; i < 240 && !strstr(l->seen, asset); i++) {
		struct ward_rows_query q = {l->after, 256};
		uint64_t last;

		assert_int_equal(ward_rows_fetch(&l->ask_tell, &q, on_row, l, &last), WARD_OK);
	}
	return strstr(l->seen, asset) != NULL;
}

static void t_deadly_record(void **state)
{
	struct lab *l = *state;
	const uint64_t dead[] = {1, 2}; /* two lives ended at record 1, and now a third one */

	assert_int_equal(pwrite(l->place, dead, sizeof(dead), 0), sizeof(dead));
	force(l, "AU-D03");
	force(l, "AU-D04");
	live_start(&l->brain);
	assert_true(detected(l, "\"asset\":\"au-pumps\""));
	assert_null(strstr(l->seen, "\"asset\":\"au-plant\""));
	/* it is left out once: the next of its kind is thought about, in this life and in the next
	 */
	force(l, "AU-D05");
	assert_true(detected(l, "\"asset\":\"au-electrical-mv\""));
	(void)live_end(&l->brain, SIGKILL);
	live_start(&l->brain);
	force(l, "AU-D06");
	assert_true(detected(l, "\"asset\":\"au-electrical-lv\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_deadly_record, start, stop)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
