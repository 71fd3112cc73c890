#include "standby/frame.h"

enum {
	VERSION = 2, /* the latest that there is of a type */
	HEADER = 16,
	NODE = 1 << 0,
	NEXT = 1 << 1,
	BEGAN = 1 << 2,
	STAMP = 1 << 3,
	WANT = 1 << 4,
	YES = 1 << 5,
	ALONE = 1 << 6,
	DATA = 1 << 7,
	FORMATS = 1 << 8, /* of version 2 */
};

static const struct {
	const char *name;
	unsigned fields;
} type_info[WARD_STANDBY_TYPES] = {
	[WARD_STANDBY_NONE] = {"none", 0},
	[WARD_STANDBY_HELLO] = {"hello", NODE | NEXT | BEGAN | FORMATS},
	[WARD_STANDBY_WELCOME] = {"welcome", NODE | NEXT | FORMATS},
	[WARD_STANDBY_RECORDS] = {"records", STAMP | DATA},
	[WARD_STANDBY_STORED] = {"stored", NEXT | STAMP},
	[WARD_STANDBY_BEAT] = {"beat", STAMP | ALONE | FORMATS},
	[WARD_STANDBY_FENCED] = {"fenced", NODE},
	[WARD_STANDBY_RESEED] = {"reseed", NEXT},
	[WARD_STANDBY_FILE] = {"file", NODE | NEXT},
	[WARD_STANDBY_DATA] = {"data", DATA},
	[WARD_STANDBY_SEEDED] = {"seeded", 0},
	[WARD_STANDBY_OVER] = {"over", NEXT},
	[WARD_STANDBY_CLAIM] = {"claim", NODE | NEXT | WANT},
	[WARD_STANDBY_VERDICT] = {"verdict", NODE | NEXT | YES | ALONE},
	[WARD_STANDBY_TAKE] = {"take", DATA},
	[WARD_STANDBY_GIVE] = {"give", DATA},
};

const char *ward_standby_type_name(enum ward_standby_type t)
{
	return t < WARD_STANDBY_TYPES ? type_info[t].name : "unknown";
}

/* What the witness hears is as it ever was: it may be of a former version. */
static uint8_t version_of(unsigned fields)
{
	return fields & FORMATS ? VERSION : 1;
}

bool ward_standby_name_ok(struct ward_str name)
{
	if (!name.len || name.len >= WARD_STANDBY_NAME || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == '/')
			return false;
	return true;
}

void ward_standby_put(struct ward_wr *w, const struct ward_standby_frame *f)
{
	unsigned fields = type_info[f->type].fields;
	size_t before = w->len;

	ward_wr_be32(w, 0);
	ward_wr_u8(w, version_of(fields));
	ward_wr_u8(w, (uint8_t)f->type);
	ward_wr_be16(w, 0);
	ward_wr_be64(w, f->epoch);
	if (fields & NODE)
		ward_wr_lv(w, ward_slice_of(f->node.p, f->node.len));
	if (fields & NEXT)
		ward_wr_be64(w, f->next);
	if (fields & BEGAN)
		ward_wr_be64(w, f->began);
	if (fields & STAMP)
		ward_wr_be64(w, f->stamp);
	if (fields & WANT)
		ward_wr_u8(w, f->want);
	if (fields & YES)
		ward_wr_u8(w, f->yes);
	if (fields & ALONE)
		ward_wr_u8(w, f->alone);
	if (fields & FORMATS) {
		ward_wr_be32(w, f->formats);
		ward_wr_be32(w, f->most);
	}
	if (fields & DATA)
		ward_wr_bytes(w, f->data.p, f->data.len);
	if (ward_wr_bad(w))
		return;
	size_t len = w->len - before - 4;
	struct ward_wr head = ward_wr_fixed(w->p + before, 4);

	WARD_ASSERT(len + 4 <= WARD_STANDBY_FRAME_MAX);
	ward_wr_be32(&head, (uint32_t)len);
}

static bool get_flag(struct ward_rd *r)
{
	uint8_t v = ward_rd_u8(r);

	r->bad = r->bad || v > 1;
	return v == 1;
}

static void get_fields(struct ward_rd *r, unsigned fields, struct ward_standby_frame *f)
{
	if (fields & NODE) {
		struct ward_slice name = ward_rd_lv(r, WARD_STANDBY_NAME - 1);

		f->node = (struct ward_str){(const char *)name.p, name.len};
		r->bad = r->bad || !ward_standby_name_ok(f->node);
	}
	if (fields & NEXT)
		f->next = ward_rd_be64(r);
	if (fields & BEGAN)
		f->began = ward_rd_be64(r);
	if (fields & STAMP)
		f->stamp = ward_rd_be64(r);
	if (fields & WANT)
		f->want = ward_rd_u8(r);
	if (fields & YES)
		f->yes = get_flag(r);
	if (fields & ALONE)
		f->alone = get_flag(r);
	if (fields & FORMATS) {
		f->formats = ward_rd_be32(r);
		f->most = ward_rd_be32(r);
	}
	if (fields & DATA)
		f->data = ward_rd_rest(r);
}

enum ward_err ward_standby_get(
	struct ward_slice bytes, size_t *ret_used, struct ward_standby_frame *ret)
{
	struct ward_standby_frame f = {.type = WARD_STANDBY_NONE};
	struct ward_rd r = ward_rd_slice(bytes);
	uint32_t len = ward_rd_be32(&r);
	uint8_t version, type;

	if (ward_rd_bad(&r))
		return WARD_ERR_MORE;
	if (len < HEADER - 4 || len > WARD_STANDBY_FRAME_MAX - 4)
		return WARD_ERR_MALFORMED;
	if (ward_rd_left(&r) < len)
		return WARD_ERR_MORE;
	r = ward_rd_sub(&r, len);
	version = ward_rd_u8(&r);
	if (!version || version > VERSION)
		return WARD_ERR_VERSION;
	type = ward_rd_u8(&r);
	if (ward_rd_be16(&r) || type == WARD_STANDBY_NONE || type >= WARD_STANDBY_TYPES)
		return WARD_ERR_MALFORMED;
	if (version != version_of(type_info[type].fields))
		return WARD_ERR_VERSION;
	f.type = (enum ward_standby_type)type;
	f.epoch = ward_rd_be64(&r);
	get_fields(&r, type_info[type].fields, &f);
	if (ward_rd_bad(&r) || ward_rd_left(&r))
		return WARD_ERR_MALFORMED;
	*ret_used = 4 + (size_t)len;
	*ret = f;
	return WARD_OK;
}
