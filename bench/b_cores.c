/* What a second core brings: two threads that split lines, that parse and match, and that do all of
 * it (detect/crew.h), each against one thread that does the same. And how much memory all rules
 * take. */
#include "bench.h"
#include "rules.h"

#include "detect/crew.h"
#include "sense/log/log.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

enum { TEXT_MAX = 1 << 30 };

/* The mixed Windows logs, and all rules. */
struct load {
	struct ward_str text;
	size_t n;
	struct ward_limits lim;
	struct ward_ruleset *rules;
	uint64_t n_detection; /* of one thread */
};

static void sink(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	bench_keep(d->id.b[0]);
}

/* One thread's own: what it reads with. */
struct hand {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	/* its share, where there is no crew: every second block from here on */
	struct load *load;
	size_t first;
	bool split_only;
};

enum { CORES = 2, BLOCK_BYTES = 1 << 18 };

static struct hand hand[CORES + 1]; /* one that joins */

static void hand_init(struct hand *h, struct load *w)
{
	*h = (struct hand){.load = w};
	ward_counters_init(&h->counters);
	ward_arena_init(&h->arena, ward_mem_heap(), TEXT_MAX);
	h->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &w->lim,
		.names = &h->names,
		.counters = &h->counters,
		.source = WARD_STR("mix"),
		.lazy = true,
		.reference = (ward_ns)1774000000 * WARD_NS_PER_S};
	if (ward_names_init(&h->names, ward_mem_heap(), &w->lim) != WARD_OK ||
		ward_log_sensor_new(&h->opts, WARD_LOG_JSON, &h->log) != WARD_OK)
		bench_die("out of memory");
}

static void hand_fini(struct hand *h)
{
	ward_log_sensor_free(h->log);
	ward_names_fini(&h->names);
	ward_arena_fini(&h->arena);
}

/* The block of whole lines that begins at *off, which goes on behind it. */
static struct ward_crew_block block_at(struct ward_str text, size_t *off)
{
	struct ward_str rest = ward_str_sub(text, *off, text.len - *off);
	size_t to = *off + BLOCK_BYTES < text.len ? *off + BLOCK_BYTES : text.len;

	while (to < text.len && text.p[to - 1] != '\n')
		to++;
	struct ward_crew_block b = {ward_str_sub(rest, 0, to - *off), *off, 0};

	*off = to;
	return b;
}

static enum ward_err read_one(void *ctx, const struct ward_crew_block *b, struct ward_str *rest,
	struct ward_arena *arena, struct ward_event *ret)
{
	struct hand *h = ctx;
	struct ward_input_problem problem;
	struct ward_str line = ward_str_cut(rest, '\n');

	return ward_log_sensor_record(
		h->log, line, b->off + (uint64_t)(line.p - b->text.p), arena, ret, &problem);
}

static void find_in(struct hand *h, struct ward_detector *det, const struct ward_crew_block *b)
{
	struct ward_str rest = b->text;

	while (rest.len) {
		struct ward_event e;
		const uint32_t *found;
		size_t n = 0;

		if (h->split_only) {
			bench_keep(ward_str_cut(&rest, '\n').len);
			continue;
		}
		ward_arena_reset(&h->arena);
		if (read_one(h, b, &rest, &h->arena, &e) != WARD_OK ||
			ward_detector_find(det, &e, &found, &n) != WARD_OK)
			bench_die("an event can't be read");
		bench_keep(n);
	}
}

/* Every `step`-th block. */
static void share(struct hand *h, size_t step)
{
	struct ward_str text = h->load->text;
	struct ward_detector *det = NULL;
	size_t off = 0;

	if (!h->split_only && ward_detector_new(h->load->rules, &h->names, NULL, &h->load->lim,
				      NULL, ward_mem_heap(), &det) != WARD_OK)
		bench_die("out of memory");
	for (size_t i = 0; off < text.len; i++) {
		struct ward_crew_block b = block_at(text, &off);

		if (i % step == h->first)
			find_in(h, det, &b);
	}
	ward_detector_free(det);
}

static void *one_share(void *ctx)
{
	share(ctx, CORES);
	return NULL;
}

static void on_all(bool split_only)
{
	pthread_t thread[CORES];

	for (size_t i = 0; i < CORES; i++) {
		hand[i].first = i;
		hand[i].split_only = split_only;
		if (pthread_create(&thread[i], NULL, one_share, &hand[i]) != 0)
			bench_die("no thread");
	}
	for (size_t i = 0; i < CORES; i++)
		(void)pthread_join(thread[i], NULL);
}

static void on_one(bool split_only)
{
	hand[CORES].first = 0;
	hand[CORES].split_only = split_only;
	share(&hand[CORES], 1);
}

static void split_all(void *ctx)
{
	(void)ctx;
	on_all(true);
}

static void split_one(void *ctx)
{
	(void)ctx;
	on_one(true);
}

static void find_all(void *ctx)
{
	(void)ctx;
	on_all(false);
}

static void find_one(void *ctx)
{
	(void)ctx;
	on_one(false);
}

