#include "directory/ldap.h"

#include <string.h>

/* Tags (RFC 4511 4.2, 4.3, 4.5, 4.4.1; X.690 8.1.2). */
enum {
	BOOLEAN = 0x01,
	INTEGER = 0x02,
	OCTETS = 0x04,
	ENUMERATED = 0x0A,
	SEQUENCE = 0x30,
	SET = 0x31,
	BIND = 0x60,
	BOUND = 0x61,
	UNBIND = 0x42,
	SEARCH = 0x63,
	ENTRY = 0x64,
	DONE = 0x65,
	EXTENDED = 0x78,
	SIMPLE = 0x80,
	FILTER_EQUAL = 0xA3,
	WHOLE_SUBTREE = 2,
	DEREF_NEVER = 0,
	VERSION = 3,
	SIZE_MOST = 2,
	SECONDS_MOST = 5,
	DISABLED_BIT = 2, /* ACCOUNTDISABLE of userAccountControl */
};

/* What is asked for besides name and groups. */
static const char *const states[] = {
	"userAccountControl", "accountExpires", "nsAccountLock", "pwdAccountLockedTime"};

/* ---- out ---- */

/* Lengths in four bytes, so that a part can be begun before it is known how long it is. */
static size_t open_part(struct ward_wr *w, uint8_t tag)
{
	ward_wr_u8(w, tag);
	ward_wr_u8(w, 0x84);
	ward_wr_be32(w, 0);
	return w->len;
}

static void close_part(struct ward_wr *w, size_t from)
{
	size_t n = w->len - from;

	if (ward_wr_bad(w))
		return;
	for (size_t i = 0; i < 4; i++)
		w->p[from - 4 + i] = (uint8_t)(n >> (24 - 8 * i));
}

static void put_octets(struct ward_wr *w, uint8_t tag, struct ward_str s)
{
	size_t at = open_part(w, tag);

	ward_wr_str(w, s);
	close_part(w, at);
}

