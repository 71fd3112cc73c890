/* A backup and the increments after it: all of them give what there was in the end, --until what
 * there was at a moment; what was erased since stays erased; a chain that is not one is refused,
 * and nothing is left. */
#include "../store/lab.h"

#include "backup/restore.h"
#include "base/fd.h"
#include "journal/erase.h"
#include "store/take.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include "folder.h"

enum { FILES = 4, ROWS = 40, RECORDS = 30, FILE_MAX = 8 << 20 };

static const ward_ns s = WARD_NS_PER_S, begun = 1800000000ll * 1000000000;

struct room {
	char dir[64], state[96], hospital[96], to[96], to_hospital[96], file[FILES][96];
	struct ward_clock_fake clock;
	struct lab lab;
	uint8_t public_key[WARD_BACKUP_KEY], secret[WARD_BACKUP_KEY];
	struct ward_backup_made made;
	uint64_t n; /* records */
	uint32_t rows;
	struct ward_restored got;
	char why[WARD_BACKUP_WHY];
	const char *more[FILES];
	size_t n_more;
};

/* ---- what goes on meanwhile ---- */

static struct ward_journal *open_journal(const char *state, bool write, struct room *r)
{
	static struct ward_io_dir dir;
	struct ward_journal_options o;
	struct ward_journal *j = NULL;
	struct ward_limits lim;
	char path[128];

	if (dir.fd > 0)
		ward_io_dir_close(&dir);
	(void)snprintf(path, sizeof(path), "%s/journal", state);
	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.segment_bytes = 8192;
	o.read_only = !write;
	assert_int_equal(ward_io_dir_open(&dir, path, write, write), WARD_OK);
	assert_int_equal(
		ward_journal_open(&o, &dir.io, &r->clock.clock, ward_mem_heap(), &j), WARD_OK);
	return j;
}

