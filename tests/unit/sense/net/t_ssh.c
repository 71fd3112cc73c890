#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/ssh/ssh.h"
#include "sense/net/proto/dissectors.h"

#define CLIENT "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
#define SERVER "SSH-2.0-dropbear_2022.83\n"

enum { DISCONNECT = 1, KEXINIT = 20, NEWKEYS = 21, KEX_REPLY = 31, SEGMENT_MAX = 256 };

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_ssh);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(void)
{
	proto_lab_again(&lab, &ward_dissect_ssh);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *text)
{
	return proto_lab_feed(&lab, side, ward_slice_of(text, strlen(text)), false);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static enum ward_verdict packet(unsigned side, uint8_t type, struct ward_slice body)
{
	static uint8_t buf[8192];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be32(&w, (uint32_t)body.len + 2 + 4);
	ward_wr_u8(&w, 4);
	ward_wr_u8(&w, type);
	ward_wr_bytes(&w, body.p, body.len);
	ward_wr_be32(&w, 0);
	assert_false(ward_wr_bad(&w));
	return proto_lab_feed(&lab, side, ward_wr_slice(&w), false);
}

static void string(struct ward_wr *w, const char *s)
{
	ward_wr_be32(w, (uint32_t)strlen(s));
	ward_wr_z(w, s);
}

static enum ward_verdict kexinit(
	unsigned side, const char *kex, const char *cipher, const char *compression)
{
	const char *const list[] = {kex, "ssh-ed25519,rsa-sha2-256", cipher, cipher,
		"hmac-sha2-256,hmac-sha1", "hmac-sha1", compression, compression, "", ""};
	static uint8_t buf[8192];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_bytes(&w, "0123456789abcdef", 16);
	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		string(&w, list[i]);
	ward_wr_u8(&w, 0);
	ward_wr_be32(&w, 0);
	return packet(side, KEXINIT, ward_wr_slice(&w));
}

static void end(void)
{
	for (unsigned side = 0; side < 2; side++)
		(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
}

static void hello(const char *cipher, const char *compression)
{
	again();
	assert_int_equal(feed(0, CLIENT), WARD_VERDICT_OK);
	assert_int_equal(feed(1, SERVER), WARD_VERDICT_OK);
	assert_int_equal(
		kexinit(1, "curve25519-sha256,ext-info-s", cipher, compression), WARD_VERDICT_OK);
	expect_told("net.ssh", 0);
	assert_int_equal(kexinit(0, "sntrup761x25519-sha512,curve25519-sha256,ext-info-c", cipher,
				 compression),
		WARD_VERDICT_OK);
}

static void test_handshake(void **state)
{
	(void)state;
	hello("aes128-ctr,aes256-gcm@openssh.com", "none");
	expect_told("\"class\":\"net.ssh\"", 1);
	expect_told("\"ssh.client_version\":\"2.0\",\"ssh.client_software\":\"OpenSSH_9.2p1\","
		    "\"ssh.client_comments\":\"Debian-2\",\"ssh.server_version\":\"2.0\","
		    "\"ssh.server_software\":\"dropbear_2022.83\"",
		1);
	expect_told("\"src_port\":50000", 1);
	expect_told("\"ssh.hassh_algorithms\":\"sntrup761x25519-sha512,curve25519-sha256,"
		    "ext-info-c;aes128-ctr,aes256-gcm@openssh.com;hmac-sha2-256,hmac-sha1;none\"",
		1);
	expect_told("\"ssh.hassh_server_algorithms\":\"curve25519-sha256,ext-info-s;"
		    "aes128-ctr,aes256-gcm@openssh.com;hmac-sha1;none\"",
		1);
	expect_told("\"ssh.kex\":\"curve25519-sha256\","
		    "\"ssh.host_key_algorithm\":\"ssh-ed25519\"",
		1);
	expect_told("\"ssh.mac_client_to_server\":\"hmac-sha2-256\","
		    "\"ssh.mac_server_to_client\":\"hmac-sha1\"",
		1);
	expect_told("\"ssh.outcome\":\"negotiated\"", 1);
	/* rekeying before NEWKEYS is not told again */
	(void)kexinit(0, "curve25519-sha256", "aes128-ctr", "none");
	(void)kexinit(1, "curve25519-sha256", "aes128-ctr", "none");
	end();
	expect_told("\"class\":\"net.ssh", 1);
	expect_told("net.login", 0);
	hello("chacha20-poly1305@openssh.com", "none");
	expect_told("\"ssh.mac_client_to_server\":\"implicit\"", 1);
	hello("", "none");
	expect_told("\"ssh.outcome\":\"no-common-algorithm\"", 1);
}

static void test_halves(void **state)
{
	(void)state;
	again();
	(void)feed(0, CLIENT);
	end();
	expect_told("\"ssh.outcome\":\"version-only\"", 1);
	expect_told("ssh.server_software", 0);
	again();
	(void)feed(1, SERVER);
	(void)kexinit(1, "curve25519-sha256", "aes128-ctr", "none");
	end();
	expect_told("\"ssh.outcome\":\"unanswered\"", 1);
	expect_told("ssh.hassh_server\"", 1);
	expect_told("ssh.hassh\"", 0);
	/* too long to be kept for the other */
	char many[5000];

	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = 0;
	again();
	(void)feed(0, CLIENT);
	assert_int_equal(kexinit(0, many, "aes128-ctr", "none"), WARD_VERDICT_OK);
	expect_told("\"ssh.outcome\":\"unanswered\"", 1);
	again();
	end();
	expect_told("net.", 0);
}

static void test_reversed(void **state)
{
	(void)state;
	again();
	(void)feed(0, SERVER);
	(void)feed(1, CLIENT);
	(void)kexinit(0, "curve25519-sha256", "aes128-ctr", "none");
	(void)kexinit(1, "curve25519-sha256,kex-strict-c-v00@openssh.com", "aes128-ctr", "none");
	expect_told("\"ssh.reversed\":true", 1);
	expect_told("\"src_port\":22", 1);
	expect_told("\"ssh.client_software\":\"OpenSSH_9.2p1\"", 1);
}

static void test_host_key(void **state)
{
	uint8_t buf[256], key[128];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf)), k = ward_wr_fixed(key, sizeof(key));

	(void)state;
	string(&k, "ssh-rsa");
	string(&k, "\1\0\1");
	ward_wr_be32(&k, 4);
	ward_wr_bytes(&k, "\0\x8f\1\2", 4);
	ward_wr_be32(&w, (uint32_t)k.len);
	ward_wr_bytes(&w, k.p, k.len);
	hello("aes128-ctr", "none");
	assert_int_equal(packet(1, KEX_REPLY, ward_wr_slice(&w)), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ssh.host_key\"", 1);
	expect_told("\"ssh.host_key_type\":\"ssh-rsa\",\"ssh.host_key_bits\":24,"
		    "\"ssh.host_key_sha256\":\"",
		1);
	/* a group (RFC 4419) has the same number, and no key */
	(void)packet(1, KEX_REPLY, ward_slice_of("\0\0\0\4\0\1\2\3\0\0\0\1\2", 13));
	(void)packet(0, KEX_REPLY, ward_wr_slice(&w));
	expect_told("net.ssh.host_key", 1);
}

