/* The grammar of Turtle, section 6.5; its names stand beside the functions. */
#include "model/import/turtle.h"

enum { PREFIXES_MAX = 4096, TERM_MAX = 1 << 16 };

/* What waits to be gone on with: a subject and its verb, or a place in a collection. */
struct frame {
	uint32_t s, p;  /* s is WARD_NONE while a statement has no subject yet */
	bool list;      /* in '(': s is the cell of the last item, or WARD_NONE */
	uint32_t first; /* list: the first cell */
};

/* What comes next. */
enum state { STATEMENT, VERB, VERB_OR_END, OBJECT, AFTER, END };

struct turtle {
	struct ward_graph *g;
	struct ward_diag *diag;
	struct ward_str file;
	const uint8_t *p;
	size_t off, len;
	uint32_t line;
	struct ward_arena arena; /* namespaces */
	struct ward_intern prefix;
	struct ward_str space[PREFIXES_MAX];
	struct ward_str base;
	uint32_t n_blank;
	uint32_t rdf_type, rdf_first, rdf_rest, rdf_nil;
	struct frame frame[WARD_TURTLE_DEPTH_MAX];
	size_t depth;
	struct ward_wr text; /* of the term that is being read */
	enum ward_err err;
};

void ward_graph_init(
	struct ward_graph *g, const struct ward_mem *mem, const struct ward_limits *lim)
{
	size_t max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES);

	*g = (struct ward_graph){.mem = mem};
	ward_intern_init(&g->term, mem, WARD_TURTLE_TRIPLES_MAX, max);
}

void ward_graph_fini(struct ward_graph *g)
{
	ward_intern_fini(&g->term);
	ward_mem_free(g->mem, g->triple, g->cap * sizeof(*g->triple));
}

static void refuse(struct turtle *t, const char *what)
{
	if (t->err)
		return;
	ward_diag_addf(t->diag, WARD_DIAG_ERROR, t->file, t->line,
		"not Turtle: %s (byte %zu)\nexport the file again as Turtle", what, t->off);
	t->err = WARD_ERR_CONFIG;
}

static bool ok(struct turtle *t, enum ward_err err)
{
	if (err == WARD_ERR_LIMIT)
		refuse(t, "more terms or triples than are read at once; split the file");
	else if (err && !t->err)
		t->err = err;
	return err == WARD_OK;
}

static int at(const struct turtle *t, size_t ahead)
{
	return t->len - t->off > ahead ? t->p[t->off + ahead] : -1;
}

