#include "respond/smpp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

/* ---- parts ---- */

static void repeat(char *to, const char *what, size_t n)
{
	size_t len = strlen(what);

	for (size_t i = 0; i < n; i++)
		memcpy(to + i * len, what, len);
	to[n * len] = 0;
}

static void test_alphabets(void **state)
{
	static const uint8_t gsm[] = {0x00, 0x02, 0x05, 0x1b, 0x65, 0x1b, 0x28, ' ', 'x'};
	static const uint8_t ucs2[] = {0, 'a', 0x04, 0x16, 0xd8, 0x3d, 0xde, 0x80, 0, '?'};
	struct ward_smpp_parts p;

	(void)state;
	ward_smpp_parts_make(WARD_STR("@$\xc3\xa9\xe2\x82\xac{\nx"), 1, &p);
	assert_int_equal(p.coding, WARD_SMPP_GSM);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.part[0].len, sizeof(gsm));
	assert_memory_equal(p.part[0].octet, gsm, sizeof(gsm));
	/* outside of the alphabet, also of the plane; bytes that are no UTF-8 */
	ward_smpp_parts_make(WARD_STR("a\xd0\x96\xf0\x9f\x9a\x80\xff"), 1, &p);
	assert_int_equal(p.coding, WARD_SMPP_UCS2);
	assert_int_equal(p.part[0].len, sizeof(ucs2));
	assert_memory_equal(p.part[0].octet, ucs2, sizeof(ucs2));
	ward_smpp_parts_make(WARD_STR(""), 1, &p);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.part[0].len, 0);
}

/* n characters make so many parts, the last of so many octets with its header. */
static void makes(const char *c, size_t n, size_t parts, size_t last)
{
	struct ward_smpp_parts p;
	char text[4096];

	repeat(text, c, n);
	ward_smpp_parts_make(ward_str_z(text), 7, &p);
	assert_int_equal(p.n, parts);
	assert_int_equal(p.part[parts - 1].len, last);
	for (size_t i = 0; parts > 1 && i < parts; i++) {
		const uint8_t udh[] = {5, 0, 3, 7, (uint8_t)parts, (uint8_t)(i + 1)};

		assert_memory_equal(p.part[i].octet, udh, sizeof(udh));
	}
}

static void test_lengths(void **state)
{
	struct ward_smpp_parts p;
	char text[4096];

	(void)state;
	makes("a", 160, 1, 160);
	makes("a", 161, 2, 6 + 8);
	makes("a", 612, 4, 6 + 153);
	makes("\xe2\x82\xac", 80, 1, 160);
	makes("\xe2\x82\xac", 81, 2, 6 + 10); /* 76 in a part: none is divided */
	makes("\xd0\x96", 70, 1, 140);
	makes("\xd0\x96", 71, 2, 6 + 8);
	makes("\xf0\x9f\x9a\x80", 36, 2, 6 + 12); /* 33 in a part */
	/* what has no room is cut, and says so */
	repeat(text, "a", 613);
	ward_smpp_parts_make(ward_str_z(text), 7, &p);
	assert_int_equal(p.n, 4);
	assert_int_equal(p.part[3].len, 6 + 153);
	assert_memory_equal(p.part[3].octet + 6 + 150, "a..", 3);
	repeat(text, "\xd0\x96", 300);
	ward_smpp_parts_make(ward_str_z(text), 7, &p);
	assert_int_equal(p.part[3].len, 6 + 134);
	assert_memory_equal(p.part[3].octet + 6 + 130, "\0.\0.", 4);
}

/* ---- the session ---- */

struct talk {
	struct ward_smpp s;
	struct ward_smpp_parts parts;
	uint8_t buf[1024];
	struct ward_wr w;
};

