#include "sense/net/packet.h"

#include "bytes.h"

static uint64_t count[WARD_NET_COUNTER_N];

/* extra: bytes that were on the wire but not captured. */
static struct ward_packet decode(enum ward_link link, struct ward_slice bytes, size_t extra)
{
	struct ward_frame f = {.link = link, .bytes = bytes, .len = bytes.len + extra};
	struct ward_packet p;

	memset(count, 0, sizeof(count));
	ward_packet_decode(&f, &p, count);
	return p;
}

static struct ward_packet decode_hex(enum ward_link link, const char *hex)
{
	static struct ward_slice last;

	bytes_free(last);
	last = unhex(hex);
	return decode(link, last, 0);
}

#define NONE WARD_NET_COUNTER_N
#define E WARD_LINK_ETHERNET
#define UDP "d431 bac0 000a 0000 aabb"
#define TCP "d431 01bb 00000001 00000002 5018 0400 0000 0000 aabbcc"
#define ARP "0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002"

/* Every reason to stop, and what has none. */
static const struct {
	enum ward_link link;
	const char *hex;
	enum ward_net_counter reason;
} samples[] = {
	{E, ETH "0800" IP4_UDP("001e", "0000") UDP, NONE},
	{E, ETH "0800" IP4_TCP("002b") TCP, NONE},
	{E, ETH "8100 0064 0800" IP4_UDP("001e", "0000") UDP, NONE},
	{E, ETH "88a8 0064 8100 00c8 0800" IP4_UDP("001e", "0000") UDP, NONE},
	{E, ETH "86dd" IP6("000a", "11") UDP, NONE},
	{E, ETH "86dd" IP6("0012", "00") "1100000000000000" UDP, NONE},
	{E, ETH "86dd" IP6("0012", "2c") "1100000100000001" UDP, NONE},
	{E, ETH "86dd" IP6("0016", "33") "1101000000000000 00000000" UDP, NONE},
	{E, ETH ARP, NONE},
	{WARD_LINK_RAW, IP4_UDP("001e", "0000") UDP, NONE},
	{WARD_LINK_RAW, IP6("000a", "11") UDP, NONE},
	{WARD_LINK_SLL, "0000 0001 0006 0200000000010000 0800" IP4_UDP("001e", "0000") UDP, NONE},
	{WARD_LINK_SLL2,
		"0800 0000 00000002 0001 00 06 0200000000010000" IP4_UDP("001e", "0000") UDP, NONE},
	{WARD_LINK_NULL, "02000000" IP4_UDP("001e", "0000") UDP, NONE},
	{WARD_LINK_LOOP, "00000002" IP4_UDP("001e", "0000") UDP, NONE},
	{WARD_LINK_NULL, "1e000000" IP6("000a", "11") UDP, NONE},
	{WARD_LINK_RAW, "4500 0000 00010000 4011 0000 0a000001 0a000002" UDP, NONE},
	{WARD_LINK_RAW, "4500 001c 0001 0000 4001 0000 0a000001 0a000002 0800 f7ff 0000 0000",
		NONE},
	{WARD_LINK_UNKNOWN, "00", WARD_NET_LINK_TYPE},
	{E, "020000000002", WARD_NET_ETH_SHORT},
	{E, ETH "8100 0064 08", WARD_NET_VLAN_SHORT},
	{E, ETH "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800", WARD_NET_VLAN_DEPTH},
	{E, ETH "0026 4242 03", WARD_NET_LLC},
	{E, ETH "88cc 00", WARD_NET_ETHERTYPE},
	{WARD_LINK_SLL, "0000 0001 0006", WARD_NET_SLL_SHORT},
	{WARD_LINK_SLL2, "0800 0000", WARD_NET_SLL_SHORT},
	{WARD_LINK_NULL, "0200", WARD_NET_NULL_SHORT},
	{WARD_LINK_NULL, "07000000 00", WARD_NET_NULL_FAMILY},
	{E, ETH "0806 0001 0800 0604 0001 02", WARD_NET_ARP_SHORT},
	{E, ETH "0806 0001 0800 0804 0001 020000000001 0a000001 000000000000 0a000002",
		WARD_NET_ARP_SIZES},
	{E, ETH "0806 0006 0800 0604 0001 020000000001 0a000001 000000000000 0a000002",
		WARD_NET_ARP_KIND},
	{E, ETH "0806 0001 0800 0604 0003 020000000001 0a000001 000000000000 0a000002",
		WARD_NET_ARP_OP},
	{WARD_LINK_RAW, "45", WARD_NET_IP_SHORT},
	{WARD_LINK_RAW, "46000018 00010000 40110000 0a000001 0a000002", WARD_NET_IP_SHORT},
	{E, ETH "0800 55000014 00010000 40110000 0a000001 0a000002", WARD_NET_IP_VERSION},
	{E,
		ETH "86dd 50000000 0000 11 40 00000000000000000000000000000000"
		    "00000000000000000000000000000000",
		WARD_NET_IP_VERSION},
	{WARD_LINK_RAW, "44000014 00010000 40110000 0a000001 0a000002", WARD_NET_IP4_HEADER},
	{WARD_LINK_RAW, IP4_UDP("0013", "0000"), WARD_NET_IP4_LENGTH},
	{WARD_LINK_RAW, IP4_UDP("00ff", "0000"), WARD_NET_IP4_LENGTH},
	{WARD_LINK_RAW, IP4_UDP("001e", "0001") UDP, WARD_NET_FRAGMENT_LATER},
	{WARD_LINK_RAW, IP6("0012", "2c") "1100000900000001" UDP, WARD_NET_FRAGMENT_LATER},
	{WARD_LINK_RAW, IP6("00ff", "11") UDP, WARD_NET_IP6_LENGTH},
	{WARD_LINK_RAW, IP6("0000", "00"), WARD_NET_IP6_JUMBO},
	{WARD_LINK_RAW, IP6("0008", "00") "11ff000000000000", WARD_NET_IP6_EXTENSION},
	{WARD_LINK_RAW,
		IP6("0050", "3c") "3c00000000000000 3c00000000000000 3c00000000000000"
				  "3c00000000000000 3c00000000000000 3c00000000000000"
				  "3c00000000000000 3c00000000000000 3c00000000000000"
				  "3c00000000000000",
		WARD_NET_IP6_DEPTH},
	{WARD_LINK_RAW, "60000000", WARD_NET_IP_SHORT},
	{WARD_LINK_RAW, IP4_UDP("0018", "0000") "d431bac0", WARD_NET_UDP_SHORT},
	{WARD_LINK_RAW, IP4_UDP("001e", "0000") "d431 bac0 0007 0000 aabb", WARD_NET_UDP_LENGTH},
	{WARD_LINK_RAW, IP4_UDP("001e", "0000") "d431 bac0 00ff 0000 aabb", WARD_NET_UDP_LENGTH},
	{WARD_LINK_RAW, IP4_TCP("001c") "d43101bb 00000001", WARD_NET_TCP_SHORT},
	{WARD_LINK_RAW, IP4_TCP("0028") "d431 01bb 00000001 00000002 4018 0400 0000 0000",
		WARD_NET_TCP_HEADER},
	{WARD_LINK_RAW, IP4_TCP("0028") "d431 01bb 00000001 00000002 f018 0400 0000 0000",
		WARD_NET_TCP_HEADER},
	{WARD_LINK_RAW, "4500 0016 0001 0000 4001 0000 0a000001 0a000002 0800",
		WARD_NET_ICMP_SHORT},
	{WARD_LINK_RAW, "4500 0014 0001 0000 4059 0000 0a000001 0a000002", WARD_NET_TRANSPORT},
};

