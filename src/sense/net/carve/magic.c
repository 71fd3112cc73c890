#include "sense/net/carve/magic.h"

struct magic {
	size_t at;
	const char *bytes;
	size_t len;
	const char *mime;
};

#define M(at, bytes, mime)                           \
	{                                            \
		(at), bytes, sizeof(bytes) - 1, mime \
	}

/* The first that fits. */
static const struct magic magics[] = {
	M(0, "MZ", "application/x-dosexec"),
	M(0,
		"\x7f"
		"ELF",
		"application/x-executable"),
	M(0, "\xca\xfe\xba\xbe", "application/java-vm"),
	M(0, "\xca\xfe\xba\xbf", "application/x-mach-o"),
	M(0, "\xcf\xfa\xed\xfe", "application/x-mach-o"),
	M(0, "\xce\xfa\xed\xfe", "application/x-mach-o"),
	M(0, "\xfe\xed\xfa\xcf", "application/x-mach-o"),
	M(0, "\xfe\xed\xfa\xce", "application/x-mach-o"),
	/* Behind the programs: the 128 bytes before it are free (PS3.10 7.1), and what starts as
	 * one is one. Before TIFF, which may rightly stand there. */
	M(128, "DICM", "application/dicom"),
	M(0, "PK\x03\x04", "application/zip"),
	M(0, "\x1f\x8b\x08", "application/gzip"),
	M(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
	M(0, "Rar!\x1a\x07", "application/x-rar"),
	M(0, "MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
	M(0,
		"\xfd"
		"7zXZ",
		"application/x-xz"),
	M(0, "BZh", "application/x-bzip2"),
	M(0, "%PDF-", "application/pdf"),
	M(0, "%!PS", "application/postscript"),
	M(0, "{\\rtf", "text/rtf"),
	M(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
	M(0, "L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
	M(0, "SQLite format 3", "application/vnd.sqlite3"),
	M(0, "\0asm", "application/wasm"),
	M(0, "FWS", "application/x-shockwave-flash"),
	M(0, "CWS", "application/x-shockwave-flash"),
	M(0, "\x89PNG\r\n\x1a\n", "image/png"),
	M(0, "\xff\xd8\xff", "image/jpeg"),
	M(0, "GIF8", "image/gif"),
	M(8, "WEBP", "image/webp"),
	M(0, "II*\0", "image/tiff"),
	M(0, "MM\0*", "image/tiff"),
	M(4, "ftyp", "video/mp4"),
	M(0, "OggS", "application/ogg"),
	M(0, "wOFF", "font/woff"),
	M(0, "wOF2", "font/woff2"),
};

/* Behind blanks and a byte order mark, in either case. */
static const struct magic texts[] = {
	M(0, "<?xml", "text/xml"),
	M(0, "<!doctype html", "text/html"),
	M(0, "<html", "text/html"),
	M(0, "<?php", "text/x-php"),
	M(0, "#!", "text/x-shellscript"),
	M(0, "MSH|", "x-application/hl7-v2+er7"),
	M(0, "{\"", "application/json"),
	M(0, "[{", "application/json"),
};

/* What begins as a Java class does, with a version that none has: programs for so many processors.
 */
static bool is_fat_macho(struct ward_str s)
{
	enum { JAVA = 45 };

	return ward_str_starts(s, (struct ward_str){"\xca\xfe\xba\xbe\0\0\0", 7}) && s.len > 7 &&
	       (uint8_t)s.p[7] < JAVA;
}

const char *ward_file_mime(struct ward_slice first)
{
	struct ward_str s = ward_slice_text(first);

	if (is_fat_macho(s))
		return "application/x-mach-o";
	for (size_t i = 0; i < WARD_ARRAY_LEN(magics); i++) {
		struct ward_str want = {magics[i].bytes, magics[i].len};

		if (ward_str_eq(ward_str_sub(s, magics[i].at, want.len), want))
			return magics[i].mime;
	}
	if (ward_str_starts(s, WARD_STR("\xef\xbb\xbf")))
		s = ward_str_sub(s, 3, s.len);
	s = ward_str_trim(s);
	/* Indented JSON: blanks between the brace and the first name. */
	if (s.len > 1 && s.p[0] == '{' && ward_str_trim(ward_str_sub(s, 1, s.len)).len &&
		ward_str_trim(ward_str_sub(s, 1, s.len)).p[0] == '"')
		return "application/json";
	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++) {
		struct ward_str want = {texts[i].bytes, texts[i].len};

		if (ward_str_ieq(ward_str_sub(s, 0, want.len), want))
			return texts[i].mime;
	}
	return NULL;
}

/* Endings of names that are no program's, and what they promise. */
static const struct {
	const char *ending, *mime;
} endings[] = {
	{"7z", "application/x-7z-compressed"},
	{"bmp", "image/bmp"},
	{"csv", "text/csv"},
	{"dcm", "application/dicom"},
	{"doc", "application/x-ole-storage"},
	{"docx", "application/zip"},
	{"gif", "image/gif"},
	{"gz", "application/gzip"},
	{"htm", "text/html"},
	{"html", "text/html"},
	{"ini", "text/plain"},
	{"jpeg", "image/jpeg"},
	{"jpg", "image/jpeg"},
	{"json", "application/json"},
	{"log", "text/plain"},
	{"mp4", "video/mp4"},
	{"odt", "application/zip"},
	{"pdf", "application/pdf"},
	{"png", "image/png"},
	{"ppt", "application/x-ole-storage"},
	{"pptx", "application/zip"},
	{"rtf", "text/rtf"},
	{"tif", "image/tiff"},
	{"tiff", "image/tiff"},
	{"txt", "text/plain"},
	{"webp", "image/webp"},
	{"xls", "application/x-ole-storage"},
	{"xlsx", "application/zip"},
	{"xml", "text/xml"},
	{"zip", "application/zip"},
};

const char *ward_file_promised(struct ward_str name)
{
	size_t at = name.len;

	while (at && name.p[at - 1] != '.' && name.p[at - 1] != '/' && name.p[at - 1] != '\\')
		at--;
	if (at < 2 || name.p[at - 1] != '.')
		return NULL;
	struct ward_str ending = ward_str_sub(name, at, name.len);

	for (size_t i = 0; i < WARD_ARRAY_LEN(endings); i++)
		if (ward_str_ieq(ending, ward_str_z(endings[i].ending)))
			return endings[i].mime;
	return NULL;
}

bool ward_file_is_program(const char *mime)
{
	static const char *const programs[] = {"application/x-dosexec", "application/x-executable",
		"application/x-mach-o", "application/java-vm", "application/x-ms-shortcut",
		"application/wasm", "text/x-shellscript", "text/x-php"};

	for (size_t i = 0; mime && i < WARD_ARRAY_LEN(programs); i++)
		if (strcmp(programs[i], mime) == 0)
			return true;
	return false;
}
