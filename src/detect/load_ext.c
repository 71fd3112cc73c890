/* What is ours in a correlation: the `ward` map, so that the file stays Sigma for everybody else.
 */
#include "detect/load.h"

#include "model/model.h"

enum { HOPS_MAX = 8 };

static bool refuse(struct ward_rule *r, struct ward_diag *d, const struct ward_conf *v,
	const char *what, const char *mend)
{
	ward_rule_refuse(r, d, v->line, WARD_TEXT("ward map"), WARD_TEXT("%s\n%s"), what, mend);
	return false;
}

/* `jitter_permille: 100` asks of the events that they come evenly. */
static bool jitter(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	struct ward_corr *c = r->corr;

	if (!v)
		return true;
	if (c->type == WARD_CORR_COUNT && c->min >= 3 && !ward_corr_late(c) && !c->near_hops &&
		v->kind == WARD_CONF_SCALAR && ward_str_u64(v->text, &c->jitter) && c->jitter > 0 &&
		c->jitter < 1000)
		return true;
	return refuse(r, d, v,
		WARD_TEXT("jitter_permille needs an event_count of at least 3, and a number from 1 "
			  "to 999"),
		WARD_TEXT("write 100 for a tenth"));
}

/* What counts events or rules, and not values: these have entries of their own for each event. */
static bool plain(const struct ward_corr *c)
{
	return c->type == WARD_CORR_COUNT || c->type == WARD_CORR_TEMPORAL ||
	       c->type == WARD_CORR_ORDERED;
}

/* `near: {hops: 2, via: leads_to}`: together is what happens so many steps apart. */
static bool near(struct ward_rule *r, const struct ward_conf *v, struct ward_diag *d)
{
	static const char *const known[] = {"hops", "via", NULL};
	struct ward_str via = WARD_STR("leads_to");
	int64_t hops = 0;
	size_t errors = d->n_error;

	if (!v)
		return true;
	ward_conf_only(v, known, d);
	(void)ward_conf_str(v, "via", false, d, &via);
	enum ward_rel_type rel = ward_rel_parse(via);

	if (!plain(r->corr))
		return refuse(r, d, v,
			WARD_TEXT("'near' is for event_count, temporal and temporal_ordered"),
			WARD_TEXT("use one of these"));
	if (rel == WARD_REL_N)
		return refuse(r, d, v, WARD_TEXT("'via' names no relation of the model"),
			WARD_TEXT(
				"use leads_to, connects or another of docs/hospital-directory.md"));
	if (!ward_conf_i64(v, "hops", true, d, 1, HOPS_MAX, &hops) || d->n_error > errors)
		return refuse(r, d, v, WARD_TEXT("'near' needs 'hops', from 1 to 8"),
			WARD_TEXT("write {hops: 2}"));
	r->corr->near_hops = (unsigned)hops;
	r->corr->near_via = (uint32_t)rel;
	return true;
}

/* `not_after: {rules: [arrived], within: 15m}`: what comes so soon after these counts for nothing.
 */
static bool not_after(struct ward_rule *r, const struct ward_conf *v, const struct ward_conf *ours,
	struct ward_diag *d)
{
	static const char *const known[] = {"rules", "within", NULL};
	struct ward_corr *c = r->corr;
	size_t errors = d->n_error;

	if (!v)
		return true;
	if (c->type != WARD_CORR_COUNT || c->min != 1 || ward_corr_tumbles(c) || c->near_hops ||
		ward_conf_get(ours, "without"))
		return refuse(r, d, v,
			WARD_TEXT("'not_after' is for event_count with 'gte: 1', and goes neither "
				  "with 'without' nor with 'near'"),
			WARD_TEXT("count in a correlation above it"));
	if (v->kind == WARD_CONF_MAP)
		ward_conf_only(v, known, d);
	if (d->n_error == errors && v->kind == WARD_CONF_MAP && c->n_without &&
		ward_corr_span(ward_conf_get(v, "within"), &c->within) && c->within >= c->timespan)
		return true;
	return refuse(r, d, v,
		WARD_TEXT("'not_after' needs rules, and a time that is no shorter than the "
			  "timespan"),
		WARD_TEXT("write {rules: [NAME], within: 15m}"));
}

bool ward_corr_load_ours(struct ward_rule *r, const struct ward_conf *doc, struct ward_diag *d)
{
	const struct ward_conf *ours = ward_conf_get(doc, "ward");
	const struct ward_conf *no = ward_conf_get(ours, "without");

	if (no && !plain(r->corr))
		return refuse(r, d, no,
			WARD_TEXT("'without' is for event_count, temporal and temporal_ordered"),
			WARD_TEXT("use one of these"));
	return near(r, ward_conf_get(ours, "near"), d) &&
	       not_after(r, ward_conf_get(ours, "not_after"), ours, d) &&
	       jitter(r, ward_conf_get(ours, "jitter_permille"), d);
}
