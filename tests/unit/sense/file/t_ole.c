#include "sense/file/ole.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

/* Copies, as MS-OVBA 3.2 shows them: "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa". */
static void vba(void **state)
{
	static const uint8_t packed[] = {0x01, 0x2f, 0xb0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63,
		0x64, 0x65, 0x82, 0x66, 0x00, 0x70, 0x61, 0x67, 0x68, 0x69, 0x6a, 0x01, 0x38, 0x08,
		0x61, 0x6b, 0x6c, 0x00, 0x30, 0x6d, 0x6e, 0x6f, 0x70, 0x06, 0x71, 0x02, 0x70, 0x04,
		0x10, 0x72, 0x73, 0x74, 0x75, 0x76, 0x10, 0x77, 0x78, 0x79, 0x7a, 0x00, 0x3c};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	(void)state;
	assert_int_equal(ward_vba_unpack(ward_slice_of(packed, sizeof(packed)), &w), WARD_OK);
	assert_true(ward_str_eqz(
		ward_wr_text(&w), "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"));
	for (size_t i = 0; i < sizeof(packed); i++) { /* whatever is cut off */
		ward_wr_reset(&w);
		enum ward_err err = ward_vba_unpack(ward_slice_of(packed, i), &w);

		assert_true(err == WARD_OK || err == WARD_ERR_MALFORMED);
	}
	ward_wr_reset(&w); /* a copy of what is not there */
	assert_int_equal(ward_vba_unpack(ward_slice_of("\x01\x02\xb0\x01\x00\x70", 6), &w),
		WARD_ERR_MALFORMED);
	ward_wr_reset(&w); /* no signature of a chunk */
	assert_int_equal(
		ward_vba_unpack(ward_slice_of("\x01\x02\x80\x00\x61", 5), &w), WARD_ERR_MALFORMED);
	ward_wr_fini(&w);
}

static void heads(void **state)
{
	static uint8_t file[1024] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
	struct ward_ole o;

	(void)state;
	assert_int_equal(ward_ole_open(&o, ward_slice_of(file, 100)), WARD_ERR_MALFORMED);
	ward_ole_fini(&o);
	assert_int_equal(ward_ole_open(&o, ward_slice_of(file, sizeof(file))), WARD_ERR_MALFORMED);
	ward_ole_fini(&o);
	file[30] = 9;
	file[32] = 6;
	file[57] = 0x10; /* 4096; the directory is sector 0, which is no root */
	assert_int_equal(ward_ole_open(&o, ward_slice_of(file, sizeof(file))), WARD_ERR_MALFORMED);
	ward_ole_fini(&o);
}

/* A root that is its only entry, whose sector follows itself: it ends. */
static void cycle(void **state)
{
	static uint8_t file[512 * 3] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
	struct ward_ole_stream s;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_ole o;
	unsigned n = 0;

	(void)state;
	file[30] = 9;
	file[32] = 6;
	file[57] = 0x10;
	file[44] = 1;                /* one sector of the table: */
	file[76] = 1;                /* sector 1, all of whose words are 0: each follows sector 0 */
	file[512 + 66] = 5;          /* the root */
	file[512 + 128 + 66] = 2;    /* and a stream in it of 100 bytes: of the mini stream, */
	file[512 + 128 + 120] = 100; /* which is empty */
	memset(file + 60, 0xff, 4);
	assert_int_equal(ward_ole_open(&o, ward_slice_of(file, sizeof(file))), WARD_OK);
	while (ward_ole_next(&o, &s, &w) == WARD_OK && n < 100) {
		assert_false(s.whole);
		n++;
	}
	assert_true(n > 0 && n < 100);
	ward_ole_fini(&o);
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(vba), T(heads), T(cycle)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
