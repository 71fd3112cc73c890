#include "sense/net/carve/mime.h"

#include "sense/charset.h"
#include "sense/net/text.h"

#include <stdio.h>

enum { VALUE = 512 }; /* bytes of a parameter's value */

/* Up to a sep that is in no quoted string; without the blanks around. */
static struct ward_str cut(struct ward_str *rest, char sep)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < rest->len && (quoted || rest->p[i] != sep); i++) {
		if (quoted && rest->p[i] == '\\' && i + 1 < rest->len)
			i++;
		else if (rest->p[i] == '"')
			quoted = !quoted;
	}
	struct ward_str s = ward_str_sub(*rest, 0, i);

	*rest = i < rest->len ? ward_str_sub(*rest, i + 1, rest->len) : (struct ward_str){NULL, 0};
	return ward_str_trim(s);
}

struct ward_str ward_mime_type(struct ward_str value)
{
	return cut(&value, ';');
}

/* A value without its quotes: the bytes that it stands for. */
static void put_unquoted(struct ward_wr *w, struct ward_str v)
{
	if (!v.len || v.p[0] != '"') {
		ward_wr_str(w, v);
		return;
	}
	for (size_t i = 1; i < v.len && v.p[i] != '"'; i++) {
		if (v.p[i] == '\\' && i + 1 < v.len)
			i++;
		ward_wr_ch(w, v.p[i]);
	}
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* c and two hexadecimal digits for a byte (RFC 3986 2.1; '=' in RFC 2047 4.2). */
static void put_escaped(struct ward_wr *w, struct ward_str s, char c)
{
	for (size_t i = 0; i < s.len; i++) {
		int a = i + 2 < s.len ? hex_of(s.p[i + 1]) : -1,
		    b = i + 2 < s.len ? hex_of(s.p[i + 2]) : -1;

		if (s.p[i] == c && a >= 0 && b >= 0) {
			ward_wr_u8(w, (uint8_t)(a * 16 + b));
			i += 2;
		} else {
			ward_wr_ch(w, c == '=' && s.p[i] == '_' ? ' ' : s.p[i]);
		}
	}
}

/* Bytes of a character set as text. */
static void put_text(struct ward_wr *w, struct ward_slice bytes, struct ward_str set)
{
	char buf[3 * VALUE];
	struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));
	enum ward_charset c = ward_str_ieq(set, WARD_STR("iso-8859-1")) ? WARD_CHARSET_LATIN1
									: ward_charset_find(set);
	size_t used;

	if (c == WARD_CHARSET_LATIN1 || c == WARD_CHARSET_WINDOWS_1252) {
		(void)ward_charset_decode(c, bytes, true, &t, &used);
		bytes = ward_wr_slice(&t);
	}
	ward_net_text(w, bytes, "");
}

/* RFC 2047 2: "=?charset?encoding?text?=" at the front of *s, which moves on behind it. */
static bool put_word(struct ward_wr *w, struct ward_str *s)
{
	struct ward_str rest = ward_str_sub(*s, 2, s->len);
	struct ward_str set = ward_str_cut(&rest, '?'),
			how = rest.p ? ward_str_cut(&rest, '?') : rest;
	size_t end = rest.p ? ward_str_find(rest, WARD_STR("?=")) : SIZE_MAX;
	uint8_t buf[VALUE];
	struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));

	if (end == SIZE_MAX || end > sizeof(buf) || how.len != 1)
		return false;
	struct ward_str text = ward_str_sub(rest, 0, end);

	if (how.p[0] == 'B' || how.p[0] == 'b') {
		struct ward_transfer_state base64 = {0};
		struct ward_slice in = ward_str_bytes(text);

		t.len = ward_transfer_some(
			&base64, WARD_TRANSFER_BASE64, &in, true, buf, sizeof(buf));
	} else if (how.p[0] == 'Q' || how.p[0] == 'q') {
		put_escaped(&t, text, '=');
	} else {
		return false;
	}
	put_text(w, ward_wr_slice(&t), ward_str_cut(&set, '*')); /* RFC 2231 5: a language */
	*s = ward_str_sub(rest, end + 2, rest.len);
	return true;
}

static void put_words(struct ward_wr *w, struct ward_str s)
{
	while (s.len) {
		if (ward_str_starts(s, WARD_STR("=?")) && put_word(w, &s)) {
			/* blanks between two of them are none of the text's */
			struct ward_str next = ward_str_trim(s);

			s = ward_str_starts(next, WARD_STR("=?")) ? next : s;
			continue;
		}
		size_t n = ward_str_find(ward_str_sub(s, 1, s.len), WARD_STR("=?"));

		n = n == SIZE_MAX ? s.len : n + 1;
		ward_net_text(w, ward_slice_of(s.p, n), "");
		s = ward_str_sub(s, n, s.len);
	}
}

