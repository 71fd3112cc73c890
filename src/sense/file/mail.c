/* Mail (RFC 5322, MIME: RFC 2045 to 2047, 2231): one level of parts; a part that has parts itself,
 * or is a mail, is a mail in the eyes of the walk. A mailbox (RFC 4155) is one that holds mails. */
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAD_MAX = 262144, BOUNDARY = 128, VALUE = 1024 };

struct fields {
	char type[VALUE], disposition[VALUE], encoding[64];
};

struct opened {
	struct ward_slice body; /* not looked at yet */
	char boundary[BOUNDARY + 3];
	bool box;         /* a mailbox: of its mails the next begins at `body` */
	bool many, given; /* has parts; its one body was given */
	struct fields of; /* of the whole */
	struct ward_wr bytes;
	char name[WARD_INSPECT_TEXT];
	char type[96];
};

/* Cuts the head off; fields that matter are kept, unfolded. */
static void read_head(struct ward_slice *s, struct fields *f)
{
	static const char *const names[] = {
		"content-type:", "content-disposition:", "content-transfer-encoding:"};
	char *const to[] = {f->type, f->disposition, f->encoding};
	const size_t cap[] = {sizeof(f->type), sizeof(f->disposition), sizeof(f->encoding)};
	struct ward_str rest = ward_slice_text(*s);
	size_t n = 0, current = WARD_ARRAY_LEN(to), used = 0;

	memset(f, 0, sizeof(*f));
	while (rest.len && (size_t)(rest.p - (const char *)s->p) < HEAD_MAX) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		bool folded = line.len && (line.p[0] == ' ' || line.p[0] == '\t');

		n = rest.p ? (size_t)(rest.p - (const char *)s->p) : s->len;
		line = ward_str_trim(line);
		if (!line.len)
			break;
		if (!folded) {
			current = 0;
			while (current < WARD_ARRAY_LEN(to) &&
				(line.len < strlen(names[current]) ||
					!ward_str_ieq(ward_str_sub(line, 0, strlen(names[current])),
						ward_str_z(names[current]))))
				current++;
			if (current < WARD_ARRAY_LEN(to))
				line = ward_str_trim(
					ward_str_sub(line, strlen(names[current]), SIZE_MAX));
			used = 0;
		}
		for (size_t i = 0; current < WARD_ARRAY_LEN(to) && i < line.len; i++)
			if (used + 1 < cap[current])
				to[current][used++] = line.p[i] ? line.p[i] : ' ';
	}
	*s = ward_slice_of(s->p + n, s->len - n);
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* "%41" of RFC 2231, behind "charset'language'". */
static void percent(struct ward_str s, struct ward_wr *w)
{
	for (int quotes = 0; quotes < 2 && memchr(s.p, '\'', s.len); quotes++)
		(void)ward_str_cut(&s, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '%' && i + 2 < s.len && hex(s.p[i + 1]) >= 0 &&
			hex(s.p[i + 2]) >= 0) {
			ward_wr_u8(w, (uint8_t)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])));
			i += 2;
		} else {
			ward_wr_ch(w, s.p[i]);
		}
	}
}

static void quoted_printable(struct ward_slice s, struct ward_wr *w, bool underscore)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '=' && i + 2 < s.len && hex((char)s.p[i + 1]) >= 0 &&
			hex((char)s.p[i + 2]) >= 0) {
			ward_wr_u8(
				w, (uint8_t)(hex((char)s.p[i + 1]) * 16 + hex((char)s.p[i + 2])));
			i += 2;
		} else if (s.p[i] == '=' && i + 1 < s.len &&
			   (s.p[i + 1] == '\n' || s.p[i + 1] == '\r')) {
			i += s.p[i + 1] == '\r' && i + 2 < s.len && s.p[i + 2] == '\n' ? 2 : 1;
		} else {
			ward_wr_u8(w, underscore && s.p[i] == '_' ? ' ' : s.p[i]);
		}
	}
}

