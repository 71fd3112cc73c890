#include "sense/net/pcapng.h"

#include "base/wr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CAP = 4096, ETHERNET = 1, RAW = 101 };

static uint8_t buf[CAP];
static struct ward_wr w; /* the file under construction */
static bool big;         /* its byte order */

static void put16(uint16_t v)
{
	if (big)
		ward_wr_be16(&w, v);
	else
		ward_wr_le16(&w, v);
}

static void put32(uint32_t v)
{
	if (big)
		ward_wr_be32(&w, v);
	else
		ward_wr_le32(&w, v);
}

static void patch32(size_t at, uint32_t v)
{
	struct ward_wr p = ward_wr_fixed(buf + at, 4);

	if (big)
		ward_wr_be32(&p, v);
	else
		ward_wr_le32(&p, v);
}

static size_t open_block(uint32_t type)
{
	size_t at = w.len;

	put32(type);
	put32(0);
	return at;
}

static void close_block(size_t at)
{
	while (w.len % 4)
		ward_wr_u8(&w, 0);
	patch32(at + 4, (uint32_t)(w.len - at + 4));
	put32((uint32_t)(w.len - at + 4));
	assert_false(ward_wr_bad(&w));
}

static void section(uint16_t major)
{
	size_t at = open_block(0x0a0d0d0a);

	put32(0x1a2b3c4d);
	put16(major);
	put16(0);
	put32(UINT32_MAX);
	put32(UINT32_MAX);
	close_block(at);
}

static void begin(bool is_big)
{
	w = ward_wr_fixed(buf, sizeof(buf));
	big = is_big;
	section(1);
}

/* resolution 0xff: no such option. */
static void interface(uint16_t link, uint32_t snap, uint8_t resolution, int64_t offset_s)
{
	size_t at = open_block(1);

	put16(link);
	put16(0);
	put32(snap);
	put16(2); /* if_name */
	put16(3);
	ward_wr_bytes(&w, "eth\0", 4);
	if (resolution != 0xff) {
		put16(9);
		put16(1);
		ward_wr_bytes(&w, &resolution, 1);
		ward_wr_bytes(&w, "\0\0", 3);
	}
	if (offset_s) {
		put16(14);
		put16(8);
		put32((uint32_t)(big ? (uint64_t)offset_s >> 32 : (uint64_t)offset_s));
		put32((uint32_t)(big ? (uint64_t)offset_s : (uint64_t)offset_s >> 32));
	}
	put16(0);
	put16(0);
	close_block(at);
}

static void packet(uint32_t id, uint64_t ticks, const char *bytes, uint32_t len)
{
	size_t at = open_block(6);

	put32(id);
	put32((uint32_t)(ticks >> 32));
	put32((uint32_t)ticks);
	put32((uint32_t)strlen(bytes));
	put32(len);
	ward_wr_z(&w, bytes);
	close_block(at);
}

static void simple(const char *bytes, uint32_t len)
{
	size_t at = open_block(3);

	put32(len);
	ward_wr_z(&w, bytes);
	close_block(at);
}

static void put64(uint64_t v)
{
	put32((uint32_t)(big ? v >> 32 : v));
	put32((uint32_t)(big ? v : v >> 32));
}

static void number(uint16_t code, uint64_t v)
{
	put16(code);
	put16(8);
	put64(v);
}

/* A packet that says how many were lost since the one before. */
static void packet_after(uint32_t id, uint64_t lost)
{
	size_t at = open_block(6);

	put32(id);
	put64(0);
	put32(1);
	put32(1);
	ward_wr_bytes(&w, "x\0\0", 4);
	put16(2); /* epb_flags */
	put16(4);
	put32(0);
	number(4, lost);
	put16(0);
	put16(0);
	close_block(at);
}

/* UINT64_MAX: the writer does not know. */
static void statistics(uint32_t id, uint64_t by_interface, uint64_t by_system)
{
	size_t at = open_block(5);

	put32(id);
	put64(0);
	number(4, 1000000); /* received */
	number(5, by_interface);
	number(7, by_system);
	put16(0);
	put16(0);
	close_block(at);
}

static void obsolete(uint16_t id, uint64_t ticks, const char *bytes, uint16_t drops)
{
	size_t at = open_block(2);

	put16(id);
	put16(drops);
	put32((uint32_t)(ticks >> 32));
	put32((uint32_t)ticks);
	put32((uint32_t)strlen(bytes));
	put32((uint32_t)strlen(bytes));
	ward_wr_z(&w, bytes);
	close_block(at);
}

