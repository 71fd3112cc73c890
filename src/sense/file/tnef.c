/* Attachments in Outlook's own form, "winmail.dat" (MS-OXTNEF): a row of attributes, of which those
 * with bytes of attachments are given, and those with properties, where objects may lie. */
#include "sense/file/exam.h"

#include <stdlib.h>

/* MS-OXTNEF 2.1.3.4 */
enum { ATT_TITLE = 0x18010, ATT_DATA = 0x6800f, ATT_PROPERTIES = 0x69005, ATT_MESSAGE = 0x69003 };
enum { HEAD = 6 };

struct opened {
	struct ward_rd r;
	struct ward_str title; /* of the attachment; in the bytes */
	bool told;
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

static bool next_tnef(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	while (ward_rd_left(&o->r)) {
		size_t at = o->r.off;

		(void)ward_rd_u8(&o->r); /* of the message, or of an attachment */
		uint32_t id = ward_rd_le32(&o->r);
		struct ward_slice s = ward_rd_bytes(&o->r, ward_rd_le32(&o->r));

		(void)ward_rd_le16(&o->r); /* the sum of its bytes: nobody refuses a wrong one */
		if (ward_rd_bad(&o->r)) {
			ward_exam_damaged(x, p, "an attribute of TNEF", at);
			/* what is there of it is looked at: it may be cut off */
			s = ward_slice_of(p->bytes.p + at, p->bytes.len - at);
			id = ATT_DATA;
			o->r = ward_rd_slice(ward_slice_of(NULL, 0));
		}
		if (id == ATT_TITLE)
			o->title = until_nul(s);
		if (!s.len || (id != ATT_DATA && id != ATT_PROPERTIES && id != ATT_MESSAGE))
			continue;
		*ret = (struct ward_child){
			.name = id == ATT_DATA ? o->title : WARD_STR("properties"),
			.bytes = s,
			.kind = id == ATT_DATA ? WARD_KIND_N : WARD_KIND_DATA};
		return true;
	}
	return false;
}

const struct ward_opener ward_open_tnef = {open_tnef, next_tnef, free};
