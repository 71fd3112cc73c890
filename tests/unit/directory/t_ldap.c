/* LDAP's messages: what goes out byte by byte, what comes in, and every cut of it. The real server
 * is in tests/e2e/directory_ldap.py. */
#include "directory/ldap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ward_directory_group group[] = {{.name = {"guards", 6}}};
static const struct ward_directory d = {.kind = WARD_DIRECTORY_LDAPS,
	.base = {"dc=h", 4},
	.person = {"uid", 3},
	.groups_from = {"memberOf", 8},
	.group = group,
	.n_group = 1};
static const ward_ns now = 1800000000 * WARD_NS_PER_S;

/* A tag and its content, as a server writes it. */
static void put(struct ward_wr *w, uint8_t tag, const struct ward_wr *content)
{
	ward_wr_u8(w, tag);
	if (content->len > 127)
		ward_wr_u8(w, 0x81);
	assert_true(content->len < 256);
	ward_wr_u8(w, (uint8_t)content->len);
	ward_wr_bytes(w, content->p, content->len);
}

static void put_text(struct ward_wr *w, const char *s)
{
	ward_wr_u8(w, 4);
	ward_wr_u8(w, (uint8_t)strlen(s));
	ward_wr_z(w, s);
}

static void put_attribute(struct ward_wr *w, const char *type, const char *value)
{
	uint8_t a[256], v[256];
	struct ward_wr one = ward_wr_fixed(a, sizeof(a)), values = ward_wr_fixed(v, sizeof(v));

	put_text(&one, type);
	put_text(&values, value);
	put(&one, 0x31, &values);
	put(w, 0x30, &one);
}

static size_t entry(uint8_t *to, size_t cap, const char *type, const char *value)
{
	uint8_t a[512], b[512], c[512];
	struct ward_wr list = ward_wr_fixed(a, sizeof(a)), op = ward_wr_fixed(b, sizeof(b)),
		       m = ward_wr_fixed(c, sizeof(c)), w = ward_wr_fixed(to, cap);

	put_attribute(&list, "uid", "Anna");
	put_attribute(&list, "memberof", "CN=Guards,DC=h");
	put_attribute(&list, type, value);
	put_text(&op, "cn=anna,dc=h");
	put(&op, 0x30, &list);
	ward_wr_bytes(&m, "\x02\x01\x02", 3);
	put(&m, 0x64, &op);
	put(&w, 0x30, &m);
	assert_false(ward_wr_bad(&w));
	return w.len;
}

static enum ward_err take(
	struct ward_slice b, struct ward_ldap_found *f, struct ward_ldap_answer *a)
{
	size_t used = 0;

	*f = (struct ward_ldap_found){.n = 0};
	enum ward_err err = ward_ldap_take(b, &d, now, f, &used, a);

	assert_true(err || used == b.len);
	return err;
}

static void an_entry(void **state)
{
	static const struct {
		const char *type, *value;
		bool disabled;
	} all[] = {{"cn", "x", false}, {"userAccountControl", "512", false},
		{"userAccountControl", "514", true}, {"useraccountcontrol", "no number", true},
		{"accountExpires", "0", false}, {"accountExpires", "9223372036854775807", false},
		{"accountExpires", "134444735990000000", true}, /* a second ago */
		{"accountExpires", "134444736010000000", false}, {"nsAccountLock", "TRUE", true},
		{"nsAccountLock", "false", false}, {"pwdAccountLockedTime", "000001010000Z", true}};
	struct ward_ldap_found f;
	struct ward_ldap_answer a;
	uint8_t b[1024];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		size_t n = entry(b, sizeof(b), all[i].type, all[i].value);

		assert_int_equal(take(ward_slice_of(b, n), &f, &a), WARD_OK);
		assert_int_equal(a.what, WARD_LDAP_ENTRY);
		assert_int_equal(a.id, 2);
		assert_int_equal(f.n, 1);
		assert_string_equal(f.dn, "cn=anna,dc=h");
		assert_string_equal(f.who.name, "Anna");
		assert_int_equal(f.who.group, 1);
		if (f.disabled != all[i].disabled)
			fail_msg("%s %s", all[i].type, all[i].value);
		for (size_t k = 0; k < n; k++) { /* cut anywhere it waits for more */
			uint8_t *copy = test_malloc(k ? k : 1);

			memcpy(copy, b, k);
			assert_int_equal(take(ward_slice_of(copy, k), &f, &a), WARD_ERR_MORE);
			test_free(copy);
		}
		for (size_t k = 0; k < n; k++) { /* changed anywhere it ends well */
			uint8_t was = b[k];

			for (unsigned v = 0; v < 256; v += 17) {
				b[k] = (uint8_t)v;
				size_t used;

				f = (struct ward_ldap_found){.n = 0};
				(void)!ward_ldap_take(ward_slice_of(b, n), &d, now, &f, &used, &a);
			}
			b[k] = was;
		}
	}
}

