#include "impact/rules.h"
#include "words/words.h"

enum ward_err ward_rules_index(
	struct ward_rules *r, const struct ward_ontology *o, uint32_t n_threat)
{
	size_t n_cell, total = 0;

	r->n_class = ward_ontology_n(o);
	if (!ward_mul((size_t)n_threat, r->n_class, &n_cell))
		return WARD_ERR_LIMIT;
	r->cell = ward_arena_array(&r->arena, n_cell + 1, sizeof(*r->cell));
	if (!r->cell)
		return WARD_ERR_NOMEM;
	for (int fill = 0; fill < 2; fill++) {
		for (uint32_t i = 0; i < ward_rules_builtin(r); i++)
			for (size_t k = 0; k < r->rule[i].n_when; k++)
				for (uint32_t c = 0; c < r->n_class; c++) {
					size_t at = r->rule[i].when[k] * r->n_class + c;

					if (!ward_rule_fits(r->rule[i].from, c))
						continue;
					if (fill)
						r->cell_rule[r->cell[at]] = i;
					r->cell[at]++;
				}
		if (fill)
			break;
		for (size_t at = 0; at <= n_cell; at++) {
			uint32_t n = at < n_cell ? r->cell[at] : 0;

			r->cell[at] = (uint32_t)total;
			total += n;
			if (total > UINT32_MAX)
				return WARD_ERR_LIMIT;
		}
		r->cell_rule = ward_arena_array(&r->arena, total, sizeof(*r->cell_rule));
		if (!r->cell_rule)
			return WARD_ERR_NOMEM;
	}
	/* Filling moved each start to its end, which is the next one's start. */
	memmove(r->cell + 1, r->cell, n_cell * sizeof(*r->cell));
	r->cell[0] = 0;
	return WARD_OK;
}

void ward_rules_free(struct ward_rules *r)
{
	if (!r)
		return;
	ward_mem_free(r->mem, r->rule, r->cap * sizeof(*r->rule));
	ward_mem_free(r->mem, r->end, r->cap_end * sizeof(*r->end));
	ward_arena_fini(&r->arena);
	ward_mem_free(r->mem, r, sizeof(*r));
}

void ward_rules_hash(const struct ward_rules *r, uint8_t ret[32])
{
	memcpy(ret, r->hash, 32);
}

size_t ward_rules_n(const struct ward_rules *r)
{
	return r->n - 1;
}

struct ward_str ward_rules_id(const struct ward_rules *r, uint32_t rule)
{
	return rule < r->n ? r->rule[rule].id : WARD_STR("seed");
}

struct ward_str ward_rules_why(const struct ward_rules *r, uint32_t rule)
{
	return rule < r->n ? r->rule[rule].why
			   : ward_str_z(WARD_TEXT("it was observed or assumed"));
}

static uint32_t lower_bound(const struct ward_rel *rel, size_t n, unsigned type)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if ((unsigned)rel[mid].type < type)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}

struct ward_rel_span ward_rules_span(const struct ward_rel *rel, size_t n, enum ward_rel_type type)
{
	size_t a = lower_bound(rel, n, type), b = lower_bound(rel, n, (unsigned)type + 1);

	return (struct ward_rel_span){rel + a, b - a};
}

static bool related(
	const struct ward_rule *rule, const struct ward_model *m, uint32_t x, uint32_t y)
{
	size_t n;
	const struct ward_rel *rel = rule->in ? ward_model_in(m, x, &n) : ward_model_out(m, x, &n);
	struct ward_rel_span s = ward_rules_span(rel, n, rule->rel);

	if (!ward_rule_fits(rule->to, ward_model_node(m, y)->class))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.rel[i].node == y)
			return true;
	return false;
}

bool ward_rules_cause(const struct ward_rules *r, const struct ward_model *m, uint32_t x,
	uint32_t a, uint32_t y, uint32_t b)
{
	size_t n;
	const uint32_t *of = ward_rules_of(r, a, ward_model_node(m, x)->class, &n);

	for (size_t i = 0; i < n; i++) {
		const struct ward_rule *rule = &r->rule[of[i]];

		if (rule->gives != b || rule->hi == 0)
			continue;
		if (rule->rel == WARD_REL_N ? x == y : related(rule, m, x, y))
			return true;
	}
	return a == b && a == r->outage && a != WARD_NONE &&
	       related(&r->rule[ward_rules_builtin(r)], m, x, y);
}
