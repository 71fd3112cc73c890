/* Backups of a real state folder: brought back they are the same; damaged, cut short, or made by
 * somebody to do harm they are refused, and nothing is left of them. */
#include "../store/lab.h"

#include "backup/restore.h"
#include "base/fd.h"
#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include "folder.h"

enum { ROWS = 60, RECORDS = 40, ENTRIES = 64, TAR_MAX = 4 << 20 };

struct entry {
	char path[WARD_TAR_PATH + 8];
	uint8_t type;
	struct ward_slice data;
	uint64_t size; /* as its head says */
};

struct room {
	char dir[64], state[96], hospital[96], file[96], to[96], to_hospital[96];
	struct ward_clock_fake clock;
	uint8_t public_key[WARD_BACKUP_KEY], secret[WARD_BACKUP_KEY];
	struct ward_backup_head head;
	struct ward_backup_made made;
	char told[2048];
	bool reads_on; /* a log is read while the backup is made */
	/* the archive's files, to make others of */
	uint8_t *tar;
	size_t tar_len;
	struct entry entry[ENTRIES];
	size_t n;
};

static struct room *room;

static void fill_journal(struct room *r, unsigned n)
{
	struct ward_journal_options o;
	struct ward_limits lim;
	struct ward_io_dir dir;
	struct ward_journal *j;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/journal", r->state);
	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.segment_bytes = 8192;
	assert_int_equal(ward_io_dir_open(&dir, path, true, true), WARD_OK);
	assert_int_equal(
		ward_journal_open(&o, &dir.io, &r->clock.clock, ward_mem_heap(), &j), WARD_OK);
	for (unsigned i = 0; i < n; i++) {
		struct ward_record rec = {.lane = (enum ward_lane)(i % 3),
			.type = WARD_RECORD_EVENT,
			.source = 1,
			.data = ward_str_bytes(WARD_STR("something happened"))};
		uint64_t seq;

		assert_int_equal(ward_journal_append(j, &rec, 1, &seq), WARD_OK);
		assert_int_equal(ward_journal_commit(j), WARD_OK);
	}
	assert_int_equal(ward_journal_ack(j, WARD_STR("brain"), n ? 1 : 0), WARD_OK);
	ward_journal_close(j);
	ward_io_dir_close(&dir);
}

/* A database with rows; the head says which. */
static void fill_store(struct room *r, uint64_t position)
{
	struct lab l;
	struct ward_tree_head head;
	char path[128];

	lab_init(&l);
	assert_int_equal(rmdir(l.dir), 0);
	(void)snprintf(l.path, sizeof(l.path), "%s/s.db", r->dir);
	lab_open(&l);
	lab_fill(&l, 0, ROWS, position);
	ward_store_head(l.s, &head);
	r->head.rows = head.n;
	r->head.root = head.root;
	r->head.position = position;
	lab_close(&l);
	(void)snprintf(path, sizeof(path), "%s/store/ward.db", r->state);
	assert_int_equal(rename(l.path, path), 0);
}

static void left_out(void *ctx, const char *path, const char *what)
{
	struct room *r = ctx;
	size_t len = strlen(r->told);

	if (r->reads_on)
		put(r->state, "log/positions", "further", 0600);
	(void)snprintf(r->told + len, sizeof(r->told) - len, "%s: %s\n", path, what);
}

static enum ward_err take(struct room *r, const uint8_t *seal_for, char *why)
{
	struct ward_backup_options o = {.state = r->state,
		.hospital = r->hospital,
		.seal_for = seal_for,
		.mem = ward_mem_heap(),
		.left_out = left_out,
		.ctx = r};
	char path[128];
	int fd = open(r->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum ward_err err;

	(void)snprintf(path, sizeof(path), "%s/store/ward.db", r->state);
	o.store = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0 && o.store >= 0);
	r->told[0] = 0;
	err = ward_backup_take(&o, &r->head, fd, &r->made, why);
	(void)close(o.store);
	assert_int_equal(close(fd), 0);
	return err;
}

