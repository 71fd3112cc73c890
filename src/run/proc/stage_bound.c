/* What each program of others may use at most of the machine: a folder in memory of its own, and so
 * many processes. */
#include "run/proc/stage.h"

#include <dirent.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

bool stage_bound_begin(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

bool stage_bound_folder(const char *dir)
{
	char how[64];

	(void)snprintf(
		how, sizeof(how), "size=%d,nr_inodes=%d,mode=0711", STAGE_BYTES, STAGE_FILES);
	return mount("stage", dir, "tmpfs", MS_NOSUID | MS_NODEV, how) == 0;
}

void stage_bound_drop(const char *dir)
{
	(void)umount2(dir, MNT_DETACH | UMOUNT_NOFOLLOW);
	(void)rmdir(dir);
}

static int drop(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	(void)umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
	(void)remove(path);
	return 0;
}

void stage_remove(const char *dir)
{
	(void)nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static bool namespace_of(const char *pid, struct stat *ret)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%.16s/ns/pid", pid);
	return stat(path, ret) == 0;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* Processes are in the namespace of the first one of their run; a relay has none of its own. */
static void count(const struct stage *s, size_t n[STAGE_RUNS])
{
	struct stat ours, is[STAGE_RUNS] = {{0}}, its;
	struct dirent *e;
	char pid[16];
	DIR *all = namespace_of("self", &ours) ? opendir("/proc") : NULL;

	for (size_t i = 0; all && i < STAGE_RUNS; i++) {
		(void)snprintf(pid, sizeof(pid), "%ld", (long)s->run[i].pid);
		if (s->run[i].pid <= 0 || !namespace_of(pid, &is[i]) || same(&is[i], &ours))
			is[i].st_ino = 0;
	}
	while (all && (e = readdir(all)) != NULL) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9' || !namespace_of(e->d_name, &its))
			continue;
		for (size_t i = 0; i < STAGE_RUNS; i++)
			n[i] += is[i].st_ino && same(&is[i], &its);
	}
	if (all)
		(void)closedir(all);
}

void stage_bound_look(struct stage *s)
{
	ward_ns now = ward_clock_mono(s->p.clock);
	size_t n[STAGE_RUNS] = {0};

	if (s->counted && now < s->counted + WARD_NS_PER_S)
		return;
	s->counted = now;
	count(s, n);
	for (size_t i = 0; i < STAGE_RUNS; i++) {
		if (n[i] <= STAGE_PROCESSES || kill(s->run[i].pid, SIGKILL) != 0)
			continue;
		WARD_LOG(&s->p.log, WARN, "stage.too_many_processes",
			WARD_KV_S("host", s->scenario->host[s->run[i].host->host].id),
			WARD_KV_U("processes", n[i]), WARD_KV_U("max", STAGE_PROCESSES));
	}
}
