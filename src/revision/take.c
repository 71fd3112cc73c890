/* A version is taken in steps, each of them durable before the next begins:
 *
 *   texts and manifest are kept → `intent` names the version → the directory's files are replaced
 *   one by one → the list has its line → `intent` goes
 *
 * Killed before there is an intent, nothing happened; after, it is finished at the next start,
 * which finds the same in the intent, and writes only what is not yet so. Where a file can't be
 * replaced (a full disk, something else of that name), `intent` becomes `undo`, and the files are
 * made what they were; killed in that, they are by the next who writes. */
#include "revision/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INTENT_BYTES = 2048, TREE_ROOM = 64 << 20 };

static void stepped(const struct ward_revision_taking *t, const char *what)
{
	if (t->step)
		t->step(t->ctx, what);
}

static enum ward_err unlocked(struct ward_revision *r, enum ward_err err)
{
	(void)flock(r->lock, LOCK_UN);
	return err;
}

/* ---- the directory ---- */

static enum ward_err put_file(
	struct ward_revision *r, const struct ward_revision_file *f, struct ward_arena *a)
{
	char path[WARD_REVISION_PATH + 1];
	uint8_t is[WARD_REVISION_HASH] = {0};
	struct ward_slice text = {0}, there = {0};

	(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(f->path));
	enum ward_err err = revision_read_at(r->directory_fd, path, WARD_REVISION_FILE, a, &there);

	if (!err)
		ward_revision_hash(there, is);
	if (!err && memcmp(is, f->hash, sizeof(is)) == 0)
		return WARD_OK;
	err = ward_revision_text(r, f->hash, a, &text);
	if (!err && revision_write_at(r->directory_fd, path, text, 0644, true) != WARD_OK)
		err = revision_because(r, errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO, path);
	return err;
}

/* Idempotent: what is as `to` says is left alone. */
static enum ward_err apply(struct ward_revision *r, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to, const struct ward_revision_taking *t)
{
	struct ward_arena a;
	enum ward_err err = WARD_OK;

	ward_arena_init(&a, r->mem, 2 * (size_t)WARD_REVISION_FILE + (1 << 20));
	for (size_t i = 0; !err && i < to->n; i++) {
		const struct ward_revision_file *was = ward_revision_find(from, to->file[i].path);

		if (was && memcmp(was->hash, to->file[i].hash, WARD_REVISION_HASH) == 0)
			continue;
		ward_arena_reset(&a);
		err = put_file(r, &to->file[i], &a);
		if (!err)
			stepped(t, "file");
	}
	for (size_t i = 0; !err && i < from->n; i++) {
		char path[WARD_REVISION_PATH + 1];

		if (ward_revision_find(to, from->file[i].path))
			continue;
		(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(from->file[i].path));
		if (revision_remove_at(r->directory_fd, path) != WARD_OK)
			err = revision_because(r, WARD_ERR_IO, path);
		else
			stepped(t, "removed");
	}
	ward_arena_fini(&a);
	return err;
}

/* ---- the intent: the line that the list will have ---- */

/* What the last version has, and what v has. */
static enum ward_err trees(struct ward_revision *r, const struct ward_revision_version *v,
	struct ward_arena *a, struct ward_revision_tree *ret_from,
	struct ward_revision_tree *ret_to)
{
	struct ward_slice text = {0};
	enum ward_err err = r->n ? ward_revision_tree(r, r->n, a, ret_from) : WARD_OK;

	if (!err)
		err = ward_revision_text(r, v->manifest, a, &text);
	struct ward_rd rd = ward_rd_slice(text);

	return err ? err : ward_revision_get_tree(&rd, a, ret_to);
}

static enum ward_err change(struct ward_revision *r, const struct ward_revision_version *v,
	bool back, const struct ward_revision_taking *t)
{
	struct ward_revision_tree from = {0}, to = {0};
	struct ward_arena a;

	ward_arena_init(&a, r->mem, TREE_ROOM);
	enum ward_err err = trees(r, v, &a, &from, &to);

	if (!err)
		err = back ? apply(r, &to, &from, t) : apply(r, &from, &to, t);
	ward_arena_fini(&a);
	if (!err && revision_sync_all(r->directory_fd) != WARD_OK)
		err = revision_because(r, WARD_ERR_IO, r->directory);
	return err;
}

