#include "sense/net/stream.h"

#include "sense/net/packet.h"

#include "bytes.h"

#include "base/wr.h"

enum { SYN = WARD_TCP_SYN, FIN = WARD_TCP_FIN, RST = WARD_TCP_RST, ACK = WARD_TCP_ACK };

static uint64_t count[WARD_NET_COUNTER_N];
static struct ward_stream_pool pool;
static struct ward_stream stream;
static char heard[2][65536]; /* what the user took of each side; a gap is written as "<n>" */
static size_t n_heard[2];
static unsigned n_end[2];
static uint64_t ask;  /* the user takes so many bytes at a time, and nothing less; 0: all */
static uint64_t leap; /* what it takes besides, unseen */
static bool wakes;    /* side 1's bytes wake side 0 */
static bool refuses;  /* the user wants no bytes after a gap */
static struct ward_stream *other; /* gives its memory, when asked */

static void hear(unsigned side, const void *p, size_t len)
{
	assert_true(n_heard[side] + len < sizeof(heard[0]));
	memcpy(heard[side] + n_heard[side], p, len);
	n_heard[side] += len;
	heard[side][n_heard[side]] = 0;
}

static struct ward_stream_take on_bytes(void *ctx, unsigned side, struct ward_slice bytes, bool end)
{
	struct ward_stream_take take = {0};
	uint64_t each = ask ? ask : bytes.len;

	assert_ptr_equal(ctx, &pool);
	assert_true(bytes.len > 0 || end);
	while (bytes.len && take.used + each <= bytes.len) {
		hear(side, bytes.p + take.used, each);
		take.used += each + leap;
	}
	take.need = ask;
	take.wake = wakes && side == 1;
	n_end[side] += end;
	return take;
}

static bool on_gap(void *ctx, unsigned side, uint64_t lost)
{
	char text[32];

	(void)ctx;
	hear(side, text, (size_t)snprintf(text, sizeof(text), "<%llu>", (unsigned long long)lost));
	return !refuses;
}

static bool on_room(void *ctx)
{
	(void)ctx;
	if (!other || !ward_stream_holds(other))
		return false;
	ward_stream_shed(&pool, other);
	return true;
}

static const struct ward_stream_user user = {on_bytes, on_gap, on_room, &pool};

static void again(void)
{
	ward_stream_shed(&pool, &stream);
	assert_int_equal(pool.chunks.n, 0);
	stream = (struct ward_stream){0};
	memset(count, 0, sizeof(count));
	memset(n_heard, 0, sizeof(n_heard));
	memset(n_end, 0, sizeof(n_end));
	heard[0][0] = heard[1][0] = 0;
}

static int setup(void **state)
{
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 32768; /* 16 chunks */
	lim.v[WARD_LIMIT_NET_STREAM_SIDE] = 8192;   /* 6 of them */
	ask = leap = 0;
	refuses = wakes = false;
	other = NULL;
	n_heard[0] = n_heard[1] = n_end[0] = n_end[1] = 0;
	heard[0][0] = heard[1][0] = 0;
	memset(count, 0, sizeof(count));
	stream = (struct ward_stream){0};
	return ward_stream_init(&pool, ward_mem_heap(), &lim, count) != WARD_OK;
}

/* Whatever a test did: nothing leaks from the pool. */
static int teardown(void **state)
{
	(void)state;
	ward_stream_end(&pool, &stream, &user);
	assert_false(ward_stream_holds(&stream));
	if (other)
		ward_stream_shed(&pool, other);
	assert_int_equal(pool.chunks.n, 0);
	ward_stream_fini(&pool);
	return 0;
}

static bool feed(unsigned side, uint32_t seq, uint8_t flags, uint32_t ack, struct ward_slice bytes,
	size_t cut)
{
	uint8_t *exact = malloc(bytes.len ? bytes.len : 1);

	assert_non_null(exact);
	if (bytes.len)
		memcpy(exact, bytes.p, bytes.len);
	struct ward_segment seg = {.side = side,
		.seq = seq,
		.ack = ack,
		.flags = flags,
		.bytes = {exact, bytes.len},
		.len = bytes.len + cut};
	bool same = ward_stream_see(&pool, &stream, &seg, &user);

	free(exact);
	return same;
}

