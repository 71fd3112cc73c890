#include "run/committer.h"

#include "run/process.h"

enum { COMMIT_HEAD = 1 + 4 + 4 + 8 + 2, ITEMS_MAX = WARD_MSG_BODY_MAX - COMMIT_HEAD };

/* A store that is alive answers within this, but for a slow disk; then it is asked twice, which
 * costs one message. */
static const ward_ns ask_again = 250 * WARD_NS_PER_MS;

/* Where the rows of one part end, and how many they are. */
struct cut {
	size_t end;
	uint16_t n;
};

struct ward_committer {
	const struct ward_mem *mem;
	uint64_t checkpoint_max; /* bytes */
	struct ward_wr rows;     /* items of a COMMIT, one after the other */
	struct cut *cut;
	size_t n_cut, cap_cut;
	bool has_checkpoint;
	struct ward_store_checkpoint checkpoint;
	struct ward_slice bytes; /* of it */
	uint32_t transaction;
	struct ward_ask ask;
	uint8_t body[WARD_MSG_BODY_MAX];
};

enum ward_err ward_committer_new(int fd, const struct ward_clock *clock, const struct ward_mem *mem,
	const struct ward_limits *limits, struct ward_committer **ret)
{
	struct ward_committer *c = ward_mem_alloc(mem, sizeof(*c));

	if (!c)
		return WARD_ERR_NOMEM;
	c->mem = mem;
	c->checkpoint_max = ward_limit(limits, WARD_LIMIT_STORE_CHECKPOINT);
	c->rows = ward_wr_grow(mem, ward_limit(limits, WARD_LIMIT_STORE_COMMIT));
	c->transaction = ward_process_ids();
	c->ask.fd = fd;
	c->ask.next_id = ward_process_ids();
	c->ask.again = ask_again;
	c->ask.clock = clock;
	*ret = c;
	return WARD_OK;
}

void ward_committer_free(struct ward_committer *c)
{
	if (!c)
		return;
	ward_wr_fini(&c->rows);
	ward_mem_free(c->mem, c->cut, c->cap_cut * sizeof(*c->cut));
	ward_mem_free(c->mem, c, sizeof(*c));
}

static size_t part_begin(const struct ward_committer *c, size_t part)
{
	return part ? c->cut[part - 1].end : 0;
}

/* The item that begins at `from` becomes part of the last part, or begins a new one. */
static enum ward_err count_item(struct ward_committer *c, size_t from)
{
	struct cut *last = c->n_cut ? &c->cut[c->n_cut - 1] : NULL;
	enum ward_err err;

	if (last && last->n < WARD_ROWS_MAX &&
		c->rows.len - part_begin(c, c->n_cut - 1) <= ITEMS_MAX) {
		last->end = c->rows.len;
		last->n++;
		return WARD_OK;
	}
	WARD_ASSERT(c->rows.len - from <= ITEMS_MAX);
	err = ward_mem_more(c->mem, &c->cut, c->n_cut, &c->cap_cut, sizeof(*c->cut), SIZE_MAX);
	if (!err)
		c->cut[c->n_cut++] = (struct cut){c->rows.len, 1};
	return err;
}

enum ward_err ward_committer_row(struct ward_committer *c, const struct ward_store_row *r)
{
	size_t before = c->rows.len;
	enum ward_err err = WARD_OK;

	if (r->json.len > WARD_ROW_JSON_MAX)
		return WARD_ERR_LIMIT;
	if (r->kind < WARD_ROW_DETECTION ||
		(r->kind > WARD_ROW_IMPACT && r->kind != WARD_ROW_DECISION &&
			r->kind != WARD_ROW_PERMIT && r->kind != WARD_ROW_ACCOUNT &&
			r->kind != WARD_ROW_CENSUS && r->kind != WARD_ROW_DELETION) ||
		r->json.len == 0 || !ward_utf8_valid(ward_str_bytes(r->json), NULL))
		return WARD_ERR_MALFORMED;
	if (c->rows.max - before < r->json.len + 64) /* more than goes around it */
		return WARD_ERR_FULL;
	ward_commit_put_row(&c->rows, r);
	err = ward_wr_bad(&c->rows) ? WARD_ERR_NOMEM : count_item(c, before);
	if (err) {
		c->rows.len = before;
		c->rows.bad = false;
	}
	return err;
}

size_t ward_committer_waiting(const struct ward_committer *c)
{
	return c->rows.len;
}

enum ward_err ward_committer_checkpoint(
	struct ward_committer *c, uint64_t seq, struct ward_slice bytes)
{
	if (seq == 0)
		return WARD_ERR_MALFORMED;
	if (seq > INT64_MAX || bytes.len > c->checkpoint_max)
		return WARD_ERR_LIMIT;
	c->has_checkpoint = true;
	c->checkpoint = (struct ward_store_checkpoint){.seq = seq, .size = bytes.len};
	ward_sha256(bytes, c->checkpoint.sha256);
	c->bytes = bytes;
	return WARD_OK;
}

