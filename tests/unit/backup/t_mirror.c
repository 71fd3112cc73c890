/* The state of a machine, kept up to date on the one beside it and put in place there. */
#include "backup/mirror.h"
#include "backup/place.h"
#include "backup/take.h"
#include "store/upgrade.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "folder.h"

enum { ARCHIVE_MAX = 4 << 20 };

struct room {
	char dir[64], state[96], hospital[96], to[96], to_hospital[96];
	struct ward_backup_head head;
};

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
	} bad[] = {{"384", "1024", WARD_ERR_MALFORMED}, {"384", "41344", WARD_ERR_MALFORMED},
		{"61002", "-1", WARD_ERR_MALFORMED}, {"store/", "../../", WARD_ERR_DENIED},
		{"state/", "/state/", WARD_ERR_DENIED}, {"0123", "012G", WARD_ERR_MALFORMED},
		{" 12 ", " ", WARD_ERR_MALFORMED}, {".db\n", ".db", WARD_ERR_MALFORMED}};
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
	assert_true(there(r->to, "standby-old/replaced/login/old", "of before"));
	assert_true(there(r->to, "standby-old/replaced/hospital/stale.yml", "of before"));
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

/* A whole copy of the leader as it is, and then put in place. */
static void carry_all(struct room *r)
{
	struct ward_mirror none, now;
	uint64_t n;

	ward_mirror_init(&none, ward_mem_heap());
	ward_mirror_init(&now, ward_mem_heap());
	assert_int_equal(carry(r, &none, &none, &now, &n), WARD_OK);
	ward_mirror_fini(&now);
}

static void install(struct room *r, bool keep)
{
	char why[WARD_MIRROR_WHY];
	bool done;

	assert_int_equal(ward_mirror_install(r->to, r->to_hospital, keep, &done, why), WARD_OK);
	assert_true(done);
}

static bool is_there(const char *folder, const char *name, struct stat *st)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return lstat(path, st) == 0;
}

static void link_in(const char *folder, const char *name, const char *to)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(symlink(to, path), 0);
}

static void rename_in(const char *folder, const char *from, const char *to)
{
	char a[256], b[256];

	(void)snprintf(a, sizeof(a), "%s/%s", folder, from);
	(void)snprintf(b, sizeof(b), "%s/%s", folder, to);
	assert_int_equal(rename(a, b), 0);
}

/* B led and had a clip, a store and an index; where A leads now the clip is erased. */
static void t_erased(void **state)
{
	static const char *const folders[] = {
		"", "clips", "clips/reads", "kept", "store", "search", "journal", "standby"};
	struct room *r = *state;
	char why[WARD_MIRROR_WHY];
	struct stat st;

	for (int follows = 0; follows < 2; follows++) {
		for (size_t i = 0; i < WARD_ARRAY_LEN(folders); i++)
			make_dir(r->to, folders[i]);
		put(r->to, "clips/reads/x.clip", "erased", 0600);
		put(r->to, "kept/x.file", "erased", 0600);
		put(r->to, "store/ward.db", "erased", 0600);
		put(r->to, "search/words", "erased", 0600);
		put(r->to, "ward.log", "own", 0600);
		put(r->to, "journal/segment", "own", 0600);
		put(r->to, "standby/term", "own", 0600);
		link_in(r->to, "disk", "/nowhere");
		carry_all(r);
		if (follows) {
			assert_int_equal(ward_mirror_retire(r->to, false, why), WARD_OK);
			assert_false(
				is_there(r->to, "store", &st) || is_there(r->to, "clips", &st));
			assert_true(there(r->to, "standby-copy/state/store/ward.db", "rows"));
		} else {
			make_dir(r->to_hospital, "");
			install(r, false);
			assert_true(there(r->to, "store/ward.db", "rows"));
		}
		assert_false(is_there(r->to, "clips/reads/x.clip", &st) ||
			     is_there(r->to, "kept", &st) || is_there(r->to, "search", &st) ||
			     is_there(r->to, "standby-was", &st) ||
			     is_there(r->to, "standby-old", &st));
		assert_true(is_there(r->to, "disk", &st));
		assert_true(there(r->to, "ward.log", "own") &&
			    there(r->to, "standby/term", "own") &&
			    there(r->to, "journal/segment", "own"));
		ward_place_remove(r->to);
	}
}

