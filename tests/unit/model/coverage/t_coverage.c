#include "model/coverage/coverage.h"

#include "../lab.h"
#include "event/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct table {
	struct lab hospital;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader json;
	struct ward_coverage *c;
	struct ward_wr w;
	char text[65536];
};

static void open_table(struct table *t, bool hospital, uint64_t rows)
{
	memset(t, 0, sizeof(*t));
	assert_int_equal(lab_load(&t->hospital, ward_mem_heap(), NULL, "x.yml", ""), WARD_OK);
	ward_limits_default(&t->lim);
	t->lim.v[WARD_LIMIT_COVERAGE_ROWS] = rows;
	assert_int_equal(ward_names_init(&t->names, ward_mem_heap(), &t->lim), WARD_OK);
	assert_int_equal(
		ward_json_reader_init(&t->json, &t->names, ward_mem_heap(), &t->lim), WARD_OK);
	assert_int_equal(ward_coverage_new(ward_mem_heap(), &t->lim, &t->names,
				 hospital ? t->hospital.m : NULL, &t->c),
		WARD_OK);
	t->w = ward_wr_fixed(t->text, sizeof(t->text) - 1);
}

static void close_table(struct table *t)
{
	ward_coverage_free(t->c);
	ward_json_reader_fini(&t->json);
	ward_names_fini(&t->names);
	lab_free(&t->hospital);
}

static void give(struct table *t, const char *source, const char *class, const char *fields)
{
	char line[1024];
	struct ward_arena arena;
	struct ward_event e;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"time\":\"2026-01-15T00:00:10Z\",\"seen\":"
		"\"2026-01-15T00:00:10Z\",\"source\":\"%s\",\"class\":\"%s\",\"fields\":{%s}}",
		source, class, fields);
	assert_int_equal(ward_json_read_event(&t->json, ward_str_z(line), &arena, &e), WARD_OK);
	assert_int_equal(ward_coverage_event(t->c, &e), WARD_OK);
	ward_arena_fini(&arena);
}

static void has(struct table *t, bool json, const char *what)
{
	memset(t->text, 0, sizeof(t->text));
	ward_wr_reset(&t->w);
	assert_int_equal(json ? ward_coverage_write_json(t->c, &t->w)
			      : ward_coverage_write_table(t->c, true, NULL, &t->w),
		WARD_OK);
	assert_false(ward_wr_bad(&t->w));
	if (!strstr(t->text, what))
		fail_msg("'%s' is not in:\n%s", what, t->text);
}

#define TO(SRC, DST) "\"src_ip\":\"" SRC "\",\"dst_ip\":\"" DST "\",\"proto\":\"tcp\","
#define PORTS "\"src_port\":50000,\"dst_port\":80,"

/* Only who was heard is seen: 10.1.0.5 answers, 10.1.2.7 is called and silent. */
static void only_heard_is_seen(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, true, 64);
	has(&t, false, "none: no event was read");
	has(&t, false, "no source shows anything of its network");
	give(&t, "net", "net.flow",
		TO("192.0.2.1", "10.1.2.7") PORTS "\"packets\":5,\"bytes\":300,"
						  "\"packets_back\":0,\"bytes_back\":0");
	has(&t, false, "1 of 1 on one side only");
	has(&t, false, "off or silent");
	has(&t, true, "\"network\":\"n-deep\",\"assets\":1,\"assets_seen\":0,");
	give(&t, "flow", "net.flow",
		TO("10.1.2.7", "192.0.2.1") PORTS
		"\"packets\":5,\"bytes\":300,\"flow.exporter\":\"192.0.2.9\"");
	has(&t, true,
		"\"network\":\"n-deep\",\"assets\":1,\"assets_seen\":1,"
		"\"assets_seen_as_flow_only\":1,\"mirror_would_add\":0");
	has(&t, false, "n-deep");
	has(&t, false, "192.0.2.0/24: not in the directory");
	close_table(&t);
}

/* In another language: words that are wider than their letters' bytes keep the columns, and what a
 * sensor said of a loss is said, too, behind its interface. */
