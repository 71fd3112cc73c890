#include "sense/log/flow.h"

#include <arpa/inet.h>

enum { PORT_MAX = 65535, VLAN_MAX = 4094 };

struct ward_flow_record ward_flow_record_empty(const char *format)
{
	return (struct ward_flow_record){.format = format,
		.src_port = -1,
		.dst_port = -1,
		.packets = -1,
		.bytes = -1,
		.packets_back = -1,
		.bytes_back = -1,
		.duration_ns = -1,
		.vlan = -1};
}

const char *ward_flow_field_name(enum ward_flow_field k)
{
	static const char *const name[WARD_FLOW_FIELD_N] = {
		[WARD_FLOW_SRC_IP] = "src_ip",
		[WARD_FLOW_DST_IP] = "dst_ip",
		[WARD_FLOW_PROTO] = "proto",
		[WARD_FLOW_SERVICE] = "service",
		[WARD_FLOW_SRC_MAC] = "src_mac",
		[WARD_FLOW_DST_MAC] = "dst_mac",
		[WARD_FLOW_SRC_PORT] = "src_port",
		[WARD_FLOW_DST_PORT] = "dst_port",
		[WARD_FLOW_ICMP_TYPE] = "icmp.type",
		[WARD_FLOW_ICMP_CODE] = "icmp.code",
		[WARD_FLOW_PACKETS] = "packets",
		[WARD_FLOW_BYTES] = "bytes",
		[WARD_FLOW_PACKETS_BACK] = "packets_back",
		[WARD_FLOW_BYTES_BACK] = "bytes_back",
		[WARD_FLOW_DURATION_NS] = "duration_ns",
		[WARD_FLOW_VLAN] = "vlan",
		[WARD_FLOW_STATE] = "state",
		[WARD_FLOW_ACTION] = "flow.action",
		[WARD_FLOW_FORMAT] = "flow.format",
	};

	return name[k];
}

void ward_flow_names_init(struct ward_flow_names *f, struct ward_names *names)
{
	f->class = ward_name(names, WARD_STR("net.flow"));
	for (unsigned k = 0; k < WARD_FLOW_FIELD_N; k++)
		f->field[k] =
			ward_name(names, ward_str_z(ward_flow_field_name((enum ward_flow_field)k)));
}

/* Four numbers up to 255, without zeros before them. */
static bool is_ipv4(struct ward_str s)
{
	size_t at = 0;

	for (unsigned part = 0; part < 4; part++) {
		unsigned v = 0;
		size_t from = at;

		for (; at < s.len && at < from + 3 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
			v = v * 10 + (unsigned)(s.p[at] - '0');
		if (at == from || v > 255 || (s.p[from] == '0' && at > from + 1))
			return false;
		if (part < 3 && (at == s.len || s.p[at++] != '.'))
			return false;
	}
	return at == s.len;
}

static bool is_address(struct ward_str s)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t ip[16];

	if (!s.len || s.len >= sizeof(text))
		return false;
	if (is_ipv4(s))
		return true;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	return !memchr(text, 0, s.len) && inet_pton(AF_INET6, text, ip) == 1;
}

/* An event that becomes a flow, with room for all of its fields. */
struct making {
	const uint32_t *name;
	const uint16_t *where;
	struct ward_event *e;
};

/* Where the value of a field goes, new or old. Values are written where they stay: a copy of what
 * was just written in parts would wait for all of them. */
static WARD_ALWAYS_INLINE struct ward_value *place(
	const struct making *m, enum ward_flow_field k, enum ward_value_kind kind)
{
	uint32_t name = m->name[k];
	struct ward_event *e = m->e;
	struct ward_field *at = m->where[k] ? &e->field[m->where[k] - 1] : NULL;

	/* Several names may have become this one. */
	for (size_t i = 0; name == WARD_FIELD_WARD_OVERFLOW && !at && i < e->n_field; i++)
		if (e->field[i].name == name)
			at = &e->field[i];
	if (!at) {
		at = &e->field[e->n_field++];
		at->name = name;
	}
	at->v.kind = kind;
	at->v.n = 0;
	return &at->v;
}

static WARD_ALWAYS_INLINE void put_text(
	const struct making *m, enum ward_flow_field k, struct ward_str s)
{
	if (s.len)
		place(m, k, WARD_VALUE_STR)->s = s;
}

static WARD_ALWAYS_INLINE void put_number(const struct making *m, enum ward_flow_field k, int64_t v)
{
	if (v >= 0)
		place(m, k, WARD_VALUE_INT)->i = v;
}

enum ward_err ward_flow_record_put(const struct ward_flow_names *f,
	const struct ward_flow_record *r, const uint16_t where[WARD_FLOW_FIELD_N],
	struct ward_event *e)
{
	const struct making m = {f->field, where, e};
	bool icmp = ward_str_eqz(r->proto, "icmp");

	if (!is_address(r->src) || !is_address(r->dst) || r->src_port > PORT_MAX ||
		r->dst_port > PORT_MAX || r->vlan > VLAN_MAX)
		return WARD_ERR_FOREIGN;
	enum ward_err err = ward_event_room(e, WARD_FLOW_FIELD_N);

	if (err)
		return err;
	put_text(&m, WARD_FLOW_SRC_IP, r->src);
	put_text(&m, WARD_FLOW_DST_IP, r->dst);
	put_text(&m, WARD_FLOW_PROTO, r->proto);
	put_text(&m, WARD_FLOW_SERVICE, r->service);
	put_text(&m, WARD_FLOW_SRC_MAC, r->src_mac);
	put_text(&m, WARD_FLOW_DST_MAC, r->dst_mac);
	put_number(&m, icmp ? WARD_FLOW_ICMP_TYPE : WARD_FLOW_SRC_PORT, r->src_port);
	put_number(&m, icmp ? WARD_FLOW_ICMP_CODE : WARD_FLOW_DST_PORT, r->dst_port);
	put_number(&m, WARD_FLOW_PACKETS, r->packets);
	put_number(&m, WARD_FLOW_BYTES, r->bytes);
	put_number(&m, WARD_FLOW_PACKETS_BACK, r->packets_back);
	put_number(&m, WARD_FLOW_BYTES_BACK, r->bytes_back);
	put_number(&m, WARD_FLOW_DURATION_NS, r->duration_ns);
	put_number(&m, WARD_FLOW_VLAN, r->vlan);
	put_text(&m, WARD_FLOW_STATE, ward_str_z(r->state));
	put_text(&m, WARD_FLOW_ACTION, ward_str_z(r->action));
	put_text(&m, WARD_FLOW_FORMAT, ward_str_z(r->format));
	e->class = f->class;
	return WARD_OK;
}
