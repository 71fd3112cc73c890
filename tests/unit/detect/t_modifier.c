/* Sigma 2.1's modifiers: what each matches, which may follow which. */
#include "dt.h"

#define SEL(key, values) "  s:\n    '" key "': " values "\n  condition: s\n"

static void matches(const char *detection, const char *fields)
{
	if (!dt_match(detection, fields))
		fail_msg("no match:\n%s%s", detection, fields);
}

static void differs(const char *detection, const char *fields)
{
	if (dt_match(detection, fields))
		fail_msg("a match:\n%s%s", detection, fields);
}

static void windash(void **state)
{
	static const char *const dash[] = {"-", "/", "\u2013", "\u2014", "\u2015"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(dash); i++) {
		char fields[128];

		(void)snprintf(fields, sizeof(fields), "{\"c\":\"x.exe %sc %sd\"}", dash[i],
			dash[(i + 1) % 5]);
		matches(SEL("c|contains|windash", "' -c /D'"), fields);
		matches(SEL("c|windash|contains", "' -c ?d'"), fields);
		matches(SEL("c|windash|endswith", "'c *\u2014d'"), fields);
		matches(SEL("c|contains|all|windash", "[' -c', ' -d']"), fields);
		differs(SEL("c|contains|all|windash", "[' -c', ' -e']"), fields);
	}
	differs(SEL("c|contains|windash", "' -c'"), "{\"c\":\"x +c\"}");
	differs(SEL("c|windash", "'-c'"), "{\"c\":\"x -c\"}"); /* the whole value */
	matches(SEL("c|windash", "'\\*-c'"), "{\"c\":\"*/c\"}");
	differs(SEL("c|windash", "'\\*-c'"), "{\"c\":\"x/c\"}");
	/* none of several texts */
	differs(SEL("c|windash|neq", "-c"), "{\"c\":\"/c\"}");
	matches(SEL("c|windash|neq", "-c"), "{\"c\":\"+c\"}");
}

static void encodings(void **state)
{
	(void)state;
	matches(SEL("c|base64", "foob"), "{\"c\":\"Zm9vYg==\"}");
	matches(SEL("c|base64", "'a\\*b\\'"), "{\"c\":\"YSpiXA==\"}");
	matches(SEL("c|base64|contains", "foobar"), "{\"c\":\"x Zm9vYmFy\"}");
	differs(SEL("c|base64|contains|cased", "foobar"), "{\"c\":\"x ZM9vYmFy\"}");
	static const char *const off[] = {"Zm9vYm", "Zvb2Jh", "mb29iY"};
	for (size_t i = 0; i < 3; i++) {
		char fields[64];

		(void)snprintf(fields, sizeof(fields), "{\"c\":\"AA%sAA\"}", off[i]);
		matches(SEL("c|base64offset|contains", "fooba"), fields);
		matches(SEL("c|base64offset|contains|all", "[fooba, foob]"), fields);
		differs(SEL("c|base64offset|contains", "goobar"), fields);
	}
	matches(SEL("c|wide|base64offset|contains", "ab"), "{\"c\":\"xYQBiAx\"}");
	matches(SEL("c|utf16le|base64offset|contains", "ab"), "{\"c\":\"xhAGIAx\"}");
	matches(SEL("c|utf16|base64", "ab"), "{\"c\":\"//5hAGIA\"}");
	matches(SEL("c|utf16be|base64", "'a\u00e9\U0001f600'"), "{\"c\":\"AGEA6dg93gA=\"}");
}

