/* What the analysis sees, drawn over a picture: zones, lines, masks, tracks, and the last events as
 * text. Whoever draws it has blurred the picture before. */
#ifndef WARD_SENSE_VIDEO_OVERLAY_H
#define WARD_SENSE_VIDEO_OVERLAY_H

#include "sense/video/draw.h"
#include "sense/video/video.h"

enum { WARD_OVERLAY_NEWS = 4, WARD_OVERLAY_TEXT = 96 };

struct ward_overlay {
	const struct ward_plan *plan; /* borrowed */
	unsigned w, h;                /* of the pictures that are analysed */
	struct {
		char text[WARD_OVERLAY_TEXT];
		ward_ns time;
	} news[WARD_OVERLAY_NEWS]; /* the last, in a ring */
	size_t n_news;
	ward_ns zone[WARD_PLAN_ZONES_MAX]; /* when something was told of it last; 0: never */
	ward_ns line[WARD_PLAN_LINES_MAX];
};

/* An event of the sensor, before the picture that it is of is drawn; time as the picture's. */
void ward_overlay_event(
	struct ward_overlay *o, const struct ward_event *e, struct ward_names *names, ward_ns time);
/* wall: the picture's time for people. */
void ward_overlay_draw(const struct ward_overlay *o, const struct ward_video *v, ward_ns time,
	ward_ns wall, const struct ward_canvas *c);

#endif
