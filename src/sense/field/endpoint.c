#include "sense/field/endpoint.h"

#include "sense/field/session.h"

enum { CLIENT_MAX_PACKET = WARD_MQTT_ANSWER_MAX, ACK_BYTES = 5 };

enum state { WAITING, OPEN, CLOSED };

/* An acknowledgement that waits for durability. */
struct due {
	uint16_t id;
	uint8_t type, reason;
};

struct ward_mqtt_conn {
	struct ward_mqtt_endpoint *e;
	struct ward_mqtt_conn *next;
	enum state state;
	enum ward_mqtt_reject why; /* CLOSED */
	enum ward_mqtt_version version;
	struct ward_mqtt_session *session; /* NULL: none (any more) */
	ward_ns heard;                     /* when bytes came last; WAITING: since when */
	ward_ns patience;                  /* 0: endless */
	struct ward_wr out;
	struct due *due; /* inflight */
	size_t n_due;
};

struct ward_mqtt_endpoint {
	struct ward_mqtt_endpoint_opts opts;
	size_t packet_max, topic_max, client_max, inflight, out_max;
	struct ward_mqtt_sessions sessions;
	struct ward_mqtt_conn *first;
	size_t n_conn;
	uint64_t n_assigned;
};

static void count(struct ward_mqtt_endpoint *e, enum ward_mqtt_reject why)
{
	ward_count_name(e->opts.counters, ward_mqtt_reject_info(why)->counter, 1);
}

enum ward_err ward_mqtt_endpoint_new(
	const struct ward_mqtt_endpoint_opts *opts, struct ward_mqtt_endpoint **ret)
{
	struct ward_mqtt_endpoint *e = ward_mem_alloc(opts->mem, sizeof(*e));

	if (!e)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(ward_mqtt_filter_valid(ward_str_z(opts->filter)));
	e->opts = *opts;
	e->packet_max = ward_limit(opts->lim, WARD_LIMIT_MQTT_PACKET);
	e->topic_max = ward_limit(opts->lim, WARD_LIMIT_MQTT_TOPIC);
	e->client_max = ward_limit(opts->lim, WARD_LIMIT_MQTT_CLIENT);
	e->inflight = ward_limit(opts->lim, WARD_LIMIT_MQTT_INFLIGHT);
	/* room for every acknowledgement, two answers and a goodbye */
	e->out_max = (e->inflight + 1) * ACK_BYTES + (size_t)3 * WARD_MQTT_ANSWER_MAX;
	if (!e->opts.n_conn_max)
		e->opts.n_conn_max = ward_limit(opts->lim, WARD_LIMIT_MQTT_CONNECTIONS);
	if (ward_mqtt_sessions_init(&e->sessions, opts->mem,
		    ward_limit(opts->lim, WARD_LIMIT_MQTT_SESSIONS)) != WARD_OK) {
		ward_mem_free(opts->mem, e, sizeof(*e));
		return WARD_ERR_NOMEM;
	}
	*ret = e;
	return WARD_OK;
}

static void free_conn(struct ward_mqtt_conn *c)
{
	const struct ward_mqtt_endpoint *e = c->e;

	ward_mem_free(e->opts.mem, c->due, e->inflight * sizeof(*c->due));
	ward_mem_free(e->opts.mem, c->out.p, e->out_max);
	ward_mem_free(e->opts.mem, c, sizeof(*c));
}

void ward_mqtt_endpoint_free(struct ward_mqtt_endpoint *e)
{
	if (!e)
		return;
	while (e->first) {
		struct ward_mqtt_conn *c = e->first;

		e->first = c->next;
		free_conn(c);
	}
	ward_mqtt_sessions_fini(&e->sessions);
	ward_mem_free(e->opts.mem, e, sizeof(*e));
}

enum ward_err ward_mqtt_conn_begin(
	struct ward_mqtt_endpoint *e, ward_ns now, struct ward_mqtt_conn **ret)
{
	const struct ward_mem *mem = e->opts.mem;
	struct ward_mqtt_conn *c;
	uint8_t *out;

