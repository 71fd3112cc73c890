#include "sense/net/proto/quic/flow.h"

#include "sense/net/text.h"

/* Fields and classes: X(IDENT, "name"). Of the hellos, those of TLS. */
#define NAME_LIST(X)                                      \
	X(CLASS, "net.quic")                              \
	X(CLASS_SERVER, "net.quic.server")                \
	X(CLASS_VERSIONS, "net.quic.version_negotiation") \
	X(CLASS_RETRY, "net.quic.retry")                  \
	X(CLASS_CLOSE, "net.quic.close")                  \
	X(VERSION, "quic.version")                        \
	X(VERSIONS, "quic.versions")                      \
	X(DCID, "quic.dcid_bytes")                        \
	X(SCID, "quic.scid_bytes")                        \
	X(TOKEN, "quic.token_bytes")                      \
	X(UNREAD, "quic.hello_unread")                    \
	X(PARAMETERS, "quic.transport_parameters")        \
	X(IDLE, "quic.max_idle_timeout_ms")               \
	X(USER_AGENT, "quic.user_agent")                  \
	X(ERROR, "quic.error")                            \
	X(ERROR_CODE, "quic.error_code")                  \
	X(REASON, "quic.reason_phrase")                   \
	X(LATENCY, "quic.latency_ns")                     \
	X(SERVER_NAME, "tls.server_name")                 \
	X(ALPN, "tls.alpn")                               \
	X(TLS_VERSIONS, "tls.client_versions")            \
	X(TLS_VERSION, "tls.version")                     \
	X(CIPHERS, "tls.client_ciphers")                  \
	X(CIPHER, "tls.cipher")                           \
	X(EXTENSIONS, "tls.client_extensions")            \
	X(SERVER_EXTENSIONS, "tls.server_extensions")     \
	X(GROUPS, "tls.client_groups")                    \
	X(GROUP, "tls.group")                             \
	X(SIGNATURES, "tls.client_signature_algorithms")  \
	X(JA3, "tls.ja3")                                 \
	X(JA3S, "tls.ja3s")                               \
	X(JA4, "tls.ja4")                                 \
	X(HELLO_RETRY, "tls.hello_retry")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

enum {
	TEXT = 255,
	NUMBERS = 32,
	CIPHERS = 96,
	NAMES = 32, /* of protocols */
	EXT_PARAMETERS = 57,
	EXT_PARAMETERS_DRAFT = 0xffa5, /* up to draft-ietf-quic-tls-32 8.2 */
	PARAMETER_IDLE = 0x01,         /* RFC 9000 18.2 */
	PARAMETER_USER_AGENT = 0x3129, /* Google's */
	ALERT = 0x100,                 /* RFC 9001 4.8: a TLS alert's error code */
};

bool ward_quic_name_at(size_t i, struct ward_wr *w)
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

