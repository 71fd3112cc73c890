#include "run/rows.h"

enum {
	ITEM_ROW = 1,
	ITEM_PIECE = 2,
	LIST_COUNT_AT = 8, /* a ROW_LIST's count stands behind its be64 */
	ROW_ROOM = 1 + 16 + 4 + 8 + 3,
	PIECE_ROOM = 8 + 8 + 32 + 8 + 3,
};

/* varint lengths up to 2^21 take three bytes */
_Static_assert(WARD_MSG_BODY_MAX < 1 << 21, "lengths of what is in a message");
_Static_assert(LIST_COUNT_AT + 2 + 8 + ROW_ROOM + WARD_ROW_JSON_MAX <= WARD_MSG_BODY_MAX,
	"a row fits a ROW_LIST");
_Static_assert(1 + 4 + 4 + 8 + 2 + 1 + ROW_ROOM + WARD_ROW_JSON_MAX <= WARD_MSG_BODY_MAX,
	"a row fits a COMMIT");
_Static_assert(1 + 4 + 4 + 8 + 2 + 1 + PIECE_ROOM + WARD_PIECE_MAX <= WARD_MSG_BODY_MAX,
	"a piece fits a COMMIT, and a RESUMED");
_Static_assert(8 + 32 + 2 + WARD_ROWS_MAX * 33 <= WARD_MSG_BODY_MAX, "leaves fit a LEAF_LIST");
_Static_assert((int)WARD_PIECE_MAX <= (int)WARD_STORE_PIECE_MAX, "and the store takes it");

static void put_row(struct ward_wr *w, const struct ward_store_row *row)
{
	ward_wr_u8(w, (uint8_t)row->kind);
	ward_wr_bytes(w, row->id.b, sizeof(row->id.b));
	ward_wr_be32(w, row->revision);
	ward_wr_be64(w, (uint64_t)row->time);
	ward_wr_lv(w, ward_str_bytes(row->json));
}

static enum ward_err get_row(struct ward_rd *r, struct ward_store_row *ret)
{
	struct ward_store_row row = {.row = 0};
	uint8_t kind = ward_rd_u8(r);
	struct ward_slice id = ward_rd_bytes(r, sizeof(row.id.b)), json;

	row.revision = ward_rd_be32(r);
	row.time = (ward_ns)ward_rd_be64(r);
	json = ward_rd_lv(r, WARD_ROW_JSON_MAX);
	if (ward_rd_bad(r) || kind < WARD_ROW_DETECTION || kind > WARD_ROW_KIND_LAST ||
		json.len == 0 || !ward_utf8_valid(json, NULL))
		return WARD_ERR_MALFORMED;
	row.kind = (enum ward_row_kind)kind;
	memcpy(row.id.b, id.p, sizeof(row.id.b));
	row.json = ward_slice_text(json);
	*ret = row;
	return WARD_OK;
}

static void put_piece(struct ward_wr *w, const struct ward_piece *p)
{
	ward_wr_be64(w, p->of.seq);
	ward_wr_be64(w, p->of.size);
	ward_wr_bytes(w, p->of.sha256, sizeof(p->of.sha256));
	ward_wr_be64(w, p->off);
	ward_wr_lv(w, p->bytes);
}

static enum ward_err get_piece(struct ward_rd *r, struct ward_piece *ret)
{
	struct ward_piece p = {.of.seq = ward_rd_be64(r)};
	struct ward_slice hash;

	p.of.size = ward_rd_be64(r);
	hash = ward_rd_bytes(r, sizeof(p.of.sha256));
	p.off = ward_rd_be64(r);
	p.bytes = ward_rd_lv(r, WARD_PIECE_MAX);
	if (ward_rd_bad(r) || p.of.seq > INT64_MAX || p.of.size > INT64_MAX || p.off > p.of.size ||
		p.bytes.len > p.of.size - p.off)
		return WARD_ERR_MALFORMED;
	if (p.bytes.len == 0 && p.of.size > 0)
		return WARD_ERR_MALFORMED; /* whoever asks for more would ask for ever */
	memcpy(p.of.sha256, hash.p, sizeof(p.of.sha256));
	*ret = p;
	return WARD_OK;
}

