#include "unit.h"

#include "base/rd.h"
#include "base/wr.h"

static const uint8_t nine[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static void orders(void **state)
{
	struct ward_rd r;

	(void)state;
	r = ward_rd_from(nine, 9);
	assert_int_equal(ward_rd_be16(&r), 0x0102);
	assert_int_equal(ward_rd_be24(&r), 0x030405);
	assert_int_equal(ward_rd_be32(&r), 0x06070809);
	assert_false(ward_rd_bad(&r));
	r = ward_rd_slice(ward_slice_of(nine, 9));
	assert_int_equal(ward_rd_le16(&r), 0x0201);
	assert_int_equal(ward_rd_le32(&r), 0x06050403);
	r = ward_rd_from(nine, 9);
	assert_int_equal(ward_rd_be64(&r), 0x0102030405060708);
	assert_int_equal(ward_rd_peek(&r), 9);
	assert_int_equal(ward_rd_u8(&r), 9);
	assert_int_equal(ward_rd_peek(&r), 0);
	assert_false(ward_rd_bad(&r));
	r = ward_rd_from(nine, 9);
	assert_int_equal(ward_rd_le64(&r), 0x0807060504030201);
}

/* Once failed, everything gives nothing, even what would fit. */
static void sticky(void **state)
{
	struct ward_rd r = ward_rd_from(nine, 3);

	(void)state;
	assert_int_equal(ward_rd_be32(&r), 0);
	assert_true(ward_rd_bad(&r));
	assert_int_equal(ward_rd_left(&r), 0);
	assert_int_equal(ward_rd_u8(&r), 0);
	assert_int_equal(ward_rd_be16(&r), 0);
	assert_int_equal(ward_rd_be24(&r), 0);
	assert_int_equal(ward_rd_be64(&r), 0);
	assert_int_equal(ward_rd_le16(&r), 0);
	assert_int_equal(ward_rd_le32(&r), 0);
	assert_int_equal(ward_rd_le64(&r), 0);
	assert_int_equal(ward_rd_varint(&r), 0);
	assert_int_equal(ward_rd_peek(&r), 0);
	assert_null(ward_rd_bytes(&r, 0).p);
	assert_null(ward_rd_lv(&r, 10).p);
	assert_int_equal(ward_rd_rest(&r).len, 0);
	assert_true(ward_rd_sub(&r, 0).bad);
	assert_int_equal(r.off, 0);
}

static void views(void **state)
{
	struct ward_rd r = ward_rd_from(nine, 9), sub, none = ward_rd_from(NULL, 0);
	struct ward_slice s;

	(void)state;
	sub = ward_rd_sub(&r, 2);
	assert_int_equal(ward_rd_be16(&sub), 0x0102);
	assert_int_equal(ward_rd_u8(&sub), 0);
	assert_true(sub.bad && !r.bad); /* cannot see past its end */
	s = ward_rd_bytes(&r, 3);
	assert_true(s.p == nine + 2 && s.len == 3);
	ward_rd_skip(&r, 1);
	s = ward_rd_rest(&r);
	assert_true(s.p == nine + 6 && s.len == 3);
	assert_true(ward_rd_rest(&r).len == 0 && !r.bad);
	ward_rd_skip(&r, SIZE_MAX);
	assert_true(r.bad);
	assert_non_null(ward_rd_bytes(&none, 0).p);
	assert_false(none.bad);
	assert_int_equal(ward_rd_u8(&none), 0);
	assert_true(none.bad);
}

static void varint_limits(void **state)
{
	static const uint8_t longest[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
	static const uint8_t over[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
	static const uint8_t eleven[] = {
		0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
	struct ward_rd r = ward_rd_from(longest, sizeof(longest));

	(void)state;
	assert_true(ward_rd_varint(&r) == UINT64_MAX && !r.bad);
	r = ward_rd_from(over, sizeof(over));
	assert_true(ward_rd_varint(&r) == 0 && r.bad);
	r = ward_rd_from(eleven, sizeof(eleven));
	assert_true(ward_rd_varint(&r) == 0 && r.bad);
}

static void lv(void **state)
{
	static const uint8_t msg[] = {3, 'a', 'b', 'c', 0};
	struct ward_rd r = ward_rd_from(msg, sizeof(msg));
	struct ward_slice s = ward_rd_lv(&r, 3);

	(void)state;
	assert_text(ward_slice_text(s), "abc");
	s = ward_rd_lv(&r, 0);
	assert_true(s.len == 0 && !r.bad);
	r = ward_rd_from(msg, sizeof(msg));
	assert_true(ward_rd_lv(&r, 2).p == NULL && r.bad); /* over max */
	for (size_t len = 0; len < 4; len++) {
		r = ward_rd_from(msg, len);
		assert_true(ward_rd_lv(&r, 3).p == NULL && r.bad);
	}
}

static void write_kinds(void **state)
{
	static const uint8_t want[] = {1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7, 8, 3, 2, 7, 6, 5,
		4, 8, 7, 6, 5, 4, 3, 2, 1, 0xac, 0x02, 2, 'h', 'i'};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64);

	(void)state;
	ward_wr_u8(&w, 1);
	ward_wr_be16(&w, 0x0203);
	ward_wr_be32(&w, 0x04050607);
	ward_wr_be64(&w, 0x0102030405060708);
	ward_wr_le16(&w, 0x0203);
	ward_wr_le32(&w, 0x04050607);
	ward_wr_le64(&w, 0x0102030405060708);
	ward_wr_varint(&w, 300);
	ward_wr_lv(&w, ward_str_bytes(WARD_STR("hi")));
	assert_false(ward_wr_bad(&w));
	assert_int_equal(w.len, sizeof(want));
	assert_memory_equal(w.p, want, sizeof(want));
	ward_wr_fini(&w);
}

static void write_text(void **state)
{
	char buf[128];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	ward_wr_str(&w, WARD_STR("a"));
	ward_wr_str(&w, (struct ward_str){NULL, 0});
	ward_wr_z(&w, "b");
	ward_wr_ch(&w, ' ');
	ward_wr_u64(&w, UINT64_MAX);
	ward_wr_ch(&w, ' ');
	ward_wr_i64(&w, INT64_MIN);
	ward_wr_u64(&w, 0);
	ward_wr_hex(&w, ward_slice_of("\x00\xfe", 2));
	ward_wr_printf(&w, "%s-%03d", "x", 7);
	ward_wr_printf(&w, "%s", "");
	assert_text(ward_wr_text(&w), "ab 18446744073709551615 -9223372036854775808000fex-007");
}

/* A fixed buffer takes what fits to the last byte, by every call, and nothing after a failure. */
static void fixed_edge(void **state)
{
	char buf[4] = "....";
	struct ward_wr w = ward_wr_fixed(buf, 3);

	(void)state;
	ward_wr_printf(&w, "%s", "abc");
	assert_false(ward_wr_bad(&w));
	assert_text(ward_wr_text(&w), "abc");
	assert_int_equal(buf[3], '.');
	ward_wr_u8(&w, 1);
	assert_true(ward_wr_bad(&w));
	ward_wr_reset(&w);
	assert_false(ward_wr_bad(&w));
	ward_wr_printf(&w, "%s", "abcd");
	assert_true(ward_wr_bad(&w));
	assert_int_equal(w.len, 0);
	ward_wr_ch(&w, 'x'); /* would fit, but the text would have a hole */
	assert_int_equal(w.len, 0);
	assert_null(ward_wr_room(&w, 1));
	ward_wr_fini(&w);
	assert_false(ward_wr_bad(&w));
	assert_non_null(ward_wr_room(&w, 3));
	assert_null(ward_wr_room(&w, SIZE_MAX));
}

static void grows_to_max(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1000);

	(void)state;
	assert_null(w.p);
	for (int i = 0; i < 1000; i++)
		ward_wr_ch(&w, (char)('a' + i % 26));
	assert_false(ward_wr_bad(&w));
	assert_int_equal(w.cap, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(w.p[i], 'a' + i % 26);
	ward_wr_ch(&w, 'x');
	assert_true(ward_wr_bad(&w));
	assert_int_equal(w.len, 1000);
	ward_wr_fini(&w);
	w = ward_wr_grow(ward_mem_heap(), 0);
	ward_wr_ch(&w, 'x');
	assert_true(ward_wr_bad(&w));
	ward_wr_fini(&w);
}

static void no_memory(void **state)
{
	struct ward_mem_failing f;

	(void)state;
	ward_mem_failing_init(&f, 2);
	struct ward_wr w = ward_wr_grow(&f.mem, 4096);

	for (int i = 0; i < 300; i++)
		ward_wr_ch(&w, 'x');
	assert_true(ward_wr_bad(&w));
	assert_int_equal(w.len, 256);
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(orders), T(sticky), T(views), T(varint_limits), T(lv),
		T(write_kinds), T(write_text), T(fixed_edge), T(grows_to_max), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
