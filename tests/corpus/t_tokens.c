/* Which of SigmaHQ's rules say otherwise when people's names are tokens: all active rules on
 * recorded logs, each event as it is and as Ward would record it. The list is shipped as
 * docs/rule-tokens.tsv, which this test holds to be true; with WARD_GOLDEN_UPDATE it writes it. */
#include "comply/pseudonym.h"
#include "detect/detect.h"
#include "sense/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_LEN = 4096, TABLE_MAX = 1 << 20, ARENA_MAX = 1 << 26 };

static const char *const rules[] = {"rules", "rules-compliance", "rules-emerging-threats",
	"rules-placeholder", "rules-threat-hunting"};
/* The first one's results must not change. */
static const char *const sets[] = {"sigmahq_regression", "evtx_attack_samples", "evtx_to_mitre",
	"hayabusa_samples", "otrf_windows", "otrf_throughput_mix"};

static const char head[] = "# SigmaHQ's active rules whose matches change when people's names are "
			   "tokens, and on which\n";

static struct lab {
	const char *data, *root;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_pseudonym pseudonym;
	struct ward_ruleset *rs;
	struct ward_detector *det;
	size_t n_rule;
	uint32_t *hit, *hit_token;
	uint64_t n_event, n_name;
	struct ward_wr table, rows;
} lab;

static void on_detection(void *ctx, const struct ward_detection *d)
{
	uint32_t *hit = ctx, i = ward_ruleset_find(lab.rs, d->rule);

	assert_true(i < lab.n_rule);
	hit[i]++;
}

static struct ward_str token(void *ctx, struct ward_arena *a, struct ward_str who)
{
	lab.n_name++;
	return ward_pseudonym_token(ctx, a, who);
}

static void feed(const char *path)
{
	static const struct ward_input_driver *const drivers[] = {
		&ward_log_driver_json, &ward_log_driver_zeek, &ward_log_driver_lines, NULL};
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lab.lim,
		.names = &lab.names,
		.counters = &lab.counters,
		.reference = (ward_ns)1774000000 * WARD_NS_PER_S};
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	enum ward_err err;

	ward_arena_init(&arena, ward_mem_heap(), ARENA_MAX);
	assert_int_equal(ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &opts), WARD_OK);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
		lab.n_event++;
		assert_int_equal(ward_detector_event(lab.det, &e, on_detection, lab.hit), WARD_OK);
		struct ward_pseudonym_way way = {
			.token = token, .ctx = &lab.pseudonym, .names = &lab.names};

		assert_int_equal(ward_pseudonym_event(&e, &way), WARD_OK);
		assert_int_equal(
			ward_detector_event(lab.det, &e, on_detection, lab.hit_token), WARD_OK);
	}
	assert_int_equal(err, WARD_ERR_CLOSED);
	ward_input_close(&in);
	ward_arena_fini(&arena);
}

static int is_events(const struct dirent *e)
{
	struct ward_str s = ward_str_z(e->d_name);

	return ward_str_ends(s, WARD_STR(".ndjson.zst")) || ward_str_ends(s, WARD_STR(".json")) ||
	       ward_str_ends(s, WARD_STR(".raw"));
}

static size_t put_changes(const char *set)
{
	size_t n = 0;

	for (size_t i = 0; i < lab.n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(lab.rs, i);

		if (lab.hit[i] == lab.hit_token[i])
			continue;
		n++;
		ward_wr_printf(&lab.rows, "%s\t%.*s\t%u\t%u\t%.*s\n", set, WARD_STR_ARG(r.id),
			lab.hit[i], lab.hit_token[i], WARD_STR_ARG(r.title));
	}
	return n;
}

static void run_set(const char *set, bool first)
{
	char folder[PATH_LEN], path[PATH_LEN + 300];
	struct dirent **file = NULL;
	uint64_t before = lab.n_event;

	(void)snprintf(folder, sizeof(folder), "%s/logs/%s", lab.data, set);
	int n = scandir(folder, &file, is_events, alphasort);

	assert_true(n > 0);
	memset(lab.hit, 0, lab.n_rule * sizeof(*lab.hit));
	memset(lab.hit_token, 0, lab.n_rule * sizeof(*lab.hit_token));
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, file[i]->d_name);
		feed(path);
		free(file[i]);
	}
	free(file);
	size_t n_changed = put_changes(set);

	ward_wr_printf(&lab.table, "# %s: %llu events, %zu rules change\n", set,
		(unsigned long long)(lab.n_event - before), n_changed);
	if (first)
		assert_int_equal(n_changed, 0);
}

