/* The machine that follows: writes what it is given, and takes over when the leader is gone. */
#include "base/formats.h"
#include "run/keep.h"
#include "run/proc/standby.h"

#include <stdio.h>

static const ward_ns maintain_every = 60 * WARD_NS_PER_S, same_commit = WARD_NS_PER_S;

static ward_ns record_time(void *ctx)
{
	return ((struct follow *)ctx)->at;
}

static ward_ns mono(void *ctx)
{
	(void)ctx;
	return ward_clock_mono(ward_clock_system());
}

void follow_open(struct standby *s)
{
	struct follow *f = &s->follow;
	struct ward_journal_options o;

	if (f->j)
		return;
	seed_recover(s);
	ward_keep_options(&o, &s->lim);
	o.formats = s->formats;
	f->at = ward_clock_now(s->p.clock);
	f->clock = (struct ward_clock){record_time, mono, f};
	standby_must(s, ward_io_dir_open(&f->dir, s->journal, true, true), "the journal's folder");
	standby_must(s, ward_journal_open(&o, &f->dir.io, &f->clock, ward_mem_heap(), &f->j),
		"the journal");
}

static void close_journal(struct standby *s)
{
	struct follow *f = &s->follow;

	if (!f->j)
		return;
	ward_journal_close(f->j);
	ward_io_dir_close(&f->dir);
	f->j = NULL;
}

void follow_begin(struct standby *s)
{
	struct follow *f = &s->follow;

	follow_open(s);
	f->hello_epoch = 0;
	f->seeding = f->over = f->taken = false;
	f->heard = standby_now(s);
	s->carried = 0;
	standby_say(s, STANDBY_CARRY);
	s->role = WARD_STANDBY_FOLLOWS;
	s->since = ward_clock_now(s->p.clock);
	WARD_LOG(&s->p.log, INFO, "standby.begins", WARD_KV_U("epoch", s->term.epoch),
		WARD_KV_U("next", ward_journal_next(f->j)), WARD_KV_I("led", s->term.leads));
}

void follow_end(struct standby *s)
{
	tie_hang_up(s->in);
	close_journal(s);
}

/* ---- who leads ---- */

static bool reads(uint32_t formats)
{
	return formats >= WARD_FORMATS_LEAST && formats <= ward_formats_most();
}

void follow_welcome(struct standby *s)
{
	tie_put(s->in, &(struct ward_standby_frame){.type = WARD_STANDBY_WELCOME,
			       .epoch = s->term.epoch,
			       .node = s->name,
			       .next = ward_journal_next(s->follow.j),
			       .formats = reads(s->follow.formats) ? s->follow.formats : 0,
			       .most = ward_formats_most()});
}

static void on_hello(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;

	if (h->epoch < s->term.epoch || (h->epoch == s->term.epoch && s->term.leads) ||
		ward_str_eq(h->node, s->name)) {
		WARD_LOG(&s->p.log, WARN, "standby.fences", WARD_KV_S("node", h->node),
			WARD_KV_U("epoch", h->epoch), WARD_KV_U("ours", s->term.epoch));
		tie_put(s->in, &(struct ward_standby_frame){.type = WARD_STANDBY_FENCED,
				       .epoch = s->term.epoch,
				       .node = s->name});
		return;
	}
	if (standby_now(s) < f->full_until) { /* not again each moment from the beginning */
		tie_hang_up(s->in);
		return;
	}
	(void)snprintf(s->peer, sizeof(s->peer), "%.*s", WARD_STR_ARG(h->node));
	f->not_before = 0; /* it took the lead that was handed over */
	s->peer_most = h->most;
	f->formats = h->formats;
	if (!reads(h->formats)) {
		f->hello_epoch = 0;
		standby_unread(s, h->formats,
			"the machine that leads writes formats that this Ward can't read: install "
			"here the version that it has (docs/formats.md)");
		follow_welcome(s);
		return;
	}
	f->hello_epoch = h->epoch;
	f->hello_began = h->began;
	f->seeding = f->over = f->taken = false;
	follow_welcome(s);
}