static enum ward_err bring_back(
	struct room *r, const uint8_t *secret, struct ward_restored *ret, char *why)
{
	struct ward_restore_options o = {.archive = open(r->file, O_RDONLY | O_CLOEXEC),
		.state = r->to,
		.hospital = r->to_hospital,
		.secret = secret,
		.clock = &r->clock.clock,
		.mem = ward_mem_heap(),
		.told = left_out,
		.ctx = r};
	enum ward_err err;

	assert_true(o.archive >= 0);
	r->told[0] = 0;
	err = ward_backup_restore(&o, ret, why);
	(void)close(o.archive);
	return err;
}

static int gone(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_all(const char *path)
{
	(void)nftw(path, gone, 16, FTW_DEPTH | FTW_PHYS);
}

static bool is_there(const char *folder, const char *more)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s%s", folder, more);
	return lstat(path, &st) == 0;
}

static bool holds(const char *folder, const char *name, const char *text, mode_t mode)
{
	char path[256], got[256] = "";
	struct stat st;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	assert_true(fread(got, 1, sizeof(got) - 1, f) < sizeof(got));
	assert_int_equal(fstat(fileno(f), &st), 0);
	(void)fclose(f);
	return strcmp(got, text) == 0 && (st.st_mode & 07777) == mode;
}

/* Nothing at the targets, nothing beside them. */
static void nothing_there(struct room *r)
{
	assert_false(is_there(r->to, "") || is_there(r->to, ".restoring"));
	assert_false(is_there(r->to_hospital, "") || is_there(r->to_hospital, ".restoring"));
}

static void t_whole(void **state)
{
	struct room *r = room;
	struct ward_restored got;
	char why[WARD_BACKUP_WHY], path[160];

	(void)state;
	assert_int_equal(take(r, r->public_key, why), WARD_OK);
	assert_int_equal(r->made.n_sealed, 3);
	assert_int_equal(r->made.n_left_out, 2); /* a link, a second name */
	assert_non_null(strstr(r->told, "state/clips/link: it is a link"));
	assert_non_null(strstr(r->told, "state/clips/second: it is no plain file"));
	assert_int_equal(bring_back(r, r->secret, &got, why), WARD_OK);
	assert_string_equal(why, "");
	assert_int_equal(got.n_sealed, 3);
	assert_int_equal(got.head.rows, ROWS);
	assert_string_equal(got.head.hospital, "h");
	assert_int_equal(got.n_record, RECORDS);
	assert_int_equal(got.n_damage, 0);
	assert_memory_equal(got.sums.sha256, r->made.sums.sha256, 32);
	assert_int_equal(got.sums.n_file, r->made.sums.n_file);
	assert_true(holds(r->to, "pseudonym/key", "secret", 0600));
	assert_true(holds(r->to, "login/accounts", "hashes", 0600));
	assert_true(holds(r->to, "clips/reads/a.json", "{}", 0600));
	assert_true(holds(r->to, "played", "", 0600));
	assert_true(holds(r->to, "journal/retention", "which holds last", 0600));
	assert_true(holds(r->to_hospital, "hospital.yml", "hospital: {id: h}\n", 0644));
	assert_true(holds(r->to_hospital, "keys/totp", "code", 0600));
	assert_false(is_there(r->to, "/search") || is_there(r->to, "/lock"));
	assert_false(is_there(r->to, "/clips/link") || is_there(r->to_hospital, "/.git"));
	/* never over something that is there; over an empty folder it may be */
	assert_int_equal(bring_back(r, NULL, &got, why), WARD_ERR_STATE);
	assert_non_null(strstr(why, "it is there already, and not empty"));
	assert_true(holds(r->to, "pseudonym/key", "secret", 0600));
	remove_all(r->to);
	assert_int_equal(bring_back(r, NULL, &got, why), WARD_ERR_STATE); /* the hospital's */
	assert_false(is_there(r->to, ""));
	remove_all(r->to_hospital);
	make_dir(r->to, "");
	/* without the key: all but what is sealed */
	assert_int_equal(bring_back(r, NULL, &got, why), WARD_OK);
	assert_int_equal(got.n_left_out, 3);
	assert_false(is_there(r->to, "/pseudonym"));
	remove_all(r->to);
	remove_all(r->to_hospital);
	(void)snprintf(path, sizeof(path), "%s.restoring", r->to);
	make_dir(path, "");
	assert_int_equal(bring_back(r, NULL, &got, why), WARD_ERR_STATE);
	assert_non_null(strstr(why, "remove it"));
	assert_int_equal(rmdir(path), 0);
	nothing_there(r);
}

