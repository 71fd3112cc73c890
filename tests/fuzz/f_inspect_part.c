#include "fuzz.h"

#include "sense/file/exam.h"
#include "sense/file/inspector.h"

enum { CHILDREN = 256 };

static bool put(void *ctx, struct ward_slice records)
{
	(void)ctx;
	(void)records;
	return true;
}

/* Everything that it gives is there, and may be read. */
static unsigned read_all(struct ward_slice s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum += s.p[i];
	return sum;
}

/* Any bytes, taken for the kind that this program is made for (KIND): what looks at them and what
 * opens them come to their end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_inspector without;
	static volatile unsigned kept;
	struct ward_limits lim;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_exam x = {.with = &without,
		.lim = &lim,
		.put = put,
		.came = len,
		.out = ward_wr_grow(ward_mem_heap(), 1 << 20),
		.folded = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2)};
	const struct ward_piece p = {.kind = KIND, .bytes = {copy, len}};
	ward_look_fn *of_kind = ward_exam_look_of(KIND);
	const struct ward_opener *opener = ward_exam_opener_of(KIND);

	if (!without.script.n)
		ward_script_words(&without.script);
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_FILE_UNPACKED] = 4 << 20;
	if (of_kind)
		of_kind(&x, &p);
	void *it = opener ? opener->open(&x, &p) : NULL;

	for (size_t i = 0; it && i < CHILDREN && !x.stop; i++) {
		struct ward_child c = {.kind = WARD_KIND_N};

		if (!opener->next(&x, &p, it, &c))
			break;
		WARD_ASSERT(c.kind <= WARD_KIND_N);
		kept = kept + read_all(c.bytes) + read_all(ward_str_bytes(c.name)) +
		       read_all(ward_str_bytes(c.type));
	}
	if (it)
		opener->close(it);
	ward_wr_fini(&x.out);
	ward_wr_fini(&x.folded);
	free(copy);
	return 0;
}
