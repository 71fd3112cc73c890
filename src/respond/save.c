/* The outbox's state as bytes, so that a start need not read all rows again. Saved and loaded by
 * one walk over it, in which a number is written or read. */
#include "respond/also.h"
#include "respond/available.h"
#include "respond/bound.h"
#include "respond/ladder.h"
#include "respond/plan.h"
#include "respond/remind.h"
#include "respond/request.h"

enum { FORM = 24, TEXT_MAX = 4096 };

/* Exactly one of both is there. */
struct coder {
	struct ward_wr *w;
	struct ward_rd *r;
	bool bad;
};

static uint64_t number(struct coder *c, uint64_t v)
{
	if (c->r)
		return ward_rd_varint(c->r);
	ward_wr_varint(c->w, v);
	return v;
}
#define NUM(c, to) ((to) = (__typeof__(to))number((c), (uint64_t)(to)))

/* A number below the bound. */
static uint64_t below(struct coder *c, uint64_t v, uint64_t bound)
{
	v = number(c, v);
	c->bad = c->bad || v >= bound;
	return v < bound ? v : 0;
}
#define BELOW(c, to, bound) ((to) = (__typeof__(to))below((c), (uint64_t)(to), (bound)))

static void bytes(struct coder *c, void *p, size_t n)
{
	struct ward_slice s;

	if (!c->r) {
		ward_wr_bytes(c->w, p, n);
		return;
	}
	s = ward_rd_bytes(c->r, n);
	if (s.len == n)
		memcpy(p, s.p, n);
}

/* Read, it borrows what is read. */
static void text(struct coder *c, struct ward_str *s)
{
	if (c->r) {
		struct ward_slice got = ward_rd_lv(c->r, TEXT_MAX);

		c->bad = c->bad || !ward_utf8_valid(got, NULL);
		*s = c->bad ? WARD_STR("") : ward_slice_text(got);
	} else {
		ward_wr_lv(c->w, ward_str_bytes(*s));
	}
}

static void one_told(struct coder *c, struct told *t)
{
	NUM(c, t->known);
	NUM(c, t->confirmed);
	BELOW(c, t->level, WARD_RECORD_LEVELS);
	BELOW(c, t->phase, PHASE_N);
	NUM(c, t->tier);
	NUM(c, t->keep);
	NUM(c, t->spots);
	NUM(c, t->services);
	NUM(c, t->shots);
	BELOW(c, t->taken, TAKEN_N);
	NUM(c, t->call);
	NUM(c, t->critical);
	NUM(c, t->tickets);
	NUM(c, t->until);
	NUM(c, t->edition.number);
	NUM(c, t->edition.sent);
}

static void one_call(struct coder *c, struct call *k)
{
	NUM(c, k->since);
	NUM(c, k->last);
	NUM(c, k->n);
	NUM(c, k->lost);
	bytes(c, &k->asked, sizeof(k->asked));
	bytes(c, &k->by, sizeof(k->by));
}

static void one_shot(const struct ward_respond *r, struct coder *c, struct shot *s)
{
	BELOW(c, s->camera, r->o.n_camera);
	NUM(c, s->from);
	NUM(c, s->to);
	NUM(c, s->kept_from);
	NUM(c, s->kept_to);
}

static bool one_care(struct ward_respond *r, struct coder *c, struct care *k)
{
	bytes(c, &k->impact, sizeof(k->impact));
	NUM(c, k->revision);
	NUM(c, k->alive);
	NUM(c, k->outage);
	NUM(c, k->lo_micro);
	NUM(c, k->hi_micro);
	NUM(c, k->priority_micro);
	NUM(c, k->earliest);
	NUM(c, k->expected);
	struct ward_str *const all[] = {&k->asset, &k->name, &k->threat_name};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		text(c, all[i]);
	return !c->r || respond_keep_texts(r, &k->texts, all, WARD_ARRAY_LEN(all));
}

