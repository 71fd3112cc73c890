/* Attachments in Outlook's own form, "winmail.dat" (MS-OXTNEF): a row of attributes, of which those
 * with bytes of attachments are given, and of those with properties each value that has a length:
 * messages within the message, and other objects, lie there. What an attachment is called may stand
 * behind its bytes: its attributes, up to the next attachment's, are read for that beforehand. */
#include "sense/file/exam.h"

#include <stdlib.h>

/* MS-OXTNEF 2.1.3.4 */
enum {
	ATT_TITLE = 0x18010,
	ATT_BEGIN = 0x69002, /* of an attachment: how it is shown */
	ATT_DATA = 0x6800f,
	ATT_PROPERTIES = 0x69005,
	ATT_MESSAGE = 0x69003,
};
/* MS-OXPROPS: PidTagDisplayName, PidTagAttachDataBinary or -Object, PidTagAttachLongFilename */
enum { ID_SHOWN = 0x3001, ID_DATA = 0x3701, ID_NAME = 0x3707 };
enum { HEAD = 6, ATT_HEAD = 9, INTERFACE = 16, NAMED = 0x8000, IS_TEXT = 1, SMALL = 64 };
/* Types of values: MS-OXCDATA 2.11.1 */
enum { OF_OBJECT = 0x0d, OF_TEXT = 0x1e, OF_WIDE = 0x1f, OF_BINARY = 0x102, MANY = 0x1000 };

static const char signature[] = {0x78, (char)0x9f, 0x3e, 0x22};

struct properties {
	struct ward_rd r; /* what is left */
	uint32_t n;       /* how many these are */
	uint32_t n_value; /* that are left of a property, */
	uint16_t type;    /* whose type is this, */
	uint16_t id;      /* and this its number */
};

struct opened {
	struct ward_rd r;
	struct properties properties;
	char name[WARD_INSPECT_TEXT]; /* of the attachment */
	size_t name_len;
};

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
static void next_property(struct properties *q)
{
	struct ward_rd *r = &q->r;
	uint32_t n = 1;

	q->type = ward_rd_le16(r);
	q->id = ward_rd_le16(r);
	if (q->id >= NAMED) {
		ward_rd_skip(r, INTERFACE);
		bool text = ward_rd_le32(r) == IS_TEXT;
		uint32_t name = ward_rd_le32(r);

		if (text) {
			ward_rd_skip(r, name);
			skip_to_4(r, name);
		}
	}
	if (has_length(q->type) || q->type & MANY)
		n = ward_rd_le32(r);
	if (has_length(q->type)) {
		q->n_value = n;
		return;
	}
	size_t each = fixed(q->type);

	ward_rd_skip(r, each && n <= ward_rd_left(r) / each ? n * each : SIZE_MAX);
}

static bool is_more(const struct properties *q)
{
	return ward_rd_left(&q->r) && (q->n || q->n_value);
}

/* One step: a head, or a value (*ret; of an object without its interface). False: it is damaged. */
static bool step(struct properties *q, struct ward_slice *ret)
{
	*ret = ward_slice_of(NULL, 0);
	if (!q->n_value) {
		q->n--;
		next_property(q);
		return !ward_rd_bad(&q->r);
	}
	uint32_t len = ward_rd_le32(&q->r);

	q->n_value--;
	*ret = ward_rd_bytes(&q->r, len);
	if (!ward_rd_bad(&q->r) && len % 4 && ward_rd_left(&q->r))
		skip_to_4(&q->r, len);
	if ((q->type & ~MANY) == OF_OBJECT && ret->len >= INTERFACE)
		*ret = ward_slice_of(ret->p + INTERFACE, ret->len - INTERFACE);
	return !ward_rd_bad(&q->r);
}

/* The next value of properties that is not small. What can't be read as properties is given from
 * the next message on that it holds. */
static bool next_value(struct ward_exam *x, const struct ward_piece *p, struct properties *q,
	struct ward_slice *ret)
{
	while (is_more(q)) {
		struct ward_slice all = ward_slice_of(q->r.p, q->r.len);
		size_t at = q->r.off;

		if (!step(q, ret)) {
			ward_exam_damaged(
				x, p, "properties of TNEF", (size_t)(all.p - p->bytes.p) + at);
			at = ward_exam_next(all, at, signature, sizeof(signature));
			q->r = ward_rd_slice(ward_slice_of(NULL, 0));
			q->id = 0;
			*ret = at == SIZE_MAX ? ward_slice_of(NULL, 0)
					      : ward_slice_of(all.p + at, all.len - at);
			return at != SIZE_MAX;
		}
		if (ret->len >= SMALL || ward_kind_signed(*ret) != WARD_KIND_DATA)
			return true;
	}
	return false;
}

static struct properties properties_of(struct ward_slice s)
{
	struct properties q = {.r = ward_rd_slice(s)};

	q.n = ward_rd_le32(&q.r);
	return q;
}

/* The next attribute; of one that is cut off what there is of it. False: it is. */
static bool read_attribute(struct ward_rd *r, uint32_t *ret_id, struct ward_slice *ret)
{
	struct ward_slice all = ward_slice_of(r->p, r->len);
	size_t at = r->off;

	(void)ward_rd_u8(r); /* of the message, or of an attachment */
	*ret_id = ward_rd_le32(r);
	*ret = ward_rd_bytes(r, ward_rd_le32(r));
	(void)ward_rd_le16(r); /* the sum of its bytes: nobody refuses a wrong one */
	if (!ward_rd_bad(r))
		return true;
	at += all.len - at > ATT_HEAD ? ATT_HEAD : 0;
	*ret = ward_slice_of(all.p + at, all.len - at);
	*r = ward_rd_slice(ward_slice_of(NULL, 0));
	return false;
}

