/* Disk images with a UDF file system (ECMA-167, OSTA UDF 1.02 to 2.01: partitions of type 1), alone
 * or beside ISO 9660, of which Windows shows the UDF one. Directories wait in a list, none is
 * entered within another; what an image says of lengths and places is bounded by its bytes. */
#include "sense/file/exam.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	TAG_ANCHOR = 2, /* ECMA-167 3/7.2.1, 4/7.2.1 */
	TAG_PARTITION = 5,
	TAG_VOLUME = 6,
	TAG_END = 8,
	TAG_SET = 256,
	TAG_NAME = 257,
	TAG_ENTRY = 261,
	TAG_ENTRY_EXTENDED = 266,
	ANCHOR = 256, /* its sector */
	DESCRIPTORS = 64,
	PARTITIONS = 4,
	FOLDERS = 4096,        /* that wait, or were looked at */
	LISTED = 8192,         /* places in the table of them */
	AGAIN = 1 << 16,       /* names that lead to one that was listed: sound images have none */
	EXTENTS = 65536,       /* of one entry, */
	EXTENTS_ALL = 1 << 22, /* and of all */
	FOLDER_BYTES = 16 << 20,
	OF_FOLDER = 4, /* 4/14.6.6 */
	IS_FOLDER = 2, /* 4/14.4.3 */
	IS_DELETED = 4,
	IS_PARENT = 8,
	TAG_BYTES = 16, /* of which */
	TAG_SUM = 4,
	TAG_CRC = 8,
	NAME_HEAD = 38,
	RECOGNISED = 32768, /* where descriptors of the volume begin */
	RECOGNISED_BYTES = 65536,
};

struct place {
	uint32_t block;
	uint16_t partition; /* the volume's number of it */
};

struct opened {
	struct ward_slice image;
	size_t block; /* bytes */
	struct {
		uint16_t number;
		uint32_t sequence; /* of what says it: the highest counts (3/8.4.3) */
		uint64_t begin;    /* byte */
	} partition[PARTITIONS];
	size_t n_partition;
	uint16_t map[PARTITIONS]; /* the volume's numbers, as the partitions'; UINT16_MAX: other */
	size_t n_map;
	struct place folder[FOLDERS];
	size_t n_folder, next_folder;
	uint16_t listed[LISTED]; /* of each folder its number from 1 on, by its place */
	size_t n_again, n_extent;
	struct ward_wr names; /* of the folder that is read */
	struct ward_rd rest;
	struct ward_wr bytes; /* of a file that lies in pieces */
	uint64_t given;
	char name[WARD_INSPECT_TEXT];
	const struct ward_opener *first; /* ISO 9660, before the UDF of the same image */
	void *it;
	bool told, read;
};

static struct ward_rd at(const struct opened *o, uint64_t byte)
{
	struct ward_slice s = o->image;

	return ward_rd_slice(byte < s.len ? ward_slice_of(s.p + byte, s.len - (size_t)byte)
					  : ward_slice_of(NULL, 0));
}

static uint16_t tag(const struct opened *o, uint64_t byte)
{
	struct ward_rd r = at(o, byte);

	return ward_rd_le16(&r);
}

static struct ward_rd behind(const struct opened *o, uint64_t byte, size_t skip)
{
	struct ward_rd r = at(o, byte);

	ward_rd_skip(&r, skip);
	return r;
}

/* 4/14.14.2.2: behind its length. */
static struct place read_place(struct ward_rd *r)
{
	struct place p = {.block = ward_rd_le32(r)};

	p.partition = ward_rd_le16(r);
	return p;
}

/* The byte of a block; UINT64_MAX: no partition that we know has it. */
static uint64_t byte_of(const struct opened *o, struct place p)
{
	if (p.partition < o->n_map)
		for (size_t i = 0; i < o->n_partition; i++)
			if (o->partition[i].number == o->map[p.partition])
				return o->partition[i].begin + (uint64_t)p.block * o->block;
	return UINT64_MAX;
}

