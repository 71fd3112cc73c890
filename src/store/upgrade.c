#include "store/upgrade.h"

#include "store/migrate.h"
#include "store/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ASIDE "ward.db.copying"

enum { PIECE_PAGES = 4096 };

/* Room that the machine keeps. */
static const uint64_t spare_bytes = 64ull << 20;

/* A name in the database's folder. LIMIT: too long. */
static enum ward_err beside(const char *path, const char *name, char ret[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int n = snprintf(ret, PATH_MAX, "%.*s/%s", slash ? (int)(slash - path) : 1,
		slash ? path : ".", name);

	return n > 0 && n < PATH_MAX ? WARD_OK : WARD_ERR_LIMIT;
}

/* With a log beside it, that as well: 0 where there is none. */
static uint64_t size_of(const char *path, const char *tail)
{
	char file[PATH_MAX];
	struct stat st;

	return snprintf(file, sizeof(file), "%s%s", path, tail) < (int)sizeof(file) &&
			       stat(file, &st) == 0
		       ? (uint64_t)st.st_size
		       : 0;
}

/* The copy once, what the steps write into the log, and what the file grows by: a step that makes a
 * table anew has both at the same time. */
enum ward_err ward_store_room(const char *path, uint64_t *ret_needs, uint64_t *ret_has)
{
	char folder[PATH_MAX];
	struct statvfs v;
	enum ward_err err = beside(path, ".", folder);

	if (!err && statvfs(folder, &v) != 0)
		err = WARD_ERR_IO;
	if (err)
		return err;
	*ret_needs = 4 * (size_of(path, "") + size_of(path, "-wal")) + spare_bytes;
	*ret_has = (uint64_t)v.f_bavail * v.f_frsize;
	return WARD_OK;
}

/* ---- a copy, and whether it is one ---- */

static enum ward_err copy_to(struct ward_store *s, const char *to)
{
	struct ward_store_copy *c = NULL;
	enum ward_err err;

	if (unlink(to) != 0 && errno != ENOENT)
		return WARD_ERR_IO;
	err = ward_store_copy_begin(s, to, &c);
	while (!err && (err = ward_store_copy_step(c, PIECE_PAGES)) == WARD_ERR_AGAIN)
		err = WARD_OK;
	ward_store_copy_end(c);
	return err;
}

static void add_value(crypto_hash_sha256_state *sha, sqlite3_stmt *st, int at)
{
	struct ward_slice v = ward_sql_bytes(st, at);
	uint64_t head[2] = {(uint64_t)sqlite3_column_type(st, at), v.len};

	(void)crypto_hash_sha256_update(sha, (const uint8_t *)head, sizeof(head));
	(void)crypto_hash_sha256_update(sha, v.p, v.len);
}

/* Every row of a table, in the order of its numbers. */
static enum ward_err add_table(sqlite3 *db, const char *name, crypto_hash_sha256_state *sha)
{
	char *text = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY rowid", name);
	sqlite3_stmt *st = NULL;
	bool row = true;
	enum ward_err err =
		text ? ward_sql_err(sqlite3_prepare_v2(db, text, -1, &st, NULL)) : WARD_ERR_NOMEM;

	while (!err && row) {
		err = ward_sql_step(st, &row);
		for (int i = 0; !err && row && i < sqlite3_column_count(st); i++)
			add_value(sha, st, i);
	}
	(void)sqlite3_finalize(st);
	sqlite3_free(text);
	return err;
}

/* Of all that the tables hold, whatever they are: two databases with the same one hold the same. */
static enum ward_err digest(sqlite3 *db, uint8_t ret[32])
{
	crypto_hash_sha256_state sha;
	sqlite3_stmt *st = NULL;
	bool row = true;
	enum ward_err err = ward_sql_err(sqlite3_prepare_v2(db,
		"SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name", -1, &st,
		NULL));

	(void)crypto_hash_sha256_init(&sha);
	while (!err && row) {
		err = ward_sql_step(st, &row);
		if (err || !row)
			break;
		add_value(&sha, st, 0);
		add_value(&sha, st, 1);
		err = add_table(db, (const char *)sqlite3_column_text(st, 0), &sha);
	}
	(void)sqlite3_finalize(st);
	(void)crypto_hash_sha256_final(&sha, ret);
	return err;
}

/* IO: what lies at path is not what is open. */
static enum ward_err is_copy(struct ward_store *s, const char *path)
{
	uint8_t want[32] = {0}, have[32] = {0};
	int64_t version = 0, form = 0;
	sqlite3 *db = NULL;
	enum ward_err err = digest(s->db, want);

	if (!err)
		err = ward_sql_int(s->db, "PRAGMA user_version", &version);
	if (!err)
		err = ward_sql_open(path, true, &db);
	if (!err)
		err = digest(db, have);
	if (!err)
		err = ward_sql_int(db, "PRAGMA user_version", &form);
	(void)sqlite3_close(db);
	if (!err && (memcmp(want, have, sizeof(want)) != 0 || version != form))
		err = WARD_ERR_IO;
	return err;
}

/* Gives a database that is put aside its name, durably. */
static enum ward_err put_aside(const char *from, uint64_t form, ward_ns now, char *ret_name)
{
	struct ward_wr w = ward_wr_fixed((uint8_t *)ret_name, WARD_STORE_KEPT_NAME);
	char to[PATH_MAX], folder[PATH_MAX];
	enum ward_err err;
	int fd = -1;

	ward_wr_printf(&w, "ward-%llu-", (unsigned long long)form);
	ward_time_write(&w, now - now % WARD_NS_PER_S);
	ward_wr_printf(&w, ".db%c", 0);
	err = ward_wr_bad(&w) ? WARD_ERR_LIMIT : beside(from, ret_name, to);
	if (!err)
		err = beside(from, ".", folder);
	if (!err && rename(from, to) != 0)
		err = WARD_ERR_IO;
	if (!err)
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!err && (fd < 0 || fsync(fd) != 0))
		err = WARD_ERR_IO;
	if (fd >= 0)
		(void)close(fd);
	return err;
}

