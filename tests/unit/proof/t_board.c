/* The board's month: what it must decide, and one page. */
#include "fix.h"

#include "proof/board.h"
#include "report/pdf.h"

static struct ward_processing processing;

static struct ward_board board(const char *now)
{
	struct ward_board b = {.t = {.proof = fix.p,
				       .facts = &fix.f,
				       .norms = &fix.norms,
				       .model = fix.m,
				       .at = at(now),
				       .month = ward_month_of(at(now))},
		.processing = &processing};

	gather(now);
	return b;
}

static struct ward_str markdown(const struct ward_board *b, struct ward_wr *w)
{
	struct ward_doc d;

	ward_wr_reset(w);
	ward_doc_init(&d, WARD_STR("en"));
	ward_board_tell(b, &d);
	assert_int_equal(d.err, WARD_OK);
	ward_doc_markdown(&d, w);
	ward_doc_fini(&d);
	return ward_wr_text(w);
}

static bool says(struct ward_str text, const char *what)
{
	return ward_str_find(text, ward_str_z(what)) != SIZE_MAX;
}

static const struct ward_conf *tree(const char *json)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&fix.a, &fix.lim, WARD_STR("x"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &c),
		WARD_OK);
	ward_diag_fini(&d);
	return c;
}

static void test_decide(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_board b = board("2026-11-28T12:00:00Z");
	struct ward_str text = markdown(&b, &w);

	(void)state;
	assert_true(says(text, "NIS2 (b), "));
	assert_false(says(text, "was tested")); /* nothing is on record, so nobody knows */
	row("2026-11-10T10:00:00Z", "{\"kind\":\"head\",\"what\":\"break\"}");
	row("2026-11-10T10:00:00Z", "{\"kind\":\"decision\",\"what\":\"reveal\",\"taken\":true}");
	processing.agreement[0] = (struct ward_proc_agreement){.id = WARD_STR("union"),
		.ref = WARD_STR("7/2024"),
		.until = at("2026-12-31T23:00:00Z")};
	processing.agreement[1] = (struct ward_proc_agreement){
		.id = WARD_STR("permit"), .until = at("2026-11-01T00:00:00Z")};
	processing.agreement[2] =
		(struct ward_proc_agreement){.id = WARD_STR("far"), .until = WARD_NS_NEVER};
	processing.n_agreement = 3;
	b = board("2026-11-28T12:00:00Z");
	text = markdown(&b, &w);
	assert_true(says(text, "1 time the ledger was not as it was signed"));
	assert_true(says(text, "1 name was asked for and not reviewed"));
	assert_true(says(text, "Agreement 7/2024 ends on 31\u00a0December 2026"));
	assert_true(says(text, "Agreement permit ended on 1\u00a0November 2026"));
	assert_false(says(text, "far"));
	assert_true(says(text, "was tested"));
	processing.n_agreement = 0;
	b = board("2026-12-05T12:00:00Z");
	text = markdown(&b, &w);
	assert_false(says(text, "not as it was signed")); /* of another month */
	ward_wr_fini(&w);
}

static void test_lent(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_board b = board("2026-11-28T12:00:00Z");

	(void)state;
	ward_board_lend(&b,
		tree("{\"items\":[{\"id\":\"ct-01\",\"risk\":[0,0.45]},{\"id\":\"none\",\"risk\":"
		     "[0,1]},{\"id\":\"ct-02\",\"risk\":[1]}]}"),
		tree("{\"paths\":{\"service\":{\"id\":\"e\",\"name\":\"Emergency\"},\"plans\":[{}],"
		     "\"before\":0.36,\"after\":0.14,\"cost\":7500,\"measures\":[{\"text\":\"C\","
		     "\"cost\":4000},{\"text\":\"A\",\"cost\":500},{\"text\":\"D\",\"cost\":2000},"
		     "{\"text\":\"B\",\"cost\":1000}]}}"));
	assert_int_equal(b.n_risk, 1);
	assert_int_equal(b.n_measure, 4);
	assert_int_equal(b.n_listed, 3);
	assert_true(ward_str_eqz(b.measure[0].text, "A")); /* the cheapest first */
	assert_true(ward_str_eqz(b.measure[1].text, "B"));
	assert_true(ward_str_eqz(b.measure[2].text, "D"));
	struct ward_str text = markdown(&b, &w);

	assert_true(says(text, "4 measures for about 7,500 EUR"));
	assert_true(says(text, "Emergency from 36"));
	b = board("2026-11-28T12:00:00Z");
	ward_board_lend(&b, NULL, tree("{\"paths\":{\"plans\":[]}}")); /* no way leads there */
	assert_false(b.way_known);
	ward_wr_fini(&w);
}

static size_t count(struct ward_str s, const char *what)
{
	size_t n = 0, at;

	while ((at = ward_str_find(s, ward_str_z(what))) != SIZE_MAX) {
		n++;
		s = ward_str_sub(s, at + 1, s.len);
	}
	return n;
}

/* Also where there is much to decide. */
static void test_page(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 8 << 20);
	struct ward_board b;
	struct ward_doc d;

	(void)state;
	for (size_t i = 0; i < 12; i++)
		processing.agreement[i] = (struct ward_proc_agreement){
			.id = WARD_STR("an agreement whose name is rather long, as they are"),
			.until = at("2026-12-31T23:00:00Z")};
	processing.n_agreement = 12;
	b = board("2026-11-28T12:00:00Z");
	processing.n_agreement = 12;
	const struct ward_pdf_how how = {NULL, b.t.at, WARD_STR("foot"), false};

	ward_doc_init(&d, WARD_STR("en"));
	ward_board_tell(&b, &d);
	assert_int_equal(ward_doc_pdf_page(&d, &how, &w), WARD_OK);
	assert_int_equal(count(ward_wr_text(&w), "/Type /Page\n"), 1);
	ward_doc_fini(&d);
	ward_wr_fini(&w);
	processing.n_agreement = 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, done)

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_decide), T(test_lent), T(test_page)};

	return cmocka_run_group_tests(tests, begin, end);
}
