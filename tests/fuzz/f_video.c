/* Pictures that nobody would film. A picture is drawn by a few bytes: boxes, noise, light, time; so
 * that a short input is a long video. Every event is whole, and says places in the picture. */
#include "fuzz.h"

#include "base/rd.h"
#include "sense/video/video.h"

enum { W = 32, H = 24, PICTURES = 60 };

struct lab {
	struct ward_names names;
	struct ward_wr out;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct lab *l = ctx;
	const struct ward_value *box = ward_event_get(e, ward_name(&l->names, WARD_STR("box")));

	ward_wr_reset(&l->out);
	ward_event_write_json(e, &l->names, &l->out);
	WARD_ASSERT(!ward_wr_bad(&l->out));
	WARD_ASSERT(e->time >= 0 && e->n_field >= 2);
	WARD_ASSERT(!box || (box->kind == WARD_VALUE_LIST && box->n == 4));
	return WARD_OK;
}

static void draw(struct ward_rd *r, uint8_t *y, uint8_t *u)
{
	uint8_t what = ward_rd_u8(r), grey = ward_rd_u8(r);
	unsigned x0 = ward_rd_u8(r) % W, y0 = ward_rd_u8(r) % H;
	unsigned w = ward_rd_u8(r) % W, h = ward_rd_u8(r) % H;

	for (unsigned row = y0; row < y0 + h && row < H; row++)
		for (unsigned x = x0; x < x0 + w && x < W; x++) {
			uint8_t *p = &y[row * W + x];

			*p = what & 1 ? grey : (uint8_t)(*p + (grey ^ x * row));
			u[row / 2 * (W / 2) + x / 2] = what & 2 ? grey : 128;
		}
}

static void film(struct ward_rd *r, struct ward_video *v)
{
	uint8_t y[W * H] = {0}, u[W * H / 4], c[W * H / 4];
	ward_ns time = 0;

	memset(u, 128, sizeof(u));
	memset(c, 128, sizeof(c));
	for (int n = 0; n < PICTURES && ward_rd_left(r);) {
		uint8_t again = ward_rd_u8(r);

		draw(r, y, u);
		for (int i = 0; i <= again % 16; i++, n++) {
			struct ward_image image = {
				W, H, y, again & 128 ? NULL : u, again & 128 ? NULL : c, time};

			WARD_ASSERT(ward_video_picture(v, &image) == WARD_OK);
			time += (again & 64 ? 10 : again & 32 ? 1000 : 200) * WARD_NS_PER_MS;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	static struct ward_plan p;
	struct ward_counters counters;
	struct ward_limits lim;
	struct lab l;
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &l.names,
		.counters = &counters,
		.plan = &p,
		.sink = {put, &l},
		.source = WARD_STR("f"),
		.fps = 5};
	struct ward_video *v;

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	ward_plan_default(&p);
	p.left = 3 * WARD_NS_PER_S;
	p.n_zone = p.n_line = 1;
	p.zone[0] = (struct ward_plan_zone){.id = WARD_STR("z"),
		.n = 3,
		.at = {{0, 0}, {1, 0}, {1, 1}},
		.intrusion = true,
		.loiter = 2 * WARD_NS_PER_S,
		.crowd = 2,
		.fall = true,
		.agitation = true,
		.smoke = true};
	p.perspective = (struct ward_plan_perspective){
		.n_person = 2, .person = {{0.4F, 0.3F}, {0.9F, 0.6F}}};
	p.line[0] =
		(struct ward_plan_line){.id = WARD_STR("l"), .from = {0.5F, 0}, .to = {0.5F, 1}};
	l.out = ward_wr_grow(ward_mem_heap(), 1 << 16);
	WARD_ASSERT(ward_names_init(&l.names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_video_new(&o, &v) == WARD_OK);
	film(&r, v);
	WARD_ASSERT(ward_video_end(v) == WARD_OK);
	ward_video_free(v);
	ward_names_fini(&l.names);
	ward_wr_fini(&l.out);
	free(copy);
	return 0;
}
