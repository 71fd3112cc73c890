/* The sensor's inside, shared by the files of this room only. */
#ifndef WARD_SENSE_NET_SENSOR_H
#define WARD_SENSE_NET_SENSOR_H

#include "sense/net/carve/carve.h"
#include "sense/net/dissector.h"
#include "sense/net/expect.h"
#include "sense/net/frag.h"
#include "sense/net/lru.h"
#include "sense/net/net.h"
#include "sense/net/stream.h"

/* Classes and field names that are not in the catalogue: X(IDENT, "name") */
#define WARD_NET_NAME_LIST(X)                           \
	X(CLASS_FLOW, "net.flow")                       \
	X(CLASS_HOST, "net.host")                       \
	X(CLASS_HOST_MOVED, "net.host.moved")           \
	X(CLASS_ARP, "net.arp")                         \
	X(CLASS_LOGIN, "net.login")                     \
	X(CLASS_MALFORMED, "net.malformed")             \
	X(CLASS_HELD, "net.held")                       \
	X(HELD_CLASS, "held.class")                     \
	X(SERVICE_EXPECTED, "service_expected")         \
	X(CLASS_LOSS, "net.loss")                       \
	X(CLASS_SENT, "net.sent")                       \
	X(LOSS_TCP_BYTES, "loss.tcp_bytes")             \
	X(LOSS_ACKED_UNSEEN, "loss.acked_unseen_bytes") \
	X(LOSS_PERMILLE, "loss.permille")               \
	X(LOSS_SNAPPED, "loss.snapped_packets")         \
	X(LOSS_DROPPED, "loss.capture_dropped")         \
	X(LOSS_UNDECODED, "loss.undecoded_packets")     \
	X(LOSS_LINK_TYPE, "loss.link_type")             \
	X(SNAPPED_PACKETS, "snapped_packets")           \
	X(INNER_VLAN, "inner_vlan")                     \
	X(ETHERTYPE, "ethertype")                       \
	X(OLD_MAC, "old_mac")                           \
	X(EVIDENCE, "evidence")                         \
	X(MOVES, "moves")                               \
	X(OFFSET, "offset")                             \
	X(COUNT, "count")                               \
	X(PROTOCOL, "protocol")                         \
	X(END, "end")                                   \
	X(EVENTS_HELD, "events_held")                   \
	X(TUNNEL_KIND, "tunnel.kind")                   \
	X(TUNNEL_ID, "tunnel.id")                       \
	X(TUNNEL_DEPTH, "tunnel.depth")                 \
	X(TUNNEL_SRC_IP, "tunnel.src_ip")               \
	X(TUNNEL_DST_IP, "tunnel.dst_ip")               \
	X(TUNNEL_CARRIES, "tunnel.carries")             \
	X(ARP_GRATUITOUS, "arp.gratuitous")             \
	X(ARP_SENDER_DIFFERS, "arp.sender_differs")     \
	X(ICMP_TYPE, "icmp.type")                       \
	X(ICMP_CODE, "icmp.code")                       \
	X(CLASS_FILE, "net.file")                       \
	X(FILE_DIRECTION, "file.direction")             \
	X(FILE_TOTAL, "file.total_bytes")               \
	X(FILE_MISSING, "file.missing_bytes")           \
	X(FILE_MISSING_AT, "file.missing_at")           \
	X(FILE_PART, "file.part")                       \
	X(FILE_WITHIN, "file.within")                   \
	X(FILE_COMPLETE, "file.complete")               \
	X(FILE_END, "file.end")                         \
	X(FILE_SHA256, "file.hash.sha256")              \
	X(FILE_FRONT, "file.front.sha256")              \
	X(FILE_SHA1, "file.hash.sha1")                  \
	X(FILE_MD5, "file.hash.md5")                    \
	X(FILE_DECODED, "file.decoded")                 \
	X(FILE_ENCODED_BYTES, "file.encoded_bytes")     \
	X(FILE_MIME, "file.mime_type")                  \
	X(FILE_PROGRAM, "file.program")                 \
	X(FILE_PROMISED, "file.mime_by_name")           \
	X(FILE_DISGUISED, "file.disguised")             \
	X(FILE_DECLARED, "file.mime_declared")          \
	X(FILE_ENCODING, "file.encoding")               \
	X(FILE_RANGE, "http.content_range")

enum ward_net_name {
#define X(IDENT, name) WARD_NET_NAME_##IDENT,
	WARD_NET_NAME_LIST(X)
#undef X
		WARD_NET_NAME_N,
};

struct ward_net_module {
	uint32_t *name; /* n_name ids */
	size_t n_name;
	uint64_t *reason; /* counts, module->n_reason */
	void *shared;     /* module->shared_bytes */
};

enum { WARD_NET_SCRATCH = 16384, WARD_NET_STATE_SIZES = 3, WARD_NET_TOLD_CLASSES = 16 };

