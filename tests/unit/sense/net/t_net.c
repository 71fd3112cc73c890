#include "sense/net/net.h"

#include "bytes.h"

#include "base/wr.h"

static struct ward_limits lim;
static struct ward_names names;
static struct ward_net *net;
static struct ward_wr out; /* event lines since the last forget() */
static ward_ns now;
static uint64_t seq; /* of frames */

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	enum ward_err *fail_with = ctx;

	ward_event_write_json(e, &names, &out);
	ward_wr_ch(&out, '\n');
	return fail_with ? *fail_with : WARD_OK;
}

static const struct ward_net_sink sink = {put, NULL};

static int setup(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1, .iface = WARD_STR("e0")};

	(void)state;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 16;
	lim.v[WARD_LIMIT_NET_HOSTS] = 8;
	now = 0;
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

	for (;;) {
		size_t at = ward_str_find(rest, ward_str_z(what));

		if (at == SIZE_MAX)
			return n;
		n++;
		rest = ward_str_sub(rest, at + 1, rest.len);
	}
}

static void forget(void)
{
	ward_wr_reset(&out);
}

static void feed(struct ward_slice bytes)
{
	struct ward_frame f = {.time = now,
		.seen = now,
		.seq = seq++,
		.link = WARD_LINK_ETHERNET,
		.bytes = bytes,
		.len = bytes.len};

	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
}

static void flush(void)
{
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
}

static void feed_hex(const char *hex)
{
	struct ward_slice bytes = unhex(hex);

	feed(bytes);
	bytes_free(bytes);
}

static void put_headers(struct ward_wr *w, uint8_t from, uint8_t to, uint8_t proto, size_t len)
{
	ward_wr_be32(w, 0x02000000);
	ward_wr_be16(w, to);
	ward_wr_be32(w, 0x02000000);
	ward_wr_be16(w, from);
	ward_wr_be16(w, 0x0800);
	ward_wr_be16(w, 0x4500);
	ward_wr_be16(w, (uint16_t)(20 + len));
	ward_wr_be32(w, 0);
	ward_wr_u8(w, 64);
	ward_wr_u8(w, proto);
	ward_wr_be16(w, 0);
	ward_wr_be32(w, UINT32_C(0x0a000000) | from);
	ward_wr_be32(w, UINT32_C(0x0a000000) | to);
}

static void udp(uint8_t from, uint8_t to, uint16_t port, struct ward_slice payload)
{
	uint8_t buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	put_headers(&w, from, to, 17, payload.len + 8);
	ward_wr_be16(&w, (uint16_t)(from == 1 ? 5000 : port));
	ward_wr_be16(&w, (uint16_t)(from == 1 ? port : 5000));
	ward_wr_be16(&w, (uint16_t)(payload.len + 8));
	ward_wr_be16(&w, 0);
	ward_wr_bytes(&w, payload.p, payload.len);
	feed(ward_wr_slice(&w));
}

static void udp_hex(uint8_t from, uint8_t to, uint16_t port, const char *hex)
{
	struct ward_slice payload = unhex(hex);

	udp(from, to, port, payload);
	bytes_free(payload);
}

static void tcp(uint8_t from, uint8_t to, uint8_t flags)
{
	uint8_t buf[128];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	put_headers(&w, from, to, 6, 20);
	ward_wr_be16(&w, from == 1 ? 5000 : 80);
	ward_wr_be16(&w, from == 1 ? 80 : 5000);
	ward_wr_be64(&w, 0);
	ward_wr_u8(&w, 0x50);
	ward_wr_u8(&w, flags);
	ward_wr_be16(&w, 1024);
	ward_wr_be32(&w, 0);
	feed(ward_wr_slice(&w));
}

enum { FIN = WARD_TCP_FIN, SYN = WARD_TCP_SYN, RST = WARD_TCP_RST, ACK = WARD_TCP_ACK };

#define WHO_IS "810b000c 0120ffff00ff 1008"

static void test_bacnet(void **state)
{
	(void)state;
	udp_hex(1, 2, 47808, WHO_IS);
	assert_int_equal(seen("\"class\":\"net.bacnet.who_is\""), 1);
	assert_int_equal(seen("\"class\":\"net.host\""), 1);
	assert_int_equal(seen("\"iface\":\"e0\""), 2);
	forget();
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"service\":\"bacnet\""), 1);
	assert_int_equal(seen("\"packets\":1,\"bytes\":40,"), 1);
}

