/* MQTT Version 5.0, OASIS Standard, 2019-03-07. */
#include "respond/publish.h"

#include "base/rd.h"
#include "conf/conf.h"

#include <stdio.h>

enum { KEEPALIVE_S = 60, ERROR = 0x80, NOBODY_LISTENS = 0x10 };
/* Packets, 2.1.2. */
enum { CONNECT = 1, CONNACK, PUBLISH, PUBACK, PINGRESP = 13, DISCONNECT = 14 };

bool ward_topic_valid(struct ward_str t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((uint8_t)t.p[i] < ' ' || t.p[i] == 0x7f || t.p[i] == '+' || t.p[i] == '#')
			return false;
	/* what begins with '$' is the broker's own, 4.7.2 */
	return t.len && t.len <= WARD_PUBLISH_TOPIC && t.p[0] != '$' &&
	       ward_utf8_valid(ward_str_bytes(t), NULL);
}

/* ---- what is to be published ---- */

static bool flag(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && ward_str_eqz(v->text, "true");
}

static bool read_one(const struct ward_conf *c, struct ward_publication *to)
{
	const struct ward_conf *topic = ward_conf_get(c, "topic"),
			       *payload = ward_conf_get(c, "payload"),
			       *expires = ward_conf_get(c, "expires");
	uint64_t s = 0;

	if (!topic || !payload || payload->kind != WARD_CONF_SCALAR ||
		!ward_topic_valid(topic->text) ||
		(expires && (!ward_str_u64(expires->text, &s) || s > UINT32_MAX)))
		return false;
	*to = (struct ward_publication){.topic = topic->text,
		.payload = payload->text,
		.retain = flag(c, "retain"),
		.heard = flag(c, "heard"),
		.expires_s = (uint32_t)s};
	return true;
}

enum ward_err ward_publications_read(struct ward_str body, const struct ward_limits *lim,
	struct ward_arena *arena, struct ward_publication **ret, size_t *ret_n)
{
	const struct ward_conf *c, *list;
	struct ward_diag diag;
	size_t n = 0;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(arena, lim, WARD_STR("message"), 1, ward_str_bytes(body), &diag, &c);

	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	list = ward_conf_get(c, "publish");
	if (!list || list->kind != WARD_CONF_SEQ || !list->n_child ||
		list->n_child > WARD_PUBLISH_MAX)
		return WARD_ERR_MALFORMED;
	*ret = ward_arena_array(arena, list->n_child, sizeof(**ret));
	if (!*ret)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *i = list->child; i; i = i->next)
		if (!read_one(i, &(*ret)[n++]))
			return WARD_ERR_MALFORMED;
	*ret_n = n;
	return WARD_OK;
}

/* ---- packets out ---- */

static void put_text(struct ward_wr *w, struct ward_str s) /* 1.5.4 */
{
	s = ward_str_sub(s, 0, UINT16_MAX);
	ward_wr_be16(w, (uint16_t)s.len);
	ward_wr_str(w, s);
}

static void put_head(struct ward_wr *w, unsigned type, unsigned flags, size_t len) /* 2.1 */
{
	ward_wr_u8(w, (uint8_t)(type << 4 | flags));
	for (; len >= 0x80; len >>= 7) /* 1.5.5 */
		ward_wr_u8(w, (uint8_t)(0x80 | (len & 0x7f)));
	ward_wr_u8(w, (uint8_t)len);
}

void ward_publish_begin(
	struct ward_publish *p, const struct ward_publish_opts *o, struct ward_wr *w)
{
	bool user = o->user.len != 0;
	size_t len = 10 + 1 + 2 + o->client.len;

	p->o = *o;
	p->connected = false;
	p->at = p->n_in = 0;
	p->packet_max = UINT64_MAX;
	len += user ? 2 + o->user.len + 2 + o->password.len : 0;
	put_head(w, CONNECT, 0, len);
	put_text(w, WARD_STR("MQTT"));
	ward_wr_u8(w, 5);
	ward_wr_u8(w, user ? 0xc2 : 0x02); /* 3.1.2.3: clean start, user and password */
	ward_wr_be16(w, KEEPALIVE_S);
	ward_wr_u8(w, 0); /* no properties */
	put_text(w, o->client);
	if (!user)
		return;
	put_text(w, o->user);
	put_text(w, o->password);
}

static size_t publish_len(const struct ward_publication *of)
{
	/* topic, packet id, length of properties, payload format, expiry */
	return 2 + of->topic.len + 2 + 1 + 2 + (of->expires_s ? 5 : 0) + of->payload.len;
}

