/* UA-TCP and UA Secure Conversation: OPC 10000-6 7.1.2 and 6.7.2. */
#include "sense/net/proto/opcua/opcua.h"

enum {
	CONNECT_MAX = 16384, /* bytes of a Hello or Error: texts are below 4096 (7.1.2.3) */
	CHUNK_MIN = 12,
	CHUNK_MAX = 1 << 26,
	URL_MAX = 4096,
};

static const struct {
	char type[4];
	size_t min;
} kinds[WARD_OPCUA_KIND_N] = {
	[WARD_OPCUA_KIND_HELLO] = {"HEL", 32},
	[WARD_OPCUA_KIND_ACKNOWLEDGE] = {"ACK", 28},
	[WARD_OPCUA_KIND_ERROR] = {"ERR", 16},
	[WARD_OPCUA_KIND_REVERSE_HELLO] = {"RHE", 16},
	[WARD_OPCUA_KIND_OPEN] = {"OPN", 32},
	[WARD_OPCUA_KIND_MESSAGE] = {"MSG", 24},
	[WARD_OPCUA_KIND_CLOSE] = {"CLO", 24},
};

static enum ward_opcua_frame refuse(struct ward_opcua *m, enum ward_opcua_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return WARD_OPCUA_NOT;
}

static bool is_connect(enum ward_opcua_kind k)
{
	return k <= WARD_OPCUA_KIND_REVERSE_HELLO;
}

static bool is_chunk(enum ward_opcua_kind k, char chunk)
{
	return chunk == 'F' || (k == WARD_OPCUA_KIND_MESSAGE && (chunk == 'C' || chunk == 'A'));
}

/* Type, chunk, size. MORE: not all of them are there, and what is fits. */
static enum ward_opcua_frame read_header(struct ward_rd *r, struct ward_opcua *m)
{
	size_t left = ward_rd_left(r), len = left < 3 ? left : 3;
	struct ward_slice type = ward_rd_bytes(r, len);
	unsigned k = 0;

	m->need = WARD_OPCUA_HEADER;
	while (k < WARD_OPCUA_KIND_N && len && memcmp(kinds[k].type, type.p, len) != 0)
		k++;
	if (k == WARD_OPCUA_KIND_N)
		return refuse(m, WARD_OPCUA_BAD_HEADER_TYPE, 0);
	m->kind = (enum ward_opcua_kind)k;
	if (left < 4)
		return WARD_OPCUA_MORE;
	m->chunk = (char)ward_rd_u8(r);
	if (!is_chunk(m->kind, m->chunk))
		return refuse(m, WARD_OPCUA_BAD_HEADER_CHUNK, 3);
	uint32_t size = ward_rd_le32(r);

	if (ward_rd_bad(r))
		return WARD_OPCUA_MORE;
	if (size < (m->chunk == 'A' ? (size_t)CHUNK_MIN : kinds[k].min) ||
		size > (is_connect(m->kind) ? (uint32_t)CONNECT_MAX : (uint32_t)CHUNK_MAX))
		return refuse(m, WARD_OPCUA_BAD_HEADER_SIZE, 4);
	m->size = size;
	return WARD_OPCUA_WHOLE;
}

enum ward_probe ward_opcua_probe(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	struct ward_opcua m = {.size = 0};

	switch (read_header(&r, &m)) {
	case WARD_OPCUA_WHOLE:
		return WARD_PROBE_YES;
	case WARD_OPCUA_MORE:
		return WARD_PROBE_MORE;
	case WARD_OPCUA_NOT:
	default:
		return WARD_PROBE_NO;
	}
}

/* An address's text is never longer than 4096 bytes. */
static bool read_url(struct ward_rd *r, struct ward_slice *ret)
{
	*ret = ward_opcua_string(r);
	return ret->len <= URL_MAX;
}

static void read_sizes(struct ward_rd *r, struct ward_opcua *m)
{
	m->version = ward_rd_le32(r);
	m->receive_size = ward_rd_le32(r);
	m->send_size = ward_rd_le32(r);
	m->message_max = ward_rd_le32(r);
	m->chunk_max = ward_rd_le32(r);
}

static enum ward_opcua_frame read_connect(struct ward_rd *r, struct ward_opcua *m)
{
	enum ward_opcua_reason reason = WARD_OPCUA_BAD_HELLO;
	bool fits = true;

