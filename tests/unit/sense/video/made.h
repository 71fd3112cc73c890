/* Pictures that tests make: a textured room, noise as of a sensor, things and people as boxes; and
 * a sink that keeps signs. */
#ifndef WARD_TESTS_VIDEO_MADE_H
#define WARD_TESTS_VIDEO_MADE_H

#include "sense/video/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MADE_W = 160, MADE_H = 120, MADE_N = MADE_W * MADE_H, MADE_FPS = 5, MADE_SIGNS = 64 };

struct made {
	uint8_t y[MADE_N];
	struct ward_image image;
	uint32_t seed;
	unsigned n; /* pictures */
};

static inline uint32_t made_random(struct made *m)
{
	uint32_t z = m->seed += 0x9e3779b9; /* Weyl sequence, mixed as MurmurHash3 ends */

	z = (z ^ z >> 16) * 0x85ebca6b;
	z = (z ^ z >> 13) * 0xc2b2ae35;
	return z ^ z >> 16;
}

static inline uint8_t made_byte(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* A wall and a floor with some texture, seen from (dx, dy) further; light is added. */
static inline void made_room(struct made *m, int dx, int dy, int light)
{
	for (int y = 0; y < MADE_H; y++)
		for (int x = 0; x < MADE_W; x++) {
			int u = x + dx + 400, v = y + dy + 400;
			int grey = v < 470 ? 150 : 90; /* wall, floor */

			grey += (u / 13 * 31 + v / 11 * 17) % 7 * 8; /* tiles */
			grey += u % 37 < 3 || v % 41 < 2 ? -35 : 0;  /* joints */
			m->y[y * MADE_W + x] = made_byte(grey + light);
		}
}

static inline void made_box(struct made *m, int x0, int y0, int w, int h, int grey)
{
	for (int y = y0 < 0 ? 0 : y0; y < y0 + h && y < MADE_H; y++)
		for (int x = x0 < 0 ? 0 : x0; x < x0 + w && x < MADE_W; x++)
			m->y[y * MADE_W + x] = made_byte(grey + (x * 5 + y * 3) % 9);
}

/* A sensor's noise of up to that many grey levels, and the time: the picture is done. */
static inline const struct ward_image *made_done(struct made *m, int noise)
{
	for (int i = 0; noise && i < MADE_N; i++)
		m->y[i] = made_byte(
			m->y[i] + (int)(made_random(m) % (uint32_t)(2 * noise + 1)) - noise);
	m->image = (struct ward_image){
		MADE_W, MADE_H, m->y, NULL, NULL, (ward_ns)m->n++ * WARD_NS_PER_S / MADE_FPS};
	return &m->image;
}

struct made_signs {
	struct ward_sign at[MADE_SIGNS];
	size_t n;
};

static inline enum ward_err made_put(void *ctx, const struct ward_sign *s)
{
	struct made_signs *to = ctx;

	assert_true(to->n < MADE_SIGNS);
	to->at[to->n++] = *s;
	return WARD_OK;
}

static inline size_t made_count(const struct made_signs *s, enum ward_class class)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->at[i].class == class;
	return n;
}

#endif
