/* What the writers share. */
#include "model/inventory/report.h"

const struct ward_candidate *ward_inv_find(const struct ward_inv_report *r, struct ward_str what)
{
	struct ward_inv_key k;
	bool address = ward_inv_key_parse(what, &k);
	uint32_t node = r->model ? ward_model_find(r->model, what) : WARD_NONE;

	for (size_t i = 0; i < r->n; i++) {
		const struct ward_candidate *c = &r->c[i];

		if (address && memcmp(&c->key, &k, sizeof(k)) == 0)
			return c;
		if (node != WARD_NONE && c->node == node)
			return c;
		for (size_t a = 0; address && k.has == 2 && a < c->n_address; a++)
			if (memcmp(&c->address[a].ip, &k.ip, sizeof(k.ip)) == 0)
				return c;
	}
	return NULL;
}

size_t ward_inv_where(const struct ward_inv_report *r, const struct ward_candidate *c,
	struct ward_placement ret[WARD_PLACEMENTS])
{
	const uint8_t(*mac)[6] = (c->key.has & 1) ? &c->key.mac : NULL;

	return r->places ? ward_places_of(r->places, mac, mac != NULL, c->node, r->now, ret) : 0;
}

struct ward_str ward_inv_what(const struct ward_inv_report *r, const struct ward_candidate *c)
{
	const struct ward_fact *f = ward_candidate_best(c, WARD_ATTR_CLASS);
	uint32_t class = f ? ward_ontology_find(r->rules->classes, f->value) : WARD_NONE;

	/* Where nothing speaks against it the directory knows better what a thing is. */
	if (c->node != WARD_NONE && (class == WARD_NONE || !(c->odd & WARD_INV_CHANGED)))
		class = ward_model_node(r->model, c->node)->class;
	if (class != WARD_NONE)
		return ward_ontology_class(r->rules->classes, class)->name;
	return c->router ? WARD_STR("Router") : (struct ward_str){"", 0};
}

const char *ward_inv_status_text(const struct ward_candidate *c)
{
	if (c->status == WARD_INV_UNMATCHED)
		return "";
	if (c->status == WARD_INV_UNKNOWN)
		return "unknown";
	return c->odd & WARD_INV_DUPLICATE ? "duplicate"
	       : c->odd & WARD_INV_CHANGED ? "changed"
	       : c->odd & WARD_INV_MOVED   ? "moved"
					   : "known";
}

struct ward_str ward_inv_name(const struct ward_inv_report *r, const struct ward_candidate *c)
{
	if (c->node != WARD_NONE)
		return ward_model_node(r->model, c->node)->id;
	for (size_t i = 0; i < c->n_fact; i++)
		if (c->fact[i].attr == WARD_ATTR_NAME &&
			ward_str_find(c->fact[i].value, WARD_STR(":")) == SIZE_MAX)
			return c->fact[i].value;
	return (struct ward_str){"", 0};
}
