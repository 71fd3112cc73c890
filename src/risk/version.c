#include "risk/version.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

/* The next number or word off *s; empty at the end. */
static struct ward_str next_part(struct ward_str *s)
{
	size_t i = 0, n;

	while (i < s->len && !digit(s->p[i]) && !letter(s->p[i]))
		i++;
	for (n = i; n < s->len; n++)
		if (digit(s->p[i]) ? !digit(s->p[n]) : !letter(s->p[n]))
			break;
	struct ward_str part = ward_str_sub(*s, i, n - i);

	*s = ward_str_sub(*s, n, s->len);
	return part;
}

/* Words before a release stand below nothing, others above. */
static int rank(struct ward_str part)
{
	static const char *const before[] = {"dev", "alpha", "beta", "pre", "rc"};

	for (int i = 0; i < (int)WARD_ARRAY_LEN(before); i++)
		if (ward_str_ieq(part, ward_str_z(before[i])))
			return i - (int)WARD_ARRAY_LEN(before);
	return part.len ? 1 : 0;
}

static bool zero(struct ward_str part)
{
	for (size_t i = 0; i < part.len; i++)
		if (part.p[i] != '0')
			return false;
	return true;
}

static int number_cmp(struct ward_str a, struct ward_str b)
{
	while (a.len && a.p[0] == '0')
		a = ward_str_sub(a, 1, a.len);
	while (b.len && b.p[0] == '0')
		b = ward_str_sub(b, 1, b.len);
	return a.len != b.len ? (a.len < b.len ? -1 : 1) : ward_str_cmp(a, b);
}