/* The i-th piece of name in value: "name*i*=", "name*i="; i < 0: "name*=" alone. */
static bool find(
	struct ward_str value, const char *name, int i, struct ward_str *ret, bool *ret_ext)
{
	char key[40];
	struct ward_str rest = value;
	int n = i < 0 ? snprintf(key, sizeof(key), "%s", name)
		      : snprintf(key, sizeof(key), "%s*%d", name, i);
	struct ward_str plain = {key, n > 0 && n < (int)sizeof(key) ? (size_t)n : 0};

	while (rest.p) {
		struct ward_str v = cut(&rest, ';'), k = ward_str_trim(ward_str_cut(&v, '='));
		bool ext = k.len == plain.len + 1 && k.p[plain.len] == '*';

		if (!v.p || !ward_str_ieq(ward_str_sub(k, 0, plain.len), plain) ||
			(!ext && (k.len != plain.len || i < 0)))
			continue;
		*ret = ward_str_trim(v);
		*ret_ext = ext;
		return true;
	}
	return false;
}

/* RFC 2231 3 and 4: value in pieces, the first of which may say its character set. */
static bool put_pieces(struct ward_str value, const char *name, struct ward_wr *w)
{
	enum { PIECES = 16 };
	uint8_t buf[VALUE];
	struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str piece, set = {NULL, 0};
	bool ext, one = find(value, name, -1, &piece, &ext);

	if (!one && !find(value, name, 0, &piece, &ext))
		return false;
	for (int i = 0; i < PIECES; i++) {
		if (i && (one || !find(value, name, i, &piece, &ext)))
			break;
		if (ext && i == 0) {
			set = ward_str_cut(&piece, '\'');
			(void)ward_str_cut(&piece, '\'');
		}
		if (ext)
			put_escaped(&t, piece, '%');
		else
			put_unquoted(&t, piece);
	}
	put_text(w, ward_wr_slice(&t), set);
	return true;
}

bool ward_mime_param(struct ward_str value, const char *name, struct ward_wr *w)
{
	char buf[VALUE];
	struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str rest = value;

	if (put_pieces(value, name, w))
		return true;
	while (rest.p) {
		struct ward_str v = cut(&rest, ';'), k = ward_str_trim(ward_str_cut(&v, '='));

		if (!v.p || !ward_str_ieq(k, ward_str_z(name)))
			continue;
		put_unquoted(&t, ward_str_trim(v));
		put_words(w, ward_wr_text(&t));
		return true;
	}
	return false;
}

enum ward_transfer ward_transfer_of(struct ward_str value)
{
	struct ward_str s = ward_str_trim(value);

	if (ward_str_ieq(s, WARD_STR("base64")))
		return WARD_TRANSFER_BASE64;
	return ward_str_ieq(s, WARD_STR("quoted-printable")) ? WARD_TRANSFER_QUOTED
							     : WARD_TRANSFER_NONE;
}

static size_t flush(struct ward_transfer_state *s, uint8_t *out)
{
	size_t n = s->n;

	if (n)
		memcpy(out, s->held, n);
	s->n = 0;
	return n;
}

/* RFC 2045 6.7: "=" with two digits is a byte, before a line's end nothing. */
static size_t put_quoted(struct ward_transfer_state *s, uint8_t c, uint8_t *out)
{
	int a = s->n == 2 ? hex_of((char)s->held[1]) : -1, b = hex_of((char)c);

	if (!s->n && c != '=') {
		out[0] = c;
		return 1;
	}
	if (s->n == 2 && a >= 0 && b >= 0) {
		s->n = 0;
		out[0] = (uint8_t)(a * 16 + b);
		return 1;
	}
	if (s->n && c == '\n' && (s->n == 1 || s->held[1] == '\r')) {
		s->n = 0;
		return 0;
	}
	if (s->n < 2 && (!s->n || b >= 0 || c == '\r')) {
		s->held[s->n++] = c;
		return 0;
	}
	size_t n = flush(s, out);

	if (c == '=') {
		s->held[s->n++] = c;
		return n;
	}
	out[n] = c;
	return n + 1;
}

size_t ward_transfer_some(struct ward_transfer_state *s, enum ward_transfer t,
	struct ward_slice *in, bool end, uint8_t *out, size_t cap)
{
	size_t n = 0, i = 0;

	WARD_ASSERT(cap >= 4 && t != WARD_TRANSFER_NONE);
	for (; i < in->len && cap - n >= 4; i++)
		n += t == WARD_TRANSFER_BASE64 ? ward_base64_put(&s->base64, in->p[i], out + n)
					       : put_quoted(s, in->p[i], out + n);
	if (i) /* without bytes there may be no place that they were at */
		*in = ward_slice_of(in->p + i, in->len - i);
	if (end && !in->len && cap - n >= 4)
		n += t == WARD_TRANSFER_BASE64 ? ward_base64_end(&s->base64, out + n)
					       : flush(s, out + n);
	return n;
}