static bool cares(struct ward_respond *r, struct coder *c, struct incident *in)
{
	size_t n = in->n_care;
	bool ok = true;

	BELOW(c, n, CARES_MAX + 1);
	for (size_t i = 0; ok && i < n; i++) {
		if (c->r) {
			ok = ward_mem_more(r->o.mem, &in->care, in->n_care, &in->cap_care,
				     sizeof(*in->care), CARES_MAX) == WARD_OK;
			if (!ok)
				break;
			in->care[in->n_care++] = (struct care){.alive = false};
		}
		ok = one_care(r, c, &in->care[i]);
	}
	return ok;
}

/* False: out of memory. */
static bool places(struct ward_respond *r, struct coder *c, struct incident *in)
{
	size_t n = in->n_bound;
	bool ok = true;

	BELOW(c, n, WARD_RESPOND_BOUNDS + 1);
	for (size_t i = 0; ok && !c->bad && i < n; i++) {
		uint32_t place = c->r ? 0 : in->bound[i];

		NUM(c, place);
		if (!c->r)
			continue;
		c->bad = ward_rd_bad(c->r);
		ok = respond_bound_to(r, in, place) == WARD_OK;
	}
	return ok;
}

/* False: out of memory. */
static bool answers(struct ward_respond *r, struct coder *c, struct incident *in)
{
	size_t n = in->n_answer;

	BELOW(c, n, WARD_RECIPIENT_PLAYBOOKS + 1);
	for (size_t i = 0; !c->bad && i < n; i++) {
		struct answer a = {.weight = 0};

		if (!c->r)
			a = in->answer[i];

		BELOW(c, a.playbook, r->o.n_playbook);
		NUM(c, a.weight);
		NUM(c, a.told);
		NUM(c, a.was);
		if (!c->r)
			continue;
		c->bad = c->bad || ward_rd_bad(c->r) || respond_answer(in, a.playbook);
		if (!c->bad && respond_answer_add(r, in, &a) != WARD_OK)
			return false;
	}
	return true;
}

/* False: out of memory. */
static bool alsos(struct ward_respond *r, struct coder *c, struct incident *in)
{
	struct ward_str *all[ALSO_TEXTS];
	size_t n = in->n_also;

	BELOW(c, n, ALSO_MAX + 1);
	if (c->r && !respond_also_room(r, in, n))
		return false;
	for (size_t i = 0; i < in->n_also; i++) {
		respond_also_texts(&in->also[i], all);
		for (size_t k = 0; k < ALSO_TEXTS; k++)
			text(c, all[k]);
	}
	return !c->r || respond_also_keep(r, in);
}

static void scalars(struct ward_respond *r, struct coder *c, struct incident *in)
{
	bytes(c, &in->into, sizeof(in->into));
	NUM(c, in->revision);
	BELOW(c, in->level, WARD_RECORD_LEVELS);
	NUM(c, in->domain);
	NUM(c, in->spots);
	BELOW(c, in->phase, PHASE_N);
	NUM(c, in->confirmed);
	NUM(c, in->first);
	NUM(c, in->last);
	NUM(c, in->n_sign);
	NUM(c, in->effect_more);
	NUM(c, in->at);
	NUM(c, in->about);
	NUM(c, in->placed);
	NUM(c, in->opened);
	NUM(c, in->closed_there);
	NUM(c, in->closed_at);
	NUM(c, in->n_closing);
	bytes(c, in->ticket, sizeof(in->ticket));
	in->ticket[sizeof(in->ticket) - 1] = 0;
	NUM(c, in->refused);
	NUM(c, in->n_refused);
	NUM(c, in->refused_at);
	BELOW(c, in->refused_level, WARD_RECORD_LEVELS);
	NUM(c, in->covered);
	NUM(c, in->owed);
	BELOW(c, in->taken, TAKEN_N);
	BELOW(c, in->taken_level, WARD_RECORD_LEVELS);
	BELOW(c, in->taken_critical, ALSO_MAX + 1);
	NUM(c, in->taken_at);
	bytes(c, in->taken_by, sizeof(in->taken_by));
	in->taken_by[sizeof(in->taken_by) - 1] = 0;
	BELOW(c, in->n_shot, SHOTS_MAX + 1);
	for (size_t i = 0; i < in->n_shot; i++)
		one_shot(r, c, &in->shot[i]);
	for (size_t k = 0; k < r->o.n_listener; k++) {
		one_told(c, &in->told[k]);
		one_told(c, &in->was[k]);
		one_call(c, &in->call[k]);
	}
}

