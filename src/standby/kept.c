#include "standby/kept.h"

#include "base/rd.h"
#include "base/wr.h"
#include "journal/crc32c.h"

#include <string.h>

static const char magic[] = "WARDSTBY", beside[] = "standby.tmp";
enum { MAGIC = 8, SUM = 4 };

enum ward_err ward_standby_keep(const struct ward_io *io, const char *name, struct ward_slice bytes)
{
	uint8_t all[MAGIC + WARD_STANDBY_KEPT_MAX + SUM];
	struct ward_wr w = ward_wr_fixed(all, sizeof(all));
	enum ward_err err;
	int fd;

	ward_wr_bytes(&w, magic, MAGIC);
	ward_wr_bytes(&w, bytes.p, bytes.len);
	ward_wr_be32(&w, ward_crc32c(0, all, w.len));
	WARD_ASSERT(!ward_wr_bad(&w));
	err = io->open(io->ctx, beside, WARD_IO_CREATE, &fd);
	if (err)
		return err;
	err = io->pwrite(io->ctx, fd, all, w.len, 0);
	if (!err)
		err = io->fdatasync(io->ctx, fd);
	io->close(io->ctx, fd);
	if (!err)
		err = io->rename(io->ctx, beside, name);
	return err ? err : io->sync_dir(io->ctx);
}

enum ward_err ward_standby_recall(
	const struct ward_io *io, const char *name, uint8_t *ret, size_t n)
{
	uint8_t all[MAGIC + WARD_STANDBY_KEPT_MAX + SUM + 1];
	size_t len = 0;
	enum ward_err err;
	int fd;

	WARD_ASSERT(n <= WARD_STANDBY_KEPT_MAX);
	err = io->open(io->ctx, name, WARD_IO_READ, &fd);
	if (err)
		return err;
	err = io->pread(io->ctx, fd, all, sizeof(all), 0, &len);
	io->close(io->ctx, fd);
	if (err)
		return err;
	if (len != MAGIC + n + SUM || memcmp(all, magic, MAGIC) != 0)
		return WARD_ERR_CORRUPT;
	struct ward_rd r = ward_rd_from(all + MAGIC + n, SUM);

	if (ward_rd_be32(&r) != ward_crc32c(0, all, MAGIC + n))
		return WARD_ERR_CORRUPT;
	memcpy(ret, all + MAGIC, n);
	return WARD_OK;
}
