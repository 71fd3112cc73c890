/* Motion of blocks, and what is judged by it: falls and agitation. Ten pictures a second. */
#include "made.h"

#include "sense/video/agitation.h"
#include "sense/video/fall.h"

#include <math.h>

enum { FPS = WARD_PLAN_FPS_OF_BODIES };

struct lab {
	struct ward_plan plan;
	struct ward_flow *flow;
	struct ward_fall *fall;
	struct ward_agitation *agitation;
	struct made m;
	struct made_signs s;
	ward_ns time;
};

static void begin(struct lab *l)
{
	memset(l, 0, sizeof(*l));
	ward_plan_default(&l->plan);
	l->plan.n_zone = 1;
	l->plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("hall"),
		.n = 4,
		.at = {{0, 0}, {1, 0}, {1, 1}, {0, 1}},
		.fall = true,
		.agitation = true};
	assert_int_equal(ward_flow_new(ward_mem_heap(), MADE_W, MADE_H, &l->flow), WARD_OK);
	assert_int_equal(
		ward_fall_new(ward_mem_heap(), &l->plan, MADE_W, MADE_H, &l->fall), WARD_OK);
	assert_int_equal(
		ward_agitation_new(ward_mem_heap(), &l->plan, MADE_W, MADE_H, &l->agitation),
		WARD_OK);
}

static void end(struct lab *l)
{
	ward_flow_free(l->flow);
	ward_fall_free(l->fall);
	ward_agitation_free(l->agitation);
}

static void look(struct lab *l)
{
	struct ward_sign_sink sink = {made_put, &l->s};
	struct ward_sight at = {l->time, l->time};

	(void)made_done(&l->m, 2);
	ward_flow_step(l->flow, l->m.y);
	assert_int_equal(ward_fall_step(l->fall, l->flow, at, &sink), WARD_OK);
	assert_int_equal(ward_agitation_step(l->agitation, l->flow, at, &sink), WARD_OK);
	l->time += WARD_NS_PER_S / FPS;
}

/* A pattern that does not repeat. */
static uint32_t cloth(uint32_t x, uint32_t y)
{
	uint32_t z = x * 0x9e3779b9 ^ y * 0x85ebca6b;

	z = (z ^ z >> 15) * 0xc2b2ae35;
	return z ^ z >> 13;
}

/* A body whose clothes have a pattern that moves with it. */
static void body(struct lab *l, float x0, float y0, int w, int h)
{
	int left = (int)lroundf(x0), top = (int)lroundf(y0);

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			if (top + y >= 0 && top + y < MADE_H && left + x >= 0 && left + x < MADE_W)
				l->m.y[(top + y) * MADE_W + left + x] = made_byte(
					40 +
					(int)(cloth((uint32_t)(x / 3), (uint32_t)(y / 3)) % 100));
}

/* Upright at x for some pictures. */
static void stand(struct lab *l, float x, int pictures)
{
	for (int i = 0; i < pictures; i++) {
		made_room(&l->m, 0, 0, 0);
		body(l, x, 30, 24, 80);
		look(l);
	}
}

/* From upright to so much of its height in that many pictures. */
static void sink_to(struct lab *l, float share, int pictures)
{
	for (int i = 1; i <= pictures; i++) {
		float h = 80 - (80 - 80 * share) * (float)i / (float)pictures;

		made_room(&l->m, 0, 0, 0);
		/* the upper part comes down as it is, the lower one is hidden by it */
		body(l, 70, 110 - h, 24, (int)h);
		look(l);
	}
}

static void lie(struct lab *l, float share, int pictures)
{
	for (int i = 0; i < pictures; i++) {
		made_room(&l->m, 0, 0, 0);
		body(l, 70, 110 - 80 * share, 24, (int)(80 * share));
		look(l);
	}
}

static void test_flow(void **state)
{
	struct lab l;
	unsigned columns, rows, n = 0;

	(void)state;
	begin(&l);
	for (int i = 0; i < 3; i++) {
		made_room(&l.m, 0, 0, 0);
		body(&l, 30 + 6 * (float)i, 20 + 4 * (float)i, 50, 60);
		look(&l);
	}
	const struct ward_flow_block *b = ward_flow_blocks(l.flow, &columns, &rows);

	assert_true(columns == MADE_W / WARD_FLOW_BLOCK && rows == MADE_H / WARD_FLOW_BLOCK);
	for (size_t i = 0; i < (size_t)columns * rows; i++) {
		bool inside = i % columns >= 3 && i % columns <= 4 && i / columns >= 2 &&
			      i / columns <= 4;

		if (inside && b[i].found) {
			assert_true(abs(b[i].dx - 6) <= 2 && abs(b[i].dy - 4) <= 2);
			n++;
		}
		if (i % columns > 6)
			assert_false(b[i].moves);
	}
	assert_true(n >= 4);
	end(&l);
}

static size_t falls(const struct lab *l)
{
	return made_count(&l->s, WARD_CLASS_VIDEO_FALL);
}

