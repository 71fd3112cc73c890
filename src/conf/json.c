/* One JSON text as a tree of struct ward_conf, with an explicit stack. */
#include "conf/conf.h"

enum { DEPTH_MAX = 64, HASHED_KEYS = 16 };

struct level {
	struct ward_conf *node, *last;
	struct ward_str key;  /* map: of the value that comes next */
	struct ward_tab seen; /* map: keys by their text, once there are many */
	bool hashed;
};

struct json {
	struct ward_arena *a;
	struct ward_diag *diag;
	struct ward_str file;
	const uint8_t *p;
	size_t off, len;
	uint32_t line;
	size_t n_left, depth, depth_max;
	struct level level[DEPTH_MAX + 1];
	struct ward_conf *top;
	enum ward_err err;
};

static void refuse(struct json *j, enum ward_err err, const char *what, const char *mend)
{
	if (j->err)
		return;
	ward_diag_addf(j->diag, WARD_DIAG_ERROR, j->file, j->line, WARD_TEXT("%s (byte %zu)\n%s"),
		what, j->off, mend);
	j->err = err;
}

static void malformed(struct json *j, const char *what)
{
	refuse(j, WARD_ERR_CONFIG, what, "export the file again: it must be JSON (RFC 8259)");
}

static int peek(const struct json *j)
{
	return j->off < j->len ? j->p[j->off] : -1;
}

