/* Advisories and lists as their makers publish them, and as they should not be: each mistake is a
 * finding with its line. */
#include "conf/conf.h"
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ward_limits lim;
static struct ward_diag diag;
static struct ward_advices all;

static int open_all(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	ward_advices_init(&all, ward_mem_heap(), &lim);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	ward_advices_fini(&all);
	ward_diag_fini(&diag);
	return 0;
}

static enum ward_err read_text(const char *file, const char *text)
{
	return ward_advices_read(&all, ward_str_z(file), ward_str_bytes(ward_str_z(text)), &diag);
}

static const char *shared(void)
{
	const char *dir = getenv("WARD_SHARED_DATA");

	return dir ? dir : "../shared/data";
}

/* False where the shared data is not there. */
static bool read_shared(const char *below)
{
	char path[512];
	struct ward_arena a;
	struct ward_slice text;
	bool there;

	assert_true(snprintf(path, sizeof(path), "%s/standards/csaf/2.0/examples/csaf/%s", shared(),
			    below) < (int)sizeof(path));
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	(void)fclose(f);
	ward_arena_init(&a, ward_mem_heap(), 1 << 26);
	there = ward_conf_read(&a, &lim, path, &diag, &text) == WARD_OK;
	assert_true(there);
	assert_int_equal(ward_advices_read(&all, ward_str_z(below), text, &diag), WARD_OK);
	ward_arena_fini(&a);
	return true;
}

static size_t count(const char *cve, enum ward_advice_status status)
{
	uint32_t c = ward_intern_find(&all.cves, ward_str_z(cve));
	size_t n = 0;

	for (size_t i = 0; i < all.n_advice; i++)
		n += all.advice[i].cve == c && all.advice[i].status == status;
	return n;
}

/* BSI-2022-0001, as read by hand. */
static void an_advisory(void **state)
{
	(void)state;
	if (!read_shared("bsi-2022-0001.json"))
		skip();
	assert_int_equal(all.n_product, 6);
	assert_int_equal(count("CVE-2022-27193", WARD_ADVICE_AFFECTED), 5);
	assert_int_equal(count("CVE-2022-27193", WARD_ADVICE_FIXED), 2); /* also as the first */
	size_t i = 0;

	while (i < all.n_advice && all.advice[i].status != WARD_ADVICE_AFFECTED)
		i++;
	assert_true(i < all.n_advice);
	struct ward_advice x = all.advice[i];

	assert_int_equal(x.cvss_micro, 6100000);
	assert_int_equal(x.vector, 'L');
	assert_int_equal(x.remedy, WARD_REMEDY_FIX);
	assert_true(ward_str_starts(x.fix, WARD_STR("Update to the latest version")));
	assert_true(ward_str_eqz(x.source, "BSI-2022-0001"));
	const struct ward_product *p = &all.product[x.product];

	assert_true(ward_str_eqz(p->vendor, "CSAF Tools"));
	assert_true(ward_str_eqz(p->name, "CVRF-CSAF-Converter"));
	assert_true(ward_str_eqz(p->range, "1.0.0-alpha"));
	assert_true(ward_str_eqz(p->cpe, "cpe:/a:csaf-tools:cvrf-csaf-converter:1.0.0-alpha"));
}

static void a_vex(void **state)
{
	(void)state;
	if (!read_shared("csaf_vex/sec-vex-2022-0001.json"))
		skip();
	assert_int_equal(count("CVE-2021-44228", WARD_ADVICE_NOT_AFFECTED), 1);
	assert_int_equal(count("CVE-2021-44228", WARD_ADVICE_AFFECTED), 0);
	assert_true(ward_str_eqz(all.product[0].range, "<=1.14.0"));
}

