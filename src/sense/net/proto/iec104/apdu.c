/* APCI (104 clause 5) and the data unit identifier of an ASDU (101 clause 7.2). */
#include "sense/net/proto/iec104/iec104.h"

enum { START = 0x68, CONTROL = 4, LENGTH_MAX = 253, IDENTIFIER = 6, CAUSE_MAX = 47, ADDRESS = 3 };

static enum ward_iec104_frame not(
	struct ward_iec104 * m, enum ward_iec104_reason reason, size_t off) {
	m->reason = reason; m->off = off; return WARD_IEC104_NOT;
}

static uint32_t le24(struct ward_rd *r)
{
	uint32_t low = ward_rd_le16(r);

	return low | (uint32_t)ward_rd_u8(r) << 16;
}

/* One address for all, which follow one another, or one before each element. */
static void read_addresses(struct ward_iec104 *m, struct ward_rd r, size_t element)
{
	uint32_t first = 0;

	for (unsigned i = 0; i < m->n_object && i < WARD_IEC104_OBJECTS; i++) {
		if (!m->sequence || i == 0)
			first = le24(&r);
		m->ioa[m->n_ioa++] = m->sequence ? first + i : first;
		if (i == 0)
			ward_iec104_command(m, r);
		ward_rd_skip(&r, element);
	}
}

static enum ward_iec104_frame read_asdu(struct ward_iec104 *m, struct ward_rd *r)
{
	size_t at = r->off;
	uint8_t structure, cause;

	m->type = ward_rd_u8(r);
	structure = ward_rd_u8(r);
	cause = ward_rd_u8(r);
	m->originator = ward_rd_u8(r);
	m->common_address = ward_rd_le16(r);
	if (ward_rd_bad(r))
		return not(m, WARD_IEC104_ASDU_SHORT, at);
	m->sequence = structure & 0x80;
	m->n_object = structure & 0x7f;
	m->test = cause & 0x80;
	m->negative = cause & 0x40;
	m->cause = cause & 0x3f;
	if (m->cause == 0 || m->cause > CAUSE_MAX || m->type == 0)
		return not(m, WARD_IEC104_ASDU_CAUSE, at);
	size_t element = ward_iec104_element(m->type), n = m->n_object;

	m->known_type = element != SIZE_MAX;
	if (!m->known_type) {
		m->n_unparsed = ward_rd_left(r);
		return WARD_IEC104_WHOLE;
	}
	if (n == 0 ||
		ward_rd_left(r) != (m->sequence ? ADDRESS + n * element : n * (ADDRESS + element)))
		return not(m, WARD_IEC104_ASDU_SIZE, at);
	read_addresses(m, *r, element);
	return WARD_IEC104_WHOLE;
}

/* 5.1: the six functions, of which one at a time. */
static enum ward_iec104_frame read_u(struct ward_iec104 *m, const uint8_t control[CONTROL])
{
	static const struct {
		uint8_t bits;
		const char *name;
	} functions[] = {{0x07, "startdt_act"}, {0x0b, "startdt_con"}, {0x13, "stopdt_act"},
		{0x23, "stopdt_con"}, {0x43, "testfr_act"}, {0x83, "testfr_con"}};

	m->format = WARD_IEC104_U;
	for (size_t i = 0; i < WARD_ARRAY_LEN(functions); i++)
		if (functions[i].bits == control[0])
			m->u_function = functions[i].name;
	if (!m->u_function || control[1] || control[2] || control[3] ||
		m->size != WARD_IEC104_HEADER)
		return not(m, WARD_IEC104_APCI_CONTROL, 2);
	return WARD_IEC104_WHOLE;
}

enum ward_iec104_frame ward_iec104_parse(struct ward_slice payload, struct ward_iec104 *m)
{
	struct ward_rd r = ward_rd_slice(payload);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_IEC104_REASON_N;
	uint8_t start = ward_rd_u8(&r), len = ward_rd_u8(&r);

	if (payload.len && start != START)
		return not(m, WARD_IEC104_APCI_START, 0);
	if (ward_rd_bad(&r))
		return WARD_IEC104_MORE;
	if (len < CONTROL || len > LENGTH_MAX)
		return not(m, WARD_IEC104_APCI_LENGTH, 1);
	m->size = 2 + (size_t)len;
	if (payload.len < m->size)
		return WARD_IEC104_MORE;
	r.len = m->size;
	const uint8_t *control = ward_rd_take(&r, CONTROL);

	m->send = (uint16_t)((control[0] | control[1] << 8) >> 1);
	m->receive = (uint16_t)((control[2] | control[3] << 8) >> 1);
	if ((control[0] & 3) == 3)
		return read_u(m, control);
	if (control[2] & 1)
		return not(m, WARD_IEC104_APCI_CONTROL, 4);
	if (!(control[0] & 1)) {
		m->format = WARD_IEC104_I;
		return read_asdu(m, &r);
	}
	m->format = WARD_IEC104_S;
	if (control[0] != 1 || control[1] || m->size != WARD_IEC104_HEADER)
		return not(m, WARD_IEC104_APCI_CONTROL, 2);
	return WARD_IEC104_WHOLE;
}
