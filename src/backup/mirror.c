#include "backup/mirror.h"

#include "base/id.h"

#include <stdlib.h>
#include <string.h>

enum { HEX = 2 * WARD_MIRROR_SUM };

void ward_mirror_init(struct ward_mirror *m, const struct ward_mem *mem)
{
	*m = (struct ward_mirror){.mem = mem};
}

void ward_mirror_fini(struct ward_mirror *m)
{
	if (m->mem)
		ward_mem_free(m->mem, m->item, m->cap * sizeof(*m->item));
	*m = (struct ward_mirror){.mem = m->mem};
}

enum ward_err ward_mirror_add(struct ward_mirror *m, const struct ward_mirror_item *item)
{
	enum ward_err err = ward_mem_more(
		m->mem, &m->item, m->n, &m->cap, sizeof(*m->item), WARD_ARCHIVE_FILES);

	if (err)
		return err;
	m->item[m->n++] = *item;
	return WARD_OK;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct ward_mirror_item *)a)->path,
		((const struct ward_mirror_item *)b)->path);
}

static int of_path(const void *path, const void *item)
{
	return strcmp(path, ((const struct ward_mirror_item *)item)->path);
}

const struct ward_mirror_item *ward_mirror_find(const struct ward_mirror *m, const char *path)
{
	return m->n ? bsearch(path, m->item, m->n, sizeof(*m->item), of_path) : NULL;
}

static void put(struct ward_wr *w, const struct ward_mirror_item *item)
{
	ward_wr_hex(w, ward_slice_of(item->sum, WARD_MIRROR_SUM));
	ward_wr_ch(w, ' ');
	ward_wr_u64(w, item->mode);
	ward_wr_ch(w, ' ');
	ward_wr_u64(w, item->uid);
	ward_wr_ch(w, ' ');
	ward_wr_u64(w, item->size);
	ward_wr_ch(w, ' ');
	ward_wr_z(w, item->path);
	ward_wr_ch(w, '\n');
}

enum ward_err ward_mirror_end(struct ward_mirror *m, struct ward_wr *w)
{
	if (m->n)
		qsort(m->item, m->n, sizeof(*m->item), by_path);
	for (size_t i = 0; i < m->n; i++)
		put(w, &m->item[i]);
	if (ward_wr_bad(w))
		return WARD_ERR_NOMEM;
	ward_sha256(ward_wr_slice(w), m->id);
	return WARD_OK;
}

static int nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_sum(struct ward_str hex, uint8_t ret[WARD_MIRROR_SUM])
{
	if (hex.len != HEX)
		return false;
	for (size_t i = 0; i < WARD_MIRROR_SUM; i++) {
		int a = nibble(hex.p[2 * i]), b = nibble(hex.p[2 * i + 1]);

		if (a < 0 || b < 0)
			return false;
		ret[i] = (uint8_t)(a << 4 | b);
	}
	return true;
}

static bool is_mode(uint64_t m)
{
	return m <= 0777 || m == S_IFLNK || (m >= S_IFDIR && m <= (S_IFDIR | 0777));
}

static enum ward_err read_line(struct ward_str line, struct ward_mirror_item *ret)
{
	struct ward_str sum = ward_str_cut(&line, ' '), mode = ward_str_cut(&line, ' '),
			uid = ward_str_cut(&line, ' '), size = ward_str_cut(&line, ' ');
	uint64_t m, u;

	if (!line.p || !read_sum(sum, ret->sum) || !ward_str_u64(mode, &m) || !is_mode(m) ||
		!ward_str_u64(uid, &u) || u > UINT32_MAX || !ward_str_u64(size, &ret->size))
		return WARD_ERR_MALFORMED;
	if (!ward_tar_path_ok(line))
		return WARD_ERR_DENIED;
	ret->mode = (uint32_t)m;
	ret->uid = (uint32_t)u;
	memcpy(ret->path, line.p, line.len);
	ret->path[line.len] = 0;
	return WARD_OK;
}

enum ward_err ward_mirror_read(struct ward_str text, struct ward_mirror *ret)
{
	struct ward_slice all = ward_slice_of(text.p, text.len);
	enum ward_err err = WARD_OK;

	if (text.len && text.p[text.len - 1] != '\n')
		return WARD_ERR_MALFORMED;
	while (!err && text.len) {
		struct ward_mirror_item item = {.inode = 0};

		err = read_line(ward_str_cut(&text, '\n'), &item);
		if (!err && ret->n && strcmp(ret->item[ret->n - 1].path, item.path) >= 0)
			err = WARD_ERR_MALFORMED;
		if (!err)
			err = ward_mirror_add(ret, &item);
	}
	if (!err)
		ward_sha256(all, ret->id);
	return err;
}
