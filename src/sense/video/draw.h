/* Lines, boxes and short texts in a picture, for people to look at. Coordinates are pixels; what
 * lies outside of the picture is not drawn. */
#ifndef WARD_SENSE_VIDEO_DRAW_H
#define WARD_SENSE_VIDEO_DRAW_H

#include "base/slice.h"
#include "sense/video/image.h"

struct ward_colour {
	uint8_t y, u, v;
};

/* A letter of 5 by 7 dots, with the space around it, and the lines' width: that of a picture of
 * that height. */
enum { WARD_DRAW_LETTER_W = 6, WARD_DRAW_LETTER_H = 9 };
unsigned ward_draw_scale(const struct ward_canvas *c);

void ward_draw_line(const struct ward_canvas *c, float x0, float y0, float x1, float y1,
	struct ward_colour colour);
void ward_draw_box(const struct ward_canvas *c, struct ward_box b, struct ward_colour colour);
/* On a dark ground; x and y are its upper left corner, moved so that all of it is in the picture if
 * it has room. What is not ASCII is a question mark. */
void ward_draw_text(const struct ward_canvas *c, float x, float y, struct ward_str text,
	struct ward_colour colour);

#endif
