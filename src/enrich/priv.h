/* Inside enrich: what its files share. */
#ifndef WARD_ENRICH_PRIV_H
#define WARD_ENRICH_PRIV_H

#include "enrich/enrich.h"

/* Sets ward.time and ward.time_untrusted. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_enrich_judge_time(struct ward_enrich *en, struct ward_event *e);

#endif
