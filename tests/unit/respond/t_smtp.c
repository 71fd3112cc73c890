#include "respond/smtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

struct talk {
	struct ward_smtp s;
	char buf[4096];
	struct ward_wr w;
};

static void begin(struct talk *t, const char *user, bool tls, bool plain)
{
	const struct ward_smtp_opts o = {.from = WARD_STR("ward@hospital.example"),
		.to = WARD_STR("soc@csirt.example"),
		.mail = WARD_STR("A: b\r\n\r\n.one\r\n..\r\nend"),
		.user = ward_str_z(user),
		.password = WARD_STR("0123456789abcdef"),
		.tls = tls,
		.plain = plain};

	ward_smtp_begin(&t->s, &o);
	t->w = ward_wr_fixed(t->buf, sizeof(t->buf) - 1);
}

/* The server says `said`; the client answers with `wanted`, and nothing else. */
static void turn(struct talk *t, const char *said, const char *wanted)
{
	ward_wr_reset(&t->w);
	ward_smtp_take(&t->s, ward_str_bytes(ward_str_z(said)), &t->w);
	t->buf[t->w.len] = '\0';
	assert_string_equal(t->buf, wanted);
}

static void ended(const struct talk *t, enum ward_sent what, const char *why)
{
	assert_int_equal(t->s.state, WARD_SMTP_OVER);
	assert_int_equal(t->s.outcome.what, what);
	assert_string_equal(t->s.outcome.why, why);
}

static void test_whole(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, "ward", false, false);
	turn(&t, "220-mail.example\r\n220 ", "");
	turn(&t, "ready\r\n", "EHLO [127.0.0.1]\r\n");
	turn(&t, "250-mail.example\r\n250-starttls\r\n250 AUTH PLAIN\r\n", "STARTTLS\r\n");
	turn(&t, "220 go\r\n", "");
	assert_int_equal(t.s.state, WARD_SMTP_HANDSHAKE);
	ward_smtp_secured(&t.s, &t.w);
	/* printf '\0ward\0' and the secret | base64 */
	turn(&t, "250-mail.example\r\n250-AUTH LOGIN PLAIN\r\n250 SIZE\r\n",
		"AUTH PLAIN AHdhcmQAMDEyMzQ1Njc4OWFiY2RlZg==\r\n");
	turn(&t, "235 2.7.0 welcome\r\n", "MAIL FROM:<ward@hospital.example>\r\n");
	turn(&t, "250 ok\r\n", "RCPT TO:<soc@csirt.example>\r\n");
	turn(&t, "251 forwarded\r\n", "DATA\r\n");
	turn(&t, "354 go on\r\n", "A: b\r\n\r\n..one\r\n...\r\nend\r\n.\r\n");
	turn(&t, "250 taken\r\n", "QUIT\r\n");
	ended(&t, WARD_SENT_DELIVERED, "");
	assert_int_equal(t.s.outcome.status, 250);
}

/* In clear nothing goes but to this machine, whoever took STARTTLS away or added to it. */
static void test_clear(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, "ward", false, false);
	turn(&t, "220 a\r\n", "EHLO [127.0.0.1]\r\n");
	turn(&t, "250-a\r\n250 AUTH PLAIN\r\n", "");
	ended(&t, WARD_SENT_FAILED, "it offers no STARTTLS");
	begin(&t, "", false, true);
	turn(&t, "220 a\r\n", "EHLO [127.0.0.1]\r\n");
	turn(&t, "250-a\r\n250 STARTTLS\r\n", "MAIL FROM:<ward@hospital.example>\r\n");
	begin(&t, "", false, false);
	turn(&t, "220 a\r\n", "EHLO [127.0.0.1]\r\n");
	turn(&t, "250-a\r\n250 STARTTLS\r\n", "STARTTLS\r\n");
	turn(&t, "220 go\r\n250 a\r\n", "");
	ended(&t, WARD_SENT_FAILED, "it answered before it was asked");
}

static void test_refusals(void **state)
{
	struct talk t;

	(void)state;
	begin(&t, "", true, false);
	turn(&t, "421 busy\r\n", "");
	ended(&t, WARD_SENT_FAILED, "it answered 421 to the connection");
	begin(&t, "", true, false);
	turn(&t, "220 a\r\n", "EHLO [127.0.0.1]\r\n");
	turn(&t, "250 a\r\n", "MAIL FROM:<ward@hospital.example>\r\n");
	turn(&t, "250 ok\r\n", "RCPT TO:<soc@csirt.example>\r\n");
	turn(&t, "550-no such\r\n550 person\r\n", "");
	ended(&t, WARD_SENT_REFUSED, "it answered 550 to the recipient's address");
	begin(&t, "", true, false);
	turn(&t, "HTTP/1.1 400 Bad Request\r\n", "");
	ended(&t, WARD_SENT_FAILED, "what it answers is no SMTP");
	begin(&t, "", true, false);
	turn(&t, "", "");
	ended(&t, WARD_SENT_FAILED, "it ended the connection without an answer");
	begin(&t, "", true, false);
	for (int i = 0; i < 100; i++)
		turn(&t, "220-a\r\n", "");
	turn(&t, "220-a\r\n", "");
	ended(&t, WARD_SENT_FAILED, "what it answers is no SMTP");
}

static void test_mail(void **state)
{
	struct talk t;
	const struct ward_smtp_mail m = {.from = WARD_STR("ward@hospital.example"),
		.to = WARD_STR("soc@csirt.example"),
		.subject = WARD_STR("Porte forc\xc3\xa9"
				    "e\r\nBcc: x@y.example, and some more of it"),
		.text = WARD_STR("a\nb\r\n.\n"),
		.message = {{1}},
		.now = 1773282000 * WARD_NS_PER_S};
	char id[WARD_ID_TEXT], wanted[1024];

	(void)state;
	ward_id_text(m.message, id);
	t.w = ward_wr_fixed(t.buf, sizeof(t.buf) - 1);
	ward_smtp_mail_write(&m, &t.w);
	t.buf[t.w.len] = '\0';
	(void)snprintf(wanted, sizeof(wanted),
		"Date: Thu, 12 Mar 2026 02:20:00 +0000\r\nMessage-ID: <%s@ward>\r\n"
		"From: <ward@hospital.example>\r\nTo: <soc@csirt.example>\r\n"
		"Subject: =?UTF-8?B?UG9ydGUgZm9yY8OpZSAgQmNjOiB4QHkuZXhhbXBsZSwgYW5kIHNv?=\r\n"
		" =?UTF-8?B?bWUgbW9yZSBvZiBpdA==?=\r\n"
		"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\nYQ0KYg0KLg0K\r\n",
		id);
	assert_string_equal(t.buf, wanted);
}

static void test_addresses(void **state)
{
	static const char *const bad[] = {"", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", ".a@b",
		"a.@b", "a..b@c", "a@-b", "a@b.", "a@b\r\nRCPT TO:<x@y>", "\xc3\xa9@b", "\"a\"@b"};
	static const char *const good[] = {"a@b", "on.call+1@h-1.example", "x_y@127"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_smtp_is_address(ward_str_z(bad[i])));
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++)
		assert_true(ward_smtp_is_address(ward_str_z(good[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_whole), T(test_clear), T(test_refusals), T(test_mail), T(test_addresses)};

	return cmocka_run_group_tests_name("respond/smtp", tests, NULL, NULL);
}
