#include "base/rd.h"
#include "event/event.h"

enum { VERSION = 1 };

/* Tags on disk: never renumbered (README). */
enum tag { TAG_NULL, TAG_FALSE, TAG_TRUE, TAG_INT, TAG_NUM, TAG_STR, TAG_LIST };

/* Zigzag, so that small negative numbers stay short. */
static uint64_t zig(int64_t v)
{
	return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static int64_t zag(uint64_t v)
{
	return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

static void put_int(int64_t v, struct ward_wr *w)
{
	ward_wr_u8(w, TAG_INT);
	ward_wr_varint(w, zig(v));
}

static void put_scalar(const struct ward_value *v, struct ward_wr *w)
{
	int64_t whole;

	switch (v->kind) {
	case WARD_VALUE_RAW:
		WARD_ASSERT(v->kind != WARD_VALUE_RAW);
		break;
	case WARD_VALUE_BOOL:
		ward_wr_u8(w, v->b ? TAG_TRUE : TAG_FALSE);
		break;
	case WARD_VALUE_INT:
		put_int(v->i, w);
		break;
	case WARD_VALUE_NUM:
		/* a float whose value is whole: what is written is what JSON would read */
		if (ward_number_kind(v->s, &whole) == WARD_VALUE_INT) {
			put_int(whole, w);
			break;
		}
		ward_wr_u8(w, TAG_NUM);
		ward_wr_lv(w, ward_str_bytes(v->s));
		break;
	case WARD_VALUE_STR:
		ward_wr_u8(w, TAG_STR);
		ward_wr_lv(w, ward_str_bytes(v->s));
		break;
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
		ward_wr_u8(w, TAG_NULL);
		break;
	}
}

/* Odd: catalogue number * 2 + 1. Even: length * 2, then the text. */
static void put_name(const struct ward_names *names, uint32_t id, struct ward_wr *w)
{
	if (id < names->numbered) {
		ward_wr_varint(w, (uint64_t)id << 1 | 1);
		return;
	}
	struct ward_str s = ward_name_text(names, id);

	ward_wr_varint(w, (uint64_t)s.len << 1);
	ward_wr_str(w, s);
}

void ward_event_encode(
	const struct ward_event *e, const struct ward_names *names, struct ward_wr *w)
{
	ward_wr_u8(w, VERSION);
	ward_wr_bytes(w, e->id.b, sizeof(e->id.b));
	ward_wr_be64(w, (uint64_t)e->time);
	ward_wr_be64(w, (uint64_t)e->seen);
	put_name(names, e->source, w);
	put_name(names, e->class, w);
	ward_wr_varint(w, e->n_field);
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		put_name(names, e->field[i].name, w);
		if (v->kind != WARD_VALUE_LIST) {
			put_scalar(v, w);
			continue;
		}
		ward_wr_u8(w, TAG_LIST);
		ward_wr_varint(w, v->n);
		for (uint32_t k = 0; k < v->n; k++)
			put_scalar(&v->item[k], w);
	}
}

struct dec {
	struct ward_rd r;
	struct ward_names *names;
	struct ward_arena *arena;
	size_t items_left; /* event.items minus those taken */
};

static enum ward_err get_text(struct dec *d, size_t len, struct ward_str *ret)
{
	struct ward_slice s = ward_rd_bytes(&d->r, len);

	if (ward_rd_bad(&d->r))
		return WARD_ERR_MALFORMED;
	if (!ward_utf8_valid(s, NULL))
		return WARD_ERR_UTF8;
	*ret = ward_slice_text(s);
	return WARD_OK;
}

static enum ward_err get_name(struct dec *d, uint32_t *ret)
{
	uint64_t v = ward_rd_varint(&d->r);
	struct ward_str s;

	if (ward_rd_bad(&d->r))
		return WARD_ERR_MALFORMED;
	if (v & 1) {
		/* A number past the end comes from a later catalogue. */
		if (v >> 1 >= WARD_FIELD_N)
			return WARD_ERR_VERSION;
		*ret = (uint32_t)(v >> 1);
		return WARD_OK;
	}
	enum ward_err err = get_text(d, (size_t)(v >> 1), &s);

	if (err == WARD_OK)
		*ret = ward_name(d->names, s);
	return err;
}

static enum ward_err get_scalar(struct dec *d, uint8_t tag, struct ward_value *ret)
{
	struct ward_str s = {NULL, 0};
	enum ward_err err = WARD_OK;
	int64_t i;

	*ret = (struct ward_value){.kind = WARD_VALUE_NULL};
	switch (tag) {
	case TAG_NULL:
		break;
	case TAG_FALSE:
	case TAG_TRUE:
		*ret = ward_value_bool(tag == TAG_TRUE);
		break;
	case TAG_INT:
		*ret = ward_value_int(zag(ward_rd_varint(&d->r)));
		break;
	case TAG_NUM:
	case TAG_STR:
		err = get_text(d, (size_t)ward_rd_varint(&d->r), &s);
		if (err != WARD_OK)
			return err;
		if (tag == TAG_NUM && ward_number_kind(s, &i) != WARD_VALUE_NUM)
			return WARD_ERR_MALFORMED;
		ret->kind = tag == TAG_NUM ? WARD_VALUE_NUM : WARD_VALUE_STR;
		ret->s = ward_arena_str(d->arena, s);
		return ret->s.p ? WARD_OK : WARD_ERR_NOMEM;
	default:
		return WARD_ERR_MALFORMED;
	}
	return ward_rd_bad(&d->r) ? WARD_ERR_MALFORMED : WARD_OK;
}

static enum ward_err get_value(struct dec *d, struct ward_value *ret)
{
	uint8_t tag = ward_rd_u8(&d->r);

	if (tag != TAG_LIST || ward_rd_bad(&d->r))
		return ward_rd_bad(&d->r) ? WARD_ERR_MALFORMED : get_scalar(d, tag, ret);
	uint64_t n = ward_rd_varint(&d->r);

	/* An item is one byte at least. */
	if (ward_rd_bad(&d->r) || n > ward_rd_left(&d->r))
		return WARD_ERR_MALFORMED;
	if (n > d->items_left)
		return WARD_ERR_LIMIT;
	d->items_left -= (size_t)n;
	struct ward_value *item = ward_arena_array(d->arena, (size_t)n, sizeof(*item));

	if (!item)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		enum ward_err err = get_scalar(d, ward_rd_u8(&d->r), &item[i]);

		if (err != WARD_OK)
			return err;
	}
	*ret = (struct ward_value){.kind = WARD_VALUE_LIST, .n = (uint32_t)n, .item = item};
	return WARD_OK;
}

