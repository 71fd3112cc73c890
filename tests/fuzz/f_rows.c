/* Bodies of the messages to and from the store. The first byte says which; what is read is written
 * again, and must be read as the same. */
#include "fuzz.h"

#include "run/rows.h"

static uint8_t out[2][WARD_MSG_BODY_MAX];

typedef bool (*again_fn)(struct ward_rd r, struct ward_wr *w);

static bool commit(struct ward_rd r, struct ward_wr *w)
{
	struct ward_commit c;
	struct ward_commit_item item;

	if (ward_commit_get(&r, &c) != WARD_OK)
		return false;
	ward_commit_put(w, &c);
	for (unsigned i = 0; i < c.n; i++) {
		if (ward_commit_get_item(&r, &item) != WARD_OK)
			return false;
		if (item.is_row)
			ward_commit_put_row(w, &item.row);
		else
			ward_commit_put_piece(w, &item.piece);
	}
	return ward_rd_left(&r) == 0;
}

static bool committed(struct ward_rd r, struct ward_wr *w)
{
	enum ward_err verdict;

	if (ward_committed_get(&r, &verdict) != WARD_OK)
		return false;
	WARD_ASSERT(verdict < WARD_ERR_N);
	ward_committed_put(w, verdict);
	return true;
}

static bool resume(struct ward_rd r, struct ward_wr *w)
{
	uint64_t off;

	if (ward_resume_get(&r, &off) != WARD_OK)
		return false;
	ward_resume_put(w, off);
	return true;
}

static bool resumed(struct ward_rd r, struct ward_wr *w)
{
	struct ward_resumed d;

	if (ward_resumed_get(&r, &d) != WARD_OK)
		return false;
	WARD_ASSERT(d.piece.bytes.len > 0 || d.piece.of.size == 0);
	ward_resumed_put(w, &d);
	return true;
}

static bool query(struct ward_rd r, struct ward_wr *w)
{
	struct ward_rows_query q;

	if (ward_rows_query_get(&r, &q) != WARD_OK)
		return false;
	ward_rows_query_put(w, &q);
	return true;
}

static bool list(struct ward_rd r, struct ward_wr *w)
{
	const struct ward_rows_query q = {0, WARD_ROWS_MAX};
	struct ward_row_list l;
	struct ward_slice body;
	uint64_t last, before = 0;
	size_t n;

	if (ward_row_list_get(&r, &q, &last, &n) != WARD_OK)
		return false;
	ward_row_list_begin(&l, w->p, last);
	for (size_t i = 0; i < n; i++) {
		struct ward_store_row row;

		WARD_ASSERT(ward_row_list_next(&r, &row) == WARD_OK);
		WARD_ASSERT(row.row > before && row.row <= last && row.json.len > 0);
		WARD_ASSERT(ward_row_list_add(&l, &row));
		before = row.row;
	}
	body = ward_row_list_body(&l);
	w->len = body.len;
	return true;
}

static bool backed_up(struct ward_rd r, struct ward_wr *w)
{
	struct ward_backed_up b;

	if (ward_backed_up_get(&r, &b) != WARD_OK)
		return false;
	WARD_ASSERT(b.verdict < WARD_ERR_N);
	ward_backed_up_put(w, &b);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const again_fn all[] = {commit, committed, resume, resumed, query, list, backed_up};
	struct ward_wr once = ward_wr_fixed(out[0], sizeof(out[0]));
	struct ward_wr twice = ward_wr_fixed(out[1], sizeof(out[1]));

	if (len < 1 || data[0] >= WARD_ARRAY_LEN(all) || len - 1 > WARD_MSG_BODY_MAX)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	if (all[data[0]](ward_rd_from(copy, len - 1), &once)) {
		WARD_ASSERT(!ward_wr_bad(&once) && once.len <= len - 1);
		WARD_ASSERT(all[data[0]](ward_rd_slice(ward_wr_slice(&once)), &twice));
		WARD_ASSERT(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0);
	}
	free(copy);
	return 0;
}
