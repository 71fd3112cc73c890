#include "backup/tar.h"

#include "base/rd.h"
#include "base/wr.h"

enum { NAME = 100, PREFIX = 155, CHECKSUM_AT = 148, CHECKSUM = 8, SIZE = 12, PLAIN = '0' };

bool ward_tar_path_ok(struct ward_str path)
{
	struct ward_str rest = path;
	size_t depth = 0;

	if (!path.len || path.len >= WARD_TAR_PATH || !ward_utf8_valid(ward_str_bytes(path), NULL))
		return false;
	for (size_t i = 0; i < path.len; i++)
		if ((uint8_t)path.p[i] < 0x20 || path.p[i] == 0x7f || path.p[i] == '\\')
			return false;
	while (rest.p) {
		struct ward_str part = ward_str_cut(&rest, '/');

		if (!part.len || ward_str_eqz(part, ".") || ward_str_eqz(part, "..") ||
			++depth > WARD_TAR_DEPTH)
			return false;
	}
	return true;
}

static void octal(uint8_t *to, size_t width, uint64_t v)
{
	to[--width] = 0;
	while (width--) {
		to[width] = (uint8_t)('0' + v % 8);
		v /= 8;
	}
}

/* As many octal digits as there is room for, else GNU's binary form. */
static void put_size(uint8_t *to, uint64_t v)
{
	if (v < 1ull << 33) {
		octal(to, SIZE, v);
		return;
	}
	memset(to, 0, SIZE);
	to[0] = 0x80;
	for (size_t i = 0; i < 8; i++)
		to[SIZE - 1 - i] = (uint8_t)(v >> 8 * i);
}

/* Digits, then blanks or zeros only. */
static bool get_octal(struct ward_slice f, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < f.len && f.p[i] >= '0' && f.p[i] <= '7'; i++) {
		if (v >> 60)
			return false;
		v = v * 8 + (uint64_t)(f.p[i] - '0');
	}
	if (!i)
		return false;
	for (; i < f.len; i++)
		if (f.p[i] && f.p[i] != ' ')
			return false;
	*ret = v;
	return true;
}

static bool get_size(struct ward_slice f, uint64_t *ret)
{
	struct ward_rd r = ward_rd_slice(f);

	if (f.p[0] != 0x80)
		return get_octal(f, ret);
	if (ward_rd_be32(&r) != 0x80000000u)
		return false;
	*ret = ward_rd_be64(&r);
	return *ret <= INT64_MAX;
}

/* The sum of all bytes, with blanks in its own place. */
static uint64_t checksum(const uint8_t block[WARD_TAR_BLOCK])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < WARD_TAR_BLOCK; i++)
		sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM ? ' ' : block[i];
	return sum;
}

/* Where the path parts into prefix and name: before a '/' so that both have room; 0: all is name;
 * SIZE_MAX: it has no room. */
static size_t part_at(struct ward_str path)
{
	if (path.len <= NAME)
		return 0;
	for (size_t i = path.len - NAME - 1; i <= PREFIX && i < path.len; i++)
		if (path.p[i] == '/')
			return i;
	return SIZE_MAX;
}

enum ward_err ward_tar_write(const struct ward_tar_file *f, uint8_t ret[WARD_TAR_BLOCK])
{
	struct ward_str path = ward_str_z(f->path);
	size_t at = part_at(path);
	static const uint8_t ustar[] = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
	uint8_t *b = ret;

	if (!ward_tar_path_ok(path) || at == SIZE_MAX)
		return WARD_ERR_LIMIT;
	memset(b, 0, WARD_TAR_BLOCK);
	if (at) {
		memcpy(b + 345, path.p, at);
		at++;
	}
	memcpy(b, path.p + at, path.len - at);
	octal(b + 100, 8, f->mode & 0777);
	octal(b + 108, 8, f->uid & 07777777);
	octal(b + 116, 8, f->uid & 07777777);
	put_size(b + 124, f->size);
	octal(b + 136, SIZE, f->time > 0 && f->time < 1ll << 33 ? (uint64_t)f->time : 0);
	b[156] = PLAIN;
	memcpy(b + 257, ustar, sizeof(ustar));
	octal(b + CHECKSUM_AT, CHECKSUM - 1, checksum(b));
	b[CHECKSUM_AT + CHECKSUM - 1] = ' ';
	return WARD_OK;
}

static bool is_zero(const uint8_t block[WARD_TAR_BLOCK])
{
	for (size_t i = 0; i < WARD_TAR_BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

static struct ward_str text(struct ward_slice f)
{
	const uint8_t *end = memchr(f.p, 0, f.len);

	return ward_slice_text(ward_slice_of(f.p, end ? (size_t)(end - f.p) : f.len));
}

/* The path, joined; false when there is no text to it. */
static bool join(struct ward_str prefix, struct ward_str name, char ret[WARD_TAR_PATH])
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_TAR_PATH - 1);

	ward_wr_str(&w, prefix);
	if (prefix.len)
		ward_wr_ch(&w, '/');
	ward_wr_str(&w, name);
	ret[w.len] = 0;
	return !ward_wr_bad(&w) && name.len;
}

enum ward_err ward_tar_read(const uint8_t block[WARD_TAR_BLOCK], struct ward_tar_file *ret)
{
	struct ward_rd r = ward_rd_from(block, WARD_TAR_BLOCK);
	struct ward_tar_file f = {.path = ""};
	uint64_t sum, mode, uid, time;

	if (is_zero(block))
		return WARD_ERR_CLOSED;
	struct ward_slice name = ward_rd_bytes(&r, NAME), mode_f = ward_rd_bytes(&r, 8),
			  uid_f = ward_rd_bytes(&r, 8);

	ward_rd_skip(&r, 8);
	struct ward_slice size_f = ward_rd_bytes(&r, SIZE), time_f = ward_rd_bytes(&r, SIZE),
			  sum_f = ward_rd_bytes(&r, CHECKSUM);
	uint8_t type = ward_rd_u8(&r);

	ward_rd_skip(&r, NAME);
	struct ward_slice magic = ward_rd_bytes(&r, 6);

	ward_rd_skip(&r, 2 + 32 + 32 + 8 + 8);
	struct ward_slice prefix = ward_rd_bytes(&r, PREFIX);

	WARD_ASSERT(!ward_rd_bad(&r));
	if (!get_octal(sum_f, &sum) || sum != checksum(block))
		return WARD_ERR_CORRUPT;
	if (memcmp(magic.p, "ustar", 6) != 0 || !get_size(size_f, &f.size) ||
		!get_octal(mode_f, &mode) || !get_octal(uid_f, &uid) || !get_octal(time_f, &time) ||
		uid > UINT32_MAX || time > INT64_MAX)
		return WARD_ERR_MALFORMED;
	bool whole = join(text(prefix), text(name), f.path);

	f.mode = (uint32_t)mode & 0777;
	f.uid = (uint32_t)uid;
	f.time = (int64_t)time;
	*ret = f;
	if (type != PLAIN)
		return WARD_ERR_UNSUPPORTED;
	return whole && ward_tar_path_ok(ward_str_z(f.path)) ? WARD_OK : WARD_ERR_DENIED;
}
