/* The table of files. */
#include "bytes.h"
#include "carve_lab.h"

#include "sense/net/carve/magic.h"

static void test_order(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	uint32_t number = open_file();

	give(number, 6, "six");
	give(number, 3, "thr");
	assert_int_equal(told.at, 0);
	give(number, 0, "MZ0");
	assert_int_equal(told.at, 9);
	give(number, 1, "XXXXXXXXninetw"); /* what was there stands */
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	assert_int_equal(number, 0);
	expect_file("MZ0thrsixninetw",
		"\"service\":\"test\",\"file.direction\":\"download\",\"file.name\":\"scan.PDF\","
		"\"file.mime_type\":\"application/x-dosexec\",\"file.program\":true,"
		"\"file.mime_by_name\":\"application/pdf\",\"file.disguised\":true,"
		"\"file.bytes\":15,\"file.complete\":true,\"file.end\":\"whole\"");
	expect_told("\"src_ip\":\"10.0.0.2\",\"dst_ip\":\"10.0.0.1\"", 1);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILES), 1);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_BYTES), 15);
}

static void test_gaps(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	uint32_t number = open_file();

	give(number, 0, "abc");
	ward_carve_gap(lab.net, number, 3, 2);
	give(number, 4, "xfg");
	give(number, 20, "late");
	ward_carve_gap(lab.net, number, 30, 5); /* of what is not known to be there */
	ward_carve_total(lab.net, number, 40);
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	expect_told("\"file.bytes\":9,\"file.total_bytes\":40,\"file.missing_bytes\":15,\"file."
		    "missing_at\":3,"
		    "\"file.complete\":false,\"file.end\":\"whole\"",
		1);
	expect_told("file.hash.sha256", 0);
	expect_told("\"file.front.sha256\":\"" /* of abc, FIPS 180-4's example */
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
		1);
	assert_int_equal(told.at, 24);
	assert_int_equal(told.gaps, 15);
	assert_false(told.result.hashed);
}

/* Short of what was declared: there is a hash of what came, but no word of a whole file. */
static void test_short(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	uint32_t number = open_file();

	ward_carve_total(lab.net, number, 4);
	give(number, 0, "abc");
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	expect_file("abc", "\"file.complete\":false");
	again(&ward_dissect_http);
	number = open_file();
	ward_carve_end(lab.net, &number, WARD_FILE_WHOLE);
	expect_told("net.file", 0); /* no byte, no file */
	assert_int_equal(told.ended, 1);
}

/* Numbers that stand for nothing, places at the end of all numbers. */
static void test_odd_calls(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	uint32_t number = open_file(), old = number, none = 0;

	give(0, 0, "x");
	give(number + 7, 0, "x");
	give(number, UINT64_MAX - 1, "xyz");
	give(number, UINT64_MAX - 3, "xyz");
	ward_carve_gap(lab.net, number, 1, UINT64_MAX);
	ward_carve_bytes(lab.net, number, 0, ward_slice_of(NULL, 0));
	ward_carve_end(lab.net, &none, WARD_FILE_WHOLE);
	ward_carve_end(lab.net, &number, WARD_FILE_ABORTED);
	give(old, 0, "x");
	ward_carve_gap(lab.net, old, 0, 1);
	ward_carve_total(lab.net, old, 1);
	ward_carve_end(lab.net, &old, WARD_FILE_WHOLE);
	ward_net_files(lab.net, &carve_sink);
	expect_told("\"class\":\"net.file\"", 1);
	expect_told(
		"\"file.bytes\":3,\"file.missing_bytes\":9223372036854775807,\"file.missing_at\":0,"
		"\"file.complete\":false,\"file.end\":\"aborted\"",
		1);
}

/* More files than there is room for: the one that got bytes least recently is given up. */
static void test_evicted(void **state)
{
	enum { MOST = 1024 / WARD_CARVE_FLOWS }; /* of the lab's flows */
	static uint32_t number[MOST + 1];
	uint64_t before = ward_net_count(lab.net, WARD_NET_FILE_EVICTED);

	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	for (size_t i = 0; i < MOST; i++)
		give(number[i] = open_file(), 0, "one");
	give(number[0], 3, "two");
	number[MOST] = open_file();
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_EVICTED), before + 1);
	expect_told("\"file.end\":\"evicted\"", 1);
	give(number[1], 3, "x"); /* that one is gone */
	give(number[0], 6, "three");
	ward_carve_leave(lab.net, &lab.files);
	ward_net_files(lab.net, &carve_sink);
	expect_told("\"file.end\":\"closed\"", MOST - 1);
	expect_told("\"file.bytes\":11,", 1);
	assert_null(lab.files.first);
	assert_int_equal(lab.net->carve.n_hash, lab.net->carve.n_hash_max);
}

/* Nothing is looked at, and nothing taken for it. */
static void test_no_files(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("off"), .no_files = true};
	struct ward_packet p = {.has_ip = true, .ip_version = 4};
	struct ward_carve_list list = {NULL};
	struct ward_file_meta m = {.service = "test"};
	struct ward_net *net;

	(void)state;
	assert_int_equal(ward_net_new(ward_mem_heap(), &lab.lim, &lab.names, &opts, &net), WARD_OK);
	struct ward_dissect d = {.net = net, .packet = &p, .files = &list};
	uint32_t number = ward_carve_begin(&d, &m);

	assert_int_equal(number, 0);
	ward_carve_bytes(net, 1, 0, ward_slice_of("x", 1));
	ward_carve_end(net, &number, WARD_FILE_WHOLE);
	assert_null(net->carve.file.item);
	assert_null(net->carve.decoders);
	ward_net_free(net);
}

