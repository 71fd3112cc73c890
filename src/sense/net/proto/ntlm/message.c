/* The three messages, MS-NLMP 2.2.1. */
#include "sense/net/proto/ntlm/ntlm.h"

#include "base/rd.h"

enum {
	FLAG_UNICODE = 0x1,
	FLAG_OEM_DOMAIN = 0x1000,
	FLAG_OEM_WORKSTATION = 0x2000,
	FLAG_VERSION = 0x2000000,
	AV_PAIRS = 16, /* ids 0 to 10 are defined, each once (2.2.2.1) */
};

static const uint8_t signature[8] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0};

/* The first place of what in s, or SIZE_MAX. */
static size_t find(struct ward_slice s, const void *what, size_t len)
{
	return ward_str_find(ward_slice_text(s), (struct ward_str){what, len});
}

struct ward_slice ward_ntlm_find(struct ward_slice token)
{
	size_t at = find(token, signature, sizeof(signature));

	return at == SIZE_MAX ? (struct ward_slice){NULL, 0}
			      : ward_slice_of(token.p + at, token.len - at);
}

bool ward_ntlm_is_kerberos(struct ward_slice token)
{
	/* 1.2.840.113554.1.2.2 and TOK_ID KRB_AP_REQ */
	static const uint8_t ap_req[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 1, 0};

	return find(token, ap_req, sizeof(ap_req)) != SIZE_MAX;
}

/* Length, allocated length, offset from the message's begin; an empty field may point anywhere. */
static bool field(struct ward_slice message, struct ward_rd *r, struct ward_slice *ret)
{
	size_t len = ward_rd_le16(r);

	ward_rd_skip(r, 2);
	size_t off = ward_rd_le32(r);

	if (ward_rd_bad(r))
		return false;
	if (!len) {
		*ret = (struct ward_slice){NULL, 0};
		return true;
	}
	if (off > message.len || len > message.len - off)
		return false;
	*ret = ward_slice_of(message.p + off, len);
	return true;
}

static void read_version(struct ward_rd *r, struct ward_ntlm *m)
{
	struct ward_ntlm_version v = {.is = true};

	if (!(m->flags & FLAG_VERSION))
		return;
	v.major = ward_rd_u8(r);
	v.minor = ward_rd_u8(r);
	v.build = ward_rd_le16(r);
	ward_rd_skip(r, 4);
	/* Some set the flag and leave it out or empty. */
	if (!ward_rd_bad(r) && (v.major || v.build))
		m->version = v;
}

static bool read_target_info(struct ward_slice info, struct ward_ntlm *m)
{
	struct ward_slice *const to[] = {NULL, &m->nb_computer, &m->nb_domain, &m->dns_computer,
		&m->dns_domain, &m->dns_tree};
	struct ward_rd r = ward_rd_slice(info);

	for (size_t n = 0; n < AV_PAIRS && ward_rd_left(&r); n++) {
		uint16_t id = ward_rd_le16(&r);
		struct ward_slice value = ward_rd_bytes(&r, ward_rd_le16(&r));

		if (ward_rd_bad(&r))
			return false;
		if (!id)
			return true;
		if (id < WARD_ARRAY_LEN(to))
			*to[id] = value;
	}
	return true;
}

static bool read_negotiate(struct ward_slice message, struct ward_rd *r, struct ward_ntlm *m)
{
	m->flags = ward_rd_le32(r);
	if (ward_rd_bad(r))
		return false;
	/* The oldest end here. */
	if (!ward_rd_left(r))
		return true;
	if (!field(message, r, &m->domain) || !field(message, r, &m->workstation))
		return false;
	if (!(m->flags & FLAG_OEM_DOMAIN))
		m->domain.len = 0;
	if (!(m->flags & FLAG_OEM_WORKSTATION))
		m->workstation.len = 0;
	read_version(r, m);
	return true;
}

static bool read_challenge(struct ward_slice message, struct ward_rd *r, struct ward_ntlm *m)
{
	struct ward_slice info = {NULL, 0};

	if (!field(message, r, &m->domain))
		return false;
	m->flags = ward_rd_le32(r);
	m->unicode = m->flags & FLAG_UNICODE;
	ward_rd_skip(r, 8 + 8);
	if (ward_rd_bad(r))
		return false;
	/* Before NT4 SP6 it ended here. */
	if (!ward_rd_left(r) || (m->domain.len && m->domain.p == r->p + r->off))
		return true;
	if (!field(message, r, &info))
		return false;
	read_version(r, m);
	return read_target_info(info, m);
}

static bool read_authenticate(struct ward_slice message, struct ward_rd *r, struct ward_ntlm *m)
{
	struct ward_slice lm, nt, key;

	if (!field(message, r, &lm) || !field(message, r, &nt) || !field(message, r, &m->domain) ||
		!field(message, r, &m->user) || !field(message, r, &m->workstation))
		return false;
	m->lm_len = lm.len;
	m->nt_len = nt.len;
	m->unicode = true;
	if (!field(message, r, &key))
		return true;
	m->flags = ward_rd_le32(r);
	if (ward_rd_bad(r))
		m->flags = FLAG_UNICODE;
	m->unicode = m->flags & FLAG_UNICODE;
	read_version(r, m);
	return true;
}

bool ward_ntlm_parse(struct ward_slice message, struct ward_ntlm *ret)
{
	struct ward_rd r = ward_rd_slice(message);
	const uint8_t *sign = ward_rd_take(&r, sizeof(signature));
	uint32_t type = ward_rd_le32(&r);

	*ret = (struct ward_ntlm){0};
	if (ward_rd_bad(&r) || memcmp(sign, signature, sizeof(signature)) != 0)
		return false;
	ret->type = (enum ward_ntlm_type)type;
	switch (type) {
	case WARD_NTLM_NEGOTIATE:
		return read_negotiate(message, &r, ret);
	case WARD_NTLM_CHALLENGE:
		return read_challenge(message, &r, ret);
	case WARD_NTLM_AUTHENTICATE:
		return read_authenticate(message, &r, ret);
	default:
		return false;
	}
}
