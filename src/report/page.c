#include "report/page.h"

#include "base/mem.h"

#include <hpdf.h>
#include <stdio.h>
#include <unistd.h>

#define FONTS "/usr/share/fonts/truetype/dejavu/"

enum { PIECE = 4096, TEXT_BYTES = 16 << 10, LANG_BYTES = 16, PARTS_BYTES = 64 << 20 };

struct ward_page_part {
	HPDF_Dict element;
	HPDF_Array kids;
};

struct ward_page {
	HPDF_Doc doc;
	HPDF_Font font[2]; /* regular, bold */
	HPDF_Page page;
	struct ward_arena arena; /* of parts */
	HPDF_Dict root;          /* of the tree of parts */
	struct ward_page_part *all;
	HPDF_Array pages; /* the parts of each page's texts: number, list, … */
	HPDF_Array texts; /* the same of this page */
	int n_page, n_text;
	bool failed; /* it lacks something: no memory */
	char text[TEXT_BYTES];
};

static const char *const file[2] = {FONTS "DejaVuSans.ttf", FONTS "DejaVuSans-Bold.ttf"};

/* The character at the begin of s, its bytes in *ret_len; what the fonts' encoding lacks as U+FFFD.
 */
static uint32_t character(struct ward_str s, size_t *ret_len)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t len = ward_utf8_len(p, s.len);
	uint32_t c;

	*ret_len = len ? len : 1;
	if (!len || len > 3)
		return 0xfffd;
	c = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3fu);
	return c;
}

/* A copy that ends with 0, as the library takes it; cut where it is too long. */
static const char *text_of(struct ward_page *p, struct ward_str s)
{
	struct ward_wr w = ward_wr_fixed(p->text, sizeof(p->text) - 1);

	for (size_t at = 0; at < s.len;) {
		size_t len;
		uint32_t c = character(ward_str_sub(s, at, s.len), &len);

		if (ward_wr_text(&w).len + 4 >= sizeof(p->text))
			break;
		ward_wr_str(&w, c == 0xfffd ? WARD_STR("\ufffd") : ward_str_sub(s, at, len));
		at += len;
	}
	p->text[ward_wr_text(&w).len] = 0;
	return p->text;
}

/* ---- the tree: ISO 32000-1, 14.7 and 14.8 ---- */

static const char *const role_name[WARD_PAGE_ROLES] = {[WARD_PAGE_DOCUMENT] = "Document",
	[WARD_PAGE_TITLE] = "H1",
	[WARD_PAGE_HEADING] = "H2",
	[WARD_PAGE_TEXT] = "P",
	[WARD_PAGE_LIST] = "L",
	[WARD_PAGE_ITEM] = "LI",
	[WARD_PAGE_LABEL] = "Lbl",
	[WARD_PAGE_BODY] = "LBody",
	[WARD_PAGE_TABLE] = "Table",
	[WARD_PAGE_ROW] = "TR",
	[WARD_PAGE_HEAD] = "TH",
	[WARD_PAGE_CELL] = "TD"};

/* An object of its own, which others refer to. */
static HPDF_Dict new_dict(struct ward_page *p, bool own)
{
	HPDF_Dict d = HPDF_Dict_New(p->doc->mmgr);

	if (d && own && HPDF_Xref_Add(p->doc->xref, d) != HPDF_OK)
		d = NULL;
	p->failed = p->failed || !d;
	return d;
}

static HPDF_Array new_array(struct ward_page *p, bool own)
{
	HPDF_Array a = HPDF_Array_New(p->doc->mmgr);

	if (a && own && HPDF_Xref_Add(p->doc->xref, a) != HPDF_OK)
		a = NULL;
	p->failed = p->failed || !a;
	return a;
}

static void add(struct ward_page *p, HPDF_Dict to, const char *key, void *what)
{
	if (to && what && HPDF_Dict_Add(to, key, what) == HPDF_OK)
		return;
	p->failed = true;
}

