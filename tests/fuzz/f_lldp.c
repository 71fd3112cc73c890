/* Announcements on the link. The first byte: bit 0 CDP, else LLDP; then what follows the header.
 * Through the whole sensor, so that events are written, too. */
#include "fuzz.h"

#include "base/wr.h"
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

static struct ward_net *open_net(void)
{
	static struct ward_limits lim;
	struct ward_net_opts opts = {.source = WARD_STR("f")};
	struct ward_net *net;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = 16;
	lim.v[WARD_LIMIT_NET_HOSTS] = 16;
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 1 << 16;
	lim.v[WARD_LIMIT_NET_STREAMS] = 16;
	out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net) == WARD_OK);
	return net;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t lldp[] = {1, 0x80, 0xc2, 0, 0, 14, 2, 0, 0, 0, 0, 1, 0x88, 0xcc},
			     cdp[] = {1, 0, 12, 0xcc, 0xcc, 0xcc, 2, 0, 0, 0, 0, 1, 0, 0, 0xaa,
				     0xaa, 3, 0, 0, 12, 0x20, 0};
	static struct ward_net *net;
	static ward_ns now;
	struct ward_net_sink sink = {put, NULL};

	if (!net)
		net = open_net();
	if (len < 1 || len > 1400)
		return 0;
	bool is_cdp = data[0] & 1;
	size_t head = is_cdp ? sizeof(cdp) : sizeof(lldp), total = head + len - 1;
	uint8_t *exact = malloc(total);

	WARD_ASSERT(exact);
	memcpy(exact, is_cdp ? cdp : lldp, head);
	memcpy(exact + head, data + 1, len - 1);
	if (is_cdp) {
		exact[12] = (uint8_t)((total - 14) >> 8);
		exact[13] = (uint8_t)(total - 14);
	}
	struct ward_frame f = {.time = now += 7200 * WARD_NS_PER_S,
		.link = WARD_LINK_ETHERNET,
		.bytes = {exact, total},
		.len = total};

	WARD_ASSERT(ward_net_packet(net, &f, &sink) == WARD_OK);
	WARD_ASSERT(ward_net_count(net, WARD_NET_EVENTS_LOST) == 0);
	free(exact);
	return 0;
}
