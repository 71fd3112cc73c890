/* What a request's line and fields ask for, and what in them could be read in two ways. */
#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void t_path(void **state)
{
	static const struct {
		const char *target, *path, *query; /* path NULL: refused */
	} row[] = {
		{"/", "/", ""},
		{"/a/b", "/a/b", ""},
		{"/a/b/?x=%20&y", "/a/b/", "x=%20&y"},
		{"/caf%C3%A9%20/1?", "/caf\xc3\xa9 /1", ""},
		{"/a..b/.c/...", "/a..b/.c/...", ""},
		{"/%2541", "/%41", ""}, /* once, and not twice */
		{"", NULL, NULL},
		{"*", NULL, NULL},
		{"a", NULL, NULL},
		{"http://h/", NULL, NULL},
		{"//h/", NULL, NULL},
		{"/a//b", NULL, NULL},
		{"/a//", NULL, NULL},
		{"/.", NULL, NULL},
		{"/..", NULL, NULL},
		{"/a/./b", NULL, NULL},
		{"/a/../b", NULL, NULL},
		{"/a/%2E%2e/b", NULL, NULL},
		{"/a%2F..%2Fb", NULL, NULL},
		{"/a\\b", NULL, NULL},
		{"/a%5Cb", NULL, NULL},
		{"/a%00", NULL, NULL},
		{"/a%0a", NULL, NULL},
		{"/a%7f", NULL, NULL},
		{"/a%", NULL, NULL},
		{"/a%1", NULL, NULL},
		{"/a%1g", NULL, NULL},
		{"/%c3", NULL, NULL},
		{"/%ff", NULL, NULL},
		{"/a?b#c", "/a", "b#c"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char to[64];
		struct ward_str path, query;
		bool ok = ward_http_path(ward_str_z(row[i].target), to, sizeof(to), &path, &query);

		if (ok != (row[i].path != NULL))
			fail_msg("'%s'", row[i].target);
		assert_true(!ok ||
			    (ward_str_eqz(path, row[i].path) && ward_str_eqz(query, row[i].query)));
	}
	char few[3];
	struct ward_str path, query;

	assert_false(ward_http_path(WARD_STR("/abc"), few, sizeof(few), &path, &query));
}

static void t_cookie(void **state)
{
	const struct ward_str name = WARD_STR("__Host-ward");

	(void)state;
	assert_true(
		ward_str_eqz(ward_http_cookie(WARD_STR("a=1; __Host-ward=x=y; b"), name), "x=y"));
	assert_true(ward_str_eqz(ward_http_cookie(WARD_STR("__Host-ward="), name), ""));
	assert_null(ward_http_cookie(WARD_STR("__host-ward=x; __Host-ward2=y"), name).p);
	assert_null(ward_http_cookie(WARD_STR("__Host-ward=x; __Host-ward=y"), name).p);
	assert_null(ward_http_cookie((struct ward_str){NULL, 0}, name).p);
}

static void t_param(void **state)
{
	static const struct {
		const char *query, *value;
	} all[] = {{"a=1&code=x%20y+z%2f&b", "x y z/"}, {"code=", ""}, {"code", NULL}, {"", NULL},
		{"code=1&code=2", NULL}, {"code=%", NULL}, {"code=%2", NULL}, {"code=%zz", NULL},
		{"Code=1&code2=3&xcode=4", NULL}, {"&&code=%41", "A"},
		{"code=12345678", "12345678"}, {"code=123456789", NULL}, {"code=a=b", "a=b"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char bytes[16];
		struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
		struct ward_str v = ward_http_param(ward_str_z(all[i].query), "code", 8, &w);

		assert_int_equal(v.p != NULL, all[i].value != NULL);
		assert_true(!v.p || ward_str_eqz(v, all[i].value));
	}
}

static void t_coding(void **state)
{
	const struct ward_str br = WARD_STR("br");

	(void)state;
	assert_true(ward_http_takes(WARD_STR("gzip, deflate, BR"), br));
	assert_true(ward_http_takes(WARD_STR("br;q=0.1"), br));
	assert_false(ward_http_takes(WARD_STR("br;q=0"), br));
	assert_false(ward_http_takes(WARD_STR("br ; q=0.000, gzip"), br));
	assert_false(ward_http_takes(WARD_STR("gzip, *"), br));
	assert_false(ward_http_takes((struct ward_str){NULL, 0}, br));
}

static void t_tag(void **state)
{
	const struct ward_str tag = WARD_STR("\"a1\"");

	(void)state;
	assert_true(ward_http_has_tag(WARD_STR("\"a1\""), tag));
	assert_true(ward_http_has_tag(WARD_STR("\"x\", W/\"a1\""), tag));
	assert_true(ward_http_has_tag(WARD_STR("*"), tag));
	assert_false(ward_http_has_tag(WARD_STR("a1"), tag));
	assert_false(ward_http_has_tag(WARD_STR("\"a12\""), tag));
	assert_false(ward_http_has_tag((struct ward_str){NULL, 0}, tag));
}

static void t_host(void **state)
{
	static const struct {
		const char *field, *host; /* NULL: none */
	} row[] = {{"localhost", "localhost"}, {"localhost:8443", "localhost"}, {"[::1]:1", "::1"},
		{"[::1]", "::1"}, {"10.0.0.1:80", "10.0.0.1"}, {"", NULL}, {":80", NULL},
		{"[::1", NULL}, {"[]", NULL}, {"[::1]x", NULL}, {"a:b", NULL}, {"a:1:2", NULL}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_str h = ward_http_host(ward_str_z(row[i].field));

		if (row[i].host ? !ward_str_eqz(h, row[i].host) : h.p != NULL)
			fail_msg("'%s'", row[i].field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_path), cmocka_unit_test(t_cookie),
		cmocka_unit_test(t_param), cmocka_unit_test(t_coding), cmocka_unit_test(t_tag),
		cmocka_unit_test(t_host)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
