#include "dt.h"

/* A selection "sel" with one line, and its condition. */
static bool sel(const char *line, const char *fields)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "  sel:\n    %s\n  condition: sel\n", line);
	return dt_match(text, fields);
}

static void values(void **state)
{
	(void)state;
	assert_true(sel("a: X", "{\"a\":\"x\"}"));
	assert_false(sel("a: X", "{\"b\":\"x\"}"));
	assert_true(sel("a: 4", "{\"a\":4}"));
	assert_true(sel("a: 4", "{\"a\":\"4\"}"));
	assert_true(sel("a: '4'", "{\"a\":4}"));
	assert_false(sel("a: 4", "{\"a\":\"04\"}"));
	assert_true(sel("a: true", "{\"a\":true}"));
	assert_true(sel("a: 'True'", "{\"a\":true}"));
	assert_true(sel("a: [x, 'y*']", "{\"a\":\"Yes\"}"));
	assert_true(sel("a: x", "{\"a\":[\"q\",\"x\"]}")); /* any member of a list */
	assert_true(sel("Threat Name: x", "{\"ThreatName\":\"x\"}"));
	assert_true(sel("ThreatName: x", "{\"Threat Name\":\"x\"}"));
	assert_true(sel("a: x", "{\"Event\":{\"a\":\"x\"}}"));
	assert_true(sel("Event.a: x", "{\"Event\":{\"a\":\"x\"}}"));
	assert_false(sel("A: x", "{\"a\":\"x\"}")); /* names of fields are exact */
}

static void nothing(void **state)
{
	(void)state;
	assert_true(sel("a: null", "{\"b\":1}"));
	assert_true(sel("a: null", "{\"a\":null}"));
	assert_false(sel("a: null", "{\"a\":\"\"}"));
	assert_true(sel("a: ''", "{\"a\":\"\"}"));
	assert_false(sel("a: ''", "{\"b\":1}"));
	assert_false(sel("a: ''", "{\"a\":null}"));
	assert_false(sel("a: ''", "{\"a\":\"-\"}"));
	assert_true(sel("a|exists: true", "{\"a\":null}"));
	assert_false(sel("a|exists: true", "{\"b\":1}"));
	assert_true(sel("a|exists: false", "{\"b\":1}"));
}

static void modifiers(void **state)
{
	(void)state;
	assert_true(sel("a|contains: b", "{\"a\":\"aBc\"}"));
	assert_true(sel("a|startswith: a", "{\"a\":\"aBc\"}"));
	assert_true(sel("a|endswith: c", "{\"a\":\"aBc\"}"));
	assert_true(sel("a|contains|all: [a, c]", "{\"a\":\"abc\"}"));
	assert_false(sel("a|contains|all: [a, d]", "{\"a\":\"abc\"}"));
	assert_true(sel("a|contains|cased: B", "{\"a\":\"aBc\"}"));
	assert_false(sel("a|contains|cased: b", "{\"a\":\"aBc\"}"));
	assert_true(sel("a|re: '^a.c$'", "{\"a\":\"abc\"}"));
	assert_false(sel("a|re: '^A.c$'", "{\"a\":\"abc\"}"));
	assert_true(sel("a|re|i: '^A.c$'", "{\"a\":\"abc\"}"));
	assert_true(sel("a|cidr: 10.0.0.0/8", "{\"a\":\"10.2.3.4\"}"));
	assert_false(sel("a|cidr: 10.0.0.0/8", "{\"a\":\"11.2.3.4\"}"));
	assert_true(sel("a|cidr: 10.128.0.0/9", "{\"a\":\"10.129.3.4\"}"));
	assert_true(sel("a|cidr: 'fe80::/10'", "{\"a\":\"fe80::1\"}"));
	assert_true(sel("a|cidr: 'fe80::/10'", "{\"a\":\"fe80::1%eth0\"}"));
	assert_true(sel("a|cidr: 10.0.0.0/8", "{\"a\":\"::ffff:10.2.3.4\"}"));
	assert_false(sel("a|cidr: 10.0.0.0/8", "{\"a\":\"ten\"}"));
	assert_true(sel("a|gt: 4", "{\"a\":5}"));
	assert_false(sel("a|gt: 4", "{\"a\":4}"));
	assert_true(sel("a|gte: 4", "{\"a\":\"4\"}"));
	assert_true(sel("a|lt: 4.5", "{\"a\":4.25}"));
	assert_true(sel("a|lte: -1", "{\"a\":-1}"));
	assert_false(sel("a|lte: 4", "{\"a\":\"x\"}"));
	assert_false(sel("a|lte: 4", "{\"b\":1}"));
}