static void load(void)
{
	static char path[WARD_ARRAY_LEN(rules)][PATH_LEN];
	char content[PATH_LEN], site[PATH_LEN];
	const char *paths[WARD_ARRAY_LEN(rules)];
	struct ward_ruleset_args args = {.rules = paths,
		.n_rules = WARD_ARRAY_LEN(rules),
		.content = content,
		.hospital = site};
	struct ward_diag diag;

	for (size_t i = 0; i < WARD_ARRAY_LEN(rules); i++) {
		(void)snprintf(path[i], PATH_LEN, "%s/sigma/%s", lab.data, rules[i]);
		paths[i] = path[i];
	}
	(void)snprintf(content, sizeof(content), "%s/content", lab.root);
	(void)snprintf(site, sizeof(site), "%s/tests/corpus/sigmahq-site", lab.root);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(
		ward_ruleset_load(&args, &lab.lim, ward_mem_heap(), &diag, &lab.rs), WARD_OK);
	ward_diag_fini(&diag);
	lab.n_rule = ward_ruleset_counts(lab.rs).n;
	lab.hit = calloc(lab.n_rule, sizeof(*lab.hit));
	lab.hit_token = calloc(lab.n_rule, sizeof(*lab.hit_token));
	assert_true(lab.hit && lab.hit_token);
	assert_int_equal(ward_detector_new(lab.rs, &lab.names, NULL, &lab.lim, NULL,
				 ward_mem_heap(), &lab.det),
		WARD_OK);
}

/* What the file says, or with WARD_GOLDEN_UPDATE is to say. */
static void as_shipped(void)
{
	struct ward_wr was = ward_wr_grow(ward_mem_heap(), TABLE_MAX);
	struct ward_str now = ward_wr_text(&lab.table);
	char path[PATH_LEN], buf[4096];
	bool update = getenv("WARD_GOLDEN_UPDATE") != NULL;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/docs/rule-tokens.tsv", lab.root);
	FILE *f = fopen(path, update ? "w" : "r");

	assert_non_null(f);
	if (update)
		assert_int_equal(fwrite(now.p, 1, now.len, f), now.len);
	while (!update && (n = fread(buf, 1, sizeof(buf), f)) > 0)
		ward_wr_bytes(&was, buf, n);
	assert_int_equal(fclose(f), 0);
	if (!update && !ward_str_eq(ward_wr_text(&was), now))
		fail_msg("%s says otherwise than this run:\n%.*s", path, WARD_STR_ARG(now));
	ward_wr_fini(&was);
}

static void tokens(void **state)
{
	(void)state;
	ward_limits_default(&lab.lim);
	ward_counters_init(&lab.counters);
	ward_pseudonym_init_replay(&lab.pseudonym, WARD_STR("sigmahq"));
	assert_int_equal(ward_names_init(&lab.names, ward_mem_heap(), &lab.lim), WARD_OK);
	lab.table = ward_wr_grow(ward_mem_heap(), TABLE_MAX);
	lab.rows = ward_wr_grow(ward_mem_heap(), TABLE_MAX);
	load();
	ward_wr_z(&lab.table, head);
	ward_wr_z(&lab.table, "# recorded events. Made and checked by the test corpus/tokens:\n"
			      "#   WARD_GOLDEN_UPDATE=1 meson test -C build corpus/tokens\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(sets); i++)
		run_set(sets[i], i == 0);
	assert_true(lab.n_name > 0);
	ward_wr_z(&lab.table, "# set\trule\tmatches\tmatches with tokens\ttitle\n");
	ward_wr_str(&lab.table, ward_wr_text(&lab.rows));
	assert_false(ward_wr_bad(&lab.table) || ward_wr_bad(&lab.rows));
	as_shipped();
	ward_detector_free(lab.det);
	ward_ruleset_free(lab.rs);
	ward_names_fini(&lab.names);
	free(lab.hit);
	free(lab.hit_token);
	ward_wr_fini(&lab.table);
	ward_wr_fini(&lab.rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tokens)};
	char path[PATH_LEN];

	lab.data = getenv("WARD_SHARED_DATA");
	lab.root = getenv("WARD_SOURCE_ROOT");
	(void)snprintf(path, sizeof(path), "%s/logs/otrf_throughput_mix", lab.data ? lab.data : "");
	if (!lab.root || access(path, R_OK) != 0) {
		printf("skipped: no %s: recorded events are not in $WARD_SHARED_DATA\n", path);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