static void test_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		struct ward_packet p = decode_hex(samples[i].link, samples[i].hex);

		if (p.reason != samples[i].reason)
			fail_msg("sample %zu (%s) gave %s", i, samples[i].hex,
				p.reason == NONE ? "nothing"
						 : ward_net_counter_info(p.reason)->name);
		assert_int_equal(count[WARD_NET_PACKETS], 1);
		assert_int_equal(count[WARD_NET_DECODED], p.reason == NONE);
		if (p.reason != NONE)
			assert_int_equal(count[p.reason], 1);
	}
}

static void test_every_reject_is_sampled(void **state)
{
	(void)state;
	for (unsigned c = 0; c < WARD_NET_COUNTER_N; c++) {
		bool sampled = c == WARD_NET_FRAME_LENGTH; /* below */

		for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++)
			sampled |= samples[i].reason == c;
		if (ward_net_counter_info((enum ward_net_counter)c)->kind == WARD_NET_REJECT &&
			!sampled)
			fail_msg("%s has no sample",
				ward_net_counter_info((enum ward_net_counter)c)->name);
	}
}

/* Cut by the snap length, a good packet is never called malformed; cut on the wire, it never gives
 * more than the whole one does. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples) && samples[i].reason == NONE; i++) {
		struct ward_slice whole = unhex(samples[i].hex);

		for (size_t len = 0; len < whole.len; len++) {
			uint8_t *cut = malloc(len ? len : 1);

			assert_non_null(cut);
			memcpy(cut, whole.p, len);
			struct ward_packet p =
				decode(samples[i].link, ward_slice_of(cut, len), whole.len - len);

			assert_true(p.reason == NONE || p.reason == WARD_NET_SNAPPED);
			assert_true(p.payload.len <= len);
			p = decode(samples[i].link, ward_slice_of(cut, len), 0);
			assert_true(p.payload.len <= len && p.reason_off <= len);
			free(cut);
		}
		bytes_free(whole);
	}
}

static void test_fields(void **state)
{
	struct ward_packet p =
		decode_hex(E, ETH "88a8 0064 8100 00c8 0800" IP4_UDP("001e", "0000") UDP);

	(void)state;
	assert_int_equal(p.vlan, 100);
	assert_true(p.has_mac && p.has_ip && p.has_transport);
	assert_int_equal(p.src_mac[5], 1);
	assert_int_equal(p.src_ip[3], 1);
	assert_int_equal(p.dst_port, 47808);
	assert_int_equal(p.payload.len, 2);
	assert_int_equal(p.ip_bytes, 30);
	p = decode_hex(E, ETH ARP);
	assert_true(p.has_arp && !p.has_ip);
	assert_int_equal(p.arp.op, 1);
	assert_int_equal(p.arp.target_ip[3], 2);
	p = decode_hex(WARD_LINK_RAW, IP4_UDP("001e", "2000") UDP);
	assert_true(p.fragment);
	assert_int_equal(count[WARD_NET_FRAGMENT_FIRST], 1);
}

/* Padding after the packet is not payload (IEEE 802.3 4.2.3.3). */
static void test_padding(void **state)
{
	struct ward_packet p =
		decode_hex(E, ETH "0800" IP4_UDP("001e", "0000") UDP "00000000000000000000");

	(void)state;
	assert_int_equal(p.payload.len, 2);
	assert_int_equal(p.reason, NONE);
}