static void put_int(const struct ward_dissect *d, enum name field, uint64_t v)
{
	ward_emit_int(d->net, d->name[field], v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, s, sizeof(text));
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

/* The first n numbers of two bytes, or of four. */
static void put_numbers(
	const struct ward_dissect *d, enum name field, struct ward_slice list, size_t max)
{
	size_t n = list.len / 2 < max ? list.len / 2 : max;
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;
	struct ward_rd r = ward_rd_slice(list);

	for (size_t i = 0; item && i < n; i++)
		item[i] = ward_value_int(ward_rd_be16(&r));
	if (item)
		ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_types(const struct ward_dissect *d, enum name field, struct ward_slice extensions)
{
	struct ward_value *item = extensions.len ? ward_emit_items(d->net, NUMBERS) : NULL;
	struct ward_rd r = ward_rd_slice(extensions);
	uint32_t n = 0;

	while (item && n < NUMBERS && ward_rd_left(&r)) {
		item[n++] = ward_value_int(ward_rd_be16(&r));
		ward_rd_skip(&r, ward_rd_be16(&r));
	}
	if (item)
		ward_emit_list(d->net, d->name[field], item, n);
}

static void put_version(const struct ward_dissect *d, uint32_t version)
{
	const char *name = ward_quic_version_name(version);

	if (name)
		ward_emit_z(d->net, d->name[NAME_VERSION], name);
	else
		put_int(d, NAME_VERSION, version);
}

static void put_ids(const struct ward_dissect *d, const struct ward_quic_packet *p)
{
	put_int(d, NAME_DCID, p->dcid.len);
	put_int(d, NAME_SCID, p->scid.len);
	if (p->token.len)
		put_int(d, NAME_TOKEN, p->token.len);
}

/* The list as it is in the hello: length and name of each. */
static void put_alpn(const struct ward_dissect *d, struct ward_slice alpn)
{
	struct ward_value *item = alpn.len ? ward_emit_items(d->net, NAMES) : NULL;
	struct ward_rd r = ward_rd_slice(alpn);
	uint32_t n = 0;

	while (item && n < NAMES && ward_rd_left(&r)) {
		char text[UINT8_MAX];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_text_ascii(&w, ward_rd_bytes(&r, ward_rd_u8(&r)), sizeof(text));
		struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

		if (!copy.p)
			return;
		item[n++] = ward_value_str(copy);
	}
	if (item)
		ward_emit_list(d->net, d->name[NAME_ALPN], item, n);
}

/* RFC 9000 18: identifier, length and value of each; 18.1 reserves some that mean nothing. */
static void put_parameters(const struct ward_dissect *d, struct ward_slice list)
{
	struct ward_value *item = list.len ? ward_emit_items(d->net, NUMBERS) : NULL;
	struct ward_rd r = ward_rd_slice(list);
	uint32_t n = 0;

	while (item && n < NUMBERS && ward_rd_left(&r)) { /* each takes two bytes at least */
		uint64_t id = ward_quic_varint(&r), len = ward_quic_varint(&r);

		if (len > ward_rd_left(&r))
			break;
		struct ward_slice value = ward_rd_bytes(&r, (size_t)len);
		struct ward_rd in = ward_rd_slice(value);

		if (ward_rd_bad(&r))
			break;
		if (id % 31 != 27)
			item[n++] = ward_value_int((int64_t)id);
		if (id == PARAMETER_IDLE)
			put_int(d, NAME_IDLE, ward_quic_varint(&in));
		else if (id == PARAMETER_USER_AGENT)
			put_text(d, NAME_USER_AGENT, value);
	}
	if (item)
		ward_emit_list(d->net, d->name[NAME_PARAMETERS], item, n);
}

static void put_transport(const struct ward_dissect *d, const struct ward_tls_hello *h)
{
	struct ward_rd r = ward_rd_slice(h->extensions);

	while (ward_rd_left(&r)) {
		uint16_t type = ward_rd_be16(&r);
		struct ward_slice body = ward_rd_bytes(&r, ward_rd_be16(&r));

		if (type == EXT_PARAMETERS || type == EXT_PARAMETERS_DRAFT) {
			put_parameters(d, body);
			return;
		}
	}
}

static void put_print(const struct ward_dissect *d, enum name field, bool made, const char *print)
{
	if (made)
		ward_emit_str(d->net, d->name[field], ward_str_z(print));
}

static void put_client(const struct ward_dissect *d, const struct ward_tls_hello *h)
{
	char ja3[WARD_TLS_JA3], ja4[WARD_TLS_JA4];

	put_text(d, NAME_SERVER_NAME, h->name);
	put_alpn(d, h->alpn);
	put_numbers(d, NAME_TLS_VERSIONS, h->versions, NUMBERS);
	put_numbers(d, NAME_CIPHERS, h->ciphers, CIPHERS);
	put_types(d, NAME_EXTENSIONS, h->extensions);
	put_numbers(d, NAME_GROUPS, h->groups, NUMBERS);
	put_numbers(d, NAME_SIGNATURES, h->signatures, NUMBERS);
	put_print(d, NAME_JA3, ward_tls_ja3(h, ja3), ja3);
	put_print(d, NAME_JA4, ward_tls_ja4(h, 'q', ja4), ja4);
	put_transport(d, h);
}

void ward_quic_tell_client(const struct ward_dissect *d, const struct ward_quic_packet *p,
	const struct ward_tls_hello *h)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_version(d, p->version);
	put_ids(d, p);
	if (h)
		put_client(d, h);
	else
		ward_emit_bool(d->net, d->name[NAME_UNREAD], true);
	ward_emit_end(d->net);
}

void ward_quic_tell_server(const struct ward_dissect *d, const struct ward_quic_packet *p,
	const struct ward_tls_hello *h)
{
	const struct ward_quic_flow *f = d->flow;
	const char *version = ward_tls_version_name(ward_tls_hello_version(h));
	char ja3s[WARD_TLS_JA3];

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_SERVER]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_version(d, p->version);
	put_ids(d, p);
	if (version)
		ward_emit_z(d->net, d->name[NAME_TLS_VERSION], version);
	put_numbers(d, NAME_CIPHER, h->ciphers, 1);
	put_types(d, NAME_SERVER_EXTENSIONS, h->extensions);
	if (h->group)
		put_int(d, NAME_GROUP, h->group);
	put_print(d, NAME_JA3S, ward_tls_ja3s(h, ja3s), ja3s);
	if (h->retry)
		ward_emit_bool(d->net, d->name[NAME_HELLO_RETRY], true);
	if (d->net->frame->time >= f->time)
		put_int(d, NAME_LATENCY, (uint64_t)(d->net->frame->time - f->time));
	ward_emit_end(d->net);
}

