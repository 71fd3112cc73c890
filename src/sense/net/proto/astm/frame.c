#include "base/rd.h"
#include "sense/net/proto/astm/astm.h"

enum { CR = 0x0d, LF = 0x0a };

static bool hex_digit(uint8_t c, unsigned *value)
{
	static const char digit[] = "0123456789ABCDEF";
	const char *at = c ? strchr(digit, c) : NULL;

	*value = at ? (unsigned)(at - digit) : 0;
	return at != NULL;
}

/* LIS1-A 8.6: what must not stand in text. */
static bool is_restricted(uint8_t c)
{
	return (c >= 0x01 && c <= 0x06) || c == LF || (c >= 0x10 && c <= 0x17);
}

static enum ward_astm_framing not_one(
	struct ward_astm_frame *f, enum ward_astm_reason reason, size_t off)
{
	f->reason = reason;
	f->off = off;
	return WARD_ASTM_NOT;
}

/* Checksum, CR and LF behind the text. */
static enum ward_astm_framing read_end(struct ward_rd *r, uint8_t sum, struct ward_astm_frame *f)
{
	unsigned high, low;
	size_t at = r->off;
	uint8_t b[4];

	for (size_t i = 0; i < sizeof(b); i++) {
		if (!ward_rd_left(r))
			return WARD_ASTM_MORE;
		b[i] = ward_rd_u8(r);
		if (i < 2 ? !hex_digit(b[i], &low) : b[i] != (i == 2 ? CR : LF))
			return not_one(f, WARD_ASTM_FRAME_END, at + i);
	}
	(void)hex_digit(b[0], &high);
	(void)hex_digit(b[1], &low);
	f->sum_good = (high << 4 | low) == sum;
	f->size = r->off;
	return WARD_ASTM_WHOLE;
}

enum ward_astm_framing ward_astm_frame(
	struct ward_slice s, struct ward_astm_scan *scan, struct ward_astm_frame *f)
{
	struct ward_rd r = ward_rd_slice(s);

	*f = (struct ward_astm_frame){.reason = WARD_ASTM_REASON_N};
	ward_rd_skip(&r, 1);
	if (!ward_rd_left(&r))
		return WARD_ASTM_MORE;
	uint8_t c = ward_rd_u8(&r);

	if (c < '0' || c > '7')
		return not_one(f, WARD_ASTM_FRAME_NUMBER, 1);
	f->number = (uint8_t)(c - '0');
	if (scan->at < r.off || scan->at > s.len)
		*scan = (struct ward_astm_scan){r.off, c};
	for (r.off = scan->at; ward_rd_left(&r); scan->at = r.off) {
		size_t at = r.off;

		if (at > WARD_ASTM_FRAME_MAX)
			return not_one(f, WARD_ASTM_FRAME_LENGTH, at);
		c = ward_rd_u8(&r);
		if (c == WARD_ASTM_ETX || c == WARD_ASTM_ETB) {
			f->text = ward_slice_of(s.p + 2, at - 2);
			f->last = c == WARD_ASTM_ETX;
			return read_end(&r, (uint8_t)(scan->sum + c), f);
		}
		if (is_restricted(c))
			return not_one(f, WARD_ASTM_FRAME_TEXT, at);
		scan->sum = (uint8_t)(scan->sum + c);
	}
	return WARD_ASTM_MORE;
}

static bool is_delimiter(char c)
{
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
	       !(c >= 'a' && c <= 'z');
}

/* LIS2-A2 5.4.6: field, then repeat, component and escape, all different. */
static bool good_delimiters(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_delimiter(s.p[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (s.p[i] == s.p[j])
				return false;
	}
	return s.len == 4;
}

bool ward_astm_header(struct ward_str record, struct ward_astm_header *h)
{
	enum { FIELDS = 14 };
	struct ward_str rest = record, field[FIELDS] = {{NULL, 0}};

	*h = (struct ward_astm_header){.delimiters = ward_str_sub(record, 1, 4)};
	if (record.len < 5 || record.p[0] != 'H' || !good_delimiters(h->delimiters) ||
		(record.len > 5 && record.p[5] != record.p[1]))
		return false;
	for (size_t i = 0; i < FIELDS && rest.p; i++)
		field[i] = ward_str_cut(&rest, record.p[1]);
	h->has_password = field[3].len != 0;
	h->sender_detail = field[4];
	h->sender_name = ward_str_cut(&h->sender_detail, record.p[3]);
	h->receiver = field[9];
	h->processing = field[11];
	h->version = field[12];
	return true;
}

static const char kinds[WARD_ASTM_KINDS][2] = {"H", "P", "O", "R", "C", "Q", "S", "M", "L"};

size_t ward_astm_kind(char type)
{
	for (size_t i = 0; i < WARD_ASTM_KINDS; i++)
		if (kinds[i][0] == type)
			return i;
	return SIZE_MAX;
}

const char *ward_astm_kind_name(size_t kind)
{
	WARD_ASSERT(kind < WARD_ASTM_KINDS);
	return kinds[kind];
}
