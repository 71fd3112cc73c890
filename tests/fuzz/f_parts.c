/* Mails and bodies in parts from anywhere: in any pieces the same parts with the same content, one
 * at a time; and a gap anywhere leaves nothing open. */
#include "fuzz.h"

#include "sense/net/carve/parts.h"

struct log {
	struct ward_wr w;
	bool open;
};

static void on_begin(void *ctx, const struct ward_part *p)
{
	struct log *l = ctx;
	size_t bad;

	WARD_ASSERT(!l->open && p->name.len <= WARD_PARTS_TEXT && p->type.len <= WARD_PARTS_TEXT);
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(p->name), &bad));
	l->open = true;
	ward_wr_lv(&l->w, ward_str_bytes(p->name));
	ward_wr_lv(&l->w, ward_str_bytes(p->type));
}

static void on_bytes(void *ctx, struct ward_slice bytes)
{
	struct log *l = ctx;

	WARD_ASSERT(l->open && bytes.len);
	ward_wr_bytes(&l->w, bytes.p, bytes.len);
}

static void on_end(void *ctx, enum ward_part_end end)
{
	struct log *l = ctx;

	WARD_ASSERT(l->open);
	l->open = false;
	ward_wr_u8(&l->w, (uint8_t)end);
}

/* gap: before the byte at that place; SIZE_MAX: none. */
static void run(
	struct ward_slice in, enum ward_parts_kind kind, size_t piece, size_t gap, struct log *l)
{
	const struct ward_parts_user u = {on_begin, on_bytes, on_end, l};
	struct ward_parts p;

	l->w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	l->open = false;
	WARD_ASSERT(ward_parts_begin(&p, kind, WARD_STR("b")));
	for (size_t at = 0; at < in.len;) {
		size_t len = in.len - at < piece ? in.len - at : piece;

		if (at < gap && gap < at + len)
			len = gap - at;
		uint8_t *exact = fuzz_copy(in.p + at, len);

		if (at == gap)
			ward_parts_gap(&p, &u);
		ward_parts_bytes(&p, ward_slice_of(exact, len), &u);
		free(exact);
		at += len;
	}
	ward_parts_end(&p, true, &u);
	WARD_ASSERT(!l->open && !ward_wr_bad(&l->w));
}

/* data: kind, piece, gap, then the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct log a, b;

	if (len < 3)
		return 0;
	enum ward_parts_kind kind = (enum ward_parts_kind)(data[0] % 3 + WARD_PARTS_MESSAGE);
	struct ward_slice in = ward_slice_of(data + 3, len - 3);
	size_t gap = data[2] ? data[2] * (size_t)4 : SIZE_MAX;

	run(in, kind, (size_t)data[1] + 1, gap, &a);
	run(in, kind, in.len + 1, gap, &b);
	WARD_ASSERT(a.w.len == b.w.len && (!a.w.len || memcmp(a.w.p, b.w.p, a.w.len) == 0));
	ward_wr_fini(&a.w);
	ward_wr_fini(&b.w);
	return 0;
}
