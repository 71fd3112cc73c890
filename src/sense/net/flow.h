/* Flows: who spoke with whom, how much, how it ended. */
#ifndef WARD_SENSE_NET_FLOW_H
#define WARD_SENSE_NET_FLOW_H

#include "sense/net/sensor.h"

/* Both directions have one key: the lower (address, port) first. 40 bytes without padding. */
struct ward_flow_key {
	uint8_t ip[2][16];
	uint16_t port[2];
	uint16_t vlan;
	uint8_t proto;
	uint8_t version;
};
_Static_assert(sizeof(struct ward_flow_key) == 40, "compared as bytes");

enum { WARD_FLOW_NO_MODULE = 0xff, WARD_FLOW_PAST = 3 };

/* self.c: how far the bytes of a TCP side were seen. */
struct ward_flow_seen {
	uint32_t end;   /* number after the highest byte seen or acknowledged */
	uint32_t hole;  /* bytes before it that were not seen */
	uint32_t acked; /* those of them that the other side has, as it said last */
	bool known;
};

struct ward_flow {
	ward_ns first, last;
	uint64_t first_seq;
	uint64_t packets[2], bytes[2]; /* [0] from the client */
	uint8_t mac[2][6];
	bool has_mac;
	uint8_t client;  /* which side of the key opened it */
	uint8_t state;   /* enum tcp_state in flow.c */
	uint8_t level;   /* tunnels around its first packet */
	uint8_t fin;     /* bit per side that has sent FIN */
	uint8_t carries; /* enum ward_tunnel_kind: what is inside of it */
	/* What it is inside of, as its first packet said. */
	struct {
		uint8_t kind; /* WARD_TUNNEL_NONE: nothing */
		uint8_t depth;
		uint8_t version; /* of ip; 0: none */
		bool has_id;
		uint32_t id;
		uint8_t ip[2][16]; /* [0] of the client's side */
	} tunnel;
	struct ward_flow_seen seen[2]; /* [0] of the client */
	/* What dissect.c knows. */
	uint8_t module; /* candidate or confirmed; WARD_FLOW_NO_MODULE */
	bool confirmed;
	bool has_payload; /* some was there, in either direction */
	bool left_alone;  /* no dissector sees it any more */
	uint8_t tries;
	uint16_t inner_vlan; /* of its first packet */
	uint32_t snapped;    /* packets whose content was cut */
	uint8_t n_past;
	uint8_t kept_size;                 /* which of the state tables holds what is kept */
	uint64_t events_told, events_held; /* held.c: of its dissectors' */
	uint8_t past[WARD_FLOW_PAST]; /* modules that handed the flow over to another protocol */
	struct ward_carve_list files; /* that the module has open */
	void *kept;                   /* of the module, in ward_net's state tables; NULL: none */
	/* What follow.c knows. */
	uint8_t syn;                /* bit per side whose SYN was seen */
	uint8_t deaf;               /* bit per side of which bytes are lost */
	uint32_t isn[2];            /* [0] of the client: number of its SYN */
	struct ward_follow *follow; /* in ward_net's follow table; NULL: none */
};

/* What a packet of the flow's side would say of its addresses; frees nothing, borrows nothing. */
void ward_flow_packet(const struct ward_net *n, const struct ward_flow *flow, unsigned side,
	struct ward_packet *ret);

#endif
