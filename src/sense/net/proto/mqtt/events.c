#include "sense/net/proto/mqtt/flow.h"

#include "sense/net/login.h"
#include "sense/net/text.h"

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                 \
	X(CLASS_CONNECT, "net.mqtt.connect")         \
	X(CLASS_PUBLISH, "net.mqtt.publish")         \
	X(CLASS_REFUSED, "net.mqtt.publish_refused") \
	X(CLASS_SUBSCRIBE, "net.mqtt.subscribe")     \
	X(CLASS_UNSUBSCRIBE, "net.mqtt.unsubscribe") \
	X(CLASS_DISCONNECT, "net.mqtt.disconnect")   \
	X(CLASS_CONNECTION, "net.mqtt.connection")   \
	X(VERSION, "mqtt.version")                   \
	X(CLIENT_ID, "mqtt.client_id")               \
	X(ASSIGNED_ID, "mqtt.assigned_client_id")    \
	X(KEEP_ALIVE, "mqtt.keep_alive_s")           \
	X(CLEAN, "mqtt.clean_start")                 \
	X(EXPIRY, "mqtt.session_expiry_s")           \
	X(BRIDGE, "mqtt.bridge")                     \
	X(WILL, "mqtt.will")                         \
	X(WILL_QOS, "mqtt.will_qos")                 \
	X(WILL_RETAIN, "mqtt.will_retain")           \
	X(WILL_BYTES, "mqtt.will_bytes")             \
	X(USER_GIVEN, "mqtt.user_name_given")        \
	X(PASSWORD_GIVEN, "mqtt.password_given")     \
	X(AUTH_METHOD, "mqtt.authentication_method") \
	X(SESSION_PRESENT, "mqtt.session_present")   \
	X(SERVER_REFERENCE, "mqtt.server_reference") \
	X(OUTCOME, "mqtt.outcome")                   \
	X(REASON, "mqtt.reason")                     \
	X(REASON_CODE, "mqtt.reason_code")           \
	X(REASON_STRING, "mqtt.reason_string")       \
	X(LATENCY, "mqtt.latency_ns")                \
	X(PACKET_ID, "mqtt.packet_id")               \
	X(QOS, "mqtt.qos")                           \
	X(RETAIN, "mqtt.retain")                     \
	X(DUP, "mqtt.dup")                           \
	X(PAYLOAD, "mqtt.payload_bytes")             \
	X(ALIAS, "mqtt.topic_alias")                 \
	X(CONTENT_TYPE, "mqtt.content_type")         \
	X(FILTERS, "mqtt.filters_seen")              \
	X(REQUESTED_QOS, "mqtt.requested_qos")       \
	X(CODES, "mqtt.reason_codes")                \
	X(ALL, "mqtt.all_topics")                    \
	X(PACKET, "mqtt.packet")                     \
	X(END, "mqtt.end")                           \
	X(PUBLISHES, "mqtt.publishes")               \
	X(PUBLISHES_BACK, "mqtt.publishes_back")     \
	X(PAYLOAD_BACK, "mqtt.payload_bytes_back")   \
	X(SUBSCRIPTIONS, "mqtt.subscriptions")       \
	X(PINGS, "mqtt.pings")                       \
	X(PINGS_BACK, "mqtt.pings_back")             \
	X(REFUSALS, "mqtt.refusals")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

enum { TEXT = 512, CODES = 32 };

bool ward_netmqtt_name_at(size_t i, struct ward_wr *w)
{
	static const char *const name[] = {
#define X(IDENT, name) name,
		NAME_LIST(X)
#undef X
	};

	if (i >= NAME_N)
		return false;
	ward_wr_z(w, name[i]);
	return true;
}

static const struct ward_netmqtt_flow *flow_of(const struct ward_dissect *d)
{
	return d->flow;
}

/* The event comes from `from`, whoever sent the packet at hand. */
static bool begin(const struct ward_dissect *d, enum name class, unsigned from)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (ward_netmqtt_side_of(d) == from)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	return true;
}

