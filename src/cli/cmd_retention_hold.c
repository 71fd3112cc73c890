/* Legal holds, placed and released: docs/privacy.md. */
#include "cli/commands.h"
#include "cli/decide.h"

#include <string.h>

enum { ARGS_BYTES = 4096 };

struct hold {
	const char *of[4]; /* source, place, incident, all */
	const char *from, *to, *until, *owner;
	struct ward_cli_decide x;
	const char *dir;
};

static const char *const scope[] = {"source", "place", "incident", "all"};
static const char all[] = "all";

static void put(struct ward_json *j, const char *key, const char *text)
{
	if (!text)
		return;
	ward_json_key(j, key);
	ward_json_z(j, text);
}

static int parse(struct hold *h, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **to;
	} opt[] = {{"--source", &h->of[0]}, {"--place", &h->of[1]}, {"--incident", &h->of[2]},
		{"--from", &h->from}, {"--to", &h->to}, {"--until", &h->until},
		{"--owner", &h->owner}, {"--why", &h->x.text}, {"--role", &h->x.role},
		{"--state", &h->x.state_option}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(opt) && strcmp(argv[i], opt[k].name) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(opt) && i + 1 < argc)
			*opt[k].to = argv[++i];
		else if (k < WARD_ARRAY_LEN(opt))
			return ward_cli_usage(h->x.cmd, "%s needs a value", argv[i]);
		else if (strcmp(argv[i], "--all") == 0)
			h->of[3] = all;
		else if (argv[i][0] == '-')
			return ward_cli_usage(h->x.cmd, "'%s' is not an option", argv[i]);
		else if (h->x.dir)
			return ward_cli_usage(h->x.cmd, "one hospital directory at a time");
		else
			h->x.dir = argv[i];
	}
	return WARD_EXIT_DONE;
}

static int run_hold(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct hold h = {.x = {.cmd = cmd, .kind = WARD_DECISION_HOLD}};
	char args[ARGS_BYTES], incident[WARD_ID_TEXT];
	struct ward_wr w = ward_wr_fixed(args, sizeof(args) - 1);
	struct ward_json j = ward_json_on(&w);
	size_t n = 0, which = 0;
	int rc = parse(&h, argc, argv);

	for (size_t i = 0; i < WARD_ARRAY_LEN(scope); i++)
		if (h.of[i]) {
			which = i;
			n++;
		}
	if (!rc && n != 1)
		rc = ward_cli_usage(
			cmd, "what is held? give one of --source, --place, --incident and --all");
	if (!rc && (!h.until || !h.x.text))
		rc = ward_cli_usage(cmd, "a hold needs --until and --why");
	if (!rc && !h.x.dir && !h.x.state_option)
		rc = ward_cli_usage(cmd, "give the hospital directory, or --state DIR");
	if (!rc)
		rc = ward_cli_decide_state(cmd, h.x.dir, h.x.state_option, h.x.state);
	if (!rc && which == 2) {
		rc = ward_cli_decide_incident(cmd, h.x.state, h.of[2], incident);
		h.of[2] = incident;
	}
	if (rc)
		return rc;
	ward_json_obj(&j);
	put(&j, "scope", scope[which]);
	put(&j, "from", h.from);
	put(&j, "to", h.to);
	put(&j, "until", h.until);
	put(&j, "owner", h.owner);
	ward_json_obj_end(&j);
	if (ward_wr_bad(&w))
		return ward_cli_usage(cmd, "that is too long");
	args[w.len] = 0;
	h.x.args = args;
	h.x.subject = h.of[which];
	return ward_cli_decide(&h.x);
}

static int run_release(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_decide x = {.cmd = cmd, .kind = WARD_DECISION_RELEASE_HOLD};
	int rc = ward_cli_decide_args(&x, argc, argv);

	if (!rc && !x.text)
		rc = ward_cli_usage(cmd, "say why, by --why");
	return rc ? rc : ward_cli_decide(&x);
}

const struct ward_cmd ward_cmd_retention_hold = {
	.name = "retention hold",
	.summary = "keeps what was recorded, whatever its retention, until a day",
	.help = "usage: ward retention hold --until TIME --why TEXT [--owner ROLE]\n"
		"                           (--source ID | --place ID | --incident ID | --all)\n"
		"                           [--from TIME] [--to TIME] [--role ROLE] [--state DIR]\n"
		"                           HOSPITAL\n\n"
		"What was recorded there, between the times if they are given, is not erased "
		"before\nthat day, or before 'ward retention release'. A decision: on the ledger, "
		"with your\nrole and the reason. Times as 2026-12-31T23:00:00Z.\n\n"
		"  --owner ROLE     who answers for it, and is told before it ends (default: "
		"you)\n\n"
		"Exit: 0 done, 1 refused, 2 wrong usage, 3 could not.\n",
	.run = run_hold,
};
const struct ward_cmd ward_cmd_retention_release = {
	.name = "retention release",
	.summary = "ends a legal hold",
	.help = "usage: ward retention release --why TEXT [--role ROLE] [--state DIR] HOSPITAL "
		"ID\n\n"
		"ID as 'ward retention list' shows it. What was held is erased in its time "
		"again, what\nis over at once.\n\n"
		"Exit: 0 done, 1 refused, 2 wrong usage, 3 could not.\n",
	.run = run_release,
};