/* The content is known on any port, but only whole messages count there. */
static void test_bacnet_elsewhere(void **state)
{
	(void)state;
	udp_hex(1, 2, 9999, "810b000c 0120ffff00");
	udp_hex(1, 2, 9999, "810b000c 0120ffff00ff 1008 00");
	assert_int_equal(seen("net.bacnet"), 0);
	assert_int_equal(seen("net.malformed"), 0);
	udp_hex(2, 1, 9999, WHO_IS);
	assert_int_equal(seen("net.bacnet.who_is"), 1);
	udp_hex(1, 2, 9999, "810b000c 0120ffff00");
	assert_int_equal(seen("net.bacnet.reject.bvlc.length"), 1);
}

/* IP header and UDP header by hand: 12 bytes of BACnet, 8 + 8 of IP payload in two fragments. */
static void test_fragments(void **state)
{
	(void)state;
	feed_hex(ETH "0800 4500001c 00072000 40110000 0a000001 0a000002"
		     "bac0bac0 00140000");
	assert_int_equal(seen("net.bacnet"), 0);
	feed_hex(ETH "0800 45000020 00070001 40110000 0a000001 0a000002"
		     "810b000c 0120ffff00ff 1008");
	assert_int_equal(seen("\"class\":\"net.bacnet.who_is\""), 1);
	assert_int_equal(seen("\"reason\":\"net.odd.ip.fragment_tiny\""), 1);
	forget();
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"packets\":2,\"bytes\":60,"), 1);
	/* whole, but not right */
	forget();
	feed_hex(ETH "0800 4500001c 00082000 40110000 0a000001 0a000002"
		     "bac0bac0 00990000");
	feed_hex(ETH "0800 45000020 00080001 40110000 0a000001 0a000002"
		     "810b000c 0120ffff00ff 1008");
	assert_int_equal(seen("\"reason\":\"net.reject.udp.length\""), 1);
	assert_int_equal(ward_net_count(net, WARD_NET_FRAGMENT_BAD), 1);
	assert_int_equal(ward_net_count(net, WARD_NET_UDP_LENGTH), 0);
}

/* 30 bytes from 10.0.0.1 to 10.0.0.2; what carries them goes from 10.9.0.1 to 10.9.0.2. */
#define INNER IP4_UDP("001e", "0000") "d431 1234 000a 0000 aabb"
#define OVER(total, frag, proto) "4500" total "0001" frag "40" proto "0000 0a090001 0a090002 "

static void test_tunnel_is_a_flow(void **state)
{
	(void)state;
	feed_hex(ETH "0800" OVER("003a", "0000", "2f") "2000 0800 00000007" INNER);
	/* the carrier is on this link, what it carries is not */
	assert_int_equal(seen("\"net.host\""), 1);
	assert_int_equal(seen("\"10.9.0.1\""), 1);
	flush();
	assert_int_equal(seen("\"net.flow\""), 2);
	assert_int_equal(seen("\"tunnel.carries\":\"gre\""), 1);
	assert_int_equal(seen("\"tunnel.kind\":\"gre\",\"tunnel.id\":7"), 1);
	assert_int_equal(seen("\"tunnel.src_ip\":\"10.9.0.1\",\"tunnel.dst_ip\":\"10.9.0.2\""), 1);
	assert_int_equal(seen("tunnel.depth"), 0);
	/* both were opened by the same packet */
	struct ward_str text = ward_wr_text(&out);
	struct ward_str first =
		ward_str_sub(text, ward_str_find(text, WARD_STR("\"id\":")), text.len);
	size_t again = ward_str_find(ward_str_sub(first, 1, first.len), ward_str_sub(first, 0, 30));

	assert_int_equal(again, SIZE_MAX);
}

static void test_two_tags(void **state)
{
	(void)state;
	feed_hex(ETH "88a8 0064 8100 00c8 0800" INNER);
	flush();
	assert_int_equal(seen("\"vlan\":100,\"inner_vlan\":200"), 1);
}

