/* plan.csv: one line for each room that it draws (docs/plans.md). */
#include "plan/priv.h"

#include "conf/conf.h"
#include "model/line.h"
#include "model/near.h"

#include <stdlib.h>

enum { FILE_BYTES_MAX = 64 << 20, CM = 100, OVERLAPS_MAX = 100 };
enum column { COL_ROOM, COL_X, COL_Y, COL_W, COL_H, COL_POLYGON, COL_N };

static const char *const column[COL_N] = {"room", "x", "y", "w", "h", "polygon"};

/* A part in the sweep over one floor. */
struct part {
	size_t floor;
	struct ward_plan_rect at;
	uint32_t room; /* node */
};

struct reader {
	struct ward_plans *p;
	const struct ward_plan_in *in;
	struct ward_csv_line l;
	size_t at[COL_N];
	size_t near_budget;
	uint32_t *line; /* [nodes]: where a room is drawn; 0: nowhere */
	struct part *part;
	size_t n_part, cap_part;
};

/* "12", "12.5", "12.25": metres into centimetres. False for anything else, and beyond the range. */
static bool metres(struct ward_str s, int32_t *ret)
{
	struct ward_str rest = s, whole = ward_str_cut(&rest, '.');
	uint64_t m, cm = 0;

	if (!ward_str_u64(whole, &m) || m > PLAN_METRES_MAX)
		return false;
	if (rest.p && (!ward_str_u64(rest, &cm) || rest.len > 2))
		return false;
	if (rest.p && rest.len == 1)
		cm *= 10;
	if (m * CM + cm > PLAN_METRES_MAX * CM)
		return false;
	*ret = (int32_t)(m * CM + cm);
	return true;
}

static bool measure(struct reader *r, enum column c, int32_t least, int32_t *ret)
{
	struct ward_str s = ward_csv_line_cell(&r->l, c);

	if (metres(s, ret) && *ret >= least)
		return true;
	WARD_CSV_LINE_BAD(&r->l,
		WARD_TEXT("'%s' is '%.*s', which is no measure from %s to %d metres\nwrite metres "
			  "such as "
			  "12 or 4.25, counted from the upper left corner of the floor"),
		column[c], WARD_STR_ARG(s), least ? "0.01" : "0", PLAN_METRES_MAX);
	return false;
}

/* A shape in hand. */
struct shape {
	struct ward_plan_point corner[PLAN_CORNERS_MAX];
	size_t n;
	struct ward_plan_rect part[PLAN_CORNERS_MAX * PLAN_CORNERS_MAX / 4];
	size_t n_part;
};

static bool corners(struct reader *r, struct ward_str text, struct shape *s)
{
	while (text.p) {
		struct ward_str y = ward_str_cut(&text, ' '), x;

		if (!y.len)
			continue;
		x = ward_str_cut(&y, ':');
		if (s->n == PLAN_CORNERS_MAX) {
			WARD_CSV_LINE_BAD(&r->l,
				WARD_TEXT(
					"the polygon has more than %d corners\ndraw it with fewer"),
				PLAN_CORNERS_MAX);
			return false;
		}
		if (!metres(x, &s->corner[s->n].x) || !metres(y, &s->corner[s->n].y)) {
			WARD_CSV_LINE_BAD(&r->l,
				WARD_TEXT("a corner of the polygon is no pair of measures from 0 "
					  "to %d "
					  "metres\nwrite x:y for each corner, such as 0:0 5:0 5:3 "
					  "0:3"),
				PLAN_METRES_MAX);
			return false;
		}
		s->n++;
	}
	return true;
}

/* Walls run along x and y in turns. */
static bool right_angled(struct reader *r, const struct shape *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct ward_plan_point *a = &s->corner[i], *b = &s->corner[(i + 1) % s->n],
					     *c = &s->corner[(i + 2) % s->n];
		bool along_x = a->y == b->y && a->x != b->x && b->x == c->x && b->y != c->y;
		bool along_y = a->x == b->x && a->y != b->y && b->y == c->y && b->x != c->x;

		if (!along_x && !along_y) {
			WARD_CSV_LINE_BAD(&r->l,
				WARD_TEXT("at its corner %zu the polygon has no right angle\nwrite "
					  "the "
					  "corners in their order, each on the same x or y as the "
					  "last; draw "
					  "a slanted wall as steps"),
				(i + 1) % s->n + 1);
			return false;
		}
	}
	return true;
}

