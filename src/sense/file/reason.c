#include "sense/file/reason.h"

#include "base/diag.h"

static const char *const names[WARD_SUSPECT_N] = {
#define X(IDENT, name) name,
	WARD_SUSPECT_LIST(X)
#undef X
};

static const struct text {
	const char *text;
} texts[WARD_SUSPECT_N] = {
	[WARD_SUSPECT_BLOCKED] = {WARD_TEXT("it is on the list of known bad files: {a}")},
	[WARD_SUSPECT_ALLOWED] = {WARD_TEXT("it is on the list of known good files: {a}")},
	[WARD_SUSPECT_RULE] = {WARD_TEXT("the rule {a} finds it: {b}")},
	[WARD_SUSPECT_RULES_SLOW] = {WARD_TEXT("the rules did not come to an end in time")},
	[WARD_SUSPECT_ANTIVIRUS] = {WARD_TEXT("ClamAV finds {a} in it")},
	[WARD_SUSPECT_NAME_PROGRAM] = {WARD_TEXT(
		"its name ends in .{a}, but it is {b}, which would run")},
	[WARD_SUSPECT_NAME_KIND] = {WARD_TEXT("its name ends in .{a}, but it is {b}")},
	[WARD_SUSPECT_TYPE_KIND] = {WARD_TEXT("it was said to be {a}, but it is {b}")},
	[WARD_SUSPECT_NAME_DOUBLE] = {WARD_TEXT(
		"it runs, but its name has the ending of a document before its own: {a}")},
	[WARD_SUSPECT_NAME_TURNS] = {WARD_TEXT(
		"its name holds signs that turn the direction of writing, so that it reads "
		"otherwise than it is")},
	[WARD_SUSPECT_NAME_PADDED] = {WARD_TEXT(
		"its name holds a long run of blanks, which pushes its ending out of sight")},
	[WARD_SUSPECT_MAIL_PROGRAM] = {WARD_TEXT("a mail brings it, and it would run: {a}")},
	[WARD_SUSPECT_DOCUMENT_PROGRAM] = {WARD_TEXT(
		"a document carries it, and it would run: {a}")},
	[WARD_SUSPECT_IMAGE_PROGRAM] = {WARD_TEXT("an image carries it, and it would run: {a}")},
	[WARD_SUSPECT_MEDICAL_PROGRAM] = {WARD_TEXT(
		"medical data carry it, and it would run: {a}, in {b}")},
	[WARD_SUSPECT_TWO_KINDS] = {WARD_TEXT("it is {a} and {b} at once")},
	[WARD_SUSPECT_PASSWORD] = {WARD_TEXT(
		"it is protected by a password, so its content was not looked at")},
	[WARD_SUSPECT_DAMAGED] = {WARD_TEXT("it is damaged or cut off ({a}); what was there before "
					    "that was looked at")},
	[WARD_SUSPECT_TOO_DEEP] = {WARD_TEXT(
		"more than {a} things lie in each other; what is deeper was not looked at")},
	[WARD_SUSPECT_TOO_MANY] = {WARD_TEXT(
		"it holds more than {a} things; the rest was not looked at")},
	[WARD_SUSPECT_TOO_LARGE] = {WARD_TEXT(
		"it unpacks to more than {a} bytes; the rest was not looked at")},
	[WARD_SUSPECT_HEAD_ONLY] = {WARD_TEXT(
		"it is larger than {a} bytes: only so much of its begin was looked at, and lists "
		"of hashes were asked for all of it")},
	[WARD_SUSPECT_BOMB] = {WARD_TEXT(
		"it unpacks to more than {a} times its size, as bombs do; the rest was not "
		"looked at")},
	[WARD_SUSPECT_ITSELF] = {WARD_TEXT("it contains itself, without end")},
	[WARD_SUSPECT_LEADS_OUT] = {WARD_TEXT(
		"a name in it leads out of the folder that it is unpacked into: {a}")},
	[WARD_SUSPECT_CODING] = {WARD_TEXT("it was sent in a coding that is not undone here: {a}")},
	[WARD_SUSPECT_PART] = {WARD_TEXT("it is a part of a larger file, of which the rest was not "
					 "seen")},
	[WARD_SUSPECT_DIFFER] = {WARD_TEXT(
		"it came in pieces, and the same place in it was sent with different content")},
	[WARD_SUSPECT_PACKED_PROGRAM] = {WARD_TEXT("the program is packed or encrypted: {a}")},
	[WARD_SUSPECT_WRITES_CODE] = {WARD_TEXT("the program can change its own code: {a}")},
	[WARD_SUSPECT_INJECTS] = {WARD_TEXT("the program can write code into other programs: {a}")},
	[WARD_SUSPECT_ENTRY_OUTSIDE] = {WARD_TEXT("the program begins outside of its code")},
	[WARD_SUSPECT_MACROS] = {WARD_TEXT("it holds macros")},
	[WARD_SUSPECT_MACRO_AUTO] = {WARD_TEXT("a macro runs by itself: {a}")},
	[WARD_SUSPECT_MACRO_ACTS] = {WARD_TEXT(
		"a macro starts programs or fetches something: {a}")},
	[WARD_SUSPECT_TEMPLATE] = {WARD_TEXT("it fetches something when it is opened: {a}")},
	[WARD_SUSPECT_DDE] = {WARD_TEXT("it asks another program to run something (DDE)")},
	[WARD_SUSPECT_PDF_OPENS] = {WARD_TEXT("it runs a script when it is opened")},
	[WARD_SUSPECT_PDF_SCRIPT] = {WARD_TEXT("it holds JavaScript")},
	[WARD_SUSPECT_PDF_LAUNCH] = {WARD_TEXT("it can start a program (Launch)")},
	[WARD_SUSPECT_OBJECT] = {WARD_TEXT("it holds an object that acts when it is opened")},
	[WARD_SUSPECT_EQUATION] = {WARD_TEXT("it holds an object of the old equation editor, which "
					     "is known for being attacked")},
	[WARD_SUSPECT_SHORTCUT] = {WARD_TEXT("the shortcut gives orders to {a}")},
	[WARD_SUSPECT_SCRIPT_HIDDEN] = {WARD_TEXT("the script hides what it does: {a}")},
	[WARD_SUSPECT_SCRIPT_FETCHES] = {WARD_TEXT(
		"the script fetches something and runs it: {a}")},
	[WARD_SUSPECT_PREAMBLE_PROGRAM] = {WARD_TEXT(
		"the DICOM object is a program at once: its preamble begins {a}")},
	[WARD_SUSPECT_PREAMBLE_SCRIPT] = {WARD_TEXT(
		"the DICOM object is a page or script at once: its preamble holds {a}")},
	[WARD_SUSPECT_PREAMBLE_TIFF] = {WARD_TEXT(
		"the DICOM object is a TIFF image at once, as the standard allows")},
	[WARD_SUSPECT_PREAMBLE_OTHER] = {WARD_TEXT(
		"the preamble of the DICOM object is not empty, and is no TIFF: {a}")},
	[WARD_SUSPECT_SYNTAX] = {WARD_TEXT(
		"the DICOM object is not written as its transfer syntax says: {a}")},
	[WARD_SUSPECT_PIXELS] = {WARD_TEXT(
		"the image has {a} bytes of pixels, its dimensions ask for {b}")},
	[WARD_SUSPECT_ELEMENT] = {WARD_TEXT("the DICOM object is not well formed: {a}")},
	[WARD_SUSPECT_ENCAPSULATED] = {WARD_TEXT(
		"the document in the DICOM object is said to be {a}, but it is {b}")},
	[WARD_SUSPECT_CELL_DIED] = {WARD_TEXT("the process that looked at it was killed: {a}")},
	[WARD_SUSPECT_CELL_TIME] = {WARD_TEXT(
		"looking at it took longer than {a} s and was ended")},
	[WARD_SUSPECT_CELL_MEMORY] = {WARD_TEXT(
		"looking at it asked for more memory than it may have")},
};

const char *ward_suspect_name(enum ward_suspect s)
{
	return names[s];
}

const char *ward_suspect_text(enum ward_suspect s)
{
	return texts[s].text;
}

enum ward_suspect ward_suspect_by_name(struct ward_str name)
{
	size_t i = 0;

	while (i < WARD_SUSPECT_N && !ward_str_eqz(name, names[i]))
		i++;
	return (enum ward_suspect)i;
}
