#include "run/keeper.h"

#include "store/take.h"

#include <unistd.h>

static const char *const peers[] = {"brain", "tell", "clips", "respond", "act", "playbook", "offer",
	"api", "reckon", "notary", "desk", "play", "quorum", "guest"};

const char *ward_keeper_peer(enum ward_keeper_peer p)
{
	return peers[p];
}

void ward_keeper_init(
	struct ward_keeper *k, struct ward_store *store, const struct ward_clock *clock)
{
	*k = (struct ward_keeper){.store = store, .clock = clock, .opened = ward_store_last(store)};
}

/* Whoever has taken over the brain holds nobody's rows back for long: with somebody waiting, a
 * transaction is ended that brought no part for so long, or so long after the first was turned
 * away; then the brain waits, and who waited goes first. */
static const ward_ns silent_most = 2 * WARD_NS_PER_S, waits_most = 20 * WARD_NS_PER_S;
static const ward_ns others_turn = WARD_NS_PER_S;

/* Of a copy, between two looks at the others: a MiB. */
static const int copy_pages = 256;

static void answer(struct ward_answer *a, enum ward_msg_type type, uint32_t id, struct ward_slice b)
{
	a->type = type;
	a->id = id;
	a->body = b;
}

static void forget_transaction(struct ward_keeper *k)
{
	ward_store_rollback(k->store);
	k->open = false;
}

/* What the peer did wrong, as against what happened to us. */
static bool is_refusal(enum ward_err err)
{
	return err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT || err == WARD_ERR_VERSION;
}

static enum ward_err take_piece(struct ward_keeper *k, const struct ward_piece *p)
{
	enum ward_err err = WARD_OK;

	/* the store counts the bytes itself: a piece that is left out makes the hash differ */
	if (p->off == 0)
		err = ward_store_checkpoint_begin(k->store, &p->of);
	if (!err && p->bytes.len)
		err = ward_store_checkpoint_put(k->store, p->bytes);
	/* a piece from the middle, without a beginning */
	return err == WARD_ERR_STATE ? WARD_ERR_MALFORMED : err;
}

