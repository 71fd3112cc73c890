/* The video sensor: pictures of one camera in, events out.
 *
 * A pure state machine over pictures: it opens nothing, reads no clock, decodes nothing. Faces
 * pictures that an outsider may have made. What leaves it is metadata: places, times, numbers of
 * tracks; no pixel. Single-threaded. */
#ifndef WARD_SENSE_VIDEO_VIDEO_H
#define WARD_SENSE_VIDEO_VIDEO_H

#include "base/counter.h"
#include "event/event.h"
#include "sense/video/plan.h"
#include "sense/video/sign.h"
#include "sense/video/track.h"

/* Where events go: borrowed for the call; an error is handed on to the caller of the sensor. */
struct ward_video_sink {
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	void *ctx;
};

struct ward_video_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the sensor's life */
	struct ward_names *names;
	struct ward_counters *counters;
	const struct ward_plan *plan;
	struct ward_video_sink sink;
	struct ward_str source; /* of the events */
	uint64_t epoch;         /* part of their ids: what tells this recording from others */
	ward_ns start;          /* wall-clock time from which pictures' times count */
	unsigned fps;           /* pictures a second that it is given, about */
};

struct ward_video;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_video_new(
	const struct ward_video_opts *opts, struct ward_video **ret);
void ward_video_free(struct ward_video *v);
/* One picture; its time counts from the start. What the plan's masks hide is made black, in a copy,
 * before anything looks at it. All have the size of the first (MALFORMED
 * otherwise). NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_video_picture(
	struct ward_video *v, const struct ward_image *image);
/* The stream is a new one: the next pictures may show anything, and are learned. Until that is done
 * (video.learning tells so, on and off) nobody is seen; what the camera used to show, by which its
 * own faults are told, is kept. */
void ward_video_resume(struct ward_video *v);
/* The wall clock was set: pictures' times count from there now. */
void ward_video_clock_set(struct ward_video *v, ward_ns start);
/* Something that the pictures don't show; time counts from the start. The sink's error. */
WARD_MUST_CHECK enum ward_err ward_video_tell(struct ward_video *v, const struct ward_sign *sign);
/* After the last: what is left to tell. The sink's error. */
WARD_MUST_CHECK enum ward_err ward_video_end(struct ward_video *v);

/* For who looks on: the tracks and the foreground of the last picture. That is of nobody while the
 * background is learned: not steady. */
bool ward_video_steady(const struct ward_video *v);
/* The plan's privacy masks that hid parts of it: bit i is mask[i]. */
uint32_t ward_video_masks(const struct ward_video *v);
const struct ward_plan *ward_video_plan(const struct ward_video *v);
/* The last picture as it was looked at: without what masks hide. Lives as long as the one that was
 * given. */
const struct ward_image *ward_video_seen(const struct ward_video *v);
const struct ward_tracks *ward_video_tracks(const struct ward_video *v);
const uint8_t *ward_video_mask(const struct ward_video *v);

#endif
