/* What is laid out for one reader to fetch: incidents as STIX objects and as CAP alerts, after what
 * may not leave was taken out (share.h).
 *
 * Made anew of what is known (past.h) when that changed. What is the same as before keeps its time,
 * so that who asks for what was added since gets what is new. Pure, single-threaded. */
#ifndef WARD_EXCHANGE_OFFER_H
#define WARD_EXCHANGE_OFFER_H

#include "exchange/format.h"
#include "exchange/past.h"
#include "exchange/share.h"
#include "exchange/sign.h"

enum { WARD_OFFER_OBJECTS = 1 << 18, WARD_OFFER_ALERTS = 4096 };

/* Texts live until the next refresh. */
struct ward_offer_object {
	struct ward_str id, type; /* "indicator--…"; "indicator" */
	struct ward_str version;  /* its `modified`, else its `created`; empty: it has none */
	struct ward_str json;     /* the object */
	int64_t added;            /* microseconds since 1970 */
};

struct ward_offer_alert {
	struct ward_id incident, message; /* of this revision */
	struct ward_str title, xml;       /* the alert, a document */
	struct ward_id plain;             /* made of it as it was before it was signed */
	ward_ns sent;
	int64_t added;
};

struct ward_offer_opts {
	const struct ward_mem *mem; /* pointers are borrowed for its life */
	const struct ward_model *model;
	const struct ward_sharing *sharing;
	struct ward_share_ask to;
	struct ward_exchange_how how;
	const struct ward_signer *signer; /* of alerts; NULL: they are not signed */
	bool exercise;                    /* it is played */
};

struct ward_offer;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_offer_new(
	const struct ward_offer_opts *o, struct ward_offer **ret);
void ward_offer_free(struct ward_offer *f);
/* As things are in p by now. CONFIG: the table knows no such recipient or marking; NOMEM: it stays
 * as it was. O(p) when something changed. */
WARD_MUST_CHECK enum ward_err ward_offer_refresh(
	struct ward_offer *f, struct ward_offer_past *p, ward_ns now);

/* By time, then id. */
const struct ward_offer_object *ward_offer_objects(const struct ward_offer *f, size_t *ret_n);
/* The latest first; those who ended stand there, too. */
const struct ward_offer_alert *ward_offer_alerts(const struct ward_offer *f, size_t *ret_n);
/* Incidents beyond the bounds. */
uint64_t ward_offer_left_out(const struct ward_offer *f);

#endif
