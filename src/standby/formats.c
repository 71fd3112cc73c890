#include "standby/formats.h"

#include "base/formats.h"
#include "base/rd.h"
#include "base/wr.h"
#include "standby/kept.h"
#include "standby/term.h"

#include <limits.h>
#include <stdio.h>

enum { BYTES = 4 };
static const char file[] = "formats";

enum ward_err ward_standby_formats_read(const struct ward_io *io, uint32_t *ret)
{
	uint8_t bytes[BYTES];
	enum ward_err err = ward_standby_recall(io, file, bytes, sizeof(bytes));

	if (err && err != WARD_ERR_NOT_FOUND)
		return err;
	struct ward_rd r = ward_rd_from(bytes, sizeof(bytes));

	*ret = err ? WARD_FORMATS_LEAST : ward_rd_be32(&r);
	return WARD_OK;
}

enum ward_err ward_standby_formats_write(const struct ward_io *io, uint32_t formats)
{
	uint8_t bytes[BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_be32(&w, formats);
	return ward_standby_keep(io, file, ward_wr_slice(&w));
}

enum ward_err ward_standby_formats_here(const char *state, uint32_t *ret)
{
	char path[PATH_MAX];
	struct ward_io_dir dir = {.fd = -1};
	struct ward_term term;

	*ret = ward_formats_most();
	if ((size_t)snprintf(path, sizeof(path), "%s/standby", state) >= sizeof(path))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_io_dir_open(&dir, path, false, false);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	err = ward_term_read(&dir.io, &term);
	if (!err)
		err = ward_standby_formats_read(&dir.io, ret);
	else if (err == WARD_ERR_NOT_FOUND) /* it never was one of two */
		err = WARD_OK;
	ward_io_dir_close(&dir);
	return !err && *ret > ward_formats_most() ? WARD_ERR_VERSION : err;
}
