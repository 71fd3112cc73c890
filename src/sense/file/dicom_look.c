/* What is looked for in DICOM objects: what their preamble makes of them, whether they are as they
 * say, and what they carry. */
#include "sense/file/dicom.h"
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LEAST = 32,      /* bytes of a value that may be a file */
	FRAGMENTS = 256, /* that are looked at of one object */
	PIXEL_GROUP = 0x7fe0,
	DOCUMENT_GROUP = 0x0042,
	IMAGE_GROUP = 0x0028,
};

void ward_look_dicom(struct ward_exam *x, const struct ward_piece *p)
{
	static const char *const page[] = {
		"<html", "<script", "<!doctype", "#!/", "<?php", "<hta:"};
	struct ward_rd r = ward_rd_slice(p->bytes);
	struct ward_slice pre = ward_rd_bytes(&r, WARD_DICOM_PREAMBLE); /* empty: it has none */
	char buf[80];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	enum ward_kind k;
	size_t n = 0;

	for (size_t i = 0; i < pre.len; i++)
		n += pre.p[i] != 0;
	if (!n)
		return;
	/* The kind of the whole, as who knows no DICOM takes it: without its mark. */
	k = pre.p[0] == 'M' && pre.p[1] == 'Z' ? WARD_KIND_PE : ward_kind_signed(pre);
	for (size_t i = 0; i < WARD_ARRAY_LEN(page); i++)
		if (ward_exam_find(pre, page[i]) != SIZE_MAX) {
			ward_exam_say1(x, p, WARD_SUSPECT_PREAMBLE_SCRIPT, page[i]);
			return;
		}
	if (k == WARD_KIND_TIFF) {
		ward_exam_say0(x, p, WARD_SUSPECT_PREAMBLE_TIFF);
		return;
	}
	if (ward_kind_runs(k)) {
		ward_exam_say1(x, p, WARD_SUSPECT_PREAMBLE_PROGRAM, ward_kind_text(k));
		return;
	}
	if (k != WARD_KIND_DATA) /* a PDF document, an archive: whoever does not know DICOM opens it
				  */
		ward_exam_say(x, p, WARD_SUSPECT_TWO_KINDS, ward_str_z(ward_kind_text(p->kind)),
			ward_str_z(ward_kind_text(k)));
	ward_wr_hex(&w, ward_slice_of(pre.p, 16));
	ward_wr_z(&w, " …");
	ward_exam_say(x, p, WARD_SUSPECT_PREAMBLE_OTHER, ward_wr_text(&w), WARD_STR(""));
}

struct opened {
	struct ward_dicom d;
	struct ward_wr inflated;
	struct ward_slice document, fragments;
	struct ward_str type;
	uint64_t rows, columns, samples, bits, frames, pixels;
	bool has_pixels, has_planes, native, done, typed;
	unsigned n_fragment;
	char name[40];
};

static bool has_types(struct ward_slice set)
{
	static const char list[] =
		"AEASATCSDADSDTFDFLISLOLTOBODOFOLOVOWPNSHSLSQSSSTSVTMUCUIULUNURUSUTUV";

	for (size_t i = 0; set.len >= 8 && i + 1 < sizeof(list); i += 2)
		if (memcmp(list + i, set.p + 4, 2) == 0)
			return true;
	return false;
}

static void look_syntax(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	struct ward_slice set = ward_slice_of(o->d.rd.p, o->d.rd.len);

	if (!o->d.syntax.known)
		return; /* a vendor's own */
	if (o->d.implicit && has_types(set)) {
		ward_exam_say1(x, p, WARD_SUSPECT_SYNTAX, "implicit types; they are there");
		o->d.implicit = false;
	} else if (!o->d.implicit && set.len >= 8 && !has_types(set)) {
		ward_exam_say1(x, p, WARD_SUSPECT_SYNTAX, "explicit types; there are none");
		o->d.implicit = true;
	}
}

static void close_dicom(void *it)
{
	struct opened *o = it;

	ward_wr_fini(&o->inflated);
	free(o);
}

