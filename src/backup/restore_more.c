/* A backup and the increments that go on from it, made the state of a moment. First all of the
 * journal, since only it says which increment is of before the moment; then it is cut, and rows and
 * files of the increments before are taken. */
#include "backup/restore_priv.h"

#include "base/fd.h"
#include "store/take.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char hospital_top[] = "hospital/", clips_top[] = "state/clips/";

static bool begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

enum ward_err restoring_note(struct restoring *t)
{
	const struct ward_more_file f = {.path = t->path, .size = t->file.size};

	if (!t->o->n_more || begins(t->path, "more/"))
		return WARD_OK;
	enum ward_err err =
		ward_more_list_file(t->reading == READ_BASE ? &t->present : &t->carried, &f);

	return err ? restoring_fail(t, err, t->path, "") : WARD_OK;
}

/* A file of the increment that was unpacked, or of the state: all of it. */
static enum ward_err load(struct restoring *t, const struct ward_place *p, const char *path,
	size_t max, struct ward_wr *w)
{
	int fd = openat(p->fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	enum ward_err err = WARD_OK;

	ward_wr_reset(w);
	if (fd < 0)
		return restoring_fail(t, errno == ENOENT ? WARD_ERR_MALFORMED : WARD_ERR_IO, path,
			": the increment does not have it");
	if (fstat(fd, &st) != 0)
		err = WARD_ERR_IO;
	else if ((uint64_t)st.st_size > max)
		err = WARD_ERR_LIMIT;
	uint8_t *to = !err && st.st_size ? ward_wr_room(w, (size_t)st.st_size) : NULL;

	if (!err && st.st_size && !to)
		err = WARD_ERR_NOMEM;
	for (size_t n = 0; !err && n < w->len;) {
		ssize_t got = read(fd, to + n, w->len - n);

		if (got > 0)
			n += (size_t)got;
		else if (!got || errno != EINTR)
			err = WARD_ERR_IO;
	}
	(void)close(fd);
	return err ? restoring_fail(t, err, path, "") : WARD_OK;
}

/* ---- the journal ---- */

/* The list of the increment that is unpacked, in place of that of the one before. */
static enum ward_err load_list(struct restoring *t)
{
	struct ward_wr w = ward_wr_grow(t->o->mem, WARD_ARCHIVE_LINES);
	char at[64] = WARD_MORE_LIST;
	size_t line = 0;
	enum ward_err err = load(t, &t->link, WARD_MORE_LIST, WARD_ARCHIVE_LINES, &w);

	ward_more_list_fini(&t->list);
	ward_more_list_init(&t->list, t->o->mem);
	if (!err) {
		err = ward_more_list_read(&t->list, ward_wr_text(&w), &line);
		(void)snprintf(at, sizeof(at), WARD_MORE_LIST ":%zu", line);
	}
	ward_wr_fini(&w);
	return err ? restoring_fail(t, err, at, "") : WARD_OK;
}

static enum ward_err load_gone(struct restoring *t)
{
	const size_t max = WARD_MORE_RUNS * sizeof(struct ward_more_run);
	struct ward_wr w = ward_wr_grow(t->o->mem, max);
	enum ward_err err = load(t, &t->link, WARD_MORE_GONE, max, &w);

	ward_more_gone_fini(&t->gone);
	t->gone.mem = t->o->mem;
	if (!err)
		err = ward_more_gone_read(&t->gone, ward_wr_slice(&w));
	ward_wr_fini(&w);
	return err ? restoring_fail(t, err, WARD_MORE_GONE, "") : WARD_OK;
}

static enum ward_err grow(struct restoring *t, const struct ward_io *io, struct ward_wr *w)
{
	char path[WARD_TAR_PATH], name[WARD_JOURNAL_FILE_NAME];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < t->list.n_piece; i++) {
		const struct ward_journal_piece *p = &t->list.piece[i];

		ward_journal_seg_file(&p->seg, name);
		(void)snprintf(path, sizeof(path), WARD_MORE_JOURNAL "/%s", name);
		ward_wr_reset(w);
		if (p->from < p->seg.len)
			err = load(t, &t->link, path, (size_t)1 << 31, w);
		if (!err)
			err = ward_journal_grow(io, p, ward_wr_slice(w));
		if (err)
			return restoring_fail(t, err, path,
				err == WARD_ERR_CORRUPT
					? ": what it goes on from is not in what was before"
					: "");
	}
	return ward_journal_keep_only(io, t->o->mem, t->list.piece, t->list.n_piece);
}

