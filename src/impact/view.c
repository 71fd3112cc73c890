#include "impact/rules.h"

struct ward_rule_view ward_rules_view(const struct ward_rules *r, uint32_t rule)
{
	const struct ward_rule *x = &r->rule[rule];

	WARD_ASSERT(rule < r->n);
	return (struct ward_rule_view){.when = x->when,
		.n_when = x->n_when,
		.from = x->from,
		.rel = x->rel,
		.in = x->in,
		.supply = x->supply,
		.keep = x->keep,
		.to = x->to,
		.gives = x->gives,
		.lo_micro = x->lo,
		.hi_micro = x->hi,
		.earliest = x->earliest,
		.expected = x->expected,
		.buffer = x->buffer,
		.only_buffered = x->only_buffered,
		.unless_required = x->unless_required,
		.buffer_instead = x->buffer_instead};
}

bool ward_rule_yields(bool unless_required, const struct ward_model *m, uint32_t src, uint32_t dst)
{
	size_t n = 0;
	const struct ward_rel *rel = unless_required ? ward_model_out(m, dst, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (rel[i].type == WARD_REL_REQUIRES && rel[i].node == src)
			return true;
	return false;
}

bool ward_rule_delays(const struct ward_rule_view *v, const struct ward_model *m, uint32_t node)
{
	size_t n;
	const struct ward_buffer *b = ward_model_buffers(m, node, &n);

	for (size_t i = 0; v->buffer_instead && i < n; i++)
		if (ward_str_eq(b[i].kind, v->buffer) && b[i].lasts > 0)
			return false;
	return true;
}
