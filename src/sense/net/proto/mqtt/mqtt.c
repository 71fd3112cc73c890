/* MQTT on a TCP stream: which packet answers which, what a topic alias stands for, and how a
 * connection went. A payload is never waited for. */
#include "sense/net/proto/mqtt/flow.h"
#include "sense/net/proto/dissectors.h"

enum { PORT = 1883, VERSION_3_1_1 = 4, VERSION_5 = 5, PROBE_PACKETS = 8, TOPIC_LEAST = 3 };

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_NETMQTT_REASON_LIST(X)
#undef X
};

static uint16_t keep(uint8_t *ret, size_t cap, struct ward_slice s)
{
	size_t n = s.len < cap ? s.len : cap;

	/* whole characters only */
	while (n && n < s.len && (s.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(ret, s.p, n);
	return (uint16_t)n;
}

static void set_client(struct ward_netmqtt_flow *f, unsigned side)
{
	if (!f->known_side)
		f->client_side = (uint8_t)side;
	f->known_side = true;
}

/* Who asks is the client (5.0, 2.1.2); what both may send says nothing. */
static void see_side(const struct ward_dissect *d, const struct ward_netmqtt *m)
{
	static const uint8_t asks[] = {[WARD_NETMQTT_CONNECT] = 1,
		[WARD_NETMQTT_SUBSCRIBE] = 1,
		[WARD_NETMQTT_UNSUBSCRIBE] = 1,
		[WARD_NETMQTT_PINGREQ] = 1,
		[WARD_NETMQTT_CONNACK] = 2,
		[WARD_NETMQTT_SUBACK] = 2,
		[WARD_NETMQTT_UNSUBACK] = 2,
		[WARD_NETMQTT_PINGRESP] = 2,
		[WARD_NETMQTT_AUTH] = 0};
	unsigned me = ward_netmqtt_side_of(d);
	struct ward_netmqtt_flow *f = d->flow;

	if (asks[m->type])
		set_client(f, asks[m->type] == 1 ? me : !me);
	else if (!f->known_side && d->packet->src_port == PORT)
		f->client_side = (uint8_t)!me;
	else if (!f->known_side && d->packet->dst_port == PORT)
		f->client_side = (uint8_t)me;
}

static void on_connect(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;
	struct ward_netmqtt_connect *c = &f->connect;

	if (c->open) /* 3.1: a second one is a protocol error */
		ward_netmqtt_tell_connect(d, c, NULL);
	f->version = m->version;
	c->open = true;
	c->version = m->version;
	c->bridge = m->bridge;
	c->flags = m->connect_flags;
	c->keep_alive = m->keep_alive;
	c->has_expiry = m->properties.has >> 0x11 & 1;
	c->expiry = m->properties.session_expiry;
	c->will_bytes = m->will_bytes;
	c->n_id = keep(c->id, sizeof(c->id), m->client_id);
	c->n_will = keep(c->will, sizeof(c->will), m->will_topic);
	c->n_user = keep(c->user, sizeof(c->user), m->user);
	c->n_method = keep(c->method, sizeof(c->method), m->properties.auth_method);
	c->time = d->net->frame->time;
}

static void on_connack(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;

	if (!f->version)
		f->version = m->version == VERSION_5 ? VERSION_5 : VERSION_3_1_1;
	if (!f->connect.open)
		return;
	f->connect.open = false;
	ward_netmqtt_tell_connect(d, &f->connect, m);
}

/* 5.0, 3.3.2.3.4: an alias with a topic means it from now on, without one it stands for it. */
static struct ward_slice resolve(struct ward_netmqtt_side *s, const struct ward_netmqtt *m)
{
	uint16_t alias = m->properties.topic_alias;
	struct ward_netmqtt_alias *a = NULL;

	for (size_t i = 0; alias && !a && i < WARD_NETMQTT_ALIASES; i++)
		if (s->alias[i].alias == alias)
			a = &s->alias[i];
	if (!alias || (!m->topic.len && !a))
		return m->topic;
	if (!m->topic.len)
		return ward_slice_of(a->text, a->len);
	if (m->topic.len > WARD_NETMQTT_ALIAS_TEXT) {
		if (a)
			a->alias = 0;
		return m->topic;
	}
	if (!a) {
		a = &s->alias[s->next_alias];
		s->next_alias = (s->next_alias + 1) % WARD_NETMQTT_ALIASES;
	}
	a->alias = alias;
	a->len = (uint8_t)keep(a->text, sizeof(a->text), m->topic);
	return m->topic;
}

static void on_publish(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;
	struct ward_netmqtt_side *s = &f->side[ward_netmqtt_side_of(d)];

	s->publishes++;
	s->payload_bytes += m->payload_bytes;
	ward_netmqtt_tell_publish(d, m, resolve(s, m));
}

static void keep_filters(struct ward_netmqtt_pending *p, const struct ward_netmqtt *m)
{
	struct ward_rd list = ward_rd_slice(m->list);
	struct ward_netmqtt_filter filter;

	while (ward_netmqtt_next(&list, p->subscribe, &filter)) {
		if (p->n_seen < UINT16_MAX)
			p->n_seen++;
		p->all |= ward_netmqtt_all(ward_slice_text(filter.topic));
		if (p->n == WARD_NETMQTT_FILTERS || filter.topic.len > sizeof(p->text) - p->n_text)
			continue;
		p->qos[p->n] = filter.options & 3;
		p->len[p->n++] = (uint16_t)filter.topic.len;
		memcpy(p->text + p->n_text, filter.topic.p, filter.topic.len);
		p->n_text = (uint16_t)(p->n_text + filter.topic.len);
	}
}

/* Takes the oldest one's place; if that was never answered, says so. */
static void on_filters(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;
	struct ward_netmqtt_pending *p = &f->pending[f->next_pending];

	f->next_pending = (f->next_pending + 1) % WARD_NETMQTT_PENDING;
	if (p->open)
		ward_netmqtt_tell_filters(d, p, NULL);
	/* the text is only what n_text says */
	p->open = true;
	p->subscribe = m->type == WARD_NETMQTT_SUBSCRIBE;
	p->side = (uint8_t)ward_netmqtt_side_of(d);
	p->id = m->id;
	p->n = p->n_seen = p->n_text = 0;
	p->all = false;
	p->time = d->net->frame->time;
	keep_filters(p, m);
	if (p->subscribe)
		f->side[p->side].subscriptions += p->n_seen;
	if (!f->version && m->version)
		f->version = m->version;
	else if (!f->version)
		f->version = VERSION_3_1_1;
}

static void on_filters_answer(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;
	bool subscribe = m->type == WARD_NETMQTT_SUBACK;

	for (size_t i = 0; i < WARD_NETMQTT_PENDING; i++) {
		struct ward_netmqtt_pending *p = &f->pending[i];

		if (!p->open || p->subscribe != subscribe || p->id != m->id ||
			p->side == ward_netmqtt_side_of(d))
			continue;
		p->open = false;
		ward_netmqtt_tell_filters(d, p, m);
		return;
	}
}

static void on_publish_answer(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;

	if (!m->has_code || m->code < WARD_NETMQTT_REFUSED)
		return;
	f->refusals++;
	ward_netmqtt_tell_refused(d, m);
}

static void on_ping(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	struct ward_netmqtt_flow *f = d->flow;

	(void)m;
	f->side[ward_netmqtt_side_of(d)].pings++;
}

static void on_disconnect(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	((struct ward_netmqtt_flow *)d->flow)->disconnected = true;
	ward_netmqtt_tell_disconnect(d, m);
}

static void on_auth(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	(void)d;
	(void)m;
}

static void (*const on_packet[])(struct ward_dissect *d, const struct ward_netmqtt *m) = {
	[WARD_NETMQTT_CONNECT] = on_connect,
	[WARD_NETMQTT_CONNACK] = on_connack,
	[WARD_NETMQTT_PUBLISH] = on_publish,
	[WARD_NETMQTT_PUBACK] = on_publish_answer,
	[WARD_NETMQTT_PUBREC] = on_publish_answer,
	[WARD_NETMQTT_PUBREL] = on_publish_answer,
	[WARD_NETMQTT_PUBCOMP] = on_publish_answer,
	[WARD_NETMQTT_SUBSCRIBE] = on_filters,
	[WARD_NETMQTT_SUBACK] = on_filters_answer,
	[WARD_NETMQTT_UNSUBSCRIBE] = on_filters,
	[WARD_NETMQTT_UNSUBACK] = on_filters_answer,
	[WARD_NETMQTT_PINGREQ] = on_ping,
	[WARD_NETMQTT_PINGRESP] = on_ping,
	[WARD_NETMQTT_DISCONNECT] = on_disconnect,
	[WARD_NETMQTT_AUTH] = on_auth,
};

/* Enough of a sign to believe in MQTT on a port of something else. */
static bool strong(const struct ward_netmqtt *m)
{
	if (m->type == WARD_NETMQTT_CONNECT || m->type == WARD_NETMQTT_SUBSCRIBE)
		return true;
	if (m->type != WARD_NETMQTT_PUBLISH || m->topic.len < TOPIC_LEAST)
		return false;
	for (size_t i = 0; i < m->topic.len; i++)
		if (m->topic.p[i] < 0x20 || m->topic.p[i] > 0x7e)
			return false;
	return true;
}

/* A CONNECT as far as it is there, up to its level at least. */
static bool begins_connect(struct ward_slice payload)
{
	static const char *const name[] = {"\x04MQTT\x04", "\x04MQTT\x05", "\x06MQIsdp\x03",
		"\x04MQTT\x84", "\x04MQTT\x85", "\x06MQIsdp\x83"};
	struct ward_netmqtt m;

	if (ward_netmqtt_frame(payload, &m) == WARD_NETMQTT_NOT || !m.head ||
		m.type != WARD_NETMQTT_CONNECT || payload.len <= m.head || payload.p[m.head])
		return false;
	struct ward_str rest =
		ward_slice_text(ward_slice_of(payload.p + m.head + 1, payload.len - m.head - 1));

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (ward_str_starts(rest, ward_str_z(name[i])))
			return true;
	return false;
}

/* Whole packets to the last byte, the first ones at least valid. */
static bool whole_packets(struct ward_slice payload)
{
	size_t off = 0;

	for (unsigned i = 0; i < PROBE_PACKETS && off < payload.len; i++) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);
		struct ward_netmqtt m;

		if (ward_netmqtt_frame(rest, &m) != WARD_NETMQTT_WHOLE || rest.len < m.size ||
			ward_netmqtt_parse(rest, 0, &m) != WARD_NETMQTT_WHOLE)
			return false;
		off += m.size;
	}
	return off > 0;
}

