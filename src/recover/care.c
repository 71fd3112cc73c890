#include "recover/care.h"

static bool is(const struct ward_model *m, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, node, c);
}

bool ward_care_medical(const struct ward_model *m, uint32_t node)
{
	return is(m, node, "device.medical");
}

/* Kept for medical devices, whatever else the model says of it. */
static bool kept(const struct ward_model *m, uint32_t node)
{
	return is(m, node, "network.medical") || is(m, node, "software.patient-monitoring");
}

bool ward_care_is(const struct ward_model *m, uint32_t node)
{
	return ward_care_medical(m, node) || kept(m, node) || is(m, node, "service.care");
}

/* Of a node. */
enum {
	BELOW = 1,  /* a medical device, what is kept for these, or what either runs */
	HOLDS = 2,  /* runs such a thing, or has it or a medical device in it */
	CARRIES = 4 /* a network that such things or medical devices are on, or on the way of it */
};

/* Of a class. */
enum { DEVICE = 1, KEPT_NETWORK = 2, KEPT = 4, NETWORK = 8, PASSES_ON = 16 };

struct mark {
	const struct ward_model *m;
	uint8_t *class;
	uint8_t *of;
	uint32_t *list; /* nodes to be looked at */
	size_t n;
};

static bool are(const struct mark *k, uint32_t node, uint8_t what)
{
	return k->class[ward_model_node(k->m, node)->class] & what;
}

static void find_classes(struct mark *k)
{
	static const struct {
		const char *class;
		uint8_t what;
	} known[] = {{"device.medical", DEVICE}, {"network.medical", KEPT | KEPT_NETWORK},
		{"software.patient-monitoring", KEPT}, {"network", NETWORK},
		{"device.computer.switch", PASSES_ON}, {"device.computer.router", PASSES_ON},
		{"device.computer.firewall", PASSES_ON},
		{"device.computer.access-point", PASSES_ON}};
	const struct ward_ontology *o = ward_model_ontology(k->m);

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		uint32_t super = ward_ontology_find(o, ward_str_z(known[i].class));

		for (uint32_t c = 0; super != WARD_NONE && c < ward_ontology_n(o); c++)
			if (ward_ontology_is(o, c, super))
				k->class[c] |= known[i].what;
	}
}

static void add(struct mark *k, uint32_t node, uint8_t flag)
{
	if (k->of[node] & flag)
		return;
	k->of[node] |= flag;
	k->list[k->n++] = node;
}

static bool runs(const struct ward_rel *rel)
{
	return rel->type == WARD_REL_HOSTS || rel->type == WARD_REL_CONTAINS;
}

/* What medical devices and such things run or have in them: work on it is work on them. */
static void go_below(struct mark *k)
{
	k->n = 0;
	for (uint32_t i = 0; i < ward_model_n(k->m); i++)
		if (are(k, i, DEVICE | KEPT))
			add(k, i, BELOW);
	for (size_t at = 0; at < k->n; at++) {
		size_t n;
		const struct ward_rel *rel = ward_model_out(k->m, k->list[at], &n);

		for (size_t i = 0; i < n; i++)
			if (runs(&rel[i]))
				add(k, rel[i].node, BELOW);
	}
}

/* What runs them or has them in it. A room does, too, but nobody isolates a room. */
static void go_above(struct mark *k)
{
	k->n = 0;
	for (uint32_t i = 0; i < ward_model_n(k->m); i++)
		if (are(k, i, DEVICE | KEPT))
			k->list[k->n++] = i;
	for (size_t at = 0; at < k->n; at++) {
		size_t n;
		const struct ward_rel *rel = ward_model_in(k->m, k->list[at], &n);

		for (size_t i = 0; i < n; i++)
			if (runs(&rel[i]) &&
				ward_model_node(k->m, rel[i].node)->kind == WARD_NODE_ASSET)
				add(k, rel[i].node, HOLDS);
	}
}

