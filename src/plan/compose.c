/* Blocks out of rooms. A spine is a corridor whose rooms stand along two banks; other spines are
 * wings at right angles to it, or go on in line with it. Each block keeps to its own ground, so
 * that nothing overlaps whatever the tree is. */
#include "plan/schematic.h"

enum {
	SPINE_MIN = 400,  /* cm, the shortest spine */
	SPINE_DOORS = 3,  /* a room with so many rooms behind it is a spine, too */
	STRETCH_MAX = 17, /* tenths by which a room may be wider than usual, to fill its bank */
};

static struct plan_spot *child_of(const struct plan_floor *f, const struct plan_spot *s, uint32_t i)
{
	return &f->spot[f->child[s->child + i]];
}

/* Rooms may be wider than usual, so that the building's outer wall is straight; corridors not. */
static bool stretches(const struct plan_spot *s)
{
	return s->shape == PLAN_LEAF && s->role != PLAN_CORRIDOR;
}

/* The spots of list[0..n), which hang on s, side by side along `side` from `from` on, rooms among
 * them wider so that they fill `space`. */
static void put_along(struct plan_floor *f, const uint32_t *list, uint32_t n, int32_t space)
{
	int32_t fixed = 0, loose = 0, done = 0, at = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct plan_spot *c = &f->spot[list[i]];

		*(stretches(c) ? &loose : &fixed) += c->breadth;
	}
	int64_t fill = space - fixed;

	if (fill * 10 > (int64_t)loose * STRETCH_MAX)
		fill = (int64_t)loose * STRETCH_MAX / 10;
	for (uint32_t i = 0; i < n; i++) {
		struct plan_spot *c = &f->spot[list[i]];

		c->u = at;
		if (stretches(c)) {
			int32_t before = (int32_t)(fill * done / loose);

			done += c->breadth;
			c->breadth = (int32_t)(fill * done / loose) - before;
			c->own.h = c->breadth;
		}
		at += c->breadth;
	}
}

static int32_t breadths(const struct plan_floor *f, const uint32_t *list, uint32_t n)
{
	int32_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += f->spot[list[i]].breadth;
	return sum;
}

static int32_t longest(const struct plan_floor *f, const uint32_t *list, uint32_t n)
{
	int32_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = plan_max(most, f->spot[list[i]].length);
	return most;
}

static void leaf(struct plan_spot *s)
{
	bool corridor = s->role == PLAN_CORRIDOR;

	s->length = corridor ? s->width * s->depth / s->thick : s->depth;
	s->breadth = corridor ? s->thick : s->width;
	s->own = (struct ward_plan_rect){0, 0, s->length, s->breadth};
}

/* One block behind a room, the middle of its entrance behind that of the room. */
static void behind(struct plan_floor *f, struct plan_spot *s)
{
	struct plan_spot *c = child_of(f, s, 0);
	int32_t middle = c->own.y + c->own.h / 2, from = middle - s->width / 2;

	c->turn = PLAN_ON;
	c->u = s->depth;
	c->v = plan_max(0, -from);
	s->own = (struct ward_plan_rect){0, plan_max(0, from), s->depth, s->width};
	s->length = s->depth + c->length;
	s->breadth = plan_max(c->v + c->breadth, s->own.y + s->own.h);
}

static void stack(struct plan_floor *f, struct plan_spot *s)
{
	const uint32_t *list = &f->child[s->child];
	int32_t breadth = plan_max(s->width, breadths(f, list, s->n_child));

	if (s->n_child == 1 && child_of(f, s, 0)->shape != PLAN_LEAF) {
		behind(f, s);
		return;
	}
	put_along(f, list, s->n_child, breadth);
	for (uint32_t i = 0; i < s->n_child; i++) {
		struct plan_spot *c = child_of(f, s, i);

		c->v = c->u;
		c->u = s->depth;
		c->turn = PLAN_ON;
	}
	s->length = s->depth + longest(f, list, s->n_child);
	s->breadth = breadth;
	s->own = (struct ward_plan_rect){0, 0, s->depth, breadth};
}

/* What stands along a spine, while it is sorted out. */
struct banks {
	uint32_t ahead[2];       /* goes on in line, at the far and at the near end; WARD_NONE */
	uint32_t *wing, n_wing;  /* other spines */
	uint32_t *room, n_room;  /* rooms, and rooms with rooms behind them */
	uint32_t *bank[2], n[2]; /* in their order along the spine */
};

/* The largest spine that hangs on s and is not `but`. */
static uint32_t largest(const struct plan_floor *f, const struct plan_spot *s, uint32_t but)
{
	uint32_t best = WARD_NONE;
	int64_t most = -1;

	for (uint32_t i = 0; i < s->n_child; i++) {
		const struct plan_spot *c = child_of(f, s, i);
		int64_t ground = (int64_t)c->length * c->breadth;

		if (c->shape == PLAN_SPINE && f->child[s->child + i] != but && ground > most) {
			best = f->child[s->child + i];
			most = ground;
		}
	}
	return best;
}

