#include "sense/field/tap.h"

#include "sense/field/osdp.h"

struct ward_tap {
	const struct ward_mem *mem;
	struct ward_osdp *osdp; /* one of both */
	struct ward_espa *espa;
};

enum ward_tap_protocol ward_tap_find(struct ward_str name)
{
	return ward_str_eqz(name, "osdp")   ? WARD_TAP_OSDP
	       : ward_str_eqz(name, "espa") ? WARD_TAP_ESPA
					    : WARD_TAP_N;
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
		.epoch = o->epoch,
		.silent = o->silent};

	return o->protocol == WARD_TAP_OSDP ? ward_osdp_new(&osdp, &t->osdp)
					    : ward_espa_new(&espa, &t->espa);
}

enum ward_err ward_tap_new(const struct ward_tap_opts *opts, struct ward_tap **ret)
{
	struct ward_tap *t = ward_mem_alloc(opts->mem, sizeof(*t));
	enum ward_err err;

	if (!t)
		return WARD_ERR_NOMEM;
	t->mem = opts->mem;
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
	ward_mem_free(t->mem, t, sizeof(*t));
}

enum ward_err ward_tap_bytes(struct ward_tap *t, struct ward_slice bytes, ward_ns now)
{
	return t->osdp ? ward_osdp_bytes(t->osdp, bytes, now)
		       : ward_espa_bytes(t->espa, bytes, now);
}

enum ward_err ward_tap_tick(struct ward_tap *t, ward_ns now)
{
	return t->espa ? ward_espa_tick(t->espa, now) : WARD_OK;
}

enum ward_err ward_tap_end(struct ward_tap *t, ward_ns now)
{
	if (t->osdp)
		return ward_osdp_end(t->osdp, now);
	ward_espa_end(t->espa);
	return WARD_OK;
}
