/* What belongs to care, and who answers for it: one judgement for all that takes things off their
 * networks, opens or shuts something (plans of recovery, actions). */
#ifndef WARD_RECOVER_CARE_H
#define WARD_RECOVER_CARE_H

#include "impact/impact.h"
#include "recover/works.h"

bool ward_care_medical(const struct ward_model *m, uint32_t node);
/* A medical device, the network or the monitoring software that is kept for them, or a care
 * service: what takes it down takes care with it. */
bool ward_care_is(const struct ward_model *m, uint32_t node);

/* What carries care in a hospital, also where no relation says that a device hangs on it. */
struct ward_care {
	const struct ward_model *m;
	const uint8_t *of; /* by node */
};
/* Borrows the model. NOMEM. O(nodes + relations). */
WARD_MUST_CHECK enum ward_err ward_care_find(
	const struct ward_model *m, struct ward_arena *a, struct ward_care *ret);
/* Has a clinical role to agree, whatever a forecast says? To any work on a medical network or
 * patient monitoring, on what hosts them or they host, and on what is on the way of them: networks
 * that carry medical devices or these, or are joined to a medical one, their switches, routers,
 * firewalls and access points, what commands or supplies such a network or program, what joins a
 * medical network with another. isolates: it is taken off its networks; then also on anything that
 * one relation joins to these or to a medical device. O(its relations). */
bool ward_care_asks(const struct ward_care *c, uint32_t node, bool isolates);

/* Does that role answer for patients? By `clinical` of the content of recovery. */
bool ward_care_answers(const struct ward_works *w, uint32_t role);
/* Who has to agree where that is touched (WARD_NONE: none, or not known which): a service's own
 * role if that answers for patients, else the first that does and that the hospital has; WARD_NONE:
 * there is none. */
uint32_t ward_care_role(const struct ward_works *w, uint32_t touched);

/* How care fares by an incident, to see what one more threat changes of it. The engine is at the
 * incident's forecast, and is again after each question that gives OK or LIMIT. */
struct ward_care_seen;
/* seed and change: what the engine was asked. Borrows all. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_look(struct ward_engine *e, const struct ward_model *m,
	const struct ward_seed_threat *seed, size_t n_seed, const struct ward_change *change,
	size_t n_change, struct ward_arena *a, struct ward_care_seen **ret);
/* Whom that threat makes worse off, or so sooner: the care service, else
 * what else belongs to care, that suffers soonest, then by id; WARD_NONE: nobody, also where it is
 * there already. keep: the threat stays if nobody is touched. After LIMIT (so much comes of it that
 * it could not be seen) all is as before. */
WARD_MUST_CHECK enum ward_err ward_care_touched(
	struct ward_care_seen *s, const struct ward_seed_threat *by, bool keep, uint32_t *ret);
/* The same where nothing else is wrong: whom it may touch at all. The engine is then at that
 * forecast. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_alone(struct ward_engine *e, const struct ward_model *m,
	const struct ward_seed_threat *by, uint32_t *ret);

#endif
