#include "cli/record_heard.h"

#include "exercise/device.h"
#include "exercise/record.h"
#include "sense/building/snmp_trap.h"
#include "sense/field/tap.h"
#include "sense/log/pattern.h"

#include <stdio.h>

static bool heard(const struct ward_step *s, const struct ward_source *source)
{
	return s->source == source && (s->act == WARD_ACT_ESPA || s->act == WARD_ACT_TRAP);
}

bool ward_cli_heard(const struct ward_scenario *s, const struct ward_source *source)
{
	bool any = false;

	for (size_t i = 0; i < s->n_step; i++)
		any |= heard(&s->step[i], source);
	return any;
}

/* A call, and what its words mean. */
struct ear {
	const struct ward_cli_polled *in;
	const struct ward_log_patterns *patterns;
	struct ward_arena arena;
};

static enum ward_err understand(void *ctx, const struct ward_event *e)
{
	struct ear *ear = ctx;
	struct ward_event copy;

	ward_arena_reset(&ear->arena);
	enum ward_err err = ward_event_copy(e, &ear->arena, &copy);

	if (!err)
		err = ward_log_patterns_call(ear->patterns, &copy);
	return err ? err : ear->in->sink.put(ear->in->sink.ctx, &copy);
}

static enum ward_err hear_calls(struct ear *ear, const struct ward_source *source)
{
	const struct ward_scenario *c = ear->in->scenario;
	struct ward_tap *tap = NULL;
	const struct ward_tap_opts o = {.protocol = WARD_TAP_ESPA,
		.mem = ward_mem_heap(),
		.names = ear->in->names,
		.counters = ear->in->counters,
		.sink = {understand, ear},
		.source = source->id,
		.line = source->id,
		.charset = ward_espa_charset_find(
			source->charset.len ? source->charset : WARD_STR("latin-1")),
		.epoch = (uint64_t)c->start};
	enum ward_err err = ward_tap_new(&o, &tap);

	for (size_t i = 0; i < c->n_step && !err; i++) {
		uint8_t buf[WARD_ACT_ESPA_MAX];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		if (!heard(&c->step[i], source))
			continue;
		ward_act_espa(&c->step[i], &w);
		err = ward_tap_bytes(tap, ward_wr_slice(&w), ward_record_time(c, &c->step[i]));
	}
	ward_tap_free(tap);
	return err;
}

static enum ward_err hear_traps(struct ear *ear, const struct ward_source *source)
{
	const struct ward_scenario *c = ear->in->scenario;
	struct ward_snmp_traps *traps = NULL;
	const struct ward_snmp_opts as = {
		.security = WARD_SNMP_V2C, .secret = WARD_DEVICE_COMMUNITY};
	const struct ward_snmp_traps_opts o = {.mem = ward_mem_heap(),
		.names = ear->in->names,
		.counters = ear->in->counters,
		.sink = ear->in->sink,
		.source = source->id,
		.epoch = (uint64_t)c->start,
		.wall = c->start,
		.as = &as};
	enum ward_err err = ward_snmp_traps_new(&o, &traps);

	for (size_t i = 0; i < c->n_step && !err; i++) {
		uint8_t buf[WARD_ACT_TRAP_MAX];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		char ip[16];
		bool good;

		if (!heard(&c->step[i], source))
			continue;
		const uint8_t *from = c->host[c->step[i].from].ip;

		(void)snprintf(ip, sizeof(ip), "%u.%u.%u.%u", from[0], from[1], from[2], from[3]);
		ward_act_trap(c, &c->step[i], &w);
		err = ward_snmp_traps_hear(traps, ward_str_z(ip), ward_wr_slice(&w),
			ward_record_time(c, &c->step[i]), &good);
	}
	ward_snmp_traps_free(traps);
	return err;
}

enum ward_err ward_cli_record_heard(const struct ward_cli_polled *p,
	const struct ward_log_patterns *patterns, const struct ward_source *source)
{
	struct ear ear = {.in = p, .patterns = patterns};
	enum ward_err err;

	ward_arena_init(&ear.arena, ward_mem_heap(), 1 << 20);
	err = ward_str_eqz(source->kind, "espa") ? hear_calls(&ear, source)
						 : hear_traps(&ear, source);
	ward_arena_fini(&ear.arena);
	return err;
}