/* The front of a PUBLISH that is longer than a segment. */
static bool begins_publish(struct ward_slice payload)
{
	struct ward_netmqtt m;

	return ward_netmqtt_frame(payload, &m) == WARD_NETMQTT_WHOLE && m.size > payload.len &&
	       ward_netmqtt_parse(payload, 0, &m) == WARD_NETMQTT_WHOLE && strong(&m);
}

/* A front that is too short to say, of a packet that would make it one. */
static bool may_begin(struct ward_slice payload, const struct ward_netmqtt *m)
{
	static const char mqtt[] = "\0\x04MQTT", mqisdp[] = "\0\x06MQIsdp";

	if (m->type != WARD_NETMQTT_CONNECT || !m->head)
		return m->size <= WARD_PROBE_MOST;
	size_t n = payload.len - m->head;

	return memcmp(payload.p + m->head, mqtt, n < 6 ? n : 6) == 0 ||
	       memcmp(payload.p + m->head, mqisdp, n < 8 ? n : 8) == 0;
}

static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_netmqtt m;
	enum ward_netmqtt_framing framing = ward_netmqtt_frame(payload, &m);

	if (framing == WARD_NETMQTT_NOT)
		return WARD_PROBE_NO;
	if (begins_connect(payload) || begins_publish(payload) || whole_packets(payload))
		return WARD_PROBE_YES;
	bool whole = framing == WARD_NETMQTT_WHOLE && m.size <= payload.len;

	return !whole && may_begin(payload, &m) ? WARD_PROBE_MORE : WARD_PROBE_NO;
}

