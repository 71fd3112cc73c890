/* Photos made of a real recording's picture, with what cameras write into them: nothing of that
 * comes out, nothing but what is to be shown keeps detail, and files that are damaged, huge or
 * something else end with an error that says so. */
#include "sense/video/photo.h"

#include "sense/video/decode.h"
#include "sense/video/encode.h"
#include "sense/video/veil.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>

enum { W = 768, H = 432, SECRETS = 4 };

/* As they stand in files: what must not come out. */
static const char *const secret[SECRETS] = {
	"GPSLatitude-45.0703", "Anna's phone", "PK\x03\x04zip", "<rdf:secret>"};

static struct ward_limits lim;
static struct ward_wr jpeg, png; /* of the same picture */
static uint8_t original[H * W];  /* its brightness, 16 to 235 */

static enum ward_err put(void *ctx, struct ward_slice s)
{
	ward_wr_bytes(ctx, s.p, s.len);
	return WARD_OK;
}

/* Its owner erased this: nothing of it shows, but the file has it. */
static const struct ward_photo_box erased = {0.5F, 0.25F, 0.25F, 0.5F};

/* The picture's brightness in a form of PNG; erased by alpha, where it has that. */
static void put_pixel(AVFrame *f, unsigned x, unsigned y, uint8_t v)
{
	uint8_t *row = f->data[0] + (size_t)y * (size_t)f->linesize[0];
	bool in = x >= W / 2 && x < W * 3 / 4 && y >= H / 4 && y < H * 3 / 4;
	uint8_t alpha = in ? (x % 2 ? 0 : 254) : 255;

	if (f->format == AV_PIX_FMT_GRAY8) {
		row[x] = v;
	} else if (f->format == AV_PIX_FMT_PAL8) {
		row[x] = (uint8_t)(v / 2 + (in ? 128 : 0));
	} else if (f->format == AV_PIX_FMT_YA8) {
		memcpy(row + 2 * (size_t)x, (uint8_t[]){v, alpha}, 2);
	} else if (f->format == AV_PIX_FMT_RGBA) {
		memcpy(row + 4 * (size_t)x, (uint8_t[]){v, v, v, alpha}, 4);
	} else {
		assert_int_equal(f->format, AV_PIX_FMT_RGBA64BE);
		memcpy(row + 8 * (size_t)x, (uint8_t[]){v, 0, v, 0, v, 0, 255, alpha}, 8);
	}
}

static void encode_png(enum AVPixelFormat as, struct ward_wr *w)
{
	AVCodecContext *k = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_PNG));
	AVFrame *f = av_frame_alloc();
	AVPacket *p = av_packet_alloc();

	k->width = f->width = W;
	k->height = f->height = H;
	k->pix_fmt = as;
	f->format = as;
	k->time_base = (AVRational){1, 1};
	k->compression_level = 1;
	assert_int_equal(avcodec_open2(k, k->codec, NULL), 0);
	assert_int_equal(av_frame_get_buffer(f, 0), 0);
	for (uint32_t i = 0; as == AV_PIX_FMT_PAL8 && i < 256;
		i++) { /* ARGB, tRNS by the encoder */
		const uint32_t colour = (i % 128 * 2 * 0x10101U) | (i < 128 ? 0xFF000000U : 0);

		memcpy(f->data[1] + (size_t)i * 4, &colour, 4);
	}
	for (unsigned y = 0; y < H; y++)
		for (unsigned x = 0; x < W; x++)
			put_pixel(f, x, y, original[y * W + x]);
	assert_int_equal(avcodec_send_frame(k, f), 0);
	assert_int_equal(avcodec_receive_packet(k, p), 0);
	ward_wr_bytes(w, p->data, (size_t)p->size);
	av_packet_free(&p);
	av_frame_free(&f);
	avcodec_free_context(&k);
}

static void encode_jpeg(const struct ward_canvas *c, struct ward_wr *w)
{
	struct ward_encoder *e;

	assert_int_equal(
		ward_encoder_open(WARD_ENCODER_JPEG, c, 1, (struct ward_encoder_sink){put, w}, &e),
		WARD_OK);
	assert_int_equal(ward_encoder_put(e, c, 0), WARD_OK);
	assert_int_equal(ward_encoder_end(e), WARD_OK);
	ward_encoder_free(e);
}