static void test_fall(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	stand(&l, 70, 10);
	sink_to(&l, 0.3F, 6);
	assert_int_equal(falls(&l), 0); /* it may rise again */
	lie(&l, 0.3F, 20);
	assert_int_equal(falls(&l), 1);
	assert_true(l.s.at[0].time <= 3 * WARD_NS_PER_S);
	assert_true(ward_str_eqz(l.s.at[0].zone, "hall") && l.s.at[0].box.y1 > 80);
	end(&l);
}

/* Who sits down slowly, bends and rises, or walks has not fallen. */
static void test_no_fall(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	stand(&l, 70, 10);
	sink_to(&l, 0.6F, 15);
	lie(&l, 0.6F, 20);
	assert_int_equal(falls(&l), 0);
	stand(&l, 70, 20);
	sink_to(&l, 0.45F, 6);
	for (int i = 5; i >= 0; i--) {
		made_room(&l.m, 0, 0, 0);
		body(&l, 70, 110 - (44 + 6 * (float)(6 - i)), 24, 44 + 6 * (6 - i));
		look(&l);
	}
	stand(&l, 70, 20);
	for (int i = 0; i < 40; i++)
		stand(&l, 70 - 2 * (float)i, 1);
	assert_int_equal(falls(&l), 0);
	end(&l);
}

/* Outside of its zone, and outside of its hours. */
static void test_fall_elsewhere(void **state)
{
	struct lab l;

	(void)state;
	for (int closed = 0; closed < 2; closed++) {
		begin(&l);
		if (closed) {
			l.plan.zone[0].n_hours = 1;
			l.plan.zone[0].hours[0] = ward_week_turn(0x7f, 60, 120);
		} else {
			end(&l);
			l.plan.zone[0].at[1].x = l.plan.zone[0].at[2].x = 0.3F;
			assert_int_equal(
				ward_flow_new(ward_mem_heap(), MADE_W, MADE_H, &l.flow), WARD_OK);
			assert_int_equal(
				ward_fall_new(ward_mem_heap(), &l.plan, MADE_W, MADE_H, &l.fall),
				WARD_OK);
			assert_int_equal(ward_agitation_new(ward_mem_heap(), &l.plan, MADE_W,
						 MADE_H, &l.agitation),
				WARD_OK);
		}
		stand(&l, 70, 10);
		sink_to(&l, 0.3F, 6);
		lie(&l, 0.3F, 20);
		assert_int_equal(l.s.n, 0);
		end(&l);
	}
}

/* Two who push and pull: parts of them go apart quickly, each picture otherwise. */
static void struggle(struct lab *l, int pictures)
{
	for (int i = 0; i < pictures; i++) {
		made_room(&l->m, 0, 0, 0);
		for (int k = 0; k < 6; k++) {
			float a = (float)(made_random(&l->m) % 13) - 6;
			float b = (float)(made_random(&l->m) % 13) - 6;

			body(l, 45 + (float)(k % 3) * 22 + a, 30 + (float)(k / 3) * 36 + b, 22, 36);
		}
		look(l);
	}
}

/* Parts that go apart as quickly, but for a while all one way: as in a fall, or in who bends down
 * and rises. */
static void sway(struct lab *l, int pictures, int turn)
{
	static const float speed[] = {12, 1, 12};
	float way = 0;

	for (int i = 0; i < pictures; i++) {
		made_room(&l->m, 0, 0, 0);
		way += i < turn ? 1 : -1;
		for (int k = 0; k < 3; k++)
			body(l, 2 + speed[k] * way, 6 + 36 * (float)k, 44, 36);
		look(l);
	}
}

static void test_no_agitation(void **state)
{
	struct lab l;

	(void)state;
	for (int turn = 5; turn <= 10; turn += 5) {
		begin(&l);
		sway(&l, 1, 0);
		sway(&l, 10, turn);
		stand(&l, 70, 10);
		assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_AGITATION), 0);
		end(&l);
	}
}

static void test_agitation(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	stand(&l, 70, 10);
	struggle(&l, 5);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_AGITATION), 0);
	struggle(&l, 20);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_AGITATION), 1);
	assert_string_equal(l.s.at[0].state, "on");
	stand(&l, 70, 45);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_AGITATION), 1);
	stand(&l, 70, 15);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_AGITATION), 2);
	assert_string_equal(l.s.at[l.s.n - 1].state, "off");
	end(&l);
}

/* Who runs by moves as one. */
static void test_run(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int turn = 0; turn < 4; turn++)
		for (int i = 0; i < 12; i++)
			stand(&l, turn % 2 ? 130 - 10 * (float)i : 10 * (float)i, 1);
	assert_int_equal(l.s.n, 0);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_fall),
		cmocka_unit_test(test_no_fall),
		cmocka_unit_test(test_fall_elsewhere),
		cmocka_unit_test(test_agitation),
		cmocka_unit_test(test_no_agitation),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
