/* sFlow version 5 (sFlow.org, "sFlow Version 5", July 2004): samples of packets, and counters of
 * interfaces. XDR: everything is a multiple of four bytes. */
#include "sense/flow/priv.h"

/* enterprise 0; the upper 20 bits of a tag are the enterprise */
enum { FLOW_SAMPLE = 1, COUNTER_SAMPLE = 2, FLOW_EXPANDED = 3, COUNTER_EXPANDED = 4 };
enum { RAW_HEADER = 1, SAMPLED_IP4 = 3, SAMPLED_IP6 = 4, EXTENDED_SWITCH = 1001 };
enum { GENERIC_INTERFACE = 1 };
enum { INTERFACE_BITS = 0x3fffffff }; /* above: several, or dropped */

static size_t offset(const struct ward_export *x, const struct ward_rd *r)
{
	return r->p ? (size_t)(r->p - x->d->bytes.p) + r->off : 0;
}

/* The next record or sample: its tag and a cursor over it. False (told) when it is cut off. */
static bool next_part(struct ward_export *x, struct ward_rd *r, enum ward_export_counter why,
	uint32_t *ret_tag, struct ward_rd *ret)
{
	size_t off = offset(x, r);

	*ret_tag = ward_rd_be32(r);
	*ret = ward_rd_sub(r, ward_rd_be32(r));
	if (ward_rd_bad(r)) {
		ward_export_reject(x, why, off);
		return false;
	}
	return true;
}

static bool read_raw(struct ward_export *x, struct ward_rd *r, struct ward_export_record *rec)
{
	size_t off = offset(x, r);
	uint32_t protocol = ward_rd_be32(r);

	ward_rd_skip(r, 8); /* length of the frame, bytes that were taken off */
	struct ward_slice head = ward_rd_bytes(r, ward_rd_be32(r));

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SFLOW_HEADER, off);
		return false;
	}
	if (!ward_header_read(protocol, head, rec))
		x->count[WARD_EXPORT_SFLOW_LINK]++;
	return true;
}

/* sampled_ipv4 and sampled_ipv6, which some agents send in place of the header. */
static void read_ip(struct ward_rd *r, uint8_t version, struct ward_export_record *rec)
{
	size_t len = version == 4 ? 4 : 16;
	uint32_t bytes = ward_rd_be32(r), proto = ward_rd_be32(r);
	struct ward_slice src = ward_rd_bytes(r, len), dst = ward_rd_bytes(r, len);
	uint32_t src_port = ward_rd_be32(r), dst_port = ward_rd_be32(r), flags = ward_rd_be32(r);

	if (ward_rd_bad(r) || rec->ip_version)
		return;
	rec->ip_version = version;
	memcpy(rec->ip[0], src.p, len);
	memcpy(rec->ip[1], dst.p, len);
	ward_record_set(rec, WARD_SLOT_BYTES, bytes);
	ward_record_set(rec, WARD_SLOT_PROTO, proto);
	ward_record_set(rec, WARD_SLOT_SRC_PORT, src_port);
	ward_record_set(rec, WARD_SLOT_DST_PORT, dst_port);
	ward_record_set(rec, WARD_SLOT_TCP_FLAGS, flags);
}

static bool read_flow_record(
	struct ward_export *x, uint32_t tag, struct ward_rd *r, struct ward_export_record *rec)
{
	uint32_t vlan;

	switch (tag) {
	case RAW_HEADER:
		return read_raw(x, r, rec);
	case SAMPLED_IP4:
		read_ip(r, 4, rec);
		return true;
	case SAMPLED_IP6:
		read_ip(r, 6, rec);
		return true;
	case EXTENDED_SWITCH: /* of untagged ports the header does not say it */
		vlan = ward_rd_be32(r);
		if (!ward_rd_bad(r) && vlan && vlan < 4096 && !ward_record_has(rec, WARD_SLOT_VLAN))
			ward_record_set(rec, WARD_SLOT_VLAN, vlan);
		return true;
	default:
		return true; /* what else the agent says of the same packet */
	}
}

/* Interface numbers: 0 unknown; the upper two bits say dropped or several. */
static void read_interface(
	struct ward_export_record *rec, enum ward_export_slot s, uint32_t format, uint32_t value)
{
	if (format == 0 && value && value < INTERFACE_BITS)
		ward_record_set(rec, s, value);
}

static bool read_flow_sample(struct ward_export *x, struct ward_rd *r, bool expanded)
{
	struct ward_export_record rec = {.end = "sample"};
	size_t off = offset(x, r);

	ward_rd_skip(r, expanded ? 12 : 8); /* sequence number, source */
	uint32_t rate = ward_rd_be32(r);

	ward_rd_skip(r, 8); /* pool, drops */
	for (unsigned i = 0; i < 2; i++) {
		uint32_t format = expanded ? ward_rd_be32(r) : 0, v = ward_rd_be32(r);

		read_interface(&rec, i ? WARD_SLOT_OUTPUT : WARD_SLOT_INPUT,
			expanded ? format : v >> 30, v);
	}
	uint32_t n = ward_rd_be32(r);

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SFLOW_SAMPLE, off);
		return false;
	}
	ward_record_set(&rec, WARD_SLOT_PACKETS, 1);
	if (rate)
		ward_record_set(&rec, WARD_SLOT_SAMPLING, rate);
	for (; n > 0 && ward_rd_left(r) >= 8; n--) { /* each takes at least 8 bytes */
		struct ward_rd part;
		uint32_t tag;

		if (!next_part(x, r, WARD_EXPORT_SFLOW_RECORD, &tag, &part) ||
			!read_flow_record(x, tag, &part, &rec))
			return false;
	}
	ward_tell_flow(x, &rec);
	return true;
}

