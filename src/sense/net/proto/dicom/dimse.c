/* Messages inside of P-DATA-TF: PS3.8 annex E, PS3.7 chapter 9 and 10. Requests are joined with
 * their answers; data sets are passed over by length. */
#include "sense/net/proto/dicom/names.h"
#include "sense/net/proto/dicom/stream.h"

enum {
	ITEM_HEADER = 6, /* length, context id, control */
	CONTROL_COMMAND = 1,
	CONTROL_LAST = 2,
	RESPONSE = 0x8000,
	FIELD_STORE = 0x0001,
	FIELD_GET = 0x0010,
	FIELD_FIND = 0x0020,
	FIELD_MOVE = 0x0021,
	FIELD_CANCEL = 0x0fff,
	NOBODY = WARD_DICOM_PENDING,
};

/* One presentation data value. */
struct pdv {
	uint8_t context, control;
	size_t frag_off; /* in the payload */
	size_t frag_len;
};

void ward_dicom_drop(struct ward_dicom_side *s)
{
	s->len = 0;
	s->in_dataset = s->final = s->wants_keys = false;
	s->pending = NOBODY;
}

static bool is_pending(int32_t status)
{
	return status >= 0 && strcmp(ward_dicom_status_name((uint16_t)status), "pending") == 0;
}

static void release(struct ward_dicom_flow *f, size_t i)
{
	for (unsigned side = 0; side < 2; side++)
		if (f->side[side].pending == i)
			f->side[side].pending = NOBODY;
	f->pending[i].used = false;
}

/* The request is answered, or never will be. */
static void finish(struct ward_dissect *d, size_t i)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_pending *p = &f->pending[i];

	if (p->status < 0 || is_pending(p->status))
		f->n_unanswered += ward_dissect_hears(d, p->side != 0);
	else if (strcmp(ward_dicom_status_name((uint16_t)p->status), "failure") == 0)
		f->n_failed++;
	ward_dicom_tell_request(d, p);
	release(f, i);
}

static size_t oldest(const struct ward_dicom_flow *f)
{
	size_t found = NOBODY;

	for (size_t i = 0; i < WARD_DICOM_PENDING; i++)
		if (f->pending[i].used &&
			(found == NOBODY || f->pending[i].order < f->pending[found].order))
			found = i;
	return found;
}

void ward_dicom_flush(struct ward_dissect *d)
{
	for (size_t i; (i = oldest(d->flow)) != NOBODY;)
		finish(d, i);
}

static size_t find(const struct ward_dicom_flow *f, unsigned side, int32_t id)
{
	for (size_t i = 0; i < WARD_DICOM_PENDING; i++)
		if (f->pending[i].used && f->pending[i].side == side && f->pending[i].id == id)
			return i;
	return NOBODY;
}

/* Room for one more: the oldest is given up when there is none. */
static size_t take_slot(struct ward_dissect *d)
{
	struct ward_dicom_flow *f = d->flow;

	for (size_t i = 0; i < WARD_DICOM_PENDING; i++)
		if (!f->pending[i].used)
			return i;
	size_t i = oldest(f);

	finish(d, i);
	return i;
}

static void keep_uid(struct ward_dicom_text *t, struct ward_slice s)
{
	if (!ward_dicom_is_uid(s))
		return;
	t->len = (uint8_t)s.len;
	memcpy(t->p, s.p, s.len);
}

static void keep_title(struct ward_dicom_title *t, struct ward_slice s)
{
	t->len = (uint8_t)(s.len < WARD_DICOM_AE ? s.len : WARD_DICOM_AE);
	if (t->len)
		memcpy(t->p, s.p, t->len);
}

