/* What is remembered of points, to bytes and back: points by id, each with what its row said, since
 * numbers are this process's. */
#include "detect/point/priv.h"

#include <math.h>
#include <stdlib.h>

enum { SAVE_VERSION = 2, POINTS_MAX = 1 << 24, PART_BYTES_MAX = 1 << 16, NAME_BYTES_MAX = 256 };

/* No sum of values (hear.c) over times is beyond. */
static const double number_max = 1e24, seconds_min = 1e-9;

static void put_double(struct ward_wr *w, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	ward_wr_be64(w, bits);
}

static void put_id(struct ward_wr *w, struct ward_id id)
{
	ward_wr_bytes(w, id.b, sizeof(id.b));
}

static void save_expect(const struct ward_expect *x, struct ward_wr *w)
{
	ward_wr_u8(w, x->state);
	ward_wr_u8(w, (uint8_t)(x->told | x->says << 1));
	ward_wr_be64(w, (uint64_t)x->since);
	ward_wr_be64(w, (uint64_t)x->due);
	put_double(w, x->by);
	put_id(w, x->first);
}

static void save_point(const struct ward_watch *s, uint32_t i, struct ward_wr *w)
{
	const struct ward_gauge *g = &s->gauge[i];
	const double number[] = {g->value, g->sum, g->seconds, g->low, g->high, g->up, g->down};
	const ward_ns time[] = {g->time, g->still, g->unexplained, g->unread_since, g->forced_since,
		g->own, g->placed};
	struct ward_wr part = ward_wr_grow(s->mem, PART_BYTES_MAX);

	ward_wr_lv(w, ward_str_bytes(ward_points_at(s->points, i)->id));
	ward_wr_be64(w, ward_point_print(s->points, i));
	ward_wr_u8(&part, (uint8_t)(g->heard | g->known << 1 | g->forced << 2));
	ward_wr_u8(&part, g->unread);
	ward_wr_varint(&part, g->n_late);
	ward_wr_be64(&part, g->device);
	put_id(&part, g->id);
	for (size_t k = 0; k < WARD_ARRAY_LEN(number); k++)
		put_double(&part, number[k]);
	for (size_t k = 0; k < WARD_ARRAY_LEN(time); k++)
		ward_wr_be64(&part, (uint64_t)time[k]);
	for (size_t k = 0; k < WARD_WATCH_PARTS; k++) {
		ward_wr_be64(&part, (uint64_t)g->part[k].part);
		put_double(&part, g->part[k].low);
		put_double(&part, g->part[k].high);
	}
	for (uint32_t k = 0; k < g->n_expect; k++)
		save_expect(&s->expect[g->expect + k], &part);
	w->bad |= ward_wr_bad(&part);
	/* With its length, so that what is of another row can be left out. */
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_fini(&part);
}

static int held_cmp(const void *a, const void *b)
{
	return ward_watch_before(a, b) ? -1 : ward_watch_before(b, a) ? 1 : 0;
}

static struct ward_str held_name(const struct ward_watch *s, const struct ward_watch_held *h)
{
	if (h->what == WARD_WATCH_DEVICE_GONE)
		return WARD_STR("");
	return h->what == WARD_WATCH_ACT ? ward_model_node(s->model, s->actor[h->at])->id
					 : ward_points_at(s->points, h->at)->id;
}

static void save_held(const struct ward_watch *s, struct ward_wr *w)
{
	struct ward_watch_held *h = ward_mem_alloc(s->mem, s->n_held * sizeof(*h));

	w->bad |= s->n_held && !h;
	ward_wr_varint(w, s->n_held);
	if (!h)
		return;
	memcpy(h, s->held, s->n_held * sizeof(*h));
	qsort(h, s->n_held, sizeof(*h), held_cmp);
	for (size_t i = 0; i < s->n_held; i++) {
		ward_wr_lv(w, ward_str_bytes(held_name(s, &h[i])));
		ward_wr_u8(w, h[i].what);
		ward_wr_u8(w,
			(uint8_t)(h[i].high | h[i].low << 1 | h[i].state << 2 | h[i].forced << 3));
		ward_wr_be64(w, h[i].device);
		ward_wr_be64(w, (uint64_t)h[i].time);
		put_id(w, h[i].id);
		put_double(w, h[i].value);
	}
	ward_mem_free(s->mem, h, s->n_held * sizeof(*h));
}

