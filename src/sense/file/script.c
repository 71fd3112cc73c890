/* Scripts and shortcuts: what hides what it does, and what fetches something and runs it. */
#include "sense/file/exam.h"

#include <stdio.h>

enum {
	RUN_LEAST = 1000, /* letters of base64 in one run: nobody writes that by hand */
	PARTS_LEAST = 40, /* characters put together one by one */
	HEAD = 1 << 20,   /* of a script, that is looked at */
	LNK_HEAD = 76,
};

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

static bool has_run(struct ward_slice s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];
		bool is = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			  (c >= '0' && c <= '9') || c == '+' || c == '/';

		run = is ? run + 1 : 0;
		if (run >= RUN_LEAST)
			return true;
	}
	return false;
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

static bool has(struct ward_slice s, const char *word)
{
	return any(s, &word, 1) != NULL;
}

/* Something unreadable is made readable, and what comes of it is run. */
static void look_hidden(struct ward_exam *x, const struct ward_piece *p, struct ward_slice s)
{
	static const char *const decodes[] = {"frombase64string", "atob(", "b64decode",
		"base64_decode", "base64 -d", "base64 --decode", "unescape(", "strreverse("},
				 *const runs[] = {"iex ", "iex(", "invoke-expression", "eval(",
					 "exec(", "execute ", "executeglobal", "| sh", "|sh",
					 "| bash", "|bash", "assert("};
	static const char *const parts[] = {"chr(", "chrw(", "fromcharcode", "[char]"};
	const char *decode = ANY(s, decodes), *run = ANY(s, runs);

	if (decode && run && has_run(s)) {
		ward_exam_say(x, p, WARD_SUSPECT_SCRIPT_HIDDEN, ward_str_z(decode), WARD_STR(""));
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(parts); i++)
		if (count(s, parts[i], PARTS_LEAST) >= PARTS_LEAST &&
			(run || p->kind == WARD_KIND_VBA)) {
			ward_exam_say1(x, p, WARD_SUSPECT_SCRIPT_HIDDEN, parts[i]);
			return;
		}
	if (has(s, "-encodedcommand ") || (has(s, "powershell") && has(s, " -enc ")))
		ward_exam_say1(x, p, WARD_SUSPECT_SCRIPT_HIDDEN, "-EncodedCommand");
}

/* On Windows, where hospital staff open such things: system tools with scripts for others fetch
 * and run all day. */
static void look_fetches(struct ward_exam *x, const struct ward_piece *p, struct ward_slice s)
{
	static const char *const fetches[] = {"downloadstring", "downloadfile", "invoke-webrequest",
		"urldownloadtofile", "msxml2.xmlhttp", "msxml2.serverxmlhttp",
		"winhttp.winhttprequest", "bitsadmin /transfer", "certutil -urlcache",
		"certutil.exe -urlcache", "start-bitstransfer"},
				 *const runs[] = {"iex ", "iex(", "invoke-expression",
					 "start-process", "wscript.shell", "shell.application",
					 "rundll32", "start /b", "cmd /c", "cmd.exe /c"};
	const char *fetch = ANY(s, fetches);

	if (fetch && ANY(s, runs))
		ward_exam_say1(x, p, WARD_SUSPECT_SCRIPT_FETCHES, fetch);
}

static struct ward_slice folded_head(struct ward_exam *x, const struct ward_piece *p)
{
	return ward_exam_fold(
		x, ward_slice_of(p->bytes.p, p->bytes.len < HEAD ? p->bytes.len : HEAD));
}

void ward_look_script(struct ward_exam *x, const struct ward_piece *p)
{
	struct ward_slice s = folded_head(x, p);

	look_hidden(x, p, s);
	look_fetches(x, p, s);
}

/* A page that puts a file together by itself and has it saved: so it passes what looks at files on
 * their way. */
void ward_look_html(struct ward_exam *x, const struct ward_piece *p)
{
	static const char *const saves[] = {"createobjecturl", "mssaveoropenblob", "mssaveblob"};
	struct ward_slice s = folded_head(x, p);
	const char *save = ANY(s, saves);

	if (save && has(s, "atob(") && has_run(s))
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