/* The CRC of ECMA-167 7.2.6: polynomial 0x1021, from 0. */
static uint16_t crc(struct ward_slice s)
{
	unsigned v = 0;

	for (size_t i = 0; i < s.len; i++) {
		v ^= (unsigned)s.p[i] << 8;
		for (unsigned bit = 0; bit < 8; bit++)
			v = (v & 0x8000 ? v << 1 ^ 0x1021 : v << 1) & 0xffff;
	}
	return (uint16_t)v;
}

/* Is it a descriptor that others believe: the sums of its tag (3/7.2.3) and of its bytes hold? */
static bool is_sound(const struct opened *o, uint64_t byte)
{
	struct ward_rd r = at(o, byte);
	struct ward_slice head = ward_rd_bytes(&r, TAG_BYTES);
	unsigned sum = 0;

	for (size_t i = 0; i < head.len; i++)
		sum += i == TAG_SUM ? 0 : head.p[i];
	if (!head.len || (sum & 0xff) != head.p[TAG_SUM])
		return false;
	struct ward_rd tag_of = behind(o, byte, TAG_CRC);
	uint16_t want = ward_rd_le16(&tag_of);
	struct ward_slice body = ward_rd_bytes(&r, ward_rd_le16(&tag_of));

	return !ward_rd_bad(&r) && crc(body) == want;
}

/* Whether there is room for it, or it is older than one of the same number. */
static bool read_partition(struct opened *o, uint64_t byte)
{
	struct ward_rd r = behind(o, byte, 16);
	uint32_t sequence = ward_rd_le32(&r);
	size_t i = 0;

	ward_rd_skip(&r, 2);
	uint16_t number = ward_rd_le16(&r);

	while (i < o->n_partition && o->partition[i].number != number)
		i++;
	if (i == PARTITIONS)
		return false;
	if (i < o->n_partition && o->partition[i].sequence > sequence)
		return true;
	o->n_partition += i == o->n_partition;
	r = behind(o, byte, 188);
	o->partition[i].number = number;
	o->partition[i].sequence = sequence;
	o->partition[i].begin = ward_rd_le32(&r) * (uint64_t)o->block;
	return true;
}

/* The volume: where its set of files is (false: nowhere), and which partitions it means. */
static bool read_volume(struct opened *o, uint64_t byte, struct place *ret_set)
{
	struct ward_rd r = behind(o, byte, 252);

	*ret_set = read_place(&r);
	r = behind(o, byte, 268);
	size_t n = ward_rd_le32(&r);

	r = behind(o, byte, 440);
	for (o->n_map = 0; o->n_map < n && o->n_map < PARTITIONS; o->n_map++) {
		uint8_t type = ward_rd_u8(&r), len = ward_rd_u8(&r);
		struct ward_rd m = ward_rd_sub(&r, len > 2 ? len - 2U : 0);

		(void)ward_rd_le16(&m);
		uint16_t number = ward_rd_le16(&m);

		o->map[o->n_map] = type == 1 && !ward_rd_bad(&m) ? number : UINT16_MAX;
	}
	return !ward_rd_bad(&r) && o->n_map;
}

/* One sequence of the volume's descriptors (3/8.4.2): of those that are sound the newest count.
 * False: there is no volume among them, or it has no set of files. */
static bool read_sequence(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	struct ward_rd extent, struct place *ret_set)
{
	uint64_t n = ward_rd_le32(&extent) / o->block,
		 from = ward_rd_le32(&extent) * (uint64_t)o->block, volume = UINT64_MAX;
	uint32_t newest = 0;

	o->n_partition = 0;
	for (size_t i = 0; i < DESCRIPTORS && i < n; i++) {
		uint64_t byte = from + i * o->block;
		uint16_t t = tag(o, byte);
		struct ward_rd r = behind(o, byte, TAG_BYTES);
		uint32_t sequence = ward_rd_le32(&r);

		if (t == TAG_END)
			break;
		if (t != TAG_PARTITION && t != TAG_VOLUME)
			continue;
		if (!is_sound(o, byte) || (t == TAG_PARTITION && !read_partition(o, byte)))
			ward_exam_damaged(x, p, "a descriptor of UDF", byte);
		else if (t == TAG_VOLUME && (volume == UINT64_MAX || sequence >= newest)) {
			volume = byte;
			newest = sequence;
		}
	}
	return volume != UINT64_MAX && read_volume(o, volume, ret_set) &&
	       tag(o, byte_of(o, *ret_set)) == TAG_SET;
}

