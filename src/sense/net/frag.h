/* IP fragments put together again, so that dissectors see whole datagrams.
 *
 * A bounded table of datagrams by (addresses, VLAN, identification, protocol); one is given up 30 s
 * after its first fragment, or when the table or the memory is full (the oldest goes). Overlapping
 * fragments: of IPv4 those that came first stand; an IPv6 datagram is dropped, with what follows of
 * it (RFC 5722 3, RFC 8200 4.5). Sees untrusted bytes; nothing is allocated after start. */
#ifndef WARD_SENSE_NET_FRAG_H
#define WARD_SENSE_NET_FRAG_H

#include "base/limit.h"
#include "sense/net/chunk.h"
#include "sense/net/lru.h"
#include "sense/net/packet.h"

struct ward_frags {
	struct ward_lru table; /* frag.c */
	struct ward_chunk_pool chunks;
	uint64_t *count; /* WARD_NET_COUNTER_N, borrowed */
};

/* What a fragment was good for. */
struct ward_frag_result {
	struct ward_slice whole; /* the datagram's IP payload, when it is complete; else empty. Good
				    until the next call */
	uint8_t proto;           /* of whole */
	uint32_t n_packet, n_byte; /* of the fragments that had no ports, with whole */
	/* Wrong with this fragment: a counter of kind ODD, or WARD_NET_COUNTER_N. */
	enum ward_net_counter odd;
};

/* Takes lim's net.fragments and net.fragment.bytes. Borrows mem and count. NOMEM leaves it empty.
 */
WARD_MUST_CHECK enum ward_err ward_frags_init(struct ward_frags *f, const struct ward_mem *mem,
	const struct ward_limits *lim, uint64_t *count);
void ward_frags_fini(struct ward_frags *f);
/* p->frag.is. now: not before that of earlier calls. O(fragments of the datagram). */
struct ward_frag_result ward_frags_see(
	struct ward_frags *f, const struct ward_packet *p, ward_ns now);

#endif
