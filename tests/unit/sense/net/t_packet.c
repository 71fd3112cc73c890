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

/* What is inside of tunnels: a frame of 44 bytes, a packet of 30. */
#define INNER IP4_UDP("001e", "0000") UDP
#define FRAME ETH "0800" INNER
#define IP4_OVER(total, proto) "4500" total "0001 0000 40" proto "0000 0a000001 0a000002 "
#define VXLAN_PORTS "c000 12b5 003c 0000 "

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
	{E, ETH "0026 aaaa03 000000 0800" INNER, NONE},
	{E, ETH "8864 1100 0007 0020 0021" INNER, NONE},
	{E, ETH "8847 00010140" INNER, NONE},
	{E, ETH "8847 00010040 00020140 00000000" FRAME, NONE},
	{E, ETH "8847 00010140" FRAME, NONE},
	{E, ETH "88e7 00000005" FRAME, NONE},
	{WARD_LINK_PPP, "ff03 0021" INNER, NONE},
	{WARD_LINK_PPP, "21" INNER, NONE},
	{WARD_LINK_PPP, "0057" IP6("000a", "11") UDP, NONE},
	{WARD_LINK_PPP, "0281 00010140" INNER, NONE},
	{WARD_LINK_WLAN,
		"0801 0000 020000000003 020000000001 020000000002 0000 aaaa03 000000 0800" INNER,
		NONE},
	/* the time makes the flags be looked for; quality of service, and padding behind it */
	{WARD_LINK_RADIOTAP,
		"0000 1200 03000000 0000000000000000 3000 8802 0000 020000000002 020000000003"
		"020000000001 0000 0000 0000 aaaa03 000000 0800" INNER "deadbeef",
		NONE},
	{WARD_LINK_RAW, IP4_OVER("0036", "2f") "0000 0800" INNER, NONE},
	{WARD_LINK_RAW, IP4_OVER("0042", "2f") "b000 0800 0000 0000 00000009 00000001" INNER, NONE},
	{WARD_LINK_RAW, IP4_OVER("0048", "2f") "2000 6558 00000700" FRAME, NONE},
	{WARD_LINK_RAW, IP4_OVER("0044", "2f") "0000 88be" FRAME, NONE},
	{WARD_LINK_RAW, IP4_OVER("0050", "2f") "1000 88be 00000001 1064 0005 00000000" FRAME, NONE},
	{WARD_LINK_RAW,
		IP4_OVER("0054", "2f") "1000 22eb 00000001 2064 0005 00000000 0000 0000" FRAME,
		NONE},
	{WARD_LINK_RAW,
		IP4_OVER("004e", "2f") "1000 22eb 00000001 2064 0005 00000000 0000 0801"
				       "0000000000000000" INNER,
		NONE},
	{WARD_LINK_RAW, IP4_OVER("0041", "2f") "3001 880b 0021 0005 00000001 ff03 21" INNER, NONE},
	{WARD_LINK_RAW, IP4_OVER("0032", "04") INNER, NONE},
	{WARD_LINK_RAW, IP4_OVER("0046", "29") IP6("000a", "11") UDP, NONE},
	{WARD_LINK_RAW, IP6("0032", "29") IP6("000a", "11") UDP, NONE},
	{WARD_LINK_RAW, IP4_UDP("0050", "0000") VXLAN_PORTS "08000000 00002a00" FRAME, NONE},
	{WARD_LINK_RAW, IP4_UDP("0050", "0000") "c000 2118 003c 0000 08000000 00002a00" FRAME,
		NONE},
	{WARD_LINK_RAW, IP4_UDP("0042", "0000") "c000 12b6 002e 0000 0c000001 00002a00" INNER,
		NONE},
	{WARD_LINK_RAW,
		IP4_UDP("0058", "0000") "c000 17c1 0044 0000 0240 6558 00002a00"
					"0000000000000000" FRAME,
		NONE},
	{E, ETH "88cc 0203 0701", NONE},
	{E, ETH "000c aaaa03 00000c 2000 02b40000", NONE},
	{WARD_LINK_UNKNOWN, "00", WARD_NET_LINK_TYPE},
	{WARD_LINK_PPP, "00", WARD_NET_PPP_SHORT},
	{WARD_LINK_PPP, "c021 01", WARD_NET_PPP_PROTOCOL},
	{WARD_LINK_RADIOTAP, "0000 0700 000000", WARD_NET_RADIOTAP},
	{WARD_LINK_RADIOTAP, "0000 0009 00000000", WARD_NET_RADIOTAP},
	{WARD_LINK_RADIOTAP, "0000 0900 02000000 40 0800", WARD_NET_WLAN_FCS},
	{WARD_LINK_WLAN, "0801 0000 0200", WARD_NET_WLAN_SHORT},
	{WARD_LINK_WLAN, "8000 0000", WARD_NET_WLAN_KIND},
	{WARD_LINK_WLAN, "4801 0000 020000000003 020000000001 020000000002 0000",
		WARD_NET_WLAN_KIND},
	{WARD_LINK_WLAN, "0841 0000 020000000003 020000000001 020000000002 0000 0000",
		WARD_NET_WLAN_ENCRYPTED},
	{WARD_LINK_WLAN, "0801 0000 020000000003 020000000001 020000000002 0100 0000",
		WARD_NET_WLAN_PART},
	{WARD_LINK_WLAN, "8801 0000 020000000003 020000000001 020000000002 0000 8000",
		WARD_NET_WLAN_PART},
	{E, ETH "0026 aaaa03 00000c 2004", WARD_NET_LLC},
	{WARD_LINK_RAW, IP4_OVER("0017", "2f") "000008", WARD_NET_GRE_SHORT},
	{WARD_LINK_RAW, IP4_OVER("001a", "2f") "2000 0800 0000", WARD_NET_GRE_SHORT},
	{WARD_LINK_RAW, IP4_OVER("0018", "2f") "0002 0800", WARD_NET_GRE_VERSION},
	{WARD_LINK_RAW, IP4_OVER("0018", "2f") "4000 0800", WARD_NET_GRE_ROUTING},
	{WARD_LINK_RAW, IP4_OVER("0018", "2f") "0000 0000", WARD_NET_GRE_PROTOCOL},
	{WARD_LINK_RAW, IP4_OVER("0020", "2f") "2081 880b 0000 0005 00000001", WARD_NET_GRE_EMPTY},
	{WARD_LINK_RAW, IP4_OVER("001e", "2f") "1000 88be 00000001 1064", WARD_NET_ERSPAN_SHORT},
	{WARD_LINK_RAW, IP4_OVER("0024", "2f") "1000 88be 00000001 3064 0005 00000000",
		WARD_NET_ERSPAN_VERSION},
	{WARD_LINK_RAW, IP4_OVER("0028", "2f") "1000 22eb 00000001 2064 0005 00000000 0000 0400",
		WARD_NET_ERSPAN_KIND},
	{WARD_LINK_RAW,
		IP4_OVER("0065", "04") IP4_OVER("0051", "04") IP4_OVER("003d", "04")
			IP4_OVER("0029", "04") IP4_OVER("0015", "04") "45",
		WARD_NET_TUNNEL_DEPTH},
	{E, ETH "8864 1100 00", WARD_NET_PPPOE_SHORT},
	{E, ETH "8864 1100 0007 0020 0021", WARD_NET_PPPOE_LENGTH},
	{E, ETH "8863 1109 0000 0000", WARD_NET_PPPOE_CODE},
	{E, ETH "8847 00010040", WARD_NET_MPLS_SHORT},
	{E,
		ETH "8847 00010040 00010040 00010040 00010040 00010040 00010040 00010040 00010040"
		    "00010040 00010040 00010040 00010040 00010040 00010040 00010040 00010040"
		    "00010140",
		WARD_NET_MPLS_DEPTH},
	{E, ETH "8847 0000d140 10000007", WARD_NET_MPLS_INSIDE},
	{E, ETH "8847 00010140 f0", WARD_NET_MPLS_INSIDE},
	{E, ETH "88e7 0000", WARD_NET_PBB_SHORT},
	{E, "020000000002", WARD_NET_ETH_SHORT},
	{E, ETH "8100 0064 08", WARD_NET_VLAN_SHORT},
	{E, ETH "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 0800", WARD_NET_VLAN_DEPTH},
	{E, ETH "0026 4242 03", WARD_NET_LLC},
	{E, ETH "88f7 00", WARD_NET_ETHERTYPE},
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
		/* the length below, announcements in t_lldp.c */
		bool sampled = c == WARD_NET_FRAME_LENGTH ||
			       (c >= WARD_NET_LLDP_TLV && c <= WARD_NET_CDP_VALUE);

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
	assert_int_equal(p.inner_vlan, 200);
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

