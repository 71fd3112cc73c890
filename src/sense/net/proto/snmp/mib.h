/* What answers tell of the managed device and of the network around it: objects of a few MIB
 * modules, each with the field that tells them.
 *
 * A scalar is a field of its own. A column of a table gives two lists of equal length: what the row
 * is about (taken out of the instance's index) and the value; so a sensor that hears the network
 * management's own polls learns which device hangs on which port of which switch. */
#ifndef WARD_SENSE_NET_SNMP_MIB_H
#define WARD_SENSE_NET_SNMP_MIB_H

#include "sense/net/ber.h"

/* How an instance's index names the row. */
enum ward_snmp_key {
	WARD_SNMP_KEY_NONE,  /* a scalar, or the first row that is met stands for the device */
	WARD_SNMP_KEY_LAST,  /* the last arc, a number */
	WARD_SNMP_KEY_LOCAL, /* of lldpRemTable: the second of three, the local port's number */
	WARD_SNMP_KEY_MAC,   /* the last six arcs */
	WARD_SNMP_KEY_IP,    /* the last four arcs */
};

enum ward_snmp_kind {
	WARD_SNMP_KIND_TEXT,
	WARD_SNMP_KIND_INT,
	WARD_SNMP_KIND_MAC, /* six octets; other lengths are not told */
	WARD_SNMP_KIND_OID,
	WARD_SNMP_KIND_BITS, /* hexadecimal */
	WARD_SNMP_KIND_ID,   /* text when it is printable, else a MAC address or hexadecimal */
};

