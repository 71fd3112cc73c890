#include "sense/field/osdp_frame.h"

enum { SOM = 0x53, REPLY = 0x80, SEQUENCE = 0x03, CRC = 0x04, BLOCK = 0x08, HEAD = 5 };
/* Security blocks (IEC 60839-11-5 annex D). */
enum { SCS_11 = 0x11, SCS_14 = 0x14, SCS_15 = 0x15, SCS_17 = 0x17, SCS_18 = 0x18 };

static const struct {
	const char *counter, *text;
} reject_info[WARD_OSDP_REJECT_N] = {
#define X(NAME, counter, what) [WARD_OSDP_REJECT_##NAME] = {counter, what},
	WARD_OSDP_REJECT_LIST(X)
#undef X
};

const char *ward_osdp_reject_counter(enum ward_osdp_reject r)
{
	WARD_ASSERT((unsigned)r < WARD_OSDP_REJECT_N);
	return reject_info[r].counter;
}

const char *ward_osdp_reject_text(enum ward_osdp_reject r)
{
	WARD_ASSERT((unsigned)r < WARD_OSDP_REJECT_N);
	return reject_info[r].text;
}

struct code {
	const char *name;
	int least, most;
};

static const struct code commands[256] = {
#define X(NAME, code, name, least, most) [code] = {name, least, most},
	WARD_OSDP_COMMAND_LIST(X)
#undef X
};

static const struct code replies[256] = {
#define X(NAME, code, name, least, most) [code] = {name, least, most},
	WARD_OSDP_REPLY_LIST(X)
#undef X
};

uint16_t ward_osdp_crc(struct ward_slice s)
{
	uint32_t crc = 0x1D0F;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= (uint32_t)s.p[i] << 8;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1;
	}
	return (uint16_t)crc;
}

uint8_t ward_osdp_checksum(struct ward_slice s)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum += s.p[i];
	return (uint8_t)(0x100 - (sum & 0xff));
}

static bool is_whole(struct ward_slice s, bool crc)
{
	struct ward_slice body = {s.p, s.len - (crc ? 2 : 1)};

	return crc ? ward_osdp_crc(body) == (uint16_t)(s.p[s.len - 2] | s.p[s.len - 1] << 8)
		   : ward_osdp_checksum(body) == s.p[s.len - 1];
}

/* Length and type count in the length. */
static bool read_block(struct ward_rd *r, struct ward_osdp_frame *f)
{
	uint8_t len = ward_rd_u8(r), type = ward_rd_u8(r);

	if (ward_rd_bad(r) || len < 2 || type < SCS_11 || type > SCS_18)
		return false;
	struct ward_slice more = ward_rd_bytes(r, (size_t)len - 2);

	f->security = type;
	f->encrypted = type >= SCS_17;
	if (type <= SCS_14)
		f->key = more.len ? more.p[0] : 0;
	return !ward_rd_bad(r) && (type > SCS_14 || more.len == 1);
}

static bool is_long_enough(const struct ward_osdp_frame *f, const struct code *c)
{
	size_t n = f->data.len, packed = 0;

	if (f->encrypted)
		return true;
	if (n < (size_t)c->least || (c->most >= 0 && n > (size_t)c->most))
		return false;
	if (!f->reply)
		return true;
	switch (f->code) {
	case WARD_OSDP_RAW:
		packed = ((size_t)(f->data.p[2] | f->data.p[3] << 8) + 7) / 8;
		return n == 4 + packed;
	case WARD_OSDP_FMT:
		return n == 3 + (size_t)f->data.p[2];
	case WARD_OSDP_KEYPAD:
		return n == 2 + (size_t)f->data.p[1];
	default:
		return true;
	}
}

static enum ward_osdp_reject read_body(struct ward_slice s, struct ward_osdp_frame *f)
{
	uint8_t control = s.p[4];
	struct ward_rd r = ward_rd_from(s.p, s.len - (f->crc ? 2 : 1));
	const struct code *c;

	ward_rd_skip(&r, HEAD);
	f->address = s.p[1] & (uint8_t)~REPLY;
	f->reply = (s.p[1] & REPLY) != 0;
	f->sequence = control & SEQUENCE;
	if (control & BLOCK && !read_block(&r, f))
		return WARD_OSDP_REJECT_SECURITY;
	f->code = ward_rd_u8(&r);
	f->data = ward_rd_rest(&r);
	if (ward_rd_bad(&r) || (f->security >= SCS_15 && f->data.len < WARD_OSDP_MAC))
		return WARD_OSDP_REJECT_SECURITY;
	if (f->security >= SCS_15)
		f->data.len -= WARD_OSDP_MAC;
	c = f->reply ? &replies[f->code] : &commands[f->code];
	f->name = c->name;
	if (!c->name)
		return WARD_OSDP_REJECT_CODE;
	return is_long_enough(f, c) ? WARD_OSDP_REJECT_NONE : WARD_OSDP_REJECT_PAYLOAD;
}

enum ward_err ward_osdp_frame(
	struct ward_slice s, struct ward_osdp_frame *ret, size_t *used, enum ward_osdp_reject *why)
{
	struct ward_osdp_frame f = {.name = NULL};

	*used = 1;
	*why = WARD_OSDP_REJECT_LENGTH;
	if (s.len && s.p[0] != SOM)
		return WARD_ERR_MALFORMED;
	if (s.len < HEAD)
		return WARD_ERR_MORE;
	size_t len = (size_t)(s.p[2] | s.p[3] << 8);

	f.crc = (s.p[4] & CRC) != 0;
	if (len < (size_t)HEAD + 1 + (f.crc ? 2 : 1) || len > WARD_OSDP_FRAME_MAX)
		return WARD_ERR_MALFORMED;
	if (s.len < len)
		return WARD_ERR_MORE;
	s.len = len;
	if (!is_whole(s, f.crc)) {
		*why = f.crc ? WARD_OSDP_REJECT_CRC : WARD_OSDP_REJECT_CHECKSUM;
		return WARD_ERR_MALFORMED;
	}
	*used = len;
	*why = read_body(s, &f);
	if (*why != WARD_OSDP_REJECT_NONE)
		return WARD_ERR_MALFORMED;
	*ret = f;
	return WARD_OK;
}
