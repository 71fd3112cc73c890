#include "sense/bacnet/tag.h"

bool ward_bacnet_fail(struct ward_bacnet_rd *b, enum ward_bacnet_reason reason)
{
	if (b->m->reason == WARD_BACNET_REASON_N) {
		b->m->reason = reason;
		b->m->off = b->r.off;
	}
	return false;
}

/* Clause 20.2.1 */
bool ward_bacnet_tag(struct ward_bacnet_rd *b, struct ward_bacnet_tag *ret)
{
	struct ward_rd at = b->r;
	uint8_t first = ward_rd_u8(&at), low = first & 7;
	struct ward_bacnet_tag tag = {.number = first >> 4, .context = first & 8, .len = low};

	if (tag.number == 15)
		tag.number = ward_rd_u8(&at);
	if (tag.context && (low == 6 || low == 7)) {
		tag.kind = low == 6 ? WARD_BACNET_OPENING : WARD_BACNET_CLOSING;
		tag.len = 0;
	} else if (low > 5) {
		return ward_bacnet_fail(b, WARD_BACNET_TAG_INVALID);
	} else if (low == 5) {
		tag.len = ward_rd_u8(&at);
		if (tag.len == 254)
			tag.len = ward_rd_be16(&at);
		else if (tag.len == 255)
			tag.len = ward_rd_be32(&at);
	}
	if (ward_rd_bad(&at))
		return ward_bacnet_fail(b, WARD_BACNET_TAG_SHORT);
	if (!tag.context && tag.number >= WARD_BACNET_APPLICATION_N)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_INVALID);
	bool inside = !tag.context && tag.number == WARD_BACNET_BOOLEAN;

	if (inside && tag.len > 1)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_LENGTH);
	if (!inside && tag.len > ward_rd_left(&at))
		return ward_bacnet_fail(b, WARD_BACNET_TAG_SHORT);
	b->r = at;
	*ret = tag;
	return true;
}

bool ward_bacnet_next_is(
	const struct ward_bacnet_rd *b, uint8_t number, enum ward_bacnet_tag_kind kind)
{
	uint8_t first = ward_rd_peek(&b->r), low = first & 7;
	enum ward_bacnet_tag_kind is = low == 6   ? WARD_BACNET_OPENING
				       : low == 7 ? WARD_BACNET_CLOSING
						  : WARD_BACNET_PRIMITIVE;

	/* Numbers from 15 on, which need a second byte, are asked for by no service. */
	return !ward_bacnet_end(b) && first >> 4 == number && first & 8 && is == kind;
}

/* Takes the tag of a primitive: context `number`, or the application tag of type. */
static bool expect(struct ward_bacnet_rd *b, int number, enum ward_bacnet_application type,
	struct ward_bacnet_tag *ret)
{
	struct ward_bacnet_rd at = *b;
	struct ward_bacnet_tag tag;

	if (!ward_bacnet_tag(&at, &tag))
		return false;
	bool context = number != WARD_BACNET_APPLICATION;
	unsigned want = context ? (unsigned)number : (unsigned)type;

	if (tag.kind != WARD_BACNET_PRIMITIVE || tag.context != context || tag.number != want)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_UNEXPECTED);
	b->r = at.r;
	*ret = tag;
	return true;
}

static bool take_number(struct ward_bacnet_rd *b, const struct ward_bacnet_tag *tag, uint32_t *ret)
{
	uint32_t v = 0;

	if (tag->len < 1 || tag->len > 4)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_LENGTH);
	for (uint32_t i = 0; i < tag->len; i++)
		v = v << 8 | ward_rd_u8(&b->r);
	*ret = v;
	return true;
}

bool ward_bacnet_unsigned(struct ward_bacnet_rd *b, int number, uint32_t *ret)
{
	struct ward_bacnet_tag tag;

	return expect(b, number, WARD_BACNET_UNSIGNED, &tag) && take_number(b, &tag, ret);
}

bool ward_bacnet_enumerated(struct ward_bacnet_rd *b, int number, uint32_t *ret)
{
	struct ward_bacnet_tag tag;

	return expect(b, number, WARD_BACNET_ENUMERATED, &tag) && take_number(b, &tag, ret);
}

