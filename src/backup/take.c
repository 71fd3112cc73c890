#include "backup/take_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* What the state folder has that is copied by its own rules, or can be made anew. */
static const char *const passed_over[] = {"journal", "store", "search", "lock", "door", "desk",
	"login-desk", "standby", "standby.lock", WARD_MIRROR_COPY, WARD_MIRROR_OLD,
	WARD_MIRROR_NEXT, WARD_MIRROR_COMING, WARD_MIRROR_NOW, WARD_MIRROR_WAS};

/* What is about this machine alone: not for the one beside. */
static const char *const own[] = {"ward.log"};

/* What may lie in the archive as it is: nothing in there opens anything. All else that processes
 * keep is taken for a secret. */
static const char *const plain[] = {"journal", "log", "respond", "playbook", "clips", "config",
	"indicators", "ward.log", "played", WARD_MORE_RESTORED};

static bool is_one_of(const char *const *list, size_t n, struct ward_str name)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(name, list[i]))
			return true;
	return false;
}

enum ward_err taking_fail(struct taking *t, enum ward_err err, const char *path, const char *mend)
{
	(void)snprintf(t->why, WARD_BACKUP_WHY, "%s: %s%s", path,
		err == WARD_ERR_IO && errno ? strerror(errno) : ward_err_text(err), mend);
	return err;
}

static enum ward_err fail_out(struct taking *t, enum ward_err err, const struct ward_tar_file *f)
{
	if (err == WARD_ERR_LIMIT)
		return taking_fail(t, err, f->path,
			": its name is too long, or no text, or there are too many files");
	return taking_fail(t, err, f->path, ": the archive cannot be written");
}

enum ward_err taking_bytes(struct taking *t, const struct ward_tar_file *f, struct ward_slice bytes)
{
	enum ward_err err = ward_archive_begin(t->out, f);

	if (!err)
		err = ward_archive_bytes(t->out, bytes);
	if (!err)
		err = ward_archive_end(t->out);
	return err ? fail_out(t, err, f) : WARD_OK;
}

