/* Gates, events and common cause groups into the tree. */
#include "logic/mef/model.h"

#define EVENTS_MAX ((size_t)1 << 24)

/* The only part of a definition, or WARD_NONE. */
static uint32_t part(const struct model *m, uint32_t e)
{
	for (uint32_t c = m->xml.elem[e].child; c != WARD_NONE; c = m->xml.elem[c].next)
		if (!m->mean[c].skip)
			return c;
	return WARD_NONE;
}

static enum ward_err event(
	struct model *m, double p, bool given, struct ward_str name, uint32_t *ret)
{
	struct ward_mef *to = m->to;
	size_t n = to->tree.n_event;
	enum ward_err err = ward_mem_more(
		m->mem, &to->event, n, &to->cap_event, sizeof(*to->event), EVENTS_MAX);

	if (!err)
		err = ward_mem_more(
			m->mem, &to->given, n, &to->cap_given, sizeof(*to->given), EVENTS_MAX);
	if (!err)
		err = ward_tree_event(&to->tree, p, ret);
	if (err)
		return err;
	to->event[n] = name;
	to->given[n] = given;
	return WARD_OK;
}

static bool is_probability(struct model *m, uint32_t e, double p)
{
	if (p >= 0 && p <= 1)
		return true;
	model_bad(m, e, WARD_TEXT("%g is no probability\nit must be from 0 to 1"), p);
	return false;
}

static enum ward_err make_basic(struct model *m, uint32_t e)
{
	uint32_t c = part(m, e);
	double p = c == WARD_NONE ? 0 : m->mean[c].v;
	struct ward_str name;
	enum ward_err err = model_shown(m, e, &name);

	if (err || !is_probability(m, e, p))
		return err;
	return event(m, p, c != WARD_NONE, name, &m->mean[e].gate);
}

static enum ward_err make_constant(struct model *m, uint32_t e)
{
	struct ward_str v = xml_attr(&m->xml.elem[e], "value");
	bool is = ward_str_eqz(v, "true");

	if (!is && !ward_str_eqz(v, "false"))
		model_bad(m, e,
			WARD_TEXT("'%.*s' is neither true nor false\nwrite value=\"true\" or "
				  "\"false\""),
			WARD_STR_ARG(v));
	return ward_tree_const(&m->to->tree, is, &m->mean[e].gate);
}

static enum ward_err operands(struct model *m, uint32_t e)
{
	enum ward_err err = WARD_OK;

	m->n_arg = 0;
	for (uint32_t c = m->xml.elem[e].child; !err && c != WARD_NONE; c = m->xml.elem[c].next) {
		if (m->mean[c].skip)
			continue;
		err = ward_mem_more(
			m->mem, &m->arg, m->n_arg, &m->cap_arg, sizeof(*m->arg), XML_ELEMENTS);
		if (!err)
			m->arg[m->n_arg++] = m->mean[c].gate;
	}
	return err;
}

static bool bound(struct model *m, uint32_t e, const char *key, uint32_t *ret)
{
	struct ward_str s = xml_attr(&m->xml.elem[e], key);
	uint64_t v;

	if (ward_str_u64(s, &v) && v <= m->n_arg) {
		*ret = (uint32_t)v;
		return true;
	}
	model_bad(m, e,
		WARD_TEXT("%s=\"%.*s\" is no number from 0 to %zu, as many as there are "
			  "operands\nsay how many of them must happen"),
		key, WARD_STR_ARG(s), m->n_arg);
	return false;
}

static enum ward_err make_count(struct model *m, uint32_t e)
{
	uint32_t min, max = UINT32_MAX;

	if (!bound(m, e, "min", &min) ||
		(m->mean[e].kind == ELEM_CARDINALITY && !bound(m, e, "max", &max)))
		return WARD_OK;
	if (max < min)
		model_bad(m, e, WARD_TEXT("max is below min\nturn them round"));
	if (m->diag->n_error)
		return WARD_OK;
	return ward_tree_count(&m->to->tree, min, max, m->arg, m->n_arg, &m->mean[e].gate);
}

