#include "respond/playbook/never.h"

#include "base/wr.h"
#include "model/keys.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 255, TEXT_MAX = 16 << 20, ESCAPED_MAX = 4 };

struct ward_playbook_never {
	const struct ward_mem *mem;
	const struct ward_model *m;
	uint32_t n;
	uint32_t *end; /* [n]: the device or door because of which; WARD_NONE: it may be acted on */
};

static bool is_end(const struct ward_model *m, const struct ward_escape *e, uint32_t i)
{
	uint32_t medical = ward_ontology_find(ward_model_ontology(m), WARD_STR("device.medical"));

	if (ward_model_node(m, i)->kind == WARD_NODE_DOOR)
		return !e || !e->known || ward_escape_door(m, e, i);
	return medical != WARD_NONE && ward_model_is(m, i, medical);
}

/* The networks among these have the end of node i, if they had none. */
static void networks_among(
	struct ward_playbook_never *x, uint32_t i, const struct ward_rel *rel, size_t n)
{
	for (size_t j = 0; j < n; j++)
		if (rel[j].type == WARD_REL_CONNECTS &&
			ward_model_node(x->m, rel[j].node)->kind == WARD_NODE_NETWORK &&
			x->end[rel[j].node] == WARD_NONE)
			x->end[rel[j].node] = x->end[i];
}

static void networks_of(struct ward_playbook_never *x, uint32_t i)
{
	uint32_t net = ward_model_node(x->m, i)->network;
	const struct ward_rel *rel;
	size_t n;

	if (net != WARD_NONE && x->end[net] == WARD_NONE)
		x->end[net] = x->end[i];
	rel = ward_model_in(x->m, i, &n);
	networks_among(x, i, rel, n);
	rel = ward_model_out(x->m, i, &n);
	networks_among(x, i, rel, n);
}

static void spread(struct ward_playbook_never *x, const struct ward_escape *e, uint32_t *queue)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < x->n; i++) {
		x->end[i] = is_end(x->m, e, i) ? i : WARD_NONE;
		if (x->end[i] == i)
			queue[n++] = i;
	}
	for (uint32_t at = 0; at < n; at++) {
		size_t n_in;
		const struct ward_rel *in = ward_model_in(x->m, queue[at], &n_in);

		for (size_t k = 0; k < n_in; k++)
			if (in[k].type == WARD_REL_CONTROLS && x->end[in[k].node] == WARD_NONE) {
				x->end[in[k].node] = x->end[queue[at]];
				queue[n++] = in[k].node;
			}
	}
	for (uint32_t at = 0; at < n; at++)
		networks_of(x, queue[at]);
}

enum ward_err ward_playbook_never_new(const struct ward_model *m, const struct ward_escape *escape,
	const struct ward_mem *mem, struct ward_playbook_never **ret)
{
	size_t size = (ward_model_n(m) + (size_t)1) * sizeof(uint32_t);
	struct ward_playbook_never *x = ward_mem_alloc(mem, sizeof(*x));
	uint32_t *end = x ? ward_mem_alloc(mem, size) : NULL;
	uint32_t *queue = end ? ward_mem_alloc(mem, size) : NULL;

	if (queue) {
		*x = (struct ward_playbook_never){mem, m, ward_model_n(m), end};
		spread(x, escape, queue);
		*ret = x;
	} else {
		ward_mem_free(mem, end, size);
		ward_mem_free(mem, x, sizeof(*x));
	}
	ward_mem_free(mem, queue, size);
	return queue ? WARD_OK : WARD_ERR_NOMEM;
}

void ward_playbook_never_free(struct ward_playbook_never *n)
{
	if (!n)
		return;
	ward_mem_free(n->mem, n->end, (n->n + (size_t)1) * sizeof(uint32_t));
	ward_mem_free(n->mem, n, sizeof(*n));
}

bool ward_playbook_never_is_door(const struct ward_playbook_never *n, uint32_t node)
{
	return ward_model_node(n->m, node)->kind == WARD_NODE_DOOR;
}

static uint32_t end_of(const struct ward_playbook_never *x, uint32_t node)
{
	return node == WARD_NONE ? WARD_NONE : x->end[node];
}

