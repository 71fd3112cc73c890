/* A connection's records (proto_lab_records) as TCP segments through a whole sensor, so that the
 * dissector is found by its probe. */
#ifndef WARD_TESTS_SENSE_NET_WIRE_LAB_H
#define WARD_TESTS_SENSE_NET_WIRE_LAB_H

#include "sense/net/net.h"

struct wire_lab {
	struct ward_names names;
	struct ward_wr out, json;
	size_t at[4096], n; /* where lines begin */
};

void wire_lab_open(struct wire_lab *l);
void wire_lab_close(struct wire_lab *l);
/* Leaves in l->out what the sensor says of a connection to that port whose records come in segments
 * of at most piece bytes, a line each, sorted, without what hangs on the number of segments. False:
 * the records have a gap. */
bool wire_lab_run(struct wire_lab *l, struct ward_slice records, uint16_t port, size_t piece);

#endif
