/* What people do: enter zones and stay, pass lines alone or in groups, run; from tracks and the
 * plan.
 *
 * A pure state machine over tracks and times. Everything is told once per track and zone, after it
 * has lasted; a track that leaves a zone for less than a moment has not left. One that is flames
 * (track.h) is nobody. */
#ifndef WARD_SENSE_VIDEO_BEHAVE_H
#define WARD_SENSE_VIDEO_BEHAVE_H

#include "sense/video/floor.h"
#include "sense/video/sign.h"
#include "sense/video/track.h"

/* Of one track in one zone. */
struct ward_behave_stay {
	ward_ns since;           /* entered; 0: not in it */
	ward_ns last;            /* was in it */
	bool intruded, loitered; /* told */
};

/* Of one track at one line. */
struct ward_behave_side {
	int8_t side;          /* -1 left, 1 right, 0 not known yet */
	struct ward_point at; /* where it last was clearly on that side */
};

/* Who passed a door's line one way, one soon after the other. */
struct ward_behave_group {
	int64_t n;    /* so far; 0: nobody */
	int64_t wide; /* of them, as wide as two */
	ward_ns last; /* passed then */
};

/* Of one track's pace. */
struct ward_behave_pace {
	ward_ns since; /* it runs since; 0: it does not */
	bool told;
	struct ward_point at; /* on the floor, metres, at the last picture; known says whether */
	ward_ns seen;
	struct ward_point speed; /* metres a second, smoothed: which way, too */
	bool known;
};

struct ward_behave {
	const struct ward_plan *plan; /* borrowed */
	unsigned w, h;                /* of the picture */
	struct ward_floor floor;
	ward_ns start;                /* wall-clock time from which pictures' times count */
	uint32_t id[WARD_TRACKS_MAX]; /* whose the rows below are */
	struct ward_behave_stay stay[WARD_TRACKS_MAX][WARD_PLAN_ZONES_MAX];
	struct ward_behave_side side[WARD_TRACKS_MAX][WARD_PLAN_LINES_MAX];
	struct ward_behave_pace pace[WARD_TRACKS_MAX];
	int64_t passed[WARD_PLAN_LINES_MAX][2]; /* in, out */
	struct ward_behave_group group[WARD_PLAN_LINES_MAX][2];
};

/* start: zones are watched at hours of the wall clock. */
void ward_behave_init(
	struct ward_behave *b, const struct ward_plan *plan, unsigned w, unsigned h, ward_ns start);
/* After each step of the tracks. The sink's error. O(tracks * points of zones). */
WARD_MUST_CHECK enum ward_err ward_behave_step(struct ward_behave *b,
	const struct ward_tracks *tracks, ward_ns now, const struct ward_sign_sink *sink);

/* After the last step: groups that are still passing. The sink's error. */
WARD_MUST_CHECK enum ward_err ward_behave_end(
	struct ward_behave *b, ward_ns now, const struct ward_sign_sink *sink);

#endif
