#include "sense/file/dicom.h"

#define UNDEFINED UINT32_MAX /* PS3.5 7.1.1 */

enum {
	TAG_BYTES = 4,
	GROUP_META = 0x0002,
	GROUP_ITEM = 0xfffe,
	ITEM = 0xe000,
	ITEM_END = 0xe00d,
	SEQUENCE_END = 0xe0dd,
};

static enum ward_err wrong(struct ward_dicom *d, const char *why, size_t at)
{
	d->why = why;
	d->at = at;
	return WARD_ERR_MALFORMED;
}

static uint16_t u16(struct ward_dicom *d)
{
	return d->syntax.big ? ward_rd_be16(&d->rd) : ward_rd_le16(&d->rd);
}

static uint32_t u32(struct ward_dicom *d)
{
	return d->syntax.big ? ward_rd_be32(&d->rd) : ward_rd_le32(&d->rd);
}

static bool is_vr(const uint8_t *p)
{
	return p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' && p[1] <= 'Z';
}

/* PS3.5 table 7.1-1: these have 2 reserved bytes and 4 bytes of length. */
static bool is_long(const char vr[2])
{
	static const char list[] = "OBODOFOLOVOWSQSVUCURUTUNUV";

	for (size_t i = 0; i + 1 < sizeof(list); i += 2)
		if (memcmp(list + i, vr, 2) == 0)
			return true;
	return false;
}

static bool is_implicit(const struct ward_dicom *d)
{
	bool in = d->implicit;

	for (unsigned i = 0; i < d->depth; i++)
		in |= d->unknown[i];
	return in;
}

static enum ward_err push(struct ward_dicom *d, uint32_t len, bool unknown, size_t at)
{
	if (d->depth == WARD_DICOM_DEPTH)
		return wrong(d, "more than 32 sequences lie in each other", at);
	if (len != UNDEFINED && len > ward_rd_left(&d->rd))
		return wrong(d, "a sequence or item is longer than the object", at);
	size_t end = len == UNDEFINED ? SIZE_MAX : d->rd.off + len;
	size_t outer = d->depth ? d->ends[d->depth - 1] : SIZE_MAX;

	if (outer != SIZE_MAX && end != SIZE_MAX && end > outer)
		return wrong(d, "an item ends behind its sequence", at);
	d->ends[d->depth] = end;
	d->unknown[d->depth++] = unknown;
	return WARD_OK;
}

static void pop_ended(struct ward_dicom *d)
{
	while (d->depth && d->ends[d->depth - 1] != SIZE_MAX && d->rd.off >= d->ends[d->depth - 1])
		d->depth--;
}

/* Items and delimiters (PS3.5 7.5). */
static enum ward_err item(struct ward_dicom *d, const struct ward_dicom_element *e)
{
	uint32_t len = u32(d);

	if (ward_rd_bad(&d->rd))
		return wrong(d, "it ends within an element", e->off);
	if (e->number == ITEM)
		return d->depth ? push(d, len, false, e->off)
				: wrong(d, "an item lies in no sequence", e->off);
	if (e->number != ITEM_END && e->number != SEQUENCE_END)
		return wrong(d, "there is no such delimiter", e->off);
	if (!d->depth || d->ends[d->depth - 1] != SIZE_MAX)
		return wrong(d, "a delimiter ends nothing", e->off);
	d->depth--;
	return len ? wrong(d, "a delimiter has a length", e->off) : WARD_OK;
}

static uint32_t length(struct ward_dicom *d, struct ward_dicom_element *e)
{
	if (is_implicit(d) || ward_rd_left(&d->rd) < 4) {
		memcpy(e->vr, "??", 2);
		return u32(d);
	}
	const uint8_t *p = ward_rd_take(&d->rd, 2);

	memcpy(e->vr, p, 2);
	if (!is_vr(p)) {
		d->why = "an element has no type, though the transfer syntax says so";
		d->at = e->off;
		return 0;
	}
	if (!is_long(e->vr))
		return u16(d);
	ward_rd_skip(&d->rd, 2);
	return u32(d);
}

/* Fragments of pixels: all up to the delimiter, as one value (PS3.5 A.4). */
static enum ward_err fragments(struct ward_dicom *d, struct ward_dicom_element *e)
{
	size_t from = d->rd.off;

	for (;;) {
		size_t at = d->rd.off;
		uint16_t group = u16(d), number = u16(d);
		uint32_t len = u32(d);

		if (ward_rd_bad(&d->rd))
			return wrong(d, "the fragments of the pixels have no end", from);
		if (group != GROUP_ITEM || (number != ITEM && number != SEQUENCE_END))
			return wrong(d, "something else lies between the fragments", at);
		if (number == SEQUENCE_END)
			break;
		if (len > ward_rd_left(&d->rd))
			return wrong(d, "a fragment is longer than the object", at);
		ward_rd_skip(&d->rd, len);
	}
	e->value = ward_slice_of(d->rd.p + from, d->rd.off - from);
	return WARD_OK;
}

static bool is_pixels(const struct ward_dicom_element *e)
{
	return e->group == 0x7fe0 && e->number == 0x0010;
}

