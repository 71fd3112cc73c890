/* What a file is by its content: a closed list of kinds, each with the endings and media types that
 * it goes by, and the signatures that tell it.
 *
 * Our own table and not libmagic's: each kind here has code behind it (what is looked for in it,
 * how it is opened), its names are stable in records, and nothing is to be loaded. Pure functions
 * over untrusted bytes; what they give lives forever. */
#ifndef WARD_SENSE_FILE_KIND_H
#define WARD_SENSE_FILE_KIND_H

#include "base/slice.h"

/* Of what sort: decides what may lie in what. */
enum ward_sort {
	WARD_SORT_DATA,
	WARD_SORT_TEXT,
	WARD_SORT_PROGRAM, /* a machine runs it as it is */
	WARD_SORT_SCRIPT,  /* an interpreter does, when it is opened or called */
	WARD_SORT_DOCUMENT,
	WARD_SORT_ARCHIVE,
	WARD_SORT_MAIL,
	WARD_SORT_IMAGE, /* also sound, video, fonts */
	WARD_SORT_MEDICAL,
};

/* X(IDENT, "name", SORT, "what people call it", "endings", "media types"): the first media type is
 * the one that is told. Texts are marked in kind.c. */
#define WARD_KIND_LIST(X)                                                                         \
	X(DATA, "data", DATA, "", "application/octet-stream")                                     \
	X(EMPTY, "empty", DATA, "", "")                                                           \
	X(TEXT, "text", TEXT, "txt log csv md ini conf cfg yml yaml json tsv", "text/plain")      \
	X(XML, "xml", TEXT, "xml xsd xsl svg rdf gpx kml plist",                                  \
		"application/xml text/xml image/svg+xml")                                         \
	X(PE, "pe", PROGRAM, "exe dll sys scr cpl ocx com efi drv mui",                           \
		"application/vnd.microsoft.portable-executable application/x-dosexec "            \
		"application/x-msdownload application/x-msdos-program application/exe")           \
	X(DOS, "dos", PROGRAM, "exe com", "application/x-dosexec")                                \
	X(ELF, "elf", PROGRAM, "so o ko elf",                                                     \
		"application/x-executable application/x-elf application/x-sharedlib "             \
		"application/x-object application/x-pie-executable")                              \
	X(MACHO, "macho", PROGRAM, "dylib o", "application/x-mach-binary")                        \
	X(CLASS, "class", PROGRAM, "class", "application/java-vm application/x-java-applet")      \
	X(LNK, "lnk", SCRIPT, "lnk", "application/x-ms-shortcut")                                 \
	X(SHELL, "shell", SCRIPT, "sh bash command",                                              \
		"application/x-sh text/x-shellscript application/x-shellscript")                  \
	X(PYTHON, "python", SCRIPT, "py pyw", "text/x-python text/x-script.python")               \
	X(SCRIPT, "script", SCRIPT, "pl rb php lua tcl awk",                                      \
		"text/x-script text/x-perl application/x-php text/x-ruby")                        \
	X(JAVASCRIPT, "javascript", SCRIPT, "js jse mjs",                                         \
		"text/javascript application/javascript application/x-javascript")                \
	X(VBSCRIPT, "vbscript", SCRIPT, "vbs vbe wsf wsh sct", "text/vbscript")                   \
	X(POWERSHELL, "powershell", SCRIPT, "ps1 psm1 psd1",                                      \
		"text/x-powershell application/x-powershell")                                     \
	X(BATCH, "batch", SCRIPT, "bat cmd", "application/x-bat text/x-msdos-batch")              \
	X(VBA, "vba", SCRIPT, "bas cls frm", "text/x-vba")                                        \
	X(HTML, "html", TEXT, "html htm xhtml mht", "text/html application/xhtml+xml")            \
	X(HTA, "hta", SCRIPT, "hta", "application/hta")                                           \
	X(OLE, "ole", DOCUMENT, "doc dot xls xlt ppt pps msi msp msg vsd pub db mdb",             \
		"application/x-ole-storage application/msword application/vnd.ms-excel "          \
		"application/vnd.ms-powerpoint application/x-msi application/vnd.ms-outlook")     \
	X(OOXML, "ooxml", DOCUMENT,                                                               \
		"docx docm dotx dotm xlsx xlsm xlsb xltx xltm pptx pptm ppsx potx vsdx",          \
		"application/vnd.openxmlformats-officedocument application/vnd.ms-word "          \
		"application/vnd.ms-excel application/vnd.ms-powerpoint")                         \
	X(ODF, "odf", DOCUMENT, "odt ods odp odg ott ots otp odf odb odm",                        \
		"application/vnd.oasis.opendocument")                                             \
	X(EPUB, "epub", DOCUMENT, "epub", "application/epub+zip")                                 \
	X(PDF, "pdf", DOCUMENT, "pdf ai", "application/pdf")                                      \
	X(POSTSCRIPT, "postscript", DOCUMENT, "ps eps epsi", "application/postscript")            \
	X(RTF, "rtf", DOCUMENT, "rtf doc", "application/rtf text/rtf application/msword")         \
	X(ZIP, "zip", ARCHIVE, "zip xpi whl crx oxt nupkg kmz odt ods",                           \
		"application/zip application/x-zip-compressed")                                   \
	X(JAR, "jar", ARCHIVE, "jar war ear apk", "application/java-archive")                     \
	X(SEVENZIP, "7z", ARCHIVE, "7z", "application/x-7z-compressed")                           \
	X(RAR, "rar", ARCHIVE, "rar", "application/vnd.rar application/x-rar-compressed")         \
	X(CAB, "cab", ARCHIVE, "cab", "application/vnd.ms-cab-compressed")                        \
	X(TAR, "tar", ARCHIVE, "tar", "application/x-tar")                                        \
	X(CPIO, "cpio", ARCHIVE, "cpio img", "application/x-cpio")                                \
	X(AR, "ar", ARCHIVE, "deb udeb a",                                                        \
		"application/x-archive "                                                          \
		"application/vnd.debian.binary-package")                                          \
	X(ISO, "iso", ARCHIVE, "iso img", "application/x-iso9660-image")                          \
	X(UDF, "udf", ARCHIVE, "udf iso img", "application/x-udf-image")                          \
	X(XAR, "xar", ARCHIVE, "xar pkg", "application/x-xar")                                    \
	X(LHA, "lha", ARCHIVE, "lzh lha", "application/x-lzh-compressed")                         \
	X(PACKED, "packed", ARCHIVE, "gz tgz xz txz bz2 tbz zst tzst lzma lz lz4 z svgz emz wmz", \
		"application/gzip application/x-gzip application/x-xz application/x-bzip2 "       \
		"application/zstd application/x-compress application/x-lzip")                     \
	X(TNEF, "tnef", ARCHIVE, "tnef", "application/ms-tnef application/vnd.ms-tnef")           \
	X(MAIL, "mail", MAIL, "eml mht mhtml mbox msg nws", "message/rfc822 multipart/mixed")     \
	X(JPEG, "jpeg", IMAGE, "jpg jpeg jpe jfif", "image/jpeg")                                 \
	X(JPEG2000, "jpeg2000", IMAGE, "jp2 j2k jpx", "image/jp2 image/jpx")                      \
	X(PNG, "png", IMAGE, "png apng", "image/png image/apng")                                  \
	X(GIF, "gif", IMAGE, "gif", "image/gif")                                                  \
	X(BMP, "bmp", IMAGE, "bmp dib", "image/bmp")                                              \
	X(TIFF, "tiff", IMAGE, "tif tiff svs", "image/tiff")                                      \
	X(WEBP, "webp", IMAGE, "webp", "image/webp")                                              \
	X(ICO, "ico", IMAGE, "ico cur", "image/vnd.microsoft.icon image/x-icon")                  \
	X(MEDIA, "media", IMAGE, "mp3 mp4 m4a m4v mov avi wav ogg oga ogv webm mkv flac mid",     \
		"video/mp4 audio/mpeg audio/ogg video/x-msvideo audio/x-wav video/webm")          \
	X(FONT, "font", IMAGE, "ttf otf ttc woff woff2 pfb",                                      \
		"font/sfnt font/ttf font/otf font/woff font/woff2")                               \
	X(SQLITE, "sqlite", DATA, "sqlite db sqlite3", "application/vnd.sqlite3")                 \
	X(DICOM, "dicom", MEDICAL, "dcm dicom ima dic", "application/dicom")                      \
	X(HL7, "hl7", MEDICAL, "hl7 oru adt", "application/hl7-v2 x-application/hl7-v2+er7")      \
	X(PDF_OBJECTS, "pdf-objects", DATA, "", "")

