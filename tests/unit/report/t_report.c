/* One incident on paper: which rows are of it, what is told, and that what attackers wrote stays
 * text. */
#include "../exchange/told.h"
#include "report/pdf.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { OUT = 8 << 20, MINUTE = 60 };

#define EQ(s, z) assert_true(ward_str_eqz((s), (z)))
#define INCIDENT "11111111-1111-8111-8111-111111111111"
#define OTHER "99999999-9999-8999-8999-999999999999"
/* of the detection */
#define EVENT "12121212-1212-8212-8212-121212121212"
#define RUN "66666666-6666-8666-8666-666666666666"
#define REQUEST "55555555-5555-8555-8555-555555555555"
#define MESSAGE "77777777-7777-8777-8777-777777777777"

static const char *const rows[] = {
	"{\"kind\":\"delivery\",\"state\":\"queued\",\"id\":\"" MESSAGE
	"\",\"recipient\":\"brigade\",\"exercise\":false,\"covers\":[{\"incident\":\"" OTHER
	"\",\"change\":\"raised\"},{\"incident\":\"" INCIDENT
	"\",\"change\":\"opened\"}],\"body\":\"x\"}",
	"{\"kind\":\"delivery\",\"state\":\"sent\",\"id\":\"" MESSAGE
	"\",\"recipient\":\"brigade\",\"exercise\":false}",
	"{\"kind\":\"delivery\",\"state\":\"sent\",\"id\":\"" OTHER "\",\"recipient\":\"police\"}",
	"{\"kind\":\"decision\",\"what\":\"acknowledge\",\"id\":"
	"\"88888888-8888-8888-8888-888888888888\",\"subject\":\"" MESSAGE
	"\",\"role\":\"engineer\",\"person\":\"m.rossi\",\"at\":\"2026-03-12T02:25:00Z\"}",
	"{\"kind\":\"run\",\"id\":\"" RUN "\",\"revision\":1,\"incident\":\"" INCIDENT
	"\",\"playbook_name\":\"Cooling "
	"lost\",\"what\":\"waits\",\"step\":\"step--1\",\"step_name\":"
	"\"Look\",\"outcome\":\"open\",\"asks\":\"" REQUEST
	"\",\"asks_role\":\"engineer\",\"asks_due\":\"2026-03-12T02:40:00Z\",\"state\":\"c0ffee\","
	"\"never-heard-of\":{\"a\":[1]}}",
	"{\"kind\":\"action\",\"id\":\"aaaaaaaa-aaaa-8aaa-8aaa-aaaaaaaaaaaa\",\"incident\":"
	"\"" INCIDENT
	"\",\"event\":\"propose\",\"does\":\"isolate\",\"thing\":\"ahu-1\",\"state\":\"proposed\","
	"\"request\":{\"kind\":\"action\"},\"reason\":\"| [x](http://evil) <b>\"}",
	"{\"kind\":\"clip\",\"act\":\"written\",\"id\":\"cccccccc-cccc-8ccc-8ccc-cccccccccccc\","
	"\"incident\":\"" INCIDENT
	"\",\"camera\":\"cam-1\",\"from\":\"2026-03-12T02:09:00Z\",\"to\":\"2026-03-12T02:12:00Z\","
	"\"expires\":\"2026-04-11T02:12:00Z\"}",
	"{\"kind\":\"photo\",\"act\":\"written\",\"id\":\"eeeeeeee-eeee-8eee-8eee-eeeeeeeeeeee\","
	"\"report\":\"" OTHER "\"}",
	"{\"kind\":\"photo\",\"act\":\"written\",\"id\":\"dddddddd-dddd-8ddd-8ddd-dddddddddddd\","
	"\"report\":\"" EVENT "\",\"from\":\"2026-03-12T02:09:00Z\"}",
	"{\"kind\":\"never-heard-of\",\"incident\":\"" INCIDENT "\"}",
};

struct test {
	struct told told;
	struct ward_report_row row[TOLD_RECORDS];
	struct ward_report r;
	struct ward_wr w;
};

static void begin(struct test *t)
{
	static const ward_ns from = 1773281400 * WARD_NS_PER_S; /* 2026-03-12T02:10:00Z */

	told_begin(&t->told);
	size_t brain = t->told.n;

	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		told_add(&t->told, rows[i]);
	for (size_t i = 0; i < t->told.n; i++) {
		const char *json = i < brain ? told_lines[i] : rows[i - brain];

		t->row[i] = (struct ward_report_row){ward_str_z(json), &t->told.record[i], i + 1,
			from + (ward_ns)i * MINUTE * WARD_NS_PER_S};
	}
	t->w = ward_wr_grow(ward_mem_heap(), OUT);
}

