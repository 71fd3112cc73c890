/* The course of an incident that a plan is for: states that are struck, the ways by which they hold
 * one another down, works. Internal to this room.
 *
 * A way holds a state down while at least r of its slots are down; a slot is down while one of its
 * sources is. Everything that spreads is a way of one slot. */
#ifndef WARD_RECOVER_WORLD_H
#define WARD_RECOVER_WORLD_H

#include "impact/engine.h"
#include "recover/recover.h"

#define GONE INT64_MIN /* of a time back: it never falls */
#define NEVER WARD_NS_NEVER

struct rec_slot {
	uint32_t src, n; /* in world.src: states */
};
struct rec_way {
	uint32_t slot, n, r;
	ward_ns fires; /* when it takes the state down, if it still holds then */
	bool supply; /* of power, data …: nobody can work without it; nor in the fire or the water
			that destroyed it */
};
struct rec_state {
	uint32_t plan, asset, threat;
	ward_ns down, lag;
	uint32_t job; /* whose end ends it, or WARD_NONE: it heals */
	uint32_t way, n_way;
	bool seed;
};
struct rec_job {
	uint32_t asset, threat;
	const struct ward_work *work; /* whose end takes longest */
	ward_ns lasts, verify, release, struck, late;
	uint32_t need, n_need; /* in world.need: ways that supply the asset */
	bool done, stated, by_hand;
};
/* A service and its states that mean it is down. */
struct rec_service {
	uint32_t node, first, n; /* in world.falls */
	ward_ns mtpd;
	bool assumed;
	int64_t weight; /* millionths of care units a minute; at least a thousandth */
	/* Where it matters more at some hours: what has counted from `base` by each quarter of an
	 * hour (REC_QUARTERS and one more); else NULL. */
	ward_ns base, *counted;
};
enum { REC_QUARTERS = 30 * 96 }; /* beyond, every minute counts fully */

struct rec_world {
	const struct ward_recover_world *w;
	const struct ward_recover_ask *ask;
	struct ward_arena *a;
	struct rec_state
		*state; /* by (down, steps, plan's number): causes before what they cause */
	struct rec_way *way;
	struct rec_slot *slot;
	uint32_t *src, *need, *falls;
	struct rec_job *job; /* by (struck, id) */
	struct rec_service *service;
	size_t n_state, n_way, n_slot, n_src, n_need, n_job, n_service;
	size_t cap_way, cap_slot, cap_src;
	uint32_t *of; /* [plan.n_state]: place in state, or WARD_NONE */
	uint32_t teams[WARD_TEAMS_MAX];
	bool straight; /* every source comes before what it causes */
	ward_ns *pick; /* scratch: slots of one way */
	size_t slots_max;
	size_t n_unlikely, n_spared;
};

/* world.c: from what the engine was asked last. */
WARD_MUST_CHECK enum ward_err ward_world_build(struct rec_world *x, const struct ward_impacts *all);
/* ways.c: does a rule strike at that time? Once the incident is stopped nothing more is destroyed.
 */
bool ward_rule_strikes(const struct rec_world *x, uint32_t rule, ward_ns at);
/* Does something hit it that destroys, so that it does not heal? O(ways in). */
bool ward_state_destroyed(const struct rec_world *x, uint32_t i);
/* Is it seen, and yet only the sign that what feeds it is missing by then (works.h, `lacks`)? What
 * hangs on the thing itself is no reason for it. O(gates of the asset and their sources). */
bool ward_state_wants(const struct rec_world *x, uint32_t i);
/* The ways into each state, and from what they fire. */
WARD_MUST_CHECK enum ward_err ward_world_ways(struct rec_world *x);
/* off.c: which works' things are to be off their networks, and which of them only if a clinical
 * role agrees. Asks the engine on: what it gave before is no more. */
WARD_MUST_CHECK enum ward_err ward_recover_off(const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_arena *a, struct ward_recover *p);

/* back.c: when each state is back, given when each job ends (NEVER: not yet planned); floor: the
 * least that a time can be (NULL: none). The greatest such times. O(states + sources), more where
 * supplies go in circles. */
