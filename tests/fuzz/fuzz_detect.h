/* For the targets about rules: a detector over rules, events made of JSON lines, and what every
 * detection must be. */
#ifndef WARD_TESTS_FUZZ_DETECT_H
#define WARD_TESTS_FUZZ_DETECT_H

#include "fuzz.h"

#include "detect/engine.h"
#include "event/json.h"

struct fuzz_detect {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_names names;
	struct ward_json_reader reader;
	struct ward_arena arena;
	struct ward_ruleset *rs;
	struct ward_detector *det, *reference; /* all rules at once, and one by one */
	const struct ward_model *model;        /* may be NULL */
	struct ward_wr out;
	uint64_t n_event;
};

/* Rules, correlations and pipeline of the targets that do not bring their own. */
static const char fuzz_pipeline[] =
	"name: fuzz\nprefixes: [Event.]\nlogsources:\n"
	"  - {product: t, service: door, class: door.*}\n"
	"  - {product: t, service: win, when: {Channel: [A, b*]}}\n"
	"  - {product: t, category: map, class: '*', fields: {Image: New}}\n"
	"  - {product: t, class: '*'}\n";
static const char fuzz_rules[] =
	"title: A\nid: a\nname: ra\nlogsource: {product: t}\nlevel: high\n"
	"detection: {s: {k: a}, condition: s}\n---\n"
	"title: B\nid: b\nname: rb\nlogsource: {product: t}\n"
	"detection: {s: {k: b}, condition: s}\n---\n"
	"title: N\nid: n\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 10s\n  condition: {gte: 3}\n---\n"
	"title: L\nid: l\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 10s\n  condition: {lt: 3}\n---\n"
	"title: T\nid: t\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
	"  group-by: [u, v]\n  timespan: 1m\n---\n"
	"title: O\nid: o\ncorrelation:\n  type: temporal_ordered\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 1m\n---\n"
	"title: V\nid: v\ncorrelation:\n  type: value_count\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 1m\n  condition: {gte: 2, field: v}\n---\n"
	"title: S\nid: s\nname: rs\ncorrelation:\n  type: value_sum\n  rules: [ra, rb]\n"
	"  group-by: [u]\n  timespan: 1m\n  condition: {gt: 1.5, field: v}\n---\n"
	"title: Pct\nid: pct\ncorrelation:\n  type: value_percentile\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 1m\n  condition: {lte: 50, field: host}\n---\n"
	"title: W\nid: w\ncorrelation:\n  type: event_count\n  rules: [ra]\n"
	"  group-by: [u]\n  timespan: 1s\n  condition: {gte: 1}\nward: {without: [rb]}\n---\n"
	"title: C\nid: c\ncorrelation:\n  type: temporal\n  rules: [rs, rb]\n"
	"  group-by: [v]\n  timespan: 1m\n---\n"
	"title: Near\nid: near\ncorrelation:\n  type: temporal\n  rules: [ra, rb]\n"
	"  group-by: []\n  timespan: 1m\nward: {near: {hops: 2}}\n";
static const char fuzz_lists[] = "lists:\n  A: ['x*', y, 'C:\\x']\n  B: [10.0.0.0/8, -a]\n";
static const char fuzz_events[] =
	"{\"k\":\"a\",\"u\":\"p\",\"v\":1,\"host\":\"h\",\"Channel\":\"A\",\"Image\":\"C:\\\\x."
	"exe\"}\n"
	"{\"k\":\"b\",\"u\":[\"p\",\"q\"],\"v\":1,\"Event.New\":\"cmd.exe\",\"ward.room\":\"hall\","
	"\"ip\":\"10.0.0.1\"}\n"
	"{\"k\":\"a\",\"u\":\"p\",\"v\":null,\"n\":\"\",\"i\":42,\"f\":1.5}\n"
	"{\"k\":\"a\",\"u\":\"p\",\"v\":true,\"Computer\":\"pc\",\"ward.room\":\"yard\"}\n";

static inline struct ward_slice fuzz_text(const char *s)
{
	return ward_str_bytes(ward_str_z(s));
}

static inline void fuzz_detect_open(struct fuzz_detect *f)
{
	*f = (struct fuzz_detect){.n_event = 0};
	ward_limits_default(&f->lim);
	f->lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	f->lim.v[WARD_LIMIT_DETECT_WINDOW] = 16;
	f->lim.v[WARD_LIMIT_DETECT_GROUPS] = 256;
	ward_diag_init(&f->diag, ward_mem_heap());
	ward_arena_init(&f->arena, ward_mem_heap(), 1 << 24);
	f->out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	WARD_ASSERT(ward_names_init(&f->names, ward_mem_heap(), &f->lim) == WARD_OK);
	WARD_ASSERT(
		ward_json_reader_init(&f->reader, &f->names, ward_mem_heap(), &f->lim) == WARD_OK);
	f->reader.foreign = true;
}

