#include "../store/lab.h"

#include "run/keeper.h"

#include <unistd.h>

struct room {
	struct lab lab;
	struct ward_keeper k;
	struct ward_answer a;
	struct ward_wr body;
	uint32_t id;
	uint8_t buf[WARD_MSG_BODY_MAX];
};

static int setup(void **state)
{
	struct room *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	lab_init(&r->lab);
	lab_open(&r->lab);
	ward_keeper_init(&r->k, r->lab.s, &r->lab.clock.clock);
	r->body = ward_wr_fixed(r->buf, sizeof(r->buf));
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;

	lab_fini(&r->lab);
	free(r);
	return 0;
}

/* Sends what is in body; with a new id unless it is a repetition. */
static void send_as(struct room *r, enum ward_keeper_peer p, enum ward_msg_type t, bool again)
{
	struct ward_msg m = {.type = t,
		.id = again ? r->id : ++r->id,
		.body = ward_rd_slice(ward_wr_slice(&r->body))};

	assert_int_equal(ward_keeper_message(&r->k, p, &m, &r->a), WARD_OK);
	if (r->a.type != WARD_MSG_NONE)
		assert_int_equal(r->a.id, r->id);
}

/* A new life of the process: only the file is left. */
static void restart(struct room *r)
{
	lab_close(&r->lab);
	lab_open(&r->lab);
	ward_keeper_init(&r->k, r->lab.s, &r->lab.clock.clock);
}

enum { FIRST = WARD_COMMIT_FIRST, LAST = WARD_COMMIT_LAST };

static void begin_part(
	struct room *r, uint8_t flags, uint32_t transaction, uint32_t part, uint16_t n)
{
	ward_wr_reset(&r->body);
	ward_commit_put(&r->body, &(struct ward_commit){.flags = flags,
					  .transaction = transaction,
					  .part = part,
					  .position = 100 + transaction,
					  .n = n});
}

static void put_row(struct room *r, uint32_t i)
{
	struct ward_store_row row = lab_row(&r->lab, i);

	ward_commit_put_row(&r->body, &row);
}

static enum ward_err verdict(struct room *r)
{
	struct ward_rd body = ward_rd_slice(r->a.body);
	enum ward_err v = WARD_ERR_N;

	assert_int_equal(r->a.type, WARD_MSG_COMMITTED);
	assert_int_equal(ward_committed_get(&body, &v), WARD_OK);
	return v;
}

static enum ward_err commit(struct room *r)
{
	send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_COMMIT, false);
	return verdict(r);
}

/* A part with the one row of this number. */
static enum ward_err part(
	struct room *r, uint8_t flags, uint32_t transaction, uint32_t part_, uint32_t i)
{
	begin_part(r, flags, transaction, part_, 1);
	put_row(r, i);
	return commit(r);
}

static uint64_t last(const struct room *r)
{
	return ward_store_last(r->lab.s);
}

static void test_permissions(void **state)
{
	struct room *r = *state;

	for (enum ward_keeper_peer p = 0; p <= WARD_KEEPER_GUEST; p++)
		for (enum ward_msg_type t = WARD_MSG_NONE; t < WARD_MSG_N; t++) {
			bool may = p == WARD_KEEPER_BRAIN
					   ? t == WARD_MSG_COMMIT || t == WARD_MSG_RESUME
				   : p == WARD_KEEPER_TELL || p == WARD_KEEPER_GUEST
					   ? t == WARD_MSG_ROWS || t == WARD_MSG_INCIDENTS ||
						     (p == WARD_KEEPER_GUEST &&
							     (t == WARD_MSG_BACKUP ||
								     t == WARD_MSG_LEAVES ||
								     t == WARD_MSG_WHOLE ||
								     t == WARD_MSG_GONE))
				   : p == WARD_KEEPER_RECKON ? t == WARD_MSG_RESUME
				   : p == WARD_KEEPER_QUORUM
					   ? t == WARD_MSG_WHOLE || t == WARD_MSG_GONE ||
						     t == WARD_MSG_RESUME
				   : p == WARD_KEEPER_DESK
					   ? t == WARD_MSG_INCIDENTS || t == WARD_MSG_ROWS
				   : p == WARD_KEEPER_NOTARY
					   ? t == WARD_MSG_LEAVES || t == WARD_MSG_COMMIT
				   : p == WARD_KEEPER_OFFER || p == WARD_KEEPER_API ||
						   p == WARD_KEEPER_PLAY
					   ? t == WARD_MSG_ROWS
				   : p == WARD_KEEPER_RESPOND || p == WARD_KEEPER_ACT ||
						   p == WARD_KEEPER_PLAYBOOK
					   ? t == WARD_MSG_ROWS || t == WARD_MSG_COMMIT
					   : t == WARD_MSG_COMMIT || t == WARD_MSG_INCIDENTS;

			ward_wr_reset(&r->body);
			ward_wr_u8(&r->body, 0);
			send_as(r, p, t, false);
			assert_int_equal(r->a.refused, may ? WARD_ERR_MALFORMED : WARD_ERR_DENIED);
			/* only a COMMIT is waited for so that it must be answered at any rate */
			assert_int_equal(r->a.type,
				may && t == WARD_MSG_COMMIT ? WARD_MSG_COMMITTED : WARD_MSG_NONE);
		}
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_BRAIN), "brain");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_TELL), "tell");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_CLIPS), "clips");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_RESPOND), "respond");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_ACT), "act");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_PLAYBOOK), "playbook");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_OFFER), "offer");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_API), "api");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_RECKON), "reckon");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_DESK), "desk");
	assert_string_equal(ward_keeper_peer(WARD_KEEPER_QUORUM), "quorum");
}

