/* The machine that leads: gives the other each record, and tells the journal's process up to where
 * it may acknowledge. */
#include "base/formats.h"
#include "run/ordering.h"
#include "run/proc/standby.h"

#include <stdio.h>

enum { READ_MOST = 1024, LEAD_READ_S = 2, PARTS = 8 };

static const ward_ns hold_every = WARD_NS_PER_S / 5;

/* So long a planned switch waits for what Ward kept last. */
static const ward_ns carry_for = 60 * WARD_NS_PER_S;

/* ---- our journal ---- */

static void ask(struct standby *s, enum ward_msg_type t, uint32_t id, struct ward_slice body)
{
	/* a full queue, or a process that just begins: it is asked again */
	if (s->runs && ward_msg_send(s->link, t, id, body))
		ward_count_name(&s->p.counters, "standby.unasked", 1);
}

/* Up to where may be acknowledged. */
static void hold(struct standby *s)
{
	struct lead *l = &s->lead;
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_be64(&w, l->mode == WARD_STANDBY_ALONE ? UINT64_MAX : l->confirmed);
	l->hold_at = standby_now(s);
	ask(s, WARD_MSG_HOLD, ++l->hold_id, ward_wr_slice(&w));
}

static void read_more(struct standby *s)
{
	struct lead *l = &s->lead;
	uint8_t body[12];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	if (!l->followed || !tie_room(&s->out))
		return;
	ward_wr_be64(&w, l->next);
	ward_wr_be32(&w, READ_MOST);
	l->read_at = standby_now(s);
	ask(s, WARD_MSG_READ, ++l->read_id, ward_wr_slice(&w));
}

static void leave(struct standby *s)
{
	struct lead *l = &s->lead;

	tie_hang_up(&s->out);
	l->followed = l->greeted = l->renewing = l->seeded = false;
	l->raised = 0; /* it may not have heard of it: it is told again */
	seed_end(s);
}

static void set_mode(struct standby *s, enum ward_standby_mode m)
{
	struct lead *l = &s->lead;
	ward_ns now = ward_clock_now(s->p.clock);

	if (l->mode != m) {
		WARD_LOG(&s->p.log, WARN, "standby.mode",
			WARD_KV_Z("mode", ward_standby_mode_name(m)),
			WARD_KV_U("confirmed", l->confirmed), WARD_KV_U("epoch", s->term.epoch));
		s->since = now;
	}
	if (m == WARD_STANDBY_PAIR)
		s->alone_since = 0;
	else if (!s->alone_since)
		s->alone_since = now;
	if (m == WARD_STANDBY_ALONE) /* it must have what it failed at before it is waited for */
		l->pair_least = l->own_next;
	if (m == WARD_STANDBY_ALONE && l->raises) { /* a former version may come back */
		WARD_LOG(&s->p.log, WARN, "standby.upgrade_broken",
			WARD_KV_U("formats", s->formats),
			WARD_KV_Z("mend", "the other did not answer, and nothing was written in "
					  "the later ones: once the two are a pair again, say "
					  "`ward standby upgrade` again"));
		l->raises = 0;
	}
	l->mode = m;
	hold(s);
}

/* The other lacks what it had acknowledged: we go on alone before it begins again. */
static bool doubt(struct standby *s)
{
	struct lead *l = &s->lead;

	if (l->mode == WARD_STANDBY_ALONE)
		return false;
	leave(s);
	l->answered = standby_now(s) - s->lease;
	return true;
}

/* What the other has is no beginning of ours, or ends too early: it takes all from files. */
static void reseed(struct standby *s, uint64_t common)
{
	if (doubt(s))
		return;
	WARD_LOG(&s->p.log, WARN, "standby.reseed", WARD_KV_U("common", common));
	tie_put(&s->out,
		&(struct ward_standby_frame){
			.type = WARD_STANDBY_RESEED, .epoch = s->term.epoch, .next = common});
	s->lead.followed = s->lead.seeded = false;
	seed_begin(s);
}

/* From here on another order is one for what the other does not take this time. */
static bool heed(struct standby *s)
{
	const struct ward_io *io = &s->dir.io;
	enum ward_err err = io->rename(io->ctx, WARD_ORDERING_RENEW, WARD_ORDERING_RENEWING);

	if (err == WARD_ERR_NOT_FOUND) /* one that was cut off */
		return true;
	return !err && io->sync_dir(io->ctx) == WARD_OK;
}

