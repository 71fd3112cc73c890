/* Large capture files for measuring, made of many small public captures.
 *
 * 64 captures at a time are dealt out packet by packet; when one ends the next takes its place.
 * After all came once they come again with other addresses (both ends changed alike, checksums
 * with them), so that each copy has flows of its own. A packet every 20 microseconds. */
#ifndef WARD_BENCH_TRAFFIC_H
#define WARD_BENCH_TRAFFIC_H

#include "files.h"

struct bench_traffic {
	struct bench_path path;   /* the caller unlinks it */
	uint64_t n_packet, bytes; /* bytes: of packets */
};

/* Of the shared data's Ethernet captures those whose mean packet has at least min_mean bytes.
 * False: no shared data. */
bool bench_traffic_make(uint64_t n_packet, size_t min_mean, struct bench_traffic *ret);

#endif
