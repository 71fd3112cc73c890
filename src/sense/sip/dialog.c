/* Calls that were answered: RFC 3261 12, 13.3.1.4, 15. The answer is sent again until the caller
 * knows of it; then the call is ended, since nobody speaks. What Ward sends goes where the call
 * came from: an address that stands in a message is never asked. */
#include "sense/sip/priv.h"

#include <stdio.h>

static const ward_ns t1 = 500 * WARD_NS_PER_MS, t2 = 4 * WARD_NS_PER_S;
static const ward_ns answer_max = 32 * WARD_NS_PER_S, /* 64 T1 */
	talk = 2 * WARD_NS_PER_S, bye_max = 8 * WARD_NS_PER_S;

/* A copy that can stand in a line of Ward's; false: it can't. */
static bool keep(struct ward_str v, char *ret, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(ret, cap - 1);

	uas_put_line(&w, v);
	ret[w.len] = '\0';
	return !ward_wr_bad(&w);
}

/* 12.1.1: the routes as they stand; what is in the target goes into a first line. */
static bool keep_ways(const struct ward_sip_message *m, struct uas_dialog *d)
{
	struct ward_wr w = ward_wr_fixed(d->routes, sizeof(d->routes) - 1);
	struct ward_str target = ward_sip_uri(m->contact);

	for (size_t i = 0; i < m->n_route; i++) {
		ward_wr_z(&w, "Route: ");
		uas_put_line(&w, m->route[i]);
		ward_wr_z(&w, "\r\n");
	}
	d->routes[w.len] = '\0';
	return !ward_wr_bad(&w) && keep(target, d->target, sizeof(d->target)) &&
	       !strpbrk(d->target, " \t<>\"");
}

static bool keep_own(
	const struct ward_uas *u, const struct ward_sip_message *m, struct uas_dialog *d)
{
	struct ward_wr w = ward_wr_fixed(d->own, sizeof(d->own) - 1);

	uas_put_line(&w, m->to);
	ward_wr_z(&w, ";tag=");
	uas_put_tag(u, m, &w);
	d->own[w.len] = '\0';
	return !ward_wr_bad(&w);
}

static void repeat(struct uas_dialog *d, ward_ns mono, ward_ns max)
{
	d->wait = t1;
	d->again = mono + t1;
	d->end = mono + max;
}

static bool keep_answer(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, struct uas_dialog *d)
{
	uint8_t session[UAS_OUT / 2];
	struct ward_wr s = ward_wr_fixed(session, sizeof(session)),
		       w = ward_wr_fixed(d->last, sizeof(d->last));

	uas_put_session(u, m->body, &s);
	const struct uas_answer a = {.status = "200 OK", .body = ward_wr_text(&s), .route = true};
	bool ok = !ward_wr_bad(&s) && uas_write(u, from, m, &a, &w);

	d->n_last = w.len;
	return ok;
}

bool uas_dialog_begin(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	struct uas_dialog *d = NULL;

	for (size_t i = 0; i < UAS_DIALOGS && !d; i++)
		if (u->dialog[i].state == DIALOG_FREE)
			d = &u->dialog[i];
	if (!d || !keep(m->call_id, d->call_id, sizeof(d->call_id)) ||
		!keep(m->from, d->remote, sizeof(d->remote)) || !keep_own(u, m, d) ||
		!keep_ways(m, d) || !keep_answer(u, from, m, d))
		return false;
	d->peer = uas_back(from, m);
	d->cseq = 0;
	d->state = DIALOG_ANSWERED;
	repeat(d, u->mono, answer_max);
	u->o.send(u->o.ctx, &d->peer, ward_slice_of(d->last, d->n_last));
	return true;
}

/* 12.2.2: by Call-ID and both tags; our own requests come back with them the other way round. */
struct uas_dialog *uas_dialog_of(struct ward_uas *u, const struct ward_sip_message *m)
{
	const struct ward_str theirs = m->status ? m->to : m->from,
			      ours = m->status ? m->from : m->to;

	for (size_t i = 0; i < UAS_DIALOGS; i++) {
		struct uas_dialog *d = &u->dialog[i];

		if (d->state != DIALOG_FREE && ward_str_eqz(m->call_id, d->call_id) &&
			ward_str_eq(ward_sip_parameter(theirs, "tag"),
				ward_sip_parameter(ward_str_z(d->remote), "tag")) &&
			ward_str_eq(ward_sip_parameter(ours, "tag"),
				ward_sip_parameter(ward_str_z(d->own), "tag")))
			return d;
	}
	return NULL;
}

void uas_dialog_acknowledged(struct ward_uas *u, struct uas_dialog *d)
{
	if (d->state != DIALOG_ANSWERED)
		return;
	d->state = DIALOG_TALKING;
	d->end = u->mono + talk;
}

static void put_bye(const struct ward_uas *u, const struct uas_dialog *d, struct ward_wr *w)
{
	struct ward_seed seed = u->o.seed;

	seed.k1 ^= 0x627965; /* a branch that nobody can know before */
	ward_wr_printf(w, "BYE %s SIP/2.0\r\nVia: SIP/2.0/UDP %.*s;branch=z9hG4bK%016llx;rport\r\n",
		d->target, WARD_STR_ARG(u->o.local),
		(unsigned long long)ward_siphash(seed, d->call_id, strlen(d->call_id)));
	ward_wr_printf(w, "Max-Forwards: 70\r\n%sFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n", d->routes,
		d->own, d->remote, d->call_id);
	ward_wr_printf(w, "CSeq: %u BYE\r\nUser-Agent: Ward\r\nContent-Length: 0\r\n\r\n",
		(unsigned)d->cseq);
}

static void bye(struct ward_uas *u, struct uas_dialog *d)
{
	struct ward_wr w = ward_wr_fixed(d->last, sizeof(d->last));

	d->cseq++;
	put_bye(u, d, &w);
	if (ward_wr_bad(&w)) {
		ward_count_name(u->o.counters, "sip.unsaid", 1);
		d->state = DIALOG_FREE;
		return;
	}
	d->n_last = w.len;
	d->state = DIALOG_ENDING;
	repeat(d, u->mono, bye_max);
	u->o.send(u->o.ctx, &d->peer, ward_slice_of(d->last, d->n_last));
}

static void tick(struct ward_uas *u, struct uas_dialog *d)
{
	if (u->mono >= d->end) {
		if (d->state == DIALOG_ENDING)
			d->state = DIALOG_FREE;
		else /* 13.3.1.4: also where nobody knows that it was answered */
			bye(u, d);
		return;
	}
	if (d->state == DIALOG_TALKING || u->mono < d->again)
		return;
	d->wait = d->wait * 2 < t2 ? d->wait * 2 : t2;
	d->again = u->mono + d->wait;
	u->o.send(u->o.ctx, &d->peer, ward_slice_of(d->last, d->n_last));
}

void uas_dialog_tick(struct ward_uas *u)
{
	for (size_t i = 0; i < UAS_DIALOGS; i++)
		if (u->dialog[i].state != DIALOG_FREE)
			tick(u, &u->dialog[i]);
}
