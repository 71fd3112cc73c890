#include "sense/net/proto/dhcp/dhcp.h"
#include "sense/net/net.h"

#include "bytes.h"

enum { HEADER = 240 };

static uint8_t message[1024];
static size_t message_len;
static uint8_t store_buf[4096];
static struct ward_dhcp m;

/* A message from a client, with these options after the cookie. */
static void make(const char *options)
{
	static const char head[] =
		"01010600 00003d1d 0001 8000 00000000 c0000205 00000000 00000000 "
		"020000000001 00000000000000000000";
	struct ward_slice fixed = unhex(head), rest = unhex(options), cookie = unhex("63825363");

	memset(message, 0, sizeof(message));
	memcpy(message, fixed.p, fixed.len);
	memcpy(message + HEADER - 4, cookie.p, 4);
	memcpy(message + HEADER, rest.p, rest.len);
	message_len = HEADER + rest.len;
	bytes_free(fixed);
	bytes_free(rest);
	bytes_free(cookie);
}

/* From a heap block of exactly this size. Options are looked at while it lives. */
static bool parse_cut(size_t len, void (*look)(void))
{
	uint8_t *exact = malloc(len ? len : 1);
	struct ward_wr store = ward_wr_fixed(store_buf, sizeof(store_buf));

	assert_non_null(exact);
	memcpy(exact, message, len);
	bool ok = ward_dhcp_parse(ward_slice_of(exact, len), &store, &m);

	if (look)
		look();
	free(exact);
	return ok;
}

static bool parse_options(const char *options, void (*look)(void))
{
	make(options);
	return parse_cut(message_len, look);
}

static void assert_option(uint8_t code, const char *text)
{
	assert_non_null(m.option[code].p);
	assert_true(ward_str_eqz(ward_slice_text(m.option[code]), text));
}

static void look_discover(void)
{
	assert_option(WARD_DHCP_HOST_NAME, "ws1");
	assert_option(WARD_DHCP_VENDOR_CLASS, "MSFT 5.0");
	assert_int_equal(m.option[WARD_DHCP_PARAMETERS].len, 4);
}

#define DISCOVER "350101 0c03 777331 3c08 4d53465420352e30 3704 0103060f ff"

static void test_discover(void **state)
{
	(void)state;
	assert_true(parse_options(DISCOVER, look_discover));
	assert_int_equal(m.type, 1);
	assert_int_equal(m.xid, 0x3d1d);
	assert_int_equal(m.secs, 1);
	assert_true(m.broadcast && !m.reply);
	assert_int_equal(m.yiaddr[3], 5);
	assert_int_equal(m.n_seen, 4);
	assert_int_equal(m.seen[3], WARD_DHCP_PARAMETERS);
}

/* RFC 3396: pieces are one option. */
static void look_pieces(void)
{
	assert_option(WARD_DHCP_MESSAGE, "abcdef");
}

static void test_pieces(void **state)
{
	(void)state;
	assert_true(parse_options("350106 3802 6162 00 3802 6364 3802 6566", look_pieces));
	assert_int_equal(m.n_seen, 2);
	assert_int_equal(m.n_cut, 0);
}

/* In options, then file, then sname (RFC 2131 4.1). */
static void test_overload(void **state)
{
	struct ward_slice s = unhex("3802 6566 ff");

	(void)state;
	make("350101 340103 3802 6162 ff");
	memcpy(message + 44, s.p, s.len);
	message[108] = WARD_DHCP_MESSAGE;
	message[109] = 2;
	memcpy(message + 110, "cd", 2);
	message[112] = WARD_DHCP_END;
	assert_true(parse_cut(message_len, look_pieces));
	assert_int_equal(m.sname.len, 0);
	assert_int_equal(m.file.len, 0);
	/* The field's own end cuts an option short. */
	message[112] = WARD_DHCP_MESSAGE;
	message[113] = 200;
	assert_false(parse_cut(message_len, NULL));
	assert_int_equal(m.reason, WARD_DHCP_OPTION_SHORT);
	bytes_free(s);
}

static void test_pieces_beyond_the_store(void **state)
{
	static uint8_t many[HEADER + 64 * 257];
	struct ward_wr w = ward_wr_fixed(many, sizeof(many)),
		       store = ward_wr_fixed(store_buf, sizeof(store_buf));

	(void)state;
	make("");
	ward_wr_bytes(&w, message, HEADER);
	for (unsigned i = 0; i < 64; i++) {
		ward_wr_u8(&w, WARD_DHCP_MESSAGE);
		ward_wr_u8(&w, 255);
		memset(ward_wr_room(&w, 255), 'x', 255);
	}
	assert_true(ward_dhcp_parse(ward_wr_slice(&w), &store, &m));
	assert_true(m.n_cut > 0 && m.option[WARD_DHCP_MESSAGE].len >= 510);
}

