/* All rules on every event, against only decoding the same events from JSON lines. The detector is
 * made anew for each run, since its windows remember the day. */
#include "bench.h"
#include "events.h"
#include "files.h"

#include "detect/detect.h"
#include "event/json.h"

#include <unistd.h>

enum { TEXT_MAX = 1 << 30, LOGS_BYTES = 8 << 20 };

struct load {
	struct bench_events ev;
	struct ward_wr text;
	struct ward_json_reader reader;
	struct ward_arena arena;
	const struct ward_ruleset *rules;
	const struct ward_model *model;
	struct ward_detect_stats stats; /* of the last run */
};

static void decode(void *ctx)
{
	struct load *l = ctx;
	struct ward_str rest = ward_wr_text(&l->text);

	while (rest.len) {
		struct ward_event e;

		ward_arena_reset(&l->arena);
		if (ward_json_read_event(&l->reader, ward_str_cut(&rest, '\n'), &l->arena, &e) !=
			WARD_OK)
			bench_die("%s", ward_json_reject_text(l->reader.reject));
		bench_keep(e.n_field);
	}
}

static void sink(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	bench_keep(d->id.b[0]);
}

static void detect(void *ctx)
{
	struct load *l = ctx;
	struct ward_detector *det = NULL;

	if (ward_detector_new(l->rules, &l->ev.names, l->model, &l->ev.lim, NULL, ward_mem_heap(),
		    &det) != WARD_OK)
		bench_die("out of memory");
	for (size_t i = 0; i < l->ev.n; i++)
		if (ward_detector_event(det, &l->ev.event[i], sink, NULL) != WARD_OK)
			bench_die("out of memory");
	if (ward_detector_tick(det, WARD_NS_NEVER, sink, NULL) != WARD_OK)
		bench_die("out of memory");
	l->stats = ward_detector_stats(det);
	ward_detector_free(det);
}

static void start(struct load *l)
{
	l->text = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	bench_events_write(&l->ev, &l->text);
	if (ward_json_reader_init(&l->reader, &l->ev.names, ward_mem_heap(), &l->ev.lim) != WARD_OK)
		bench_die("out of memory");
	ward_arena_init(&l->arena, ward_mem_heap(), TEXT_MAX);
}

static void end(struct load *l)
{
	ward_arena_fini(&l->arena);
	ward_json_reader_fini(&l->reader);
	ward_wr_fini(&l->text);
	bench_events_fini(&l->ev);
}

static void measure(
	const char *name, struct load *l, const struct ward_ruleset *rules, size_t rounds)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(rules);

	l->rules = rules;
	bench_pair(&(struct bench){name, "event", l->ev.n, rounds, BENCH_CPU},
		(struct bench_side){"detect", detect, l, NULL},
		(struct bench_side){"JSON decode of the events", decode, l, NULL});
	bench_note(name,
		"%zu rules loaded; %zu events, %llu of them for some rule, %llu detections",
		c.n_loaded, l->ev.n, (unsigned long long)l->stats.n_routed,
		(unsigned long long)l->stats.n_detection);
}

static struct ward_ruleset *load_rules(const char *const *path, size_t n)
{
	struct bench_path content = bench_source("content");
	struct ward_ruleset_args args = {.rules = path, .n_rules = n, .content = content.s};
	struct ward_ruleset *rs = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	if (ward_ruleset_load(&args, &lim, ward_mem_heap(), &diag, &rs) != WARD_OK)
		bench_die("the rules of %s can't be loaded", path[0]);
	ward_diag_fini(&diag);
	return rs;
}

/* The first LOGS_BYTES of the mixed Windows logs, as the log sensor makes events of them. */
static void read_logs(struct bench_events *ev, const char *path)
{
	struct ward_str text = bench_read(path, LOGS_BYTES);
	struct bench_path tmp;
	int fd = bench_temporary(&tmp);

	if (write(fd, text.p, text.len) != (ssize_t)text.len)
		bench_die("%s: can't be written", tmp.s);
	bench_events_read(ev, tmp.s);
	(void)unlink(tmp.s);
	(void)close(fd);
	bench_free(text);
}

static void community(struct load *day)
{
	struct bench_path rules, emerging, hunting, logs;
	struct load windows = {.model = NULL};

	if (!bench_shared("sigma/rules", &rules) ||
		!bench_shared("sigma/rules-emerging-threats", &emerging) ||
		!bench_shared("sigma/rules-threat-hunting", &hunting) ||
		!bench_shared("logs/otrf_throughput_mix/mix.ndjson.zst", &logs)) {
		bench_skip("detect/community rules", "no shared data");
		return;
	}
	const char *const path[] = {rules.s, emerging.s, hunting.s};
	struct ward_ruleset *rs = load_rules(path, WARD_ARRAY_LEN(path));

	measure("detect/community rules, ordinary day", day, rs, 21);
	bench_events_init(&windows.ev);
	read_logs(&windows.ev, logs.s);
	start(&windows);
	measure("detect/community rules, windows logs", &windows, rs, 11);
	end(&windows);
	ward_ruleset_free(rs);
}

int main(void)
{
	struct bench_path own = bench_source("content/rules");
	const char *const path[] = {own.s};
	struct ward_ruleset *rs = load_rules(path, 1);
	struct ward_model *m = bench_pilot();
	struct load day = {.model = m};

	bench_events_init(&day.ev);
	bench_events_day(&day.ev, m);
	start(&day);
	measure("detect/own rules, ordinary day", &day, rs, 101);
	community(&day);
	end(&day);
	ward_ruleset_free(rs);
	ward_model_free(m);
	return 0;
}
