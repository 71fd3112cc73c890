#include "lab.h"

#include "store/migrate.h"
#include "store/sql.h"

#include <dirent.h>
#include <unistd.h>

void lab_init(struct lab *l)
{
	/* in memory where there is such a place: thousands of databases are made and thrown away */
	*l = (struct lab){.n_fault = 0};
	(void)snprintf(l->dir, sizeof(l->dir), "%s/ward-store-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(l->dir));
	(void)snprintf(l->path, sizeof(l->path), "%s/ward.db", l->dir);
	ward_clock_fake_init(&l->clock, WARD_NS_PER_S);
}

void lab_fini(struct lab *l)
{
	lab_close(l);
	DIR *d = opendir(l->dir);

	assert_non_null(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		(void)unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	assert_int_equal(rmdir(l->dir), 0);
}

int lab_setup(void **state)
{
	struct lab *l = malloc(sizeof(*l));

	assert_non_null(l);
	lab_init(l);
	*state = l;
	return 0;
}

int lab_teardown(void **state)
{
	lab_fini(*state);
	free(*state);
	return 0;
}

static void on_fault(void *ctx, const struct ward_store_fault *f)
{
	struct lab *l = ctx;

	if (l->n_fault < 16) {
		l->fault[l->n_fault] = f->what;
		l->fault_row[l->n_fault++] = f->row;
	}
}

static void salt(void *ctx, uint8_t ret[WARD_LEDGER_SALT])
{
	struct lab *l = ctx;

	memset(ret, l->salt++, WARD_LEDGER_SALT);
}

static void on_upgrade(void *ctx, const struct ward_store_upgrade *u)
{
	struct lab *l = ctx;

	if (l->n_stage < WARD_ARRAY_LEN(l->stage))
		l->stage[l->n_stage++] = u->stage;
	l->upgrade = *u;
	if (u->kept)
		(void)snprintf(l->kept, sizeof(l->kept), "%s", u->kept);
}

enum ward_err lab_try_open(struct lab *l, const struct ward_mem *mem)
{
	struct ward_store_options o = {.path = l->path,
		.clock = &l->clock.clock,
		.mem = mem,
		.salt = salt,
		.salt_ctx = l,
		.fault = on_fault,
		.fault_ctx = l,
		.keeping = l->keeping,
		.upgrade = on_upgrade};

	return ward_store_open(&o, &l->s);
}

void lab_open(struct lab *l)
{
	assert_null(l->s);
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_OK);
}

void lab_close(struct lab *l)
{
	ward_store_close(l->s);
	l->s = NULL;
}

void lab_make_older(struct lab *l, size_t k)
{
	char text[1024], full[96];
	const char *const *ours;
	sqlite3 *db;
	size_t n;

	(void)snprintf(full, sizeof(full), "%s/full.db", l->dir);
	assert_int_equal(rename(l->path, full), 0);
	ours = ward_store_migrations(&n);
	assert_true(k >= 1 && k < n);
	assert_int_equal(ward_sql_open(l->path, false, &db), WARD_OK);
	assert_int_equal(ward_store_migrate(db, ours, k), WARD_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	(void)snprintf(text, sizeof(text),
		"PRAGMA locking_mode = EXCLUSIVE; ATTACH '%s' AS f; DELETE FROM ledger;"
		"INSERT INTO leaf SELECT * FROM f.leaf; INSERT INTO record SELECT * FROM f.record;"
		"INSERT INTO ledger SELECT * FROM f.ledger;"
		"INSERT INTO reader SELECT * FROM f.reader;"
		"INSERT INTO checkpoint SELECT * FROM f.checkpoint;"
		"INSERT INTO checkpoint_part SELECT * FROM f.checkpoint_part;",
		full);
	lab_sql(l, text);
	assert_int_equal(unlink(full), 0);
}

void lab_sql(struct lab *l, const char *text)
{
	sqlite3 *db;
	char *why = NULL;

	assert_null(l->s);
	assert_int_equal(sqlite3_open(l->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

struct ward_store_row lab_row(struct lab *l, uint32_t i)
{
	struct ward_store_row r = {.kind = (enum ward_row_kind)(i % 3 + 1),
		.revision = i / 9,
		.time = (ward_ns)i * WARD_NS_PER_S};
	int n = snprintf(l->json, sizeof(l->json), "{\"row\":%u,\"caf\xc3\xa9\":true}", i);

	r.id.b[0] = (uint8_t)(i / 3 % 3);
	r.id.b[15] = (uint8_t)r.kind;
	r.json = (struct ward_str){l->json, (size_t)n};
	return r;
}

void lab_put(struct lab *l, uint32_t i)
{
	struct ward_store_row r = lab_row(l, i);

	assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
}

void lab_fill(struct lab *l, uint32_t from, uint32_t to, uint64_t position)
{
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (uint32_t i = from; i < to; i++)
		lab_put(l, i);
	assert_int_equal(ward_store_commit(l->s, position), WARD_OK);
}

bool lab_told(const struct lab *l, const char *what, uint64_t row)
{
	for (size_t i = 0; i < l->n_fault; i++)
		if (strcmp(l->fault[i], what) == 0 && l->fault_row[i] == row)
			return true;
	return false;
}
