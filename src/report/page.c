#include "report/page.h"

#include "base/mem.h"

#include <hpdf.h>
#include <unistd.h>

#define FONTS "/usr/share/fonts/truetype/dejavu/"

enum { PIECE = 4096, TEXT_BYTES = 16 << 10, LANG_BYTES = 16 };

struct ward_page {
	HPDF_Doc doc;
	HPDF_Font font[2]; /* regular, bold */
	HPDF_Page page;
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
	p->page = NULL;
	p->doc = HPDF_New(NULL, NULL);
	if (!p->doc) {
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
	*ret = p;
	return WARD_OK;
}

void ward_page_free(struct ward_page *p)
{
	if (!p)
		return;
	HPDF_Free(p->doc);
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
}

void ward_page_text(
	struct ward_page *p, const struct ward_page_ink *ink, float x, float y, struct ward_str s)
{
	float grey = ink->grey ? 0.35f : 0.0f;

	if (!s.len)
		return;
	(void)HPDF_Page_SetRGBFill(p->page, ink->red ? 0.7f : grey, grey, grey);
	(void)HPDF_Page_SetFontAndSize(p->page, p->font[ink->bold], ink->size);
	(void)HPDF_Page_BeginText(p->page);
	(void)HPDF_Page_TextOut(p->page, x, y, text_of(p, s));
	(void)HPDF_Page_EndText(p->page);
}

void ward_page_line(struct ward_page *p, float x, float y, float to_x)
{
	(void)HPDF_Page_SetLineWidth(p->page, 0.4f);
	(void)HPDF_Page_SetGrayStroke(p->page, 0.6f);
	(void)HPDF_Page_MoveTo(p->page, x, y);
	(void)HPDF_Page_LineTo(p->page, to_x, y);
	(void)HPDF_Page_Stroke(p->page);
}

enum ward_err ward_page_end(struct ward_page *p, struct ward_wr *w)
{
	HPDF_BYTE piece[PIECE];

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
