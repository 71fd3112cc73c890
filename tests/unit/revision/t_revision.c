/* Versions of a real directory: taken whole or not at all, wherever it is killed. */
#include "revision/revision.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
	char dir[64], hospital[96], folder[96], stage[96];
	struct ward_arena arena;
	struct ward_revision *r;
	char why[WARD_REVISION_SAY];
	int steps_left; /* until the process is killed; -1: never */
};

static struct room *room;

static void path_of(const char *base, const char *name, char ret[256])
{
	(void)snprintf(ret, 256, "%s/%s", base, name);
}

static void put(const char *name, const char *text)
{
	char path[256];

	path_of(room->hospital, name, path);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void is_in(const char *base, const char *name, const char *text)
{
	char path[256], buf[512] = "";

	path_of(base, name, path);
	FILE *f = fopen(path, "r");

	if (!text) {
		assert_null(f);
		return;
	}
	assert_non_null(f);
	buf[fread(buf, 1, sizeof(buf) - 1, f)] = 0;
	(void)fclose(f);
	assert_string_equal(buf, text);
}

static void is(const char *name, const char *text)
{
	is_in(room->hospital, name, text);
}

static enum ward_err open_again(bool write)
{
	const struct ward_revision_in in = {room->folder, room->hospital, ward_mem_heap(), write};

	ward_revision_free(room->r);
	room->r = NULL;
	return ward_revision_open(&in, &room->r, room->why);
}

static void maybe_die(void *ctx, const char *what)
{
	(void)ctx;
	(void)what;
	if (room->steps_left > 0 && --room->steps_left == 0)
		_exit(9);
}

static const struct ward_revision_taking taking = {
	.by = {"g-ferrero", 9}, .why = {"a test", 6}, .now = 1000, .step = maybe_die};

static uint64_t note(void)
{
	uint64_t n = 99;

	assert_int_equal(ward_revision_note(room->r, &taking, &n), WARD_OK);
	return n;
}

/* The last version with `changed` in place of a.yml, `new` beside, and b.csv gone. */
static struct ward_revision_tree another(const char *text)
{
	struct ward_revision_tree t, to = {0};

	assert_int_equal(
		ward_revision_tree(room->r, ward_revision_current(room->r), &room->arena, &t),
		WARD_OK);
	to.file = ward_arena_array(&room->arena, t.n + 1, sizeof(to.file[0]));
	for (size_t i = 0; i < t.n; i++)
		if (!ward_str_eqz(t.file[i].path, "b.csv") &&
			!ward_str_eqz(t.file[i].path, "z/new.yml"))
			to.file[to.n++] = t.file[i];
	struct ward_str s = ward_str_z(text);

	for (size_t i = 0; i < to.n; i++)
		if (ward_str_eqz(to.file[i].path, "a.yml")) {
			to.file[i].size = s.len;
			assert_int_equal(
				ward_revision_keep(room->r, ward_str_bytes(s), to.file[i].hash),
				WARD_OK);
		}
	struct ward_revision_file *f = &to.file[to.n++];

	f->path = WARD_STR("z/new.yml");
	f->size = 4;
	assert_int_equal(ward_revision_keep(room->r, ward_slice_of("new\n", 4), f->hash), WARD_OK);
	return to;
}

static void begin_with_two(void)
{
	put("a.yml", "first\n");
	put("b.csv", "id\n");
	assert_int_equal(open_again(true), WARD_OK);
	assert_int_equal(note(), 1);
}

static void what_is_by_hand_becomes_a_version(void **state)
{
	size_t n;

	(void)state;
	begin_with_two();
	assert_int_equal(note(), 0);
	put("a.yml", "second\n");
	assert_int_equal(note(), 2);
	const struct ward_revision_version *v = ward_revision_list(room->r, &n);

	assert_int_equal(n, 2);
	assert_int_equal(v[0].added, 2);
	assert_int_equal(v[1].changed, 1);
	assert_true(ward_str_eqz(v[1].why, "a test"));
	assert_int_equal(open_again(false), WARD_OK);
	assert_int_equal(ward_revision_current(room->r), 2);
}

static void taken_and_back(void **state)
{
	uint64_t n;

	(void)state;
	begin_with_two();
	struct ward_revision_tree to = another("changed\n"), back;

	assert_int_equal(ward_revision_take(room->r, &to, &taking, &n), WARD_OK);
	assert_int_equal(n, 2);
	is("a.yml", "changed\n");
	is("b.csv", NULL);
	is("z/new.yml", "new\n");
	assert_int_equal(ward_revision_tree(room->r, 1, &room->arena, &back), WARD_OK);
	assert_int_equal(ward_revision_take(room->r, &back, &taking, &n), WARD_OK);
	assert_int_equal(n, 3);
	is("a.yml", "first\n");
	is("b.csv", "id\n");
	is("z/new.yml", NULL);
}

static void mode_is_kept(void **state)
{
	char path[256];
	struct stat st;
	uint64_t n;

	(void)state;
	begin_with_two();
	path_of(room->hospital, "a.yml", path);
	assert_int_equal(chmod(path, 0640), 0);
	struct ward_revision_tree to = another("changed\n");

	assert_int_equal(ward_revision_take(room->r, &to, &taking, &n), WARD_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void not_over_what_somebody_changed(void **state)
{
	uint64_t n;

	(void)state;
	begin_with_two();
	struct ward_revision_tree to = another("changed\n");

	put("a.yml", "by hand\n");
	assert_int_equal(ward_revision_take(room->r, &to, &taking, &n), WARD_ERR_STATE);
	is("a.yml", "by hand\n");
	is("b.csv", "id\n");
}

/* A process that is killed after each step in turn, until one lives to the end. */
static void killed_anywhere_it_is_whole(void **state)
{
	int died = 0;

	(void)state;
	begin_with_two();
	for (int step = 1;; step++) {
		int status;
		char text[32];

		(void)snprintf(text, sizeof(text), "life %d\n", step);
		uint64_t before = ward_revision_current(room->r), n;
		pid_t pid = fork();

		if (pid == 0) {
			room->steps_left = step;
			assert_int_equal(open_again(true), WARD_OK);
			struct ward_revision_tree to = another(text);

			if (ward_revision_take(room->r, &to, &taking, &n) != WARD_OK)
				_exit(1);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) == 9 || WEXITSTATUS(status) == 0);
		assert_int_equal(open_again(true), WARD_OK);
		bool taken = ward_revision_current(room->r) == before + 1;

		if (taken)
			is("a.yml", text);
		/* after its line was written, all that is left is the intent */
		assert_true(!ward_revision_finished(room->r) || taken);
		assert_int_equal(taken, step > 1); /* the first step is before the intent */
		assert_int_equal(note(), 0);       /* it is what the list says */
		if (WEXITSTATUS(status) == 0)
			break;
		died++;
		put("b.csv", "id\n"); /* so that there is one to be removed again */
		assert_int_equal(note() != 0, taken);
	}
	assert_true(died >= 5);
}

/* Something of that name is in the way of a file, which nobody sees before. */
static void put_in_the_way(void)
{
	char path[256];

	path_of(room->hospital, "z", path);
	assert_int_equal(mkdir(path, 0755), 0);
	path_of(room->hospital, "z/new.yml", path);
	assert_int_equal(mkdir(path, 0755), 0);
}

static void is_as_it_was(void)
{
	is("a.yml", "first\n");
	is("b.csv", "id\n");
	assert_int_equal(note(), 0);
	assert_int_equal(ward_revision_current(room->r), 1);
}

static void what_cannot_be_done_is_undone(void **state)
{
	uint64_t n = 0;

	(void)state;
	begin_with_two();
	put_in_the_way();
	struct ward_revision_tree to = another("changed\n");

	assert_int_equal(ward_revision_take(room->r, &to, &taking, &n), WARD_ERR_IO);
	assert_non_null(strstr(ward_revision_why(room->r), "z/new.yml"));
	assert_int_equal(ward_revision_undone(room->r), 2);
	is_as_it_was();
	assert_int_equal(open_again(true), WARD_OK);
	assert_int_equal(ward_revision_finished(room->r), 0);
	is_as_it_was();
}

/* Killed after each step of the try, and of undoing it. */
static void killed_while_it_is_undone(void **state)
{
	int died = 0, status;

	(void)state;
	begin_with_two();
	put_in_the_way();
	for (int step = 1;; step++) {
		pid_t pid = fork();
		uint64_t n;

		if (pid == 0) {
			room->steps_left = step;
			assert_int_equal(open_again(true), WARD_OK);
			struct ward_revision_tree to = another("changed\n");

			_exit(ward_revision_take(room->r, &to, &taking, &n) == WARD_OK);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(open_again(true), WARD_OK);
		is_as_it_was();
		if (WEXITSTATUS(status) == 0)
			break;
		assert_int_equal(WEXITSTATUS(status), 9);
		died++;
	}
	assert_true(died >= 5);
}

static size_t n_object;

static int count_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)path;
	(void)st;
	(void)f;
	n_object += kind == FTW_F;
	return 0;
}

static size_t objects(void)
{
	char path[256];

	n_object = 0;
	path_of(room->folder, "objects", path);
	assert_int_equal(nftw(path, count_one, 16, FTW_PHYS), 0);
	return n_object;
}

/* Looked at as often as one likes, a text is on the disk once it is taken. */
static void a_text_is_kept_once_it_is_taken(void **state)
{
	static const uint8_t text[] = "only thought of\n";
	struct ward_revision_file f = {
		.path = WARD_STR("a.yml"), .size = sizeof(text) - 1, .text = text};
	const struct ward_revision_tree to = {.file = &f, .n = 1};
	struct ward_slice got;
	uint64_t n;

	(void)state;
	begin_with_two();
	ward_revision_hash(ward_slice_of(text, f.size), f.hash);
	size_t before = objects();

	assert_int_equal(ward_revision_stage(room->r, &to, room->stage), WARD_OK);
	is_in(room->stage, "a.yml", "only thought of\n");
	assert_int_equal(ward_revision_text_of(room->r, &f, &room->arena, &got), WARD_OK);
	assert_int_equal(got.len, f.size);
	assert_int_equal(objects(), before);
	assert_int_equal(
		ward_revision_text(room->r, f.hash, &room->arena, &got), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_revision_take(room->r, &to, &taking, &n), WARD_OK);
	assert_int_equal(objects(), before + 2); /* it, and the manifest */
	is("a.yml", "only thought of\n");
	f.text = NULL;
	assert_int_equal(ward_revision_text_of(room->r, &f, &room->arena, &got), WARD_OK);
	assert_int_equal(got.len, f.size);
}

static void a_mark_is_a_number(void **state)
{
	char path[256];

	(void)state;
	begin_with_two();
	assert_int_equal(ward_revision_marked(room->r, "ran"), 0);
	assert_int_equal(ward_revision_mark(room->r, "ran", 7), WARD_OK);
	assert_int_equal(ward_revision_mark(room->r, "ran", 12), WARD_OK);
	assert_int_equal(ward_revision_marked(room->r, "ran"), 12);
	is_in(room->folder, "ran", "12\n");
	path_of(room->folder, "ran", path);
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, "x\n", 2), 2);
	assert_int_equal(close(fd), 0);
	assert_int_equal(ward_revision_marked(room->r, "ran"), 0);
}