struct file {
	FILE *f;
	struct ward_pcapng *ng;
	const char *why;
};

static enum ward_err open_len(struct file *x, size_t len)
{
	*x = (struct file){.f = fmemopen(buf, len, "rb")};
	assert_non_null(x->f);
	return ward_pcapng_new(ward_mem_heap(), x->f, &x->why, &x->ng);
}

static void open_all(struct file *x)
{
	assert_int_equal(open_len(x, w.len), WARD_OK);
}

static void close_file(struct file *x)
{
	ward_pcapng_free(x->ng);
	assert_int_equal(fclose(x->f), 0);
}

static void assert_next(struct file *x, ward_ns time, const char *bytes, size_t len, uint16_t link)
{
	struct ward_frame f;
	uint16_t got = 0;

	assert_int_equal(ward_pcapng_next(x->ng, &f, &got), WARD_OK);
	assert_true(f.time == time);
	assert_int_equal(f.bytes.len, strlen(bytes));
	assert_memory_equal(f.bytes.p, bytes, f.bytes.len);
	assert_int_equal(f.len, len);
	assert_int_equal(got, link);
}

static void assert_end(struct file *x, enum ward_err want)
{
	struct ward_frame f;
	uint16_t link;

	assert_int_equal(ward_pcapng_next(x->ng, &f, &link), want);
	if (want == WARD_ERR_CORRUPT)
		assert_non_null(ward_pcapng_why(x->ng));
	close_file(x);
}

/* What libpcap refuses: interfaces that differ in link type and in snapshot length. */
static void several_interfaces(void **state)
{
	struct file x;

	(void)state;
	for (unsigned order = 0; order < 2; order++) {
		begin(order);
		interface(ETHERNET, 65535, 0xff, 0);
		packet(0, 1500000, "first", 5);
		interface(RAW, 4, 9, 0);
		packet(1, 2000000001, "cut!", 99);
		close_block(open_block(0x80000001)); /* somebody's own */
		packet(0, 3000000, "third", 5);
		open_all(&x);
		assert_int_equal(ward_pcapng_link(x.ng), ETHERNET);
		assert_next(&x, 1500 * WARD_NS_PER_MS, "first", 5, ETHERNET);
		assert_next(&x, 2 * WARD_NS_PER_S + 1, "cut!", 99, RAW);
		assert_next(&x, 3 * WARD_NS_PER_S, "third", 5, ETHERNET);
		assert_end(&x, WARD_ERR_CLOSED);
	}
}

/* A section has its own byte order and interfaces. */
static void several_sections(void **state)
{
	struct file x;

	(void)state;
	begin(false);
	interface(ETHERNET, 0, 0xff, 0);
	packet(0, 1, "a", 1);
	big = true;
	section(1);
	interface(RAW, 0, 0xff, 0);
	packet(0, 2, "b", 1);
	big = false;
	section(1);
	packet(0, 3, "c", 1);
	open_all(&x);
	assert_next(&x, 1000, "a", 1, ETHERNET);
	assert_next(&x, 2000, "b", 1, RAW);
	assert_end(&x, WARD_ERR_CORRUPT);
}

static void other_packets(void **state)
{
	struct file x;

	(void)state;
	begin(false);
	interface(RAW, 3, 0xff, 0);
	simple("abc", 10);
	obsolete(0, 7, "defg", 0xffff);
	simple("hi", 2); /* shorter than the snapshot length */
	open_all(&x);
	assert_next(&x, 0, "abc", 10, RAW);
	assert_next(&x, 7000, "defg", 4, RAW);
	assert_next(&x, 7000, "hi", 2, RAW); /* has no time of its own */
	assert_end(&x, WARD_ERR_CLOSED);
}

/* How many were lost, as far as whoever looks for packets has read. */
static uint64_t dropped_of(size_t n_packet)
{
	enum ward_err err = WARD_OK;
	uint64_t n;
	struct file x;

	open_all(&x);
	for (size_t i = 0; i < n_packet && !err; i++) {
		struct ward_frame f;
		uint16_t link;

		err = ward_pcapng_next(x.ng, &f, &link);
	}
	assert_true(err == WARD_OK || err == WARD_ERR_CLOSED);
	n = ward_pcapng_dropped(x.ng);
	close_file(&x);
	return n;
}

