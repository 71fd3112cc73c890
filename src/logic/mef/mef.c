#include "logic/mef/model.h"

#include <stdarg.h>
#include <stdio.h>

enum { FINDING = 512, CYCLE_SHOWN = 8 };
#define ARENA_BYTES ((size_t)1 << 30)
#define GATES_MAX ((size_t)1 << 24)

static const struct kind_info kinds[ELEM_N] = {
#define X(IDENT, name, sort, least, most) {name, SORT_##sort, least, most},
	ELEM_LIST(X)
#undef X
};

const struct kind_info *kind_info(enum kind k)
{
	return &kinds[k];
}

void model_bad(struct model *m, uint32_t e, const char *fmt, ...)
{
	char text[FINDING];
	va_list ap;
	const struct xml_elem *x = &m->xml.elem[e];

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	va_end(ap);
	ward_diag_addf(
		m->diag, WARD_DIAG_ERROR, m->text[x->file].file, x->line, "%s", n < 0 ? fmt : text);
}

static enum kind kind_of(struct ward_str name)
{
	enum kind k = 0;

	while (k < ELEM_N && !ward_str_eqz(name, kinds[k].name))
		k++;
	return k;
}

/* May an element of sort b stand in one of sort a? */
static bool may_hold(enum kind a, enum kind b)
{
	enum sort in = kinds[a].sort, what = kinds[b].sort;

	if (what == SORT_SKIP)
		return true;
	switch ((unsigned)a) {
	case ELEM_DEF_GATE:
		return what == SORT_FORMULA || what == SORT_REFER;
	case ELEM_DEF_HOUSE:
		return b == ELEM_CONSTANT;
	case ELEM_DEF_CCF:
		return b == ELEM_MEMBERS || b == ELEM_DISTRIBUTION || b == ELEM_FACTORS ||
		       b == ELEM_FACTOR;
	case ELEM_MEMBERS:
		return b == ELEM_BASIC || b == ELEM_EVENT;
	case ELEM_FACTORS:
		return b == ELEM_FACTOR;
	default:
		break;
	}
	if (in == SORT_CONTAINER)
		return what == SORT_CONTAINER ? b != ELEM_OPSA_MEF
					      : what == SORT_DEFINE || what == SORT_FOREIGN;
	if (in == SORT_FORMULA)
		return a != ELEM_CONSTANT && (what == SORT_FORMULA || what == SORT_REFER);
	return in != SORT_REFER && what == SORT_EXPR;
}

static void check_children(struct model *m, uint32_t e)
{
	const struct kind_info *k = &kinds[m->mean[e].kind];
	size_t n = 0;

	for (uint32_t c = m->xml.elem[e].child; c != WARD_NONE; c = m->xml.elem[c].next)
		n += m->mean[c].kind == ELEM_N || kinds[m->mean[c].kind].sort != SORT_SKIP;
	if (n < k->least)
		model_bad(m, e, "<%s> has %zu parts and needs %zu\nput in what is missing", k->name,
			n, k->least);
	else if (k->most && n > k->most)
		model_bad(m, e,
			"<%s> has %zu parts and may have %zu\nnest or split what is too much",
			k->name, n, k->most);
}

