/* The passive network sensor: frames in, events out.
 *
 * One `struct ward_net` per capture source; single-threaded; sees untrusted bytes. It decodes each
 * frame, keeps flows and hosts in bounded tables, and hands application payload to the dissectors.
 * It reads no clock, file or socket: frames carry their time. All memory but one event's is taken
 * at start. */
#ifndef WARD_SENSE_NET_NET_H
#define WARD_SENSE_NET_NET_H

#include "event/event.h"
#include "sense/net/carve/sink.h"
#include "sense/net/packet.h"

struct ward_net;

/* Where events go. put borrows the event for the call; an error from it stops the sensor's current
 * call and is returned. */
struct ward_net_sink {
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	void *ctx;
};

struct ward_net_opts {
	struct ward_str source; /* event source, for example "net.core-switch" */
	uint64_t epoch;         /* file generation or boot: part of every event's id */
	struct ward_str iface;  /* written into events; empty: left out */
	/* One of several sensors that are each given every frame, and of which each deals with its
	 * share of the addresses: all of their events together are those of one sensor alone. What
	 * needs to see all (hosts, ARP, what can't be decoded) is told, and counted, by worker 0.
	 * n_worker 0: alone. */
	unsigned worker, n_worker;
	/* Of several rings that are one source, which this is: the upper byte of its frames'
	 * numbers (ward_ring_seq), and of what the sensor says of itself. */
	unsigned ring;
	bool no_files; /* those that pass by are not looked at: no net.file, and no memory for them
			*/
	unsigned file_hashes; /* ward_hash_kinds beyond SHA-256 */
};

/* Takes all tables: about 400 bytes per flow and 150 per host of lim, net.stream.bytes when there
 * is a dissector of streams, a quarter of that for files with 2 KiB for each 32 flows, and
 * net.fragment.bytes; chunks that are never used cost no memory.
 * Borrows mem and names as long as it lives; copies opts. NOMEM, or LIMIT when names has no room;
 * then *ret is untouched. */
WARD_MUST_CHECK enum ward_err ward_net_new(const struct ward_mem *mem,
	const struct ward_limits *lim, struct ward_names *names, const struct ward_net_opts *opts,
	struct ward_net **ret);
/* NULL is allowed. */
void ward_net_free(struct ward_net *n);

/* Takes one frame. Events come in a fixed order: flows that timed out (each after what its
 * dissector still held), what the sensor says of
 * itself before them, then ARP and hosts, then what dissectors saw, then what was malformed,
 * then files that ended.
 * sink NULL counts events without building them. Frames whose time goes backwards are taken at
 * their own time; timers use the latest seen. Returns only the sink's error, after which the
 * sensor's state is as if the frame had been taken. O(bytes), plus expired flows. */
WARD_MUST_CHECK enum ward_err ward_net_packet(
	struct ward_net *n, const struct ward_frame *f, const struct ward_net_sink *sink);
/* The end of the source: every open flow gives its net.flow event, oldest first per time limit. */
WARD_MUST_CHECK enum ward_err ward_net_flush(struct ward_net *n, const struct ward_net_sink *sink);
/* The same, one flow per call: *ret_more is false once there is none left. */
WARD_MUST_CHECK enum ward_err ward_net_flush_one(
	struct ward_net *n, const struct ward_net_sink *sink, bool *ret_more);
/* Time has come to `now` without a packet: ends flows that timed out. */
WARD_MUST_CHECK enum ward_err ward_net_tick(
	struct ward_net *n, ward_ns now, const struct ward_net_sink *sink);

/* Who captured says that it lost this many frames until now, in all; they count as
 * net.loss.capture_dropped, and net.loss tells them. */
void ward_net_dropped(struct ward_net *n, uint64_t n_frame);
/* Link type of the last frame that was of an unknown one; 0 when there was none. */
uint16_t ward_net_unknown_link(const struct ward_net *n);

/* From now on the bytes of files go to the sink too, which is borrowed; NULL: to nobody. Between
 * frames only; the sink is told of no file that is open then, but gets the rest of it. */
void ward_net_files(struct ward_net *n, const struct ward_file_sink *sink);

uint64_t ward_net_count(const struct ward_net *n, enum ward_net_counter c);
/* Adds all counters, those of the dissectors too, into c. */
void ward_net_counters(const struct ward_net *n, struct ward_counters *c);

#endif