/* A mirror's own packets are no flow, unless nothing was understood of what is inside. */
static void test_mirror_is_no_flow(void **state)
{
	(void)state;
	feed_hex(ETH "0800" OVER("0050", "0000", "2f") "1000 88be 00000001 1064 0005 00000000" ETH
						       "0800" INNER);
	flush();
	assert_int_equal(seen("\"net.flow\""), 1);
	assert_int_equal(seen("\"vlan\":100"), 2);
	assert_int_equal(seen("\"tunnel.id\":5"), 1);
	forget();
	feed_hex(ETH "0800" OVER("0033", "0000", "2f") "1000 88be 00000001 1064 0005 00000000" ETH
						       "88f7 00");
	flush();
	assert_int_equal(seen("\"tunnel.carries\":\"erspan\""), 1);
}

static void test_tunnel_malformed(void **state)
{
	(void)state;
	feed_hex(ETH "0800" OVER("001c", "0000", "2f") "0000 0800 55000000");
	assert_int_equal(seen("\"src_ip\":\"10.9.0.1\""), 2);
	assert_int_equal(seen("net.reject.ip.short"), 1);
}

/* A fragment inside of what was a fragment itself. */
static void test_tunnel_fragments(void **state)
{
	(void)state;
	feed_hex(ETH "0800" OVER("002c", "2000", "04") IP4_UDP("001c", "2000") "d431 1234");
	feed_hex(ETH "0800" OVER("0018", "0003", "04") "000c 0000");
	assert_int_equal(ward_net_count(net, WARD_NET_FRAGMENT_WHOLE), 1);
	feed_hex(ETH "0800" OVER("002c", "0000", "04") IP4_UDP("0018", "0001") "aabbccdd");
	assert_int_equal(ward_net_count(net, WARD_NET_FRAGMENT_WHOLE), 2);
	flush();
	assert_int_equal(seen("\"proto\":\"udp\",\"packets\":2"), 1);
	assert_int_equal(seen("\"tunnel.carries\":\"ipv4\""), 1);
}

/* More extension headers behind the fragment header: they are put together like the rest. */
static void test_ip6_fragments(void **state)
{
	(void)state;
	feed_hex(ETH "86dd" IP6(
		"0018", "2c") "3c000001 00000007 1100 0104 00000000 d431 1234 000c 0000");
	feed_hex(ETH "86dd" IP6("000c", "2c") "06000010 00000007 aabbccdd");
	assert_int_equal(ward_net_count(net, WARD_NET_FRAGMENT_WHOLE), 1);
	flush();
	assert_int_equal(seen("\"net.flow\""), 1);
	assert_int_equal(seen("\"net.flow\""), 1);
	assert_int_equal(seen("\"packets\":2"), 1);
}

/* Something that nobody knows on somebody's port; nothing at all; and what is known. */
static void test_service_expected(void **state)
{
	(void)state;
	udp_hex(1, 2, 47808, "00");
	udp_hex(3, 4, 47808, "");
	flush();
	assert_int_equal(seen("\"service_expected\":\"bacnet\""), 1);
	udp_hex(1, 2, 47808, WHO_IS);
	udp_hex(1, 2, 9999, "00");
	forget();
	flush();
	assert_int_equal(seen("net.flow"), 2);
	assert_int_equal(seen("service_expected"), 0);
	assert_int_equal(seen("\"service\":\"bacnet\""), 1);
}

/* Modbus requests; the last has no answer, which is told when both sides have closed. */
static void test_over(void **state)
{
	static const char *const head[] = {"4500 0034 0000 0000 4006 0000 0a000001 0a000002 1388 "
					   "01f6 00000001 00000001 5018 0400"
					   "0000 0000 0001 0000 0006 01 01 0013 0013",
		"4500 0028 0000 0000 4006 0000 0a000001 0a000002 1388 01f6 0000000d 00000001 5011 "
		"0400"
		"0000 0000",
		"4500 0028 0000 0000 4006 0000 0a000002 0a000001 01f6 1388 00000001 0000000e 5011 "
		"0400"
		"0000 0000"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(head); i++) {
		char hex[256];

		(void)snprintf(hex, sizeof(hex), "%s%s", ETH "0800", head[i]);
		feed_hex(hex);
	}
	assert_int_equal(seen("net.modbus.read_coils"), 1);
	flush();
	assert_int_equal(seen("net.modbus.unanswered"), 1);
}

