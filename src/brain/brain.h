/* The thought, in one thread: event → enrich → detect → fuse → impact → output records.
 *
 * `ward replay` feeds it recorded events, the brain process those of the journal; both get the
 * same records. Its whole memory goes to a checkpoint and back: fed again from there it gives the
 * same records with the same ids and revisions, which whoever stores them recognises. Events are
 * trusted to be well formed, not to be true. No clock, no files, no network.
 *
 * Beside that it keeps what is seen: every event also feeds the inventory, whose news are judged as
 * events, and the coverage. */
#ifndef WARD_BRAIN_BRAIN_H
#define WARD_BRAIN_BRAIN_H

#include "base/counter.h"
#include "detect/baseline/baseline.h"
#include "detect/detect.h"
#include "enrich/enrich.h"
#include "event/event.h"
#include "fuse/fuse.h"
#include "impact/impact.h"
#include "model/door/rules.h"
#include "model/inventory/rules.h"
#include "model/permit/permit.h"

enum ward_output_kind {
	WARD_OUTPUT_DETECTION,
	WARD_OUTPUT_INCIDENT,
	WARD_OUTPUT_IMPACT,
	WARD_OUTPUT_DECISION, /* of a person, with what became of it */
	WARD_OUTPUT_PERMIT,   /* works permits, as they are gone by from here on */
	WARD_OUTPUT_ACCOUNT,  /* who signed in, what became of an account, who searched */
	WARD_OUTPUT_CENSUS,   /* who came and went at a service, as counts */
	WARD_OUTPUT_DELETION, /* what the journal erased */
	WARD_OUTPUT_N,
};
const char *ward_output_kind_name(enum ward_output_kind k);

/* One output record, valid during the call. A later revision replaces an earlier one. */
struct ward_output {
	enum ward_output_kind kind;
	struct ward_id id;
	uint32_t revision;
	ward_ns time;         /* detection: its last evidence; else the event that changed it */
	struct ward_str json; /* one object, no newline */
	const struct ward_detection *detection; /* DETECTION: what the JSON is of; else NULL */
	const struct ward_incident *incident;   /* INCIDENT */
};
typedef void (*ward_output_fn)(void *ctx, const struct ward_output *o);

struct ward_brain_config {
	const struct ward_model *model;
	const struct ward_ruleset *ruleset;
	const struct ward_rules *propagation;
	const struct ward_bl_profiles *baselines; /* made with `names`; NULL: nothing is learned */
	const struct ward_inv_rules *inventory;   /* made with `names`; NULL: no inventory */
	const struct ward_door_rules *doors;      /* NULL: of doors is known what they tell */
	const struct ward_points *points;         /* NULL: of values is known what sensors tell */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_names *names;
	struct ward_counters *counters;
	ward_enrich_actor_fn actor; /* who did it, as a token */
	void *actor_ctx;
	struct ward_fuse_options fuse;
	struct ward_detect_config detect;
	ward_output_fn out;
	void *out_ctx;
	ward_window_fn window; /* may be NULL: windows that a checkpoint of other rules had */
	void *window_ctx;
};

struct ward_brain;

/* What is known of a source of the hospital's directory: whether it is heard (sources.c). */
enum ward_source_trouble {
	WARD_SOURCE_FINE,
	WARD_SOURCE_OFFLINE, /* whoever reads it says that it gives nothing; why */
	WARD_SOURCE_DAMAGED, /* what it gives can't be read */
	WARD_SOURCE_TROUBLES,
};
enum { WARD_BRAIN_HOURS = 24, WARD_BRAIN_SOURCE_WHY = 64 };
/* Which of its device's streams a camera is watched by (video.stream). */
struct ward_brain_stream {
	char profile[WARD_BRAIN_SOURCE_WHY]; /* as the device names it; empty: none was chosen */
	uint32_t width, height;
	uint32_t millifps, offered; /* 0: the device does not say */
	bool suffices;              /* for the analysis; else it is the largest that there is */
};
struct ward_brain_source {
	const struct ward_source *of;
	uint32_t name;       /* of its events */
	ward_ns first, last; /* by Ward's clock; NEVER: not heard */
	ward_ns from;        /* the last, without the time that Ward itself was off since */
	ward_ns silent;      /* since when it is too quiet; NEVER: it is not */
	ward_ns week, pause, pause_before; /* the longest pause in this week and the one before */
	uint64_t n;
	enum ward_source_trouble trouble;
	ward_ns trouble_since;
	char why[WARD_BRAIN_SOURCE_WHY];
	struct ward_brain_stream stream;
	int64_t hour;                        /* since 1970, the last that is counted */
	uint32_t per_hour[WARD_BRAIN_HOURS]; /* events, by hour % WARD_BRAIN_HOURS */
};