/* Of the leader's links and files with a second name none is taken away; folders keep modes. */
static void t_links(void **state)
{
	struct room *r = *state;
	char a[256], b[256];
	struct stat st;

	make_dir(r->to, "");
	make_dir(r->to_hospital, "");
	link_in(r->hospital, "evidence.pub", "/etc/keys/evidence.pub");
	put(r->to_hospital, "evidence.pub", "the follower's", 0644);
	link_in(r->to_hospital, "threats", "/nowhere");
	put(r->hospital, "people.yml", "people", 0640);
	(void)snprintf(a, sizeof(a), "%s/people.yml", r->hospital);
	(void)snprintf(b, sizeof(b), "%s/second", r->dir);
	assert_int_equal(link(a, b), 0);
	make_dir(r->hospital, "keys");
	put(r->hospital, "keys/token", "secret", 0644);
	carry_all(r);
	install(r, false);
	assert_true(there(r->to_hospital, "evidence.pub", "the follower's"));
	assert_true(is_there(r->to_hospital, "threats", &st) && S_ISLNK(st.st_mode));
	assert_true(there(r->to_hospital, "people.yml", "people"));
	assert_true(is_there(r->to_hospital, "people.yml", &st) && (st.st_mode & 0777) == 0640);
	assert_true(is_there(r->to_hospital, "keys", &st) && (st.st_mode & 0777) == 0700);
	assert_true(there(r->to_hospital, "keys/token", "secret"));
}

/* A link on the way is not followed, and files become folders and folders files. */
static void t_kinds(void **state)
{
	struct room *r = *state;
	struct stat st;

	make_dir(r->to, "");
	make_dir(r->to_hospital, "");
	make_dir(r->dir, "cron.d");
	link_in(r->to_hospital, "rules", "../cron.d");
	make_dir(r->hospital, "rules");
	put(r->hospital, "rules/x", "* * * * * root", 0644);
	make_dir(r->hospital, "contacts");
	put(r->hospital, "contacts/all.yml", "folder", 0644);
	put(r->to_hospital, "contacts", "file", 0644);
	put(r->hospital, "zones", "file", 0644);
	make_dir(r->to_hospital, "zones");
	make_dir(r->to_hospital, "zones/a");
	put(r->to_hospital, "zones/a/notes.yml", "a", 0644);
	make_dir(r->to_hospital, "zones/b");
	put(r->to_hospital, "zones/b/notes.yml", "b", 0644);
	put(r->to_hospital, "hospital.yml", "changed here", 0644);
	carry_all(r);
	install(r, true);
	assert_false(is_there(r->dir, "cron.d/x", &st));
	assert_true(is_there(r->to_hospital, "rules", &st) && S_ISDIR(st.st_mode));
	assert_true(there(r->to_hospital, "rules/x", "* * * * * root"));
	assert_true(there(r->to_hospital, "contacts/all.yml", "folder"));
	assert_true(there(r->to_hospital, "zones", "file"));
	assert_true(there(r->to, "standby-old/replaced/hospital/zones/a/notes.yml", "a"));
	assert_true(there(r->to, "standby-old/replaced/hospital/zones/b/notes.yml", "b"));
	assert_true(there(r->to, "standby-old/replaced/hospital/contacts", "file"));
	assert_true(there(r->to, "standby-old/replaced/hospital/hospital.yml", "changed here"));
	carry_all(r); /* what was kept the first time stays kept */
	put(r->to_hospital, "hospital.yml", "changed again", 0644);
	install(r, true);
	assert_true(there(r->to, "standby-old/replaced/hospital/hospital.yml", "changed here"));
	assert_true(there(r->to, "standby-old/replaced.1/hospital/hospital.yml", "changed again"));
}