static bool say(unsigned side, uint32_t seq, const char *text)
{
	return feed(side, seq, 0, 0, ward_slice_of(text, strlen(text)), 0);
}

static void acknowledge(unsigned side, uint32_t ack)
{
	feed(side, 0, ACK, ack, (struct ward_slice){NULL, 0}, 0);
}

static void close_at(unsigned side, uint32_t seq)
{
	feed(side, seq, FIN, 0, (struct ward_slice){NULL, 0}, 0);
}

/* In any order, six segments give the same bytes; across the turn of the numbers too. */
static void permute(size_t *order, size_t n, void (*each)(const size_t *order, size_t n))
{
	size_t turn[8] = {0};

	each(order, n);
	for (size_t i = 0; i < n;) { /* Heap's algorithm */
		if (turn[i] == i) {
			turn[i++] = 0;
			continue;
		}
		size_t with = i % 2 ? turn[i] : 0, kept = order[with];

		order[with] = order[i];
		order[i] = kept;
		turn[i]++;
		i = 0;
		each(order, n);
	}
}

static void six(const size_t *order, size_t n)
{
	static const char *const part[] = {"a", "bcd", "", "efghij", "k", "lmn"};
	static const uint32_t at[] = {0, 1, 4, 4, 10, 11};
	static const uint32_t first[] = {1000, UINT32_MAX - 5, UINT32_MAX, 0x7ffffffd};

	for (size_t s = 0; s < WARD_ARRAY_LEN(first); s++) {
		again();
		ward_stream_begin(&stream, 0, first[s]);
		ward_stream_begin(&stream, 1, 5);
		for (size_t i = 0; i < n; i++) {
			size_t k = order[i];

			feed(0, first[s] + at[k], k == 5 ? FIN : 0, 0,
				ward_slice_of(part[k], strlen(part[k])), 0);
		}
		assert_string_equal(heard[0], "abcdefghijklmn");
		assert_int_equal(n_end[0], 1);
		assert_true(stream.side[0].closed);
		assert_false(ward_stream_over(&stream));
		assert_int_equal(count[WARD_NET_STREAM_BYTES], 14);
		assert_int_equal(count[WARD_NET_STREAM_REPEAT], 0);
	}
}

static void test_every_order(void **state)
{
	size_t order[] = {0, 1, 2, 3, 4, 5};

	(void)state;
	permute(order, 6, six);
	ask = 7;
	permute(order, 6, six);
}

/* Both directions at a time do not mix. */
static void test_both_sides(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 100);
	ward_stream_begin(&stream, 1, 500);
	say(1, 503, "def");
	say(0, 102, "CD");
	say(1, 500, "abc");
	say(0, 100, "AB");
	assert_string_equal(heard[0], "ABCD");
	assert_string_equal(heard[1], "abcdef");
	close_at(1, 506);
	assert_false(ward_stream_over(&stream));
	close_at(0, 104);
	assert_true(ward_stream_over(&stream));
	say(0, 104, "late");
	assert_string_equal(heard[0], "ABCD");
}

static void test_midstream(void **state)
{
	(void)state;
	acknowledge(0, 777);
	assert_false(stream.side[0].started);
	say(0, 4000, "first");
	assert_false(stream.side[0].synced);
	say(0, 3990, "too old");
	say(0, 4005, "second");
	assert_string_equal(heard[0], "firstsecond");
	/* with data on the SYN (RFC 7413) the place is known */
	feed(1, 9, SYN, 0, ward_slice_of("ab", 2), 0);
	say(1, 12, "cd");
	assert_true(stream.side[1].synced);
	assert_string_equal(heard[1], "abcd");
}