/* Something was erased of our journal: the other takes it anew, as a whole. True: it does. */
static bool renew(struct standby *s, uint64_t its_next)
{
	struct lead *l = &s->lead;

	if (!l->renews || l->mode != WARD_STANDBY_ALONE)
		return false;
	if (l->renewing && l->seeded) {
		enum ward_err err = s->dir.io.unlink(s->dir.io.ctx, WARD_ORDERING_RENEWING);

		WARD_LOG(&s->p.log, INFO, "standby.renewed", WARD_KV_Z("node", s->peer),
			WARD_KV_E(err));
		l->renews = l->renewing = false;
		return false;
	}
	if (!heed(s))
		ward_process_die(&s->p, "the order to renew can't be renamed", WARD_ERR_IO);
	reseed(s, its_next);
	l->renewing = true;
	return true;
}

/* Is there such an order? */
static void look_for_orders(struct standby *s, ward_ns now)
{
	struct lead *l = &s->lead;
	const struct ward_io *io = &s->dir.io;
	int fd;

	if (now - l->looked_at < WARD_NS_PER_S)
		return;
	l->looked_at = now;
	if (!l->renews &&
		(io->open(io->ctx, WARD_ORDERING_RENEW, WARD_IO_READ, &fd) == WARD_OK ||
			io->open(io->ctx, WARD_ORDERING_RENEWING, WARD_IO_READ, &fd) == WARD_OK)) {
		io->close(io->ctx, fd);
		WARD_LOG(&s->p.log, INFO, "standby.renews", WARD_KV_U("next", l->own_next));
		l->renews = true;
	}
	/* on its own first, as for any other that begins anew */
	if (l->renews && !l->renewing && l->followed && s->role == WARD_STANDBY_LEADS && !doubt(s))
		leave(s);
}

/* Records for the other, as the journal's process gives them. */
static void on_records(struct standby *s, struct ward_msg *m)
{
	struct lead *l = &s->lead;
	struct ward_slice body = {m->body.p + m->body.off, ward_rd_left(&m->body)};
	struct ward_rd r = ward_rd_slice(body);
	uint64_t next = l->next;

	if (m->id != l->read_id || !l->followed)
		return;
	if (!body.len) {
		WARD_LOG(&s->p.log, ERROR, "standby.more", WARD_KV_U("its", l->next),
			WARD_KV_Z("mend", "the other has records that this one lacks: see "
					  "docs/standby.md"));
		leave(s);
		return;
	}
	while (ward_rd_left(&r)) {
		struct ward_record rec;

		standby_must(s, ward_wire_get_record(&r, &rec), "records of the journal");
		if (rec.seq != next) {      /* gone here by retention, or damaged */
			reseed(s, l->next); /* before that all that it has is ours */
			return;
		}
		next = rec.seq + 1;
	}
	tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_RECORDS,
				 .epoch = s->term.epoch,
				 .stamp = (uint64_t)standby_now(s),
				 .data = body});
	l->next = next;
	l->own_next = next > l->own_next ? next : l->own_next;
	read_more(s);
}

/* Where our journal ends: before the other is greeted, so that it can have no more. */
static void on_held(struct standby *s, struct ward_msg *m)
{
	struct lead *l = &s->lead;
	uint64_t next = ward_rd_be64(&m->body);

	if (ward_rd_bad(&m->body) || m->id != l->hold_id)
		return;
	l->own_next = next;
	if (l->mode == WARD_STANDBY_PAIRING && !l->pair_from)
		l->pair_from = next;
	if (!tie_open(&s->out) || l->greeted)
		return;
	l->greeted = true;
	l->greeted_at = standby_now(s);
	tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_HELLO,
				 .epoch = s->term.epoch,
				 .node = s->name,
				 .next = next,
				 .began = ward_term_began(&s->term),
				 .formats = s->formats,
				 .most = ward_formats_most()});
}

void lead_message(struct standby *s, struct ward_msg *m)
{
	if (m->type == WARD_MSG_RECORDS)
		on_records(s, m);
	else if (m->type == WARD_MSG_HELD)
		on_held(s, m);
}

/* ---- the other ---- */

