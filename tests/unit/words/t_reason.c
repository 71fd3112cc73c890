/* Sentences of events, said in English and told in another language. */
#include "words/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void put_time(void *ctx, struct ward_str time, struct ward_wr *w)
{
	(void)ctx;
	ward_wr_z(w, "<");
	ward_wr_str(w, time);
	ward_wr_z(w, ">");
}

static bool tell(struct ward_lang *l, const char *english, char ret[512])
{
	struct ward_wr w = ward_wr_fixed(ret, 511);
	bool is = ward_reason_tell(&w, l, ward_str_z(english), put_time, NULL);

	ret[w.len] = '\0';
	return is;
}

/* Each sentence, filled by its slots' names, is found to be that one, and each slot what it was. */
static void t_each(void **state)
{
	char buf[512];

	(void)state;
	for (unsigned r = 0; r < WARD_REASON_N; r++) {
		struct ward_str form = ward_str_z(ward_reason_text((enum ward_reason)r)), literal,
				slot;
		char english[512], want[512];
		struct ward_wr e = ward_wr_fixed(english, 511), w = ward_wr_fixed(want, 511);

		while (ward_words_next(&form, &literal, &slot)) {
			bool since = ward_str_eqz(slot, "since");

			ward_wr_str(&e, literal);
			ward_wr_str(&w, literal);
			ward_wr_z(&w, since ? "<" : "");
			ward_wr_printf(&e, slot.len ? "-1.5 %.*s" : "%.*s", WARD_STR_ARG(slot));
			ward_wr_printf(&w, slot.len ? "-1.5 %.*s" : "%.*s", WARD_STR_ARG(slot));
			ward_wr_z(&w, since ? ">" : "");
		}
		english[e.len] = want[w.len] = '\0';
		assert_true(tell(NULL, english, buf));
		assert_string_equal(buf, want);
	}
}

static void t_none(void **state)
{
	char buf[512];

	(void)state;
	assert_false(tell(NULL, "", buf));
	assert_false(tell(NULL, "selection: state = \"high\"", buf));
	assert_false(tell(NULL, "T is , 1 above what is normal, at most 2; since x", buf));
	assert_false(tell(NULL, "T is 3, 1 above what is normal, at most 2; since ", buf));
	assert_string_equal(buf, "");
}

static void t_language(void **state)
{
	static const char text[] =
		"language: it\nname: Italiano\ngroup: \".\"\ndecimal: \",\"\ntexts:\n"
		"  \"{name} is {value}, {by} above what is normal, at most {limit}; since "
		"{since}\":"
		" \"{name}: {value}, sopra di {by} ({limit}), da {since}\"\n";
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_lang *l = NULL;
	char buf[512];

	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_lang_read(ward_str_bytes(ward_str_z(text)), WARD_STR("it.yml"), &lim,
		    ward_mem_heap(), &d, &l) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(d.item[0].what));
	assert_true(tell(l,
		"Theatre is hot is 27.5 °C, 1.5 °C above what is normal, at most 26 °C; "
		"since 2026-03-12T03:20:01Z",
		buf));
	assert_string_equal(
		buf, "Theatre: hot is 27,5 °C, sopra di 1,5 °C (26 °C), da <2026-03-12T03:20:01Z>");
	ward_lang_free(l);
	ward_diag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_each), cmocka_unit_test(t_none), cmocka_unit_test(t_language)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
