#include "sense/field/tap.h"

#include "event/classes.h"
#include "sense/field/osdp.h"

struct ward_tap {
	struct ward_tap_opts o;
	struct ward_osdp *osdp; /* one of both */
	struct ward_espa *espa;
	struct ward_arena arena;
	bool begun, silent;
	ward_ns heard; /* the last byte, or when the line began */
	uint64_t n_told;
};

enum { ARENA_MAX = 1 << 16 };

static const char *const protocol_name[WARD_TAP_N] = {"osdp", "espa"};

enum ward_tap_protocol ward_tap_find(struct ward_str name)
{
	unsigned i = 0;

	while (i < WARD_TAP_N && !ward_str_eqz(name, protocol_name[i]))
		i++;
	return (enum ward_tap_protocol)i;
}

static enum ward_err make(const struct ward_tap_opts *o, struct ward_tap *t)
{
	struct ward_osdp_opts osdp = {.mem = o->mem,
		.names = o->names,
		.counters = o->counters,
		.sink = o->sink,
		.source = o->source,
		.line = o->line,
		.epoch = o->epoch};
	struct ward_espa_opts espa = {.mem = o->mem,
		.names = o->names,
		.counters = o->counters,
		.sink = o->sink,
		.source = o->source,
		.line = o->line,
		.charset = o->charset,
		.epoch = o->epoch};

	return o->protocol == WARD_TAP_OSDP ? ward_osdp_new(&osdp, &t->osdp)
					    : ward_espa_new(&espa, &t->espa);
}

enum ward_err ward_tap_new(const struct ward_tap_opts *opts, struct ward_tap **ret)
{
	struct ward_tap *t = ward_mem_alloc(opts->mem, sizeof(*t));
	enum ward_err err;

	if (!t)
		return WARD_ERR_NOMEM;
	t->o = *opts;
	ward_arena_init(&t->arena, opts->mem, ARENA_MAX);
	err = make(opts, t);
	if (err) {
		ward_tap_free(t);
		return err;
	}
	*ret = t;
	return WARD_OK;
}

void ward_tap_free(struct ward_tap *t)
{
	if (!t)
		return;
	ward_osdp_free(t->osdp);
	ward_espa_free(t->espa);
	ward_arena_fini(&t->arena);
	ward_mem_free(t->o.mem, t, sizeof(*t));
}

/* The line itself, as a sensor of its name. */
static enum ward_err tell(struct ward_tap *t, enum ward_class class, ward_ns length, ward_ns now)
{
	struct ward_str protocol = ward_str_z(protocol_name[t->o.protocol]);
	struct ward_str source = t->o.source.len ? t->o.source : protocol;
	struct ward_str line = t->o.line.len ? t->o.line : protocol;
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&t->arena);
	ward_event_init(&e, &t->arena);
	e.id = ward_event_id(source, (uint64_t)now, t->n_told++, 2); /* 1: its owner's words */
	e.time = e.seen = now;
	e.source = ward_name(t->o.names, source);
	e.class = ward_name(t->o.names, ward_str_z(ward_class_info(class)->name));
	err = ward_event_set(&e, WARD_FIELD_SENSOR, ward_value_str(line));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(protocol));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(length));
	return err ? err : t->o.sink.put(t->o.sink.ctx, &e);
}

enum ward_err ward_tap_bytes(struct ward_tap *t, struct ward_slice bytes, ward_ns now)
{
	enum ward_err err = WARD_OK;

	if (!bytes.len)
		return WARD_OK;
	if (t->silent)
		err = tell(t, WARD_CLASS_FIELD_ONLINE, now - t->heard, now);
	t->silent = false;
	t->begun = true;
	t->heard = now;
	if (err)
		return err;
	return t->osdp ? ward_osdp_bytes(t->osdp, bytes, now)
		       : ward_espa_bytes(t->espa, bytes, now);
}

enum ward_err ward_tap_tick(struct ward_tap *t, ward_ns now)
{
	if (!t->begun)
		t->heard = now;
	t->begun = true;
	if (!t->o.silent || t->silent || now - t->heard <= t->o.silent)
		return WARD_OK;
	t->silent = true;
	return tell(t, WARD_CLASS_FIELD_SILENT, now - t->heard, now);
}

enum ward_err ward_tap_end(struct ward_tap *t, ward_ns now)
{
	/* one that is silent stays so until something is heard */
	t->begun = t->silent;
	return t->osdp ? ward_osdp_end(t->osdp, now) : ward_espa_end(t->espa, now);
}
