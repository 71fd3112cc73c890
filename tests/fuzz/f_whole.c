/* Bodies of the messages by which rows go to another machine. The first byte says which; what is
 * read is written again, and must be read as the same. */
#include "fuzz.h"

#include "run/whole.h"

static uint8_t out[2][WARD_MSG_BODY_MAX];

static bool list(struct ward_rd r, struct ward_wr *w)
{
	static struct ward_store_leaf leaf[WARD_ROWS_MAX];
	const struct ward_rows_query q = {0, WARD_ROWS_MAX};
	struct ward_whole_list l;
	struct ward_whole is;

	if (ward_whole_get(&r, &q, leaf, &is) != WARD_OK)
		return false;
	ward_whole_begin(&l, w->p, is.last, is.position);
	for (size_t i = 0; i < is.n; i++) {
		WARD_ASSERT(leaf[i].row.row == i + 1 && leaf[i].row.row <= is.last);
		WARD_ASSERT(!leaf[i].row.json.p == !leaf[i].salt.p);
		WARD_ASSERT(ward_whole_add(&l, &leaf[i]));
	}
	w->len = ward_whole_body(&l).len;
	return true;
}

static bool asked(struct ward_rd r, struct ward_wr *w)
{
	struct ward_gone g;

	if (ward_gone_get(&r, &g) != WARD_OK)
		return false;
	WARD_ASSERT(g.after <= g.last);
	ward_gone_put(w, &g);
	return true;
}

static bool gone(struct ward_rd r, struct ward_wr *w)
{
	static uint64_t number[WARD_GONE_MAX];
	const struct ward_gone g = {10, 1000000};
	size_t n;

	if (ward_gone_list_get(&r, &g, number, &n) != WARD_OK)
		return false;
	for (size_t i = 0; i < n; i++)
		WARD_ASSERT(number[i] > (i ? number[i - 1] : g.after) && number[i] <= g.last);
	ward_gone_list_put(w, number, n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool (*const all[])(struct ward_rd r, struct ward_wr * w) = {list, asked, gone};
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
