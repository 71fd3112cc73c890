/* cEMI frames (3.6.3 clause 4): what goes over the bus, or to the interface itself. */
#include "sense/net/proto/knx/knx.h"

enum {
	/* control field 1 and 2, 3.6.3 4.1.5.3 */
	CTRL1_FAILED = 0x01,
	CTRL2_GROUP = 0x80,
	/* TPCI, 3.3.4 clause 2 */
	TPCI_CONTROL = 0x80,
	TPCI_NUMBERED = 0x40,
	TPCI_KIND = 0x03,
	VALUE_6_BITS = 0x3f,
	RESTART_MASTER = 1,
	SECURITY_TOOL = 0x80, /* 3.3.7 clause 5: security control field */
};

/* Properties of the device object that say what the device is (3.7.3): serial number, manufacturer,
 * program version, order info, version, hardware type. Others may hold keys and are not told. */
static bool is_identity(uint32_t property)
{
	static const uint8_t identity[] = {11, 12, 13, 15, 25, 78};

	return memchr(identity, (int)property, sizeof(identity)) != NULL;
}

static void set(struct ward_knx *m, enum ward_knx_number at, uint32_t v)
{
	ward_knx_set(m, at, v);
}

static bool nothing(struct ward_rd *r, struct ward_knx *m)
{
	(void)r;
	(void)m;
	return true;
}

static void tell_data(struct ward_rd *r, struct ward_knx *m)
{
	m->data = ward_rd_rest(r);
}

/* 3.3.7 3.1.2: up to six bits stand in the APCI's own byte, more in what follows. */
static bool group_value(struct ward_rd *r, struct ward_knx *m)
{
	if (!ward_rd_left(r)) {
		set(m, WARD_KNX_N_VALUE, m->n[WARD_KNX_N_APCI_CODE].v & VALUE_6_BITS);
		return true;
	}
	set(m, WARD_KNX_N_DATA_BYTES, (uint32_t)ward_rd_left(r));
	tell_data(r, m);
	return true;
}

static bool address_write(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_NEW_ADDRESS, ward_rd_be16(r));
	return true;
}

static bool memory(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_COUNT, m->n[WARD_KNX_N_APCI_CODE].v & VALUE_6_BITS);
	set(m, WARD_KNX_N_MEMORY_ADDRESS, ward_rd_be16(r));
	return true;
}

/* 20 bits of address: four stand above the count. */
static bool user_memory(struct ward_rd *r, struct ward_knx *m)
{
	uint8_t first = ward_rd_u8(r);

	set(m, WARD_KNX_N_COUNT, first & 0x0f);
	set(m, WARD_KNX_N_MEMORY_ADDRESS, (uint32_t)(first >> 4) << 16 | ward_rd_be16(r));
	return true;
}

static bool memory_extended(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_COUNT, ward_rd_u8(r));
	set(m, WARD_KNX_N_MEMORY_ADDRESS, ward_rd_be24(r));
	return true;
}

static bool manufacturer(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_MANUFACTURER_ID, ward_rd_u8(r));
	return true;
}

static bool function_property(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_OBJECT_INDEX, ward_rd_u8(r));
	set(m, WARD_KNX_N_PROPERTY_ID, ward_rd_u8(r));
	return true;
}

static void count_and_start(struct ward_rd *r, struct ward_knx *m)
{
	uint16_t both = ward_rd_be16(r);

	set(m, WARD_KNX_N_COUNT, both >> 12);
	set(m, WARD_KNX_N_START_INDEX, both & 0x0fff);
}

static bool property(struct ward_rd *r, struct ward_knx *m)
{
	(void)function_property(r, m);
	count_and_start(r, m);
	if (m->n[WARD_KNX_N_OBJECT_INDEX].v == 0 && is_identity(m->n[WARD_KNX_N_PROPERTY_ID].v))
		tell_data(r, m);
	return true;
}

/* Object type, then twelve bits each of instance and property. */
static bool function_ext(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_OBJECT_TYPE, ward_rd_be16(r));
	uint32_t both = ward_rd_be24(r);

	set(m, WARD_KNX_N_OBJECT_INSTANCE, both >> 12);
	set(m, WARD_KNX_N_PROPERTY_ID, both & 0x0fff);
	return true;
}