static void test_overlap(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	assert_true(say(0, 4, "efgh"));
	assert_true(say(0, 10, "kl"));
	assert_true(say(0, 2, "cdefghijkl"));
	assert_int_equal(count[WARD_NET_STREAM_REPEAT], 6);
	assert_string_equal(heard[0], "");
	/* what came first stands */
	assert_false(say(0, 0, "abCDEFGHIJKLmn"));
	assert_string_equal(heard[0], "abcdefghijklmn");
	/* what was handed on is not known any more */
	assert_true(say(0, 8, "XXXXXXop"));
	assert_string_equal(heard[0], "abcdefghijklmnop");
}

/* A keep-alive is one byte of what was sent before (RFC 9293 3.8.4). */
static void test_repeats(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 50);
	say(0, 50, "abc");
	say(0, 52, "?");
	say(0, 50, "abc");
	say(0, 52, "cd");
	say(0, 53, "d");
	assert_string_equal(heard[0], "abcd");
	assert_int_equal(count[WARD_NET_STREAM_REPEAT], 5);
	assert_int_equal(count[WARD_NET_STREAM_GAPS], 0);
}

/* A hole is waited for until the other side has what lies behind it. */
static void test_gap_by_acknowledgement(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	say(0, 0, "ab");
	say(0, 5, "fg");
	acknowledge(1, 2);
	acknowledge(1, 4);
	assert_string_equal(heard[0], "ab");
	acknowledge(1, 7);
	assert_string_equal(heard[0], "ab<3>fg");
	assert_false(stream.side[0].synced);
	/* acknowledged before it is seen to be missing */
	acknowledge(1, 20);
	say(0, 20, "uv");
	assert_string_equal(heard[0], "ab<3>fg<13>uv");
	assert_int_equal(count[WARD_NET_STREAM_LOST], 16);
	assert_int_equal(count[WARD_NET_STREAM_GAPS], 2);
}

static void test_hasty(void **state)
{
	struct ward_segment seg = {
		.seq = 5, .hasty = true, .bytes = ward_slice_of("fg", 2), .len = 2};

	(void)state;
	ward_stream_begin(&stream, 0, 0);
	say(0, 0, "ab");
	assert_true(ward_stream_see(&pool, &stream, &seg, &user));
	assert_string_equal(heard[0], "ab<3>fg");
}

/* What the user had not taken before a hole is lost with it. */
static void test_gap_in_message(void **state)
{
	(void)state;
	ask = 4;
	ward_stream_begin(&stream, 0, 0);
	say(0, 0, "abcdef");
	say(0, 8, "ijkl");
	acknowledge(1, 12);
	assert_string_equal(heard[0], "abcd<4>ijkl");
	refuses = true;
	say(0, 14, "x");
	acknowledge(1, 15);
	assert_true(ward_stream_over(&stream));
	say(0, 12, "mnop");
	assert_string_equal(heard[0], "abcd<4>ijkl<2>");
}

static void test_snapped(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	feed(0, 0, 0, 0, ward_slice_of("abc", 3), 7);
	say(0, 10, "klm");
	feed(0, 13, 0, 0, ward_slice_of(NULL, 0), 2);
	/* out of order: the hole before it may still be filled */
	feed(0, 17, 0, 0, ward_slice_of("r", 1), 3);
	say(0, 15, "pq");
	feed(0, 21, FIN, 0, ward_slice_of("v", 1), 1);
	say(0, 16, "?");
	assert_string_equal(heard[0], "abc<7>klm<2>pqr");
	acknowledge(1, 24);
	assert_string_equal(heard[0], "abc<7>klm<2>pqr<3>v");
}

/* Passing over what is not wanted, seen or not. */
static void test_leap(void **state)
{
	(void)state;
	ask = 2;
	leap = UINT64_C(1) << 33;
	ward_stream_begin(&stream, 0, 100);
	ward_stream_begin(&stream, 1, 1);
	say(0, 100, "abcdefgh");
	assert_string_equal(heard[0], "ab");
	/* twice around the numbers, a piece at a time, with most of it not captured */
	for (uint64_t off = 8; off < leap + 2; off += 60 << 20)
		say(0, (uint32_t)(100 + off), "zz");
	assert_string_equal(heard[0], "ab");
	say(0, (uint32_t)(100 + leap), "yyxw");
	assert_string_equal(heard[0], "abxw");
	assert_int_equal(count[WARD_NET_STREAM_GAPS], 0);
}