	if (e->n_conn >= e->opts.n_conn_max) {
		count(e, WARD_MQTT_REJECT_CONNECTIONS);
		return WARD_ERR_LIMIT;
	}
	c = ward_mem_alloc(mem, sizeof(*c));
	if (!c)
		return WARD_ERR_NOMEM;
	c->e = e;
	c->due = ward_mem_alloc(mem, e->inflight * sizeof(*c->due));
	out = ward_mem_alloc(mem, e->out_max);
	c->out = ward_wr_fixed(out, out ? e->out_max : 0);
	if (!c->due || !out) {
		free_conn(c);
		return WARD_ERR_NOMEM;
	}
	c->version = WARD_MQTT_311;
	c->heard = now;
	c->patience = (ward_ns)ward_limit(e->opts.lim, WARD_LIMIT_MQTT_CONNECT) * WARD_NS_PER_S;
	c->next = e->first;
	e->first = c;
	e->n_conn++;
	*ret = c;
	return WARD_OK;
}

/* Hands a message to the owner; *ret_why is NONE or why it did not. */
static enum ward_err deliver(struct ward_mqtt_endpoint *e, const struct ward_mqtt_message *m,
	enum ward_mqtt_reject *ret_why)
{
	*ret_why = m->topic.len > e->topic_max ? WARD_MQTT_REJECT_LONG
		   : !ward_mqtt_filter_matches(ward_str_z(e->opts.filter), m->topic)
			   ? WARD_MQTT_REJECT_FOREIGN
			   : WARD_MQTT_REJECT_NONE;
	if (*ret_why) {
		count(e, *ret_why);
		return WARD_OK;
	}
	ward_count_name(e->opts.counters, m->will ? "mqtt.wills" : "mqtt.messages", 1);
	return e->opts.message(e->opts.ctx, m);
}

static enum ward_err publish_will(struct ward_mqtt_endpoint *e, struct ward_mqtt_session *s)
{
	struct ward_mqtt_message m = {.topic = {(const char *)s->will, s->topic_len},
		.payload = {s->will ? s->will + s->topic_len : NULL, s->payload_len},
		.qos = s->qos,
		.will = true};
	enum ward_mqtt_reject why;
	enum ward_err err = s->will ? deliver(e, &m, &why) : WARD_OK;

	ward_mqtt_session_drop_will(&e->sessions, s);
	return err;
}

/* The session ends, and a will that still waits is due with it (3.1.3.2.2). */
static enum ward_err end_session(struct ward_mqtt_endpoint *e, struct ward_mqtt_session *s)
{
	enum ward_err err = publish_will(e, s);

	ward_mqtt_session_free(&e->sessions, s);
	return err;
}

/* The connection is over; wants_will: in a way that makes its will due (3.1.2.5). */
static enum ward_err part(
	struct ward_mqtt_conn *c, enum ward_mqtt_reject why, bool wants_will, ward_ns now)
{
	struct ward_mqtt_session *s = c->session;

	WARD_ASSERT(c->state != CLOSED);
	c->state = CLOSED;
	c->why = why;
	c->n_due = 0; /* the client will send again what was not acknowledged */
	if (why)
		count(c->e, why);
	if (!s)
		return WARD_OK;
	c->session = NULL;
	s->conn = NULL;
	s->gone = now;
	if (!wants_will)
		ward_mqtt_session_drop_will(&c->e->sessions, s);
	if (!s->expiry_s)
		return end_session(c->e, s);
	if (s->will && !s->delay_s)
		return publish_will(c->e, s);
	if (s->will)
		s->will_due = now + (ward_ns)s->delay_s * WARD_NS_PER_S;
	return WARD_OK;
}