static void expansion(void **state)
{
	(void)state;
	dt_lists = "lists:\n  Admins: ['adm_*', root]\n  Nets: [10.0.0.0/8, 'fd00::/8']\n";
	matches(SEL("u|expand", "'%Admins%'"), "{\"u\":\"adm_x\"}");
	matches(SEL("u|expand", "'%Admins%'"), "{\"u\":\"ROOT\"}");
	differs(SEL("u|expand", "'%Admins%'"), "{\"u\":\"user\"}");
	differs(SEL("u", "'%Admins%'"), "{\"u\":\"root\"}");
	matches(SEL("u", "'%Admins%'"), "{\"u\":\"%admins%\"}");
	matches(SEL("u|expand", "'\\%Admins%-%Admins%'"), "{\"u\":\"%Admins%-root\"}");
	matches(SEL("u|expand", "'%Admins%@%Admins%'"), "{\"u\":\"root@adm_1\"}");
	matches(SEL("u|contains|expand|all", "['%Admins%', x]"), "{\"u\":\"xroot\"}");
	differs(SEL("u|contains|expand|all", "['%Admins%', x]"), "{\"u\":\"root\"}");
	matches(SEL("u|expand", "'100%'"), "{\"u\":\"100%\"}");
	matches(SEL("i|expand|cidr", "'%Nets%'"), "{\"i\":\"fd12::1\"}");
	differs(SEL("i|expand|cidr", "'%Nets%'"), "{\"i\":\"11.0.0.1\"}");
	matches(SEL("c|expand|base64", "x"), "{\"c\":\"eA==\"}");
	dt_lists = NULL;
}

static void fields(void **state)
{
	(void)state;
	matches(SEL("a|fieldref", "b"), "{\"a\":\"X\",\"b\":\"x\"}");
	differs(SEL("a|fieldref|cased", "b"), "{\"a\":\"X\",\"b\":\"x\"}");
	matches(SEL("a|fieldref", "b"), "{\"a\":4,\"b\":\"4\"}");
	matches(SEL("a|fieldref", "b"), "{\"a\":[\"1\",\"2\"],\"b\":[\"3\",\"2\"]}");
	differs(SEL("a|fieldref", "b"), "{\"a\":\"x\"}");
	differs(SEL("a|fieldref", "b"), "{\"b\":\"x\"}");
	differs(SEL("a|fieldref", "b"), "{\"a\":null,\"b\":null}");
	matches(SEL("a|fieldref|startswith", "b"), "{\"a\":\"xyz\",\"b\":\"XY\"}");
	differs(SEL("a|fieldref|startswith", "b"), "{\"a\":\"xyz\",\"b\":\"yz\"}");
	matches(SEL("a|fieldref|endswith", "b"), "{\"a\":\"xyz\",\"b\":\"YZ\"}");
	matches(SEL("a|fieldref|contains", "b"), "{\"a\":\"xyz\",\"b\":\"y\"}");
	matches(SEL("a|fieldref|neq", "b"), "{\"a\":\"x\",\"b\":\"y\"}");
	differs(SEL("a|fieldref|neq", "b"), "{\"a\":\"x\",\"b\":\"x\"}");
	/* a wildcard in the event is no wildcard */
	differs(SEL("a|fieldref", "b"), "{\"a\":\"xy\",\"b\":\"x*\"}");
	matches(SEL("a|fieldref", "[c, b]"), "{\"a\":\"x\",\"b\":\"x\",\"c\":\"y\"}");
}

static void unequal(void **state)
{
	(void)state;
	matches(SEL("a|neq", "x"), "{\"a\":\"y\"}");
	differs(SEL("a|neq", "x"), "{\"a\":\"X\"}");
	matches(SEL("a|neq|cased", "x"), "{\"a\":\"X\"}");
	differs(SEL("a|neq", "[x, y]"), "{\"a\":\"y\"}");
	matches(SEL("a|neq", "[x, y]"), "{\"a\":\"z\"}");
	matches(SEL("a|neq", "5"), "{\"a\":6}");
	differs(SEL("a|neq", "5"), "{\"a\":\"5\"}");
	matches(SEL("a|contains|all|neq", "[x, y]"), "{\"a\":\"x\"}"); /* not both */
	differs(SEL("a|contains|all|neq", "[x, y]"), "{\"a\":\"xy\"}");
	matches(SEL("a|cidr|neq", "10.0.0.0/8"), "{\"a\":\"11.0.0.1\"}");
	differs(SEL("a|re|neq", "'^x'"), "{\"a\":\"xy\"}");
	/* neq is 'not': it holds where the field is not */
	matches(SEL("a|neq", "x"), "{\"b\":\"y\"}");
	differs(SEL("a|neq", "null"), "{\"b\":\"y\"}");
	matches(SEL("a|neq", "null"), "{\"a\":\"y\"}");
}

