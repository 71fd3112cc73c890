/* All rules on every event, against only decoding the same events from JSON lines; and the whole
 * way from the bytes of a log to detections, against parts of it. The detector is made anew for
 * each run, since its windows remember the day. */
#include "bench.h"
#include "events.h"
#include "files.h"
#include "rules.h"

#include "detect/engine.h"
#include "event/json.h"
#include "sense/log/log.h"

#include <glob.h>
#include <stdio.h>
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
	struct ward_ruleset *rs = bench_rules(path, WARD_ARRAY_LEN(path));

	measure("detect/community rules, ordinary day", day, rs, 21);
	bench_events_init(&windows.ev);
	read_logs(&windows.ev, logs.s);
	start(&windows);
	measure("detect/community rules, windows logs", &windows, rs, 11);
	end(&windows);
	ward_ruleset_free(rs);
}

/* One log as its bytes: what a source sends. */
struct feed {
	struct ward_str text;
	char source[64];
	size_t n;
};

enum { FEEDS_MAX = 256 };

/* From bytes to detections, or to where `mode` and `parse_only` end. */
struct way {
	struct feed feed[FEEDS_MAX];
	size_t n_feed, n;
	enum ward_log_format format;
	const struct ward_ruleset *rules;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	bool parse_only;
	enum ward_match_mode mode;
	struct ward_detect_stats stats;
};

static void split(void *ctx)
{
	const struct way *w = ctx;

	for (size_t i = 0; i < w->n_feed; i++) {
		struct ward_str rest = w->feed[i].text;

		while (rest.len)
			bench_keep(ward_str_cut(&rest, '\n').len);
	}
}

static void one_feed(struct way *w, const struct feed *f, struct ward_detector *det)
{
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &w->lim,
		.names = &w->names,
		.counters = &w->counters,
		.source = ward_str_z(f->source),
		.lazy = true, /* as `ward detect` reads */
		.reference = (ward_ns)1774000000 * WARD_NS_PER_S};
	struct ward_log_sensor *log = NULL;
	struct ward_str rest = f->text;

	if (ward_log_sensor_new(&opts, w->format, &log) != WARD_OK)
		bench_die("out of memory");
	while (rest.len) {
		struct ward_input_problem problem;
		struct ward_event e;
		struct ward_str line = ward_str_cut(&rest, '\n');

		ward_arena_reset(&w->arena);
		if (ward_log_sensor_record(log, line, (uint64_t)(line.p - f->text.p), &w->arena, &e,
			    &problem) != WARD_OK)
			bench_die("%s: %s", f->source, problem.what);
		bench_keep(e.n_field);
		if (det && ward_detector_event(det, &e, sink, NULL) != WARD_OK)
			bench_die("out of memory");
	}
	ward_log_sensor_free(log);
}

static void go(struct way *w, bool parse_only, enum ward_match_mode mode)
{
	struct ward_detector *det = NULL;

	if (!parse_only && ward_detector_new(w->rules, &w->names, NULL, &w->lim, NULL,
				   ward_mem_heap(), &det) != WARD_OK)
		bench_die("out of memory");
	if (det)
		det->mode = mode;
	for (size_t i = 0; i < w->n_feed; i++)
		one_feed(w, &w->feed[i], det);
	if (det && ward_detector_tick(det, WARD_NS_NEVER, sink, NULL) != WARD_OK)
		bench_die("out of memory");
	if (det)
		w->stats = ward_detector_stats(det);
	ward_detector_free(det);
}

static void parse(void *ctx)
{
	go(ctx, true, WARD_MATCH_PLAN);
}

static void scan(void *ctx)
{
	go(ctx, false, WARD_MATCH_SCAN);
}

static void all_of_it(void *ctx)
{
	go(ctx, false, WARD_MATCH_PLAN);
}

static void way_init(struct way *w, enum ward_log_format format, const struct ward_ruleset *rules)
{
	*w = (struct way){.format = format, .rules = rules};
	ward_limits_default(&w->lim);
	ward_counters_init(&w->counters);
	ward_arena_init(&w->arena, ward_mem_heap(), TEXT_MAX);
	if (ward_names_init(&w->names, ward_mem_heap(), &w->lim) != WARD_OK)
		bench_die("out of memory");
}

static void way_fini(struct way *w)
{
	for (size_t i = 0; i < w->n_feed; i++)
		bench_free(w->feed[i].text);
	ward_arena_fini(&w->arena);
	ward_names_fini(&w->names);
}

