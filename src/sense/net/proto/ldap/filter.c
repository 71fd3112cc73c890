/* Filters and names as text, without the values that may name a person. */
#include "sense/net/proto/ldap/ldap.h"

#include "sense/net/text.h"

enum { VALUE_BYTES = 64, NAME_BYTES = 64 };

/* 4.5.1.7, by context tag */
enum {
	AND = WARD_BER_CTX_OF(0),
	OR = WARD_BER_CTX_OF(1),
	NOT = WARD_BER_CTX_OF(2),
	EQUAL = WARD_BER_CTX_OF(3),
	SUBSTRINGS = WARD_BER_CTX_OF(4),
	GREATER = WARD_BER_CTX_OF(5),
	LESS = WARD_BER_CTX_OF(6),
	PRESENT = WARD_BER_CTX(7),
	APPROX = WARD_BER_CTX_OF(8),
	EXTENSIBLE = WARD_BER_CTX_OF(9),
};

enum kind { HIDDEN, WORD, NUMBER, HEX };

/* Attributes whose values are classes, bits, or what a client says of its own machine. */
static const struct {
	const char *name;
	enum kind kind;
} told[] = {
	{"objectClass", WORD},
	{"objectCategory", WORD},
	{"userAccountControl", NUMBER},
	{"sAMAccountType", NUMBER},
	{"groupType", NUMBER},
	{"adminCount", NUMBER},
	{"primaryGroupID", NUMBER},
	{"systemFlags", NUMBER},
	{"msDS-SupportedEncryptionTypes", NUMBER},
	{"trustDirection", NUMBER},
	{"trustType", NUMBER},
	/* MS-ADTS 6.3.3: the ping to a domain controller */
	{"DnsDomain", WORD},
	{"Host", WORD},
	{"NtVer", HEX},
};

static enum kind kind_of(struct ward_slice attribute)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++)
		if (ward_str_ieq(ward_slice_text(attribute), ward_str_z(told[i].name)))
			return told[i].kind;
	return HIDDEN;
}

/* RFC 4515 3: what stands for something else is written as its number. */
static void put_word(struct ward_wr *w, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	for (size_t i = 0; ward_rd_left(&r) && i < VALUE_BYTES; i++) {
		uint8_t c = ward_rd_u8(&r);

		if (c > 0x20 && c < 0x7f && c != '*' && c != '(' && c != ')' && c != '\\') {
			ward_wr_ch(w, (char)c);
		} else {
			ward_wr_ch(w, '\\');
			ward_wr_hex(w, ward_slice_of(&c, 1));
		}
	}
}

static void put_value(struct ward_wr *w, struct ward_slice attribute, struct ward_slice value)
{
	int64_t number;

	switch (kind_of(attribute)) {
	case WORD:
		put_word(w, value);
		break;
	case HEX:
		value.len = value.len < VALUE_BYTES ? value.len : VALUE_BYTES;
		ward_wr_hex(w, value);
		break;
	case NUMBER:
		if (ward_str_i64(ward_slice_text(value), &number)) {
			ward_wr_i64(w, number);
			break;
		}
		ward_wr_ch(w, '?');
		break;
	case HIDDEN:
	default:
		ward_wr_ch(w, '?');
	}
}

static const char *operator_of(uint8_t tag)
{
	return tag == GREATER ? ">=" : tag == LESS ? "<=" : tag == APPROX ? "~=" : "=";
}

/* AttributeValueAssertion */
static void assertion(struct ward_wr *w, struct ward_rd *r, uint8_t tag)
{
	struct ward_slice name = ward_ber_bytes(r, WARD_BER_OCTETS),
			  value = ward_ber_bytes(r, WARD_BER_OCTETS);

	ward_text_ascii(w, name, NAME_BYTES);
	ward_wr_z(w, operator_of(tag));
	put_value(w, name, value);
}

/* [0] initial, [1] any, [2] final; each turn takes two bytes at least */
static void substrings(struct ward_wr *w, struct ward_rd *r)
{
	struct ward_slice name = ward_ber_bytes(r, WARD_BER_OCTETS);
	struct ward_rd list = ward_ber_open(r, WARD_BER_SEQUENCE);
	uint8_t last = 0;

	ward_text_ascii(w, name, NAME_BYTES);
	ward_wr_ch(w, '=');
	while (ward_rd_left(&list)) {
		struct ward_ber part = ward_ber_next(&list);

		if (part.tag != WARD_BER_CTX(0))
			ward_wr_ch(w, '*');
		put_value(w, name, part.body);
		last = part.tag;
	}
	if (last != WARD_BER_CTX(2))
		ward_wr_ch(w, '*');
	ward_ber_leave(r, &list);
}

static struct ward_slice optional(struct ward_rd *r, uint8_t tag)
{
	return ward_rd_left(r) && ward_rd_peek(r) == tag ? ward_ber_bytes(r, tag)
							 : ward_slice_of(NULL, 0);
}

static void extensible(struct ward_wr *w, struct ward_rd *r)
{
	struct ward_slice rule = optional(r, WARD_BER_CTX(1)), name = optional(r, WARD_BER_CTX(2)),
			  value = ward_ber_bytes(r, WARD_BER_CTX(3));

	ward_text_ascii(w, name, NAME_BYTES);
	if (rule.len)
		ward_wr_ch(w, ':');
	ward_text_ascii(w, rule, NAME_BYTES);
	ward_wr_z(w, ":=");
	put_value(w, name, value);
}