/* Names that did not fit the table share WARD_OVERFLOW: the first one's value is kept. */
static enum ward_err get_field(struct dec *d, struct ward_event *e)
{
	struct ward_field f = {0};
	enum ward_err err = get_name(d, &f.name);

	if (err == WARD_OK)
		err = get_value(d, &f.v);
	if (err != WARD_OK)
		return err;
	err = ward_names_once(d->names, f.name);
	if (err == WARD_ERR_DUPLICATE && f.name == WARD_FIELD_WARD_OVERFLOW)
		return WARD_OK;
	if (err == WARD_OK)
		e->field[e->n_field++] = f;
	return err == WARD_ERR_DUPLICATE ? WARD_ERR_MALFORMED : err;
}

static enum ward_err get_head(struct dec *d, struct ward_event *e)
{
	uint8_t version = ward_rd_u8(&d->r);
	const uint8_t *id;

	if (!ward_rd_bad(&d->r) && version != VERSION)
		return WARD_ERR_VERSION;
	id = ward_rd_take(&d->r, sizeof(e->id.b));
	e->time = (ward_ns)ward_rd_be64(&d->r);
	e->seen = (ward_ns)ward_rd_be64(&d->r);
	if (!id || ward_rd_bad(&d->r))
		return WARD_ERR_MALFORMED;
	memcpy(e->id.b, id, sizeof(e->id.b));
	enum ward_err err = get_name(d, &e->source);

	return err == WARD_OK ? get_name(d, &e->class) : err;
}

static enum ward_err peek_name(struct ward_rd *r, struct ward_str *ret)
{
	uint64_t v = ward_rd_varint(r);

	if (!(v & 1))
		*ret = ward_slice_text(ward_rd_bytes(r, (size_t)(v >> 1)));
	else if (v >> 1 < WARD_FIELD_N)
		*ret = ward_str_z(ward_field_info((enum ward_field_id)(v >> 1))->name);
	else
		return WARD_ERR_VERSION;
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

enum ward_err ward_event_head(struct ward_slice bytes, struct ward_event_head *ret)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t version = ward_rd_u8(&r);

	if (!ward_rd_bad(&r) && version != VERSION)
		return WARD_ERR_VERSION;
	ward_rd_skip(&r, sizeof(struct ward_id));
	struct ward_event_head h = {.time = (ward_ns)ward_rd_be64(&r)};

	h.seen = (ward_ns)ward_rd_be64(&r);
	enum ward_err err = peek_name(&r, &h.source);

	if (!err)
		err = peek_name(&r, &h.class);
	if (!err)
		*ret = h;
	return err;
}

enum ward_err ward_event_decode(struct ward_slice bytes, struct ward_names *names,
	struct ward_arena *arena, const struct ward_limits *lim, struct ward_event *ret)
{
	struct dec d = {
		ward_rd_slice(bytes), names, arena, ward_limit(lim, WARD_LIMIT_EVENT_ITEMS)};
	struct ward_event e;
	enum ward_err err;

	if (bytes.len > ward_limit(lim, WARD_LIMIT_JOURNAL_RECORD))
		return WARD_ERR_LIMIT;
	ward_event_init(&e, arena);
	err = get_head(&d, &e);
	if (err != WARD_OK)
		return err;
	uint64_t n = ward_rd_varint(&d.r);

	/* A field is two bytes at least: name and tag. */
	if (ward_rd_bad(&d.r) || n > ward_rd_left(&d.r) / 2)
		return WARD_ERR_MALFORMED;
	/* Enrichment may have added any catalogue field to an event that was full. */
	if (n > ward_limit(lim, WARD_LIMIT_EVENT_FIELDS) + WARD_FIELD_N)
		return WARD_ERR_LIMIT;
	e.field = ward_arena_array(arena, (size_t)n, sizeof(*e.field));
	if (!e.field)
		return WARD_ERR_NOMEM;
	e.cap_field = (size_t)n;
	ward_names_round(names);
	for (size_t i = 0; i < n; i++)
		if ((err = get_field(&d, &e)) != WARD_OK)
			return err;
	if (ward_rd_left(&d.r))
		return WARD_ERR_MALFORMED;
	*ret = e;
	return WARD_OK;
}