static void times(void **state)
{
	(void)state;
	matches(SEL("t|minute", "5"), "{\"t\":\"2024-12-30T22:05:59.5Z\"}");
	matches(SEL("t|hour", "22"), "{\"t\":\"2024-12-30 22:05\"}");
	matches(SEL("t|hour|gte", "22"), "{\"t\":\"2024-12-30T23:05:00+01:00\"}");
	differs(SEL("t|hour|lt", "6"), "{\"t\":\"2024-12-30T06:05:00Z\"}");
	matches(SEL("t|hour|neq", "6"), "{\"t\":\"2024-12-30T07:05:00Z\"}");
	differs(SEL("t|hour", "0"), "{\"t\":\"2024-12-30\"}");
	matches(SEL("t|day", "[29, 30]"), "{\"t\":\"2024/12/30\"}");
	matches(SEL("t|month", "12"), "{\"t\":\"2024-12-30\"}");
	matches(SEL("t|year|lte", "2024"), "{\"t\":\"2024-12-30\"}");
	differs(SEL("t|year", "2024"), "{\"t\":\"2024-13-30\"}");
	differs(SEL("t|year", "2023"), "{\"t\":\"2023-02-29\"}");
	differs(SEL("t|year", "2024"), "{\"t\":20241230}");
	static const struct {
		const char *day, *week;
	} weeks[] = {{"2021-01-03", "53"}, {"2020-12-31", "53"}, {"2024-12-30", "1"},
		{"2023-01-01", "52"}, {"2026-12-31", "53"}, {"2019-12-30", "1"},
		{"2018-12-31", "1"}, {"2016-01-03", "53"}, {"2022-01-02", "52"},
		{"2024-07-01", "27"}};
	for (size_t i = 0; i < WARD_ARRAY_LEN(weeks); i++) {
		char detection[64], fields[64];

		(void)snprintf(detection, sizeof(detection),
			"  s: {'t|week': %s}\n  condition: s\n", weeks[i].week);
		(void)snprintf(fields, sizeof(fields), "{\"t\":\"%s\"}", weeks[i].day);
		matches(detection, fields);
	}
}

static void expressions(void **state)
{
	(void)state;
	matches(SEL("a|re|i", "'^AB+$'"), "{\"a\":\"abb\"}");
	matches(SEL("a|re|m", "'^b$'"), "{\"a\":\"a\\nb\\nc\"}");
	differs(SEL("a|re", "'^b$'"), "{\"a\":\"a\\nb\\nc\"}");
	matches(SEL("a|re|s", "'a.b'"), "{\"a\":\"a\\nb\"}");
	differs(SEL("a|re", "'a.b'"), "{\"a\":\"a\\nb\"}");
	matches(SEL("a|re|i|m|s", "'^B.C$'"), "{\"a\":\"a\\nb\\nc\"}");
	matches(SEL("a|re|contains", "'b|d'"), "{\"a\":\"abc\"}");
	matches(SEL("a|re|startswith", "'b|a'"), "{\"a\":\"abc\"}");
	differs(SEL("a|re|startswith", "'c|b'"), "{\"a\":\"abc\"}");
	matches(SEL("a|re|endswith", "'b|c'"), "{\"a\":\"abc\"}");
	differs(SEL("a|re|endswith|i", "'a|B'"), "{\"a\":\"abc\"}");
	matches(SEL("a|re|all", "['b', '^a']"), "{\"a\":\"abc\"}");
	matches(SEL("|re", "'b.?d'"), "{\"a\":\"abd\"}");
	matches("  s:\n    '|all': [ab, de]\n  condition: s\n", "{\"a\":\"xab\",\"b\":\"dey\"}");
	differs("  s:\n    '|all': [ab, de]\n  condition: s\n", "{\"a\":\"xab\",\"b\":\"dy\"}");
	matches(SEL("|windash|all", "['-x', '-y']"), "{\"a\":\"q /x q\",\"b\":\"q -y q\"}");
}

