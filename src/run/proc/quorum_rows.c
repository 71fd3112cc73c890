#include "run/proc/quorum_rows.h"

#include "comply/order.h"
#include "conf/conf.h"

#include <fcntl.h>

enum { ARENA_BYTES = 1 << 20, MEMORY_MAX = 128 << 20, PIECE = 128 << 10 };

static const ward_ns ask_again = 2 * WARD_NS_PER_S, memory_every = 300 * WARD_NS_PER_S,
		     memory_soon = 5 * WARD_NS_PER_S;

void quorum_rows_open(struct quorum_rows *r, struct ward_process *p)
{
	r->p = p;
	r->state = QUORUM_ROWS_OFF;
	r->link = ward_process_need_fd(p, "store");
	r->id = ward_process_ids();
	if (fcntl(r->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(p, "store", WARD_ERR_IO);
	ward_limits_default(&r->lim);
	ward_arena_init(&r->arena, ward_mem_heap(), ARENA_BYTES);
	r->bytes = ward_wr_grow(ward_mem_heap(), MEMORY_MAX);
}

void quorum_rows_close(struct quorum_rows *r)
{
	ward_arena_fini(&r->arena);
	ward_wr_fini(&r->bytes);
}

/* ---- what the store is asked ---- */

static struct ward_rows_query query(const struct quorum_rows *r)
{
	return r->state == QUORUM_ROWS_MATCHING
		       ? (struct ward_rows_query){r->head.n - 1, 1}
		       : (struct ward_rows_query){r->head.n, WARD_ROWS_MAX};
}

static void ask(struct quorum_rows *r)
{
	struct ward_rows_query q = query(r);
	enum ward_msg_type what = WARD_MSG_WHOLE;
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	if (r->state == QUORUM_ROWS_ERASING) {
		what = WARD_MSG_GONE;
		ward_gone_put(&w, &r->gone);
	} else if (r->state == QUORUM_ROWS_MEMORY) {
		what = WARD_MSG_RESUME;
		ward_resume_put(&w, r->bytes.len);
	} else {
		ward_rows_query_put(&w, &q);
	}
	r->asked_at = ward_clock_mono(r->p->clock);
	/* a full queue, or a process that just begins: it is asked again */
	if (ward_msg_send(r->link, what, ++r->id, ward_wr_slice(&w)))
		ward_count_name(&r->p->counters, "quorum.unasked", 1);
}

static void read_on(struct quorum_rows *r)
{
	r->state = QUORUM_ROWS_READING;
	ask(r);
}

enum ward_err quorum_rows_begin(struct quorum_rows *r, struct ward_quorum *q)
{
	struct ward_store_checkpoint there = {.seq = 0};
	enum ward_err err = ward_quorum_rows_head(q, &r->head);

	if (!err)
		err = ward_quorum_memory(q, &there);
	if (err && err != WARD_ERR_NOT_FOUND)
		return err;
	r->memory_seq = there.seq;
	r->none = err == WARD_ERR_NOT_FOUND;
	r->drops = true; /* of what was on its way when a claim ended */
	r->state = QUORUM_ROWS_MATCHING;
	if (r->head.n == 0)
		read_on(r);
	else
		ask(r);
	return WARD_OK;
}

/* A memory that could not be carried is not tried again at once: what it costs is the servers'. */
void quorum_rows_end(struct quorum_rows *r)
{
	if (r->sends)
		r->memory_at = ward_clock_mono(r->p->clock) + memory_every;
	r->sends = r->too_large = false;
	r->state = QUORUM_ROWS_OFF;
}

/* ---- what it says ---- */

static void foreign(struct quorum_rows *r, uint64_t last)
{
	r->state = QUORUM_ROWS_FOREIGN;
	r->sends = false;
	ward_count_name(&r->p->counters, "quorum.rows_foreign", 1);
	WARD_LOG(&r->p->log, ERROR, "quorum.rows_foreign", WARD_KV_U("there", r->head.n),
		WARD_KV_U("here", last),
		WARD_KV_Z("why", "the database has other rows than this machine's store: it was "
				 "put back to an older state, or another machine has gone on"),
		WARD_KV_Z("mend", "where this machine is to go on, fetch what the database has, or "
				  "give it another database (docs/beyond-one-machine.md)"));
}

static void match(struct quorum_rows *r)
{
	if (r->part.n != 1 || !ward_hash_eq(&r->leaf[0].commitment, &r->head.last)) {
		foreign(r, r->part.last);
		return;
	}
	WARD_LOG(&r->p->log, INFO, "quorum.rows", WARD_KV_U("there", r->head.n),
		WARD_KV_U("here", r->part.last));
	read_on(r);
}

/* Of a deletion's row what it says; NULL: it is none. */
static const struct ward_conf *deletion(struct quorum_rows *r, const struct ward_store_row *row)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	if (row->kind != WARD_ROW_DELETION || !row->json.p)
		return NULL;
	ward_arena_reset(&r->arena);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&r->arena, &r->lim, WARD_STR("row"), 1, ward_str_bytes(row->json), &diag, &c);

	ward_diag_fini(&diag);
	return err ? NULL : c;
}