static int by_number(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return x < y ? -1 : x > y;
}

/* The rectangle joins the one to its left of the same height, or is one more. */
static void add_part(struct shape *s, struct ward_plan_rect at)
{
	for (size_t i = 0; i < s->n_part; i++) {
		struct ward_plan_rect *p = &s->part[i];

		if (p->y == at.y && p->h == at.h && plan_right(p) == at.x) {
			p->w += at.w;
			return;
		}
	}
	s->part[s->n_part++] = at;
}

/* Cuts the polygon into rectangles between the x of its corners; false: it crosses itself. */
static bool cut(struct reader *r, struct shape *s)
{
	int32_t x[PLAN_CORNERS_MAX] = {0}, y[PLAN_CORNERS_MAX] = {0};
	int64_t twice = 0, area = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct ward_plan_point *a = &s->corner[i], *b = &s->corner[(i + 1) % s->n];

		x[i] = a->x;
		twice += (int64_t)a->x * b->y - (int64_t)b->x * a->y;
	}
	qsort(x, s->n, sizeof(x[0]), by_number);
	for (size_t i = 0; i + 1 < s->n; i++) {
		size_t n = 0;

		if (x[i] == x[i + 1])
			continue;
		for (size_t k = 0; k < s->n; k++) {
			const struct ward_plan_point *a = &s->corner[k],
						     *b = &s->corner[(k + 1) % s->n];

			if (plan_min(a->x, b->x) <= x[i] && plan_max(a->x, b->x) >= x[i + 1])
				y[n++] = a->y;
		}
		qsort(y, n, sizeof(*y), by_number);
		for (size_t k = 0; k + 1 < n; k += 2) {
			if (y[k] == y[k + 1])
				continue;
			add_part(s, (struct ward_plan_rect){
					    x[i], y[k], x[i + 1] - x[i], y[k + 1] - y[k]});
			area += (int64_t)(x[i + 1] - x[i]) * (y[k + 1] - y[k]);
		}
	}
	if (area && 2 * area == (twice < 0 ? -twice : twice))
		return true;
	WARD_CSV_LINE_BAD(
		&r->l, WARD_TEXT("the polygon crosses itself\nwrite its corners in the order in "
				 "which one walks along the walls"));
	return false;
}

/* x, y, w, h; or the polygon alone. */
static bool read_shape(struct reader *r, struct shape *s)
{
	struct ward_str polygon = ward_csv_line_cell(&r->l, COL_POLYGON);
	struct ward_plan_rect at;

	s->n = s->n_part = 0;
	if (!polygon.len) {
		if (!measure(r, COL_X, 0, &at.x) || !measure(r, COL_Y, 0, &at.y) ||
			!measure(r, COL_W, 1, &at.w) || !measure(r, COL_H, 1, &at.h))
			return false;
		s->part[s->n_part++] = at;
		return true;
	}
	for (unsigned c = COL_X; c <= COL_H; c++)
		if (ward_csv_line_cell(&r->l, c).len) {
			WARD_CSV_LINE_BAD(&r->l,
				WARD_TEXT("the room has both a polygon and '%s'\nwrite x, y, w and "
					  "h of a "
					  "rectangle, or only the polygon"),
				column[c]);
			return false;
		}
	if (!corners(r, polygon, s))
		return false;
	if (s->n < 4) {
		WARD_CSV_LINE_BAD(
			&r->l, WARD_TEXT("the polygon has fewer than four corners\nwrite x:y for "
					 "each corner, such as 0:0 5:0 5:3 0:3"));
		return false;
	}
	return right_angled(r, s) && cut(r, s);
}

