/* `ward`: finds the command and runs it. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/sense_to.h"

#include <signal.h>

static const struct ward_cmd *const commands[] = {
#define X(ident) &ward_cmd_##ident,
	WARD_CMD_LIST(X)
#undef X
};

static void help(FILE *f)
{
	fputs("ward - watches a hospital's places, devices and networks as one, and says what an\n"
	      "attack will cost in care\n\n"
	      "usage: ward COMMAND [OPTION…] [ARGUMENT…]\n\n",
		f);
	for (size_t i = 0; i < WARD_ARRAY_LEN(commands); i++)
		fprintf(f, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'ward COMMAND --help' says more. Exit codes: 0 done, 1 the input had problems\n"
	      "(reported), 2 wrong usage, 3 could not run. Colour only on a terminal; NO_COLOR "
	      "turns\n"
	      "it off.\n",
		f);
}

/* Words that the command's name takes off argv: 1 or 2 ("sense net"); 0 when it does not match. */
static int matches(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_str rest = ward_str_z(cmd->name);
	int n = 0;

	while (rest.p) {
		struct ward_str word = ward_str_cut(&rest, ' ');

		if (n >= argc || !ward_str_eqz(word, argv[n]))
			return 0;
		n++;
	}
	return n;
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

/* "sense" alone, or "sense nte": names the commands that begin so. */
static int no_such(const char *first, const char *second)
{
	size_t len = strlen(first), n = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(commands); i++) {
		const char *name = commands[i]->name;

		if (strncmp(name, first, len) != 0 || name[len] != ' ')
			continue;
		if (n++)
			fputs(", ", stderr);
		else if (second && second[0] != '-')
			fprintf(stderr, "ward: '%s' has no '%s'; there are: ", first, second);
		else
			fputs("ward: one more word is needed: ", stderr);
		fprintf(stderr, "'ward %s'", name);
	}
	if (n)
		fputs(". Try one with --help.\n", stderr);
	else
		fprintf(stderr, "ward: there is no command '%s'. Try 'ward --help'.\n", first);
	return WARD_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	bool help_of = argc > 2 && strcmp(argv[1], "help") == 0; /* "ward help sense net" */
	const char *first = argc > 1 ? argv[1 + help_of] : "";

	(void)signal(SIGPIPE, SIG_IGN);
	if (!*first || strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 ||
		strcmp(first, "help") == 0) {
		help(*first ? stdout : stderr);
		return *first ? WARD_EXIT_DONE : WARD_EXIT_USAGE;
	}
	if (strcmp(first, "--version") == 0)
		return ward_cmd_version.run(&ward_cmd_version, 1, argv + 1);
	argc -= help_of;
	argv += help_of;
	for (size_t i = 0; i < WARD_ARRAY_LEN(commands); i++) {
		int n = matches(commands[i], argc - 1, argv + 1);

		if (!n)
			continue;
		if (help_of || asks_help(argc - n, argv + n)) {
			fputs(commands[i]->help, stdout);
			if (strcmp(argv[1], "sense") == 0)
				ward_cli_sense_help(stdout);
			return WARD_EXIT_DONE;
		}
		if (strcmp(argv[1], "sense") == 0)
			return ward_cli_sense(commands[i], argc - n, argv + n);
		return commands[i]->run(commands[i], argc - n, argv + n);
	}
	if (strcmp(first, "exercise") == 0 && argc > 2 && strchr(argv[2], '/'))
		return ward_cmd_exercise_play.run(&ward_cmd_exercise_play, argc - 1, argv + 1);
	return no_such(first, argc > 2 ? argv[2] : NULL);
}
