/* The process that gives the journal's records to a database that several machines keep, and tells
 * the journal up to where it has them: before that nothing is acknowledged. The journal's file
 * stays what all others read; the database is what survives this machine. */
#include "quorum/quorum.h"
#include "quorum/state.h"
#include "run/board.h"
#include "run/proc/quorum_dial.h"
#include "run/proc/quorum_forget.h"
#include "run/proc/quorum_rows.h"
#include "run/process.h"
#include "run/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	READ_MOST = 1024,
	GATHER_MAX = 8192, /* records of one transaction */
	GATHER_BYTES = 8 << 20,
	WAIT_MS = 100,
};

static const ward_ns deadline = 5 * WARD_NS_PER_S, hold_every = WARD_NS_PER_S / 5,
		     keep_every = 60 * WARD_NS_PER_S, read_again = 2 * WARD_NS_PER_S,
		     ack_every = WARD_NS_PER_S, retry_after = WARD_NS_PER_S / 4,
		     refused_for = 5 * WARD_NS_PER_S,
		     /* addresses may have moved: the next life looks them up anew */
	give_up = 60 * WARD_NS_PER_S;

enum state {
	UNCLAIMED, /* no connection, or one that nobody has claimed the log by */
	MATCHING,  /* claimed; is the log a beginning of our journal? */
	WRITING,
	SCANNING, /* the same; looks meanwhile for what the journal erased */
	FOREIGN,  /* it is not: another machine wrote since */
};

struct quorum {
	struct ward_process p;
	struct ward_limits lim;
	struct quorum_dial dial;
	struct ward_quorum *q;
	enum state state;
	int link;
	uint8_t buf[WARD_MSG_MAX];
	struct ward_record rec[GATHER_MAX]; /* n_rec, not yet in the log */
	size_t n_rec;
	struct ward_arena arena; /* what they hold */
	struct ward_record last; /* of the log, at the claim, by which it is known; seq 0: none */
	struct ward_wr last_data;
	uint64_t end;  /* where the log ended at the claim */
	uint64_t look; /* the next record to be compared with it */
	uint64_t next; /* the log has all before; 0: not known */
	uint64_t kept; /* the last one in it that is no telemetry; 0: not known */
	uint64_t acked;
	struct quorum_forget forget;
	struct quorum_rows rows;
	uint64_t scan; /* the next record to be looked at */
	uint32_t read_id, hold_id;
	ward_ns read_at, hold_at, ack_at, kept_at, claim_at, claimed_at; /* monotonic */
	enum ward_err told;                                              /* of a claim */
	enum ward_quorum_fault told_fault;
	struct ward_board board;
	struct ward_quorum_state is; /* what is shown on it */
	bool strays; /* the rows there were another store's when they were compared */
};

static ward_ns now_of(const struct quorum *k)
{
	return ward_clock_mono(k->p.clock);
}

/* ---- what it shows of itself ---- */

/* What is not better than before is so since then. */
static void stands(struct quorum *k, enum ward_quorum_stand stand)
{
	struct ward_quorum_state *s = &k->is;

	if (stand != s->stand || !s->since)
		s->since = ward_clock_now(k->p.clock);
	s->stand = stand;
	s->fault = stand == WARD_QUORUM_REFUSED ? ward_quorum_fault(k->q) : WARD_QUORUM_SOUND;
	(void)snprintf(s->host, sizeof(s->host), "%.*s", WARD_STR_ARG(ward_quorum_host(k->q)));
	bool well = stand == WARD_QUORUM_WRITES || stand == WARD_QUORUM_STRAYS;

	ward_quorum_text(ward_str_z(well ? "" : ward_quorum_why(k->q)), s->said, sizeof(s->said));
}

static void show(struct quorum *k)
{
	struct ward_json *j = ward_board_begin(&k->board, ward_clock_now(k->p.clock));

	if (!j)
		return;
	k->is.next = k->next;
	ward_quorum_state_put(&k->is, j);
	(void)ward_board_end(&k->board);
}

/* ---- what the journal is asked ---- */