static void test_disconnect(void **state)
{
	(void)state;
	hello("aes128-ctr", "none");
	(void)packet(1, DISCONNECT, ward_slice_of("\0\0\0\3\0\0\0\0\0\0\0\0", 12));
	expect_told("\"ssh.disconnect_reason\":\"key-exchange-failed\","
		    "\"ssh.disconnect_by\":\"server\"",
		1);
	(void)packet(0, DISCONNECT, ward_slice_of("\0\0\1\0", 4));
	expect_told("\"ssh.disconnect_reason\":256,\"ssh.disconnect_by\":\"client\"", 1);
}

/* A segment of n encrypted bytes. */
static void segment(unsigned side, size_t n)
{
	static const uint8_t zero[SEGMENT_MAX];

	assert_true(n <= sizeof(zero));
	lab.packet[side].payload = ward_slice_of(zero, n);
	(void)proto_lab_feed(&lab, side, ward_slice_of(zero, n), false);
	lab.packet[side].payload = ward_slice_of(NULL, 0);
}

/* Up to SERVICE_ACCEPT, which has 44 bytes. */
static void service(const char *compression)
{
	hello("chacha20-poly1305@openssh.com", compression);
	(void)packet(1, NEWKEYS, ward_slice_of(NULL, 0));
	segment(1, 100); /* EXT_INFO */
	(void)packet(0, NEWKEYS, ward_slice_of(NULL, 0));
	segment(0, 44);
	segment(1, 44);
	segment(0, 68);
}

static void test_login(void **state)
{
	(void)state;
	service("none,zlib");
	segment(1, 52);
	segment(0, 148);
	expect_told("net.login", 0);
	segment(1, 28);
	expect_told("\"class\":\"net.login\"", 1);
	expect_told("\"service\":\"ssh\",\"login.outcome\":\"ok\"", 1);
	segment(1, 28);
	end();
	expect_told("net.login", 1);
	expect_told("\"ssh.client_encrypted_bytes\":260,\"ssh.server_encrypted_bytes\":252", 1);
}

