/* The folder of `respond`: which originals somebody is to keep, and that they are kept. */
#include "run/proc/respond.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, CONFIRMATION_BYTES = 8192, FILES_AT_ONCE = 64 };

static const ward_ns look_every = 2 * WARD_NS_PER_S;

void responder_make_folder(struct responder *d)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%.4000s/confirmed", d->dir);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		ward_process_die(&d->p, "cannot make the folder of confirmations", WARD_ERR_IO);
}

/* Under its name there is all of it, or what was there before. */
static void write_list(struct responder *d)
{
	char path[PATH_BYTES], fresh[PATH_BYTES];
	struct ward_wr was = d->listed;

	ward_wr_reset(&d->list);
	ward_respond_recordings(d->respond, ward_clock_now(d->p.clock), &d->list);
	if (ward_wr_bad(&d->list) ||
		(d->list.len == was.len && (!was.len || memcmp(d->list.p, was.p, was.len) == 0)))
		return;
	(void)snprintf(path, sizeof(path), "%.4000s/recordings.jsonl", d->dir);
	(void)snprintf(fresh, sizeof(fresh), "%.4000s/recordings.new", d->dir);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && ward_fd_write(fd, ward_wr_slice(&d->list));

	if (fd >= 0)
		(void)close(fd);
	if (!ok || rename(fresh, path) != 0) {
		ward_count_name(&d->p.counters, "respond.not_listed", 1);
		return;
	}
	d->listed = d->list;
	d->list = was;
}

static size_t read_some(const char *path, uint8_t *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, buf, cap) : -1;

	if (fd >= 0)
		(void)close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* Files of `ward preserve confirm`. One that is none is put aside. */
static void take_confirmation(struct responder *d, const char *name)
{
	char path[PATH_BYTES + 300], bad[PATH_BYTES + 310];
	static uint8_t text[CONFIRMATION_BYTES];
	struct ward_delivery row;

	(void)snprintf(path, sizeof(path), "%.4000s/confirmed/%s", d->dir, name);
	size_t n = read_some(path, text, sizeof(text));

	if (n && ward_respond_confirm(d->respond, ward_slice_of(text, n), &row)) {
		if (responder_keep(d, &row))
			(void)unlink(path);
		return;
	}
	(void)snprintf(bad, sizeof(bad), "%s.bad", path);
	ward_count_name(&d->p.counters, "respond.bad_confirmation", 1);
	WARD_LOG(&d->p.log, ERROR, "respond.bad_confirmation", WARD_KV_Z("file", name));
	if (rename(path, bad) != 0)
		ward_process_die(&d->p, "the folder of confirmations", WARD_ERR_IO);
}

void responder_look_into_folder(struct responder *d)
{
	ward_ns now = ward_clock_mono(d->p.clock);
	char dir[PATH_BYTES];
	const struct dirent *e;

	if (d->looked && now - d->looked < look_every)
		return;
	d->looked = now;
	(void)snprintf(dir, sizeof(dir), "%.4000s/confirmed", d->dir);
	DIR *folder = opendir(dir);

	for (int n = 0; folder && n < FILES_AT_ONCE && (e = readdir(folder));) {
		struct ward_str name = ward_str_z(e->d_name);

		if (!ward_str_ends(name, WARD_STR(".json")))
			continue;
		n++;
		take_confirmation(d, e->d_name);
	}
	if (folder)
		(void)closedir(folder);
	write_list(d);
}
