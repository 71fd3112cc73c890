/* Private to this room: a hospital as nodes that need each other, and one course of time. */
#ifndef WARD_RANGE_BODY_H
#define WARD_RANGE_BODY_H

#include "range/range.h"

enum range_kind {
	RANGE_OTHER, /* a network, or known by a relation only */
	RANGE_ROOM,
	RANGE_ASSET,
	RANGE_SERVICE,
	RANGE_GROUP, /* something that a service needs; it has no id */
};

/* What stands in for what is gone, for a time. */
enum range_store {
	RANGE_NONE,
	RANGE_BATTERY,
	RANGE_FUEL,
	RANGE_TANK,
	RANGE_WARMTH, /* a room or water takes its time to get warm */
	RANGE_PAPER,
	RANGE_PATIENCE, /* of a service: how long it does without */
};

struct range_gate; /* so many of these must work */

struct range_node {
	struct ward_str id, class;
	enum range_kind kind;
	uint32_t room; /* of an asset, or WARD_NONE */
	uint32_t gate; /* the first, or WARD_NONE */
	enum range_store store;
	ward_ns lasts;    /* of the store, as the hospital has it */
	ward_ns recovery; /* of a service: from whole to open */
};

enum range_by {
	RANGE_POWER,
	RANGE_COLD,
	RANGE_SUPPLY,
	RANGE_HOST,
	RANGE_NETWORK,
	RANGE_NEED,
	RANGE_PLACE
};

struct range_gate {
	enum range_by by;
	uint32_t need, first, n; /* members [first, first + n) */
	uint32_t next;           /* gate of the same node, or WARD_NONE */
};

/* Between two rooms, by a door or open. */
struct range_way {
	uint32_t a, b;
};

struct ward_range {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_intern id; /* of node i: item i; groups come after them */
	struct range_node *node;
	size_t n_node, cap_node;
	struct range_gate *gate;
	size_t n_gate, cap_gate;
	uint32_t *member;
	size_t n_member, cap_member;
	struct range_way *way;
	size_t n_way, cap_way;
	uint32_t *service; /* in the order of the files */
	size_t n_service, cap_service;
};

/* Of a node, in one course of time. */
struct range_state {
	bool works, stopped, tripped;
	bool burning;  /* fuel */
	bool burnt;    /* of a room: it burns, or did */
	bool cut_off;  /* of a room: the way there burns */
	ward_ns fails; /* fire or water reaches it then; WARD_NS_NEVER */
	double left;   /* of its store: 1 full, 0 empty; of warmth: how warm, 0 as it should be, 1
			  too warm */
	double per_s;  /* how much of it goes in a second */
	double free;   /* of warmth: how warm it gets in the end without cold */
	ward_ns whole; /* of a service: since when it has all that it needs; WARD_NS_NEVER */
	ward_ns down;  /* lost since, or WARD_NS_NEVER */
	ward_ns first, lost;
};

/* Of a room, while it is asked which hang together: the least of those that do now, and that did
 * before it burned. */
struct range_part {
	uint32_t part, whole;
	uint32_t size, house; /* of the least one: how many; of those before, the largest part */
};

/* How what is left of a node's store goes, as long as nobody begins or ceases to work. */
enum range_course {
	RANGE_STAYS, /* full, empty, or fuel that nobody burns */
	RANGE_FALLS,
	RANGE_RISES,
	RANGE_NEARS, /* warmth: towards its end, which follows from how warm water is */
	RANGE_LATER, /* the same, and it is reckoned when its course is another one */
	RANGE_MANY,  /* warmth, by more water than there is room for */
};

enum { RANGE_WATERS_MAX = 4, RANGE_PASTS_MAX = 32, RANGE_PAST_MAX = 10000 };

struct range_flow {
	uint32_t node;
	enum range_course course;
	double step; /* of the store, in a step of time */
	/* of warmth: */
	double cold;   /* what of it comes without water */
	double lo, hi; /* LATER: it stays between them */
	double *past;  /* of what cools: before each step, and now; NULL: nobody keeps it */
	uint32_t from; /* LATER: the first step that is not reckoned yet */
	uint32_t n_water;
	uint32_t water[RANGE_WATERS_MAX]; /* flows */
};

