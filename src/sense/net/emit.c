#include "sense/net/emit.h"

#include <arpa/inet.h>

/* n->event.arena is NULL when no event is being built or it did not fit. */

bool ward_emit_begin(struct ward_net *n, uint32_t class)
{
	if (n->muted) {
		n->index++;
		return false;
	}
	if (ward_held_one(n, class))
		return false;
	if (!n->sink) {
		n->count[WARD_NET_EVENTS]++;
		return false;
	}
	ward_arena_reset(&n->arena);
	ward_event_init(&n->event, &n->arena);
	n->event.class = class;
	n->event.source = n->source_name;
	return true;
}

static void lose(struct ward_net *n)
{
	n->event.arena = NULL;
}

static void put(struct ward_net *n, uint32_t name, struct ward_value v)
{
	if (n->event.arena && ward_event_set(&n->event, name, v) != WARD_OK)
		lose(n);
}

void ward_emit_int(struct ward_net *n, uint32_t name, int64_t v)
{
	put(n, name, ward_value_int(v));
}

void ward_emit_bool(struct ward_net *n, uint32_t name, bool v)
{
	put(n, name, ward_value_bool(v));
}

void ward_emit_z(struct ward_net *n, uint32_t name, const char *forever)
{
	put(n, name, ward_value_str(ward_str_z(forever)));
}

void ward_emit_str(struct ward_net *n, uint32_t name, struct ward_str s)
{
	if (!n->event.arena)
		return;
	struct ward_str copy = ward_arena_str(&n->arena, s);

	if (copy.p)
		put(n, name, ward_value_str(copy));
	else
		lose(n);
}

size_t ward_mac_text(const uint8_t mac[6], char ret[WARD_MAC_TEXT])
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < 6; i++) {
		ret[i * 3] = digit[mac[i] >> 4];
		ret[i * 3 + 1] = digit[mac[i] & 15];
		ret[i * 3 + 2] = ':';
	}
	ret[17] = 0;
	return 17;
}

size_t ward_ip_text(const uint8_t ip[16], unsigned version, char ret[WARD_IP_TEXT])
{
	if (version == 6) {
		WARD_ASSERT(inet_ntop(AF_INET6, ip, ret, WARD_IP_TEXT));
		return strlen(ret);
	}
	struct ward_wr w = ward_wr_fixed(ret, WARD_IP_TEXT);

	for (size_t i = 0; i < 4; i++) {
		if (i)
			ward_wr_ch(&w, '.');
		ward_wr_u64(&w, ip[i]);
	}
	ret[w.len] = 0;
	return w.len;
}

void ward_emit_mac(struct ward_net *n, uint32_t name, const uint8_t mac[6])
{
	static const uint8_t none[6];
	char text[WARD_MAC_TEXT];

	if (memcmp(mac, none, 6) != 0)
		ward_emit_str(n, name, (struct ward_str){text, ward_mac_text(mac, text)});
}

bool ward_ip_parse(struct ward_str s, uint8_t ret[16], unsigned *ret_version)
{
	char text[WARD_IP_TEXT] = {0};

	if (s.len >= sizeof(text))
		return false;
	if (s.len)
		memcpy(text, s.p, s.len);
	memset(ret, 0, 16);
	*ret_version = memchr(text, ':', s.len) ? 6 : 4;
	return inet_pton(*ret_version == 6 ? AF_INET6 : AF_INET, text, ret) == 1;
}

void ward_emit_ip(struct ward_net *n, uint32_t name, const uint8_t ip[16], unsigned version)
{
	char text[WARD_IP_TEXT];

	ward_emit_str(n, name, (struct ward_str){text, ward_ip_text(ip, version, text)});
}

struct ward_value *ward_emit_items(struct ward_net *n, size_t n_item)
{
	struct ward_value *item =
		n->event.arena ? ward_arena_array(&n->arena, n_item, sizeof(*item)) : NULL;

	if (!item)
		lose(n);
	return item;
}

void ward_emit_list(
	struct ward_net *n, uint32_t name, const struct ward_value *item, uint32_t n_item)
{
	if (n_item == 1)
		put(n, name, item[0]);
	else if (n_item > 1)
		put(n, name,
			(struct ward_value){.kind = WARD_VALUE_LIST, .n = n_item, .item = item});
}

void ward_emit_place(struct ward_net *n, uint16_t vlan)
{
	if (n->iface.len)
		put(n, WARD_FIELD_IFACE, ward_value_str(n->iface));
	if (vlan)
		ward_emit_int(n, WARD_FIELD_VLAN, vlan);
}

void ward_emit_proto(struct ward_net *n, uint8_t proto)
{
	char text[4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	switch (proto) {
	case WARD_PROTO_UDP:
		ward_emit_z(n, WARD_FIELD_PROTO, "udp");
		return;
	case WARD_PROTO_TCP:
		ward_emit_z(n, WARD_FIELD_PROTO, "tcp");
		return;
	case WARD_PROTO_ICMP:
	case WARD_PROTO_ICMP6:
		ward_emit_z(n, WARD_FIELD_PROTO, "icmp");
		return;
	default:
		ward_wr_u64(&w, proto);
		ward_emit_str(n, WARD_FIELD_PROTO, ward_wr_text(&w));
	}
}

void ward_emit_packet(struct ward_net *n, const struct ward_packet *p)
{
	ward_emit_place(n, p->vlan);
	if (p->has_mac) {
		ward_emit_mac(n, WARD_FIELD_SRC_MAC, p->src_mac);
		ward_emit_mac(n, WARD_FIELD_DST_MAC, p->dst_mac);
	}
	if (!p->has_ip)
		return;
	ward_emit_ip(n, WARD_FIELD_SRC_IP, p->src_ip, p->ip_version);
	ward_emit_ip(n, WARD_FIELD_DST_IP, p->dst_ip, p->ip_version);
	if (p->has_transport && (p->proto == WARD_PROTO_UDP || p->proto == WARD_PROTO_TCP)) {
		ward_emit_int(n, WARD_FIELD_SRC_PORT, p->src_port);
		ward_emit_int(n, WARD_FIELD_DST_PORT, p->dst_port);
	}
	ward_emit_proto(n, p->proto);
}

void ward_emit_packet_turned(struct ward_net *n, const struct ward_packet *p)
{
	struct ward_packet turned = *p;

	memcpy(turned.src_mac, p->dst_mac, sizeof(turned.src_mac));
	memcpy(turned.dst_mac, p->src_mac, sizeof(turned.dst_mac));
	memcpy(turned.src_ip, p->dst_ip, sizeof(turned.src_ip));
	memcpy(turned.dst_ip, p->src_ip, sizeof(turned.dst_ip));
	turned.src_port = p->dst_port;
	turned.dst_port = p->src_port;
	ward_emit_packet(n, &turned);
}

void ward_emit_end_at(struct ward_net *n, ward_ns time, uint64_t seq, uint32_t index)
{
	if (!n->event.arena) {
		n->count[WARD_NET_EVENTS_LOST]++;
		return;
	}
	n->event.time = time;
	n->event.seen = n->frame ? n->frame->seen : n->now;
	n->event.id = ward_event_id_at(&n->origin, seq, index);
	n->count[WARD_NET_EVENTS]++;
	if (n->err == WARD_OK)
		n->err = n->sink->put(n->sink->ctx, &n->event);
	else
		n->count[WARD_NET_EVENTS_LOST]++;
	n->event.arena = NULL;
}

void ward_emit_end(struct ward_net *n)
{
	ward_emit_end_at(n, n->frame->time, n->frame->seq, n->index++);
}
