/* Content codings undone, as brotli, zstd and zlib make them. */
#include "sense/file/coding.h"

#include <brotli/encode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

enum { SIZE = 400000, MOST = 64 << 20 };

static uint8_t plain[SIZE], coded[2][2 * SIZE];

static int up(void **state)
{
	uint32_t v = 1;

	(void)state;
	for (size_t i = 0; i < SIZE; i++) {
		v = v * 1103515245 + 12345;
		plain[i] = i % 3 ? (uint8_t)(i / 7) : (uint8_t)(v >> 24);
	}
	return 0;
}

static struct ward_slice br(struct ward_slice s, uint8_t *to)
{
	size_t n = 2 * SIZE;

	assert_true(BrotliEncoderCompress(5, 24, BROTLI_MODE_GENERIC, s.len, s.p, &n, to));
	return ward_slice_of(to, n);
}

static struct ward_slice zstd(struct ward_slice s, uint8_t *to)
{
	return ward_slice_of(to, ZSTD_compress(to, 2 * SIZE, s.p, s.len, 3));
}

static struct ward_slice deflated(struct ward_slice s, uint8_t *to, int bits)
{
	z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)s.p,
		.avail_in = (uInt)s.len,
		.next_out = to,
		.avail_out = 2 * SIZE};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size_t n = z.total_out;

	assert_int_equal(deflateEnd(&z), Z_OK);
	return ward_slice_of(to, n);
}

static struct ward_slice all(void)
{
	return ward_slice_of(plain, SIZE);
}

static void expect(struct ward_slice in, const char *codings, enum ward_undone how, size_t n)
{
	struct ward_uncoded u;

	ward_uncode(&(struct ward_coded){in, ward_str_z(codings), false}, MOST, &u);
	assert_int_equal(u.how, how);
	assert_int_equal(u.bytes.len, n);
	assert_memory_equal(u.bytes.p, plain, n);
	assert_true(u.n_came > 0);
	assert_ptr_equal(u.came[0].bytes.p, in.p);
	assert_int_equal(u.came[0].bytes.len, in.len);
	assert_int_equal(u.broken.len, 0);
	ward_uncode_fini(&u);
}

/* The last layer fails at that byte: it is what it was, and the first n bytes that it gave stand
 * beside. */
static void expect_broken(struct ward_slice in, const char *codings, uint64_t at, size_t n)
{
	struct ward_uncoded u;

	ward_uncode(&(struct ward_coded){in, ward_str_z(codings), false}, MOST, &u);
	assert_int_equal(u.how, WARD_UNDONE_DAMAGED);
	assert_int_equal(u.at, at);
	assert_int_equal(u.n_came, 0);
	assert_ptr_equal(u.bytes.p, in.p);
	assert_int_equal(u.bytes.len, in.len);
	assert_int_equal(u.broken.len, n);
	assert_memory_equal(u.broken.p, plain, n);
	ward_uncode_fini(&u);
}

static void each(void **state)
{
	(void)state;
	expect(br(all(), coded[0]), "br", WARD_UNDONE_ALL, SIZE);
	expect(zstd(all(), coded[0]), " ZSTD ", WARD_UNDONE_ALL, SIZE);
	expect(deflated(all(), coded[0], 31), "x-gzip", WARD_UNDONE_ALL, SIZE);
	expect(deflated(all(), coded[0], 15), "gzip", WARD_UNDONE_ALL, SIZE); /* clients take it */
	expect(deflated(all(), coded[0], 15), "deflate", WARD_UNDONE_ALL, SIZE);
	expect(deflated(all(), coded[0], -15), "deflate", WARD_UNDONE_ALL, SIZE);
}

/* The last that is named was applied last. */
static void chains(void **state)
{
	(void)state;
	expect(br(deflated(all(), coded[0], 31), coded[1]), "gzip, br", WARD_UNDONE_ALL, SIZE);
	expect(zstd(br(all(), coded[0]), coded[1]), "br,identity, ,zstd", WARD_UNDONE_ALL, SIZE);
	expect(deflated(deflated(all(), coded[0], 31), coded[1], 31), "gzip, gzip", WARD_UNDONE_ALL,
		SIZE);
	/* who says more than there is says what is not so: the content is what is left */
	expect(br(all(), coded[0]), "zstd, br", WARD_UNDONE_PLAIN, SIZE);
	expect(br(all(), coded[0]), "aws-chunked, br", WARD_UNDONE_UNKNOWN, SIZE);
}

