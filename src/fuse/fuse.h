/* When it is one attack: joins detections that tell one story into incidents.
 *
 * Two detections are linked when, near enough in time, they are on the same asset, by the same
 * actor, in the neighbourhood (walking distance in the hospital graph), or when the threat of one
 * can lead to the threat of the other by propagation rules. An incident is a connected component
 * of that graph. The link is symmetric and compares what the detections say, never when they came,
 * so the final revision is the same for any order of arrival. Single-threaded; no clock of its
 * own; faces no outside bytes but checkpoints of its own making. */
#ifndef WARD_FUSE_FUSE_H
#define WARD_FUSE_FUSE_H

#include "base/counter.h"
#include "base/rd.h"
#include "fuse/incident.h"
#include "model/model.h"

struct ward_fuser;

/* In how many rule steps can threat `ta` on node `a` lead to threat `tb` on node `b`? 0: it can't.
 * Must be a pure function. */
typedef uint32_t (*ward_fuse_cause_fn)(void *ctx, uint32_t a, uint32_t ta, uint32_t b, uint32_t tb);

/* The longest gap between two detections (end of one to begin of the other) that still links. */
struct ward_fuse_options {
	ward_ns asset, actor, place, cause;
	uint32_t place_hops;   /* doors and rooms passed */
	enum ward_level opens; /* an incident needs at least one detection of this level */
	enum ward_level joins; /* below this level a detection is not looked at */
};
void ward_fuse_options_default(struct ward_fuse_options *o);

/* Borrows the model and cause's ctx; counters may be NULL. */
WARD_MUST_CHECK enum ward_err ward_fuser_new(const struct ward_model *m,
	const struct ward_fuse_options *o, ward_fuse_cause_fn cause, void *cause_ctx,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_counters *counters,
	struct ward_fuser **ret);
void ward_fuser_free(struct ward_fuser *f);

/* Takes in one detection (copied): a new one, a later revision of one, or its withdrawal. A
 * revision that is not newer changes nothing. One that says what an earlier one of the same rule
 * said of the same thing is counted there. Then ask ward_fuser_told until it gives NULL. After
 * NOMEM a link may be missing: go back to the last checkpoint. At the limit fuse.detections the
 * group that was quiet longest and never was an incident is given up, else the new one is refused
 * (LIMIT); both are counted. O(held members). */
WARD_MUST_CHECK enum ward_err ward_fuser_detection(
	struct ward_fuser *f, const struct ward_detection *d);

/* Has it this detection, or a revision of it? */
bool ward_fuser_knows(const struct ward_fuser *f, struct ward_id detection);

/* A person decided of the incident of that id, which may be a former one. An incident that is over
 * (recovered, closed, dismissed) takes no new sign until it is reopened: what comes after begins
 * another one, which names it. Then ask ward_fuser_told until it gives NULL. NOT_FOUND: no such
 * incident is held or remembered; STATE: it can't become that from what it is, and nothing changes;
 * the same decision again changes nothing. NOMEM. Copies. */
WARD_MUST_CHECK enum ward_err ward_fuser_decide(
	struct ward_fuser *f, struct ward_id incident, const struct ward_verdict *v);

/* What they tell of is over by itself: v, which must be RECOVER, is decided of each incident that
 * is held, not over, and all of whose signs are such. How many. Then ask ward_fuser_told until it
 * gives NULL. O(held members). */
size_t ward_fuser_recover(struct ward_fuser *f,
	bool (*is)(void *ctx, const struct ward_detection *d), void *ctx,
	const struct ward_verdict *v);

/* Does `at` say yes to a thing or place of one of its signs, or is none of them known? So it is of
 * an incident that is not held here, too. */
bool ward_fuser_is_at(struct ward_fuser *f, struct ward_id incident,
	bool (*at)(void *ctx, uint32_t node), void *ctx);

/* A person says that two incidents are one; v->kind is MERGE, and into may be a sign of one. It has
 * the name of the one that began first, and supersedes the other. What follows later goes on as
 * ever. NOT_FOUND: one of them is not held; STATE: they are one already, or one is over. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_fuser_merge(struct ward_fuser *f, struct ward_id incident,
	struct ward_id into, const struct ward_verdict *v);
/* A person says that these signs (ids of detections) are another incident; v->kind is SPLIT. The
 * one with the earliest sign keeps the name. They are never linked again but by a merge; what comes
 * later goes where it links best. NOT_FOUND: no such incident, or not its sign; STATE: it is over,
 * or one of both would have no sign that opens an incident. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_fuser_split(struct ward_fuser *f, struct ward_id incident,
	const struct ward_id *sign, size_t n, const struct ward_verdict *v);

/* The clock (Ward's own, of arrival) stands at now: incidents of which only repeats are to be told,
 * or whose consequences were withheld, are due when they were last told long enough ago: repeats
 * after 1/32 of what the incident lasted by then (at least 1, at most 15 minutes), what was
 * withheld after 15 minutes. WARD_NS_NEVER: all are due. O(1) while nothing is due, else O(groups).
 */
void ward_fuser_due(struct ward_fuser *f, ward_ns now);

/* The next incident to be told at the time now, NULL when there is none left: one that changed, or
 * is due. Its revision is raised if it changed or repeats came. One whose detections were all
 * withdrawn comes once more, dismissed and without members. *ret lives until the next call. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_fuser_told(
	struct ward_fuser *f, ward_ns now, const struct ward_incident **ret);
/* Of the incident told last something was not passed on, as it was no news: it comes again, with
 * `settle`, when it is due. */
void ward_fuser_withhold(struct ward_fuser *f);

/* Gives up what is too old to be joined by anything at or after `now` (event time). fn is told each
 * id that such an incident ever had; it may be NULL. */
typedef void (*ward_fuse_gone_fn)(void *ctx, struct ward_id id);
void ward_fuser_expire(struct ward_fuser *f, ward_ns now, ward_fuse_gone_fn fn, void *ctx);

/* Incidents held, in order of id; the pointer lives until the next call. */
size_t ward_fuser_n(const struct ward_fuser *f);
WARD_MUST_CHECK enum ward_err ward_fuser_at(
	struct ward_fuser *f, size_t i, const struct ward_incident **ret);

/* State to and from bytes (format in README); everything must have been told before. LIMIT, NOMEM,
 * VERSION, MALFORMED: the fuser is then empty. The same model must be loaded. */
void ward_fuser_save(struct ward_fuser *f, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_fuser_load(struct ward_fuser *f, struct ward_rd *r);

#endif
