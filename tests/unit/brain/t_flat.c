/* Cameras that never rest: once what rules look back upon has filled, the brain grows no more, and
 * neither do its checkpoints. Fifty cameras tell as much as bench/video/fifty has them tell. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { CAMERAS = 30, ROUND = 20 /* s: each camera tells one visit */ };

static const ward_ns second = WARD_NS_PER_S, minute = 60 * WARD_NS_PER_S;

/* The heap, and how much of it is held. */
struct scale {
	struct ward_mem mem;
	size_t held;
};

static void *weigh(void *ctx, void *p, size_t len_old, size_t len_new)
{
	struct scale *s = ctx;
	const struct ward_mem *heap = ward_mem_heap();
	void *ret = heap->resize(heap->ctx, p, len_old, len_new);

	if (ret || !len_new)
		s->held += len_new - len_old;
	return ret;
}

static int setup(void **state)
{
	*state = lab_new();
	return 0;
}

static int teardown(void **state)
{
	lab_free(*state);
	return 0;
}

static size_t cameras(const struct lab *l, struct ward_str *ret)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(l->model) && n < CAMERAS; i++) {
		struct ward_str key = ward_model_key(l->model, i, WARD_KEY_CAMERA);

		if (key.len)
			ret[n++] = key;
	}
	return n;
}

/* One of the three things that somebody does who comes, stays, and goes. */
static void tell(
	struct lab *l, struct ward_brain *b, struct ward_str camera, size_t what, ward_ns time)
{
	static const char *const class[] = {"intrusion", "loiter", "line_crossed"};
	static const char *const where[] = {"zone", "zone", "line"};
	static unsigned told;
	unsigned n = ++told;
	char text[512], when[40];
	struct ward_wr w = ward_wr_fixed(when, sizeof(when));

	ward_time_write(&w, time);
	(void)snprintf(text, sizeof(text),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-%012x\",\"time\":\"%.*s\","
		"\"source\":\"%.*s\","
		"\"class\":\"video.%s\",\"fields\":{\"camera\":\"%.*s\",\"%s\":\"room\",\"track\":%"
		"u}}",
		n, (int)w.len, when, (int)camera.len, camera.p, class[what], (int)camera.len,
		camera.p, where[what], n);
	struct record r = lab_line(l, text);

	lab_feed(l, b, &r);
}

/* The most that it held, and its longest checkpoint. */
struct size {
	size_t held, saved;
};

static void look(struct ward_brain *b, const struct scale *s, struct size *most)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 256 << 20);

	ward_brain_save(b, &w);
	assert_false(ward_wr_bad(&w));
	most->held = most->held > s->held ? most->held : s->held;
	most->saved = most->saved > w.len ? most->saved : w.len;
	ward_wr_fini(&w);
}

/* What is looked back upon for longest is a quarter of an hour, held until what comes late can't
 * change it. */
static void cameras_that_never_rest(void **state)
{
	struct lab *l = *state;
	struct scale s = {.mem = {.resize = weigh, .ctx = &s}};
	struct ward_str camera[CAMERAS];
	size_t n_camera = cameras(l, camera);
	struct size early = {0}, then = {0}, later = {0};
	ward_ns begin = 0;

	assert_int_equal(n_camera, CAMERAS);
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-12T09:00:00Z"), &begin), WARD_OK);
	l->lim.v[WARD_LIMIT_BRAIN_RECENT] = 4096; /* ids: full before it is looked at */
	l->config.mem = &s.mem;
	struct ward_brain *b = lab_brain(l, NULL);

	for (ward_ns at = 0; at <= 50 * minute; at += second) {
		for (size_t i = 0; i < n_camera * 3; i++)
			if ((at / second + (ward_ns)(i / 3) * 7) % ROUND == (ward_ns)(i % 3) * 5)
				tell(l, b, camera[i / 3], i % 3, begin + at);
		if (at % minute == 0)
			look(b, &s, at < 10 * minute ? &early : at < 35 * minute ? &then : &later);
	}
	print_message("held %zu, %zu, %zu; saved %zu, %zu, %zu\n", early.held, then.held,
		later.held, early.saved, then.saved, later.saved);
	assert_true(
		early.held < then.held && early.saved < then.saved); /* it is looked back upon */
	assert_in_range(later.held, then.held / 2, then.held + then.held / 100);
	assert_in_range(later.saved, then.saved / 2, then.saved + then.saved / 100);
	l->config.mem = ward_mem_heap();
	ward_brain_free(b);
	assert_int_equal(s.held, 0);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(cameras_that_never_rest)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