void ward_commit_put(struct ward_wr *w, const struct ward_commit *c)
{
	ward_wr_u8(w, c->flags);
	ward_wr_be32(w, c->transaction);
	ward_wr_be32(w, c->part);
	ward_wr_be64(w, c->position);
	ward_wr_be16(w, c->n);
}

enum ward_err ward_commit_get(struct ward_rd *r, struct ward_commit *ret)
{
	struct ward_commit c = {.flags = ward_rd_u8(r)};

	c.transaction = ward_rd_be32(r);
	c.part = ward_rd_be32(r);
	c.position = ward_rd_be64(r);
	c.n = ward_rd_be16(r);
	if (ward_rd_bad(r) || c.flags & ~(WARD_COMMIT_FIRST | WARD_COMMIT_LAST) ||
		(c.part == 0) != !!(c.flags & WARD_COMMIT_FIRST) || c.position > INT64_MAX ||
		c.n > WARD_ROWS_MAX)
		return WARD_ERR_MALFORMED;
	*ret = c;
	return WARD_OK;
}

void ward_commit_put_row(struct ward_wr *w, const struct ward_store_row *row)
{
	ward_wr_u8(w, ITEM_ROW);
	put_row(w, row);
}

void ward_commit_put_piece(struct ward_wr *w, const struct ward_piece *p)
{
	ward_wr_u8(w, ITEM_PIECE);
	put_piece(w, p);
}

enum ward_err ward_commit_get_item(struct ward_rd *r, struct ward_commit_item *ret)
{
	struct ward_commit_item item = {.is_row = false};
	uint8_t what = ward_rd_u8(r);
	enum ward_err err = WARD_ERR_MALFORMED;

	if (ward_rd_bad(r))
		return err;
	item.is_row = what == ITEM_ROW;
	if (item.is_row)
		err = get_row(r, &item.row);
	else if (what == ITEM_PIECE)
		err = get_piece(r, &item.piece);
	if (!err && !item.is_row && item.piece.of.seq == 0)
		err = WARD_ERR_MALFORMED;
	if (!err)
		*ret = item;
	return err;
}

void ward_committed_put(struct ward_wr *w, enum ward_err verdict)
{
	ward_wr_u8(w, (uint8_t)verdict);
}

enum ward_err ward_committed_get(struct ward_rd *r, enum ward_err *ret)
{
	uint8_t verdict = ward_rd_u8(r);

	if (ward_rd_bad(r) || ward_rd_left(r) || verdict >= WARD_ERR_N)
		return WARD_ERR_MALFORMED;
	*ret = (enum ward_err)verdict;
	return WARD_OK;
}

void ward_backed_up_put(struct ward_wr *w, const struct ward_backed_up *b)
{
	ward_wr_u8(w, (uint8_t)b->verdict);
	ward_wr_be64(w, b->position);
	ward_wr_be64(w, b->rows);
	ward_wr_bytes(w, b->root.b, sizeof(b->root.b));
}

enum ward_err ward_backed_up_get(struct ward_rd *r, struct ward_backed_up *ret)
{
	uint8_t verdict = ward_rd_u8(r);
	struct ward_backed_up b = {.position = ward_rd_be64(r), .rows = ward_rd_be64(r)};
	struct ward_slice root = ward_rd_bytes(r, sizeof(b.root.b));

	if (ward_rd_bad(r) || ward_rd_left(r) || verdict >= WARD_ERR_N)
		return WARD_ERR_MALFORMED;
	b.verdict = (enum ward_err)verdict;
	memcpy(b.root.b, root.p, sizeof(b.root.b));
	*ret = b;
	return WARD_OK;
}

void ward_resume_put(struct ward_wr *w, uint64_t off)
{
	ward_wr_be64(w, off);
}

enum ward_err ward_resume_get(struct ward_rd *r, uint64_t *ret)
{
	uint64_t off = ward_rd_be64(r);