static void begin(struct talk *t, size_t n)
{
	char text[512];

	repeat(text, "a", n);
	ward_smpp_parts_make(ward_str_z(text), 9, &t->parts);
	const struct ward_smpp_opts o = {.user = WARD_STR("ward"),
		.password = WARD_STR("secret08"),
		.from = WARD_STR("Ward"),
		.to = WARD_STR("+391234567"),
		.parts = &t->parts};

	t->w = ward_wr_fixed(t->buf, sizeof(t->buf));
	ward_smpp_begin(&t->s, &o, &t->w);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The one PDU that was sent is that command; its sequence. */
static uint32_t sent(struct talk *t, uint32_t command)
{
	assert_true(t->w.len >= 16);
	assert_int_equal(be32(t->buf), t->w.len);
	assert_int_equal(be32(t->buf + 4), command);
	uint32_t sequence = be32(t->buf + 12);

	ward_wr_reset(&t->w);
	return sequence;
}

/* The centre says it, a byte at a time. */
static void say(struct talk *t, uint32_t command, uint32_t status, uint32_t sequence)
{
	uint8_t bytes[24];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_be32(&w, sizeof(bytes));
	ward_wr_be32(&w, command);
	ward_wr_be32(&w, status);
	ward_wr_be32(&w, sequence);
	ward_wr_bytes(&w, "centre-", 8);
	for (size_t i = 0; i < w.len; i++)
		ward_smpp_take(&t->s, ward_slice_of(bytes + i, 1), &t->w);
}

static void ended(const struct talk *t, enum ward_sent what, const char *why)
{
	assert_int_equal(t->s.state, WARD_SMPP_OVER);
	assert_int_equal(t->s.outcome.what, what);
	assert_non_null(strstr(t->s.outcome.why, why));
}

static void test_whole(void **state)
{
	static const uint8_t bind[] = "ward\0secret08\0\0\x34\0\0", /* with the last NUL */
		submit[] = "\0\5\0Ward\0\1\1"
			   "391234567\0\x40\0\0\0\0\0\0\0\0\x9f\5\0\3\x9\2\1";
	struct talk t;

	(void)state;
	begin(&t, 200);
	assert_int_equal(t.w.len, 16 + sizeof(bind));
	assert_memory_equal(t.buf + 16, bind, sizeof(bind));
	uint32_t n = sent(&t, 2);

	say(&t, 0x15, 0, 77); /* it asks whether anybody is there */
	assert_int_equal(sent(&t, 0x80000015), 77);
	say(&t, 0x5, 0, 78); /* deliver_sm, which is not for a transmitter */
	assert_int_equal(sent(&t, 0x80000000), 78);
	say(&t, 0x80000002, 0, n);
	assert_memory_equal(t.buf + 16, submit, sizeof(submit) - 1);
	n = sent(&t, 4);
	say(&t, 0x80000004, 0, n);
	assert_int_equal(t.s.state, WARD_SMPP_SUBMITTING);
	n = sent(&t, 4);
	say(&t, 0x80000004, 0, n);
	ended(&t, WARD_SENT_DELIVERED, "");
	(void)sent(&t, 6);
}

static void test_refusals(void **state)
{
	static const struct {
		uint32_t status;
		enum ward_sent bound, taken;
		const char *why;
		ward_ns wait;
	} all[] = {{0xd, WARD_SENT_REFUSED, WARD_SENT_REFUSED, "it answered 0xd", 0},
		{0xe, WARD_SENT_REFUSED, WARD_SENT_REFUSED, "it answered 0xe", 0},
		{0xb, WARD_SENT_REFUSED, WARD_SENT_REFUSED, "it answered 0xb", 0},
		{0x5, WARD_SENT_FAILED, WARD_SENT_REFUSED, "0x5", 0},
		{0x45, WARD_SENT_REFUSED, WARD_SENT_FAILED, "0x45", 0},
		{0x8, WARD_SENT_FAILED, WARD_SENT_FAILED, "0x8", 0},
		{0x14, WARD_SENT_FAILED, WARD_SENT_FAILED, "0x14", 60 * WARD_NS_PER_S},
		{0x58, WARD_SENT_FAILED, WARD_SENT_FAILED, "throttled", 60 * WARD_NS_PER_S}};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		begin(&t, 1);
		say(&t, 0x80000002, all[i].status, sent(&t, 2));
		ended(&t, all[i].bound, all[i].why);
		begin(&t, 1);
		say(&t, 0x80000002, 0, sent(&t, 2));
		say(&t, 0x80000004, all[i].status, sent(&t, 4));
		ended(&t, all[i].taken, all[i].why);
		assert_int_equal(t.s.outcome.retry_after, all[i].wait);
	}
}

static void test_nonsense(void **state)
{
	static const uint8_t tiny[] = {0, 0, 0, 15}, huge[] = {0, 0, 0x10, 1}, http[] = "HTTP/1.1";
	const struct ward_slice no[] = {ward_slice_of(tiny, sizeof(tiny)),
		ward_slice_of(huge, sizeof(huge)), ward_slice_of(http, sizeof(http))};
	struct talk t;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(no); i++) {
		begin(&t, 1);
		ward_smpp_take(&t.s, no[i], &t.w);
		ended(&t, WARD_SENT_FAILED, "no SMPP");
	}
	begin(&t, 1);
	ward_smpp_take(&t.s, ward_slice_of(NULL, 0), &t.w);
	ended(&t, WARD_SENT_FAILED, "ended the connection");
	begin(&t, 1);
	say(&t, 0x80000004, 0, sent(&t, 2)); /* taken, before anything was submitted */
	ended(&t, WARD_SENT_FAILED, "was not asked");
	begin(&t, 1);
	say(&t, 0x80000002, 0, sent(&t, 2) + 1);
	ended(&t, WARD_SENT_FAILED, "was not asked");
	begin(&t, 1);
	say(&t, 0x80000000, 3, sent(&t, 2));
	ended(&t, WARD_SENT_FAILED, "does not understand");
	begin(&t, 1);
	(void)sent(&t, 2);
	say(&t, 6, 0, 5);
	ended(&t, WARD_SENT_FAILED, "ended the session");
	assert_int_equal(sent(&t, 0x80000006), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_alphabets), T(test_lengths), T(test_whole),
		T(test_refusals), T(test_nonsense)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
