/* What a camera is to watch: zones and lines, drawn by a person, read from YAML.
 *
 * Coordinates are shares of the picture, 0 to 1, from its upper left corner. docs: README.md. */
#ifndef WARD_SENSE_VIDEO_PLAN_H
#define WARD_SENSE_VIDEO_PLAN_H

#include "conf/conf.h"

enum {
	WARD_PLAN_ZONES_MAX = 32,
	WARD_PLAN_LINES_MAX = 16,
	WARD_PLAN_POINTS_MAX = 32,
	WARD_PLAN_HOURS_MAX = 8,
	WARD_PLAN_DAYS = 7,
};

struct ward_point {
	float x, y;
};

/* From one minute of the day to another, on some days of the week; past midnight when to <= from,
 * and then it belongs to the day on which it began. */
struct ward_plan_hours {
	uint8_t days;      /* bit 0: Monday */
	uint16_t from, to; /* minutes since midnight */
};

struct ward_plan_zone {
	struct ward_str id;
	struct ward_point at[WARD_PLAN_POINTS_MAX];
	size_t n;
	bool intrusion;     /* who enters is told */
	ward_ns loiter;     /* who stays as long is told; 0: nobody */
	ward_ns left;       /* a thing that lies as long, and nobody near it; 0: as the plan */
	ward_ns inertia;    /* one counts as inside only after that long */
	float displacement; /* and after having moved as far, in heights of the picture */
	struct ward_plan_hours hours[WARD_PLAN_HOURS_MAX];
	size_t n_hours; /* 0: always */
};

struct ward_plan_line {
	struct ward_str id;
	struct ward_point from, to; /* "in" is from left to right for who looks along it */
	struct ward_str door;       /* model or controller id; may be empty */
	struct ward_str wrong_way;  /* "in", "out" or empty: what nobody may do here */
};

struct ward_plan {
	struct ward_str camera; /* may be empty */
	int32_t utc_offset_s;   /* of hours */
	ward_ns left; /* things left or taken away, outside of zones that say it; 0: none */
	struct ward_plan_zone zone[WARD_PLAN_ZONES_MAX];
	size_t n_zone;
	struct ward_plan_line line[WARD_PLAN_LINES_MAX];
	size_t n_line;
};

/* No zone, no line, everything at its default. */
void ward_plan_default(struct ward_plan *p);
/* Reads a YAML text; texts live in the arena. CONFIG when findings were added (ret is then what
 * could be read), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_plan_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag,
	struct ward_plan *ret);

/* Is the point in the zone? Its edges count. O(points). */
bool ward_plan_inside(const struct ward_plan_zone *z, struct ward_point p);
/* Is the zone watched at that time? */
bool ward_plan_open(const struct ward_plan *p, const struct ward_plan_zone *z, ward_ns time);
/* How far p is from the endless line, in shares of the picture made w by h: negative on the left.
 */
float ward_plan_side(const struct ward_plan_line *l, struct ward_point p, float w, float h);
/* Does the way from a to b cross the line between its ends? Touching counts. */
bool ward_plan_crosses(const struct ward_plan_line *l, struct ward_point a, struct ward_point b);

#endif