static void *open_dicom(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));
	char why[160];

	if (!o)
		return NULL;
	o->inflated = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	o->frames = 1;
	if (ward_dicom_begin(&o->d, p->bytes) != WARD_OK) {
		(void)snprintf(why, sizeof(why), "%s, byte %zu", o->d.why, o->d.at);
		ward_exam_say1(x, p, WARD_SUSPECT_ELEMENT, why);
		close_dicom(o);
		return NULL;
	}
	struct ward_slice set = ward_dicom_rest(&o->d);

	if (o->d.syntax.deflated) {
		if (!ward_exam_inflate(x, p, set, -15, &o->inflated))
			ward_exam_say1(x, p, WARD_SUSPECT_ELEMENT, "it can't be inflated");
		set = ward_wr_slice(&o->inflated);
	}
	ward_dicom_set(&o->d, set);
	look_syntax(x, p, o);
	return o;
}

/* PS3.5 8: as many bytes as the dimensions ask for, and one more when that is odd. */
static void look_pixels(struct ward_exam *x, const struct ward_piece *p, const struct opened *o)
{
	uint64_t bits, want;
	char a[24], b[24];

	if (!o->has_pixels || !o->native || !o->rows || !o->columns || !o->bits)
		return;
	if (!ward_mul(o->rows * o->columns, o->samples ? o->samples : 1, &bits) ||
		!ward_mul(bits, o->bits, &bits) || !ward_mul(bits, o->frames, &bits))
		bits = UINT64_MAX;
	want = bits / 8 + (bits % 8 != 0);
	want += want & 1;
	/* 4:2:2 has two thirds of three samples (PS3.3 C.7.6.3.1.2). */
	if (o->pixels == want || (o->samples == 3 && o->pixels == want / 3 * 2))
		return;
	(void)snprintf(a, sizeof(a), "%llu", (unsigned long long)o->pixels);
	(void)snprintf(b, sizeof(b), "%llu", (unsigned long long)want);
	ward_exam_say(x, p, WARD_SUSPECT_PIXELS, ward_str_z(a), ward_str_z(b));
}

/* IS (PS3.5 6.2): digits with blanks around them. */
static uint64_t number(struct ward_slice v)
{
	struct ward_str s = ward_str_trim(ward_slice_text(v));
	uint64_t n = 1;

	while (s.len && s.p[s.len - 1] == 0)
		s.len--;
	(void)ward_str_u64(ward_str_trim(s), &n);
	return n;
}

