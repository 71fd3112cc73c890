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

void ward_flow_names_init(struct ward_flow_names *f, struct ward_names *names)
{
	f->names = names;
	f->class = ward_name(names, WARD_STR("net.flow"));
	f->format = ward_name(names, WARD_STR("flow.format"));
	f->action = ward_name(names, WARD_STR("flow.action"));
	f->icmp_type = ward_name(names, WARD_STR("icmp.type"));
	f->icmp_code = ward_name(names, WARD_STR("icmp.code"));
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

/* Where the value of a field goes, new or old; all that e has are marked in this round of the
 * names. Values are written where they stay: a copy of what was just written in parts would wait
 * for all of them. */
static enum ward_err place(const struct ward_flow_names *f, struct ward_event *e, uint32_t name,
	struct ward_value **ret)
{
	enum ward_err err = ward_names_once(f->names, name);

	if (err == WARD_OK)
		return ward_event_add(e, name, ret);
	for (size_t i = 0; err == WARD_ERR_DUPLICATE && i < e->n_field; i++)
		if (e->field[i].name == name) {
			*ret = &e->field[i].v;
			return WARD_OK;
		}
	return err;
}

static enum ward_err put_text(const struct ward_flow_names *f, struct ward_event *e, uint32_t name,
	const struct ward_str *s)
{
	struct ward_value *v;
	enum ward_err err = s->len ? place(f, e, name, &v) : WARD_OK;

	if (err || !s->len)
		return err;
	v->kind = WARD_VALUE_STR;
	v->n = 0;
	v->s = *s;
	return WARD_OK;
}

static enum ward_err put_number(
	const struct ward_flow_names *f, struct ward_event *e, uint32_t name, int64_t number)
{
	struct ward_value *v;
	enum ward_err err = number >= 0 ? place(f, e, name, &v) : WARD_OK;

	if (err || number < 0)
		return err;
	v->kind = WARD_VALUE_INT;
	v->n = 0;
	v->i = number;
	return WARD_OK;
}

static enum ward_err put_z(const struct ward_flow_names *f, struct ward_event *e, uint32_t name,
	const char *forever)
{
	struct ward_str s = ward_str_z(forever);

	return put_text(f, e, name, &s);
}

enum ward_err ward_flow_record_put(
	const struct ward_flow_names *f, const struct ward_flow_record *r, struct ward_event *e)
{
	bool icmp = ward_str_eqz(r->proto, "icmp");
	const struct {
		uint32_t name;
		int64_t v;
	} number[] = {{icmp ? f->icmp_type : WARD_FIELD_SRC_PORT, r->src_port},
		{icmp ? f->icmp_code : WARD_FIELD_DST_PORT, r->dst_port},
		{WARD_FIELD_PACKETS, r->packets}, {WARD_FIELD_BYTES, r->bytes},
		{WARD_FIELD_PACKETS_BACK, r->packets_back}, {WARD_FIELD_BYTES_BACK, r->bytes_back},
		{WARD_FIELD_DURATION_NS, r->duration_ns}, {WARD_FIELD_VLAN, r->vlan}};
	const struct {
		uint32_t name;
		const struct ward_str *s;
	} text[] = {{WARD_FIELD_SRC_IP, &r->src}, {WARD_FIELD_DST_IP, &r->dst},
		{WARD_FIELD_PROTO, &r->proto}, {WARD_FIELD_SERVICE, &r->service},
		{WARD_FIELD_SRC_MAC, &r->src_mac}, {WARD_FIELD_DST_MAC, &r->dst_mac}};
	enum ward_err err = WARD_OK;

	if (!is_address(r->src) || !is_address(r->dst) || r->src_port > PORT_MAX ||
		r->dst_port > PORT_MAX || r->vlan > VLAN_MAX)
		return WARD_ERR_FOREIGN;
	ward_names_round(f->names);
	for (size_t i = 0; !err && i < e->n_field; i++)
		err = ward_names_once(f->names, e->field[i].name);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(text); i++)
		err = put_text(f, e, text[i].name, text[i].s);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(number); i++)
		err = put_number(f, e, number[i].name, number[i].v);
	if (!err)
		err = put_z(f, e, WARD_FIELD_STATE, r->state);
	if (!err)
		err = put_z(f, e, f->action, r->action);
	if (!err)
		err = put_z(f, e, f->format, r->format);
	if (!err)
		e->class = f->class;
	return err;
}
