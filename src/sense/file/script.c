/* Scripts and shortcuts: what hides what it does, and what fetches something and runs it. */
#include "sense/file/exam.h"
#include "sense/file/inspector.h"

#include <stdio.h>

enum {
	RUN_LEAST = 1000, /* letters of base64 in one run: nobody writes that by hand */
	PARTS_LEAST = 40, /* characters put together one by one */
	HEAD = 1 << 20,   /* of a script, that is looked at */
	LNK_HEAD = 76,
};

/* Words without which nothing is said, sought all at once; in each group the first that stands in a
 * script is named. */
#define DECODES                                                                                    \
	"frombase64string", "atob(", "b64decode", "base64_decode", "base64 -d", "base64 --decode", \
		"unescape(", "strreverse("
#define PARTS "chr(", "chrw(", "fromcharcode", "[char]"
#define ORDERS "-encodedcommand ", " -enc "
#define FETCHES                                                                        \
	"downloadstring", "downloadfile", "invoke-webrequest", "urldownloadtofile",    \
		"msxml2.xmlhttp", "msxml2.serverxmlhttp", "winhttp.winhttprequest",    \
		"bitsadmin /transfer", "certutil -urlcache", "certutil.exe -urlcache", \
		"start-bitstransfer"
#define SAVES "createobjecturl", "mssaveoropenblob", "mssaveblob"
#define N(...) (sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static const char *const words[] = {DECODES, PARTS, ORDERS, FETCHES, SAVES};

enum {
	AT_DECODES = 0,
	AT_ATOB = 1,
	AT_PARTS = AT_DECODES + N(DECODES),
	AT_ORDERS = AT_PARTS + N(PARTS),
	AT_FETCHES = AT_ORDERS + N(ORDERS),
	AT_SAVES = AT_FETCHES + N(FETCHES),
};

void ward_script_words(struct ward_seek *v)
{
	ward_seek_init(v, words, WARD_ARRAY_LEN(words));
}

/* What is looked at of a script. */
struct head {
	struct ward_exam *x;
	struct ward_slice bytes, lower; /* lower: once it was asked for */
	uint64_t found;                 /* of the words */
};

static struct head head_of(struct ward_exam *x, const struct ward_piece *p)
{
	struct ward_slice s = ward_slice_of(p->bytes.p, p->bytes.len < HEAD ? p->bytes.len : HEAD);

	return (struct head){.x = x, .bytes = s, .found = ward_seek(&x->with->script, s)};
}

static struct ward_slice lower(struct head *h)
{
	if (!h->lower.p)
		h->lower = ward_exam_fold(h->x, h->bytes);
	return h->lower;
}

/* The first of a group that was found. */
static const char *first(const struct head *h, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (h->found >> i & 1)
			return words[i];
	return NULL;
}

static size_t count(struct ward_slice s, const char *word, size_t enough)
{
	size_t n = 0;

	while (n < enough) {
		size_t at = ward_exam_next(s, 0, word, strlen(word));

		if (at == SIZE_MAX)
			break;
		n++;
		s = ward_slice_of(s.p + at + 1, s.len - at - 1);
	}
	return n;
}

static bool has_run(const struct head *h)
{
	struct ward_slice run;
	size_t at = 0;

	return ward_exam_letters(h->bytes, RUN_LEAST, &at, &run);
}

/* The first of the words, which are in lower case as s is. */
static const char *any(struct ward_slice s, const char *const *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ward_exam_next(s, 0, word[i], strlen(word[i])) != SIZE_MAX)
			return word[i];
	return NULL;
}
#define ANY(s, list) any((s), (list), WARD_ARRAY_LEN(list))

static bool runs(struct head *h)
{
	static const char *const word[] = {"iex ", "iex(", "invoke-expression", "eval(", "exec(",
		"execute ", "executeglobal", "| sh", "|sh", "| bash", "|bash", "assert("};

	return ANY(lower(h), word) != NULL;
}