static void append(struct ward_page *p, HPDF_Array to, void *what)
{
	if (to && what && HPDF_Array_Add(to, what) == HPDF_OK)
		return;
	p->failed = true;
}

/* 14.8.5.7: a head of a table is of its column. */
static void set_scope(struct ward_page *p, HPDF_Dict element)
{
	HPDF_Dict a = new_dict(p, false);

	if (!a)
		return;
	(void)HPDF_Dict_AddName(a, "O", "Table");
	(void)HPDF_Dict_AddName(a, "Scope", "Column");
	add(p, element, "A", a);
}

static struct ward_page_part *new_part(
	struct ward_page *p, HPDF_Dict parent, HPDF_Array among, enum ward_page_role role)
{
	struct ward_page_part *part = ward_arena_array(&p->arena, 1, sizeof(*part));
	HPDF_Dict e = part ? new_dict(p, true) : NULL;

	p->failed = p->failed || !e;
	if (p->failed)
		return NULL;
	*part = (struct ward_page_part){e, new_array(p, false)};
	(void)HPDF_Dict_AddName(e, "Type", "StructElem");
	(void)HPDF_Dict_AddName(e, "S", role_name[role]);
	add(p, e, "P", parent);
	add(p, e, "K", part->kids);
	if (role == WARD_PAGE_HEAD)
		set_scope(p, e);
	append(p, among, e);
	return p->failed ? NULL : part;
}

struct ward_page_part *ward_page_part(
	struct ward_page *p, struct ward_page_part *of, enum ward_page_role role)
{
	of = of ? of : p->all;
	return of ? new_part(p, of->element, of->kids, role) : NULL;
}

/* ISO 32000-1, 9.10.3: which characters the codes of a text are: the same. The library says it in
 * words that are for other ends, and that not every reader takes. */
static void say_characters(struct ward_page *p, HPDF_Font font)
{
	enum { PAGES_OF_CODES = 256, RANGES = 64 };
	HPDF_Dict map = HPDF_DictStream_New(p->doc->mmgr, p->doc->xref);
	char line[48];

	if (!map) {
		p->failed = true;
		return;
	}
	(void)HPDF_Stream_WriteStr(map->stream,
		"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
	for (unsigned i = 0; i < PAGES_OF_CODES; i++) {
		if (i % RANGES == 0)
			(void)HPDF_Stream_WriteStr(map->stream, "64 beginbfrange\n");
		(void)snprintf(line, sizeof(line), "<%02X00> <%02XFF> <%02X00>\n%s", i, i, i,
			i % RANGES == RANGES - 1 ? "endbfrange\n" : "");
		(void)HPDF_Stream_WriteStr(map->stream, line);
	}
	(void)HPDF_Stream_WriteStr(
		map->stream, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
	add(p, font, "ToUnicode", map);
}

static void begin_tree(struct ward_page *p)
{
	HPDF_Dict mark = new_dict(p, false), shown = new_dict(p, false), tree = new_dict(p, true);
	HPDF_Array kids = new_array(p, false);

	p->root = new_dict(p, true);
	p->pages = new_array(p, false);
	if (p->failed)
		return;
	(void)HPDF_Dict_AddBoolean(mark, "Marked", HPDF_TRUE);
	(void)HPDF_Dict_AddBoolean(shown, "DisplayDocTitle", HPDF_TRUE);
	(void)HPDF_Dict_AddName(p->root, "Type", "StructTreeRoot");
	add(p, p->root, "K", kids);
	add(p, tree, "Nums", p->pages);
	add(p, p->root, "ParentTree", tree);
	add(p, p->doc->catalog, "MarkInfo", mark);
	add(p, p->doc->catalog, "ViewerPreferences", shown);
	add(p, p->doc->catalog, "StructTreeRoot", p->root);
	p->all = new_part(p, p->root, kids, WARD_PAGE_DOCUMENT);
	p->doc->pdf_version = HPDF_VER_17;
}

/* What stands on the page from here on is of that part, until end_text. */
static void begin_text(struct ward_page *p, const struct ward_page_part *of)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	HPDF_Dict kid = of ? new_dict(p, false) : NULL;

	if (!kid) {
		ward_wr_z(&w, "/Artifact BMC\n");
	} else {
		(void)HPDF_Dict_AddName(kid, "Type", "MCR");
		add(p, kid, "Pg", p->page);
		(void)HPDF_Dict_AddNumber(kid, "MCID", p->n_text);
		append(p, of->kids, kid);
		append(p, p->texts, of->element);
		ward_wr_printf(&w, "/Span <</MCID %d>> BDC\n", p->n_text++);
	}
	text[w.len] = 0;
	HPDF_PageAttr attr = p->page->attr;

	(void)HPDF_Stream_WriteStr(attr->stream, text);
}

static void end_text(struct ward_page *p)
{
	HPDF_PageAttr attr = p->page->attr;

	(void)HPDF_Stream_WriteStr(attr->stream, "EMC\n");
}

static void describe(struct ward_page *p, const struct ward_page_how *how)
{
	int year, month, day;
	int64_t second;
	char lang[LANG_BYTES] = "en";
	struct ward_wr w = ward_wr_fixed(lang, sizeof(lang) - 1);

	ward_time_split(how->made, &year, &month, &day, &second);
	const HPDF_Date date = {year, month, day, (int)(second / 3600), (int)(second / 60 % 60),
		(int)(second % 60), 'Z', 0, 0};

	(void)HPDF_SetCurrentEncoder(p->doc, "UTF-8"); /* of the title, too */
	(void)HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, text_of(p, how->title));
	(void)HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, date);
	ward_wr_str(&w, how->lang);
	lang[ward_wr_text(&w).len] = 0;
	/* ISO 32000-1 14.9.2: the library has no call for it */
	HPDF_String said = HPDF_String_New(p->doc->mmgr, lang, NULL);

	if (said)
		(void)HPDF_Dict_Add(p->doc->catalog, "Lang", said);
}

