/* The network sensor's process: capture rings that the supervisor holds. */
#include "base/diag.h"
#include "run/feeder.h"
#include "run/filing.h"
#include "sense/net/net.h"
#include "sense/net/ring.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAPS_MAX = WARD_RING_WAIT_MAX, BURST = 512, WAIT_MS = 100 };

static const ward_ns drops_every = 5 * WARD_NS_PER_S;
/* All taps together: the supervisor gives two seconds. */
enum { END_WITHIN_MS = 1000 };

struct tap {
	const char *source, *iface;
	struct ward_ring *ring;
	struct ward_net *net;
	uint64_t n_drop, n_down; /* told so far */
	bool gone;               /* the interface was removed */
	bool split;              /* told that sharing tears connections apart */
};

struct sensor {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct tap tap[TAPS_MAX];
	size_t n_tap;
	unsigned worker;            /* of those that share an interface */
	struct ward_filing *filing; /* NULL: files are not looked at */
};

/* The sensor's event, as a copy that the feeder may change. */
static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct sensor *s = ctx;
	struct ward_event copy;
	enum ward_err err;

	ward_arena_reset(&s->arena);
	err = ward_event_copy(e, &s->arena, &copy);
	if (err)
		return err;
	copy.seen = ward_clock_now(s->p.clock);
	ward_feeder_event(s->feeder, &copy);
	return WARD_OK;
}

/* What a tap did not hear becomes evidence: how much, if that is known, where and why. */
static void tell_loss(struct sensor *s, struct tap *t, uint64_t n, const char *reason)
{
	ward_ns now = ward_clock_now(s->p.clock);
	struct ward_event e;

	WARD_LOG(&s->p.log, WARN, "net.loss", WARD_KV_Z("source", t->source),
		WARD_KV_U("frames", n), WARD_KV_Z("reason", reason));
	ward_arena_reset(&s->arena);
	ward_event_init(&e, &s->arena);
	e.source = ward_name(&s->names, ward_str_z(t->source));
	e.class = ward_name(&s->names, WARD_STR("ward.loss"));
	e.time = e.seen = now;
	e.id = ward_event_id(
		ward_str_z(t->source), (uint64_t)now, n, (uint32_t)(n == 0) | s->worker << 1);
	if ((n && ward_event_set(&e, WARD_FIELD_LOST, ward_value_int((int64_t)n))) ||
		ward_event_set(&e, WARD_FIELD_IFACE, ward_value_str(ward_str_z(t->iface))) ||
		ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(reason))))
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	ward_feeder_event(s->feeder, &e);
}

/* These tunnels put a number of the inner connection's direction into the outer source port, which
 * the kernel's sharing goes by. Only the second worker and those after it know that they share. */
static bool splits(const struct sensor *s, const struct ward_net *n)
{
	return s->worker && (ward_net_count(n, WARD_NET_TUNNEL_VXLAN) ||
				    ward_net_count(n, WARD_NET_TUNNEL_GENEVE));
}

/* Of files that were not even told to who looks at them. */
static void tell_files(struct sensor *s, struct tap *t)
{
	uint64_t n = s->filing ? ward_filing_lost(s->filing) : 0;

	if (n)
		tell_loss(s, t, n, WARD_TEXT("files passed by faster than they are taken"));
}

static void tell_losses(struct sensor *s, struct tap *t)
{
	uint64_t n_drop = ward_ring_drops(t->ring), n_down = ward_ring_downs(t->ring);

	if (n_drop != t->n_drop)
		tell_loss(s, t, n_drop - t->n_drop, WARD_TEXT("the capture ring was full"));
	if (n_down != t->n_down)
		tell_loss(s, t, 0, WARD_TEXT("the interface went down"));
	t->n_drop = n_drop;
	t->n_down = n_down;
	tell_files(s, t);
	if (!t->split && splits(s, t->net)) {
		t->split = true;
		tell_loss(s, t, 0,
			WARD_TEXT("a mirror in VXLAN or Geneve is shared by the outer addresses: "
				  "the two directions of a connection may go to different workers; "
				  "take workers: 1"));
	}
}

