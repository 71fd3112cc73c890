#include "sense/net/ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* 32 MiB; the kernel hands a block over when it is full or after the timeout. */
enum { BLOCK_SIZE = 1 << 20, BLOCKS = 32, FRAME_SIZE = 2048, BLOCK_TIMEOUT_MS = 20 };

enum { PLACE_BITS = 16 }; /* of a frame's number: more frames than fit into a block */
_Static_assert(BLOCK_SIZE / sizeof(struct tpacket3_hdr) < 1 << PLACE_BITS, "a block's frames");

/* The sender's address follows the frame header, aligned. */
enum {
	ADDRESS_AT = (sizeof(struct tpacket3_hdr) + TPACKET_ALIGNMENT - 1) / TPACKET_ALIGNMENT *
		     TPACKET_ALIGNMENT
};

struct ward_ring {
	const struct ward_mem *mem;
	int fd;
	uint8_t *map;
	enum ward_link link;
	bool loopback;
	unsigned block;      /* the one that is being read, or is next */
	uint32_t left;       /* frames left in it */
	bool held;           /* it is ours until given back */
	const uint8_t *next; /* header of the next frame */
	uint64_t n_drop, n_down;
	bool down;    /* and nothing came since */
	uint64_t seq; /* of the next frame */
};

static enum ward_err why_errno(char *why, const char *what, enum ward_err err)
{
	(void)snprintf(why, WARD_RING_WHY, "%s: %s", what, strerror(errno));
	return err;
}

static enum ward_link link_of(unsigned hatype)
{
	switch (hatype) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return WARD_LINK_ETHERNET;
	case ARPHRD_NONE:
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		return WARD_LINK_RAW;
	case ARPHRD_IEEE80211:
		return WARD_LINK_WLAN;
	case ARPHRD_IEEE80211_RADIOTAP:
		return WARD_LINK_RADIOTAP;
	default:
		return WARD_LINK_UNKNOWN;
	}
}

static enum ward_err make_ring(int fd, char *why)
{
	int version = TPACKET_V3;
	struct tpacket_req3 req = {.tp_block_size = BLOCK_SIZE,
		.tp_block_nr = BLOCKS,
		.tp_frame_size = FRAME_SIZE,
		.tp_frame_nr = BLOCK_SIZE / FRAME_SIZE * BLOCKS,
		.tp_retire_blk_tov = BLOCK_TIMEOUT_MS};

	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) != 0)
		return why_errno(why, "TPACKET_V3", WARD_ERR_IO);
	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) != 0)
		return why_errno(why, "no memory for the capture ring", WARD_ERR_IO);
	return WARD_OK;
}

/* The ring comes before the bind, so that no frame is queued outside of it. */
static enum ward_err bind_to(int fd, const char *iface, char *why)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(iface)};
	struct packet_mreq all = {.mr_ifindex = at.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
	socklen_t len = sizeof(at);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return why_errno(why, iface, WARD_ERR_IO);
	if (link_of(at.sll_hatype) == WARD_LINK_UNKNOWN) {
		(void)snprintf(why, WARD_RING_WHY, "%s: link type %u is not decoded", iface,
			(unsigned)at.sll_hatype);
		return WARD_ERR_UNSUPPORTED;
	}
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) != 0)
		return why_errno(why, "promiscuous mode", WARD_ERR_IO);
	return WARD_OK;
}

enum ward_err ward_ring_socket(const char *iface, char *ret_why, int *ret_fd)
{
	if (if_nametoindex(iface) == 0) {
		(void)snprintf(ret_why, WARD_RING_WHY,
			"'%s' is neither a file nor a network interface", iface);
		return WARD_ERR_NOT_FOUND;
	}
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 && (errno == EPERM || errno == EACCES)) {
		(void)snprintf(ret_why, WARD_RING_WHY,
			"%s: capture needs CAP_NET_RAW: run as root, or "
			"'setcap cap_net_raw+ep' the program",
			iface);
		return WARD_ERR_DENIED;
	}
	if (fd < 0)
		return why_errno(ret_why, iface, WARD_ERR_IO);
	enum ward_err err = make_ring(fd, ret_why);

	if (err == WARD_OK)
		err = bind_to(fd, iface, ret_why);
	if (err) {
		(void)close(fd);
		return err;
	}
	*ret_fd = fd;
	return WARD_OK;
}

