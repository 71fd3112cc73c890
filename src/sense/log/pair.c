#include "sense/log/pair.h"

/* The header fields by their names in the two specifications. */
static const char *const cef_header[] = {"version", "deviceVendor", "deviceProduct",
	"deviceVersion", "deviceEventClassId", "name", "severity"};
static const char *const leef_header[] = {
	"version", "deviceVendor", "deviceProduct", "deviceVersion", "eventId"};

struct ward_pairs ward_pairs_on(enum ward_pair_kind kind, char separator, struct ward_str text)
{
	return (struct ward_pairs){
		.rest = text, .kind = kind, .separator = kind == WARD_PAIR_LEEF ? '\t' : separator};
}

static bool between(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r' || c == '\n';
}

static bool key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == '[' || c == ']';
}

static void skip(struct ward_str *s, size_t n)
{
	*s = ward_str_sub(*s, n, s->len);
}

/* How long the text in quotes is that follows the quote at s[0]; a quote after a backslash does not
 * end it. Without an end: all. */
static size_t quoted(struct ward_str s, char quote, bool *ret_escape)
{
	size_t i = 1;

	*ret_escape = false;
	while (i < s.len && s.p[i] != quote) {
		if (s.p[i] == '\\' && quote == '"') {
			*ret_escape = true;
			i++;
		}
		i++;
	}
	return (i < s.len ? i : s.len) - 1;
}

static void kv_value(struct ward_str *s, struct ward_pair *ret)
{
	char open = s->len ? s->p[0] : 0;
	bool escape = false;
	size_t n = 0;

	if (open == '"' || open == '\'' || open == '<') {
		n = quoted(*s, open == '<' ? '>' : open, &escape);
		ret->value = ward_str_sub(*s, 1, n);
		ret->escape = escape ? '\\' : 0;
		skip(s, n + 2);
		return;
	}
	while (n < s->len && !between(s->p[n]))
		n++;
	ret->value = ward_str_sub(*s, 0, n);
	skip(s, n);
}

static bool kv_next(struct ward_str *s, struct ward_pair *ret)
{
	while (s->len) {
		size_t n = 0, sign = 0;

		while (n < s->len && key_char(s->p[n]))
			n++;
		if (n && n < s->len && s->p[n] == '=')
			sign = 1;
		else if (n && n + 1 < s->len && s->p[n] == ':')
			sign = s->p[n + 1] == '"'                                           ? 1
			       : n + 2 < s->len && s->p[n + 1] == ':' && s->p[n + 2] == '"' ? 2
											    : 0;
		if (sign) {
			ret->key = ward_str_sub(*s, 0, n);
			skip(s, n + sign);
			kv_value(s, ret);
			return true;
		}
		while (n < s->len && !between(s->p[n]))
			n++;
		while (n < s->len && between(s->p[n]))
			n++;
		skip(s, n);
	}
	return false;
}

static bool csv_next(struct ward_pairs *it, struct ward_pair *ret)
{
	struct ward_str *s = &it->rest;

	if (it->end)
		return false;
	if (s->len && s->p[0] == '"') {
		size_t i = 1;

		while (i < s->len && (s->p[i] != '"' || (i + 1 < s->len && s->p[i + 1] == '"'))) {
			if (s->p[i] == '"') {
				ret->escape = '"';
				i++;
			}
			i++;
		}
		ret->value = ward_str_sub(*s, 1, i - 1);
		skip(s, i + 1);
		(void)ward_str_cut(s, it->separator);
	} else {
		ret->value = ward_str_cut(s, it->separator);
	}
	it->end = s->p == NULL;
	return true;
}

/* One header field of CEF or LEEF: to the next '|'. CEF escapes '|' and '\'. */
static struct ward_str header(struct ward_pairs *it, bool escapes, char *ret_escape)
{
	struct ward_str s = it->rest;
	size_t i = 0;

	while (i < s.len && s.p[i] != '|') {
		if (escapes && s.p[i] == '\\') {
			*ret_escape = '=';
			i++;
		}
		i++;
	}
	it->rest = ward_str_sub(s, i + 1, s.len);
	return ward_str_sub(s, 0, i);
}