static void put_publish(const struct ward_publish *p, struct ward_wr *w)
{
	const struct ward_publication *of = &p->o.all[p->at];

	put_head(w, PUBLISH, 0x02u | of->retain, publish_len(of)); /* QoS 1 */
	put_text(w, of->topic);
	ward_wr_be16(w, (uint16_t)(p->at + 1));
	ward_wr_u8(w, of->expires_s ? 7 : 2);
	ward_wr_u8(w, 0x01); /* 3.3.2.3.2: the payload is UTF-8 */
	ward_wr_u8(w, 1);
	if (of->expires_s) {
		ward_wr_u8(w, 0x02); /* 3.3.2.3.3 */
		ward_wr_be32(w, of->expires_s);
	}
	ward_wr_str(w, of->payload);
}

/* ---- packets in ---- */

/* 2.4, of those that refuse for good: sending it again is of no use. */
static const struct {
	uint8_t code;
	bool refused;
	const char *why;
} reasons[] = {{NOBODY_LISTENS, false, "nobody listens to the topic"},
	{0x80, false, "it gives no reason"}, {0x81, true, "it calls the packet malformed"},
	{0x82, true, "it calls that against the protocol"},
	{0x83, false, "it does not take it, for a reason of its own"},
	{0x84, true, "it does not speak MQTT 5"}, {0x85, true, "it does not take the client's id"},
	{0x86, true, "user or password is wrong"}, {0x87, true, "it does not allow that"},
	{0x88, false, "it is not available"}, {0x89, false, "it is busy"},
	{0x8a, true, "this client is banned"}, {0x8b, false, "it is being stopped"},
	{0x8e, false, "another client came by the same id"},
	{0x90, true, "it does not take the topic's name"}, {0x95, true, "the message is too large"},
	{0x97, false, "a quota is exceeded"}, {0x99, true, "it does not take the payload"},
	{0x9a, true, "it retains no messages"}, {0x9b, true, "it takes no messages of QoS 1"},
	{0x9c, true, "another server is to be used"}, {0x9d, true, "the server has moved"},
	{0x9f, false, "there are too many connections"}};

static enum ward_err over(
	struct ward_outcome *ret, enum ward_sent what, unsigned code, const char *why)
{
	*ret = (struct ward_outcome){.what = what, .status = code};
	(void)snprintf(ret->why, sizeof(ret->why), "%s", why);
	return WARD_OK;
}

static enum ward_err not_taken(struct ward_outcome *ret, uint8_t code)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return over(ret, reasons[i].refused ? WARD_SENT_REFUSED : WARD_SENT_FAILED,
				code, reasons[i].why);
	return over(ret, WARD_SENT_FAILED, code, "it gives a reason that is not known");
}

static enum ward_err foreign(struct ward_outcome *ret)
{
	return over(ret, WARD_SENT_FAILED, 0, "it answers with what is no MQTT 5");
}

