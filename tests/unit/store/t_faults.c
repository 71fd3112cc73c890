/* The store when the world fails: every allocation of SQLite and every write, sync and truncation
 * of its files, one after the other. Whatever happens, the database then opens again, verifies, and
 * has all of a transaction or nothing of it. */
#include "lab.h"

#include "store/sql.h"
#include "store/upgrade.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Call number fail_at and each one after it fails; 0: none. */
static struct {
	uint64_t n, fail_at;
	bool once;       /* only that one */
	bool kill;       /* it does not fail: the process is killed there */
	uint64_t stride; /* beyond the first hundred */
} fault;

static bool fails(void)
{
	fault.n++;
	if (fault.kill && fault.n == fault.fail_at)
		(void)raise(SIGKILL);
	return fault.fail_at && (fault.once ? fault.n == fault.fail_at : fault.n >= fault.fail_at);
}

static sqlite3_mem_methods heap;

static void *bad_malloc(int n)
{
	return fails() ? NULL : heap.xMalloc(n);
}

static void *bad_realloc(void *p, int n)
{
	return fails() ? NULL : heap.xRealloc(p, n);
}

/* A file whose methods may fail; the real one lies behind it. */
struct file {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_vfs disk, *real_disk;

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct file *)f)->real;
}

static int f_close(sqlite3_file *f)
{
	return real_of(f)->pMethods ? real_of(f)->pMethods->xClose(real_of(f)) : SQLITE_OK;
}

static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 off)
{
	return real_of(f)->pMethods->xRead(real_of(f), p, n, off);
}

/* Half of what it should write is written before it fails. */
static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 off)
{
	if (!fails())
		return real_of(f)->pMethods->xWrite(real_of(f), p, n, off);
	(void)real_of(f)->pMethods->xWrite(real_of(f), p, n / 2, off);
	return fault.fail_at % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return fails() ? SQLITE_IOERR_TRUNCATE : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int f_sync(sqlite3_file *f, int flags)
{
	return fails() ? SQLITE_IOERR_FSYNC : real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int f_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}

static int f_lock(sqlite3_file *f, int how)
{
	return real_of(f)->pMethods->xLock(real_of(f), how);
}

static int f_unlock(sqlite3_file *f, int how)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), how);
}

static int f_reserved(sqlite3_file *f, int *ret)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

static int f_control(sqlite3_file *f, int what, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), what, arg);
}

static int f_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int f_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* Version 1 has no shared memory: the store must not need it. */
static const sqlite3_io_methods methods = {.iVersion = 1,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_size,
	.xLock = f_lock,
	.xUnlock = f_unlock,
	.xCheckReservedLock = f_reserved,
	.xFileControl = f_control,
	.xSectorSize = f_sector,
	.xDeviceCharacteristics = f_traits};

static int d_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct file *file = (struct file *)f;
	int rc;

	(void)v;
	file->base.pMethods = NULL;
	/* the room behind is aligned as its own: the struct is of pointers */
	file->real = (sqlite3_file *)(void *)(file + 1);
	rc = real_disk->xOpen(real_disk, name, file->real, flags, ret_flags);
	if (rc == SQLITE_OK)
		file->base.pMethods = &methods;
	return rc;
}

static void install_memory(void)
{
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &heap), SQLITE_OK);
	sqlite3_mem_methods bad = heap;

	bad.xMalloc = bad_malloc;
	bad.xRealloc = bad_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &bad), SQLITE_OK);
}

