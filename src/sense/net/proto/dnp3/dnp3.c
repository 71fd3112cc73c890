#include "sense/net/proto/dnp3/dnp3.h"

#include "sense/net/login.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/dnp3/events.h"
#include "sense/net/sensor.h"

enum { PORT = 20000, PENDING = 16 };

struct flow {
	struct ward_dnp3_transport transport[2]; /* by side */
	struct ward_dnp3_pending pending[PENDING];
	size_t next;  /* place of the next request: the oldest one's */
	bool seen;    /* a frame was there */
	bool lost[2]; /* by side: a begin must be found again */
};

static unsigned side_of(const struct ward_dissect *d)
{
	return !d->from_client;
}

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_dnp3_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* Is a response due? 4.4: not to these, not to all stations, not to a part. */
static bool expects_response(const struct ward_dnp3_link *l, const struct ward_dnp3 *m)
{
	static const uint8_t silent[] = {WARD_DNP3_F_CONFIRM, WARD_DNP3_F_DIRECT_OPERATE_NR,
		WARD_DNP3_F_FREEZE_NR, WARD_DNP3_F_FREEZE_CLEAR_NR, WARD_DNP3_F_FREEZE_AT_TIME_NR,
		WARD_DNP3_F_AUTHENTICATE_REQ_NR};

	return !m->is_response && m->final && l->dst < WARD_DNP3_BROADCAST &&
	       !memchr(silent, m->function, sizeof(silent));
}

static void login(const struct ward_dissect *d, const struct ward_dnp3 *m)
{
	const struct ward_login l = {.user = m->user,
		.method = "password",
		.outcome = WARD_LOGIN_UNKNOWN,
		.cleartext = true};

	if (m->has_login && !m->is_response)
		ward_emit_login(d, &l, false);
}

static void emit_unanswered(const struct ward_dissect *d, struct ward_dnp3_pending *p)
{
	if (p->open && ward_dissect_hears(d, p->side != 0))
		ward_dnp3_emit_unanswered(d, p, p->side != side_of(d));
	p->open = false;
}

/* The request that this first fragment of a response answers, or NULL. */
static struct ward_dnp3_pending *request_of(
	const struct ward_dissect *d, const struct ward_dnp3_link *l, const struct ward_dnp3 *m)
{
	struct flow *f = d->flow;

	if (!f || !m->is_response || !m->first || m->function == WARD_DNP3_F_UNSOLICITED)
		return NULL;
	for (size_t back = 1; back <= PENDING; back++) {
		struct ward_dnp3_pending *p = &f->pending[(f->next + PENDING - back) % PENDING];

		if (p->open && p->side != side_of(d) && p->sequence == m->sequence &&
			p->dst == l->src && p->src == l->dst)
			return p;
	}
	return NULL;
}

static void remember(
	const struct ward_dissect *d, const struct ward_dnp3_link *l, const struct ward_dnp3 *m)
{
	struct flow *f = d->flow;

	if (!f || !expects_response(l, m))
		return;
	struct ward_dnp3_pending *p = &f->pending[f->next];

	emit_unanswered(d, p);
	*p = (struct ward_dnp3_pending){.open = true,
		.sequence = m->sequence,
		.function = m->function,
		.dst = l->dst,
		.src = l->src,
		.side = (uint8_t)side_of(d),
		.time = d->net->frame->time};
	if (m->n_object)
		p->object = m->object[0];
	f->next = (f->next + 1) % PENDING;
}

/* One application fragment. */
static enum ward_verdict fragment(struct ward_dissect *d, const struct ward_dnp3_link *l,
	struct ward_slice bytes, unsigned n_segment, bool cut)
{
	struct ward_dnp3 m;
	bool good = ward_dnp3_parse(bytes, &m);
	struct ward_dnp3_pending *p = request_of(d, l, &m);

	if (!good && m.reason <= WARD_DNP3_APP_FUNCTION)
		return refuse(d, m.reason, WARD_DNP3_HEADER);
	if (cut) { /* its end is not here */
		m.reason = WARD_DNP3_REASON_N;
		good = true;
	}
	ward_dnp3_emit(d, &(struct ward_dnp3_event){l, &m, p, d->flow != NULL, n_segment,
				  cut ? "fragment-too-long" : NULL});
	login(d, &m);
	if (p)
		p->open = false;
	remember(d, l, &m);
	d->net->count[WARD_NET_UNPARSED] += m.n_unparsed;
	/* The fragment may have begun in frames before. */
	return good ? WARD_VERDICT_OK : refuse(d, m.reason, WARD_DNP3_HEADER);
}

static enum ward_verdict user_data(
	struct ward_dissect *d, const struct ward_dnp3_link *l, struct ward_slice user)
{
	struct flow *f = d->flow;

	if (!f) { /* no room: fragments of one segment only */
		if (user.len && (user.p[0] & 0xc0) == 0xc0)
			return fragment(d, l, ward_slice_of(user.p + 1, user.len - 1), 1, false);
		return WARD_VERDICT_OK;
	}
	struct ward_dnp3_transport *t = &f->transport[side_of(d)];

	enum ward_dnp3_progress progress = ward_dnp3_add(t, l, user);

