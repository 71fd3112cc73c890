/* A journal that is no beginning of the leader's, or ends too early, is set aside, and the leader's
 * files take its place: first whole and durable beside it, then by names. */
#include "run/proc/standby.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 128 << 10, PATH = 4096 };
static const ward_ns full_for = 10 * WARD_NS_PER_S;
static const char seed[] = "seed", whole[] = "seed.whole", aside_done[] = "seed.aside";

/* ---- of who leads ---- */

void seed_end(struct standby *s)
{
	struct lead *l = &s->lead;

	ward_journal_copy_end(l->copy);
	if (l->copy)
		ward_io_dir_close(&s->follow.dir);
	l->copy = NULL;
	l->file_name[0] = 0;
}

void seed_begin(struct standby *s)
{
	struct lead *l = &s->lead;

	seed_end(s);
	standby_must(s, ward_io_dir_open(&s->follow.dir, s->journal, false, false),
		"the journal's folder");
	standby_must(s, ward_journal_copy_begin(&s->follow.dir.io, ward_mem_heap(), &l->copy),
		"a copy of the journal");
}

/* False: that was the last file. */
static bool next_file(struct standby *s)
{
	struct lead *l = &s->lead;
	enum ward_err err;

	ward_wr_reset(&l->file);
	err = ward_journal_copy_next(l->copy, l->file_name, &l->file);
	if (err == WARD_ERR_CLOSED)
		return false;
	standby_must(s, err, "a copy of the journal");
	l->off = 0;
	tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_FILE,
				 .epoch = s->term.epoch,
				 .node = ward_str_z(l->file_name),
				 .next = l->file.len});
	return true;
}

void seed_turn(struct standby *s)
{
	struct lead *l = &s->lead;

	while (l->copy && tie_room(&s->out)) {
		size_t left = l->file_name[0] ? l->file.len - l->off : 0;

		l->answered = standby_now(s); /* TCP would say when it is gone */
		if (!left && !next_file(s)) {
			tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_SEEDED,
						 .epoch = s->term.epoch});
			l->seeded = true;
			seed_end(s);
			return;
		}
		left = l->file.len - l->off;
		left = left > PIECE ? PIECE : left;
		if (left)
			tie_put(&s->out, &(struct ward_standby_frame){.type = WARD_STANDBY_DATA,
						 .epoch = s->term.epoch,
						 .data = ward_slice_of(l->file.p + l->off, left)});
		l->off += left;
	}
}

/* ---- of who follows ---- */

static void path_of(const struct standby *s, const char *name, char ret[PATH])
{
	int n = snprintf(ret, PATH, "%s/%s", s->folder, name);

	WARD_ASSERT(n > 0 && n < PATH); /* a longer folder was refused at the start */
}

static void must_do(struct standby *s, bool ok, const char *what)
{
	standby_must(s, ok ? WARD_OK : WARD_ERR_IO, what);
}

static void sync_folder(struct standby *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	must_do(s, fd >= 0 && fsync(fd) == 0, path);
	(void)close(fd);
}

/* Every file of one folder into another, or (NULL) away. */
static void move_all(struct standby *s, const char *from, const char *to)
{
	DIR *d = opendir(from);
	char a[PATH + NAME_MAX], b[PATH + NAME_MAX];

	must_do(s, d != NULL, from);
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(a, sizeof(a), "%s/%s", from, e->d_name);
		(void)snprintf(b, sizeof(b), "%s/%s", to ? to : "", e->d_name);
		must_do(s, to ? rename(a, b) == 0 : unlink(a) == 0, a);
	}
	(void)closedir(d);
	if (to)
		sync_folder(s, to);
	sync_folder(s, from);
}

static void close_file(struct standby *s)
{
	struct follow *f = &s->follow;

	if (f->seed_fd < 0)
		return;
	must_do(s, fsync(f->seed_fd) == 0 && close(f->seed_fd) == 0, "a file of the journal");
	f->seed_fd = -1;
}

static void on_reseed(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;
	char path[PATH];

	if (!f->hello_epoch || h->epoch != f->hello_epoch) {
		tie_hang_up(s->in);
		return;
	}
	close_file(s);
	path_of(s, seed, path);
	must_do(s, mkdir(path, S_IRWXU) == 0 || errno == EEXIST, path);
	move_all(s, path, NULL);
	f->seeding = true;
	f->aside = h->next < ward_journal_next(f->j) ? ward_journal_next(f->j) - h->next : 0;
	WARD_LOG(&s->p.log, WARN, "standby.reseeded", WARD_KV_U("epoch", s->term.epoch),
		WARD_KV_U("ours_from", h->next), WARD_KV_U("next", ward_journal_next(f->j)));
}

