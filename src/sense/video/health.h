/* Is the camera there? What its connection goes through, judged: when it is told to be offline and
 * back, and how long to wait before the next attempt.
 *
 * A short gap is nobody's alarm, and a camera that comes and goes is one: it is offline once it
 * gave nothing for `offline_after`, and back only after it gave pictures for as long. Attempts are
 * made after 1 s, doubling to a minute, each up to a quarter earlier or later, so that cameras that
 * went together don't come back together. Pure: times and the seed are handed in. */
#ifndef WARD_SENSE_VIDEO_HEALTH_H
#define WARD_SENSE_VIDEO_HEALTH_H

#include "base/clock.h"
#include "base/hash.h"

/* Why there is nothing; the words are those of events. */
#define WARD_HEALTH_LIST(X)           \
	X(UNREACHABLE, "unreachable") \
	X(REFUSED, "refused")         \
	X(DENIED, "denied")           \
	X(STALLED, "stalled")         \
	X(ENDED, "ended")             \
	X(FOREIGN, "foreign")

enum ward_health_reason {
#define X(NAME, text) WARD_HEALTH_##NAME,
	WARD_HEALTH_LIST(X)
#undef X
		WARD_HEALTH_N,
};
const char *ward_health_word(enum ward_health_reason r);
/* WARD_HEALTH_N: no such word. */
enum ward_health_reason ward_health_find(struct ward_str word);

struct ward_health {
	struct ward_seed seed;
	ward_ns offline_after;
	bool offline, flowing;
	ward_ns heard; /* the last packet, or the begin */
	ward_ns flows; /* since when they come without a gap */
	ward_ns gone;  /* since when it is offline */
	enum ward_health_reason reason;
	unsigned n_failed; /* attempts in a row */
	uint64_t n_attempt;
};

/* What a camera's clock says, judged: either is told only once it has stood for a minute, so that
 * one that jumps to and fro is no flood. */
struct ward_health_clock {
	bool wrong; /* as was told */
	bool other; /* the reports say otherwise, since: */
	ward_ns since;
};
/* A report came; true: that it is wrong, or right again, is to be told. */
bool ward_health_clock(struct ward_health_clock *c, bool wrong, ward_ns now);

enum ward_health_news { WARD_HEALTH_SAME, WARD_HEALTH_WENT, WARD_HEALTH_CAME };

void ward_health_init(
	struct ward_health *h, struct ward_seed seed, ward_ns offline_after, ward_ns now);
/* A packet came. */
void ward_health_heard(struct ward_health *h, ward_ns now);
/* The connection is over, or none came about; returns how long to wait before the next. */
ward_ns ward_health_lost(struct ward_health *h, enum ward_health_reason reason, ward_ns now);
/* A connection that gave nothing for so long is to be given up: stalled. */
bool ward_health_stalled(const struct ward_health *h, ward_ns since, ward_ns now);
/* Once a second: what is to be told. For how long it has been offline: now - h->gone. */
enum ward_health_news ward_health_tick(struct ward_health *h, ward_ns now);

#endif
