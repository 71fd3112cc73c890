/* Inside api: what the readers of rows share. */
#ifndef WARD_API_TAKE_H
#define WARD_API_TAKE_H

#include "api/picture.h"

/* Incidents that a row is of, each once, with those that took them up. */
struct take_group {
	struct ward_id id[API_GROUP];
	size_t n;
	bool cut;
};

void take_count(struct ward_api *a, const char *name);
/* Cut to what there is room for. */
void take_name(char *to, size_t size, struct ward_str s);
/* Of tables whose values are pointers; NULL: there is none. LIMIT, NOMEM. */
void *take_find(const struct ward_tab *t, struct ward_id id);
WARD_MUST_CHECK enum ward_err take_point(struct ward_tab *t, struct ward_id id, void *p);
/* A change for streams. */
void take_tell(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_id *of, size_t n);
/* Adds the incidents that the id (of one, or of what belongs to some) leads to. */
void take_about(struct ward_api *a, struct take_group *g, struct ward_str id);
/* From here on what names this id is of these, too. NOMEM. */
WARD_MUST_CHECK enum ward_err take_lead(
	struct ward_api *a, struct ward_str id, const struct take_group *g);

/* Rows that are no records of the brain. NOMEM, LIMIT: an incident has too many. */
WARD_MUST_CHECK enum ward_err take_other(struct ward_api *a, const struct ward_store_row *row);

/* watch.c: of a detection, of an incident, of a decision. NOMEM. */
WARD_MUST_CHECK enum ward_err take_watch_sign(struct ward_api *a, const struct ward_record *r);
WARD_MUST_CHECK enum ward_err take_watch_incident(struct ward_api *a, const struct ward_record *r);
WARD_MUST_CHECK enum ward_err take_watch_decision(struct ward_api *a, const struct ward_conf *row);

/* permits.c: of a permit. NOMEM. */
WARD_MUST_CHECK enum ward_err take_permit(struct ward_api *a, const struct ward_conf *row);

/* duties.c: a row of a decision of kind LAW about it. NOMEM. */
WARD_MUST_CHECK enum ward_err api_duties_take(
	struct ward_api *a, struct api_incident *in, const struct ward_conf *row);

#endif