/* What a log was read up to is that of before the journal was copied. */
static void t_positions(void **state)
{
	struct room *r = room;
	struct ward_restored got;
	char why[WARD_BACKUP_WHY];

	(void)state;
	for (unsigned was = 0; was < 2; was++) {
		r->reads_on = true; /* at the link in clips/, before log/ */
		assert_int_equal(take(r, r->public_key, why), WARD_OK);
		r->reads_on = false;
		assert_int_equal(bring_back(r, r->secret, &got, why), WARD_OK);
		assert_true(was ? holds(r->to, "log/positions", "so far", 0600)
				: !is_there(r->to, "/log/positions"));
		remove_all(r->to);
		remove_all(r->to_hospital);
		put(r->state, "log/positions", "so far", 0600);
	}
	(void)snprintf(why, sizeof(why), "%s/log/positions", r->state);
	assert_int_equal(remove(why), 0);
}

static void t_secrets(void **state)
{
	struct room *r = room;
	struct ward_restored got;
	uint8_t other_public[WARD_BACKUP_KEY], other[WARD_BACKUP_KEY];
	char why[WARD_BACKUP_WHY];

	(void)state;
	/* nobody to seal for: no byte of them is in it */
	assert_int_equal(take(r, NULL, why), WARD_OK);
	assert_int_equal(r->made.n_sealed, 0);
	assert_int_equal(r->made.n_left_out, 5);
	assert_non_null(strstr(r->told, "state/login/accounts: it is a secret"));
	assert_non_null(strstr(r->told, "hospital/keys/totp: it is a secret"));
	assert_int_equal(bring_back(r, r->secret, &got, why), WARD_OK);
	assert_false(is_there(r->to, "/pseudonym") || is_there(r->to, "/login"));
	remove_all(r->to);
	remove_all(r->to_hospital);
	/* another's key */
	assert_int_equal(take(r, r->public_key, why), WARD_OK);
	(void)crypto_box_keypair(other_public, other);
	assert_int_equal(bring_back(r, other, &got, why), WARD_ERR_CORRUPT);
	assert_non_null(strstr(why, "it was sealed for another key"));
	nothing_there(r);
}

