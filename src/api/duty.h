/* Inside api: an incident, as the law's clocks and forms need it. */
#ifndef WARD_API_DUTY_H
#define WARD_API_DUTY_H

#include "api/priv.h"
#include "law/draft/draft.h"
#include "report/report.h"

/* report.c: all that is on record of an incident, for as long as the request. NOMEM. */
WARD_MUST_CHECK enum ward_err api_gather(
	struct api_request *r, const struct api_incident *in, struct ward_report *ret);
/* duties.c: what the record tells the law of it; what was said of it and of those that became a
 * part of it (ret: empty before). NOMEM. */
struct ward_law_record api_law_record(struct ward_api *a, struct api_incident *in, ward_ns now);
WARD_MUST_CHECK enum ward_err api_law_case(
	const struct ward_api *a, const struct api_incident *in, struct ward_law_case *ret);

/* draft.c: which of what was sent the record says otherwise by now, into ret. NOMEM. */
WARD_MUST_CHECK enum ward_err api_law_moved(struct api_request *r, struct api_incident *in,
	const struct ward_law_case *c, struct ward_law_record *ret);
/* One field that stood in what was sent and is other now. */
typedef void (*api_moved_fn)(void *ctx, const struct ward_draft_field *f);
/* Those of what was sent for a rule, in the language in which it was. NOMEM. */
WARD_MUST_CHECK enum ward_err api_law_moved_fields(struct api_request *r, struct api_incident *in,
	const struct ward_law_case *c, const struct ward_law_said *sent, api_moved_fn fn,
	void *ctx);

/* One clock, as an object. */
void api_clock_put(struct api_request *r, const struct ward_law_clock *k);

/* Endpoints. */
void api_duties(struct api_request *r);
void api_draft(struct api_request *r);
void api_clocks(struct api_request *r);

#endif