/* What one side waits for counts no more once the other side has spoken. */
static void test_wake(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 100);
	ward_stream_begin(&stream, 1, 200);
	ask = 50;
	say(0, 100, "held");
	ask = 0;
	say(0, 104, "too");
	assert_string_equal(heard[0], "");
	say(1, 200, "x");
	assert_string_equal(heard[0], "");
	wakes = true;
	say(1, 201, "y");
	assert_string_equal(heard[0], "heldtoo");
	assert_string_equal(heard[1], "xy");
	/* behind a hole it is still waited for */
	say(0, 110, "z");
	say(1, 202, "w");
	assert_string_equal(heard[0], "heldtoo");
}

static void test_end(void **state)
{
	(void)state;
	ask = 4;
	ward_stream_begin(&stream, 0, 0);
	ward_stream_begin(&stream, 1, 0);
	say(0, 0, "abcdef");
	say(0, 8, "ijklm");
	say(1, 0, "AB");
	ward_stream_end(&pool, &stream, &user);
	assert_string_equal(heard[0], "abcd<4>ijkl");
	assert_string_equal(heard[1], "");
	assert_int_equal(n_end[0], 1);
	assert_int_equal(n_end[1], 1);
	assert_int_equal(count[WARD_NET_STREAM_UNREAD], 3);
	assert_true(ward_stream_over(&stream));
}

/* An end without bytes is told all the same, once. */
static void test_end_alone(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	ward_stream_begin(&stream, 1, 0);
	say(0, 0, "abcd");
	assert_int_equal(n_end[0], 0);
	close_at(0, 4);
	close_at(0, 4);
	assert_int_equal(n_end[0], 1);
	say(1, 0, "AB");
	feed(1, 2, RST, 0, (struct ward_slice){NULL, 0}, 0);
	ward_stream_end(&pool, &stream, &user);
	assert_int_equal(n_end[0], 1);
	assert_int_equal(n_end[1], 1);
	assert_string_equal(heard[1], "AB");
}

static void test_fin(void **state)
{
	(void)state;
	ask = 4;
	ward_stream_begin(&stream, 0, 0);
	ward_stream_begin(&stream, 1, 0);
	/* before what it follows; repeated; with bytes that can't be */
	close_at(0, 8);
	close_at(0, 8);
	say(0, 6, "ghij");
	assert_int_equal(count[WARD_NET_STREAM_WINDOW], 1);
	say(0, 4, "efgh");
	say(0, 0, "abcd");
	assert_string_equal(heard[0], "abcdefgh");
	assert_true(stream.side[0].closed);
	say(1, 0, "AB");
	close_at(1, 2);
	assert_int_equal(n_end[1], 1);
	assert_int_equal(count[WARD_NET_STREAM_UNREAD], 2);
}

static void test_reset(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	ward_stream_begin(&stream, 1, 0);
	say(0, 3, "def");
	feed(0, 5, RST, 0, ward_slice_of(NULL, 0), 0);
	assert_false(ward_stream_over(&stream));
	assert_int_equal(count[WARD_NET_STREAM_WINDOW], 1);
	feed(0, 6, RST, 0, ward_slice_of(NULL, 0), 0);
	assert_true(ward_stream_over(&stream));
	assert_string_equal(heard[0], "<3>def");
}

static void test_window(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	ward_stream_begin(&stream, 1, 0);
	say(0, 1u << 30, "far");
	assert_int_equal(count[WARD_NET_STREAM_WINDOW], 1);
	say(0, 0, "near");
	/* the other side has it: it was we who missed the way there */
	acknowledge(1, (1u << 30) + 3);
	say(0, 1u << 30, "far");
	assert_string_equal(heard[0], "near<1073741820>far");
}

static void fill(unsigned side, uint32_t seq, size_t len, char with)
{
	char *p = malloc(len);

	assert_non_null(p);
	memset(p, with, len);
	feed(side, seq, 0, 0, ward_slice_of(p, len), 0);
	free(p);
}

