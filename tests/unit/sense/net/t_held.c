/* A packet of many tiny messages: as many events as its bytes are worth, the rest counted. */
#include "sense/net/net.h"

#include "bytes.h"

#include "base/wr.h"

static struct ward_limits lim;
static struct ward_names names;
static struct ward_net *net;
static struct ward_wr out; /* event lines */
static uint64_t seq;

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
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1, .iface = WARD_STR("e0")};

	(void)state;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 16;
	seq = 0;
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

/* One TCP packet between client 10.0.0.1:40000 and 10.0.0.2:502. */
static void send_from(bool server, uint32_t number, uint8_t flags, struct ward_slice payload)
{
	static const uint8_t macs[12] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
	uint8_t buf[1514];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_bytes(&w, macs, sizeof(macs));
	ward_wr_be32(&w, 0x08004500);
	ward_wr_be16(&w, (uint16_t)(40 + payload.len));
	ward_wr_be32(&w, 0);
	ward_wr_be32(&w, 0x40060000);
	ward_wr_be32(&w, server ? 0x0a000002 : 0x0a000001);
	ward_wr_be32(&w, server ? 0x0a000001 : 0x0a000002);
	ward_wr_be16(&w, server ? 502 : 40000);
	ward_wr_be16(&w, server ? 40000 : 502);
	ward_wr_be32(&w, number);
	ward_wr_be32(&w, server ? 2 : 0);
	ward_wr_be16(&w, (uint16_t)(0x5000 | flags));
	ward_wr_be16(&w, 1024);
	ward_wr_be32(&w, 0);
	ward_wr_bytes(&w, payload.p, payload.len);
	assert_false(ward_wr_bad(&w));
	struct ward_frame f = {.seq = seq++,
		.link = WARD_LINK_ETHERNET,
		.bytes = ward_wr_slice(&w),
		.len = ward_wr_slice(&w).len};

	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
}

static void send(uint32_t number, uint8_t flags, struct ward_slice payload)
{
	send_from(false, number, flags, payload);
}

/* Modbus requests: reads, then one write of a coil. */
static struct ward_slice requests(size_t n_read, uint8_t *buf, size_t size)
{
	struct ward_wr w = ward_wr_fixed(buf, size);

	for (size_t i = 0; i <= n_read; i++) {
		ward_wr_be16(&w, (uint16_t)i);
		ward_wr_be32(&w, 6);
		ward_wr_be16(&w, i < n_read ? 0x0103 : 0x0105);
		ward_wr_be32(&w, i < n_read ? 0x00000002 : 0x00acff00);
	}
	assert_false(ward_wr_bad(&w));
	return ward_wr_slice(&w);
}

static size_t told(void)
{
	return seen("\"class\":\"net.modbus.");
}

/* 100 questions in a packet, of which the dissector remembers 16: 85 more count as unanswered. */
static void test_no_more_than_bytes(void **state)
{
	uint8_t buf[1460];
	struct ward_slice hundred = requests(100, buf, sizeof(buf));
	size_t bytes = 3 * 40 + hundred.len;

	(void)state;
	send(1, WARD_TCP_SYN, ward_slice_of(NULL, 0));
	/* a server that is heard, and does not answer */
	send_from(true, UINT32_MAX, WARD_TCP_SYN | WARD_TCP_ACK, ward_slice_of(NULL, 0));
	send(2, WARD_TCP_ACK, hundred);
	assert_int_equal(told() + ward_net_count(net, WARD_NET_EVENTS_HELD), 101 + 85);
	assert_in_range(told(), bytes / 12, bytes / 12 + 2);
	/* one flood does not hide the other class that follows it */
	assert_int_equal(seen("\"net.modbus.write_single_coil\""), 1);
	/* it is told at once, then when the number has doubled */
	assert_int_equal(seen("\"class\":\"net.held\""), 7);
	assert_int_equal(seen("\"held.class\":\"net.modbus."), 7);
	assert_int_equal(seen("\"count\":64"), 1);
	/* what further packets hold is told for as many bytes */
	ward_wr_reset(&out);
	send(2 + (uint32_t)hundred.len, WARD_TCP_ACK, hundred);
	assert_in_range(told(), (40 + hundred.len) / 12, (40 + hundred.len) / 12 + 2);
	ward_wr_reset(&out);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"net.modbus.unanswered\""), 16);
	assert_int_equal(seen("\"events_held\":"), 1);
	assert_int_equal(ward_net_count(net, WARD_NET_EVENTS_LOST), 0);
}

/* One packet late on the mirror: what it releases came in packets of its own, and is told. */
static void test_backlog_is_told(void **state)
{
	uint8_t buf[12];
	struct ward_slice one = requests(0, buf, sizeof(buf));

	(void)state;
	send(1, WARD_TCP_SYN, ward_slice_of(NULL, 0));
	for (uint32_t i = 1; i < 60; i++)
		send(2 + i * (uint32_t)one.len, WARD_TCP_ACK, one);
	assert_int_equal(told(), 0);
	send(2, WARD_TCP_ACK, one);
	assert_int_equal(seen("\"net.modbus.write_single_coil\""), 60);
	assert_int_equal(ward_net_count(net, WARD_NET_EVENTS_HELD), 0);
}

/* As many as are shown: nothing is held, and net.flow does not speak of it. */
static void test_no_more_than_shown(void **state)
{
	uint8_t buf[1460];

	(void)state;
	send(1, WARD_TCP_SYN, ward_slice_of(NULL, 0));
	send(2, WARD_TCP_ACK, requests(31, buf, sizeof(buf)));
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"net.modbus.read_holding_registers\""), 31);
	assert_int_equal(ward_net_count(net, WARD_NET_EVENTS_HELD), 0);
	assert_int_equal(seen("events_held"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_more_than_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_backlog_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_more_than_shown, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
