/* How sure a forecast takes a sign that is mostly false when it comes alone, and where a sign that
 * confirms it takes place: by the tags of their rules (docs/content.md). */
#include "brain/priv.h"

#include "model/lone.h"
#include "model/within.h"

/* Of the calls by automatic fire alarms from hospitals that a fire service was sent to, 3.5 in a
 * hundred were fires, all of them small (Nottinghamshire Fire and Rescue Service, 2023). */
enum { ALONE_LO_MICRO = 20000, ALONE_HI_MICRO = 100000 };

enum tagged { PLAIN, UNCONFIRMED, CONFIRMS };

static enum tagged tag_of(const struct ward_rule_info *r)
{
	for (size_t i = 0; i < r->n_tag; i++)
		if (ward_str_eqz(r->tag[i], "ward.unconfirmed"))
			return UNCONFIRMED;
		else if (ward_str_eqz(r->tag[i], "ward.confirms"))
			return CONFIRMS;
	return PLAIN;
}

enum ward_err ward_brain_alarms_new(struct ward_brain *b)
{
	size_t n = ward_ruleset_counts(b->c.ruleset).n;

	for (size_t i = 0; i < n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(b->c.ruleset, i);

		if (r.refused || tag_of(&r) == PLAIN)
			continue;
		enum ward_err err = ward_mem_more(
			b->c.mem, &b->alarm, b->n_alarm, &b->cap_alarm, sizeof(*b->alarm), n);

		if (err)
			return err;
		b->alarm[b->n_alarm++] =
			(struct alarm_rule){.rule = r.id, .confirms = tag_of(&r) == CONFIRMS};
	}
	return WARD_OK;
}

void ward_brain_alarms_free(struct ward_brain *b)
{
	ward_mem_free(b->c.mem, b->alarm, b->cap_alarm * sizeof(*b->alarm));
}

static enum tagged tagged(const struct ward_brain *b, const struct ward_detection *d)
{
	for (size_t i = 0; i < b->n_alarm; i++)
		if (ward_str_eq(b->alarm[i].rule, d->rule))
			return b->alarm[i].confirms ? CONFIRMS : UNCONFIRMED;
	return PLAIN;
}

static uint32_t node_of(const struct ward_detection *d)
{
	return d->asset != WARD_NONE ? d->asset : d->place;
}

/* Is it told by rules of this tag only? */
static bool only_by(const struct ward_brain *b, const struct ward_incident *in,
	const struct ward_threat_on *t, enum tagged how)
{
	bool any = false;

	for (size_t i = 0; i < in->n_member; i++) {
		const struct ward_detection *d = in->member[i].d;

		if (d->threat != t->threat || d->permit.expected || node_of(d) != t->asset)
			continue;
		if (tagged(b, d) != how)
			return false;
		any = true;
	}
	return any;
}

static bool is_there(const struct ward_brain *b, uint32_t node, uint32_t asset)
{
	return node != WARD_NONE &&
	       (node == asset || ward_model_within(b->c.model, &node, 1, asset) ||
		       ward_model_within(b->c.model, &asset, 1, node));
}

/* Are they in one building, or is it not known that they are not? */
static bool is_near(const struct ward_brain *b, uint32_t node, uint32_t asset)
{
	uint32_t one =
		node == WARD_NONE ? WARD_NONE : ward_model_up(b->c.model, node, WARD_NODE_BUILDING);
	uint32_t other = ward_model_up(b->c.model, asset, WARD_NODE_BUILDING);

	return one == WARD_NONE || other == WARD_NONE || one == other;
}

/* Does it tell of that threat on another thing, of itself? */
static bool is_another(
	const struct ward_brain *b, const struct ward_threat_on *t, const struct ward_detection *d)
{
	return d->threat == t->threat && !d->permit.expected && node_of(d) != t->asset &&
	       tagged(b, d) != CONFIRMS;
}

static bool is_beside(
	const struct ward_brain *b, const struct ward_threat_on *t, const struct ward_detection *d)
{
	return !d->permit.expected &&
	       ward_threat_is_beside(ward_model_threats(b->c.model), t->threat, d->threat_code);
}

/* What this sign was joined with because the way between them is short, where one of the two is on
 * the thing that has the threat: the other; else NULL. */
static const struct ward_detection *close_to(
	const struct ward_incident *in, const struct ward_threat_on *t, const struct ward_member *m)
{
	const struct ward_detection *by;

	if (m->by != WARD_JOIN_PLACE || m->with == WARD_NONE)
		return NULL;
	by = in->member[m->with].d;
	return node_of(by) == t->asset ? m->d : node_of(m->d) == t->asset ? by : NULL;
}

/* Does this sign make that threat sure? One of the same threat does: alone or not, if it is of
 * another thing near by, at whatever time; one that joins such, or tells of the thing in another
 * way, if it is there: on the thing itself, on what it is in, or on what is in it. So does one
 * there, or close by, of what the threat has beside itself. */
static bool confirms(const struct ward_brain *b, const struct ward_incident *in,
	const struct ward_threat_on *t, const struct ward_member *m)
{
	const struct ward_detection *d = m->d, *close = close_to(in, t, m);
	uint32_t node = node_of(d);

	if (close && (is_another(b, t, close) || is_beside(b, t, close)))
		return true;
	if (d->permit.expected)
		return false;
	if (d->threat != t->threat)
		return is_beside(b, t, d) && is_there(b, node, t->asset);
	if (is_another(b, t, d) && is_near(b, node, t->asset))
		return true;
	return tagged(b, d) != UNCONFIRMED && is_there(b, node, t->asset);
}

/* Somebody confirmed the incident, or one of its signs does. */
static bool is_confirmed(
	const struct ward_brain *b, const struct ward_incident *in, const struct ward_threat_on *t)
{
	bool sure = in->state >= WARD_INCIDENT_CONFIRMED;

	for (size_t i = 0; i < in->n_member && !sure; i++)
		sure = confirms(b, in, t, &in->member[i]);
	return sure;
}

/* Does a sign that it rests on say more exactly where? */
static bool is_elsewhere(
	const struct ward_brain *b, const struct ward_incident *in, const struct ward_threat_on *t)
{
	for (size_t i = 0; i < in->n_threat; i++) {
		const struct ward_threat_on *part = &in->threat[i];

		if (part->threat == t->threat && part->asset != t->asset &&
			ward_model_within(b->c.model, &t->asset, 1, part->asset) &&
			only_by(b, in, part, UNCONFIRMED))
			return true;
	}
	return false;
}

static bool is_alone(
	const struct ward_brain *b, const struct ward_incident *in, const struct ward_threat_on *t)
{
	return only_by(b, in, t, UNCONFIRMED) && !is_confirmed(b, in, t);
}

bool ward_brain_alone(const struct ward_brain *b, const struct ward_incident *in)
{
	for (size_t i = 0; i < in->n_threat; i++)
		if (is_alone(b, in, &in->threat[i]))
			return true;
	return false;
}

bool ward_brain_seed(const struct ward_brain *b, const struct ward_incident *in, size_t i,
	struct ward_seed_threat *ret)
{
	const struct ward_threat_on *t = &in->threat[i];

	*ret = (struct ward_seed_threat){t->asset, t->threat, t->since, t->lo_micro, t->hi_micro};
	if (only_by(b, in, t, CONFIRMS))
		return !is_elsewhere(b, in, t);
	if (is_alone(b, in, t)) {
		ret->lo_micro = ALONE_LO_MICRO;
		ret->hi_micro = ALONE_HI_MICRO;
	}
	return true;
}
