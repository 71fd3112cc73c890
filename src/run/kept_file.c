#include "run/kept_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYTES_MAX = 512 << 20 };

enum ward_err ward_kept_file_read(struct ward_kept *k, int fd)
{
	struct stat st;

	if (fd < 0)
		return WARD_OK;
	if (fstat(fd, &st) != 0 || st.st_size < 0 || st.st_size > BYTES_MAX)
		return WARD_ERR_IO;
	size_t len = (size_t)st.st_size;
	uint8_t *bytes = len ? malloc(len) : NULL;
	struct ward_rd r = ward_rd_from(bytes, len);

	if (!len)
		return WARD_OK;
	if (!bytes)
		return WARD_ERR_NOMEM;
	enum ward_err err =
		pread(fd, bytes, len, 0) == (ssize_t)len ? ward_kept_read(k, &r) : WARD_ERR_IO;

	free(bytes);
	return err;
}

enum ward_err ward_kept_file_write(const struct ward_kept *k, int fd)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES_MAX);
	enum ward_err err = WARD_OK;

	if (fd < 0)
		return WARD_OK;
	ward_kept_write(k, &w);
	if (ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	else if (ftruncate(fd, 0) != 0 || pwrite(fd, w.p, w.len, 0) != (ssize_t)w.len)
		err = WARD_ERR_IO;
	ward_wr_fini(&w);
	if (err && ftruncate(fd, 0) != 0) /* a part of it is no whole */
		return WARD_ERR_IO;
	return err;
}
