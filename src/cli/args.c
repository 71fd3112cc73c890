#include "cli/args.h"

static const struct ward_cli_opt *known(const struct ward_cli_args *a, const char *word)
{
	for (size_t i = 0; i < a->n_opt; i++)
		if (strcmp(word, a->opt[i].name) == 0)
			return &a->opt[i];
	return NULL;
}

/* The word at *i, with its value if it has one: then *i moves on. */
static int one(
	const struct ward_cmd *cmd, int argc, char **argv, int *i, const struct ward_cli_args *a)
{
	const struct ward_cli_opt *opt = known(a, argv[*i]);
	bool option = argv[*i][0] == '-' && argv[*i][1];

	if (opt && opt->flag) {
		*opt->flag = true;
		return WARD_EXIT_DONE;
	}
	if (!opt && !option && a->dir) {
		if (*a->dir)
			return ward_cli_usage(cmd, "'%s' is one word too many", argv[*i]);
		*a->dir = argv[*i];
		return WARD_EXIT_DONE;
	}
	if (!opt && !a->take)
		return ward_cli_usage(cmd, "'%s' is not an option", argv[*i]);
	if (*i + 1 == argc)
		return ward_cli_usage(cmd,
			opt ? "%s needs a value" : "%s needs a value, or is no option", argv[*i]);
	++*i;
	if (!opt)
		return a->take(cmd, argv[*i - 1], argv[*i], a->ctx);
	*opt->value = argv[*i];
	return WARD_EXIT_DONE;
}

int ward_cli_args(const struct ward_cmd *cmd, int argc, char **argv, const struct ward_cli_args *a)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		bool taken = false;

		if (a->incident)
			code = ward_cli_incident_take(cmd, argc, argv, &i, a->incident, &taken);
		if (!code && !taken)
			code = one(cmd, argc, argv, &i, a);
	}
	return code;
}
