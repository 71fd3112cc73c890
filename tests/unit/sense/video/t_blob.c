#include "made.h"

#include "sense/video/blob.h"

enum { W = 40, H = 30 };

/* The same by a flood of one pixel after the other. */
static size_t flood(uint8_t *mask, struct ward_blob *ret)
{
	static int stack[W * H];
	size_t n_blob = 0;

	for (int i = 0; i < W * H; i++) {
		struct ward_blob b = {.box = {W, H, 0, 0}};
		int n = 0;

		if (!mask[i])
			continue;
		stack[n++] = i;
		mask[i] = 0;
		while (n) {
			int at = stack[--n], x = at % W, y = at / W;

			b.area++;
			b.sx += (uint32_t)x;
			b.sy += (uint32_t)y;
			b.box = ward_box_around(b.box, (struct ward_box){(float)x, (float)y,
							       (float)(x + 1), (float)(y + 1)});
			for (int dy = -1; dy <= 1; dy++)
				for (int dx = -1; dx <= 1; dx++) {
					int nx = x + dx, ny = y + dy;

					if (nx < 0 || ny < 0 || nx >= W || ny >= H ||
						!mask[ny * W + nx])
						continue;
					mask[ny * W + nx] = 0;
					stack[n++] = ny * W + nx;
				}
		}
		ret[n_blob++] = b;
	}
	return n_blob;
}

static void test_as_a_flood(void **state)
{
	static struct ward_blob want[W * H];
	struct ward_blob_finder *f;
	struct ward_blobs got;
	struct made m = {.seed = 7};

	(void)state;
	assert_int_equal(ward_blob_finder_new(ward_mem_heap(), W, H, &f), WARD_OK);
	for (int round = 0; round < 400; round++) {
		uint8_t mask[W * H], copy[W * H], area[W * H];
		size_t n;

		for (int i = 0; i < W * H; i++)
			mask[i] = made_random(&m) % 100 < 15u + (unsigned)round % 60;
		memcpy(copy, mask, sizeof(mask));
		ward_blobs_find(f, mask, 1, &got);
		n = flood(copy, want);
		assert_int_equal(got.n + got.n_left_out, n);
		for (size_t i = 0; i < n && !got.n_left_out; i++) {
			uint32_t painted = 0;

			assert_int_equal(got.at[i].area, want[i].area);
			assert_int_equal(got.at[i].sx, want[i].sx);
			assert_int_equal(got.at[i].sy, want[i].sy);
			assert_memory_equal(&got.at[i].box, &want[i].box, sizeof(struct ward_box));
			ward_blob_paint(f, &got.at[i], area);
			for (int k = 0; k < W * H; k++) {
				painted += area[k];
				assert_true(!area[k] || mask[k]);
			}
			assert_int_equal(painted, want[i].area);
		}
	}
	ward_blob_finder_free(f);
}

/* More parts than there is room for: the largest are kept. */
static void test_room(void **state)
{
	struct ward_blob_finder *f;
	struct ward_blobs got;
	uint8_t mask[W * H] = {0};

	(void)state;
	for (int y = 0; y < H; y += 2)
		for (int x = 0; x < W; x += 2)
			mask[y * W + x] = 1;
	mask[28 * W + 37] = 1; /* joins two of the last row */
	assert_int_equal(ward_blob_finder_new(ward_mem_heap(), W, H, &f), WARD_OK);
	ward_blobs_find(f, mask, 1, &got);
	assert_int_equal(got.n, WARD_BLOBS_MAX);
	assert_int_equal(got.n_left_out, W / 2 * H / 2 - 1 - WARD_BLOBS_MAX);
	assert_int_equal(got.at[got.n - 1].area, 3);
	ward_blobs_find(f, mask, 3, &got);
	assert_int_equal(got.n, 1);
	ward_blob_finder_free(f);
}

static void test_join(void **state)
{
	struct ward_blobs b = {.n = 4,
		.at = {{.box = {10, 0, 20, 10}, .area = 1}, {.box = {30, 0, 40, 10}, .area = 2},
			{.box = {11, 12, 19, 30}, .area = 4},
			{.box = {12, 33, 18, 40}, .area = 8}}};

	(void)state;
	ward_blobs_join(&b, 2.5F);
	assert_int_equal(b.n, 3);
	assert_int_equal(b.at[0].area, 5);
	assert_true(b.at[0].box.y1 == 30);
	ward_blobs_join(&b, 3);
	assert_int_equal(b.n, 2);
	assert_int_equal(b.at[0].area, 13);
	assert_int_equal(b.at[1].area, 2);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 3; i++) {
		struct ward_mem_failing f;
		struct ward_blob_finder *b;

		ward_mem_failing_init(&f, i);
		assert_int_equal(ward_blob_finder_new(&f.mem, W, H, &b), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_a_flood),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