/* All examples of the standard are read without a finding; a part of a whole is one. */
static void every_example(void **state)
{
	static const char *const name[] = {"cisco-sa-20180328-smi2.json", "rhsa-2019_1862.json",
		"rhsa-2021_5186.json", "rhsa-2021_5217.json", "rhsa-2022_0011.json",
		"csaf_vex/2022-evd-uc-01-a-001.json", "csaf_vex/2022-evd-uc-01-f-001.json",
		"csaf_vex/2022-evd-uc-01-na-001.json", "csaf_vex/2022-evd-uc-01-ui-001.json",
		"csaf_vex/2022-evd-uc-02-na-001.json", "csaf_vex/2022-evd-uc-03-ms-001.json",
		"csaf_vex/2022-evd-uc-04-001.json", "csaf_vex/2022-evd-uc-05-001.json",
		"csaf_vex/2022-evd-uc-06-001.json", "csaf_vex/2022-evd-uc-07-001.json",
		"csaf_vex/2022-evd-uc-08-001.json", "csaf_vex/2022-evd-uc-09-001.json"};
	size_t parts = 0;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (!read_shared(name[i]))
			skip();
	assert_int_equal(diag.n, 0);
	for (size_t i = 0; i < all.n_product; i++)
		parts += all.product[i].part.len > 0;
	assert_true(parts > 0);
}

static void lists(void **state)
{
	(void)state;
	assert_int_equal(
		read_text("l.csv", "cve,vendor,product,versions,cvss,status,fix\n"
				   "CVE-2024-0001,V,P,<2,9.8,,Install 2\n"
				   "CVE-2024-0002,V,P,,CVSS:3.1/AV:P/AC:L,not_affected,\n"),
		WARD_OK);
	assert_int_equal(read_text("kev.csv", "cveID,knownRansomwareCampaignUse\n"
					      "CVE-2024-0001,Known\n"),
		WARD_OK);
	assert_int_equal(
		read_text("epss.csv", "#model_version:v2025.03.14\n"
				      "cve,epss,percentile\nCVE-2024-0002,0.123456789,0.9\n"),
		WARD_OK);
	assert_int_equal(all.n_advice, 2);
	assert_int_equal(all.advice[0].cvss_micro, 9800000);
	assert_int_equal(all.advice[0].remedy, WARD_REMEDY_FIX);
	assert_int_equal(all.advice[1].vector, 'P');
	assert_int_equal(all.advice[1].status, WARD_ADVICE_NOT_AFFECTED);
	assert_true(all.cve[0].kev && all.cve[0].ransom && !all.cve[1].kev);
	assert_int_equal(all.cve[0].epss_micro, -1);
	assert_int_equal(all.cve[1].epss_micro, 123456);
}

#define HEAD "{\"document\":{\"csaf_version\":\"2.0\"},\n"
#define TREE "\"product_tree\":{\"full_product_names\":[{\"product_id\":\"A\",\"name\":\"a\"}]},\n"

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *what;
	} row[] = {
		{"{\"document\":\n{\"csaf_version\":\"1.0\"}}", 2, "no CSAF 2.0 document"},
		{"{}", 1, "no CSAF 2.0 document"},
		{HEAD TREE "\"vulnerabilities\":[{\"cve\":\"CVE-1\",\"product_status\":\n"
			   "{\"known_affected\":[\n\"B\"]}}]}",
			5, "no product of this document has the id 'B'"},
		{HEAD TREE "\"vulnerabilities\":[\n{}]}", 4, "a vulnerability without 'cve'"},
		{HEAD "\"product_tree\":{\"full_product_names\":[{\"product_id\":\"A\"},\n"
		      "{\"product_id\":\"A\"}]}}",
			3, "a second product with the id 'A'"},
		{HEAD "\"product_tree\":{\"full_product_names\":[\n{}]}}", 3,
			"a product without 'product_id'"},
		{HEAD TREE
			"\"vulnerabilities\":[{\"cve\":\"C\",\"scores\":[{\"products\":[\"A\"],\n"
			"\"cvss_v3\":{\"baseScore\":11}}],\n"
			"\"product_status\":{\"fixed\":[\"A\"]}}]}",
			4, "no CVSS score: '11'"},
		{HEAD "\"product_tree\":{\"relationships\":[\n{\"product_reference\":\"X\"}]}}", 3,
			"no product of this document has the id 'X'"},
		{"a,b\n1,2\n", 1, "no column 'cve'"},
		{"cve,product\n,P\n", 2, "an empty 'cve'"},
		{"cve,product\nCVE-1,\n", 2, "nothing says what has 'CVE-1'"},
		{"cve,product,cvss\nCVE-1,P,high\n", 2, "no CVSS score: 'high'"},
		{"cve,product,status\nCVE-1,P,maybe\n", 2, "no status: 'maybe'"},
		{"cve,epss\nCVE-1,2\n", 2, "no likelihood: '2'"},
		{"{\"document\":", 1, ""},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		size_t before = diag.n;

		assert_int_equal(read_text("f", row[i].text), WARD_ERR_CONFIG);
		assert_true(diag.n > before);
		if (diag.item[before].line != row[i].line ||
			!ward_str_starts(diag.item[before].what, ward_str_z(row[i].what)) ||
			!diag.item[before].mend.len)
			fail_msg("%zu: line %u: %.*s", i, diag.item[before].line,
				WARD_STR_ARG(diag.item[before].what));
	}
}