/* Takes text. */
static void add_feed(struct way *w, const char *source, struct ward_str text)
{
	struct feed *f = &w->feed[w->n_feed++];
	struct ward_str rest = text;

	if (w->n_feed > FEEDS_MAX)
		bench_die("too many logs");
	f->text = text;
	(void)snprintf(f->source, sizeof(f->source), "%s", source);
	for (; rest.len; f->n++)
		(void)ward_str_cut(&rest, '\n');
	w->n += f->n;
}

static void rows(const char *name, struct way *w, size_t rounds, bool bounds)
{
	char row[3][64];
	size_t bytes = 0;

	for (size_t i = 0; i < w->n_feed; i++)
		bytes += w->feed[i].text.len;
	for (size_t i = 0; i < 3; i++)
		(void)snprintf(row[i], sizeof(row[i]), "%s%s", name,
			i == 0   ? ", parse only"
			: i == 1 ? ", no conditions"
				 : "");
	bench_pair(&(struct bench){row[0], "event", w->n, rounds, BENCH_CPU},
		(struct bench_side){"parse", parse, w, NULL},
		(struct bench_side){"line split", split, w, NULL});
	if (bounds)
		bench_pair(&(struct bench){row[1], "event", w->n, rounds, BENCH_CPU},
			(struct bench_side){"parse and scan", scan, w, NULL},
			(struct bench_side){"parse only", parse, w, NULL});
	bench_pair(&(struct bench){row[2], "event", w->n, rounds, BENCH_CPU},
		(struct bench_side){"bytes to detections", all_of_it, w, NULL},
		(struct bench_side){"parse only", parse, w, NULL});
	bench_note(name,
		"%zu rules loaded; %zu events of %zu bytes, %llu for some rule, %llu matches, %llu "
		"detections",
		ward_ruleset_counts(w->rules).n_loaded, w->n, bytes / w->n,
		(unsigned long long)w->stats.n_routed, (unsigned long long)w->stats.n_match,
		(unsigned long long)w->stats.n_detection);
}

/* Fields whose values say what kind of event it is. */
static bool keep_value(struct ward_str key)
{
	static const char *const kept[] = {"EventID", "Channel", "SourceName", "Provider_Name"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(kept); i++)
		if (ward_str_eqz(key, kept[i]))
			return true;
	return false;
}

/* The end of the string that begins behind its quote at off: of its closing quote. */
static size_t string_end(struct ward_str s, size_t off)
{
	while (off < s.len && s.p[off] != '"')
		off += s.p[off] == '\\' ? 2 : 1;
	return off;
}

/* Each text of four characters or more with six others somewhere in it, so that no two are equal.
 */
static struct ward_str unique(struct ward_str s, uint64_t seed)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	struct ward_str key = {"", 0};
	size_t done = 0;

	for (size_t off = 0; off < s.len; off++) {
		if (s.p[off] != '"')
			continue;
		size_t end = string_end(s, off + 1), at = off + 1;
		struct ward_str text = ward_str_sub(s, off + 1, end - off - 1);

		off = end;
		if (end + 1 < s.len && s.p[end + 1] == ':') {
			key = text;
			continue;
		}
		if (text.len < 4 || keep_value(key))
			continue;
		/* Not within an escape, not within a character. */
		for (size_t to = at + bench_random(&seed) % text.len; at < to;)
			at += s.p[at] == '\\' ? s.p[at + 1] == 'u' ? 6 : 2 : 1;
		while (((uint8_t)s.p[at] & 0xc0) == 0x80)
			at++;
		ward_wr_str(&w, ward_str_sub(s, done, at - done));
		ward_wr_printf(&w, "%06llx", (unsigned long long)(bench_random(&seed) & 0xffffff));
		done = at;
	}
	ward_wr_str(&w, ward_str_sub(s, done, s.len));
	if (ward_wr_bad(&w))
		bench_die("out of memory");
	return ward_wr_text(&w);
}

static void windows(const struct ward_ruleset *rs)
{
	struct bench_path mix;
	static struct way w, u;

	if (!bench_shared("logs/otrf_throughput_mix/mix.ndjson.zst", &mix)) {
		bench_skip("detect/windows mix", "no shared data");
		return;
	}
	way_init(&w, WARD_LOG_JSON, rs);
	way_init(&u, WARD_LOG_JSON, rs);
	add_feed(&w, "mix", bench_read(mix.s, TEXT_MAX));
	add_feed(&u, "mix", unique(w.feed[0].text, 1));
	rows("detect/windows mix", &w, 9, true);
	way_fini(&w);
	rows("detect/windows mix, unique values", &u, 9, true);
	way_fini(&u);
}

