/* Where a text names somebody: names, dates of birth, national numbers, numbers of patients and
 * badges, telephones, mail addresses, accounts, bank accounts.
 *
 * A number with check digits is taken by them wherever it stands (Italian codice fiscale, French
 * NIR, IBAN), so that numbers of devices stay. What has no shape of its own is taken behind a word
 * that says what follows ("paziente:", "DOB", "badge="), in English, French, Italian and Dutch, by
 * its field (HL7 v2 segments, DICOM tags, FHIR as JSON or XML), by the object of JSON that it is a
 * member of (`"patient": {"id": 4711}`), in a command of Windows (`net user NAME`), or by a pattern
 * of the hospital's own.
 *
 * Pure, no memory of its own, sees outside bytes. O(text) with a bounded look ahead. */
#ifndef WARD_COMPLY_IDENTIFIERS_H
#define WARD_COMPLY_IDENTIFIERS_H

#include "base/slice.h"

/* X(NAME, "name") */
#define WARD_IDENTIFIER_LIST(X)     \
	X(PERSON, "name")           \
	X(BIRTH, "birth date")      \
	X(NIR, "NIR")               \
	X(FISCAL, "codice fiscale") \
	X(BSN, "BSN")               \
	X(PATIENT, "patient")       \
	X(PHONE, "phone")           \
	X(MAIL, "mail")             \
	X(BADGE, "badge")           \
	X(ACCOUNT, "account")       \
	X(IBAN, "IBAN")             \
	X(ADDRESS, "address")

enum ward_identifier {
#define X(NAME, name) WARD_IDENTIFIER_##NAME,
	WARD_IDENTIFIER_LIST(X)
#undef X
		WARD_IDENTIFIER_N,
};
/* "birth date" … Lives forever. */
const char *ward_identifier_name(enum ward_identifier k);

enum { WARD_IDENTIFIER_PATTERNS = 16, WARD_IDENTIFIER_PATTERN = 32 };

/* How the digits of a number of the hospital's own have to fit, from the right: by Luhn; weights 1,
 * 2, 3 … to a multiple of eleven; the last two 97 less the rest of the others. */
enum ward_identifier_check {
	WARD_IDENTIFIER_UNCHECKED,
	WARD_IDENTIFIER_LUHN,
	WARD_IDENTIFIER_MOD11,
	WARD_IDENTIFIER_MOD97,
	WARD_IDENTIFIER_CHECKS,
};
/* The hospital's own numbers: '#' is a digit, '@' a letter, all else itself, as "T########". */
struct ward_identifiers {
	struct {
		char shape[WARD_IDENTIFIER_PATTERN + 1];
		enum ward_identifier kind;
		enum ward_identifier_check check;
	} pattern[WARD_IDENTIFIER_PATTERNS];
	size_t n;
};
/* Adds patterns, as "patient=T########:mod11,badge=4500####". On false *ret_bad is the one that is
 * none: no such kind or check, longer than 32 characters, fewer than four digits or letters, or the
 * 17th. */
bool ward_identifiers_read(
	struct ward_identifiers *s, struct ward_str text, struct ward_str *ret_bad);

struct ward_identifier_span {
	size_t off, len;
	enum ward_identifier kind;
};

/* A walk over one text. Borrows text and set (which may be NULL). */
struct ward_identifier_walk {
	struct ward_str text;
	const struct ward_identifiers *set;
	size_t at;
	size_t no_mail; /* before it no mail address begins */
	bool named;     /* the name of the field says what it is: */
	uint8_t kind, sure;
	bool fhir, fhir_xml, hl7; /* fhir: also set by who walks a field of a resource, */
	bool fhir_person;         /* and whether the resource is somebody */
	uint8_t element[8]; /* of FHIR as XML: what the elements around say, and how many are */
	size_t depth;
	const void *object[8]; /* of JSON: labels whose objects are open, NULL of others */
	const void *opens;     /* the next object's */
	size_t n_open;
	bool is_uri; /* set by who walks: folders in it are a site's, nobody's home */
	uint64_t person, birth, phone, number,
		address; /* fields of this HL7 segment that are such */
	unsigned field;
	struct ward_str before[4]; /* the last words, the n-th at n % 4 */
	size_t n_before;
};
void ward_identifier_walk_init(
	struct ward_identifier_walk *w, const struct ward_identifiers *set, struct ward_str text);
/* The text is the value of a field of that name, which may say what it is: "PatientID",
 * "patient.id". To be called before the first is asked for. */
void ward_identifier_walk_named(struct ward_identifier_walk *w, struct ward_str field);
/* The next one, behind all that were given before; false: there is none. */
bool ward_identifier_next(struct ward_identifier_walk *w, struct ward_identifier_span *ret);

#endif
