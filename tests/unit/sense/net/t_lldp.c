#include "sense/net/proto/lldp/lldp.h"

#include "base/wr.h"
#include "bytes.h"
#include "sense/net/net.h"

#define MAC "020000000001 "
#define LLDP "0180c200000e " MAC "88cc "
#define CHASSIS "0207 04 021122334455 "
#define PORT "0406 05 4769302f37 " /* Gi0/7 */
#define TTL "0602 0078 "
#define BEGIN CHASSIS PORT TTL
#define END "0000 "
/* IEEE 802.3 length, SNAP. */
#define CDP(len) "01000ccccccc " MAC len " aaaa03 00000c 2000 "
#define DEVICE "0001 0008 73772d31 " /* sw-1 */

static struct ward_limits lim;
static struct ward_names names;
static struct ward_net *net;
static struct ward_wr out;
static ward_ns now;
static uint64_t seq;

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	ward_event_write_json(e, &names, &out);
	ward_wr_ch(&out, '\n');
	return WARD_OK;
}

static int setup(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1};

	(void)state;
	ward_limits_default(&lim);
	now = 0;
	seq = 0;
	out = ward_wr_grow(ward_mem_heap(), 1 << 20);
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

static bool seen(const char *what)
{
	return ward_str_find(ward_wr_text(&out), ward_str_z(what)) != SIZE_MAX;
}

/* cut: bytes that the snap length took. */
static void feed(const char *hex, size_t cut)
{
	struct ward_net_sink sink = {put, NULL};
	struct ward_slice s = unhex(hex);
	struct ward_frame f = {.time = now,
		.seen = now,
		.seq = seq++,
		.link = WARD_LINK_ETHERNET,
		.bytes = s,
		.len = s.len + cut};

	ward_wr_reset(&out);
	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
	bytes_free(s);
}

static const struct said {
	const char *hex;
	const char *what[8];
} frames[] = {
	{LLDP BEGIN END, {"\"class\":\"net.lldp\"", "\"src_mac\":\"02:00:00:00:00:01\"",
				 "\"lldp.chassis_id\":\"02:11:22:33:44:55\"",
				 "\"lldp.chassis_kind\":\"mac\"", "\"lldp.port_id\":\"Gi0/7\"",
				 "\"lldp.port_kind\":\"interface\"", "\"lldp.ttl_s\":120"}},
	/* a priority tag, ids that are addresses or bytes, no end but the frame's */
	{"0180c200000e " MAC "8100 e000 88cc 0206 05 01 0a000001 0404 07 01ff02 0602 0000",
		{"\"lldp.chassis_id\":\"10.0.0.1\"", "\"lldp.chassis_kind\":\"address\"",
			"\"lldp.port_id\":\"01ff02\"", "\"lldp.port_kind\":\"local\"",
			"\"lldp.ttl_s\":0"}},
	{LLDP BEGIN "0806 55706c696e6b 0a04 73772d31 0c06 6f733a0d0a31 0e04 0024 0020 "
		    "100c 05 01 0a000002 02 00000001 00 1018 11 02 "
		    "20010db8000000000000000000000001 01 00000000 00 100b 04 06 616263 01 "
		    "00000001 00" END,
		{"\"lldp.port_desc\":\"Uplink\"", "\"lldp.sys_name\":\"sw-1\"",
			"\"lldp.sys_desc\":\"os:  1\"",
			"\"lldp.capabilities\":[\"bridge\",\"telephone\"]",
			"\"lldp.enabled\":\"telephone\"",
			"\"lldp.management_address\":[\"10.0.0.2\",\"2001:db8::1\"]"}},
	{LLDP BEGIN "fe06 0080c2 01 0028 fe0b 0080c2 03 0028 04 63617265 fe05 0080c2 02 00 "
		    "fe0c 00120f 02 07 01 04 13 0041 0082 fe06 00120f 04 05f2 "
		    "fe09 00120f 01 03 6c11 0010 fe04 123456 01 " END,
		{"\"lldp.vlan\":40", "\"lldp.vlan_name\":\"care\"", "\"lldp.power_mw\":6500",
			"\"lldp.max_frame_bytes\":1522"}},
	{LLDP BEGIN "fe07 0012bb 01 003f 03 fe08 0012bb 02 01 40 6540 fe06 0012bb 05 3133 "
		    "fe06 0012bb 06 3661 fe06 0012bb 07 3762 fe06 0012bb 08 3864 "
		    "fe06 0012bb 09 3965 fe06 0012bb 0a 4166 fe06 0012bb 0b 4267 "
		    "fe07 0012bb 04 43 0032 fe07 0012bb 03 03 3131 " END,
		{"\"lldp.med.class\":\"endpoint_3\"", "\"lldp.med.voice_vlan\":50",
			"\"lldp.med.hardware\":\"13\"", "\"lldp.med.serial\":\"8d\"",
			"\"lldp.med.manufacturer\":\"9e\"", "\"lldp.med.model\":\"Af\"",
			"\"lldp.med.elin\":\"11\"", "\"lldp.power_mw\":5000"}},
	/* civic address, RFC 4776: building A, room 114, an occupant, who is not told; coordinates
	 */
	{LLDP BEGIN "fe19 0012bb 03 02 13 02 4954 19 01 41 1c 03 313134 17 04 41646162 1d 00 "
		    "fe09 0012bb 03 01 01020304 fe05 0012bb 10 00 " END,
		{"\"lldp.med.civic\":[\"building=A\",\"room=114\",\"place=\"]"}},
	{CDP("0019") "02 b4 0000 " DEVICE "000b 0005 01",
		{"\"class\":\"net.cdp\"", "\"cdp.device_id\":\"sw-1\"", "\"cdp.ttl_s\":180",
			"\"cdp.full_duplex\":true"}},
	{CDP("0093") "02 b4 0000 " DEVICE "0003 0009 4769302f37 0004 0008 00000028 0005 0007 "
		     "313220 0006 0009 6369736361 000a 0006 0001 000e 0007 01 0032 "
		     "0010 0006 1838 0009 0005 76 0014 0005 6e 0017 0006 00 31 "
		     "0002 0032 00000003 01 01 cc 0004 0a000003 "
		     "01 01 81 0000 "
		     "02 08 aaaa030000 0086dd 0010 20010db8000000000000000000000002 "
		     "000e 0005 01 7fff 0004",
		{"\"cdp.port_id\":\"Gi0/7\"", "\"cdp.capabilities\":[\"switch\",\"igmp\"]",
			"\"cdp.software\":\"12\"", "\"cdp.platform\":\"cisca\"",
			"\"cdp.voice_vlan\":50", "\"cdp.power_mw\":6200",
			"\"cdp.address\":[\"10.0.0.3\",\"2001:db8::2\"]",
			"\"cdp.location\":\"1\""}},
};

