/* Inside brain: what its files share. */
#ifndef WARD_BRAIN_PRIV_H
#define WARD_BRAIN_PRIV_H

#include "brain/brain.h"
#include "desk/decision.h"
#include "detect/alert.h"
#include "detect/point/watch.h"
#include "model/census.h"
#include "model/coverage/coverage.h"
#include "model/door/doors.h"
#include "model/inventory/change.h"

enum {
	WARD_BRAIN_PART_MAX = 512 << 20, /* bytes of one part of a checkpoint */
	WARD_BRAIN_BECAUSE_MAX = 1024,   /* bytes of why a permit does not cover something */
};

/* What was last said about one impact of one incident. */
struct said {
	struct ward_id incident;
	uint32_t revision;
	uint32_t round; /* the last telling that it appeared in */
	bool withdrawn;
	bool further;     /* only if whoever did this goes on */
	uint64_t content; /* hash of the whole */
	uint64_t shape;   /* hash of all but times and likelihoods */
	int64_t lo_micro, hi_micro;
	ward_ns earliest, expected;
};

/* What is seen of the networks, and who of whom. */
struct seen {
	struct ward_coverage *coverage;
	struct ward_inventory *inventory; /* NULL: off, and so is all below */
	struct ward_changes changes;
	struct ward_arena view; /* of one look */
	ward_ns looked;         /* the mark of the last one; INT64_MIN: none yet */
	ward_ns busy;           /* until then there may be news that waits */
	uint64_t n_news;        /* of the inventory's, that `busy` is about */
	struct ward_inv_stats counted;
};

/* Who came and went at a service in the minute that goes on. */
struct counted {
	uint32_t node, came, went;
	ward_ns first, last;
	struct ward_id event; /* the first of them */
};
struct census {
	struct ward_census names;
	struct counted *at;
	size_t n, cap;
	ward_ns since; /* the clock when the first of them came */
};

/* Until then, what this rule finds on, or at, the thing opens no incident. */
struct ward_mute {
	struct ward_id id; /* of the decision */
	char rule[128];
	uint32_t thing;
	ward_ns until;
};

/* A rule whose sign is mostly false when it comes alone, or one that confirms such. */
struct alarm_rule {
	struct ward_str rule; /* of the ruleset */
	bool confirms;
};

struct ward_brain {
	struct ward_brain_config c;
	struct ward_detector *detector;
	struct ward_baseline *baseline; /* NULL: off */
	struct ward_alerts alerts;      /* of other products */
	struct ward_permits *permits;
	struct ward_doors *doors; /* NULL: off */
	struct ward_watch *watch; /* of points; NULL: there are none */
	struct ward_fuser *fuser;
	struct ward_engine *engine;
	struct ward_enrich enrich;
	struct ward_offsets offsets; /* of the senders' clocks */
	struct seen seen;
	struct census census;
	struct alarm_rule *alarm;
	size_t n_alarm, cap_alarm;
	struct ward_brain_source *source; /* n_source and one more, its own */
	size_t n_source, source_at;       /* that of the event before */
	ward_ns sources_looked;           /* clock of their last look; INT64_MIN: none yet */
	struct ward_arena scratch;        /* of one call */
	struct ward_wr json;
	struct { /* of the record in hand */
		const struct ward_detection *detection;
		const struct ward_incident *incident;
	} of;
	ward_ns now;     /* trusted time of the event in hand */
	ward_ns clock;   /* Ward's own: the highest `seen` or tick */
	ward_ns margin;  /* so far behind the clock a detection may still end */
	ward_ns expired; /* clock when the fuser was last asked to give up what is old */
	struct ward_detect_stats counted; /* of the detector's, what the counters have */
	struct ward_doors_stats told;     /* the same of the doors' */
	struct ward_watch_stats watched;  /* the same of the points' */
	struct ward_bl_stats learned;     /* the same of the baseline's */
	struct ward_wr gone;              /* ids of incidents given up in one call */
	enum ward_err err;                /* first failure inside a callback */
	/* impacts told: impact id → struct said */
	struct ward_tab said;
	uint32_t round;
	/* event ids seen lately, oldest first from `at` */
	struct ward_tab recent_set;
	struct ward_id *recent;
	size_t n_recent, cap_recent, at_recent;
	struct ward_mute mute[256];
	size_t n_mute;
	/* who can cause what: (node, threat, node, threat) → steps; kept until it is full */
	struct ward_tab cause;
};

