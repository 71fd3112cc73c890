/* What a camera is to watch, and what it must not: zones, lines and privacy masks, drawn by a
 * person, read from YAML.
 *
 * Coordinates are shares of the picture, 0 to 1, from its upper left corner. docs: README.md. */
#ifndef WARD_SENSE_VIDEO_PLAN_H
#define WARD_SENSE_VIDEO_PLAN_H

#include "base/week.h"
#include "conf/conf.h"

enum {
	WARD_PLAN_ZONES_MAX = 32,
	WARD_PLAN_LINES_MAX = 16,
	WARD_PLAN_MASKS_MAX = 16,
	WARD_PLAN_POINTS_MAX = 32,
	WARD_PLAN_HOURS_MAX = 8,
	WARD_PLAN_CROWD_MIN = 2,
	WARD_PLAN_CROWD_MAX = 999,
	WARD_PLAN_FPS_OF_BODIES = 10, /* who falls is on the floor within a second */
};

struct ward_point {
	float x, y;
};

/* From one minute of the day to another, on some days of the week; past midnight when to <= from,
 * and then it belongs to the day on which it began. */
struct ward_plan_zone {
	struct ward_str id;
	struct ward_point at[WARD_PLAN_POINTS_MAX];
	size_t n;
	bool intrusion;     /* who enters is told */
	ward_ns loiter;     /* who stays as long is told; 0: nobody */
	ward_ns left;       /* a thing that lies as long, and nobody near it; 0: as the plan */
	ward_ns inertia;    /* one counts as inside only after that long */
	float displacement; /* and after having moved as far, in heights of the picture */
	int64_t crowd;      /* as many persons and more are told; 0: nobody is counted */
	bool fall;          /* who may have fallen is told */
	bool agitation;     /* so is quick, disordered motion: a fight? */
	bool smoke;         /* and what looks and rises like smoke */
	ward_ns alive;      /* something in it always changes plainly, in as long; 0: not said */
	uint32_t line;      /* in its file */
	struct ward_week_turn hours[WARD_PLAN_HOURS_MAX];
	size_t n_hours; /* 0: always */
};

struct ward_plan_line {
	struct ward_str id;
	struct ward_point from, to; /* "in" is from left to right for who looks along it */
	struct ward_str door;       /* model or controller id; may be empty */
	struct ward_str wrong_way;  /* "in", "out" or empty: what nobody may do here */
};

/* A standing person: where their feet are and how tall they look, in heights of the picture. */
struct ward_plan_person {
	float foot, height;
};

/* How large things are where they stand: by persons at one or two rows, or a rectangle of the floor
 * (far left, far right, near right, near left corner) with its sides. */
struct ward_plan_perspective {
	struct ward_plan_person person[2]; /* the upper row first */
	size_t n_person;
	struct ward_point floor[4];
	float width, depth; /* metres; 0: no rectangle */
};

struct ward_plan {
	struct ward_str camera; /* may be empty */
	int32_t utc_offset_s;   /* of hours */
	ward_ns left;      /* things left or taken away, outside of zones that say it; 0: none */
	bool patient_room; /* it looks into one */
	struct ward_plan_perspective perspective;
	struct ward_plan_zone zone[WARD_PLAN_ZONES_MAX];
	size_t n_zone;
	struct ward_plan_line line[WARD_PLAN_LINES_MAX];
	size_t n_line;
	struct ward_plan_zone mask[WARD_PLAN_MASKS_MAX]; /* id, polygon and hours: never seen */
	size_t n_mask;
};

/* No zone, no line, everything at its default. */
void ward_plan_default(struct ward_plan *p);
/* Reads a YAML text; texts live in the arena. CONFIG when findings were added (ret is then what
 * could be read), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_plan_read(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag,
	struct ward_plan *ret);

/* The camera looks into that patient room: adds an error for each zone that asks for cues of
 * bodies, which are not taken there. CONFIG when there is one. */
WARD_MUST_CHECK enum ward_err ward_plan_in_patient_room(const struct ward_plan *p,
	struct ward_str file, struct ward_str room, struct ward_diag *diag);
/* The same of a camera of which only key pictures are decoded. */
WARD_MUST_CHECK enum ward_err ward_plan_of_keyframes(
	const struct ward_plan *p, struct ward_str file, struct ward_diag *diag);
/* Does any zone ask for it? */
bool ward_plan_asks(const struct ward_plan *p, bool (*of)(const struct ward_plan_zone *z));
/* The same, for each thing that only some zones ask for. */
bool ward_plan_of_crowd(const struct ward_plan_zone *z);
bool ward_plan_of_fall(const struct ward_plan_zone *z);
bool ward_plan_of_agitation(const struct ward_plan_zone *z);
bool ward_plan_of_smoke(const struct ward_plan_zone *z);
/* Pictures a second that the plan needs at least. */
unsigned ward_plan_fps(const struct ward_plan *p);
/* The plan as YAML that is read as the same plan. */
void ward_plan_write(const struct ward_plan *p, struct ward_wr *w);

/* Is the point in the zone? Its edges count. O(points). */
bool ward_plan_inside(const struct ward_plan_zone *z, struct ward_point p);
/* Bit i: zone i asks for it, and the point is in it. O(points of all zones). */
uint32_t ward_plan_zones_at(const struct ward_plan *p, struct ward_point at,
	bool (*of)(const struct ward_plan_zone *z));
/* Is the zone watched at that time? */
bool ward_plan_open(const struct ward_plan *p, const struct ward_plan_zone *z, ward_ns time);
/* How far p is from the endless line, in shares of the picture made w by h: negative on the left.
 */
float ward_plan_side(const struct ward_plan_line *l, struct ward_point p, float w, float h);
/* Does the way from a to b cross the line between its ends? Touching counts. */
bool ward_plan_crosses(const struct ward_plan_line *l, struct ward_point a, struct ward_point b);

#endif
