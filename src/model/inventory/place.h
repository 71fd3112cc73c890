/* Where a thing stands, as far as anybody saw it, and how sure that is by now.
 *
 * Sightings come from lists that a network keeps, or from its management as sensors hear it: at
 * which port of which switch a hardware address was, which outlet and room that port leads to, at
 * which access point a client was, where it logged in. Each kind is believed so far and for so long
 * as content/inventory says; a newer sighting elsewhere makes the older doubtful. Nothing is
 * pinned: answers have their time, their confidence and alternatives. Read files are outsiders'
 * bytes. One thread; at most 2^20 sightings.
 */
#ifndef WARD_MODEL_INVENTORY_PLACE_H
#define WARD_MODEL_INVENTORY_PLACE_H

#include "model/inventory/rules.h"
#include "model/model.h"

enum { WARD_PLACEMENTS = 4 };

struct ward_placement {
	struct ward_str room; /* id */
	uint8_t confidence;   /* now, 1 to 99 */
	ward_ns as_of;        /* of the newest sighting there; INT64_MIN: the directory's word */
	const char *kind;     /* "switch", "login", "wifi", "announced", "directory" */
	struct ward_str at;   /* "sw-2 Gi1/0/7, outlet 114-A", "ap-3"; empty: directory */
};

struct ward_places;

/* Borrows all; model may be NULL (rooms are then taken as they are written). NOMEM. */
WARD_MUST_CHECK enum ward_err ward_places_new(const struct ward_model *model,
	const struct ward_inv_rules *rules, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_places **ret);
void ward_places_free(struct ward_places *p);
/* Takes in one file, told by its content: the output of `snmpwalk -On`, or CSV with one of these
 * headers (in any order): switch,port,room[,outlet] · ap,room · switch,port,mac[,time] ·
 * mac,ap[,time] · mac,nas,port[,time]. Rows without a time are of as_of. CONFIG when there was an
 * error-level finding, NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_places_read(struct ward_places *p, struct ward_str file,
	struct ward_slice text, ward_ns as_of, struct ward_diag *diag);
/* Takes in what an event says: answers of switches to SNMP (BRIDGE-MIB, Q-BRIDGE-MIB, LLDP-MIB,
 * IF-MIB, in any number and order), and rooms that endpoints announce by LLDP-MED. Nothing of the
 * former is seen before ward_places_settle. NOMEM, LIMIT. O(rows of the event + log of all). */
WARD_MUST_CHECK enum ward_err ward_places_event(struct ward_places *p, const struct ward_event *e);
/* Puts what events said together with the lists. NOMEM. O(n log n) of all sightings. */
WARD_MUST_CHECK enum ward_err ward_places_settle(struct ward_places *p);
/* Where a thing with these hardware addresses, perhaps an asset of the model (else WARD_NONE), is
 * at the time now: the surest first, at most WARD_PLACEMENTS of at least 5 % each. O(sightings of
 * it + log of all). */
size_t ward_places_of(const struct ward_places *p, const uint8_t (*mac)[6], size_t n_mac,
	uint32_t node, ward_ns now, struct ward_placement ret[WARD_PLACEMENTS]);

/* c halved for each half life in age; never above c. */
uint8_t ward_place_fade(uint8_t c, ward_ns age, ward_ns half_life);

#endif
