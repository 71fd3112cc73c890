#include "fuzz.h"

#include "sense/field/endpoint.h"

/* The input is a play: one byte picks what happens, the next says how much. Two
 * endpoints are fed the same stream in different pieces: one as it comes, the other byte by byte.
 * Both take the same messages. */
enum { PACKET = 512, SIDES = 2, LOG = 1 << 16 };

struct side {
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_mqtt_endpoint *e;
	struct ward_mqtt_conn *c;
	uint8_t in[PACKET];
	size_t len;
	struct ward_wr log; /* messages */
	ward_ns now;
};

static enum ward_err message(void *ctx, const struct ward_mqtt_message *m)
{
	struct side *s = ctx;

	WARD_ASSERT(m->topic.len && m->topic.len <= 64 && m->payload.len <= PACKET);
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->topic), NULL));
	ward_wr_lv(&s->log, ward_str_bytes(m->topic));
	ward_wr_lv(&s->log, m->payload);
	return WARD_OK;
}

static void begin(struct side *s)
{
	struct ward_mqtt_endpoint_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.counters = &s->counters,
		.filter = "#",
		.message = message,
		.ctx = s};

	ward_limits_default(&s->lim);
	s->lim.v[WARD_LIMIT_MQTT_PACKET] = PACKET;
	s->lim.v[WARD_LIMIT_MQTT_TOPIC] = 64;
	s->lim.v[WARD_LIMIT_MQTT_SESSIONS] = 2;
	s->lim.v[WARD_LIMIT_MQTT_INFLIGHT] = 3;
	s->log = ward_wr_grow(ward_mem_heap(), LOG);
	ward_counters_init(&s->counters);
	WARD_ASSERT(ward_mqtt_endpoint_new(&o, &s->e) == WARD_OK);
	WARD_ASSERT(ward_mqtt_conn_begin(s->e, s->now, &s->c) == WARD_OK);
}

static void answer(struct side *s)
{
	struct ward_slice out = ward_mqtt_conn_output(s->c);

	ward_mqtt_conn_sent(s->c, out.len);
}

/* All that is there, at most step bytes at a time; settled whenever it must wait. */
static void feed(struct side *s, const uint8_t *p, size_t n, size_t step)
{
	while (n || s->len) {
		size_t more = n < step ? n : step;
		size_t used;

		more = more < PACKET - s->len ? more : PACKET - s->len;
		if (more)
			memcpy(s->in + s->len, p, more);
		s->len += more;
		p += more;
		n -= more;
		uint8_t *exact = fuzz_copy(s->in, s->len);

		WARD_ASSERT(ward_mqtt_conn_feed(s->c, (struct ward_slice){exact, s->len}, s->now,
				    &used) == WARD_OK);
		free(exact);
		WARD_ASSERT(used <= s->len);
		memmove(s->in, s->in + used, s->len - used);
		s->len -= used;
		size_t due = ward_mqtt_conn_due(s->c);

		WARD_ASSERT(due <= 3);
		if (due == 3 || !used) {
			ward_mqtt_conn_acknowledge(s->c);
			answer(s);
		}
		WARD_ASSERT(used || more || due || s->len < PACKET);
		if (!used && !more && !due)
			return;
	}
}

static void happen(struct side *s, uint8_t what, const uint8_t *p, size_t n, size_t step)
{
	if (what % 8 < 5)
		feed(s, p, n, step);
	if (what % 8 == 5) {
		ward_mqtt_conn_acknowledge(s->c);
		answer(s);
	}
	if (what % 8 == 6) {
		s->now += (ward_ns)n * WARD_NS_PER_S;
		WARD_ASSERT(ward_mqtt_endpoint_tick(s->e, s->now) == WARD_OK);
	}
	if (what % 8 == 7) {
		WARD_ASSERT(ward_mqtt_conn_end(s->c, s->now) == WARD_OK);
		s->len = 0;
		WARD_ASSERT(ward_mqtt_conn_begin(s->e, s->now, &s->c) == WARD_OK);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct side s[SIDES];
	struct ward_rd r = ward_rd_from(data, len);

	memset(s, 0, sizeof(s));
	for (int i = 0; i < SIDES; i++)
		begin(&s[i]);
	while (ward_rd_left(&r) >= 2) {
		uint8_t what = ward_rd_u8(&r);
		size_t n = ward_rd_u8(&r);

		n = what % 8 == 6 || n < ward_rd_left(&r) ? n : ward_rd_left(&r);
		const uint8_t *p = what % 8 < 5 ? ward_rd_take(&r, n) : NULL;

		happen(&s[0], what, p, n, PACKET);
		happen(&s[1], what, p, n, 1);
	}
	for (int i = 0; i < SIDES; i++) {
		ward_mqtt_endpoint_leave(s[i].e, WARD_MQTT_REJECT_LEAVING, s[i].now);
		ward_mqtt_endpoint_free(s[i].e);
	}
	/* acknowledged at different times, one may exceed Receive Maximum where the other does not
	 */
	if (!ward_counter_get(&s[0].counters, "mqtt.reject.inflight") &&
		!ward_counter_get(&s[1].counters, "mqtt.reject.inflight"))
		WARD_ASSERT(ward_str_eq(ward_wr_text(&s[0].log), ward_wr_text(&s[1].log)));
	for (int i = 0; i < SIDES; i++)
		ward_wr_fini(&s[i].log);
	return 0;
}
