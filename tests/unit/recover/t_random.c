/* Random houses against a scheduler and an evaluation that share no code with the room: the best of
 * all orders is the plan's, no bound lies above it, and the plan is never worse than the naive
 * one. Things stand in chains of supply, services need k of n of things and of other services. */
#include "house.h"

#include "recover/world.h"

#include <stdio.h>

enum { HOUSES = 150, THINGS = 9, CARES = 4, JOBS = 6 };

struct thing {
	int feed;    /* -1, or an earlier thing that powers it */
	int minutes; /* of work; 0: it is not struck */
	int team;
};
struct care {
	int weight, mtpd, buffer, keep, n, of[4]; /* of: things, or CARES from 100 on */
};
struct model {
	struct thing thing[THINGS];
	struct care care[CARES];
	int teams[2];
};

static uint32_t seed;

static int draw(int n)
{
	seed = seed * 1664525 + 1013904223;
	return (int)((seed >> 8) % (uint32_t)n);
}

static void make(struct model *m)
{
	int jobs = 0;

	for (int i = 0; i < THINGS; i++) {
		m->thing[i] = (struct thing){.feed = i && draw(3) == 0 ? draw(i) : -1};
		if (jobs < JOBS && draw(3) > 0) {
			m->thing[i].minutes = 5 + 5 * draw(8);
			m->thing[i].team = draw(2);
			jobs++;
		}
	}
	for (int i = 0; i < CARES; i++) {
		struct care *c = &m->care[i];

		*c = (struct care){.weight = 1 + draw(4),
			.mtpd = 10 + 10 * draw(9),
			.buffer = 5 * draw(4),
			.n = 1 + draw(4)};
		c->keep = 1 + draw(c->n);
		for (int k = 0; k < c->n; k++) {
			int at = (draw(3) + k * 2 + i) % THINGS; /* distinct */

			c->of[k] = i && k == 0 && draw(2) ? 100 + draw(i) : at;
			for (int q = 0; q < k; q++)
				if (c->of[q] == c->of[k])
					c->of[k] = (at + 1 + q) % THINGS;
		}
		for (int k = 0; k < c->n; k++)
			for (int q = 0; q < k; q++)
				if (c->of[q] == c->of[k]) {
					c->n = k;
					c->keep = c->keep > k ? k : c->keep;
				}
	}
	m->teams[0] = 1 + draw(2);
	m->teams[1] = 1 + draw(2);
}

static void text_of(const struct model *m, char *to, size_t len)
{
	size_t n = (size_t)snprintf(to, len, "assets:\n");

	for (int i = 0; i < THINGS; i++) {
		n += (size_t)snprintf(to + n, len - n,
			"  - {id: t%d, name: T, class: %s, room: hall", i,
			m->thing[i].team ? "device.reader" : "device.ahu");
		n += m->thing[i].minutes ? (size_t)snprintf(to + n, len - n, ", recovery: %dmin}\n",
						   m->thing[i].minutes)
					 : (size_t)snprintf(to + n, len - n, "}\n");
	}
	n += (size_t)snprintf(to + n, len - n,
		"relations:\n  - {from: hall, relation: contains, to: reader-1}\n");
	for (int i = 0; i < THINGS; i++)
		if (m->thing[i].feed >= 0)
			n += (size_t)snprintf(to + n, len - n,
				"  - {from: t%d, relation: powers, to: t%d}\n", m->thing[i].feed,
				i);
	n += (size_t)snprintf(to + n, len - n, "services:\n");
	for (int i = 0; i < CARES; i++) {
		const struct care *c = &m->care[i];

		n += (size_t)snprintf(to + n, len - n,
			"  - {id: c%d, name: C, class: service.care, rooms: [hall], weight: %d, "
			"mtpd: "
			"%dmin, requires: [{need: %d, buffer: %dmin, of: [",
			i, c->weight, c->mtpd, c->keep, c->buffer);
		for (int k = 0; k < c->n; k++)
			n += (size_t)snprintf(to + n, len - n, "%s%s%d", k ? ", " : "",
				c->of[k] >= 100 ? "c" : "t",
				c->of[k] >= 100 ? c->of[k] - 100 : c->of[k]);
		n += (size_t)snprintf(to + n, len - n, "]}]}\n");
	}
	assert_true(n < len);
}

/* Down from and back at, in minutes; back <= down: never. */
struct span {
	int down, back;
};
#define NOT ((struct span){1 << 20, -1})

/* Given when each work ends: all follows by recursion along the chains. */
static struct span thing_span(const struct model *m, const int *end, int i)
{
	const struct thing *t = &m->thing[i];
	struct span s = t->feed >= 0 ? thing_span(m, end, t->feed) : NOT;

	if (t->minutes)
		s = (struct span){0, end[i]};
	return s;
}

static struct span care_span(const struct model *m, const int *end, int i)
{
	const struct care *c = &m->care[i];
	int down[4], back[4], n = 0, r = c->n - c->keep + 1;

	for (int k = 0; k < c->n; k++) {
		struct span s = c->of[k] >= 100 ? care_span(m, end, c->of[k] - 100)
						: thing_span(m, end, c->of[k]);

		if (s.back <= s.down)
			continue;
		int at = n++;

		down[at] = s.down;
		back[at] = s.back;
		for (; at && back[at] < back[at - 1]; at--) {
			int swap = back[at];

			back[at] = back[at - 1];
			back[at - 1] = swap;
		}
	}
	if (n < r)
		return NOT;
	for (int a = 1; a < n; a++)
		for (int b = a; b && down[b] < down[b - 1]; b--) {
			int swap = down[b];

			down[b] = down[b - 1];
			down[b - 1] = swap;
		}
	struct span s = {down[r - 1] + c->buffer, back[n - r]};

