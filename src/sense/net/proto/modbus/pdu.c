/* The bodies of the public functions (clause 6), one reader per direction, in one table. */
#include "sense/net/proto/modbus/modbus.h"

/* A message being read. r covers it from its first byte, so that r.off is the offset. */
struct pdu {
	struct ward_rd r;
	struct ward_modbus *m;
};

typedef bool body_fn(struct pdu *p);

enum {
	COILS_READ = 2000,
	COILS_WRITTEN = 1968,
	REGISTERS_READ = 125,
	REGISTERS_WRITTEN = 123,
	REGISTERS_WRITTEN_TOO = 121, /* of read-write-multiple-registers */
	FIFO_MAX = 31,
	FILE_REFERENCE = 6, /* the only reference type */
	COIL_ON = 0xff00,
	MIN_LENGTH = 2, /* unit and function */
};

static bool fail_at(struct pdu *p, enum ward_modbus_reason reason, size_t off)
{
	if (p->m->reason == WARD_MODBUS_REASON_N) {
		p->m->reason = reason;
		p->m->off = off;
	}
	return false;
}

static bool fail(struct pdu *p, enum ward_modbus_reason reason)
{
	return fail_at(p, reason, p->r.off);
}

static bool whole(struct pdu *p)
{
	return ward_rd_bad(&p->r) ? fail(p, WARD_MODBUS_BODY_SHORT) : true;
}

static bool u16(struct pdu *p, struct ward_modbus_optional *ret)
{
	uint16_t v = ward_rd_be16(&p->r);

	if (!whole(p))
		return false;
	*ret = (struct ward_modbus_optional){true, v};
	return true;
}

static bool u8(struct pdu *p, struct ward_modbus_optional *ret)
{
	uint8_t v = ward_rd_u8(&p->r);

	if (!whole(p))
		return false;
	*ret = (struct ward_modbus_optional){true, v};
	return true;
}

static bool nothing(struct pdu *p)
{
	(void)p;
	return true;
}

static bool count(struct pdu *p, unsigned max, struct ward_modbus_optional *ret)
{
	size_t off = p->r.off;

	if (!u16(p, ret))
		return false;
	return ret->v >= 1 && ret->v <= max ? true : fail_at(p, WARD_MODBUS_COUNT, off);
}

/* A byte count that must be `want`. */
static bool byte_count(struct pdu *p, unsigned want)
{
	size_t off = p->r.off;

	if (!u8(p, &p->m->bytes))
		return false;
	return p->m->bytes.v == want ? true : fail_at(p, WARD_MODBUS_BYTE_COUNT, off);
}

/* A byte count that covers the rest of the message, a whole number of `unit` bytes. */
static bool counted_rest(struct pdu *p, unsigned unit)
{
	size_t off = p->r.off;

	if (!u8(p, &p->m->bytes))
		return false;
	if (p->m->bytes.v % unit || p->m->bytes.v < unit)
		return fail_at(p, WARD_MODBUS_BYTE_COUNT, off);
	return ward_rd_left(&p->r) == p->m->bytes.v ? true
						    : fail_at(p, WARD_MODBUS_BYTE_COUNT, off);
}

static void keep(struct ward_modbus *m, uint16_t v)
{
	m->n_value_seen++;
	if (m->n_value < WARD_MODBUS_VALUES)
		m->value[m->n_value++] = v;
}

/* The counts were checked: at most REGISTERS_WRITTEN. */
static bool registers(struct pdu *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint16_t v = ward_rd_be16(&p->r);

		if (!whole(p))
			return false;
		keep(p->m, v);
	}
	return true;
}

/* Clause 6.11: the lowest bit comes first. */
static bool coils(struct pdu *p, unsigned n)
{
	uint8_t byte = 0;

	for (unsigned i = 0; i < n; i++) {
		if (i % 8 == 0)
			byte = ward_rd_u8(&p->r);
		if (!whole(p))
			return false;
		keep(p->m, byte >> i % 8 & 1);
	}
	return true;
}

/* 6.1, 6.2 */
static bool read_bits(struct pdu *p)
{
	return u16(p, &p->m->address) && count(p, COILS_READ, &p->m->count);
}

/* 6.3, 6.4 */
static bool read_registers(struct pdu *p)
{
	return u16(p, &p->m->address) && count(p, REGISTERS_READ, &p->m->count);
}