/* What can't be read is told once. */
static void tell(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, const char *what)
{
	if (!o->told)
		ward_exam_damaged(x, p, what, p->bytes.len);
	o->told = true;
}

/* Once, however many names lead to it: those are counted. */
static void list_folder(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct place f)
{
	size_t i = (f.block * 2654435761U >> 8 ^ f.partition) % LISTED;

	if (o->n_folder == FOLDERS) {
		tell(x, p, o, "more folders of UDF than are entered");
		return;
	}
	for (; o->listed[i]; i = (i + 1) % LISTED)
		if (o->folder[o->listed[i] - 1].block == f.block &&
			o->folder[o->listed[i] - 1].partition == f.partition) {
			o->n_again++;
			return;
		}
	o->folder[o->n_folder++] = f;
	o->listed[i] = (uint16_t)o->n_folder;
}

/* From the anchor to the root's entry, by the main sequence or that in reserve. False: it is none,
 * or damaged. */
static bool find_root(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	static const size_t sizes[] = {2048, 512, 4096};
	struct place set = {0, 0};
	bool found = false;

	for (size_t i = 0; i < WARD_ARRAY_LEN(sizes) && !found; i++) {
		uint64_t anchor = ANCHOR * (uint64_t)sizes[i];

		o->block = sizes[i];
		found = tag(o, anchor) == TAG_ANCHOR &&
			(read_sequence(x, p, o, behind(o, anchor, TAG_BYTES), &set) ||
				read_sequence(x, p, o, behind(o, anchor, TAG_BYTES + 8), &set));
	}
	if (!found)
		return false;
	struct ward_rd r = behind(o, byte_of(o, set), 404);

	list_folder(x, p, o, read_place(&r));
	return !ward_rd_bad(&r);
}

struct entry {
	struct ward_rd extents; /* or the content, when it lies in the entry */
	uint64_t size;
	uint16_t partition; /* its own: of short extents */
	uint8_t type, how;
};

static bool read_entry(const struct opened *o, struct place p, struct entry *e)
{
	uint64_t byte = byte_of(o, p);
	uint16_t t = byte == UINT64_MAX ? 0 : tag(o, byte);
	struct ward_rd r;

	if (t != TAG_ENTRY && t != TAG_ENTRY_EXTENDED)
		return false;
	r = behind(o, byte, 27);
	e->type = ward_rd_u8(&r);
	r = behind(o, byte, 34);
	e->how = ward_rd_le16(&r) & 7;
	r = behind(o, byte, 56);
	e->size = ward_rd_le64(&r);
	e->partition = p.partition;
	r = behind(o, byte, t == TAG_ENTRY ? 168 : 208);
	size_t attributes = ward_rd_le32(&r), n = ward_rd_le32(&r);

	ward_rd_skip(&r, attributes);
	e->extents = ward_rd_sub(&r, n);
	return !ward_rd_bad(&r);
}

/* The next extent of it: bytes of the image, empty for one that is not recorded. False: no more. */
static bool next_extent(const struct opened *o, struct entry *e, uint64_t *left, size_t *ret_len,
	struct ward_slice *ret)
{
	struct ward_rd *r = &e->extents;
	uint32_t len = ward_rd_le32(r), kind = len >> 30;
	struct place p = {.block = ward_rd_le32(r), .partition = e->partition};

