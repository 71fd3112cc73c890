/* Who had an incident's clips: rows in, W3C PROV out. With a file's name as argument the document
 * goes there, for a judge that has none of our code (tests/e2e/prov.py). */
#include "audit/custody.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define CLIP "11111111-1111-8111-8111-111111111111"
#define PHOTO "22222222-2222-8222-8222-222222222222"
#define FILE_KEPT "44444444-4444-8444-8444-444444444444"
#define INCIDENT "33333333-3333-8333-8333-333333333333"

static const char *const rows[] = {
	"{\"kind\":\"clip\",\"act\":\"written\",\"id\":\"" CLIP "\",\"incident\":\"" INCIDENT
	"\",\"camera\":\"cam-door\",\"from\":\"2026-03-19T08:00:00Z\",\"to\":"
	"\"2026-03-19T08:00:07Z\",\"expires\":\"2026-03-26T08:00:00Z\",\"bytes\":9,\"sha256\":"
	"\"00ff\",\"key_sha256\":\"01\"}",
	"{\"kind\":\"photo\",\"act\":\"written\",\"id\":\"" PHOTO "\",\"report\":\"" INCIDENT
	"\",\"from\":\"2026-03-19T08:00:00Z\",\"sha256\":\"ee\"}",
	"{\"kind\":\"clip\",\"act\":\"read\",\"id\":\"" CLIP "\",\"incident\":\"" INCIDENT
	"\",\"why\":\"who said "
	"\\\"id\\\":\\\"x\\\"\\u000a?\",\"who\":\"rossi\",\"role\":\"guard\"}",
	"{\"kind\":\"clip\",\"act\":\"none\",\"id\":\"" CLIP "\",\"why\":\"no picture\"}",
	"{\"kind\":\"clip\",\"act\":\"erased\",\"id\":\"" CLIP "\",\"why\":\"retention 7 d\"}",
	"{\"kind\":\"file\",\"act\":\"written\",\"id\":\"" FILE_KEPT "\",\"event\":\"" INCIDENT
	"\",\"from\":\"2026-03-19T08:00:00Z\",\"sha256\":\"dd\"}",
};

static struct ward_wr out;

static void fill(struct ward_custody *c)
{
	const uint8_t sum[32] = {0xab, 0xcd};
	struct ward_id clip;

	assert_true(ward_id_parse(WARD_STR(CLIP), &clip));
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		ward_custody_row(c, &(struct ward_store_row){.row = 100 + i,
					    .kind = WARD_ROW_CLIP,
					    .time = (ward_ns)(1773907200 + 60 * i) * WARD_NS_PER_S,
					    .json = ward_str_z(rows[i])});
	/* none of these */
	ward_custody_row(c, &(struct ward_store_row){
				    .row = 7, .kind = WARD_ROW_DECISION, .json = WARD_STR("{}")});
	ward_custody_row(c, &(struct ward_store_row){.row = 8, .kind = WARD_ROW_CLIP});
	ward_custody_file(c, "clips/" CLIP ".clip", sum, clip);
	ward_custody_file(c, "ledger.jsonl", sum, (struct ward_id){{0}});
}

static enum ward_err document(struct ward_wr *w, bool with_rows)
{
	struct ward_custody c;
	struct ward_custody_export x = {.at = (ward_ns)1773910000 * WARD_NS_PER_S,
		.who = WARD_STR("uid:0"),
		.why = WARD_STR("prosecutor \"12/26\"\n\xe2\x80\x93 by hand")};

	assert_true(ward_id_parse(WARD_STR(INCIDENT), &x.incident));
	ward_custody_init(&c);
	if (with_rows) {
		fill(&c);
		assert_int_equal(c.n, WARD_ARRAY_LEN(rows));
	}
	enum ward_err err = ward_custody_write(&c, &x, w);

	ward_custody_fini(&c);
	return err;
}

static bool says(const char *what)
{
	return ward_str_find(ward_wr_text(&out), ward_str_z(what)) != SIZE_MAX;
}

static void test_chain(void **state)
{
	(void)state;
	ward_wr_reset(&out);
	assert_int_equal(document(&out, true), WARD_OK);
	/* the hash at capture, what captured, and when */
	assert_true(says(
		"\"ward:evidence/" CLIP "\":{\"prov:type\":\"ward:Clip\",\"ward:sha256\":\"00ff\","
		"\"ward:expires\":\"2026-03-26T08:00:00Z\"}"));
	assert_true(says("\"ward:evidence/" PHOTO "\":{\"prov:type\":\"ward:Photo\""));
	assert_true(says("\"ward:evidence/" FILE_KEPT "\":{\"prov:type\":\"ward:SuspiciousFile\""));
	assert_true(says("\"ward:is\":\"who looks at files\""));
	assert_true(says("\"ward:is\":\"cam-door\"") && says("\"ward:is\":\"a report\""));
	assert_true(says("\"prov:type\":\"ward:Capture\",\"prov:startTime\":"
			 "\"2026-03-19T08:00:00Z\""));
	/* who looked and why: as it is on the ledger, and no member of it taken for another */
	assert_true(says("\"ward:why\":\"who said \\\"id\\\":\\\"x\\\"\\u000a?\""));
	assert_true(says("\"_:r102\":{\"prov:activity\":\"ward:row/102\",\"prov:entity\":"
			 "\"ward:evidence/" CLIP "\""));
	assert_true(says("\"ward:is\":\"rossi\",\"ward:role\":\"guard\",\"prov:type\":"
			 "\"prov:Person\""));
	/* what could not be made is no part; what was erased ended */
	assert_false(says("ward:row/103"));
	assert_true(says("\"wasInvalidatedBy\":{\"_:r104\""));
	/* the files, and what they are of */
	assert_true(says("\"ward:file/ledger.jsonl\":{\"prov:type\":\"ward:File\",\"ward:sha256\":"
			 "\"abcd0000"));
	assert_true(says("\"wasDerivedFrom\":{\"_:fclips/" CLIP ".clip\""));
	assert_true(says("\"ward:why\":\"prosecutor \\\"12/26\\\"\\n\xe2\x80\x93 by hand\""));
}

/* Nothing was kept: it still says who handed out what. */
static void test_empty(void **state)
{
	(void)state;
	ward_wr_reset(&out);
	assert_int_equal(document(&out, false), WARD_OK);
	assert_true(says("\"entity\":{}") && says("\"ward:export\":{"));
}

/* Each byte that has no room. */
static void test_full(void **state)
{
	static uint8_t bytes[8192];

	(void)state;
	ward_wr_reset(&out);
	assert_int_equal(document(&out, true), WARD_OK);
	assert_in_range(out.len, 1, sizeof(bytes));
	for (size_t n = 0; n < out.len; n += 7) {
		struct ward_wr w = ward_wr_fixed(bytes, n);

		assert_int_equal(document(&w, true), WARD_ERR_NOMEM);
	}
}

static int write_to(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f || document(&out, true) != WARD_OK)
		return 1;
	size_t n = fwrite(out.p, 1, out.len, f);

	return fclose(f) || n != out.len;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_chain),
		cmocka_unit_test(test_empty), cmocka_unit_test(test_full)};

	out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	int rc = argc > 1 ? write_to(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);

	ward_wr_fini(&out);
	return rc;
}