bool ward_bacnet_signed(struct ward_bacnet_rd *b, int number, int32_t *ret)
{
	struct ward_bacnet_tag tag;
	uint32_t v;

	if (!expect(b, number, WARD_BACNET_SIGNED, &tag) || !take_number(b, &tag, &v))
		return false;
	unsigned unused = 32 - 8 * tag.len;

	*ret = (int32_t)(v << unused) >> unused;
	return true;
}

bool ward_bacnet_octets(struct ward_bacnet_rd *b, int number, uint32_t *ret)
{
	struct ward_bacnet_tag tag = {.len = 0};

	if (!expect(b, number, WARD_BACNET_OCTETS, &tag))
		return false;
	*ret = tag.len;
	ward_rd_skip(&b->r, tag.len);
	return true;
}

bool ward_bacnet_app_boolean(struct ward_bacnet_rd *b, uint32_t *ret)
{
	struct ward_bacnet_tag tag = {.len = 0};

	if (!expect(b, WARD_BACNET_APPLICATION, WARD_BACNET_BOOLEAN, &tag))
		return false;
	*ret = tag.len;
	return true;
}

/* Context-tagged booleans have one content byte (clause 20.2.3). */
bool ward_bacnet_boolean(struct ward_bacnet_rd *b, uint8_t number, uint32_t *ret)
{
	struct ward_bacnet_tag tag;

	if (!expect(b, number, WARD_BACNET_BOOLEAN, &tag))
		return false;
	if (tag.len != 1)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_LENGTH);
	*ret = ward_rd_u8(&b->r) != 0;
	return true;
}

/* Clause 20.2.14: ten bits of type, 22 of instance. */
bool ward_bacnet_object_id(struct ward_bacnet_rd *b, int number, uint32_t ret[2])
{
	struct ward_bacnet_tag tag;

	if (!expect(b, number, WARD_BACNET_OBJECT_ID, &tag))
		return false;
	if (tag.len != 4)
		return ward_bacnet_fail(b, WARD_BACNET_TAG_LENGTH);
	uint32_t id = ward_rd_be32(&b->r);

	ret[0] = id >> 22;
	ret[1] = id & 0x3fffff;
	return true;
}

/* What was written after from: cut to the limit at a whole character, never half of one. */
static struct ward_str settle(struct ward_bacnet_rd *b, size_t from)
{
	size_t len = b->text->len - from;

	if (ward_wr_bad(b->text) || len > WARD_BACNET_TEXT) {
		b->m->n_cut++;
		b->text->bad = false;
		len = len > WARD_BACNET_TEXT ? WARD_BACNET_TEXT : len;
		size_t good;

		if (!ward_utf8_valid(ward_slice_of(b->text->p + from, len), &good))
			len = good;
		b->text->len = from + len;
	}
	return (struct ward_str){(const char *)b->text->p + from, len};
}

bool ward_bacnet_chars(struct ward_bacnet_rd *b, int number, struct ward_str *ret)
{
	struct ward_bacnet_tag tag;
	struct ward_bacnet_value v;
	size_t from = b->text->len;

	if (!expect(b, number, WARD_BACNET_CHARS, &tag) ||
		!ward_bacnet_primitive(b, WARD_BACNET_CHARS, &tag, &v))
		return false;
	*ret = settle(b, from);
	return true;
}

static bool take_bracket(struct ward_bacnet_rd *b, uint8_t number, enum ward_bacnet_tag_kind kind)
{
	struct ward_bacnet_tag tag;

	if (ward_bacnet_end(b))
		return ward_bacnet_fail(b, WARD_BACNET_TAG_SHORT);
	if (!ward_bacnet_next_is(b, number, kind))
		return ward_bacnet_fail(b, WARD_BACNET_TAG_UNEXPECTED);
	return ward_bacnet_tag(b, &tag);
}

bool ward_bacnet_open(struct ward_bacnet_rd *b, uint8_t number)
{
	return take_bracket(b, number, WARD_BACNET_OPENING);
}

bool ward_bacnet_close(struct ward_bacnet_rd *b, uint8_t number)
{
	return take_bracket(b, number, WARD_BACNET_CLOSING);
}

bool ward_bacnet_maybe_unsigned(
	struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_optional *ret)
{
	if (!ward_bacnet_next_is(b, number, WARD_BACNET_PRIMITIVE))
		return true;
	ret->is = ward_bacnet_unsigned(b, number, &ret->v);
	return ret->is;
}