/* Lines of at most 300 bytes that begin as wanted; takes s. */
static struct ward_str lines(struct ward_str s, char first, size_t longest)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	struct ward_str rest = s;

	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (!line.len || line.len > longest || (first && line.p[0] != first))
			continue;
		ward_wr_str(&w, line);
		ward_wr_ch(&w, '\n');
	}
	bench_free(s);
	return ward_wr_text(&w);
}

static void syslog_lines(void)
{
	static struct way w;
	struct bench_path linux_rules, network, log[2];

	if (!bench_shared("sigma/rules/linux", &linux_rules) ||
		!bench_shared("sigma/rules/network", &network) ||
		!bench_shared("logs/loghub/OpenSSH_2k.log.zst", &log[0]) ||
		!bench_shared("logs/loghub/Mac_2k.log.zst", &log[1])) {
		bench_skip("detect/syslog", "no shared data");
		return;
	}
	const char *const path[] = {linux_rules.s, network.s};
	struct ward_ruleset *rs = bench_rules(path, WARD_ARRAY_LEN(path));

	way_init(&w, WARD_LOG_SYSLOG, rs);
	for (size_t i = 0; i < 2; i++)
		add_feed(&w, i ? "mac.log" : "sshd.log",
			bench_repeat(lines(bench_read(log[i].s, TEXT_MAX), 0, 300), 8 << 20));
	rows("detect/syslog", &w, 11, true);
	way_fini(&w);
	ward_ruleset_free(rs);
}

/* Each of the files again and again, up to so many bytes. */
static void zeek(const struct ward_ruleset *rs, const char *name, const char *files, size_t bytes)
{
	static struct way w;
	struct bench_path pattern;
	glob_t g;

	(void)bench_shared(files, &pattern);
	if (glob(pattern.s, 0, NULL, &g) != 0) {
		bench_skip(name, "no shared data");
		return;
	}
	way_init(&w, WARD_LOG_JSON, rs);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct ward_str s = lines(bench_read(g.gl_pathv[i], TEXT_MAX), '{', SIZE_MAX);

		if (s.len)
			add_feed(&w, strstr(g.gl_pathv[i], "zeek_logs__") + 11,
				bench_repeat(s, bytes));
	}
	globfree(&g);
	if (w.n)
		rows(name, &w, 11, true);
	way_fini(&w);
}

struct load_of {
	const char *const *path;
	size_t n;
};

static void load_all(void *ctx)
{
	const struct load_of *l = ctx;

	ward_ruleset_free(bench_rules(l->path, l->n));
}

/* From rule files, as at a start, to what is ready to match. There is no cache. */
static void load_rows(const char *const *path, size_t n)
{
	struct load_of l = {path, n};

	bench_alone(&(struct bench){"detect/load all rules", "load", 1, 3, BENCH_CPU},
		(struct bench_side){"load", load_all, &l, NULL});
}

static bool wanted(const char *only, const char *part)
{
	return !only || strcmp(only, part) == 0;
}

/* The whole way, with community rules and ours. */
static void ways(const char *only)
{
	struct bench_path file[BENCH_ALL_RULES];
	const char *path[BENCH_ALL_RULES];

	if (!bench_all_rules(file, path))
		return;
	if (wanted(only, "load"))
		load_rows(path, WARD_ARRAY_LEN(path));
	struct ward_ruleset *rs = bench_rules(path, WARD_ARRAY_LEN(path));

	if (wanted(only, "windows"))
		windows(rs);
	if (wanted(only, "zeek")) {
		zeek(rs, "detect/zeek", "logs/otrf_zeek/*_zeek_logs__*.log.zst", 1 << 18);
		zeek(rs, "detect/zeek connections", "logs/otrf_zeek/*_zeek_logs__*conn.log.zst",
			1 << 21);
	}
	ward_ruleset_free(rs);
	if (wanted(only, "syslog"))
		syslog_lines();
}

static void day_rows(void)
{
	struct bench_path own = bench_source("content/rules");
	const char *const path[] = {own.s};
	struct ward_ruleset *rs = bench_rules(path, 1);
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
}

/* Usage: b_detect [day|load|windows|zeek|syslog]: all rows, or those of one part. */
int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;

	if (wanted(only, "day"))
		day_rows();
	ways(only);
	return 0;
}