/* Somebody stands near the camera at 12 s. */
static int take_photo(void **state)
{
	const char *data = getenv("WARD_SHARED_DATA");
	struct ward_counters counters;
	struct ward_decoder_opts d = {.lim = &lim, .counters = &counters, .fps = 1};
	struct ward_decoder *decoder;
	struct ward_image image;
	struct ward_canvas c;
	char path[4096], why[WARD_DECODER_WHY];

	(void)state;
	(void)snprintf(
		path, sizeof(path), "%s/video/intel_one_by_one_person.mp4", data ? data : "");
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		(void)fprintf(stderr, "skipped: no recorded video (WARD_SHARED_DATA)\n");
		exit(77);
	}
	ward_limits_default(&lim);
	ward_counters_init(&counters);
	jpeg = ward_wr_grow(ward_mem_heap(), 1 << 22);
	png = ward_wr_grow(ward_mem_heap(), 1 << 22);
	assert_int_equal(ward_decoder_open(fd, &d, why, &decoder), WARD_OK);
	do
		assert_int_equal(ward_decoder_next(decoder, why, &image), WARD_OK);
	while (image.time < 12 * WARD_NS_PER_S);
	assert_int_equal(ward_decoder_large(decoder, &c), WARD_OK);
	assert_true(c.w == W && c.h == H);
	for (size_t y = 0; y < H; y++)
		memcpy(original + y * W, c.plane[0] + y * c.stride[0], W);
	encode_jpeg(&c, &jpeg);
	encode_png(AV_PIX_FMT_GRAY8, &png);
	ward_decoder_close(decoder);
	(void)close(fd);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_wr_fini(&jpeg);
	ward_wr_fini(&png);
	return 0;
}

/* ---- files ---- */

static void segment(struct ward_wr *w, uint8_t marker, const char *head, size_t n, const char *text)
{
	ward_wr_u8(w, 0xFF);
	ward_wr_u8(w, marker);
	ward_wr_be16(w, (uint16_t)(2 + n + strlen(text)));
	ward_wr_bytes(w, head, n);
	ward_wr_z(w, text);
}

/* A camera's JPEG: EXIF with the orientation and a place, a colour profile, XMP, a comment, and a
 * zip behind its end. */
static struct ward_wr photographed(struct ward_slice picture, unsigned turned, bool motorola)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	char exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0T\0\0\0\0\0\0\0";
	char big[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0T\0\0\0\0\0\0";

	exif[24] = (char)turned;
	big[25] = (char)turned;
	ward_wr_bytes(&w, picture.p, 2);
	segment(&w, 0xE1, motorola ? big : exif, sizeof(exif) - 1, secret[0]);
	segment(&w, 0xE2, "ICC_PROFILE\0\1\1", 14, secret[1]);
	segment(&w, 0xE1, "http://ns.adobe.com/xap/1.0/\0", 29, secret[3]);
	segment(&w, 0xFE, "", 0, secret[1]);
	ward_wr_bytes(&w, picture.p + 2, picture.len - 2);
	ward_wr_z(&w, secret[2]);
	return w;
}

static enum ward_err make(struct ward_slice file, const struct ward_photo_box *box, size_t n,
	struct ward_wr *w, char *why)
{
	uint8_t *exact = malloc(file.len ? file.len : 1); /* nothing behind it is read */
	struct ward_veil veil;

	assert_non_null(exact);
	memcpy(exact, file.p, file.len);
	*w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	assert_int_equal(ward_photo_veil(box, n, &veil), WARD_OK);
	enum ward_err err = ward_photo_make(ward_slice_of(exact, file.len), &veil, &lim, w, why);

	free(exact);
	return err;
}

static bool holds(struct ward_slice s, const char *text)
{
	return ward_str_find(ward_slice_text(s), ward_str_z(text)) != SIZE_MAX;
}

/* The brightness of what came out, 16 to 235, decoded by libav. */
static uint8_t *look(struct ward_slice file, unsigned *ret_w, unsigned *ret_h)
{
	AVCodecContext *k = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_MJPEG));
	AVFrame *f = av_frame_alloc();
	AVPacket *p = av_packet_alloc();
	uint8_t *y;

	assert_int_equal(avcodec_open2(k, k->codec, NULL), 0);
	assert_int_equal(av_new_packet(p, (int)file.len), 0);
	memcpy(p->data, file.p, file.len);
	assert_int_equal(avcodec_send_packet(k, p), 0);
	assert_int_equal(avcodec_receive_frame(k, f), 0);
	*ret_w = (unsigned)f->width;
	*ret_h = (unsigned)f->height;
	y = malloc((size_t)*ret_w * *ret_h);
	assert_non_null(y);
	for (size_t row = 0; row < *ret_h; row++)
		for (size_t x = 0; x < *ret_w; x++)
			y[row * *ret_w + x] =
				(uint8_t)(f->data[0][row * (size_t)f->linesize[0] + x] * 219 / 255 +
					  16);
	av_packet_free(&p);
	av_frame_free(&f);
	avcodec_free_context(&k);
	return y;
}

