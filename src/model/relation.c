#include "model/model.h"

static const char *const rel_name[WARD_REL_N] = {
#define X(NAME, name, back, what) [WARD_REL_##NAME] = name,
	WARD_REL_LIST(X)
#undef X
};

static const char *const kind_name[WARD_NODE_N] = {
	[WARD_NODE_SITE] = "site",
	[WARD_NODE_BUILDING] = "building",
	[WARD_NODE_FLOOR] = "floor",
	[WARD_NODE_ZONE] = "zone",
	[WARD_NODE_ROOM] = "room",
	[WARD_NODE_DOOR] = "door",
	[WARD_NODE_NETWORK] = "network",
	[WARD_NODE_ROLE] = "role",
	[WARD_NODE_SERVICE] = "service",
	[WARD_NODE_ASSET] = "asset",
};

static const char *const zone_name[WARD_ZONE_N] = {
	[WARD_ZONE_NONE] = "none",
	[WARD_ZONE_PUBLIC] = "public",
	[WARD_ZONE_CLINICAL] = "clinical",
	[WARD_ZONE_STAFF] = "staff",
	[WARD_ZONE_RESTRICTED] = "restricted",
	[WARD_ZONE_TECHNICAL] = "technical",
};

static const char *const key_name[WARD_KEY_N] = {
	[WARD_KEY_IP] = "ip",
	[WARD_KEY_MAC] = "mac",
	[WARD_KEY_READER] = "reader",
	[WARD_KEY_DOOR] = "door",
	[WARD_KEY_CAMERA] = "camera",
	[WARD_KEY_SENSOR] = "sensor",
	[WARD_KEY_BACNET] = "bacnet",
	[WARD_KEY_HOST] = "host",
	[WARD_KEY_SERIAL] = "serial",
	[WARD_KEY_POINT] = "point_of_care",
	[WARD_KEY_IFACE] = "iface",
};

const char *ward_rel_name(enum ward_rel_type t)
{
	WARD_ASSERT((unsigned)t < WARD_REL_N);
	return rel_name[t];
}

enum ward_rel_type ward_rel_parse(struct ward_str s)
{
	for (unsigned i = 0; i < WARD_REL_N; i++)
		if (ward_str_eqz(s, rel_name[i]))
			return (enum ward_rel_type)i;
	return WARD_REL_N;
}

const char *ward_node_kind_name(enum ward_node_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_NODE_N);
	return kind_name[k];
}

const char *ward_zone_kind_name(enum ward_zone_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_ZONE_N);
	return zone_name[k];
}

const char *ward_key_kind_name(enum ward_key_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_KEY_N);
	return key_name[k];
}
