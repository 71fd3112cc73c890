#include "cli/commands.h"
#include "cli/device.h"
#include "sense/onvif/onvif.h"
#include "sense/video/rtsp_url.h"

#include <string.h>

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct ward_cli_device *d)
{
	int rc = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !rc; i++) {
		if (strcmp(argv[i], "--streams") == 0 || strcmp(argv[i], "--recordings") == 0 ||
			strcmp(argv[i], "--doors") == 0) {
			if (d->once)
				rc = ward_cli_usage(
					cmd, "one of --streams, --recordings and --doors");
			d->once = argv[i] + 2;
		} else if (argv[i][0] != '-') {
			if (d->url)
				rc = ward_cli_usage(cmd, "one device only");
			d->url = argv[i];
		} else if (!ward_cli_device_option(cmd, argc, argv, &i, d, &rc)) {
			rc = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		}
	}
	return rc;
}

static int check(const struct ward_cmd *cmd, const struct ward_cli_device *d)
{
	struct ward_onvif_url url;
	struct ward_rtsp_url stream;
	const char *why;

	if (!d->url)
		return ward_cli_usage(cmd, "which device? onvif://HOST[:PORT], onvifs://… or, of "
					   "its metadata, rtsp://HOST/PATH");
	if (strncmp(d->url, "rtsp", 4) == 0) {
		if (ward_rtsp_url_read(ward_str_z(d->url), &stream, &why) != WARD_OK)
			return ward_cli_usage(cmd, "that is no stream's address: %s", why);
		if (stream.user[0])
			return ward_cli_usage(cmd, "others can see what programs are called "
						   "with: --user and --password-file instead");
		if (d->once)
			return ward_cli_usage(cmd, "a stream has none of these: onvif://HOST");
	} else if (ward_onvif_url_read(ward_str_z(d->url), &url, &why) != WARD_OK) {
		return ward_cli_usage(cmd, "'%s' is no device's address: %s", d->url, why);
	}
	if (!d->user != !d->password_file)
		return ward_cli_usage(cmd, "--user and --password-file belong together");
	return WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_device d = {.url = NULL};
	int rc = parse(cmd, argc, argv, &d);

	if (!rc)
		rc = check(cmd, &d);
	return rc ? rc : ward_cli_device_run(cmd, &d, -1);
}

const struct ward_cmd ward_cmd_sense_onvif = {
	.name = "sense onvif",
	.summary = "what an ONVIF device reports, as event lines",
	.help = "usage: ward sense onvif [OPTION…] onvif://HOST[:PORT] | rtsp://HOST/PATH\n\n"
		"Asks a camera, door controller or recorder for its events (ONVIF, by a pull\n"
		"point), or reads its metadata stream (rtsp://), and prints them as JSON lines:\n"
		"doors, badges (as tokens of this run), tampering, what its own analysis sees.\n"
		"onvifs:// and rtsps:// are over TLS. What topics mean stands in\n"
		"log-patterns/onvif.yml: docs/onvif.md. Ctrl-C ends it.\n\n"
		"  --streams             only print which streams the device offers, for\n"
		"                        sources.yml: \"take\" is true of the one of each camera\n"
		"                        that is enough for the analysis (640 wide, 5 pictures\n"
		"                        a second) and has the least to decode\n"
		"  --recordings          only print what a recorder holds (Profile G): of which\n"
		"                        source, from when to when, and where it is replayed\n"
		"  --doors               only print which doors and readers a controller has\n"
		"                        (Profiles C, A): token, name, and the key by which the\n"
		"                        hospital directory names it\n"
		"  --user NAME --password-file FILE\n"
		"  --certificate FILE    PEM: the device's, or who made it; else the machine's\n"
		"  --source NAME         doors and readers are called NAME/TOKEN (default: onvif)\n"
		"  --content DIR, --hospital DIR   whose log-patterns\n\n"
		"Exit: 0 done, 2 usage, 3 could not run.\n",
	.run = run,
};
