/* SSH on a TCP stream: version lines, packets until NEWKEYS, then only how many bytes. */
#include "sense/net/digest.h"
#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/ssh/stream.h"

enum {
	PORT = 22,
	LINE_MAX = 8192,    /* before the version: what OpenSSH bears */
	PACKET_MAX = 35000, /* 6.1 */
	HEAD = 5,           /* packet_length, padding_length */
	MSG_DISCONNECT = 1,
	MSG_KEXINIT = 20,
	MSG_NEWKEYS = 21,
	MSG_KEX_REPLY = 31,
	MSG_GEX_REPLY = 33,
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_SSH_REASON_LIST(X)
#undef X
};

static enum ward_verdict fail(struct ward_dissect *d, enum ward_ssh_reason reason, size_t off)
{
	const struct ward_ssh_flow *f = d->flow;

	/* A hinted port alone does not make it SSH. */
	if (!f->side[0].n_version && !f->side[1].n_version)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = off;
	return WARD_VERDICT_MALFORMED;
}

/* Where the version is, behind whole lines of text (4.2); SIZE_MAX: nowhere. */
static size_t find_version(struct ward_slice s)
{
	for (size_t at = 0; at < s.len;) {
		const uint8_t *newline = memchr(s.p + at, '\n', s.len - at);

		if (ward_ssh_is_version(ward_slice_of(s.p + at, s.len - at)))
			return at;
		if (!newline || memchr(s.p + at, 0, (size_t)(newline - s.p) - at))
			return SIZE_MAX;
		at = (size_t)(newline - s.p) + 1;
	}
	return SIZE_MAX;
}

/* Shorter than what could be told from other text. */
static bool may_begin(struct ward_slice s)
{
	static const char begin[] = "SSH-0.0";
	uint8_t whole[sizeof(begin) - 1];

	if (s.len >= sizeof(whole))
		return false;
	memcpy(whole, begin, sizeof(whole));
	memcpy(whole, s.p, s.len);
	return ward_ssh_is_version(ward_slice_of(whole, sizeof(whole)));
}

/* Lines of text may stand before the version. */
static enum ward_probe probe(struct ward_slice payload)
{
	const uint8_t *newline = NULL;

	if (find_version(payload) != SIZE_MAX)
		return WARD_PROBE_YES;
	for (size_t i = 0; i < payload.len; i++) {
		if (payload.p[i] == '\n')
			newline = payload.p + i;
		else if (payload.p[i] < ' ' && payload.p[i] != '\r' && payload.p[i] != '\t')
			return WARD_PROBE_NO;
	}
	size_t at = newline ? (size_t)(newline - payload.p) + 1 : 0;

	return at == payload.len || may_begin(ward_slice_of(payload.p + at, payload.len - at))
		       ? WARD_PROBE_MORE
		       : WARD_PROBE_NO;
}

/* RFC 4253 5.1: 1.99 speaks 2.0 too. */
static bool speaks_1(const struct ward_ssh_side *s)
{
	struct ward_ssh_version v;

	return ward_ssh_version((struct ward_str){s->version, s->n_version}, &v) &&
	       ward_str_starts(v.proto, WARD_STR("1.")) && !ward_str_eqz(v.proto, "1.99");
}

static enum ward_verdict version(struct ward_dissect *d, struct ward_slice line, size_t at)
{
	struct ward_ssh_flow *f = d->flow;
	struct ward_ssh_side *s = &f->side[ward_ssh_side_of(d)];
	struct ward_ssh_version v;
	struct ward_str text = ward_slice_text(line);

	if (text.len && text.p[text.len - 1] == '\r')
		text.len--;
	if (text.len > sizeof(s->version))
		return fail(d, WARD_SSH_VERSION_LENGTH, at);
	if (!ward_ssh_version(text, &v))
		return fail(d, WARD_SSH_VERSION, at);
	memcpy(s->version, text.p, text.len);
	s->n_version = (uint8_t)text.len;
	s->state = WARD_SSH_PLAIN;
	/* Version 1 has other packets. */
	if (speaks_1(&f->side[0]) || speaks_1(&f->side[1]))
		for (size_t i = 0; i < 2; i++)
			if (f->side[i].n_version)
				f->side[i].state = WARD_SSH_OPAQUE;
	d->used = at + line.len + 1;
	return WARD_VERDICT_OK;
}