static uint32_t next_attribute(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_slice *ret)
{
	size_t at = o->r.off;
	uint32_t id;

	if (read_attribute(&o->r, &id, ret))
		return id;
	ward_exam_damaged(x, p, "an attribute of TNEF", at);
	return id == ATT_PROPERTIES || id == ATT_MESSAGE ? id : ATT_DATA;
}

/* What an attachment is called, by whom: of each the last that is said counts. */
struct names {
	struct ward_str title; /* in the bytes */
	struct ward_slice name, shown;
	uint16_t name_type, shown_type;
	bool differ; /* one was said twice, and not the same */
};

static void read_names(struct names *n, struct ward_slice s)
{
	struct properties q = properties_of(s);
	struct ward_slice v;

	while (is_more(&q) && step(&q, &v)) {
		if (!v.len)
			continue;
		if (q.id == ID_NAME) {
			n->differ |= n->name.len &&
				     !ward_str_eq(ward_slice_text(n->name), ward_slice_text(v));
			n->name = v;
			n->name_type = q.type;
		} else if (q.id == ID_SHOWN) {
			n->shown = v;
			n->shown_type = q.type;
		}
	}
}

/* A text of properties; letters beyond ASCII of a wide one are '_'. */
static size_t text_of(struct ward_slice s, uint16_t type, char *to, size_t size)
{
	struct ward_wr w = ward_wr_fixed(to, size);
	size_t step_by = (type & ~MANY) == OF_WIDE ? 2 : 1;

	for (size_t i = 0; i + step_by <= s.len && w.len < size; i += step_by) {
		unsigned c = step_by == 2 ? s.p[i] + s.p[i + 1] * 256U : s.p[i];

		if (!c)
			break;
		ward_wr_u8(&w, step_by == 1 || c < 128 ? (uint8_t)c : '_');
	}
	return w.len;
}

/* Behind the last dot; empty: there is none. */
static struct ward_str ending(struct ward_str s)
{
	for (size_t i = s.len; i-- > 0;)
		if (s.p[i] == '.')
			return ward_str_sub(s, i + 1, s.len - i - 1);
	return (struct ward_str){NULL, 0};
}

/* Would a title be taken for another sort of file than the long name? It may be of eight and three
 * letters. */
static bool is_other(struct ward_str title, struct ward_str name)
{
	struct ward_str a = ending(title), b = ending(name);

	return a.len && b.len && !ward_str_ieq(a, a.len == 3 ? ward_str_sub(b, 0, a.len) : b);
}

/* The name of the attachment whose attributes begin here: they are read up to the next one's. Each
 * byte is once, as attachments do not lie in each other. */
static void begin_attachment(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	struct ward_rd r = o->r;
	struct names n = {0};
	uint32_t id = 0;
	struct ward_slice s;

	for (bool whole = true; whole && ward_rd_left(&r);) {
		whole = read_attribute(&r, &id, &s);
		if (id == ATT_BEGIN)
			break;
		if (id == ATT_TITLE) {
			struct ward_str t = until_nul(s);

			n.differ |= n.title.len && !ward_str_eq(n.title, t);
			n.title = t;
		} else if (id == ATT_PROPERTIES) {
			read_names(&n, s);
		}
	}
	if (!n.name.len && !n.title.len) {
		n.name = n.shown;
		n.name_type = n.shown_type;
	}
	o->name_len = text_of(n.name, n.name_type, o->name, sizeof(o->name));
	struct ward_str name = {o->name, o->name_len};

	if (n.differ || is_other(n.title, name))
		ward_exam_damaged(x, p, "an attachment of TNEF with names that differ", o->r.off);
	if (!name.len)
		o->name_len = text_of(ward_str_bytes(n.title), OF_TEXT, o->name, sizeof(o->name));
}

static void *open_tnef(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->r = ward_rd_slice(p->bytes);
	ward_rd_skip(&o->r, HEAD);
	begin_attachment(x, p, o);
	return o;
}

static bool next_tnef(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice s;

	*ret = (struct ward_child){.name = WARD_STR("properties"), .kind = WARD_KIND_N};
	while (!x->stop && !next_value(x, p, &o->properties, &ret->bytes)) {
		if (!ward_rd_left(&o->r))
			return false;
		uint32_t id = next_attribute(x, p, o, &s);

		if (id == ATT_BEGIN)
			begin_attachment(x, p, o);
		if (!s.len || (id != ATT_DATA && id != ATT_PROPERTIES && id != ATT_MESSAGE))
			continue;
		ret->bytes = s;
		if (id == ATT_DATA) {
			ret->name = (struct ward_str){o->name, o->name_len};
			return true;
		}
		ret->kind = WARD_KIND_DATA;
		o->properties = properties_of(s);
		return true;
	}
	if (o->properties.id == ID_DATA && o->name_len)
		ret->name = (struct ward_str){o->name, o->name_len};
	return !x->stop;
}

const struct ward_opener ward_open_tnef = {open_tnef, next_tnef, free};