/* Something unreadable is made readable, and what comes of it is run. */
static void look_hidden(struct head *h, const struct ward_piece *p)
{
	static const char *const shell = "powershell";
	const char *decode = first(h, AT_DECODES, N(DECODES));

	if (decode && has_run(h) && runs(h)) {
		ward_exam_say1(h->x, p, WARD_SUSPECT_SCRIPT_HIDDEN, decode);
		return;
	}
	for (size_t i = AT_PARTS; i < AT_ORDERS; i++)
		if (h->found >> i & 1 && count(lower(h), words[i], PARTS_LEAST) >= PARTS_LEAST &&
			(p->kind == WARD_KIND_VBA || runs(h))) {
			ward_exam_say1(h->x, p, WARD_SUSPECT_SCRIPT_HIDDEN, words[i]);
			return;
		}
	if (h->found >> AT_ORDERS & 1 ||
		(h->found >> (AT_ORDERS + 1) & 1 && any(lower(h), &shell, 1)))
		ward_exam_say1(h->x, p, WARD_SUSPECT_SCRIPT_HIDDEN, "-EncodedCommand");
}

/* On Windows, where hospital staff open such things: system tools with scripts for others fetch
 * and run all day. */
static void look_fetches(struct head *h, const struct ward_piece *p)
{
	static const char *const word[] = {"iex ", "iex(", "invoke-expression", "start-process",
		"wscript.shell", "shell.application", "rundll32", "start /b", "cmd /c",
		"cmd.exe /c"};
	const char *fetch = first(h, AT_FETCHES, N(FETCHES));

	if (fetch && ANY(lower(h), word))
		ward_exam_say1(h->x, p, WARD_SUSPECT_SCRIPT_FETCHES, fetch);
}

void ward_look_script(struct ward_exam *x, const struct ward_piece *p)
{
	struct head h = head_of(x, p);

	look_hidden(&h, p);
	look_fetches(&h, p);
}

/* A page that puts a file together by itself and has it saved: so it passes what looks at files on
 * their way. */
void ward_look_html(struct ward_exam *x, const struct ward_piece *p)
{
	struct head h = head_of(x, p);
	const char *save = first(&h, AT_SAVES, N(SAVES));

	if (save && h.found >> AT_ATOB & 1 && has_run(&h))
		ward_exam_say1(x, p, WARD_SUSPECT_SCRIPT_HIDDEN, save);
}

/* MS-SHLLINK 2.1, 2.4: texts behind lists and information that are passed over. */
void ward_look_lnk(struct ward_exam *x, const struct ward_piece *p)
{
	static const char *const tools[] = {"powershell", "pwsh", "cmd.exe", "mshta", "wscript",
		"cscript", "rundll32", "regsvr32", "certutil", "bitsadmin", "msiexec", "curl.exe"};
	struct ward_rd r = ward_rd_slice(p->bytes);
	char narrow[4096];
	struct ward_wr w = ward_wr_fixed(narrow, sizeof(narrow));

	ward_rd_skip(&r, 20);
	uint32_t flags = ward_rd_le32(&r);
	bool wide = flags & 1u << 7, has_arguments = flags & 1u << 5;

	ward_rd_skip(&r, LNK_HEAD - 24);
	if (flags & 1) /* HasLinkTargetIDList */
		ward_rd_skip(&r, ward_rd_le16(&r));
	if (flags & 2) { /* HasLinkInfo: its size counts itself */
		uint32_t len = ward_rd_le32(&r);

		ward_rd_skip(&r, len < 4 ? 0 : len - 4);
	}
	for (unsigned i = 2; i < 7; i++) {
		if (!(flags >> i & 1))
			continue;
		size_t n = ward_rd_le16(&r);
		struct ward_slice text = ward_rd_bytes(&r, wide ? 2 * n : n);

		for (size_t k = 0; k < text.len && !ward_wr_bad(&w); k += wide ? 2 : 1)
			ward_wr_u8(&w, text.p[k]);
		ward_wr_ch(&w, ' ');
	}
	if (ward_rd_bad(&r))
		ward_exam_damaged(x, p, "the shortcut's texts", r.off);
	/* Of the target itself the list of ids holds the name, too. */
	struct ward_slice all =
		ward_slice_of(p->bytes.p, p->bytes.len < 65536 ? p->bytes.len : 65536);
	const char *tool = ANY(ward_exam_fold(x, ward_wr_slice(&w)), tools);

	tool = tool ? tool : ANY(ward_exam_fold(x, all), tools);
	if (tool && has_arguments)
		ward_exam_say1(x, p, WARD_SUSPECT_SHORTCUT, tool);
}