static void in_a_language(void **state)
{
	static const char words[] =
		"language: fr\nname: français\ndecimal: \",\"\ngroup: \" \"\ntexts:\n"
		"  \"{what}: {is}\": \"{what} : {is}\"\n  \"clear\": \"reçu\"\n"
		"  \"SEEN\": \"ÉTÉ\"\n  \"PACKETS\": \"PAQUETS\"\n"
		"  \"the interface went down\": \"l’interface est tombée\"\n"
		"  \"{n} of {of} assets seen\": \"sur {of}, {n} vus\"\n";
	struct ward_lang *fr = NULL;
	struct ward_diag diag;
	struct table t;

	(void)state;
	open_table(&t, true, 64);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_lang_read(ward_slice_of(words, sizeof(words) - 1), WARD_STR("fr.yml"),
				 &t.lim, ward_mem_heap(), &diag, &fr),
		WARD_OK);
	give(&t, "net", "net.flow",
		TO("192.0.2.1", "10.1.2.7") PORTS
		"\"service\":\"hl7\",\"packets\":5,\"bytes\":300");
	give(&t, "net", "ward.loss", "\"iface\":\"eth0\",\"reason\":\"the interface went down\"");
	assert_int_equal(ward_coverage_write_table(t.c, false, fr, &t.w), WARD_OK);
	static const char *const want[] = {" (eth0 : l’interface est tombée)",
		"n-deep : sur 1, 0 vus", "  ÉTÉ           PROTOCOL", "   PAQUETS  ",
		"  reçu          hl7 "};

	t.text[t.w.len] = 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(want); i++)
		if (!strstr(t.text, want[i]))
			fail_msg("'%s' is not in:\n%s", want[i], t.text);
	ward_lang_free(fr);
	ward_diag_fini(&diag);
	close_table(&t);
}

static void ways_of_seeing(void **state)
{
	static const struct {
		const char *fields, *want;
	} row[] = {
		{"\"service\":\"hl7\",", "\"protocol\":\"hl7\",\"seen\":\"clear\""},
		{"\"service\":\"smtp,tls\",", "\"protocol\":\"smtp,tls\",\"seen\":\"encrypted\""},
		{"", "\"protocol\":\"tcp/80\",\"seen\":\"unrecognised\""},
		{"\"flow.exporter\":\"192.0.2.9\",",
			"\"protocol\":\"tcp/80\",\"seen\":\"flow only\""},
		{"\"snapped_packets\":3,", "\"protocol\":\"tcp/80\",\"seen\":\"cut\""},
		{"\"service\":\"dicom\",\"snapped_packets\":3,",
			"\"protocol\":\"dicom\",\"seen\":\"clear\""},
		/* who names the protocol without showing its messages does not see it in clear */
		{"\"service\":\"ssh\",\"flow.format\":\"zeek\",",
			"\"protocol\":\"ssh\",\"seen\":\"flow only\""},
	};
	struct table t;

	(void)state;
	open_table(&t, false, 64);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char fields[512];

		(void)snprintf(fields, sizeof(fields),
			TO("2001:db8::1", "2001:db8::2") PORTS
			"%s\"packets\":5,\"bytes\":300,\"packets_back\":4,\"bytes_back\":100,"
			"\"duration_ns\":10000000000",
			row[i].fields);
		give(&t, "net", "net.flow", fields);
		has(&t, true, row[i].want);
	}
	/* both ends are in one network: counted once */
	has(&t, true,
		"\"network\":\"2001:db8::/64\",\"protocol\":\"hl7\",\"seen\":\"clear\","
		"\"first\":\"2026-01-15T00:00:00Z\",\"last\":\"2026-01-15T00:00:10Z\",\"flows\":1,"
		"\"packets\":9,\"bytes\":400,\"one_sided\":0,\"source\":\"net\","
		"\"with_losses\":false");
	close_table(&t);
}

/* Sources that tell flows are named as such, by the format of each. */
static void partial_sight(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, false, 64);
	give(&t, "zeek", "net.flow", TO("10.0.0.1", "10.0.0.2") "\"flow.format\":\"zeek\"");
	give(&t, "zeek", "net.flow", TO("10.0.0.1", "10.0.0.2") "\"flow.format\":\"firewall\"");
	has(&t, false, "2 events, 2 flows; flows only (zeek, firewall)");
	give(&t, "zeek", "net.zeek.dns", "\"uid\":\"C\"");
	has(&t, false, "3 events, 2 flows; flows told (zeek, firewall)");
	has(&t, true, "\"flows\":2,\"flows_only\":2,");
	close_table(&t);
}

static void losses(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, false, 64);
	give(&t, "net", "net.loss", "\"loss.tcp_bytes\":900,\"loss.acked_unseen_bytes\":100");
	give(&t, "flow", "net.loss", "\"lost\":7,\"loss.flow_records\":7");
	has(&t, false, "missed 100 bytes of TCP (100 of 1000 meanwhile)");
	has(&t, false, "7 exports lost");
	has(&t, true, "\"missed_permille\":100,\"lost_exports\":0");
	close_table(&t);
}

#define FLOW TO("10.1.0.5", "192.0.2.1") PORTS "\"service\":\"hl7\",\"packets\":5,\"bytes\":300"

