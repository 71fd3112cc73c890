/* The file of a backup. The first byte says how: 0 as it is, compressed or not; 1 what is in the
 * frame, with the checksums of its heads made good, so that what is behind them is reached. In
 * pieces of any size the same is found. */
#include "fuzz.h"

#include "backup/archive.h"
#include "backup/head.h"

struct sink {
	uint64_t n_begin, n_end, bytes, size;
};

static enum ward_err on_begin(void *ctx, const struct ward_tar_file *f)
{
	struct sink *s = ctx;

	WARD_ASSERT(s->n_begin == s->n_end && ward_tar_path_ok(ward_str_z(f->path)));
	WARD_ASSERT(
		f->path[0] != '/' && !strstr(f->path, "/../") && strncmp(f->path, "../", 3) != 0);
	s->n_begin++;
	s->size = f->size;
	return WARD_OK;
}

static enum ward_err on_bytes(void *ctx, struct ward_slice b)
{
	struct sink *s = ctx;

	WARD_ASSERT(b.len && b.len <= s->size);
	s->size -= b.len;
	s->bytes += b.len;
	return WARD_OK;
}

static enum ward_err on_end(void *ctx)
{
	struct sink *s = ctx;

	WARD_ASSERT(s->size == 0);
	s->n_end++;
	return WARD_OK;
}

static enum ward_err feed(bool plain, const uint8_t *p, size_t len, size_t piece, struct sink *s)
{
	const struct ward_archive_take take = {on_begin, on_bytes, on_end, s};
	struct ward_archive_in *in = NULL;
	struct ward_archive_sums sums;
	enum ward_err err = ward_archive_in_new(&take, ward_mem_heap(), &in);

	for (size_t off = 0; !err && off < len; off += piece) {
		struct ward_slice part =
			ward_slice_of(p + off, len - off < piece ? len - off : piece);

		err = plain ? ward_archive_feed_tar(in, part) : ward_archive_feed(in, part);
	}
	if (!err)
		err = ward_archive_done(in, &sums);
	if (!err)
		WARD_ASSERT(sums.n_file == s->n_end && sums.bytes == s->bytes);
	if (in)
		WARD_ASSERT(strlen(ward_archive_at(in)) < WARD_TAR_PATH);
	ward_archive_in_free(in);
	return err;
}

/* The sum of each block that could be a head; what is none of them has it overwritten, too. */
static void mend(uint8_t *p, size_t len)
{
	for (size_t off = 0; off + WARD_TAR_BLOCK <= len; off += WARD_TAR_BLOCK) {
		uint8_t *b = p + off;
		unsigned sum = 0;

		if (memcmp(b + 257, "ustar", 5) != 0)
			continue;
		memset(b + 148, ' ', 8);
		for (size_t i = 0; i < WARD_TAR_BLOCK; i++)
			sum += b[i];
		for (unsigned i = 0; i < 6; i++)
			b[148 + i] = (uint8_t)('0' + (sum >> (15 - 3 * i) & 7));
		b[154] = 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_backup_head head, again;
	struct sink once = {0}, twice = {0};
	uint8_t text[WARD_BACKUP_HEAD_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (len < 1 || len > 1 << 16)
		return 0;
	bool plain = data[0] & 1;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);

	if (plain)
		mend(copy, len - 1);
	enum ward_err err = feed(plain, copy, len - 1, len, &once);

	enum ward_err other = feed(plain, copy, len - 1, 1 + data[0], &twice);

	/* of what is damaged, a smaller piece may show more, and show it first */
	WARD_ASSERT(plain ? other == err && once.n_end == twice.n_end : !other == !err);
	WARD_ASSERT(err || once.bytes == twice.bytes);
	if (ward_backup_head_read(ward_slice_text(ward_slice_of(copy, len - 1)), &head) ==
		WARD_OK) {
		ward_backup_head_write(&head, &w);
		WARD_ASSERT(!ward_wr_bad(&w));
		WARD_ASSERT(ward_backup_head_read(ward_wr_text(&w), &again) == WARD_OK);
		WARD_ASSERT(memcmp(&head.root, &again.root, sizeof(head.root)) == 0);
	}
	free(copy);
	return 0;
}
