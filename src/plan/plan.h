/* Floor plans: where the rooms, doors and things of each floor lie on the page.
 *
 * Of HOSPITAL/plan.csv (docs/plans.md) where it draws a floor; other floors are laid out from rooms
 * and doors alone, as a schematic: right in what hangs together, invented in measures. Pure but for
 * the one file that ward_plans_load reads; the same hospital gives the same plans. Faces what
 * whoever may write into the directory has written. Lengths are centimetres, x to the right, y
 * down, from the page's upper left corner. Single-threaded; read-only once made. */
#ifndef WARD_PLAN_PLAN_H
#define WARD_PLAN_PLAN_H

#include "base/diag.h"
#include "model/model.h"

#define WARD_PLAN_FILE "plan.csv"

struct ward_lang;

struct ward_plan_point {
	int32_t x, y;
};
struct ward_plan_rect {
	int32_t x, y, w, h;
};

/* Rooms are joined rectangles that do not overlap: of `part`, one for most. */
struct ward_plan_room {
	uint32_t node;
	struct ward_plan_rect at; /* around all parts */
	const struct ward_plan_rect *part;
	size_t n_part;
	const struct ward_plan_point *corner; /* the outline, of rooms with several parts; else 0 */
	size_t n_corner;
};

/* A door that a room of the floor has: also those to another floor, or out of the building. */
struct ward_plan_door {
	uint32_t node, from, to;   /* room nodes; one of them may be of another floor */
	struct ward_plan_point at; /* its middle, on a wall of the room(s) of this floor */
	bool vertical;             /* that wall runs up and down the page */
	bool apart; /* both rooms are here and do not touch: it leads from `at`, on a wall of
		       `from`, to `end`, on one of `to` */
	struct ward_plan_point end;
};

/* X(IDENT, "name", "class of the ontology"): the first that fits */
#define WARD_PLAN_KIND_LIST(X)                                   \
	X(CAMERA, "camera", "device.building.camera")            \
	X(READER, "reader", "device.building.reader")            \
	X(DETECTOR, "detector", "device.building.fire-detector") \
	X(SENSOR, "sensor", "device.building.sensor")            \
	X(MEDICAL, "medical", "device.medical")                  \
	X(COMPUTER, "computer", "device.computer")               \
	X(BUILDING, "building", "device.building")               \
	X(OTHER, "other", "")

enum ward_plan_kind {
#define X(IDENT, name, class) WARD_PLAN_##IDENT,
	WARD_PLAN_KIND_LIST(X)
#undef X
		WARD_PLAN_KIND_N,
};
/* "camera" … Lives forever. */
const char *ward_plan_kind_name(enum ward_plan_kind k);

/* A thing in its room; readers stand beside their door. */
struct ward_plan_thing {
	uint32_t node, room;
	enum ward_plan_kind kind;
	struct ward_plan_point at;
};

struct ward_plan {
	uint32_t floor;
	int32_t width, height;       /* of the page; a margin around everything is in it */
	bool schematic;              /* measures are invented */
	struct ward_plan_room *room; /* all of the floor, by node */
	size_t n_room;
	struct ward_plan_door *door; /* by node */
	size_t n_door;
	struct ward_plan_thing *thing; /* by node */
	size_t n_thing;
};

struct ward_plans; /* a plan of each floor of one model */

struct ward_plan_in {
	const struct ward_model *m;
	const struct ward_limits *lim; /* plan.parts */
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Plans of all floors, with the text of a plan.csv (empty: there is none), whose good rows are
 * taken: a floor of which a room is missing or wrong becomes a schematic. CONFIG when a finding of
 * level error was added, and *ret is given nevertheless. NOMEM: nothing is. Borrows in->m for as
 * long as the plans live. O(n log n) of rooms, doors and things. */
WARD_MUST_CHECK enum ward_err ward_plans_parse(const struct ward_plan_in *in, struct ward_str file,
	struct ward_slice text, struct ward_plans **ret);
/* The same of a hospital directory; without the file all floors are schematics. Also IO, LIMIT:
 * then nothing is given. */
WARD_MUST_CHECK enum ward_err ward_plans_load(
	const struct ward_plan_in *in, const char *dir, struct ward_plans **ret);
void ward_plans_free(struct ward_plans *p);
/* By the order of floors in the model. */
size_t ward_plans_n(const struct ward_plans *p);
const struct ward_plan *ward_plans_at(const struct ward_plans *p, size_t i);
/* The plan of a floor node, or NULL. O(1). */
const struct ward_plan *ward_plans_of(const struct ward_plans *p, uint32_t floor);

/* Where the name of a room has its place, so that no thing of the grid lies on it. */
struct ward_plan_label {
	struct ward_plan_rect at; /* the name's field */
	bool vertical;            /* it is written up the page */
};
struct ward_plan_label ward_plan_label(const struct ward_plan_room *r);

/* {"buildings":[{"id","name","site","floors":[{"id","name","level"}]}]}: floors from the highest
 * down. */
void ward_plans_write_json(const struct ward_plans *p, struct ward_wr *w);
/* One floor (docs/plans.md), measures in metres. */
void ward_plan_write_json(const struct ward_plans *p, const struct ward_plan *f, struct ward_wr *w);
/* The same as a picture for paper: SVG that needs nothing but itself, with a numbered list of the
 * doors under the plan. Words of Ward in that language (NULL: English). */
void ward_plan_write_svg(const struct ward_plans *p, const struct ward_plan *f,
	struct ward_lang *lang, struct ward_wr *w);

#endif
