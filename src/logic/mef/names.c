/* Names and their scopes. A public definition is known everywhere by its name, a private one by its
 * path; a reference is looked up from its own container outwards (MEF 2.0d, 3.2). */
#include "logic/mef/model.h"

enum { PATH = 4096 };

static bool is_private(const struct model *m, uint32_t e)
{
	for (; e != WARD_NONE; e = m->xml.elem[e].parent)
		if (ward_str_eqz(xml_attr(&m->xml.elem[e], "role"), "private"))
			return true;
	return false;
}

static uint32_t container(const struct model *m, uint32_t e)
{
	while (e != WARD_NONE && m->mean[e].kind != ELEM_FAULT_TREE &&
		m->mean[e].kind != ELEM_COMPONENT)
		e = m->xml.elem[e].parent;
	return e;
}

/* The key of a name in that container: what it is ('e' events, 'p' parameters), path, name. Empty
 * when it is too long. */
static struct ward_str key_of(
	const struct model *m, char what, uint32_t in, struct ward_str name, char buf[PATH])
{
	uint32_t up[XML_DEPTH];
	size_t n = 0;
	struct ward_wr w = ward_wr_fixed(buf, PATH);

	for (in = container(m, in); in != WARD_NONE && n < XML_DEPTH;
		in = container(m, m->xml.elem[in].parent))
		up[n++] = in;
	ward_wr_ch(&w, what);
	while (n-- > 0) {
		ward_wr_str(&w, model_name(m, up[n]));
		ward_wr_ch(&w, '.');
	}
	ward_wr_str(&w, name);
	return ward_wr_bad(&w) ? (struct ward_str){NULL, 0} : ward_wr_text(&w);
}

static enum ward_err enter(struct model *m, uint32_t e, struct ward_str key)
{
	uint32_t id;
	size_t n = m->key.n;
	enum ward_err err = ward_intern_put(&m->key, key, &id);

	if (err)
		return err;
	if (id == n) {
		err = ward_mem_more(
			m->mem, &m->def, n, &m->cap_def, sizeof(*m->def), 2 * XML_ELEMENTS);
		if (!err)
			m->def[id] = e;
		return err;
	}
	uint32_t was = m->def[id];
	const struct xml_elem *x = &m->xml.elem[was];

	/* The group says what its members are, whatever else is said of them. */
	if (m->mean[e].member && m->mean[was].kind == ELEM_DEF_BASIC)
		m->def[id] = e;
	else if (was != e)
		model_bad(m, e,
			WARD_TEXT("'%.*s' is defined a second time; the first time at "
				  "%.*s:%u\ngive one of them another name"),
			WARD_STR_ARG(model_name(m, e)), WARD_STR_ARG(m->text[x->file].file),
			x->line);
	return WARD_OK;
}

static enum ward_err define(struct model *m, uint32_t e)
{
	char what = m->mean[e].kind == ELEM_DEF_PARAMETER ? 'p' : 'e', buf[PATH];
	struct ward_str name = model_name(m, e);

	if (!name.len || name.len > XML_NAME) {
		model_bad(m, e, WARD_TEXT("a definition needs a name of 1 to %d bytes\nname it"),
			XML_NAME);
		return WARD_OK;
	}
	if (m->mean[e].kind == ELEM_DEF_CCF)
		return WARD_OK; /* nothing refers to it */
	struct ward_str key = key_of(m, what, m->xml.elem[e].parent, name, buf);

	if (!key.p) {
		model_bad(m, e, WARD_TEXT("its path is longer than %d bytes\nshorten the names"),
			PATH);
		return WARD_OK;
	}
	enum ward_err err = enter(m, e, key);

	if (!err && !is_private(m, e))
		err = enter(m, e, key_of(m, what, WARD_NONE, name, buf));
	return err;
}

static bool is_member(const struct model *m, uint32_t e)
{
	uint32_t up = m->xml.elem[e].parent;

	return !m->mean[e].skip && up != WARD_NONE && m->mean[up].kind == ELEM_MEMBERS;
}

enum ward_err model_define(struct model *m)
{
	enum ward_err err = WARD_OK;

	for (uint32_t e = 0; !err && e < m->xml.n; e++)
		if (!m->mean[e].skip && kind_info(m->mean[e].kind)->sort == SORT_DEFINE)
			err = define(m, e);
	for (uint32_t e = 0; !err && e < m->xml.n; e++) {
		if (!is_member(m, e))
			continue;
		m->mean[e].member = true;
		m->mean[e].target = m->xml.elem[m->xml.elem[e].parent].parent;
		err = define(m, e);
	}
	return err;
}

static bool fits(enum kind refer, const struct mean *def)
{
	switch ((unsigned)refer) {
	case ELEM_GATE:
		return def->kind == ELEM_DEF_GATE;
	case ELEM_BASIC:
		return def->kind == ELEM_DEF_BASIC || def->member;
	case ELEM_HOUSE:
		return def->kind == ELEM_DEF_HOUSE;
	default:
		return true;
	}
}

static void refer(struct model *m, uint32_t e)
{
	char buf[PATH], what = m->mean[e].kind == ELEM_PARAMETER ? 'p' : 'e';
	struct ward_str name = model_name(m, e);
	uint32_t in = container(m, e), id = WARD_NONE;

	for (;;) {
		struct ward_str key = key_of(m, what, in, name, buf);

		id = key.p && name.len ? ward_intern_find(&m->key, key) : WARD_NONE;
		if (id != WARD_NONE || in == WARD_NONE)
			break;
		in = container(m, m->xml.elem[in].parent);
	}
	if (id == WARD_NONE) {
		model_bad(m, e,
			WARD_TEXT("there is no %s '%.*s'\ndefine it, or read the file that does, "
				  "too"),
			what == 'p' ? "parameter" : "event or gate", WARD_STR_ARG(name));
		return;
	}
	if (!fits(m->mean[e].kind, &m->mean[m->def[id]]))
		model_bad(m, e,
			WARD_TEXT("'%.*s' is no %s: it is defined as something else\nrefer to it "
				  "as what it is"),
			WARD_STR_ARG(name), kind_info(m->mean[e].kind)->name);
	m->mean[e].target = m->def[id];
	m->mean[m->def[id]].used = true;
}

enum ward_err model_refer(struct model *m)
{
	for (uint32_t e = 0; e < m->xml.n; e++) {
		const struct mean *me = &m->mean[e];

		if (!me->skip && !me->member &&
			(kind_info(me->kind)->sort == SORT_REFER || me->kind == ELEM_PARAMETER))
			refer(m, e);
	}
	return WARD_OK;
}

enum ward_err model_shown(struct model *m, uint32_t e, struct ward_str *ret)
{
	char buf[PATH];
	uint32_t in = is_private(m, e) ? m->xml.elem[e].parent : WARD_NONE;
	struct ward_str key = key_of(m, 'e', in, model_name(m, e), buf);

	if (!key.p)
		return WARD_ERR_LIMIT;
	*ret = ward_arena_str(&m->to->arena, ward_str_sub(key, 1, key.len));
	return ret->p ? WARD_OK : WARD_ERR_NOMEM;
}