static void ask(struct quorum *k, enum ward_msg_type t, uint32_t id, const struct ward_wr *w)
{
	/* a full queue, or a process that just begins: it is asked again */
	if (ward_msg_send(k->link, t, id, ward_wr_slice(w)))
		ward_count_name(&k->p.counters, "quorum.unasked", 1);
}

static void read_from(struct quorum *k, uint64_t from)
{
	uint8_t body[12];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_be64(&w, from);
	ward_wr_be32(&w, READ_MOST);
	k->read_at = now_of(k);
	ask(k, WARD_MSG_READ, ++k->read_id, &w);
}

/* What comes next: of what is gathered, or in the log. */
static uint64_t wanted(const struct quorum *k)
{
	if (k->state == MATCHING)
		return k->look;
	if (k->state == SCANNING)
		return k->scan;
	return k->n_rec ? k->rec[k->n_rec - 1].seq + 1 : k->next;
}

static void read_more(struct quorum *k)
{
	if (k->state == MATCHING || k->state == WRITING || k->state == SCANNING)
		read_from(k, wanted(k));
}

static void hold(struct quorum *k)
{
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	k->hold_at = now_of(k);
	if (!k->next)
		return;
	ward_wr_be64(&w, k->next);
	ask(k, WARD_MSG_HOLD, ++k->hold_id, &w);
}

/* The journal may let go what the log has; but for the last record by which it is known again, when
 * telemetry behind that is gone. */
static void ack(struct quorum *k)
{
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	k->ack_at = now_of(k);
	if ((k->state != WRITING && k->state != SCANNING) || !k->kept || k->kept - 1 == k->acked)
		return;
	k->acked = k->kept - 1;
	ward_wr_be64(&w, k->acked);
	ask(k, WARD_MSG_ACK, 0, &w);
}

/* ---- the log ---- */

static void tell(struct quorum *k, enum ward_err err)
{
	enum ward_quorum_fault f = ward_quorum_fault(k->q);
	const struct ward_quorum_words *w = ward_quorum_words(f);

	ward_count_name(&k->p.counters, f ? "quorum.refused" : "quorum.lost", 1);
	if (err == k->told && f == k->told_fault)
		return;
	k->told = err;
	k->told_fault = f;
	if (f)
		WARD_LOG(&k->p.log, ERROR, "quorum.refused",
			WARD_KV_S("host", ward_quorum_host(k->q)), WARD_KV_Z("fault", w->name),
			WARD_KV_Z("why", w->what), WARD_KV_Z("lost", w->lost),
			WARD_KV_Z("mend", w->mend), WARD_KV_Z("said", ward_quorum_why(k->q)));
	else
		WARD_LOG(&k->p.log, WARN, "quorum.lost", WARD_KV_S("host", ward_quorum_host(k->q)),
			WARD_KV_E(err), WARD_KV_Z("why", ward_quorum_why(k->q)));
}

/* Nothing is acknowledged meanwhile; what was gathered is read again from where the log ends. */
static void lost(struct quorum *k, enum ward_err err)
{
	k->state = UNCLAIMED;
	quorum_rows_end(&k->rows);
	k->n_rec = 0;
	ward_arena_reset(&k->arena);
	/* settings stay for a while; whoever follows may lead in a moment, and what was changed
	 * meanwhile is for a claim to judge */
	enum ward_quorum_fault f = ward_quorum_fault(k->q);
	bool stays = f != WARD_QUORUM_SOUND && f != WARD_QUORUM_FOLLOWER;

	k->claim_at = now_of(k) + (stays ? refused_for : retry_after);
	stands(k, stays ? WARD_QUORUM_REFUSED : WARD_QUORUM_LOST);
	tell(k, err);
}

static bool keep_last(void *ctx, const struct ward_record *r)
{
	struct quorum *k = ctx;

	ward_wr_reset(&k->last_data);
	ward_wr_bytes(&k->last_data, r->data.p, r->data.len);
	k->last = *r;
	k->last.data = ward_wr_slice(&k->last_data);
	return false;
}

