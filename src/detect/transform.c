/* Modifiers that make other texts of a text. Each takes and gives Sigma's notation, so that they
 * can follow each other. */
#include "detect/value.h"

#include "detect/fold.h"

#include <stdio.h>

enum {
	TEXTS_MAX = 8192,     /* of one value */
	TEXT_BYTES = 1 << 16, /* of one text */
	WINDASH_MAX = 4,      /* dashes in one value: 5^4 texts */
};

struct step {
	struct ward_ruleset *rs;
	struct ward_texts out; /* cap TEXTS_MAX */
	struct ward_wr w;
	struct ward_mod_error *error;
};

static enum ward_err refuse(
	struct step *x, enum ward_err err, const char *reason, const char *what, const char *mend)
{
	x->error->reason = reason;
	x->error->mend = mend;
	x->error->what = what;
	return err;
}

/* Adds what was written as a text, and begins the next one. */
static enum ward_err put(struct step *x)
{
	struct ward_str s;

	/* A writer that is not nearly full has failed for want of memory. */
	if (ward_wr_bad(&x->w) && x->w.len < TEXT_BYTES / 4)
		return WARD_ERR_NOMEM;
	if (x->out.n == TEXTS_MAX || ward_wr_bad(&x->w))
		return refuse(x, WARD_ERR_LIMIT, "bad value",
			WARD_TEXT("this value stands for more than 8192 texts, or one of more than "
				  "64 KB"),
			WARD_TEXT("split it"));
	s = ward_arena_str(&x->rs->arena, ward_wr_text(&x->w));
	ward_wr_reset(&x->w);
	if (!s.p)
		return WARD_ERR_NOMEM;
	x->out.s[x->out.n++] = s;
	return WARD_OK;
}

/* A byte that means itself, in Sigma's notation. */
static void plain(struct ward_wr *w, uint8_t byte)
{
	if (byte == '*' || byte == '?' || byte == '\\')
		ward_wr_ch(w, '\\');
	ward_wr_u8(w, byte);
}

/* ---- windash ---- */

static const char *const dashes[] = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};

/* The length of the dash at off, or 0. */
static size_t dash_at(struct ward_str s, size_t off)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(dashes); i++)
		if (ward_str_starts(ward_str_sub(s, off, s.len), ward_str_z(dashes[i])))
			return strlen(dashes[i]);
	return 0;
}

/* Every dash in turn stands for every other. */
static enum ward_err windash(struct step *x, struct ward_str s)
{
	size_t n = 0, total = 1;

	for (size_t off = 0; off < s.len; off++)
		n += dash_at(s, off) > 0;
	if (n > WINDASH_MAX)
		return refuse(x, WARD_ERR_LIMIT, "bad value",
			WARD_TEXT("windash on a value with more than 4 dashes"),
			WARD_TEXT("split it into the values of contains|all|windash"));
	for (size_t i = 0; i < n; i++)
		total *= WARD_ARRAY_LEN(dashes);
	for (size_t k = 0; k < total; k++) {
		size_t rest = k;

		for (size_t off = 0; off < s.len;) {
			size_t len = dash_at(s, off);

			if (!len) {
				ward_wr_ch(&x->w, s.p[off++]);
				continue;
			}
			ward_wr_z(&x->w, dashes[rest % WARD_ARRAY_LEN(dashes)]);
			rest /= WARD_ARRAY_LEN(dashes);
			off += len;
		}
		enum ward_err err = put(x);

		if (err)
			return err;
	}
	return WARD_OK;
}

/* ---- expand ---- */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The name of a placeholder at off: %name%; empty when there is none. */
static struct ward_str placeholder(struct ward_str s, size_t off)
{
	size_t to = off + 1;

	/* Community rules have hyphens in them. */
	while (to < s.len &&
		(is_alnum(s.p[to]) || s.p[to] == '_' || (s.p[to] == '-' && to > off + 1)))
		to++;
	if (s.p[off] != '%' || to == s.len || s.p[to] != '%')
		return (struct ward_str){NULL, 0};
	return ward_str_sub(s, off + 1, to - off - 1);
}

struct piece {
	struct ward_str text; /* before the placeholder */
	const struct ward_value_list *list;
	size_t at; /* which of its values */
};

static enum ward_err find_list(
	struct step *x, struct ward_str name, const struct ward_value_list **ret)
{
	*ret = ward_lists_find(x->rs, name);
	if (*ret)
		return WARD_OK;
	x->error->word = ward_str_sub(name, 0, 100);
	return refuse(x, WARD_ERR_NOT_FOUND, WARD_TEXT("no value list"), NULL,
		WARD_TEXT("write 'lists: {NAME: [values]}' into a file in the hospital's folder "
			  "lists"));
}

