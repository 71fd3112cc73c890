/* SQLite's online backup (https://sqlite.org/backup.html): pages go into a file of their own; what
 * this connection commits meanwhile, it writes to both. */
#include "store/priv.h"

struct ward_store_copy {
	struct ward_store *s;
	const struct ward_mem *mem;
	sqlite3 *to;
	sqlite3_backup *b;
};

enum ward_err ward_store_copy_begin(
	struct ward_store *s, const char *path, struct ward_store_copy **ret)
{
	const int flags = SQLITE_OPEN_CREATE | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
			  SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	struct ward_store_copy *c;
	enum ward_err err;

	if (s->failed)
		return WARD_ERR_STATE;
	c = ward_mem_alloc(s->o.mem, sizeof(*c));
	if (!c)
		return WARD_ERR_NOMEM;
	c->s = s;
	c->mem = s->o.mem;
	err = ward_sql_err(sqlite3_open_v2(path, &c->to, flags, NULL));
	if (!err) /* nobody reads it before it is whole: it needs no journal of its own */
		err = ward_sql_script(c->to, "PRAGMA locking_mode = EXCLUSIVE;"
					     "PRAGMA journal_mode = OFF;"
					     "PRAGMA synchronous = FULL;");
	if (!err) {
		c->b = sqlite3_backup_init(c->to, "main", s->db, "main");
		err = c->b ? WARD_OK : ward_sql_err(sqlite3_errcode(c->to));
	}
	if (err) {
		ward_store_copy_end(c);
		return err;
	}
	*ret = c;
	return WARD_OK;
}

enum ward_err ward_store_copy_step(struct ward_store_copy *c, int pages)
{
	int rc;

	if (c->s->failed)
		return WARD_ERR_STATE;
	if (c->s->open)
		return WARD_ERR_AGAIN; /* what is not committed is not copied */
	rc = sqlite3_backup_step(c->b, pages);
	if (rc == SQLITE_OK)
		return WARD_ERR_AGAIN;
	if (rc != SQLITE_DONE)
		return ward_sql_err(rc);
	rc = sqlite3_backup_finish(c->b);
	c->b = NULL;
	return ward_sql_err(rc);
}

void ward_store_copy_end(struct ward_store_copy *c)
{
	if (!c)
		return;
	if (c->b)
		(void)sqlite3_backup_finish(c->b);
	(void)sqlite3_close(c->to);
	ward_mem_free(c->mem, c, sizeof(*c));
}
