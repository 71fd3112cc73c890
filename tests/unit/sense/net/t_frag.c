#include "sense/net/frag.h"

#include "bytes.h"

static uint64_t count[WARD_NET_COUNTER_N];
static struct ward_frags frags;
static ward_ns now;

static int setup(void **state)
{
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FRAGMENTS] = 16;
	lim.v[WARD_LIMIT_NET_FRAGMENT_BYTES] = 131072; /* 64 chunks */
	memset(count, 0, sizeof(count));
	now = 0;
	return ward_frags_init(&frags, ward_mem_heap(), &lim, count) != WARD_OK;
}

static int teardown(void **state)
{
	(void)state;
	ward_frags_fini(&frags);
	return 0;
}

enum { MORE = 1, V6 = 2 };

static struct ward_frag_result give(
	uint32_t id, uint32_t off, unsigned flags, const char *bytes, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	struct ward_packet p = {.ip_version = flags & V6 ? 6 : 4,
		.src_ip = {10},
		.proto = WARD_PROTO_UDP,
		.ip_bytes = 20 + (uint32_t)len,
		.frag = {.is = true,
			.more = flags & MORE,
			.id = id,
			.off = off,
			.bytes = {exact, len}}};
	struct ward_frag_result got = ward_frags_see(&frags, &p, now);

	free(exact);
	return got;
}

static void is_whole(struct ward_frag_result got, const char *text)
{
	assert_int_equal(got.whole.len, strlen(text));
	assert_memory_equal(got.whole.p, text, got.whole.len);
	assert_int_equal(frags.chunks.n, 0);
	assert_int_equal(frags.table.n, 0);
}

#define TEXT "first-8-second-8third"

static void test_every_order(void **state)
{
	static const uint8_t order[6][3] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	for (unsigned v6 = 0; v6 <= V6; v6 += V6) {
		for (size_t o = 0; o < 6; o++) {
			struct ward_frag_result got = {.whole = {NULL, 0}};

			for (size_t i = 0; i < 3; i++) {
				uint32_t k = order[o][i];

				assert_int_equal(got.whole.len, 0);
				got = give(7, k * 8, v6 | (k < 2 ? MORE : 0), &TEXT[k * 8],
					k < 2 ? 8 : 5);
			}
			is_whole(got, TEXT);
			/* the first has ports, and is counted by itself */
			assert_int_equal(got.n_packet, 2);
			assert_int_equal(got.n_byte, 28 + 25);
		}
	}
	assert_int_equal(count[WARD_NET_FRAGMENT_WHOLE], 12);
	assert_int_equal(count[WARD_NET_FRAGMENT_TINY], 24);
}

static void test_kept_apart(void **state)
{
	(void)state;
	give(1, 0, MORE, TEXT, 16);
	give(2, 0, MORE, "another message!", 16);
	give(1, 0, MORE | V6, "version 6.......", 16);
	struct ward_frag_result got = give(1, 16, 0, &TEXT[16], 5);

	assert_int_equal(got.whole.len, 21);
	assert_memory_equal(got.whole.p, TEXT, 21);
	assert_int_equal(frags.table.n, 2);
}

/* RFC 791 leaves it open; what came first stands. */
static void test_overlap_4(void **state)
{
	(void)state;
	give(1, 0, MORE, TEXT, 16);
	assert_int_equal(give(1, 0, MORE, TEXT, 16).odd, WARD_NET_FRAGMENT_TINY);
	assert_int_equal(give(1, 8, MORE, "XXXXXXXX", 8).odd, WARD_NET_FRAGMENT_OVERLAP);
	struct ward_frag_result got = give(1, 8, 0, "XXXXXXXXthird", 13);

	assert_int_equal(got.odd, WARD_NET_FRAGMENT_OVERLAP);
	is_whole(got, TEXT);
}

/* RFC 8200 4.5: the datagram and what follows of it are dropped; but an exact copy is none. */
static void test_overlap_6(void **state)
{
	(void)state;
	give(1, 0, V6 | MORE, TEXT, 16);
	give(1, 0, V6 | MORE, TEXT, 16);
	assert_int_equal(count[WARD_NET_FRAGMENT_OVERLAP], 0);
	assert_int_equal(
		give(1, 8, V6 | MORE, "sixteen bytes...", 16).odd, WARD_NET_FRAGMENT_OVERLAP);
	assert_int_equal(frags.chunks.n, 0);
	assert_int_equal(give(1, 0, V6 | MORE, TEXT, 16).whole.len, 0);
	assert_int_equal(give(1, 16, V6, &TEXT[16], 5).whole.len, 0);
	assert_int_equal(frags.chunks.n, 0);
}