/* Splits the text at its placeholders; "\%" is a plain percent sign. */
static enum ward_err pieces(
	struct step *x, struct ward_str s, struct piece *p, size_t max, size_t *n)
{
	struct ward_wr w = ward_wr_grow(x->rs->mem, TEXT_BYTES);
	enum ward_err err = WARD_OK;
	size_t off = 0;

	*n = 0;
	while (!err && *n < max) {
		struct ward_str name = {NULL, 0};
		bool escaped = false;

		ward_wr_reset(&w);
		for (; off < s.len && !name.len; off++) {
			escaped = s.p[off] == '\\' && off + 1 < s.len && s.p[off + 1] == '%';
			name = escaped ? name : placeholder(s, off);
			off += escaped;
			if (name.len)
				off += name.len + 1;
			else
				ward_wr_ch(&w, s.p[off]);
		}
		p[*n] = (struct piece){.text = ward_arena_str(&x->rs->arena, ward_wr_text(&w))};
		if (!p[*n].text.p || ward_wr_bad(&w))
			err = WARD_ERR_NOMEM;
		else if (name.len)
			err = find_list(x, name, &p[*n].list);
		if (!p[(*n)++].list)
			break;
	}
	ward_wr_fini(&w);
	return err;
}

static enum ward_err expand(struct step *x, struct ward_str s)
{
	struct piece p[8];
	size_t n = 0;
	bool more = true;
	enum ward_err err = pieces(x, s, p, WARD_ARRAY_LEN(p), &n);

	if (err)
		return err;
	if (p[n - 1].list)
		return refuse(x, WARD_ERR_LIMIT, "bad value",
			WARD_TEXT("more than 7 placeholders in one value"), WARD_TEXT("split it"));
	while (more && !err) {
		for (size_t i = 0; i < n; i++) {
			ward_wr_str(&x->w, p[i].text);
			if (p[i].list)
				ward_wr_str(&x->w, p[i].list->value[p[i].at]);
		}
		err = put(x);
		more = false;
		for (size_t i = 0; i < n && !more; i++) {
			more = p[i].list && ++p[i].at < p[i].list->n;
			if (!more)
				p[i].at = 0;
		}
	}
	return err;
}

/* ---- encodings ---- */

static void unit(struct ward_wr *w, uint32_t v, bool big)
{
	plain(w, (uint8_t)(big ? v >> 8 : v));
	plain(w, (uint8_t)(big ? v : v >> 8));
}

/* UTF-16 (RFC 2781); wildcards stay what they are. */
static enum ward_err utf16(struct step *x, struct ward_str s, bool mark, bool big)
{
	char text[5];

	if (mark)
		unit(&x->w, 0xfeff, big);
	for (size_t off = 0; off < s.len;) {
		size_t n = 0, len = 0;
		enum ward_pattern_token t = ward_pattern_next(s, &off, &text[n++]);

		if (t != WARD_PATTERN_BYTE) {
			ward_wr_ch(&x->w, text[0]);
			continue;
		}
		/* The rest of the character: its bytes are never escaped. */
		while (n < 4 && off < s.len && ((uint8_t)s.p[off] & 0xc0) == 0x80)
			text[n++] = s.p[off++];
		uint32_t cp = ward_fold_next((struct ward_str){text, n}, 0, &len);

		if (cp > 0x10ffff || len != n)
			return refuse(x, WARD_ERR_MALFORMED, "bad value",
				WARD_TEXT("this value is no text any more and can't be encoded as "
					  "UTF-16"),
				WARD_TEXT("write the encodings in another order"));
		if (cp > 0xffff) {
			unit(&x->w, 0xd800 + ((cp - 0x10000) >> 10), big);
			unit(&x->w, 0xdc00 + ((cp - 0x10000) & 0x3ff), big);
		} else {
			unit(&x->w, cp, big);
		}
	}
	return put(x);
}