/* Dropbear pads a packet to 16 bytes. */
static void test_login_padded(void **state)
{
	(void)state;
	service("none");
	segment(1, 44);
	segment(0, 140);
	segment(1, 100);
	segment(0, 228);
	expect_told("net.login", 0);
	segment(1, 36);
	expect_told("\"login.outcome\":\"ok\"", 1);
	end();
	expect_told("net.login", 1);
	/* with blocks of 16 bytes nothing is 8 bytes shorter */
	hello("aes128-ctr", "none");
	(void)packet(1, NEWKEYS, ward_slice_of(NULL, 0));
	(void)packet(0, NEWKEYS, ward_slice_of(NULL, 0));
	segment(0, 64);
	segment(1, 64);
	segment(0, 80);
	segment(1, 56);
	expect_told("net.login", 0);
	end();
	expect_told("\"login.outcome\":\"unknown\"", 1);
}

static void test_login_failed(void **state)
{
	(void)state;
	service("none");
	for (int i = 0; i < 3; i++) {
		segment(1, 52);
		segment(0, 148);
	}
	segment(1, 100); /* too many */
	end();
	/* the first may be of "none", and OpenSSH pads passwords to the size of keys */
	expect_told("net.login", 1);
	expect_told("\"login.outcome\":\"failed\"", 1);
}

/* An agent's keys are offered one after the other: nobody guesses. Ed25519, in 140 bytes, is the
 * shortest; the server ends it at the sixth. */
static void test_login_keys(void **state)
{
	(void)state;
	service("none");
	segment(1, 52);
	for (int i = 0; i < 5; i++) {
		segment(0, i % 2 ? 140 : 228);
		segment(1, 52);
	}
	segment(0, 140);
	end();
	expect_told("net.login", 1);
	expect_told("\"login.outcome\":\"failed\"", 1);
	/* then two passwords, each of them a try */
	service("none");
	segment(1, 52);
	for (int i = 0; i < 5; i++) {
		segment(0, i < 3 ? 140 : 124);
		segment(1, 52);
	}
	end();
	expect_told("net.login", 3);
	/* a key that needs two segments, and one of which not all has a size */
	service("none");
	segment(1, 52);
	for (int i = 0; i < 3; i++) {
		segment(0, 100);
		segment(0, 40);
		segment(1, 52);
		(void)feed(0, "encrypted");
		segment(0, 40);
		segment(1, 52);
	}
	end();
	expect_told("net.login", 1);
	/* what the server says before it refuses is no other request's answer */
	service("none");
	segment(1, 52);
	for (int i = 0; i < 2; i++) {
		segment(0, 140);
		segment(1, 200);
		segment(1, 52);
		segment(0, 84);
		segment(1, 52);
	}
	end();
	expect_told("net.login", 3);
	/* a key that fits after all */
	service("none");
	segment(1, 52);
	segment(0, 140);
	segment(1, 52);
	segment(0, 140);
	segment(1, 92);
	segment(0, 228);
	segment(1, 28);
	end();
	expect_told("net.login", 1);
	expect_told("\"login.outcome\":\"ok\"", 1);
}

/* Hydra at Dropbear: it asks for the methods, then tries one password after the other, until the
 * server ends it. */
static void test_login_guessed(void **state)
{
	(void)state;
	service("none");
	segment(1, 52);
	for (int i = 0; i < 9; i++) {
		segment(0, i % 2 ? 84 : 92);
		segment(1, 52);
	}
	segment(0, 92);
	end();
	expect_told("\"login.outcome\":\"failed\"", 9);
}

static void test_login_unknown(void **state)
{
	(void)state;
	/* one refusal may be of "none" */
	service("none");
	segment(1, 52);
	end();
	expect_told("\"login.outcome\":\"unknown\"", 1);
	service("zlib");
	segment(1, 28);
	end();
	expect_told("\"login.outcome\":\"unknown\"", 1);
	/* more than a login */
	service("none");
	for (int i = 0; i < 40; i++)
		segment(1, (size_t)(i % 9 ? 60 : 100 + i));
	end();
	expect_told("\"login.outcome\":\"unknown\"", 1);
	/* what came out of order has no size; the answer to the service can't be it */
	hello("aes128-ctr", "none");
	(void)packet(1, NEWKEYS, ward_slice_of(NULL, 0));
	(void)packet(0, NEWKEYS, ward_slice_of(NULL, 0));
	(void)feed(0, "encrypted");
	segment(1, 200);
	segment(1, 184);
	end();
	expect_told("\"login.outcome\":\"unknown\"", 1);
	/* nobody tried */
	service("none");
	end();
	expect_told("net.login", 0);
}

