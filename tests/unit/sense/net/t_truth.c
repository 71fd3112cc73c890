/* BACnet against others' reading of the same captures: the logs that Zeek's icsnpp-bacnet tests
 * expect, message by message, and counts that tshark 4.0.17 gives. */
#include "sense/net/capture.h"
#include "sense/net/net.h"

#include "bytes.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

enum { LINES = 8192, LINE = 128 };

struct lines {
	char line[LINES][LINE];
	size_t n;
};

static struct ward_names names;
static struct lines ours, theirs;

static const char *file_in_data(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/pcaps/%s", getenv("WARD_SHARED_DATA"), name);
	return path;
}

/* "confirmed-request read-property 12", or the class where there is no APDU. */
static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct lines *l = ctx;
	struct ward_str class = ward_name_text(&names, e->class);
	struct ward_str pdu = ward_event_str(e, WARD_FIELD_BACNET_PDU),
			service = ward_event_str(e, WARD_FIELD_BACNET_SERVICE);
	const struct ward_value *id = ward_event_get(e, WARD_FIELD_BACNET_INVOKE_ID);

	/* what never came is no message */
	if (!ward_str_starts(class, WARD_STR("net.bacnet.")) ||
		ward_str_eqz(class, "net.bacnet.unanswered"))
		return WARD_OK;
	assert_true(l->n < LINES);
	char *line = l->line[l->n++];

	if (!pdu.len) {
		(void)snprintf(line, LINE, "%.*s", WARD_STR_ARG(class));
		return WARD_OK;
	}
	if (!service.len)
		service = WARD_STR("-");
	int at = snprintf(line, LINE, "%.*s %.*s ", WARD_STR_ARG(pdu), WARD_STR_ARG(service));

	if (id)
		(void)snprintf(line + at, LINE - (size_t)at, "%lld", (long long)id->i);
	else
		(void)snprintf(line + at, LINE - (size_t)at, "-");
	return WARD_OK;
}

static void read_capture(const char *name)
{
	struct ward_net_opts opts = {.source = WARD_STR("test")};
	struct ward_net_sink sink = {put, &ours};
	struct ward_limits lim;
	char why[WARD_CAPTURE_WHY];
	struct ward_capture *c;
	struct ward_net *n;
	struct ward_frame f;

	ours.n = 0;
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(ward_capture_open(ward_mem_heap(), file_in_data(name), why, &c), WARD_OK);
	assert_int_equal(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &n), WARD_OK);
	while (ward_capture_next(c, &f) == WARD_OK)
		assert_int_equal(ward_net_packet(n, &f, &sink), WARD_OK);
	assert_int_equal(ward_net_flush(n, &sink), WARD_OK);
	ward_net_free(n);
	ward_capture_close(c);
	ward_names_fini(&names);
}

/* Columns 13 to 15 of Zeek's bacnet.log: pdu_type, pdu_service, invoke_id. */
static void read_zeek(const char *name)
{
	FILE *f = fopen(file_in_data(name), "re");
	char line[4096];

	assert_non_null(f);
	theirs.n = 0;
	while (fgets(line, sizeof(line), f)) {
		struct ward_str rest = ward_str_z(line), column[16];

		if (line[0] == '#')
			continue;
		for (size_t i = 0; i < WARD_ARRAY_LEN(column); i++)
			column[i] = ward_str_cut(&rest, '\t');
		/* REJECT_PDU has the service "reject": there is none on the wire. */
		if (ward_str_ends(column[12], WARD_STR("_PDU"))) {
			column[12].len -= 4;
			if (ward_str_ieq(column[12], column[13]))
				column[13] = WARD_STR("-");
		}
		char *to = theirs.line[theirs.n++];

		(void)snprintf(to, LINE, "%.*s %.*s %.*s", WARD_STR_ARG(column[12]),
			WARD_STR_ARG(column[13]), WARD_STR_ARG(column[14]));
		for (; *to; to++)
			*to = *to == '_' ? '-' : (char)tolower((unsigned char)*to);
	}
	(void)fclose(f);
}

