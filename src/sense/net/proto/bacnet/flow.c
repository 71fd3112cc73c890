#include "sense/net/proto/bacnet/flow.h"

static struct ward_bacnet_station station(bool is, uint16_t net, struct ward_slice address)
{
	struct ward_bacnet_station ret = {.net = is ? net : 0};

	if (is && address.len <= sizeof(ret.p)) {
		ret.len = (uint8_t)address.len;
		memcpy(ret.p, address.p, address.len);
	}
	return ret;
}

static struct ward_bacnet_station from(const struct ward_bacnet *m)
{
	return station(m->has_src, m->src_net, m->src_address);
}

static struct ward_bacnet_station to(const struct ward_bacnet *m)
{
	return station(m->has_dst, m->dst_net, m->dst_address);
}

static bool same(const struct ward_bacnet_station *a, const struct ward_bacnet_station *b)
{
	return a->net == b->net && a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

void ward_bacnet_remember(
	struct ward_bacnet_flow *f, unsigned side, const struct ward_bacnet *m, ward_ns now)
{
	struct ward_bacnet_pending *p = ward_bacnet_place(f);

	*p = (struct ward_bacnet_pending){.open = true,
		.has_password = m->has_password,
		.side = (uint8_t)side,
		.invoke_id = m->invoke_id,
		.service = m->service,
		.server = to(m),
		.time = now};
	if (m->n_item)
		p->item = m->item[0];
	p->item.value.kind = WARD_BACNET_VALUE_NONE;
	p->item.has_priority = false;
	f->next = (f->next + 1) % WARD_BACNET_PENDING;
}

struct ward_bacnet_pending *ward_bacnet_request_of(
	struct ward_bacnet_flow *f, unsigned side, const struct ward_bacnet *m)
{
	/* A client's abort goes the way of its request. */
	bool by_client = m->pdu == WARD_BACNET_PDU_CONFIRMED ||
			 (m->pdu == WARD_BACNET_PDU_ABORT && !m->from_server);
	struct ward_bacnet_station server = by_client ? to(m) : from(m);
	unsigned client = by_client ? side : !side;

	for (size_t back = 1; m->has_invoke && back <= WARD_BACNET_PENDING; back++) {
		struct ward_bacnet_pending *p =
			&f->pending[(f->next + WARD_BACNET_PENDING - back) % WARD_BACNET_PENDING];

		if (p->open && p->side == client && p->invoke_id == m->invoke_id &&
			same(&p->server, &server) && (!m->has_service || p->service == m->service))
			return p;
	}
	return NULL;
}

bool ward_bacnet_repeats(const struct ward_bacnet_pending *p, const struct ward_bacnet *m)
{
	const struct ward_bacnet_item *a = &p->item, *b = &m->item[0];

	return m->n_item == 0 || (a->type == b->type && a->instance == b->instance &&
					 a->property == b->property && a->index == b->index);
}

bool ward_bacnet_displaces(const struct ward_bacnet_segments *s, const struct ward_bacnet *m)
{
	struct ward_bacnet_station a = from(m), b = to(m);

	if (!s->open)
		return false;
	if (s->pdu != m->pdu || s->invoke_id != m->invoke_id || s->service != m->service ||
		!same(&s->from, &a) || !same(&s->to, &b))
		return true;
	/* A first one again, which is not that of the window sent once more. */
	uint8_t behind = (uint8_t)(s->next - m->segment);

	return m->segment == 0 && behind > (m->window ? m->window : 1);
}

static void begin(struct ward_bacnet_segments *s, const struct ward_bacnet *m)
{
	s->open = true;
	s->headless = m->segment != 0;
	s->pdu = m->pdu;
	s->invoke_id = m->invoke_id;
	s->service = m->service;
	s->next = m->segment;
	s->from = from(m);
	s->to = to(m);
	s->n = 0;
	s->len = 0;
}

enum ward_bacnet_progress ward_bacnet_add_segment(
	struct ward_bacnet_segments *s, const struct ward_bacnet *m)
{
	if (!s->open || ward_bacnet_displaces(s, m))
		begin(s, m);
	if (m->segment != s->next)
		return WARD_BACNET_HELD;
	s->next++;
	s->n++;
	if (s->len <= WARD_BACNET_WHOLE && m->body.len <= WARD_BACNET_WHOLE - s->len) {
		if (m->body.len)
			memcpy(s->bytes + s->len, m->body.p, m->body.len);
		s->len += m->body.len;
	} else {
		s->len = WARD_BACNET_WHOLE + 1;
	}
	if (m->more_follows)
		return WARD_BACNET_HELD;
	s->open = false;
	if (s->headless)
		return WARD_BACNET_MISSING;
	return s->len > WARD_BACNET_WHOLE ? WARD_BACNET_TOO_LONG : WARD_BACNET_JOINED;
}