static uint32_t read_room(struct reader *r)
{
	struct ward_str id = ward_csv_line_text(&r->l, COL_ROOM, true, 256);
	const struct ward_model *m = r->in->m;
	uint32_t node = id.len ? ward_model_find(m, id) : WARD_NONE;

	if (!id.len)
		return WARD_NONE;
	if (node == WARD_NONE) {
		struct ward_near near = ward_near_start(id, &r->near_budget);

		for (uint32_t i = 0; i < ward_model_n(m); i++)
			if (ward_model_node(m, i)->kind == WARD_NODE_ROOM)
				ward_near_offer(&near, ward_model_node(m, i)->id);
		if (near.best.len)
			WARD_CSV_LINE_BAD(&r->l,
				WARD_TEXT(
					"there is no room '%.*s'\nwrite '%.*s' if that was meant"),
				WARD_STR_ARG(id), WARD_STR_ARG(near.best));
		else
			WARD_CSV_LINE_BAD(&r->l,
				WARD_TEXT("there is no room '%.*s'\nwrite the id of a room"),
				WARD_STR_ARG(id));
		return WARD_NONE;
	}
	if (!plan_is_room(r->p, node)) {
		WARD_CSV_LINE_BAD(&r->l,
			WARD_TEXT("'%.*s' is no room of a floor but a %s\nwrite the id of a room"),
			WARD_STR_ARG(id), ward_node_kind_name(ward_model_node(m, node)->kind));
		return WARD_NONE;
	}
	if (r->line[node]) {
		WARD_CSV_LINE_BAD(&r->l,
			WARD_TEXT("room '%.*s' was drawn in line %u\nremove one of the two"),
			WARD_STR_ARG(id), r->line[node]);
		return WARD_NONE;
	}
	r->line[node] = r->l.row->line;
	return node;
}

/* The shape is the room's: it is drawn. */
static enum ward_err keep(struct reader *r, uint32_t node, const struct shape *s)
{
	struct ward_plan_rect *part = ward_arena_array(&r->p->arena, s->n_part, sizeof(*part));
	struct ward_plan_point *corner = ward_arena_array(&r->p->arena, s->n, sizeof(*corner));
	int32_t left = INT32_MAX, top = INT32_MAX, right = 0, bottom = 0;

	if (!part || !corner)
		return WARD_ERR_NOMEM;
	memcpy(part, s->part, s->n_part * sizeof(*part));
	memcpy(corner, s->corner, s->n * sizeof(*corner));
	for (size_t i = 0; i < s->n_part; i++) {
		enum ward_err err = ward_mem_more(r->in->mem, &r->part, r->n_part, &r->cap_part,
			sizeof(*r->part), ward_limit(r->in->lim, WARD_LIMIT_PLAN_PARTS));

		if (err)
			return err;
		r->part[r->n_part++] = (struct part){r->p->home[node], part[i], node};
		left = plan_min(left, part[i].x);
		top = plan_min(top, part[i].y);
		right = plan_max(right, plan_right(&part[i]));
		bottom = plan_max(bottom, plan_bottom(&part[i]));
	}
	*plan_room(r->p, node) = (struct ward_plan_room){.node = node,
		.at = {left, top, right - left, bottom - top},
		.part = part,
		.n_part = s->n_part,
		.corner = corner,
		.n_corner = s->n};
	return WARD_OK;
}

/* By floor, then along x. */
static int by_left(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->floor != y->floor)
		return x->floor < y->floor ? -1 : 1;
	if (x->at.x != y->at.x)
		return x->at.x < y->at.x ? -1 : 1;
	if (x->at.y != y->at.y)
		return x->at.y < y->at.y ? -1 : 1;
	return x->room < y->room ? -1 : x->room > y->room;
}

static void overlap(struct reader *r, const struct part *a, const struct part *b)
{
	uint32_t la = r->line[a->room], lb = r->line[b->room];
	uint32_t first = la < lb ? a->room : b->room, second = la < lb ? b->room : a->room;
	struct ward_plan *f = &r->p->floor[a->floor];

	ward_diag_addf(r->in->diag, WARD_DIAG_ERROR, r->l.t->file, r->line[second],
		WARD_TEXT("room '%.*s' lies on room '%.*s' of line %u\nmove one of them, or make "
			  "it smaller: "
			  "rooms of a floor share walls, never ground"),
		WARD_STR_ARG(ward_model_node(r->in->m, second)->id),
		WARD_STR_ARG(ward_model_node(r->in->m, first)->id), r->line[first]);
	/* so the floor is not drawn by the file */
	f->room[r->p->at[second]].n_part = 0;
}

/* Where a part of that upper edge belongs among those that the sweep is in, which lie below each
 * other. */
