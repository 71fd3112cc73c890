/* Beginning, answering and ending runs of playbooks: decisions, said at the desk. */
#include "cli/commands.h"
#include "cli/decide.h"
#include "cli/playbooks.h"
#include "run/desk_client.h"

enum { ARGS_BYTES = 16 << 10, VALUES_MAX = 32 };

struct asked {
	const char *state_option, *role, *why, *incident, *dir, *subject, *value[VALUES_MAX];
	size_t n_value;
	char state[PATH_MAX], id[WARD_DECISION_SUBJECT + 1], about[WARD_ID_TEXT];
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct asked *a)
{
	const struct {
		const char *name;
		const char **to;
	} opt[] = {{"--state", &a->state_option}, {"--role", &a->role}, {"--why", &a->why},
		{"--incident", &a->incident}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(opt) &&
			(strcmp(argv[i], opt[k].name) != 0 || !strstr(cmd->help, opt[k].name)))
			k++;
		bool value = strcmp(argv[i], "--value") == 0 && strstr(cmd->help, "--value");

		if ((value || k < WARD_ARRAY_LEN(opt)) && (i + 1 == argc || !argv[i + 1][0]))
			return ward_cli_usage(cmd, "%s needs a value", argv[i]);
		if (value && a->n_value == VALUES_MAX)
			return ward_cli_usage(cmd, "more than %d values", VALUES_MAX);
		if (value && !strchr(argv[i + 1], '='))
			return ward_cli_usage(cmd, "--value is __NAME__=VALUE");
		if (value)
			a->value[a->n_value++] = argv[++i];
		else if (k < WARD_ARRAY_LEN(opt))
			*opt[k].to = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (a->dir)
			return ward_cli_usage(cmd, "one at a time");
		else {
			a->dir = a->subject;
			a->subject = argv[i];
		}
	}
	if (!a->subject || (!a->state_option && !a->dir))
		return ward_cli_usage(
			cmd, "give the hospital directory, or --state DIR, and what it is about");
	if (strlen(a->subject) > WARD_DECISION_SUBJECT ||
		(a->why && strlen(a->why) > WARD_DECISION_TEXT))
		return ward_cli_usage(cmd, "a text is too long");
	return WARD_EXIT_DONE;
}

/* {"incident": ID, "__name__": "value"} */
static void put_args(const struct asked *a, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	if (!a->incident && !a->n_value)
		return;
	ward_json_obj(&j);
	if (a->incident) {
		ward_json_key(&j, "incident");
		ward_json_z(&j, a->about);
	}
	for (size_t i = 0; i < a->n_value; i++) {
		struct ward_str rest = ward_str_z(a->value[i]), name = ward_str_cut(&rest, '=');

		ward_json_key_str(&j, name);
		ward_json_str(&j, rest);
	}
	ward_json_obj_end(&j);
}

/* "bms-takeover" is the id of that file's playbook. */
static int find_playbook(const struct ward_cmd *cmd, struct asked *a)
{
	struct ward_cli_playbooks x = {
		.cmd = cmd, .dir = a->dir, .path = {a->subject}, .n_path = 1};
	int code = WARD_EXIT_DONE;

	if (ward_str_starts(ward_str_z(a->subject), WARD_STR("playbook--")))
		return code;
	code = ward_cli_playbooks_load(&x);
	if (!code && (!x.n_asked || x.n_bad)) {
		fprintf(stderr,
			"ward %s: there is no playbook '%s'; 'ward playbook list%s%s' shows them\n",
			cmd->name, a->subject, a->dir ? " " : "", a->dir ? a->dir : "");
		code = WARD_EXIT_INPUT;
	} else if (!code) {
		(void)snprintf(a->id, sizeof(a->id), "%.*s", WARD_STR_ARG(x.item[0]->id));
		a->subject = a->id;
	}
	ward_cli_playbooks_fini(&x);
	return code;
}

/* What was written short, in full. */
static int complete(const struct ward_cmd *cmd, enum ward_decision_kind kind, struct asked *a)
{
	int code = ward_cli_decide_state(cmd, a->dir, a->state_option, a->state);

	if (!code && kind == WARD_DECISION_START)
		code = find_playbook(cmd, a);
	if (!code && a->incident)
		code = ward_cli_decide_incident(cmd, a->state, a->incident, a->about);
	return code;
}

/* Of {"run":"ID"} the id of what was begun. */
static void put_taken(const struct ward_decision *d, struct ward_str json)
{
	const struct ward_str key = WARD_STR("{\"run\":\"");

	if (d->kind == WARD_DECISION_START && ward_str_starts(json, key))
		printf("%.*s\n", WARD_STR_ARG(ward_str_sub(json, key.len, WARD_ID_TEXT - 1)));
	else
		puts("taken");
}

