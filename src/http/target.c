#include "http/target.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Each segment names something, and none another place. */
static bool plain(struct ward_str path)
{
	struct ward_str rest = ward_str_sub(path, 1, path.len);

	if (!rest.len)
		return true;
	while (rest.p) {
		struct ward_str part = ward_str_cut(&rest, '/');
		bool last = !rest.p;

		if ((!part.len && !last) || ward_str_eqz(part, ".") || ward_str_eqz(part, ".."))
			return false;
	}
	return true;
}

bool ward_http_path(struct ward_str target, char *to, size_t cap, struct ward_str *ret,
	struct ward_str *ret_query)
{
	struct ward_str query = target, path = ward_str_cut(&query, '?');
	size_t n = 0, off;

	if (!path.len || path.p[0] != '/' || path.len > cap)
		return false;
	for (size_t i = 0; i < path.len; i++) {
		int c = (unsigned char)path.p[i];

		if (c == '%') {
			int a = i + 2 < path.len ? hex(path.p[i + 1]) : -1;
			int b = i + 2 < path.len ? hex(path.p[i + 2]) : -1;

			if (a < 0 || b < 0)
				return false;
			c = a << 4 | b;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || c == '\\')
			return false;
		to[n++] = (char)c;
	}
	struct ward_str decoded = {to, n};

	if (!ward_utf8_valid(ward_str_bytes(decoded), &off) || !plain(decoded))
		return false;
	*ret = decoded;
	*ret_query = query.p ? query : WARD_STR("");
	return true;
}

/* The one that is there; p NULL: none, or several. */
static struct ward_str raw_param(struct ward_str query, const char *key)
{
	struct ward_str found = {NULL, 0};

	while (query.len) {
		struct ward_str value = ward_str_cut(&query, '&');

		if (!ward_str_eqz(ward_str_cut(&value, '='), key) || !value.p)
			continue;
		if (found.p)
			return (struct ward_str){NULL, 0};
		found = value;
	}
	return found;
}

struct ward_str ward_http_param(
	struct ward_str query, const char *key, size_t max, struct ward_wr *w)
{
	const struct ward_str none = {NULL, 0};
	struct ward_str raw = raw_param(query, key);
	size_t from = w->len;

	for (size_t i = 0; i < raw.len; i++) {
		int a, b;

		if (raw.p[i] != '%') {
			ward_wr_ch(w, raw.p[i] == '+' ? ' ' : raw.p[i]);
			continue;
		}
		a = i + 2 < raw.len ? hex(raw.p[i + 1]) : -1;
		b = a >= 0 ? hex(raw.p[i + 2]) : -1;
		if (b < 0)
			return none;
		ward_wr_ch(w, (char)(a << 4 | b));
		i += 2;
	}
	if (!raw.p || ward_wr_bad(w) || w->len - from > max)
		return none;
	return (struct ward_str){(const char *)w->p + from, w->len - from};
}

struct ward_str ward_http_cookie(struct ward_str field, struct ward_str name)
{
	struct ward_str found = {NULL, 0};

	while (field.p) {
		struct ward_str value = ward_str_trim(ward_str_cut(&field, ';'));
		struct ward_str key = ward_str_cut(&value, '=');

		if (!value.p || !ward_str_eq(key, name))
			continue;
		if (found.p)
			return (struct ward_str){NULL, 0};
		found = value;
	}
	return found;
}

/* "q=0", "q=0.000": not at all. */
static bool refused(struct ward_str parameters)
{
	while (parameters.p) {
		struct ward_str q = ward_str_trim(ward_str_cut(&parameters, ';'));
		bool none = q.len > 2 && (q.p[0] == 'q' || q.p[0] == 'Q') && q.p[1] == '=';

		for (size_t i = 2; none && i < q.len; i++)
			none = q.p[i] == '0' || q.p[i] == '.';
		if (none)
			return true;
	}
	return false;
}

bool ward_http_takes(struct ward_str field, struct ward_str coding)
{
	while (field.p) {
		struct ward_str rest = ward_str_cut(&field, ',');
		struct ward_str name = ward_str_trim(ward_str_cut(&rest, ';'));

		if (ward_str_ieq(name, coding))
			return !refused(rest);
	}
	return false;
}

bool ward_http_has_tag(struct ward_str field, struct ward_str tag)
{
	while (field.p) {
		struct ward_str one = ward_str_trim(ward_str_cut(&field, ','));

		if (ward_str_starts(one, WARD_STR("W/")))
			one = ward_str_sub(one, 2, one.len);
		if (ward_str_eq(one, tag) || ward_str_eqz(one, "*"))
			return true;
	}
	return false;
}

struct ward_str ward_http_host(struct ward_str field)
{
	struct ward_str none = {NULL, 0};
	size_t n = 0;

	if (field.len && field.p[0] == '[') {
		while (n < field.len && field.p[n] != ']')
			n++;
		if (n == field.len || n < 2 || (n + 1 < field.len && field.p[n + 1] != ':'))
			return none;
		return ward_str_sub(field, 1, n - 1);
	}
	while (n < field.len && field.p[n] != ':')
		n++;
	for (size_t i = n + 1; i < field.len; i++)
		if (field.p[i] < '0' || field.p[i] > '9')
			return none;
	return n ? ward_str_sub(field, 0, n) : none;
}
