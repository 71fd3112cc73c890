#include "unit.h"

#include "base/diag.h"

static char buf[4096];

static struct ward_wr fresh(void)
{
	return ward_wr_fixed(buf, sizeof(buf));
}

static void three(struct ward_diag *d)
{
	ward_diag_addf(d, WARD_DIAG_WARNING, WARD_STR("b.csv"), 2, "late\nsooner");
	ward_diag_addf(d, WARD_DIAG_ERROR, WARD_STR("a.yml"), 12, "room '%s' has no door\nadd %d",
		"r1", 1);
	ward_diag_addf(d, WARD_DIAG_NOTE, WARD_STR(""), 0, "all");
}

static void text(void **state)
{
	struct ward_wr w = fresh();
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	three(&d);
	assert_true(d.n == 3 && d.n_error == 1 && d.n_warning == 1 && d.n_dropped == 0);
	ward_diag_sort(&d);
	ward_diag_write_text(&d, &w);
	assert_text(ward_wr_text(&w), "note: all\n"
				      "a.yml:12: error: room 'r1' has no door\n    mend: add 1\n"
				      "b.csv:2: warning: late\n    mend: sooner\n");
	ward_diag_fini(&d);
	ward_diag_fini(&d);
}

static void json(void **state)
{
	struct ward_wr w = fresh();
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	three(&d);
	ward_diag_write_json(&d, &w);
	assert_text(ward_wr_text(&w),
		"{\"kind\":\"finding\",\"level\":\"warning\",\"file\":\"b.csv\",\"line\":2,"
		"\"what\":\"late\",\"mend\":\"sooner\"}\n"
		"{\"kind\":\"finding\",\"level\":\"error\",\"file\":\"a.yml\",\"line\":12,"
		"\"what\":\"room 'r1' has no door\",\"mend\":\"add 1\"}\n"
		"{\"kind\":\"finding\",\"level\":\"note\",\"what\":\"all\"}\n");
	ward_diag_fini(&d);
}

/* What a format says is also a text with slots, so that it can be said in another language. */
static void forms(void **state)
{
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("a"), 1,
		"%s%% of %d, '%.*s'\nmake it %zu of %u", "5", -3, 2, "room", (size_t)7, 8u);
	ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("a"), 2, "%lld of %llu", -1ll, 2ull);
	ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("a"), 3, "about %.1f", 0.5);
	ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("a"), 4, "%d%d%d%d%d%d%d%d%d", 1, 2, 3, 4, 5,
		6, 7, 8, 9);
	assert_text(d.item[0].what, "5% of -3, 'ro'");
	assert_text(d.item[0].what_form, "{a}% of {b}, '{c}'");
	assert_text(d.item[0].mend_form, "make it {m} of {n}");
	assert_int_equal(d.item[0].n_slot, 5);
	assert_string_equal(d.item[0].slot[4].name, "n");
	assert_text(d.item[0].slot[2].text, "ro");
	assert_text(d.item[0].slot[4].text, "8");
	assert_text(d.item[1].what_form, "{a} of {b}");
	assert_text(d.item[1].slot[0].text, "-1");
	assert_int_equal(d.item[2].what_form.len, 0); /* no kind of number that people are told */
	assert_text(d.item[2].what, "about 0.5");
	assert_int_equal(d.item[3].what_form.len, 0); /* more than a translation may have */
	/* A text of the code that is handed on is its own form, alone or beside another. */
	ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("a"), 5, "%s", "no point\nwrite [x, y]");
	assert_text(d.item[4].what_form, "no point");
	assert_text(d.item[4].mend_form, "write [x, y]");
	ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("a"), 6, "'%s' is bad\n%s", "k", "write 1");
	assert_text(d.item[5].what_form, "'{a}' is bad");
	assert_text(d.item[5].mend_form, "write 1");
	ward_diag_fini(&d);
}

