#include "exercise/ber.h"

enum { LONG = 0x80, CONTINUES = 0x80, OID_FIRST = 40, INT_BYTES = 8 };

void ward_ber_put(struct ward_wr *w, uint8_t tag, struct ward_slice content)
{
	ward_wr_u8(w, tag);
	if (content.len < LONG) {
		ward_wr_u8(w, (uint8_t)content.len);
	} else {
		ward_wr_u8(w, LONG | 2);
		ward_wr_be16(w, (uint16_t)content.len);
	}
	ward_wr_bytes(w, content.p, content.len);
}

/* Two's complement, as few bytes as will do. */
void ward_ber_put_int(struct ward_wr *w, uint8_t tag, int64_t v)
{
	uint8_t b[INT_BYTES];
	size_t from = 0;

	for (size_t i = 0; i < INT_BYTES; i++)
		b[i] = (uint8_t)((uint64_t)v >> 8 * (INT_BYTES - 1 - i));
	while (from + 1 < INT_BYTES && ((b[from] == 0 && !(b[from + 1] & 0x80)) ||
					       (b[from] == 0xff && b[from + 1] & 0x80)))
		from++;
	ward_ber_put(w, tag, ward_slice_of(b + from, INT_BYTES - from));
}

static void put_part(struct ward_wr *w, uint32_t v)
{
	for (int shift = 28; shift > 0; shift -= 7)
		if (v >> shift)
			ward_wr_u8(w, (uint8_t)(CONTINUES | (v >> shift & 0x7f)));
	ward_wr_u8(w, v & 0x7f);
}

void ward_ber_put_oid(struct ward_wr *w, const struct ward_snmp_oid *oid)
{
	uint8_t buf[5 * WARD_SNMP_IDS];
	struct ward_wr of = ward_wr_fixed(buf, sizeof(buf));

	WARD_ASSERT(oid->n >= 2);
	put_part(&of, oid->id[0] * OID_FIRST + oid->id[1]);
	for (size_t i = 2; i < oid->n; i++)
		put_part(&of, oid->id[i]);
	ward_ber_put(w, WARD_BER_OID, ward_wr_slice(&of));
}

void ward_ber_put_message(struct ward_wr *w, const struct ward_ber_message *m)
{
	uint8_t inner[WARD_BER_MAX], outer[WARD_BER_MAX];
	struct ward_wr pdu = ward_wr_fixed(inner, sizeof(inner));
	struct ward_wr all = ward_wr_fixed(outer, sizeof(outer));

	ward_ber_put_int(&pdu, WARD_BER_INTEGER, m->request);
	ward_ber_put_int(&pdu, WARD_BER_INTEGER, m->status);
	ward_ber_put_int(&pdu, WARD_BER_INTEGER, m->index);
	ward_ber_put(&pdu, WARD_BER_SEQUENCE, m->bindings);
	ward_ber_put_int(&all, WARD_BER_INTEGER, WARD_SNMP_2C);
	ward_ber_put(&all, WARD_BER_OCTETS, ward_slice_of(m->community.p, m->community.len));
	ward_ber_put(&all, m->pdu, ward_wr_slice(&pdu));
	w->bad |= ward_wr_bad(&pdu) || ward_wr_bad(&all);
	ward_ber_put(w, WARD_BER_SEQUENCE, ward_wr_slice(&all));
}

struct ward_rd ward_ber_get(struct ward_rd *r, uint8_t *ret_tag)
{
	*ret_tag = ward_rd_u8(r);
	size_t len = ward_rd_u8(r);

	if (len == (LONG | 1))
		len = ward_rd_u8(r);
	else if (len == (LONG | 2))
		len = ward_rd_be16(r);
	else if (len >= LONG)
		len = ward_rd_left(r) + 1; /* more than there is */
	return ward_rd_sub(r, len);
}

bool ward_ber_get_int(struct ward_rd *r, int64_t *ret)
{
	uint8_t tag;
	struct ward_rd of = ward_ber_get(r, &tag);
	size_t n = ward_rd_left(&of);
	uint64_t v = n && ward_rd_peek(&of) & 0x80 ? UINT64_MAX : 0;

	if (ward_rd_bad(r) || tag != WARD_BER_INTEGER || !n || n > INT_BYTES)
		return false;
	while (n--)
		v = v << 8 | ward_rd_u8(&of);
	*ret = (int64_t)v;
	return true;
}

bool ward_ber_get_oid(struct ward_rd *r, struct ward_snmp_oid *ret)
{
	uint8_t tag;
	struct ward_rd of = ward_ber_get(r, &tag);

	*ret = (struct ward_snmp_oid){.n = 0};
	if (ward_rd_bad(r) || tag != WARD_BER_OID || !ward_rd_left(&of))
		return false;
	while (ward_rd_left(&of)) {
		uint64_t v = 0;
		uint8_t b;

		do {
			b = ward_rd_u8(&of);
			v = v << 7 | (b & 0x7f);
		} while (b & CONTINUES && ward_rd_left(&of) && v <= UINT32_MAX);
		if (b & CONTINUES || v > UINT32_MAX || ret->n + 2 > WARD_SNMP_IDS)
			return false;
		if (!ret->n) { /* X.690 8.19.4 */
			uint32_t first = v < 2 * OID_FIRST ? (uint32_t)v / OID_FIRST : 2;

			ret->id[ret->n++] = first;
			v -= first * OID_FIRST;
		}
		ret->id[ret->n++] = (uint32_t)v;
	}
	return true;
}

bool ward_ber_get_message(struct ward_slice bytes, struct ward_ber_message *ret)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t tag;
	struct ward_rd all = ward_ber_get(&r, &tag);
	int64_t version;

	*ret = (struct ward_ber_message){.pdu = 0};
	if (ward_rd_bad(&r) || tag != WARD_BER_SEQUENCE || !ward_ber_get_int(&all, &version) ||
		version != WARD_SNMP_2C)
		return false;
	struct ward_rd community = ward_ber_get(&all, &tag);
	bool octets = tag == WARD_BER_OCTETS;
	struct ward_slice name = ward_rd_rest(&community);
	struct ward_rd pdu = ward_ber_get(&all, &ret->pdu);

	ret->community = (struct ward_str){(const char *)name.p, name.len};
	if (!octets || ward_rd_bad(&all) || !ward_ber_get_int(&pdu, &ret->request) ||
		!ward_ber_get_int(&pdu, &ret->status) || !ward_ber_get_int(&pdu, &ret->index))
		return false;
	struct ward_rd bindings = ward_ber_get(&pdu, &tag);

	ret->bindings = ward_rd_rest(&bindings);
	return !ward_rd_bad(&pdu) && tag == WARD_BER_SEQUENCE;
}
