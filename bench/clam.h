/* ClamAV's daemon for a bench: its own program, with signatures of ours alone, since its own are
 * not to be had without the internet. So it searches for about as much as our rules do; with its
 * millions it is slower. */
#ifndef WARD_BENCH_CLAM_H
#define WARD_BENCH_CLAM_H

#include "files.h"

struct bench_clam {
	struct bench_path dir, config;
	int pid;
};

/* Starts it and waits until it listens. False: it is not installed, or does not begin. */
bool bench_clam_begin(struct bench_clam *c);
/* Has the files that a list names looked at, by descriptor. Nanoseconds of processor time of the
 * daemon and of who asks it. */
double bench_clam_scan(const struct bench_clam *c, const char *list);
void bench_clam_end(struct bench_clam *c);

#endif
