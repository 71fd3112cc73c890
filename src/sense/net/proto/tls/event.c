#include "sense/net/proto/tls/flow.h"

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                       \
	X(CLASS, "net.tls")                                \
	X(CLASS_ALERT, "net.tls.alert")                    \
	X(CLASS_CERTIFICATE, "net.tls.client_certificate") \
	X(CLASS_HEARTBEAT, "net.tls.heartbeat")            \
	X(OUTCOME, "tls.outcome")                          \
	X(VERSION, "tls.version")                          \
	X(CLIENT_VERSION, "tls.client_version")            \
	X(VERSIONS, "tls.client_versions")                 \
	X(SERVER_NAME, "tls.server_name")                  \
	X(ALPN, "tls.alpn")                                \
	X(ALPN_CHOSEN, "tls.alpn_chosen")                  \
	X(CARRIES, "tls.carries")                          \
	X(CARRIES_BY, "tls.carries_by")                    \
	X(CIPHERS, "tls.client_ciphers")                   \
	X(CIPHERS_SEEN, "tls.client_ciphers_seen")         \
	X(CIPHER, "tls.cipher")                            \
	X(EXTENSIONS, "tls.client_extensions")             \
	X(SERVER_EXTENSIONS, "tls.server_extensions")      \
	X(GROUPS, "tls.client_groups")                     \
	X(GROUP, "tls.group")                              \
	X(SIGNATURES, "tls.client_signature_algorithms")   \
	X(JA3, "tls.ja3")                                  \
	X(JA3S, "tls.ja3s")                                \
	X(JA4, "tls.ja4")                                  \
	X(RETRY, "tls.hello_retry")                        \
	X(RESUMED, "tls.resumed")                          \
	X(FALLBACK, "tls.fallback")                        \
	X(OBSOLETE, "tls.obsolete")                        \
	X(ANOMALY, "tls.anomaly")                          \
	X(ALERT, "tls.alert")                              \
	X(ALERT_FATAL, "tls.alert_fatal")                  \
	X(ALERT_BY, "tls.alert_by")                        \
	X(CERTIFICATES, "tls.certificates")                \
	X(SUBJECT, "tls.cert.subject")                     \
	X(ISSUER, "tls.cert.issuer")                       \
	X(SERIAL, "tls.cert.serial")                       \
	X(NOT_BEFORE, "tls.cert.not_before")               \
	X(NOT_AFTER, "tls.cert.not_after")                 \
	X(SAN, "tls.cert.san")                             \
	X(SANS_SEEN, "tls.cert.sans_seen")                 \
	X(SHA256, "tls.cert.sha256")                       \
	X(SELF_SIGNED, "tls.cert.self_signed")             \
	X(EXPIRED, "tls.cert.expired")                     \
	X(EARLY, "tls.cert.not_yet_valid")                 \
	X(UNREADABLE, "tls.cert.unreadable")               \
	X(CLAIMED, "tls.heartbeat_claimed")                \
	X(THERE, "tls.heartbeat_bytes")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

enum { ANOMALIES = 3 };

bool ward_tls_name_at(size_t i, struct ward_wr *w)
{
	static const char *const name[] = {
#define X(IDENT, name) name,
		NAME_LIST(X)
#undef X
	};

	if (i >= NAME_N)
		return false;
	ward_wr_z(w, name[i]);
	return true;
}

/* At most cap numbers of two bytes. */
static uint16_t keep_list(uint16_t *ret, size_t cap, struct ward_slice list)
{
	struct ward_rd r = ward_rd_slice(list);
	uint16_t n = 0;

	while (n < cap && ward_rd_left(&r) >= 2)
		ret[n++] = ward_rd_be16(&r);
	return n;
}

static uint16_t keep_types(uint16_t *ret, size_t cap, struct ward_slice extensions)
{
	struct ward_rd r = ward_rd_slice(extensions);
	uint16_t n = 0;

	while (n < cap && ward_rd_left(&r)) {
		ret[n++] = ward_rd_be16(&r);
		ward_rd_skip(&r, ward_rd_be16(&r));
	}
	return n;
}

/* Whole entries only, so that the copy can be read as the original. */
static uint8_t keep_alpn(char *ret, struct ward_slice alpn)
{
	struct ward_rd r = ward_rd_slice(alpn);
	size_t n = 0;

	while (ward_rd_left(&r)) {
		ward_rd_skip(&r, ward_rd_u8(&r));
		if (ward_rd_bad(&r) || r.off > WARD_TLS_KEPT_ALPN)
			break;
		n = r.off;
	}
	if (n)
		memcpy(ret, alpn.p, n);
	return (uint8_t)n;
}

