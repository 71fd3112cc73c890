#include "backup/archive.h"

#include "base/fd.h"
#include "base/wr.h"

#include <errno.h>
#include <sodium.h>
#include <zstd.h>

enum { LEVEL = 3, PIECE = 1 << 17 };

static const uint8_t zeros[2 * WARD_TAR_BLOCK];

struct ward_archive_out {
	int fd;
	const struct ward_mem *mem;
	ZSTD_CCtx *z;
	struct ward_wr lines;
	struct ward_archive_sums sums;
	crypto_hash_sha256_state all, one;
	struct ward_tar_file file; /* the one that is open */
	uint64_t left;             /* bytes of it that are to come */
	uint8_t piece[PIECE];
};

enum ward_err ward_archive_new(int fd, const struct ward_mem *mem, struct ward_archive_out **ret)
{
	struct ward_archive_out *o = ward_mem_alloc(mem, sizeof(*o));

	WARD_ASSERT(sodium_init() >= 0);
	if (!o)
		return WARD_ERR_NOMEM;
	o->fd = fd;
	o->mem = mem;
	o->lines = ward_wr_grow(mem, WARD_ARCHIVE_LINES);
	o->z = ZSTD_createCCtx();
	if (!o->z || ZSTD_isError(ZSTD_CCtx_setParameter(o->z, ZSTD_c_compressionLevel, LEVEL)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(o->z, ZSTD_c_checksumFlag, 1))) {
		ward_archive_free(o);
		return WARD_ERR_NOMEM;
	}
	(void)crypto_hash_sha256_init(&o->all);
	*ret = o;
	return WARD_OK;
}

void ward_archive_free(struct ward_archive_out *o)
{
	if (!o)
		return;
	(void)ZSTD_freeCCtx(o->z);
	ward_wr_fini(&o->lines);
	ward_mem_free(o->mem, o, sizeof(*o));
}

/* Compresses it, and writes what comes of that. */
static enum ward_err put(struct ward_archive_out *o, struct ward_slice s, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = {s.p, s.len, 0};
	size_t left;

	do {
		ZSTD_outBuffer out = {o->piece, sizeof(o->piece), 0};

		left = ZSTD_compressStream2(o->z, &out, &in, how);
		if (ZSTD_isError(left))
			return WARD_ERR_NOMEM;
		if (!ward_fd_write(o->fd, ward_slice_of(o->piece, out.pos)))
			return errno == ENOSPC || errno == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
		(void)crypto_hash_sha256_update(&o->all, o->piece, out.pos);
		o->sums.written += out.pos;
	} while (in.pos < in.size || (how == ZSTD_e_end && left));
	return WARD_OK;
}

enum ward_err ward_archive_begin(struct ward_archive_out *o, const struct ward_tar_file *f)
{
	uint8_t head[WARD_TAR_BLOCK];
	enum ward_err err = ward_tar_write(f, head);

	if (!err && o->sums.n_file == WARD_ARCHIVE_FILES)
		err = WARD_ERR_LIMIT;
	if (err)
		return err;
	o->file = *f;
	o->left = f->size;
	(void)crypto_hash_sha256_init(&o->one);
	return put(o, ward_slice_of(head, sizeof(head)), ZSTD_e_continue);
}

enum ward_err ward_archive_bytes(struct ward_archive_out *o, struct ward_slice s)
{
	if (s.len > o->left)
		return WARD_ERR_STATE;
	o->left -= s.len;
	(void)crypto_hash_sha256_update(&o->one, s.p, s.len);
	return put(o, s, ZSTD_e_continue);
}

enum ward_err ward_archive_end(struct ward_archive_out *o)
{
	uint8_t sum[WARD_ARCHIVE_SHA256];

	if (o->left)
		return WARD_ERR_STATE;
	(void)crypto_hash_sha256_final(&o->one, sum);
	ward_wr_hex(&o->lines, ward_slice_of(sum, sizeof(sum)));
	ward_wr_printf(&o->lines, "  %s\n", o->file.path);
	o->sums.n_file++;
	o->sums.bytes += o->file.size;
	if (ward_wr_bad(&o->lines))
		return WARD_ERR_LIMIT;
	return put(o, ward_slice_of(zeros, ward_tar_padding(o->file.size)), ZSTD_e_continue);
}

enum ward_err ward_archive_finish(struct ward_archive_out *o, struct ward_archive_sums *ret)
{
	struct ward_tar_file f = {
		.path = WARD_ARCHIVE_MANIFEST, .size = o->lines.len, .mode = 0600};
	uint8_t head[WARD_TAR_BLOCK];
	enum ward_err err = ward_tar_write(&f, head);

	if (!err)
		err = put(o, ward_slice_of(head, sizeof(head)), ZSTD_e_continue);
	if (!err)
		err = put(o, ward_wr_slice(&o->lines), ZSTD_e_continue);
	if (!err)
		err = put(o, ward_slice_of(zeros, ward_tar_padding(f.size)), ZSTD_e_continue);
	if (!err)
		err = put(o, ward_slice_of(zeros, sizeof(zeros)), ZSTD_e_end);
	(void)crypto_hash_sha256_final(&o->all, o->sums.sha256);
	if (!err)
		*ret = o->sums;
	return err;
}
