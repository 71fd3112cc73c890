/* Why a rule matches an event, or why not: each of its selections, fields and values.
 *
 * For people who write rules, not for the event path: tries the rule by itself, without a plan,
 * and correlates nothing. Reads untrusted events; single-threaded. */
#ifndef WARD_DETECT_TRACE_H
#define WARD_DETECT_TRACE_H

#include "detect/detect.h"

/* One `field: values` of a rule against the event. Text lives until the detector's next call. */
struct ward_trace_item {
	struct ward_str selection;
	struct ward_str file; /* of the document that it stands in: the rule's, or a filter's */
	uint32_t line;        /* where that document begins */
	size_t map, key;      /* of that selection: which of its maps, which key of the map */
	bool keywords;        /* it has no field; map and key mean nothing */
	bool used;            /* by the condition */
	bool selection_holds, map_holds, holds;
	struct ward_str field; /* the event's, that was looked at; empty when there is none */
	struct ward_str value; /* its text, cut */
};
typedef void (*ward_trace_fn)(void *ctx, const struct ward_trace_item *item);

struct ward_trace {
	bool routed;  /* the event is of the rule's logsource; else nothing was looked at */
	bool matches; /* the whole condition, filters included */
};

/* Tries rule i (as in ward_ruleset_rule; no correlation and no filter) on e and gives each of its
 * items to fn in the order of the file, those of filters behind. The detector's windows and counts
 * stay as they are; ward_detector_unseen then also knows e. UNSUPPORTED for a rule without events
 * of its own, NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_detector_trace(struct ward_detector *det,
	const struct ward_event *e, size_t i, ward_trace_fn fn, void *ctx, struct ward_trace *ret);

#endif
