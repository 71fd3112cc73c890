#include "cli/commands.h"
#include "cli/paths.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;

	if (argc > 1 && !json)
		return ward_cli_usage(cmd, "'%s' is not an option", argv[1]);
	if (json)
		printf("{\"kind\":\"version\",\"version\":\"%s\",\"compiler\":\"%s\"}\n",
			WARD_VERSION, __VERSION__);
	else
		printf("ward %s\n", WARD_VERSION);
	return WARD_EXIT_DONE;
}

const struct ward_cmd ward_cmd_version = {
	.name = "version",
	.summary = "which version this is",
	.help = "usage: ward version [--json]\n\n"
		"Prints the version; with --json one object with the compiler too.\n",
	.run = run,
};
