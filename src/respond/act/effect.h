/* What an action does to care, by the forecast: computed here, whoever proposed it. */
#ifndef WARD_RESPOND_ACT_EFFECT_H
#define WARD_RESPOND_ACT_EFFECT_H

#include "recover/care.h"
#include "respond/act/act.h"

enum { WARD_ACT_SERVICES = 12 }; /* that are named */

struct ward_act_forecast {
	const struct ward_model *m;
	struct ward_engine *e;
	struct ward_care care;
	uint32_t outage;   /* threat of the model, or WARD_NONE */
	struct ward_wr to; /* the JSON of the last answer */
};

/* {"services":[{"service","name","likely_micro":[lo, hi],"in_seconds"}],"more":n,"touches":ID}:
 * what falls if the thing and all that is cut off with it is out from `now` on; touches is what of
 * care suffers first. Of what takes nothing off its networks nothing falls. Of a host that the
 * hospital does not know nobody knows: "unknown":true. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_act_forecast(struct ward_act_forecast *f,
	const struct ward_ability *a, struct ward_act_thing on, ward_ns now,
	struct ward_act_effect *ret);

#endif
