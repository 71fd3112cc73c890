/* Texts that must stand in whatever an expression matches, read off its program. */
#include "detect/fold.h"
#include "detect/regex_impl.h"

enum { TEXT_MAX = 128, TEXT_MIN = 1, ALTERNATIVES_MAX = 64 };

/* Instructions lo to hi - 1, entered at lo and left for hi. */
struct part {
	size_t lo, hi;
};

static size_t target(const struct ward_regex *re, size_t i)
{
	return (size_t)((int64_t)i + re->inst[i].x);
}

static bool jumps(const struct ward_regex *re, size_t i)
{
	return re->inst[i].op == WARD_REGEX_OP_SPLIT || re->inst[i].op == WARD_REGEX_OP_JUMP;
}

/* Nothing leads out of it but to its end. */
static bool closed(const struct ward_regex *re, struct part p)
{
	for (size_t i = p.lo; i < p.hi; i++)
		if (jumps(re, i) && (target(re, i) < p.lo || target(re, i) > p.hi))
			return false;
	return true;
}

static size_t put_utf8(uint32_t c, char *p)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	p[0] = (char)(n == 2 ? 0xc0 | c : n == 3 ? 0xe0 | c : 0xf0 | c);
	return n;
}

/* The longest run of characters that every way through the part takes one after the other. No edge
 * passes over an instruction: then every way leads through it. */
static enum ward_err run_of(
	const struct ward_regex *re, struct part p, struct ward_arena *a, struct ward_str *ret)
{
	char text[TEXT_MAX + 4];
	size_t n = 0, reach = p.lo;
	struct ward_str best = {NULL, 0};

	for (size_t i = p.lo; i <= p.hi; i++) {
		bool all = i < p.hi && reach <= i;
		const struct ward_regex_inst *in = &re->inst[i];

		if (all && (in->op == WARD_REGEX_OP_CHAR || in->op == WARD_REGEX_OP_CHAR_I) &&
			n < TEXT_MAX && (uint32_t)in->x < 0x110000) {
			n += put_utf8(ward_fold_cp((uint32_t)in->x), text + n);
			continue;
		}
		if (n >= TEXT_MIN && n > best.len) {
			best = ward_arena_str(a, (struct ward_str){text, n});
			if (!best.p)
				return WARD_ERR_NOMEM;
		}
		n = 0;
		if (i < p.hi && jumps(re, i) && target(re, i) > reach)
			reach = target(re, i);
	}
	*ret = best;
	return WARD_OK;
}

/* The alternatives of (a|b|c) whose first SPLIT is at i: each but the last ends with a JUMP behind
 * the last. 0: it is something else. */
static size_t alternatives(
	const struct ward_regex *re, size_t i, size_t hi, struct part *out, size_t max, size_t *end)
{
	size_t n = 0;

	*end = 0;
	for (;;) {
		size_t next = re->inst[i].op == WARD_REGEX_OP_SPLIT ? target(re, i) : 0;
		bool more = next > i + 1 && next <= hi &&
			    re->inst[next - 1].op == WARD_REGEX_OP_JUMP &&
			    target(re, next - 1) >= next && target(re, next - 1) <= hi &&
			    (!n || target(re, next - 1) == *end);

		if (!more || n + 2 > max)
			break;
		*end = target(re, next - 1);
		out[n++] = (struct part){i + 1, next - 1};
		i = next;
		if (i >= *end)
			break;
	}
	if (!n)
		return 0;
	out[n++] = (struct part){i, *end};
	for (size_t k = 0; k < n; k++)
		if (!closed(re, out[k]))
			return 0;
	return n;
}

static size_t shortest(const struct ward_str *s, size_t n)
{
	size_t len = n ? SIZE_MAX : 0;

	for (size_t i = 0; i < n; i++)
		len = s[i].len < len ? s[i].len : len;
	return len;
}

enum ward_err ward_regex_need(const struct ward_regex *re, struct ward_arena *a,
	struct ward_str *ret, size_t max, size_t *ret_n)
{
	struct part whole = {0, re->n_inst - 1}, alt[ALTERNATIVES_MAX];
	size_t reach = 0;
	enum ward_err err = run_of(re, whole, a, &ret[0]);

	*ret_n = !err && ret[0].len ? 1 : 0;
	for (size_t i = 0; i < whole.hi && !err; i++) {
		struct ward_str s[ALTERNATIVES_MAX];
		size_t n = 0, end = 0;

		if (reach <= i && re->inst[i].op == WARD_REGEX_OP_SPLIT)
			n = alternatives(re, i, whole.hi, alt,
				max < ALTERNATIVES_MAX ? max : ALTERNATIVES_MAX, &end);
		for (size_t k = 0; k < n && !err; k++)
			err = run_of(re, alt[k], a, &s[k]);
		if (!err && shortest(s, n) > shortest(ret, *ret_n)) {
			memcpy(ret, s, n * sizeof(*s));
			*ret_n = n;
		}
		if (jumps(re, i) && target(re, i) > reach)
			reach = target(re, i);
	}
	return err;
}