/* Parts that carry the checkpoint: one also when it is empty. */
static size_t pieces(const struct ward_committer *c)
{
	if (!c->has_checkpoint)
		return 0;
	return c->bytes.len ? (c->bytes.len - 1) / WARD_PIECE_MAX + 1 : 1;
}

static void put_piece(struct ward_committer *c, size_t i, struct ward_wr *w)
{
	struct ward_piece p = {.of = c->checkpoint, .off = (uint64_t)i * WARD_PIECE_MAX};
	size_t off = (size_t)p.off, left = c->bytes.len - off;

	if (left)
		p.bytes = ward_slice_of(
			c->bytes.p + off, left < WARD_PIECE_MAX ? left : WARD_PIECE_MAX);
	ward_commit_put_piece(w, &p);
}

/* Sends one part; the store's verdict, or why there is none. */
static enum ward_err send_part(struct ward_committer *c, size_t part, size_t n, uint64_t position)
{
	struct ward_wr w = ward_wr_fixed(c->body, sizeof(c->body));
	struct ward_commit head = {.transaction = c->transaction,
		.part = (uint32_t)part,
		.position = position,
		.flags = (uint8_t)((part == 0 ? WARD_COMMIT_FIRST : 0) |
				   (part + 1 == n ? WARD_COMMIT_LAST : 0))};
	struct ward_msg m;
	enum ward_err err, verdict;

	if (part < c->n_cut)
		head.n = c->cut[part].n;
	else
		head.n = c->has_checkpoint ? 1 : 0;
	ward_commit_put(&w, &head);
	if (part < c->n_cut)
		ward_wr_bytes(&w, c->rows.p + part_begin(c, part),
			c->cut[part].end - part_begin(c, part));
	else if (c->has_checkpoint)
		put_piece(c, part - c->n_cut, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	err = ward_ask(&c->ask, WARD_MSG_COMMIT, ward_wr_slice(&w), WARD_MSG_COMMITTED, &m);
	if (!err)
		err = ward_committed_get(&m.body, &verdict);
	return err ? err : verdict;
}

static enum ward_err send_all(struct ward_committer *c, uint64_t position)
{
	size_t n = c->n_cut + pieces(c);
	enum ward_err err = WARD_OK;

	c->transaction++;
	n = n ? n : 1; /* a position alone */
	for (size_t part = 0; !err && part < n; part++)
		err = send_part(c, part, n, position);
	return err;
}

enum ward_err ward_committer_commit(struct ward_committer *c, uint64_t position)
{
	enum ward_err err;

	do /* STATE: the store began a new life in the middle of it */
		err = send_all(c, position);
	while (err == WARD_ERR_STATE);
	if (err)
		return err;
	ward_wr_reset(&c->rows);
	c->n_cut = 0;
	c->has_checkpoint = false;
	return WARD_OK;
}

static enum ward_err resume_at(struct ward_committer *c, uint64_t off, struct ward_resumed *ret)
{
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;
	enum ward_err err;

	ward_resume_put(&w, off);
	err = ward_ask(&c->ask, WARD_MSG_RESUME, ward_wr_slice(&w), WARD_MSG_RESUMED, &m);
	return err ? err : ward_resumed_get(&m.body, ret);
}

static bool same(const struct ward_store_checkpoint *a, const struct ward_store_checkpoint *b)
{
	return a->seq == b->seq && a->size == b->size &&
	       memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
}

enum ward_err ward_committer_resume(struct ward_committer *c, uint64_t *ret_position,
	uint64_t *ret_checkpoint_seq, struct ward_wr *w)
{
	struct ward_resumed first = {.position = 0}, d;
	size_t begin = w->len;
	uint64_t off = 0;
	uint8_t hash[32];

	do {
		enum ward_err err = resume_at(c, off, &d);

		if (err)
			return err;
		if (off == 0)
			first = d;
		/* nobody but us changes it */
		if (d.piece.off != off || !same(&d.piece.of, &first.piece.of))
			return WARD_ERR_MALFORMED;
		if (first.piece.of.size > c->checkpoint_max)
			return WARD_ERR_LIMIT;
		ward_wr_bytes(w, d.piece.bytes.p, d.piece.bytes.len);
		off += d.piece.bytes.len;
	} while (off < first.piece.of.size && !ward_wr_bad(w));
	if (ward_wr_bad(w))
		return WARD_ERR_NOMEM;
	if (first.piece.of.seq) {
		ward_sha256(ward_slice_of(w->p ? w->p + begin : NULL, w->len - begin), hash);
		if (memcmp(hash, first.piece.of.sha256, sizeof(hash)) != 0)
			return WARD_ERR_CORRUPT;
	}
	*ret_position = first.position;
	*ret_checkpoint_seq = first.piece.of.seq;
	return WARD_OK;
}