/* The good archive, apart. */
static void read_entries(struct room *r)
{
	char why[WARD_BACKUP_WHY];
	uint8_t *file = malloc(TAR_MAX);
	int fd;
	ssize_t n;

	assert_int_equal(take(r, r->public_key, why), WARD_OK);
	fd = open(r->file, O_RDONLY | O_CLOEXEC);
	n = read(fd, file, TAR_MAX);
	assert_true(fd >= 0 && n > 0 && n < TAR_MAX);
	(void)close(fd);
	r->tar = r->tar ? r->tar : malloc(TAR_MAX);
	r->tar_len = 0;
	ZSTD_DCtx *z = ZSTD_createDCtx();
	ZSTD_inBuffer in = {file, (size_t)n, 0};
	ZSTD_outBuffer out = {r->tar, TAR_MAX, 0};

	while (in.pos < in.size)
		assert_false(ZSTD_isError(ZSTD_decompressStream(z, &out, &in)));
	(void)ZSTD_freeDCtx(z);
	free(file);
	r->tar_len = out.pos;
	r->n = 0;
	for (size_t off = 0; off < r->tar_len;) {
		struct ward_tar_file f;
		enum ward_err err = ward_tar_read(r->tar + off, &f);

		off += WARD_TAR_BLOCK;
		if (err == WARD_ERR_CLOSED)
			continue;
		assert_int_equal(err, WARD_OK);
		if (strcmp(f.path, WARD_ARCHIVE_MANIFEST) != 0) {
			struct entry *e = &r->entry[r->n++];

			assert_true(r->n < ENTRIES);
			*e = (struct entry){.type = '0',
				.data = ward_slice_of(r->tar + off, (size_t)f.size),
				.size = f.size};
			memcpy(e->path, f.path, sizeof(f.path));
		}
		off += f.size + ward_tar_padding(f.size);
	}
}

static void put_head(struct ward_wr *w, const struct entry *e)
{
	struct ward_tar_file f = {.path = "x", .size = e->size, .mode = 0644, .uid = 61000};
	uint8_t b[WARD_TAR_BLOCK];
	char sum[8];
	unsigned n = 0;

	assert_int_equal(ward_tar_write(&f, b), WARD_OK);
	(void)memset(b, 0, 100);
	memcpy(b, e->path, strnlen(e->path, 100));
	b[156] = e->type;
	if (e->type == '1' || e->type == '2')
		memcpy(b + 157, "/etc/passwd", 11);
	memset(b + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(b); i++)
		n += b[i];
	(void)snprintf(sum, sizeof(sum), "%06o", n);
	memcpy(b + 148, sum, 7);
	ward_wr_bytes(w, b, sizeof(b));
}

static void put_entry(struct ward_wr *w, const struct entry *e)
{
	static const uint8_t zeros[WARD_TAR_BLOCK];

	put_head(w, e);
	ward_wr_bytes(w, e->data.p, e->data.len);
	ward_wr_bytes(w, zeros, ward_tar_padding(e->data.len));
}

/* What a writer of harm does: its own files, with a manifest that fits. */
static void pack(struct room *r, const struct entry *e, size_t n, struct ward_wr *tar)
{
	static const uint8_t zeros[2 * WARD_TAR_BLOCK];
	struct ward_wr lines = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct entry manifest = {.path = WARD_ARCHIVE_MANIFEST, .type = '0'};

	(void)r;
	for (size_t i = 0; i < n; i++) {
		uint8_t sum[32];

		put_entry(tar, &e[i]);
		(void)crypto_hash_sha256(sum, e[i].data.p, e[i].data.len);
		ward_wr_hex(&lines, ward_slice_of(sum, sizeof(sum)));
		ward_wr_printf(&lines, "  %s\n", e[i].path);
	}
	manifest.data = ward_wr_slice(&lines);
	manifest.size = lines.len;
	put_entry(tar, &manifest);
	ward_wr_bytes(tar, zeros, sizeof(zeros));
	assert_false(ward_wr_bad(tar));
	ward_wr_fini(&lines);
}

static void write_packed(struct room *r, struct ward_slice tar)
{
	size_t max = ZSTD_compressBound(tar.len), n;
	uint8_t *z = malloc(max);
	int fd = open(r->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	n = ZSTD_compress(z, max, tar.p, tar.len, 1);
	assert_false(ZSTD_isError(n));
	assert_true(ward_fd_write(fd, ward_slice_of(z, n)));
	assert_int_equal(close(fd), 0);
	free(z);
}

static size_t find(const struct room *r, const char *path)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->entry[i].path, path) == 0)
			return i;
	fail_msg("no %s", path);
	return 0;
}

