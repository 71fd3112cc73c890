/* Private to this room: what is kept of an endpoint. */
#ifndef WARD_MODEL_INVENTORY_PRIV_H
#define WARD_MODEL_INVENTORY_PRIV_H

#include "model/inventory/inventory.h"

struct ward_endpoint {
	struct ward_inv_key key;
	ward_ns first, last;
	uint64_t n_event;
	uint8_t proof;
	struct ward_claim *claim; /* their values are on the heap, value.len bytes */
	size_t n_claim, cap_claim;
	struct ward_inv_use *use;
	size_t n_use, cap_use;
	struct ward_addr *peer;
	size_t n_peer, cap_peer;
};

/* Rules whose class fits a class of events, found once. */
struct ward_inv_class {
	uint32_t *rule;
	size_t n, cap;
	bool known;
};

struct ward_inventory {
	const struct ward_inv_rules *rules;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_endpoint **host; /* in order of arrival */
	size_t n_host, cap_host;
	struct ward_tab index;        /* key → number in host */
	struct ward_inv_class *class; /* by name id */
	size_t n_class, cap_class;
	size_t used_bytes;
	ward_ns now;
	uint32_t class_flow;
	uint64_t n_news;
	struct ward_inv_stats stats;
};

/* The endpoint of a key, new or old; NULL in *ret when the key says nothing. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_endpoint_of(
	struct ward_inventory *inv, const struct ward_inv_key *key, struct ward_endpoint **ret);
void ward_endpoint_seen(struct ward_endpoint *h, ward_ns time);
/* Adds what c says, or counts it where it is said already. Copies c->value. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_endpoint_claim(
	struct ward_inventory *inv, struct ward_endpoint *h, const struct ward_claim *c);
WARD_MUST_CHECK enum ward_err ward_endpoint_use(
	struct ward_inventory *inv, struct ward_endpoint *h, const struct ward_inv_use *u);
WARD_MUST_CHECK enum ward_err ward_endpoint_peer(
	struct ward_inventory *inv, struct ward_endpoint *h, const struct ward_addr *ip);
/* Forgets all. */
void ward_inventory_clear(struct ward_inventory *inv);
/* What a rule says of an event, row by row. */
WARD_MUST_CHECK enum ward_err ward_inv_apply(struct ward_inventory *inv,
	const struct ward_inv_rule *r, uint32_t index, const struct ward_event *e);

/* True when a hardware or IP address can be one host's. */
bool ward_inv_is_host_mac(const uint8_t mac[6]);
bool ward_inv_is_host_ip(const struct ward_addr *ip);
/* 10/8, 172.16/12, 192.168/16, 169.254/16, 127/8; fc00::/7, fe80::/10, ::1. */
bool ward_inv_is_private(const struct ward_addr *ip);

#endif