static void blanks(struct turtle *t)
{
	for (; t->off < t->len; t->off++) {
		uint8_t c = t->p[t->off];

		if (c == '#')
			while (t->off + 1 < t->len && t->p[t->off + 1] != '\n')
				t->off++;
		else if (c == '\n')
			t->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool take(struct turtle *t, int c)
{
	blanks(t);
	if (at(t, 0) != c)
		return false;
	t->off++;
	return true;
}

/* Makes a term of what was written into t->text. */
static uint32_t term(struct turtle *t)
{
	uint32_t id = WARD_NONE;

	if (ward_wr_bad(&t->text))
		refuse(t, "a name or text of more than 64 KiB");
	if (!t->err)
		(void)ok(t, ward_intern_put(&t->g->term, ward_wr_text(&t->text), &id));
	return id;
}

static uint32_t term_z(struct turtle *t, const char *z)
{
	ward_wr_reset(&t->text);
	ward_wr_z(&t->text, z);
	return term(t);
}

static uint32_t blank_new(struct turtle *t)
{
	ward_wr_reset(&t->text);
	/* No label can hold a '#', so no name in the text is the same. */
	ward_wr_printf(&t->text, "_:#%u", t->n_blank++);
	return term(t);
}

static void triple(struct turtle *t, uint32_t s, uint32_t p, uint32_t o)
{
	struct ward_graph *g = t->g;

	if (t->err || !ok(t, ward_mem_more(g->mem, &g->triple, g->n, &g->cap, sizeof(*g->triple),
				     WARD_TURTLE_TRIPLES_MAX)))
		return;
	g->triple[g->n++] = (struct ward_triple){s, p, o, t->line};
}

/* UCHAR, after the backslash: n hex digits. */
static void uchar(struct turtle *t, size_t n)
{
	uint8_t b[4] = {0};
	uint32_t c;

	if (t->len - t->off < n ||
		!ward_str_unhex(
			(struct ward_str){(const char *)t->p + t->off, n}, b + 4 - n / 2, n / 2)) {
		refuse(t, "an escaped character without its hex digits");
		return;
	}
	t->off += n;
	c = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		refuse(t, "an escaped character that no text may hold");
	} else if (c < 0x80) {
		ward_wr_u8(&t->text, (uint8_t)c);
	} else if (c < 0x800) {
		ward_wr_u8(&t->text, (uint8_t)(0xc0 | c >> 6));
		ward_wr_u8(&t->text, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		if (c < 0x10000) {
			ward_wr_u8(&t->text, (uint8_t)(0xe0 | c >> 12));
		} else {
			ward_wr_u8(&t->text, (uint8_t)(0xf0 | c >> 18));
			ward_wr_u8(&t->text, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		}
		ward_wr_u8(&t->text, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		ward_wr_u8(&t->text, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

/* IRIREF at '<', into t->text, as written. */
static void iri_text(struct turtle *t)
{
	t->off++;
	ward_wr_reset(&t->text);
	for (;;) {
		int c = at(t, 0);

		if (c == '>')
			break;
		if (c < 0 || c <= ' ' || c == '<' || c == '"' || c == '{' || c == '}' || c == '|' ||
			c == '^' || c == '`') {
			refuse(t, "a name in <> that has no end, or a character that it must not");
			return;
		}
		t->off++;
		if (c != '\\') {
			ward_wr_u8(&t->text, (uint8_t)c);
			continue;
		}
		c = at(t, 0);
		t->off += c >= 0;
		if (c != 'u' && c != 'U')
			refuse(t, "an escape in <> other than \\u and \\U");
		else
			uchar(t, c == 'u' ? 4 : 8);
		if (t->err)
			return;
	}
	t->off++;
}

static bool has_scheme(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (c == ':')
			return i > 0;
		if (!letter &&
			(i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
			return false;
	}
	return false;
}

/* Puts the base before a relative reference: "" and "#…" are the base's own, others replace what
 * follows its last '/'. Dots are not resolved: names are only compared (RFC 3986 6.1). */
static void resolve(struct turtle *t)
{
	struct ward_str s = ward_wr_text(&t->text), base = t->base;
	char copy[TERM_MAX];

	if (has_scheme(s) || !base.len || ward_wr_bad(&t->text))
		return;
	if (s.len && s.p[0] != '#')
		while (base.len && base.p[base.len - 1] != '/')
			base.len--;
	else
		base = ward_str_cut(&base, '#');
	if (s.len > sizeof(copy))
		return;
	if (s.len)
		memcpy(copy, s.p, s.len);
	struct ward_str rest = {copy, s.len};

	ward_wr_reset(&t->text);
	ward_wr_str(&t->text, base);
	ward_wr_str(&t->text, rest);
}

static bool name_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool name_char(int c)
{
	return name_start(c) || (c >= '0' && c <= '9') || c == '-';
}

/* PN_PREFIX up to the ':', which it passes; the empty one, too. False when there is none. */
static bool prefix_name(struct turtle *t, struct ward_str *ret)
{
	size_t end = t->off;

	while (end < t->len && (name_char(t->p[end]) || t->p[end] == '.'))
		end++;
	if (end >= t->len || t->p[end] != ':' ||
		(end > t->off && (!name_start(t->p[t->off]) || t->p[end - 1] == '.')))
		return false;
	*ret = (struct ward_str){(const char *)t->p + t->off, end - t->off};
	t->off = end + 1;
	return true;
}

/* PN_LOCAL behind a namespace that is in t->text. A dot at its end is the statement's. */
static void local_name(struct turtle *t)
{
	for (;;) {
		int c = at(t, 0);
		size_t dots = 0;

		while (at(t, dots) == '.')
			dots++;
		if (dots) {
			int after = at(t, dots);

			if (!name_char(after) && after != ':' && after != '%' && after != '\\')
				return;
		} else if (c == '%') {
			uint8_t b;

			if (t->len - t->off < 3 ||
				!ward_str_unhex(
					(struct ward_str){(const char *)t->p + t->off + 1, 2}, &b,
					1)) {
				refuse(t, "'%' without two hex digits");
				return;
			}
		} else if (c == '\\') {
			if (at(t, 1) < 0 || !strchr("_~.-!$&'()*+,;=/?#@%", at(t, 1))) {
				refuse(t, "an escape that names do not have");
				return;
			}
			t->off++;
			c = at(t, 0);
		} else if (!name_char(c) && c != ':') {
			return;
		}
		ward_wr_u8(&t->text, (uint8_t)c);
		t->off++;
	}
}

/* PrefixedName */
static uint32_t prefixed(struct turtle *t)
{
	struct ward_str name;
	uint32_t i;

	if (!prefix_name(t, &name)) {
		refuse(t, "something that is no name, text or number");
		return WARD_NONE;
	}
	i = ward_intern_find(&t->prefix, name);
	if (i == WARD_NONE) {
		refuse(t, "a prefix that no @prefix line explains");
		return WARD_NONE;
	}
	ward_wr_reset(&t->text);
	ward_wr_str(&t->text, t->space[i]);
	local_name(t);
	return term(t);
}

static uint32_t iri(struct turtle *t)
{
	if (at(t, 0) != '<')
		return prefixed(t);
	iri_text(t);
	if (!t->err)
		resolve(t);
	return term(t);
}

/* BLANK_NODE_LABEL */
static uint32_t blank_label(struct turtle *t)
{
	t->off += 2;
	ward_wr_reset(&t->text);
	ward_wr_z(&t->text, "_:");
	if (!name_char(at(t, 0)))
		refuse(t, "'_:' without a name");
	else
		local_name(t);
	return term(t);
}

static void string_escape(struct turtle *t)
{
	static const char from[] = "tbnrf\"'\\", is[] = "\t\b\n\r\f\"'\\";
	int c = at(t, 0);

	t->off += c >= 0;
	if (c == 'u' || c == 'U') {
		uchar(t, c == 'u' ? 4 : 8);
		return;
	}
	for (size_t i = 0; i + 1 < sizeof(from); i++)
		if (c == from[i]) {
			ward_wr_u8(&t->text, (uint8_t)is[i]);
			return;
		}
	refuse(t, "an escape that texts do not have");
}

/* String: "…", '…', and each three times, over lines. */
static void string(struct turtle *t)
{
	int quote = at(t, 0);
	bool is_long = at(t, 1) == quote && at(t, 2) == quote;

	t->off += is_long ? 3 : 1;
	while (!t->err) {
		int c = at(t, 0);

		if (c < 0 || (!is_long && (c == '\n' || c == '\r'))) {
			refuse(t, "a text that has no end");
			return;
		}
		if (c == quote && (!is_long || (at(t, 1) == quote && at(t, 2) == quote))) {
			t->off += is_long ? 3 : 1;
			return;
		}
		t->off++;
		t->line += c == '\n';
		if (c == '\\')
			string_escape(t);
		else
			ward_wr_u8(&t->text, (uint8_t)c);
	}
}

/* RDFLiteral; its language or datatype is passed over. */
static uint32_t literal(struct turtle *t)
{
	uint32_t id;

	ward_wr_reset(&t->text);
	ward_wr_ch(&t->text, '"');
	string(t);
	id = term(t);
	if (at(t, 0) == '@') {
		t->off++;
		if (!name_start(at(t, 0)))
			refuse(t, "'@' without a language");
		while (name_char(at(t, 0)))
			t->off++;
	} else if (at(t, 0) == '^' && at(t, 1) == '^') {
		t->off += 2;
		blanks(t);
		(void)iri(t);
	}
	return id;
}

static uint32_t number(struct turtle *t)
{
	bool digit = false;

	ward_wr_reset(&t->text);
	ward_wr_ch(&t->text, '"');
	for (;;) {
		int c = at(t, 0);
		bool is_digit = c >= '0' && c <= '9';

		if (c == '.' && !(at(t, 1) >= '0' && at(t, 1) <= '9') && at(t, 1) != 'e' &&
			at(t, 1) != 'E')
			break;
		if (!is_digit && c != '.' && c != '+' && c != '-' && c != 'e' && c != 'E')
			break;
		digit |= is_digit;
		ward_wr_u8(&t->text, (uint8_t)c);
		t->off++;
	}
	if (!digit)
		refuse(t, "a number without digits");
	return term(t);
}

static bool word(struct turtle *t, const char *w)
{
	size_t n = strlen(w);

	for (size_t i = 0; i < n; i++) {
		int c = at(t, i);

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != w[i])
			return false;
	}
	return !name_char(at(t, n)) && at(t, n) != ':';
}

static uint32_t boolean(struct turtle *t, const char *w)
{
	ward_wr_reset(&t->text);
	ward_wr_ch(&t->text, '"');
	ward_wr_z(&t->text, w);
	t->off += strlen(w);
	return term(t);
}

static bool push(struct turtle *t, struct frame f)
{
	if (t->depth == WARD_TURTLE_DEPTH_MAX) {
		refuse(t, "brackets within brackets, deeper than 64");
		return false;
	}
	t->frame[t->depth++] = f;
	return true;
}

/* One term that opens nothing; brackets are the caller's. */
static uint32_t plain(struct turtle *t, bool subject)
{
	int c = at(t, 0);

	if (c == '_' && at(t, 1) == ':')
		return blank_label(t);
	if (!subject && (c == '"' || c == '\''))
		return literal(t);
	if (!subject && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))
		return number(t);
	if (!subject && word(t, "true"))
		return boolean(t, "true");
	if (!subject && word(t, "false"))
		return boolean(t, "false");
	return iri(t);
}

static uint32_t verb(struct turtle *t)
{
	blanks(t);
	if (at(t, 0) == 'a' && !name_char(at(t, 1)) && at(t, 1) != ':' && at(t, 1) != '.') {
		t->off++;
		return t->rdf_type;
	}
	return iri(t);
}

/* A value is there: it becomes the object, the list's next item, or the subject of what waits. */
static enum state give(struct turtle *t, uint32_t value)
{
	struct frame *f = &t->frame[t->depth - 1];

	if (!f->list && f->s == WARD_NONE) {
		f->s = value;
		return VERB;
	}
	if (!f->list) {
		triple(t, f->s, f->p, value);
		return AFTER;
	}
	uint32_t cell = blank_new(t);

	if (f->s == WARD_NONE)
		f->first = cell;
	else
		triple(t, f->s, t->rdf_rest, cell);
	triple(t, cell, t->rdf_first, value);
	f->s = cell;
	return OBJECT;
}

/* Something in brackets has ended. */
static enum state close(struct turtle *t)
{
	struct frame f = t->frame[--t->depth];

	bool subject = t->frame[t->depth - 1].s == WARD_NONE && !t->frame[t->depth - 1].list;

	if (f.list && f.s != WARD_NONE)
		triple(t, f.s, t->rdf_rest, t->rdf_nil);
	enum state s = give(t, f.list ? f.first : f.s);

	/* Only brackets may say all that a statement says. */
	return subject && !f.list ? VERB_OR_END : s;
}

/* An object, a list's item or its end, or a subject (where no literal may stand). */
static enum state object(struct turtle *t, bool subject)
{
	if (t->frame[t->depth - 1].list && take(t, ')'))
		return close(t);
	if (take(t, '(')) {
		(void)push(t, (struct frame){.s = WARD_NONE, .list = true, .first = t->rdf_nil});
		return OBJECT;
	}
	if (take(t, '[')) {
		uint32_t b = blank_new(t);

		if (take(t, ']'))
			return give(t, b);
		(void)push(t, (struct frame){.s = b});
		return VERB;
	}
	blanks(t);
	uint32_t v = plain(t, subject);
	return t->err ? END : give(t, v);
}

/* After an object: ',' another, ';' another verb, else the end of the statement or bracket. */
static enum state after(struct turtle *t)
{
	bool inner = t->depth > 1, more = false;

	if (take(t, ','))
		return OBJECT;
	while (take(t, ';'))
		more = true;
	if (take(t, inner ? ']' : '.')) {
		if (inner)
			return close(t);
		t->depth = 0;
		return STATEMENT;
	}
	if (!more)
		refuse(t, inner ? "a bracket '[' without its end"
				: "a statement without '.' at its end");
	return VERB;
}

/* @prefix, @base and the forms that SPARQL has for them. */
static void directive(struct turtle *t, bool is_prefix, bool dot)
{
	struct ward_str name = {"", 0}, value;
	uint32_t i = 0;

	blanks(t);
	if (is_prefix && !prefix_name(t, &name))
		refuse(t, "@prefix without `name:`");
	if (is_prefix && !t->err && ok(t, ward_intern_put(&t->prefix, name, &i)) &&
		i >= PREFIXES_MAX)
		refuse(t, "more than 4096 prefixes");
	blanks(t);
	if (at(t, 0) != '<')
		refuse(t, "a prefix or base without a name in <>");
	if (t->err)
		return;
	iri_text(t);
	if (!t->err)
		resolve(t);
	value = ward_arena_str(&t->arena, ward_wr_text(&t->text));
	if (!value.p) {
		refuse(t, "more text in its prefixes than is read");
		return;
	}
	if (is_prefix)
		t->space[i] = value;
	else
		t->base = value;
	if (dot && !take(t, '.'))
		refuse(t, "a directive without '.' at its end");
}

static enum state statement(struct turtle *t)
{
	static const struct {
		const char *word;
		bool is_prefix, dot;
	} known[] = {{"@prefix", true, true}, {"@base", false, true}, {"prefix", true, false},
		{"base", false, false}};

	blanks(t);
	if (t->off == t->len)
		return END;
	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		if (!word(t, known[i].word))
			continue;
		t->off += strlen(known[i].word);
		directive(t, known[i].is_prefix, known[i].dot);
		return STATEMENT;
	}
	(void)push(t, (struct frame){.s = WARD_NONE});
	return object(t, true);
}

static void run(struct turtle *t)
{
	enum state s = STATEMENT;

	while (!t->err && s != END) {
		if (s == STATEMENT) {
			s = statement(t);
		} else if (s == OBJECT) {
			s = object(t, false);
		} else if (s == AFTER) {
			s = after(t);
		} else if (s == VERB_OR_END && t->depth == 1 && take(t, '.')) {
			t->depth = 0;
			s = STATEMENT;
		} else {
			t->frame[t->depth - 1].p = verb(t);
			s = OBJECT;
		}
	}
}

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

enum ward_err ward_turtle_parse(struct ward_graph *g, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	struct turtle *t = ward_mem_alloc(g->mem, sizeof(*t));
	size_t bad;

	if (!t)
		return WARD_ERR_NOMEM;
	*t = (struct turtle){.g = g,
		.diag = diag,
		.file = file,
		.p = text.p,
		.len = text.len,
		.line = 1,
		.base = {"", 0},
		.text = ward_wr_grow(g->mem, TERM_MAX)};
	ward_arena_init(&t->arena, g->mem, 16 << 20);
	ward_intern_init(&t->prefix, g->mem, PREFIXES_MAX, 1 << 20);
	t->rdf_type = term_z(t, RDF "type");
	t->rdf_first = term_z(t, RDF "first");
	t->rdf_rest = term_z(t, RDF "rest");
	t->rdf_nil = term_z(t, RDF "nil");
	if (text.len > ward_limit(lim, WARD_LIMIT_CONF_BYTES)) {
		refuse(t, "larger than the limit conf.bytes");
	} else if (!ward_utf8_valid(text, &bad)) {
		for (t->off = 0; t->off < bad; t->off++)
			t->line += text.p[t->off] == '\n';
		refuse(t, "text that is not UTF-8");
	} else {
		if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
			t->off = 3;
		run(t);
	}
	enum ward_err err = t->err;

	ward_wr_fini(&t->text);
	ward_intern_fini(&t->prefix);
	ward_arena_fini(&t->arena);
	ward_mem_free(g->mem, t, sizeof(*t));
	return err;
}
