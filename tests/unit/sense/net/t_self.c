/* What the sensor says of itself: what the mirror did not show, and what this machine sent. */
#include "sense/net/net.h"

#include "bytes.h"

#include "base/wr.h"

static struct ward_names names;
static struct ward_net *net;
static struct ward_wr out;
static ward_ns now;
static uint64_t seq;
static bool outgoing;
static size_t cut;          /* bytes of each packet that the snap length cut off */
static uint16_t other_link; /* 0: the packets are of a known one */

enum { FIN = WARD_TCP_FIN, SYN = WARD_TCP_SYN, RST = WARD_TCP_RST, ACK = WARD_TCP_ACK };

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	ward_event_write_json(e, &names, &out);
	ward_wr_ch(&out, '\n');
	return WARD_OK;
}

static const struct ward_net_sink sink = {put, NULL};

static int setup(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("t"), .iface = WARD_STR("e0")};
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 16;
	lim.v[WARD_LIMIT_NET_HOSTS] = 8;
	now = 0;
	seq = 0;
	outgoing = false;
	cut = other_link = 0;
	out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	return ward_names_init(&names, ward_mem_heap(), &lim) ||
	       ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net);
}

static int teardown(void **state)
{
	(void)state;
	ward_net_free(net);
	ward_names_fini(&names);
	ward_wr_fini(&out);
	return 0;
}

static size_t seen(const char *what)
{
	struct ward_str rest = ward_wr_text(&out);
	size_t n = 0;

	for (size_t at; (at = ward_str_find(rest, ward_str_z(what))) != SIZE_MAX; n++)
		rest = ward_str_sub(rest, at + 1, rest.len);
	return n;
}

/* An IP packet from 10.0.0.from to 10.0.0.to. */
static void feed(uint8_t from, uint8_t to, uint8_t proto, struct ward_slice body)
{
	uint8_t buf[2048];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be16(&w, 0x4500);
	ward_wr_be16(&w, (uint16_t)(20 + body.len));
	ward_wr_be32(&w, 0);
	ward_wr_u8(&w, 64);
	ward_wr_u8(&w, proto);
	ward_wr_be16(&w, 0);
	ward_wr_be32(&w, UINT32_C(0x0a000000) | from);
	ward_wr_be32(&w, UINT32_C(0x0a000000) | to);
	ward_wr_bytes(&w, body.p, body.len);
	struct ward_frame f = {.time = now,
		.seen = now,
		.seq = seq++,
		.link = other_link ? WARD_LINK_UNKNOWN : WARD_LINK_RAW,
		.link_type = other_link,
		.bytes = ward_slice_of(w.p, w.len - cut),
		.len = w.len,
		.outgoing = outgoing};

	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
}

/* Numbers begin at 0xfffffff0 on either side, so that they wrap. */
static void tcp(uint8_t from, uint8_t flags, uint32_t at, uint32_t ack, size_t len)
{
	uint8_t buf[1024];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be16(&w, from == 1 ? 5000 : 80);
	ward_wr_be16(&w, from == 1 ? 80 : 5000);
	ward_wr_be32(&w, at + 0xfffffff0);
	ward_wr_be32(&w, ack + 0xfffffff0);
	ward_wr_u8(&w, 0x50);
	ward_wr_u8(&w, flags);
	ward_wr_be16(&w, 1024);
	ward_wr_be32(&w, 0);
	memset(ward_wr_room(&w, len), 'x', len);
	feed(from, 3 - from, WARD_PROTO_TCP, ward_wr_slice(&w));
}

static uint64_t unseen(void)
{
	return ward_net_count(net, WARD_NET_ACKED_UNSEEN);
}

static void open_connection(void)
{
	tcp(1, SYN, 0, 0, 0);
	tcp(2, SYN | ACK, 0, 1, 0);
	tcp(1, ACK, 1, 1, 0);
}

static void test_nothing_lost(void **state)
{
	(void)state;
	open_connection();
	tcp(1, ACK, 1, 1, 100);
	tcp(2, ACK, 1, 101, 50);
	tcp(1, ACK, 100, 51, 1); /* a keep-alive, and what was sent before once more */
	tcp(1, ACK, 1, 51, 100);
	tcp(1, ACK | FIN, 101, 51, 0);
	tcp(2, ACK | FIN, 51, 102, 0);
	tcp(1, ACK, 102, 52, 0);
	tcp(2, RST | ACK, 52, 9999, 0);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(unseen(), 0);
	assert_int_equal(ward_net_count(net, WARD_NET_TCP_BYTES), 251);
	assert_int_equal(seen("net.loss"), 0);
	assert_int_equal(seen("net.sent"), 0);
}