/* Objects in parts, as DICOMweb stores them: a file each, whose name is not told; then the whole.
 */
static void test_inside(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	(void)feed(0, "POST /dicom-web/studies HTTP/1.1\r\nHost: h\r\nContent-Type: "
		      "multipart/related; type=\"application/dicom\"; boundary=\"a b\"\r\n"
		      "Content-Length: 114\r\n\r\n--a b\r\nContent-Type: application/dicom\r\n"
		      "Content-Disposition: x; filename=\"DOE.dcm\"\r\n\r\none\r\n--a b\r\n\r\ntwo"
		      "\r\n--a b--\r\n");
	expect_told("\"class\":\"net.file\"", 3);
	expect_told("\"file.within\":\"multipart/related\",\"file.mime_declared\":\"application/"
		    "dicom\","
		    "\"file.mime_type\":\"unknown\",\"file.bytes\":3,\"file.complete\":true,"
		    "\"file.end\":\"whole\"",
		1);
	expect_told("\"file.bytes\":114,\"file.total_bytes\":114,\"file.complete\":true", 1);
	expect_told("\"uri\":\"/dicom-web/studies\"", 3);
	expect_told("DOE", 0);
	assert_int_equal(lab.net->carve.n_parts, lab.net->carve.n_decoder_max);
	ward_net_files(lab.net, &carve_sink);
}

/* Bytes of a mail are lost within an attachment: its front, and the next one whole. */
static void test_inside_torn(void **state)
{
	(void)state;
	again(&ward_dissect_smtp);
	ward_net_files(lab.net, NULL);
	(void)feed(1, "220 mx ESMTP\r\n");
	(void)feed(0, "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n354 go\r\n");
	(void)feed(0, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
		      "Content-Type: a/b; name=torn\r\n\r\nfront\r\n");
	assert_true(proto_lab_gap(&lab, 0, 100));
	(void)feed(0, "rest\r\n--b\r\nContent-Type: a/b; name=next\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n.\r\n");
	expect_told("\"file.name\":\"torn\",\"file.mime_declared\":\"a/"
		    "b\",\"file.mime_type\":\"unknown\","
		    "\"file.bytes\":5,\"file.complete\":false,\"file.end\":\"torn\"",
		1);
	expect_told("\"file.name\":\"next\",\"file.mime_declared\":\"a/"
		    "b\",\"file.mime_type\":\"unknown\","
		    "\"file.bytes\":3,\"file.complete\":true",
		1);
	expect_told("\"file.missing_bytes\":100", 1);
	assert_int_equal(lab.net->carve.n_parts, lab.net->carve.n_decoder_max);
	ward_net_files(lab.net, &carve_sink);
}

/* More with parts than there is memory for: they are files all the same. */
static void test_inside_many(void **state)
{
	struct ward_dissect d = call();
	struct ward_file_meta m = {.service = "test", .parts = WARD_PARTS_MESSAGE};
	uint64_t before = ward_net_count(lab.net, WARD_NET_FILE_PARTS);
	uint32_t number = 0;

	(void)state;
	again(&ward_dissect_http);
	ward_net_files(lab.net, NULL);
	for (size_t n = lab.net->carve.n_parts + 1; n; n--)
		number = ward_carve_begin(&d, &m);
	give(number, 0, "Content-Type: a/b\n\nx");
	ward_carve_leave(lab.net, &lab.files);
	ward_net_files(lab.net, &carve_sink);
	expect_told("\"class\":\"net.file\"", 1);
	assert_int_equal(ward_net_count(lab.net, WARD_NET_FILE_PARTS), before + 1);
	assert_int_equal(lab.net->carve.n_parts, lab.net->carve.n_decoder_max);
}

static void test_types(void **state)
{
	(void)state;
	assert_string_equal(ward_file_promised(WARD_STR("a/b.Pdf")), "application/pdf");
	assert_string_equal(ward_file_promised(WARD_STR("c:\\x.y\\scan.dcm")), "application/dicom");
	assert_null(ward_file_promised(WARD_STR("pdf")));
	assert_null(ward_file_promised(WARD_STR(".pdf")));
	assert_null(ward_file_promised(WARD_STR("a.pdf/b")));
	assert_null(ward_file_promised(WARD_STR("setup.exe")));
	assert_null(ward_file_promised(WARD_STR("")));
	assert_true(ward_file_is_program("application/x-dosexec"));
	assert_false(ward_file_is_program("application/pdf"));
	assert_false(ward_file_is_program(NULL));
	assert_string_equal(ward_file_mime(ward_slice_of("\xca\xfe\xba\xbe\0\0\0\2", 8)),
		"application/x-mach-o");
	assert_string_equal(ward_file_mime(ward_slice_of("\xca\xfe\xba\xbe\0\0\0\x34", 8)),
		"application/java-vm");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_odd_calls),
		cmocka_unit_test(test_evicted),
		cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_inside_torn),
		cmocka_unit_test(test_inside_many),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, carve_lab_open, carve_lab_close);
}