/* What was kept before `name` is not needed any more. */
static enum ward_err drop_others(const char *path, const char *name)
{
	struct ward_store_kept kept[WARD_STORE_KEPT_MAX];
	char at[PATH_MAX];
	size_t n = 0;
	enum ward_err err = beside(path, ".", at);

	if (!err)
		err = ward_store_kept(at, kept, WARD_STORE_KEPT_MAX, &n);
	for (size_t i = 0; !err && i < n; i++)
		if (strcmp(kept[i].name, name) != 0 && !(err = beside(path, kept[i].name, at)) &&
			unlink(at) != 0)
			err = WARD_ERR_IO;
	return err;
}

enum ward_err ward_store_keep(struct ward_store *s, struct ward_store_upgrade *u, char *ret)
{
	char aside[PATH_MAX];
	enum ward_err err = ward_store_room(s->o.path, &u->needs, &u->has);

	if (!err)
		err = beside(s->o.path, ASIDE, aside);
	if (err)
		return err;
	u->stage = u->has < u->needs ? WARD_STORE_UPGRADE_NO_ROOM : WARD_STORE_UPGRADE_BEGINS;
	if (s->o.upgrade)
		s->o.upgrade(s->o.fault_ctx, u);
	if (u->stage == WARD_STORE_UPGRADE_NO_ROOM)
		return WARD_ERR_FULL;
	err = copy_to(s, aside);
	if (!err)
		err = is_copy(s, aside);
	if (!err)
		err = put_aside(aside, u->from, ward_clock_now(s->o.clock), ret);
	if (!err)
		err = drop_others(s->o.path, ret);
	if (err) {
		(void)unlink(aside);
		return err;
	}
	u->stage = WARD_STORE_UPGRADE_KEPT;
	u->kept = ret;
	if (s->o.upgrade)
		s->o.upgrade(s->o.fault_ctx, u);
	return WARD_OK;
}

/* ---- a trial, and back ---- */

/* What went in, and the copy of it. */
static enum ward_err try_in(
	const struct ward_store_options *o, const char *aside, struct ward_store_trial *ret)
{
	struct ward_store_options as_is = *o;
	struct ward_store *s = NULL;
	enum ward_err err;

	as_is.reading = true;
	err = ward_store_open_as(&as_is, true, &s);
	if (err)
		return err;
	err = ward_store_verify(s);
	ret->n_fault = (size_t)s->stats.n_fault;
	if (err == WARD_ERR_CORRUPT)
		err = WARD_OK; /* told; it is no worse afterwards */
	ward_store_head(s, &ret->head);
	if (!err)
		err = copy_to(s, aside);
	ward_store_close(s);
	return err;
}