static enum ward_err one_row(struct room *r, enum ward_keeper_peer peer, uint8_t flags,
	uint64_t position, enum ward_row_kind kind)
{
	struct ward_store_row row = lab_row(&r->lab, 7);

	row.kind = kind;
	ward_wr_reset(&r->body);
	ward_commit_put(
		&r->body, &(struct ward_commit){.flags = flags, .position = position, .n = 1});
	ward_commit_put_row(&r->body, &row);
	send_as(r, peer, WARD_MSG_COMMIT, false);
	return r->a.type == WARD_MSG_NONE ? WARD_ERR_AGAIN : verdict(r);
}

/* Of actions and runs no other process writes, nor these of anything else. */
static void test_action(void **state)
{
	const uint8_t whole = WARD_COMMIT_FIRST | WARD_COMMIT_LAST;
	struct room *r = *state;

	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++)
		if (k != WARD_ROW_RUN)
			assert_int_equal(
				one_row(r, WARD_KEEPER_PLAYBOOK, whole, 0, (enum ward_row_kind)k),
				WARD_ERR_DENIED);
	assert_int_equal(one_row(r, WARD_KEEPER_RESPOND, whole, 0, WARD_ROW_RUN), WARD_ERR_DENIED);
	assert_int_equal(one_row(r, WARD_KEEPER_BRAIN, whole, 0, WARD_ROW_RUN), WARD_ERR_MALFORMED);

	for (unsigned k = WARD_ROW_DETECTION; k < WARD_ROW_ACTION; k++)
		assert_int_equal(one_row(r, WARD_KEEPER_ACT, whole, 0, (enum ward_row_kind)k),
			WARD_ERR_DENIED);
	assert_int_equal(
		one_row(r, WARD_KEEPER_RESPOND, whole, 0, WARD_ROW_ACTION), WARD_ERR_DENIED);
	assert_int_equal(one_row(r, WARD_KEEPER_CLIPS, whole, 0, WARD_ROW_ACTION), WARD_ERR_DENIED);
	assert_int_equal(last(r), 0);
	assert_int_equal(one_row(r, WARD_KEEPER_ACT, whole, 0, WARD_ROW_ACTION), WARD_OK);
	assert_int_equal(one_row(r, WARD_KEEPER_PLAYBOOK, whole, 0, WARD_ROW_RUN), WARD_OK);
	assert_int_equal(last(r), 2);
}

/* A brain that was taken over, or is stuck, in the midst of a transaction: who acts waits for it,
 * and then does not any longer; the brain begins it anew. */
