#include "search/term.h"

#include "model/addr.h"

#include <stdio.h>

struct out {
	ward_term_fn fn;
	void *ctx;
};

static void give(const struct out *o, enum ward_term_kind kind, const void *p, size_t len)
{
	o->fn(o->ctx, kind, ward_slice_of(p, len));
}

bool ward_term_fold(struct ward_str s, char ret[WARD_TERM_BYTES_MAX])
{
	if (s.len > WARD_TERM_BYTES_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		ret[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
	return true;
}

/* s and its parents: from each dot on; at least one dot must be left. */
static void domains(const struct out *o, struct ward_str s)
{
	for (size_t n = 0; n < WARD_TERM_PARENTS_MAX; n++) {
		struct ward_str rest = s;

		(void)ward_str_cut(&rest, '.');
		if (!rest.p || !rest.len)
			return;
		give(o, WARD_TERM_DOMAIN, s.p, s.len);
		s = rest;
	}
}

static bool address(const struct out *o, struct ward_str s)
{
	struct ward_addr ip;
	uint8_t mac[6];

	if (ward_addr_mac(s, mac)) {
		give(o, WARD_TERM_MAC, mac, sizeof(mac));
		return true;
	}
	if (!ward_addr_parse(s, &ip))
		return false;
	struct ward_addr net = ward_addr_cut(&ip, ward_addr_is_v4(&ip) ? 96 + 24 : 64);

	give(o, WARD_TERM_IP, ip.b, sizeof(ip.b));
	give(o, WARD_TERM_NET, net.b, sizeof(net.b));
	return true;
}

/* What stands before the last ':', as in 10.0.0.5:443 or www.example.org:443. */
static struct ward_str without_port(struct ward_str s)
{
	size_t i = s.len;

	while (i && s.p[i - 1] != ':')
		i--;
	return i ? ward_str_sub(s, 0, i - 1) : s;
}

/* A word, folded: what else than a word it may be. */
static void other_kinds(const struct out *o, struct ward_str s)
{
	bool colon = memchr(s.p, ':', s.len) != NULL;

	if (!memchr(s.p, '.', s.len))
		return;
	if (address(o, s))
		return;
	struct ward_str host = colon ? without_port(s) : s;
	const char *at = memchr(host.p, '@', host.len);

	if (colon && host.len && address(o, host))
		return;
	if (at)
		host = ward_str_sub(host, (size_t)(at - host.p) + 1, SIZE_MAX);
	domains(o, host);
}

/* Without what every address has. */
static bool is_plain(struct ward_str s)
{
	return !memchr(s.p, '.', s.len) && !memchr(s.p, ':', s.len) && !memchr(s.p, '-', s.len);
}

static bool of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == ':' ||
	       c == '-' || c == '_' || c == '@' || (unsigned char)c >= 0x80;
}

static struct ward_str trimmed(struct ward_str s)
{
	while (s.len && (s.p[s.len - 1] == '.' || s.p[s.len - 1] == ':'))
		s.len--;
	while (s.len && s.p[0] == '.')
		s = ward_str_sub(s, 1, SIZE_MAX);
	return s;
}

static void word(const struct out *o, struct ward_str raw, bool is_whole)
{
	char folded[WARD_TERM_BYTES_MAX];
	struct ward_str s = raw;

	if (!ward_term_fold(raw, folded))
		return;
	s.p = folded;
	if (!is_whole)
		give(o, WARD_TERM_WORD, s.p, s.len);
	if (!is_plain(s) && address(o, s)) /* before trimming: fe80:: is one */
		return;
	s = trimmed(s);
	if (s.len && s.len != raw.len)
		give(o, WARD_TERM_WORD, s.p, s.len);
	if (s.len)
		other_kinds(o, s);
}

void ward_terms_of_text(struct ward_str s, ward_term_fn fn, void *ctx)
{
	struct out o = {fn, ctx};
	char folded[WARD_TERM_BYTES_MAX];
	size_t i = 0;

	if (ward_term_fold(s, folded))
		give(&o, WARD_TERM_WORD, folded, s.len);
	while (i < s.len) {
		size_t from = i;

		while (i < s.len &&
			of_word((char)(s.p[i] | (s.p[i] >= 'A' && s.p[i] <= 'Z' ? 32 : 0))))
			i++;
		if (i > from)
			word(&o, ward_str_sub(s, from, i - from), i - from == s.len);
		else
			i++;
	}
}

static void of_value(const struct out *o, const struct ward_value *v)
{
	char number[24], folded[WARD_TERM_BYTES_MAX];
	int n;

	switch (v->kind) {
	case WARD_VALUE_STR:
		ward_terms_of_text(v->s, o->fn, o->ctx);
		break;
	case WARD_VALUE_NUM:
		if (ward_term_fold(v->s, folded))
			give(o, WARD_TERM_WORD, folded, v->s.len);
		break;
	case WARD_VALUE_INT:
		n = snprintf(number, sizeof(number), "%lld", (long long)v->i);
		give(o, WARD_TERM_WORD, number, (size_t)n);
		break;
	case WARD_VALUE_BOOL:
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
	case WARD_VALUE_RAW: /* events here have none */
		break;
	}
}

static void of_class(const struct out *o, struct ward_str s)
{
	struct ward_str start = ward_str_sub(s, 0, WARD_TERM_BYTES_MAX);
	char folded[WARD_TERM_BYTES_MAX];

	if (!ward_term_fold(start, folded))
		return;
	for (size_t i = 0; i < start.len; i++)
		if (folded[i] == '.')
			give(o, WARD_TERM_CLASS, folded, i);
	if (start.len == s.len)
		give(o, WARD_TERM_CLASS, folded, s.len);
}

void ward_terms_of(
	const struct ward_event *e, const struct ward_names *names, ward_term_fn fn, void *ctx)
{
	struct out o = {fn, ctx};
	struct ward_str source = ward_name_text(names, e->source);

	of_class(&o, ward_name_text(names, e->class));
	give(&o, WARD_TERM_SOURCE, source.p, source.len);
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		if (v->kind != WARD_VALUE_LIST)
			of_value(&o, v);
		for (uint32_t k = 0; v->kind == WARD_VALUE_LIST && k < v->n; k++)
			of_value(&o, &v->item[k]);
	}
}

uint64_t ward_term_hash(enum ward_term_kind kind, struct ward_slice bytes)
{
	return ward_siphash(
		(struct ward_seed){0x5741524454524d31, (uint64_t)kind}, bytes.p, bytes.len);
}
