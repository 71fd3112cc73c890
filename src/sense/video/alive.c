#include "sense/video/alive.h"

#include <math.h>

enum {
	MEAN_OF = 8,        /* pictures, about: how much a place changes */
	PLAIN = 4,          /* grey levels by which it changes then, at least */
	NOISE_TIMES = 4,    /* and so many times what half of the picture changes by */
	RESTLESS = 10,      /* as plain: of pictures in which so much changes nothing is learned */
	QUIET_MAX = 8,      /* pictures in a row in which a place may not */
	KNOWN_AFTER = 180,  /* pictures */
	KNOWN_LEAST = 2,    /* places */
	STILL = 10,         /* pictures */
	ALIKE = 16,         /* grey levels of light between what is alike */
	ALIKE_PERCENT = 75, /* of the places that are known */
};

static const ward_ns gap_max = 5 * WARD_NS_PER_S; /* what comes later tells nothing of between */

struct place {
	float before;        /* its light in the last picture */
	float change;        /* from picture to picture: a mean that forgets; grey levels */
	uint32_t zones;      /* of the plan that ask for it, bit by bit */
	uint16_t age;        /* pictures since it changes always; KNOWN_AFTER at most */
	uint8_t quiet;       /* pictures since it did, while something else does */
	uint8_t least, most; /* its light, of that age */
};

struct ward_alive {
	const struct ward_mem *mem;
	const struct ward_plan *plan;
	size_t n;
	struct place *place; /* n */
	float *some;         /* n, to select from */
	float plain;         /* by so much one changes plainly */
	bool begun;
	ward_ns last;   /* picture */
	unsigned still; /* pictures in which nothing changed plainly */
	bool stopped;   /* so do all places that are known */
	uint32_t zones; /* of the plan that ask for it, and can be seen */
	ward_ns zone_still[WARD_PLAN_ZONES_MAX];
};

static bool of_alive(const struct ward_plan_zone *z)
{
	return z->alive > 0;
}

enum ward_err ward_alive_new(const struct ward_mem *mem, const struct ward_plan *plan,
	const struct ward_measurer *m, struct ward_alive **ret)
{
	struct ward_alive *a = ward_mem_alloc(mem, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	*a = (struct ward_alive){
		.mem = mem, .plan = plan, .n = ward_measurer_blocks(m), .plain = PLAIN};
	if (!a->n) {
		*ret = a;
		return WARD_OK;
	}
	a->place = ward_mem_alloc(mem, a->n * sizeof(*a->place));
	a->some = ward_mem_alloc(mem, a->n * sizeof(*a->some));
	if (!a->place || !a->some) {
		ward_alive_free(a);
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; plan && i < a->n; i++) {
		struct ward_point at;

		ward_measurer_place(m, i, &at.x, &at.y);
		a->place[i].zones = ward_plan_zones_at(plan, at, of_alive);
		a->zones |= a->place[i].zones;
	}
	*ret = a;
	return WARD_OK;
}

void ward_alive_free(struct ward_alive *a)
{
	if (!a)
		return;
	ward_mem_free(a->mem, a->place, a->n * sizeof(*a->place));
	ward_mem_free(a->mem, a->some, a->n * sizeof(*a->some));
	ward_mem_free(a->mem, a, sizeof(*a));
}

static uint8_t grey(float light)
{
	return (uint8_t)(light < 0 ? 0 : light > 255 ? 255 : light);
}

/* Something changes in these pictures: a place that does, or does not. */
static void learn(struct place *p, float light, float plain)
{
	uint8_t before = grey(p->before);

	p->quiet = (uint8_t)(p->change > plain ? 0 : p->quiet + 1);
	if (p->quiet >= QUIET_MAX) {
		p->quiet = 0;
		p->age = 0;
		return;
	}
	if (!p->age)
		p->least = p->most = before;
	p->age = (uint16_t)(p->age < KNOWN_AFTER ? p->age + 1 : p->age);
	if (fabsf(light - p->before) <= plain)
		return;
	/* what it looks like now counts when it is over */
	p->least = before < p->least ? before : p->least;
	p->most = before > p->most ? before : p->most;
}

/* Of a lamp or screen that was switched off the places are dark now: that is no frozen picture, and
 * they are known no more. */
static bool all_stand(struct ward_alive *a, const float *light)
{
	size_t n = 0, n_alike = 0;

	for (size_t i = 0; i < a->n; i++) {
		const struct place *p = &a->place[i];

		if (p->age < KNOWN_AFTER)
			continue;
		n++;
		n_alike += light[i] > (float)p->least - ALIKE && light[i] < (float)p->most + ALIKE;
	}
	if (n < KNOWN_LEAST)
		return false;
	if (n_alike * 100 >= n * ALIKE_PERCENT)
		return true;
	for (size_t i = 0; i < a->n; i++)
		a->place[i].age = 0;
	return false;
}

/* zones: those in which something changed. */
static void step_zones(struct ward_alive *a, uint32_t zones, struct ward_sight at)
{
	ward_ns gap = at.time - a->last;

	for (size_t i = 0; i < WARD_PLAN_ZONES_MAX && a->zones >> i; i++) {
		const struct ward_plan_zone *z = &a->plan->zone[i];

		if (zones >> i & 1 || !ward_plan_open(a->plan, z, at.wall))
			a->zone_still[i] = 0;
		else
			a->zone_still[i] += gap < gap_max ? gap : gap_max;
	}
}

/* How much each place changes. One large change counts no more than a plain one, twice: who walks
 * by now and then is nothing that always changes. */
static void measure(struct ward_alive *a, const float *light)
{
	for (size_t i = 0; i < a->n; i++) {
		struct place *p = &a->place[i];
		float change = fminf(fabsf(light[i] - p->before), 2 * a->plain);

		if (a->begun)
			p->change += (change - p->change) / MEAN_OF;
		a->some[i] = p->change;
	}
	a->plain = fmaxf(PLAIN, NOISE_TIMES * ward_quantile(a->some, a->n, 0.5F));
}

void ward_alive_step(struct ward_alive *a, const struct ward_measurer *m, struct ward_sight at)
{
	const float *light = ward_measurer_light(m);
	uint32_t zones = 0;
	bool any = false;

	measure(a, light);
	for (size_t i = 0; i < a->n; i++) {
		struct place *p = &a->place[i];

		any = any || p->change > a->plain;
		/* here once is enough, and more than noise ever is */
		zones |= fabsf(light[i] - p->before) > 2 * a->plain ? p->zones : 0;
	}
	for (size_t i = 0; i < a->n && any && a->plain < RESTLESS; i++)
		learn(&a->place[i], light[i], a->plain);
	if (a->begun)
		step_zones(a, zones, at);
	a->still = any ? 0 : a->still + 1;
	a->stopped = a->still >= STILL && all_stand(a, light);
	for (size_t i = 0; i < a->n; i++)
		a->place[i].before = light[i];
	a->last = at.time;
	a->begun = true;
}

bool ward_alive_stopped(const struct ward_alive *a, const struct ward_plan_zone **ret_zone)
{
	*ret_zone = NULL;
	for (size_t i = 0; i < WARD_PLAN_ZONES_MAX && a->zones >> i && !*ret_zone; i++)
		if (a->zones >> i & 1 && a->zone_still[i] >= a->plan->zone[i].alive)
			*ret_zone = &a->plan->zone[i];
	return a->stopped || *ret_zone;
}