static enum ward_verdict at_version(struct ward_dissect *d, struct ward_slice payload)
{
	const struct ward_ssh_flow *f = d->flow;
	bool seen = f->side[0].n_version || f->side[1].n_version;
	size_t at = seen ? 0 : find_version(payload);

	if (at == SIZE_MAX)
		return may_begin(payload) ? WARD_VERDICT_MORE : WARD_VERDICT_FOREIGN;
	struct ward_slice rest = ward_slice_of(payload.p + at, payload.len - at);
	const uint8_t *newline = rest.len ? memchr(rest.p, '\n', rest.len) : NULL;

	if (!newline) {
		bool is = ward_ssh_is_version(rest);

		if (rest.len > (is ? WARD_SSH_VERSION_MAX : LINE_MAX))
			return fail(d, WARD_SSH_VERSION_LENGTH, at);
		return WARD_VERDICT_MORE;
	}
	rest.len = (size_t)(newline - rest.p);
	if (ward_ssh_is_version(rest))
		return version(d, rest, at);
	d->used = rest.len + 1;
	return WARD_VERDICT_OK;
}

/* Who is the client shows best in what only clients or servers offer: RFC 8308 2.1, and OpenSSH's
 * strict key exchange. Else it is who opened the connection. */
static void see_role(const struct ward_dissect *d, const struct ward_ssh_kexinit *k)
{
	struct ward_ssh_flow *f = d->flow;
	struct ward_str kex = k->list[WARD_SSH_KEX];
	bool client = ward_ssh_has(kex, "ext-info-c") ||
		      ward_ssh_has(kex, "kex-strict-c-v00@openssh.com");
	bool server = ward_ssh_has(kex, "ext-info-s") ||
		      ward_ssh_has(kex, "kex-strict-s-v00@openssh.com");

	if (client != server)
		f->reversed = d->from_client != client;
}

/* What is known is told once: with both KEXINIT, or when no more will come. */
static void tell(const struct ward_dissect *d, const struct ward_ssh_kexinit *own)
{
	struct ward_ssh_flow *f = d->flow;
	struct ward_ssh_kexinit kept;
	const struct ward_ssh_kexinit *by_side[2] = {NULL, NULL};

	if (f->told)
		return;
	f->told = true;
	if (f->n_kexinit && ward_ssh_kexinit(ward_slice_of(f->kexinit, f->n_kexinit), &kept))
		by_side[f->kexinit_side] = &kept;
	if (own)
		by_side[ward_ssh_side_of(d)] = own;
	const struct ward_ssh_kexinit *client = by_side[f->reversed],
				      *server = by_side[!f->reversed];
	size_t zip = WARD_SSH_COMPRESSION_TO_CLIENT, cipher = WARD_SSH_CIPHER_TO_CLIENT;

	if (client && server) {
		/* Compression that begins at once changes all sizes. */
		f->guess.off =
			ward_str_eqz(ward_ssh_choose(client->list[zip], server->list[zip]), "zlib");
		f->guess.padded =
			ward_str_eqz(ward_ssh_choose(client->list[cipher], server->list[cipher]),
				"chacha20-poly1305@openssh.com");
	}
	ward_ssh_tell(d, client, server);
	f->n_kexinit = 0;
}

static enum ward_verdict kexinit(struct ward_dissect *d, struct ward_slice body)
{
	struct ward_ssh_flow *f = d->flow;
	struct ward_ssh_kexinit k;

	if (!ward_ssh_kexinit(body, &k))
		return fail(d, WARD_SSH_KEXINIT, HEAD);
	see_role(d, &k);
	if (f->told)
		return WARD_VERDICT_OK;
	if (body.len > sizeof(f->kexinit) ||
		(f->n_kexinit && f->kexinit_side != ward_ssh_side_of(d))) {
		tell(d, &k);
	} else if (!f->n_kexinit) {
		memcpy(f->kexinit, body.p, body.len);
		f->n_kexinit = (uint16_t)body.len;
		f->kexinit_side = (uint8_t)ward_ssh_side_of(d);
	}
	return WARD_VERDICT_OK;
}

static enum ward_verdict disconnect(struct ward_dissect *d, struct ward_slice body)
{
	struct ward_rd r = ward_rd_slice(body);
	uint32_t reason = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return fail(d, WARD_SSH_DISCONNECT, HEAD);
	ward_ssh_tell_disconnect(d, reason);
	return WARD_VERDICT_OK;
}

