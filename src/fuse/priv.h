/* Inside fuse: what its files share. */
#ifndef WARD_FUSE_PRIV_H
#define WARD_FUSE_PRIV_H

#include "fuse/fuse.h"

/* Why a kept detection is linked to its neighbours: the best link in a total order that does not
 * depend on arrival: kind of link, then hops, then the other's time, then its id. */
struct best {
	enum ward_join by; /* WARD_JOIN_FIRST: no link */
	uint32_t hops;
	ward_ns first;
	struct ward_id id;
};

struct kept {
	struct ward_arena arena;
	struct ward_detection d;
	struct best best;
	struct group *group;
};

/* A connected component of the link graph. */
struct group {
	struct kept **member; /* by (first, id) */
	size_t n, cap;
	uint32_t revision; /* 0: never given out */
	bool changed;      /* since it was given out */
	struct ward_id id; /* as last given out */
	struct ward_id *superseded;
	size_t n_superseded, cap_superseded;
	enum ward_level level; /* highest of the members */
	ward_ns last;
};

struct ward_fuser {
	const struct ward_mem *mem;
	const struct ward_model *m;
	struct ward_fuse_options o;
	ward_fuse_cause_fn cause;
	void *cause_ctx;
	size_t n_kept, max_kept, max_groups;
	struct group **group;
	size_t n_group, cap_group;
	struct ward_tab by_id; /* detection id → struct kept * */
	struct ward_counters *counters;
	/* incidents that are no more, and not yet told so */
	struct gone {
		struct ward_id id;
		uint32_t revision;
	} * gone;
	size_t n_gone, cap_gone;
	struct ward_arena out; /* of the incident that was given out last */
	struct ward_incident incident;
	/* walking distance from one place, reused: valid where stamp == round */
	uint32_t *stamp, *queue;
	uint8_t *dist;
	uint32_t round;
};

/* Marks every node within o.place_hops of the place of d. */
void ward_fuse_walk(struct ward_fuser *f, const struct ward_detection *d);
/* The link between the detection walked from and another; false when there is none. */
bool ward_fuse_link(struct ward_fuser *f, const struct ward_detection *a,
	const struct ward_detection *b, struct best *ret_a, struct best *ret_b);

/* The node that stands for where, or on what, a detection is; WARD_NONE when it says neither. */
uint32_t ward_fuse_node(const struct ward_detection *d);

WARD_MUST_CHECK enum ward_err ward_fuse_keep(
	struct ward_fuser *f, const struct ward_detection *d, struct kept **ret);
void ward_fuse_drop(struct ward_fuser *f, struct kept *k);
WARD_MUST_CHECK enum ward_err ward_fuse_group_new(struct ward_fuser *f, struct group **ret);
void ward_fuse_group_free(struct ward_fuser *f, struct group *g);
WARD_MUST_CHECK enum ward_err ward_fuse_group_add(
	struct ward_fuser *f, struct group *g, struct kept *k);
/* Takes a detection into the graph; k->group is where it ended, NULL if it is in none. */
WARD_MUST_CHECK enum ward_err ward_fuse_place(struct ward_fuser *f, struct kept *k);
/* Builds f->incident from a group. */
WARD_MUST_CHECK enum ward_err ward_fuse_tell(struct ward_fuser *f, struct group *g);

/* Forgets everything. */
void ward_fuse_clear(struct ward_fuser *f);
void ward_fuse_count(struct ward_fuser *f, const char *name);

#endif