static bool property_ext(struct ward_rd *r, struct ward_knx *m)
{
	(void)function_ext(r, m);
	set(m, WARD_KNX_N_COUNT, ward_rd_u8(r));
	set(m, WARD_KNX_N_START_INDEX, ward_rd_be16(r));
	return true;
}

static bool descriptor(struct ward_rd *r, struct ward_knx *m)
{
	/* type 0: the mask version */
	if ((m->n[WARD_KNX_N_APCI_CODE].v & VALUE_6_BITS) == 0)
		set(m, WARD_KNX_N_MASK_VERSION, ward_rd_be16(r));
	return true;
}

/* 3.5.2 3.7: the lowest bit says that a factory reset or the like is wanted. */
static bool restart(struct ward_rd *r, struct ward_knx *m)
{
	bool master = m->n[WARD_KNX_N_APCI_CODE].v & RESTART_MASTER;

	set(m, WARD_KNX_N_MASTER_RESET, master);
	if (!master)
		return true;
	set(m, WARD_KNX_N_ERASE_CODE, ward_rd_u8(r));
	set(m, WARD_KNX_N_RESTART_CHANNEL, ward_rd_u8(r));
	return true;
}

static bool access_level(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_LEVEL, ward_rd_u8(r));
	return true;
}

static bool serial(struct ward_rd *r, struct ward_knx *m)
{
	m->serial = ward_rd_bytes(r, 6);
	return true;
}

static bool serial_write(struct ward_rd *r, struct ward_knx *m)
{
	(void)serial(r, m);
	set(m, WARD_KNX_N_NEW_ADDRESS, ward_rd_be16(r));
	return true;
}

static bool secure_service(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_TOOL_ACCESS, (ward_rd_u8(r) & SECURITY_TOOL) != 0);
	return true;
}

static bool application(struct ward_rd *r, struct ward_knx *m)
{
	static const struct {
		uint16_t code, mask;
		bool (*body)(struct ward_rd *r, struct ward_knx *m);
	} services[] = {
#define X(IDENT, code, mask, name, body) {code, mask, body},
		WARD_KNX_APCI_LIST(X)
#undef X
	};
	uint32_t apci = m->n[WARD_KNX_N_APCI_CODE].v;

	for (size_t i = 0; i < WARD_ARRAY_LEN(services); i++) {
		if ((apci & services[i].mask) != services[i].code)
			continue;
		set(m, WARD_KNX_N_APCI, services[i].code);
		(void)services[i].body(r, m);
		break;
	}
	return ward_rd_bad(r) ? ward_knx_fail(m, WARD_KNX_FRAME_SHORT, r->off) : true;
}

/* From the TPCI on; len is what the frame says follows it. */
static bool transport(struct ward_rd *r, struct ward_knx *m, uint8_t len)
{
	size_t off = r->off;
	uint8_t tpci = ward_rd_u8(r);
	bool control = tpci & TPCI_CONTROL, numbered = tpci & TPCI_NUMBERED;

	if (ward_rd_left(r) != len || (!control && len == 0))
		return ward_knx_fail(m, WARD_KNX_FRAME_LENGTH, off);
	if (numbered)
		set(m, WARD_KNX_N_TRANSPORT_SEQUENCE, tpci >> 2 & 0x0f);
	if (control) {
		set(m, WARD_KNX_N_TRANSPORT, WARD_KNX_T_CONNECT + (tpci & TPCI_KIND));
		ward_rd_skip(r, len);
		return true;
	}
	set(m, WARD_KNX_N_TRANSPORT, numbered ? WARD_KNX_T_DATA_CONNECTED : WARD_KNX_T_DATA);
	/* The TPCI's last two bits are the APCI's first. */
	set(m, WARD_KNX_N_APCI_CODE, (uint32_t)(tpci & TPCI_KIND) << 8 | ward_rd_u8(r));
	bool good = application(r, m);

	ward_rd_skip(r, ward_rd_left(r)); /* data that is not told */
	return good;
}