static void test_stuck(void **state)
{
	const uint8_t whole = WARD_COMMIT_FIRST | WARD_COMMIT_LAST;
	struct room *r = *state;

	assert_int_equal(part(r, FIRST, 1, 0, 1), WARD_OK);
	assert_int_equal(one_row(r, WARD_KEEPER_ACT, whole, 0, WARD_ROW_ACTION), WARD_ERR_AGAIN);
	assert_false(r->a.ended);
	r->lab.clock.at += 2 * WARD_NS_PER_S + 1;
	assert_int_equal(one_row(r, WARD_KEEPER_ACT, whole, 0, WARD_ROW_ACTION), WARD_OK);
	assert_true(r->a.ended);
	assert_int_equal(last(r), 1); /* nothing of the brain's */
	assert_int_equal(part(r, LAST, 1, 1, 2), WARD_ERR_STATE);

	/* a part each second without an end, or a beginning each second: the same */
	r->lab.clock.at += WARD_NS_PER_S;
	for (uint32_t anew = 0; anew < 2; anew++) {
		assert_int_equal(part(r, FIRST, 2 + 100 * anew, 0, 1), WARD_OK);
		for (uint32_t i = 1; i <= 20; i++) {
			assert_int_equal(one_row(r, WARD_KEEPER_PLAYBOOK, whole, 0, WARD_ROW_RUN),
				WARD_ERR_AGAIN);
			r->lab.clock.at += WARD_NS_PER_S;
			assert_int_equal(part(r, anew ? FIRST : 0, 2 + (anew ? 100 + i : 0),
						 anew ? 0 : i, 10 + i),
				WARD_OK);
		}
		r->lab.clock.at += 1;
		assert_int_equal(one_row(r, WARD_KEEPER_PLAYBOOK, whole, 0, WARD_ROW_RUN), WARD_OK);
		assert_true(r->a.ended);
		/* and the brain does not begin before others who wait have had their turn */
		begin_part(r, FIRST, 300, 0, 1);
		put_row(r, 1);
		send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_COMMIT, false);
		assert_int_equal(r->a.type, WARD_MSG_NONE);
		assert_int_equal(one_row(r, WARD_KEEPER_ACT, whole, 0, WARD_ROW_ACTION), WARD_OK);
		r->lab.clock.at += WARD_NS_PER_S;
	}
	uint64_t was = last(r);

	assert_int_equal(part(r, whole, 3, 0, 1), WARD_OK);
	assert_int_equal(last(r), was + 1);
}

static enum ward_err clip(struct room *r, uint8_t flags, uint64_t position, enum ward_row_kind kind)
{
	return one_row(r, WARD_KEEPER_CLIPS, flags, position, kind);
}

/* Who sends messages tells what became of them, and of nothing else; nobody else does. */
static void test_deliveries(void **state)
{
	struct room *r = *state;
	const enum ward_keeper_peer us = WARD_KEEPER_RESPOND, clips = WARD_KEEPER_CLIPS;

	assert_int_equal(one_row(r, us, FIRST | LAST, 0, WARD_ROW_DELIVERY), WARD_OK);
	assert_int_equal(last(r), 1);
	assert_int_equal(one_row(r, us, FIRST | LAST, 0, WARD_ROW_CLIP), WARD_ERR_DENIED);
	assert_int_equal(one_row(r, us, FIRST | LAST, 0, WARD_ROW_INCIDENT), WARD_ERR_DENIED);
	assert_int_equal(one_row(r, clips, FIRST | LAST, 0, WARD_ROW_DELIVERY), WARD_ERR_DENIED);
	assert_int_equal(one_row(r, WARD_KEEPER_BRAIN, FIRST | LAST, 0, WARD_ROW_DELIVERY),
		WARD_ERR_MALFORMED);
	assert_int_equal(last(r), 1);
	/* each of two that wait for rows gets an answer of its own */
	for (size_t i = 0; i < 2; i++) {
		ward_wr_reset(&r->body);
		ward_rows_query_put(&r->body, &(struct ward_rows_query){1, 1});
		send_as(r, i ? us : WARD_KEEPER_TELL, WARD_MSG_ROWS, false);
		assert_int_equal(r->a.type, WARD_MSG_NONE);
	}
	assert_int_equal(part(r, FIRST | LAST, 1, 0, 0), WARD_OK);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ward_keeper_due(&r->k, i ? us : WARD_KEEPER_TELL, &r->a), WARD_OK);
		assert_int_equal(r->a.type, WARD_MSG_ROW_LIST);
	}
	assert_int_equal(r->a.id + 1, r->id);
}