/* A CEF value goes on to the blank before the next key and its '='; a '\' hides what follows. */
static bool cef_extension(struct ward_pairs *it, struct ward_pair *ret)
{
	struct ward_str *s = &it->rest;
	size_t key = ward_str_find(*s, WARD_STR("=")), blank = SIZE_MAX, i;
	bool clean = false; /* only characters of a key since the last blank */

	if (key == SIZE_MAX)
		return false;
	ret->key = ward_str_trim(ward_str_sub(*s, 0, key));
	skip(s, key + 1);
	for (i = 0; i < s->len; i++) {
		char c = s->p[i];

		if (c == '=' && clean && i > blank + 1)
			break;
		if (c == '\\') {
			ret->escape = '=';
			i++;
			clean = false;
		} else if (c == ' ') {
			blank = i;
			clean = true;
		} else {
			clean &= key_char(c);
		}
	}
	size_t n = i < s->len ? blank : s->len;

	ret->value = ward_str_trim(ward_str_sub(*s, 0, n));
	skip(s, n);
	return true;
}

/* LEEF 2.0 names its separator: a character, or its code as 0x09 or x09; empty is a tab. */
static char leef_separator(struct ward_str s)
{
	size_t x = ward_str_find(s, WARD_STR("x"));
	uint8_t code;

	if (s.len == 1)
		return s.p[0];
	if (x != SIZE_MAX && x <= 1 && s.len - x == 3 &&
		ward_str_unhex(ward_str_sub(s, x + 1, 2), &code, 1))
		return (char)code;
	return '\t';
}

static bool leef_attribute(struct ward_pairs *it, struct ward_pair *ret)
{
	while (!it->end) {
		struct ward_str value = ward_str_cut(&it->rest, it->separator);

		it->end = it->rest.p == NULL;
		ret->key = ward_str_trim(ward_str_cut(&value, '='));
		ret->value = ward_str_trim(value);
		if (value.p && ret->key.len)
			return true;
	}
	return false;
}

static bool leef_next(struct ward_pairs *it, struct ward_pair *ret)
{
	if (it->at == WARD_ARRAY_LEN(leef_header))
		return leef_attribute(it, ret);
	ret->key = ward_str_z(leef_header[it->at]);
	ret->value = header(it, false, &ret->escape);
	if (it->at++ == 0)
		it->end = ward_str_starts(ret->value, WARD_STR("2")); /* borrowed for the version */
	if (it->at < WARD_ARRAY_LEN(leef_header))
		return true;
	/* 2.0 has one field more, but old senders leave it out. */
	struct ward_str rest = it->rest, more = ward_str_cut(&rest, '|');

	if (it->end && rest.p && more.len <= 4) {
		it->separator = leef_separator(more);
		it->rest = rest;
	}
	it->end = false;
	return true;
}

bool ward_pairs_next(struct ward_pairs *it, struct ward_pair *ret)
{
	*ret = (struct ward_pair){.escape = 0};
	switch (it->kind) {
	case WARD_PAIR_KV:
		return kv_next(&it->rest, ret);
	case WARD_PAIR_CSV:
		return csv_next(it, ret);
	case WARD_PAIR_LEEF:
		return leef_next(it, ret);
	case WARD_PAIR_CEF:
		break;
	}
	if (it->at == WARD_ARRAY_LEN(cef_header))
		return cef_extension(it, ret);
	ret->key = ward_str_z(cef_header[it->at++]);
	ret->value = header(it, true, &ret->escape);
	return true;
}

struct ward_str ward_pair_text(const struct ward_pair *p, struct ward_arena *arena)
{
	struct ward_str s = p->value;
	char *to, sign = p->escape == '"' ? '"' : '\\';
	size_t n = 0;

	if (!p->escape || !s.len)
		return s.p ? s : (struct ward_str){"", 0};
	to = ward_arena_alloc(arena, s.len);
	if (!to)
		return (struct ward_str){NULL, 0};
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == sign && i + 1 < s.len) {
			char next = s.p[i + 1];

			if (p->escape == '=')
				c = next == 'n' ? '\n' : next == 'r' ? '\r' : next;
			else if (next == '"' || next == sign)
				c = next;
			i += p->escape == '=' || next == '"' || next == sign;
		}
		to[n++] = c;
	}
	return (struct ward_str){to, n};
}
