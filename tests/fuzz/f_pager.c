#include "fuzz.h"

#include "base/rd.h"
#include "respond/pager.h"
#include "sense/field/espa.h"

/* A line that says anything at any time: each call comes to an end once, in time, and what Ward
 * says on the line is read by the reader of ESPA lines without a fault. */
struct heard {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_espa *e;
	size_t n;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct heard *h = ctx;

	(void)e;
	h->n++;
	return WARD_OK;
}

static void read_back(struct heard *h, struct ward_wr *w, ward_ns now)
{
	WARD_ASSERT(!ward_wr_bad(w));
	WARD_ASSERT(ward_espa_bytes(h->e, ward_wr_slice(w), now) == WARD_OK);
	for (int i = 0; i < WARD_ESPA_REJECT_N; i++)
		WARD_ASSERT(!ward_counter_get(
			&h->counters, ward_espa_reject_counter((enum ward_espa_reject)i)));
	ward_wr_reset(w);
}

static void play(struct ward_rd *r, struct heard *h)
{
	struct ward_pager_opts o = {.control = ward_rd_u8(r) & 1, .own = '1', .system = '2'};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);
	struct ward_pager_call c = {WARD_STR("4711"), {NULL, 0}, 3, WARD_PAGER_HIGH};
	ward_ns now = WARD_NS_PER_S, began = 0;
	struct ward_outcome out;
	struct ward_pager p;

	c.text = ward_slice_text(ward_rd_bytes(r, ward_rd_u8(r) % 160));
	ward_pager_init(&p, &o, now);
	while (ward_rd_left(r)) {
		uint8_t what = ward_rd_u8(r);

		if (p.state == WARD_PAGER_IDLE && what % 4 == 0) {
			ward_pager_begin(&p, &c, now, &w);
			began = now;
		} else if (what % 4 == 1) {
			now += (ward_ns)(what >> 2) * 100 * WARD_NS_PER_MS;
			ward_pager_tick(&p, now, &w);
		} else {
			struct ward_slice s = ward_rd_bytes(r, (what >> 2) % 16);

			ward_pager_hear(&p, s, now, &w);
		}
		read_back(h, &w, now);
		if (ward_pager_over(&p, &out))
			WARD_ASSERT(p.state == WARD_PAGER_IDLE &&
				    (out.what == WARD_SENT_DELIVERED || out.why[0]));
		WARD_ASSERT(p.state == WARD_PAGER_IDLE || what % 4 != 1 ||
			    now - began < 25 * WARD_NS_PER_S);
	}
	ward_wr_fini(&w);
}

static void body(struct ward_slice s, const struct ward_limits *lim)
{
	struct ward_pager_call c = {.beeps = 0};
	struct ward_pager_line line;
	struct ward_arena a;
	const char *why = NULL;

	ward_arena_init(&a, ward_mem_heap(), 8 << 20);
	if (ward_pager_read(ward_slice_text(s), lim, &a, &c) == WARD_OK)
		WARD_ASSERT(c.text.len && c.priority >= WARD_PAGER_ALARM &&
			    c.priority <= WARD_PAGER_NORMAL);
	if (ward_pager_line_read(ward_slice_text(s), &line, &why))
		WARD_ASSERT(line.device.len || line.server.len);
	else
		WARD_ASSERT(why != NULL);
	ward_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);
	struct ward_limits lim;
	struct heard h = {.n = 0};

	ward_limits_default(&lim);
	ward_counters_init(&h.counters);
	WARD_ASSERT(ward_names_init(&h.names, ward_mem_heap(), &lim) == WARD_OK);
	const struct ward_espa_opts o = {.mem = ward_mem_heap(),
		.names = &h.names,
		.counters = &h.counters,
		.sink = {put, &h},
		.line = WARD_STR("l")};

	WARD_ASSERT(ward_espa_new(&o, &h.e) == WARD_OK);
	if (len && (copy[0] == '{' || copy[0] == 's'))
		body(ward_slice_of(copy, len), &lim);
	else
		play(&r, &h);
	ward_espa_free(h.e);
	ward_names_fini(&h.names);
	free(copy);
	return 0;
}