/* State of reading "any": what is open, and what has been written. */
struct any {
	uint8_t open[WARD_BACNET_DEPTH];
	size_t depth;
	size_t from; /* of the text */
	size_t n;    /* values so far, brackets too */
};

static void put_separated(struct ward_bacnet_rd *b, struct any *a, const char *bracket)
{
	if (a->n++ && bracket[0] != '}')
		ward_wr_z(b->text, " ");
	ward_wr_z(b->text, bracket);
}

/* One step inside; *ret_done when the outermost bracket has closed. */
static bool any_step(
	struct ward_bacnet_rd *b, struct any *a, struct ward_bacnet_value *v, bool *ret_done)
{
	struct ward_bacnet_rd before = *b;
	struct ward_bacnet_tag tag;

	if (ward_bacnet_end(b))
		return ward_bacnet_fail(b, WARD_BACNET_TAG_UNBALANCED);
	if (!ward_bacnet_tag(b, &tag))
		return false;
	if (tag.kind == WARD_BACNET_CLOSING) {
		if (a->open[a->depth - 1] != tag.number)
			return ward_bacnet_fail(&before, WARD_BACNET_TAG_UNBALANCED);
		*ret_done = --a->depth == 0;
		if (!*ret_done)
			put_separated(b, a, "}");
		return true;
	}
	if (tag.kind == WARD_BACNET_OPENING) {
		if (a->depth == WARD_BACNET_DEPTH)
			return ward_bacnet_fail(&before, WARD_BACNET_TAG_DEPTH);
		a->open[a->depth++] = tag.number;
		put_separated(b, a, "{");
		return true;
	}
	put_separated(b, a, "");
	/* What a context tag holds is known to its service only: bytes. */
	return ward_bacnet_primitive(b,
		tag.context ? WARD_BACNET_OCTETS : (enum ward_bacnet_application)tag.number, &tag,
		v);
}

bool ward_bacnet_any(struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_value *ret)
{
	struct any a = {.open = {number}, .depth = 1, .from = b->text->len};
	struct ward_bacnet_value v = {.kind = WARD_BACNET_VALUE_NONE};
	bool done = false;

	if (!ward_bacnet_open(b, number))
		return false;
	while (!done)
		if (!any_step(b, &a, &v, &done))
			return false;
	size_t n_cut = b->m->n_cut;
	struct ward_str all = settle(b, a.from);

	if (b->m->n_cut != n_cut && v.kind == WARD_BACNET_VALUE_NUM)
		v.kind = WARD_BACNET_VALUE_STR; /* half a number is none */
	if (a.n > 1)
		v = (struct ward_bacnet_value){.kind = WARD_BACNET_VALUE_STR, .s = all};
	else if (v.kind != WARD_BACNET_VALUE_INT && a.n == 1)
		v.s = all;
	*ret = v;
	return true;
}

bool ward_bacnet_date_time(struct ward_bacnet_rd *b, struct ward_str *ret)
{
	size_t from = b->text->len;
	struct ward_bacnet_tag tag;
	struct ward_bacnet_value v;

	if (!expect(b, WARD_BACNET_APPLICATION, WARD_BACNET_DATE, &tag) ||
		!ward_bacnet_primitive(b, WARD_BACNET_DATE, &tag, &v))
		return false;
	ward_wr_ch(b->text, ' ');
	if (!expect(b, WARD_BACNET_APPLICATION, WARD_BACNET_TIME, &tag) ||
		!ward_bacnet_primitive(b, WARD_BACNET_TIME, &tag, &v))
		return false;
	*ret = settle(b, from);
	return true;
}

bool ward_bacnet_skip(struct ward_bacnet_rd *b, uint8_t number)
{
	struct ward_wr keep = *b->text;
	size_t n_cut = b->m->n_cut;
	struct ward_bacnet_value v;
	struct ward_bacnet_tag tag;
	bool ok = true;

	if (ward_bacnet_next_is(b, number, WARD_BACNET_PRIMITIVE)) {
		ok = ward_bacnet_tag(b, &tag);
		if (ok)
			ward_rd_skip(&b->r, tag.len);
	} else if (ward_bacnet_next_is(b, number, WARD_BACNET_OPENING)) {
		ok = ward_bacnet_any(b, number, &v);
		*b->text = keep;
		b->m->n_cut = n_cut;
	}
	return ok;
}