static void test_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(frames); i++) {
		const struct said *s = &frames[i];

		feed(s->hex, 0);
		for (size_t k = 0; k < WARD_ARRAY_LEN(s->what) && s->what[k]; k++)
			if (!seen(s->what[k]))
				fail_msg("%zu: no %s in %.*s", i, s->what[k],
					WARD_STR_ARG(ward_wr_text(&out)));
	}
	assert_false(seen("Adab"));
	assert_int_equal(ward_net_count(net, WARD_NET_NEIGHBORS), WARD_ARRAY_LEN(frames));
	assert_int_equal(ward_net_count(net, WARD_NET_DECODED), WARD_ARRAY_LEN(frames));
	assert_int_equal(ward_net_count(net, WARD_NET_MALFORMED), 0);
}

/* The same again is told once an hour, anything else at once. */
static void test_news(void **state)
{
	(void)state;
	feed(LLDP BEGIN END, 0);
	assert_true(seen("net.lldp"));
	now += 30 * WARD_NS_PER_S;
	feed(LLDP BEGIN END, 0);
	assert_false(seen("net.lldp"));
	assert_int_equal(ward_net_count(net, WARD_NET_NEIGHBOR_REPEAT), 1);
	feed(LLDP CHASSIS PORT "0602 0000 " END, 0);
	assert_true(seen("\"lldp.ttl_s\":0"));
	now += 3600 * WARD_NS_PER_S;
	feed(LLDP BEGIN END, 0);
	assert_true(seen("net.lldp"));
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_net_counter reason;
		size_t off;
	} samples[] = {
		{LLDP "0208 04 021122334455", WARD_NET_LLDP_TLV, 14},
		{LLDP BEGIN "08", WARD_NET_LLDP_TLV, 35},
		{LLDP CHASSIS TTL PORT END, WARD_NET_LLDP_MANDATORY, 23},
		{LLDP CHASSIS PORT END, WARD_NET_LLDP_MANDATORY, 31},
		{LLDP CHASSIS PORT, WARD_NET_LLDP_MANDATORY, 31},
		{LLDP BEGIN TTL END, WARD_NET_LLDP_MANDATORY, 35},
		{LLDP "0201 04 " PORT TTL END, WARD_NET_LLDP_VALUE, 14},
		{LLDP CHASSIS PORT "0601 00 " END, WARD_NET_LLDP_VALUE, 31},
		{LLDP BEGIN "0e03 000000 " END, WARD_NET_LLDP_VALUE, 35},
		{LLDP BEGIN "1009 03 01 0a00 02 00000001 00" END, WARD_NET_LLDP_VALUE, 35},
		{LLDP BEGIN "fe03 0012bb " END, WARD_NET_LLDP_VALUE, 35},
		{LLDP BEGIN "fe05 0080c2 01 00 " END, WARD_NET_LLDP_VALUE, 35},
		{LLDP BEGIN "fe0a 0012bb 03 02 04 02 4954 1c 09 " END, WARD_NET_LLDP_VALUE, 35},
		{CDP("000a") "03 b4", WARD_NET_CDP_HEADER, 22},
		{CDP("000c") "03 b4 0000", WARD_NET_CDP_HEADER, 22},
		{CDP("0012") "02 b4 0000 0001 0008 7377", WARD_NET_CDP_TLV, 26},
		{CDP("0010") "02 b4 0000 0001 0003", WARD_NET_CDP_TLV, 26},
		{CDP("000c") "02 b4 0000", WARD_NET_CDP_MANDATORY, 26},
		{CDP("001a") "02 b4 0000 " DEVICE "0004 0006 0000", WARD_NET_CDP_VALUE, 34},
		{CDP("001d") "02 b4 0000 " DEVICE "0002 0009 00000001 01", WARD_NET_CDP_VALUE, 34},
	};
	static bool met[WARD_NET_COUNTER_N];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		uint64_t before = ward_net_count(net, samples[i].reason);
		char off[32];

		(void)snprintf(off, sizeof(off), "\"offset\":%zu,", samples[i].off);
		feed(samples[i].hex, 0);
		if (ward_net_count(net, samples[i].reason) != before + 1)
			fail_msg("%zu: %.*s", i, WARD_STR_ARG(ward_wr_text(&out)));
		/* after four of one sender only some are shown */
		if (seen("net.malformed") && !seen(off))
			fail_msg("%zu: %.*s", i, WARD_STR_ARG(ward_wr_text(&out)));
		assert_false(seen("\"class\":\"net.lldp\"") || seen("\"class\":\"net.cdp\""));
		met[samples[i].reason] = true;
	}
	for (unsigned c = WARD_NET_LLDP_TLV; c <= WARD_NET_CDP_VALUE; c++)
		assert_true(met[c] || c == WARD_NET_CDP_CHECKSUM);
	/* what was cut off is nobody's fault */
	uint64_t malformed = ward_net_count(net, WARD_NET_MALFORMED);

	feed(LLDP CHASSIS "0406 05 47", 20);
	assert_int_equal(ward_net_count(net, WARD_NET_MALFORMED), malformed);
	assert_int_equal(ward_net_count(net, WARD_NET_SNAPPED), 1);
}