static int say(const struct ward_cmd *cmd, const struct asked *a, struct ward_decision *d)
{
	struct ward_desk_client *c = NULL;
	struct ward_decided became = {.err = WARD_OK};
	enum ward_err err = ward_desk_say(a->state, d, &c, &became);
	struct ward_str rest = became.why, what = ward_str_cut(&rest, '\n');
	int code = WARD_EXIT_DONE;

	if (err)
		code = ward_cli_desk_fail(cmd, a->state, err);
	else if (became.err) {
		fprintf(stderr, "ward %s: %.*s\n", cmd->name, WARD_STR_ARG(what));
		if (rest.len)
			fprintf(stderr, "    mend: %.*s\n", WARD_STR_ARG(rest));
		code = WARD_EXIT_INPUT;
	} else {
		put_taken(d, became.json);
	}
	ward_desk_client_free(c);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv, enum ward_decision_kind kind)
{
	uint8_t buf[ARGS_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct asked a = {.dir = NULL};
	int code = parse(cmd, argc, argv, &a);

	if (!code)
		code = complete(cmd, kind, &a);
	if (code)
		return code;
	put_args(&a, &w);
	if (ward_wr_bad(&w))
		return ward_cli_usage(cmd, "the values are too long");
	struct ward_decision d = {.kind = kind,
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = ward_str_z(a.role ? a.role : WARD_DESK_WHOEVER),
		.subject = ward_str_z(a.subject),
		.text = ward_str_z(a.why ? a.why : ""),
		.args = ward_wr_text(&w)};

	return say(cmd, &a, &d);
}

#define OPTIONS                                                                            \
	"  --state DIR    what 'ward run' keeps (then HOSPITAL may be left out)\n"         \
	"  --role ROLE    the role in which you decide, of those in people.yml; without\n" \
	"                 it the first\n"                                                  \
	"  --why TEXT     the reason, for those who read on\n"
#define VALUE                        \
	"  --value __NAME__=VALUE\n" \
	"                 of a variable of the playbook; more than once\n"
#define EXIT "\nExit: 0 done, 1 refused (told why), 2 usage, 3 could not run.\n"

/* X(ident, "name", KIND, "one line", help) */
#define EACH(X)                                                                                    \
	X(start, "start", START, "begin a playbook for an incident",                               \
		"usage: ward playbook start [--state DIR] [--incident ID] [--role ROLE]\n"         \
		"                           [--value __NAME__=VALUE] [--why TEXT]\n"               \
		"                           HOSPITAL PLAYBOOK\n\n"                                 \
		"PLAYBOOK is its name, as 'ward incident show' gives it, or its id. Prints the\n"  \
		"id of the run.\n\n"                                                               \
		"  --incident ID  the incident that it answers, or the first letters of its id;\n" \
		"                 its place and device are filled in\n" OPTIONS VALUE EXIT)        \
	X(done, "done", DONE, "say that what a playbook asks for is done, or agree to it",         \
		"usage: ward playbook done [--state DIR] [--role ROLE] [--why TEXT]\n"             \
		"                          [--value __NAME__=VALUE] HOSPITAL REQUEST\n\n"          \
		"REQUEST is as 'ward playbook runs' shows it; the role must be the one that is\n"  \
		"asked.\n\n" OPTIONS VALUE EXIT)                                                   \
	X(failed, "failed", FAILED, "say that what a playbook asks for can't be done",             \
		"usage: ward playbook failed [--state DIR] [--role ROLE] [--why TEXT]\n"           \
		"                            HOSPITAL REQUEST\n\n"                                 \
		"Also: what a playbook wants to do is not agreed to.\n\n" OPTIONS EXIT)            \
	X(cancel, "cancel", CANCEL, "end a run of a playbook",                                     \
		"usage: ward playbook cancel [--state DIR] [--role ROLE] [--why TEXT]\n"           \
		"                            HOSPITAL RUN\n\n"                                     \
		"What it asks for is withdrawn.\n\n" OPTIONS EXIT)

#define X(ident, word, KIND, line, text)                                          \
	static int run_##ident(const struct ward_cmd *cmd, int argc, char **argv) \
	{                                                                         \
		return run(cmd, argc, argv, WARD_DECISION_##KIND);                \
	}                                                                         \
	const struct ward_cmd ward_cmd_playbook_##ident = {                       \
		.name = "playbook " word,                                         \
		.summary = line,                                                  \
		.help = text,                                                     \
		.run = run_##ident,                                               \
	};
EACH(X)
#undef X
