#include "quorum/leaf.h"

#include <string.h>

static void put_bytes(struct ward_wr *w, const void *p, size_t len)
{
	ward_wr_be32(w, p ? (uint32_t)len : UINT32_MAX); /* -1: NULL */
	if (p)
		ward_wr_bytes(w, p, len);
}

void ward_quorum_leaf_put(struct ward_wr *w, const struct ward_store_leaf *l)
{
	ward_wr_be16(w, WARD_QUORUM_LEAF_CELLS);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, l->row.row);
	ward_wr_be32(w, 2);
	ward_wr_be16(w, (uint16_t)l->row.kind);
	put_bytes(w, l->row.id.b, sizeof(l->row.id.b));
	ward_wr_be32(w, 8);
	ward_wr_be64(w, l->row.revision);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, (uint64_t)l->row.time);
	put_bytes(w, l->row.json.p, l->row.json.len);
	put_bytes(w, l->salt.p, l->salt.len);
	put_bytes(w, l->commitment.b, sizeof(l->commitment.b));
}

static uint64_t number(struct ward_quorum_cell c)
{
	uint64_t v = 0;

	for (size_t i = 0; i < c.len; i++)
		v = v << 8 | c.p[i];
	return v;
}

static bool has_text(struct ward_quorum_cell json, struct ward_quorum_cell salt)
{
	if (!json.p || !salt.p)
		return !json.p && !salt.p;
	return json.len && json.len <= WARD_ROW_JSON_MAX && salt.len == WARD_LEDGER_SALT;
}

bool ward_quorum_leaf(
	const struct ward_quorum_cell cell[WARD_QUORUM_LEAF_CELLS], struct ward_store_leaf *ret)
{
	enum { ROW, KIND, ID, REVISION, TIME, JSON, SALT, COMMITMENT };
	static const size_t len[] = {
		8, 2, sizeof(ret->row.id.b), 8, 8, 0, 0, sizeof(ret->commitment.b)};
	struct ward_store_leaf l = {.row = {.row = 0}};

	for (int i = 0; i < WARD_QUORUM_LEAF_CELLS; i++)
		if (i != JSON && i != SALT && (!cell[i].p || cell[i].len != len[i]))
			return false;
	uint64_t kind = number(cell[KIND]), revision = number(cell[REVISION]);

	l.row.row = number(cell[ROW]);
	if (l.row.row == 0 || l.row.row > INT64_MAX || kind < WARD_ROW_DETECTION ||
		kind > WARD_ROW_KIND_LAST || revision > UINT32_MAX ||
		!has_text(cell[JSON], cell[SALT]))
		return false;
	l.row.kind = (enum ward_row_kind)kind;
	l.row.revision = (uint32_t)revision;
	l.row.time = (ward_ns)number(cell[TIME]);
	memcpy(l.row.id.b, cell[ID].p, sizeof(l.row.id.b));
	l.row.json = ward_slice_text(ward_slice_of(cell[JSON].p, cell[JSON].len));
	l.salt = ward_slice_of(cell[SALT].p, cell[SALT].len);
	memcpy(l.commitment.b, cell[COMMITMENT].p, sizeof(l.commitment.b));
	*ret = l;
	return true;
}

bool ward_quorum_piece(const struct ward_quorum_cell cell[WARD_QUORUM_PIECE_CELLS], uint64_t off,
	struct ward_slice *ret)
{
	if (!cell[0].p || cell[0].len != 8 || number(cell[0]) != off || !cell[1].p ||
		!cell[1].len || cell[1].len > WARD_STORE_PIECE_MAX)
		return false;
	*ret = ward_slice_of(cell[1].p, cell[1].len);
	return true;
}
