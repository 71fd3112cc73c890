/* The passive inventory: every host that the sensors see, and what may be said of it.
 *
 * Events go in, one by one and in any order; candidates are read out of what was kept. What is kept
 * is per endpoint, a pair (hardware address, IP address) as it stood in a frame, so that who
 * belongs together is decided only when it is asked for: a router's address, seen with many, ties
 * nobody together, and the order of events has no say. Pure: no clock, no files. One thread.
 *
 * Bounded by `inventory.hosts` endpoints and `inventory.bytes`; when either is used up the eighth
 * of the endpoints of which least is known and longest nothing was heard is given up and counted.
 * An endpoint holds at most 64 claims, 48 services and 64 peers; more are counted. */
#ifndef WARD_MODEL_INVENTORY_INVENTORY_H
#define WARD_MODEL_INVENTORY_INVENTORY_H

#include "model/addr.h"
#include "model/inventory/oui.h"
#include "model/inventory/rules.h"
#include "model/model.h"

enum {
	WARD_INV_CLAIMS = 64,
	WARD_INV_USES = 48,
	WARD_INV_PEERS = 64,
	WARD_INV_SURE = 70, /* confidence from which a value contradicts another */
};

/* One address or pair of addresses. Compared as bytes. */
struct ward_inv_key {
	uint8_t has; /* 1: mac, 2: ip */
	uint8_t zero;
	uint8_t mac[6];
	struct ward_addr ip;
};

/* Something that a rule said, as often as it said it of one endpoint. */
struct ward_claim {
	enum ward_attr attr;
	uint8_t confidence;
	uint16_t name_len; /* SOFTWARE: of the name, before the version */
	uint32_t rule;     /* index; WARD_NONE: the list of hardware addresses */
	struct ward_str value;
	ward_ns first, last;
	struct ward_id event; /* evidence: the first of them (of equal times the least id) */
	uint64_t n;
};

/* A service that it used (client) or gave. */
struct ward_inv_use {
	bool server;
	bool udp;
	uint16_t port;    /* server: where; client: 0 */
	char service[24]; /* as the sensor confirmed it; may be empty */
};

struct ward_inv_stats {
	uint64_t n_event, n_given_up, n_claims_lost, n_uses_lost;
};

struct ward_inventory;

/* Borrows all. NOMEM. Free with ward_inventory_free, which takes NULL. */
WARD_MUST_CHECK enum ward_err ward_inventory_new(const struct ward_inv_rules *rules,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_inventory **ret);
void ward_inventory_free(struct ward_inventory *inv);
/* Takes in what an event says. NOMEM: part of it may have been taken. O(rules of its class). */
WARD_MUST_CHECK enum ward_err ward_inventory_event(
	struct ward_inventory *inv, const struct ward_event *e);
struct ward_inv_stats ward_inventory_stats(const struct ward_inventory *inv);
/* Counts new endpoints, claims and proofs (not those that were loaded): while it stands still a
 * view says much the same; times go on, and what was said before is said once more. */
uint64_t ward_inventory_news(const struct ward_inventory *inv);
/* The latest time of an event; INT64_MIN before the first. */
ward_ns ward_inventory_now(const struct ward_inventory *inv);

/* All of it as bytes, and back. The rules may be others by then: claims of rules that are no more
 * are left out. MALFORMED, VERSION, NOMEM: inv is then empty. */
void ward_inventory_save(const struct ward_inventory *inv, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_inventory_load(
	struct ward_inventory *inv, struct ward_slice bytes);

/* A value of an attribute of a candidate, and who says so. */
struct ward_fact {
	enum ward_attr attr;
	uint8_t confidence; /* of all claims together: 1 - the product of their doubts, at most 99
			     */
	bool best;          /* to be shown; of an attribute with several values all are */
	struct ward_str value;
	uint16_t name_len;
	ward_ns first, last;
	const struct ward_claim *const *claim; /* one per rule */
	size_t n_claim;
};

struct ward_inv_address {
	struct ward_addr ip;
	ward_ns first, last;
	uint8_t proof;
};

enum ward_inv_status {
	WARD_INV_UNMATCHED, /* no hospital was given */
	WARD_INV_UNKNOWN,   /* it is not in the hospital directory */
	WARD_INV_KNOWN,
};
/* What is odd about a known one; bits. */
enum {
	WARD_INV_CHANGED = 1,   /* class, vendor or model are others than the directory's */
	WARD_INV_MOVED = 2,     /* it has another address than the directory's */
	WARD_INV_DUPLICATE = 4, /* another candidate is that asset too */
};

struct ward_candidate {
	struct ward_inv_key key;          /* mac, or ip where hardware addresses say nothing */
	bool random_mac;                  /* locally administered: made up by the device */
	bool router;                      /* its hardware address brings other hosts' packets */
	struct ward_inv_address *address; /* IPv4 first, of the link last; the latest first */
	size_t n_address;
	ward_ns first, last;
	uint64_t n_event;
	struct ward_inv_use *use;
	size_t n_use;
	size_t n_peer;          /* distinct; at least so many when it is WARD_INV_PEERS or more */
	struct ward_fact *fact; /* by attribute, then the surest first */
	size_t n_fact;
	enum ward_inv_status status;
	unsigned odd;
	uint32_t node; /* KNOWN: in the model */
};

/* The candidates, sorted by hardware address, then those without by IP, in memory of the arena;
 * they borrow from inv until its next event. oui and model may be NULL. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_inventory_view(const struct ward_inventory *inv,
	const struct ward_oui *oui, const struct ward_model *model, struct ward_arena *arena,
	struct ward_candidate **ret, size_t *ret_n);

/* The surest value, or NULL. */
const struct ward_fact *ward_candidate_best(const struct ward_candidate *c, enum ward_attr a);
/* Its address as text: the hardware address, else the IP address. */
struct ward_str ward_inv_key_text(const struct ward_inv_key *k, char ret[46]);
/* "aa:bb:cc:dd:ee:ff" or an IP address; false when it is neither. */
bool ward_inv_key_parse(struct ward_str s, struct ward_inv_key *ret);

#endif