/* Makes the directory what it was, where it could not be made v. */
static enum ward_err take_back(struct ward_revision *r, const struct ward_revision_version *v,
	const struct ward_revision_taking *t)
{
	enum ward_err err = change(r, v, true, t);

	if (!err)
		err = revision_remove_at(r->folder_fd, "undo");
	if (!err)
		stepped(t, "undone");
	return err;
}

static enum ward_err finish(struct ward_revision *r, const struct ward_revision_version *v,
	struct ward_slice line, const struct ward_revision_taking *t)
{
	char why[WARD_REVISION_SAY];
	enum ward_err err = change(r, v, false, t);

	if (!err)
		err = revision_append(r, line);
	if (!err) {
		stepped(t, "listed");
		err = revision_remove_at(r->folder_fd, "intent");
		stepped(t, "done");
		return err;
	}
	memcpy(why, r->why, sizeof(why));
	if (renameat(r->folder_fd, "intent", r->folder_fd, "undo") == 0) {
		stepped(t, "undo");
		if (take_back(r, v, t) == WARD_OK)
			r->undone = v->number;
	}
	memcpy(r->why, why, sizeof(why)); /* what is to be mended, whatever came of that */
	return err;
}

/* NOT_FOUND: there is none. */
static enum ward_err read_line(struct ward_revision *r, const char *name, struct ward_arena *a,
	struct ward_slice *ret_text, struct ward_revision_version *ret)
{
	enum ward_err err = revision_read_at(r->folder_fd, name, INTENT_BYTES, a, ret_text);
	size_t n = err ? 0 : ret_text->len;

	if (err == WARD_ERR_NOT_FOUND)
		return err;
	if (!err && (!n || ret_text->p[n - 1] != '\n' ||
			    ward_revision_get_version(
				    ward_str_sub(ward_slice_text(*ret_text), 0, n - 1), ret) !=
				    WARD_OK))
		err = WARD_ERR_CORRUPT;
	if (!err && ret->number > r->n &&
		(ret->number != r->n + 1 || memcmp(ret->before, r->last, sizeof(r->last)) != 0))
		err = WARD_ERR_CORRUPT;
	return err ? revision_because(r, err, name) : WARD_OK;
}

/* What a life before began and did not end, or this one could not undo. */
static enum ward_err end_what_began(struct ward_revision *r)
{
	const struct ward_revision_taking t = {.now = 0};
	struct ward_revision_version v;
	struct ward_slice text;
	struct ward_arena a;

	ward_arena_init(&a, r->mem, INTENT_BYTES * 4);
	enum ward_err err = read_line(r, "undo", &a, &text, &v);

