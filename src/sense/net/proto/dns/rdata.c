/* The data of records as text. What a type holds is a word of letters, one per element. */
#include "sense/net/proto/dns/names.h"
#include "sense/net/proto/dns/reader.h"
#include "sense/net/text.h"

#include <arpa/inet.h>

/* 1 2 4: number of so many bytes; n: name; c: character string; C: character strings to the end;
 * a: IPv4 address; 6: IPv6 address; t: type; x: the rest in hex; u: the rest as text; s: hex with a
 * length byte; m: type bitmap (RFC 4034 4.1.2); p: parameters (RFC 9460 2.2); M: MAC-like, all of
 * it; f, S: RFC 1002 flags with address, node status. */
struct format {
	uint16_t type;
	const char *element;
};

static const struct format formats[] = {
	{1, "a"},
	{2, "n"},
	{5, "n"},
	{6, "nn44444"},
	{12, "n"},
	{13, "cc"},
	{14, "nn"},
	{15, "2n"},
	{16, "C"},
	{17, "nn"},
	{18, "2n"},
	{28, "6"},
	{33, "222n"},
	{35, "22cccn"},
	{36, "2n"},
	{37, "221x"},
	{39, "n"},
	{43, "211x"},
	{44, "11x"},
	{46, "t114442nx"},
	{47, "nm"},
	{48, "211x"},
	{50, "112ssm"},
	{51, "112s"},
	{52, "111x"},
	{53, "111x"},
	{59, "211x"},
	{60, "211x"},
	{62, "42m"},
	{63, "411x"},
	{64, "2np"},
	{65, "2np"},
	{99, "C"},
	{108, "M"},
	{109, "M"},
	{256, "22u"},
	{257, "1cu"},
};

static const struct format netbios_formats[] = {{1, "a"}, {2, "n"}, {32, "f"}, {33, "S"}};

enum { STRING_MAX = 255, NETBIOS_NAME = 16 };

static void put_address(struct ward_dns_rd *b, int family, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	struct ward_slice s = ward_rd_bytes(&b->r, len);

	if (s.len && inet_ntop(family, s.p, text, sizeof(text)))
		ward_wr_z(b->text, text);
}

/* Strings of a TXT record: one that is full goes on in the next, others are apart. */
static void put_strings(struct ward_dns_rd *b)
{
	size_t before = STRING_MAX;

	while (ward_rd_left(&b->r)) {
		struct ward_slice s = ward_rd_bytes(&b->r, ward_rd_u8(&b->r));

		if (before < STRING_MAX)
			ward_wr_ch(b->text, ' ');
		ward_net_text(b->text, s, "");
		before = s.len;
	}
}

static void put_bitmap(struct ward_dns_rd *b)
{
	bool first = true;

	while (ward_rd_left(&b->r)) {
		unsigned window = ward_rd_u8(&b->r);
		struct ward_slice bits = ward_rd_bytes(&b->r, ward_rd_u8(&b->r));

		for (size_t i = 0; i < bits.len * 8; i++) {
			if (!(bits.p[i / 8] & 0x80 >> i % 8))
				continue;
			if (!first)
				ward_wr_ch(b->text, ' ');
			first = false;
			ward_dns_put_type(b->text, (uint16_t)(window << 8 | (i & 0xff)));
		}
	}
}

static const char *const params[] = {"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint",
	"ech", "ipv6hint", "dohpath", "ohttp"};

static void put_key(struct ward_wr *w, uint16_t key)
{
	if (key < WARD_ARRAY_LEN(params)) {
		ward_wr_z(w, params[key]);
		return;
	}
	ward_wr_z(w, "key");
	ward_wr_u64(w, key);
}

/* One item of a parameter's list. */
static void put_param_item(struct ward_dns_rd *b, uint16_t key)
{
	switch (key) {
	case 0:
		put_key(b->text, ward_rd_be16(&b->r));
		return;
	case 1:
		ward_net_text(b->text, ward_rd_bytes(&b->r, ward_rd_u8(&b->r)), ",");
		return;
	case 3:
		ward_wr_u64(b->text, ward_rd_be16(&b->r));
		return;
	case 4:
		put_address(b, AF_INET, 4);
		return;
	case 6:
		put_address(b, AF_INET6, 16);
		return;
	case 7:
		ward_net_text(b->text, ward_rd_rest(&b->r), "");
		return;
	default:
		ward_wr_hex(b->text, ward_rd_rest(&b->r));
	}
}

static void put_params(struct ward_dns_rd *b)
{
	size_t end = b->r.len;

	for (bool first = true; ward_rd_left(&b->r); first = false) {
		uint16_t key = ward_rd_be16(&b->r), len = ward_rd_be16(&b->r);

		if (len > ward_rd_left(&b->r)) {
			b->r.bad = true;
			return;
		}
		if (!first)
			ward_wr_ch(b->text, ' ');
		put_key(b->text, key);
		b->r.len = b->r.off + len;
		for (char mark = '='; ward_rd_left(&b->r); mark = ',') {
			ward_wr_ch(b->text, mark);
			put_param_item(b, key);
		}
		b->r.len = end;
	}
}

