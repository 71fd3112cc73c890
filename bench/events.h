/* Events in memory, from recorded files of any kind that Ward reads, for the benches that start
 * from events. Ends the program when something is wrong. */
#ifndef WARD_BENCH_EVENTS_H
#define WARD_BENCH_EVENTS_H

#include "base/counter.h"
#include "event/event.h"
#include "model/model.h"

struct bench_events {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena; /* of all events */
	struct ward_event *event;
	size_t n, cap;
};

void bench_events_init(struct bench_events *ev);
void bench_events_fini(struct bench_events *ev);

/* Adds all events of a file. */
void bench_events_read(struct bench_events *ev, const char *path);
/* The three recordings of the pilot's ordinary day, in order of time; with a model, placed in it.
 */
void bench_events_day(struct bench_events *ev, const struct ward_model *m);
/* All as Ward's event lines, into a writer that the caller made and frees. */
void bench_events_write(const struct bench_events *ev, struct ward_wr *w);

/* The pilot hospital; free with ward_model_free. */
struct ward_model *bench_pilot(void);

#endif