	if (!err)
		err = take_back(r, &v, &t);
	if (!err)
		r->undone = v.number;
	if (err == WARD_ERR_NOT_FOUND)
		err = WARD_OK;
	if (!err)
		err = read_line(r, "intent", &a, &text, &v);
	if (!err && v.number <= r->n) { /* it was done, but for this */
		err = revision_remove_at(r->folder_fd, "intent");
	} else if (!err) {
		r->undone = 0;
		err = finish(r, &v, text, &t);
		r->finished = err ? 0 : v.number;
		if (r->undone == v.number)
			err = WARD_OK; /* whole, as it was */
	}
	ward_arena_fini(&a);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

static enum ward_err locked(struct ward_revision *r)
{
	WARD_ASSERT(r->write);
	while (flock(r->lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return revision_because(r, WARD_ERR_IO, "the lock of versions");
	enum ward_err err = ward_revision_refresh(r);

	if (!err)
		err = end_what_began(r);
	if (err)
		(void)flock(r->lock, LOCK_UN);
	return err;
}

enum ward_err revision_recover(struct ward_revision *r)
{
	enum ward_err err = locked(r);

	return err ? err : unlocked(r, WARD_OK);
}

/* ---- taking ---- */

/* The manifest and the line of the next version. */
static enum ward_err prepare(struct ward_revision *r, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to, const struct ward_revision_taking *t,
	struct ward_wr *line)
{
	struct ward_revision_version v = {
		.number = r->n + 1, .taken = t->now, .by = t->by, .why = t->why};
	struct ward_wr w = ward_wr_grow(r->mem, WARD_REVISION_FILES * 360);
	enum ward_err err = WARD_OK;

	if (r->n == WARD_REVISION_VERSIONS)
		return revision_because(r, WARD_ERR_LIMIT,
			"there are too many versions; move the folder away to begin anew");
	ward_revision_put_tree(&w, to);
	if (ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	if (!err)
		err = ward_revision_keep(r, ward_wr_slice(&w), v.manifest);
	ward_wr_fini(&w);
	memcpy(v.before, r->last, sizeof(v.before));
	ward_revision_count(from, to, &v);
	ward_revision_put_version(line, &v);
	return err ? err : ward_wr_bad(line) ? WARD_ERR_LIMIT : WARD_OK;
}

/* The texts that no version has yet. */
static enum ward_err keep_texts(struct ward_revision *r, const struct ward_revision_tree *to)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < to->n; i++) {
		const struct ward_revision_file *f = &to->file[i];
		uint8_t hash[WARD_REVISION_HASH];

		if (!f->text)
			continue;
		err = ward_revision_keep(r, ward_slice_of(f->text, f->size), hash);
		WARD_ASSERT(err || memcmp(hash, f->hash, sizeof(hash)) == 0);
	}
	return err;
}

static bool same(const struct ward_revision_tree *a, const struct ward_revision_tree *b)
{
	struct ward_revision_version v;

	ward_revision_count(a, b, &v);
	return !v.added && !v.changed && !v.removed;
}

static enum ward_err take(struct ward_revision *r, const struct ward_revision_tree *to,
	const struct ward_revision_taking *t, struct ward_arena *a)
{
	struct ward_revision_tree from = {0}, now = {0};
	struct ward_revision_version v;
	uint8_t bytes[INTENT_BYTES];
	struct ward_wr line = ward_wr_fixed(bytes, sizeof(bytes));
	enum ward_err err = r->n ? ward_revision_tree(r, r->n, a, &from) : WARD_OK;

	if (!err)
		err = ward_revision_scan(r, false, a, &now);
	if (!err && !same(&from, &now)) {
		(void)snprintf(r->why, sizeof(r->why),
			"somebody changed files of the directory by hand meanwhile");
		return WARD_ERR_STATE;
	}
	if (!err)
		err = keep_texts(r, to);
	if (!err)
		err = prepare(r, &from, to, t, &line);
	if (err)
		return err;
	err = revision_sync_all(r->folder_fd);
	stepped(t, "kept");
	if (!err)
		err = revision_write_at(r->folder_fd, "intent", ward_wr_slice(&line), 0600, false);
	if (!err)
		err = revision_sync_all(r->folder_fd);
	if (err)
		return revision_because(r, err, "intent");
	stepped(t, "intent");
	err = ward_revision_get_version(ward_str_sub(ward_wr_text(&line), 0, line.len - 1), &v);
	return err ? err : finish(r, &v, ward_wr_slice(&line), t);
}

enum ward_err ward_revision_take(struct ward_revision *r, const struct ward_revision_tree *to,
	const struct ward_revision_taking *t, uint64_t *ret_number)
{
	struct ward_arena a;
	enum ward_err err = locked(r);

	if (err)
		return err;
	ward_arena_init(&a, r->mem, TREE_ROOM);
	err = take(r, to, t, &a);
	ward_arena_fini(&a);
	if (!err)
		*ret_number = r->n;
	return unlocked(r, err);
}

static enum ward_err note(struct ward_revision *r, const struct ward_revision_taking *t,
	struct ward_arena *a, uint64_t *ret)
{
	struct ward_revision_tree from = {0}, now = {0};
	uint8_t bytes[INTENT_BYTES];
	struct ward_wr line = ward_wr_fixed(bytes, sizeof(bytes));
	enum ward_err err = r->n ? ward_revision_tree(r, r->n, a, &from) : WARD_OK;

	if (!err)
		err = ward_revision_scan(r, true, a, &now);
	if (err)
		return err;
	if (r->n && same(&from, &now)) {
		*ret = 0;
		return WARD_OK;
	}
	err = prepare(r, &from, &now, t, &line);
	if (!err && revision_sync_all(r->folder_fd) != WARD_OK)
		err = revision_because(r, WARD_ERR_IO, r->folder);
	stepped(t, "kept");
	if (!err)
		err = revision_append(r, ward_wr_slice(&line));
	if (!err)
		*ret = r->n;
	return err;
}

enum ward_err ward_revision_note(
	struct ward_revision *r, const struct ward_revision_taking *t, uint64_t *ret_number)
{
	struct ward_arena a;
	enum ward_err err = locked(r);

	if (err)
		return err;
	ward_arena_init(&a, r->mem, TREE_ROOM);
	err = note(r, t, &a, ret_number);
	ward_arena_fini(&a);
	return unlocked(r, err);
}