/* Who keeps clips tells of these, row by row, and of nothing else; the brain tells of none. */
static void test_clips(void **state)
{
	struct room *r = *state;

	assert_int_equal(part(r, FIRST | LAST, 1, 0, 0), WARD_OK);
	assert_int_equal(clip(r, FIRST | LAST, 0, WARD_ROW_CLIP), WARD_OK);
	assert_int_equal(clip(r, FIRST | LAST, 0, WARD_ROW_CLIP), WARD_OK); /* known */
	assert_int_equal(last(r), 2);
	assert_int_equal(ward_store_position(r->lab.s), 101);
	assert_int_equal(clip(r, FIRST | LAST, 0, WARD_ROW_INCIDENT), WARD_ERR_DENIED);
	assert_int_equal(clip(r, FIRST | LAST, 200, WARD_ROW_CLIP), WARD_ERR_MALFORMED);
	assert_int_equal(clip(r, FIRST, 0, WARD_ROW_CLIP), WARD_ERR_MALFORMED);
	/* in the midst of a transaction of the brain it asks again, and troubles nothing */
	assert_int_equal(part(r, FIRST, 2, 0, 1), WARD_OK);
	assert_int_equal(clip(r, FIRST | LAST, 0, WARD_ROW_CLIP), WARD_ERR_AGAIN);
	assert_int_equal(part(r, LAST, 2, 1, 2), WARD_OK);
	assert_int_equal(last(r), 4);
	begin_part(r, FIRST | LAST, 3, 0, 1);
	struct ward_store_row row = lab_row(&r->lab, 9);

	row.kind = WARD_ROW_CLIP;
	ward_commit_put_row(&r->body, &row);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	assert_int_equal(last(r), 4);
	assert_int_equal(ward_store_verify(r->lab.s), WARD_OK);
}

static void test_parts(void **state)
{
	struct room *r = *state;

	assert_int_equal(part(r, FIRST | LAST, 1, 0, 0), WARD_OK);
	assert_int_equal(last(r), 1);
	assert_int_equal(ward_store_position(r->lab.s), 101);
	assert_int_equal(part(r, FIRST, 2, 0, 1), WARD_OK);
	assert_int_equal(part(r, 0, 2, 1, 2), WARD_OK);
	assert_int_equal(last(r), 1); /* nothing is there before the last part */
	assert_int_equal(part(r, LAST, 2, 2, 3), WARD_OK);
	assert_int_equal(last(r), 4);
	assert_int_equal(ward_store_position(r->lab.s), 102);
	/* a position alone */
	begin_part(r, FIRST | LAST, 3, 0, 0);
	assert_int_equal(commit(r), WARD_OK);
	assert_int_equal(ward_store_position(r->lab.s), 103);
	/* begun and left, begun anew */
	assert_int_equal(part(r, FIRST, 4, 0, 4), WARD_OK);
	assert_int_equal(part(r, FIRST | LAST, 5, 0, 5), WARD_OK);
	assert_int_equal(last(r), 5);
	assert_int_equal(ward_store_verify(r->lab.s), WARD_OK);
}

static void test_parts_out_of_order(void **state)
{
	struct room *r = *state;
	static const struct {
		uint32_t transaction, part;
	} wrong[] = {{1, 2}, {1, 3}, {2, 1}};

	assert_int_equal(part(r, LAST, 1, 1, 0), WARD_ERR_STATE); /* none is open */
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		assert_int_equal(part(r, FIRST, 1, 0, 0), WARD_OK);
		assert_int_equal(
			part(r, LAST, wrong[i].transaction, wrong[i].part, 1), WARD_ERR_STATE);
		assert_int_equal(r->a.refused, WARD_OK);
		/* and it is gone: the right one is too late */
		assert_int_equal(part(r, LAST, 1, 1, 1), WARD_ERR_STATE);
	}
	/* a restart in between */
	assert_int_equal(part(r, FIRST, 1, 0, 0), WARD_OK);
	restart(r);
	assert_int_equal(part(r, LAST, 1, 1, 1), WARD_ERR_STATE);
	assert_int_equal(last(r), 0);
	assert_int_equal(part(r, FIRST, 2, 0, 0), WARD_OK);
	assert_int_equal(part(r, LAST, 2, 1, 1), WARD_OK);
	assert_int_equal(last(r), 2);
}