static ssize_t read_some(int fd, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* As many bytes as the file had when it was opened. */
static enum ward_err put_open(struct taking *t, const struct ward_tar_file *f, int fd)
{
	enum ward_err err = ward_archive_begin(t->out, f);

	for (uint64_t left = f->size; !err && left;) {
		ssize_t n =
			read_some(fd, t->piece, left < TAKING_PIECE ? (size_t)left : TAKING_PIECE);

		if (n <= 0)
			return taking_fail(t, n ? WARD_ERR_IO : WARD_ERR_AGAIN, f->path,
				n ? "" : ": it was made shorter meanwhile: try again");
		err = ward_archive_bytes(t->out, ward_slice_of(t->piece, (size_t)n));
		left -= (uint64_t)n;
	}
	if (!err)
		err = ward_archive_end(t->out);
	return err ? fail_out(t, err, f) : WARD_OK;
}

/* Only whoever has the secret key can read it again: libsodium's sealed box. */
static enum ward_err put_sealed(struct taking *t, const struct ward_tar_file *f, int fd)
{
	struct ward_tar_file sealed = *f;
	size_t len = (size_t)f->size, n = 0;
	uint8_t *bytes = NULL, *box = NULL;
	enum ward_err err = WARD_OK;

	if (f->size > WARD_BACKUP_SEALED_MAX)
		return taking_fail(t, WARD_ERR_LIMIT, f->path, ": too large to be sealed");
	if (snprintf(sealed.path, sizeof(sealed.path), "sealed/%s", f->path) >=
		(int)sizeof(sealed.path))
		return taking_fail(t, WARD_ERR_LIMIT, f->path, ": its name is too long");
	sealed.size = len + crypto_box_SEALBYTES;
	bytes = ward_mem_alloc(t->o->mem, len + 1);
	box = ward_mem_alloc(t->o->mem, (size_t)sealed.size);
	if (!bytes || !box)
		err = taking_fail(t, WARD_ERR_NOMEM, f->path, "");
	while (!err && n < len) {
		ssize_t got = read_some(fd, bytes + n, len - n);

		if (got <= 0)
			err = taking_fail(t, got ? WARD_ERR_IO : WARD_ERR_AGAIN, f->path, "");
		n += got > 0 ? (size_t)got : 0;
	}
	if (!err && crypto_box_seal(box, bytes, len, t->o->seal_for) != 0)
		err = taking_fail(t, WARD_ERR_CONFIG, f->path, ": the key to seal for is none");
	if (!err)
		err = taking_bytes(t, &sealed, ward_slice_of(box, (size_t)sealed.size));
	t->made.n_sealed += !err;
	if (bytes)
		ward_wipe(bytes, len);
	ward_mem_free(t->o->mem, bytes, len + 1);
	ward_mem_free(t->o->mem, box, (size_t)sealed.size);
	return err;
}

static enum ward_err put_down(
	struct taking *t, const char *path, const struct ward_mirror_item *what)
{
	struct ward_mirror_item item = *what;

	if (snprintf(item.path, sizeof(item.path), "%s", path) >= (int)sizeof(item.path) ||
		!ward_tar_path_ok(ward_str_z(path)))
		return taking_fail(t, WARD_ERR_LIMIT, path, ": its name is too long, or no text");
	enum ward_err err = ward_mirror_add(t->o->beside->now, &item);

	return err ? taking_fail(t, err, path, "") : WARD_OK;
}

/* The one beside is to know, too, lest it take its own away. */
static enum ward_err leave_out(struct taking *t, const char *path, const char *what)
{
	t->made.n_left_out++;
	if (t->o->left_out)
		t->o->left_out(t->o->ctx, path, what);
	return t->o->beside ? put_down(t, path, &(struct ward_mirror_item){.mode = S_IFLNK})
			    : WARD_OK;
}

/* For the machine beside: a name that no list can hold must not keep all else from it. */
static enum ward_err pass_over(struct taking *t, const char *path)
{
	t->made.n_left_out++;
	if (t->o->left_out)
		t->o->left_out(t->o->ctx, path, "its name is too long, or no text");
	return WARD_OK;
}

/* Whose the hospital's directory is, is told by not being root. */
static uint32_t owner_beside(const struct taking *t, uid_t uid)
{
	return t->hospital && uid != t->owner ? 0 : uid;
}

/* A secret: of the hospital's directory what not everybody may read; of the state what is not known
 * to be none. */
static bool is_secret(const struct taking *t, struct ward_str path, const struct stat *st)
{
	struct ward_str rest = path;

	(void)ward_str_cut(&rest, '/');
	return t->hospital ? !(st->st_mode & S_IROTH)
			   : !is_one_of(plain, WARD_ARRAY_LEN(plain), ward_str_cut(&rest, '/'));
}

static bool hash(struct taking *t, int fd, uint64_t left, uint8_t ret[WARD_MIRROR_SUM])
{
	crypto_hash_sha256_state h;

	(void)crypto_hash_sha256_init(&h);
	while (left) {
		ssize_t n =
			read_some(fd, t->piece, left < TAKING_PIECE ? (size_t)left : TAKING_PIECE);

		if (n <= 0)
			return false;
		(void)crypto_hash_sha256_update(&h, t->piece, (size_t)n);
		left -= (uint64_t)n;
	}
	(void)crypto_hash_sha256_final(&h, ret);
	return lseek(fd, 0, SEEK_SET) == 0;
}

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* For the machine beside: listed, and put into the archive when that one does not have it. */
static enum ward_err put_beside(
	struct taking *t, const struct ward_tar_file *f, int fd, const struct stat *st)
{
	const struct ward_backup_beside *b = t->o->beside;
	const struct ward_mirror_item *seen = ward_mirror_find(b->seen, f->path),
				      *has = ward_mirror_find(b->has, f->path);
	struct ward_mirror_item item = {.size = f->size,
		.mode = f->mode,
		.uid = f->uid,
		.inode = st->st_ino,
		.written = ns_of(st->st_mtim),
		.changed = ns_of(st->st_ctim)};
	enum ward_err err;

	if (seen && seen->inode == item.inode && seen->size == item.size &&
		seen->written == item.written && seen->changed == item.changed)
		memcpy(item.sum, seen->sum, sizeof(item.sum));
	else if (!hash(t, fd, f->size, item.sum))
		return taking_fail(t, WARD_ERR_AGAIN, f->path, ": it changed meanwhile");
	err = put_down(t, f->path, &item);
	if (err)
		return err;
	if (has && memcmp(has->sum, item.sum, sizeof(item.sum)) == 0 && has->size == item.size &&
		has->mode == item.mode && has->uid == item.uid)
		return WARD_OK;
	return put_open(t, f, fd);
}

/* How far logs were read must not be ahead of the journal, or lines between would be read by
 * nobody; what is read twice has the same ids. So it is taken first, and put in when its turn
 * comes. */
static enum ward_err hold_positions(struct taking *t)
{
	char path[PATH_BYTES];
	struct stat st;
	ssize_t n = 1;

	(void)snprintf(path, sizeof(path), "%s/log/positions", t->o->state);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return WARD_OK; /* none yet; what it is else, the walk tells */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((n = read_some(fd, t->piece, TAKING_PIECE)) > 0)
			ward_wr_bytes(&t->positions, t->piece, (size_t)n);
	(void)close(fd);
	if (n < 0)
		return taking_fail(t, WARD_ERR_IO, path, "");
	return ward_wr_bad(&t->positions) ? taking_fail(t, WARD_ERR_LIMIT, path, "") : WARD_OK;
}

static bool is_held(const struct taking *t, const char *path)
{
	return !t->o->beside && strcmp(path, "state/log/positions") == 0;
}

static enum ward_err put_held(struct taking *t, struct ward_tar_file *f)
{
	f->size = t->positions.len;
	return taking_bytes(t, f, ward_wr_slice(&t->positions));
}

static enum ward_err put_file(struct taking *t, const char *path, int fd, const struct stat *st)
{
	struct ward_tar_file f = {.size = (uint64_t)st->st_size,
		.uid = st->st_uid,
		.mode = st->st_mode & 0777,
		.time = st->st_mtim.tv_sec};

	if (snprintf(f.path, sizeof(f.path), "%s", path) >= (int)sizeof(f.path))
		return taking_fail(t, WARD_ERR_LIMIT, path, ": its name is too long");
	if (t->o->beside) {
		f.uid = owner_beside(t, st->st_uid);
		return put_beside(t, &f, fd, st);
	}
	if (is_held(t, path) && !t->positions.len)
		return WARD_OK; /* begun meanwhile */

	bool secret = is_secret(t, ward_str_z(path), st), left = secret && !t->o->seal_for;

	if (t->o->since) {
		bool same = false;
		enum ward_err err = taking_more_file(t, &f, left, &same);

		t->made.n_same += same;
		if (err || same)
			return err;
	}
	if (left)
		return leave_out(t, path, "it is a secret, and no key to seal it for was given");
	if (is_held(t, path))
		return put_held(t, &f);
	return secret ? put_sealed(t, &f, fd) : put_open(t, &f, fd);
}

static enum ward_err walk(struct taking *t, int dir, const char *path, unsigned depth);

/* Of the hospital's directory the one beside has folders as they are. */
static enum ward_err visit_folder(
	struct taking *t, int fd, const char *path, const struct stat *st, unsigned depth)
{
	enum ward_err err = WARD_OK;

	if (t->o->beside && t->hospital)
		err = put_down(t, path,
			&(struct ward_mirror_item){.mode = st->st_mode & (S_IFMT | 0777),
				.uid = owner_beside(t, st->st_uid)});
	return err ? err : walk(t, fd, path, depth);
}

static enum ward_err visit(
	struct taking *t, int dir, const char *name, const char *path, unsigned depth)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	enum ward_err err = WARD_OK;

	if (fd < 0 && errno == ELOOP)
		return leave_out(t, path, "it is a link, which is not followed");
	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		return WARD_OK; /* gone meanwhile; a socket */
	if (fd < 0 || fstat(fd, &st) != 0)
		err = taking_fail(t, WARD_ERR_IO, path, ": be root, or the user of 'ward run'");
	else if (S_ISDIR(st.st_mode))
		err = visit_folder(t, fd, path, &st, depth + 1);
	else if (S_ISREG(st.st_mode) && (st.st_nlink <= 1 || (t->o->beside && t->hospital)))
		err = put_file(t, path, fd, &st);
	else
		err = leave_out(t, path, "it is no plain file, or has a second name");
	if (fd >= 0)
		(void)close(fd);
	return err;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What begins with '.' is an editor's, or a version control's. */
static bool is_wanted(const struct taking *t, const char *name, unsigned depth)
{
	if (name[0] == '.')
		return false;
	if (t->hospital || depth)
		return true;
	return !is_one_of(passed_over, WARD_ARRAY_LEN(passed_over), ward_str_z(name)) &&
	       !(t->o->beside && is_one_of(own, WARD_ARRAY_LEN(own), ward_str_z(name)));
}

/* A folder, in the order of names. */
static enum ward_err walk(struct taking *t, int dir, const char *path, unsigned depth)
{
	char below[PATH_BYTES];
	struct dirent **list = NULL;
	int n;
	enum ward_err err = WARD_OK;

	if (depth >= WARD_TAR_DEPTH - 2)
		return taking_fail(t, WARD_ERR_LIMIT, path, ": folders in folders, too deep");
	n = scandirat(dir, ".", &list, NULL, by_name);
	if (n < 0)
		return taking_fail(t, WARD_ERR_IO, path, ": be root, or the user of 'ward run'");
	for (int i = 0; i < n; i++) {
		if (!err && is_wanted(t, list[i]->d_name, depth)) {
			(void)snprintf(below, sizeof(below), "%s/%s", path, list[i]->d_name);
			err = t->o->beside && !ward_tar_path_ok(ward_str_z(below))
				      ? pass_over(t, below)
				      : visit(t, dir, list[i]->d_name, below, depth);
		}
		free(list[i]);
	}
	free(list);
	return err;
}

static enum ward_err walk_all(struct taking *t, const char *folder, const char *path)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum ward_err err;

	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return taking_fail(t, WARD_ERR_IO, folder, "");
	t->owner = st.st_uid;
	err = walk(t, fd, path, 0);
	(void)close(fd);
	return err;
}

