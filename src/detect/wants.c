/* What rules ask of their events, for those who decide what is collected. */
#include "detect/rule.h"

struct asked {
	struct ward_str a;
	bool any; /* of b was something found */
	ward_pair_fn fn;
	void *ctx;
};

static const struct ward_when *when_of(const struct ward_route *t, uint32_t slot)
{
	for (size_t i = 0; i < t->n_when; i++)
		if (t->when[i].field == slot)
			return &t->when[i];
	return NULL;
}

/* The values that the rule's own selections have for a field; what they exclude is among them. */
static void of_rule(const struct ward_rule *r, uint32_t slot, struct asked *x)
{
	for (size_t s = 0; s < r->n_selection; s++)
		for (size_t m = 0; m < r->selection[s].n_map; m++)
			for (size_t i = 0; i < r->selection[s].map[m].n_item; i++) {
				const struct ward_item *it = &r->selection[s].map[m].item[i];

				for (size_t k = 0; it->field == slot && k < it->n_test; k++) {
					const struct ward_pattern *p = &it->test[k].pattern;

					if (it->test[k].kind != WARD_TEST_PATTERN ||
						p->n_seg != 1 || !ward_pattern_plain(p))
						continue;
					x->any = true;
					x->fn(x->ctx, x->a, p->seg[0].text);
				}
			}
}

void ward_ruleset_pairs(const struct ward_ruleset *rs, size_t i, struct ward_str a,
	struct ward_str b, ward_pair_fn fn, void *ctx)
{
	const struct ward_rule *r = rs->rule[i];
	uint32_t slot_a = ward_intern_find(&rs->fields, a),
		 slot_b = ward_intern_find(&rs->fields, b);

	for (size_t n = 0; n < r->n_binding && slot_a != WARD_NONE; n++) {
		const struct ward_route *t = &rs->route[r->binding[n].route];
		const struct ward_when *wa = when_of(t, slot_a);
		const struct ward_when *wb = slot_b == WARD_NONE ? NULL : when_of(t, slot_b);

		for (size_t k = 0; wa && k < wa->n_pattern; k++) {
			struct asked x = {.a = wa->text[k], .fn = fn, .ctx = ctx};

			for (size_t m = 0; wb && m < wb->n_pattern; m++)
				fn(ctx, x.a, wb->text[m]);
			if (!wb && slot_b != WARD_NONE)
				of_rule(r, slot_b, &x);
			if (!wb && !x.any)
				fn(ctx, x.a, WARD_STR("*"));
		}
	}
}
