#include "smb_lab.h"

#include "sense/net/proto/smb/stream.h"

enum { TREE = 5, FILE_HALF = 0x77 };

struct head {
	unsigned command;
	uint64_t mid;
	uint32_t status, flags, next;
};

static void head2(struct head h)
{
	hex("fe534d42 4000 0000");
	ward_wr_le32(&out, h.status);
	ward_wr_le16(&out, (uint16_t)h.command);
	zeros(2);
	ward_wr_le32(&out, h.flags);
	ward_wr_le32(&out, h.next);
	ward_wr_le64(&out, h.mid);
	zeros(4);
	ward_wr_le32(&out, TREE);
	ward_wr_le64(&out, 9);
	zeros(16);
}

static void request2(unsigned command, uint64_t mid)
{
	begin();
	head2((struct head){.command = command, .mid = mid});
}

static void answer2(unsigned command, uint64_t mid, uint32_t status)
{
	begin();
	head2((struct head){.command = command, .mid = mid, .status = status, .flags = 1});
}

static void fails2(unsigned command, uint64_t mid, uint32_t status)
{
	answer2(command, mid, status);
	hex("0900 0000 00000000 00");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void fid2(uint64_t id)
{
	ward_wr_le64(&out, FILE_HALF);
	ward_wr_le64(&out, id);
}

static void negotiate2(void)
{
	request2(0, 0);
	hex("2400 0300 0100 0000 00000000 00112233445566778899aabbccddeeff 0000000000000000 0202 "
	    "1002 0003");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(0, 0, 0);
	hex("4100 0300 0003 0000 00112233445566778899aabbccddeeff 07000000 00001000 00001000 "
	    "00001000");
	ward_wr_le64(&out, UINT64_C(132000000000000000));
	zeros(8);
	hex("8000 0000 00000000 00");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void ntlm_challenge(void)
{
	hex("4e544c4d53535000 02000000 0000000000000000 05000202 0102030405060708 "
	    "0000000000000000 1000 1000 38000000 0a00 6345 0000000f");
	hex("0100 0400 5300 5200 0000 0000 0000 0000");
}

/* user "dr", domain "H", workstation "W", 30 bytes of response */
static void ntlm_authenticate(size_t nt_len)
{
	hex("4e544c4d53535000 03000000 0000000058000000");
	ward_wr_le16(&out, (uint16_t)nt_len);
	ward_wr_le16(&out, (uint16_t)nt_len);
	hex("60000000 0200 0200 58000000 0400 0400 5a000000 0200 0200 5e000000 0000 0000 58000000 "
	    "05000202 0a00 5d58 0000000f");
	zeros(16);
	hex("4800 6400 7200 5700");
	zeros(nt_len);
}

static void session2(uint64_t mid, uint32_t status)
{
	request2(1, mid);
	hex("1900 00 01 00000000 00000000 5800 4800 0000000000000000");
	ntlm_challenge();
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(1, mid, 0xc0000016);
	hex("0900 0000 4800 4800");
	ntlm_challenge();
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
	request2(1, mid + 1);
	hex("1900 00 01 00000000 00000000 5800 7e00 0000000000000000");
	ntlm_authenticate(30);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	if (status) {
		fails2(1, mid + 1, status);
		return;
	}
	answer2(1, mid + 1, 0);
	hex("0900 0000 4800 0000");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void tree2(uint64_t mid, const char *path, unsigned type)
{
	request2(3, mid);
	hex("0900 0000 4800");
	ward_wr_le16(&out, (uint16_t)(strlen(path) * 2));
	wide(path);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(3, mid, 0);
	hex("1000");
	ward_wr_u8(&out, (uint8_t)type);
	hex("00 00000000 00000000 ff011f00");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void create_body(const char *name, uint32_t options)
{
	hex("3900 00 00 02000000 0000000000000000 0000000000000000 9f011200 00000000 00000000 "
	    "05000000");
	ward_wr_le32(&out, options);
	hex("7800");
	ward_wr_le16(&out, (uint16_t)(strlen(name) * 2));
	zeros(8);
	wide(name);
}

static void created_body(uint64_t id)
{
	hex("5900 0000 02000000");
	zeros(40);
	ward_wr_le64(&out, 1234);
	hex("20000000 00000000");
	fid2(id);
	zeros(8);
}

static void open2(uint64_t mid, const char *name, uint64_t id)
{
	request2(5, mid);
	create_body(name, 0);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(5, mid, 0);
	created_body(id);
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void write2(uint64_t mid, uint64_t id, size_t n, unsigned step)
{
	request2(9, mid);
	hex("3100 7000");
	ward_wr_le32(&out, (uint32_t)n);
	zeros(8);
	fid2(id);
	zeros(16);
	for (size_t i = 0; i < n; i++)
		ward_wr_u8(&out, (uint8_t)(i * step));
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(9, mid, 0);
	hex("1100 0000");
	ward_wr_le32(&out, (uint32_t)n);
	zeros(9);
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void read2(uint64_t mid, uint64_t id, size_t n)
{
	request2(8, mid);
	hex("3100 5000");
	ward_wr_le32(&out, (uint32_t)n);
	zeros(8);
	fid2(id);
	zeros(17);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(8, mid, 0);
	hex("1100 50 00");
	ward_wr_le32(&out, (uint32_t)n);
	zeros(8 + n);
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void rename_body(uint64_t id, const char *to)
{
	size_t len = strlen(to) * 2;

	hex("2100 01 0a");
	ward_wr_le32(&out, (uint32_t)(20 + len));
	hex("6000 0000 00000000");
	fid2(id);
	zeros(16);
	ward_wr_le32(&out, (uint32_t)len);
	wide(to);
}

static void good2(unsigned command, uint64_t mid, const char *body)
{
	answer2(command, mid, 0);
	hex(body);
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void close2(uint64_t mid, uint64_t id)
{
	request2(6, mid);
	hex("1800 0000 00000000");
	fid2(id);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(6, mid, 0);
	hex("3c00");
	zeros(58);
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

static void test_session(void **state)
{
	(void)state;
	again();
	negotiate2();
	expect_told("\"smb.dialects\":[\"2.0.2\",\"2.1\",\"3.0\"],\"smb.dialect\":\"3.0\"", 1);
	expect_told("\"smb.server_guid\":\"33221100-5544-7766-8899-aabbccddeeff\"", 1);
	expect_told("\"smb.signing\":\"required\"", 1);
	session2(1, 0);
	expect_told("\"net.ntlm\"", 1);
	expect_told("\"user\":\"dr\",\"ntlm.domain\":\"H\",\"ntlm.workstation\":\"W\"", 1);
	expect_told("\"ntlm.client_version\":\"10.0.22621\"", 1);
	expect_told("\"ntlm.server_nb_computer_name\":\"SR\"", 1);
	expect_told("\"ntlm.server_version\":\"10.0.17763\"", 1);
	expect_told("\"ntlm.response\":\"ntlmv2\"", 1);
	expect_told("\"user\":\"dr\",\"login.method\":\"ntlm\",\"login.outcome\":\"ok\"", 1);
	expect_told("\"net.smb.session\"", 1);
	again();
	session2(1, 0xc000006d);
	expect_told("\"login.outcome\":\"failed\"", 1);
	expect_told("\"smb.status\":\"LOGON_FAILURE\",\"smb.outcome\":\"failed\"", 1);
	expect_told("\"ntlm.success\":false", 1);
}

static void test_kerberos(void **state)
{
	(void)state;
	again();
	request2(1, 4);
	hex("1900 00 01 00000000 00000000 5800 0d00 0000000000000000 06092a864886f7120102020100");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	good2(1, 4, "0900 0100 4800 0000");
	expect_told("\"login.method\":\"kerberos\",\"login.outcome\":\"ok\"", 1);
	expect_told("\"smb.guest\":true", 1);
}

static void test_file(void **state)
{
	(void)state;
	again();
	tree2(3, "\\\\srv\\data", 1);
	expect_told("\"smb.path\":\"\\\\\\\\srv\\\\data\",\"smb.share\":\"data\"", 1);
	expect_told("\"smb.share_type\":\"DISK\"", 1);
	open2(4, "a\\b.doc", 1);
	expect_told("\"file.name\":\"a\\\\b.doc\",\"smb.access\":\"0x0012019f\","
		    "\"smb.disposition\":\"overwrite_if\"",
		1);
	expect_told("\"smb.action\":\"created\",\"file.bytes\":1234", 1);
	write2(5, 1, 1024, 1);
	write2(6, 1, 16, 0); /* too short to say anything */
	read2(7, 1, 100);
	request2(17, 8);
	rename_body(1, "a\\b.doc.locked");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	good2(17, 8, "0200");
	expect_told("\"file.name\":[\"a\\\\b.doc\",\"a\\\\b.doc.locked\"],"
		    "\"smb.extension_changed\":true",
		1);
	close2(9, 1);
	expect_told("\"net.smb.file\"", 1);
	expect_told("\"file.name\":\"a\\\\b.doc.locked\",\"smb.reads\":1,\"smb.read_bytes\":100,"
		    "\"smb.writes\":2,\"smb.write_bytes\":1040,\"smb.write_entropy\":1000,"
		    "\"smb.end\":\"close\"",
		1);
}

/* Longer than the front of a message that is read at once; what is read back is another file. */
static void test_contents(void **state)
{
	enum { LEN = 20000 };
	static uint8_t bytes[LEN];
	uint8_t sum[WARD_SHA256_BYTES];
	char text[128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);

	(void)state;
	again();
	tree2(3, "\\\\srv\\data", 1);
	open2(4, "a\\b.doc", 1);
	write2(5, 1, LEN, 7);
	read2(6, 1, 1234);
	proto_lab_files(&lab);
	expect_told("net.file", 0);
	close2(7, 1);
	proto_lab_files(&lab);
	for (size_t i = 0; i < LEN; i++)
		bytes[i] = (uint8_t)(i * 7);
	assert_true(ward_digest_sha256(ward_slice_of(bytes, LEN), sum));
	ward_wr_z(&w, "\"file.hash.sha256\":\"");
	ward_wr_hex(&w, ward_slice_of(sum, sizeof(sum)));
	ward_wr_u8(&w, 0);
	expect_told(text, 1);
	expect_told("\"service\":\"smb\",\"file.direction\":\"upload\",\"file.name\":"
		    "\"a\\\\b.doc\",\"smb.path\":\"\\\\\\\\srv\\\\data\","
		    "\"file.mime_type\":\"unknown\",\"file.mime_by_name\":"
		    "\"application/x-ole-storage\",\"file.bytes\":20000,\"file.complete\":true",
		1);
	expect_told("\"file.bytes\":1234,\"file.total_bytes\":1234,\"file.complete\":true", 1);
}

static void test_delete(void **state)
{
	(void)state;
	again();
	open2(4, "x", 1);
	request2(17, 5);
	hex("2100 01 0d 01000000 6000 0000 00000000");
	fid2(1);
	hex("01");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	good2(17, 5, "0200");
	expect_told("\"net.smb.delete\"", 1);
	close2(6, 1);
	expect_told("\"smb.delete_on_close\":true", 2);
	expect_told("\"net.smb.file\"", 1);
}

/* Create, rename and close in one frame; the handle is that of the message before. */
static void test_compound(void **state)
{
	(void)state;
	again();
	begin();
	head2((struct head){.command = 5, .mid = 1, .next = 128});
	create_body("old1", 0);
	head2((struct head){.command = 17, .mid = 2, .flags = 4});
	hex("2100 01 0a 1c000000 6000 0000 00000000 ffffffffffffffff ffffffffffffffff");
	zeros(16);
	hex("08000000 6e00 6500 7700 3200");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	begin();
	head2((struct head){.command = 5, .mid = 1, .flags = 1, .next = 152});
	created_body(3);
	head2((struct head){.command = 17, .mid = 2, .flags = 5});
	hex("0200");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
	expect_told("\"net.smb.open\"", 1);
	expect_told("\"file.name\":[\"old1\",\"new2\"],\"smb.extension_changed\":false", 1);
}

#define RPC_BIND                                                                    \
	"05000b03 10000000 4800 0000 01000000 b810b810 00000000 01000000 00000100 " \
	"81bb7a364498f135ad3298f038001003 02000000 045d888aeb1cc9119fe808002b104860 02000000"
#define RPC_ACK                                                                               \
	"05000c03 10000000 3800 0000 01000000 b810b810 34120000 0000 0000 01000000 00000000 " \
	"045d888aeb1cc9119fe808002b104860 02000000"
#define RPC_CALL "05000003 10000000 1800 0000 02000000 04000000 0000 0c00"
#define RPC_ANSWER "05000203 10000000 1c00 0000 02000000 04000000 0000 0000 00000000"

/* Calls in a named pipe: written and read, and both at once. */
static void test_pipe(void **state)
{
	(void)state;
	again();
	tree2(1, "\\\\srv\\IPC$", 2);
	open2(2, "svcctl", 1);
	expect_told("\"smb.named_pipe\":true", 1);
	request2(9, 3);
	hex("3100 7000 48000000 0000000000000000");
	fid2(1);
	zeros(16);
	hex(RPC_BIND);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	good2(9, 3, "1100 0000 48000000 0000000000000000 00");
	request2(8, 4);
	hex("3100 5000 00040000 0000000000000000");
	fid2(1);
	zeros(17);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	good2(8, 4, "1100 50 00 38000000 0000000000000000 " RPC_ACK);
	expect_told("\"net.dce_rpc.bind\"", 1);
	expect_told("\"dce_rpc.named_pipe\":\"svcctl\",\"dce_rpc.endpoint\":\"svcctl\"", 1);
	request2(11, 5);
	hex("3900 0000 17c01100");
	fid2(1);
	hex("78000000 18000000 00000000 00000000 00000000 00040000 01000000 00000000 " RPC_CALL);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	answer2(11, 5, 0x80000005);
	hex("3100 0000 17c01100");
	fid2(1);
	hex("70000000 00000000 70000000 1c000000 00000000 00000000 " RPC_ANSWER);
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
	expect_told("\"dce_rpc.operation\":\"CreateServiceW\",\"dce_rpc.opnum\":12,"
		    "\"dce_rpc.outcome\":\"ok\"",
		1);
	close2(6, 1);
	expect_told("net.smb.file", 0);
}

static void test_async(void **state)
{
	(void)state;
	again();
	request2(5, 7);
	create_body("f", 0x1000);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	fails2(5, 7, WARD_SMB_STATUS_PENDING);
	expect_told("net.smb", 0);
	fails2(5, 7, 0xc0000022);
	expect_told("\"smb.delete_on_close\":true,\"smb.status\":\"ACCESS_DENIED\"", 1);
	fails2(5, 7, 0xc0000022); /* nobody asked */
	expect_told("\"net.smb.open\"", 1);
}

static void test_failed(void **state)
{
	(void)state;
	again();
	open2(4, "x", 1);
	request2(8, 5);
	hex("3100 5000 00010000 0000000000000000");
	fid2(1);
	zeros(17);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	fails2(8, 5, 0xc0000054);
	expect_told("\"smb.command\":\"read\",\"file.name\":\"x\",\"smb.status\":"
		    "\"FILE_LOCK_CONFLICT\"",
		1);
	request2(13, 6);
	hex("0400 0000");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	fails2(13, 6, 0xc0001234);
	expect_told("\"smb.status\":\"0xc0001234\"", 1);
	request2(11, 7);
	hex("3900 0000 04021400");
	fid2(1);
	zeros(32);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	fails2(11, 7, 0xc00000bb);
	expect_told("\"smb.fsctl\":\"FSCTL_VALIDATE_NEGOTIATE_INFO\"", 1);
	request2(17, 8);
	hex("2100 03 00 00000000 0000 0000 00000000");
	fid2(1);
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	good2(17, 8, "0200");
	expect_told("\"smb.info_class\":\"security\"", 1);
}

/* More open files and more requests than are remembered, and what is open at the end. */
static void test_limits(void **state)
{
	(void)state;
	again();
	for (unsigned i = 0; i < WARD_SMB_SLOTS + 1; i++) {
		open2(i * 2, "f", i + 1);
		write2(i * 2 + 1, i + 1, 1, 0);
	}
	expect_told("\"smb.end\":\"pushed-out\"", 1);
	for (unsigned i = 0; i < WARD_SMB_PENDING + 1; i++) {
		request2(13, 100 + i);
		hex("0400 0000");
		assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	}
	expect_told("\"net.smb.unanswered\"", 1);
	for (unsigned side = 0; side < 2; side++)
		(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
	expect_told("\"net.smb.unanswered\"", WARD_SMB_PENDING + 1);
	expect_told("\"smb.end\":\"flow-end\"", WARD_SMB_SLOTS);
}

static void test_encrypted(void **state)
{
	(void)state;
	again();
	for (unsigned i = 0; i < 2; i++) {
		begin();
		hex("fd534d42");
		zeros(32);
		hex("10000000 0000 0100 0900000000000000");
		zeros(16);
		assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	}
	expect_told("\"net.smb.encrypted\"", 1);
	expect_told("\"smb.session_id\":\"0x00000009\"", 1);
}

static void test_compressed(void **state)
{
	(void)state;
	again();
	begin();
	hex("fc534d42 ffffffff 0100 0000 10000000 00000000");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	expect_told("\"smb.original_size\":4294967295,\"smb.compression_offset\":16,"
		    "\"smb.anomaly\":\"compression-overflow\"",
		1);
	begin();
	hex("fc534d42 00010000 0100 0000 05000000 00000000");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	expect_told("\"smb.anomaly\":\"compression-offset-outside\"", 1);
}

static void test_netbios(void **state)
{
	(void)state;
	again();
	out = ward_wr_fixed(storage, sizeof(storage));
	hex("81000044 20 4547464345464545434143414341434143414341434143414341434143414341 00");
	hex("20 4547464345464545434143414341434143414341434143414341434143414341 00");
	out.len = 4 + 68;
	assert_int_equal(proto_lab_feed(&lab, CLIENT, ward_wr_slice(&out), false), WARD_VERDICT_OK);
	expect_told("\"smb.called_name\":\"FRED\"", 1);
	ward_wr_reset(&out);
	hex("83000001 82 85000000 82000000");
	assert_int_equal(proto_lab_feed(&lab, SERVER, ward_wr_slice(&out), false), WARD_VERDICT_OK);
	expect_told("\"smb.netbios_error\":130", 1);
	expect_told("net.smb.netbios", 2);
}

static void test_gap(void **state)
{
	(void)state;
	again();
	assert_false(proto_lab_gap(&lab, CLIENT, 5));
	again();
	open2(1, "x", 1);
	assert_true(proto_lab_gap(&lab, CLIENT, 100));
	assert_int_equal(
		proto_lab_feed(&lab, CLIENT, ward_slice_of("\x00\x01garbage, no begin", 20), false),
		WARD_VERDICT_MORE);
	open2(2, "found", 2);
	expect_told("\"file.name\":\"found\"", 1);
}

static const struct {
	const char *hex;
	enum ward_smb_reason reason;
} bad[] = {
	{"07000000", WARD_SMB_NBSS_TYPE},
	{"81000003 000000", WARD_SMB_NBSS_LENGTH},
	{"00000010 fe534d42 000000000000000000000000", WARD_SMB_NBSS_LENGTH},
	{"81000044 20 ff", WARD_SMB_NBSS_NAME},
	{"00000040 12345678", WARD_SMB_PROTOCOL},
	{"00000023 ff534d42 75 00000000 08 0140 0000 0000000000000000 0000 0000 0000 0000 0000 04 "
	 "0000",
		WARD_SMB_SMB1_WORDS},
	{"0000002b ff534d42 75 00000000 08 0140 0000 0000000000000000 0000 0000 0000 0000 0000 04 "
	 "73 00 0400 0000 0000 0000",
		WARD_SMB_SMB1_ANDX},
	{"00000040 fe534d42 3f00", WARD_SMB_SMB2_HEADER},
	{"00000042 fe534d42 4000 0000 00000000 0d00 0000 00000000 09000000", WARD_SMB_SMB2_NEXT},
	{"00000042 fe534d42 4000 0000 00000000 0d00 0000 00000000 00000000 0000000000000000 "
	 "0000000000000000 0000000000000000 00000000000000000000000000000000 0500",
		WARD_SMB_SMB2_BODY},
	{"00000048 fe534d42 4000 0000 00000000 0300 0000 00000000 00000000 0000000000000000 "
	 "0000000000000000 0000000000000000 00000000000000000000000000000000 0900 0000 4800 0100",
		WARD_SMB_SMB2_BUFFER},
	{"00000010 fd534d42 000000000000000000000000", WARD_SMB_TRANSFORM_SHORT},
	{"00000008 fc534d42 00000000", WARD_SMB_COMPRESSION_SHORT},
};

static void test_reasons(void **state)
{
	bool met[WARD_SMB_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		again();
		hex(bad[i].hex);
		zeros(80);
		assert_int_equal(proto_lab_feed(&lab, CLIENT, ward_wr_slice(&out), false),
			WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, bad[i].reason);
		met[bad[i].reason] = true;
		again();
		lab.trusted = false;
		hex(bad[i].hex);
		zeros(80);
		assert_int_equal(proto_lab_feed(&lab, CLIENT, ward_wr_slice(&out), false),
			WARD_VERDICT_FOREIGN);
	}
	for (size_t i = 0; i < WARD_SMB_REASON_N; i++)
		assert_true(met[i]);
}

static bool probe(const char *text)
{
	struct ward_slice s = unhex(text);
	bool yes = ward_dissect_smb.probe_stream(s) == WARD_PROBE_YES;

	bytes_free(s);
	return yes;
}

static void test_probe(void **state)
{
	(void)state;
	assert_false(probe(""));
	assert_false(probe("85000000"));
	assert_false(probe("82000000"));
	assert_false(probe("00000040 fe534d41"));
	assert_false(probe("81000044 20 0000"));
	assert_false(probe("00000040 fe534d42 3f00"));
	assert_true(
		probe("000000ff ff534d42 72 00000000 08 0140 0000 0000000000000000 0000 0000 0000 "
		      "0000 0000 00"));
}

static void test_entropy(void **state)
{
	uint8_t all[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	assert_int_equal(ward_smb_entropy(ward_slice_of(all, sizeof(all))), 1000);
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] &= 1;
	assert_int_equal(ward_smb_entropy(ward_slice_of(all, sizeof(all))), 125);
	memset(all, 7, sizeof(all));
	assert_int_equal(ward_smb_entropy(ward_slice_of(all, sizeof(all))), 0);
	assert_int_equal(ward_smb_entropy(ward_slice_of(NULL, 0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_kerberos),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_compound),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_async),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_netbios),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_entropy),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