/* It has looked at our journal, and goes on from there: its epoch is ours. */
static bool adopt(struct standby *s, uint64_t epoch)
{
	struct follow *f = &s->follow;

	if (!f->hello_epoch || epoch != f->hello_epoch || f->seeding) {
		ward_count_name(&s->p.counters, "standby.odd", 1);
		tie_hang_up(s->in);
		return false;
	}
	standby_formats(s, f->formats);
	if (ward_term_begin(&s->term, epoch, f->hello_began, false))
		standby_must(s, ward_term_write(&s->dir.io, &s->term), "the term");
	if (!f->taken) /* on this link nothing was asked yet */
		standby_carry(s, ward_carry_word(WARD_CARRY_AGAIN));
	f->taken = true;
	return true;
}

static void stored(struct standby *s, uint64_t stamp)
{
	tie_put(s->in, &(struct ward_standby_frame){.type = WARD_STANDBY_STORED,
			       .epoch = s->term.epoch,
			       .next = ward_journal_next(s->follow.j),
			       .stamp = stamp});
}

/* ---- records ---- */

static enum ward_err append(struct standby *s, const struct ward_record *r)
{
	struct follow *f = &s->follow;
	enum ward_err err = WARD_OK;
	uint64_t seq;

	/* what comes together is made durable together, with the time of its first record; what
	 * is caught up is so many of the leader's commits, but no more than a second of them */
	if (r->time < f->at || r->time - f->at >= same_commit) {
		err = ward_journal_commit(f->j);
		f->at = r->time;
	}
	if (!err)
		err = ward_journal_append(f->j, r, 1, &seq);
	if (err == WARD_ERR_AGAIN) {
		err = ward_journal_commit(f->j);
		if (!err)
			err = ward_journal_append(f->j, r, 1, &seq);
	}
	if (!err && seq != r->seq)
		ward_process_die(&s->p, "the journal counts otherwise", WARD_ERR_STATE);
	return err;
}

static void on_records(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;
	struct ward_rd r = ward_rd_slice(h->data);
	uint64_t next = ward_journal_next(f->j);
	enum ward_err err = WARD_OK;

	while (!err && ward_rd_left(&r)) {
		struct ward_record rec;

		err = ward_wire_get_record(&r, &rec);
		if (!err && rec.seq > next)
			err = WARD_ERR_MALFORMED;
		if (err || rec.seq < next)
			continue;
		err = append(s, &rec);
		next += !err;
	}
	/* what is whole of it is kept; it ends before what could not be written */
	if (err != WARD_ERR_IO && ward_journal_commit(f->j) != WARD_OK)
		err = WARD_ERR_IO;
	if (err == WARD_ERR_IO)
		ward_process_die(&s->p, "the journal can't be written", err);
	f->at = 0; /* the next ones are another commit */
	if (err) {
		ward_count_name(&s->p.counters, "standby.unwritten", 1);
		WARD_LOG(&s->p.log, ERROR, "standby.unwritten", WARD_KV_E(err),
			WARD_KV_U("next", ward_journal_next(f->j)));
		tie_hang_up(s->in);
		return;
	}
	ward_count_name(&s->p.counters, "standby.batches", 1);
	stored(s, h->stamp);
}

static void on_over(struct standby *s, const struct ward_standby_frame *h)
{
	if (h->next != ward_journal_next(s->follow.j))
		return;
	WARD_LOG(&s->p.log, INFO, "standby.handed", WARD_KV_U("next", h->next));
	s->follow.over = true;
}

void follow_frame(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;

	if (h->epoch < s->term.epoch && h->type != WARD_STANDBY_HELLO) {
		tie_hang_up(s->in);
		return;
	}
	f->heard = standby_now(s);
	switch (h->type) {
	case WARD_STANDBY_HELLO:
		on_hello(s, h);
		break;
	case WARD_STANDBY_RECORDS:
		if (adopt(s, h->epoch))
			on_records(s, h);
		break;
	case WARD_STANDBY_BEAT:
		if (reads(h->formats))
			f->formats = h->formats;
		if (adopt(s, h->epoch))
			stored(s, h->stamp);
		break;
	case WARD_STANDBY_OVER:
		if (adopt(s, h->epoch))
			on_over(s, h);
		break;
	case WARD_STANDBY_GIVE:
		if (adopt(s, h->epoch))
			standby_relay(s, h->data, false);
		break;
	case WARD_STANDBY_RESEED:
	case WARD_STANDBY_FILE:
	case WARD_STANDBY_DATA:
	case WARD_STANDBY_SEEDED:
		seed_frame(s, h);
		break;
	case WARD_STANDBY_NONE:
	case WARD_STANDBY_WELCOME:
	case WARD_STANDBY_STORED:
	case WARD_STANDBY_FENCED:
	case WARD_STANDBY_CLAIM:
	case WARD_STANDBY_VERDICT:
	case WARD_STANDBY_TAKE:
	case WARD_STANDBY_TYPES:
	default:
		ward_count_name(&s->p.counters, "standby.odd", 1);
		tie_hang_up(s->in);
		break;
	}
}

