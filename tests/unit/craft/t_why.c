#include "lab.h"

static const char rules[] = "title: Forced\nid: 11111111-1111-4111-8111-111111111111\n"
			    "logsource: {product: t, service: door}\n"
			    "description: |\n  Two\n  lines.\n"
			    "author: A\nlicense: MIT\n"
			    "tags: [attack.t1078, attack.t1078.002, attack.initial-access]\n"
			    "detection:\n"
			    "  sel:\n    - {state: open, by|startswith: x}\n    - {alarm: true}\n"
			    "  words: [crowbar]\n"
			    "  calm: {user: guard}\n"
			    "  condition: (sel or words) and not calm\n"
			    "---\n"
			    "title: Twice\nname: twice\n"
			    "correlation: {type: event_count, rules: "
			    "[11111111-1111-4111-8111-111111111111], group-by: [door], timespan: "
			    "5m, condition: {gte: 2}}\n"
			    "level: high\n";

static struct ward_event read_event(struct dt *t, const char *json)
{
	struct ward_event e;

	assert_int_equal(
		ward_json_read_event(&t->reader, ward_str_z(json), &t->arena, &e), WARD_OK);
	return e;
}

static struct ward_trace why(struct dt *t, const char *json, struct ward_wr *w)
{
	struct ward_craft c = lab_craft(t);
	struct ward_text x = lab_text(w);
	struct ward_event e = read_event(t, json);
	struct ward_trace r = {false, false};

	assert_int_equal(ward_craft_why(&c, t->det, &e, 0, &x, &r), WARD_OK);
	return r;
}

#define DOOR(fields)                                                                        \
	"{\"kind\":\"event\",\"time\":\"2026-01-01T00:00:00Z\",\"source\":\"s\",\"class\":" \
	"\"door.x\",\"fields\":{" fields "}}"

static void test_holds(void **state)
{
	struct dt t;
	struct ward_wr w;

	(void)state;
	dt_start(&t, rules);
	struct ward_trace r = why(&t, DOOR("\"state\":\"OPEN\",\"by\":\"xy\""), &w);

	assert_true(r.routed && r.matches);
	lab_has(&w, "+ sel holds\n    + state is open\n        state = OPEN\n");
	lab_has(&w, "    + by begins with x\n        by = xy\n    or\n    - alarm is true\n"
		    "        the event has no such field\n");
	lab_has(&w, "- words does not hold\n    - any field contains crowbar\n"
		    "        no field of the event has it\n");
	lab_has(&w, "- calm does not hold\n");
	ward_wr_fini(&w);
	dt_end(&t);
}

static void test_filtered_and_keyword(void **state)
{
	struct dt t;
	struct ward_wr w;

	(void)state;
	dt_start(&t, rules);
	struct ward_trace r =
		why(&t, DOOR("\"note\":\"a Crowbar \\u001b[31m\",\"user\":\"guard\""), &w);

	assert_true(r.routed && !r.matches);
	lab_has(&w, "+ words holds");
	lab_has(&w, "note = a Crowbar \\u{1b}[31m");
	lab_has(&w, "+ calm holds\n    + user is guard\n        user = guard\n");
	ward_wr_fini(&w);
	dt_end(&t);
}

static void test_of_no_logsource(void **state)
{
	struct dt t;
	struct ward_wr w;

	(void)state;
	dt_start(&t, rules);
	struct ward_trace r = why(&t, "{\"state\":\"open\"}", &w);

	assert_false(r.routed || r.matches);
	lab_has(&w, "not of the rule's logsource");
	ward_wr_fini(&w);
	dt_end(&t);
}

static void test_near_orders_events(void **state)
{
	struct dt t;
	static const char *const json[] = {"{\"state\":\"open\"}", DOOR("\"a\":1"),
		DOOR("\"state\":\"open\""), DOOR("\"alarm\":true,\"user\":\"guard\""),
		DOOR("\"alarm\":true")};
	uint32_t last = 0, near = 0;

	(void)state;
	dt_start(&t, rules);
	for (size_t i = 0; i < WARD_ARRAY_LEN(json); i++) {
		struct ward_event e = read_event(&t, json[i]);

		assert_int_equal(ward_craft_near(t.det, &e, 0, &near), WARD_OK);
		assert_true(i == 0 ? near == 0 : near > last);
		last = near;
	}
	assert_int_equal(near, UINT32_MAX);
	struct ward_event e = read_event(&t, json[1]);

	assert_int_equal(ward_craft_near(t.det, &e, 1, &near), WARD_ERR_UNSUPPORTED);
	/* Windows know nothing of what was only tried. */
	assert_int_equal(ward_detector_stats(t.det).n_event, 0);
	assert_int_equal(ward_detector_tick(t.det, WARD_NS_NEVER, dt_sink, &t), WARD_OK);
	assert_int_equal(t.n_said, 0);
	dt_end(&t);
}

static const struct ward_craft_lang english;