struct ward_net {
	const struct ward_mem *mem;
	struct ward_names *names;
	struct ward_str iface; /* owned */
	struct ward_event_origin origin;
	uint32_t source_name;
	uint32_t name[WARD_NET_NAME_N];
	struct ward_arena arena; /* one event */
	struct ward_event event; /* the one being built */
	struct ward_lru flow;    /* struct ward_flow_key -> struct ward_flow */
	struct ward_frags frags;
	struct ward_lru host;             /* host.c */
	struct ward_lru arp;              /* host.c */
	struct ward_lru malformed;        /* malformed.c */
	struct ward_neighbors *neighbors; /* proto/lldp */
	struct ward_lru follow;           /* follow.c: struct ward_flow * -> struct ward_follow */
	struct ward_lru
		state[WARD_NET_STATE_SIZES]; /* dissect.c: struct ward_flow * -> flow_bytes */
	struct ward_stream_pool stream;      /* of all that are followed */
	struct ward_carve carve;             /* files that pass by */
	struct ward_lru expect;              /* expect.c */
	struct ward_net_module *module;      /* by number of the dissector */
	size_t n_module;
	bool has_stream_module;
	struct { /* self.c: what was told of the counters, and what is to be told */
		bool begun;
		ward_ns since;
		uint64_t bytes, unseen, snapped, dropped, undecoded;
		uint16_t link_type; /* of the last frame of an unknown one */
		struct ward_lru sent;
		uint64_t sent_others[2]; /* packets, bytes */
		ward_ns told_at;
		uint32_t n_told; /* at that time */
	} self;
	unsigned worker, n_worker, ring;
	struct { /* held.c: what a flow's dissector has said in this packet */
		struct ward_flow *flow; /* NULL: whoever speaks is no dissector */
		uint32_t n_class;
		struct {
			uint32_t class, n;
		} of[WARD_NET_TOLD_CLASSES];
	} told;
	bool muted;      /* another worker says it */
	uint64_t *count; /* counted, or elsewhere while muted */
	uint64_t counted[WARD_NET_COUNTER_N], elsewhere[WARD_NET_COUNTER_N];
	uint8_t *scratch; /* WARD_NET_SCRATCH bytes of text for one message */
	ward_ns now;      /* latest frame time */
	/* Of the current call: */
	const struct ward_frame *frame;
	const struct ward_net_sink *sink;
	uint32_t index; /* events of this frame so far */
	uint8_t level;  /* of the flow that is looked for: tunnels around it */
	enum ward_err err;
};

/* Flow events are numbered by the flow's first packet with this bit and, from the second bit
 * position on, how many tunnels are around it, so that their id does not depend on what
 * ended them; what a dissector says at the flow's end follows on. */
#define WARD_NET_INDEX_FLOW UINT32_C(0x80000000)
enum { WARD_NET_INDEX_LEVEL = 24 };
/* What the sensor says of itself is numbered by the time that it is told at, so that no later life
 * says it under the same number; by the worker or ring, and by how much was said then. */
#define WARD_NET_INDEX_SELF UINT32_C(0x40000000)
enum { WARD_NET_INDEX_SHARE = 16 };

/* flow.c: the flow of this packet, or NULL when it has none. *ret_side is 0 from the client. */
struct ward_flow;
enum ward_err ward_flow_init(struct ward_net *n, const struct ward_limits *lim);
struct ward_flow *ward_flow_see(
	struct ward_net *n, const struct ward_packet *p, unsigned *ret_side);
/* Ends flows whose time is over. */
void ward_flow_expire(struct ward_net *n);
/* Ends one flow; false when none is left. */
bool ward_flow_flush_one(struct ward_net *n);

/* host.c */
enum ward_err ward_host_init(struct ward_net *n, const struct ward_limits *lim);
void ward_host_see(struct ward_net *n, const struct ward_packet *p);
/* A neighbour discovery message says who has an IPv6 address; ip of 16 bytes. */
void ward_host_claim(struct ward_net *n, const uint8_t ip[16], const uint8_t mac[6], uint16_t vlan);

/* proto/lldp: what devices announce of themselves on the link. fini takes what init left. */
struct ward_neighbors;
enum ward_err ward_neighbors_init(struct ward_net *n);
void ward_neighbors_fini(struct ward_net *n);
void ward_neighbors_see(struct ward_net *n, const struct ward_packet *p);

/* self.c */
enum ward_err ward_self_init(struct ward_net *n);
/* A packet of TCP. */
void ward_self_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side);
void ward_self_end(struct ward_net *n, const struct ward_flow *flow);
/* This machine sent the packet. */
void ward_self_sent(struct ward_net *n, const struct ward_packet *p);
/* Time has come to n->now. */
void ward_self_tick(struct ward_net *n);
/* Says what is left to say. */
void ward_self_flush(struct ward_net *n);

/* malformed.c: reason and proto live forever. */
enum ward_err ward_malformed_init(struct ward_net *n);
void ward_malformed_see(struct ward_net *n, const struct ward_packet *p, const char *protocol,
	const char *reason, size_t off);

/* held.c: between begin and end what dissectors say is of this packet, or end, of flow. */
void ward_held_begin(struct ward_net *n, struct ward_flow *flow);
void ward_held_end(struct ward_net *n);
/* True: there were too many of this class for what the flow sent; it is counted and not said. */
bool ward_held_one(struct ward_net *n, uint32_t class);

/* dissect.c */
enum ward_err ward_dissect_init(struct ward_net *n, const struct ward_limits *lim);
void ward_dissect_fini(struct ward_net *n);
void ward_dissect_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side);
/* Whose port the flow is on, when it carried something and no dissector knew it; else NULL. */
const struct ward_dissector *ward_dissect_expected(
	const struct ward_net *n, const struct ward_flow *flow);
/* The flow ends: dissectors see what is left of its streams; nothing of it is kept. */
void ward_dissect_end(struct ward_net *n, struct ward_flow *flow);

/* follow.c: content of TCP */
enum ward_err ward_follow_init(struct ward_net *n, const struct ward_limits *lim);
void ward_follow_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side);
void ward_follow_end(struct ward_net *n, struct ward_flow *flow);
/* Gives back what the flow holds, without a call of its dissector. */
void ward_follow_drop(struct ward_net *n, struct ward_flow *flow);

#endif