/* What did not come to the sensor: the table says so where somebody looks for it. */
static void frames_lost(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, true, 64);
	has(&t, false, "not seen: no source shows any packet or flow of it\n");
	give(&t, "net", "net.flow", FLOW);
	has(&t, true, "\"with_losses\":false");
	give(&t, "net", "ward.loss", "\"iface\":\"eth1\",\"reason\":\"the interface went down\"");
	has(&t, false, "; HEARD NOTHING FOR A WHILE (eth1: the interface went down)");
	has(&t, true, "\"lost_frames\":0,\"lost_events\":0,\"lost_because\":[\"eth1: the ");
	has(&t, true, "\"with_losses\":true");
	for (unsigned i = 0; i < 2; i++)
		give(&t, "net", "ward.loss",
			"\"iface\":\"eth1\",\"lost\":600,"
			"\"reason\":\"the capture ring was full\"");
	has(&t, false,
		"; 1200 FRAMES WERE LOST (eth1: the interface went down; eth1: the capture ring "
		"was full)");
	has(&t, false, "net, with losses\n");
	has(&t, false, "flow of it; it may have been in what was lost (above)\n");
	give(&t, "capture", "net.loss", "\"loss.tcp_bytes\":0,\"loss.capture_dropped\":757");
	has(&t, true, "\"lost_frames\":757,\"lost_events\":0,\"lost_because\":[]");
	give(&t, "log", "ward.loss", "\"lost\":9,\"reason\":\"the journal is full\"");
	has(&t, false, "; 9 EVENTS WERE LOST (the journal is full)");
	close_table(&t);
}

/* Reasons are an outsider's: more than there is room for are counted without their words. */
static void many_reasons(void **state)
{
	struct table t;
	char fields[1024];

	(void)state;
	open_table(&t, false, 64);
	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(fields, sizeof(fields),
			"\"iface\":\"e\",\"lost\":1,\"reason\":\"\\u001b[2J %u\"", i);
		give(&t, "net", "ward.loss", fields);
	}
	has(&t, false, "; 40 FRAMES WERE LOST (e: ?[2J 0; ");
	assert_null(strstr(t.text, "e: ?[2J 32"));
	close_table(&t);
	memset(fields, 'x', sizeof(fields));
	memcpy(fields, "\"reason\":\"", 10);
	(void)snprintf(fields + 700, 8, "\"");
	open_table(&t, false, 64);
	give(&t, "net", "ward.loss", fields);
	has(&t, false, "; HEARD NOTHING FOR A WHILE (a reason that is too long to be kept)");
	close_table(&t);
}

static void not_decoded(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, true, 64);
	give(&t, "net", "net.loss", "\"loss.snapped_packets\":12");
	has(&t, false, "; 12 packets cut by the snap length\n");
	has(&t, true, "\"snapped_packets\":12,\"undecoded_packets\":0}");
	give(&t, "net", "net.loss", "\"loss.undecoded_packets\":3,\"loss.link_type\":147");
	has(&t, false, "; 3 PACKETS OF LINK TYPE 147 ARE NOT DECODED: nothing is seen\n");
	has(&t, true, "\"undecoded_packets\":3,\"undecoded_link_type\":147");
	give(&t, "net", "net.flow", FLOW);
	has(&t, false, "; 3 PACKETS OF LINK TYPE 147 ARE NOT DECODED\n");
	close_table(&t);
}

/* An interface that should only listen, by which something was sent. */
static void sent_by_us(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, true, 64);
	give(&t, "net", "net.host", "\"iface\":\"eth1\",\"src_ip\":\"10.1.2.7\"");
	has(&t, false, "1 events, 0 flows; sent nothing");
	has(&t, true, "\"sent_packets\":0");
	give(&t, "net", "net.sent",
		"\"iface\":\"eth1\",\"dst_ip\":\"10.1.2.7\",\"dst_port\":53,"
		"\"proto\":\"udp\",\"packets\":2,\"bytes\":120");
	give(&t, "net", "net.sent",
		"\"iface\":\"eth1\",\"ethertype\":2054,\"packets\":1,\"bytes\":42");
	has(&t, false, "; 3 PACKETS WERE SENT BY ITS INTERFACE");
	has(&t, true, "\"network\":\"n-deep\",\"protocol\":\"udp/53\",\"seen\":\"sent by us\"");
	has(&t, true,
		"\"network\":\"multicast, broadcast, no address\","
		"\"protocol\":\"ethertype 0x0806\",\"seen\":\"sent by us\"");
	close_table(&t);
}

static void give_port(struct table *t, unsigned port)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
		TO("192.0.2.1", "10.1.2.7") "\"src_port\":50000,\"dst_port\":%u,\"packets\":1,"
					    "\"bytes\":40",
		port);
	give(t, "net", "net.flow", fields);
}

