/* Points: what is measured or set in building and utilities, and what is expected of each.
 *
 * HOSPITAL/points.csv has a line for each (docs/points.md); a row may take what it does not say
 * from a kind of content/points.yml. Clients that poll controllers read here what to ask for,
 * detectors what to expect. Read-only after loading; faces files that people wrote. */
#ifndef WARD_MODEL_POINT_POINT_H
#define WARD_MODEL_POINT_POINT_H

#include "conf/conf.h"
#include "model/model.h"

#define WARD_POINT_FILE "points.csv"
#define WARD_POINT_KINDS_FILE "points.yml"

enum {
	WARD_POINT_ID_MAX = 64,    /* bytes of an id */
	WARD_POINT_TEXT_MAX = 200, /* bytes of each other text */
	WARD_POINT_RELATIONS_MAX = 8,
};

#define WARD_POINT_VALUE_MAX 1e15 /* of numbers in rows, and of values */

/* X(IDENT, "name") */
#define WARD_POINT_COLUMN_LIST(X) \
	X(ID, "id")               \
	X(ASSET, "asset")         \
	X(NAME, "name")           \
	X(KIND, "kind")           \
	X(UNIT, "unit")           \
	X(SOURCE, "source")       \
	X(ADDRESS, "address")     \
	X(SCALE, "scale")         \
	X(OFFSET, "offset")       \
	X(LOW, "low")             \
	X(HIGH, "high")           \
	X(MARGIN, "margin")       \
	X(CONFIRM, "confirm")     \
	X(RATE, "rate")           \
	X(STUCK, "stuck")         \
	X(NOISE, "noise")         \
	X(DRIFT, "drift")         \
	X(MEAN, "mean")           \
	X(PEER, "peer")           \
	X(TOLERANCE, "tolerance") \
	X(ACTOR, "actor")         \
	X(RELATION, "relation")

enum ward_point_column {
#define X(IDENT, name) WARD_POINT_COL_##IDENT,
	WARD_POINT_COLUMN_LIST(X)
#undef X
		WARD_POINT_COL_N,
};
/* "id", "asset" … Lives forever. */
const char *ward_point_column_name(enum ward_point_column c);

enum ward_point_op { WARD_POINT_LT, WARD_POINT_LE, WARD_POINT_GT, WARD_POINT_GE, WARD_POINT_EQ };
/* "<", "<=", ">", ">=", "=". Lives forever. */
const char *ward_point_op_name(enum ward_point_op op);
/* Does `value op than` hold? */
bool ward_point_holds(enum ward_point_op op, double value, double than);

/* "if pump-1 > 0 then >= 2 within 5min": while the one point is so, this one is to be so. */
struct ward_point_relation {
	uint32_t when; /* index of the other point */
	enum ward_point_op when_op, op;
	double when_than, than;
	ward_ns within; /* so long it may take */
};

/* A change of `by` in `per`. */
struct ward_point_pace {
	double by; /* in unit; 0: not asked */
	ward_ns per;
};

struct ward_bms_point {
	struct ward_str id, name, unit; /* unit by UCUM, may be empty */
	struct ward_str kind;           /* of content/points.yml, may be empty */
	struct ward_str asset;          /* id of a thing or place of the hospital */
	uint32_t node;                  /* the same in the model; WARD_NONE without a model */
	struct ward_str source;         /* id of an entry of sources.yml; empty: by its id only */
	struct ward_str address;        /* there, as its protocol says it */
	double scale, offset;           /* value = what the controller gives * scale + offset */
	/* What follows is expected of the value; what is not asked is NAN, 0, empty, WARD_NONE. */
	double low, high, margin; /* within again only by so much */
	ward_ns confirm;          /* so long before range, peer are told */
	struct ward_point_pace rate, drift;
	ward_ns stuck; /* in so long it moves by more than `noise` */
	double noise;
	double mean;   /* NAN: learned */
	uint32_t peer; /* index of the point that measures the same */
	double tolerance;
	ward_ns actor; /* a change is explained by what somebody did so long before */
	const struct ward_point_relation *relation;
	size_t n_relation;
	/* Of the event that says that it left its range: which class, and which state. */
	struct ward_str low_class, high_class, low_state, high_state;
	uint32_t line;
};

struct ward_points;

struct ward_point_in {
	const struct ward_model *m; /* NULL: neither assets nor sources are looked up */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* The points of a hospital directory; without the file none. content: the directory of
 * points.yml, which may be absent there; NULL: there are no kinds. CONFIG: with findings, and *ret
 * holds the good rows. IO, NOMEM: nothing is given. */
WARD_MUST_CHECK enum ward_err ward_points_load(const struct ward_point_in *in, const char *dir,
	const char *content, struct ward_points **ret);
/* The same of two texts; kinds may be empty. */
WARD_MUST_CHECK enum ward_err ward_points_parse(const struct ward_point_in *in,
	struct ward_slice text, struct ward_slice kinds, struct ward_points **ret);
void ward_points_free(struct ward_points *p);
/* For WARD_AUTO. */
void ward_points_freep(struct ward_points **p);

/* In the order of the file. */
size_t ward_points_n(const struct ward_points *p);
const struct ward_bms_point *ward_points_at(const struct ward_points *p, size_t i);
/* Index, or WARD_NONE. O(1). */
uint32_t ward_points_find(const struct ward_points *p, struct ward_str id);
/* The point that an event of this source speaks of, by its id or by its address there. A source of
 * the hospital speaks of its own points, and of those that have none. One that the hospital does
 * not have (a recording, which calls its source by its kind) speaks of each id, and of each address
 * that is of one point only. Index, or WARD_NONE; O(1). */
uint32_t ward_points_by_id(const struct ward_points *p, struct ward_str source, struct ward_str id);
uint32_t ward_points_by_address(
	const struct ward_points *p, struct ward_str source, struct ward_str address);
/* So far apart may the times of two values be of which a peer is judged. */
ward_ns ward_point_fresh(const struct ward_bms_point *p);
/* Values wait so long for those that were told late. */
ward_ns ward_points_hold(const struct ward_points *p);
/* May an event of this class, seen on the network, have set a value? */
bool ward_points_is_command(const struct ward_points *p, struct ward_str class);
/* Does somebody who logs in to this service (login's `service`) sit there and act? */
bool ward_points_is_session(const struct ward_points *p, struct ward_str service);
/* Over all that a row says: two points with one print expect the same. */
uint64_t ward_point_print(const struct ward_points *p, size_t i);

#endif
