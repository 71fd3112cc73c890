/* What the sensor says of itself, each minute of the packets' time: what the mirror did not show
 * it, and that it sends nothing.
 *
 * A peer that acknowledges bytes has them. Those that were never seen here were lost between the
 * switch and this program, wherever (the idea is Paxson's, in Bro's reports of content gaps). What
 * comes before the next acknowledgement is only late. */
#include "sense/net/flow.h"

#include "sense/net/emit.h"

enum { SENT_MAX = 64, SENT_SHOWN = 16, WINDOW = 64 << 20 };
static const ward_ns interval = 60 * WARD_NS_PER_S;

struct sent_key {
	uint8_t ip[16];
	uint8_t mac[6];
	uint16_t vlan, port, ethertype;
	uint8_t version, proto;
};
_Static_assert(sizeof(struct sent_key) == 30, "compared as bytes");

struct sent {
	uint64_t packets, bytes;
};

enum ward_err ward_self_init(struct ward_net *n)
{
	return ward_lru_init(
		&n->self.sent, n->mem, sizeof(struct sent_key), sizeof(struct sent), SENT_MAX);
}

/* Bytes that come late: what was acknowledged may have been overtaken on its way through the
 * mirror.
 */
static void fill(struct ward_flow_seen *own, size_t len)
{
	uint32_t acked = own->acked < len ? own->acked : (uint32_t)len;
	size_t rest = len - acked;

	own->acked -= acked;
	own->hole -= own->hole < rest ? own->hole : (uint32_t)rest;
}

/* Where the side's bytes end, by what it sent. Leaves out nothing but what it had sent before. */
static void see_bytes(struct ward_flow_seen *own, const struct ward_packet *p)
{
	bool syn = p->tcp_flags & WARD_TCP_SYN, fin = p->tcp_flags & WARD_TCP_FIN;
	uint32_t end = p->tcp_seq + (uint32_t)p->payload_len + syn + fin;
	int32_t ahead = (int32_t)(p->tcp_seq - own->end);

	if (end == p->tcp_seq && !own->known)
		return; /* an acknowledgement alone may be a keep-alive's: one byte back */
	if (!own->known || syn || ahead > WINDOW) {
		*own = (struct ward_flow_seen){.end = end, .known = true};
		return;
	}
	if (ahead > 0)
		own->hole += (uint32_t)ahead;
	else if (ahead < 0)
		fill(own, p->payload_len);
	if ((int32_t)(end - own->end) > 0)
		own->end = end;
}

/* What the other side says that it has of them. What it said the time before, and has not come
 * since, is lost. */
static uint64_t see_ack(struct ward_flow_seen *other, uint32_t ack)
{
	int32_t ahead = (int32_t)(ack - other->end);
	uint64_t unseen = other->acked;

	if (!other->known || ahead > WINDOW) {
		*other = (struct ward_flow_seen){.end = ack, .known = true};
		return unseen;
	}
	if (ahead < 0)
		return 0;
	other->acked = other->hole + (uint32_t)ahead;
	other->hole = 0;
	other->end = ack;
	return unseen;
}

void ward_self_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side)
{
	if (p->fragment || p->tcp_flags & WARD_TCP_RST)
		return;
	n->count[WARD_NET_TCP_BYTES] += p->payload_len;
	if (p->tcp_flags & WARD_TCP_ACK)
		n->count[WARD_NET_ACKED_UNSEEN] += see_ack(&flow->seen[!side], p->tcp_ack);
	see_bytes(&flow->seen[side], p);
}

void ward_self_end(struct ward_net *n, const struct ward_flow *flow)
{
	n->count[WARD_NET_ACKED_UNSEEN] += (uint64_t)flow->seen[0].acked + flow->seen[1].acked;
}

void ward_self_sent(struct ward_net *n, const struct ward_packet *p)
{
	bool ports = p->has_transport && (p->proto == WARD_PROTO_TCP || p->proto == WARD_PROTO_UDP);
	struct sent_key key = {.vlan = p->vlan,
		.port = ports ? p->dst_port : 0,
		.ethertype = p->ethertype,
		.version = p->ip_version,
		.proto = p->proto};
	struct sent *sent;

	n->count[WARD_NET_SENT_PACKETS]++;
	n->count[WARD_NET_SENT_BYTES] += n->frame->len;
	memcpy(key.ip, p->dst_ip, 16);
	memcpy(key.mac, p->dst_mac, 6);
	sent = ward_lru_find(&n->self.sent, &key);
	if (!sent && !ward_lru_full(&n->self.sent))
		sent = ward_lru_add(&n->self.sent, &key, 0);
	if (!sent)
		sent = (struct sent *)&n->self.sent_others;
	sent->packets++;
	sent->bytes += n->frame->len;
}