	return s.back > s.down ? s : NOT;
}

static long score(const struct model *m, const int *end)
{
	long sum = 0;

	for (int i = 0; i < CARES; i++) {
		struct span s = care_span(m, end, i);
		int away = s.back > s.down ? s.back - s.down : 0;

		sum += (long)m->care[i].weight * away;
		if (away > m->care[i].mtpd)
			sum += 9L * m->care[i].weight * (away - m->care[i].mtpd);
	}
	return sum;
}

/* The things in that order, each begun once its feed is back and a team is free. False when an
 * order has a thing before the work that its feed waits for. */
static bool run(const struct model *m, const int *order, int n, int *end)
{
	int free[2][2] = {{0}};

	for (int i = 0; i < THINGS; i++)
		end[i] = -1;
	for (int i = 0; i < n; i++) {
		const struct thing *t = &m->thing[order[i]];
		int ready = 0, *team = free[t->team];
		int best = m->teams[t->team] == 2 && team[1] < team[0];

		for (int f = t->feed; f >= 0; f = m->thing[f].feed)
			if (m->thing[f].minutes) {
				if (end[f] < 0)
					return false;
				ready = end[f];
				break;
			}
		if (team[best] > ready)
			ready = team[best];
		end[order[i]] = team[best] = ready + t->minutes;
	}
	return true;
}

static long best_of_all(const struct model *m, int *order, int n, int at)
{
	int end[THINGS];
	long best = -1;

	if (at == n)
		return run(m, order, n, end) ? score(m, end) : -1;
	for (int i = at; i < n; i++) {
		int swap = order[at];

		order[at] = order[i];
		order[i] = swap;
		long s = best_of_all(m, order, n, at + 1);

		if (s >= 0 && (best < 0 || s < best))
			best = s;
		order[i] = order[at];
		order[at] = swap;
	}
	return best;
}

static const char kinds[] =
	"teams: [{id: it, name: IT, number: 1}, {id: plant, name: Plant, number: 1}]\n"
	"works:\n"
	"  - {id: any, text: Repair, lasts: 1h, team: plant}\n"
	"  - {id: begin, start: true, text: Start, lasts: 30min, team: plant}\n"
	"  - {id: ahu, class: device.ahu, text: Repair, lasts: 1h, team: it}\n"
	"returns: [{id: again, threats: [outage], lasts: 0s}]\n";

/* The search alone, from the naive order on, without what was found before. */
static int64_t searched(const struct house *h)
{
	struct ward_arena work;
	struct ward_impacts all;
	struct rec_world x = {.w = &h->w, .ask = &h->ask, .a = &work};
	struct rec_schedule s;
	uint32_t list[JOBS] = {0, 1, 2, 3, 4, 5};
	bool exact;

	ward_arena_init(&work, ward_mem_heap(), 1 << 26);
	assert_int_equal(ward_engine_what_if(h->e, h->seed, h->ask.n_seed, NULL, 0, &all), WARD_OK);
	assert_int_equal(ward_world_build(&x, &all), WARD_OK);
	ward_ns *back = ward_arena_array(&work, x.n_state + 1, sizeof(*back));

	assert_non_null(back);
	assert_int_equal(ward_schedule_new(&x, &s), WARD_OK);
	assert_int_equal(ward_schedule_list(&x, list, &s, back), WARD_OK);
	assert_int_equal(ward_schedule_exact(&x, &s, back, &exact), WARD_OK);
	assert_true(exact);
	int64_t score = ward_cost(&x, back).score_micro;

	ward_arena_fini(&work);
	return score;
}

static void check(const struct model *m, struct house *h)
{
	int order[THINGS], n = 0;

	for (int i = 0; i < THINGS; i++) {
		char id[8];

		if (!m->thing[i].minutes)
			continue;
		order[n++] = i;
		snprintf(id, sizeof(id), "t%d", i);
		house_strike(h, id, "outage");
	}
	if (!n)
		return;
	h->ask.teams[0] = (uint32_t)m->teams[0];
	h->ask.teams[1] = (uint32_t)m->teams[1];
	house_plan(h);
	long best = best_of_all(m, order, n, 0);

	assert_true(h->p.exact);
	assert_int_equal(h->p.plan.score_micro, (int64_t)best * 1000000);
	assert_int_equal(searched(h), h->p.plan.score_micro);
	assert_true(h->p.bound_micro <= h->p.plan.score_micro);
	assert_true(h->p.plan.score_micro <= h->p.naive.score_micro);
}

static void against_all_orders(void **state)
{
	struct ward_content_text t = {WARD_STR("w.yml"), ward_str_bytes(ward_str_z(kinds))};
	char text[8192];

	(void)state;
	for (int k = 0; k < HOUSES; k++) {
		struct house h;
		struct model m;

		seed = (uint32_t)k * 7919 + 1;
		make(&m);
		text_of(&m, text, sizeof(text));
		house_open(&h, text);
		ward_works_free(h.works);
		assert_int_equal(ward_works_parse(&t, 1, h.lab.m, &h.lab.lim, ward_mem_heap(),
					 &h.lab.d, &h.works),
			WARD_OK);
		h.w.works = h.works;
		check(&m, &h);
		house_close(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(against_all_orders)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
