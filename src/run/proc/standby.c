/* The process of one of two machines that stand by for each other: standby.h says how. */
#include "run/proc/standby.h"

#include "base/formats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POLL_MS = 50, MEMORY = 1 << 30, SLOTS = 7 + TIE_SEATS_POLL };
static const ward_ns claim_again = 2 * WARD_NS_PER_S, tell_every = WARD_NS_PER_S,
		     ask_every = WARD_NS_PER_S / 4, force_for = 30 * WARD_NS_PER_S;
static const char state_file[] = "state.json", state_tmp[] = "state.tmp";

ward_ns standby_now(const struct standby *s)
{
	return ward_clock_mono(s->p.clock);
}

void standby_must(struct standby *s, enum ward_err err, const char *what)
{
	if (err)
		ward_process_die(&s->p, what, err);
}

void standby_say(struct standby *s, enum standby_word w)
{
	uint8_t said[5];
	struct ward_wr to = ward_wr_fixed(said, sizeof(said));

	ward_wr_u8(&to, (uint8_t)w);
	if (w == STANDBY_START)
		ward_wr_be32(&to, s->formats);
	if (send(s->guardian, to.p, to.len, MSG_NOSIGNAL) != (ssize_t)to.len)
		ward_process_die(&s->p, "the guardian is gone", WARD_ERR_CLOSED);
}

void standby_formats(struct standby *s, uint32_t formats)
{
	if (formats == s->formats)
		return;
	WARD_LOG(&s->p.log, WARN, "standby.formats", WARD_KV_U("from", s->formats),
		WARD_KV_U("to", formats));
	s->formats = formats;
	standby_must(s, ward_standby_formats_write(&s->dir.io, formats), "the formats");
}

void standby_unread(struct standby *s, uint32_t formats, const char *mend)
{
	if (s->unread == formats)
		return;
	s->unread = formats;
	WARD_LOG(&s->p.log, ERROR, "standby.unread", WARD_KV_U("formats", formats),
		WARD_KV_Z("mend", mend));
}

bool standby_is_ours(const struct standby *s)
{
	return s->known && s->seen.epoch == s->term.epoch && s->term.leads &&
	       ward_str_eqz(s->name, s->seen.leader);
}

/* ---- the witness ---- */

void standby_claim(struct standby *s, enum ward_witness_want want)
{
	ward_ns now = standby_now(s);

	if (!tie_open(&s->witness) || (s->claimed_at && now - s->claimed_at < claim_again))
		return;
	if (!s->claimed_at && s->known && want == WARD_WITNESS_ASK && now < s->ask_after)
		return;
	if (s->claimed_at) { /* no answer: on another connection, which begins with how it is */
		tie_hang_up(&s->witness);
		return;
	}
	s->claimed = s->known ? want : WARD_WITNESS_ASK;
	s->claimed_at = now;
	tie_put(&s->witness, &(struct ward_standby_frame){.type = WARD_STANDBY_CLAIM,
				     .epoch = s->seen.epoch,
				     .node = s->name,
				     .next = s->seen.version,
				     .want = (uint8_t)s->claimed});
}

static void on_verdict(struct standby *s, const struct ward_standby_frame *f)
{
	enum ward_witness_want want = s->claimed;

	if (f->type != WARD_STANDBY_VERDICT || !s->claimed_at) {
		tie_hang_up(&s->witness);
		return;
	}
	s->claimed = WARD_WITNESS_ASK;
	s->claimed_at = 0;
	s->ask_after = standby_now(s) + ask_every;
	s->seen = (struct ward_witness){.epoch = f->epoch, .version = f->next, .alone = f->alone};
	(void)snprintf(s->seen.leader, sizeof(s->seen.leader), "%.*s",
		f->epoch ? (int)f->node.len : 0, f->node.p);
	s->known = true;
	if (s->role == WARD_STANDBY_FOLLOWS)
		follow_verdict(s, want, f->yes);
	else if (s->role == WARD_STANDBY_LEADS)
		lead_verdict(s, want, f->yes);
}

