/* Files kept in a folder, within limits, sealed or not, and erased. */
#include "bytes.h"

#include "sense/net/carve/erase.h"
#include "sense/net/carve/seal.h"
#include "sense/net/carve/spool.h"

#include "event/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* FIPS 180-4 */

static char folder[] = "/tmp/ward_spool_XXXXXX";
static int dir;
static struct ward_limits lim;
static struct ward_spool *spool;
static const struct ward_file_sink *sink;

static void start(const uint8_t *public_key)
{
	struct ward_spool_opts opts = {dir, public_key};

	assert_int_equal(ward_spool_new(ward_mem_heap(), &lim, &opts, &spool), WARD_OK);
	sink = ward_spool_sink(spool);
}

static void stop(void)
{
	ward_spool_free(spool);
	spool = NULL;
}

static void empty(void)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(fd);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
			unlinkat(dir, e->d_name, 0) != 0)
			assert_int_equal(unlinkat(dir, e->d_name, AT_REMOVEDIR), 0);
	(void)closedir(d);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	dir = open(folder, O_RDONLY | O_DIRECTORY);
	assert_true(dir >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	empty();
	(void)close(dir);
	return rmdir(folder);
}

/* Before each test. */
static int fresh(void **state)
{
	(void)state;
	empty();
	ward_limits_default(&lim);
	return 0;
}

static void begin(uint32_t number, const char *name)
{
	struct ward_file_meta m = {.service = "test"};
	struct ward_file_ends ends = {.ip_version = 4};

	ward_file_note(&m, WARD_FIELD_FILE_NAME, ward_str_z(name));
	sink->begin(sink->ctx, number, &ends, &m);
}

static void give(uint32_t number, uint64_t off, struct ward_slice s)
{
	sink->bytes(sink->ctx, number, off, s);
}

static void end(uint32_t number, struct ward_slice whole, uint64_t missing)
{
	struct ward_file_result r = {
		.complete = !missing, .hashed = !missing, .front = missing, .missing = missing};

	assert_int_equal(crypto_hash_sha256(r.sums.sha256, whole.p, whole.len), 0);
	sink->end(sink->ctx, number, &r);
}

static struct ward_slice text(const char *s)
{
	return ward_slice_of(s, strlen(s));
}

static void keep(uint32_t number, const char *name, struct ward_slice s)
{
	begin(number, name);
	give(number, 0, s);
	end(number, s, 0);
}

static bool is_there(const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void expect(const char *name, const char *content)
{
	char buf[64] = {0};
	int fd = openat(dir, name, O_RDONLY);

	if (fd < 0)
		fail_msg("%s is not there", name);
	assert_int_equal(read(fd, buf, sizeof(buf)), strlen(content));
	assert_string_equal(buf, content);
	(void)close(fd);
}

static uint64_t counted(enum ward_spool_count c)
{
	return ward_spool_count(spool, c);
}

static void test_names(void **state)
{
	static const struct {
		const char *said, *is;
	} rows[] = {
		{"a.pdf", ABC "-a.pdf"},
		{"../../etc/passwd", ABC "-passwd"},
		{"c:\\x\\..\\report one\n.doc", ABC "-report_one_.doc"},
		{"/", ABC "-test"},
		{"..", ABC "-.."},
		{"\xc3\xa9.txt", ABC "-__.txt"},
		{"", ABC "-test"},
	};
	bool sealed;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		start(NULL);
		keep(1, rows[i].said, text("abc"));
		expect(rows[i].is, "abc");
		assert_true(ward_spool_is_name(rows[i].is, &sealed));
		assert_false(sealed);
		stop();
		empty();
	}
	assert_true(ward_spool_is_name("incomplete-" ABC ".sealed", &sealed));
	assert_true(sealed);
	assert_false(ward_spool_is_name(ABC, &sealed));
	assert_false(ward_spool_is_name(ABC ".key", &sealed));
	assert_false(ward_spool_is_name(ABC "-a/../../b", &sealed));
	assert_false(ward_spool_is_name("passwd", &sealed));
}

/* Several at once, the same twice, one without a byte, one with a hole. */
static void test_kept(void **state)
{
	(void)state;
	start(NULL);
	begin(1, "one");
	begin(2, "two");
	begin(3, "none");
	begin(4, "torn");
	give(1, 0, text("a"));
	give(2, 0, text("x"));
	give(4, 0, text("abc"));
	give(1, 1, text("bc"));
	sink->gap(sink->ctx, 4, 3, 5);
	give(4, 8, text("later"));
	end(1, text("abc"), 0);
	end(2, text("x"), 0);
	end(3, text(""), 0);
	end(4, text("abc"), 5);
	give(99, 0, text("x")); /* of a number that it was never told */
	expect(ABC "-one", "abc");
	expect("incomplete-" ABC "-torn", "abc");
	keep(5, "one", text("abc"));
	assert_int_equal(counted(WARD_SPOOL_KEPT), 3);
	assert_int_equal(counted(WARD_SPOOL_SAME), 1);
	assert_int_equal(counted(WARD_SPOOL_BYTES), 7);
	assert_false(is_there(".coming-5"));
	stop();
}