/* Too much before a hole is filled: the hole is given up. */
static void test_side_is_full(void **state)
{
	(void)state;
	ward_stream_begin(&stream, 0, 0);
	fill(0, 10, 6 * WARD_CHUNK_BYTES, 'b');
	assert_string_equal(heard[0], "");
	assert_int_equal(pool.chunks.n, 6);
	fill(0, 10 + 6 * WARD_CHUNK_BYTES, 1, 'c');
	assert_int_equal(n_heard[0], 4 + 6 * WARD_CHUNK_BYTES + 1);
	assert_int_equal(memcmp(heard[0], "<10>bb", 6), 0);
	assert_int_equal(pool.chunks.n, 0);
	assert_int_equal(count[WARD_NET_STREAM_FULL], 0);
}

/* Many small islands: the furthest makes room for what comes in order. */
static void test_furthest_is_given_up(void **state)
{
	(void)state;
	ask = 4;
	ward_stream_begin(&stream, 0, 0);
	for (uint32_t i = 1; i <= 6; i++)
		say(0, i * 10, "xx");
	assert_int_equal(pool.chunks.n, 6);
	say(0, 0, "abc");
	assert_int_equal(count[WARD_NET_STREAM_FULL], 2);
	assert_int_equal(pool.chunks.n, 6);
	say(0, 3, "d");
	assert_string_equal(heard[0], "abcd");
}

/* A message that does not end within the limit. */
static void test_message_too_long(void **state)
{
	(void)state;
	ask = 20000;
	ward_stream_begin(&stream, 0, 0);
	for (uint32_t i = 0; i < 14; i++)
		fill(0, i * 1000, 1000, 'x');
	assert_string_equal(heard[0], "<12192>");
	assert_int_equal(count[WARD_NET_STREAM_FULL], 12192);
}

static void test_pool_is_empty(void **state)
{
	static struct ward_stream a, b;

	(void)state;
	/* two others hold all there is */
	for (unsigned i = 0; i < 16; i++) {
		struct ward_stream *s = i < 8 ? &a : &b;
		struct ward_segment seg = {
			.side = i % 2, .seq = i / 2 * 10, .bytes = ward_slice_of("x", 1), .len = 1};

		if (i % 8 < 2)
			ward_stream_begin(s, i % 2, 1000);
		seg.seq += 2000;
		assert_true(ward_stream_see(&pool, s, &seg, &user));
	}
	assert_int_equal(pool.chunks.n, 16);
	ward_stream_begin(&stream, 0, 0);
	say(0, 2, "cd");
	assert_int_equal(count[WARD_NET_STREAM_FULL], 2);
	/* what needs no memory goes on */
	say(0, 0, "ab");
	assert_string_equal(heard[0], "ab");
	other = &a;
	say(0, 4, "ef");
	assert_int_equal(count[WARD_NET_STREAM_SHED], 8);
	assert_int_equal(pool.chunks.n, 9);
	acknowledge(1, 6);
	assert_string_equal(heard[0], "ab<2>ef");
	ward_stream_shed(&pool, &b);
}

static void test_no_memory(void **state)
{
	struct ward_limits lim;
	struct ward_stream_pool p;

	(void)state;
	ward_limits_default(&lim);
	for (size_t i = 0; i < 2; i++) {
		struct ward_mem_failing fail;

		ward_mem_failing_init(&fail, i + 1);
		assert_int_equal(ward_stream_init(&p, &fail.mem, &lim, count), WARD_ERR_NOMEM);
		ward_stream_fini(&p);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_order),
		TEST(test_both_sides),
		TEST(test_midstream),
		TEST(test_overlap),
		TEST(test_repeats),
		TEST(test_gap_by_acknowledgement),
		TEST(test_hasty),
		TEST(test_gap_in_message),
		TEST(test_snapped),
		TEST(test_leap),
		TEST(test_wake),
		TEST(test_end),
		TEST(test_end_alone),
		TEST(test_fin),
		TEST(test_reset),
		TEST(test_window),
		TEST(test_side_is_full),
		TEST(test_furthest_is_given_up),
		TEST(test_message_too_long),
		TEST(test_pool_is_empty),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
