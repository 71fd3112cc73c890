#include "sense/net/proto/dns/dns.h"
#include "sense/net/proto/dns/label.h"
#include "sense/net/net.h"
#include "sense/net/sensor.h"

#include "bytes.h"
#include "sense/net/proto/dissectors.h"

struct sample {
	const char *hex; /* blanks allowed */
	enum ward_dns_reason reason;
	size_t off;
};

static uint8_t text_buf[16384];
static struct ward_dns m;

static bool parse_bytes(struct ward_slice s, enum ward_dns_kind kind)
{
	struct ward_wr text = ward_wr_fixed(text_buf, sizeof(text_buf));

	return ward_dns_parse(s, kind, &text, &m);
}

static bool parse_hex(const char *hex, enum ward_dns_kind kind)
{
	struct ward_slice s = unhex(hex);
	bool ok = parse_bytes(s, kind);

	bytes_free(s);
	return ok;
}

static void assert_text(struct ward_str s, const char *want)
{
	if (!ward_str_eqz(s, want))
		fail_msg("'%.*s' is not '%s'", WARD_STR_ARG(s), want);
}

/* id 1, RD; one question: a.example (9 + 2 bytes of name) */
#define NAME "0161 076578616d706c65 00 "
#define QUERY "0001 0100 0001 0000 0000 0000 " NAME "0001 0001"
#define HEAD_ANSWERS(n) "0001 8180 0001 " n " 0000 0000 " NAME "0001 0001 "
#define RR(type, len) "c00c " type " 0001 0000003c " len " "
#define ANSWER HEAD_ANSWERS("0001") RR("0001", "0004") "c0000201"

static void test_query_and_answer(void **state)
{
	(void)state;
	assert_true(parse_hex(QUERY, WARD_DNS_UNICAST));
	assert_false(m.response);
	assert_int_equal(m.n_question, 1);
	assert_text(m.question[0].name, "a.example");
	assert_int_equal(m.question[0].type, 1);
	assert_true(parse_hex(ANSWER, WARD_DNS_UNICAST));
	assert_true(m.response);
	assert_int_equal(m.n_record, 1);
	assert_text(m.record[0].name, "a.example");
	assert_text(m.record[0].data, "192.0.2.1");
	assert_int_equal(m.record[0].ttl_s, 60);
	assert_int_equal(m.trailing, 0);
	assert_true(parse_hex(ANSWER "ff", WARD_DNS_UNICAST));
	assert_int_equal(m.trailing, 1);
}

/* The root, letters that must be escaped, UTF-8 and bytes that are none. */
static void test_names_as_text(void **state)
{
	(void)state;
	assert_true(parse_hex("0001 0100 0001 0000 0000 0000 00 0002 0001", WARD_DNS_UNICAST));
	assert_text(m.question[0].name, ".");
	assert_true(
		parse_hex("0001 0100 0001 0000 0000 0000 03 612e5c 02 c3a9 02 00ff 00 0001 0001",
			WARD_DNS_UNICAST));
	assert_text(m.question[0].name, "a\\.\\\\.\xc3\xa9.\\000\\255");
}

