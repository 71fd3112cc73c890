#include "care/adt.h"

#include "event/json.h"
#include "model/census.h"

#include <stdlib.h>

enum { EVENT_BYTES = 1 << 24 };

struct ward_care_adt {
	const struct ward_mem *mem;
	struct ward_census census;
	struct ward_names names;
	struct ward_json_reader json;
	struct ward_arena arena; /* of one event */
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
	ward_census_init(&x->census, m, &x->names);
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

static enum ward_err move(
	struct ward_care_adt *x, const struct ward_event *e, const struct ward_census_move *m)
{
	enum ward_err err;

	if (m->node == WARD_NONE) {
		if (!x->n_elsewhere++) {
			x->n_name = m->point.len < sizeof(x->elsewhere) ? m->point.len
									: sizeof(x->elsewhere);
			memcpy(x->elsewhere, m->point.p, x->n_name);
		}
		return WARD_OK;
	}
	err = ward_mem_more(x->mem, (void *)&x->told, x->n_told, &x->cap_told, sizeof(*x->told),
		WARD_CARE_MOVES_MAX);
	if (!err)
		x->told[x->n_told++] = (struct told){e->id, {m->node, e->time, m->delta}};
	return err;
}

enum ward_err ward_care_adt_line(struct ward_care_adt *x, struct ward_str json)
{
	struct ward_census_move m[WARD_CENSUS_MOVES];
	struct ward_event e;

	ward_arena_reset(&x->arena);
	enum ward_err err = ward_json_read_event(&x->json, json, &x->arena, &e);

	if (err || !x->json.own || !ward_census_is(&x->census, &e))
		return err;
	x->last = e.time > x->last ? e.time : x->last;
	size_t n = ward_census_of(&x->census, &e, m);

	for (size_t i = 0; i < n && !err; i++)
		err = move(x, &e, &m[i]);
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
	return a->move.delta < b->move.delta ? -1 : a->move.delta > b->move.delta;
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