/* RFC 1071 of an even and an odd number of bytes, and the sum of an odd one that Cisco makes. */
static void test_checksum(void **state)
{
	static const struct {
		const char *hex;
		bool good;
	} samples[] = {
		{"02b4 5c9a " DEVICE, true},
		{"02b4 0001 " DEVICE, false},
		{"02b4 5c89 " DEVICE "000b 0005 01", true},
		{"02b4 5c96 " DEVICE "000b 0005 f4", true},
	};
	struct ward_cdp c;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		struct ward_slice s = unhex(samples[i].hex);

		assert_int_equal(ward_cdp_parse(s, &c), WARD_LLDP_OK);
		if (c.checksum_good != samples[i].good)
			fail_msg("%zu", i);
		bytes_free(s);
	}
}

/* Reads a block of the exact size. */
static void read_exact(const uint8_t *p, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct ward_slice s = ward_slice_of(exact, len);
	struct ward_lldp l;
	struct ward_cdp c;

	assert_non_null(exact);
	memcpy(exact, p, len);
	(void)ward_lldp_parse(s, &l);
	assert_true(l.off <= len);
	(void)ward_cdp_parse(s, &c);
	assert_true(c.off <= len);
	free(exact);
}

static void test_prefixes_and_flips(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(frames); i++) {
		struct ward_slice s = unhex(frames[i].hex);
		size_t head = 14;

		for (; head <= 22; head += 8) {
			uint8_t *p = (uint8_t *)(uintptr_t)s.p + head;
			size_t len = s.len - head;

			for (size_t k = 0; k <= len; k++)
				read_exact(p, k);
			for (size_t k = 0; k < len * 8; k++) {
				p[k / 8] ^= (uint8_t)(1 << k % 8);
				read_exact(p, len);
				p[k / 8] ^= (uint8_t)(1 << k % 8);
				p[k / 8] ^= 0xff;
				read_exact(p, len);
				p[k / 8] ^= 0xff;
			}
		}
		bytes_free(s);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_frames),
		T(test_news),
		T(test_reasons),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_prefixes_and_flips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
