/* Every door as a state machine (fsm.h), fed with what access control, contacts and cameras tell of
 * it; what follows and nobody told is told as events of the same classes.
 *
 * Inferred are door.forced, door.held, door.not_taken (accepted, and nobody went in),
 * door.tailgated (more went in than were accepted, or may have: `suspected`) and door.unbadged
 * (somebody went in, nobody was accepted), and of badges badge.two_places (badge.c). Each names the
 * events that made it (`evidence`), those of doors the state that the door is in (`state`). What a
 * door's controller tells itself of an opening is not told again.
 *
 * Events wait `hold` (content/doors) so that they are taken in the order of their time; of a later
 * one only a counter tells. No clock but the times that are handed in; single-threaded. Events were
 * written by outsiders. */
#ifndef WARD_MODEL_DOOR_DOORS_H
#define WARD_MODEL_DOOR_DOORS_H

#include "base/rd.h"
#include "event/event.h"
#include "model/door/fsm.h"
#include "model/door/rules.h"
#include "model/model.h"

struct ward_doors;

/* Takes an event that was inferred; it lives during the call. What it gives ends the doors' call.
 */
typedef enum ward_err (*ward_doors_sink)(void *ctx, const struct ward_event *e);

struct ward_doors_stats {
	uint64_t n_taken;    /* events of doors */
	uint64_t n_late;     /* behind what was taken already: left */
	uint64_t n_hurried;  /* taken before their time, for want of room */
	uint64_t n_unplaced; /* of doors beyond the limit: left */
	uint64_t n_tardy;    /* doors that began to tell reasons late: nothing is forced there */
	uint64_t n_inferred;
};

/* Borrows all; model may be NULL: then each door is of the class `door`. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_doors_new(const struct ward_door_rules *rules,
	const struct ward_model *model, struct ward_names *names, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_doors **ret);
void ward_doors_free(struct ward_doors *d);

/* Is an event of that class looked at? O(1). */
bool ward_doors_knows(const struct ward_doors *d, uint32_t class);
/* Takes in an event (enriched, if there is a model) that is placed at time; the clock is at least
 * `clock`. NOMEM, or what the sink gave. O(log held). */
WARD_MUST_CHECK enum ward_err ward_doors_event(struct ward_doors *d, const struct ward_event *e,
	ward_ns time, ward_ns clock, ward_doors_sink sink, void *ctx);
/* The clock is at least `now`; NEVER: nothing more comes, and no more time went by. */
WARD_MUST_CHECK enum ward_err ward_doors_tick(
	struct ward_doors *d, ward_ns now, ward_doors_sink sink, void *ctx);

struct ward_doors_stats ward_doors_stats(const struct ward_doors *d);
/* The state of a door by its id in the model, else by the name that events give it; UNKNOWN for
 * one that was not heard of. */
enum ward_door_state ward_doors_state(const struct ward_doors *d, struct ward_str door);

/* All that is remembered, to bytes and back into fresh doors; r must hold exactly these bytes.
 * MALFORMED, LIMIT, NOMEM: then it may only be freed. */
void ward_doors_save(const struct ward_doors *d, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_doors_load(struct ward_doors *d, struct ward_rd *r);

#endif
