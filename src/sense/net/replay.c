#include "sense/net/replay.h"

#include "sense/net/capture.h"
#include "sense/net/net.h"

#include <stdio.h>

/* The events of one packet wait here until they are asked for. */
enum { QUEUE_BYTES = 256 << 20, QUEUE_MAX = 4194304, TOLD_MAX = 256, LOSSES_MAX = 16 };

struct replay {
	const struct ward_input_opts *opts;
	struct ward_capture *capture;
	struct ward_net *net;
	struct ward_arena arena; /* of the queued events */
	struct ward_event *queue;
	size_t n, cap, at;
	bool file_done, flushed;
	char told[LOSSES_MAX][TOLD_MAX]; /* words of what was lost */
};

static enum ward_err keep(void *ctx, const struct ward_event *e)
{
	struct replay *p = ctx;
	enum ward_err err =
		ward_mem_more(p->opts->mem, &p->queue, p->n, &p->cap, sizeof(*p->queue), QUEUE_MAX);

	if (!err)
		err = ward_event_copy(e, &p->arena, &p->queue[p->n]);
	p->n += !err;
	return err;
}

static void close_replay(void *state)
{
	struct replay *p = state;

	if (!p)
		return;
	ward_capture_close(p->capture);
	ward_net_free(p->net);
	ward_mem_free(p->opts->mem, p->queue, p->cap * sizeof(*p->queue));
	ward_arena_fini(&p->arena);
	ward_mem_free(p->opts->mem, p, sizeof(*p));
}

static enum ward_err open_replay(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret_state)
{
	struct ward_net_opts net = {.source = opts->source, .epoch = opts->epoch};
	struct replay *p = ward_mem_alloc(opts->mem, sizeof(*p));
	char why[WARD_CAPTURE_WHY];

	if (!p)
		return WARD_ERR_NOMEM;
	p->opts = opts;
	ward_arena_init(&p->arena, opts->mem, QUEUE_BYTES);
	enum ward_err err = ward_capture_open_input(opts->mem, bytes, why, &p->capture);

	if (!err)
		err = ward_net_new(opts->mem, opts->lim, opts->names, &net, &p->net);
	if (err) {
		close_replay(p);
		return err;
	}
	*ret_state = p;
	return WARD_OK;
}

static enum ward_err read_frame(struct replay *p)
{
	struct ward_net_sink sink = {keep, p};
	struct ward_frame f;
	enum ward_err err = ward_capture_next(p->capture, &f);

	ward_net_dropped(p->net, ward_capture_dropped(p->capture));
	if (err && err != WARD_ERR_CLOSED && err != WARD_ERR_CORRUPT)
		return err;
	if (err) {
		p->file_done = true;
		if (err == WARD_ERR_CORRUPT)
			ward_input_problem(p->opts,
				&(struct ward_input_problem){.counter = "net.loss.file_damaged",
					.what = "the capture file is damaged; the rest of it is "
						"lost",
					.off = ward_capture_offset(p->capture),
					.dropped = true});
		return WARD_OK;
	}
	if (p->opts->seen)
		f.seen = p->opts->seen;
	return ward_net_packet(p->net, &f, &sink);
}

/* What of the capture was not seen, and why: that nothing was found in it means something only with
 * this. Where a table was too small, the limit that makes it larger. dropped: no event came of it;
 * else what came is not all that there was. */
static const struct loss {
	enum ward_net_counter counter;
	const char *what;
	bool dropped;
} losses[] = {
	{WARD_NET_CAPTURE_DROPPED,
		"frames were lost before they were written, by whoever captured: what was in them "
		"is not seen",
		false},
	{WARD_NET_LINK_TYPE, "packets are of a link type that is not decoded", true},
	{WARD_NET_SNAPPED, "packets were cut inside of their headers: capture with snap length 0",
		false},
	{WARD_NET_SNAPPED_PAYLOAD,
		"packets were cut, so that their content is not seen: capture with snap length 0",
		false},
	{WARD_NET_FLOW_EVICTED, "flows were told before their end: the limit is net.flows", true},
	{WARD_NET_HOST_EVICTED, "hosts were forgotten and told anew: the limit is net.hosts", true},
	{WARD_NET_FRAGMENT_EVICTED,
		"fragments were lost: the limits are net.fragments and net.fragment.bytes", true},
	{WARD_NET_STREAM_EVICTED, "connections were not followed: the limit is net.streams", true},
	{WARD_NET_STREAM_SHED, "contents of TCP were lost: the limit is net.stream.bytes", true},
	{WARD_NET_STREAM_FULL, "contents of TCP were lost: the limit is net.stream.side", true},
	{WARD_NET_STATE_EVICTED, "connections were left alone: the limit is net.states", true},
};

_Static_assert(WARD_ARRAY_LEN(losses) <= LOSSES_MAX, "words of each");

static void tell_loss(struct replay *p, const struct loss *loss, char text[TOLD_MAX])
{
	uint64_t n = ward_net_count(p->net, loss->counter);
	uint16_t link = ward_net_unknown_link(p->net);

	if (!n)
		return;
	(void)snprintf(text, TOLD_MAX, "%llu %s", (unsigned long long)n, loss->what);
	if (loss->counter == WARD_NET_LINK_TYPE) {
		size_t len = strlen(text);

		(void)snprintf(text + len, TOLD_MAX - len, ": %u (%s)", link,
			ward_capture_link_name(link));
	}
	/* the counters have it already */
	p->opts->problem(p->opts->ctx,
		&(struct ward_input_problem){.counter = ward_net_counter_info(loss->counter)->name,
			.what = text,
			.off = ward_capture_offset(p->capture),
			.dropped = loss->dropped,
			.whole = true});
}

static void tell_losses(struct replay *p)
{
	for (size_t i = 0; p->opts->problem && i < WARD_ARRAY_LEN(losses); i++)
		tell_loss(p, &losses[i], p->told[i]);
}

/* Flows end one at a time: all at once could be more than the queue should hold. */
static enum ward_err flush(struct replay *p)
{
	struct ward_net_sink sink = {keep, p};
	bool more = false;
	enum ward_err err = ward_net_flush_one(p->net, &sink, &more);

	p->flushed = !more;
	if (!more) {
		ward_net_counters(p->net, p->opts->counters);
		tell_losses(p);
	}
	return err;
}

static enum ward_err next_event(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	struct replay *p = state;

	while (p->at == p->n) {
		enum ward_err err;

		p->at = p->n = 0;
		ward_arena_reset(&p->arena);
		if (p->flushed)
			return WARD_ERR_CLOSED;
		err = p->file_done ? flush(p) : read_frame(p);
		if (err)
			return err;
	}
	return ward_event_copy(&p->queue[p->at++], arena, ret);
}

const struct ward_input_driver ward_net_driver_pcap = {
	.kind = WARD_INPUT_PCAP, .open = open_replay, .next = next_event, .close = close_replay};
const struct ward_input_driver ward_net_driver_pcapng = {
	.kind = WARD_INPUT_PCAPNG, .open = open_replay, .next = next_event, .close = close_replay};
