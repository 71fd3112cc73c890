#include "sense/video/fall.h"

#include "sense/video/blob.h"

#include <math.h>

enum { BODIES_MAX = 8, BLOCK = WARD_FLOW_BLOCK, LEAST_BLOCKS = 4, LEAST_FOUND = 3 };

/* Speeds are in heights of the body a second, ways in heights. */
static const float begins = 0.2F; /* down at least so fast: it is looked at */
static const float quick = 0.45F; /* the quickest moment of a fall at least */
static const float far = 0.25F; /* the mean way of what moved: the middle of a body, not its head */
static const float top_far = 0.3F; /* that of its upper end */
static const float rises = 0.3F;   /* of the way, back up: it was no fall */
static const float mostly = 3;     /* times as much goes down as up */
static const ward_ns longest = 1500 * WARD_NS_PER_MS, stays = 700 * WARD_NS_PER_MS,
		     gap = 500 * WARD_NS_PER_MS, told_for = 5 * WARD_NS_PER_S;

struct body {
	enum { NONE, FALLS, LIES, TOLD } state;
	struct ward_box box; /* pixels: what of it moved last */
	float top, tall;     /* its upper end at first; its height at most; pixels */
	float way, most, peak;
	ward_ns since, ended; /* it falls since; lies since, or was told */
};

struct ward_fall {
	const struct ward_mem *mem;
	const struct ward_plan *plan;
	unsigned w, h, columns, rows;
	uint8_t *in;   /* [rows][columns]: a zone asks for it there */
	uint8_t *mask; /* of those, what moves */
	struct ward_blob_finder *finder;
	struct ward_blobs blobs;
	struct body body[BODIES_MAX];
	ward_ns last;
	bool known;
};

enum ward_err ward_fall_new(const struct ward_mem *mem, const struct ward_plan *plan, unsigned w,
	unsigned h, struct ward_fall **ret)
{
	struct ward_fall *f = ward_mem_alloc(mem, sizeof(*f));

	if (!f)
		return WARD_ERR_NOMEM;
	*f = (struct ward_fall){
		.mem = mem, .plan = plan, .w = w, .h = h, .columns = w / BLOCK, .rows = h / BLOCK};
	size_t n = (size_t)f->columns * f->rows;

	f->in = ward_mem_alloc(mem, n);
	f->mask = ward_mem_alloc(mem, n);
	if (!f->in || !f->mask ||
		ward_blob_finder_new(mem, f->columns, f->rows, &f->finder) != WARD_OK) {
		ward_fall_free(f);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		size_t column = i % f->columns, row = i / f->columns;
		struct ward_point p = {((float)column + 0.5F) * BLOCK / (float)w,
			((float)row + 0.5F) * BLOCK / (float)h};

		f->in[i] = ward_plan_zones_at(plan, p, ward_plan_of_fall) != 0;
	}
	*ret = f;
	return WARD_OK;
}

void ward_fall_free(struct ward_fall *f)
{
	if (!f)
		return;
	ward_mem_free(f->mem, f->in, (size_t)f->columns * f->rows);
	ward_mem_free(f->mem, f->mask, (size_t)f->columns * f->rows);
	ward_blob_finder_free(f->finder);
	ward_mem_free(f->mem, f, sizeof(*f));
}

/* What moves within a box. */
struct motion {
	struct ward_box box;
	unsigned n, n_found;
	float down, up; /* sums of ways, pixels */
};

static struct motion motion_in(
	const struct ward_fall *f, const struct ward_flow_block *block, struct ward_box b)
{
	struct motion m = {.box = {(float)f->w, (float)f->h, 0, 0}};

	for (size_t i = 0; i < (size_t)f->columns * f->rows; i++) {
		size_t column = i % f->columns, row = i / f->columns;
		float x = (float)(column * BLOCK), y = (float)(row * BLOCK);

		if (!f->mask[i] || !ward_box_has(b, x + BLOCK / 2.0F, y + BLOCK / 2.0F))
			continue;
		m.n++;
		m.box = ward_box_around(m.box, (struct ward_box){x, y, x + BLOCK, y + BLOCK});
		if (!block[i].found)
			continue;
		m.n_found++;
		m.down += block[i].dy > 0 ? (float)block[i].dy : 0;
		m.up -= block[i].dy < 0 ? (float)block[i].dy : 0;
	}
	return m;
}

static float way_of(const struct motion *m)
{
	return m->n_found ? (m->down - m->up) / (float)m->n_found : 0;
}

static struct ward_box grown(struct ward_box b)
{
	return (struct ward_box){
		b.x0 - 1.5F * BLOCK, b.y0 - 1.5F * BLOCK, b.x1 + 1.5F * BLOCK, b.y1 + 1.5F * BLOCK};
}

