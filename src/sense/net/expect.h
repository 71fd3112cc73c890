/* Connections that another one has announced: a port for FTP's data, a client's port for TFTP.
 *
 * Who announces says which dissector the next unknown flow with that end is, and leaves it a few
 * words. A bounded table; the oldest announcement is given up when it is full. */
#ifndef WARD_SENSE_NET_EXPECT_H
#define WARD_SENSE_NET_EXPECT_H

#include "sense/net/dissector.h"

enum { WARD_EXPECT_NOTE = 208 };

/* What an announcement says; kind and text are the dissectors' own affair. */
struct ward_expect_note {
	uint8_t kind;
	uint8_t n_text;
	char text[WARD_EXPECT_NOTE - 2];
};

WARD_MUST_CHECK enum ward_err ward_expect_init(struct ward_net *n);
/* A flow of module's is expected at this end (ip as in struct ward_packet), for a minute of the
 * packets' time. What was said of it before is forgotten. */
void ward_expect(struct ward_net *n, const struct ward_dissector *module, const uint8_t ip[16],
	unsigned ip_version, uint16_t port, const struct ward_expect_note *note);
/* The module that is expected at either end of the packet; n->n_module: none. O(1). */
size_t ward_expect_module(struct ward_net *n, const struct ward_packet *p);
/* Takes what was said of d's flow; false: nothing. */
bool ward_expect_take(struct ward_dissect *d, struct ward_expect_note *ret);

#endif
