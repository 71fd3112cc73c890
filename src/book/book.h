/* The emergency book: what Ward knows of the hospital, on paper, for when no screen is lit.
 *
 * What is open now, who is called and how, what each care service needs and for how long it can be
 * without, which things take most care with them, where people get out, the playbooks as sheets,
 * and how Ward itself is reached then. Pure, single-threaded; no clock, no files; borrows all that
 * it is given. */
#ifndef WARD_BOOK_BOOK_H
#define WARD_BOOK_BOOK_H

#include "desk/people.h"
#include "evacuate/facts.h"
#include "impact/impact.h"
#include "report/doc.h"
#include "respond/playbook/country.h"
#include "respond/playbook/sheet.h"
#include "respond/recipients.h"
#include "story/record.h"
#include "words/words.h"

enum {
	WARD_BOOK_TRIED = 4096, /* things whose outage is tried, those that most hangs on first */
	WARD_BOOK_WORST = 30,   /* of them told */
};

/* What the book is made of; what is NULL or of no number is said to be missing. */
struct ward_book {
	const struct ward_model *m;
	struct ward_engine *e;
	const struct ward_people *people;
	const struct ward_recipients *recipients;
	const struct ward_evac *evac;
	const struct ward_playbooks *playbooks;
	const struct ward_playbook_country *country;
	const struct ward_record *const *record; /* of the brain, as they were kept; of several
						    revisions the last counts */
	size_t n_record;
	bool records_known;             /* false: nobody looked, which is not the same as none */
	const struct ward_str *console; /* "https://…", how the console is reached */
	size_t n_console;
	struct ward_lang *lang;
	ward_ns at; /* as of when */
	bool exercise;
};

/* Into an empty document. NOMEM; LIMIT: an outage reaches more states than the limits allow. */
WARD_MUST_CHECK enum ward_err ward_book_tell(const struct ward_book *b, struct ward_doc *d);

#endif