static enum ward_err take_items(struct ward_keeper *k, struct ward_rd *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_commit_item item;
		enum ward_err err = ward_commit_get_item(r, &item);

		if (!err && item.is_row && item.row.kind > WARD_ROW_IMPACT &&
			item.row.kind != WARD_ROW_DECISION && item.row.kind != WARD_ROW_PERMIT &&
			item.row.kind != WARD_ROW_ACCOUNT && item.row.kind != WARD_ROW_CENSUS &&
			item.row.kind != WARD_ROW_DELETION)
			err = WARD_ERR_MALFORMED; /* not the brain's to say */
		if (!err)
			err = item.is_row ? ward_store_put(k->store, &item.row)
					  : take_piece(k, &item.piece);
		if (err)
			return err;
	}
	return ward_rd_left(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

/* One part that follows the part before. */
static enum ward_err take_part(
	struct ward_keeper *k, const struct ward_commit *c, struct ward_rd *r)
{
	enum ward_err err = WARD_OK;

	if (c->flags & WARD_COMMIT_FIRST) {
		forget_transaction(k);
		err = ward_store_begin(k->store);
		k->open = !err;
		k->transaction = c->transaction;
	}
	if (!err)
		err = take_items(k, r, c->n);
	if (!err && c->flags & WARD_COMMIT_LAST) {
		err = ward_store_commit(k->store, c->position);
		k->open = k->open && err;
	}
	k->next_part = c->part + 1;
	k->heard = ward_clock_mono(k->clock); /* what its work took is not the brain's silence */
	return err;
}

/* Is the brain at a transaction that is to be waited for? One that lasts too long is ended. */
static bool is_busy(struct ward_keeper *k, struct ward_answer *ret)
{
	ward_ns now = ward_clock_mono(k->clock);

	if (k->open && !k->waits) {
		k->waits = true;
		k->waited = now;
	}
	if (k->open && (now - k->waited > waits_most || now - k->heard > silent_most)) {
		forget_transaction(k);
		k->ended = now;
		k->has_ended = ret->ended = true;
	}
	k->waits = k->open;
	return k->open;
}

/* Is it the turn of those whom the brain kept waiting? */
static bool is_others_turn(struct ward_keeper *k)
{
	k->has_ended = k->has_ended && ward_clock_mono(k->clock) - k->ended < others_turn;
	return k->has_ended;
}

static enum ward_err on_commit(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_commit c;
	enum ward_err err;

	if (!k->has_last || k->last_id != m->id) {
		err = ward_commit_get(&m->body, &c);
		if (!err && (c.flags & WARD_COMMIT_FIRST) && is_others_turn(k))
			return WARD_OK; /* it asks again */
		if (!err && !(c.flags & WARD_COMMIT_FIRST) &&
			!(k->open && c.transaction == k->transaction && c.part == k->next_part)) {
			forget_transaction(k);
			k->last_verdict = WARD_ERR_STATE; /* a restart, not a fault */
		} else {
			if (!err)
				err = take_part(k, &c, &m->body);
			if (err && !is_refusal(err))
				return err;
			if (err)
				forget_transaction(k);
			ret->refused = k->last_verdict = err;
		}
		k->last_id = m->id;
		k->has_last = true;
	}
	ward_committed_put(&w, k->last_verdict);
	answer(ret, WARD_MSG_COMMITTED, m->id, ward_wr_slice(&w));
	return WARD_OK;
}

/* One row of this kind and nothing else, between the transactions of the brain. The same row again
 * is known. */
static enum ward_err take_one(
	struct ward_keeper *k, enum ward_row_kind kind, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_commit c;
	struct ward_commit_item item;
	enum ward_err err = ward_commit_get(&m->body, &c);

	if (is_busy(k, ret)) /* it asks again */
		return WARD_OK;
	if (!err && (c.flags != (WARD_COMMIT_FIRST | WARD_COMMIT_LAST) || c.n != 1 || c.position))
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = ward_commit_get_item(&m->body, &item);
	if (!err && (ward_rd_left(&m->body) || !item.is_row || item.row.kind != kind))
		err = WARD_ERR_DENIED;
	if (!err) {
		err = ward_store_begin(k->store);
		if (!err)
			err = ward_store_put(k->store, &item.row);
		if (!err)
			err = ward_store_commit(k->store, 0);
		if (err && !is_refusal(err))
			return err;
		if (err)
			ward_store_rollback(k->store);
	}
	ret->refused = err;
	ward_committed_put(&w, err);
	answer(ret, WARD_MSG_COMMITTED, m->id, ward_wr_slice(&w));
	return WARD_OK;
}

static enum ward_err on_clip(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return take_one(k, WARD_ROW_CLIP, m, ret);
}

static enum ward_err on_delivery(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return take_one(k, WARD_ROW_DELIVERY, m, ret);
}

static enum ward_err on_action(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return take_one(k, WARD_ROW_ACTION, m, ret);
}

static enum ward_err on_head(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return take_one(k, WARD_ROW_HEAD, m, ret);
}

static enum ward_err on_step(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return take_one(k, WARD_ROW_RUN, m, ret);
}

/* A piece of the last checkpoint. */
static enum ward_err piece_of(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_resumed d = {.position = ward_store_position(k->store)};
	struct ward_wr bytes = ward_wr_fixed(k->piece, sizeof(k->piece));
	uint64_t off;
	enum ward_err err;

	ret->refused = ward_resume_get(&m->body, &off);
	if (ret->refused)
		return WARD_OK;
	err = ward_store_checkpoint(k->store, &d.piece.of);
	if (err)
		return err;
	if (d.piece.of.size ? off >= d.piece.of.size : off > 0) {
		ret->refused = WARD_ERR_MALFORMED;
		return WARD_OK;
	}
	if (d.piece.of.size)
		err = ward_store_checkpoint_read(k->store, off, sizeof(k->piece), &bytes);
	if (err) /* bytes that should be there are not */
		return err == WARD_ERR_NOT_FOUND ? WARD_ERR_CORRUPT : err;
	d.piece.off = off;
	d.piece.bytes = ward_wr_slice(&bytes);
	ward_resumed_put(&w, &d);
	WARD_ASSERT(!ward_wr_bad(&w));
	answer(ret, WARD_MSG_RESUMED, m->id, ward_wr_slice(&w));
	return WARD_OK;
}

static enum ward_err on_resume(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	forget_transaction(k); /* of a former life of the brain */
	return piece_of(k, m, ret);
}

/* Who only reads it waits while the brain writes. */
static enum ward_err on_memory(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return k->open ? WARD_OK : piece_of(k, m, ret); /* it asks again */
}

static bool add_row(void *ctx, const struct ward_store_row *r)
{
	return ward_row_list_add(ctx, r);
}

/* UTF-8 of a row was checked when it came in, and the ledger can tell when it is no longer that. */
static enum ward_err list(struct ward_keeper *k, bool incidents, uint32_t id,
	const struct ward_rows_query *q, struct ward_answer *ret)
{
	struct ward_row_list l;
	enum ward_err err;

	ward_row_list_begin(&l, k->out, ward_store_last(k->store));
	err = incidents ? ward_store_incidents(k->store, q->after, q->n, add_row, &l)
			: ward_store_rows(k->store, q->after, q->n, add_row, &l);
	if (!err)
		answer(ret, WARD_MSG_ROW_LIST, id, ward_row_list_body(&l));
	return err;
}

static enum ward_err on_incidents(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_rows_query q;

	ret->refused = ward_rows_query_get(&m->body, &q);
	return ret->refused ? WARD_OK : list(k, true, m->id, &q, ret);
}

static enum ward_err on_rows_now(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_rows_query q;

	ret->refused = ward_rows_query_get(&m->body, &q);
	return ret->refused ? WARD_OK : list(k, false, m->id, &q, ret);
}

/* Of decisions alone: who asked what, and who judged it. */
static enum ward_err on_decisions(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_rows_query q;
	struct ward_row_list l;
	enum ward_err err;

	ret->refused = ward_rows_query_get(&m->body, &q);
	if (ret->refused)
		return WARD_OK;
	ward_row_list_begin(&l, k->out, ward_store_last(k->store));
	err = ward_store_rows_of(k->store, WARD_ROW_DECISION, q.after, q.n, add_row, &l);
	if (!err)
		answer(ret, WARD_MSG_ROW_LIST, m->id, ward_row_list_body(&l));
	return err;
}

static bool add_leaf(void *ctx, const struct ward_store_leaf *l)
{
	const struct ward_leaf_item item = {l->row.kind, l->commitment};

	ward_leaf_item_put(ctx, &item);
	return true;
}

/* Their number is known before: none is left out. */
static enum ward_err on_leaves(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_tree_head head;
	struct ward_rows_query q;

	ret->refused = ward_rows_query_get(&m->body, &q);
	if (ret->refused)
		return WARD_OK;
	ward_store_head(k->store, &head);
	/* a store that was put back to an older state has fewer than were signed: that is told */
	if (k->held && q.after <= head.n) {
		if (!k->has_safe || k->safe.n < q.after)
			return WARD_OK; /* it asks again */
		head = k->safe;
	}
	uint64_t left = head.n > q.after ? head.n - q.after : 0;
	const struct ward_leaf_list l = {head.n, head.root, (uint16_t)(left < q.n ? left : q.n)};

	ward_leaf_list_put(&w, &l);
	enum ward_err err = ward_store_bare_leaves(k->store, q.after, l.n, add_leaf, &w);

	if (!err)
		answer(ret, WARD_MSG_LEAF_LIST, m->id, ward_wr_slice(&w));
	return err;
}

/* ---- rows that go elsewhere ---- */

static void offer(struct ward_keeper *k)
{
	ward_store_head(k->store, &k->offered);
	k->has_offered = true;
}

static bool add_whole(void *ctx, const struct ward_store_leaf *l)
{
	return ward_whole_add(ctx, l);
}

/* *ret_n: how many follow `after`. */
static enum ward_err put_whole(struct ward_keeper *k, uint32_t id, const struct ward_rows_query *q,
	struct ward_answer *ret, uint64_t *ret_n)
{
	struct ward_whole_list l;

	ward_whole_begin(&l, k->out, ward_store_last(k->store), ward_store_position(k->store));
	enum ward_err err = ward_store_leaves(k->store, q->after, q->n, add_whole, &l);

	if (err)
		return err;
	answer(ret, WARD_MSG_WHOLE_LIST, id, ward_whole_body(&l));
	*ret_n = l.of.n;
	return WARD_OK;
}

static enum ward_err list_whole(struct ward_keeper *k, uint32_t id, const struct ward_rows_query *q,
	struct ward_answer *ret)
{
	uint64_t last = ward_store_last(k->store), n = 0;
	enum ward_err err = put_whole(k, id, q, ret, &n);

	if (!err && q->after <= last && q->after + n == last)
		offer(k);
	return err;
}

/* For an increment of a backup: nothing waits, and nothing is held for it. */
static enum ward_err on_whole_now(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_rows_query q;
	uint64_t n;

	ret->refused = ward_rows_query_get(&m->body, &q);
	return ret->refused ? WARD_OK : put_whole(k, m->id, &q, ret, &n);
}

static enum ward_err on_gone(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	uint64_t number[WARD_GONE_MAX];
	struct ward_gone g;
	size_t n = 0;

	ret->refused = ward_gone_get(&m->body, &g);
	if (ret->refused)
		return WARD_OK;
	enum ward_err err = ward_store_gone(
		k->store, (struct ward_store_span){g.after, g.last}, number, WARD_GONE_MAX, &n);

	if (err)
		return err;
	ward_gone_list_put(&w, number, n);
	answer(ret, WARD_MSG_GONE_LIST, m->id, ward_wr_slice(&w));
	return WARD_OK;
}

/* Who asks has all before. */
static void note_safe(struct ward_keeper *k, uint64_t after)
{
	uint64_t last = ward_store_last(k->store);

	if (after == last)
		offer(k);
	if (after > last || !k->has_offered || after < k->offered.n)
		return;
	k->safe = k->offered;
	k->has_safe = true;
}

static enum ward_err wait_for_rows(
	struct ward_keeper *k, enum ward_keeper_peer p, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_keeper_wait *w = &k->wait[p];
	struct ward_rows_query q;

	ret->refused = ward_rows_query_get(&m->body, &q);
	if (ret->refused)
		return WARD_OK;
	/* the same one again has waited already */
	if (!w->waits || w->id != m->id)
		w->until = ward_clock_mono(k->clock) + WARD_ROWS_WAIT_MS * WARD_NS_PER_MS;
	w->waits = true;
	w->id = m->id;
	w->q = q;
	return ward_keeper_due(k, p, ret);
}

/* After UINT64_MAX there is none: who tells asks with it what was told before this life of the
 * store, and what the brain says meanwhile is not among it. */
static enum ward_err on_rows(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_msg look = *m;
	struct ward_rows_query q;

	if (ward_rows_query_get(&look.body, &q) == WARD_OK && q.after == UINT64_MAX) {
		struct ward_row_list l;

		ward_row_list_begin(&l, k->out, k->opened);
		answer(ret, WARD_MSG_ROW_LIST, m->id, ward_row_list_body(&l));
		return WARD_OK;
	}
	return wait_for_rows(k, WARD_KEEPER_TELL, m, ret);
}

static enum ward_err on_whole(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	struct ward_msg look = *m;
	struct ward_rows_query q;

	if (ward_rows_query_get(&look.body, &q) == WARD_OK)
		note_safe(k, q.after);
	return wait_for_rows(k, WARD_KEEPER_QUORUM, m, ret);
}

static enum ward_err on_response_rows(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return wait_for_rows(k, WARD_KEEPER_RESPOND, m, ret);
}

static enum ward_err on_action_rows(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return wait_for_rows(k, WARD_KEEPER_ACT, m, ret);
}

static enum ward_err on_step_rows(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return wait_for_rows(k, WARD_KEEPER_PLAYBOOK, m, ret);
}

static enum ward_err on_shown_rows(
	struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	return wait_for_rows(k, WARD_KEEPER_API, m, ret);
}

static void backed_up(struct ward_keeper *k, enum ward_err verdict, struct ward_answer *ret)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));
	struct ward_backed_up b = {.verdict = verdict, .position = ward_store_position(k->store)};
	struct ward_tree_head head;

	ward_store_head(k->store, &head);
	b.rows = head.n;
	b.root = head.root;
	ward_backed_up_put(&w, &b);
	ward_store_copy_end(k->copy);
	k->copy = NULL;
	k->copied = !verdict;
	if (verdict && k->copy_path)
		(void)unlink(k->copy_path); /* of half a copy nothing is left */
	answer(ret, WARD_MSG_BACKED_UP, k->copy_id, ward_wr_slice(&w));
}