static enum ward_err open_journal(struct restoring *t, struct ward_io_dir *ret)
{
	char path[PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/journal", t->state.aside);
	return ward_io_dir_open(ret, path, false, false);
}

static enum ward_err grow_journal(struct restoring *t)
{
	struct ward_wr w = ward_wr_grow(t->o->mem, (size_t)1 << 31);
	struct ward_io_dir dir = {.fd = -1};
	enum ward_err err = open_journal(t, &dir);

	if (!err)
		err = grow(t, &dir.io, &w);
	ward_io_dir_close(&dir);
	ward_wr_fini(&w);
	return err ? restoring_fail(t, err, "journal", "") : WARD_OK;
}

/* ---- the chain ---- */

/* Which file it was goes before what was wrong with it. */
static void name_file(struct restoring *t, size_t i)
{
	char why[WARD_BACKUP_WHY];

	(void)snprintf(why, sizeof(why), "%s", t->why);
	(void)snprintf(t->why, WARD_BACKUP_WHY, "%.2000s: %.2200s", t->o->more[i], why);
}

static enum ward_err open_link(struct restoring *t, size_t i, int *ret_fd)
{
	char target[PATH_MAX];

	if (snprintf(target, sizeof(target), "%.*s-more", PATH_MAX - 32, t->state.target) >=
		(int)sizeof(target) - 1)
		return restoring_fail(t, WARD_ERR_LIMIT, t->state.target, "");
	enum ward_err err = restoring_place(t, &t->link, target);

	if (err)
		return err;
	*ret_fd = open(t->o->more[i], O_RDONLY | O_CLOEXEC);
	return *ret_fd < 0 ? restoring_fail(t, WARD_ERR_IO, "cannot be read", "") : WARD_OK;
}

static enum ward_err follows(struct restoring *t, size_t i)
{
	const uint8_t *before = i ? t->chain[i - 1].sha256 : t->r.sums.sha256;
	char why[256], sum[2 * WARD_BACKUP_SUM + 1];
	struct ward_wr w = ward_wr_fixed(sum, sizeof(sum) - 1);

	if (memcmp(before, t->after, sizeof(t->after)) == 0)
		return WARD_OK;
	ward_wr_hex(&w, ward_slice_of(t->after, sizeof(t->after)));
	sum[w.len] = 0;
	(void)snprintf(why, sizeof(why),
		"it does not go on from the file before it, but from the one with this SHA-256: "
		"%s. "
		"One is missing between them, is another's, or they are not in their order",
		sum);
	return restoring_say(t, WARD_ERR_FOREIGN, WARD_BACKUP_MORE_FILE, why);
}

/* All of it is read, and found whole, before anything of it is used. */
static enum ward_err read_link(struct restoring *t, enum restoring_reading what, size_t i)
{
	struct ward_archive_sums sums;
	int fd = -1;
	enum ward_err err = open_link(t, i, &fd);

	if (!err)
		err = restoring_read(t, what, fd, &sums);
	if (fd >= 0)
		(void)close(fd);
	if (err)
		return err;
	if (what == READ_FILES)
		return memcmp(sums.sha256, t->chain[i].sha256, sizeof(sums.sha256)) == 0
			       ? WARD_OK
			       : restoring_fail(
					 t, WARD_ERR_AGAIN, "it", " changed while it was read");
	t->chain[i].head = t->head;
	memcpy(t->chain[i].sha256, sums.sha256, sizeof(sums.sha256));
	return follows(t, i);
}

static enum ward_err journal_of(struct restoring *t, size_t i)
{
	enum ward_err err = read_link(t, READ_JOURNAL, i);

	if (!err)
		err = load_list(t);
	if (!err)
		err = load_gone(t);
	if (!err)
		err = grow_journal(t);
	ward_place_undo(&t->link);
	if (err)
		name_file(t, i);
	return err;
}

/* ---- the moment ---- */

static ward_ns time_of(const struct ward_backup_head *h)
{
	ward_ns t = 0;

	return ward_time_parse(ward_str_z(h->time), &t) == WARD_OK ? t : INT64_MAX;
}

static enum ward_err refuse(
	struct restoring *t, const char *what, const char *time, const char *mend)
{
	char why[512];