static void test_gives_up(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		udp_hex(1, 2, 9999, "00");
	assert_int_equal(ward_net_count(net, WARD_NET_DISSECT_GIVEN_UP), 1);
	udp_hex(1, 2, 9999, WHO_IS);
	assert_int_equal(seen("net.bacnet"), 0);
}

static void test_malformed_is_bounded(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		udp_hex(1, 2, 47808, "810a0006 0200");
	/* 1, 2, 3, 4, 8, 16 … 512 */
	assert_int_equal(seen("\"class\":\"net.malformed\""), 11);
	assert_int_equal(seen("\"offset\":4"), 11);
	assert_int_equal(ward_net_count(net, WARD_NET_MALFORMED), 1000);
	assert_int_equal(ward_net_count(net, WARD_NET_MALFORMED_HELD), 989);
	forget();
	feed_hex(ETH "8100 0064 08");
	assert_int_equal(seen("\"reason\":\"net.reject.vlan.short\",\"offset\""), 1);
}

static void test_tcp_states(void **state)
{
	static const struct {
		const char *state;
		struct {
			uint8_t from, flags;
		} step[6];
	} rows[] = {
		{"syn", {{1, SYN}}},
		{"syn_ack", {{1, SYN}, {2, SYN | ACK}}},
		{"open", {{1, SYN}, {2, SYN | ACK}, {1, ACK}}},
		{"half_closed", {{1, SYN}, {2, SYN | ACK}, {1, ACK}, {1, FIN | ACK}, {2, ACK}}},
		{"closed", {{1, SYN}, {2, SYN | ACK}, {1, ACK}, {1, FIN | ACK}, {2, FIN | ACK}}},
		{"reset", {{1, SYN}, {2, RST | ACK}}},
		{"midstream", {{1, ACK}}},
		{"syn_ack", {{2, SYN | ACK}}},
	};

	(void)state;
	for (size_t r = 0; r < WARD_ARRAY_LEN(rows); r++) {
		char want[64];

		for (size_t i = 0; i < 6 && rows[r].step[i].from; i++)
			tcp(rows[r].step[i].from, (uint8_t)(3 - rows[r].step[i].from),
				rows[r].step[i].flags);
		forget();
		assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
		(void)snprintf(want, sizeof(want), "\"state\":\"%s\",\"end\":\"source_end\"",
			rows[r].state);
		assert_int_equal(seen(want), 1);
		/* Who asked is the source, also when only the answer was seen. */
		assert_int_equal(seen("\"src_ip\":\"10.0.0.1\""), 1);
	}
}

static void test_flow_timeouts(void **state)
{
	(void)state;
	udp_hex(1, 2, 9999, "00");
	now = 60 * WARD_NS_PER_S;
	udp_hex(3, 4, 9999, "00");
	assert_int_equal(seen("\"class\":\"net.flow\""), 0);
	now++;
	udp_hex(3, 4, 9999, "00");
	assert_int_equal(seen("\"end\":\"timeout\""), 1);
	assert_int_equal(ward_net_tick(net, now + 61 * WARD_NS_PER_S, &sink), WARD_OK);
	assert_int_equal(seen("\"end\":\"timeout\""), 2);
	assert_int_equal(ward_net_count(net, WARD_NET_FLOW_TIMEOUT), 2);
}

static void test_port_used_again(void **state)
{
	(void)state;
	tcp(1, 2, SYN);
	tcp(2, 1, RST | ACK);
	tcp(1, 2, SYN);
	assert_int_equal(seen("\"end\":\"closed\""), 1);
	assert_int_equal(ward_net_count(net, WARD_NET_FLOW_REUSED), 1);
	assert_int_equal(ward_net_count(net, WARD_NET_FLOWS), 2);
}

static void test_flow_eviction(void **state)
{
	uint64_t max = 16;

	(void)state;
	for (uint8_t i = 0; i < max + 3; i++) {
		now += WARD_NS_PER_S;
		udp_hex(1, (uint8_t)(10 + i), 9999, "00");
	}
	assert_int_equal(seen("\"end\":\"evicted\""), 3);
	assert_int_equal(ward_net_count(net, WARD_NET_FLOW_EVICTED), 3);
	assert_int_equal(seen("\"dst_ip\":\"10.0.0.12\""), 1); /* among the three oldest */
	assert_int_equal(seen("\"dst_ip\":\"10.0.0.13\""), 0);
}