static void test_repeated_requests(void **state)
{
	struct room *r = *state;
	struct ward_store_stats st;

	for (uint32_t i = 0; i < 3; i++) {
		uint8_t flags = (uint8_t)(i == 0 ? FIRST : i == 2 ? LAST : 0);

		assert_int_equal(part(r, flags, 1, i, i), WARD_OK);
		for (unsigned k = 0; k < 2; k++) {
			send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_COMMIT, true);
			assert_int_equal(verdict(r), WARD_OK);
		}
	}
	ward_store_stats(r->lab.s, &st);
	assert_int_equal(st.n_added, 3);
	assert_int_equal(st.n_known, 0); /* they were not even looked at */
	assert_int_equal(st.n_commit, 1);
	/* a verdict that is none stays, too */
	assert_int_equal(part(r, 0, 9, 4, 0), WARD_ERR_STATE);
	send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_COMMIT, true);
	assert_int_equal(verdict(r), WARD_ERR_STATE);
	/* after a restart the last part is not known: over again, and counted once */
	assert_int_equal(part(r, LAST | FIRST, 1, 0, 5), WARD_OK);
	restart(r);
	send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_COMMIT, true);
	assert_int_equal(verdict(r), WARD_OK);
	assert_int_equal(last(r), 4);
}

static void test_bad_parts(void **state)
{
	struct room *r = *state;
	struct ward_piece piece = {
		.of = {.seq = 1, .size = 4}, .off = 2, .bytes = ward_slice_of("ab", 2)};

	/* an item that is none, after a good one */
	begin_part(r, FIRST | LAST, 1, 0, 2);
	put_row(r, 0);
	ward_wr_u8(&r->body, 9);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	assert_int_equal(r->a.refused, WARD_ERR_MALFORMED);
	/* bytes behind the items */
	begin_part(r, FIRST | LAST, 1, 0, 0);
	put_row(r, 0);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	/* a checkpoint from its middle on */
	begin_part(r, FIRST | LAST, 1, 0, 1);
	ward_commit_put_piece(&r->body, &piece);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	/* one that is not whole, or not what its hash says */
	piece.off = 0;
	begin_part(r, FIRST | LAST, 1, 0, 1);
	ward_commit_put_piece(&r->body, &piece);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	begin_part(r, FIRST | LAST, 1, 0, 2);
	ward_commit_put_piece(&r->body, &piece);
	piece.off = 2;
	ward_commit_put_piece(&r->body, &piece);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	/* pieces beyond its size */
	piece.off = 0;
	begin_part(r, FIRST | LAST, 1, 0, 3);
	ward_commit_put_piece(&r->body, &piece);
	piece.off = 1;
	ward_commit_put_piece(&r->body, &piece);
	ward_commit_put_piece(&r->body, &piece);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	/* nothing of all that stays */
	assert_int_equal(last(r), 0);
	assert_int_equal(ward_store_position(r->lab.s), 0);
	/* a bad part ends what was good before */
	assert_int_equal(part(r, FIRST, 2, 0, 0), WARD_OK);
	begin_part(r, 0, 2, 1, 1);
	assert_int_equal(commit(r), WARD_ERR_MALFORMED);
	assert_int_equal(part(r, LAST, 2, 2, 1), WARD_ERR_STATE);
	assert_int_equal(ward_store_verify(r->lab.s), WARD_OK);
}

static struct ward_resumed resume(struct room *r, uint64_t off)
{
	struct ward_resumed d = {.position = 0};
	struct ward_rd body;

	ward_wr_reset(&r->body);
	ward_resume_put(&r->body, off);
	send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_RESUME, false);
	assert_int_equal(r->a.refused, WARD_OK);
	assert_int_equal(r->a.type, WARD_MSG_RESUMED);
	body = ward_rd_slice(r->a.body);
	assert_int_equal(ward_resumed_get(&body, &d), WARD_OK);
	return d;
}

