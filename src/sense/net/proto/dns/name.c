/* Domain names: labels, compression (RFC 1035 4.1.4), their text (5.1). */
#include "sense/net/proto/dns/reader.h"
#include "sense/net/text.h"

enum { LABEL_MAX = 63, POINTER = 0xc0, NETBIOS_LABEL = 32 };

bool ward_dns_fail(struct ward_dns_rd *b, enum ward_dns_reason why, size_t off)
{
	if (b->m->reason == WARD_DNS_REASON_N) {
		b->m->reason = why;
		b->m->off = off;
	}
	return false;
}

/* Cut at a character, not inside of it. */
static void cut(struct ward_wr *w, size_t from)
{
	if (w->len - from > WARD_DNS_TEXT)
		w->len = from + WARD_DNS_TEXT;
	while (w->len > from && (w->p[w->len - 1] & 0xc0) == 0x80)
		w->len--;
	if (w->len > from && w->p[w->len - 1] >= 0xc0)
		w->len--;
	w->bad = false;
}

struct ward_str ward_dns_text(struct ward_dns_rd *b, size_t from)
{
	struct ward_wr *w = b->text;

	if (ward_wr_bad(w) || w->len - from > WARD_DNS_TEXT) {
		cut(w, from);
		b->m->n_cut++;
	}
	return (struct ward_str){(const char *)w->p + from, w->len - from};
}

/* RFC 1001 14.1: two letters A to P are the halves of one byte. The 16th byte is what the name is
 * for. "WORKGROUP<1d>" */
static bool put_netbios(struct ward_wr *w, struct ward_slice label)
{
	uint8_t name[NETBIOS_LABEL / 2];
	size_t len = sizeof(name) - 1;

	if (label.len != NETBIOS_LABEL)
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (label.p[i] < 'A' || label.p[i] > 'P')
			return false;
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = (uint8_t)((label.p[2 * i] - 'A') << 4 | (label.p[2 * i + 1] - 'A'));
	while (len && (name[len - 1] == ' ' || name[len - 1] == 0))
		len--;
	ward_net_text(w, ward_slice_of(name, len), "");
	ward_wr_ch(w, '<');
	ward_wr_hex(w, ward_slice_of(name + sizeof(name) - 1, 1));
	ward_wr_ch(w, '>');
	return true;
}

static void put_label(struct ward_dns_rd *b, struct ward_slice label, bool first)
{
	if (b->silent)
		return;
	if (!first)
		ward_wr_ch(b->text, '.');
	if (!first || b->m->kind != WARD_DNS_NETBIOS || !put_netbios(b->text, label))
		ward_net_text(b->text, label, ".");
}

/* Pointers only lead backwards, each further than the one before, and there are at most
 * WARD_DNS_HOPS, so that reading a name ends. */
static bool jump(struct ward_dns_rd *b, struct ward_rd *at, size_t to, size_t *lowest)
{
	if (to >= *lowest || to < WARD_DNS_HEADER)
		return ward_dns_fail(b, WARD_DNS_NAME_POINTER, at->off);
	*lowest = to;
	*at = ward_rd_slice(b->message);
	at->off = to;
	return true;
}

bool ward_dns_name(struct ward_dns_rd *b)
{
	struct ward_rd at = b->r;
	size_t lowest = b->r.off, bytes = 1, hops = 0, n_label = 0;

	for (;;) {
		uint8_t len = ward_rd_u8(&at);

		if (!ward_rd_bad(&at) && len == 0)
			break;
		if (len > LABEL_MAX && len < POINTER)
			return ward_dns_fail(b, WARD_DNS_NAME_LABEL, at.off);
		bool pointer = len >= POINTER;
		struct ward_slice label = ward_rd_bytes(&at, pointer ? 1 : len);

		if (ward_rd_bad(&at))
			return ward_dns_fail(b, WARD_DNS_NAME_SHORT, at.off);
		if (pointer) {
			if (hops == 0)
				b->r.off = at.off;
			if (b->silent)
				return true;
			if (hops++ == WARD_DNS_HOPS)
				return ward_dns_fail(b, WARD_DNS_NAME_HOPS, at.off);
			if (!jump(b, &at, (size_t)(len - POINTER) << 8 | label.p[0], &lowest))
				return false;
			continue;
		}
		bytes += len + 1u;
		if (bytes > WARD_DNS_NAME)
			return ward_dns_fail(b, WARD_DNS_NAME_LENGTH, at.off);
		put_label(b, label, n_label++ == 0);
	}
	if (hops == 0)
		b->r.off = at.off;
	if (n_label == 0 && !b->silent)
		ward_wr_ch(b->text, '.');
	return true;
}