#define LONG "aaaaaaaaaa/aaaaaaaaaa/aaaaaaaaaa/aaaaaaaaaa"

/* One file more, or another in the place of one. */
static const struct hostile {
	const char *what, *instead; /* NULL: one more, behind all */
	const char *path;
	uint8_t type;
	const char *text;
	uint64_t size; /* that its head claims; 0: its own */
	enum ward_err want;
	const char *says;
} hostile[] = {
	{"as it is", NULL, "state/log/more", '0', "x", 0, WARD_OK, ""},
	{"out of the folder", NULL, "state/../../out", '0', "x", 0, WARD_ERR_DENIED,
		"state/../../out"},
	{"absolute", NULL, "/tmp/out", '0', "x", 0, WARD_ERR_DENIED, "/tmp/out"},
	{"a dot", NULL, "state/./x", '0', "x", 0, WARD_ERR_DENIED, "state/./x"},
	{"an empty part", NULL, "state//x", '0', "x", 0, WARD_ERR_DENIED, "state//x"},
	{"ends with a slash", NULL, "state/x/", '0', "x", 0, WARD_ERR_DENIED, "state/x/"},
	{"a terminal's command", NULL, "state/\033[2Jx", '0', "x", 0, WARD_ERR_DENIED, ""},
	{"no text", NULL, "state/\xff\xfe", '0', "x", 0, WARD_ERR_DENIED, ""},
	{"too deep", NULL, "state/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", '0', "x", 0, WARD_ERR_DENIED,
		""},
	{"a link", NULL, "state/log/l", '2', "", 0, WARD_ERR_UNSUPPORTED, "state/log/l"},
	{"a second name", NULL, "state/log/l", '1', "", 0, WARD_ERR_UNSUPPORTED, "state/log/l"},
	{"a device", NULL, "state/log/l", '3', "", 0, WARD_ERR_UNSUPPORTED, "state/log/l"},
	{"a folder", NULL, "state/log", '5', "", 0, WARD_ERR_UNSUPPORTED, "state/log"},
	{"a longer name to come", NULL, "state/log", 'L', "x", 0, WARD_ERR_UNSUPPORTED, ""},
	{"twice", NULL, "state/played", '0', "", 0, WARD_ERR_DENIED, "played: "},
	{"a file as a folder", NULL, "state/played/x", '0', "", 0, WARD_ERR_DENIED, "played/x"},
	{"a folder as a file", NULL, "state/journal", '0', "", 0, WARD_ERR_DENIED, "journal"},
	{"elsewhere", NULL, "other/x", '0', "x", 0, WARD_ERR_MALFORMED, "other/x"},
	{"sealed elsewhere", NULL, "sealed/other/x", '0', "x", 0, WARD_ERR_MALFORMED,
		"sealed/other"},
	{"the folder itself", NULL, "state", '0', "x", 0, WARD_ERR_MALFORMED, "state"},
	{"sealed to nowhere", NULL, "sealed", '0', "x", 0, WARD_ERR_MALFORMED, "sealed"},
	{"nothing that was sealed", NULL, "sealed/state/x", '0', "x", 0, WARD_ERR_MALFORMED, ""},
	{"sealed for nobody", NULL, "sealed/state/x", '0', LONG LONG, 0, WARD_ERR_CORRUPT,
		"another key"},
	{"sealed and large", NULL, "sealed/state/x", '0', "x", 1ull << 40, WARD_ERR_LIMIT, ""},
	{"larger than any disk", NULL, "state/log/big", '0', "x", 1ull << 62, WARD_ERR_FULL,
		"no room"},
	{"a head of another", "BACKUP", "BACKUP", '0', "some archive\n", 0, WARD_ERR_FOREIGN,
		"BACKUP"},
	{"a later form", "BACKUP", "BACKUP", '0', "ward-backup 2\n", 0, WARD_ERR_VERSION, "BACKUP"},
	{"half a head", "BACKUP", "BACKUP", '0', "ward-backup 1\nversion 1\n", 0,
		WARD_ERR_MALFORMED, ""},
	{"no head", "BACKUP", "state/x", '0', "x", 0, WARD_ERR_FOREIGN, "state/x"},
	{"no database", "state/store/ward.db", "state/store/x", '0', "x", 0, WARD_ERR_MALFORMED,
		"ward.db"},
	{"no such database", "state/store/ward.db", "state/store/ward.db", '0',
		"hello, this is no database", 0, WARD_ERR_FOREIGN, "ward.db"},
	{"a segment that is none", "state/journal/evidence-00000000.seg",
		"state/journal/evidence-00000000.seg", '0', "x", 0, WARD_OK, ""},
};