static size_t begin(struct ward_dissect *d, const struct ward_dicom_command *c, unsigned side)
{
	struct ward_dicom_flow *f = d->flow;
	size_t same = find(f, side, c->id);

	if (same != NOBODY)
		finish(d, same);
	size_t i = take_slot(d);

	f->pending[i] = (struct ward_dicom_pending){.used = true,
		.side = (uint8_t)side,
		.field = (uint16_t)(c->field & ~RESPONSE),
		.id = c->id,
		.status = -1,
		.priority = c->priority,
		.type = c->event_type >= 0 ? c->event_type : c->action_type,
		.remaining = -1,
		.completed = -1,
		.failed = -1,
		.warning = -1,
		.order = f->order++,
		.begin = d->net->frame->time};
	f->n_request++;
	return i;
}

static void see_sop(struct ward_dicom_pending *p, const struct ward_dicom_command *c)
{
	if (!p->sop_class.len)
		keep_uid(&p->sop_class, c->sop_class);
	if (!p->sop_instance.len)
		keep_uid(&p->sop_instance, c->sop_instance);
}

static void see_request(struct ward_dissect *d, const struct ward_dicom_command *c, uint8_t context)
{
	struct ward_dicom_flow *f = d->flow;
	unsigned me = ward_dicom_side_of(d);
	struct ward_dicom_side *s = &f->side[me];

	if (c->field == FIELD_CANCEL) {
		size_t i = find(f, me, c->id);

		if (i != NOBODY)
			f->pending[i].cancelled = true;
		return;
	}
	size_t i = begin(d, c, me);
	struct ward_dicom_pending *p = &f->pending[i];

	p->context = context;
	see_sop(p, c);
	keep_title(&p->destination, c->move_destination);
	keep_title(&p->originator, c->move_originator);
	s->pending = (uint8_t)i;
	s->wants_keys = c->field == FIELD_FIND || c->field == FIELD_MOVE || c->field == FIELD_GET;
}

static void see_answer(struct ward_dissect *d, const struct ward_dicom_command *c, uint8_t context)
{
	struct ward_dicom_flow *f = d->flow;
	unsigned me = ward_dicom_side_of(d);
	struct ward_dicom_side *s = &f->side[me];
	size_t i = find(f, !me, c->id);

	if (i == NOBODY || (f->pending[i].field | RESPONSE) != c->field) {
		i = begin(d, c, !me);
		f->pending[i].late = true;
		f->pending[i].context = context;
	}
	struct ward_dicom_pending *p = &f->pending[i];

	see_sop(p, c);
	p->status = c->status;
	if (c->remaining >= 0 || !is_pending(c->status))
		p->remaining = c->remaining;
	p->completed = c->completed >= 0 ? c->completed : p->completed;
	p->failed = c->failed >= 0 ? c->failed : p->failed;
	p->warning = c->warning >= 0 ? c->warning : p->warning;
	s->final = !is_pending(c->status);
	p->n_pending += !s->final;
	s->pending = (uint8_t)i;
	if (s->final && !c->has_dataset)
		finish(d, i);
}

static void see_command(struct ward_dissect *d, const struct pdv *v)
{
	struct ward_dicom_side *s =
		&((struct ward_dicom_flow *)d->flow)->side[ward_dicom_side_of(d)];
	struct ward_dicom_command c;
	bool good = ward_dicom_command(ward_slice_of(s->buf, s->len), &c);

	ward_dicom_drop(s);
	if (!good) {
		/* Whether a data set follows is not known: then it is nobody's. */
		ward_dicom_odd(d, c.fault.reason, v->frag_off);
		s->in_dataset = true;
		return;
	}
	s->in_dataset = c.has_dataset;
	if (c.field & RESPONSE)
		see_answer(d, &c, v->context);
	else
		see_request(d, &c, v->context);
}

static enum ward_verdict take_command(
	struct ward_dissect *d, struct ward_slice payload, const struct pdv *v)
{
	struct ward_dicom_side *s =
		&((struct ward_dicom_flow *)d->flow)->side[ward_dicom_side_of(d)];

