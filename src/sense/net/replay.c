#include "sense/net/replay.h"

#include "sense/net/capture.h"
#include "sense/net/net.h"

/* The events of one packet wait here until they are asked for. */
enum { QUEUE_BYTES = 256 << 20, QUEUE_MAX = 4194304 };

struct replay {
	const struct ward_input_opts *opts;
	struct ward_capture *capture;
	struct ward_net *net;
	struct ward_arena arena; /* of the queued events */
	struct ward_event *queue;
	size_t n, cap, at;
	bool file_done, flushed;
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

/* What a table was too small for, and the limit that makes it larger. */
static const struct {
	enum ward_net_counter counter;
	const char *what;
} losses[] = {
	{WARD_NET_FLOW_EVICTED, "flows were told before their end: the limit is net.flows"},
	{WARD_NET_HOST_EVICTED, "hosts were forgotten and told anew: the limit is net.hosts"},
	{WARD_NET_FRAGMENT_EVICTED,
		"fragments were lost: the limits are net.fragments and net.fragment.bytes"},
	{WARD_NET_STREAM_EVICTED, "connections were not followed: the limit is net.streams"},
	{WARD_NET_STREAM_SHED, "content of TCP was lost: the limit is net.stream.bytes"},
	{WARD_NET_STREAM_FULL, "content of TCP was lost: the limit is net.stream.side"},
	{WARD_NET_STATE_EVICTED, "connections were left alone: the limit is net.states"},
};

/* The counters have them already. */
static void tell_losses(const struct replay *p)
{
	for (size_t i = 0; p->opts->problem && i < WARD_ARRAY_LEN(losses); i++)
		if (ward_net_count(p->net, losses[i].counter))
			p->opts->problem(p->opts->ctx,
				&(struct ward_input_problem){
					.counter = ward_net_counter_info(losses[i].counter)->name,
					.what = losses[i].what,
					.off = ward_capture_offset(p->capture),
					.dropped = true});
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
