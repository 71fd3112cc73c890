/* Attachments in Outlook's own form, "winmail.dat" (MS-OXTNEF): a row of attributes, of which those
 * with bytes of attachments are given, and of those with properties each value that has a length:
 * messages within the message, and other objects, lie there. */
#include "sense/file/exam.h"

#include <stdlib.h>

/* MS-OXTNEF 2.1.3.4 */
enum { ATT_TITLE = 0x18010, ATT_DATA = 0x6800f, ATT_PROPERTIES = 0x69005, ATT_MESSAGE = 0x69003 };
enum { HEAD = 6, ATT_HEAD = 9, INTERFACE = 16, NAMED = 0x8000, IS_TEXT = 1, SMALL = 64 };
/* Types of values: MS-OXCDATA 2.11.1 */
enum { OF_OBJECT = 0x0d, OF_TEXT = 0x1e, OF_WIDE = 0x1f, OF_BINARY = 0x102, MANY = 0x1000 };

static const char signature[] = {0x78, (char)0x9f, 0x3e, 0x22};

struct opened {
	struct ward_rd r;
	struct ward_str title;     /* of the attachment; in the bytes */
	struct ward_rd properties; /* that are left of an attribute */
	uint32_t n_property;       /* how many these are */
	uint32_t n_value;          /* that are left of a property, */
	uint16_t type;             /* whose type is this */
};

static void *open_tnef(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	(void)x;
	if (!o)
		return NULL;
	o->r = ward_rd_slice(p->bytes);
	ward_rd_skip(&o->r, HEAD);
	return o;
}

static struct ward_str until_nul(struct ward_slice s)
{
	struct ward_str t = ward_slice_text(s);
	const char *end = t.len ? memchr(t.p, 0, t.len) : NULL;

	return end ? ward_str_sub(t, 0, (size_t)(end - t.p)) : t;
}

/* Bytes of one value of a type that has no length of its own; 0: it is none. */
static size_t fixed(uint16_t type)
{
	switch (type & ~MANY) {
	case 2:
	case 3:
	case 4:
	case 10:
	case 11:
		return 4;
	case 5:
	case 6:
	case 7:
	case 20:
	case 64:
		return 8;
	case 72:
		return 16;
	default:
		return 0;
	}
}

static bool has_length(uint16_t type)
{
	type &= (uint16_t)~MANY;
	return type == OF_OBJECT || type == OF_TEXT || type == OF_WIDE || type == OF_BINARY;
}

static void skip_to_4(struct ward_rd *r, size_t n)
{
	ward_rd_skip(r, (4 - n % 4) % 4);
}

/* The head of a property (2.1.3.4.1, MsgPropertyValue); those without lengths are passed over. */
static void next_property(struct opened *o)
{
	struct ward_rd *r = &o->properties;
	uint32_t n = 1;

	o->type = ward_rd_le16(r);
	if (ward_rd_le16(r) >= NAMED) {
		ward_rd_skip(r, INTERFACE);
		bool text = ward_rd_le32(r) == IS_TEXT;
		uint32_t name = ward_rd_le32(r);

		if (text) {
			ward_rd_skip(r, name);
			skip_to_4(r, name);
		}
	}
	if (has_length(o->type) || o->type & MANY)
		n = ward_rd_le32(r);
	if (has_length(o->type)) {
		o->n_value = n;
		return;
	}
	size_t each = fixed(o->type);

	ward_rd_skip(r, each && n <= ward_rd_left(r) / each ? n * each : SIZE_MAX);
}

/* The next value of properties that is not small. What can't be read as properties is given from
 * the next message on that it holds. */
static bool next_value(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_slice *ret)
{
	struct ward_rd *r = &o->properties;

	while (ward_rd_left(r) && (o->n_property || o->n_value)) {
		struct ward_slice all = ward_slice_of(r->p, r->len);
		size_t at = r->off;

		if (!o->n_value) {
			o->n_property--;
			next_property(o);
			*ret = ward_slice_of(NULL, 0);
		} else {
			uint32_t len = ward_rd_le32(r);

			o->n_value--;
			*ret = ward_rd_bytes(r, len);
			if (!ward_rd_bad(r) && len % 4 && ward_rd_left(r))
				skip_to_4(r, len);
		}
		if (ward_rd_bad(r)) {
			ward_exam_damaged(
				x, p, "properties of TNEF", (size_t)(all.p - p->bytes.p) + at);
			at = ward_exam_next(all, at, signature, sizeof(signature));
			*r = ward_rd_slice(ward_slice_of(NULL, 0));
			*ret = at == SIZE_MAX ? *ret : ward_slice_of(all.p + at, all.len - at);
			return at != SIZE_MAX;
		}
		if ((o->type & ~MANY) == OF_OBJECT && ret->len >= INTERFACE) /* behind its IID */
			*ret = ward_slice_of(ret->p + INTERFACE, ret->len - INTERFACE);
		if (ret->len >= SMALL || ward_kind_signed(*ret) != WARD_KIND_DATA)
			return true;
	}
	return false;
}

static void begin_properties(struct opened *o, struct ward_slice s)
{
	o->properties = ward_rd_slice(s);
	o->n_property = ward_rd_le32(&o->properties);
	o->n_value = 0;
}

/* The next attribute; one that is cut off is looked at as far as it goes. */
static uint32_t next_attribute(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_slice *ret)
{
	size_t at = o->r.off;

	(void)ward_rd_u8(&o->r); /* of the message, or of an attachment */
	uint32_t id = ward_rd_le32(&o->r);

	*ret = ward_rd_bytes(&o->r, ward_rd_le32(&o->r));
	(void)ward_rd_le16(&o->r); /* the sum of its bytes: nobody refuses a wrong one */
	if (!ward_rd_bad(&o->r))
		return id;
	ward_exam_damaged(x, p, "an attribute of TNEF", at);
	o->r = ward_rd_slice(ward_slice_of(NULL, 0));
	at += p->bytes.len - at > ATT_HEAD ? ATT_HEAD : 0;
	*ret = ward_slice_of(p->bytes.p + at, p->bytes.len - at);
	return id == ATT_PROPERTIES || id == ATT_MESSAGE ? id : ATT_DATA;
}

static bool next_tnef(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice s;

	*ret = (struct ward_child){.name = WARD_STR("properties"), .kind = WARD_KIND_N};
	while (!x->stop && !next_value(x, p, o, &ret->bytes)) {
		if (!ward_rd_left(&o->r))
			return false;
		uint32_t id = next_attribute(x, p, o, &s);

		if (id == ATT_TITLE)
			o->title = until_nul(s);
		if (!s.len || (id != ATT_DATA && id != ATT_PROPERTIES && id != ATT_MESSAGE))
			continue;
		*ret = (struct ward_child){.name = id == ATT_DATA ? o->title : ret->name,
			.bytes = s,
			.kind = id == ATT_DATA ? WARD_KIND_N : WARD_KIND_DATA};
		if (id != ATT_DATA)
			begin_properties(o, s);
		return true;
	}
	return !x->stop;
}

const struct ward_opener ward_open_tnef = {open_tnef, next_tnef, free};
