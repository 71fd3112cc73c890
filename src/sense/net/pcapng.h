/* pcapng capture files (draft-ietf-opsawg-pcapng), block by block.
 *
 * Not by libpcap, which refuses a file whose interfaces differ in link type or snapshot length;
 * captures of several interfaces, and merged ones, do. Sees untrusted bytes; single-threaded. */
#ifndef WARD_SENSE_NET_PCAPNG_H
#define WARD_SENSE_NET_PCAPNG_H

#include "base/mem.h"
#include "sense/net/packet.h"

#include <stdio.h>

struct ward_pcapng;

/* Reads up to the first interface. Borrows mem and f, which stands at the file's first byte.
 * MALFORMED when it is no pcapng file with an interface (*ret_why says why and lives forever), IO,
 * NOMEM. Free with ward_pcapng_free. */
WARD_MUST_CHECK enum ward_err ward_pcapng_new(
	const struct ward_mem *mem, FILE *f, const char **ret_why, struct ward_pcapng **ret);
void ward_pcapng_free(struct ward_pcapng *ng);
/* LINKTYPE of the first interface. */
uint16_t ward_pcapng_link(const struct ward_pcapng *ng);
/* The next packet: time (of the one before, where a block has none), bytes (valid until the next
 * call), len and its interface's LINKTYPE; nothing else of *ret is set. CLOSED at the end, CORRUPT
 * when the file is damaged from here on, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_pcapng_next(
	struct ward_pcapng *ng, struct ward_frame *ret, uint16_t *ret_link);
/* Frames that were lost before they were written, as far as the file has said until now: after
 * CLOSED, in all. Never less than before. */
uint64_t ward_pcapng_dropped(const struct ward_pcapng *ng);
/* Byte of the file at which the next block begins; after CORRUPT, the damaged one. */
uint64_t ward_pcapng_offset(const struct ward_pcapng *ng);
/* What is wrong after CORRUPT; lives forever. */
const char *ward_pcapng_why(const struct ward_pcapng *ng);

#endif