static void keep(struct ward_tls_hello_kept *k, const struct ward_tls_hello *h)
{
	memset(k, 0, sizeof(*k));
	k->is = true;
	k->version = h->version;
	k->highest = ward_tls_hello_version(h);
	k->n_session =
		h->session.len < sizeof(k->session) ? (uint8_t)h->session.len : sizeof(k->session);
	if (k->n_session)
		memcpy(k->session, h->session.p, k->n_session);
	k->n_extension = keep_types(k->extension, WARD_TLS_KEPT_SMALL, h->extensions);
	k->n_group = keep_list(k->group, WARD_TLS_KEPT_SMALL, h->groups);
	k->n_signature = keep_list(k->signature, WARD_TLS_KEPT_SMALL, h->signatures);
	k->n_version = keep_list(k->version_list, WARD_TLS_KEPT_SMALL, h->versions);
	k->n_alpn = keep_alpn(k->alpn, h->alpn);
	struct ward_wr w = ward_wr_fixed(k->name, sizeof(k->name));

	ward_text_ascii(&w, h->name, sizeof(k->name));
	k->n_name = (uint8_t)w.len;
}

/* SSL 2 has three bytes per cipher: those with a leading zero are of SSL 3 and TLS. */
static void keep_ssl2(struct ward_tls_hello_kept *k, struct ward_slice ciphers)
{
	struct ward_rd r = ward_rd_slice(ciphers);

	while (ward_rd_left(&r) >= 3 && k->n_cipher < WARD_TLS_KEPT_CIPHERS) {
		uint32_t v = ward_rd_be24(&r);

		if (v <= UINT16_MAX)
			k->cipher[k->n_cipher++] = (uint16_t)v;
	}
}

void ward_tls_keep_client(struct ward_tls_flow *f, const struct ward_tls_hello *h, bool side)
{
	struct ward_tls_hello_kept *k = &f->client;
	bool ssl2 = h->ciphers.len % 2 || h->version == WARD_TLS_SSL2 || h->random.len != 32;
	struct ward_rd r = ward_rd_slice(h->ciphers);

	f->client_side = side;
	keep(k, h);
	if (f->side[side].ssl2 || ssl2) {
		keep_ssl2(k, h->ciphers);
		return;
	}
	k->n_cipher = keep_list(k->cipher, WARD_TLS_KEPT_CIPHERS, h->ciphers);
	k->all_ciphers = (uint16_t)(h->ciphers.len / 2);
	while (ward_rd_left(&r))
		k->fallback |= ward_rd_be16(&r) == WARD_TLS_FALLBACK;
	(void)ward_tls_ja3(h, k->ja3);
	(void)ward_tls_ja4(h, 't', k->ja4);
}

void ward_tls_keep_server(struct ward_tls_flow *f, const struct ward_tls_hello *h)
{
	static const uint8_t sentinel[] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};
	struct ward_tls_hello_kept *k = &f->server;

	keep(k, h);
	k->n_cipher = keep_list(k->cipher, 1, h->ciphers);
	k->share = h->group;
	k->sentinel =
		memcmp(h->random.p + 24, sentinel, sizeof(sentinel)) == 0 && h->random.p[31] <= 1;
	(void)ward_tls_ja3s(h, k->ja3);
}

static void put_numbers(const struct ward_dissect *d, enum name field, const uint16_t *v, size_t n)
{
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < n; i++)
		item[i] = ward_value_int(v[i]);
	ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_version(const struct ward_dissect *d, enum name field, unsigned version)
{
	const char *name = ward_tls_version_name(version);

	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		ward_emit_int(d->net, d->name[field], version);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_str s)
{
	if (s.len)
		ward_emit_str(d->net, d->name[field], s);
}

/* A copy of each text in the event, as a list. */
static void put_texts(
	const struct ward_dissect *d, enum name field, const struct ward_str *s, size_t n)
{
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < n; i++) {
		struct ward_str copy = ward_arena_str(&d->net->arena, s[i]);

		if (!copy.p)
			return;
		item[i] = ward_value_str(copy);
	}
	ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_alpn(
	const struct ward_dissect *d, enum name field, const struct ward_tls_hello_kept *k)
{
	struct ward_rd r = ward_rd_from(k->alpn, k->n_alpn);
	struct ward_str name[WARD_TLS_KEPT_ALPN];
	char text[WARD_TLS_KEPT_ALPN];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	size_t n = 0;

	while (ward_rd_left(&r)) { /* each takes a byte at least: n <= n_alpn */
		struct ward_slice s = ward_rd_bytes(&r, ward_rd_u8(&r));
		size_t from = w.len;

		ward_text_ascii(&w, s, s.len);
		name[n++] = (struct ward_str){text + from, w.len - from};
	}
	put_texts(d, field, name, n);
}