static void install_disk(void)
{
	real_disk = sqlite3_vfs_find(NULL);
	assert_non_null(real_disk);
	disk = *real_disk;
	disk.zName = "faulty";
	disk.szOsFile = real_disk->szOsFile + (int)sizeof(struct file);
	disk.xOpen = d_open;
	assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

static bool count_row(void *ctx, const struct ward_store_row *r)
{
	(void)r;
	++*(size_t *)ctx;
	return true;
}

enum { BEFORE = 5, AFTER = 12 };

/* What a life of the store does. Counts what it was told is durable. */
static enum ward_err live(struct lab *l, size_t *ret_durable)
{
	struct ward_store_checkpoint c = {.seq = 3, .size = 9000};
	static uint8_t memory[9000];
	struct ward_wr w = ward_wr_fixed(memory, sizeof(memory));
	size_t n = 0;
	enum ward_err err = lab_try_open(l, ward_mem_heap());

	if (!err)
		err = ward_store_begin(l->s);
	for (uint32_t i = 0; !err && i < AFTER; i++) {
		struct ward_store_row r = lab_row(l, i);

		err = ward_store_put(l->s, &r);
	}
	memset(memory, 5, sizeof(memory));
	ward_sha256(ward_slice_of(memory, sizeof(memory)), c.sha256);
	if (!err)
		err = ward_store_checkpoint_begin(l->s, &c);
	for (size_t off = 0; !err && off < sizeof(memory); off += 3000)
		err = ward_store_checkpoint_put(l->s, ward_slice_of(memory + off, 3000));
	if (!err)
		err = ward_store_commit(l->s, 3);
	*ret_durable = err ? BEFORE : AFTER;
	if (!err)
		err = ward_store_rows(l->s, 0, 100, count_row, &n);
	if (!err)
		err = ward_store_checkpoint_read(l->s, 3000, 100, &w);
	if (!err)
		err = ward_store_verify(l->s);
	lab_close(l);
	return err;
}

/* Lives once for each n, with failures from the nth call on (or only there), until none is hit. */
static void each_fault(struct lab *l, bool once)
{
	uint64_t n_failed = 0;

	for (uint64_t n = 1;; n += n < 100 ? 1 : fault.stride) {
		size_t durable = 0, rows = 0;
		enum ward_err err;

		(void)unlink(l->path);
		fault.fail_at = 0;
		lab_open(l);
		lab_fill(l, 0, BEFORE, 1);
		lab_close(l);
		fault.n = 0;
		fault.fail_at = n;
		fault.once = once;
		err = live(l, &durable);
		bool hit = fault.n >= n;

		n_failed += err != WARD_OK;
		fault.fail_at = 0;
		lab_open(l);
		assert_int_equal(ward_store_verify(l->s), WARD_OK);
		assert_int_equal(ward_store_rows(l->s, 0, 100, count_row, &rows), WARD_OK);
		/* a commit that failed may be there all the same, but whole */
		assert_true(rows == durable || (durable == BEFORE && rows == AFTER));
		assert_int_equal(ward_store_position(l->s), rows == AFTER ? 3 : 1);
		lab_close(l);
		if (!hit) {
			assert_int_equal(err, WARD_OK);
			break;
		}
	}
	assert_true(n_failed > 10);
}

static void test_each_fault_from_then_on(void **state)
{
	each_fault(*state, false);
}

static void test_each_fault_once(void **state)
{
	each_fault(*state, true);
}

enum { OLD = 3 };

/* The database is of the old form or of the new one, with all that it had; what was kept of it is
 * whole; and the next life brings it on. False: it was not all done. */
static bool old_or_new(struct lab *l)
{
	struct ward_store_kept kept[4];
	struct ward_store_trial t = {.n_fault = 0};
	size_t n_kept = 0, rows = 0;
	int64_t version = 0;
	sqlite3 *db;

	assert_int_equal(ward_sql_open(l->path, true, &db), WARD_OK);
	assert_int_equal(ward_sql_int(db, "PRAGMA user_version", &version), WARD_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_true(version == OLD || version == (int64_t)ward_store_form());
	assert_int_equal(ward_store_kept(l->dir, kept, 4, &n_kept), WARD_OK);
	assert_true(n_kept == 1 || (version == OLD && n_kept == 0));
	for (size_t i = 0; i < n_kept; i++) {
		char path[400];
		struct ward_store_options o = {
			.path = path, .clock = &l->clock.clock, .mem = ward_mem_heap()};

		(void)snprintf(path, sizeof(path), "%s/%s", l->dir, kept[i].name);
		assert_int_equal(kept[i].form, OLD);
		assert_int_equal(ward_store_try(&o, &t), WARD_OK);
		assert_int_equal(t.head.n, BEFORE);
		assert_int_equal(t.n_fault, 0);
	}
	lab_open(l);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	assert_int_equal(ward_store_rows(l->s, 0, 100, count_row, &rows), WARD_OK);
	assert_int_equal(rows, BEFORE);
	assert_int_equal(ward_store_position(l->s), 1);
	lab_close(l);
	assert_int_equal(ward_store_kept(l->dir, kept, 4, &n_kept), WARD_OK);
	assert_int_equal(n_kept, 1);
	assert_int_equal(unlink(l->path), 0);
	return version != OLD;
}

static void make_old(struct lab *l)
{
	fault.fail_at = 0;
	lab_open(l);
	lab_fill(l, 0, BEFORE, 1);
	lab_close(l);
	lab_make_older(l, OLD);
	l->keeping = true;
	fault.n = 0;
}

/* An upgrade in which the nth write, sync or truncation fails, or in which the process is killed
 * there. */
static void each_upgrade(struct lab *l, bool kill)
{
	size_t n_old = 0, n_new = 0;
	bool hit = true;

	for (uint64_t n = 1; hit; n++) {
		make_old(l);
		fault.fail_at = n;
		if (kill) {
			pid_t child = fork();
			int status = 0;

			assert_true(child >= 0);
			if (child == 0) {
				fault.kill = true;
				_exit(lab_try_open(l, ward_mem_heap()) ? 1 : 0);
			}
			assert_int_equal(waitpid(child, &status, 0), child);
			hit = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
			assert_true(hit || status == 0);
		} else {
			enum ward_err err = lab_try_open(l, ward_mem_heap());

			lab_close(l);
			hit = fault.n >= n;
			assert_true(hit || !err);
		}
		fault.fail_at = 0;
		if (old_or_new(l))
			n_new++;
		else
			n_old++;
	}
	assert_true(n_old > 10 && n_new > 0);
}

static void test_each_fault_in_an_upgrade(void **state)
{
	each_upgrade(*state, false);
}

static void test_each_kill_in_an_upgrade(void **state)
{
	each_upgrade(*state, true);
}

/* The store's own memory. */
static void test_no_memory_for_the_store(void **state)
{
	struct lab *l = *state;
	struct ward_mem_failing f;

	ward_mem_failing_init(&f, 1);
	assert_int_equal(lab_try_open(l, &f.mem), WARD_ERR_NOMEM);
	assert_null(l->s);
}

static int teardown(void **state)
{
	fault.fail_at = 0;
	return lab_teardown(state);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_memory_for_the_store, lab_setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_fault_from_then_on, lab_setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_fault_once, lab_setup, teardown),
	};
	const struct CMUnitTest upgrades[] = {
		cmocka_unit_test_setup_teardown(test_each_fault_in_an_upgrade, lab_setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_kill_in_an_upgrade, lab_setup, teardown),
	};

	if (argc == 2 && strcmp(argv[1], "memory") == 0) {
		install_memory();
		fault.stride = 7; /* some thousand allocations, most of a kind */
	} else if (argc == 2 && strcmp(argv[1], "disk") == 0) {
		install_disk();
		fault.stride = 1;
	} else if (argc == 2 && strcmp(argv[1], "upgrade") == 0) {
		install_disk();
		return cmocka_run_group_tests(upgrades, NULL, NULL);
	} else {
		(void)fprintf(stderr, "usage: %s memory|disk|upgrade\n", argv[0]);
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
