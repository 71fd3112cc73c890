/* From claims to facts: what speaks for one value is put together, what speaks for others stays
 * beside it. */
#include "model/inventory/view.h"

#include <stdlib.h>

enum { OUI_CONFIDENCE = 40, SURE_MAX = 99, ENOUGH = 50 };

static int by_value(const void *a, const void *b)
{
	const struct ward_claim *x = *(const struct ward_claim *const *)a,
				*y = *(const struct ward_claim *const *)b;

	if (x->attr != y->attr)
		return x->attr < y->attr ? -1 : 1;
	int c = ward_str_cmp(x->value, y->value);

	if (c)
		return c;
	return x->rule == y->rule ? 0 : x->rule < y->rule ? -1 : 1;
}

/* The maker of the network card is often that of the device, and often not. */
static const struct ward_claim *by_hardware(
	const struct ward_facts_of *of, struct ward_arena *a, const struct ward_candidate *c)
{
	struct ward_str vendor = {NULL, 0};
	struct ward_claim *claim;

	if (of->oui && (c->key.has & 1) && !c->random_mac)
		vendor = ward_oui_vendor(of->oui, c->key.mac);
	claim = vendor.len ? ward_arena_alloc(a, sizeof(*claim)) : NULL;
	if (claim)
		*claim = (struct ward_claim){.attr = WARD_ATTR_VENDOR,
			.confidence = OUI_CONFIDENCE,
			.rule = WARD_NONE,
			.value = vendor,
			.first = c->first,
			.last = c->last,
			.n = 1};
	return claim;
}

/* What one rule said of several endpoints of the host counts as one. The copy is the arena's. */
static enum ward_err same_rule(
	struct ward_arena *a, const struct ward_claim **at, const struct ward_claim *more)
{
	struct ward_claim *both = ward_arena_alloc(a, sizeof(*both));

	if (!both)
		return WARD_ERR_NOMEM;
	*both = **at;
	both->n += more->n;
	both->confidence =
		more->confidence > both->confidence ? more->confidence : both->confidence;
	both->last = more->last > both->last ? more->last : both->last;
	if (more->first < both->first ||
		(more->first == both->first && ward_id_cmp(more->event, both->event) < 0)) {
		both->first = more->first;
		both->event = more->event;
	}
	*at = both;
	return WARD_OK;
}

static uint8_t together(const struct ward_claim *const *claim, size_t n)
{
	uint64_t doubt = 1000000;

	for (size_t i = 0; i < n; i++)
		doubt = doubt * (100U - claim[i]->confidence) / 100;
	uint64_t sure = (1000000 - doubt) / 10000;

	return (uint8_t)(sure > SURE_MAX ? SURE_MAX : sure ? sure : 1);
}

static struct ward_fact fact_of(const struct ward_claim *const *claim, size_t n)
{
	struct ward_fact f = {.attr = claim[0]->attr,
		.confidence = together(claim, n),
		.value = claim[0]->value,
		.name_len = claim[0]->name_len,
		.first = INT64_MAX,
		.last = INT64_MIN,
		.claim = claim,
		.n_claim = n};

	for (size_t i = 0; i < n; i++) {
		f.first = claim[i]->first < f.first ? claim[i]->first : f.first;
		f.last = claim[i]->last > f.last ? claim[i]->last : f.last;
	}
	return f;
}

static int by_confidence(const void *a, const void *b)
{
	const struct ward_fact *x = a, *y = b;

	if (x->attr != y->attr)
		return x->attr < y->attr ? -1 : 1;
	if (x->best != y->best)
		return x->best ? -1 : 1;
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	return ward_str_cmp(x->value, y->value);
}

static uint32_t class_of(const struct ward_inv_rules *r, const struct ward_fact *f)
{
	return f->attr == WARD_ATTR_CLASS ? ward_ontology_find(r->classes, f->value) : WARD_NONE;
}

/* What speaks for a class speaks for those above it too: "CT scanner" is no doubt of "medical
 * device". */