static enum ward_err try_out(
	const struct ward_store_options *o, const char *aside, struct ward_store_trial *ret)
{
	struct ward_store_options of_copy = *o;
	struct ward_tree_head head;
	struct ward_store *s = NULL;
	enum ward_err err;

	of_copy.path = aside;
	of_copy.keeping = of_copy.reading = false;
	err = ward_store_open(&of_copy, &s);
	if (err)
		return err;
	err = ward_store_verify(s);
	if (err == WARD_ERR_CORRUPT && s->stats.n_fault == ret->n_fault)
		err = WARD_OK;
	ward_store_head(s, &head);
	if (!err && (head.n != ret->head.n || !ward_hash_eq(&head.root, &ret->head.root)))
		err = WARD_ERR_CORRUPT;
	ward_store_close(s);
	return err;
}

enum ward_err ward_store_try(const struct ward_store_options *o, struct ward_store_trial *ret)
{
	char aside[PATH_MAX];
	enum ward_err err = ward_store_form_of(o->path, &ret->from);

	ret->to = ward_store_form_in(o->formats ? o->formats : ward_formats_most());
	if (!err)
		err = ward_store_room(o->path, &ret->needs, &ret->has);
	if (!err && ret->has < ret->needs)
		err = WARD_ERR_FULL;
	if (!err)
		err = beside(o->path, ASIDE, aside);
	if (err)
		return err;
	err = try_in(o, aside, ret);
	if (!err)
		err = try_out(o, aside, ret);
	(void)unlink(aside);
	return err;
}

/* The copy must be one that this Ward, or an older one, can go on with. */
static enum ward_err check_kept(const struct ward_store_options *o, const char *path)
{
	struct ward_store_options of_copy = *o;
	struct ward_store *s = NULL;
	uint64_t form = 0;
	enum ward_err err = ward_store_form_of(path, &form); /* else one would be made */

	of_copy.path = path;
	of_copy.reading = true;
	if (!err)
		err = ward_store_open_as(&of_copy, true, &s);
	if (!err)
		err = ward_store_verify(s);
	ward_store_close(s);
	return err;
}

/* Takes the log into the file, of whatever form it is, so that it can be moved alone. One that
 * can't be read goes with its log. */
static enum ward_err fold(const char *path, const char *put_aside_as)
{
	char log[PATH_MAX], to[PATH_MAX];
	sqlite3 *db = NULL;
	enum ward_err err = ward_sql_open(path, true, &db);

	if (!err)
		err = ward_sql_wal(db);
	if (!err)
		err = ward_sql_script(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	(void)sqlite3_close(db);
	if (!err || err == WARD_ERR_AGAIN || err == WARD_ERR_NOMEM)
		return err;
	if (snprintf(log, sizeof(log), "%s-wal", path) >= (int)sizeof(log) ||
		snprintf(to, sizeof(to), "%s-wal", put_aside_as) >= (int)sizeof(to))
		return WARD_ERR_LIMIT;
	return rename(log, to) == 0 || errno == ENOENT ? WARD_OK : WARD_ERR_IO;
}

enum ward_err ward_store_back(
	const struct ward_store_options *o, const char *name, struct ward_store_kept *ret)
{
	char kept[PATH_MAX];
	enum ward_err err = beside(o->path, name, kept);

	ret->form = 0;
	if (!err)
		err = check_kept(o, kept);
	if (!err)
		err = fold(o->path, kept);
	if (err)
		return err;
	/* at once: there is no moment without a database, which would be made anew, empty */
	if (renameat2(AT_FDCWD, kept, AT_FDCWD, o->path, RENAME_EXCHANGE) != 0)
		return WARD_ERR_IO;
	if (ward_store_form_of(kept, &ret->form))
		ret->form = 0; /* it is damaged: kept all the same */
	ret->time = ward_clock_now(o->clock);
	ret->bytes = size_of(kept, "");
	return put_aside(kept, ret->form, ret->time, ret->name);
}