static void on_welcome(struct standby *s, const struct ward_standby_frame *f)
{
	struct lead *l = &s->lead;
	uint64_t common = ward_term_common(&s->term, f->epoch, f->next, l->own_next);

	if (!l->greeted)
		return;
	if (f->epoch == s->term.epoch && f->next > l->own_next) {
		WARD_LOG(&s->p.log, ERROR, "standby.more", WARD_KV_U("its", f->next),
			WARD_KV_U("ours", l->own_next),
			WARD_KV_Z("mend", "the other has records that this one lacks: see "
					  "docs/standby.md"));
		leave(s);
		return;
	}
	(void)snprintf(s->peer, sizeof(s->peer), "%.*s", WARD_STR_ARG(f->node));
	s->peer_most = f->most;
	if (!f->formats) {
		standby_unread(s, s->formats,
			"the other's Ward can't read the formats that this machine writes: install "
			"there the version that is here (docs/formats.md)");
		leave(s);
		return;
	}
	seed_end(s);
	if (f->next < l->confirmed && doubt(s))
		return;
	if (common < f->next) {                    /* it has records that are none of ours */
		if (l->diverged_next != f->next) { /* not once more after the link broke */
			l->diverged += f->next - common;
			l->diverged_at = ward_clock_now(s->p.clock);
		}
		l->diverged_next = f->next;
		reseed(s, common);
		return;
	}
	if (renew(s, f->next))
		return;
	WARD_LOG(&s->p.log, INFO, "standby.follows", WARD_KV_Z("node", s->peer),
		WARD_KV_U("from", f->next), WARD_KV_U("ours", l->own_next));
	l->next = f->next;
	l->confirmed = f->next;
	l->followed = true;
	if (l->mode ==
		WARD_STANDBY_ALONE) /* else only what it stores counts: its disk may be full */
		l->answered = standby_now(s);
	read_more(s);
}

static void on_stored(struct standby *s, const struct ward_standby_frame *f)
{
	struct lead *l = &s->lead;

	if (f->epoch != s->term.epoch || f->next > l->next || f->stamp > (uint64_t)standby_now(s)) {
		ward_count_name(&s->p.counters, "standby.odd", 1);
		leave(s);
		return;
	}
	l->answered = standby_now(s);
	if (l->raised && (ward_ns)f->stamp >= l->raised && s->role == WARD_STANDBY_LEADS) {
		standby_formats(s, l->raises);
		l->raises = 0;
		l->raised = 0;
		l->anew = true;
		standby_say(s, STANDBY_STOP);
	}
	if ((ward_ns)f->stamp + s->lease > l->lease_end)
		l->lease_end = (ward_ns)f->stamp + s->lease;
	if (f->next <= l->confirmed)
		return;
	l->confirmed = f->next;
	l->stored = l->answered;
	if (l->mode != WARD_STANDBY_ALONE)
		hold(s);
}

/* Somebody speaks of a later epoch. */
static void fenced(struct standby *s)
{
	lead_end(s, "the other leads by now");
}

void lead_frame(struct standby *s, const struct ward_standby_frame *f)
{
	switch (f->type) {
	case WARD_STANDBY_WELCOME:
		if (f->epoch > s->term.epoch)
			fenced(s);
		else
			on_welcome(s, f);
		break;
	case WARD_STANDBY_STORED:
		on_stored(s, f);
		break;
	case WARD_STANDBY_TAKE:
		if (f->epoch == s->term.epoch && s->lead.followed)
			standby_relay(s, f->data, true);
		break;
	case WARD_STANDBY_FENCED:
		if (f->epoch == s->term.epoch)
			standby_two_lead(s);
		if (f->epoch > s->term.epoch)
			fenced(s);
		break;
	case WARD_STANDBY_NONE:
	case WARD_STANDBY_HELLO:
	case WARD_STANDBY_RECORDS:
	case WARD_STANDBY_BEAT:
	case WARD_STANDBY_RESEED:
	case WARD_STANDBY_FILE:
	case WARD_STANDBY_DATA:
	case WARD_STANDBY_SEEDED:
	case WARD_STANDBY_OVER:
	case WARD_STANDBY_CLAIM:
	case WARD_STANDBY_VERDICT:
	case WARD_STANDBY_GIVE:
	case WARD_STANDBY_TYPES:
	default:
		ward_count_name(&s->p.counters, "standby.odd", 1);
		leave(s);
		break;
	}
}

