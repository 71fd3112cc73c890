/* What those say who send for `respond`, and who decides; and what those are to send. */
#include "run/proc/respond.h"

#include "run/postbox.h"

/* Longer than any attempt lasts: then its process has begun anew, and knows nothing of it. */
static const ward_ns no_answer = 120 * WARD_NS_PER_S;

/* ---- those who send ---- */

/* What is final is said where the operator looks, and not only on the ledger. */
static void log_outcome(struct responder *d, size_t k, const struct ward_outcome *o, bool given_up)
{
	static const char *const name[] = {[WARD_SENT_DELIVERED] = "respond.delivered",
		[WARD_SENT_REFUSED] = "respond.refused",
		[WARD_SENT_FAILED] = "respond.failed"};

	ward_count_name(&d->p.counters, name[o->what], 1);
	if (o->what == WARD_SENT_REFUSED)
		WARD_LOG(&d->p.log, ERROR, "respond.refused",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
	else if (given_up)
		WARD_LOG(&d->p.log, ERROR, "respond.given_up",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
	else if (o->what == WARD_SENT_FAILED)
		WARD_LOG(&d->p.log, WARN, "respond.failed",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
}

/* Said once, until it is so again. */
static void heard_beat(struct responder *d, size_t k, const struct ward_outcome *o)
{
	bool lost = o->what != WARD_SENT_DELIVERED;

	d->asked[k] = 0;
	ward_count_name(&d->p.counters, lost ? "respond.heartbeats_lost" : "respond.heartbeats", 1);
	if (lost && !d->beat_lost[k])
		WARD_LOG(&d->p.log, ERROR, "respond.heartbeat",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("why", o->why));
	d->beat_lost[k] = lost;
}

/* Somebody at the recipient answered: the same row whenever he says so again. */
static void answered(
	struct responder *d, size_t k, struct ward_id message, const struct ward_outcome *o)
{
	bool goes = o->what == WARD_SENT_ON_MY_WAY;
	struct ward_decision of = {
		.kind = goes ? WARD_DECISION_ON_MY_WAY : WARD_DECISION_ACKNOWLEDGE,
		.at = ward_clock_now(d->p.clock),
		.person = WARD_STR(""),
		.role = WARD_STR("")};
	struct ward_delivery row;
	char subject[WARD_ID_TEXT];
	struct ward_idgen g;
	const char *why;

	ward_idgen_init(&g, "ward answered");
	ward_idgen_id(&g, message);
	ward_idgen_str(&g, d->whom.listener[k].id);
	if (goes)
		ward_idgen_str(&g, WARD_STR("on my way"));
	of.id = ward_idgen_final(&g);
	ward_id_text(message, subject);
	of.subject = ward_str_z(subject);
	if (strcmp(o->why, WARD_DECISION_POLICY) == 0) /* in an exercise nobody plays it */
		of.person = WARD_STR(WARD_DECISION_POLICY);
	ward_count_name(&d->p.counters, "respond.answered", 1);
	/* what is over meanwhile needs no answer any more */
	if (ward_respond_acknowledge(d->respond, &of, k, &row, &why) == WARD_OK)
		(void)responder_keep(d, &row);
}

/* What is said of the ticket of one incident. Somebody closed it: people are asked what that means,
 * and nothing is closed. Somebody opened it again. It was refused: what else the message told of
 * stands. False: it is about no ticket. */
static bool heard_ticket(
	struct responder *d, size_t k, struct ward_id incident, const struct ward_outcome *o)
{
	struct ward_delivery row;
	char id[WARD_ID_TEXT];

	if (!ward_respond_ticket(d->respond, k, incident, o, ward_clock_now(d->p.clock), &row)) {
		ward_count_name(&d->p.counters, "respond.unasked", o->what == WARD_SENT_CLOSED);
		return o->what == WARD_SENT_CLOSED;
	}
	if (o->what == WARD_SENT_REFUSED) {
		ward_id_text(incident, id);
		WARD_LOG(&d->p.log, ERROR, "respond.ticket_refused",
			WARD_KV_S("recipient", d->whom.listener[k].id), WARD_KV_Z("incident", id),
			WARD_KV_Z("why", o->why));
	}
	ward_count_name(&d->p.counters,
		o->what == WARD_SENT_CLOSED      ? "respond.closed_there"
		: o->what == WARD_SENT_DELIVERED ? "respond.open_there"
						 : "respond.tickets_refused",
		1);
	(void)responder_keep(d, &row);
	return true;
}

bool responder_hear(struct responder *d, size_t k)
{
	struct ward_msg m;
	struct ward_id id;
	struct ward_outcome o;
	struct ward_delivery row;
	enum ward_err err = ward_msg_recv(d->send[k], d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_SENT ? ward_outcome_get(&m.body, &id, &o)
					      : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "respond.bad_answer", 1);
		return true;
	}
	if (o.what == WARD_SENT_ACKNOWLEDGED || o.what == WARD_SENT_ON_MY_WAY) {
		answered(d, k, id, &o);
		o.what = WARD_SENT_DELIVERED; /* it may be the first that is known of it */
	}
	if (heard_ticket(d, k, id, &o))
		return true;
	if (ward_respond_beat_said(d->respond, k, id, &o)) {
		heard_beat(d, k, &o);
		return true;
	}
	/* what a former life asked is answered, too: the outbox knows whether it is waited for */
	bool asked = !d->asked[k] || ward_id_eq(id, d->asked_for[k]);
	/* what was withdrawn is no failure of anybody */
	bool withdrawn = o.what == WARD_SENT_FAILED && ward_id_eq(id, d->withdrawn[k]);
	ward_ns now = ward_clock_now(d->p.clock);
	bool waited = asked && (withdrawn ? ward_respond_withdrawn(d->respond, k, id, now, &row)
					  : ward_respond_said(d->respond, k, id, &o, now, &row));

	if (!waited) {
		ward_count_name(&d->p.counters, "respond.unasked", 1);
		d->asked[k] = asked ? 0 : d->asked[k]; /* it was superseded meanwhile */
		return true;
	}
	if (!withdrawn)
		log_outcome(d, k, &o, row.given_up);
	if (responder_keep(d, &row))
		d->asked[k] = 0;
	return true;
}

/* ---- what people say ---- */

static enum ward_err heed(struct responder *d, const struct ward_decision *of, const char **why)
{
	struct ward_delivery row;
	enum ward_err err = ward_respond_acknowledge(d->respond, of, SIZE_MAX, &row, why);

	if (err == WARD_ERR_DUPLICATE) /* said again by who did not hear the answer */
		return WARD_OK;
	if (!err && !responder_keep(d, &row)) {
		*why = WARD_TEXT("Ward is being stopped");
		err = WARD_ERR_AGAIN;
	}
	return err;
}

/* Whoever is killed before he answered is asked again, by the same id. */
bool responder_hear_desk(struct responder *d)
{
	uint8_t body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_decision of;
	const char *why = WARD_TEXT("the decision can't be read");
	struct ward_msg m;
	enum ward_err err =
		d->desk == WARD_FD_NONE ? WARD_ERR_AGAIN : ward_msg_recv(d->desk, d->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (!err)
		err = m.type == WARD_MSG_DECIDE ? WARD_OK : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&d->p.counters, "respond.bad_decision", 1);
		return true;
	}
	err = ward_decision_get(&m.body, &of);
	if (!err)
		err = heed(d, &of, &why);
	ward_decided_put(&w,
		&(struct ward_decided){.err = err, .why = ward_str_z(why), .json = WARD_STR("")});
	WARD_ASSERT(!ward_wr_bad(&w));
	err = ward_msg_send(d->desk, WARD_MSG_DECIDED, m.id, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	return true;
}

/* Said once; whoever can't keep it back any more answers as ever. */
void responder_withdraw(struct responder *d, size_t k)
{
	struct ward_id id;

	if (!d->asked[k] || !ward_respond_void(d->respond, k, &id) ||
		!ward_id_eq(id, d->asked_for[k]) || ward_id_eq(id, d->withdrawn[k]))
		return;
	enum ward_err err =
		ward_msg_send(d->send[k], WARD_MSG_WITHDRAW, 0, ward_slice_of(id.b, sizeof(id.b)));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (err)
		return;
	d->withdrawn[k] = id;
	ward_count_name(&d->p.counters, "respond.withdrawn", 1);
}

void responder_hand_over(struct responder *d, size_t k)
{
	ward_ns now = ward_clock_mono(d->p.clock);
	struct ward_wr w = ward_wr_fixed(d->out, sizeof(d->out));
	struct ward_letter l;

	if (d->asked[k] && now - d->asked[k] < no_answer)
		return;
	ward_ns time = ward_clock_now(d->p.clock);

	if (!ward_respond_message(d->respond, k, time, &l.id, &l.body) &&
		!ward_respond_beat(d->respond, k, time, &l.id, &l.body))
		return;
	l.until = now + WARD_POSTBOX_PATIENCE;
	ward_letter_put(&w, &l);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(d->send[k], WARD_MSG_SEND, 0, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&d->p, "the supervisor closed a link", err);
	if (err)
		return;
	d->asked[k] = now ? now : 1;
	d->asked_for[k] = l.id;
}