/* Only what was heard of, in the order of the file. */
static bool is_known(const struct ward_watch *s, uint32_t i)
{
	const struct ward_gauge *g = &s->gauge[i];

	return g->known || g->own != INT64_MIN || g->unread;
}

void ward_watch_save(const struct ward_watch *w, struct ward_wr *out)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < w->n; i++)
		n += is_known(w, i);
	ward_wr_u8(out, SAVE_VERSION);
	ward_wr_be64(out, (uint64_t)w->clock);
	ward_wr_be64(out, (uint64_t)w->released);
	put_id(out, w->last);
	ward_wr_varint(out, n);
	for (uint32_t i = 0; i < w->n; i++)
		if (is_known(w, i))
			save_point(w, i, out);
	save_held(w, out);
	n = 0;
	for (size_t i = 0; i < w->n_actor; i++)
		n += w->acted[i] != INT64_MIN;
	ward_wr_varint(out, n);
	for (size_t i = 0; i < w->n_actor; i++) {
		if (w->acted[i] == INT64_MIN)
			continue;
		ward_wr_lv(out, ward_str_bytes(ward_model_node(w->model, w->actor[i])->id));
		ward_wr_be64(out, (uint64_t)w->acted[i]);
	}
}

/* ---- back ---- */

static double get_double(struct ward_rd *r)
{
	uint64_t bits = ward_rd_be64(r);
	double v;

	memcpy(&v, &bits, sizeof(v));
	if (!isfinite(v) || fabs(v) > number_max)
		r->bad = true;
	return v;
}

static struct ward_id get_id(struct ward_rd *r)
{
	struct ward_id id = {{0}};
	struct ward_slice s = ward_rd_bytes(r, sizeof(id.b));

	if (s.p)
		memcpy(id.b, s.p, sizeof(id.b));
	return id;
}

static bool load_expect(struct ward_watch *s, uint32_t i, struct ward_rd *r)
{
	struct ward_expect *x = &s->expect[i];

	x->state = ward_rd_u8(r);
	uint8_t words = ward_rd_u8(r);

	x->told = words & 1;
	x->says = words & 2;
	x->since = (ward_ns)ward_rd_be64(r);
	ward_ns due = (ward_ns)ward_rd_be64(r);

	x->by = get_double(r);
	x->first = get_id(r);
	bool waits = x->state == WARD_EXPECT_DOUBT || x->state == WARD_EXPECT_EASING;

	if (ward_rd_bad(r) || x->state >= WARD_EXPECT_STATE_N || (!waits && due != WARD_NS_NEVER)) {
		x->state = WARD_EXPECT_FINE;
		return false;
	}
	ward_watch_set_due(s, i, due);
	return true;
}

static bool load_gauge(struct ward_watch *s, uint32_t i, struct ward_rd *r)
{
	struct ward_gauge *g = &s->gauge[i];
	double *const number[] = {
		&g->value, &g->sum, &g->seconds, &g->low, &g->high, &g->up, &g->down};
	ward_ns *const time[] = {&g->time, &g->still, &g->unexplained, &g->unread_since,
		&g->forced_since, &g->own, &g->placed};

	uint8_t flags = ward_rd_u8(r);

	g->heard = flags & 1;
	g->known = (flags & 2) != 0;
	g->forced = (flags & 4) != 0;
	g->unread = ward_rd_u8(r);
	uint64_t n_late = ward_rd_varint(r);

	g->n_late = n_late < UINT32_MAX ? (uint32_t)n_late : UINT32_MAX;
	g->device = ward_rd_be64(r);
	g->id = get_id(r);
	for (size_t k = 0; k < WARD_ARRAY_LEN(number); k++)
		*number[k] = get_double(r);
	for (size_t k = 0; k < WARD_ARRAY_LEN(time); k++)
		*time[k] = (ward_ns)ward_rd_be64(r);
	for (size_t k = 0; k < WARD_WATCH_PARTS; k++) {
		g->part[k].part = (int64_t)ward_rd_be64(r);
		g->part[k].low = get_double(r);
		g->part[k].high = get_double(r);
	}
	if (ward_rd_bad(r) || flags > 7 || g->unread > WARD_WATCH_LATE ||
		(g->seconds < seconds_min && g->seconds != 0) || g->up < 0 || g->down < 0 ||
		!is_known(s, i))
		return false;
	for (uint32_t k = 0; k < g->n_expect; k++)
		if (!load_expect(s, g->expect + k, r))
			return false;
	return !ward_rd_bad(r) && !ward_rd_left(r);
}