/* Behind the last that was seen, and in the middle. */
static void test_lost(void **state)
{
	(void)state;
	open_connection();
	tcp(1, ACK, 1, 1, 100);
	tcp(2, ACK, 1, 201, 0); /* 101 to 200 */
	assert_int_equal(unseen(), 0);
	tcp(1, ACK, 201, 1, 100);
	tcp(1, ACK, 331, 1, 10); /* 301 to 330 */
	tcp(2, ACK, 1, 341, 0);
	assert_int_equal(unseen(), 100);
	now = 61 * WARD_NS_PER_S;
	tcp(2, ACK, 1, 341, 0);
	assert_int_equal(unseen(), 130);
	/* the flow's own count of them came with that packet, behind the minute's end */
	assert_int_equal(seen("\"loss.tcp_bytes\":210,\"loss.acked_unseen_bytes\":100,"
			      "\"loss.permille\":322"),
		1);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"loss.tcp_bytes\":0,\"loss.acked_unseen_bytes\":30"), 1);
}

static void test_only_late(void **state)
{
	(void)state;
	open_connection();
	tcp(1, ACK, 101, 1, 100);
	tcp(1, ACK, 1, 1, 100); /* fills the hole */
	tcp(2, ACK, 1, 401, 0); /* overtakes two */
	tcp(1, ACK, 201, 1, 100);
	tcp(1, ACK, 301, 1, 100);
	tcp(2, ACK, 1, 401, 0);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(unseen(), 0);
}

/* One direction alone: its acknowledgements say what the other sent. At the end what the last of
 * them said counts too. */
static void test_one_way(void **state)
{
	(void)state;
	tcp(2, ACK, 1, 1000, 10);
	tcp(2, ACK, 11, 1500, 10);
	tcp(2, ACK, 21, 1700, 10);
	assert_int_equal(unseen(), 500);
	tcp(2, ACK, 31, 1700 + (128 << 20), 10); /* no window is that large */
	tcp(2, ACK, 41, 1000, 10);               /* old */
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(unseen(), 700);
	assert_int_equal(seen("\"loss.permille\":933"), 1);
}

static void test_sent(void **state)
{
	static const uint8_t udp[] = {0, 53, 0, 53, 0, 8, 0, 0}, icmp[] = {8, 0, 0xf7, 0xff};

	(void)state;
	feed(1, 2, WARD_PROTO_UDP, ward_slice_of(udp, sizeof(udp)));
	outgoing = true;
	for (int i = 0; i < 3; i++)
		feed(9, 2, WARD_PROTO_UDP, ward_slice_of(udp, sizeof(udp)));
	feed(9, 3, WARD_PROTO_ICMP, ward_slice_of(icmp, sizeof(icmp)));
	outgoing = false;
	assert_int_equal(ward_net_count(net, WARD_NET_SENT_PACKETS), 4);
	assert_int_equal(seen("\"net.sent\""), 0);
	assert_int_equal(ward_net_tick(net, 60 * WARD_NS_PER_S, &sink), WARD_OK);
	assert_int_equal(seen("\"net.sent\""), 2);
	assert_int_equal(seen("\"dst_ip\":\"10.0.0.2\",\"dst_port\":53,\"proto\":\"udp\","
			      "\"packets\":3,\"bytes\":84"),
		1);
	assert_int_equal(seen("\"dst_ip\":\"10.0.0.3\",\"proto\":\"icmp\",\"packets\":1"), 1);
	assert_int_equal(ward_net_tick(net, 120 * WARD_NS_PER_S, &sink), WARD_OK);
	assert_int_equal(seen("\"net.sent\""), 2);
}

/* To everybody: the first destinations are named, the rest is one event. */
static void test_sent_is_bounded(void **state)
{
	static const uint8_t udp[] = {0, 53, 0, 53, 0, 8, 0, 0};

	(void)state;
	outgoing = true;
	for (unsigned i = 0; i < 200; i++)
		feed(9, (uint8_t)(10 + i), WARD_PROTO_UDP, ward_slice_of(udp, sizeof(udp)));
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"net.sent\""), 17);
	assert_int_equal(seen("\"packets\":184,\"bytes\":5152"), 1);
}

