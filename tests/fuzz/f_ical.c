/* A calendar as somebody exported it. Dates come in no other way than the contract says: whole,
 * after their begin, at most so many of one event. */
#include "fuzz.h"

#include "model/permit/ical.h"

struct seen {
	uint32_t line;
	size_t n;
};

static bool zone(void *ctx, struct ward_str name, const struct ward_ical_civil *c, ward_ns *ret)
{
	(void)ctx;
	WARD_ASSERT(c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= 31);
	return (!name.len || ward_str_eqz(name, "Europe/Rome")) &&
	       ward_time_civil(c->year, c->month, c->day,
		       c->hour * 3600 + c->minute * 60 + c->second, 0, ret) == WARD_OK;
}

static enum ward_err take(void *ctx, const struct ward_ical_date *d)
{
	struct seen *s = ctx;

	s->n = s->line == d->line ? s->n + 1 : 1;
	s->line = d->line;
	WARD_ASSERT(s->n <= WARD_ICAL_DATES_MAX && d->until > d->from && d->line);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_limits lim;
	struct ward_diag d;
	struct seen s = {0, 0};
	struct ward_ical_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.diag = &d,
		.zone = zone,
		.fn = take,
		.ctx = &s};

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_ical_parse(&o, WARD_STR("x.ics"), ward_slice_of(copy, len));

	WARD_ASSERT((err == WARD_OK && !d.n_error) || (err == WARD_ERR_CONFIG && d.n_error));
	ward_diag_fini(&d);
	free(copy);
	return 0;
}