/* The host of that address; an address that stands for a network is as good as the network. */
static uint32_t by_address(const struct ward_playbook_never *x, struct ward_str ip)
{
	uint32_t found = end_of(x, ward_model_by_key(x->m, WARD_KEY_IP, ip));

	if (found == WARD_NONE && ward_model_is_group_address(x->m, ip))
		found = end_of(x, ward_model_network_of(x->m, ip));
	return found;
}

/* One to four numbers, decimal, octal or hexadecimal: inet_aton(3). */
static uint32_t by_number(const struct ward_playbook_never *x, const char *s)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr ip;

	if (s[0] < '0' || s[0] > '9' || !inet_aton(s, &ip) ||
		!inet_ntop(AF_INET, &ip, text, sizeof(text)))
		return WARD_NONE;
	return by_address(x, ward_str_z(text));
}

static uint32_t by_name(const struct ward_playbook_never *x, struct ward_str s)
{
	struct ward_str rest = s;
	uint32_t found = end_of(x, ward_model_find(x->m, s));

	for (unsigned k = 0; k < WARD_KEY_N && found == WARD_NONE; k++)
		found = end_of(x, ward_model_by_key(x->m, (enum ward_key_kind)k, s));
	if (found == WARD_NONE)
		found = end_of(x, ward_model_by_host(x->m, s));
	if (found == WARD_NONE)
		found = end_of(x, ward_model_find(x->m, ward_str_cut(&rest, '.')));
	return found == WARD_NONE ? by_address(x, s) : found;
}

static char folded(char c, unsigned how)
{
	if (how == 1 && c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	if (how == 2 && c >= 'a' && c <= 'z')
		return (char)(c - 32);
	return c;
}

/* As it is written, in small letters and in capitals; dots at its ends are no part of a name. */
static uint32_t in_word(const struct ward_playbook_never *x, struct ward_str s)
{
	char buf[NAME_MAX_BYTES + 1];
	uint32_t found = WARD_NONE;

	while (s.len && s.p[0] == '.')
		s = ward_str_sub(s, 1, s.len);
	while (s.len && s.p[s.len - 1] == '.')
		s.len--;
	if (!s.len || s.len > NAME_MAX_BYTES)
		return WARD_NONE;
	for (unsigned how = 0; how < 3 && found == WARD_NONE; how++) {
		for (size_t i = 0; i < s.len; i++)
			buf[i] = folded(s.p[i], how);
		buf[s.len] = 0;
		found = by_name(x, (struct ward_str){buf, s.len});
	}
	return found == WARD_NONE ? by_number(x, buf) : found;
}

/* "ip:fd00::5": an address may begin behind any colon. */
static uint32_t in_colons(const struct ward_playbook_never *x, struct ward_str s)
{
	uint32_t found = WARD_NONE;

	if (s.len > NAME_MAX_BYTES)
		return WARD_NONE;
	for (size_t i = 0; i < s.len && found == WARD_NONE; i++) {
		struct ward_str from = ward_str_sub(s, i, s.len);

		if (i && s.p[i - 1] != ':')
			continue;
		found = by_address(x, from);
		if (found == WARD_NONE)
			found = end_of(x, ward_model_by_key(x->m, WARD_KEY_MAC, from));
	}
	return found;
}

/* 16 bytes, IPv4 mapped (RFC 4291 2.5.5.2), as the model has its keys; *ret_skip bits go before a
 * prefix's. */
static bool address_of(struct ward_str s, uint8_t ret[16], unsigned *ret_skip)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char buf[INET6_ADDRSTRLEN];

	if (s.len >= sizeof(buf))
		return false;
	(void)snprintf(buf, sizeof(buf), "%.*s", WARD_STR_ARG(s));
	memcpy(ret, mapped, sizeof(mapped));
	*ret_skip = 96;
	if (inet_pton(AF_INET, buf, ret + 12) == 1)
		return true;
	*ret_skip = 0;
	return inet_pton(AF_INET6, buf, ret) == 1;
}

/* "10.1.0.0/16": text[from, end) is an address, what follows may be a length. In a URL it is a
 * host, and what follows a path. */
