/* The whole sensor: the first byte picks the link type, then records of a two-byte length, a byte
 * of time and a byte of bytes that the snap length cut off. */
#include "fuzz.h"

#include "base/rd.h"
#include "sense/net/net.h"

static struct ward_names names;
static struct ward_wr out;

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	ward_wr_reset(&out);
	ward_event_write_json(e, &names, &out);
	WARD_ASSERT(!ward_wr_bad(&out) && ward_utf8_valid(ward_wr_slice(&out), NULL));
	return WARD_OK;
}

static void feed(struct ward_net *n, enum ward_link link, struct ward_rd *r)
{
	struct ward_net_sink sink = {put, NULL};
	ward_ns now = 0;

	for (uint64_t seq = 0; ward_rd_left(r) >= 4; seq++) {
		size_t len = ward_rd_be16(r);

		now += (ward_ns)(int8_t)ward_rd_u8(r) * WARD_NS_PER_S * 100;
		size_t cut = ward_rd_u8(r);

		len = len < ward_rd_left(r) ? len : ward_rd_left(r);
		struct ward_slice bytes = ward_rd_bytes(r, len);
		uint8_t *exact = fuzz_copy(bytes.p, bytes.len);
		struct ward_frame f = {.time = now,
			.seen = now,
			.seq = seq,
			.link = link,
			.bytes = {exact, bytes.len},
			.len = bytes.len + cut};

		WARD_ASSERT(ward_net_packet(n, &f, &sink) == WARD_OK);
		free(exact);
	}
	WARD_ASSERT(ward_net_flush(n, &sink) == WARD_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_net_opts opts = {.source = WARD_STR("fuzz")};
	struct ward_rd r = ward_rd_from(data, len);
	enum ward_link link = (enum ward_link)(ward_rd_u8(&r) % WARD_LINK_N);
	struct ward_limits lim;
	struct ward_net *n;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 16;
	lim.v[WARD_LIMIT_NET_HOSTS] = 8;
	out = ward_wr_grow(ward_mem_heap(), 1 << 22);
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &n) == WARD_OK);
	feed(n, link, &r);
	ward_net_free(n);
	ward_names_fini(&names);
	ward_wr_fini(&out);
	return 0;
}