static void write_from(struct quorum *k, uint64_t next)
{
	enum ward_err err = quorum_forget_begin(&k->forget, k->q);

	if (!err)
		err = quorum_rows_begin(&k->rows, k->q);
	if (err) {
		lost(k, err);
		return;
	}
	k->state = WRITING;
	k->next = next;
	k->told = WARD_OK;
	k->told_fault = WARD_QUORUM_SOUND;
	stands(k, k->strays ? WARD_QUORUM_STRAYS : WARD_QUORUM_WRITES);
	WARD_LOG(&k->p.log, INFO, "quorum.writes", WARD_KV_S("host", ward_quorum_host(k->q)),
		WARD_KV_U("next", next));
	hold(k);
	read_more(k);
}

static void claim(struct quorum *k)
{
	struct ward_quorum_head h;
	enum ward_err err = ward_quorum_claim(k->q, &h);

	if (!err && h.last) {
		k->last.seq = 0;
		err = ward_quorum_read(k->q, h.last, 1, keep_last, k);
		if (!err && (k->last.seq != h.last || ward_wr_bad(&k->last_data)))
			err = WARD_ERR_AGAIN;
	}
	if (err == WARD_ERR_VERSION || err == WARD_ERR_NOMEM)
		ward_process_die(&k->p, ward_quorum_why(k->q), err);
	if (err) {
		lost(k, err);
		if (now_of(k) - k->claimed_at > give_up)
			ward_process_die(&k->p, ward_quorum_why(k->q), err);
		return;
	}
	k->claimed_at = now_of(k);
	k->is.epoch = h.epoch;
	k->kept = 0;
	if (!h.last) {
		write_from(k, h.next);
		return;
	}
	k->state = MATCHING;
	k->next = 0;
	k->look = k->end = h.last;
	read_more(k);
}

static void append(struct quorum *k)
{
	size_t n = k->n_rec;
	uint64_t next = n ? k->rec[n - 1].seq + 1 : k->next;
	enum ward_err err;

	if (!n)
		return;
	if (k->rec[0].seq > k->next && k->next > 1) { /* its lane let it go unread */
		ward_count_name(&k->p.counters, "quorum.gone", k->rec[0].seq - k->next);
	}
	err = ward_quorum_append(k->q, k->rec, n);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&k->p, "out of memory", err);
	if (err) {
		lost(k, err);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		quorum_forget_note(&k->forget, &k->rec[i]);
		if (k->rec[i].lane != WARD_LANE_TELEMETRY)
			k->kept = k->rec[i].seq;
	}
	ward_count_name(&k->p.counters, "quorum.batches", 1);
	ward_count_name(&k->p.counters, "quorum.records", n);
	k->n_rec = 0;
	ward_arena_reset(&k->arena);
	k->next = next;
	k->claimed_at = now_of(k);
	hold(k);
}

/* ---- what the journal says ---- */

static bool same(const struct ward_record *a, const struct ward_record *b)
{
	bool erased = a->type == WARD_RECORD_ERASED || b->type == WARD_RECORD_ERASED;

	return a->seq == b->seq && a->time == b->time && a->lane == b->lane &&
	       a->source == b->source &&
	       (erased || (a->type == b->type && a->data.len == b->data.len &&
				  (a->data.len == 0 ||
					  memcmp(a->data.p, b->data.p, a->data.len) == 0)));
}

static void foreign(struct quorum *k)
{
	k->state = FOREIGN;
	k->next = 0;
	ward_quorum_hang_up(k->q);
	stands(k, WARD_QUORUM_FOREIGN);
	WARD_LOG(&k->p.log, ERROR, "quorum.foreign", WARD_KV_U("last", k->end),
		WARD_KV_Z("why", "another machine has written to the log since, or this one's "
				 "journal no longer has the record that the log ends with"),
		WARD_KV_Z("mend", "end Ward on one of the two; where this one is to go on, give it "
				  "another database (docs/beyond-one-machine.md)"));
}

/* Telemetry the journal may have let go: then the log is known by its last record of another lane.
 */
static void match_kept(struct quorum *k)
{
	k->last.seq = 0;
	enum ward_err err = ward_quorum_last_kept(k->q, keep_last, k);

	if (!err && ward_wr_bad(&k->last_data))
		err = WARD_ERR_AGAIN;
	if (err) {
		lost(k, err);
		return;
	}
	if (!k->last.seq) {
		foreign(k);
		return;
	}
	k->look = k->last.seq;
	read_more(k);
}

