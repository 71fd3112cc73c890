/* The terms of Turtle: names, texts, numbers. Grammar names stand beside the functions. */
#include "model/import/turtle_int.h"

void ward_turtle_refuse(struct turtle *t, const char *what)
{
	if (t->err)
		return;
	ward_diag_addf(t->diag, WARD_DIAG_ERROR, t->file, t->line,
		WARD_TEXT("not Turtle: %s (byte %zu)\nexport the file again as Turtle"), what,
		t->off);
	t->err = WARD_ERR_CONFIG;
}

bool ward_turtle_ok(struct turtle *t, enum ward_err err)
{
	if (err == WARD_ERR_LIMIT)
		ward_turtle_refuse(
			t, "more terms or triples than are read at once; split the file");
	else if (err && !t->err)
		t->err = err;
	return err == WARD_OK;
}

void ward_turtle_blanks(struct turtle *t)
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

bool ward_turtle_take(struct turtle *t, int c)
{
	ward_turtle_blanks(t);
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
		ward_turtle_refuse(t, "a name or text of more than 64 KiB");
	if (!t->err)
		(void)ward_turtle_ok(t, ward_intern_put(&t->g->term, ward_wr_text(&t->text), &id));
	return id;
}

uint32_t ward_turtle_term_z(struct turtle *t, const char *z)
{
	ward_wr_reset(&t->text);
	ward_wr_z(&t->text, z);
	return term(t);
}

uint32_t ward_turtle_blank_new(struct turtle *t)
{
	ward_wr_reset(&t->text);
	/* No label can hold a '#', so no name in the text is the same. */
	ward_wr_printf(&t->text, "_:#%u", t->n_blank++);
	return term(t);
}

/* UCHAR, after the backslash: n hex digits. */
static void uchar(struct turtle *t, size_t n)
{
	uint8_t b[4] = {0};
	uint32_t c;

	if (t->len - t->off < n ||
		!ward_str_unhex(
			(struct ward_str){(const char *)t->p + t->off, n}, b + 4 - n / 2, n / 2)) {
		ward_turtle_refuse(t, "an escaped character without its hex digits");
		return;
	}
	t->off += n;
	c = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		ward_turtle_refuse(t, "an escaped character that no text may hold");
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
void ward_turtle_iri_text(struct turtle *t)
{
	t->off++;
	ward_wr_reset(&t->text);
	for (;;) {
		int c = at(t, 0);

		if (c == '>')
			break;
		if (c <= ' ' || strchr("<\"{}|^`", c)) {
			ward_turtle_refuse(
				t, "a name in <> that has no end, or a character that it must not");
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
			ward_turtle_refuse(t, "an escape in <> other than \\u and \\U");
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
void ward_turtle_resolve(struct turtle *t)
{
	struct ward_str s = ward_wr_text(&t->text), base = t->base;
	char copy[TURTLE_TERM_MAX];

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
bool ward_turtle_prefix_name(struct turtle *t, struct ward_str *ret)
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
				ward_turtle_refuse(t, "'%' without two hex digits");
				return;
			}
		} else if (c == '\\') {
			if (at(t, 1) < 0 || !strchr("_~.-!$&'()*+,;=/?#@%", at(t, 1))) {
				ward_turtle_refuse(t, "an escape that names do not have");
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

	if (!ward_turtle_prefix_name(t, &name)) {
		ward_turtle_refuse(t, "something that is no name, text or number");
		return WARD_NONE;
	}
	i = ward_intern_find(&t->prefix, name);
	if (i == WARD_NONE) {
		ward_turtle_refuse(t, "a prefix that no @prefix line explains");
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
	ward_turtle_iri_text(t);
	if (!t->err)
		ward_turtle_resolve(t);
	return term(t);
}

/* BLANK_NODE_LABEL */
static uint32_t blank_label(struct turtle *t)
{
	t->off += 2;
	ward_wr_reset(&t->text);
	ward_wr_z(&t->text, "_:");
	if (!name_char(at(t, 0)))
		ward_turtle_refuse(t, "'_:' without a name");
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
	ward_turtle_refuse(t, "an escape that texts do not have");
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
			ward_turtle_refuse(t, "a text that has no end");
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
			ward_turtle_refuse(t, "'@' without a language");
		while (name_char(at(t, 0)))
			t->off++;
	} else if (at(t, 0) == '^' && at(t, 1) == '^') {
		t->off += 2;
		ward_turtle_blanks(t);
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
		ward_turtle_refuse(t, "a number without digits");
	return term(t);
}

bool ward_turtle_word(struct turtle *t, const char *w)
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

/* One term that opens nothing; brackets are the caller's. */
uint32_t ward_turtle_plain(struct turtle *t, bool subject)
{
	int c = at(t, 0);

	if (c == '_' && at(t, 1) == ':')
		return blank_label(t);
	if (!subject && (c == '"' || c == '\''))
		return literal(t);
	if (!subject && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))
		return number(t);
	if (!subject && ward_turtle_word(t, "true"))
		return boolean(t, "true");
	if (!subject && ward_turtle_word(t, "false"))
		return boolean(t, "false");
	return iri(t);
}

uint32_t ward_turtle_verb(struct turtle *t)
{
	ward_turtle_blanks(t);
	if (at(t, 0) == 'a' && !name_char(at(t, 1)) && at(t, 1) != ':' && at(t, 1) != '.') {
		t->off++;
		return t->rdf_type;
	}
	return iri(t);
}