uint32_t ward_brain_cause(void *ctx, uint32_t a, uint32_t ta, uint32_t b, uint32_t tb);
/* alarms.c: the rules whose tags say so. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_brain_alarms_new(struct ward_brain *b);
void ward_brain_alarms_free(struct ward_brain *b);
/* The i-th threat as a forecast takes it; false: another of them says it, and where. */
bool ward_brain_seed(const struct ward_brain *b, const struct ward_incident *in, size_t i,
	struct ward_seed_threat *ret);
/* Does a sign that is mostly false tell of one of its threats, and nothing confirm it? */
bool ward_brain_alone(const struct ward_brain *b, const struct ward_incident *in);
/* Works out what the incident costs, and tells what is new of it. */
WARD_MUST_CHECK enum ward_err ward_brain_impacts(
	struct ward_brain *b, const struct ward_incident *in);
/* Forgets what was said of the incidents whose ids are in b->gone. */
WARD_MUST_CHECK enum ward_err ward_brain_forget(struct ward_brain *b);
/* Gives b->json to the sink as one record; b->of says what it is of, and is cleared. */
void ward_brain_put(struct ward_brain *b, enum ward_output_kind kind, struct ward_id id,
	uint32_t revision, ward_ns time);
/* False when this id was seen lately; then it is remembered. */
WARD_MUST_CHECK enum ward_err ward_brain_fresh(struct ward_brain *b, struct ward_id id, bool *ret);
/* Enriches and judges one event at its trusted time, b->now. LIMIT is counted. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_brain_judge(struct ward_brain *b, struct ward_event *e);
/* clocks.c: tells that the clock of e's sender was found wrong or right again, as an event that is
 * judged at e's arrival; b->now stays. LIMIT is counted. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_brain_clock(struct ward_brain *b, const struct ward_event *e);
/* Counts what a room below has counted since `before`. */
void ward_brain_count(struct ward_brain *b, const char *name, uint64_t now, uint64_t before);

/* decide.c: what e says that people decided; nothing of another class. b->err is looked at. */
WARD_MUST_CHECK enum ward_err ward_brain_decided(struct ward_brain *b, const struct ward_event *e);
/* standby.c: the pair of machines is whole again. */
WARD_MUST_CHECK enum ward_err ward_brain_standby(struct ward_brain *b, const struct ward_event *e);
/* account.c: who signed in, what became of an account, who searched the past; nothing of another
 * class. b->err is looked at. */
WARD_MUST_CHECK enum ward_err ward_brain_account(struct ward_brain *b, const struct ward_event *e);
/* erased.c: what the journal erased; nothing of another class. b->err is looked at. */
WARD_MUST_CHECK enum ward_err ward_brain_erased(struct ward_brain *b, const struct ward_event *e);

/* census.c: counts what e moves, placed at b->now; and, before the clock moves on to `now`, tells
 * the counts of a minute that is over. NEVER: all. b->err is looked at. */
