/* What follows from what doors tell is an event like any other, and is judged as one. */
#include "brain/priv.h"

enum ward_err ward_brain_inferred(
	struct ward_brain *b, const struct ward_event *e, const char *name)
{
	struct ward_event copy = *e;
	ward_ns before = b->now, age;
	bool fresh;
	enum ward_err err = ward_brain_fresh(b, e->id, &fresh);

	if (err || !fresh)
		return err;
	if (!ward_sub(b->clock, e->time, &age) || age > b->c.detect.lateness)
		copy.time = b->clock;
	copy.seen = copy.time; /* nobody's clock is to be doubted */
	ward_count_name(b->c.counters, name, 1);
	err = ward_brain_judge(b, &copy);
	b->now = before;
	return err;
}

static enum ward_err on_inferred(void *ctx, const struct ward_event *e)
{
	return ward_brain_inferred(ctx, e, "brain.door_events");
}

static void count(struct ward_brain *b)
{
	struct ward_doors_stats s = ward_doors_stats(b->doors), *was = &b->told;

	ward_brain_count(b, "doors.late", s.n_late, was->n_late);
	ward_brain_count(b, "doors.hurried", s.n_hurried, was->n_hurried);
	ward_brain_count(b, "doors.unplaced", s.n_unplaced, was->n_unplaced);
	ward_brain_count(b, "doors.tardy", s.n_tardy, was->n_tardy);
	*was = s;
}

enum ward_err ward_brain_doors_tick(struct ward_brain *b, ward_ns now)
{
	enum ward_err err = b->doors ? ward_doors_tick(b->doors, now, on_inferred, b) : WARD_OK;

	if (b->doors)
		count(b);
	return err;
}

enum ward_err ward_brain_doors(struct ward_brain *b, const struct ward_event *e)
{
	return b->doors ? ward_doors_event(b->doors, e, b->now, b->clock, on_inferred, b) : WARD_OK;
}

void ward_brain_doors_save(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr part = ward_wr_grow(b->c.mem, WARD_BRAIN_PART_MAX);

	if (b->doors)
		ward_doors_save(b->doors, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_fini(&part);
}

enum ward_err ward_brain_doors_load(struct ward_brain *b, struct ward_rd *r)
{
	struct ward_rd part = ward_rd_slice(ward_rd_lv(r, WARD_BRAIN_PART_MAX));

	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	return b->doors ? ward_doors_load(b->doors, &part) : WARD_OK;
}
