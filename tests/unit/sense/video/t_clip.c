/* Clips of a real recording: persons in it can't be recognised, by measure; the room is kept; masks
 * are black; a picture without a veil makes no clip; the ring keeps what it should and no more. */
#include "sense/video/clip.h"
#include "sense/video/decode.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { FPS = 5, SPAN_S = 12, W = 768, H = 432 };

/* Somebody stands there from 10 to 17 s of the recording; where nobody is, and what stays. Drawn by
 * eye, in shares of the picture. */
static const struct ward_box person = {0.51F, 0.05F, 0.66F, 0.9F},
			     face = {0.55F, 0.04F, 0.635F, 0.28F},
			     empty = {0.02F, 0.02F, 0.36F, 0.95F};

struct lab {
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_names names;
	struct ward_plan plan;
	struct ward_reel *reel;
	struct ward_decoder *decoder;
	struct ward_video *video;
	struct ward_veiler veiler;
	ward_ns time; /* of the last picture */
	int fd;
	struct ward_wr out;
};

static enum ward_err put_event(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	(void)e;
	return WARD_OK;
}

static enum ward_err put_bytes(void *ctx, struct ward_slice s)
{
	ward_wr_bytes(ctx, s.p, s.len);
	return WARD_OK;
}

static int open_recording(void)
{
	const char *data = getenv("WARD_SHARED_DATA");
	char path[4096];

	(void)snprintf(
		path, sizeof(path), "%s/video/intel_one_by_one_person.mp4", data ? data : "");
	return open(path, O_RDONLY);
}

/* Watches the recording until that time; of each picture the reel has a note unless `no_notes` of
 * them fall out from 4 s on. */
static void watch(struct lab *l, ward_ns until, bool notes_fail)
{
	struct ward_image image;
	char why[WARD_DECODER_WHY];

	while (l->time < until) {
		struct ward_reel_note n;

		assert_int_equal(ward_decoder_next(l->decoder, why, &image), WARD_OK);
		assert_int_equal(ward_video_picture(l->video, &image), WARD_OK);
		l->time = n.time = image.time;
		assert_int_equal(ward_decoder_stamp(l->decoder, &n.stamp), WARD_OK);
		ward_veil_make(&l->veiler, l->video, &n.veil);
		n.masks = ward_video_masks(l->video);
		if (!notes_fail || n.time < 4 * WARD_NS_PER_S || n.time > 5 * WARD_NS_PER_S)
			ward_reel_note(l->reel, &n);
	}
}

static void begin(struct lab *l, size_t bytes)
{
	struct ward_reel_opts r = {SPAN_S * WARD_NS_PER_S, bytes, FPS, &l->counters};
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.plan = &l->plan,
		.sink = {put_event, NULL},
		.source = WARD_STR("c"),
		.fps = FPS};
	char why[WARD_DECODER_WHY];

	memset(l, 0, sizeof(*l));
	l->fd = open_recording();
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	ward_plan_default(&l->plan);
	l->plan.n_mask = 1;
	l->plan.mask[0] = (struct ward_plan_zone){.id = WARD_STR("window"),
		.n = 4,
		.at = {{0.8F, 0}, {1, 0}, {1, 0.3F}, {0.8F, 0.3F}}};
	l->out = ward_wr_grow(ward_mem_heap(), 1 << 26);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(ward_reel_new(&r, &l->reel), WARD_OK);
	assert_int_equal(ward_video_new(&o, &l->video), WARD_OK);
	struct ward_decoder_opts d = {
		.lim = &l->lim, .counters = &l->counters, .fps = FPS, .reel = l->reel};

	assert_int_equal(ward_decoder_open(l->fd, &d, why, &l->decoder), WARD_OK);
}

static void end(struct lab *l)
{
	ward_decoder_close(l->decoder);
	ward_video_free(l->video);
	ward_reel_free(l->reel);
	ward_names_fini(&l->names);
	ward_wr_fini(&l->out);
	(void)close(l->fd);
}

static enum ward_err make(struct lab *l, ward_ns from, ward_ns to, char *why, size_t *ret_n)
{
	struct ward_clip_opts o = {&l->lim, &l->plan, FPS, {put_bytes, &l->out}};
	struct ward_cut *cut;
	struct ward_clip *clip;
	ward_ns first, last;
	enum ward_err err = ward_reel_cut(l->reel, from, to, &cut);

	if (err)
		return err;
	assert_int_equal(ward_clip_new(cut, &o, &clip), WARD_OK);
	do
		err = ward_clip_step(clip, why);
	while (err == WARD_ERR_AGAIN);
	ward_clip_span(clip, &first, &last, ret_n);
	if (!err)
		assert_true(first >= from && last <= to && last > first);
	ward_clip_free(clip);
	return err;
}

/* The picture of a video next to that time, large. */
static void picture_at(int fd, ward_ns time, uint8_t *y)
{
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_decoder_opts d = {.lim = &lim, .counters = &counters, .fps = 1};
	struct ward_decoder *decoder;
	struct ward_canvas c;
	struct ward_image image;
	char why[WARD_DECODER_WHY];

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(ward_decoder_open(fd, &d, why, &decoder), WARD_OK);
	do
		assert_int_equal(ward_decoder_next(decoder, why, &image), WARD_OK);
	while (image.time < time);
	assert_int_equal(ward_decoder_large(decoder, &c), WARD_OK);
	assert_true(c.w == W && c.h == H);
	for (size_t row = 0; row < H; row++)
		memcpy(y + row * W, c.plane[0] + row * c.stride[0], W);
	ward_decoder_close(decoder);
}

