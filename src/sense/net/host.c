/* Who is on the network: which address has which hardware address, and who asks for whom. */
#include "sense/net/emit.h"

struct host_key {
	uint8_t ip[16];
	uint16_t vlan;
	uint16_t version;
};
_Static_assert(sizeof(struct host_key) == 20, "compared as bytes");

struct host {
	uint8_t mac[6];
	uint64_t moves;
};

/* What was said by ARP, so that repeats are told from news. */
struct arp_key {
	uint8_t sender_mac[6];
	uint8_t sender_ip[4], target_ip[4];
	uint16_t vlan, op;
	uint16_t differs;
};
_Static_assert(sizeof(struct arp_key) == 20, "compared as bytes");

enum { MOVES_SHOWN = 16 };

enum ward_err ward_host_init(struct ward_net *n, const struct ward_limits *lim)
{
	size_t max = ward_limit(lim, WARD_LIMIT_NET_HOSTS);
	enum ward_err err =
		ward_lru_init(&n->host, n->mem, sizeof(struct host_key), sizeof(struct host), max);

	return err ? err : ward_lru_init(&n->arp, n->mem, sizeof(struct arp_key), 8, max);
}

static bool is_group(const uint8_t mac[6])
{
	return mac[0] & 1;
}

/* Addresses that name one host: not unspecified, loopback, multicast or broadcast. */
static bool names_host(const uint8_t ip[16], unsigned version)
{
	static const uint8_t zero[15];

	if (version == 4)
		return ip[0] != 0 && ip[0] != 127 && ip[0] < 224;
	return ip[0] != 0xff && memcmp(ip, zero, 15) != 0;
}

struct sighting {
	const uint8_t *ip, *mac;
	uint8_t version;
	uint16_t vlan;
	const char *evidence;
};

static void emit_host(
	struct ward_net *n, const struct sighting *s, const struct host *old, uint64_t moves)
{
	enum ward_net_name class = old ? WARD_NET_NAME_CLASS_HOST_MOVED : WARD_NET_NAME_CLASS_HOST;

	if (!ward_emit_begin(n, n->name[class]))
		return;
	ward_emit_place(n, s->vlan);
	ward_emit_mac(n, WARD_FIELD_SRC_MAC, s->mac);
	ward_emit_ip(n, WARD_FIELD_SRC_IP, s->ip, s->version);
	if (old) {
		ward_emit_mac(n, n->name[WARD_NET_NAME_OLD_MAC], old->mac);
		ward_emit_int(n, n->name[WARD_NET_NAME_MOVES], (int64_t)moves);
	}
	ward_emit_z(n, n->name[WARD_NET_NAME_EVIDENCE], s->evidence);
	ward_emit_end(n);
}

static void see_address(struct ward_net *n, const struct sighting *s)
{
	struct host_key key = {.vlan = s->vlan, .version = s->version};

	if (is_group(s->mac) || !names_host(s->ip, s->version))
		return;
	memcpy(key.ip, s->ip, s->version == 6 ? 16 : 4);
	struct host *host = ward_lru_find(&n->host, &key);

	if (!host) {
		if (ward_lru_full(&n->host)) {
			ward_lru_del(&n->host, ward_lru_oldest(&n->host, 0));
			n->count[WARD_NET_HOST_EVICTED]++;
		}
		host = ward_lru_add(&n->host, &key, 0);
		memcpy(host->mac, s->mac, 6);
		n->count[WARD_NET_HOSTS]++;
		emit_host(n, s, NULL, 0);
		return;
	}
	ward_lru_touch(&n->host, host, 0);
	if (memcmp(host->mac, s->mac, 6) == 0)
		return;
	host->moves++;
	n->count[WARD_NET_HOST_MOVED]++;
	/* Two that fight over one address would fill the journal: after the first few, one event
	 * each time that the count doubles. */
	if (host->moves <= MOVES_SHOWN || (host->moves & (host->moves - 1)) == 0)
		emit_host(n, s, host, host->moves);
	else
		n->count[WARD_NET_HOST_HELD]++;
	memcpy(host->mac, s->mac, 6);
}

static bool is_gratuitous(const struct ward_packet *p)
{
	return memcmp(p->arp.sender_ip, p->arp.target_ip, 4) == 0;
}

static void emit_arp(struct ward_net *n, const struct ward_packet *p, bool differs)
{
	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_ARP]))
		return;
	ward_emit_place(n, p->vlan);
	ward_emit_mac(n, WARD_FIELD_SRC_MAC, p->arp.sender_mac);
	ward_emit_mac(n, WARD_FIELD_DST_MAC, p->arp.op == 2 ? p->arp.target_mac : p->dst_mac);
	ward_emit_ip(n, WARD_FIELD_SRC_IP, p->arp.sender_ip, 4);
	ward_emit_ip(n, WARD_FIELD_DST_IP, p->arp.target_ip, 4);
	ward_emit_z(n, WARD_FIELD_ARP_OP, p->arp.op == 1 ? "request" : "reply");
	ward_emit_bool(n, n->name[WARD_NET_NAME_ARP_GRATUITOUS], is_gratuitous(p));
	if (differs)
		ward_emit_bool(n, n->name[WARD_NET_NAME_ARP_SENDER_DIFFERS], true);
	ward_emit_end(n);
}

static void see_arp(struct ward_net *n, const struct ward_packet *p)
{
	struct arp_key key = {.vlan = p->vlan, .op = p->arp.op};

	/* The frame's sender is not the one that the message claims to be from. */
	key.differs = p->has_mac && memcmp(p->src_mac, p->arp.sender_mac, 6) != 0;
	memcpy(key.sender_mac, p->arp.sender_mac, 6);
	memcpy(key.sender_ip, p->arp.sender_ip, 4);
	memcpy(key.target_ip, p->arp.target_ip, 4);
	void *known = ward_lru_find(&n->arp, &key);

	n->count[WARD_NET_ARP]++;
	if (known) {
		ward_lru_touch(&n->arp, known, 0);
		n->count[WARD_NET_ARP_REPEAT]++;
		return;
	}
	if (ward_lru_full(&n->arp)) {
		ward_lru_del(&n->arp, ward_lru_oldest(&n->arp, 0));
		n->count[WARD_NET_ARP_EVICTED]++;
	}
	(void)ward_lru_add(&n->arp, &key, 0);
	emit_arp(n, p, key.differs != 0);
}

void ward_host_see(struct ward_net *n, const struct ward_packet *p)
{
	if (p->has_arp) {
		uint8_t ip[16] = {0};

		see_arp(n, p);
		memcpy(ip, p->arp.sender_ip, 4);
		see_address(n, &(struct sighting){.ip = ip,
				       .mac = p->arp.sender_mac,
				       .version = 4,
				       .vlan = p->vlan,
				       .evidence = "arp"});
		return;
	}
	if (p->has_ip && p->has_mac)
		see_address(n, &(struct sighting){.ip = p->src_ip,
				       .mac = p->src_mac,
				       .version = p->ip_version,
				       .vlan = p->vlan,
				       .evidence = "ip"});
}

void ward_host_claim(struct ward_net *n, const uint8_t ip[16], const uint8_t mac[6], uint16_t vlan)
{
	see_address(
		n, &(struct sighting){
			   .ip = ip, .mac = mac, .version = 6, .vlan = vlan, .evidence = "ndp"});
}
