/* What the room's documents share. */
#ifndef WARD_NOTICE_PRIV_H
#define WARD_NOTICE_PRIV_H

#include "notice/notice.h"
#include "processing/terms.h"

enum { NOTICE_TEXT = 4096 };

struct notice_job {
	const struct ward_notice_ask *q;
	struct ward_notice *x;
	struct ward_wr w; /* of one text at a time */
};

static inline struct ward_str notice_say(const struct notice_job *j, const char *english)
{
	return ward_lang_text(j->q->lang, ward_str_z(english));
}
void notice_put(struct notice_job *j, enum ward_doc_kind kind, const char *english);
/* "WHAT: TEXT"; where there is no text, that it is missing, which is a gap. */
void notice_fact(struct notice_job *j, const char *what, struct ward_str text);
/* The same of what may be missing. */
void notice_line(struct notice_job *j, const char *what, struct ward_str text);
void notice_gap(struct notice_job *j, struct ward_str text);
/* What stands in the writer, and empties it. */
void notice_put_written(struct notice_job *j, enum ward_doc_kind kind);
void notice_day(struct ward_wr *w, struct ward_lang *lang, ward_ns t);
/* What the register has of an agreement. */
struct ward_str notice_agreement(const struct ward_proc_verdict *v);
/* Of the country; NULL: it is not listed. The Union's: "EU". */
const struct ward_notice_sign *notice_sign_of(const struct notice_job *j, const char *country);

WARD_MUST_CHECK enum ward_err notice_sign(struct notice_job *j);
WARD_MUST_CHECK enum ward_err notice_text(struct notice_job *j);
WARD_MUST_CHECK enum ward_err notice_dpia(struct notice_job *j);
WARD_MUST_CHECK enum ward_err notice_ethics(struct notice_job *j);
WARD_MUST_CHECK enum ward_err notice_register(struct notice_job *j);
WARD_MUST_CHECK enum ward_err notice_works(struct notice_job *j);

#endif