static void test_limits(void **state)
{
	static uint8_t big[3000];

	(void)state;
	lim.v[WARD_LIMIT_SPOOL_FILE] = 2000;
	lim.v[WARD_LIMIT_SPOOL_FILES] = 3;
	lim.v[WARD_LIMIT_SPOOL_BYTES] = 3000;
	start(NULL);
	keep(1, "long", ward_slice_of(big, 2001));
	assert_int_equal(counted(WARD_SPOOL_LARGE), 1);
	keep(2, "a", ward_slice_of(big, 1900));
	keep(3, "b", ward_slice_of(big, 1200));
	assert_int_equal(counted(WARD_SPOOL_FULL), 1);
	keep(4, "c", text("c"));
	keep(5, "d", text("d"));
	keep(6, "e", text("e"));
	assert_int_equal(counted(WARD_SPOOL_FULL), 2);
	assert_int_equal(counted(WARD_SPOOL_KEPT), 3);
	stop();
	/* what is there counts in the next life, and what was left half is gone */
	assert_true(close(openat(dir, ".coming-77", O_CREAT | O_WRONLY, 0600)) == 0);
	start(NULL);
	assert_false(is_there(".coming-77"));
	keep(1, "f", text("f"));
	assert_int_equal(counted(WARD_SPOOL_FULL), 1);
	stop();
}

static void test_many(void **state)
{
	(void)state;
	start(NULL);
	for (uint32_t i = 1; i <= WARD_SPOOL_OPEN + 1; i++) {
		begin(i, "x");
		give(i, 0, text("x"));
	}
	assert_int_equal(counted(WARD_SPOOL_MANY), 1);
	end(WARD_SPOOL_OPEN + 1, text("x"), 0);
	end(1, text("x"), 0);
	assert_int_equal(counted(WARD_SPOOL_KEPT), 1);
	stop(); /* the others have not ended: they are removed */
	assert_false(is_there(".coming-2"));
}

/* A folder that takes nothing: said once with its reason, and counted. */
static void test_failed(void **state)
{
	int gone;

	(void)state;
	assert_int_equal(mkdirat(dir, "gone", 0700), 0);
	gone = openat(dir, "gone", O_RDONLY | O_DIRECTORY);
	struct ward_spool_opts opts = {gone, NULL};

	assert_int_equal(ward_spool_new(ward_mem_heap(), &lim, &opts, &spool), WARD_OK);
	sink = ward_spool_sink(spool);
	assert_int_equal(unlinkat(dir, "gone", AT_REMOVEDIR), 0);
	keep(1, "a", text("abc"));
	assert_int_equal(counted(WARD_SPOOL_FAILED), 1);
	assert_int_equal(ward_spool_errno(spool), ENOENT);
	stop();
	(void)close(gone);
}

/* What lies in the folder is noise; with the secret key it is the content again, unless a bit of it
 * is other than it was. */
static size_t unseal(
	const char *name, const char *key, const uint8_t *secret, size_t flip, uint8_t *to)
{
	static uint8_t file[70000];
	uint8_t sealed[WARD_SEAL_SEALED];
	struct ward_seal s;
	int fd = openat(dir, name, O_RDONLY), k = openat(dir, key, O_RDONLY);
	ssize_t len = read(fd, file, sizeof(file));
	size_t at = WARD_SEAL_HEAD, n = 0;

	assert_int_equal(read(k, sealed, sizeof(sealed)), sizeof(sealed));
	(void)close(fd);
	(void)close(k);
	assert_true(len > WARD_SEAL_HEAD);
	if (flip < (size_t)len)
		file[flip] ^= 1;
	if (ward_unseal_begin(&s, ward_slice_of(file, WARD_SEAL_HEAD), sealed, secret) != WARD_OK)
		return SIZE_MAX;
	while (!s.ended) {
		size_t piece = at + 4 <= (size_t)len ? ward_unseal_size(file + at) : 0, got;

		at += 4;
		if (!piece || piece > (size_t)len - at)
			return SIZE_MAX;
		struct ward_slice exact =
			ward_slice_of(memcpy(malloc(piece), file + at, piece), piece);
		enum ward_err err = ward_unseal_piece(&s, exact, to + n, &got);

		bytes_free(exact);
		if (err)
			return SIZE_MAX;
		n += got;
		at += piece;
	}
	return at == (size_t)len ? n : SIZE_MAX;
}

