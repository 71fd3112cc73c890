/* Inside brain: what its files share. */
#ifndef WARD_BRAIN_PRIV_H
#define WARD_BRAIN_PRIV_H

#include "brain/brain.h"

/* What was last said about one impact of one incident. */
struct said {
	struct ward_id incident;
	uint32_t revision;
	uint32_t round; /* the last telling that it appeared in */
	bool withdrawn;
	uint64_t content; /* hash of the whole */
	uint64_t shape;   /* hash of all but times and likelihoods */
	int64_t lo_micro, hi_micro;
	ward_ns earliest, expected;
};

struct ward_brain {
	struct ward_brain_config c;
	struct ward_detector *detector;
	struct ward_baseline *baseline; /* NULL: off */
	struct ward_fuser *fuser;
	struct ward_engine *engine;
	struct ward_enrich enrich;
	struct ward_arena scratch; /* of one call */
	struct ward_wr json;
	ward_ns now;     /* trusted time of the event in hand */
	ward_ns clock;   /* Ward's own: the highest `seen` or tick */
	ward_ns margin;  /* so far behind the clock a detection may still end */
	ward_ns expired; /* clock when the fuser was last asked to give up what is old */
	struct ward_detect_stats counted; /* of the detector's, what the counters have */
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
	/* who can cause what: (node, threat, node, threat) → steps; kept until it is full */
	struct ward_tab cause;
};

uint32_t ward_brain_cause(void *ctx, uint32_t a, uint32_t ta, uint32_t b, uint32_t tb);
/* Works out what the incident costs, and tells what is new of it. */
WARD_MUST_CHECK enum ward_err ward_brain_impacts(
	struct ward_brain *b, const struct ward_incident *in);
/* Forgets what was said of the incidents whose ids are in b->gone. */
WARD_MUST_CHECK enum ward_err ward_brain_forget(struct ward_brain *b);
/* Gives b->json to the sink as one record. */
void ward_brain_put(struct ward_brain *b, enum ward_output_kind kind, struct ward_id id,
	uint32_t revision, ward_ns time);
/* False when this id was seen lately; then it is remembered. */
WARD_MUST_CHECK enum ward_err ward_brain_fresh(struct ward_brain *b, struct ward_id id, bool *ret);

#endif
