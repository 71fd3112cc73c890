#include "sense/video/tamper.h"

#include "sense/video/alive.h"

#include <math.h>

enum {
	LEARN_MIN = 5,  /* pictures before anything is judged */
	LEARN_OF = 60,  /* a picture's weight in the reference is 1 / N, more at first */
	QUIET = 10,     /* pictures that are looked at together for a picture that stands still */
	ACCEPT_S = 600, /* a view that is so long another is the camera's own */
	CELLS_COVERED = 6, /* of 16 */
};

static const ward_ns every = 950 * WARD_NS_PER_MS; /* a second, and pictures come a little early */
static const float still = 0.2F; /* grey levels a second: live pictures have more, if only noise */
static const float stopped_sure = 0.2F; /* a fan or screen may have been switched off */

struct look {
	const struct ward_measure *m;
	float quiet;                       /* mean change of the last QUIET pictures */
	bool stopped;                      /* what always changed stands still; */
	const struct ward_plan_zone *zone; /* the plan says so of this one, or NULL */
};

/* Conditions give how far it is beyond the threshold, 0 to 1, or less than 0 where it is not. The
 * numbers are of normal scenes, with people near the camera, and of made faults (README.md). */
static float over(float value, float threshold, float most)
{
	return (value - threshold) / (most - threshold);
}

static float black(const struct look *l)
{
	/* limited range has black at 16; a covered lens still lets light through, or noise */
	return l->m->deviation < 2 ? over(l->m->mean, 26, 16) : -1;
}

static float washed_out(const struct look *l)
{
	return l->m->energy < 0.7F ? over(l->m->bright, 0.6F, 1) : -1;
}

static float covered(const struct look *l)
{
	float all = l->m->like_light < 0.5F ? over(l->m->energy, 0.3F, 0) : -1;
	float part = over((float)l->m->dead, CELLS_COVERED - 1, 2 * WARD_MEASURE_CELLS);

	/* what is dead but looks the same is out of focus */
	return all >= 0 ? all : l->m->like_light < 0.7F && part > 0 ? part : -1;
}

static float defocused(const struct look *l)
{
	return l->m->like_light > 0.7F ? over(l->m->sharp, 0.6F, 0) : -1;
}

static float moved(const struct look *l)
{
	return l->m->energy > 0.5F ? over(l->m->like_edges, 0.4F, 0) : -1;
}

static float frozen(const struct look *l)
{
	float all = over(l->quiet, still, 0);

	return all > 0 || !l->stopped ? all : stopped_sure;
}

static const struct fault {
	enum ward_class class;
	float (*condition)(const struct look *l);
	ward_ns after, over; /* how long it must hold, and be gone */
	bool view;           /* the earlier in the table is the one that is told */
} faults[] = {
	{WARD_CLASS_VIDEO_TAMPER_BLACK, black, 2 * WARD_NS_PER_S, 3 * WARD_NS_PER_S, true},
	{WARD_CLASS_VIDEO_TAMPER_WASHED_OUT, washed_out, 3 * WARD_NS_PER_S, 3 * WARD_NS_PER_S,
		true},
	{WARD_CLASS_VIDEO_TAMPER_COVERED, covered, 3 * WARD_NS_PER_S, 3 * WARD_NS_PER_S, true},
	{WARD_CLASS_VIDEO_TAMPER_DEFOCUSED, defocused, 5 * WARD_NS_PER_S, 5 * WARD_NS_PER_S, true},
	{WARD_CLASS_VIDEO_TAMPER_MOVED, moved, 5 * WARD_NS_PER_S, 5 * WARD_NS_PER_S, true},
	/* its condition is of ten pictures already */
	{WARD_CLASS_VIDEO_TAMPER_FROZEN, frozen, 0, 2 * WARD_NS_PER_S, false},
};

enum { FAULTS = WARD_ARRAY_LEN(faults) };

struct ward_tamper {
	const struct ward_mem *mem;
	struct ward_measurer *measurer;
	struct ward_alive *alive;
	unsigned n;            /* pictures measured */
	ward_ns last;          /* that one was taken */
	float change[QUIET];   /* of the last, in a ring */
	ward_ns since[FAULTS]; /* the condition holds since; -1: it does not */
	ward_ns seen[FAULTS];  /* it held last */
	bool on[FAULTS];       /* told */
	struct ward_str zone;  /* by which the last was */
};

enum ward_err ward_tamper_new(const struct ward_mem *mem, const struct ward_plan *plan, unsigned w,
	unsigned h, const uint8_t *unseen, struct ward_tamper **ret)
{
	struct ward_tamper *t = ward_mem_alloc(mem, sizeof(*t));
	enum ward_err err;

	if (!t)
		return WARD_ERR_NOMEM;
	t->mem = mem;
	for (size_t i = 0; i < FAULTS; i++)
		t->since[i] = -1;
	err = ward_measurer_new(mem, w, h, unseen, &t->measurer);
	if (!err)
		err = ward_alive_new(mem, plan, t->measurer, &t->alive);
	if (err)
		ward_tamper_free(t);
	else
		*ret = t;
	return err;
}

