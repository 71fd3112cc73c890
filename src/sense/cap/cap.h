/* Warnings of weather services and civil protection, CAP 1.2 (OASIS, 2010), as events, also in
 * the envelope of EDXL-DE 1.0 (de.h).
 *
 * A document is checked by the rules of the standard's schema, and an `info` is told if one of its
 * areas is about the hospital: by code, or by polygon or circle around the place. Of several
 * languages the first is told. Pure; sees untrusted bytes. What warnings mean is said elsewhere, as
 * data (docs/cap.md). */
#ifndef WARD_SENSE_CAP_CAP_H
#define WARD_SENSE_CAP_CAP_H

#include "base/counter.h"
#include "event/event.h"
#include "xml/doc.h"

struct ward_cap_opts {
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_str source;   /* of the events */
	struct ward_str subject;  /* what is warned, by its id in the model; or empty */
	struct ward_str at;       /* "LATITUDE,LONGITUDE" of the hospital; or empty */
	struct ward_str geocodes; /* "NAME:VALUE" parted by blanks; neither: all is about us */
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	/* Of a distribution: a content that is not read, and why, static; NULL: nobody asks */
	void (*left)(void *ctx, uint32_t line, const char *what);
	void *ctx;
};

/* CONFIG: `at` is no place. */
WARD_MUST_CHECK enum ward_err ward_cap_check(const struct ward_cap_opts *o);
/* One document: an alert, or a distribution with alerts, which is checked with all of them before
 * any is told. What a distribution says counts for its alerts: those of an exercise are none to act
 * on, those that it takes back are taken back, and one without an area is about the distribution's.
 * Gives an event, class log.cap, for each info that is about us; its id is made of
 * the warning's own, so that one that is read twice is one. MALFORMED: it breaks a rule, *ret_why
 * says which one and *ret_line where; nothing was given. NOMEM, or put's error. */
WARD_MUST_CHECK enum ward_err ward_cap_read(const struct ward_cap_opts *o,
	const struct ward_xmldoc *x, ward_ns now, struct ward_arena *arena, const char **ret_why,
	uint32_t *ret_line);

#endif
