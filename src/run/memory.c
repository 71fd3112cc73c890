#include "run/memory.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES_MAX = 4096, READ_BYTES = 1 << 16 };

static enum ward_err copy_bytes(struct ward_store *s, uint64_t size, uint8_t *buf, int fd)
{
	for (uint64_t off = 0; off < size;) {
		struct ward_wr w = ward_wr_fixed(buf, WARD_STORE_PIECE_MAX);
		enum ward_err err = ward_store_checkpoint_read(s, off, WARD_STORE_PIECE_MAX, &w);

		if (err)
			return err;
		if (!ward_fd_write(fd, ward_wr_slice(&w)))
			return WARD_ERR_IO;
		off += w.len; /* at least one */
	}
	return WARD_OK;
}

enum ward_err ward_memory_copy(struct ward_store *s, const char *dir, uint8_t *buf, uint64_t *seq)
{
	char path[PATH_BYTES_MAX], aside[PATH_BYTES_MAX];
	struct ward_store_checkpoint c;
	enum ward_err err = ward_store_checkpoint(s, &c);

	if (err == WARD_ERR_STATE || (!err && c.seq == *seq))
		return WARD_OK;
	if (err)
		return err;
	if (snprintf(path, sizeof(path), "%s/memory", dir) >= (int)sizeof(path) ||
		snprintf(aside, sizeof(aside), "%s/memory.new", dir) >= (int)sizeof(aside))
		return WARD_ERR_IO;
	int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return WARD_ERR_IO;
	err = copy_bytes(s, c.size, buf, fd);
	if (close(fd) != 0 && !err)
		err = WARD_ERR_IO;
	if (!err && rename(aside, path) != 0)
		err = WARD_ERR_IO;
	if (err)
		(void)unlink(aside);
	else
		*seq = c.seq;
	return err;
}

static enum ward_err why(void)
{
	return errno == ENOENT || errno == ENOTDIR ? WARD_ERR_NOT_FOUND
	       : errno == EACCES || errno == EPERM ? WARD_ERR_DENIED
						   : WARD_ERR_IO;
}

enum ward_err ward_memory_read(const char *state, struct ward_wr *w)
{
	char path[PATH_BYTES_MAX];
	uint8_t buf[READ_BYTES];
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/store/memory", state) >= (int)sizeof(path))
		return WARD_ERR_NOT_FOUND;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return why();
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			ward_wr_bytes(w, buf, (size_t)n);
	enum ward_err err = n < 0 ? why() : WARD_OK;

	(void)close(fd);
	return !err && ward_wr_bad(w) ? WARD_ERR_NOMEM : err;
}