/* Whom a process's folder belongs to, its files shall too. */
static uint32_t owner_of(const struct taking *t, const char *folder)
{
	char path[PATH_BYTES];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", t->o->state, folder);
	return stat(path, &st) == 0 ? st.st_uid : 0;
}

static enum ward_err put_journal(struct taking *t, struct ward_journal_copy *c)
{
	struct ward_tar_file f = {.mode = 0600, .uid = owner_of(t, "journal")};
	struct ward_wr w = ward_wr_grow(t->o->mem, (size_t)1 << 31);
	char name[WARD_JOURNAL_FILE_NAME];
	enum ward_err err = WARD_OK;

	while (!err && (err = ward_journal_copy_next(c, name, &w)) == WARD_OK) {
		(void)snprintf(f.path, sizeof(f.path), "state/journal/%s", name);
		f.size = w.len;
		err = taking_bytes(t, &f, ward_wr_slice(&w));
		if (err)
			break;
	}
	ward_wr_fini(&w);
	if (err == WARD_ERR_CLOSED)
		return WARD_OK;
	return t->why[0] ? err : taking_fail(t, err, "state/journal", "");
}

/* What the journal's process remembers, the legal holds among it; it lays it down whole. Behind the
 * database, so that it is never older than what the ledger says of it. */
