#include "sense/net/proto/dns/names.h"

struct named {
	uint16_t number;
	const char *name;
};

/* In order of number. */
static const struct named types[] = {
	{1, "A"},
	{2, "NS"},
	{3, "MD"},
	{4, "MF"},
	{5, "CNAME"},
	{6, "SOA"},
	{7, "MB"},
	{8, "MG"},
	{9, "MR"},
	{10, "NULL"},
	{11, "WKS"},
	{12, "PTR"},
	{13, "HINFO"},
	{14, "MINFO"},
	{15, "MX"},
	{16, "TXT"},
	{17, "RP"},
	{18, "AFSDB"},
	{19, "X25"},
	{20, "ISDN"},
	{21, "RT"},
	{22, "NSAP"},
	{23, "NSAP-PTR"},
	{24, "SIG"},
	{25, "KEY"},
	{26, "PX"},
	{27, "GPOS"},
	{28, "AAAA"},
	{29, "LOC"},
	{30, "NXT"},
	{31, "EID"},
	{32, "NIMLOC"},
	{33, "SRV"},
	{34, "ATMA"},
	{35, "NAPTR"},
	{36, "KX"},
	{37, "CERT"},
	{38, "A6"},
	{39, "DNAME"},
	{40, "SINK"},
	{41, "OPT"},
	{42, "APL"},
	{43, "DS"},
	{44, "SSHFP"},
	{45, "IPSECKEY"},
	{46, "RRSIG"},
	{47, "NSEC"},
	{48, "DNSKEY"},
	{49, "DHCID"},
	{50, "NSEC3"},
	{51, "NSEC3PARAM"},
	{52, "TLSA"},
	{53, "SMIMEA"},
	{55, "HIP"},
	{56, "NINFO"},
	{57, "RKEY"},
	{58, "TALINK"},
	{59, "CDS"},
	{60, "CDNSKEY"},
	{61, "OPENPGPKEY"},
	{62, "CSYNC"},
	{63, "ZONEMD"},
	{64, "SVCB"},
	{65, "HTTPS"},
	{99, "SPF"},
	{104, "NID"},
	{105, "L32"},
	{106, "L64"},
	{107, "LP"},
	{108, "EUI48"},
	{109, "EUI64"},
	{249, "TKEY"},
	{250, "TSIG"},
	{251, "IXFR"},
	{252, "AXFR"},
	{253, "MAILB"},
	{254, "MAILA"},
	{255, "ANY"},
	{256, "URI"},
	{257, "CAA"},
	{258, "AVC"},
	{259, "DOA"},
	{260, "AMTRELAY"},
	{32768, "TA"},
	{32769, "DLV"},
};

static const struct named classes[] = {
	{1, "IN"}, {3, "CH"}, {4, "HS"}, {254, "NONE"}, {255, "ANY"}};

static const struct named opcodes[] = {
	{0, "query"},
	{1, "iquery"},
	{2, "status"},
	{4, "notify"},
	{5, "update"},
	{6, "dso"},
};

static const struct named rcodes[] = {
	{0, "NOERROR"},
	{1, "FORMERR"},
	{2, "SERVFAIL"},
	{3, "NXDOMAIN"},
	{4, "NOTIMP"},
	{5, "REFUSED"},
	{6, "YXDOMAIN"},
	{7, "YXRRSET"},
	{8, "NXRRSET"},
	{9, "NOTAUTH"},
	{10, "NOTZONE"},
	{11, "DSOTYPENI"},
	{16, "BADVERS"}, /* also BADSIG, which only TSIG says */
	{17, "BADKEY"},
	{18, "BADTIME"},
	{19, "BADMODE"},
	{20, "BADNAME"},
	{21, "BADALG"},
	{22, "BADTRUNC"},
	{23, "BADCOOKIE"},
};

/* RFC 1002 4.2.1.1, 4.2.1.3; 15 is Microsoft's. */
static const struct named netbios_types[] = {{32, "NB"}, {33, "NBSTAT"}};
static const struct named netbios_opcodes[] = {{0, "query"}, {5, "registration"}, {6, "release"},
	{7, "wack"}, {8, "refresh"}, {9, "refresh"}, {15, "multihomed-registration"}};
static const struct named netbios_rcodes[] = {{6, "ACT_ERR"}, {7, "CFT_ERR"}};

static const char *find(const struct named *list, size_t n, uint32_t number)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && list[low].number == number ? list[low].name : NULL;
}

#define FIND(list, number) find(list, WARD_ARRAY_LEN(list), number)

const char *ward_dns_type_name(enum ward_dns_kind kind, uint16_t type)
{
	const char *name = kind == WARD_DNS_NETBIOS ? FIND(netbios_types, type) : NULL;

	return name ? name : FIND(types, type);
}

const char *ward_dns_class_name(uint16_t class)
{
	return FIND(classes, class);
}

const char *ward_dns_rcode_name(enum ward_dns_kind kind, uint16_t rcode)
{
	const char *name = kind == WARD_DNS_NETBIOS ? FIND(netbios_rcodes, rcode) : NULL;

	return name ? name : FIND(rcodes, rcode);
}

const char *ward_dns_opcode_name(enum ward_dns_kind kind, uint8_t opcode)
{
	return kind == WARD_DNS_NETBIOS ? FIND(netbios_opcodes, opcode) : FIND(opcodes, opcode);
}

void ward_dns_put_type(struct ward_wr *w, uint16_t type)
{
	const char *name = ward_dns_type_name(WARD_DNS_UNICAST, type);

	if (name) {
		ward_wr_z(w, name);
		return;
	}
	ward_wr_z(w, "TYPE");
	ward_wr_u64(w, type);
}
