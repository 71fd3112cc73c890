/* A journal as `ward run` leaves it, out of recorded files: record_journal DIR SEGMENT_BYTES
 * FILE... Events of all files in order of time, sixteen a commit, in the lane of their class. */
#include "event/classes.h"
#include "journal/journal.h"
#include "sense/log/log.h"
#include "sense/log/pattern.h"
#include "sense/net/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { ARENA_MAX = 1 << 30, EVENTS_MAX = 1 << 22, GROUP = 16, RECORD_MAX = 1 << 20 };

struct all {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_log_patterns
		*patterns; /* of WARD_SOURCE_ROOT's content, as a live Ward has them */
	struct ward_arena arena;
	struct ward_event *event;
	size_t n, cap;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "record_journal: %s\n", what);
	exit(3);
}

static void read_file(struct all *a, const char *path)
{
	static const struct ward_input_driver *const drivers[] = {
		WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &a->lim,
		.names = &a->names,
		.counters = &a->counters,
		.patterns = a->patterns};
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	enum ward_err err = ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &opts);

	if (err)
		die(path);
	ward_arena_init(&arena, ward_mem_heap(), ARENA_MAX);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
		if (ward_mem_more(ward_mem_heap(), (void *)&a->event, a->n, &a->cap,
			    sizeof(*a->event), EVENTS_MAX) ||
			ward_event_copy(&e, &a->arena, &a->event[a->n]))
			die("out of memory");
		a->event[a->n].seen = a->event[a->n].time;
		a->n++;
	}
	if (err != WARD_ERR_CLOSED)
		die(path);
	ward_arena_fini(&arena);
	ward_input_close(&in);
}

static void load_patterns(struct all *a)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_diag diag;
	char dir[4096];

	if (ward_log_patterns_new(&a->names, &a->lim, ward_mem_heap(), &a->patterns))
		die("out of memory");
	(void)snprintf(dir, sizeof(dir), "%s/content/log-patterns", root ? root : ".");
	ward_diag_init(&diag, ward_mem_heap());
	if (ward_log_patterns_load(a->patterns, dir, &diag))
		die(dir);
	ward_diag_fini(&diag);
}

static int by_time(const void *a, const void *b)
{
	const struct ward_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

static void append(struct ward_journal *j, const struct all *a, const struct ward_event *e)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), RECORD_MAX);
	struct ward_record r = {.type = WARD_RECORD_EVENT, .source = 2};
	uint64_t seq;

	ward_event_encode(e, &a->names, &w);
	r.data = ward_wr_slice(&w);
	r.lane = ward_class_weight(ward_name_text(&a->names, e->class)) == WARD_WEIGHT_TELEMETRY
			 ? WARD_LANE_TELEMETRY
			 : WARD_LANE_EVIDENCE;
	enum ward_err err = ward_journal_append(j, &r, 1, &seq);

	if (err == WARD_ERR_AGAIN) {
		if (ward_journal_commit(j))
			die("commit");
		err = ward_journal_append(j, &r, 1, &seq);
	}
	if (err)
		die(ward_err_text(err));
	ward_wr_fini(&w);
}

int main(int argc, char **argv)
{
	static struct all a;
	struct ward_journal_options o;
	struct ward_journal *j = NULL;
	struct ward_io_dir dir;

	if (argc < 4 || ward_io_dir_open(&dir, argv[1], true, true))
		die("usage: record_journal DIR SEGMENT_BYTES FILE...");
	ward_limits_default(&a.lim);
	ward_counters_init(&a.counters);
	ward_arena_init(&a.arena, ward_mem_heap(), ARENA_MAX);
	if (ward_names_init(&a.names, ward_mem_heap(), &a.lim))
		die("out of memory");
	load_patterns(&a);
	ward_journal_options_default(&o, &a.lim);
	o.segment_bytes = strtoul(argv[2], NULL, 10);
	o.source_bytes = o.total_bytes;
	if (ward_journal_open(&o, &dir.io, ward_clock_system(), ward_mem_heap(), &j))
		die("cannot open the journal");
	for (int i = 3; i < argc; i++)
		read_file(&a, argv[i]);
	qsort(a.event, a.n, sizeof(*a.event), by_time);
	for (size_t i = 0; i < a.n; i++) {
		append(j, &a, &a.event[i]);
		if (i % GROUP == GROUP - 1 && ward_journal_commit(j))
			die("commit");
	}
	if (ward_journal_commit(j))
		die("commit");
	ward_journal_close(j);
	ward_io_dir_close(&dir);
	printf("%zu\n", a.n);
	ward_mem_free(ward_mem_heap(), a.event, a.cap * sizeof(*a.event));
	ward_arena_fini(&a.arena);
	ward_log_patterns_free(a.patterns);
	ward_names_fini(&a.names);
	return 0;
}
