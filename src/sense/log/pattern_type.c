/* The typed values of a shape: each takes what is its own off the front of a text. */
#include "base/clock.h"
#include "sense/log/pattern_part.h"
#include "sense/log/shape.h"

#include <arpa/inet.h>

static const struct {
	const char *name;
	bool all;
} types[WARD_LOG_TYPE_N] = {
#define X(NAME, name, all) {name, all},
	WARD_LOG_TYPE_LIST(X)
#undef X
};

bool ward_log_type_find(struct ward_str name, enum ward_log_type *ret)
{
	for (unsigned i = 0; i < WARD_LOG_TYPE_N; i++)
		if (ward_str_eqz(name, types[i].name)) {
			*ret = (enum ward_log_type)i;
			return true;
		}
	return false;
}

bool ward_log_type_takes_all(enum ward_log_type t)
{
	return types[t].all;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool hex(char c)
{
	return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The first n bytes of *s, which go. */
static struct ward_str front(struct ward_str *s, size_t n)
{
	struct ward_str taken = ward_str_sub(*s, 0, n);

	*s = ward_str_sub(*s, n, s->len);
	return taken;
}

static bool text_value(struct ward_str s, struct ward_value *ret)
{
	s = ward_str_trim(s);
	*ret = ward_value_str(s);
	if (!s.len || (s.len == 1 && s.p[0] == '-'))
		ret->kind = WARD_VALUE_NULL;
	return true;
}

static bool take_word(struct ward_str *s, struct ward_str stop, struct ward_value *ret)
{
	char end = stop.len ? stop.p[0] : ' ';
	size_t n = 0;

	while (n < s->len && s->p[n] != ' ' && s->p[n] != '\t' && s->p[n] != end)
		n++;
	return n && text_value(front(s, n), ret);
}

/* To the first place where stop is, or to the end when nothing follows. */
static bool take_text(struct ward_str *s, struct ward_str stop, struct ward_value *ret)
{
	size_t n = stop.len ? ward_str_find(*s, stop) : s->len;

	return n != SIZE_MAX && text_value(front(s, n), ret);
}

/* To the last place where stop is: what somebody could have put into the value does not end it. */
static bool take_long(struct ward_str *s, struct ward_str stop, struct ward_value *ret)
{
	if (!stop.len)
		return text_value(front(s, s->len), ret);
	for (size_t n = s->len; n >= stop.len; n--) {
		size_t at = n - stop.len;

		if (s->p[at] == stop.p[0] && memcmp(s->p + at, stop.p, stop.len) == 0)
			return text_value(front(s, at), ret);
	}
	return false;
}

static bool take_number(struct ward_str *s, bool fraction, struct ward_value *ret)
{
	size_t n = s->len && s->p[0] == '-';
	size_t from = n;
	int64_t i;

	while (n < s->len && digit(s->p[n]))
		n++;
	if (n == from) { /* a lone '-' stands for none */
		*s = ward_str_sub(*s, n, s->len);
		*ret = (struct ward_value){.kind = WARD_VALUE_NULL};
		return n == 1;
	}
	if (fraction && n + 1 < s->len && s->p[n] == '.' && digit(s->p[n + 1]))
		for (n++; n < s->len && digit(s->p[n]); n++)
			;
	struct ward_str text = front(s, n);
	enum ward_value_kind kind = ward_number_kind(text, &i);

	/* "007" is no number of JSON: it stays the text that it is. */
	*ret = kind == WARD_VALUE_INT ? ward_value_int(i) : ward_value_str(text);
	if (kind == WARD_VALUE_NUM)
		ret->kind = kind;
	return true;
}

/* The length of a dotted quad at the front, 0 when there is none. */
static size_t quad(struct ward_str s)
{
	size_t n = 0;

	for (int part = 0; part < 4; part++) {
		unsigned v = 0, digits = 0;

		if (part && (n >= s.len || s.p[n++] != '.'))
			return 0;
		for (; n < s.len && digit(s.p[n]) && digits < 4; n++, digits++)
			v = v * 10 + (unsigned)(s.p[n] - '0');
		if (!digits || digits > 3 || v > 255)
			return 0;
	}
	return n;
}

/* An IPv6 address with what may stand for it: a mapped IPv4 address is that address. */
static bool take_ip6(struct ward_str *s, struct ward_value *ret)
{
	static const char mapped[] = "::ffff:";
	char buf[INET6_ADDRSTRLEN];
	uint8_t addr[16];
	size_t n = 0, colons = 0;

	while (n < s->len && n < sizeof(buf) && (hex(s->p[n]) || s->p[n] == ':' || s->p[n] == '.'))
		colons += s->p[n++] == ':';
	while (n && (s->p[n - 1] == '.' || (s->p[n - 1] == ':' && !(n > 1 && s->p[n - 2] == ':'))))
		n--; /* the sentence's, not the address's */
	if (colons < 2 || n >= sizeof(buf))
		return false;
	memcpy(buf, s->p, n);
	buf[n] = 0;
	if (inet_pton(AF_INET6, buf, addr) != 1)
		return false;
	struct ward_str text = front(s, n), four = ward_str_sub(text, 7, text.len);

	if (text.len > 7 && ward_str_ieq(ward_str_sub(text, 0, 7), ward_str_z(mapped)) &&
		quad(four) == four.len)
		text = four;
	if (s->len && s->p[0] == '%') { /* RFC 4007 11: the zone says nothing elsewhere */
		for (n = 1; n < s->len && n < 17 && (letter(s->p[n]) || digit(s->p[n])); n++)
			;
		(void)front(s, n);
	}
	*ret = ward_value_str(text);
	return true;
}

static bool take_ip(struct ward_str *s, struct ward_value *ret)
{
	size_t n = quad(*s);

	bool more = n < s->len && (letter(s->p[n]) || digit(s->p[n]) || s->p[n] == '-');

	/* 192.0.2.7.pool.example.net is a name. */
	more |= n + 1 < s->len && s->p[n] == '.' && (letter(s->p[n + 1]) || digit(s->p[n + 1]));
	if (!n || more)
		return take_ip6(s, ret);
	*ret = ward_value_str(front(s, n));
	return true;
}

/* A name of a host: NULL kind is never given; the caller tells addresses by trying `ip` first. */
static bool take_host(struct ward_str *s, struct ward_value *ret)
{
	size_t n = 0;

	while (n < s->len && n < 255 &&
		(letter(s->p[n]) || digit(s->p[n]) || s->p[n] == '.' || s->p[n] == '-' ||
			s->p[n] == '_'))
		n++;
	while (n > 1 && s->p[n - 1] == '.')
		n--;
	return n && text_value(front(s, n), ret);
}

/* aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff, aabb.ccdd.eeff or aabbccddeeff as the first of them. */
static bool take_mac(struct ward_str *s, struct ward_arena *arena, struct ward_value *ret)
{
	char digits[12], *to;
	size_t n = 0, i = 0;

	while (n < 12 && i < s->len && i < 17) {
		char c = s->p[i];

		if (hex(c))
			digits[n++] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
		else if (n % 2 || !n || (c != ':' && c != '-' && c != '.') || !hex(s->p[i - 1]))
			return false;
		i++;
	}
	if (n < 12 || (i < s->len && hex(s->p[i])))
		return false;
	to = ward_arena_alloc(arena, 17);
	if (!to)
		return false;
	for (size_t k = 0; k < 6; k++) {
		to[3 * k] = digits[2 * k];
		to[3 * k + 1] = digits[2 * k + 1];
		if (k < 5)
			to[3 * k + 2] = ':';
	}
	(void)front(s, i);
	*ret = ward_value_str((struct ward_str){to, 17});
	return true;
}

static bool take_port(struct ward_str *s, struct ward_value *ret)
{
	return take_number(s, false, ret) &&
	       (ret->kind == WARD_VALUE_NULL ||
		       (ret->kind == WARD_VALUE_INT && ret->i >= 0 && ret->i <= 65535));
}

/* As net.flow writes it: a word in lower case, or the number where no word is usual. */
static bool take_proto(struct ward_str *s, struct ward_arena *arena, struct ward_value *ret)
{
	static const struct {
		const char *number, *name;
	} known[] = {{"1", "icmp"}, {"6", "tcp"}, {"17", "udp"}};
	size_t n = 0;

	while (n < s->len && n < 16 && (letter(s->p[n]) || digit(s->p[n]) || s->p[n] == '-'))
		n++;
	if (!n)
		return false;
	struct ward_str text = front(s, n);

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(text, known[i].number) ||
			ward_str_ieq(text, ward_str_z(known[i].name))) {
			*ret = ward_value_str(ward_str_z(known[i].name));
			return true;
		}
	char *low = ward_arena_alloc(arena, n);

	if (!low)
		return false;
	for (size_t i = 0; i < n; i++)
		low[i] = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] - 'A' + 'a')
							      : text.p[i];
	*ret = ward_value_str((struct ward_str){low, n});
	return true;
}