static enum ward_err load_point(struct ward_watch *s, struct ward_rd *r)
{
	struct ward_slice id = ward_rd_lv(r, WARD_POINT_ID_MAX);
	uint64_t print = ward_rd_be64(r);
	struct ward_rd part = ward_rd_slice(ward_rd_lv(r, PART_BYTES_MAX));

	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	uint32_t i = ward_points_find(s->points, ward_slice_text(id));

	if (i == WARD_NONE || ward_point_print(s->points, i) != print) {
		s->stats.n_dropped++;
		return WARD_OK;
	}
	/* Twice the same point. */
	if (is_known(s, i))
		return WARD_ERR_MALFORMED;
	return load_gauge(s, i, &part) ? WARD_OK : WARD_ERR_MALFORMED;
}

static uint32_t actor_of(const struct ward_watch *s, struct ward_slice id)
{
	uint32_t node = s->model ? ward_model_find(s->model, ward_slice_text(id)) : WARD_NONE;
	size_t lo = 0, hi = s->n_actor;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->actor[mid] < node)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->n_actor && s->actor[lo] == node ? (uint32_t)lo : WARD_NONE;
}

static enum ward_err load_held(struct ward_watch *s, struct ward_rd *r)
{
	struct ward_watch_held h = {0};
	struct ward_slice id = ward_rd_lv(r, NAME_BYTES_MAX);

	h.what = ward_rd_u8(r);
	uint8_t flags = ward_rd_u8(r);

	h.high = flags & 1;
	h.low = (flags & 2) != 0;
	h.state = (flags & 4) != 0;
	h.forced = (flags & 8) != 0;
	h.device = ward_rd_be64(r);
	h.time = (ward_ns)ward_rd_be64(r);
	h.id = get_id(r);
	h.value = get_double(r);
	if (ward_rd_bad(r) || h.what > WARD_WATCH_DEVICE_GONE || flags > 15 || h.time < s->released)
		return WARD_ERR_MALFORMED;
	if (h.what == WARD_WATCH_DEVICE_GONE)
		return ward_watch_hold(s, &h);
	h.at = h.what == WARD_WATCH_ACT ? actor_of(s, id)
					: ward_points_find(s->points, ward_slice_text(id));
	return h.at == WARD_NONE ? WARD_OK : ward_watch_hold(s, &h);
}

static enum ward_err load_acted(struct ward_watch *s, struct ward_rd *r)
{
	struct ward_slice id = ward_rd_lv(r, NAME_BYTES_MAX);
	ward_ns time = (ward_ns)ward_rd_be64(r);

	if (ward_rd_bad(r) || time == INT64_MIN)
		return WARD_ERR_MALFORMED;
	uint32_t at = actor_of(s, id);

	if (at != WARD_NONE)
		s->acted[at] = time;
	return WARD_OK;
}

enum ward_err ward_watch_load(struct ward_watch *s, struct ward_rd *r)
{
	enum ward_err err = WARD_OK;

	if (ward_rd_u8(r) != SAVE_VERSION)
		return WARD_ERR_MALFORMED;
	s->clock = (ward_ns)ward_rd_be64(r);
	s->released = (ward_ns)ward_rd_be64(r);
	s->last = get_id(r);
	uint64_t n = ward_rd_varint(r);

	for (uint64_t i = 0; i < n && n < POINTS_MAX && !err; i++)
		err = load_point(s, r);
	if (err || ward_rd_bad(r) || n >= POINTS_MAX)
		return err ? err : WARD_ERR_MALFORMED;
	n = ward_rd_varint(r);
	if (n > ward_limit(s->lim, WARD_LIMIT_POINT_HELD) + 1)
		return WARD_ERR_LIMIT;
	for (uint64_t i = 0; i < n && !err; i++)
		err = load_held(s, r);
	n = err ? 0 : ward_rd_varint(r);
	for (uint64_t i = 0; i < n && !err && !ward_rd_bad(r); i++)
		err = load_acted(s, r);
	if (!err && (ward_rd_bad(r) || ward_rd_left(r)))
		err = WARD_ERR_MALFORMED;
	return err;
}