static bool is_near(const struct plan_floor *f, uint32_t a, uint32_t b)
{
	for (uint32_t k = f->near_at[a]; k < f->near_at[a + 1]; k++)
		if (f->near[k] == b)
			return true;
	return false;
}

/* Rooms that lead into each other stand side by side: each is followed by one that it leads to, if
 * that one comes later. Bounded by looking a few places on. */
static void pair_up(const struct plan_floor *f, uint32_t *room, uint32_t n)
{
	enum { LOOK = 24 };

	for (uint32_t i = 0; i + 2 < n; i++)
		for (uint32_t k = i + 1; k < n && k <= i + LOOK; k++) {
			uint32_t found = room[k];

			if (!is_near(f, room[i], found))
				continue;
			for (; k > i + 1; k--)
				room[k] = room[k - 1];
			room[i + 1] = found;
			break;
		}
}

static void sort_out(struct plan_floor *f, const struct plan_spot *s, struct banks *b)
{
	static const enum plan_role turn[] = {PLAN_LIFT, PLAN_PLAIN, PLAN_STAIRS};

	b->ahead[0] = b->ahead[1] = WARD_NONE;
	if (f->straight)
		b->ahead[0] = largest(f, s, WARD_NONE);
	if (b->ahead[0] != WARD_NONE && s->parent == WARD_NONE)
		b->ahead[1] = largest(f, s, b->ahead[0]);
	b->room = f->list;
	b->n_room = b->n_wing = 0;
	for (unsigned t = 0; t < WARD_ARRAY_LEN(turn); t++)
		for (uint32_t i = 0; i < s->n_child; i++) {
			const struct plan_spot *c = child_of(f, s, i);
			enum plan_role role = c->role == PLAN_LIFT || c->role == PLAN_STAIRS
						      ? c->role
						      : PLAN_PLAIN;

			if (c->shape != PLAN_SPINE && role == turn[t])
				b->room[b->n_room++] = f->child[s->child + i];
		}
	pair_up(f, b->room, b->n_room);
	b->wing = b->room + b->n_room;
	for (uint32_t i = 0; i < s->n_child; i++) {
		uint32_t at = f->child[s->child + i];

		if (f->spot[at].shape == PLAN_SPINE && at != b->ahead[0] && at != b->ahead[1])
			b->wing[b->n_wing++] = at;
	}
}

/* Rooms before each wing, as many before each; so a lone wing stands at the far end. */
static uint32_t mix(
	uint32_t *to, const uint32_t *room, uint32_t n_room, const uint32_t *wing, uint32_t n_wing)
{
	uint32_t n = 0, r = 0;

	for (uint32_t k = 0; k < n_wing; k++) {
		uint32_t until = (uint32_t)((uint64_t)n_room * (k + 1) / n_wing);

		while (r < until)
			to[n++] = room[r++];
		to[n++] = wing[k];
	}
	while (r < n_room)
		to[n++] = room[r++];
	return n;
}

static void turn_round(uint32_t *room, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++) {
		uint32_t r = room[i];

		room[i] = room[n - 1 - i];
		room[n - 1 - i] = r;
	}
}

/* Both banks as long as each other, nearly. Wings first, each on the shorter bank. */
static void share_out(struct plan_floor *f, struct banks *b, uint32_t *to)
{
	int32_t sum[2] = {0, 0}, rooms = breadths(f, b->room, b->n_room), first = 0;
	uint32_t *wing[2] = {to, to + b->n_wing}, n_wing[2] = {0, 0}, n = 0;

	for (uint32_t i = 0; i < b->n_wing; i++) {
		unsigned k = sum[1] < sum[0];

		wing[k][n_wing[k]++] = b->wing[i];
		sum[k] += f->spot[b->wing[i]].breadth;
	}
	int32_t want = plan_max(0, (sum[0] + sum[1] + rooms) / 2 - sum[0]);

	while (n < b->n_room && first + f->spot[b->room[n]].breadth / 2 <= want)
		first += f->spot[b->room[n++]].breadth;
	/* two that lead into each other, parted here: face to face at the far end */
	if (n && n < b->n_room && is_near(f, b->room[n - 1], b->room[n]))
		turn_round(b->room + n, b->n_room - n);
	b->bank[0] = to + 2 * (size_t)b->n_wing;
	b->n[0] = mix(b->bank[0], b->room, n, wing[0], n_wing[0]);
	b->bank[1] = b->bank[0] + b->n[0];
	b->n[1] = mix(b->bank[1], b->room + n, b->n_room - n, wing[1], n_wing[1]);
}

