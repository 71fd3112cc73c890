/* Questions about the pilot of Turin: what follows from measures and failures, what is refused, and
 * how question and answer are written. */
#include "conf/conf.h"
#include "reckon/reckon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 64 << 20 };

static struct {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_lang *it;
	struct ward_reckon *r;
} room;

static const char *path_of(const char *file, char ret[4096])
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	assert_true(snprintf(ret, 4096, "%s/%s", root, file) < 4096);
	return ret;
}

static int begin(void **state)
{
	char dir[4096], content[4096], words[4096];

	(void)state;
	ward_limits_default(&room.lim);
	ward_diag_init(&room.diag, ward_mem_heap());
	ward_arena_init(&room.arena, ward_mem_heap(), ARENA);
	assert_int_equal(ward_lang_load(path_of("content/words", words), WARD_STR("it"), &room.lim,
				 ward_mem_heap(), &room.diag, &room.it),
		WARD_OK);
	const struct ward_reckon_opts o = {.dir = path_of("pilots/turin", dir),
		.content = path_of("content", content),
		.lim = &room.lim,
		.mem = ward_mem_heap(),
		.lang = &room.it,
		.n_lang = 1,
		.diag = &room.diag};

	assert_int_equal(ward_reckon_new(&o, &room.r), WARD_OK);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_reckon_free(room.r);
	ward_lang_free(room.it);
	ward_arena_fini(&room.arena);
	ward_diag_fini(&room.diag);
	return 0;
}

/* ---- answers, read ---- */

static const struct ward_conf *ask(const struct ward_reckon_ask *q)
{
	const struct ward_conf *c = NULL;
	struct ward_reckoned said = ward_reckon_answer(room.r, q);

	if (said.err)
		fail_msg("%.*s", WARD_STR_ARG(said.text));
	const struct ward_str copy = ward_arena_str(&room.arena, said.text);

	assert_int_equal(ward_conf_json(&room.arena, &room.lim, WARD_STR("answer"), 1,
				 ward_str_bytes(copy), &room.diag, &c),
		WARD_OK);
	return c;
}

static struct ward_str word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
}

static double number(const struct ward_conf *c, const char *key)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.*s", WARD_STR_ARG(word(c, key)));
	return strtod(text, NULL);
}

static const struct ward_conf *child(const struct ward_conf *c, const char *key, size_t i)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	for (v = v ? v->child : NULL; v && i; i--)
		v = v->next;
	return v;
}

static size_t length(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v ? v->n_child : 0;
}

#define EQ(s, z) assert_true(ward_str_eqz((s), (z)))

/* ---- */

/* The measures that a budget buys, laid on beforehand, leave what was said to be left. */
static void measures_leave_what_was_said(void **state)
{
	const struct ward_reckon_ask q = {
		.what = WARD_RECKON_PATHS, .subject = WARD_STR("theatres"), .budget = 25000};
	const struct ward_conf *paths = ward_conf_get(ask(&q), "paths");
	char list[WARD_RECKON_IDS];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	(void)state;
	EQ(word(ward_conf_get(paths, "service"), "id"), "theatres");
	assert_int_equal(length(paths, "plans"), 5);
	assert_true(length(child(paths, "plans", 0), "steps") > 2);
	assert_true(number(paths, "cost") > 0 && number(paths, "cost") <= 25000);
	assert_true(number(paths, "after") < number(paths, "before"));
	for (size_t i = 0; i < length(paths, "measures"); i++) {
		const struct ward_conf *m = child(paths, "measures", i);

		ward_wr_z(&w, i ? "," : "");
		ward_wr_str(&w, word(m, "id"));
		ward_wr_ch(&w, '@');
		ward_wr_str(&w, word(ward_conf_get(m, "on"), "id"));
	}
	const struct ward_reckon_ask with = {.what = WARD_RECKON_WHAT_IF,
		.subject = WARD_STR("theatres"),
		.measures = ward_wr_text(&w)};
	const struct ward_conf *left = ward_conf_get(ask(&with), "paths");
	double is = number(left, "before"), said = number(paths, "after");

	/* each step's likelihood is rounded on the way */
	assert_true(is > said * 0.99 && is < said * 1.01);
	assert_int_equal(number(left, "cost"), 0);
	/* and the likeliest plan is no longer there as it was */
	assert_true(number(child(left, "plans", 0), "hi") < number(child(paths, "plans", 0), "hi"));
}

/* The services that can be asked about, the most critical first; the first is asked about when none
 * is named. */
