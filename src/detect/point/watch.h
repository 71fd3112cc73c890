/* Are measured values as the hospital expects them (model/point)? What is not is told as events.
 *
 * Fed with all events: those that bring a value of a point, and those that show who acted on it.
 * Told are, with `state` and again with `state: normal` when it is over:
 *   a range left, as an event of the class that a sensor gives itself (env.temperature …), else
 *   point.range; point.rate, point.stuck, point.drift, point.peer, point.relation; and, once for
 *   each, point.unexplained: a change that nobody was seen to make;
 *   point.forced: set by hand or out of service; point.unread: in another unit, or with times that
 *   do not go on.
 * Each has `point`, `value`, `since`, `explanation` (one sentence, words/reason.h),
 * `explanation.slots` (its name and its slots, for other languages) and `evidence`.
 *
 * Values wait `hold` (content/points.yml) so that they are taken in the order of their time; what
 * comes later is taken at once when it is newer than all of its point, else counted, and left. No
 * value is taken after the clock. No clock but the times that are handed in; single-threaded.
 * Events were written by outsiders. */
#ifndef WARD_DETECT_POINT_WATCH_H
#define WARD_DETECT_POINT_WATCH_H

#include "base/rd.h"
#include "event/event.h"
#include "model/model.h"
#include "model/point/point.h"

struct ward_watch;

/* Takes an event that was inferred; it lives during the call. What it gives ends the call. */
typedef enum ward_err (*ward_watch_sink)(void *ctx, const struct ward_event *e);

struct ward_watch_stats {
	uint64_t n_taken;   /* values, and acts on points */
	uint64_t n_late;    /* behind what was taken of its point already: left */
	uint64_t n_hurried; /* taken before their time, for want of room */
	uint64_t n_flooded; /* more of one point than its share of the room: left */
	uint64_t n_unread;  /* of a point, and no number, of bad quality or in another unit: left */
	uint64_t n_inferred;
	uint64_t n_dropped; /* points whose memory was of another row: begun anew */
};

/* Borrows all; model may be NULL (then nobody is seen to act). NOMEM. */
WARD_MUST_CHECK enum ward_err ward_watch_new(const struct ward_points *points,
	const struct ward_model *model, struct ward_names *names, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_watch **ret);
void ward_watch_free(struct ward_watch *w);

/* Takes in an event (enriched, if there is a model) that is placed at time; the clock is at least
 * `clock`. NOMEM, or what the sink gave. O(log held + points that depend on its). */
WARD_MUST_CHECK enum ward_err ward_watch_event(struct ward_watch *w, const struct ward_event *e,
	ward_ns time, ward_ns clock, ward_watch_sink sink, void *ctx);
/* The clock is at least `now`; NEVER: nothing more comes, and no more time went by. */
WARD_MUST_CHECK enum ward_err ward_watch_tick(
	struct ward_watch *w, ward_ns now, ward_watch_sink sink, void *ctx);

struct ward_watch_stats ward_watch_stats(const struct ward_watch *w);

/* All that is remembered, to bytes and back into a fresh watch; r must hold exactly these bytes.
 * What is of a row that changed or is gone is left. MALFORMED, LIMIT, NOMEM: then it may only be
 * freed. */
void ward_watch_save(const struct ward_watch *w, struct ward_wr *out);
WARD_MUST_CHECK enum ward_err ward_watch_load(struct ward_watch *w, struct ward_rd *r);

#endif
