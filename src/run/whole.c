#include "run/whole.h"

enum {
	COUNT_AT = 16,
	LEAF_ROOM = 8 + 1 + 16 + 4 + 8 + 32 + 1 + WARD_LEDGER_SALT + 3,
};
_Static_assert(COUNT_AT + 2 + LEAF_ROOM + WARD_ROW_JSON_MAX <= WARD_MSG_BODY_MAX, "a row fits");
_Static_assert(2 + 8 * WARD_GONE_MAX <= WARD_MSG_BODY_MAX, "numbers fit");

void ward_whole_begin(
	struct ward_whole_list *l, uint8_t buf[WARD_MSG_BODY_MAX], uint64_t last, uint64_t position)
{
	ward_counted_begin(&l->of, buf, WARD_MSG_BODY_MAX, WARD_ROWS_MAX);
	ward_wr_be64(&l->of.w, last);
	ward_wr_be64(&l->of.w, position);
	ward_counted_from(&l->of);
}

static void put_leaf(struct ward_wr *w, const void *item)
{
	const struct ward_store_leaf *l = item;

	ward_wr_be64(w, l->row.row);
	ward_wr_u8(w, (uint8_t)l->row.kind);
	ward_wr_bytes(w, l->row.id.b, sizeof(l->row.id.b));
	ward_wr_be32(w, l->row.revision);
	ward_wr_be64(w, (uint64_t)l->row.time);
	ward_wr_bytes(w, l->commitment.b, sizeof(l->commitment.b));
	ward_wr_u8(w, l->row.json.p != NULL);
	if (!l->row.json.p)
		return;
	ward_wr_bytes(w, l->salt.p, l->salt.len);
	ward_wr_lv(w, ward_str_bytes(l->row.json));
}

bool ward_whole_add(struct ward_whole_list *l, const struct ward_store_leaf *leaf)
{
	return ward_counted_add(&l->of, put_leaf, leaf);
}

struct ward_slice ward_whole_body(struct ward_whole_list *l)
{
	return ward_counted_body(&l->of);
}

static bool get_leaf(struct ward_rd *r, struct ward_store_leaf *ret)
{
	struct ward_store_leaf l = {.row = {.row = ward_rd_be64(r)}};
	uint8_t kind = ward_rd_u8(r);
	struct ward_slice id = ward_rd_bytes(r, sizeof(l.row.id.b)), json, commitment;

	l.row.revision = ward_rd_be32(r);
	l.row.time = (ward_ns)ward_rd_be64(r);
	commitment = ward_rd_bytes(r, sizeof(l.commitment.b));
	uint8_t has = ward_rd_u8(r);

	if (ward_rd_bad(r) || kind < WARD_ROW_DETECTION || kind > WARD_ROW_KIND_LAST || has > 1)
		return false;
	l.row.kind = (enum ward_row_kind)kind;
	memcpy(l.row.id.b, id.p, id.len);
	memcpy(l.commitment.b, commitment.p, commitment.len);
	if (has) {
		l.salt = ward_rd_bytes(r, WARD_LEDGER_SALT);
		json = ward_rd_lv(r, WARD_ROW_JSON_MAX);
		if (ward_rd_bad(r) || !json.len || !ward_utf8_valid(json, NULL))
			return false;
		l.row.json = ward_slice_text(json);
	}
	*ret = l;
	return true;
}

enum ward_err ward_whole_get(struct ward_rd *r, const struct ward_rows_query *q,
	struct ward_store_leaf *leaf, struct ward_whole *ret)
{
	struct ward_whole l = {.last = ward_rd_be64(r), .position = ward_rd_be64(r)};

	l.n = ward_rd_be16(r);
	if (ward_rd_bad(r) || l.n > q->n || l.n > WARD_ROWS_MAX || l.last > INT64_MAX ||
		l.position > INT64_MAX || l.n > (l.last > q->after ? l.last - q->after : 0))
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < l.n; i++)
		if (!get_leaf(r, &leaf[i]) || leaf[i].row.row != q->after + i + 1)
			return WARD_ERR_MALFORMED;
	if (ward_rd_left(r))
		return WARD_ERR_MALFORMED;
	*ret = l;
	return WARD_OK;
}

void ward_gone_put(struct ward_wr *w, const struct ward_gone *g)
{
	ward_wr_be64(w, g->after);
	ward_wr_be64(w, g->last);
}

enum ward_err ward_gone_get(struct ward_rd *r, struct ward_gone *ret)
{
	struct ward_gone g = {.after = ward_rd_be64(r)};

	g.last = ward_rd_be64(r);
	if (ward_rd_bad(r) || ward_rd_left(r) || g.last > INT64_MAX || g.after > g.last)
		return WARD_ERR_MALFORMED;
	*ret = g;
	return WARD_OK;
}

void ward_gone_list_put(struct ward_wr *w, const uint64_t *number, size_t n)
{
	ward_wr_be16(w, (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		ward_wr_be64(w, number[i]);
}

enum ward_err ward_gone_list_get(
	struct ward_rd *r, const struct ward_gone *g, uint64_t *number, size_t *ret_n)
{
	uint64_t before = g->after;
	size_t n = ward_rd_be16(r);

	if (ward_rd_bad(r) || n > WARD_GONE_MAX)
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < n; i++) {
		number[i] = ward_rd_be64(r);
		if (ward_rd_bad(r) || number[i] <= before || number[i] > g->last)
			return WARD_ERR_MALFORMED;
		before = number[i];
	}
	if (ward_rd_left(r))
		return WARD_ERR_MALFORMED;
	*ret_n = n;
	return WARD_OK;
}