/* The numbers of a deletion of rows; false: it is of something else. */
static bool is_of_rows(struct quorum_rows *r, const struct ward_conf *c)
{
	uint64_t first, last;

	if (!ward_str_eqz(ward_conf_word(c, "what"), "rows") ||
		!ward_str_u64(ward_conf_word(c, "first"), &first) ||
		!ward_str_u64(ward_conf_word(c, "last"), &last) || first == 0 || last < first)
		return false;
	r->gone = (struct ward_gone){first - 1, last < r->head.n ? last : r->head.n};
	return r->gone.after < r->gone.last; /* others come as erased ones */
}

/* What is there may be of somebody who asked to be forgotten, or older than anything should be; the
 * next one is to be of a record behind seq. */
static enum ward_err drop_memory(struct quorum_rows *r, struct ward_quorum *q, uint64_t seq)
{
	r->sends = false;
	r->none = true;
	if (seq > r->memory_seq)
		r->memory_seq = seq;
	ward_count_name(&r->p->counters, "quorum.memory_dropped", 1);
	return ward_quorum_memory_drop(q, &r->head, r->memory_seq, &r->drops);
}

static void ask_memory(struct quorum_rows *r)
{
	r->state = QUORUM_ROWS_MEMORY;
	r->memory.seq = 0;
	ward_wr_reset(&r->bytes);
	ask(r);
}

/* It is whole. Of rows that the database does not have yet it waits for the next time. */
static void take_memory(struct quorum_rows *r)
{
	bool has = r->memory.seq && r->memory.seq <= r->memory_seq;

	r->sends = !has && r->memory.seq && r->memory.seq <= r->head.position;
	r->sent = 0;
	r->memory_at =
		ward_clock_mono(r->p->clock) + (has && !r->none ? memory_every : memory_soon);
	read_on(r);
}

static enum ward_err send_piece(struct quorum_rows *r, struct ward_quorum *q)
{
	size_t left = r->bytes.len - r->sent;
	const struct ward_quorum_piece p = {.of = &r->memory,
		.off = r->sent,
		.bytes = ward_slice_of(r->bytes.p + r->sent, left < PIECE ? left : PIECE)};
	enum ward_err err = ward_quorum_memory_put(q, &r->head, &p);

	if (err)
		return err;
	r->sent += p.bytes.len;
	if (r->sent < r->bytes.len)
		return WARD_OK;
	r->sends = r->none = false;
	r->memory_seq = r->memory.seq;
	r->memory_at = ward_clock_mono(r->p->clock) + memory_every;
	ward_count_name(&r->p->counters, "quorum.memories", 1);
	return WARD_OK;
}

static bool same(const struct ward_store_checkpoint *a, const struct ward_store_checkpoint *b)
{
	return a->seq == b->seq && a->size == b->size &&
	       memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
}

/* A piece of it; it begins anew when the brain has saved another one meanwhile. */
static void hear_memory(struct quorum_rows *r, struct ward_rd body)
{
	struct ward_resumed d;

	if (ward_resumed_get(&body, &d))
		ward_process_die(r->p, "memory of the store", WARD_ERR_MALFORMED);
	if (d.piece.off != r->bytes.len || (r->bytes.len && !same(&d.piece.of, &r->memory))) {
		ask_memory(r);
		return;
	}
	r->memory = d.piece.of;
	ward_wr_bytes(&r->bytes, d.piece.bytes.p, d.piece.bytes.len);
	if (ward_wr_bad(&r->bytes)) { /* more than can be had: the brain reads the journal anew */
		ward_count_name(&r->p->counters, "quorum.memory_too_large", 1);
		ward_wr_fini(&r->bytes);
		r->bytes = ward_wr_grow(ward_mem_heap(), MEMORY_MAX);
		r->memory_at = ward_clock_mono(r->p->clock) + memory_every;
		r->too_large = !r->none;
		read_on(r);
	} else if (r->bytes.len == r->memory.size) {
		take_memory(r);
	} else {
		ask(r);
	}
}

static enum ward_err put(struct quorum_rows *r, struct ward_quorum *q)
{
	uint64_t n = r->part.n;
	bool whole = r->head.n + n == r->part.last;
	const struct ward_quorum_part part = {.after = r->head.n,
		.position = whole ? r->part.position : 0,
		.leaf = r->leaf,
		.n = n};
	bool news = n || part.position > r->head.position;
	enum ward_err err = news ? ward_quorum_rows_put(q, &part) : WARD_OK;