/* 4.1.5.3: control fields, source, destination, length, TPCI */
static bool l_data(struct ward_rd *r, struct ward_knx *m)
{
	uint8_t ctrl1 = ward_rd_u8(r), ctrl2 = ward_rd_u8(r);
	uint16_t source = ward_rd_be16(r), destination = ward_rd_be16(r);
	uint8_t len = ward_rd_u8(r);

	if (ward_rd_bad(r) || !ward_rd_left(r))
		return ward_knx_fail(m, WARD_KNX_FRAME_SHORT, r->off);
	set(m, WARD_KNX_N_PRIORITY, ctrl1 >> 2 & 3);
	set(m, WARD_KNX_N_HOPS, ctrl2 >> 4 & 7);
	set(m, WARD_KNX_N_SOURCE, source);
	set(m, ctrl2 & CTRL2_GROUP ? WARD_KNX_N_GROUP : WARD_KNX_N_DESTINATION, destination);
	if (m->n[WARD_KNX_N_MESSAGE].v == WARD_KNX_M_DATA_CON)
		m->failed = (struct ward_knx_optional){true, ctrl1 & CTRL1_FAILED};
	return transport(r, m, len);
}

/* 4.1.7: services to the interface itself */
static bool m_prop(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_OBJECT_TYPE, ward_rd_be16(r));
	set(m, WARD_KNX_N_OBJECT_INSTANCE, ward_rd_u8(r));
	set(m, WARD_KNX_N_PROPERTY_ID, ward_rd_u8(r));
	count_and_start(r, m);
	if (ward_rd_bad(r))
		return ward_knx_fail(m, WARD_KNX_FRAME_SHORT, r->off);
	bool confirms = m->n[WARD_KNX_N_MESSAGE].v == WARD_KNX_M_PROP_READ_CON ||
			m->n[WARD_KNX_N_MESSAGE].v == WARD_KNX_M_PROP_WRITE_CON;

	/* 4.1.7.3.3: no element, but an error code. */
	if (confirms)
		m->failed = (struct ward_knx_optional){true, m->n[WARD_KNX_N_COUNT].v == 0};
	if (m->n[WARD_KNX_N_OBJECT_TYPE].v == 0 && is_identity(m->n[WARD_KNX_N_PROPERTY_ID].v))
		tell_data(r, m);
	ward_rd_skip(r, ward_rd_left(r));
	return true;
}

static bool m_function(struct ward_rd *r, struct ward_knx *m)
{
	set(m, WARD_KNX_N_OBJECT_TYPE, ward_rd_be16(r));
	set(m, WARD_KNX_N_OBJECT_INSTANCE, ward_rd_u8(r));
	set(m, WARD_KNX_N_PROPERTY_ID, ward_rd_u8(r));
	if (ward_rd_bad(r))
		return ward_knx_fail(m, WARD_KNX_FRAME_SHORT, r->off);
	ward_rd_skip(r, ward_rd_left(r));
	return true;
}

/* Additional information, 4.1.4.3: a length, and so many bytes of which nothing is told. */
static bool with_information(struct ward_rd *r, struct ward_knx *m)
{
	size_t off = r->off;

	ward_rd_skip(r, ward_rd_u8(r));
	return ward_rd_bad(r) ? ward_knx_fail(m, WARD_KNX_ADDITIONAL_INFO, off) : true;
}

bool ward_knx_cemi(struct ward_rd *r, struct ward_knx *m)
{
	uint8_t code = ward_rd_u8(r);

	if (ward_rd_bad(r))
		return ward_knx_fail(m, WARD_KNX_FRAME_SHORT, r->off);
	set(m, WARD_KNX_N_MESSAGE, code);
	switch (code) {
	case WARD_KNX_M_DATA_REQ:
	case WARD_KNX_M_DATA_IND:
	case WARD_KNX_M_DATA_CON:
		return with_information(r, m) && l_data(r, m);
	case WARD_KNX_M_PROP_READ:
	case WARD_KNX_M_PROP_READ_CON:
	case WARD_KNX_M_PROP_WRITE:
	case WARD_KNX_M_PROP_WRITE_CON:
	case WARD_KNX_M_PROP_INFO:
		return m_prop(r, m);
	case WARD_KNX_M_FUNC_COMMAND:
	case WARD_KNX_M_FUNC_READ:
	case WARD_KNX_M_FUNC_CON:
		return m_function(r, m);
	case WARD_KNX_M_M_RESET:
	case WARD_KNX_M_M_RESET_IND:
		return true;
	default: /* raw frames, bus monitor, poll: not looked into */
		ward_rd_skip(r, ward_rd_left(r));
		return true;
	}
}
