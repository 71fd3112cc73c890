/* What is posted to the API: a message between its processes; else a batch. Whatever it says,
 * values are within the text, in its order, and what is read of them as events is ours: no source,
 * id or field that only Ward may say. */
#include "fuzz.h"

#include "event/classes.h"
#include "run/post.h"
#include "sense/log/batch.h"
#include "sense/log/log.h"

struct sensor {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	enum ward_log_format format;
};

static void begin(struct sensor *s, enum ward_log_format format)
{
	s->format = format;
	ward_limits_default(&s->lim);
	ward_counters_init(&s->counters);
	ward_arena_init(&s->arena, ward_mem_heap(), 1 << 24);
	WARD_ASSERT(ward_names_init(&s->names, ward_mem_heap(), &s->lim) == WARD_OK);
	s->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->counters,
		.source = WARD_STR("posted"),
		.seen = 5 * WARD_NS_PER_S,
		.reference = 5 * WARD_NS_PER_S};
	WARD_ASSERT(ward_log_sensor_new(&s->opts, format, &s->log) == WARD_OK);
}

static void end(struct sensor *s)
{
	ward_log_sensor_free(s->log);
	ward_names_fini(&s->names);
	ward_arena_fini(&s->arena);
}

static void read_one(struct sensor *s, struct ward_str text, uint64_t place)
{
	struct ward_input_problem problem = {.counter = NULL};
	struct ward_event e;

	ward_arena_reset(&s->arena);
	enum ward_err err = ward_log_sensor_record(s->log, text, place, &s->arena, &e, &problem);

	if (err) {
		WARD_ASSERT(problem.counter && problem.what && problem.dropped);
		return;
	}
	WARD_ASSERT(ward_str_eqz(ward_name_text(&s->names, e.source), "posted"));
	WARD_ASSERT(e.seen == s->opts.seen && e.class);
	if (s->format == WARD_LOG_POSTED)
		WARD_ASSERT(ward_id_eq(e.id, ward_event_id(s->opts.source, 0, place, 0)));
	struct ward_str class = ward_name_text(&s->names, e.class);

	WARD_ASSERT(!ward_str_starts(class, WARD_STR("report.")));
	WARD_ASSERT(!ward_str_starts(class, WARD_STR("ward.")) || ward_str_eqz(class, "ward.loss"));
}

static void judge(struct ward_slice bytes, enum ward_log_format format)
{
	struct ward_log_batch b = ward_log_batch_on(bytes);
	struct sensor s;
	struct ward_str text;
	size_t off, last = 0, n = 0;
	enum ward_err err;

	begin(&s, format);
	while (!(err = ward_log_batch_next(&b, &text, &off))) {
		WARD_ASSERT(off >= last && off + text.len <= bytes.len);
		WARD_ASSERT((const uint8_t *)text.p == bytes.p + off);
		last = off + text.len;
		if (++n <= 100)
			read_one(&s, text, n);
	}
	WARD_ASSERT(err == WARD_ERR_CLOSED || (err == WARD_ERR_MALFORMED && off <= bytes.len));
	WARD_ASSERT(ward_log_batch_next(&b, &text, &off) == WARD_ERR_CLOSED);
	end(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len), again = r;
	struct ward_post post;
	struct ward_posted posted;

	if (ward_post_get(&r, &post) == WARD_OK)
		judge(post.batch, WARD_LOG_POSTED);
	WARD_ASSERT(ward_posted_get(&again, &posted) != WARD_OK || posted.text.len <= len);
	judge(ward_slice_of(copy, len), WARD_LOG_POSTED);
	judge(ward_slice_of(copy, len), WARD_LOG_SENSED);
	free(copy);
	return 0;
}