void ward_quic_tell_versions(const struct ward_dissect *d, const struct ward_quic_packet *p)
{
	struct ward_rd r = ward_rd_slice(p->versions);
	size_t n = p->versions.len / 4 < NUMBERS ? p->versions.len / 4 : NUMBERS;
	struct ward_value *item;

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_VERSIONS]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_ids(d, p);
	item = ward_emit_items(d->net, n);
	for (size_t i = 0; item && i < n; i++)
		item[i] = ward_value_int(ward_rd_be32(&r));
	if (item)
		ward_emit_list(d->net, d->name[NAME_VERSIONS], item, (uint32_t)n);
	ward_emit_end(d->net);
}

void ward_quic_tell_retry(const struct ward_dissect *d, const struct ward_quic_packet *p)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_RETRY]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_version(d, p->version);
	put_ids(d, p);
	ward_emit_end(d->net);
}

/* RFC 9000 20.1 */
static const char *error_name(uint64_t error)
{
	static const char *const name[] = {"no-error", "internal-error", "connection-refused",
		"flow-control-error", "stream-limit-error", "stream-state-error",
		"final-size-error", "frame-encoding-error", "transport-parameter-error",
		"connection-id-limit-error", "protocol-violation", "invalid-token",
		"application-error", "crypto-buffer-exceeded", "key-update-error",
		"aead-limit-reached", "no-viable-path"};

	if (error >= ALERT && error <= ALERT + UINT8_MAX)
		return ward_tls_alert_name((unsigned)(error - ALERT));
	return error < WARD_ARRAY_LEN(name) ? name[error] : NULL;
}

void ward_quic_tell_close(const struct ward_dissect *d, const struct ward_quic_packet *p,
	const struct ward_quic_close *end)
{
	const char *name = error_name(end->error);

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_CLOSE]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_version(d, p->version);
	if (name)
		ward_emit_z(d->net, d->name[NAME_ERROR], name);
	put_int(d, NAME_ERROR_CODE, end->error);
	put_text(d, NAME_REASON, end->reason);
	ward_emit_end(d->net);
}