/* False: out of memory. */
static bool one_incident(struct ward_respond *r, struct coder *c, size_t i)
{
	struct ward_id id = {{0}};

	if (!c->r)
		id = r->incident[i]->id;
	bytes(c, &id, sizeof(id));
	if (c->r && respond_find(r, id)) {
		c->bad = true;
		return true;
	}
	struct incident *in = c->r ? respond_new_incident(r, id) : r->incident[i];

	if (!in)
		return false;
	scalars(r, c, in);
	struct ward_str *const all[] = {&in->title, &in->on, &in->effect, &in->effect_on,
		&in->where, &in->state, &in->kind, &in->role, &in->reach, &in->step, &in->reason};

	for (size_t k = 0; k < WARD_ARRAY_LEN(all); k++)
		text(c, all[k]);
	return (!c->r || respond_keep_texts(r, &in->texts, all, WARD_ARRAY_LEN(all))) &&
	       places(r, c, in) && answers(r, c, in) && alsos(r, c, in) && cares(r, c, in);
}

/* False: out of memory. */
static bool one_request(struct ward_respond *r, struct coder *c, size_t i)
{
	struct request *q;

	if (c->r) {
		if (ward_mem_more(r->o.mem, &r->request, r->n_request, &r->cap_request,
			    sizeof(*r->request), REQUESTS_MAX) != WARD_OK)
			return false;
		r->request[r->n_request++] = (struct request){.due = 0};
	}
	q = &r->request[i];
	bytes(c, &q->id, sizeof(q->id));
	bytes(c, &q->run, sizeof(q->run));
	BELOW(c, q->is, REQUEST_N);
	BELOW(c, q->of, REQUEST_OF_N);
	NUM(c, q->due);
	NUM(c, q->told);
	NUM(c, q->told_end);
	NUM(c, q->was);
	NUM(c, q->was_end);
	NUM(c, q->covered);
	struct ward_str *const all[] = {&q->role, &q->who, &q->playbook, &q->incident};

	for (size_t k = 0; k < WARD_ARRAY_LEN(all); k++)
		text(c, all[k]);
	if (!c->r) {
		ward_wr_lv(c->w, ward_slice_of((const uint8_t *)q->says.p, q->says.len - 1));
		return true;
	}
	struct ward_slice says = ward_rd_lv(c->r, RESPOND_SAYS_MAX);

	return respond_keep_texts(r, &q->texts, all, WARD_ARRAY_LEN(all)) &&
	       respond_keep_says(r, q, says);
}

static bool requests(struct ward_respond *r, struct coder *c)
{
	size_t n = r->n_request;
	bool ok = true;

	BELOW(c, n, REQUESTS_MAX + 1);
	for (size_t i = 0; ok && !c->bad && i < n; i++) {
		ok = one_request(r, c, i);
		c->bad = c->bad || (c->r && ward_rd_bad(c->r));
	}
	return ok;
}

static void one_box(struct coder *c, struct box *b)
{
	size_t len = b->body.len;

	bytes(c, &b->last, sizeof(b->last));
	NUM(c, b->pending);
	NUM(c, b->attempts);
	BELOW(c, b->level, WARD_RECORD_LEVELS);
	NUM(c, b->n_lost);
	NUM(c, b->lost);
	NUM(c, b->since);
	NUM(c, b->queued);
	NUM(c, b->next);
	NUM(c, b->told_to_wait);
	NUM(c, b->waited);
	for (size_t i = 0; i < BURST; i++)
		NUM(c, b->recent[i]);
	NUM(c, b->n_queued);
	NUM(c, b->made_since);
	NUM(c, b->n_made);
	NUM(c, b->failing);
	NUM(c, b->told_ill);
	NUM(c, b->was_ill);
	NUM(c, b->tested);
	bytes(c, &b->says, sizeof(b->says));
	NUM(c, b->said);
	NUM(c, b->head_n);
	BELOW(c, len, BODY_MAX + 1);
	if (!c->r) {
		ward_wr_str(c->w, ward_wr_text(&b->body));
		return;
	}
	struct ward_slice body = ward_rd_bytes(c->r, len);

	c->bad = c->bad || !ward_utf8_valid(body, NULL);
	ward_wr_bytes(&b->body, body.p, body.len);
	c->bad = c->bad || ward_wr_bad(&b->body);
}