/* Differences between neighbours, squared: the mean in a part of a picture. */
static double detail(const uint8_t *y, struct ward_photo_box b)
{
	double sum = 0, n = 0;

	for (size_t r = (size_t)(b.y * H); r + 1 < (size_t)((b.y + b.h) * H); r++)
		for (size_t c = (size_t)(b.x * W); c + 1 < (size_t)((b.x + b.w) * W); c++, n++) {
			double dx = y[r * W + c + 1] - y[r * W + c];
			double dy = y[(r + 1) * W + c] - y[r * W + c];

			sum += dx * dx + dy * dy;
		}
	return sum / n;
}

/* ---- tests ---- */

static void test_nothing_but_the_picture_comes_out(void **state)
{
	struct ward_wr w, in = photographed(ward_wr_slice(&jpeg), 1, false);
	char why[WARD_PHOTO_WHY];

	(void)state;
	for (int i = 0; i < SECRETS; i++)
		assert_true(holds(ward_wr_slice(&in), secret[i]));
	assert_int_equal(make(ward_wr_slice(&in), NULL, 0, &w, why), WARD_OK);
	for (int i = 0; i < SECRETS; i++)
		assert_false(holds(ward_wr_slice(&w), secret[i]));
	assert_false(holds(ward_wr_slice(&w), "Exif"));
	assert_false(holds(ward_wr_slice(&w), "Lavc"));
	assert_false(holds(ward_wr_slice(&w), "ICC"));
	/* no segment of an application or a comment but JFIF's, up to the samples */
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	ward_rd_skip(&r, 2);
	for (unsigned marker = 0; marker != 0xDA;) {
		assert_int_equal(ward_rd_u8(&r), 0xFF);
		marker = ward_rd_u8(&r);
		assert_false(ward_rd_bad(&r) || marker == 0xFE || (marker > 0xE0 && marker < 0xF0));
		ward_rd_skip(&r, ward_rd_be16(&r) - 2u);
	}
	ward_wr_fini(&w);
	ward_wr_fini(&in);
}

static void check_shown(struct ward_slice file)
{
	static const struct ward_photo_box all = {0, 0, 1, 1}, shown = {0.5F, 0.25F, 0.25F, 0.5F},
					   left = {0, 0, 0.49F, 1}, right = {0.76F, 0, 0.24F, 1},
					   person = {0.51F, 0.05F, 0.15F, 0.19F};
	char why[WARD_PHOTO_WHY];
	struct ward_wr w;
	unsigned wide, high;

	assert_int_equal(make(file, NULL, 0, &w, why), WARD_OK);
	uint8_t *y = look(ward_wr_slice(&w), &wide, &high);

	assert_true(wide == W && high == H);
	assert_true(detail(y, all) < 0.02 * detail(original, all));
	free(y);
	ward_wr_fini(&w);
	assert_int_equal(make(file, &shown, 1, &w, why), WARD_OK);
	y = look(ward_wr_slice(&w), &wide, &high);
	assert_true(detail(y, shown) > 0.6 * detail(original, shown));
	assert_true(detail(y, left) < 0.03 * detail(original, left));
	assert_true(detail(y, right) < 0.03 * detail(original, right));
	assert_true(detail(y, person) < 0.03 * detail(original, person));
	for (size_t r = H / 4 + 9; r < H * 3 / 4 - 9; r++)
		for (size_t c = W / 2 + 9; c < W * 3 / 4 - 9; c++)
			assert_in_range(y[r * W + c] + 40 - original[r * W + c], 0, 80);
	free(y);
	ward_wr_fini(&w);
}

static void test_only_what_is_shown_keeps_detail(void **state)
{
	struct ward_wr in = photographed(ward_wr_slice(&jpeg), 1, true);

	(void)state;
	check_shown(ward_wr_slice(&in));
	check_shown(ward_wr_slice(&png));
	ward_wr_fini(&in);
}

