#include "cli/clip.h"
#include "cli/commands.h"

enum { LIST_BYTES = 16 << 20 };

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIST_BYTES);
	char path[PATH_MAX];

	if (argc != 3 || strcmp(argv[1], "--state") != 0 || !argv[2][0])
		return ward_cli_usage(cmd, "of which --state DIR?");
	if (snprintf(path, sizeof(path), "%s/respond/recordings.jsonl", argv[2]) >=
		(int)sizeof(path))
		return ward_cli_usage(cmd, "--state is too long");
	int rc = ward_cli_clip_read(cmd, path, LIST_BYTES, &w);

	if (!rc && !ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	return rc;
}

const struct ward_cmd ward_cmd_preserve_list = {
	.name = "preserve list",
	.summary = "list the recordings of cameras that are to be kept for incidents",
	.help = "usage: ward preserve list --state DIR\n\n"
		"The recordings of cameras that 'ward run' asks to be kept for incidents, one "
		"JSON\n"
		"object a line: incident, camera, from when to when, when its recorder overwrites\n"
		"it, and its state: asked, near (a quarter of the time is left), lost (it was\n"
		"overwritten and nobody said that it was kept), kept. See docs/webhooks.md.\n\n"
		"  --state DIR   what 'ward run' keeps\n\n"
		"Exit codes: 0 done, 2 usage, 3 could not run.\n",
	.run = run,
};
