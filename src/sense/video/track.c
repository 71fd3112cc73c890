#include "sense/video/track.h"

#include <math.h>

enum { SURE_HITS = 3 };

static const ward_ns unsure_for = 600 * WARD_NS_PER_MS, unseen_for = 2 * WARD_NS_PER_S,
		     hidden_for = 10 * WARD_NS_PER_S;
static const float alpha = 0.7F, beta = 0.25F; /* of position and velocity */
static const float grow = 0.4F;                /* of width and height */
static const float gate = 1.0F;                /* in sizes of the box */
static const float near_part = 0.15F;          /* heights between parts of one person */
static const float small_part = 0.2F;          /* of its area */
static const float slow = 0.9F;                /* velocity that is left per unseen picture */

static float width(struct ward_box b)
{
	return b.x1 - b.x0;
}

static float height(struct ward_box b)
{
	return b.y1 - b.y0;
}

static void move(struct ward_box *b, float dx, float dy)
{
	b->x0 += dx;
	b->x1 += dx;
	b->y0 += dy;
	b->y1 += dy;
}

/* 0 for the same place and size; beyond the gate, infinity. */
static float cost_of(const struct ward_track *t, struct ward_box b)
{
	/* boxes of the upright are narrow, and what is small jumps by more of itself */
	float w = fmaxf(fmaxf(width(t->box), 0.5F * height(t->box)), 4);
	float h = fmaxf(height(t->box), 4);
	float dx = (b.x0 + b.x1 - t->box.x0 - t->box.x1) / 2 / w;
	float dy = (b.y0 + b.y1 - t->box.y0 - t->box.y1) / 2 / h;
	float d = hypotf(dx, dy), iou = ward_box_iou(t->box, b);
	float size = ward_box_area(b) / fmaxf(ward_box_area(t->box), 1);

	if (iou <= 0.05F && (d > gate || size > 5 || size < 0.2F))
		return INFINITY;
	return d + (1 - iou) + (t->sure ? 0 : 0.3F);
}

static void predict(struct ward_tracks *t, float seconds)
{
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		struct ward_track *k = &t->at[i];

		if (!k->id)
			continue;
		if (!k->now) {
			k->vx *= slow;
			k->vy *= slow;
		}
		move(&k->box, k->vx * seconds, k->vy * seconds);
		k->now = k->hidden = false;
	}
}

static void update(struct ward_track *k, struct ward_box b, ward_ns now)
{
	float since = (float)(now - k->seen) / (float)WARD_NS_PER_S;
	float w = width(k->box) + grow * (width(b) - width(k->box));
	float h = height(k->box) + grow * (height(b) - height(k->box));
	float x = ward_track_x(k), y = ward_track_y(k);
	float rx = (b.x0 + b.x1) / 2 - x, ry = b.y1 - y; /* how wrong the prediction was */

	x += alpha * rx;
	y += alpha * ry;
	if (since > 0) {
		k->vx += beta * rx / since;
		k->vy += beta * ry / since;
	}
	k->box = (struct ward_box){x - w / 2, y - h, x + w / 2, y};
	k->tall += (h > k->tall ? 0.3F : 0.02F) * (h - k->tall);
	k->away = fmaxf(k->away, fminf(hypotf(k->box.x0 - k->first.x0, k->box.y0 - k->first.y0),
					 hypotf(k->box.x1 - k->first.x1, k->box.y1 - k->first.y1)));
	k->seen = now;
	k->now = true;
	k->hits++;
	k->sure = k->sure || k->hits >= SURE_HITS;
}

/* The one sure track that a part belongs to: it is near to what that took, and lies in its box or
 * is small beside it. An arm, a leg, a head. WARD_TRACKS_MAX when there is none, or more than one.
 */