/* RFC 1002 4.2.13: flags and address, again and again. */
static void put_netbios_addresses(struct ward_dns_rd *b)
{
	for (bool first = true; ward_rd_left(&b->r); first = false) {
		uint16_t flags = ward_rd_be16(&b->r);

		if (!first)
			ward_wr_ch(b->text, ' ');
		put_address(b, AF_INET, 4);
		if (flags & 0x8000)
			ward_wr_z(b->text, " group");
	}
}

/* RFC 1002 4.2.18: names of the node, then its MAC; statistics are left out. */
static void put_node_status(struct ward_dns_rd *b)
{
	uint8_t n = ward_rd_u8(&b->r);

	for (unsigned i = 0; i < n && !ward_rd_bad(&b->r); i++) {
		struct ward_slice name = ward_rd_bytes(&b->r, NETBIOS_NAME);
		size_t len = name.len ? NETBIOS_NAME - 1 : 0;

		ward_rd_skip(&b->r, 2);
		while (len && (name.p[len - 1] == ' ' || name.p[len - 1] == 0))
			len--;
		ward_net_text(b->text, ward_slice_of(name.p, len), "");
		if (name.len) {
			ward_wr_ch(b->text, '<');
			ward_wr_hex(b->text, ward_slice_of(name.p + NETBIOS_NAME - 1, 1));
			ward_wr_z(b->text, "> ");
		}
	}
	ward_wr_hex(b->text, ward_rd_bytes(&b->r, 6));
	(void)ward_rd_rest(&b->r);
}

/* Elements that take all that is left. */
static void put_rest(struct ward_dns_rd *b, char element)
{
	switch (element) {
	case 'C':
		put_strings(b);
		return;
	case 'm':
		put_bitmap(b);
		return;
	case 'p':
		put_params(b);
		return;
	case 'u':
		ward_net_text(b->text, ward_rd_rest(&b->r), "");
		return;
	case 'f':
		put_netbios_addresses(b);
		return;
	case 'S':
		put_node_status(b);
		return;
	default:
		ward_wr_hex(b->text, ward_rd_rest(&b->r));
	}
}

static bool put_element(struct ward_dns_rd *b, char element)
{
	struct ward_slice s;

	switch (element) {
	case '1':
		ward_wr_u64(b->text, ward_rd_u8(&b->r));
		return true;
	case '2':
		ward_wr_u64(b->text, ward_rd_be16(&b->r));
		return true;
	case '4':
		ward_wr_u64(b->text, ward_rd_be32(&b->r));
		return true;
	case 'a':
		put_address(b, AF_INET, 4);
		return true;
	case '6':
		put_address(b, AF_INET6, 16);
		return true;
	case 'c':
		ward_net_text(b->text, ward_rd_bytes(&b->r, ward_rd_u8(&b->r)), "");
		return true;
	case 's':
		s = ward_rd_bytes(&b->r, ward_rd_u8(&b->r));
		if (s.len)
			ward_wr_hex(b->text, s);
		else
			ward_wr_ch(b->text, '-');
		return true;
	case 't':
		ward_dns_put_type(b->text, ward_rd_be16(&b->r));
		return true;
	case 'n':
		return ward_dns_name(b);
	default:
		put_rest(b, element);
		return true;
	}
}

static const char *format_of(enum ward_dns_kind kind, uint16_t type, uint16_t class)
{
	const struct format *f = kind == WARD_DNS_NETBIOS ? netbios_formats : formats;
	size_t n = kind == WARD_DNS_NETBIOS ? WARD_ARRAY_LEN(netbios_formats)
					    : WARD_ARRAY_LEN(formats);

	/* An address of the Chaosnet is something else (RFC 1035 3.4.1). */
	if (type == WARD_DNS_TYPE_A && class == WARD_DNS_CLASS_CH)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (f[i].type == type)
			return f[i].element;
	return NULL;
}

bool ward_dns_rdata(struct ward_dns_rd *b, uint16_t type, uint16_t class)
{
	const char *element = format_of(b->m->kind, type, class);

	/* Deletions and conditions of an update hold none (RFC 2136 2.4, 2.5). */
	if (ward_rd_left(&b->r) == 0 && b->m->opcode == WARD_DNS_UPDATE_OP)
		return true;
	if (!element) {
		ward_wr_z(b->text, "\\# ");
		ward_wr_u64(b->text, ward_rd_left(&b->r));
		ward_wr_ch(b->text, ' ');
		ward_wr_hex(b->text, ward_rd_rest(&b->r));
		return true;
	}
	for (const char *e = element; *e; e++) {
		/* The last, which takes the rest, may have nothing to take. */
		if (e != element && (ward_rd_left(&b->r) || !strchr("pm", *e)))
			ward_wr_ch(b->text, ' ');
		if (!put_element(b, *e))
			return false;
	}
	if (ward_rd_bad(&b->r) || ward_rd_left(&b->r))
		return ward_dns_fail(b, WARD_DNS_RECORD_DATA, b->r.off);
	return true;
}
