/* Bodies of proposals, as browsers send them, to questions that `config` reads. */
#include "run/configure.h"
#include "run/proc/api_proposal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct got {
	const char *wrong;
	struct ward_wr w;
	struct ward_configure_ask a;
};

static struct got ask(const char *body)
{
	struct got g = {.w = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK)};

	g.wrong = serve_proposal(ward_str_bytes(ward_str_z(body)), WARD_STR(""), &g.w);
	if (!g.wrong) {
		struct ward_rd r = ward_rd_slice(ward_wr_slice(&g.w));

		assert_int_equal(ward_configure_get(&r, &g.a), WARD_OK);
	}
	return g;
}

static void refuses(const char *body, const char *words)
{
	struct got g = ask(body);

	assert_non_null(g.wrong);
	if (!strstr(g.wrong, words))
		fail_msg("%s: %s", body, g.wrong);
	ward_wr_fini(&g.w);
}

/* Its files in one text: "path=text;", "path-;" of one that is removed. */
static void has(struct got *g, const char *want)
{
	char text[512];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_rd files = ward_rd_slice(g->a.files);
	struct ward_configure_file f;

	while (ward_configure_next(&files, &f)) {
		ward_wr_str(&w, f.path);
		ward_wr_ch(&w, f.has_text ? '=' : '-');
		ward_wr_bytes(&w, f.text.p, f.text.len);
		ward_wr_ch(&w, ';');
	}
	ward_wr_ch(&w, '\0');
	assert_string_equal(text, want);
}

static void test_files(void **state)
{
	struct got g = ask("{\"why\":\"new\",\"base\":7,\"files\":[{\"path\":\"a.csv\",\"text\":"
			   "\"x\\n\"},{\"path\":\"b.csv\",\"text\":null}]}");

	(void)state;
	assert_null(g.wrong);
	assert_int_equal(g.a.how, WARD_CONFIGURE_FILES_NEW);
	assert_int_equal(g.a.version, 7);
	has(&g, "a.csv=x\n;b.csv-;");
	ward_wr_fini(&g.w);
	refuses("{\"why\":\"new\",\"base\":7,\"files\":[]}", "list of objects");
	refuses("{\"why\":\"new\",\"base\":7,\"files\":[{\"path\":\"a\"}]}", "no text");
	refuses("{\"why\":\"new\",\"base\":7,\"files\":[7]}", "no object");
	refuses("{\"why\":\"new\",\"base\":\"7\",\"files\":[]}", "say base");
	refuses("{\"base\":7,\"files\":[]}", "say why");
	refuses("[", "not a JSON object");
}

static void test_back(void **state)
{
	struct got g = ask("{\"why\":\"w\",\"base\":7,\"back\":3}");

	(void)state;
	assert_null(g.wrong);
	assert_int_equal(g.a.how, WARD_CONFIGURE_BACK);
	assert_int_equal(g.a.to, 3);
	ward_wr_fini(&g.w);
}

static void test_import(void **state)
{
	struct got g = ask(
		"{\"why\":\"w\",\"base\":7,\"import\":{\"accept\":[\"sw-1\",\"sw-1 \\u0076endor\"],"
		"\"name\":\"d.json\",\"text\":\"{}\",\"map\":{\"list\":\"rooms\"}}}");

	(void)state;
	assert_null(g.wrong);
	assert_int_equal(g.a.how, WARD_CONFIGURE_IMPORT);
	has(&g, "name=d.json;text={};map={\"list\":\"rooms\"};accept=sw-1\nsw-1 vendor\n;");
	ward_wr_fini(&g.w);
	g = ask("{\"why\":\"w\",\"base\":7,\"import\":{\"name\":\"d\",\"text\":\"x\",\"accept\":[ "
		"]}}");
	assert_null(g.wrong);
	has(&g, "name=d;text=x;accept=;"); /* nothing of it, and not: whatever is usual */
	ward_wr_fini(&g.w);
}

static void test_import_refused(void **state)
{
	(void)state;
	refuses("{\"why\":\"w\",\"base\":7,\"import\":[]}", "no object");
	refuses("{\"why\":\"w\",\"base\":7,\"import\":{\"name\":\"d\"}}", "needs name");
	refuses("{\"why\":\"w\",\"base\":7,\"import\":{\"name\":\"d\",\"text\":7}}", "has texts");
	refuses("{\"why\":\"w\",\"base\":7,\"import\":{\"name\":\"d\",\"text\":\"x\",\"map\":[]}}",
		"has texts");
	refuses("{\"why\":\"w\",\"base\":7,\"import\":{\"name\":\"d\",\"text\":\"x\",\"accept\":"
		"[\"a\\nb\"]}}",
		"line end");
	refuses("{\"why\":\"w\",\"base\":7,\"import\":{\"name\":\"d\",\"text\":\"x\",\"accept\":"
		"[\"a\",7]}}",
		"list of keys");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_import_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