static enum ward_err make_formula(struct model *m, uint32_t e)
{
	static const enum ward_gate_kind kind[ELEM_N] = {[ELEM_AND] = WARD_GATE_AND,
		[ELEM_OR] = WARD_GATE_OR,
		[ELEM_NOT] = WARD_GATE_NOT,
		[ELEM_NAND] = WARD_GATE_NAND,
		[ELEM_NOR] = WARD_GATE_NOR,
		[ELEM_XOR] = WARD_GATE_XOR,
		[ELEM_IFF] = WARD_GATE_IFF,
		[ELEM_IMPLY] = WARD_GATE_IMPLY};
	enum kind k = m->mean[e].kind;
	enum ward_err err = operands(m, e);

	if (err)
		return err;
	if (k == ELEM_CONSTANT)
		return make_constant(m, e);
	if (k == ELEM_ATLEAST || k == ELEM_CARDINALITY)
		return make_count(m, e);
	if (m->diag->n_error) /* operands may be missing: the rest is only looked at */
		return WARD_OK;
	return ward_tree_gate(&m->to->tree, kind[k], m->arg, m->n_arg, &m->mean[e].gate);
}

/* What stands in a common cause group. */
struct group {
	enum ward_ccf_model model;
	uint32_t member[WARD_CCF_MEMBERS_MAX];
	size_t n;
	double q, factor[WARD_CCF_MEMBERS_MAX];
	size_t n_factor;
};

/* A factor's place: its level says so, else its turn. MGL's first is that of level 2; beta's only
 * one has the level of the whole group. */
static void take_factor(struct model *m, uint32_t e, struct group *g)
{
	struct ward_str level = xml_attr(&m->xml.elem[e], "level");
	uint32_t c = part(m, e);
	size_t first = g->model == WARD_CCF_MGL ? 2 : g->model == WARD_CCF_BETA ? g->n : 1;
	uint64_t v = first + g->n_factor;

	if ((level.len && !ward_str_u64(level, &v)) || v < first ||
		v >= first + ward_ccf_factors(g->model, g->n) || g->factor[v - first] >= 0) {
		model_bad(m, e,
			WARD_TEXT("level \"%.*s\" is none that is left\nthis model has levels %zu "
				  "to %zu here, each once"),
			WARD_STR_ARG(level), first, first + ward_ccf_factors(g->model, g->n) - 1);
		return;
	}
	if (c == WARD_NONE || !is_probability(m, e, m->mean[c].v))
		return;
	g->factor[v - first] = m->mean[c].v;
	g->n_factor++;
}

static bool take_model(struct model *m, uint32_t e, struct group *g)
{
	static const char *const names[WARD_CCF_N] = {
		"beta-factor", "MGL", "alpha-factor", "phi-factor"};
	struct ward_str s = xml_attr(&m->xml.elem[e], "model");

	for (g->model = 0; g->model < WARD_CCF_N; g->model++)
		if (ward_str_eqz(s, names[g->model]))
			return true;
	model_bad(m, e,
		WARD_TEXT("'%.*s' is no model of common causes\nit is one of beta-factor, MGL, "
			  "alpha-factor, phi-factor"),
		WARD_STR_ARG(s));
	return false;
}

static void take_parts(struct model *m, uint32_t e, struct group *g, bool factors)
{
	for (uint32_t c = m->xml.elem[e].child; c != WARD_NONE; c = m->xml.elem[c].next) {
		enum kind k = m->mean[c].kind;
		uint32_t in = part(m, c);

		if (m->mean[c].skip)
			continue;
		if (!factors && k == ELEM_DISTRIBUTION && in != WARD_NONE)
			g->q = m->mean[in].v;
		for (uint32_t b = m->xml.elem[c].child;
			!factors && k == ELEM_MEMBERS && b != WARD_NONE; b = m->xml.elem[b].next)
			if (!m->mean[b].skip && g->n < WARD_CCF_MEMBERS_MAX)
				g->member[g->n++] = b;
		if (factors && k == ELEM_FACTOR)
			take_factor(m, c, g);
		for (uint32_t b = m->xml.elem[c].child;
			factors && k == ELEM_FACTORS && b != WARD_NONE; b = m->xml.elem[b].next)
			if (!m->mean[b].skip)
				take_factor(m, b, g);
	}
}

