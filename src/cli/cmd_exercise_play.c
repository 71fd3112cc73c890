/* A scenario by itself: `ward run --play` of the hospital that it lies in. */
#include "cli/commands.h"

#include <limits.h>
#include <stdlib.h>

enum { WORDS = 64 };

/* HOSPITAL/NAME or HOSPITAL/scenarios/NAME: as a path, and where the hospital is. */
static bool find(const char *word, char scenario[PATH_MAX], char hospital[PATH_MAX])
{
	struct ward_str dir = ward_str_z(word);

	while (dir.len > 1 && dir.p[dir.len - 1] == '/')
		dir.len--;
	size_t slash = dir.len;

	while (slash > 0 && dir.p[slash - 1] != '/')
		slash--;
	if (slash < 2)
		return false;
	int n = snprintf(scenario, PATH_MAX, "%.*s/scenarios/%.*s/scenario.yml", (int)slash - 1,
		dir.p, (int)(dir.len - slash), dir.p + slash);

	if (n > 0 && n < PATH_MAX && realpath(scenario, hospital)) {
		scenario[n - (int)strlen("/scenario.yml")] = 0;
		(void)snprintf(hospital, PATH_MAX, "%.*s", (int)slash - 1, dir.p);
		return true;
	}
	n = snprintf(scenario, PATH_MAX, "%.*s/../..", (int)dir.len, dir.p);
	if (n < 0 || n >= PATH_MAX || !realpath(scenario, hospital))
		return false;
	(void)snprintf(scenario, PATH_MAX, "%.*s", (int)dir.len, dir.p);
	return true;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static char scenario[PATH_MAX], hospital[PATH_MAX];
	char *word[WORDS] = {(char[]){"ward"}, (char[]){"run"}, (char[]){"--play"}, scenario};
	size_t n = 4;

	if (argc < 2 || argv[1][0] == '-')
		return ward_cli_usage(
			cmd, "give HOSPITAL/SCENARIO, options of `ward run` behind it");
	if (!find(argv[1], scenario, hospital))
		return ward_cli_fail(
			cmd, "there is no scenario '%s': give HOSPITAL/SCENARIO", argv[1]);
	for (int i = 2; i < argc; i++) {
		if (n + 2 >= WORDS)
			return ward_cli_usage(cmd, "too many words");
		word[n++] = argv[i];
	}
	word[n++] = hospital;
	return ward_cmd_run.run(&ward_cmd_run, (int)n - 1, word + 1);
}

const struct ward_cmd ward_cmd_exercise_play = {
	.name = "exercise play",
	.summary = "plays a scenario live, with Ward watching",
	.help = "usage: ward exercise [play] HOSPITAL/SCENARIO [OPTION…]\n\n"
		"Builds the hospital's networks for one scenario of it (docs/scenarios.md), in "
		"namespaces\n"
		"that reach nothing else; servers, controllers, cameras and panels stand there, "
		"the "
		"story\n"
		"happens at real speed, by real tools where it says so, and Ward watches. It is "
		"`ward "
		"run\n"
		"--play SCENARIO HOSPITAL`, whose options go behind the scenario: --lead for a "
		"trainer,\n"
		"--speed, --policy, --captures and others (`ward run --help`). Where no namespaces "
		"may be\n"
		"made, the recording is replayed, and it is said.\n\n"
		"Exit codes: 0 done, 1 the hospital or scenario has problems, 2 wrong usage, 3 "
		"could "
		"not run.\n",
	.run = run,
};