/* Networks that such things are on, and those that are joined to a medical one. */
static void find_networks(struct mark *k)
{
	for (uint32_t i = 0; i < ward_model_n(k->m); i++) {
		size_t n;
		const struct ward_rel *rel = ward_model_out(k->m, i, &n);

		if (!are(k, i, NETWORK))
			continue;
		for (size_t j = 0; j < n; j++) {
			uint32_t to = rel[j].node;

			if (rel[j].type != WARD_REL_CONNECTS)
				continue;
			if (k->of[to] & (BELOW | HOLDS))
				k->of[i] |= CARRIES;
			if (are(k, i, KEPT_NETWORK) && are(k, to, NETWORK))
				k->of[to] |= CARRIES;
		}
	}
}

/* What passes on the traffic of these networks, joins a medical one with another, or commands or
 * supplies a network or program that is kept for medical devices. */
static bool on_way(const struct mark *k, uint32_t node)
{
	bool carried = false, medical = false;
	size_t n, networks = 0;
	const struct ward_rel *rel = ward_model_in(k->m, node, &n);

	for (size_t i = 0; i < n; i++) {
		if (rel[i].type != WARD_REL_CONNECTS || !are(k, rel[i].node, NETWORK))
			continue;
		networks++;
		carried = carried || k->of[rel[i].node] & (BELOW | CARRIES);
		medical = medical || are(k, rel[i].node, KEPT_NETWORK);
	}
	if ((carried && are(k, node, PASSES_ON)) || (medical && networks > 1))
		return true;
	rel = ward_model_out(k->m, node, &n);
	for (size_t i = 0; i < n; i++)
		if ((rel[i].type == WARD_REL_CONTROLS || rel[i].type == WARD_REL_SUPPLIES) &&
			are(k, rel[i].node, KEPT))
			return true;
	return false;
}

enum ward_err ward_care_find(
	const struct ward_model *m, struct ward_arena *a, struct ward_care *ret)
{
	size_t n = ward_model_n(m) + 1;
	struct mark k = {.m = m,
		.class = ward_arena_array(a, ward_ontology_n(ward_model_ontology(m)) + 1, 1),
		.of = ward_arena_array(a, n, sizeof(*k.of)),
		.list = ward_arena_array(a, 2 * n, sizeof(*k.list))};

	if (!k.class || !k.of || !k.list)
		return WARD_ERR_NOMEM;
	find_classes(&k);
	go_below(&k);
	go_above(&k);
	find_networks(&k);
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		if (ward_model_node(m, i)->kind == WARD_NODE_ASSET && on_way(&k, i))
			k.of[i] |= CARRIES;
	*ret = (struct ward_care){m, k.of};
	return WARD_OK;
}

/* Does one relation join it to such a thing, or to a medical device? */
static bool hangs_on(const struct ward_care *c, uint32_t node)
{
	for (unsigned way = 0; way < 2; way++) {
		size_t n;
		const struct ward_rel *rel =
			way ? ward_model_in(c->m, node, &n) : ward_model_out(c->m, node, &n);

		for (size_t i = 0; i < n; i++)
			if ((rel[i].type == WARD_REL_CONNECTS || rel[i].type == WARD_REL_CONTROLS ||
				    rel[i].type == WARD_REL_SUPPLIES) &&
				c->of[rel[i].node] & (BELOW | HOLDS))
				return true;
	}
	return false;
}

bool ward_care_asks(const struct ward_care *c, uint32_t node, bool isolates)
{
	return c->of[node] || (isolates && hangs_on(c, node));
}

bool ward_care_answers(const struct ward_works *w, uint32_t role)
{
	for (size_t i = 0; role != WARD_NONE && i < w->n_clinical; i++)
		if (ward_str_eq(w->clinical[i], ward_model_node(w->m, role)->id))
			return true;
	return false;
}

uint32_t ward_care_role(const struct ward_works *w, uint32_t touched)
{
	bool service =
		touched != WARD_NONE && ward_model_node(w->m, touched)->kind == WARD_NODE_SERVICE;
	uint32_t own = service ? ward_model_node(w->m, touched)->role : WARD_NONE;

	if (ward_care_answers(w, own))
		return own;
	for (size_t i = 0; i < w->n_clinical; i++) {
		uint32_t role = ward_model_find(w->m, w->clinical[i]);

		if (role != WARD_NONE && ward_model_node(w->m, role)->kind == WARD_NODE_ROLE)
			return role;
	}
	return WARD_NONE;
}
