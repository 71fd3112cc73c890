/* Random chains of what is heard of doors, against what must always hold. */
#include "door_lab.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define D1 "door=D-1"

static uint32_t draw(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*s >> 33);
}

static void one_random(struct house *h, uint64_t *s, int64_t t)
{
	static const char *const class[] = {"door.granted", "door.exit", "door.opened",
		"door.closed", "door.tamper", "door.fault", "video.count", "door.denied",
		"door.opened", "door.closed", "door.granted"};
	static const char *const door[] = {"door=D-1", "door=D-2", "door=D-3"};
	int64_t late = draw(s) % 4 ? 0 : (int64_t)(draw(s) % 12000);

	(void)tell_at(h, t > late ? t - late : 0, t, class[draw(s) % WARD_ARRAY_LEN(class)],
		door[draw(s) % 3], "direction=in", "persons=1", draw(s) % 3 ? "x=y" : "state=off",
		NULL);
}

/* No inferred event without evidence, none of before its evidence, all in the order of their
 * finding, none twice; the state is always one. */
static void t_random(void **state)
{
	uint64_t s = 20261126;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		struct house *h = house_new(NULL);
		int64_t t = 0;

		for (unsigned i = 0; i < 1500; i++)
			one_random(h, &s, t += draw(&s) % 9000);
		tick(h, INT64_MAX);
		assert_true(h->n_said > 0);
		for (size_t i = 0; i < h->n_said; i++) {
			assert_null(strstr(h->said[i], "[]"));
			assert_true(strstr(h->said[i], "door.held ") == NULL ||
				    strstr(h->said[i], " held [") != NULL);
			assert_true(strstr(h->said[i], "door.forced ") == NULL ||
				    strstr(h->said[i], " forced [") != NULL);
			for (size_t k = 0; k < i; k++)
				assert_false(ward_id_eq(h->id[i], h->id[k]));
		}
		struct ward_doors_stats st = ward_doors_stats(h->doors);

		assert_int_equal(st.n_inferred, h->n_said);
		assert_int_equal(st.n_hurried + st.n_unplaced, 0);
		house_free(h);
	}
}

/* In whatever order they come, within the hold, the same is said; and twice is once. */
static void t_any_order(void **state)
{
	static const struct {
		int64_t ms;
		const char *class;
	} e[] = {{0, "door.closed"}, {1000, "door.granted"}, {2000, "door.opened"},
		{3000, "door.closed"}, {4000, "door.opened"}, {5000, "door.closed"},
		{7000, "door.granted"}};
	enum { N = WARD_ARRAY_LEN(e) };
	uint64_t s = 7;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct house *h = house_new("doors: [{class: door, exits: told, enter: 1s}]\n");
		size_t order[N];

		for (size_t i = 0; i < N; i++)
			order[i] = i;
		for (size_t i = N; i-- > 1;) {
			size_t k = draw(&s) % (i + 1), x = order[i];

			order[i] = order[k];
			order[k] = x;
		}
		for (size_t i = 0; i < N; i++)
			for (unsigned twice = 0; twice < 2; twice++) {
				h->n_event = order[i];
				(void)tell_at(h, e[order[i]].ms, 7000, e[order[i]].class, D1, NULL);
			}
		tick(h, 30000);
		said(h, "door.forced D-1 4.000 forced [5]", "door.not_taken D-1 8.000 closed [7]",
			NULL);
		house_free(h);
	}
}

enum { CHAIN = 24, REASON_S = 10, EARLY_S = 2 };

struct heard {
	int64_t ms, clock;
	const char *class;
};

static int by_clock(const void *va, const void *vb)
{
	const struct heard *a = va, *b = vb;

	return a->clock != b->clock ? (a->clock < b->clock ? -1 : 1) : 0;
}

/* By its definition: an opening of a door whose contact was closed, with no grant or exit from ten
 * seconds before it to two after. */
static bool is_forced(const struct heard *e, size_t at)
{
	bool shut = false;

	for (size_t i = 0; i < at; i++)
		if (!strcmp(e[i].class, "door.closed") || !strcmp(e[i].class, "door.opened"))
			shut = !strcmp(e[i].class, "door.closed");
	for (size_t i = 0; i < CHAIN; i++)
		if ((!strcmp(e[i].class, "door.granted") || !strcmp(e[i].class, "door.exit")) &&
			e[i].ms - EARLY_S * 1000 <= e[at].ms &&
			e[at].ms <= e[i].ms + REASON_S * 1000)
			return false;
	return shut && !strcmp(e[at].class, "door.opened");
}

/* Of random chains, told in any order within the hold and some of it twice, exactly these openings
 * are forced, whatever a controller says of doors that are held. */
static void t_exactly(void **state)
{
	static const char *const class[] = {"door.granted", "door.exit", "door.opened",
		"door.closed", "door.opened", "door.closed", "door.held", "door.denied"};
	uint64_t s = 4;
	size_t n_forced = 0;
	struct house *h = house_new("doors: [{class: door, exits: told}]\n");

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct heard e[CHAIN], told[CHAIN];
		int64_t t = 0;

		house_again(h);
		h->n_said = 0;
		for (size_t i = 0; i < CHAIN; i++) {
			t += 1 + draw(&s) % 8000;
			e[i] = (struct heard){t, t + draw(&s) % 7900,
				i ? class[draw(&s) % WARD_ARRAY_LEN(class)] : "door.closed"};
			told[i] = e[i];
		}
		qsort(told, CHAIN, sizeof(*told), by_clock);
		for (size_t i = 0; i < CHAIN; i++)
			for (unsigned n = draw(&s) % 4 ? 1 : 2; n > 0; n--) {
				h->n_event = (uint64_t)told[i].ms; /* its number: the same twice */
				(void)tell_at(
					h, told[i].ms, told[i].clock, told[i].class, D1, NULL);
			}
		tick(h, t + 3600000);
		size_t at = 0;

		for (size_t i = 0; i < CHAIN; i++) {
			char text[64];

			if (!is_forced(e, i))
				continue;
			n_forced++;
			(void)snprintf(text, sizeof(text),
				"door.forced D-1 %" PRId64 ".%03" PRId64 " ", e[i].ms / 1000,
				e[i].ms % 1000);
			while (at < h->n_said && !strstr(h->said[at], "door.forced"))
				at++;
			assert_true(at < h->n_said);
			assert_non_null(strstr(h->said[at++], text));
		}
		while (at < h->n_said)
			assert_null(strstr(h->said[at++], "door.forced"));
	}
	assert_true(n_forced > 200);
	house_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_random),
		cmocka_unit_test(t_any_order),
		cmocka_unit_test(t_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