static void test_what_is_erased_does_not_come_out(void **state)
{
	static const enum AVPixelFormat as[] = {
		AV_PIX_FMT_RGBA, AV_PIX_FMT_YA8, AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_PAL8};
	static const struct ward_photo_box opaque = {0.125F, 0.25F, 0.25F, 0.5F},
					   inner = {0.52F, 0.28F, 0.21F, 0.44F};
	const struct ward_photo_box both[] = {erased, opaque};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(as); i++) {
		struct ward_wr w, in = ward_wr_grow(ward_mem_heap(), 1 << 22);
		char why[WARD_PHOTO_WHY];
		unsigned wide, high;

		encode_png(as[i], &in);
		assert_int_equal(make(ward_wr_slice(&in), both, 2, &w, why), WARD_OK);
		uint8_t *y = look(ward_wr_slice(&w), &wide, &high);

		assert_true(detail(original, inner) > 10);
		assert_true(detail(y, inner) < 0.5);
		assert_true(detail(y, opaque) > 0.6 * detail(original, opaque));
		free(y);
		ward_wr_fini(&w);
		ward_wr_fini(&in);
	}
}

/* In the corner that is the upper left one as it is coded there is light. */
static void test_it_is_upright(void **state)
{
	static const struct {
		bool across, right, below;
	} want[8] = {{false, false, false}, {false, true, false}, {false, true, true},
		{false, false, true}, {true, false, false}, {true, true, false}, {true, true, true},
		{true, false, true}};
	static uint8_t y[64 * 128], u[32 * 64];
	const struct ward_canvas c = {128, 64, {y, u, u}, {128, 64, 64}};
	struct ward_wr plain = ward_wr_grow(ward_mem_heap(), 1 << 20);
	char why[WARD_PHOTO_WHY];

	(void)state;
	memset(y, 30, sizeof(y));
	memset(u, 128, sizeof(u));
	for (size_t r = 0; r < 32; r++)
		memset(y + r * 128, 200, 64);
	encode_jpeg(&c, &plain);
	for (unsigned turned = 1; turned <= 8; turned++) {
		struct ward_wr w, in = photographed(ward_wr_slice(&plain), turned, turned % 2);
		unsigned wide, high;

		assert_int_equal(make(ward_wr_slice(&in), NULL, 0, &w, why), WARD_OK);
		uint8_t *out = look(ward_wr_slice(&w), &wide, &high);

		assert_int_equal(wide, want[turned - 1].across ? 64 : 128);
		assert_int_equal(high, want[turned - 1].across ? 128 : 64);
		for (unsigned corner = 0; corner < 4; corner++) {
			bool right = corner & 1, below = corner & 2;
			uint8_t at = out[(below ? high - 2 : 1) * wide + (right ? wide - 2 : 1)];

			assert_int_equal(at > 120,
				right == want[turned - 1].right && below == want[turned - 1].below);
		}
		free(out);
		ward_wr_fini(&w);
		ward_wr_fini(&in);
	}
	ward_wr_fini(&plain);
}

static void refuses(struct ward_slice file, enum ward_err due, const char *words)
{
	char why[WARD_PHOTO_WHY] = "";
	struct ward_wr w;
	enum ward_err err = make(file, NULL, 0, &w, why);

	if (err != due || !strstr(why, words))
		fail_msg("%s '%s' and not %s '%s'", ward_err_name(err), why, ward_err_name(due),
			words);
	ward_wr_fini(&w);
}

static void test_what_ends_too_early_is_none(void **state)
{
	(void)state;
	for (size_t n = 4; n < jpeg.len; n += n < 700 ? 13 : 1999)
		refuses(ward_slice_of(jpeg.p, n), WARD_ERR_MALFORMED, "");
	for (size_t n = 9; n < png.len; n += n < 100 ? 7 : 9999)
		refuses(ward_slice_of(png.p, n), WARD_ERR_MALFORMED, "");
	refuses(ward_slice_of(jpeg.p, jpeg.len / 2), WARD_ERR_MALFORMED, "take the file anew");
}

/* The whole frame, but samples of another one, or none. */
static void test_what_is_damaged_is_none(void **state)
{
	uint8_t *p = malloc(jpeg.len);

	(void)state;
	assert_non_null(p);
	memcpy(p, jpeg.p, jpeg.len);
	memmove(p + jpeg.len / 2, p + jpeg.len - 2, 2); /* its end, in the midst of the samples */
	refuses(ward_slice_of(p, jpeg.len / 2 + 2), WARD_ERR_MALFORMED, "damaged");
	free(p);
	p = malloc(png.len);
	assert_non_null(p);
	memcpy(p, png.p, png.len);
	p[png.len / 2] ^= 1;
	refuses(ward_slice_of(p, png.len), WARD_ERR_MALFORMED, "damaged");
	free(p);
}

