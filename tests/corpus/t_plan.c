/* The plan against its definition: on recorded logs, as they are and with their values changed,
 * every event gives the same detections from the plan as from trying every rule
 * (src/detect/reference.c). Without the data it is skipped. */
#include "detect/engine.h"
#include "sense/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_LEN = 4096, ARENA_MAX = 1 << 28, RULES = 6, LINE_MAX_BYTES = 1 << 20 };

static const char *const rules[RULES] = {"sigma/rules", "sigma/rules-compliance",
	"sigma/rules-emerging-threats", "sigma/rules-placeholder", "sigma/rules-threat-hunting"};
static const char *const logs[] = {"evtx_attack_samples/*.ndjson.zst", "evtx_to_mitre/*.ndjson.zst",
	"otrf_windows/*.zst", "otrf_zeek/*.zst", "otrf_linux_aws_log4shell/*.zst",
	"hayabusa_samples/*.zst", "correlation/*.zst", "loghub/*.log.zst", "wazuh_ini/*.ini",
	"ossec_ini/*.ini", "sigmahq_regression/*.json", "sigmahq_regression/*.raw"};

static struct lab {
	char data[PATH_LEN], content[PATH_LEN];
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_ruleset *rs;
	struct ward_detector *plan, *reference;
	struct ward_wr said[2];
	uint64_t n_event, n_changed, seed;
} lab;

static void sink(void *ctx, const struct ward_detection *d)
{
	ward_detection_write_json(d, NULL, ctx);
}

/* lazy is the same event with texts as JSON wrote them, as far as the log sensor leaves them so. */
static void both(const struct ward_event *lazy, const struct ward_event *e, struct ward_str line)
{
	ward_wr_reset(&lab.said[0]);
	ward_wr_reset(&lab.said[1]);
	assert_int_equal(ward_detector_event(lab.plan, lazy, sink, &lab.said[0]), WARD_OK);
	assert_int_equal(ward_detector_event(lab.reference, e, sink, &lab.said[1]), WARD_OK);
	struct ward_str a = ward_wr_text(&lab.said[0]), b = ward_wr_text(&lab.said[1]);
	struct ward_detect_stats p = ward_detector_stats(lab.plan),
				 r = ward_detector_stats(lab.reference);

	lab.n_event++;
	if (ward_str_eq(a, b) && p.n_match == r.n_match && p.n_routed == r.n_routed)
		return;
	print_message("event: %.*s\nplan: %.*s\nreference: %.*s\nmatches %llu and %llu\n",
		WARD_STR_ARG(line), WARD_STR_ARG(a), WARD_STR_ARG(b), (unsigned long long)p.n_match,
		(unsigned long long)r.n_match);
	fail();
}

static uint64_t draw(void)
{
	uint64_t z = (lab.seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	return z ^ z >> 29;
}

/* A changed value: cut, of other case, with a piece of itself or a letter that folds oddly. */
static struct ward_value change(struct ward_arena *a, struct ward_value v)
{
	static const char *const odd[] = {"\xe2\x84\xaa", "\xc5\xbf", "\xc3\x9c", "*", "\\", "\n"};

	if (v.kind != WARD_VALUE_STR || v.s.len == 0)
		return v;
	size_t at = draw() % v.s.len;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_MAX_BYTES);

	switch (draw() % 5) {
	case 0:
		ward_wr_str(&w, ward_str_sub(v.s, at, v.s.len));
		break;
	case 1:
		ward_wr_str(&w, ward_str_sub(v.s, 0, at));
		break;
	case 2:
		for (size_t i = 0; i < v.s.len; i++)
			ward_wr_ch(&w, v.s.p[i] >= 'a' && v.s.p[i] <= 'z' && (i ^ at) & 1
					       ? (char)(v.s.p[i] - 32)
					       : v.s.p[i]);
		break;
	case 3:
		ward_wr_str(&w, v.s);
		ward_wr_str(&w, ward_str_sub(v.s, at, v.s.len));
		break;
	default:
		ward_wr_str(&w, ward_str_sub(v.s, 0, at));
		ward_wr_z(&w, odd[draw() % WARD_ARRAY_LEN(odd)]);
		ward_wr_str(&w, ward_str_sub(v.s, at, v.s.len));
		break;
	}
	v.s = ward_arena_str(a, ward_wr_text(&w));
	ward_wr_fini(&w);
	assert_non_null(v.s.p);
	return v;
}

