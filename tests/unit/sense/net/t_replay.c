#include "sense/net/replay.h"

#include "sense/net/capture.h"
#include "sense/net/net.h"

#include "bytes.h"

#include "base/wr.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct ward_input_driver *const drivers[] = {
	&ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};

enum { SRC_PORT = 14 + 20 };

/* A file in memory: two Who-Is, 1.5 s apart, the second from source port + step, then n_cut bytes
 * less. */
static int make_file_of(uint8_t step, size_t n_cut)
{
	static const char packet[] =
		ETH "0800" IP4_UDP("0028", "0000") "bac0 bac0 0014 0000 810b000c 0120ffff00ff 1008";
	struct ward_slice bytes = unhex(packet);
	uint8_t buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int fd = memfd_create("capture", MFD_CLOEXEC);

	ward_wr_le32(&w, 0xa1b23c4d); /* pcap-savefile(5), nanoseconds */
	ward_wr_le32(&w, 0x00040002);
	ward_wr_le64(&w, 0);
	ward_wr_le32(&w, 65535);
	ward_wr_le32(&w, 1);
	for (uint32_t i = 0; i < 2; i++) {
		ward_wr_le32(&w, 1000 + i);
		ward_wr_le32(&w, i * 500000000);
		ward_wr_le32(&w, (uint32_t)bytes.len);
		ward_wr_le32(&w, (uint32_t)bytes.len);
		ward_wr_bytes(&w, bytes.p, SRC_PORT);
		ward_wr_u8(&w, (uint8_t)(bytes.p[SRC_PORT] + i * step));
		ward_wr_bytes(&w, bytes.p + SRC_PORT + 1, bytes.len - SRC_PORT - 1);
	}
	bytes_free(bytes);
	assert_true(fd >= 0 && !ward_wr_bad(&w));
	assert_int_equal(write(fd, buf, w.len - n_cut), w.len - n_cut);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int make_file(size_t n_cut)
{
	return make_file_of(0, n_cut);
}

struct run {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_wr out;
	size_t n_problem;
	const char *problem; /* that is expected; NULL: a damaged file */
};

static void on_problem(void *ctx, const struct ward_input_problem *p)
{
	struct run *r = ctx;

	assert_string_equal(p->counter, r->problem ? r->problem : "net.loss.file_damaged");
	r->n_problem++;
}

static enum ward_err replay(struct run *r, int fd)
{
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &r->lim,
		.names = &r->names,
		.counters = &r->counters,
		.problem = on_problem,
		.ctx = r};
	struct ward_input in;
	struct ward_event e;
	enum ward_err err;

	ward_wr_reset(&r->out);
	err = ward_input_open_fd(&in, fd, WARD_STR("capture"), WARD_INPUT_UNKNOWN, drivers, &opts);
	if (err) {
		(void)close(fd);
		return err;
	}
	while ((err = ward_input_next(&in, &r->arena, &e)) == WARD_OK) {
		ward_event_write_json(&e, &r->names, &r->out);
		ward_wr_ch(&r->out, '\n');
	}
	ward_input_close(&in);
	return err;
}

static size_t seen(const struct run *r, const char *what)
{
	struct ward_str rest = ward_wr_text(&r->out);
	size_t n = 0, at;

	while ((at = ward_str_find(rest, ward_str_z(what))) != SIZE_MAX) {
		n++;
		rest = ward_str_sub(rest, at + 1, rest.len);
	}
	return n;
}

static void begin(struct run *r)
{
	memset(r, 0, sizeof(*r));
	ward_limits_default(&r->lim);
	ward_counters_init(&r->counters);
	assert_int_equal(ward_names_init(&r->names, ward_mem_heap(), &r->lim), WARD_OK);
	ward_arena_init(&r->arena, ward_mem_heap(), 1 << 20);
	r->out = ward_wr_grow(ward_mem_heap(), 1 << 20);
}

static void end(struct run *r)
{
	ward_names_fini(&r->names);
	ward_arena_fini(&r->arena);
	ward_wr_fini(&r->out);
}

static void test_events(void **state)
{
	static struct run r;

	(void)state;
	begin(&r);
	assert_int_equal(replay(&r, make_file(0)), WARD_ERR_CLOSED);
	assert_int_equal(seen(&r, "\"class\":\"net.host\""), 1);
	assert_int_equal(seen(&r, "\"class\":\"net.bacnet.who_is\""), 2);
	assert_int_equal(seen(&r, "\"time\":\"1970-01-01T00:16:41.5Z\""), 2);
	assert_int_equal(seen(&r, "\"duration_ns\":1500000000"), 1);
	assert_int_equal(r.n_problem, 0);
	assert_int_equal(ward_counter_get(&r.counters, "net.packets"), 2);
	end(&r);
}

/* What a table was too small for is told once, with the limit to raise. */
static void test_losses_are_told(void **state)
{
	static struct run r;

	(void)state;
	begin(&r);
	r.lim.v[WARD_LIMIT_NET_FLOWS] = 1;
	r.problem = "net.loss.flow_evicted";
	assert_int_equal(replay(&r, make_file_of(1, 0)), WARD_ERR_CLOSED);
	assert_int_equal(seen(&r, "\"end\":\"evicted\""), 1);
	assert_int_equal(r.n_problem, 1);
	assert_int_equal(ward_counter_get(&r.counters, r.problem), 1);
	end(&r);
}

