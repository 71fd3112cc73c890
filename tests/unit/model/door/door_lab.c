#include "door_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char usual[] = "hold: 10s\n"
			    "skew: 2s\n"
			    "doors:\n"
			    "  - {class: door, enter: 10s, held: 60s, exits: auto, recover: 1h}\n";

static struct ward_id id_of(uint64_t n)
{
	struct ward_id id = {{0}};

	for (size_t i = 0; i < 8; i++)
		id.b[15 - i] = (uint8_t)(n >> (8 * i));
	return id;
}

ward_ns at_ms(int64_t ms)
{
	return ms * WARD_NS_PER_MS;
}

struct house *house_new(const char *rules)
{
	struct house *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	assert_int_equal(lab_load(&h->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	assert_int_equal(ward_names_init(&h->names, ward_mem_heap(), &h->lab.lim), WARD_OK);
	ward_arena_init(&h->arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_door_rules_parse(WARD_STR("doors.yml"),
				 ward_str_bytes(ward_str_z(rules ? rules : usual)), NULL,
				 &h->lab.lim, ward_mem_heap(), &h->lab.d, &h->rules),
		WARD_OK);
	house_again(h);
	return h;
}

void house_again(struct house *h)
{
	ward_doors_free(h->doors);
	assert_int_equal(ward_doors_new(h->rules, h->lab.m, &h->names, &h->lab.lim, ward_mem_heap(),
				 &h->doors),
		WARD_OK);
}

void house_free(struct house *h)
{
	ward_doors_free(h->doors);
	ward_door_rules_free(h->rules);
	ward_arena_fini(&h->arena);
	ward_names_fini(&h->names);
	lab_free(&h->lab);
	free(h);
}

static void write_evidence(const struct house *h, const struct ward_event *e, struct ward_wr *w)
{
	const struct ward_value *v = NULL;

	for (size_t i = 0; i < e->n_field; i++)
		if (ward_str_eqz(ward_name_text(&h->names, e->field[i].name), "evidence"))
			v = &e->field[i].v;
	ward_wr_z(w, " [");
	for (uint32_t i = 0; v && i < v->n; i++) {
		struct ward_id id;

		assert_true(ward_id_parse(v->item[i].s, &id));
		ward_wr_printf(
			w, "%s%u", i ? " " : "", (unsigned)id.b[14] << 8 | (unsigned)id.b[15]);
	}
	ward_wr_z(w, "]");
}

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct house *h = ctx;
	size_t at = h->n_said++;

	if (h->quiet)
		return WARD_OK;
	assert_true(at < SAID_MAX);
	struct ward_wr w = ward_wr_fixed(h->said[at], SAID_TEXT - 1);
	struct ward_str door = ward_event_str(e, WARD_FIELD_DOOR);

	h->id[at] = e->id;
	ward_wr_str(&w, ward_name_text(&h->names, e->class));
	ward_wr_printf(&w, " %.*s %lld.%03lld ", WARD_STR_ARG(door),
		(long long)(e->time / WARD_NS_PER_S),
		(long long)(e->time % WARD_NS_PER_S / WARD_NS_PER_MS));
	ward_wr_str(&w, ward_event_str(e, WARD_FIELD_STATE));
	write_evidence(h, e, &w);
	const struct ward_value *n = ward_event_get(e, WARD_FIELD_PERSONS);

	if (n)
		ward_wr_printf(&w, " %lld persons", (long long)n->i);
	n = ward_event_get(e, ward_name(&h->names, WARD_STR("suspected")));
	if (n && ward_str_eqz(ward_name_text(&h->names, e->class), "door.tailgated"))
		ward_wr_printf(&w, ", %lld suspected", (long long)n->i);
	assert_false(ward_wr_bad(&w));
	h->said[at][w.len] = 0;
	return WARD_OK;
}

static void tell_list(struct house *h, int64_t ms, int64_t clock, const char *class, va_list fields)
{
	struct ward_event e;

	ward_arena_reset(&h->arena);
	ward_event_init(&e, &h->arena);
	e.id = id_of(++h->n_event);
	e.time = at_ms(ms);
	e.seen = at_ms(clock);
	e.source = ward_name(&h->names, WARD_STR("acs"));
	e.class = ward_name(&h->names, ward_str_z(class));
	for (const char *f; (f = va_arg(fields, const char *)) != NULL;) {
		struct ward_str rest = ward_str_z(f), name = ward_str_cut(&rest, '=');

		assert_int_equal(
			ward_event_set(&e, ward_name(&h->names, name), ward_value_str(rest)),
			WARD_OK);
	}
	assert_int_equal(ward_doors_event(h->doors, &e, e.time, e.seen, hear, h), WARD_OK);
}

void tell(struct house *h, int64_t ms, const char *class, ...)
{
	va_list ap;

	va_start(ap, class);
	tell_list(h, ms, ms, class, ap);
	va_end(ap);
}

uint64_t tell_at(struct house *h, int64_t ms, int64_t clock, const char *class, ...)
{
	va_list ap;

	va_start(ap, class);
	tell_list(h, ms, clock, class, ap);
	va_end(ap);
	return h->n_event;
}

void tick(struct house *h, int64_t ms)
{
	assert_int_equal(
		ward_doors_tick(h->doors, ms == INT64_MAX ? WARD_NS_NEVER : at_ms(ms), hear, h),
		WARD_OK);
}

void said(struct house *h, const char *first, ...)
{
	va_list ap;
	size_t i = 0;

	va_start(ap, first);
	for (const char *s = first; s; s = va_arg(ap, const char *), i++) {
		if (i >= h->n_said)
			fail_msg("not said: %s", s);
		assert_string_equal(h->said[i], s);
	}
	va_end(ap);
	if (i < h->n_said)
		fail_msg("said too: %s", h->said[i]);
	h->n_said = 0;
}