/* Borrows everything in c but the struct itself. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_brain_new(
	const struct ward_brain_config *c, struct ward_brain **ret);
void ward_brain_free(struct ward_brain *b);

/* Takes in one event: places it in the hospital (fields are added to e) and gives what follows
 * from it to `out`. An event with the id of a recent one is the same one, delivered again: counted
 * and left. What people decide of incidents (ward.decision) changes them, and each decision is told
 * as a record; the caller has looked that such an event, and a report.*, came from the desk. NOMEM:
 * go back to the last checkpoint. */
WARD_MUST_CHECK enum ward_err ward_brain_event(struct ward_brain *b, struct ward_event *e);
/* A works permit was made, changed or ended, or is known from the start: what is judged from now on
 * is judged by it, what was told stays told. Copied. At the limit model.permits it is left out and
 * counted. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_brain_permit(struct ward_brain *b, const struct ward_permit *p);
/* The same from a record of the journal: e is of class ward.permit, and came from the supervisor
 * (the caller has looked: no sensor may say so). One that names what the hospital does not have is
 * counted and left. */
WARD_MUST_CHECK enum ward_err ward_brain_permit_event(
	struct ward_brain *b, const struct ward_event *e);
/* Gives `to` the permits that `from` knows. LIMIT is counted, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_brain_permits_from(
	struct ward_brain *to, const struct ward_brain *from);
/* The same of the filters that people made. */
void ward_brain_mutes_from(struct ward_brain *to, const struct ward_brain *from);
/* It is at least `now`: windows that can no longer change are closed. WARD_NS_NEVER at the end of
 * a replay closes all. */
WARD_MUST_CHECK enum ward_err ward_brain_tick(struct ward_brain *b, ward_ns now);

/* What finds what rules match, to ask what they wait for. Borrowed; as long as the brain. */
const struct ward_detector *ward_brain_detector(const struct ward_brain *b);
/* What of the hospital's networks it was told of. Borrowed; as long as the brain. */
const struct ward_coverage *ward_brain_coverage(const struct ward_brain *b);

/* The sources in the directory's order. Borrowed; until the next event. */
size_t ward_brain_n_source(const struct ward_brain *b);
const struct ward_brain_source *ward_brain_source_at(const struct ward_brain *b, size_t i);
/* After how long without a word it is silent; NEVER: that is not known. */
ward_ns ward_brain_source_patience(const struct ward_brain_source *x);

/* Its memory, to bytes and back into a fresh brain. r must hold exactly these bytes. VERSION: they
 * are of another format, or of another model, propagation or options, so that they would mean
 * something else: begin with the journal. Of another ruleset they are taken in: windows of
 * correlations that are the same go on, of the others `window` is told. MALFORMED, LIMIT, NOMEM.
 * After any error the brain may only be freed. */
void ward_brain_save(struct ward_brain *b, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_brain_load(struct ward_brain *b, struct ward_rd *r);

/* What a checkpoint holds of that, for whoever shows it without a brain: as of the clock, with any
 * content; slices of `bytes`, for ward_inventory_load (empty: none was kept) and
 * ward_coverage_load. VERSION, MALFORMED. O(bytes). */
struct ward_brain_seen {
	ward_ns clock;
	struct ward_slice inventory, coverage;
	struct ward_slice learned; /* for ward_baseline_load; empty: nothing is learned */
};
WARD_MUST_CHECK enum ward_err ward_brain_seen(struct ward_slice bytes, struct ward_brain_seen *ret);

#endif