	if (ward_rd_bad(r) || ward_rd_left(r))
		return WARD_ERR_MALFORMED;
	*ret = off;
	return WARD_OK;
}

void ward_resumed_put(struct ward_wr *w, const struct ward_resumed *d)
{
	ward_wr_be64(w, d->position);
	put_piece(w, &d->piece);
}

enum ward_err ward_resumed_get(struct ward_rd *r, struct ward_resumed *ret)
{
	struct ward_resumed d = {.position = ward_rd_be64(r)};
	enum ward_err err = get_piece(r, &d.piece);

	if (err)
		return err;
	if (ward_rd_left(r) || d.position > INT64_MAX ||
		(d.piece.of.seq == 0 && d.piece.of.size > 0))
		return WARD_ERR_MALFORMED;
	*ret = d;
	return WARD_OK;
}

void ward_rows_query_put(struct ward_wr *w, const struct ward_rows_query *q)
{
	ward_wr_be64(w, q->after);
	ward_wr_be32(w, q->n);
}

enum ward_err ward_rows_query_get(struct ward_rd *r, struct ward_rows_query *ret)
{
	struct ward_rows_query q = {.after = ward_rd_be64(r)};

	q.n = ward_rd_be32(r);
	if (ward_rd_bad(r) || ward_rd_left(r) || q.n == 0 || q.n > WARD_ROWS_MAX)
		return WARD_ERR_MALFORMED;
	*ret = q;
	return WARD_OK;
}

void ward_row_list_begin(struct ward_row_list *l, uint8_t buf[WARD_MSG_BODY_MAX], uint64_t last)
{
	ward_counted_begin(&l->of, buf, WARD_MSG_BODY_MAX, WARD_ROWS_MAX);
	ward_wr_be64(&l->of.w, last);
	ward_counted_from(&l->of);
}

static void put_numbered(struct ward_wr *w, const void *item)
{
	const struct ward_store_row *row = item;

	ward_wr_be64(w, row->row);
	put_row(w, row);
}

bool ward_row_list_add(struct ward_row_list *l, const struct ward_store_row *row)
{
	return ward_counted_add(&l->of, put_numbered, row);
}

struct ward_slice ward_row_list_body(struct ward_row_list *l)
{
	return ward_counted_body(&l->of);
}

enum ward_err ward_row_list_next(struct ward_rd *r, struct ward_store_row *ret)
{
	uint64_t number = ward_rd_be64(r);
	enum ward_err err = get_row(r, ret);

	if (!err)
		ret->row = number;
	return err;
}

enum ward_err ward_row_list_get(
	struct ward_rd *r, const struct ward_rows_query *q, uint64_t *ret_last, size_t *ret_n)
{
	uint64_t last = ward_rd_be64(r), before = q->after;
	uint16_t n = ward_rd_be16(r);
	struct ward_rd look = *r;

	if (ward_rd_bad(r) || n > q->n || last > INT64_MAX)
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < n; i++) {
		struct ward_store_row row;

		if (ward_row_list_next(&look, &row) != WARD_OK || row.row <= before ||
			row.row > last)
			return WARD_ERR_MALFORMED;
		before = row.row;
	}
	if (ward_rd_left(&look))
		return WARD_ERR_MALFORMED;
	*ret_last = last;
	*ret_n = n;
	return WARD_OK;
}

void ward_leaf_list_put(struct ward_wr *w, const struct ward_leaf_list *l)
{
	ward_wr_be64(w, l->n_ledger);
	ward_wr_bytes(w, l->root.b, sizeof(l->root.b));
	ward_wr_be16(w, l->n);
}

void ward_leaf_item_put(struct ward_wr *w, const struct ward_leaf_item *item)
{
	ward_wr_u8(w, (uint8_t)item->kind);
	ward_wr_bytes(w, item->commitment.b, sizeof(item->commitment.b));
}

static bool get_hash(struct ward_rd *r, struct ward_hash *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (ward_rd_bad(r))
		return false;
	memcpy(ret->b, s.p, sizeof(ret->b));
	return true;
}

