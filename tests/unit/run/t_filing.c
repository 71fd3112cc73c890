/* Files from the network sensor's process to the one that looks at them. */
#include "run/filing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

static uint8_t buf[WARD_MSG_MAX];

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_event e;
	struct ward_filing *f;
	const struct ward_file_sink *sink;
	int pair[2];
};

static int up(void **state)
{
	static struct lab l;

	ward_limits_default(&l.lim);
	assert_int_equal(ward_names_init(&l.names, ward_mem_heap(), &l.lim), WARD_OK);
	ward_arena_init(&l.arena, ward_mem_heap(), 1 << 20);
	ward_event_init(&l.e, &l.arena);
	l.e.class = ward_name(&l.names, WARD_STR("net.file"));
	l.e.source = ward_name(&l.names, WARD_STR("net"));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, l.pair), 0);
	assert_int_equal(ward_filing_new(l.pair[0], ward_clock_system(), &l.names, &l.f), WARD_OK);
	l.sink = ward_filing_sink(l.f, 3);
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_filing_free(l->f);
	(void)close(l->pair[0]);
	(void)close(l->pair[1]);
	ward_arena_fini(&l->arena);
	ward_names_fini(&l->names);
	return 0;
}

static bool is_there(const struct lab *l)
{
	return recv(l->pair[1], buf, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static struct ward_filed next(const struct lab *l)
{
	struct ward_filed got;
	struct ward_msg m;

	assert_true(is_there(l));
	assert_int_equal(ward_msg_recv(l->pair[1], buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_FILE);
	assert_int_equal(ward_filing_read(&m, &got), WARD_OK);
	return got;
}

static void bytes(const struct lab *l, uint32_t number, uint64_t off, size_t len)
{
	static uint8_t some[200000];

	l->sink->sent(l->sink->ctx, number, off, ward_slice_of(some, len));
}

/* What follows on goes together; numbers say the interface, too. */
static void whole(void **state)
{
	struct lab *l = *state;
	struct ward_event e;

	l->sink->begin(l->sink->ctx, 7, NULL, NULL);
	bytes(l, 7, 0, 1000);
	bytes(l, 7, 1000, 1000);
	l->sink->end(l->sink->ctx, 7, NULL);
	l->sink->told(l->sink->ctx, 7, NULL, &l->e);
	struct ward_filed got = next(l);

	assert_true(got.what == WARD_FILING_BEGIN && got.number == (3ull << 32 | 7));
	got = next(l);
	assert_true(got.what == WARD_FILING_BYTES && got.off == 0 && got.bytes.len == 2000);
	got = next(l);
	assert_true(got.what == WARD_FILING_TOLD);
	assert_int_equal(ward_event_decode(got.bytes, &l->names, &l->arena, &l->lim, &e), WARD_OK);
	assert_int_equal(e.class, l->e.class);
	assert_false(is_there(l));
	assert_int_equal(ward_filing_lost(l->f), 0);
}

/* Which piece of what it was comes before its event. */
static void ranged(void **state)
{
	struct lab *l = *state;
	const struct ward_file_range r = {77, true, 1000, 5000};
	struct ward_event e;

	l->sink->told(l->sink->ctx, 9, &r, &l->e);
	struct ward_filed got = next(l);

	assert_true(got.what == WARD_FILING_PIECE_TOLD && (uint32_t)got.number == 9);
	assert_true(got.range.piece && got.range.resource == 77 && got.range.from == 1000 &&
		    got.range.total == 5000);
	assert_int_equal(ward_event_decode(got.bytes, &l->names, &l->arena, &l->lim, &e), WARD_OK);
	assert_int_equal(e.class, l->e.class);
	/* of no resource, or cut off: no sensor says this */
	uint8_t body[40] = {WARD_FILING_PIECE_TOLD, 0, 0, 0, 0, 0, 0, 0, 9};

	for (size_t n = 9; n <= 33; n++) {
		const struct ward_msg m = {.type = WARD_MSG_FILE, .body = ward_rd_from(body, n)};

		assert_int_equal(ward_filing_read(&m, &got), WARD_ERR_MALFORMED);
	}
	body[16] = 1;
	const struct ward_msg m = {.type = WARD_MSG_FILE, .body = ward_rd_from(body, 33)};

	assert_int_equal(ward_filing_read(&m, &got), WARD_OK);
	assert_int_equal(got.range.resource, 1);
}

/* Files between each other, a hole, more than a piece: each byte at its place. */
static void mixed(void **state)
{
	struct lab *l = *state;
	static const struct {
		uint32_t number;
		uint64_t off;
		size_t len;
	} want[] = {
		{1, 0, 10}, {2, 0, 5}, {1, 10, 10}, {1, 30, 10}, {2, 5, 65536}, {2, 65541, 1000}};

	bytes(l, 1, 0, 10);
	bytes(l, 2, 0, 5);
	bytes(l, 1, 10, 10);
	l->sink->gap(l->sink->ctx, 1, 20, 10);
	bytes(l, 1, 30, 10);
	bytes(l, 2, 5, 66536);
	l->sink->told(l->sink->ctx, 1, NULL, NULL);
	for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++) {
		struct ward_filed got = next(l);

		assert_true((uint32_t)got.number == want[i].number && got.off == want[i].off &&
			    got.bytes.len == want[i].len);
	}
	assert_int_equal(next(l).bytes.len, 0); /* nobody hears of it */
}

/* The queue is full: nobody waits for long, what of an event finds no room even so is counted; once
 * there is room the end of that file is said before others pass, so that the reader keeps none of
 * it. */
static void full(void **state)
{
	struct lab *l = *state;
	struct ward_filed got;
	uint64_t end = 0;

	for (uint64_t off = 0; off < 8 << 20; off += 65536)
		bytes(l, 1, off, 65536);
	l->sink->told(l->sink->ctx, 1, NULL, &l->e);
	assert_int_equal(ward_filing_lost(l->f), 1);
	assert_int_equal(ward_filing_lost(l->f), 0);
	while (is_there(l))
		(void)next(l);
	bytes(l, 2, 0, 10);
	l->sink->told(l->sink->ctx, 2, NULL, &l->e);
	got = next(l);
	assert_true(
		got.what == WARD_FILING_TOLD && got.number == (3ull << 32 | 1) && !got.bytes.len);
	got = next(l);
	assert_true(got.what == WARD_FILING_BYTES && got.number == (3ull << 32 | 2));
	assert_true(next(l).bytes.len);
	assert_false(is_there(l));
	/* while it was full the bytes of one were lost, and it ends when there is room: it is less
	 * than its event says */
	for (uint64_t off = 0; off < 8 << 20; off += 65536)
		bytes(l, 3, off, 65536);
	while (is_there(l)) {
		got = next(l);
		end = got.off + got.bytes.len;
	}
	l->sink->told(l->sink->ctx, 3, NULL, &l->e);
	assert_true(end < 8 << 20);
	got = next(l);
	assert_true(got.what == WARD_FILING_TOLD && got.number == (3ull << 32 | 3));
}

/* Many ends that found no room: each is said once, when there is some. */
static void owed(void **state)
{
	struct lab *l = *state;
	bool ended[WARD_FILING_OWED + 1] = {false};

	for (uint64_t off = 0; off < 8 << 20; off += 65536)
		bytes(l, 1000, off, 65536);
	for (uint32_t i = 1; i <= WARD_FILING_OWED; i++)
		l->sink->told(l->sink->ctx, i, NULL, i % 2 ? &l->e : NULL);
	assert_int_equal(ward_filing_lost(l->f), WARD_FILING_OWED / 2);
	while (is_there(l))
		(void)next(l);
	for (uint32_t i = 0; i < 2 * WARD_FILING_OWED; i++) {
		l->sink->begin(l->sink->ctx, 2000 + i, NULL, NULL);
		while (is_there(l)) {
			struct ward_filed got = next(l);
			uint32_t number = (uint32_t)got.number;

			if (got.what != WARD_FILING_TOLD)
				continue;
			assert_true(number && number <= WARD_FILING_OWED && !got.bytes.len);
			assert_false(ended[number]);
			ended[number] = true;
		}
	}
	for (uint32_t i = 1; i <= WARD_FILING_OWED; i++)
		assert_true(ended[i]);
}

static void lies(void **state)
{
	struct ward_filed got;
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {{"", 0}, {"\1", 1}, {"\0\0\0\0\0\0\0\0\1", 9}, {"\4\0\0\0\0\0\0\0\1", 9},
		{"\1\0\0\0\0\0\0\0\0", 9}, {"\1\0\0\0\0\0\0\0\1x", 10}, {"\2\0\0\0\0\0\0\0\1", 9},
		{"\3\0\0\0\0\0\0\0", 8}, {"\3\0\0\0\1\0\0\0\0", 9}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		const struct ward_msg m = {
			.type = WARD_MSG_FILE, .body = ward_rd_from(bad[i].bytes, bad[i].len)};

		assert_int_equal(ward_filing_read(&m, &got), WARD_ERR_MALFORMED);
	}
}

/* A message about something else is none, and nothing of what lay there before is left. */
static void another(void **state)
{
	struct ward_filed got;
	const struct ward_msg m = {
		.type = WARD_MSG_SENT, .body = ward_rd_from("\1\0\0\0\0\0\0\0\1", 9)};

	(void)state;
	memset(&got, 0xff, sizeof(got));
	assert_int_equal(ward_filing_read(&m, &got), WARD_ERR_MALFORMED);
	assert_true(!got.what && !got.number && !got.off && !got.bytes.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(whole), T(ranged), T(mixed), T(full), T(owed), T(lies), T(another)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