/* Each layer of a chain is there as it came; who fetches it may undo less. */
static void layers(void **state)
{
	struct ward_slice one = deflated(all(), coded[0], 31), two = br(one, coded[1]);
	struct ward_uncoded u;

	(void)state;
	ward_uncode(&(struct ward_coded){two, WARD_STR("gzip, br"), false}, MOST, &u);
	assert_int_equal(u.n_came, 2);
	assert_ptr_equal(u.came[0].bytes.p, two.p);
	assert_false(u.came[0].own);
	assert_int_equal(u.came[1].bytes.len, one.len);
	assert_memory_equal(u.came[1].bytes.p, one.p, one.len);
	assert_true(u.came[1].own);
	ward_uncode_fini(&u);
}

/* A program whose head begins, read as br, bytes that are copied: it is not replaced by them. Nor
 * is what has other bytes behind the end of its coding. */
static void lies(void **state)
{
	static const uint8_t head[] = {'M', 'Z', 0x90, 0xff};
	struct ward_slice small = ward_slice_of(plain, 3000);
	size_t n;

	(void)state;
	memcpy(coded[0], head, sizeof(head));
	memcpy(coded[0] + sizeof(head), plain, 3000);
	expect_broken(
		ward_slice_of(coded[0], sizeof(head) + 3000), "br", sizeof(head) + 3000, 3000);
	for (size_t k = 0; k < 3; k++) {
		n = (k == 0      ? br(small, coded[0])
			: k == 1 ? deflated(small, coded[0], 15)
				 : deflated(small, coded[0], 31))
			    .len;
		memcpy(coded[0] + n, "%PDF-1.7", 8);
		expect_broken(ward_slice_of(coded[0], n + 8),
			k == 0   ? "br"
			: k == 1 ? "deflate"
				 : "gzip",
			n, 3000);
	}
}

/* Members and frames one behind the other are one content, and none of them hides; what is skipped
 * is told. */
static void several(void **state)
{
	struct ward_slice a = ward_slice_of(plain, 1000),
			  b = ward_slice_of(plain + 1000, SIZE - 1000);
	static const uint8_t skipped[] = {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
	size_t n;

	(void)state;
	n = deflated(a, coded[0], 31).len;
	n += deflated(b, coded[0] + n, 31).len;
	expect(ward_slice_of(coded[0], n), "gzip", WARD_UNDONE_ALL, SIZE);
	n = zstd(a, coded[0]).len;
	size_t at = n;

	n += zstd(b, coded[0] + n).len;
	expect(ward_slice_of(coded[0], n), "zstd", WARD_UNDONE_ALL, SIZE);
	memcpy(coded[0] + at, skipped, sizeof(skipped));
	n = at + sizeof(skipped);
	n += zstd(b, coded[0] + n).len;
	expect_broken(ward_slice_of(coded[0], n), "zstd", at, SIZE);
}

/* What is cut off is told, and what came before is there; at every length it comes to an end. */
static void cut(void **state)
{
	static const char *const name[] = {"br", "zstd", "gzip", "deflate"};
	struct ward_slice small = ward_slice_of(plain, 3000);

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(name); k++) {
		struct ward_slice s = k == 0   ? br(small, coded[0])
				      : k == 1 ? zstd(small, coded[0])
				      : k == 2 ? deflated(small, coded[0], 31)
					       : deflated(small, coded[0], 15);

		for (size_t n = 0; n < s.len; n++) {
			uint8_t *exact = malloc(n ? n : 1);
			struct ward_uncoded u;

			assert_non_null(exact);
			memcpy(exact, s.p, n);
			ward_uncode(&(struct ward_coded){ward_slice_of(exact, n),
					    ward_str_z(name[k]), false},
				MOST, &u);
			assert_true(
				u.how == WARD_UNDONE_DAMAGED || u.how == WARD_UNDONE_PLAIN || !n);
			assert_ptr_equal(u.bytes.p, exact);
			if (u.broken.len)
				assert_memory_equal(u.broken.p, plain, u.broken.len);
			ward_uncode_fini(&u);
			free(exact);
		}
	}
	struct ward_slice whole = br(all(), coded[0]);
	struct ward_uncoded u;

	ward_uncode(
		&(struct ward_coded){ward_slice_of(whole.p, whole.len - 1), WARD_STR("br"), false},
		MOST, &u);
	assert_int_equal(u.how, WARD_UNDONE_DAMAGED);
	assert_string_equal(u.coding, "br");
	assert_true(u.broken.len > SIZE / 2);
	ward_uncode_fini(&u);
}

