/* Link frames (IEEE 1815 clause 9) and transport segments (clause 8). */
#include "sense/net/proto/dnp3/dnp3.h"

enum {
	START_0 = 0x05,
	START_1 = 0x64,
	BLOCK = 16,
	CRC = 2,
	CONTROL = 5, /* bytes that the length counts before the user data */
	FIN = 0x80,
	FIR = 0x40,
	SEQUENCE = 0x3f,
};

/* 9.2.4.3: x^16 + x^13 + x^12 + x^11 + x^10 + x^8 + x^6 + x^5 + x^2 + 1, bits reversed. */
static bool crc_fits(const uint8_t *p, size_t len)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xa6bc : crc >> 1);
	}
	crc = (uint16_t)~crc;
	return p[len] == (crc & 0xff) && p[len + 1] == crc >> 8;
}

static enum ward_dnp3_frame not(
	struct ward_dnp3_link * l, enum ward_dnp3_reason reason, size_t off) {
	l->reason = reason; l->off = off; return WARD_DNP3_NOT;
}

enum ward_dnp3_frame ward_dnp3_frame(struct ward_slice payload, struct ward_dnp3_link *l)
{
	static const uint8_t start[] = {START_0, START_1};
	struct ward_rd r = ward_rd_slice(payload);

	memset(l, 0, sizeof(*l));
	l->reason = WARD_DNP3_REASON_N;
	for (size_t i = 0; i < sizeof(start) && i < payload.len; i++)
		if (payload.p[i] != start[i])
			return not(l, WARD_DNP3_LINK_START, i);
	const uint8_t *head = ward_rd_take(&r, WARD_DNP3_HEADER);

	if (!head)
		return WARD_DNP3_MORE;
	if (!crc_fits(head, WARD_DNP3_HEADER - CRC))
		return not(l, WARD_DNP3_LINK_CRC, WARD_DNP3_HEADER - CRC);
	if (head[2] < CONTROL)
		return not(l, WARD_DNP3_LINK_LENGTH, 2);
	l->from_master = head[3] & 0x80;
	l->primary = head[3] & 0x40;
	l->function = head[3] & 0x0f;
	l->dst = (uint16_t)(head[4] | head[5] << 8);
	l->src = (uint16_t)(head[6] | head[7] << 8);
	l->n_user = head[2] - (size_t)CONTROL;
	l->size = WARD_DNP3_HEADER + l->n_user + (l->n_user + BLOCK - 1) / BLOCK * CRC;
	return payload.len < l->size ? WARD_DNP3_MORE : WARD_DNP3_WHOLE;
}

bool ward_dnp3_user(struct ward_slice frame, struct ward_dnp3_link *l, uint8_t user[WARD_DNP3_USER])
{
	struct ward_rd r = ward_rd_slice(frame);

	ward_rd_skip(&r, WARD_DNP3_HEADER);
	for (size_t done = 0; done < l->n_user;) {
		size_t n = l->n_user - done < BLOCK ? l->n_user - done : BLOCK;
		const uint8_t *block = ward_rd_take(&r, n + CRC);

		if (!block || !crc_fits(block, n)) {
			l->reason = WARD_DNP3_DATA_CRC;
			l->off = r.off;
			return false;
		}
		memcpy(user + done, block, n);
		done += n;
	}
	return true;
}

size_t ward_dnp3_next_start(struct ward_slice payload, size_t off)
{
	for (; off < payload.len; off++)
		if (payload.p[off] == START_0 &&
			(off + 1 == payload.len || payload.p[off + 1] == START_1))
			break;
	return off;
}

static void begin(struct ward_dnp3_transport *t, const struct ward_dnp3_link *l, uint8_t control)
{
	t->open = true;
	t->over = false;
	t->next = control & SEQUENCE;
	t->dst = l->dst;
	t->src = l->src;
	t->n = 0;
	t->len = 0;
}

enum ward_dnp3_progress ward_dnp3_add(
	struct ward_dnp3_transport *t, const struct ward_dnp3_link *l, struct ward_slice user)
{
	uint8_t control = user.len ? user.p[0] : 0;
	size_t n = user.len ? user.len - 1 : 0, room;

	if (control & FIR)
		begin(t, l, control);
	if (!t->open || t->next != (control & SEQUENCE) || t->src != l->src || t->dst != l->dst) {
		/* Once is enough: what follows up to the next first one has no begin. */
		bool told = t->over;

		t->open = false;
		t->over = told && !(control & FIN);
		return control & FIN && !told ? WARD_DNP3_SEGMENT_MISSING : WARD_DNP3_HELD;
	}
	t->next = (t->next + 1) & SEQUENCE;
	t->n++;
	room = WARD_DNP3_FRAGMENT - t->len;
	if (n)
		memcpy(t->bytes + t->len, user.p + 1, n < room ? n : room);
	t->len += n < room ? n : room;
	if (n > room) {
		t->open = false;
		t->over = !(control & FIN);
		return WARD_DNP3_TOO_LONG;
	}
	t->open = !(control & FIN);
	return t->open ? WARD_DNP3_HELD : WARD_DNP3_FRAGMENT_WHOLE;
}
