/* One badge at two doors, sooner than anybody gets from one to the other: two people, or a copy.
 *
 * No profile: of each badge only where it opened last is known, as the events name it (in the live
 * system a token), and that is forgotten when nobody needs so long through a house. Told once, and
 * again when that long has gone by since, however often the badge is used between. */
#include "model/door/priv.h"

static const ward_ns forget_after = 1200 * WARD_NS_PER_S;
/* The whole table is looked through no oftener. */
static const ward_ns sweep_after = 10 * WARD_NS_PER_S;

static bool is_long_ago(ward_ns when, ward_ns t)
{
	ward_ns since;

	return !ward_sub(t, when, &since) || since > forget_after;
}

static bool is_over(const struct ward_badge *b, ward_ns t)
{
	return is_long_ago(b->time, t);
}

/* Gives up what is too old to be asked for, a part of the table at a time. */
static void sweep(struct ward_doors *d, ward_ns t)
{
	enum { AT_ONCE = 256 };
	struct ward_badge_key old[AT_ONCE];
	size_t n, at;

	do {
		const void *key;
		void *val;

		for (n = at = 0; n < AT_ONCE && ward_tab_next(&d->badges, &at, &key, &val);)
			if (is_over(val, t))
				memcpy(&old[n++], key, sizeof(*old));
		for (size_t i = 0; i < n; i++)
			(void)ward_tab_del(&d->badges, &old[i]);
	} while (n == AT_ONCE);
}

/* The place of a badge; without room, what is too old makes it. LIMIT, NOMEM. */
static enum ward_err place(
	struct ward_doors *d, const struct ward_door_held *h, void **ret, bool *fresh)
{
	enum ward_err err = ward_tab_put(&d->badges, &h->badge, ret, fresh);

	if (err != WARD_ERR_LIMIT || d->clock < d->sweep_at)
		return err;
	sweep(d, h->time);
	d->sweep_at = ward_door_later(d->clock, sweep_after);
	return ward_tab_put(&d->badges, &h->badge, ret, fresh);
}

/* The least time from one door to the other, when it is more than was taken. */
static bool too_soon(struct ward_doors *d, uint32_t from, uint32_t to, ward_ns took, int64_t *ms)
{
	ward_ns slack = 2 * d->rules->skew; /* both clocks may be off */

	return from != to && ward_walk_ms(d->walk, from, to, ms, NULL) &&
	       *ms > (took + slack) / WARD_NS_PER_MS;
}

enum ward_err ward_badge_seen(struct ward_doors *d, const struct ward_door_held *h)
{
	struct ward_badge *b;
	void *val;
	bool fresh;
	int64_t ms = 0;
	ward_ns took = 0;

	if (!d->walk || h->node == WARD_NONE || !h->badge.text[0])
		return WARD_OK;
	enum ward_err err = place(d, h, &val, &fresh);

	if (err) {
		d->stats.n_unplaced += err == WARD_ERR_LIMIT;
		return err == WARD_ERR_LIMIT ? WARD_OK : err;
	}
	b = val;
	const struct ward_badge was = *b;

	if (!fresh && (!ward_sub(h->time, was.time, &took) || took < 0))
		return WARD_OK; /* of before: it says nothing that was not judged */
	*b = (struct ward_badge){.time = h->time, .node = h->node, .id = h->id, .told = was.told};
	if (fresh || is_over(&was, h->time)) {
		b->told = INT64_MIN;
		return WARD_OK;
	}
	if (!is_long_ago(was.told, h->time) || !too_soon(d, was.node, h->node, took, &ms))
		return WARD_OK;
	b->told = h->time;
	return ward_badge_say(d, h, &was, ms);
}
