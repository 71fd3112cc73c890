#include "wire_lab.h"

#include <stdlib.h>

enum { HEAD = 40, RECORD = 3, OUT_MAX = 1 << 26 };

/* One run. */
struct wire {
	struct wire_lab *l;
	struct ward_net *net;
	uint64_t n_frame;
	uint16_t port[2];
	uint32_t seq[2];
};

void wire_lab_open(struct wire_lab *l)
{
	l->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	l->json = ward_wr_grow(ward_mem_heap(), OUT_MAX);
}

void wire_lab_close(struct wire_lab *l)
{
	ward_wr_fini(&l->out);
	ward_wr_fini(&l->json);
}

static struct ward_str from(struct ward_str s, const char *what)
{
	const char *at = memmem(s.p, s.len, what, strlen(what));

	return at ? ward_str_sub(s, (size_t)(at - s.p), s.len) : (struct ward_str){s.p, 0};
}

static struct ward_str up_to(struct ward_str s, const char *what)
{
	const char *at = memmem(s.p, s.len, what, strlen(what));

	return at ? ward_str_sub(s, 0, (size_t)(at - s.p)) : s;
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct wire_lab *l = ctx;
	struct ward_str class = ward_name_text(&l->names, e->class);
	bool flow = ward_str_eqz(class, "net.flow");

	if (ward_str_eqz(class, "net.host") || ward_str_eqz(class, "net.loss"))
		return WARD_OK;
	ward_wr_reset(&l->json);
	ward_event_write_json(e, &l->names, &l->json);
	struct ward_str line = from(ward_wr_text(&l->json), "\"class\"");

	/* whether somebody got in by SSH is guessed from the sizes of segments */
	if (from(line, "\"net.login\"").len && from(line, "\"service\":\"ssh\"").len)
		return WARD_OK;
	WARD_ASSERT(l->n < WARD_ARRAY_LEN(l->at));
	l->at[l->n++] = l->out.len;
	ward_wr_str(&l->out, up_to(up_to(line, "\"offset\""), flow ? "\"packets\"" : "\n"));
	ward_wr_ch(&l->out, '\n');
	WARD_ASSERT(!ward_wr_bad(&l->json) && !ward_wr_bad(&l->out));
	return WARD_OK;
}

static void send(struct wire *w, unsigned side, uint8_t flags, struct ward_slice payload)
{
	static uint8_t buf[HEAD + 65536];
	struct ward_net_sink sink = {put, w->l};
	struct ward_wr f = ward_wr_fixed(buf, sizeof(buf));
	bool syn = flags & WARD_TCP_SYN;

	ward_wr_be16(&f, 0x4500);
	ward_wr_be16(&f, (uint16_t)(HEAD + payload.len));
	ward_wr_be32(&f, 0);
	ward_wr_be32(&f, 0x40060000);
	ward_wr_be32(&f, UINT32_C(0x0a000001) + side);
	ward_wr_be32(&f, UINT32_C(0x0a000002) - side);
	ward_wr_be16(&f, w->port[side]);
	ward_wr_be16(&f, w->port[!side]);
	ward_wr_be32(&f, w->seq[side]);
	ward_wr_be32(&f, w->seq[!side]);
	ward_wr_u8(&f, 0x50);
	ward_wr_u8(&f, flags | (syn && !side ? 0 : WARD_TCP_ACK));
	ward_wr_be16(&f, 1024);
	ward_wr_be32(&f, 0);
	ward_wr_bytes(&f, payload.p, payload.len);
	WARD_ASSERT(!ward_wr_bad(&f));
	struct ward_frame frame = {
		.seq = w->n_frame++, .link = WARD_LINK_RAW, .bytes = {buf, f.len}, .len = f.len};

	WARD_ASSERT(ward_net_packet(w->net, &frame, &sink) == WARD_OK);
	w->seq[side] += (uint32_t)payload.len + syn + (flags & WARD_TCP_FIN);
}

static bool play(struct wire *w, struct ward_slice records, size_t piece)
{
	struct ward_rd r = ward_rd_slice(records);
	bool over[2] = {false, false};

	send(w, 0, WARD_TCP_SYN, (struct ward_slice){NULL, 0});
	send(w, 1, WARD_TCP_SYN, (struct ward_slice){NULL, 0});
	while (ward_rd_left(&r) > RECORD) {
		uint8_t head = ward_rd_u8(&r);
		size_t len = ward_rd_be16(&r);
		unsigned side = head & 1;

		if (head & 4)
			return false;
		len = len < ward_rd_left(&r) ? len : ward_rd_left(&r);
		struct ward_slice bytes = ward_rd_bytes(&r, len);

		for (size_t at = 0; at < len && !over[side]; at += piece)
			send(w, side, 0,
				ward_slice_of(bytes.p + at, len - at < piece ? len - at : piece));
		if (head & 2 && !over[side])
			send(w, side, WARD_TCP_FIN, (struct ward_slice){NULL, 0});
		over[side] |= head >> 1 & 1;
	}
	return true;
}

static int by_text(const void *a, const void *b, void *ctx)
{
	const struct wire_lab *l = ctx;
	const char *p = (const char *)l->out.p;

	return strcmp(p + *(const size_t *)a, p + *(const size_t *)b);
}

/* Files are said at the end of the packet that ended them, so their place is the segments'. */
static void sort_lines(struct wire_lab *l)
{
	ward_wr_u8(&l->out, 0);
	for (size_t i = 0; i < l->out.len; i++)
		if (l->out.p[i] == '\n')
			l->out.p[i] = 0;
	if (l->n)
		qsort_r(l->at, l->n, sizeof(l->at[0]), by_text, l);
	ward_wr_reset(&l->json);
	for (size_t i = 0; i < l->n; i++) {
		ward_wr_z(&l->json, (const char *)l->out.p + l->at[i]);
		ward_wr_ch(&l->json, '\n');
	}
	ward_wr_reset(&l->out);
	ward_wr_str(&l->out, ward_wr_text(&l->json));
	WARD_ASSERT(!ward_wr_bad(&l->json) && !ward_wr_bad(&l->out));
}

bool wire_lab_run(struct wire_lab *l, struct ward_slice records, uint16_t port, size_t piece)
{
	struct ward_net_opts opts = {.source = WARD_STR("lab")};
	struct ward_net_sink sink = {put, l};
	struct wire w = {.l = l, .port = {50000, port}, .seq = {1000, 90000}};
	struct ward_limits lim;

	ward_wr_reset(&l->out);
	l->n = 0;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = lim.v[WARD_LIMIT_NET_STREAMS] = 16;
	lim.v[WARD_LIMIT_NET_HOSTS] = lim.v[WARD_LIMIT_NET_STATES] = 16;
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 4 << 20;
	WARD_ASSERT(ward_names_init(&l->names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &lim, &l->names, &opts, &w.net) == WARD_OK);
	bool whole = play(&w, records, piece);

	WARD_ASSERT(ward_net_flush(w.net, &sink) == WARD_OK);
	ward_net_free(w.net);
	ward_names_fini(&l->names);
	sort_lines(l);
	return whole;
}