static void test_rdata(void **state)
{
	static const struct {
		const char *type, *len, *data, *text;
	} rows[] = {
		{"0002", "0002", "c00c", "a.example"},
		{"0006", "0018", "c00c c00c 00000001 00000002 00000003 00000004 00000005",
			"a.example a.example 1 2 3 4 5"},
		{"000d", "0006", "02 6869 02 6f73", "hi os"},
		{"000f", "0004", "000a c00c", "10 a.example"},
		{"0010", "0006", "02 6162 02 6364", "ab cd"},
		{"001c", "0010", "20010db8000000000000000000000001", "2001:db8::1"},
		{"0021", "0008", "0001 0002 01bb c00c", "1 2 443 a.example"},
		{"0023", "000e", "0001 0002 01 75 02 612b 01 21 c00c 00", NULL},
		{"0023", "000d", "0001 0002 01 75 02 612b 01 21 c00c", "1 2 u a+ ! a.example"},
		{"002b", "0006", "0102 08 02 abcd", "258 8 2 abcd"},
		{"002c", "0004", "0401 abcd", "4 1 abcd"},
		{"002e", "0016", "0001 08 02 00000e10 00000002 00000001 0007 c00c abcd",
			"A 8 2 3600 2 1 7 a.example abcd"},
		{"002f", "0008", "c00c 0004 40000008", "a.example A AAAA"},
		{"002f", "000b", "c00c 0002 4000 0103 000080", "a.example A TYPE272"},
		{"0032", "000d", "01 00 000a 00 02 abcd 0002 4001", NULL},
		{"0032", "000c", "01 00 000a 00 02 abcd 0002 4001", "1 0 10 - abcd A MX"},
		{"0041", "0003", "0000 00", "0 ."},
		{"0041", "0017", "0001 00 0001 0006 02 6832 02 6833 0003 0002 01bb 0004 0000",
			"1 . alpn=h2,h3 port=443 ipv4hint"},
		{"0041", "0017", "0001 00 0001 0006 02 6832 02 6833 0004 0006 c00002010000", NULL},
		{"0041", "0015", "0001 00 0001 0006 02 6832 02 6833 0004 0004 c0000201",
			"1 . alpn=h2,h3 ipv4hint=192.0.2.1"},
		{"0041", "0015", "0001 00 0001 0006 02 6832 02 6833 0003 0002 01bb 00", NULL},
		{"0041", "0013", "0001 00 0001 0006 02 6832 02 6833 0003 0002 01bb",
			"1 . alpn=h2,h3 port=443"},
		{"0041", "0013", "0001 00 0002 0000 0004 0008 c0000201c0000202",
			"1 . no-default-alpn ipv4hint=192.0.2.1,192.0.2.2"},
		{"0041", "000d", "0001 00 0005 0002 abcd fde8 0000", "1 . ech=abcd key65000"},
		{"006c", "0006", "020000000001", "020000000001"},
		{"0101", "000b", "00 05 6973737565 63612e65", "0 issue ca.e"},
		{"ff00", "0002", "abcd", "\\# 2 abcd"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		char hex[512];

		(void)snprintf(hex, sizeof(hex), HEAD_ANSWERS("0001") RR("%s", "%s") "%s",
			rows[i].type, rows[i].len, rows[i].data);
		bool ok = parse_hex(hex, WARD_DNS_UNICAST);

		if (ok != (rows[i].text != NULL))
			fail_msg("row %zu: %d at %zu", i, (int)m.reason, m.off);
		if (ok)
			assert_text(m.record[0].data, rows[i].text);
	}
}

/* A string of 255 bytes goes on in the next one. */
static void test_long_txt(void **state)
{
	static uint8_t bytes[600];
	struct ward_slice head = unhex(HEAD_ANSWERS("0001") RR("0010", "0104"));
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	ward_wr_bytes(&w, head.p, head.len);
	ward_wr_u8(&w, 255);
	memset(ward_wr_room(&w, 255), 'x', 255);
	ward_wr_u8(&w, 1);
	ward_wr_ch(&w, 'y');
	ward_wr_u8(&w, 1);
	ward_wr_ch(&w, 'z');
	assert_true(parse_bytes(ward_wr_slice(&w), WARD_DNS_UNICAST));
	assert_int_equal(m.record[0].data.len, 255 + strlen("y z"));
	bytes_free(head);
}

/* A long name and 64 records that point to it: what is told of them stays bounded, what is left out
 * is counted, and the message's end is still found. */
static void test_pointers_do_not_swell(void **state)
{
	enum { LABELS = 120, RECORDS = 80 };
	static uint8_t bytes[2048];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_slice head = unhex("0001 8180 0001 0050 0000 0000");
	struct ward_slice record = unhex("c00c 0005 0001 00000001 0002 c00c");
	size_t told = 0;

	(void)state;
	ward_wr_bytes(&w, head.p, head.len);
	for (size_t i = 0; i < LABELS; i++)
		ward_wr_z(&w, "\1a");
	ward_wr_bytes(&w, "\0\0\5\0\1", 5);
	for (size_t i = 0; i < RECORDS; i++)
		ward_wr_bytes(&w, record.p, record.len);
	assert_true(parse_bytes(ward_wr_slice(&w), WARD_DNS_UNICAST));
	for (size_t i = 0; i < m.n_record; i++)
		told += m.record[i].name.len + m.record[i].data.len;
	assert_in_range(told, WARD_DNS_ALL / 2, WARD_DNS_ALL + 2 * WARD_DNS_TEXT);
	assert_int_equal(m.n_record + m.n_cut, RECORDS);
	assert_int_equal(m.trailing, 0);
	bytes_free(head);
	bytes_free(record);
}

static void test_edns(void **state)
{
	(void)state;
	assert_true(parse_hex("0001 8580 0001 0000 0000 0001 " NAME "0001 0001 "
			      "00 0029 04d0 01 00 8000 0015 0008 0007 0001 18 00 c00002 "
			      "000f 0006 0016 646f6e65",
		WARD_DNS_UNICAST));
	assert_true(m.has_opt && m.dnssec_ok && m.has_error);
	assert_int_equal(m.rcode, 16);
	assert_int_equal(m.udp_payload_size, 1232);
	assert_int_equal(m.n_option, 2);
	assert_text(m.client_subnet, "192.0.2.0/24");
	assert_int_equal(m.error, 22);
	assert_int_equal(m.n_record, 0);
}

static void test_kin(void **state)
{
	(void)state;
	assert_true(
		parse_hex("0000 0000 0001 0000 0000 0000 " NAME "000c 8001", WARD_DNS_MULTICAST));
	assert_true(m.question[0].unicast);
	assert_int_equal(m.question[0].class, 1);
	/* "WS1", workstation: the address, in a group and not */
	assert_true(parse_hex("0001 8500 0000 0001 0000 0000 20 "
			      "46484644 44424341 43414341 43414341 43414341 43414341 43414341 "
			      "43414141 00 0020 0001 0000003c 000c 0000 c0000201 8000 c0000202",
		WARD_DNS_NETBIOS));
	assert_text(m.record[0].name, "WS1<00>");
	assert_text(m.record[0].data, "192.0.2.1 192.0.2.2 group");
	/* Node status: one name, MAC */
	assert_true(parse_hex("0001 8400 0000 0001 0000 0000 00 0021 0001 00000000 0019 "
			      "01 57533120202020202020202020202000 0400 020000000001",
		WARD_DNS_NETBIOS));
	assert_text(m.record[0].data, "WS1<00> 020000000001");
}

/* Dynamic update: records without data are deletions (RFC 2136 2.5). */
static void test_update(void **state)
{
	(void)state;
	assert_true(parse_hex("0001 2800 0001 0000 0001 0000 " NAME "0006 0001 "
			      "c00c 0001 00ff 00000000 0000",
		WARD_DNS_UNICAST));
	assert_int_equal(m.record[0].section, WARD_DNS_AUTHORITY);
	assert_int_equal(m.record[0].data.len, 0);
	assert_false(parse_hex(HEAD_ANSWERS("0001") RR("0001", "0000"), WARD_DNS_UNICAST));
}

static void test_prefixes(void **state)
{
	static const char *const whole[] = {QUERY, ANSWER};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(whole); i++) {
		struct ward_slice s = unhex(whole[i]);

		for (size_t cut = 0; cut < s.len; cut++) {
			uint8_t *exact = malloc(cut ? cut : 1);

			assert_non_null(exact);
			memcpy(exact, s.p, cut);
			assert_false(parse_bytes(ward_slice_of(exact, cut), WARD_DNS_UNICAST));
			assert_true(m.reason < WARD_DNS_REASON_N && m.off <= cut);
			free(exact);
		}
		bytes_free(s);
	}
}