enum ward_err ward_page_open(const struct ward_page_how *how, struct ward_page **ret)
{
	struct ward_page *p;

	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++)
		if (access(file[i], R_OK) != 0)
			return WARD_ERR_NOT_FOUND;
	p = ward_mem_alloc(ward_mem_heap(), sizeof(*p));
	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_page){.n_page = 0};
	ward_arena_init(&p->arena, ward_mem_heap(), PARTS_BYTES);
	p->doc = HPDF_New(NULL, NULL);
	if (!p->doc) {
		ward_arena_fini(&p->arena);
		ward_mem_free(ward_mem_heap(), p, sizeof(*p));
		return WARD_ERR_NOMEM;
	}
	(void)HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	(void)HPDF_UseUTFEncodings(p->doc);
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		const char *name = HPDF_LoadTTFontFromFile(p->doc, file[i], HPDF_TRUE);

		p->font[i] = name ? HPDF_GetFont(p->doc, name, "UTF-8") : NULL;
		if (!p->font[i]) {
			ward_page_free(p);
			return WARD_ERR_NOMEM;
		}
	}
	describe(p, how);
	begin_tree(p);
	for (size_t i = 0; i < WARD_ARRAY_LEN(p->font); i++)
		say_characters(p, p->font[i]);
	*ret = p;
	return WARD_OK;
}

void ward_page_free(struct ward_page *p)
{
	if (!p)
		return;
	HPDF_Free(p->doc);
	ward_arena_fini(&p->arena);
	ward_mem_free(ward_mem_heap(), p, sizeof(*p));
}

float ward_page_width(const struct ward_page *p, const struct ward_page_ink *ink, struct ward_str s)
{
	int64_t sum = 0; /* thousandths of the size */

	for (size_t at = 0; at < s.len;) {
		size_t len;
		uint32_t c = character(ward_str_sub(s, at, s.len), &len);

		sum += HPDF_Font_GetUnicodeWidth(p->font[ink->bold], (HPDF_UNICODE)c);
		at += len;
	}
	return (float)sum * ink->size / 1000.0f;
}