/* Rows themselves, for standards' messages and what was sent by law. False: out of memory. */
static bool pasts(struct ward_respond *r, struct coder *c)
{
	enum ward_err err = WARD_OK;

	if (!c->r)
		return (!r->past || ward_offer_past_save(r->past, c->w)) &&
		       respond_available_save(r, c->w);
	if (r->past)
		err = ward_offer_past_load(r->past, c->r);
	if (!err)
		err = respond_available_load(r, c->r);
	c->bad = c->bad || err;
	return err != WARD_ERR_NOMEM;
}

/* What people said for the law, as rows. False: out of memory. */
static bool laws(struct ward_respond *r, struct coder *c)
{
	enum ward_err err = WARD_OK;

	if (c->r)
		err = respond_law_load(r, ward_rd_lv(c->r, LAW_MAX));
	else
		ward_wr_lv(c->w, ward_wr_slice(&r->law.rows));
	c->bad = c->bad || err;
	return err != WARD_ERR_NOMEM;
}

static void witness(struct ward_respond *r, struct coder *c)
{
	char json[WARD_HEAD_JSON_MAX];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));
	struct ward_str head = WARD_STR("");

	NUM(c, r->witness.row);
	NUM(c, r->witness.soon);
	NUM(c, r->witness.known);
	if (!r->witness.known)
		return;
	if (!c->r)
		ward_head_write(&w, &r->witness.head);
	head = ward_wr_text(&w);
	text(c, &head);
	c->bad = c->bad || (c->r && ward_head_read(head, &r->witness.head) != WARD_OK);
}

/* False: out of memory. */
static bool walk(struct ward_respond *r, struct coder *c)
{
	size_t n = r->n_incident, form = FORM, n_listener = r->o.n_listener, n_post = r->o.n_post;
	bool ok = true;

	NUM(c, form);
	NUM(c, n_listener);
	NUM(c, n_post);
	c->bad = c->bad || form != FORM || n_listener != r->o.n_listener || n_post != r->o.n_post;
	BELOW(c, n, CASES_MAX + 1);
	NUM(c, r->n_decided);
	NUM(c, r->alert);
	bytes(c, &r->lead, sizeof(r->lead));
	bytes(c, r->decided, sizeof(r->decided));
	witness(r, c);
	for (size_t i = 0; i < r->o.n_post; i++) {
		NUM(c, r->post[i].ever);
		bytes(c, &r->post[i].who, sizeof(r->post[i].who));
		bytes(c, &r->post[i].waits, sizeof(r->post[i].waits));
	}
	for (size_t k = 0; !c->bad && k < r->o.n_listener; k++)
		one_box(c, &r->box[k]);
	for (size_t i = 0; ok && !c->bad && i < n; i++) {
		ok = one_incident(r, c, i);
		c->bad = c->bad || (c->r && ward_rd_bad(c->r));
	}
	return ok &&
	       (c->bad || (requests(r, c) && (c->bad || (laws(r, c) && (c->bad || pasts(r, c))))));
}

bool ward_respond_save(struct ward_respond *r, struct ward_wr *w)
{
	struct coder c = {.w = w};

	return walk(r, &c) && !ward_wr_bad(w);
}

enum ward_err ward_respond_load(struct ward_respond *r, struct ward_slice saved)
{
	struct ward_rd rd = ward_rd_slice(saved);
	struct coder c = {.r = &rd};

	WARD_ASSERT(r->n_incident == 0);
	if (!walk(r, &c))
		return WARD_ERR_NOMEM;
	return c.bad || ward_rd_bad(&rd) || ward_rd_left(&rd) ? WARD_ERR_MALFORMED : WARD_OK;
}