/* Extreme times, as a hostile file may hold, are only numbers. */
static void test_wild_times(void **state)
{
	static const ward_ns times[] = {INT64_MAX, INT64_MIN, 0, INT64_MIN, INT64_MAX, -1};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(times); i++) {
		now = times[i];
		udp_hex(1, 2, 9999, "00");
		tcp(1, 2, ACK);
	}
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_true(ward_net_count(net, WARD_NET_TIME_BACK) > 0);
}

#define ARP(op, mac, ip, target) \
	"ffffffffffff " mac "0806 0001 0800 0604" op mac ip "000000000000" target
#define MAC1 "020000000001 "
#define MAC2 "020000000002 "

static void test_arp(void **state)
{
	(void)state;
	feed_hex(ARP("0001", MAC1, "0a000001", "0a000009"));
	feed_hex(ARP("0001", MAC1, "0a000001", "0a000009"));
	assert_int_equal(seen("\"class\":\"net.arp\""), 1);
	assert_int_equal(seen("\"class\":\"net.host\""), 1);
	assert_int_equal(seen("\"arp.op\":\"request\",\"arp.gratuitous\":false"), 1);
	assert_int_equal(ward_net_count(net, WARD_NET_ARP_REPEAT), 1);
	forget();
	feed_hex(ARP("0002", MAC2, "0a000001", "0a000001"));
	assert_int_equal(seen("\"arp.gratuitous\":true"), 1);
	assert_int_equal(seen("\"class\":\"net.host.moved\""), 1);
	assert_int_equal(seen("\"old_mac\":\"02:00:00:00:00:01\",\"moves\":1"), 1);
	forget();
	feed_hex("ffffffffffff 020000000009 0806 0001 0800 0604 0002" MAC2 "0a000001"
		 "000000000000 0a000002");
	assert_int_equal(seen("\"arp.sender_differs\":true"), 1);
}

/* A protocol without ports goes to its dissector, faults of the first message included; neighbour
 * discovery moves an address as ARP does. */
static void test_icmp(void **state)
{
	(void)state;
	feed_hex(ETH "0800 4500 0038 0001 0000 4001 0000 0a000001 0a000002 0303 0000 00000000"
		     "4500 001d 0001 0000 4011 0000 0a000002 0a000001 03e8 0035 0009 0000");
	assert_int_equal(seen("\"class\":\"net.icmp.error\""), 1);
	assert_int_equal(seen("\"icmp.quoted_dst_port\":53"), 1);
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(seen("\"service\":\"icmp\""), 1);
	feed_hex(ETH "0800 4500 001a 0001 0000 4001 0000 0a000001 0a000002 0501 0000 0a00");
	assert_int_equal(seen("net.icmp.reject.body.short"), 1);
	forget();
#define NEIGHBOR(mac)                                                    \
	ETH "86dd 6000 0000 0020 3a ff fe800000000000000000000000000001" \
	    "ff020000000000000000000000000001 8800 0000 20000000"        \
	    "fe800000000000000000000000000009 0201" mac
	feed_hex(NEIGHBOR(MAC1));
	feed_hex(NEIGHBOR(MAC2));
	assert_int_equal(seen("\"class\":\"net.icmp.neighbor_advertisement\""), 2);
	assert_int_equal(seen("\"class\":\"net.host.moved\""), 1);
	assert_int_equal(seen("\"evidence\":\"ndp\""), 2);
}

static void test_fight_over_an_address(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		feed_hex(i % 2 ? ARP("0002", MAC1, "0a000001", "0a000001")
			       : ARP("0002", MAC2, "0a000001", "0a000001"));
	/* 1 to 16, 32, 64 … 512 */
	assert_int_equal(seen("\"class\":\"net.host.moved\""), 21);
	assert_int_equal(ward_net_count(net, WARD_NET_HOST_MOVED), 999);
	assert_int_equal(ward_net_count(net, WARD_NET_HOST_HELD), 999 - 21);
}

