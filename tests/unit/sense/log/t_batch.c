#include "sense/log/batch.h"
#include "sense/log/posted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The values as "OFF:text|…", with "OFF!" where no more can be told apart. */
static void cut(const char *in, char *out, size_t cap)
{
	struct ward_log_batch b = ward_log_batch_on(ward_slice_of(in, strlen(in)));
	struct ward_str s;
	size_t off, n = 0;
	enum ward_err err;

	out[0] = 0;
	while (!(err = ward_log_batch_next(&b, &s, &off)))
		n += (size_t)snprintf(out + n, cap - n, "%zu:%.*s|", off, WARD_STR_ARG(s));
	if (err == WARD_ERR_MALFORMED)
		(void)snprintf(out + n, cap - n, "%zu!", off);
	else
		assert_int_equal(err, WARD_ERR_CLOSED);
	assert_int_equal(ward_log_batch_next(&b, &s, &off), WARD_ERR_CLOSED); /* it is over */
}

static void values(void **state)
{
	static const struct {
		const char *in, *is;
	} all[] = {{"", ""}, {" \n", ""}, {"[]", ""}, {" [ ] \n", ""}, {"{}", "0:{}|"},
		{"{\"a\":1}\n{\"b\":2}\n", "0:{\"a\":1}|8:{\"b\":2}|"},
		{"{\"a\":1}{\"b\":2}", "0:{\"a\":1}|7:{\"b\":2}|"},
		{"{\n \"a\" : [1,\n2]}\n7 \"x y\"\n", "0:{\n \"a\" : [1,\n2]}|17:7|19:\"x y\"|"},
		{"[{\"a\":1},{\"b\":[2,{}]}]", "1:{\"a\":1}|9:{\"b\":[2,{}]}|"},
		{"[ 1 , \"]\\\",\" ,{\"c\":\"}\"} ]", "2:1|6:\"]\\\",\"|14:{\"c\":\"}\"}|"},
		{"[1,,2]", "1:1|3:|4:2|"}, {"[{} x,{}]", "1:{} x|6:{}|"}, {"[{},{}", "1:{}|4!"},
		{"[{},", "1:{}|4!"}, {"[", "1!"}, {"[1] 2", "1:1|4!"},
		{"{\"a\":1}\n{\"b\":\n{\"c\":3}\n", "0:{\"a\":1}|8!"}, {"[\"x", "1!"},
		{"\"x\\", "0!"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		char is[256];

		cut(all[i].in, is, sizeof(is));
		assert_string_equal(is, all[i].is);
	}
}

/* Whatever of it is cut off: what comes is what came of the whole. */
static void prefixes(void **state)
{
	static const char whole[] = "[{\"a\":\"]\"},{\"b\":[1,{}]},3]",
			  *const is = "1:{\"a\":\"]\"}|11:{\"b\":[1,{}]}|24:3|";

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		char part[sizeof(whole)], got[256];

		memcpy(part, whole, n);
		part[n] = 0;
		cut(part, got, sizeof(got));
		char *bad = strchr(got, '!');

		assert_true(bad != NULL || !n);
		while (bad && bad > got && bad[-1] != '|')
			bad--;
		assert_memory_equal(got, is, bad ? (size_t)(bad - got) : 0);
	}
}

static void classes(void **state)
{
	static const struct {
		const char *class;
		bool device, sensor;
	} all[] = {{"door.forced", true, true}, {"net.bacnet.write-property", false, true},
		{"ward.loss", false, true}, {"ward.decision", false, false},
		{"report.panic", false, false}, {"report.anew", false, false},
		{"ward.anew", false, false}, /* a later version's, of a sensor alone: */
		{"door.seal2.cut-off", false, true}, {"door", false, false},
		{"door.", false, false}, {".door", false, false}, {"Door.forced", false, false},
		{"door.b\"x", false, false}, {"door.é", false, false}, {"", false, false},
		{"a.2345678901234567890123456789012345678901234567890123456789012345", false,
			false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_int_equal(log_posted_may(ward_str_z(all[i].class), false), all[i].device);
		assert_int_equal(log_posted_may(ward_str_z(all[i].class), true), all[i].sensor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
