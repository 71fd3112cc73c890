#include "sense/building/poll_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_MAX = 40, TEXTS_MAX = 1 << 24 };

void ward_poll_plan_init(
	struct ward_poll_plan *p, const struct ward_mem *mem, const struct ward_limits *lim)
{
	*p = (struct ward_poll_plan){.mem = mem, .max = ward_limit(lim, WARD_LIMIT_POLL_POINTS)};
	ward_arena_init(&p->arena, mem, TEXTS_MAX);
}

void ward_poll_plan_fini(struct ward_poll_plan *p)
{
	ward_mem_free(p->mem, p->point, p->cap * sizeof(*p->point));
	ward_arena_fini(&p->arena);
}

enum ward_err ward_poll_plan_add(struct ward_poll_plan *p, const struct ward_poll_point *point)
{
	struct ward_poll_point copy = *point;
	enum ward_err err =
		ward_mem_more(p->mem, &p->point, p->n, &p->cap, sizeof(*p->point), p->max);

	if (err)
		return err;
	copy.id = ward_arena_str(&p->arena, point->id);
	copy.unit = ward_arena_str(&p->arena, point->unit);
	copy.address = ward_arena_str(&p->arena, point->address);
	if (!copy.id.p || !copy.unit.p || !copy.address.p)
		return WARD_ERR_NOMEM;
	p->point[p->n++] = copy;
	return WARD_OK;
}

static void put_number(struct ward_wr *w, double v)
{
	char text[NUMBER_MAX];

	(void)snprintf(text, sizeof(text), "%.17g", v);
	ward_wr_z(w, text);
	ward_wr_ch(w, '\t');
}

void ward_poll_plan_write(const struct ward_poll_point *point, struct ward_wr *w)
{
	ward_wr_str(w, point->id);
	ward_wr_ch(w, '\t');
	ward_wr_str(w, point->unit);
	ward_wr_ch(w, '\t');
	put_number(w, point->scale);
	put_number(w, point->offset);
	ward_wr_str(w, point->address);
	ward_wr_ch(w, '\n');
}

static bool read_number(struct ward_str s, double *ret)
{
	char text[NUMBER_MAX], *end;

	if (!s.len || s.len >= sizeof(text))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	*ret = strtod(text, &end);
	return *end == 0 && isfinite(*ret);
}

enum ward_err ward_poll_plan_read(struct ward_poll_plan *p, struct ward_str text)
{
	enum ward_err err = WARD_OK;

	while (text.len && !err) {
		struct ward_str line = ward_str_cut(&text, '\n');
		struct ward_poll_point point = {.id = ward_str_cut(&line, '\t')};

		point.unit = ward_str_cut(&line, '\t');
		bool ok = read_number(ward_str_cut(&line, '\t'), &point.scale) &&
			  read_number(ward_str_cut(&line, '\t'), &point.offset);

		point.address = line;
		err = ok && point.id.len && point.address.len ? ward_poll_plan_add(p, &point)
							      : WARD_ERR_MALFORMED;
	}
	return err;
}
