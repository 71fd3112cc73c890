/* Archives and compressed files, by libarchive: only the formats and filters that it reads itself,
 * none for which it would start another program. */
#include "sense/file/exam.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 65536, NAME = WARD_INSPECT_TEXT };

struct opened {
	struct archive *a;
	struct ward_wr bytes; /* of the entry */
	char name[NAME];
	bool told_password, told_path;
};

/* A compressed file is one thing, which may be one again: exactly one filter is taken off, the one
 * that its first bytes name. */
static bool add_filter(struct archive *a, struct ward_slice s)
{
	static const struct {
		const char *bytes;
		size_t len;
		int code;
	} of[] = {{"\x1f\x8b", 2, ARCHIVE_FILTER_GZIP}, {"\xfd\x37zXZ", 5, ARCHIVE_FILTER_XZ},
		{"\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD},
		{"\x04\x22\x4d\x18", 4, ARCHIVE_FILTER_LZ4}, {"LZIP", 4, ARCHIVE_FILTER_LZIP},
		{"BZh", 3, ARCHIVE_FILTER_BZIP2}, {"\x5d", 1, ARCHIVE_FILTER_LZMA}};

	/* That of compress(1) reads when it is made, before there is anything to read from: it has
	 * to be found. */
	if (s.len >= 2 && memcmp(s.p, "\x1f\x9d", 2) == 0)
		return archive_read_support_filter_compress(a) >= ARCHIVE_WARN &&
		       archive_read_support_format_raw(a) >= ARCHIVE_WARN;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (s.len >= of[i].len && memcmp(s.p, of[i].bytes, of[i].len) == 0)
			return archive_read_append_filter(a, of[i].code) >= ARCHIVE_WARN &&
			       archive_read_support_format_raw(a) >= ARCHIVE_WARN;
	return false;
}

static bool add_formats(struct archive *a)
{
	static int (*const format[])(struct archive *) = {archive_read_support_format_tar,
		archive_read_support_format_cpio, archive_read_support_format_7zip,
		archive_read_support_format_cab, archive_read_support_format_rar,
		archive_read_support_format_rar5, archive_read_support_format_iso9660,
		archive_read_support_format_xar, archive_read_support_format_lha,
		archive_read_support_format_ar, archive_read_support_format_zip};
	bool ok = true;

	for (size_t i = 0; i < WARD_ARRAY_LEN(format); i++)
		ok &= format[i](a) >= ARCHIVE_WARN;
	return ok;
}

static const char *why(struct archive *a)
{
	const char *text = archive_error_string(a);

	return text ? text : "it can't be read";
}

static void close_archive(void *it)
{
	struct opened *o = it;

	(void)archive_read_free(o->a);
	ward_wr_fini(&o->bytes);
	free(o);
}

static void *open_archive(struct ward_exam *x, const struct ward_piece *p)
{
	struct opened *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->a = archive_read_new();
	o->bytes = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	if (o->a &&
		(p->kind == WARD_KIND_PACKED ? add_filter(o->a, p->bytes) : add_formats(o->a)) &&
		archive_read_open_memory(o->a, p->bytes.p, p->bytes.len) >= ARCHIVE_WARN)
		return o;
	if (o->a)
		ward_exam_damaged(x, p, why(o->a), 0);
	close_archive(o);
	return NULL;
}

static bool leads_out(const char *name)
{
	struct ward_str rest = ward_str_z(name);

	while (rest.p) {
		struct ward_str part = ward_str_cut(&rest, '/');

		if (ward_str_eqz(part, "..") || ward_str_starts(part, WARD_STR("..\\")))
			return true;
	}
	return false;
}

static void say_password(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	if (!o->told_password)
		ward_exam_say0(x, p, WARD_SUSPECT_PASSWORD);
	o->told_password = true;
}

/* Its content, as far as limits go. */
static void read_entry(struct ward_exam *x, const struct ward_piece *p, struct opened *o)
{
	la_ssize_t n = 1;

	ward_wr_reset(&o->bytes);
	while (n > 0 && !x->stop) {
		uint8_t *to = ward_wr_room(&o->bytes, CHUNK);

		if (!to) {
			ward_exam_say0(x, p, WARD_SUSPECT_CELL_MEMORY);
			x->stop = true;
			return;
		}
		n = archive_read_data(o->a, to, CHUNK);
		o->bytes.len -= (size_t)(n > 0 ? CHUNK - n : CHUNK);
		if (n > 0 && !ward_exam_unpacked(x, p, (uint64_t)n))
			return;
	}
	if (n < 0 && archive_read_has_encrypted_entries(o->a) > 0)
		say_password(x, p, o);
	else if (n < 0)
		ward_exam_damaged(x, p, why(o->a), (uint64_t)archive_filter_bytes(o->a, -1));
}

static const char *name_of(struct archive_entry *e)
{
	const char *name = archive_entry_pathname_utf8(e);

	name = name ? name : archive_entry_pathname(e);
	return name ? name : "";
}

/* "a.tar.gz" holds "a.tar". */
static void name_packed(struct ward_str name, char to[NAME])
{
	char buf[WARD_ENDING_BYTES];
	struct ward_str ending = ward_kind_ending(name, buf);

	if (ending.len)
		name = ward_str_sub(name, 0, name.len - ending.len - 1);
	(void)snprintf(to, NAME, "%.*s", WARD_STR_ARG(name));
}

static bool next_archive(
	struct ward_exam *x, const struct ward_piece *p, void *it, struct ward_child *ret)
{
	struct opened *o = it;
	struct archive_entry *e;
	int rc;

	while ((rc = archive_read_next_header(o->a, &e)) >= ARCHIVE_WARN && rc != ARCHIVE_EOF) {
		const char *name = p->kind == WARD_KIND_PACKED ? "" : name_of(e);

		if (p->kind == WARD_KIND_PACKED)
			name_packed(p->name, o->name);
		else
			(void)snprintf(o->name, sizeof(o->name), "%s", name);
		if (leads_out(name) && !o->told_path) {
			ward_exam_say1(x, p, WARD_SUSPECT_LEADS_OUT, o->name);
			o->told_path = true;
		}
		if (p->kind != WARD_KIND_PACKED && archive_entry_filetype(e) != AE_IFREG)
			continue;
		if (archive_entry_is_encrypted(e)) {
			say_password(x, p, o);
			continue;
		}
		read_entry(x, p, o);
		ret->name = ward_str_z(o->name);
		ret->bytes = ward_wr_slice(&o->bytes);
		return true;
	}
	if (rc != ARCHIVE_EOF && archive_read_has_encrypted_entries(o->a) > 0)
		say_password(x, p, o);
	else if (rc != ARCHIVE_EOF)
		ward_exam_damaged(x, p, why(o->a), (uint64_t)archive_filter_bytes(o->a, -1));
	return false;
}

const struct ward_opener ward_open_archive = {open_archive, next_archive, close_archive};