static void test_checksums(void **state)
{
	/* RFC 1071 by hand: header sum 66cd, UDP sum 63d2. */
	struct ward_packet p = decode_hex(WARD_LINK_RAW,
		"4500 001e 0001 0000 4011 66cc 0a000001 0a000002 d431 bac0 000a 0000 aabb");

	(void)state;
	assert_int_equal(p.reason, NONE);
	assert_int_equal(count[WARD_NET_IP4_CHECKSUM], 0);
	assert_int_equal(count[WARD_NET_UDP_CHECKSUM], 0); /* none was given */
	(void)decode_hex(WARD_LINK_RAW,
		"4500 001e 0001 0000 4011 66cd 0a000001 0a000002 d431 bac0 000a 1234 aabb");
	assert_int_equal(count[WARD_NET_IP4_CHECKSUM], 1);
	assert_int_equal(count[WARD_NET_UDP_CHECKSUM], 1);
}

static void test_frame_length(void **state)
{
	struct ward_slice bytes = unhex(ETH "0800");
	struct ward_frame f = {.link = E, .bytes = bytes, .len = 3};
	struct ward_packet p;

	(void)state;
	memset(count, 0, sizeof(count));
	ward_packet_decode(&f, &p, count);
	assert_int_equal(p.reason, WARD_NET_FRAME_LENGTH);
	bytes_free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_every_reject_is_sampled),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_frame_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