static void keywords(void **state)
{
	(void)state;
	assert_true(dt_match("  k: [EVIL, other]\n  condition: k\n", "{\"x\":\"so evil it is\"}"));
	assert_false(dt_match("  k: [EVIL, other]\n  condition: k\n", "{\"evil\":\"good\"}"));
	assert_true(dt_match(
		"  k:\n    '|all': [a1, b2]\n  condition: k\n", "{\"x\":\"a1\",\"y\":\"xb2x\"}"));
	assert_false(dt_match("  k:\n    '|all': [a1, b2]\n  condition: k\n", "{\"x\":\"a1\"}"));
	assert_true(dt_match("  k: ['e?i*t']\n  condition: k\n", "{\"x\":\"so evil it is\"}"));
	assert_true(dt_match("  k: [42]\n  condition: k\n", "{\"x\":1423}"));
}

static void selections(void **state)
{
	const char *maps = "  s:\n    - a: 1\n      b: 2\n    - c: 3\n  condition: s\n";
	const char *filter = "  s:\n    a: 1\n  f_1:\n    b: 1\n  f_2:\n    c: 1\n"
			     "  condition: s and not 1 of f_*\n";

	(void)state;
	assert_true(dt_match(maps, "{\"a\":1,\"b\":2}"));
	assert_false(dt_match(maps, "{\"a\":1}"));
	assert_true(dt_match(maps, "{\"c\":3}"));
	assert_true(dt_match(filter, "{\"a\":1}"));
	assert_false(dt_match(filter, "{\"a\":1,\"c\":1}"));
	assert_true(
		dt_match("  s:\n    - a: 1\n    - word\n  condition: s\n", "{\"q\":\"a word\"}"));
}

/* Where the JSON of an event is not ASCII, keywords are found as elsewhere. */
static void keywords_beside_others(void **state)
{
	static const char k[] = "  sel: ['Sesame::open', 'dir\\\\open']\n  condition: sel\n";

	(void)state;
	assert_false(dt_match(k, "{\"a\":\"M\xc3\xa4rz\",\"b\":\"sesame: open\"}"));
	assert_true(dt_match(k, "{\"a\":\"M\xc3\xa4rz\",\"b\":\"x SESAME::open\"}"));
	assert_true(dt_match(k, "{\"a\":\"M\xc3\xa4rz\",\"b\":[1,\"x sesame::open\"]}"));
	assert_true(dt_match(k, "{\"a\":\"M\xc3\xa4rz sesame::open\"}"));
	assert_true(dt_match(k, "{\"a\":\"M\xc3\xa4rz\",\"b\":\"my dir\\\\open\"}"));
	assert_true(dt_match(k, "{\"a\":\"ses\\u0061me::open\",\"b\":\"\xc3\xa9\"}"));
	/* the long s is one in another case */
	assert_true(dt_match(k, "{\"a\":\"\xc5\xbf"
				"e\xc5\xbf"
				"ame::open\"}"));
	assert_true(dt_match(k, "{\"a\":\"1\",\"b\":[\"\xc5\xbf"
				"esame::open\"]}"));
}

/* What was found in a value before is found again, and only there: in rows, by turns, as a number
 * and as text, with escapes and without, under other names beside it. */