void ward_page_next(struct ward_page *p)
{
	p->page = HPDF_AddPage(p->doc);
	(void)HPDF_Page_SetSize(p->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	p->texts = new_array(p, true);
	p->n_text = 0;
	if (!p->texts || !p->page) {
		p->failed = true;
		return;
	}
	(void)HPDF_Dict_AddNumber(p->page, "StructParents", p->n_page);
	(void)HPDF_Dict_AddName(p->page, "Tabs", "S"); /* from field to field as it is read */
	(void)HPDF_Array_AddNumber(p->pages, p->n_page++);
	append(p, p->pages, p->texts);
}

void ward_page_text(struct ward_page *p, const struct ward_page_ink *ink, struct ward_page_at at,
	struct ward_str s)
{
	float grey = ink->grey ? 0.35f : 0.0f;

	if (!s.len || p->failed)
		return;
	begin_text(p, at.part);
	(void)HPDF_Page_SetRGBFill(p->page, ink->red ? 0.7f : grey, grey, grey);
	(void)HPDF_Page_SetFontAndSize(p->page, p->font[ink->bold], ink->size);
	(void)HPDF_Page_BeginText(p->page);
	(void)HPDF_Page_TextOut(p->page, at.x, at.y, text_of(p, s));
	(void)HPDF_Page_EndText(p->page);
	end_text(p);
}

void ward_page_line(struct ward_page *p, float x, float y, float to_x)
{
	if (p->failed)
		return;
	begin_text(p, NULL);
	(void)HPDF_Page_SetLineWidth(p->page, 0.4f);
	(void)HPDF_Page_SetGrayStroke(p->page, 0.6f);
	(void)HPDF_Page_MoveTo(p->page, x, y);
	(void)HPDF_Page_LineTo(p->page, to_x, y);
	(void)HPDF_Page_Stroke(p->page);
	end_text(p);
}

void ward_page_shape(struct ward_page *p, const float (*xy)[2], size_t n)
{
	if (p->failed)
		return;
	begin_text(p, NULL);
	(void)HPDF_Page_SetRGBFill(p->page, 0, 0, 0);
	(void)HPDF_Page_MoveTo(p->page, xy[0][0], xy[0][1]);
	for (size_t i = 1; i < n; i++)
		(void)HPDF_Page_LineTo(p->page, xy[i][0], xy[i][1]);
	(void)HPDF_Page_ClosePath(p->page);
	(void)HPDF_Page_Fill(p->page);
	end_text(p);
}

void ward_page_bar(struct ward_page *p, const struct ward_page_box *b)
{
	if (p->failed)
		return;
	begin_text(p, NULL);
	(void)HPDF_Page_SetRGBFill(
		p->page, b->red ? 0.7f : 0.45f, b->red ? 0.0f : 0.45f, b->red ? 0.0f : 0.45f);
	(void)HPDF_Page_Rectangle(p->page, b->x, b->y, b->wide, b->high);
	(void)HPDF_Page_Fill(p->page);
	end_text(p);
}

enum ward_err ward_page_end(struct ward_page *p, struct ward_wr *w)
{
	HPDF_BYTE piece[PIECE];

	if (p->failed)
		return WARD_ERR_NOMEM;
	if (HPDF_GetError(p->doc) == HPDF_OK)
		(void)HPDF_SaveToStream(p->doc);
	if (HPDF_GetError(p->doc) != HPDF_OK)
		return HPDF_GetError(p->doc) == HPDF_FAILD_TO_ALLOC_MEM ? WARD_ERR_NOMEM
									: WARD_ERR_FOREIGN;
	(void)HPDF_ResetStream(p->doc);
	for (HPDF_UINT32 left = HPDF_GetStreamSize(p->doc); left;) {
		HPDF_UINT32 n = left < PIECE ? left : PIECE;

		(void)HPDF_ReadFromStream(p->doc, piece, &n);
		if (!n)
			return WARD_ERR_FOREIGN;
		ward_wr_bytes(w, piece, n);
		left -= n;
	}
	return ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
}
