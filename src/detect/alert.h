/* Another product's finding as a detection: its rule, title, level and name, on the assets that it
 * names here.
 *
 * What the members of a product's alert mean is data (content/log-patterns); here an event of class
 * log.alert with `alert.level` becomes one detection per asset. The same alert told again is the
 * same detection: its id is made of the product, the alert's own id and the asset, its revision of
 * how long after the alert's creation it was updated and of its status. So nothing is remembered,
 * and the order of arrival does not matter. An alert that its product dismissed is withdrawn.
 *
 * Events were written by outsiders: what can't be understood is counted. Single-threaded. */
#ifndef WARD_DETECT_ALERT_H
#define WARD_DETECT_ALERT_H

#include "detect/detect.h"

enum { WARD_ALERT_ASSETS_MAX = 16 };

/* How far back an alert's activity may lie before its record. */
#define WARD_ALERT_BACK (24 * 3600 * WARD_NS_PER_S)

/* Fields that an alert may have; docs/alerts.md says what each holds. */
#define WARD_ALERT_FIELD_LIST(X)      \
	X(LEVEL, "alert.level")       \
	X(ID, "alert.id")             \
	X(RULE, "alert.rule")         \
	X(NAME, "alert.name")         \
	X(PRODUCT, "alert.product")   \
	X(SEVERITY, "alert.severity") \
	X(STATUS, "alert.status")     \
	X(VERDICT, "alert.verdict")   \
	X(CREATED, "alert.created")   \
	X(UPDATED, "alert.updated")   \
	X(FIRST, "alert.first")       \
	X(LAST, "alert.last")         \
	X(ATTACK, "alert.attack")     \
	X(THREAT, "alert.threat")     \
	X(HOSTS, "alert.hosts")       \
	X(PLACE, "alert.place")       \
	X(URL, "alert.url")           \
	X(FILE_NAME, "file.name")     \
	X(FILE_SHA256, "file.sha256") \
	X(FILE_SHA1, "file.sha1")     \
	X(FILE_MD5, "file.md5")

enum ward_alert_field {
#define X(IDENT, name) WARD_ALERT_##IDENT,
	WARD_ALERT_FIELD_LIST(X)
#undef X
		WARD_ALERT_FIELD_N,
};

/* Private members; init, then use. */
struct ward_alerts {
	const struct ward_model *model;
	const struct ward_threats *threats;
	const struct ward_names *names;
	uint32_t class, field[WARD_ALERT_FIELD_N];
	struct {
		uint64_t n_taken; /* detections given, revisions included */
		uint64_t
			n_unread; /* alerts without a level that is one, or with a list for an id */
		uint64_t n_old;   /* created more than WARD_ALERT_BACK before the record */
		uint64_t n_unplaced; /* of no asset of the model */
	} count;
};

/* Borrows all three; model and threats may be NULL: then nothing is placed, or means no threat. */
void ward_alerts_init(struct ward_alerts *a, struct ward_names *names,
	const struct ward_model *model, const struct ward_threats *threats);

/* Gives the detections of an enriched event, none for other classes and for what the product calls
 * informational. time: where the event is placed. Memory is the event's arena. NOMEM. O(fields). */
WARD_MUST_CHECK enum ward_err ward_alerts_event(struct ward_alerts *a, const struct ward_event *e,
	ward_ns time, ward_detect_sink sink, void *ctx);

#endif
