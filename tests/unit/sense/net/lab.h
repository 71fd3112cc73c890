/* A stream dissector alone: bytes of both sides of one flow go to its parse as they came in, and
 * what it says is kept as JSON lines. Knows no TCP: the caller brings the bytes in order. */
#ifndef WARD_TESTS_SENSE_NET_LAB_H
#define WARD_TESTS_SENSE_NET_LAB_H

#include "base/wr.h"
#include "sense/net/sensor.h"

struct lab_side {
	uint8_t *p; /* bytes not yet dealt with */
	size_t len, cap;
	uint64_t skip; /* of bytes to come that were dealt with already */
	bool dead;     /* foreign or malformed: left alone */
};

struct lab {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_net *net;
	const struct ward_dissector *module;
	struct ward_wr out;
};

struct lab_flow {
	struct lab_side side[2]; /* client's first */
	void *state;
	bool trusted;
};

/* name: the dissector's, of protocol proto. Aborts on anything unexpected: tests only. */
void lab_init(struct lab *l, const char *name, uint8_t proto);
void lab_fini(struct lab *l);

struct lab_flow *lab_flow_new(const struct lab *l, bool trusted);
void lab_flow_free(const struct lab *l, struct lab_flow *f);

/* One call of parse on exactly these bytes; out is not reset. */
enum ward_verdict lab_parse(struct lab *l, struct lab_flow *f, const struct ward_packet *p,
	bool from_client, struct ward_slice bytes, struct ward_dissect *ret);
/* One call of gap. */
bool lab_gap(struct lab *l, struct lab_flow *f, const struct ward_packet *p, bool from_client,
	uint64_t lost);
/* One side closes: parse with `end` on what is left of it. */
void lab_end(struct lab *l, struct lab_flow *f, const struct ward_packet *p, bool from_client);
/* More bytes of one side: parse as often as it can be. The last verdict. */
enum ward_verdict lab_feed(struct lab *l, struct lab_flow *f, const struct ward_packet *p,
	bool from_client, struct ward_slice bytes);
/* All TCP flows of a capture in which the module recognises something. False: can't be read. */
bool lab_capture(struct lab *l, const char *path);

#endif