static void crew(void *ctx)
{
	struct load *w = ctx;
	struct ward_crew_worker worker[CORES];
	struct ward_detector *det = NULL;
	struct ward_crew *c = NULL;
	struct ward_str text = w->text;
	enum ward_err err = ward_detector_new(
		w->rules, &hand[CORES].names, NULL, &w->lim, NULL, ward_mem_heap(), &det);

	for (size_t i = 0; i < CORES; i++)
		worker[i] = (struct ward_crew_worker){&hand[i].names, read_one, &hand[i]};
	const struct ward_crew_args args = {w->rules, &w->lim, ward_mem_heap(), worker, CORES, det,
		&hand[CORES].names, NULL, sink, NULL};

	if (!err)
		err = ward_crew_new(&args, &c);
	for (size_t off = 0; !err && off < text.len;)
		err = ward_crew_give(c, block_at(text, &off));
	if (!err)
		err = ward_crew_finish(c);
	if (!err)
		err = ward_detector_tick(det, WARD_NS_NEVER, sink, NULL);
	if (err)
		bench_die("the crew failed");
	ward_crew_free(c);
	if (ward_detector_stats(det).n_detection != w->n_detection)
		bench_die("the crew says something else than one thread");
	ward_detector_free(det);
}

static void whole(void *ctx)
{
	struct load *w = ctx;
	struct hand *h = &hand[CORES];
	struct ward_crew_block all = {w->text, 0, 0};
	struct ward_str rest = w->text;
	struct ward_detector *det = NULL;
	enum ward_err err =
		ward_detector_new(w->rules, &h->names, NULL, &w->lim, NULL, ward_mem_heap(), &det);

	while (!err && rest.len) {
		struct ward_event e;

		ward_arena_reset(&h->arena);
		err = read_one(h, &all, &rest, &h->arena, &e);
		if (!err)
			err = ward_detector_event(det, &e, sink, NULL);
	}
	if (!err)
		err = ward_detector_tick(det, WARD_NS_NEVER, sink, NULL);
	if (err)
		bench_die("an event can't be read");
	w->n_detection = ward_detector_stats(det).n_detection;
	ward_detector_free(det);
}

/* Two threads against one, by the clock on the wall: 0.5 would be twice as fast. */
static void cores(struct load *w)
{
	for (size_t i = 0; i <= CORES; i++)
		hand_init(&hand[i], w);
	bench_pair(&(struct bench){"detect/two cores, line split", "event", w->n, 11, BENCH_WALL},
		(struct bench_side){"two", split_all, NULL, NULL},
		(struct bench_side){"one", split_one, NULL, NULL});
	bench_pair(
		&(struct bench){"detect/two cores, parse and match", "event", w->n, 9, BENCH_WALL},
		(struct bench_side){"two", find_all, NULL, NULL},
		(struct bench_side){"one", find_one, NULL, NULL});
	whole(w); /* for its stats */
	bench_pair(&(struct bench){"detect/two cores, bytes to detections", "event", w->n, 9,
			   BENCH_WALL},
		(struct bench_side){"a crew of two", crew, w, NULL},
		(struct bench_side){"one thread", whole, w, NULL});
	for (size_t i = 0; i <= CORES; i++)
		hand_fini(&hand[i]);
}

/* The most memory that `ward detect` takes with these rules. */
static void memory(const char *mix, const char *const *rules, size_t n)
{
	struct bench_path ward = bench_ward();
	char line[32768];
	const char *run[] = {"sh", "-c", line, NULL, NULL};
	struct rusage children;
	struct ward_wr w = ward_wr_fixed(line, sizeof(line) - 1);

	ward_wr_printf(&w, "zstd -dcq %s | %s detect", mix, ward.s);
	for (size_t i = 0; i < n; i++)
		ward_wr_printf(&w, " --rules %s", rules[i]);
	ward_wr_z(&w, " -");
	line[w.len] = 0;
	bench_programs(run);
	if (ward_wr_bad(&w) || getrusage(RUSAGE_CHILDREN, &children) != 0)
		bench_die("no memory was measured");
	bench_note("detect/memory", "at most %ld MiB resident (ward detect, all rules, the mix)",
		children.ru_maxrss / 1024);
}

int main(void)
{
	struct bench_path file[BENCH_ALL_RULES], mix;
	const char *path[BENCH_ALL_RULES];
	static struct load w;

	if (!bench_all_rules(file, path) ||
		!bench_shared("logs/otrf_throughput_mix/mix.ndjson.zst", &mix)) {
		bench_skip("detect/two cores", "no shared data");
		return 0;
	}
	memory(mix.s, path, BENCH_ALL_RULES); /* before others are started: it is the most of all */
	ward_limits_default(&w.lim);
	w.rules = bench_rules(path, BENCH_ALL_RULES);
	w.text = bench_read(mix.s, TEXT_MAX);
	for (struct ward_str rest = w.text; rest.len; w.n++)
		(void)ward_str_cut(&rest, '\n');
	cores(&w);
	bench_free(w.text);
	ward_ruleset_free(w.rules);
	return 0;
}
