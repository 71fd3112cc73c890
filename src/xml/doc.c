#include "xml/doc.h"

#include "base/diag.h"
#include "base/wr.h"

#include <libxml/parser.h>
#include <stdio.h>

enum { CHUNK = 1 << 12 };

struct sax {
	struct ward_xmldoc *x;
	xmlParserCtxtPtr ctxt;
	uint32_t open[WARD_XMLDOC_DEPTH],
		last[WARD_XMLDOC_DEPTH]; /* elements, last child of each */
	struct ward_wr text[WARD_XMLDOC_DEPTH];
	size_t depth;
	enum ward_err err;
};

void ward_xmldoc_prepare(void)
{
	xmlInitParser();
}

static void stop(struct sax *s, enum ward_err err, const char *why)
{
	if (!s->err) {
		s->err = err;
		s->x->why = why;
		s->x->line = s->ctxt->input && s->ctxt->input->line > 0
				     ? (uint32_t)s->ctxt->input->line
				     : 0;
	}
	xmlStopParser(s->ctxt);
}

static struct ward_str keep(struct sax *s, const xmlChar *p, size_t len)
{
	return p ? ward_arena_str(s->x->arena, (struct ward_str){(const char *)p, len})
		 : WARD_STR("");
}

static struct ward_str keep_z(struct sax *s, const xmlChar *p)
{
	return keep(s, p, p ? strlen((const char *)p) : 0);
}

/* A declaration as an attribute: pairs of prefix and name space. */
static bool take_ns(struct sax *s, struct ward_xmldoc_elem *e, int n, const xmlChar **ns)
{
	for (int i = 0; i < n; i++, ns += 2) {
		struct ward_xmldoc_attr *a = &e->attr[e->n_attr++];
		char name[256];

		(void)snprintf(name, sizeof(name), ns[0] ? "xmlns:%s" : "xmlns%s",
			ns[0] ? (const char *)ns[0] : "");
		a->key = ward_arena_str(s->x->arena, ward_str_z(name));
		a->value = keep_z(s, ns[1]);
		if (!a->key.p || !a->value.p)
			return false;
	}
	return true;
}

static bool take_attrs(struct sax *s, struct ward_xmldoc_elem *e, int n, const xmlChar **attr)
{
	for (int i = 0; i < n; i++, attr += 5) {
		struct ward_xmldoc_attr *a = &e->attr[e->n_attr++];

		a->key = keep_z(s, attr[0]);
		a->value = keep(s, attr[3], (size_t)(attr[4] - attr[3]));
		a->ns = keep_z(s, attr[2]);
		if (!a->key.p || !a->value.p || !a->ns.p)
			return false;
	}
	return true;
}

static void add(struct sax *s, const struct ward_xmldoc_elem *e)
{
	struct ward_xmldoc *x = s->x;
	uint32_t i = (uint32_t)x->n++;

	x->elem[i] = *e;
	if (s->depth) {
		uint32_t *last = &s->last[s->depth - 1];

		x->elem[i].parent = s->open[s->depth - 1];
		*(*last == WARD_NONE ? &x->elem[x->elem[i].parent].child : &x->elem[*last].next) =
			i;
		*last = i;
	}
	s->open[s->depth] = i;
	s->text[s->depth] = ward_wr_grow(x->mem, WARD_XMLDOC_BYTES);
	s->last[s->depth++] = WARD_NONE;
}

/* NOLINTNEXTLINE(readability-function-size): the number of parameters is libxml2's */
static void element(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
	int n_ns, const xmlChar **ns, int n_attr, int n_default, const xmlChar **attr)
{
	struct sax *s = ctx;
	struct ward_xmldoc_elem e = {.line = s->ctxt->input && s->ctxt->input->line > 0
						     ? (uint32_t)s->ctxt->input->line
						     : 0,
		.parent = WARD_NONE,
		.child = WARD_NONE,
		.next = WARD_NONE,
		.text = WARD_STR("")};

	(void)prefix;
	(void)n_default;
	if (s->err)
		return;
	if (s->depth == WARD_XMLDOC_DEPTH) {
		stop(s, WARD_ERR_LIMIT, WARD_TEXT("elements are nested more than 32 deep"));
		return;
	}
	if (n_attr + n_ns > WARD_XMLDOC_ATTRS) {
		stop(s, WARD_ERR_LIMIT, WARD_TEXT("an element has more than 32 attributes"));
		return;
	}
	enum ward_err err = ward_mem_more(
		s->x->mem, &s->x->elem, s->x->n, &s->x->cap, sizeof(e), WARD_XMLDOC_ELEMENTS);

	if (err == WARD_ERR_LIMIT) {
		stop(s, err, WARD_TEXT("there are more than 16384 elements"));
		return;
	}
	e.name = keep_z(s, local);
	e.ns = keep_z(s, uri);
	if (!err && n_attr + n_ns)
		e.attr = ward_arena_array(
			s->x->arena, (size_t)n_attr + (size_t)n_ns, sizeof(*e.attr));
	if (err || !e.name.p || !e.ns.p || (n_attr + n_ns && !e.attr) ||
		!take_ns(s, &e, n_ns, ns) || !take_attrs(s, &e, n_attr, attr)) {
		stop(s, WARD_ERR_NOMEM, "out of memory");
		return;
	}
	add(s, &e);
}

static void element_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct sax *s = ctx;

	(void)local;
	(void)prefix;
	(void)uri;
	if (s->err || !s->depth)
		return;
	struct ward_wr *w = &s->text[--s->depth];
	struct ward_str t =
		w->len ? ward_arena_str(s->x->arena, ward_str_trim(ward_wr_text(w))) : WARD_STR("");

	if (ward_wr_bad(w) || !t.p)
		stop(s, WARD_ERR_NOMEM, "out of memory");
	else
		s->x->elem[s->open[s->depth]].text = t;
	ward_wr_fini(w);
}

