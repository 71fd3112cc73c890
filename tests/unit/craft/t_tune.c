#include "lab.h"

#include "craft/tune.h"

static const char rules[] =
	"title: It's noisy\nid: 22222222-2222-4222-8222-222222222222\n"
	"logsource: {product: t, service: door}\n"
	"detection: {sel: {state: open}, condition: sel}\n"
	"---\n"
	"title: Often\nname: often\n"
	"correlation: {type: event_count, rules: "
	"[22222222-2222-4222-8222-222222222222], timespan: 60s, condition: {gte: "
	"2}}\nlevel: high\n";

struct lab {
	struct dt t;
	struct ward_craft c;
	struct ward_craft_tune *tune;
	struct ward_wr filter;
};

static void begin(struct lab *l, const char *text)
{
	dt_start(&l->t, text);
	l->c = lab_craft(&l->t);
	l->filter = ward_wr_grow(ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_craft_tune_new(&l->c, 0, &l->tune), WARD_OK);
}

static void end(struct lab *l)
{
	ward_craft_tune_free(l->tune);
	ward_wr_fini(&l->filter);
	lab_end(&l->t);
}

static struct ward_id id_of(uint64_t n)
{
	return ward_event_id(S("test"), 1, n, 0);
}

/* Somebody dismissed the detection of event n. */
static void dismiss(struct lab *l, const char *rule, uint64_t n, bool want)
{
	char line[512], id[WARD_ID_TEXT];
	bool taken = !want;

	ward_id_text(id_of(n), id);
	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"detection\",\"rule\":{\"id\":\"%s\"},\"evidence\":[\"%s\"]}", rule,
		id);
	assert_int_equal(ward_craft_tune_dismissed(l->tune, ward_str_z(line), &taken), WARD_OK);
	assert_int_equal(taken, want);
}

static void event(struct lab *l, uint64_t n, const char *fields)
{
	struct ward_event e;

	ward_arena_reset(&l->t.arena);
	l->t.reader.foreign = true;
	assert_int_equal(
		ward_json_read_event(&l->t.reader, ward_str_z(fields), &l->t.arena, &e), WARD_OK);
	e.class = ward_name(&l->t.names, S("door.x"));
	e.id = id_of(n);
	assert_int_equal(ward_craft_tune_event(l->tune, &e, n), WARD_OK);
}

static enum ward_craft_verdict propose(struct lab *l)
{
	enum ward_craft_verdict v = WARD_CRAFT_PROPOSED;

	assert_int_equal(ward_craft_tune_propose(l->tune, &l->filter, &v), WARD_OK);
	assert_true(ward_craft_verdict_text(v)[0] != 0);
	assert_int_equal(v == WARD_CRAFT_PROPOSED, l->filter.len > 0);
	return v;
}

struct told {
	uint64_t tag[8];
	size_t n;
};

static void note(void *ctx, uint64_t tag, const struct ward_event *e)
{
	struct told *told = ctx;

	(void)e;
	told->tag[told->n++] = tag;
}

/* The same rules and the proposal, as one text. */
static struct ward_craft_hits verify(struct lab *l, const char *text, struct told *told)
{
	struct ward_rule_text file[] = {
		{"rules", ward_str_bytes(ward_str_z(text))}, {"filter", ward_wr_slice(&l->filter)}};
	struct ward_rule_text pipe = {"pipe", ward_str_bytes(ward_str_z(dt_pipeline))};
	struct ward_ruleset_texts texts = {
		.rules = file, .n_rules = 2, .pipelines = &pipe, .n_pipelines = 1};
	struct ward_ruleset *rs = NULL;
	struct ward_craft_hits h = {0};

	assert_int_equal(
		ward_ruleset_parse(&texts, &l->t.lim, ward_mem_heap(), &l->t.diag, &rs), WARD_OK);
	assert_int_equal(l->t.diag.n_error, 0);
	assert_int_equal(ward_craft_tune_verify(l->tune, rs, note, told, &h), WARD_OK);
	ward_ruleset_free(rs);
	return h;
}

#define RULE "22222222-2222-4222-8222-222222222222"

