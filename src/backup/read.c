#include "backup/archive.h"

#include "base/rd.h"
#include "base/wr.h"

#include <sodium.h>
#include <zstd.h>

enum { PIECE = 1 << 17, WINDOW_LOG = 27, END_BLOCKS = 2 };

struct ward_archive_in {
	const struct ward_mem *mem;
	struct ward_archive_take take;
	ZSTD_DCtx *z;
	uint8_t magic[4];  /* the frame's first bytes … */
	size_t n_magic;    /* … that have come */
	bool ended;        /* the frame */
	enum ward_err err; /* the first; only free is left */
	enum { HEAD, BYTES, PADDING, END } at;
	uint8_t block[WARD_TAR_BLOCK]; /* of the head that comes */
	size_t n_block, n_zero;        /* bytes of it; blocks of zeros at the end */
	struct ward_tar_file file;
	uint64_t left; /* of the file, or of its padding */
	bool is_manifest, had_manifest;
	size_t compared; /* bytes of the manifest that are as they must be */
	struct ward_wr lines;
	struct ward_archive_sums sums;
	crypto_hash_sha256_state all, one;
	uint8_t piece[PIECE];
};

enum ward_err ward_archive_in_new(const struct ward_archive_take *take, const struct ward_mem *mem,
	struct ward_archive_in **ret)
{
	struct ward_archive_in *in = ward_mem_alloc(mem, sizeof(*in));

	WARD_ASSERT(sodium_init() >= 0);
	if (!in)
		return WARD_ERR_NOMEM;
	in->mem = mem;
	in->take = *take;
	in->lines = ward_wr_grow(mem, WARD_ARCHIVE_LINES);
	in->z = ZSTD_createDCtx();
	if (!in->z ||
		ZSTD_isError(ZSTD_DCtx_setParameter(in->z, ZSTD_d_windowLogMax, WINDOW_LOG))) {
		ward_archive_in_free(in);
		return WARD_ERR_NOMEM;
	}
	(void)crypto_hash_sha256_init(&in->all);
	*ret = in;
	return WARD_OK;
}

void ward_archive_in_free(struct ward_archive_in *in)
{
	if (!in)
		return;
	(void)ZSTD_freeDCtx(in->z);
	ward_wr_fini(&in->lines);
	ward_mem_free(in->mem, in, sizeof(*in));
}

const char *ward_archive_at(const struct ward_archive_in *in)
{
	return in->file.path;
}

/* The manifest says of each file what was found of it, in the same order, and of no other. */
static enum ward_err compare(struct ward_archive_in *in, struct ward_slice s)
{
	if (s.len > in->lines.len - in->compared ||
		(s.len && memcmp(in->lines.p + in->compared, s.p, s.len) != 0))
		return WARD_ERR_CORRUPT;
	in->compared += s.len;
	return WARD_OK;
}

static enum ward_err end_file(struct ward_archive_in *in)
{
	uint8_t sum[WARD_ARCHIVE_SHA256];

	in->at = PADDING;
	in->left = ward_tar_padding(in->file.size);
	if (in->is_manifest) {
		in->had_manifest = true;
		return in->compared == in->lines.len ? WARD_OK : WARD_ERR_CORRUPT;
	}
	(void)crypto_hash_sha256_final(&in->one, sum);
	ward_wr_hex(&in->lines, ward_slice_of(sum, sizeof(sum)));
	ward_wr_printf(&in->lines, "  %s\n", in->file.path);
	in->sums.n_file++;
	in->sums.bytes += in->file.size;
	if (ward_wr_bad(&in->lines))
		return WARD_ERR_LIMIT;
	return in->take.end(in->take.ctx);
}

static enum ward_err begin_file(struct ward_archive_in *in)
{
	enum ward_err err = WARD_OK;

	if (in->had_manifest) /* which is the last */
		return WARD_ERR_CORRUPT;
	in->is_manifest = strcmp(in->file.path, WARD_ARCHIVE_MANIFEST) == 0;
	if (in->is_manifest && in->file.size != in->lines.len)
		return WARD_ERR_CORRUPT;
	if (!in->is_manifest && in->sums.n_file == WARD_ARCHIVE_FILES)
		return WARD_ERR_LIMIT;
	(void)crypto_hash_sha256_init(&in->one);
	in->at = BYTES;
	in->left = in->file.size;
	if (!in->is_manifest)
		err = in->take.begin(in->take.ctx, &in->file);
	return !err && !in->left ? end_file(in) : err;
}

