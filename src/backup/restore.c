#include "backup/restore_priv.h"

#include "base/fd.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Room that the machine keeps. */
static const uint64_t spare_bytes = 64ull << 20;

enum ward_err restoring_fail(
	struct restoring *t, enum ward_err err, const char *at, const char *mend)
{
	if (!t->why[0])
		(void)snprintf(t->why, WARD_BACKUP_WHY, "%s: %s%s", at,
			(err == WARD_ERR_IO || err == WARD_ERR_FULL) && errno ? strerror(errno)
									      : ward_err_text(err),
			mend);
	return err;
}

enum ward_err restoring_say(struct restoring *t, enum ward_err err, const char *at, const char *why)
{
	if (!t->why[0])
		(void)snprintf(t->why, WARD_BACKUP_WHY, "%s: %s", at, why);
	return err;
}

void restoring_tell(struct restoring *t, const char *path, const char *what)
{
	if (t->o->told)
		t->o->told(t->o->ctx, path, what);
}

static unsigned owner_of(uint32_t uid)
{
	bool ours = uid >= WARD_BACKUP_UID_FIRST && uid <= WARD_BACKUP_UID_LAST;

	return geteuid() == 0 && ours ? uid : 0;
}

/* As much as the disk has, and no more. */
static enum ward_err has_room(struct restoring *t, const struct ward_place *p, uint64_t bytes)
{
	struct statvfs v;

	if (fstatvfs(p->fd, &v) != 0)
		return restoring_fail(t, WARD_ERR_IO, p->target, "");
	uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;

	errno = ENOSPC;
	return room > spare_bytes && bytes < room - spare_bytes
		       ? WARD_OK
		       : restoring_fail(t, WARD_ERR_FULL, t->file.path, ": it has no room here");
}

/* A path in the archive, without "sealed/", of the hospital's directory. */
static bool is_of_hospital(const struct restoring *t)
{
	return t->place == &t->hospital ||
	       (t->place == &t->link &&
		       ward_str_starts(ward_str_z(t->file.path), WARD_STR("hospital/")));
}

static enum ward_err open_file(struct restoring *t)
{
	bool state = !is_of_hospital(t);
	unsigned mode = state ? 0600 : (t->file.mode & 0755) | 0600;
	enum ward_err err = has_room(t, t->place, t->file.size);

	if (!err)
		err = ward_place_file(
			t->place, t->file.path, mode, state ? owner_of(t->file.uid) : 0, &t->fd);
	return err ? restoring_fail(
			     t, err, t->file.path, err == WARD_ERR_DENIED ? ": twice in it" : "")
		   : WARD_OK;
}

/* Where a file goes: by the first part of its path, which is taken off, but of an increment's. */
static enum ward_err route(struct restoring *t, struct ward_str path)
{
	struct ward_str rest = path, top = ward_str_cut(&rest, '/');

	t->to = TO_FILE;
	if (ward_str_eqz(top, "sealed") && rest.p) {
		t->to = TO_BOX;
		path = rest;
		top = ward_str_cut(&rest, '/');
	}
	if (!rest.p)
		return WARD_ERR_MALFORMED;
	bool state = ward_str_eqz(top, "state"), more = ward_str_eqz(top, "more");

	if (!state && !ward_str_eqz(top, "hospital") &&
		(!more || t->reading == READ_BASE || t->to == TO_BOX))
		return WARD_ERR_MALFORMED;
	t->place = t->reading != READ_BASE ? &t->link : state ? &t->state : &t->hospital;
	struct ward_str to = t->reading != READ_BASE ? path : rest;

	(void)snprintf(t->file.path, sizeof(t->file.path), "%.*s", WARD_STR_ARG(to));
	(void)snprintf(t->path, sizeof(t->path), "%.*s", WARD_STR_ARG(path));
	return WARD_OK;
}

static enum ward_err begin_head(struct restoring *t, const struct ward_tar_file *f)
{
	bool base = strcmp(f->path, WARD_BACKUP_HEAD_FILE) == 0,
	     more = strcmp(f->path, WARD_BACKUP_MORE_FILE) == 0;

	t->to = TO_HEAD;
	if ((t->reading == READ_BASE ? base : more) && f->size <= WARD_BACKUP_HEAD_MAX)
		return WARD_OK;
	if (more)
		return restoring_say(t, WARD_ERR_FOREIGN, f->path,
			"it is an increment: name the backup that it goes on from before it");
	if (base)
		return restoring_say(t, WARD_ERR_FOREIGN, f->path,
			"it is a backup: only the first file is one, and increments follow it");
	return restoring_fail(t, WARD_ERR_FOREIGN, f->path, ": no backup of Ward's begins so");
}

