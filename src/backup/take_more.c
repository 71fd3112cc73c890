/* An increment: what a backup, or the increment before, does not have. */
#include "backup/take_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Only as of the backup: it grows with each line, and nothing goes by it. */
static const char log_file[] = "state/ward.log";

static enum ward_err put_named(struct taking *t, const char *path, struct ward_slice bytes)
{
	struct ward_tar_file f = {.mode = 0600, .size = bytes.len};

	(void)snprintf(f.path, sizeof(f.path), "%s", path);
	return taking_bytes(t, &f, bytes);
}

/* A file that changed in the second in which the chain's last file was begun may have changed once
 * more within it. */
static ward_ns settled_of(const struct ward_backup_had *had)
{
	ward_ns at = 0;

	if (ward_time_parse(ward_str_z(had->head.time), &at) != WARD_OK)
		return 0;
	return at / WARD_NS_PER_S - 1;
}

enum ward_err taking_more_begin(struct taking *t, const struct ward_backup_head *head)
{
	const struct ward_backup_since *s = t->o->since;
	uint8_t text[WARD_BACKUP_HEAD_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (head->commit < s->had->head.commit)
		return taking_fail(t, WARD_ERR_STATE, "journal",
			": it has less than that backup: it is another's, or was brought back "
			"since. Make a new backup, and go on from that");
	t->settled = settled_of(s->had);
	ward_backup_more_write(head, s->had->sha256, &w);
	if (ward_wr_bad(&w))
		return taking_fail(t, WARD_ERR_LIMIT, WARD_BACKUP_MORE_FILE, "");
	enum ward_err err = put_named(t, WARD_BACKUP_MORE_FILE, ward_wr_slice(&w));

	if (!err)
		err = put_named(t, WARD_MORE_ROWS, s->rows);
	return err ? err : put_named(t, WARD_MORE_GONE, s->gone);
}

enum ward_err taking_more_journal(struct taking *t, struct ward_journal_copy *c, uint32_t owner)
{
	const struct ward_backup_had *h = t->o->since->had;
	const struct ward_journal_had had = {h->seg, h->list.n_piece, h->head.commit};
	struct ward_wr w = ward_wr_grow(t->o->mem, (size_t)1 << 31);
	struct ward_journal_piece p;
	char name[WARD_JOURNAL_FILE_NAME];
	enum ward_err err;

	while ((err = ward_journal_copy_more(c, &had, &p, &w)) == WARD_OK) {
		struct ward_tar_file f = {.mode = 0600, .uid = owner, .size = w.len};

		ward_journal_seg_file(&p.seg, name);
		(void)snprintf(f.path, sizeof(f.path), WARD_MORE_JOURNAL "/%s", name);
		err = ward_more_list_piece(&t->list, &p);
		if (!err && p.from < p.seg.len)
			err = taking_bytes(t, &f, ward_wr_slice(&w));
		if (err)
			break;
	}
	ward_wr_fini(&w);
	if (err == WARD_ERR_CLOSED)
		return WARD_OK;
	return t->why[0] ? err : taking_fail(t, err, "state/journal", "");
}

enum ward_err taking_more_file(
	struct taking *t, const struct ward_tar_file *f, bool left, bool *same)
{
	const struct ward_more_file *had = ward_more_list_find(&t->o->since->had->list, f->path);
	const struct ward_more_file now = {
		.path = f->path, .size = f->size, .time = f->time > 0 ? (uint64_t)f->time : 0};

	*same = had && (strcmp(f->path, log_file) == 0 ||
			       (had->size == now.size && had->time == now.time &&
				       (ward_ns)now.time < t->settled));
	if (left && !had)
		return WARD_OK; /* no file of the chain has it */
	enum ward_err err = ward_more_list_file(&t->list, *same || left ? had : &now);

	return err ? taking_fail(t, err, f->path, "") : WARD_OK;
}

/* The hospital's directory stays as it was when it is not named this time. */
static enum ward_err keep_hospital(struct taking *t)
{
	const struct ward_more_list *had = &t->o->since->had->list;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < had->n_file && !err && !t->o->hospital; i++)
		if (strncmp(had->file[i].path, "hospital/", strlen("hospital/")) == 0)
			err = ward_more_list_file(&t->list, &had->file[i]);
	return err;
}

/* Does the state say that it was restored whole, and that the chain's file was the last of it? */
static enum ward_err is_from_there(struct taking *t, bool *ret)
{
	uint8_t text[WARD_MORE_RESTORED_MAX], sum[WARD_BACKUP_SUM];
	char path[PATH_MAX + 32];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/" WARD_MORE_RESTORED, t->o->state);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return taking_fail(t, WARD_ERR_IO, path, "");
	do
		n = read(fd, text, sizeof(text));
	while (n < 0 && errno == EINTR);
	(void)close(fd);
	if (n < 0)
		return taking_fail(t, WARD_ERR_IO, path, "");
	struct ward_str rest = ward_slice_text(ward_slice_of(text, (size_t)n));
	bool from = ward_str_starts(rest, WARD_STR(WARD_MORE_FROM));

	(void)ward_str_cut(&rest, ' ');
	struct ward_str hex = ward_str_cut(&rest, ' ');

	*ret = from && hex.len == 2 * sizeof(sum) && ward_str_unhex(hex, sum, sizeof(sum)) &&
	       memcmp(sum, t->o->since->had->sha256, sizeof(sum)) == 0;
	return WARD_OK;
}

/* Nothing goes on from what was there before a restore, but from the last file of that. */
static enum ward_err is_same_life(struct taking *t)
{
	static const char path[] = "state/" WARD_MORE_RESTORED;
	const struct ward_more_file *was = ward_more_list_find(&t->o->since->had->list, path),
				    *is = ward_more_list_find(&t->list, path);
	bool from = false;
	enum ward_err err = WARD_OK;

	if (!was == !is && (!was || (was->size == is->size && was->time == is->time)))
		return WARD_OK;
	if (is)
		err = is_from_there(t, &from);
	if (err || from)
		return err;
	return taking_fail(t, WARD_ERR_STATE, path,
		": it was restored since, and not with that file as the last one, or to a moment: "
		"make a new backup, and go on from that");
}

enum ward_err taking_more_list(struct taking *t)
{
	struct ward_wr w = ward_wr_grow(t->o->mem, WARD_ARCHIVE_LINES);
	enum ward_err err = keep_hospital(t);

	ward_more_list_sort(&t->list);
	if (!err && (err = is_same_life(t)) != WARD_OK) {
		ward_wr_fini(&w);
		return err;
	}
	if (!err) {
		ward_more_list_write(&t->list, &w);
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : WARD_OK;
	}
	err = err ? taking_fail(t, err, WARD_MORE_LIST, "")
		  : put_named(t, WARD_MORE_LIST, ward_wr_slice(&w));
	ward_wr_fini(&w);
	return err;
}
