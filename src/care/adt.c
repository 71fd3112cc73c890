#include "care/adt.h"

#include "event/json.h"

#include <stdlib.h>

enum { EVENT_BYTES = 1 << 24 };

struct ward_care_adt {
	const struct ward_mem *mem;
	const struct ward_model *m;
	struct ward_names names;
	struct ward_json_reader json;
	struct ward_arena arena; /* of one event */
	uint32_t class, type, trigger, point, prior, cut;
	struct told {
		struct ward_id id; /* of the event */
		struct ward_care_move move;
	} * told;
	size_t n_told, cap_told;
	struct ward_care_move *move;
	size_t cap_move;
	ward_ns last;
	uint64_t n_elsewhere;
	char elsewhere[64];
	size_t n_name;
};

enum ward_err ward_care_adt_new(const struct ward_model *m, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_care_adt **ret)
{
	struct ward_care_adt *x = ward_mem_alloc(mem, sizeof(*x));
	enum ward_err err;

	if (!x)
		return WARD_ERR_NOMEM;
	x->mem = mem;
	x->m = m;
	x->last = -1;
	ward_arena_init(&x->arena, mem, EVENT_BYTES);
	err = ward_names_init(&x->names, mem, lim);
	if (!err) {
		err = ward_json_reader_init(&x->json, &x->names, mem, lim);
		if (err)
			ward_names_fini(&x->names);
	}
	if (err) {
		ward_mem_free(mem, x, sizeof(*x));
		return err;
	}
	const struct {
		const char *name;
		uint32_t *to;
	} name[] = {{"net.hl7.message", &x->class}, {"hl7.type", &x->type},
		{"hl7.trigger", &x->trigger}, {"hl7.point_of_care", &x->point},
		{"hl7.prior_point_of_care", &x->prior}, {"hl7.cut", &x->cut}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		*name[i].to = ward_name(&x->names, ward_str_z(name[i].name));
	*ret = x;
	return WARD_OK;
}

void ward_care_adt_free(struct ward_care_adt *x)
{
	if (!x)
		return;
	ward_mem_free(x->mem, x->move, x->cap_move * sizeof(*x->move));
	ward_mem_free(x->mem, x->told, x->cap_told * sizeof(*x->told));
	ward_json_reader_fini(&x->json);
	ward_names_fini(&x->names);
	ward_arena_fini(&x->arena);
	ward_mem_free(x->mem, x, sizeof(*x));
}

static struct ward_str text_of(const struct ward_event *e, uint32_t field)
{
	const struct ward_value *v = ward_event_get(e, field);

	return v && v->kind == WARD_VALUE_STR ? v->s : WARD_STR("");
}

/* The service that the point of care names, or is. */
static uint32_t service_of(const struct ward_model *m, struct ward_str point)
{
	uint32_t node = ward_model_by_key(m, WARD_KEY_POINT, point);

	if (node == WARD_NONE)
		node = ward_model_find(m, point);
	return node != WARD_NONE && ward_model_node(m, node)->kind == WARD_NODE_SERVICE ? node
											: WARD_NONE;
}

static enum ward_err move(
	struct ward_care_adt *x, const struct ward_event *e, struct ward_str point, int delta)
{
	uint32_t node = service_of(x->m, point);
	enum ward_err err;

	if (!point.len || !delta)
		return WARD_OK;
	if (node == WARD_NONE) {
		if (!x->n_elsewhere++) {
			x->n_name =
				point.len < sizeof(x->elsewhere) ? point.len : sizeof(x->elsewhere);
			memcpy(x->elsewhere, point.p, x->n_name);
		}
		return WARD_OK;
	}
	err = ward_mem_more(x->mem, (void *)&x->told, x->n_told, &x->cap_told, sizeof(*x->told),
		WARD_CARE_MOVES_MAX);
	if (!err)
		x->told[x->n_told++] = (struct told){e->id, {node, e->time, delta}};
	return err;
}

/* HL7 v2.5.1 chapter 3: what each trigger does at PV1-3 and at PV1-6. After A12 and A13 the
 * patient is where PV1-3 says. */
static const struct {
	const char *trigger;
	int at, prior;
} triggers[] = {
	{"A01", 1, 0},  /* admitted */
	{"A02", 1, -1}, /* moved */
	{"A03", -1, 0}, /* discharged */
	{"A06", 1, 0},  /* an outpatient stays: no bed was taken before */
	{"A07", 0, -1}, /* an inpatient becomes an outpatient: the bed at PV1-6 is free */
	{"A11", -1, 0}, /* not admitted after all */
	{"A12", 1, -1}, /* not moved after all */
	{"A13", 1, 0},  /* not discharged after all */
};

enum ward_err ward_care_adt_line(struct ward_care_adt *x, struct ward_str json)
{
	struct ward_event e;

	ward_arena_reset(&x->arena);
	enum ward_err err = ward_json_read_event(&x->json, json, &x->arena, &e);

	if (err || !x->json.own || e.class != x->class ||
		!ward_str_eqz(text_of(&e, x->type), "ADT") || ward_event_get(&e, x->cut))
		return err;
	x->last = e.time > x->last ? e.time : x->last;

	struct ward_str trigger = text_of(&e, x->trigger), point = text_of(&e, x->point),
			prior = text_of(&e, x->prior);

	for (size_t i = 0; i < WARD_ARRAY_LEN(triggers) && !err; i++) {
		if (!ward_str_eqz(trigger, triggers[i].trigger))
			continue;
		err = move(x, &e, point, triggers[i].at);
		if (!err)
			err = move(x, &e, prior, triggers[i].prior);
	}
	return err;
}

static int told_cmp(const void *va, const void *vb)
{
	const struct told *a = va, *b = vb;
	int c = ward_id_cmp(a->id, b->id);

	if (c)
		return c;
	if (a->move.node != b->move.node)
		return a->move.node < b->move.node ? -1 : 1;
	return a->move.delta - b->move.delta;
}

const struct ward_care_move *ward_care_adt_moves(struct ward_care_adt *x, size_t *ret_n)
{
	static const struct ward_id none;
	struct ward_care_move *to = ward_mem_resize(
		x->mem, x->move, x->cap_move * sizeof(*x->move), x->n_told * sizeof(*x->move));

	*ret_n = 0;
	if (!to)
		return NULL;
	x->move = to;
	x->cap_move = x->n_told;
	if (x->n_told)
		qsort(x->told, x->n_told, sizeof(*x->told), told_cmp);
	for (size_t i = 0; i < x->n_told; i++)
		if (!i || ward_id_eq(x->told[i].id, none) ||
			told_cmp(&x->told[i], &x->told[i - 1]) != 0)
			x->move[(*ret_n)++] = x->told[i].move;
	return x->move;
}

ward_ns ward_care_adt_last(const struct ward_care_adt *x)
{
	return x->last;
}

uint64_t ward_care_adt_elsewhere(const struct ward_care_adt *x, struct ward_str *ret_first)
{
	*ret_first = (struct ward_str){x->elsewhere, x->n_name};
	return x->n_elsewhere;
}