/* A name that is cut at a NUL would be bound as another one, or as nobody. */
static void a_name_in_full(void **state)
{
	static const uint8_t bad[] = {0, 0xff};
	struct ward_ldap_found f;
	struct ward_ldap_answer a;
	uint8_t b[1024];
	size_t used;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		for (size_t k = 0; k < strlen("cn=anna,dc=h"); k++) {
			size_t n = entry(b, sizeof(b), "cn", "x");
			size_t at =
				ward_str_find((struct ward_str){(char *)b, n}, WARD_STR("cn=anna"));

			b[at + k] = bad[i];
			f = (struct ward_ldap_found){.n = 0};
			assert_int_equal(
				ward_ldap_take(ward_slice_of(b, n), &d, now, &f, &used, &a),
				WARD_ERR_MALFORMED);
		}
}

static void results(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum ward_err err;
		enum ward_ldap_what what;
		int32_t result;
	} all[] = {{"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", 14, WARD_OK,
			   WARD_LDAP_BOUND, 0},
		{"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00", 14, WARD_OK,
			WARD_LDAP_BOUND, WARD_LDAP_WRONG},
		{"\x30\x84\x00\x00\x00\x0c\x02\x01\x02\x65\x07\x0a\x01\x04\x04\x00\x04\x00", 18,
			WARD_OK, WARD_LDAP_DONE, WARD_LDAP_SIZE_LIMIT},
		{"\x30\x05\x02\x01\x00\x78\x00", 7, WARD_OK, WARD_LDAP_ENDED, 0},
		{"\x30\x05\x02\x01\x02\x73\x00", 7, WARD_OK, WARD_LDAP_OTHER, 0},
		{"\x30\x80", 2, WARD_ERR_MALFORMED, 0, 0},
		{"\x30\x85\x01\x01\x01\x01\x01", 7, WARD_ERR_MALFORMED, 0, 0},
		{"HTTP/1.1 400", 12, WARD_ERR_MALFORMED, 0, 0},
		{"\x30\x03\x02\x01\xff", 5, WARD_ERR_MALFORMED, 0, 0},
		{"\x30\x08\x02\x01\x01\x61\x03\x04\x01\x00", 10, WARD_ERR_MALFORMED, 0, 0},
		{"\x30\x02\x05\x00", 4, WARD_ERR_MALFORMED, 0, 0}};
	struct ward_ldap_found f;
	struct ward_ldap_answer a;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		enum ward_err err = take(ward_slice_of(all[i].bytes, all[i].n), &f, &a);

		if (err != all[i].err ||
			(!err && (a.what != all[i].what || a.result != all[i].result)))
			fail_msg("%zu: %s", i, ward_err_name(err));
	}
}

static void what_goes_out(void **state)
{
	static const char bind[] =
		"\x30\x84\0\0\0\x1f\x02\x01\x01\x60\x84\0\0\0\x16\x02\x01\x03\x04\x84\0"
		"\0\0\x04"
		"cn=w\x80\x84\0\0\0\x03"
		"abc";
	uint8_t b[1024];
	struct ward_wr w = ward_wr_fixed(b, sizeof(b));

	(void)state;
	ward_ldap_put_bind(&w, 1, WARD_STR("cn=w"), WARD_STR("abc"));
	assert_int_equal(w.len, sizeof(bind) - 1);
	assert_memory_equal(b, bind, w.len);
	/* what is a filter's syntax in a name is nothing but letters of it */
	ward_wr_reset(&w);
	ward_ldap_put_search(&w, 300, &d, WARD_STR("*)(uid=*"));
	size_t at = ward_str_find(ward_wr_text(&w), WARD_STR("*)(uid=*"));

	assert_true(at != SIZE_MAX);
	assert_int_equal(b[at - 1], 8);
	assert_int_equal(b[at - 6], 4);
	assert_memory_equal(b + 6, "\x02\x02\x01\x2c", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(an_entry),
		cmocka_unit_test(a_name_in_full), cmocka_unit_test(results),
		cmocka_unit_test(what_goes_out)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
