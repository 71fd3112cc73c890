#include "sense/file/ole.h"

#define END_OF_CHAIN 0xfffffffeu
#define SECTORS_MAX 0xfffffffau

enum {
	HEAD = 512,
	HEAD_FAT = 76,
	ENTRY = 128,
	STREAM = 2,
	ROOT = 5,
};

static size_t sector_size(const struct ward_ole *o)
{
	return (size_t)1 << o->sector_bits;
}

/* Sector n, which may be the file's last and short (then the rest is not there). */
static struct ward_slice sector(const struct ward_ole *o, uint32_t n)
{
	uint64_t off = ((uint64_t)n + 1) << o->sector_bits;

	if (n > SECTORS_MAX || off >= o->file.len)
		return ward_slice_of(NULL, 0);
	size_t left = o->file.len - (size_t)off;

	return ward_slice_of(o->file.p + off, left < sector_size(o) ? left : sector_size(o));
}

static uint32_t word(struct ward_slice s, size_t i)
{
	struct ward_rd r = ward_rd_slice(s);

	ward_rd_skip(&r, i * 4);
	uint32_t v = ward_rd_le32(&r);

	return ward_rd_bad(&r) ? END_OF_CHAIN : v;
}

/* Where sector i of the allocation table lies: in the head, or in the chain that follows it. */
static uint32_t fat_sector(struct ward_ole *o, uint32_t i)
{
	size_t per = sector_size(o) / 4 - 1;
	uint32_t at = o->difat;

	if (i < WARD_ARRAY_LEN(o->fat))
		return o->fat[i];
	i -= (uint32_t)WARD_ARRAY_LEN(o->fat);
	for (; i >= per && at <= SECTORS_MAX && o->budget; i -= (uint32_t)per, o->budget--)
		at = word(sector(o, at), per);
	return word(sector(o, at), i);
}

static uint32_t next_sector(struct ward_ole *o, uint32_t n)
{
	size_t per = sector_size(o) / 4;

	return word(sector(o, fat_sector(o, (uint32_t)(n / per))), n % per);
}

/* At most max bytes of a chain. False: it ended before. */
static bool chain(struct ward_ole *o, uint32_t at, uint64_t max, struct ward_wr *w)
{
	while (max && at <= SECTORS_MAX && o->budget) {
		struct ward_slice s = sector(o, at);
		size_t n = max < s.len ? (size_t)max : s.len;

		if (!s.len)
			return false;
		o->budget--;
		ward_wr_bytes(w, s.p, n);
		max -= n;
		if (max)
			at = next_sector(o, at);
	}
	return max == 0;
}

/* The same in the stream of small sectors. */
static bool mini_chain(struct ward_ole *o, uint32_t at, uint64_t max, struct ward_wr *w)
{
	size_t size = (size_t)1 << o->mini_bits;

	while (max && at <= SECTORS_MAX && o->budget) {
		uint64_t off = (uint64_t)at << o->mini_bits;

		if (off >= o->mini.len)
			return false;
		size_t n = o->mini.len - (size_t)off < size ? o->mini.len - (size_t)off : size;

		n = max < n ? (size_t)max : n;
		o->budget--;
		ward_wr_bytes(w, o->mini.p + off, n);
		max -= n;
		at = word(ward_wr_slice(&o->mini_table), at);
	}
	return max == 0;
}

static bool read_head(struct ward_ole *o)
{
	struct ward_rd r = ward_rd_slice(o->file);

	ward_rd_skip(&r, 30);
	o->sector_bits = ward_rd_le16(&r);
	o->mini_bits = ward_rd_le16(&r);
	ward_rd_skip(&r, 10);
	o->n_fat = ward_rd_le32(&r);
	o->dir = ward_rd_le32(&r);
	ward_rd_skip(&r, 4);
	o->mini_cutoff = ward_rd_le32(&r);
	o->mini_fat = ward_rd_le32(&r);
	ward_rd_skip(&r, 4);
	o->difat = ward_rd_le32(&r);
	o->n_difat = ward_rd_le32(&r);
	for (size_t i = 0; i < WARD_ARRAY_LEN(o->fat); i++)
		o->fat[i] = ward_rd_le32(&r);
	return !ward_rd_bad(&r) && (o->sector_bits == 9 || o->sector_bits == 12) &&
	       o->mini_bits == 6 && o->mini_cutoff == 4096;
}

struct entry {
	uint8_t type;
	uint32_t start;
	uint64_t size;
};