/* X(IDENT, "field", "field of the key", key, kind, arcs); fields follow "snmp." */
#define WARD_SNMP_OBJECT_LIST(X)                                                                   \
	/* SNMPv2-MIB, RFC 3418. sysContact is a person and not told. */                           \
	X(SYS_DESCR, "sys_descr", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 1, 1)                          \
	X(SYS_OBJECT_ID, "sys_object_id", "", NONE, OID, 1, 3, 6, 1, 2, 1, 1, 2)                   \
	X(SYS_UPTIME, "sys_uptime_cs", "", NONE, INT, 1, 3, 6, 1, 2, 1, 1, 3)                      \
	X(SYS_NAME, "sys_name", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 1, 5)                            \
	X(SYS_LOCATION, "sys_location", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 1, 6)                    \
	/* ENTITY-MIB, RFC 6933 */                                                                 \
	X(HARDWARE, "hardware", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 8)               \
	X(FIRMWARE, "firmware", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 9)               \
	X(SOFTWARE, "software", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 10)              \
	X(SERIAL, "serial", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 11)                  \
	X(MANUFACTURER, "manufacturer", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 12)      \
	X(MODEL, "model", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 13)                    \
	/* Printer-MIB, RFC 3805: prtGeneralSerialNumber; HOST-RESOURCES-MIB, RFC 2790:            \
	 * hrDeviceDescr */                                                                        \
	X(PRINTER_SERIAL, "printer_serial", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 43, 5, 1, 1, 17)     \
	X(DEVICE, "device", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3)                      \
	/* UPS-MIB, RFC 1628: upsIdentManufacturer, upsIdentModel, upsIdentUPSSoftwareVersion */   \
	X(UPS_MANUFACTURER, "ups_manufacturer", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 33, 1, 1, 1)     \
	X(UPS_MODEL, "ups_model", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 33, 1, 1, 2)                   \
	X(UPS_SOFTWARE, "ups_software", "", NONE, TEXT, 1, 3, 6, 1, 2, 1, 33, 1, 1, 3)             \
	/* IF-MIB, RFC 2863: ifDescr, ifPhysAddress, ifName, ifAlias */                            \
	X(IF_DESCR, "if_descr", "if_descr_index", LAST, TEXT, 1, 3, 6, 1, 2, 1, 2, 2, 1, 2)        \
	X(IF_MAC, "if_mac", "if_mac_index", LAST, MAC, 1, 3, 6, 1, 2, 1, 2, 2, 1, 6)               \
	X(IF_NAME, "if_name", "if_name_index", LAST, TEXT, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)       \
	X(IF_ALIAS, "if_alias", "if_alias_index", LAST, TEXT, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18)   \
	/* IP-MIB, RFC 4293: ipNetToMediaPhysAddress */                                            \
	X(ARP, "arp_mac", "arp_ip", IP, MAC, 1, 3, 6, 1, 2, 1, 4, 22, 1, 2)                        \
	/* BRIDGE-MIB, RFC 4188: dot1dBasePortIfIndex, dot1dTpFdbPort */                           \
	X(BRIDGE_PORT, "bridge_if", "bridge_port", LAST, INT, 1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2)    \
	X(FDB, "fdb_port", "fdb_mac", MAC, INT, 1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2)                  \
	/* Q-BRIDGE-MIB, RFC 4363: dot1qTpFdbPort */                                               \
	X(FDB_VLAN, "fdb_vlan_port", "fdb_vlan_mac", MAC, INT, 1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2,   \
		1, 2)                                                                              \
	/* LLDP-MIB, IEEE 802.1AB-2005 12: lldpLocPortId, then columns of lldpRemTable */          \
	X(LLDP_LOCAL, "lldp_local_id", "lldp_local_port", LAST, ID, 1, 0, 8802, 1, 1, 2, 1, 3, 7,  \
		1, 3)                                                                              \
	X(LLDP_CHASSIS, "lldp_chassis", "lldp_chassis_port", LOCAL, ID, 1, 0, 8802, 1, 1, 2, 1, 4, \
		1, 1, 5)                                                                           \
	X(LLDP_PORT_ID, "lldp_port_id", "lldp_port_id_port", LOCAL, ID, 1, 0, 8802, 1, 1, 2, 1, 4, \
		1, 1, 7)                                                                           \
	X(LLDP_PORT_DESC, "lldp_port_desc", "lldp_port_desc_port", LOCAL, TEXT, 1, 0, 8802, 1, 1,  \
		2, 1, 4, 1, 1, 8)                                                                  \
	X(LLDP_SYS_NAME, "lldp_sys_name", "lldp_sys_name_port", LOCAL, TEXT, 1, 0, 8802, 1, 1, 2,  \
		1, 4, 1, 1, 9)                                                                     \
	X(LLDP_SYS_DESC, "lldp_sys_desc", "lldp_sys_desc_port", LOCAL, TEXT, 1, 0, 8802, 1, 1, 2,  \
		1, 4, 1, 1, 10)                                                                    \
	X(LLDP_ENABLED, "lldp_enabled", "lldp_enabled_port", LOCAL, BITS, 1, 0, 8802, 1, 1, 2, 1,  \
		4, 1, 1, 12)
enum ward_snmp_object_id {
#define X(IDENT, ...) WARD_SNMP_OBJECT_##IDENT,
	WARD_SNMP_OBJECT_LIST(X)
#undef X
		WARD_SNMP_OBJECTS,
};

struct ward_snmp_object {
	const char *field, *key_field; /* the latter only with a key */
	enum ward_snmp_key key;
	enum ward_snmp_kind kind;
	uint32_t arc[16]; /* without the index */
};

/* i < WARD_SNMP_OBJECTS. Lives forever. */
const struct ward_snmp_object *ward_snmp_object_at(size_t i);
/* The object that oid is an instance of, or WARD_SNMP_OBJECTS. */
size_t ward_snmp_object_of(const struct ward_ber_oid *oid);

/* The enterprise under 1.3.6.1.4.1, or 0. */
uint32_t ward_snmp_enterprise_of(const struct ward_ber_oid *oid);

/* SnmpEngineID, RFC 3411 5. */
struct ward_snmp_engine {
	uint32_t enterprise;
	struct ward_slice mac; /* when it is made of one */
};
bool ward_snmp_engine_of(struct ward_slice engine, struct ward_snmp_engine *ret);

#endif
