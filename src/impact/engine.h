/* One propagation over a plan, shared by the files of the engine. Internal to this room.
 *
 * What a run has to do with has a cell, close together; `number` leads there from a state. Gates
 * and slots have one entry each; it is of this run when its stamp says so. The next run clears what
 * the last one numbered, nothing else: so a run costs what it touches. */
#ifndef WARD_IMPACT_ENGINE_H
#define WARD_IMPACT_ENGINE_H

#include "impact/parts.h"

struct ward_engine {
	const struct ward_model *m;
	const struct ward_rules *r;
	const struct ward_mem *mem;
	size_t state_max, edge_max;
	enum ward_impact_mode mode;
	struct ward_impact_plan *plan[2]; /* by mode; the second is made when it is asked for */
	const struct ward_impact_plan *p;
	/* What differs from the model now; copies of the plan's arrays once something does. */
	const uint32_t *guard;
	const struct plan_guard *value;
	const struct plan_buffer *buffer;
	struct present *present; /* change.c; NULL: nothing ever did */
	const uint64_t *cut;     /* a bit per edge, or NULL */
	bool stands;             /* nobody does anything further: such edges are cut, too */
	struct touched touched;
	struct list suspect; /* update.c: states whose label may be worse */
	struct list fresh;   /* and those whose label became final */
	struct list moved;   /* both, of expected times */
	struct list renew;   /* states that may have come to otherwise */
	uint64_t *turns;     /* states of one key that wait, by (depth, state): a heap */
	size_t n_turns, cap_turns;
	struct member *member; /* slots of one gate that fell */
	size_t cap_member;
	uint32_t mark;
	size_t effort; /* edges that the update under way looked at */
	bool placed;   /* engine.order and the places are those of now */
	bool whole;    /* the labels are those of a finished run */
	bool labelled; /* cells have labels; while exploring they need none */
	size_t cap_state, cap_gate, cap_slot; /* of the arrays of all plans */
	uint32_t *number;                     /* [cap_state]: of a state, in cell, or WARD_NONE */
	struct cell *cell;                    /* [n_cell]: of this run */
	int64_t *keys[METRIC_N];              /* as cell, beside labels: a pass looks at many */
	struct label *label[METRIC_N];
	size_t n_cell, cap_cell, cap_key[METRIC_N], cap_label[METRIC_N];
	struct gate_run *gate;
	uint32_t *slot_pass; /* the pass in which a slot was counted */
	uint32_t run, pass;  /* numbers that stamp */
	struct seed *seed;
	size_t n_seed, cap_seed;
	struct list queue; /* reached states */
	struct list hit;   /* protected states that something came up against */
	struct list gates; /* that something came to */
	struct list rings; /* of these, those that aim at a supply loop */
	size_t at_queue, n_edge;
	struct radix heap;
	enum metric metric; /* of the pass under way */
	int64_t key;        /* that is being settled, at depth: */
	uint32_t depth, turn;
	struct list level, next; /* cells of this depth and of the following one */
	struct near near;
	struct list order;   /* cells of what is reached by expected time, in a pass as they
				are met */
	struct list soonest; /* and by earliest time */
	size_t same;         /* where in these the states of the key that is settled begin */
	struct list maybe;   /* states under examination, then all on loops */
	size_t n_loop;
	size_t loop_effort; /* slots that loop.c looked at in this run */
	bool watch;         /* a slot of a gate on a loop was counted */
	uint64_t *factor;   /* of one product */
	size_t n_factor, cap_factor;
	uint32_t *sort; /* numbers on their way */
	size_t cap_sort;
	struct ward_impact *item; /* before it is filled: what bounding and sorting work with */
	size_t n_item, cap_item;
	struct ward_barrier *barrier;
	size_t n_barrier, cap_barrier;
};