static void turn_witness(struct standby *s)
{
	struct ward_standby_frame f;

	tie_keep(&s->witness);
	if (tie_turn(&s->witness)) {
		s->claimed = WARD_WITNESS_ASK;
		s->claimed_at = 0;
		s->known = false;
		standby_claim(s, WARD_WITNESS_ASK);
	}
	while (tie_next(&s->witness, &f))
		on_verdict(s, &f);
}

/* ---- the other ---- */

void standby_two_lead(struct standby *s)
{
	ward_process_die(&s->p,
		"the other leads the same epoch: was the witness's memory, or a machine with its "
		"key, copied or put back? See that one of both is off",
		WARD_ERR_STATE);
}

/* Somebody connects to a machine that leads, or ends: one of both knows of a later epoch. */
static void answer_hello(struct standby *s, const struct ward_standby_frame *f)
{
	if (f->type == WARD_STANDBY_HELLO && f->epoch == s->term.epoch)
		standby_two_lead(s);
	if (f->type == WARD_STANDBY_HELLO && f->epoch > s->term.epoch) {
		tie_hang_up(s->in);
		if (s->role != WARD_STANDBY_ENDS)
			lead_end(s, "the other leads by now");
		return;
	}
	if (f->type == WARD_STANDBY_HELLO)
		tie_put(s->in, &(struct ward_standby_frame){.type = WARD_STANDBY_FENCED,
				       .epoch = s->term.epoch,
				       .node = s->name});
	else
		tie_hang_up(s->in);
}

static void turn_ties(struct standby *s)
{
	struct ward_standby_frame f;

	tie_seats_turn(&s->seats);
	for (size_t i = 0; i < TIE_SEATS; i++) {
		struct tie *t = &s->seats.tie[i];

		while (tie_next(t, &f)) {
			tie_seats_met(&s->seats, t);
			s->in = t;
			if (s->role == WARD_STANDBY_FOLLOWS)
				follow_frame(s, &f);
			else
				answer_hello(s, &f);
		}
	}
	(void)tie_turn(&s->out);
	while (tie_next(&s->out, &f)) {
		if (s->role == WARD_STANDBY_LEADS || s->role == WARD_STANDBY_HANDS)
			lead_frame(s, &f);
		else
			tie_hang_up(&s->out);
	}
}

/* ---- Ward ---- */

static void on_word(struct standby *s, enum standby_word w)
{
	if (w == STANDBY_ENDED) {
		s->runs = false;
		if (s->role == WARD_STANDBY_ENDS) {
			follow_begin(s);
		} else if (s->role == WARD_STANDBY_HANDS) {
			follow_open(s);
		} else if (s->role == WARD_STANDBY_LEADS) { /* by itself: begun again */
			s->runs = true;
			s->ends += !s->lead.anew;
			s->lead.anew = false;
			standby_say(s, STANDBY_START);
		}
		return;
	}
	if (w == STANDBY_FORCE) {
		WARD_LOG(&s->p.log, ERROR, "standby.force", WARD_KV_U("epoch", s->term.epoch));
		s->force_until = s->role == WARD_STANDBY_FOLLOWS ? standby_now(s) + force_for : 0;
		return;
	}
	if (w == STANDBY_UPGRADE)
		lead_upgrade(s);
	if (w != STANDBY_SWITCH)
		return;
	/* what is claimed now would be granted when the lead is on its way */
	if (s->role != WARD_STANDBY_LEADS || s->lead.mode != WARD_STANDBY_PAIR ||
		s->claimed != WARD_WITNESS_ASK) {
		WARD_LOG(&s->p.log, WARN, "standby.no_switch",
			WARD_KV_Z("why", "this one does not lead, or the other does not answer"));
		return;
	}
	s->role = WARD_STANDBY_HANDS;
	WARD_LOG(&s->p.log, INFO, "standby.hands", WARD_KV_U("confirmed", s->lead.confirmed));
	standby_say(s, STANDBY_STOP);
}