static void test_resume(void **state)
{
	struct room *r = *state;
	struct ward_piece piece = {.of = {.seq = 7, .size = 4}};
	struct ward_resumed d = resume(r, 0);

	assert_int_equal(d.position, 0);
	assert_int_equal(d.piece.of.seq, 0);
	ward_sha256(ward_slice_of("abcd", 4), piece.of.sha256);
	begin_part(r, FIRST | LAST, 1, 0, 2);
	piece.bytes = ward_slice_of("abc", 3);
	ward_commit_put_piece(&r->body, &piece);
	piece.off = 3;
	piece.bytes = ward_slice_of("d", 1);
	ward_commit_put_piece(&r->body, &piece);
	assert_int_equal(commit(r), WARD_OK);
	d = resume(r, 0);
	assert_int_equal(d.position, 101);
	assert_memory_equal(&d.piece.of, &piece.of, sizeof(piece.of));
	assert_int_equal(d.piece.bytes.len, 3);
	d = resume(r, 2);
	assert_int_equal(d.piece.bytes.len, 1);
	assert_memory_equal(d.piece.bytes.p, "c", 1);
	d = resume(r, 3);
	assert_memory_equal(d.piece.bytes.p, "d", 1);
	/* beyond its end there is nothing to ask for */
	for (uint64_t off = 4; off; off = off == 4 ? UINT64_MAX : 0) {
		ward_wr_reset(&r->body);
		ward_resume_put(&r->body, off);
		send_as(r, WARD_KEEPER_BRAIN, WARD_MSG_RESUME, false);
		assert_int_equal(r->a.refused, WARD_ERR_MALFORMED);
		assert_int_equal(r->a.type, WARD_MSG_NONE);
	}
	/* the brain began anew: what it left half done is gone */
	assert_int_equal(part(r, FIRST, 2, 0, 0), WARD_OK);
	(void)resume(r, 0);
	assert_int_equal(part(r, LAST, 2, 1, 1), WARD_ERR_STATE);
}

static size_t listed(struct room *r, uint64_t after, uint32_t n)
{
	struct ward_rows_query q = {after, n};
	struct ward_rd body = ward_rd_slice(r->a.body);
	uint64_t end;
	size_t got = 0;

	assert_int_equal(r->a.type, WARD_MSG_ROW_LIST);
	assert_int_equal(ward_row_list_get(&body, &q, &end, &got), WARD_OK);
	assert_int_equal(end, last(r));
	return got;
}

static void ask_rows(struct room *r, uint64_t after, uint32_t n, bool again)
{
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){after, n});
	send_as(r, WARD_KEEPER_TELL, WARD_MSG_ROWS, again);
	assert_int_equal(r->a.refused, WARD_OK);
}

static void test_rows(void **state)
{
	struct room *r = *state;
	const ward_ns wait = WARD_ROWS_WAIT_MS * WARD_NS_PER_MS;
	uint32_t asked;

	lab_fill(&r->lab, 0, 5, 1);
	ask_rows(r, 0, 3, false);
	assert_int_equal(listed(r, 0, 3), 3);
	ask_rows(r, 3, 10, false);
	assert_int_equal(listed(r, 3, 10), 2);
	assert_int_equal(ward_keeper_sleep_ms(&r->k, 1000), 1000);
	/* nothing new: it waits, also when it is asked again, and not longer for that */
	ask_rows(r, 5, 10, false);
	asked = r->id;
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	assert_in_range(
		ward_keeper_sleep_ms(&r->k, 1000), WARD_ROWS_WAIT_MS, WARD_ROWS_WAIT_MS + 1);
	assert_int_equal(ward_keeper_sleep_ms(&r->k, 10), 10);
	r->lab.clock.at += wait - 1;
	ask_rows(r, 5, 10, true);
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	r->lab.clock.at += 1;
	assert_int_equal(ward_keeper_sleep_ms(&r->k, 1000), 0);
	assert_int_equal(ward_keeper_due(&r->k, WARD_KEEPER_TELL, &r->a), WARD_OK);
	assert_int_equal(r->a.id, asked);
	assert_int_equal(listed(r, 5, 10), 0);
	assert_int_equal(ward_keeper_due(&r->k, WARD_KEEPER_TELL, &r->a), WARD_OK);
	assert_int_equal(r->a.type, WARD_MSG_NONE); /* once */
	/* a new request replaces the one before; rows that come end the wait, once committed */
	ask_rows(r, 5, 10, false);
	ask_rows(r, 5, 1, false);
	asked = r->id;
	assert_int_equal(part(r, FIRST, 1, 0, 5), WARD_OK);
	assert_int_equal(ward_keeper_due(&r->k, WARD_KEEPER_TELL, &r->a), WARD_OK);
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	assert_int_equal(part(r, LAST, 1, 1, 6), WARD_OK);
	assert_int_equal(ward_keeper_due(&r->k, WARD_KEEPER_TELL, &r->a), WARD_OK);
	assert_int_equal(r->a.id, asked);
	assert_int_equal(listed(r, 5, 1), 1);
}