/* What a life of the sensor, or one of several that share a source, says of itself. */
static void speak(unsigned worker, unsigned ring, ward_ns begin)
{
	static const uint8_t udp[] = {0, 53, 0, 53, 0, 8, 0, 0};
	struct ward_net_opts opts = {.source = WARD_STR("t"),
		.iface = WARD_STR("e0"),
		.worker = worker,
		.n_worker = worker ? 3 : 0,
		.ring = ring};
	struct ward_limits lim;

	ward_net_free(net);
	net = NULL;
	ward_limits_default(&lim);
	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net), WARD_OK);
	now = begin;
	outgoing = worker == 0; /* what is sent is the first worker's */
	for (unsigned i = 0; i < 3; i++)
		feed(9, (uint8_t)(10 + i), WARD_PROTO_UDP, ward_slice_of(udp, sizeof(udp)));
	ward_net_dropped(net, 1);
	cut = 1;
	feed(9, 2, WARD_PROTO_UDP, ward_slice_of(udp, sizeof(udp)));
	cut = 0;
	assert_int_equal(ward_net_tick(net, begin + 60 * WARD_NS_PER_S, &sink), WARD_OK);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
}

static int by_text(const void *a, const void *b)
{
	return memcmp(a, b, 36);
}

/* A number that was given before is a repetition, which whoever reads events leaves out. */
static void test_own_ids(void **state)
{
	char id[64][36];
	size_t n = 0;

	(void)state;
	speak(0, 0, 0);
	speak(0, 0, 7); /* a later life: nothing but the time tells them apart */
	speak(0, 1, 0);
	speak(0, 255, 0);
	speak(1, 0, 0);
	speak(2, 0, 0);
	for (struct ward_str rest = ward_wr_text(&out); rest.p;) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		size_t at = ward_str_find(line, WARD_STR("\"id\":\""));

		if (ward_str_find(line, WARD_STR("\"net.sent\"")) == SIZE_MAX &&
			ward_str_find(line, WARD_STR("\"net.loss\"")) == SIZE_MAX)
			continue;
		assert_true(at != SIZE_MAX && n < 64);
		memcpy(id[n++], line.p + at + 6, 36);
	}
	assert_true(n >= (size_t)4 * 5);
	qsort(id, n, 36, by_text);
	for (size_t i = 1; i < n; i++)
		assert_memory_not_equal(id[i - 1], id[i], 36);
}

static void dns(void)
{
	static const uint8_t udp[] = {0, 53, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4};

	feed(1, 2, WARD_PROTO_UDP, ward_slice_of(udp, sizeof(udp)));
}

/* What whoever captured has lost, told as it grows; without a packet there is no time for it. */
static void test_capture_lost(void **state)
{
	(void)state;
	ward_net_dropped(net, 5);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(ward_net_count(net, WARD_NET_CAPTURE_DROPPED), 5);
	assert_int_equal(out.len, 0);
	dns();
	ward_net_dropped(net, 7);
	assert_int_equal(ward_net_tick(net, 60 * WARD_NS_PER_S, &sink), WARD_OK);
	ward_net_dropped(net, UINT64_MAX);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"net.loss\""), 2);
	assert_int_equal(seen("\"loss.capture_dropped\":2"), 1);
	assert_int_equal(seen("\"loss.capture_dropped\":9223372036854775807"), 1);
}

/* The flow says that it is not whole, so that nobody calls it unrecognised. */
static void test_cut(void **state)
{
	(void)state;
	dns();
	cut = 3;
	dns();
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"net.flow\""), 1);
	assert_int_equal(seen("\"snapped_packets\":1"), 1);
	assert_int_equal(seen("\"loss.snapped_packets\":1"), 1);
}

static void test_unknown_link(void **state)
{
	(void)state;
	assert_int_equal(ward_net_unknown_link(net), 0);
	other_link = 147;
	dns();
	dns();
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(ward_net_unknown_link(net), 147);
	assert_int_equal(seen("\"class\""), 1);
	assert_int_equal(seen("\"loss.undecoded_packets\":2,\"loss.link_type\":147"), 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_nothing_lost),
		T(test_lost),
		T(test_only_late),
		T(test_one_way),
		T(test_sent),
		T(test_sent_is_bounded),
		T(test_own_ids),
		T(test_capture_lost),
		T(test_cut),
		T(test_unknown_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
