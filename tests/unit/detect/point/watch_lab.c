#include "watch_lab.h"

#include "words/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const char more[] = "assets:\n"
			   "  - {id: bms-1, name: Supervisor, class: device.ahu, room: hall, "
			   "network: n-bms, ip: 10.1.0.9}\n"
			   "relations:\n  - {from: bms-1, relation: controls, to: ahu-1}\n";

struct plant *plant_new(const char *points, const char *kinds)
{
	struct plant *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	assert_int_equal(lab_load(&p->lab, ward_mem_heap(), NULL, "more.yml", more), WARD_OK);
	assert_int_equal(ward_names_init(&p->names, ward_mem_heap(), &p->lab.lim), WARD_OK);
	ward_arena_init(&p->arena, ward_mem_heap(), 1 << 20);
	const struct ward_point_in in = {p->lab.m, &p->lab.lim, ward_mem_heap(), &p->lab.d};

	if (ward_points_parse(&in, ward_str_bytes(ward_str_z(points)),
		    ward_str_bytes(ward_str_z(kinds)), &p->points) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(p->lab.d.item[0].what));
	plant_again(p);
	return p;
}

void plant_again(struct plant *p)
{
	ward_watch_free(p->watch);
	p->watch = NULL;
	assert_int_equal(ward_watch_new(p->points, p->lab.m, &p->names, &p->lab.lim,
				 ward_mem_heap(), &p->watch),
		WARD_OK);
}

void plant_free(struct plant *p)
{
	ward_watch_free(p->watch);
	ward_points_free(p->points);
	ward_arena_fini(&p->arena);
	ward_names_fini(&p->names);
	lab_free(&p->lab);
	free(p);
}

static void as_it_is(void *ctx, struct ward_str time, struct ward_wr *w)
{
	(void)ctx;
	ward_wr_str(w, time);
}

/* What stands beside the sentence says the same, whatever it is: so it can be told elsewhere. */
static void check_slots(struct plant *p, const struct ward_event *e)
{
	const struct ward_value *v =
		ward_event_get(e, ward_name(&p->names, WARD_STR("explanation.slots")));
	struct ward_str said = ward_event_str(e, ward_name(&p->names, WARD_STR("explanation")));
	struct ward_str reason[WARD_WORDS_SLOTS_MAX + 1];
	char buf[1024];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	assert_true(v && v->kind == WARD_VALUE_LIST && v->n <= WARD_WORDS_SLOTS_MAX + 1);
	for (uint32_t i = 0; i < v->n; i++)
		reason[i] = v->item[i].s;
	assert_true(ward_reason_tell(&w, NULL, reason, v->n, as_it_is, NULL));
	assert_true(said.len && ward_str_eq(ward_wr_text(&w), said));
}

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct plant *p = ctx;

	assert_true(p->n_said < PLANT_SAID_MAX);
	struct ward_wr w = ward_wr_fixed(p->said[p->n_said].line, sizeof(p->said->line) - 1);

	ward_wr_str(&w, ward_name_text(&p->names, e->class));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_event_str(e, WARD_FIELD_POINT));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_event_str(e, WARD_FIELD_STATE));
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_event_str(e, WARD_FIELD_VALUE));
	ward_wr_z(&w, ": ");
	ward_wr_str(&w, ward_event_str(e, ward_name(&p->names, WARD_STR("explanation"))));
	assert_false(ward_wr_bad(&w));
	check_slots(p, e);
	p->said[p->n_said].id = e->id;
	p->said[p->n_said++].time = e->time;
	return WARD_OK;
}

void plant_event(struct plant *p, uint64_t n, int64_t ms, const char *class, ...)
{
	struct ward_event e;
	va_list ap;

	ward_arena_reset(&p->arena);
	ward_event_init(&e, &p->arena);
	e.class = ward_name(&p->names, ward_str_z(class));
	e.source = ward_name(&p->names, WARD_STR("src-door"));
	e.time = e.seen = ms * WARD_NS_PER_MS;
	e.id = ward_event_id(WARD_STR("t"), 0, n, 0);
	va_start(ap, class);
	for (const char *f; (f = va_arg(ap, const char *));) {
		struct ward_str value = ward_str_z(f), name = ward_str_cut(&value, '=');
		int64_t whole;
		enum ward_value_kind kind = ward_number_kind(value, &whole);
		struct ward_value v =
			kind == WARD_VALUE_INT ? ward_value_int(whole) : ward_value_str(value);

		if (kind == WARD_VALUE_NUM)
			v.kind = WARD_VALUE_NUM;
		assert_int_equal(ward_event_set(&e, ward_name(&p->names, name), v), WARD_OK);
	}
	va_end(ap);
	assert_int_equal(ward_watch_event(p->watch, &e, e.time, e.time, hear, p), WARD_OK);
}

void plant_value(struct plant *p, int64_t s, const char *point, const char *value)
{
	char f[2][64];

	(void)snprintf(f[0], sizeof(f[0]), "point=%s", point);
	(void)snprintf(f[1], sizeof(f[1]), "value=%s", value);
	plant_event(p, ++p->n_event, s * 1000, "field.point", f[0], f[1], NULL);
}

void plant_tick(struct plant *p, int64_t s)
{
	assert_int_equal(ward_watch_tick(p->watch, s * WARD_NS_PER_S, hear, p), WARD_OK);
}

void plant_end(struct plant *p)
{
	assert_int_equal(ward_watch_tick(p->watch, WARD_NS_NEVER, hear, p), WARD_OK);
}

size_t plant_says(const struct plant *p, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_said; i++)
		n += strstr(p->said[i].line, what) != NULL;
	return n;
}
