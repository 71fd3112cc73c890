#include "fuzz.h"

#include "sense/building/bacnet_client.h"

/* What the client sends must only read, whatever it hears. */
struct heard {
	size_t n_event, n_sent;
	uint8_t invoke; /* of the last question */
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct heard *h = ctx;

	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].v.kind == WARD_VALUE_STR)
			WARD_ASSERT(ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	h->n_event++;
	return WARD_OK;
}

static void sent(void *ctx, const uint8_t ip[4], uint16_t port, struct ward_slice bytes)
{
	static uint8_t buf[1 << 12];
	static struct ward_bacnet m;
	struct heard *h = ctx;
	struct ward_wr text = ward_wr_fixed(buf, sizeof(buf));

	(void)ip;
	(void)port;
	WARD_ASSERT(ward_bacnet_parse(bytes, &text, &m) && m.has_apdu && !m.padding);
	h->n_sent++;
	if (m.pdu != WARD_BACNET_PDU_CONFIRMED) {
		WARD_ASSERT((m.pdu == WARD_BACNET_PDU_UNCONFIRMED && m.service == 8) ||
			    m.pdu == WARD_BACNET_PDU_SEGMENT_ACK || m.pdu == WARD_BACNET_PDU_ABORT);
		return;
	}
	WARD_ASSERT(m.service == 12 || m.service == 14 || m.service == 29);
	h->invoke = m.invoke_id;
}

/* One datagram of the input: a byte of length, a byte of what to do with the invoke id and the
 * time. */
static enum ward_err turn(struct ward_bacnet_client *c, struct ward_rd *r, const struct heard *h,
	struct ward_poll_now *now)
{
	enum { INVOKE_AT = 7 };
	static const uint8_t ip[4] = {10, 0, 0, 1};
	uint8_t len = ward_rd_u8(r), how = ward_rd_u8(r);
	struct ward_slice s = ward_rd_bytes(r, len < ward_rd_left(r) ? len : ward_rd_left(r));
	uint8_t *copy = fuzz_copy(s.p, s.len);

	/* a fuzzer does not guess which question is open */
	if (how & 1 && s.len > INVOKE_AT)
		copy[INVOKE_AT] = h->invoke;
	enum ward_err err =
		ward_bacnet_client_hear(c, ip, WARD_BACNET_PORT, ward_slice_of(copy, s.len), *now);

	ward_bacnet_client_receipts(c, how & 2);
	free(copy);
	now->mono += (ward_ns)(how >> 1) * 50 * WARD_NS_PER_MS;
	now->wall = now->mono;
	return err ? err : ward_bacnet_client_tick(c, *now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char points[] = "a\t\t1\t0\t1001/analog-input:1\nb\tCel\t0.1\t5\t1001/5:2\n"
				     "c\t\t1\t0\t1001/device:1001/system-status\n"
				     "d\t\t1\t0\t1002/analog-input:1\n";
	const struct ward_bacnet_scope scope = {{10, 0, 0, 0}, 24, WARD_BACNET_PORT};
	struct ward_rd r = ward_rd_from(data, len);
	struct heard h = {.n_event = 0};
	struct ward_poll_now now = {WARD_NS_PER_S, WARD_NS_PER_S};
	static struct ward_limits lim;
	static struct ward_names names; /* made once: most of a run's time otherwise */
	static bool named;
	struct ward_counters counters;
	struct ward_poll_plan plan;
	struct ward_bacnet_client *c;
	const char *why;
	size_t at;

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	if (!named)
		WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	named = true;
	ward_poll_plan_init(&plan, ward_mem_heap(), &lim);
	WARD_ASSERT(ward_poll_plan_read(&plan, ward_str_z(points)) == WARD_OK);
	struct ward_bacnet_client_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.sink = {put, &h},
		.source = WARD_STR("bms"),
		.plan = &plan,
		.scope = &scope,
		.n_scope = 1,
		.every = WARD_NS_PER_S,
		.epoch = 1,
		.send = sent,
		.ctx = &h};

	WARD_ASSERT(ward_bacnet_client_new(&o, now, &c, &at, &why) == WARD_OK);
	while (ward_rd_left(&r))
		WARD_ASSERT(turn(c, &r, &h, &now) == WARD_OK);
	/* nothing said makes it ask without end: each question takes its time */
	WARD_ASSERT(h.n_sent <= 4 * (len + 1));
	ward_bacnet_client_free(c);
	ward_poll_plan_fini(&plan);
	return 0;
}