/* Texts are copied, and what would act on a terminal is shown. */
static void copies_and_shows(void **state)
{
	char mine[] = "a\x1b[2J\x7f\xc2\x9b\xff\xc3\xa9\xe2\x82";
	struct ward_wr w = fresh();
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	ward_diag_add(&d, WARD_DIAG_ERROR, WARD_STR("x"), 0, ward_str_z(mine), WARD_STR(""));
	memset(mine, '!', sizeof(mine) - 1);
	ward_diag_write_text(&d, &w);
	assert_text(
		ward_wr_text(&w), "x: error: a\\x1b[2J\\x7f\\xc2\\x9b\\xff\xc3\xa9\\xe2\\x82\n");
	ward_diag_fini(&d);
}

static void cuts_long(void **state)
{
	static char longer[4000];
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	for (size_t shift = 0; shift < 3; shift++) {
		for (size_t i = 0; i + 3 < sizeof(longer); i += 3)
			memcpy(longer + i, "\xe2\x82\xac", 3);
		ward_diag_addf(
			&d, WARD_DIAG_ERROR, WARD_STR("f"), 1, "%.*s%s", (int)shift, "ab", longer);
		assert_true(d.item[shift].what.len > 1000 && d.item[shift].what.len < 1024);
		assert_true(ward_utf8_valid(ward_str_bytes(d.item[shift].what), NULL));
	}
	ward_diag_fini(&d);
}

static void over_max(void **state)
{
	struct ward_wr w = fresh();
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	d.max = 2;
	for (int i = 0; i < 5; i++)
		ward_diag_addf(&d, WARD_DIAG_ERROR, WARD_STR("f"), 1, "e%d", i);
	assert_true(d.n == 2 && d.n_error == 5 && d.n_dropped == 3);
	ward_diag_write_text(&d, &w);
	assert_text(ward_wr_text(&w),
		"f:1: error: e0\nf:1: error: e1\n(3 more findings are not shown)\n");
	ward_diag_fini(&d);
}

/* The English text, and what another language needs to say it: the texts before, and the slots. A
 * brace that is no slot stays. */
static void says_with_slots(void **state)
{
	char id[] = "r1";
	const struct ward_diag_slot slot[] = {{"id", ward_str_z(id)}, {"n", WARD_STR("{id}")}};
	const struct ward_diag_item like = {.level = WARD_DIAG_ERROR,
		.file = WARD_STR("f"),
		.line = 3,
		.what = WARD_STR("room '{id}' has {n} {x} doors {"),
		.mend = WARD_STR("add {id"),
		.slot = slot,
		.n_slot = 2};
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	ward_diag_say(&d, &like);
	id[0] = 'x'; /* it was copied */
	assert_int_equal(d.n, 1);
	assert_int_equal(d.n_error, 1);
	assert_text(d.item[0].what, "room 'r1' has {id} {x} doors {");
	assert_text(d.item[0].mend, "add {id");
	assert_text(d.item[0].what_form, "room '{id}' has {n} {x} doors {");
	assert_text(d.item[0].mend_form, "add {id");
	assert_int_equal(d.item[0].n_slot, 2);
	assert_text(d.item[0].slot[0].text, "r1");
	ward_diag_fini(&d);
	for (uint64_t fail_at = 1; fail_at < 8; fail_at++) {
		struct ward_mem_failing f;

		ward_mem_failing_init(&f, fail_at);
		ward_diag_init(&d, &f.mem);
		ward_diag_say(&d, &like);
		assert_int_equal(d.n_error, 1);
		assert_int_equal(d.n + d.n_dropped, 1);
		ward_diag_fini(&d);
	}
}

/* Without memory an error still counts as an error. */
static void no_memory(void **state)
{
	(void)state;
	for (uint64_t fail_at = 1; fail_at < 3; fail_at++) {
		struct ward_mem_failing f;
		struct ward_diag d;

		ward_mem_failing_init(&f, fail_at);
		ward_diag_init(&d, &f.mem);
		three(&d);
		assert_true(d.n == 0 && d.n_error == 1 && d.n_warning == 1 && d.n_dropped == 3);
		ward_diag_sort(&d);
		ward_diag_fini(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(text), T(json), T(forms), T(copies_and_shows),
		T(cuts_long), T(over_max), T(says_with_slots), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
