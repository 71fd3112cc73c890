#include "journal/priv.h"

const uint8_t ward_journal_zeros[IO_CHUNK];

/* Takes back what the last load left, then room for len bytes. */
static uint8_t *room(struct ward_wr *w, size_t len)
{
	ward_wr_reset(w);
	return ward_wr_room(w, len);
}

enum ward_err ward_block_load(const struct ward_io *io, int fd, const struct seg *s, uint64_t off,
	struct ward_wr *w, struct ward_block_head *ret)
{
	uint8_t head[WARD_BLOCK_HEAD];
	size_t n = 0;

	if (off > s->h.len || s->h.len - off < WARD_BLOCK_HEAD)
		return WARD_ERR_FOREIGN;
	enum ward_err err = io->pread(io->ctx, fd, head, sizeof(head), off, &n);

	if (err != WARD_OK)
		return err;
	struct ward_block_head h;

	err = ward_block_head_read(ward_slice_of(head, n), s->h.tag, s->h.len - off, &h);
	if (err != WARD_OK)
		return err;
	uint8_t *p = room(w, h.len);

	if (!p)
		return WARD_ERR_NOMEM;
	err = io->pread(io->ctx, fd, p, h.len, off, &n);
	if (err != WARD_OK)
		return err;
	err = ward_block_check(ward_slice_of(p, n), &h);
	if (err == WARD_OK && (h.lane != s->h.lane || h.commit < s->h.base_commit))
		err = WARD_ERR_MALFORMED;
	if (err == WARD_OK)
		*ret = h;
	return err;
}

enum { FIND_CHUNK = 16384 };
_Static_assert(FIND_CHUNK <= sizeof(ward_journal_zeros), "as many zeros to compare with");

/* Offset in p (len bytes, from an aligned place) of the next tag, or len. Most of what is looked
 * through is where nothing was written yet. */
static size_t find_tag(const uint8_t *p, size_t len, uint64_t tag, bool *dirty)
{
	uint8_t want[8];
	struct ward_wr w = ward_wr_fixed(want, sizeof(want));

	if (memcmp(p, ward_journal_zeros, len) == 0)
		return len;
	*dirty = true;
	ward_wr_le64(&w, tag);
	for (size_t i = 0; len - i >= sizeof(want); i += sizeof(want))
		if (memcmp(p + i, want, sizeof(want)) == 0)
			return i;
	return len;
}

enum ward_err ward_block_find(const struct ward_io *io, int fd, const struct seg *s, uint64_t off,
	struct ward_wr *w, uint64_t *ret_off, bool *ret_dirty)
{
	uint8_t chunk[FIND_CHUNK];
	bool dirty = false;

	off = (off + WARD_BLOCK_ALIGN - 1) / WARD_BLOCK_ALIGN * WARD_BLOCK_ALIGN;
	while (off < s->h.len) {
		uint64_t left = s->h.len - off;
		size_t n = 0;
		enum ward_err err = io->pread(io->ctx, fd, chunk,
			left < sizeof(chunk) ? (size_t)left : sizeof(chunk), off, &n);

		if (err != WARD_OK)
			return err;
		if (n == 0)
			break;
		size_t at = find_tag(chunk, n, s->h.tag, &dirty);

		off += at;
		if (at == n)
			continue;
		struct ward_block_head h;

		err = ward_block_load(io, fd, s, off, w, &h);
		if (err == WARD_OK) {
			*ret_off = off;
			*ret_dirty = dirty;
			return WARD_OK;
		}
		if (!ward_damage_err(err))
			return err;
		off += WARD_BLOCK_ALIGN;
	}
	*ret_off = UINT64_MAX;
	*ret_dirty = dirty;
	return WARD_OK;
}
