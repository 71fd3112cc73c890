/* Header, jobs and their answers. */
#include "sense/net/proto/s7comm/s7comm.h"

enum {
	HEAD = 10,
	SPECIFICATION = 0x12, /* of a variable */
	S7ANY = 0x10,
	S7ANY_LENGTH = 10,
	FILE_NAME = 9, /* with the identifier before the block's name */
	BLOCK_NAME = 8,
	LENGTHS = 13, /* a character, and twice six digits */
	DIGITS = 6,
	/* transport sizes of data whose length counts bits */
	DATA_BIT = 3,
	DATA_BYTE = 4,
	DATA_INTEGER = 5,
};

static bool fail_param(struct ward_s7comm_pdu *p, enum ward_s7comm_reason reason)
{
	return ward_s7comm_fail(p->m, reason, p->param_off + p->param.off);
}

static bool fail_data(struct ward_s7comm_pdu *p)
{
	return ward_s7comm_fail(p->m, WARD_S7COMM_DATA_SHORT, p->data_off + p->data.off);
}

static bool whole(struct ward_s7comm_pdu *p)
{
	return ward_rd_bad(&p->param) ? fail_param(p, WARD_S7COMM_PARAMETER_SHORT) : true;
}

static void set(struct ward_s7comm_pdu *p, enum ward_s7comm_number at, uint32_t v)
{
	ward_s7comm_set(p->m, at, v);
}

struct ward_slice ward_s7comm_trim(struct ward_slice s)
{
	const uint8_t *nul = s.len ? memchr(s.p, 0, s.len) : NULL;
	struct ward_str t = ward_str_trim(
		ward_slice_text(ward_slice_of(s.p, nul ? (size_t)(nul - s.p) : s.len)));

	return ward_str_bytes(t);
}

