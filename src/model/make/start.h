/* A first hospital directory from some twenty answers: class templates as data (content/templates).
 *
 * questions.yml says what is asked and which templates there are; a template is the text of a file
 * with slots (docs/model.md). What was not asked is a usual value, and a fact of the directory says
 * so. Faces the files of content and of who answers; reads no clock. Single-threaded. */
#ifndef WARD_MODEL_MAKE_START_H
#define WARD_MODEL_MAKE_START_H

#include "base/diag.h"
#include "base/limit.h"
#include "model/make/make.h"
#include "model/model.h"

enum ward_start_kind { WARD_START_NUMBER, WARD_START_TEXT, WARD_START_YES, WARD_START_KINDS };
enum ward_start_form { /* of texts */
	WARD_START_ANY,
	WARD_START_COUNTRY,
	WARD_START_TIMEZONE,
	WARD_START_LANGUAGE,
	WARD_START_ID,
};
struct ward_start_question {
	struct ward_str id, ask;
	enum ward_start_kind kind;
	enum ward_start_form form;
	int64_t min, max;     /* numbers */
	struct ward_str text; /* the answer, or what is usual; numbers in decimal, yes or no */
	int64_t number;       /* 1 for yes; texts: 1 unless empty */
	bool answered;
};

struct ward_start;
struct ward_lang;

/* Reads a set of templates: a folder with questions.yml, as content/templates (a hospital that is
 * laid out) or content/templates/first (an empty one). Borrows lim. CONFIG with findings, IO,
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_start_load(const char *set, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_start **ret);
/* The same from whatever gives the text of a file of that folder by its name ("icu.yml"); the path
 * is what findings call it. Both are copied. */
struct ward_start_source {
	enum ward_err (*get)(void *ctx, struct ward_str name, struct ward_str *ret_path,
		struct ward_slice *ret_text);
	void *ctx;
};
WARD_MUST_CHECK enum ward_err ward_start_parse(const struct ward_start_source *from,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_start **ret);
void ward_start_free(struct ward_start *s);

size_t ward_start_n(const struct ward_start *s);
const struct ward_start_question *ward_start_question(const struct ward_start *s, size_t i);
/* False when it is no answer to that question: then nothing changed. */
bool ward_start_answer(struct ward_start *s, size_t i, struct ward_str text);
/* "30 to 80", "yes or no": what would be one, in the language (NULL: English). Into w. */
void ward_start_wants(
	const struct ward_start *s, size_t i, struct ward_lang *lang, struct ward_wr *w);
/* A file of answers: a map of ids of questions. CONFIG with findings, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_start_answers(
	struct ward_start *s, struct ward_str file, struct ward_slice text, struct ward_diag *diag);

/* The files that the answers give; names of places, devices and roles in the language (NULL:
 * English). CONFIG with a finding for a template that can't be laid out; NOMEM. Names live as long
 * as s. */
WARD_MUST_CHECK enum ward_err ward_start_make(struct ward_start *s, struct ward_lang *lang,
	struct ward_diag *diag, struct ward_make_files *ret);
/* Adds facts.csv: how each thing of the model that these files give is known, as of that moment; of
 * what stands in the file `without` nothing is said ("": of all). LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_start_facts(const struct ward_start *s,
	const struct ward_model *m, ward_ns as_of, const char *without,
	struct ward_make_files *files);

#endif
