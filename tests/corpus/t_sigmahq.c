/* SigmaHQ's rules and their regression events: no rule is lost, none misses its event, and a token
 * in the place of a name changes no verdict. What becomes of them is kept in the file `sigmahq`;
 * without the data (or with other data) it can't be compared. */
#include "comply/pseudonym.h"
#include "detect/detect.h"
#include "sense/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_LEN = 4096, REASONS_MAX = 64, TABLE_MAX = 1 << 16, ARENA_MAX = 1 << 26, FTW_FDS = 16 };

static const char *const active[] = {"rules", "rules-compliance", "rules-emerging-threats",
	"rules-placeholder", "rules-threat-hunting"};
static const char *const unsupported[] = {"unsupported"};
static const char *const spec[] = {"spec/tests"};

static struct lab {
	char data[PATH_LEN], content[PATH_LEN], kept[PATH_LEN], site[PATH_LEN], stubs[PATH_LEN];
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_pseudonym pseudonym;
	struct ward_wr table; /* what the kept file must say */
	/* the active rules */
	struct ward_ruleset *rs;
	struct ward_detector *det;
	size_t n_rule;
	uint32_t *hit, *hit_token; /* matches of each rule in one case: of the event as it is, and
				      with tokens */
	uint64_t n_event, n_name;
} lab;

static void in_data(char out[PATH_LEN], const char *folder, const char *name, const char *end)
{
	assert_in_range(snprintf(out, PATH_LEN, "%s/%s/%s%s", lab.data, folder, name, end), 1,
		PATH_LEN - 1);
}

static size_t n_document; /* nftw has no context */

/* Counts YAML documents without our reader: what follows the beginning or '---', if anything. */
static int count_documents(const char *path, const struct stat *st, int type, struct FTW *at)
{
	size_t len = strlen(path), cap = 0;
	char *line = NULL;
	bool begins = true;

	(void)st;
	(void)at;
	if (type != FTW_F || len < 4 || strcmp(path + len - 4, ".yml") != 0)
		return 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		bool mark = strncmp(line, "---", 3) == 0, text = !strchr("#\r\n", line[0]);

		n_document += begins && text && !mark;
		begins = mark || (begins && !text);
	}
	free(line);
	return fclose(f);
}

struct reason {
	const char *what;
	size_t n;
};

static int reason_cmp(const void *a, const void *b)
{
	return strcmp(((const struct reason *)a)->what, ((const struct reason *)b)->what);
}

static void put_row(const char *set, size_t n, const char *what, const char *why)
{
	ward_wr_printf(&lab.table, "%s %zu %s%s\n", set, n, what, why);
}

/* Adds one to the reason's count; the texts live forever, so they need no copy. */
static void count_reason(struct reason *reason, size_t *n, const char *what)
{
	size_t i = 0;

	assert_non_null(what);
	while (i < *n && strcmp(reason[i].what, what) != 0)
		i++;
	assert_true(i < REASONS_MAX);
	if (i == *n)
		reason[(*n)++] = (struct reason){what, 0};
	reason[i].n++;
}

static void put_reasons(const char *set, struct reason *reason, size_t n)
{
	if (n)
		qsort(reason, n, sizeof(*reason), reason_cmp);
	for (size_t i = 0; i < n; i++)
		put_row(set, reason[i].n, "refused: ", reason[i].what);
}

/* Every rule is loaded, or refused for a named reason with an error in the findings. */
static void account(const char *set, const struct ward_ruleset *rs, const struct ward_diag *d)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(rs);
	struct reason reason[REASONS_MAX];
	size_t n = 0, n_refused = 0, n_unmapped = 0;

	assert_int_equal(c.n, n_document);
	assert_int_equal(c.n, c.n_loaded + c.n_refused);
	for (size_t i = 0; i < c.n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(rs, i);

		n_refused += r.refused;
		n_unmapped += !r.refused && r.unmapped;
		if (r.refused)
			count_reason(reason, &n, r.reason);
	}
	assert_int_equal(n_refused, c.n_refused);
	assert_int_equal(n_unmapped, c.n_unmapped);
	assert_true(d->n_error >= n_refused);
	put_row(set, c.n, "rules", "");
	put_row(set, c.n_loaded, "loaded", "");
	put_row(set, c.n_unmapped, "of the loaded: no pipeline knows their logsource", "");
	put_reasons(set, reason, n);
}

