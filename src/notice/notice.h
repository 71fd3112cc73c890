/* What a hospital owes to those of whom it reads something, as documents: signs at cameras (GDPR
 * 13), the text behind them, a draft of the impact assessment (GDPR 35), and of each analytic what
 * it can't do and how often it was wrong.
 *
 * (register and verdicts, model, texts of content/signs and content/ethics, a language) → a
 * document (report/doc.h) with its gaps, and JSON. A draft and an aid, no legal advice. Pure but
 * for reading files. Faces files of administrators. Single-threaded. docs/transparency.md */
#ifndef WARD_NOTICE_NOTICE_H
#define WARD_NOTICE_NOTICE_H

#include "processing/processing.h"
#include "report/doc.h"

enum {
	WARD_NOTICE_NOTES = 24,
	WARD_NOTICE_SIGNS = 16,
	WARD_NOTICE_LIST = 8,
	WARD_NOTICE_OF = 16,
	WARD_NOTICE_GAPS = 64,
	WARD_NOTICE_THINGS = 512, /* verdicts, at most */
	WARD_NOTICE_DIGEST = 64,
	WARD_NOTICE_KEPT = 64, /* things of an assessment whose digests are kept */
};

struct ward_notice_number {
	struct ward_str what, is, by, on; /* is: empty where nothing was measured */
};

/* One analytic: what it does, what it can't, whom a mistake hurts, how often it was wrong. */
struct ward_notice_note {
	struct ward_str id, name, does, wrong;
	struct ward_str of[WARD_NOTICE_OF]; /* classes of events; analytics */
	struct ward_str cannot[WARD_NOTICE_LIST];
	struct ward_notice_number number[WARD_NOTICE_LIST];
	size_t n_of, n_cannot, n_number;
	struct ward_str file;
	uint32_t line;
};

/* What a country wants on a sign beside what the Union does. */
struct ward_notice_sign {
	struct ward_str country, law, authority;
	struct ward_str from, line; /* "permit", "agreement", and what is said of it; or empty */
	bool confirmed;
};

struct ward_notice_content {
	struct ward_notice_note note[WARD_NOTICE_NOTES];
	struct ward_notice_sign sign[WARD_NOTICE_SIGNS];
	size_t n_note, n_sign;
};
/* Reads content/signs and content/ethics; all lives in the arena. CONFIG: findings were added;
 * NOMEM, IO, LIMIT, NOT_FOUND. `ret` is large: not for a stack. */
WARD_MUST_CHECK enum ward_err ward_notice_load(const char *content, const struct ward_limits *lim,
	struct ward_arena *a, struct ward_diag *diag, struct ward_notice_content *ret);
/* The same of one text: notes or signs, added to what ret has. */
WARD_MUST_CHECK enum ward_err ward_notice_read(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	struct ward_notice_content *ret);
/* Findings: an analytic of persons without a note, a note about what there is not. */
void ward_notice_check(const struct ward_notice_content *c, struct ward_diag *diag);
/* The note about a class of events or an analytic; NULL. O(notes). */
const struct ward_notice_note *ward_notice_about(
	const struct ward_notice_content *c, struct ward_str of);
/* By its id; NULL. */
const struct ward_notice_note *ward_notice_note(
	const struct ward_notice_content *c, struct ward_str id);

/* What a named person said of the assessment: ASSESS (desk/decision.h). */
struct ward_notice_assessed {
	ward_ns at; /* NEVER: nobody yet */
	struct ward_str role, text;
	char digest[WARD_NOTICE_DIGEST + 1];
	struct ward_str kept[WARD_NOTICE_KEPT]; /* "ID DIGEST" of each thing as it was */
	size_t n_kept;
};

struct ward_notice_ask {
	const struct ward_notice_content *c;
	const struct ward_processing *p;
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_proc_verdict *v; /* as of now */
	size_t n;
	struct ward_lang *lang; /* NULL: English */
	ward_ns now;
	struct ward_str
		of; /* of a sign: a source, camera or place, empty: all; of a note: its id */
	const struct ward_notice_assessed *was; /* NULL: not known */
};

enum ward_notice_kind {
	WARD_NOTICE_SIGN, /* one page for the wall */
	WARD_NOTICE_TEXT, /* what stands behind it: GDPR 13 in full */
	WARD_NOTICE_DPIA,
	WARD_NOTICE_ETHICS,   /* one note, or all */
	WARD_NOTICE_REGISTER, /* the record of processing: GDPR 30, with the processors: 28 */
	WARD_NOTICE_WORKS,    /* what is and is not watched, for the staff's representatives */
	WARD_NOTICE_N,
};
/* "sign" … Lives forever. */
const char *ward_notice_name(enum ward_notice_kind k);
/* N: none of that name. */
enum ward_notice_kind ward_notice_parse(struct ward_str s);

struct ward_notice {
	enum ward_notice_kind kind;
	struct ward_doc doc;
	struct ward_arena arena;
	struct ward_str gap[WARD_NOTICE_GAPS]; /* what is missing, in the language */
	size_t n_gap;
	char digest[WARD_NOTICE_DIGEST +
		    1]; /* DPIA: SHA-256 over what it rests on, in no language */
	struct ward_str kept[WARD_NOTICE_KEPT]; /* DPIA: "ID DIGEST" of each thing */
	size_t n_kept;
	struct ward_str moved[WARD_NOTICE_KEPT]; /* DPIA: what is other than when it was assessed */
	size_t n_moved;
	bool open; /* DPIA: nobody assessed it, or it is other by now */
};
/* NOT_FOUND: no camera, or no note, of that name. NOMEM. Borrows what the ask points to. Release by
 * ward_notice_fini in any case. */
WARD_MUST_CHECK enum ward_err ward_notice_make(
	enum ward_notice_kind kind, const struct ward_notice_ask *ask, struct ward_notice *ret);
void ward_notice_fini(struct ward_notice *x);
/* The blocks of a document behind its title, as an array. */
void ward_notice_blocks(const struct ward_doc *doc, struct ward_json *j);
/* Its members: kind, title, lang, digest, open, gaps, moved, blocks. */
void ward_notice_json(const struct ward_notice *x, struct ward_json *j);

/* Sources whose pictures need a sign, of the verdicts. */
bool ward_notice_films(const struct ward_proc_verdict *v);

#endif