	(void)snprintf(why, sizeof(why), "%s %s: %s", what, time, mend);
	return restoring_say(t, WARD_ERR_STATE, "--until", why);
}

/* What was committed last by then; a backup without a record of its own has what it has. */
static enum ward_err find(struct restoring *t, const struct ward_io *io)
{
	const struct ward_backup_head *base = &t->r.base;
	enum ward_err err =
		ward_journal_find(io, t->o->mem, base->commit, *t->o->until, &t->r.until);

	if (err != WARD_ERR_NOT_FOUND)
		return err;
	if (*t->o->until < time_of(base))
		return refuse(
			t, "the backup was made after it, at", base->time, "take an older one");
	t->r.until = (struct ward_journal_until){
		.commit = base->commit, .time = *t->o->until, .last = base->position};
	return WARD_OK;
}

static enum ward_err cut(struct restoring *t)
{
	const struct ward_backup_head *end =
		t->o->n_more ? &t->chain[t->o->n_more - 1].head : &t->r.base;
	struct ward_io_dir dir = {.fd = -1};

	if (*t->o->until > time_of(end))
		return refuse(t, "what was given ends before it, at", end->time,
			"add the increments that follow, or leave --until out for all that there "
			"is");
	enum ward_err err = open_journal(t, &dir);

	if (!err)
		err = find(t, &dir.io);
	if (!err)
		err = ward_journal_cut(&dir.io, t->o->mem, &t->r.until);
	ward_io_dir_close(&dir);
	return err ? restoring_fail(t, err, "journal", "") : WARD_OK;
}

/* Has it nothing that came after the moment? */
static bool is_before(const struct restoring *t, const struct ward_backup_head *h)
{
	return !t->o->until || (h->commit <= t->r.until.commit && time_of(h) <= *t->o->until);
}

/* ---- the database ---- */

static enum ward_err take_rows(struct restoring *t, struct ward_store *s, size_t i)
{
	struct ward_wr w = ward_wr_grow(t->o->mem, WARD_MORE_BYTES);
	enum ward_err err = load(t, &t->link, WARD_MORE_ROWS, WARD_MORE_BYTES, &w);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));

	if (!err)
		err = ward_store_begin(s);
	while (!err && ward_rd_left(&r)) {
		struct ward_store_leaf l;

		err = ward_more_row_read(&r, &l);
		if (!err)
			err = ward_store_take(s, &l);
	}
	if (!err)
		err = ward_store_commit(s, t->chain[i].head.position);
	ward_wr_fini(&w);
	if (!err)
		err = restoring_is_store(t, s, &t->chain[i].head);
	return err ? restoring_fail(
			     t, err, WARD_MORE_ROWS, ": they do not go on from the rows before")
		   : WARD_OK;
}

static bool is_gone(void *ctx, const struct ward_store_row *r)
{
	return ward_more_gone_has(&((struct restoring *)ctx)->gone, r->row);
}

/* What was erased since must not come back. The rows that prove it are there by themselves. */
static enum ward_err erase_rows(struct restoring *t, struct ward_store *s)
{
	enum ward_err err = WARD_OK;

	for (unsigned k = WARD_ROW_DETECTION; !err && t->gone.n && k <= WARD_ROW_KIND_LAST; k++) {
		struct ward_store_erasure e = {.kind = (enum ward_row_kind)k,
			.before = INT64_MAX,
			.fn = is_gone,
			.ctx = t};

		if (!ward_row_erasable(e.kind))
			continue;
		do {
			err = ward_store_erase(s, &e);
			t->r.n_erased += e.n;
		} while (!err && e.after);
	}
	return err ? restoring_fail(t, err, WARD_MORE_GONE, "") : WARD_OK;
}

/* ---- files ---- */

static const struct ward_place *place_of(const struct restoring *t, const char **path)
{
	bool hospital = begins(*path, hospital_top);

	*path += strlen(hospital ? hospital_top : "state/");
	return hospital ? &t->hospital : &t->state;
}

static bool is_kept_apart(const char *path)
{
	return begins(path, "state/store/") || begins(path, "state/journal/");
}

