#include "cli/commands.h"
#include "cli/viewer.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_viewer v = {.fps = WARD_VIEWER_FPS};
	int rc = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !rc; i++) {
		if (strcmp(argv[i], "--zones") == 0) {
			v.zones = i + 1 < argc ? argv[++i] : "";
			if (!v.zones[0])
				rc = ward_cli_usage(cmd, "--zones needs a value");
			continue;
		}
		if (strcmp(argv[i], "--try") == 0) {
			v.tries = true;
			continue;
		}
		rc = ward_viewer_option(cmd, &v, &i, argc, argv);
		if (rc == WARD_VIEWER_NOT_TAKEN)
			rc = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
	}
	if (!rc)
		rc = ward_viewer_check(cmd, &v);
	return rc ? rc : ward_viewer_run(cmd, &v);
}

const struct ward_cmd ward_cmd_sense_video = {
	.name = "sense video",
	.summary = "what a camera sees as event lines",
	.help = "usage: ward sense video [OPTION…] FILE|-|rtsp://HOST/PATH|rtsps://HOST/PATH\n\n"
		"Watches a video file or a camera and prints what happens in it as JSON lines: "
		"who\n"
		"enters a zone, stays there, crosses a line or runs, what is left behind, what "
		"looks\n"
		"like flames or smoke, too many people, who may have fallen or fight, and when "
		"the\n"
		"camera is offline, covered, turned, frozen or fed with a recording. Zones and "
		"lines\n"
		"are drawn in a file; without one only what needs none is told. The video is "
		"decoded in a process of its own, which can open no file and "
		"no\n"
		"connection; another one speaks with the camera and has the password; no picture\n"
		"leaves them. A camera is watched until Ctrl-C, over lost connections. On end: a\n"
		"summary of all counters as one JSON object on standard error.\n\n"
		"  --zones FILE     zones and lines of the camera (YAML: "
		"docs/cameras.md)\n"
		"  --fps N          pictures a second that are analysed, 1 to 30 (default: 5)\n"
		"                   falls and agitation take 10 at least\n"
		"  --keyframes      decode only pictures that stand for themselves; not with\n"
		"                   falls and agitation\n"
		"  --source NAME    of the events (default: the file's base name, or camera)\n"
		"  --start TIME     of a file's first picture, as 2026-11-23T08:00:00Z (default:\n"
		"                   its events count from 1970-01-01T00:00:00Z)\n"
		"  --user NAME      at the camera\n"
		"  --password-file FILE\n"
		"                   its first line is the password: other users of this machine "
		"see\n"
		"                   one that is typed with the address\n"
		"  --certificate FILE\n"
		"                   rtsps: the camera's certificate, or that of who signed it, in\n"
		"                   PEM (default: those that this machine trusts)\n"
		"  --budget PERCENT of a processor: with more, less of the camera is analysed, "
		"and\n"
		"                   told (video.shed)\n"
		"  --try            of a camera only: does it give a picture, how large, how "
		"often? "
		"One\n"
		"                   line of JSON within some seconds: exit 0 with answers true, "
		"else "
		"1\n"
		"                   with what is wrong\n"
		"  --once           end with the connection instead of making another one\n\n"
		"Exit: 0 done, 1 the video or the zones are broken, or with --once nothing came\n"
		"(reported), 2 usage, 3 could not run.\n",
	.run = run,
};