void ward_brain_census_new(struct ward_brain *b);
void ward_brain_census_free(struct ward_brain *b);
WARD_MUST_CHECK enum ward_err ward_brain_census(struct ward_brain *b, const struct ward_event *e);
WARD_MUST_CHECK enum ward_err ward_brain_census_tick(struct ward_brain *b, ward_ns now);
void ward_brain_census_save(const struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_census_load(struct ward_brain *b, struct ward_rd *r);

/* mutes.c: is it held back? One that is is counted. */
bool ward_brain_is_muted(struct ward_brain *b, const struct ward_detection *d);
/* A filter is made, or lifted. NULL: it is; else why not, which lives forever. */
const char *ward_brain_tune(struct ward_brain *b, const struct ward_decision *d,
	struct ward_str args, struct ward_arena *a);
const char *ward_brain_lift(struct ward_brain *b, const struct ward_decision *d);
void ward_brain_mutes_save(const struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_mutes_load(struct ward_brain *b, struct ward_rd *r);

/* permits.c: somebody decided that there are works, or that they are over. As ward_brain_tune; the
 * text may live in `a`. b->err is set when there is no memory. */
const char *ward_brain_works(struct ward_brain *b, const struct ward_decision *d,
	struct ward_str args, struct ward_arena *a);
const char *ward_brain_works_end(struct ward_brain *b, const struct ward_decision *d);
/* Sets what the permits say of d; its texts are borrowed from them and from buf. */
void ward_brain_permitted(
	struct ward_brain *b, struct ward_detection *d, char buf[WARD_BRAIN_BECAUSE_MAX]);
void ward_brain_permits_save(struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_permits_load(struct ward_brain *b, struct ward_rd *r);

/* doors.c: before the clock moves on to `now`, judges what follows of doors; NEVER: all that does.
 */
WARD_MUST_CHECK enum ward_err ward_brain_doors_tick(struct ward_brain *b, ward_ns now);
/* Feeds the doors with an event that was judged; its time is b->now. */
WARD_MUST_CHECK enum ward_err ward_brain_doors(struct ward_brain *b, const struct ward_event *e);
void ward_brain_doors_save(struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_doors_load(struct ward_brain *b, struct ward_rd *r);

/* sources.c: who is heard. NULL: there is no memory. */
struct ward_brain_source *ward_brain_source_new(const struct ward_brain_config *c, size_t *ret_n);
/* The clock moved on: tells who is too quiet. */
WARD_MUST_CHECK enum ward_err ward_brain_sources_tick(struct ward_brain *b, ward_ns now);
WARD_MUST_CHECK enum ward_err ward_brain_sources_event(
	struct ward_brain *b, const struct ward_event *e);
void ward_brain_sources_save(const struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_sources_load(struct ward_brain *b, struct ward_rd *r);

/* points.c: the same for measured values. */
WARD_MUST_CHECK enum ward_err ward_brain_points_tick(struct ward_brain *b, ward_ns now);
WARD_MUST_CHECK enum ward_err ward_brain_points(struct ward_brain *b, const struct ward_event *e);
void ward_brain_points_save(struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_points_load(struct ward_brain *b, struct ward_rd *r);
/* An event that a room below inferred: judged at its own time, or at the clock when that is too
 * long ago to be correlated; counted as `name`. */
WARD_MUST_CHECK enum ward_err ward_brain_inferred(
	struct ward_brain *b, const struct ward_event *e, const char *name);

/* peek.c: a memory's version and seal, its bytes before the seal. VERSION, MALFORMED. */
enum { WARD_BRAIN_SAVE_VERSION = 10, WARD_BRAIN_PRINT = 32, WARD_BRAIN_SEAL = 32 };
WARD_MUST_CHECK enum ward_err ward_brain_unseal(struct ward_slice all, struct ward_rd *ret);

WARD_MUST_CHECK enum ward_err ward_brain_seen_new(struct ward_brain *b);
void ward_brain_seen_free(struct ward_brain *b);
/* Feeds inventory and coverage with an event that was judged; its time is b->now. */
WARD_MUST_CHECK enum ward_err ward_brain_see(struct ward_brain *b, const struct ward_event *e);
/* Before the clock moves on to `clock`: judges what is news in the inventory, if it is time for
 * that; NEVER: all that is. */
WARD_MUST_CHECK enum ward_err ward_brain_look(struct ward_brain *b, ward_ns clock);
void ward_brain_seen_save(struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_seen_load(struct ward_brain *b, struct ward_rd *r);

#endif