/* A filter that holds no others; false: it is none. */
static bool item(struct ward_wr *w, struct ward_rd *r)
{
	uint8_t tag = ward_rd_peek(r);
	struct ward_rd body = ward_ber_open(r, tag);

	ward_wr_ch(w, '(');
	switch (tag) {
	case EQUAL:
	case GREATER:
	case LESS:
	case APPROX:
		assertion(w, &body, tag);
		break;
	case SUBSTRINGS:
		substrings(w, &body);
		break;
	case PRESENT:
		ward_text_ascii(w, ward_rd_rest(&body), NAME_BYTES);
		ward_wr_z(w, "=*");
		break;
	case EXTENSIBLE:
		extensible(w, &body);
		break;
	default:
		r->bad = true;
		return false;
	}
	ward_wr_ch(w, ')');
	ward_ber_leave(r, &body);
	return !ward_rd_bad(r);
}

/* Each turn takes an element of two bytes at least, or leaves one. */
static bool walk(struct ward_rd at, struct ward_wr *w, size_t *ret_off)
{
	struct ward_rd level[WARD_LDAP_DEPTH];
	size_t depth = 0;

	level[0] = at;
	for (;;) {
		struct ward_rd *r = &level[depth];
		uint8_t tag = ward_rd_peek(r);

		*ret_off = r->off;
		if (!ward_rd_left(r)) {
			if (depth-- == 0)
				return true;
			ward_wr_ch(w, ')');
		} else if (tag != AND && tag != OR && tag != NOT) {
			if (!item(w, r)) {
				*ret_off = r->off;
				return false;
			}
		} else if (depth + 1 == WARD_LDAP_DEPTH) {
			(void)ward_ber_next(r);
			ward_wr_z(w, "(...)");
		} else {
			level[depth + 1] = ward_ber_open(r, tag);
			ward_wr_z(w, tag == AND ? "(&" : tag == OR ? "(|" : "(!");
			depth++;
		}
		if (ward_rd_bad(r) || ward_rd_bad(&level[depth]))
			return false;
	}
}

bool ward_ldap_filter_valid(const struct ward_rd *at, size_t *ret_off)
{
	struct ward_wr nowhere = ward_wr_fixed(NULL, 0);

	return walk(*at, &nowhere, ret_off);
}

void ward_ldap_filter_text(struct ward_wr *w, struct ward_slice filter)
{
	static const char cut[] = "...";
	char text[WARD_LDAP_FILTER_TEXT - sizeof(cut)];
	struct ward_wr own = ward_wr_fixed(text, sizeof(text));
	size_t off;

	(void)walk(ward_rd_slice(filter), &own, &off);
	ward_wr_str(w, ward_wr_text(&own));
	if (ward_wr_bad(&own))
		ward_wr_z(w, cut);
}

/* Containers and groups that every directory has; what else a CN names may be a person. */
static bool well_known(struct ward_str cn)
{
	static const char *const name[] = {"Account Operators", "AdminSDHolder", "Administrators",
		"Backup Operators", "Builtin", "Certificate Templates", "Computers",
		"Configuration", "Deleted Objects", "DnsAdmins", "Domain Admins",
		"Domain Computers", "Domain Controllers", "Domain Users", "Enrollment Services",
		"Enterprise Admins", "ForeignSecurityPrincipals", "Managed Service Accounts",
		"MicrosoftDNS", "NTDS Settings", "Partitions", "Password Settings Container",
		"Policies", "Public Key Services", "Schema", "Schema Admins", "Servers", "Services",
		"Sites", "System", "Users", "aggregate", "config", "monitor", "schema",
		"subschema"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (ward_str_ieq(cn, ward_str_z(name[i])))
			return true;
	return false;
}

static bool place(struct ward_str type)
{
	static const char *const name[] = {"dc", "ou", "o", "c", "l", "st"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (ward_str_ieq(type, ward_str_z(name[i])))
			return true;
	return false;
}

/* Cuts the part before the first comma without a backslash off *rest (RFC 4514 2.4). */
static struct ward_str cut_rdn(struct ward_str *rest)
{
	struct ward_str all = *rest;
	size_t i = 0;

	while (i < all.len && all.p[i] != ',')
		i += all.p[i] == '\\' && i + 1 < all.len ? 2 : 1;
	*rest = ward_str_sub(all, i + 1, all.len);
	return ward_str_sub(all, 0, i);
}

void ward_ldap_dn_text(struct ward_wr *w, struct ward_slice dn, size_t most)
{
	struct ward_str rest = ward_slice_text(dn);
	size_t from = w->len;

	while (rest.len) {
		struct ward_str value = cut_rdn(&rest), type = ward_str_cut(&value, '=');

		type = ward_str_trim(type);
		value = ward_str_trim(value);
		if (!value.p) {
			type = WARD_STR("");
			value = WARD_STR("");
		}
		if (w->len - from + type.len + value.len + sizeof(",=...") > most) {
			ward_wr_z(w, "...");
			return;
		}
		if (w->len > from)
			ward_wr_ch(w, ',');
		ward_text_ascii(w, ward_str_bytes(type), type.len);
		ward_wr_ch(w, '=');
		if (place(type) || (ward_str_ieq(type, WARD_STR("cn")) && well_known(value)))
			ward_text_ascii(w, ward_str_bytes(value), value.len);
		else
			ward_wr_ch(w, '?');
	}
}