	if (s->in_dataset) {
		if (s->pending != NOBODY)
			ward_dicom_odd(d, WARD_DICOM_PDV_ORDER, v->frag_off);
		ward_dicom_end_file(d, ward_dicom_side_of(d));
		ward_dicom_drop(s);
	}
	if (v->frag_len > WARD_DICOM_BUFFER - (size_t)s->len) {
		d->reason = WARD_DICOM_COMMAND_LENGTH;
		d->off = v->frag_off;
		return WARD_VERDICT_MALFORMED;
	}
	memcpy(s->buf + s->len, payload.p + v->frag_off, v->frag_len);
	s->len = (uint16_t)(s->len + v->frag_len);
	if (v->control & CONTROL_LAST)
		see_command(d, v);
	return WARD_VERDICT_OK;
}

/* How much of a data set's fragment must be there: of a query, what its front has room for. */
static size_t wanted(const struct ward_dicom_side *s, const struct pdv *v)
{
	size_t room = WARD_DICOM_BUFFER - (size_t)s->len;

	if (v->control & CONTROL_COMMAND) {
		if (s->in_dataset) /* take_command will drop what is there */
			room = WARD_DICOM_BUFFER;
		return v->frag_len < room ? v->frag_len : room;
	}
	if (!s->in_dataset || !s->wants_keys || s->pending == NOBODY)
		return 0;
	return v->frag_len < room ? v->frag_len : room;
}

/* Without its association the transfer syntax is not known, but a VR shows (PS3.5 7.1.2). */
static enum ward_dicom_encoding guess(const struct ward_dicom_side *s)
{
	bool vr = s->len >= 6 && s->buf[4] >= 'A' && s->buf[4] <= 'Z' && s->buf[5] >= 'A' &&
		  s->buf[5] <= 'Z';

	return vr ? WARD_DICOM_EXPLICIT_LE : WARD_DICOM_IMPLICIT_LE;
}

static void see_keys(struct ward_dissect *d, struct ward_dicom_side *s, size_t off)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_pending *p = &f->pending[s->pending];
	struct ward_dicom_keys k;
	enum ward_dicom_encoding e =
		f->state == WARD_DICOM_LATE
			? guess(s)
			: (enum ward_dicom_encoding)f->context[p->context / 2].encoding;

	p->keys_cut = p->bytes > s->len;
	ward_dicom_keys(ward_slice_of(s->buf, s->len), !p->keys_cut, e, &k);
	p->level = ward_dicom_level_at(k.level);
	p->n_key_seen = (uint32_t)k.n_seen;
	for (size_t i = 0; i < k.n && i < WARD_DICOM_TAGS; i++) {
		p->key[p->n_key++] = k.key[i].tag;
		if (k.key[i].has_value)
			p->valued |= UINT32_C(1) << i;
	}
	if (k.fault.reason != WARD_DICOM_REASON_N)
		ward_dicom_odd(d, k.fault.reason, off);
}

static void take_dataset(
	struct ward_dissect *d, struct ward_slice payload, const struct pdv *v, size_t take)
{
	struct ward_dicom_flow *f = d->flow;
	unsigned me = ward_dicom_side_of(d);
	struct ward_dicom_side *s = &f->side[me];

	f->bytes[me != f->requestor] += v->frag_len;
	if (!s->in_dataset) {
		if (f->state != WARD_DICOM_LATE)
			ward_dicom_odd(d, WARD_DICOM_PDV_ORDER, v->frag_off);
		return;
	}
	if (s->pending != NOBODY) {
		struct ward_dicom_pending *p = &f->pending[s->pending];

		*(me == p->side ? &p->bytes : &p->bytes_back) += v->frag_len;
	}
	if (take) {
		memcpy(s->buf + s->len, payload.p + v->frag_off, take);
		s->len = (uint16_t)(s->len + take);
	}
	if (!(v->control & CONTROL_LAST))
		return;
	if (s->wants_keys && s->pending != NOBODY)
		see_keys(d, s, v->frag_off);
	if (s->final && s->pending != NOBODY)
		finish(d, s->pending);
	ward_dicom_drop(s);
}