/* Numbers and times of commits are no two machines' by chance: with the last record all are ours;
 * and with the last one that is no telemetry, when the journal has nothing but telemetry between
 * it and the log's end. */
static void match(struct quorum *k, struct ward_rd *r)
{
	struct ward_record rec = {.seq = 0};
	bool ours = ward_rd_left(r);

	while (ours && k->look <= k->end && ward_rd_left(r)) {
		if (ward_wire_get_record(r, &rec) != WARD_OK || rec.seq < k->look)
			ward_process_die(&k->p, "records of the journal", WARD_ERR_MALFORMED);
		if (k->look == k->last.seq)
			ours = same(&rec, &k->last);
		else
			ours = rec.seq > k->end || rec.lane == WARD_LANE_TELEMETRY;
		k->look = rec.seq + 1;
	}
	if (ours && k->look > k->end)
		write_from(k, k->end + 1);
	else if (ours)
		read_more(k);
	else if (k->last.lane == WARD_LANE_TELEMETRY && rec.seq > k->last.seq)
		match_kept(k);
	else
		foreign(k);
}

/* ---- what the journal erased ---- */

static void forgot(struct quorum *k, enum ward_err err)
{
	if (!err)
		err = quorum_forget_done(&k->forget, k->q);
	if (err)
		lost(k, err);
	else
		k->state = WRITING;
	ward_count_name(&k->p.counters, "quorum.forgot", !err);
	read_more(k);
}

/* Before more is taken: so that what is erased is not behind for long. */
static void forget(struct quorum *k)
{
	const struct quorum_due *d = k->forget.due;

	if (k->state != WRITING || k->n_rec || !k->forget.n_due)
		return;
	if (d->segment) {
		forgot(k, ward_quorum_forget(k->q, d->lane, d->first, d->last));
		return;
	}
	k->state = SCANNING;
	k->scan = d->first;
	read_more(k);
}

/* Records of the journal, of which the log has what was erased. */
static void scan(struct quorum *k, struct ward_rd *r)
{
	const struct quorum_due *d = k->forget.due;
	uint64_t seq[READ_MOST];
	size_t n = 0;

	while (ward_rd_left(r)) {
		struct ward_record rec;

		if (ward_wire_get_record(r, &rec) != WARD_OK || rec.seq < k->scan)
			ward_process_die(&k->p, "records of the journal", WARD_ERR_MALFORMED);
		k->scan = rec.seq + 1;
		if (rec.type == WARD_RECORD_ERASED && rec.seq <= d->last && n < READ_MOST)
			seq[n++] = rec.seq;
	}
	enum ward_err err = n ? ward_quorum_erase(k->q, seq, n) : WARD_OK;

	if (err || k->scan > d->last)
		forgot(k, err);
	else
		read_more(k);
}

static bool gather(struct quorum *k, const struct ward_record *from)
{
	size_t len = from->type == WARD_RECORD_ERASED ? 0 : from->data.len; /* zeros */
	uint8_t *p = ward_arena_raw(&k->arena, len + 1);

	if (!p || k->n_rec == GATHER_MAX)
		return false;
	if (len)
		memcpy(p, from->data.p, len);
	k->rec[k->n_rec] = *from;
	k->rec[k->n_rec++].data = ward_slice_of(p, len);
	return true;
}

static void on_records(struct quorum *k, struct ward_msg *m)
{
	struct ward_rd r = ward_rd_from(m->body.p + m->body.off, ward_rd_left(&m->body));

	if (m->id != k->read_id)
		return;
	if (k->state == MATCHING) {
		match(k, &r);
		return;
	}
	if (k->state == SCANNING) {
		scan(k, &r);
		return;
	}
	if (k->state != WRITING)
		return;
	if (!ward_rd_left(&r)) { /* the journal is another one: its folder was removed */
		lost(k, WARD_ERR_CORRUPT);
		return;
	}
	while (ward_rd_left(&r)) {
		struct ward_record rec;

		if (ward_wire_get_record(&r, &rec) != WARD_OK || rec.seq < wanted(k))
			ward_process_die(&k->p, "records of the journal", WARD_ERR_MALFORMED);
		if (!gather(k, &rec))
			break; /* they are read again */
	}
	read_more(k);
}

