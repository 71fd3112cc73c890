#include "sense/video/video.h"

#include "sense/video/agitation.h"
#include "sense/video/behave.h"
#include "sense/video/crowd.h"
#include "sense/video/fall.h"
#include "sense/video/flame.h"
#include "sense/video/ground.h"
#include "sense/video/left.h"
#include "sense/video/loop.h"
#include "sense/video/mask.h"
#include "sense/video/say.h"
#include "sense/video/smoke.h"
#include "sense/video/tamper.h"

/* A person at the far end of a corridor is a few pixels wide; what is smaller is noise. */
enum { LEAST_AREA_OF = 1200 }; /* a blob has at least one such part of the picture */

static const float join_gap = 0.05F; /* heights of the picture */
static const ward_ns rate_window = 10 * WARD_NS_PER_S;
static const float rate_least = 0.7F; /* of the pictures that the plan needs */

/* Pictures in a window of time. */
struct rate {
	ward_ns since;
	unsigned n;
};

struct ward_video {
	struct ward_video_opts opts;
	struct ward_say say;
	unsigned w, h; /* 0: no picture yet */
	size_t n;      /* pixels */
	ward_ns last;  /* time of the last picture */
	enum { KNOWN, RESUMED, LEARNING } learned;
	struct rate rate;
	bool slow; /* fewer came than the plan needs: told */
	struct ward_ground *ground;
	struct ward_blob_finder *finder;
	uint8_t *mask;
	uint32_t masks;  /* privacy masks that hide now, bit by bit */
	uint8_t *hidden; /* the picture behind them; NULL: the plan has none */
	struct ward_image seen;
	bool steady; /* the background is known: mask tells who is there */
	struct ward_blobs blobs;
	struct ward_tracks tracks;
	struct ward_behave behave;
	struct ward_left *left;
	struct ward_tamper *tamper;
	struct ward_loop *loop;
	struct ward_flame *flame;
	struct ward_crowd *crowd; /* NULL: no zone asks for it, as below */
	struct ward_smoke *smoke;
	struct ward_flow *flow; /* what falls and fights are judged by */
	struct ward_fall *fall;
	struct ward_agitation *agitation;
};

enum ward_err ward_video_new(const struct ward_video_opts *opts, struct ward_video **ret)
{
	struct ward_video *v = ward_mem_alloc(opts->mem, sizeof(*v));

	WARD_ASSERT(opts->fps > 0);
	if (!v)
		return WARD_ERR_NOMEM;
	v->opts = *opts;
	ward_say_init(&v->say, &v->opts);
	*ret = v;
	return WARD_OK;
}

void ward_video_free(struct ward_video *v)
{
	if (!v)
		return;
	const struct ward_mem *mem = v->opts.mem;

	ward_ground_free(v->ground);
	ward_blob_finder_free(v->finder);
	ward_left_free(v->left);
	ward_tamper_free(v->tamper);
	ward_loop_free(v->loop);
	ward_flame_free(v->flame);
	ward_crowd_free(v->crowd);
	ward_smoke_free(v->smoke);
	ward_flow_free(v->flow);
	ward_fall_free(v->fall);
	ward_agitation_free(v->agitation);
	ward_mem_free(mem, v->mask, v->n);
	ward_mem_free(mem, v->hidden, v->n * 3);
	ward_say_fini(&v->say);
	ward_mem_free(mem, v, sizeof(*v));
}

/* Stages that only some zones need. */
static enum ward_err begin_cues(struct ward_video *v, unsigned w, unsigned h)
{
	const struct ward_mem *mem = v->opts.mem;
	const struct ward_plan *plan = v->opts.plan;
	enum ward_err err = WARD_OK;

	if (ward_plan_asks(plan, ward_plan_of_crowd))
		err = ward_crowd_new(mem, plan, w, h, &v->crowd);
	if (!err && ward_plan_asks(plan, ward_plan_of_smoke))
		err = ward_smoke_new(mem, plan, w, h, &v->smoke);
	if (!err && ward_plan_asks(plan, ward_plan_of_fall))
		err = ward_fall_new(mem, plan, w, h, &v->fall);
	if (!err && ward_plan_asks(plan, ward_plan_of_agitation))
		err = ward_agitation_new(mem, plan, w, h, &v->agitation);
	if (!err && (v->fall || v->agitation))
		err = ward_flow_new(mem, w, h, &v->flow);
	return err;
}

/* The camera's own faults are told by what no mask hides at any hour. */
static enum ward_err begin_tamper(struct ward_video *v, unsigned w, unsigned h)
{
	const struct ward_plan *plan = v->opts.plan;
	struct ward_canvas c = {.w = w, .h = h, .plane = {v->hidden}, .stride = {w}};