/* Every fifth event once more with some of its values changed, or two of them as a list. */
static void changed(struct ward_event *e, struct ward_arena *a, struct ward_str line)
{
	for (size_t i = 0; i < e->n_field; i++) {
		struct ward_field *f = &e->field[i];

		if (draw() % 4 == 0)
			f->v = change(a, f->v);
		if (draw() % 16 || f->v.kind == WARD_VALUE_LIST)
			continue;
		struct ward_value *item = ward_arena_array(a, 2, sizeof(*item));

		assert_non_null(item);
		item[0] = e->field[draw() % e->n_field].v;
		item[1] = f->v;
		if (item[0].kind != WARD_VALUE_LIST)
			f->v = (struct ward_value){.kind = WARD_VALUE_LIST, .n = 2, .item = item};
	}
	lab.n_changed++;
	both(e, e, line);
}

static FILE *open_log(const char *path)
{
	char cmd[PATH_LEN + 32];
	size_t n = strlen(path);

	if (n < 4 || strcmp(path + n - 4, ".zst") != 0)
		return fopen(path, "r");
	assert_in_range(snprintf(cmd, sizeof(cmd), "zstd -dcq '%s'", path), 1, sizeof(cmd) - 1);
	return popen(cmd, "r");
}

static void feed(const char *path)
{
	const char *base = strrchr(path, '/') + 1;
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lab.lim,
		.names = &lab.names,
		.counters = &lab.counters,
		.source = ward_str_z(strstr(base, "logs__") ? strstr(base, "logs__") + 6 : base),
		.reference = (ward_ns)1774000000 * WARD_NS_PER_S};
	struct ward_input_opts lazily = opts;
	struct ward_log_sensor *sensor[2] = {NULL, NULL}, *lazy = NULL;
	struct ward_arena arena;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	uint64_t off = 0;
	FILE *f = open_log(path);

	assert_non_null(f);
	lazily.lazy = true;
	ward_arena_init(&arena, ward_mem_heap(), ARENA_MAX);
	assert_int_equal(ward_log_sensor_new(&opts, WARD_LOG_JSON, &sensor[0]), WARD_OK);
	assert_int_equal(ward_log_sensor_new(&opts, WARD_LOG_SYSLOG, &sensor[1]), WARD_OK);
	assert_int_equal(ward_log_sensor_new(&lazily, WARD_LOG_JSON, &lazy), WARD_OK);
	while ((n = getline(&line, &cap, f)) > 0) {
		struct ward_str s = {line, (size_t)n - (line[n - 1] == '\n')};
		struct ward_input_problem problem;
		struct ward_event e, raw;

		off += (uint64_t)n;
		ward_arena_reset(&arena);
		if (ward_log_sensor_record(sensor[s.len && s.p[0] != '{'], s, off, &arena, &e,
			    &problem) != WARD_OK)
			continue;
		raw = e;
		if (s.len && s.p[0] == '{')
			assert_int_equal(
				ward_log_sensor_record(lazy, s, off, &arena, &raw, &problem),
				WARD_OK);
		both(&raw, &e, s);
		if (lab.n_event % 5 == 0)
			changed(&e, &arena, s);
	}
	free(line);
	(void)(strstr(path, ".zst") ? pclose(f) : fclose(f));
	ward_log_sensor_free(sensor[0]);
	ward_log_sensor_free(sensor[1]);
	ward_log_sensor_free(lazy);
	ward_arena_fini(&arena);
}

static void load(void)
{
	static char path[RULES][PATH_LEN];
	const char *paths[RULES];
	struct ward_ruleset_args args = {.rules = paths, .n_rules = RULES, .content = lab.content};
	struct ward_diag diag;

	for (size_t i = 0; i < RULES; i++) {
		int n = i + 1 < RULES ? snprintf(path[i], PATH_LEN, "%s/%s", lab.data, rules[i])
				      : snprintf(path[i], PATH_LEN, "%s/rules", lab.content);

		assert_in_range(n, 1, PATH_LEN - 1);
		paths[i] = path[i];
	}
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(
		ward_ruleset_load(&args, &lab.lim, ward_mem_heap(), &diag, &lab.rs), WARD_OK);
	ward_diag_fini(&diag);
	assert_int_equal(ward_detector_new(lab.rs, &lab.names, NULL, &lab.lim, NULL,
				 ward_mem_heap(), &lab.plan),
		WARD_OK);
	assert_int_equal(ward_detector_new(lab.rs, &lab.names, NULL, &lab.lim, NULL,
				 ward_mem_heap(), &lab.reference),
		WARD_OK);
	lab.reference->mode = WARD_MATCH_REFERENCE;
}