static void test_sealed(void **state)
{
	static uint8_t content[50000], back[50000 + WARD_SEAL_PIECE];
	uint8_t public_key[32], secret[32], other[32] = {7};
	static const size_t len[] = {1, WARD_SEAL_PIECE, WARD_SEAL_PIECE + 1, sizeof(content)};

	(void)state;
	assert_int_equal(crypto_box_keypair(public_key, secret), 0);
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 31 >> 3);
	for (size_t i = 0; i < WARD_ARRAY_LEN(len); i++) {
		char stem[65], name[80], key[80];
		uint8_t sum[32];
		struct ward_slice s = ward_slice_of(content, len[i]);

		assert_int_equal(crypto_hash_sha256(sum, s.p, s.len), 0);
		(void)sodium_bin2hex(stem, sizeof(stem), sum, sizeof(sum));
		(void)snprintf(name, sizeof(name), "%s.sealed", stem);
		(void)snprintf(key, sizeof(key), "%s.key", stem);
		start(public_key);
		keep(1, "secret name", s);
		stop();
		assert_int_equal(unseal(name, key, secret, SIZE_MAX, back), len[i]);
		assert_memory_equal(back, content, len[i]);
		assert_int_equal(unseal(name, key, other, SIZE_MAX, back), SIZE_MAX);
		for (size_t bit = 0; bit < len[i] + 40; bit = bit * 2 + 1)
			assert_int_equal(unseal(name, key, secret, bit, back), SIZE_MAX);
	}
	struct ward_spool_opts none = {dir, (const uint8_t[32]){0}};

	assert_int_equal(ward_spool_new(ward_mem_heap(), &lim, &none, &spool), WARD_ERR_MALFORMED);
}

/* Nothing of it is left, and the receipt says what it was. */
static void test_erased(void **state)
{
	uint8_t public_key[32], secret[32];
	struct ward_spool_erased e;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(crypto_box_keypair(public_key, secret), 0);
	start(public_key);
	keep(1, "x", text("abc"));
	stop();
	int held = openat(dir, ABC ".key", O_RDONLY); /* whoever has it open sees it overwritten */
	uint8_t key[WARD_SEAL_SEALED], zeros[WARD_SEAL_SEALED] = {0};

	assert_int_equal(ward_spool_erase(dir, ABC ".sealed", &e), WARD_OK);
	assert_int_equal(read(held, key, sizeof(key)), sizeof(key));
	assert_memory_equal(key, zeros, sizeof(key));
	(void)close(held);
	assert_true(e.sealed && e.key_was_there);
	assert_int_equal(e.bytes, WARD_SEAL_HEAD + 3 + WARD_SEAL_MORE);
	assert_false(is_there(ABC ".sealed") || is_there(ABC ".key"));
	assert_int_equal(ward_spool_erase(dir, ABC ".sealed", &e), WARD_ERR_NOT_FOUND);

	start(NULL);
	keep(1, "x", text("abc"));
	stop();
	fd = openat(dir, ABC "-x", O_RDONLY);
	assert_int_equal(ward_spool_erase(dir, ABC "-x", &e), WARD_OK);
	assert_int_equal(read(fd, key, sizeof(key)), 3);
	assert_memory_equal(key, zeros, 3);
	assert_true(fstat(fd, &st) == 0 && st.st_nlink == 0);
	(void)close(fd);
	assert_false(e.sealed);
	assert_int_equal(e.bytes, 3);
	assert_memory_equal(e.sum, "\xba\x78\x16\xbf", 4);
	/* nothing but files that the spool names */
	assert_int_equal(ward_spool_erase(dir, "../x", &e), WARD_ERR_MALFORMED);
	assert_int_equal(mkdirat(dir, ABC "-dir", 0700), 0);
	assert_int_equal(ward_spool_erase(dir, ABC "-dir", &e), WARD_ERR_IO);
	assert_int_equal(symlinkat("/etc/hostname", dir, ABC "-link"), 0);
	assert_int_equal(ward_spool_erase(dir, ABC "-link", &e), WARD_ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_names, fresh),
		cmocka_unit_test_setup(test_kept, fresh),
		cmocka_unit_test_setup(test_limits, fresh),
		cmocka_unit_test_setup(test_many, fresh),
		cmocka_unit_test_setup(test_failed, fresh),
		cmocka_unit_test_setup(test_sealed, fresh),
		cmocka_unit_test_setup(test_erased, fresh),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
