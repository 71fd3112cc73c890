#include "lab.h"

#include "store/migrate.h"
#include "store/sql.h"

#include <unistd.h>

static void test_not_ours(void **state)
{
	struct lab *l = *state;
	FILE *f;

	lab_open(l);
	lab_close(l);
	lab_sql(l, "PRAGMA user_version = 1000");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_VERSION);
	lab_sql(l, "PRAGMA application_id = 1");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_FOREIGN);
	assert_int_equal(unlink(l->path), 0);
	lab_sql(l, "CREATE TABLE other (a)");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_FOREIGN);
	lab_sql(l, "INSERT INTO other VALUES (1)"); /* it was left as it was */
	f = fopen(l->path, "wb");
	assert_non_null(f);
	for (unsigned i = 0; i < 1000; i++)
		(void)fputs("no database", f);
	fclose(f);
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_FOREIGN);
	assert_int_equal(unlink(l->path), 0);
	(void)snprintf(l->path, sizeof(l->path), "%s/no/such/ward.db", l->dir);
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_IO);
}

static void test_migrations(void **state)
{
	struct lab *l = *state;
	static const char *const list[] = {
		"PRAGMA application_id = 1463898692; CREATE TABLE a (x) STRICT_; ",
		"CREATE TABLE b (x); PRAGMA user_version = 2;",
		"INSERT INTO b VALUES (1); PRAGMA user_version = 7;", /* leads elsewhere */
		"INSERT INTO nowhere VALUES (1); PRAGMA user_version = 3;",
		"INSERT INTO b VALUES (3); -- the end\nPRAGMA user_version = 3; ",
	};
	const char *good[] = {"PRAGMA application_id = 1463898692;\n\n-- text\n"
			      "CREATE TABLE a (x); PRAGMA user_version = 1;",
		list[1], list[4]};
	const char *const *ours;
	sqlite3 *db;
	int64_t v;
	size_t n;

	ours = ward_store_migrations(&n);
	assert_true(n >= 1);
	for (size_t i = 0; i < n; i++)
		assert_non_null(strstr(ours[i], "PRAGMA user_version"));
	assert_int_equal(ward_sql_open(l->path, false, &db), WARD_OK);
	assert_int_equal(ward_store_migrate(db, list, 1), WARD_ERR_CORRUPT); /* no SQL */
	assert_int_equal(ward_store_migrate(db, good, 1), WARD_OK);
	assert_int_equal(ward_store_migrate(db, good, 1), WARD_OK);
	assert_int_equal(ward_store_migrate(db, good, 2), WARD_OK);
	assert_int_equal(ward_store_migrate(db, good, 1), WARD_ERR_VERSION);
	/* a step that fails leaves nothing of itself */
	good[2] = list[2];
	assert_int_equal(ward_store_migrate(db, good, 3), WARD_ERR_CORRUPT);
	good[2] = list[3];
	assert_int_equal(ward_store_migrate(db, good, 3), WARD_ERR_CORRUPT);
	assert_int_equal(ward_sql_int(db, "SELECT count(*) FROM b", &v), WARD_OK);
	assert_int_equal(v, 0);
	assert_int_equal(ward_sql_int(db, "SELECT x FROM b", &v), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_sql_int(db, "PRAGMA user_version", &v), WARD_OK);
	assert_int_equal(v, 2);
	good[2] = list[4];
	assert_int_equal(ward_store_migrate(db, good, 3), WARD_OK);
	assert_int_equal(ward_sql_int(db, "SELECT count(*) FROM b", &v), WARD_OK);
	assert_int_equal(v, 1);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_not_ours, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_migrations, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