enum ward_err ward_ring_share(int fd, uint16_t group, char *ret_why)
{
	unsigned how = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
	unsigned value = group | how << 16;

	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &value, sizeof(value)) != 0)
		return why_errno(ret_why, "sharing the interface", WARD_ERR_IO);
	return WARD_OK;
}

static struct tpacket_hdr_v1 *head_of(const struct ward_ring *r, unsigned block)
{
	struct tpacket_block_desc *d = (void *)(r->map + (size_t)block * BLOCK_SIZE);

	return &d->hdr.bh1;
}

/* The kernel writes the status after the frames, and reads it before it writes again: acquire
 * and release order our reads of the frames between the two. */
static bool block_ready(const struct ward_ring *r, unsigned block)
{
	return __atomic_load_n(&head_of(r, block)->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER;
}

/* The oldest block that waits for a reader; when there is none, the one that the kernel fills now,
 * which has the highest number (it numbers blocks from 1 when it begins them). */
static unsigned first_block(const struct ward_ring *r)
{
	unsigned oldest = BLOCKS, newest = 0;

	for (unsigned i = 0; i < BLOCKS; i++) {
		if (block_ready(r, i) &&
			(oldest == BLOCKS || head_of(r, i)->seq_num < head_of(r, oldest)->seq_num))
			oldest = i;
		if (head_of(r, i)->seq_num > head_of(r, newest)->seq_num)
			newest = i;
	}
	return oldest < BLOCKS ? oldest : newest;
}

enum ward_err ward_ring_attach(
	const struct ward_mem *mem, int fd, char *ret_why, struct ward_ring **ret)
{
	struct sockaddr_ll at = {.sll_family = 0};
	socklen_t len = sizeof(at), version_len = sizeof(int);
	int version = 0;

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0 || at.sll_family != AF_PACKET ||
		getsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, &version_len) != 0 ||
		version != TPACKET_V3) {
		(void)snprintf(ret_why, WARD_RING_WHY, "descriptor %d is no capture ring", fd);
		return WARD_ERR_STATE;
	}
	struct ward_ring *r = ward_mem_alloc(mem, sizeof(*r));

	if (!r) {
		(void)snprintf(ret_why, WARD_RING_WHY, "%s", ward_err_text(WARD_ERR_NOMEM));
		return WARD_ERR_NOMEM;
	}
	void *map =
		mmap(NULL, (size_t)BLOCK_SIZE * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED) {
		ward_mem_free(mem, r, sizeof(*r));
		return why_errno(ret_why, "mapping the capture ring", WARD_ERR_IO);
	}
	*r = (struct ward_ring){.mem = mem,
		.fd = fd,
		.map = map,
		.link = link_of(at.sll_hatype),
		.loopback = at.sll_hatype == ARPHRD_LOOPBACK};
	r->block = first_block(r);
	*ret = r;
	return WARD_OK;
}

enum ward_err ward_ring_open(
	const struct ward_mem *mem, const char *iface, char *ret_why, struct ward_ring **ret)
{
	int fd = -1;
	enum ward_err err = ward_ring_socket(iface, ret_why, &fd);

	if (err)
		return err;
	err = ward_ring_attach(mem, fd, ret_why, ret);
	if (err)
		(void)close(fd);
	return err;
}

void ward_ring_close(struct ward_ring *r)
{
	if (!r)
		return;
	(void)munmap(r->map, (size_t)BLOCK_SIZE * BLOCKS);
	(void)close(r->fd);
	ward_mem_free(r->mem, r, sizeof(*r));
}

static void give_back(struct ward_ring *r)
{
	__atomic_store_n(&head_of(r, r->block)->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->held = false;
	r->block = (r->block + 1) % BLOCKS;
}

/* A socket keeps its error until someone asks for it. */
static enum ward_err on_error(struct ward_ring *r)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != ENETDOWN)
		return WARD_ERR_IO;
	r->n_down++;
	r->down = true;
	return WARD_ERR_AGAIN;
}

