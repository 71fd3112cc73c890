/* A document that was read, written again: names keep their prefixes, since values may use them. */
#include "care/have.h"
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

void ward_have_write(const struct ward_have *h, struct ward_wr *w)
{
	const struct ward_xmldoc *d = &h->doc;
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
