#include "sense/net/carve/erase.h"

#include "sense/net/carve/spool.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium/crypto_hash_sha256.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX = 2 * WARD_SHA256_BYTES, PIECE = 1 << 16 };
#define INCOMPLETE "incomplete-"
#define SEALED ".sealed"

/* Where its hash begins; NULL: it is no name of a file that is kept. */
static const char *hash_of(const char *name)
{
	const char *p = strncmp(name, INCOMPLETE, strlen(INCOMPLETE)) == 0
				? name + strlen(INCOMPLETE)
				: name;

	return strspn(p, "0123456789abcdef") == HEX ? p : NULL;
}

bool ward_spool_is_name(const char *name, bool *ret_sealed)
{
	const char *p = hash_of(name);

	if (!p || strlen(name) >= WARD_SPOOL_NAME || strchr(name, '/'))
		return false;
	*ret_sealed = strcmp(p + HEX, SEALED) == 0;
	return *ret_sealed || p[HEX] == '-';
}

static bool is_gone(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

static bool unlink_and_sync(int dir, const char *name)
{
	return unlinkat(dir, name, 0) == 0 && fsync(dir) == 0 && is_gone(dir, name);
}

/* Zeros over len bytes, on disk. */
static bool overwrite(int fd, uint64_t len)
{
	static const uint8_t zeros[PIECE];

	if (lseek(fd, 0, SEEK_SET) != 0)
		return false;
	while (len) {
		size_t n = len < PIECE ? (size_t)len : PIECE;

		if (!ward_fd_write(fd, ward_slice_of(zeros, n)))
			return false;
		len -= n;
	}
	return fsync(fd) == 0;
}

static int open_file(int dir, const char *name, struct stat *st)
{
	int fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || (fstat(fd, st) == 0 && S_ISREG(st->st_mode)))
		return fd;
	(void)close(fd);
	errno = EINVAL;
	return -1;
}

static enum ward_err erase_key(int dir, const char *name, struct ward_spool_erased *e)
{
	char key[WARD_SPOOL_NAME];
	struct stat st;
	int fd, n = (int)(strlen(name) - strlen(SEALED));

	(void)snprintf(key, sizeof(key), "%.*s.key", n, name);
	fd = open_file(dir, key, &st);
	if (fd < 0)
		return errno == ENOENT ? WARD_OK : WARD_ERR_IO;
	bool ok = overwrite(fd, (uint64_t)st.st_size);

	e->key_was_there = true;
	return close(fd) == 0 && ok && unlink_and_sync(dir, key) ? WARD_OK : WARD_ERR_IO;
}

static bool sum_up(int fd, struct ward_spool_erased *e)
{
	crypto_hash_sha256_state state;
	uint8_t buf[PIECE];
	ssize_t n;

	if (crypto_hash_sha256_init(&state) != 0)
		return false;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		(void)crypto_hash_sha256_update(&state, buf, (size_t)n);
		e->bytes += (uint64_t)n;
	}
	ward_wipe(buf, sizeof(buf));
	return n == 0 && crypto_hash_sha256_final(&state, e->sum) == 0;
}

enum ward_err ward_spool_erase(int dir, const char *name, struct ward_spool_erased *ret)
{
	struct ward_spool_erased e = {.bytes = 0};
	struct stat st;

	if (!ward_spool_is_name(name, &e.sealed))
		return WARD_ERR_MALFORMED;
	int fd = open_file(dir, name, &st);

	if (fd < 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO;
	enum ward_err err = sum_up(fd, &e) ? WARD_OK : WARD_ERR_IO;

	if (!err && e.sealed)
		err = erase_key(dir, name, &e);
	else if (!err && !overwrite(fd, e.bytes))
		err = WARD_ERR_IO;
	if (close(fd) != 0 || (!err && !unlink_and_sync(dir, name)))
		err = WARD_ERR_IO;
	if (!err)
		*ret = e;
	return err;
}