static void ids(struct ward_wr *w, const char *before, const char *after, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		ward_wr_z(w, i ? "," : "");
		ward_wr_z(w, before);
		ward_wr_i64(w, i);
		ward_wr_z(w, after);
	}
}

/* Products and what is said of them; groups that name them `times` over. */
static enum ward_err big(int64_t n, int64_t times)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	lim.v[WARD_LIMIT_CONF_NODES] = 1 << 20;
	ward_wr_z(&w, HEAD "\"product_tree\":{\"full_product_names\":[");
	ids(&w, "{\"name\":\"p\",\"product_id\":\"P", "\"}", n);
	ward_wr_z(&w, "],\"product_groups\":[{\"group_id\":\"G0\",\"product_ids\":[");
	ids(&w, "\"P", "\"", n);
	ward_wr_z(&w, "]}]},\n\"vulnerabilities\":[{\"cve\":\"C\",\"remediations\":[{\"category\":"
		      "\"vendor_fix\",\"details\":\"Do\",\n\"group_ids\":[");
	for (int64_t i = 0; i < times; i++)
		ward_wr_z(&w, i ? ",\"G0\"" : "\"G0\"");
	ward_wr_z(&w, "]}],\"product_status\":{\"known_affected\":[");
	ids(&w, "\"P", "\"", n);
	ward_wr_z(&w, "]},\"scores\":[{\"cvss_v3\":{\"baseScore\":1},\"products\":[");
	ids(&w, "\"P", "\"", n);
	ward_wr_z(&w, "]},{\"cvss_v3\":{\"baseScore\":2},\"products\":[\"P1\"]}]}]}");
	assert_false(ward_wr_bad(&w));
	enum ward_err err = ward_advices_read(
		&all, WARD_STR("big.json"), ward_str_bytes(ward_wr_text(&w)), &diag);

	ward_wr_fini(&w);
	return err;
}

/* As much is read as is written, not each product by each score; groups are bounded. */
static void many_products(void **state)
{
	(void)state;
	assert_int_equal(big(20000, 1), WARD_OK);
	assert_int_equal(all.n_advice, 20000);
	assert_int_equal(all.advice[0].cvss_micro, 1000000);
	assert_int_equal(all.advice[1].cvss_micro, 2000000);
	assert_int_equal(all.advice[19999].cvss_micro, 1000000);
	assert_int_equal(all.advice[19999].remedy, WARD_REMEDY_FIX);
	assert_true(ward_str_eqz(all.advice[19999].fix, "Do"));
	assert_int_equal(diag.n, 0);
	assert_int_equal(big(2000, 4000), WARD_ERR_CONFIG);
	assert_int_equal(diag.n, 1);
	assert_int_equal(diag.item[0].line, 4);
	assert_true(ward_str_starts(diag.item[0].what, WARD_STR("too many products by")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
		T(an_advisory), T(a_vex), T(every_example), T(lists), T(mistakes),
		T(many_products)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
