#include "made.h"

#include "sense/video/video.h"

struct lab {
	struct made m;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_plan plan;
	struct ward_video *v;
	struct ward_wr out;
	unsigned n;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct lab *l = ctx;

	ward_event_write_json(e, &l->names, &l->out);
	ward_wr_ch(&l->out, '\n');
	l->n++;
	return WARD_OK;
}

static enum ward_err begin(struct lab *l, const struct ward_mem *mem)
{
	struct ward_limits lim;
	struct ward_video_opts o = {.mem = mem,
		.names = &l->names,
		.counters = &l->counters,
		.plan = &l->plan,
		.sink = {put, l},
		.source = WARD_STR("cam"),
		.epoch = 1,
		.start = 1764000000 * WARD_NS_PER_S,
		.fps = MADE_FPS};

	*l = (struct lab){.m = {.seed = 11}};
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &lim), WARD_OK);
	ward_counters_init(&l->counters);
	ward_plan_default(&l->plan);
	l->plan.n_zone = 1;
	l->plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("z"),
		.n = 4,
		.at = {{0, 0}, {1, 0}, {1, 1}, {0, 1}},
		.intrusion = true};
	l->out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	return ward_video_new(&o, &l->v);
}

static void end(struct lab *l)
{
	ward_video_free(l->v);
	ward_wr_fini(&l->out);
	ward_names_fini(&l->names);
}

static enum ward_err walk(struct lab *l)
{
	enum ward_err err = WARD_OK;

	for (int i = 0; i < 50 && !err; i++) {
		made_room(&l->m, 0, 0, 0);
		if (i > 10)
			made_box(&l->m, (i - 10) * 4 - 20, 30, 18, 60, 20);
		err = ward_video_picture(l->v, made_done(&l->m, 3));
	}
	return err;
}

static void test_events(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(begin(&l, ward_mem_heap()), WARD_OK);
	assert_int_equal(walk(&l), WARD_OK);
	assert_int_equal(ward_video_end(l.v), WARD_OK);
	assert_int_equal(l.n, 1);
	struct ward_str text = ward_wr_text(&l.out);

	/* its time is the picture's, from the start */
	assert_true(ward_str_find(text, WARD_STR("\"time\":\"2025-11-24T16:00:0")) != SIZE_MAX);
	assert_true(ward_str_find(text,
			    WARD_STR("\"source\":\"cam\",\"class\":\"video.intrusion\",\"fields\":{"
				     "\"camera\":\"cam\",\"frame\":")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("\"zone\":\"z\",\"track\":1,")) != SIZE_MAX);
	assert_true(ward_str_find(text, WARD_STR("\"box\":[0.")) != SIZE_MAX);
	assert_int_equal(ward_counter_get(&l.counters, "video.pictures"), 50);
	assert_int_equal(ward_counter_get(&l.counters, "video.events"), 1);
	assert_int_equal(ward_counter_get(&l.counters, "video.length_ms"), 9800);
	assert_int_equal(ward_video_tracks(l.v)->n_given, 1);
	end(&l);
}

/* Something that flickers stays in the zone for half a minute: with the colour of fire it is a
 * fire, and nobody; grey it is somebody who waits. */
static void test_fire_is_nobody(void **state)
{
	enum { C_N = MADE_N / 4, C_W = MADE_W / 2 };
	static uint8_t u[C_N], v[C_N];

	(void)state;
	for (int grey = 0; grey < 2; grey++) {
		struct lab l;
		struct ward_str text;

		assert_int_equal(begin(&l, ward_mem_heap()), WARD_OK);
		l.plan.zone[0].loiter = 10 * WARD_NS_PER_S;
		for (int i = 0; i < 40 * MADE_FPS; i++) {
			struct ward_image image;

			made_room(&l.m, 0, 0, -40);
			memset(u, 128, sizeof(u));
			memset(v, 128, sizeof(v));
			for (int y = 40; y < 80 && i > 4 * MADE_FPS; y++)
				for (int x = 60; x < 80; x++) {
					l.m.y[y * MADE_W + x] =
						made_byte(180 + (int)(made_random(&l.m) % 60));
					u[y / 2 * C_W + x / 2] = grey ? 128 : 70;
					v[y / 2 * C_W + x / 2] = grey ? 128 : 170;
				}
			image = *made_done(&l.m, 2);
			image.u = u;
			image.v = v;
			assert_int_equal(ward_video_picture(l.v, &image), WARD_OK);
		}
		text = ward_wr_text(&l.out);
		assert_int_equal(ward_str_find(text, WARD_STR("video.flame")) != SIZE_MAX, !grey);
		assert_int_equal(ward_str_find(text, WARD_STR("video.loiter")) != SIZE_MAX, grey);
		end(&l);
	}
}

/* Falls are asked for, and pictures come at five a second, then at ten: told once each. Where none
 * are asked for nothing is. */