static enum ward_err on_backup(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret)
{
	enum ward_err err = k->copy_path ? WARD_OK : WARD_ERR_UNSUPPORTED;

	if (ward_rd_left(&m->body)) {
		ret->refused = WARD_ERR_MALFORMED;
		return WARD_OK;
	}
	if ((k->copy || k->copied) && k->copy_id == m->id)
		return WARD_OK; /* the same one again waits already, or has its answer */
	ward_keeper_guest_left(k);
	k->copy_id = m->id;
	if (!err && unlink(k->copy_path) != 0 && access(k->copy_path, F_OK) == 0)
		err = WARD_ERR_IO;
	if (!err)
		err = ward_store_copy_begin(k->store, k->copy_path, &k->copy);
	if (err)
		backed_up(k, err, ret);
	return WARD_OK;
}

void ward_keeper_copy(struct ward_keeper *k, struct ward_answer *ret)
{
	enum ward_err err;

	*ret = (struct ward_answer){.type = WARD_MSG_NONE};
	if (!k->copy)
		return;
	err = ward_store_copy_step(k->copy, copy_pages);
	if (err != WARD_ERR_AGAIN)
		backed_up(k, err, ret);
}

void ward_keeper_guest_left(struct ward_keeper *k)
{
	if (k->copy || k->copied)
		(void)unlink(k->copy_path);
	ward_store_copy_end(k->copy);
	k->copy = NULL;
	k->copied = false;
}