/* Who tries all ports, or makes up senders, takes no row from what is the hospital's. */
static void a_scan_hides_nothing(void **state)
{
	struct table t;
	char fields[256];

	(void)state;
	open_table(&t, true, 256);
	for (unsigned i = 1; i <= 40000; i++)
		give_port(&t, i);
	for (unsigned i = 0; i < 2000; i++) {
		(void)snprintf(fields, sizeof(fields),
			"\"src_ip\":\"172.16.%u.1\",\"dst_ip\":\"10.1.2.7\",\"proto\":\"udp\","
			"\"src_port\":%u,\"dst_port\":%u,\"packets\":1,\"bytes\":1",
			i % 256, 20000 + i, 40000 + i);
		give(&t, "net", "net.flow", fields);
	}
	has(&t, true, "\"network\":\"n-deep\",\"protocol\":\"tcp/17\"");
	has(&t, true,
		"\"network\":\"n-deep\",\"protocol\":\"tcp/other\",\"seen\":\"unrecognised\"");
	has(&t, true, "\"network\":\"other networks\",\"protocol\":\"udp/other\"");
	give(&t, "net", "net.flow",
		TO("10.1.2.7", "198.51.100.1") PORTS
		"\"service\":\"hl7\",\"packets\":5,\"bytes\":300,\"packets_back\":4");
	has(&t, true, "\"network\":\"n-deep\",\"protocol\":\"hl7\",\"seen\":\"clear\"");
	has(&t, true, "\"network\":\"other networks\",\"protocol\":\"hl7\",\"seen\":\"clear\"");
	assert_null(strstr(t.text, "left_out"));
	close_table(&t);
}

static void full_table(void **state)
{
	struct table t;

	(void)state;
	open_table(&t, true, 16);
	for (unsigned i = 0; i < 17; i++) {
		char fields[256];

		(void)snprintf(fields, sizeof(fields),
			"\"src_ip\":\"10.1.0.1\",\"dst_ip\":\"224.0.0.1\",\"proto\":\"%u\","
			"\"packets\":1,\"bytes\":1",
			i);
		give(&t, "net", "net.flow", fields);
	}
	has(&t, false, "1 flows are not in the table");
	has(&t, false, "not in the table, which was full");
	has(&t, true, "{\"kind\":\"left_out\",\"flows\":1}");
	close_table(&t);
}

/* Saved and loaded it says the same, and goes on; every cut of it is refused. */
static void saved_and_loaded(void **state)
{
	struct table t, u;
	struct ward_wr one = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       two = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	open_table(&t, true, 64);
	give(&t, "net", "net.flow",
		TO("10.1.2.7", "192.0.2.1") PORTS "\"service\":\"hl7\",\"packets\":5,\"bytes\":300,"
						  "\"packets_back\":4,\"bytes_back\":100");
	give(&t, "flow", "net.flow",
		TO("192.0.2.1", "10.1.2.7") PORTS
		"\"packets\":5,\"bytes\":300,\"flow.exporter\":\"192.0.2.9\","
		"\"flow.format\":\"netflow9\"");
	give(&t, "net", "ward.loss",
		"\"iface\":\"e\",\"lost\":600,\"reason\":\"the capture ring was full\"");
	give(&t, "net", "net.loss",
		"\"loss.snapped_packets\":12,\"loss.undecoded_packets\":3,"
		"\"loss.link_type\":147");
	ward_coverage_save(t.c, &one);
	open_table(&u, true, 64);
	assert_int_equal(ward_coverage_load(u.c, ward_wr_slice(&one)), WARD_OK);
	ward_coverage_save(u.c, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.p, two.p, one.len);
	has(&u, true, "\"network\":\"n-deep\",\"assets\":1,\"assets_seen\":1,");
	has(&u, true, "\"protocol\":\"hl7\",\"seen\":\"clear\"");
	has(&u, false, "1 flows; flows only (netflow9)");
	has(&u, false, "; 600 FRAMES WERE LOST (e: the capture ring was full); 12 packets cut");
	has(&u, false, "; 3 PACKETS OF LINK TYPE 147 ARE NOT DECODED; sent nothing\n");
	give(&u, "third", "net.host", "\"src_ip\":\"10.1.2.7\"");
	has(&u, true, "\"third\"");
	close_table(&u);
	for (size_t cut = 0; cut < one.len; cut++) {
		open_table(&u, true, 64);
		enum ward_err err = ward_coverage_load(u.c, (struct ward_slice){one.p, cut});

		assert_int_equal(err, cut ? WARD_ERR_MALFORMED : WARD_ERR_VERSION);
		close_table(&u);
	}
	close_table(&t);
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_heard_is_seen),
		cmocka_unit_test(in_a_language),
		cmocka_unit_test(ways_of_seeing),
		cmocka_unit_test(partial_sight),
		cmocka_unit_test(losses),
		cmocka_unit_test(frames_lost),
		cmocka_unit_test(many_reasons),
		cmocka_unit_test(not_decoded),
		cmocka_unit_test(sent_by_us),
		cmocka_unit_test(a_scan_hides_nothing),
		cmocka_unit_test(full_table),
		cmocka_unit_test(saved_and_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