/* A file as it is written now, by the clock of the test. */
static void write_now(struct room *r, const char *folder, const char *name, const char *text)
{
	const struct timespec at = {.tv_sec = r->clock.at / s}, times[2] = {at, at};
	char path[160];

	put(folder, name, text, strcmp(folder, r->hospital) == 0 ? 0644 : 0600);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Records, one each second, of which each has its number; and rows that came of them. */
static void go_on(struct room *r, uint64_t n)
{
	struct ward_journal *j = open_journal(r->state, true, r);
	char text[600];

	for (uint64_t i = 0; i < n; i++) {
		memset(text, 'x', sizeof(text));
		(void)snprintf(text, sizeof(text), "record %llu", (unsigned long long)r->n + 1);
		struct ward_record rec = {.lane = i % 2 ? WARD_LANE_EVIDENCE : WARD_LANE_CONTROL,
			.type = WARD_RECORD_EVENT,
			.source = 1,
			.data = ward_slice_of(text, sizeof(text))};
		uint64_t seq;

		r->clock.at += s;
		assert_int_equal(ward_journal_append(j, &rec, 1, &seq), WARD_OK);
		assert_int_equal(ward_journal_commit(j), WARD_OK);
		assert_int_equal(seq, ++r->n);
	}
	assert_int_equal(ward_journal_ack(j, WARD_STR("brain"), r->n), WARD_OK);
	ward_journal_close(j);
	lab_open(&r->lab);
	lab_fill(&r->lab, r->rows, r->rows + 5, r->n - 2); /* it is a little behind */
	r->rows += 5;
	lab_close(&r->lab);
}

static bool is_seventh(void *ctx, const struct ward_record *rec)
{
	(void)ctx;
	return rec->seq % 7 == 0;
}

static bool is_third(void *ctx, const struct ward_store_row *row)
{
	(void)ctx;
	return row->row == 3;
}

/* Somebody is forgotten: records, a row, a clip. */
static void erase_some(struct room *r)
{
	struct ward_store_erasure e = {.before = INT64_MAX, .fn = is_third};
	struct ward_journal *j = open_journal(r->state, true, r);
	struct ward_journal_sealed sealed;
	struct ward_journal_erased is;
	char path[128];

	assert_int_equal(ward_journal_seal(j, WARD_LANE_EVIDENCE), WARD_OK);
	for (size_t i = 0; ward_journal_sealed(j, WARD_LANE_EVIDENCE, i, &sealed); i++) {
		struct ward_journal_erase *x = NULL;

		assert_int_equal(ward_journal_erase_begin(
					 j, WARD_LANE_EVIDENCE, sealed.index, is_seventh, NULL, &x),
			WARD_OK);
		while (ward_journal_erase_step(x, 1 << 20, &is) == WARD_ERR_AGAIN)
			;
		ward_journal_erase_end(x);
	}
	ward_journal_close(j);
	lab_open(&r->lab);
	for (unsigned k = 1; k <= WARD_ROW_IMPACT; k++) {
		e.kind = (enum ward_row_kind)k;
		e.after = 0;
		assert_int_equal(ward_store_erase(r->lab.s, &e), WARD_OK);
	}
	lab_close(&r->lab);
	(void)snprintf(path, sizeof(path), "%s/clips/a.clip", r->state);
	assert_int_equal(unlink(path), 0);
}

/* ---- the files ---- */

static bool add_leaf(void *ctx, const struct ward_store_leaf *l)
{
	ward_more_row_write(l, ctx);
	return true;
}

static void gather(struct room *r, uint64_t after, struct ward_backup_head *head,
	struct ward_wr *rows, struct ward_wr *gone)
{
	struct ward_more_gone g = {.mem = ward_mem_heap()};
	struct ward_tree_head tree;
	uint64_t number[64];
	size_t n = 0;

	lab_open(&r->lab);
	ward_store_head(r->lab.s, &tree);
	head->rows = tree.n;
	head->root = tree.root;
	head->position = ward_store_position(r->lab.s);
	if (rows) {
		assert_int_equal(ward_store_leaves(r->lab.s, after, 1000, add_leaf, rows), WARD_OK);
		assert_int_equal(ward_store_gone(r->lab.s, (struct ward_store_span){0, tree.n},
					 number, 64, &n),
			WARD_OK);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(ward_more_gone_add(&g, number[i]), WARD_OK);
		ward_more_gone_write(&g, gone);
	}
	ward_more_gone_fini(&g);
	lab_close(&r->lab);
}

/* The i-th file: the backup, or what goes on from another one. */
static enum ward_err take(struct room *r, size_t i, const char *after)
{
	struct ward_wr rows = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       gone = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_backup_head head = {.version = "0.1.0", .hospital = "h"};
	struct ward_wr time = ward_wr_fixed(head.time, sizeof(head.time) - 1);
	struct ward_backup_had had = {.mem = NULL};
	struct ward_backup_since since = {.had = &had};
	struct ward_backup_options o = {.state = r->state,
		.hospital = r->hospital,
		.store = -1,
		.seal_for = r->public_key,
		.mem = ward_mem_heap()};
	int from = after ? open(after, O_RDONLY | O_CLOEXEC) : -1,
	    fd = open(r->file[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (after)
		assert_int_equal(
			ward_backup_had_read(from, ward_mem_heap(), &had, r->why), WARD_OK);
	ward_time_write(&time, r->clock.at);
	gather(r, had.head.rows, &head, after ? &rows : NULL, &gone);
	since.rows = ward_wr_slice(&rows);
	since.gone = ward_wr_slice(&gone);
	o.since = after ? &since : NULL;
	if (!after)
		o.store = open(r->lab.path, O_RDONLY | O_CLOEXEC);
	enum ward_err err = ward_backup_take(&o, &head, fd, &r->made, r->why);

	(void)close(fd);
	(void)close(from);
	(void)close(o.store);
	ward_backup_had_fini(&had);
	ward_wr_fini(&rows);
	ward_wr_fini(&gone);
	return err;
}

static enum ward_err restore(struct room *r, ward_ns until)
{
	struct ward_restore_options o = {.archive = open(r->file[0], O_RDONLY | O_CLOEXEC),
		.more = r->more,
		.n_more = r->n_more,
		.until = until ? &until : NULL,
		.state = r->to,
		.hospital = r->to_hospital,
		.secret = r->secret,
		.clock = &r->clock.clock,
		.mem = ward_mem_heap()};
	enum ward_err err = ward_backup_restore(&o, &r->got, r->why);

	(void)close(o.archive);
	return err;
}

static int gone(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void clear(struct room *r)
{
	(void)nftw(r->to, gone, 16, FTW_DEPTH | FTW_PHYS);
	(void)nftw(r->to_hospital, gone, 16, FTW_DEPTH | FTW_PHYS);
}

static void nothing_there(const struct room *r)
{
	static const char *const end[] = {"", ".restoring", "-more", "-more.restoring"};
	char path[160];

	for (size_t i = 0; i < 4; i++)
		for (unsigned k = 0; k < 2; k++) {
			(void)snprintf(
				path, sizeof(path), "%s%s", k ? r->to_hospital : r->to, end[i]);
			if (access(path, F_OK) == 0)
				fail_msg("%s is there", path);
		}
}

static void refused(struct room *r, ward_ns until, enum ward_err want, const char *says)
{
	enum ward_err err = restore(r, until);

	if (err != want || !strstr(r->why, says))
		fail_msg("%s, not %s: %s", ward_err_name(err), ward_err_name(want), r->why);
	nothing_there(r);
}

/* Records up to `last`, of which each is as it was, or erased where it says so. */
static void has_records(struct room *r, uint64_t last, bool erased)
{
	struct ward_journal *j = open_journal(r->to, false, r);
	struct ward_journal_cursor *c;
	struct ward_record rec;
	uint64_t n = 0, n_erased = 0;

	assert_int_equal(ward_journal_cursor_open(j, 0, &c), WARD_OK);
	while (ward_journal_next_record(c, &rec) == WARD_OK) {
		char text[32];

		assert_int_equal(rec.seq, ++n);
		n_erased += rec.type == WARD_RECORD_ERASED;
		(void)snprintf(text, sizeof(text), "record %llu", (unsigned long long)n);
		assert_true(rec.type == WARD_RECORD_ERASED ||
			    strcmp((const char *)rec.data.p, text) == 0);
	}
	ward_journal_cursor_close(c);
	assert_int_equal(n, last);
	assert_int_equal(ward_journal_next(j), last + 1);
	assert_true(!erased == !n_erased);
	ward_journal_close(j);
	assert_int_equal(r->got.n_damage, 0);
	assert_int_equal(r->got.n_record, last);
}

static bool third_is(void *ctx, const struct ward_store_leaf *l)
{
	*(bool *)ctx = l->row.json.p != NULL;
	return true;
}

static bool has_third(struct room *r)
{
	const struct ward_store_options o = {
		.path = "", .clock = &r->clock.clock, .mem = ward_mem_heap(), .reading = true};
	struct ward_store_options at = o;
	struct ward_store *st = NULL;
	char path[160];
	bool is = false;

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", r->to);
	at.path = path;
	assert_int_equal(ward_store_open(&at, &st), WARD_OK);
	assert_int_equal(ward_store_leaves(st, 2, 1, third_is, &is), WARD_OK);
	ward_store_close(st);
	return is;
}

/* Names of what increments follow. */
static void follow(struct room *r, size_t n, const size_t *which)
{
	r->n_more = n;
	for (size_t i = 0; i < n; i++)
		r->more[i] = r->file[which[i]];
}

static const size_t both[] = {1, 2}, first[] = {1}, second[] = {2}, turned[] = {2, 1},
		    twice[] = {1, 1}, base_again[] = {0};

/* backup at record 30, increments at 50 and 70, one record each second. */
static void t_all(void **state)
{
	struct room *r = *state;

	follow(r, 2, both);
	assert_int_equal(restore(r, 0), WARD_OK);
	assert_int_equal(r->got.n_more, 2);
	assert_int_equal(r->got.head.rows, r->rows);
	has_records(r, r->n, false);
	assert_true(is_text(r->to, "login/accounts", "hashes 2"));
	assert_true(is_text(r->to, "config/new", "of the first"));
	assert_true(is_text(r->to, "journal/retention", "holds 2"));
	assert_true(is_text(r->to, "clips/a.clip", "a clip"));
	assert_true(is_text(r->to, "ward.log", "a log"));
	assert_true(is_text(r->to_hospital, "hospital.yml", "hospital: {id: h2}\n"));
	assert_false(is_text(r->to, "config/old", "goes"));
	assert_int_equal(r->got.n_gone, 1);
	clear(r);
	follow(r, 1, first);
	assert_int_equal(restore(r, 0), WARD_OK);
	has_records(r, 50, false);
	assert_true(is_text(r->to, "login/accounts", "hashes 1"));
	assert_true(is_text(r->to, "config/old", "goes"));
	clear(r);
	follow(r, 0, NULL);
	assert_int_equal(restore(r, 0), WARD_OK);
	has_records(r, 30, false);
	clear(r);
}

/* Any moment: the records up to it; rows and files of the file before it. */
static void t_until(void **state)
{
	struct room *r = *state;

	for (uint64_t n = 30; n <= 70; n += 4)
		for (unsigned more = 0; more < 2; more++) {
			follow(r, 2, both);
			assert_int_equal(
				restore(r, begun + (ward_ns)n * s + more * s / 2), WARD_OK);
			assert_int_equal(r->got.until.last, n);
			assert_int_equal(r->got.until.n_later, 0);
			assert_int_equal(r->got.n_more, n < 50 ? 0 : n < 70 ? 1 : 2);
			assert_true(r->got.head.position <= n);
			has_records(r, n, false);
			assert_true(is_text(r->to, "login/accounts",
				n < 50   ? "hashes"
				: n < 70 ? "hashes 1"
					 : "hashes 2"));
			assert_true(is_text(r->to, "config/old", "goes") == (n < 70));
			clear(r);
			if (n == 70)
				break;
		}
	refused(r, begun + 29 * s, WARD_ERR_STATE, "take an older one");
	refused(r, begun + 29 * s, WARD_ERR_STATE, "2027-01-15T08:00:30Z");
	refused(r, begun + 70 * s + 1, WARD_ERR_STATE, "add the increments that follow");
	follow(r, 1, first);
	refused(r, begun + 60 * s, WARD_ERR_STATE, "ends before it, at 2027-01-15T08:00:50Z");
	follow(r, 0, NULL);
	assert_int_equal(restore(r, begun + 30 * s), WARD_OK);
	has_records(r, 30, false);
	clear(r);
}

static void t_no_chain(void **state)
{
	struct room *r = *state, *other = calloc(1, sizeof(*other));
	const char *was;

	follow(r, 1, second);
	refused(r, 0, WARD_ERR_FOREIGN, "/2: INCREMENT: it does not go on from the file before it");
	follow(r, 2, turned);
	refused(r, 0, WARD_ERR_FOREIGN, "One is missing between them");
	follow(r, 2, twice);
	refused(r, 0, WARD_ERR_FOREIGN, "One is missing between them");
	follow(r, 1, base_again);
	refused(r, 0, WARD_ERR_FOREIGN, "only the first file is one");
	r->more[0] = "/nowhere/at/all";
	refused(r, 0, WARD_ERR_IO, "/nowhere/at/all");
	/* an increment in the place of the backup */
	follow(r, 1, second);
	memcpy(other->file[0], r->file[0], sizeof(r->file[0]));
	memcpy(r->file[0], r->file[1], sizeof(r->file[0]));
	refused(r, 0, WARD_ERR_FOREIGN, "name the backup that it goes on from before it");
	memcpy(r->file[0], other->file[0], sizeof(r->file[0]));
	/* another backup of the same, a moment later */
	was = r->file[1];
	memcpy(r->file[3], r->file[0], sizeof(r->file[0]) - 2);
	(void)snprintf(r->file[0], sizeof(r->file[0]), "%s/later", r->dir);
	assert_int_equal(take(r, 0, NULL), WARD_OK);
	r->more[0] = was;
	refused(r, 0, WARD_ERR_FOREIGN, "it does not go on from the file before it");
	free(other);
}

/* Every place of an increment may be changed, and it may end anywhere. */
static void t_damaged(void **state)
{
	struct room *r = *state;
	uint8_t *file = malloc(FILE_MAX);
	int fd = open(r->file[1], O_RDWR | O_CLOEXEC);
	ssize_t len = read(fd, file, FILE_MAX);

	follow(r, 2, both);
	assert_true(len > 500 && len < FILE_MAX);
	for (ssize_t at = 0; at < len; at += len / 25) {
		uint8_t b = file[at] ^ 0x10;

		assert_int_equal(pwrite(fd, &b, 1, at), 1);
		assert_int_not_equal(restore(r, 0), WARD_OK);
		assert_true(strstr(r->why, "/1: ") || strstr(r->why, "/2: "));
		nothing_there(r);
		assert_int_equal(pwrite(fd, &file[at], 1, at), 1);
	}
	for (ssize_t n = 0; n < len; n += len / 10) {
		assert_int_equal(ftruncate(fd, n), 0);
		refused(r, 0, WARD_ERR_MORE, "/1: ");
		assert_int_equal(pwrite(fd, file, (size_t)len, 0), len);
	}
	(void)close(fd);
	free(file);
}

/* What went after the moment is not in what is brought back, where the chain says so. */
static void t_erased(void **state)
{
	struct room *r = *state;
	static const size_t all[] = {1, 2, 3};

	go_on(r, 4);
	erase_some(r);
	assert_int_equal(take(r, 3, r->file[2]), WARD_OK);
	follow(r, 3, all);
	assert_int_equal(restore(r, begun + 40 * s), WARD_OK);
	has_records(r, 40, true);
	assert_int_equal(r->got.n_erased, 1);
	assert_false(has_third(r));
	assert_false(is_text(r->to, "clips/a.clip", "a clip"));
	assert_true(is_text(r->to, "login/accounts", "hashes"));
	clear(r);
	follow(r, 2, both);
	assert_int_equal(restore(r, begun + 40 * s), WARD_OK);
	has_records(r, 40, false);
	assert_true(has_third(r));
	assert_true(is_text(r->to, "clips/a.clip", "a clip"));
	clear(r);
}

/* The last record whose time is not after the moment counts, whichever times are before it. */
static void t_clock_back(void **state)
{
	struct room *r = *state;
	static const size_t all[] = {1, 2, 3};

	r->clock.at -= 30 * s; /* 40, again */
	go_on(r, 10);
	r->clock.at += 20 * s;
	go_on(r, 1);
	assert_int_equal(take(r, 3, r->file[2]), WARD_OK);
	follow(r, 3, all);
	assert_int_equal(restore(r, begun + 45 * s), WARD_OK);
	assert_int_equal(r->got.until.last, 75);
	assert_int_equal(r->got.until.n_later, 25);
	has_records(r, 75, false);
	clear(r);
	assert_int_equal(restore(r, 0), WARD_OK);
	has_records(r, 81, false);
	clear(r);
}

static void t_not_ours(void **state)
{
	struct room *r = *state;
	char path[160], there[160];

	/* a journal that has less than the backup: another's */
	(void)snprintf(path, sizeof(path), "%s/journal", r->state);
	(void)snprintf(there, sizeof(there), "%s/aside", r->dir);
	assert_int_equal(rename(path, there), 0);
	r->n = 0;
	go_on(r, 3);
	assert_int_equal(take(r, 3, r->file[2]), WARD_ERR_STATE);
	assert_non_null(strstr(r->why, "Make a new backup"));
}

/* What was brought back to a moment goes on by itself: its records are others than those that the
 * chain has of the same numbers. Brought back whole, it goes on with the chain. */
static void t_another_life(void **state)
{
	struct room *r = *state;

	follow(r, 2, both);
	assert_int_equal(restore(r, begun + 60 * s), WARD_OK);
	memcpy(r->state, r->to, sizeof(r->state));
	(void)snprintf(r->lab.path, sizeof(r->lab.path), "%.50s/to/store/ward.db", r->dir);
	r->n = 60;
	go_on(r, 30);
	assert_int_equal(take(r, 3, r->file[2]), WARD_ERR_STATE);
	assert_non_null(strstr(r->why, "it was restored since"));
	clear(r);
	assert_int_equal(restore(r, 0), WARD_OK);
	r->n = 70;
	go_on(r, 10);
	assert_int_equal(take(r, 3, r->file[2]), WARD_OK);
}

/* Fewer files were restored than the chain has: it goes on from the last of these, and from none
 * that was made behind it, however many records and rows there are again. */
static void t_fewer(void **state)
{
	struct room *r = *state;
	static const size_t other[] = {1, 3}, all[] = {1, 3, 2};

	follow(r, 1, first);
	assert_int_equal(restore(r, 0), WARD_OK);
	memcpy(r->state, r->to, sizeof(r->state));
	(void)snprintf(r->lab.path, sizeof(r->lab.path), "%.50s/to/store/ward.db", r->dir);
	r->n = 50;
	r->rows = 10;
	r->clock.at += 60 * s;
	go_on(r, 40);
	assert_int_equal(take(r, 3, r->file[2]), WARD_ERR_STATE);
	assert_non_null(strstr(r->why, "it was restored since"));
	assert_int_equal(take(r, 3, r->file[0]), WARD_ERR_STATE);
	if (take(r, 3, r->file[1]) || (go_on(r, 4), take(r, 2, r->file[3])))
		fail_msg("%s", r->why);
	(void)snprintf(r->to, sizeof(r->to), "%.50s/to2", r->dir);
	(void)snprintf(r->to_hospital, sizeof(r->to_hospital), "%.50s/to_hospital2", r->dir);
	follow(r, 2, other);
	if (restore(r, 0))
		fail_msg("%s", r->why);
	has_records(r, 90, false);
	clear(r);
	follow(r, 3, all);
	assert_int_equal(restore(r, 0), WARD_OK);
	has_records(r, 94, false);
	clear(r);
}

/* A file has the name that a folder with folders had. */
static void t_file_of_folder(void **state)
{
	struct room *r = *state;

	make_dir(r->hospital, "n");
	make_dir(r->hospital, "n/m");
	write_now(r, r->hospital, "n/m/f", "deep");
	assert_int_equal(take(r, 0, NULL), WARD_OK);
	(void)snprintf(r->why, sizeof(r->why), "%s/n", r->hospital);
	assert_int_equal(nftw(r->why, gone, 16, FTW_DEPTH | FTW_PHYS), 0);
	write_now(r, r->hospital, "n", "a file");
	go_on(r, 4);
	assert_int_equal(take(r, 1, r->file[0]), WARD_OK);
	follow(r, 1, first);
	if (restore(r, 0))
		fail_msg("%s", r->why);
	assert_true(is_text(r->to_hospital, "n", "a file"));
	clear(r);
}

/* ---- increments of somebody's making ---- */

struct copying {
	struct ward_archive_out *out;
	const char *instead, *path; /* in its place, or behind all */
	struct ward_slice text;
	bool skips;
};

static void put_text(struct copying *c)
{
	struct ward_tar_file f = {.mode = 0600, .size = c->text.len};

	(void)snprintf(f.path, sizeof(f.path), "%s", c->path);
	assert_int_equal(ward_archive_begin(c->out, &f), WARD_OK);
	if (c->text.len)
		assert_int_equal(ward_archive_bytes(c->out, c->text), WARD_OK);
	assert_int_equal(ward_archive_end(c->out), WARD_OK);
}

static enum ward_err copy_begin(void *ctx, const struct ward_tar_file *f)
{
	struct copying *c = ctx;

	c->skips = c->instead && strcmp(f->path, c->instead) == 0;
	if (c->skips && c->path)
		put_text(c);
	return c->skips ? WARD_OK : ward_archive_begin(c->out, f);
}

static enum ward_err copy_bytes(void *ctx, struct ward_slice b)
{
	struct copying *c = ctx;

	return c->skips ? WARD_OK : ward_archive_bytes(c->out, b);
}

static enum ward_err copy_end(void *ctx)
{
	struct copying *c = ctx;

	return c->skips ? WARD_OK : ward_archive_end(c->out);
}

/* The second increment with one file more, or another in the place of one. */
static void forge(struct room *r, struct copying *c)
{
	const struct ward_archive_take to = {copy_begin, copy_bytes, copy_end, c};
	struct ward_archive_in *in = NULL;
	struct ward_archive_sums sums;
	uint8_t *file = malloc(FILE_MAX);
	int from = open(r->file[2], O_RDONLY | O_CLOEXEC),
	    fd = open(r->file[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len = read(from, file, FILE_MAX);

	assert_int_equal(ward_archive_new(fd, ward_mem_heap(), &c->out), WARD_OK);
	assert_int_equal(ward_archive_in_new(&to, ward_mem_heap(), &in), WARD_OK);
	assert_int_equal(ward_archive_feed(in, ward_slice_of(file, (size_t)len)), WARD_OK);
	if (!c->instead)
		put_text(c);
	assert_int_equal(ward_archive_finish(c->out, &sums), WARD_OK);
	ward_archive_in_free(in);
	ward_archive_free(c->out);
	(void)close(from);
	(void)close(fd);
	free(file);
}

#define Z8 "\0\0\0\0\0\0\0\0"

static const struct hostile {
	const char *instead, *path, *text;
	size_t len; /* 0: as far as the text goes */
	enum ward_err want;
	const char *says;
} hostile[] = {
	{"nothing", NULL, "", 0, WARD_OK, ""},
	{NULL, "state/config/x", "x", 0, WARD_ERR_MALFORMED, "not in the increment's list"},
	{NULL, "hospital/x.yml", "x", 0, WARD_ERR_MALFORMED, "not in the increment's list"},
	{NULL, "state/store/ward.db", "x", 0, WARD_ERR_MALFORMED, "not in the increment's list"},
	{NULL, "state/journal/readers", "x", 0, WARD_ERR_MALFORMED, "not in the increment's list"},
	{NULL, "sealed/more/rows", "x", 0, WARD_ERR_MALFORMED, "sealed/more/rows"},
	{NULL, "sealed/state/x", "x", 0, WARD_ERR_MALFORMED, "nothing that was sealed"},
	{NULL, "more/list", "", 0, WARD_ERR_DENIED, "twice"},
	{NULL, "more", "x", 0, WARD_ERR_MALFORMED, "more"},
	{NULL, "more/list/x", "x", 0, WARD_ERR_DENIED, "more/list/x"},
	{NULL, "other/x", "x", 0, WARD_ERR_MALFORMED, "other/x"},
	{"INCREMENT", "INCREMENT", "ward-increment 2\n", 0, WARD_ERR_VERSION, "INCREMENT"},
	{"INCREMENT", "INCREMENT", "ward-increment 1\nafter 00\n", 0, WARD_ERR_MALFORMED, ""},
	{"INCREMENT", "BACKUP", "ward-backup 1\n", 0, WARD_ERR_FOREIGN, "only the first"},
	{"more/list", NULL, "", 0, WARD_ERR_MALFORMED, "more/list"},
	{"more/list", "more/list", "", 0, WARD_ERR_MALFORMED, "not in the increment's list"},
	{"more/list", "more/list", "file 1 1 state/../../x\n", 0, WARD_ERR_MALFORMED,
		"more/list:1"},
	{"more/list", "more/list", "file 1 1 a\nfile 1 1 a\n", 0, WARD_ERR_MALFORMED, "more/list"},
	{"more/list", "more/list", "file 1 1 a", 0, WARD_ERR_MALFORMED, "more/list:1"},
	{"more/list", "more/list", "file x 1 a\n", 0, WARD_ERR_MALFORMED, "more/list:1"},
	{"more/list", "more/list", "segment ../x 1 8192 8192\n", 0, WARD_ERR_MALFORMED,
		"more/list:1"},
	{"more/list", "more/list", "segment evidence-00000000.seg 1 8192 8192\n", 0,
		WARD_ERR_CORRUPT, "evidence-00000000.seg"},
	{"more/list", "more/list", "segment evidence-00000000.seg 0 8192 0\n", 0,
		WARD_ERR_MALFORMED, "evidence-00000000.seg"},
	{"more/list", "more/list", "segment evidence-00000000.seg 1 8192 9000\n", 0,
		WARD_ERR_MALFORMED, "more/list:1"},
	{"more/list", "more/list", "what\n", 0, WARD_ERR_MALFORMED, "more/list:1"},
	{"more/rows", NULL, "", 0, WARD_ERR_MALFORMED, "more/rows"},
	{"more/rows", "more/rows", "", 0, WARD_ERR_CORRUPT, ""},
	{"more/rows", "more/rows", "xx", 0, WARD_ERR_MALFORMED, "more/rows"},
	{"more/gone", NULL, "", 0, WARD_ERR_MALFORMED, "more/gone"},
	{"more/gone", "more/gone", Z8 Z8, 16, WARD_ERR_MALFORMED, "more/gone"},
	{"more/gone", "more/gone", "x", 0, WARD_ERR_MALFORMED, "more/gone"},
};

static void t_hostile(void **state)
{
	struct room *r = *state;
	static const size_t forged[] = {1, 3};

	follow(r, 2, forged);
	for (size_t i = 0; i < WARD_ARRAY_LEN(hostile); i++) {
		const struct hostile *h = &hostile[i];
		struct copying c = {.instead = h->instead,
			.path = h->path,
			.text = ward_slice_of(h->text, h->len ? h->len : strlen(h->text))};

		forge(r, &c);
		enum ward_err err = restore(r, 0);

		if (err != h->want || !strstr(r->why, h->says))
			fail_msg("%zu, %s instead of %s: %s, %s", i, h->path, h->instead,
				ward_err_name(err), r->why);
		if (!err)
			clear(r);
		nothing_there(r);
	}
}

/* ---- */

static int setup(void **state)
{
	struct room *r = calloc(1, sizeof(*r));
	char path[160];

	assert_non_null(r);
	(void)snprintf(r->dir, sizeof(r->dir), "%s/ward-chain-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(r->dir));
	(void)snprintf(r->state, sizeof(r->state), "%s/state", r->dir);
	(void)snprintf(r->hospital, sizeof(r->hospital), "%s/hospital", r->dir);
	(void)snprintf(r->to, sizeof(r->to), "%s/to", r->dir);
	(void)snprintf(r->to_hospital, sizeof(r->to_hospital), "%s/to_hospital", r->dir);
	for (size_t i = 0; i < FILES; i++)
		(void)snprintf(r->file[i], sizeof(r->file[i]), "%s/%zu", r->dir, i);
	ward_clock_fake_init(&r->clock, begun);
	(void)crypto_box_keypair(r->public_key, r->secret);
	make_dir(r->state, "");
	for (size_t i = 0; i < 4; i++)
		make_dir(r->state, (const char *const[]){"store", "login", "clips", "config"}[i]);
	make_dir(r->hospital, "");
	lab_init(&r->lab);
	assert_int_equal(rmdir(r->lab.dir), 0);
	(void)snprintf(r->lab.path, sizeof(r->lab.path), "%.50s/state/store/ward.db", r->dir);
	write_now(r, r->state, "login/accounts", "hashes");
	write_now(r, r->state, "clips/a.clip", "a clip");
	write_now(r, r->state, "config/old", "goes");
	write_now(r, r->state, "ward.log", "a log");
	write_now(r, r->hospital, "hospital.yml", "hospital: {id: h}\n");
	go_on(r, RECORDS);
	write_now(r, r->state, "journal/retention", "holds");
	assert_int_equal(take(r, 0, NULL), WARD_OK);
	write_now(r, r->state, "login/accounts", "hashes 1");
	write_now(r, r->state, "config/new", "of the first");
	go_on(r, 20);
	assert_int_equal(take(r, 1, r->file[0]), WARD_OK);
	write_now(r, r->state, "login/accounts", "hashes 2");
	write_now(r, r->state, "journal/retention", "holds 2");
	write_now(r, r->state, "ward.log", "a log that grew");
	write_now(r, r->hospital, "hospital.yml", "hospital: {id: h2}\n");
	(void)snprintf(path, sizeof(path), "%s/config/old", r->state);
	assert_int_equal(unlink(path), 0);
	go_on(r, 20);
	assert_int_equal(take(r, 2, r->file[1]), WARD_OK);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;

	(void)nftw(r->dir, gone, 16, FTW_DEPTH | FTW_PHYS);
	free(r);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(t_all), TEST(t_until), TEST(t_no_chain),
		TEST(t_damaged), TEST(t_erased), TEST(t_clock_back), TEST(t_not_ours),
		TEST(t_another_life), TEST(t_fewer), TEST(t_file_of_folder), TEST(t_hostile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