static uint32_t in_prefix(
	const struct ward_playbook_never *x, struct ward_str text, size_t from, size_t end)
{
	size_t digits = end + 1;
	unsigned skip;
	uint8_t ip[16];
	uint64_t len;

	while (digits < text.len && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	if (end >= text.len || text.p[end] != '/' ||
		(from >= 2 && text.p[from - 1] == '/' && text.p[from - 2] == '/') ||
		!ward_str_u64(ward_str_sub(text, end + 1, digits - end - 1), &len) ||
		!address_of(ward_str_sub(text, from, end - from), ip, &skip) || len + skip > 128)
		return WARD_NONE;
	len += skip;
	for (uint32_t k = 0, node;; k++) {
		struct ward_str key = ward_model_key_at(x->m, WARD_KEY_IP, k, &node);
		uint8_t rest = (uint8_t)(len % 8 ? 0xff00 >> len % 8 : 0);

		if (!key.len)
			break;
		if (x->end[node] != WARD_NONE && memcmp(key.p, ip, len / 8) == 0 &&
			(!rest || (((uint8_t)key.p[len / 8] ^ ip[len / 8]) & rest) == 0))
			return x->end[node];
	}
	return end_of(x, ward_model_network_of(x->m, ward_str_sub(text, from, end - from)));
}

static bool alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool in_name(char c)
{
	return alnum(c) || c == '.' || c == '_' || c == '-';
}

static bool in_ipv6(char c)
{
	return alnum(c) || c == '.' || c == ':';
}

/* Of keys that controllers give: "PU/03:1". */
static bool in_key(char c)
{
	return c > ' ' && !strchr("\"'`<>{}[](),;|&=?", c);
}

static uint32_t in_plain(const struct ward_playbook_never *x, struct ward_str s)
{
	bool (*const in[])(char) = {in_name, in_ipv6, in_key};
	uint32_t found = WARD_NONE;

	for (size_t k = 0; k < WARD_ARRAY_LEN(in); k++)
		for (size_t i = 0; i < s.len && found == WARD_NONE; i++) {
			size_t from = i;

			while (i < s.len && in[k](s.p[i]))
				i++;
			if (i == from)
				continue;
			struct ward_str word = ward_str_sub(s, from, i - from);

			found = k == 1 ? in_colons(x, word) : in_word(x, word);
			if (found == WARD_NONE && k < 2)
				found = in_prefix(x, s, from, i);
		}
	return found;
}

/* A character that is written as an escape, ASCII only: "%2D", "\u002d", "\/". Its bytes; 0: none.
 */
static size_t escape(struct ward_str s, char *ret)
{
	uint8_t b[2] = {0};

	if (s.len >= 3 && s.p[0] == '%' && ward_str_unhex(ward_str_sub(s, 1, 2), b, 1)) {
		*ret = (char)b[0];
		return 3;
	}
	if (s.len >= 6 && s.p[0] == '\\' && s.p[1] == 'u' &&
		ward_str_unhex(ward_str_sub(s, 2, 4), b, 2) && b[0] == 0 && b[1] < 0x80) {
		*ret = (char)b[1];
		return 6;
	}
	*ret = '/';
	return s.len >= 2 && s.p[0] == '\\' && s.p[1] == '/' ? 2 : 0;
}

static bool undo(struct ward_str s, struct ward_wr *w)
{
	bool any = false;

	ward_wr_reset(w);
	for (size_t i = 0; i < s.len;) {
		char c;
		size_t n = escape(ward_str_sub(s, i, s.len), &c);

		ward_wr_ch(w, n ? c : s.p[i]);
		any = any || n;
		i += n ? n : 1;
	}
	return any;
}

enum ward_err ward_playbook_never_in(
	const struct ward_playbook_never *n, struct ward_str text, uint32_t *ret)
{
	struct ward_wr w[2] = {ward_wr_grow(n->mem, TEXT_MAX), ward_wr_grow(n->mem, TEXT_MAX)};
	bool bad = false;

	*ret = in_plain(n, text);
	for (unsigned i = 0; i < ESCAPED_MAX && *ret == WARD_NONE && !bad && undo(text, &w[i % 2]);
		i++) {
		bad = ward_wr_bad(&w[i % 2]);
		text = ward_wr_text(&w[i % 2]);
		if (!bad)
			*ret = in_plain(n, text);
	}
	ward_wr_fini(&w[0]);
	ward_wr_fini(&w[1]);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}