static void end(struct test *t)
{
	ward_wr_fini(&t->w);
	told_end(&t->told);
}

static enum ward_err gather(struct test *t, const char *incident)
{
	struct ward_report_ask ask = {.model = t->told.lab.m,
		.lim = &t->told.lab.lim,
		.row = t->row,
		.n_row = t->told.n,
		.at = 1773285000 * WARD_NS_PER_S};

	assert_true(ward_id_parse(ward_str_z(incident), &ask.id));
	return ward_report_gather(&ask, &t->told.arena, &t->r);
}

static void gathers_what_belongs(void **state)
{
	struct test t;
	size_t last[TOLD_RECORDS];

	(void)state;
	begin(&t);
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	assert_int_equal(t.r.n_step, 7); /* not the police's message, not another's photo … */
	EQ(t.r.step[0].what, "opened");  /* of its own cover */
	EQ(t.r.step[0].on, "brigade");
	EQ(t.r.step[1].state, "sent");
	EQ(t.r.step[2].what, "acknowledge"); /* of a message about it */
	assert_int_equal(t.r.step[2].kind, WARD_REPORT_DECISION);
	EQ(t.r.step[3].what, "Cooling lost · Look · waits");
	EQ(t.r.step[3].state, "open"); /* not its whole memory */
	assert_true(ward_report_is_open(&t.r, 3));
	EQ(t.r.step[4].what, "isolate");
	assert_true(ward_report_is_open(&t.r, 4));
	assert_false(ward_report_is_open(&t.r, 0)); /* it was sent since */
	assert_false(ward_report_is_open(&t.r, 1));
	EQ(t.r.step[4].on, "AHU 1"); /* by its name */
	EQ(t.r.step[5].on, "cam-1");
	assert_true(t.r.step[5].until > t.r.step[5].to);
	assert_int_equal(t.r.step[6].kind, WARD_REPORT_PHOTO); /* of an event of its detection */
	EQ(t.r.step[6].id, "dddddddd-dddd-8ddd-8ddd-dddddddddddd");
	assert_int_equal(t.r.n_turn, 2);
	assert_int_equal(t.r.first_row, 2);
	assert_int_equal(t.r.last_row, t.told.n - 1);
	/* of a message the last that is known, once */
	assert_int_equal(ward_report_last(&t.r, WARD_REPORT_MESSAGE, last), 1);
	EQ(t.r.step[last[0]].state, "sent");
	assert_int_equal(gather(&t, OTHER), WARD_ERR_NOT_FOUND);
	end(&t);
}

/* Another row, as the last one. */
static void add(struct test *t, const char *json)
{
	told_add(&t->told, json);
	t->row[t->told.n - 1] = (struct ward_report_row){
		ward_str_z(json), &t->told.record[t->told.n - 1], t->told.n, WARD_NS_NEVER};
}

static void what_is_open(void **state)
{
	struct test t;

	(void)state;
	begin(&t);
	add(&t, "{\"kind\":\"run\",\"id\":\"" RUN "\",\"incident\":\"" INCIDENT
		"\",\"request\":\"" REQUEST "\",\"what\":\"confirmed\",\"outcome\":\"open\"}");
	add(&t, "{\"kind\":\"action\",\"id\":\"aaaaaaaa-aaaa-8aaa-8aaa-aaaaaaaaaaaa\",\"event\":"
		"\"refuse\",\"state\":\"refused\",\"role\":\"engineer\"}");
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	for (size_t i = 0; i < t.r.n_step; i++)
		assert_false(ward_report_is_open(&t.r, i));
	/* an answer to another request, then the end of the run */
	t.told.n -= 2;
	add(&t, "{\"kind\":\"run\",\"id\":\"" RUN "\",\"request\":\"" OTHER
		"\",\"outcome\":\"open\"}");
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	assert_true(ward_report_is_open(&t.r, 3));
	add(&t, "{\"kind\":\"run\",\"id\":\"" RUN "\",\"outcome\":\"cancelled\"}");
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	assert_false(ward_report_is_open(&t.r, 3));
	end(&t);
}

static bool says(struct ward_wr *w, const char *z)
{
	return ward_str_find(ward_wr_text(w), ward_str_z(z)) != SIZE_MAX;
}