/* "=?UTF-8?B?…?=" (RFC 2047); other character sets than UTF-8 are left as their bytes. */
static void encoded_words(
	struct ward_exam *x, const struct ward_piece *p, struct ward_str s, struct ward_wr *w)
{
	while (s.len) {
		size_t at = ward_str_find(s, WARD_STR("=?"));
		struct ward_str word, set, how, text;

		ward_wr_str(w, ward_str_sub(s, 0, at));
		if (at == SIZE_MAX)
			return;
		word = ward_str_sub(s, at + 2, SIZE_MAX);
		set = ward_str_cut(&word, '?');
		how = ward_str_cut(&word, '?');
		text = ward_str_cut(&word, '?');
		(void)set;
		if (!word.p || !word.len || word.p[0] != '=' || how.len != 1) {
			ward_wr_str(w, ward_str_sub(s, at, 2));
			s = ward_str_sub(s, at + 2, SIZE_MAX);
			continue;
		}
		if (how.p[0] == 'B' || how.p[0] == 'b')
			ward_exam_base64(x, p, ward_str_bytes(text), w);
		else
			quoted_printable(ward_str_bytes(text), w, true);
		s = ward_str_sub(word, 1, SIZE_MAX);
	}
}

/* The value of a parameter: `name="…"`. Empty: it is not there. */
static struct ward_str parameter(const char *field, const char *name)
{
	struct ward_str rest = ward_str_z(field);
	size_t len = strlen(name);

	(void)ward_str_cut(&rest, ';');
	while (rest.len) {
		struct ward_str at = ward_str_trim(rest);
		bool is = at.len > len &&
			  ward_str_ieq(ward_str_sub(at, 0, len), ward_str_z(name)) &&
			  at.p[len] == '=';
		size_t n = 0;
		bool quoted = false;

		while (n < at.len && (quoted || at.p[n] != ';')) {
			quoted ^= at.p[n] == '"';
			n++;
		}
		if (is) {
			struct ward_str v = ward_str_trim(ward_str_sub(at, len + 1, n - len - 1));

			if (v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
				v = ward_str_sub(v, 1, v.len - 2);
			return v;
		}
		rest = ward_str_sub(at, n + 1, SIZE_MAX);
	}
	return WARD_STR("");
}

static struct ward_str name_of(
	struct ward_exam *x, const struct ward_piece *p, const struct fields *f, struct opened *o)
{
	struct ward_wr w = ward_wr_fixed(o->name, sizeof(o->name));
	static const struct {
		bool disposition, extended;
		const char *name;
	} at[] = {{true, true, "filename*"}, {true, true, "filename*0*"}, {true, false, "filename"},
		{true, false, "filename*0"}, {false, true, "name*"}, {false, false, "name"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(at); i++) {
		struct ward_str v =
			parameter(at[i].disposition ? f->disposition : f->type, at[i].name);

		if (!v.len)
			continue;
		if (at[i].extended)
			percent(v, &w);
		else
			encoded_words(x, p, v, &w);
		break;
	}
	return ward_wr_text(&w);
}

static void close_mail(void *it)
{
	struct opened *o = it;

	ward_wr_fini(&o->bytes);
	free(o);
}

/* A line that begins a mail in a mailbox. Its end, from off on; SIZE_MAX: there is none. */
static size_t behind_from_line(struct ward_slice s, size_t off)
{
	size_t end = ward_exam_next(s, off, "\n", 1);

	return end == SIZE_MAX ? end : end + 1;
}

static void *open_mail(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));
	struct ward_str b;

	(void)x;
	if (!o)
		return NULL;
	o->bytes = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	o->body = p->bytes;
	if (ward_str_starts(ward_slice_text(o->body), WARD_STR("From "))) {
		o->box = true;
		return o;
	}
	read_head(&o->body, &o->of);
	b = parameter(o->of.type, "boundary");
	o->many = b.len && b.len <= BOUNDARY;
	if (o->many)
		(void)snprintf(o->boundary, sizeof(o->boundary), "--%.*s", WARD_STR_ARG(b));
	return o;
}

/* The bytes up to the next line that is a boundary; the rest begins behind that line. False: none
 * was there, and all was given. */
static bool cut_part(struct opened *o, struct ward_slice *ret)
{
	struct ward_str b = ward_str_z(o->boundary);
	size_t off = 0;

	for (;;) {
		size_t at = ward_exam_next(o->body, off, b.p, b.len);

		if (at == SIZE_MAX) {
			*ret = o->body;
			o->body.len = 0;
			return false;
		}
		off = at + b.len;
		if (at && o->body.p[at - 1] != '\n')
			continue;
		size_t line = ward_exam_next(o->body, off, "\n", 1),
		       end = line == SIZE_MAX ? o->body.len : line, part = at ? at - 1 : 0;
		struct ward_str tail =
			ward_str_trim(ward_slice_text(ward_slice_of(o->body.p + off, end - off)));
		bool last = ward_str_eqz(tail, "--"); /* the last (RFC 2046 5.1.1) */

		if (tail.len && !last) /* another line that only begins so */
			continue;
		part -= part && o->body.p[part - 1] == '\r'; /* its line's end is the boundary's */
		*ret = ward_slice_of(o->body.p, part);
		if (line == SIZE_MAX || last)
			o->body.len = 0;
		else
			o->body = ward_slice_of(o->body.p + line + 1, o->body.len - line - 1);
		return true;
	}
}