static void addresses(void **state)
{
	(void)state;
	matches(SEL("a|cidr", "2001:db8::/33"), "{\"a\":\"2001:db8:7fff::1\"}");
	differs(SEL("a|cidr", "2001:db8::/33"), "{\"a\":\"2001:db8:8000::1\"}");
	matches(SEL("a|cidr", "'::ffff:10.0.0.0/104'"), "{\"a\":\"10.1.2.3\"}");
	differs(SEL("a|cidr", "0.0.0.0/0"), "{\"a\":\"::1\"}");
	differs(SEL("a|cidr", "10.0.0.0/8"), "{\"a\":\"10.0.0.1.5\"}");
	differs(SEL("a|cidr", "10.0.0.0/8"), "{\"a\":\"host\"}");
	differs(SEL("a|gt", "5"), "{\"a\":\"five\"}");
	matches(SEL("a|gte", "5"), "{\"a\":\"5.0\"}");
}

/* key: value is refused with these words in finding and mend. */
static void refused(const char *key, const char *value, const char *what, const char *mend)
{
	static struct dt t;
	char rules[512];

	(void)snprintf(rules, sizeof(rules),
		"title: T\nid: r1\nlogsource: {product: t, service: door}\ndetection:\n"
		"  s:\n    '%s': %s\n  condition: s\n",
		key, value);
	dt_load(&t, rules);
	assert_true(ward_ruleset_rule(t.rs, 0).refused);
	assert_int_equal(t.diag.item[0].line, 6);
	if (ward_str_find(t.diag.item[0].what, ward_str_z(what)) == SIZE_MAX ||
		ward_str_find(t.diag.item[0].mend, ward_str_z(mend)) == SIZE_MAX)
		fail_msg("'%s': '%.*s', '%.*s'", key, WARD_STR_ARG(t.diag.item[0].what),
			WARD_STR_ARG(t.diag.item[0].mend));
	dt_end(&t);
}

static void clashes(void **state)
{
	static const char *const keys[] = {"contains|startswith", "contains|base64", "re|cidr",
		"cidr|re", "contains|re", "cased|re", "re|cased", "re|windash", "re|expand",
		"base64|windash", "wide|expand", "base64|base64", "exists|all", "exists|neq",
		"neq|exists", "cased|exists", "gt|gte", "gt|hour", "hour|minute", "hour|contains",
		"gt|contains", "contains|gt", "gte|neq", "all|gt", "cidr|contains", "contains|cidr",
		"windash|cidr", "expand|fieldref", "fieldref|re", "fieldref|gt", "fieldref|expand",
		"base64|re", "hour|cased", "contains|contains", "re|re",
		"base64offset|base64offset", "hour|all"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(keys); i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "a|%s", keys[i]);
		refused(key, "1", key, "");
	}
	refused("a|i", "x", "'i' can't stand alone", "behind re");
	refused("a|contain", "x", "'contain'", "correct");
	refused("a|", "x", "''", "correct");
	refused("a|contains|all|windash|neq", "[-a, b]", "'all' and 'neq'", "'not'");
	refused("|fieldref", "b", "needs a field", "before");
	refused("|cidr", "10.0.0.0/8", "needs a field", "before");
}

static void values(void **state)
{
	(void)state;
	refused("a|base64", "'x*'", "wildcard", "backslash");
	refused("a|base64offset", "'?'", "wildcard", "backslash");
	refused("a|windash", "'-a -b -c -d -e'", "4 dashes", "split");
	refused("a|expand", "'%Nobody%'", "%Nobody%", "lists");
	refused("a|expand", "'%%A%'", "%A%", "lists");
	refused("a|fieldref", "'b*'", "'b*'", "wildcards");
	refused("a|hour", "24", "'24'", "0-23");
	refused("a|month", "0", "'0'", "1-12");
	refused("a|hour", "noon", "'noon'", "number");
	refused("a|gte", "'5*'", "'5*'", "number");
	refused("a|cidr", "'::/129'", "'::/129'", "2001:db8");
	refused("a|cidr", "10.0.0.0/", "network", "/8");
	refused("a|exists", "null", "null", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(windash), T(encodings), T(expansion), T(fields),
		T(unequal), T(times), T(expressions), T(addresses), T(clashes), T(values)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