/* ---- taking over ---- */

static void lead_now(struct standby *s)
{
	uint64_t next = ward_journal_next(s->follow.j);

	/* it was never one of two: what it kept, if anything, a Ward alone wrote, in the last */
	if (!s->term.epoch)
		standby_formats(s, ward_formats_most());
	if (ward_term_begin(&s->term, s->seen.epoch, next, true)) {
		standby_must(s, ward_term_write(&s->dir.io, &s->term), "the term");
		s->took = (struct ward_took){
			s->term.epoch, s->follow.asks, ward_clock_now(s->p.clock)};
		/* told for people: without room for it the lead is taken all the same */
		if (ward_took_write(&s->dir.io, &s->took) != WARD_OK)
			ward_count_name(&s->p.counters, "standby.untold", 1);
	}
	follow_end(s);
	s->force_until = 0;
	lead_begin(s);
}

void follow_verdict(struct standby *s, enum ward_witness_want want, bool yes)
{
	bool us = ward_str_eqz(s->name, s->seen.leader);

	if (us && s->seen.epoch > s->term.epoch && s->seen.alone)
		lead_now(s); /* also where the answer of before was lost */
	else if (want == WARD_WITNESS_ALONE && yes && standby_is_ours(s))
		lead_now(s);
}

/* A claim to lead another epoch, also where its answer is lost and only how it is tells of it. */
static void ask_for(struct standby *s, enum ward_witness_want want, enum ward_took_how how)
{
	s->follow.asks = how;
	standby_claim(s, want);
}

/* The witness lets us when the other is not alone; asked by turns: how is it, then what follows. */
static void take_over(struct standby *s, bool gone)
{
	ward_ns now = standby_now(s);

	if (!s->known)
		return;
	if (standby_is_ours(s))
		standby_claim(s, WARD_WITNESS_ALONE);
	else if (!s->seen.epoch && s->first && !s->term.epoch)
		ask_for(s, WARD_WITNESS_FIRST, WARD_TOOK_FIRST);
	else if (now < s->force_until && s->seen.epoch)
		ask_for(s, WARD_WITNESS_FORCE, WARD_TOOK_FORCED);
	else if (gone && s->seen.epoch && s->seen.epoch == s->term.epoch && !s->seen.alone &&
		 !s->follow.seeding)
		ask_for(s, WARD_WITNESS_TAKE, s->follow.over ? WARD_TOOK_SWITCH : WARD_TOOK_OVER);
	else
		standby_claim(s, WARD_WITNESS_ASK);
}

void follow_turn(struct standby *s)
{
	struct follow *f = &s->follow;
	ward_ns now = standby_now(s);
	bool gone = f->over || now - f->heard > s->lease + s->lease / 4;

	if (now - f->maintained > maintain_every) {
		f->maintained = now;
		f->at = ward_clock_now(s->p.clock);
		standby_must(s, ward_journal_maintain(f->j), "the journal");
	}
	if (now < f->not_before)
		return;
	if (f->not_before)
		WARD_LOG(&s->p.log, WARN, "standby.not_taken", WARD_KV_U("epoch", s->term.epoch),
			WARD_KV_Z("why", "the other was given the lead, and did not take it"));
	f->not_before = 0;
	if (gone || now < s->force_until || (s->term.leads && !f->hello_epoch) ||
		(s->first && !s->term.epoch))
		take_over(s, gone);
}