static void again(void **state)
{
	static const struct {
		const char *fields;
		bool said;
	} event[] = {{"{\"a\":4688,\"p\":\"C:\\\\Windows\\\\a.exe\"}", true},
		{"{\"a\":4688,\"p\":\"C:\\\\Windows\\\\b.exe\"}", false},
		{"{\"a\":4689,\"p\":\"C:\\\\Windows\\\\a.exe\"}", false},
		{"{\"a\":\"4688\",\"p\":\"C:/Windows/x\\\\A.exe\"}", true},
		{"{\"a\":\"4688 \",\"p\":\"C:/Windows/x\\\\A.exe\"}", false},
		{"{\"a\":4688,\"q\":1,\"p\":\"x\\\\a.exe\"}", true},
		{"{\"a\":-4688,\"q\":1,\"p\":\"x\\\\a.exe\"}", false},
		{"{\"p\":\"x\\\\a.exe\",\"a\":4688}", true},
		{"{\"p\":[\"x\\\\a.exe\",\"y\"],\"a\":[1,4688]}", true},
		{"{\"p\":[\"x\\\\a.exe\",\"y\"],\"a\":[1,2]}", false}};
	static struct dt t;
	size_t n = 0;

	(void)state;
	dt_start(&t, "title: A\nid: a\nlogsource: {product: t}\ndetection:\n"
		     "  s: {a: 4688, p|endswith: '\\a.exe'}\n  condition: s\n");
	for (size_t i = 0; i < 40 * WARD_ARRAY_LEN(event); i++) {
		/* each some times in a row, then two by turns, then all */
		size_t k = i / 40 % 4 == 0 ? i / 40 : i / 40 % 4 == 1 ? i / 40 - i % 2 : i;

		k %= WARD_ARRAY_LEN(event);
		t.reader.lazy = i % 3 > 0;
		dt_event(&t, "any", (double)i, event[k].fields);
		n += event[k].said;
		assert_int_equal(t.n_said, n);
	}
	dt_end(&t);
}

/* Which rules see an event: by class, by a field's value, with renamed fields. */
static void routes(void **state)
{
	static struct dt t;

	(void)state;
	dt_start(&t, "title: D\nid: door\nlogsource: {product: t, service: door}\n"
		     "detection: {s: {a: 1}, condition: s}\n---\n"
		     "title: W\nid: win\nlogsource: {product: t, service: win}\n"
		     "detection: {s: {a: 1}, condition: s}\n---\n"
		     "title: M\nid: map\nlogsource: {product: t, category: mapped}\n"
		     "detection: {s: {Image: x}, condition: s}\n---\n"
		     "title: A\nid: any\nlogsource: {product: t}\n"
		     "detection: {s: {a: 2}, condition: s}\n");
	dt_event(&t, "door.forced", 1, "{\"a\":1}");
	assert_int_equal(t.n_said, 1);
	assert_string_equal(t.said[0].rule, "door");
	assert_string_equal(t.said[0].match, "a=1");
	dt_event(&t, "net.flow", 2, "{\"a\":1}");
	assert_int_equal(t.n_said, 1);
	dt_event(&t, "host", 3, "{\"a\":1,\"Channel\":\"B\"}");
	assert_string_equal(t.said[1].rule, "win");
	dt_event(&t, "host", 3, "{\"a\":1,\"Channel\":\"C\"}");
	assert_int_equal(t.n_said, 2);
	dt_event(&t, "door.held", 3, "{\"NewName\":\"x\"}");
	assert_string_equal(t.said[2].rule, "map");
	assert_string_equal(t.said[2].match, "NewName=x");
	dt_event(&t, "door.held", 3, "{\"Image\":\"x\"}");
	assert_int_equal(t.n_said, 4);
	dt_event(&t, "else", 3, "{\"a\":2}");
	assert_string_equal(t.said[4].rule, "any");
	assert_int_equal(t.n_said, 5);
	/* of a list of names the first that the event has; none of them: its own */
	dt_event(&t, "win.exe", 4, "{\"Second\":\"x\",\"Image\":\"y\"}");
	assert_string_equal(t.said[5].match, "Second=x");
	dt_event(&t, "win.exe", 4, "{\"First\":\"y\",\"Second\":\"x\",\"Image\":\"x\"}");
	assert_int_equal(t.n_said, 6);
	dt_event(&t, "win.exe", 4, "{\"Image\":\"x\"}");
	assert_string_equal(t.said[6].match, "Image=x");
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(values), T(nothing), T(modifiers), T(keywords),
		T(keywords_beside_others), T(again), T(selections), T(routes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