static void put_int(const struct ward_dissect *d, enum name field, uint64_t v)
{
	ward_emit_int(d->net, d->name[field], v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void put_true(const struct ward_dissect *d, enum name field, bool v)
{
	if (v)
		ward_emit_bool(d->net, d->name[field], true);
}

/* UTF-8 was checked by the reader: only control characters are escaped. */
static void put_text(const struct ward_dissect *d, uint32_t field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_net_text(&w, s, "");
	if (s.len)
		ward_emit_str(d->net, field, ward_wr_text(&w));
}

static void put_version(const struct ward_dissect *d, unsigned version)
{
	const char *name = ward_netmqtt_version_name(version);

	if (name)
		ward_emit_z(d->net, d->name[NAME_VERSION], name);
}

static void put_code(const struct ward_dissect *d, const char *name, unsigned code)
{
	if (name)
		ward_emit_z(d->net, d->name[NAME_REASON], name);
	put_int(d, NAME_REASON_CODE, code);
}

static void put_latency(const struct ward_dissect *d, ward_ns since)
{
	ward_ns now = d->net->frame->time;

	if (now >= since)
		put_int(d, NAME_LATENCY, (uint64_t)(now - since));
}

static void put_will(const struct ward_dissect *d, const struct ward_netmqtt_connect *c)
{
	if (!(c->flags & WARD_NETMQTT_WILL))
		return;
	put_true(d, NAME_WILL, true);
	put_text(d, WARD_FIELD_URI, ward_slice_of(c->will, c->n_will));
	put_int(d, NAME_WILL_QOS, c->flags >> 3 & 3);
	put_true(d, NAME_WILL_RETAIN, c->flags & WARD_NETMQTT_WILL_RETAIN);
	put_int(d, NAME_WILL_BYTES, c->will_bytes);
}

static void put_connect(const struct ward_dissect *d, const struct ward_netmqtt_connect *c)
{
	put_version(d, c->version);
	put_text(d, d->name[NAME_CLIENT_ID], ward_slice_of(c->id, c->n_id));
	put_int(d, NAME_KEEP_ALIVE, c->keep_alive);
	ward_emit_bool(d->net, d->name[NAME_CLEAN], c->flags & WARD_NETMQTT_CLEAN);
	if (c->has_expiry)
		put_int(d, NAME_EXPIRY, c->expiry);
	put_true(d, NAME_BRIDGE, c->bridge);
	put_will(d, c);
	put_true(d, NAME_USER_GIVEN, c->flags & WARD_NETMQTT_USER);
	put_true(d, NAME_PASSWORD_GIVEN, c->flags & WARD_NETMQTT_PASSWORD);
	put_text(d, d->name[NAME_AUTH_METHOD], ward_slice_of(c->method, c->n_method));
}

static void put_connack(
	const struct ward_dissect *d, const struct ward_netmqtt *m, unsigned version)
{
	put_code(d, ward_netmqtt_connack_name(version, m->code), m->code);
	put_true(d, NAME_SESSION_PRESENT, m->session_present);
	put_text(d, d->name[NAME_ASSIGNED_ID], m->properties.assigned_id);
	put_text(d, d->name[NAME_SERVER_REFERENCE], m->properties.server_reference);
	put_text(d, d->name[NAME_REASON_STRING], m->properties.reason_string);
}

static void tell_login(const struct ward_dissect *d, const struct ward_netmqtt_connect *c,
	const struct ward_netmqtt *m, unsigned from)
{
	bool password = c->flags & WARD_NETMQTT_PASSWORD;
	struct ward_login login = {.user = ward_slice_of(c->user, c->n_user),
		.method = password      ? "password"
			  : c->n_method ? "sasl"
					: NULL,
		.outcome = !m        ? WARD_LOGIN_UNKNOWN
			   : m->code ? WARD_LOGIN_FAILED
				     : WARD_LOGIN_OK,
		.cleartext = password};

	if (c->n_user || password || c->n_method)
		ward_emit_login(d, &login, ward_netmqtt_side_of(d) != from);
}

void ward_netmqtt_tell_connect(const struct ward_dissect *d, const struct ward_netmqtt_connect *c,
	const struct ward_netmqtt *m)
{
	unsigned from = flow_of(d)->client_side;

	if (begin(d, NAME_CLASS_CONNECT, from)) {
		put_connect(d, c);
		ward_emit_z(d->net, d->name[NAME_OUTCOME],
			!m        ? ward_dissect_silence(d, from != 0)
			: m->code ? "refused"
				  : "accepted");
		if (m) {
			put_connack(d, m, c->version);
			put_latency(d, c->time);
		}
		ward_emit_end(d->net);
	}
	tell_login(d, c, m, from);
}

static void put_numbers(const struct ward_dissect *d, enum name field, const uint8_t *v, size_t n)
{
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < n; i++)
		item[i] = ward_value_int(v[i]);
	ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_filters(const struct ward_dissect *d, const struct ward_netmqtt_pending *p)
{
	struct ward_value *item = p->n ? ward_emit_items(d->net, p->n) : NULL;
	size_t off = 0;

	if (!item)
		return;
	for (size_t i = 0; i < p->n; i++) {
		char text[4 * WARD_NETMQTT_FILTER_TEXT];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_net_text(&w, ward_slice_of(p->text + off, p->len[i]), "");
		struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

		if (!copy.p)
			return;
		item[i] = ward_value_str(copy);
		off += p->len[i];
	}
	ward_emit_list(d->net, WARD_FIELD_URI, item, p->n);
}

static const char *filters_outcome(const struct ward_netmqtt *m)
{
	size_t n = 0;

	if (!m)
		return "unanswered";
	for (size_t i = 0; i < m->list.len; i++)
		n += m->list.p[i] >= WARD_NETMQTT_REFUSED;
	if (!n)
		return "accepted";
	return n == m->list.len ? "refused" : "partial";
}

void ward_netmqtt_tell_filters(const struct ward_dissect *d, const struct ward_netmqtt_pending *p,
	const struct ward_netmqtt *m)
{
	if (!begin(d, p->subscribe ? NAME_CLASS_SUBSCRIBE : NAME_CLASS_UNSUBSCRIBE, p->side))
		return;
	put_version(d, flow_of(d)->version);
	put_int(d, NAME_PACKET_ID, p->id);
	put_filters(d, p);
	if (p->n_seen > p->n)
		put_int(d, NAME_FILTERS, p->n_seen);
	put_true(d, NAME_ALL, p->all);
	if (p->subscribe)
		put_numbers(d, NAME_REQUESTED_QOS, p->qos, p->n);
	ward_emit_z(d->net, d->name[NAME_OUTCOME], filters_outcome(m));
	if (m) {
		put_numbers(d, NAME_CODES, m->list.p, m->list.len < CODES ? m->list.len : CODES);
		put_text(d, d->name[NAME_REASON_STRING], m->properties.reason_string);
		put_latency(d, p->time);
	}
	ward_emit_end(d->net);
}

void ward_netmqtt_tell_publish(
	const struct ward_dissect *d, const struct ward_netmqtt *m, struct ward_slice topic)
{
	uint8_t qos = m->flags >> 1 & 3;

	if (!begin(d, NAME_CLASS_PUBLISH, ward_netmqtt_side_of(d)))
		return;
	put_version(d, flow_of(d)->version);
	put_text(d, WARD_FIELD_URI, topic);
	if (m->properties.topic_alias)
		put_int(d, NAME_ALIAS, m->properties.topic_alias);
	put_int(d, NAME_QOS, qos);
	put_true(d, NAME_RETAIN, m->flags & 1);
	put_true(d, NAME_DUP, m->flags & 8);
	if (qos)
		put_int(d, NAME_PACKET_ID, m->id);
	/* Without the version nobody knows where properties end. */
	if (flow_of(d)->version)
		put_int(d, NAME_PAYLOAD, m->payload_bytes);
	put_text(d, d->name[NAME_CONTENT_TYPE], m->properties.content_type);
	ward_emit_end(d->net);
}

void ward_netmqtt_tell_refused(const struct ward_dissect *d, const struct ward_netmqtt *m)
{
	static const char *const packet[] = {[WARD_NETMQTT_PUBACK] = "puback",
		[WARD_NETMQTT_PUBREC] = "pubrec",
		[WARD_NETMQTT_PUBREL] = "pubrel",
		[WARD_NETMQTT_PUBCOMP] = "pubcomp"};

	if (!begin(d, NAME_CLASS_REFUSED, ward_netmqtt_side_of(d)))
		return;
	ward_emit_z(d->net, d->name[NAME_PACKET], packet[m->type]);
	put_int(d, NAME_PACKET_ID, m->id);
	put_code(d, ward_netmqtt_code_name(m->code), m->code);
	put_text(d, d->name[NAME_REASON_STRING], m->properties.reason_string);
	ward_emit_end(d->net);
}

void ward_netmqtt_tell_disconnect(const struct ward_dissect *d, const struct ward_netmqtt *m)
{
	if (!begin(d, NAME_CLASS_DISCONNECT, ward_netmqtt_side_of(d)))
		return;
	put_version(d, flow_of(d)->version);
	/* 5.0, 3.14.2.1: left out means 0, which is called otherwise here */
	put_code(d, m->code ? ward_netmqtt_code_name(m->code) : "normal-disconnection", m->code);
	put_text(d, d->name[NAME_REASON_STRING], m->properties.reason_string);
	put_text(d, d->name[NAME_SERVER_REFERENCE], m->properties.server_reference);
	ward_emit_end(d->net);
}

void ward_netmqtt_tell_connection(const struct ward_dissect *d)
{
	const struct ward_netmqtt_flow *f = flow_of(d);
	const struct ward_netmqtt_side *a = &f->side[f->client_side],
				       *b = &f->side[!f->client_side];

	if (!begin(d, NAME_CLASS_CONNECTION, f->client_side))
		return;
	put_version(d, f->version);
	ward_emit_z(d->net, d->name[NAME_END], f->disconnected ? "disconnect" : "closed");
	put_int(d, NAME_PUBLISHES, a->publishes);
	put_int(d, NAME_PAYLOAD, a->payload_bytes);
	put_int(d, NAME_PUBLISHES_BACK, b->publishes);
	put_int(d, NAME_PAYLOAD_BACK, b->payload_bytes);
	put_int(d, NAME_SUBSCRIPTIONS, a->subscriptions);
	put_int(d, NAME_PINGS, a->pings);
	put_int(d, NAME_PINGS_BACK, b->pings);
	if (f->refusals)
		put_int(d, NAME_REFUSALS, f->refusals);
	ward_emit_end(d->net);
}
