/* What is known of where a threat on a thing leads, before anything is computed. */
#include "impact/known.h"

#include "impact/rules.h"
#include "words/words.h"

bool ward_threat_fits(const struct ward_model *m, uint32_t threat, uint32_t class)
{
	const struct ward_threat *t = ward_threats_at(ward_model_threats(m), threat);
	const struct ward_ontology *o = ward_model_ontology(m);

	for (size_t i = 0; i < t->n_on; i++)
		if (ward_ontology_is(o, class, ward_ontology_find(o, t->on[i])))
			return true;
	return !t->n_on;
}

static bool goes_by(const struct ward_rule *rule, const struct ward_model *m, uint32_t asset)
{
	size_t n;
	const struct ward_rel *rel =
		rule->in ? ward_model_in(m, asset, &n) : ward_model_out(m, asset, &n);
	struct ward_rel_span s = ward_rules_span(rel, n, rule->rel);

	for (size_t i = 0; i < s.n; i++)
		if (ward_rule_fits(rule->to, ward_model_node(m, s.rel[i].node)->class))
			return true;
	return false;
}

/* The reason why it ends there, or NULL. */
static const struct ward_str *end_of(const struct ward_rules *r, uint32_t class, uint32_t threat)
{
	for (size_t i = 0; i < r->n_end; i++) {
		const struct ward_rule_end *end = &r->end[i];

		for (size_t k = 0; k < end->n_threat && ward_rule_fits(end->of, class); k++)
			if (end->threat[k] == threat)
				return &end->why;
	}
	return NULL;
}

struct ward_known ward_rules_known(
	const struct ward_rules *r, const struct ward_model *m, uint32_t asset, uint32_t threat)
{
	uint32_t class = ward_model_node(m, asset)->class;
	struct ward_known k = {.leads = WARD_LEADS_ON, .fits = ward_threat_fits(m, threat, class)};
	size_t n;
	const uint32_t *of = ward_rules_of(r, threat, class, &n);

	for (size_t i = 0; i < n; i++) {
		const struct ward_rule *rule = &r->rule[of[i]];

		if (!rule->hi)
			continue;
		k.covered = true;
		if (rule->rel == WARD_REL_N || goes_by(rule, m, asset))
			return k;
	}
	if (threat == r->outage && goes_by(&r->rule[ward_rules_builtin(r)], m, asset))
		return k;
	const struct ward_str *why = end_of(r, class, threat);

	k.leads = why ? WARD_LEADS_NOWHERE : WARD_LEADS_UNKNOWN;
	if (why)
		k.why = *why;
	return k;
}

bool ward_rules_cover(
	const struct ward_rules *r, const struct ward_model *m, uint32_t class, uint32_t threat)
{
	static const char *const required[] = {"device", "software", "data", "supply", "service",
		"network", "room", "zone", "role"};
	const struct ward_ontology *o = ward_model_ontology(m);
	size_t n;
	const uint32_t *of = ward_rules_of(r, threat, class, &n);

	for (size_t i = 0; i < n; i++)
		if (r->rule[of[i]].hi)
			return true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(required) && threat == r->outage; i++) {
		uint32_t is = ward_ontology_find(o, ward_str_z(required[i]));

		if (is != WARD_NONE && ward_ontology_is(o, class, is))
			return true;
	}
	return end_of(r, class, threat) != NULL;
}

void ward_known_write(struct ward_json *j, const struct ward_known *k, struct ward_lang *lang)
{
	if (k->leads != WARD_LEADS_ON) {
		ward_json_key(j, "leads");
		ward_json_z(j, k->leads == WARD_LEADS_UNKNOWN ? "unknown" : "nowhere");
	}
	if (k->leads == WARD_LEADS_NOWHERE) {
		ward_json_key(j, "leads_why");
		ward_json_str_cut(j, ward_lang_text(lang, k->why), 256);
	}
	if (!k->fits) {
		ward_json_key(j, "fits");
		ward_json_bool(j, false);
	}
}