enum ward_err ward_leaf_list_get(
	struct ward_rd *r, const struct ward_rows_query *q, struct ward_leaf_list *ret)
{
	struct ward_leaf_list l = {.n_ledger = ward_rd_be64(r)};
	bool ok = get_hash(r, &l.root);

	l.n = ward_rd_be16(r);
	if (!ok || ward_rd_bad(r) || l.n_ledger > INT64_MAX || l.n > q->n ||
		l.n > (l.n_ledger > q->after ? l.n_ledger - q->after : 0))
		return WARD_ERR_MALFORMED;
	struct ward_rd look = *r;

	for (size_t i = 0; i < l.n; i++) {
		uint8_t kind = ward_rd_u8(&look);

		ward_rd_skip(&look, sizeof(l.root.b));
		if (kind < WARD_ROW_DETECTION || kind > WARD_ROW_KIND_LAST)
			return WARD_ERR_MALFORMED;
	}
	if (ward_rd_bad(&look) || ward_rd_left(&look))
		return WARD_ERR_MALFORMED;
	*ret = l;
	return WARD_OK;
}

void ward_leaf_item_get(struct ward_rd *r, struct ward_leaf_item *ret)
{
	ret->kind = (enum ward_row_kind)ward_rd_u8(r);
	WARD_ASSERT(get_hash(r, &ret->commitment));
}

static enum ward_err fetch(struct ward_ask *a, enum ward_msg_type type,
	const struct ward_rows_query *q, struct ward_msg *ret, uint64_t *ret_last, size_t *ret_n)
{
	uint8_t body[12];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	enum ward_err err;

	ward_rows_query_put(&w, q);
	err = ward_ask(a, type, ward_wr_slice(&w), WARD_MSG_ROW_LIST, ret);
	return err ? err : ward_row_list_get(&ret->body, q, ret_last, ret_n);
}

/* Gives rows that were found good; the number of the last one, or `after`. */
static uint64_t give(struct ward_rd *r, size_t n, uint64_t after, ward_row_fn fn, void *ctx)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_store_row row;

		WARD_ASSERT(ward_row_list_next(r, &row) == WARD_OK);
		fn(ctx, &row);
		after = row.row;
	}
	return after;
}

enum ward_err ward_rows_fetch(struct ward_ask *a, const struct ward_rows_query *q, ward_row_fn fn,
	void *ctx, uint64_t *ret_last)
{
	struct ward_msg m;
	size_t got;
	enum ward_err err = fetch(a, WARD_MSG_ROWS, q, &m, ret_last, &got);

	if (!err)
		(void)give(&m.body, got, q->after, fn, ctx);
	return err;
}

enum ward_err ward_incidents_since(struct ward_ask *a, uint64_t *after, ward_row_fn fn, void *ctx)
{
	struct ward_rows_query q = {*after, WARD_ROWS_MAX};
	enum ward_err err = WARD_OK;

	for (size_t n = 1; !err && n > 0;) {
		struct ward_msg m;
		uint64_t last;

		err = fetch(a, WARD_MSG_INCIDENTS, &q, &m, &last, &n);
		if (!err)
			*after = q.after = give(&m.body, n, q.after, fn, ctx);
	}
	return err;
}

enum ward_err ward_incidents_fetch(
	struct ward_ask *a, ward_row_fn fn, void *ctx, uint64_t *ret_last)
{
	struct ward_rows_query q = {0, WARD_ROWS_MAX};
	uint64_t first_last = 0;
	size_t n = 1;

	for (bool first = true; n > 0; first = false) {
		struct ward_msg m;
		uint64_t last;
		enum ward_err err = fetch(a, WARD_MSG_INCIDENTS, &q, &m, &last, &n);

		if (err)
			return err;
		if (first) /* what comes while we page is after this */
			first_last = last;
		q.after = give(&m.body, n, q.after, fn, ctx);
	}
	*ret_last = first_last;
	return WARD_OK;
}