/* Packets and statistics tell of one loss; interfaces and sections of several. */
static void dropped(void **state)
{
	(void)state;
	for (unsigned order = 0; order < 2; order++) {
		begin(order);
		interface(ETHERNET, 0, 0xff, 0);
		interface(ETHERNET, 0, 0xff, 0);
		packet_after(0, 3);
		packet_after(0, 4);
		packet_after(1, 10);
		assert_int_equal(dropped_of(1), 3);
		assert_int_equal(dropped_of(9), 17);
		statistics(0, 5, 1); /* less than the packets have said by now */
		assert_int_equal(dropped_of(9), 17);
		statistics(0, 20, 1);
		statistics(0, 40, 2); /* since the begin, not since the block before */
		statistics(1, UINT64_MAX, 0);
		assert_int_equal(dropped_of(9), 52);
		statistics(0, 1, 0); /* grows, or is wrong */
		statistics(2, 9, 9); /* of no interface */
		close_block(open_block(5));
		obsolete(1, 7, "x", 6);
		obsolete(1, 7, "x", 0xffff); /* not known */
		assert_int_equal(dropped_of(9), 58);
		section(1);
		interface(ETHERNET, 0, 0xff, 0);
		statistics(0, 7, 0);
		assert_int_equal(dropped_of(9), 65);
		statistics(0, UINT64_MAX - 1, 5);
		assert_true(dropped_of(9) == UINT64_MAX);
	}
}

/* Options that run over the block's end: the packet is as good as without. */
static void wrong_options(void **state)
{
	struct file x;
	size_t at, from;

	(void)state;
	begin(false);
	interface(ETHERNET, 0, 0xff, 0);
	from = w.len;
	packet_after(0, 3);
	at = open_block(5);
	put32(0);
	put64(0);
	put16(5);
	put16(4); /* half a number */
	put32(7);
	put16(5);
	put16(80);
	close_block(at);
	packet(0, 1, "y", 1);
	patch32(from + 40, 0xfff00004); /* the drop count's length */
	open_all(&x);
	assert_next(&x, 0, "x", 1, ETHERNET);
	assert_next(&x, 1000, "y", 1, ETHERNET);
	assert_int_equal(ward_pcapng_dropped(x.ng), 0);
	assert_end(&x, WARD_ERR_CLOSED);
}