	switch (progress) {
	case WARD_DNP3_FRAGMENT_WHOLE:
	case WARD_DNP3_TOO_LONG:
		return fragment(d, l, ward_slice_of(t->bytes, t->len), t->n,
			progress == WARD_DNP3_TOO_LONG);
	case WARD_DNP3_SEGMENT_MISSING:
		ward_dnp3_emit_broken(d, l);
		break;
	case WARD_DNP3_HELD:
	default:
		break;
	}
	return WARD_VERDICT_OK;
}

/* 9.2.4.1.3: a primary station's user data; all else is the link's own. */
static bool has_user_data(const struct ward_dnp3_link *l)
{
	return l->primary && (l->function == 3 || l->function == 4) && l->n_user;
}

/* One whole frame. */
static enum ward_verdict frame(
	struct ward_dissect *d, struct ward_slice payload, struct ward_dnp3_link *l)
{
	uint8_t user[WARD_DNP3_USER];
	struct flow *f = d->flow;

	d->used = l->size;
	if (!ward_dnp3_user(ward_slice_of(payload.p, l->size), l, user)) {
		if (f)
			f->transport[side_of(d)].open = false;
		return refuse(d, l->reason, l->off);
	}
	if (f)
		f->seen = true;
	if (has_user_data(l))
		return user_data(d, l, ward_slice_of(user, l->n_user));
	ward_dnp3_emit(d, &(struct ward_dnp3_event){.link = l});
	return WARD_VERDICT_OK;
}

static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_dnp3_link l;

	if (ward_dnp3_frame(payload, &l) == WARD_DNP3_NOT)
		return WARD_PROBE_NO;
	return payload.len < WARD_DNP3_HEADER ? WARD_PROBE_MORE : WARD_PROBE_YES;
}

static bool probe(struct ward_slice payload)
{
	struct ward_dnp3_link l;

	/* The header's CRC is 16 bits of it. */
	return payload.len >= WARD_DNP3_HEADER && ward_dnp3_frame(payload, &l) != WARD_DNP3_NOT;
}

/* Bytes are missing or make no sense: look for the next begin, if this ever was DNP3. */
static bool lose(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (!f || !f->seen)
		return false;
	f->lost[side_of(d)] = true;
	f->transport[side_of(d)].open = false;
	return true;
}

/* Passes over what is no frame; true when there is something to read. */
static bool found_again(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_dnp3_link l;
	size_t off = 0;

	if (!f || !f->lost[side_of(d)])
		return true;
	for (; off < payload.len; off++) {
		off = ward_dnp3_next_start(payload, off);
		if (ward_dnp3_frame(ward_slice_of(payload.p + off, payload.len - off), &l) !=
			WARD_DNP3_NOT)
			break;
	}
	if (off) {
		d->used = off < payload.len ? off : payload.len;
		return false;
	}
	f->lost[side_of(d)] = payload.len < WARD_DNP3_HEADER;
	return true;
}

static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_dnp3_link l;

	if (!found_again(d, payload))
		return WARD_VERDICT_OK;
	switch (ward_dnp3_frame(payload, &l)) {
	case WARD_DNP3_NOT:
		(void)lose(d);
		d->used = ward_dnp3_next_start(payload, 1);
		return refuse(d, l.reason, l.off);
	case WARD_DNP3_MORE:
		d->need = l.size ? l.size : (size_t)WARD_DNP3_HEADER;
		return WARD_VERDICT_MORE;
	case WARD_DNP3_WHOLE:
	default:
		return frame(d, payload, &l);
	}
}

/* A datagram holds whole frames. */
static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict verdict = WARD_VERDICT_FOREIGN;
	struct ward_dnp3_link l;

	for (size_t off = 0; off < payload.len; off += l.size) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);
		enum ward_dnp3_frame got = ward_dnp3_frame(rest, &l);

		if (got == WARD_DNP3_MORE && d->partial)
			return WARD_VERDICT_MORE;
		if (got == WARD_DNP3_NOT)
			return refuse(d, l.reason, off + l.off);
		if (got == WARD_DNP3_MORE)
			return refuse(d, WARD_DNP3_LINK_SHORT, payload.len);
		verdict = frame(d, rest, &l);
		if (verdict != WARD_VERDICT_OK) {
			d->off += off;
			break;
		}
	}
	return verdict;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	(void)lost;
	return lose(d);
}

/* Oldest first. */
static void over(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; i < PENDING; i++)
		emit_unanswered(d, &f->pending[(f->next + i) % PENDING]);
}

const struct ward_dissector ward_dissect_dnp3 = {
	.name = "dnp3",
	.kind = WARD_DISSECT_BUILDING,
	.title = "DNP3",
	.standard = "IEEE 1815-2012 clauses 4, 8, 9, 11, annex A",
	.reads = "every function with objects, ranges and indications, control relay and analog "
		 "outputs, files, device attributes, link functions",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe_stream,
	.parse = parse_stream,
	.gap = gap,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = ward_dnp3_reasons,
	.n_reason = WARD_DNP3_REASON_N,
	.name_at = ward_dnp3_name_at,
};

const struct ward_dissector ward_dissect_dnp3_udp = {
	.name = "dnp3",
	.kind = WARD_DISSECT_BUILDING,
	.title = "DNP3 over UDP",
	.standard = "IEEE 1815-2012 clauses 4, 8, 9, 11, annex A",
	.reads = "as DNP3",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse_datagram,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = ward_dnp3_reasons,
	.n_reason = WARD_DNP3_REASON_N,
	.name_at = ward_dnp3_name_at,
};