/* Closes a connection for a reason, and says it where MQTT has a word for it (3.14, 4.13). */
static enum ward_err shut(
	struct ward_mqtt_conn *c, enum ward_mqtt_reject why, bool wants_will, ward_ns now)
{
	if (c->state == OPEN && c->version == WARD_MQTT_5)
		ward_mqtt_write_disconnect(&c->out, ward_mqtt_reject_info(why)->v5);
	return part(c, why, wants_will, now);
}

enum ward_err ward_mqtt_conn_end(struct ward_mqtt_conn *c, ward_ns now)
{
	struct ward_mqtt_endpoint *e = c->e;
	struct ward_mqtt_conn **at = &e->first;
	enum ward_err err = WARD_OK;

	if (c->state != CLOSED)
		err = part(c, WARD_MQTT_REJECT_LOST, true, now);
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	e->n_conn--;
	free_conn(c);
	return err;
}

/* A CONNECT that is refused (3.2.2.2; 3.1.1: 3.2.2.3). */
static enum ward_err refuse(struct ward_mqtt_conn *c, enum ward_mqtt_reject why, ward_ns now)
{
	const struct ward_mqtt_reject_info *info = ward_mqtt_reject_info(why);
	struct ward_mqtt_connack a = {.code = c->version == WARD_MQTT_5 ? info->v5 : info->v3};

	if (a.code)
		ward_mqtt_write_connack(&c->out, c->version, &a);
	return part(c, why, false, now);
}

/* In a time that does not tell where they differ. */
static bool same(struct ward_slice a, const char *b)
{
	struct ward_slice want = ward_str_bytes(ward_str_z(b));
	uint8_t differ = a.len != want.len;

	for (size_t i = 0; i < a.len && want.len; i++)
		differ |= a.p[i] ^ want.p[i % want.len];
	return !differ;
}

/* Both are looked at, whatever the first one is. */
static bool may_enter(const struct ward_mqtt_endpoint_opts *o, const struct ward_mqtt_connect *m)
{
	bool user = same(ward_str_bytes(m->user), o->user);
	bool password = same(m->password, o->password);

	return user && password;
}

static enum ward_mqtt_reject judge(
	const struct ward_mqtt_endpoint *e, const struct ward_mqtt_connect *m)
{
	const struct ward_mqtt_endpoint_opts *o = &e->opts;

	if (m->packet_max < CLIENT_MAX_PACKET)
		return WARD_MQTT_REJECT_SMALL;
	if (m->has_method) /* 4.12 */
		return WARD_MQTT_REJECT_METHOD;
	/* 3.1.3.1; 3.1.1: 3.1.3.1 [MQTT-3.1.3-8]; 3.1 wants one */
	if (m->client.len > e->client_max ||
		(!m->client.len &&
			(m->version == WARD_MQTT_31 || (m->version == WARD_MQTT_311 && !m->clean))))
		return WARD_MQTT_REJECT_CLIENT;
	if (o->user && !may_enter(o, m))
		return WARD_MQTT_REJECT_USER;
	if (m->version == WARD_MQTT_5 && m->will.qos > 1) /* 3.2.2.3.4 */
		return WARD_MQTT_REJECT_QOS_MAX;
	return WARD_MQTT_REJECT_NONE;
}

/* What was there of this client makes way (3.1.4, 3.1.3.2.2): NULL when it has no session that
 * could go on, else that. */
static enum ward_err take_over(struct ward_mqtt_endpoint *e, const struct ward_mqtt_connect *m,
	ward_ns now, struct ward_mqtt_session **ret)
{
	struct ward_mqtt_session *s = ward_mqtt_session_find(&e->sessions, m->client);
	enum ward_err err = WARD_OK;

	*ret = NULL;
	/* 3.1.3.2.2: the old connection's end makes its will due, unless that was to be delayed */
	if (s && s->conn)
		err = shut(s->conn, WARD_MQTT_REJECT_TAKEN, true, now);
	if (err)
		return err;
	s = ward_mqtt_session_find(&e->sessions, m->client); /* it may have ended with it */
	if (!s)
		return WARD_OK;
	if (m->clean || now >= ward_mqtt_session_ends(s))
		return end_session(e, s);
	ward_mqtt_session_drop_will(&e->sessions, s);
	*ret = s;
	return WARD_OK;
}

