/* Versions of a hospital's directory: each one whole, kept for good, with who took it and why.
 *
 * On the disk, in a folder of its own: `objects/` with each text under its SHA-256; `versions`, a
 * line for each version, which names its manifest (an object, too) and the hash of the line before
 * it, so that a past that was changed is found; `intent` while a version is being taken. A version
 * is taken as a whole: killed anywhere, the directory is the old one or becomes the new one when
 * this is opened again; where it can't (a full disk), it becomes the old one. What a version holds
 * are texts that people write (yml, csv, md, json, xml, svg); never what such a text names as a
 * file of a secret, hidden files, links. Single-threaded; processes exclude each other by a lock
 * while they write. */
#ifndef WARD_REVISION_REVISION_H
#define WARD_REVISION_REVISION_H

#include "base/clock.h"
#include "base/mem.h"
#include "base/rd.h"

enum {
	WARD_REVISION_HASH = 32,
	WARD_REVISION_PATH = 255,        /* bytes of a path in the directory */
	WARD_REVISION_DEPTH = 8,         /* folders in a path */
	WARD_REVISION_FILES = 4096,      /* of a version */
	WARD_REVISION_FILE = 32 << 20,   /* bytes of one */
	WARD_REVISION_BYTES = 256 << 20, /* of all */
	WARD_REVISION_VERSIONS = 10000,
	WARD_REVISION_BY = 64,
	WARD_REVISION_WHY = 500,
	WARD_REVISION_SAY = 512, /* of what went wrong */
};

struct ward_revision_file {
	struct ward_str path; /* "rules/night.yml" */
	uint8_t hash[WARD_REVISION_HASH];
	uint64_t size;
	const uint8_t
		*text; /* `size` bytes that are kept once a version has them; NULL: they are */
};
/* In byte order of the paths. */
struct ward_revision_tree {
	struct ward_revision_file *file;
	size_t n;
	size_t n_left_out; /* of the directory: secrets, recordings, other kinds of files */
};

/* One line of the list. Texts live as long as what they were read of. */
struct ward_revision_version {
	uint64_t number; /* from 1, without gaps */
	ward_ns taken;
	uint64_t added, changed, removed;
	uint8_t manifest[WARD_REVISION_HASH], before[WARD_REVISION_HASH];
	struct ward_str by, why;
};

/* ---- forms: pure; what they read may be of anybody ---- */

/* Is it the path of a text that a version may hold? Relative, no "..", nothing hidden, a known
 * ending, printable ASCII. */
bool ward_revision_path_ok(struct ward_str path);
void ward_revision_put_tree(struct ward_wr *w, const struct ward_revision_tree *t);
/* Paths borrow what r reads. MALFORMED, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_revision_get_tree(
	struct ward_rd *r, struct ward_arena *a, struct ward_revision_tree *ret);
/* With the line feed at its end. Control characters in texts become blanks, too long ones are cut.
 */
void ward_revision_put_version(struct ward_wr *w, const struct ward_revision_version *v);
/* One line without its end. MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_revision_get_version(
	struct ward_str line, struct ward_revision_version *ret);
/* The list as a whole. CORRUPT: a line is none, its number is not the next one, or it does not
 * follow the one before; *ret_line says which, and *ret_n how many are good before it. A last line
 * without its end was never acknowledged: it is not counted. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_revision_get_list(struct ward_str text, struct ward_arena *a,
	struct ward_revision_version **ret, size_t *ret_n, size_t *ret_line);
void ward_revision_hash(struct ward_slice s, uint8_t ret[WARD_REVISION_HASH]);
/* NULL: the tree has no such file. */
const struct ward_revision_file *ward_revision_find(
	const struct ward_revision_tree *t, struct ward_str path);
/* How `to` differs from `from`. */
void ward_revision_count(const struct ward_revision_tree *from, const struct ward_revision_tree *to,
	struct ward_revision_version *ret);

/* ---- the folder of versions, and the directory ---- */

struct ward_revision;