static void tells_as_markdown(void **state)
{
	struct ward_doc d;
	struct test t;

	(void)state;
	begin(&t);
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	ward_doc_init(&d, WARD_STR("en"));
	ward_report_tell(&t.r, NULL, &d);
	ward_doc_markdown(&d, &t.w);
	assert_int_equal(d.err, WARD_OK);
	assert_true(says(&t.w, "# Command: AHU 1\n"));
	assert_true(says(&t.w, "EXERCISE"));
	assert_true(says(&t.w, "| brigade | New incident | delivered |"));
	assert_true(says(&t.w, "\\| \\[x\\]\\(http\\://evil) \\<b\\>"));
	assert_true(says(&t.w, "- Playbook: Cooling lost · Look · waits"));
	assert_true(says(&t.w, "acknowledge"));
	assert_true(says(&t.w, "| photo dddddddd-dddd-8ddd-8ddd-dddddddddddd |"));
	assert_false(says(&t.w, "photo eeeeeeee"));
	assert_false(says(&t.w, "rossi"));
	assert_false(says(&t.w, "c0ffee"));
	ward_doc_fini(&d);
	end(&t);
}

/* What a text became, without the escapes: nothing that CommonMark reads is left. */
static void escapes(void **state)
{
	static const struct {
		const char *text, *markdown;
	} all[] = {{"# no heading", "\\# no heading"}, {"- no item", "\\- no item"},
		{"1. no list", "1\\. no list"}, {"1) no list", "1\\) no list"}, {"a|b", "a\\|b"},
		{"<script>", "\\<script\\>"}, {"`x` *y* _z_", "\\`x\\` \\*y\\* \\_z\\_"},
		{"![i](u)", "\\!\\[i\\]\\(u)"}, {"https://e.example", "https\\://e\\.example"},
		{"www.e.example", "www\\.e\\.example"}, {"a@b.example", "a\\@b\\.example"},
		{"&lt;", "\\&lt;"}, {"=== ---", "\\=\\=\\= \\-\\-\\-"}, {"~~s~~", "\\~\\~s\\~\\~"},
		{"a\n\n# b", "a  \\# b"}, {"\\", "\\\\"}, {"a\x1b[31m", "a\\\\u\\{1b\\}\\[31m"},
		{"\xe2\x80\xae", "\\\\u\\{202e\\}"},
		{"Fire door (north), 2nd", "Fire door (north), 2nd"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT);
		struct ward_doc d;

		ward_doc_init(&d, WARD_STR("en"));
		ward_doc_put(&d, WARD_DOC_TEXT, ward_str_z(all[i].text));
		ward_doc_markdown(&d, &w);
		ward_wr_u8(&w, 0);
		char want[128];

		(void)snprintf(want, sizeof(want), "%s\n", all[i].markdown);
		assert_string_equal(ward_wr_text(&w).p, want);
		ward_doc_fini(&d);
		ward_wr_fini(&w);
	}
}

static void reads_in_ten_seconds(void **state)
{
	struct test t;
	size_t n = 1;

	(void)state;
	begin(&t);
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	ward_report_radio(&t.r, NULL, &t.w);
	struct ward_str s = ward_wr_text(&t.w);

	assert_true(ward_str_starts(s,
		WARD_STR(
			"Exercise, exercise. Command. Place: Alfa Hotel Uniform one. Care at risk: "
			"Surgery, possible. To act: Engineer.")));
	for (size_t i = 0; i < s.len; i++) {
		n += s.p[i] == ' ';
		assert_false(s.p[i] >= '0' && s.p[i] <= '9');
	}
	assert_true(n <= 30);
	end(&t);
}

static enum ward_err pdf(struct test *t, bool wall, struct ward_wr *w)
{
	const struct ward_pdf_how how = {NULL, t->r.x.at, WARD_STR("foot"), wall};
	struct ward_doc d;

	ward_doc_init(&d, WARD_STR("en"));
	(wall ? ward_report_sheet : ward_report_tell)(&t->r, NULL, &d);
	enum ward_err err = ward_doc_pdf(&d, &how, w);

	ward_doc_fini(&d);
	return err;
}

static void same_pages(void **state)
{
	struct ward_wr again = ward_wr_grow(ward_mem_heap(), OUT);
	struct test t;

	(void)state;
	begin(&t);
	assert_int_equal(gather(&t, INCIDENT), WARD_OK);
	for (int wall = 0; wall < 2; wall++) {
		ward_wr_reset(&t.w);
		ward_wr_reset(&again);
		enum ward_err err = pdf(&t, wall, &t.w);

		if (err == WARD_ERR_NOT_FOUND) {
			print_message("no fonts here (fonts-dejavu-core)\n");
			skip();
		}
		assert_int_equal(err, WARD_OK);
		assert_int_equal(pdf(&t, wall, &again), WARD_OK);
		assert_true(ward_str_starts(ward_wr_text(&t.w), WARD_STR("%PDF-")));
		assert_true(says(&t.w, "/Lang (en)"));
		assert_true(says(&t.w, "/Marked true") && says(&t.w, "/DisplayDocTitle true"));
		assert_true(ward_str_eq(ward_wr_text(&t.w), ward_wr_text(&again)));
		assert_true(!wall || says(&t.w, "/Count 1"));
	}
	ward_wr_fini(&again);
	end(&t);
}