static void t_hostile(void **state)
{
	struct room *r = room;
	struct ward_wr tar = ward_wr_grow(ward_mem_heap(), TAR_MAX);

	(void)state;
	read_entries(r);
	for (size_t i = 0; i < WARD_ARRAY_LEN(hostile); i++) {
		const struct hostile *h = &hostile[i];
		size_t at = h->instead ? find(r, h->instead) : r->n;
		struct entry was = r->entry[at], *e = &r->entry[at];
		struct ward_restored got = {.n_damage = 0};
		char why[WARD_BACKUP_WHY];

		*e = (struct entry){.type = h->type, .data = ward_str_bytes(ward_str_z(h->text))};
		(void)snprintf(e->path, sizeof(e->path), "%s", h->path);
		e->size = h->size ? h->size : e->data.len;
		ward_wr_reset(&tar);
		pack(r, r->entry, at == r->n ? r->n + 1 : r->n, &tar);
		write_packed(r, ward_wr_slice(&tar));
		enum ward_err err = bring_back(r, r->secret, &got, why);

		if (err != h->want || !strstr(why, h->says))
			fail_msg("%s: %s, %s", h->what, ward_err_name(err), why);
		if (h->instead && h->want == WARD_OK) /* what was so is told, and restored */
			assert_true(got.n_damage > 0);
		if (!err) {
			remove_all(r->to);
			remove_all(r->to_hospital);
		}
		nothing_there(r);
		*e = was;
	}
	assert_false(is_there("/tmp/out", ""));
	ward_wr_fini(&tar);
}

/* Every place of the archive may be changed, and it may end anywhere. */
static void t_damaged(void **state)
{
	struct room *r = room;
	struct ward_restored got;
	char why[WARD_BACKUP_WHY];
	uint8_t *file = malloc(TAR_MAX);
	size_t len;
	int fd;

	(void)state;
	assert_int_equal(take(r, r->public_key, why), WARD_OK);
	fd = open(r->file, O_RDWR | O_CLOEXEC);
	len = (size_t)read(fd, file, TAR_MAX);
	assert_true(fd >= 0 && len > 100 && len < TAR_MAX);
	for (size_t at = 0; at < len; at += len / 40) {
		uint8_t b = file[at] ^ 0x10;

		assert_int_equal(pwrite(fd, &b, 1, (off_t)at), 1);
		if (bring_back(r, r->secret, &got, why) == WARD_OK) {
			/* zeros copied from other zeros: the frame's own sum and the manifest hold
			 */
			assert_int_equal(got.n_record, RECORDS);
			assert_int_equal(got.sums.bytes, r->made.sums.bytes);
			assert_memory_not_equal(got.sums.sha256, r->made.sums.sha256, 32);
			remove_all(r->to);
			remove_all(r->to_hospital);
		} else {
			assert_true(why[0]);
		}
		nothing_there(r);
		assert_int_equal(pwrite(fd, &file[at], 1, (off_t)at), 1);
	}
	assert_int_equal(pwrite(fd, "x", 1, (off_t)len), 1); /* more behind the end */
	assert_int_equal(bring_back(r, r->secret, &got, why), WARD_ERR_CORRUPT);
	for (size_t n = 0; n < len; n += len / 40) {
		assert_int_equal(ftruncate(fd, (off_t)n), 0);
		assert_int_equal(bring_back(r, r->secret, &got, why), WARD_ERR_MORE);
		nothing_there(r);
		assert_int_equal(pwrite(fd, file, len, 0), (ssize_t)len);
	}
	(void)close(fd);
	free(file);
}