/* Nothing waits for a guest, and the teller goes on waiting. */
static void test_guest(void **state)
{
	struct room *r = *state;

	lab_fill(&r->lab, 0, 5, 1);
	ask_rows(r, 5, 10, false);
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){5, 10});
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_ROWS, false);
	assert_int_equal(listed(r, 5, 10), 0);
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){1, 10});
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_ROWS, false);
	assert_int_equal(listed(r, 1, 10), 4);
	assert_true(ward_keeper_sleep_ms(&r->k, 1000) <= WARD_ROWS_WAIT_MS + 1);
}

/* The desk reads decisions, and of other rows nothing. */
static void test_decisions(void **state)
{
	struct room *r = *state;

	lab_fill(&r->lab, 0, 30, 1);
	assert_int_equal(one_row(r, WARD_KEEPER_BRAIN, WARD_COMMIT_FIRST | WARD_COMMIT_LAST, 100,
				 WARD_ROW_DECISION),
		WARD_OK);
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){0, 50});
	send_as(r, WARD_KEEPER_DESK, WARD_MSG_ROWS, false);
	assert_int_equal(listed(r, 0, 50), 1);
}

static void test_incidents(void **state)
{
	struct room *r = *state;

	lab_fill(&r->lab, 0, 30, 1);
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){0, 2});
	send_as(r, WARD_KEEPER_TELL, WARD_MSG_INCIDENTS, false);
	assert_int_equal(listed(r, 0, 2), 2);
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){29, 2});
	send_as(r, WARD_KEEPER_TELL, WARD_MSG_INCIDENTS, false);
	assert_int_equal(listed(r, 29, 2), 0); /* at once */
}

/* Large rows: as many as have room. */
static void test_list_ends_where_the_message_does(void **state)
{
	struct room *r = *state;
	char *json = malloc(WARD_ROW_JSON_MAX);
	struct ward_store_row row = {.kind = WARD_ROW_IMPACT};

	assert_non_null(json);
	memset(json, ' ', WARD_ROW_JSON_MAX);
	assert_int_equal(ward_store_begin(r->lab.s), WARD_OK);
	for (uint32_t i = 0; i < 4; i++) {
		row.revision = i;
		row.json = (struct ward_str){json, i ? 70000 : WARD_ROW_JSON_MAX};
		assert_int_equal(ward_store_put(r->lab.s, &row), WARD_OK);
	}
	assert_int_equal(ward_store_commit(r->lab.s, 1), WARD_OK);
	ask_rows(r, 0, 10, false);
	assert_int_equal(listed(r, 0, 10), 1);
	ask_rows(r, 1, 10, false);
	assert_int_equal(listed(r, 1, 10), 2);
	ask_rows(r, 3, 10, false);
	assert_int_equal(listed(r, 3, 10), 1);
	free(json);
}

static void test_a_failing_store_is_fatal(void **state)
{
	struct room *r = *state;
	struct ward_msg m = {.type = WARD_MSG_ROWS, .id = 1};

	lab_fill(&r->lab, 0, 5, 1);
	lab_close(&r->lab);
	lab_sql(&r->lab, "PRAGMA ignore_check_constraints = ON; UPDATE record SET json = ''; "
			 "INSERT INTO checkpoint VALUES (1, 5, 5, zeroblob(32))");
	restart(r);
	ward_wr_reset(&r->body);
	ward_rows_query_put(&r->body, &(struct ward_rows_query){0, 2});
	m.body = ward_rd_slice(ward_wr_slice(&r->body));
	assert_int_equal(ward_keeper_message(&r->k, WARD_KEEPER_TELL, &m, &r->a), WARD_ERR_CORRUPT);
	m.type = WARD_MSG_RESUME; /* the checkpoint's bytes are gone */
	ward_wr_reset(&r->body);
	ward_resume_put(&r->body, 0);
	m.body = ward_rd_slice(ward_wr_slice(&r->body));
	assert_int_equal(
		ward_keeper_message(&r->k, WARD_KEEPER_BRAIN, &m, &r->a), WARD_ERR_CORRUPT);
	m.type = WARD_MSG_COMMIT;
	begin_part(r, FIRST, 1, 0, 1);
	put_row(r, 0);
	m.body = ward_rd_slice(ward_wr_slice(&r->body));
	assert_int_equal(
		ward_keeper_message(&r->k, WARD_KEEPER_BRAIN, &m, &r->a), WARD_ERR_CORRUPT);
}

