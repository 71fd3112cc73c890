/* Which messages of HL7 version 2 are waited for, and what answers them. */
#include "sense/net/proto/hl7/stream.h"

/* How long an answer is waited for while others come. */
static const ward_ns PATIENCE = 30 * WARD_NS_PER_S;

/* Control ids are compared only; they may be made of a patient's, so they are kept as a number. */
uint64_t ward_hl7_hash(struct ward_str control)
{
	return ward_siphash(
		(struct ward_seed){0x776172642e686c37, control.len}, control.p, control.len);
}

void ward_hl7_keep(struct ward_hl7_code *c, struct ward_str s)
{
	c->len = (uint8_t)(s.len < sizeof(c->p) ? s.len : sizeof(c->p));
	if (c->len)
		memcpy(c->p, s.p, c->len);
}

bool ward_hl7_is_batch(const char *p, size_t len)
{
	static const char names[][4] = {"FHS", "BHS", "BTS", "FTS"};

	for (size_t i = 0; len >= 3 && i < WARD_ARRAY_LEN(names); i++)
		if (memcmp(p, names[i], 3) == 0)
			return true;
	return false;
}

void ward_hl7_batch(struct ward_hl7_flow *f, unsigned side, struct ward_str line)
{
	struct ward_hl7_side *s = &f->side[side];

	s->batch = line.p[1] == 'H' ? ++f->n_batch : 0;
}

/* One acknowledgement answers all that is in a batch (2.10.3); each may yet have its own. */
static void commit_batch(struct ward_hl7_flow *f, unsigned side, uint32_t batch)
{
	for (size_t i = 0; batch && i < WARD_HL7_PENDING; i++)
		if (f->pending[i].used && f->pending[i].side == side &&
			f->pending[i].batch == batch)
			f->pending[i].committed = true;
}

/* Among those that wait for side 0, or for side 1. */
struct ward_hl7_pending *ward_hl7_oldest(struct ward_hl7_flow *f, bool for0, bool for1)
{
	struct ward_hl7_pending *found = NULL;

	for (size_t i = 0; i < WARD_HL7_PENDING; i++)
		if (f->pending[i].used && (f->pending[i].side ? for0 : for1) &&
			(!found || f->pending[i].order < found->order))
			found = &f->pending[i];
	return found;
}

void ward_hl7_give_up(struct ward_dissect *d, struct ward_hl7_pending *p)
{
	if (!p->committed)
		ward_hl7_tell_unanswered(d, p);
	commit_batch(d->flow, p->side, p->batch);
	p->used = false;
}

/* Whoever sends many before he hears of the first may yet be answered: after a while only, no
 * answer is one that lacks. */
static struct ward_hl7_pending *make_room(struct ward_dissect *d)
{
	struct ward_hl7_flow *f = d->flow;
	struct ward_hl7_pending *p = ward_hl7_oldest(f, true, true);

	if (d->net->frame->time - p->begin >= PATIENCE) {
		ward_hl7_give_up(d, p);
	} else {
		f->forgotten[p->side]++;
		p->used = false;
	}
	return p;
}

void ward_hl7_await(struct ward_dissect *d, unsigned side, const struct ward_hl7_msh *m)
{
	struct ward_hl7_flow *f = d->flow;
	struct ward_hl7_pending *p = NULL;

	/* 2.9.3: an enhanced mode message that wants no acknowledgment at all. */
	if (!m->control.len ||
		(ward_str_eqz(m->accept_ack, "NE") && ward_str_eqz(m->application_ack, "NE")))
		return;
	for (size_t i = 0; i < WARD_HL7_PENDING && !p; i++)
		if (!f->pending[i].used)
			p = &f->pending[i];
	if (!p)
		p = make_room(d);
	*p = (struct ward_hl7_pending){.used = true,
		.side = (uint8_t)side,
		.control = ward_hl7_hash(m->control),
		.batch = f->side[side].batch,
		.order = f->order++,
		.begin = d->net->frame->time};
	ward_hl7_keep(&p->type, m->type);
	ward_hl7_keep(&p->trigger, m->trigger);
}

struct ward_hl7_pending *ward_hl7_asked(struct ward_hl7_flow *f, unsigned side, uint64_t control)
{
	for (size_t i = 0; i < WARD_HL7_PENDING; i++) {
		struct ward_hl7_pending *p = &f->pending[i];

		if (p->used && p->side == side && p->control == control)
			return p;
	}
	return NULL;
}

void ward_hl7_settle(struct ward_hl7_flow *f, unsigned side, struct ward_hl7_pending *asked)
{
	const struct ward_hl7_side *s = &f->side[side];
	struct ward_hl7_pending *batch = asked ? asked : ward_hl7_oldest(f, side == 0, side == 1);

	/* what names no message that is known answers the batch that waits, by its own id or none
	 */
	if (batch)
		commit_batch(f, !side, batch->batch);
	if (!asked)
		return;
	/* CA only says that it has arrived: AA, AE or AR may follow (2.9.3). */
	asked->committed = s->ack.len == 2 && memcmp(s->ack.p, "CA", 2) == 0;
	asked->used = asked->committed;
}

/* It has no message's id: it is of the oldest. Who is refused knows it: that is an answer. */
void ward_hl7_commit(struct ward_dissect *d, unsigned side, bool accepted)
{
	struct ward_hl7_flow *f = d->flow;
	struct ward_hl7_pending *p = NULL;

	for (size_t i = 0; i < WARD_HL7_PENDING; i++)
		if (f->pending[i].used && !f->pending[i].committed && f->pending[i].side != side &&
			(!p || f->pending[i].order < p->order))
			p = &f->pending[i];
	ward_hl7_tell_commit(d, side, p, accepted);
	if (!p)
		return;
	commit_batch(f, !side, p->batch);
	p->committed = true;
	p->used = accepted;
}
