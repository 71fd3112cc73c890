#include "cli/record_controllers.h"

#include "base/rd.h"
#include "exercise/write.h"
#include "model/point/point.h"
#include "sense/building/bacnet_client.h"
#include "sense/building/modbus_client.h"
#include "sense/building/snmp_client.h"

enum { DEVICES_MAX = 32, ANSWERS_MAX = 64, TEXT_MAX = 1 << 24 };

static const ward_ns after = 30 * WARD_NS_PER_S, step = WARD_NS_PER_MS;
/* Clocks of machines are not at zero. */
static const ward_ns mono_begin = 3600 * WARD_NS_PER_S;

/* One poller and what it asks, in one clock. */
struct stage {
	const struct ward_cli_polled *in;
	const struct ward_source *source;
	ward_ns time; /* of the play */
	struct ward_poll_plan plan;
	struct ward_device *device[DEVICES_MAX];
	const struct ward_controller *of[DEVICES_MAX];
	size_t next;                              /* step: what those before it wrote is written */
	struct ward_bacnet_scope at[DEVICES_MAX]; /* BACnet */
	size_t n;
	struct answer {
		struct ward_bacnet_scope from;
		size_t len;
		uint8_t bytes[WARD_DEVICE_ANSWER];
	} answer[ANSWERS_MAX];
	size_t n_answer;
};

static struct ward_poll_now now(const struct stage *s)
{
	return (struct ward_poll_now){s->in->scenario->start + s->time, mono_begin + s->time};
}

static struct ward_poll_now now_of(void *ctx)
{
	return now(ctx);
}

/* A controller, and its points as what is asked for. */
static enum ward_err add(struct stage *s, const struct ward_controller *k)
{
	enum ward_device_speech speech = ward_device_speaks(k->source->kind);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	enum ward_err err = s->n == DEVICES_MAX ? WARD_ERR_LIMIT : WARD_OK;

	for (size_t i = 0; i < k->n_value && !err; i++) {
		uint32_t at = ward_points_find(s->in->points, k->value[i].point);

		if (at == WARD_NONE)
			continue; /* the scenario was checked against the same points */
		const struct ward_bms_point *p = ward_points_at(s->in->points, at);
		struct ward_poll_point asked = {p->id, p->unit, p->address, p->scale, p->offset};

		err = ward_poll_plan_add(&s->plan, &asked);
	}
	ward_device_write_all(k, s->in->points, &w);
	if (!err && speech == WARD_DEVICE_BACNET &&
		ward_bacnet_scope_parse(k->at, &s->at[s->n]) != WARD_OK)
		err = WARD_ERR_CONFIG;
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_LIMIT
				      : ward_device_new(ward_mem_heap(), speech, ward_wr_text(&w),
						&s->device[s->n]);
	s->of[s->n] = k;
	s->n += !err;
	ward_wr_fini(&w);
	return err;
}

/* What steps write by now, each at its time. */
static void write_due(struct stage *s)
{
	const struct ward_scenario *c = s->in->scenario;

	for (; s->next < c->n_step && c->step[s->next].real <= s->time; s->next++)
		for (size_t i = 0; i < s->n; i++)
			ward_write_apply(c, &c->step[s->next], c->step[s->next].real, s->of[i],
				s->device[i]);
}

/* BACnet: the one that stands there answers, or nobody. */
static void ask(void *ctx, const uint8_t ip[4], uint16_t port, struct ward_slice bytes)
{
	struct stage *s = ctx;

	write_due(s);
	for (size_t i = 0; i < s->n && s->n_answer < ANSWERS_MAX; i++) {
		struct answer *a = &s->answer[s->n_answer];
		struct ward_wr w = ward_wr_fixed(a->bytes, sizeof(a->bytes));

		if (memcmp(s->at[i].ip, ip, 4) != 0 || s->at[i].port != port ||
			!ward_device_hear(s->device[i], s->time, bytes, &w))
			continue;
		a->from = s->at[i];
		a->len = w.len;
		s->n_answer++;
	}
}