static enum ward_err put_remembered(struct taking *t)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/journal", t->o->state);
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return taking_fail(t, WARD_ERR_IO, path, "");
	enum ward_err err = visit(t, dir, "retention", "state/journal/retention", 0);

	(void)close(dir);
	return err;
}

static enum ward_err put_store(struct taking *t)
{
	struct ward_tar_file f = {
		.path = "state/store/ward.db", .mode = 0600, .uid = owner_of(t, "store")};
	struct stat st;

	if (fstat(t->o->store, &st) != 0 || !S_ISREG(st.st_mode))
		return taking_fail(t, WARD_ERR_IO, f.path, "");
	f.size = (uint64_t)st.st_size;
	return t->o->beside ? put_beside(t, &f, t->o->store, &st) : put_open(t, &f, t->o->store);
}

static enum ward_err put_head(struct taking *t, const struct ward_backup_head *head)
{
	uint8_t text[WARD_BACKUP_HEAD_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_tar_file f = {.path = WARD_BACKUP_HEAD_FILE, .mode = 0600};

	ward_backup_head_write(head, &w);
	if (ward_wr_bad(&w))
		return taking_fail(t, WARD_ERR_LIMIT, f.path, "");
	f.size = w.len;
	return taking_bytes(t, &f, ward_wr_slice(&w));
}

static enum ward_err put_list(struct taking *t)
{
	struct ward_tar_file f = {.path = WARD_MIRROR_LIST, .mode = 0600};
	struct ward_wr w = ward_wr_grow(t->o->mem, (size_t)WARD_ARCHIVE_LINES * 2);
	enum ward_err err = ward_mirror_end(t->o->beside->now, &w);

