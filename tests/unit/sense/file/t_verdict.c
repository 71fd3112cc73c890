#include "sense/file/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

struct lab {
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_names names;
	struct ward_file_verdict v;
	struct ward_inspect_report r;
	struct ward_event e;
	struct ward_wr w, json;
	struct ward_inspect_weights weights;
};

static int up(void **state)
{
	static struct lab l;

	ward_limits_default(&l.lim);
	ward_arena_init(&l.arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&l.names, ward_mem_heap(), &l.lim), WARD_OK);
	ward_file_verdict_init(&l.v, &l.names);
	ward_report_init(&l.r, &l.arena);
	ward_event_init(&l.e, &l.arena);
	l.w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	l.json = ward_wr_grow(ward_mem_heap(), 1 << 20);
	l.weights = (struct ward_inspect_weights){.from = {0, 1, 40, 80}};
	l.weights.of[WARD_SUSPECT_MACROS] = 10;
	l.weights.of[WARD_SUSPECT_BOMB] = 60;
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_report_fini(&l->r);
	ward_wr_fini(&l->w);
	ward_wr_fini(&l->json);
	ward_names_fini(&l->names);
	ward_arena_fini(&l->arena);
	return 0;
}

static void part(struct lab *l, uint32_t parent, enum ward_kind kind, uint8_t hash)
{
	struct ward_inspect_part p = {.parent = parent,
		.kind = kind,
		.size = 7,
		.name = WARD_STR("Mrs Doe.zip"),
		.type = WARD_STR("")};

	memset(p.sha256, hash, sizeof(p.sha256));
	ward_report_put_part(&l->w, &p);
}

static void reason(
	struct lab *l, uint32_t at, enum ward_suspect what, unsigned weight, const char *a)
{
	const struct ward_inspect_reason r = {
		.part = at, .what = what, .weight = weight, .a = ward_str_z(a), .b = WARD_STR("")};

	ward_report_put_reason(&l->w, &r);
}

static void judge(struct lab *l, bool whole)
{
	size_t used;

	if (whole)
		ward_report_put_end(&l->w);
	assert_int_equal(ward_report_read(&l->r, &l->lim, ward_wr_slice(&l->w), &used), WARD_OK);
	ward_report_judge(&l->r, &l->weights);
}

static void expect(struct lab *l, const char *fields)
{
	ward_wr_reset(&l->json);
	ward_event_write_json(&l->e, &l->names, &l->json);
	struct ward_str text = ward_wr_text(&l->json);

	if (!memmem(text.p, text.len, fields, strlen(fields)))
		fail_msg("no %s in %.*s", fields, WARD_STR_ARG(text));
}

static void refuse(struct lab *l, const char *text)
{
	assert_null(memmem(l->json.p, l->json.len, text, strlen(text)));
}

/* Class, sum, the heaviest first, each once; what to look for elsewhere is the innermost part. */
static void malicious(void **state)
{
	struct lab *l = *state;

	part(l, 0, WARD_KIND_MAIL, 0x11);
	part(l, 0, WARD_KIND_ZIP, 0x22);
	part(l, 1, WARD_KIND_PE, 0x33);
	reason(l, 0, WARD_SUSPECT_MACROS, 0, "");
	reason(l, 1, WARD_SUSPECT_RULE, 90, "known_bad");
	reason(l, 2, WARD_SUSPECT_RULE, 90, "known_bad");
	reason(l, 2, WARD_SUSPECT_BOMB, 0, "250");
	judge(l, true);
	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_OK);
	expect(l, "\"class\":\"file.malicious\"");
	expect(l, "\"file.verdict\":\"malicious\",\"file.score\":160,\"file.kind\":\"mail\","
		  "\"file.hash.sha256\":\"1111");
	expect(l,
		"\"file.bytes\":7,\"file.parts\":3,\"file.reasons\":[\"rule\",\"bomb\",\"macros\"],"
		"\"file.rules\":[\"known_bad\"],\"file.part.kind\":\"pe\","
		"\"file.part.sha256\":\"3333");
	expect(l, "\"file.part.depth\":2");
	refuse(l, "Doe"); /* names in the file may be of persons */
}