struct ward_revision_in {
	const char *folder;    /* of the versions; made when it is not there; its parent exists */
	const char *directory; /* of the hospital */
	const struct ward_mem *mem;
	bool write; /* else nothing is changed, not even made */
};
/* Borrows both paths. With `write` it waits for the lock of who writes just now, and what was begun
 * and not finished is finished. ret_why: WARD_REVISION_SAY bytes, what was wrong. CORRUPT: the list
 * was changed. NOT_FOUND: to be read, and there is none yet. IO, NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_revision_open(
	const struct ward_revision_in *in, struct ward_revision **ret, char *ret_why);
void ward_revision_free(struct ward_revision *r);
const char *ward_revision_why(const struct ward_revision *r); /* of the last failure */

/* Oldest first; until the next version. */
const struct ward_revision_version *ward_revision_list(
	const struct ward_revision *r, size_t *ret_n);
/* 0: there is none yet. */
uint64_t ward_revision_current(const struct ward_revision *r);
/* Which version was begun in a life before, and finished when this was opened; 0: none. */
uint64_t ward_revision_finished(const struct ward_revision *r);
/* Which version was begun and could not be finished, last: its files are as they were before.
 * 0: none. */
uint64_t ward_revision_undone(const struct ward_revision *r);
/* Somebody else may have taken one meanwhile (a command beside the process): reads what is new. */
WARD_MUST_CHECK enum ward_err ward_revision_refresh(struct ward_revision *r);
/* What a version holds. NOT_FOUND, CORRUPT, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_revision_tree(struct ward_revision *r, uint64_t number,
	struct ward_arena *a, struct ward_revision_tree *ret);
/* A text, by its hash. NOT_FOUND, CORRUPT, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_revision_text(struct ward_revision *r,
	const uint8_t hash[WARD_REVISION_HASH], struct ward_arena *a, struct ward_slice *ret);
/* That of a file of a tree, whether it is kept or not yet. As above. */
WARD_MUST_CHECK enum ward_err ward_revision_text_of(struct ward_revision *r,
	const struct ward_revision_file *f, struct ward_arena *a, struct ward_slice *ret);
/* Keeps a text, durably once a version is taken. LIMIT, FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_revision_keep(
	struct ward_revision *r, struct ward_slice text, uint8_t ret[WARD_REVISION_HASH]);
/* The directory as it is on the disk now. keep: its texts are kept, too. LIMIT, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_revision_scan(
	struct ward_revision *r, bool keep, struct ward_arena *a, struct ward_revision_tree *ret);

struct ward_revision_taking {
	struct ward_str by, why;
	ward_ns now;
	/* Called after each step that changes the disk, for tests that end there; NULL. */
	void (*step)(void *ctx, const char *what);
	void *ctx;
};
/* Makes the directory what `to` says, keeps its texts, and makes that a version: what the last one
 * has and `to` has not is removed, what neither names is left alone. Durable when it returns.
 * STATE: the directory is not what the last version says (note it first). FULL, IO, NOMEM: the
 * directory is what it was, or becomes that before anything else is written. */
WARD_MUST_CHECK enum ward_err ward_revision_take(struct ward_revision *r,
	const struct ward_revision_tree *to, const struct ward_revision_taking *t,
	uint64_t *ret_number);
/* Is the directory something else than the last version says? Then that becomes a version.
 * *ret_number is 0 when it is not. */
WARD_MUST_CHECK enum ward_err ward_revision_note(
	struct ward_revision *r, const struct ward_revision_taking *t, uint64_t *ret_number);
/* A number in a small file beside the list, replaced as a whole. FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_revision_mark(
	struct ward_revision *r, const char *name, uint64_t number);
/* 0: there is none. */
uint64_t ward_revision_marked(const struct ward_revision *r, const char *name);
/* Away with it, when it was looked at. */
void ward_revision_unstage(const char *folder);
/* Makes a folder that looks like the directory with `to` in place of its texts: links to what is
 * the same. `folder` is removed before, with all that is in it. */
WARD_MUST_CHECK enum ward_err ward_revision_stage(
	struct ward_revision *r, const struct ward_revision_tree *to, const char *folder);

#endif