/* Of what did not all come the coding is taken off as far as it came; what makes no sense stays
 * damaged. */
static void not_all_came(void **state)
{
	static const char *const name[] = {"gzip", "deflate", "br", "zstd"};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(name); k++) {
		struct ward_slice whole = k == 2   ? br(all(), coded[0])
					  : k == 3 ? zstd(all(), coded[0])
						   : deflated(all(), coded[0], k ? -15 : 31);
		struct ward_coded in = {
			ward_slice_of(whole.p, whole.len - 1), ward_str_z(name[k]), true};
		struct ward_uncoded u;

		ward_uncode(&in, MOST, &u);
		assert_int_equal(u.how, WARD_UNDONE_ALL);
		assert_true(u.n_came == 1 && u.came[0].bytes.p == whole.p && !u.broken.len);
		assert_true(u.bytes.len > 0 && u.bytes.len <= SIZE);
		assert_memory_equal(u.bytes.p, plain, u.bytes.len);
		ward_uncode_fini(&u);
	}
	uint8_t odd[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\7 and more";
	struct ward_coded in = {ward_slice_of(odd, sizeof(odd)), WARD_STR("gzip"), true};
	struct ward_uncoded u;

	ward_uncode(&in, MOST, &u);
	assert_true(u.how == WARD_UNDONE_DAMAGED && u.n_came == 0);
	ward_uncode_fini(&u);
}

/* What was never coded is taken as it is. */
static void not_coded(void **state)
{
	static const char *const name[] = {"zstd", "gzip", "br"};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(name); k++) {
		struct ward_slice s = ward_str_bytes(WARD_STR("MZ is no coding of any kind"));
		struct ward_uncoded u;

		ward_uncode(&(struct ward_coded){s, ward_str_z(name[k]), false}, MOST, &u);
		assert_int_equal(u.how, k < 2 ? WARD_UNDONE_PLAIN : WARD_UNDONE_DAMAGED);
		assert_ptr_equal(u.bytes.p, s.p);
		assert_int_equal(u.bytes.len, s.len);
		ward_uncode_fini(&u);
	}
}

/* All layers together give no more than they may, and a window is no larger than 8 MiB. */
static void limits(void **state)
{
	static uint8_t zeros[SIZE];
	struct ward_uncoded u;
	ZSTD_CCtx *c = ZSTD_createCCtx();

	(void)state;
	ward_uncode(&(struct ward_coded){br(ward_slice_of(zeros, SIZE), coded[0]), WARD_STR("br"),
			    false},
		100000, &u);
	assert_int_equal(u.how, WARD_UNDONE_LARGE);
	assert_int_equal(u.unpacked, 100000);
	assert_int_equal(u.broken.len, 100000);
	ward_uncode_fini(&u);
	ward_uncode(&(struct ward_coded){br(ward_slice_of(zeros, SIZE), coded[0]),
			    WARD_STR("br,br,br,br,br,br,br,br,br"), false},
		MOST, &u);
	assert_int_equal(u.how, WARD_UNDONE_UNKNOWN);
	assert_int_equal(u.n_came, 0);
	ward_uncode_fini(&u);
	assert_non_null(c);
	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 24)));
	assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0)));
	ZSTD_inBuffer in = {plain, SIZE, 0};
	ZSTD_outBuffer out = {coded[0], sizeof(coded[0]), 0};

	/* flushed before its end, so that the frame keeps the window that was asked for */
	assert_false(ZSTD_isError(ZSTD_compressStream2(c, &out, &in, ZSTD_e_flush)));
	assert_int_equal(ZSTD_compressStream2(c, &out, &in, ZSTD_e_end), 0);
	(void)ZSTD_freeCCtx(c);
	ward_uncode(&(struct ward_coded){ward_slice_of(coded[0], out.pos), WARD_STR("zstd"), false},
		MOST, &u);
	assert_int_equal(u.how, WARD_UNDONE_DAMAGED);
	ward_uncode_fini(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(each), T(chains), T(layers), T(lies), T(several),
		T(cut), T(not_all_came), T(not_coded), T(limits)};

	return cmocka_run_group_tests(tests, up, NULL);
}
