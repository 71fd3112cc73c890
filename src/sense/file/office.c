/* Office: streams of older documents, macros, and what parts of newer ones refer to. */
#include "sense/file/exam.h"
#include "sense/file/ole.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOLD = 64 };

struct opened {
	struct ward_ole ole;
	struct ward_ole_stream s;
	struct ward_wr bytes, source;
	size_t module; /* where the source of a macro begins in the stream that was given; 0:
			  nowhere */
	bool told_password, told_macros, told_damage;
};

static void close_ole(void *it)
{
	struct opened *o = it;

	ward_ole_fini(&o->ole);
	ward_wr_fini(&o->bytes);
	ward_wr_fini(&o->source);
	free(o);
}

static void *open_ole(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->bytes = o->source = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	if (ward_ole_open(&o->ole, p->bytes) == WARD_OK)
		return o;
	ward_exam_damaged(x, p, "the compound file has no directory", 0);
	close_ole(o);
	return NULL;
}

/* The compressed source in a module's stream begins with the text "Attribut", after one byte of
 * flags (0: eight letters as they are), two of the chunk's head and the signature 1. */
static size_t module_at(struct ward_slice s)
{
	size_t at = ward_exam_next(s, 0, "\0Attribut", 9);

	return at != SIZE_MAX && at >= 3 && s.p[at - 3] == 1 ? at - 3 : SIZE_MAX;
}

/* Ole10Native (MS-OLEDS 2.3.6): sizes, names, then the file that was put in. */
static bool native(struct ward_slice s, struct ward_child *ret)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_str text[3];

	ward_rd_skip(&r, 6);
	for (size_t i = 0; i < 3; i++) {
		struct ward_str left =
			ward_slice_text(ward_slice_of(r.p + r.off, ward_rd_left(&r)));
		const char *end = left.len ? memchr(left.p, 0, left.len) : NULL;

		if (!end)
			return false;
		text[i] = (struct ward_str){left.p, (size_t)(end - left.p)};
		ward_rd_skip(&r, text[i].len + 1);
		if (i == 1)
			ward_rd_skip(&r, 8); /* two unknown words; the length of what follows */
	}
	uint32_t len = ward_rd_le32(&r);
	struct ward_slice body = ward_rd_bytes(&r, len);

	if (ward_rd_bad(&r))
		return false;
	ret->name = text[0];
	ret->bytes = body;
	return true;
}

static bool is_named(const struct opened *o, const char *name)
{
	struct ward_str s = {o->s.name, o->s.name_len};

	return ward_str_eqz(s, name);
}

static bool give_source(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_child *ret)
{
	struct ward_slice s = ward_wr_slice(&o->bytes);

	ward_wr_reset(&o->source);
	if (ward_vba_unpack(ward_slice_of(s.p + o->module, s.len - o->module), &o->source) !=
		WARD_OK)
		ward_exam_damaged(x, p, "the source of a macro", o->module);
	o->module = SIZE_MAX;
	if (!ward_exam_unpacked(x, p, o->source.len) || !o->source.len)
		return false;
	if (!o->told_macros)
		ward_exam_say0(x, p, WARD_SUSPECT_MACROS);
	o->told_macros = true;
	*ret = (struct ward_child){.name = {o->s.name, o->s.name_len},
		.bytes = ward_wr_slice(&o->source),
		.kind = WARD_KIND_VBA};
	return true;
}

static bool next_ole(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	if (o->bytes.len && o->module != SIZE_MAX && give_source(x, p, o, ret))
		return true;
	if (ward_ole_next(&o->ole, &o->s, &o->bytes) != WARD_OK ||
		!ward_exam_unpacked(x, p, o->bytes.len))
		return false;
	if (!o->s.whole && !o->told_damage)
		ward_exam_damaged(x, p, "a stream is not whole", o->bytes.len);
	o->told_damage |= !o->s.whole;
	if ((is_named(o, "EncryptedPackage") || is_named(o, "EncryptionInfo")) &&
		!o->told_password) {
		ward_exam_say0(x, p, WARD_SUSPECT_PASSWORD);
		o->told_password = true;
	}
	if (is_named(o, "Equation Native"))
		ward_exam_say0(x, p, WARD_SUSPECT_EQUATION);
	o->module = module_at(ward_wr_slice(&o->bytes));
	*ret = (struct ward_child){.name = {o->s.name, o->s.name_len},
		.bytes = ward_wr_slice(&o->bytes),
		.kind = WARD_KIND_N};
	if (is_named(o, "_Ole10Native"))
		(void)native(ret->bytes, ret);
	return true;
}

