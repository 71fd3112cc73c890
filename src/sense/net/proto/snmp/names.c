#include "sense/net/proto/snmp/snmp.h"

const char *ward_snmp_pdu_name(enum ward_snmp_pdu pdu)
{
	static const char *const name[] = {
#define X(IDENT, text) text,
		WARD_SNMP_PDU_LIST(X)
#undef X
	};

	return pdu < WARD_SNMP_PDU_N ? name[pdu] : NULL;
}

/* RFC 3416 3 */
const char *ward_snmp_error_name(int32_t error_status)
{
	static const char *const name[] = {"noError", "tooBig", "noSuchName", "badValue",
		"readOnly", "genErr", "noAccess", "wrongType", "wrongLength", "wrongEncoding",
		"wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable",
		"commitFailed", "undoFailed", "authorizationError", "notWritable",
		"inconsistentName"};

	return error_status >= 0 && (size_t)error_status < WARD_ARRAY_LEN(name) ? name[error_status]
										: NULL;
}

/* RFC 1157 4.1.6 */
const char *ward_snmp_trap_name(int32_t generic)
{
	static const char *const name[] = {"coldStart", "warmStart", "linkDown", "linkUp",
		"authenticationFailure", "egpNeighborLoss", "enterpriseSpecific"};

	return generic >= 0 && (size_t)generic < WARD_ARRAY_LEN(name) ? name[generic] : NULL;
}

/* https://www.iana.org/assignments/enterprise-numbers: makers of what hangs in hospitals */
static const struct {
	uint32_t number;
	const char *name;
} vendor[] = {
	{2, "IBM"},
	{9, "Cisco"},
	{11, "HP"},
	{43, "3Com"},
	{63, "Apple"},
	{116, "Hitachi"},
	{122, "Sony"},
	{171, "D-Link"},
	{207, "Allied Telesis"},
	{232, "Compaq"},
	{236, "Samsung"},
	{248, "Hirschmann"},
	{253, "Xerox"},
	{311, "Microsoft"},
	{318, "APC"},
	{343, "Intel"},
	{367, "Ricoh"},
	{368, "Axis"},
	{476, "Vertiv"},
	{534, "Eaton"},
	{641, "Lexmark"},
	{664, "Adtran"},
	{674, "Dell"},
	{705, "Merlin Gerin"},
	{789, "NetApp"},
	{850, "Tripp Lite"},
	{890, "ZyXEL"},
	{1248, "Epson"},
	{1347, "Kyocera"},
	{1588, "Brocade"},
	{1602, "Canon"},
	{1916, "Extreme Networks"},
	{1991, "Foundry"},
	{2011, "Huawei"},
	{2021, "UC Davis"},
	{2435, "Brother"},
	{2606, "Rittal"},
	{2636, "Juniper"},
	{3375, "F5"},
	{3808, "CyberPower"},
	{3833, "Schneider Electric"},
	{3902, "ZTE"},
	{4196, "Siemens"},
	{4329, "Siemens"},
	{4346, "Phoenix Contact"},
	{4413, "Broadcom"},
	{4526, "Netgear"},
	{5528, "NetBotz"},
	{5624, "Enterasys"},
	{5951, "NetScaler"},
	{6027, "Force10"},
	{6486, "Alcatel-Lucent Enterprise"},
	{6574, "Synology"},
	{6876, "VMware"},
	{7779, "Infoblox"},
	{8072, "Net-SNMP"},
	{8691, "Moxa"},
	{8741, "SonicWall"},
	{10418, "Avocent"},
	{10642, "Zebra"},
	{11863, "TP-Link"},
	{12356, "Fortinet"},
	{13576, "WAGO"},
	{13742, "Raritan"},
	{14179, "Airespace"},
	{14823, "Aruba"},
	{14988, "MikroTik"},
	{17163, "Riverbed"},
	{18334, "Konica Minolta"},
	{19046, "Lenovo"},
	{21317, "ATEN"},
	{24681, "QNAP"},
	{25461, "Palo Alto Networks"},
	{25506, "H3C"},
	{29671, "Meraki"},
	{30065, "Arista"},
	{33049, "Mellanox"},
	{39165, "Hikvision"},
	{41112, "Ubiquiti"},
};

const char *ward_snmp_vendor(uint32_t enterprise)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(vendor); i++)
		if (vendor[i].number == enterprise)
			return vendor[i].name;
	return NULL;
}

bool ward_snmp_community_default(struct ward_slice community)
{
	static const char *const known[] = {"public", "private", "admin", "administrator", "cisco",
		"community", "default", "guest", "ILMI", "internal", "manager", "monitor",
		"network", "openview", "password", "read", "read-only", "read-write", "readwrite",
		"root", "rmon", "security", "secret", "snmp", "snmpd", "system", "test", "trap",
		"write", "xerox", "xyzzy"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_ieq(ward_slice_text(community), ward_str_z(known[i])))
			return true;
	return false;
}
