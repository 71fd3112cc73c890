#include "backup/had.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WHY = 4096 + 256, PIECE = 1 << 16 };

struct reading {
	struct ward_backup_had *h;
	char *why;
	bool had_head, more;
	/* of the file that is read: */
	enum { NOTHING, HEAD, SEGMENT, LIST } is;
	struct ward_tar_file file;
	struct ward_wr held;
	uint8_t piece[PIECE];
};

static enum ward_err fail(struct reading *r, enum ward_err err, const char *at, const char *mend)
{
	if (!r->why[0])
		(void)snprintf(r->why, WHY, "%s: %s%s", at,
			err == WARD_ERR_IO && errno ? strerror(errno) : ward_err_text(err), mend);
	return err;
}

static bool begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

/* Of a backup; an increment's list says it. */
static enum ward_err note_file(struct reading *r, const struct ward_tar_file *f)
{
	bool sealed = begins(f->path, "sealed/");
	const struct ward_more_file file = {.path = f->path + (sealed ? strlen("sealed/") : 0),
		.size = sealed && f->size >= crypto_box_SEALBYTES ? f->size - crypto_box_SEALBYTES
								  : f->size,
		.time = f->time > 0 ? (uint64_t)f->time : 0};

	if (begins(file.path, "state/store/"))
		return WARD_OK;
	if (begins(file.path, "state/journal/") &&
		strcmp(file.path, "state/journal/retention") != 0)
		return WARD_OK;
	return ward_more_list_file(&r->h->list, &file);
}

static enum ward_err on_begin(void *ctx, const struct ward_tar_file *f)
{
	struct reading *r = ctx;
	enum ward_err err = WARD_OK;

	r->file = *f;
	ward_wr_reset(&r->held);
	r->is = NOTHING;
	if (!r->had_head) {
		r->more = strcmp(f->path, WARD_BACKUP_MORE_FILE) == 0;
		r->is = HEAD;
		if ((!r->more && strcmp(f->path, WARD_BACKUP_HEAD_FILE) != 0) ||
			f->size > WARD_BACKUP_HEAD_MAX)
			return fail(r, WARD_ERR_FOREIGN, f->path,
				": no backup of Ward's begins so: name the file of 'ward backup' "
				"after which it goes on");
		return WARD_OK;
	}
	if (r->more && strcmp(f->path, WARD_MORE_LIST) == 0)
		r->is = LIST;
	else if (!r->more && begins(f->path, "state/journal/") &&
		 strlen(f->path) > strlen("state/journal/") + 4 &&
		 strcmp(f->path + strlen(f->path) - 4, ".seg") == 0)
		r->is = SEGMENT;
	else if (!r->more)
		err = note_file(r, f);
	if (r->is == LIST && f->size > WARD_ARCHIVE_LINES)
		err = WARD_ERR_LIMIT;
	return err ? fail(r, err, f->path, "") : WARD_OK;
}

static enum ward_err on_bytes(void *ctx, struct ward_slice s)
{
	struct reading *r = ctx;
	size_t room = r->is == SEGMENT ? WARD_JOURNAL_HEAD - r->held.len : s.len;

	if (r->is == NOTHING)
		return WARD_OK;
	ward_wr_bytes(&r->held, s.p, s.len < room ? s.len : room);
	return ward_wr_bad(&r->held) ? fail(r, WARD_ERR_NOMEM, r->file.path, "") : WARD_OK;
}

static enum ward_err on_segment(struct reading *r)
{
	struct ward_journal_piece p = {.from = 0};

	if (!ward_journal_seg_of(ward_str_z(r->file.path + strlen("state/journal/")),
		    ward_wr_slice(&r->held), r->file.size, &p.seg))
		return WARD_OK;
	return ward_more_list_piece(&r->h->list, &p);
}

static enum ward_err on_end(void *ctx)
{
	struct reading *r = ctx;
	uint8_t after[WARD_BACKUP_SUM];
	enum ward_err err = WARD_OK;
	size_t line;

	if (r->is == HEAD) {
		r->had_head = true;
		err = r->more ? ward_backup_more_read(ward_wr_text(&r->held), &r->h->head, after)
			      : ward_backup_head_read(ward_wr_text(&r->held), &r->h->head);
	} else if (r->is == SEGMENT) {
		err = on_segment(r);
	} else if (r->is == LIST) {
		err = ward_more_list_read(&r->h->list, ward_wr_text(&r->held), &line);
	}
	return err ? fail(r, err, r->file.path, "") : WARD_OK;
}

static enum ward_err read_all(struct reading *r, int fd, struct ward_archive_in *in)
{
	struct ward_archive_sums sums;
	enum ward_err err = WARD_OK;
	ssize_t n = 1;

	while (!err && n > 0) {
		do
			n = read(fd, r->piece, sizeof(r->piece));
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return fail(r, WARD_ERR_IO, "the file", "");
		err = ward_archive_feed(in, ward_slice_of(r->piece, (size_t)n));
	}
	if (!err)
		err = ward_archive_done(in, &sums);
	if (err)
		return fail(r, err, ward_archive_at(in)[0] ? ward_archive_at(in) : "the file",
			": it is damaged, not whole, or no backup of Ward's: make a new backup, "
			"and go on from that");
	memcpy(r->h->sha256, sums.sha256, sizeof(r->h->sha256));
	return WARD_OK;
}

static enum ward_err seg_of(struct ward_backup_had *h)
{
	h->seg = ward_mem_alloc(h->mem, (h->list.n_piece + 1) * sizeof(*h->seg));
	if (!h->seg)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < h->list.n_piece; i++)
		h->seg[i] = h->list.piece[i].seg;
	return WARD_OK;
}

enum ward_err ward_backup_had_read(
	int fd, const struct ward_mem *mem, struct ward_backup_had *ret, char *ret_why)
{
	struct reading *r = ward_mem_alloc(mem, sizeof(*r));
	struct ward_archive_take take = {on_begin, on_bytes, on_end, r};
	struct ward_archive_in *in = NULL;

	ret_why[0] = 0;
	*ret = (struct ward_backup_had){.mem = mem};
	ward_more_list_init(&ret->list, mem);
	if (!r) {
		(void)snprintf(ret_why, WHY, "%s", ward_err_text(WARD_ERR_NOMEM));
		return WARD_ERR_NOMEM;
	}
	r->h = ret;
	r->why = ret_why;
	r->held = ward_wr_grow(mem, WARD_ARCHIVE_LINES);
	enum ward_err err = ward_archive_in_new(&take, mem, &in);

	if (!err)
		err = read_all(r, fd, in);
	ward_more_list_sort(&ret->list);
	if (!err)
		err = seg_of(ret);
	if (err)
		(void)fail(r, err, "the file", "");
	ward_archive_in_free(in);
	ward_wr_fini(&r->held);
	ward_mem_free(mem, r, sizeof(*r));
	return err;
}

void ward_backup_had_fini(struct ward_backup_had *h)
{
	if (!h->mem)
		return;
	ward_mem_free(h->mem, h->seg, (h->list.n_piece + 1) * sizeof(*h->seg));
	ward_more_list_fini(&h->list);
	*h = (struct ward_backup_had){.mem = NULL};
}