static void begins_with_the_most_critical(void **state)
{
	const struct ward_conf *c =
		ask(&(struct ward_reckon_ask){.what = WARD_RECKON_PATHS, .budget = 0});
	double last = 5;

	(void)state;
	assert_true(length(c, "services") > 5);
	for (size_t i = 0; i < length(c, "services"); i++) {
		double is = number(child(c, "services", i), "criticality");

		assert_true(is <= last);
		last = is;
	}
	assert_true(ward_str_eq(word(child(c, "services", 0), "id"),
		word(ward_conf_get(ward_conf_get(c, "paths"), "service"), "id")));
	assert_int_equal(length(ward_conf_get(c, "paths"), "measures"), 0);
}

static void failing_costs_care(void **state)
{
	const struct ward_conf *c = ask(&(struct ward_reckon_ask){
		.what = WARD_RECKON_WHAT_IF, .fails = WARD_STR("ahu-04, chilled-water")});
	bool theatres = false;

	(void)state;
	assert_int_equal(length(c, "fails"), 2);
	assert_null(ward_conf_get(c, "paths"));
	assert_true(number(c, "reached") > 0);
	for (size_t i = 0; i < length(c, "losses"); i++) {
		const struct ward_conf *loss = child(c, "losses", i);

		theatres = theatres || ward_str_eqz(word(loss, "id"), "theatres");
		assert_true(word(loss, "text").len > 0);
	}
	assert_true(theatres);
	c = ask(&(struct ward_reckon_ask){.what = WARD_RECKON_WHAT_IF});
	assert_int_equal(length(c, "losses"), 0);
	assert_non_null(ward_conf_get(c, "paths"));
}

static void tells_what_is_known(void **state)
{
	const struct ward_conf *c = ask(&(struct ward_reckon_ask){.what = WARD_RECKON_SCORE});
	double percent = number(c, "percent");

	(void)state;
	assert_true(percent > 50 && percent < 100);
	assert_int_equal(length(c, "areas"), 14);
	assert_int_equal(length(c, "answers"), 20);
	c = ward_conf_get(ask(&(struct ward_reckon_ask){
				  .what = WARD_RECKON_RISK, .subject = WARD_STR("monitor-01")}),
		"risk");
	assert_int_equal(length(c, "factors"), 4);
	assert_true(length(child(c, "factors", 0), "reasons") > 3 && length(c, "treatments") > 0);
	/* a server is none of the devices */
	c = ask(&(struct ward_reckon_ask){
		.what = WARD_RECKON_RISK, .subject = WARD_STR("directory")});
	assert_int_equal(length(ward_conf_get(c, "risk"), "factors"), 0);
}

static void speaks_the_language(void **state)
{
	struct ward_reckon_ask q = {.what = WARD_RECKON_RISK, .subject = WARD_STR("monitor-01")};
	struct ward_str english = word(child(ward_conf_get(ask(&q), "risk"), "factors", 0), "text");

	(void)state;
	q.lang = WARD_STR("it");
	assert_false(ward_str_eq(
		english, word(child(ward_conf_get(ask(&q), "risk"), "factors", 0), "text")));
}

