/* Live capture: one interface through an AF_PACKET ring (TPACKET_V3), memory shared with the
 * kernel.
 *
 * The part that needs CAP_NET_RAW is ward_ring_socket alone, so that a supervisor can do it and
 * hand the descriptor to a sensor without privileges, and keep the ring while a sensor restarts.
 * Single-threaded. Frames hold outside bytes; the ring's headers come from the kernel. */
#ifndef WARD_SENSE_NET_RING_H
#define WARD_SENSE_NET_RING_H

#include "base/mem.h"
#include "sense/net/packet.h"

struct ward_ring;

enum {
	WARD_RING_WHY = 320,
	WARD_RING_WAIT_MAX = 8,    /* rings that one process reads */
	WARD_RING_SETTLE_MS = 100, /* a frame that came is there for its reader well before */
};

/* The number of a frame where several rings are one source: that of the ring (at most 255) in the
 * upper byte. */
static inline uint64_t ward_ring_seq(uint64_t seq, unsigned ring)
{
	return seq | (uint64_t)ring << 56;
}

/* A bound packet socket with its ring, in promiscuous mode. NOT_FOUND: no such interface; DENIED:
 * no CAP_NET_RAW; UNSUPPORTED: its link type; IO. ret_why (WARD_RING_WHY bytes) says it in words.
 * Gives a descriptor, close-on-exec. */
WARD_MUST_CHECK enum ward_err ward_ring_socket(const char *iface, char *ret_why, int *ret_fd);
/* From here on the ring of this descriptor gets only its share of the interface's packets: the
 * rings of one group (a number of the network namespace) share them by a hash over both ends,
 * fragments of IPv4 put together before by the kernel. IO with the words in ret_why. */
WARD_MUST_CHECK enum ward_err ward_ring_share(int fd, uint16_t group, char *ret_why);
/* Maps the ring of a descriptor from ward_ring_socket and begins at the oldest block that no reader
 * gave back, so that a reader that died loses nothing. Takes fd on success only. STATE when it is
 * no such descriptor; IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ring_attach(
	const struct ward_mem *mem, int fd, char *ret_why, struct ward_ring **ret);
/* Both. */
WARD_MUST_CHECK enum ward_err ward_ring_open(
	const struct ward_mem *mem, const char *iface, char *ret_why, struct ward_ring **ret);
/* NULL is allowed. */
void ward_ring_close(struct ward_ring *r);

/* The next frame; its bytes are valid until the next call. Its seq is made of the ring's own count
 * of blocks and the place in the block: the same frame has the same number for every reader of this
 * ring. AGAIN after timeout_ms without one, when a signal came, or when the interface went down
 * (ward_ring_downs; the ring goes on when it is up again); IO when the interface was removed. */
WARD_MUST_CHECK enum ward_err ward_ring_next(
	struct ward_ring *r, int timeout_ms, struct ward_frame *ret);
/* Returns when one of these rings has a frame or news of its interface, when a signal came, or
 * after timeout_ms; at once when one of them gave a frame last. At most WARD_RING_WAIT_MAX rings.
 */
void ward_ring_wait(struct ward_ring *const *rings, size_t n, int timeout_ms);
/* True when the next call of ward_ring_next gives a block back to the kernel: what was read of it
 * can't be read again. */
bool ward_ring_gives_back(const struct ward_ring *r);
/* How often the interface went down so far: nothing is heard until it is up again. */
uint64_t ward_ring_downs(const struct ward_ring *r);
/* Frames that the kernel has dropped so far because the ring was full. */
uint64_t ward_ring_drops(struct ward_ring *r);

#endif