static void hear_guardian(struct standby *s)
{
	char byte;
	ssize_t n = recv(s->guardian, &byte, 1, MSG_DONTWAIT);

	if (n == 0)
		ward_process_die(&s->p, "the guardian is gone", WARD_ERR_CLOSED);
	if (n == 1)
		on_word(s, (enum standby_word)byte);
}

static void hear_journal(struct standby *s)
{
	for (int i = 0; i < 64; i++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(s->link, s->buf, &m);

		if (err == WARD_ERR_AGAIN)
			return;
		if (err == WARD_ERR_CLOSED)
			ward_process_die(&s->p, "the guardian closed the link", err);
		if (!err && (s->role == WARD_STANDBY_LEADS || s->role == WARD_STANDBY_HANDS))
			lead_message(s, &m);
	}
}

void standby_relay(struct standby *s, struct ward_slice said, bool to_giver)
{
	if (ward_carry_passes(said, to_giver))
		standby_carry(s, said);
	else
		ward_count_name(&s->p.counters, "standby.odd", 1);
}

void standby_carry(struct standby *s, struct ward_slice said)
{
	if (send(s->carrier, said.p, said.len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)said.len)
		ward_count_name(&s->p.counters, "standby.uncarried", 1);
}

/* What the carrier says goes to the other's; but what is for us. */
static void on_carrier(struct standby *s, struct ward_slice said)
{
	bool leads = s->role == WARD_STANDBY_LEADS || s->role == WARD_STANDBY_HANDS;
	bool ours;
	ward_ns mono, wall;

	if (ward_carry_kept(said, &ours, &mono, &wall)) {
		if (ours == leads)
			return; /* of a carrier of before */
		s->carried = wall;
		if (leads)
			s->lead.carried = mono;
	} else if (leads && s->lead.followed && ward_carry_passes(said, false)) {
		tie_put(&s->out,
			&(struct ward_standby_frame){
				.type = WARD_STANDBY_GIVE, .epoch = s->term.epoch, .data = said});
	} else if (s->role == WARD_STANDBY_FOLLOWS && s->follow.taken &&
		   ward_carry_passes(said, true)) {
		tie_put(s->in,
			&(struct ward_standby_frame){
				.type = WARD_STANDBY_TAKE, .epoch = s->term.epoch, .data = said});
	}
}

static void hear_carrier(struct standby *s)
{
	static uint8_t bytes[WARD_CARRY_SEALED_MAX];

	for (int i = 0; i < 16; i++) {
		ssize_t n = recv(s->carrier, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n <= 0)
			return;
		on_carrier(s, ward_slice_of(bytes, (size_t)n));
	}
}

/* After OVER the other leads, and says so. */
static void turn_hands(struct standby *s)
{
	if (s->runs) {
		lead_turn(s);
		return;
	}
	if (s->lead.over) {
		s->follow.not_before = standby_now(s) + 3 * s->lease;
		s->role = WARD_STANDBY_ENDS;
		follow_begin(s);
		return;
	}
	if (!s->lead.ended) { /* what Ward kept last goes over, too */
		s->lead.ended = standby_now(s);
		standby_carry(s, ward_carry_word(WARD_CARRY_STOPPED));
	}
	lead_rest(s);
}

/* ---- what is told ---- */

/* How old the copy of the leader's state is. */
static uint64_t carried_lag_s(const struct standby *s)
{
	ward_ns now = ward_clock_now(s->p.clock);

	return s->carried > 0 && now > s->carried ? (uint64_t)(now - s->carried) / WARD_NS_PER_S
						  : 0;
}

