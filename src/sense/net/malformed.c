/* net.malformed events, so that garbage is seen but can't flood the journal: per sender and reason
 * the first few are shown, then one each time that the count doubles. */
#include "sense/net/emit.h"

enum { SENDERS_MAX = 4096, SHOWN = 4 };

struct key {
	const char *reason; /* names are unique and live forever: the pointer stands for the text */
	uint8_t src_ip[16];
	uint8_t src_mac[6];
	uint16_t vlan;
};
_Static_assert(sizeof(struct key) == 32, "compared as bytes");

enum ward_err ward_malformed_init(struct ward_net *n)
{
	return ward_lru_init(
		&n->malformed, n->mem, sizeof(struct key), sizeof(uint64_t), SENDERS_MAX);
}

static uint64_t times_seen(struct ward_net *n, const struct ward_packet *p, const char *reason)
{
	struct key key = {.reason = reason, .vlan = p->vlan};

	memcpy(key.src_ip, p->src_ip, 16);
	memcpy(key.src_mac, p->src_mac, 6);
	uint64_t *times = ward_lru_find(&n->malformed, &key);

	if (times) {
		ward_lru_touch(&n->malformed, times, 0);
	} else {
		if (ward_lru_full(&n->malformed))
			ward_lru_del(&n->malformed, ward_lru_oldest(&n->malformed, 0));
		times = ward_lru_add(&n->malformed, &key, 0);
	}
	return ++*times;
}

void ward_malformed_see(struct ward_net *n, const struct ward_packet *p, const char *protocol,
	const char *reason, size_t off)
{
	uint64_t times = times_seen(n, p, reason);

	n->count[WARD_NET_MALFORMED]++;
	if (times > SHOWN && (times & (times - 1)) != 0) {
		n->count[WARD_NET_MALFORMED_HELD]++;
		return;
	}
	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_MALFORMED]))
		return;
	ward_emit_packet(n, p);
	if (protocol)
		ward_emit_z(n, n->name[WARD_NET_NAME_PROTOCOL], protocol);
	ward_emit_z(n, WARD_FIELD_REASON, reason);
	ward_emit_int(n, n->name[WARD_NET_NAME_OFFSET], (int64_t)off);
	ward_emit_int(n, n->name[WARD_NET_NAME_COUNT], (int64_t)times);
	ward_emit_end(n);
}