#define EMPTY "0001 0100 0001 0000 0000 0000 "

static void test_reasons(void **state)
{
	static const struct sample samples[] = {
		{"0001 0100", WARD_DNS_HEADER_SHORT, 4},
		{EMPTY "0361", WARD_DNS_NAME_SHORT, 13},
		{EMPTY "41 00", WARD_DNS_NAME_LABEL, 13},
		{EMPTY "c0", WARD_DNS_NAME_SHORT, 13},
		{EMPTY "c00c 0001 0001", WARD_DNS_NAME_POINTER, 14},
		{EMPTY "c020 0001 0001", WARD_DNS_NAME_POINTER, 14},
		{EMPTY "c000 0001 0001", WARD_DNS_NAME_POINTER, 14},
		{EMPTY "00 0001", WARD_DNS_QUESTION_SHORT, 15},
		{HEAD_ANSWERS("0001") "c00c 0001", WARD_DNS_RECORD_SHORT, 31},
		{HEAD_ANSWERS("0001") RR("0001", "0005") "c0000201", WARD_DNS_RECORD_LENGTH, 39},
		{HEAD_ANSWERS("0001") RR("0001", "0005") "c000020100", WARD_DNS_RECORD_DATA, 43},
		{"0001 0100 0000 0000 0000 0001 00 0029 04d0 00000000 0003 000a00", WARD_DNS_OPT,
			25},
		{"0001 0100 0000 0000 0000 0001 00 0029 04d0 00000000 0005 000f 0001 00",
			WARD_DNS_OPT, 28},
		{"0001 0100 0000 0000 0000 0001 00 0029 04d0 00000000 0008 0008 0004 0003 00 00",
			WARD_DNS_OPT, 31},
		{"0001 0100 0000 0000 0000 0002 00 0029 04d0 00000000 0000 "
		 "00 0029 04d0 00000000 0000",
			WARD_DNS_OPT, 34},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		bool ok = parse_hex(samples[i].hex, WARD_DNS_UNICAST);

		if (ok || m.reason != samples[i].reason || m.off != samples[i].off)
			fail_msg("sample %zu: reason %d at %zu", i, (int)m.reason, m.off);
	}
}