static enum ward_err of_tar(struct room *r, const struct ward_wr *tar)
{
	struct ward_restored got;
	char why[WARD_BACKUP_WHY];

	write_packed(r, ward_wr_slice(tar));
	enum ward_err err = bring_back(r, r->secret, &got, why);

	nothing_there(r);
	return err;
}

/* Manifests that do not fit, and databases that are not the one that the backup tells of. */
static void t_other(void **state)
{
	struct room *r = room;
	struct ward_wr tar = ward_wr_grow(ward_mem_heap(), TAR_MAX);
	struct entry *e = r->entry, was;
	size_t end;

	(void)state;
	read_entries(r);
	pack(r, e, r->n, &tar);
	end = tar.len - 2 * WARD_TAR_BLOCK;
	tar.p[end - 600] ^= 1; /* a digit of a sum, or a path */
	assert_int_equal(of_tar(r, &tar), WARD_ERR_CORRUPT);
	tar.p[end - 600] ^= 1;
	tar.p[end + 700] = 1; /* behind the end */
	assert_int_equal(of_tar(r, &tar), WARD_ERR_CORRUPT);
	tar.p[end + 700] = 0;
	ward_wr_bytes(&tar, tar.p, 512); /* one more file behind the end */
	assert_int_equal(of_tar(r, &tar), WARD_ERR_CORRUPT);
	/* no manifest */
	ward_wr_reset(&tar);
	for (size_t i = 0; i < r->n; i++)
		put_entry(&tar, &e[i]);
	end = tar.len;
	assert_int_equal(of_tar(r, &tar), WARD_ERR_MORE);
	memset(ward_wr_room(&tar, 1024), 0, 1024);
	assert_int_equal(of_tar(r, &tar), WARD_ERR_MORE);

	/* another root; a database that has read more than the journal has */
	const char *const key[] = {"root ", "position "};

	for (size_t i = 0; i < 2; i++) {
		char text[WARD_BACKUP_HEAD_MAX] = "";

		was = e[0];
		memcpy(text, was.data.p, was.data.len);
		char *p = strstr(text, key[i]) + strlen(key[i]);

		*p = *p == '1' ? '2' : '1';
		e[0].data.p = (const uint8_t *)text;
		ward_wr_reset(&tar);
		pack(r, e, r->n, &tar);
		assert_int_equal(of_tar(r, &tar), WARD_ERR_CORRUPT);
		e[0] = was;
	}
	fill_store(r, RECORDS + 1);
	read_entries(r);
	ward_wr_reset(&tar);
	pack(r, e, r->n, &tar);
	assert_int_equal(of_tar(r, &tar), WARD_ERR_CORRUPT);
	fill_store(r, RECORDS);
	ward_wr_fini(&tar);
}

