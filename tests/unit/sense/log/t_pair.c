#include "sense/log/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* All pairs as "key=value|", with what could be a mistake of the cursor asserted on the way. */
static void all(enum ward_pair_kind kind, const char *text, char *out, size_t cap)
{
	struct ward_pairs it = ward_pairs_on(kind, ',', ward_str_z(text));
	struct ward_arena a;
	struct ward_pair p;
	size_t n = 0, left = it.rest.len, steps = 0;

	ward_arena_init(&a, ward_mem_heap(), 1 << 16);
	out[0] = 0;
	while (ward_pairs_next(&it, &p)) {
		struct ward_str v = ward_pair_text(&p, &a);

		assert_true(it.rest.len <= left);
		left = it.rest.len;
		assert_true(++steps <= strlen(text) + 8);
		n += (size_t)snprintf(
			out + n, cap - n, "%.*s=%.*s|", WARD_STR_ARG(p.key), WARD_STR_ARG(v));
	}
	ward_arena_fini(&a);
}

static const struct {
	enum ward_pair_kind kind;
	const char *in, *want;
} cases[] = {
	{WARD_PAIR_KV, "", ""},
	{WARD_PAIR_KV, "a=1 b=\"x y\" c='q r' d=<m@n>, e=;f=2", "a=1|b=x y|c=q r|d=m@n|e=|f=2|"},
	{WARD_PAIR_KV, "a=\"say \\\"x\\\"\" p=\"C:\\temp\"", "a=say \"x\"|p=C:\\temp|"},
	{WARD_PAIR_KV, "words DF a=1 (type 3) b=2", "a=1|b=2|"},
	{WARD_PAIR_KV, "time=10:11:12 x:\"y\"; ike::\"z\"", "time=10:11:12|x=y|ike=z|"},
	{WARD_PAIR_KV, "a=\"never ends", "a=never ends|"},
	{WARD_PAIR_KV, "===", ""},
	{WARD_PAIR_CSV, "a,,\"b,c\",\"d\"\"e\"", "=a|=|=b,c|=d\"e|"},
	{WARD_PAIR_CSV, "", "=|"},
	{WARD_PAIR_CSV, "\"open", "=open|"},
	/* The header's escapes, those of the extension, a value with blanks and one with '='. */
	{WARD_PAIR_CEF,
		"0|V|P|1|7|a \\| b|5|src=1.2.3.4 msg=x \\= y and more act=deny u=http://h/?a=b",
		"version=0|deviceVendor=V|deviceProduct=P|deviceVersion=1|deviceEventClassId=7|"
		"name=a | b|severity=5|src=1.2.3.4|msg=x = y and more|act=deny|u=http://h/?a=b|"},
	{WARD_PAIR_CEF, "0|V",
		"version=0|deviceVendor=V|deviceProduct=|deviceVersion=|"
		"deviceEventClassId=|name=|severity=|"},
	{WARD_PAIR_LEEF, "1.0|V|P|2|id|a=1\tb=x y\tc=",
		"version=1.0|deviceVendor=V|deviceProduct=P|deviceVersion=2|eventId=id|a=1|b=x "
		"y|c=|"},
	{WARD_PAIR_LEEF, "2.0|V|P|2|id|^|a=1^b=x y",
		"version=2.0|deviceVendor=V|deviceProduct=P|deviceVersion=2|eventId=id|a=1|b=x y|"},
	{WARD_PAIR_LEEF, "2.0|V|P|2|id|0x5E|a=1^b=2",
		"version=2.0|deviceVendor=V|deviceProduct=P|deviceVersion=2|eventId=id|a=1|b=2|"},
	{WARD_PAIR_LEEF, "2.0|V|P|2|id|a=1\tb=2",
		"version=2.0|deviceVendor=V|deviceProduct=P|deviceVersion=2|eventId=id|a=1|b=2|"},
};

static void gives_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		char out[1024];

		all(cases[i].kind, cases[i].in, out, sizeof(out));
		assert_string_equal(out, cases[i].want);
	}
}

/* Every beginning of a list is a list. */
static void every_prefix_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++)
		for (size_t n = 0; n < strlen(cases[i].in); n++) {
			char text[512], out[1024];

			(void)snprintf(text, sizeof(text), "%.*s", (int)n, cases[i].in);
			all(cases[i].kind, text, out, sizeof(out));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_pairs), cmocka_unit_test(every_prefix_ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
