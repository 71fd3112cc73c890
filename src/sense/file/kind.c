#include "sense/file/kind.h"

#include "base/diag.h"

enum {
	TEXT_LOOKED = 65536,
	PEEK = 4096,
	DICOM_MARK = 128,
	TAR_MARK = 257,
	ISO_MARK = 32769,
	BLOCK = 64
};

static const struct kind {
	const char *name, *endings, *types;
	enum ward_sort sort;
} kinds[WARD_KIND_N] = {
#define X(IDENT, name, sort, endings, types) {name, endings, types, WARD_SORT_##sort},
	WARD_KIND_LIST(X)
#undef X
};

static const struct said {
	const char *text;
} texts[WARD_KIND_N] = {
	[WARD_KIND_DATA] = {WARD_TEXT("data of no known format")},
	[WARD_KIND_EMPTY] = {WARD_TEXT("an empty file")},
	[WARD_KIND_TEXT] = {WARD_TEXT("plain text")},
	[WARD_KIND_XML] = {WARD_TEXT("an XML document")},
	[WARD_KIND_PE] = {WARD_TEXT("a Windows program")},
	[WARD_KIND_DOS] = {WARD_TEXT("a DOS program")},
	[WARD_KIND_ELF] = {WARD_TEXT("a Linux program")},
	[WARD_KIND_MACHO] = {WARD_TEXT("a macOS program")},
	[WARD_KIND_CLASS] = {WARD_TEXT("a Java class")},
	[WARD_KIND_LNK] = {WARD_TEXT("a Windows shortcut")},
	[WARD_KIND_SHELL] = {WARD_TEXT("a shell script")},
	[WARD_KIND_PYTHON] = {WARD_TEXT("a Python script")},
	[WARD_KIND_SCRIPT] = {WARD_TEXT("a script")},
	[WARD_KIND_JAVASCRIPT] = {WARD_TEXT("a JavaScript file")},
	[WARD_KIND_VBSCRIPT] = {WARD_TEXT("a VBScript file")},
	[WARD_KIND_POWERSHELL] = {WARD_TEXT("a PowerShell script")},
	[WARD_KIND_BATCH] = {WARD_TEXT("a Windows batch file")},
	[WARD_KIND_VBA] = {WARD_TEXT("a macro")},
	[WARD_KIND_HTML] = {WARD_TEXT("an HTML page")},
	[WARD_KIND_HTA] = {WARD_TEXT("an HTML application")},
	[WARD_KIND_OLE] = {WARD_TEXT("an older Office document (OLE2)")},
	[WARD_KIND_OOXML] = {WARD_TEXT("an Office document (OOXML)")},
	[WARD_KIND_ODF] = {WARD_TEXT("an OpenDocument")},
	[WARD_KIND_EPUB] = {WARD_TEXT("an EPUB book")},
	[WARD_KIND_PDF] = {WARD_TEXT("a PDF document")},
	[WARD_KIND_POSTSCRIPT] = {WARD_TEXT("a PostScript document")},
	[WARD_KIND_RTF] = {WARD_TEXT("an RTF document")},
	[WARD_KIND_ZIP] = {WARD_TEXT("a ZIP archive")},
	[WARD_KIND_JAR] = {WARD_TEXT("a Java archive")},
	[WARD_KIND_SEVENZIP] = {WARD_TEXT("a 7-Zip archive")},
	[WARD_KIND_RAR] = {WARD_TEXT("a RAR archive")},
	[WARD_KIND_CAB] = {WARD_TEXT("a Windows cabinet")},
	[WARD_KIND_TAR] = {WARD_TEXT("a tar archive")},
	[WARD_KIND_CPIO] = {WARD_TEXT("a cpio archive")},
	[WARD_KIND_AR] = {WARD_TEXT("a Debian package or ar archive")},
	[WARD_KIND_ISO] = {WARD_TEXT("a disk image (ISO 9660)")},
	[WARD_KIND_UDF] = {WARD_TEXT("a disk image (UDF)")},
	[WARD_KIND_XAR] = {WARD_TEXT("a xar archive")},
	[WARD_KIND_LHA] = {WARD_TEXT("an LHA archive")},
	[WARD_KIND_PACKED] = {WARD_TEXT("a compressed file")},
	[WARD_KIND_TNEF] = {WARD_TEXT("attachments in Outlook's own form (TNEF)")},
	[WARD_KIND_MAIL] = {WARD_TEXT("a mail")},
	[WARD_KIND_JPEG] = {WARD_TEXT("a JPEG image")},
	[WARD_KIND_JPEG2000] = {WARD_TEXT("a JPEG 2000 image")},
	[WARD_KIND_PNG] = {WARD_TEXT("a PNG image")},
	[WARD_KIND_GIF] = {WARD_TEXT("a GIF image")},
	[WARD_KIND_BMP] = {WARD_TEXT("a BMP image")},
	[WARD_KIND_TIFF] = {WARD_TEXT("a TIFF image")},
	[WARD_KIND_WEBP] = {WARD_TEXT("a WebP image")},
	[WARD_KIND_ICO] = {WARD_TEXT("an icon")},
	[WARD_KIND_MEDIA] = {WARD_TEXT("sound or video")},
	[WARD_KIND_FONT] = {WARD_TEXT("a font")},
	[WARD_KIND_SQLITE] = {WARD_TEXT("an SQLite database")},
	[WARD_KIND_DICOM] = {WARD_TEXT("a DICOM object")},
	[WARD_KIND_HL7] = {WARD_TEXT("an HL7 message")},
	[WARD_KIND_PDF_OBJECTS] = {WARD_TEXT("objects of a PDF document")},
};