/* ---- the witness ---- */

void lead_verdict(struct standby *s, enum ward_witness_want want, bool yes)
{
	struct lead *l = &s->lead;

	if (!standby_is_ours(s)) {
		lead_end(s, "the witness has another leader");
		return;
	}
	if (!yes || want == WARD_WITNESS_ASK) /* overtaken: what it says now is looked at again */
		return;
	if (want == WARD_WITNESS_PAIR && l->mode == WARD_STANDBY_PAIRING) {
		set_mode(s, WARD_STANDBY_PAIR);
	} else if (want == WARD_WITNESS_ALONE) {
		leave(s);
		l->exposed = false;
		set_mode(s, WARD_STANDBY_ALONE);
	}
}

/* The other was not heard for half a lease: the witness is asked to note that we go on alone. */
static void watch(struct standby *s, ward_ns now)
{
	struct lead *l = &s->lead;
	bool silent;

	if (l->confirmed >= l->own_next)
		l->stored = now;
	silent = now - l->answered > s->lease / 2 || now - l->stored > s->lease / 2;
	if (l->mode == WARD_STANDBY_ALONE) { /* who was just greeted has as long to answer */
		ward_ns heard = l->greeted_at > l->answered ? l->greeted_at : l->answered;

		if (now - heard > s->lease / 2 && (l->greeted || l->followed))
			leave(s);
		return;
	}
	if (silent && !l->exposed) { /* the witness never knew otherwise */
		leave(s);
		set_mode(s, WARD_STANDBY_ALONE);
	} else if (silent && s->role == WARD_STANDBY_LEADS) {
		/* not while the lead is handed over: the other could not take it then */
		standby_claim(s, WARD_WITNESS_ALONE);
	}
	if (l->exposed && now > l->lease_end)
		lead_end(s, "neither the other nor the witness is heard");
}

static void pair(struct standby *s)
{
	struct lead *l = &s->lead;

	/* it may take over once it has our state of this epoch, which has read no record that it
	 * will not have then */
	if (l->mode == WARD_STANDBY_ALONE && l->followed && l->carried && l->own_next &&
		l->confirmed >= l->pair_least && l->confirmed + READ_MOST >= l->own_next) {
		l->pair_from = 0;
		l->stored = standby_now(s);
		set_mode(s, WARD_STANDBY_PAIRING); /* HELD says where what was acknowledged alone
						      ends */
	}
	if (l->mode == WARD_STANDBY_PAIRING && l->followed && l->pair_from &&
		l->confirmed >= l->pair_from && s->known && s->claimed == WARD_WITNESS_ASK) {
		l->exposed = true;
		standby_claim(s, WARD_WITNESS_PAIR);
	}
}

static void beat(struct standby *s, ward_ns now)
{
	struct lead *l = &s->lead;

	if (!tie_open(&s->out) || !l->followed || now < l->beat_at)
		return;
	l->beat_at = now + s->lease / 20;
	if (l->raises && !l->raised)
		l->raised = now;
	tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_BEAT,
				 .epoch = s->term.epoch,
				 .stamp = (uint64_t)now,
				 .alone = l->mode != WARD_STANDBY_PAIR,
				 .formats = l->raises ? l->raises : s->formats,
				 .most = ward_formats_most()});
}

void lead_upgrade(struct standby *s)
{
	struct lead *l = &s->lead;
	uint32_t to = ward_standby_formats_both(ward_formats_most(), s->peer_most);

	if (s->role != WARD_STANDBY_LEADS || l->mode != WARD_STANDBY_PAIR || !l->followed ||
		l->anew || to <= s->formats) {
		WARD_LOG(&s->p.log, WARN, "standby.no_upgrade", WARD_KV_U("formats", s->formats),
			WARD_KV_U("both", to));
		return;
	}
	/* durable there first: until it says so nothing is changed here, so that of two that do not
	 * hear each other none waits for what the other does not know of. What it then has of it
	 * alone the next greeting takes back, or it leads, and ours are its. */
	l->raises = to;
	l->beat_at = 0;
	beat(s, standby_now(s));
}