static void blanks(struct json *j)
{
	for (; j->off < j->len; j->off++) {
		uint8_t c = j->p[j->off];

		if (c == '\n')
			j->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool hex4(struct json *j, uint32_t *ret)
{
	uint8_t b[2];

	if (j->len - j->off < 4 ||
		!ward_str_unhex((struct ward_str){(const char *)j->p + j->off, 4}, b, 2))
		return false;
	*ret = (uint32_t)b[0] << 8 | b[1];
	j->off += 4;
	return true;
}

static size_t put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* After "\u". What it writes is never longer than what it was written as. */
static size_t unicode(struct json *j, char *to)
{
	uint32_t c, low;

	if (!hex4(j, &c)) {
		malformed(j, "a \\u escape without four hex digits");
		return 0;
	}
	if (c >= 0xd800 && c < 0xdc00) {
		if (j->len - j->off < 6 || j->p[j->off] != '\\' || j->p[j->off + 1] != 'u') {
			malformed(j, "half of a surrogate pair");
			return 0;
		}
		j->off += 2;
		if (!hex4(j, &low) || low < 0xdc00 || low >= 0xe000) {
			malformed(j, "half of a surrogate pair");
			return 0;
		}
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if ((c >= 0xdc00 && c < 0xe000) || c == 0) {
		malformed(j, "an escaped character that no text may hold");
		return 0;
	}
	return put_utf8(to, c);
}

static size_t escape(struct json *j, char *to)
{
	static const char from[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
	int c = peek(j);

	j->off++;
	if (c == 'u')
		return unicode(j, to);
	for (size_t i = 0; i + 1 < sizeof(from); i++)
		if (c == from[i]) {
			*to = is[i];
			return 1;
		}
	malformed(j, "an escape that JSON does not have");
	return 0;
}

/* A string at its opening quote. Escapes only shorten it. */
static struct ward_str string(struct json *j)
{
	size_t start = ++j->off, end = start, n = 0;

	while (end < j->len && j->p[end] != '"' && j->p[end] >= 0x20)
		end += j->p[end] == '\\' ? 2 : 1;
	if (end >= j->len || j->p[end] != '"') {
		j->off = end < j->len ? end : j->len;
		malformed(j, "a text that has no end on its line");
		return (struct ward_str){"", 0};
	}
	char *to = ward_arena_raw(j->a, end - start + 1);

	if (!to) {
		j->err = WARD_ERR_NOMEM;
		return (struct ward_str){"", 0};
	}
	while (j->off < end && !j->err) {
		uint8_t c = j->p[j->off++];

		if (c == '\\')
			n += escape(j, to + n);
		else
			to[n++] = (char)c;
	}
	j->off++;
	to[n] = 0;
	return (struct ward_str){to, n};
}

static struct ward_conf *node_new(struct json *j, enum ward_conf_kind kind)
{
	struct ward_conf *n;

	if (j->n_left == 0) {
		refuse(j, WARD_ERR_LIMIT, "more values than the limit conf.nodes allows",
			"split the file, or raise the limit");
		return NULL;
	}
	j->n_left--;
	n = ward_arena_alloc(j->a, sizeof(*n));
	if (!n) {
		j->err = WARD_ERR_NOMEM;
		return NULL;
	}
	*n = (struct ward_conf){
		.kind = kind, .line = j->line, .file = j->file, .key = {"", 0}, .text = {"", 0}};
	return n;
}

static void attach(struct json *j, struct ward_conf *n)
{
	struct level *l = j->depth ? &j->level[j->depth - 1] : NULL;

	if (!l) {
		j->top = n;
		return;
	}
	n->key = l->key;
	if (l->last)
		l->last->next = n;
	else
		l->node->child = n;
	l->last = n;
	l->node->n_child++;
}

static bool number_ok(struct ward_str s)
{
	size_t i = s.len && s.p[0] == '-' ? 1 : 0, start = i;

	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == start || (s.p[start] == '0' && i - start > 1))
		return false;
	if (i < s.len && s.p[i] == '.') {
		start = ++i;
		while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == start)
			return false;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.len && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		start = i;
		while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == start)
			return false;
	}
	return i == s.len;
}

/* true, false, null or a number. */
static void word(struct json *j)
{
	size_t start = j->off;

	while (j->off < j->len && j->p[j->off] > ' ' && !strchr(",:[]{}\"", j->p[j->off]))
		j->off++;
	struct ward_str s = {(const char *)j->p + start, j->off - start};
	bool is_null = ward_str_eqz(s, "null");

	if (!is_null && !ward_str_eqz(s, "true") && !ward_str_eqz(s, "false") && !number_ok(s)) {
		j->off = start;
		malformed(j, "neither a text, a number, true, false nor null");
		return;
	}
	struct ward_conf *n = node_new(j, is_null ? WARD_CONF_NULL : WARD_CONF_SCALAR);

	if (!n)
		return;
	n->text = ward_arena_str(j->a, s);
	if (!n->text.p)
		j->err = WARD_ERR_NOMEM;
	attach(j, n);
}

static void open(struct json *j, enum ward_conf_kind kind)
{
	if (j->depth >= j->depth_max) {
		refuse(j, WARD_ERR_LIMIT, "nested deeper than the limit conf.depth allows",
			"raise the limit if the file is right");
		return;
	}
	struct ward_conf *n = node_new(j, kind);

	if (!n)
		return;
	attach(j, n);
	j->level[j->depth++] = (struct level){.node = n};
	j->off++;
}

static void close(struct json *j)
{
	struct level *l = &j->level[--j->depth];

	if (l->hashed)
		ward_tab_fini(&l->seen);
	j->off++;
}

static uint64_t key_hash(const struct level *l, struct ward_str key)
{
	return ward_siphash(l->seen.seed, key.p, key.len);
}

/* Beyond a few keys a table of hashes says which may be twice; the list then decides. */
static bool is_twice(struct json *j, struct level *l, struct ward_str key)
{
	bool new = false;
	void *v;

	if (!l->hashed && l->node->n_child == HASHED_KEYS) {
		ward_tab_init(&l->seen, j->a->mem, sizeof(uint64_t), 0, SIZE_MAX / 2);
		l->hashed = true;
		for (const struct ward_conf *c = l->node->child; c && !j->err; c = c->next) {
			uint64_t h = key_hash(l, c->key);

			j->err = ward_tab_put(&l->seen, &h, &v, NULL);
		}
	}
	if (l->hashed && !j->err) {
		uint64_t h = key_hash(l, key);

		j->err = ward_tab_put(&l->seen, &h, &v, &new);
		if (j->err || new)
			return false;
	}
	for (const struct ward_conf *c = l->node->child; c; c = c->next)
		if (ward_str_eq(c->key, key))
			return true;
	return false;
}

static void key(struct json *j)
{
	struct level *l = &j->level[j->depth - 1];

	if (peek(j) != '"') {
		malformed(j, "a key must be a text in quotes");
		return;
	}
	l->key = string(j);
	if (!j->err && is_twice(j, l, l->key))
		refuse(j, WARD_ERR_DUPLICATE, "a key appears twice in one object",
			"remove one of the two");
	blanks(j);
	if (peek(j) != ':')
		malformed(j, "a key without ':' after it");
	j->off++;
	blanks(j);
}

static void value(struct json *j)
{
	int c = peek(j);

	if (c == '{') {
		open(j, WARD_CONF_MAP);
	} else if (c == '[') {
		open(j, WARD_CONF_SEQ);
	} else if (c == '"') {
		struct ward_conf *n = node_new(j, WARD_CONF_SCALAR);

		if (!n)
			return;
		n->quoted = true;
		n->text = string(j);
		attach(j, n);
	} else {
		word(j);
	}
}

/* What follows a value or an opening bracket: the next value, or the end of what is open. */
static void next(struct json *j)
{
	struct level *l = &j->level[j->depth - 1];
	bool map = l->node->kind == WARD_CONF_MAP;

	blanks(j);
	if (peek(j) == (map ? '}' : ']')) {
		close(j);
		return;
	}
	if (l->last) {
		if (peek(j) != ',') {
			malformed(j, "two values without a comma between them");
			return;
		}
		j->off++;
		blanks(j);
	}
	if (map)
		key(j);
	if (!j->err)
		value(j);
}

static void parse(struct json *j)
{
	blanks(j);
	value(j);
	while (!j->err && j->depth)
		next(j);
	blanks(j);
	if (!j->err && j->off < j->len)
		malformed(j, "something follows the end of the value");
	while (j->depth)
		close(j);
}

enum ward_err ward_conf_json(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, uint32_t line, struct ward_slice text, struct ward_diag *diag,
	const struct ward_conf **ret)
{
	struct json *j = ward_mem_alloc(a->mem, sizeof(*j));
	size_t bad;

	if (!j)
		return WARD_ERR_NOMEM;
	*j = (struct json){.a = a,
		.diag = diag,
		.file = ward_arena_str(a, file),
		.p = text.p,
		.len = text.len,
		.line = line,
		.n_left = ward_limit(lim, WARD_LIMIT_CONF_NODES),
		.depth_max = ward_limit(lim, WARD_LIMIT_CONF_DEPTH)};
	if (j->depth_max > DEPTH_MAX)
		j->depth_max = DEPTH_MAX;
	if (text.len > ward_limit(lim, WARD_LIMIT_CONF_BYTES)) {
		refuse(j, WARD_ERR_LIMIT, "larger than the limit conf.bytes",
			"split the file, or raise the limit");
	} else if (!ward_utf8_valid(text, &bad)) {
		for (size_t i = 0; i < bad; i++)
			j->line += text.p[i] == '\n';
		j->off = bad;
		refuse(j, WARD_ERR_UTF8, "text that is not UTF-8", "save the file as UTF-8");
	} else {
		parse(j);
	}
	enum ward_err err = j->err;

	if (!err)
		*ret = j->top;
	ward_mem_free(a->mem, j, sizeof(*j));
	return err && err != WARD_ERR_NOMEM ? WARD_ERR_CONFIG : err;
}