void ward_tamper_free(struct ward_tamper *t)
{
	if (!t)
		return;
	ward_measurer_free(t->measurer);
	ward_alive_free(t->alive);
	ward_mem_free(t->mem, t, sizeof(*t));
}

bool ward_tamper_blind(const struct ward_tamper *t)
{
	for (size_t i = 0; i < FAULTS; i++)
		if (faults[i].view && t->since[i] >= 0)
			return true;
	return false;
}

bool ward_tamper_dull(const struct ward_tamper *t)
{
	for (size_t i = 0; i < FAULTS; i++)
		if (faults[i].view && faults[i].class != WARD_CLASS_VIDEO_TAMPER_MOVED &&
			t->since[i] >= 0)
			return true;
	return false;
}

static enum ward_err tell(struct ward_tamper *t, size_t i, ward_ns now, float confidence,
	const struct look *l, const struct ward_sign_sink *sink)
{
	const struct ward_measure *m = l->m;
	struct ward_sign s = {.class = faults[i].class,
		.time = now,
		.state = t->on[i] ? "on" : "off",
		.confidence = 0.5F + fminf(confidence, 1) / 2,
		.duration = now - t->since[i]};

	if (s.class == WARD_CLASS_VIDEO_TAMPER_FROZEN) {
		if (t->on[i])
			t->zone = l->zone ? l->zone->id : (struct ward_str){NULL, 0};
		s.zone = t->zone;
	}
	if (s.class == WARD_CLASS_VIDEO_TAMPER_COVERED && t->on[i])
		s.part = fminf(1, fmaxf((float)m->dead / (WARD_MEASURE_CELLS * WARD_MEASURE_CELLS),
					  1 - m->energy));
	return sink->put(sink->ctx, &s);
}

/* One fault's turn; *taken is set when a fault of the view holds. */
static enum ward_err step(struct ward_tamper *t, size_t i, const struct look *l, ward_ns now,
	bool *taken, const struct ward_sign_sink *sink)
{
	const struct fault *f = &faults[i];
	float beyond = f->view && *taken ? -1 : f->condition(l);
	enum ward_err err = WARD_OK;

	if (beyond > 0) {
		t->since[i] = t->since[i] < 0 ? now : t->since[i];
		t->seen[i] = now;
		*taken = *taken || f->view;
		if (t->on[i] || now - t->since[i] < f->after)
			return WARD_OK;
		t->on[i] = true;
		return tell(t, i, now, beyond, l, sink);
	}
	if (!t->on[i]) {
		t->since[i] = -1;
		return WARD_OK;
	}
	*taken = *taken || f->view; /* until its end is sure, nothing else is said */
	if (now - t->seen[i] < f->over)
		return WARD_OK;
	t->on[i] = false;
	err = tell(t, i, now, 1, l, sink);
	t->since[i] = -1;
	return err;
}

/* A picture in which nothing is wrong is what the camera shows; so is, after long, any other. */
static void learn(struct ward_tamper *t, ward_ns now)
{
	bool blind = false;

	for (size_t i = 0; i < FAULTS; i++) {
		bool stays = faults[i].view && t->since[i] >= 0;

		if (stays && now - t->since[i] >= ACCEPT_S * WARD_NS_PER_S) {
			ward_measurer_learn(t->measurer, 1);
			return;
		}
		blind = blind || stays;
	}
	if (!blind)
		ward_measurer_learn(t->measurer, 1 / (float)(t->n < LEARN_OF ? t->n : LEARN_OF));
}

enum ward_err ward_tamper_step(struct ward_tamper *t, const struct ward_image *image, ward_ns wall,
	const struct ward_sign_sink *sink)
{
	struct ward_measure m;
	struct look l = {.m = &m};
	enum ward_err err = WARD_OK;
	bool taken = false;
	float sum = 0;

	if ((t->n && image->time - t->last < every) || !ward_measurer_sees(t->measurer))
		return WARD_OK;
	t->last = image->time;
	ward_measure(t->measurer, image->y, &m);
	t->change[t->n++ % QUIET] = m.moving;
	for (size_t i = 0; i < QUIET; i++)
		sum += t->change[i];
	l.quiet = t->n > QUIET ? sum / QUIET : 255;
	if (!ward_tamper_blind(t))
		ward_alive_step(t->alive, t->measurer, (struct ward_sight){image->time, wall});
	l.stopped = ward_alive_stopped(t->alive, &l.zone);
	/* a black or covered picture stands still as well */
	for (size_t i = 0; i < FAULTS && !err && t->n > LEARN_MIN; i++)
		if (faults[i].view || !taken || t->on[i])
			err = step(t, i, &l, image->time, &taken, sink);
	learn(t, image->time);
	return err;
}