/* Heads of files of any size and name come back as they were. */
static void t_heads(void **state)
{
#define WIDE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	static const char *const good[] = {"a", "state/é", WIDE "/" WIDE "/" WIDE "/" WIDE "/" WIDE,
		"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"};
	static const uint64_t size[] = {0, 1, 0777, (1ull << 33) - 1, 1ull << 33, INT64_MAX};
	struct ward_tar_file f = {.mode = 0640, .uid = 61398, .time = 1800000000}, got;
	uint8_t b[WARD_TAR_BLOCK];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++)
		for (size_t k = 0; k < WARD_ARRAY_LEN(size); k++) {
			(void)snprintf(f.path, sizeof(f.path), "%s", good[i]);
			f.size = size[k];
			assert_int_equal(ward_tar_write(&f, b), WARD_OK);
			assert_int_equal(ward_tar_read(b, &got), WARD_OK);
			assert_string_equal(got.path, f.path);
			assert_true(got.size == f.size && got.uid == f.uid && got.mode == f.mode &&
				    got.time == f.time);
			for (size_t at = 0; at < sizeof(b); at++) { /* each bit is summed */
				b[at] ^= 1;
				assert_int_not_equal(ward_tar_read(b, &got), WARD_OK);
				b[at] ^= 1;
			}
		}
	memset(f.path, 'a', 101); /* no place to part it at */
	f.path[101] = 0;
	assert_int_equal(ward_tar_write(&f, b), WARD_ERR_LIMIT);
	(void)snprintf(f.path, sizeof(f.path), "../x");
	assert_int_equal(ward_tar_write(&f, b), WARD_ERR_LIMIT);
}

static int setup(void **state)
{
	struct room *r = calloc(1, sizeof(*r));
	char path[160], second[160];

	(void)state;
	assert_non_null(r);
	(void)snprintf(r->dir, sizeof(r->dir), "%s/ward-backup-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(r->dir));
	(void)snprintf(r->state, sizeof(r->state), "%s/state", r->dir);
	(void)snprintf(r->hospital, sizeof(r->hospital), "%s/hospital", r->dir);
	(void)snprintf(r->file, sizeof(r->file), "%s/file", r->dir);
	(void)snprintf(r->to, sizeof(r->to), "%s/to", r->dir);
	(void)snprintf(r->to_hospital, sizeof(r->to_hospital), "%s/to_hospital", r->dir);
	ward_clock_fake_init(&r->clock, 1000 * WARD_NS_PER_S);
	(void)crypto_box_keypair(r->public_key, r->secret);
	make_dir(r->state, "");
	for (size_t i = 0; i < 7; i++)
		make_dir(r->state, (const char *const[]){"store", "pseudonym", "login", "clips",
					   "clips/reads", "search", "log"}[i]);
	put(r->state, "pseudonym/key", "secret", 0600);
	put(r->state, "login/accounts", "hashes", 0600);
	put(r->state, "clips/reads/a.json", "{}", 0600);
	put(r->state, "search/index", "can be made anew", 0600);
	put(r->state, "log/pos", "position", 0600);
	put(r->state, "lock", "", 0600);
	put(r->state, "played", "", 0600);
	(void)snprintf(path, sizeof(path), "%s/clips/link", r->state);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	(void)snprintf(path, sizeof(path), "%s/clips/second", r->state);
	(void)snprintf(second, sizeof(second), "%s/.first", r->state);
	put(r->state, ".first", "", 0600);
	assert_int_equal(link(second, path), 0);
	make_dir(r->hospital, "");
	make_dir(r->hospital, "keys");
	make_dir(r->hospital, ".git");
	put(r->hospital, ".git/config", "x", 0644);
	put(r->hospital, "hospital.yml", "hospital: {id: h}\n", 0644);
	put(r->hospital, "keys/totp", "code", 0600);
	fill_journal(r, RECORDS);
	put(r->state, "journal/retention", "which holds last", 0600);
	fill_store(r, RECORDS);
	(void)snprintf(r->head.version, sizeof(r->head.version), "0.1.0");
	(void)snprintf(r->head.hospital, sizeof(r->head.hospital), "h");
	(void)snprintf(r->head.time, sizeof(r->head.time), "2026-01-01T00:00:00Z");
	room = r;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_all(room->dir);
	free(room->tar);
	free(room);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_heads), cmocka_unit_test(t_whole),
		cmocka_unit_test(t_positions), cmocka_unit_test(t_secrets),
		cmocka_unit_test(t_hostile), cmocka_unit_test(t_damaged),
		cmocka_unit_test(t_other)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