/* Two ends, bytes behind the end, lengths that can't be. */
static void test_ends(void **state)
{
	(void)state;
	give(1, 16, 0, &TEXT[16], 5);
	assert_int_equal(give(1, 24, 0, "x", 1).odd, WARD_NET_FRAGMENT_OVERLAP);
	give(2, 16, 0, &TEXT[16], 5);
	assert_int_equal(give(2, 16, 0, &TEXT[16], 4).odd, WARD_NET_FRAGMENT_OVERLAP);
	give(3, 16, MORE, TEXT, 16);
	assert_int_equal(give(3, 16, 0, TEXT, 5).odd, WARD_NET_FRAGMENT_OVERLAP);
	assert_int_equal(give(4, 0, MORE, TEXT, 7).odd, WARD_NET_FRAGMENT_LENGTH);
	/* the ping of death: 65528 and more bytes */
	assert_int_equal(give(5, 65528, 0, "12345678", 8).odd, WARD_NET_FRAGMENT_LENGTH);
	assert_int_equal(give(6, 65528, 0, "1234567", 7).odd, WARD_NET_COUNTER_N);
	assert_int_equal(count[WARD_NET_FRAGMENT_WHOLE], 0);
}

static void test_timeout(void **state)
{
	(void)state;
	give(1, 0, MORE, TEXT, 16);
	now = 20 * WARD_NS_PER_S;
	give(1, 32, MORE, TEXT, 16);
	now = 31 * WARD_NS_PER_S;
	assert_int_equal(give(1, 16, 0, &TEXT[16], 5).whole.len, 0);
	assert_int_equal(count[WARD_NET_FRAGMENT_TIMEOUT], 1);
	assert_int_equal(frags.table.n, 1);
}

static void test_table_is_full(void **state)
{
	(void)state;
	for (uint32_t id = 0; id < 17; id++)
		give(id, 0, MORE, TEXT, 16);
	assert_int_equal(count[WARD_NET_FRAGMENT_EVICTED], 1);
	assert_int_equal(give(0, 16, 0, &TEXT[16], 5).whole.len, 0);
	assert_int_equal(give(16, 16, 0, &TEXT[16], 5).whole.len, 21);
}

/* The largest datagrams: each takes the memory of the one before. */
static void test_memory_is_full(void **state)
{
	static char big[65512];

	(void)state;
	memset(big, 'b', sizeof(big));
	for (uint32_t id = 1; id <= 3; id++)
		give(id, 8, MORE, big, 65504);
	assert_int_equal(count[WARD_NET_FRAGMENT_EVICTED], 2);
	assert_int_equal(give(1, 0, MORE, big, 8).whole.len, 0);
	assert_int_equal(give(3, 65512, 0, big, 7).whole.len, 0);
	struct ward_frag_result got = give(3, 0, MORE, big, 8);

	assert_int_equal(got.whole.len, 65519);
	/* holes between small pieces: more than one datagram may have */
	for (uint32_t i = 1; i < 40; i++)
		give(9, i * 16, MORE, big, 8);
	assert_int_equal(count[WARD_NET_FRAGMENT_EVICTED], 3);
	assert_int_equal(give(9, 0, MORE, big, 8).odd, WARD_NET_COUNTER_N);
}

static void test_no_memory(void **state)
{
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	for (uint64_t i = 1; i <= 4; i++) {
		struct ward_mem_failing fail;
		struct ward_frags f;

		ward_mem_failing_init(&fail, i);
		assert_int_equal(ward_frags_init(&f, &fail.mem, &lim, count), WARD_ERR_NOMEM);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_order),
		TEST(test_kept_apart),
		TEST(test_overlap_4),
		TEST(test_overlap_6),
		TEST(test_ends),
		TEST(test_timeout),
		TEST(test_table_is_full),
		TEST(test_memory_is_full),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
