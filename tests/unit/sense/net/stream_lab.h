/* A connection for the tests of stream dissectors: bytes in order per direction, each call of parse
 * on a heap block of the exact size, and the contract of dissector.h checked after each. Aborts
 * when it is broken. Events are collected as JSON lines. */
#ifndef WARD_TESTS_SENSE_NET_STREAM_LAB_H
#define WARD_TESTS_SENSE_NET_STREAM_LAB_H

#include "base/wr.h"
#include "sense/net/sensor.h"

struct stream_lab_side {
	struct ward_wr bytes; /* not yet dealt with */
	size_t skip;          /* bytes that parse dealt with before they came */
	bool dead;            /* malformed or foreign: the rest is ignored */
};

struct stream_lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_net *net;
	struct ward_wr out; /* event lines since the last stream_lab_forget */
	struct ward_net_sink sink;
	struct ward_frame frame;
	struct ward_packet packet[2]; /* of a direction: addresses and ports */
	const struct ward_dissector *module;
	size_t module_at;
	void *flow;
	struct stream_lab_side side[2]; /* [0] from the client */
	bool trusted;
	/* Of the last call of parse: */
	struct ward_dissect d;
};

/* Both take memory; close it. */
void stream_lab_open(struct stream_lab *l, const struct ward_dissector *module);
void stream_lab_close(struct stream_lab *l);
/* A new connection of the same dissector. */
void stream_lab_again(struct stream_lab *l, const struct ward_dissector *module);
void stream_lab_forget(struct stream_lab *l);
/* Gives the bytes to parse until it wants more. Gives the last verdict. */
enum ward_verdict stream_lab_feed(
	struct stream_lab *l, unsigned side, struct ward_slice bytes, bool end);
/* As a layer that has lost bytes would do it: false when the side is given up. */
bool stream_lab_gap(struct stream_lab *l, unsigned side, uint64_t lost);
/* How often a reason was counted. */
uint64_t stream_lab_reason(const struct stream_lab *l, size_t reason);
/* How often the text is in the events. */
size_t stream_lab_seen(const struct stream_lab *l, const char *what);
/* All TCP connections of a capture whose port or first payload is the dissector's, in order of
 * arrival; out of order segments are left out. False when it can't be read. */
bool stream_lab_capture(struct stream_lab *l, const char *path);

#endif
