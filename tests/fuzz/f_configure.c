/* What `api` and `config` say to each other of the hospital's directory: a question with its files,
 * an answer, a part of either. What is read is written again, and must be the same. The first byte
 * says which. */
#include "fuzz.h"

#include "run/configure.h"

enum { BYTES = 4 << 20 };

static void question(struct ward_rd r)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES);
	struct ward_configure_ask a;
	struct ward_configure_file f;
	uint32_t n = 0;

	if (ward_configure_get(&r, &a) == WARD_OK) {
		struct ward_rd files = ward_rd_slice(a.files);

		ward_configure_put(&w, &a);
		for (; ward_configure_next(&files, &f); n++) {
			WARD_ASSERT(f.path.len <= WARD_CONFIGURE_PATH);
			ward_configure_put_file(&w, &f);
		}
		WARD_ASSERT(
			n == a.n && n <= WARD_CONFIGURE_FILES && a.why.len <= WARD_CONFIGURE_WHY);
		struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

		WARD_ASSERT(ward_configure_get(&back, &a) == WARD_OK && a.n == n);
	}
	ward_wr_fini(&w);
}

static void answer(struct ward_rd r)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES);
	struct ward_configured d, again;

	if (ward_configured_get(&r, &d) == WARD_OK) {
		ward_configured_put(&w, &d);
		struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

		WARD_ASSERT(ward_configured_get(&back, &again) == WARD_OK && d.err == again.err &&
			    ward_str_eq(d.why, again.why) && ward_str_eq(d.json, again.json));
	}
	ward_wr_fini(&w);
}

static void part(struct ward_rd r, const uint8_t *copy, size_t len)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES);
	struct ward_part p;

	if (ward_part_get(&r, &p) == WARD_OK) {
		WARD_ASSERT(p.bytes.len <= WARD_CONFIGURE_PART);
		ward_part_put(&w, &p);
		WARD_ASSERT(!ward_wr_bad(&w) && w.len == len && memcmp(w.p, copy, len) == 0);
	}
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!len || len > BYTES / 2)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_rd r = ward_rd_from(copy, len - 1);

	if (data[0] % 3 == 0)
		question(r);
	else if (data[0] % 3 == 1)
		answer(r);
	else
		part(r, copy, len - 1);
	free(copy);
	return 0;
}
