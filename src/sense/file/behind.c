/* ZIP archives that begin with something else. Their readers go by the record at the end and the
 * directory before it (PKWARE's APPNOTE 4.3.12, 4.3.16), and take whatever stands in front: so
 * programs that unpack themselves are made, and so is hidden what lies in a picture. */
#include "sense/file/exam.h"

enum {
	END = 22, /* bytes of the record without its comment */
	COMMENT = 65535,
	ENDS_MOST = 64, /* that are tried, from the last on */
	ROW = 46,       /* bytes of the directory's, at least */
	ROWS_MOST = 65535,
	ENTRY = 30,
};

static bool has(struct ward_slice s, size_t at, size_t len, const char *sign)
{
	return at <= s.len && s.len - at >= len && memcmp(s.p + at, sign, 4) == 0;
}

/* Where the first of the directory's entries lies; SIZE_MAX: none lies where it says. */
static size_t first_of(struct ward_slice s, size_t at)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < ROWS_MOST && has(s, at, ROW, "PK\1\2"); i++) {
		struct ward_rd r = ward_rd_slice(ward_slice_of(s.p + at + 28, ROW - 28));
		size_t more = ward_rd_le16(&r);

		more += ward_rd_le16(&r);
		more += ward_rd_le16(&r);
		ward_rd_skip(&r, 8);
		size_t entry = ward_rd_le32(&r);

		if (entry < first && has(s, entry, ENTRY, "PK\3\4"))
			first = entry;
		at += ROW + more;
	}
	return first;
}

/* Where the archive begins whose end is there; SIZE_MAX: there is none. Places count from its
 * begin, or from that of the file. Of ZIP64 (4.5.3) they stand elsewhere: from the first entry that
 * is. */
static size_t begin_of(struct ward_slice s, size_t end)
{
	struct ward_rd r = ward_rd_slice(ward_slice_of(s.p + end + 12, END - 12));
	size_t size = ward_rd_le32(&r), off = ward_rd_le32(&r), base = 0, first;
	const uint8_t *any;

	if (size == UINT32_MAX || off == UINT32_MAX) {
		any = memmem(s.p, end, "PK\3\4", 4);
		return any ? (size_t)(any - s.p) : SIZE_MAX;
	}
	if (size <= end && off <= end - size && has(s, end - size, ROW, "PK\1\2"))
		base = end - size - off;
	first = first_of(ward_slice_of(s.p + base, end - base), off);
	return first != SIZE_MAX && base ? base : first;
}

struct ward_slice ward_zip_behind(const struct ward_piece *p)
{
	const struct ward_slice s = p->bytes, none = {NULL, 0};
	size_t least = s.len > END + COMMENT ? s.len - END - COMMENT : 0, tried = 0;

	bool is_zip = p->kind == WARD_KIND_ZIP || p->kind == WARD_KIND_JAR ||
		      p->kind == WARD_KIND_OOXML || p->kind == WARD_KIND_ODF ||
		      p->kind == WARD_KIND_EPUB;

	if (s.len < END)
		return none;
	for (size_t end = s.len - END + 1; end-- > least && tried < ENDS_MOST;) {
		const uint8_t *at = memrchr(s.p + least, 'P', end + 1 - least);

		if (!at)
			return none;
		end = (size_t)(at - s.p);
		if (!has(s, end, END, "PK\5\6"))
			continue;
		size_t begin = begin_of(s, end);

		tried++;
		if (begin == 0 && is_zip)
			return none;
		if (begin != SIZE_MAX)
			return ward_slice_of(s.p + begin, end + END - begin);
	}
	return none;
}