static size_t place_of(const struct part *const *open, size_t n, int32_t y)
{
	size_t from = 0;

	while (from < n) {
		size_t mid = from + (n - from) / 2;

		if (open[mid]->at.y < y)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

static size_t close_left_of(const struct part **open, size_t n, const struct part *next)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (open[i]->floor == next->floor && plan_right(&open[i]->at) > next->at.x)
			open[kept++] = open[i];
	return kept;
}

/* A sweep along x over each floor: what is open at one x lies below each other, so that a new part
 * overlaps one of its two neighbours or none. */
static enum ward_err check_overlaps(struct reader *r)
{
	size_t bytes = r->n_part * sizeof(const struct part *), n = 0, found = 0;
	const struct part **open = ward_mem_alloc(r->in->mem, bytes);
	int32_t closed_at = -1;
	size_t closed_on = SIZE_MAX;

	if (r->n_part && !open)
		return WARD_ERR_NOMEM;
	if (r->n_part)
		qsort(r->part, r->n_part, sizeof(*r->part), by_left);
	for (size_t i = 0; i < r->n_part && found < OVERLAPS_MAX; i++) {
		const struct part *p = &r->part[i], *on = NULL;

		if (p->at.x != closed_at || p->floor != closed_on)
			n = close_left_of(open, n, p);
		closed_at = p->at.x;
		closed_on = p->floor;
		size_t k = place_of(open, n, p->at.y);

		if (k < n && open[k]->at.y < plan_bottom(&p->at))
			on = open[k];
		if (k > 0 && plan_bottom(&open[k - 1]->at) > p->at.y)
			on = open[k - 1];
		if (on) {
			overlap(r, p, on);
			found++;
			continue;
		}
		memmove(&open[k + 1], &open[k], (n - k) * sizeof(*open));
		open[k] = p;
		n++;
	}
	ward_mem_free(r->in->mem, open, bytes);
	return WARD_OK;
}

static enum ward_err rows(struct reader *r, const struct ward_csv *t)
{
	struct shape *s = ward_mem_alloc(r->in->mem, sizeof(*s));
	enum ward_err err = s ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t i = 0; i < t->n_row && !err; i++) {
		r->l.row = &t->row[i];
		uint32_t node = read_room(r);

		if (node != WARD_NONE && read_shape(r, s))
			err = keep(r, node, s);
	}
	if (err == WARD_ERR_LIMIT)
		WARD_CSV_LINE_BAD(&r->l,
			WARD_TEXT("the rooms have more than %llu parts (rectangles) together\ndraw "
				  "fewer "
				  "corners, or raise plan.parts in limits.yml"),
			(unsigned long long)ward_limit(r->in->lim, WARD_LIMIT_PLAN_PARTS));
	ward_mem_free(r->in->mem, s, sizeof(*s));
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

/* A floor with a room that was not read right is no drawing of it. */
static enum ward_err read_table(struct reader *r, struct ward_arena *a, const struct ward_csv *t)
{
	r->l = (struct ward_csv_line){
		.diag = r->in->diag, .t = t, .column = column, .n = COL_N, .at = r->at};
	if (!ward_csv_line_columns(&r->l, "docs/plans.md"))
		return WARD_ERR_CONFIG;
	r->line = ward_arena_array(a, ward_model_n(r->in->m), sizeof(*r->line));
	enum ward_err err = r->line ? rows(r, t) : WARD_ERR_NOMEM;

	return err ? err : check_overlaps(r);
}

enum ward_err plan_read(struct ward_plans *p, const struct ward_plan_in *in, struct ward_str file,
	struct ward_slice text)
{
	struct reader r = {.p = p, .in = in, .near_budget = 1000000};
	size_t errors = in->diag->n_error;
	struct ward_arena a;
	struct ward_csv t;

	if (ward_csv_line_blank(text))
		return WARD_OK;
	ward_arena_init(&a, in->mem, FILE_BYTES_MAX);
	enum ward_err err = ward_conf_csv(&a, in->lim, file, text, in->diag, &t);

	if (!err)
		err = read_table(&r, &a, &t);
	ward_mem_free(in->mem, r.part, r.cap_part * sizeof(*r.part));
	ward_arena_fini(&a);
	return err ? err : in->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}
