/* What the benches read and write: the sources, the shared data, files of their own, and programs
 * that they run. Ends the program when something is wrong, but for the shared data, which may be
 * absent. */
#ifndef WARD_BENCH_FILES_H
#define WARD_BENCH_FILES_H

#include "base/slice.h"

struct bench_path {
	char s[4096];
};

/* Of the source tree: below $WARD_SOURCE_ROOT, else the working directory. */
struct bench_path bench_source(const char *relative);
/* Below $WARD_SHARED_DATA, else ../shared/data of the source tree. False when it is not there. */
bool bench_shared(const char *relative, struct bench_path *ret);
/* The program to measure: $WARD_PROGRAM, else build/ward of the source tree. */
struct bench_path bench_ward(void);

/* A whole file, unpacked by zstd when it ends in .zst; at most max bytes, cut after a line. Gives
 * the text: bench_free. */
struct ward_str bench_read(const char *path, size_t max);
/* Takes s; gives it again and again until it is at least min bytes. */
struct ward_str bench_repeat(struct ward_str s, size_t min);
void bench_free(struct ward_str s);

/* A new file below $TMPDIR or /tmp; the descriptor is the caller's, so is unlinking it. */
int bench_temporary(struct bench_path *ret);
/* Removes a directory and the files in it. */
void bench_remove(const char *dir);

/* Runs programs, one after the other, with output thrown away: ctx is a `const char *const[]` of
 * argument lists, each ended by NULL, and one more NULL. Exit codes 0 and 1 (some input was
 * rejected) are fine. For struct bench_side. */
void bench_programs(void *ctx);
/* The same, all at once. */
void bench_programs_at_once(void *ctx);
/* Is there such a program in $PATH? */
bool bench_have(const char *program);

#endif