static bool take_quoted(struct ward_str *s, struct ward_arena *arena, struct ward_value *ret)
{
	struct ward_pair pair = {.escape = 0};
	size_t i = 1;

	if (!s->len || s->p[0] != '"')
		return false;
	while (i < s->len && s->p[i] != '"') {
		if (s->p[i] == '\\') {
			pair.escape = '\\';
			i++;
		}
		i++;
	}
	if (i >= s->len)
		return false;
	pair.value = ward_str_sub(*s, 1, i - 1);
	(void)front(s, i + 1);
	struct ward_str text = ward_pair_text(&pair, arena);

	return text.p && text_value(text, ret);
}

bool ward_log_type_take(enum ward_log_type t, struct ward_str *s, struct ward_str stop,
	struct ward_arena *arena, struct ward_value *ret)
{
	size_t n = 0;
	ward_ns time;

	switch (t) {
	case WARD_LOG_TYPE_WORD:
		return take_word(s, stop, ret);
	case WARD_LOG_TYPE_LONG:
		return take_long(s, stop, ret);
	case WARD_LOG_TYPE_INT:
		return take_number(s, false, ret);
	case WARD_LOG_TYPE_NUM:
		return take_number(s, true, ret);
	case WARD_LOG_TYPE_IP:
		return take_ip(s, ret);
	case WARD_LOG_TYPE_HOST:
		return take_ip(s, ret) || take_host(s, ret);
	case WARD_LOG_TYPE_NAME:
		return take_host(s, ret);
	case WARD_LOG_TYPE_MAC:
		return take_mac(s, arena, ret);
	case WARD_LOG_TYPE_PORT:
		return take_port(s, ret);
	case WARD_LOG_TYPE_PROTO:
		return take_proto(s, arena, ret);
	case WARD_LOG_TYPE_QUOTED:
		return take_quoted(s, arena, ret);
	case WARD_LOG_TYPE_TIME:
		if (!ward_log_time_take(s, &time))
			return false;
		*ret = ward_value_int(time);
		return true;
	case WARD_LOG_TYPE_SP:
		while (n < s->len && (s->p[n] == ' ' || s->p[n] == '\t'))
			n++;
		(void)front(s, n);
		*ret = (struct ward_value){.kind = WARD_VALUE_NULL};
		return true;
	case WARD_LOG_TYPE_TEXT:
	case WARD_LOG_TYPE_REST:
	case WARD_LOG_TYPE_KV:
	case WARD_LOG_TYPE_CSV:
	case WARD_LOG_TYPE_CEF:
	case WARD_LOG_TYPE_LEEF:
	case WARD_LOG_TYPE_N:
		break;
	}
	return take_text(s, stop, ret);
}