/* What begins to go down, and is not followed yet. */
static void begin(
	struct ward_fall *f, const struct ward_flow_block *block, ward_ns now, float seconds)
{
	for (size_t i = 0; i < f->blobs.n; i++) {
		struct ward_box b = f->blobs.at[i].box;
		struct motion m = motion_in(f, block,
			(struct ward_box){b.x0 * BLOCK, b.y0 * BLOCK, b.x1 * BLOCK, b.y1 * BLOCK});
		float tall = m.box.y1 - m.box.y0, way = way_of(&m);
		struct body *room = NULL;
		bool known = false;

		for (size_t k = 0; k < BODIES_MAX; k++) {
			if (f->body[k].state == NONE)
				room = room ? room : &f->body[k];
			else
				known = known ||
					ward_box_area(ward_box_both(f->body[k].box, m.box)) > 0;
		}
		if (known || !room || m.n_found < LEAST_FOUND || m.down < mostly * m.up ||
			way < begins * tall * seconds)
			continue;
		*room = (struct body){.state = FALLS,
			.box = m.box,
			.top = m.box.y0,
			.tall = tall,
			.way = way,
			.most = way,
			.peak = way / seconds,
			.since = now};
	}
}

static void falls(struct body *b, ward_ns now)
{
	bool fell = b->way >= far * b->tall && b->peak >= quick * b->tall &&
		    b->box.y0 - b->top >= top_far * b->tall;

	if (fell) {
		b->state = LIES;
		b->ended = now;
	} else if (now - b->since > longest || b->way < 0) {
		b->state = NONE;
	}
}

/* The zone that its lower end is in. */
static const struct ward_plan_zone *zone_of(
	const struct ward_fall *f, struct ward_box b, ward_ns wall)
{
	struct ward_point p = {
		fminf((b.x0 + b.x1) / 2 / (float)f->w, 1), fminf((b.y1 - 1) / (float)f->h, 1)};

	for (size_t i = 0; i < f->plan->n_zone; i++)
		if (f->plan->zone[i].fall && ward_plan_open(f->plan, &f->plan->zone[i], wall) &&
			ward_plan_inside(&f->plan->zone[i], p))
			return &f->plan->zone[i];
	return NULL;
}

static enum ward_err lies(struct ward_fall *f, struct body *b, struct ward_sight at,
	const struct ward_sign_sink *sink)
{
	const struct ward_plan_zone *z = zone_of(f, b->box, at.wall);

	if (b->way < (1 - rises) * b->most) {
		b->state = NONE;
		return WARD_OK;
	}
	if (at.time - b->ended < stays)
		return WARD_OK;
	b->state = z ? TOLD : NONE;
	b->ended = at.time;
	if (!z)
		return WARD_OK;
	return sink->put(sink->ctx, &(struct ward_sign){.class = WARD_CLASS_VIDEO_FALL,
					    .time = at.time,
					    .zone = z->id,
					    .box = b->box,
					    .duration = at.time - b->since,
					    .confidence = fminf(1, b->peak / b->tall / 2)});
}

static enum ward_err follow(struct ward_fall *f, struct body *b,
	const struct ward_flow_block *block, struct ward_sight at,
	const struct ward_sign_sink *sink)
{
	struct motion m = motion_in(f, block, grown(b->box));
	float seconds = (float)(at.time - f->last) / (float)WARD_NS_PER_S;
	float way = way_of(&m);

	if (b->state == TOLD) {
		b->state = at.time - b->ended < told_for ? TOLD : NONE;
		return WARD_OK;
	}
	if (m.n >= LEAST_BLOCKS) {
		b->box = m.box;
		b->tall = fmaxf(b->tall, m.box.y1 - m.box.y0);
		b->top = b->state == FALLS ? fminf(b->top, m.box.y0) : b->top;
	}
	b->way += way;
	b->most = fmaxf(b->most, b->way);
	b->peak = fmaxf(b->peak, way / seconds);
	if (b->state == FALLS)
		falls(b, at.time);
	return b->state == LIES ? lies(f, b, at, sink) : WARD_OK;
}

enum ward_err ward_fall_step(struct ward_fall *f, const struct ward_flow *flow,
	struct ward_sight at, const struct ward_sign_sink *sink)
{
	unsigned columns, rows;
	const struct ward_flow_block *block = ward_flow_blocks(flow, &columns, &rows);
	float seconds = (float)(at.time - f->last) / (float)WARD_NS_PER_S;
	enum ward_err err = WARD_OK;

	WARD_ASSERT(columns == f->columns && rows == f->rows);
	if (f->known && at.time <= f->last)
		return WARD_OK;
	for (size_t i = 0; i < (size_t)columns * rows; i++)
		f->mask[i] = f->in[i] && block[i].moves;
	if (!f->known || at.time - f->last > gap) {
		memset(f->body, 0, sizeof(f->body));
	} else {
		for (size_t i = 0; i < BODIES_MAX && !err; i++)
			if (f->body[i].state != NONE)
				err = follow(f, &f->body[i], block, at, sink);
		ward_blobs_find(f->finder, f->mask, LEAST_BLOCKS, &f->blobs);
		begin(f, block, at.time, seconds);
	}
	f->known = true;
	f->last = at.time;
	return err;
}
