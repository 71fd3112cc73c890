#include "sense/net/proto/lldp/lldp.h"

#include "sense/net/text.h"

/* Table 8-1 */
enum tlv {
	END,
	CHASSIS,
	PORT,
	TIME_TO_LIVE,
	PORT_DESCRIPTION,
	SYSTEM_NAME,
	SYSTEM_DESCRIPTION,
	CAPABILITIES,
	MANAGEMENT_ADDRESS,
	ORGANIZATION = 127,
};
enum { ID_MAX = 255, TEXT_MAX = 255, ADDRESS_MAX = 31 };
enum { OUI_8021 = 0x0080c2, OUI_8023 = 0x00120f, OUI_TIA = 0x0012bb };
enum { FAMILY_IP4 = 1, FAMILY_IP6 = 2 }; /* IANA's address family numbers */

static struct ward_lldp_optional some(int64_t v)
{
	return (struct ward_lldp_optional){true, v};
}

/* 8.5.2, 8.5.3 */
static bool read_id(struct ward_rd *r, struct ward_lldp_id *id)
{
	id->subtype = ward_rd_u8(r);
	id->bytes = ward_rd_rest(r);
	return id->bytes.len >= 1 && id->bytes.len <= ID_MAX;
}

/* 8.5.9 */
static bool read_address(struct ward_rd *r, struct ward_lldp *l)
{
	struct ward_rd a = ward_rd_sub(r, ward_rd_u8(r));
	uint8_t family = ward_rd_u8(&a);
	struct ward_slice bytes = ward_rd_rest(&a);
	size_t len = family == FAMILY_IP4 ? 4 : 16;

	ward_rd_skip(r, 5); /* interface */
	ward_rd_skip(r, ward_rd_u8(r));
	if (ward_rd_bad(r) || ward_rd_bad(&a) || !bytes.len || bytes.len > ADDRESS_MAX)
		return false;
	if (family != FAMILY_IP4 && family != FAMILY_IP6)
		return true;
	if (bytes.len != len)
		return false;
	if (l->n_address < WARD_LLDP_ADDRESSES)
		l->address[l->n_address++] =
			(struct ward_lldp_address){family == FAMILY_IP4 ? 4 : 6, bytes};
	return true;
}

/* Annex D */
static bool read_8021(uint8_t subtype, struct ward_rd *r, struct ward_lldp *l)
{
	if (subtype == 1) {
		l->vlan = some(ward_rd_be16(r));
	} else if (subtype == 3) {
		ward_rd_skip(r, 2);
		struct ward_slice name = ward_rd_bytes(r, ward_rd_u8(r));

		if (!ward_rd_bad(r) && l->n_vlan_name < WARD_LLDP_VLANS)
			l->vlan_name[l->n_vlan_name++] = name;
	} else {
		l->n_unread++;
	}
	return !ward_rd_bad(r);
}

/* Annex E, IEEE 802.3-2018 79.3.2: power in tenths of a watt, for the one who takes it. */
static bool read_8023(uint8_t subtype, struct ward_rd *r, struct ward_lldp *l)
{
	enum { MILLIWATT = 100 };

	if (subtype == 2) {
		ward_rd_skip(r, 3);
		if (!ward_rd_bad(r) && ward_rd_left(r) >= 5) {
			ward_rd_skip(r, 1);
			l->power_mw = some(ward_rd_be16(r) * MILLIWATT);
		}
	} else if (subtype == 4) {
		l->max_frame = some(ward_rd_be16(r));
	} else {
		l->n_unread++;
	}
	return !ward_rd_bad(r);
}

/* 8.6 */
static bool read_organization(struct ward_rd *r, struct ward_lldp *l)
{
	uint32_t oui = ward_rd_be24(r);
	uint8_t subtype = ward_rd_u8(r);

	if (ward_rd_bad(r))
		return false;
	switch (oui) {
	case OUI_8021:
		return read_8021(subtype, r, l);
	case OUI_8023:
		return read_8023(subtype, r, l);
	case OUI_TIA:
		return ward_lldp_med(subtype, r, l);
	default:
		l->n_unread++;
		return true;
	}
}