/* Room for one more. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_list_grow(const struct ward_engine *e, struct list *l);
static inline enum ward_err ward_list_put(const struct ward_engine *e, struct list *l, uint32_t v)
{
	enum ward_err err = l->n < l->cap ? WARD_OK : ward_list_grow(e, l);

	if (!err)
		l->p[l->n++] = v;
	return err;
}

/* Has this run to do with that state? */
static inline bool ward_cell_live(const struct ward_engine *e, uint32_t s)
{
	return e->number[s] != WARD_NONE;
}
/* The cell of a state that has one; until the next one is added. */
static inline struct cell *ward_cell_at(const struct ward_engine *e, uint32_t s)
{
	return &e->cell[e->number[s]];
}
static inline int64_t ward_key(const struct ward_engine *e, enum metric m, uint32_t s)
{
	return e->keys[m][e->number[s]];
}
static inline struct label *ward_label(const struct ward_engine *e, enum metric m, uint32_t s)
{
	return &e->label[m][e->number[s]];
}
static inline bool ward_cell_is(const struct ward_engine *e, uint32_t s, uint32_t flag)
{
	return ward_cell_live(e, s) && (ward_cell_at(e, s)->flag & flag);
}
/* Gives the state a cell, unless it has one. */
WARD_MUST_CHECK enum ward_err ward_cell_new(struct ward_engine *e, uint32_t s);
static inline enum ward_err ward_cell_add(struct ward_engine *e, uint32_t s)
{
	return ward_cell_live(e, s) ? WARD_OK : ward_cell_new(e, s);
}
/* The state of that (asset, threat), which gets a row if need be; WARD_NONE: no rule leads to or
 * from it. What was read from e->number, e->guard and e->cut before is not of now. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_engine_state(
	struct ward_engine *e, uint32_t asset, uint32_t threat, uint32_t *ret);
static inline bool ward_edge_cut(const struct ward_engine *e, size_t edge)
{
	return (e->cut && (e->cut[edge / 64] >> edge % 64 & 1)) ||
	       (e->stands && e->p->rule[e->p->edge[edge].rule].act);
}
/* Fully protected and not observed: never reached. */
static inline bool ward_cell_wall(const struct ward_engine *e, uint32_t s)
{
	uint32_t g = e->guard[s];

	return g && e->value[g].hi == 0 && !ward_cell_is(e, s, STATE_SEED);
}
static inline uint32_t ward_gate_end(const struct ward_engine *e, uint32_t g)
{
	return e->p->gate[g + 1].slot;
}
static inline bool ward_slot_counted(const struct ward_engine *e, uint32_t slot)
{
	return e->slot_pass[slot] == e->pass;
}

/* The bytes of all that it works with, beside its plans and the result that it gives. */
size_t ward_engine_bytes(struct ward_engine *e);

/* So many bytes where the items will be, which are no more; until the next call. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_scratch(struct ward_engine *e, size_t bytes, void **ret);
/* The same, keeping what is there. */
WARD_MUST_CHECK enum ward_err ward_scratch_more(struct ward_engine *e, size_t bytes);
/* Room in keys and labels for n cells. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_label_room(struct ward_engine *e, size_t n, size_t max);
/* Room for n items of `size` bytes in *items of *cap, and for no more than an eighth beyond, up to
 * max: large arrays are not doubled. */
WARD_MUST_CHECK enum ward_err ward_room(
	const struct ward_mem *mem, void *items, size_t n, size_t *cap, size_t size, size_t max);

/* sort.c: a[n] in ascending order. */
WARD_MUST_CHECK enum ward_err ward_sort_numbers(struct ward_engine *e, uint32_t *a, size_t n);
/* The cells of the reached states by (key of m, state). */
WARD_MUST_CHECK enum ward_err ward_sort_reached(
	struct ward_engine *e, enum metric m, struct list *ret);

/* near.c: rows of what is reached now, in the scratch memory, until something else is there: from
 * those of the plan, */
WARD_MUST_CHECK enum ward_err ward_near_build(struct ward_engine *e);
/* or as exploring writes them, of cells as they are met: room for n more edges; */
WARD_MUST_CHECK enum ward_err ward_near_more(struct ward_engine *e, size_t n);
/* then the cells are numbered in the order of their states, as the plan's rows are, and their rows
 * with them: what a pass has to do with is close together. */
