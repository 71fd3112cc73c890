#include "sense/net/proto/wsd/xml.h"

static struct ward_str from(struct ward_str s, size_t off)
{
	return ward_str_sub(s, off, s.len);
}

struct ward_str ward_xml_local(struct ward_str name)
{
	struct ward_str rest = name;

	(void)ward_str_cut(&rest, ':');
	return rest.p ? rest : name;
}

struct ward_str ward_xml_open(const struct ward_xml *x, size_t i)
{
	return i < x->depth ? ward_xml_local(x->stack[x->depth - 1 - i]) : WARD_STR("");
}

/* Past the next `end`; false: there is none. */
static bool skip_past(struct ward_xml *x, const char *end)
{
	size_t at = ward_str_find(from(x->all, x->off), ward_str_z(end));

	if (at == SIZE_MAX)
		return false;
	x->off += at + strlen(end);
	return true;
}

/* A tag's end: the first > outside of quotes. */
static size_t tag_end(struct ward_str s)
{
	char quote = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (quote)
			quote = s.p[i] == quote ? 0 : quote;
		else if (s.p[i] == '"' || s.p[i] == '\'')
			quote = s.p[i];
		else if (s.p[i] == '>')
			return i;
	}
	return SIZE_MAX;
}

static bool is_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ward_xml_blank(s.p[i]) || strchr("<>&\"'=/", s.p[i]))
			return false;
	return s.len != 0;
}

static enum ward_xml_kind close_tag(struct ward_xml *x, struct ward_str name)
{
	if (!x->depth || !ward_str_eq(x->stack[x->depth - 1], name))
		return WARD_XML_BAD;
	x->depth--;
	return WARD_XML_CLOSE;
}

/* Between < and >. */
static enum ward_xml_kind tag(struct ward_xml *x, struct ward_str inner, struct ward_xml_piece *ret)
{
	size_t n = 0;

	if (inner.len && inner.p[0] == '/')
		return close_tag(x, ward_str_trim(from(inner, 1)));
	x->closes = inner.len && inner.p[inner.len - 1] == '/';
	inner.len -= x->closes;
	while (n < inner.len && !ward_xml_blank(inner.p[n]))
		n++;
	ret->name = ward_str_sub(inner, 0, n);
	ret->attributes = from(inner, n);
	/* 2.1: one element holds all others. */
	if (!is_name(ret->name) || x->depth == WARD_XML_DEPTH || (x->began && !x->depth))
		return WARD_XML_BAD;
	x->began = true;
	x->stack[x->depth++] = ret->name;
	return WARD_XML_OPEN;
}

/* Comments and instructions are passed over; a document type (<!) is refused. */
static bool skip_others(struct ward_xml *x, bool *ret_good)
{
	struct ward_str s = from(x->all, x->off);

	*ret_good = true;
	if (ward_str_starts(s, WARD_STR("<!--")))
		*ret_good = skip_past(x, "-->");
	else if (ward_str_starts(s, WARD_STR("<?")))
		*ret_good = skip_past(x, "?>");
	else if (ward_str_starts(s, WARD_STR("<!")))
		*ret_good = false;
	else
		return false;
	return *ret_good;
}

enum ward_xml_kind ward_xml_next(struct ward_xml *x, struct ward_xml_piece *ret)
{
	bool good;

	*ret = (struct ward_xml_piece){{NULL, 0}, {NULL, 0}, {NULL, 0}};
	if (x->closes) {
		x->closes = false;
		x->depth--;
		return WARD_XML_CLOSE;
	}
	while (x->off < x->all.len) {
		struct ward_str s = from(x->all, x->off);
		size_t n = ward_str_find(s, WARD_STR("<"));

		n = n == SIZE_MAX ? s.len : n;
		ret->text = ward_str_trim(ward_str_sub(s, 0, n));
		x->off += n;
		if (ret->text.len)
			return x->depth ? WARD_XML_TEXT : WARD_XML_BAD;
		if (n == s.len)
			break;
		if (skip_others(x, &good))
			continue;
		s = from(s, n);
		n = tag_end(s);
		if (!good || n == SIZE_MAX)
			return WARD_XML_BAD;
		x->off += n + 1;
		return tag(x, ward_str_sub(s, 1, n - 1), ret);
	}
	return x->began && !x->depth ? WARD_XML_END : WARD_XML_BAD;
}

bool ward_xml_attribute(
	struct ward_str *rest, struct ward_str *ret_name, struct ward_str *ret_value)
{
	struct ward_str value = ward_str_trim(*rest),
			name = ward_str_trim(ward_str_cut(&value, '='));
	size_t end;

	value = value.p ? ward_str_trim(value) : WARD_STR("");
	if (!is_name(name) || value.len < 2 || (value.p[0] != '"' && value.p[0] != '\''))
		return false;
	end = ward_str_find(from(value, 1), ward_str_sub(value, 0, 1));
	if (end == SIZE_MAX)
		return false;
	*ret_name = name;
	*ret_value = ward_str_sub(value, 1, end);
	*rest = from(value, end + 2);
	return true;
}

void ward_xml_unescape(struct ward_wr *w, struct ward_str text)
{
	static const struct {
		const char *entity;
		char c;
	} rows[] = {
		{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

	for (size_t i = 0; i < text.len;) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(rows) &&
			!ward_str_starts(from(text, i), ward_str_z(rows[k].entity)))
			k++;
		bool entity = k < WARD_ARRAY_LEN(rows);

		ward_wr_ch(w, entity ? rows[k].c : text.p[i]);
		i += entity ? strlen(rows[k].entity) : 1;
	}
}