static void refuses(void **state)
{
	static const struct {
		struct ward_reckon_ask q;
		const char *says;
	} all[] = {{{.what = WARD_RECKON_PATHS, .subject = {"none", 4}}, "no service 'none'"},
		{{.what = WARD_RECKON_PATHS, .subject = {"ahu-04", 6}}, "no service 'ahu-04'"},
		{{.what = WARD_RECKON_WHAT_IF, .fails = {"ahu-04,none", 11}}, "has no 'none'"},
		{{.what = WARD_RECKON_WHAT_IF, .measures = {"cage", 4}}, "write MEASURE@THING"},
		{{.what = WARD_RECKON_WHAT_IF, .measures = {"x@ahu-04", 8}}, "write MEASURE@THING"},
		{{.what = WARD_RECKON_RISK, .subject = {"none", 4}}, "has no 'none'"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_reckoned said = ward_reckon_answer(room.r, &all[i].q);

		assert_int_equal(said.err, WARD_ERR_NOT_FOUND);
		if (ward_str_find(said.text, ward_str_z(all[i].says)) == SIZE_MAX)
			fail_msg("%.*s", WARD_STR_ARG(said.text));
	}
	char many[WARD_RECKON_IDS] = "";
	struct ward_wr w = ward_wr_fixed(many, sizeof(many));

	for (unsigned i = 0; i <= WARD_RECKON_MOST; i++)
		ward_wr_z(&w, "ahu-04,");
	assert_int_equal(
		ward_reckon_answer(room.r, &(struct ward_reckon_ask){.what = WARD_RECKON_WHAT_IF,
						   .fails = ward_wr_text(&w)})
			.err,
		WARD_ERR_LIMIT);
}

/* ---- rules ---- */

/* In words, with labels of the language and what it quotes as it stands; every example is tried. */
static void tells_what_a_rule_says(void **state)
{
	const struct ward_conf *c = ask(&(struct ward_reckon_ask){.what = WARD_RECKON_RULE,
				       .subject = WARD_STR("login_guessed"),
				       .lang = WARD_STR("it")}),
			       *v;
	size_t n = 0;

	(void)state;
	EQ(word(c, "id"), "8d5b7c7e-3f0a-4b8e-9d9f-2e6c0a1f5b38");
	EQ(word(c, "file"), "rules/network/login_guessed.yml");
	assert_int_equal(length(c, "joins"), 2);
	assert_int_equal(length(c, "joined_by"), 1);
	assert_true(number(c, "tried") > 10 && number(c, "failed") == 0);
	EQ(word(child(c, "tests", 0), "passed"), "true");
	for (v = child(c, "words", 0); v; v = v->next)
		n += ward_str_eqz(word(v, "text"), "30m") &&
		     !ward_str_eqz(word(v, "label"), "within");
	assert_int_equal(n, 1);
	/* one with selections: groups of items */
	c = ask(&(struct ward_reckon_ask){
		.what = WARD_RECKON_RULE, .subject = WARD_STR("login_accepted")});
	for (v = child(c, "words", 0), n = 0; v; v = v->next)
		n += length(v, "items");
	assert_true(n > 0);
	const struct ward_reckon_ask none = {
		.what = WARD_RECKON_RULE, .subject = WARD_STR("no rule")};

	assert_int_equal(ward_reckon_answer(room.r, &none).err, WARD_ERR_NOT_FOUND);
	c = ask(&(struct ward_reckon_ask){.what = WARD_RECKON_RULES});
	assert_true(length(c, "items") > 100);
	EQ(word(c, "more"), "0");
}

/* The hospital wants nothing learned, and that is said. */
static void says_that_nothing_is_learned(void **state)
{
	const struct ward_conf *c = ask(&(struct ward_reckon_ask){
		.what = WARD_RECKON_NORMAL, .subject = WARD_STR("ahu-04")});

	(void)state;
	EQ(word(c, "learns"), "false");
	assert_int_equal(length(c, "usual"), 0);
}

/* ---- the form ---- */

static const ward_ns night = 1773284400 * WARD_NS_PER_S; /* 2026-03-12T03:00:00Z */

static const struct ward_reckon_seed hit[] = {
	{{"ahu-05", 6}, {"bms.command", 11}, 1773281710 * WARD_NS_PER_S, 600000, 950000},
	{{"au-plant", 8}, {"access.forced-door", 18}, 1773281710 * WARD_NS_PER_S, 600000, 950000}};

/* The order for n of them. */
static struct ward_reckoned order(const struct ward_reckon_seed *seed, size_t n)
{
	static uint8_t bytes[WARD_RECKON_SEEDS];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	for (size_t i = 0; i < n; i++)
		ward_reckon_seed_put(&w, &seed[i]);
	return ward_reckon_answer(room.r, &(struct ward_reckon_ask){.what = WARD_RECKON_BACK,
						  .now = night,
						  .begun = night,
						  .lang = WARD_STR("it"),
						  .seeds = ward_wr_slice(&w)});
}

/* Of all that is hit together, each thing once; its texts are the content's, whatever the language.
 */
static void brings_back(void **state)
{
	const struct ward_reckon_seed twice[] = {hit[0], hit[0]};
	struct ward_reckoned one = order(hit, 1);
	const struct ward_conf *c;

	(void)state;
	assert_int_equal(one.err, WARD_OK);
	assert_true(ward_str_find(one.text, WARD_STR("\"on\":\"ahu-05\"")) != SIZE_MAX);
	assert_true(ward_str_find(one.text, WARD_STR("au-plant")) == SIZE_MAX);
	struct ward_str kept = ward_arena_str(&room.arena, one.text);
	struct ward_reckoned same = order(twice, 2);

	assert_true(ward_str_eq(same.text, kept));
	struct ward_reckoned both = order(hit, 2);

	assert_int_equal(both.err, WARD_OK);
	assert_true(ward_str_find(both.text, WARD_STR("\"on\":\"au-plant\"")) != SIZE_MAX);
	assert_int_equal(ward_conf_json(&room.arena, &room.lim, WARD_STR("plan"), 1,
				 ward_str_bytes(both.text), &room.diag, &c),
		WARD_OK);
	assert_true(ward_conf_get(c, "works")->n_child >= 2);
	assert_true(ward_conf_get(c, "services")->n_child >= 1);
}

/* What asks is not trusted: what can't be is left out, and what is cut refused. */
static void doubts_what_is_hit(void **state)
{
	struct ward_reckon_seed bad[] = {hit[0], hit[0], hit[0], hit[0], hit[0]};
	struct ward_reckoned said;

	(void)state;
	bad[0].asset = WARD_STR("nothing");
	bad[1].threat = WARD_STR("nothing");
	bad[2].lo_micro = 960000;
	bad[3].since = INT64_MAX;
	bad[4].hi_micro = INT64_MAX;
	said = order(bad, WARD_ARRAY_LEN(bad));
	assert_int_equal(said.err, WARD_ERR_NOT_FOUND);
	assert_true(said.text.len > 0);
	said = ward_reckon_answer(room.r, &(struct ward_reckon_ask){.what = WARD_RECKON_BACK,
						  .now = night,
						  .begun = night,
						  .seeds = {(const uint8_t *)"cut", 3}});
	assert_int_equal(said.err, WARD_ERR_MALFORMED);
	said = ward_reckon_answer(
		room.r, &(struct ward_reckon_ask){.what = WARD_RECKON_BACK, .now = INT64_MIN});
	assert_int_equal(said.err, WARD_ERR_MALFORMED);
}

static void is_read_as_written(void **state)
{
	const struct ward_reckon_ask q = {.what = WARD_RECKON_WHAT_IF,
		.subject = WARD_STR("theatres"),
		.budget = 7,
		.minute = 9,
		.skip = 200,
		.limit = 50,
		.least = 30,
		.search = WARD_STR("pump"),
		.class = WARD_STR("device.medical"),
		.place = WARD_STR("f-1"),
		.measures = WARD_STR("a@b"),
		.fails = WARD_STR("c"),
		.lang = WARD_STR("it"),
		.now = 11,
		.begun = -3,
		.seeds = {(const uint8_t *)"seeds", 5}};
	uint8_t bytes[512];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_reckon_ask got;
	struct ward_reckoned said;

	(void)state;
	ward_reckon_put(&w, &q);
	for (size_t n = 0; n < w.len; n++) {
		struct ward_rd r = ward_rd_from(bytes, n);

		assert_int_equal(ward_reckon_get(&r, &got), WARD_ERR_MALFORMED);
	}
	struct ward_rd r = ward_rd_from(bytes, w.len);

	assert_int_equal(ward_reckon_get(&r, &got), WARD_OK);
	assert_true(got.what == q.what && got.budget == 7 && got.minute == 9 &&
		    ward_str_eq(got.measures, q.measures) && ward_str_eq(got.lang, q.lang));
	assert_true(got.skip == 200 && got.limit == 50 && got.least == 30 &&
		    ward_str_eq(got.search, q.search) && ward_str_eq(got.class, q.class) &&
		    ward_str_eq(got.place, q.place));
	assert_true(got.now == 11 && got.begun == -3 && got.seeds.len == 5);
	bytes[0] = WARD_RECKON_N;
	r = ward_rd_from(bytes, w.len);
	assert_int_equal(ward_reckon_get(&r, &got), WARD_ERR_MALFORMED);
	w = ward_wr_fixed(bytes, sizeof(bytes));
	ward_reckoned_put(&w, &(struct ward_reckoned){WARD_ERR_LIMIT, WARD_STR("why"), 5});
	r = ward_rd_from(bytes, w.len);
	assert_int_equal(ward_reckoned_get(&r, &said), WARD_OK);
	assert_int_equal(said.err, WARD_ERR_LIMIT);
	EQ(said.text, "why");
	assert_int_equal(said.took, 5);
	r = ward_rd_from(bytes, w.len - 1);
	assert_int_equal(ward_reckoned_get(&r, &said), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(measures_leave_what_was_said),
		cmocka_unit_test(begins_with_the_most_critical),
		cmocka_unit_test(failing_costs_care), cmocka_unit_test(tells_what_is_known),
		cmocka_unit_test(speaks_the_language), cmocka_unit_test(refuses),
		cmocka_unit_test(tells_what_a_rule_says),
		cmocka_unit_test(says_that_nothing_is_learned), cmocka_unit_test(brings_back),
		cmocka_unit_test(doubts_what_is_hit), cmocka_unit_test(is_read_as_written)};

	return cmocka_run_group_tests(tests, begin, end);
}
