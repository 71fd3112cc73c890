/* An incident in a standard's form, for a recipient that is sent each change of it.
 *
 * Each message is an edition: its number and its time rise with each revision of the incident and
 * of its forecasts, so that its id is its own, and the next one names it (CAP and EDXL-DE
 * references, IDMEFv2 PredID). Which edition a recipient has is for the caller to keep. Pure. */
#ifndef WARD_EXCHANGE_FOLLOW_H
#define WARD_EXCHANGE_FOLLOW_H

#include "exchange/format.h"
#include "exchange/past.h"
#include "exchange/share.h"
#include "exchange/standard.h"

struct ward_edition {
	uint32_t number; /* 0: none */
	ward_ns sent;
};

struct ward_follow {
	const struct ward_mem *mem;
	const struct ward_model *model;
	const struct ward_sharing *sharing;
	const struct ward_share_ask *share; /* who the recipient is by it */
	struct ward_exchange_how how;
	enum ward_standard standard; /* not NONE, and not of availability */
	bool exercise;
	struct ward_offer_past_of of;
	struct ward_edition told; /* what the recipient has of it */
	size_t signs; /* at most so many, the most serious, and services; it says that there are
			 more */
	ward_ns now;
};
/* Writes the document behind what is in w, and says in *ret which edition it is. NOT_FOUND: nothing
 * is kept of the incident. CONFIG: sharing knows no such recipient. LIMIT: w has no room. NOMEM.
 * After an error w holds half of it. */
WARD_MUST_CHECK enum ward_err ward_follow_write(const struct ward_follow *f,
	struct ward_offer_past *past, struct ward_wr *w, struct ward_edition *ret);

#endif