static enum ward_verdict refuse(struct ward_dissect *d, const struct ward_netmqtt *m)
{
	d->reason = m->reason;
	d->off = m->off;
	d->used = m->size;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* Of a side that has closed nothing will be answered; after both, the sum is told. */
static void close_side(struct ward_dissect *d)
{
	struct ward_netmqtt_flow *f = d->flow;

	f->side[ward_netmqtt_side_of(d)].closed = true;
	if (!f->seen || f->told || !f->side[0].closed || !f->side[1].closed)
		return;
	f->told = true;
	if (f->connect.open)
		ward_netmqtt_tell_connect(d, &f->connect, NULL);
	f->connect.open = false;
	for (size_t i = 0; i < WARD_NETMQTT_PENDING; i++) {
		struct ward_netmqtt_pending *p =
			&f->pending[(f->next_pending + i) % WARD_NETMQTT_PENDING];

		if (p->open)
			ward_netmqtt_tell_filters(d, p, NULL);
		p->open = false;
	}
	ward_netmqtt_tell_connection(d);
}

static enum ward_verdict one(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_netmqtt_flow *f = d->flow;
	struct ward_netmqtt m;

	switch (ward_netmqtt_frame(payload, &m)) {
	case WARD_NETMQTT_NOT:
		return refuse(d, &m);
	case WARD_NETMQTT_MORE:
		d->need = m.size;
		return WARD_VERDICT_MORE;
	case WARD_NETMQTT_WHOLE:
	default:
		break;
	}
	switch (ward_netmqtt_parse(payload, f->version, &m)) {
	case WARD_NETMQTT_NOT:
		return refuse(d, &m);
	case WARD_NETMQTT_MORE:
		return WARD_VERDICT_MORE;
	case WARD_NETMQTT_WHOLE:
	default:
		break;
	}
	if (!d->trusted && !strong(&m))
		return WARD_VERDICT_FOREIGN;
	f->seen = true;
	see_side(d, &m);
	on_packet[m.type](d, &m);
	d->used = m.size;
	return WARD_VERDICT_OK;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_netmqtt_flow *f = d->flow;
	struct ward_netmqtt_side *s = &f->side[ward_netmqtt_side_of(d)];
	enum ward_verdict v = WARD_VERDICT_MORE;

	if (payload.len && s->lost && !whole_packets(payload)) {
		d->used = payload.len;
		v = WARD_VERDICT_OK;
	} else if (payload.len) {
		s->lost = false;
		v = one(d, payload);
	}
	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		close_side(d);
	return v;
}

/* Aliases that were given in what is lost are not known: the rest stays right. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_netmqtt_flow *f = d->flow;

	(void)lost;
	f->side[ward_netmqtt_side_of(d)].lost = true;
	return f->seen;
}

const struct ward_dissector ward_dissect_mqtt = {
	.name = "mqtt",
	.kind = WARD_DISSECT_IT,
	.title = "MQTT",
	.standard = "OASIS MQTT 5.0 and 3.1.1 clauses 2 and 3, MQTT 3.1",
	.reads = "connections and who logs in, topics published and subscribed to, refusals, "
		 "counts; "
		 "no payload",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct ward_netmqtt_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_netmqtt_name_at,
};
