/* Which asset of the hospital directory a candidate is, and where they differ. */
#include "model/inventory/view.h"

#include <stdlib.h>

/* The asset that a key names; other things (a network by its interface) are no match. */
static uint32_t asset(const struct ward_model *m, enum ward_key_kind kind, struct ward_str key)
{
	uint32_t i = key.len ? ward_model_by_key(m, kind, key) : WARD_NONE;

	return i != WARD_NONE && ward_model_node(m, i)->kind == WARD_NODE_ASSET ? i : WARD_NONE;
}

static uint32_t by_address(const struct ward_model *m, const struct ward_candidate *c)
{
	for (size_t i = 0; i < c->n_address; i++) {
		char text[46];
		uint32_t node = asset(m, WARD_KEY_IP, ward_addr_text(&c->address[i].ip, text));

		if (node != WARD_NONE)
			return node;
	}
	return WARD_NONE;
}

/* "host.example.org" is also host "host". */
static uint32_t by_name(const struct ward_model *m, const struct ward_candidate *c)
{
	struct ward_str bacnet = WARD_STR("bacnet:");

	for (size_t i = 0; i < c->n_fact; i++) {
		const struct ward_fact *f = &c->fact[i];
		struct ward_str rest = f->value;

		if (f->attr != WARD_ATTR_NAME || f->confidence < WARD_INV_SURE)
			continue;
		/* Where a protocol numbers its devices the number is a name. */
		uint32_t node = ward_str_starts(rest, bacnet)
					? asset(m, WARD_KEY_BACNET,
						  ward_str_sub(rest, bacnet.len, rest.len))
					: asset(m, WARD_KEY_HOST, rest);

		if (node == WARD_NONE)
			node = asset(m, WARD_KEY_HOST, ward_str_cut(&rest, '.'));
		if (node != WARD_NONE)
			return node;
	}
	return WARD_NONE;
}

/* Has it the address that the directory gives it, or does the directory give none? */
static bool has_address(const struct ward_model *m, const struct ward_candidate *c, uint32_t node)
{
	if (!c->n_address || !ward_model_key(m, node, WARD_KEY_IP).len)
		return true;
	for (size_t i = 0; i < c->n_address; i++) {
		char text[46];

		if (ward_model_by_key(m, WARD_KEY_IP, ward_addr_text(&c->address[i].ip, text)) ==
			node)
			return true;
	}
	return false;
}

/* One of them may be the longer form of the other: "Siemens", "Siemens AG". */
static bool alike(struct ward_str a, struct ward_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;

	return ward_str_ieq(ward_str_sub(a, 0, n), ward_str_sub(b, 0, n));
}

bool ward_inv_value_differs(
	const struct ward_candidate *c, enum ward_attr attr, struct ward_str stated)
{
	const struct ward_fact *f = ward_candidate_best(c, attr);

	if (!f || !stated.len || f->confidence < WARD_INV_SURE)
		return false;
	/* Also a value that is not the surest may be the stated one. */
	for (size_t i = 0; i < c->n_fact; i++)
		if (c->fact[i].attr == attr && alike(c->fact[i].value, stated))
			return false;
	return true;
}

bool ward_inv_class_differs(const struct ward_inv_rules *r, const struct ward_model *m,
	const struct ward_candidate *c, uint32_t node)
{
	const struct ward_fact *f = ward_candidate_best(c, WARD_ATTR_CLASS);
	uint32_t stated = ward_model_node(m, node)->class,
		 seen = f ? ward_ontology_find(r->classes, f->value) : WARD_NONE;

	/* A device whose directory entry is the software on it is not another kind of thing. */
	if (seen == WARD_NONE || f->confidence < WARD_INV_SURE)
		return false;
	const struct ward_ontology *o = ward_model_ontology(m);
	struct ward_str a = ward_ontology_class(o, stated)->id, b = f->value;
	bool devices =
		ward_str_starts(a, WARD_STR("device")) && ward_str_starts(b, WARD_STR("device"));

	return devices && !ward_ontology_is(r->classes, seen, stated) &&
	       !ward_ontology_is(r->classes, stated, seen);
}

static void one(
	const struct ward_inv_rules *r, const struct ward_model *m, struct ward_candidate *c)
{
	char text[46];
	bool moved = false;

	c->status = WARD_INV_UNKNOWN;
	if (c->key.has & 1)
		c->node = asset(m, WARD_KEY_MAC, ward_inv_key_text(&c->key, text));
	if (c->node != WARD_NONE)
		moved = !has_address(m, c, c->node);
	else if ((c->node = by_address(m, c)) != WARD_NONE)
		moved = (c->key.has & 1) && ward_model_key(m, c->node, WARD_KEY_MAC).len > 0;
	else if ((c->node = by_name(m, c)) != WARD_NONE)
		moved = !has_address(m, c, c->node);
	if (c->node == WARD_NONE)
		return;
	const struct ward_node *n = ward_model_node(m, c->node);

	c->status = WARD_INV_KNOWN;
	c->odd |= moved ? WARD_INV_MOVED : 0;
	if (ward_inv_value_differs(c, WARD_ATTR_VENDOR, n->vendor) ||
		ward_inv_value_differs(c, WARD_ATTR_MODEL, n->product) ||
		ward_inv_class_differs(r, m, c, c->node))
		c->odd |= WARD_INV_CHANGED;
}

enum ward_err ward_inv_match(const struct ward_inv_rules *rules, const struct ward_model *m,
	struct ward_arena *a, struct ward_candidate *c, size_t n)
{
	uint32_t *times = ward_arena_array(a, ward_model_n(m) + 1, sizeof(*times));

	if (!times)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		one(rules, m, &c[i]);
		if (c[i].node != WARD_NONE)
			times[c[i].node]++;
	}
	for (size_t i = 0; i < n; i++)
		if (c[i].node != WARD_NONE && times[c[i].node] > 1)
			c[i].odd |= WARD_INV_DUPLICATE;
	return WARD_OK;
}