WARD_MUST_CHECK enum ward_err ward_near_number(struct ward_engine *e);
/* So many bytes behind these, which stay. */
WARD_MUST_CHECK enum ward_err ward_near_room(struct ward_engine *e, size_t behind, void **ret);

/* explore.c: all that the seeds lead to, supply loops settled. */
WARD_MUST_CHECK enum ward_err ward_engine_explore(struct ward_engine *e);
/* One more seed; what was seen of one (asset, threat) before counts too. NOT_FOUND. */
WARD_MUST_CHECK enum ward_err ward_engine_plant(
	struct ward_engine *e, const struct ward_seed_threat *seed);
WARD_MUST_CHECK enum ward_err ward_engine_reach(struct ward_engine *e, uint32_t s);
/* Something comes to that gate. */
WARD_MUST_CHECK enum ward_err ward_engine_touch(struct ward_engine *e, uint32_t g);

/* loop.c: supply loops. */
/* Reaches whatever only a loop still holds up; *ret_n says how many. */
WARD_MUST_CHECK enum ward_err ward_loop_settle(struct ward_engine *e, size_t *ret_n);
/* In a pass at `key`: relaxes what its loop alone still holds now. */
WARD_MUST_CHECK enum ward_err ward_loop_watch(struct ward_engine *e, enum metric m, int64_t key);

/* pass.c: one Knuth pass per metric, along the near rows. */
WARD_MUST_CHECK enum ward_err ward_pass_run(struct ward_engine *e, enum metric m);
WARD_MUST_CHECK enum ward_err ward_pass_relax(
	struct ward_engine *e, uint32_t dst, int64_t key, struct way way);
/* The key of dst when `way` comes from `base`. */
int64_t ward_pass_combine(const struct ward_engine *e, enum metric m, int64_t base, uint32_t dst,
	const struct way *way);
/* Among equal ways: by rule, then where it came from, then the gate. */
bool ward_way_less(const struct ward_impact_plan *p, const struct way *a, const struct way *b);
/* What the buffers of that way give. */
ward_ns ward_pass_buffer(const struct ward_engine *e, uint32_t dst, const struct way *way);

/* bound.c: upper bounds of the likelihood. */
WARD_MUST_CHECK enum ward_err ward_bound_run(struct ward_engine *e);

/* change.c: what is otherwise now than the model says. */
/* Nothing is any more. Costs what the changes touched. */
WARD_MUST_CHECK enum ward_err ward_present_clear(struct ward_engine *e);
void ward_present_free(struct ward_engine *e);
uint8_t ward_present_asset(const struct ward_engine *e, uint32_t asset);
/* Does something come of that seed? */
static inline bool ward_seed_live(const struct ward_engine *e, const struct seed *s)
{
	return s->state != WARD_NONE && !(ward_present_asset(e, s->asset) & ASSET_REPAIRED);
}
/* The plan's arrays may have moved; that state (or WARD_NONE) has just got its row: its edges are
 * cut where things are so. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_present_late(struct ward_engine *e, uint32_t s);
/* Takes it up. NOT_FOUND for what is not in the model, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_present_put(
	struct ward_engine *e, const struct ward_change *c, struct touched *t);

/* explore.c: sets the seed of (asset, threat), or takes it away. */
WARD_MUST_CHECK enum ward_err ward_seed_set(struct ward_engine *e, const struct ward_change *c);

/* update.c: brings the labels to what the changes make them. *ret: false when that would cost
 * more than a run from the beginning, or a supply loop is near: then they are of no use. */
WARD_MUST_CHECK enum ward_err ward_update_run(struct ward_engine *e, bool *ret);
void ward_update_free(struct ward_engine *e);

/* proof.c: the order in which members of a gate count: likelihood, steps, expected time, id. */
int ward_proof_cmp(const struct ward_engine *e, uint32_t a, uint32_t b);

/* read.c: the result as items and barriers. */
WARD_MUST_CHECK enum ward_err ward_engine_read(struct ward_engine *e, struct ward_impacts *ret);
/* Leaves in engine.hit what something still comes up against. */
void ward_engine_hits(struct ward_engine *e);

#endif
