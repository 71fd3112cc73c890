/* A verdict as an event: its class is file.clean, file.notice, file.suspicious or file.malicious.
 *
 * Fields are named as in the Elastic Common Schema where that has them (file.hash.sha256,
 * file.name, file.path); the others are Ward's. Contents are in none, nor names of what lies in the
 * file: they may be of persons, and nothing hides them there. README.md has the list. */
#ifndef WARD_SENSE_FILE_VERDICT_H
#define WARD_SENSE_FILE_VERDICT_H

#include "event/event.h"
#include "sense/file/report.h"

enum { WARD_FILE_VERDICT_NAMES = 16 }; /* reasons and rules that are told: the heaviest */

/* X(IDENT, "field") */
#define WARD_FILE_VERDICT_FIELD_LIST(X)    \
	X(VERDICT, "file.verdict")         \
	X(SCORE, "file.score")             \
	X(KIND, "file.kind")               \
	X(SHA256, "file.hash.sha256")      \
	X(PARTS, "file.parts")             \
	X(REASONS, "file.reasons")         \
	X(RULES, "file.rules")             \
	X(ANTIVIRUS, "file.antivirus")     \
	X(PART_KIND, "file.part.kind")     \
	X(PART_SHA256, "file.part.sha256") \
	X(PART_DEPTH, "file.part.depth")   \
	X(DECODED, "file.decoded")         \
	X(ENCODED, "file.encoded_bytes")   \
	X(TEST, "file.test")

enum ward_file_verdict_field {
#define X(IDENT, name) WARD_FILE_VERDICT_##IDENT,
	WARD_FILE_VERDICT_FIELD_LIST(X)
#undef X
		WARD_FILE_VERDICT_FIELD_N,
};

/* Ids of one table of names. */
struct ward_file_verdict {
	uint32_t class[WARD_INSPECTED_N], unlooked, field[WARD_FILE_VERDICT_FIELD_N];
};
void ward_file_verdict_init(struct ward_file_verdict *v, struct ward_names *names);

/* Class and fields of what was found; the rest of e is the caller's: identity, times, source, where
 * the file was, who gave it to whom. Texts are copied. The report is judged. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_file_verdict_put(const struct ward_file_verdict *v,
	const struct ward_inspect_report *r, struct ward_event *e);
/* file.unlooked: nothing can be said of it, and why; lives forever. */
WARD_MUST_CHECK enum ward_err ward_file_verdict_put_unlooked(
	const struct ward_file_verdict *v, const char *why, struct ward_event *e);

#endif
