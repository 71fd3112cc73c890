/* A ruleset made of text, a detector on it, and what it said. */
#ifndef WARD_TESTS_DETECT_DT_H
#define WARD_TESTS_DETECT_DT_H

#include "unit.h"

#include "detect/detect.h"
#include "event/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DT_MAX = 4096 };

struct dt_said {
	struct ward_id id;
	uint32_t revision;
	bool withdrawn, partial;
	enum ward_stage stage;
	char rule[64];
	size_t n_evidence, n_all;
	ward_ns first, last;
	char subject[64];
	char match[256];
	char because[WARD_DETECTION_BECAUSE_MAX + 1];
	size_t because_more;
	uint64_t evidence_sum; /* of all evidence ids: compares sets */
};

struct dt {
	char dir[64];
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_ruleset *rs;
	struct ward_names names;
	struct ward_json_reader reader;
	struct ward_detector *det;
	struct ward_arena arena;
	struct dt_said said[DT_MAX];
	size_t n_said;
	uint64_t seq;
};

static inline void dt_file(const struct dt *t, const char *name, const char *text)
{
	char path[256];

	assert_true(snprintf(path, sizeof(path), "%s/%s", t->dir, name) < (int)sizeof(path));
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static inline void dt_sink(void *ctx, const struct ward_detection *d)
{
	struct dt *t = ctx;

	assert_true(t->n_said < DT_MAX);
	struct dt_said *s = &t->said[t->n_said++];

	*s = (struct dt_said){.id = d->id,
		.revision = d->revision,
		.withdrawn = d->withdrawn,
		.partial = d->partial,
		.n_all = d->n_evidence_all,
		.stage = d->stage,
		.n_evidence = d->n_evidence,
		.first = d->first,
		.last = d->last};
	(void)snprintf(s->rule, sizeof(s->rule), "%.*s", WARD_STR_ARG(d->rule));
	(void)snprintf(s->subject, sizeof(s->subject), "%.*s", WARD_STR_ARG(d->subject));
	for (size_t i = 0; i < d->n_match; i++) {
		size_t n = strlen(s->match);

		(void)snprintf(s->match + n, sizeof(s->match) - n, "%s%.*s=%.*s", i ? ";" : "",
			WARD_STR_ARG(d->match[i].field), WARD_STR_ARG(d->match[i].value));
	}
	struct ward_wr w = ward_wr_fixed(s->because, sizeof(s->because) - 1);

	s->because_more = ward_detection_because(d, WARD_DETECTION_BECAUSE_MAX, &w);
	for (size_t i = 0; i < d->n_evidence; i++) {
		uint64_t v;

		memcpy(&v, d->evidence[i].b, sizeof(v));
		s->evidence_sum += v;
		assert_true(i == 0 || ward_id_cmp(d->evidence[i - 1], d->evidence[i]) < 0);
	}
}

static const char dt_pipeline[] = "name: test\n"
				  "prefixes: [Event.]\n"
				  "logsources:\n"
				  "  - {product: t, service: door, class: door.*}\n"
				  "  - {product: t, service: win, when: {Channel: [A, b]}}\n"
				  "  - {product: t, category: mapped, class: door.*, "
				  "fields: {Image: NewName}}\n"
				  "  - {product: t, category: mapped, class: win.*, "
				  "fields: {Image: [First, Second]}}\n"
				  "  - {product: t, class: '*'}\n";

/* Value lists of the site, when a test wants some: NULL is none. */
static const char *dt_lists;

/* The hospital, when a test wants one: NULL is none. */
static const struct ward_model *dt_model;

/* Loads rules (several documents); no detector yet. */
static inline void dt_load(struct dt *t, const char *rules)
{
	char content[128], path[128];
	const char *paths[] = {path};
	struct ward_ruleset_args args = {.rules = paths, .n_rules = 1, .content = content};

	memset(t, 0, sizeof(*t));
	memcpy(t->dir, "/tmp/ward-detect-XXXXXX", 24);
	assert_non_null(mkdtemp(t->dir));
	(void)snprintf(path, sizeof(path), "%s/pipelines", t->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	dt_file(t, "rules.yml", rules);
	dt_file(t, "pipelines/test.yml", dt_pipeline);
	(void)snprintf(content, sizeof(content), "%s", t->dir);
	if (dt_lists) {
		(void)snprintf(path, sizeof(path), "%s/lists", t->dir);
		assert_int_equal(mkdir(path, 0700), 0);
		dt_file(t, "lists/site.yml", dt_lists);
		args.hospital = t->dir;
	}
	(void)snprintf(path, sizeof(path), "%s/rules.yml", t->dir);
	ward_limits_default(&t->lim);
	ward_diag_init(&t->diag, ward_mem_heap());
	assert_int_equal(
		ward_ruleset_load(&args, &t->lim, ward_mem_heap(), &t->diag, &t->rs), WARD_OK);
	assert_int_equal(ward_names_init(&t->names, ward_mem_heap(), &t->lim), WARD_OK);
	assert_int_equal(
		ward_json_reader_init(&t->reader, &t->names, ward_mem_heap(), &t->lim), WARD_OK);
	ward_arena_init(&t->arena, ward_mem_heap(), 64u << 20);
}

static inline void dt_detector(struct dt *t)
{
	assert_int_equal(ward_detector_new(t->rs, &t->names, dt_model, &t->lim, NULL,
				 ward_mem_heap(), &t->det),
		WARD_OK);
}

static inline void dt_start(struct dt *t, const char *rules)
{
	dt_load(t, rules);
	if (t->diag.n_error) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 65536);

		ward_diag_write_text(&t->diag, &w);
		fprintf(stderr, "%.*s", (int)w.len, (const char *)w.p);
		ward_wr_fini(&w);
	}
	assert_int_equal(t->diag.n_error, 0);
	dt_detector(t);
}