static void put_client(const struct ward_dissect *d, const struct ward_tls_hello_kept *k)
{
	if (!k->is)
		return;
	put_version(d, NAME_CLIENT_VERSION, k->version);
	put_numbers(d, NAME_VERSIONS, k->version_list, k->n_version);
	put_text(d, NAME_SERVER_NAME, (struct ward_str){k->name, k->n_name});
	put_alpn(d, NAME_ALPN, k);
	put_numbers(d, NAME_CIPHERS, k->cipher, k->n_cipher);
	if (k->all_ciphers > k->n_cipher)
		ward_emit_int(d->net, d->name[NAME_CIPHERS_SEEN], k->all_ciphers);
	put_numbers(d, NAME_EXTENSIONS, k->extension, k->n_extension);
	put_numbers(d, NAME_GROUPS, k->group, k->n_group);
	put_numbers(d, NAME_SIGNATURES, k->signature, k->n_signature);
	put_text(d, NAME_JA3, ward_str_z(k->ja3));
	put_text(d, NAME_JA4, ward_str_z(k->ja4));
	if (k->fallback)
		ward_emit_bool(d->net, d->name[NAME_FALLBACK], true);
}

static void put_server(const struct ward_dissect *d, const struct ward_tls_hello_kept *k)
{
	if (!k->is)
		return;
	put_version(d, NAME_VERSION, k->highest);
	ward_emit_int(d->net, d->name[NAME_CIPHER], k->cipher[0]);
	put_numbers(d, NAME_SERVER_EXTENSIONS, k->extension, k->n_extension);
	put_alpn(d, NAME_ALPN_CHOSEN, k);
	if (k->share)
		ward_emit_int(d->net, d->name[NAME_GROUP], k->share);
	put_text(d, NAME_JA3S, ward_str_z(k->ja3));
}

static void put_carried(const struct ward_dissect *d, const struct ward_tls_flow *f)
{
	bool by_client = !d->from_client == f->client_side;
	enum ward_tls_carries_by by;
	const char *name =
		ward_tls_carries(f, by_client ? d->packet->dst_port : d->packet->src_port, &by);

	if (!name)
		return;
	ward_emit_z(d->net, d->name[NAME_CARRIES], name);
	ward_emit_z(
		d->net, d->name[NAME_CARRIES_BY], by == WARD_TLS_CARRIES_BY_ALPN ? "alpn" : "port");
}

static bool offered(const struct ward_tls_hello_kept *c, uint16_t cipher)
{
	for (size_t i = 0; i < c->n_cipher; i++)
		if (c->cipher[i] == cipher)
			return true;
	return c->all_ciphers > c->n_cipher; /* not all were kept */
}

/* What an honest server does not do. */
static void put_anomalies(const struct ward_dissect *d, const struct ward_tls_flow *f)
{
	const struct ward_tls_hello_kept *c = &f->client, *s = &f->server;
	struct ward_str what[ANOMALIES];
	size_t n = 0;

	if (!c->is || !s->is)
		return;
	if (s->highest > c->highest)
		what[n++] = WARD_STR("version-not-offered");
	if (s->sentinel && s->highest < c->highest)
		what[n++] = WARD_STR("downgrade");
	if (!offered(c, s->cipher[0]))
		what[n++] = WARD_STR("cipher-not-offered");
	put_texts(d, NAME_ANOMALY, what, n);
}

static void put_times(const struct ward_dissect *d, const struct ward_tls_cert *c)
{
	const ward_ns time[] = {c->not_before, c->not_after}, now = d->net->frame->time;
	static const enum name field[] = {NAME_NOT_BEFORE, NAME_NOT_AFTER};

	if (!c->has_times)
		return;
	for (size_t i = 0; i < WARD_ARRAY_LEN(time); i++) {
		char text[40];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_time_write(&w, time[i]);
		put_text(d, field[i], ward_wr_text(&w));
	}
	if (now > c->not_after)
		ward_emit_bool(d->net, d->name[NAME_EXPIRED], true);
	if (now < c->not_before)
		ward_emit_bool(d->net, d->name[NAME_EARLY], true);
}

