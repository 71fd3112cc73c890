/* Header, questions and records of one message (RFC 1035 4.1). */
#include "sense/net/proto/dns/names.h"
#include "sense/net/proto/dns/reader.h"

enum {
	QUESTION_MIN = 5, /* root, type, class */
	RECORD_MIN = 11,  /* root, type, class, TTL, length */
	TOP_BIT = 0x8000, /* of a class in multicast DNS (RFC 6762 18.12, 18.13) */
};

static void read_header(struct ward_rd *r, struct ward_dns *m)
{
	m->id = ward_rd_be16(r);
	m->flags = ward_rd_be16(r);
	m->response = m->flags & 0x8000;
	m->opcode = m->flags >> 11 & 15;
	m->rcode = m->flags & 15;
	for (size_t s = 0; s < WARD_DNS_SECTIONS; s++)
		m->count[s] = ward_rd_be16(r);
	m->has_header = !ward_rd_bad(r);
}

static bool read_question(struct ward_dns_rd *b)
{
	struct ward_dns *m = b->m;
	struct ward_dns_question q = {0};
	size_t from = b->text->len;

	b->silent = m->n_question == WARD_DNS_QUESTIONS;
	if (!ward_dns_name(b))
		return false;
	q.type = ward_rd_be16(&b->r);
	q.class = ward_rd_be16(&b->r);
	if (ward_rd_bad(&b->r))
		return ward_dns_fail(b, WARD_DNS_QUESTION_SHORT, b->r.off);
	if (b->silent)
		return true;
	if (m->kind == WARD_DNS_MULTICAST) {
		q.unicast = q.class & TOP_BIT;
		q.class &= (uint16_t)~TOP_BIT;
	}
	q.name = ward_dns_text(b, from);
	m->question[m->n_question++] = q;
	return true;
}

/* RFC 6891 6.1.2: class and TTL mean something else. */
static bool read_opt(struct ward_dns_rd *b, const struct ward_dns_record *rr)
{
	struct ward_dns *m = b->m;

	if (m->has_opt)
		return ward_dns_fail(b, WARD_DNS_OPT, b->r.off);
	m->has_opt = true;
	m->udp_payload_size = rr->class;
	m->rcode |= (uint16_t)(rr->ttl_s >> 24 << 4);
	m->edns_version = (uint8_t)(rr->ttl_s >> 16);
	m->dnssec_ok = rr->ttl_s & 0x8000;
	return ward_dns_options(b);
}

/* The cursor ends at the data's end while the data is read. */
static bool read_data(struct ward_dns_rd *b, struct ward_dns_record *rr)
{
	struct ward_dns *m = b->m;
	size_t from = b->text->len;

	if (rr->type == WARD_DNS_TYPE_OPT)
		return read_opt(b, rr);
	if (b->silent) {
		m->n_cut++;
		(void)ward_rd_rest(&b->r);
		return true;
	}
	if (m->kind == WARD_DNS_MULTICAST)
		rr->class &= (uint16_t)~TOP_BIT;
	if (!ward_dns_rdata(b, rr->type, rr->class))
		return false;
	rr->data = ward_dns_text(b, from);
	m->record[m->n_record++] = *rr;
	return true;
}

static bool read_record(struct ward_dns_rd *b, enum ward_dns_section section)
{
	struct ward_dns_record rr = {.section = section};
	size_t from = b->text->len, whole = b->r.len;

	b->silent = b->m->n_record == WARD_DNS_RECORDS || from >= WARD_DNS_ALL;
	if (!ward_dns_name(b))
		return false;
	rr.name = ward_dns_text(b, from);
	rr.type = ward_rd_be16(&b->r);
	rr.class = ward_rd_be16(&b->r);
	rr.ttl_s = ward_rd_be32(&b->r);
	uint16_t len = ward_rd_be16(&b->r);

	if (ward_rd_bad(&b->r))
		return ward_dns_fail(b, WARD_DNS_RECORD_SHORT, b->r.off);
	if (len > ward_rd_left(&b->r))
		return ward_dns_fail(b, WARD_DNS_RECORD_LENGTH, b->r.off);
	b->r.len = b->r.off + len;
	if (!read_data(b, &rr))
		return false;
	b->r.len = whole;
	return true;
}

/* Each turn takes at least QUESTION_MIN or RECORD_MIN bytes, or ends it. */
static bool read_all(struct ward_dns_rd *b)
{
	struct ward_dns *m = b->m;

	read_header(&b->r, m);
	if (!m->has_header)
		return ward_dns_fail(b, WARD_DNS_HEADER_SHORT, b->r.off);
	for (size_t i = 0; i < m->count[WARD_DNS_QUESTION]; i++)
		if (!read_question(b))
			return false;
	for (unsigned s = WARD_DNS_ANSWER; s < WARD_DNS_SECTIONS; s++)
		for (size_t i = 0; i < m->count[s]; i++)
			if (!read_record(b, (enum ward_dns_section)s))
				return false;
	m->trailing = ward_rd_left(&b->r);
	return true;
}

bool ward_dns_parse(struct ward_slice message, enum ward_dns_kind kind, struct ward_wr *text,
	struct ward_dns *m)
{
	struct ward_dns_rd b = {
		.message = message, .r = ward_rd_slice(message), .text = text, .m = m};

	memset(m, 0, sizeof(*m));
	m->kind = kind;
	m->reason = WARD_DNS_REASON_N;
	ward_wr_reset(text);
	return read_all(&b);
}

static bool likely(const struct ward_dns *m, size_t len)
{
	size_t least = WARD_DNS_HEADER + m->count[WARD_DNS_QUESTION] * (size_t)QUESTION_MIN;

	for (unsigned s = WARD_DNS_ANSWER; s < WARD_DNS_SECTIONS; s++)
		least += m->count[s] * (size_t)RECORD_MIN;
	/* A message without a question or record is a bare error, or of DSO. */
	if (least > len || (least == WARD_DNS_HEADER && !(m->response && m->rcode)))
		return false;
	return ward_dns_opcode_name(WARD_DNS_UNICAST, m->opcode) ||
	       ward_dns_opcode_name(WARD_DNS_NETBIOS, m->opcode);
}

bool ward_dns_probe(struct ward_slice bytes, size_t len)
{
	struct ward_dns m = {.reason = WARD_DNS_REASON_N};
	struct ward_dns_rd b = {
		.message = bytes, .r = ward_rd_slice(bytes), .m = &m, .silent = true};

	read_header(&b.r, &m);
	if (!m.has_header || !likely(&m, len))
		return false;
	return m.count[WARD_DNS_QUESTION] == 0 || ward_dns_name(&b) ||
	       m.reason == WARD_DNS_NAME_SHORT;
}
