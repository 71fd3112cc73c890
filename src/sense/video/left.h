/* Things that were put down and left, or taken from where they had been.
 *
 * What differs from the background and stands still, pixel by pixel, is a thing (after Porikli 2008
 * and Lin et al. 2015: a pixel's short history instead of a second background; passers-by before it
 * are forgiven). It was put there when the picture there is unlike what is around it, taken away
 * when the background was. It is told when nobody was with it for the time that the plan says: its
 * owner is the one who was nearest when it came. Then, as what nobody asked for, it becomes
 * background. */
#ifndef WARD_SENSE_VIDEO_LEFT_H
#define WARD_SENSE_VIDEO_LEFT_H

#include "sense/video/ground.h"
#include "sense/video/plan.h"
#include "sense/video/sign.h"
#include "sense/video/track.h"

struct ward_left;

struct ward_left_opts {
	const struct ward_mem *mem; /* borrowed, as is the plan */
	const struct ward_plan *plan;
	unsigned w, h, fps;
	ward_ns start; /* wall-clock time from which pictures' times count */
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_left_new(
	const struct ward_left_opts *opts, struct ward_left **ret);
void ward_left_free(struct ward_left *l);

/* What it looks at, of one picture. */
struct ward_left_view {
	const struct ward_image *image;
	const uint8_t *mask; /* foreground */
	struct ward_ground *ground;
	const struct ward_tracks *tracks;
};

/* The sink's error. */
WARD_MUST_CHECK enum ward_err ward_left_step(
	struct ward_left *l, const struct ward_left_view *view, const struct ward_sign_sink *sink);
/* Pictures' times count from there now. */
void ward_left_clock_set(struct ward_left *l, ward_ns start);
/* The background was learned anew: no thing is known any more. */
void ward_left_forget(struct ward_left *l, ward_ns now);

#endif
