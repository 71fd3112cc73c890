/* What correlation costs: events that all match one rule, in groups that all live on. Beside it the
 * same events by the rule alone, without a correlation. */
#include "bench.h"

#include "detect/detect.h"

#include <stdio.h>
#include <string.h>

enum { EVENTS = 200000 };

static const char pipeline[] = "name: bench\nlogsources:\n  - {product: bench, class: log.bench}\n";

static const char rule[] = "title: Bench\nname: bench\nlogsource:\n  product: bench\n"
			   "detection:\n  selection:\n    action: login\n  condition: selection\n";

struct stream {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_ruleset *rs;
	struct ward_event *event;
	const char *name;
};

static struct ward_ruleset *load(struct stream *s, const char *correlation)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "%s%s%s", rule, correlation ? "---\n" : "",
		correlation ? correlation : "");
	const struct ward_rule_text rules = {
		"bench.yml", ward_slice_of(text, n > 0 ? (size_t)n : 0)};
	const struct ward_rule_text pipe = {
		"pipeline.yml", ward_slice_of(pipeline, sizeof(pipeline) - 1)};
	const struct ward_ruleset_texts texts = {
		.rules = &rules, .pipelines = &pipe, .n_rules = 1, .n_pipelines = 1};
	struct ward_ruleset *rs = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	if (ward_ruleset_parse(&texts, &s->lim, ward_mem_heap(), &diag, &rs) != WARD_OK ||
		ward_ruleset_counts(rs).n_refused)
		bench_die("the bench's rule can't be loaded");
	ward_diag_fini(&diag);
	return rs;
}

static struct ward_value text(struct stream *s, const char *stem, size_t i)
{
	char buf[32];
	int n = snprintf(buf, sizeof(buf), "%s%zu", stem, i);

	return ward_value_str(
		ward_arena_str(&s->arena, (struct ward_str){buf, n > 0 ? (size_t)n : 0}));
}

/* Events a tenth of a millisecond apart, dealt out to groups in turn; each group sees so many
 * different values. late: every second one of a group comes after five that are newer. */
static void start(
	struct stream *s, const char *correlation, size_t groups, size_t values, bool late)
{
	uint32_t action, src, user;

	ward_limits_default(&s->lim);
	if (ward_limits_set(&s->lim, WARD_STR("detect.groups"), 1 << 18) != WARD_OK ||
		ward_limits_set(&s->lim, WARD_STR("detect.window"), 1 << 14) != WARD_OK ||
		ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK)
		bench_die("out of memory");
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)1 << 30);
	s->rs = load(s, correlation);
	action = ward_name(&s->names, WARD_STR("action"));
	src = ward_name(&s->names, WARD_STR("src"));
	user = ward_name(&s->names, WARD_STR("user"));
	s->event = ward_arena_array(&s->arena, EVENTS, sizeof(*s->event));
	if (!s->event)
		bench_die("out of memory");
	for (size_t i = 0; i < EVENTS; i++) {
		struct ward_event *e = &s->event[i];

		ward_event_init(e, &s->arena);
		e->class = ward_name(&s->names, WARD_STR("log.bench"));
		e->source = e->class;
		e->time = e->seen = (ward_ns)1774000000 * WARD_NS_PER_S + (ward_ns)i * 100000;
		if (late && i / groups % 2)
			e->time -= (ward_ns)groups * 10 * 100000 + 1;
		e->id = ward_event_id(WARD_STR("bench"), 1, i, 0);
		if (ward_event_set(e, action, ward_value_str(WARD_STR("login"))) != WARD_OK ||
			ward_event_set(e, src, text(s, "src-", i % groups)) != WARD_OK ||
			ward_event_set(e, user, text(s, "user-", i / groups % values)) != WARD_OK)
			bench_die("out of memory");
	}
}

static void sink(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	bench_keep(d->id.b[0]);
}

static void run(void *ctx)
{
	struct stream *s = ctx;
	struct ward_detector *det = NULL;

	if (ward_detector_new(s->rs, &s->names, NULL, &s->lim, NULL, ward_mem_heap(), &det) !=
		WARD_OK)
		bench_die("out of memory");
	for (size_t i = 0; i < EVENTS; i++)
		if (ward_detector_event(det, &s->event[i], sink, NULL) != WARD_OK)
			bench_die("out of memory");
	if (ward_detector_stats(det).n_match != EVENTS)
		bench_die("%s: not every event matched", s->name);
	ward_detector_free(det);
}

static void end(struct stream *s)
{
	ward_ruleset_free(s->rs);
	ward_names_fini(&s->names);
	ward_arena_fini(&s->arena);
}

static void row(const char *name, const char *correlation, size_t groups, size_t values, bool late)
{
	static struct stream ours, alone;

	ours = (struct stream){.name = name};
	alone = (struct stream){.name = name};
	start(&ours, correlation, groups, values, late);
	start(&alone, NULL, groups, values, late);
	bench_pair(&(struct bench){name, "event", EVENTS, 3, BENCH_CPU},
		(struct bench_side){"rule and correlation", run, &ours, NULL},
		(struct bench_side){"the rule alone", run, &alone, NULL});
	end(&ours);
	end(&alone);
}

/* Groups of 10,000 events each; what differs is how many values they have. What is said of a window
 * costs too, so that rows with windows and without are apart. */
static void values(const char *what, unsigned least)
{
	static const struct {
		size_t n;
		const char *said;
	} of[] = {{99, "99"}, {1000, "1,000"}, {10000, "10,000"}};
	char correlation[256], name[64];

	(void)snprintf(correlation, sizeof(correlation),
		"title: Values\ncorrelation:\n  type: value_count\n  rules: [bench]\n"
		"  group-by: [src]\n  timespan: 1h\n  condition:\n    gte: %u\n"
		"    field: user\n",
		least);
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		(void)snprintf(name, sizeof(name), "correlate/values in %s: %s", what, of[i].said);
		row(name, correlation, 20, of[i].n, false);
	}
	(void)snprintf(name, sizeof(name), "correlate/values in %s: 10,000, half late", what);
	row(name, correlation, 20, 10000, true);
}

int main(void)
{
	static const char count[] =
		"title: Count\ncorrelation:\n  type: event_count\n  rules: [bench]\n"
		"  group-by: [src]\n  timespan: 1h\n  condition:\n    gte: 50\n";
	static const char never[] =
		"title: Never\ncorrelation:\n  type: event_count\n  rules: [bench]\n"
		"  group-by: [src]\n  timespan: 1h\n  condition:\n    gte: 5000\n";

	row("correlate/100,000 groups", count, 100000, 8, false);
	row("correlate/events in a window: 20", count, 10000, 8, false);
	row("correlate/events in a window: 1,000", count, 200, 8, false);
	row("correlate/events in a window: 1,000, half late", count, 200, 8, true);
	row("correlate/events in no window: 1,000, half late", never, 200, 8, true);
	values("no window", 12000);
	values("a window", 50);
	return 0;
}