static struct ward_standby_state state_of(const struct standby *s)
{
	bool leads = s->role == WARD_STANDBY_LEADS;
	struct ward_standby_state x = {.role = s->role,
		.mode = leads ? s->lead.mode : WARD_STANDBY_MODELESS,
		.how = leads ? s->took.how : WARD_TOOK_UNKNOWN,
		.led = leads ? s->took.at : 0,
		.epoch = s->term.epoch,
		.next = leads         ? s->lead.own_next
			: s->follow.j ? ward_journal_next(s->follow.j)
				      : 0,
		.confirmed = leads ? s->lead.confirmed : 0,
		.connected = leads ? s->lead.followed : s->in->met && s->follow.hello_epoch,
		.witness = s->known && tie_open(&s->witness),
		.alone_since = leads ? s->alone_since : 0,
		.witness_since = s->witness_since,
		.aside = s->follow.aside,
		.diverged = leads ? s->lead.diverged : 0,
		.diverged_at = leads ? s->lead.diverged_at : 0,
		.carried = s->carried > 0,
		.carried_lag_s = carried_lag_s(s),
		.since = s->since,
		.told = ward_clock_now(s->p.clock),
		.ends = s->ends,
		.formats = s->formats,
		.formats_most = ward_formats_most(),
		.peer_formats = s->peer_most,
		.tell_after_s = s->tell_after_s};

	x.lag = leads && x.next > x.confirmed ? x.next - x.confirmed : 0;
	(void)snprintf(x.node, sizeof(x.node), "%.*s", WARD_STR_ARG(s->name));
	(void)snprintf(x.peer, sizeof(x.peer), "%s", s->peer);
	return x;
}

/* Since when the witness is not there. */
static void watch_witness(struct standby *s)
{
	if (s->known && tie_open(&s->witness))
		s->witness_since = 0;
	else if (!s->witness_since)
		s->witness_since = ward_clock_now(s->p.clock);
}

static void tell(struct standby *s)
{
	const struct ward_io *io = &s->dir.io;
	struct ward_standby_state x;
	char text[WARD_STANDBY_STATE_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&w);
	int fd;

	if (s->told && standby_now(s) - s->told < tell_every)
		return;
	s->told = standby_now(s);
	watch_witness(s);
	x = state_of(s);
	ward_standby_state_write(&x, &j);
	ward_wr_ch(&w, '\n');
	/* told for people: without room for it what counts goes on */
	if (ward_wr_bad(&w) || io->open(io->ctx, state_tmp, WARD_IO_CREATE, &fd) != WARD_OK)
		return;
	enum ward_err err = io->pwrite(io->ctx, fd, text, w.len, 0);

	io->close(io->ctx, fd);
	if (err || io->rename(io->ctx, state_tmp, state_file) != WARD_OK)
		ward_count_name(&s->p.counters, "standby.untold", 1);
}

/* ---- life ---- */

