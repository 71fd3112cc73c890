#include "store/migrate.h"

#include "base/formats.h"

#include "store/sql.h"

enum ward_err ward_store_recognise(sqlite3 *db, size_t n)
{
	int64_t app = 0, version = 0, things = 0;
	enum ward_err err = ward_sql_int(db, "PRAGMA application_id", &app);

	if (!err)
		err = ward_sql_int(db, "PRAGMA user_version", &version);
	if (!err)
		err = ward_sql_int(db, "SELECT count(*) FROM sqlite_schema", &things);
	if (err)
		return err;
	if (app == WARD_STORE_APPLICATION && version > 0)
		return version > (int64_t)n ? WARD_ERR_VERSION : WARD_OK;
	return app == 0 && version == 0 && things == 0 ? WARD_OK : WARD_ERR_FOREIGN;
}

static enum ward_err step(sqlite3 *db, const char *sql, int64_t version)
{
	int64_t now = 0;
	enum ward_err err = ward_sql_script(db, sql);

	if (!err)
		err = ward_sql_int(db, "PRAGMA user_version", &now);
	return !err && now != version ? WARD_ERR_CORRUPT : err;
}

enum ward_err ward_store_migrate(sqlite3 *db, const char *const *list, size_t n)
{
	int64_t version = 0;
	enum ward_err err = ward_store_recognise(db, n);

	if (!err)
		err = ward_sql_int(db, "PRAGMA user_version", &version);
	if (err || version == (int64_t)n)
		return err;
	err = ward_sql_script(db, "BEGIN IMMEDIATE");
	for (size_t i = (size_t)version; !err && i < n; i++)
		err = step(db, list[i], (int64_t)i + 1);
	if (!err)
		err = ward_sql_script(db, "COMMIT");
	/* a failure can have undone the transaction already; closing would undo it too */
	if (err && !sqlite3_get_autocommit(db) && ward_sql_script(db, "ROLLBACK") != WARD_OK)
		err = WARD_ERR_IO;
	return err;
}

enum ward_err ward_store_is_form(sqlite3 *db)
{
	int64_t version = 0;
	enum ward_err err = ward_sql_int(db, "PRAGMA user_version", &version);

	if (err)
		return err;
	return version >= (int64_t)ward_store_form_in(WARD_FORMATS_LEAST) &&
			       version <= (int64_t)ward_store_form_in(ward_formats_most())
		       ? WARD_OK
		       : WARD_ERR_VERSION;
}