/* Signatures at a fixed place, the first that fits counts: those of formats as their
 * specifications give them. */
static const struct signature {
	enum ward_kind kind;
	uint16_t off;
	uint8_t len;
	const char *bytes;
} signatures[] = {
	{WARD_KIND_ELF, 0, 4,
		"\x7f"
		"ELF"},
	{WARD_KIND_MACHO, 0, 4, "\xfe\xed\xfa\xce"},
	{WARD_KIND_MACHO, 0, 4, "\xfe\xed\xfa\xcf"},
	{WARD_KIND_MACHO, 0, 4, "\xce\xfa\xed\xfe"},
	{WARD_KIND_MACHO, 0, 4, "\xcf\xfa\xed\xfe"},
	{WARD_KIND_LNK, 0, 8, "\x4c\0\0\0\x01\x14\x02\0"},         /* MS-SHLLINK 2.1 */
	{WARD_KIND_OLE, 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, /* MS-CFB 2.2 */
	{WARD_KIND_PDF, 0, 5, "%PDF-"},
	{WARD_KIND_POSTSCRIPT, 0, 4, "%!PS"},
	{WARD_KIND_POSTSCRIPT, 0, 4, "\xc5\xd0\xd3\xc6"},
	{WARD_KIND_RTF, 0, 4, "{\\rt"},
	{WARD_KIND_ZIP, 0, 4, "PK\x03\x04"},
	{WARD_KIND_ZIP, 0, 4, "PK\x05\x06"},
	{WARD_KIND_SEVENZIP, 0, 6, "7z\xbc\xaf\x27\x1c"},
	{WARD_KIND_RAR, 0, 6, "Rar!\x1a\x07"},
	{WARD_KIND_TNEF, 0, 4, "\x78\x9f\x3e\x22"},
	{WARD_KIND_CAB, 0, 4, "MSCF"},
	{WARD_KIND_AR, 0, 8, "!<arch>\n"},
	{WARD_KIND_XAR, 0, 4, "xar!"},
	{WARD_KIND_CPIO, 0, 6, "070701"},
	{WARD_KIND_CPIO, 0, 6, "070702"},
	{WARD_KIND_CPIO, 0, 6, "070707"},
	{WARD_KIND_LHA, 2, 3, "-lh"},
	{WARD_KIND_PACKED, 0, 3, "\x1f\x8b\x08"},
	{WARD_KIND_PACKED, 0, 2, "\x1f\x9d"},
	{WARD_KIND_PACKED, 0, 6,
		"\xfd"
		"7zXZ\0"},
	{WARD_KIND_PACKED, 0, 4, "\x28\xb5\x2f\xfd"},
	{WARD_KIND_PACKED, 0, 4, "\x04\x22\x4d\x18"},
	{WARD_KIND_PACKED, 0, 4, "LZIP"},
	{WARD_KIND_PACKED, 0, 3, "BZh"},
	{WARD_KIND_JPEG, 0, 3, "\xff\xd8\xff"},
	{WARD_KIND_JPEG2000, 0, 12, "\0\0\0\x0cjP  \r\n\x87\n"},
	{WARD_KIND_JPEG2000, 0, 4, "\xff\x4f\xff\x51"},
	{WARD_KIND_PNG, 0, 8, "\x89PNG\r\n\x1a\n"},
	{WARD_KIND_GIF, 0, 6, "GIF87a"},
	{WARD_KIND_GIF, 0, 6, "GIF89a"},
	{WARD_KIND_TIFF, 0, 4, "II*\0"},
	{WARD_KIND_TIFF, 0, 4, "MM\0*"},
	{WARD_KIND_TIFF, 0, 4, "II+\0"},
	{WARD_KIND_TIFF, 0, 4, "MM\0+"},
	{WARD_KIND_WEBP, 8, 4, "WEBP"},
	{WARD_KIND_ICO, 0, 4, "\0\0\x01\0"},
	{WARD_KIND_ICO, 0, 4, "\0\0\x02\0"},
	{WARD_KIND_MEDIA, 0, 4, "RIFF"},
	{WARD_KIND_MEDIA, 4, 4, "ftyp"},
	{WARD_KIND_MEDIA, 0, 4, "OggS"},
	{WARD_KIND_MEDIA, 0, 4, "fLaC"},
	{WARD_KIND_MEDIA, 0, 3, "ID3"},
	{WARD_KIND_MEDIA, 0, 4, "\x1a\x45\xdf\xa3"},
	{WARD_KIND_MEDIA, 0, 4, "MThd"},
	{WARD_KIND_FONT, 0, 4, "OTTO"},
	{WARD_KIND_FONT, 0, 4, "ttcf"},
	{WARD_KIND_FONT, 0, 4, "wOFF"},
	{WARD_KIND_FONT, 0, 4, "wOF2"},
	{WARD_KIND_FONT, 0, 5, "\0\x01\0\0\0"},
	{WARD_KIND_SQLITE, 0, 16, "SQLite format 3\0"},
	{WARD_KIND_DICOM, DICOM_MARK, 4, "DICM"}, /* PS3.10 7.1 */
	{WARD_KIND_TAR, TAR_MARK, 5, "ustar"},
	{WARD_KIND_ISO, ISO_MARK, 5, "CD001"},
	{WARD_KIND_UDF, ISO_MARK, 5, "BEA01"},
};

const char *ward_kind_name(enum ward_kind k)
{
	return kinds[k].name;
}

const char *ward_kind_text(enum ward_kind k)
{
	return texts[k].text;
}

enum ward_sort ward_kind_sort(enum ward_kind k)
{
	return kinds[k].sort;
}

bool ward_kind_runs(enum ward_kind k)
{
	return kinds[k].sort == WARD_SORT_PROGRAM || kinds[k].sort == WARD_SORT_SCRIPT;
}

static bool has(struct ward_slice s, size_t off, const char *bytes, size_t len)
{
	return s.len >= off + len && memcmp(s.p + off, bytes, len) == 0;
}

static bool holds(struct ward_slice s, const char *word)
{
	return s.len && memmem(s.p, s.len, word, strlen(word)) != NULL;
}

static struct ward_slice head(struct ward_slice s, size_t n)
{
	return ward_slice_of(s.p, s.len < n ? s.len : n);
}

/* "MZ", and where it says that the header of Windows is, it is (PE format, "MS-DOS Stub"). */
static enum ward_kind mz(struct ward_slice s)
{
	if (!has(s, 0, "MZ", 2) || s.len < 64)
		return WARD_KIND_DATA;
	size_t at = (size_t)s.p[60] | (size_t)s.p[61] << 8 | (size_t)s.p[62] << 16 |
		    (size_t)s.p[63] << 24;

	if (at <= s.len && has(ward_slice_of(s.p + at, s.len - at), 0, "PE\0\0", 4))
		return WARD_KIND_PE;
	/* A stub of DOS: its header has at least two paragraphs, at most the file. */
	size_t paragraphs = (size_t)s.p[8] | (size_t)s.p[9] << 8;

	return paragraphs >= 2 && paragraphs * 16 <= s.len ? WARD_KIND_DOS : WARD_KIND_DATA;
}

/* What a ZIP is, by the names in its directory, which lies at its end. */
static enum ward_kind zip(struct ward_slice s)
{
	size_t tail = s.len < TEXT_LOOKED ? s.len : TEXT_LOOKED;
	struct ward_slice first = head(s, PEEK), last = {s.p + s.len - tail, tail};

	if (has(s, 30, "mimetypeapplication/vnd.oasis.opendocument", 42) ||
		has(s, 30, "mimetypeapplication/vnd.sun.xml", 31))
		return WARD_KIND_ODF;
	if (has(s, 30, "mimetypeapplication/epub+zip", 28))
		return WARD_KIND_EPUB;
	if (holds(first, "[Content_Types].xml") || holds(last, "[Content_Types].xml"))
		return WARD_KIND_OOXML;
	if (holds(first, "META-INF/MANIFEST.MF") || holds(last, "META-INF/MANIFEST.MF"))
		return WARD_KIND_JAR;
	return WARD_KIND_ZIP;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool is_thin_macho(struct ward_slice s)
{
	static const char magic[4][5] = {
		"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(magic); i++)
		if (has(s, 0, magic[i], 4))
			return true;
	return false;
}

/* Mach-O for several processors (mach-o/fat.h): one of the programs that its table lists is there.
 * The kernel takes a table of a page. */
static bool is_fat_macho(struct ward_slice s)
{
	enum { HEAD = 8, ROW = 20, WIDE_ROW = 32, PAGE = 4096 };
	bool wide = has(s, 0, "\xca\xfe\xba\xbf", 4);
	size_t row = wide ? WIDE_ROW : ROW, n = s.len >= HEAD ? be32(s.p + 4) : 0;

	for (size_t i = 0, at = HEAD; i < n && at + row <= s.len && at + row <= PAGE;
		i++, at += row) {
		/* of a wide one the upper half of the place lies before */
		uint64_t off = wide ? (uint64_t)be32(s.p + at + 8) << 32 | be32(s.p + at + 12)
				    : be32(s.p + at + 8);

		if (off < s.len && is_thin_macho(ward_slice_of(s.p + off, s.len - (size_t)off)))
			return true;
	}
	return false;
}

/* 0xcafebabe: Mach-O for several processors, or a Java class, which has a version from 45 on. */
static enum ward_kind cafebabe(struct ward_slice s)
{
	bool narrow = has(s, 0, "\xca\xfe\xba\xbe", 4), wide = has(s, 0, "\xca\xfe\xba\xbf", 4);

	if ((!narrow && !wide) || s.len < 8)
		return WARD_KIND_DATA;
	if (is_fat_macho(s))
		return WARD_KIND_MACHO;
	if (narrow && (s.p[6] << 8 | s.p[7]) >= 45)
		return WARD_KIND_CLASS;
	return be32(s.p + 4) < 45 ? WARD_KIND_MACHO : WARD_KIND_DATA;
}

static enum ward_kind bmp(struct ward_slice s)
{
	return has(s, 0, "BM", 2) && s.len >= 26 && s.p[6] == 0 && s.p[7] == 0 && s.p[8] == 0 &&
			       s.p[9] == 0 && s.p[15] == 0
		       ? WARD_KIND_BMP
		       : WARD_KIND_DATA;
}

/* LZMA alone has no signature: its usual settings, a dictionary of a whole power of two, and a size
 * that is unknown or below 256 GiB (as the LZMA SDK's lzma.txt has the head). */
static enum ward_kind lzma(struct ward_slice s)
{
	if (s.len < 14 || s.p[0] != 0x5d || s.p[1] || s.p[2] || s.p[13])
		return WARD_KIND_DATA;
	unsigned size = s.p[3] | (unsigned)s.p[4] << 8;
	bool unknown = memcmp(s.p + 5, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0;

	return size && !(size & (size - 1)) && (unknown || (!s.p[10] && !s.p[11] && !s.p[12]))
		       ? WARD_KIND_PACKED
		       : WARD_KIND_DATA;
}

enum ward_kind ward_kind_signed(struct ward_slice s)
{
	static enum ward_kind (*const looked[])(struct ward_slice) = {mz, cafebabe, bmp, lzma};

	if (has(s, DICOM_MARK, "DICM", 4)) /* whatever stands in its preamble */
		return WARD_KIND_DICOM;
	for (size_t i = 0; i < WARD_ARRAY_LEN(signatures); i++)
		if (has(s, signatures[i].off, signatures[i].bytes, signatures[i].len))
			return signatures[i].kind == WARD_KIND_ZIP ? zip(s) : signatures[i].kind;
	for (size_t i = 0; i < WARD_ARRAY_LEN(looked); i++) {
		enum ward_kind k = looked[i](s);

		if (k != WARD_KIND_DATA)
			return k;
	}
	/* ISO 32000-1 annex H 3.4.1: readers take it anywhere in the first 1024 bytes. */
	return holds(head(s, 1024), "%PDF-1.") ? WARD_KIND_PDF : WARD_KIND_DATA;
}

static inline uint8_t is_odd(uint8_t c)
{
	return (uint8_t)((c < 0x1b) & ((uint8_t)(c - '\b') > '\r' - '\b'));
}

/* Of signs that are none of a text: bytes below blank, but for those that printers and terminals
 * are moved by. Without a branch, so that several bytes are taken at once. */
static size_t odd_signs(const uint8_t *p, size_t n)
{
	size_t odd = 0;

	for (; n >= BLOCK; n -= BLOCK, p += BLOCK) {
		uint8_t here = 0;

		for (size_t i = 0; i < BLOCK; i++)
			here = (uint8_t)(here + is_odd(p[i]));
		odd += here;
	}
	for (size_t i = 0; i < n; i++)
		odd += is_odd(p[i]);
	return odd;
}

static bool is_text(struct ward_slice s)
{
	if (has(s, 0, "\xff\xfe", 2) || has(s, 0, "\xfe\xff", 2)) /* UTF-16 */
		return true;
	s = head(s, TEXT_LOOKED);
	return (!s.len || !memchr(s.p, 0, s.len)) && odd_signs(s.p, s.len) * 100 <= s.len;
}

/* Without case; word is in lower case. */
static bool begins(struct ward_str s, const char *word)
{
	struct ward_str w = ward_str_z(word);

	return s.len >= w.len && ward_str_ieq(ward_str_sub(s, 0, w.len), w);
}

static enum ward_kind interpreter(struct ward_str line)
{
	static const struct {
		const char *word;
		enum ward_kind kind;
	} known[] = {{"python", WARD_KIND_PYTHON}, {"pwsh", WARD_KIND_POWERSHELL},
		{"node", WARD_KIND_JAVASCRIPT}, {"gjs", WARD_KIND_JAVASCRIPT},
		{"bash", WARD_KIND_SHELL}, {"dash", WARD_KIND_SHELL}, {"ksh", WARD_KIND_SHELL},
		{"zsh", WARD_KIND_SHELL}, {"/sh", WARD_KIND_SHELL}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_find(line, ward_str_z(known[i].word)) != SIZE_MAX)
			return known[i].kind;
	return WARD_KIND_SCRIPT;
}

/* The first line is a field, whichever: a name and a colon (RFC 5322 2.2). */
static bool begins_with_field(struct ward_str s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] > ' ' && s.p[n] != ':' && s.p[n] < 127)
		n++;
	return n && n < s.len && s.p[n] == ':';
}

/* The first line is a field of a head that mails have (RFC 5322 3.6). */
static bool is_mail(struct ward_str s)
{
	static const char *const field[] = {"received:", "return-path:", "from:", "date:",
		"message-id:", "mime-version:", "delivered-to:", "content-type: multipart/",
		"content-type: message/", "x-mozilla-status:", "dkim-signature:", "to:", "subject:",
		"x-original-to:", "arc-seal:"};
	struct ward_str first = s;
	bool begun = false;

	if (begins(first, "from ")) /* of a mailbox */
		(void)ward_str_cut(&first, '\n');
	for (size_t i = 0; i < WARD_ARRAY_LEN(field) && !begun; i++)
		begun = begins(first, field[i]);
	if (!begun)
		return false;
	if (begins(first, "content-type: m"))
		return true;
	struct ward_slice some = {(const uint8_t *)s.p, s.len < PEEK ? s.len : PEEK};

	return holds(some, "\nMessage-I") || holds(some, "\nMIME-V") || holds(some, "\nMime-V") ||
	       holds(some, "\nmime-v") || holds(some, "\nContent-T") || holds(some, "\nDate:") ||
	       (holds(some, "\nFrom:") && holds(some, "\nSubject:"));
}

static enum ward_kind text_kind(struct ward_slice s, struct ward_str name)
{
	struct ward_str t = ward_slice_text(head(s, TEXT_LOOKED)), line;
	char buf[WARD_ENDING_BYTES];
	enum ward_kind by = ward_kind_by_ending(ward_kind_ending(name, buf));

	if (ward_str_starts(t, WARD_STR("\xef\xbb\xbf")))
		t = ward_str_sub(t, 3, SIZE_MAX);
	if (ward_str_starts(t, WARD_STR("#!"))) {
		line = ward_str_cut(&t, '\n');
		return interpreter(line);
	}
	if (ward_str_starts(t, WARD_STR("MSH|")) || ward_str_starts(t, WARD_STR("\x0bMSH|")))
		return WARD_KIND_HL7;
	t = ward_str_trim(t);
	if (begins(t, "attribute vb_name"))
		return WARD_KIND_VBA;
	if (begins(t, "<?php"))
		return WARD_KIND_SCRIPT;
	if (is_mail(t) || (by == WARD_KIND_MAIL && begins_with_field(t)))
		return WARD_KIND_MAIL;
	/* What has no signature is run by who goes by its name, whatever else it looks like. */
	if (by != WARD_KIND_N && ward_kind_sort(by) == WARD_SORT_SCRIPT && by != WARD_KIND_LNK)
		return by;
	if (begins(t, "<html") || begins(t, "<!doctype html") || begins(t, "<script") ||
		begins(t, "<head") || begins(t, "<body"))
		return WARD_KIND_HTML;
	if (begins(t, "<?xml") && holds(head(s, PEEK), "<html"))
		return WARD_KIND_HTML;
	if (begins(t, "<?xml") || begins(t, "<relationships") || begins(t, "<svg"))
		return WARD_KIND_XML;
	return WARD_KIND_TEXT;
}

enum ward_kind ward_kind_of(struct ward_slice s, struct ward_str name)
{
	enum ward_kind k = ward_kind_signed(s);

	if (!s.len)
		return WARD_KIND_EMPTY;
	if (k != WARD_KIND_DATA)
		return k;
	return is_text(s) ? text_kind(s, name) : WARD_KIND_DATA;
}

struct ward_str ward_kind_ending(struct ward_str name, char ret[WARD_ENDING_BYTES])
{
	size_t at = name.len;

	while (at && name.p[at - 1] != '.' && name.p[at - 1] != '/' && name.p[at - 1] != '\\')
		at--;
	if (at < 2 || name.p[at - 1] != '.' || name.len - at > WARD_ENDING_BYTES || at == name.len)
		return WARD_STR("");
	for (size_t i = at; i < name.len; i++)
		ret[i - at] =
			name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i];
	return (struct ward_str){ret, name.len - at};
}

/* Is it a word of the list? prefix: one that it begins with is enough, when the word is long. */
static bool listed(const char *list, struct ward_str word, bool prefix)
{
	struct ward_str rest = ward_str_z(list);

	while (word.len && rest.len) {
		struct ward_str w = ward_str_cut(&rest, ' ');

		if (ward_str_ieq(w, word))
			return true;
		if (prefix && w.len > 20 && w.len < word.len &&
			ward_str_ieq(ward_str_sub(word, 0, w.len), w) &&
			strchr(".-+", word.p[w.len]))
			return true;
	}
	return false;
}

enum ward_kind ward_kind_by_ending(struct ward_str ending)
{
	size_t k = 0;

	while (k < WARD_KIND_N && !listed(kinds[k].endings, ending, false))
		k++;
	return (enum ward_kind)k;
}

bool ward_kind_has_ending(enum ward_kind k, struct ward_str ending)
{
	return listed(kinds[k].endings, ending, false);
}

static struct ward_str bare(struct ward_str type)
{
	return ward_str_trim(ward_str_cut(&type, ';'));
}

enum ward_kind ward_kind_by_type(struct ward_str type)
{
	size_t k = 0;

	type = bare(type);
	while (k < WARD_KIND_N && !listed(kinds[k].types, type, true))
		k++;
	return (enum ward_kind)k;
}

bool ward_kind_has_type(enum ward_kind k, struct ward_str type)
{
	return listed(kinds[k].types, bare(type), true);
}