/* What every element is, and whether it may stand where it stands. */
static void classify(struct model *m)
{
	for (uint32_t e = 0; e < m->xml.n; e++) {
		const struct xml_elem *x = &m->xml.elem[e];
		struct mean *me = &m->mean[e];

		me->kind = kind_of(x->name);
		me->target = WARD_NONE;
		me->skip = x->parent != WARD_NONE && m->mean[x->parent].skip;
		if (me->skip)
			continue;
		me->skip = true; /* unless it is right */
		if (x->parent == WARD_NONE && me->kind != ELEM_OPSA_MEF)
			model_bad(m, e,
				WARD_TEXT("the file begins with <%.*s>\nthe format's root is "
					  "<opsa-mef>"),
				WARD_STR_ARG(x->name));
		else if (me->kind == ELEM_N)
			model_bad(m, e,
				"<%.*s> is not known here\nsee the fault tree layer of "
				"Open-PSA MEF 2.0",
				WARD_STR_ARG(x->name));
		else if (x->parent != WARD_NONE && !may_hold(m->mean[x->parent].kind, me->kind))
			model_bad(m, e,
				"<%.*s> may not stand in <%s>\nmove it to where the format "
				"has it",
				WARD_STR_ARG(x->name), kinds[m->mean[x->parent].kind].name);
		else if (kinds[me->kind].sort == SORT_FOREIGN)
			model_bad(m, e,
				"<%.*s> is not read, and the result may hang on it\ntake "
				"it out to look at the fault trees alone",
				WARD_STR_ARG(x->name));
		else
			me->skip = kinds[me->kind].sort == SORT_SKIP;
	}
	for (uint32_t e = 0; e < m->xml.n; e++)
		if (!m->mean[e].skip)
			check_children(m, e);
}

static void bad_cycle(struct model *m, uint32_t e)
{
	char path[FINDING / 2];
	size_t at = m->n_walk, len = 0, shown = 0;

	path[0] = 0;
	while (at > 0 && m->walk[--at] != e)
		continue;
	for (; at < m->n_walk && shown < CYCLE_SHOWN; at++) {
		struct ward_str name = model_name(m, m->walk[at]);
		const struct mean *me = &m->mean[m->walk[at]];

		/* What waits is not on the way. */
		if (!me->open || me->done || kinds[me->kind].sort != SORT_DEFINE)
			continue;
		int n = snprintf(path + len, sizeof(path) - len, "%s'%.*s'", shown++ ? " → " : "",
			name.len > 24 ? 24 : (int)name.len, name.p ? name.p : "");

		if (n < 0 || (size_t)n >= sizeof(path) - len)
			break;
		len += (size_t)n;
	}
	model_bad(m, e, WARD_TEXT("it is made of itself: %s\na fault tree has no cycle: break it"),
		path);
}

/* Puts a part that is not made yet on the walk. */
static enum ward_err need(struct model *m, uint32_t from, uint32_t e, bool *ret_wait)
{
	if (e == WARD_NONE || m->mean[e].done || m->mean[e].skip)
		return WARD_OK;
	if (m->mean[e].open) {
		bad_cycle(m, e);
		m->mean[from].target = WARD_NONE; /* once said is enough */
		return WARD_OK;
	}
	*ret_wait = true;
	enum ward_err err = ward_mem_more(
		m->mem, &m->walk, m->n_walk, &m->cap_walk, sizeof(*m->walk), 4 * XML_ELEMENTS);

	if (!err)
		m->walk[m->n_walk++] = e;
	return err;
}

/* Makes one element, and before it what it is made of: a depth-first walk with its own stack. */
static enum ward_err build(struct model *m, uint32_t root)
{
	bool wait = false;
	enum ward_err err = need(m, root, root, &wait);

	while (!err && m->n_walk) {
		uint32_t e = m->walk[m->n_walk - 1];
		struct mean *me = &m->mean[e];

		wait = false;
		if (!me->open && !me->done) {
			me->open = true;
			err = need(m, e, me->target, &wait);
			for (uint32_t c = m->xml.elem[e].child; !err && c != WARD_NONE;
				c = m->xml.elem[c].next)
				if (me->kind != ELEM_MEMBERS)
					err = need(m, e, c, &wait);
		}
		if (err || wait)
			continue;
		m->n_walk--;
		if (me->done) /* it was needed twice */
			continue;
		if (kinds[me->kind].sort == SORT_EXPR)
			model_evaluate(m, e);
		else
			err = model_make(m, e);
		me->done = true;
	}
	m->n_walk = 0;
	return err;
}

static enum ward_err take_gates(struct model *m)
{
	enum ward_err err = WARD_OK;