static void test_prefixes(void **state)
{
	(void)state;
	make(DISCOVER);
	for (size_t cut = 0; cut < HEADER; cut++) {
		assert_false(parse_cut(cut, NULL));
		assert_int_equal(m.reason, WARD_DHCP_HEADER_SHORT);
		assert_true(m.off <= cut);
	}
	/* Between options a message may end: some leave out the end option. */
	for (size_t cut = HEADER; cut < message_len; cut++)
		assert_true(parse_cut(cut, NULL) || m.reason == WARD_DHCP_OPTION_SHORT);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *options;
		enum ward_dhcp_reason reason;
		size_t off;
	} rows[] = {
		{"35", WARD_DHCP_OPTION_SHORT, 241},
		{"3502 01", WARD_DHCP_OPTION_SHORT, 242},
		{"3502 0101 ff", WARD_DHCP_OPTION_LENGTH, 240},
		{"3603 c00002 ff", WARD_DHCP_OPTION_LENGTH, 240},
		{"0600 ff", WARD_DHCP_OPTION_LENGTH, 240},
		{"340104 ff", WARD_DHCP_OVERLOAD, 240},
		{"340101 340103 ff", WARD_DHCP_OVERLOAD, 240},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		if (parse_options(rows[i].options, NULL) || m.reason != rows[i].reason ||
			m.off != rows[i].off)
			fail_msg("row %zu: reason %d at %zu", i, (int)m.reason, m.off);
	make("ff");
	message[0] = 3;
	assert_false(parse_cut(message_len, NULL));
	assert_int_equal(m.reason, WARD_DHCP_HEADER_OP);
	message[0] = 1;
	message[2] = 17;
	assert_false(parse_cut(message_len, NULL));
	assert_int_equal(m.reason, WARD_DHCP_HEADER_HLEN);
	message[2] = 6;
	message[HEADER - 1] = 0;
	assert_false(parse_cut(message_len, NULL));
	assert_int_equal(m.reason, WARD_DHCP_COOKIE);
}

static struct ward_names names;
static struct ward_wr out;

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	ward_event_write_json(e, &names, &out);
	return WARD_OK;
}

/* Everything that an event tells. */
static void test_event(void **state)
{
	static const char *const told[] = {"\"net.dhcp.ack\"", "\"dhcp.message_type\":5",
		"\"dhcp.xid\":15645", "\"dhcp.yiaddr\":\"192.0.2.5\"",
		"\"dhcp.chaddr\":\"02:00:00:00:00:01\"",
		"\"dhcp.options\":\"53,54,6,12,55,51,61,81\"", "\"dhcp.server_id\":\"192.0.2.1\"",
		"\"dhcp.dns_server\":[\"192.0.2.2\",\"192.0.2.3\"]",
		"\"dhcp.host_name\":\"w\\\\001\"", "\"dhcp.parameter_list\":\"1,3\"",
		"\"dhcp.lease_time_s\":60", "\"dhcp.client_id\":\"01aa\"",
		"\"dhcp.client_fqdn\":\"w.ex\"", "\"dhcp.broadcast\":true"};
	struct ward_net_opts opts = {.source = WARD_STR("t"), .epoch = 1, .iface = WARD_STR("e0")};
	struct ward_net_sink sink = {put, NULL};
	struct ward_slice head = unhex(ETH "0800 " IP4_UDP("014d", "0000") "0043 0044 0139 0000");
	uint8_t frame[512];
	struct ward_wr w = ward_wr_fixed(frame, sizeof(frame));
	struct ward_limits lim;
	struct ward_net *n;

	(void)state;
	make("350105 3604 c0000201 0608 c0000202 c0000203 0c02 7701 3702 0103 3304 0000003c "
	     "3d02 01aa 5109 040000 0177 026578 00 ff");
	ward_limits_default(&lim);
	out = ward_wr_grow(ward_mem_heap(), 1 << 16);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &n), WARD_OK);
	ward_wr_bytes(&w, head.p, head.len);
	ward_wr_bytes(&w, message, message_len);
	/* UDP and IP say how long it is. */
	frame[16] = (uint8_t)((w.len - 14) >> 8);
	frame[17] = (uint8_t)(w.len - 14);
	frame[38] = (uint8_t)((w.len - 34) >> 8);
	frame[39] = (uint8_t)(w.len - 34);
	struct ward_frame f = {
		.link = WARD_LINK_ETHERNET, .bytes = ward_wr_slice(&w), .len = w.len};

	assert_int_equal(ward_net_packet(n, &f, &sink), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++)
		if (ward_str_find(ward_wr_text(&out), ward_str_z(told[i])) == SIZE_MAX)
			fail_msg("no %s in %.*s", told[i], WARD_STR_ARG(ward_wr_text(&out)));
	ward_net_free(n);
	ward_names_fini(&names);
	ward_wr_fini(&out);
	bytes_free(head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_discover),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_pieces_beyond_the_store),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