void lead_turn(struct standby *s)
{
	struct lead *l = &s->lead;
	ward_ns now = standby_now(s);

	tie_keep(&s->out);
	if (!tie_open(&s->out)) {
		l->followed = l->greeted = false;
		l->raised = 0;
	}
	seed_turn(s);
	beat(s, now);
	if (now - l->hold_at > hold_every)
		hold(s);
	if (now - l->read_at > LEAD_READ_S * WARD_NS_PER_S)
		read_more(s);
	look_for_orders(s, now);
	pair(s);
	watch(s, now);
	if (l->mode == WARD_STANDBY_ALONE) /* somebody may have given the lead away by hand */
		standby_claim(s, WARD_WITNESS_ASK);
}

/* ---- begin, end ---- */

void lead_begin(struct standby *s)
{
	struct lead *l = &s->lead;
	struct ward_msg m;

	/* what a journal's process of before was asked, or answered, is over */
	while (ward_msg_recv(s->link, s->buf, &m) == WARD_OK)
		continue;
	ward_wr_fini(&l->file);
	*l = (struct lead){.mode = WARD_STANDBY_ALONE,
		.read_id = ward_process_ids(),
		.hold_id = ward_process_ids(),
		.file = ward_wr_grow(ward_mem_heap(), (size_t)1 << 31)};
	l->answered = standby_now(s);
	s->role = WARD_STANDBY_LEADS;
	s->carried = 0;
	s->runs = true;
	s->since = s->alone_since = ward_clock_now(s->p.clock);
	WARD_LOG(&s->p.log, INFO, "standby.leads", WARD_KV_U("epoch", s->term.epoch),
		WARD_KV_U("began", ward_term_began(&s->term)));
	standby_say(s, STANDBY_START);
}

void lead_end(struct standby *s, const char *why)
{
	if (s->role != WARD_STANDBY_LEADS && s->role != WARD_STANDBY_HANDS)
		return;
	WARD_LOG(&s->p.log, ERROR, "standby.ends", WARD_KV_Z("why", why),
		WARD_KV_U("epoch", s->term.epoch));
	leave(s);
	s->role = WARD_STANDBY_ENDS;
	if (s->runs)
		standby_say(s, STANDBY_STOP);
	else
		follow_begin(s);
}

/* Records of our own journal, which nobody else has open. */
static bool send_rest(struct standby *s, struct ward_journal_cursor *c)
{
	struct lead *l = &s->lead;
	static uint8_t bytes[WARD_MSG_BODY_MAX];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	enum ward_err err = WARD_OK;

	while (!err && w.len < sizeof(bytes) / PARTS) {
		struct ward_record r;
		size_t before = w.len;

		err = ward_journal_next_record(c, &r);
		if (err || r.seq != l->next)
			break;
		ward_wire_put_record(&w, &r);
		if (ward_wr_bad(&w)) {
			w.len = before;
			w.bad = false;
			break;
		}
		l->next = r.seq + 1;
	}
	if (w.len)
		tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_RECORDS,
					 .epoch = s->term.epoch,
					 .stamp = (uint64_t)standby_now(s),
					 .data = ward_wr_slice(&w)});
	return w.len > 0;
}

void lead_rest(struct standby *s)
{
	struct lead *l = &s->lead;
	struct ward_journal_cursor *c;
	uint64_t end = ward_journal_next(s->follow.j);

	tie_keep(&s->out);
	if (!l->followed || !tie_open(&s->out) || standby_now(s) - l->answered > s->lease) {
		lead_end(s, "the other does not take over");
		return;
	}
	beat(s, standby_now(s));
	if (l->next < end && tie_room(&s->out)) {
		standby_must(s, ward_journal_cursor_open(s->follow.j, l->next, &c), "the journal");
		while (tie_room(&s->out) && send_rest(s, c))
			continue;
		ward_journal_cursor_close(c);
	}
	if (l->confirmed < end || l->over)
		return;
	if (l->carried < l->ended && standby_now(s) - l->ended < carry_for)
		return;
	l->over = true;
	WARD_LOG(&s->p.log, INFO, "standby.over", WARD_KV_U("next", end),
		WARD_KV_I("carried", l->carried >= l->ended));
	tie_put(&s->out, &(struct ward_standby_frame){
				 .type = WARD_STANDBY_OVER, .epoch = s->term.epoch, .next = end});
	(void)tie_turn(&s->out);
}