static void put_int(struct ward_wr *w, uint8_t tag, int32_t v)
{
	uint8_t b[5] = {0, (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
	size_t skip = 1;

	while (skip < 4 && !b[skip] && !(b[skip + 1] & 0x80)) /* the shortest form */
		skip++;
	ward_wr_u8(w, tag);
	ward_wr_u8(w, (uint8_t)(5 - skip));
	ward_wr_bytes(w, b + skip, 5 - skip);
}

void ward_ldap_put_bind(struct ward_wr *w, int32_t id, struct ward_str dn, struct ward_str password)
{
	size_t all = open_part(w, SEQUENCE);

	WARD_ASSERT(password.len && dn.len);
	put_int(w, INTEGER, id);
	size_t bind = open_part(w, BIND);

	put_int(w, INTEGER, VERSION);
	put_octets(w, OCTETS, dn);
	put_octets(w, SIMPLE, password);
	close_part(w, bind);
	close_part(w, all);
}

void ward_ldap_put_search(
	struct ward_wr *w, int32_t id, const struct ward_directory *d, struct ward_str name)
{
	size_t all = open_part(w, SEQUENCE);

	put_int(w, INTEGER, id);
	size_t search = open_part(w, SEARCH);

	put_octets(w, OCTETS, d->base);
	put_int(w, ENUMERATED, WHOLE_SUBTREE);
	put_int(w, ENUMERATED, DEREF_NEVER);
	put_int(w, INTEGER, SIZE_MOST);
	put_int(w, INTEGER, SECONDS_MOST);
	ward_wr_u8(w, BOOLEAN);
	ward_wr_be16(w, 0x0100); /* typesOnly: false */
	size_t filter = open_part(w, FILTER_EQUAL);

	put_octets(w, OCTETS, d->person);
	put_octets(w, OCTETS, name); /* a value, not the text of a filter: nothing in it counts */
	close_part(w, filter);
	size_t list = open_part(w, SEQUENCE);

	put_octets(w, OCTETS, d->person);
	put_octets(w, OCTETS, d->groups_from);
	for (size_t i = 0; i < WARD_ARRAY_LEN(states); i++)
		put_octets(w, OCTETS, ward_str_z(states[i]));
	close_part(w, list);
	close_part(w, search);
	close_part(w, all);
}

void ward_ldap_put_unbind(struct ward_wr *w, int32_t id)
{
	size_t all = open_part(w, SEQUENCE);

	put_int(w, INTEGER, id);
	ward_wr_u8(w, UNBIND);
	ward_wr_u8(w, 0);
	close_part(w, all);
}

/* ---- in ---- */

/* Tag and length; what follows of it is in *ret. A tag of 0: r is at its end, or bad. */
static uint8_t part_of(struct ward_rd *r, struct ward_rd *ret)
{
	uint8_t tag = ward_rd_u8(r), first = ward_rd_u8(r);
	size_t len = first;

	if (first & 0x80) {
		unsigned n = first & 0x7F;

		len = 0;
		if (!n || n > 4) { /* indefinite, or longer than any message */
			ward_rd_skip(r, ward_rd_left(r) + 1);
			n = 0;
		}
		while (n--)
			len = len << 8 | ward_rd_u8(r);
	}
	*ret = ward_rd_sub(r, len);
	return ward_rd_bad(r) ? 0 : tag;
}

static bool int_of(struct ward_rd *r, uint8_t tag, int32_t *ret)
{
	struct ward_rd v;
	uint32_t n = 0;

	if (part_of(r, &v) != tag || !ward_rd_left(&v) || ward_rd_left(&v) > 4)
		return false;
	if (ward_rd_peek(&v) & 0x80)
		return false; /* none of them is negative */
	while (ward_rd_left(&v))
		n = n << 8 | ward_rd_u8(&v);
	*ret = (int32_t)n;
	return true;
}

static bool text_of(struct ward_rd *r, uint8_t tag, struct ward_str *ret)
{
	struct ward_rd v;

	if (part_of(r, &v) != tag)
		return false;
	*ret = ward_slice_text(ward_rd_rest(&v));
	return true;
}

/* Hundreds of nanoseconds since 1601; 0 and the largest number mean never. */
static bool is_over(struct ward_str s, ward_ns now)
{
	const uint64_t to_1970 = UINT64_C(116444736000000000);
	uint64_t t;

	return ward_str_u64(s, &t) && t && t < INT64_MAX &&
	       (t < to_1970 || (t - to_1970) / 10000000 < (uint64_t)(now / WARD_NS_PER_S));
}

static void take_value(const struct ward_directory *d, struct ward_str type, struct ward_str v,
	ward_ns now, struct ward_ldap_found *f)
{
	uint64_t n;

	if (ward_str_ieq(type, d->person) && !f->who.name[0])
		(void)ward_directory_who_text(v, f->who.name);
	if (ward_str_ieq(type, d->groups_from))
		ward_directory_who_group(d, v, &f->who);
	if (ward_str_ieq(type, WARD_STR("userAccountControl")))
		f->disabled |= !ward_str_u64(v, &n) || n & DISABLED_BIT;
	if (ward_str_ieq(type, WARD_STR("accountExpires")))
		f->disabled |= is_over(v, now);
	if (ward_str_ieq(type, WARD_STR("nsAccountLock")))
		f->disabled |= ward_str_ieq(v, WARD_STR("true"));
	if (ward_str_ieq(type, WARD_STR("pwdAccountLockedTime")))
		f->disabled = true;
}

static bool take_entry(
	struct ward_rd *r, const struct ward_directory *d, ward_ns now, struct ward_ldap_found *f)
{
	struct ward_str dn, type, value;
	struct ward_rd list, one, values;

	if (!text_of(r, OCTETS, &dn) || part_of(r, &list) != SEQUENCE)
		return false;
	f->n++;
	if (f->n > 1) /* a name that several have is nobody's */
		return true;
	/* RFC 4514: UTF-8, in which a NUL is escaped; one would cut the name that is bound as */
	if (!dn.len || dn.len > WARD_LDAP_DN || memchr(dn.p, 0, dn.len) ||
		!ward_utf8_valid(ward_str_bytes(dn), NULL))
		return false;
	memcpy(f->dn, dn.p, dn.len);
	f->dn[dn.len] = 0;
	f->who.has_groups = true;
	while (ward_rd_left(&list)) {
		if (part_of(&list, &one) != SEQUENCE || !text_of(&one, OCTETS, &type) ||
			part_of(&one, &values) != SET)
			return false;
		while (ward_rd_left(&values)) {
			if (!text_of(&values, OCTETS, &value))
				return false;
			take_value(d, type, value, now, f);
		}
	}
	return true;
}

enum ward_err ward_ldap_take(struct ward_slice bytes, const struct ward_directory *d, ward_ns now,
	struct ward_ldap_found *found, size_t *ret_used, struct ward_ldap_answer *ret)
{
	struct ward_rd all = ward_rd_slice(bytes), message, op;
	struct ward_ldap_answer a = {.what = WARD_LDAP_OTHER};

	if (bytes.len && bytes.p[0] != SEQUENCE)
		return WARD_ERR_MALFORMED;
	if (bytes.len > 1 && (bytes.p[1] & 0x80) && ((bytes.p[1] & 0x7F) > 4 || bytes.p[1] == 0x80))
		return WARD_ERR_MALFORMED;
	if (part_of(&all, &message) != SEQUENCE)
		return bytes.len > WARD_LDAP_MESSAGE ? WARD_ERR_LIMIT : WARD_ERR_MORE;
	if (!int_of(&message, INTEGER, &a.id))
		return WARD_ERR_MALFORMED;
	uint8_t tag = part_of(&message, &op);

	if (!tag)
		return WARD_ERR_MALFORMED;
	if (tag == BOUND || tag == DONE) {
		a.what = tag == BOUND ? WARD_LDAP_BOUND : WARD_LDAP_DONE;
		if (!int_of(&op, ENUMERATED, &a.result))
			return WARD_ERR_MALFORMED;
	} else if (tag == ENTRY) {
		a.what = WARD_LDAP_ENTRY;
		if (!take_entry(&op, d, now, found))
			return WARD_ERR_MALFORMED;
	} else if (tag == EXTENDED) { /* of id 0: a notice that it ends (4.4.1) */
		a.what = a.id ? WARD_LDAP_OTHER : WARD_LDAP_ENDED;
	}
	*ret_used = bytes.len - ward_rd_left(&all);
	*ret = a;
	return WARD_OK;
}
