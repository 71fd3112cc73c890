/* User data: functions of programming devices, system status lists, what a controller tells of its
 * own accord. */
#include "sense/net/proto/s7comm/s7comm.h"

enum {
	HEAD = 0x000112,
	LONG_HEAD = 8, /* length of the parameters of answers and indications */
	SHORT_HEAD = 4,
	SZL_MODULES = 0x11, /* low byte of the list's id */
	SZL_COMPONENTS = 0x1c,
	MODULE = 1, /* indices of module identification */
	FIRMWARE = 7,
	ORDER_NUMBER = 20,
	COMPONENT = 32,
	READ_SZL = 0x401,
	LIST_OF_TYPE = 0x302,
	BLOCK_INFO = 0x303,
	DIAGNOSTIC = 0x403,
};

static bool fail(struct ward_s7comm_pdu *p, size_t off)
{
	return ward_s7comm_fail(p->m, WARD_S7COMM_USERDATA_HEAD, off);
}

/* A record of module identification: index, order number, type, versions. */
static void module_record(struct ward_rd *r, struct ward_s7comm *m)
{
	uint16_t index = ward_rd_be16(r);
	struct ward_slice order = ward_rd_bytes(r, ORDER_NUMBER);

	ward_rd_skip(r, 2);
	/* 'V' and three numbers */
	uint8_t letter = ward_rd_u8(r);
	struct ward_slice version = ward_rd_bytes(r, 3);

	if (ward_rd_bad(r))
		return;
	if (index == MODULE)
		m->text[WARD_S7COMM_T_ORDER_NUMBER] = ward_s7comm_trim(order);
	if (index == FIRMWARE && letter == 'V')
		m->firmware = version;
}

static void component_record(struct ward_rd *r, struct ward_s7comm *m)
{
	static const uint8_t text[] = {
		[1] = WARD_S7COMM_T_SYSTEM_NAME,
		[2] = WARD_S7COMM_T_MODULE_NAME,
		[3] = WARD_S7COMM_T_PLANT,
		[5] = WARD_S7COMM_T_SERIAL,
		[7] = WARD_S7COMM_T_MODULE_TYPE,
		[8] = WARD_S7COMM_T_CARD_SERIAL,
		[11] = WARD_S7COMM_T_LOCATION,
	};
	uint16_t index = ward_rd_be16(r);
	struct ward_slice value = ward_rd_bytes(r, COMPONENT);

	if (!ward_rd_bad(r) && index < WARD_ARRAY_LEN(text) && text[index])
		m->text[text[index]] = ward_s7comm_trim(value);
}

/* List, index; in an answer how long records are and how many. */
static void system_status_list(struct ward_rd *r, struct ward_s7comm *m, bool request)
{
	uint16_t id = ward_rd_be16(r), index = ward_rd_be16(r), len, n;

	if (ward_rd_bad(r))
		return;
	ward_s7comm_set(m, WARD_S7COMM_N_SZL_ID, id);
	ward_s7comm_set(m, WARD_S7COMM_N_SZL_INDEX, index);
	if (request)
		return;
	len = ward_rd_be16(r);
	n = ward_rd_be16(r);
	for (unsigned i = 0; i < n && len && ward_rd_left(r) >= len; i++) {
		struct ward_rd record = ward_rd_sub(r, len);

		if ((id & 0xff) == SZL_MODULES)
			module_record(&record, m);
		else if ((id & 0xff) == SZL_COMPONENTS)
			component_record(&record, m);
	}
}

/* What is known of the data of some functions; the rest is passed over. */
static void content(struct ward_rd *r, struct ward_s7comm *m, bool request)
{
	struct ward_slice name;
	uint8_t type;

	switch (m->n[WARD_S7COMM_N_SUBFUNCTION].v) {
	case READ_SZL:
		system_status_list(r, m, request);
		return;
	case LIST_OF_TYPE:
		name = ward_rd_bytes(r, 2);
		if (request && name.len && ward_str_unhex(ward_slice_text(name), &type, 1))
			ward_s7comm_set(m, WARD_S7COMM_N_BLOCK_TYPE, type);
		return;
	case BLOCK_INFO:
		if (request)
			(void)ward_s7comm_block(m, ward_rd_rest(r));
		return;
	case DIAGNOSTIC:
		if (ward_rd_left(r) >= 2)
			ward_s7comm_set(m, WARD_S7COMM_N_EVENT_ID, ward_rd_be16(r));
		return;
	default:
		return;
	}
}

/* Return code, transport size, length, content */
static bool data(struct ward_s7comm_pdu *p, bool request)
{
	struct ward_rd body;
	uint8_t code;

	if (!ward_rd_left(&p->data))
		return true;
	code = ward_rd_u8(&p->data);
	ward_rd_skip(&p->data, 1);
	body = ward_rd_sub(&p->data, ward_rd_be16(&p->data));
	if (ward_rd_bad(&p->data))
		return ward_s7comm_fail(p->m, WARD_S7COMM_DATA_SHORT, p->data_off + p->data.off);
	if (!request)
		ward_s7comm_set(p->m, WARD_S7COMM_N_RETURN_CODE, code);
	content(&body, p->m, request);
	return true;
}

bool ward_s7comm_userdata(struct ward_s7comm_pdu *p)
{
	struct ward_rd *r = &p->param;
	struct ward_s7comm *m = p->m;
	uint32_t head = ward_rd_be24(r);
	uint8_t len = ward_rd_u8(r);

	ward_rd_skip(r, 1); /* method */
	uint8_t both = ward_rd_u8(r), function = ward_rd_u8(r), sequence = ward_rd_u8(r);
	uint32_t group = both & 0x0f;

	if (ward_rd_bad(r))
		return ward_s7comm_fail(m, WARD_S7COMM_PARAMETER_SHORT, p->param_off + r->off);
	/* What a controller says of its mode has a head of its own. */
	if (group != WARD_S7COMM_G_MODE &&
		(head != HEAD || (len != SHORT_HEAD && len != LONG_HEAD)))
		return fail(p, p->param_off);
	ward_s7comm_set(m, WARD_S7COMM_N_DIRECTION, both >> 4);
	ward_s7comm_set(m, WARD_S7COMM_N_GROUP, group);
	if (group == WARD_S7COMM_G_MODE)
		ward_s7comm_set(m, WARD_S7COMM_N_MODE, function);
	else
		ward_s7comm_set(m, WARD_S7COMM_N_SUBFUNCTION, group << 8 | function);
	ward_s7comm_set(m, WARD_S7COMM_N_SEQUENCE, sequence);
	if (len == LONG_HEAD && group != WARD_S7COMM_G_MODE) {
		ward_s7comm_set(m, WARD_S7COMM_N_DATA_UNIT, ward_rd_u8(r));
		ward_rd_skip(r, 1);
		ward_s7comm_set(m, WARD_S7COMM_N_ERROR, ward_rd_be16(r));
		if (ward_rd_bad(r))
			return ward_s7comm_fail(
				m, WARD_S7COMM_PARAMETER_SHORT, p->param_off + r->off);
	}
	return data(p, ward_s7comm_asks(both >> 4));
}
