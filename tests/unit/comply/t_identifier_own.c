/* identifiers.yml: what of it is right, each mistake in its line with its mend, what is found by
 * it, and that it comes whole to who looks. */
#include "base/diag.h"
#include "base/wr.h"
#include "comply/identifier_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ward_limits lim;
static struct ward_arena arena;
static struct ward_diag diag;

static enum ward_err read_text(const char *text, struct ward_identifiers *ret)
{
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_identifiers_in in = {&lim, &arena, &diag};

	return ward_identifiers_file(
		&in, WARD_STR("identifiers.yml"), ward_str_bytes(ward_str_z(text)), ret);
}

static void done(void)
{
	ward_diag_fini(&diag);
	ward_arena_fini(&arena);
}

static size_t find(const struct ward_identifiers *s, const char *text, enum ward_identifier kind)
{
	struct ward_identifier_walk w;
	struct ward_identifier_span at;

	ward_identifier_walk_init(&w, s, ward_str_z(text));
	while (ward_identifier_next(&w, &at))
		if (at.kind == kind)
			return at.len;
	return 0;
}

static void what_is_right(void **state)
{
	struct ward_identifiers s;

	(void)state;
	assert_int_equal(read_text("identifiers:\n"
				   "  - name: Episode\n"
				   "    kind: patient\n"
				   "    pattern: \"E/########\"\n"
				   "    match: [E/20260101]\n"
				   "    no_match: [E/2026, X/20260101]\n"
				   "  - {name: Patient, kind: patient, digits: 10, check: mod11, "
				   "match: ['9434765919'], no_match: ['9434765918']}\n"
				   "  - {name: Card, kind: badge, digits: 16, check: luhn, "
				   "match: ['4539148803436467'], no_match: ['4539148803436466']}\n"
				   "  - {name: Register, kind: patient, digits: 11, check: mod97, "
				   "match: ['85073003328'], no_match: ['85073003329']}\n",
				 &s),
		WARD_OK);
	assert_int_equal(s.n, 4);
	assert_int_equal(find(&s, "transfer of E/20260101 to ward 4", WARD_IDENTIFIER_PATIENT), 10);
	assert_int_equal(find(&s, "moved 9434765919.", WARD_IDENTIFIER_PATIENT), 10);
	assert_int_equal(find(&s, "serial 9434765918", WARD_IDENTIFIER_PATIENT), 0);
	assert_int_equal(find(&s, "at 4539148803436467 once", WARD_IDENTIFIER_BADGE), 16);
	assert_int_equal(find(&s, "85073003328 came", WARD_IDENTIFIER_PATIENT), 11);
	assert_int_equal(find(&s, "850730033281 came", WARD_IDENTIFIER_PATIENT), 0);
	done();
	assert_int_equal(read_text("", &s), WARD_OK);
	assert_int_equal(s.n, 0);
	done();
}

static void it_comes_whole(void **state)
{
	struct ward_identifiers s, back = {.n = 0};
	struct ward_str bad;
	char text[1024];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	assert_int_equal(
		read_text("identifiers:\n"
			  "  - {name: A, kind: patient, pattern: 'T-#### @', match: ['T-1234 A'], "
			  "no_match: [T]}\n"
			  "  - {name: B, kind: badge, digits: 8, check: luhn, match: ['49927395'], "
			  "no_match: ['49927394']}\n",
			&s),
		WARD_OK);
	ward_identifiers_write(&s, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "patient=T-#### @,badge=########:luhn"));
	assert_true(ward_identifiers_read(&back, ward_wr_text(&w), &bad));
	assert_int_equal(back.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(back.pattern[i].shape, s.pattern[i].shape);
		assert_int_equal(back.pattern[i].kind, s.pattern[i].kind);
		assert_int_equal(back.pattern[i].check, s.pattern[i].check);
	}
	assert_false(ward_identifiers_read(&back, WARD_STR("badge=####:crc"), &bad));
	assert_true(ward_str_eqz(bad, "badge=####:crc"));
	done();
}

static void is_wrong(const char *text, uint32_t line, const char *what)
{
	struct ward_identifiers s;

	assert_int_equal(read_text(text, &s), WARD_ERR_CONFIG);
	assert_int_equal(diag.item[0].line, line);
	if (ward_str_find(diag.item[0].what, ward_str_z(what)) == SIZE_MAX)
		fail_msg("'%.*s' and not '%s'", WARD_STR_ARG(diag.item[0].what), what);
	assert_true(diag.item[0].mend.len > 0);
	done();
}

#define ONE(members) "identifiers:\n  - {name: A, " members "}\n"

static void mistakes_have_a_line(void **state)
{
	(void)state;
	is_wrong("patterns: []\n", 1, "patterns");
	is_wrong(ONE("kind: patient, pattern: T######, match: [T12345], no_match: [T]"), 2,
		"does not find this example");
	is_wrong("identifiers:\n  - name: A\n    kind: patient\n    pattern: T####\n"
		 "    match: [T1234]\n    no_match:\n      - T\n      - T9999\n",
		8, "which it has to leave alone");
	is_wrong(ONE("kind: patient, pattern: T####, no_match: [T]"), 2, "'match'");
	is_wrong(ONE("kind: patient, pattern: T####, match: [T1234]"), 2, "'no_match'");
	is_wrong(ONE("kind: serial, pattern: T####, match: [T1234], no_match: [T]"), 2,
		"no such kind");
	is_wrong(ONE("kind: badge, digits: 6, check: crc, match: ['123456'], no_match: [T]"), 2,
		"no such check");
	is_wrong(ONE("kind: badge, pattern: T###, match: [T123], no_match: [T]"), 2,
		"four places or more");
	is_wrong(ONE("kind: badge, pattern: '-####', match: ['-1234'], no_match: [T]"), 2,
		"begins with a letter");
	is_wrong(ONE("kind: badge, pattern: 'A:####', match: ['A:1234'], no_match: [T]"), 2,
		"no comma");
	is_wrong(ONE("kind: badge, match: [T123], no_match: [T]"), 2, "'pattern' or as 'digits'");
	is_wrong(ONE("kind: badge, digits: 3, match: ['123'], no_match: [T]"), 2, "digits");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_right),
		cmocka_unit_test(it_comes_whole), cmocka_unit_test(mistakes_have_a_line)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
