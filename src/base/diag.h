/* Problems found in what people wrote: every one at once, each with its place and its mend.
 *
 * Loaders of configuration, models and rules collect findings here and go on, so that one run
 * shows them all. Texts are copied. Not for the packet path: there, counters. */
#ifndef WARD_BASE_DIAG_H
#define WARD_BASE_DIAG_H

#include "base/json.h"
#include "base/mem.h"

#include <stdarg.h>

enum ward_diag_level { WARD_DIAG_ERROR, WARD_DIAG_WARNING, WARD_DIAG_NOTE };

/* Marks an English text of the code that is shown to people: tests find them all by it, so it holds
 * nothing but literals. Of a text that counts, the form for one stands in WARD_TEXT_ONE, which is
 * no key: a language's forms all stand under the form for many (words/words.h). */
#define WARD_TEXT(english) ("" english)
#define WARD_TEXT_ONE(english) ("" english)

/* What stands in a slot of a text: "room {id}". */
struct ward_diag_slot {
	const char *name;
	struct ward_str text;
};

struct ward_diag_item {
	enum ward_diag_level level;
	struct ward_str file; /* as given by the user; empty when there is none */
	uint32_t line;        /* from 1; 0 when there is none */
	struct ward_str what; /* "room 'r-12' has no door" */
	struct ward_str mend; /* "add a door in doors.csv"; may be empty */
	/* The texts before their slots were filled, for who says them in another language; empty
	 * where there are none. */
	struct ward_str what_form, mend_form;
	const struct ward_diag_slot *slot;
	size_t n_slot;
};

struct ward_diag {
	struct ward_arena arena;
	struct ward_diag_item *item;
	size_t n, cap, max;
	size_t n_error, n_warning;
	size_t n_dropped; /* findings beyond max: still counted as errors or warnings */
	/* Told of each error, also of those beyond max; NULL: nobody. */
	void (*error)(void *ctx, struct ward_str file);
	void *error_ctx;
};

void ward_diag_init(struct ward_diag *d, const struct ward_mem *mem);
void ward_diag_fini(struct ward_diag *d);
/* mend_fmt may be NULL or "". what and mend are printf-made from one argument list each. */
void ward_diag_add(struct ward_diag *d, enum ward_diag_level level, struct ward_str file,
	uint32_t line, struct ward_str what, struct ward_str mend);
/* what and mend in one format, split at the first '\n' ("what\nmend"). A half that is only %s is
 * itself a text of the code, marked where it is written. */
void ward_diag_addf(struct ward_diag *d, enum ward_diag_level level, struct ward_str file,
	uint32_t line, const char *fmt, ...) WARD_PRINTF(5, 6);
void ward_diag_addv(struct ward_diag *d, enum ward_diag_level level, struct ward_str file,
	uint32_t line, const char *fmt, va_list ap) WARD_PRINTF(5, 0);
/* As `like` says, whose `what` and `mend` are English texts with slots ({name}), `slot` what fills
 * them. All is copied but the slots' names. */
void ward_diag_say(struct ward_diag *d, const struct ward_diag_item *like);
/* Sorts by file, line, level, text: the same findings always print in the same order. */
void ward_diag_sort(struct ward_diag *d);
/* What people wrote goes to a terminal: no control character of theirs may act there, so C0, DEL,
 * C1 and bytes that are no UTF-8 show as \xNN. */
void ward_diag_put_visible(struct ward_wr *w, struct ward_str s);
/* "file:line: error: what\n    mend: …\n" for each. */
void ward_diag_write_text(const struct ward_diag *d, struct ward_wr *w);
/* One JSON object per line, {"kind":"finding","level":…,"file":…,"line":…,"what":…,"mend":…}. */
void ward_diag_write_json(const struct ward_diag *d, struct ward_wr *w);

#endif