static inline void dt_end(struct dt *t)
{
	char path[256];

	ward_detector_free(t->det);
	ward_json_reader_fini(&t->reader);
	ward_names_fini(&t->names);
	ward_arena_fini(&t->arena);
	ward_ruleset_free(t->rs);
	ward_diag_fini(&t->diag);
	(void)snprintf(path, sizeof(path), "%s/rules.yml", t->dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/pipelines/test.yml", t->dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/pipelines", t->dir);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/lists/site.yml", t->dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/lists", t->dir);
	(void)rmdir(path);
	(void)rmdir(t->dir);
}

/* An event of class at `second` (seen at `seen`) with the fields of a JSON object. */
static inline void dt_event_at(struct dt *t, const char *class, double second, double seen,
	uint64_t seq, const char *fields)
{
	struct ward_event e;

	ward_arena_reset(&t->arena);
	t->reader.foreign = true;
	assert_int_equal(
		ward_json_read_event(&t->reader, ward_str_z(fields), &t->arena, &e), WARD_OK);
	e.class = ward_name(&t->names, ward_str_z(class));
	e.time = (ward_ns)(second * 1e9) + 1700000000 * WARD_NS_PER_S;
	e.seen = (ward_ns)(seen * 1e9) + 1700000000 * WARD_NS_PER_S;
	e.id = ward_event_id(S("test"), 1, seq, 0);
	assert_int_equal(ward_detector_event(t->det, &e, dt_sink, t), WARD_OK);
}

static inline void dt_event(struct dt *t, const char *class, double second, const char *fields)
{
	dt_event_at(t, class, second, second, ++t->seq, fields);
}

/* Does one rule with this detection match an event of these fields? */
static inline bool dt_match(const char *detection, const char *fields)
{
	static struct dt t;
	char rules[8192];

	(void)snprintf(rules, sizeof(rules),
		"title: T\nid: r1\nlogsource: {product: t, service: door}\ndetection:\n%s",
		detection);
	dt_start(&t, rules);
	dt_event(&t, "door.forced", 0, fields);
	bool ret = t.n_said == 1;

	dt_end(&t);
	return ret;
}

#endif