static void take_image(struct opened *o, const struct ward_dicom_element *e)
{
	const struct {
		uint16_t number;
		uint64_t *to;
	} of[] = {{0x0002, &o->samples}, {0x0010, &o->rows}, {0x0011, &o->columns},
		{0x0100, &o->bits}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (e->number == of[i].number)
			*of[i].to = ward_dicom_u16(&o->d, e->value);
	if (e->number == 0x0008)
		o->frames = number(e->value);
}

static void take_pixels(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	const struct ward_dicom_element *e)
{
	if (o->d.syntax.known && o->d.syntax.encapsulated && !e->undefined)
		ward_exam_say1(x, p, WARD_SUSPECT_SYNTAX, "compressed pixels; they are not");
	else if (o->d.syntax.known && !o->d.syntax.encapsulated && e->undefined)
		ward_exam_say1(
			x, p, WARD_SUSPECT_SYNTAX, "pixels as they are; they are compressed");
	o->has_pixels = true;
	o->native = !e->undefined;
	o->pixels = e->value.len;
	if (e->undefined)
		o->fragments = e->value;
}

/* The next fragment that is a file of its own; the first holds offsets (PS3.5 A.4). */
static bool next_fragment(struct opened *o, struct ward_child *ret)
{
	while (o->fragments.len >= 8 && o->n_fragment < FRAGMENTS) {
		struct ward_rd r = ward_rd_slice(o->fragments);

		ward_rd_skip(&r, 4);
		uint32_t len = ward_rd_le32(&r);
		struct ward_slice v = ward_rd_bytes(&r, len);

		o->fragments = ward_rd_rest(&r);
		o->n_fragment++;
		if (v.len >= LEAST && ward_kind_signed(v) != WARD_KIND_DATA) {
			(void)snprintf(o->name, sizeof(o->name), "fragment %u", o->n_fragment);
			*ret = (struct ward_child){
				.name = ward_str_z(o->name), .bytes = v, .kind = WARD_KIND_N};
			return true;
		}
	}
	o->fragments.len = 0;
	return false;
}

static void look_type(struct ward_exam *x, const struct ward_piece *p, const struct opened *o)
{
	enum ward_kind is = ward_kind_of(o->document, WARD_STR(""));

	if (o->type.len && ward_kind_by_type(o->type) != WARD_KIND_N &&
		!ward_kind_has_type(is, o->type) && is != WARD_KIND_TEXT && is != WARD_KIND_XML)
		ward_exam_say(
			x, p, WARD_SUSPECT_ENCAPSULATED, o->type, ward_str_z(ward_kind_text(is)));
}

/* Its media type stands behind it (PS3.3 C.24.2). */
static bool next_document(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_child *ret)
{
	if (!o->document.len || (!o->typed && !o->done))
		return false;
	look_type(x, p, o);
	*ret = (struct ward_child){
		.name = WARD_STR("(0042,0011)"), .bytes = o->document, .kind = WARD_KIND_N};
	o->document.len = 0;
	return true;
}

/* A value that is a file, though nothing says so. */
static bool is_file(const struct ward_dicom_element *e)
{
	static const char text[] = "AEASATCSDADSDTISLOPNSHTMUI"; /* at most 64 bytes, or numbers */
	enum ward_kind k;

	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		if (memcmp(text + i, e->vr, 2) == 0 && e->value.len < 256)
			return false;
	if (e->value.len < LEAST)
		return false;
	k = ward_kind_signed(e->value);
	/* Numbers may begin like what has a short signature. */
	return k != WARD_KIND_DATA && k != WARD_KIND_DOS && k != WARD_KIND_ICO &&
	       k != WARD_KIND_PACKED && (e->group != PIXEL_GROUP || ward_kind_runs(k));
}

static void take_element(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	const struct ward_dicom_element *e)
{
	if (e->depth)
		return;
	if (e->group == IMAGE_GROUP)
		take_image(o, e);
	else if (e->group == PIXEL_GROUP && e->number == 0x0010)
		take_pixels(x, p, o, e);
	else if (e->group == DOCUMENT_GROUP && e->number == 0x0011)
		o->document = e->value;
	else if (e->group == DOCUMENT_GROUP && e->number == 0x0012)
		o->type = ward_str_trim(ward_slice_text(e->value));
	o->typed |=
		e->group > DOCUMENT_GROUP || (e->group == DOCUMENT_GROUP && e->number >= 0x0012);
}

static void end(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, enum ward_err err)
{
	char why[160];

	if (err == WARD_ERR_MALFORMED) {
		(void)snprintf(why, sizeof(why), "%s, byte %zu", o->d.why, o->d.at);
		ward_exam_say1(x, p, WARD_SUSPECT_ELEMENT, why);
	}
	look_pixels(x, p, o);
	o->done = true;
}

static bool next_dicom(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	for (;;) {
		struct ward_dicom_element e;
		enum ward_err err;

		if (next_fragment(o, ret) || next_document(x, p, o, ret))
			return true;
		if (o->done)
			return false;
		err = ward_dicom_next(&o->d, &e);
		if (err) {
			end(x, p, o, err);
			continue;
		}
		take_element(x, p, o, &e);
		if (is_file(&e) && !(e.group == DOCUMENT_GROUP && e.number == 0x0011)) {
			(void)snprintf(o->name, sizeof(o->name), "(%04x,%04x)", e.group, e.number);
			*ret = (struct ward_child){
				.name = ward_str_z(o->name), .bytes = e.value, .kind = WARD_KIND_N};
			return true;
		}
	}
}

const struct ward_opener ward_open_dicom = {open_dicom, next_dicom, close_dicom};