/* Why a service was lost first in a run, itself first. */
enum { RANGE_LINKS_MAX = 12 };
struct range_link {
	uint32_t node;
	enum ward_range_why why;
};
struct range_trace {
	uint32_t n;
	struct range_link link[RANGE_LINKS_MAX];
};

struct range_time {
	const struct ward_range *r;
	const struct ward_range_in *in;
	uint32_t *act, *work; /* their nodes */
	struct range_state *s;
	struct range_part *at;
	struct range_flow *flow; /* of each node with a store, in the order of nodes */
	uint32_t *flow_of;       /* of a node with a store */
	uint32_t *moving;        /* flows that are reckoned at each step */
	size_t n_flow, n_moving;
	uint32_t *after; /* who needs node i: from after_at[i] to before after_at[i + 1] */
	uint32_t *after_at;
	uint64_t *due;     /* a bit for each node: what it needs is other than when it was asked */
	bool *cools;       /* of nodes: something gets its cold from it */
	uint32_t *fuelled; /* gates of power with a generator */
	size_t n_fuelled;
	double *past; /* of n_past flows, n_step + 1 each */
	size_t n_past, n_step;
	bool stale;        /* the courses of stores are of what was before */
	bool changed;      /* since who works was last settled */
	ward_ns next_act;  /* nothing is done before */
	ward_ns next_fail; /* fire or water reaches nothing before */
	ward_ns next_open; /* no service opens before */
	uint32_t step;
	uint64_t random;
	ward_ns now;
	struct range_trace *trace; /* of each service, in their order; NULL: nobody asks */
	struct range_look *look; /* of one course without spread, that somebody looks at (look.c) */
};
struct range_look;

/* A course of time that is to be drawn. The errors of ward_range_run. */
WARD_MUST_CHECK enum ward_err range_begin(struct range_time *t, const struct ward_range *r,
	const struct ward_range_in *in, struct ward_arena *a, struct ward_str *ret_bad);
/* After each step of one that is looked at. */
void range_watch(struct range_time *t);
/* Why service i, by the order of the files, does not work now: one way, as far as it leads. */
void range_find_cause(const struct range_time *t, size_t i, struct range_trace *ret);
/* Does its store, which is no warmth, get less? */
bool range_drains(struct range_time *t, uint32_t i);

enum { RANGE_STEP_S = 10 };

/* The lists of a time whose hospital and input are set, in the arena; NOMEM. */
WARD_MUST_CHECK enum ward_err range_prepare(struct range_time *t, struct ward_arena *a);
/* One course of time from 0 to in->until; s must be drawn (range_draw). */
void range_pass(struct range_time *t);
/* States at the beginning, with this run's spread. */
void range_draw(struct range_time *t, uint64_t run);
/* Do so many of its members work as it needs? */
bool range_holds(const struct range_time *t, const struct range_gate *g);
/* Is its class, or one above it, among these? */
bool range_is_of(const struct range_node *n, const char *const *class, size_t n_class);
/* Of what warms up: has it all but the cold? Of water: does something move it? */
bool range_flows(const struct range_time *t, uint32_t node);
/* Is all there that it needs? */
bool range_fed(const struct range_time *t, uint32_t node);
/* Something of the node is other than when it was asked whether it works. */
void range_ask(struct range_time *t, uint32_t node);
void range_ask_all(struct range_time *t);
/* Asks those who are to be asked, and whom that concerns, until nothing changes any more; what
 * feeds itself in a ring stays as it is. */
void range_settle(struct range_time *t);
/* Before the first step of a course of time. */
void range_flow_begin(struct range_time *t);
/* A step of all stores. */
void range_flow(struct range_time *t);
/* It is so warm from here on. */
void range_warm(struct range_time *t, uint32_t node, double left);
/* Who is cut off, after what burns changed. */
void range_leave(struct range_time *t);
/* Can people be in one of its rooms? */
bool range_somewhere(const struct range_time *t, const struct range_gate *g);
/* How much of its cold a room, or water, gets: 1 as it should be, 0 none. */
double range_cold(const struct range_time *t, uint32_t node);
/* The same, parted: f->cold is what does not change until somebody begins or ceases to work,
 * f->water which water brings a room more of it as long as it is cold (range_gives). false: more of
 * them than RANGE_WATERS_MAX. */
bool range_waters(const struct range_time *t, struct range_flow *f);
/* What water, or a cooler, that is so warm gives of its cold. */
double range_gives(double warmth);

#endif