/* An interface that is down comes back, and its ring goes on; one that was removed does not, and
 * the kernel need not say so a second time. */
static bool removed(const struct ward_ring *r)
{
	struct sockaddr_ll at = {.sll_family = 0};
	socklen_t len = sizeof(at);

	return getsockname(r->fd, (struct sockaddr *)&at, &len) != 0 || at.sll_ifindex <= 0;
}

static enum ward_err wait_block(struct ward_ring *r, int timeout_ms)
{
	struct pollfd p = {.fd = r->fd, .events = POLLIN | POLLERR};

	if (r->held)
		give_back(r);
	if (!block_ready(r, r->block)) {
		int n;

		if (r->down && removed(r))
			return WARD_ERR_IO;
		n = poll(&p, 1, timeout_ms);
		if (n > 0 && p.revents & (POLLERR | POLLHUP | POLLNVAL))
			return on_error(r);
		if (n < 0 && errno != EINTR)
			return WARD_ERR_IO;
		if (!block_ready(r, r->block))
			return WARD_ERR_AGAIN;
	}
	const struct tpacket_hdr_v1 *h = head_of(r, r->block);

	r->down = false;
	r->held = true;
	r->left = h->num_pkts;
	r->seq = h->seq_num << PLACE_BITS;
	r->next = r->map + (size_t)r->block * BLOCK_SIZE + h->offset_to_first_pkt;
	return WARD_OK;
}

void ward_ring_wait(struct ward_ring *const *rings, size_t n, int timeout_ms)
{
	struct pollfd p[WARD_RING_WAIT_MAX];

	WARD_ASSERT(n <= WARD_RING_WAIT_MAX);
	for (size_t i = 0; i < n; i++) {
		if (rings[i]->held || block_ready(rings[i], rings[i]->block))
			return;
		p[i] = (struct pollfd){.fd = rings[i]->fd, .events = POLLIN | POLLERR};
	}
	/* What it says is for ward_ring_next to find. */
	(void)poll(p, n, timeout_ms);
}

/* True when the frame is wanted: on loopback each one is seen going out and coming in. */
static bool take_frame(struct ward_ring *r, struct ward_frame *ret)
{
	const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)(const void *)r->next;
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)(const void *)(r->next + ADDRESS_AT);

	r->left--;
	r->next += h->tp_next_offset;
	if (r->loopback && from->sll_pkttype == PACKET_OUTGOING)
		return false;
	ward_ns time = (ward_ns)h->tp_sec * WARD_NS_PER_S + h->tp_nsec;
	bool tagged = h->tp_status & TP_STATUS_VLAN_VALID;

	*ret = (struct ward_frame){.time = time,
		.seen = time,
		.seq = r->seq++,
		.link = r->link,
		.bytes = {(const uint8_t *)h + h->tp_mac, h->tp_snaplen},
		.len = h->tp_len,
		.outgoing = from->sll_pkttype == PACKET_OUTGOING,
		.vlan = tagged ? (uint16_t)(h->hv1.tp_vlan_tci & 0x0fff) : 0};
	return true;
}

enum ward_err ward_ring_next(struct ward_ring *r, int timeout_ms, struct ward_frame *ret)
{
	for (;;) {
		while (r->left)
			if (take_frame(r, ret))
				return WARD_OK;
		enum ward_err err = wait_block(r, timeout_ms);

		if (err)
			return err;
	}
}

bool ward_ring_gives_back(const struct ward_ring *r)
{
	return r->held && r->left == 0;
}

uint64_t ward_ring_downs(const struct ward_ring *r)
{
	return r->n_down;
}

uint64_t ward_ring_drops(struct ward_ring *r)
{
	struct tpacket_stats_v3 stats = {.tp_drops = 0};
	socklen_t len = sizeof(stats);

	/* Reading sets the kernel's count to zero. */
	if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0)
		r->n_drop += stats.tp_drops;
	return r->n_drop;
}