/* Cut off at each of its steps it is gone on with; a copy that is not whole touches nothing. */
static void t_cut_off(void **state)
{
	struct room *r = *state;
	char why[WARD_MIRROR_WHY];
	struct stat st;
	bool done;

	make_dir(r->to, "");
	make_dir(r->to, "clips");
	put(r->to, "clips/old", "of before", 0600);
	make_dir(r->to_hospital, "");
	put(r->to_hospital, "hospital.yml", "of before", 0644);
	carry_all(r);
	/* while the copy was being removed, after all was done, by its final name */
	rename_in(r->to, "standby-copy/hospital/hospital.yml", "lost");
	assert_int_equal(
		ward_mirror_install(r->to, r->to_hospital, false, &done, why), WARD_ERR_CORRUPT);
	assert_true(!done && strstr(why, "standby-copy") != NULL);
	assert_true(there(r->to_hospital, "hospital.yml", "of before"));
	assert_true(there(r->to, "clips/old", "of before"));
	/* claimed; one folder aside, and nothing in its place; another in its place */
	rename_in(r->to, "lost", "standby-copy/hospital/hospital.yml");
	rename_in(r->to, "standby-copy", "standby-now");
	make_dir(r->to, "standby-was");
	rename_in(r->to, "clips", "standby-was/clips");
	rename_in(r->to, "standby-now/state/store", "store");
	install(r, false);
	assert_true(there(r->to, "clips/reads/a.json", "{}"));
	assert_false(is_there(r->to, "clips/old", &st));
	assert_true(there(r->to, "store/ward.db", "rows"));
	assert_true(there(r->to_hospital, "hospital.yml", "hospital: {id: h}\n"));
	assert_false(is_there(r->to, "standby-now", &st) || is_there(r->to, "standby-was", &st));
	/* done, and half removed: by a name that says so */
	carry_all(r);
	rename_in(r->to, "standby-copy", "standby-next.restoring");
	unlink_in(r->to, "standby-next.restoring/hospital/hospital.yml");
	assert_int_equal(ward_mirror_install(r->to, r->to_hospital, false, &done, why), WARD_OK);
	assert_true(!done && there(r->to_hospital, "hospital.yml", "hospital: {id: h}\n"));
	assert_false(is_there(r->to, "standby-next.restoring", &st));
}

static enum ward_err feed(struct room *r, const char *path, const char *list)
{
	char name[160];
	struct ward_tar_file f = {.mode = 0600, .size = 1}, l = {.path = WARD_MIRROR_LIST};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), ARCHIVE_MAX);
	struct ward_archive_out *out = NULL;
	struct ward_archive_sums sums;
	struct ward_mirror_in *in = NULL;
	uint8_t id[WARD_MIRROR_SUM];
	enum ward_err err;

	(void)snprintf(f.path, sizeof(f.path), "%s", path);
	(void)snprintf(name, sizeof(name), "%s/made", r->dir);
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	l.size = strlen(list);
	assert_int_equal(ward_archive_new(fd, ward_mem_heap(), &out), WARD_OK);
	assert_int_equal(ward_archive_begin(out, &f), WARD_OK);
	assert_int_equal(ward_archive_bytes(out, ward_slice_of("x", 1)), WARD_OK);
	assert_int_equal(ward_archive_end(out), WARD_OK);
	assert_int_equal(ward_archive_begin(out, &l), WARD_OK);
	assert_int_equal(ward_archive_bytes(out, ward_slice_of(list, l.size)), WARD_OK);
	assert_int_equal(ward_archive_end(out), WARD_OK);
	assert_int_equal(ward_archive_finish(out, &sums), WARD_OK);
	ward_archive_free(out);
	(void)close(fd);
	slurp(name, &w);
	assert_int_equal(ward_mirror_in_new(r->to, ward_mem_heap(), &in), WARD_OK);
	err = ward_mirror_in_feed(in, ward_wr_slice(&w));
	if (!err)
		err = ward_mirror_in_done(in, id);
	ward_mirror_in_free(in);
	ward_wr_fini(&w);
	return err;
}

