/* What dissectors hand over to the table of files. */
#include "bytes.h"
#include "carve_lab.h"

#include "sense/net/proto/ftp/ftp.h"
#include "sense/net/proto/tftp/tftp.h"

static void test_http(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "GET /a/picture.png?name=DOE HTTP/1.1\r\nHost: pacs\r\n\r\n");
	(void)feed(1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: image/png; "
		      "x=y\r\nContent-Encoding: br\r\n\r\n4\r\nMZab\r\n3;x=1\r\ncde\r\n");
	expect_told("net.file", 0);
	(void)feed(1, "0\r\n\r\n");
	expect_file("MZabcde",
		"\"service\":\"http\",\"file.direction\":\"download\",\"uri\":\"/a/picture.png\","
		"\"http.host\":\"pacs\",\"file.mime_declared\":\"image/"
		"png\",\"file.encoding\":\"br\","
		"\"file.mime_type\":\"application/x-dosexec\",\"file.program\":true,"
		"\"file.mime_by_name\":\"image/png\",\"file.disguised\":true,\"file.bytes\":7,");
	again(&ward_dissect_http);
	(void)feed(0, "PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
		      "Content-Disposition: attachment; filename=\"a.sh\"\r\n\r\n#!/b");
	expect_file("#!/b", "\"file.direction\":\"upload\",\"uri\":\"/up\",\"http.host\":\"h\","
			    "\"file.name\":\"a.sh\",\"file.mime_type\":\"text/x-shellscript\","
			    "\"file.program\":true,\"file.bytes\":4,\"file.total_bytes\":4,"
			    "\"file.complete\":true");
}

static void test_http_ends(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
	(void)feed(1, "HTTP/1.1 206 Partial\r\nContent-Length: 9\r\n"
		      "Content-Range: bytes 3-11/20\r\n\r\nabc");
	assert_true(proto_lab_gap(&lab, 1, 4));
	(void)feed(1, "yz");
	expect_told("\"http.content_range\":\"bytes 3-11/20\",\"file.mime_type\":\"unknown\","
		    "\"file.bytes\":5,\"file.total_bytes\":9,\"file.missing_bytes\":4,\"file."
		    "missing_at\":3,"
		    "\"file.part\":true,\"file.complete\":false,\"file.end\":\"whole\"",
		1);
	again(&ward_dissect_http);
	(void)feed(0, "GET /x HTTP/1.0\r\n\r\n");
	(void)feed(1, "HTTP/1.0 200 OK\r\n\r\nuntil it closes");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("until it closes", "\"file.complete\":true");
	again(&ward_dissect_http);
	(void)feed(0, "GET /x HTTP/1.0\r\n\r\n");
	(void)feed(1, "HTTP/1.0 200 OK\r\nContent-Length: 20\r\n\r\nshort");
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("short", "\"file.complete\":false,\"file.end\":\"closed\"");
}

/* Ids and values of patients are in no file's event either. */
static void test_http_care(void **state)
{
	(void)state;
	again(&ward_dissect_http);
	(void)feed(0, "POST /fhir/Patient/DOE-17?name=DOE HTTP/1.1\r\nHost: h\r\n"
		      "Content-Type: application/fhir+json\r\nContent-Length: 3\r\n"
		      "Content-Disposition: attachment; filename=\"DOE.json\"\r\n\r\n{}\n");
	expect_told("\"uri\":\"/fhir/Patient/{id}\"", 1);
	expect_told("DOE", 0);
}

static void test_smtp(void **state)
{
	(void)state;
	again(&ward_dissect_smtp);
	(void)feed(1, "220 mx ESMTP\r\n");
	(void)feed(0, "EHLO a\r\n");
	(void)feed(1, "250 mx\r\n");
	(void)feed(0, "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n354 go\r\n");
	(void)feed(0, "Subject: x\r\n\r\n..dot\r\n.x\r\nend\r\n.\r\n");
	expect_file("Subject: x\r\n\r\n.dot\r\nx\r\nend\r\n",
		"\"service\":\"smtp\",\"file.direction\":\"upload\","
		"\"file.mime_declared\":\"message/rfc822\",");
	(void)feed(1, "250 queued\r\n");
	(void)feed(0, "MAIL FROM:<a@a.example>\r\nBDAT 4\r\n.\r\nxBDAT 2 LAST\r\n\r\n");
	(void)feed(1, "250 ok\r\n250 ok\r\n250 ok\r\n");
	proto_lab_files(&lab);
	assert_int_equal(proto_lab_seen(&lab, "\"net.file\""), 2);
	assert_int_equal(told.at, 6);
	assert_memory_equal(taken, ".\r\nx\r\n", 6);
	assert_true(told.result.complete);
}

