#include "lab.h"

/* The words of the only pair in one line of YAML. */
static void says(const char *yaml, const char *want)
{
	struct ward_arena a = test_arena();
	struct ward_limits lim;
	struct ward_diag d;
	const struct ward_conf *docs = NULL;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 65536);

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(
		ward_conf_yaml(&a, &lim, S("x.yml"), ward_str_bytes(ward_str_z(yaml)), &d, &docs),
		WARD_OK);
	ward_craft_item(docs->child->child, NULL, &w);
	ward_wr_ch(&w, 0);
	assert_string_equal((const char *)w.p, want);
	ward_wr_fini(&w);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
}

static void test_verbs(void **state)
{
	(void)state;
	says("User: 'root'", "User is 'root'");
	says("EventID: 4688", "EventID is 4688");
	says("Image|endswith: ['\\a.exe', '\\b.exe']", "Image ends with '\\a.exe' or '\\b.exe'");
	says("x|contains|all: ['a', 'b']", "x contains 'a' and 'b'");
	says("x|startswith|neq: 'a'", "x does not begin with 'a'");
	says("src_ip|cidr: '10.0.0.0/8'", "src_ip is in the network 10.0.0.0/8");
	says("src_ip|exists: true", "src_ip exists: true");
	says("n|gte: 5", "n is at least 5");
	says("a|fieldref: 'b'", "a equals the field b");
	says("a: null", "a is null or absent");
	says("a: ''", "a is an empty text");
	says("'|contains': ['w']", "any field contains 'w'");
}

static void test_remarks(void **state)
{
	(void)state;
	says("a|windash|contains: ' -s'", "a contains ' -s' [with any kind of dash]");
	says("a|wide|base64offset|contains: 'x'",
		"a contains 'x' [in UTF-16; in Base64, at any offset]");
	says("t|hour|gt: 20", "t is over 20 [its hour]");
	says("a|re|i: '^x'", "a matches the expression '^x' [upper and lower case are the same]");
}

static void test_many_values_are_cut(void **state)
{
	(void)state;
	says("a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]",
		"a is 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8 (and 2 more)");
}

/* More modifiers than have a meaning here must not run over. */
static void test_any_row_of_modifiers(void **state)
{
	(void)state;
	says("a|re|i|cased|wide|utf16|base64|windash|expand|minute|hour|day|contains: 1",
		"a matches the expression 1 [upper and lower case are the same; upper and lower "
		"case "
		"differ; in UTF-16; in UTF-16 with its mark; in Base64; with any kind of dash; "
		"values of the site's lists]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_verbs), T(test_remarks),
		T(test_many_values_are_cut), T(test_any_row_of_modifiers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
