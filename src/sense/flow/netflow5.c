/* NetFlow version 5: a fixed header and fixed records (Cisco, "NetFlow Export Datagram Format"). */
#include "sense/flow/priv.h"

enum { HEADER = 24, RECORD = 48 };

static void read_record(struct ward_export *x, struct ward_rd *r)
{
	struct ward_export_record rec = {.ip_version = 4};

	const uint8_t *src = ward_rd_take(r, 4), *dst = ward_rd_take(r, 4);

	if (!src || !dst)
		return; /* not here: the length was checked */
	memcpy(rec.ip[0], src, 4);
	memcpy(rec.ip[1], dst, 4);
	ward_rd_skip(r, 4); /* next hop */
	ward_record_set(&rec, WARD_SLOT_INPUT, ward_rd_be16(r));
	ward_record_set(&rec, WARD_SLOT_OUTPUT, ward_rd_be16(r));
	ward_record_set(&rec, WARD_SLOT_PACKETS, ward_rd_be32(r));
	ward_record_set(&rec, WARD_SLOT_BYTES, ward_rd_be32(r));
	ward_record_set(&rec, WARD_SLOT_FIRST_UP, ward_rd_be32(r));
	ward_record_set(&rec, WARD_SLOT_LAST_UP, ward_rd_be32(r));
	ward_record_set(&rec, WARD_SLOT_SRC_PORT, ward_rd_be16(r));
	ward_record_set(&rec, WARD_SLOT_DST_PORT, ward_rd_be16(r));
	ward_rd_skip(r, 1);
	ward_record_set(&rec, WARD_SLOT_TCP_FLAGS, ward_rd_u8(r));
	ward_record_set(&rec, WARD_SLOT_PROTO, ward_rd_u8(r));
	ward_rd_skip(r, 9); /* type of service, AS numbers, masks */
	ward_tell_flow(x, &rec);
}

void ward_netflow5_read(struct ward_export *x, struct ward_rd *r)
{
	ward_rd_skip(r, 2);
	uint16_t count = ward_rd_be16(r);
	uint32_t uptime_ms = ward_rd_be32(r), secs = ward_rd_be32(r), nsecs = ward_rd_be32(r),
		 seq = ward_rd_be32(r);
	uint16_t engine = ward_rd_be16(r), sampling = ward_rd_be16(r);

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SHORT, 0);
		return;
	}
	if (count == 0 || ward_rd_left(r) < (size_t)count * RECORD) {
		ward_export_reject(x, WARD_EXPORT_NETFLOW5_LENGTH, HEADER);
		return;
	}
	if (!ward_export_domain(x, WARD_EXPORT_IS_NETFLOW5, engine))
		return;
	x->count[WARD_EXPORT_NETFLOW5]++;
	x->exported = (ward_ns)secs * WARD_NS_PER_S + nsecs;
	x->uptime_ms = uptime_ms;
	x->has_uptime = true;
	x->domain->sampling = sampling & 0x3fff; /* the upper two bits are the mode */
	ward_tell_domain(x);
	ward_export_sequence(x, seq, count);
	for (unsigned i = 0; i < count && x->err == WARD_OK; i++)
		read_record(x, r);
}