static bool has_parts(const struct fields *f)
{
	struct ward_str type = ward_str_z(f->type);

	return ward_str_ieq(ward_str_sub(type, 0, 10), WARD_STR("multipart/"));
}

static void decode(struct ward_exam *x, const struct ward_piece *p, const struct fields *f,
	struct ward_slice body, struct opened *o)
{
	struct ward_str how = ward_str_trim(ward_str_z(f->encoding));

	ward_wr_reset(&o->bytes);
	if (ward_str_ieq(how, WARD_STR("base64"))) {
		ward_exam_base64(x, p, body, &o->bytes);
		return;
	}
	if (ward_str_ieq(how, WARD_STR("quoted-printable")))
		quoted_printable(body, &o->bytes, false);
	else
		ward_wr_bytes(&o->bytes, body.p, body.len);
	(void)ward_exam_unpacked(x, p, o->bytes.len);
}

static void give(struct ward_exam *x, const struct ward_piece *p, const struct fields *f,
	struct ward_slice body, struct opened *o, struct ward_child *ret)
{
	struct ward_str rest = ward_str_z(f->type);

	decode(x, p, f, body, o);
	ret->name = name_of(x, p, f, o);
	struct ward_str type = ward_str_trim(ward_str_cut(&rest, ';'));

	(void)snprintf(o->type, sizeof(o->type), "%.*s", WARD_STR_ARG(type));
	ret->type = ward_str_z(o->type);
	ret->bytes = ward_wr_slice(&o->bytes);
	if ((ward_str_ieq(type, WARD_STR("message/rfc822")) ||
		    ward_str_ieq(type, WARD_STR("message/global"))) &&
		ret->bytes.len && ward_kind_signed(ret->bytes) == WARD_KIND_DATA)
		ret->kind = WARD_KIND_MAIL;
}

/* The mails of a mailbox. The first is given to the end of the file, too: who opens it as one mail
 * reads it so, and lines that look like a begin divide nothing then. */
static bool next_in_box(struct opened *o, struct ward_child *ret)
{
	size_t from = behind_from_line(o->body, 0), next;

	if (from == SIZE_MAX || from >= o->body.len)
		return false;
	*ret = (struct ward_child){.kind = WARD_KIND_MAIL, .type = WARD_STR("message/rfc822")};
	ret->bytes = ward_slice_of(o->body.p + from, o->body.len - from);
	next = ward_exam_next(o->body, from, "\nFrom ", 6);
	if (!o->given) {
		o->given = true;
		if (next == SIZE_MAX)
			o->body.len = 0;
		return true;
	}
	if (next == SIZE_MAX) {
		o->body.len = 0;
		return true;
	}
	ret->bytes.len = next + 1 - from;
	o->body = ward_slice_of(o->body.p + next + 1, o->body.len - next - 1);
	return true;
}

static bool next_mail(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct ward_slice part;

	if (o->box)
		return next_in_box(o, ret);
	if (!o->many) {
		if (o->given)
			return false;
		o->given = true;
		give(x, p, &o->of, o->body, o, ret);
		return ret->bytes.len > 0;
	}
	if (!o->given) { /* what stands before the first boundary is nothing */
		o->given = true;
		if (!cut_part(o, &part)) {
			ward_exam_damaged(x, p, "no part of the mail begins", p->bytes.len);
			return false;
		}
	}
	while (o->body.len) {
		struct fields f;
		struct ward_slice whole;

		(void)cut_part(o, &part);
		whole = part;
		read_head(&part, &f);
		if (!part.len)
			continue;
		if (has_parts(&f)) {
			*ret = (struct ward_child){.bytes = whole,
				.kind = WARD_KIND_MAIL,
				.type = WARD_STR("multipart/mixed")};
			return true;
		}
		give(x, p, &f, part, o, ret);
		return true;
	}
	return false;
}

const struct ward_opener ward_open_mail = {open_mail, next_mail, close_mail};
