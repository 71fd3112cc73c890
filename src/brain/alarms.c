/* How sure a forecast takes a sign that is mostly false when it comes alone, and where a sign that
 * confirms it takes place: by the tags of their rules (docs/content.md). */
#include "brain/priv.h"

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

/* Somebody confirmed the incident, or a sign of another sort tells of that threat there: on the
 * thing itself, on what it is in, or on what is in it. */
static bool is_confirmed(
	const struct ward_brain *b, const struct ward_incident *in, const struct ward_threat_on *t)
{
	bool sure = in->state >= WARD_INCIDENT_CONFIRMED;

	for (size_t i = 0; i < in->n_member && !sure; i++) {
		const struct ward_detection *d = in->member[i].d;
		uint32_t node = node_of(d);

		sure = d->threat == t->threat && !d->permit.expected && node != WARD_NONE &&
		       tagged(b, d) != UNCONFIRMED &&
		       (node == t->asset || ward_model_within(b->c.model, &node, 1, t->asset) ||
			       ward_model_within(b->c.model, &t->asset, 1, node));
	}
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

bool ward_brain_seed(const struct ward_brain *b, const struct ward_incident *in, size_t i,
	struct ward_seed_threat *ret)
{
	const struct ward_threat_on *t = &in->threat[i];

	*ret = (struct ward_seed_threat){t->asset, t->threat, t->since, t->lo_micro, t->hi_micro};
	if (only_by(b, in, t, CONFIRMS))
		return !is_elsewhere(b, in, t);
	if (only_by(b, in, t, UNCONFIRMED) && !is_confirmed(b, in, t)) {
		ret->lo_micro = ALONE_LO_MICRO;
		ret->hi_micro = ALONE_HI_MICRO;
	}
	return true;
}