/* What the brain says before who tells asks for the first time was not told before. */
static void test_what_there_was(void **state)
{
	struct room *r = *state;

	for (uint64_t was = 0; was < 2; was++) {
		struct ward_rows_query q = {UINT64_MAX, 1};
		uint64_t end = 7;
		size_t n = 7;

		assert_int_equal(
			part(r, FIRST | LAST, (uint32_t)was + 1, 0, (uint32_t)was), WARD_OK);
		ward_wr_reset(&r->body);
		ward_rows_query_put(&r->body, &q);
		send_as(r, WARD_KEEPER_TELL, WARD_MSG_ROWS, false);
		assert_int_equal(r->a.type, WARD_MSG_ROW_LIST);
		struct ward_rd body = ward_rd_slice(r->a.body);

		assert_int_equal(ward_row_list_get(&body, &q, &end, &n), WARD_OK);
		assert_int_equal(n, 0);
		assert_int_equal(end, was);
		restart(r);
	}
}

static struct ward_backed_up backed_up(struct room *r)
{
	struct ward_rd body = ward_rd_slice(r->a.body);
	struct ward_backed_up b;

	assert_int_equal(r->a.type, WARD_MSG_BACKED_UP);
	assert_int_equal(r->a.id, r->id);
	assert_int_equal(ward_backed_up_get(&body, &b), WARD_OK);
	return b;
}

/* A copy for a guest, made between what the brain says; it goes with the guest. */
static void test_backup(void **state)
{
	struct room *r = *state;
	struct ward_backed_up b;
	char path[96];
	unsigned n = 0;

	lab_fill(&r->lab, 0, 9, 3);
	ward_wr_reset(&r->body);
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_BACKUP, false);
	assert_int_equal(backed_up(r).verdict, WARD_ERR_UNSUPPORTED);
	(void)snprintf(path, sizeof(path), "%s/no/such/copy.db", r->lab.dir);
	r->k.copy_path = path;
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_BACKUP, false);
	assert_int_equal(backed_up(r).verdict, WARD_ERR_IO);
	(void)snprintf(path, sizeof(path), "%s/copy.db", r->lab.dir);
	ward_keeper_copy(&r->k, &r->a);
	assert_int_equal(r->a.type, WARD_MSG_NONE);

	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_BACKUP, false);
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	assert_int_equal(ward_keeper_sleep_ms(&r->k, 1000), 0);
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_BACKUP, true); /* it asks again */
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	uint32_t asked = r->id;

	assert_int_equal(part(r, FIRST, 1, 0, 9), WARD_OK);
	ward_keeper_copy(&r->k, &r->a);
	assert_int_equal(r->a.type, WARD_MSG_NONE); /* waits for the transaction … */
	assert_true(ward_keeper_sleep_ms(&r->k, 1000) > 0);
	assert_int_equal(part(r, LAST, 1, 1, 10), WARD_OK);
	do /* … and has it */
		ward_keeper_copy(&r->k, &r->a);
	while (r->a.type == WARD_MSG_NONE && n++ < 1000);
	r->id = asked;
	b = backed_up(r);
	assert_int_equal(b.verdict, WARD_OK);
	assert_int_equal(b.rows, 11);
	assert_int_equal(b.position, 101);
	assert_int_equal(access(path, F_OK), 0);
	ward_wr_reset(&r->body);
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_BACKUP, true); /* late, and answered already */
	assert_int_equal(r->a.type, WARD_MSG_NONE);
	assert_int_equal(access(path, F_OK), 0);
	ward_keeper_guest_left(&r->k);
	assert_int_not_equal(access(path, F_OK), 0);
	send_as(r, WARD_KEEPER_GUEST, WARD_MSG_BACKUP, false); /* in the middle of one */
	ward_keeper_guest_left(&r->k);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(last(r), 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_there_was, setup, teardown),
		cmocka_unit_test_setup_teardown(test_permissions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_action, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stuck, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deliveries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts_out_of_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_repeated_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_resume, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_guest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_backup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_incidents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_decisions, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_list_ends_where_the_message_does, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_failing_store_is_fatal, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