static enum ward_verdict message(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_ssh_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(payload);
	uint8_t type = ward_rd_u8(&r);
	struct ward_slice body = ward_rd_rest(&r);
	struct ward_ssh_key key;

	switch (type) {
	case MSG_KEXINIT:
		return kexinit(d, body);
	case MSG_NEWKEYS:
		f->side[ward_ssh_side_of(d)].state = WARD_SSH_ENCRYPTED;
		break;
	case MSG_KEX_REPLY:
	case MSG_GEX_REPLY:
		if (!ward_ssh_from_client(d) && ward_ssh_host_key(body, &key))
			ward_ssh_tell_host_key(d, &key);
		break;
	case MSG_DISCONNECT:
		return disconnect(d, body);
	default:
		break;
	}
	return WARD_VERDICT_OK;
}

/* 6: packet_length, padding_length, payload, padding. */
static enum ward_verdict packet(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	size_t len = ward_rd_be32(&r);
	uint8_t padding = ward_rd_u8(&r);

	d->need = HEAD;
	if (ward_rd_bad(&r))
		return WARD_VERDICT_MORE;
	if (len < 2 || len > PACKET_MAX)
		return fail(d, WARD_SSH_PACKET_LENGTH, 0);
	if (padding + 1u >= len)
		return fail(d, WARD_SSH_PACKET_PADDING, 4);
	struct ward_slice body = ward_rd_bytes(&r, len - 1 - padding);

	d->need = 4 + len;
	if (payload.len < 4 + len)
		return WARD_VERDICT_MORE;
	d->used = 4 + len;
	return message(d, body);
}

static enum ward_verdict encrypted(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_ssh_flow *f = d->flow;

	f->side[ward_ssh_side_of(d)].bytes += payload.len;
	/* Only a segment that is handed on as it came says how long a message is. */
	ward_ssh_guess(d, payload.len == d->packet->payload.len ? payload.len : 0);
	d->used = payload.len;
	return WARD_VERDICT_OK;
}

static enum ward_verdict see(struct ward_dissect *d, struct ward_slice payload)
{
	const struct ward_ssh_flow *f = d->flow;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	switch ((enum ward_ssh_state)f->side[ward_ssh_side_of(d)].state) {
	case WARD_SSH_AT_VERSION:
		return at_version(d, payload);
	case WARD_SSH_PLAIN:
		return packet(d, payload);
	case WARD_SSH_ENCRYPTED:
		return encrypted(d, payload);
	case WARD_SSH_OPAQUE:
	default:
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
}

static void end(const struct ward_dissect *d)
{
	struct ward_ssh_flow *f = d->flow;

	f->side[ward_ssh_side_of(d)].ended = true;
	if (!f->side[0].ended || !f->side[1].ended || f->told_end ||
		(!f->side[0].n_version && !f->side[1].n_version))
		return;
	f->told_end = true;
	tell(d, NULL);
	if (f->side[0].state != WARD_SSH_ENCRYPTED && f->side[1].state != WARD_SSH_ENCRYPTED)
		return;
	ward_ssh_guess_end(d);
	ward_ssh_tell_session(d);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = see(d, payload);

	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		end(d);
	return v;
}

/* Encrypted bytes are only counted; before that nothing is found again. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_ssh_flow *f = d->flow;
	struct ward_ssh_side *s = &f->side[ward_ssh_side_of(d)];

	if (s->state == WARD_SSH_ENCRYPTED) {
		s->bytes += lost;
		ward_ssh_guess(d, 0);
		return true;
	}
	s->state = WARD_SSH_OPAQUE;
	tell(d, NULL);
	return true;
}

const struct ward_dissector ward_dissect_ssh = {
	.name = "ssh",
	.kind = WARD_DISSECT_IT,
	.title = "SSH",
	.standard = "RFC 4251 clause 5, RFC 4253 clauses 4, 6, 7, 10",
	.reads = "versions, offered and chosen algorithms, HASSH, host keys, logins by size",
	.proto = WARD_PROTO_TCP,
	.port = {PORT, 2222},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct ward_ssh_flow),
	.start = ward_digest_start,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_ssh_name_at,
};