static const char spoken[] =
	"title: Forced\nid: 11111111-1111-4111-8111-111111111111\nlevel: low\n"
	"description: |-\n    Two\n    lines. First step:\n    go and look.\n"
	"falsepositives: [wind, rain]\n"
	"logsource: {product: ward, category: door}\n"
	"detection: {sel: {alarm: true}, condition: sel}\n"
	"---\ntitle: Ours\nid: 11111111-1111-4111-8111-111111111112\nlevel: low\n"
	"description: Of the hospital itself.\nfalsepositives: [wind, something of ours]\n"
	"logsource: {product: ward, category: door}\n"
	"detection: {sel: {alarm: true}, condition: sel}\n";

static void test_explain(void **state)
{
	struct dt t;
	struct ward_wr w;

	(void)state;
	dt_start(&t, rules);
	struct ward_craft c = lab_craft(&t);
	struct ward_text x = lab_text(&w);

	assert_int_equal(ward_craft_explain(&c, 0, &english, &x), WARD_OK);
	lab_has(&w, "what          Two lines.");
	lab_has(&w, "licence       MIT");
	lab_has(&w, "events        door.*");
	lab_has(&w, "ATT&CK        T1078, T1078.002");
	lab_has(&w, "    - by begins with x\n    or\n    - alarm is true\n");
	lab_has(&w, "matches when  (sel or words) and not calm");
	ward_wr_fini(&w);
	x = lab_text(&w);
	assert_int_equal(ward_craft_explain(&c, 1, &english, &x), WARD_OK);
	lab_has(&w, "matches when  at least 2 events");
	lab_has(&w, "within        5m");
	lab_has(&w, "for the same  door");
	lab_has(&w, "    - Forced (11111111-1111-4111-8111-111111111111)");
	ward_wr_fini(&w);
	/* The file changed under us. */
	dt_file(&t, "rules.yml", "\n\n# nothing\n{}\n");
	x = lab_text(&w);
	assert_int_equal(ward_craft_explain(&c, 0, &english, &x), WARD_ERR_NOT_FOUND);
	ward_wr_fini(&w);
	dt_end(&t);
}

/* A hospital's own rule, and one of which only a part is translated, are told as they are written.
 */
static void test_explain_language(void **state)
{
	static const char labels[] =
		"language: fr\nname: français\ndecimal: \",\"\ngroup: \" \"\ntexts:\n"
		"  \"what\": \"quoi\"\n"
		"  \"first step\": \"premier geste\"\n"
		"  \"may be wrong\": \"peut se tromper\"\n"
		"  \"; \": \" ; \"\n";
	static const char own[] =
		"language: fr\nname: français\ndecimal: \",\"\ngroup: \" \"\ntexts:\n"
		"  \"Two lines.\": \"Deux lignes.\"\n"
		"  \"go and look.\": \"allez voir.\"\n"
		"  \"wind\": \"le vent\"\n"
		"  \"rain\": \"la pluie\"\n";
	struct dt t;
	struct ward_craft_lang lang = {NULL, NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_json j = ward_json_on(&w);

	(void)state;
	dt_start(&t, spoken);
	assert_int_equal(ward_lang_read(ward_str_bytes(ward_str_z(labels)), WARD_STR("fr.yml"),
				 &t.lim, ward_mem_heap(), &t.diag, &lang.labels),
		WARD_OK);
	assert_int_equal(ward_lang_read(ward_str_bytes(ward_str_z(own)), WARD_STR("fr.yml"), &t.lim,
				 ward_mem_heap(), &t.diag, &lang.rules),
		WARD_OK);
	struct ward_craft c = lab_craft(&t);

	assert_int_equal(ward_craft_explain_page(&c, 0, &lang, &j), WARD_OK);
	lab_has(&w, "{\"label\":\"quoi\",\"text\":\"Deux lignes.\",\"lang\":\"fr\"}");
	lab_has(&w, "{\"label\":\"premier geste\",\"text\":\"allez voir.\",\"lang\":\"fr\"}");
	lab_has(&w, "\"text\":\"le vent ; la pluie\",\"lang\":\"fr\"}");
	ward_wr_reset(&w);
	j = ward_json_on(&w);
	assert_int_equal(ward_craft_explain_page(&c, 1, &lang, &j), WARD_OK);
	lab_has(&w, "{\"label\":\"quoi\",\"text\":\"Of the hospital itself.\"}");
	lab_has(&w, "{\"label\":\"peut se tromper\",\"text\":\"wind; something of ours\"}");
	ward_wr_reset(&w);
	j = ward_json_on(&w);
	assert_int_equal(ward_craft_explain_page(&c, 0, &english, &j), WARD_OK);
	lab_has(&w, "{\"label\":\"first step\",\"text\":\"go and look.\"}");
	lab_has_not(&w, "lang");
	ward_wr_fini(&w);
	ward_lang_free(lang.labels);
	ward_lang_free(lang.rules);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_holds), T(test_filtered_and_keyword),
		T(test_of_no_logsource), T(test_near_orders_events), T(test_explain),
		T(test_explain_language)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