enum ward_err ward_keeper_due(
	struct ward_keeper *k, enum ward_keeper_peer p, struct ward_answer *ret)
{
	struct ward_keeper_wait *w = &k->wait[p];

	*ret = (struct ward_answer){.type = WARD_MSG_NONE};
	if (!w->waits)
		return WARD_OK;
	if (ward_store_last(k->store) <= w->q.after && ward_clock_mono(k->clock) < w->until)
		return WARD_OK;
	w->waits = false;
	return p == WARD_KEEPER_QUORUM ? list_whole(k, w->id, &w->q, ret)
				       : list(k, false, w->id, &w->q, ret);
}

int ward_keeper_sleep_ms(const struct ward_keeper *k, int most)
{
	ward_ns now = ward_clock_mono(k->clock);

	if (k->copy)
		most = k->open ? 1 : 0; /* until the transaction is over, or at once */
	for (size_t p = 0; p < WARD_KEEPER_PEERS; p++) {
		ward_ns left = k->wait[p].waits ? k->wait[p].until - now : WARD_NS_NEVER;

		if (left <= 0)
			return 0;
		if (left / WARD_NS_PER_MS < most)
			most = (int)(left / WARD_NS_PER_MS) + 1;
	}
	return most;
}

/* Who may send what. */
static const struct {
	enum ward_keeper_peer peer;
	enum ward_msg_type type;
	enum ward_err (*on)(struct ward_keeper *k, struct ward_msg *m, struct ward_answer *ret);
} permitted[] = {
	{WARD_KEEPER_BRAIN, WARD_MSG_COMMIT, on_commit},
	{WARD_KEEPER_BRAIN, WARD_MSG_RESUME, on_resume},
	{WARD_KEEPER_TELL, WARD_MSG_ROWS, on_rows},
	{WARD_KEEPER_TELL, WARD_MSG_INCIDENTS, on_incidents},
	{WARD_KEEPER_CLIPS, WARD_MSG_INCIDENTS, on_incidents},
	{WARD_KEEPER_CLIPS, WARD_MSG_COMMIT, on_clip},
	{WARD_KEEPER_RESPOND, WARD_MSG_ROWS, on_response_rows},
	{WARD_KEEPER_RESPOND, WARD_MSG_COMMIT, on_delivery},
	{WARD_KEEPER_ACT, WARD_MSG_ROWS, on_action_rows},
	{WARD_KEEPER_ACT, WARD_MSG_COMMIT, on_action},
	{WARD_KEEPER_PLAYBOOK, WARD_MSG_ROWS, on_step_rows},
	{WARD_KEEPER_PLAYBOOK, WARD_MSG_COMMIT, on_step},
	{WARD_KEEPER_OFFER, WARD_MSG_ROWS, on_rows_now},
	{WARD_KEEPER_API, WARD_MSG_ROWS, on_shown_rows},
	{WARD_KEEPER_RECKON, WARD_MSG_RESUME, on_memory},
	{WARD_KEEPER_NOTARY, WARD_MSG_LEAVES, on_leaves},
	{WARD_KEEPER_NOTARY, WARD_MSG_COMMIT, on_head},
	{WARD_KEEPER_DESK, WARD_MSG_INCIDENTS, on_incidents},
	{WARD_KEEPER_DESK, WARD_MSG_ROWS, on_decisions},
	{WARD_KEEPER_PLAY, WARD_MSG_ROWS, on_rows_now},
	{WARD_KEEPER_QUORUM, WARD_MSG_WHOLE, on_whole},
	{WARD_KEEPER_QUORUM, WARD_MSG_GONE, on_gone},
	{WARD_KEEPER_QUORUM, WARD_MSG_RESUME, on_memory},
	{WARD_KEEPER_GUEST, WARD_MSG_ROWS, on_rows_now},
	{WARD_KEEPER_GUEST, WARD_MSG_INCIDENTS, on_incidents},
	{WARD_KEEPER_GUEST, WARD_MSG_BACKUP, on_backup},
	{WARD_KEEPER_GUEST, WARD_MSG_LEAVES, on_leaves},
	{WARD_KEEPER_GUEST, WARD_MSG_WHOLE, on_whole_now},
	{WARD_KEEPER_GUEST, WARD_MSG_GONE, on_gone},
};

enum ward_err ward_keeper_message(
	struct ward_keeper *k, enum ward_keeper_peer p, struct ward_msg *m, struct ward_answer *ret)
{
	*ret = (struct ward_answer){.type = WARD_MSG_NONE, .refused = WARD_ERR_DENIED};
	for (size_t i = 0; i < WARD_ARRAY_LEN(permitted); i++) {
		if (permitted[i].peer != p || permitted[i].type != m->type)
			continue;
		ret->refused = WARD_OK;
		return permitted[i].on(k, m, ret);
	}
	return WARD_OK;
}