static int file_of(const char *hex)
{
	struct ward_slice bytes = unhex(hex);
	int fd = memfd_create("capture", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.len), bytes.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	bytes_free(bytes);
	return fd;
}

#define PCAP(LINK) "d4c3b2a1 0200 0400 00000000 00000000 ffff0000" LINK
#define CUT_FRAME ETH "0800" IP4_UDP("0028", "0000") "bac0 bac0 0014 0000 810b000c 0120ffff00"

/* A capture of which something is missing is never silent, whatever is read of it. */
static void test_blind_is_told(void **state)
{
	static const struct {
		const char *counter, *file, *event;
		uint64_t n;
	} row[] = {
		{"net.loss.capture_dropped",
			"0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
			"01000000 14000000 0100 0000 00000000 14000000"
			"06000000 30000000 00000000 00000000 01000000 02000000 02000000 abcd0000"
			"0400 0800 0300000000000000 30000000"
			"05000000 24000000 00000000 00000000 00000000 0500 0800 f502000000000000"
			"24000000",
			"\"loss.capture_dropped\":757", 757},
		{"net.skip.link_type", PCAP("93000000") "01000000 02000000 02000000 02000000 abcd",
			"\"loss.undecoded_packets\":1,\"loss.link_type\":147", 1},
		{"net.odd.payload_snapped",
			PCAP("01000000") "01000000 00000000 33000000 36000000" CUT_FRAME,
			"\"loss.snapped_packets\":1", 1},
	};
	static struct run r;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		begin(&r);
		r.problem = row[i].counter;
		assert_int_equal(replay(&r, file_of(row[i].file)), WARD_ERR_CLOSED);
		assert_int_equal(ward_counter_get(&r.counters, r.problem), row[i].n);
		assert_int_equal(seen(&r, row[i].event), 1);
		assert_int_equal(r.n_problem, 1);
		end(&r);
	}
}

static void test_damaged(void **state)
{
	static struct run r;

	(void)state;
	begin(&r);
	assert_int_equal(replay(&r, make_file(1)), WARD_ERR_CLOSED);
	assert_int_equal(r.n_problem, 1);
	assert_int_equal(seen(&r, "\"class\":\"net.bacnet.who_is\""), 1);
	assert_int_equal(seen(&r, "\"class\":\"net.flow\""), 1);
	/* No packet at all, then not even the file's header. */
	assert_int_equal(replay(&r, make_file(140)), WARD_ERR_CLOSED);
	assert_int_equal(r.out.len, 0);
	assert_int_equal(r.n_problem, 1);
	assert_int_equal(replay(&r, make_file(150)), WARD_ERR_MALFORMED);
	end(&r);
}

static void test_not_a_capture(void **state)
{
	char why[WARD_CAPTURE_WHY] = "";
	struct ward_capture *c = NULL;

	(void)state;
	assert_int_equal(ward_capture_open(ward_mem_heap(), "/nonexistent", why, &c), WARD_ERR_IO);
	assert_int_not_equal(why[0], 0);
	why[0] = 0;
	assert_int_equal(
		ward_capture_open(ward_mem_heap(), "/dev/null", why, &c), WARD_ERR_MALFORMED);
	assert_int_not_equal(why[0], 0);
	assert_null(c);
}

/* What the other end of a pipe does: a byte at a time, or nothing more. */
struct far {
	int fd;
	struct ward_slice rest;
	size_t n_asked;
};

static bool one_byte(void *ctx)
{
	struct far *far = ctx;

	far->n_asked++;
	if (!far->rest.len)
		return false;
	assert_int_equal(write(far->fd, far->rest.p, 1), 1);
	far->rest = ward_slice_of(far->rest.p + 1, far->rest.len - 1);
	return true;
}

static void test_pipe(void **state)
{
	struct ward_slice file = unhex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"
				       "01000000 02000000 02000000 02000000 abcd");
	char why[WARD_CAPTURE_WHY];
	struct ward_capture *c;
	struct ward_frame f;
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	struct far far = {.fd = fd[1], .rest = file};
	struct ward_capture_pipe in = {fd[0], one_byte, &far};

	assert_int_equal(ward_capture_open_pipe(ward_mem_heap(), &in, why, &c), WARD_OK);
	assert_int_equal(far.rest.len, 18);
	assert_int_equal(ward_capture_next(c, &f), WARD_OK);
	assert_int_equal(f.bytes.len, 2);
	assert_int_equal(f.time, WARD_NS_PER_S + 2000);
	assert_int_equal(far.n_asked, file.len); /* no byte was asked for before it was needed */
	assert_int_equal(ward_capture_next(c, &f), WARD_ERR_CLOSED);
	ward_capture_close(c);
	(void)close(fd[0]);
	(void)close(fd[1]);
	bytes_free(file);
}

static void test_no_memory(void **state)
{
	char why[WARD_CAPTURE_WHY];

	(void)state;
	for (uint64_t at = 1; at <= 2; at++) {
		struct ward_mem_failing f;
		struct ward_capture *c = NULL;

		ward_mem_failing_init(&f, at);
		assert_int_equal(ward_capture_open(&f.mem, "/dev/null", why, &c), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_losses_are_told),
		cmocka_unit_test(test_blind_is_told),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_not_a_capture),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
