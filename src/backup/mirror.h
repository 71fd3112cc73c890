/* The state of a machine kept up to date on another one: an archive (archive.h) of what the other
 * does not have yet, whose last file LIST names all that there is. What the list has and the
 * archive has not, the other takes from the copy that it has; what the list has not goes.
 *
 * A copy is a folder STATE/standby-copy, whole and durable or as before: it is put together beside
 * it, of new files and second names of old ones. Who leads from then on puts it in place of its own
 * state (install). Lists and archives are bytes from outside for who takes them. */
#ifndef WARD_BACKUP_MIRROR_H
#define WARD_BACKUP_MIRROR_H

#include "backup/archive.h"
#include "base/wr.h"

#include <sys/stat.h>

#define WARD_MIRROR_LIST "LIST"
#define WARD_MIRROR_COPY "standby-copy" /* beneath the state folder; whole */
#define WARD_MIRROR_NEXT "standby-next" /* the same, which has not taken its place yet */
#define WARD_MIRROR_COMING "standby-next.restoring" /* which is not whole (place.h) */
#define WARD_MIRROR_NOW "standby-now"               /* that which is being put in place */
#define WARD_MIRROR_WAS "standby-was"               /* what stood there, until the new does */
#define WARD_MIRROR_OLD "standby-old"               /* what stood there, and is kept */

enum { WARD_MIRROR_SUM = 32, WARD_MIRROR_WHY = 4096 + 256 };

struct ward_mirror_item {
	char path[WARD_TAR_PATH]; /* in the archive: "state/…", "hospital/…" */
	uint8_t sum[WARD_MIRROR_SUM];
	uint64_t size;
	uint32_t mode, uid; /* mode: with S_IFDIR a folder; S_IFLNK alone: it was left out */
	/* where it was read, so that what nobody touched is not read again; not in the list */
	uint64_t inode;
	int64_t written, changed; /* ns */
};

static inline bool ward_mirror_is_folder(const struct ward_mirror_item *item)
{
	return (item->mode & S_IFMT) == S_IFDIR;
}

/* A link, or what has a second name: no copy has it, and none takes it away. */
static inline bool ward_mirror_left_out(const struct ward_mirror_item *item)
{
	return (item->mode & S_IFMT) == S_IFLNK;
}

/* By path once it was ended; zeroed is empty. */
struct ward_mirror {
	const struct ward_mem *mem;
	struct ward_mirror_item *item;
	size_t n, cap;
	uint8_t id[WARD_MIRROR_SUM]; /* SHA-256 of the list; zeros: of nothing */
};

void ward_mirror_init(struct ward_mirror *m, const struct ward_mem *mem);
void ward_mirror_fini(struct ward_mirror *m);
/* LIMIT: WARD_ARCHIVE_FILES are there; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mirror_add(
	struct ward_mirror *m, const struct ward_mirror_item *item);
/* Of one that was ended; NULL: it has no such path. */
const struct ward_mirror_item *ward_mirror_find(const struct ward_mirror *m, const char *path);
/* No more is added: sorts it, writes its list to w, and sets id. NOMEM: w has no room. */
WARD_MUST_CHECK enum ward_err ward_mirror_end(struct ward_mirror *m, struct ward_wr *w);
/* A list, as _end writes it: lines "SHA-256 MODE UID SIZE PATH", by path, each once; of a folder
 * and of what was left out the sum and size are zeros. ret: empty. MALFORMED, DENIED (a path that
 * leads elsewhere), LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mirror_read(struct ward_str text, struct ward_mirror *ret);

/* ---- who takes it ---- */

struct ward_mirror_in;

/* Begins a copy beneath the state folder; what an earlier one left there goes. Borrows mem. IO,
 * FULL, NOMEM, LIMIT (the path). */
WARD_MUST_CHECK enum ward_err ward_mirror_in_new(
	const char *state, const struct ward_mem *mem, struct ward_mirror_in **ret);
/* More of the archive. Its errors, and those of the disk; only free is left then. */
WARD_MUST_CHECK enum ward_err ward_mirror_in_feed(struct ward_mirror_in *in, struct ward_slice s);
/* The archive has ended: the copy takes the place of the one before, durable; ret_id is that of its
 * list. NOT_FOUND: it leaves out what this machine does not have. CORRUPT: the list does not say
 * what came. VERSION: its database is of a form that this Ward can't read. MORE, MALFORMED, IO,
 * FULL. After an error the copy of before is there. */
WARD_MUST_CHECK enum ward_err ward_mirror_in_done(
	struct ward_mirror_in *in, uint8_t ret_id[WARD_MIRROR_SUM]);
/* NULL is fine; what was not done goes. */
void ward_mirror_in_free(struct ward_mirror_in *in);
/* What the copy that is there is of; zeros: there is none that can be read. A change of copies that
 * was cut off is brought to its end. */
void ward_mirror_id(const char *state, const struct ward_mem *mem, uint8_t ret_id[WARD_MIRROR_SUM]);

/* Puts the copy, if there is one, in place of state and hospital's directory; the journal's folder
 * stays as it is. It is first claimed by its name, so that one that was cut off at any step is gone
 * on with by the next. What stood there is renamed aside (of the hospital's directory: copied)
 * before anything takes its place, and goes at the end; or, if `keep`, or where no copy has all of
 * it, it is STATE/standby-old/replaced, .1, … then. *ret: it was done; OK with a text in ret_why
 * (WARD_MIRROR_WHY bytes): that of the hospital's directory stays. Else ret_why says where it
 * failed: CORRUPT, NOT_FOUND, MALFORMED: the copy is not whole, nothing was touched; IO, FULL. */
WARD_MUST_CHECK enum ward_err ward_mirror_install(
	const char *state, const char *hospital, bool keep, bool *ret, char *ret_why);
/* On a machine that follows and has a whole copy: what it kept when it led itself, for which the
 * copy stands, goes (or is kept as above), so that what is erased where it leads now does not stay
 * here. Nothing while Ward runs. Errors as above. */
WARD_MUST_CHECK enum ward_err ward_mirror_retire(const char *state, bool keep, char *ret_why);

#endif