/* site: a hospital directory with value lists, or NULL. */
/* The rules that a rewrite refers to, each as a small one of its own. */
static void put_stubs(struct ward_wr *w, struct ward_str text, const char *key)
{
	size_t at = ward_str_find(text, ward_str_z(key));

	if (at == SIZE_MAX)
		return;
	text = ward_str_sub(text, at + strlen(key), text.len);
	struct ward_str list = ward_str_cut(&text, ']');

	while (list.len) {
		struct ward_str name = ward_str_trim(ward_str_cut(&list, ','));

		ward_wr_printf(w,
			"title: S\nname: %.*s\nlogsource: {product: windows}\n"
			"detection: {s: {a: 1}, condition: s}\n---\n",
			WARD_STR_ARG(name));
	}
}

/* What is of Sigma 1 is refused with the correlation that says the same: it loads. */
static void rewrites_load(const char *set, const struct ward_diag *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), TABLE_MAX);
		size_t at = ward_str_find(d->item[i].mend, WARD_STR("{title:"));
		struct ward_str text = ward_str_sub(d->item[i].mend, at, d->item[i].mend.len);
		struct ward_ruleset *rs = NULL;
		struct ward_diag found;

		if (at == SIZE_MAX)
			continue;
		put_stubs(&w, text, "rules: [");
		put_stubs(&w, text, "without: [");
		ward_wr_str(&w, text);
		struct ward_rule_text file = {"rewrite.yml", ward_wr_slice(&w)};
		struct ward_ruleset_texts texts = {.rules = &file, .n_rules = 1};

		ward_diag_init(&found, ward_mem_heap());
		assert_int_equal(ward_ruleset_parse(&texts, &lab.lim, ward_mem_heap(), &found, &rs),
			WARD_OK);
		if (found.n_error)
			fail_msg("does not load: %.*s\n%.*s", WARD_STR_ARG(text),
				WARD_STR_ARG(found.item[0].what));
		n++;
		ward_ruleset_free(rs);
		ward_diag_fini(&found);
		ward_wr_fini(&w);
	}
	if (n)
		put_row(set, n, "of the refused: with a rewrite that loads", "");
}

static struct ward_ruleset *load(
	const char *set, const char *const *folder, size_t n, const char *site)
{
	static char path[WARD_ARRAY_LEN(active)][PATH_LEN];
	const char *paths[WARD_ARRAY_LEN(active)];
	struct ward_ruleset_args args = {
		.rules = paths, .n_rules = n, .content = lab.content, .hospital = site};
	struct ward_ruleset *rs = NULL;
	struct ward_diag diag;

	n_document = 0;
	for (size_t i = 0; i < n; i++) {
		in_data(path[i], "sigma", folder[i], "");
		paths[i] = path[i];
		assert_int_equal(nftw(path[i], count_documents, FTW_FDS, FTW_PHYS), 0);
	}
	if (site) {
		char rules[PATH_LEN + 8];

		(void)snprintf(rules, sizeof(rules), "%s/rules", site);
		if (access(rules, R_OK) == 0)
			assert_int_equal(nftw(rules, count_documents, FTW_FDS, FTW_PHYS), 0);
	}
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_ruleset_load(&args, &lab.lim, ward_mem_heap(), &diag, &rs), WARD_OK);
	account(set, rs, &diag);
	rewrites_load(set, &diag);
	ward_diag_fini(&diag);
	return rs;
}

