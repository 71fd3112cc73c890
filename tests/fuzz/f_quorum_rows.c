/* The store's rows and the brain's memory as a server gives them back, in any bytes, one after the
 * other: what is taken for a row can be written again as it was, and has all that its commitment is
 * of; pieces of a memory follow each other. */
#include "fuzz.h"

#include "base/rd.h"
#include "quorum/leaf.h"

enum { HEAD = 2, OUT = WARD_ROW_JSON_MAX + 512 };

/* Cells of the usual lengths, but where a bit says otherwise; where one of the other byte is set,
 * NULL. JSON and bytes have their length before them. */
static void get_cells(
	struct ward_rd *rd, const uint8_t *usual, struct ward_quorum_cell *ret, size_t n)
{
	uint8_t odd = ward_rd_u8(rd), none = ward_rd_u8(rd);

	for (size_t i = 0; i < n; i++) {
		size_t len = odd >> i & 1 ? ward_rd_u8(rd) : usual[i] ? usual[i] : ward_rd_be16(rd);
		struct ward_slice c = ward_rd_bytes(rd, len);

		ret[i] = none >> i & 1 ? (struct ward_quorum_cell){NULL, 0}
				       : (struct ward_quorum_cell){c.p, c.len};
	}
}

/* What COPY would have sent. */
static void cells_back(struct ward_rd *rd, struct ward_quorum_cell *ret)
{
	WARD_ASSERT(ward_rd_be16(rd) == WARD_QUORUM_LEAF_CELLS);
	for (size_t i = 0; i < WARD_QUORUM_LEAF_CELLS; i++) {
		uint32_t len = ward_rd_be32(rd);
		struct ward_slice c = ward_rd_bytes(rd, len == UINT32_MAX ? 0 : len);

		ret[i] = (struct ward_quorum_cell){len == UINT32_MAX ? NULL : c.p, c.len};
	}
	WARD_ASSERT(!ward_rd_bad(rd) && !ward_rd_left(rd));
}

static void is_same(const struct ward_quorum_cell *a, const struct ward_quorum_cell *b)
{
	for (size_t i = 0; i < WARD_QUORUM_LEAF_CELLS; i++)
		WARD_ASSERT(!a[i].p == !b[i].p && a[i].len == b[i].len &&
			    (!a[i].len || memcmp(a[i].p, b[i].p, a[i].len) == 0));
}

static void row(struct ward_rd *rd)
{
	static const uint8_t usual[] = {8, 2, 16, 8, 8, 0, WARD_LEDGER_SALT, 32};
	static uint8_t out[OUT];
	struct ward_quorum_cell cell[WARD_QUORUM_LEAF_CELLS], back[WARD_QUORUM_LEAF_CELLS];
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_store_leaf l;
	struct ward_hash h;

	get_cells(rd, usual, cell, WARD_QUORUM_LEAF_CELLS);
	if (ward_rd_bad(rd) || !ward_quorum_leaf(cell, &l))
		return;
	WARD_ASSERT(l.row.row && *ward_row_kind_name(l.row.kind) != '?');
	if (l.row.json.p)
		ward_store_commitment(&l.row, l.salt.p, &h);
	ward_quorum_leaf_put(&w, &l);
	WARD_ASSERT(!ward_wr_bad(&w));
	struct ward_rd again = ward_rd_slice(ward_wr_slice(&w));

	cells_back(&again, back);
	is_same(cell, back);
}

static bool piece(struct ward_rd *rd, uint64_t *off)
{
	static const uint8_t usual[] = {8, 0};
	struct ward_quorum_cell cell[WARD_QUORUM_PIECE_CELLS];
	struct ward_slice bytes;

	get_cells(rd, usual, cell, WARD_QUORUM_PIECE_CELLS);
	if (ward_rd_bad(rd) || !ward_quorum_piece(cell, *off, &bytes))
		return false;
	WARD_ASSERT(bytes.p == cell[1].p && bytes.len && bytes.len <= WARD_STORE_PIECE_MAX);
	*off += bytes.len;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *p = fuzz_copy(data, len);
	struct ward_rd rd = ward_rd_from(p, len);
	uint64_t off = 0;

	while (ward_rd_left(&rd) > HEAD && !ward_rd_bad(&rd)) {
		if (ward_rd_u8(&rd) % 2)
			(void)piece(&rd, &off);
		else
			row(&rd);
	}
	free(p);
	return 0;
}