	len &= 0x3fffffff;
	if (e->how == 1) { /* long */
		p.partition = ward_rd_le16(r);
		ward_rd_skip(r, 6);
	}
	if (ward_rd_bad(r) || !len || !*left)
		return false;
	if (kind == 3) { /* more of them, behind a head (4/14.5) */
		struct ward_rd more = at(o, byte_of(o, p));

		ward_rd_skip(&more, 24);
		*r = ward_rd_sub(&more, len > 24 ? len - 24 : 0);
		*ret_len = 0;
		return !ward_rd_bad(&more);
	}
	*ret_len = len < *left ? len : (size_t)*left;
	*left -= *ret_len;
	struct ward_rd body = at(o, byte_of(o, p));

	*ret = kind == 0 ? ward_rd_bytes(&body,
				   *ret_len < ward_rd_left(&body) ? *ret_len : ward_rd_left(&body))
			 : ward_slice_of(NULL, 0);
	return true;
}

/* The content of an entry, at most `most` bytes: of the image itself when it lies in one piece,
 * else put together in w. What is not there is zeros. *ret_all: it had no more extents than that.
 */
static struct ward_slice content(
	struct opened *o, struct entry *e, size_t most, struct ward_wr *w, bool *ret_all)
{
	uint64_t left = e->size < most ? e->size : most;
	struct ward_slice s = {NULL, 0};
	size_t len, n = 0;

	ward_wr_reset(w);
	*ret_all = e->how == 3 || e->how <= 1;
	if (e->how == 3) /* in the entry */
		return ward_rd_bytes(&e->extents, left < ward_rd_left(&e->extents)
							  ? (size_t)left
							  : ward_rd_left(&e->extents));
	if (e->how > 1)
		return s;
	while (n++ < EXTENTS && o->n_extent++ < EXTENTS_ALL && next_extent(o, e, &left, &len, &s)) {
		if (n == 1 && !left)
			return s;
		uint8_t *to = len ? ward_wr_room(w, len) : NULL;

		if (len && !to)
			break;
		if (s.len && len)
			memcpy(to, s.p, s.len);
		if (len > s.len)
			memset(to + s.len, 0, len - s.len);
	}
	*ret_all = n <= EXTENTS && o->n_extent <= EXTENTS_ALL;
	return ward_wr_slice(w);
}

/* Bytes that were read of a file or folder count as unpacked once they are more than there are:
 * entries lie in each other then, or are put together. False: it is too much. */
static bool count(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_slice s)
{
	o->given += s.len;
	return o->given <= p->bytes.len || ward_exam_unpacked(x, p, s.len);
}

/* The next folder whose names can be read. */
static bool next_folder(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	while (o->next_folder < o->n_folder) {
		struct entry e;
		bool all = false;

		if (!read_entry(o, o->folder[o->next_folder++], &e)) {
			tell(x, p, o, "a folder of UDF");
			continue;
		}
		struct ward_slice s = content(o, &e, FOLDER_BYTES, &o->names, &all);

		o->rest = ward_rd_slice(s);
		if (!all || e.size > FOLDER_BYTES)
			tell(x, p, o, "a folder of UDF, cut off");
		return count(x, p, o, s);
	}
	return false;
}

/* OSTA compressed Unicode: bytes, or UTF-16 with the high byte first; other letters are '_'. */
static void read_name(struct opened *o, struct ward_slice s)
{
	struct ward_wr w = ward_wr_fixed(o->name, sizeof(o->name) - 1);
	size_t step = s.len && s.p[0] == 16 ? 2 : 1;

	for (size_t i = 1; i + step <= s.len; i += step) {
		unsigned c = step == 2 ? s.p[i] * 256U + s.p[i + 1] : s.p[i];

		ward_wr_u8(&w, c >= ' ' && c < 127 ? (uint8_t)c : '_');
	}
	o->name[w.len] = 0;
}

/* One name of the folder: where its entry is, and whether it is said to be a folder. False: it
 * leads nowhere. */