static size_t count(const struct ward_wr *w, const char *what)
{
	struct ward_str rest = ward_wr_text(w);
	size_t n = 0, at;

	while ((at = ward_str_find(rest, ward_str_z(what))) != SIZE_MAX) {
		rest = ward_str_sub(rest, at + strlen(what), rest.len);
		n++;
	}
	return n;
}

/* Each block has its place in the tree that is read out: a head of a table once, however many pages
 * show it; a list around items that follow each other. */
static void is_read_in_order(void **state)
{
	static const struct {
		const char *role;
		size_t n;
	} due[] = {{"/S /Document", 1}, {"/S /H1", 1}, {"/S /H2", 1}, {"/S /P\n", 2},
		{"/S /L\n", 2}, {"/S /LI\n", 3}, {"/S /Lbl", 3}, {"/S /LBody", 3}, {"/S /Table", 1},
		{"/S /TR", 201}, {"/S /TH", 2}, {"/S /TD", 400}, {"/Scope /Column", 2}};
	const struct ward_str cell[] = {WARD_STR("one"), WARD_STR("two")};
	const struct ward_pdf_how how = {NULL, 0, WARD_STR("foot"), false};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT);
	struct ward_doc d;

	(void)state;
	ward_doc_init(&d, WARD_STR("fr"));
	ward_doc_put(&d, WARD_DOC_TITLE, WARD_STR("Title"));
	ward_doc_put(&d, WARD_DOC_TEXT, WARD_STR("text"));
	ward_doc_put(&d, WARD_DOC_ITEM, WARD_STR("a"));
	ward_doc_put(&d, WARD_DOC_ITEM, WARD_STR("b"));
	ward_doc_put(&d, WARD_DOC_STRONG, WARD_STR("strong"));
	ward_doc_put(&d, WARD_DOC_ITEM, WARD_STR("c"));
	ward_doc_put(&d, WARD_DOC_HEADING, WARD_STR("Heading"));
	ward_doc_row(&d, WARD_DOC_HEAD, cell, 2);
	for (int i = 0; i < 200; i++)
		ward_doc_row(&d, WARD_DOC_ROW, cell, 2);
	enum ward_err err = ward_doc_pdf(&d, &how, &w);

	if (err == WARD_ERR_NOT_FOUND) {
		print_message("no fonts here (fonts-dejavu-core)\n");
		skip();
	}
	assert_int_equal(err, WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(due); i++)
		if (count(&w, due[i].role) != due[i].n)
			fail_msg("%zu times %s", count(&w, due[i].role), due[i].role);
	assert_true(count(&w, "/StructParents") > 2); /* pages */
	ward_doc_fini(&d);
	ward_wr_fini(&w);
}

/* A row that is longer than a page, and a word longer than a line, still come out whole. */
static void long_texts(void **state)
{
	static char text[3000];
	const struct ward_str cell[] = {{text, sizeof(text)}, WARD_STR("a"), WARD_STR("b"),
		WARD_STR("c"), {text, sizeof(text)}};
	const struct ward_pdf_how how = {NULL, 0, WARD_STR(""), false};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT);
	struct ward_doc d;

	(void)state;
	memset(text, 'W', sizeof(text));
	ward_doc_init(&d, WARD_STR("en"));
	ward_doc_row(&d, WARD_DOC_HEAD, cell + 1, 3);
	ward_doc_row(&d, WARD_DOC_ROW, cell, 3);
	ward_doc_row(&d, WARD_DOC_HEAD, cell, WARD_ARRAY_LEN(cell));
	ward_doc_row(&d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	ward_doc_put(&d, WARD_DOC_TITLE, cell[0]);
	enum ward_err err = ward_doc_pdf(&d, &how, &w);

	assert_true(err == WARD_OK || err == WARD_ERR_NOT_FOUND);
	ward_doc_fini(&d);
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(gathers_what_belongs),
		cmocka_unit_test(what_is_open), cmocka_unit_test(tells_as_markdown),
		cmocka_unit_test(escapes), cmocka_unit_test(reads_in_ten_seconds),
		cmocka_unit_test(same_pages), cmocka_unit_test(is_read_in_order),
		cmocka_unit_test(long_texts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
