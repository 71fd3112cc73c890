/* Rows of the store, from outside: whatever they say, the report is UTF-8 without controls, its
 * Markdown holds no markup but its own, its JSON is JSON, the radio text is short, and two runs are
 * the same. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "conf/conf.h"
#include "report/report.h"

enum { ROWS = 64, ARENA = 1 << 26, OUT = 1 << 24, RADIO_WORDS = 40 };

static struct lab lab; /* loaded once: it only answers */
static struct ward_record_reader *reader;

static void load(void)
{
	WARD_ASSERT(lab_load(&lab, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	WARD_ASSERT(ward_record_reader_new(ward_mem_heap(), &lab.lim, &reader) == WARD_OK);
}

/* Each character that begins markup within a text has a backslash before it. Ours stand at the
 * begin of lines, between cells, and around what is strong. */
static void judge_markdown(struct ward_str s)
{
	while (s.p) {
		struct ward_str line = ward_str_cut(&s, '\n');
		bool row = line.len && line.p[0] == '|';

		for (size_t i = 0; i < line.len; i++) {
			if (line.p[i] == '\\') {
				i++;
				continue;
			}
			WARD_ASSERT((uint8_t)line.p[i] >= 0x20 && line.p[i] != 0x7f);
			WARD_ASSERT(!strchr("<>`[]_~&", line.p[i]));
			WARD_ASSERT(row || line.p[i] != '|');
			WARD_ASSERT(line.p[i] != '#' || i < 2);
			WARD_ASSERT(line.p[i] != '*' || i < 2 || i + 2 >= line.len);
		}
	}
}

static void tell(const struct ward_report *r, struct ward_arena *a, struct ward_wr *w)
{
	const struct ward_conf *c;
	struct ward_doc d;

	ward_doc_init(&d, WARD_STR("en"));
	ward_report_tell(r, NULL, &d);
	ward_report_sheet(r, NULL, &d);
	ward_doc_markdown(&d, w);
	WARD_ASSERT(d.err == WARD_OK && !ward_wr_bad(w));
	judge_markdown(ward_wr_text(w));
	ward_doc_fini(&d);
	WARD_ASSERT(ward_utf8_valid(ward_wr_slice(w), NULL));

	struct ward_wr json = ward_wr_grow(ward_mem_heap(), OUT);

	ward_report_json(r, NULL, &json);
	enum ward_err err =
		ward_conf_json(a, &lab.lim, WARD_STR("o"), 1, ward_wr_slice(&json), &lab.d, &c);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
	ward_wr_str(w, ward_wr_text(&json));
	ward_wr_reset(&json);
	ward_report_radio(r, NULL, &json);
	struct ward_str s = ward_wr_text(&json);

	for (size_t i = 0; i < s.len; i++)
		WARD_ASSERT(s.p[i] < '0' || s.p[i] > '9' || i);
	ward_wr_str(w, s);
	ward_wr_fini(&json);
}

static void report(
	const struct ward_report_row *row, size_t n, struct ward_id id, struct ward_wr *w)
{
	const struct ward_report_ask ask = {
		.model = lab.m, .lim = &lab.lim, .row = row, .n_row = n, .id = id};
	struct ward_report r;
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), ARENA);
	if (ward_report_gather(&ask, &a, &r) == WARD_OK)
		tell(&r, &a, w);
	ward_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_record record[ROWS];
	struct ward_report_row row[ROWS];
	const struct ward_id *id = NULL;
	struct ward_wr w[2] = {
		ward_wr_grow(ward_mem_heap(), OUT), ward_wr_grow(ward_mem_heap(), OUT)};
	struct ward_arena a;
	size_t n = 0;

	if (!reader)
		load();
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str text = {(const char *)copy, len};

	ward_arena_init(&a, ward_mem_heap(), ARENA);
	while (text.p && n < ROWS) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (ward_record_read(reader, line, &a, &record[n]) != WARD_OK)
			continue;
		if (record[n].kind == WARD_RECORD_INCIDENT)
			id = &record[n].id;
		row[n] = (struct ward_report_row){
			line, &record[n], n, n % 3 ? (ward_ns)n * WARD_NS_PER_S : WARD_NS_NEVER};
		n++;
	}
	for (size_t i = 0; id && i < WARD_ARRAY_LEN(w); i++)
		report(row, n, *id, &w[i]);
	WARD_ASSERT(ward_str_eq(ward_wr_text(&w[0]), ward_wr_text(&w[1])));
	for (size_t i = 0; i < WARD_ARRAY_LEN(w); i++)
		ward_wr_fini(&w[i]);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