/* An archive names what its list says, and nothing that is about this machine. */
static void t_names(void **state)
{
	static const char
		x[] = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
		other[] = "3d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
	static const struct {
		const char *path, *sum, *named;
		enum ward_err err;
	} c[] = {{"state/login/a", x, "state/login/a", WARD_OK},
		{"state/login/a", other, "state/login/a", WARD_ERR_CORRUPT},
		{"state/login/a", x, "state/login/b", WARD_ERR_CORRUPT},
		{"state/standby/term", x, "state/standby/term", WARD_ERR_MALFORMED},
		{"state/standby-copy/x", x, "state/standby-copy/x", WARD_ERR_MALFORMED},
		{"state/standby.lock", x, "state/standby.lock", WARD_ERR_MALFORMED},
		{"state/lock", x, "state/lock", WARD_ERR_MALFORMED},
		{"state/journal/segment", x, "state/journal/segment", WARD_ERR_MALFORMED}};
	struct room *r = *state;
	char list[512];

	make_dir(r->to, "");
	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		(void)snprintf(list, sizeof(list), "%s 384 0 1 %s\n", c[i].sum, c[i].named);
		assert_int_equal(feed(r, c[i].path, list), c[i].err);
	}
}

/* The header of a database of Ward's (SQLite's file format 1.3) in that form. */
static void put_database(const struct room *r, uint64_t form)
{
	uint8_t head[100] = "SQLite format 3";
	char path[256];
	FILE *f;

	head[62] = (uint8_t)(form >> 8);
	head[63] = (uint8_t)form;
	memcpy(head + 68, "WARD", 4);
	(void)snprintf(path, sizeof(path), "%s/store/ward.db", r->state);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(head, 1, sizeof(head), f), sizeof(head));
	assert_int_equal(fclose(f), 0);
}

/* A copy with which the follower's Ward could not go on is none: the one of before stays. */
static void t_later_form(void **state)
{
	struct ward_mirror none, one, two;
	struct room *r = *state;
	uint8_t id[WARD_MIRROR_SUM];
	uint64_t n;

	ward_mirror_init(&none, ward_mem_heap());
	ward_mirror_init(&one, ward_mem_heap());
	ward_mirror_init(&two, ward_mem_heap());
	make_dir(r->to, "");
	put_database(r, ward_store_form());
	assert_int_equal(carry(r, &none, &none, &one, &n), WARD_OK);
	put_database(r, ward_store_form() + 1);
	put(r->state, "clips/reads/a.json", "[]", 0600);
	assert_int_equal(carry(r, &one, &one, &two, &n), WARD_ERR_VERSION);
	ward_mirror_id(r->to, ward_mem_heap(), id);
	assert_memory_equal(id, one.id, sizeof(id));
	assert_true(there(r->to, "standby-copy/state/clips/reads/a.json", "{}"));
	ward_mirror_fini(&one);
	ward_mirror_fini(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_lists),
		cmocka_unit_test_setup_teardown(t_beside, setup, teardown),
		cmocka_unit_test_setup_teardown(t_erased, setup, teardown),
		cmocka_unit_test_setup_teardown(t_links, setup, teardown),
		cmocka_unit_test_setup_teardown(t_kinds, setup, teardown),
		cmocka_unit_test_setup_teardown(t_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(t_names, setup, teardown),
		cmocka_unit_test_setup_teardown(t_later_form, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