static bool bits_read(struct pdu *p)
{
	if (!counted_rest(p, 1))
		return false;
	ward_rd_skip(&p->r, p->m->bytes.v);
	return true;
}

static bool registers_read(struct pdu *p)
{
	if (!counted_rest(p, 2))
		return false;
	ward_rd_skip(&p->r, p->m->bytes.v);
	return true;
}

/* 6.5, both ways */
static bool write_coil(struct pdu *p)
{
	struct ward_modbus_optional v;
	size_t off;

	if (!u16(p, &p->m->address))
		return false;
	off = p->r.off;
	if (!u16(p, &v))
		return false;
	if (v.v != 0 && v.v != COIL_ON)
		return fail_at(p, WARD_MODBUS_VALUE, off);
	keep(p->m, v.v == COIL_ON);
	return true;
}

/* 6.6, both ways */
static bool write_register(struct pdu *p)
{
	return u16(p, &p->m->address) && registers(p, 1);
}

/* 6.7 */
static bool exception_status(struct pdu *p)
{
	ward_rd_skip(&p->r, 1);
	return whole(p);
}

/* 6.8, both ways: any number of data words */
static bool diagnostics(struct pdu *p)
{
	if (!u16(p, &p->m->diagnostic))
		return false;
	ward_rd_skip(&p->r, ward_rd_left(&p->r));
	return true;
}

/* 6.9: status and count */
static bool event_counter(struct pdu *p)
{
	ward_rd_skip(&p->r, 4);
	return whole(p);
}

/* 6.10: status, counts, events */
static bool event_log(struct pdu *p)
{
	if (!counted_rest(p, 1))
		return false;
	ward_rd_skip(&p->r, 6);
	if (!whole(p))
		return false;
	ward_rd_skip(&p->r, ward_rd_left(&p->r));
	return true;
}

/* 6.11 */
static bool write_coils(struct pdu *p)
{
	struct ward_modbus *m = p->m;

	return u16(p, &m->address) && count(p, COILS_WRITTEN, &m->count) &&
	       byte_count(p, (m->count.v + 7U) / 8) && coils(p, m->count.v);
}

/* 6.12 */
static bool write_registers(struct pdu *p)
{
	struct ward_modbus *m = p->m;

	return u16(p, &m->address) && count(p, REGISTERS_WRITTEN, &m->count) &&
	       byte_count(p, m->count.v * 2U) && registers(p, m->count.v);
}

static bool coils_written(struct pdu *p)
{
	return u16(p, &p->m->address) && count(p, COILS_WRITTEN, &p->m->count);
}

static bool registers_written(struct pdu *p)
{
	return u16(p, &p->m->address) && count(p, REGISTERS_WRITTEN, &p->m->count);
}

/* 6.13: what the bytes mean is the device's own affair */
static bool server_id(struct pdu *p)
{
	if (!counted_rest(p, 1))
		return false;
	p->m->server_id = ward_rd_rest(&p->r);
	return true;
}

/* Reference type, file, record, number of words: the head of a group of 6.14 and 6.15. */
static bool file_group(struct pdu *p, uint16_t *ret_words)
{
	struct ward_modbus_optional file, record, words;
	size_t off = p->r.off;
	uint8_t type = ward_rd_u8(&p->r);

	if (!whole(p))
		return false;
	if (type != FILE_REFERENCE)
		return fail_at(p, WARD_MODBUS_FILE_REFERENCE, off);
	if (!u16(p, &file) || !u16(p, &record) || !u16(p, &words))
		return false;
	if (!p->m->file.is) {
		p->m->file = file;
		p->m->record = record;
	}
	*ret_words = words.v;
	return true;
}

/* 6.14; each turn takes 7 bytes */
static bool read_file(struct pdu *p)
{
	uint16_t words;

	if (!counted_rest(p, 1))
		return false;
	while (ward_rd_left(&p->r))
		if (!file_group(p, &words))
			return false;
	return true;
}

/* 6.14; each turn takes 2 bytes at least */
static bool file_read(struct pdu *p)
{
	if (!counted_rest(p, 1))
		return false;
	while (ward_rd_left(&p->r)) {
		size_t len = ward_rd_u8(&p->r), off = p->r.off;
		uint8_t type = ward_rd_u8(&p->r);

		if (!whole(p))
			return false;
		if (type != FILE_REFERENCE || !len)
			return fail_at(p, WARD_MODBUS_FILE_REFERENCE, off);
		ward_rd_skip(&p->r, len - 1);
		if (!whole(p))
			return false;
	}
	return true;
}