static enum ward_err new_session(
	struct ward_mqtt_endpoint *e, struct ward_str client, struct ward_mqtt_session **ret)
{
	struct ward_mqtt_session *s = ward_mqtt_session_place(&e->sessions);
	enum ward_err err;

	if (!s)
		return WARD_ERR_LIMIT;
	if (s->client) {
		ward_count_name(e->opts.counters, "mqtt.sessions_forgotten", 1);
		err = end_session(e, s);
		if (err)
			return err;
	}
	err = ward_mqtt_session_take(&e->sessions, s, client);
	if (!err)
		*ret = s;
	return err;
}

/* 3.1.3.1: a client without an id gets one. */
static struct ward_str assign(struct ward_mqtt_endpoint *e, struct ward_wr *w)
{
	ward_wr_z(w, "ward-");
	ward_wr_u64(w, (e->opts.seed + e->n_assigned++) % 1000000000000000000);
	return ward_wr_text(w);
}

static enum ward_err on_connect(
	struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	struct ward_mqtt_endpoint *e = c->e;
	struct ward_mqtt_connect m;
	struct ward_mqtt_session *s;
	enum ward_mqtt_reject why = ward_mqtt_connect_read(f->body, &m);
	uint8_t text[WARD_MQTT_ASSIGNED_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_mqtt_connack a = {
		.receive_max = (uint16_t)e->inflight, .packet_max = (uint32_t)e->packet_max};
	enum ward_err err;

	c->version = m.version;
	if (!why)
		why = judge(e, &m);
	if (why)
		return refuse(c, why, now);
	if (!m.client.len)
		m.client = a.assigned = assign(e, &w);
	err = take_over(e, &m, now, &s);
	a.present = s != NULL;
	if (!err && !s)
		err = new_session(e, m.client, &s);
	if (err == WARD_ERR_LIMIT)
		return refuse(c, WARD_MQTT_REJECT_SESSIONS, now);
	if (!err && m.will.set)
		err = ward_mqtt_session_will(&e->sessions, s, &m.will);
	if (err)
		return err;
	s->expiry_s = m.expiry_s;
	s->conn = c;
	c->session = s;
	c->state = OPEN;
	c->patience = (ward_ns)m.keep_alive_s * WARD_NS_PER_S * 3 / 2; /* 3.1.2.10 */
	ward_mqtt_write_connack(&c->out, c->version, &a);
	ward_count_name(e->opts.counters, "mqtt.accept", 1);
	return WARD_OK;
}

static enum ward_err on_publish(
	struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	struct ward_mqtt_publish p;
	enum ward_mqtt_reject why = ward_mqtt_publish_read(f, c->version, &p);
	enum ward_err err;

	if (!why && c->version == WARD_MQTT_5 && p.qos == 2)
		why = WARD_MQTT_REJECT_QOS_MAX;
	if (!why && p.qos && c->n_due == c->e->inflight)
		why = WARD_MQTT_REJECT_INFLIGHT; /* 3.3.4; MQTT 3 was made to wait */
	if (why)
		return shut(c, why, true, now);
	struct ward_mqtt_message m = {
		.topic = p.topic, .payload = p.payload, .qos = p.qos, .dup = p.dup};

	err = deliver(c->e, &m, &why);
	if (err || !p.qos)
		return err;
	/* 3.1.1 3.3.5: what is refused is acknowledged all the same; there is no other word */
	c->due[c->n_due++] = (struct due){.id = p.id,
		.type = p.qos == 1 ? WARD_MQTT_PUBACK : WARD_MQTT_PUBREC,
		.reason = ward_mqtt_reject_info(why)->v5};
	return WARD_OK;
}

/* The third step of QoS 2 (4.3.3); 5.0 has none here. */
static enum ward_err on_pubrel(
	struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	uint16_t id;
	enum ward_mqtt_reject why = c->version == WARD_MQTT_5 ? WARD_MQTT_REJECT_DIRECTION
							      : ward_mqtt_pubrel_read(f, &id);

	if (why)
		return shut(c, why, true, now);
	ward_mqtt_write_ack(&c->out, c->version, WARD_MQTT_PUBCOMP, id, 0);
	return WARD_OK;
}

static enum ward_err on_subscribe(
	struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	bool un = f->type == WARD_MQTT_UNSUBSCRIBE;
	uint16_t id;
	size_t n;
	enum ward_mqtt_reject why = ward_mqtt_subscribe_read(f, c->version, &id, &n);

	if (why)
		return shut(c, why, true, now);
	if (!un)
		count(c->e, WARD_MQTT_REJECT_SUBSCRIBE);
	ward_mqtt_write_suback(
		&c->out, c->version, un ? WARD_MQTT_UNSUBACK : WARD_MQTT_SUBACK, id, n);
	return WARD_OK;
}

static enum ward_err on_ping(struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	if (f->body.len)
		return shut(c, WARD_MQTT_REJECT_MALFORMED, true, now);
	ward_mqtt_write_pingresp(&c->out);
	return WARD_OK;
}

static enum ward_err on_disconnect(
	struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	struct ward_mqtt_disconnect d;
	enum ward_mqtt_reject why = ward_mqtt_disconnect_read(f, c->version, &d);

	if (!why && d.has_expiry && d.expiry_s && !c->session->expiry_s) /* 3.14.2.2.2 */
		why = WARD_MQTT_REJECT_EXPIRY;
	if (why)
		return shut(c, why, true, now);
	if (d.has_expiry)
		c->session->expiry_s = d.expiry_s;
	/* 3.14.4: only reason 0 takes the will back */
	return part(c, WARD_MQTT_REJECT_NONE, d.reason != 0, now);
}

/* What may come from a client, and with which flags (2.1.3). Those without a function are sent by
 * servers only: PUBACK, PUBREC and PUBCOMP answer what this one never sends, and AUTH follows an
 * authentication method, which is refused. */
static const struct row {
	enum ward_err (*run)(
		struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now);
	uint8_t flags, mask;
} rows[16] = {
	[WARD_MQTT_CONNECT] = {on_connect, 0, 0xf},
	[WARD_MQTT_PUBLISH] = {on_publish, 0, 0},
	[WARD_MQTT_PUBREL] = {on_pubrel, 2, 0xf},
	[WARD_MQTT_SUBSCRIBE] = {on_subscribe, 2, 0xf},
	[WARD_MQTT_UNSUBSCRIBE] = {on_subscribe, 2, 0xf},
	[WARD_MQTT_PINGREQ] = {on_ping, 0, 0xf},
	[WARD_MQTT_DISCONNECT] = {on_disconnect, 0, 0xf},
};

static enum ward_err on_packet(
	struct ward_mqtt_conn *c, const struct ward_mqtt_frame *f, ward_ns now)
{
	const struct row *row = &rows[f->type];
	bool connect = f->type == WARD_MQTT_CONNECT;
	enum ward_mqtt_reject why = WARD_MQTT_REJECT_NONE;

	if (c->state == WAITING && !connect)
		why = WARD_MQTT_REJECT_FIRST;
	else if (c->state == OPEN && connect)
		why = WARD_MQTT_REJECT_AGAIN;
	else if (!row->run)
		why = WARD_MQTT_REJECT_DIRECTION;
	else if ((f->flags & row->mask) != row->flags)
		why = WARD_MQTT_REJECT_FLAGS;
	return why ? shut(c, why, true, now) : row->run(c, f, now);
}

/* True while nothing more can be taken: MQTT 3 knows no Receive Maximum, so that a client that
 * sends more is simply not read; and an answer must always find room. */
static bool must_wait(const struct ward_mqtt_conn *c)
{
	const struct ward_mqtt_endpoint *e = c->e;
	size_t left = e->out_max - c->out.len;

	return (c->n_due == e->inflight && c->version != WARD_MQTT_5) ||
	       left < (c->n_due + 1) * ACK_BYTES + (size_t)2 * WARD_MQTT_ANSWER_MAX;
}

enum ward_err ward_mqtt_conn_feed(
	struct ward_mqtt_conn *c, struct ward_slice bytes, ward_ns now, size_t *ret_used)
{
	size_t used = 0;
	enum ward_err err = WARD_OK;

	if (c->state == OPEN && bytes.len)
		c->heard = now;
	while (!err && c->state != CLOSED && used < bytes.len && !must_wait(c)) {
		struct ward_slice rest = {bytes.p + used, bytes.len - used};
		enum ward_mqtt_reject why;
		struct ward_mqtt_frame f;

		err = ward_mqtt_frame_read(rest, c->e->packet_max, &f, &why);
		if (err == WARD_ERR_MORE) {
			err = WARD_OK;
			break;
		}
		if (err) {
			err = shut(c, why, true, now);
			break;
		}
		used += f.len; /* at least 2 */
		err = on_packet(c, &f, now);
	}
	*ret_used = c->state == CLOSED ? bytes.len : used;
	WARD_ASSERT(!ward_wr_bad(&c->out));
	return err;
}

void ward_mqtt_conn_acknowledge(struct ward_mqtt_conn *c)
{
	for (size_t i = 0; i < c->n_due; i++)
		ward_mqtt_write_ack(
			&c->out, c->version, c->due[i].type, c->due[i].id, c->due[i].reason);
	c->n_due = 0;
	WARD_ASSERT(!ward_wr_bad(&c->out));
}

size_t ward_mqtt_conn_due(const struct ward_mqtt_conn *c)
{
	return c->n_due;
}

struct ward_slice ward_mqtt_conn_output(const struct ward_mqtt_conn *c)
{
	return ward_wr_slice(&c->out);
}

void ward_mqtt_conn_sent(struct ward_mqtt_conn *c, size_t n)
{
	WARD_ASSERT(n <= c->out.len);
	memmove(c->out.p, c->out.p + n, c->out.len - n);
	c->out.len -= n;
}

bool ward_mqtt_conn_closed(const struct ward_mqtt_conn *c, enum ward_mqtt_reject *ret_why)
{
	if (ret_why)
		*ret_why = c->why;
	return c->state == CLOSED;
}

static enum ward_err tick_session(
	struct ward_mqtt_endpoint *e, struct ward_mqtt_session *s, ward_ns now)
{
	if (!s->client || s->conn)
		return WARD_OK;
	if (now >= ward_mqtt_session_ends(s))
		return end_session(e, s);
	return now >= s->will_due ? publish_will(e, s) : WARD_OK;
}

enum ward_err ward_mqtt_endpoint_tick(struct ward_mqtt_endpoint *e, ward_ns now)
{
	enum ward_err err = WARD_OK;

	for (struct ward_mqtt_conn *c = e->first; c && !err; c = c->next)
		if (c->state != CLOSED && c->patience && now - c->heard > c->patience)
			err = shut(c,
				c->state == OPEN ? WARD_MQTT_REJECT_SILENT : WARD_MQTT_REJECT_SLOW,
				true, now);
	for (size_t i = 0; i < e->sessions.n && !err; i++)
		err = tick_session(e, &e->sessions.at[i], now);
	return err;
}

void ward_mqtt_endpoint_leave(struct ward_mqtt_endpoint *e, enum ward_mqtt_reject why, ward_ns now)
{
	for (struct ward_mqtt_conn *c = e->first; c; c = c->next) {
		if (c->state == CLOSED)
			continue;
		if (c->session)
			ward_mqtt_session_drop_will(&e->sessions, c->session);
		WARD_ASSERT(shut(c, why, false, now) == WARD_OK); /* no will, no callback */
	}
}
