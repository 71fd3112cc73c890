#include "events.h"

#include "bench.h"
#include "files.h"

#include "enrich/enrich.h"
#include "sense/log/log.h"
#include "sense/net/replay.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX = 1 << 30, EVENTS_MAX = 1 << 22 };

void bench_events_init(struct bench_events *ev)
{
	*ev = (struct bench_events){.n = 0};
	ward_limits_default(&ev->lim);
	ward_counters_init(&ev->counters);
	ward_arena_init(&ev->arena, ward_mem_heap(), ARENA_MAX);
	if (ward_names_init(&ev->names, ward_mem_heap(), &ev->lim) != WARD_OK)
		bench_die("out of memory");
}

void bench_events_fini(struct bench_events *ev)
{
	ward_mem_free(ward_mem_heap(), ev->event, ev->cap * sizeof(*ev->event));
	ward_arena_fini(&ev->arena);
	ward_names_fini(&ev->names);
}

void bench_events_read(struct bench_events *ev, const char *path)
{
	static const struct ward_input_driver *const drivers[] = {&ward_log_driver_events,
		&ward_log_driver_json, &ward_log_driver_lines, &ward_net_driver_pcap,
		&ward_net_driver_pcapng, NULL};
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &ev->lim,
		.names = &ev->names,
		.counters = &ev->counters};
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	enum ward_err err = ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &opts);

	if (err)
		bench_die("%s: %s", path, ward_err_text(err));
	ward_arena_init(&arena, ward_mem_heap(), ARENA_MAX);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
		err = ward_mem_more(ward_mem_heap(), &ev->event, ev->n, &ev->cap,
			sizeof(*ev->event), EVENTS_MAX);
		if (!err)
			err = ward_event_copy(&e, &ev->arena, &ev->event[ev->n++]);
		if (err)
			break;
	}
	if (err != WARD_ERR_CLOSED)
		bench_die("%s: %s", path, ward_err_text(err));
	ward_arena_fini(&arena);
	ward_input_close(&in);
}

static int by_time(const void *a, const void *b)
{
	const struct ward_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

void bench_events_day(struct bench_events *ev, const struct ward_model *m)
{
	static const char *const file[] = {"bms.pcap", "doors.syslog", "sensors.jsonl"};
	struct ward_enrich en = {.model = m, .names = &ev->names, .actor = ward_enrich_actor_as_is};
	struct bench_path dir = bench_source("pilots/turin/scenarios/ordinary-day/recording");

	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		struct bench_path p;

		(void)snprintf(p.s, sizeof(p.s), "%.4000s/%s", dir.s, file[i]);
		bench_events_read(ev, p.s);
	}
	qsort(ev->event, ev->n, sizeof(*ev->event), by_time);
	for (size_t i = 0; i < ev->n; i++) {
		ev->event[i].seen = ev->event[i].time; /* as in a replay */
		if (m && ward_enrich_event(&en, &ev->event[i]) != WARD_OK)
			bench_die("an event can't be placed");
	}
}

void bench_events_write(const struct bench_events *ev, struct ward_wr *w)
{
	for (size_t i = 0; i < ev->n; i++) {
		ward_event_write_json(&ev->event[i], &ev->names, w);
		ward_wr_ch(w, '\n');
	}
	if (ward_wr_bad(w))
		bench_die("out of memory");
}

struct ward_model *bench_pilot(void)
{
	struct bench_path dir = bench_source("pilots/turin"), content = bench_source("content");
	struct ward_model *m = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_model_load(dir.s, content.s, &lim, ward_mem_heap(), &diag, &m);

	if (err)
		bench_die("%s: %s; try 'ward check'", dir.s, ward_err_text(err));
	ward_diag_fini(&diag);
	return m;
}
