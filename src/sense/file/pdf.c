/* PDF (ISO 32000-1) without its object graph: what its names say it does, and its streams one by
 * one, in the order of the file. A reader that repairs would find the same. */
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum { DICT_MAX = 16384, FILTERS = 4 };

/* The name at s (without its '/'), its #xx put right (7.3.5). Gives its length in the file. */
static size_t read_name(struct ward_slice s, char *to, size_t cap)
{
	static const char stops[] = "()<>[]{}/% \t\r\n\f";
	size_t i = 0, n = 0;

	while (i < s.len && s.p[i] && !strchr(stops, s.p[i])) {
		uint8_t c = s.p[i];

		if (c == '#' && i + 2 < s.len &&
			ward_str_unhex((struct ward_str){(const char *)s.p + i + 1, 2}, &c, 1))
			i += 2;
		i++;
		if (n + 1 < cap)
			to[n++] = (char)c;
	}
	to[n] = 0;
	return i;
}

struct names {
	bool opens, acts, script, launch, encrypted, form;
};

static void note_name(const char *name, struct names *n)
{
	const struct {
		const char *name;
		bool *to;
	} of[] = {{"OpenAction", &n->opens}, {"AA", &n->opens}, {"JavaScript", &n->script},
		{"JS", &n->script}, {"Launch", &n->launch}, {"Encrypt", &n->encrypted}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		*of[i].to |= strcmp(name, of[i].name) == 0;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does a stream begin there: behind a dictionary, and before the end of a line (ISO 32000-1
 * 7.3.8.1)? The word stands in comments and texts, too. */
static bool begins_stream(struct ward_slice s, size_t at)
{
	size_t after = at + 6, i = at;

	after += after < s.len && s.p[after] == '\r';
	while (i && is_blank(s.p[i - 1]))
		i--;
	return after < s.len && s.p[after] == '\n' && i >= 2 && memcmp(s.p + i - 2, ">>", 2) == 0;
}

/* Where the stream that begins before `next` ends; SIZE_MAX: none does. *search: false once none
 * ends any more, or an object begins within one, which somebody made up to hide it: then nothing
 * is passed over. */
static size_t behind_stream(struct ward_slice s, size_t from, size_t next, bool *search)
{
	struct ward_slice here = ward_slice_of(s.p, next);

	for (size_t at = from; *search; at += 6) {
		at = ward_exam_next(here, at, "stream", 6);
		if (at == SIZE_MAX)
			return SIZE_MAX;
		if (!begins_stream(s, at))
			continue;
		size_t end = ward_exam_next(s, at, "endstream", 9);

		*search = end != SIZE_MAX &&
			  ward_exam_next(ward_slice_of(s.p, end), at, " obj", 4) == SIZE_MAX;
		if (*search)
			return end + 9;
	}
	return SIZE_MAX;
}

/* All names of the objects; those in compressed streams are none. */
static struct names read_names(struct ward_slice s, bool skip_streams)
{
	struct names n = {.opens = false};
	char name[32];

	for (size_t i = 0; i < s.len;) {
		const uint8_t *at = memchr(s.p + i, '/', s.len - i);

		if (!at)
			break;
		size_t next = (size_t)(at - s.p) + 1;

		size_t behind = behind_stream(s, i, next, &skip_streams);

		if (behind != SIZE_MAX) {
			i = behind;
			continue;
		}
		i = next + read_name(ward_slice_of(s.p + next, s.len - next), name, sizeof(name));
		note_name(name, &n);
	}
	return n;
}

void ward_look_pdf(struct ward_exam *x, const struct ward_piece *p)
{
	struct names n = read_names(p->bytes, p->kind == WARD_KIND_PDF);

	if (n.launch)
		ward_exam_say0(x, p, WARD_SUSPECT_PDF_LAUNCH);
	if (n.script)
		ward_exam_say0(x, p, WARD_SUSPECT_PDF_SCRIPT);
	if (n.script && n.opens)
		ward_exam_say0(x, p, WARD_SUSPECT_PDF_OPENS);
}

struct opened {
	size_t off;
	unsigned n;
	bool encrypted, told_damage;
	struct ward_wr bytes[2];
	char name[40];
};

static void close_pdf(void *it)
{
	struct opened *o = it;

	ward_wr_fini(&o->bytes[0]);
	ward_wr_fini(&o->bytes[1]);
	free(o);
}

static void *open_pdf(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->bytes[0] = o->bytes[1] = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	o->encrypted = read_names(p->bytes, true).encrypted;
	if (o->encrypted)
		ward_exam_say0(x, p, WARD_SUSPECT_PASSWORD);
	return o;
}

/* The dictionary before "stream": back to "obj", at most DICT_MAX bytes. */
static struct ward_slice dictionary(struct ward_slice s, size_t stream)
{
	size_t from = stream > DICT_MAX ? stream - DICT_MAX : 0, at = stream;

	while (at > from && !(at + 3 <= stream && memcmp(s.p + at, "obj", 3) == 0))
		at--;
	return ward_slice_of(s.p + at, stream - at);
}

struct filters {
	char name[FILTERS][20];
	size_t n;
	bool objects, embedded, image;
};

/* The names behind /Filter, and what the stream is. */
static void read_dictionary(struct ward_slice d, struct filters *f)
{
	char name[32];
	bool filter = false;

	*f = (struct filters){.n = 0};
	for (size_t i = 0; i < d.len; i++) {
		if (d.p[i] != '/') {
			filter &= d.p[i] != ']' && d.p[i] != '>';
			continue;
		}
		size_t len =
			read_name(ward_slice_of(d.p + i + 1, d.len - i - 1), name, sizeof(name));

		i += len;
		f->objects |= strcmp(name, "ObjStm") == 0;
		f->embedded |= strcmp(name, "EmbeddedFile") == 0;
		f->image |= strcmp(name, "Image") == 0;
		bool is = ward_str_ends(ward_str_z(name), WARD_STR("Decode")) ||
			  strcmp(name, "Fl") == 0 || strcmp(name, "AHx") == 0 ||
			  strcmp(name, "A85") == 0;

		if (filter && is && f->n < FILTERS)
			(void)snprintf(f->name[f->n++], sizeof(f->name[0]), "%.19s", name);
		else
			filter = false;
		filter |= strcmp(name, "Filter") == 0 || strcmp(name, "F") == 0;
	}
}

static void from_hex(struct ward_slice in, struct ward_wr *w)
{
	char pair[2];
	size_t n = 0;
	uint8_t b;

	for (size_t i = 0; i < in.len && in.p[i] != '>'; i++) {
		pair[n] = (char)in.p[i];
		if (!ward_str_unhex((struct ward_str){(const char[]){'0', pair[n]}, 2}, &b, 1))
			continue;
		if (++n == 2 && ward_str_unhex((struct ward_str){pair, 2}, &b, 1)) {
			ward_wr_u8(w, b);
			n = 0;
		}
	}
}

/* ASCII85 (7.4.3). */
static void from_85(struct ward_slice in, struct ward_wr *w)
{
	uint64_t v = 0;
	unsigned n = 0;

	for (size_t i = 0; i < in.len && in.p[i] != '~'; i++) {
		uint8_t c = in.p[i];

		if (c == 'z' && n == 0) {
			ward_wr_be32(w, 0);
			continue;
		}
		if (c < '!' || c > 'u')
			continue;
		v = v * 85 + (uint64_t)(c - '!');
		if (++n == 5) {
			ward_wr_be32(w, (uint32_t)v);
			v = n = 0;
		}
	}
	if (n < 2)
		return;
	for (unsigned i = n; i < 5; i++)
		v = v * 85 + 84;
	for (unsigned i = 0; i + 1 < n; i++)
		ward_wr_u8(w, (uint8_t)(v >> (24 - 8 * i)));
}

/* Through the filters, as far as we know them: what is left is the image or font that it is. */
static struct ward_slice decode(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	const struct filters *f, struct ward_slice s)
{
	for (size_t i = 0; i < f->n; i++) {
		struct ward_wr *w = &o->bytes[i & 1];
		const char *name = f->name[i];

		ward_wr_reset(w);
		if (strcmp(name, "FlateDecode") == 0 || strcmp(name, "Fl") == 0) {
			if (!ward_exam_inflate(x, p, s, 15, w) && !w->len)
				break;
		} else if (strcmp(name, "ASCIIHexDecode") == 0 || strcmp(name, "AHx") == 0) {
			from_hex(s, w);
		} else if (strcmp(name, "ASCII85Decode") == 0 || strcmp(name, "A85") == 0) {
			from_85(s, w);
		} else {
			break;
		}
		s = ward_wr_slice(w);
	}
	return s;
}

/* The next stream's bytes, and the dictionary before it. */
static bool cut_stream(const struct ward_piece *p, struct opened *o, struct ward_slice *ret_dict,
	struct ward_slice *ret)
{
	for (;;) {
		size_t at = ward_exam_next(p->bytes, o->off, "stream", 6);

		if (at == SIZE_MAX)
			return false;
		o->off = at + 6;
		if (at >= 3 && memcmp(p->bytes.p + at - 3, "end", 3) == 0)
			continue;
		size_t from = at + 6, end;

		if (from < p->bytes.len && p->bytes.p[from] == '\r')
			from++;
		if (from >= p->bytes.len || p->bytes.p[from] != '\n')
			continue;
		from++;
		end = ward_exam_next(p->bytes, from, "endstream", 9);
		end = end == SIZE_MAX ? p->bytes.len : end;
		o->off = end;
		*ret_dict = dictionary(p->bytes, at);
		*ret = ward_slice_of(p->bytes.p + from, end - from);
		return true;
	}
}

static bool next_pdf(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice dict, s;

	while (!o->encrypted && !x->stop && cut_stream(p, o, &dict, &s)) {
		struct filters f;

		o->n++;
		read_dictionary(dict, &f);
		s = decode(x, p, o, &f, s);
		if (!s.len || (f.image && ward_kind_signed(s) == WARD_KIND_DATA))
			continue;
		(void)snprintf(o->name, sizeof(o->name),
			f.embedded ? "embedded file %u" : "stream %u", o->n);
		*ret = (struct ward_child){.name = ward_str_z(o->name),
			.bytes = s,
			.kind = f.objects ? WARD_KIND_PDF_OBJECTS : WARD_KIND_N};
		return true;
	}
	return false;
}

const struct ward_opener ward_open_pdf = {open_pdf, next_pdf, close_pdf};
