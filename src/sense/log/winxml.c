#include "sense/log/winxml.h"

#include "sense/log/field.h"

struct element {
	struct ward_str name; /* as it stands in the tag */
	size_t path;          /* length of the path with it */
	size_t text;          /* where its text begins */
	bool parent, named;   /* has elements in it; has its name from an attribute */
};

struct xml {
	struct ward_str s;
	size_t at;
	struct ward_names *names;
	struct ward_event *e;
	struct element open[WARD_WINXML_DEPTH];
	size_t n_open;
	char path[WARD_WINXML_NAME];
	const char *what;
};

static const char head[] = "<Event", tail[] = "</Event>";

bool ward_winxml_is(struct ward_str s)
{
	s = ward_str_trim(s);
	size_t n = strlen(head);

	return ward_str_ends(s, ward_str_z(tail)) && ward_str_starts(s, ward_str_z(head)) &&
	       (s.p[n] == ' ' || s.p[n] == '>');
}

static enum ward_err bad(struct xml *x, const char *what)
{
	x->what = what;
	return WARD_ERR_MALFORMED;
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct xml *x)
{
	while (x->at < x->s.len && space(x->s.p[x->at]))
		x->at++;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

static struct ward_str take_name(struct xml *x)
{
	size_t from = x->at;

	while (x->at < x->s.len && name_char(x->s.p[x->at]))
		x->at++;
	return ward_str_sub(x->s, from, x->at - from);
}

/* Behind the prefix of a name space. */
static struct ward_str local(struct ward_str name)
{
	struct ward_str rest = name;

	(void)ward_str_cut(&rest, ':');
	return rest.p && rest.len ? rest : name;
}

/* XML 1.0 4.1, 4.6: "amp;" and so on; *s stands behind the '&'. 0: none of them. */
static uint32_t reference(struct ward_str *s)
{
	static const struct {
		const char *name;
		uint32_t c;
	} known[] = {{"lt;", '<'}, {"gt;", '>'}, {"amp;", '&'}, {"quot;", '"'}, {"apos;", '\''}};
	uint32_t c = 0;
	size_t i = 1, digits = 0;

	for (size_t k = 0; k < WARD_ARRAY_LEN(known); k++)
		if (ward_str_starts(*s, ward_str_z(known[k].name))) {
			*s = ward_str_sub(*s, strlen(known[k].name), s->len);
			return known[k].c;
		}
	if (s->len < 3 || s->p[0] != '#')
		return 0;
	bool hex = s->p[1] == 'x';

	for (i += hex; i < s->len && digits < 7; i++, digits++) {
		char ch = s->p[i];
		uint32_t v = ch >= '0' && ch <= '9'   ? (uint32_t)(ch - '0')
			     : ch >= 'a' && ch <= 'f' ? (uint32_t)(ch - 'a') + 10
			     : ch >= 'A' && ch <= 'F' ? (uint32_t)(ch - 'A') + 10
						      : 99;

		if (v >= (hex ? 16u : 10u))
			break;
		c = c * (hex ? 16 : 10) + v;
	}
	if (!digits || i >= s->len || s->p[i] != ';' || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*s = ward_str_sub(*s, i + 1, s->len);
	return c;
}

static void put_utf8(struct ward_wr *w, uint32_t c)
{
	if (c < 0x80) {
		ward_wr_ch(w, (char)c);
	} else if (c < 0x800) {
		ward_wr_ch(w, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		ward_wr_ch(w, (char)(0xe0 | c >> 12));
		ward_wr_ch(w, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		ward_wr_ch(w, (char)(0xf0 | c >> 18));
		ward_wr_ch(w, (char)(0x80 | (c >> 12 & 0x3f)));
		ward_wr_ch(w, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	if (c >= 0x80)
		ward_wr_ch(w, (char)(0x80 | (c & 0x3f)));
}

/* References as what they stand for; NUL, which no text holds, as U+FFFD. */
static enum ward_err decode(struct xml *x, struct ward_str s, struct ward_str *ret)
{
	*ret = s;
	if (!s.len || !memchr(s.p, '&', s.len))
		return WARD_OK;
	/* what stands for a character is never shorter than it */
	uint8_t *to = ward_arena_alloc(x->e->arena, s.len);

	if (!to)
		return WARD_ERR_NOMEM;
	struct ward_wr w = ward_wr_fixed(to, s.len);

	while (s.len) {
		char ch = s.p[0];

		s = ward_str_sub(s, 1, s.len);
		if (ch != '&') {
			ward_wr_ch(&w, ch);
			continue;
		}
		uint32_t c = reference(&s);

		if (!c)
			return bad(x, "a reference that is none of XML's own");
		put_utf8(&w, c);
	}
	*ret = ward_wr_text(&w);
	return WARD_OK;
}

/* The path with one more part; its length, 0 when there is no room. */
static size_t longer(struct xml *x, size_t len, const char *between, struct ward_str part)
{
	size_t n = strlen(between);

	if (len + n + part.len > sizeof(x->path) || !part.len)
		return 0;
	memcpy(x->path + len, between, n);
	memcpy(x->path + len + n, part.p, part.len);
	return len + n + part.len;
}

/* A value under the path. Numbers of the system part are numbers, as in the event log itself. */
static enum ward_err give(struct xml *x, size_t len, struct ward_str raw)
{
	struct ward_str path = {x->path, len}, text;
	enum ward_err err = decode(x, raw, &text);
	uint32_t name;
	int64_t i;

	if (err)
		return err;
	struct ward_value v = ward_value_str(text);

	if (ward_str_starts(path, WARD_STR("Event.System.")) &&
		ward_number_kind(text, &i) == WARD_VALUE_INT)
		v = ward_value_int(i);
	if (!ward_str_starts(path, WARD_STR("Event.RenderingInfo.")))
		name = ward_name(x->names, path);
	else if (ward_str_eqz(path, "Event.RenderingInfo.Message"))
		name = WARD_FIELD_MESSAGE;
	else
		return WARD_OK;
	err = ward_log_add(x->e, name, v);
	if (err == WARD_ERR_LIMIT)
		x->what = "more values than an event has room for";
	return err;
}

/* name="value": both as they stand. */
static enum ward_err attribute(struct xml *x, struct ward_str *name, struct ward_str *value)
{
	*name = take_name(x);
	if (!name->len)
		return bad(x, "a tag with something that is no attribute");
	skip_space(x);
	if (x->at >= x->s.len || x->s.p[x->at] != '=')
		return bad(x, "an attribute without a value");
	x->at++;
	skip_space(x);
	char quote = x->at < x->s.len ? x->s.p[x->at] : 0;

	if (quote != '"' && quote != '\'')
		return bad(x, "an attribute's value without quotes");
	size_t from = ++x->at;

	while (x->at < x->s.len && x->s.p[x->at] != quote)
		x->at++;
	if (x->at == x->s.len)
		return bad(x, "the text ends in an attribute");
	*value = ward_str_sub(x->s, from, x->at++ - from);
	return WARD_OK;
}

static enum ward_err no_room(struct xml *x)
{
	x->what = "elements too deep or names too long";
	return WARD_ERR_LIMIT;
}

/* The attributes of the element that is being opened, to the '>' or "/>". */
static enum ward_err attributes(struct xml *x, struct element *el, bool *ret_empty)
{
	bool data = ward_str_eqz(local(el->name), "Data");
	struct ward_str name, value;
	enum ward_err err;

	for (;;) {
		skip_space(x);
		struct ward_str rest = ward_str_sub(x->s, x->at, x->s.len);

		*ret_empty = ward_str_starts(rest, WARD_STR("/>"));
		if (*ret_empty || ward_str_starts(rest, WARD_STR(">"))) {
			x->at += *ret_empty ? 2 : 1;
			return WARD_OK;
		}
		err = attribute(x, &name, &value);
		if (err)
			return err;
		if (ward_str_starts(name, WARD_STR("xmlns")))
			continue;
		if (data && ward_str_eqz(name, "Name")) {
			size_t up = x->n_open ? x->open[x->n_open - 1].path : 0;

			err = decode(x, value, &value);
			el->path = err ? 0 : longer(x, up, ".", value);
			el->named = true;
			if (!el->path)
				return err ? err : no_room(x);
			continue;
		}
		size_t len = longer(x, el->path, ".#attributes.", name);

		err = len ? give(x, len, value) : no_room(x);
		if (err)
			return err;
	}
}

/* Of an element without others in it; empty ones only where they have a name of their own. */
static enum ward_err close(struct xml *x, struct ward_str text)
{
	struct element *el = &x->open[--x->n_open];

	if (el->parent || (!el->named && !ward_str_trim(text).len))
		return WARD_OK;
	return give(x, el->path, text);
}

static enum ward_err open_tag(struct xml *x)
{
	struct element el = {.name = take_name(x)};
	size_t up = x->n_open ? x->open[x->n_open - 1].path : 0;
	bool empty;

	if (!el.name.len)
		return bad(x, "a '<' that begins no tag");
	el.path = longer(x, up, up ? "." : "", local(el.name));
	if (x->n_open == WARD_WINXML_DEPTH || !el.path)
		return no_room(x);
	if (x->n_open)
		x->open[x->n_open - 1].parent = true;
	enum ward_err err = attributes(x, &el, &empty);

	if (err)
		return err;
	/* the attributes' names were put behind it */
	el.text = x->at;
	x->open[x->n_open++] = el;
	return empty ? close(x, WARD_STR("")) : WARD_OK;
}

static enum ward_err end_tag(struct xml *x, size_t begin)
{
	struct ward_str name = take_name(x);

	skip_space(x);
	if (!x->n_open || !ward_str_eq(name, x->open[x->n_open - 1].name) || x->at >= x->s.len ||
		x->s.p[x->at] != '>')
		return bad(x, "an end tag of another element");
	x->at++;
	size_t from = x->open[x->n_open - 1].text;

	return close(x, ward_str_sub(x->s, from, begin - from));
}

/* From '<' on. */
static enum ward_err tag(struct xml *x)
{
	struct ward_str rest = ward_str_sub(x->s, x->at, x->s.len);
	size_t begin = x->at;

	if (ward_str_starts(rest, WARD_STR("<!--"))) {
		size_t n = ward_str_find(rest, WARD_STR("-->"));

		if (n == SIZE_MAX)
			return bad(x, "the text ends in a comment");
		x->at += n + 3;
		return WARD_OK;
	}
	x->at += ward_str_starts(rest, WARD_STR("</")) ? 2 : 1;
	return x->at - begin == 2 ? end_tag(x, begin) : open_tag(x);
}

enum ward_err ward_winxml_read(struct ward_str text, struct ward_names *names, struct ward_event *e,
	size_t *ret_off, const char **ret_what)
{
	struct xml x = {.s = text, .names = names, .e = e, .what = "out of memory"};
	enum ward_err err = WARD_OK;
	bool begun = false;

	skip_space(&x);
	while (!err && x.at < x.s.len && (!begun || x.n_open)) {
		size_t n = ward_str_find(ward_str_sub(x.s, x.at, x.s.len), WARD_STR("<"));

		if (n == SIZE_MAX || (!begun && n))
			break;
		x.at += n;
		err = tag(&x);
		begun = true;
	}
	skip_space(&x);
	if (!err && (x.n_open || !begun || x.at < x.s.len))
		err = bad(&x, x.n_open ? "the text ends in an element" : "more than one element");
	*ret_off = x.at;
	*ret_what = x.what;
	return err;
}