/* Is it to be unpacked this time? */
static bool is_wanted(const struct restoring *t)
{
	bool more = strncmp(t->path, "more/", strlen("more/")) == 0,
	     rows = strcmp(t->path, WARD_MORE_ROWS) == 0,
	     list = strcmp(t->path, WARD_MORE_LIST) == 0;

	if (t->reading == READ_JOURNAL)
		return more && !rows;
	if (is_of_hospital(t) && t->hospital.fd < 0)
		return false; /* the directory is not asked for */
	return t->reading == READ_BASE || !more || rows || list;
}

static enum ward_err on_begin(void *ctx, const struct ward_tar_file *f)
{
	struct restoring *t = ctx;
	enum ward_err err;

	t->file = *f;
	ward_wr_reset(&t->held);
	if (!t->had_head)
		return begin_head(t, f);
	err = route(t, ward_str_z(f->path));
	if (err)
		return restoring_fail(t, err, f->path, ": no backup of Ward's has it");
	if (!is_wanted(t)) {
		t->to = NOWHERE;
		t->r.n_left_out += t->reading != READ_JOURNAL && strncmp(t->path, "more/", 5) != 0;
		return WARD_OK;
	}
	if (t->to == TO_FILE)
		return open_file(t);
	if (f->size > WARD_BACKUP_SEALED_MAX + crypto_box_SEALBYTES)
		return restoring_fail(t, WARD_ERR_LIMIT, f->path, ": too large to be sealed");
	if (t->o->secret)
		return WARD_OK;
	t->to = NOWHERE;
	t->r.n_left_out++;
	restoring_tell(t, f->path, "it is sealed, and no key was given");
	return WARD_OK;
}

static enum ward_err on_bytes(void *ctx, struct ward_slice s)
{
	struct restoring *t = ctx;

	if (t->to == NOWHERE)
		return WARD_OK;
	if (t->to == TO_FILE) {
		if (ward_fd_write(t->fd, s))
			return WARD_OK;
		return restoring_fail(
			t, errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO, t->file.path, "");
	}
	ward_wr_bytes(&t->held, s.p, s.len);
	return ward_wr_bad(&t->held) ? restoring_fail(t, WARD_ERR_NOMEM, t->file.path, "")
				     : WARD_OK;
}

static enum ward_err open_box(struct restoring *t)
{
	struct ward_slice box = ward_wr_slice(&t->held);
	uint8_t public_key[WARD_BACKUP_KEY], *bytes;
	size_t len;
	enum ward_err err;

	if (box.len < crypto_box_SEALBYTES)
		return restoring_fail(
			t, WARD_ERR_MALFORMED, t->file.path, ": nothing that was sealed");
	len = box.len - crypto_box_SEALBYTES;
	bytes = ward_mem_alloc(t->o->mem, len + 1);
	if (!bytes)
		return restoring_fail(t, WARD_ERR_NOMEM, t->file.path, "");
	(void)crypto_scalarmult_base(public_key, t->o->secret);
	err = crypto_box_seal_open(bytes, box.p, box.len, public_key, t->o->secret) == 0
		      ? WARD_OK
		      : restoring_fail(t, WARD_ERR_CORRUPT, t->file.path,
				": it was sealed for another key");
	if (!err)
		err = open_file(t);
	if (!err && !ward_fd_write(t->fd, ward_slice_of(bytes, len)))
		err = restoring_fail(
			t, errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO, t->file.path, "");
	ward_wipe(bytes, len);
	ward_mem_free(t->o->mem, bytes, len + 1);
	t->r.n_sealed += !err;
	return err;
}

static enum ward_err on_end(void *ctx)
{
	struct restoring *t = ctx;
	enum ward_err err = WARD_OK;

	if (t->to == TO_HEAD) {
		t->had_head = true;
		err = t->reading == READ_BASE
			      ? ward_backup_head_read(ward_wr_text(&t->held), &t->head)
			      : ward_backup_more_read(ward_wr_text(&t->held), &t->head, t->after);
		return err ? restoring_fail(t, err, t->file.path, "") : WARD_OK;
	}
	if (t->to == TO_BOX)
		err = open_box(t);
	if (t->fd >= 0 && close(t->fd) != 0 && !err)
		err = restoring_fail(t, WARD_ERR_IO, t->file.path, "");
	t->fd = -1;
	if (!err && (t->to == TO_FILE || t->to == TO_BOX) && t->reading != READ_JOURNAL)
		err = restoring_note(t);
	return err;
}

