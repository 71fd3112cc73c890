/* Private to this room: what is kept of sightings, and the readers that fill it. */
#ifndef WARD_MODEL_INVENTORY_PLACE_PRIV_H
#define WARD_MODEL_INVENTORY_PLACE_PRIV_H

#include "model/addr.h"
#include "model/inventory/place.h"

enum ward_sight {
	WARD_SIGHT_SWITCH,
	WARD_SIGHT_LOGIN,
	WARD_SIGHT_WIFI,
	WARD_SIGHT_ANNOUNCED,
	WARD_SIGHT_N,
};

/* Where one is seen: a port of a switch, or an access point. */
struct ward_spot {
	struct ward_str at;     /* "sw-2 Gi1/0/7" or "ap-3" */
	struct ward_str outlet; /* may be empty */
	struct ward_str room;   /* empty: nobody said */
	uint32_t n_mac;         /* at a port: hardware addresses seen there */
	bool uplink;            /* a neighbour there is a network device, by LLDP */
};

struct ward_sighting {
	uint8_t mac[6];
	enum ward_sight kind;
	uint32_t spot;
	ward_ns time;
};

struct ward_places {
	const struct ward_model *model;
	const struct ward_inv_rules *rules;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_intern names; /* of spots: id of the name == index of the spot */
	struct ward_spot *spot;
	size_t n_spot, cap_spot;
	struct ward_sighting *seen; /* by mac, the newest first */
	size_t n_seen, cap_seen;
	struct ward_places_heard *heard; /* place_event.c */
};

/* The spot of a switch's port, or of an access point with an empty port. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_places_spot(
	struct ward_places *p, struct ward_str device, struct ward_str port, uint32_t *ret);
WARD_MUST_CHECK enum ward_err ward_places_saw(struct ward_places *p, const struct ward_sighting *s);
/* Counts who is at each spot and brings sightings into order. */
void ward_places_sort(struct ward_places *p);
WARD_MUST_CHECK enum ward_err ward_places_heard_new(struct ward_places *p);
void ward_places_heard_free(struct ward_places *p);
/* Is there any such line at the beginning of the text? */
bool ward_places_is_walk(struct ward_str text);
WARD_MUST_CHECK enum ward_err ward_places_walk(
	struct ward_places *p, struct ward_str file, struct ward_str text, ward_ns as_of);
WARD_MUST_CHECK enum ward_err ward_places_csv(struct ward_places *p, struct ward_str file,
	struct ward_slice text, ward_ns as_of, struct ward_diag *diag);

#endif
