/* Internal to the room. */
#ifndef WARD_LAW_DRAFT_PRIV_H
#define WARD_LAW_DRAFT_PRIV_H

#include "law/draft/draft.h"

/* Local, with its distance from UTC; nothing of NEVER. */
void draft_time(struct ward_wr *w, ward_ns t);
/* tell.c: what the record says; nothing is written if it says nothing. */
void draft_record(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w);
/* The same as far as whoever was told it has to hear when it is other: of care which services are
 * hit, not how likely and when, which each sign changes a little; of the last sign nothing. */
void draft_gist(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w);

#endif
