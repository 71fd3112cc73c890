/* HL7 v2 messages: what observations carry as encapsulated data (HL7 2.8 2.A.24, ED). */
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum { OBX_TYPE = 2, OBX_VALUE = 5, ED_TYPE = 2, ED_SUBTYPE = 3, ED_ENCODING = 4, ED_DATA = 5 };

struct opened {
	struct ward_str rest;
	char field, component;
	unsigned n;
	struct ward_wr bytes;
	char name[40], type[80];
};

static void close_hl7(void *it)
{
	struct opened *o = it;

	ward_wr_fini(&o->bytes);
	free(o);
}

static void *open_hl7(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	(void)x;
	if (!o)
		return NULL;
	o->rest = ward_slice_text(p->bytes);
	if (o->rest.len && o->rest.p[0] == 0x0b) /* of MLLP */
		o->rest = ward_str_sub(o->rest, 1, SIZE_MAX);
	o->field = o->rest.len > 3 ? o->rest.p[3] : '|';
	o->component = o->rest.len > 4 ? o->rest.p[4] : '^';
	o->bytes = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	return o;
}

/* The nth part, from 1; empty when there is none. */
static struct ward_str nth(struct ward_str s, char sep, unsigned n)
{
	struct ward_str part = {NULL, 0};

	for (unsigned i = 0; i < n && s.p; i++)
		part = ward_str_cut(&s, sep);
	return s.p || part.p ? part : (struct ward_str){NULL, 0};
}

static struct ward_str segment(struct ward_str *rest)
{
	size_t n = 0;

	while (n < rest->len && rest->p[n] != '\r' && rest->p[n] != '\n')
		n++;
	struct ward_str s = ward_str_sub(*rest, 0, n);

	*rest = ward_str_sub(*rest, n + 1, SIZE_MAX);
	return s;
}

static void unhex(
	struct ward_exam *x, const struct ward_piece *p, struct ward_str s, struct ward_wr *w)
{
	for (size_t i = 0; i + 1 < s.len; i += 2) {
		uint8_t b;

		if (!ward_str_unhex(ward_str_sub(s, i, 2), &b, 1))
			break;
		ward_wr_u8(w, b);
	}
	(void)ward_exam_unpacked(x, p, w->len);
}

static bool take(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	struct ward_str value, struct ward_child *ret)
{
	struct ward_str encoding = nth(value, o->component, ED_ENCODING),
			data = nth(value, o->component, ED_DATA),
			type = nth(value, o->component, ED_TYPE),
			sub = nth(value, o->component, ED_SUBTYPE);

	if (!data.len)
		return false;
	ward_wr_reset(&o->bytes);
	if (ward_str_ieq(encoding, WARD_STR("Base64")))
		ward_exam_base64(x, p, ward_str_bytes(data), &o->bytes);
	else if (ward_str_ieq(encoding, WARD_STR("Hex")))
		unhex(x, p, data, &o->bytes);
	else
		ward_wr_str(&o->bytes, data);
	(void)snprintf(o->name, sizeof(o->name), "OBX-5 of OBX %u", o->n);
	(void)snprintf(o->type, sizeof(o->type), "%.*s/%.*s", (int)(type.len < 32 ? type.len : 32),
		type.p ? type.p : "", (int)(sub.len < 40 ? sub.len : 40), sub.p ? sub.p : "");
	*ret = (struct ward_child){.name = ward_str_z(o->name),
		.type = ward_str_z(o->type),
		.bytes = ward_wr_slice(&o->bytes),
		.kind = WARD_KIND_N};
	return true;
}

static bool next_hl7(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	while (o->rest.len) {
		struct ward_str s = segment(&o->rest);

		if (!ward_str_starts(s, WARD_STR("OBX")) || s.len < 4 || s.p[3] != o->field)
			continue;
		o->n++;
		if (ward_str_eqz(nth(s, o->field, OBX_TYPE + 1), "ED") &&
			take(x, p, o, nth(s, o->field, OBX_VALUE + 1), ret))
			return true;
	}
	return false;
}

const struct ward_opener ward_open_hl7 = {open_hl7, next_hl7, close_hl7};
