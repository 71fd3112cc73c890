/* A video or a camera that a command watches: the processes that decode, and speak with a camera,
 * are started and waited for. For `ward sense video` and `ward watch`. */
#ifndef WARD_CLI_VIEWER_H
#define WARD_CLI_VIEWER_H

#include "base/clock.h"
#include "cli/cli.h"

enum { WARD_VIEWER_FPS = 5, WARD_VIEWER_SHOWN = 300 };

struct ward_viewer {
	const char *path, *zones, *source, *start, *user, *password_file, *certificate;
	uint64_t fps, budget; /* budget, in percent of a processor: 0, none */
	ward_ns start_ns;
	bool once, keyframes;
	bool tries; /* a camera: only whether it gives a picture, and of which size */
	bool live;  /* path is a camera's address */
	char shown[WARD_VIEWER_SHOWN]; /* what is said of it: an address may hold a password */
	/* What it looks like, as a video for people: "mp4", "matroska", "jpeg" to the descriptor,
	 * or "http" to who connects to it. NULL: events go to standard output. */
	const char *show;
	int show_fd;
};

/* The option at argv[*i], if it is one that all such commands have: it and its value are taken, and
 * *i moved on. An argument that is no option is the path. NOT_TAKEN: it is another one's. */
enum { WARD_VIEWER_NOT_TAKEN = -1 };
int ward_viewer_option(
	const struct ward_cmd *cmd, struct ward_viewer *v, int *i, int argc, char **argv);
/* After the last: does it fit together? Settles live, shown and start_ns. */
int ward_viewer_check(const struct ward_cmd *cmd, struct ward_viewer *v);
/* Watches, until it is over. Gives the exit code. */
int ward_viewer_run(const struct ward_cmd *cmd, const struct ward_viewer *v);

#endif
