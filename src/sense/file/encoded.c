/* What scripts and pages hold in another writing: themselves in UTF-16, and files or further
 * scripts in base64. */
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUN_LEAST = 160, RUNS = 64, DECODED_LEAST = 32 };

struct opened {
	size_t off;
	unsigned n; /* runs that were decoded */
	bool wide;  /* it is UTF-16, and was not given yet */
	struct ward_wr bytes, narrow;
	char name[32];
};

static void close_encoded(void *it)
{
	struct opened *o = it;

	ward_wr_fini(&o->bytes);
	ward_wr_fini(&o->narrow);
	free(o);
}

static bool has_mark(struct ward_slice s)
{
	return s.len >= 2 &&
	       ((s.p[0] == 0xff && s.p[1] == 0xfe) || (s.p[0] == 0xfe && s.p[1] == 0xff));
}

static void *open_encoded(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	(void)x;
	if (!o)
		return NULL;
	o->wide = has_mark(p->bytes);
	o->bytes = o->narrow = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	return o;
}

/* UTF-16 as UTF-8 as far as it is ASCII, which is what orders are written in; other letters are
 * '?'. */
static void narrow(struct ward_slice s, bool big, struct ward_wr *w)
{
	ward_wr_reset(w);
	for (size_t i = 0; i + 1 < s.len; i += 2) {
		uint8_t high = s.p[big ? i : i + 1], low = s.p[big ? i + 1 : i];

		ward_wr_u8(w, high || low >= 0x80 ? '?' : low);
	}
}

/* UTF-16 without its mark, as PowerShell takes orders: every other byte of its first is zero. */
static bool is_wide(struct ward_slice s)
{
	for (size_t i = 0; i + 1 < DECODED_LEAST; i += 2)
		if (s.p[i + 1] || !s.p[i])
			return false;
	return true;
}

static bool give_run(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	struct ward_slice run, struct ward_child *ret)
{
	struct ward_slice s;

	ward_wr_reset(&o->bytes);
	ward_exam_base64(x, p, run, &o->bytes);
	s = ward_wr_slice(&o->bytes);
	if (s.len < DECODED_LEAST)
		return false;
	*ret = (struct ward_child){.name = ward_str_z(o->name), .bytes = s, .kind = WARD_KIND_N};
	if (is_wide(s)) {
		narrow(s, false, &o->narrow);
		ret->bytes = ward_wr_slice(&o->narrow);
		ret->kind = WARD_KIND_POWERSHELL;
	}
	return ret->kind != WARD_KIND_N || ward_kind_of(s, WARD_STR("")) != WARD_KIND_DATA;
}

static bool next_encoded(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice run;

	if (o->wide) {
		o->wide = false;
		o->off = p->bytes.len;
		narrow(ward_slice_of(p->bytes.p + 2, p->bytes.len - 2), p->bytes.p[0] == 0xfe,
			&o->narrow);
		*ret = (struct ward_child){.name = WARD_STR("UTF-16"),
			.bytes = ward_wr_slice(&o->narrow),
			.kind = p->kind};
		return ward_exam_unpacked(x, p, o->narrow.len) && o->narrow.len > 0;
	}
	while (o->n < RUNS && !x->stop && ward_exam_letters(p->bytes, RUN_LEAST, &o->off, &run)) {
		(void)snprintf(o->name, sizeof(o->name), "base64 %u", ++o->n);
		if (give_run(x, p, o, run, ret))
			return true;
	}
	return false;
}

const struct ward_opener ward_open_encoded = {open_encoded, next_encoded, close_encoded};