static void rules_are_accounted_for(void **state)
{
	(void)state;
	/* The specification's own examples, with the rules that they refer to. */
	ward_ruleset_free(load("specification", spec, WARD_ARRAY_LEN(spec), lab.stubs));
	ward_ruleset_free(load("unsupported", unsupported, WARD_ARRAY_LEN(unsupported), NULL));
	ward_ruleset_free(load("active, no value lists", active, WARD_ARRAY_LEN(active), NULL));
	lab.rs = load("active", active, WARD_ARRAY_LEN(active), lab.site);
	lab.n_rule = ward_ruleset_counts(lab.rs).n;
	lab.hit = calloc(lab.n_rule, sizeof(*lab.hit));
	lab.hit_token = calloc(lab.n_rule, sizeof(*lab.hit_token));
	assert_non_null(lab.hit);
	assert_non_null(lab.hit_token);
	assert_int_equal(ward_detector_new(lab.rs, &lab.names, NULL, &lab.lim, NULL,
				 ward_mem_heap(), &lab.det),
		WARD_OK);
}

static size_t rule_of(struct ward_str id)
{
	size_t i = 0;

	while (i < lab.n_rule && !ward_str_eq(ward_ruleset_rule(lab.rs, i).id, id))
		i++;
	return i;
}

static void on_detection(void *ctx, const struct ward_detection *d)
{
	uint32_t *hit = ctx;
	size_t i = rule_of(d->rule);

	assert_true(i < lab.n_rule);
	hit[i]++;
}

static struct ward_str token(void *ctx, struct ward_arena *a, struct ward_str who)
{
	lab.n_name++;
	return ward_pseudonym_token(ctx, a, who);
}

/* All events of one case, as they are and as Ward would record them. */
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

	memset(lab.hit, 0, lab.n_rule * sizeof(*lab.hit));
	memset(lab.hit_token, 0, lab.n_rule * sizeof(*lab.hit_token));
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

struct cases {
	size_t n, n_passed, n_more, n_missed, n_changed, n_reason;
	struct reason reason[REASONS_MAX];
};

/* How many matches the case states: "7", or ">=1". */
static uint64_t stated(struct ward_str want)
{
	uint64_t v = 0;

	if (ward_str_starts(want, WARD_STR(">=")))
		want = ward_str_sub(want, 2, want.len);
	assert_true(ward_str_u64(want, &v));
	assert_true(v > 0);
	return v;
}

static void print_changes(struct cases *c, const char *id)
{
	for (size_t i = 0; i < lab.n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(lab.rs, i);

		if (lab.hit[i] == lab.hit_token[i])
			continue;
		c->n_changed++;
		print_message("changed by tokens: %.*s (%.*s) on the events of %s: %u, with tokens "
			      "%u\n",
			WARD_STR_ARG(r.id), WARD_STR_ARG(r.title), id, lab.hit[i],
			lab.hit_token[i]);
	}
}

static void run_case(struct cases *c, struct ward_str id, struct ward_str want)
{
	char name[64], path[PATH_LEN];
	size_t i = rule_of(id);

	assert_in_range(snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(id)), 1, 63);
	in_data(path, "logs/sigmahq_regression", name, ".json");
	if (access(path, R_OK) != 0)
		in_data(path, "logs/sigmahq_regression", name, ".raw");
	feed(path);
	c->n++;
	print_changes(c, name);
	if (i == lab.n_rule) {
		c->n_missed++;
		print_message("missed: %s is no rule of the corpus\n", name);
	} else if (ward_ruleset_rule(lab.rs, i).refused) {
		count_reason(c->reason, &c->n_reason, ward_ruleset_rule(lab.rs, i).reason);
	} else if (lab.hit[i] < stated(want)) {
		c->n_missed++;
		print_message("missed: %s matched %u times, not %.*s\n", name, lab.hit[i],
			WARD_STR_ARG(want));
	} else {
		c->n_passed++;
		c->n_more += lab.hit[i] > stated(want) && !ward_str_starts(want, WARD_STR(">="));
	}
}

