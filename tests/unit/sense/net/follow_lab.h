/* A sensor with dissectors of the test's own, and a connection to feed it with; included by the
 * tests of follow.c only, after they have defined ward_dissector_at. */
#ifndef WARD_TESTS_SENSE_NET_FOLLOW_LAB_H
#define WARD_TESTS_SENSE_NET_FOLLOW_LAB_H

#include "sense/net/net.h"

#include "bytes.h"

static struct ward_names names;
static struct ward_net *net;
static struct ward_wr out; /* events since the last forget(), a line each */
static struct ward_limits lim;
static uint64_t n_frame;
static ward_ns now;

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	ward_event_write_json(e, &names, &out);
	ward_wr_ch(&out, '\n');
	return WARD_OK;
}

static const struct ward_net_sink sink = {put, NULL};

static int setup_net(void **state)
{
	struct ward_net_opts opts = {.source = WARD_STR("t")};

	(void)state;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 64;
	lim.v[WARD_LIMIT_NET_HOSTS] = 8;
	lim.v[WARD_LIMIT_NET_STREAMS] = 16;
	lim.v[WARD_LIMIT_NET_STATES] = 16;
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 65536;
	lim.v[WARD_LIMIT_NET_STREAM_SIDE] = 8192;
	n_frame = 0;
	now = 0;
	out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	return ward_names_init(&names, ward_mem_heap(), &lim) ||
	       ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net);
}

static int teardown(void **state)
{
	(void)state;
	ward_net_free(net);
	ward_names_fini(&names);
	ward_wr_fini(&out);
	return 0;
}

static void forget(void)
{
	ward_wr_reset(&out);
}

static size_t seen(const char *what)
{
	struct ward_str rest = ward_wr_text(&out);
	size_t n = 0;

	for (size_t at; (at = ward_str_find(rest, ward_str_z(what))) != SIZE_MAX; n++)
		rest = ward_str_sub(rest, at + 1, rest.len);
	return n;
}

/* One direction of a connection between 10.0.0.1 and .2. */
struct end {
	uint8_t host;
	uint16_t port, peer;
	uint32_t seq, ack;
};

static void send(const struct end *e, uint8_t flags, struct ward_slice payload)
{
	static uint8_t buf[70000];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	uint8_t peer = 3 - e->host;

	ward_wr_be32(&w, 0x02000000);
	ward_wr_be16(&w, peer);
	ward_wr_be32(&w, 0x02000000);
	ward_wr_be16(&w, e->host);
	ward_wr_be16(&w, 0x0800);
	ward_wr_be16(&w, 0x4500);
	ward_wr_be16(&w, (uint16_t)(40 + payload.len));
	ward_wr_be32(&w, 0);
	ward_wr_be32(&w, 0x40060000);
	ward_wr_be32(&w, UINT32_C(0x0a000000) | e->host);
	ward_wr_be32(&w, UINT32_C(0x0a000000) | peer);
	ward_wr_be16(&w, e->port);
	ward_wr_be16(&w, e->peer);
	ward_wr_be32(&w, e->seq);
	ward_wr_be32(&w, e->ack);
	ward_wr_u8(&w, 0x50);
	ward_wr_u8(&w, flags);
	ward_wr_be16(&w, 1024);
	ward_wr_be32(&w, 0);
	ward_wr_bytes(&w, payload.p, payload.len);
	assert_false(ward_wr_bad(&w));
	uint8_t *exact = malloc(w.len);

	assert_non_null(exact);
	memcpy(exact, w.p, w.len);
	struct ward_frame f = {.time = now,
		.seen = now,
		.seq = n_frame++,
		.link = WARD_LINK_ETHERNET,
		.bytes = {exact, w.len},
		.len = w.len};

	assert_int_equal(ward_net_packet(net, &f, &sink), WARD_OK);
	free(exact);
}

enum { FIN = WARD_TCP_FIN, SYN = WARD_TCP_SYN, RST = WARD_TCP_RST, ACK = WARD_TCP_ACK };

static void say(struct end *e, const char *bytes, size_t len)
{
	send(e, ACK, ward_slice_of(bytes, len));
	e->seq += (uint32_t)len;
}

#define SAY(e, text) say(e, text, sizeof(text) - 1)

static void shake_hands(struct end *client, struct end *server, uint16_t port)
{
	*client = (struct end){1, 40000, port, 1000, 0};
	*server = (struct end){2, port, 40000, 90000, 1001};
	send(client, SYN, (struct ward_slice){NULL, 0});
	send(server, SYN | ACK, (struct ward_slice){NULL, 0});
	client->seq++;
	server->seq++;
	client->ack = server->seq;
	send(client, ACK, (struct ward_slice){NULL, 0});
}

static uint64_t counted(enum ward_net_counter c)
{
	return ward_net_count(net, c);
}

#endif
