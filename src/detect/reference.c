/* The definition of which rules match an event: all of all routes that take it. Slow; the plan must
 * agree with it (tests/prop/props_plan.c). */
#include "detect/engine.h"

bool ward_reference_takes(struct ward_detector *det, uint32_t route)
{
	const struct ward_route *t = &det->rs->route[route];

	if (t->n_class && !ward_index_class_fits(t, ward_name_text(det->names, det->e->class)))
		return false;
	for (size_t i = 0; i < t->n_when; i++) {
		const struct ward_when *w = &t->when[i];
		size_t k = 0;

		while (k < w->n_pattern && !ward_match_pattern(det, &w->pattern[k], w->field, 0))
			k++;
		if (k == w->n_pattern)
			return false;
	}
	return true;
}

enum ward_err ward_reference_routes(
	struct ward_detector *det, uint32_t *ret, size_t max, size_t *ret_n)
{
	*ret_n = 0;
	for (uint32_t i = 0; i < det->rs->n_route; i++) {
		if (!ward_reference_takes(det, i))
			continue;
		if (*ret_n == max)
			return WARD_ERR_LIMIT;
		ret[(*ret_n)++] = i;
	}
	return WARD_OK;
}

/* All rules of the routes, by ascending index, each once. */
enum ward_err ward_reference_rules(
	struct ward_detector *det, const uint32_t *route, size_t n, const struct ward_outlet *out)
{
	size_t at[WARD_ROUTES_MAX] = {0};

	for (;;) {
		uint32_t next = WARD_NONE;
		bool hit = false;

		for (size_t k = 0; k < n; k++) {
			const struct ward_route *t = &det->rs->route[route[k]];

			if (at[k] < t->n_rule && t->rule[at[k]] < next)
				next = t->rule[at[k]];
		}
		if (next == WARD_NONE)
			return WARD_OK;
		for (size_t k = 0; k < n; k++) {
			const struct ward_route *t = &det->rs->route[route[k]];

			if (at[k] == t->n_rule || t->rule[at[k]] != next)
				continue;
			uint32_t map = t->map[at[k]++];

			if (hit || !ward_match_rule(det, det->rs->rule[next], map))
				continue;
			hit = true;
			enum ward_err err = ward_engine_matched(det, next, map, out);

			if (err)
				return err;
		}
		if (det->err)
			return det->err;
	}
}
