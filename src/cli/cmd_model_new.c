#include "cli/args.h"
#include "cli/commands.h"
#include "cli/start.h"

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_start in = {.cmd = cmd, .set = "templates", .facts = true};
	const char *content = NULL;
	bool questions = false, empty = false;
	const struct ward_cli_opt opt[] = {{"--answers", &in.answers, NULL},
		{"--content", &content, NULL}, {"--lang", &in.lang, NULL},
		{"--questions", NULL, &questions}, {"--empty", NULL, &empty},
		{"--json", NULL, &in.json}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &in.dir, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (!code && !in.dir && !questions && !in.json)
		code = ward_cli_usage(cmd, "which directory shall it be?");
	if (code)
		return code;
	if (empty) {
		in.set = "templates/first";
		in.facts = false;
	}
	in.content = ward_cli_content(cmd, content);
	if (!in.content)
		return WARD_EXIT_RUN;
	return questions ? ward_cli_start_questions(&in) : ward_cli_start_make(&in);
}

const struct ward_cmd ward_cmd_model_new = {
	.name = "model new",
	.summary = "a first hospital directory from some twenty answers",
	.help = "usage: ward model new DIR [--empty] [--answers FILE] [--lang CODE] [--content "
		"DIR]\n"
		"       ward model new --questions [--empty] [--json] [--lang CODE] [--content "
		"DIR]\n"
		"       ward model new --json --answers FILE [--lang CODE] [--content DIR]\n\n"
		"Writes a hospital directory that `ward check` accepts and `ward impact` forecasts "
		"on,\n"
		"from templates per kind of ward (docs/model.md). It asks at the terminal; an "
		"empty\n"
		"answer takes what is usual. All that was not answered stands in facts.csv as "
		"assumed.\n"
		"DIR must not be there, or be empty. No floor plan is needed.\n\n"
		"  --empty         no wards and devices that are assumed: the house alone, to be "
		"filled in "
		"the\n"
		"                  console, as `ward run --new` makes it (docs/first-run.md)\n"
		"  --answers FILE  the answers, a map in YAML; what is not in it is what is usual\n"
		"  --questions     prints such a file with all questions and usual answers\n"
		"  --json          writes nothing: the files, a line of JSON each, for a hospital "
		"that\n"
		"                  has its name, zones and roles already; findings are lines, too\n"
		"  --lang CODE     en, fr, it, nl: what it asks in, and names of places, devices "
		"and\n"
		"                  roles (default: $WARD_LANG, else en)\n"
		"  --content DIR   templates, ontology and threats (else $WARD_CONTENT, else the\n"
		"                  built-in place)\n\n"
		"Exit: 0 done, 1 the answers or templates have problems (reported), 2 wrong usage, "
		"3\n"
		"could not run.\n",
	.run = run,
};