/* A label type that is none, a name of 256 bytes, 128 pointers in a row. */
static void test_name_limits(void **state)
{
	uint8_t bytes[1024];
	struct ward_slice head = unhex(EMPTY);
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	ward_wr_bytes(&w, head.p, head.len);
	ward_wr_u8(&w, 0x80);
	memset(ward_wr_room(&w, 128), 0, 128);
	assert_false(parse_bytes(ward_wr_slice(&w), WARD_DNS_UNICAST));
	assert_int_equal(m.reason, WARD_DNS_NAME_LABEL);
	for (unsigned labels = 3; labels <= 4; labels++) {
		w.len = head.len;
		for (unsigned i = 0; i < labels; i++) {
			ward_wr_u8(&w, 63);
			memset(ward_wr_room(&w, 63), 'x', 63);
		}
		ward_wr_u8(&w, 0);
		ward_wr_be32(&w, 0x00010001);
		assert_int_equal(parse_bytes(ward_wr_slice(&w), WARD_DNS_UNICAST), labels == 3);
	}
	assert_int_equal(m.reason, WARD_DNS_NAME_LENGTH);
	/* In TXT data: a name, then a chain of pointers; the second record's name follows it. */
	for (unsigned hops = 126; hops <= 127; hops++) {
		w.len = 0;
		ward_wr_be32(&w, 0x00018180);
		ward_wr_be32(&w, 2);
		ward_wr_be32(&w, 0);
		ward_wr_u8(&w, 0);
		ward_wr_be32(&w, 0xff000001);
		ward_wr_be32(&w, 0);
		ward_wr_be16(&w, (uint16_t)(2 * hops + 1));
		size_t at = w.len;

		ward_wr_u8(&w, 0);
		for (unsigned i = 0; i < hops; i++)
			ward_wr_be16(&w, (uint16_t)(0xc000 | (i ? at + 2 * i - 1 : at)));
		ward_wr_be16(&w, (uint16_t)(0xc000 | (w.len - 2)));
		ward_wr_be32(&w, 0xff000001);
		ward_wr_be32(&w, 0);
		ward_wr_be16(&w, 0);
		assert_int_equal(parse_bytes(ward_wr_slice(&w), WARD_DNS_UNICAST), hops == 126);
	}
	assert_int_equal(m.reason, WARD_DNS_NAME_HOPS);
	bytes_free(head);
}