/* The tag behind the outermost, wherever that one stood. */
static void test_inner_vlan(void **state)
{
	struct ward_slice tagged = unhex(ETH "8100 00c8 0800" INNER);
	struct ward_frame f = {.link = E, .vlan = 100, .bytes = tagged, .len = tagged.len};
	struct ward_packet p;

	(void)state;
	ward_packet_decode(&f, &p, count); /* the kernel took the outer one */
	assert_int_equal(p.vlan, 100);
	assert_int_equal(p.inner_vlan, 200);
	bytes_free(tagged);
	p = decode_hex(E, ETH "8100 00c8 0800" INNER);
	assert_int_equal(p.vlan, 200);
	assert_int_equal(p.inner_vlan, 0);
	p = decode_hex(E, ETH "88a8 0001 8100 0002 8100 0003 0800" INNER);
	assert_int_equal(p.vlan, 1);
	assert_int_equal(p.inner_vlan, 2);
	/* ERSPAN's header has said the first tag */
	p = decode_hex(E,
		ETH "0800" IP4_OVER("0054", "2f") "1000 88be 00000001 1064 0005 00000000" ETH
						  "8100 0064 0800" INNER);
	assert_int_equal(p.vlan, 100);
	assert_int_equal(p.inner_vlan, 0);
	/* a provider's tags are not those of who is carried */
	p = decode_hex(E, ETH "88a8 0001 8100 0002 8847 00010140" FRAME);
	assert_int_equal(p.vlan, 0);
	assert_int_equal(p.inner_vlan, 0);
}

