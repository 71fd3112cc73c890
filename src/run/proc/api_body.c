#include "run/proc/api_body.h"

struct reader {
	const char *p;
	size_t n, i;
	struct ward_wr *scratch;
	const char *why;
};

static bool wrong(struct reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
	return false;
}

static void blanks(struct reader *r)
{
	while (r->i < r->n && strchr(" \t\r\n", r->p[r->i]) && r->p[r->i])
		r->i++;
}

static bool eat(struct reader *r, char c)
{
	blanks(r);
	if (r->i == r->n || r->p[r->i] != c)
		return false;
	r->i++;
	return true;
}

static bool four(struct reader *r, uint32_t *ret)
{
	uint32_t v = 0;

	for (int k = 0; k < 4; k++) {
		char c = r->i < r->n ? r->p[r->i++] : 0;

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (uint32_t)(c - 'A' + 10);
		else
			return wrong(r, "an unknown escape");
	}
	*ret = v;
	return true;
}

static void put_utf8(struct ward_wr *w, uint32_t c)
{
	if (c < 0x80) {
		ward_wr_u8(w, (uint8_t)c);
	} else if (c < 0x800) {
		ward_wr_u8(w, (uint8_t)(0xc0 | c >> 6));
		ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		if (c < 0x10000) {
			ward_wr_u8(w, (uint8_t)(0xe0 | c >> 12));
		} else {
			ward_wr_u8(w, (uint8_t)(0xf0 | c >> 18));
			ward_wr_u8(w, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		}
		ward_wr_u8(w, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

static bool escape(struct reader *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = r->i < r->n ? r->p[r->i++] : 0;
	const char *at = c ? strchr(from, c) : NULL;
	uint32_t a, b;

	if (at) {
		ward_wr_u8(r->scratch, (uint8_t)to[at - from]);
		return true;
	}
	if (c != 'u' || !four(r, &a))
		return wrong(r, "an unknown escape");
	if (a >= 0xd800 && a < 0xdc00) {
		if (r->n - r->i < 6 || r->p[r->i] != '\\' || r->p[r->i + 1] != 'u')
			return wrong(r, "half of a surrogate pair");
		r->i += 2;
		if (!four(r, &b) || b < 0xdc00 || b > 0xdfff)
			return wrong(r, "half of a surrogate pair");
		a = 0x10000 + ((a - 0xd800) << 10) + (b - 0xdc00);
	} else if (a >= 0xdc00 && a <= 0xdfff) {
		return wrong(r, "half of a surrogate pair");
	}
	put_utf8(r->scratch, a);
	return true;
}

/* Behind its first quote. */
static bool text(struct reader *r, struct ward_str *ret)
{
	size_t begin = r->scratch->len;

	while (r->i < r->n) {
		char c = r->p[r->i++];

		if (c == '"') {
			*ret = (struct ward_str){
				(const char *)r->scratch->p + begin, r->scratch->len - begin};
			return !ward_wr_bad(r->scratch) || wrong(r, "too long");
		}
		if ((unsigned char)c < 0x20)
			return wrong(r, "an unescaped control character in a string");
		if (c != '\\')
			ward_wr_u8(r->scratch, (uint8_t)c);
		else if (!escape(r))
			return false;
	}
	return wrong(r, "the text ends inside a string");
}

/* Over what is within the outermost level, which is read again by whoever it is for. */
static bool skip(struct reader *r)
{
	char open[SERVE_DEPTH];
	size_t depth = 0, keep = r->scratch->len;
	struct ward_str s;

	do {
		char c = r->i < r->n ? r->p[r->i++] : 0;

		if (!c)
			return wrong(r, "the text ends inside a value");
		if (c == '"') {
			if (!text(r, &s))
				return false;
			r->scratch->len = keep;
		} else if (c == '{' || c == '[') {
			if (depth == SERVE_DEPTH)
				return wrong(r, "nested too deep");
			open[depth++] = c == '{' ? '}' : ']';
		} else if (c == '}' || c == ']') {
			if (!depth || open[--depth] != c)
				return wrong(r, "a bracket that belongs to none");
		}
	} while (depth);
	return true;
}

static bool scalar(struct reader *r)
{
	size_t begin = r->i;

	while (r->i < r->n && r->p[r->i] && strchr("+-.0123456789aeEflnrstu", r->p[r->i]))
		r->i++;
	return r->i > begin || wrong(r, "a character that cannot stand here");
}

static bool value(struct reader *r, struct serve_member *m)
{
	blanks(r);
	size_t begin = r->i;
	char c = r->i < r->n ? r->p[r->i] : 0;
	bool ok;

	if (c == '"') {
		r->i++;
		m->kind = '"';
		return text(r, &m->value);
	}
	m->kind = c == '{' || c == '[' ? c : '0';
	ok = m->kind == '0' ? scalar(r) : skip(r);
	m->value = (struct ward_str){r->p + begin, r->i - begin};
	return ok;
}

static bool member(struct reader *r, struct serve_body *b)
{
	struct serve_member m;

	if (!eat(r, '"'))
		return wrong(r, "not a JSON object");
	if (!text(r, &m.name))
		return false;
	for (size_t i = 0; i < b->n; i++)
		if (ward_str_eq(b->member[i].name, m.name))
			return wrong(r, "a name that was there before");
	if (b->n == SERVE_MEMBERS)
		return wrong(r, "more members than are known");
	if (!eat(r, ':'))
		return wrong(r, "a name without a value");
	if (!value(r, &m))
		return false;
	b->member[b->n++] = m;
	return true;
}

const char *serve_body_read(struct ward_slice body, struct ward_wr *scratch, struct serve_body *ret)
{
	struct reader r = {.p = (const char *)body.p, .n = body.len, .scratch = scratch};
	size_t off;

	ret->n = 0;
	if (!ward_utf8_valid(body, &off))
		return "not valid UTF-8";
	if (!eat(&r, '{'))
		return "not a JSON object";
	if (!eat(&r, '}')) {
		do
			if (!member(&r, ret))
				return r.why;
		while (eat(&r, ','));
		if (!eat(&r, '}'))
			return "the object has no end";
	}
	blanks(&r);
	return r.i == r.n ? NULL : "more text after the object";
}

static const struct serve_member *find(const struct serve_body *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (ward_str_eqz(b->member[i].name, name))
			return &b->member[i];
	return NULL;
}

struct ward_str serve_body_text(const struct serve_body *b, const char *name)
{
	const struct serve_member *m = find(b, name);

	return m && m->kind == '"' ? m->value : WARD_STR("");
}

struct ward_str serve_body_object(const struct serve_body *b, const char *name)
{
	const struct serve_member *m = find(b, name);

	return m && m->kind == '{' ? m->value : WARD_STR("");
}

struct ward_str serve_body_list(const struct serve_body *b, const char *name)
{
	const struct serve_member *m = find(b, name);

	return m && m->kind == '[' ? m->value : WARD_STR("");
}

static bool next(struct ward_str *list, struct ward_wr *scratch, struct serve_member *ret,
	struct ward_str *ret_raw)
{
	struct reader r = {.p = list->p, .n = list->len, .scratch = scratch};

	if (!eat(&r, '[') && !eat(&r, ','))
		return false;
	blanks(&r);
	size_t begin = r.i;

	if (!value(&r, ret))
		return false;
	*ret_raw = (struct ward_str){list->p + begin, r.i - begin};
	*list = ward_str_sub(*list, r.i, list->len);
	return true;
}

bool serve_body_next(struct ward_str *list, struct ward_wr *scratch, struct ward_str *ret)
{
	struct serve_member m;
	size_t keep = scratch->len;
	bool ok = next(list, scratch, &m, ret);

	scratch->len = keep;
	return ok;
}

bool serve_body_next_text(struct ward_str *list, struct ward_wr *scratch, struct ward_str *ret)
{
	struct ward_str raw, before = *list;
	struct serve_member m;
	size_t keep = scratch->len;
	bool ok = next(list, scratch, &m, &raw);

	scratch->len = keep; /* the next one writes over it */
	if (ok && m.kind == '"')
		*ret = m.value;
	else
		*list = before;
	return ok && m.kind == '"';
}

bool serve_body_u64(const struct serve_body *b, const char *name, uint64_t *ret)
{
	const struct serve_member *m = find(b, name);

	return m && m->kind == '0' && ward_str_u64(m->value, ret);
}

char serve_body_kind(const struct serve_body *b, const char *name)
{
	const struct serve_member *m = find(b, name);

	return m ? m->kind : 0;
}

bool serve_body_odd(const struct serve_body *b, const char *name, bool object)
{
	const struct serve_member *m = find(b, name);

	return m && m->kind != (object ? '{' : '"') && !ward_str_eqz(m->value, "null");
}
