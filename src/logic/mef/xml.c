#include "logic/mef/xml.h"

#include <libxml/parser.h>

enum { CHUNK = 1 << 15 };

struct sax {
	struct xml *x;
	struct ward_str file;
	uint32_t file_no;
	xmlParserCtxtPtr ctxt;
	uint32_t open[XML_DEPTH], last[XML_DEPTH]; /* elements, and the last child of each */
	size_t depth;
	enum ward_err err;
};

static uint32_t line_of(const struct sax *s)
{
	return s->ctxt->input && s->ctxt->input->line > 0 ? (uint32_t)s->ctxt->input->line : 0;
}

static void stop(struct sax *s, enum ward_err err)
{
	if (!s->err)
		s->err = err;
	xmlStopParser(s->ctxt);
}

static void refuse(struct sax *s, enum ward_err err, const char *what_and_mend)
{
	if (!s->err)
		ward_diag_addf(
			s->x->diag, WARD_DIAG_ERROR, s->file, line_of(s), "%s", what_and_mend);
	stop(s, err);
}

static struct ward_str keep(struct sax *s, const xmlChar *p, size_t len)
{
	return ward_arena_str(s->x->arena, (struct ward_str){(const char *)p, len});
}

static bool take_attrs(struct sax *s, struct xml_elem *e, int n, const xmlChar **attr)
{
	if (n == 0)
		return true;
	e->attr = ward_arena_array(s->x->arena, (size_t)n, sizeof(*e->attr));
	if (!e->attr)
		return false;
	for (int i = 0; i < n; i++, attr += 5) {
		struct xml_attr *a = &e->attr[e->n_attr++];

		a->key = keep(s, attr[0], strlen((const char *)attr[0]));
		a->value = keep(s, attr[3], (size_t)(attr[4] - attr[3]));
		if (!a->key.p || !a->value.p)
			return false;
	}
	return true;
}

/* NOLINTNEXTLINE(readability-function-size): the number of parameters is libxml2's */
static void element(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
	int n_ns, const xmlChar **ns, int n_attr, int n_default, const xmlChar **attr)
{
	struct sax *s = ctx;
	struct xml *x = s->x;
	struct xml_elem e = {
		.file = s->file_no, .line = line_of(s), WARD_NONE, WARD_NONE, WARD_NONE};

	(void)prefix;
	(void)uri;
	(void)n_ns;
	(void)ns;
	(void)n_default;
	if (s->err)
		return;
	if (s->depth == XML_DEPTH) {
		refuse(s, WARD_ERR_LIMIT,
			WARD_TEXT("elements are nested more than 64 deep\nname the inner ones as "
				  "gates of their own"));
		return;
	}
	if (n_attr > XML_ATTRS) {
		refuse(s, WARD_ERR_LIMIT,
			WARD_TEXT("an element has more than 16 attributes\nleave out those that "
				  "the format does not have"));
		return;
	}
	enum ward_err err =
		ward_mem_more(x->mem, &x->elem, x->n, &x->cap, sizeof(*x->elem), XML_ELEMENTS);

	e.name = keep(s, local, strlen((const char *)local));
	if (!err && (!e.name.p || !take_attrs(s, &e, n_attr, attr)))
		err = WARD_ERR_NOMEM;
	if (err) {
		stop(s, err);
		return;
	}
	uint32_t i = (uint32_t)x->n++;

	if (s->depth) {
		uint32_t *last = &s->last[s->depth - 1];

		e.parent = s->open[s->depth - 1];
		*(*last == WARD_NONE ? &x->elem[e.parent].child : &x->elem[*last].next) = i;
		*last = i;
	}
	x->elem[i] = e;
	s->open[s->depth] = i;
	s->last[s->depth++] = WARD_NONE;
}

static void element_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct sax *s = ctx;

	(void)local;
	(void)prefix;
	(void)uri;
	if (s->depth)
		s->depth--;
}

static void doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name;
	(void)id;
	(void)system;
	refuse(ctx, WARD_ERR_MALFORMED,
		WARD_TEXT("the file has a document type, which may bring in entities and other "
			  "files\ntake the <!DOCTYPE …> out"));
}

static void problem(void *ctx, xmlErrorPtr e)
{
	struct sax *s = ctx;
	struct ward_str what = ward_str_trim(ward_str_z(e->message));

	if (s->err || e->level < XML_ERR_ERROR)
		return;
	ward_diag_addf(s->x->diag, WARD_DIAG_ERROR, s->file, e->line > 0 ? (uint32_t)e->line : 0,
		WARD_TEXT("not well-formed XML: %.*s\nsee what an XML editor says of this line"),
		WARD_STR_ARG(what));
	stop(s, WARD_ERR_MALFORMED);
}

static enum ward_err check_bytes(struct xml *x, struct ward_str file, struct ward_slice b)
{
	size_t off = 0;
	const char *what = NULL;

	if (b.len > XML_BYTES)
		what = WARD_TEXT(
			"the file is larger than 64 MiB\nsplit the model into several files");
	else if (b.len && memchr(b.p, 0, b.len))
		what = WARD_TEXT("there is a NUL byte in the file\nsave it as UTF-8");
	else if (!ward_utf8_valid(b, &off))
		what = WARD_TEXT("the file is not UTF-8\nsave it as UTF-8");
	if (!what)
		return WARD_OK;
	uint32_t line = 1;

	for (size_t i = 0; i < off; i++)
		line += b.p[i] == '\n';
	ward_diag_addf(x->diag, WARD_DIAG_ERROR, file, line, "%s", what);
	return b.len > XML_BYTES ? WARD_ERR_LIMIT : WARD_ERR_MALFORMED;
}

enum ward_err xml_read(struct xml *x, uint32_t file, struct ward_str name, struct ward_slice bytes)
{
	struct sax s = {.x = x, .file = name, .file_no = file};
	xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
		.startElementNs = element,
		.endElementNs = element_end,
		.internalSubset = doctype,
		.serror = problem};
	enum ward_err err = check_bytes(x, name, bytes);

	if (err)
		return err;
	s.ctxt = xmlCreatePushParserCtxt(&sax, &s, NULL, 0, NULL);
	if (!s.ctxt)
		return WARD_ERR_NOMEM;
	xmlCtxtUseOptions(s.ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
	for (size_t at = 0; !s.err && at < bytes.len; at += CHUNK) {
		size_t n = bytes.len - at < CHUNK ? bytes.len - at : CHUNK;

		xmlParseChunk(s.ctxt, (const char *)bytes.p + at, (int)n, 0);
	}
	if (!s.err)
		xmlParseChunk(s.ctxt, NULL, 0, 1);
	/* An error that no handler was told of. */
	if (!s.err && !s.ctxt->wellFormed)
		refuse(&s, WARD_ERR_MALFORMED,
			WARD_TEXT("not well-formed XML\nsee what an XML editor says"));
	xmlFreeParserCtxt(s.ctxt);
	return s.err;
}

struct ward_str xml_attr(const struct xml_elem *e, const char *key)
{
	for (uint32_t i = 0; i < e->n_attr; i++)
		if (ward_str_eqz(e->attr[i].key, key))
			return e->attr[i].value;
	return (struct ward_str){NULL, 0};
}