/* 6.15, both ways; each turn takes 7 bytes at least */
static bool write_file(struct pdu *p)
{
	uint16_t words;

	if (!counted_rest(p, 1))
		return false;
	while (ward_rd_left(&p->r)) {
		if (!file_group(p, &words))
			return false;
		ward_rd_skip(&p->r, (size_t)words * 2);
		if (!whole(p))
			return false;
	}
	return true;
}

/* 6.16, both ways */
static bool mask_write(struct pdu *p)
{
	struct ward_modbus *m = p->m;

	return u16(p, &m->address) && u16(p, &m->and_mask) && u16(p, &m->or_mask);
}

/* 6.17 */
static bool read_write(struct pdu *p)
{
	struct ward_modbus *m = p->m;

	return u16(p, &m->address) && count(p, REGISTERS_READ, &m->count) &&
	       u16(p, &m->write_address) && count(p, REGISTERS_WRITTEN_TOO, &m->write_count) &&
	       byte_count(p, m->write_count.v * 2U) && registers(p, m->write_count.v);
}

/* 6.18 */
static bool read_fifo(struct pdu *p)
{
	return u16(p, &p->m->address);
}

static bool fifo_read(struct pdu *p)
{
	size_t off = p->r.off;

	if (!u16(p, &p->m->bytes))
		return false;
	if (p->m->bytes.v != ward_rd_left(&p->r) || p->m->bytes.v < 2)
		return fail_at(p, WARD_MODBUS_BYTE_COUNT, off);
	off = p->r.off;
	if (!u16(p, &p->m->count))
		return false;
	if (p->m->count.v > FIFO_MAX || p->m->count.v * 2U != ward_rd_left(&p->r))
		return fail_at(p, WARD_MODBUS_COUNT, off);
	ward_rd_skip(&p->r, ward_rd_left(&p->r));
	return true;
}

/* 6.20 and others: the MEI type says what the rest is */
static bool other_interface(struct pdu *p)
{
	p->m->n_unparsed = ward_rd_left(&p->r);
	ward_rd_skip(&p->r, p->m->n_unparsed);
	return true;
}

/* 6.21 */
static bool encapsulated(struct pdu *p)
{
	struct ward_modbus *m = p->m;
	size_t off;

	if (!u8(p, &m->mei))
		return false;
	if (m->mei.v != WARD_MODBUS_MEI_DEVICE)
		return other_interface(p);
	off = p->r.off;
	if (!u8(p, &m->read_code) || !u8(p, &m->object_id))
		return false;
	return m->read_code.v >= 1 && m->read_code.v <= 4
		       ? true
		       : fail_at(p, WARD_MODBUS_IDENTIFICATION, off);
}

/* Id, length, text; takes at least two bytes. */
static bool one_object(struct pdu *p)
{
	struct ward_modbus *m = p->m;
	uint8_t id = ward_rd_u8(&p->r), len = ward_rd_u8(&p->r);
	struct ward_slice value = ward_rd_bytes(&p->r, len);

	if (!whole(p))
		return false;
	m->n_object_seen++;
	if (m->n_object < WARD_MODBUS_OBJECTS)
		m->object[m->n_object++] = (struct ward_modbus_object){id, value};
	return true;
}

/* 6.21 */
static bool identification(struct pdu *p)
{
	struct ward_modbus *m = p->m;
	struct ward_modbus_optional n;
	size_t off;

	if (!u8(p, &m->mei))
		return false;
	if (m->mei.v != WARD_MODBUS_MEI_DEVICE)
		return other_interface(p);
	off = p->r.off;
	if (!u8(p, &m->read_code) || !u8(p, &m->conformity) || !u8(p, &m->more_follows) ||
		!u8(p, &m->object_id) || !u8(p, &n))
		return false;
	if (m->read_code.v < 1 || m->read_code.v > 4 ||
		(m->more_follows.v != 0 && m->more_follows.v != 0xff))
		return fail_at(p, WARD_MODBUS_IDENTIFICATION, off);
	for (unsigned i = 0; i < n.v; i++)
		if (!one_object(p))
			return false;
	return true;
}

