/* Information elements: IANA's "IPFIX Information Elements"; up to 127 they are NetFlow 9's field
 * types (RFC 3954 8). Those that are not here are passed over by their length. */
#include "sense/flow/priv.h"

enum kind { NUMBER, IP4, IP6, MAC, TEXT, SECONDS, MILLIS, NTP, DELTA_US };
enum { PEN_REVERSE = 29305 }; /* RFC 5103 6.1 */

struct element {
	uint16_t id;
	uint8_t kind;
	uint8_t slot; /* IP and MAC: 0 source, 1 destination */
};

/* Sorted by id. */
static const struct element elements[] = {
	{1, NUMBER, WARD_SLOT_BYTES},          /* octetDeltaCount */
	{2, NUMBER, WARD_SLOT_PACKETS},        /* packetDeltaCount */
	{4, NUMBER, WARD_SLOT_PROTO},          /* protocolIdentifier */
	{6, NUMBER, WARD_SLOT_TCP_FLAGS},      /* tcpControlBits */
	{7, NUMBER, WARD_SLOT_SRC_PORT},       /* sourceTransportPort */
	{8, IP4, 0},                           /* sourceIPv4Address */
	{10, NUMBER, WARD_SLOT_INPUT},         /* ingressInterface */
	{11, NUMBER, WARD_SLOT_DST_PORT},      /* destinationTransportPort */
	{12, IP4, 1},                          /* destinationIPv4Address */
	{14, NUMBER, WARD_SLOT_OUTPUT},        /* egressInterface */
	{21, NUMBER, WARD_SLOT_LAST_UP},       /* flowEndSysUpTime */
	{22, NUMBER, WARD_SLOT_FIRST_UP},      /* flowStartSysUpTime */
	{27, IP6, 0},                          /* sourceIPv6Address */
	{28, IP6, 1},                          /* destinationIPv6Address */
	{32, NUMBER, WARD_SLOT_ICMP},          /* icmpTypeCodeIPv4 */
	{34, NUMBER, WARD_SLOT_SAMPLING},      /* samplingInterval */
	{48, NUMBER, WARD_SLOT_SAMPLER},       /* samplerId */
	{50, NUMBER, WARD_SLOT_SAMPLING},      /* samplerRandomInterval */
	{56, MAC, 0},                          /* sourceMacAddress */
	{58, NUMBER, WARD_SLOT_VLAN},          /* vlanId */
	{60, NUMBER, WARD_SLOT_IP_VERSION},    /* ipVersion */
	{61, NUMBER, WARD_SLOT_DIRECTION},     /* flowDirection */
	{80, MAC, 1},                          /* destinationMacAddress */
	{85, NUMBER, WARD_SLOT_BYTES},         /* octetTotalCount */
	{86, NUMBER, WARD_SLOT_PACKETS},       /* packetTotalCount */
	{96, TEXT, 0},                         /* applicationName */
	{136, NUMBER, WARD_SLOT_END},          /* flowEndReason */
	{139, NUMBER, WARD_SLOT_ICMP},         /* icmpTypeCodeIPv6 */
	{150, SECONDS, WARD_SLOT_FIRST},       /* flowStartSeconds */
	{151, SECONDS, WARD_SLOT_LAST},        /* flowEndSeconds */
	{152, MILLIS, WARD_SLOT_FIRST},        /* flowStartMilliseconds */
	{153, MILLIS, WARD_SLOT_LAST},         /* flowEndMilliseconds */
	{154, NTP, WARD_SLOT_FIRST},           /* flowStartMicroseconds */
	{155, NTP, WARD_SLOT_LAST},            /* flowEndMicroseconds */
	{156, NTP, WARD_SLOT_FIRST},           /* flowStartNanoseconds */
	{157, NTP, WARD_SLOT_LAST},            /* flowEndNanoseconds */
	{158, DELTA_US, WARD_SLOT_FIRST},      /* flowStartDeltaMicroseconds */
	{159, DELTA_US, WARD_SLOT_LAST},       /* flowEndDeltaMicroseconds */
	{160, MILLIS, WARD_SLOT_BOOT},         /* systemInitTimeMilliseconds */
	{161, NUMBER, WARD_SLOT_DURATION},     /* flowDurationMilliseconds */
	{176, NUMBER, WARD_SLOT_ICMP_TYPE},    /* icmpTypeIPv4 */
	{177, NUMBER, WARD_SLOT_ICMP_CODE},    /* icmpCodeIPv4 */
	{178, NUMBER, WARD_SLOT_ICMP_TYPE},    /* icmpTypeIPv6 */
	{179, NUMBER, WARD_SLOT_ICMP_CODE},    /* icmpCodeIPv6 */
	{231, NUMBER, WARD_SLOT_BYTES},        /* initiatorOctets */
	{232, NUMBER, WARD_SLOT_BYTES_BACK},   /* responderOctets */
	{233, NUMBER, WARD_SLOT_FIREWALL},     /* firewallEvent */
	{239, NUMBER, WARD_SLOT_BIFLOW},       /* biflowDirection */
	{243, NUMBER, WARD_SLOT_VLAN},         /* dot1qVlanId */
	{298, NUMBER, WARD_SLOT_PACKETS},      /* initiatorPackets */
	{299, NUMBER, WARD_SLOT_PACKETS_BACK}, /* responderPackets */
	{302, NUMBER, WARD_SLOT_SAMPLER},      /* selectorId */
	{305, NUMBER, WARD_SLOT_SAMPLED},      /* samplingPacketInterval */
	{306, NUMBER, WARD_SLOT_SPACE},        /* samplingPacketSpace */
};

