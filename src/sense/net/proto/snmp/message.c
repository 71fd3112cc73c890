/* Bytes of one message into struct ward_snmp. */
#include "sense/net/proto/snmp/snmp.h"

static bool fail(struct ward_snmp *m, enum ward_snmp_reason reason, size_t off)
{
	if (m->reason == WARD_SNMP_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}

static bool good(struct ward_snmp *m, const struct ward_rd *r, enum ward_snmp_reason reason)
{
	return ward_rd_bad(r) ? fail(m, reason, r->off) : true;
}

static bool done(struct ward_snmp *m, const struct ward_rd *r, enum ward_snmp_reason reason)
{
	return ward_rd_bad(r) || ward_rd_left(r) ? fail(m, reason, r->off) : true;
}

static int32_t int32(struct ward_rd *r)
{
	return (int32_t)ward_ber_int(r, WARD_BER_INTEGER, INT32_MIN, INT32_MAX);
}

static int32_t natural(struct ward_rd *r)
{
	return (int32_t)ward_ber_int(r, WARD_BER_INTEGER, 0, INT32_MAX);
}

/* The same from those who forget the octet of the sign. */
static uint32_t unsigned32(struct ward_rd *r, uint8_t tag)
{
	size_t begin = r->off;
	struct ward_slice body = ward_ber_bytes(r, tag);
	uint64_t v = 0;

	if (!ward_rd_bad(r) && (!ward_ber_uint_of(body, &v) || v > UINT32_MAX)) {
		r->bad = true;
		r->off = begin;
		return 0;
	}
	return (uint32_t)v;
}

static bool oid(struct ward_snmp *m, struct ward_rd *r, struct ward_slice *ret)
{
	struct ward_ber_oid arcs;
	size_t begin = r->off;

	*ret = ward_ber_bytes(r, WARD_BER_OID);
	return !ward_rd_bad(r) && ward_ber_oid_of(*ret, &arcs) ? true
							       : fail(m, WARD_SNMP_OID, begin);
}

static bool varbind(struct ward_snmp *m, struct ward_rd *list)
{
	struct ward_rd r = ward_ber_open(list, WARD_BER_SEQUENCE);
	struct ward_snmp_var var;

	if (!good(m, &r, WARD_SNMP_VARBIND) || !oid(m, &r, &var.oid))
		return false;
	var.value = ward_ber_next(&r);
	if (!done(m, &r, WARD_SNMP_VARBIND))
		return false;
	m->n_var_seen++;
	if (m->n_var < WARD_SNMP_VARS)
		m->var[m->n_var++] = var;
	return true;
}

/* The end of each PDU; each turn takes two bytes at least. */
static bool varbinds(struct ward_snmp *m, struct ward_rd *pdu)
{
	struct ward_rd list = ward_ber_open(pdu, WARD_BER_SEQUENCE);

	if (!good(m, &list, WARD_SNMP_VARBIND))
		return false;
	while (ward_rd_left(&list))
		if (!varbind(m, &list))
			return false;
	return done(m, pdu, WARD_SNMP_PDU);
}

/* RFC 1157 4.1.6 */
static bool trap_v1(struct ward_snmp *m, struct ward_rd *r)
{
	size_t off;

	if (!oid(m, r, &m->enterprise))
		return false;
	off = r->off;
	m->agent = ward_ber_bytes(r, WARD_SNMP_IP);
	if (!ward_rd_bad(r) && m->agent.len != 4)
		return fail(m, WARD_SNMP_TRAP, off);
	m->generic = natural(r);
	m->specific = int32(r);
	m->uptime = unsigned32(r, WARD_SNMP_TICKS);
	return good(m, r, WARD_SNMP_TRAP) && varbinds(m, r);
}

static bool plain_pdu(struct ward_snmp *m, struct ward_rd *r)
{
	m->request_id = int32(r);
	m->error_status = int32(r);
	m->error_index = int32(r);
	return good(m, r, WARD_SNMP_PDU) && varbinds(m, r);
}

static bool is_pdu(uint8_t tag)
{
	return tag >= WARD_BER_CTX_OF(WARD_SNMP_PDU_GET) &&
	       tag <= WARD_BER_CTX_OF(WARD_SNMP_PDU_REPORT);
}

static bool pdu(struct ward_snmp *m, struct ward_rd *r)
{
	uint8_t tag = ward_rd_peek(r);
	struct ward_rd body;

	if (!is_pdu(tag))
		return fail(m, WARD_SNMP_PDU_TYPE, r->off);
	m->pdu = (enum ward_snmp_pdu)(tag - WARD_BER_CTX_OF(0));
	body = ward_ber_open(r, tag);
	if (!good(m, &body, WARD_SNMP_PDU))
		return false;
	if (m->pdu == WARD_SNMP_PDU_TRAP_V1 ? !trap_v1(m, &body) : !plain_pdu(m, &body))
		return false;
	if (m->version != WARD_SNMP_V3)
		m->id = m->request_id;
	return true;
}

/* RFC 3412 6: HeaderData */
static bool header(struct ward_snmp *m, struct ward_rd *r)
{
	struct ward_rd h = ward_ber_open(r, WARD_BER_SEQUENCE);
	struct ward_slice flags;

	m->id = natural(&h);
	m->max_size = natural(&h);
	flags = ward_ber_bytes(&h, WARD_BER_OCTETS);
	if (!ward_rd_bad(&h) && flags.len != 1)
		return fail(m, WARD_SNMP_HEADER, h.off - flags.len);
	m->flags = flags.len ? flags.p[0] : 0;
	m->security_model = natural(&h);
	return done(m, &h, WARD_SNMP_HEADER);
}

/* RFC 3414 2.4: the parameters are an element inside of the octet string. */
static bool security(struct ward_snmp *m, struct ward_rd *r)
{
	struct ward_rd octets = ward_ber_open(r, WARD_BER_OCTETS), u;

	if (!good(m, r, WARD_SNMP_SECURITY) || m->security_model != WARD_SNMP_USM)
		return !ward_rd_bad(r);
	u = ward_ber_open(&octets, WARD_BER_SEQUENCE);
	m->engine = ward_ber_bytes(&u, WARD_BER_OCTETS);
	m->engine_boots = unsigned32(&u, WARD_BER_INTEGER);
	m->engine_time_s = unsigned32(&u, WARD_BER_INTEGER);
	m->user = ward_ber_bytes(&u, WARD_BER_OCTETS);
	(void)ward_ber_bytes(&u, WARD_BER_OCTETS); /* authentication parameters */
	(void)ward_ber_bytes(&u, WARD_BER_OCTETS); /* privacy parameters */
	return done(m, &u, WARD_SNMP_SECURITY) && done(m, &octets, WARD_SNMP_SECURITY);
}

/* RFC 3412 6: plain, or an octet string when it is encrypted */
static bool scoped_pdu(struct ward_snmp *m, struct ward_rd *r)
{
	struct ward_rd s;

	if (ward_ber_open_if(r, WARD_BER_OCTETS, &s)) {
		m->pdu = WARD_SNMP_PDU_ENCRYPTED;
		return good(m, &s, WARD_SNMP_SCOPED_PDU);
	}
	s = ward_ber_open(r, WARD_BER_SEQUENCE);
	m->context_engine = ward_ber_bytes(&s, WARD_BER_OCTETS);
	m->context_name = ward_ber_bytes(&s, WARD_BER_OCTETS);
	return good(m, &s, WARD_SNMP_SCOPED_PDU) && pdu(m, &s) && done(m, &s, WARD_SNMP_SCOPED_PDU);
}

static bool version(struct ward_snmp *m, struct ward_rd *r)
{
	size_t off = r->off;

	m->version = (uint8_t)ward_ber_int(r, WARD_BER_INTEGER, WARD_SNMP_V1, WARD_SNMP_V3);
	if (!ward_rd_bad(r) && m->version == 2)
		return fail(m, WARD_SNMP_VERSION, off);
	return good(m, r, WARD_SNMP_VERSION);
}

static bool community(struct ward_snmp *m, struct ward_rd *r)
{
	m->community = ward_ber_bytes(r, WARD_BER_OCTETS);
	return good(m, r, WARD_SNMP_COMMUNITY);
}

static void reset(struct ward_snmp *m)
{
	memset(m, 0, sizeof(*m));
	m->pdu = WARD_SNMP_PDU_N;
	m->reason = WARD_SNMP_REASON_N;
}

bool ward_snmp_parse(struct ward_slice bytes, struct ward_snmp *m)
{
	struct ward_rd all = ward_rd_slice(bytes), r;

	reset(m);
	r = ward_ber_open(&all, WARD_BER_SEQUENCE);
	if (!good(m, &all, WARD_SNMP_MESSAGE) || !version(m, &r))
		return false;
	if (m->version == WARD_SNMP_V3) {
		if (!header(m, &r) || !security(m, &r) || !scoped_pdu(m, &r))
			return false;
	} else if (!community(m, &r) || !pdu(m, &r)) {
		return false;
	}
	return done(m, &r, WARD_SNMP_MESSAGE) && done(m, &all, WARD_SNMP_TRAILING);
}

bool ward_snmp_probe(struct ward_slice bytes)
{
	struct ward_snmp m;
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t tag;
	size_t len;

	/* A datagram may be cut by the snap length, so that the element need not be whole. */
	if (!ward_ber_head(&r, &tag, &len) || tag != WARD_BER_SEQUENCE || len < ward_rd_left(&r))
		return false;
	reset(&m);
	if (!version(&m, &r))
		return false;
	if (m.version == WARD_SNMP_V3)
		return header(&m, &r) && security(&m, &r) &&
		       (ward_rd_peek(&r) == WARD_BER_SEQUENCE ||
			       ward_rd_peek(&r) == WARD_BER_OCTETS);
	return community(&m, &r) && is_pdu(ward_rd_peek(&r));
}
