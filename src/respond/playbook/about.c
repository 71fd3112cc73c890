#include "respond/playbook/about.h"

/* Counts up to this decide between playbooks that are equally sure. */
#define RANKS INT64_C(64)

/* The second of "likelihood": [0.6, 0.95]. */
static int64_t upper(const struct ward_conf *threat)
{
	const struct ward_conf *l = ward_conf_get(threat, "likelihood");
	const struct ward_conf *hi = l && l->child ? l->child->next : NULL;
	int64_t micro;

	return hi && ward_degree_parse(hi->text, &micro) ? micro : 0;
}

enum ward_err ward_about_read(struct ward_arena *arena, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_str json, struct ward_about *ret)
{
	const struct ward_conf *c = NULL, *list;
	struct ward_diag diag;

	*ret = (struct ward_about){.n_threat = 0};
	ward_diag_init(&diag, mem);
	enum ward_err err =
		ward_conf_json(arena, lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err || c->kind != WARD_CONF_MAP || !ward_str_eqz(ward_conf_word(c, "kind"), "incident"))
		return WARD_ERR_MALFORMED;
	ret->state = ward_conf_word(c, "state");
	list = ward_conf_get(c, "threats");
	ret->threat = ward_arena_alloc(arena, WARD_ABOUT_THREATS * sizeof(*ret->threat));
	if (!ret->threat)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *t = list ? list->child : NULL;
		t && ret->n_threat < WARD_ABOUT_THREATS; t = t->next)
		if (ward_conf_word(t, "asset").len && ward_conf_word(t, "threat").len)
			ret->threat[ret->n_threat++] = (struct ward_about_threat){
				ward_conf_word(t, "asset"), ward_conf_word(t, "threat"), upper(t)};
	return WARD_OK;
}

bool ward_about_is_over(const struct ward_about *a)
{
	return ward_str_eqz(a->state, "recovered") || ward_str_eqz(a->state, "closed") ||
	       ward_str_eqz(a->state, "dismissed");
}

/* How sure a threat of the incident is; 0: it has none such. */
static int64_t sure_of(const struct ward_about *a, struct ward_str threat)
{
	int64_t best = 0;

	for (size_t i = 0; i < a->n_threat; i++)
		if (a->threat[i].hi_micro > best && ward_str_eq(threat, a->threat[i].threat))
			best = a->threat[i].hi_micro;
	return best;
}

/* Two codes at once are as sure as the less sure one. */
static int64_t answered(const struct ward_about *a, struct ward_str codes, int64_t *ret_n)
{
	int64_t least = INT64_MAX;

	for (*ret_n = 0; codes.len; (*ret_n)++) {
		int64_t is = sure_of(a, ward_str_cut(&codes, WARD_PLAYBOOK_BOTH));

		if (is < least)
			least = is;
	}
	return *ret_n ? least : 0;
}

int64_t ward_about_answered(
	const struct ward_about *a, const struct ward_str *threat, size_t n_threat)
{
	int64_t best = 0, n = 0, first = 0, codes;

	for (size_t k = 0; k < n_threat; k++) {
		int64_t is = answered(a, threat[k], &codes);

		if (!is || is < best)
			continue;
		if (is > best) {
			n = 0;
			first = (int64_t)k < RANKS ? RANKS - 1 - (int64_t)k : 0;
		}
		best = is;
		n += codes;
	}
	return (best * RANKS + (n < RANKS ? n : RANKS - 1)) * RANKS + first;
}

static uint32_t place_of(const struct ward_model *m, uint32_t node)
{
	static const enum ward_node_kind kind[] = {WARD_NODE_ROOM, WARD_NODE_ZONE, WARD_NODE_FLOOR,
		WARD_NODE_BUILDING, WARD_NODE_SITE};
	uint32_t up = WARD_NONE;

	if (ward_model_node(m, node)->kind == WARD_NODE_DOOR)
		return node;
	for (size_t i = 0; up == WARD_NONE && i < WARD_ARRAY_LEN(kind); i++)
		up = ward_model_up(m, node, kind[i]);
	return up;
}

static uint32_t asset_of(const struct ward_model *m, uint32_t node)
{
	return ward_model_node(m, node)->kind == WARD_NODE_ASSET ? node : WARD_NONE;
}

/* Where the surest threat is that has such a thing; those that the playbook answers before all
 * others. */
static uint32_t surest(const struct ward_about *a, const struct ward_playbook *p,
	const struct ward_model *m, uint32_t (*of)(const struct ward_model *m, uint32_t node))
{
	uint32_t best = WARD_NONE;
	int64_t weight = -1;

	for (size_t i = 0; i < a->n_threat; i++) {
		const struct ward_about_threat *t = &a->threat[i];
		uint32_t node = ward_model_find(m, t->asset);
		uint32_t is = node == WARD_NONE ? WARD_NONE : of(m, node);
		int64_t w = t->hi_micro + (ward_playbook_answers(p, t->threat) ? 1000001 : 0);

		if (is == WARD_NONE || w <= weight)
			continue;
		best = is;
		weight = w;
	}
	return best;
}

static size_t put(const struct ward_playbook *p, const char *name, const struct ward_model *m,
	uint32_t node, struct ward_run_value *ret)
{
	const struct ward_playbook_var *v =
		ward_playbook_find_var(p->var, p->n_var, ward_str_z(name));

	if (!v || !v->external || node == WARD_NONE)
		return 0;
	*ret = (struct ward_run_value){v->name, ward_model_node(m, node)->name};
	return 1;
}

size_t ward_about_values(const struct ward_about *a, const struct ward_playbook *p,
	const struct ward_model *m, struct ward_run_value ret[WARD_ABOUT_VALUES])
{
	size_t n = put(p, "__place__", m, surest(a, p, m, place_of), &ret[0]);

	return n + put(p, "__asset__", m, surest(a, p, m, asset_of), &ret[n]);
}