void ward_back(
	const struct rec_world *x, const ward_ns *end, const ward_ns *floor, ward_ns *ret_back);
/* When a way lets go; GONE if it never takes hold. */
ward_ns ward_way_back(const struct rec_world *x, const struct rec_way *way, const ward_ns *back);
/* When the asset of a job has what work on it needs, from the times of ward_back. */
ward_ns ward_job_ready(const struct rec_world *x, uint32_t job, const ward_ns *back);
/* When a service fell and is back; both 0 if it does not fall. */
struct rec_outage {
	ward_ns down, back;
};
struct rec_outage ward_outage(
	const struct rec_world *x, const struct rec_service *s, const ward_ns *back);
/* What of from..to counts for the service, by its hours; `from` is not before it first falls. */
ward_ns ward_counted(
	const struct rec_world *x, const struct rec_service *s, ward_ns from, ward_ns to);
/* The table for that, of what has its hours. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_counted_new(const struct rec_world *x, struct rec_service *s);
struct ward_recover_cost ward_cost(const struct rec_world *x, const ward_ns *back);

/* A schedule: per job when it begins and ends and by which team of its kind. */
struct rec_schedule {
	ward_ns *begin, *end;
	uint32_t *number;
	uint32_t *order; /* as they were planned */
};
WARD_MUST_CHECK enum ward_err ward_schedule_new(
	const struct rec_world *x, struct rec_schedule *ret);
void ward_schedule_copy(
	const struct rec_world *x, struct rec_schedule *to, const struct rec_schedule *from);

/* order.c */
struct rec_hall { /* teams at work */
	ward_ns free[WARD_TEAMS_MAX][WARD_TEAM_NUMBER_MAX];
};
void ward_hall_open(const struct rec_world *x, struct rec_hall *h);
/* Plans one job at the soonest, given the times back so far. */
void ward_hall_put(const struct rec_world *x, struct rec_hall *h, uint32_t job, ward_ns ready,
	struct rec_schedule *s);
/* The jobs one after another, the first in the list that can be begun next. */
WARD_MUST_CHECK enum ward_err ward_schedule_list(
	const struct rec_world *x, const uint32_t *list, struct rec_schedule *s, ward_ns *back);
/* greedy.c: by what it brings back for how much work; *ret_weighed is false where that is too much
 * to weigh, and they are in the order in which they failed. */
WARD_MUST_CHECK enum ward_err ward_schedule_greedy(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back, bool *ret_weighed);
/* Makes it better where it can by moving jobs, within a stated effort. */
WARD_MUST_CHECK enum ward_err ward_schedule_improve(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back);
/* bound.c: when all would end and be back if each kind had a team for every job: the jobs whose end
 * is given (not NEVER) end then, no other begins before `soonest` of its kind (NULL: now). */
struct rec_relaxed {
	ward_ns *end, *back;
};
WARD_MUST_CHECK enum ward_err ward_relaxed_new(const struct rec_world *x, struct rec_relaxed *ret);
void ward_relaxed_run(const struct rec_world *x, const ward_ns *end, const ward_ns *soonest,
	const ward_ns *floor, struct rec_relaxed *r);
/* need.c: which jobs each state waits for, as bits, given relaxed times: all of them that it can't
 * be back without (must), or those that it is soonest back by. NULL bits: too many to be kept. */
struct rec_needs {
	uint64_t *bits; /* [n_state][words] */
	size_t words;
};
WARD_MUST_CHECK enum ward_err ward_needs_new(
	const struct rec_world *x, const struct rec_relaxed *r, bool must, struct rec_needs *ret);

/* exact.c: no schedule scores less than this. */
WARD_MUST_CHECK enum ward_err ward_schedule_bound(const struct rec_world *x, int64_t *ret_micro);
/* The best of all, when there are few; *ret_exact: it is proved. *s holds one to begin with. */
WARD_MUST_CHECK enum ward_err ward_schedule_exact(
	const struct rec_world *x, struct rec_schedule *s, ward_ns *back, bool *ret_exact);

#endif
