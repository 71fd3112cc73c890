/* The facts in the formats of others. What may not leave has been taken out before (share.h).
 *
 * The same facts give the same bytes. Each writer writes one whole document, or lines; without an
 * incident one that says so, where the format has a way to. An exercise is marked in each. */
#ifndef WARD_EXCHANGE_FORMAT_H
#define WARD_EXCHANGE_FORMAT_H

#include "exchange/exchange.h"
#include "words/words.h"
#include "xml/write.h"

enum { WARD_EXCHANGE_LANGUAGES = WARD_HOSPITAL_LANGUAGES + 1 };

struct ward_exchange_how {
	struct ward_str sender; /* "ward@hospital.example"; without blanks, commas, < and & */
	struct ward_lang *lang[WARD_EXCHANGE_LANGUAGES]; /* of texts for people; NULL: English */
	size_t n_lang;                                   /* at least 1 */
};

/* Common Alerting Protocol 1.2 (OASIS, 2010): one alert, of the only incident or of none. LIMIT
 * when there are several. */
WARD_MUST_CHECK enum ward_err ward_exchange_cap(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* EDXL Distribution Element 1.0 (OASIS, 2006) around one CAP alert for each incident. */
WARD_MUST_CHECK enum ward_err ward_exchange_de(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* What stands around it, in its order, for whoever puts something else into one: the root up to the
 * language; to whom and where; for each thing in it (what: "CAP 1.2"; incident: its id, or empty)
 * the parts that it stands in, and their end. The root is the caller's to end. */
struct ward_exchange_envelope {
	struct ward_id id;
	ward_ns sent;
	struct ward_str sender;
	const char *status, *type; /* "Actual", "Report" */
	enum ward_tlp tlp;
	struct ward_str language, country;
	struct ward_str recipient; /* empty: none is named */
};
void ward_exchange_de_begin(struct ward_xml *xml, const struct ward_exchange_envelope *e);
void ward_exchange_de_to(struct ward_xml *xml, const struct ward_exchange_envelope *e);
void ward_exchange_de_content(struct ward_xml *xml, const char *what, struct ward_str incident);
void ward_exchange_de_content_end(struct ward_xml *xml);
/* IDMEFv2 (draft-lehmann-idmefv2-08): a line for each sign and incident, signs first. */
WARD_MUST_CHECK enum ward_err ward_exchange_idmef(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* MISP core format: an event for each incident, a line each. */
WARD_MUST_CHECK enum ward_err ward_exchange_misp(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* STIX 2.1 (OASIS, 2021): one bundle. */
WARD_MUST_CHECK enum ward_err ward_exchange_stix(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* OCSF 1.x: a line for each sign (Detection Finding) and incident (Incident Finding). */
WARD_MUST_CHECK enum ward_err ward_exchange_ocsf(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* Elastic Common Schema: a line for each sign and incident. */
WARD_MUST_CHECK enum ward_err ward_exchange_ecs(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* ArcSight Common Event Format: a line for each sign and incident. */
WARD_MUST_CHECK enum ward_err ward_exchange_cef(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
/* The same as messages of RFC 5424. */
WARD_MUST_CHECK enum ward_err ward_exchange_syslog(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);

/* Shared by the writers. */

/* "2026-03-12T03:36:42+01:00", of the hospital's zone; UTC as -00:00 (CAP 1.2 3.3.2). */
void ward_exchange_time(ward_ns t, struct ward_wr *w);
/* "EXERCISE: Too warm: Theatre 3". i NULL: there is no incident. */
void ward_exchange_headline(const struct ward_exchange *x, const struct ward_exchange_incident *i,
	struct ward_lang *lang, struct ward_wr *w);
/* Signs and services, a line each. */
void ward_exchange_describe(
	const struct ward_exchange_incident *i, struct ward_lang *lang, struct ward_wr *w);
/* An id's text as a JSON value. */
void ward_exchange_json_id(struct ward_json *j, const char *key, struct ward_id id);
/* key and value, when there is one. */
void ward_exchange_json_str(struct ward_json *j, const char *key, struct ward_str s);

#endif