/* The blocks that go on in line with the spine s, whose own rectangle and breadth are set. */
static void go_on(struct plan_floor *f, struct plan_spot *s, const struct banks *b)
{
	int32_t middle = s->own.y + s->own.h / 2, from = 0, until = s->breadth;
	int32_t near = b->ahead[1] == WARD_NONE ? 0 : f->spot[b->ahead[1]].length;

	for (unsigned k = 0; k < 2; k++) {
		if (b->ahead[k] == WARD_NONE)
			continue;
		struct plan_spot *c = &f->spot[b->ahead[k]];

		c->turn = k ? PLAN_BACK : PLAN_ON;
		c->u = k ? 0 : s->own.w;
		c->v = middle - (c->own.y + c->own.h / 2);
		from = plan_min(from, c->v);
		until = plan_max(until, c->v + c->breadth);
		s->length += c->length;
	}
	for (uint32_t i = 0; i < s->n_child; i++) {
		child_of(f, s, i)->u += near;
		child_of(f, s, i)->v -= from;
	}
	s->own.x += near;
	s->own.y -= from;
	s->breadth = until - from;
}

static void spine(struct plan_floor *f, struct plan_spot *s)
{
	struct banks b;

	sort_out(f, s, &b);
	share_out(f, &b, b.wing + b.n_wing);
	int32_t length = plan_max(plan_max(SPINE_MIN, s->thick),
		plan_max(breadths(f, b.bank[0], b.n[0]), breadths(f, b.bank[1], b.n[1])));
	int32_t above = longest(f, b.bank[0], b.n[0]), below = longest(f, b.bank[1], b.n[1]);

	if (!b.n[0] && !b.n[1])
		length = plan_max(length, s->width * s->depth / s->thick);
	for (unsigned k = 0; k < 2; k++) {
		put_along(f, b.bank[k], b.n[k], length);
		for (uint32_t i = 0; i < b.n[k]; i++) {
			struct plan_spot *c = &f->spot[b.bank[k][i]];

			c->v = k ? above + s->thick : above;
			c->turn = k ? PLAN_DOWN : PLAN_UP;
		}
	}
	s->length = length;
	s->breadth = above + s->thick + below;
	s->own = (struct ward_plan_rect){0, above, length, s->thick};
	go_on(f, s, &b);
}

void plan_compose(struct plan_floor *f)
{
	for (uint32_t i = f->n_order; i-- > 0;) {
		struct plan_spot *s = &f->spot[f->order[i]];

		s->shape = s->n_child >= SPINE_DOORS || (s->role == PLAN_CORRIDOR && s->n_child)
				   ? PLAN_SPINE
			   : s->n_child ? PLAN_STACK
					: PLAN_LEAF;
		if (s->shape == PLAN_SPINE)
			spine(f, s);
		else if (s->shape == PLAN_STACK)
			stack(f, s);
		else
			leaf(s);
	}
}

static struct plan_axes turned(const struct plan_axes *a, const struct plan_spot *c)
{
	static const int8_t dir[][4] = {
		[PLAN_ON] = {1, 0, 0, 1},
		[PLAN_BACK] = {-1, 0, 0, 1},
		[PLAN_DOWN] = {0, 1, 1, 0},
		[PLAN_UP] = {0, 1, -1, 0},
	};
	const int8_t *d = dir[c->turn]; /* u = uu u' + uv v'; v = vu u' + vv v' */

	return (struct plan_axes){
		a->x + a->xu * c->u + a->xv * c->v,
		a->y + a->yu * c->u + a->yv * c->v,
		a->xu * d[0] + a->xv * d[2],
		a->xu * d[1] + a->xv * d[3],
		a->yu * d[0] + a->yv * d[2],
		a->yu * d[1] + a->yv * d[3],
	};
}

static struct ward_plan_rect on_page(const struct plan_axes *a, const struct ward_plan_rect *own)
{
	int32_t x = a->x + a->xu * own->x + a->xv * own->y;
	int32_t y = a->y + a->yu * own->x + a->yv * own->y;
	int32_t w = a->xu * own->w + a->xv * own->h, h = a->yu * own->w + a->yv * own->h;

	return (struct ward_plan_rect){
		w < 0 ? x + w : x, h < 0 ? y + h : y, w < 0 ? -w : w, h < 0 ? -h : h};
}

void plan_place(struct plan_floor *f)
{
	for (uint32_t i = 0; i < f->n_order; i++) {
		struct plan_spot *s = &f->spot[f->order[i]];
		struct plan_axes *a = &f->axes[f->order[i]];

		*a = s->parent == WARD_NONE ? (struct plan_axes){0, 0, 1, 0, 0, 1}
					    : turned(&f->axes[s->parent], s);
		s->at = on_page(a, &s->own);
	}
}