	if (!plan->n_mask)
		return ward_tamper_new(v->opts.mem, plan, w, h, NULL, &v->tamper);
	memset(v->hidden, UINT8_MAX, v->n);
	ward_masks_draw(plan, UINT32_MAX >> (32 - plan->n_mask), &c);
	for (size_t i = 0; i < v->n; i++)
		v->hidden[i] = v->hidden[i] != UINT8_MAX;
	return ward_tamper_new(v->opts.mem, plan, w, h, v->hidden, &v->tamper);
}

/* The stages for pictures of that size. */
static enum ward_err begin(struct ward_video *v, unsigned w, unsigned h)
{
	const struct ward_mem *mem = v->opts.mem;
	struct ward_left_opts left = {mem, v->opts.plan, w, h, v->opts.fps, v->opts.start};
	enum ward_err err;

	v->n = (size_t)w * h;
	v->mask = ward_mem_alloc(mem, v->n);
	v->hidden = v->opts.plan->n_mask ? ward_mem_alloc(mem, v->n * 3) : NULL;
	if (!v->mask || (v->opts.plan->n_mask && !v->hidden))
		return WARD_ERR_NOMEM;
	if ((err = ward_ground_new(mem, w, h, v->opts.fps, &v->ground)) ||
		(err = ward_blob_finder_new(mem, w, h, &v->finder)) ||
		(err = ward_left_new(&left, &v->left)) || (err = begin_tamper(v, w, h)) ||
		(err = ward_loop_new(mem, w, h, v->opts.fps, &v->loop)) ||
		(err = ward_flame_new(mem, w, h, v->opts.fps, &v->flame)) ||
		(err = begin_cues(v, w, h)))
		return err;
	ward_behave_init(&v->behave, v->opts.plan, w, h, v->opts.start);
	v->say.w = v->w = w;
	v->say.h = v->h = h;
	return WARD_OK;
}

void ward_video_resume(struct ward_video *v)
{
	v->learned = RESUMED;
}

void ward_video_clock_set(struct ward_video *v, ward_ns start)
{
	v->opts.start = start; /* the events' */
	v->behave.start = start;
	if (v->left)
		ward_left_clock_set(v->left, start);
}

enum ward_err ward_video_tell(struct ward_video *v, const struct ward_sign *sign)
{
	return ward_video_say(&v->say, sign);
}

static enum ward_err tell_learning(struct ward_video *v, ward_ns time, bool on)
{
	v->learned = on ? LEARNING : KNOWN;
	return ward_video_say(&v->say, &(struct ward_sign){.class = WARD_CLASS_VIDEO_LEARNING,
					       .time = time,
					       .state = on ? "on" : "off"});
}

static enum ward_err put(void *ctx, const struct ward_sign *sign)
{
	struct ward_video *v = ctx;

	return ward_video_say(&v->say, sign);
}

/* How bodies move, whoever they are. */
static enum ward_err bodies(
	struct ward_video *v, const struct ward_image *image, const struct ward_sign_sink *sink)
{
	struct ward_sight at = {image->time, v->opts.start + image->time};
	enum ward_err err = WARD_OK;

	ward_flow_step(v->flow, image->y);
	if (v->fall)
		err = ward_fall_step(v->fall, v->flow, at, sink);
	if (!err && v->agitation)
		err = ward_agitation_step(v->agitation, v->flow, at, sink);
	return err;
}

/* Falls and fights are not seen where too few pictures come: that is said. */
static enum ward_err heed_rate(struct ward_video *v, ward_ns now, const struct ward_sign_sink *sink)
{
	struct rate *r = &v->rate;
	unsigned needs = ward_plan_fps(v->opts.plan);

	if (v->learned == RESUMED || !r->n)
		*r = (struct rate){.since = now};
	r->n++;
	if (needs <= 1 || now - r->since < rate_window)
		return WARD_OK;
	float share =
		(float)(r->n - 1) / (float)needs * (float)WARD_NS_PER_S / (float)(now - r->since);
	bool on = share < rate_least;

	*r = (struct rate){.since = now, .n = 1};
	if (on == v->slow)
		return WARD_OK;
	v->slow = on;
	return sink->put(sink->ctx, &(struct ward_sign){.class = WARD_CLASS_VIDEO_SLOW,
					    .time = now,
					    .state = on ? "on" : "off",
					    .part = share});
}

/* The picture without what privacy masks hide, which nothing behind this sees. */
static void hide(struct ward_video *v, const struct ward_image *image, struct ward_image *ret)
{
	uint32_t masks = ward_masks_at(v->opts.plan, v->opts.start + image->time);
	const uint8_t *from[3] = {image->y, image->u, image->v};
	struct ward_canvas c = {.w = v->w, .h = v->h};

	*ret = *image;
	if (v->say.n_frame > 1 && masks != v->masks)
		v->learned = RESUMED;
	v->masks = masks;
	if (!masks)
		return;
	for (size_t p = 0; p < WARD_ARRAY_LEN(from); p++) {
		size_t w = p ? (v->w + 1) / 2 : v->w, h = p ? (v->h + 1) / 2 : v->h;

		c.stride[p] = w;
		c.plane[p] = from[p] ? v->hidden + p * v->n : NULL;
		if (from[p])
			memcpy(c.plane[p], from[p], w * h);
	}
	ward_masks_draw(v->opts.plan, masks, &c);
	ret->y = c.plane[0];
	ret->u = c.plane[1];
	ret->v = c.plane[2];
}

