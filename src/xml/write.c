#include "xml/write.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static void put(struct ward_xml *x, const char *s)
{
	ward_wr_str(x->w, ward_str_z(s));
}

/* Whether XML has the character of n bytes at p; n 0: it is none. */
static bool allowed(const uint8_t *p, size_t n)
{
	if (n == 1)
		return *p >= 0x20 || *p == '\t' || *p == '\n' || *p == '\r';
	return n && !(n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe);
}

/* As Canonical XML 1.1, 2.3 writes them. */
static const char *entity(char c, bool in_attr)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return in_attr ? NULL : "&gt;";
	case '\r': /* a reader would make a line feed of it */
		return "&#xD;";
	case '"':
		return in_attr ? "&quot;" : NULL;
	case '\n':
		return in_attr ? "&#xA;" : NULL;
	case '\t':
		return in_attr ? "&#x9;" : NULL;
	default:
		return NULL;
	}
}

static void escaped(struct ward_xml *x, struct ward_str s, bool in_attr)
{
	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		const uint8_t *p = (const uint8_t *)s.p + i;
		const char *e = entity(s.p[i], in_attr);

		n = ward_utf8_len(p, s.len - i);
		if (e)
			put(x, e);
		else if (allowed(p, n))
			ward_wr_bytes(x->w, p, n);
		else
			put(x, "\xEF\xBF\xBD");
	}
}

static void close_tag(struct ward_xml *x)
{
	if (x->in_tag)
		put(x, ">");
	x->in_tag = false;
}

static void line(struct ward_xml *x)
{
	put(x, "\n");
	for (unsigned i = 0; i < x->depth; i++)
		put(x, "  ");
}

struct ward_xml ward_xml_on(struct ward_wr *w)
{
	struct ward_xml x = {.w = w};

	put(&x, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	return x;
}

void ward_xml_begin(struct ward_xml *x, const char *name)
{
	assert(x->depth < WARD_XML_DEPTH);
	close_tag(x);
	line(x);
	put(x, "<");
	put(x, name);
	x->open[x->depth++] = name;
	x->in_tag = true;
	x->broken = false;
}

void ward_xml_attr(struct ward_xml *x, const char *name, struct ward_str value)
{
	assert(x->in_tag);
	put(x, " ");
	put(x, name);
	put(x, "=\"");
	escaped(x, value, true);
	put(x, "\"");
}

void ward_xml_attr_z(struct ward_xml *x, const char *name, const char *value)
{
	ward_xml_attr(x, name, ward_str_z(value));
}

void ward_xml_text(struct ward_xml *x, struct ward_str s)
{
	close_tag(x);
	escaped(x, s, false);
}

void ward_xml_end(struct ward_xml *x)
{
	assert(x->depth);
	const char *name = x->open[--x->depth];

	close_tag(x);
	if (x->broken)
		line(x);
	put(x, "</");
	put(x, name);
	put(x, ">");
	x->broken = true;
	if (!x->depth)
		put(x, "\n");
}

void ward_xml_elem(struct ward_xml *x, const char *name, struct ward_str text)
{
	ward_xml_begin(x, name);
	if (text.len)
		ward_xml_text(x, text);
	ward_xml_end(x);
}

void ward_xml_elem_z(struct ward_xml *x, const char *name, const char *text)
{
	ward_xml_elem(x, name, ward_str_z(text));
}

void ward_xml_elem_u64(struct ward_xml *x, const char *name, uint64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRIu64, v);

	ward_xml_elem(x, name, (struct ward_str){text, (size_t)n});
}