static enum ward_err hear(struct stage *s, struct ward_bacnet_client *c)
{
	enum ward_err err = WARD_OK;

	while (s->n_answer && !err) {
		struct answer a = s->answer[0];

		s->n_answer--;
		memmove(s->answer, s->answer + 1, s->n_answer * sizeof(a));
		err = ward_bacnet_client_hear(
			c, a.from.ip, a.from.port, ward_slice_of(a.bytes, a.len), now(s));
	}
	return err;
}

/* To the next moment at which something is due. */
static void go_on(struct stage *s, ward_ns due)
{
	ward_ns next = due - mono_begin;

	s->time = next > s->time + step ? next : s->time + step;
}

static enum ward_err poll_bacnet(struct stage *s, ward_ns end)
{
	struct ward_bacnet_client *c = NULL;
	const char *why;
	size_t point;
	struct ward_bacnet_client_opts o = {.mem = ward_mem_heap(),
		.lim = s->in->lim,
		.names = s->in->names,
		.counters = s->in->counters,
		.sink = s->in->sink,
		.source = s->source->id,
		.plan = &s->plan,
		.scope = s->at,
		.n_scope = s->n,
		.every = s->source->every,
		.epoch = (uint64_t)s->in->scenario->start,
		.send = ask,
		.ctx = s};
	enum ward_err err = ward_bacnet_client_new(&o, now(s), &c, &point, &why);

	while (!err && s->time <= end) {
		err = ward_bacnet_client_tick(c, now(s));
		if (!err && s->n_answer) {
			s->time += step;
			err = hear(s, c);
		}
		go_on(s, err ? 0 : ward_bacnet_client_due(c));
	}
	ward_bacnet_client_free(c);
	return err;
}

/* One question and its answer, as they would be on the wire. */
static struct ward_modbus_end read_cells(void *ctx, uint8_t unit, enum ward_modbus_table table,
	uint16_t start, uint16_t n, uint16_t *ret)
{
	enum { HEAD = 7, EXCEPTION = 0x80 };
	struct stage *s = ctx;
	uint8_t question[12], buf[WARD_DEVICE_REQUEST];
	struct ward_wr q = ward_wr_fixed(question, sizeof(question));
	struct ward_wr a = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_be16(&q, 1);
	ward_wr_be16(&q, 0);
	ward_wr_be16(&q, 6);
	ward_wr_u8(&q, unit);
	ward_wr_u8(&q, (uint8_t)ward_modbus_function(table));
	ward_wr_be16(&q, start);
	ward_wr_be16(&q, n);
	s->time += step;
	write_due(s);
	if (ward_device_take(s->device[0], s->time, ward_wr_slice(&q), &a) <= 0)
		return (struct ward_modbus_end){.what = WARD_MODBUS_MISSED};
	struct ward_rd r = ward_rd_from(a.p, a.len);

	(void)ward_rd_sub(&r, HEAD);
	uint8_t function = ward_rd_u8(&r), next = ward_rd_u8(&r);

	if (function & EXCEPTION)
		return (struct ward_modbus_end){WARD_MODBUS_EXCEPTION, next};
	for (uint16_t i = 0; i < n; i++) {
		if (!ward_modbus_bits(table)) {
			ret[i] = ward_rd_be16(&r);
			continue;
		}
		if (i % 8 == 0)
			next = ward_rd_u8(&r);
		ret[i] = next >> i % 8 & 1;
	}
	return (struct ward_modbus_end){
		.what = ward_rd_bad(&r) ? WARD_MODBUS_WRONG : WARD_MODBUS_DONE};
}

/* What every client of a controller is told of its stage; their options have the same names. */
#define STAGED(s)                                                                        \
	.mem = ward_mem_heap(), .lim = (s)->in->lim, .names = (s)->in->names,            \
	.counters = (s)->in->counters, .sink = (s)->in->sink, .source = (s)->source->id, \
	.plan = &(s)->plan, .every = (s)->source->every,                                 \
	.epoch = (uint64_t)(s)->in->scenario->start, .now = now_of, .ctx = (s)

