/* PDF (ISO 32000-1) without its object graph: what its names say it does, and its streams one by
 * one, in the order of the file. Where readers go different ways to a stream, each is gone. */
#include "sense/file/pdf.h"

#include <stdio.h>
#include <stdlib.h>

enum { ZLIB_WINDOW = 7, EXTENTS = 3, END_WORD = 9, LINE_MOST = 256 };
enum { AGAIN_TIMES = 4, AGAIN_FREE = 65536 };  /* bytes that may be looked at once more */
enum { WORK_TIMES = 8, WORK_FREE = 16 << 20 }; /* bytes that may be read where references lead */
enum { TIFF = 2 };                             /* a predictor */

struct names {
	bool opens, script, launch, encrypted;
};

/* sure: it is none that any three bytes may be. */
static void note_name(const char *name, bool sure, struct names *n)
{
	const struct {
		const char *name;
		bool *to;
	} of[] = {{"OpenAction", &n->opens}, {"AA", &n->opens}, {"JavaScript", &n->script},
		{"JS", &n->script}, {"Launch", &n->launch}, {"Encrypt", &n->encrypted}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		*of[i].to |= (sure || strlen(of[i].name) > 2) && strcmp(name, of[i].name) == 0;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == 0;
}

static bool ends_line(uint8_t c)
{
	return c == '\r' || c == '\n';
}

/* Where a line begins behind i: one of CR, LF or both is passed. */
static size_t behind_line(struct ward_slice s, size_t i)
{
	i += i < s.len && s.p[i] == '\r';
	return i + (i < s.len && s.p[i] == '\n');
}

/* Where the bytes of a stream begin whose word is at `at`: behind blanks and the end of a line, as
 * readers take it (7.3.8.1 has no blanks, and no CR alone); or, as the word stands behind a
 * dictionary, with whatever follows. SIZE_MAX: it is only a word. */
static size_t begin_of(struct ward_slice s, size_t at)
{
	size_t i = at + 6, k = at;

	while (i < s.len && is_blank(s.p[i]) && !ends_line(s.p[i]))
		i++;
	if (i < s.len && ends_line(s.p[i]))
		return behind_line(s, i);
	while (k && is_blank(s.p[k - 1]))
		k--;
	return k >= 2 && memcmp(s.p + k - 2, ">>", 2) == 0 ? i : SIZE_MAX;
}

/* The next of a word, looked for from one place after another: no byte is searched twice. */
static size_t next_word(struct ward_slice s, size_t from, const char *word, size_t *found)
{
	if (*found < from || !*found)
		*found = ward_exam_next(s, from, word, strlen(word));
	return *found;
}

/* The streams of which the short names do not count. */
struct passed {
	size_t off, end;     /* looked at so far; the end of the last */
	size_t endstream, j; /* found last */
};

/* Does an object begin or end there? By its 'j', the rarest of letters. */
static bool holds_object(struct ward_slice s, size_t from, size_t end, struct passed *is)
{
	for (; next_word(s, from, "j", &is->j) < end; from = is->j + 1) {
		const uint8_t *at = s.p + is->j;

		if (is->j - from < 3 || memcmp(at - 2, "ob", 2) != 0)
			continue;
		if (is_blank(at[-3]) || (at[-3] >= '0' && at[-3] <= '9') || at[-3] == 'd')
			return true;
	}
	return false;
}

/* Is `next` in a stream, behind a dictionary whose line has no comment? One in which an object
 * begins or ends is none: somebody made it up to hide what lies in it. */
static bool in_stream(struct ward_slice s, size_t next, struct passed *is)
{
	while (next >= is->end) {
		size_t from = is->off > is->end ? is->off : is->end, k,
		       at = ward_exam_next(ward_slice_of(s.p, next), from, "stream", 6);

		is->off = at == SIZE_MAX ? next : at + 6;
		if (at == SIZE_MAX)
			return false;
		for (k = at; k && is_blank(s.p[k - 1]); k--)
			;
		if (k < 2 || memcmp(s.p + k - 2, ">>", 2) != 0)
			continue;
		for (; k && at - k < LINE_MOST && !ends_line(s.p[k - 1]) && s.p[k - 1] != '%'; k--)
			;
		if (k && s.p[k - 1] == '%')
			continue;
		size_t end = next_word(s, at, "endstream", &is->endstream);

		if (end != SIZE_MAX && !holds_object(s, at, end, is))
			is->end = end + END_WORD;
	}
	return true;
}

/* All names of the objects; of those in streams, which any bytes may be, the long ones alone. */
static struct names read_names(struct ward_slice s, bool streams)
{
	struct passed is = {.off = 0};
	struct names n = {.opens = false};
	char name[32];

	for (size_t i = 0; i < s.len;) {
		const uint8_t *at = memchr(s.p + i, '/', s.len - i);

		if (!at)
			break;
		i = (size_t)(at - s.p) + 1;
		bool sure = !streams || !in_stream(s, i, &is);

		i += ward_pdf_name(ward_slice_of(s.p + i, s.len - i), name, sizeof(name));
		note_name(name, sure, &n);
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
 * to hold; where filters have a predictor of TIFF, which any bytes may pass, also without; with
 * each reading of its dictionary; and from where to where it may be. */
struct opened {
	size_t off, behind; /* where the next is looked for; behind all that were looked at */
	size_t again;       /* bytes that may be looked at once more */
	bool more;          /* and there were more */
	size_t end;         /* the "endstream" that was found last */
	unsigned n;
	bool encrypted;
	struct ward_pdf_keys keys;
	struct ward_pdf_objects objects;
	struct ward_slice raw[EXTENTS]; /* the stream that is looked at */
	size_t n_raw;
	struct ward_pdf_object of;
	struct ward_pdf_stream stream;
	struct ward_pdf_ends ends;
	size_t way, n_way;
	bool twice, told_spent, told_cut; /* n_way has the ways of other predictors */
	bool by_content; /* this way was given as what it is; it is given as objects, too */
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
	o->again = AGAIN_FREE + AGAIN_TIMES * p->bytes.len;
	o->objects.work = WORK_FREE + WORK_TIMES * (uint64_t)p->bytes.len;
	o->encrypted = read_names(p->bytes, true).encrypted;
	if (!o->encrypted)
		return o;
	ward_pdf_unlock(&o->objects, &o->keys);
	if (!o->keys.n || o->keys.locked)
		ward_exam_say0(x, p, WARD_SUSPECT_PASSWORD);
	if (o->keys.more)
		ward_exam_damaged(x, p, "more encryptions than are tried", p->bytes.len);
	return o;
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
	size_t n_key = o->keys.n + 1, key = o->way % n_key, way = o->way / n_key, i = 0;
	const struct ward_pdf_reading *r = &o->stream.reading[way % o->stream.n];
	struct ward_slice s = o->raw[way / o->stream.n % o->n_raw];
	bool again = way >= o->stream.n * o->n_raw;

	if (key < o->keys.n) {
		ward_wr_reset(&o->bytes[1]);
		ward_pdf_decrypt(&o->keys.key[key], &o->of, s, &o->bytes[1]);
		s = ward_wr_slice(&o->bytes[1]);
	}
	for (; i < r->n; i++) {
		struct ward_pdf_filter f = r->filter[i];
		struct ward_wr *w = &o->bytes[i & 1];

		f.any_row = again;
		f.predictor = again && f.predictor == TIFF ? 0 : f.predictor;
		ward_wr_reset(w);
		if (!ward_pdf_unfilter(x, p, &f, s, w, &o->ends) || (!w->len && !o->encrypted))
			break;
		s = ward_wr_slice(w);
	}
	/* whatever names its filters, as somewhere else, or does not */
	return is_deflated(x, p, s, &o->bytes[i & 1]) ? ward_wr_slice(&o->bytes[i & 1]) : s;
}

/* May n bytes be looked at that were looked at before? It is told once when there are too many. */
static bool may_again(struct ward_exam *x, const struct ward_piece *p, struct opened *o, size_t n)
{
	if (n <= o->again) {
		o->again -= n;
		return true;
	}
	if (!o->more)
		ward_exam_damaged(x, p, "more streams in each other than are looked at", o->off);
	o->more = true;
	return false;
}

/* The next stream, to the first "endstream", and the dictionary before it. The word may stand in
 * a comment or a text, so what begins within a stream is one, too. */
static bool cut_stream(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	struct ward_pdf_dictionary *ret_dict)
{
	struct ward_slice s = p->bytes;

	for (;;) {
		size_t at = ward_exam_next(s, o->off, "stream", 6), from, end;

		if (at == SIZE_MAX)
			return false;
		o->off = at + 6;
		if (at >= 3 && memcmp(s.p + at - 3, "end", 3) == 0)
			continue;
		from = begin_of(s, at);
		if (from == SIZE_MAX)
			continue;
		end = next_word(s, from, "endstream", &o->end);
		end = end < s.len ? end : s.len;
		if (from < o->behind && !may_again(x, p, o, end - from))
			continue;
		o->behind = o->behind > end ? o->behind : end;
		ward_pdf_dictionary_before(&o->objects, at, ret_dict);
		o->raw[0] = ward_slice_of(s.p + from, end - from);
		o->n_raw = 1;
		return true;
	}
}

/* From where to where it may be, too: as long as it is said to be, when "endstream" stands in it,
 * and from the next line on, as readers pass over what follows the word "stream". */
static void add_extents(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	struct ward_slice s = o->raw[0];
	size_t from = (size_t)(s.p - p->bytes.p), end = from + s.len, i = 0,
	       most = p->bytes.len - from, said = o->stream.length < most ? o->stream.length : most;

	if (said > s.len + END_WORD && may_again(x, p, o, said - s.len)) {
		o->raw[o->n_raw++] = ward_slice_of(s.p, said);
		end = from + said;
		o->behind = o->behind > end ? o->behind : end;
	}
	if (from && ends_line(p->bytes.p[from - 1]))
		return;
	while (i < s.len && !ends_line(s.p[i]))
		i++;
	i = behind_line(s, i);
	if (i < s.len && may_again(x, p, o, s.len - i))
		o->raw[o->n_raw++] = ward_slice_of(s.p + i, end - from - i);
}

/* Nothing that was deflated had its end, whichever way: it is cut off. */
static void tell_cut(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	if (o->ends.cut && !o->ends.whole && !o->encrypted)
		ward_exam_damaged(x, p, "a stream without its end", o->of.at);
	o->ends = (struct ward_pdf_ends){.whole = false};
}

/* Once: what references lead to, and where dictionaries begin, is not sought any more. */
static void tell_spent(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	if (o->objects.spent && !o->told_spent)
		ward_exam_damaged(
			x, p, "more references, and words before streams, than are read", o->of.at);
	o->told_spent |= o->objects.spent;
}

/* The next stream, and how it may be looked at. */
static bool next_stream(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	struct ward_pdf_dictionary dict;
	bool tiff = false;

	tell_cut(x, p, o);
	if (!cut_stream(x, p, o, &dict))
		return false;
	o->n++;
	ward_pdf_object_at(p->bytes, (size_t)(dict.far.p - p->bytes.p) + 3, &o->of);
	ward_pdf_read_stream(&o->objects, &dict, &o->stream);
	tell_spent(x, p, o);
	if (dict.cut && !o->told_cut)
		ward_exam_damaged(
			x, p, "the dictionary of a stream, longer than is read", o->of.at);
	o->told_cut |= dict.cut;
	if (o->stream.more)
		ward_exam_damaged(x, p, "more filters of a stream than are taken off", o->of.at);
	add_extents(x, p, o);
	for (size_t k = 0; k < o->stream.n; k++)
		for (size_t i = 0; i < o->stream.reading[k].n; i++)
			tiff |= o->stream.reading[k].filter[i].predictor == TIFF;
	o->way = 0;
	o->n_way = (o->keys.n + 1) * o->stream.n * o->n_raw * (tiff ? 2 : 1);
	o->twice = tiff;
	return true;
}

static bool next_pdf(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	while (!x->stop && (o->way < o->n_way || next_stream(x, p, o))) {
		struct ward_slice s = decode(x, p, o);
		bool objects = o->stream.objects;

		/* what seems to be no rows may be some, and is gone through once more */
		o->n_way *= o->ends.odd_row && !o->twice ? 2 : 1;
		o->twice |= o->ends.odd_row;
		o->by_content = s.len && objects && !o->by_content &&
				(o->stream.embedded || ward_kind_signed(s) != WARD_KIND_DATA);
		objects &= !o->by_content;
		o->way += !o->by_content;
		if (!s.len)
			continue;
		(void)snprintf(o->name, sizeof(o->name),
			o->stream.embedded ? "embedded file %u" : "stream %u", o->n);
		*ret = (struct ward_child){.name = ward_str_z(o->name),
			.bytes = s,
			.kind = objects ? WARD_KIND_PDF_OBJECTS : WARD_KIND_N};
		return true;
	}
	return false;
}

const struct ward_opener ward_open_pdf = {open_pdf, next_pdf, close_pdf};