static void test_zeek_every_service(void **state)
{
	(void)state;
	read_capture("icsnpp/icsnpp-bacnet__bacnet_error_reject_abort.pcap");
	read_zeek("icsnpp/expected/icsnpp-bacnet__analyzer.error-reject-abort__bacnet.log");
	assert_int_equal(ours.n, 45);
	assert_int_equal(theirs.n, 45);
	for (size_t i = 0; i < theirs.n; i++)
		assert_string_equal(ours.line[i], theirs.line[i]);
}

/* All segments of an answer are one line of Zeek's, and one event. */
static void test_zeek_segments(void **state)
{
	(void)state;
	read_capture("icsnpp/icsnpp-bacnet__bacnet_segmented_data.pcap");
	read_zeek("icsnpp/expected/icsnpp-bacnet__analyzer.segmented_data__bacnet.log");
	assert_int_equal(ours.n, 18);
	assert_int_equal(theirs.n, 18);
	for (size_t i = 0; i < theirs.n; i++)
		assert_string_equal(ours.line[i], theirs.line[i]);
}

/* tshark -T fields -e bacapp.type -e bacapp.confirmed_service -e bacapp.unconfirmed_service */
static const struct {
	const char *file, *begins;
	size_t n;
} counts[] = {
	{"ITI-ICS-Security-Tools/BACnet__bacnet_test.pcap", "confirmed-request read-property ", 9},
	{NULL, "complex-ack ", 9},
	{NULL, "net.bacnet.bvlc_result", 2},
	{NULL, "net.bacnet.read_broadcast_distribution_table", 1},
	{NULL, "net.bacnet.register_foreign_device", 1},
	{NULL, "", 22},
	{"Malcolm-Test-Artifacts/protocols__BACnet_device_control.pcap",
		"confirmed-request read-property ", 1719},
	{NULL, "confirmed-request read-property-multiple ", 165},
	{NULL, "confirmed-request write-property ", 38},
	{NULL, "confirmed-request confirmed-private-transfer ", 1},
	{NULL, "confirmed-request reinitialize-device ", 31},
	{NULL, "confirmed-request get-event-information ", 2},
	{NULL, "confirmed-request get-alarm-summary ", 2},
	{NULL, "confirmed-request subscribe-cov ", 25},
	{NULL, "unconfirmed-request unconfirmed-cov-notification ", 8},
	{NULL, "unconfirmed-request time-synchronization ", 2},
	{NULL, "simple-ack ", 36},
	{NULL, "complex-ack ", 1605},
	{NULL, "error ", 306},
	{NULL, "reject ", 20},
	{NULL, "", 3960},
	{"arkime/bacnet-stack-services.pcap", "confirmed-request ", 29},
	{NULL, "confirmed-request device-communication-control ", 8},
	{NULL, "unconfirmed-request i-am ", 11},
	{NULL, "unconfirmed-request who-is ", 8},
	{NULL, "unconfirmed-request ", 28},
	/* tshark says 4: it reads on in a message whose NPDU version is 16. */
	{NULL, "simple-ack ", 3},
	{NULL, "complex-ack ", 13},
	{NULL, "error ", 7},
	{NULL, "reject ", 2},
	{"nDPI/bacnet.pcap", "unconfirmed-request who-is ", 6},
	{NULL, "unconfirmed-request i-am ", 5},
	{NULL, "confirmed-request read-property ", 9},
	{NULL, "net.bacnet.i_am_router_to_network", 1},
	{NULL, "net.bacnet.network_number_is", 1},
	{NULL, "", 23},
};

static void test_tshark_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(counts); i++) {
		size_t n = 0;

		if (counts[i].file)
			read_capture(counts[i].file);
		for (size_t l = 0; l < ours.n; l++)
			n += ward_str_starts(
				ward_str_z(ours.line[l]), ward_str_z(counts[i].begins));
		if (n != counts[i].n)
			fail_msg("row %zu '%s': %zu instead of %zu", i, counts[i].begins, n,
				counts[i].n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeek_every_service),
		cmocka_unit_test(test_zeek_segments),
		cmocka_unit_test(test_tshark_counts),
	};

	if (!getenv("WARD_SHARED_DATA") || access(file_in_data("icsnpp"), R_OK) != 0) {
		puts("skipped: no captures in $WARD_SHARED_DATA/pcaps");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