/* if_counters: RFC 2863's ifTable, in the order of the document. */
static void read_generic(struct ward_export *x, struct ward_rd *r)
{
	enum { IN, OUT };
	uint64_t bytes[2] = {0}, packets[2] = {0};
	uint32_t discards[2] = {0}, errors[2] = {0};
	uint32_t index = ward_rd_be32(r);

	ward_rd_skip(r, 4); /* type */
	uint64_t speed = ward_rd_be64(r);

	ward_rd_skip(r, 4); /* direction */
	uint32_t status = ward_rd_be32(r);

	for (unsigned i = IN; i <= OUT; i++) {
		bytes[i] = ward_rd_be64(r);
		for (unsigned k = 0; k < 3; k++) /* unicast, multicast, broadcast */
			packets[i] += ward_rd_be32(r);
		discards[i] = ward_rd_be32(r);
		errors[i] = ward_rd_be32(r);
		if (i == IN)
			ward_rd_skip(r, 4); /* unknown protocols */
	}
	if (ward_rd_bad(r) || !ward_tell_begin(x, WARD_EXPORT_NAME_CLASS_INTERFACE))
		return;
	ward_tell_exporter(x);
	ward_tell_int(x, x->name[WARD_EXPORT_NAME_IF_INDEX], index);
	ward_tell_int(x, x->name[WARD_EXPORT_NAME_IF_SPEED], speed);
	ward_tell_z(x, x->name[WARD_EXPORT_NAME_IF_UP],
		(status & 3) == 3   ? "up"
		: (status & 1) == 1 ? "down"
				    : "disabled");
	for (unsigned i = IN; i <= OUT; i++) {
		static const unsigned first[] = {
			WARD_EXPORT_NAME_IF_IN_BYTES, WARD_EXPORT_NAME_IF_OUT_BYTES};

		ward_tell_int(x, x->name[first[i]], bytes[i]);
		ward_tell_int(x, x->name[first[i] + 1], packets[i]);
		ward_tell_int(x, x->name[first[i] + 2], discards[i]);
		ward_tell_int(x, x->name[first[i] + 3], errors[i]);
	}
	ward_tell_end(x, x->d->seen);
}

static bool read_counter_sample(struct ward_export *x, struct ward_rd *r, bool expanded)
{
	size_t off = offset(x, r);

	ward_rd_skip(r, expanded ? 12 : 8); /* sequence number, source */
	uint32_t n = ward_rd_be32(r);

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SFLOW_SAMPLE, off);
		return false;
	}
	for (; n > 0 && ward_rd_left(r) >= 8; n--) {
		struct ward_rd part;
		uint32_t tag;

		if (!next_part(x, r, WARD_EXPORT_SFLOW_RECORD, &tag, &part))
			return false;
		if (tag == GENERIC_INTERFACE)
			read_generic(x, &part);
	}
	return true;
}

static bool read_sample(struct ward_export *x, uint32_t tag, struct ward_rd *r)
{
	switch (tag) {
	case FLOW_SAMPLE:
	case FLOW_EXPANDED:
		return read_flow_sample(x, r, tag == FLOW_EXPANDED);
	case COUNTER_SAMPLE:
	case COUNTER_EXPANDED:
		return read_counter_sample(x, r, tag == COUNTER_EXPANDED);
	default:
		x->count[WARD_EXPORT_SFLOW_FORMAT]++;
		return true;
	}
}

void ward_sflow5_read(struct ward_export *x, struct ward_rd *r)
{
	uint8_t agent[16] = {0};

	ward_rd_skip(r, 4);
	uint32_t kind = ward_rd_be32(r);
	size_t len = kind == 1 ? 4 : 16;
	struct ward_slice ip = ward_rd_bytes(r, len);
	uint32_t sub = ward_rd_be32(r), seq = ward_rd_be32(r);

	ward_rd_skip(r, 4); /* uptime: samples have no time of their own */
	uint32_t n = ward_rd_be32(r);

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SHORT, 0);
		return;
	}
	if (kind != 1 && kind != 2) {
		ward_export_reject(x, WARD_EXPORT_SFLOW_AGENT, 4);
		return;
	}
	memcpy(agent, ip.p, len);
	if (!ward_export_agent(x, agent, kind == 1 ? 4 : 6, sub))
		return;
	x->count[WARD_EXPORT_SFLOW5]++;
	ward_tell_domain(x);
	ward_export_sequence(x, seq, 1);
	for (; n > 0 && x->err == WARD_OK && ward_rd_left(r) >= 8; n--) {
		struct ward_rd part;
		uint32_t tag;

		if (!next_part(x, r, WARD_EXPORT_SFLOW_SAMPLE, &tag, &part) ||
			!read_sample(x, tag, &part))
			return;
	}
}