/* Stages that need no background. */
static enum ward_err look(
	struct ward_video *v, const struct ward_image *image, const struct ward_sign_sink *sink)
{
	enum ward_err err = ward_tamper_step(v->tamper, image, v->opts.start + image->time, sink);

	if (!err)
		err = ward_loop_step(v->loop, image, sink);
	if (!err)
		err = ward_flame_step(v->flame, image, sink);
	return err || !v->flow ? err : bodies(v, image, sink);
}

/* Which tracks are flames. */
static void heed_flames(struct ward_video *v, ward_ns now)
{
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++) {
		struct ward_track *t = &v->tracks.at[i];

		if (t->id && t->now && ward_flame_burns(v->flame, v->mask, t->box))
			t->burnt = now;
	}
}

/* Who is there, and what they do. */
static enum ward_err follow(
	struct ward_video *v, const struct ward_image *image, const struct ward_sign_sink *sink)
{
	ward_ns wall = v->opts.start + image->time;
	enum ward_err err;

	ward_blobs_find(v->finder, v->mask, (uint32_t)(v->n / LEAST_AREA_OF), &v->blobs);
	ward_blobs_join(&v->blobs, join_gap * (float)v->h);
	ward_tracks_step(&v->tracks, &v->blobs, image->time);
	heed_flames(v, image->time);
	err = ward_behave_step(&v->behave, &v->tracks, image->time, sink);
	if (!err && v->crowd)
		err = ward_crowd_step(v->crowd, v->mask, image->time, wall, sink);
	/* a picture that lost its edges shows what it used to as haze does */
	if (!err && v->smoke && !ward_tamper_dull(v->tamper) &&
		ward_smoke_due(v->smoke, image->time))
		err = ward_smoke_step(v->smoke, image, ward_ground_picture(v->ground), wall, sink);
	return err ? err
		   : ward_left_step(v->left,
			     &(struct ward_left_view){image, v->mask, v->ground, &v->tracks}, sink);
}

enum ward_err ward_video_picture(struct ward_video *v, const struct ward_image *whole)
{
	struct ward_sign_sink sink = {put, v};
	enum ward_err err = v->w ? WARD_OK : begin(v, whole->w, whole->h);
	struct ward_image *image = &v->seen;

	if (err)
		return err;
	if (whole->w != v->w || whole->h != v->h)
		return WARD_ERR_MALFORMED;
	v->say.n_frame++;
	v->say.n_sign = 0;
	v->last = whole->time;
	ward_count_name(v->opts.counters, "video.pictures", 1);
	hide(v, whole, image);
	err = heed_rate(v, image->time, &sink);
	if (!err && v->learned == RESUMED) {
		ward_ground_relearn(v->ground);
		err = tell_learning(v, image->time, true);
	}
	if (!err)
		err = look(v, image, &sink);
	if (err)
		return err;
	v->steady = ward_ground_step(v->ground, image, v->mask) == WARD_GROUND_STEADY;
	if (!v->steady) {
		ward_left_forget(v->left, image->time);
		ward_tracks_skip(&v->tracks, image->time);
		return WARD_OK;
	}
	if (v->learned == LEARNING && (err = tell_learning(v, image->time, false)))
		return err;
	return follow(v, image, &sink);
}

enum ward_err ward_video_end(struct ward_video *v)
{
	struct ward_sign_sink sink = {put, v};

	ward_count_name(v->opts.counters, "video.length_ms", (uint64_t)(v->last / WARD_NS_PER_MS));
	ward_count_name(v->opts.counters, "video.tracks", v->tracks.n_given);
	ward_count_name(v->opts.counters, "video.tracks_refused", v->tracks.n_refused);
	return v->w ? ward_behave_end(&v->behave, v->last, &sink) : WARD_OK;
}

bool ward_video_steady(const struct ward_video *v)
{
	return v->steady;
}

uint32_t ward_video_masks(const struct ward_video *v)
{
	return v->masks;
}

const struct ward_plan *ward_video_plan(const struct ward_video *v)
{
	return v->opts.plan;
}

const struct ward_image *ward_video_seen(const struct ward_video *v)
{
	return &v->seen;
}

const struct ward_tracks *ward_video_tracks(const struct ward_video *v)
{
	return &v->tracks;
}

const uint8_t *ward_video_mask(const struct ward_video *v)
{
	return v->mask;
}
