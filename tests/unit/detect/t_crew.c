/* Several threads say what one says, in the same order. */
#include "dt.h"

#include "detect/crew.h"

enum { LINES = 3000, WORKERS = 3 };

static const char rules[] =
	"title: A\nname: a\nlogsource: {product: t}\ndetection: {s: {k: a}, condition: s}\n---\n"
	"title: B\nlogsource: {product: t}\ndetection: {s: {t|contains: 'x\\y'}, condition: "
	"s}\n---\n"
	"title: N\ncorrelation:\n  type: event_count\n  rules: [a]\n  group-by: [u]\n"
	"  timespan: 20s\n  condition: {gte: 4}\n---\n"
	"title: V\ncorrelation:\n  type: value_count\n  rules: [a]\n  group-by: [u]\n"
	"  timespan: 60s\n  condition: {gte: 5, field: v}\n";

struct hand {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader reader;
	bool broken; /* an error at some line */
};

static void hand_init(struct hand *h)
{
	ward_limits_default(&h->lim);
	assert_int_equal(ward_names_init(&h->names, ward_mem_heap(), &h->lim), WARD_OK);
	assert_int_equal(
		ward_json_reader_init(&h->reader, &h->names, ward_mem_heap(), &h->lim), WARD_OK);
	h->reader.foreign = h->reader.borrow = h->reader.lazy = true;
	h->broken = false;
}

static void hand_fini(struct hand *h)
{
	ward_json_reader_fini(&h->reader);
	ward_names_fini(&h->names);
}

/* A line is an event of the second that its offset says; an empty one is none. */
static enum ward_err read_line(void *ctx, const struct ward_crew_block *block,
	struct ward_str *rest, struct ward_arena *arena, struct ward_event *ret)
{
	struct hand *h = ctx;
	uint64_t at = block->off + (uint64_t)(rest->p - block->text.p);
	struct ward_str line = ward_str_cut(rest, '\n');

	if (!line.len)
		return WARD_ERR_MORE;
	if (h->broken && at > 50000)
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_json_read_event(&h->reader, line, arena, ret);

	ret->id = ward_event_id(WARD_STR("crew"), block->input, at, 0);
	ret->class = ward_name(&h->names, WARD_STR("door.x"));
	ret->source = ward_name(&h->names, WARD_STR("crew"));
	ret->time = ret->seen = (ward_ns)at * (WARD_NS_PER_S / 100);
	return err;
}

/* Names in many orders, so that each worker numbers them in its own way. */
static struct ward_str input(struct ward_wr *w)
{
	*w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	for (unsigned i = 0; i < LINES; i++) {
		unsigned z = i * 2654435761u >> 7;

		ward_wr_printf(w,
			"{\"z%u\":1,\"k\":\"%c\",\"u\":\"u%u\",\"v\":%u,\"t\":\"%s\"}\n%s", z % 40,
			z % 3 ? 'b' : 'a', z % 5, z % 7, z % 11 ? "plain" : "x\\\\y",
			z % 50 ? "" : "\n");
	}
	assert_false(ward_wr_bad(w));
	return ward_wr_text(w);
}

static void alone(struct dt *t, struct ward_str text)
{
	static struct hand h;
	struct ward_detector *det = NULL;
	struct ward_crew_block all = {text, 0, 1};
	struct ward_str rest = text;

	hand_init(&h);
	assert_int_equal(
		ward_detector_new(t->rs, &h.names, NULL, &h.lim, NULL, ward_mem_heap(), &det),
		WARD_OK);
	while (rest.len) {
		struct ward_event e;

		ward_arena_reset(&t->arena);
		if (read_line(&h, &all, &rest, &t->arena, &e) == WARD_OK)
			assert_int_equal(ward_detector_event(det, &e, dt_sink, t), WARD_OK);
	}
	assert_int_equal(ward_detector_tick(det, WARD_NS_NEVER, dt_sink, t), WARD_OK);
	ward_detector_free(det);
	hand_fini(&h);
}

/* The blocks end behind the line in which they have `most` bytes. */
static enum ward_err together(struct dt *t, struct ward_str text, size_t n, size_t most,
	bool broken, struct ward_detect_stats *ret)
{
	static struct hand h[WORKERS + 1];
	struct ward_crew_worker worker[WORKERS];
	struct ward_detector *det = NULL;
	struct ward_crew *crew = NULL;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i <= n; i++)
		hand_init(&h[i]);
	for (size_t i = 0; i < n; i++) {
		h[i].broken = broken;
		worker[i] = (struct ward_crew_worker){&h[i].names, read_line, &h[i]};
	}
	assert_int_equal(
		ward_detector_new(t->rs, &h[n].names, NULL, &h[n].lim, NULL, ward_mem_heap(), &det),
		WARD_OK);
	const struct ward_crew_args args = {
		t->rs, &h[n].lim, ward_mem_heap(), worker, n, det, &h[n].names, NULL, dt_sink, t};

	assert_int_equal(ward_crew_new(&args, &crew), WARD_OK);
	for (size_t off = 0, to; off < text.len && !err; off = to) {
		to = off + most < text.len ? off + most : text.len;
		while (to < text.len && text.p[to - 1] != '\n')
			to++;
		err = ward_crew_give(
			crew, (struct ward_crew_block){ward_str_sub(text, off, to - off), off, 1});
	}
	enum ward_err end = ward_crew_finish(crew);

	err = err ? err : end;
	ward_crew_free(crew);
	assert_int_equal(ward_detector_tick(det, WARD_NS_NEVER, dt_sink, t), WARD_OK);
	*ret = ward_detector_stats(det);
	ward_detector_free(det);
	for (size_t i = 0; i <= n; i++)
		hand_fini(&h[i]);
	return err;
}

static void same(void **state)
{
	static struct dt t;
	static struct dt_said one[DT_MAX];
	struct ward_detect_stats stats;
	struct ward_wr w;

	(void)state;
	dt_start(&t, rules);
	struct ward_str text = input(&w);

	alone(&t, text);
	size_t n = t.n_said;

	assert_true(n > 300);
	memcpy(one, t.said, n * sizeof(*one));
	for (size_t workers = 1; workers <= WORKERS; workers++) {
		for (size_t most = 1; most < 1 << 20; most *= 30) {
			t.n_said = 0;
			assert_int_equal(together(&t, text, workers, most, false, &stats), WARD_OK);
			assert_int_equal(t.n_said, n);
			assert_memory_equal(t.said, one, n * sizeof(*one));
			assert_int_equal(stats.n_event, LINES);
			assert_int_equal(stats.n_routed, LINES);
			assert_int_equal(stats.n_detection, n);
		}
	}
	ward_wr_fini(&w);
	dt_end(&t);
}

/* What one worker can't read ends it; what came before it in the input was said. */
static void broken(void **state)
{
	static struct dt t;
	struct ward_detect_stats stats;
	struct ward_wr w;

	(void)state;
	dt_start(&t, rules);
	struct ward_str text = input(&w);

	assert_int_equal(together(&t, text, 2, 1000, true, &stats), WARD_ERR_MALFORMED);
	assert_true(t.n_said > 0);
	ward_wr_fini(&w);
	dt_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(same), cmocka_unit_test(broken)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
