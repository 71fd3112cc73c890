/* The journal's process: takes batches from producers, commits them together, hands records to
 * readers. Who may append to which lane, and who may read, stands in one table. */
#include "run/board.h"
#include "run/keep.h"
#include "run/proc/journal_says.h"
#include "run/process.h"
#include "run/retention.h"
#include "run/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

enum { ROUND_MAX = 64 };

static const ward_ns maintain_every = 60 * WARD_NS_PER_S;
/* When nothing comes for so long, a tick is recorded: readers learn that time goes on. */
static const ward_ns tick_after = 5 * WARD_NS_PER_S;

#define LANE(name) (1u << WARD_LANE_##name)

#define STANDBY "standby"
#define QUORUM "quorum"

/* One row per peer: what it may do. `source` is written into its records and never reused. */
enum { FIXED = 21, PEERS = FIXED + WARD_GUESTS_MAX, OWN_SOURCE = JOURNAL_OWN_SOURCE };

static struct peer {
	const char *name;
	uint32_t source;
	unsigned lanes; /* it may append to */
	bool reads;
} peers[PEERS] = {
	{"supervisor", 1, LANE(CONTROL), false},
	{"net", 2, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"log", 3, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"field", 4, LANE(EVIDENCE) | LANE(TELEMETRY), false}, {"brain", 5, LANE(CONTROL), true},
	{"mqtt", 6, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	/* more workers of net, where an interface has several */
	{"net-1", 7, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"net-2", 8, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"net-3", 9, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"net-4", 10, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"net-5", 11, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"net-6", 12, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"net-7", 13, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"flow", 14, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"desk", JOURNAL_DESK, LANE(CONTROL), false}, /* 15 is our own, 16 on are the guests' */
	{"login", 1001, LANE(CONTROL), false},
	{"ingest", 1002, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{"config", 1003, LANE(CONTROL), false},
	{STANDBY, 1004, 0, true}, /* the machine beside this one: run/proc/standby.c */
	{"file", 1005, LANE(EVIDENCE) | LANE(TELEMETRY), false},
	{QUORUM, 1006, 0, true}, /* a database besides: run/proc/quorum.c */
};

/* Behind the fixed ones: sensors of one source each. */
static void add_guests(void)
{
	static char name[WARD_GUESTS_MAX][WARD_PROCESS_NAME];

	WARD_ASSERT(peers[FIXED - 1].name && !peers[FIXED].name);
	for (uint32_t i = 0; i < WARD_GUESTS_MAX; i++) {
		ward_process_guest(name[i], i);
		peers[FIXED + i] = (struct peer){
			name[i], OWN_SOURCE + 1 + i, LANE(EVIDENCE) | LANE(TELEMETRY), false};
	}
}

struct client {
	int fd;     /* WARD_FD_NONE: not in this installation */
	bool wants; /* a READ waits for new records */
	uint32_t want_id, want_max;
	uint64_t want_from;
	struct ward_journal_cursor *cursor;
	uint64_t cursor_next; /* the sequence that the cursor gives next */
	/* appended, not committed: answers that are due */
	struct due {
		uint32_t id;
		uint64_t seq, end; /* of its first record; behind its last */
		enum ward_err err;
	} due[ROUND_MAX];
	size_t n_due;
};

struct server {
	struct ward_process p;
	struct ward_journal *j;
	struct client client[PEERS];
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
	struct ward_record rec[WARD_WIRE_BATCH_MAX];
	uint64_t ticked_next; /* ward_journal_next when it last moved, and when that was seen */
	ward_ns ticked;
	bool full;               /* records are refused, and that was said */
	struct ward_board holds; /* what is held, for clips */
	struct ward_board board; /* how much it keeps, for who shows it */
	uint64_t bytes_max;      /* that it may keep */
	ward_ns opened;          /* monotonic */
	uint64_t n_unread;       /* segments dropped before they were read, told so far */
	/* Records before it may be acknowledged; 0 until who holds them has said more, where there
	 * is one. */
	uint64_t until;
	/* Nor read by others than the standby. Beside a database they are: what is concluded here
	 * is not carried elsewhere, and this disk has the records. */
	bool unread;
	struct ward_retention retention;
	struct journal_says says;
};

static void refuse(struct server *s, size_t i, enum ward_msg_type t, const char *why)
{
	ward_count_name(&s->p.counters, "journal.refused", 1);
	WARD_LOG(&s->p.log, WARN, "journal.refused", WARD_KV_Z("peer", peers[i].name),
		WARD_KV_Z("message", ward_msg_name(t)), WARD_KV_Z("why", why));
}

/* What these append is kept at once, however many answers are due while nobody takes records
 * besides: sensors keep what waits, but people decide once. */
static bool is_kept(size_t i)
{
	return peers[i].lanes == LANE(CONTROL) && !peers[i].reads;
}

static void put_due(struct server *s, size_t i, const struct due *due)
{
	struct client *c = &s->client[i];

	if (c->n_due == ROUND_MAX) { /* who still waits for the oldest one asks again */
		memmove(c->due, c->due + 1, (ROUND_MAX - 1) * sizeof(c->due[0]));
		c->n_due--;
		ward_count_name(&s->p.counters, "journal.unanswered", 1);
	}
	c->due[c->n_due++] = *due;
}

static void on_append(struct server *s, size_t i, struct ward_msg *m)
{
	struct client *c = &s->client[i];
	struct due due = {.id = m->id};
	size_t n = 0;

	for (size_t k = 0; k < c->n_due; k++)
		if (c->due[k].id == m->id) /* asked again while it waits for the standby */
			return;
	due.err = ward_wire_append(&m->body, peers[i].lanes, peers[i].source, s->rec, &n);
	if (due.err)
		refuse(s, i, m->type, ward_err_text(due.err));
	else
		due.err = ward_journal_append(s->j, s->rec, n, &due.seq);
	if (due.err == WARD_ERR_AGAIN) { /* the group is full: make it durable, then once more */
		if (ward_journal_commit(s->j) != WARD_OK)
			ward_process_die(&s->p, "commit failed", WARD_ERR_IO);
		due.err = ward_journal_append(s->j, s->rec, n, &due.seq);
	}
	if (!due.err && ward_str_eqz(WARD_STR("desk"), peers[i].name) &&
		journal_says_heard(&s->says, s->rec, n))
		ward_process_die(&s->p, "a hold was not written", WARD_ERR_IO);
	due.end = due.seq + n;
	put_due(s, i, &due);
}

static void on_read(struct server *s, size_t i, struct ward_msg *m)
{
	struct client *c = &s->client[i];

	c->want_from = ward_rd_be64(&m->body);
	c->want_max = ward_rd_be32(&m->body);
	c->want_id = m->id;
	c->wants = !ward_rd_bad(&m->body);
	if (!c->wants)
		refuse(s, i, m->type, "malformed");
}

static void on_ack(struct server *s, size_t i, struct ward_msg *m)
{
	uint64_t seq = ward_rd_be64(&m->body);
	enum ward_err err = ward_rd_bad(&m->body)
				    ? WARD_ERR_MALFORMED
				    : ward_journal_ack(s->j, ward_str_z(peers[i].name), seq);

	if (err == WARD_ERR_IO)
		ward_process_die(&s->p, "reader position not written", err);
	if (err && err != WARD_ERR_DENIED) /* DENIED: an old position, sent again */
		refuse(s, i, m->type, ward_err_text(err));
}

static void on_hold(struct server *s, size_t i, struct ward_msg *m)
{
	uint64_t until = ward_rd_be64(&m->body);
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	if (ward_rd_bad(&m->body)) {
		refuse(s, i, m->type, "malformed");
		return;
	}
	s->until = until;
	ward_wr_be64(&w, ward_journal_next(s->j));
	if (ward_msg_send(s->client[i].fd, WARD_MSG_HELD, m->id, ward_wr_slice(&w)))
		ward_count_name(&s->p.counters, "journal.unanswered", 1);
}

static bool is_standby(size_t i)
{
	return peers[i].source == 1004;
}

static bool may_hold(size_t i)
{
	return is_standby(i) || peers[i].source == 1006;
}

static void on_message(struct server *s, size_t i, struct ward_msg *m)
{
	if (m->type == WARD_MSG_APPEND && peers[i].lanes)
		on_append(s, i, m);
	else if (m->type == WARD_MSG_READ && peers[i].reads)
		on_read(s, i, m);
	else if (m->type == WARD_MSG_ACK && peers[i].reads)
		on_ack(s, i, m);
	else if (m->type == WARD_MSG_HOLD && may_hold(i))
		on_hold(s, i, m);
	else
		refuse(s, i, m->type, "not permitted to this peer");
}

static void drain(struct server *s, size_t i)
{
	struct client *c = &s->client[i];

	/* no more than that of one peer, whatever it sends: the others are waiting */
	for (size_t n = 0; n < ROUND_MAX && (c->n_due < ROUND_MAX || is_kept(i)); n++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(c->fd, s->buf, &m);

		if (err == WARD_ERR_AGAIN)
			return;
		if (err == WARD_ERR_CLOSED)
			ward_process_die(&s->p, "the supervisor closed a link", err);
		if (err)
			refuse(s, i, WARD_MSG_NONE, ward_err_text(err));
		else
			on_message(s, i, &m);
	}
}

static void answer(struct server *s, size_t i)
{
	struct client *c = &s->client[i];
	size_t n_wait = 0;

	for (size_t k = 0; k < c->n_due; k++) {
		uint8_t body[9];
		struct ward_wr w = ward_wr_fixed(body, sizeof(body));

		if (!c->due[k].err && c->due[k].end > s->until) {
			c->due[n_wait++] = c->due[k];
			continue;
		}
		ward_wr_u8(&w, (uint8_t)c->due[k].err);
		ward_wr_be64(&w, c->due[k].seq);
		/* a full queue: the peer asks again, and its records are known by their ids */
		if (ward_msg_send(c->fd, WARD_MSG_APPENDED, c->due[k].id, ward_wr_slice(&w)))
			ward_count_name(&s->p.counters, "journal.unanswered", 1);
	}
	c->n_due = n_wait;
}

static void tell_damage(struct server *s, const struct ward_journal_damage *d)
{
	WARD_LOG(&s->p.log, ERROR, "journal.damage", WARD_KV_Z("lane", ward_lane_name(d->lane)),
		WARD_KV_U("segment", d->index), WARD_KV_U("offset", d->off),
		WARD_KV_Z("what", d->what));
}

static void move_cursor(struct server *s, struct client *c, uint64_t from)
{
	if (c->cursor && c->cursor_next == from)
		return;
	ward_journal_cursor_close(c->cursor);
	c->cursor = NULL;
	if (ward_journal_cursor_open(s->j, from, &c->cursor) != WARD_OK)
		ward_process_die(&s->p, "cannot read", WARD_ERR_IO);
	c->cursor_next = from;
}

/* The next record for a reader; damage is told and passed over. */
static enum ward_err next_record(struct server *s, struct client *c, struct ward_record *r)
{
	enum ward_err err;

	while ((err = ward_journal_next_record(c->cursor, r)) == WARD_ERR_CORRUPT) {
		const struct ward_journal_damage *d = ward_journal_cursor_damage(c->cursor);

		if (d)
			tell_damage(s, d);
		ward_journal_cursor_skip(c->cursor);
	}
	return err;
}

static void serve_read(struct server *s, size_t i)
{
	struct client *c = &s->client[i];
	struct ward_wr w = ward_wr_fixed(s->out, sizeof(s->out));
	uint32_t n = 0;
	bool behind = c->want_from > ward_journal_next(s->j);

	uint64_t until = s->unread && !is_standby(i) ? s->until : UINT64_MAX;

	if (!behind && c->want_from >= until)
		return;
	if (!behind)
		move_cursor(s, c, c->want_from);
	while (!behind && n < c->want_max) {
		struct ward_record r;
		size_t before = w.len;
		enum ward_err err = next_record(s, c, &r);

		if (err == WARD_ERR_AGAIN)
			break;
		if (err)
			ward_process_die(&s->p, "cannot read", err);
		if (r.seq >= until) { /* nobody concludes from it yet */
			c->cursor_next = 0;
			break;
		}
		ward_wire_put_record(&w, &r);
		if (ward_wr_bad(&w)) { /* no room: it begins the next answer */
			w.len = before;
			w.bad = false;
			c->cursor_next = 0;
			break;
		}
		c->cursor_next = r.seq + 1;
		n++;
	}
	if (n == 0 && !behind)
		return; /* the READ stays open until there is something */
	c->wants = false;
	if (ward_msg_send(c->fd, WARD_MSG_RECORDS, c->want_id, ward_wr_slice(&w)))
		ward_count_name(&s->p.counters, "journal.unanswered", 1);
}

static void set_retention(
	struct server *s, const struct ward_io *io, struct ward_journal_options *o)
{
	const char *said;

	ward_retention_init(&s->retention, ward_mem_heap(), s->p.clock);
	s->retention.log = &s->p.log;
	s->retention.counters = &s->p.counters;
	for (size_t i = 0; (said = ward_process_nth(&s->p, "retain", i)); i++) {
		enum ward_err err = ward_retention_add(&s->retention, ward_str_z(said));

		if (err)
			ward_process_die(&s->p, said, err);
	}
	o->dropped = ward_retention_dropped;
	o->dropped_ctx = &s->retention;
	s->retention.io = io;
	if (ward_retention_recall(&s->retention) != WARD_OK)
		ward_process_die(&s->p, "what was erased can't be read", WARD_ERR_IO);
	ward_retention_options(&s->retention, o);
}

static void open_journal(struct server *s, struct ward_io_dir *dir)
{
	const char *path = ward_process_setting(&s->p, "dir");
	struct ward_journal_options o;
	struct ward_journal_stats st;
	struct ward_limits lim;
	enum ward_err err;

	ward_process_limits(&s->p, &lim);
	ward_keep_options(&o, &lim);
	o.formats = ward_process_formats(&s->p);
	s->bytes_max = ward_limit(&lim, WARD_LIMIT_JOURNAL_BYTES);
	s->opened = ward_clock_mono(s->p.clock);
	ward_board_init(&s->board, ward_process_fd(&s->p, "board"));
	ward_board_init(&s->holds, ward_process_fd(&s->p, "holds"));
	err = path ? ward_io_dir_open(dir, path, true, true) : WARD_ERR_CONFIG;
	if (err)
		ward_process_die(&s->p, "cannot open the journal's folder", err);
	ward_process_cage(&s->p, WARD_CAGE_FILES, path);
	set_retention(s, &dir->io, &o);
	err = ward_journal_open(&o, &dir->io, s->p.clock, ward_mem_heap(), &s->j);
	if (err == WARD_ERR_VERSION)
		WARD_LOG(&s->p.log, ERROR, "journal.newer", WARD_KV_Z("folder", path),
			WARD_KV_Z("mend", "install the newer Ward again (docs/upgrade.md)"));
	if (err)
		ward_process_die(&s->p, "cannot open the journal", err);
	s->retention.j = s->j;
	journal_says_open(&s->says, &s->p, s->j, &s->retention);
	err = journal_says_recall(&s->says, &dir->io);
	if (err)
		ward_process_die(&s->p, "what is held can't be recalled", err);
	ward_journal_stats(s->j, &st);
	for (size_t i = 0; i < st.n_damage && i < WARD_JOURNAL_DAMAGE_MAX; i++)
		tell_damage(s, ward_journal_damage(s->j, i));
	WARD_LOG(&s->p.log, INFO, "journal.open", WARD_KV_U("next", ward_journal_next(s->j)),
		WARD_KV_U("torn", st.n_torn), WARD_KV_U("damage", st.n_damage));
}

static void open_links(struct server *s)
{
	add_guests();
	for (size_t i = 0; i < PEERS; i++) {
		struct client *c = &s->client[i];

		c->fd = ward_process_fd(&s->p, peers[i].name);
		if (c->fd != WARD_FD_NONE && fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(&s->p, peers[i].name, WARD_ERR_IO);
	}
	/* with a machine beside this one nothing counts before that process has said so */
	s->unread = ward_process_fd(&s->p, STANDBY) != WARD_FD_NONE;
	bool beside = ward_process_fd(&s->p, QUORUM) != WARD_FD_NONE;

	s->until = s->unread || beside ? 0 : UINT64_MAX;
	/* taken out of the installation it reads no more, and would hold all back for ever */
	enum ward_err err = beside ? WARD_OK : ward_journal_forget(s->j, WARD_STR(QUORUM));

	if (err && err != WARD_ERR_NOT_FOUND)
		ward_process_die(&s->p, "reader position not written", err);
}

static void tick(struct server *s, ward_ns now)
{
	struct ward_record r = {
		.lane = WARD_LANE_CONTROL, .type = WARD_RECORD_TICK, .source = OWN_SOURCE};
	uint64_t seq;

	if (ward_journal_next(s->j) != s->ticked_next) {
		s->ticked_next = ward_journal_next(s->j);
		s->ticked = now;
	}
	if (now - s->ticked < tick_after)
		return;
	s->ticked = now;
	/* FULL is the alarm of whoever has something to say; a tick can wait */
	if (ward_journal_append(s->j, &r, 1, &seq) != WARD_OK)
		ward_count_name(&s->p.counters, "journal.tick_refused", 1);
}

/* Whoever sits before Ward must know when it keeps nothing more: once when it begins, once when it
 * is over. */
static void tell_room(struct server *s)
{
	struct ward_journal_stats st;
	const struct client *supervisor = &s->client[0];
	uint8_t body;

	ward_journal_stats(s->j, &st);
	if (st.full == s->full)
		return;
	body = !st.full;
	if (supervisor->fd != WARD_FD_NONE &&
		ward_msg_send(supervisor->fd, WARD_MSG_ROOM, 0, (struct ward_slice){&body, 1}))
		return; /* its queue is full: in the next round */
	s->full = st.full;
	if (st.full)
		WARD_LOG(&s->p.log, ERROR, "journal.full", WARD_KV_U("bytes", st.bytes));
	else
		WARD_LOG(&s->p.log, INFO, "journal.room", WARD_KV_U("bytes", st.bytes));
}

static void round_of_work(struct server *s, const struct pollfd *polled)
{
	for (size_t i = 0; i < PEERS; i++)
		if (polled[i].fd != WARD_FD_NONE && polled[i].revents)
			drain(s, i);
	tick(s, ward_clock_mono(s->p.clock));
	/* one fdatasync per lane for all that came meanwhile; after a failure nobody knows what is
	 * on the disk: the next life reads it back */
	if (ward_journal_commit(s->j) != WARD_OK)
		ward_process_die(&s->p, "commit failed", WARD_ERR_IO);
	tell_room(s);
	for (size_t i = 0; i < PEERS; i++)
		answer(s, i);
	for (size_t i = 0; i < PEERS; i++)
		if (s->client[i].wants)
			serve_read(s, i);
}

static void maintain(struct server *s)
{
	struct ward_journal_stats st;

	if (ward_journal_maintain(s->j) != WARD_OK)
		ward_process_die(&s->p, "maintenance failed", WARD_ERR_IO);
	ward_journal_stats(s->j, &st);
	if (st.full)
		WARD_LOG(&s->p.log, ERROR, "journal.full", WARD_KV_U("bytes", st.bytes),
			WARD_KV_Z("mend", "what reads it is behind: see what keeps 'brain' busy"));
	if (st.n_unread != s->n_unread)
		WARD_LOG(&s->p.log, WARN, "journal.dropped_unread",
			WARD_KV_U("segments", st.n_unread - s->n_unread));
	s->n_unread = st.n_unread;
}

static void tell_board(struct server *s)
{
	struct ward_json *j = ward_board_begin(&s->board, ward_clock_now(s->p.clock));
	struct ward_journal_stats st;

	if (!j)
		return;
	ward_journal_stats(s->j, &st);
	ward_json_put_u64(j, "next", ward_journal_next(s->j));
	ward_json_put_u64(j, "bytes", st.bytes);
	ward_json_put_u64(j, "bytes_max", s->bytes_max);
	ward_json_put_u64(j, "full", st.full);
	ward_json_put_u64(j, "written", st.n_payload);
	ward_json_put_u64(j, "for", (uint64_t)(ward_clock_mono(s->p.clock) - s->opened));
	ward_json_put_u64(j, "damage", st.n_damage);
	ward_json_put_u64(j, "unread", st.n_unread);
	(void)ward_board_end(&s->board);
}

static void tell_holds(struct server *s)
{
	struct ward_json *j = ward_board_begin(&s->holds, ward_clock_now(s->p.clock));

	if (!j)
		return;
	ward_json_key(j, "holds");
	ward_retention_show(&s->retention, j);
	(void)ward_board_end(&s->holds);
}

static void run(struct server *s)
{
	ward_ns maintained = ward_clock_mono(s->p.clock);

	while (!ward_process_stopping()) {
		struct pollfd p[PEERS];

		for (size_t i = 0; i < PEERS; i++)
			p[i] = (struct pollfd){.fd = s->client[i].fd,
				.events =
					s->client[i].n_due < ROUND_MAX || is_kept(i) ? POLLIN : 0};
		if (poll(p, PEERS, ward_retention_sleep_ms(&s->retention, 1000)) < 0 &&
			errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		round_of_work(s, p);
		if (ward_retention_turn(&s->retention) != WARD_OK)
			ward_process_die(&s->p, "erasing failed", WARD_ERR_IO);
		tell_board(s);
		tell_holds(s);
		ward_process_count(&s->p);
		if (ward_clock_mono(s->p.clock) - maintained > maintain_every) {
			maintained = ward_clock_mono(s->p.clock);
			maintain(s);
		}
	}
}

int main(int argc, char **argv)
{
	struct server *s = calloc(1, sizeof(*s));
	struct ward_io_dir dir;

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "journal", argc, argv);
	open_journal(s, &dir);
	open_links(s);
	run(s);
	for (size_t i = 0; i < PEERS; i++)
		ward_journal_cursor_close(s->client[i].cursor);
	ward_retention_fini(&s->retention);
	journal_says_close(&s->says);
	ward_journal_close(s->j);
	ward_io_dir_close(&dir);
	return ward_process_end(&s->p);
}