static void on_file(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;
	char path[PATH], name[WARD_STANDBY_NAME + sizeof(seed) + 1];

	close_file(s);
	(void)snprintf(name, sizeof(name), "%s/%.*s", seed, WARD_STR_ARG(h->node));
	path_of(s, name, path);
	f->seed_fd = open(
		path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	must_do(s, f->seed_fd >= 0, path);
	f->seed_left = h->next;
}

/* What came is of no use without the rest: it makes room, and is tried again after a while. */
static void no_room(struct standby *s, int why)
{
	struct follow *f = &s->follow;
	char path[PATH];

	WARD_LOG(&s->p.log, ERROR, "standby.unwritten", WARD_KV_Z("why", strerror(why)));
	ward_count_name(&s->p.counters, "standby.unwritten", 1);
	(void)close(f->seed_fd);
	f->seed_fd = -1;
	f->full_until = standby_now(s) + full_for;
	path_of(s, seed, path);
	move_all(s, path, NULL);
	tie_hang_up(s->in);
}

static void on_data(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;

	if (f->seed_fd < 0 || h->data.len > f->seed_left) {
		tie_hang_up(s->in);
		return;
	}
	for (size_t off = 0; off < h->data.len;) {
		ssize_t n = write(f->seed_fd, h->data.p + off, h->data.len - off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			no_room(s, errno);
			return;
		}
		off += (size_t)n;
	}
	f->seed_left -= h->data.len;
}

/* What was the journal is kept under the epoch that it ended with. */
static void set_aside(struct standby *s)
{
	struct follow *f = &s->follow;
	char aside[PATH];

	(void)snprintf(f->aside_name, sizeof(f->aside_name), "aside-%llu-%lld",
		(unsigned long long)s->term.epoch,
		(long long)(ward_clock_now(s->p.clock) / WARD_NS_PER_S));
	path_of(s, f->aside_name, aside);
	must_do(s, mkdir(aside, S_IRWXU) == 0 || errno == EEXIST, aside);
	move_all(s, s->journal, aside);
	WARD_LOG(&s->p.log, WARN, "standby.aside", WARD_KV_Z("folder", aside));
}

/* It held nothing that the leader lacks, or has no longer: nobody will look for it there. */
static void drop_aside(struct standby *s)
{
	char aside[PATH];

	path_of(s, s->follow.aside_name, aside);
	move_all(s, aside, NULL);
	must_do(s, unlinkat(AT_FDCWD, aside, AT_REMOVEDIR) == 0, aside);
	sync_folder(s, s->folder);
	WARD_LOG(&s->p.log, INFO, "standby.dropped", WARD_KV_Z("folder", aside));
}

/* Two marks say how far it came: the files are whole; what was there is aside. */
void seed_recover(struct standby *s)
{
	char mark[PATH], next[PATH], from[PATH];

	path_of(s, whole, mark);
	path_of(s, aside_done, next);
	path_of(s, seed, from);
	if (access(mark, F_OK) == 0) {
		set_aside(s);
		must_do(s, rename(mark, next) == 0, mark);
		sync_folder(s, s->folder);
	}
	if (access(next, F_OK) != 0)
		return;
	move_all(s, from, s->journal);
	must_do(s, unlink(next) == 0, next);
	sync_folder(s, s->folder);
}

static void on_seeded(struct standby *s)
{
	struct follow *f = &s->follow;
	char path[PATH];
	int fd;

	close_file(s);
	if (f->seed_left) {
		tie_hang_up(s->in);
		return;
	}
	path_of(s, seed, path);
	sync_folder(s, path);
	path_of(s, whole, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	must_do(s, fd >= 0 && close(fd) == 0, path);
	sync_folder(s, s->folder);
	ward_journal_close(f->j);
	ward_io_dir_close(&f->dir);
	f->j = NULL;
	follow_open(s);
	f->seeding = false;
	if (!f->aside) /* after a restart in between nobody knows, and it stays */
		drop_aside(s);
	/* the files are the leader's: so is its epoch, of which they are a beginning */
	if (ward_term_begin(&s->term, f->hello_epoch, f->hello_began, false))
		standby_must(s, ward_term_write(&s->dir.io, &s->term), "the term");
	follow_welcome(s);
}

void seed_frame(struct standby *s, const struct ward_standby_frame *h)
{
	struct follow *f = &s->follow;

	if (h->type == WARD_STANDBY_RESEED) {
		on_reseed(s, h);
		return;
	}
	if (!f->seeding || h->epoch != f->hello_epoch) {
		tie_hang_up(s->in);
		return;
	}
	if (h->type == WARD_STANDBY_FILE)
		on_file(s, h);
	else if (h->type == WARD_STANDBY_DATA)
		on_data(s, h);
	else
		on_seeded(s);
}
