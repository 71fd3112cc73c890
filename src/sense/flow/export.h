/* The flow collector: datagrams of NetFlow 5 and 9, IPFIX and sFlow 5 in, events out.
 *
 * One `struct ward_export` per source; single-threaded; sees untrusted bytes. It keeps templates,
 * sampling and sequence numbers per exporter in bounded tables, and reads no clock, file or socket:
 * datagrams carry their time of arrival. */
#ifndef WARD_SENSE_FLOW_EXPORT_H
#define WARD_SENSE_FLOW_EXPORT_H

#include "base/counter.h"
#include "event/event.h"

struct ward_export;

/* Where events go. put borrows the event for the call; an error from it stops the current call and
 * is returned. */
struct ward_export_sink {
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	void *ctx;
};

struct ward_export_opts {
	struct ward_str source; /* event source */
	uint64_t epoch;         /* part of every event's id */
};

struct ward_export_datagram {
	ward_ns seen; /* of arrival */
	uint64_t seq; /* number of the datagram: part of its events' ids */
	uint8_t ip_version;
	uint8_t ip[16]; /* of the sender; IPv4 in the first four, the rest zero */
	uint16_t port;
	struct ward_slice bytes; /* UDP payload */
};

/* Borrows mem, lim and names as long as it lives; copies opts. Tables grow up to flow.exporters and
 * flow.templates. NOMEM leaves *ret untouched. */
WARD_MUST_CHECK enum ward_err ward_export_new(const struct ward_mem *mem,
	const struct ward_limits *lim, struct ward_names *names,
	const struct ward_export_opts *opts, struct ward_export **ret);
/* NULL is allowed. */
void ward_export_free(struct ward_export *x);

/* Does a UDP payload look like an export? Strict: lengths and versions have to fit. */
bool ward_export_knows(struct ward_slice bytes);
/* Takes one datagram; each flow record gives an event. sink NULL only counts. Returns only the
 * sink's error; bad input is counted and shown as net.malformed. O(bytes). */
WARD_MUST_CHECK enum ward_err ward_export_datagram(struct ward_export *x,
	const struct ward_export_datagram *d, const struct ward_export_sink *sink);
/* The end of the source: tells the losses that were not told yet. */
WARD_MUST_CHECK enum ward_err ward_export_flush(
	struct ward_export *x, const struct ward_export_sink *sink);
/* Adds all counters. */
void ward_export_counters(const struct ward_export *x, struct ward_counters *c);

#endif
