/* Why a file is not simply clean: the closed list of what is found in one. Each reason has a name
 * for records, a text for people with the slots {a} and {b}, and a weight, which content says
 * (content/inspect/weights.yml). A verdict is the sum of the weights of the different reasons. */
#ifndef WARD_SENSE_FILE_REASON_H
#define WARD_SENSE_FILE_REASON_H

#include "base/slice.h"

/* X(IDENT, "name"); the texts stand in reason.c. */
#define WARD_SUSPECT_LIST(X)                            \
	/* lists and rules */                           \
	X(BLOCKED, "blocked")                           \
	X(ALLOWED, "allowed")                           \
	X(RULE, "rule")                                 \
	X(RULES_SLOW, "rules-slow")                     \
	X(ANTIVIRUS, "antivirus")                       \
	/* names */                                     \
	X(NAME_PROGRAM, "name-hides-program")           \
	X(NAME_KIND, "name-other-kind")                 \
	X(TYPE_KIND, "type-other-kind")                 \
	X(NAME_DOUBLE, "name-double-ending")            \
	X(NAME_TURNS, "name-turns-direction")           \
	X(NAME_PADDED, "name-padded")                   \
	/* what lies in what */                         \
	X(MAIL_PROGRAM, "mail-carries-program")         \
	X(DOCUMENT_PROGRAM, "document-carries-program") \
	X(IMAGE_PROGRAM, "image-carries-program")       \
	X(MEDICAL_PROGRAM, "medical-carries-program")   \
	X(TWO_KINDS, "two-kinds-at-once")               \
	/* unpacking */                                 \
	X(PASSWORD, "password-protected")               \
	X(DAMAGED, "damaged")                           \
	X(TOO_DEEP, "too-deep")                         \
	X(TOO_MANY, "too-many")                         \
	X(TOO_LARGE, "too-large")                       \
	X(HEAD_ONLY, "head-only")                       \
	X(BOMB, "bomb")                                 \
	X(ITSELF, "contains-itself")                    \
	X(LEADS_OUT, "path-leads-out")                  \
	X(CODING, "coding-unknown")                     \
	X(PART, "part-only")                            \
	X(DIFFER, "pieces-differ")                      \
	/* programs */                                  \
	X(PACKED_PROGRAM, "program-packed")             \
	X(WRITES_CODE, "program-writes-its-code")       \
	X(INJECTS, "program-injects")                   \
	X(ENTRY_OUTSIDE, "program-entry-outside")       \
	/* documents */                                 \
	X(MACROS, "macros")                             \
	X(MACRO_AUTO, "macro-runs-by-itself")           \
	X(MACRO_ACTS, "macro-starts-programs")          \
	X(TEMPLATE, "document-fetches")                 \
	X(DDE, "document-dde")                          \
	X(PDF_OPENS, "pdf-acts-when-opened")            \
	X(PDF_SCRIPT, "pdf-script")                     \
	X(PDF_LAUNCH, "pdf-launches")                   \
	X(OBJECT, "embedded-object")                    \
	X(EQUATION, "equation-object")                  \
	X(SHORTCUT, "shortcut-runs-interpreter")        \
	X(SCRIPT_HIDDEN, "script-obfuscated")           \
	X(SCRIPT_FETCHES, "script-fetches-and-runs")    \
	/* medical */                                   \
	X(PREAMBLE_PROGRAM, "dicom-preamble-program")   \
	X(PREAMBLE_SCRIPT, "dicom-preamble-script")     \
	X(PREAMBLE_TIFF, "dicom-preamble-tiff")         \
	X(PREAMBLE_OTHER, "dicom-preamble-other")       \
	X(SYNTAX, "dicom-transfer-syntax")              \
	X(PIXELS, "dicom-pixel-length")                 \
	X(ELEMENT, "dicom-malformed")                   \
	X(ENCAPSULATED, "dicom-document-other-kind")    \
	/* the cell */                                  \
	X(CELL_DIED, "cell-killed")                     \
	X(CELL_TIME, "cell-time")                       \
	X(CELL_MEMORY, "cell-memory")

enum ward_suspect {
#define X(IDENT, name) WARD_SUSPECT_##IDENT,
	WARD_SUSPECT_LIST(X)
#undef X
		WARD_SUSPECT_N,
};

/* All live forever. */
const char *ward_suspect_name(enum ward_suspect s);
/* English, with translations; {a} and {b} are filled by ward_inspect_say. */
const char *ward_suspect_text(enum ward_suspect s);
/* WARD_SUSPECT_N: no reason has this name. */
enum ward_suspect ward_suspect_by_name(struct ward_str name);

#endif
