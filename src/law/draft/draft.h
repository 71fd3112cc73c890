/* A form of the law filled in: from the record of an incident, the hospital, answers, and what
 * people wrote; with its gaps, and with what is other than when it was sent.
 *
 * (rules and forms, what people said, the report of the incident, a language) → fields → a document
 * (report/doc.h), JSON with terms of the Data Privacy Vocabulary, lines to keep. Pure; texts of
 * rows are not trusted: they are cleaned by what writes them. Ward sends none of it: people do. */
#ifndef WARD_LAW_DRAFT_DRAFT_H
#define WARD_LAW_DRAFT_DRAFT_H

#include "law/law.h"
#include "report/report.h"

/* How what counts of a field is written before it is hashed: another way has another version. */
#define WARD_DRAFT_GIST_VERSION "2"
enum {
	WARD_DRAFT_DIGITS = 16,
	WARD_DRAFT_GIST = 2 + WARD_DRAFT_DIGITS, /* version, ':', digits */
	WARD_DRAFT_KEPT = 160                    /* bytes */
};

struct ward_draft_ask {
	const struct ward_law *law;
	size_t form;
	const struct ward_law_case *c; /* NULL: nobody said anything */
	const struct ward_law_record *record;
	const struct ward_report *report;
	struct ward_lang *lang;
	bool exercise;
	/* The name of a person of that id, or the id; NULL: ids. Lives as long as what ctx is. */
	struct ward_str (*person)(const void *ctx, struct ward_str id);
	const void *ctx;
};

struct ward_draft_field {
	const struct ward_law_field *of;
	struct ward_str text;               /* empty: nothing is known */
	const struct ward_law_said *own;    /* a person wrote it over, or into it; NULL: none */
	const struct ward_law_said *answer; /* FACT: who said it so; NULL: nobody */
	bool must, gap;                 /* gap: it must stand there and does not, or is a guess */
	bool guess;                     /* the record makes it likely, and nobody has said so */
	bool moved;                     /* other than when it was sent */
	struct ward_str was;            /* moved: how it began when it was sent */
	char gist[WARD_DRAFT_GIST + 1]; /* of what counts, in no language */
};

struct ward_draft {
	const struct ward_draft_ask *ask;
	const struct ward_law_form *form;
	const struct ward_law_said *sent; /* this form, with what stood in it; NULL: not yet */
	struct ward_draft_field field[WARD_LAW_FORM_FIELDS];
	size_t n, n_gap, n_moved;
	bool older; /* an earlier version of Ward kept what was sent: not each field of it can be
		     * compared */
	unsigned version; /* grows with each word that people say for it */
	char digest[65];  /* SHA-256 of its language and fields; the same texts, the same digits */
};

/* All that it makes is in the arena; borrows what the ask points to, which lives as long. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_draft_make(
	const struct ward_draft_ask *ask, struct ward_arena *a, struct ward_draft *ret);
/* Is a field of what was sent other that the record fills, and nobody wrote over? The ask's form
 * and language don't count: lang may be NULL. Of the report it reads the incident and the model.
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_draft_record_moved(
	const struct ward_draft_ask *ask, const struct ward_law_said *sent, bool *ret);
/* A document: mark of an exercise, gaps first, fields with what they come from; of a letter its
 * paragraphs. */
void ward_draft_tell(const struct ward_draft *d, struct ward_doc *doc);
/* One object (JSON-LD). */
void ward_draft_json(const struct ward_draft *d, struct ward_json *j);
/* The line of a field that is kept when it is sent: `ID GIST BEGINNING`. */
void ward_draft_keep(const struct ward_draft_field *f, struct ward_wr *w);

#endif
