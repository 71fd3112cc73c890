/* A connection for the tests of dissectors: bytes in order per direction, or datagrams, each call
 * of parse on a heap block of the exact size, and the contract of dissector.h checked after each.
 * Aborts when it is broken. Events are collected as JSON lines. */
#ifndef WARD_TESTS_SENSE_NET_PROTO_LAB_H
#define WARD_TESTS_SENSE_NET_PROTO_LAB_H

#include "base/wr.h"
#include "sense/net/sensor.h"

struct proto_lab_side {
	struct ward_wr bytes; /* not yet dealt with */
	size_t skip;          /* bytes that parse dealt with before they came */
	bool dead;            /* malformed or foreign: the rest is ignored */
};

struct proto_lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_net *net;
	struct ward_wr out; /* event lines since the last proto_lab_forget */
	struct ward_net_sink sink;
	struct ward_frame frame;
	struct ward_packet packet[2]; /* of a direction: addresses and ports */
	const struct ward_dissector *module;
	size_t module_at;
	void *flow;
	struct ward_carve_list files;
	struct proto_lab_side side[2]; /* [0] from the client */
	bool trusted;
	bool confirmed; /* a whole message was there */
	bool resynced;  /* a begin was looked for after a message of unknown length */
	bool partial;   /* the next datagram is cut */
	/* Of the last call of parse: */
	struct ward_dissect d;
};

/* Both take memory; close it. */
void proto_lab_open(struct proto_lab *l, const struct ward_dissector *module);
void proto_lab_close(struct proto_lab *l);
/* A new connection of the same dissector. */
void proto_lab_again(struct proto_lab *l, const struct ward_dissector *module);
void proto_lab_forget(struct proto_lab *l);
/* What the dissector keeps for all flows is as at its begin, where it says how (open, close). */
void proto_lab_unlearn(struct proto_lab *l);
/* Gives the bytes to parse until it wants more; of UDP, one datagram, after the probe unless the
 * flow is trusted. Gives the last verdict. */
enum ward_verdict proto_lab_feed(
	struct proto_lab *l, unsigned side, struct ward_slice bytes, bool end);
/* As a layer that has lost bytes would do it: false when the side is given up. */
bool proto_lab_gap(struct proto_lab *l, unsigned side, uint64_t lost);
/* The flow is over; side is said to be the client. */
void proto_lab_over(struct proto_lab *l, unsigned side);
/* A connection as bytes (tests/fuzz/seed.py writes it): records of a head, a 16-bit length, and as
 * many bytes; the head's bit 0 is the side, bit 1 the side's end, bit 2 a gap of that length
 * without bytes, bit 3 a cut datagram. What is left over is ignored; in the end both sides end. */
void proto_lab_records(struct proto_lab *l, struct ward_slice records);
/* Puts the events of files that have ended. */
void proto_lab_files(struct proto_lab *l);
/* How often a reason was counted. */
uint64_t proto_lab_reason(const struct proto_lab *l, size_t reason);
/* How often the text is in the events. */
size_t proto_lab_seen(const struct proto_lab *l, const char *what);
/* All TCP connections of a capture whose port or first payload is the dissector's, in order of
 * arrival; out of order segments are left out. False when it can't be read. */
bool proto_lab_capture(struct proto_lab *l, const char *path);

#endif