static void emit_end(struct ward_net *n)
{
	uint32_t share = (n->worker | n->ring) << WARD_NET_INDEX_SHARE;

	if (n->self.told_at != n->now)
		n->self.n_told = 0;
	n->self.told_at = n->now;
	ward_emit_end_at(
		n, n->now, (uint64_t)n->now, WARD_NET_INDEX_SELF | share | n->self.n_told++);
}

static void emit_sent(struct ward_net *n, const struct sent_key *key, const struct sent *sent)
{
	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_SENT]))
		return;
	ward_emit_place(n, key ? key->vlan : 0);
	if (key) {
		ward_emit_mac(n, WARD_FIELD_DST_MAC, key->mac);
		ward_emit_int(n, n->name[WARD_NET_NAME_ETHERTYPE], key->ethertype);
	}
	if (key && key->version) {
		ward_emit_ip(n, WARD_FIELD_DST_IP, key->ip, key->version);
		if (key->port)
			ward_emit_int(n, WARD_FIELD_DST_PORT, key->port);
		ward_emit_proto(n, key->proto);
	}
	ward_emit_int(n, WARD_FIELD_PACKETS, (int64_t)sent->packets);
	ward_emit_int(n, WARD_FIELD_BYTES, (int64_t)sent->bytes);
	emit_end(n);
}

/* The rest of what was sent is one event without destination. */
static void tell_sent(struct ward_net *n)
{
	struct sent others = {n->self.sent_others[0], n->self.sent_others[1]};
	struct sent *sent;

	for (unsigned i = 0; (sent = ward_lru_oldest(&n->self.sent, 0)) != NULL; i++) {
		if (i < SENT_SHOWN) {
			emit_sent(n, ward_lru_key(&n->self.sent, sent), sent);
		} else {
			others.packets += sent->packets;
			others.bytes += sent->bytes;
		}
		ward_lru_del(&n->self.sent, sent);
	}
	if (others.packets)
		emit_sent(n, NULL, &others);
	memset(n->self.sent_others, 0, sizeof(n->self.sent_others));
}

/* What a counter has grown by since it was told. */
static uint64_t grown(uint64_t now, uint64_t *told)
{
	uint64_t by = now - *told;

	*told = now;
	return by;
}

static void put_count(struct ward_net *n, enum ward_net_name name, uint64_t v)
{
	ward_emit_int(n, n->name[name], v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void tell_loss(struct ward_net *n)
{
	uint64_t cut = n->count[WARD_NET_SNAPPED] + n->count[WARD_NET_SNAPPED_PAYLOAD],
		 bytes = grown(n->count[WARD_NET_TCP_BYTES], &n->self.bytes),
		 unseen = grown(n->count[WARD_NET_ACKED_UNSEEN], &n->self.unseen),
		 n_cut = grown(cut, &n->self.snapped),
		 dropped = grown(n->count[WARD_NET_CAPTURE_DROPPED], &n->self.dropped),
		 undecoded = grown(n->count[WARD_NET_LINK_TYPE], &n->self.undecoded);

	if (!unseen && !n_cut && !dropped && !undecoded)
		return;
	/* without any packet there is no time to tell it at: only the counters have it */
	if (n->now == INT64_MIN || !ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_LOSS]))
		return;
	ward_emit_place(n, 0);
	put_count(n, WARD_NET_NAME_LOSS_TCP_BYTES, bytes);
	put_count(n, WARD_NET_NAME_LOSS_ACKED_UNSEEN, unseen);
	if (unseen)
		ward_emit_int(n, n->name[WARD_NET_NAME_LOSS_PERMILLE],
			(int64_t)((double)unseen * 1000 / (double)(unseen + bytes)));
	if (n_cut)
		put_count(n, WARD_NET_NAME_LOSS_SNAPPED, n_cut);
	if (dropped)
		put_count(n, WARD_NET_NAME_LOSS_DROPPED, dropped);
	if (undecoded) {
		put_count(n, WARD_NET_NAME_LOSS_UNDECODED, undecoded);
		put_count(n, WARD_NET_NAME_LOSS_LINK_TYPE, n->self.link_type);
	}
	emit_end(n);
}

void ward_self_flush(struct ward_net *n)
{
	tell_loss(n);
	tell_sent(n);
}

void ward_self_tick(struct ward_net *n)
{
	if (!n->self.begun) {
		n->self.begun = true;
		n->self.since = n->now;
	}
	if ((uint64_t)n->now - (uint64_t)n->self.since < (uint64_t)interval)
		return;
	n->self.since = n->now;
	ward_self_flush(n);
}
