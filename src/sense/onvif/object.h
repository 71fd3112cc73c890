/* What a camera's own analysis follows (ONVIF Analytics, tt:Frame), as facts of few words: that an
 * object appeared, of which class, and that it left.
 *
 * Where it is, how it looks and who it is are not read. Objects that are faces or number plates are
 * refused, and such parts of others passed over (counted as onvif.left_out). One that is seen for
 * less than a second is not told (onvif.objects_brief). Sees untrusted documents; pure;
 * single-threaded. */
#ifndef WARD_SENSE_ONVIF_OBJECT_H
#define WARD_SENSE_ONVIF_OBJECT_H

#include "sense/onvif/message.h"

enum { WARD_ONVIF_OBJECTS = 256, WARD_ONVIF_OBJECT_CLASS = 24 };

struct ward_onvif_object {
	int64_t id;                    /* the device's */
	ward_ns seen_first, seen_last; /* monotonic */
	ward_ns first, last;           /* by frames, our time */
	char class[WARD_ONVIF_OBJECT_CLASS];
	bool told, hidden; /* hidden: a part of it was passed over, and that counted */
};

struct ward_onvif_objects {
	const struct ward_onvif_place *place; /* borrowed, as arena and put */
	struct ward_arena *arena;             /* reset for each event */
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	void *ctx;
	struct ward_onvif_object at[WARD_ONVIF_OBJECTS];
	size_t n;
};

/* One tt:Frame; what is more than WARD_ONVIF_OBJECTS at a time is counted (onvif.objects_full).
 * A frame whose time is off by more than a day has that of its arrival (onvif.odd.time). NOMEM, or
 * put's error. Events are log.onvif with the topic VideoAnalytics/Object. */
WARD_MUST_CHECK enum ward_err ward_onvif_frame(struct ward_onvif_objects *o,
	const struct ward_xmldoc *x, uint32_t frame, ward_ns mono, ward_ns wall);
/* Tells those that left that were not seen for ten seconds; all: the stream ended. */
WARD_MUST_CHECK enum ward_err ward_onvif_objects_tick(
	struct ward_onvif_objects *o, ward_ns mono, ward_ns wall, bool all);

#endif