enum ward_kind {
#define X(IDENT, name, sort, endings, types) WARD_KIND_##IDENT,
	WARD_KIND_LIST(X)
#undef X
		WARD_KIND_N,
};

enum { WARD_ENDING_BYTES = 12 }; /* of a name; a longer one is none */

/* "pdf": in records. */
const char *ward_kind_name(enum ward_kind k);
/* "a PDF document": English, with translations. */
const char *ward_kind_text(enum ward_kind k);
enum ward_sort ward_kind_sort(enum ward_kind k);
/* A machine or an interpreter runs it. */
bool ward_kind_runs(enum ward_kind k);

/* By content; `name` decides only between scripts that have no signature (RFC-less text, as the
 * system that opens them does). O(n) at worst, of text at most its first 64 KiB. */
enum ward_kind ward_kind_of(struct ward_slice bytes, struct ward_str name);
/* By the first bytes alone, without text: DATA when it is none of those with a signature. O(1). */
enum ward_kind ward_kind_signed(struct ward_slice bytes);

/* The last ending of a name, in lower case, or an empty text. */
struct ward_str ward_kind_ending(struct ward_str name, char ret[WARD_ENDING_BYTES]);
/* The first kind that goes by this ending; WARD_KIND_N: none that we know. */
enum ward_kind ward_kind_by_ending(struct ward_str ending);
bool ward_kind_has_ending(enum ward_kind k, struct ward_str ending);
/* The same of a media type ("image/png; x=y" counts as "image/png"); a type of the list that is
 * the beginning of what is asked counts, too (OOXML's have dozens behind theirs). */
enum ward_kind ward_kind_by_type(struct ward_str type);
bool ward_kind_has_type(enum ward_kind k, struct ward_str type);

#endif
