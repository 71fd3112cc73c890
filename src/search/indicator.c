#include "search/indicator.h"

#include "model/addr.h"

enum { KEY_BYTES = 272, TEXT_BYTES_MAX = 256 << 20, NET_BITS = 129 };

struct ward_indicators {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_intern keys; /* kind, length of a network, bytes: id is the index in at */
	struct ward_indicator *at;
	size_t n, cap;
	bool net_len[NET_BITS]; /* networks of that length are in the list */
	/* while an event is looked at */
	uint32_t *ret;
	size_t max, n_ret;
};

/* The key of a term in the table. */
static struct ward_str key_of(
	char buf[KEY_BYTES], enum ward_term_kind kind, uint8_t len, const void *p, size_t n)
{
	WARD_ASSERT(n + 2 <= KEY_BYTES);
	buf[0] = (char)kind;
	buf[1] = (char)len;
	memcpy(buf + 2, p, n);
	return (struct ward_str){buf, n + 2};
}

static bool is_hex(struct ward_str s)
{
	if (s.len != 32 && s.len != 40 && s.len != 64 && s.len != 96 && s.len != 128)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

/* A name of labels with at least one dot, and letters, so that 1.2.3 is none. */
static bool is_domain(struct ward_str s)
{
	bool letter = false;

	if (!memchr(s.p, '.', s.len) || s.p[0] == '.' || s.p[s.len - 1] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		letter |= (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
			    c == '.' || (unsigned char)c >= 0x80))
			return false;
		if (c == '.' && s.p[i + 1] == '.')
			return false;
	}
	return letter;
}

/* Without "[.]", scheme, path, port and a closing dot; folded into buf. */
static struct ward_str plain(struct ward_str s, char buf[WARD_TERM_BYTES_MAX])
{
	struct ward_str none = {NULL, 0};
	size_t scheme = ward_str_find(s, WARD_STR("://")), n = 0;

	if (scheme != SIZE_MAX) {
		s = ward_str_sub(s, scheme + 3, SIZE_MAX);
		s = ward_str_cut(&s, '/');
	}
	if (!ward_term_fold(s, buf))
		return none;
	for (size_t i = 0; i < s.len; i++) {
		struct ward_str rest = {buf + i, s.len - i};
		bool dot = ward_str_starts(rest, WARD_STR("[.]")) ||
			   ward_str_starts(rest, WARD_STR("(.)"));

		buf[n++] = dot ? '.' : buf[i];
		i += dot ? 2 : 0;
	}
	s = (struct ward_str){buf, n};
	if (s.len && s.p[s.len - 1] == '.')
		s.len--;
	if (scheme != SIZE_MAX) {
		struct ward_str rest = s, host = ward_str_cut(&rest, ':');

		if (rest.p && !memchr(rest.p, ':', rest.len))
			s = host;
	}
	return s;
}

/* Kind, key and hash of an indicator; false when it is none. */
static bool classify(struct ward_str s, struct ward_indicator *ret, char key[KEY_BYTES],
	struct ward_str *ret_key, uint8_t *ret_len)
{
	struct ward_cidr net;
	struct ward_addr mapped, around;
	uint8_t mac[6];
	bool host_bits;

	*ret_len = 0;
	if (ward_addr_mac(s, mac)) {
		ret->kind = WARD_TERM_MAC;
		*ret_key = key_of(key, ret->kind, 0, mac, sizeof(mac));
	} else if (ward_addr_parse(s, &net.ip)) {
		ret->kind = WARD_TERM_IP;
		*ret_key = key_of(key, ret->kind, 0, net.ip.b, sizeof(net.ip.b));
	} else if (ward_addr_cidr(s, &net, &host_bits)) {
		bool v4 = net.len >= 96 && ward_addr_is_v4(&net.ip);
		uint8_t within = v4 ? 96 + 24 : 64;

		ret->kind = WARD_TERM_NET;
		*ret_len = net.len;
		*ret_key = key_of(key, ret->kind, net.len, net.ip.b, sizeof(net.ip.b));
		around = ward_addr_cut(&net.ip, within);
		if (!ward_addr_parse(WARD_STR("0.0.0.0"), &mapped))
			return false;
		mapped = ward_addr_cut(&mapped, net.len);
		if (net.len >= within &&
			(net.len >= 96 || memcmp(mapped.b, net.ip.b, sizeof(mapped.b)) != 0))
			ret->hash = ward_term_hash(WARD_TERM_NET, ward_slice_of(around.b, 16));
		return true;
	} else if (is_hex(s)) {
		ret->kind = WARD_TERM_WORD;
		*ret_key = key_of(key, ret->kind, 0, s.p, s.len);
	} else if (is_domain(s)) {
		ret->kind = WARD_TERM_DOMAIN;
		*ret_key = key_of(key, ret->kind, 0, s.p, s.len);
	} else {
		return false;
	}
	ret->hash = ward_term_hash(ret->kind, ward_slice_of(ret_key->p + 2, ret_key->len - 2));
	return true;
}

static enum ward_err add(struct ward_indicators *in, struct ward_str file, struct ward_str text,
	struct ward_str what, struct ward_indicator it, struct ward_diag *diag)
{
	char buf[WARD_TERM_BYTES_MAX], key[KEY_BYTES];
	struct ward_str s = plain(text, buf), k;
	uint32_t id;
	uint8_t len;