static void test_who_where_what(void **state)
{
	struct lab l;
	struct told told = {.n = 0};

	(void)state;
	begin(&l, rules);
	dismiss(&l, RULE, 1, true);
	dismiss(&l, "often", 2, true); /* of a correlation that joins it */
	dismiss(&l, "another", 3, false);
	event(&l, 1, "{\"state\":\"open\",\"user\":\"o'neil*\",\"host\":\"a\",\"seq\":\"17\"}");
	event(&l, 2, "{\"state\":\"open\",\"user\":\"O'Neil*\",\"host\":\"a\",\"seq\":\"17\"}");
	event(&l, 3, "{\"state\":\"open\",\"user\":\"o'neil*\",\"host\":\"b\",\"seq\":\"17\"}");
	event(&l, 4, "{\"state\":\"open\",\"user\":\"o'neil*\",\"host\":\"a\",\"seq\":\"9\"}");
	event(&l, 5, "{\"state\":\"shut\",\"user\":\"x\"}");
	assert_int_equal(propose(&l), WARD_CRAFT_PROPOSED);
	lab_has(&l.filter, "    'user': 'o''neil\\*'\n    'host': 'a'\n");
	lab_has(&l.filter, "rules: ['" RULE "']");
	lab_has(&l.filter, "title: 'It''s noisy, as it is known here'");
	lab_has_not(&l.filter, "'state'");
	lab_has_not(&l.filter, "'seq'");
	struct ward_craft_hits h = verify(&l, rules, &told);

	assert_int_equal(h.n_dismissed, 2);
	assert_int_equal(h.n_dismissed_left, 0);
	assert_int_equal(h.n_other, 2);
	assert_int_equal(h.n_other_hidden, 1);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.tag[0], 4);
	end(&l);
}

static void test_common_beginning_and_lists(void **state)
{
	struct lab l;
	struct told told = {.n = 0};

	(void)state;
	begin(&l, rules);
	for (uint64_t i = 1; i <= 4; i++)
		dismiss(&l, RULE, i, true);
	event(&l, 1, "{\"state\":\"open\",\"uri\":\"C:\\\\\\\\srv\\\\a\",\"user\":\"u1\"}");
	event(&l, 2, "{\"state\":\"open\",\"uri\":\"C:\\\\\\\\srv\\\\b\",\"user\":\"u2\"}");
	event(&l, 3, "{\"state\":\"open\",\"uri\":\"C:\\\\\\\\srv\\\\c\",\"user\":\"u1\"}");
	event(&l, 4, "{\"state\":\"open\",\"uri\":\"C:\\\\\\\\srv\\\\d\",\"user\":\"u2\"}");
	event(&l, 5, "{\"state\":\"open\",\"uri\":\"D:\\\\x\",\"user\":\"u3\"}");
	assert_int_equal(propose(&l), WARD_CRAFT_PROPOSED);
	lab_has(&l.filter, "'user': ['u1', 'u2']");
	lab_has(&l.filter, "'uri|startswith': 'C:");
	struct ward_craft_hits h = verify(&l, rules, &told);

	assert_int_equal(h.n_dismissed_left, 0);
	assert_int_equal(h.n_other_hidden, 0);
	end(&l);
}

/* Nothing is proposed that may hide all that the rule finds. */
static void test_never_everything(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, rules);
	assert_int_equal(propose(&l), WARD_CRAFT_NO_EVIDENCE);
	dismiss(&l, RULE, 1, true);
	event(&l, 1, "{\"state\":\"open\",\"user\":\"u\",\"kind\":\"k\"}");
	assert_int_equal(propose(&l), WARD_CRAFT_ALONE);
	event(&l, 2, "{\"state\":\"shut\",\"user\":\"u\",\"kind\":\"j\"}");
	assert_int_equal(propose(&l), WARD_CRAFT_NOTHING); /* the user is all that there is */
	end(&l);

	begin(&l, rules);
	dismiss(&l, RULE, 1, true);
	event(&l, 1, "{\"state\":\"open\",\"user\":\"u\"}");
	event(&l, 2, "{\"state\":\"open\",\"user\":\"u\"}");
	event(&l, 3, "{\"state\":\"shut\",\"user\":\"v\"}");
	assert_int_equal(propose(&l), WARD_CRAFT_EVERYTHING);
	end(&l);

	/* What makes the rule match tells nothing, however rare it is. */
	begin(&l, rules);
	dismiss(&l, RULE, 1, true);
	event(&l, 1, "{\"state\":\"open\"}");
	event(&l, 2, "{\"state\":\"shut\"}");
	event(&l, 3, "{\"state\":\"shut\"}");
	assert_int_equal(propose(&l), WARD_CRAFT_NOTHING);
	end(&l);
}

static void test_refusals(void **state)
{
	struct lab l;
	struct ward_craft_tune *none = NULL;
	bool taken = false;

	(void)state;
	begin(&l, rules);
	assert_int_equal(ward_craft_tune_new(&l.c, 1, &none), WARD_ERR_UNSUPPORTED);
	assert_int_equal(ward_craft_tune_dismissed(l.tune, S("{"), &taken), WARD_ERR_MALFORMED);
	assert_int_equal(ward_craft_tune_dismissed(l.tune,
				 S("{\"kind\":\"detection\",\"rule\":{\"id\":\"" RULE
				   "\"},\"evidence\":[\"no id\"]}"),
				 &taken),
		WARD_ERR_MALFORMED);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_who_where_what),
		T(test_common_beginning_and_lists), T(test_never_everything), T(test_refusals)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
