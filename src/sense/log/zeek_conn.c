/* conn.log: docs.zeek.org, "conn.log" and base/protocols/conn/main.zeek. */
#include "sense/log/zeek.h"

#include <stdlib.h>

void ward_zeek_init(struct ward_zeek *z, struct ward_names *names, struct ward_shape *shape)
{
	static const char *const name[WARD_ZEEK_KEY_N][2] = {
		[WARD_ZEEK_ORIG_H] = {"id.orig_h", "id_orig_h"},
		[WARD_ZEEK_RESP_H] = {"id.resp_h", "id_resp_h"},
		[WARD_ZEEK_ORIG_P] = {"id.orig_p", "id_orig_p"},
		[WARD_ZEEK_RESP_P] = {"id.resp_p", "id_resp_p"},
		[WARD_ZEEK_DURATION] = {"duration", "duration"},
		[WARD_ZEEK_STATE] = {"conn_state", "conn_state"},
		[WARD_ZEEK_ORIG_PKTS] = {"orig_pkts", "orig_pkts"},
		[WARD_ZEEK_ORIG_BYTES] = {"orig_ip_bytes", "orig_ip_bytes"},
		[WARD_ZEEK_RESP_PKTS] = {"resp_pkts", "resp_pkts"},
		[WARD_ZEEK_RESP_BYTES] = {"resp_ip_bytes", "resp_ip_bytes"},
		[WARD_ZEEK_ORIG_MAC] = {"orig_l2_addr", "orig_l2_addr"},
		[WARD_ZEEK_RESP_MAC] = {"resp_l2_addr", "resp_l2_addr"},
		[WARD_ZEEK_PROTO] = {"proto", "proto"},
		[WARD_ZEEK_SERVICE] = {"service", "service"},
		[WARD_ZEEK_VLAN] = {"vlan", "vlan"},
	};

	*z = (struct ward_zeek){.names = names, .shape = shape};
	ward_flow_names_init(&z->flow, names);
	z->class_conn = ward_name(names, WARD_STR("net.zeek.conn"));
	z->name_path = ward_name(names, WARD_STR("_path"));
	z->name_service = ward_name(names, WARD_STR("zeek.service"));
	for (size_t i = 0; i < WARD_ZEEK_KEY_N; i++)
		for (size_t k = 0; k < 2; k++)
			z->role[i * 2 + k] = ward_shape_watch(shape, name[i][k]);
	for (unsigned k = 0; k < WARD_FLOW_FIELD_N; k++)
		z->flow_role[k] =
			ward_shape_watch(shape, ward_flow_field_name((enum ward_flow_field)k));
}

/* A connection's record. */
struct conn {
	const struct ward_event *e;
	uint16_t at[WARD_ZEEK_KEY_N * 2];
};

static const struct ward_value *get(const struct conn *c, enum ward_zeek_key k)
{
	size_t at = c->at[k * 2] ? c->at[k * 2] : c->at[k * 2 + 1];

	return at ? &c->e->field[at - 1].v : NULL;
}

static struct ward_str text(const struct conn *c, enum ward_zeek_key k)
{
	const struct ward_value *v = get(c, k);

	return v && v->kind == WARD_VALUE_STR ? v->s : (struct ward_str){NULL, 0};
}

/* As ward_event_str: any number's text but a whole one's, too. */
static struct ward_str word(const struct conn *c, enum ward_zeek_key k)
{
	const struct ward_value *v = get(c, k);

	return v && (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM)
		       ? v->s
		       : (struct ward_str){NULL, 0};
}

/* -1: not there, or no count. */
static int64_t number(const struct conn *c, enum ward_zeek_key k)
{
	const struct ward_value *v = get(c, k);

	return v && v->kind == WARD_VALUE_INT && v->i >= 0 ? v->i : -1;
}

/* "12.345": below 10,000 seconds, without exponent, and not so near to half a nanosecond that a
 * double might be rounded to the other side of it. A double's error is less than three parts in
 * 2^53 after multiplying and adding, of 10^13 ns less than 0.004 ns. */
static bool plain_seconds(struct ward_str s, int64_t *ret)
{
	enum { WHOLE = 4, NS = 9, PS = 12 };
	int64_t v = 0;
	size_t i = 0, n = 0;

	for (; i < s.len && i <= WHOLE && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (s.p[i] - '0');
	if (!i || i > WHOLE || i == s.len || s.p[i++] != '.')
		return false;
	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++, n++)
		if (n < PS)
			v = v * 10 + (s.p[i] - '0');
	for (; n < PS; n++)
		v *= 10;
	int64_t ps = v % 1000;

	*ret = v / 1000 + (ps >= 500);
	return i == s.len && (ps < 490 || ps > 510);
}

/* Seconds with a fraction, in JSON also with an exponent; -1: none. */
static int64_t duration_ns(const struct conn *c)
{
	const struct ward_value *v = get(c, WARD_ZEEK_DURATION);
	char digits[48], *end;
	int64_t ns;

	if (v && v->kind == WARD_VALUE_INT)
		return v->i >= 0 && v->i < INT64_MAX / WARD_NS_PER_S ? v->i * WARD_NS_PER_S : -1;
	if (!v || v->kind != WARD_VALUE_NUM || v->s.len >= sizeof(digits))
		return -1;
	if (plain_seconds(v->s, &ns))
		return ns;
	memcpy(digits, v->s.p, v->s.len);
	digits[v->s.len] = 0;
	double s = strtod(digits, &end);

	return *end == 0 && s >= 0 && s < 1e9 ? (int64_t)(s * 1e9 + 0.5) : -1;
}