bool ward_log_type_whole(
	enum ward_log_type t, struct ward_str s, struct ward_arena *arena, struct ward_value *ret)
{
	bool text = t == WARD_LOG_TYPE_TEXT || t == WARD_LOG_TYPE_LONG || t == WARD_LOG_TYPE_REST;

	s = ward_str_trim(s);
	if (text || !s.len)
		return text_value(s, ret);
	return ward_log_type_take(t, &s, (struct ward_str){"", 0}, arena, ret) && !s.len;
}

bool ward_log_type_begins(enum ward_log_type t, char c)
{
	switch (t) {
	case WARD_LOG_TYPE_INT:
	case WARD_LOG_TYPE_NUM:
		return digit(c) || c == '-';
	case WARD_LOG_TYPE_PORT:
		return digit(c) || c == '-';
	case WARD_LOG_TYPE_IP:
		return hex(c) || c == ':';
	case WARD_LOG_TYPE_HOST:
	case WARD_LOG_TYPE_NAME:
		return letter(c) || digit(c) || c == ':' || c == '_' || c == '-' || c == '.';
	case WARD_LOG_TYPE_MAC:
		return hex(c);
	case WARD_LOG_TYPE_QUOTED:
		return c == '"';
	case WARD_LOG_TYPE_TIME:
		return letter(c) || digit(c);
	case WARD_LOG_TYPE_WORD:
	case WARD_LOG_TYPE_TEXT:
	case WARD_LOG_TYPE_LONG:
	case WARD_LOG_TYPE_REST:
	case WARD_LOG_TYPE_PROTO:
	case WARD_LOG_TYPE_SP:
	case WARD_LOG_TYPE_KV:
	case WARD_LOG_TYPE_CSV:
	case WARD_LOG_TYPE_CEF:
	case WARD_LOG_TYPE_LEEF:
	case WARD_LOG_TYPE_N:
		break;
	}
	return true;
}