/* The others go on. This life can't open it anew; when none is left, neither can any other. */
static void lose_tap(struct sensor *s, struct tap *t)
{
	bool all = true;

	t->gone = true;
	tell_loss(s, t, 0, WARD_TEXT("the interface was removed: restart Ward when it is back"));
	for (size_t i = 0; i < s->n_tap; i++)
		all = all && s->tap[i].gone;
	if (!all)
		return;
	ward_feeder_flush(s->feeder);
	ward_process_die(&s->p, "no interface is left", WARD_ERR_CLOSED);
}

/* The supervisor says when it made the rings: a frame that is read once more, after a life of this
 * process that ended before it was durable, has the same identity. */
static uint64_t epoch(const struct ward_process *p)
{
	const char *text = ward_process_setting(p, "epoch");
	uint64_t v;

	return text && ward_str_u64(ward_str_z(text), &v) ? v : (uint64_t)ward_clock_now(p->clock);
}

/* Files of sources that say so (`inspect`) go to the process that looks at them. */
static void file_tap(struct sensor *s, const char *source, struct ward_net *n)
{
	const char *wants;
	int fd = ward_process_fd(&s->p, "file");

	for (size_t i = 0; (wants = ward_process_nth(&s->p, "inspect", i)) != NULL; i++)
		if (fd != WARD_FD_NONE && strcmp(wants, source) == 0) {
			if (!s->filing && ward_filing_new(fd, s->p.clock, &s->names, &s->filing))
				ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
			ward_net_files(n, ward_filing_sink(s->filing, (unsigned)s->n_tap));
		}
}

static void open_taps(struct sensor *s)
{
	const char *source;

	for (size_t i = 0; (source = ward_process_nth(&s->p, "ring", i)) != NULL; i++) {
		struct tap *t = &s->tap[s->n_tap];
		char name[128], why[WARD_RING_WHY];
		const char *iface = ward_process_nth(&s->p, "iface", i);
		struct ward_net_opts o = {.source = ward_str_z(source),
			.iface = ward_str_z(iface),
			.epoch = epoch(&s->p),
			.ring = s->worker};

		if (s->n_tap == TAPS_MAX)
			ward_process_die(&s->p, "too many interfaces", WARD_ERR_LIMIT);
		(void)snprintf(name, sizeof(name), "ring.%s", source);
		t->source = source;
		t->iface = iface;
		if (ward_ring_attach(ward_mem_heap(), ward_process_need_fd(&s->p, name), why,
			    &t->ring) != WARD_OK)
			ward_process_die(&s->p, why, WARD_ERR_IO);
		if (ward_net_new(ward_mem_heap(), &s->lim, &s->names, &o, &t->net) != WARD_OK)
			ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
		file_tap(s, source, t->net);
		s->n_tap++;
	}
}

static void take(struct sensor *s, struct tap *t, struct ward_frame *f)
{
	struct ward_net_sink sink = {put, s};
	enum ward_err err;

	f->seq = ward_ring_seq(f->seq, s->worker);
	err = ward_net_packet(t->net, f, &sink);
	if (err)
		ward_process_die(&s->p, t->source, err);
}

/* Nothing came: flows that have timed out are told. A little late, as the kernel may still hold
 * frames of this second. */
static void quiet(struct sensor *s, struct tap *t)
{
	struct ward_net_sink sink = {put, s};
	enum ward_err err =
		ward_net_tick(t->net, ward_clock_now(s->p.clock) - WARD_NS_PER_S, &sink);

	if (err)
		ward_process_die(&s->p, t->source, err);
}

/* Up to BURST frames of one tap, waiting for none. True: there may be more. */
static bool drain(struct sensor *s, struct tap *t)
{
	for (int i = 0; i < BURST; i++) {
		struct ward_frame f;
		enum ward_err err;

		if (ward_ring_gives_back(t->ring))
			ward_feeder_flush(s->feeder);
		err = ward_ring_next(t->ring, 0, &f);
		if (err == WARD_ERR_AGAIN) {
			quiet(s, t);
			return false;
		}
		if (err == WARD_ERR_IO) {
			lose_tap(s, t);
			return false;
		}
		if (err)
			ward_process_die(&s->p, t->source, err);
		take(s, t, &f);
	}
	return true;
}