/* PS3.7 9.3.1: is the fragment one of an object that is stored? */
static bool is_stored(const struct ward_dicom_flow *f, unsigned side, const struct pdv *v)
{
	const struct ward_dicom_side *s = &f->side[side];
	const struct ward_dicom_pending *p = s->pending != NOBODY ? &f->pending[s->pending] : NULL;

	return !(v->control & CONTROL_COMMAND) && s->in_dataset && p && p->side == side &&
	       p->field == FIELD_STORE;
}

/* So many bytes less are to come of the fragment. */
static void advance(struct ward_dissect *d, struct ward_dicom_side *s, uint64_t n)
{
	s->file_at += n;
	s->frag_left -= n;
	if (s->frag_left || !s->frag_last)
		return;
	ward_carve_end(d->net, &s->file, WARD_FILE_WHOLE);
	s->file_at = 0;
}

enum ward_verdict ward_dicom_fragment(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_dicom_side *s =
		&((struct ward_dicom_flow *)d->flow)->side[ward_dicom_side_of(d)];
	size_t n = payload.len < s->frag_left ? payload.len : (size_t)s->frag_left;

	if (!n)
		return WARD_VERDICT_MORE;
	ward_carve_bytes(d->net, s->file, s->file_at, ward_slice_of(payload.p, n));
	advance(d, s, n);
	d->used = n;
	return WARD_VERDICT_OK;
}

void ward_dicom_fragment_gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_dicom_side *s =
		&((struct ward_dicom_flow *)d->flow)->side[ward_dicom_side_of(d)];

	ward_carve_gap(d->net, s->file, s->file_at, lost);
	advance(d, s, lost);
}

void ward_dicom_end_file(struct ward_dissect *d, unsigned side)
{
	struct ward_dicom_side *s = &((struct ward_dicom_flow *)d->flow)->side[side];

	ward_carve_end(d->net, &s->file, WARD_FILE_CLOSED);
	s->file_at = s->frag_left = 0;
}

enum ward_verdict ward_dicom_pdv(struct ward_dissect *d, struct ward_slice payload, size_t head)
{
	struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s = &f->side[ward_dicom_side_of(d)];
	struct ward_rd r = ward_rd_slice(payload);

	ward_rd_skip(&r, head);
	uint32_t len = ward_rd_be32(&r);
	struct pdv v = {.context = ward_rd_u8(&r), .control = ward_rd_u8(&r)};

	if (ward_rd_bad(&r) || len < 2 || s->pdu_left < ITEM_HEADER || len > s->pdu_left - 4) {
		d->reason = WARD_DICOM_PDV_OVERRUN;
		d->off = head;
		return WARD_VERDICT_MALFORMED;
	}
	v.frag_off = r.off;
	v.frag_len = len - 2;
	size_t take = wanted(s, &v);

	if (ward_rd_left(&r) < take) {
		d->need = v.frag_off + take;
		return WARD_VERDICT_MORE;
	}
	if (f->state == WARD_DICOM_IDLE)
		f->state = WARD_DICOM_LATE;
	if (f->state == WARD_DICOM_OPEN &&
		(v.context % 2 == 0 || !f->context[v.context / 2].accepted))
		ward_dicom_odd(d, WARD_DICOM_PDV_CONTEXT, head + 4);
	if (v.control & CONTROL_COMMAND) {
		enum ward_verdict verdict = take_command(d, payload, &v);

		if (verdict != WARD_VERDICT_OK)
			return verdict;
	} else {
		bool stored = is_stored(f, ward_dicom_side_of(d), &v);

		if (stored && !s->file)
			ward_dicom_begin_file(d, &f->pending[s->pending]);
		take_dataset(d, payload, &v, take);
		s->frag_left = stored ? v.frag_len : 0;
		s->frag_last = v.control & CONTROL_LAST;
	}
	s->pdu_left -= 4 + (uint64_t)len;
	/* What is no file's is passed over unseen. */
	d->used = v.frag_off + (s->frag_left ? 0 : v.frag_len);
	if (!s->frag_left && s->frag_last)
		ward_carve_end(d->net, &s->file, WARD_FILE_WHOLE);
	return WARD_VERDICT_OK;
}