static void regression_events_are_found(void **state)
{
	struct cases c = {.n = 0};
	char path[PATH_LEN], *line = NULL;
	size_t cap = 0;

	(void)state;
	assert_non_null(lab.det);
	in_data(path, "logs/sigmahq_regression", "expected.tsv", "");
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_true(getline(&line, &cap, f) > 0); /* the header */
	while (getline(&line, &cap, f) > 0) {
		struct ward_str rest = ward_str_z(line);

		rest.len -= rest.p[rest.len - 1] == '\n';
		struct ward_str id = ward_str_cut(&rest, '\t');

		(void)ward_str_cut(&rest, '\t');
		run_case(&c, id, rest);
	}
	free(line);
	assert_int_equal(fclose(f), 0);
	put_row("regression", c.n, "cases", "");
	put_row("regression", c.n_passed, "passed", "");
	put_row("regression", c.n_more, "of the passed: more matches than stated", "");
	put_reasons("regression", c.reason, c.n_reason);
	print_message("regression: %zu of %zu cases passed, %zu missed; %llu names in %llu events "
		      "became tokens, %zu results changed by it\n",
		c.n_passed, c.n, c.n_missed, (unsigned long long)lab.n_name,
		(unsigned long long)lab.n_event, c.n_changed);
	assert_int_equal(c.n_missed, 0);
	assert_int_equal(c.n_changed, 0);
	assert_true(lab.n_name > 0);
}

/* The table of this run is the kept one. */
static void as_kept(void **state)
{
	struct ward_str got = ward_wr_text(&lab.table);
	struct ward_wr kept = ward_wr_grow(ward_mem_heap(), TABLE_MAX);
	char *line = NULL;
	size_t cap = 0;

	(void)state;
	print_message("%.*s", WARD_STR_ARG(got));
	FILE *f = fopen(lab.kept, "r");

	assert_non_null(f);
	while (getline(&line, &cap, f) > 0)
		if (line[0] != '#')
			ward_wr_z(&kept, line);
	free(line);
	assert_int_equal(fclose(f), 0);
	bool same = ward_str_eq(ward_wr_text(&kept), got);

	ward_wr_fini(&kept);
	if (!same)
		fail_msg("%s says otherwise: find out why before you write the table above to it",
			lab.kept);
}

static int setup(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	(void)state;
	ward_limits_default(&lab.lim);
	ward_counters_init(&lab.counters);
	ward_pseudonym_init_replay(&lab.pseudonym, WARD_STR("sigmahq"));
	lab.table = ward_wr_grow(ward_mem_heap(), TABLE_MAX);
	(void)snprintf(lab.content, sizeof(lab.content), "%s/content", root ? root : ".");
	(void)snprintf(lab.kept, sizeof(lab.kept), "%s/tests/corpus/sigmahq", root ? root : ".");
	(void)snprintf(
		lab.site, sizeof(lab.site), "%s/tests/corpus/sigmahq-site", root ? root : ".");
	(void)snprintf(
		lab.stubs, sizeof(lab.stubs), "%s/tests/corpus/sigma-spec", root ? root : ".");
	return ward_names_init(&lab.names, ward_mem_heap(), &lab.lim) != WARD_OK;
}

static int teardown(void **state)
{
	(void)state;
	ward_detector_free(lab.det);
	ward_ruleset_free(lab.rs);
	free(lab.hit);
	free(lab.hit_token);
	ward_wr_fini(&lab.table);
	ward_names_fini(&lab.names);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rules_are_accounted_for),
		cmocka_unit_test(regression_events_are_found), cmocka_unit_test(as_kept)};
	const char *data = getenv("WARD_SHARED_DATA");
	char path[PATH_LEN];

	(void)snprintf(lab.data, sizeof(lab.data), "%s", data ? data : "");
	in_data(path, "sigma", "rules", "");
	if (access(path, R_OK) == 0)
		in_data(path, "logs/sigmahq_regression", "expected.tsv", "");
	if (access(path, R_OK) != 0) {
		printf("skipped: no %s: SigmaHQ's rules or their events are not in "
		       "$WARD_SHARED_DATA\n",
			path);
		return 77;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