static void test_label(void **state)
{
	static const struct {
		const char *name, *label;
		unsigned digits, vowels, consonants, rarity_min, rarity_max;
	} row[] = {
		{"www.ospedalemolinette.it", "ospedalemolinette", 0, 470, 2, 25, 45},
		{"mail.windowsupdate.com", "windowsupdate", 0, 384, 2, 25, 45},
		{"a.footprintdns.co.uk", "footprintdns", 0, 250, 5, 25, 45},
		{"co.uk", "co", 0, 500, 1, 0, 60},
		{"xjpakmdcfuqe.org", "xjpakmdcfuqe", 0, 250, 5, 50, 100},
		{"VTMGQXNDDHRF.com", "VTMGQXNDDHRF", 0, 0, 12, 50, 100},
		{"ct7ctrgb6cr7.com", "ct7ctrgb6cr7", 250, 0, 5, 45, 100},
		{"1234.net", "1234", 1000, 0, 0, 0, 0},
		{"a\\.b.c", "a\\.b", 0, 500, 1, 0, 0},
		{"1.0.0.127.in-addr.arpa", NULL, 0, 0, 0, 0, 0},
		{"host", NULL, 0, 0, 0, 0, 0},
		{"", NULL, 0, 0, 0, 0, 0},
		{".com", NULL, 0, 0, 0, 0, 0},
	};
	struct ward_dns_label l;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		bool has = ward_dns_label_of(ward_str_z(row[i].name), &l);

		assert_int_equal(has, row[i].label != NULL);
		if (!has)
			continue;
		assert_true(ward_str_eqz(l.text, row[i].label));
		assert_int_equal(l.length, l.text.len);
		assert_int_equal(l.digits_permille, row[i].digits);
		assert_int_equal(l.vowels_permille, row[i].vowels);
		assert_int_equal(l.consonants, row[i].consonants);
		assert_in_range(l.rarity, row[i].rarity_min, row[i].rarity_max);
	}
}

static void test_waiting(void **state)
{
	struct ward_dns_flow f = {0};
	ward_ns waited = 0;

	(void)state;
	assert_false(ward_dns_answered(&f, 0, 1, &waited));
	assert_false(ward_dns_asked(&f, 0, 1));
	assert_true(ward_dns_asked(&f, 0, 2));
	assert_true(ward_dns_answered(&f, 0, 5, &waited));
	assert_int_equal(waited, 4);
	assert_false(ward_dns_answered(&f, 0, 6, &waited));
	for (uint16_t id = 0; id <= WARD_DNS_WAITING; id++)
		assert_false(ward_dns_asked(&f, id, id));
	assert_true(ward_dns_answered(&f, WARD_DNS_WAITING, 20, &waited));
	assert_true(ward_dns_answered(&f, 2, 20, &waited));
}

static void test_probe(void **state)
{
	static const struct {
		const char *hex;
		bool is;
	} rows[] = {
		{QUERY, true}, {ANSWER, true},
		{"0001 8183 0000 0000 0000 0000", true},              /* a bare error */
		{"0001 0100 0000 0000 0000 0000", false},             /* nothing */
		{"0001 0100 ffff 0000 0000 0000 00", false},          /* more than fits */
		{"0001 7900 0001 0000 0000 0000 00 0001 0001", true}, /* NetBIOS opcode 15 */
		{"0001 1900 0001 0000 0000 0000 00 0001 0001", false},
		{"0001 0100 0001 0000 0000 0000 80 0001 0001", false},
		{"474554202f20485454502f312e310d0a", false}, /* "GET / HTTP/1.1" */
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_slice s = unhex(rows[i].hex);

		if (ward_dns_probe(s, s.len) != rows[i].is)
			fail_msg("row %zu", i);
		bytes_free(s);
	}
}

static struct ward_names names;
static struct ward_net *net;
static struct ward_wr out;
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
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
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

static bool told(const char *what)
{
	return ward_str_find(ward_wr_text(&out), ward_str_z(what)) != SIZE_MAX;
}

/* Everything of the last event that the test asks for. */
static void assert_told(const char *const *what)
{
	for (; *what; what++)
		if (!told(*what))
			fail_msg("no %s in %.*s", *what, WARD_STR_ARG(ward_wr_text(&out)));
}

static void feed(const char *hex)
{
	struct ward_slice s = unhex(hex);
	seq++;
	struct ward_frame f = {.seq = seq,
		.time = (ward_ns)seq,
		.link = WARD_LINK_ETHERNET,
		.bytes = s,
		.len = s.len};

	ward_wr_reset(&out);
	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
	bytes_free(s);
}