static int word_cmp(struct ward_str a, struct ward_str b)
{
	int ra = rank(a), rb = rank(b);

	if (ra != rb || ra <= 0)
		return (ra > rb) - (ra < rb);
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		int c = lower(a.p[i]) - lower(b.p[i]);

		if (c)
			return c < 0 ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static struct ward_str bare(struct ward_str s)
{
	s = ward_str_trim(s);
	if (s.len > 1 && (s.p[0] == 'v' || s.p[0] == 'V') && digit(s.p[1]))
		return ward_str_sub(s, 1, s.len);
	return s;
}

int ward_version_cmp(struct ward_str a, struct ward_str b)
{
	a = bare(a);
	b = bare(b);
	for (;;) {
		struct ward_str x = next_part(&a), y = next_part(&b);
		bool nx = x.len && digit(x.p[0]), ny = y.len && digit(y.p[0]);
		int c;

		while (nx && y.len && !ny && zero(x)) { /* "1.0.0-rc" beside "1-rc" */
			x = next_part(&a);
			nx = x.len && digit(x.p[0]);
		}
		while (ny && x.len && !nx && zero(y)) {
			y = next_part(&b);
			ny = y.len && digit(y.p[0]);
		}

		if (!x.len && !y.len)
			return 0;
		if ((nx || !x.len) && (ny || !y.len)) { /* "1" is "1.0" */
			c = zero(x) && zero(y) ? 0 : number_cmp(x, y);
		} else if ((nx && y.len) || (ny && x.len)) {
			c = nx ? 1 : -1; /* a number stands above a word */
		} else {
			c = word_cmp(x, y);
		}
		if (c)
			return c < 0 ? -1 : 1;
	}
}

/* Does it begin with the parts of `prefix`: "1.4.2" with "1.4"? */
static bool under(struct ward_str version, struct ward_str prefix)
{
	version = bare(version);
	prefix = bare(prefix);
	for (;;) {
		struct ward_str y = next_part(&prefix), x = next_part(&version);

		if (!y.len)
			return true;
		if (!x.len || word_cmp(x, y) || number_cmp(x, y))
			return false;
	}
}

static bool prefixed(struct ward_str *s, const char *word)
{
	struct ward_str w = ward_str_z(word);

	if (s->len < w.len || !ward_str_ieq(ward_str_sub(*s, 0, w.len), w))
		return false;
	*s = ward_str_trim(ward_str_sub(*s, w.len, s->len));
	return true;
}

static bool is_version(struct ward_str s)
{
	s = bare(s);
	for (size_t i = 0; i < s.len; i++)
		if (!digit(s.p[i]) && !letter(s.p[i]) && !strchr(".-_+~:()", s.p[i]))
			return false;
	return s.len && digit(s.p[0]);
}

/* One bound of a range. */
static enum ward_fit in_bound(struct ward_str b, struct ward_str version)
{
	static const struct {
		const char *op;
		int least, most; /* of the comparison, that hold */
	} op[] = {{"<=", -1, 0}, {">=", 0, 1}, {"!=", 2, 2}, {"==", 0, 0}, {"<", -1, -1},
		{">", 1, 1}, {"=", 0, 0}, {"prior to", -1, -1}, {"before", -1, -1},
		{"up to", -1, 0}};
	size_t n = b.len;

	for (size_t i = 0; i < WARD_ARRAY_LEN(op); i++) {
		struct ward_str rest = b;

		if (!prefixed(&rest, op[i].op))
			continue;
		(void)(prefixed(&rest, "versions") || prefixed(&rest, "version"));
		if (!is_version(rest))
			return WARD_FIT_MAYBE;
		int c = ward_version_cmp(version, rest);

		if (op[i].least == 2)
			return c ? WARD_FIT_YES : WARD_FIT_NO;
		return c >= op[i].least && c <= op[i].most ? WARD_FIT_YES : WARD_FIT_NO;
	}
	(void)(prefixed(&b, "versions") || prefixed(&b, "version"));
	n = b.len;
	if (n > 2 && b.p[n - 2] == '.' && strchr("xX*", b.p[n - 1]) &&
		is_version(ward_str_sub(b, 0, n - 2)))
		return under(version, ward_str_sub(b, 0, n - 2)) ? WARD_FIT_YES : WARD_FIT_NO;
	if (!is_version(b))
		return WARD_FIT_MAYBE;
	return ward_version_cmp(version, b) ? WARD_FIT_NO : WARD_FIT_YES;
}

static bool all_versions(struct ward_str r)
{
	static const char *const all[] = {"*", "all", "all versions", "any", "vers:all/*"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_ieq(r, ward_str_z(all[i])))
			return true;
	return !r.len;
}

static bool bounds(struct ward_str b)
{
	return b.len && (b.p[0] == '<' || b.p[0] == '>' || b.p[0] == '!');
}

/* Between '|', ',' and "to": of bounds all must hold, of single versions one. */
static enum ward_fit in_list(struct ward_str r, struct ward_str version)
{
	enum ward_fit every = WARD_FIT_YES, one = WARD_FIT_NO;
	bool bound = false, single = false;

	while (r.len) {
		size_t n = 0;

		while (n < r.len && r.p[n] != '|' && r.p[n] != ',' &&
			!(n && r.p[n] == ' ' && bounds(ward_str_sub(r, n + 1, r.len))))
			n++;
		struct ward_str b = ward_str_trim(ward_str_sub(r, 0, n));
		enum ward_fit f = in_bound(b, version);

		r = ward_str_trim(ward_str_sub(r, n < r.len ? n + 1 : n, r.len));
		if (!b.len)
			continue;
		if (bounds(b)) {
			bound = true;
			every = f < every ? f : every;
		} else {
			single = true;
			one = f > one ? f : one;
		}
	}
	if (bound && single)
		return every > one ? every : one;
	return bound ? every : one;
}

enum ward_fit ward_version_in(struct ward_str range, struct ward_str version)
{
	struct ward_str r = ward_str_trim(range);
	size_t at;

	version = ward_str_trim(version);
	if (all_versions(r))
		return WARD_FIT_YES;
	if (!version.len || !is_version(version))
		return WARD_FIT_MAYBE;
	if (prefixed(&r, "vers:")) {
		at = ward_str_find(r, WARD_STR("/"));
		r = at == SIZE_MAX ? r : ward_str_sub(r, at + 1, r.len);
	}
	at = ward_str_find(r, WARD_STR(" to "));
	if (at != SIZE_MAX && is_version(ward_str_sub(r, 0, at)) &&
		is_version(ward_str_trim(ward_str_sub(r, at + 4, r.len))))
		return ward_version_cmp(version, ward_str_sub(r, 0, at)) >= 0 &&
				       ward_version_cmp(version, ward_str_sub(r, at + 4, r.len)) <=
					       0
			       ? WARD_FIT_YES
			       : WARD_FIT_NO;
	return in_list(r, version);
}
