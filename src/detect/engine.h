/* Inside the room: the detector. */
#ifndef WARD_DETECT_ENGINE_H
#define WARD_DETECT_ENGINE_H

#include "detect/due.h"
#include "detect/group.h"
#include "detect/memo.h"
#include "detect/origin.h"
#include "detect/plan.h"
#include "detect/reading.h"
#include "detect/shape.h"
#include "model/model.h"

struct ward_route_list {
	uint32_t *route;
	size_t n, cap;
};

/* The routes that ask for a class only, by class; worked out at its first event. */
struct ward_class_routes {
	struct ward_route_list *class; /* by class name id */
	bool *have_class;
	size_t n_class;
};

enum { WARD_SCAN_KINDS = 4 }; /* of keys in the memo for a unit */

/* What is known of the current event, and what was known of others. Marks are of now (event) or of
 * this turn (value) when they are equal to it. */
struct ward_scan {
	const struct ward_plan *plan;
	const struct ward_mem *mem;
	struct ward_memo memo;
	struct ward_literal_hits hits;
	uint32_t now, turn;
	uint32_t *atom;  /* now: it is true */
	uint32_t *truth; /* those of the group at hand, behind one place for its class */
	size_t n_truth;
	uint32_t *member; /* now: it came up */
	uint32_t *up;     /* members, in no order */
	size_t n_up;
	uint32_t *found_in; /* turn: atom is in found */
	uint32_t *found;
	size_t n_found;
	uint32_t *checked; /* turn: the unit's check was made */
};

struct ward_told; /* corr.h */

/* Where detections go. */
struct ward_outlet {
	ward_detect_sink sink;
	void *ctx;
};

struct ward_detector {
	const struct ward_ruleset *rs;
	struct ward_names *names;
	const struct ward_model *model;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_detect_config cfg;
	struct ward_detect_stats stats;
	ward_ns watermark; /* INT64_MIN before the first event */

	struct ward_shapes shapes;
	uint64_t event_no;
	uint64_t names_no; /* another, when the names of an event's fields are not the last one's */
	uint64_t *slot_seen;  /* by slot: names_no when it was set */
	uint32_t *slot_field; /* index of the event's field */
	bool *route_taken;    /* by route: some event was of it */
	struct ward_class_routes index;
	struct ward_scan scan;
	enum ward_match_mode {
		WARD_MATCH_PLAN,
		WARD_MATCH_REFERENCE, /* for tests: try every rule, as reference.c does */
		WARD_MATCH_SCAN,      /* for benches: no rule is tried */
	} mode;
	struct ward_regex_scratch regex;

	/* of the current event */
	struct ward_arena arena;
	const struct ward_event *e;
	ward_ns time;
	struct ward_field_text *text; /* by index of the event's field */
	size_t cap_text;
	enum ward_err err; /* first failure inside callbacks */

	struct ward_tab groups; /* group.c: the place of rule and values -> index in group */
	struct ward_group_state **group;
	size_t n_group, cap_group;
	uint64_t group_order;
	struct ward_tab origins;                     /* origin.h */
	struct ward_due due[WARD_CORR_RANK_MAX + 1]; /* the same groups, by rank */
	struct ward_told *told; /* waiting for the correlations above; empty between calls */
	size_t n_told, cap_told;
	ward_ns closed_at; /* watermark when windows were last closed */
};

enum { WARD_ROUTES_MAX = 256 }; /* that take one event */

/* index.c */
bool ward_index_class_fits(const struct ward_route *t, struct ward_str class);
void ward_index_fini(struct ward_detector *det);
/* Routes that take the current event, at most max; ascending. */
WARD_MUST_CHECK enum ward_err ward_index_routes(
	struct ward_detector *det, uint32_t *ret, size_t max, size_t *ret_n);

/* match.c: the current event against one rule. */
/* The event's value for a slot under a field map (index + 1; 0 none); NULL when absent. */
const struct ward_value *ward_match_value(
	struct ward_detector *det, uint32_t slot, uint32_t map, uint32_t *ret_field);
/* The first value as text (in the event's arena or a buffer of the event's arena). */
struct ward_str ward_match_text(struct ward_detector *det, uint32_t slot, uint32_t map);
bool ward_match_pattern(
	struct ward_detector *det, const struct ward_pattern *p, uint32_t slot, uint32_t map);
bool ward_match_item(struct ward_detector *det, const struct ward_item *item, uint32_t map);
/* A scalar of the event's field number `field` against one value of a rule. */
bool ward_match_test(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field);
/* Its text as it is, and folded; p == NULL for null and when out of memory (det->err). */
struct ward_str ward_match_plain(
	struct ward_detector *det, const struct ward_value *v, uint32_t field);
struct ward_str ward_match_folded(
	struct ward_detector *det, const struct ward_value *v, uint32_t field);