static bool read_text(struct ward_rd *r, struct ward_slice *ret)
{
	*ret = ward_rd_rest(r);
	return ret->len <= TEXT_MAX;
}

static bool read_tlv(unsigned type, struct ward_rd *r, struct ward_lldp *l)
{
	switch (type) {
	case CHASSIS:
		return read_id(r, &l->chassis);
	case PORT:
		return read_id(r, &l->port);
	case TIME_TO_LIVE:
		l->ttl = ward_rd_be16(r);
		return !ward_rd_bad(r);
	case PORT_DESCRIPTION:
		return read_text(r, &l->port_desc);
	case SYSTEM_NAME:
		return read_text(r, &l->sys_name);
	case SYSTEM_DESCRIPTION:
		return read_text(r, &l->sys_desc);
	case CAPABILITIES:
		l->capabilities = some(ward_rd_be16(r));
		l->enabled = some(ward_rd_be16(r));
		return !ward_rd_bad(r);
	case MANAGEMENT_ADDRESS:
		return read_address(r, l);
	case ORGANIZATION:
		return read_organization(r, l);
	default:
		l->n_unread++;
		return true;
	}
}

enum ward_lldp_outcome ward_lldp_parse(struct ward_slice payload, struct ward_lldp *ret)
{
	struct ward_rd r = ward_rd_slice(payload);
	unsigned n = 1;

	memset(ret, 0, sizeof(*ret));
	/* each turn takes two bytes at least */
	for (; ward_rd_left(&r); n++) {
		ret->off = r.off;
		uint16_t head = ward_rd_be16(&r);
		unsigned type = head >> 9;
		struct ward_rd body = ward_rd_sub(&r, head & 0x1ff);

		if (ward_rd_bad(&r))
			return WARD_LLDP_TLV;
		/* 9.2.7.7.1: the first three, in order, and nowhere else */
		if (n <= TIME_TO_LIVE ? type != n : type >= CHASSIS && type <= TIME_TO_LIVE)
			return WARD_LLDP_MANDATORY;
		if (type == END)
			return WARD_LLDP_OK;
		if (!read_tlv(type, &body, ret))
			return WARD_LLDP_VALUE;
	}
	ret->off = r.off;
	return n > TIME_TO_LIVE ? WARD_LLDP_OK : WARD_LLDP_MANDATORY;
}

static void hardware_text(struct ward_wr *w, struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (i)
			ward_wr_ch(w, ':');
		ward_wr_hex(w, ward_slice_of(s.p + i, 1));
	}
}

static bool is_printable(struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

/* Tables 8-2 and 8-3 */
static const char *const kinds[2][8] = {
	{NULL, "chassis", "alias", "port", "mac", "address", "interface", "local"},
	{NULL, "alias", "port", "mac", "address", "interface", "circuit", "local"},
};

const char *ward_lldp_id_kind(const struct ward_lldp_id *id, bool of_port)
{
	return id->subtype < 8 ? kinds[of_port][id->subtype] : NULL;
}

void ward_lldp_id_text(struct ward_wr *w, const struct ward_lldp_id *id, bool of_port)
{
	enum { CHASSIS_MAC = 4, CHASSIS_ADDRESS = 5, PORT_MAC = 3, PORT_ADDRESS = 4 };
	struct ward_slice s = id->bytes;

	if (id->subtype == (of_port ? PORT_MAC : CHASSIS_MAC) && s.len == 6) {
		hardware_text(w, s);
	} else if (id->subtype == (of_port ? PORT_ADDRESS : CHASSIS_ADDRESS) && s.len == 5 &&
		   s.p[0] == FAMILY_IP4) {
		for (size_t i = 1; i < s.len; i++) {
			if (i > 1)
				ward_wr_ch(w, '.');
			ward_wr_u64(w, s.p[i]);
		}
	} else if (is_printable(s)) {
		ward_text_ascii(w, s, ID_MAX);
	} else {
		ward_wr_hex(w, s);
	}
}