/* "{a, b}", of which the format has no name. */
static enum ward_err set_name(
	struct model *m, const struct group *g, uint32_t set, struct ward_str *ret)
{
	char buf[WARD_CCF_MEMBERS_MAX * (XML_NAME + 2) + 2];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	bool more = false;

	ward_wr_ch(&w, '{');
	for (size_t i = 0; i < g->n; i++) {
		if (!(set >> i & 1))
			continue;
		ward_wr_z(&w, more ? ", " : "");
		ward_wr_str(&w, model_name(m, g->member[i]));
		more = true;
	}
	ward_wr_ch(&w, '}');
	*ret = ward_arena_str(&m->to->arena, ward_wr_text(&w));
	return ret->p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err expand(struct model *m, const struct group *g)
{
	double split[WARD_CCF_MEMBERS_MAX];
	uint32_t of_set[1 << WARD_CCF_MEMBERS_MAX], gate[WARD_CCF_MEMBERS_MAX];
	struct ward_mef *to = m->to;
	enum ward_err err;

	ward_ccf_split(g->model, g->q, g->factor, g->n, split);
	err = ward_ccf_expand(&to->tree, split, g->n, of_set, gate);
	for (uint32_t set = 1; !err && set < 1u << g->n; set++) {
		if (of_set[set] == WARD_NONE)
			continue;
		size_t n = to->tree.gate[of_set[set]].event;

		err = ward_mem_more(
			m->mem, &to->event, n, &to->cap_event, sizeof(*to->event), EVENTS_MAX);
		if (!err)
			err = ward_mem_more(m->mem, &to->given, n, &to->cap_given,
				sizeof(*to->given), EVENTS_MAX);
		if (!err)
			err = set_name(m, g, set, &to->event[n]);
		if (!err)
			to->given[n] = true;
	}
	for (size_t i = 0; !err && i < g->n; i++)
		m->mean[g->member[i]].gate = gate[i];
	return err;
}

static enum ward_err make_group(struct model *m, uint32_t e)
{
	struct group g = {.q = -1};

	for (size_t i = 0; i < WARD_CCF_MEMBERS_MAX; i++)
		g.factor[i] = -1;
	if (!take_model(m, e, &g))
		return WARD_OK;
	take_parts(m, e, &g, false);
	if (g.n < 2) {
		model_bad(m, e, WARD_TEXT("it has no two members\nname them in <members>"));
		return WARD_OK;
	}
	take_parts(m, e, &g, true);
	size_t want = ward_ccf_factors(g.model, g.n);

	if (g.n_factor != want)
		model_bad(m, e,
			WARD_TEXT(
				"%zu factors where %zu members need %zu\ngive one for each level"),
			g.n_factor, g.n, want);
	else if (is_probability(m, e, g.q))
		return expand(m, &g);
	return WARD_OK;
}

enum ward_err model_make(struct model *m, uint32_t e)
{
	struct mean *me = &m->mean[e];
	uint32_t c = part(m, e);

	switch ((unsigned)me->kind) {
	case ELEM_DEF_GATE:
	case ELEM_DEF_HOUSE:
		if (c != WARD_NONE)
			me->gate = m->mean[c].gate;
		else if (me->kind == ELEM_DEF_HOUSE) /* MEF 2.0d, 2.3: false unless it is said */
			return ward_tree_const(&m->to->tree, false, &me->gate);
		return WARD_OK;
	case ELEM_DEF_BASIC:
		return make_basic(m, e);
	case ELEM_DEF_PARAMETER:
		me->v = c == WARD_NONE ? 0 : m->mean[c].v;
		return WARD_OK;
	case ELEM_DEF_CCF:
		return make_group(m, e);
	default:
		break;
	}
	if (kind_info(me->kind)->sort == SORT_FORMULA)
		return make_formula(m, e);
	if (!me->member && me->target != WARD_NONE) /* a member's gate its group has made */
		me->gate = m->mean[me->target].gate;
	return WARD_OK;
}