static void test_many_hosts(void **state)
{
	(void)state;
	for (uint8_t i = 1; i <= 20; i++)
		udp_hex((uint8_t)(i + 1), 1, 9999, "00");
	assert_int_equal(ward_net_count(net, WARD_NET_HOSTS), 20);
	assert_int_equal(ward_net_count(net, WARD_NET_HOST_EVICTED), 12);
	/* No host: broadcast, multicast, unspecified, loopback. */
	forget();
	feed_hex(ARP("0001", MAC1, "00000000", "0a000009"));
	feed_hex(ARP("0001", MAC1, "e0000001", "0a000009"));
	feed_hex(ARP("0001", "ff0000000000 ", "0a000001", "0a000009"));
	assert_int_equal(seen("\"class\":\"net.host\""), 0);
}

static void run_all(uint64_t *ret_events)
{
	udp_hex(1, 2, 47808, WHO_IS);
	tcp(1, 2, SYN);
	feed_hex(ARP("0001", MAC1, "0a000001", "0a000009"));
	udp_hex(1, 2, 47808, "810a0006 0200");
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	*ret_events = ward_net_count(net, WARD_NET_EVENTS);
}

static void test_same_input_same_output(void **state)
{
	uint64_t first, again;

	run_all(&first);
	struct ward_str text = ward_wr_text(&out);
	char *kept = malloc(text.len);

	assert_non_null(kept);
	memcpy(kept, text.p, text.len);
	size_t len = text.len;

	ward_net_free(net);
	ward_names_fini(&names);
	ward_wr_fini(&out);
	assert_int_equal(setup(state), 0);
	run_all(&again);
	assert_int_equal(first, again);
	assert_true(ward_str_eq(ward_wr_text(&out), (struct ward_str){kept, len}));
	free(kept);
}

static void test_sink_error(void **state)
{
	enum ward_err full = WARD_ERR_FULL;
	struct ward_net_sink refusing = {put, &full};
	struct ward_slice bytes = unhex(ARP("0001", MAC1, "0a000001", "0a000009"));
	struct ward_frame f = {.link = WARD_LINK_ETHERNET, .bytes = bytes, .len = bytes.len};

	(void)state;
	assert_int_equal(ward_net_packet(net, &f, &refusing), WARD_ERR_FULL);
	assert_int_equal(ward_net_count(net, WARD_NET_EVENTS_LOST), 1);
	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
	assert_int_equal(ward_net_packet(net, &f, NULL), WARD_OK);
	bytes_free(bytes);
}

static void test_no_memory(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("t")};
	uint64_t at = 1;
	enum ward_err err;

	(void)state;
	do {
		struct ward_mem_failing f;
		struct ward_net *n = NULL;

		ward_mem_failing_init(&f, at++);
		err = ward_net_new(&f.mem, &lim, &names, &opts, &n);
		assert_true(err == WARD_OK || (err == WARD_ERR_NOMEM && !n));
		ward_net_free(n);
	} while (err);
	assert_true(at > 8);
}

/* After start, ordinary packets and events take no memory: the allocator would fail. */
static void test_packets_take_no_memory(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("t")};
	struct ward_mem_failing f;
	struct ward_net *old = net;

	(void)state;
	ward_mem_failing_init(&f, 0);
	assert_int_equal(ward_net_new(&f.mem, &lim, &names, &opts, &net), WARD_OK);
	f.fail_at = f.n_call + 1;
	for (int i = 0; i < 100; i++) {
		udp_hex(1, 2, 47808, WHO_IS);
		udp_hex((uint8_t)(i + 1), 200, 9999, "00");
		tcp(1, 2, SYN);
	}
	assert_int_equal(ward_net_flush(net, &sink), WARD_OK);
	assert_int_equal(ward_net_count(net, WARD_NET_EVENTS_LOST), 0);
	f.fail_at = 0;
	ward_net_free(net);
	net = old;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_bacnet),
		T(test_bacnet_elsewhere),
		T(test_fragments),
		T(test_tunnel_is_a_flow),
		T(test_two_tags),
		T(test_mirror_is_no_flow),
		T(test_tunnel_malformed),
		T(test_tunnel_fragments),
		T(test_ip6_fragments),
		T(test_service_expected),
		T(test_over),
		T(test_gives_up),
		T(test_malformed_is_bounded),
		T(test_tcp_states),
		T(test_flow_timeouts),
		T(test_port_used_again),
		T(test_flow_eviction),
		T(test_wild_times),
		T(test_arp),
		T(test_icmp),
		T(test_fight_over_an_address),
		T(test_many_hosts),
		T(test_same_input_same_output),
		T(test_sink_error),
		T(test_no_memory),
		T(test_packets_take_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
