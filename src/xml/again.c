/* Names keep their prefixes, since values may use them. */
#include "xml/doc.h"
#include "xml/write.h"

#include <string.h>

static bool declares(struct ward_str key)
{
	return ward_str_eqz(key, "xmlns") || ward_str_starts(key, WARD_STR("xmlns:"));
}

/* A prefix by which ns is known at e; attributes need one that is not empty. False: none. */
static bool prefix_of(const struct ward_xmldoc *d, uint32_t e, struct ward_str ns, bool attr,
	struct ward_str *ret)
{
	*ret = WARD_STR("");
	if (!ns.len)
		return true;
	if (ward_str_eqz(ns, "http://www.w3.org/XML/1998/namespace"))
		return *ret = WARD_STR("xml"), true;
	for (uint32_t up = e; up != WARD_NONE; up = d->elem[up].parent)
		for (uint32_t i = 0; i < d->elem[up].n_attr; i++) {
			const struct ward_xmldoc_attr *a = &d->elem[up].attr[i];

			if (!declares(a->key) || !ward_str_eq(a->value, ns))
				continue;
			*ret = ward_str_sub(a->key, a->key.len > 5 ? 6 : 5, a->key.len);
			/* unless it means something else nearer by */
			if ((ret->len || !attr) && ward_str_eq(ward_xmldoc_ns(d, e, *ret), ns))
				return true;
		}
	return false;
}

/* "xnl:NameElement" in the arena, with its zero byte; NULL: no memory. */
static const char *name_of(const struct ward_xmldoc *d, uint32_t e, struct ward_str ns,
	struct ward_str local, bool attr)
{
	struct ward_str prefix;

	if (!prefix_of(d, e, ns, attr, &prefix))
		return NULL;
	size_t n = prefix.len ? prefix.len + 1 : 0;
	char *name = ward_arena_alloc(d->arena, n + local.len + 1);

	if (!name)
		return NULL;
	if (n) {
		memcpy(name, prefix.p, prefix.len);
		name[prefix.len] = ':';
	}
	memcpy(name + n, local.p, local.len);
	name[n + local.len] = 0;
	return name;
}

static bool element(const struct ward_xmldoc *d, uint32_t e, struct ward_xml *x)
{
	const struct ward_xmldoc_elem *is = &d->elem[e];
	const char *name = name_of(d, e, is->ns, is->name, false);

	if (!name)
		return false;
	ward_xml_begin(x, name);
	for (uint32_t i = 0; i < is->n_attr; i++) {
		const char *key = name_of(d, e, is->attr[i].ns, is->attr[i].key, true);

		if (!key)
			return false;
		ward_xml_attr(x, key, is->attr[i].value);
	}
	if (is->text.len)
		ward_xml_text(x, is->text);
	return true;
}

void ward_xmldoc_write(const struct ward_xmldoc *d, struct ward_wr *w)
{
	struct ward_xml x = ward_xml_on(w);
	uint32_t open = WARD_NONE;

	for (uint32_t e = 0; e < d->n; e++) {
		for (; open != d->elem[e].parent; open = d->elem[open].parent)
			ward_xml_end(&x);
		if (!element(d, e, &x)) {
			w->bad = true;
			return;
		}
		open = e;
	}
	for (; open != WARD_NONE; open = d->elem[open].parent)
		ward_xml_end(&x);
}

/* ---- a part as a document ---- */

static bool has_attr(const struct ward_xmldoc_elem *e, struct ward_str key)
{
	for (uint32_t i = 0; i < e->n_attr; i++)
		if (ward_str_eq(e->attr[i].key, key))
			return true;
	return false;
}

/* The top knows the name spaces that were declared above it: those nearest by. */
static enum ward_err inherit(const struct ward_xmldoc *x, uint32_t e, struct ward_xmldoc_elem *top)
{
	size_t n = top->n_attr;

	for (uint32_t up = x->elem[e].parent; up != WARD_NONE; up = x->elem[up].parent)
		n += x->elem[up].n_attr;
	struct ward_xmldoc_attr *all = ward_arena_array(x->arena, n, sizeof(*all));

	if (!all)
		return WARD_ERR_NOMEM;
	if (top->n_attr)
		memcpy(all, top->attr, top->n_attr * sizeof(*all));
	top->attr = all;
	for (uint32_t up = x->elem[e].parent; up != WARD_NONE; up = x->elem[up].parent)
		for (uint32_t i = 0; i < x->elem[up].n_attr; i++) {
			const struct ward_xmldoc_attr *a = &x->elem[up].attr[i];

			if (declares(a->key) && !has_attr(top, a->key))
				top->attr[top->n_attr++] = *a;
		}
	return WARD_OK;
}

enum ward_err ward_xmldoc_part(const struct ward_xmldoc *x, uint32_t e, struct ward_xmldoc *ret)
{
	uint32_t end = e + 1;

	/* what is beneath stands behind it, in one piece */
	while (end < x->n && x->elem[end].parent != WARD_NONE && x->elem[end].parent >= e)
		end++;
	size_t n = end - e;
	struct ward_xmldoc_elem *part = ward_mem_alloc(x->mem, n * sizeof(*part));

	if (!part)
		return WARD_ERR_NOMEM;
	memcpy(part, x->elem + e, n * sizeof(*part));
	for (size_t i = 0; i < n; i++) {
		uint32_t *const at[] = {&part[i].parent, &part[i].child, &part[i].next};

		for (size_t k = 0; k < WARD_ARRAY_LEN(at); k++)
			*at[k] -= *at[k] == WARD_NONE ? 0 : e;
	}
	part[0].parent = part[0].next = WARD_NONE;
	if (inherit(x, e, &part[0]) != WARD_OK) {
		ward_mem_free(x->mem, part, n * sizeof(*part));
		return WARD_ERR_NOMEM;
	}
	*ret = (struct ward_xmldoc){
		.mem = x->mem, .arena = x->arena, .elem = part, .n = n, .cap = n};
	return WARD_OK;
}