/* Whether s is the word, which is short and mostly differs at once. */
static bool is(struct ward_str s, const char *word)
{
	size_t i = 0;

	while (i < s.len && word[i] && word[i] == s.p[i])
		i++;
	return i == s.len && !word[i];
}

/* The network sensor's words for how a connection stood when it was last seen. A handshake whose
 * first packet is missing began before: midstream. */
static const char *state_of(struct ward_str s)
{
	static const char *const word[][2] = {
		{"S0", "syn"},
		{"S1", "open"},
		{"SF", "closed"},
		{"REJ", "reset"},
		{"S2", "half_closed"},
		{"S3", "half_closed"},
		{"RSTO", "reset"},
		{"RSTR", "reset"},
		{"RSTOS0", "reset"},
		{"RSTRH", "midstream"},
		{"SH", "syn"},
		{"SHR", "midstream"},
		{"OTH", "midstream"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(word); i++)
		if (is(s, word[i][0]))
			return word[i][1];
	return NULL;
}

/* Zeek's analysers by Ward's names of protocols, in the same order; those that differ. */
static struct ward_str service_word(struct ward_str s)
{
	static const char *const word[][2] = {{"ssl", "tls"}, {"krb", "kerberos"},
		{"krb_tcp", "kerberos"}, {"dnp3_tcp", "dnp3"}, {"ldap_tcp", "ldap"},
		{"ldap_udp", "ldap"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(word); i++)
		if (is(s, word[i][0]))
			return ward_str_z(word[i][1]);
	return s;
}

/* Whether Ward's words for all services are Zeek's. */
static bool same_words(struct ward_str all)
{
	bool same = !ward_str_ends(all, WARD_STR(","));

	while (same && all.len) {
		struct ward_str s = ward_str_cut(&all, ',');

		same = s.len && service_word(s).p == s.p;
	}
	return same;
}

/* The services in Ward's words; Zeek's are kept aside where they differ. */
static enum ward_err services(
	const struct ward_zeek *z, struct ward_str all, struct ward_event *e, struct ward_str *ret)
{
	struct ward_str rest = all;
	char buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	while (rest.len) {
		struct ward_str s = ward_str_cut(&rest, ',');

		if (w.len)
			ward_wr_ch(&w, ',');
		ward_wr_str(&w, service_word(s));
	}
	*ret = all;
	if (ward_wr_bad(&w) || ward_str_eq(ward_wr_text(&w), all))
		return WARD_OK;
	*ret = ward_arena_str(e->arena, ward_wr_text(&w));
	return ret->p ? ward_event_set(e, z->name_service, ward_value_str(all)) : WARD_ERR_NOMEM;
}

/* Makes a flow of what the record says; *ret_duration_ns is how long it lasted, or -1. */
static enum ward_err convert(struct ward_zeek *z, struct ward_event *e, int64_t *ret_duration_ns)
{
	struct ward_flow_record r = ward_flow_record_empty("zeek");
	uint16_t where[WARD_FLOW_FIELD_N];
	struct conn c = {.e = e};

	ward_shape_where(z->shape, z->role, WARD_ARRAY_LEN(c.at), c.at);
	ward_shape_where(z->shape, z->flow_role, WARD_FLOW_FIELD_N, where);
	r.src = text(&c, WARD_ZEEK_ORIG_H);
	r.dst = text(&c, WARD_ZEEK_RESP_H);
	r.src_port = number(&c, WARD_ZEEK_ORIG_P);
	r.dst_port = number(&c, WARD_ZEEK_RESP_P);
	r.proto = word(&c, WARD_ZEEK_PROTO);
	r.src_mac = text(&c, WARD_ZEEK_ORIG_MAC);
	r.dst_mac = text(&c, WARD_ZEEK_RESP_MAC);
	/* of datagrams it says only who sent any */
	if (ward_str_eqz(r.proto, "tcp"))
		r.state = state_of(text(&c, WARD_ZEEK_STATE));
	r.packets = number(&c, WARD_ZEEK_ORIG_PKTS);
	r.bytes = number(&c, WARD_ZEEK_ORIG_BYTES);
	r.packets_back = number(&c, WARD_ZEEK_RESP_PKTS);
	r.bytes_back = number(&c, WARD_ZEEK_RESP_BYTES);
	r.duration_ns = *ret_duration_ns = duration_ns(&c);
	r.vlan = number(&c, WARD_ZEEK_VLAN);
	r.service = word(&c, WARD_ZEEK_SERVICE);
	enum ward_err err = same_words(r.service) ? WARD_OK : services(z, r.service, e, &r.service);

	return err ? err : ward_flow_record_put(&z->flow, &r, where, e);
}

enum ward_err ward_zeek_flow(struct ward_zeek *z, struct ward_event *e)
{
	int64_t duration = -1;
	ward_ns end;

	if (e->class != z->class_conn)
		return WARD_OK;
	enum ward_err err = convert(z, e, &duration);

	if (err) /* more fields than an event may have: it stays as it came */
		return err == WARD_ERR_FOREIGN || err == WARD_ERR_LIMIT ? WARD_OK : err;
	if (duration > 0 && ward_add(e->time, duration, &end))
		e->time = end;
	return WARD_OK;
}
