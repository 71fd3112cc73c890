#include "sense/net/proto/snmp/mib.h"

/* Arcs of the index behind the object, at least. */
static const uint8_t key_arcs[] = {
	[WARD_SNMP_KEY_NONE] = 1,
	[WARD_SNMP_KEY_LAST] = 1,
	[WARD_SNMP_KEY_LOCAL] = 3,
	[WARD_SNMP_KEY_MAC] = 6,
	[WARD_SNMP_KEY_IP] = 4,
};

/* No arc behind the first two is 0. */
static const struct ward_snmp_object objects[] = {
#define X(IDENT, field, key_field, key, kind, ...)                                     \
	{"snmp." field, "snmp." key_field, WARD_SNMP_KEY_##key, WARD_SNMP_KIND_##kind, \
		{__VA_ARGS__}},
	WARD_SNMP_OBJECT_LIST(X)
#undef X
};

const struct ward_snmp_object *ward_snmp_object_at(size_t i)
{
	WARD_ASSERT(i < WARD_ARRAY_LEN(objects));
	return &objects[i];
}

static size_t arcs(const struct ward_snmp_object *o)
{
	size_t n = 2;

	while (n < WARD_ARRAY_LEN(o->arc) && o->arc[n])
		n++;
	return n;
}

size_t ward_snmp_object_of(const struct ward_ber_oid *oid)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(objects); i++) {
		size_t n = arcs(&objects[i]);

		if (oid->n >= n + key_arcs[objects[i].key] &&
			memcmp(oid->arc, objects[i].arc, n * sizeof(oid->arc[0])) == 0)
			return i;
	}
	return WARD_SNMP_OBJECTS;
}

uint32_t ward_snmp_enterprise_of(const struct ward_ber_oid *oid)
{
	static const uint32_t enterprises[] = {1, 3, 6, 1, 4, 1};
	const size_t n = WARD_ARRAY_LEN(enterprises);

	return oid->n > n && memcmp(oid->arc, enterprises, sizeof(enterprises)) == 0 ? oid->arc[n]
										     : 0;
}

bool ward_snmp_engine_of(struct ward_slice engine, struct ward_snmp_engine *ret)
{
	enum { ENTERPRISE = 0x7fffffff, FORMAT_MAC = 3 };
	struct ward_rd r = ward_rd_slice(engine);
	uint32_t first = ward_rd_be32(&r);
	uint8_t format = ward_rd_u8(&r);

	*ret = (struct ward_snmp_engine){.enterprise = first & ENTERPRISE};
	if (ward_rd_bad(&r))
		return false;
	if (first & ~(uint32_t)ENTERPRISE && format == FORMAT_MAC && ward_rd_left(&r) == 6)
		ret->mac = ward_rd_rest(&r);
	return true;
}
