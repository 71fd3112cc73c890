/* A record of any source: its character set, its event, its clock. */
#include "run/proc/log.h"

#include <stdio.h>

/* "source.clock": the median lag went beyond the source's skew, or came back. */
static void tell_clock(struct log_process *s, struct log_source *src, ward_ns median)
{
	char text[32];
	struct ward_event e;
	ward_ns now = src->opts.seen, ms = median / WARD_NS_PER_MS;
	unsigned long long size = (unsigned long long)(ms < 0 ? -ms : ms);
	int n = snprintf(
		text, sizeof(text), "%s%llu.%03llu", ms < 0 ? "-" : "", size / 1000, size % 1000);

	ward_event_init(&e, &s->arena);
	e.source = ward_name(&s->names, src->opts.source);
	e.class = ward_name(&s->names, WARD_STR("source.clock"));
	e.time = e.seen = now;
	e.id = ward_event_id(src->opts.source, (uint64_t)now, src->skew.n, 1);
	struct ward_str value = ward_arena_str(&s->arena, (struct ward_str){text, (size_t)n});

	if (!value.p ||
		ward_event_set(&e, WARD_FIELD_STATE,
			ward_value_str(src->skew.off ? WARD_STR("off") : WARD_STR("normal"))) ||
		ward_event_set(&e, WARD_FIELD_VALUE,
			(struct ward_value){.kind = WARD_VALUE_NUM, .s = value}) ||
		ward_event_set(&e, WARD_FIELD_UNIT, ward_value_str(WARD_STR("s"))))
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	ward_feeder_event(s->feeder, &e);
	WARD_LOG(&s->p.log, WARN, "log.clock", WARD_KV_Z("source", src->name),
		WARD_KV_I("lag_ms", (int64_t)ms),
		WARD_KV_Z("state", src->skew.off ? "off" : "normal"));
}

static struct ward_str decoded(
	struct log_process *s, const struct log_source *src, struct ward_str text)
{
	struct ward_wr w = ward_wr_fixed(s->decoded, sizeof(s->decoded));
	struct ward_slice in = {
		(const uint8_t *)text.p, text.len < LOG_DATAGRAM_MAX ? text.len : LOG_DATAGRAM_MAX};
	size_t used;

	if (src->charset == WARD_CHARSET_UTF8)
		return text;
	(void)ward_charset_decode(src->charset, in, true, &w, &used);
	return ward_wr_text(&w);
}

void log_record(struct log_process *s, struct log_source *src, struct ward_str text, uint64_t off,
	uint64_t epoch, bool live)
{
	struct ward_input_problem problem = {.counter = NULL};
	struct ward_event e;
	ward_ns median;
	enum ward_err err;

	if (!text.len)
		return;
	ward_arena_reset(&s->arena);
	src->opts.seen = src->opts.reference = ward_clock_now(s->p.clock);
	src->opts.epoch = epoch;
	err = ward_log_sensor_record(src->log, decoded(s, src, text), off, &s->arena, &e, &problem);
	if (problem.counter)
		ward_count_name(&s->p.counters, problem.counter, 1);
	if (err && err != WARD_ERR_NOMEM) {
		ward_arena_reset(&s->arena);
		err = ward_log_sensor_text(src->log, decoded(s, src, text), off, &s->arena, &e);
	}
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&s->p, "out of memory", err);
	if (err)
		return;
	/* a record without a time has that of its arrival, and says nothing */
	bool turned = live && e.time != e.seen &&
		      ward_skew_take(&src->skew, e.seen, e.time, src->skew_bound, &median);

	ward_feeder_event(s->feeder, &e);
	if (turned)
		tell_clock(s, src, median);
}

void log_commit(struct log_process *s)
{
	ward_feeder_flush(s->feeder);
	if (ward_feeder_empty(s->feeder))
		ward_flight_clear(s->flight);
}

void log_message(struct log_process *s, struct log_source *src, struct ward_str text)
{
	struct ward_flight_record r = {
		.source = src->opts.source, .seq = src->n++, .epoch = src->epoch};
	uint8_t *room = ward_flight_room(s->flight, r.source, text.len);

	if (!room) {
		log_commit(s);
		room = ward_flight_room(s->flight, r.source, text.len);
	}
	/* no room after that: the journal is full, and the process is to end */
	if (room && text.len) {
		memcpy(room, text.p, text.len);
		r.bytes = ward_slice_of(room, text.len);
		ward_flight_put(s->flight, &r);
	}
	log_record(s, src, text, r.seq, r.epoch, true);
}
