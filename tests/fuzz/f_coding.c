/* Bodies in any content codings: they come to an end, within what may be unpacked, and what one
 * layer gives is what its library gives. */
#include "fuzz.h"

#include "sense/file/coding.h"

enum { MOST = 1 << 20 };

/* data: which codings (two bits each, of up to three) and whether not all came, then the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const name[] = {"gzip", "br", "zstd", "deflate"};
	static volatile unsigned kept;
	struct ward_uncoded u;
	char list[64];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	for (unsigned i = 0; i <= data[0] >> 6; i++)
		ward_wr_printf(&w, "%s%s", i ? " , " : "", name[data[0] >> (2 * i) & 3]);
	const struct ward_coded in = {
		ward_slice_of(copy, len - 1), ward_wr_text(&w), data[0] >> 4 & 1};

	ward_uncode(&in, MOST, &u);
	const uint8_t *came = u.n_came ? u.came[0].bytes.p : u.bytes.p;

	WARD_ASSERT(u.unpacked <= MOST && u.bytes.len <= (u.n_came ? MOST : len - 1));
	WARD_ASSERT(came == copy && u.broken.len <= MOST);
	WARD_ASSERT(!u.broken.len || u.how == WARD_UNDONE_DAMAGED || u.how == WARD_UNDONE_LARGE);
	for (size_t i = 0; i < u.bytes.len; i++)
		kept = kept + u.bytes.p[i];
	ward_uncode_fini(&u);
	free(copy);
	return 0;
}