static void test_what_is_huge_is_not_decoded(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ward_wr_bytes(&w, "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0crc!", 33);
	refuses(ward_wr_slice(&w), WARD_ERR_LIMIT, "photo.pixels");
	ward_wr_reset(&w);
	ward_wr_bytes(&w, "\xFF\xD8\xFF\xC0\0\x0B\x08\xFF\xFF\xFF\xFF\1\1\x11\0", 15);
	refuses(ward_wr_slice(&w), WARD_ERR_LIMIT, "65535 by 65535");
	/* as many parts as one likes, each of which would be decoded over the whole picture */
	ward_wr_reset(&w);
	ward_wr_bytes(&w, "\xFF\xD8\xFF\xC2\0\x0B\x08\1\0\1\0\1\1\x11\0", 15);
	for (int i = 0; i <= WARD_PHOTO_SCANS; i++)
		ward_wr_bytes(&w, "\xFF\xDA\0\x08\1\1\0\0\0\0", 10);
	ward_wr_bytes(&w, "\xFF\xD9", 2);
	refuses(ward_wr_slice(&w), WARD_ERR_LIMIT, "too many parts");
	ward_wr_fini(&w);
}

static void test_what_is_something_else_is_named(void **state)
{
	(void)state;
	refuses(ward_slice_of("\0\0\0\x18"
			      "ftypheic\0\0\0\0mif1",
			20),
		WARD_ERR_UNSUPPORTED, "Most Compatible");
	refuses(ward_slice_of("GIF89a\1\0\1\0", 10), WARD_ERR_FOREIGN, "save it as JPEG");
	refuses(ward_slice_of("", 0), WARD_ERR_FOREIGN, "no JPEG and no PNG");
	refuses(ward_slice_of("\xFF\xD8\xFF\xD9", 4), WARD_ERR_MALFORMED, "no picture");
	refuses(ward_slice_of("\xFF\xD8\xFF\xDA\0\x08\1\1\0\0\x3F\0\xFF\xD9", 14),
		WARD_ERR_MALFORMED, "how large");
	refuses(ward_slice_of("\xFF\xD8\xFF\xC9\0\x0B\x08\1\0\1\0\1\1\x11\0", 15),
		WARD_ERR_UNSUPPORTED, "rare kind");
	refuses(ward_slice_of("\xFF\xD8\xFF\xC0\0\x0B\x08\1\0\0\x11\1\1\x11\0", 15),
		WARD_ERR_MALFORMED, "strip");
	refuses(ward_slice_of("\x89PNG\r\n\x1A\n\0\0\0\0IEND\xAE\x42\x60\x82", 20),
		WARD_ERR_MALFORMED, "damaged");
}

static void test_boxes(void **state)
{
	static const char *const bad[] = {"", "0,0,1", "0,0,1,1,1", "0,0,1.1,1", "-1,0,1,1",
		"0,0,0,1", "nan,0,1,1", "0.9,0,0.2,1", "1e9,0,1,1", "0,0,1,1 "};
	struct ward_photo_box b, all = {0, 0, 1, 1}, tiny = {0.5F, 0.5F, 0.01F, 0.01F};
	struct ward_veil v;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_photo_box_parse(ward_str_z(bad[i]), &b));
	assert_true(ward_photo_box_parse(WARD_STR("0.25,0,.5,0.5"), &b));
	assert_true(b.x == 0.25F && b.y == 0 && b.w == 0.5F && b.h == 0.5F);
	assert_int_equal(ward_photo_veil(&b, 1, &v), WARD_OK);
	assert_true(v.row[0] == ~(0xFFFFFFFFULL << 16) && v.row[WARD_VEIL_ROWS / 2] == UINT64_MAX);
	assert_int_equal(ward_photo_veil(&all, 1, &v), WARD_ERR_LIMIT);
	assert_int_equal(ward_photo_veil(&tiny, 1, &v), WARD_OK); /* less than a cell: nothing */
	for (size_t i = 0; i < WARD_VEIL_ROWS; i++)
		assert_true(v.row[i] == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_but_the_picture_comes_out),
		cmocka_unit_test(test_only_what_is_shown_keeps_detail),
		cmocka_unit_test(test_what_is_erased_does_not_come_out),
		cmocka_unit_test(test_it_is_upright),
		cmocka_unit_test(test_what_ends_too_early_is_none),
		cmocka_unit_test(test_what_is_damaged_is_none),
		cmocka_unit_test(test_what_is_huge_is_not_decoded),
		cmocka_unit_test(test_what_is_something_else_is_named),
		cmocka_unit_test(test_boxes),
	};

	return cmocka_run_group_tests(tests, take_photo, end);
}