/* The bytes that a text without wildcards means. */
static enum ward_err bytes_of(struct step *x, struct ward_str s, uint8_t *out, size_t *ret_n)
{
	*ret_n = 0;
	if (s.len > TEXT_BYTES / 2)
		return refuse(x, WARD_ERR_LIMIT, "bad value",
			WARD_TEXT("a value of more than 32 KB"), WARD_TEXT("split it"));
	for (size_t off = 0; off < s.len;) {
		char c;

		if (ward_pattern_next(s, &off, &c) != WARD_PATTERN_BYTE)
			return refuse(x, WARD_ERR_MALFORMED, "bad value",
				WARD_TEXT("a value with a wildcard can't be encoded in Base64"),
				WARD_TEXT("escape it with a backslash, or split the value there"));
		out[(*ret_n)++] = (uint8_t)c;
	}
	return WARD_OK;
}

/* Base64 (RFC 4648 4) of `skip` unknown bytes and then these: of its characters those that depend
 * on the known bytes only. Without skip and with `whole`, all, and the padding. */
static enum ward_err base64(struct step *x, const uint8_t *b, size_t n, size_t skip, bool whole)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t bits = (skip + n) * 8, first = (skip * 8 + 5) / 6;

	for (size_t i = first; whole ? i * 6 < bits : (i + 1) * 6 <= bits; i++) {
		unsigned v = 0;

		for (size_t k = i * 6; k < i * 6 + 6; k++) {
			bool set = k < bits && (b[k / 8 - skip] >> (7 - k % 8) & 1);

			v = v << 1 | set;
		}
		ward_wr_ch(&x->w, digits[v]);
	}
	for (size_t i = n; whole && i % 3; i++)
		ward_wr_ch(&x->w, '=');
	if (x->w.len == 0)
		return refuse(x, WARD_ERR_MALFORMED, "bad value",
			WARD_TEXT("this value is too short: nothing of it is the same at every "
				  "offset"),
			WARD_TEXT("write a longer one"));
	return put(x);
}

static enum ward_err encode64(struct step *x, struct ward_str s, bool offsets)
{
	uint8_t *b = ward_mem_alloc(x->rs->mem, TEXT_BYTES);
	size_t n = 0;
	enum ward_err err = b ? bytes_of(x, s, b, &n) : WARD_ERR_NOMEM;

	if (!err && !offsets)
		err = base64(x, b, n, 0, true);
	for (size_t skip = 0; skip < 3 && offsets && !err; skip++)
		err = base64(x, b, n, skip, false);
	ward_mem_free(x->rs->mem, b, TEXT_BYTES);
	return err;
}

static enum ward_err apply(struct step *x, enum ward_mod m, struct ward_str s)
{
	switch ((unsigned)m) {
	case WARD_MOD_WINDASH:
		return windash(x, s);
	case WARD_MOD_EXPAND:
		return expand(x, s);
	case WARD_MOD_WIDE:
		return utf16(x, s, false, false);
	case WARD_MOD_UTF16:
		return utf16(x, s, true, false);
	case WARD_MOD_UTF16BE:
		return utf16(x, s, false, true);
	case WARD_MOD_BASE64:
		return encode64(x, s, false);
	default:
		return encode64(x, s, true);
	}
}

enum ward_err ward_mods_apply(struct ward_ruleset *rs, const struct ward_mods *m,
	struct ward_str text, struct ward_texts *ret, struct ward_mod_error *ret_error)
{
	struct step x = {.rs = rs, .error = ret_error};
	struct ward_str one = ward_arena_str(&rs->arena, text);
	struct ward_texts in = {ward_arena_array(&rs->arena, 1, sizeof(one)), 1};
	enum ward_err err = one.p && in.s ? WARD_OK : WARD_ERR_NOMEM;

	if (!err)
		in.s[0] = one;
	x.w = ward_wr_grow(rs->mem, TEXT_BYTES);
	for (size_t k = 0; k < m->n_step && !err; k++) {
		/* Most values become a few texts: room is made for as many as there may be. */
		struct ward_str *room = ward_mem_alloc(rs->mem, TEXTS_MAX * sizeof(*room));

		x.out = (struct ward_texts){room, 0};
		err = room ? WARD_OK : WARD_ERR_NOMEM;
		for (size_t i = 0; i < in.n && !err; i++)
			err = apply(&x, m->step[k], in.s[i]);
		in.n = x.out.n;
		in.s = err ? NULL : ward_arena_array(&rs->arena, in.n + 1, sizeof(*room));
		if (!err && !in.s)
			err = WARD_ERR_NOMEM;
		if (!err && in.n)
			memcpy(in.s, room, in.n * sizeof(*room));
		ward_mem_free(rs->mem, room, TEXTS_MAX * sizeof(*room));
	}
	ward_wr_fini(&x.w);
	if (!err)
		*ret = in;
	return err;
}