/* What was carried, by whom, and nothing of who carried it on what is inside. */
static void test_tunnel(void **state)
{
	struct ward_packet outer,
		p = decode_hex(E, ETH "8100 0007 0800" IP4_OVER(
					  "0050", "2f") "1000 88be"
							"00000001 1064 0005 00000000 020000000004"
							"020000000003 0800" INNER);

	(void)state;
	assert_int_equal(p.n_tunnel, 1);
	assert_int_equal(p.tunnel[0].kind, WARD_TUNNEL_ERSPAN);
	assert_true(p.tunnel[0].has_id);
	assert_int_equal(p.tunnel[0].id, 5);
	assert_int_equal(p.tunnel[0].src_ip[3], 1);
	assert_int_equal(p.vlan, 100);
	assert_int_equal(p.src_mac[5], 3);
	assert_int_equal(p.payload.len, 2);
	assert_int_equal(p.ip_bytes, 30);
	assert_int_equal(count[WARD_NET_TUNNEL_ERSPAN], 1);
	assert_true(ward_packet_outer(&p, 0, &outer));
	assert_int_equal(outer.vlan, 7);
	assert_int_equal(outer.proto, WARD_PROTO_GRE);
	assert_int_equal(outer.src_mac[5], 1);
	assert_int_equal(outer.ip_bytes, 80);
	p = decode_hex(E, ETH "0800" IP4_OVER("0036", "2f") "0000 0800" INNER);
	assert_false(p.has_mac || p.tunnel[0].has_id);
	p = decode_hex(E, ETH "8847 00010140" INNER);
	assert_true(p.has_mac && !ward_packet_outer(&p, 0, &outer));
	assert_int_equal(p.tunnel[0].id, 16);
	/* 802.11, to the distribution system: who it is for stands third */
	p = decode_hex(WARD_LINK_WLAN, "0801 0000 020000000003 020000000001 020000000002 0000"
				       "aaaa03 000000 0800" INNER);
	assert_int_equal(p.src_mac[5], 1);
	assert_int_equal(p.dst_mac[5], 2);
}

/* UDP on these ports that is something else stays UDP. */
static void test_no_tunnel(void **state)
{
	static const char *const hex[] = {
		IP4_UDP("0050", "0000") VXLAN_PORTS "00000000 00002a00" FRAME,
		IP4_UDP("0026", "0000") "c000 12b5 0012 0000 08000000 00002a00 1234",
		IP4_UDP("0024", "0000") "c000 17c1 0010 0000 0000 6559 00002a00",
		IP4_UDP("0024", "0000") "c000 17c1 0010 0000 4000 6558 00002a00",
		IP4_UDP("0024", "0000") "c000 17c1 0010 0000 0200 6558 00002a00",
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(hex); i++) {
		struct ward_packet p = decode_hex(WARD_LINK_RAW, hex[i]);

		assert_int_equal(p.n_tunnel, 0);
		assert_true(p.has_transport && p.reason == NONE);
	}
}

/* The mirror cut the frame: what is missing was on the wire, as with the snap length. */
static void test_mirror_cuts(void **state)
{
	struct ward_packet p = decode_hex(WARD_LINK_RAW,
		IP4_OVER("0050", "2f") "1000 88be 00000001 1064 0405 00000000" ETH
				       "0800" IP4_UDP("00ff", "0000") "d431 bac0 00eb 0000 aabb");

	(void)state;
	assert_int_equal(p.reason, NONE);
	assert_true(p.payload_snapped);
	assert_int_equal(p.payload_len, 0xeb - 8);
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
		cmocka_unit_test(test_inner_vlan),
		cmocka_unit_test(test_tunnel),
		cmocka_unit_test(test_no_tunnel),
		cmocka_unit_test(test_mirror_cuts),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_frame_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