static void times(void **state)
{
	static const struct {
		uint8_t resolution;
		int64_t offset_s;
		uint64_t ticks;
		ward_ns want;
	} row[] = {
		{0, 0, 5, 5 * WARD_NS_PER_S},
		{3, 0, 5001, 5001 * WARD_NS_PER_MS},
		{12, 0, 1500000999999, 1500000999},
		{19, 0, 10000000000000000000u, WARD_NS_PER_S},
		{0x80, 0, 9, 9 * WARD_NS_PER_S},
		{0x81, 0, 9, 4500 * WARD_NS_PER_MS},
		{0xbf, 0, (uint64_t)3 << 62, 1500 * WARD_NS_PER_MS},
		{6, 100, 1, 100 * WARD_NS_PER_S + 1000},
		{6, -1, 1, 1000 - WARD_NS_PER_S},
		{0, 0, UINT64_MAX, INT64_MAX},
		{0, INT64_MAX, 1, INT64_MAX},
		{0, INT64_MIN, 0, INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct file x;

		begin(i & 1);
		interface(ETHERNET, 0, row[i].resolution, row[i].offset_s);
		packet(0, row[i].ticks, "x", 1);
		open_all(&x);
		assert_next(&x, row[i].want, "x", 1, ETHERNET);
		assert_end(&x, WARD_ERR_CLOSED);
	}
	for (unsigned resolution = 20; resolution < 0x100; resolution++) {
		struct file x;

		if ((resolution & 0x7f) < 64 && resolution & 0x80)
			continue;
		begin(false);
		interface(ETHERNET, 0, (uint8_t)resolution, 0);
		if (resolution == 0xff) /* the helper's way to leave it out */
			continue;
		assert_int_equal(open_len(&x, w.len), WARD_ERR_MALFORMED);
		assert_non_null(x.why);
		close_file(&x);
	}
}

/* Reads whatever there is of len bytes; the packets that came of it. */
static size_t read_len(size_t len, enum ward_err *ret)
{
	struct ward_frame f;
	uint16_t link;
	struct file x;
	size_t n = 0;

	*ret = open_len(&x, len);
	while (!*ret) {
		*ret = ward_pcapng_next(x.ng, &f, &link);
		n += !*ret;
	}
	close_file(&x);
	return n;
}

static void every_prefix(void **state)
{
	size_t end[4], n = 0;

	(void)state;
	begin(false);
	interface(ETHERNET, 0, 9, 0);
	end[n++] = w.len;
	packet(0, 1, "one", 3);
	end[n++] = w.len;
	simple("two", 3);
	end[n++] = w.len;
	for (size_t len = 1; len <= w.len; len++) {
		enum ward_err err;
		size_t got = read_len(len, &err), want = 0;
		bool whole = false;

		for (size_t i = 0; i < n; i++) {
			want += i && len >= end[i];
			whole |= len == end[i];
		}
		assert_int_equal(got, want);
		assert_int_equal(err, len < end[0] ? WARD_ERR_MALFORMED
				      : whole      ? WARD_ERR_CLOSED
						   : WARD_ERR_CORRUPT);
	}
}

static void damage(void **state)
{
	enum ward_err err;
	size_t at, from;

	(void)state;
	begin(false);
	section(2); /* version 2 */
	(void)read_len(w.len, &err);
	assert_int_equal(err, WARD_ERR_MALFORMED);
	begin(false);
	patch32(8, 0x01020304); /* no byte order */
	(void)read_len(w.len, &err);
	assert_int_equal(err, WARD_ERR_MALFORMED);
	begin(false);
	packet(0, 1, "x", 1); /* before any interface */
	(void)read_len(w.len, &err);
	assert_int_equal(err, WARD_ERR_MALFORMED);
	begin(false);
	at = open_block(1); /* too short for an interface */
	put16(ETHERNET);
	close_block(at);
	(void)read_len(w.len, &err);
	assert_int_equal(err, WARD_ERR_MALFORMED);

	begin(false);
	interface(ETHERNET, 0, 0xff, 0);
	from = w.len;
	packet(1, 1, "x", 1); /* of no interface */
	assert_int_equal(read_len(w.len, &err), 0);
	assert_int_equal(err, WARD_ERR_CORRUPT);
	w.len = from;
	packet(0, 1, "x", 1);
	patch32(from + 20, 5); /* captured length beyond its block */
	assert_int_equal(read_len(w.len, &err), 0);
	assert_int_equal(err, WARD_ERR_CORRUPT);
	patch32(from + 20, UINT32_MAX);
	(void)read_len(w.len, &err);
	assert_int_equal(err, WARD_ERR_CORRUPT);
	patch32(from + 20, 1);
	assert_int_equal(read_len(w.len, &err), 1);
	for (uint32_t len = 0; len < 40; len++) { /* of the block */
		patch32(from + 4, len);
		if (len != 36)
			assert_int_equal(read_len(w.len, &err), 0);
	}
	patch32(from + 4, UINT32_MAX - 3);
	assert_int_equal(read_len(w.len, &err), 0);
	assert_int_equal(err, WARD_ERR_CORRUPT);
	patch32(from + 4, 36);
	patch32(w.len - 4, 40); /* the second length */
	assert_int_equal(read_len(w.len, &err), 0);
	assert_int_equal(err, WARD_ERR_CORRUPT);
}

static void no_memory(void **state)
{
	bool done = false;

	(void)state;
	begin(false);
	interface(ETHERNET, 0, 9, 0);
	packet(0, 1, "a packet of more bytes than any block before it in this file has", 64);
	for (uint64_t at = 1; !done; at++) {
		struct ward_mem_failing mem;
		struct ward_pcapng *ng = NULL;
		struct ward_frame f;
		const char *why;
		uint16_t link;
		FILE *file = fmemopen(buf, w.len, "rb");

		assert_non_null(file);
		assert_true(at < 100);
		ward_mem_failing_init(&mem, at);
		enum ward_err err = ward_pcapng_new(&mem.mem, file, &why, &ng);

		while (!err)
			err = ward_pcapng_next(ng, &f, &link);
		assert_true(err == WARD_ERR_NOMEM || err == WARD_ERR_CLOSED);
		done = err == WARD_ERR_CLOSED;
		ward_pcapng_free(ng);
		assert_int_equal(fclose(file), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(several_interfaces),
		cmocka_unit_test(several_sections), cmocka_unit_test(other_packets),
		cmocka_unit_test(dropped), cmocka_unit_test(wrong_options), cmocka_unit_test(times),
		cmocka_unit_test(every_prefix), cmocka_unit_test(damage),
		cmocka_unit_test(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