static size_t part_of(const struct ward_tracks *t, const struct ward_box *of, struct ward_box part)
{
	float x = (part.x0 + part.x1) / 2, y = (part.y0 + part.y1) / 2;
	size_t owner = WARD_TRACKS_MAX;

	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		const struct ward_track *k = &t->at[i];
		float between = fmaxf(fmaxf(part.x0 - of[i].x1, of[i].x0 - part.x1),
			fmaxf(part.y0 - of[i].y1, of[i].y0 - part.y1));

		/* what they put down stays behind */
		if (!k->id || !k->now || !k->sure || between > near_part * height(of[i]))
			continue;
		if (!ward_box_has(k->box, x, y) &&
			ward_box_area(part) > small_part * ward_box_area(of[i]))
			continue;
		if (owner != WARD_TRACKS_MAX)
			return WARD_TRACKS_MAX;
		owner = i;
	}
	return owner;
}

static void begin(struct ward_tracks *t, struct ward_box b, ward_ns now)
{
	size_t i = 0;

	while (i < WARD_TRACKS_MAX && t->at[i].id)
		i++;
	if (i == WARD_TRACKS_MAX) {
		t->n_refused++;
		return;
	}
	t->at[i] = (struct ward_track){.id = ++t->n_given,
		.box = b,
		.first = b,
		.tall = height(b),
		.born = now,
		.seen = now,
		.hits = 1,
		.now = true};
}

/* The best pairs first. owner[b] is the track of each blob, or WARD_TRACKS_MAX. */
static void assign(const struct ward_tracks *t, const struct ward_blobs *blobs, size_t *owner)
{
	bool has[WARD_TRACKS_MAX] = {false};

	for (size_t b = 0; b < blobs->n; b++)
		owner[b] = WARD_TRACKS_MAX;
	for (;;) {
		float best = INFINITY;
		size_t track = 0, blob = 0;

		for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
			for (size_t b = 0; t->at[i].id && !has[i] && b < blobs->n; b++) {
				float cost = owner[b] == WARD_TRACKS_MAX
						     ? cost_of(&t->at[i], blobs->at[b].box)
						     : INFINITY;

				if (cost < best) {
					best = cost;
					track = i;
					blob = b;
				}
			}
		if (isinf(best))
			return;
		has[track] = true;
		owner[blob] = track;
	}
}

static bool within_another(const struct ward_tracks *t, const struct ward_track *k)
{
	float x = ward_track_x(k), y = (k->box.y0 + k->box.y1) / 2;

	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		if (t->at[i].id && &t->at[i] != k && t->at[i].now &&
			ward_box_has(t->at[i].box, x, y))
			return true;
	return false;
}

static void forget(struct ward_tracks *t, ward_ns now)
{
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		struct ward_track *k = &t->at[i];

		if (!k->id || k->now)
			continue;
		k->hidden = k->sure && within_another(t, k);
		if (now - k->seen > (k->hidden ? hidden_for : k->sure ? unseen_for : unsure_for))
			k->id = 0;
	}
}

void ward_tracks_step(struct ward_tracks *t, const struct ward_blobs *blobs, ward_ns now)
{
	size_t owner[WARD_BLOBS_MAX];
	struct ward_box of[WARD_TRACKS_MAX] = {{0}}; /* what each took */

	predict(t, t->time ? (float)(now - t->time) / (float)WARD_NS_PER_S : 0);
	t->time = now;
	assign(t, blobs, owner);
	for (size_t b = 0; b < blobs->n; b++)
		if (owner[b] != WARD_TRACKS_MAX) {
			t->at[owner[b]].now = true;
			of[owner[b]] = blobs->at[b].box;
		}
	for (size_t b = 0; b < blobs->n; b++) {
		size_t i = owner[b] == WARD_TRACKS_MAX ? part_of(t, of, blobs->at[b].box)
						       : WARD_TRACKS_MAX;

		if (i == WARD_TRACKS_MAX)
			continue;
		owner[b] = i;
		of[i] = ward_box_around(of[i], blobs->at[b].box);
	}
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		if (t->at[i].id && t->at[i].now)
			update(&t->at[i], of[i], now);
	for (size_t b = 0; b < blobs->n; b++)
		if (owner[b] == WARD_TRACKS_MAX)
			begin(t, blobs->at[b].box, now);
	forget(t, now);
}

void ward_tracks_skip(struct ward_tracks *t, ward_ns now)
{
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		if (t->at[i].id && t->time)
			t->at[i].seen += now - t->time;
	t->time = now;
}