static uint32_t variable(struct ward_rd *r) /* 1.5.5 */
{
	uint32_t v = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint8_t b = ward_rd_u8(r);

		v |= (uint32_t)(b & 0x7f) << 7 * i;
		if (!(b & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

/* The properties of a CONNACK, 3.2.2.3. 0: fine so far; else the reason that follows of one. */
static uint8_t read_properties(struct ward_publish *p, struct ward_rd *r)
{
	uint8_t reason = 0;
	uint32_t v;

	while (ward_rd_left(r)) {
		switch (ward_rd_u8(r)) {
		case 0x24: /* maximum QoS */
			reason = ward_rd_u8(r) == 0 ? 0x9b : reason;
			break;
		case 0x25: /* retain available */
			reason = ward_rd_u8(r) == 0 ? 0x9a : reason;
			break;
		case 0x28: /* wildcards, */
		case 0x29: /* ids of subscriptions, */
		case 0x2a: /* shared ones */
			ward_rd_skip(r, 1);
			break;
		case 0x27: /* maximum packet size */
			v = ward_rd_be32(r);
			r->bad = r->bad || !v;
			p->packet_max = v;
			break;
		case 0x11: /* session expiry */
			ward_rd_skip(r, 4);
			break;
		case 0x13: /* keep alive, */
		case 0x21: /* receive maximum: one is on its way at a time */
		case 0x22: /* aliases of topics */
			ward_rd_skip(r, 2);
			break;
		case 0x26: /* user property */
			ward_rd_skip(r, ward_rd_be16(r));
			WARD_FALLTHROUGH;
		case 0x12: /* assigned id, */
		case 0x15: /* method, */
		case 0x16: /* and data of authentication, */
		case 0x1a: /* response information, */
		case 0x1c: /* server reference, */
		case 0x1f: /* reason */
			ward_rd_skip(r, ward_rd_be16(r));
			break;
		default:
			r->bad = true;
		}
	}
	return reason;
}

static enum ward_err next(struct ward_publish *p, struct ward_wr *w, struct ward_outcome *ret)
{
	if (p->at == p->o.n) {
		put_head(w, DISCONNECT, 0, 0);
		return over(ret, WARD_SENT_DELIVERED, 0, "");
	}
	/* with its longest head */
	if (publish_len(&p->o.all[p->at]) + 5 > p->packet_max)
		return not_taken(ret, 0x95);
	put_publish(p, w);
	return WARD_ERR_MORE;
}

static enum ward_err on_connack(
	struct ward_publish *p, struct ward_rd *r, struct ward_wr *w, struct ward_outcome *ret)
{
	uint8_t flags = ward_rd_u8(r), code = ward_rd_u8(r);

	/* a broker of before version 5 answers in its own form: 1 is another version, MQTT 3.1.1
	 * 3.2.2.3 */
	if (!ward_rd_bad(r) && !ward_rd_left(r))
		return code ? not_taken(ret, 0x84) : foreign(ret);
	struct ward_rd sub = ward_rd_sub(r, variable(r));
	uint8_t reason = read_properties(p, &sub);

	if (flags > 1 || p->connected || ward_rd_bad(r) || ward_rd_bad(&sub) || ward_rd_left(r))
		return foreign(ret);
	if (code >= ERROR || reason)
		return not_taken(ret, code >= ERROR ? code : reason);
	p->connected = true;
	return next(p, w, ret);
}

static enum ward_err on_puback(
	struct ward_publish *p, struct ward_rd *r, struct ward_wr *w, struct ward_outcome *ret)
{
	uint16_t id = ward_rd_be16(r);
	uint8_t code = ward_rd_left(r) ? ward_rd_u8(r) : 0; /* 3.4.2.1 */

	if (!p->connected || ward_rd_bad(r) || id != p->at + 1)
		return foreign(ret);
	if (code >= ERROR || (code == NOBODY_LISTENS && p->o.all[p->at].heard))
		return not_taken(ret, code);
	p->at++;
	return next(p, w, ret);
}

static enum ward_err on_packet(struct ward_publish *p, uint8_t first, struct ward_rd *r,
	struct ward_wr *w, struct ward_outcome *ret)
{
	switch (first) {
	case CONNACK << 4:
		return on_connack(p, r, w, ret);
	case PUBACK << 4:
		return on_puback(p, r, w, ret);
	case PINGRESP << 4:
		return WARD_ERR_MORE;
	default:
		return not_taken(ret, ward_rd_left(r) ? ward_rd_u8(r) : 0);
	}
}

/* What a broker may send to whoever subscribed to nothing; flags are 0 in all of these. */
static bool is_known(uint8_t first)
{
	return first == CONNACK << 4 || first == PUBACK << 4 || first == PINGRESP << 4 ||
	       first == DISCONNECT << 4;
}

/* The first packet of what came. MORE: it is not whole. */
static enum ward_err take_packet(
	struct ward_publish *p, size_t *used, struct ward_wr *w, struct ward_outcome *ret)
{
	struct ward_rd r = ward_rd_from(p->in, p->n_in);
	uint8_t first = ward_rd_u8(&r);
	uint32_t len = variable(&r);

	if (!is_known(first))
		return foreign(ret);
	if (ward_rd_bad(&r))
		return p->n_in < 5 ? WARD_ERR_AGAIN : foreign(ret);
	if (len > sizeof(p->in) - r.off)
		return foreign(ret);
	if (len > ward_rd_left(&r))
		return WARD_ERR_AGAIN;
	struct ward_rd body = ward_rd_sub(&r, len);

	*used = r.off;
	return on_packet(p, first, &body, w, ret);
}

enum ward_err ward_publish_take(struct ward_publish *p, struct ward_slice bytes, struct ward_wr *w,
	struct ward_outcome *ret)
{
	enum ward_err err = WARD_ERR_MORE;

	while (bytes.len) {
		size_t n = sizeof(p->in) - p->n_in, used = 0;

		n = n < bytes.len ? n : bytes.len;
		memcpy(p->in + p->n_in, bytes.p, n);
		p->n_in += n;
		bytes = ward_slice_of(bytes.p + n, bytes.len - n);
		while (p->n_in && (err = take_packet(p, &used, w, ret)) == WARD_ERR_MORE) {
			memmove(p->in, p->in + used, p->n_in - used);
			p->n_in -= used;
		}
		if (err != WARD_ERR_AGAIN && err != WARD_ERR_MORE)
			return err;
	}
	return WARD_ERR_MORE;
}
