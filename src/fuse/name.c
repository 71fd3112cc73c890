#include "fuse/name.h"

#include "model/model.h"

/* Millionths: what a rule of level high, and of level medium, makes sure at least. */
enum { NEARLY_SURE = 600000, SEEN = 300000 };

static const struct ward_threat *threat_of(
	const struct ward_threat_on *t, const struct ward_model *m)
{
	return ward_threats_at(ward_model_threats(m), t->threat);
}

/* How near to patients it is, of what is equally sure. */
static int nearness(enum ward_need n)
{
	static const int near[WARD_NEED_N] = {
		[WARD_NEED_SAFETY] = 3,
		[WARD_NEED_AVAILABILITY] = 2,
		[WARD_NEED_INTEGRITY] = 1,
	};

	return near[n];
}

/* What several rooms are a part of is the rooms' effect again. */
static bool is_wide(const struct ward_threat_on *t, const struct ward_model *m)
{
	return ward_model_node(m, t->asset)->kind <= WARD_NODE_ZONE;
}

/* The surest of its sort; of these the nearest to patients, then what is in one place, then the
 * latest act, the earliest effect. */
static bool is_before(
	const struct ward_threat_on *a, const struct ward_threat_on *b, const struct ward_model *m)
{
	int near_a = nearness(threat_of(a, m)->need), near_b = nearness(threat_of(b, m)->need);

	if (a->lo_micro != b->lo_micro)
		return a->lo_micro > b->lo_micro;
	if (near_a != near_b)
		return near_a > near_b;
	if (is_wide(a, m) != is_wide(b, m))
		return is_wide(b, m);
	return threat_of(a, m)->act ? a->since > b->since : a->since < b->since;
}

static const struct ward_threat_on *first_of(
	const struct ward_incident *i, const struct ward_model *m, bool act)
{
	const struct ward_threat_on *best = NULL;

	for (size_t k = 0; k < i->n_threat; k++) {
		const struct ward_threat_on *t = &i->threat[k];

		if (threat_of(t, m)->act == act && (!best || is_before(t, best, m)))
			best = t;
	}
	return best;
}

static bool leads(const struct ward_threat_on *act, const struct ward_threat_on *effect,
	const struct ward_model *m)
{
	if (!act || !effect)
		return act != NULL;
	if (threat_of(act, m)->domain == WARD_DOMAIN_PHYSICAL && act->since > effect->since)
		return false;
	return act->lo_micro >= effect->lo_micro || act->lo_micro >= NEARLY_SURE;
}

/* The gravest that tells of the threat there, then the earliest: a correlation spans what it
 * joined, and so says by which means. */
static const struct ward_detection *sign_of(
	const struct ward_incident *i, const struct ward_threat_on *t)
{
	const struct ward_detection *best = NULL;

	for (size_t k = 0; k < i->n_member; k++) {
		const struct ward_detection *d = i->member[k].d;

		if (d->threat == t->threat && !d->permit.expected &&
			(d->asset != WARD_NONE ? d->asset : d->place) == t->asset &&
			(!best || d->level > best->level))
			best = d;
	}
	return best;
}

struct ward_incident_name ward_incident_name(
	const struct ward_incident *i, const struct ward_model *m)
{
	const struct ward_threat_on *act = first_of(i, m, true), *effect = first_of(i, m, false);

	if (!leads(act, effect, m))
		return (struct ward_incident_name){
			.what = effect, .sign = effect ? sign_of(i, effect) : NULL};
	struct ward_incident_name n = {.what = act, .sign = sign_of(i, act)};

	if (!effect || effect->lo_micro < SEEN)
		return n;
	n.effect = effect;
	for (size_t k = 0; k < i->n_threat; k++)
		n.n_effect += i->threat[k].threat == effect->threat &&
			      i->threat[k].lo_micro >= SEEN && !is_wide(&i->threat[k], m);
	return n;
}
