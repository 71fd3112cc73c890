#include "sense/net/packet.h"

#include "sense/net/decode.h"

enum { LAYERS_MAX = 32 };

static const struct ward_tunnel_info tunnels[WARD_TUNNEL_N] = {
#define X(IDENT, name, COUNTER, over_ip, flow) \
	[WARD_TUNNEL_##IDENT] = {name, WARD_NET_##COUNTER, over_ip, flow},
	WARD_TUNNEL_LIST(X)
#undef X
};

static void decode_ip(struct ward_decoder *d)
{
	d->next = ward_rd_peek(&d->r) >> 4 == 6 ? WARD_LAYER_IP6 : WARD_LAYER_IP4;
}

static void (*const layers[WARD_LAYER_N])(struct ward_decoder *d) = {
	[WARD_LAYER_ETHERNET] = ward_decode_ethernet,
	[WARD_LAYER_TYPE] = ward_decode_type,
	[WARD_LAYER_LLC] = ward_decode_llc,
	[WARD_LAYER_SLL] = ward_decode_sll,
	[WARD_LAYER_NULL] = ward_decode_null,
	[WARD_LAYER_PPP] = ward_decode_ppp,
	[WARD_LAYER_WLAN] = ward_decode_wlan,
	[WARD_LAYER_RADIOTAP] = ward_decode_radiotap,
	[WARD_LAYER_PPPOE] = ward_decode_pppoe,
	[WARD_LAYER_MPLS] = ward_decode_mpls,
	[WARD_LAYER_PBB] = ward_decode_pbb,
	[WARD_LAYER_ARP] = ward_decode_arp,
	[WARD_LAYER_LLDP] = ward_decode_lldp,
	[WARD_LAYER_CDP] = ward_decode_cdp,
	[WARD_LAYER_IP] = decode_ip,
	[WARD_LAYER_IP4] = ward_decode_ip4,
	[WARD_LAYER_IP6] = ward_decode_ip6,
	[WARD_LAYER_IP6_NEXT] = ward_decode_ip6_next,
	[WARD_LAYER_TRANSPORT] = ward_decode_transport,
	[WARD_LAYER_GRE] = ward_decode_gre,
};

static const enum ward_layer first_layer[WARD_LINK_N] = {
	[WARD_LINK_ETHERNET] = WARD_LAYER_ETHERNET,
	[WARD_LINK_RAW] = WARD_LAYER_IP,
	[WARD_LINK_SLL] = WARD_LAYER_SLL,
	[WARD_LINK_SLL2] = WARD_LAYER_SLL,
	[WARD_LINK_NULL] = WARD_LAYER_NULL,
	[WARD_LINK_LOOP] = WARD_LAYER_NULL,
	[WARD_LINK_PPP] = WARD_LAYER_PPP,
	[WARD_LINK_WLAN] = WARD_LAYER_WLAN,
	[WARD_LINK_RADIOTAP] = WARD_LAYER_RADIOTAP,
};

void ward_decode_stop(struct ward_decoder *d, enum ward_net_counter why)
{
	bool cut = ward_rd_bad(&d->r) && d->r.len < d->end;

	d->p->reason = cut ? WARD_NET_SNAPPED : why;
	d->p->reason_off = d->r.off;
	d->count[d->p->reason]++;
	d->next = WARD_LAYER_NONE;
}

const struct ward_tunnel_info *ward_tunnel_info(enum ward_tunnel_kind kind)
{
	WARD_ASSERT(kind > WARD_TUNNEL_NONE && kind < WARD_TUNNEL_N);
	return &tunnels[kind];
}

bool ward_decode_enter(struct ward_decoder *d, enum ward_tunnel_kind kind, bool has_id, uint32_t id)
{
	struct ward_packet *p = d->p;

	if (p->n_tunnel == WARD_TUNNELS_MAX) {
		ward_decode_stop(d, WARD_NET_TUNNEL_DEPTH);
		return false;
	}
	struct ward_tunnel *t = &p->tunnel[p->n_tunnel++];

	ward_decode_odd(d, tunnels[kind].counter);
	*t = (struct ward_tunnel){.kind = kind,
		.has_id = has_id,
		.id = id,
		.has_mac = p->has_mac,
		.vlan = p->vlan,
		.n_packet = p->n_packet};
	memcpy(t->src_mac, p->src_mac, 6);
	memcpy(t->dst_mac, p->dst_mac, 6);
	if (!tunnels[kind].over_ip)
		return true;
	t->ip_version = p->ip_version;
	t->proto = p->proto;
	t->src_port = p->src_port;
	t->dst_port = p->dst_port;
	t->ip_bytes = p->ip_bytes;
	memcpy(t->src_ip, p->src_ip, 16);
	memcpy(t->dst_ip, p->dst_ip, 16);
	p->has_mac = p->has_ip = p->has_transport = p->fragment = false;
	p->src_port = p->dst_port = p->vlan = p->inner_vlan = 0;
	p->ip_version = p->proto = 0;
	p->n_packet = 1;
	p->ip_bytes = 0;
	memset(&p->frag, 0, sizeof(p->frag));
	memset(p->src_ip, 0, 16);
	memset(p->dst_ip, 0, 16);
	memset(p->src_mac, 0, 6);
	memset(p->dst_mac, 0, 6);
	return true;
}

bool ward_packet_outer(const struct ward_packet *p, size_t i, struct ward_packet *ret)
{
	const struct ward_tunnel *t = &p->tunnel[i];

	if (!t->ip_version)
		return false;
	*ret = (struct ward_packet){.has_mac = t->has_mac,
		.has_ip = true,
		.has_transport = true,
		.vlan = t->vlan,
		.ip_version = t->ip_version,
		.proto = t->proto,
		.n_packet = t->n_packet,
		.ip_bytes = t->ip_bytes,
		.src_port = t->src_port,
		.dst_port = t->dst_port,
		.n_tunnel = (uint8_t)i,
		.reason = WARD_NET_COUNTER_N};
	memcpy(ret->src_mac, t->src_mac, 6);
	memcpy(ret->dst_mac, t->dst_mac, 6);
	memcpy(ret->src_ip, t->src_ip, 16);
	memcpy(ret->dst_ip, t->dst_ip, 16);
	memcpy(ret->tunnel, p->tunnel, i * sizeof(p->tunnel[0]));
	return true;
}

static void run(struct ward_decoder *d)
{
	for (unsigned i = 0; d->next != WARD_LAYER_NONE; i++) {
		enum ward_layer layer = d->next;

		if (i == LAYERS_MAX) {
			ward_decode_stop(d, WARD_NET_TUNNEL_DEPTH);
			return;
		}
		d->next = WARD_LAYER_NONE;
		layers[layer](d);
	}
}

void ward_packet_decode(const struct ward_frame *f, struct ward_packet *p, uint64_t *count)
{
	struct ward_decoder d = {.f = f,
		.p = p,
		.count = count,
		.r = ward_rd_slice(f->bytes),
		.end = f->len,
		.next = (unsigned)f->link < WARD_LINK_N ? first_layer[f->link] : WARD_LAYER_NONE};

	*p = (struct ward_packet){
		.reason = WARD_NET_COUNTER_N, .vlan = f->vlan & 0x0fff, .n_packet = 1};
	count[WARD_NET_PACKETS]++;
	count[WARD_NET_BYTES] += f->len;
	if (f->bytes.len > f->len) {
		ward_decode_stop(&d, WARD_NET_FRAME_LENGTH);
		return;
	}
	if (d.next == WARD_LAYER_NONE)
		ward_decode_stop(&d, WARD_NET_LINK_TYPE);
	run(&d);
	if (p->reason == WARD_NET_COUNTER_N)
		count[WARD_NET_DECODED]++;
}

void ward_packet_decode_whole(const struct ward_frame *f, struct ward_slice whole, uint8_t proto,
	struct ward_packet *p, uint64_t *count)
{
	size_t ip = p->ip_version == 4 ? 4 : 16;
	struct ward_decoder d = {.f = f,
		.p = p,
		.count = count,
		.r = ward_rd_slice(whole),
		.end = whole.len,
		.next = p->ip_version == 4 ? WARD_LAYER_TRANSPORT : WARD_LAYER_IP6_NEXT};

	p->proto = proto;
	memset(&p->frag, 0, sizeof(p->frag));
	p->fragment = p->has_transport = p->payload_snapped = false;
	p->reason = WARD_NET_COUNTER_N;
	d.pseudo = ward_decode_sum(p->dst_ip, ip, ward_decode_sum(p->src_ip, ip, p->proto));
	run(&d);
	if (p->reason == WARD_NET_COUNTER_N)
		return;
	count[p->reason]--;
	count[WARD_NET_FRAGMENT_BAD] += ward_net_counter_info(p->reason)->kind == WARD_NET_REJECT;
}