static enum ward_err value(struct ward_dicom *d, struct ward_dicom_element *e, uint32_t len)
{
	bool sequence = memcmp(e->vr, "SQ", 2) == 0;

	e->undefined = len == UNDEFINED;
	if (e->undefined && is_pixels(e))
		return fragments(d, e);
	if (e->undefined)
		return push(d, len, memcmp(e->vr, "UN", 2) == 0, e->off);
	if (sequence)
		return push(d, len, false, e->off);
	if (len > ward_rd_left(&d->rd))
		return wrong(d, "an element is longer than the object", e->off);
	if (d->depth && d->ends[d->depth - 1] != SIZE_MAX &&
		len > d->ends[d->depth - 1] - d->rd.off)
		return wrong(d, "an element is longer than its item", e->off);
	e->value = ward_rd_bytes(&d->rd, len);
	return WARD_OK;
}

enum ward_err ward_dicom_next(struct ward_dicom *d, struct ward_dicom_element *ret)
{
	enum ward_err err = WARD_OK;

	for (;;) {
		struct ward_dicom_element e = {.off = d->rd.off, .vr = {'?', '?'}};

		pop_ended(d);
		if (!ward_rd_left(&d->rd))
			return d->depth ? wrong(d, "it ends within a sequence", e.off)
					: WARD_ERR_MORE;
		e.group = u16(d);
		e.number = u16(d);
		e.depth = d->depth;
		if (ward_rd_bad(&d->rd))
			return wrong(d, "it ends within an element", e.off);
		if (e.group == GROUP_ITEM) {
			err = item(d, &e);
			if (err)
				return err;
			continue;
		}
		uint32_t len = length(d, &e);

		if (d->why)
			return WARD_ERR_MALFORMED;
		if (ward_rd_bad(&d->rd))
			return wrong(d, "it ends within an element", e.off);
		err = value(d, &e, len);
		if (!err)
			*ret = e;
		return err;
	}
}

static struct ward_str uid_of(struct ward_slice v)
{
	struct ward_str s = ward_slice_text(v);

	while (s.len && (s.p[s.len - 1] == 0 || s.p[s.len - 1] == ' '))
		s.len--;
	return s;
}

/* PS3.6 annex A: which are written otherwise than explicit little endian, and which are native. */
static void set_syntax(struct ward_dicom *d, struct ward_slice v)
{
	static const char base[] = "1.2.840.10008.1.2";
	struct ward_dicom_syntax *s = &d->syntax;
	struct ward_str rest;

	s->uid = uid_of(v);
	s->known = ward_str_starts(s->uid, WARD_STR("1.2.840.10008.1.2"));
	rest = ward_str_sub(s->uid, sizeof(base) - 1, SIZE_MAX);
	s->implicit = s->known && !rest.len;
	s->big = ward_str_eqz(rest, ".2");
	s->deflated = ward_str_eqz(rest, ".1.99");
	s->encapsulated = s->known && (ward_str_starts(rest, WARD_STR(".4.")) ||
					      ward_str_starts(rest, WARD_STR(".5")) ||
					      ward_str_starts(rest, WARD_STR(".6")));
}

enum ward_err ward_dicom_begin(struct ward_dicom *d, struct ward_slice file)
{
	*d = (struct ward_dicom){.rd = ward_rd_slice(file)};
	ward_rd_skip(&d->rd, WARD_DICOM_PREAMBLE + 4);
	if (ward_rd_bad(&d->rd))
		return wrong(d, "it ends within its head", 0);
	/* Group 2 is explicit little endian, whatever follows (PS3.10 7.1). */
	while (ward_rd_left(&d->rd) >= TAG_BYTES &&
		(d->rd.p[d->rd.off] | d->rd.p[d->rd.off + 1] << 8) == GROUP_META) {
		struct ward_dicom_element e;
		struct ward_dicom_syntax keep = d->syntax;
		enum ward_err err;

		d->syntax = (struct ward_dicom_syntax){.known = false};
		err = ward_dicom_next(d, &e);
		d->syntax = keep;
		if (err)
			return d->why ? err : wrong(d, "it ends within its head", d->rd.off);
		if (e.number == 0x0010)
			set_syntax(d, e.value);
		if (d->depth)
			return wrong(d, "a sequence stands in its head", e.off);
	}
	if (!d->syntax.uid.len)
		return wrong(d, "its head names no transfer syntax", d->rd.off);
	return WARD_OK;
}

struct ward_slice ward_dicom_rest(const struct ward_dicom *d)
{
	return ward_slice_of(d->rd.p + d->rd.off, d->rd.len - d->rd.off);
}

void ward_dicom_set(struct ward_dicom *d, struct ward_slice set)
{
	d->rd = ward_rd_slice(set);
	d->depth = 0;
	d->implicit = d->syntax.implicit;
}

uint16_t ward_dicom_u16(const struct ward_dicom *d, struct ward_slice v)
{
	struct ward_rd r = ward_rd_slice(v);

	return d->syntax.big ? ward_rd_be16(&r) : ward_rd_le16(&r);
}
