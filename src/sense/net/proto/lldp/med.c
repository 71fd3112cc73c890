/* ANSI/TIA-1057 10.2: what telephones and their like add. */
#include "sense/net/proto/lldp/lldp.h"

enum med {
	CAPABILITIES = 1,
	POLICY,
	LOCATION,
	POWER,
	HARDWARE,
	FIRMWARE,
	SOFTWARE,
	SERIAL,
	MANUFACTURER,
	MODEL,
	ASSET,
};
enum { COORDINATES = 1, CIVIC, ELIN };

static struct ward_lldp_optional some(int64_t v)
{
	return (struct ward_lldp_optional){true, v};
}

/* 10.2.3.1: application, then bits: unknown, tagged, reserved, VLAN, priorities. */
static void policy(struct ward_rd *r, struct ward_lldp *l)
{
	enum { UNKNOWN = 1 << 23 };
	uint8_t application = ward_rd_u8(r);
	uint32_t bits = ward_rd_be24(r);

	if (!ward_rd_bad(r) && application == WARD_LLDP_VOICE && !(bits & UNKNOWN))
		l->med.voice_vlan = some(bits >> 9 & 0xfff);
}

/* 10.2.4.3.2, RFC 4776 3.1: what, country, then type, length and text of each part. */
static bool civic(struct ward_rd *r, struct ward_lldp *l)
{
	struct ward_rd all = ward_rd_sub(r, ward_rd_u8(r));

	ward_rd_skip(&all, 3);
	while (ward_rd_left(&all)) {
		uint8_t type = ward_rd_u8(&all);
		struct ward_slice text = ward_rd_bytes(&all, ward_rd_u8(&all));

		if (!ward_rd_bad(&all) && l->med.n_civic < WARD_LLDP_CIVIC)
			l->med.civic[l->med.n_civic++] = (struct ward_lldp_civic){type, text};
	}
	return !ward_rd_bad(&all);
}

static bool location(struct ward_rd *r, struct ward_lldp *l)
{
	uint8_t format = ward_rd_u8(r);

	if (format == CIVIC)
		return civic(r, l);
	if (format == ELIN)
		l->med.elin = ward_rd_rest(r);
	else
		l->n_unread++;
	return !ward_rd_bad(r);
}

/* 10.2.5: type, source and priority, then tenths of a watt. */
static void power(struct ward_rd *r, struct ward_lldp *l)
{
	enum { MILLIWATT = 100 };

	ward_rd_skip(r, 1);
	int64_t tenths = ward_rd_be16(r);

	if (!ward_rd_bad(r))
		l->power_mw = some(tenths * MILLIWATT);
}

bool ward_lldp_med(uint8_t subtype, struct ward_rd *r, struct ward_lldp *l)
{
	struct ward_slice *texts[] = {&l->med.hardware, &l->med.firmware, &l->med.software,
		&l->med.serial, &l->med.manufacturer, &l->med.model, &l->med.asset};

	if (subtype == CAPABILITIES) {
		ward_rd_skip(r, 2);
		l->med.class = some(ward_rd_u8(r));
	} else if (subtype == POLICY) {
		policy(r, l);
	} else if (subtype == LOCATION) {
		return location(r, l);
	} else if (subtype == POWER) {
		power(r, l);
	} else if (subtype >= HARDWARE && subtype <= ASSET) {
		*texts[subtype - HARDWARE] = ward_rd_rest(r);
	} else {
		l->n_unread++;
	}
	return !ward_rd_bad(r);
}