static void test_slow(void **state)
{
	(void)state;
	for (int fall = 0; fall < 2; fall++) {
		struct lab l;
		struct ward_str text;

		assert_int_equal(begin(&l, ward_mem_heap()), WARD_OK);
		l.plan.zone[0].fall = fall;
		for (int i = 0; i < 600; i++) {
			struct ward_image image;

			made_room(&l.m, 0, 0, 0);
			image = *made_done(&l.m, 3);
			image.time = i < 200 ? i * WARD_NS_PER_S / 5
					     : 40 * WARD_NS_PER_S + (i - 200) * WARD_NS_PER_S / 10;
			assert_int_equal(ward_video_picture(l.v, &image), WARD_OK);
		}
		text = ward_wr_text(&l.out);
		assert_int_equal(l.n, fall ? 2 : 0);
		if (fall)
			assert_true(ward_str_find(text, WARD_STR("\"class\":\"video.slow\"")) !=
					    SIZE_MAX &&
				    ward_str_find(text, WARD_STR("\"state\":\"on\"")) <
					    ward_str_find(text, WARD_STR("\"state\":\"off\"")));
		end(&l);
	}
}

/* The same pictures give the same bytes, ids with them. */
static void test_same_again(void **state)
{
	struct lab a, b;

	(void)state;
	assert_int_equal(begin(&a, ward_mem_heap()), WARD_OK);
	assert_int_equal(begin(&b, ward_mem_heap()), WARD_OK);
	assert_int_equal(walk(&a), WARD_OK);
	assert_int_equal(walk(&b), WARD_OK);
	assert_true(a.out.len > 0 && ward_str_eq(ward_wr_text(&a.out), ward_wr_text(&b.out)));
	end(&a);
	end(&b);
}

static void test_size_changes(void **state)
{
	struct lab l;
	struct ward_image i;

	(void)state;
	assert_int_equal(begin(&l, ward_mem_heap()), WARD_OK);
	made_room(&l.m, 0, 0, 0);
	i = *made_done(&l.m, 0);
	assert_int_equal(ward_video_picture(l.v, &i), WARD_OK);
	i.h = MADE_H / 2;
	assert_int_equal(ward_video_picture(l.v, &i), WARD_ERR_MALFORMED);
	end(&l);
}

static void test_no_memory(void **state)
{
	bool done = false;

	(void)state;
	for (uint64_t i = 1; !done; i++) {
		struct ward_mem_failing f;
		struct lab l;
		enum ward_err err;

		ward_mem_failing_init(&f, i);
		err = begin(&l, &f.mem);
		if (!err)
			err = walk(&l);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		done = !err;
		end(&l);
	}
}

/* The wall clock is set while pictures come: events have its times, zones its hours. */
static void test_clock_set(void **state)
{
	(void)state;
	for (unsigned night = 0; night < 2; night++) {
		struct lab l;

		assert_int_equal(begin(&l, ward_mem_heap()), WARD_OK);
		l.plan.zone[0].n_hours = 1; /* it is four in the afternoon */
		l.plan.zone[0].hours[0] = ward_week_turn(0x7f, 3 * 60, 4 * 60);
		made_room(&l.m, 0, 0, 0);
		assert_int_equal(ward_video_picture(l.v, made_done(&l.m, 3)), WARD_OK);
		if (night)
			ward_video_clock_set(l.v, (1764000000 - 13 * 3600) * WARD_NS_PER_S);
		assert_int_equal(walk(&l), WARD_OK);
		assert_int_equal(l.n, night);
		ward_wr_u8(&l.out, 0);
		if (night)
			assert_non_null(
				strstr((const char *)l.out.p, "\"time\":\"2025-11-24T03:00:"));
		end(&l);
	}
}

/* The sums over planes, of any length, beside the plainest way to make them. */
static void test_planes(void **state)
{
	enum { SIDE = 40, STRIDE = SIDE + 3, N = 4 * SIDE * STRIDE };
	static uint8_t from[N], to[SIDE * SIDE];
	struct made m = {.seed = 5};

	(void)state;
	for (size_t i = 0; i < N; i++)
		from[i] = (uint8_t)(i % 7 ? made_random(&m) : UINT8_MAX);
	for (unsigned k = 1; k <= 4; k++) {
		ward_plane_shrink(from, STRIDE, k, to, SIDE / k, SIDE / k);
		for (size_t i = 0; i < (size_t)(SIDE / k) * (SIDE / k); i++) {
			size_t x = i % (SIDE / k) * k, y = i / (SIDE / k) * k, sum = k * k / 2;

			for (size_t p = 0; p < (size_t)k * k; p++)
				sum += from[(y + p / k) * STRIDE + x + p % k];
			assert_int_equal(to[i], sum / k / k);
		}
	}
	for (size_t n = 0; n < 600; n += 1 + n / 8) {
		uint16_t grown[600] = {0};
		size_t sum = 0;

		ward_bytes_add(grown, from, n);
		ward_bytes_add(grown, from + n, n);
		for (size_t i = 0; i < n; i++) {
			sum += from[i];
			assert_int_equal(grown[i], from[i] + from[n + i]);
		}
		assert_int_equal(ward_bytes_sum(from, n), sum);
		memset(to, 0, sizeof(to));
		to[n] = 1;
		assert_false(ward_bytes_any(to, n));
		assert_true(ward_bytes_any(to, n + 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planes),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_clock_set),
		cmocka_unit_test(test_fire_is_nobody),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_size_changes),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
