/* The state of a machine, kept up to date on the one beside it and put in place there. */
#include "backup/mirror.h"
#include "backup/place.h"
#include "backup/take.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { ARCHIVE_MAX = 4 << 20 };

struct room {
	char dir[64], state[96], hospital[96], to[96], to_hospital[96];
	struct ward_backup_head head;
};

static void put(const char *folder, const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	assert_non_null(f);
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make_dir(const char *folder, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s%s%s", folder, *name ? "/" : "", name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int setup(void **state)
{
	static const char *const folders[] = {
		"", "store", "journal", "login", "clips", "clips/reads", "standby", "search"};
	struct room *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	(void)snprintf(r->dir, sizeof(r->dir), "/tmp/ward-mirror-XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	(void)snprintf(r->state, sizeof(r->state), "%s/state", r->dir);
	(void)snprintf(r->hospital, sizeof(r->hospital), "%s/hospital", r->dir);
	(void)snprintf(r->to, sizeof(r->to), "%s/to", r->dir);
	(void)snprintf(r->to_hospital, sizeof(r->to_hospital), "%s/to_hospital", r->dir);
	for (size_t i = 0; i < WARD_ARRAY_LEN(folders); i++)
		make_dir(r->state, folders[i]);
	put(r->state, "store/ward.db", "rows", 0600);
	put(r->state, "journal/retention", "holds", 0600);
	put(r->state, "journal/segment", "is followed", 0600);
	put(r->state, "standby/term", "is this machine's alone", 0600);
	put(r->state, "search/index", "can be made anew", 0600);
	put(r->state, "ward.log", "of this machine", 0600);
	put(r->state, "clips/reads/a.json", "{}", 0600);
	make_dir(r->hospital, "");
	put(r->hospital, "hospital.yml", "hospital: {id: h}\n", 0644);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;

	ward_place_remove(r->dir);
	free(r);
	return 0;
}

static void t_lists(void **state)
{
	static const char line[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
		"384 61002 12 state/store/ward.db\n";
	static const struct {
		const char *change, *to;
		enum ward_err err;
	} bad[] = {{"384", "1024", WARD_ERR_MALFORMED}, {"61002", "-1", WARD_ERR_MALFORMED},
		{"store/", "../../", WARD_ERR_DENIED}, {"state/", "/state/", WARD_ERR_DENIED},
		{"0123", "012G", WARD_ERR_MALFORMED}, {" 12 ", " ", WARD_ERR_MALFORMED},
		{".db\n", ".db", WARD_ERR_MALFORMED}};
	struct ward_mirror m;
	char text[512];

	(void)state;
	ward_mirror_init(&m, ward_mem_heap());
	assert_int_equal(ward_mirror_read(ward_str_z(line), &m), WARD_OK);
	assert_true(m.n == 1 && m.item[0].mode == 0600 && m.item[0].uid == 61002);
	assert_non_null(ward_mirror_find(&m, "state/store/ward.db"));
	assert_null(ward_mirror_find(&m, "state/store"));
	ward_mirror_fini(&m);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		const char *at = strstr(line, bad[i].change);

		(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - line), line, bad[i].to,
			at + strlen(bad[i].change));
		assert_int_equal(ward_mirror_read(ward_str_z(text), &m), bad[i].err);
		ward_mirror_fini(&m);
	}
	(void)snprintf(text, sizeof(text), "%s%s", line, line); /* each once */
	assert_int_equal(ward_mirror_read(ward_str_z(text), &m), WARD_ERR_MALFORMED);
	ward_mirror_fini(&m);
}

static void slurp(const char *path, struct ward_wr *w)
{
	uint8_t piece[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	ward_wr_reset(w);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		ward_wr_bytes(w, piece, (size_t)n);
	(void)close(fd);
}

/* What is new since `has` goes over; *ret_files: of the archive, with its list. */
static enum ward_err carry(struct room *r, const struct ward_mirror *has,
	const struct ward_mirror *seen, struct ward_mirror *now, uint64_t *ret_files)
{
	char path[160], why[WARD_BACKUP_WHY];
	const struct ward_backup_beside beside = {has, seen, now};
	struct ward_backup_options o = {.state = r->state,
		.hospital = r->hospital,
		.mem = ward_mem_heap(),
		.beside = &beside};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), ARCHIVE_MAX);
	struct ward_mirror_in *in = NULL;
	struct ward_backup_made made;
	uint8_t id[WARD_MIRROR_SUM];
	int fd;
	enum ward_err err;

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", r->state);
	o.store = open(path, O_RDONLY | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "%s/beside", r->dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(ward_backup_take(&o, &r->head, fd, &made, why), WARD_OK);
	(void)close(fd);
	(void)close(o.store);
	*ret_files = made.sums.n_file;
	slurp(path, &w);
	assert_int_equal(ward_mirror_in_new(r->to, ward_mem_heap(), &in), WARD_OK);
	err = ward_mirror_in_feed(in, ward_wr_slice(&w));
	if (!err)
		err = ward_mirror_in_done(in, id);
	if (!err)
		assert_memory_equal(id, now->id, sizeof(id));
	ward_mirror_in_free(in);
	ward_wr_fini(&w);
	return err;
}

static bool there(const char *folder, const char *name, const char *text)
{
	char path[256], bytes[64] = "";
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	bytes[fread(bytes, 1, sizeof(bytes) - 1, f)] = 0;
	(void)fclose(f);
	return strcmp(bytes, text) == 0;
}

static void unlink_in(const char *folder, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

/* Only what is new goes over; what goes, goes there, too; and it is put in place as a whole. */
static void t_beside(void **state)
{
	struct room *r = *state;
	struct ward_mirror none, one, two, three;
	char why[WARD_MIRROR_WHY];
	uint64_t n, all;
	bool done = true;

	ward_mirror_init(&none, ward_mem_heap());
	ward_mirror_init(&one, ward_mem_heap());
	ward_mirror_init(&two, ward_mem_heap());
	ward_mirror_init(&three, ward_mem_heap());
	make_dir(r->to, "");
	make_dir(r->to, "login");
	put(r->to, "login/old", "of before", 0600);
	make_dir(r->to, "journal");
	put(r->to, "journal/own", "is followed", 0600);
	put(r->state, "login/accounts.jsonl", "one", 0600);
	put(r->state, "login/goes", "soon", 0600);
	assert_int_equal(ward_mirror_install(r->to, r->to_hospital, false, &done, why), WARD_OK);
	assert_false(done);
	assert_int_equal(carry(r, &none, &none, &one, &all), WARD_OK);
	assert_true(all == one.n + 1);
	assert_non_null(ward_mirror_find(&one, "state/journal/retention"));
	assert_null(ward_mirror_find(&one, "state/journal/segment"));
	assert_null(ward_mirror_find(&one, "state/standby/term"));
	assert_null(ward_mirror_find(&one, "state/search/index"));
	assert_null(ward_mirror_find(&one, "state/ward.log"));
	assert_non_null(ward_mirror_find(&one, "hospital/hospital.yml"));
	assert_int_equal(carry(r, &one, &one, &two, &n), WARD_OK);
	assert_true(n == 1 && memcmp(one.id, two.id, sizeof(one.id)) == 0);
	ward_mirror_fini(&two);
	put(r->state, "login/accounts.jsonl", "two", 0600);
	unlink_in(r->state, "login/goes");
	assert_int_equal(carry(r, &one, &one, &two, &n), WARD_OK);
	assert_true(n == 2 && two.n == one.n - 1);
	make_dir(r->to_hospital, "");
	put(r->to_hospital, "stale.yml", "of before", 0644);
	assert_int_equal(ward_mirror_install(r->to, r->to_hospital, true, &done, why), WARD_OK);
	assert_true(done && there(r->to, "login/accounts.jsonl", "two"));
	assert_false(there(r->to, "login/goes", "soon") || there(r->to, "login/old", "of before"));
	assert_true(there(r->to, "standby-old/login/old", "of before"));
	assert_true(there(r->to, "standby-old/hospital/stale.yml", "of before"));
	assert_false(there(r->to_hospital, "stale.yml", "of before"));
	assert_true(there(r->to, "journal/own", "is followed"));
	/* nothing is there that the archive leaves out */
	put(r->state, "login/accounts.jsonl", "three", 0600);
	assert_int_equal(carry(r, &two, &two, &three, &n), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_mirror_install(r->to, r->to_hospital, true, &done, why), WARD_OK);
	assert_true(!done && there(r->to, "login/accounts.jsonl", "two"));
	ward_mirror_fini(&one);
	ward_mirror_fini(&two);
	ward_mirror_fini(&three);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_lists),
		cmocka_unit_test_setup_teardown(t_beside, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
