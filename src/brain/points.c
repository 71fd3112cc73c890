/* What is not as expected of measured values is an event like any other, and is judged as one. */
#include "brain/priv.h"

static enum ward_err on_inferred(void *ctx, const struct ward_event *e)
{
	return ward_brain_inferred(ctx, e, "brain.point_events");
}

static void count(struct ward_brain *b)
{
	struct ward_watch_stats s = ward_watch_stats(b->watch), *was = &b->watched;

	ward_brain_count(b, "points.late", s.n_late, was->n_late);
	ward_brain_count(b, "points.hurried", s.n_hurried, was->n_hurried);
	ward_brain_count(b, "points.flooded", s.n_flooded, was->n_flooded);
	ward_brain_count(b, "points.unread", s.n_unread, was->n_unread);
	ward_brain_count(b, "points.dropped", s.n_dropped, was->n_dropped);
	*was = s;
}

enum ward_err ward_brain_points_tick(struct ward_brain *b, ward_ns now)
{
	if (!b->watch)
		return WARD_OK;
	enum ward_err err = ward_watch_tick(b->watch, now, on_inferred, b);

	count(b);
	return err;
}

enum ward_err ward_brain_points(struct ward_brain *b, const struct ward_event *e)
{
	return b->watch ? ward_watch_event(b->watch, e, b->now, b->clock, on_inferred, b) : WARD_OK;
}

void ward_brain_points_save(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr part = ward_wr_grow(b->c.mem, WARD_BRAIN_PART_MAX);

	if (b->watch)
		ward_watch_save(b->watch, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_fini(&part);
}

enum ward_err ward_brain_points_load(struct ward_brain *b, struct ward_rd *r)
{
	struct ward_rd part = ward_rd_slice(ward_rd_lv(r, WARD_BRAIN_PART_MAX));

	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	/* Points may come and go with the directory's file. */
	return b->watch && ward_rd_left(&part) ? ward_watch_load(b->watch, &part) : WARD_OK;
}