/* Rules and pipelines as bytes; gives what loading said, and a detector when that was OK. */
static inline enum ward_err fuzz_detect_load(
	struct fuzz_detect *f, struct ward_slice rules, struct ward_slice pipeline)
{
	const struct ward_rule_text rule = {"rules.yml", rules}, line = {"pipeline.yml", pipeline},
				    list = {"lists.yml", fuzz_text(fuzz_lists)};
	const struct ward_ruleset_texts texts = {.rules = &rule,
		.n_rules = 1,
		.pipelines = &line,
		.n_pipelines = 1,
		.lists = &list,
		.n_lists = 1};
	enum ward_err err = ward_ruleset_parse(&texts, &f->lim, ward_mem_heap(), &f->diag, &f->rs);

	if (!err)
		WARD_ASSERT(ward_detector_new(f->rs, &f->names, f->model, &f->lim, NULL,
				    ward_mem_heap(), &f->det) == WARD_OK);
	return err;
}

/* From now on every event is also tried on each rule by itself. */
static inline void fuzz_detect_compare(struct fuzz_detect *f)
{
	WARD_ASSERT(ward_detector_new(f->rs, &f->names, f->model, &f->lim, NULL, ward_mem_heap(),
			    &f->reference) == WARD_OK);
	f->reference->mode = WARD_MATCH_REFERENCE;
}

static inline void fuzz_detect_sink(void *ctx, const struct ward_detection *d)
{
	struct fuzz_detect *f = ctx;

	WARD_ASSERT(d->level < WARD_LEVEL_N && d->revision > 0);
	WARD_ASSERT(d->withdrawn || (d->n_evidence && d->first <= d->last));
	for (size_t i = 1; i < d->n_evidence; i++)
		WARD_ASSERT(ward_id_cmp(d->evidence[i - 1], d->evidence[i]) < 0);
	ward_wr_reset(&f->out);
	ward_detection_write_json(d, f->model, &f->out);
	WARD_ASSERT(!ward_wr_bad(&f->out) && ward_utf8_valid(ward_wr_slice(&f->out), NULL));
}

static inline void fuzz_detect_count(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	WARD_ASSERT(d->revision > 0);
}

/* Whoever looks at all rules at once finds what they find one by one. */
static inline void fuzz_detect_agree(struct fuzz_detect *f, const struct ward_event *e)
{
	if (!f->reference)
		return;
	WARD_ASSERT(ward_detector_event(f->reference, e, fuzz_detect_count, f) == WARD_OK);
	struct ward_detect_stats a = ward_detector_stats(f->det),
				 b = ward_detector_stats(f->reference);

	WARD_ASSERT(a.n_routed == b.n_routed && a.n_match == b.n_match &&
		    a.n_detection == b.n_detection);
}

/* Each line an event, half a second after the one before; lines that are no JSON are left out. */
static inline void fuzz_detect_events(struct fuzz_detect *f, struct ward_str lines)
{
	static const char *const class[] = {"door.forced", "host.process", "net.dns.query"};

	while (lines.len) {
		struct ward_str line = ward_str_cut(&lines, '\n');
		struct ward_event e;

		ward_arena_reset(&f->arena);
		if (ward_json_read_event(&f->reader, line, &f->arena, &e) != WARD_OK)
			continue;
		e.id = ward_event_id(WARD_STR("fuzz"), 1, f->n_event, 0);
		e.class = ward_name(&f->names, ward_str_z(class[f->n_event % 3]));
		e.source = ward_name(&f->names, WARD_STR("fuzz"));
		e.time = e.seen = (ward_ns)f->n_event++ * WARD_NS_PER_S / 2;
		WARD_ASSERT(ward_detector_event(f->det, &e, fuzz_detect_sink, f) == WARD_OK);
		fuzz_detect_agree(f, &e);
	}
}

static inline void fuzz_detect_close(struct fuzz_detect *f)
{
	ward_detector_free(f->det);
	ward_detector_free(f->reference);
	ward_ruleset_free(f->rs);
	ward_json_reader_fini(&f->reader);
	ward_names_fini(&f->names);
	ward_arena_fini(&f->arena);
	ward_diag_fini(&f->diag);
	ward_wr_fini(&f->out);
}

/* What loading leaves must add up, whatever was in the files. */
static inline void fuzz_detect_counts(const struct fuzz_detect *f)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(f->rs);
	size_t refused = 0;

	for (size_t i = 0; i < c.n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(f->rs, i);

		WARD_ASSERT(r.refused == (r.state == WARD_RULE_REFUSED));
		WARD_ASSERT((r.state != WARD_RULE_LOADED) == (r.reason != NULL));
		refused += r.refused;
	}
	WARD_ASSERT(c.n + c.n_broken == c.n_loaded + c.n_refused &&
		    refused + c.n_broken == c.n_refused);
	WARD_ASSERT(c.n_corr + c.n_unmapped <= c.n_loaded);
	WARD_ASSERT(!c.n_refused || f->diag.n_error);
}

#endif
