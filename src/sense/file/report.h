/* What was found in one file, as it comes out of the cell that looked at it: parts (the file itself
 * is part 0, what lies in it follows), and reasons. And the verdict, which is the sum of the
 * weights of the different reasons.
 *
 * The cell writes records to a pipe as it goes, so that a cell that is killed has said what it
 * knew; the reader trusts none of them: every number is bounded, every text is made UTF-8. Once. */
#ifndef WARD_SENSE_FILE_REPORT_H
#define WARD_SENSE_FILE_REPORT_H

#include "base/json.h"
#include "base/limit.h"
#include "base/mem.h"
#include "sense/file/kind.h"
#include "sense/file/reason.h"

enum {
	WARD_INSPECT_TEXT = 256, /* bytes of a name or a slot; the rest is cut */
	WARD_INSPECT_REASONS = 1024,
	WARD_INSPECT_TRAITS = 4096,
	WARD_INSPECT_HASH = 32, /* SHA-256 */
	WARD_INSPECT_WEIGHT = 100,
};

/* X(IDENT, "name") */
#define WARD_INSPECTED_LIST(X)      \
	X(CLEAN, "clean")           \
	X(NOTICE, "notice")         \
	X(SUSPICIOUS, "suspicious") \
	X(MALICIOUS, "malicious")

enum ward_inspected {
#define X(IDENT, name) WARD_INSPECTED_##IDENT,
	WARD_INSPECTED_LIST(X)
#undef X
		WARD_INSPECTED_N,
};

/* How a part is built, for who looks for others like it; no reason follows of it alone.
 * X(IDENT, "name", there may be many) */
#define WARD_TRAIT_LIST(X)                                                                 \
	/* Windows programs */                                                             \
	X(IMPHASH, "imphash", false)                                                       \
	X(IMPORTS_BY, "imports_by", false) /* table, text */                               \
	X(IMPORT, "imports", true)         /* DLL!NAME */                                  \
	X(DELAYED, "imports_delayed", true)                                                \
	X(BOUND, "imports_bound", true)                                                    \
	/* macOS programs */                                                               \
	X(PROCESSOR, "processor", false)                                                   \
	X(PROGRAM_TYPE, "program_type", false)                                             \
	X(LIBRARY, "libraries", true)                                                      \
	X(SEGMENT, "segments", true) /* name, rights, bytes, thousandths of bits a byte */ \
	X(ENTRY, "entry", false)                                                           \
	X(SIGNATURE, "signature", false) /* present, none: it is not checked */

enum ward_trait {
#define X(IDENT, name, many) WARD_TRAIT_##IDENT,
	WARD_TRAIT_LIST(X)
#undef X
		WARD_TRAIT_N,
};

/* What became of the question to ClamAV. */
enum ward_clam {
	WARD_CLAM_NOT_ASKED,
	WARD_CLAM_CLEAN,
	WARD_CLAM_FOUND,
	WARD_CLAM_FAILED,
	WARD_CLAM_N
};

struct ward_inspect_part {
	uint32_t parent; /* < its own number; of part 0 itself */
	uint32_t depth;
	enum ward_kind kind;
	uint64_t size; /* bytes */
	uint8_t sha256[WARD_INSPECT_HASH];
	bool allowed; /* it, or what it lies in, is on the list of known good files */
	bool beside;  /* it lies not in its parent, which was made of it: that one is known as good
		       * says nothing of the other */
	struct ward_str name, type; /* as what it lies in says; may be empty */
};

struct ward_inspect_reason {
	uint32_t part;
	enum ward_suspect what;
	unsigned weight; /* of the sum; 0: it was counted before, or is only told */
	struct ward_str a, b;
};

/* In the order of parts. */
struct ward_inspect_trait {
	uint32_t part;
	enum ward_trait what;
	struct ward_str text;
};

/* By which a sum becomes a verdict, and what each reason adds. */
struct ward_inspect_weights {
	unsigned of[WARD_SUSPECT_N]; /* a rule's own weight comes with the reason */
	unsigned from[WARD_INSPECTED_N];
};

struct ward_inspect_report {
	struct ward_inspect_part *part;
	size_t n_part, cap_part;
	struct ward_inspect_reason *reason;
	size_t n_reason, cap_reason;
	struct ward_inspect_trait *trait;
	size_t n_trait, cap_trait;
	enum ward_clam clam;
	uint64_t coded; /* bytes of the file as it was sent, where codings were undone; 0: none */
	bool whole;     /* the cell came to its end */
	unsigned score;
	enum ward_inspected verdict;
	bool test; /* of the antivirus: without its test file it is not even suspicious */
	struct ward_arena *arena; /* of the texts; borrowed */
	const struct ward_mem *mem;
};

/* In the cell: records. Texts are cut to WARD_INSPECT_TEXT. */
void ward_report_put_part(struct ward_wr *w, const struct ward_inspect_part *p);
void ward_report_put_reason(struct ward_wr *w, const struct ward_inspect_reason *r);
void ward_report_put_trait(struct ward_wr *w, const struct ward_inspect_trait *f);
void ward_report_put_clam(struct ward_wr *w, enum ward_clam c);
/* So many bytes it had, in content codings that were undone. */
void ward_report_put_coded(struct ward_wr *w, uint64_t bytes);
void ward_report_put_end(struct ward_wr *w);

/* Outside. Borrows both. */
void ward_report_init(struct ward_inspect_report *r, struct ward_arena *arena);
void ward_report_fini(struct ward_inspect_report *r);
/* Takes all whole records of the bytes; *ret_used is where the rest begins. MALFORMED: no cell of
 * ours says this; LIMIT: more parts than file.parts, or reasons, or traits; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_report_read(struct ward_inspect_report *r,
	const struct ward_limits *lim, struct ward_slice bytes, size_t *ret_used);
/* Part 0, of a cell that said nothing. */
WARD_MUST_CHECK enum ward_err ward_report_root(struct ward_inspect_report *r,
	const struct ward_limits *lim, struct ward_str name, uint64_t size);
/* A reason of the whole file that the cell could not say. */
WARD_MUST_CHECK enum ward_err ward_report_add(
	struct ward_inspect_report *r, enum ward_suspect what, struct ward_str a);
/* Weighs the reasons: each different one (of rules: by name) counts once, what lies in a known good
 * file does not count. Fills score, verdict, test and the weights of the reasons. */
void ward_report_judge(struct ward_inspect_report *r, const struct ward_inspect_weights *w);

/* The file as it came, before its codings were undone; the first part where there were none. There
 * is a part. */
const struct ward_inspect_part *ward_report_came(const struct ward_inspect_report *r);

const char *ward_inspected_name(enum ward_inspected v);
const char *ward_trait_name(enum ward_trait t);
bool ward_trait_many(enum ward_trait t);
const char *ward_clam_name(enum ward_clam c);

#endif
