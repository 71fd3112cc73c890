/* The contract of an application dissector: one `const struct ward_dissector` per protocol, listed
 * in proto/dissectors.c.
 *
 * A flow whose port is one of the hints, or whose first payload passes the probe, is tried; after
 * the first whole message the flow is confirmed and carries the dissector's name as its service. A
 * flow in which nothing was recognised within DISSECT_TRIES payloads is left alone. parse is pure:
 * it sees the bytes, the packet and the flow's side, and puts events through ward_emit. */
#ifndef WARD_SENSE_NET_DISSECTOR_H
#define WARD_SENSE_NET_DISSECTOR_H

#include "base/wr.h"
#include "sense/net/packet.h"

struct ward_net;
struct ward_dissect;
struct ward_file;

/* The files that a flow's dissector has open (carve/carve.h). All zero: none. */
struct ward_carve_list {
	struct ward_file *first;
};

enum ward_verdict {
	WARD_VERDICT_OK,        /* at least one whole message */
	WARD_VERDICT_MORE,      /* a stream needs more bytes; a datagram was cut */
	WARD_VERDICT_MALFORMED, /* reason and off are set; events may have been put */
	WARD_VERDICT_FOREIGN,   /* not this protocol */
};

enum { WARD_DISSECT_PORTS = 8 };

/* What a probe says of a stream's bytes. What it says holds whatever follows them. */
enum ward_probe {
	WARD_PROBE_NO,
	WARD_PROBE_YES,
	/* Too little to be sure: yes on one of its ports only, where a message is known to begin.
	 */
	WARD_PROBE_ON_PORT,
	WARD_PROBE_MORE, /* what there is fits, more bytes will say */
};
/* So many bytes are waited for at most; then MORE is NO. */
enum { WARD_PROBE_MOST = 2048 };

static inline enum ward_probe ward_probe_of(bool yes)
{
	return yes ? WARD_PROBE_YES : WARD_PROBE_NO;
}

enum ward_dissector_kind { WARD_DISSECT_MEDICAL, WARD_DISSECT_BUILDING, WARD_DISSECT_IT };

struct ward_dissector {
	const char *name; /* the flow's service */
	/* For people (`ward sense net --list-protocols`): the protocol's name, the document and
	 * clause that parse follows, what is read of it. */
	enum ward_dissector_kind kind;
	const char *title, *standard, *reads;
	uint8_t proto; /* TCP: streams; others: datagrams. What has no ports is its dissector's own.
			*/
	uint16_t port[WARD_DISSECT_PORTS]; /* 0: no more */
	/* Could this be the beginning of a message, in either direction? Strict enough to be asked
	 * of every payload on every port. probe: of datagrams. probe_stream: of streams, also of
	 * the front of a message only, but not of no bytes. */
	bool (*probe)(struct ward_slice payload);
	enum ward_probe (*probe_stream)(struct ward_slice payload);
	/* Stream: bytes from the middle of something else may pass the probe by chance. It is asked
	 * of a side's first bytes only, if these were seen, but on its ports. */
	bool weak;
	enum ward_verdict (*parse)(struct ward_dissect *d, struct ward_slice payload);
	/* A stream lacks `lost` bytes of d's side at this place, which is where the last parse left
	 * it: bytes that it did not use are among them. Asked of confirmed flows only, also after a
	 * message that is malformed or foreign. NULL: the flow is left alone. True: the dissector
	 * can find a message's begin again in what follows. */
	bool (*gap)(struct ward_dissect *d, uint64_t lost);
	/* A confirmed flow that keeps something is over; d's packet is the client's, payload there
	 * is none. For what never came: requests without answer. NULL: nothing to say. */
	void (*over)(struct ward_dissect *d);
	size_t flow_bytes; /* what it keeps per flow, for both directions, at most 32 KiB; 0:
			      nothing */
	/* What it keeps for all flows of a sensor, zero at first: what is dear to find out and
	 * comes again. 0: nothing. */
	size_t shared_bytes;
	/* Readies what is shared, and gives back what it took. NULL: zeroes are ready. */
	enum ward_err (*open)(void *shared, const struct ward_mem *mem);
	void (*close)(void *shared);
	/* Whose shared it uses instead of one of its own: one that stands before it. Or NULL. */
	const struct ward_dissector *shares;
	/* Readies a library that it uses, before the first packet and before the sandbox: may open
	 * files, once per process. False: no memory. NULL: nothing to do. */
	bool (*start)(void);
	bool files; /* hands over files that it carries (carve/carve.h) */
	/* Names of reasons for MALFORMED: they are counters too. */
	const char *const *reason;
	size_t n_reason;
	/* The i-th event class or field name that parse needs as an id, written to buf; false after
	 * the last. Asked once, at start. */
	bool (*name_at)(size_t i, struct ward_wr *buf);
};

/* One call of parse. */
struct ward_dissect {
	struct ward_net *net;
	const struct ward_packet *packet;
	const struct ward_dissector *module;
	const uint32_t *name; /* ids of name_at's names, by i */
	bool from_client;
	bool trusted; /* confirmed, or a hinted port: what fails is malformed, not foreign */
	bool partial; /* the payload is not whole: cut by the snap length */
	/* Stream: its side has closed, nothing follows the payload, which is empty when the end
	 * came alone to a confirmed flow: then the verdict does not matter. */
	bool end;
	/* Stream: bit per side (0: the client's) of which bytes are known to be missing: never seen
	 * at all, or acknowledged and not captured. What it did not say can't be told. */
	uint8_t deaf;
	void *flow;   /* module->flow_bytes of this flow, zero at first; NULL when that is 0 */
	void *shared; /* module->shared_bytes; NULL when that is 0 */
	/* Where the files that it begins are remembered: they end with what it keeps. */
	struct ward_carve_list *files;
	/* Stream, set with OK: how many bytes were dealt with: at least 1. More than the payload:
	 * what comes up to there is not wanted. With MALFORMED: where the next message begins; 0:
	 * not known, gap is asked. */
	size_t used;
	/* Stream, set with MORE: bytes of payload that the message takes, parse is called again
	 * when they are there; 0: not known, it is called with each payload. A message of a
	 * confirmed flow that is longer than net.stream.side is passed over. */
	size_t need;
	/* Stream, set with MORE before the flow is confirmed: what is held of the other side is to
	 * be seen first. */
	bool other_first;
	/* Stream, set with OK: what follows in both directions is another protocol, found anew by
	 * the probes: TLS after STARTTLS, a proxy's tunnel. The answer that agrees sets it. Whoever
	 * asked may have gone on before that: until the answer is there, parse gives MORE for what
	 * follows the question; what was so kept is offered to the new protocol, or after a
	 * refusal, with the next payload, to parse again. */
	bool handover;
	size_t reason; /* set with MALFORMED: index into module->reason */
	size_t off;    /* set with MALFORMED: offset in the payload */
};

/* Was all captured that the side has said, which is the client's or the other one? Else nobody
 * knows whether it has answered. */
static inline bool ward_dissect_hears(const struct ward_dissect *d, bool client)
{
	return !(d->deaf >> (client ? 0 : 1) & 1);
}
/* The outcome of what the side has not answered. */
static inline const char *ward_dissect_silence(const struct ward_dissect *d, bool client)
{
	return ward_dissect_hears(d, client) ? "unanswered" : "unseen";
}

/* All dissectors; lives forever. */
size_t ward_dissector_count(void);
const struct ward_dissector *ward_dissector_at(size_t i);

#endif
