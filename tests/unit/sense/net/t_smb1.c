#include "smb_lab.h"

#include "sense/net/proto/smb/smb.h"

static void head1(unsigned command, bool response, unsigned mid, uint32_t status)
{
	begin();
	hex("ff534d42");
	ward_wr_u8(&out, (uint8_t)command);
	ward_wr_le32(&out, status);
	hex(response ? "88 0140" : "08 0140");
	zeros(12);
	hex("0008 0001 0008");
	ward_wr_le16(&out, (uint16_t)mid);
}

static void blank1(unsigned command, unsigned mid, uint32_t status)
{
	head1(command, true, mid, status);
	hex("00 0000");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
}

#define TRANS2(sub)                                                                               \
	"0f 0c00 0000 0100 0000 00 00 0000 00000000 0000 0c00 4200 0000 4e00 01 00 " sub " 0d00 " \
	"00 "

static void test_double_pulsar(void **state)
{
	(void)state;
	again();
	head1(WARD_SMB1_TRANS2, false, 65, 0);
	hex(TRANS2("0e00") "000000000000000000000000");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	blank1(WARD_SMB1_TRANS2, 81, 0xc0000002);
	expect_told("\"smb.subcommand\":\"session_setup\",\"smb.subcommand_code\":14", 1);
	expect_told("\"smb.mid\":65,\"smb.response_mid\":81", 1);
	expect_told("\"smb.status\":\"NOT_IMPLEMENTED\"", 1);
	expect_told("\"smb.anomaly\":\"mid-differs\"", 1);
}

static void secondary(unsigned command, unsigned mid)
{
	head1(command, false, mid, 0);
	hex("09 0000 0010 0000 0000 0000 0400 3600 0000 0000 0400 61626364");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
}

static void test_transactions(void **state)
{
	(void)state;
	again();
	head1(WARD_SMB1_NT_TRANS, false, 65, 0);
	hex("14 01 0000 1e000000 d0030100 1e000000 00000000 00000000 4b000000 04000000 4b000000 01 "
	    "0000 0000 0400 61626364");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	blank1(WARD_SMB1_NT_TRANS, 65, 0);
	expect_told("\"smb.total_data_bytes\":66512", 1);
	expect_told("\"smb.outcome\":\"interim\"", 1);
	secondary(WARD_SMB1_TRANS2_SECONDARY, 65);
	secondary(WARD_SMB1_TRANS2_SECONDARY, 65);
	expect_told("\"smb.anomaly\":\"secondary-differs\"", 1);
	secondary(WARD_SMB1_TRANS2_SECONDARY, 66);
	expect_told("\"smb.anomaly\":\"secondary-unrequested\"", 1);
	blank1(WARD_SMB1_NT_TRANS, 65, 0xc000000d);
	expect_told("\"smb.outcome\":\"failed\",\"smb.anomaly\":\"secondary-differs\"", 0);
	expect_told("\"smb.status\":\"INVALID_PARAMETER\",\"smb.outcome\":\"failed\"", 1);
	proto_lab_forget(&lab);
	head1(WARD_SMB1_TRANS2, false, 70, 0);
	hex("0f 0000 0000 0000 0000 00 00 0000 00000000 0000 0000 0000 ff00 00f0 01 00 0500 0000");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	blank1(WARD_SMB1_TRANS2, 70, 0xc000000d);
	expect_told("\"smb.anomaly\":\"data-outside\"", 1);
}

static void test_old_session(void **state)
{
	(void)state;
	again();
	head1(WARD_SMB1_NEGOTIATE, false, 1, 0);
	hex("00 1800 02 4c414e4d414e312e3000 02 4e54204c4d20302e313200");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	head1(WARD_SMB1_NEGOTIATE, true, 1, 0);
	hex("11 0100 01 3200 0100 00000100 00000100 00000000 fce30000 0000000000000000 0000 00 "
	    "0000");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
	expect_told(
		"\"smb.dialects\":[\"LANMAN1.0\",\"NT LM 0.12\"],\"smb.dialect\":\"NT LM 0.12\"",
		1);
	head1(0x73, false, 2, 0);
	hex("0d ff 00 0000 0000 0000 0000 00000000 0400 0000 00000000 00000000 1200 70617373 "
	    "616e6e00 5700 4f5300 4c4d00 00 00");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	head1(0x73, true, 2, 0);
	hex("03 ff 00 0000 0100 0c00 556e697800 53616d626100 00");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
	expect_told("\"user\":\"ann\",\"login.method\":\"guest\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	expect_told("\"smb.client_os\":\"OS\",\"smb.client_lanman\":\"LM\"", 1);
	expect_told("\"smb.native_os\":\"Unix\",\"smb.native_lanman\":\"Samba\"", 1);
	expect_told("pass", 0);
}

/* A tree and a file of SMB 1, in one chain. */
static void test_smb1_files(void **state)
{
	(void)state;
	again();
	head1(0x75, false, 3, 0);
	hex("04 ff 00 0000 0000 0100 0b00 00 5c5c735c6400 413a00 00");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	head1(0x75, true, 3, 0);
	hex("03 ff 00 0000 0000 0800 413a00 4e54465300");
	assert_int_equal(send_from(SERVER), WARD_VERDICT_OK);
	expect_told("\"smb.path\":\"\\\\\\\\s\\\\d\",\"smb.share\":\"d\"", 1);
	expect_told("\"smb.native_file_system\":\"NTFS\"", 1);
	head1(0x07, false, 4, 0);
	hex("01 0000 0a00 04 612e62 00 04 612e6300 00");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	blank1(0x07, 4, 0);
	expect_told("\"file.name\":[\"a.b\",\"a.c\"],\"smb.extension_changed\":true", 1);
	head1(0x06, false, 5, 0);
	hex("01 0000 0500 04 612e6300");
	assert_int_equal(send_from(CLIENT), WARD_VERDICT_OK);
	blank1(0x06, 5, 0xc0000034);
	expect_told("\"smb.command\":\"delete\"", 1);
	expect_told("\"smb.status\":\"OBJECT_NAME_NOT_FOUND\"", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_double_pulsar),
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_old_session),
		cmocka_unit_test(test_smb1_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