/* What a face is known by: differences between neighbours, squared and summed up. */
static double detail(const uint8_t *y, struct ward_box b)
{
	double sum = 0, n = 0;

	for (size_t r = (size_t)(b.y0 * H); r < (size_t)(b.y1 * H); r++)
		for (size_t c = (size_t)(b.x0 * W); c < (size_t)(b.x1 * W); c++, n++) {
			double dx = y[r * W + c + 1] - y[r * W + c];
			double dy = y[(r + 1) * W + c] - y[r * W + c];

			sum += dx * dx + dy * dy;
		}
	return sum / n;
}

/* Fine structure: what is left of a pixel without the mean of the 15 by 15 around it. */
static double fine(const uint8_t *y, size_t r, size_t c)
{
	double sum = 0;

	for (size_t i = r - 7; i <= r + 7; i++)
		for (size_t k = c - 7; k <= c + 7; k++)
			sum += y[i * W + k];
	return y[r * W + c] - sum / 225;
}

static double correlation(const uint8_t *a, const uint8_t *b, struct ward_box box)
{
	double aa = 0, bb = 0, ab = 0;

	for (size_t r = (size_t)(box.y0 * H) + 8; r < (size_t)(box.y1 * H) - 8; r += 2)
		for (size_t c = (size_t)(box.x0 * W); c < (size_t)(box.x1 * W); c += 2) {
			double x = fine(a, r, c), z = fine(b, r, c);

			aa += x * x;
			bb += z * z;
			ab += x * z;
		}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static void test_unrecognisable(void **state)
{
	static uint8_t was[W * H], is[W * H];
	struct lab l;
	char why[WARD_CLIP_WHY];
	size_t n = 0;
	int clip = memfd_create("clip", 0);

	(void)state;
	begin(&l, 32 << 20);
	watch(&l, 16 * WARD_NS_PER_S, false);
	assert_true(ward_reel_packets(l.reel) >= SPAN_S * 10);
	/* from 11 to 15 s; the recording has ten pictures a second */
	assert_int_equal(make(&l, 11 * WARD_NS_PER_S, 15 * WARD_NS_PER_S, why, &n), WARD_OK);
	assert_true(n >= 38 && n <= 42);
	assert_int_equal(write(clip, l.out.p, l.out.len), (ssize_t)l.out.len);
	for (int s = 1; s <= 3; s += 2) {
		picture_at(l.fd, (11 + s) * WARD_NS_PER_S, was);
		picture_at(clip, s * WARD_NS_PER_S, is);
		double d = detail(is, person) / detail(was, person);
		double f = detail(is, face) / detail(was, face);
		double r = correlation(is, was, person), kept = correlation(is, was, empty);

		print_message("%d s: detail %.3f, of the head %.3f; like the original %.2f; room "
			      "%.2f, detail %.2f\n",
			s, d, f, r, kept, detail(is, empty) / detail(was, empty));
		assert_true(d < 0.1 && f < 0.1);
		assert_true(r < 0.3);
		assert_true(kept > 0.8);
		for (size_t y = 8; y < 100;
			y++) /* the mask, but for what coding smears at its edge */
			for (size_t x = W * 4 / 5 + 8; x < W - 8; x++)
				if (is[y * W + x] > 24)
					fail_msg("%zu %zu: %u", x, y, is[y * W + x]);
	}
	(void)close(clip);
	end(&l);
}

static void test_no_veil(void **state)
{
	struct lab l;
	char why[WARD_CLIP_WHY] = "";
	size_t n = 0;

	(void)state;
	begin(&l, 32 << 20);
	watch(&l, 8 * WARD_NS_PER_S, true);
	assert_int_equal(
		make(&l, 3 * WARD_NS_PER_S, 6 * WARD_NS_PER_S, why, &n), WARD_ERR_NOT_FOUND);
	assert_non_null(strstr(why, "can't be told"));
	ward_wr_reset(&l.out);
	/* after the gap there is one again; of what is not there, none */
	assert_int_equal(make(&l, 5500 * WARD_NS_PER_MS, 7 * WARD_NS_PER_S, why, &n), WARD_OK);
	assert_int_equal(
		make(&l, 30 * WARD_NS_PER_S, 40 * WARD_NS_PER_S, why, &n), WARD_ERR_NOT_FOUND);
	end(&l);
}

/* Of few bytes it keeps whole groups of pictures, or nothing; never more. */
static void test_bounds(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, 40000);
	for (int s = 1; s <= 8; s++) {
		watch(&l, s * WARD_NS_PER_S, false);
		assert_true(ward_reel_bytes(l.reel) <= 40000);
	}
	assert_true(ward_counter_get(&l.counters, "video.ring_short") > 0);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_unrecognisable),
		cmocka_unit_test(test_no_veil), cmocka_unit_test(test_bounds)};
	int fd = open_recording();

	if (fd < 0) {
		puts("skipped: no recorded video (WARD_SHARED_DATA)");
		return 77;
	}
	(void)close(fd);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