/* What control connections say of those for data, and those. */
static void test_ftp(void **state)
{
	static const struct ward_expect_note list = {.kind = WARD_FTP_A_LIST};
	struct ward_packet p;

	(void)state;
	again(&ward_dissect_ftp);
	(void)feed(1, "220 FTP ready\r\n");
	(void)feed(0, "EPSV\r\n");
	(void)feed(1, "229 Entering (|||4001|)\r\n");
	p = lab.packet[0];
	p.dst_port = 4001;
	assert_int_equal(ward_expect_module(lab.net, &p), lab.net->n_module);
	(void)feed(0, "RETR images/boot.bin\r\n");
	size_t module = ward_expect_module(lab.net, &p);

	assert_ptr_equal(ward_dissector_at(module), &ward_dissect_ftp_data);
	again(&ward_dissect_ftp_data);
	lab.packet[0].dst_port = lab.packet[1].src_port = 4001;
	assert_int_equal(feed(1, "\x7f"
				 "ELF"),
		WARD_VERDICT_OK);
	assert_int_equal(feed(1, "more"), WARD_VERDICT_OK);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("\x7f"
		    "ELFmore",
		"\"service\":\"ftp-data\",\"file.direction\":\"download\","
		"\"file.name\":\"images/boot.bin\",\"file.mime_type\":\"application/"
		"x-executable\"");
	/* it was said of one connection */
	assert_int_equal(ward_expect_module(lab.net, &p), lab.net->n_module);
	again(&ward_dissect_ftp_data);
	assert_int_equal(feed(1, "who are you?"), WARD_VERDICT_FOREIGN);
	again(&ward_dissect_ftp);
	(void)feed(1, "220 FTP ready\r\n227 Passive (10,0,0,2,15,161)\r\n");
	(void)feed(0, "PASV\r\n");
	(void)feed(1, "227 Passive (10,0,0,2,15,161)\r\n");
	(void)feed(0, "REST 100\r\nRETR x.log\r\n");
	again(&ward_dissect_ftp_data);
	lab.packet[0].dst_port = lab.packet[1].src_port = 4001;
	assert_int_equal(feed(1, "the rest"), WARD_VERDICT_OK);
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_file("the rest", "\"file.bytes\":8,\"file.part\":true");
	/* a listing is no file, and announcements are for a minute */
	ward_expect(lab.net, &ward_dissect_ftp_data, p.dst_ip, 4, 4001, &list);
	lab.frame.time += 61 * WARD_NS_PER_S;
	assert_int_equal(ward_expect_module(lab.net, &p), lab.net->n_module);
	ward_expect(lab.net, &ward_dissect_ftp_data, p.dst_ip, 4, 4001, &list);
	again(&ward_dissect_ftp_data);
	lab.packet[0].dst_port = lab.packet[1].src_port = 4001;
	assert_int_equal(feed(1, "-rw-r--r-- x"), WARD_VERDICT_OK);
	expect_told("net.file", 0);
}

static void test_ftp_active(void **state)
{
	struct ward_packet p;

	(void)state;
	again(&ward_dissect_ftp);
	(void)feed(1, "220 FTP ready\r\n");
	(void)feed(0, "PORT 10,0,0,1,16,1\r\n");
	(void)feed(1, "200 ok\r\n");
	(void)feed(0, "STOR x\r\n");
	p = lab.packet[1];
	p.src_port = 20;
	p.dst_port = 16 * 256 + 1;
	assert_ptr_equal(
		ward_dissector_at(ward_expect_module(lab.net, &p)), &ward_dissect_ftp_data);
}

static void datagram(unsigned side, const char *head, size_t n_head, char fill, size_t n)
{
	uint8_t bytes[1024];

	memcpy(bytes, head, n_head);
	memset(bytes + n_head, fill, n);
	(void)proto_lab_feed(&lab, side, ward_slice_of(bytes, n_head + n), false);
}

static void test_tftp(void **state)
{
	char body[520] = {0};

	(void)state;
	again(&ward_dissect_tftp);
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of("\0\1cfg.txt\0octet\0", 16), false),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.tftp.request\"", 1);
	expect_told("\"tftp.operation\":\"read\",\"file.name\":\"cfg.txt\","
		    "\"tftp.mode\":\"octet\"",
		1);
	datagram(1, "\0\3\0\2", 4, 'b', 3); /* the last comes first */
	expect_told("net.file", 0);
	datagram(1, "\0\3\0\1", 4, 'a', 512);
	datagram(1, "\0\3\0\1", 4, 'a', 512);
	memset(body, 'a', 512);
	memset(body + 512, 'b', 3);
	expect_told("net.file", 1);
}

static void test_tftp_messages(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum ward_tftp_reason reason;
	} rows[] = {
		{"\0", 1, WARD_TFTP_SHORT},
		{"\0\3\0", 3, WARD_TFTP_SHORT},
		{"\0\0", 2, WARD_TFTP_OPCODE},
		{"\0\7", 2, WARD_TFTP_OPCODE},
		{"\0\1x", 3, WARD_TFTP_STRING},
		{"\0\1\0octet\0", 9, WARD_TFTP_STRING},
		{"\0\1x\0oct", 7, WARD_TFTP_STRING},
		{"\0\1x\0odd\0", 8, WARD_TFTP_MODE},
		{"\0\1x\0octet\0blksize\0"
		 "7\0",
			20, WARD_TFTP_BLOCK_SIZE},
		{"\0\6tsize\0", 8, WARD_TFTP_OPTION},
	};
	struct ward_tftp m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		assert_false(ward_tftp_parse(ward_slice_of(rows[i].bytes, rows[i].len), &m));
		assert_int_equal(m.reason, rows[i].reason);
	}
	assert_true(ward_tftp_parse(ward_slice_of("\0\2x\0NetASCII\0BLKSIZE\0"
						  "16\0tsize\0"
						  "9\0odd\0?\0",
					    38),
		&m));
	assert_int_equal(m.block_size, 16);
	assert_true(m.has_total && m.total == 9 && m.opcode == WARD_TFTP_WRITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_http_ends),
		cmocka_unit_test(test_http_care),
		cmocka_unit_test(test_smtp),
		cmocka_unit_test(test_ftp),
		cmocka_unit_test(test_ftp_active),
		cmocka_unit_test(test_tftp),
		cmocka_unit_test(test_tftp_messages),
	};

	return cmocka_run_group_tests(tests, carve_lab_open, carve_lab_close);
}