static bool read_entry(
	const struct ward_ole *o, uint32_t i, struct entry *ret, struct ward_ole_stream *name)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&o->directory));

	ward_rd_skip(&r, (size_t)i * ENTRY);
	struct ward_rd n = ward_rd_sub(&r, 64);
	uint16_t len = ward_rd_le16(&r);
	struct ward_wr w = ward_wr_fixed(name->name, sizeof(name->name));

	ret->type = ward_rd_u8(&r);
	ward_rd_skip(&r, 49);
	ret->start = ward_rd_le32(&r);
	ret->size = ward_rd_le64(&r);
	if (o->sector_bits == 9) /* the high half is not to be trusted (2.6.1) */
		ret->size &= UINT32_MAX;
	for (size_t k = 0; k + 2 < len && k < 62; k += 2) {
		uint16_t c = ward_rd_le16(&n);

		if (c >= 0x80 && c < 0x800) {
			ward_wr_u8(&w, (uint8_t)(0xc0 | c >> 6));
			ward_wr_u8(&w, (uint8_t)(0x80 | (c & 0x3f)));
		} else if (c >= 0x20 && c < 0x80) {
			ward_wr_u8(&w, (uint8_t)c);
		} else {
			ward_wr_ch(&w, '_');
		}
	}
	name->name_len = w.len;
	name->size = ret->size;
	return !ward_rd_bad(&r);
}

enum ward_err ward_ole_open(struct ward_ole *o, struct ward_slice file)
{
	struct ward_ole_stream name;
	struct entry root;
	size_t most = SIZE_MAX / 2;

	*o = (struct ward_ole){.file = file};
	o->directory = o->mini = o->mini_table = ward_wr_grow(ward_mem_heap(), most);
	if (file.len < HEAD || !read_head(o))
		return WARD_ERR_MALFORMED;
	/* Each sector some times over: streams may share them, but not without end. */
	o->budget = 8 * (file.len >> o->mini_bits) + 64;
	(void)chain(o, o->dir, file.len, &o->directory);
	if (!read_entry(o, 0, &root, &name) || root.type != ROOT)
		return WARD_ERR_MALFORMED;
	(void)chain(o, o->mini_fat, file.len, &o->mini_table);
	(void)chain(o, root.start, root.size < file.len ? root.size : file.len, &o->mini);
	o->entry = 1;
	return ward_wr_bad(&o->directory) || ward_wr_bad(&o->mini) || ward_wr_bad(&o->mini_table)
		       ? WARD_ERR_NOMEM
		       : WARD_OK;
}

void ward_ole_fini(struct ward_ole *o)
{
	ward_wr_fini(&o->directory);
	ward_wr_fini(&o->mini);
	ward_wr_fini(&o->mini_table);
}

enum ward_err ward_ole_next(struct ward_ole *o, struct ward_ole_stream *ret, struct ward_wr *w)
{
	struct entry e;

	ward_wr_reset(w);
	while (read_entry(o, o->entry, &e, ret)) {
		o->entry++;
		if (e.type != STREAM || !e.size)
			continue;
		uint64_t most = e.size < o->file.len ? e.size : o->file.len;

		ret->whole = (e.size < o->mini_cutoff ? mini_chain(o, e.start, most, w)
						      : chain(o, e.start, most, w)) &&
			     most == e.size;
		return ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
	}
	return WARD_ERR_MORE;
}

/* One token that copies: how many bits say how far back hangs on what was written (2.4.1.3.19). */
static bool copy_token(struct ward_wr *w, size_t chunk, uint16_t token)
{
	size_t done = w->len - chunk;
	unsigned bits = 4;

	while (((size_t)1 << bits) < done)
		bits++;
	size_t len = (token & (0xffffu >> bits)) + 3u, back = (size_t)(token >> (16 - bits)) + 1;

	if (back > done)
		return false;
	for (size_t i = 0; i < len && !ward_wr_bad(w); i++)
		ward_wr_u8(w, w->p[w->len - back]);
	return true;
}

static bool unpack_chunk(struct ward_rd *r, struct ward_wr *w)
{
	size_t chunk = w->len;

	while (ward_rd_left(r) && w->len - chunk < 4096) {
		uint8_t flags = ward_rd_u8(r);

		for (unsigned i = 0; i < 8 && ward_rd_left(r); i++) {
			if (!(flags >> i & 1))
				ward_wr_u8(w, ward_rd_u8(r));
			else if (!copy_token(w, chunk, ward_rd_le16(r)) || ward_rd_bad(r))
				return false;
		}
	}
	return !ward_wr_bad(w);
}

enum ward_err ward_vba_unpack(struct ward_slice in, struct ward_wr *w)
{
	struct ward_rd r = ward_rd_slice(in);

	if (ward_rd_u8(&r) != 1)
		return WARD_ERR_MALFORMED;
	while (ward_rd_left(&r) >= 2) {
		uint16_t head = ward_rd_le16(&r);
		size_t len = (head & 0xfffu) + 1u;

		if ((head >> 12 & 7) != 3)
			return WARD_ERR_MALFORMED;
		len = len < ward_rd_left(&r) ? len : ward_rd_left(&r);
		struct ward_rd c = ward_rd_sub(&r, len);

		if (!(head >> 15))
			ward_wr_bytes(w, c.p, c.len);
		else if (!unpack_chunk(&c, w))
			return WARD_ERR_MALFORMED;
	}
	return WARD_OK;
}