static uint8_t with_below(
	const struct ward_inv_rules *r, const struct ward_candidate *c, uint32_t class)
{
	uint64_t doubt = 10000;

	for (size_t i = 0; i < c->n_fact; i++) {
		uint32_t other = class_of(r, &c->fact[i]);

		if (other != WARD_NONE && ward_ontology_is(r->classes, other, class))
			doubt = doubt * (100U - c->fact[i].confidence) / 100;
	}
	return (uint8_t)((10000 - doubt) / 100);
}

/* Goes down from the surest class to the surest one below it, as long as that is likelier than not.
 */
static void choose_class(const struct ward_inv_rules *r, struct ward_candidate *c)
{
	uint32_t at = WARD_NONE;
	struct ward_fact *best = NULL;

	for (bool found = true; found;) {
		struct ward_fact *next = NULL;
		uint8_t most = best ? ENOUGH - 1 : 0;

		for (size_t i = 0; i < c->n_fact; i++) {
			struct ward_fact *f = &c->fact[i];
			uint32_t class = class_of(r, f);
			uint8_t sure;

			if (class == WARD_NONE || class == at ||
				(at != WARD_NONE && !ward_ontology_is(r->classes, class, at)))
				continue;
			sure = with_below(r, c, class);
			/* Facts come in order of values: a class before those below it. */
			if (sure > most) {
				most = sure;
				next = f;
			}
		}
		found = next != NULL;
		if (next) {
			best = next;
			at = class_of(r, next);
		}
	}
	if (best) {
		best->best = true;
		best->confidence = with_below(r, c, at);
	}
}

static void choose(const struct ward_inv_rules *r, struct ward_candidate *c)
{
	choose_class(r, c);
	for (size_t i = 0; i < c->n_fact; i++) {
		struct ward_fact *f = &c->fact[i];

		if (ward_attr_several(f->attr))
			f->best = true;
	}
	qsort(c->fact, c->n_fact, sizeof(*c->fact), by_confidence);
	for (size_t i = 0; i < c->n_fact; i++)
		if (c->fact[i].attr != WARD_ATTR_CLASS &&
			(i == 0 || c->fact[i].attr != c->fact[i - 1].attr))
			c->fact[i].best = true;
}

enum ward_err ward_inv_facts(
	const struct ward_facts_of *of, struct ward_arena *a, struct ward_candidate *c)
{
	const struct ward_claim *card = by_hardware(of, a, c), **claim;
	size_t n = card != NULL, kept = 0;

	for (size_t i = 0; i < of->n; i++)
		n += of->member[i]->n_claim;
	claim = ward_arena_array(a, n + 1, sizeof(*claim));
	c->fact = ward_arena_array(a, n + 1, sizeof(*c->fact));
	if (!claim || !c->fact)
		return WARD_ERR_NOMEM;
	n = 0;
	for (size_t i = 0; i < of->n; i++)
		for (size_t k = 0; k < of->member[i]->n_claim; k++)
			claim[n++] = &of->member[i]->claim[k];
	if (card)
		claim[n++] = card;
	qsort(claim, n, sizeof(*claim), by_value);
	for (size_t i = 0; i < n; i++) {
		if (kept && by_value(&claim[kept - 1], &claim[i]) == 0) {
			enum ward_err err = same_rule(a, &claim[kept - 1], claim[i]);

			if (err)
				return err;
		} else {
			claim[kept++] = claim[i];
		}
	}
	for (size_t from = 0, to; from < kept; from = to) {
		for (to = from + 1; to < kept; to++)
			if (claim[to]->attr != claim[from]->attr ||
				!ward_str_eq(claim[to]->value, claim[from]->value))
				break;
		c->fact[c->n_fact++] = fact_of(claim + from, to - from);
	}
	choose(of->rules, c);
	return WARD_OK;
}

const struct ward_fact *ward_candidate_best(const struct ward_candidate *c, enum ward_attr attr)
{
	for (size_t i = 0; i < c->n_fact; i++)
		if (c->fact[i].attr == attr && c->fact[i].best)
			return &c->fact[i];
	return NULL;
}
