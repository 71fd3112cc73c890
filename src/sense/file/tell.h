/* A report for people and as data. */
#ifndef WARD_SENSE_FILE_TELL_H
#define WARD_SENSE_FILE_TELL_H

#include "sense/file/report.h"
#include "words/words.h"

/* One reason as a sentence without its full stop. lang NULL: English. */
void ward_inspect_say(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_inspect_reason *r);
/* "clean" … in the language. */
struct ward_str ward_inspected_say(struct ward_lang *lang, enum ward_inspected v);
/* Where a part lies, from the file down: "a.eml > b.zip > c.exe"; nothing for part 0. */
void ward_inspect_place(struct ward_wr *w, const struct ward_inspect_report *r, uint32_t part);
/* {"kind":"inspected",…}: `file` is what the caller calls it. docs/inspect.md has its members. */
void ward_inspect_json(struct ward_json *j, struct ward_str file,
	const struct ward_inspect_report *r, struct ward_lang *lang);
/* {"verdict","says","score","identified","size","sha256","kind","clamav","parts","reasons_in_all",
 * "reasons"}: for who handed the file in. says and kind are words of the language, parts a number;
 * of reasons the 24 heaviest at most, as above, with `place`. At most 80 KiB. */
void ward_inspect_brief(
	struct ward_json *j, const struct ward_inspect_report *r, struct ward_lang *lang);

#endif