/* Folders that got empty, but the uppermost: a file may have taken the name of one. */
static void drop_folders(const struct ward_place *p, const char *path)
{
	char up[WARD_TAR_PATH];
	char *end;

	(void)snprintf(up, sizeof(up), "%s", path);
	while ((end = strrchr(up, '/')) != NULL) {
		*end = 0;
		if (!strchr(up, '/') || unlinkat(p->fd, up, AT_REMOVEDIR) != 0)
			return;
	}
}

/* Files that were there before and that the list does not have. */
static enum ward_err drop(struct restoring *t, const struct ward_more_list *list, const char *of)
{
	size_t keep = 0;

	for (size_t i = 0; i < t->present.n_file; i++) {
		const struct ward_more_file f = t->present.file[i];
		const char *path = f.path;

		if (is_kept_apart(path) || !begins(path, of) || ward_more_list_find(list, path)) {
			t->present.file[keep++] = f;
			continue;
		}
		const struct ward_place *p = place_of(t, &path);

		bool was = unlinkat(p->fd, path, 0) == 0;

		if (!was && errno != ENOENT) /* it may be in there twice */
			return restoring_fail(t, WARD_ERR_IO, f.path, "");
		t->r.n_gone += was;
		drop_folders(p, path);
		if (was && of[0] && ward_str_ends(ward_str_z(path), WARD_STR(".clip")))
			restoring_tell(t, f.path, "it was erased since, as a later file says");
	}
	t->present.n_file = keep;
	return WARD_OK;
}

/* A file of the increment takes its place, over the former one of its name. */
static enum ward_err put(struct restoring *t, const struct ward_more_file *f)
{
	const char *path = f->path;
	const struct ward_place *p = place_of(t, &path);
	struct stat st;
	int fd = -1;

