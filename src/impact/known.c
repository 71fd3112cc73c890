/* What is known of where a threat on a thing leads, before anything is computed. */
#include "impact/known.h"

#include "impact/rules.h"
#include "words/words.h"

#include <stdlib.h>

enum { ENDLESS_TOLD = 10 };

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
		if (ward_rule_fits(rule->to, ward_model_node(m, s.rel[i].node)->class) &&
			!ward_rule_yields(rule->unless_required, m, asset, s.rel[i].node))
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

/* By what a thing goes on for ever: the first state that sets it going, and the threat that a rule
 * would give it in the end. */
struct lasting {
	ward_ns from;
	uint32_t gives; /* and 1; 0: it is none */
};

static bool has_buffer(const struct ward_model *m, uint32_t node, struct ward_str kind)
{
	size_t n;
	const struct ward_buffer *b = ward_model_buffers(m, node, &n);

	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(b[i].kind, kind))
			return true;
	return false;
}

static void set_going(const struct ward_impact *it, const struct ward_rule *rule,
	const struct ward_model *m, struct lasting *of)
{
	size_t n;
	const struct ward_rel *rel =
		rule->in ? ward_model_in(m, it->asset, &n) : ward_model_out(m, it->asset, &n);
	struct ward_rel_span s = ward_rules_span(rel, n, rule->rel);

	for (size_t i = 0; i < s.n; i++) {
		uint32_t to = s.rel[i].node;

		if (!ward_rule_fits(rule->to, ward_model_node(m, to)->class) ||
			has_buffer(m, to, rule->buffer) ||
			(of[to].gives && of[to].from <= it->expected))
			continue;
		of[to] = (struct lasting){it->expected, rule->gives + 1};
	}
}

static int by_id(const void *va, const void *vb, void *ctx)
{
	const struct ward_model *m = ctx;

	return ward_str_cmp(ward_model_node(m, *(const uint32_t *)va)->id,
		ward_model_node(m, *(const uint32_t *)vb)->id);
}

enum ward_err ward_impacts_endless(const struct ward_impacts *all, const struct ward_rules *r,
	const struct ward_model *m, struct ward_arena *a, struct ward_endless *ret)
{
	struct lasting *of = ward_arena_array(a, ward_model_n(m) + 1, sizeof(*of));
	size_t n = 0;

	if (!of)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		of[i] = (struct lasting){0, 0};
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];
		size_t n_rule;
		const uint32_t *rule =
			ward_rules_of(r, it->threat, ward_model_node(m, it->asset)->class, &n_rule);

		for (size_t k = 0; k < n_rule; k++)
			if (r->rule[rule[k]].only_buffered && r->rule[rule[k]].rel != WARD_REL_N)
				set_going(it, &r->rule[rule[k]], m, of);
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct ward_impact *it = &all->item[i];

		if (of[it->asset].gives == it->threat + 1 && it->expected <= of[it->asset].from)
			of[it->asset].gives = 0;
	}
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		n += of[i].gives != 0;
	uint32_t *node = ward_arena_array(a, n + 1, sizeof(*node));

	if (!node)
		return WARD_ERR_NOMEM;
	n = 0;
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (of[i].gives)
			node[n++] = i;
	if (n)
		qsort_r(node, n, sizeof(*node), by_id, (void *)(uintptr_t)m);
	*ret = (struct ward_endless){node, n};
	return WARD_OK;
}

void ward_endless_say(const struct ward_endless *x, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	for (size_t i = 0; i < x->n && i < ENDLESS_TOLD; i++) {
		WARD_SAY(w, lang,
			WARD_TEXT("How long {name} runs is not known, so it is taken to run for "
				  "ever."),
			{"name", ward_model_node(m, x->node[i])->name});
		ward_wr_ch(w, '\n');
	}
	if (x->n <= ENDLESS_TOLD)
		return;
	ward_say_n(w, lang, x->n - ENDLESS_TOLD, WARD_TEXT_ONE("and {n} more; --json lists all"),
		WARD_TEXT("and {n} more; --json lists all"));
	ward_wr_ch(w, '\n');
}

void ward_endless_write(
	struct ward_json *j, const struct ward_endless *x, const struct ward_model *m)
{
	ward_json_key(j, "endless");
	ward_json_arr(j);
	for (size_t i = 0; i < x->n; i++)
		ward_json_str(j, ward_model_node(m, x->node[i])->id);
	ward_json_arr_end(j);
}