/* All taps are waited for at once, so that a silent interface does not hold up a busy one. */
static void wait_any(struct sensor *s)
{
	struct ward_ring *ring[TAPS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n_tap; i++)
		if (!s->tap[i].gone)
			ring[n++] = s->tap[i].ring;
	ward_ring_wait(ring, n, WAIT_MS);
}

/* Each tap has its turn, then telling what was not heard, if it is time. True: there may be more.
 */
static bool drain_all(struct sensor *s, bool tell)
{
	bool more = false;

	for (size_t i = 0; i < s->n_tap; i++) {
		struct tap *t = &s->tap[i];

		if (!t->gone && drain(s, t))
			more = true;
		if (tell && !t->gone)
			tell_losses(s, t);
	}
	return more;
}

/* The next frame of before `until`; waits only while one may still come, WARD_RING_SETTLE_MS after
 * `begun` (monotonic). */
static bool last_frame(
	struct sensor *s, struct tap *t, ward_ns begun, ward_ns until, struct ward_frame *ret)
{
	ward_ns ms = (ward_clock_mono(s->p.clock) - begun) / WARD_NS_PER_MS;
	int wait_ms = ms < WARD_RING_SETTLE_MS ? WARD_RING_SETTLE_MS - (int)ms : 0;

	return ward_ring_next(t->ring, wait_ms, ret) == WARD_OK && ret->time <= until;
}

/* The end of the watch: what the ring holds of the time until now, as far as there is time, and
 * how much there is no time for. */
static void end_ring(struct sensor *s, struct tap *t, ward_ns begun)
{
	ward_ns until = ward_clock_now(s->p.clock);
	uint64_t n_left = 0;
	struct ward_frame f;

	while (last_frame(s, t, begun, until, &f)) {
		if (ward_clock_mono(s->p.clock) - begun < END_WITHIN_MS * WARD_NS_PER_MS)
			take(s, t, &f);
		else
			n_left++;
	}
	tell_losses(s, t);
	if (n_left)
		tell_loss(s, t, n_left, WARD_TEXT("the watch ended before they were read"));
}

static void end_tap(struct sensor *s, struct tap *t, ward_ns begun)
{
	struct ward_net_sink sink = {put, s};

	if (!t->gone)
		end_ring(s, t, begun);
	if (ward_net_flush(t->net, &sink) != WARD_OK)
		ward_count_name(&s->p.counters, "net.unflushed", 1);
	ward_net_counters(t->net, &s->p.counters);
	ward_net_free(t->net);
	ward_ring_close(t->ring);
}

/* Which of the processes that share the interfaces this is. */
static unsigned worker(const struct ward_process *p)
{
	const char *text = ward_process_setting(p, "worker");
	uint64_t v;

	return text && ward_str_u64(ward_str_z(text), &v) && v <= UINT8_MAX ? (unsigned)v : 0;
}

int main(int argc, char **argv)
{
	struct sensor *s = calloc(1, sizeof(*s));
	ward_ns told = 0;
	bool more = false;

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "net", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)16 << 20);
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	s->worker = worker(&s->p);
	open_taps(s);
	ward_process_cage(&s->p, WARD_CAGE_PLAIN, NULL);
	while (!ward_process_stopping()) {
		bool tell = ward_clock_mono(s->p.clock) - told > drops_every;

		if (!more)
			wait_any(s);
		more = drain_all(s, tell);
		if (tell)
			told = ward_clock_mono(s->p.clock);
		ward_feeder_flush(s->feeder);
		ward_process_count(&s->p);
	}
	ward_ns begun = ward_clock_mono(s->p.clock);

	for (size_t i = 0; i < s->n_tap; i++)
		end_tap(s, &s->tap[i], begun);
	ward_feeder_flush(s->feeder);
	ward_filing_free(s->filing);
	return ward_process_end(&s->p);
}
