/* What `api` and `config` say to each other of the hospital's directory: questions, and answers
 * that may be longer than a message.
 *
 * CONFIGURE   be32 total, be32 off, bytes: a part of a question of `total` bytes; total 0: the part
 *             of the answer from off on, of the same id
 * CONFIGURED  be32 total, be32 off, bytes: total 0: the question's next part, from off on; else a
 *             part of the answer
 *
 * One question at a time, part by part. A question: u8 what, be64 version, be64 to, lv path, lv
 * why, lv language, u8 how, be32 n, n times (lv path, u8 whether a text follows, be32 length,
 * bytes). An answer: u8 error, lv why, JSON. `config` trusts nobody: nothing of it changes the
 * directory; that needs a decision, whose person `login` names. */
#ifndef WARD_RUN_CONFIGURE_H
#define WARD_RUN_CONFIGURE_H

#include "run/ipc.h"

enum {
	WARD_CONFIGURE_ASK = 4 << 20,
	WARD_CONFIGURE_ANSWER = 32 << 20,
	WARD_CONFIGURE_PART = 128 << 10,
	WARD_CONFIGURE_FILES = 256, /* of a proposal */
	WARD_CONFIGURE_PATH = 255,
	WARD_CONFIGURE_WHY = 500,
	WARD_CONFIGURE_LANG = 3,
};

enum ward_configure_what {
	WARD_CONFIGURE_STATE,
	WARD_CONFIGURE_VERSIONS,
	WARD_CONFIGURE_FILE,      /* path; version, 0: the last */
	WARD_CONFIGURE_DIFF,      /* from version to `to` */
	WARD_CONFIGURE_PROPOSE,   /* on version, for why */
	WARD_CONFIGURE_DROP,      /* path: the proposal's id */
	WARD_CONFIGURE_QUESTIONS, /* of a house that is laid out; path: a language */
	WARD_CONFIGURE_LAYOUT,    /* its files; path: a language; one file: the answers */
	WARD_CONFIGURE_N,
};
enum ward_configure_how {
	WARD_CONFIGURE_FILES_NEW, /* the files that follow */
	WARD_CONFIGURE_BACK,      /* to version `to` */
	WARD_CONFIGURE_IMPORT,    /* what another product knows, under the names below */
	WARD_CONFIGURE_HOW_N,
};

/* Its file's name and text; `accept`: keys of items, a line each; the others as `ward model import`
 * has them. `map` is what docs/import.md calls a mapping. */
#define WARD_CONFIGURE_IMPORT_PARTS \
	"name", "text", "format", "source", "in", "list", "map", "accept"

struct ward_configure_ask {
	enum ward_configure_what what;
	enum ward_configure_how how;
	uint64_t version, to;
	struct ward_str path, why;
	struct ward_str lang; /* of who asks: "it"; what is found is said in it; may be empty */
	uint32_t n;
	struct ward_slice files; /* read by ward_configure_next; checked as a whole */
};
struct ward_configure_file {
	struct ward_str path;
	bool has_text; /* else it is removed */
	struct ward_slice text;
};
void ward_configure_put(struct ward_wr *w, const struct ward_configure_ask *a);
/* After it, a->n times. */
void ward_configure_put_file(struct ward_wr *w, const struct ward_configure_file *f);
/* MALFORMED. Borrows what r reads. */
WARD_MUST_CHECK enum ward_err ward_configure_get(struct ward_rd *r, struct ward_configure_ask *ret);
/* Begin with a cursor over a->files; false at the end. */
bool ward_configure_next(struct ward_rd *files, struct ward_configure_file *ret);

struct ward_configured {
	enum ward_err err; /* CONFIG: it has moved on (409); MALFORMED, LIMIT: 400; NOT_FOUND */
	struct ward_str why, json;
};
void ward_configured_put(struct ward_wr *w, const struct ward_configured *d);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_configured_get(struct ward_rd *r, struct ward_configured *ret);

/* A part of something longer. */
struct ward_part {
	uint32_t total, off;
	struct ward_slice bytes;
};
void ward_part_put(struct ward_wr *w, const struct ward_part *p);
/* MALFORMED: also parts that are over WARD_CONFIGURE_PART, or end beyond total. */
WARD_MUST_CHECK enum ward_err ward_part_get(struct ward_rd *r, struct ward_part *ret);

/* What the supervisor is told to do: u8. */
enum ward_anew { WARD_ANEW_RULES, WARD_ANEW_ALL };

#endif