	if (err)
		return err;
	if (n) {
		r->head.last = r->leaf[n - 1].commitment;
		ward_count_name(&r->p->counters, "quorum.rows", n);
	}
	r->head.n += n;
	r->head.position = part.position > r->head.position ? part.position : r->head.position;
	if (whole && !r->sends && ward_clock_mono(r->p->clock) >= r->memory_at)
		ask_memory(r);
	else
		read_on(r);
	return WARD_OK;
}

static enum ward_err forget_memory(struct quorum_rows *r, struct ward_quorum *q)
{
	r->memory_at = ward_clock_mono(r->p->clock) + memory_soon;
	return drop_memory(r, q, r->part.position);
}

/* What is erased goes first; then what says so may come. None of it before the records that it was
 * concluded from: who fetched it would have rows of what it never heard. */
static enum ward_err go_on(struct quorum_rows *r, struct ward_quorum *q)
{
	if (r->part.position >= ward_quorum_next(q)) {
		r->state = QUORUM_ROWS_WAITING;
		return WARD_OK;
	}
	while (r->looked < r->part.n) {
		const struct ward_conf *c = deletion(r, &r->leaf[r->looked++].row);
		bool asked = c && ward_order_is_rule(ward_conf_word(c, "rule"));
		enum ward_err err = asked ? forget_memory(r, q) : WARD_OK;

		if (err)
			return err;
		if (!c || !is_of_rows(r, c))
			continue;
		r->state = QUORUM_ROWS_ERASING;
		ask(r);
		return WARD_OK;
	}
	return put(r, q);
}

static enum ward_err erase(struct quorum_rows *r, struct ward_quorum *q, struct ward_rd body)
{
	uint64_t number[WARD_GONE_MAX];
	size_t n = 0;

	if (ward_gone_list_get(&body, &r->gone, number, &n))
		ward_process_die(r->p, "numbers of the store", WARD_ERR_MALFORMED);
	const struct ward_quorum_part part = {.after = r->head.n, .erased = number, .n_erased = n};
	enum ward_err err = n ? ward_quorum_rows_put(q, &part) : WARD_OK;

	if (err)
		return err;
	ward_count_name(&r->p->counters, "quorum.rows_erased", n);
	if (n < WARD_GONE_MAX)
		return go_on(r, q);
	r->gone.after = number[n - 1];
	ask(r);
	return WARD_OK;
}

static enum ward_err hear(struct quorum_rows *r, struct ward_quorum *q, struct ward_msg *m)
{
	const struct ward_rows_query asked = query(r);

	if (r->state == QUORUM_ROWS_ERASING)
		return m->type == WARD_MSG_GONE_LIST ? erase(r, q, m->body) : WARD_OK;
	if (r->state == QUORUM_ROWS_MEMORY) {
		if (m->type == WARD_MSG_RESUMED)
			hear_memory(r, m->body);
		return WARD_OK;
	}
	if (m->type != WARD_MSG_WHOLE_LIST)
		return WARD_OK;
	memcpy(r->buf, m->body.p + m->body.off, ward_rd_left(&m->body)); /* leaves lie there */
	struct ward_rd body = ward_rd_from(r->buf, ward_rd_left(&m->body));

	if (ward_whole_get(&body, &asked, r->leaf, &r->part))
		ward_process_die(r->p, "rows of the store", WARD_ERR_MALFORMED);
	r->looked = 0;
	if (r->state == QUORUM_ROWS_MATCHING)
		match(r);
	else if (r->part.last < r->head.n) /* it is another one: its folder was removed */
		foreign(r, r->part.last);
	else
		return go_on(r, q);
	return WARD_OK;
}

static bool asks(const struct quorum_rows *r)
{
	return r->state != QUORUM_ROWS_OFF && r->state != QUORUM_ROWS_FOREIGN &&
	       r->state != QUORUM_ROWS_WAITING;
}

enum ward_err quorum_rows_turn(struct quorum_rows *r, struct ward_quorum *q)
{
	struct ward_msg m;
	enum ward_err err = WARD_OK, said;

	while (!err && (said = ward_msg_recv(r->link, r->answer, &m)) != WARD_ERR_AGAIN) {
		if (said == WARD_ERR_CLOSED || said == WARD_ERR_IO)
			ward_process_die(r->p, "the link with the store", said);
		if (!said && asks(r) && m.id == r->id)
			err = hear(r, q, &m);
	}
	if (!err && r->state == QUORUM_ROWS_WAITING)
		err = go_on(r, q);
	if (!err && r->too_large) {
		r->too_large = false;
		err = drop_memory(r, q, r->memory.seq);
	} else if (!err && r->drops && asks(r) && r->state != QUORUM_ROWS_MATCHING)
		err = ward_quorum_memory_drop(q, &r->head, 0, &r->drops);
	else if (!err && r->sends)
		err = send_piece(r, q);
	if (!err && asks(r) && ward_clock_mono(r->p->clock) - r->asked_at > ask_again)
		ask(r);
	return err;
}