	if (!s.len || !classify(s, &it, key, &k, &len)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, it.line,
			WARD_TEXT("'%.*s' is no indicator\nwrite an IP address, a network, a "
				  "hardware address, a domain name or a hash"),
			WARD_STR_ARG(ward_str_sub(text, 0, 80)));
		return WARD_OK;
	}
	enum ward_err err = ward_intern_put(&in->keys, k, &id);

	if (err || id < in->n) /* the first one of its kind stands for those like it */
		return err;
	err = ward_mem_more(
		in->mem, (void *)&in->at, in->n, &in->cap, sizeof(*in->at), WARD_INDICATORS_MAX);
	if (err)
		return err;
	it.text = ward_arena_str(&in->arena, text);
	it.what = ward_arena_str(&in->arena, what);
	if (!it.text.p || !it.what.p)
		return WARD_ERR_NOMEM;
	if (it.kind == WARD_TERM_NET)
		in->net_len[len] = true;
	in->at[in->n++] = it;
	return WARD_OK;
}

static enum ward_err add_line(struct ward_indicators *in, struct ward_str file,
	struct ward_str line, uint32_t number, struct ward_diag *diag)
{
	struct ward_indicator it = {.line = number, .first = INT64_MAX, .last = INT64_MIN};
	size_t n = 0;

	if (!ward_utf8_valid(ward_str_bytes(line), NULL)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, number, "the line is not UTF-8");
		return WARD_OK;
	}
	line = ward_str_trim(line);
	if (!line.len || line.p[0] == '#')
		return WARD_OK;
	while (n < line.len && line.p[n] != ',' && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	struct ward_str what = ward_str_trim(ward_str_sub(line, n, SIZE_MAX));

	if (what.len && what.p[0] == ',')
		what = ward_str_trim(ward_str_sub(what, 1, SIZE_MAX));
	return add(in, file, ward_str_sub(line, 0, n), what, it, diag);
}

enum ward_err ward_indicators_read(struct ward_str file, struct ward_slice text,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_indicators **ret)
{
	struct ward_indicators *in = ward_mem_alloc(mem, sizeof(*in));
	struct ward_str rest = ward_slice_text(text);
	enum ward_err err = WARD_OK;

	if (!in)
		return WARD_ERR_NOMEM;
	in->mem = mem;
	ward_arena_init(&in->arena, mem, TEXT_BYTES_MAX);
	ward_intern_init(&in->keys, mem, WARD_INDICATORS_MAX, TEXT_BYTES_MAX);
	for (uint32_t n = 1; rest.p && rest.len && !err; n++)
		err = add_line(in, file, ward_str_cut(&rest, '\n'), n, diag);
	if (err) {
		ward_indicators_free(in);
		return err;
	}
	*ret = in;
	return WARD_OK;
}

void ward_indicators_free(struct ward_indicators *in)
{
	if (!in)
		return;
	ward_mem_free(in->mem, in->at, in->cap * sizeof(*in->at));
	ward_intern_fini(&in->keys);
	ward_arena_fini(&in->arena);
	ward_mem_free(in->mem, in, sizeof(*in));
}

size_t ward_indicators_n(const struct ward_indicators *in)
{
	return in->n;
}

const struct ward_indicator *ward_indicators_at(const struct ward_indicators *in, size_t i)
{
	WARD_ASSERT(i < in->n);
	return &in->at[i];
}

bool ward_indicators_may(const struct ward_indicators *in, const struct ward_index *ix)
{
	for (size_t i = 0; i < in->n; i++)
		if (!in->at[i].hash || ward_index_may_hold(ix, in->at[i].hash))
			return true;
	return false;
}

static void found(struct ward_indicators *in, struct ward_str key)
{
	uint32_t id = ward_intern_find(&in->keys, key);
	size_t i = 0;

	if (id == WARD_NONE || in->n_ret == in->max)
		return;
	while (i < in->n_ret && in->ret[i] != id)
		i++;
	if (i == in->n_ret)
		in->ret[in->n_ret++] = id;
}

static void on_term(void *ctx, enum ward_term_kind kind, struct ward_slice bytes)
{
	struct ward_indicators *in = ctx;
	char key[KEY_BYTES];
	struct ward_addr ip;

	if (kind == WARD_TERM_NET || kind == WARD_TERM_CLASS || kind == WARD_TERM_SOURCE)
		return;
	found(in, key_of(key, kind, 0, bytes.p, bytes.len));
	if (kind != WARD_TERM_IP)
		return;
	memcpy(ip.b, bytes.p, sizeof(ip.b));
	for (unsigned i = 0; i < NET_BITS; i++) {
		uint8_t len = (uint8_t)i;

		if (!in->net_len[len])
			continue;
		struct ward_addr net = ward_addr_cut(&ip, len);

		found(in, key_of(key, WARD_TERM_NET, len, net.b, sizeof(net.b)));
	}
}

size_t ward_indicators_match(struct ward_indicators *in, const struct ward_event *e,
	const struct ward_names *names, uint32_t *ret, size_t max)
{
	in->ret = ret;
	in->max = max;
	in->n_ret = 0;
	ward_terms_of(e, names, on_term, in);
	for (size_t i = 0; i < in->n_ret; i++) {
		struct ward_indicator *it = &in->at[ret[i]];

		it->n_hit++;
		if (e->time < it->first)
			it->first = e->time;
		if (e->time > it->last)
			it->last = e->time;
	}
	return in->n_ret;
}
