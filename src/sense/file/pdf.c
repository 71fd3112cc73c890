/* PDF (ISO 32000-1) without its object graph: what its names say it does, and its streams one by
 * one, in the order of the file. A reader that repairs would find the same. */
#include "sense/file/pdf.h"

#include <stdio.h>
#include <stdlib.h>

enum { DICT_MAX = 16384, FILTERS = 4 };

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
		i = next +
		    ward_pdf_name(ward_slice_of(s.p + next, s.len - next), name, sizeof(name));
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
	bool encrypted, locked; /* and no empty password opens it */
	struct ward_pdf_key key;
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
	o->locked = o->encrypted && !ward_pdf_unlock(p->bytes, &o->key);
	if (o->locked)
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
	bool objects, embedded, image, index; /* index: of objects, never encrypted (7.5.8.2) */
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
		size_t len = ward_pdf_name(
			ward_slice_of(d.p + i + 1, d.len - i - 1), name, sizeof(name));

		i += len;
		f->objects |= strcmp(name, "ObjStm") == 0;
		f->embedded |= strcmp(name, "EmbeddedFile") == 0;
		f->image |= strcmp(name, "Image") == 0;
		f->index |= strcmp(name, "XRef") == 0;
		bool is = ward_str_ends(ward_str_z(name), WARD_STR("Decode")) ||
			  strcmp(name, "Fl") == 0 || strcmp(name, "AHx") == 0 ||
			  strcmp(name, "A85") == 0 || strcmp(name, "LZW") == 0 ||
			  strcmp(name, "RL") == 0 || strcmp(name, "Crypt") == 0;

		if (filter && is && f->n < FILTERS)
			(void)snprintf(f->name[f->n++], sizeof(f->name[0]), "%.19s", name);
		else
			filter = false;
		filter |= strcmp(name, "Filter") == 0 || strcmp(name, "F") == 0;
	}
}

/* "12 0 obj", of which `at` is behind the last letter: whose bytes it are, when they are encrypted.
 */
static void read_object(struct ward_slice s, size_t at, uint32_t ret[2])
{
	size_t i = at >= 3 ? at - 3 : 0;

	ret[0] = ret[1] = 0;
	for (size_t n = 2; n-- > 0;) {
		uint32_t unit = 1;

		while (i && is_blank(s.p[i - 1]))
			i--;
		for (; i && s.p[i - 1] >= '0' && s.p[i - 1] <= '9'; i--) {
			ret[n] += unit * (uint32_t)(s.p[i - 1] - '0');
			unit *= 10;
		}
	}
}

/* Decrypted, and through the filters, as far as we know them: what is left is the image or font
 * that it is. */
static struct ward_slice decode(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	const struct filters *f, struct ward_slice dict, struct ward_slice s)
{
	if (o->encrypted && !o->key.plain && !f->index) {
		uint32_t of[2];

		read_object(p->bytes, (size_t)(dict.p - p->bytes.p) + 3, of);
		ward_wr_reset(&o->bytes[1]);
		ward_pdf_decrypt(&o->key, of[0], of[1], s, &o->bytes[1]);
		s = ward_wr_slice(&o->bytes[1]);
	}
	for (size_t i = 0; i < f->n; i++) {
		struct ward_wr *w = &o->bytes[i & 1];

		ward_wr_reset(w);
		if (!ward_pdf_unfilter(x, p, f->name[i], s, w))
			break;
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

	while (!o->locked && !x->stop && cut_stream(p, o, &dict, &s)) {
		struct filters f;

		o->n++;
		read_dictionary(dict, &f);
		s = decode(x, p, o, &f, dict, s);
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
