/* Bytes of one message into struct ward_kerberos. All fields of a sequence are explicit context
 * tags, in order (RFC 4120 5.2 to 5.9). */
#include "sense/net/proto/kerberos/kerberos.h"

enum {
	VERSION = 5,
	GENERAL_STRING = 0x1b,
	GENERALIZED_TIME = 0x18,
	BIT_STRING = 0x03,
	TICKET = 1,           /* application tag */
	ADDRESS_NETBIOS = 20, /* 7.5.3 */
	LAST_APPLICATION = 30,
};

static bool fail(struct ward_kerberos *m, enum ward_kerberos_reason reason, size_t off)
{
	if (m->reason == WARD_KERBEROS_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}

static bool good(struct ward_kerberos *m, const struct ward_rd *r, enum ward_kerberos_reason reason)
{
	return ward_rd_bad(r) ? fail(m, reason, r->off) : true;
}

static bool has(struct ward_rd *r, unsigned n)
{
	return ward_rd_left(r) && ward_rd_peek(r) == WARD_BER_CTX_OF(n);
}

static int32_t int32(struct ward_rd *r, unsigned n)
{
	struct ward_rd f = ward_ber_open(r, (uint8_t)WARD_BER_CTX_OF(n));
	int32_t v = (int32_t)ward_ber_int(&f, WARD_BER_INTEGER, INT32_MIN, INT32_MAX);

	ward_ber_leave(r, &f);
	return v;
}

static struct ward_slice bytes(struct ward_rd *r, unsigned n, uint8_t tag)
{
	struct ward_rd f = ward_ber_open(r, (uint8_t)WARD_BER_CTX_OF(n));
	struct ward_slice s = ward_ber_bytes(&f, tag);

	ward_ber_leave(r, &f);
	return s;
}

static void skip_if(struct ward_rd *r, unsigned n)
{
	if (has(r, n))
		(void)ward_ber_next(r);
}

/* PrincipalName, 5.2.2; each turn takes two bytes at least */
static void principal(struct ward_rd *r, unsigned n, struct ward_kerberos_principal *ret)
{
	struct ward_rd f = ward_ber_open(r, (uint8_t)WARD_BER_CTX_OF(n));
	struct ward_rd seq = ward_ber_open(&f, WARD_BER_SEQUENCE), strings, list;

	memset(ret, 0, sizeof(*ret));
	ret->type = int32(&seq, 0);
	strings = ward_ber_open(&seq, WARD_BER_CTX_OF(1));
	list = ward_ber_open(&strings, WARD_BER_SEQUENCE);
	while (ward_rd_left(&list)) {
		struct ward_slice part = ward_ber_bytes(&list, GENERAL_STRING);

		if (ward_rd_bad(&list))
			break;
		if (ret->n < WARD_KERBEROS_PARTS)
			ret->part[ret->n] = part;
		ret->n++;
	}
	ward_ber_leave(&strings, &list);
	ward_ber_leave(&seq, &strings);
	ward_ber_leave(&f, &seq);
	ward_ber_leave(r, &f);
}

/* EncryptedData, 5.2.9 */
static void encrypted(struct ward_rd *r, struct ward_kerberos_etype *ret)
{
	struct ward_rd seq = ward_ber_open(r, WARD_BER_SEQUENCE);

	ret->v = int32(&seq, 0);
	skip_if(&seq, 1);
	(void)bytes(&seq, 2, WARD_BER_OCTETS);
	ward_ber_leave(r, &seq);
	ret->is = !ward_rd_bad(r);
}

static void encrypted_field(struct ward_rd *r, unsigned n, struct ward_kerberos_etype *ret)
{
	struct ward_rd f = ward_ber_open(r, (uint8_t)WARD_BER_CTX_OF(n));

	encrypted(&f, ret);
	ward_ber_leave(r, &f);
}

/* Ticket, 5.3 */
static bool ticket(struct ward_kerberos *m, struct ward_rd *r, unsigned n)
{
	struct ward_rd f = ward_ber_open(r, (uint8_t)WARD_BER_CTX_OF(n));
	struct ward_rd app = ward_ber_open(&f, WARD_BER_APP_OF(TICKET));
	struct ward_rd seq = ward_ber_open(&app, WARD_BER_SEQUENCE);

	(void)int32(&seq, 0);
	m->realm = bytes(&seq, 1, GENERAL_STRING);
	principal(&seq, 2, &m->ticket_service);
	encrypted_field(&seq, 3, &m->ticket_etype);
	ward_ber_leave(&app, &seq);
	ward_ber_leave(&f, &app);
	ward_ber_leave(r, &f);
	return good(m, r, WARD_KERBEROS_BAD_TICKET);
}

static bool version_and_type(struct ward_kerberos *m, struct ward_rd *r, unsigned n)
{
	size_t off = r->off;
	int32_t version = int32(r, n), type;

	if (!good(m, r, WARD_KERBEROS_BAD_VERSION))
		return false;
	if (version != VERSION)
		return fail(m, WARD_KERBEROS_BAD_VERSION, off);
	off = r->off;
	type = int32(r, n + 1);
	if (!good(m, r, WARD_KERBEROS_BAD_TYPE))
		return false;
	return type == m->type ? true : fail(m, WARD_KERBEROS_BAD_TYPE, off);
}

/* 5.5.1 */
static bool ap_req(struct ward_kerberos *m, struct ward_rd *r)
{
	(void)bytes(r, 2, BIT_STRING);
	if (!good(m, r, WARD_KERBEROS_BAD_TICKET) || !ticket(m, r, 3))
		return false;
	encrypted_field(r, 4, &m->part_etype);
	return good(m, r, WARD_KERBEROS_BAD_TICKET);
}

static bool ap_rep(struct ward_kerberos *m, struct ward_rd *r)
{
	encrypted_field(r, 2, &m->part_etype);
	return good(m, r, WARD_KERBEROS_BAD_REPLY);
}

/* Of the types with something to see; what can't be read in them is not the message's fault. */
static void padata_value(struct ward_kerberos *m, int32_t type, struct ward_rd value)
{
	struct ward_rd seq, app, flag;

	switch (type) {
	case WARD_KERBEROS_PA_TIMESTAMP:
		encrypted(&value, &m->preauth_etype);
		break;
	case WARD_KERBEROS_PA_PAC_REQUEST: /* MS-KILE 2.2.3 */
		seq = ward_ber_open(&value, WARD_BER_SEQUENCE);
		flag = ward_ber_open(&seq, WARD_BER_CTX_OF(0));
		m->pac = ward_ber_bool(&flag, WARD_BER_BOOLEAN);
		m->has_pac = !ward_rd_bad(&flag);
		break;
	case WARD_KERBEROS_PA_TGS_REQ:
		app = ward_ber_open(&value, WARD_BER_APP_OF(WARD_KERBEROS_AP_REQ));
		seq = ward_ber_open(&app, WARD_BER_SEQUENCE);
		skip_if(&seq, 0);
		skip_if(&seq, 1);
		(void)ap_req(m, &seq);
		break;
	default:
		break;
	}
}

/* 5.2.7; each turn takes two bytes at least */
static bool padata(struct ward_kerberos *m, struct ward_rd *r, unsigned n)
{
	struct ward_rd f, list;

	if (!ward_ber_open_if(r, (uint8_t)WARD_BER_CTX_OF(n), &f))
		return good(m, r, WARD_KERBEROS_BAD_PADATA);
	list = ward_ber_open(&f, WARD_BER_SEQUENCE);
	while (ward_rd_left(&list)) {
		struct ward_rd one = ward_ber_open(&list, WARD_BER_SEQUENCE), value, octets;
		int32_t type = int32(&one, 1);

		value = ward_ber_open(&one, WARD_BER_CTX_OF(2));
		octets = ward_ber_open(&value, WARD_BER_OCTETS);
		ward_ber_leave(&one, &value);
		ward_ber_leave(&one, &octets);
		ward_ber_leave(&list, &one);
		if (ward_rd_bad(&list))
			break;
		if (m->n_padata < WARD_KERBEROS_PADATA)
			m->padata[m->n_padata++] = type;
		padata_value(m, type, octets);
	}
	ward_ber_leave(&f, &list);
	ward_ber_leave(r, &f);
	return good(m, r, WARD_KERBEROS_BAD_PADATA);
}

/* 5.2.8: at least 32 bits, behind the count of unused ones */
static uint32_t flags(struct ward_slice bits)
{
	struct ward_rd r = ward_rd_slice(bits);

	ward_rd_skip(&r, 1);
	return ward_rd_be32(&r);
}

static void etypes(struct ward_kerberos *m, struct ward_rd *r)
{
	struct ward_rd f = ward_ber_open(r, WARD_BER_CTX_OF(8));
	struct ward_rd list = ward_ber_open(&f, WARD_BER_SEQUENCE);

	while (ward_rd_left(&list)) {
		int64_t v = ward_ber_int(&list, WARD_BER_INTEGER, INT32_MIN, INT32_MAX);

		if (!ward_rd_bad(&list) && m->n_etype < WARD_KERBEROS_ETYPES)
			m->etype[m->n_etype++] = (int32_t)v;
	}
	ward_ber_leave(&f, &list);
	ward_ber_leave(r, &f);
}

/* HostAddresses, 5.2.5 */
static void addresses(struct ward_kerberos *m, struct ward_rd *r)
{
	struct ward_rd f, list;

	if (!ward_ber_open_if(r, WARD_BER_CTX_OF(9), &f))
		return;
	list = ward_ber_open(&f, WARD_BER_SEQUENCE);
	while (ward_rd_left(&list)) {
		struct ward_rd one = ward_ber_open(&list, WARD_BER_SEQUENCE);
		int32_t type = int32(&one, 0);
		struct ward_slice name = bytes(&one, 1, WARD_BER_OCTETS);

		ward_ber_leave(&list, &one);
		if (!ward_rd_bad(&list) && type == ADDRESS_NETBIOS)
			m->netbios = name;
	}
	ward_ber_leave(&f, &list);
	ward_ber_leave(r, &f);
}

/* 5.4.1: KDC-REQ-BODY, as far as it is told */
static bool body(struct ward_kerberos *m, struct ward_rd *r)
{
	struct ward_rd f = ward_ber_open(r, WARD_BER_CTX_OF(4));
	struct ward_rd b = ward_ber_open(&f, WARD_BER_SEQUENCE);

	m->options = flags(bytes(&b, 0, BIT_STRING));
	if (has(&b, 1))
		principal(&b, 1, &m->client);
	m->realm = bytes(&b, 2, GENERAL_STRING);
	if (has(&b, 3))
		principal(&b, 3, &m->service);
	skip_if(&b, 4);
	m->till = bytes(&b, 5, GENERALIZED_TIME);
	skip_if(&b, 6);
	/* A nonce is unsigned with some and signed with others. */
	f = ward_ber_open(&b, WARD_BER_CTX_OF(7));
	m->nonce = (uint32_t)ward_ber_int(&f, WARD_BER_INTEGER, INT32_MIN, UINT32_MAX);
	ward_ber_leave(&b, &f);
	etypes(m, &b);
	addresses(m, &b);
	ward_ber_leave(r, &b);
	return good(m, r, WARD_KERBEROS_BAD_BODY);
}

static bool request(struct ward_kerberos *m, struct ward_rd *r)
{
	return version_and_type(m, r, 1) && padata(m, r, 3) && body(m, r);
}

/* 5.4.2 */
static bool reply(struct ward_kerberos *m, struct ward_rd *r)
{
	if (!version_and_type(m, r, 0) || !padata(m, r, 2))
		return false;
	(void)bytes(r, 3, GENERAL_STRING); /* the client's realm */
	principal(r, 4, &m->client);
	if (!good(m, r, WARD_KERBEROS_BAD_REPLY) || !ticket(m, r, 5))
		return false;
	m->service = m->ticket_service;
	encrypted_field(r, 6, &m->part_etype);
	return good(m, r, WARD_KERBEROS_BAD_REPLY);
}

/* 5.9.1 */
static bool error(struct ward_kerberos *m, struct ward_rd *r)
{
	if (!version_and_type(m, r, 0))
		return false;
	skip_if(r, 2); /* ctime, cusec, stime, susec */
	skip_if(r, 3);
	skip_if(r, 4);
	skip_if(r, 5);
	m->error = int32(r, 6);
	skip_if(r, 7);
	if (has(r, 8))
		principal(r, 8, &m->client);
	m->realm = bytes(r, 9, GENERAL_STRING);
	if (has(r, 10))
		principal(r, 10, &m->service);
	return good(m, r, WARD_KERBEROS_BAD_ERROR);
}

static bool application(struct ward_kerberos *m, struct ward_rd *r)
{
	switch (m->type) {
	case WARD_KERBEROS_AS_REQ:
	case WARD_KERBEROS_TGS_REQ:
		return request(m, r);
	case WARD_KERBEROS_AS_REP:
	case WARD_KERBEROS_TGS_REP:
		return reply(m, r);
	case WARD_KERBEROS_AP_REQ:
		return version_and_type(m, r, 0) && ap_req(m, r);
	case WARD_KERBEROS_AP_REP:
		return version_and_type(m, r, 0) && ap_rep(m, r);
	case WARD_KERBEROS_ERROR:
	default:
		return error(m, r);
	}
}

static void reset(struct ward_kerberos *m)
{
	memset(m, 0, sizeof(*m));
	m->reason = WARD_KERBEROS_REASON_N;
}

static bool parse(struct ward_rd *all, struct ward_kerberos *m)
{
	uint8_t tag = ward_rd_peek(all);
	struct ward_rd app, seq;

	if (!ward_kerberos_type_name(tag & 0x1f) || (tag & 0xe0) != WARD_BER_APP_OF(0))
		return fail(m, WARD_KERBEROS_BAD_MESSAGE, all->off);
	m->type = tag & 0x1f;
	app = ward_ber_open(all, tag);
	seq = ward_ber_open(&app, WARD_BER_SEQUENCE);
	if (!good(m, all, WARD_KERBEROS_BAD_MESSAGE) || !good(m, &seq, WARD_KERBEROS_BAD_MESSAGE))
		return false;
	return application(m, &seq);
}

bool ward_kerberos_parse(struct ward_slice message, struct ward_kerberos *m)
{
	struct ward_rd all = ward_rd_slice(message);

	reset(m);
	if (!parse(&all, m))
		return false;
	return ward_rd_left(&all) ? fail(m, WARD_KERBEROS_BAD_MESSAGE, all.off) : true;
}

bool ward_kerberos_probe(struct ward_slice bytes_, size_t len)
{
	struct ward_rd r = ward_rd_slice(bytes_), version;
	uint8_t tag;
	size_t n;

	if (!ward_ber_head(&r, &tag, &n) || (tag & 0xe0) != WARD_BER_APP_OF(0) ||
		!ward_kerberos_type_name(tag & 0x1f) || r.off + n != len)
		return false;
	if (!ward_ber_head(&r, &tag, &n) || tag != WARD_BER_SEQUENCE)
		return false;
	if (has(&r, 1))
		version = ward_ber_open(&r, WARD_BER_CTX_OF(1));
	else
		version = ward_ber_open(&r, WARD_BER_CTX_OF(0));
	return ward_ber_int(&version, WARD_BER_INTEGER, VERSION, VERSION) == VERSION;
}

/* RFC 3244 2: its length, a version, the length of the AP message. */
enum { KPASSWD_CHANGE = 1, KPASSWD_SET = 0xff80, KPASSWD_HEAD = 6 };

static bool kpasswd_head(struct ward_rd *r, size_t len, uint16_t *ret_ap)
{
	uint16_t all = ward_rd_be16(r), version = ward_rd_be16(r);

	*ret_ap = ward_rd_be16(r);
	return !ward_rd_bad(r) && all == len && *ret_ap <= len - KPASSWD_HEAD &&
	       (version == KPASSWD_CHANGE || version == KPASSWD_SET);
}

bool ward_kerberos_kpasswd(struct ward_slice message, struct ward_kerberos *m)
{
	struct ward_rd r = ward_rd_slice(message);
	uint16_t ap;

	reset(m);
	if (!kpasswd_head(&r, message.len, &ap))
		return fail(m, WARD_KERBEROS_BAD_KPASSWD, 0);
	/* without an AP message an error follows (2) */
	if (ap)
		r.len = r.off + ap;
	return parse(&r, m);
}

bool ward_kerberos_kpasswd_probe(struct ward_slice payload, size_t len)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint16_t ap;

	if (!kpasswd_head(&r, len, &ap))
		return false;
	return ward_kerberos_probe(ward_rd_rest(&r), ap ? ap : len - KPASSWD_HEAD);
}