	if (m->kind == WARD_OPCUA_KIND_HELLO) {
		read_sizes(r, m);
		fits = read_url(r, &m->endpoint_url);
	} else if (m->kind == WARD_OPCUA_KIND_REVERSE_HELLO) {
		fits = read_url(r, &m->server_uri) && read_url(r, &m->endpoint_url);
	} else if (m->kind == WARD_OPCUA_KIND_ACKNOWLEDGE) {
		reason = WARD_OPCUA_BAD_ACKNOWLEDGE;
		read_sizes(r, m);
	} else {
		reason = WARD_OPCUA_BAD_ERROR;
		m->error = ward_rd_le32(r);
		m->text = ward_opcua_string(r);
	}
	if (ward_rd_bad(r) || !fits || ward_rd_left(r))
		return refuse(m, reason, WARD_OPCUA_HEADER);
	return WARD_OPCUA_WHOLE;
}

bool ward_opcua_policy_is_none(struct ward_slice policy)
{
	return ward_str_eqz(
		ward_slice_text(policy), "http://opcfoundation.org/UA/SecurityPolicy#None");
}

/* A signed but not encrypted body is readable; a ciphertext that begins with a service's id by
 * chance is one of some millions. */
static bool looks_readable(struct ward_rd r)
{
	bool response;

	ward_rd_skip(&r, 8);
	struct ward_opcua_node type = ward_opcua_node_read(&r, true);

	return !ward_rd_bad(&r) && type.kind == 'i' && type.ns == 0 &&
	       (ward_opcua_service_of(type.number, &response) != WARD_OPCUA_SERVICE_N ||
		       type.number == WARD_OPCUA_FAULT);
}

/* Sequence header and what follows, in clear. */
static enum ward_opcua_frame read_body(
	struct ward_rd *r, const struct ward_opcua_context *c, struct ward_opcua *m)
{
	bool header, cut = m->chunk == 'C' || m->size > r->len;

	m->sequence = (struct ward_opcua_optional){true, ward_rd_le32(r)};
	m->request = (struct ward_opcua_optional){true, ward_rd_le32(r)};
	if (ward_rd_bad(r))
		return refuse(m, WARD_OPCUA_BAD_SECURITY, r->off);
	if (m->chunk == 'A') {
		m->kind = WARD_OPCUA_KIND_ERROR;
		m->error = ward_rd_le32(r);
		m->text = ward_opcua_string(r);
		return ward_rd_bad(r) ? refuse(m, WARD_OPCUA_BAD_ERROR, r->off) : WARD_OPCUA_WHOLE;
	}
	if (c->continued && m->request.v == c->request)
		return WARD_OPCUA_WHOLE;
	m->readable = true;
	if (ward_opcua_body_read(r, cut, &m->body, &header))
		return WARD_OPCUA_WHOLE;
	return refuse(
		m, header ? WARD_OPCUA_BAD_SERVICE_HEADER : WARD_OPCUA_BAD_SERVICE_BODY, r->off);
}

static enum ward_opcua_frame read_secure(
	struct ward_rd *r, const struct ward_opcua_context *c, struct ward_opcua *m)
{
	bool secured = c->secured || c->unknown;

	m->channel = ward_rd_le32(r);
	if (m->kind == WARD_OPCUA_KIND_OPEN) {
		m->policy = ward_opcua_string(r);
		m->certificate = ward_opcua_string(r);
		m->thumbprint = ward_opcua_string(r);
		secured = !ward_opcua_policy_is_none(m->policy);
	} else {
		m->token = ward_rd_le32(r);
	}
	if (ward_rd_bad(r) || m->policy.len > URL_MAX)
		return refuse(m, WARD_OPCUA_BAD_SECURITY, WARD_OPCUA_HEADER);
	if (!secured || (m->kind != WARD_OPCUA_KIND_OPEN && looks_readable(*r)))
		return read_body(r, c, m);
	return WARD_OPCUA_WHOLE;
}

enum ward_opcua_frame ward_opcua_parse(
	struct ward_slice payload, const struct ward_opcua_context *c, struct ward_opcua *m)
{
	struct ward_rd r = ward_rd_slice(payload);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_OPCUA_REASON_N;
	m->body.service = WARD_OPCUA_SERVICE_N;
	enum ward_opcua_frame head = read_header(&r, m);

	if (head != WARD_OPCUA_WHOLE)
		return head;
	m->need = m->size < WARD_OPCUA_KEEP ? m->size : WARD_OPCUA_KEEP;
	if (payload.len < m->need)
		return WARD_OPCUA_MORE;
	r.len = m->need;
	return is_connect(m->kind) ? read_connect(&r, m) : read_secure(&r, c, m);
}