	for (uint32_t e = 0; !err && e < m->xml.n; e++) {
		struct ward_mef *to = m->to;
		struct ward_mef_gate g = {.gate = m->mean[e].gate, .used = m->mean[e].used};

		if (m->mean[e].kind != ELEM_DEF_GATE || m->mean[e].skip)
			continue;
		err = model_shown(m, e, &g.name);
		if (!err)
			err = ward_mem_more(m->mem, &to->gate, to->n_gate, &to->cap_gate,
				sizeof(*to->gate), GATES_MAX);
		if (!err)
			to->gate[to->n_gate++] = g;
	}
	return err;
}

static enum ward_err read_all(struct model *m, size_t n)
{
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < n && (!err || err == WARD_ERR_MALFORMED); i++)
		err = xml_read(&m->xml, i, m->text[i].file, m->text[i].bytes);
	if (!err && m->diag->n_error)
		err = WARD_ERR_MALFORMED;
	if (err)
		return err;
	m->mean = ward_mem_alloc(m->mem, m->xml.n * sizeof(*m->mean));
	if (m->xml.n && !m->mean)
		return WARD_ERR_NOMEM;
	classify(m);
	err = model_define(m);
	if (!err)
		err = model_refer(m);
	/* Each name that is wrong is told; only what is whole is made. */
	if (!err && m->diag->n_error)
		return WARD_ERR_MALFORMED;
	for (uint32_t e = 0; !err && e < m->xml.n; e++)
		if (!m->mean[e].skip && kinds[m->mean[e].kind].sort == SORT_DEFINE)
			err = build(m, e);
	if (!err && m->diag->n_error)
		return WARD_ERR_MALFORMED;
	return err ? err : take_gates(m);
}

static void let_go(struct model *m)
{
	ward_mem_free(m->mem, m->mean, m->xml.n * sizeof(*m->mean));
	ward_mem_free(m->mem, m->xml.elem, m->xml.cap * sizeof(*m->xml.elem));
	ward_mem_free(m->mem, m->def, m->cap_def * sizeof(*m->def));
	ward_mem_free(m->mem, m->walk, m->cap_walk * sizeof(*m->walk));
	ward_mem_free(m->mem, m->arg, m->cap_arg * sizeof(*m->arg));
	ward_mem_free(m->mem, m->num, m->cap_num * sizeof(*m->num));
	ward_intern_fini(&m->key);
	ward_arena_fini(m->xml.arena);
}

enum ward_err ward_mef_read(const struct ward_mef_text *text, size_t n, double mission_h,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_mef **ret)
{
	struct ward_arena arena;
	struct model m = {.xml = {.mem = mem, .arena = &arena, .diag = diag},
		.text = text,
		.diag = diag,
		.mem = mem,
		.mission_h = mission_h,
		.to = ward_mem_alloc(mem, sizeof(*m.to))};

	if (!m.to)
		return WARD_ERR_NOMEM;
	ward_arena_init(&arena, mem, ARENA_BYTES);
	ward_arena_init(&m.to->arena, mem, ARENA_BYTES);
	ward_tree_init(&m.to->tree, mem, GATES_MAX);
	ward_intern_init(&m.key, mem, 2 * XML_ELEMENTS, ARENA_BYTES);
	m.to->n_file = n;
	enum ward_err err = read_all(&m, n);

	let_go(&m);
	if (err) {
		ward_mef_free(m.to);
		return err == WARD_ERR_MALFORMED || diag->n_error ? WARD_ERR_CONFIG : err;
	}
	*ret = m.to;
	return WARD_OK;
}

void ward_mef_free(struct ward_mef *m)
{
	if (!m)
		return;
	const struct ward_mem *mem = m->tree.mem;

	ward_mem_free(mem, m->event, m->cap_event * sizeof(*m->event));
	ward_mem_free(mem, m->given, m->cap_given * sizeof(*m->given));
	ward_mem_free(mem, m->gate, m->cap_gate * sizeof(*m->gate));
	ward_tree_fini(&m->tree);
	ward_arena_fini(&m->arena);
	ward_mem_free(mem, m, sizeof(*m));
}