static void test_events(void **state)
{
	(void)state;
	feed(ETH "0800 " IP4_UDP("0037", "0000") "1388 0035 0023 0000 " QUERY);
	assert_told((const char *const[]){"\"net.dns.query\"", "\"dns.protocol\":\"dns\"",
		"\"dns.id\":1", "\"dns.query\":\"a.example\"", "\"dns.qtype\":\"A\"",
		"\"dns.qclass\":\"IN\"", "\"dns.rd\":true", "\"dns.z\":0", "\"dns.bytes\":27",
		NULL});
	assert_false(told("dns.rcode"));
	feed(ETH "0800 " IP4_UDP("0047", "0000") "0035 1388 0033 0000 " ANSWER);
	assert_told((const char *const[]){"\"net.dns.response\"", "\"dns.query\":\"a.example\"",
		"\"dns.rcode\":\"NOERROR\"", "\"dns.answers\":\"192.0.2.1\"",
		"\"dns.answer_type\":\"A\"", "\"dns.answer_ttl_s\":60", NULL});
}

static void test_malformed_event(void **state)
{
	(void)state;
	feed(ETH "0800 " IP4_UDP("0037", "0000") "1388 0035 0023 0000 " QUERY);
	feed(ETH "0800 " IP4_UDP("002c", "0000") "1388 0035 0018 0000 " EMPTY "00 00ff 00");
	assert_told((const char *const[]){
		"\"dns.malformed\":\"net.dns.reject.question.short\"", "\"net.malformed\"", NULL});
}

/* parse as the stream layer calls it. */
static enum ward_verdict stream(const char *hex, struct ward_dns_flow *flow, struct ward_dissect *d)
{
	static const struct ward_packet packet = {.proto = WARD_PROTO_TCP};
	struct ward_slice s = unhex(hex);
	seq++;
	struct ward_frame f = {.seq = seq, .time = (ward_ns)seq};
	size_t i = 0;

	while (ward_dissector_at(i) != &ward_dissect_dns_stream)
		i++;
	*d = (struct ward_dissect){.net = net,
		.packet = &packet,
		.module = &ward_dissect_dns_stream,
		.name = net->module[i].name,
		.trusted = true,
		.flow = flow};
	net->frame = &f;
	net->sink = &sink;
	ward_wr_reset(&out);
	enum ward_verdict ret = d->module->parse(d, s);

	net->frame = NULL;
	net->sink = NULL;
	bytes_free(s);
	return ret;
}

static void test_stream(void **state)
{
	struct ward_dns_flow flow = {0};
	struct ward_dissect d;

	(void)state;
	assert_int_equal(stream("00", &flow, &d), WARD_VERDICT_MORE);
	assert_int_equal(d.need, 2);
	assert_int_equal(stream("001b 0001", &flow, &d), WARD_VERDICT_MORE);
	assert_int_equal(d.need, 29);
	assert_int_equal(out.len, 0);
	assert_int_equal(stream("001b " QUERY "001b", &flow, &d), WARD_VERDICT_OK);
	assert_int_equal(d.used, 29);
	assert_true(told("\"net.dns.query\"") && !told("dns.repeated"));
	assert_int_equal(stream("001b " QUERY, &flow, &d), WARD_VERDICT_OK);
	assert_true(told("\"dns.repeated\":true"));
	assert_int_equal(stream("002b " ANSWER, &flow, &d), WARD_VERDICT_OK);
	assert_true(told("\"dns.rtt_ns\":2"));
	assert_int_equal(stream("002b " ANSWER, &flow, &d), WARD_VERDICT_OK);
	assert_true(told("\"dns.unsolicited\":true"));
	assert_int_equal(stream("000b 0001", &flow, &d), WARD_VERDICT_MORE);
	assert_int_equal(
		stream("000b 0001 0100 0001 0000 0000 00", &flow, &d), WARD_VERDICT_MALFORMED);
	assert_int_equal(d.reason, WARD_DNS_STREAM_LENGTH);
	assert_int_equal(stream("000f " EMPTY "00 0001", &flow, &d), WARD_VERDICT_MALFORMED);
	assert_int_equal(d.off, 17);
	assert_int_equal(d.used, 17);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query_and_answer),
		cmocka_unit_test(test_names_as_text),
		cmocka_unit_test(test_rdata),
		cmocka_unit_test(test_long_txt),
		cmocka_unit_test(test_pointers_do_not_swell),
		cmocka_unit_test(test_edns),
		cmocka_unit_test(test_kin),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_name_limits),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_probe),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed_event, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
