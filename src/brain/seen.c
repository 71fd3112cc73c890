/* What is seen: each event also feeds the inventory and the coverage, and what is news about a
 * device is an event like any other.
 *
 * While there is something new the inventory is looked at each half minute of the clock, before
 * that what crosses it is thought about; where the clock leaps (a replay of quiet hours), when all
 * that waits is ripe; and else each ten minutes, for what only the passing of time makes news. News
 * waits a minute: a device's first packet says little of it, and what came a little out of order is
 * in by then. So it is told within the lateness of the detector, at its own time; what is older (a
 * value that became sure by little and little) at that of the look. */
#include "brain/priv.h"

enum { VIEW_BYTES_MAX = 1 << 30 };

static const ward_ns look_every = 30 * WARD_NS_PER_S, news_after = 60 * WARD_NS_PER_S;
static const ward_ns look_anyway = 600 * WARD_NS_PER_S;

enum ward_err ward_brain_seen_new(struct ward_brain *b)
{
	const struct ward_brain_config *c = &b->c;
	enum ward_err err =
		ward_coverage_new(c->mem, c->lim, c->names, c->model, &b->seen.coverage);

	b->seen.looked = b->seen.busy = INT64_MIN;
	ward_arena_init(&b->seen.view, c->mem, VIEW_BYTES_MAX);
	if (err || !c->inventory)
		return err;
	err = ward_inventory_new(c->inventory, c->lim, c->mem, &b->seen.inventory);
	if (!err)
		ward_changes_init(&b->seen.changes, c->inventory, c->model, c->mem);
	return err;
}

void ward_brain_seen_free(struct ward_brain *b)
{
	if (b->seen.inventory)
		ward_changes_fini(&b->seen.changes);
	ward_inventory_free(b->seen.inventory);
	ward_coverage_free(b->seen.coverage);
	ward_arena_fini(&b->seen.view);
}

enum ward_err ward_brain_see(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_event placed = *e; /* at the time that is believed */

	placed.time = b->now;
	enum ward_err err = ward_coverage_event(b->seen.coverage, &placed);

	if (err || !b->seen.inventory)
		return err;
	err = ward_inventory_event(b->seen.inventory, &placed);
	if (ward_inventory_news(b->seen.inventory) == b->seen.n_news)
		return err;
	b->seen.n_news = ward_inventory_news(b->seen.inventory);
	ward_ns from = b->now > b->clock ? b->now : b->clock, until;

	if (ward_add(from, news_after + look_every, &until) && until > b->seen.busy)
		b->seen.busy = until;
	return err;
}

/* As much as is news, thought about like what a sensor says. */
static enum ward_err on_news(void *ctx, const struct ward_event *e)
{
	struct ward_brain *b = ctx;
	struct ward_event copy;
	bool fresh;
	ward_ns age;
	enum ward_err err = ward_brain_fresh(b, e->id, &fresh);

	if (err || !fresh)
		return err;
	err = ward_event_copy(e, &b->seen.view, &copy);
	if (err)
		return err;
	if (!ward_sub(e->seen, e->time, &age) || age > b->c.detect.lateness)
		copy.time = e->seen;
	copy.seen = copy.time; /* nobody's clock is to be doubted */
	ward_count_name(b->c.counters, "brain.inventory_news", 1);
	return ward_brain_judge(b, &copy);
}

static void count_given_up(struct ward_brain *b)
{
	struct ward_inv_stats s = ward_inventory_stats(b->seen.inventory), *was = &b->seen.counted;

	ward_brain_count(b, "inventory.given_up", s.n_given_up, was->n_given_up);
	ward_brain_count(b, "inventory.claims_lost", s.n_claims_lost, was->n_claims_lost);
	ward_brain_count(b, "inventory.services_lost", s.n_uses_lost, was->n_uses_lost);
	*was = s;
}

static enum ward_err look(struct ward_brain *b, ward_ns mark, ward_ns until)
{
	struct ward_candidate *c;
	size_t n;

	b->seen.looked = mark;
	b->seen.changes.until = until;
	ward_arena_reset(&b->seen.view);
	/* Without the IEEE's lists: news must not hang on what is installed where. */
	enum ward_err err =
		ward_inventory_view(b->seen.inventory, NULL, b->c.model, &b->seen.view, &c, &n);

	if (!err)
		err = ward_changes_tell(&b->seen.changes, c, n, mark, &b->seen.view, on_news, b);
	count_given_up(b);
	if (err == WARD_ERR_LIMIT) {
		ward_count_name(b->c.counters, "brain.inventory_limit", 1);
		err = WARD_OK;
	}
	return err;
}

static ward_ns mark_of(ward_ns t)
{
	return t - t % look_every;
}

/* The mark of the look that is due when the clock comes to `clock`; INT64_MIN: none is. */
static ward_ns due(const struct seen *s, ward_ns clock)
{
	ward_ns mark = mark_of(clock), last = mark_of(s->busy), since;

	if (mark > last && last > s->looked)
		return last;
	if (mark <= s->looked)
		return INT64_MIN;
	if (mark <= last || !ward_sub(mark, s->looked, &since) || since >= look_anyway)
		return mark;
	return INT64_MIN;
}

enum ward_err ward_brain_look(struct ward_brain *b, ward_ns clock)
{
	ward_ns before = b->now, mark, until;
	enum ward_err err = WARD_OK;

	if (!b->seen.inventory || b->clock == INT64_MIN)
		return WARD_OK;
	mark = clock == WARD_NS_NEVER ? b->clock : due(&b->seen, clock);
	if (clock == WARD_NS_NEVER)
		err = look(b, mark, WARD_NS_NEVER);
	else if (mark != INT64_MIN && ward_sub(mark, news_after, &until))
		err = look(b, mark, until);
	b->now = before;
	return err;
}

void ward_brain_seen_save(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr part = ward_wr_grow(b->c.mem, WARD_BRAIN_PART_MAX);

	ward_coverage_save(b->seen.coverage, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_reset(&part);
	if (b->seen.inventory)
		ward_inventory_save(b->seen.inventory, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_reset(&part);
	if (b->seen.inventory)
		ward_changes_save(&b->seen.changes, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_be64(w, (uint64_t)b->seen.looked);
	ward_wr_be64(w, (uint64_t)b->seen.busy);
	ward_wr_fini(&part);
}

enum ward_err ward_brain_seen_load(struct ward_brain *b, struct ward_rd *r)
{
	struct ward_slice coverage = ward_rd_lv(r, WARD_BRAIN_PART_MAX),
			  inventory = ward_rd_lv(r, WARD_BRAIN_PART_MAX),
			  told = ward_rd_lv(r, WARD_BRAIN_PART_MAX);

	b->seen.looked = (ward_ns)ward_rd_be64(r);
	b->seen.busy = (ward_ns)ward_rd_be64(r);
	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_coverage_load(b->seen.coverage, coverage);

	if (err || !b->seen.inventory)
		return err;
	err = ward_inventory_load(b->seen.inventory, inventory);
	b->seen.n_news = ward_inventory_news(b->seen.inventory);
	b->seen.counted = ward_inventory_stats(b->seen.inventory);
	return err ? err : ward_changes_load(&b->seen.changes, told);
}