/* Said of a verdict that is all the test of antivirus programs, and of no other. */
static void test_of_antivirus(void **state)
{
	struct lab *l = *state;

	part(l, 0, WARD_KIND_ZIP, 0x11);
	part(l, 0, WARD_KIND_TEXT, 0x22);
	reason(l, 1, WARD_SUSPECT_RULE, 100, "eicar");
	judge(l, true);
	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_OK);
	expect(l, "\"class\":\"file.malicious\"");
	expect(l, "\"file.test\":true");
}

static void test_beside(void **state)
{
	struct lab *l = *state;

	part(l, 0, WARD_KIND_ZIP, 0x11);
	part(l, 0, WARD_KIND_TEXT, 0x22);
	part(l, 0, WARD_KIND_PE, 0x33);
	reason(l, 1, WARD_SUSPECT_RULE, 100, "eicar");
	reason(l, 2, WARD_SUSPECT_RULE, 90, "known_bad");
	judge(l, true);
	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_OK);
	expect(l, "\"file.rules\":[\"eicar\",\"known_bad\"]");
	refuse(l, "file.test");
}

static void clean(void **state)
{
	struct lab *l = *state;

	part(l, 0, WARD_KIND_PDF, 0x44);
	judge(l, true);
	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_OK);
	expect(l, "\"class\":\"file.clean\"");
	expect(l, "\"file.score\":0");
	refuse(l, "file.reasons");
	refuse(l, "file.part.");
}

/* What others said of the file stays; a killed cell's hash is none. */
static void killed(void **state)
{
	struct lab *l = *state;

	part(l, 0, WARD_KIND_PDF, 0);
	reason(l, 0, WARD_SUSPECT_BOMB, 0, "");
	judge(l, false);
	assert_int_equal(ward_event_set(&l->e, ward_name(&l->names, WARD_STR("file.hash.sha256")),
				 ward_value_str(WARD_STR("by the sensor"))),
		WARD_OK);
	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_OK);
	expect(l, "\"file.hash.sha256\":\"by the sensor\"");
	expect(l, "\"class\":\"file.suspicious\"");
}

/* No flood of reasons makes an event large, and the heaviest are among those told. */
static void many(void **state)
{
	struct lab *l = *state;
	char name[16];

	part(l, 0, WARD_KIND_PDF, 0);
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "r%u", i);
		reason(l, 0, WARD_SUSPECT_RULE, i, name);
	}
	judge(l, true);
	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_OK);
	expect(l, "\"file.rules\":[\"r99\",\"r98\"");
	expect(l, "\"r84\"]");
}

static void unlooked(void **state)
{
	struct lab *l = *state;

	assert_int_equal(ward_file_verdict_put(&l->v, &l->r, &l->e), WARD_ERR_STATE);
	assert_int_equal(ward_file_verdict_put_unlooked(&l->v, "no room", &l->e), WARD_OK);
	expect(l, "\"class\":\"file.unlooked\",\"fields\":{\"reason\":\"no room\"}");
}

/* Without memory it is said, and no event is half a verdict unnoticed. */
static void memory(void **state)
{
	struct lab *l = *state;
	struct ward_arena small;
	enum ward_err err = WARD_ERR_NOMEM;

	part(l, 0, WARD_KIND_PDF, 0);
	part(l, 0, WARD_KIND_PE, 1);
	reason(l, 1, WARD_SUSPECT_RULE, 90, "known_bad");
	judge(l, true);
	for (size_t max = 0; err && max < 65536; max += 64) {
		ward_arena_init(&small, ward_mem_heap(), max);
		ward_event_init(&l->e, &small);
		err = ward_file_verdict_put(&l->v, &l->r, &l->e);
		assert_true(!err || err == WARD_ERR_NOMEM);
		ward_arena_fini(&small);
	}
	assert_int_equal(err, WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(malicious), T(test_of_antivirus), T(test_beside),
		T(clean), T(killed), T(many), T(unlooked), T(memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
