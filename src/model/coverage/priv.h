/* Private to this room: what is remembered. */
#ifndef WARD_MODEL_COVERAGE_PRIV_H
#define WARD_MODEL_COVERAGE_PRIV_H

#include "model/coverage/coverage.h"

/* Best first. PACKETS: packets were there, and no dissector knew them. CUT: the same, but the
 * capture's snap length cut content off, so that none could. SENT: this machine sent them by an
 * interface on which it should only listen. */
enum ward_cover {
	WARD_COVER_CLEAR,
	WARD_COVER_ENCRYPTED,
	WARD_COVER_PACKETS,
	WARD_COVER_CUT,
	WARD_COVER_FLOW,
	WARD_COVER_SENT,
	WARD_COVER_N,
};

enum { WARD_COVER_FORMATS = 32, WARD_COVER_REASONS = 32 };

struct ward_cover_span {
	ward_ns first, last; /* first > last: never */
};

struct ward_cover_key {
	uint32_t net, proto, how;
};

struct ward_cover_row {
	struct ward_cover_key key;
	struct ward_cover_span span;
	uint64_t flows, packets, bytes;
	uint64_t one_sided; /* connections of which one direction alone was seen */
	uint32_t source;    /* the first that showed it */
	bool others;        /* not it alone */
};

struct ward_cover_source {
	struct ward_cover_span span;
	uint64_t events, flows;
	uint64_t flows_told;               /* of flows: by others, without contents */
	uint32_t formats;                  /* by whom: bits by id in formats */
	uint64_t seen_bytes, unseen_bytes; /* of TCP, where it said that it missed some */
	uint64_t lost;                     /* records or datagrams of exporters */
	uint64_t lost_frames;              /* by the capture, before they came to the sensor */
	uint64_t lost_events;              /* that the journal had no room for */
	uint32_t reasons;                  /* why, and why it was deaf: bits by id in reasons */
	uint64_t snapped;                  /* packets of which the snap length cut something off */
	uint64_t undecoded;                /* packets of a link type that is not decoded */
	uint64_t link_type;                /* that one's number, the last if there were several */
	uint64_t sent;                     /* packets that this machine sent by its interface */
	bool live;                         /* it listens on an interface */
};

struct ward_coverage {
	const struct ward_mem *mem;
	struct ward_names *names;
	const struct ward_model *model;
	uint32_t class_flow, class_host, class_loss, class_sent, class_ward_loss;
	uint32_t dropped, cut, undecoded, link_type, snapped_packets;
	uint32_t exporter, format, acked_unseen, tcp_bytes, expected, ethertype;
	struct ward_intern formats;            /* words of flow.format */
	struct ward_intern reasons;            /* of ward.loss, each with the interface */
	struct ward_intern net, proto, source; /* texts; a net of the model is its id */
	uint32_t *ports; /* rows of a net that are named by a port; by its id */
	size_t cap_ports, n_ports;
	struct ward_tab rows;          /* ward_cover_key → ward_cover_row */
	struct ward_cover_source *src; /* by id in source */
	size_t cap_src, n_src;
	uint32_t last_name, last_source; /* of the event before: name, id in source */
	uint8_t *heard;                  /* by model node: bit 0 by packets, bit 1 by flows */
	uint64_t left_out;
};

const char *ward_cover_word(enum ward_cover how);
/* Did it miss what there was to see? What is not in the table may then have been there. */
bool ward_cover_is_lossy(const struct ward_cover_source *s);
/* Counts a new row if it is named by a port, as "tcp/80" is. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cover_counted(
	struct ward_coverage *c, const struct ward_cover_key *key);

/* What the hospital has on a network, and what of it was heard. */
struct ward_cover_assets {
	size_t n, heard, heard_flow; /* heard_flow: of heard, by flows alone */
};
/* Is it an asset that a network sensor could hear: one with a network or an address? Sets its
 * network, or WARD_NONE. */
bool ward_cover_is_asset(const struct ward_coverage *c, uint32_t node, uint32_t *ret_network);
struct ward_cover_assets ward_cover_assets(const struct ward_coverage *c, uint32_t network);
/* All rows by network, best way of seeing, protocol; free with n * sizeof. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cover_sorted(
	const struct ward_coverage *c, struct ward_cover_row **ret, size_t *ret_n);
/* Why an asset of that network was not heard, for people. */
/* Lives forever; one of those of ward_cover_reason_at. */
const char *ward_cover_reason(const struct ward_coverage *c, uint32_t node, uint32_t network);
/* All reasons, from 0; NULL at the end. */
const char *ward_cover_reason_at(size_t i);

#endif
