/* Whom a token stands for, under the keys that there are; once a key is gone, nobody. */
#include "comply/reveal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIST                                                            \
	"zone\tCET-1CEST,M3.5.0,M10.5.0/3\n"                            \
	"person\tAnna Rossi (a-rossi)\ta-rossi\tAnna Rossi\tarossi\t\n" \
	"badge\tMarco Gallo\theld\t31 420 510\t0041773499\n"            \
	"badge\tMarco Gallo\tlost\t32 0 60\t0041773499\n"               \
	"badge\tBo\theld\t\t77\n"

static struct ward_pseudonym key[2];

static struct ward_str token(const struct ward_pseudonym *k, const char *who)
{
	static uint8_t text[256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_pseudonym_write(k, ward_str_z(who), &w);
	return ward_wr_text(&w);
}

static bool is(size_t n, const char *who, struct ward_revealed *ret)
{
	return ward_reveal(key, n, WARD_STR(LIST), token(&key[n - 1], who), ret);
}

static void setup(void)
{
	ward_pseudonym_init_replay(&key[0], WARD_STR("now"));
	ward_pseudonym_init_replay(&key[1], WARD_STR("before"));
}

static void people_by_what_they_are_called(void **state)
{
	static const char *const called[] = {
		"a-rossi", "Anna Rossi", "Rossi, Anna", "ROSSI^ANNA", "arossi", "HOSP\\arossi"};
	struct ward_revealed r;

	(void)state;
	setup();
	for (size_t i = 0; i < WARD_ARRAY_LEN(called); i++) {
		assert_true(is(1, called[i], &r));
		assert_true(ward_str_eqz(r.who, "Anna Rossi (a-rossi)"));
	}
	assert_false(is(1, "somebody else", &r));
	assert_false(ward_reveal(key, 1, WARD_STR(LIST), WARD_STR("p-short"), &r));
	assert_false(ward_reveal(key, 1, WARD_STR(""), token(&key[0], "a-rossi"), &r));
}

/* Of several lines one says that it is lost, and each has hours. */
static void badges_of_several_lines(void **state)
{
	struct ward_revealed r;

	(void)state;
	setup();
	assert_true(is(1, "0041773499", &r));
	assert_int_equal(r.lost, WARD_LOST_YES);
	assert_int_equal(r.n_hours, 2);
	assert_true(ward_str_eqz(r.hours[1], "32 0 60"));
	assert_true(is(1, "77", &r));
	assert_int_equal(r.lost, WARD_LOST_NO);
	assert_int_equal(r.n_hours, 0);
}

/* A token of before is revealed as long as its key is there, and by nothing after that. */
static void a_key_that_is_gone_reveals_nothing(void **state)
{
	struct ward_revealed r;

	(void)state;
	setup();
	assert_true(is(2, "a-rossi", &r));
	struct ward_str old = token(&key[1], "a-rossi");

	assert_false(ward_reveal(key, 1, WARD_STR(LIST), old, &r));
	memset(key[1].key, 0, sizeof(key[1].key)); /* what a destroyed key leaves behind */
	assert_false(ward_reveal(key, 2, WARD_STR(LIST), old, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(people_by_what_they_are_called),
		cmocka_unit_test(badges_of_several_lines),
		cmocka_unit_test(a_key_that_is_gone_reveals_nothing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