	f.size = w.len;
	err = err ? taking_fail(t, err, f.path, "") : taking_bytes(t, &f, ward_wr_slice(&w));
	ward_wr_fini(&w);
	return err;
}

static enum ward_err put_folders(struct taking *t)
{
	enum ward_err err = put_remembered(t);

	if (!err)
		err = walk_all(t, t->o->state, "state");
	t->hospital = true;
	if (!err && t->o->hospital)
		err = walk_all(t, t->o->hospital, "hospital");
	return err;
}

static enum ward_err finish(struct taking *t)
{
	enum ward_err err = ward_archive_finish(t->out, &t->made.sums);

	return err ? taking_fail(t, err, WARD_ARCHIVE_MANIFEST, ": the archive cannot be written")
		   : WARD_OK;
}

static enum ward_err put_more(
	struct taking *t, const struct ward_backup_head *head, struct ward_journal_copy *c)
{
	enum ward_err err = taking_more_begin(t, head);

	if (!err)
		err = taking_more_journal(t, c, owner_of(t, "journal"));
	if (!err)
		err = put_folders(t);
	if (!err)
		err = taking_more_list(t);
	return err ? err : finish(t);
}

/* Database first: what the other files tell of is then not younger than what it has read. */
static enum ward_err put_all(
	struct taking *t, struct ward_backup_head *head, struct ward_journal_copy *c)
{
	enum ward_err err = WARD_OK;

	head->commit = t->made.commit = c ? ward_journal_copy_commit(c) : 0;
	if (t->o->since)
		return put_more(t, head, c);
	if (c)
		err = put_head(t, head);
	if (!err)
		err = put_store(t);
	if (!err && c)
		err = put_journal(t, c);
	if (!err)
		err = put_folders(t);
	if (!err && t->o->beside)
		err = put_list(t);
	return err ? err : finish(t);
}

enum ward_err ward_backup_take(const struct ward_backup_options *o, struct ward_backup_head *head,
	int out, struct ward_backup_made *ret, char *ret_why)
{
	struct taking *t = ward_mem_alloc(o->mem, sizeof(*t));
	struct ward_journal_copy *c = NULL;
	struct ward_io_dir dir = {.fd = -1};
	char path[PATH_BYTES];
	enum ward_err err;

	ret_why[0] = 0;
	(void)snprintf(path, sizeof(path), "%s/journal", o->state);
	if (!t) {
		(void)snprintf(ret_why, WARD_BACKUP_WHY, "%s", ward_err_text(WARD_ERR_NOMEM));
		return WARD_ERR_NOMEM;
	}
	t->o = o;
	t->why = ret_why;
	ward_more_list_init(&t->list, o->mem);
	t->positions = ward_wr_grow(o->mem, WARD_BACKUP_SEALED_MAX);
	err = ward_archive_new(out, o->mem, &t->out);
	if (!err && !o->beside)
		err = hold_positions(t);
	if (!err && !o->beside)
		err = ward_io_dir_open(&dir, path, false, false);
	if (!err && !o->beside)
		err = ward_journal_copy_begin(&dir.io, o->mem, &c);
	if (!err)
		err = put_all(t, head, c);
	else if (!t->why[0])
		err = taking_fail(t, err, path, "");
	ward_wr_fini(&t->positions);
	ward_journal_copy_end(c);
	ward_io_dir_close(&dir);
	ward_archive_free(t->out);
	ward_more_list_fini(&t->list);
	*ret = t->made;
	ward_mem_free(o->mem, t, sizeof(*t));
	return err;
}