/* By function: what follows it in a request and in a response. */
static const struct {
	body_fn *request, *response;
} body[] = {
	[WARD_MODBUS_F_READ_COILS] = {read_bits, bits_read},
	[WARD_MODBUS_F_READ_DISCRETE] = {read_bits, bits_read},
	[WARD_MODBUS_F_READ_HOLDING] = {read_registers, registers_read},
	[WARD_MODBUS_F_READ_INPUT] = {read_registers, registers_read},
	[WARD_MODBUS_F_WRITE_COIL] = {write_coil, write_coil},
	[WARD_MODBUS_F_WRITE_REGISTER] = {write_register, write_register},
	[WARD_MODBUS_F_EXCEPTION_STATUS] = {nothing, exception_status},
	[WARD_MODBUS_F_DIAGNOSTICS] = {diagnostics, diagnostics},
	[WARD_MODBUS_F_EVENT_COUNTER] = {nothing, event_counter},
	[WARD_MODBUS_F_EVENT_LOG] = {nothing, event_log},
	[WARD_MODBUS_F_WRITE_COILS] = {write_coils, coils_written},
	[WARD_MODBUS_F_WRITE_REGISTERS] = {write_registers, registers_written},
	[WARD_MODBUS_F_SERVER_ID] = {nothing, server_id},
	[WARD_MODBUS_F_READ_FILE] = {read_file, file_read},
	[WARD_MODBUS_F_WRITE_FILE] = {write_file, write_file},
	[WARD_MODBUS_F_MASK_WRITE] = {mask_write, mask_write},
	[WARD_MODBUS_F_READ_WRITE] = {read_write, registers_read},
	[WARD_MODBUS_F_READ_FIFO] = {read_fifo, fifo_read},
	[WARD_MODBUS_F_ENCAPSULATED] = {encapsulated, identification},
};

enum ward_modbus_framing ward_modbus_frame(struct ward_slice bytes, struct ward_modbus *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	struct pdu p = {.m = m};
	uint16_t protocol, len;

	memset(m, 0, sizeof(*m));
	m->reason = WARD_MODBUS_REASON_N;
	m->transaction = ward_rd_be16(&r);
	protocol = ward_rd_be16(&r);
	if (!ward_rd_bad(&r) && protocol != 0) {
		(void)fail_at(&p, WARD_MODBUS_MBAP_PROTOCOL, 2);
		return WARD_MODBUS_NOT;
	}
	len = ward_rd_be16(&r);
	if (ward_rd_bad(&r))
		return WARD_MODBUS_MORE;
	if (len < MIN_LENGTH || len > WARD_MODBUS_ADU - WARD_MODBUS_HEAD + 1) {
		(void)fail_at(&p, WARD_MODBUS_MBAP_LENGTH, 4);
		return WARD_MODBUS_NOT;
	}
	m->size = WARD_MODBUS_HEAD - 1U + len;
	return m->size <= bytes.len ? WARD_MODBUS_WHOLE : WARD_MODBUS_MORE;
}

static bool read_body(struct pdu *p, bool response)
{
	struct ward_modbus *m = p->m;
	uint8_t function;

	ward_rd_skip(&p->r, WARD_MODBUS_HEAD - 1);
	m->unit = ward_rd_u8(&p->r);
	function = ward_rd_u8(&p->r); /* both are there: MIN_LENGTH */
	m->function = function & 0x7f;
	m->response = response;
	if (function == 0 || (function >= 0x80 && !response))
		return fail_at(p, WARD_MODBUS_FUNCTION, WARD_MODBUS_HEAD);
	if (function >= 0x80)
		return u8(p, &m->exception);
	if (m->function < WARD_ARRAY_LEN(body) && body[m->function].request)
		return response ? body[m->function].response(p) : body[m->function].request(p);
	return other_interface(p);
}

bool ward_modbus_parse(struct ward_slice bytes, bool response, struct ward_modbus *m)
{
	struct pdu p = {.m = m};

	switch (ward_modbus_frame(bytes, m)) {
	case WARD_MODBUS_NOT:
		return false;
	case WARD_MODBUS_MORE:
		return fail_at(&p, WARD_MODBUS_MBAP_SHORT, bytes.len);
	case WARD_MODBUS_WHOLE:
	default:
		break;
	}
	p.r = ward_rd_from(bytes.p, m->size);
	if (!read_body(&p, response))
		return false;
	return ward_rd_left(&p.r) ? fail(&p, WARD_MODBUS_BODY_LONG) : true;
}
