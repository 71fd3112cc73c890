#include "cli/commands.h"
#include "cli/rules.h"

#include <stdlib.h>

enum { OUT_MAX = 1 << 28 };

struct wish {
	const char *navigator;
	bool channels, query;
};

static int print(struct ward_cli_rules *x, const struct wish *wish)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_text t = ward_cli_rules_text(&w);

	bool shown = true;

	if (wish->channels || wish->query)
		shown = ward_craft_channels(&x->craft,
			wish->query ? WARD_CRAFT_CHANNELS_QUERY
			: x->json   ? WARD_CRAFT_CHANNELS_JSON
				    : WARD_CRAFT_CHANNELS_TEXT,
			&t);
	else if (wish->navigator)
		ward_craft_cover_navigator(&x->craft, strcmp(wish->navigator, "ics") == 0, &w);
	else if (x->json)
		ward_craft_cover_json(&x->craft, &w);
	else
		ward_craft_cover_text(&x->craft, &t);
	bool none = !shown || (w.len == 0 && !wish->channels);
	bool ok = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	if (none)
		return ward_cli_fail(x->cmd, "out of memory");
	return ok ? x->diag.n_error ? WARD_EXIT_INPUT : WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_rules *x = calloc(1, sizeof(*x));
	struct wish wish = {.navigator = NULL};
	int code = WARD_EXIT_DONE;

	if (!x)
		return ward_cli_fail(cmd, "out of memory");
	x->cmd = cmd;
	for (int i = 1; i < argc && !code; i++) {
		if (strcmp(argv[i], "--navigator") == 0) {
			wish.navigator = i + 1 < argc ? argv[++i] : "";
			if (strcmp(wish.navigator, "enterprise") != 0 &&
				strcmp(wish.navigator, "ics") != 0)
				code = ward_cli_usage(cmd, "--navigator takes enterprise or ics");
		} else if (strcmp(argv[i], "--channels") == 0) {
			wish.channels = true;
		} else if (strcmp(argv[i], "--query") == 0) {
			wish.query = true;
		} else if (strcmp(argv[i], "--events") == 0 ||
			   !ward_cli_rules_arg(x, argc, argv, &i, &code)) {
			code = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		}
	}
	if (!code) {
		code = ward_cli_rules_load(x, true);
		if (!code)
			code = print(x, &wish);
		if (x->diag.n_error)
			fprintf(stderr,
				"ward rules coverage: %zu errors in rules; see 'ward rules "
				"check'\n",
				x->diag.n_error);
		ward_cli_rules_fini(x);
	}
	free(x);
	return code;
}

const struct ward_cmd ward_cmd_rules_coverage = {
	.name = "rules coverage",
	.summary = "threats and ATT&CK techniques by the rules that tell them",
	.help = "usage: ward rules coverage [OPTION…] [PATH…]\n\n"
		"For each threat of the dictionary and each ATT&CK technique: how many rules tell\n"
		"it, and which kinds of sensors these need (network, flow, field, log, ward: what\n"
		"Ward itself concludes). Rules that are refused, heard only by correlations or\n"
		"without a pipeline do not count; nor does what is learned (docs/baselines.md).\n\n"
		"  --hospital DIR    also its rules, and which of its sources give what a rule "
		"asks\n"
		"                    for, by kind and by what they watch\n"
		"  --lang CODE       in this language (default: $WARD_LANG, else the hospital's, "
		"else\n"
		"                    English)\n"
		"  --content DIR     instead of the content that belongs to this program\n"
		"  --json            one object per line: threat, technique\n"
		"  --navigator M     a layer for the ATT&CK Navigator; M is enterprise or ics\n"
		"  --channels        instead: the Windows event logs that the rules read, and of "
		"each\n"
		"                    which event numbers\n"
		"  --query           the same as the query of a subscription of Windows Event\n"
		"                    Forwarding (docs/windows-event-forwarding.md)\n\n"
		"Exit: 0 done, 1 a rule was refused, 2 usage, 3 could not run.\n",
	.run = run,
};