static bool digits(struct ward_slice s, uint32_t *ret)
{
	uint64_t v;

	if (!ward_str_u64(ward_slice_text(s), &v) || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool ward_s7comm_block(struct ward_s7comm *m, struct ward_slice name)
{
	uint8_t type;
	uint32_t number;

	if (name.len != BLOCK_NAME ||
		!ward_str_unhex(ward_slice_text(ward_slice_of(name.p, 2)), &type, 1) ||
		!digits(ward_slice_of(name.p + 2, 5), &number))
		return false;
	ward_s7comm_set(m, WARD_S7COMM_N_BLOCK_TYPE, type);
	ward_s7comm_set(m, WARD_S7COMM_N_BLOCK_NUMBER, number);
	return true;
}

static bool nothing(struct ward_s7comm_pdu *p)
{
	(void)p;
	return true;
}

static bool setup(struct ward_s7comm_pdu *p)
{
	ward_rd_skip(&p->param, 1);
	set(p, WARD_S7COMM_N_AMQ_CALLING, ward_rd_be16(&p->param));
	set(p, WARD_S7COMM_N_AMQ_CALLED, ward_rd_be16(&p->param));
	set(p, WARD_S7COMM_N_PDU_LENGTH, ward_rd_be16(&p->param));
	return whole(p);
}

/* Two bytes at least; of other syntaxes only the id is told. Items begin at even offsets. */
static bool one_item(struct ward_s7comm_pdu *p)
{
	struct ward_s7comm_item item = {0};
	size_t off = p->param_off + p->param.off;
	uint8_t kind = ward_rd_u8(&p->param), len = ward_rd_u8(&p->param);
	struct ward_rd r = ward_rd_sub(&p->param, len);

	if (ward_rd_bad(&p->param))
		return whole(p);
	item.syntax = ward_rd_u8(&r);
	if (kind != SPECIFICATION || len == 0 || (item.syntax == S7ANY && len != S7ANY_LENGTH))
		return ward_s7comm_fail(p->m, WARD_S7COMM_ITEM, off);
	if (item.syntax == S7ANY) {
		item.transport = ward_rd_u8(&r);
		item.count = ward_rd_be16(&r);
		item.db = ward_rd_be16(&r);
		item.area = ward_rd_u8(&r);
		item.address = ward_rd_be24(&r);
	} else if (len % 2 && ward_rd_left(&p->param)) {
		ward_rd_skip(&p->param, 1);
	}
	if (item.syntax != S7ANY)
		set(p, WARD_S7COMM_N_SYNTAX, item.syntax);
	else if (p->m->n_item < WARD_S7COMM_ITEMS)
		p->m->item[p->m->n_item++] = item;
	return true;
}

static bool items(struct ward_s7comm_pdu *p)
{
	uint8_t n = ward_rd_u8(&p->param);

	if (!whole(p))
		return false;
	set(p, WARD_S7COMM_N_ITEMS, n);
	for (unsigned i = 0; i < n; i++)
		if (!one_item(p))
			return false;
	return true;
}

/* Return code, transport size, length, value, and a byte that fills up when another follows. An
 * answer that has no value may still state a length. */
static bool one_value(
	struct ward_s7comm_pdu *p, bool answer, uint8_t *ret_code, struct ward_slice *ret)
{
	*ret_code = ward_rd_u8(&p->data);
	uint8_t transport = ward_rd_u8(&p->data);
	size_t len = ward_rd_be16(&p->data);

	if (answer && *ret_code != WARD_S7COMM_SUCCESS)
		len = 0;
	if (transport >= DATA_BIT && transport <= DATA_INTEGER)
		len = (len + 7) / 8;
	*ret = ward_rd_bytes(&p->data, len);
	if (ward_rd_bad(&p->data))
		return fail_data(p);
	if (len % 2 && ward_rd_left(&p->data))
		ward_rd_skip(&p->data, 1);
	return true;
}

static bool items_and_values(struct ward_s7comm_pdu *p)
{
	if (!items(p))
		return false;
	for (uint32_t i = 0; i < p->m->n[WARD_S7COMM_N_ITEMS].v; i++) {
		struct ward_slice value;
		uint8_t code;

		if (!one_value(p, false, &code, &value))
			return false;
		if (i < p->m->n_item)
			p->m->item[i].value = value;
	}
	return true;
}

static void keep_result(struct ward_s7comm *m, uint8_t code)
{
	if (m->n_result < WARD_S7COMM_ITEMS)
		m->result[m->n_result++] = code;
}

/* An answer that refuses the job has no items. */
static bool item_count(struct ward_s7comm_pdu *p)
{
	set(p, WARD_S7COMM_N_ITEMS, ward_rd_left(&p->param) ? ward_rd_u8(&p->param) : 0);
	return whole(p);
}

static bool values_read(struct ward_s7comm_pdu *p)
{
	if (!item_count(p))
		return false;
	for (uint32_t i = 0; i < p->m->n[WARD_S7COMM_N_ITEMS].v && ward_rd_left(&p->data); i++) {
		struct ward_slice value;
		uint8_t code;

		if (!one_value(p, true, &code, &value))
			return false;
		keep_result(p->m, code);
	}
	return true;
}

static bool values_written(struct ward_s7comm_pdu *p)
{
	if (!item_count(p))
		return false;
	for (uint32_t i = 0; i < p->m->n[WARD_S7COMM_N_ITEMS].v && ward_rd_left(&p->data); i++)
		keep_result(p->m, ward_rd_u8(&p->data));
	return true;
}

/* Status, error, and in uploads the id that joins their messages. */
static bool upload_started(struct ward_s7comm_pdu *p)
{
	uint32_t id;

	/* A refusal ends before. */
	if (p->m->n[WARD_S7COMM_N_ERROR].is && !ward_rd_left(&p->param))
		return true;
	ward_rd_skip(&p->param, 3);
	id = ward_rd_be32(&p->param);
	if (p->m->n[WARD_S7COMM_N_FUNCTION].v >= WARD_S7COMM_F_START_UPLOAD)
		set(p, WARD_S7COMM_N_UPLOAD_ID, id);
	return whole(p);
}

/* As above, then what the function needs of: file name, lengths. */
static bool block_control(struct ward_s7comm_pdu *p)
{
	struct ward_slice name, lengths;
	uint32_t load, code;
	size_t off;

	if (!upload_started(p) || !ward_rd_left(&p->param))
		return whole(p);
	off = p->param_off + p->param.off;
	name = ward_rd_bytes(&p->param, ward_rd_u8(&p->param));
	if (!whole(p))
		return false;
	if (name.len != FILE_NAME ||
		!ward_s7comm_block(p->m, ward_slice_of(name.p + 1, name.len - 1)))
		return ward_s7comm_fail(p->m, WARD_S7COMM_FILE_NAME, off);
	if (!ward_rd_left(&p->param))
		return true;
	off = p->param_off + p->param.off;
	lengths = ward_rd_bytes(&p->param, ward_rd_u8(&p->param));
	if (!whole(p))
		return false;
	if (lengths.len != LENGTHS || !digits(ward_slice_of(lengths.p + 1, DIGITS), &load) ||
		!digits(ward_slice_of(lengths.p + 1 + DIGITS, DIGITS), &code))
		return ward_s7comm_fail(p->m, WARD_S7COMM_FILE_NAME, off);
	set(p, WARD_S7COMM_N_LOAD_LENGTH, load);
	set(p, WARD_S7COMM_N_CODE_LENGTH, code);
	return true;
}

/* The argument of services about blocks: how many, a byte, their names. */
static bool block_list(struct ward_s7comm_pdu *p, struct ward_slice argument)
{
	struct ward_rd r = ward_rd_slice(argument);
	uint8_t n = ward_rd_u8(&r);

	ward_rd_skip(&r, 1);
	if (!n || ward_rd_left(&r) != (size_t)n * BLOCK_NAME)
		return false;
	struct ward_slice first = ward_rd_bytes(&r, BLOCK_NAME);

	if (!ward_s7comm_block(p->m, first))
		return false;
	set(p, WARD_S7COMM_N_BLOCKS, n);
	return true;
}

static bool pi_service(struct ward_s7comm_pdu *p)
{
	struct ward_slice argument, name;

	ward_rd_skip(&p->param, 7);
	argument = ward_rd_bytes(&p->param, ward_rd_be16(&p->param));
	name = ward_rd_bytes(&p->param, ward_rd_u8(&p->param));
	if (!whole(p))
		return false;
	p->m->text[WARD_S7COMM_T_PI_SERVICE] = ward_s7comm_trim(name);
	if (!block_list(p, argument))
		p->m->text[WARD_S7COMM_T_PI_ARGUMENT] = ward_s7comm_trim(argument);
	return true;
}

static bool plc_stop(struct ward_s7comm_pdu *p)
{
	struct ward_slice name;

	ward_rd_skip(&p->param, 5);
	name = ward_rd_bytes(&p->param, ward_rd_u8(&p->param));
	if (!whole(p))
		return false;
	p->m->text[WARD_S7COMM_T_PI_SERVICE] = ward_s7comm_trim(name);
	return true;
}

static const struct {
	uint8_t code;
	bool (*job)(struct ward_s7comm_pdu *p);
	bool (*answer)(struct ward_s7comm_pdu *p);
} functions[] = {
#define X(IDENT, code, name, job, answer) {code, job, answer},
	WARD_S7COMM_FUNCTION_LIST(X)
#undef X
};

/* What has no function says only whether it worked. */
static bool function(struct ward_s7comm_pdu *p, bool answer)
{
	uint8_t code;

	if (answer && !ward_rd_left(&p->param))
		return true;
	code = ward_rd_u8(&p->param);
	if (!whole(p))
		return false;
	set(p, WARD_S7COMM_N_FUNCTION, code);
	for (size_t i = 0; i < WARD_ARRAY_LEN(functions); i++)
		if (functions[i].code == code)
			return answer ? functions[i].answer(p) : functions[i].job(p);
	return true;
}

static bool body(struct ward_s7comm_pdu *p, uint8_t rosctr)
{
	switch (rosctr) {
	case WARD_S7COMM_JOB:
		return function(p, false);
	case WARD_S7COMM_ACK:
	case WARD_S7COMM_ACK_DATA:
		return function(p, true);
	case WARD_S7COMM_USERDATA:
		return ward_s7comm_userdata(p);
	default:
		return ward_s7comm_fail(p->m, WARD_S7COMM_ROSCTR, 1);
	}
}

bool ward_s7comm_parse(struct ward_slice pdu, struct ward_s7comm *m)
{
	struct ward_rd r = ward_rd_slice(pdu);
	struct ward_s7comm_pdu p = {.m = m};
	uint8_t id = ward_rd_u8(&r), rosctr = ward_rd_u8(&r);
	uint16_t param, data;

	memset(m, 0, sizeof(*m));
	m->reason = WARD_S7COMM_REASON_N;
	if (pdu.len && id != WARD_S7COMM_ID)
		return ward_s7comm_fail(m, WARD_S7COMM_PROTOCOL, 0);
	ward_rd_skip(&r, 2);
	ward_s7comm_set(m, WARD_S7COMM_N_ROSCTR, rosctr);
	ward_s7comm_set(m, WARD_S7COMM_N_REFERENCE, ward_rd_be16(&r));
	param = ward_rd_be16(&r);
	data = ward_rd_be16(&r);
	if (rosctr == WARD_S7COMM_ACK || rosctr == WARD_S7COMM_ACK_DATA) {
		uint8_t class = ward_rd_u8(&r), code = ward_rd_u8(&r);

		ward_s7comm_set(m, WARD_S7COMM_N_ERROR_CLASS, class);
		ward_s7comm_set(m, WARD_S7COMM_N_ERROR_CODE, code);
		if (class || code)
			ward_s7comm_set(m, WARD_S7COMM_N_ERROR, (uint32_t) class << 8 | code);
	}
	if (ward_rd_bad(&r))
		return ward_s7comm_fail(m, WARD_S7COMM_HEADER_SHORT, pdu.len);
	if (ward_rd_left(&r) != (size_t)param + data)
		return ward_s7comm_fail(m, WARD_S7COMM_LENGTH, HEAD - 4);
	p.param_off = r.off;
	p.param = ward_rd_sub(&r, param);
	p.data_off = r.off;
	p.data = ward_rd_sub(&r, data);
	return body(&p, rosctr);
}
