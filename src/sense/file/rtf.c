/* RTF 1.9.1: the objects that are written as hex behind \objdata. */
#include "sense/file/exam.h"

#include <stdlib.h>

enum { HEAD_LOOKED = 4096 };

void ward_look_rtf(struct ward_exam *x, const struct ward_piece *p)
{
	if (ward_exam_find(p->bytes, "\\objdata") == SIZE_MAX)
		return;
	if (ward_exam_find(p->bytes, "\\objupdate") != SIZE_MAX ||
		ward_exam_find(p->bytes, "\\objautlink") != SIZE_MAX)
		ward_exam_say0(x, p, WARD_SUSPECT_OBJECT);
	if (ward_exam_find(p->bytes, "equation.3") != SIZE_MAX)
		ward_exam_say0(x, p, WARD_SUSPECT_EQUATION);
}

struct opened {
	size_t off;
	struct ward_wr bytes;
};

static void close_rtf(void *it)
{
	struct opened *o = it;

	ward_wr_fini(&o->bytes);
	free(o);
}

static void *open_rtf(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	(void)x;
	(void)p;
	if (o)
		o->bytes = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	return o;
}

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Hex up to the end of the group; white space, control words and groups between are passed
 * over, as readers do. */
static size_t read_hex(struct ward_slice s, size_t off, struct ward_wr *w)
{
	unsigned inner = 0;
	int high = -1;

	for (; off < s.len; off++) {
		uint8_t c = s.p[off];
		int d = digit(c);

		if (c == '{')
			inner++;
		if (c == '}' && !inner)
			break;
		inner -= c == '}';
		if (c == '\\') {
			while (off + 1 < s.len && s.p[off + 1] != ' ' && s.p[off + 1] != '\\' &&
				s.p[off + 1] != '}' && s.p[off + 1] != '{' && s.p[off + 1] >= 0x20)
				off++;
			continue;
		}
		if (d < 0 || inner)
			continue;
		if (high < 0) {
			high = d;
			continue;
		}
		ward_wr_u8(w, (uint8_t)(high * 16 + d));
		high = -1;
	}
	return off;
}

/* An object of OLE 1.0 (MS-OLEDS 2.2) has a head before what it is: a compound file, or a package.
 */
static struct ward_slice within(struct ward_slice s)
{
	struct ward_slice head = ward_slice_of(s.p, s.len < HEAD_LOOKED ? s.len : HEAD_LOOKED);
	size_t at = ward_exam_next(head, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);

	if (at == SIZE_MAX) {
		size_t from = 0;

		while ((at = ward_exam_next(head, from, "MZ", 2)) != SIZE_MAX &&
			ward_kind_signed(ward_slice_of(s.p + at, s.len - at)) != WARD_KIND_PE)
			from = at + 2;
	}
	return at == SIZE_MAX ? s : ward_slice_of(s.p + at, s.len - at);
}

static bool next_rtf(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice rest = ward_slice_of(p->bytes.p + o->off, p->bytes.len - o->off);
	size_t at = ward_exam_find(rest, "\\objdata");

	if (at == SIZE_MAX)
		return false;
	ward_wr_reset(&o->bytes);
	o->off = read_hex(p->bytes, o->off + at + 8, &o->bytes);
	if (!ward_exam_unpacked(x, p, o->bytes.len) || ward_wr_bad(&o->bytes))
		return false;
	*ret = (struct ward_child){.name = WARD_STR("objdata"),
		.bytes = within(ward_wr_slice(&o->bytes)),
		.kind = WARD_KIND_N};
	return true;
}

const struct ward_opener ward_open_rtf = {open_rtf, next_rtf, close_rtf};