static void plan_agrees(void **state)
{
	(void)state;
	load();
	for (size_t i = 0; i < WARD_ARRAY_LEN(logs); i++) {
		char pattern[PATH_LEN];
		glob_t g;
		uint64_t before = lab.n_event;

		assert_in_range(snprintf(pattern, PATH_LEN, "%s/logs/%s", lab.data, logs[i]), 1,
			PATH_LEN - 1);
		assert_int_equal(glob(pattern, 0, NULL, &g), 0);
		for (size_t k = 0; k < g.gl_pathc; k++)
			feed(g.gl_pathv[k]);
		globfree(&g);
		print_message(
			"%s: %llu events\n", logs[i], (unsigned long long)(lab.n_event - before));
		assert_true(lab.n_event > before);
	}
	struct ward_detect_stats s = ward_detector_stats(lab.plan);

	print_message("%llu events, %llu of them changed; %llu for some rule, %llu matches\n",
		(unsigned long long)lab.n_event, (unsigned long long)lab.n_changed,
		(unsigned long long)s.n_routed, (unsigned long long)s.n_match);
	assert_true(s.n_match > 1000);
}

enum { HOSTILE_BYTES = 4000 };

/* A text that begins what is looked for again and again. */
static struct ward_str hostile(struct ward_arena *a, struct ward_str piece, size_t len)
{
	char *p = ward_arena_alloc(a, len + 1);

	assert_non_null(p);
	for (size_t i = 0; i < len; i++)
		p[i] = piece.p[i % piece.len];
	return (struct ward_str){p, len};
}

/* Twice the text, twice the steps. Once the first part matched there is nothing to measure. */
static void linear(struct ward_arena *a, const struct ward_regex *re, struct ward_str piece)
{
	struct ward_regex_scratch s;
	uint64_t steps[2];

	assert_int_equal(
		ward_regex_scratch_init(&s, ward_mem_heap(), ward_regex_size(re)), WARD_OK);
	for (size_t k = 0; k < 2; k++) {
		size_t len = (size_t)HOSTILE_BYTES << k;

		s.steps = 0;
		(void)ward_regex_match(re, &s, hostile(a, piece, len));
		steps[k] = s.steps;
		assert_true(s.steps <= 4 * (len + 1) * (ward_regex_size(re) + 1));
	}
	assert_true(steps[1] <= 2 * steps[0] + steps[0] / 8 + 64 * ward_regex_size(re));
	ward_regex_scratch_fini(&s);
}

static size_t hostile_item(const struct ward_item *item)
{
	static const char *const piece[] = {"a", " ", "\\", "cmd /c ", "{0}{1}", "&&set ", "`x",
		"+.+", "0", "aA1-_/", "powershell -e ", "\xc3\xa9", "://"};
	size_t n = 0;

	for (size_t i = 0; i < item->n_test; i++) {
		struct ward_arena a;
		struct ward_str need[16];
		size_t n_need = 0;

		if (item->test[i].kind != WARD_TEST_REGEX)
			continue;
		ward_arena_init(&a, ward_mem_heap(), ARENA_MAX);
		assert_int_equal(
			ward_regex_need(item->test[i].regex, &a, need, 16, &n_need), WARD_OK);
		for (size_t k = 0; k < WARD_ARRAY_LEN(piece); k++)
			linear(&a, item->test[i].regex, ward_str_z(piece[k]));
		for (size_t k = 0; k < n_need; k++)
			linear(&a, item->test[i].regex, need[k]);
		ward_arena_fini(&a);
		n++;
	}
	return n;
}

static void no_expression_is_slow(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < lab.rs->n_rule; i++) {
		const struct ward_rule *r = lab.rs->rule[i];

		for (size_t s = 0; !r->refused && s < r->n_selection; s++)
			for (size_t m = 0; m < r->selection[s].n_map; m++)
				for (size_t k = 0; k < r->selection[s].map[m].n_item; k++)
					n += hostile_item(&r->selection[s].map[m].item[k]);
	}
	print_message("%zu expressions\n", n);
	assert_true(n >= 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_agrees), cmocka_unit_test(no_expression_is_slow)};
	const char *data = getenv("WARD_SHARED_DATA"), *root = getenv("WARD_SOURCE_ROOT");

	(void)snprintf(lab.data, PATH_LEN, "%s", data ? data : "");
	(void)snprintf(lab.content, PATH_LEN, "%s/content", root ? root : ".");
	char probe[PATH_LEN + 16];

	(void)snprintf(probe, sizeof(probe), "%s/sigma/rules", lab.data);
	if (access(probe, R_OK) != 0) {
		print_message("no shared data: set WARD_SHARED_DATA\n");
		return 77;
	}
	ward_limits_default(&lab.lim);
	ward_counters_init(&lab.counters);
	assert_int_equal(ward_names_init(&lab.names, ward_mem_heap(), &lab.lim), WARD_OK);
	lab.said[0] = ward_wr_grow(ward_mem_heap(), ARENA_MAX);
	lab.said[1] = ward_wr_grow(ward_mem_heap(), ARENA_MAX);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ward_detector_free(lab.plan);
	ward_detector_free(lab.reference);
	ward_ruleset_free(lab.rs);
	ward_wr_fini(&lab.said[0]);
	ward_wr_fini(&lab.said[1]);
	ward_names_fini(&lab.names);
	return failed;
}