	if (fstatat(t->link.fd, f->path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return WARD_ERR_IO;
	enum ward_err err = ward_place_file(p, path, 0600, st.st_uid, &fd); /* and its folders */

	if (fd >= 0)
		(void)close(fd);
	if (err && err != WARD_ERR_DENIED)
		return err;
	/* a folder of that name has nothing in it any more */
	if (renameat(t->link.fd, f->path, p->fd, path) == 0)
		return WARD_OK;
	if (errno == EISDIR && unlinkat(p->fd, path, AT_REMOVEDIR) == 0 &&
		renameat(t->link.fd, f->path, p->fd, path) == 0)
		return WARD_OK;
	return WARD_ERR_IO;
}

static enum ward_err put_files(struct restoring *t)
{
	enum ward_err err = drop(t, &t->list, "");

	for (size_t i = 0; i < t->carried.n_file && !err; i++) {
		const struct ward_more_file *f = &t->carried.file[i];

		if (!ward_more_list_find(&t->list, f->path) ||
			(is_kept_apart(f->path) && strcmp(f->path, "state/journal/retention") != 0))
			return restoring_fail(t, WARD_ERR_MALFORMED, f->path,
				": it is not in the increment's list");
		err = put(t, f);
		if (!err)
			err = ward_more_list_file(&t->present, f);
		if (err)
			return restoring_fail(t, err, f->path, "");
	}
	ward_more_list_fini(&t->carried);
	ward_more_list_init(&t->carried, t->o->mem);
	return err;
}

/* ---- all of it ---- */

/* The list is that of this increment again, not of the last. */
static enum ward_err files_of(struct restoring *t, struct ward_store *s, size_t i)
{
	enum ward_err err = read_link(t, READ_FILES, i);

	if (!err)
		err = load_list(t);
	if (!err)
		err = take_rows(t, s, i);
	if (!err)
		err = put_files(t);
	ward_place_undo(&t->link);
	if (err)
		name_file(t, i);
	t->r.head = t->chain[i].head;
	t->r.n_more += !err;
	return err;
}

/* Rows and files of what is before the moment, then what was erased since by all that was given. */
static enum ward_err take_before(struct restoring *t)
{
	struct ward_more_list last = t->list;
	struct ward_store *s = NULL;
	enum ward_err err = restoring_open_store(t, &s);

	t->list = (struct ward_more_list){.mem = NULL};
	if (!err)
		err = restoring_is_store(t, s, &t->r.base);
	for (size_t i = 0; i < t->o->n_more && !err && is_before(t, &t->chain[i].head); i++)
		err = files_of(t, s, i);
	if (!err && t->o->n_more)
		err = drop(t, &last, clips_top);
	if (!err)
		err = erase_rows(t, s);
	ward_store_close(s);
	ward_more_list_fini(&last);
	return err ? restoring_fail(t, err, "store/ward.db", "") : WARD_OK;
}

struct giving {
	int folder; /* the state's */
	uid_t uid;  /* whose its journal is */
	bool failed;
};

static void give_one(void *arg, const char *name)
{
	struct giving *g = arg;
	char path[NAME_MAX + 16];

	(void)snprintf(path, sizeof(path), "journal/%.*s", NAME_MAX, name);
	g->failed |= fchownat(g->folder, path, g->uid, g->uid, AT_SYMLINK_NOFOLLOW) != 0;
}

/* To the journal's process what was made here. */
static enum ward_err give_journal(struct restoring *t)
{
	struct giving g = {.folder = t->state.fd};
	struct ward_io_dir dir = {.fd = -1};
	struct stat st;
	enum ward_err err = open_journal(t, &dir);

	if (!err && fstat(dir.fd, &st) != 0)
		err = WARD_ERR_IO;
	g.uid = err ? 0 : st.st_uid;
	if (!err && geteuid() == 0 && g.uid)
		err = dir.io.list(dir.io.ctx, give_one, &g);
	if (!err && g.failed)
		err = WARD_ERR_IO;
	ward_io_dir_close(&dir);
	return err ? restoring_fail(t, err, "journal", "") : WARD_OK;
}

/* What an increment may go on from: the last file that was taken, or, cut at a moment, none. */
static void write_mark(const struct restoring *t, struct ward_wr *w)
{
	const uint8_t *last = t->r.n_more ? t->chain[t->r.n_more - 1].sha256 : t->r.sums.sha256;

	if (t->o->until) {
		ward_wr_z(w, "until ");
		ward_time_write(w, t->r.until.time);
		ward_wr_printf(w, " record %llu", (unsigned long long)t->r.until.last);
	} else {
		ward_wr_z(w, WARD_MORE_FROM);
		ward_wr_hex(w, ward_slice_of(last, WARD_BACKUP_SUM));
	}
	ward_wr_z(w, " restored ");
	ward_time_write(w, ward_clock_now(t->o->clock));
	ward_wr_ch(w, '\n');
}

enum ward_err restoring_mark(struct restoring *t)
{
	char text[WARD_MORE_RESTORED_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	int fd = -1;

	write_mark(t, &w);
	if (unlinkat(t->state.fd, WARD_MORE_RESTORED, 0) != 0 && errno != ENOENT)
		return restoring_fail(t, WARD_ERR_IO, WARD_MORE_RESTORED, "");
	enum ward_err err = ward_place_file(&t->state, WARD_MORE_RESTORED, 0600, 0, &fd);

	if (!err && !ward_fd_write(fd, ward_wr_slice(&w)))
		err = WARD_ERR_IO;
	if (fd >= 0 && close(fd) != 0 && !err)
		err = WARD_ERR_IO;
	return err ? restoring_fail(t, err, WARD_MORE_RESTORED, "") : WARD_OK;
}

static enum ward_err settle(struct restoring *t)
{
	struct ward_io_dir dir = {.fd = -1};

	if (!t->o->until || !t->o->settle)
		return WARD_OK;
	enum ward_err err = open_journal(t, &dir);

	if (!err)
		err = t->o->settle(t->o->ctx, &dir.io, t->r.head.position);
	ward_io_dir_close(&dir);
	return err ? restoring_fail(t, err, "journal/retention", "") : WARD_OK;
}

enum ward_err restoring_chain(struct restoring *t)
{
	enum ward_err err = WARD_OK;

	if (t->o->n_more)
		t->chain = ward_mem_alloc(t->o->mem, t->o->n_more * sizeof(*t->chain));
	if (t->o->n_more && !t->chain)
		return restoring_fail(t, WARD_ERR_NOMEM, "the chain", "");
	for (size_t i = 0; i < t->o->n_more && !err; i++)
		err = journal_of(t, i);
	if (!err && t->o->until)
		err = cut(t);
	if (!err)
		err = take_before(t);
	if (!err)
		err = settle(t);
	return err ? err : give_journal(t);
}