/* Each file of it goes its way; *ret: its sums. */
static enum ward_err feed_all(struct restoring *t, int fd, struct ward_archive_sums *ret)
{
	ssize_t n = 1;
	enum ward_err err = WARD_OK;

	while (!err && n > 0) {
		do
			n = read(fd, t->piece, sizeof(t->piece));
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return restoring_fail(t, WARD_ERR_IO, "the archive", "");
		err = ward_archive_feed(t->in, ward_slice_of(t->piece, (size_t)n));
	}
	if (!err)
		err = ward_archive_done(t->in, ret);
	errno = 0;
	return err ? restoring_fail(t, err,
			     ward_archive_at(t->in)[0] ? ward_archive_at(t->in) : "the archive",
			     ": it is damaged, not whole, or no backup of Ward's")
		   : WARD_OK;
}

enum ward_err restoring_read(
	struct restoring *t, enum restoring_reading what, int fd, struct ward_archive_sums *ret)
{
	const struct ward_archive_take take = {on_begin, on_bytes, on_end, t};
	enum ward_err err;

	t->reading = what;
	t->had_head = false;
	ward_archive_in_free(t->in);
	t->in = NULL;
	err = ward_archive_in_new(&take, t->o->mem, &t->in);
	return err ? restoring_fail(t, err, "the archive", "") : feed_all(t, fd, ret);
}

static void on_fault(void *ctx, const struct ward_store_fault *f)
{
	restoring_tell(ctx, "store/ward.db", f->what);
}

enum ward_err restoring_open_store(struct restoring *t, struct ward_store **ret)
{
	char path[PATH_MAX + 32];
	const struct ward_store_options o = {.path = path,
		.clock = t->o->clock,
		.mem = t->o->mem,
		.fault = on_fault,
		.fault_ctx = t};

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", t->state.aside);
	errno = 0;
	if (access(path, F_OK) != 0)
		return restoring_fail(t, WARD_ERR_MALFORMED, "store/ward.db", ": it is not in it");
	return ward_store_open(&o, ret);
}

enum ward_err restoring_is_store(
	struct restoring *t, struct ward_store *s, const struct ward_backup_head *h)
{
	struct ward_tree_head head;

	ward_store_head(s, &head);
	return head.n == h->rows && ward_hash_eq(&head.root, &h->root) &&
			       ward_store_position(s) == h->position
		       ? WARD_OK
		       : restoring_fail(t, WARD_ERR_CORRUPT, "store/ward.db",
				 ": it is not the one that the backup tells of");
}

/* Opens it as the store's process will, which brings it to this version's form, and counts anew. */
static enum ward_err check_store(struct restoring *t)
{
	struct ward_store *s = NULL;
	enum ward_err err = restoring_open_store(t, &s);

	if (!err)
		err = ward_store_verify(s);
	if (!err)
		err = restoring_is_store(t, s, &t->r.head);
	ward_store_close(s);
	return err ? restoring_fail(t, err, "store/ward.db",
			     ": it is not the one that the backup tells of")
		   : WARD_OK;
}

static enum ward_err count_records(struct restoring *t, struct ward_journal *j)
{
	struct ward_journal_cursor *c;
	struct ward_record r;
	enum ward_err err = ward_journal_cursor_open(j, 0, &c);

	if (err)
		return err;
	while ((err = ward_journal_next_record(c, &r)) == WARD_OK || err == WARD_ERR_CORRUPT) {
		t->r.n_record += !err;
		if (!err)
			continue;
		t->r.n_damage++;
		restoring_tell(t, "journal", ward_journal_cursor_damage(c)->what);
		ward_journal_cursor_skip(c);
	}
	ward_journal_cursor_close(c);
	return err == WARD_ERR_AGAIN ? WARD_OK : err;
}

/* Reads it all; it is left as it is. Damage was there when it was backed up: the manifest holds. */
static enum ward_err check_journal(struct restoring *t)
{
	char path[PATH_MAX + 32];
	struct ward_journal_options o;
	struct ward_journal *j = NULL;
	struct ward_journal_stats st;
	struct ward_io_dir dir = {.fd = -1};
	struct ward_limits lim;
	enum ward_err err;

