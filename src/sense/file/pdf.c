/* PDF (ISO 32000-1) without its object graph: what its names say it does, and its streams one by
 * one, in the order of the file. A reader that repairs would find the same. */
#include "sense/file/pdf.h"

#include <stdio.h>
#include <stdlib.h>

enum { DICT_MAX = 16384, ZLIB_WINDOW = 7 };

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

/* Each stream is looked at in several ways: with each key, and as it is, as /Encrypt may only seem
 * to hold; and where filters have a predictor of TIFF, which any bytes may pass, also without. */
struct opened {
	size_t off;
	unsigned n;
	bool encrypted;
	struct ward_pdf_keys keys;
	struct ward_pdf_objects objects;
	struct ward_slice raw; /* the stream that is looked at */
	struct ward_pdf_object of;
	struct ward_pdf_stream stream;
	size_t way, n_way;
	struct ward_wr bytes[2];
	char name[40];
};

static void close_pdf(void *it)
{
	struct opened *o = it;

	ward_pdf_objects_fini(&o->objects);
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
	o->objects.file = p->bytes;
	o->encrypted = read_names(p->bytes, true).encrypted;
	if (!o->encrypted)
		return o;
	ward_pdf_unlock(&o->objects, &o->keys);
	if (!o->keys.n)
		ward_exam_say0(x, p, WARD_SUSPECT_PASSWORD);
	if (o->keys.more)
		ward_exam_damaged(x, p, "more encryptions than are tried", p->bytes.len);
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

/* What begins as zlib does (RFC 1950 2.2), and has its end. */
static bool is_deflated(
	struct ward_exam *x, const struct ward_piece *p, struct ward_slice s, struct ward_wr *w)
{
	if (s.len < 2 || (s.p[0] & 15) != 8 || s.p[0] >> 4 > ZLIB_WINDOW || s.p[1] & 0x20 ||
		(s.p[0] * 256 + s.p[1]) % 31 != 0)
		return false;
	ward_wr_reset(w);
	return ward_exam_inflate(x, p, s, 15, w);
}

/* The stream in one of its ways: decrypted, and through the filters, as far as we know them: what
 * is left is the image or font that it is. Empty: this way gives nothing. */
static struct ward_slice decode(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	size_t key = o->way % (o->keys.n + 1), i = 0;
	bool plain = o->way > o->keys.n;
	struct ward_slice s = o->raw;

	if (key < o->keys.n) {
		ward_wr_reset(&o->bytes[1]);
		ward_pdf_decrypt(&o->keys.key[key], &o->of, s, &o->bytes[1]);
		s = ward_wr_slice(&o->bytes[1]);
	}
	for (; i < o->stream.n; i++) {
		struct ward_pdf_filter f = o->stream.filter[i];
		struct ward_wr *w = &o->bytes[i & 1];

		f.predictor = plain ? 0 : f.predictor;
		ward_wr_reset(w);
		if (!ward_pdf_unfilter(x, p, &f, s, w) || (!w->len && !o->encrypted))
			break;
		s = ward_wr_slice(w);
	}
	/* whatever names its filters, as somewhere else, or does not */
	return is_deflated(x, p, s, &o->bytes[i & 1]) ? ward_wr_slice(&o->bytes[i & 1]) : s;
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

/* The next stream, and how it may be looked at. */
static bool next_stream(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	struct ward_slice dict;
	bool tiff = false;

	if (!cut_stream(p, o, &dict, &o->raw))
		return false;
	o->n++;
	ward_pdf_object_at(p->bytes, (size_t)(dict.p - p->bytes.p) + 3, &o->of);
	ward_pdf_read_stream(&o->objects, dict, &o->stream);
	if (o->stream.more)
		ward_exam_damaged(x, p, "more filters of a stream than are taken off", o->of.at);
	for (size_t i = 0; i < o->stream.n; i++)
		tiff |= o->stream.filter[i].predictor == 2;
	o->way = 0;
	o->n_way = (o->keys.n + 1) * (tiff ? 2 : 1);
	return true;
}

static bool next_pdf(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	while (!x->stop && (o->way < o->n_way || next_stream(x, p, o))) {
		struct ward_slice s = decode(x, p, o);

		o->way++;
		if (!s.len || (o->stream.image && ward_kind_signed(s) == WARD_KIND_DATA))
			continue;
		(void)snprintf(o->name, sizeof(o->name),
			o->stream.embedded ? "embedded file %u" : "stream %u", o->n);
		*ret = (struct ward_child){.name = ward_str_z(o->name),
			.bytes = s,
			.kind = o->stream.objects ? WARD_KIND_PDF_OBJECTS : WARD_KIND_N};
		return true;
	}
	return false;
}

const struct ward_opener ward_open_pdf = {open_pdf, next_pdf, close_pdf};