bool ward_match_rule(struct ward_detector *det, const struct ward_rule *r, uint32_t map);
/* One value of a rule against one of the event's, a list's members each; and the same with what
 * asks whether there is one (v == NULL: there is none) or asks for another field. */
bool ward_match_member(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field);
bool ward_match_holds(struct ward_detector *det, const struct ward_test *t,
	const struct ward_value *v, uint32_t field, uint32_t map);
/* The first map of a selection that matches; NULL: none does. */
const struct ward_item_map *ward_match_map(
	struct ward_detector *det, const struct ward_selection *s, uint32_t map);

/* explain.c */
/* What made it match: sets `match` of a detection, in the event's arena. */
WARD_MUST_CHECK enum ward_err ward_match_explain(struct ward_detector *det,
	const struct ward_rule *r, uint32_t map, struct ward_detection *ret);
/* The event's field that an item looked at; for a keyword, one that holds it. false: none. */
bool ward_match_looked_at(
	struct ward_detector *det, const struct ward_item *item, uint32_t map, uint32_t *ret_field);
/* A value as a person reads it, cut to a length; in the event's arena. */
struct ward_str ward_match_shown(struct ward_detector *det, const struct ward_value *v);
/* Text of a scalar: numbers and booleans as they are written; p == NULL for null and lists. */
struct ward_str ward_match_scalar(struct ward_detector *det, const struct ward_value *v);

/* engine.c: makes e the current event. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_engine_begin(
	struct ward_detector *det, const struct ward_event *e);
/* reference.c: does the route take the current event? */
bool ward_reference_takes(struct ward_detector *det, uint32_t route);

/* scan.c: the plan on the current event. */
WARD_MUST_CHECK enum ward_err ward_scan_init(
	struct ward_scan *s, const struct ward_plan *p, const struct ward_mem *mem);
void ward_scan_fini(struct ward_scan *s);
/* A new event: nothing is true, no member is up. */
void ward_scan_begin(struct ward_scan *s);
/* Looks at all fields that a route's rules ask for: those that may be true come up. */
void ward_scan_group(struct ward_detector *det, uint32_t route);
/* The same for the root, but its members come up only with the second call: what is in truth mostly
 * says which routes there are. */
void ward_scan_root(struct ward_detector *det);
void ward_scan_root_up(struct ward_detector *det);
/* Is the condition of a member of a group that was looked at true? */
bool ward_scan_member(
	struct ward_detector *det, const struct ward_plan_member *m, const struct ward_cond *c);
/* The first map of its selection i that is true, or SIZE_MAX. */
size_t ward_scan_selection(struct ward_detector *det, const struct ward_plan_member *m, size_t i);

/* reference.c: what the plan must agree with: every route, every rule, one after the other. */
WARD_MUST_CHECK enum ward_err ward_reference_routes(
	struct ward_detector *det, uint32_t *ret, size_t max, size_t *ret_n);
WARD_MUST_CHECK enum ward_err ward_reference_rules(
	struct ward_detector *det, const uint32_t *route, size_t n, const struct ward_outlet *out);

/* engine.c: the rule matched the current event. */
WARD_MUST_CHECK enum ward_err ward_engine_matched(
	struct ward_detector *det, uint32_t rule, uint32_t map, const struct ward_outlet *out);

/* corr.c, entries.c */

/* What a match says about the world: nodes and texts of one detection. */
WARD_MUST_CHECK enum ward_err ward_corr_add(struct ward_detector *det, uint32_t corr_rule,
	uint32_t member, const struct ward_rule *from, uint32_t map, const struct ward_outlet *out);
/* Closes windows that nothing can change any more. */
WARD_MUST_CHECK enum ward_err ward_corr_close(
	struct ward_detector *det, const struct ward_outlet *out);
void ward_corr_fini(struct ward_detector *det);
/* Makes an empty group; takes nothing. values are copied. */
WARD_MUST_CHECK enum ward_err ward_corr_group_new(struct ward_detector *det, struct ward_id place,
	uint32_t rule, const struct ward_str *value, size_t n, struct ward_group_state **ret);
/* Takes the entry of this id and time away; false: it is not there. */
bool ward_corr_take(
	struct ward_detector *det, struct ward_group_state *g, struct ward_id id, ward_ns time);
/* Takes the first n away. */
void ward_corr_drop(struct ward_detector *det, struct ward_group_state *g, size_t n);

/* engine.c: asset, subject, place and actor of the current event as a rule sees them. */
struct ward_about {
	uint32_t asset, place;
	struct ward_str subject, actor;
};
struct ward_about ward_engine_about(struct ward_detector *det, const struct ward_rule *r,
	const struct ward_rule *or_else, uint32_t map);

#endif