static enum ward_err poll_modbus(struct stage *s, ward_ns end)
{
	struct ward_modbus_client *c = NULL;
	const char *why;
	size_t point;
	struct ward_modbus_client_opts o = {STAGED(s), .read = read_cells};
	enum ward_err err = ward_modbus_client_new(&o, &c, &point, &why);

	while (!err && s->time <= end) {
		err = ward_modbus_client_tick(c);
		go_on(s, err ? 0 : ward_modbus_client_due(c));
	}
	ward_modbus_client_free(c);
	return err;
}

/* What the agent has, as its answer would say it. */
static enum ward_snmp_end read_objects(void *ctx, const struct ward_snmp_oid *const *oid, size_t n,
	bool bulk, struct ward_snmp_value *ret, const char **ret_why)
{
	struct stage *s = ctx;

	(void)bulk;
	(void)ret_why;
	s->time += step;
	write_due(s);
	for (size_t i = 0; i < n; i++) {
		int64_t number = 0;

		ret[i] = (struct ward_snmp_value){.reason = "noSuchInstance"};
		if (ward_device_object(s->device[0], s->time, oid[i], &number))
			ret[i] = (struct ward_snmp_value){.value = ward_value_int(number)};
	}
	return WARD_SNMP_DONE;
}

static enum ward_err poll_snmp(struct stage *s, ward_ns end)
{
	struct ward_snmp_client *c = NULL;
	const char *why;
	size_t point;
	struct ward_snmp_client_opts o = {STAGED(s), .read = read_objects};
	enum ward_err err = ward_snmp_client_new(&o, &c, &point, &why);

	while (!err && s->time <= end) {
		err = ward_snmp_client_tick(c);
		go_on(s, err ? 0 : ward_snmp_client_due(c));
	}
	ward_snmp_client_free(c);
	return err;
}

static ward_ns last_of(const struct ward_scenario *s)
{
	ward_ns last = s->n_step ? s->step[s->n_step - 1].at : 0;

	for (size_t i = 0; i < s->n_step; i++)
		if ((ward_write_to(s, &s->step[i]) || s->step[i].act == WARD_ACT_SET) &&
			s->step[i].real > last)
			last = s->step[i].real;
	for (size_t i = 0; i < s->n_controller; i++)
		for (size_t k = 0; k < s->controller[i].n_value; k++) {
			const struct ward_moves *m = &s->controller[i].value[k].moves;
			ward_ns end = m->move[m->n - 1].at + m->move[m->n - 1].over;

			last = end > last ? end : last;
		}
	return last;
}

enum ward_err ward_cli_record_controllers(
	const struct ward_cli_polled *p, const struct ward_source *source)
{
	struct stage *s = ward_mem_alloc(ward_mem_heap(), sizeof(*s));
	ward_ns end = last_of(p->scenario) + after;
	enum ward_err err = WARD_OK;

	if (!s)
		return WARD_ERR_NOMEM;
	*s = (struct stage){.in = p, .source = source};
	ward_poll_plan_init(&s->plan, ward_mem_heap(), p->lim);
	for (size_t i = 0; i < p->scenario->n_controller && !err; i++)
		if (p->scenario->controller[i].source == source)
			err = add(s, &p->scenario->controller[i]);
	static enum ward_err (*const poll[])(struct stage *, ward_ns) = {
		[WARD_DEVICE_BACNET] = poll_bacnet,
		[WARD_DEVICE_MODBUS] = poll_modbus,
		[WARD_DEVICE_SNMP] = poll_snmp,
	};

	if (!err)
		err = poll[ward_device_speaks(source->kind)](s, end);
	for (size_t i = 0; i < s->n; i++)
		ward_device_free(s->device[i]);
	ward_poll_plan_fini(&s->plan);
	ward_mem_free(ward_mem_heap(), s, sizeof(*s));
	return err;
}
