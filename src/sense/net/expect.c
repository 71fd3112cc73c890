#include "sense/net/sensor.h"

enum { EXPECTED_MAX = 4096 };
#define EXPECTED_FOR (60 * (uint64_t)WARD_NS_PER_S)

struct key {
	uint8_t ip[16];
	uint16_t port;
	uint8_t proto, version;
};
_Static_assert(sizeof(struct key) == 20, "compared as bytes");

struct expected {
	const struct ward_dissector *module;
	ward_ns since;
	struct ward_expect_note note;
};

enum ward_err ward_expect_init(struct ward_net *n)
{
	return ward_lru_init(
		&n->expect, n->mem, sizeof(struct key), sizeof(struct expected), EXPECTED_MAX);
}

void ward_expect(struct ward_net *n, const struct ward_dissector *module, const uint8_t ip[16],
	unsigned ip_version, uint16_t port, const struct ward_expect_note *note)
{
	struct key key = {.port = port, .proto = module->proto, .version = (uint8_t)ip_version};

	memcpy(key.ip, ip, sizeof(key.ip));
	struct expected *e = ward_lru_find(&n->expect, &key);

	if (!e && ward_lru_full(&n->expect)) {
		n->count[WARD_NET_EXPECT_EVICTED]++;
		ward_lru_del(&n->expect, ward_lru_oldest(&n->expect, 0));
	}
	if (!e)
		e = ward_lru_add(&n->expect, &key, 0);
	ward_lru_touch(&n->expect, e, 0);
	*e = (struct expected){module, n->frame->time, *note};
}

/* The announcement of one end. What is too old is dropped. */
static struct expected *find(
	struct ward_net *n, const struct ward_packet *p, const uint8_t ip[16], uint16_t port)
{
	struct key key = {.port = port, .proto = p->proto, .version = p->ip_version};

	memcpy(key.ip, ip, sizeof(key.ip));
	struct expected *e = ward_lru_find(&n->expect, &key);

	if (!e || (uint64_t)n->frame->time - (uint64_t)e->since <= EXPECTED_FOR)
		return e;
	ward_lru_del(&n->expect, e);
	return NULL;
}

static struct expected *find_either(struct ward_net *n, const struct ward_packet *p)
{
	if (!n->expect.n)
		return NULL;
	struct expected *e = find(n, p, p->dst_ip, p->dst_port);

	return e ? e : find(n, p, p->src_ip, p->src_port);
}

size_t ward_expect_module(struct ward_net *n, const struct ward_packet *p)
{
	const struct expected *e = find_either(n, p);
	size_t i = 0;

	while (i < n->n_module && (!e || ward_dissector_at(i) != e->module))
		i++;
	return i;
}

bool ward_expect_take(struct ward_dissect *d, struct ward_expect_note *ret)
{
	struct expected *e = find_either(d->net, d->packet);

	if (!e || e->module != d->module)
		return false;
	*ret = e->note;
	ward_lru_del(&d->net->expect, e);
	return true;
}
