#include "risk/version.h"

enum { BOUNDS = 64 }; /* of a range; one with more may hold */

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

enum op { LT, LE, GT, GE, NE, EQ, UNDER, HAZY };

struct bound {
	enum op op;
	struct ward_str version;
};

/* "1.0-1.4", "1.0~2": one version with a revision, or all between two? */
static bool two_versions(struct ward_str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		struct ward_str rest = bare(ward_str_sub(s, i + 1, s.len));

		if ((s.p[i] == '-' || s.p[i] == '~') && rest.len && digit(rest.p[0]))
			return true;
	}
	return false;
}

/* One piece of a range. */
static struct bound read_bound(struct ward_str b)
{
	static const struct {
		const char *text;
		enum op op;
	} op[] = {{"<=", LE}, {">=", GE}, {"!=", NE}, {"==", EQ}, {"<", LT}, {">", GT}, {"=", EQ},
		{"prior to", LT}, {"before", LT}, {"up to", LE}};
	struct bound v = {EQ, b};
	size_t n;

	for (size_t i = 0; i < WARD_ARRAY_LEN(op); i++)
		if (prefixed(&v.version, op[i].text)) {
			v.op = op[i].op;
			break;
		}
	(void)(prefixed(&v.version, "versions") || prefixed(&v.version, "version"));
	n = v.version.len;
	if (v.op == EQ && n > 2 && v.version.p[n - 2] == '.' && strchr("xX*", v.version.p[n - 1])) {
		v.version = ward_str_sub(v.version, 0, n - 2);
		v.op = UNDER;
	}
	if (!is_version(v.version))
		v.op = HAZY;
	return v;
}

static bool lower_end(const struct bound *b)
{
	return b->op == GT || b->op == GE;
}

static bool holds(const struct bound *b, struct ward_str version)
{
	int c = ward_version_cmp(version, b->version);

	return b->op == LT ? c < 0 : b->op == LE ? c <= 0 : b->op == GT ? c > 0 : c >= 0;
}

/* As they are written: ">=2.0,<1.4" is no interval, and "<=1.4,>=1.4" none that is meant. */
static bool contradict(const struct bound *b, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		int c = ward_version_cmp(b[i].version, b[i + 1].version);
		bool both = b[i].op == GE && b[i + 1].op == LE;

		if (lower_end(&b[i]) && !lower_end(&b[i + 1]) && (c > 0 || (!c && !both)))
			return true;
		if (!i && !lower_end(&b[i]) && lower_end(&b[i + 1]) && !c)
			return true;
	}
	return false;
}

/* Is it in one of the intervals that the bounds make, by their versions: from each lower end to the
 * upper one above it (VERS)? Where two ends of one kind follow each other and only one holds, it is
 * not known which is meant. */
static enum ward_fit in_intervals(struct bound *b, size_t n, struct ward_str version)
{
	bool from = true, open = false, in = false;

	if (contradict(b, n))
		return WARD_FIT_MAYBE;
	for (size_t i = 1; i < n; i++) {
		struct bound x = b[i];
		size_t k = i;

		for (; k && ward_version_cmp(b[k - 1].version, x.version) > 0; k--)
			b[k] = b[k - 1];
		b[k] = x;
	}
	for (size_t i = 0; i < n; i++) {
		bool h = holds(&b[i], version);

		if (i && lower_end(&b[i - 1]) == lower_end(&b[i]) && holds(&b[i - 1], version) != h)
			return WARD_FIT_MAYBE;
		open = lower_end(&b[i]);
		if (open)
			from = h;
		else
			in = in || (from && h);
	}
	return in || (open && from) ? WARD_FIT_YES : WARD_FIT_NO;
}

static bool all_versions(struct ward_str r)
{
	static const char *const all[] = {"*", "all", "all versions", "any", "vers:all/*"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_ieq(r, ward_str_z(all[i])))
			return true;
	return !r.len;
}

static bool is_end(struct bound b)
{
	return b.op <= GE;
}

static bool sign_at(struct ward_str b)
{
	return b.len && (b.p[0] == '<' || b.p[0] == '>' || b.p[0] == '!');
}

/* The next piece off *r, between '|', ',' and blanks before a sign. */
static struct ward_str next_piece(struct ward_str *r)
{
	size_t n = 0;

	while (n < r->len && r->p[n] != '|' && r->p[n] != ',' &&
		!(n && r->p[n] == ' ' && sign_at(ward_str_sub(*r, n + 1, r->len))))
		n++;
	struct ward_str b = ward_str_trim(ward_str_sub(*r, 0, n));

	*r = ward_str_trim(ward_str_sub(*r, n < r->len ? n + 1 : n, r->len));
	return b;
}

/* One of the single versions or one of the intervals, and none of those left out. */
static enum ward_fit in_list(struct ward_str r, struct ward_str version)
{
	struct bound end[BOUNDS];
	bool one = false, hazy = false, out = false, single = false;
	enum ward_fit fit = WARD_FIT_NO;
	size_t n = 0;

	while (r.len) {
		struct ward_str piece = next_piece(&r);
		struct bound b = read_bound(piece);

		if (!piece.len)
			continue;
		if (is_end(b) && n < BOUNDS) {
			end[n++] = b;
		} else if (b.op == HAZY || is_end(b)) {
			hazy = true;
		} else if (b.op == NE) {
			if (!ward_version_cmp(version, b.version))
				return WARD_FIT_NO;
			out = true;
		} else {
			bool same = b.op == UNDER ? under(version, b.version)
						  : !ward_version_cmp(version, b.version);

			single = true;
			one = one || same;
			hazy = hazy || (b.op == EQ && !same && two_versions(b.version));
		}
	}
	if (one)
		return WARD_FIT_YES;
	if (hazy)
		return WARD_FIT_MAYBE;
	if (n)
		fit = in_intervals(end, n, version);
	return out && !n && !single ? WARD_FIT_YES : fit;
}

static enum ward_fit between(struct ward_str from, struct ward_str to, struct ward_str version)
{
	struct bound b[2] = {{GE, from}, {LE, to}};

	return in_intervals(b, 2, version);
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
		return between(ward_str_sub(r, 0, at), ward_str_sub(r, at + 4, r.len), version);
	return in_list(r, version);
}
