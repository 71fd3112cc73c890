/* A disk in memory that loses power: for tests of the journal.
 *
 * Each file has what the cache shows and what the disk holds, by sectors of 64 bytes (small, so
 * that small files have many). A crash keeps of each unsynced sector the old bytes, the new ones,
 * or a torn mix; and of the unsynced changes of names only the first few. A failed fdatasync writes
 * some sectors and marks all as clean, as kernels do. */
#ifndef WARD_TESTS_SIMDISK_H
#define WARD_TESTS_SIMDISK_H

#include "base/attr.h"
#include "journal/io.h"

enum { SIM_SECTOR = 64, SIM_FILES = 96, SIM_FDS = 32, SIM_OPS = 256, SIM_NAME = 40 };

struct sim_file {
	bool used;
	uint8_t *cache, *disk;
	bool *dirty;
	size_t len, cap, disk_len;
	bool len_dirty;
};

struct sim_name {
	char name[SIM_NAME];
	int file;
};

struct sim_dir {
	struct sim_name at[SIM_FILES];
	size_t n;
};

struct sim_disk {
	struct ward_io io;
	struct sim_file file[SIM_FILES];
	struct sim_dir now, durable;
	struct {
		char from[SIM_NAME], to[SIM_NAME]; /* from "": made; to "": unlinked */
		int file;
	} op[SIM_OPS];
	size_t n_op;
	int fd[SIM_FDS]; /* file + 1; 0 is closed */
	uint64_t rng;
	uint64_t n_call;
	uint64_t crash_at; /* call number from which on everything fails: power is off; 0: never */
	uint64_t fail_at;  /* the call that fails once; 0: never */
	uint64_t flaky;    /* one of so many calls fails; 0: none */
	bool full;         /* no file may grow */
	bool lie_data, lie_dir; /* fdatasync, sync_dir say OK and do nothing */
	uint64_t n_open;
};

void sim_init(struct sim_disk *d, uint64_t seed);
void sim_fini(struct sim_disk *d);
/* Power comes back: the cache is what the disk kept. */
void sim_crash(struct sim_disk *d);
uint64_t sim_random(struct sim_disk *d);
/* The cache of a file, to damage it; NULL when there is none. */
struct sim_file *sim_find(struct sim_disk *d, const char *name);
/* Writes through cache and disk. */
void sim_put(struct sim_disk *d, const char *name, const void *p, size_t len);

#endif
