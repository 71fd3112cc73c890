#include "model/load.h"

#define S(r) (1u << WARD_ROOT_##r)
#define ASSETS (S(DEVICE) | S(SOFTWARE) | S(DATA) | S(SUPPLY))
#define AREAS (S(SITE) | S(BUILDING) | S(FLOOR) | S(ZONE) | S(ROOM))

/* Each relation may have several rows. docs/hospital-directory.md holds the same table. */
static const struct {
	enum ward_rel_type type;
	uint32_t from, to;
} rows[] = {
	{WARD_REL_CONTAINS, S(SITE), S(BUILDING) | ASSETS},
	{WARD_REL_CONTAINS, S(BUILDING), S(FLOOR) | ASSETS},
	{WARD_REL_CONTAINS, S(FLOOR), S(ROOM) | ASSETS},
	{WARD_REL_CONTAINS, S(ROOM), ASSETS},
	{WARD_REL_CONTAINS, S(DEVICE), S(DEVICE) | S(SUPPLY)},
	{WARD_REL_CONTAINS, S(SOFTWARE), S(SOFTWARE) | S(DATA)},
	{WARD_REL_CONTAINS, S(DATA), S(DATA)},
	{WARD_REL_LEADS_TO, S(ROOM) | S(DOOR) | S(DEVICE), S(ROOM) | S(DOOR)},
	{WARD_REL_LEADS_TO, S(ROOM), S(DEVICE)}, /* a lift */
	{WARD_REL_HOSTS, S(DEVICE), S(SOFTWARE) | S(DATA)},
	{WARD_REL_HOSTS, S(SOFTWARE), S(SOFTWARE) | S(DATA)},
	{WARD_REL_HOSTS, S(ROOM), S(SERVICE)},
	{WARD_REL_CONTROLS, S(DEVICE) | S(SOFTWARE),
		S(DEVICE) | S(DOOR) | S(SOFTWARE) | S(SUPPLY) | S(NETWORK)},
	{WARD_REL_POWERS, S(DEVICE) | S(SUPPLY),
		S(DEVICE) | S(SUPPLY) | S(DOOR) | S(NETWORK) | S(SERVICE) | AREAS},
	{WARD_REL_COOLS, S(DEVICE) | S(SUPPLY), S(DEVICE) | S(SUPPLY) | AREAS},
	{WARD_REL_SUPPLIES, ASSETS | S(SERVICE) | S(NETWORK) | S(ROOM),
		ASSETS | S(SERVICE) | S(NETWORK) | AREAS},
	{WARD_REL_CONNECTS, S(NETWORK), S(DEVICE) | S(SOFTWARE) | S(NETWORK) | S(DOOR)},
	{WARD_REL_REQUIRES, S(SERVICE),
		ASSETS | S(SERVICE) | S(NETWORK) | S(ROOM) | S(ZONE) | S(ROLE)},
	{WARD_REL_MONITORS, S(DEVICE) | S(SOFTWARE),
		ASSETS | AREAS | S(DOOR) | S(NETWORK) | S(SERVICE)},
};

bool ward_rel_allowed(enum ward_rel_type type, uint32_t from, uint32_t to)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		if (rows[i].type == type && rows[i].from & from && rows[i].to & to)
			return true;
	return false;
}
