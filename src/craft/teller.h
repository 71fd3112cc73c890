/* Where a rule that is told in words goes: rows for a terminal, or a page's list of them, in one
 * language. What a row says is put into its writer first, and ended under a label. Private to the
 * room. Single-threaded. */
#ifndef WARD_CRAFT_TELLER_H
#define WARD_CRAFT_TELLER_H

#include "craft/craft.h"

/* Set c, lang, and t or j; all borrowed. */
struct ward_teller {
	const struct ward_craft *c;
	struct ward_text *t;
	struct ward_json *j; /* NULL: text */
	struct ward_craft_lang lang;
	struct ward_str spoken; /* the language of the row that is told, where it was translated */
	bool items;             /* a page's group is open */
	const struct ward_conf *doc;
	struct ward_wr w; /* of one row */
};

/* One row, unless s is empty. Labels are English texts that content/words has. */
void ward_teller_row(struct ward_teller *x, const char *label, struct ward_str s);
/* Ends what stands in the writer as a row, and empties it. */
void ward_teller_row_end(struct ward_teller *x, const char *label);
/* The same of a row that says in Ward's words what the rule looks for. */
void ward_teller_told_end(struct ward_teller *x, const char *label);
/* Puts into the writer what the rule says of itself, in the language; false: it has no translation
 * of that, and stands there as it is written. */
bool ward_teller_own(struct ward_teller *x, struct ward_str s);
/* As ward_teller_row_end; s is what ward_teller_own makes of it. */
void ward_teller_own_row(struct ward_teller *x, const char *label, struct ward_str s);

/* Items follow, under a name of the rule's; any: one of the groups below is enough. */
void ward_teller_group(struct ward_teller *x, struct ward_str name, bool any);
/* "or", between two groups of items. */
void ward_teller_or(struct ward_teller *x);
/* Ends what stands in the writer as an item, and empties it; a terminal has it in column first. */
void ward_teller_item(struct ward_teller *x, size_t first);
/* The last group ends. */
void ward_teller_end(struct ward_teller *x);

#endif