static bool read_child(struct ward_exam *x, const struct ward_piece *p, struct opened *o,
	struct place *ret, bool *ret_folder)
{
	struct ward_rd *r = &o->rest;
	uint16_t t = ward_rd_le16(r);

	ward_rd_skip(r, 16);
	uint8_t what = ward_rd_u8(r), len = ward_rd_u8(r);

	ward_rd_skip(r, 4);
	*ret = read_place(r);
	ward_rd_skip(r, 6);
	size_t use = ward_rd_le16(r);

	ward_rd_skip(r, use);
	read_name(o, ward_rd_bytes(r, len));
	ward_rd_skip(r, (4 - (NAME_HEAD + use + len) % 4) % 4);
	if (t != TAG_NAME || ward_rd_bad(r)) {
		ward_exam_damaged(x, p, "the names of a folder of UDF", p->bytes.len);
		*r = ward_rd_slice(ward_slice_of(NULL, 0));
		return false;
	}
	*ret_folder = what & IS_FOLDER;
	return !(what & (IS_PARENT | IS_DELETED));
}

static bool next_udf(
	struct ward_exam *x, const struct ward_piece *p, struct opened *o, struct ward_child *ret)
{
	while (!x->stop) {
		struct place where;
		struct entry e;
		bool all = false, folder;

		if (!ward_rd_left(&o->rest) && !next_folder(x, p, o))
			return false;
		if (!ward_rd_left(&o->rest))
			continue;
		if (!read_child(x, p, o, &where, &folder))
			continue;
		if (!read_entry(o, where, &e)) {
			tell(x, p, o, folder ? "a folder of UDF" : "a file of UDF");
			continue;
		}
		/* Some go by the name, others by the entry: where they differ it is both. */
		if (folder || e.type == OF_FOLDER)
			list_folder(x, p, o, where);
		if (o->n_again > AGAIN) {
			ward_exam_say0(x, p, WARD_SUSPECT_ITSELF);
			return false;
		}
		if (folder && e.type == OF_FOLDER)
			continue;
		*ret = (struct ward_child){.name = ward_str_z(o->name), .kind = WARD_KIND_N};
		ret->bytes = content(o, &e, ward_exam_left(x), &o->bytes, &all);
		if (!all)
			tell(x, p, o, "a file of UDF in too many pieces");
		return count(x, p, o, ret->bytes);
	}
	return false;
}

/* Is there UDF behind the descriptors of ISO 9660 (ECMA-167 3/9.1)? */
static bool has_udf(struct ward_slice s)
{
	struct ward_slice v = ward_slice_of(
		s.p, s.len < RECOGNISED + RECOGNISED_BYTES ? s.len : RECOGNISED + RECOGNISED_BYTES);

	return ward_exam_next(v, RECOGNISED, "NSR02", 5) != SIZE_MAX ||
	       ward_exam_next(v, RECOGNISED, "NSR03", 5) != SIZE_MAX;
}

static void close_disk(void *it)
{
	struct opened *o = it;

	if (o->it)
		o->first->close(o->it);
	ward_wr_fini(&o->names);
	ward_wr_fini(&o->bytes);
	free(o);
}

static void *open_disk(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->image = p->bytes;
	o->names = o->bytes = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	o->first = &ward_open_archive;
	if (p->kind == WARD_KIND_ISO)
		o->it = o->first->open(x, p);
	return o;
}

static bool next_disk(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;

	if (o->it && o->first->next(x, p, o->it, ret))
		return true;
	if (o->it)
		o->first->close(o->it);
	o->it = NULL;
	if (!o->read) {
		o->read = true;
		if ((p->kind == WARD_KIND_UDF || has_udf(p->bytes)) && !find_root(x, p, o))
			ward_exam_damaged(x, p, "no volume of UDF that can be read", p->bytes.len);
	}
	return next_udf(x, p, o, ret);
}

const struct ward_opener ward_open_disk = {open_disk, next_disk, close_disk};
