/* Sentences of events, said in English and told in another language. */
#include "words/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void put_time(void *ctx, struct ward_str time, struct ward_wr *w)
{
	(void)ctx;
	ward_wr_z(w, "<");
	ward_wr_str(w, time);
	ward_wr_z(w, ">");
}

static bool tell(struct ward_lang *l, const struct ward_str *reason, size_t n, char ret[512])
{
	struct ward_wr w = ward_wr_fixed(ret, 511);
	bool is = ward_reason_tell(&w, l, reason, n, put_time, NULL);

	ret[w.len] = '\0';
	return is;
}

/* Each reason, its slots filled by their names; with one slot too few or too many it is none. */
static void t_each(void **state)
{
	char buf[512];

	(void)state;
	for (unsigned r = 0; r < WARD_REASON_N; r++) {
		struct ward_str form = ward_str_z(ward_reason_text((enum ward_reason)r)), literal,
				slot, reason[WARD_WORDS_SLOTS_MAX + 2];
		char want[512], text[WARD_WORDS_SLOTS_MAX][32];
		struct ward_wr w = ward_wr_fixed(want, 511);
		size_t n = 1;

		reason[0] = ward_str_z(ward_reason_name((enum ward_reason)r));
		while (ward_words_next(&form, &literal, &slot)) {
			bool since = ward_str_eqz(slot, "since");

			ward_wr_str(&w, literal);
			if (!slot.len)
				continue;
			(void)snprintf(text[n - 1], 32, "-1.5 %.*s", WARD_STR_ARG(slot));
			reason[n] = ward_str_z(text[n - 1]);
			ward_wr_z(&w, since ? "<" : "");
			ward_wr_str(&w, reason[n++]);
			ward_wr_z(&w, since ? ">" : "");
		}
		want[w.len] = '\0';
		assert_true(n > 2);
		assert_true(tell(NULL, reason, n, buf));
		assert_string_equal(buf, want);
		reason[n] = WARD_STR("x");
		assert_false(tell(NULL, reason, n + 1, buf));
		assert_false(tell(NULL, reason, n - 1, buf));
		assert_false(tell(NULL, reason, 1, buf));
		assert_string_equal(buf, "");
	}
}

static void t_none(void **state)
{
	const struct ward_str other[] = {
		WARD_STR("hot"), WARD_STR("a"), WARD_STR("b"), WARD_STR("c"), WARD_STR("d")};
	char buf[512];

	(void)state;
	assert_false(tell(NULL, other, 0, buf));
	assert_false(tell(NULL, other, 5, buf));
	assert_string_equal(buf, "");
}

/* Slots are texts of their own: what one says is never taken for a part of the sentence. */
static void t_language(void **state)
{
	static const char text[] =
		"language: it\nname: Italiano\ngroup: \".\"\ndecimal: \",\"\ntexts:\n"
		"  \"{name} is {value}, {by} above what is normal, at most {limit}; since "
		"{since}\":"
		" \"{name}: {value}, sopra di {by} ({limit}), da {since}\"\n";
	const struct ward_str reason[] = {WARD_STR("high"),
		WARD_STR("Theatre is hot, {by} above what is normal"), WARD_STR("27.5 °C"),
		WARD_STR("1.5 °C"), WARD_STR("26 °C"), WARD_STR("2026-03-12T03:20:01Z")};
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
	assert_true(tell(l, reason, WARD_ARRAY_LEN(reason), buf));
	assert_string_equal(buf,
		"Theatre is hot, {by} above what is normal: 27,5 °C, sopra di 1,5 °C "
		"(26 °C), da <2026-03-12T03:20:01Z>");
	ward_lang_free(l);
	ward_diag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_each), cmocka_unit_test(t_none), cmocka_unit_test(t_language)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
