/* Inside proof: numbers and times as people read them, in the hospital's zone. */
#ifndef WARD_PROOF_SAY_H
#define WARD_PROOF_SAY_H

#include "proof/proof.h"

/* "28 November 2026"; nothing for NEVER. */
void proof_day(struct ward_wr *w, struct ward_lang *lang, ward_ns t);
void proof_time(struct ward_wr *w, struct ward_lang *lang, ward_ns t); /* with "17:05" */
void proof_span(struct ward_wr *w, ward_ns t);                         /* "4 min" */
/* Of twelve months, or as it is now; `month`: of the month that is asked for. */
void proof_number(struct ward_wr *w, struct ward_lang *lang, enum ward_fact f,
	const struct ward_proof_value *v, bool month);

#endif