static void open_all(struct standby *s)
{
	const char *name = ward_process_setting(&s->p, "node"),
		   *lease = ward_process_setting(&s->p, "lease_ms"),
		   *after = ward_process_setting(&s->p, "tell_after_s");
	uint64_t ms;

	s->p.memory_max_bytes = (size_t)4 * MEMORY;
	ward_process_limits(&s->p, &s->lim);
	if (!name || !ward_standby_name_ok(ward_str_z(name)))
		ward_process_die(&s->p, "its name", WARD_ERR_CONFIG);
	if (!lease || !ward_str_u64(ward_str_z(lease), &ms) || ms < 500 || ms > 60000)
		ward_process_die(&s->p, "its lease", WARD_ERR_CONFIG);
	s->name = ward_str_z(name);
	s->lease = (ward_ns)ms * WARD_NS_PER_MS;
	s->first = ward_process_setting(&s->p, "first") != NULL;
	if (!after || !ward_str_u64(ward_str_z(after), &s->tell_after_s))
		ward_process_die(&s->p, "when people are told", WARD_ERR_CONFIG);
	s->folder = ward_process_setting(&s->p, "dir");
	s->journal = ward_process_setting(&s->p, "journal");
	if (!s->folder || !s->journal || strlen(s->folder) > 3000 || strlen(s->journal) > 3000)
		ward_process_die(&s->p, "its folders", WARD_ERR_CONFIG);
	s->guardian = ward_process_need_fd(&s->p, "guardian");
	s->link = ward_process_need_fd(&s->p, "journal");
	s->carrier = ward_process_need_fd(&s->p, "carrier");
	if (fcntl(s->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&s->p, "its links", WARD_ERR_IO);
	tie_seats_open(&s->seats, &s->p, "the other, which leads");
	s->in = &s->seats.tie[0];
	if (!ward_str_eqz(s->name, s->seats.guard.own))
		ward_process_die(&s->p,
			"--node is not the name (CN) in the certificate: the others know this "
			"machine by that",
			WARD_ERR_CONFIG);
	tie_init(&s->out, &s->p, "the other, which follows");
	tie_init(&s->witness, &s->p, "the witness");
	tie_dials(&s->out, "peer", s->peer_host);
	s->seats.guard.host = s->peer_host;
	tie_dials(&s->witness, "witness", s->witness_host);
	ward_process_may_write(&s->p, s->journal);
	standby_must(s, ward_io_dir_open(&s->dir, s->folder, true, true), "its folder");
	ward_process_cage(&s->p, WARD_CAGE_FILES | WARD_CAGE_LISTEN, s->folder);
	enum ward_err err = ward_term_read(&s->dir.io, &s->term);

	if (err && err != WARD_ERR_NOT_FOUND)
		ward_process_die(&s->p, "the term", err);
	standby_must(s, ward_standby_formats_read(&s->dir.io, &s->formats), "the formats");
	if (s->formats < WARD_FORMATS_LEAST || s->formats > ward_formats_most())
		ward_process_die(&s->p,
			"what this machine keeps is in formats that this Ward can't read: install "
			"the one again that ran here (docs/formats.md)",
			WARD_ERR_VERSION);
	/* told for people: who leads does not depend on it */
	if (ward_took_read(&s->dir.io, &s->took) || s->took.epoch != s->term.epoch)
		s->took = (struct ward_took){.epoch = s->term.epoch};
}

static void wait(struct standby *s)
{
	struct pollfd p[SLOTS];

	p[0] = (struct pollfd){s->guardian, POLLIN, 0};
	p[1] = (struct pollfd){s->runs ? s->link : -1, POLLIN, 0};
	tie_poll(&s->out, p + 2);
	tie_poll(&s->witness, p + 4);
	/* what it gives waits there while the link is full of records */
	p[6] = (struct pollfd){
		s->role == WARD_STANDBY_FOLLOWS || tie_room(&s->out) ? s->carrier : -1, POLLIN, 0};
	tie_seats_poll(&s->seats, p + 7);
	if (poll(p, SLOTS, POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&s->p, "poll", WARD_ERR_IO);
	if (p[0].revents)
		hear_guardian(s);
	if (p[1].revents)
		hear_journal(s);
	if (p[6].revents)
		hear_carrier(s);
	if (p[7].revents)
		tie_seats_accept(&s->seats);
}

int main(int argc, char **argv)
{
	struct standby *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "standby", argc, argv);
	s->follow.seed_fd = -1;
	open_all(s);
	follow_begin(s);
	while (!ward_process_stopping()) {
		wait(s);
		turn_witness(s);
		turn_ties(s);
		if (s->role == WARD_STANDBY_FOLLOWS)
			follow_turn(s);
		else if (s->role == WARD_STANDBY_LEADS)
			lead_turn(s);
		else if (s->role == WARD_STANDBY_HANDS)
			turn_hands(s);
		tell(s);
		ward_process_count(&s->p);
	}
	return ward_process_end(&s->p);
}