/* Takes what is there, so that it goes together; false: there is no more now. */
static bool hear(struct quorum *k)
{
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->link, k->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return false;
	if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
		ward_process_die(&k->p, "the link with the journal", err);
	if (!err && m.type == WARD_MSG_RECORDS)
		on_records(k, &m);
	return true;
}

static bool has_room(const struct quorum *k)
{
	return k->n_rec + READ_MOST <= GATHER_MAX &&
	       k->arena.used_bytes + WARD_MSG_MAX <= GATHER_BYTES;
}

/* Until they were compared they are taken for what they were before the link was lost. */
static void see_rows(struct quorum *k)
{
	enum quorum_rows_state s = k->rows.state;

	if (s == QUORUM_ROWS_OFF || s == QUORUM_ROWS_MATCHING)
		return;
	k->strays = s == QUORUM_ROWS_FOREIGN;
	if (k->strays != (k->is.stand == WARD_QUORUM_STRAYS))
		stands(k, k->strays ? WARD_QUORUM_STRAYS : WARD_QUORUM_WRITES);
}

static void write_rows(struct quorum *k)
{
	enum ward_err err = quorum_rows_turn(&k->rows, k->q);

	if (err)
		lost(k, err);
	else if (k->is.stand == WARD_QUORUM_WRITES || k->is.stand == WARD_QUORUM_STRAYS)
		see_rows(k);
}

static void run(struct quorum *k)
{
	k->claimed_at = now_of(k);
	while (!ward_process_stopping()) {
		struct pollfd p[] = {{k->link, POLLIN, 0}, {k->rows.link, POLLIN, 0}};
		ward_ns now = now_of(k);

		if (k->state == UNCLAIMED && now >= k->claim_at)
			claim(k);
		if (poll(p, WARD_ARRAY_LEN(p), k->n_rec ? 0 : WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
		while (has_room(k) && hear(k))
			continue;
		append(k);
		forget(k);
		write_rows(k);
		now = now_of(k);
		if (k->state == WRITING && now - k->kept_at > keep_every) {
			enum ward_err err = quorum_forget_keep(&k->forget, k->q);

			k->kept_at = now;
			if (err)
				lost(k, err);
		}
		if (now - k->hold_at > hold_every) /* also for a journal that has begun anew */
			hold(k);
		if (now - k->read_at > read_again)
			read_more(k);
		if (now - k->ack_at > ack_every)
			ack(k);
		show(k);
		ward_process_count(&k->p);
	}
}

/* ---- before the cage ---- */

static void begin(struct quorum *k)
{
	ward_process_limits(&k->p, &k->lim);
	quorum_dial_open(&k->dial, &k->p, deadline, &k->q);
	k->link = ward_process_need_fd(&k->p, "journal");
	quorum_rows_open(&k->rows, &k->p);
	if (fcntl(k->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&k->p, "the link with the journal", WARD_ERR_IO);
	ward_board_init(&k->board, ward_process_fd(&k->p, "board"));
	stands(k, WARD_QUORUM_BEGINS);
	ward_arena_init(&k->arena, ward_mem_heap(), GATHER_BYTES);
	if (quorum_forget_open(&k->forget, &k->lim) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	k->last_data = ward_wr_grow(ward_mem_heap(), WARD_MSG_MAX);
	k->read_id = ward_process_ids();
	ward_process_cage(&k->p, WARD_CAGE_CONNECT | WARD_CAGE_FOLLOW, NULL);
}

int main(int argc, char **argv)
{
	struct quorum *k = calloc(1, sizeof(*k));

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "quorum", argc, argv);
	begin(k);
	run(k);
	ward_quorum_close(k->q);
	ward_arena_fini(&k->arena);
	ward_wr_fini(&k->last_data);
	quorum_forget_close(&k->forget);
	quorum_rows_close(&k->rows);
	ward_board_fini(&k->board);
	return ward_process_end(&k->p);
}