const struct ward_opener ward_open_ole = {open_ole, next_ole, close_ole};

static bool first_of(struct ward_slice s, const char *const *word, size_t n, const char **ret)
{
	for (size_t i = 0; i < n; i++)
		if (ward_exam_next(s, 0, word[i], strlen(word[i])) != SIZE_MAX) {
			*ret = word[i];
			return true;
		}
	return false;
}

void ward_look_vba(struct ward_exam *x, const struct ward_piece *p)
{
	static const char *const begins[] = {"autoopen", "auto_open", "document_open",
		"workbook_open", "autoexec", "autoclose", "auto_close", "document_close",
		"workbook_activate", "workbook_beforeclose", "document_beforeclose"};
	static const char *const acts[] = {"wscript.shell", "shell(", "shell (", "shellexecute",
		"urldownloadtofile", "msxml2.xmlhttp", "winhttp.winhttprequest", "powershell",
		"adodb.stream", "createthread", "virtualalloc", "regsvr32", "mshta",
		"win32_process"};
	struct ward_slice s = ward_exam_fold(x, p->bytes);
	const char *which;

	if (first_of(s, begins, WARD_ARRAY_LEN(begins), &which))
		ward_exam_say1(x, p, WARD_SUSPECT_MACRO_AUTO, which);
	if (first_of(s, acts, WARD_ARRAY_LEN(acts), &which))
		ward_exam_say1(x, p, WARD_SUSPECT_MACRO_ACTS, which);
	ward_look_script(x, p);
}

/* A relation to something outside that is fetched without being asked: a template, an object, a
 * frame (ECMA-376-2, 9.3); a link that is clicked on is none. */
static void look_relations(struct ward_exam *x, const struct ward_piece *p)
{
	static const char *const fetched[] = {"attachedtemplate\"", "oleobject\"", "frame\"",
		"subdocument\"", "externallinkpath\""};
	size_t off = 0;

	for (unsigned n = 0; n < 4096; n++) {
		size_t at = ward_exam_next(p->bytes, off, "<Relationship ", 14);

		if (at == SIZE_MAX)
			return;
		size_t end = ward_exam_next(p->bytes, at, ">", 1);
		const char *which;

		off = at + 14;
		if (end == SIZE_MAX)
			return;
		struct ward_slice r = ward_slice_of(p->bytes.p + at, end - at);
		size_t target = ward_exam_next(r, 0, "Target=\"", 8);

		if (ward_exam_find(r, "targetmode=\"external\"") == SIZE_MAX ||
			target == SIZE_MAX ||
			!first_of(ward_exam_fold(x, r), fetched, WARD_ARRAY_LEN(fetched), &which))
			continue;
		struct ward_str t = ward_str_sub(ward_slice_text(r), target + 8, SIZE_MAX);

		t = ward_str_cut(&t, '"');
		if (ward_str_starts(t, WARD_STR("http")) || ward_str_starts(t, WARD_STR("\\\\")) ||
			ward_str_starts(t, WARD_STR("file://")) ||
			ward_str_starts(t, WARD_STR("ftp")))
			ward_exam_say(x, p, WARD_SUSPECT_TEMPLATE, t, WARD_STR(""));
	}
}

void ward_look_xml(struct ward_exam *x, const struct ward_piece *p)
{
	const struct ward_piece *in = p->parent;

	if (!in || in->kind != WARD_KIND_OOXML)
		return;
	if (ward_str_ends(p->name, WARD_STR(".rels")))
		look_relations(x, p);
	else if (ward_exam_next(p->bytes, 0, "DDEAUTO", 7) != SIZE_MAX ||
		 ward_exam_next(p->bytes, 0, "<ddeLink ", 9) != SIZE_MAX)
		ward_exam_say0(x, p, WARD_SUSPECT_DDE);
}