static void characters(void *ctx, const xmlChar *p, int len)
{
	struct sax *s = ctx;

	if (!s->err && s->depth && len > 0)
		ward_wr_bytes(&s->text[s->depth - 1], p, (size_t)len);
}

static void doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name;
	(void)id;
	(void)system;
	stop(ctx, WARD_ERR_MALFORMED, WARD_TEXT("it has a document type"));
}

static void problem(void *ctx, xmlErrorPtr e)
{
	struct sax *s = ctx;

	if (!s->err && e->level >= XML_ERR_ERROR)
		stop(s, WARD_ERR_MALFORMED, WARD_TEXT("it is not well-formed XML"));
}

static enum ward_err check_bytes(struct ward_xmldoc *x, struct ward_slice b)
{
	x->why = b.len > WARD_XMLDOC_BYTES   ? "it is longer than 1 MiB"
		 : !b.len                    ? "it is empty"
		 : memchr(b.p, 0, b.len)     ? "there is a NUL byte in it"
		 : !ward_utf8_valid(b, NULL) ? "it is not UTF-8"
					     : NULL;
	x->line = 0;
	return !x->why ? WARD_OK : b.len > WARD_XMLDOC_BYTES ? WARD_ERR_LIMIT : WARD_ERR_MALFORMED;
}

enum ward_err ward_xmldoc_read(struct ward_xmldoc *x, struct ward_slice bytes)
{
	struct sax s = {.x = x};
	xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
		.startElementNs = element,
		.endElementNs = element_end,
		.characters = characters,
		.cdataBlock = characters,
		.internalSubset = doctype,
		.serror = problem};
	enum ward_err err = check_bytes(x, bytes);

	x->n = 0;
	if (err)
		return err;
	s.ctxt = xmlCreatePushParserCtxt(&sax, &s, NULL, 0, NULL);
	if (!s.ctxt)
		return WARD_ERR_NOMEM;
	xmlCtxtUseOptions(s.ctxt,
		XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
	for (size_t at = 0; !s.err && at < bytes.len; at += CHUNK) {
		size_t n = bytes.len - at < CHUNK ? bytes.len - at : CHUNK;

		xmlParseChunk(s.ctxt, (const char *)bytes.p + at, (int)n, 0);
	}
	if (!s.err)
		xmlParseChunk(s.ctxt, NULL, 0, 1);
	if (!s.err && (!s.ctxt->wellFormed || !x->n)) /* an error that no handler was told of */
		stop(&s, WARD_ERR_MALFORMED, WARD_TEXT("it is not well-formed XML"));
	xmlFreeParserCtxt(s.ctxt);
	while (s.depth)
		ward_wr_fini(&s.text[--s.depth]);
	return s.err;
}

void ward_xmldoc_fini(struct ward_xmldoc *x)
{
	ward_mem_free(x->mem, x->elem, x->cap * sizeof(*x->elem));
	x->elem = NULL;
	x->n = x->cap = 0;
}

/* From e on, e included. */
static uint32_t named(const struct ward_xmldoc *x, uint32_t e, const char *name)
{
	while (e != WARD_NONE && !ward_str_eqz(x->elem[e].name, name))
		e = x->elem[e].next;
	return e;
}

uint32_t ward_xmldoc_child(const struct ward_xmldoc *x, uint32_t e, const char *name)
{
	return e == WARD_NONE ? WARD_NONE : named(x, x->elem[e].child, name);
}

uint32_t ward_xmldoc_next(const struct ward_xmldoc *x, uint32_t e, const char *name)
{
	return e == WARD_NONE ? WARD_NONE : named(x, x->elem[e].next, name);
}

static bool beneath(const struct ward_xmldoc *x, uint32_t e, uint32_t top)
{
	while (e != WARD_NONE && e > top)
		e = x->elem[e].parent;
	return e == top;
}

uint32_t ward_xmldoc_find(const struct ward_xmldoc *x, uint32_t e, const char *name)
{
	/* what is beneath stands behind it, in one piece */
	for (uint32_t i = e; e != WARD_NONE && ++i < x->n && beneath(x, i, e);)
		if (ward_str_eqz(x->elem[i].name, name))
			return i;
	return WARD_NONE;
}

struct ward_str ward_xmldoc_text(const struct ward_xmldoc *x, uint32_t e, const char *child)
{
	if (child)
		e = ward_xmldoc_child(x, e, child);
	return e == WARD_NONE ? WARD_STR("") : x->elem[e].text;
}

struct ward_str ward_xmldoc_attr(const struct ward_xmldoc *x, uint32_t e, const char *key)
{
	for (uint32_t i = 0; e != WARD_NONE && i < x->elem[e].n_attr; i++)
		if (ward_str_eqz(x->elem[e].attr[i].key, key))
			return x->elem[e].attr[i].value;
	return (struct ward_str){NULL, 0};
}

struct ward_str ward_xmldoc_ns(const struct ward_xmldoc *x, uint32_t e, struct ward_str prefix)
{
	for (; e != WARD_NONE; e = x->elem[e].parent)
		for (uint32_t i = 0; i < x->elem[e].n_attr; i++) {
			struct ward_str key = x->elem[e].attr[i].key;

			if (prefix.len ? ward_str_starts(key, WARD_STR("xmlns:")) &&
						 ward_str_eq(ward_str_sub(key, 6, key.len), prefix)
				       : ward_str_eqz(key, "xmlns"))
				return x->elem[e].attr[i].value;
		}
	return (struct ward_str){NULL, 0};
}