	(void)snprintf(path, sizeof(path), "%s/journal", t->state.aside);
	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.total_bytes = o.source_bytes = UINT64_MAX / 4; /* whatever the hospital's limits are */
	o.read_only = true;
	errno = 0;
	err = ward_io_dir_open(&dir, path, false, false);
	if (!err)
		err = ward_journal_open(&o, &dir.io, t->o->clock, t->o->mem, &j);
	if (!err) {
		ward_journal_stats(j, &st);
		t->r.n_damage = st.n_damage;
		for (size_t i = 0; i < st.n_damage && i < WARD_JOURNAL_DAMAGE_MAX; i++)
			restoring_tell(t, "journal", ward_journal_damage(j, i)->what);
		err = count_records(t, j);
	}
	if (!err && !t->r.n_damage && ward_journal_next(j) <= t->r.head.position)
		err = WARD_ERR_CORRUPT; /* the database has read what is not there */
	ward_journal_close(j);
	ward_io_dir_close(&dir);
	return err ? restoring_fail(t, err, "journal", "") : WARD_OK;
}

enum ward_err restoring_place(struct restoring *t, struct ward_place *p, const char *target)
{
	enum ward_err err = ward_place_make(p, target);

	if (err == WARD_ERR_DENIED)
		(void)snprintf(t->why, WARD_BACKUP_WHY, "%s: %s",
			errno == EEXIST ? p->aside : p->target,
			errno == EEXIST ? "left by a restore that was ended: remove it"
					: "it is there already, and not empty");
	if (err == WARD_ERR_DENIED)
		return WARD_ERR_STATE;
	return err ? restoring_fail(t, err, target, "") : WARD_OK;
}

static enum ward_err put_in_place(struct restoring *t)
{
	enum ward_err err = ward_place_sync(&t->state);

	if (!err && t->hospital.fd >= 0)
		err = ward_place_sync(&t->hospital);
	if (err)
		return restoring_fail(t, err, t->state.target, "");
	if (t->hospital.fd >= 0)
		err = ward_place_done(&t->hospital, 0755);
	if (err)
		return restoring_fail(t, err, t->hospital.target, "");
	err = ward_place_done(&t->state, 0711);
	return err ? restoring_fail(t, err, t->state.target, "") : WARD_OK;
}

static enum ward_err restore(struct restoring *t)
{
	enum ward_err err = restoring_place(t, &t->state, t->o->state);

	if (!err && t->o->hospital)
		err = restoring_place(t, &t->hospital, t->o->hospital);
	if (!err)
		err = restoring_read(t, READ_BASE, t->o->archive, &t->r.sums);
	t->r.base = t->r.head = t->head;
	if (!err && (t->o->n_more || t->o->until))
		err = restoring_chain(t);
	if (!err)
		err = restoring_mark(t);
	if (!err)
		err = check_store(t);
	if (!err)
		err = check_journal(t);
	return err ? err : put_in_place(t);
}

enum ward_err ward_backup_restore(
	const struct ward_restore_options *o, struct ward_restored *ret, char *ret_why)
{
	struct restoring *t = ward_mem_alloc(o->mem, sizeof(*t));
	enum ward_err err;

	ret_why[0] = 0;
	if (!t) {
		(void)snprintf(ret_why, WARD_BACKUP_WHY, "%s", ward_err_text(WARD_ERR_NOMEM));
		return WARD_ERR_NOMEM;
	}
	t->o = o;
	t->why = ret_why;
	t->fd = t->state.fd = t->hospital.fd = t->link.fd = -1;
	ward_more_list_init(&t->present, o->mem);
	ward_more_list_init(&t->carried, o->mem);
	ward_more_list_init(&t->list, o->mem);
	t->held = ward_wr_grow(o->mem, WARD_BACKUP_SEALED_MAX + WARD_BACKUP_HEAD_MAX);
	err = restore(t);
	if (t->fd >= 0)
		(void)close(t->fd);
	ward_archive_in_free(t->in);
	ward_wr_fini(&t->held);
	ward_place_undo(&t->state);
	ward_place_undo(&t->hospital);
	ward_place_undo(&t->link);
	ward_more_list_fini(&t->present);
	ward_more_list_fini(&t->carried);
	ward_more_list_fini(&t->list);
	ward_more_gone_fini(&t->gone);
	ward_mem_free(o->mem, t->chain, o->n_more * sizeof(*t->chain));
	*ret = t->r;
	ward_mem_free(o->mem, t, sizeof(*t));
	return err;
}