static void test_gap(void **state)
{
	(void)state;
	service("none");
	assert_true(proto_lab_gap(&lab, 1, 1000));
	end();
	expect_told("\"ssh.server_encrypted_bytes\":1144", 1);
	again();
	(void)feed(0, CLIENT);
	(void)feed(1, SERVER);
	assert_true(proto_lab_gap(&lab, 1, 10));
	assert_int_equal(feed(1, "anything"), WARD_VERDICT_OK);
	expect_told("\"ssh.outcome\":\"version-only\"", 1);
}

static void test_versions(void **state)
{
	struct ward_ssh_version v;

	(void)state;
	/* lines before it */
	again();
	lab.trusted = false;
	assert_int_equal(feed(1, "welcome\r\nto this\n" SERVER), WARD_VERDICT_OK);
	again();
	(void)feed(0, CLIENT);
	assert_int_equal(feed(1, "welcome\n"), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "to th"), WARD_VERDICT_MORE);
	assert_int_equal(feed(1, "is\n" SERVER), WARD_VERDICT_OK);
	/* version 1: nothing after it is read */
	again();
	(void)feed(0, "SSH-1.5-1.2.27\n");
	assert_int_equal(feed(0, "anything"), WARD_VERDICT_OK);
	(void)feed(1, "SSH-1.99-OpenSSH_2.9\n");
	assert_int_equal(feed(1, "anything"), WARD_VERDICT_OK);
	end();
	expect_told("\"ssh.client_version\":\"1.5\"", 1);
	expect_told("\"ssh.server_version\":\"1.99\"", 1);
	assert_false(ward_ssh_version(WARD_STR("SSH-2.0"), &v));
	assert_false(ward_ssh_version(WARD_STR("SSH-2.0-"), &v));
	assert_false(ward_ssh_version(WARD_STR("SSH-2.0-a\tb"), &v));
	assert_false(ward_ssh_version(WARD_STR("SSH-two-a"), &v));
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {"", "S", "SSH-", "SSH-2", "SSH-2.", "SSHX",
		"SSHX2.0-a\n", "220 ready\r\n", "GET / HTTP/1.1\r\n\r\n", "text SSH-2.0-x\n",
		"SSH-a.b-c\n"};

	(void)state;
	assert_true(ward_dissect_ssh.probe_stream(ward_slice_of(CLIENT, sizeof(CLIENT) - 1)) ==
		    WARD_PROBE_YES);
	assert_true(ward_dissect_ssh.probe_stream(ward_slice_of("hi\nSSH-2.0-x", 12)) ==
		    WARD_PROBE_YES);
	assert_false(ward_dissect_ssh.probe_stream(ward_slice_of("h\0\nSSH-2.0-x", 12)) ==
		     WARD_PROBE_YES);
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++) {
		assert_false(ward_dissect_ssh.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
		again();
		if (*foreign[i])
			assert_int_equal(feed(0, foreign[i]),
				i < 5 ? WARD_VERDICT_MORE : WARD_VERDICT_FOREIGN);
	}
}

static void expect_reason(enum ward_ssh_reason reason, enum ward_verdict v)
{
	assert_int_equal(v, WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, reason);
}

static void test_reasons(void **state)
{
	static char longest[9000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_VERSION_LENGTH, feed(1, longest));
	memcpy(longest, "SSH-2.0-", 8);
	longest[300] = 0;
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_VERSION_LENGTH, feed(1, longest));
	longest[299] = '\n';
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_VERSION_LENGTH, feed(1, longest));
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_VERSION, feed(1, "SSH-2.0\n"));
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_PACKET_LENGTH, feed(0, "GET / HTTP/1.1\r\n"));
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_PACKET_PADDING,
		proto_lab_feed(&lab, 0, ward_slice_of("\0\0\0\5\4xxxxx", 10), false));
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_KEXINIT, packet(0, KEXINIT, ward_slice_of(CLIENT, 30)));
	again();
	(void)feed(0, CLIENT);
	expect_reason(WARD_SSH_DISCONNECT, packet(0, DISCONNECT, ward_slice_of("\0", 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_halves),
		cmocka_unit_test(test_reversed),
		cmocka_unit_test(test_host_key),
		cmocka_unit_test(test_disconnect),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_login_padded),
		cmocka_unit_test(test_login_failed),
		cmocka_unit_test(test_login_keys),
		cmocka_unit_test(test_login_guessed),
		cmocka_unit_test(test_login_unknown),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
