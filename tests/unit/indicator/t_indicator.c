/* Indicators of others: official examples are read, what is not meant to be looked for is not, and
 * a document that lacks what it must have is refused. */
#include "indicator/indicator.h"
#include "search/indicator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct read {
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_wr w;
	enum ward_err err;
};

static void read_text(struct read *r, struct ward_slice text)
{
	ward_limits_default(&r->lim);
	ward_diag_init(&r->d, ward_mem_heap());
	r->w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	assert_true(ward_indicator_is_document(text));
	r->err = ward_indicator_lines(WARD_STR("f"), text, &r->lim, ward_mem_heap(), &r->d, &r->w);
}

static void done(struct read *r)
{
	ward_wr_fini(&r->w);
	ward_diag_fini(&r->d);
}

/* Reads an example of WARD_SHARED_DATA; false when it is not there. */
static bool read_example(struct read *r, const char *name)
{
	const char *root = getenv("WARD_SHARED_DATA");
	static char text[1 << 20];
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/standards/%s", root ? root : ".", name);
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	size_t n = fread(text, 1, sizeof(text), f);

	(void)fclose(f);
	read_text(r, ward_slice_of(text, n));
	return true;
}

static void gives(const struct read *r, const char *want)
{
	if (r->err || !ward_str_eqz(ward_wr_text(&r->w), want))
		fail_msg("%s: %.*s", ward_err_text(r->err), WARD_STR_ARG(ward_wr_text(&r->w)));
}

static void examples(void **state)
{
	struct read r;

	(void)state;
	if (!read_example(&r, "stix2.1/examples/indicators-for-C2-with-COA.json"))
		skip();
	gives(&r, "10.0.0.0\tIP Address for known C2 channel\n"
		  "ef537f25c895bfa782526529a9b63d97aa631564d5d789c2b765448c8635fb6c\tFile hash for "
		  "Poison Ivy variant\n");
	done(&r);
	assert_true(read_example(&r, "misp/examples/57c4445b-c548-4654-af0b-4be3950d210f.json"));
	assert_int_equal(r.err, WARD_OK);
	struct ward_indicators *in = NULL;

	assert_int_equal(ward_indicators_read(
				 WARD_STR("f"), ward_wr_slice(&r.w), ward_mem_heap(), &r.d, &in),
		WARD_OK);
	assert_int_equal(r.d.n_error, 0);
	assert_true(ward_indicators_n(in) > 0);
	assert_int_equal(r.d.n_warning, 1); /* names of files and keys of a registry */
	ward_indicators_free(in);
	done(&r);
	assert_true(read_example(&r, "_made-examples/negative/misp-bad.json"));
	assert_int_equal(r.err, WARD_ERR_CONFIG); /* without info, which its schema lets pass */
	done(&r);
}

static void of_misp(void **state)
{
	static const char text[] =
		"{\"response\":[{\"Event\":{\"info\":\"Bad hosts\",\"date\":\"2026-01-01\","
		"\"threat_level_id\":\"2\",\"analysis\":\"2\",\"Attribute\":["
		"{\"type\":\"ip-dst|port\",\"to_ids\":true,\"value\":\"192.0.2.7|443\"},"
		"{\"type\":\"domain|ip\",\"to_ids\":true,\"value\":\"a.example|192.0.2.8\","
		"\"comment\":\"two\\nlines\"},"
		"{\"type\":\"md5\",\"to_ids\":false,\"value\":\"d41d8cd98f00b204e9800998ecf8427e\"}"
		","
		"{\"type\":\"ip-src\",\"to_ids\":true,\"deleted\":true,\"value\":\"192.0.2.9\"},"
		"{\"type\":\"ip-src\",\"to_ids\":true,\"value\":\"192.0.2.10\\n192.0.2.11\"},"
		"{\"type\":\"regkey\",\"to_ids\":true,\"value\":\"HKLM\"}],"
		"\"Object\":[{\"Attribute\":[{\"type\":\"filename|sha1\",\"to_ids\":true,\"value\":"
		"\"a b.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709\"}]}]}}]}";
	struct read r;

	(void)state;
	read_text(&r, ward_slice_of(text, sizeof(text) - 1));
	gives(&r, "192.0.2.7\tBad hosts\na.example\ttwo lines\n192.0.2.8\ttwo lines\n"
		  "da39a3ee5e6b4b0d3255bfef95601890afd80709\tBad hosts\n");
	assert_int_equal(r.d.n_warning, 1);
	done(&r);
}

static void of_stix(void **state)
{
	static const struct {
		const char *pattern, *lines;
		bool warns;
	} row[] = {
		{"[ipv4-addr:value = '192.0.2.7']", "192.0.2.7\tN\n", false},
		{"[domain-name:value = 'a.example' AND ipv6-addr:value='2001:db8::1']",
			"a.example\tN\n2001:db8::1\tN\n", false},
		{"[file:hashes.'SHA-1' IN ('da39a3ee5e6b4b0d3255bfef95601890afd80709', "
		 "'0000000000000000000000000000000000000000')]",
			"da39a3ee5e6b4b0d3255bfef95601890afd80709\tN\n"
			"0000000000000000000000000000000000000000\tN\n",
			false},
		{"[ipv4-addr:value NOT = '192.0.2.7']", "", true},
		{"[ipv4-addr:value != '192.0.2.7']", "", true},
		{"[email-message:subject MATCHES 'x']", "", true},
		{"[url:value = 'http://a.example/,x']", "",
			true}, /* "http://a.example/" is another */
		{"[url:value = 'http://a.example/x ']", "http://a.example/x\tN\n", false},
		{"[ipv4-addr:value = '", "", true},
		{"[ipv4-addr:value =", "", true},
		{"[a:b IN (", "", false},
		{"'\\\\", "", true},
		{"", "", true},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		struct ward_json j = ward_json_on(&w);
		struct read r;

		ward_wr_z(&w,
			"{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"name\":\"N\","
			"\"pattern_type\":\"stix\",\"pattern\":");
		ward_json_z(&j, row[i].pattern);
		ward_wr_z(&w, "},{\"type\":\"indicator\",\"revoked\":true,\"pattern\":"
			      "\"[ipv4-addr:value = '192.0.2.99']\"}]}");
		read_text(&r, ward_wr_slice(&w));
		gives(&r, row[i].lines);
		assert_int_equal(r.d.n_warning, row[i].warns);
		done(&r);
		ward_wr_fini(&w);
	}
}

static void refused(void **state)
{
	static const char *const row[] = {"{", "{}", "[]", "{\"type\":\"bundles\"}",
		"[[[[[[{}]]]]]]", "{\"Event\":[]}", "{\"Event\":{\"info\":\"x\"}}"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct read r;

		read_text(&r, ward_str_bytes(ward_str_z(row[i])));
		assert_int_equal(r.err, WARD_ERR_CONFIG);
		assert_true(r.d.n > 0 && r.d.item[0].mend.len > 0);
		done(&r);
	}
	assert_false(ward_indicator_is_document(ward_str_bytes(WARD_STR("192.0.2.1, {"))));
	assert_false(ward_indicator_is_document(ward_str_bytes(WARD_STR(""))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples),
		cmocka_unit_test(of_misp),
		cmocka_unit_test(of_stix),
		cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
