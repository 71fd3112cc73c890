/* Which calls are under way. */
#include "sense/net/proto/sip/sip.h"

#include "base/hash.h"

static const ward_ns rings_most = 180 * WARD_NS_PER_S;
static const ward_ns lasts_most = 12 * 3600 * WARD_NS_PER_S;

/* Without a secret: the same call has the same id in each sensor and each time it is replayed. Who
 * makes two Call-IDs that collide mixes up two calls of their own. */
uint64_t ward_sip_call_id(struct ward_str call_id)
{
	return ward_siphash((struct ward_seed){0}, call_id.p, call_id.len);
}

static uint64_t key_of(const struct ward_packet *p, struct ward_str call_id)
{
	bool turned = memcmp(p->src_ip, p->dst_ip, sizeof(p->src_ip)) > 0;
	uint8_t both[2 * sizeof(p->src_ip)];

	memcpy(both, turned ? p->dst_ip : p->src_ip, sizeof(p->src_ip));
	memcpy(both + sizeof(p->src_ip), turned ? p->src_ip : p->dst_ip, sizeof(p->src_ip));
	return ward_siphash(
		       (struct ward_seed){.k0 = ward_sip_call_id(call_id)}, both, sizeof(both)) |
	       1;
}

struct ward_sip_call *ward_sip_call_find(
	struct ward_sip_calls *c, const struct ward_packet *p, struct ward_str call_id)
{
	uint64_t key = key_of(p, call_id);
	struct ward_sip_call *set = c->call[(key >> 1) % WARD_SIP_CALL_SETS];

	for (size_t i = 0; i < WARD_SIP_CALL_WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

struct ward_sip_call *ward_sip_call_place(
	struct ward_sip_calls *c, const struct ward_packet *p, struct ward_str call_id)
{
	struct ward_sip_call *set = c->call[(key_of(p, call_id) >> 1) % WARD_SIP_CALL_SETS];
	struct ward_sip_call *oldest = &set[0];

	for (size_t i = 0; i < WARD_SIP_CALL_WAYS; i++) {
		if (!set[i].key)
			return &set[i];
		if (set[i].asked < oldest->asked)
			oldest = &set[i];
	}
	return oldest;
}

static struct ward_sip_name name_of(struct ward_str s)
{
	struct ward_sip_name n = {.n = 0};

	n.n = (uint8_t)(s.len < sizeof(n.text) ? s.len : sizeof(n.text));
	if (n.n)
		memcpy(n.text, s.p, n.n);
	return n;
}

struct ward_str ward_sip_caller(const struct ward_sip_message *m)
{
	struct ward_str asserted = ward_sip_user(m->asserted);

	return asserted.len ? asserted : ward_sip_user(m->from);
}

void ward_sip_call_begin(struct ward_sip_call *call, const struct ward_packet *p,
	const struct ward_sip_message *m, ward_ns now)
{
	*call = (struct ward_sip_call){.key = key_of(p, m->call_id),
		.id = ward_sip_call_id(m->call_id),
		.shown = m->authorization.len != 0,
		.ip_version = p->ip_version,
		.proto = p->proto,
		.vlan = p->vlan,
		.cseq = m->cseq,
		.asked = now,
		.from.port = p->src_port,
		.to.port = p->dst_port,
		.user = name_of(ward_sip_caller(m)),
		.called = name_of(ward_sip_user(m->to))};
	memcpy(call->from.ip, p->src_ip, sizeof(call->from.ip));
	memcpy(call->to.ip, p->dst_ip, sizeof(call->to.ip));
}

struct ward_sip_call *ward_sip_call_aged(struct ward_sip_calls *c, ward_ns now)
{
	struct ward_sip_call *set = c->call[c->next];

	c->next = (c->next + 1) % WARD_SIP_CALL_SETS;
	for (size_t i = 0; i < WARD_SIP_CALL_WAYS; i++)
		if (set[i].key && now - set[i].asked > (set[i].answered ? lasts_most : rings_most))
			return &set[i];
	return NULL;
}

const char *ward_sip_refusal(unsigned status)
{
	switch (status) {
	case 401:
	case 407:
		return NULL;
	case 486:
	case 600:
		return "busy";
	case 487:
		return "cancelled";
	case 408:
	case 480:
		return "unanswered";
	case 404:
	case 410:
	case 484:
	case 604:
		return "unknown_number";
	default:
		return status < 400 ? "redirected" : status / 100 == 5 ? "unavailable" : "refused";
	}
}