static void secrets_and_odd_files_are_left_out(void **state)
{
	struct ward_revision_tree t;
	char path[256];

	(void)state;
	put("a.yml",
		"people:\n  - {id: x, secret_file: s/x.json, roles: [y]}\n  totp_file: 'k.md'\n");
	path_of(room->hospital, "s", path);
	assert_int_equal(mkdir(path, 0700), 0);
	put("s/x.json", "secret");
	put("k.md", "secret");
	put("key.pem", "secret");
	put(".hidden.yml", "x");
	path_of(room->hospital, "link.yml", path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	path_of(room->hospital, "pipe.yml", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(open_again(true), WARD_OK);
	assert_int_equal(ward_revision_scan(room->r, true, &room->arena, &t), WARD_OK);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.n_left_out, 5);
}

/* However it is written, what is named as a secret is in no version. */
static void secrets_are_left_out_however_they_are_named(void **state)
{
	static const char *const way[] = {"totp_file: k/x.json", "\"totp_file\": \"k/x.json\"",
		"totp_file : ./k/x.json # of her", "- {key: k/x.json, id: y}",
		"totp_file:\n    k/x.json", "certificate: /etc/ward/h/k/x.json",
		"'key' : 'k/x.json'", "a: {secret_key: k/x.json}"};
	struct ward_revision_tree t;
	char path[256];

	(void)state;
	path_of(room->hospital, "k", path);
	assert_int_equal(mkdir(path, 0700), 0);
	put("k/x.json", "secret");
	assert_int_equal(open_again(true), WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(way); i++) {
		put("a.yml", way[i]);
		assert_int_equal(ward_revision_scan(room->r, false, &room->arena, &t), WARD_OK);
		if (t.n != 1)
			fail_msg("%s", way[i]);
	}
	put("a.yml", "key: kk/x.json\nname: k/x.json\ntotp_file: k/x.jsonl\n");
	assert_int_equal(ward_revision_scan(room->r, false, &room->arena, &t), WARD_OK);
	assert_int_equal(t.n, 2);
}

static void too_many_secrets_to_know_them(void **state)
{
	struct ward_revision_tree t;
	char path[256];

	(void)state;
	put("z.yml", "totp_file: k.yml\n");
	put("k.yml", "secret");
	path_of(room->hospital, "a.yml", path);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (int i = 0; i < 2000; i++)
		assert_true(fprintf(f, "key: x%d.yml\n", i) > 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(open_again(true), WARD_OK);
	assert_int_equal(ward_revision_scan(room->r, false, &room->arena, &t), WARD_ERR_LIMIT);
}

static void a_folder_that_was_changed_is_refused(void **state)
{
	char path[256];

	(void)state;
	begin_with_two();
	put("a.yml", "second\n");
	assert_int_equal(note(), 2);
	path_of(room->folder, "versions", path);
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, "9", 1, 0), 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(open_again(true), WARD_ERR_CORRUPT);
	assert_non_null(strstr(room->why, "versions:1"));
}

static void a_stage_is_what_would_be(void **state)
{
	(void)state;
	begin_with_two();
	put("key.pem", "secret");
	struct ward_revision_tree to = another("changed\n");

	for (int i = 0; i < 2; i++) { /* what was there goes first */
		assert_int_equal(ward_revision_stage(room->r, &to, room->stage), WARD_OK);
		is_in(room->stage, "a.yml", "changed\n");
		is_in(room->stage, "b.csv", NULL);
		is_in(room->stage, "z/new.yml", "new\n");
		is_in(room->stage, "key.pem", "secret");
		is("a.yml", "first\n");
	}
}

/* Two that write: the second sees what the first one took. */
static void two_that_write(void **state)
{
	const struct ward_revision_in in = {room->folder, room->hospital, ward_mem_heap(), true};
	struct ward_revision *other;
	uint64_t n;

	(void)state;
	begin_with_two();
	assert_int_equal(ward_revision_open(&in, &other, room->why), WARD_OK);
	put("a.yml", "by hand\n");
	assert_int_equal(note(), 2);
	assert_int_equal(ward_revision_note(other, &taking, &n), WARD_OK);
	assert_int_equal(n, 0);
	assert_int_equal(ward_revision_current(other), 2);
	ward_revision_free(other);
}

static int begin(void **state)
{
	(void)state;
	room = calloc(1, sizeof(*room));
	(void)snprintf(room->dir, sizeof(room->dir), "/tmp/ward-revision-XXXXXX");
	if (!mkdtemp(room->dir))
		return -1;
	(void)snprintf(room->hospital, sizeof(room->hospital), "%s/h", room->dir);
	(void)snprintf(room->folder, sizeof(room->folder), "%s/v", room->dir);
	(void)snprintf(room->stage, sizeof(room->stage), "%s/stage", room->dir);
	ward_arena_init(&room->arena, ward_mem_heap(), 64 << 20);
	room->steps_left = -1;
	return mkdir(room->hospital, 0755);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

static int end(void **state)
{
	(void)state;
	ward_revision_free(room->r);
	ward_arena_fini(&room->arena);
	int rc = nftw(room->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(room);
	return rc;
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(what_is_by_hand_becomes_a_version),
		CASE(taken_and_back),
		CASE(mode_is_kept),
		CASE(not_over_what_somebody_changed),
		CASE(killed_anywhere_it_is_whole),
		CASE(what_cannot_be_done_is_undone),
		CASE(killed_while_it_is_undone),
		CASE(a_text_is_kept_once_it_is_taken),
		CASE(a_mark_is_a_number),
		CASE(secrets_and_odd_files_are_left_out),
		CASE(secrets_are_left_out_however_they_are_named),
		CASE(too_many_secrets_to_know_them),
		CASE(a_folder_that_was_changed_is_refused),
		CASE(a_stage_is_what_would_be),
		CASE(two_that_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