static enum ward_err take_head(struct ward_archive_in *in, struct ward_rd *r)
{
	size_t want = WARD_TAR_BLOCK - in->n_block, n = ward_rd_left(r);
	struct ward_tar_file f = {.path = ""};
	enum ward_err err;

	n = n < want ? n : want;
	memcpy(in->block + in->n_block, ward_rd_take(r, n), n);
	in->n_block += n;
	if (in->n_block < WARD_TAR_BLOCK)
		return WARD_OK;
	in->n_block = 0;
	err = ward_tar_read(in->block, &f);
	if (err == WARD_ERR_CLOSED) {
		if (!in->had_manifest)
			return WARD_ERR_MORE;
		in->at = ++in->n_zero == END_BLOCKS ? END : HEAD;
		return WARD_OK;
	}
	if (in->n_zero)
		return WARD_ERR_CORRUPT;
	in->file = f;
	return err ? err : begin_file(in);
}

static enum ward_err take_bytes(struct ward_archive_in *in, struct ward_rd *r)
{
	size_t n = ward_rd_left(r);
	enum ward_err err;

	n = n < in->left ? n : (size_t)in->left;
	struct ward_slice s = ward_rd_bytes(r, n);

	in->left -= n;
	if (in->is_manifest) {
		err = compare(in, s);
	} else {
		(void)crypto_hash_sha256_update(&in->one, s.p, s.len);
		err = in->take.bytes(in->take.ctx, s);
	}
	return !err && !in->left ? end_file(in) : err;
}

static enum ward_err take_padding(struct ward_archive_in *in, struct ward_rd *r)
{
	size_t n = ward_rd_left(r);

	n = n < in->left ? n : (size_t)in->left;
	struct ward_slice s = ward_rd_bytes(r, n);

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			return WARD_ERR_CORRUPT;
	in->left -= n;
	if (!in->left)
		in->at = HEAD;
	return WARD_OK;
}

enum ward_err ward_archive_feed_tar(struct ward_archive_in *in, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	if (in->err)
		return in->err;
	while (!in->err && ward_rd_left(&r)) {
		if (in->at == PADDING && !in->left)
			in->at = HEAD;
		in->err = in->at == HEAD      ? take_head(in, &r)
			  : in->at == BYTES   ? take_bytes(in, &r)
			  : in->at == PADDING ? take_padding(in, &r)
					      : WARD_ERR_CORRUPT; /* bytes behind the end */
	}
	return in->err;
}

/* Does it begin as a zstd frame does (RFC 8878 3.1.1)? */
static bool is_frame(const struct ward_archive_in *in)
{
	static const uint8_t magic[4] = {0x28, 0xb5, 0x2f, 0xfd};

	return memcmp(in->magic, magic, in->n_magic) == 0;
}

enum ward_err ward_archive_feed(struct ward_archive_in *in, struct ward_slice s)
{
	ZSTD_inBuffer from = {s.p, s.len, 0};

	if (in->err || !s.len)
		return in->err;
	(void)crypto_hash_sha256_update(&in->all, s.p, s.len);
	in->sums.written += s.len;
	for (size_t i = 0; i < s.len && in->n_magic < sizeof(in->magic); i++)
		in->magic[in->n_magic++] = s.p[i];
	if (!is_frame(in))
		in->err = WARD_ERR_FOREIGN;
	for (bool full = false; !in->err && (from.pos < from.size || full);) {
		ZSTD_outBuffer to = {in->piece, sizeof(in->piece), 0};

		if (in->ended) {
			in->err = WARD_ERR_CORRUPT; /* a second frame, or anything */
			break;
		}
		size_t rc = ZSTD_decompressStream(in->z, &to, &from);

		if (ZSTD_isError(rc)) {
			in->err = WARD_ERR_CORRUPT;
			break;
		}
		in->ended = rc == 0;
		full = !in->ended && to.pos == to.size;
		in->err = ward_archive_feed_tar(in, ward_slice_of(in->piece, to.pos));
	}
	return in->err;
}

enum ward_err ward_archive_done(const struct ward_archive_in *in, struct ward_archive_sums *ret)
{
	crypto_hash_sha256_state all = in->all;

	if (in->err)
		return in->err;
	if (in->at != END || (in->n_magic && !in->ended))
		return WARD_ERR_MORE;
	*ret = in->sums;
	(void)crypto_hash_sha256_final(&all, ret->sha256);
	return WARD_OK;
}