/* The first certificate of a chain, and how many follow as far as it was gathered. */
static void put_chain(const struct ward_dissect *d, struct ward_slice chain)
{
	struct ward_rd r = ward_rd_slice(chain);
	struct ward_slice leaf = ward_rd_bytes(&r, ward_rd_be24(&r));
	const struct ward_tls_cert *c;
	int64_t n = 1;

	if (!chain.len)
		return;
	c = ward_rd_bad(&r) ? NULL : ward_tls_cert_find(d->shared, leaf);
	if (!c) {
		ward_emit_bool(d->net, d->name[NAME_UNREADABLE], true);
		return;
	}
	for (; ward_rd_left(&r); n++)
		ward_rd_skip(&r, ward_rd_be24(&r));
	ward_emit_int(d->net, d->name[NAME_CERTIFICATES], n);
	put_text(d, NAME_SUBJECT, c->subject);
	put_text(d, NAME_ISSUER, c->issuer);
	put_text(d, NAME_SERIAL, c->serial);
	put_text(d, NAME_SHA256, c->sha256);
	put_texts(d, NAME_SAN, c->san, c->n_san);
	if (c->n_san_seen > c->n_san)
		ward_emit_int(d->net, d->name[NAME_SANS_SEEN], (int64_t)c->n_san_seen);
	if (c->self_signed)
		ward_emit_bool(d->net, d->name[NAME_SELF_SIGNED], true);
	put_times(d, c);
}

static void put_alert(
	const struct ward_dissect *d, const struct ward_tls_flow *f, const uint8_t a[2])
{
	const char *name = ward_tls_alert_name(a[1]);

	if (name)
		ward_emit_z(d->net, d->name[NAME_ALERT], name);
	else
		ward_emit_int(d->net, d->name[NAME_ALERT], a[1]);
	ward_emit_bool(d->net, d->name[NAME_ALERT_FATAL], a[0] == 2);
	ward_emit_z(d->net, d->name[NAME_ALERT_BY],
		!d->from_client == f->client_side ? "client" : "server");
}

/* The TLS client is always the source, whoever sent the last packet. */
static bool begin(const struct ward_dissect *d, const struct ward_tls_flow *f, enum name class)
{
	struct ward_packet p = *d->packet;

	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (!d->from_client != f->client_side) {
		memcpy(p.src_mac, d->packet->dst_mac, sizeof(p.src_mac));
		memcpy(p.dst_mac, d->packet->src_mac, sizeof(p.dst_mac));
		memcpy(p.src_ip, d->packet->dst_ip, sizeof(p.src_ip));
		memcpy(p.dst_ip, d->packet->src_ip, sizeof(p.dst_ip));
		p.src_port = d->packet->dst_port;
		p.dst_port = d->packet->src_port;
	}
	ward_emit_packet(d->net, &p);
	return true;
}

static bool resumed(const struct ward_tls_flow *f, const struct ward_tls_end *end)
{
	return f->server.is && f->server.highest < WARD_TLS_1_3 && !end->chain.len &&
	       f->client.n_session && f->client.n_session == f->server.n_session &&
	       memcmp(f->client.session, f->server.session, f->client.n_session) == 0;
}

void ward_tls_tell(
	const struct ward_dissect *d, struct ward_tls_flow *f, const struct ward_tls_end *end)
{
	if (f->told)
		return;
	f->told = true;
	if (!begin(d, f, NAME_CLASS))
		return;
	ward_emit_z(d->net, d->name[NAME_OUTCOME], end->outcome);
	put_server(d, &f->server);
	put_client(d, &f->client);
	put_carried(d, f);
	if ((f->server.is ? f->server.highest : f->client.highest) < WARD_TLS_1_2)
		ward_emit_bool(d->net, d->name[NAME_OBSOLETE], true);
	if (f->retry)
		ward_emit_bool(d->net, d->name[NAME_RETRY], true);
	if (resumed(f, end))
		ward_emit_bool(d->net, d->name[NAME_RESUMED], true);
	put_chain(d, end->chain);
	if (end->alert)
		put_alert(d, f, end->alert);
	put_anomalies(d, f);
	ward_emit_end(d->net);
}

void ward_tls_tell_alert(
	const struct ward_dissect *d, const struct ward_tls_flow *f, const uint8_t alert[2])
{
	if (!begin(d, f, NAME_CLASS_ALERT))
		return;
	put_alert(d, f, alert);
	ward_emit_end(d->net);
}

void ward_tls_tell_certificate(
	const struct ward_dissect *d, const struct ward_tls_flow *f, struct ward_slice chain)
{
	if (!begin(d, f, NAME_CLASS_CERTIFICATE))
		return;
	put_chain(d, chain);
	ward_emit_end(d->net);
}

void ward_tls_tell_heartbeat(const struct ward_dissect *d, size_t claimed, size_t there)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_HEARTBEAT]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_int(d->net, d->name[NAME_CLAIMED], (int64_t)claimed);
	ward_emit_int(d->net, d->name[NAME_THERE], (int64_t)there);
	ward_emit_end(d->net);
}