/* The answer's side of a biflow. */
static const struct element reverse[] = {
	{1, NUMBER, WARD_SLOT_BYTES_BACK},
	{2, NUMBER, WARD_SLOT_PACKETS_BACK},
	{85, NUMBER, WARD_SLOT_BYTES_BACK},
	{86, NUMBER, WARD_SLOT_PACKETS_BACK},
};

static const struct element *find(const struct element *table, size_t n, uint16_t id)
{
	size_t lo = 0;

	while (n > 0) {
		size_t half = n / 2;

		if (table[lo + half].id < id) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return table + lo;
}

static const struct element *element_of(const struct ward_template_field *f)
{
	bool back = f->enterprise == PEN_REVERSE;
	const struct element *table = back ? reverse : elements;
	size_t n = back ? WARD_ARRAY_LEN(reverse) : WARD_ARRAY_LEN(elements);

	if (f->enterprise && !back)
		return NULL;
	const struct element *e = find(table, n, f->id);

	return e < table + n && e->id == f->id ? e : NULL;
}

/* Big endian, in fewer bytes when they suffice (RFC 7011 6.2). */
static bool number(struct ward_slice v, uint64_t *ret)
{
	struct ward_rd r = ward_rd_slice(v);
	uint64_t n = 0;

	if (v.len == 0 || v.len > 8)
		return false;
	for (size_t i = 0; i < v.len; i++)
		n = n << 8 | ward_rd_u8(&r);
	*ret = n;
	return true;
}

/* False when it does not fit ward_ns. */
static bool scaled(uint64_t v, ward_ns unit, ward_ns *ret)
{
	return v <= INT64_MAX && ward_mul((int64_t)v, unit, ret);
}

/* NTP's era 0 from 1968 on, then era 1 (RFC 7011 6.1.9, RFC 4330 3). */
static ward_ns ntp(uint64_t v)
{
	static const int64_t to_unix = INT64_C(2208988800);
	int64_t s = (int64_t)(v >> 32);

	if (s < INT64_C(0x80000000))
		s += INT64_C(0x100000000);
	return (s - to_unix) * WARD_NS_PER_S +
	       (ward_ns)((v & UINT32_MAX) * (uint64_t)WARD_NS_PER_S >> 32);
}

static void take_time(const struct ward_export *x, const struct element *e, uint64_t v,
	struct ward_export_record *r)
{
	ward_ns t = 0;
	bool fits = true;

	if (e->kind == SECONDS)
		fits = scaled(v, WARD_NS_PER_S, &t);
	else if (e->kind == MILLIS)
		fits = scaled(v, WARD_NS_PER_MS, &t);
	else if (e->kind == NTP)
		t = ntp(v);
	else
		fits = scaled(v, 1000, &t) && ward_sub(x->exported, t, &t);
	if (fits)
		ward_record_set(r, (enum ward_export_slot)e->slot, (uint64_t)t);
}

static void take_ip(const struct element *e, struct ward_slice v, struct ward_export_record *r)
{
	static const uint8_t none[16];
	uint8_t version = e->kind == IP4 ? 4 : 6;
	size_t len = version == 4 ? 4 : 16;

	if (v.len != len)
		return;
	/* templates for both versions leave one of them empty */
	if (r->ip_version && r->ip_version != version && memcmp(v.p, none, len) == 0)
		return;
	if (r->ip_version != version)
		memset(r->ip, 0, sizeof(r->ip));
	r->ip_version = version;
	memcpy(r->ip[e->slot], v.p, len);
}

void ward_element_take(const struct ward_export *x, const struct ward_template_field *f,
	struct ward_slice v, struct ward_export_record *r)
{
	const struct element *e = element_of(f);
	uint64_t n = 0;

	if (!e)
		return;
	switch (e->kind) {
	case IP4:
	case IP6:
		take_ip(e, v, r);
		break;
	case MAC:
		if (v.len == 6) {
			memcpy(r->mac[e->slot], v.p, 6);
			r->has_mac[e->slot] = true;
		}
		break;
	case TEXT:
		r->app = v;
		break;
	case NUMBER:
		if (number(v, &n))
			ward_record_set(r, (enum ward_export_slot)e->slot, n);
		break;
	default:
		if (number(v, &n))
			take_time(x, e, n, r);
	}
}
